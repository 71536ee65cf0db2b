"""Driver regressions against R on real answers, hand-made units, and what must hold for every study."""

import dataclasses
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.stats.drivers import GAPS, dimension_drivers, dimension_models, gap_drivers
from gaps.stats.regression import regress
from tests.simulate.designs import standardised

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())
DIMENSIONS = ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]


def study(n=300, seed=0, betas=(0.3, 0.2, 0.15, 0.1, 0.05), r=0.5):
    """Outcome, and scores whose perceptions predict it."""
    rng = np.random.default_rng(seed)
    y, p = standardised(rng, (n,), betas, r)
    e = 0.3 * p + rng.normal(size=p.shape) + 1
    names = DIMENSIONS[: p.shape[1]]
    perception, expectation = pd.DataFrame(p, columns=names), pd.DataFrame(e, columns=names)
    return pd.Series(y), {"gap": perception - expectation, "perception": perception, "expectation": expectation}


def fit(y, scores, predictors="P-E", resamples=200, **more):
    return dimension_drivers(y, scores, "overall_quality", predictors=predictors, resamples=resamples, **more)


def term(found, name):
    return next(t for t in found.terms if t.name == name)


@pytest.fixture(scope="module")
def kiosk_scores(kiosk):
    """Dimension means of the 207 respondents who answered everything, straight from the sheet: three items each."""
    sheets = pd.read_excel(kiosk, sheet_name=None, engine="calamine")
    answers, items = sheets["customers"], sheets["items"]
    means = {
        battery: pd.DataFrame(
            {d: answers[[f"{battery}{i}" for i in group["item"]]].mean(axis=1, skipna=False) for d, group in items.groupby("dimension")}
        )
        for battery in "EP"
    }
    scores = {"gap": means["P"] - means["E"], "perception": means["P"], "expectation": means["E"]}
    return answers["overall_quality"].astype(float), scores


def test_hc3_on_the_attitude_data():
    rows = np.array([line.split() for line in ORACLES["attitude"]["rows"].splitlines() if line], float)
    found = regress(rows[:, 0], rows[:, 1:])
    assert found.se == pytest.approx(ORACLES["attitude"]["hc3"], abs=5e-5)
    assert found.se[1:] == pytest.approx(ORACLES["attitude"]["hc3"][1:], abs=1e-6)
    assert found.df == 23
    assert found.t == pytest.approx(2.0686576, abs=1e-7)  # qt(.975, 23)


def test_hc3_by_its_formula_with_case_weights():
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(40, 2)), rng.uniform(0.5, 3, 40)
    y = x.sum(axis=1) + rng.normal(size=40)
    design = np.column_stack([np.ones(40), x])
    inverse = np.linalg.inv(design.T * w @ design)
    b = inverse @ (design.T * w @ y)
    leverage = w * np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = (design.T * (w * (y - design @ b) / (1 - leverage)) ** 2) @ design
    found = regress(y, x, w)
    assert found.params == pytest.approx(b)
    assert found.cov == pytest.approx(inverse @ meat @ inverse)


def test_kiosk_gaps_as_in_r(kiosk_scores):
    oracle, found = ORACLES["kiosk"], fit(*kiosk_scores, resamples=2000)
    assert (found.n, found.n_left_out) == (oracle["n"], 4)
    assert found.r2 == pytest.approx(oracle["r2"], abs=1e-7)
    convenience = term(found, "convenience")
    assert convenience.b == pytest.approx(oracle["convenience_b"], abs=1e-7)
    assert convenience.se == pytest.approx(oracle["convenience_hc3"], abs=1e-7)
    assert convenience.share == pytest.approx(oracle["convenience_share"], abs=5e-6)
    assert term(found, "tangibles").share == pytest.approx(oracle["tangibles_share"], abs=5e-6)
    assert found.verdict.driver is None
    assert found.verdict.leading[:2] == ("convenience", "tangibles")


