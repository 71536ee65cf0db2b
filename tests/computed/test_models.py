"""What is said of models: cases, left out, inference, resamples and seed are those of the fits."""

from dataclasses import replace

import pytest

from gaps.computed import models
from gaps.model import Withheld
from gaps.stats.priority_results import DERIVED, STATED
from tests.charts.asymmetry_results import asymmetry, contrast, contrasts, prediction, ranked
from tests.charts.results import NAMED, NAMES, curve, fit, gap_chain, naming, priorities, study


def test_shares_say_model_cases_and_inference(en):
    said = models.shares(fit(NAMED, predictors="P", n_left_out=10, seed=7), en)
    assert "on the dimensions (perception alone)" in said.formula and "enter together" not in said.formula
    assert said.n.startswith("1,890 of 1,900 customers.")
    assert "HC3" in said.interval and "2,000 resamples" in said.interval and "seed 7" in said.interval
    assert "MacKinnon & White (1985)" in said.reference and "Pustejovsky" not in said.reference
    clustered = models.shares(fit(NAMED, predictors="P,E", inference="cr2", units=36), en)
    assert "36 units" in clustered.interval and "Pustejovsky" in clustered.reference and "enter together" in clustered.formula
    assert clustered.n == "1,890 of 1,890 customers: nobody is left out."


def test_gaps_between_units_have_units_as_cases(en):
    units = fit(NAMED, question="gap", level="unit", n=30, n_left_out=6)
    said = models.shares(units, en)
    assert said.n.startswith("30 of 36 units. In the others a mean") and said.interval.startswith("Units are the rows")
    alone = models.shares(replace(units, one_at_a_time=True), en)
    assert alone.rule == "" and "Lindeman" not in alone.reference and "one gap at a time" in alone.formula


def test_the_models_rest_on_the_largest_of_them(en):
    said = models.models((fit(NAMED, n=100), fit(NAMED, predictors="P,E", n=90)), en)
    assert said.n == "100 of 100 customers: nobody is left out." and "Edwards (2002)" in said.reference


def test_the_map_says_which_importance(en):
    found, one = priorities(), study()
    derived, stated = (models.importance(found, en, importance=kind, study=one) for kind in (DERIVED, STATED))
    assert "LMG" in derived.formula and "importance points" in stated.formula and "LMG" not in stated.formula
    assert f"{found.n:,} of" in derived.n and f"{found.n_stated:,} of" in stated.n
    assert f"{found.resamples:,} resamples" in derived.interval
    first = models.first(found, en, one)
    assert f"{found.n:,} of" in first.n and "80 %" in first.rule


def test_the_chain_counts_units(en):
    found = gap_chain()
    said = models.chain(found, en)
    assert f"{found.units} of {found.units + found.n_left_out} units" in said.n
    assert f"{found.resamples:,} resamples of whole units" in said.interval and "Bollen" in said.reference
    assert "Rows are units by dimensions" in models.chain(replace(found, level="panel", rows=150), en).formula


def test_the_curve_says_its_sides_and_its_errors(en, zh):
    found = replace(curve(), method="CR2", units=9)
    said = models.curve(found, study(), en)
    assert f"Below {found.n_below:,}, at {found.n_at}, above {found.n_above}." in said.n
    assert "9 units" in said.interval and "Fieller’s interval" in said.interval and f"at least {found.min_side} customers" in said.rule
    assert "Fieller’s" not in models.curve(replace(found, status="too_few"), study(), en).interval
    assert "9 个单位" in models.curve(found, study(), zh).interval
    assert "MacKinnon" in models.curve(replace(found, method="HC3"), study(), en).reference


def test_curves_say_how_many_could_be_tested(en):
    said = models.curves(asymmetry(tangibles="too_few"), study(), en)
    assert "could be tested (4; Holm)" in said.rule and "Holm (1979)" in said.reference


@pytest.mark.parametrize(("few", "key"), [(3, "rule"), (4, "rule_one"), (5, "rule_none")])
def test_curves_tell_of_an_adjustment_only_where_several_were_tested(few, key, en):
    said = models.curves(asymmetry(**dict.fromkeys(list(NAMES)[:few], "too_few")), study(), en)
    assert said.rule.startswith(en(f"computed.curves.{key}", tested=5 - few)) and ("adjusted for" in said.rule) is (key == "rule")
    assert "at least 30 customers stand" in said.rule


def test_penalty_and_reward_say_the_shares_asked_for(en):
    said = models.penalty_reward(replace(contrasts(contrast("tangibles")), wanted_low=0.1), en)
    assert "lowest (10 %), highest (20 %)" in said.simply and said.n.startswith("200 of 207 customers.")
    assert "1,000 resamples (seed 1)" in said.interval


def test_predictions_rest_on_their_model(en):
    found = replace(prediction(), n_left_out=5, units=8, method="CR2")
    said = models.prediction(found, "overall_quality", en)
    assert said.n.startswith("200 of 205 customers.") and "8 units" in said.interval and "h × min" in said.formula
    straight = models.prediction(replace(found, kink=False, below_before=float("nan")), "overall_quality", en)
    assert "h × min" not in straight.formula and "E expectation" not in straight.formula
    withheld = models.prediction(Withheld("beyond_data"), "overall_quality", en)
    assert withheld.n == "" and "beyond what the data can say" in withheld.formula
    singles = models.single_moves(ranked(), en)
    assert "Gupta (1965)" in singles.reference and "one-sided test" in singles.rule
    assert "No prediction is made where" in singles.rule


@pytest.mark.parametrize(("n", "told"), [(150, "Correlations of this study: 150 customers."), (0, "there are no answers yet")])
def test_naming_says_what_it_was_simulated_from(n, told, en):
    found = replace(naming(), n=n)
    said = models.naming(found, en)
    assert told in said.n and f"{found.draws} samples" in said.formula and en.percent(found.power) in said.rule
