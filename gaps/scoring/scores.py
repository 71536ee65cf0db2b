"""Respondent-level scores: items averaged into dimensions, dimensions into a total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import wraps
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from gaps.model import DIRECT_ROLE, Battery, Gap, Study


@dataclass(frozen=True, slots=True)
class Level:
    """One level of scores: an item, a dimension (`item` is None) or the total (`dimension` is None too).

    scores: per battery one value per respondent, in scale points; NaN in all of them where the respondent has no score.
    """

    dimension: str | None
    item: int | None
    scores: tuple[np.ndarray, ...]


def levels(study: Study, *batteries: Battery) -> Iterator[Level]:
    """Score the respondents of one role on batteries they answered: each item, then its dimension; at the end the total.

    Only items answered in all the batteries count, so that the scores of a pair rest on the same items and differ exactly by the
    mean of the item differences (Parasuraman, Zeithaml & Berry 1988; methods 1.2). A dimension is the mean of its items and needs at
    least half of them; the total is the mean of the dimensions, not of the items, and needs at least half of them. Nothing is imputed.
    """
    frames = [study.answers[battery] for battery in batteries]
    n = len(frames[0])
    dimensions: list[tuple[np.ndarray, ...]] = []
    for dimension in study.instrument.dimensions:
        numbers = study.instrument.numbers_of(dimension.id)
        if not numbers:
            continue
        sums, count = [np.zeros(n) for _ in frames], np.zeros(n)
        for number in numbers:
            answers, known = _known_in_all([_column(frame, number) for frame in frames])
            yield Level(dimension.id, number, answers)
            _add(sums, count, answers, known)
        scores = _means(sums, count, len(numbers))
        dimensions.append(scores)
        yield Level(dimension.id, None, scores)
    yield Level(None, None, _total(dimensions, len(frames), n))


def ratings(study: Study, gap: Gap) -> Iterator[Level]:
    """Score the direct design of a gap: each dimension's rating, then their mean where at least half of them were given."""
    frame = study.ratings[gap]
    dimensions = []
    for dimension in study.instrument.dimensions:
        if dimension.id in frame:
            scores = (frame[dimension.id].to_numpy(np.float64, na_value=np.nan),)
            dimensions.append(scores)
            yield Level(dimension.id, None, scores)
    yield Level(None, None, _total(dimensions, 1, len(frame)))


def _column(frame: pd.DataFrame, number: int) -> np.ndarray:
    if number not in frame:
        return np.full(len(frame), np.nan)
    return frame[number].to_numpy(np.float64)


def _known_in_all(values: list[np.ndarray]) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    known = ~np.isnan(sum(values))
    if len(values) > 1 and not known.all():
        values = [np.where(known, x, np.nan) for x in values]
    return tuple(values), known


def _add(sums: list[np.ndarray], count: np.ndarray, values: tuple[np.ndarray, ...], known: np.ndarray) -> None:
    complete = known.all()
    for total, x in zip(sums, values, strict=True):
        total += x if complete else np.where(known, x, 0.0)
    count += known


def _means(sums: list[np.ndarray], count: np.ndarray, parts: int) -> tuple[np.ndarray, ...]:
    """Means over the parts a respondent has; NaN with fewer than half of them."""
    divisor = np.where((2 * count >= parts) & (count > 0), count, np.nan)
    return tuple(total / divisor for total in sums)


def _total(dimensions: list[tuple[np.ndarray, ...]], width: int, n: int) -> tuple[np.ndarray, ...]:
    sums, count = [np.zeros(n) for _ in range(width)], np.zeros(n)
    for scores in dimensions:
        _add(sums, count, scores, ~np.isnan(scores[0]))
    return _means(sums, count, len(dimensions))


@dataclass(frozen=True, eq=False)
class PairedScores:
    """Scores of the same respondents on two batteries: respondents x dimension ids, and totals. gap = achieved - expected."""

    expected: pd.DataFrame
    achieved: pd.DataFrame
    gap: pd.DataFrame
    expected_total: pd.Series
    achieved_total: pd.Series
    gap_total: pd.Series


