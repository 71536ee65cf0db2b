"""The whole analysis under changes that must not matter, and on every degenerate study: numbers or reasons, never an exception."""

import dataclasses
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gaps import analysis, result
from gaps.findings import sentence, statement_and_certainty
from gaps.i18n import Words
from gaps.model import UNIT, WAVE, Battery, Dimension, Gap, Role, Scale, Selection, Study
from gaps.scoring.tables import Estimate
from tests.scoring.build import people, random_study
from tests.scoring.build import study as build

FEW = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MORE = settings(FEW, max_examples=30)
KEYS = ["gap", "unit", "wave", "segment", "segment_value", "dimension", "item"]
NUMBERS = ["n_expected", "n_achieved", "expected", "achieved", "mean", "sd", "se", "low", "high", "p"]
DRAWN = {"share_low", "share_high", "p_first", "lead_low", "lead_high"}  # from resamples, which follow the order of the rows


def analysed(study: Study, selection: Selection = Selection()) -> analysis.Analysis:
    return analysis.analyse(study, selection, resamples=20, crossed=True)


def gap_rows(done: analysis.Analysis) -> pd.DataFrame:
    frame = done.gaps.frame
    keys = [frame[name].astype(object).where(frame[name].notna(), "-").astype(str) for name in KEYS]
    return frame.set_index(pd.MultiIndex.from_arrays(keys, names=KEYS)).sort_index()


def same(a: pd.DataFrame, b: pd.DataFrame, columns=tuple(NUMBERS)) -> None:
    assert list(a.index) == list(b.index)
    np.testing.assert_allclose(a[list(columns)].to_numpy(float), b[list(columns)].to_numpy(float), rtol=1e-9, atol=1e-9)


def numbers(value, path=()) -> dict:
    """All numbers of a result that do not come from resamples, by where they stand; lists of named things by their names."""
    if isinstance(value, dict):
        return {k: v for name, part in value.items() if name not in DRAWN for k, v in numbers(part, (*path, name)).items()}
    if isinstance(value, list):
        name = ["-".join(str(p.get(k)) for k in ("outcome", "predictors", "dimension", "unit", "battery", "item", "name")) for p in value]
        return {k: v for n, part in zip(name, value, strict=True) for k, v in numbers(part, (*path, n)).items()}
    return {path: value}


def document(done: analysis.Analysis) -> dict:
    whole = result.document(done, (), deeper=False)
    kept = {k: whole[k] for k in ("servqual", "zone", "waterfall", "reliability", "asymmetry")}
    for curve in kept["asymmetry"]:
        curve.pop("points", None)
        curve.pop("band", None)
    drivers = [{k: v for k, v in fit.items() if k not in ("verdict", "blocks")} for fit in whole["drivers"]]
    return numbers(kept | {"drivers": drivers})


def alike(a: dict, b: dict) -> None:
    assert a.keys() == b.keys()
    for key, value in a.items():
        assert b[key] == (pytest.approx(value, rel=1e-8, abs=1e-8) if isinstance(value, float) else value), key


def permuted(study: Study, seed: int) -> Study:
    """The same answers with respondents, answer columns and dimensions in another order."""
    rng = np.random.default_rng(seed)
    order = {role: rng.permutation(len(frame)) for role, frame in study.respondents.items()}

    def shuffled(frame: pd.DataFrame, role: Role) -> pd.DataFrame:
        return frame.iloc[order[role], rng.permutation(frame.shape[1])].reset_index(drop=True)

    instrument = study.instrument
    dimensions, items = (tuple(parts[i] for i in rng.permutation(len(parts))) for parts in (instrument.dimensions, instrument.items))
    return study.with_(
        instrument=dataclasses.replace(instrument, dimensions=dimensions, items=items),
        respondents={role: shuffled(frame, role) for role, frame in study.respondents.items()},
        answers={b: shuffled(frame, b.role) for b, frame in study.answers.items()},
        importance=None if study.importance is None else shuffled(study.importance, Role.CUSTOMERS),
    )


