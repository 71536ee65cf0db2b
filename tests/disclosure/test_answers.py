"""Results with an n of their own: under a filter, what fewer than the minimum answered has no numbers, and the small number is not told."""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pandas as pd
import pytest

from gaps import result
from gaps.analysis import Analysis, analyse
from gaps.disclosure import Minimum, answers, protect
from gaps.i18n import Words
from gaps.model import Battery, Dimension, Fewer, Instrument, Item, Role, Scale, Selection, Study, Withheld
from gaps.stats.results import AsymmetryCurve, CurvePoint

LEAST = 5
USUAL = Minimum()
EXPERT = ("validity", "distinct", "differences", "technical", "driver_checks", "priorities", "distributions", "stated", "profile",
          "asymmetry", "penalty_reward", "what_if")  # fmt: skip
COUNTED = ("n", "n_before", "n_rest")


def study(three: bool = False) -> Study:
    """Twenty customers of unit A, thirty of B. Of A four gave the first battery and the outcome, three importance points; of B all."""
    items = tuple(Item(k, "ab"[k > 3]) for k in range(1, 7))
    instrument = Instrument("test", {}, items, (Dimension("a"), Dimension("b")), Scale(1, 7))
    rng = np.random.default_rng(3)
    customers = pd.DataFrame({
        "respondent": [f"c{k}" for k in range(50)],
        "unit": pd.Categorical(["A"] * 20 + ["B"] * 30, ordered=True),
        "wave": pd.Categorical(["1", "2"] * 25, ordered=True),
        "overall_quality": np.where((np.arange(50) < 16), np.nan, rng.integers(1, 8, 50)).astype(np.float32),
    })  # fmt: skip
    asked = (Battery.ADEQUATE, Battery.DESIRED, Battery.PERCEPTION) if three else (Battery.EXPECTATION, Battery.PERCEPTION)
    given = {b: pd.DataFrame(rng.integers(1, 8, (50, 6)).astype(np.float32), columns=range(1, 7)) for b in asked}
    given[asked[0]].loc[:15] = np.nan
    if three:  # the adequate level is the lower one
        given[asked[0]] = np.minimum(given[asked[0]], given[asked[1]])
    points = pd.DataFrame({"a": 40.0, "b": 60.0}, index=range(50))
    points.loc[:16] = np.nan
    outcomes = {"overall_quality": Scale(1, 7)}
    return Study("test", instrument, {Role.CUSTOMERS: customers}, given, importance=points, outcomes=outcomes)


def of(made: Study, *units: str, minimum: Minimum = USUAL) -> Analysis:
    return analyse(made, Selection(units=units), protection=protect(made, minimum), resamples=20)


def tells(found: object, path: str = "") -> list[str]:
    """Where a result tells numbers of one to four people, or that they were so few."""
    if isinstance(found, Withheld):
        return [path] if _few(found.values.get("n")) else []
    if isinstance(found, pd.DataFrame):
        counts = [name for name in COUNTED if name in found and "answer" not in found]  # how many gave one answer, of enough
        return [f"{path} {name}" for name in counts if found[name].between(1, LEAST - 1).any()]
    if isinstance(found, Mapping):
        return [one for key, part in found.items() for one in tells(part, f"{path}.{key}")]
    if isinstance(found, tuple):
        return [one for part in found for one in tells(part, path)]
    if is_dataclass(found) and not isinstance(found, Study):
        own = {f.name: getattr(found, f.name) for f in fields(found)}
        numbers = [name for name, value in own.items() if isinstance(value, float) and np.isfinite(value) and name != "confidence"]
        said = [path] if _few(own.get("n")) or (isinstance(own.get("n"), Fewer) and numbers) else []
        return said + [one for name, part in own.items() if name != "protected" for one in tells(part, f"{path}.{name}")]
    return []


def _few(n: object) -> bool:
    return isinstance(n, int | np.integer) and not isinstance(n, Fewer) and 0 < n < LEAST


def told_of(found: Analysis) -> list[str]:
    deeper = found.deeper()
    pieces = {name: getattr(deeper, name) for name in EXPERT}
    pieces |= {name: getattr(found, name) for name in ("servqual", "zone", "reliability", "drivers", "asymmetry", "figures")}
    pieces["validity of one"] = deeper.validity_of("P")
    return [one for name, piece in pieces.items() for one in tells(piece, name)]


@pytest.mark.parametrize("three", [False, True])
def test_no_piece_of_a_filtered_selection_rests_on_fewer_answers_than_the_minimum(three):
    made = study(three)
    assert told_of(of(made, "A")) == []
    assert len(told_of(of(made, "A", minimum=Minimum(1, 1, 1)))) > 20  # what the rule hides


