"""Any two selections: R's t tests and formulas by hand; overlapping selections; what is not compared."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gaps.columns import GLOSSARY
from gaps.model import Role, Selection, Withheld
from gaps.stats.contrasts import contrasts
from gaps.stats.selections import two_selections
from tests.scoring.build import people, random_study, study
from tests.simulate.differing import company

Y = [5, 6, 4, 7, 5, 3, 4, 4, 2, 5, 3, 6, 6, 7, 5, 4, 5, 4, 6, 5, 4, 5, 2, 4, 3, 5, 5, 6, 7, 6, 4]
UNITS = np.repeat(["u1", "u2", "u3", "u4", "u5", "u6"], [5, 6, 4, 7, 3, 6])


def perceived(times: int = 8, **columns):
    """The contrasts' R example, several times over."""
    units = np.tile(UNITS, times)
    return study({"a": 1}, {Role.CUSTOMERS: people(len(units), unit=units, **columns)}, P=np.tile(Y, times)[:, None])


def total(result):
    return result.totals().iloc[0]


def test_two_units_as_in_welch_s_test():
    """scipy's Welch test, which equals R 4.2.2's t.test(y[u == 2], y[u == 4])."""
    row = total(two_selections(perceived(), Selection(units=("u2",)), Selection(units=("u4",))))
    x, y = (np.tile(np.array(Y)[u == UNITS], 8) for u in ("u2", "u4"))
    welch = stats.ttest_ind(x, y, equal_var=False)
    assert (row["n"], row["n_rest"], row["mean"], row["rest"]) == (48, 56, x.mean(), pytest.approx(y.mean()))
    assert row["df"] == pytest.approx(welch.df)
    assert [row["low"], row["high"]] == pytest.approx(list(welch.confidence_interval()))
    assert row["p"] >= welch.pvalue  # the larger of two
    assert row["standing"] == "below"


def test_a_unit_against_everybody_else_is_the_contrast_of_that_unit():
    made = perceived()
    row, theirs = (
        total(two_selections(made, Selection(units=("u2",)))),
        contrasts(made).of("unit", "perception").set_index("group").loc["u2"],
    )
    for name in ("n", "n_rest", "mean", "rest", "difference", "se", "df", "low", "high"):
        assert row[name] == pytest.approx(theirs[name]), name


def test_the_effect_by_bonett_s_formula():
    """Bonett (2008), equation for d with the root of the mean variance, computed here step by step."""
    row = total(two_selections(perceived(), Selection(units=("u2",)), Selection(units=("u4",))))
    x, y = (np.tile(np.array(Y)[u == UNITS], 8) for u in ("u2", "u4"))
    v1, v2 = x.var(ddof=1), y.var(ddof=1)
    s = np.sqrt((v1 + v2) / 2)
    d = (x.mean() - y.mean()) / s
    variance = d**2 * (v1**2 / 47 + v2**2 / 55) / (8 * s**4) + (v1 / 47 + v2 / 55) / s**2
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    assert [row["d_av"], row["d_av_low"], row["d_av_high"]] == pytest.approx([d, d - half, d + half])


def test_who_is_in_both_counts_on_neither_side():
    made = perceived(wave=np.repeat(["w1", "w2"], 124))
    result = two_selections(made, Selection(units=("u2",)), Selection(waves=("w1",)))
    assert result.both[Role.CUSTOMERS] == 24  # unit 2 in wave 1
    assert result.n[Role.CUSTOMERS] == (24, 100)
    assert total(result)["mean"] == pytest.approx(np.mean([3, 4, 4, 2, 5, 3]))
    assert total(result)["rest"] == pytest.approx((sum(Y) - 21) / 25)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (Selection(units=("u1",)), Selection(units=("u1",)), "same"),
        (Selection(units=("u1", "u2")), Selection(units=("u1",)), "nobody_b"),
        (Selection(units=("u1",)), Selection(units=("u1", "u2")), "nobody_a"),
    ],
)
def test_nobody_left_on_a_side(a, b, reason):
    result = two_selections(perceived(), a, b)
    assert isinstance(result, Withheld) and result.reason == reason


def test_unknown_names_are_a_caller_s_mistake():
    with pytest.raises(ValueError, match="no such unit"):
        two_selections(perceived(), Selection(units=("nowhere",)))