def doubled(study: Study) -> Study:
    def twice(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame, frame], ignore_index=True)

    return study.with_(
        respondents={role: twice(frame) for role, frame in study.respondents.items()},
        answers={b: twice(frame) for b, frame in study.answers.items()},
        importance=None if study.importance is None else twice(study.importance),
    )


def with_points(study: Study, seed: int) -> Study:
    points = np.random.default_rng(seed).integers(5, 60, (study.n(Role.CUSTOMERS), len(study.instrument.dimensions))).astype(float)
    return study.with_(importance=pd.DataFrame(points, columns=[d.id for d in study.instrument.dimensions]))


@FEW
@given(seed=st.integers(0, 10_000), weighted=st.booleans(), missing=st.sampled_from([0.0, 0.15]))
def test_the_order_of_rows_and_columns_does_not_matter(seed, weighted, missing):
    weight = np.random.default_rng(seed).uniform(0.5, 2, 90) if weighted else None
    study = with_points(random_study(seed, n=90, missing=missing, weight=weight), seed)
    first, second = analysed(study), analysed(permuted(study, seed))
    same(gap_rows(first), gap_rows(second))
    alike(document(first), document(second))
    assert first.widest_dimension == pytest.approx(dict(second.widest_dimension), abs=0.03)


@FEW
@given(seed=st.integers(0, 10_000), constant=st.sampled_from([-3.0, 2.0, 100.0]))
def test_a_constant_added_to_all_answers_moves_levels_and_no_gap(seed, constant):
    study = random_study(seed)
    scale = study.instrument.scale
    moved = study.with_(
        instrument=dataclasses.replace(study.instrument, scale=Scale(scale.min + constant, scale.max + constant)),
        answers={b: frame + constant for b, frame in study.answers.items()},
    )
    before, after = gap_rows(analysed(study)), gap_rows(analysed(moved))
    same(before, after, [n for n in NUMBERS if n not in ("expected", "achieved")])
    np.testing.assert_allclose(before[["expected", "achieved"]] + constant, after[["expected", "achieved"]], atol=1e-9)


@FEW
@given(seed=st.integers(0, 10_000), weighted=st.booleans())
def test_a_selection_gives_the_rows_of_the_whole(seed, weighted):
    weight = np.random.default_rng(seed).uniform(0.5, 2, 60) if weighted else None
    study = random_study(seed, weight=weight)
    whole = analysed(study).gaps
    for column, choice in ((UNIT, {"units": ("unit 2",)}), (WAVE, {"waves": ("wave 1",)})):
        chosen = analysed(study, Selection(**choice))
        rows = whole.rows(**{column: next(iter(choice.values()))[0]})
        pd.testing.assert_frame_equal(
            chosen.gaps.rows()[["gap", "dimension", "item", *NUMBERS, "withheld"]].reset_index(drop=True),
            rows[["gap", "dimension", "item", *NUMBERS, "withheld"]].reset_index(drop=True),
            rtol=1e-9,
            atol=1e-9,
        )
    for part in (chosen.gaps, whole):
        assert len(part.rows(unit="*", wave="*")) > 0
    chosen = analysed(study, Selection(segments=(("sex", ("sex 1",)),))).gaps.rows()
    of_segment = whole.rows(segment="sex")
    of_segment = of_segment[of_segment["segment_value"].eq("sex 1")]
    for gap in (1, 5):
        ours, theirs = (frame[frame["gap"].eq(gap)][NUMBERS].to_numpy(float) for frame in (chosen, of_segment))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@FEW
@given(seed=st.integers(0, 10_000))
def test_what_falling_short_goes_with_is_said_alike_without_the_drivers(seed):
    study = random_study(seed, n=80)
    for wanted in ("headline", *analysis.outcomes(study)):
        alone, all_of_it = (
            analysis.analyse(study, explain=analysis.HEADLINE if wanted == "headline" else (wanted,), resamples=20) for _ in range(2)
        )
        assert alone.about("asymmetry_") == tuple(f for f in all_of_it.findings if f.code.startswith("asymmetry_"))
        assert "drivers" not in vars(alone) and "findings" not in vars(alone)