def test_the_scores_say_why_and_not_how_few():
    found = of(study(), "A")
    for name in ("unweighted", "weighted"):
        assert getattr(found.servqual, name) == Withheld("small_group", {"customers": 5, "managers": 3, "employees": 3})
    assert found.servqual.servperf.n == 20
    assert found.servqual.servperf_weighted.reason == "small_group"  # the mean points are those of three
    assert (found.servqual.weights, found.servqual.weights_source) == ({}, "few")
    fit = next(fit for fit in found.drivers if fit.predictors == "P-E")
    assert fit.withheld.reason == "too_few"
    assert Words("en")("drivers.withheld.too_few", **fit.withheld.values).startswith(
        "Too few customers with the answers needed: fewer than 5;"
    )
    assert "：不足 5" in Words("zh")("drivers.withheld.too_few", **fit.withheld.values)
    told = result.document(found, (), deeper=False)
    assert told["servqual"]["n_weights"] is None
    assert next(f for f in told["drivers"] if f["predictors"] == "P-E")["withheld_values"]["n"] is None
    gap = [row for row in told["reliability"] if row["battery"] == "gap"]
    assert [row["withheld"] for row in gap] == ["small_group"] * 2
    assert all(row["n"] is None and row["alpha"] is None for row in gap)
    assert all(row["n"] == 20 for row in told["reliability"] if row["battery"] == "P")


def test_everybody_together_and_unprotected_results_are_as_they_were():
    made = study()
    assert of(made).servqual == analyse(made, resamples=1).servqual
    assert of(made, "B").servqual == analyse(made, Selection(units=("B",)), resamples=1).servqual
    assert analyse(made, Selection(units=("A",)), resamples=1).servqual.unweighted.n == 4


def test_the_zone_has_rows_without_numbers():
    frame = of(study(three=True), "A").zone.frame
    assert len(frame) == 8
    assert frame["withheld"].eq("small_group").all()
    assert frame[["n", "adequate", "desired", "perceived", "position", "inconsistent"]].isna().all(axis=None)
    share = of(study(three=True), "A").figures.share
    assert share.n == 20
    assert "adequate" not in share.values


def test_what_was_computed_beside_a_hidden_row_goes_with_it():
    """An effect size times the spread is the mean."""
    frame = of(study(), "A").deeper().differences.effects.frame
    assert frame["mean"].isna().all()
    assert frame[["sd_expected", "sd_achieved", "d_z", "d_av", "n_zero", "rank_biserial", "p_rank"]].isna().all(axis=None)


def test_small_bins_of_a_curve_go_when_the_minimum_is_larger_than_they_are():
    made = study()
    curve = AsymmetryCurve(
        "overall_quality", 40, 20, 0, 20, *([0.5] * 6), 0.1, 1.0, 0.5, 2.0, "estimated", "", 0.0, 0.0, 4.0, 0.3, None,
        points=(CurvePoint(-1.0, 4.0, 3.5, 4.5, 6), CurvePoint(1.0, 5.0, 4.5, 5.5, 14)),
    )  # fmt: skip
    protected = protect(made, Minimum(10, 1, 1)).select(Selection(units=("A",)))
    assert [p.n for p in answers.without_few((curve,), protected)[0].points] == [14]
    assert answers.without_few(replace(curve, n=9), protected).n.than == 10


def test_neither_parts_of_a_small_number_nor_what_is_left_of_all_are_told():
    """None above expectation: all of the few were below it. Sixteen of twenty left out: four did not."""
    found = of(study(), "A")
    (curve,) = found.asymmetry
    assert all(isinstance(n, Fewer) for n in (curve.n, curve.n_below, curve.n_at, curve.n_above))
    fit = next(fit for fit in found.drivers if fit.predictors == "P-E")
    assert isinstance(fit.n, Fewer)
    assert np.isnan(fit.n_left_out)
    assert result.document(found, (), deeper=False)["drivers"][0]["n_left_out"] is None


def test_a_number_that_is_not_told():
    assert Fewer(5) == 4
    assert copy.deepcopy(Fewer(5)).than == pickle.loads(pickle.dumps(Fewer(5))).than == 5
    assert Words("en")("app.show.count", n=Fewer(5)) == "fewer than 5"
    assert result.plain({"n": Fewer(5)}) == {"n": None}


def test_what_is_said_of_the_state_is_that_too_few_answered_and_not_that_nobody_did():
    found = of(study(), "A")
    state = next(f for f in found.described if f.code == "state_withheld")
    assert state.values == {"reason": "few_answers", "least": 5}
    assert "fewer than 5 of its customers" in Words("en")("findings.state_withheld.few_answers", **state.values)


