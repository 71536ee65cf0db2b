"""Conclusions follow the numbers: each rule with the case that triggers it and the neighbour that must not."""

import dataclasses
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from gaps.findings import (
    Finding,
    comparable_gaps,
    describe,
    find,
    headline_fit,
    primary_outcome,
    sentence,
    side,
    statement_and_certainty,
)
from gaps.i18n import Words
from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Study, Withheld
from gaps.scoring.tables import GAP_COLUMNS, Estimate, GapTable, Servqual, ZoneTable
from gaps.stats.change import Changes, WaveChange
from gaps.stats.contrasts import total_by_unit
from gaps.stats.results import AsymmetryCurve, DriverFit, Term, Verdict
from gaps.stats.zone_total import ZoneTotal

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
    return values | {"se": half / 1.96, "df": n - 1, "n_expected": n, "n_achieved": n, "withheld": ""} | keys


def table(*rows, designs=None) -> GapTable:
    measured = {gap: "items" if any(r["gap"] == gap for r in rows) else None for gap in range(1, 6)}
    return GapTable(pd.DataFrame(list(rows), columns=list(GAP_COLUMNS)), measured | (designs or {}))


def servqual(estimate=Withheld("not_measured")) -> Servqual:
    return Servqual(estimate, estimate, {}, "equal", 0, 0, 0, 0, estimate, estimate)


