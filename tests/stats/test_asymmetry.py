"""The hinge against worked data, public data and simulated truths."""

import math
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.model import Battery, Scale, Withheld
from gaps.stats.asymmetry import MIN_BIN, asymmetry, fieller, hinge, study_asymmetry, value_function
from gaps.stats.multiplicity import holm
from tests.simulate.asymmetry_designs import NAMES, Company, equal_slopes, slope_coverage, study_of
from tests.simulate.designs import customers, mean_ratio, rejections

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "asymmetry.toml").read_text())
SANDWICH = tomllib.loads((Path(__file__).parents[1] / "oracles" / "sandwich.toml").read_text())


def worked():
    o = ORACLES["worked"]
    g = np.array(o["g"])
    return np.round(5 + np.minimum(g, 0) + 0.45 * np.maximum(g, 0) + np.array(o["noise"]), 2), g


def sample(n=600, seed=0, **truth):
    truth = {"mean_p": 5.8, "r": 0.5} | truth
    y, g, e = customers(np.random.default_rng(seed), n, **truth)
    return pd.Series(y), pd.Series(g), pd.Series(e)


@pytest.fixture(scope="module")
def mobi(shared):
    frame = pd.read_csv(shared / "data" / "mobi" / "mobi.csv").astype(float)
    return asymmetry(frame["CUSA1"], frame["PERQ1"] - frame["CUEX1"], frame["CUEX1"], "satisfaction")


@pytest.fixture(scope="module")
def kiosk_curve(kiosk):
    answers = pd.read_excel(kiosk, sheet_name="customers", engine="calamine")
    e, p = (answers[[f"{battery}{i}" for i in range(1, 25)]].mean(axis=1, skipna=False) for battery in "EP")
    return asymmetry(answers["overall_quality"].astype(float), p - e, e, "overall_quality")


def test_value_function():
    o = ORACLES["value_function"]
    assert value_function(o["x"]) == pytest.approx(o["v"], abs=1e-6)
    assert value_function(-2.0, alpha=1, loss=1) == pytest.approx(-2)


def test_worked_hinge():
    o = ORACLES["worked"]
    line = hinge(*worked(), None)
    assert line.fit.residual_df == o["df"]
    assert line.at("intercept") == pytest.approx(o["intercept"], abs=1e-7)
    assert line.at("below") == pytest.approx(o["slope_below"], abs=1e-7)
    assert line.at("above") == pytest.approx(o["slope_above"], abs=1e-7)
    assert line.fit.r2 == pytest.approx(o["r2"], abs=1e-7)
    ratio, low, high = line.ratio()
    assert ratio == pytest.approx(o["ratio"], abs=1e-6)
    assert [low, high] == pytest.approx(o["fieller"], abs=5e-5)
    assert line.p_equal() == pytest.approx(o["equal_p"], abs=5e-6)
    assert line.fit.test([0, 1, -1])[2] == pytest.approx(o["equal_t"], abs=5e-5)


def test_fieller_with_the_classical_covariance():
    y, g = worked()
    x = np.column_stack([np.ones(24), np.minimum(g, 0), np.maximum(g, 0)])
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    v = inverse * ((y - x @ b) ** 2).sum() / 21
    limits = fieller(b[1], b[2], v[1, 1], v[2, 2], v[1, 2], 2.0796138)  # qt(.975, 21)
    assert limits == pytest.approx(ORACLES["worked"]["fieller_classical"], abs=5e-5)


def test_fieller_solves_its_own_equation():
    # a limit is a ratio r at which s_l - r s_g is exactly t standard errors from 0
    s_l, s_g, v_ll, v_gg, v_lg, t = 1.0, 0.5, 0.02, 0.01, 0.003, 2.0
    for r in fieller(s_l, s_g, v_ll, v_gg, v_lg, t):
        assert (s_l - r * s_g) ** 2 == pytest.approx(t**2 * (v_ll + r**2 * v_gg - 2 * r * v_lg))


