"""Changes between waves: paired and not, as R tests them; shares; what is withheld."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gaps.model import Gap, Role, Scale, Withheld
from gaps.scoring import gap_table
from gaps.stats.change import changes, latest, latest_of_dimensions
from gaps.stats.intervals import with_intervals
from tests.scoring.build import people, random_study, study
from tests.simulate.differing import panel

A = [5, 4, 6, 3, 5, 4, 6, 5, 4, 3, 5, 2]
B = [6, 5, 6, 4, 5, 5, 7, 6, 4, 5, 5, 4]
# R 4.2.2: t.test(b, a, paired = TRUE) and t.test(b, a): t, df, p, interval
PAIRED = (4.0219983326992192, 11, 0.0020092477866288, 0.3773027365117183, 1.2893639301549487)
WELCH = (1.865747211770087, 20.548039509129005, 0.076418514181124, -0.096768809989544, 1.763435476656212)
# R 4.2.2, by the formulas of Derrick, Toher & White (2017): the first 8 of A answer again, 4 and 6 others do not
C = [6, 5, 6, 4, 5, 5, 7, 6, 4, 5, 6, 4, 3, 6]
PARTLY = (0.809523809523810, 0.311967018557957, 12.902370181097728, 0.022330247002471, 0.135041267748353, 1.484006351299267)


def waves(before, after, names_before=None, names_after=None, **columns):
    """Perceptions of one item in two waves."""
    n = len(before) + len(after)
    frame = people(n, wave=["2025"] * len(before) + ["2026"] * len(after), **columns)
    if names_before is not None:
        frame["respondent"] = [*names_before, *names_after]
    return study({"a": 1}, {Role.CUSTOMERS: frame}, P=np.array([*before, *after], float)[:, None])


def row(made, measure="perception", **where):
    return changes(made).rows(measure, level="total", **where).iloc[0]


def numbers(r):
    return r["change"] / r["se"], r["df"], r["p"], r["low"], r["high"]


def test_different_people_as_r():
    r = row(waves(A, B))
    assert numbers(r) == pytest.approx(WELCH, rel=1e-9)
    assert (r["design"], r["n_before"], r["n"], r["n_pairs"]) == ("independent", 12, 12, 0)


def test_the_same_people_as_r():
    names = [f"c{k}" for k in range(12)]
    r = row(waves(A, B, names, names))
    assert numbers(r) == pytest.approx(PAIRED, rel=1e-9)
    assert (r["design"], r["n_pairs"]) == ("paired", 12)


def test_pairs_are_found_in_any_order():
    names, order = [f"c{k}" for k in range(12)], [7, 2, 11, 0, 5, 9, 1, 3, 10, 4, 8, 6]
    assert numbers(row(waves(A, [B[k] for k in order], names, [names[k] for k in order]))) == pytest.approx(PAIRED, rel=1e-9)


def test_some_of_the_same_people_as_derrick_and_colleagues():
    r = row(waves(A, C, [f"c{k}" for k in range(12)], [f"c{k}" if k < 8 else f"new{k}" for k in range(14)]))
    assert (r["change"], r["se"], r["df"], r["p"], r["low"], r["high"]) == pytest.approx(PARTLY, rel=1e-9)
    assert (r["design"], r["n_pairs"]) == ("partly_paired", 8)


def test_a_name_twice_in_a_wave_is_no_pair():
    names = ["x", "x", *[f"c{k}" for k in range(2, 12)]]
    assert row(waves(A, B, names, [f"c{k}" for k in range(12)]))["n_pairs"] == 10


def test_a_gap_between_roles_changes_with_both_variances():
    made = random_study(seed=2, n=150)
    table = with_intervals(gap_table(made, by=(("wave",),), segments=False)).rows(gap=1, wave="*", level="total")
    r = row(made, "gap", gap=1)
    assert r["change"] == pytest.approx(table["mean"].iloc[1] - table["mean"].iloc[0])
    assert r["se"] == pytest.approx(np.sqrt((table["se"] ** 2).sum()))
    assert (r["before"], r["after"]) == pytest.approx(tuple(table["mean"]))


def test_every_measure_of_a_study_with_all_five_gaps():
    frame = changes(random_study(seed=3, n=150)).frame
    assert set(frame["measure"]) == {"gap", "share", "perception", "expectation", "outcome"}
    assert set(frame["gap"].dropna()) == {1, 2, 3, 4, 5}
    five = frame[frame["gap"].eq(5)].set_index("dimension")["change"]
    levels = {m: frame[frame["measure"].eq(m)].set_index("dimension")["change"] for m in ("perception", "expectation")}
    assert five.to_numpy() == pytest.approx((levels["perception"] - levels["expectation"]).to_numpy())


def test_holm_over_the_dimensions_of_a_measure():
    frame = changes(random_study(seed=4, n=200)).rows("gap", gap=5, level="dimension")
    p = frame["p"].sort_values()
    assert frame.loc[p.index[0], "p_holm"] == pytest.approx(min(1, 3 * p.iloc[0]))
    total = changes(random_study(seed=4, n=200)).rows("gap", gap=5, level="total")
    assert total["p_holm"].to_numpy() == pytest.approx(total["p"].to_numpy())


def shares(before, after, n1, n2):
    """So many of so many perceive what they expect; the others fall short by one."""
    p = [5.0] * before + [4.0] * (n1 - before) + [5.0] * after + [4.0] * (n2 - after)
    frame = people(n1 + n2, wave=["2025"] * n1 + ["2026"] * n2)
    return study({"a": 1}, {Role.CUSTOMERS: frame}, E=[[5.0]] * (n1 + n2), P=np.array(p)[:, None])


def test_the_share_at_or_above_expectation():
    # Agresti & Caffo (2000), computed in R 4.2.2 from their formula: none of 20, then 5 of 25
    r = row(shares(0, 5, 20, 25), "share")
    assert (r["before"], r["after"], r["change"]) == pytest.approx((0, 0.2, 0.2))
    assert (r["low"], r["high"]) == pytest.approx((-0.0025841772063009, 0.3561195307416544), rel=1e-9)


def test_a_share_that_stays_at_nothing_still_has_an_interval():
    r = row(shares(0, 0, 20, 30), "share")
    assert r["low"] < 0 < r["high"] and r["withheld"] == "" and r["p"] > 0.5


def test_a_share_of_the_same_people_has_the_narrower_interval():
    made = panel(np.random.default_rng(5), before=200, after=200, both=200)
    other = made.with_(respondents={Role.CUSTOMERS: made.customers.assign(respondent=[str(k) for k in range(400)])})
    paired, apart = row(made, "share"), row(other, "share")
    assert paired["change"] == apart["change"]
    assert paired["high"] - paired["low"] < 0.95 * (apart["high"] - apart["low"])


def test_few_answers_are_shown_without_interval_and_few_managers_not_at_all():
    r = row(waves(A[:4], B))
    assert (r["withheld"], r["standing"]) == ("few", "") and np.isnan(r["low"]) and np.isfinite(r["change"])
    frame = people(7, wave=["2025"] * 2 + ["2026"] * 5)
    made = study({"a": 1}, {Role.MANAGERS: frame}, M=np.full((7, 1), 5.0), S=np.arange(1.0, 8)[:, None])
    r = row(made, "gap", gap=2)
    assert r["withheld"] == "confidential" and np.isnan(r["before"]) and np.isnan(r["change"])


def test_direct_ratings_change_too():
    frame = people(40, wave=["2025"] * 20 + ["2026"] * 20)
    ratings = {Gap.STANDARDS: {"a": [*np.tile([4.0, 5.0], 10), *np.tile([5.0, 6.0], 10)]}}
    r = row(study({"a": 1}, {Role.MANAGERS: frame}, ratings=ratings), "gap", gap=2)
    assert (r["before"], r["after"], r["standing"]) == (-2.5, -1.5, "rose")


def test_waves_can_be_chosen_and_must_exist():
    made = random_study(seed=5, waves=4, n=200)
    assert list(changes(made).frame["wave"].unique()) == ["wave 2", "wave 3", "wave 4"]
    chosen = changes(made, pairs=[("wave 1", "wave 4")]).frame
    assert set(zip(chosen["wave_before"], chosen["wave"], strict=True)) == {("wave 1", "wave 4")}
    with pytest.raises(ValueError, match="1999"):
        changes(made, pairs=[("1999", "wave 1")])
    assert len(changes(random_study(waves=0)).frame) == 0


def test_weighted_change_rests_on_linearised_errors():
    weight = np.linspace(0.5, 2, 150)
    made = random_study(seed=6, n=150, weight=weight)
    table = gap_table(made, by=(("wave",),), segments=False).rows(gap=5, wave="*", level="total")
    r = row(made, "gap", gap=5)
    assert r["se"] == pytest.approx(np.sqrt((table["se"] ** 2).sum()))


def test_outcomes_are_adjusted_together():
    made = random_study(seed=7, n=120)
    two = made.with_(
        respondents={
            **made.respondents,
            Role.CUSTOMERS: made.customers.assign(satisfaction=made.customers["overall_quality"].to_numpy()[::-1]),
        },
        outcomes={**made.outcomes, "satisfaction": Scale(1, 7)},
    )
    frame = changes(two).rows("outcome")
    assert frame["p_holm"].min() == pytest.approx(min(1, 2 * frame["p"].min()))


def test_intervals_of_a_partly_paired_change_cover_it():
    rng = np.random.default_rng(8)
    rows = [row(panel(rng, before=60, after=60, both=30), "gap", gap=5) for _ in range(80)]
    assert np.mean([r["low"] <= 0 <= r["high"] for r in rows]) == pytest.approx(0.95, abs=0.08)


def test_scipy_agrees_on_gap_five():
    made = random_study(seed=9, n=160, missing=0)
    later = made.customers["wave"].eq("wave 2").to_numpy()
    known = made.customers["wave"].notna().to_numpy()
    gap = (made.answers["P"] - made.answers["E"]).to_numpy(float)
    total = np.mean([gap[:, :3].mean(1), gap[:, 3:5].mean(1), gap[:, 5:].mean(1)], axis=0)
    theirs = stats.ttest_ind(total[later & known], total[~later & known], equal_var=False)
    r = row(made, "gap", gap=5)
    assert (r["p"], r["low"], r["high"]) == pytest.approx((theirs.pvalue, *theirs.confidence_interval()))


@pytest.mark.parametrize("gap", Gap)
def test_the_latest_change_is_the_row_that_every_page_shows(gap):
    made = random_study(seed=5, n=300, waves=3)
    one = latest(made, gap)
    r = changes(made).rows("gap", gap=gap, level="total", wave=made.waves[-1]).iloc[0]
    for name in ("wave_before", "wave", "before", "after", "change", "low", "high", "p", "n_before", "n", "n_pairs", "design"):
        assert getattr(one, name) == (pytest.approx(r[name], abs=1e-12) if isinstance(r[name], float) else r[name]), name


@pytest.mark.parametrize("both", [0, 25])
def test_the_latest_change_of_each_dimension_is_the_row_that_every_page_shows(both):
    """Corrected over the dimensions of gap 5; also where some answered in both waves."""
    made = panel(np.random.default_rng(3), before=60, after=50, both=both, change=0.8)
    found = latest_of_dimensions(made)
    rows = changes(made).rows("gap", gap=5, level="dimension")
    pd.testing.assert_frame_equal(found.frame.reset_index(drop=True), rows.reset_index(drop=True), rtol=1e-9, atol=1e-12)
    assert found.frame["n_pairs"].eq(both).all() and found.frame["standing"].eq("rose").any()
    assert latest_of_dimensions(waves(A, B)) == Withheld("not_measured")
    assert latest_of_dimensions(study({"a": 1}, P=[[5]] * 20)).reason == "no_waves"


def test_the_latest_change_is_of_perceptions_without_expectations():
    one = latest(waves(A, B))
    assert (one.measure, one.gap) == ("perception", None)
    assert (one.change, one.p, one.low, one.high) == pytest.approx((10 / 12, *WELCH[2:]), rel=1e-9)


def test_waves_with_too_few_are_passed_over():
    frame = people(39, wave=["a"] * 15 + ["b"] * 15 + ["c"] * 9)
    answered = study({"a": 1}, {Role.CUSTOMERS: frame}, P=np.arange(39)[:, None] % 7 + 1)
    assert (latest(answered).wave_before, latest(answered).wave) == ("a", "b")


def test_why_there_is_no_latest_change():
    assert latest(study({"a": 1}, P=[[5]] * 20)).reason == "no_waves"
    assert latest(study({"a": 1}, {Role.CUSTOMERS: people(20, wave=["a"] * 20)}, P=[[5]] * 20)).reason == "one_wave"
    two = study({"a": 1}, {Role.CUSTOMERS: people(18, wave=["a"] * 9 + ["b"] * 9)}, P=[[5]] * 18)
    assert latest(two) == Withheld("few", {"role": "customers", "needed": 10, "usable": 0})
    still = study({"a": 1}, {Role.CUSTOMERS: people(20, wave=["a"] * 10 + ["b"] * 10)}, P=[[5]] * 20)
    assert latest(still).reason == "no_spread"
    assert latest(still, Gap.STANDARDS).reason == "not_measured"
