"""Conclusions follow the numbers: each rule with the case that triggers it and the neighbour that must not."""

import math

import pandas as pd
import pytest
from gaps.findings import Finding, comparable_gaps, find, headline_fit, sentence, side
from gaps.i18n import Words
from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Study, Withheld
from gaps.scoring.tables import GAP_COLUMNS, Estimate, GapTable, Servqual
from gaps.stats.results import AsymmetryCurve, DriverFit, Term, Verdict

NAN = math.nan


@pytest.fixture
def study() -> Study:
    dimensions = (Dimension("reliability", {"en": "Reliability", "zh": "可靠性"}), Dimension("empathy", {"en": "Empathy", "zh": "移情性"}))
    items = (Item(1, "reliability"), Item(2, "empathy"))
    instrument = Instrument("two", {"en": "two"}, items, dimensions, Scale(1, 7))
    customers = pd.DataFrame({"respondent": ["a"], "overall_quality": [5.0]})
    answers = {b: pd.DataFrame({1: [5.0], 2: [5.0]}) for b in (Battery.EXPECTATION, Battery.PERCEPTION)}
    return Study("t", instrument, {Role.CUSTOMERS: customers}, answers, outcomes={"overall_quality": Scale(1, 7)})


def row(gap=5, mean=-1.0, half=0.1, n=200, **keys):
    values = dict.fromkeys(GAP_COLUMNS, NAN) | {"unit": None, "wave": None, "segment": None, "segment_value": None, "dimension": None}
    values |= {"gap": gap, "mean": mean, "expected": 6.0, "achieved": 6.0 + mean, "low": mean - half, "high": mean + half}
    return values | {"se": half / 1.96, "n_expected": n, "n_achieved": n, "withheld": ""} | keys


def table(*rows, designs=None) -> GapTable:
    measured = {gap: "items" if any(r["gap"] == gap for r in rows) else None for gap in range(1, 6)}
    return GapTable(pd.DataFrame(list(rows), columns=list(GAP_COLUMNS)), measured | (designs or {}))


def servqual(estimate=Withheld("not_measured")) -> Servqual:
    return Servqual(estimate, estimate, {}, "equal", 0, 0, 0, estimate, estimate)


def found(study, gaps, *, drivers=(), asymmetry=(), widest_gap=None, widest_dimension=None, scores=None) -> dict[str, Finding]:
    results = find(study, gaps, scores or servqual(), drivers, asymmetry, widest_gap or {}, widest_dimension or {})
    return {f.code: f for f in results}


def fit(shares: dict[str, float], *, driver=None, leading=(), predictors="P", reason="lead_includes_zero", **more) -> DriverFit:
    terms = tuple(Term(n, 0.5, 0.1, 0.3, 0.7, 0.4, 0.001, 2.0, 0.6, s, s - 0.1, s + 0.1, s) for n, s in shares.items())
    question = "gap" if predictors == "gap1..gap4" else "dimension"
    verdict = Verdict(driver, tuple(leading), "named" if driver else reason)
    return DriverFit(question, "overall_quality", predictors, "respondent", 200, 0.4, 0.39, terms, verdict, **more)


def curve(status="estimated", reason="", below=2.0, above=1.0, p=0.01, **more) -> AsymmetryCurve:
    numbers = dict(n=300, n_below=200, n_at=20, n_above=80, p_equal=p, ratio=below / above, ratio_low=1.2, ratio_high=3.0)
    numbers |= {f"slope_{s}{e}": v for s, v in (("below", below), ("above", above)) for e in ("", "_low", "_high")}
    rest = dict(intercept=5.0, expectation_slope=0.3, mean_expectation=6.0, r2=0.3, naive=None)
    return AsymmetryCurve(outcome="overall_quality", status=status, reason=reason, **(numbers | rest | more))


@pytest.mark.parametrize(
    ("mean", "half", "code"), [(-1.0, 0.1, "state_shortfall"), (0.4, 0.1, "state_surplus"), (-0.05, 0.1, "state_level"), (1e-17, 0.0, "state_level")]
)
def test_state_follows_the_interval(study, mean, half, code):
    assert code in found(study, table(row(mean=mean, half=half)))


def test_few_customers_are_described_not_judged(study):
    codes = found(study, table(row(n=9)))
    assert "state_few" in codes and "state_shortfall" not in codes


def test_perception_only_study_reports_its_level(study):
    codes = found(study, table(row(withheld="not_measured")), scores=servqual(Estimate(5.1, 100, 1.0, 0.1, 4.9, 5.3)))
    assert codes["state_perception"].values["mean"] == 5.1


def test_side_needs_the_whole_interval():
    assert [side({"low": a, "high": b}) for a, b in ((-2, -1), (1, 2), (-1, 1), (-1, 0))] == ["shortfall", "surplus", "level", "level"]


def test_widest_gap_is_named_only_when_sure(study):
    gaps = table(row(gap=3, mean=-1.2), row(gap=1, mean=-1.0), row(gap=5, mean=-2.0))
    assert found(study, gaps, widest_gap={"3": 0.97, "1": 0.03})["largest_gap_named"].values["gap"] == 3
    tied = found(study, gaps, widest_gap={"3": 0.80, "1": 0.20})["largest_gap_tied"]
    assert tied.values["gaps"] == (3, 1)
    assert "gap 3 (delivery) or gap 1 (knowledge)" in sentence(tied, study, Words("en"))