def test_fieller_is_unbounded_when_the_gain_slope_may_be_zero():
    assert fieller(1.0, 0.5, 0.02, 0.0625, 0.0, 2.0) is None  # exactly t standard errors from 0
    assert fieller(1.0, 0.5, 0.02, 0.0624, 0.0, 2.0) is not None


def test_mobi(mobi):
    o = ORACLES["mobi"]
    assert [mobi.n_below, mobi.n_at, mobi.n_above] == o["n"]
    for name in ("slope_below", "slope_above", "expectation_slope"):
        assert getattr(mobi, name) == pytest.approx(o[name], abs=1e-6)
    assert mobi.p_equal == pytest.approx(o["p_equal"], abs=1e-6)
    assert (mobi.status, mobi.reason) == ("estimated", "")
    assert mobi.ratio == pytest.approx(o["ratio"], abs=1e-4)
    assert [mobi.ratio_low, mobi.ratio_high] == pytest.approx(o["fieller"], abs=1e-4)


def test_mobi_by_the_gap_alone_gives_no_ratio(mobi):
    o = ORACLES["mobi"]["naive"]
    assert mobi.naive.slope_below == pytest.approx(o["slope_below"], abs=1e-6)
    assert mobi.naive.slope_above == pytest.approx(o["slope_above"], abs=1e-6)
    assert mobi.naive.p_equal == pytest.approx(o["p_equal"], abs=1e-5)
    assert math.isnan(mobi.naive.ratio) and math.isnan(mobi.naive.ratio_low) and math.isnan(mobi.naive.ratio_high)


def test_kiosk_has_slopes_but_too_few_above_for_a_ratio(kiosk_curve):
    o = ORACLES["kiosk"]
    assert [kiosk_curve.n_below, kiosk_curve.n_at, kiosk_curve.n_above] == o["n"]
    assert kiosk_curve.slope_below == pytest.approx(o["slope_below"], abs=1e-7)
    assert kiosk_curve.slope_above == pytest.approx(o["slope_above"], abs=1e-7)
    assert kiosk_curve.expectation_slope == pytest.approx(o["expectation_slope"], abs=1e-6)
    assert kiosk_curve.p_equal == pytest.approx(o["p_equal"], abs=5e-3)
    assert kiosk_curve.naive.slope_below == pytest.approx(o["naive"]["slope_below"], abs=1e-6)
    assert kiosk_curve.naive.p_equal == pytest.approx(o["naive"]["p_equal"], abs=5e-3)
    assert (kiosk_curve.status, kiosk_curve.reason) == ("too_few", "few_above")
    assert math.isnan(kiosk_curve.ratio)


def test_the_slopes_of_exact_answers():
    rng = np.random.default_rng(1)
    g, e = pd.Series(rng.normal(size=200)), pd.Series(rng.normal(size=200))
    y = 2 + 0.9 * np.minimum(g, 0) + 0.3 * np.maximum(g, 0) + 0.4 * e
    found = asymmetry(y, g, e, "overall_quality")
    assert (found.slope_below, found.slope_above, found.expectation_slope, found.intercept) == pytest.approx((0.9, 0.3, 0.4, 2))
    assert (found.ratio, found.ratio_low, found.ratio_high) == pytest.approx((3, 3, 3))
    assert found.r2 == pytest.approx(1)


@given(st.floats(-3, 3), st.floats(0.2, 5))
@settings(max_examples=15, deadline=None)
def test_shifting_all_answers_or_rescaling_the_outcome_changes_no_ratio(shift, scale):
    y, g, e = sample()
    a, b = asymmetry(y, g, e, "q"), asymmetry(scale * y + shift, g, e + shift, "q")
    assert b.status == a.status == "estimated"
    assert (b.ratio, b.ratio_low, b.ratio_high, b.p_equal) == pytest.approx((a.ratio, a.ratio_low, a.ratio_high, a.p_equal))
    assert b.slope_below == pytest.approx(scale * a.slope_below)


