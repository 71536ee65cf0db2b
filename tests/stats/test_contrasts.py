"""Units, segments and waves against the rest: R's t tests, false discoveries, and what is never compared."""

import numpy as np
import pytest
from scipy import stats

from gaps.model import Role
from gaps.stats.contrasts import ABOVE, BELOW, contrasts
from tests.scoring.build import people, random_study, study
from tests.simulate.differing import company

Y = [5, 6, 4, 7, 5, 3, 4, 4, 2, 5, 3, 6, 6, 7, 5, 4, 5, 4, 6, 5, 4, 5, 2, 4, 3, 5, 5, 6, 7, 6, 4]
UNITS = np.repeat(["u1", "u2", "u3", "u4", "u5", "u6"], [5, 6, 4, 7, 3, 6])


def several(times: int = 1, **columns):
    """R's example answers, several times over, as perceptions of one item without expectation."""
    units = np.tile(UNITS, times)
    return study({"a": 1}, {Role.CUSTOMERS: people(len(units), unit=units, **columns)}, P=np.tile(Y, times)[:, None])


def test_each_unit_against_the_rest_as_in_r():
    """R 4.2.2: t.test(y[u == 2], y[u != 2]) of the answers four times over (n = 24 and 100)."""
    made = contrasts(several(4))
    row = made.rows("unit", measure="perception", level="total", group="u2").iloc[0]
    y, mine = np.tile(Y, 4), np.tile(UNITS, 4) == "u2"
    welch = stats.ttest_ind(y[mine], y[~mine], equal_var=False)
    assert (row["n"], row["n_rest"], row["mean"], row["rest"]) == (24, 100, 3.5, pytest.approx(5.04))
    assert row["df"] == pytest.approx(welch.df)
    assert [row["low"], row["high"]] == pytest.approx(list(welch.confidence_interval()))
    assert (row["withheld"], row["standing"]) == ("few", "")  # 24 customers are shown, not judged


def test_welch_s_interval_of_the_r_example():
    """R 4.2.2: t.test(y[u == 2], y[u != 2]): -2.665074510355648 to -0.414925489644352, df 8.7193997186181; too few to be shown here."""
    few = contrasts(several()).rows("unit", measure="perception", level="total", group="u2").iloc[0]
    assert few["difference"] == pytest.approx(-1.54) and np.isnan(few["low"]) and few["withheld"] == "few"
    theirs = stats.ttest_ind([3, 4, 4, 2, 5, 3], np.delete(Y, range(5, 11)), equal_var=False)
    assert list(theirs.confidence_interval()) == pytest.approx([-2.665074510355648, -0.414925489644352])


def test_p_is_the_larger_of_two_and_without_skewness_hall_s_is_welch_s():
    rng = np.random.default_rng(1)
    half = rng.normal(size=200)
    symmetric = np.concatenate([half, -half, half * 0.5, -half * 0.5])
    units = np.repeat(["a", "b"], 400)
    made = study({"d": 1}, {Role.CUSTOMERS: people(800, unit=units)}, P=(symmetric + (units == "b") * 0.12)[:, None])
    row = contrasts(made).rows("unit", measure="perception", level="total").iloc[0]
    x, y = made.answers["P"][1].to_numpy(float)[:400], made.answers["P"][1].to_numpy(float)[400:]
    welch, pooled = (stats.ttest_ind(x, y, equal_var=equal).pvalue for equal in (False, True))
    assert row["p"] == pytest.approx(max(welch, pooled), rel=1e-3)


def test_a_mean_that_contains_the_group_is_never_what_it_is_compared_with():
    row = contrasts(several(4)).rows("unit", measure="perception", level="total").set_index("group")
    whole = np.mean(Y)
    assert (row["rest"] - whole).abs().min() > 1e-6
    assert (row["n"] * row["mean"] + row["n_rest"] * row["rest"]).to_numpy() == pytest.approx(np.full(6, 4 * np.sum(Y)))


def test_customers_without_a_unit_are_neither_group_nor_rest():
    made = several(4)
    units = made.customers["unit"].astype(object)
    units[:24] = None
    partly = made.with_(respondents={Role.CUSTOMERS: made.customers.assign(unit=units.astype("category"))})
    frame = contrasts(partly).rows("unit", measure="perception", level="total")
    assert set(frame["n"] + frame["n_rest"]) == {100}


def test_families_and_standing():
    made = contrasts(company(np.random.default_rng(2), units=8, customers=60, low=(0,), high=(1,), shift=1.2))
    frame = made.rows("unit", level="item")
    assert len(frame) == 8 * 22
    assert frame["p_bh"].to_numpy() == pytest.approx(stats.false_discovery_control(frame["p"]))
    named = frame.groupby("group")["standing"].agg(set)
    assert BELOW in named["U1"] and ABOVE in named["U2"]
    assert frame["standing"].eq("").sum() == 0
    total = made.rows("unit", level="total").set_index("group")
    assert total.loc["U1", "standing"] == BELOW and total.loc["U2", "standing"] == ABOVE


