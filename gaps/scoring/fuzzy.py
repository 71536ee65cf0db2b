"""Fuzzy comprehensive evaluation: how many give each grade, combined over items and dimensions into one distribution of grades.

模糊综合评价 as it is used in Chinese service-quality studies. Membership is the share of respondents who gave a grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from gaps.model import Battery, Study, Withheld
from gaps.scoring.groups import weights as case_weights
from gaps.scoring.servqual import dimension_weights

WEIGHTED_AVERAGE, MIN_MAX, PRODUCT_MAX, MIN_SUM = "weighted_average", "min_max", "product_max", "min_sum"
GIVEN = "given"
NOT_MEASURED, NO_ANSWERS, GRADES_NOT_WHOLE = "not_measured", "no_answers", "grades_not_whole"
_TOLERANCE = 1e-9

# How weights (a column) and memberships (factors x grades) combine: M(·,+), M(∧,∨), M(·,∨), M(∧,+), the last bounded by 1.
_COMBINE: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = MappingProxyType(
    {
        WEIGHTED_AVERAGE: lambda a, r: (a * r).sum(axis=0),
        MIN_MAX: lambda a, r: np.minimum(a, r).max(axis=0),
        PRODUCT_MAX: lambda a, r: (a * r).max(axis=0),
        MIN_SUM: lambda a, r: np.minimum(1.0, np.minimum(a, r).sum(axis=0)),
    }
)
OPERATORS = tuple(_COMBINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a distribution of grades amounts to.

    shares: the memberships, normalised to sum 1. place: of the grade with the largest share, counted from 0, the first where several
    are equally large (then `tied`). score: mean of the grades' values, weighted by the shares.
    """

    shares: tuple[float, ...]
    place: int
    tied: bool
    score: float


@dataclass(frozen=True, eq=False)
class FuzzyEvaluation:
    """A battery graded in two levels: items into dimensions, dimensions into the total.

    operator: how weights and memberships were combined; grades: the scale's points, which are also their values. weights_source: of the
    dimensions: given, respondents, mean or equal (as `gaps.scoring.servqual` says). missing: each item rests on those who answered it.

    verdicts
        dimension, item, n (answers behind it; of a dimension or the total the fewest of its items), weight (of an item within its
        dimension, of a dimension within the total), grade (the largest membership), tied, score (in scale points).
    memberships
        dimension, item, grade, membership: normalised, sums to 1 over the grades.
    """

    battery: Battery
    operator: str
    grades: tuple[int, ...]
    weights_source: str
    verdicts: pd.DataFrame
    memberships: pd.DataFrame

    @property
    def score(self) -> float:
        """The total score, in scale points."""
        return float(self.verdicts.loc[self.verdicts["dimension"].isna(), "score"].iloc[0])


def membership(answers: np.ndarray, grades: Sequence[float], weight: np.ndarray | None = None) -> np.ndarray:
    """Give the share of respondents, or of their case weights, who gave each grade; answers without NaN, each one of the grades."""
    given = np.asarray(answers)[:, None] == np.asarray(grades)[None, :]
    if not len(given) or not given.any(axis=1).all():
        raise ValueError("membership needs at least one answer, and each must be one of the grades")
    return np.average(given, axis=0, weights=weight)


def compose(weights: Sequence[float], memberships: np.ndarray, operator: str = WEIGHTED_AVERAGE) -> np.ndarray:
    """Combine the factors' memberships B = A o R: factors and factors x grades to grades, not normalised.

    weighted_average M(·,+): sum of a r; min_max M(∧,∨): largest min(a, r); product_max M(·,∨): largest a r; min_sum M(∧,+): sum of
    min(a, r), at most 1. Weights are >= 0 and sum to 1: the operators with min compare them with shares. With many factors weights are
    small and min forgets most of what was answered, so that operators can disagree about the grade.

    Checked: A = (.1 .1 .15 .3 .35) and a 5 x 4 matrix published by SPSSAU give .205 .320 .390 .085 (tests/scoring/test_fuzzy.py).
    """
    if operator not in _COMBINE:
        raise ValueError(f"operator must be one of {', '.join(OPERATORS)}, not {operator!r}")
    a, r = np.asarray(weights, float), np.asarray(memberships, float)
    if r.ndim != 2 or a.shape != r.shape[:1] or not a.size:
        raise ValueError(f"as many weights as factors are needed, at least one; got {a.shape} and {r.shape}")
    if not (a >= 0).all() or abs(a.sum() - 1) > _TOLERANCE * len(a) or not ((r >= 0) & (r <= 1 + _TOLERANCE)).all():
        raise ValueError("weights must be 0 or more and sum to 1, memberships must lie between 0 and 1")
    return _COMBINE[operator](a[:, None], r)