def test_a_gap_of_rounding_size_is_no_gap():
    y, g, e = sample()
    dust = pd.Series(np.random.default_rng(2).choice([-1e-15, 0, 1e-15], len(g)))
    assert asymmetry(y, g + dust, e, "q").n_at == (g == 0).sum() > 0


def test_order_of_rows_and_equal_weights_change_nothing():
    y, g, e = sample()
    rows = np.random.default_rng(3).permutation(len(y))
    plain = asymmetry(y, g, e, "q")
    for other in (asymmetry(y[rows], g[rows], e[rows], "q"), asymmetry(y, g, e, "q", weight=pd.Series(3.0, y.index))):
        assert (other.ratio, other.p_equal, other.naive.p_equal) == pytest.approx((plain.ratio, plain.p_equal, plain.naive.p_equal))
        assert [p.n for p in other.points] == [p.n for p in plain.points]
        assert [p.outcome for p in other.points] == pytest.approx([p.outcome for p in plain.points])
        assert [p.low for p in other.points] == pytest.approx([p.low for p in plain.points])


def test_a_weight_of_two_is_two_customers():
    y, g, e = sample(n=200)
    times = np.random.default_rng(4).integers(1, 4, 200)
    weighted = asymmetry(y, g, e, "q", weight=pd.Series(times.astype(float)))
    several = asymmetry(*(s.repeat(times).reset_index(drop=True) for s in (y, g, e)), "q")
    assert (weighted.slope_below, weighted.slope_above, weighted.mean_expectation) == pytest.approx(
        (several.slope_below, several.slope_above, several.mean_expectation)
    )
    assert weighted.n == 200 < several.n


def test_incomplete_customers_are_left_out():
    y, g, e = sample()
    weight = pd.Series(1.0, y.index)
    y[0], g[1], e[2], weight[3], weight[4] = np.nan, np.nan, np.nan, np.nan, 0.0
    assert asymmetry(y, g, e, "q", weight=weight).n == 595


def test_without_expectations_it_is_withheld():
    y, g, _ = sample()
    found = asymmetry(y, g, None, "overall_quality")
    assert isinstance(found, Withheld)
    assert (found.reason, found.values["outcome"]) == ("no_expectation", "overall_quality")


def test_without_an_outcome_it_is_withheld():
    y, g, e = sample()
    assert asymmetry(y * np.nan, g, e, "q").reason == "no_outcome"


def test_columns_of_different_length_are_a_mistake():
    y, g, e = sample()
    with pytest.raises(ValueError, match="one row per customer"):
        asymmetry(y, g.iloc[:5], e, "q")


@pytest.mark.parametrize("n", [0, 1, 9])
def test_fewer_than_ten_customers(n):
    y, g, e = (s.iloc[:n] for s in sample())
    found = asymmetry(y, g, e, "q")
    assert (found.status, found.reason, found.n) == ("too_few", "few_respondents", n)
    assert math.isnan(found.slope_below) and found.naive is None and found.points == () and found.band == ()


@pytest.mark.parametrize(
    ("below", "above", "reason"), [(29, 30, "few_below"), (30, 29, "few_above"), (29, 29, "few_both"), (29, 0, "few_both"), (30, 30, None)]
)
def test_thirty_customers_are_needed_on_each_side(below, above, reason):
    rng = np.random.default_rng(5)
    g = pd.Series(np.concatenate([-rng.uniform(0.5, 3, below), np.zeros(20), rng.uniform(0.5, 3, above)]))
    e = pd.Series(rng.normal(size=len(g)))
    found = asymmetry(g + e + 0.1 * rng.normal(size=len(g)), g, e, "q")
    assert (found.n_below, found.n_at, found.n_above) == (below, 20, above)
    assert (found.status, found.reason) == (("too_few", reason) if reason else ("estimated", ""))
    assert math.isnan(found.ratio) == bool(reason)
    assert math.isnan(found.slope_above) == (above == 0)