def test_segments_and_waves_are_compared_too():
    made = contrasts(random_study(seed=4, n=200))
    assert set(made.frame["by"]) == {"unit", "wave", "sex"}
    sexes = made.rows("sex", level="total")
    assert sexes["difference"].iloc[0] == pytest.approx(-sexes["difference"].iloc[1])
    assert sexes["p"].iloc[0] == pytest.approx(sexes["p"].iloc[1])
    assert set(made.frame["measure"]) == {"gap", "overall_quality"}
    assert set(contrasts(random_study(seed=4, n=200), by=["sex"], items=False).frame["by"]) == {"sex"}
    with pytest.raises(ValueError, match="shoe"):
        contrasts(random_study(), by=["shoe"])


def test_one_unit_has_no_rest():
    made = several(4)
    alone = made.with_(respondents={Role.CUSTOMERS: made.customers.assign(unit=people(124, unit=["one"] * 124)["unit"])})
    row = contrasts(alone).rows("unit", measure="perception", level="total").iloc[0]
    assert row["withheld"] == "few_rest" and np.isnan(row["p"]) and row["n_rest"] == 0


def test_a_unit_in_which_all_answer_alike_is_not_judged():
    units = np.repeat(["a", "b"], 40)
    answers = np.concatenate([np.full(40, 5.0), np.tile([3.0, 7.0], 20)])
    row = contrasts(study({"d": 1}, {Role.CUSTOMERS: people(80, unit=units)}, P=answers[:, None])).rows("unit", measure="perception")
    assert set(row["withheld"]) == {"no_spread"} and row["low"].isna().all()


def test_nothing_to_compare():
    made = contrasts(study({"a": 1}, P=[[5], [6]]))
    assert len(made.frame) == len(made.units) == 0


def test_the_shrunken_table_and_the_funnel():
    made = contrasts(company(np.random.default_rng(6), units=12, customers=40, low=(0,), high=(), shift=1.0))
    units = made.units[made.units["dimension"].isna() & made.units["measure"].eq("gap")].set_index("unit")
    spread = made.spread[made.spread["dimension"].isna() & made.spread["measure"].eq("gap")].iloc[0]
    row = units.loc["U1"]
    assert row["mean"] < row["shrunk"] < spread["overall"]
    assert row["shrunk"] == pytest.approx(spread["overall"] + row["share"] * (row["mean"] - spread["overall"]))
    assert row["funnel_high"] - row["funnel_low"] == pytest.approx(2 * 1.959964 * spread["within"] / np.sqrt(row["n"]), rel=1e-6)
    assert row["funnel_outer_low"] < row["funnel_low"] and row["mean"] < row["funnel_outer_low"]
    assert spread["icc"] == pytest.approx(spread["between"] ** 2 / (spread["between"] ** 2 + spread["within"] ** 2))


def test_equal_case_weights_change_nothing():
    plain = random_study(seed=7, n=150)
    weighted = random_study(seed=7, n=150, weight=np.full(150, 2.5))
    a, b = contrasts(plain), contrasts(weighted)
    for name in ("difference", "low", "p", "p_bh"):
        assert a.frame[name].to_numpy() == pytest.approx(b.frame[name].to_numpy(), nan_ok=True)
    assert a.units["shrunk"].to_numpy() == pytest.approx(b.units["shrunk"].to_numpy(), nan_ok=True, abs=1e-6)


def test_case_weights_that_have_nothing_to_do_with_the_answers_leave_the_spread_within_units():
    """Squares summed over all who answered, set against the effective number of them, gave an sd 17 % too large here."""
    weight = np.random.default_rng(11).choice([1.0, 4.0], len(UNITS) * 60)
    plain, weighted = (contrasts(several(60, **columns)).spread.set_index("dimension") for columns in ({}, {"weight": weight}))
    assert weighted["within"].to_numpy() == pytest.approx(plain["within"].to_numpy(), rel=0.03)
    assert weighted["icc"].to_numpy() == pytest.approx(plain["icc"].to_numpy(), rel=0.15)


def test_the_order_of_respondents_changes_nothing():
    made = random_study(seed=8, n=120)
    order = np.random.default_rng(1).permutation(120)
    turned = made.with_(
        respondents={**made.respondents, Role.CUSTOMERS: made.customers.iloc[order].reset_index(drop=True)},
        answers={b: a.iloc[order].reset_index(drop=True) if b.role is Role.CUSTOMERS else a for b, a in made.answers.items()},
    )
    a, b = contrasts(made).frame, contrasts(turned).frame
    assert a["p"].to_numpy() == pytest.approx(b["p"].to_numpy(), nan_ok=True)


def test_without_differences_hardly_anything_is_found():
    """Small version of the simulation: 40 units of 30 customers, 22 skewed items; BH with Welch's p alone finds something in 30 of 100."""
    rng = np.random.default_rng(3)
    found = [
        contrasts(company(rng, units=40, customers=30)).rows("unit", level="item")["standing"].isin([BELOW, ABOVE]).any() for _ in range(40)
    ]
    assert np.mean(found) <= 0.125
