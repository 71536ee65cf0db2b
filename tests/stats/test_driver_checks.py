"""The checks of a driver result on the sample company, on studies made for the purpose, and their sentences in both languages."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from gaps.findings.drivers import (
    checks_said,
    computed,
    expectation_code,
    expectation_said,
    inference_said,
    priorities_said,
    withheld_said,
)
from gaps.i18n import LANGUAGES, Words
from gaps.importer import read_study
from gaps.model import UNIT, WEIGHT, Battery, Role, Withheld
from gaps.stats.driver_checks import driver_checks
from gaps.stats.drivers import dimension_drivers
from gaps.stats.importance import johnson, lmg
from gaps.stats.priorities import priorities
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def study():
    return read_study(ROOT / "data" / "sample.xlsx").study


@pytest.fixture(scope="module")
def checks(study):
    return driver_checks(study, "satisfaction", resamples=300)


def holed(study, part, seed=1, outcome="satisfaction"):
    """The study with whole dimensions unanswered, the likelier the higher the outcome."""
    rng = np.random.default_rng(seed)
    y = study.customers[outcome].to_numpy(float)
    answers = {b: f.copy() for b, f in study.answers.items()}
    for dimension in study.instrument.dimensions:
        numbers = list(study.instrument.numbers_of(dimension.id))
        gone = rng.random(len(y)) < part * np.where(y > np.nanmedian(y), 1.6, 0.4)
        for battery in (Battery.EXPECTATION, Battery.PERCEPTION):
            answers[battery].loc[gone, numbers] = np.nan
    return study.with_(answers=answers)


def test_the_fit_is_by_unit_and_the_checks_are_about_it(checks):
    fit = checks.fit
    assert (fit.inference, fit.units, fit.resampled_by, fit.predictors) == ("cr2", 36, "unit", "P,E")
    assert checks.weights.order_lmg == tuple(sorted(fit.blocks, key=lambda d: -fit.blocks[d]["share"]))
    assert checks.resampling.verdict.driver == fit.verdict.driver == "reliability"
    assert 1.0 < checks.resampling.widening < 1.6
    assert checks.dominance.pairs[0].first == "reliability"
    assert checks.dominance.levels.mean().to_dict() == pytest.approx({d: b["share"] * fit.r2 for d, b in fit.blocks.items()})
    assert checks.ordinal.categories == 7
    assert checks.ordinal.shares_linear == pytest.approx({d: b["share"] for d, b in fit.blocks.items()})
    assert checks.within_between.units == 36 and checks.within_between.n == fit.n


def test_places_sum_to_one_and_agree_with_the_chance_of_being_first(checks):
    ranks = checks.fit.verdict.ranks
    table = np.array(list(ranks.values()))
    assert table.sum(axis=0) == pytest.approx(1) and table.sum(axis=1) == pytest.approx(1)
    for name, places in ranks.items():
        assert places[0] == pytest.approx(checks.fit.blocks[name]["p_first"])


def test_relative_weights_of_blocks_sum_their_predictors(study):
    found = driver_checks(study, "satisfaction", predictors="P", missing=("listwise",), resamples=50)
    from gaps import scoring

    p = scoring.customer_scores(study).perception.assign(y=study.customers["satisfaction"]).dropna()
    correlation = np.corrcoef(p[["y", *p.columns[:-1]]].to_numpy().T)
    values = johnson(correlation)
    assert list(found.weights.shares.values()) == pytest.approx(values / values.sum())
    assert found.weights.difference == pytest.approx(np.abs(values - lmg(correlation)).max() / values.sum())


def test_missing_answers_three_ways(study):
    found = {c.method: c for c in driver_checks(holed(study, 0.12), "satisfaction", predictors="P", resamples=200).missing}
    assert list(found) == ["listwise", "pairwise", "multiple"]
    assert found["listwise"].n < 0.7 * found["multiple"].n == 0.7 * found["pairwise"].n
    assert found["pairwise"].smallest < found["pairwise"].n
    assert found["multiple"].imputations == 20 and set(found["multiple"].pooled) == set(found["multiple"].shares)
    for choice in found.values():
        assert sum(choice.shares.values()) == pytest.approx(1)
        assert max(choice.shares, key=choice.shares.get) == "reliability"
        assert not choice.first_changes and choice.withheld is None
    full = dimension_drivers(
        study.customers["satisfaction"], {"perception": pd.DataFrame()} | _perception(study), "satisfaction", predictors="P", resamples=20
    )
    b = {t.name: t.b for t in full.terms}
    pooled = {name: p.b for name, p in found["multiple"].pooled.items()}
    assert np.abs([pooled[d] - b[d] for d in b]).max() < 0.08


def _perception(study):
    from gaps import scoring

    return {"perception": scoring.customer_scores(study).perception}


def test_a_study_that_listwise_deletion_destroys_still_has_the_others(study):
    small = study.only({r: np.arange(len(f)) < 200 if r is Role.CUSTOMERS else np.ones(len(f), bool) for r, f in study.respondents.items()})
    found = driver_checks(holed(small, 0.45), "satisfaction", predictors="P", resamples=60)
    assert found.fit.withheld.reason == "too_few"
    assert isinstance(found.weights, Withheld) and isinstance(found.dominance, Withheld)
    by_method = {c.method: c for c in found.missing}
    assert by_method["multiple"].withheld is None and by_method["multiple"].n > 100
    for language in LANGUAGES:
        assert all(said.statement for said in checks_said(found, small, Words(language)))


def test_nothing_missing_needs_no_treatment(study):
    scores_known = study.answers[Battery.PERCEPTION].notna().all(axis=1) & study.answers[Battery.EXPECTATION].notna().all(axis=1)
    whole = study.only({r: scores_known.to_numpy() if r is Role.CUSTOMERS else np.ones(len(f), bool) for r, f in study.respondents.items()})
    found = driver_checks(whole, "satisfaction", resamples=30)
    assert [c.method for c in found.missing] == ["listwise"]


def test_without_units_or_outcome_or_perception(study):
    alone = study.with_(respondents={r: f.drop(columns="unit") for r, f in study.respondents.items()})
    found = driver_checks(alone, "overall_quality", resamples=30)
    assert (found.fit.inference, found.fit.resampled_by, found.resampling.reason) == ("hc3", "respondent", "few_units")
    assert found.within_between == found.unit_slopes == Withheld("no_units")
    assert found.ordinal.reason == "many_categories"
    assert driver_checks(study, "loyalty", resamples=30).fit.withheld.reason == "no_outcome"
    silent = study.with_(answers={Battery.EXPECTATION: study.answers[Battery.EXPECTATION]})
    assert driver_checks(silent, "satisfaction", resamples=30).fit.withheld.reason == "too_few"
    with pytest.raises(ValueError, match="missing must be"):
        driver_checks(study, "satisfaction", missing=("mean",), resamples=30)


def test_units_of_one_company_with_weights(study):
    weight = np.random.default_rng(1).uniform(0.5, 2, study.n(Role.CUSTOMERS))
    weighted = study.with_(respondents={**study.respondents, Role.CUSTOMERS: study.customers.assign(**{WEIGHT: weight})})
    found = driver_checks(weighted, "satisfaction", resamples=50)
    assert found.fit.withheld is None and found.fit.verdict.leading[0] == "reliability"
    equal = study.with_(respondents={**study.respondents, Role.CUSTOMERS: study.customers.assign(**{WEIGHT: 2.0})})
    one, two = driver_checks(equal, "satisfaction", resamples=50), driver_checks(study, "satisfaction", resamples=50)
    assert one.ordinal.shares == pytest.approx(two.ordinal.shares)
    assert [t.low for t in one.fit.terms] == pytest.approx([t.low for t in two.fit.terms])


def test_the_same_for_rows_in_another_order(study):
    order = np.random.default_rng(4).permutation(study.n(Role.CUSTOMERS))

    def shuffled(frame):
        return frame.iloc[order].reset_index(drop=True)

    moved = study.with_(
        respondents={**study.respondents, Role.CUSTOMERS: shuffled(study.customers)},
        answers={b: shuffled(f) if b.role is Role.CUSTOMERS else f for b, f in study.answers.items()},
        importance=shuffled(study.importance),
    )
    one, two = (driver_checks(s, "satisfaction", missing=("listwise",), resamples=60) for s in (study, moved))
    for a, b in zip(one.fit.terms, two.fit.terms, strict=True):
        assert dataclasses.astuple(a)[1:] == pytest.approx(dataclasses.astuple(b)[1:], rel=1e-6)
    assert one.fit.verdict.ranks == two.fit.verdict.ranks  # whole units are resampled, in their own order


def test_every_sentence_can_be_said(study, checks):
    for language in LANGUAGES:
        words = Words(language)
        said = [*checks_said(checks, study, words), *computed(checks, words), inference_said(checks.fit, words)]
        found = priorities(study, "satisfaction", resamples=100)
        said += [*priorities_said(found, study, words)]
        assert len(said) > 15
        assert all(s.statement and "{" not in s.statement + s.certainty for s in said)
        assert len({s.about for s in checks_said(checks, study, words)}) == 9


@pytest.mark.parametrize(
    ("p", "p_plain", "says"), [(0.5, 0.5, "cannot be shown"), (0.5, 0.01, "level of their answers"), (0.01, 0.5, "in about 95 %")]
)
def test_whether_units_differ_in_how_strongly_quality_counts(study, checks, p, p_plain, says):
    found = checks.unit_slopes
    assert (found.units, found.n) == (36, checks.fit.n) and found.sd_low <= found.sd <= found.sd_high
    told = dataclasses.replace(checks, unit_slopes=dataclasses.replace(found, p=p, p_plain=p_plain))
    said = next(s for s in checks_said(told, study, Words("en")) if s.about == "unit_slopes")
    assert says in said.statement and "36 units" in said.certainty
    assert all("感知质量" in s.statement for s in checks_said(told, study, Words("zh")) if s.about == "unit_slopes")
    few = dataclasses.replace(checks, unit_slopes=Withheld("too_few_large_units", {"units": 3, "needed": 10, "customers": 5}))
    said = next(s for s in checks_said(few, study, Words("en")) if s.about == "unit_slopes")
    assert "with 5 customers or more: 3; at least 10" in said.statement


def test_the_slope_is_that_of_the_mean_perception_among_named_units(study, checks):
    from gaps import scoring
    from gaps.stats.random_slope import slopes_by_unit

    scores = scoring.customer_scores(study)
    kept = (
        study.customers["satisfaction"].notna()
        & scores.gap[[d.id for d in study.instrument.dimensions]].notna().all(axis=1)
        & study.customers[UNIT].notna()
    )
    perceived = scores.perception[[d.id for d in study.instrument.dimensions]].mean(axis=1)[kept].to_numpy()
    found = slopes_by_unit(study.customers["satisfaction"][kept].to_numpy(float), perceived, pd.factorize(study.customers[UNIT][kept])[0])
    assert found.sd == pytest.approx(checks.unit_slopes.sd, abs=1e-4) and found.mean.b == pytest.approx(checks.unit_slopes.mean.b, abs=1e-6)


VALUES = {
    "too_few": {"n": 3, "needed": 50}, "too_few_units": {"units": 3, "needed": 10}, "few_units": {"units": 3, "needed": 6},
    "many_categories": {"categories": 10, "most": 7}, "too_many": {"names": 12, "most": 10}, "never_heard_of": {},
}  # fmt: skip


@pytest.mark.parametrize("reason", [*VALUES, "no_outcome", "no_units", "not_converged", "collinear", "inconsistent", "nothing_explained"])
def test_reasons(reason):
    for language in LANGUAGES:
        assert "{" not in withheld_said(Withheld(reason, VALUES.get(reason, {})), Words(language))


def of_truth(b_p, b_e, n=400, seed=0):
    """A P,E fit on totals whose weights are known."""
    rng = np.random.default_rng(seed)
    names = ["a", "b"]
    e, p = rng.normal(6, 1, (n, 2)), rng.normal(5, 1, (n, 2))
    y = pd.Series(b_p * p.mean(axis=1) + b_e * e.mean(axis=1) + 0.5 * rng.normal(size=n))
    frames = {"perception": pd.DataFrame(p, columns=names), "expectation": pd.DataFrame(e, columns=names)}
    return dimension_drivers(y, frames, "satisfaction", predictors="P,E", resamples=20)


@pytest.mark.parametrize(
    ("b_p", "b_e", "code"),
    [(0.8, 0.0, "nothing"), (0.8, -0.8, "gap"), (0.8, -0.3, "less"), (0.3, -0.8, "more"), (0.8, 0.4, "reversed"), (0.0, 0.0, "unclear")],
)
def test_what_expectations_add_in_plain_words(b_p, b_e, code):
    fit = of_truth(b_p, b_e)
    assert expectation_code(fit) == code
    assert fit.expectation["low"] < fit.expectation["b"] < fit.expectation["high"]
    assert fit.expectation["r2_without"] <= fit.expectation["r2"] + 1e-12
    for language in LANGUAGES:
        assert expectation_said(fit, Words(language)).certainty


def test_nothing_is_said_of_expectations_where_they_are_no_predictor(study):
    fit = driver_checks(study, "satisfaction", predictors="P", missing=("listwise",), resamples=20).fit
    assert expectation_code(fit) is None and expectation_said(fit, Words("en")) is None


def test_unit_is_the_studys_column(study):
    assert UNIT in study.customers