@pytest.mark.parametrize("above", [0, 1])
def test_a_side_with_nobody_or_one_leaves_the_other_slope_as_it_is(above):
    y, g, e = sample()
    keep = g <= 0
    keep |= g.index.isin(g[g > 0].index[:above])
    found = asymmetry(y[keep], g[keep], e[keep], "q")
    alone = asymmetry(y[g <= 0], g[g <= 0], e[g <= 0], "q")
    assert found.n_above == above
    assert (found.slope_below, found.slope_below_low) == pytest.approx((alone.slope_below, alone.slope_below_low))
    assert math.isnan(found.slope_above) and math.isnan(found.p_equal) and found.naive is None
    assert found.band[-1][0] == 0


def two_slopes(below, above, noise=0.1):
    rng = np.random.default_rng(6)
    g, e = pd.Series(rng.normal(size=300)), pd.Series(rng.normal(size=300))
    return below * np.minimum(g, 0) + above * np.maximum(g, 0) + e + noise * rng.normal(size=300), g, e


@pytest.mark.parametrize(
    ("below", "above", "noise", "reason"),
    [(-0.5, 1, 0.1, "slope_below_not_positive"), (1, -0.5, 0.1, "slope_above_not_positive"), (1, 0.1, 2.0, "interval_unbounded")],
)
def test_not_estimable_says_why(below, above, noise, reason):
    found = asymmetry(*two_slopes(below, above, noise), "q")
    assert (found.status, found.reason) == ("not_estimable", reason)
    assert math.isnan(found.ratio) and not math.isnan(found.slope_above_low) and not math.isnan(found.p_equal)


def test_not_estimable_when_the_outcome_or_perception_never_varies():
    y, g, e = sample()
    assert asymmetry(y * 0 + 5.1, g, e, "q").reason == "no_variation"
    both = pd.Series(np.where(g > 0, 1.0, -1.0))  # g = 6 - E on both sides: nothing tells the gap from the expectation
    found = asymmetry(y, both, 6 - both, "q")
    assert (found.status, found.reason) == ("not_estimable", "no_variation")
    assert math.isnan(found.slope_below) and found.band == ()


def test_expectations_that_do_not_vary_are_no_covariate():
    y, g, e = sample()
    found = asymmetry(y, g, e * 0 + 6, "q")
    assert found.expectation_slope == 0 and found.mean_expectation == 6
    assert (found.slope_below, found.slope_above) == pytest.approx((found.naive.slope_below, found.naive.slope_above))


def test_band_is_the_fitted_line_at_the_average_expectation():
    found = asymmetry(*sample(), "q")
    gaps = [point[0] for point in found.band]
    assert gaps == sorted(gaps) and 0 in gaps
    for g, fitted, low, high in found.band:
        by_hand = (
            found.intercept
            + found.slope_below * min(g, 0)
            + found.slope_above * max(g, 0)
            + found.expectation_slope * found.mean_expectation
        )
        assert fitted == pytest.approx(by_hand)
        assert low < fitted < high


def test_points_hold_everybody_and_never_few():
    y, g, e = sample(n=1500)
    found = asymmetry(y, g, e, "q")
    assert sum(p.n for p in found.points) == found.n
    assert min(p.n for p in found.points) >= MIN_BIN
    assert [p.gap for p in found.points] == sorted(p.gap for p in found.points)
    assert 0.0 in [p.gap for p in found.points]
    assert all(p.low < p.outcome < p.high for p in found.points)


def test_points_of_a_side_with_fewer_than_five_are_not_drawn(kiosk_curve):
    assert kiosk_curve.n_at == 4 and 0.0 not in [p.gap for p in kiosk_curve.points]
    assert sum(p.n for p in kiosk_curve.points) == 203