def test_direct_ratings_are_not_ranked_against_differences(study):
    rows = [row(gap=1, mean=-9.0), row(gap=2, mean=-1.0), row(gap=3, mean=-1.5), row(gap=4, mean=-1.2)]
    gaps = table(*rows, designs=dict.fromkeys((2, 3, 4), "direct"))
    assert comparable_gaps(gaps) == [2, 3, 4]
    assert found(study, gaps, widest_gap={"3": 1.0})["largest_gap_named"].values["gap"] == 3


def test_widest_gap_is_nobody_when_all_may_be_zero(study):
    codes = found(study, table(row(gap=1, mean=-0.05), row(gap=2, mean=-0.02)), widest_gap={"1": 0.99, "2": 0.01})
    assert "largest_gap_none" in codes


def test_weakest_dimension(study):
    gaps = table(row(), row(dimension="reliability", mean=-1.5), row(dimension="empathy", mean=-0.5))
    finding = found(study, gaps, widest_dimension={"reliability": 1.0, "empathy": 0.0})["largest_dimension_named"]
    assert sentence(finding, study, Words("en")).startswith("Customers miss most in Reliability: expected 6.00, received 4.50. Gap −1.50")
    assert "可靠性" in sentence(finding, study, Words("zh"))


def test_weakest_unit_allows_for_the_number_compared(study):
    units = [row(unit=f"u{i}", mean=-1.0, half=0.3) for i in range(39)]
    assert "unit_none" in found(study, table(row(), *units, row(unit="weak", mean=-1.35, half=0.3)))
    clear = found(study, table(row(), *units, row(unit="weak", mean=-2.0, half=0.3)))["unit_weakest"]
    assert (clear.values["unit"], clear.values["below"], clear.values["compared"]) == ("weak", 1, 40)


def test_change_between_the_last_two_waves(study):
    frames = {Role.CUSTOMERS: study.customers.assign(wave=pd.Categorical(["2026"], categories=["2025", "2026"]))}
    frames[Role.MANAGERS] = pd.DataFrame({"respondent": ["m"], "wave": pd.Categorical(["2025"])})
    waves = study.with_(respondents=frames)
    better = found(waves, table(row(), row(wave="2025", mean=-1.0), row(wave="2026", mean=-0.5)))["wave_better"]
    assert better.values["change"] == pytest.approx(0.5)
    assert better.values["high"] - better.values["low"] == pytest.approx(2 * 1.959964 * math.hypot(0.1 / 1.96, 0.1 / 1.96), rel=1e-6)
    assert "wave_same" in found(waves, table(row(), row(wave="2025", mean=-1.0), row(wave="2026", mean=-0.95)))


def test_driver_named_tied_and_withheld(study):
    shares = {"reliability": 0.7, "empathy": 0.3}
    named = found(study, table(row()), drivers=[fit(shares, driver="reliability", leading=("reliability",))])["driver_dimension_named"]
    assert named.values["dimension"] == "reliability" and named.values["share"] == 0.7
    tied = found(study, table(row()), drivers=[fit(shares, leading=("reliability", "empathy"))])["driver_dimension_tied"]
    assert "Reliability or Empathy: the data cannot tell" in sentence(tied, study, Words("en"))
    assert "70 % and 30 %" in sentence(tied, study, Words("en"))
    withheld = found(study, table(row()), drivers=[fit({}, withheld=Withheld("collinear"))])["driver_dimension_withheld"]
    assert "exactly together" in sentence(withheld, study, Words("en"))


def test_headline_rests_on_perception_with_expectation():
    fits = [fit({}, predictors=p) for p in ("P-E", "P", "P,E")]
    assert headline_fit(fits, "dimension", "overall_quality").predictors == "P,E"
    assert headline_fit(fits[:2], "dimension", "overall_quality").predictors == "P"
    assert headline_fit(fits, "gap", "overall_quality") is None


def test_models_that_disagree_are_said_to(study):
    a, b = {"reliability": 0.7, "empathy": 0.3}, {"reliability": 0.4, "empathy": 0.6}
    both = [fit(a, predictors="P-E"), fit(b, predictors="P")]
    assert "driver_models_disagree" in found(study, table(row()), drivers=both)
    assert "driver_models_agree" in found(study, table(row()), drivers=[fit(a, predictors="P-E"), fit(a, predictors="P")])


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (curve(), "asymmetry_loss"),
        (curve(p=0.4), "asymmetry_none"),
        (curve(below=1.0, above=2.0), "asymmetry_gain"),
        (curve(status="too_few", reason="few_above"), "asymmetry_too_few"),
        (curve(status="not_estimable", reason="interval_unbounded"), "asymmetry_not_estimable"),
        (Withheld("no_expectation"), "asymmetry_withheld"),
    ],
)
def test_asymmetry_wording_follows_the_status(study, made, code):
    finding = found(study, table(row()), asymmetry=[made])[code]
    for language in ("en", "zh"):
        assert sentence(finding, study, Words(language))


def test_unmeasured_gaps_are_offered_as_the_next_step(study):
    finding = found(study, table(row()))["next_measure_gaps"]
    assert finding.values["gaps"] == (1, 2, 3, 4)
    assert "gap 1 (knowledge), gap 2 (standards), gap 3 (delivery) and gap 4 (communication)" in sentence(finding, study, Words("en"))