@dataclass(frozen=True, eq=False)
class CustomerScores:
    """The customers' scores: frames customers x dimension ids, and totals, in scale points; NaN where a respondent has no score.

    With expectation and perception asked they are paired: all three frames rest on the items with both answers, and gap =
    perception - expectation. With one of them asked (SERVPERF) that one rests on its own answers and the others are None.
    """

    expectation: pd.DataFrame | None = None
    perception: pd.DataFrame | None = None
    gap: pd.DataFrame | None = None
    expectation_total: pd.Series | None = None
    perception_total: pd.Series | None = None
    gap_total: pd.Series | None = None


def _remembered(score):
    """Keep what was scored for as long as the study lives: several results of one analysis rest on the same scores.

    Of a part of a study whose scores are at hand its own are picked out of these.
    """
    kept: WeakKeyDictionary[Study, dict] = WeakKeyDictionary()

    @wraps(score)
    def once(study: Study, *batteries: Battery):
        of_study, of_whole = kept.setdefault(study, {}), kept.get(study.whole, {})
        if batteries not in of_study:
            picked = batteries and batteries in of_whole
            of_study[batteries] = _picked(of_whole[batteries], study.rows(batteries[0].role)) if picked else score(study, *batteries)
        return of_study[batteries]

    return once


def _picked(found: PairedScores | tuple, rows: np.ndarray) -> PairedScores | tuple:
    """The scores of some respondents."""
    parts = found if isinstance(found, tuple) else [getattr(found, field.name) for field in fields(found)]
    some = [part.take(rows).reset_index(drop=True) for part in parts]
    return tuple(some) if isinstance(found, tuple) else PairedScores(*some)


@_remembered
def customer_scores(study: Study) -> CustomerScores:
    """Score each customer on every dimension and in total (expectation is the desired level in the three-column form)."""
    expected, achieved = study.expectation, Battery.PERCEPTION
    if expected is not None and achieved in study.answers:
        pair = paired_scores(study, expected, achieved)
        return CustomerScores(pair.expected, pair.achieved, pair.gap, pair.expected_total, pair.achieved_total, pair.gap_total)
    if achieved in study.answers:
        frame, total = battery_scores(study, achieved)
        return CustomerScores(perception=frame, perception_total=total)
    if expected is not None:
        frame, total = battery_scores(study, expected)
        return CustomerScores(expectation=frame, expectation_total=total)
    return CustomerScores()


@_remembered
def paired_scores(study: Study, expected: Battery, achieved: Battery) -> PairedScores:
    """Score the same respondents on two batteries, over the items answered in both."""
    if expected.role is not achieved.role:
        raise ValueError(f"{expected.value} and {achieved.value} are answered by different people and cannot be paired")
    scored = [level for level in levels(study, expected, achieved) if level.item is None]
    index = study.answers[achieved].index
    e, e_total = _frame(scored, 0, index)
    a, a_total = _frame(scored, 1, index)
    return PairedScores(e, a, a - e, e_total, a_total, a_total - e_total)


@_remembered
def battery_scores(study: Study, battery: Battery) -> tuple[pd.DataFrame, pd.Series]:
    """Score one battery on its own answers: respondents x dimension ids, and the totals."""
    return _frame([level for level in levels(study, battery) if level.item is None], 0, study.answers[battery].index)


def battery_totals(study: Study, battery: Battery) -> pd.Series:
    """Total score of each respondent on one battery's own answers."""
    return battery_scores(study, battery)[1]


def rating_totals(study: Study, gap: Gap) -> pd.Series:
    """Direct design: each respondent's mean rating over the dimensions, less the scale's maximum (0 = no gap)."""
    if gap not in DIRECT_ROLE or gap not in study.ratings:
        raise ValueError(f"gap {int(gap)} was not asked in the direct design")
    *_, total = ratings(study, gap)
    return pd.Series(total.scores[0] - study.instrument.scale.max, index=study.ratings[gap].index)


def _frame(scored: list[Level], battery: int, index: pd.Index) -> tuple[pd.DataFrame, pd.Series]:
    *dimensions, total = scored
    frame = pd.DataFrame({level.dimension: level.scores[battery] for level in dimensions}, index=index)
    return frame, pd.Series(total.scores[battery], index=index)