def found(
    study, gaps, *, drivers=(), asymmetry=(), widest_gap=None, widest_dimension=None, scores=None, units=Withheld("no_units"), **more
) -> dict[str, Finding]:
    results = find(study, gaps, scores or servqual(), drivers, asymmetry, widest_gap or {}, widest_dimension or {}, units, **more)
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
    ("mean", "half", "code"),
    [(-1.0, 0.1, "state_shortfall"), (0.4, 0.1, "state_surplus"), (-0.05, 0.1, "state_level"), (1e-17, 0.0, "state_level")],
)
def test_state_follows_the_interval(study, mean, half, code):
    assert code in found(study, table(row(mean=mean, half=half)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_customers_who_answered_alike_give_no_interval(study, language):
    """Everybody has the same gap: that is said in place of an interval, and nothing is called sure."""
    words, gaps = Words(language), table(row(se=0.0, low=NAN, high=NAN, p=NAN))
    state = found(study, gaps)["state_alike"]
    said, sure = statement_and_certainty(state, study, words)
    assert "−1.00" in said and sure == words("findings.alike") and side(row(low=NAN, high=NAN)) == "unknown"


def test_few_customers_are_described_not_judged(study):
    codes = found(study, table(row(n=9)))
    assert "state_few" in codes and "state_shortfall" not in codes


def test_perception_only_study_reports_its_level(study):
    alone = study.with_(answers={Battery.PERCEPTION: study.answers[Battery.PERCEPTION]})
    unmeasured = table(row(withheld="not_measured", n=0), designs={5: None})
    assert found(alone, unmeasured, scores=servqual(Estimate(5.1, 100, 1.0, 0.1, 4.9, 5.3)))["state_perception"].values["mean"] == 5.1
    assert "state_perception_few" in found(alone, unmeasured, scores=servqual(Estimate(5.1, 9, 1.0, 0.1, 4.9, 5.3)))


@pytest.mark.parametrize(("n", "code"), [(0, "state_withheld"), (1, "state_few")])
def test_expectations_that_were_asked_are_not_denied(study, n, code):
    gaps = table(row(n=n, withheld="single_answer" if n else "no_answers"))
    codes = found(study, gaps, scores=servqual(Estimate(5.1, 100, 1.0, 0.1, 4.9, 5.3)))
    assert code in codes and not any(c.startswith("state_perception") for c in codes)


def test_below_the_desired_level_is_no_alarm(study):
    three = study.with_(
        answers={Battery.DESIRED: study.answers[Battery.EXPECTATION], Battery.PERCEPTION: study.answers[Battery.PERCEPTION]}
    )
    finding = found(three, table(row()))["state_shortfall"]
    assert finding.severity == "information"
    assert sentence(finding, three, Words("en")).startswith("Customers desired 6.00 and received 5.00")
    assert sentence(finding, three, Words("zh")).startswith("顾客希望达到 6.00")


@pytest.mark.parametrize(
    ("adequacy", "superiority", "place", "says"),
    [
        ((0.8, 1.2), (-1.2, -0.8), "inside", "inside the zone of tolerance"),
        ((-0.4, -0.1), (-2.4, -2.1), "below", "below what they would accept"),
        ((-0.1, 0.3), (-2.1, -1.7), "at_adequate", "about the least they would accept"),
        ((1.8, 2.2), (-0.2, 0.2), "at_desired", "about what they desire"),
        ((2.1, 2.5), (0.1, 0.5), "above", "more than they desire"),
    ],
)
def test_three_columns_are_told_by_the_zone(study, adequacy, superiority, place, says):
    made = [Estimate((low + high) / 2, 200, 1.0, 0.1, low, high) for low, high in (adequacy, superiority)]
    zone = ZoneTotal(4.0, 6.0, 4.0 + made[0].mean, *made, 200, 0)
    codes = found(study, table(row()), zone=zone)
    assert codes["state_zone"].values["reason"] == place and "state_shortfall" not in codes
    assert says in sentence(codes["state_zone"], study, Words("en")) and "4.00" in sentence(codes["state_zone"], study, Words("zh"))
    few = dataclasses.replace(zone, n=9)
    assert "state_zone" not in found(study, table(row(n=9)), zone=few)


@pytest.mark.parametrize(
    ("language", "says"), [("en", " Below what they would accept: Empathy."), ("zh", "低于可接受水平的维度：移情性。")]
)
def test_inside_the_zone_in_total_does_not_hide_a_dimension_below_it(study, language, says):
    """The interval of perceived less adequate lies below zero in empathy; in reliability it includes zero, and items are not dimensions."""
    zone = ZoneTotal(4.0, 6.0, 4.5, Estimate(0.5, 200, 1.0, 0.1, 0.3, 0.7), Estimate(-1.5, 200, 1.0, 0.1, -1.7, -1.3), 200, 0)
    rows = [("reliability", None, 0.1), ("empathy", None, -0.2), ("reliability", 1, -0.5), (None, None, -0.5)]
    zones = ZoneTable(pd.DataFrame(rows, columns=["dimension", "item", "adequacy_high"]))
    finding = found(study, table(row()), zone=zone, zones=zones)["state_zone"]
    assert (finding.values["lacking"], finding.severity) == (("empathy",), "attention")
    statement, _ = statement_and_certainty(finding, study, Words(language))
    assert statement.endswith(says)
    plain = found(study, table(row()), zone=zone)["state_zone"]
    assert plain.severity == "information" and says.strip() not in sentence(plain, study, Words(language))


def test_where_no_model_can_be_fitted_the_one_that_needs_the_fewest_speaks():
    fits = [fit({}, predictors=p, withheld=Withheld("too_few", {"n": 20, "needed": n})) for p, n in (("P-E", 50), ("P", 50), ("P,E", 100))]
    assert headline_fit(fits, "dimension", "overall_quality").predictors == "P"


@pytest.mark.parametrize(("expected", "received", "said"), [(6.0, 5.0, False), (6.004, 5.004, False), (6.02, 5.0, True), (6.0, 4.96, True)])
def test_two_means_of_one_level_are_told_apart(study, expected, received, said):
    """The headline takes items with all three answers, the five gaps those with two: where both read otherwise, the reader is told why."""
    made = [Estimate(mean, 200, 1.0, 0.1, mean - 0.2, mean + 0.2) for mean in (1.0, -1.0)]
    zone = ZoneTotal(4.0, 6.0, 5.0, *made, 200, 0)
    one = found(study, table(row(mean=received - expected, expected=expected, achieved=received)), zone=zone)["state_zone"]
    for words in map(Words, ("en", "zh")):
        _, sure = statement_and_certainty(one, study, words)
        told = words("findings.zone_pairs.complete", pairs_desired=expected, pairs_perceived=received)
        assert sure.endswith(told) is said and "nan" not in sure
    without = dataclasses.replace(one, values=dict(one.values) | {"inconsistent": 7})
    assert ("without 7 customers who desire less" in sentence(without, study, Words("en"))) is said


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


def spread(n: int, mean: float, sd: float = 1.0) -> np.ndarray:
    """So many values of exactly this mean and standard deviation, in the shape of a normal distribution."""
    values = np.array([NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)])
    return mean + sd * values / values.std(ddof=1)


def compared(study, units: dict[str, np.ndarray]):
    """Each unit against the rest, of customers whose totals these are."""
    frame = pd.DataFrame({"unit": pd.Categorical([u for u, values in units.items() for _ in values])})
    totals = np.concatenate(list(units.values()))
    answers = {
        Battery.EXPECTATION: pd.DataFrame({k: np.zeros(len(totals)) for k in (1, 2)}),
        Battery.PERCEPTION: pd.DataFrame({1: totals, 2: totals}),
    }
    return total_by_unit(study.with_(respondents={Role.CUSTOMERS: frame}, answers=answers))


def test_weakest_unit_allows_for_the_number_compared(study):
    """2.5 standard errors: enough for one unit looked at alone, not for one of forty."""

    def units(others: int, distance: float):
        names = {f"u{i}": spread(50, -1.0) for i in range(others)}
        return compared(study, names | {"weak": spread(50, -1.0 - distance * math.sqrt(1 / 50 + 1 / (50 * others)))})

    assert "unit_none" in found(study, table(row()), units=units(39, 2.5))
    assert "unit_weakest" in found(study, table(row()), units=units(1, 2.5))
    clear = found(study, table(row()), units=units(39, 5.0))["unit_weakest"]
    assert (clear.values["unit"], clear.values["below"], clear.values["compared"]) == ("weak", 1, 40)


def test_a_unit_is_never_compared_with_a_mean_that_contains_it(study):
    finding = found(study, table(row()), units=compared(study, {"half": spread(100, -2.0), "other": spread(100, -1.0)}))["unit_weakest"]
    assert finding.values["rest"] == pytest.approx(-1.0)
    assert finding.values["difference"] == pytest.approx(-1.0)  # against the mean of both it would be half a point
    text = sentence(finding, study, Words("en"))
    assert text.startswith("half stands clearly below the other units: gap −2.00, in all others together −1.00.")


def changed(before: float, after: float, half=0.1, measure="gap") -> WaveChange:
    change = after - before
    return WaveChange(measure, 5, "2025", "2026", before, after, change, change - half, change + half, 0.01, 190, 200, 0, "independent")


def test_change_between_the_last_two_waves(study):
    better = found(study, table(row()), change=changed(-1.0, -0.5))["wave_better"]
    assert better.values["change"] == pytest.approx(0.5) and better.values["n_before"] == 190
    assert "wave_same" in found(study, table(row()), change=changed(-1.0, -0.95))
    for none in (Withheld("one_wave"), changed(4.0, 5.0, measure="perception")):  # no change of a gap
        assert not any(code.startswith("wave_") for code in found(study, table(row()), change=none))


def test_dimensions_that_changed_are_told_though_the_total_did_not(study):
    about = {"wave_before": "2025", "wave": "2026", "n_before": 190, "n": 200}
    frame = pd.DataFrame([
        about | {"dimension": "reliability", "before": -0.8, "after": -0.5, "change": 0.3, "low": 0.1, "high": 0.5, "standing": "rose"},
        about | {"dimension": "empathy", "before": -0.2, "after": -0.6, "change": -0.4, "low": -0.6, "high": -0.2, "standing": "fell"},
        about | {"dimension": "assurance", "before": -0.2, "after": -0.1, "change": 0.1, "low": -0.1, "high": 0.3, "standing": "open"},
    ])  # fmt: skip

    def of(changes: Changes) -> list[Finding]:
        told = describe(study, table(row()), servqual(), {}, {}, dimensions=changes)
        return [f for f in told if f.code == "wave_dimensions"]

    said = of(Changes(frame))
    assert [(f.severity, f.values["dimensions"], f.values["tested"]) for f in said] == [
        ("good", ("reliability",), 3), ("attention", ("empathy",), 3),
    ]  # fmt: skip
    assert sentence(said[0], study, Words("en")) == (
        "Since 2025 customers’ shortfall has narrowed in Reliability by 0.30. 95 % interval of the change: +0.10 to +0.50; allowing for "
        "the comparison of 3 dimensions (Holm); 190 customers then and 200 now."
    )
    assert "自 2025 以来，顾客差距在下列维度上扩大：移情性 0.40 分。" in sentence(said[1], study, Words("zh"))
    assert not of(Changes(frame[frame["standing"].eq("open")]))


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
    tied = {"leading": ("reliability", "empathy")}
    disagree = found(study, table(row()), drivers=[fit(a, predictors="P-E", **tied), fit(b, predictors="P", **tied)])[
        "driver_models_disagree"
    ]
    assert sentence(disagree, study, Words("en")).startswith("The models (gap and perception alone) do not")
    agree = found(study, table(row()), drivers=[fit(a, predictors="P-E", **tied), fit(a, predictors="P", **tied)])["driver_models_agree"]
    assert sentence(agree, study, Words("zh")) == "在已拟合的各个模型（差距和只用感知）中，份额最大的都是可靠性。"
    few = [fit(s, predictors=p, reason="few_respondents", **tied) for s, p in ((a, "P-E"), (a, "P"))]
    assert not any(code.startswith("driver_models") for code in found(study, table(row()), drivers=few))


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


def test_no_gap_is_called_level_while_another_is_clearly_below(study):
    """The most negative mean may be the least certain; that does not clear the others."""
    gaps = table(row(gap=1, mean=-0.8, half=0.9), row(gap=2, mean=-0.5, half=0.1))
    codes = found(study, gaps, widest_gap={"1": 0.97, "2": 0.03})
    assert "largest_gap_none" not in codes and "largest_gap_named" not in codes
    assert codes["largest_gap_tied"].values["gaps"] == (1, 2)


def test_gaps_that_rest_on_few_people_are_not_ranked(study):
    gaps = table(row(gap=1, mean=-1.0), row(gap=2, mean=-2.0, half=0.0, n=9), row(gap=3, mean=-0.1))
    codes = found(study, gaps, widest_gap={"2": 1.0, "1": 0.0, "3": 0.0})
    assert codes["largest_gap_few"].values["n"] == 9 and "largest_gap_named" not in codes
    assert "On one side of gap 2 (standards) the answers of 9 can be used" in sentence(codes["largest_gap_few"], study, Words("en"))


def test_ranked_gaps_are_listed(study):
    rows = [row(gap=1, mean=-9.0), row(gap=2, mean=-1.0), row(gap=3, mean=-1.5), row(gap=4, mean=-1.2)]
    finding = found(study, table(*rows, designs=dict.fromkeys((2, 3, 4), "direct")), widest_gap={"3": 1.0})["largest_gap_named"]
    assert sentence(finding, study, Words("en")).startswith("Among gaps 2, 3 and 4, the widest shortfall is gap 3 (delivery): −1.50.")


def test_a_single_gap_is_stated_without_a_rank(study):
    finding = found(study, table(row(gap=1, mean=-0.4)))["largest_gap_only"]
    assert sentence(finding, study, Words("en")) == "Inside the company gap 1 (knowledge) stands at −0.40. 95 % interval −0.50 to −0.30."


@pytest.mark.parametrize(("mean", "n", "said"), [(0.4, 20, True), (0.05, 20, False), (0.4, 9, False), (-0.4, 20, False)])
def test_a_positive_gap_one_is_flagged_never_praised(study, mean, n, said):
    codes = found(study, table(row(gap=1, mean=mean, n=n), row(gap=2)))
    assert ("gap1_overestimated" in codes) is said
    assert all(f.severity != "good" for f in codes.values())


def test_a_thin_dimension_is_not_the_weakest(study):
    gaps = table(row(), row(dimension="reliability", mean=-3.0, half=0.0, n=3), row(dimension="empathy", mean=-0.5))
    assert not any(
        code.startswith("largest_dimension") for code in found(study, gaps, widest_dimension={"reliability": 1.0, "empathy": 0.0})
    )


def test_the_unit_that_is_named_is_one_that_stands_out(study):
    units = {"noisy": spread(30, -2.2, 5.5), "clear": spread(200, -2.0), "usual": spread(800, -0.9)}
    finding = found(study, table(row()), units=compared(study, units))["unit_weakest"]
    assert (finding.values["unit"], finding.values["below"]) == ("clear", 1)


def test_units_are_compared_by_t_not_by_the_normal(study):
    """Ten units of 30 and p below .05/10: qt(1 - .0025, 30) = 3.0298 standard errors are needed; the normal asks for 2.81."""
    for distance, code in ((2.9, "unit_none"), (3.2, "unit_weakest")):
        units = {f"u{i}": spread(30, -1.0) for i in range(9)}
        weak = spread(30, -1.0 - distance * math.sqrt(1 / 30 + 1 / 270))
        assert code in found(study, table(row()), units=compared(study, units | {"weak": weak})), distance


def test_without_units_nothing_is_said_of_them(study):
    assert not any(code.startswith("unit_") for code in found(study, table(row())))


def test_a_wave_that_lost_a_surplus_is_not_said_to_fall_short(study):
    worse = found(study, table(row()), change=changed(0.8, 0.3))["wave_worse"]
    text = sentence(worse, study, Words("en"))
    assert "the gap went from +0.80 to +0.30" in text and "behind" not in text


def test_a_driver_that_goes_the_wrong_way_round_is_said_to(study):
    shares = {"reliability": 0.7, "empathy": 0.3}
    made = fit(shares, driver="reliability", leading=("reliability",))
    inverse = dataclasses.replace(made, terms=tuple(dataclasses.replace(t, r=-0.6) for t in made.terms))
    gaps = table(row(), row(dimension="reliability", mean=-1.5), row(dimension="empathy", mean=-0.5))
    codes = found(study, gaps, drivers=[inverse])
    assert "driver_dimension_inverse" in codes and "driver_dimension_named" not in codes


def test_all_that_may_come_first_are_listed(study):
    shares = {"reliability": 0.3, "empathy": 0.26, "a": 0.24, "b": 0.17, "c": 0.03}
    tied = found(study, table(row()), drivers=[fit(shares, leading=tuple(shares))])["driver_dimension_tied"]
    assert tied.values["dimensions"] == ("reliability", "empathy", "a", "b")


def test_headline_falls_back_to_the_model_that_could_be_fitted():
    fits = [fit({}, predictors="P-E"), fit({}, predictors="P"), fit({}, predictors="P,E", withheld=Withheld("too_few"))]
    assert headline_fit(fits, "dimension", "overall_quality").predictors == "P"


def test_the_headline_speaks_of_an_outcome_that_was_answered(study):
    both = {"overall_quality": Scale(1, 7), "satisfaction": Scale(1, 7)}
    frames = {Role.CUSTOMERS: study.customers.assign(overall_quality=NAN, satisfaction=4.0)}
    assert primary_outcome(study.with_(respondents=frames, outcomes=both)) == "satisfaction"
    blank = {Role.CUSTOMERS: study.customers.assign(overall_quality=NAN)}
    assert primary_outcome(study.with_(respondents=blank)) == "overall_quality"


def test_an_outcome_nobody_answered_is_not_called_unasked(study):
    withheld = fit({}, withheld=Withheld("no_outcome"))
    codes = found(study, table(row()), drivers=[withheld], asymmetry=[Withheld("no_outcome", {"outcome": "overall_quality"})])
    for code in ("driver_dimension_withheld", "asymmetry_withheld"):
        assert "nobody" in sentence(codes[code], study, Words("en")), code
    assert "next_outcome" not in codes


@pytest.mark.parametrize("reason", ["one_predictor", "nothing_explained", "no_variation", "collinear", "same_as_score"])
def test_every_reason_has_a_sentence_of_its_own(study, reason):
    made = dataclasses.replace(fit({"reliability": 1.0}), verdict=Verdict(None, (), reason))
    finding = found(study, table(row()), drivers=[made])["driver_dimension_withheld"]
    for language in ("en", "zh"):
        words = Words(language)
        assert f"findings.{finding.code}.{reason}" in words
        assert sentence(finding, study, words)