def test_charts_of_hidden_results_say_why_they_are_empty():
    from gaps import charts

    found, zoned = of(study(), "A"), of(study(three=True), "A")
    words = Words("en")
    assert charts.dumbbells(found.gaps, found.study, words=words).title == words("disclosure.customers")
    assert charts.zone_bands(zoned.zone, zoned.study, words=words).title == words("disclosure.zone")
    sides = charts.gap_sides(found.deeper().profile, found.study, words=words)
    assert (sides.title, sides.caption) == (words("asymmetry.withheld.small_group"), "")


@pytest.mark.parametrize("three", [False, True])
def test_no_plan_rests_on_fewer_answers_than_the_minimum(three):
    made = study(three)
    whole, hidden = (of(made, "A", minimum=m).deeper().plan for m in (Minimum(1, 1, 1), USUAL))
    counts = ["n_expected", "n_achieved"]
    if not three:
        assert whole.needs.loc[whole.needs["per"].eq("company"), counts].eq(4).all(axis=None)
        assert hidden.needs[counts].eq(0).all(axis=None)
        assert hidden.needs[["sd_expected", "needed_expected"]].isna().all(axis=None)
    else:  # the desired level and the perception were answered by all
        assert hidden.needs[counts].equals(whole.needs[counts])
    assert not hidden.naming.values.get("n")
    everybody = of(made).deeper()
    assert answers.to_plan_from(everybody.protected.study, everybody.protected) is everybody.protected.study


def test_nor_on_expectations_of_few_whom_no_perception_goes_with():
    """Of A four said what they expect, none of them what they got; twelve others said that."""
    made = study()
    perceived = made.answers[Battery.PERCEPTION].copy()
    perceived.loc[12:19] = np.nan
    made = made.with_(answers={**made.answers, Battery.PERCEPTION: perceived})
    found = of(made, "A").deeper()
    planned = answers.to_plan_from(found.protected.study, found.protected)
    assert planned.answers[Battery.EXPECTATION].isna().all(axis=None)
    assert planned.answers[Battery.PERCEPTION].notna().any(axis=1).sum() == 12


def test_nor_on_promises_of_few_who_said_what_is_delivered():
    """Of six employees of A four said what is promised and four what is delivered, two of them both."""
    made = study()
    employees = pd.DataFrame({"respondent": [f"e{k}" for k in range(16)], "unit": pd.Categorical(["A"] * 6 + ["B"] * 10, ordered=True)})
    told = {b: pd.DataFrame(4.0, index=range(16), columns=range(1, 7)).astype(np.float32) for b in (Battery.DELIVERY, Battery.PROMISE)}
    told[Battery.DELIVERY].loc[4:5] = np.nan
    told[Battery.PROMISE].loc[0:1] = np.nan
    made = made.with_(respondents={**made.respondents, Role.EMPLOYEES: employees}, answers={**made.answers, **told})
    found = of(made, "A").deeper()
    planned = answers.to_plan_from(found.protected.study, found.protected)
    assert planned.answers[Battery.PROMISE].isna().all(axis=None)
    assert planned.answers[Battery.DELIVERY].notna().any(axis=1).sum() == 4


def test_what_is_left_once_a_dimension_is_gone_is_looked_at_again():
    """Four dimensions, two of which make a total. Of A four answered a and b, one b and c, four c: without a one total is left."""
    items = tuple(Item(k, name) for k, name in enumerate("abcd", 1))
    instrument = Instrument("test", {}, items, tuple(map(Dimension, "abcd")), Scale(1, 7))
    perceived = pd.DataFrame(5.0, index=range(50), columns=range(1, 5)).astype(np.float32)
    perceived.loc[:19] = np.nan
    for rows, columns in ((slice(0, 3), [1, 2]), (slice(4, 4), [2, 3]), (slice(5, 8), [3])):
        perceived.loc[rows, columns] = 4.0
    customers = pd.DataFrame({"respondent": [f"c{k}" for k in range(50)], "unit": pd.Categorical(["A"] * 20 + ["B"] * 30)})
    found = of(Study("test", instrument, {Role.CUSTOMERS: customers}, {Battery.PERCEPTION: perceived}), "A")
    assert answers.to_plan_from(found.protected.study, found.protected).answers[Battery.PERCEPTION].isna().all(axis=None)


def test_in_chinese_no_space_stands_before_what_stands_for_a_number():
    assert "只有不足 5 人" in Words("zh")("validity.htmt_withheld.too_few", battery="期望", n=Fewer(5), needed=23)
    assert "只有 12 人" in Words("zh")("validity.htmt_withheld.too_few", battery="期望", n=12, needed=23)