def test_gaps_inside_the_company_add_their_variances():
    """Gap 3 of two units by hand: a difference of two Welch differences, df by Satterthwaite over both."""
    rng = np.random.default_rng(3)
    roles = {
        Role.CUSTOMERS: people(80, unit=["a", "b"] * 40),
        Role.MANAGERS: people(24, unit=["a", "b"] * 12),
        Role.EMPLOYEES: people(40, unit=["a", "b"] * 20),
    }
    answers = {k: rng.integers(1, 8, (n, 1)).astype(float) for k, n in {"E": 80, "P": 80, "M": 24, "S": 24, "V": 40}.items()}
    result = two_selections(study({"d": 1}, roles, **answers), Selection(units=("a",)), Selection(units=("b",)))
    row = result.totals().set_index("gap").loc[3]
    parts = [answers[k][start::2, 0] for start in (0, 1) for k in ("V", "S")]  # a's delivery and standards, then b's
    v = [x.var(ddof=1) / len(x) for x in parts]
    df = [(v[i] + v[i + 1]) ** 2 / (v[i] ** 2 / (len(parts[i]) - 1) + v[i + 1] ** 2 / (len(parts[i + 1]) - 1)) for i in (0, 2)]
    whole = sum(v) ** 2 / ((v[0] + v[1]) ** 2 / df[0] + (v[2] + v[3]) ** 2 / df[1])
    difference = parts[0].mean() - parts[1].mean() - (parts[2].mean() - parts[3].mean())
    assert [row["difference"], row["se"], row["df"]] == pytest.approx([difference, np.sqrt(sum(v)), whole])
    assert row["p"] == pytest.approx(2 * stats.t.sf(abs(difference) / np.sqrt(sum(v)), whole))
    assert (row["n"], row["n_rest"], row["withheld"]) == (12, 12, "")
    assert set(result.totals()["gap"]) == {1.0, 2.0, 3.0, 5.0}


def test_managers_have_no_segments_and_are_not_compared_with_themselves():
    made = random_study(n=400, units=3)
    result = two_selections(made, Selection(segments=(("sex", ("sex 1",)),)))
    inside = result.totals().set_index("gap").loc[[1, 2, 3, 4]]
    assert set(inside["withheld"]) == {"same_people"} and inside["difference"].isna().all() and inside["p_holm"].isna().all()
    assert result.totals().set_index("gap").loc[5, "standing"] in ("open", "below", "above")


def test_two_managers_are_not_shown():
    roles = {Role.CUSTOMERS: people(80, unit=["a", "b"] * 40), Role.MANAGERS: people(9, unit=["a"] * 2 + ["b"] * 7)}
    rng = np.random.default_rng(1)
    answers = {k: rng.integers(1, 8, (n, 1)).astype(float) for k, n in {"E": 80, "P": 80, "M": 9}.items()}
    row = two_selections(study({"d": 1}, roles, **answers), Selection(units=("a",))).totals().set_index("gap").loc[1]
    assert row["withheld"] == "confidential" and np.isnan([row["mean"], row["rest"], row["difference"], row["low"]]).all()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Selection(units=("u1",), segments=(("kind", ("k",)),)), None),  # four customers on a side
        (Selection(units=("u1",)), Selection(segments=(("kind", ("k",)),))),  # four in both: they would follow from what is shown elsewhere
    ],
)
def test_fewer_customers_than_may_be_shown(a, b):
    kind = ["k" if k < 4 else "k" if u != "u1" and k % 2 else "l" for k, u in enumerate(np.tile(UNITS, 8))]
    frame = people(248, unit=np.tile(UNITS, 8), kind=kind)
    made = study({"a": 1}, {Role.CUSTOMERS: frame}, P=np.tile(Y, 8)[:, None], segments=("kind",))
    result = two_selections(made, a, b)
    assert isinstance(result, Withheld) and (result.reason, result.values["fewest"]) == ("small_group", 5)
    assert not isinstance(two_selections(made, a, b, fewest=dict.fromkeys(Role, 1)), Withheld)


def test_holm_over_the_dimensions_and_over_the_totals():
    made = company(np.random.default_rng(5), units=6, customers=60, low=(0,), shift=0.5)
    result = two_selections(made, Selection(units=("U1",)))
    p = result.dimensions()["p"].to_numpy()
    order = np.argsort(p)
    expected = np.empty(5)
    expected[order] = np.minimum(np.maximum.accumulate(p[order] * [5, 4, 3, 2, 1]), 1)
    assert result.dimensions()["p_holm"].to_numpy() == pytest.approx(expected)
    assert list(result.dimensions()["dimension"]) == list("abcde")
    assert len(result.items()) == 22 and result.items()["p_holm"].ge(result.items()["p"]).all()


def test_names_on_both_sides_are_counted():
    made = perceived(wave=np.repeat(["w1", "w2"], 124))
    frame = made.customers.assign(respondent=[str(k % 124) for k in range(248)])
    result = two_selections(made.with_(respondents={Role.CUSTOMERS: frame}), Selection(waves=("w1",)))
    assert result.repeated == 124


def test_the_table_speaks_the_glossary():
    result = two_selections(random_study(n=300), Selection(units=("unit 1",)))
    assert set(result.frame.columns) <= set(GLOSSARY)
    assert isinstance(result.frame, pd.DataFrame)
    assert result.frame["difference"].dropna().to_numpy() == pytest.approx(
        (result.frame["mean"] - result.frame["rest"]).dropna().to_numpy()
    )
