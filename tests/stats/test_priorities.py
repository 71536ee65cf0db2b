"""Importance against performance: worked numbers, the sample company, and what must hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps import scoring
from gaps.analysis import analyse
from gaps.findings.drivers import priorities_said, quadrants_said, ranked_said
from gaps.i18n import Words
from gaps.importer import read_study
from gaps.model import Battery, Role, Scale, Withheld
from gaps.stats.drivers import dimension_drivers
from gaps.stats.priorities import pgcv, priorities, quadrant
from gaps.stats.stated import stated_importance
from tests.conftest import ROOT
from tests.scoring import build


@pytest.fixture(scope="module")
def study():
    return read_study(ROOT / "data" / "sample.xlsx").study


@pytest.fixture(scope="module")
def found(study):
    return priorities(study, "overall_quality", resamples=300)


def test_potential_gain_as_worked():
    # methods 3.8, cSEM SQ: means T R Rs A E of 100, weights = gain / (100 - mean), printed to four digits
    means = np.array([77.4209, 81.4501, 78.3942, 81.9951, 74.2774])
    weights = np.array([0.22517, 0.22172, 0.20462, 0.06237, 0.26996])
    assert pgcv(weights, means, 100) == pytest.approx([5.084, 4.113, 4.421, 1.123, 6.944], abs=2e-3)
    assert np.argsort(-pgcv(weights, means, 100)).tolist() == [4, 0, 2, 1, 3]  # T overtakes Rs and R


def test_servqual_priority_as_worked():
    # methods 1.2: gaps of T R Rs A E and weights 11 32 22 19 16; sum of w x gap -.9007
    gaps, w = np.array([-0.65, -1.10, -0.83, -0.70, -1.01]), np.array([11, 32, 22, 19, 16]) / 100
    assert (w * -gaps).sum() == pytest.approx(0.9007)
    assert np.argsort(-(w * -gaps)).tolist() == [1, 2, 4, 3, 0]


def test_quadrants():
    found = quadrant(np.array([3.0, 6.0, 3.0, 6.0, 5.0]), np.array([0.3, 0.3, 0.1, 0.1, 0.2]), 5.0, 0.2)
    assert found.tolist() == [0, 1, 2, 3, 1]


def test_numbers_are_those_of_the_other_pages(study, found):
    analysis = analyse(study, resamples=20)
    rows = analysis.gaps.rows(gap=5, level="dimension").set_index("dimension")
    for point in found.points:
        assert point.performance.value == pytest.approx(rows.loc[point.dimension, "achieved"])
        assert point.gap.value == pytest.approx(rows.loc[point.dimension, "mean"])
        assert point.stated.value == pytest.approx(analysis.servqual.weights[point.dimension])
    fit = next(f for f in analysis.drivers if (f.outcome, f.predictors) == ("overall_quality", "P,E"))
    assert {p.dimension: p.derived.value for p in found.points} == pytest.approx({k: b["share"] for k, b in fit.blocks.items()})
    assert found.n == fit.n and found.resampled_by == "unit"


def test_crosshairs_and_lists(found, study):
    p = np.array([point.performance.value for point in found.points])
    assert found.crosshairs["data"] == pytest.approx((p.mean(), 0.2))
    assert found.crosshairs["scale"] == (4.0, 0.2)
    ranking = found.list("derived", "gap")
    by_name = {point.dimension: point for point in found.points}
    assert ranking.values == tuple(sorted(ranking.values, reverse=True))
    for name, value in zip(ranking.dimensions, ranking.values, strict=True):
        assert value == pytest.approx(by_name[name].derived.value * -by_name[name].gap.value)
    room = found.list("stated", "room")
    for name, value in zip(room.dimensions, room.values, strict=True):
        assert value == pytest.approx(by_name[name].stated.value * (7 - by_name[name].performance.value))
    assert len(found.lists) == 4 and all(sum(x.p_first) == pytest.approx(1) for x in found.lists)
    # what the sample company is made of: reliability pulls most and falls short most
    assert all(x.dimensions[0] == "reliability" and x.p_first[0] > 0.95 for x in found.lists)
    assert by_name["reliability"].quadrants["derived", "data"].name == "concentrate"
    assert by_name["reliability"].quadrants["derived", "data"].certain


def test_intervals_hold_their_values_and_a_chance_is_a_share(found):
    for point in found.points:
        for level in (point.performance, point.gap, point.stated, point.derived):
            assert level.low < level.value < level.high
        assert all(0 <= q.chance <= 1 for q in point.quadrants.values())
        assert len(point.quadrants) == 4


def test_a_gap_has_the_interval_of_the_gap_table_though_units_are_resampled(study, found):
    rows = analyse(study, resamples=20).gaps.rows(gap=5, level="dimension").set_index("dimension")
    assert found.resampled_by == "unit"
    for point in found.points:
        assert (point.gap.low, point.gap.high) == (rows.loc[point.dimension, "low"], rows.loc[point.dimension, "high"])


def test_stated_importance_has_the_interval_that_it_has_alone(study, found):
    rows = stated_importance(study).frame.set_index("dimension")
    for point in found.points:
        assert (point.stated.value, point.stated.low, point.stated.high) == tuple(rows.loc[point.dimension, ["mean", "low", "high"]])


def test_intervals_of_means_by_respondent_are_those_of_a_mean(study):
    alone = study.with_(respondents={r: f.drop(columns="unit") for r, f in study.respondents.items()})
    found = priorities(alone, "overall_quality", resamples=2000)
    scores = scoring.customer_scores(alone).perception
    assert found.resampled_by == "respondent"
    for point in found.points:
        known = scores[point.dimension].dropna()
        width = 2 * 1.96 * known.std() / len(known) ** 0.5
        assert point.performance.high - point.performance.low == pytest.approx(width, rel=0.08)  # Monte Carlo error of 2,000 resamples


def test_without_expectations_or_points(study):
    bare = study.with_(answers={Battery.PERCEPTION: study.answers[Battery.PERCEPTION]}, importance=None)
    found = priorities(bare, "satisfaction", resamples=50)
    assert found.predictors == "P" and [x.shortfall for x in found.lists] == ["room"]
    assert all(
        p.gap is None and p.stated is None and list(p.quadrants) == [("derived", "data"), ("derived", "scale")] for p in found.points
    )
    assert found.agreement == {}


def test_derived_importance_is_the_drivers(study):
    scores = scoring.customer_scores(study)
    fit = dimension_drivers(study.customers["recommend"], {"perception": scores.perception}, "recommend", predictors="P", resamples=20)
    found = priorities(study, "recommend", predictors="P", resamples=20)
    assert [p.derived.value for p in found.points] == pytest.approx([t.share for t in fit.terms])
    assert [p.r for p in found.points] == pytest.approx([t.r for t in fit.terms])


def test_withheld(study):
    assert priorities(study, "loyalty") == Withheld("no_outcome")
    few = study.only({r: np.arange(len(f)) < 40 for r, f in study.respondents.items()})
    assert priorities(few, "overall_quality").reason == "too_few"
    flat = study.with_(respondents={**study.respondents, "customers": study.customers.assign(overall_quality=5.0)})
    assert priorities(flat, "overall_quality").reason == "no_variation"
    silent = study.with_(answers={Battery.EXPECTATION: study.answers[Battery.EXPECTATION]})
    assert priorities(silent, "overall_quality") == Withheld("not_measured")


def test_where_the_model_with_expectations_cannot_be_fitted_that_without_is_used_as_for_the_headline(study):
    """80 customers are too few for five dimensions twice; with so few nothing is claimed."""
    few = study.only({r: np.arange(len(f)) < 80 for r, f in study.respondents.items()})
    found = priorities(few, "overall_quality", resamples=100)
    assert found.predictors == "P" and found.few and found.list("derived", "gap") is not None
    assert not any(found.certain(p, "derived", "data") for p in found.points)
    said = {s.about: s.statement for s in priorities_said(found, few, Words("en"))}
    assert "too few to say what comes first" in said["derived_gap"] and "too few" in said["unsure"]
    assert "comes first" in said["stated_gap"]  # means of points and gaps: no regression behind them


def test_sentences_name_the_customers_behind_them_and_the_line(study, found):
    said = {s.about: s for s in priorities_said(found, study, Words("en"))}
    assert f"{found.n_stated:,} customers" in said["stated_gap"].certainty != said["derived_gap"].certainty
    by_scale = {s.about: s.statement for s in quadrants_said(found, study, Words("en"), "derived", "scale")}
    assert "concentrate" not in by_scale and by_scale["keep_up"] == "Important, and not below the middle of the scale: Reliability."


def test_where_nothing_falls_short_nothing_comes_first(study, found):
    above = replace(found.list("derived", "gap"), values=(-0.1, -0.2, -0.3, -0.4, -0.5), p_first=(0.99, 0.01, 0, 0, 0))
    for language in ("en", "zh"):
        words = Words(language)
        none = words("drivers.priority.none", importance=words("drivers.importance_name.derived"),
                     shortfall=words("drivers.shortfall_name.gap"), n=found.n)  # fmt: skip
        told = ranked_said(found, above, study, words)
        assert (told.statement, told.certainty) == tuple(none.split(" | "))


def test_many_customers_are_dealt_into_blocks(study):
    big = study.only({r: np.ones(len(f), bool) for r, f in study.respondents.items()})
    times = 5
    big = big.with_(
        respondents={r: pd.concat([f.drop(columns="unit")] * times, ignore_index=True) for r, f in big.respondents.items()},
        answers={b: pd.concat([f] * times, ignore_index=True) for b, f in big.answers.items()},
        importance=pd.concat([big.importance] * times, ignore_index=True),
    )
    found, once = priorities(big, "overall_quality", resamples=400), priorities(study, "overall_quality", resamples=20)
    assert [p.derived.value for p in found.points] == pytest.approx([p.derived.value for p in once.points])
    alone = study.with_(respondents={r: f.drop(columns="unit") for r, f in study.respondents.items()})
    narrow = priorities(alone, "overall_quality", resamples=400)
    for five, one in zip(found.points, narrow.points, strict=True):
        ratio = (one.derived.high - one.derived.low) / (five.derived.high - five.derived.low)
        assert ratio == pytest.approx(np.sqrt(times), rel=0.2)


def test_a_single_dimension_has_nothing_to_be_ranked_against():
    rng = np.random.default_rng(2)
    quality = rng.normal(5, 1, 60)
    answers = np.clip(np.rint(quality[:, None] + rng.normal(0, 1, (60, 3))), 1, 7)
    one = build.study({"a": 3}, {Role.CUSTOMERS: build.people(60, overall_quality=quality)}, E=np.full((60, 3), 6.0), P=answers)
    assert priorities(one.with_(outcomes={"overall_quality": Scale(1, 7)}), "overall_quality", resamples=50) == Withheld("one_dimension")


def test_points_that_do_not_differ_agree_with_nothing(study):
    """Shares of twenty points each differ in the last bit only: a rank of rounding noise is no rank."""
    equal = study.importance.where(study.importance.isna(), 20.0)
    assert priorities(study.with_(importance=equal), "overall_quality", resamples=50).agreement == {}