def verdict(memberships: Sequence[float], values: Sequence[float]) -> Verdict:
    """Normalise memberships and read them: the grade with the largest, and the mean of the grades' values (score = sum b v / sum b)."""
    b = np.asarray(memberships, float)
    if b.shape != np.shape(values) or not b.sum() > 0:
        raise ValueError("as many values as memberships are needed, and not all memberships 0")
    shares = b / b.sum()
    first = int(np.argmax(shares >= shares.max() - _TOLERANCE))
    return Verdict(tuple(shares.tolist()), first, int((shares >= shares.max() - _TOLERANCE).sum()) > 1, float(shares @ np.asarray(values)))


def fuzzy_evaluation(
    study: Study,
    battery: Battery = Battery.PERCEPTION,
    *,
    operator: str = WEIGHTED_AVERAGE,
    importance: Mapping[str, float] | None = None,
) -> FuzzyEvaluation | Withheld:
    """Grade a battery in two levels: items (equal weights) into dimensions, their normalised grades into the total.

    importance: weights of the dimensions, any positive scale; without it the customers' stated points, and equal weights where there are
    none. Grades are the scale's whole points. Missing answers: each item rests on those who answered it; items and dimensions nobody
    answered are left out, the other weights keeping their proportions. Case weights weight the shares.

    With weighted_average and these grades the score *is* the weighted mean of the items' means: what the method adds is the
    distribution of grades, not a new number. The other operators discard part of the answers.

    Withheld: not_measured, no_answers, grades_not_whole (the scale or an answer is no whole number).
    """
    if operator not in OPERATORS:
        raise ValueError(f"operator must be one of {', '.join(OPERATORS)}, not {operator!r}")
    if battery not in study.answers:
        return Withheld(NOT_MEASURED, {"batteries": [battery.value]})
    scale, answers = study.instrument.scale, study.answers[battery]
    if not (float(scale.min).is_integer() and float(scale.max).is_integer()) or not _whole(answers.to_numpy(np.float64)):
        return Withheld(GRADES_NOT_WHOLE, {"battery": battery.value})
    grades = tuple(range(int(scale.min), int(scale.max) + 1))
    given, source = _importance(study, importance)
    weight = case_weights(study, battery.role)
    levels, rows = [], []
    for id, share in given.items():
        items = list(_items(study, battery, id, grades, weight))
        if not items:
            continue
        equal = np.full(len(items), 1 / len(items))
        rows += [(id, number, n, equal[0], r) for number, n, r in items]
        graded = verdict(compose(equal, np.array([r for _, _, r in items]), operator), grades).shares
        levels.append((id, min(n for _, n, _ in items), share, np.array(graded)))
    if not levels:
        return Withheld(NO_ANSWERS)
    shares = np.array([share for _, _, share, _ in levels])
    if not shares.sum() > 0:
        raise ValueError("the dimensions that were answered need a weight above 0")
    shares = shares / shares.sum()
    total = compose(shares, np.array([b for *_, b in levels]), operator)
    rows += [(id, None, n, w, b) for (id, n, _, b), w in zip(levels, shares, strict=True)]
    rows.append((None, None, min(n for _, n, _, _ in levels), 1.0, total))
    return FuzzyEvaluation(battery, operator, grades, source, *_tables(rows, grades))


def _items(study: Study, battery: Battery, dimension: str, grades: Sequence[int], weight: np.ndarray | None):
    """Number, answers and memberships of a dimension's items, those without an answer left out."""
    answers = study.answers[battery]
    for number in study.instrument.numbers_of(dimension):
        x = answers[number].to_numpy(np.float64) if number in answers else np.array([np.nan])
        known = ~np.isnan(x)
        if known.any():
            yield number, int(known.sum()), membership(x[known], grades, None if weight is None else weight[known])


def _importance(study: Study, importance: Mapping[str, float] | None) -> tuple[dict[str, float], str]:
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    if importance is None:
        return dimension_weights(study)
    if set(importance) != set(ids) or not all(np.isfinite(w) and w >= 0 for w in importance.values()):
        raise ValueError(f"importance needs one weight of 0 or more for each of {', '.join(ids)}")
    return {id: importance[id] for id in ids}, GIVEN


def _whole(x: np.ndarray) -> bool:
    known = x[~np.isnan(x)]
    return bool((known == np.round(known)).all())


def _tables(rows: list[tuple], grades: Sequence[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    verdicts, memberships = [], []
    for dimension, item, n, weight, b in rows:
        found = verdict(b, grades)
        verdicts.append((dimension, item, n, weight, grades[found.place], found.tied, found.score))
        memberships += [(dimension, item, grade, share) for grade, share in zip(grades, found.shares, strict=True)]
    kinds = {"dimension": "str", "item": "Int64"}
    return (
        pd.DataFrame(verdicts, columns=["dimension", "item", "n", "weight", "grade", "tied", "score"]).astype(kinds),
        pd.DataFrame(memberships, columns=["dimension", "item", "grade", "membership"]).astype(kinds),
    )