def test_kiosk_rejects_the_difference_score(kiosk_scores):
    oracle, found = ORACLES["kiosk"], fit(*kiosk_scores, predictors="P,E").constraint
    assert found["sum"] == pytest.approx(oracle["constraint_sum"], abs=5e-5)
    # 0.1113 and 2.687: the formula of HC3 applied with numpy; the published t of 3.00 has the classical error in its denominator
    assert found["se"] == pytest.approx(0.11129595, abs=1e-7)
    assert found["t"] == pytest.approx(2.687236, abs=1e-5)
    y, scores = kiosk_scores
    complete = scores["gap"].notna().all(axis=1)
    totals = np.column_stack(
        [np.ones(complete.sum()), scores["perception"][complete].mean(axis=1), scores["expectation"][complete].mean(axis=1)]
    )
    outcome = y[complete].to_numpy()
    residual = outcome - totals @ np.linalg.lstsq(totals, outcome, rcond=None)[0]
    classical = np.linalg.inv(totals.T @ totals) * (residual @ residual) / (len(outcome) - 3)
    contrast = np.array([0, 1, 1])
    assert found["sum"] / np.sqrt(contrast @ classical @ contrast) == pytest.approx(oracle["constraint_t_classical"], abs=5e-3)


def test_kiosk_perception_with_expectation_sums_to_one_in_terms_and_blocks(kiosk_scores):
    found = fit(*kiosk_scores, predictors="P,E")
    assert sum(t.share for t in found.terms) == pytest.approx(1)
    assert sum(b["share"] for b in found.blocks.values()) == pytest.approx(1)
    for dimension, block in found.blocks.items():
        assert block["share"] == pytest.approx(term(found, f"P:{dimension}").share + term(found, f"E:{dimension}").share)
    assert sum(b["p_first"] for b in found.blocks.values()) == pytest.approx(1)
    assert set(found.verdict.leading) <= set(found.blocks)


def test_terms_by_hand():
    y, scores = study()
    found = fit(y, scores, "P")
    x = scores["perception"]
    b = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x]), y, rcond=None)[0][1:]
    first = found.terms[0]
    assert first.b == pytest.approx(b[0])
    assert first.beta == pytest.approx(b[0] * x["tangibles"].std() / y.std())
    assert first.r == pytest.approx(np.corrcoef(x["tangibles"], y)[0, 1])
    assert first.vif == pytest.approx(np.linalg.inv(np.corrcoef(x.T))[0, 0])
    assert first.low < first.b < first.high
    assert first.share_low < first.share < first.share_high
    assert sum(t.p_first for t in found.terms) == pytest.approx(1)
    assert [t.name for t in found.terms] == DIMENSIONS
    assert (found.question, found.outcome, found.predictors, found.level, found.resamples, found.seed) == (
        "dimension", "overall_quality", "P", "respondent", 200, 1,
    )  # fmt: skip