def test_a_point_by_hand():
    rng = np.random.default_rng(8)
    g = pd.Series(np.repeat([-1.0, 0.0, 1.0], 40))
    e = pd.Series(rng.normal(size=120))
    y = pd.Series(g + 0.5 * e + rng.normal(size=120))
    found = asymmetry(y, g, e, "q")
    assert [(p.gap, p.n) for p in found.points] == [(-1, 40), (0, 40), (1, 40)]
    adjusted = (y - found.expectation_slope * (e - e.mean()))[g == 1]
    assert found.points[2].outcome == pytest.approx(adjusted.mean())
    assert found.points[2].high - adjusted.mean() == pytest.approx(2.022691 * adjusted.std() / math.sqrt(40), rel=1e-6)  # qt(.975, 39)


def test_a_symmetric_truth_is_called_asymmetric_in_five_percent_with_expectation_and_far_more_without():
    naive, controlled = rejections(np.random.default_rng(9), 300, 300, mean_p=5.8, r=0.5)
    assert controlled == pytest.approx(0.05, abs=0.045)  # 0.05 and three and a half binomial errors of 0.0126
    assert naive > 0.2


def test_the_ratio_is_recovered_where_the_truth_is_symmetric_and_conservative_where_it_is_not():
    assert mean_ratio(np.random.default_rng(10), 300, 100, mean_p=5.8, r=0.5)[1] == pytest.approx(1, abs=0.12)
    naive, controlled = mean_ratio(np.random.default_rng(11), 300, 100, mean_p=5.8, r=0.5, ratio=2)
    assert 1.15 < controlled < 2 < naive


def test_worked_hinge_clustered():
    o = SANDWICH["hinge"]
    line = hinge(*worked(), None, unit=np.tile(np.arange(6), 4))
    assert line.fit.method == "CR2"
    assert [line.fit.cov[1, 1], line.fit.cov[1, 2], line.fit.cov[2, 2]] == pytest.approx(o["cov"])
    contrast = line.contrast(below=1, above=-1)
    assert [*line.fit.test(contrast)[:2], line.fit.df(contrast)] == pytest.approx(o["equal"])
    assert [line.fit.df(line.contrast(**{side: 1})) for side in ("below", "above")] == pytest.approx(o["df"])


def test_units_change_the_interval_and_few_units_the_slope_too():
    y, g, e = sample(n=900)
    many, few = (pd.Series(pd.Categorical(np.arange(900) % k)) for k in (20, 3))
    plain, clustered, within = (asymmetry(y, g, e, "q", unit=unit) for unit in (None, many, few))
    assert (plain.method, clustered.method, within.method) == ("HC3", "CR2", "HC3 within units")
    assert (plain.units, clustered.units, within.units) == (0, 20, 3)
    assert clustered.slope_below == pytest.approx(plain.slope_below) and clustered.p_equal != plain.p_equal
    assert within.slope_below != plain.slope_below and within.intercept == pytest.approx(plain.intercept, abs=0.2)
    for g0, fitted, low, high in clustered.band:
        assert low < fitted < high, g0


def test_a_dimension_has_the_hinge_of_its_own_gap_and_expectation():
    y, e, p, unit = Company(units=8, ratio=(1, 3, 1, 1, 1)).customers(np.random.default_rng(1), 1500)
    study = study_of(y, e, p, unit)
    found = study_asymmetry(study, "overall_quality")
    assert [d.dimension for d in found.dimensions] == list(NAMES) and found.tested == 5
    alone = asymmetry(pd.Series(y), pd.Series(p[:, 1] - e[:, 1]), pd.Series(e[:, 1]), "overall_quality", unit=study.customers["unit"])
    of = found.dimensions[1].curve
    assert (of.slope_below, of.slope_above, of.p_equal, of.method) == pytest.approx(
        (alone.slope_below, alone.slope_above, alone.p_equal, "CR2")
    )
    p_values = [d.curve.p_equal for d in found.dimensions]
    assert [d.p_holm for d in found.dimensions] == pytest.approx(holm(p_values))
    assert found.dimensions[1].verdict == "loss"
    assert found.total.naive is not None and of.naive is None
    assert "dimensions_alone" in {c.code for c in found.cautions}
    assert study_asymmetry(study, "overall_quality", by_unit=False).total.method == "HC3"