def test_each_part_of_the_differences_is_computed_when_it_is_looked_at():
    found = analysed(random_study(3, n=90)).deeper()
    assert len(found.contrasts.frame) and len(found.changes.frame)
    assert not {"effects", "agreement", "differences"} & set(vars(found))
    for part in ("effects", "contrasts", "changes", "agreement"):
        assert getattr(found.differences, part) is getattr(found, part)


@FEW
@given(seed=st.integers(0, 10_000))
def test_twice_everybody_keeps_the_means_and_narrows_the_errors(seed):
    study = with_points(random_study(seed, n=45), seed)
    once, twice = analysed(study), analysed(doubled(study))
    before, after = gap_rows(once), gap_rows(twice)
    same(before, after, ["expected", "achieved", "mean"])
    paired = before["gap"].isin([2, 4, 5]) & before["se"].notna()
    n = before.loc[paired, "n_achieved"].to_numpy(float)
    np.testing.assert_allclose(after.loc[paired, "se"], before.loc[paired, "se"] * np.sqrt((n - 1) / (2 * n - 1)), rtol=1e-9, atol=1e-9)
    for one, two in zip(once.drivers, twice.drivers, strict=True):
        if one.withheld is None and two.withheld is None:
            assert [t.b for t in one.terms] == pytest.approx([t.b for t in two.terms])
            assert [t.share for t in one.terms] == pytest.approx([t.share for t in two.terms])
            assert all(b.se < a.se for a, b in zip(one.terms, two.terms, strict=True))
    assert once.servqual.weighted.mean == pytest.approx(twice.servqual.weighted.mean)
    alpha = [done.reliability.frame["alpha"].to_numpy(float) for done in (once, twice)]
    np.testing.assert_allclose(*alpha, rtol=1e-9, atol=1e-9)


@FEW
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.01, 3.0, 1e4]))
def test_equal_case_weights_are_no_weights(seed, factor):
    plain, weighted = (random_study(seed, n=60, weight=w) for w in (None, np.full(60, factor)))
    first, second = analysed(plain), analysed(weighted)
    same(gap_rows(first), gap_rows(second))
    alike(document(first), document(second))


def test_the_total_gap_is_the_unweighted_score():
    done = analysed(random_study(3, missing=0.3))
    total = done.gaps.rows(gap=Gap.CUSTOMER, level="total").iloc[0]
    scored = done.servqual.unweighted
    assert (scored.mean, scored.n, scored.low, scored.high) == pytest.approx(
        (total["mean"], total["n_achieved"], total["low"], total["high"])
    )