@given(st.floats(-3, 3), st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_answering_everything_higher_changes_no_gap_fit(shift, seed):
    y, scores = study(n=60, seed=seed)
    expectation, perception = scores["expectation"] + shift, scores["perception"] + shift
    again = fit(y, {"gap": perception - expectation, "perception": perception, "expectation": expectation}, resamples=20)
    for a, b in zip(fit(y, scores, resamples=20).terms, again.terms, strict=True):
        assert (a.b, a.se, a.share, a.vif) == pytest.approx((b.b, b.se, b.share, b.vif))


@pytest.mark.parametrize("predictors", ["P-E", "P", "P,E"])
def test_order_of_rows_and_of_dimensions_changes_no_estimate(predictors):
    y, scores = study(n=150)
    rows, columns = np.random.default_rng(1).permutation(150), DIMENSIONS[::-1]
    moved = {name: frame.loc[rows, columns] for name, frame in scores.items()}
    before, after = fit(y, scores, predictors), fit(y[rows], moved, predictors)
    assert after.r2 == pytest.approx(before.r2)
    for t in before.terms:
        other = term(after, t.name)
        assert (other.b, other.se, other.beta, other.p, other.share) == pytest.approx((t.b, t.se, t.beta, t.p, t.share))


def test_another_scale_changes_no_share():
    y, scores = study(n=150)
    before, after = fit(y, scores), fit(10 * y + 3, {"gap": scores["gap"] * [1, 2, 3, 4, 5]})
    for a, b in zip(before.terms, after.terms, strict=True):
        assert (a.share, a.share_low, a.p_first, a.beta, a.vif) == pytest.approx((b.share, b.share_low, b.p_first, b.beta, b.vif))


def test_equal_weights_are_no_weights_and_a_weight_of_two_is_two_respondents():
    y, scores = study(n=120)
    plain, weighted = fit(y, scores), fit(y, scores, weight=pd.Series(np.full(120, 2.5)))
    assert weighted.terms[0].se == pytest.approx(plain.terms[0].se)
    assert [t.share_low for t in weighted.terms] == pytest.approx([t.share_low for t in plain.terms])
    times = np.random.default_rng(3).integers(1, 4, 120)
    several = fit(y.repeat(times).reset_index(drop=True), {k: f.loc[f.index.repeat(times)] for k, f in scores.items()})
    weighted = fit(y, scores, weight=pd.Series(times.astype(float)))
    assert [(t.b, t.share, t.vif, t.beta, t.r) for t in weighted.terms] == [
        pytest.approx((t.b, t.share, t.vif, t.beta, t.r)) for t in several.terms
    ]


def test_seed_and_resamples_are_part_of_the_result():
    y, scores = study()
    assert fit(y, scores, seed=7) == fit(y, scores, seed=7)
    assert fit(y, scores, seed=7).terms[0].share_low != fit(y, scores, seed=8).terms[0].share_low
    with pytest.raises(ValueError, match="resamples"):
        fit(y, scores, resamples=0)


def test_only_complete_respondents_count_and_the_others_are_counted():
    y, scores = study(n=120)
    y.iloc[:3] = np.nan
    scores["gap"].iloc[3:5, 1] = np.nan
    weight = pd.Series(1.0, y.index)
    weight.iloc[5] = np.nan
    weight.iloc[6] = 0.0
    found = fit(y, scores, weight=weight)
    assert (found.n, found.n_left_out) == (113, 7)


def test_inputs_are_not_changed():
    y, scores = study(n=60)
    before = y.copy(), {k: f.copy() for k, f in scores.items()}
    fit(y, scores, "P,E")
    pd.testing.assert_series_equal(y, before[0])
    for name, frame in scores.items():
        pd.testing.assert_frame_equal(frame, before[1][name])


def test_a_dimension_nobody_answered_is_no_predictor():
    y, scores = study()
    scores["expectation"]["empathy"] = np.nan
    assert [t.name for t in fit(y, scores, "P").terms] == DIMENSIONS
    assert list(fit(y, scores, "P,E").blocks) == DIMENSIONS[:4]


def withheld(found):
    assert found.terms == () and np.isnan(found.r2) and found.verdict.driver is None and found.verdict.leading == ()
    assert found.verdict.reason == found.withheld.reason
    return found.withheld


def test_withheld_without_an_outcome():
    y, scores = study()
    assert withheld(fit(y * np.nan, scores)).reason == "no_outcome"


@pytest.mark.parametrize(("n", "predictors", "needed"), [(49, "P-E", 50), (99, "P,E", 100), (0, "P", 30)])
def test_withheld_below_ten_respondents_per_predictor(n, predictors, needed):
    y, scores = study(n=max(n, 1))
    scores = {k: f.iloc[:n] for k, f in scores.items()}
    found = withheld(fit(y.iloc[:n], scores, predictors))
    assert (found.reason, dict(found.values)) == ("too_few", {"n": n, "needed": needed})


def test_withheld_below_thirty_even_with_one_dimension():
    y, scores = study(n=29, betas=(0.5,))
    assert withheld(fit(y, scores)).values["needed"] == 30


def test_one_dimension_is_fitted_but_is_no_ranking():
    y, scores = study(n=120, betas=(0.5,))
    found = fit(y, scores)
    assert found.withheld is None and found.terms[0].share == pytest.approx(1)
    assert found.verdict.reason == "one_predictor" and found.verdict.driver is None


def test_fewer_than_a_hundred_name_no_driver():
    y, scores = study(n=99, betas=(0.8, 0.05, 0, 0, 0), r=0.1)
    found = fit(y, scores, "P")
    assert found.withheld is None and found.verdict.p_first > 0.99
    assert (found.verdict.driver, found.verdict.reason, found.verdict.leading[0]) == (None, "few_respondents", "tangibles")


def test_withheld_when_the_outcome_never_varies():
    y, scores = study()
    assert withheld(fit(y * 0 + 4.1, scores)).reason == "no_variation"


def test_withheld_when_a_dimension_never_varies_and_it_is_named():
    y, scores = study()
    scores["expectation"]["empathy"] = 6.9
    found = withheld(fit(y, scores, "P,E"))
    assert (found.reason, found.values["predictors"]) == ("no_variation", ("E:empathy",))


def test_withheld_when_one_respondent_alone_makes_a_dimension_vary():
    y, scores = study()
    scores["gap"]["empathy"] = 0.0
    scores["gap"].loc[0, "empathy"] = 1.0
    assert withheld(fit(y, scores)).reason == "no_variation"


def test_withheld_when_dimensions_move_exactly_together():
    y, scores = study()
    scores["gap"]["empathy"] = scores["gap"]["tangibles"] + 2 * scores["gap"]["assurance"] - 1
    assert withheld(fit(y, scores)).reason == "collinear"


@pytest.mark.parametrize("digits", [12, 2])
def test_a_score_is_never_regressed_on_its_own_parts(digits):
    _, scores = study()
    assert withheld(fit(scores["gap"].mean(axis=1).round(digits), scores)).reason == "same_as_score"


def test_nearly_dependent_dimensions_keep_their_fit_and_show_their_vif():
    y, scores = study(n=400)
    scores["gap"]["empathy"] = scores["gap"]["tangibles"] + 0.05 * scores["gap"]["empathy"]
    found = fit(y, scores)
    assert term(found, "empathy").vif > 100
    assert term(found, "empathy").share == pytest.approx(term(found, "tangibles").share, abs=0.05)


def test_mistakes_of_the_caller_are_named():
    y, scores = study(n=60)
    with pytest.raises(ValueError, match="predictors must be one of"):
        fit(y, scores, "E")
    with pytest.raises(ValueError, match="needs scores of"):
        fit(y, {"gap": scores["gap"]}, "P,E")
    with pytest.raises(ValueError, match="one row per respondent"):
        fit(y.iloc[:10], scores)


def units(n, seed=0, betas=(0.55, 0.25, 0.25, 0.25)):
    y, x = standardised(np.random.default_rng(seed), (n,), betas, 0.0)
    frame = pd.DataFrame(x, columns=list(GAPS), index=[f"Branch {i + 1}" for i in range(n)])
    return frame.assign(overall_quality=y, n_customers=np.random.default_rng(seed).integers(20, 60, n))


def test_nine_units_are_too_few():
    found = withheld(gap_drivers(units(9), "overall_quality"))
    assert (found.reason, dict(found.values)) == ("too_few_units", {"units": 9, "needed": 10})


@pytest.mark.parametrize("n", [0, 1])
def test_one_unit_or_none(n):
    assert withheld(gap_drivers(units(max(n, 1)).iloc[:n], "overall_quality")).values["units"] == n


def test_from_ten_units_each_gap_alone_weighted_by_customers():
    frame = units(10)
    found = gap_drivers(frame, "overall_quality")
    assert found.one_at_a_time and found.withheld is None and found.n == 10 and found.level == "unit"
    assert (found.verdict.driver, found.verdict.reason, found.resamples) == (None, "one_at_a_time", 0)
    w = frame["n_customers"].to_numpy(float)
    for t in found.terms:
        x, y = (frame[c] - np.average(frame[c], weights=w) for c in (t.name, "overall_quality"))
        assert t.b == pytest.approx((w * x * y).sum() / (w * x * x).sum())
        assert t.beta == pytest.approx(t.r)
        assert t.vif == pytest.approx(1)
        assert np.isnan(t.share) and np.isnan(t.p_first)


def test_from_thirty_units_all_gaps_together():
    found = gap_drivers(units(30), "overall_quality", resamples=200)
    assert not found.one_at_a_time and found.n == 30 and found.predictors == "gap1..gap4"
    assert [t.name for t in found.terms] == list(GAPS)
    assert sum(t.share for t in found.terms) == pytest.approx(1)
    assert gap_drivers(units(29), "overall_quality").one_at_a_time


def test_a_clear_gap_is_named_across_many_units():
    found = gap_drivers(units(200, betas=(0.1, 0.1, 0.8, 0.1)), "overall_quality", resamples=500)
    assert (found.verdict.driver, found.verdict.reason) == ("gap3", "named")


def test_a_gap_nobody_measured_is_left_out_and_units_need_all_others():
    frame = units(40)
    frame["gap4"] = np.nan
    frame.iloc[:4, 0] = np.nan
    frame.iloc[4, frame.columns.get_loc("n_customers")] = 0
    found = gap_drivers(frame, "overall_quality", resamples=50)
    assert [t.name for t in found.terms] == ["gap1", "gap2", "gap3"]
    assert (found.n, found.n_left_out) == (35, 5)


def test_a_gap_known_for_a_few_units_does_not_cost_the_others_their_regression():
    frame = units(40)
    frame.iloc[9:, 0] = np.nan
    assert [t.name for t in gap_drivers(frame, "overall_quality", resamples=50).terms] == ["gap2", "gap3", "gap4"]


def test_gaps_nobody_measured_at_all_or_no_outcome():
    frame = units(40)
    assert withheld(gap_drivers(frame.assign(**dict.fromkeys(GAPS, np.nan)), "overall_quality")).reason == "too_few_units"
    assert withheld(gap_drivers(frame, "satisfaction")).reason == "no_outcome"


def test_gaps_that_do_not_vary_between_units():
    frame = units(15).assign(**dict.fromkeys(GAPS, -1.25))
    assert withheld(gap_drivers(frame, "overall_quality")).reason == "no_variation"
    assert [t.name for t in gap_drivers(units(15).assign(gap2=-1.25), "overall_quality").terms] == ["gap1", "gap3", "gap4"]


def test_no_effect_names_a_driver_almost_never():
    # 1 % or less at the full size (docs/simulations.md); 40 samples: more than 3 would be a surprise of 1 in 2,000
    named = sum(fit(*study(n=150, seed=seed, betas=[0.0] * 5), resamples=200).verdict.driver is not None for seed in range(40))
    assert named <= 3


def test_a_strong_true_driver_is_named_and_only_that():
    named = [fit(*study(n=600, seed=seed, betas=(0.55, 0.1, 0.1, 0.05, 0.05)), "P", resamples=200).verdict.driver for seed in range(10)]
    assert named == ["tangibles"] * 10


def test_statsmodels_waits_until_something_is_fitted():
    code = "import sys, gaps.stats.drivers, gaps.stats.asymmetry; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0


def test_models_fitted_together_are_those_fitted_one_by_one():
    rng = np.random.default_rng(8)
    n = 240
    p, e = (pd.DataFrame(rng.normal(5, 1, (n, 3)), columns=list("abc")) for _ in range(2))
    p.iloc[3, 1] = e.iloc[3, 1] = np.nan
    y = p.mean(axis=1) + pd.Series(rng.normal(0, 1, n))
    weight = pd.Series(rng.uniform(0.5, 2, n))
    scores = {"gap": p - e, "perception": p, "expectation": e}
    together = dimension_models(y, scores, "overall_quality", weight=weight, resamples=100, seed=5)
    for fit, model in zip(together, ("P-E", "P", "P,E"), strict=True):
        alone = dimension_drivers(y, scores, "overall_quality", predictors=model, weight=weight, resamples=100, seed=5)
        assert (fit.predictors, fit.n, fit.verdict.leading) == (model, n - 1, alone.verdict.leading)
        for one, other in zip(fit.terms, alone.terms, strict=True):
            assert dataclasses.astuple(one)[1:] == pytest.approx(dataclasses.astuple(other)[1:], rel=1e-9)


def test_models_of_different_respondents_are_fitted_apart():
    rng = np.random.default_rng(9)
    p, e = (pd.DataFrame(rng.normal(5, 1, (150, 2)), columns=list("ab")) for _ in range(2))
    y = p.mean(axis=1) + pd.Series(rng.normal(0, 1, 150))
    e.iloc[:20] = np.nan
    together = dimension_models(y, {"gap": p - e, "perception": p, "expectation": e}, "overall_quality", resamples=50)
    assert [f.n for f in together] == [130, 150, 130]
    only = dimension_models(y, {"perception": p}, "overall_quality", resamples=50)
    assert [f.predictors for f in only] == ["P"]


def in_units(units, each=30, icc=0.3, seed=0):
    """A study in units whose answers are alike, and the units; the first two customers have none."""
    from tests.simulate.driver_designs import answered, latent, unit_of

    rng = np.random.default_rng(seed)
    unit = unit_of(rng, units * each, units)
    y, perception = answered(rng, *latent(rng, unit, icc))
    return y, {"perception": perception}, pd.Series([f"u{u:03}" for u in unit], dtype="category")


@pytest.mark.parametrize(("units", "inference", "by"), [(5, "hc3", "respondent"), (6, "cr2", "unit"), (40, "cr2", "unit")])
def test_the_inference_follows_the_number_of_units(units, inference, by):
    y, scores, unit = in_units(units)
    found = fit(y, scores, "P", unit=unit)
    assert (found.inference, found.units, found.resampled_by, found.level) == (inference, units, by, "respondent")
    plain = fit(y, scores, "P")
    assert [t.b for t in found.terms] == pytest.approx([t.b for t in plain.terms])
    assert (found.r2, found.adj_r2) == pytest.approx((plain.r2, plain.adj_r2))
    assert [t.share for t in found.terms] == pytest.approx([t.share for t in plain.terms])
    if by == "respondent":
        assert found.terms == plain.terms


def test_units_widen_intervals_where_answers_are_alike():
    y, scores, unit = in_units(60, icc=0.4)
    found, plain = fit(y, scores, "P", unit=unit), fit(y, scores, "P")
    assert np.mean([t.se for t in found.terms]) > 1.15 * np.mean([t.se for t in plain.terms])
    width = [np.mean([t.share_high - t.share_low for t in f.terms]) for f in (found, plain)]
    assert width[0] > 1.15 * width[1]


def test_respondents_without_a_unit_stay_and_count_for_none():
    y, scores, unit = in_units(8)
    unit[:2] = np.nan
    found = fit(y, scores, "P", unit=unit)
    assert (found.n, found.units, found.inference) == (240, 8, "cr2")
    text = unit.astype(object)
    assert fit(y, scores, "P", unit=text).terms == found.terms


def test_models_by_unit_fitted_together_are_those_fitted_one_by_one():
    y, scores, unit = in_units(12)
    e = pd.DataFrame(np.random.default_rng(3).normal(6, 1, scores["perception"].shape), columns=scores["perception"].columns)
    scores |= {"expectation": e, "gap": scores["perception"] - e}
    for found in dimension_models(y, scores, "overall_quality", unit=unit, resamples=50):
        alone = dimension_drivers(y, scores, "overall_quality", predictors=found.predictors, unit=unit, resamples=50)
        for one, other in zip(found.terms, alone.terms, strict=True):
            assert dataclasses.astuple(one)[1:] == pytest.approx(dataclasses.astuple(other)[1:], rel=1e-6, abs=1e-9)
        assert found.constraint == pytest.approx(alone.constraint, rel=1e-6)
        assert found.expectation == pytest.approx(alone.expectation, rel=1e-6)