def test_a_dimension_without_gains_is_left_out_of_the_family():
    y, e, p, _ = Company().customers(np.random.default_rng(2), 400)
    p[:, 2] = np.minimum(p[:, 2], e[:, 2])
    found = study_asymmetry(study_of(y, e, p), "overall_quality")
    missing = found.dimensions[2]
    assert (missing.verdict, missing.curve.reason, found.tested) == ("too_few", "few_above", 4)
    assert math.isnan(missing.p_holm) and math.isnan(missing.curve.p_equal)
    assert found.dimensions[0].p_holm == pytest.approx(holm([d.curve.p_equal for d in found.dimensions])[0])
    row = found.profile.row("responsiveness")
    assert row["n_above"] == 0 and row["n_expected_top"] == (e[:, 2] == 7).sum()


def test_a_verdict_needs_no_ratio():
    rng = np.random.default_rng(3)
    e, p = np.clip(rng.normal(4, 1, (800, 5)), 1, 7), np.clip(rng.normal(4, 1, (800, 5)), 1, 7)
    g = (p - e).mean(axis=1)
    y = 0.9 * np.minimum(g, 0) - 0.4 * np.maximum(g, 0) + 0.3 * e.mean(axis=1) + 0.2 * rng.normal(size=800)
    found = study_asymmetry(study_of(y, e, p), "overall_quality")
    assert (found.total.reason, found.verdict) == ("slope_above_not_positive", "loss")
    assert math.isnan(found.total.ratio)


def test_of_a_study_without_expectations_or_outcome():
    y, e, p, _ = Company().customers(np.random.default_rng(4), 100)
    study = study_of(y, e, p)
    alone = study_asymmetry(study.with_(answers={Battery.PERCEPTION: study.answers[Battery.PERCEPTION]}), "overall_quality")
    assert (alone.verdict, alone.total.reason, alone.dimensions, alone.profile.reason) == (
        "withheld",
        "no_expectation",
        (),
        "no_expectation",
    )
    empty = study_asymmetry(study_of(y * np.nan, e, p), "overall_quality")
    assert (empty.total.reason, empty.verdict, empty.tested) == ("no_outcome", "withheld", 0)
    with pytest.raises(ValueError, match="no outcome"):
        study_asymmetry(study, "satisfaction")


def test_an_outcome_at_its_top_is_said():
    y, e, p, _ = Company(level=3.0).customers(np.random.default_rng(5), 500)
    made = study_of(y, e, p).with_(outcomes={"overall_quality": Scale(1, 7)})
    found = study_asymmetry(made, "overall_quality")
    assert found.top_share == pytest.approx((y == 7).mean()) and found.top_share > 0.4
    assert "outcome_at_top" in {c.code for c in found.cautions}


def test_equal_slopes_per_dimension_hold_their_rate_in_units():
    total, plain, adjusted = equal_slopes(np.random.default_rng(6), Company(units=12, straight=0.1), 300, 150)
    assert total <= 0.11 and plain.mean() <= 0.08  # .05 and three binomial errors
    assert np.nanmean((adjusted == 1).any(axis=1)) <= 0.11


def test_slopes_are_covered_in_units_and_not_by_errors_that_forget_them():
    company = Company(kink="total", ratio=(2.0,) * 5, units=8, unit_perception=0.4, unit_outcome=0.6)
    found = slope_coverage(np.random.default_rng(7), company, 400, 150)
    assert found["below"] >= 0.9 and found["above"] >= 0.9