@st.composite
def degenerate(draw) -> Study:
    """Studies with whatever a study can lack: people, answers, variation, units, batteries, outcomes, weights, points."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    sizes = draw(st.sampled_from([{"a": 1}, {"a": 3}, {"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 2, "b": 1, "c": 3}]))
    batteries = draw(st.sampled_from(["P", "E", "EP", "ADP", "EPM", "EPMSVC", "MSVC", "EPS"]))
    n = draw(st.sampled_from([0, 1, 2, 9, 12, 70]))
    staff = draw(st.sampled_from([0, 1, 2, 14]))
    counts = {Role.CUSTOMERS: n, Role.MANAGERS: staff, Role.EMPLOYEES: staff}
    direct = draw(st.booleans()) and "S" not in batteries
    units = draw(st.sampled_from([0, 1, 2, 12]))
    kind = draw(st.sampled_from(["usual", "missing", "constant", "hole", "nothing", "straight"]))
    k = sum(sizes.values())

    def answers(count: int) -> np.ndarray:
        x = rng.integers(1, 8, (count, k)).astype(float)
        match kind:
            case "missing":
                x[rng.random(x.shape) < 0.5] = np.nan
            case "constant":
                x[:] = 4
            case "hole":
                x[:, : next(iter(sizes.values()))] = np.nan
            case "nothing":
                x[:] = np.nan
            case "straight":
                x[:] = rng.integers(1, 8, (count, 1))
        return x

    roles = {}
    for role, count in counts.items():
        frame = people(count)
        for column, size in ((UNIT, units), (WAVE, 2)):
            if size:
                codes = rng.integers(-1, size, count)
                frame[column] = pd.Categorical.from_codes(codes, [f"{column} {i}" for i in range(size)], ordered=True)
        roles[role] = frame
    customers = roles[Role.CUSTOMERS]
    customers["sex"] = pd.Categorical.from_codes(rng.integers(-1, 2, n), ["f", "m"])
    outcomes = {}
    for name in ("overall_quality", "satisfaction"):
        if draw(st.booleans()):
            outcomes[name] = Scale(1, 7)
            values = rng.integers(1, 8, n).astype(float)
            customers[name] = values * draw(st.sampled_from([1, 1, np.nan])) if draw(st.booleans()) else np.full(n, 4.0)
    if draw(st.booleans()):
        customers["weight"] = rng.uniform(0.1, 3, n)
    parts = {letter: answers(counts[Battery(letter).role]) for letter in batteries}
    if direct:
        given_ = [np.where(rng.random(staff) < 0.5, "none", None) if kind == "nothing" else rng.integers(1, 8, staff) for _ in sizes]
        parts["ratings"] = {gap: dict(zip(sizes, given_, strict=True)) for gap in (Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION)}
    made = build(sizes, roles, outcomes=outcomes, segments=("sex",), **parts)
    if draw(st.booleans()):
        points = rng.choice([0.0, 20.0, 50.0, 100.0, np.nan], (n, len(sizes)))
        made = made.with_(importance=pd.DataFrame(points, columns=list(sizes)))
    return made


def held(done: analysis.Analysis) -> None:
    """Every number is there or has its reason; JSON and sentences come out in both languages."""
    document = result.document(done, (), deeper=False)
    assert "NaN" not in result.dumps(document)
    for row in document["gaps"]:
        people_ = min(row["n_expected"], row["n_achieved"])
        assert (row["mean"] is None) is (people_ == 0) and (row["se"] is None) is (people_ < 2), row
        assert (row["withheld"] is None) is (row["p"] is not None), row
        if row["p"] is not None:
            assert 0 <= row["p"] <= 1 and row["low"] <= row["mean"] <= row["high"], row
    for row in document["reliability"]:
        assert (row["alpha"] is None) is (row["withheld"] is not None)
    for row in document["waterfall"]:
        steps = row["expected"] + row["gap1"] + row["gap2"] + row["gap3"] + row["perception_step"]
        assert steps == pytest.approx(row["perceived"])
    for fit in done.drivers:
        assert (fit.withheld is None) is bool(fit.terms)
        for term in fit.terms:
            assert all(math.isfinite(v) for v in (term.b, term.se, term.low, term.high, term.p)), fit
        if not math.isnan(fit.r2) and all(math.isfinite(t.share) for t in fit.terms):
            assert fit.one_at_a_time or sum(t.share for t in fit.terms) == pytest.approx(1)
    if isinstance(done.servqual.weighted, Estimate):
        assert sum(done.servqual.weights.values()) == pytest.approx(1)
    for found in done.findings:
        for language in ("en", "zh"):
            words = Words(language)
            text = sentence(found, done.study, words)
            assert text and not re.search(r"\bnan\b|\binf\b| None|–|[{}]", text), text
            claim, support = statement_and_certainty(found, done.study, words)
            assert claim[0] not in " |" and claim[-1] in ".。" and (not support or support[-1] in ".。"), text


@MORE
@given(study=degenerate())
def test_every_degenerate_study_gives_numbers_or_reasons(study):
    held(analysed(study))


@pytest.mark.parametrize("column", [UNIT, WAVE])
def test_a_selection_that_leaves_nobody(column):
    study = random_study(2, n=20)
    customers = study.customers.copy()
    customers[column] = pd.Categorical([f"{column} 1"] * 20, ordered=True)
    study = study.with_(respondents={**study.respondents, Role.CUSTOMERS: customers})
    held(analysed(study, Selection(**{f"{column}s": (f"{column} 2",)})))
    held(analysed(study, Selection(units=("unit 3",), waves=("wave 2",))))


def test_an_item_less_dimension_does_no_harm():
    study = random_study(4)
    extra = dataclasses.replace(study.instrument, dimensions=(*study.instrument.dimensions, Dimension("empty")))
    held(analysed(study.with_(instrument=extra)))
