"""Intervals and p values by Student's t: published tables, scipy's own tests, and the real kiosk study."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gaps import importer, scoring
from gaps.columns import GLOSSARY
from gaps.model import Battery, Withheld
from gaps.scoring.tables import GapTable
from gaps.stats import intervals
from tests.oracles.scoring import KIOSK, RESTAURANT, RESTAURANT_N, WELCH
from tests.scoring.build import random_study, study


def table(mean, se, df) -> GapTable:
    frame = pd.DataFrame({"mean": mean, "se": se, "df": df, "low": np.nan, "high": np.nan, "p": np.nan}, dtype=float)
    return GapTable(frame, {})


@pytest.mark.parametrize(("p", "e", "gap", "sd", "t", "d_z"), RESTAURANT)
def test_a_published_table_of_paired_gaps(p, e, gap, sd, t, d_z):
    """Gap, t and d_z follow from the printed means and standard deviations, within their rounding."""
    assert p - e == pytest.approx(gap, abs=2e-4)
    made = intervals.mean_estimate(p - e, RESTAURANT_N, sd, sd / math.sqrt(RESTAURANT_N))
    assert made.mean / made.se == pytest.approx(t, abs=1e-3)
    assert made.mean / made.sd == pytest.approx(d_z, abs=1e-3)
    p_value = intervals.p_values(np.array([made.mean]), np.array([made.se]), np.array([RESTAURANT_N - 1.0]))[0]
    assert p_value == pytest.approx(2 * stats.t.sf(abs(made.mean / made.se), RESTAURANT_N - 1), rel=1e-9)
    assert (made.low < 0 < made.high) is False


def test_the_worked_welch_example():
    row = intervals.with_intervals(table([WELCH["gap"]], [WELCH["se"]], [WELCH["df"]])).frame.iloc[0]
    assert row["p"] == pytest.approx(WELCH["p"], abs=5e-4)
    assert [row["low"], row["high"]] == pytest.approx([WELCH["low"], WELCH["high"]], abs=5e-4)


def test_rows_agree_with_scipy_s_tests():
    made = random_study(seed=9, n=50)
    rows = intervals.with_intervals(scoring.gap_table(made, by=((),))).rows(level="total").set_index("gap")
    pair = scoring.customer_scores(made)
    both = pd.DataFrame({"e": pair.expectation_total, "p": pair.perception_total}).dropna()
    paired = stats.ttest_rel(both["p"], both["e"])
    assert rows.loc[5, "p"] == pytest.approx(paired.pvalue, abs=1e-12)
    assert rows.loc[5, ["low", "high"]].tolist() == pytest.approx(list(paired.confidence_interval()), abs=1e-12)
    belief = scoring.battery_totals(made, Battery.BELIEF).dropna()
    expectation = scoring.battery_totals(made, Battery.EXPECTATION).dropna()
    welch = stats.ttest_ind(belief, expectation, equal_var=False)
    assert rows.loc[1, "df"] == pytest.approx(welch.df)
    assert rows.loc[1, "p"] == pytest.approx(welch.pvalue, abs=1e-12)
    assert rows.loc[1, ["low", "high"]].tolist() == pytest.approx(list(welch.confidence_interval()), abs=1e-12)


def test_answers_without_spread_have_no_interval():
    """Three who answered alike are no certainty: neither a point of an interval nor a p of nil."""
    frame = intervals.with_intervals(table([-2, -2, 1e-17, -2], [np.nan, 0, 0, 1e-12], [np.nan, 9, 9, 9])).frame
    assert frame[["low", "high", "p"]].isna().all(axis=None)
    made = intervals.mean_estimate(5.0, 3, 0.0, 0.0)
    assert math.isnan(made.low) and math.isnan(made.high) and made.alike
    assert not intervals.mean_estimate(5.0, 3, 1.0, 0.6).alike and not intervals.mean_estimate(5.0, 1, math.nan, math.nan).alike
    assert intervals.p_values(np.array([-2.0, 0.0]), np.zeros(2), np.full(2, 9.0)) == pytest.approx([math.nan] * 2, nan_ok=True)


def test_every_withheld_interval_has_its_reason():
    frame = intervals.with_intervals(scoring.gap_table(random_study(seed=1, n=12, missing=0.4))).frame
    assert set(frame["withheld"]) == {"", "no_answers", "single_answer"}
    given = frame["withheld"].eq("") & frame["se"].gt(0)
    assert frame.loc[frame["withheld"].eq(""), "se"].eq(0).any()  # everybody alike: the standard error says it
    assert frame[["low", "high", "p"]].notna().all(axis=1).eq(given).all()


def test_a_wider_confidence_gives_a_wider_interval():
    source = scoring.gap_table(random_study())
    usual, wide = intervals.with_intervals(source), intervals.with_intervals(source, 0.99)
    assert (usual.confidence, wide.confidence) == (0.95, 0.99)
    known = usual.frame["se"].gt(0)
    assert (wide.frame["low"] < usual.frame["low"])[known].all() and (wide.frame["high"] > usual.frame["high"])[known].all()
    assert source.frame["low"].isna().all()  # the input stays as it was
    for wrong in (0, 1, 95):
        with pytest.raises(ValueError, match="confidence"):
            intervals.with_intervals(source, wrong)


def test_servqual_gets_its_intervals():
    total = intervals.servqual(study({"a": 1, "b": 1}, E=[[7, 6], [5, 5], [6, 4]], P=[[6, 4], [5, 7], [4, 4]]))
    d = [-1.5, 1.0, -1.0]
    interval = stats.ttest_1samp(d, 0).confidence_interval()
    assert [total.unweighted.low, total.unweighted.high] == pytest.approx(list(interval))
    assert intervals.servqual(study({"a": 1}, P=[[6]])).unweighted == Withheld("not_measured")
    assert np.isnan(intervals.servqual(study({"a": 1}, P=[[6]])).servperf.low)


def test_an_interval_covers_the_truth_in_95_of_100_samples():
    rng = np.random.default_rng(1)
    x = rng.normal(-1, 2, (4000, 8))
    frame = intervals.with_intervals(table(x.mean(axis=1), x.std(axis=1, ddof=1) / math.sqrt(8), np.full(4000, 7.0))).frame
    covered = (frame["low"].le(-1) & frame["high"].ge(-1)).mean()
    assert covered == pytest.approx(0.95, abs=3.5 * math.sqrt(0.95 * 0.05 / 4000))


def test_the_kiosk_study_as_in_r(kiosk):
    made = importer.read_study(kiosk.read_bytes(), kiosk.name).study
    gaps = intervals.with_intervals(scoring.gap_table(made, by=((),)))
    total = gaps.rows(gap=5, level="total").iloc[0]
    assert total["n_achieved"] == KIOSK["n"]
    assert total["mean"] == pytest.approx(KIOSK["total"], abs=5e-8)
    dimensions = gaps.rows(gap=5, level="dimension").set_index("dimension")
    security, playfulness = dimensions.loc["security"], dimensions.loc["playfulness"]
    assert security[["mean", "low", "high"]].tolist() == pytest.approx(list(KIOSK["security"]), abs=5e-8)
    assert playfulness["mean"] == pytest.approx(KIOSK["playfulness"], abs=5e-8)
    assert playfulness["low"] < 0 < playfulness["high"] and playfulness["p"] > 0.05
    assert intervals.servqual(made).unweighted.mean == pytest.approx(KIOSK["total"], abs=5e-8)


def test_zone_intervals_by_hand():
    """P - A of 2 and 4: mean 3, se 1, t(1) = 12.7062; P - D of -2 and 0: mean -1, se 1. One customer: none."""
    made = study({"a": 1}, A=[[3], [2]], D=[[7], [6]], P=[[5], [6]])
    row = intervals.zone_intervals(scoring.zone(made)).frame.iloc[0]
    assert (row["adequacy"], row["superiority"], row["adequacy_se"], row["superiority_se"]) == (3, -1, 1, 1)
    assert (row["adequacy_low"], row["superiority_high"]) == pytest.approx((3 - 12.7062, -1 + 12.7062), abs=1e-4)
    assert set(intervals.zone_intervals(scoring.zone(made)).frame) <= set(GLOSSARY)
    alone = intervals.zone_intervals(scoring.zone(study({"a": 1}, A=[[3]], D=[[7]], P=[[5]]))).frame.iloc[0]
    assert np.isnan(alone["adequacy_low"]) and alone["adequacy"] == 2
