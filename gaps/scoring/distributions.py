"""How the answers to each item are spread over the scale, and what either side of a gap is on average."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Scale, Study, Withheld
from gaps.scoring.groups import weights
from gaps.scoring.scores import Level, levels
from gaps.scoring.sums import collect, whole

MOST_ANSWERS = 11  # categories that are shown one by one; a finer scale is cut into TENTHS
TENTHS = 10


@dataclass(frozen=True, eq=False)
class Distributions:
    """The answers to every item, and the mean of every item and dimension, by battery.

    answers: one row per battery, item and answer; columns battery, dimension, item, answer (the category's middle, in scale points), n
    (respondents), share (of all answers to it, weighted where there are case weights; 0 to 1).
    means: one row per battery and item or dimension (item missing); columns battery, dimension, item, n, missing, n_effective, mean, se,
    df, low, high (filled in by `gaps.stats.humps`; missing below two answers).
    paired: whether expectation and perception rest on customers who answered both, as the gap does. width: of a category, in scale points.
    """

    answers: pd.DataFrame
    means: pd.DataFrame
    paired: bool
    width: float

    @property
    def batteries(self) -> tuple[Battery, ...]:
        """The batteries there are, in reading order."""
        return tuple(Battery(name) for name in self.means["battery"].unique())

    def shares(self, battery: Battery, item: int) -> np.ndarray:
        """The shares of one item's answers, from the lowest to the highest category."""
        return self._shares.get((str(battery), int(item)), np.empty(0))

    def mean_of(self, battery: Battery, dimension: str | None = None, item: int | None = None) -> Mapping[str, object] | None:
        """The row of one item, or of a dimension; None where there is none."""
        return self._means.get((str(battery), dimension, None) if item is None else (str(battery), None, int(item)))

    @cached_property
    def _shares(self) -> Mapping[tuple[str, int], np.ndarray]:
        """Looked up for every item that is shown, at each run of a page."""
        grouped = self.answers.groupby(["battery", "item"], sort=False)["share"]
        return {(str(battery), int(item)): shares.to_numpy(float) for (battery, item), shares in grouped}

    @cached_property
    def _means(self) -> Mapping[tuple[str, str | None, int | None], Mapping[str, object]]:
        rows = self.means.to_dict("records")
        return {
            (row["battery"], row["dimension"], None) if math.isnan(row["item"]) else (row["battery"], None, int(row["item"])): row
            for row in rows[::-1]
        }


def distributions(study: Study) -> Distributions | Withheld:
    """Count the customers' answers to each item, battery by battery: what they expect (or desire), perceive, and find adequate.

    share = sum of the case weights of those who gave the answer over that of all who gave one. On a scale of at most 11 whole points an
    answer is its nearest point; a finer scale is cut into ten equal parts. Means: se linearised (`gaps.scoring.sums`), df = n - 1.
    Missing data: expectation and perception count the customers who answered both, so that their means differ by the gap; `missing` are
    all others of the selection. The adequate level counts its own answers. Nothing is filled in. n_effective = (sum w)² / sum w² (Kish
    1965). Withheld: no_answers.
    """
    sets = [tuple(b for b in (study.expectation, Battery.PERCEPTION) if b in study.answers)]
    if Battery.ADEQUATE in study.answers:
        sets.append((Battery.ADEQUATE,))
    middles, width = categories(study.instrument.scale)
    answers, means = [], []
    for batteries in filter(None, sets):
        for battery, level, row in _of(study, batteries):
            means.append(row)
            if level.item is not None:
                score = level.scores[batteries.index(battery)]
                answers.append(_counted(battery, level, score, weights(study, Role.CUSTOMERS), middles, width))
    if not any(row["n"] for row in means):
        return Withheld("no_answers")
    counted = pd.concat(answers, ignore_index=True).astype({"battery": "str", "dimension": "str"})
    frame = pd.DataFrame(means).astype({"battery": "str", "dimension": "str", "item": np.float64})
    return Distributions(counted, frame, len(sets[0]) > 1, width)


def categories(scale: Scale) -> tuple[np.ndarray, float]:
    """The middles of the categories that answers are counted in, and their width."""
    whole_points = float(scale.min).is_integer() and float(scale.max).is_integer()
    if whole_points and scale.span < MOST_ANSWERS:
        return np.arange(scale.min, scale.max + 1), 1.0
    width = scale.span / TENTHS
    return scale.min + width * (np.arange(TENTHS) + 0.5), width


def _of(study: Study, batteries: tuple[Battery, ...]) -> Iterator[tuple[Battery, Level, dict[str, object]]]:
    weight = weights(study, Role.CUSTOMERS)
    for level in levels(study, *batteries):
        if level.dimension is None:
            continue
        for battery, score in zip(batteries, level.scores, strict=True):
            n, n_effective, mean, se = _moments(score, weight)
            yield battery, level, {
                "battery": str(battery), "dimension": level.dimension, "item": level.item, "n": n, "missing": len(score) - n,
                "n_effective": n_effective, "mean": mean, "se": se,
                "df": n - 1 if n > 1 else np.nan, "low": np.nan, "high": np.nan,
            }  # fmt: skip


def _moments(score: np.ndarray, weight: np.ndarray | None) -> tuple[int, float, float, float]:
    """Number of answers, effective number, mean and its standard error; without weights in one pass, which a million customers feel."""
    if weight is None:
        known = score[np.isfinite(score)]
        n = len(known)
        return n, float(n), float(known.mean()) if n else np.nan, float(known.std(ddof=1)) / n**0.5 if n > 1 else np.nan
    sums = collect([(0.0, score)], [whole(len(score))], weight)[0]
    n, w, ww, mean, se = (float(getattr(sums, name)[0, 0]) for name in ("n", "w", "ww", "mean", "se"))
    return int(n), w * w / ww if ww > 0 else 0.0, mean, se


def _counted(
    battery: Battery, level: Level, score: np.ndarray, weight: np.ndarray | None, middles: np.ndarray, width: float
) -> pd.DataFrame:
    known = np.isfinite(score)
    start = middles[0] - width / 2
    place = np.clip(np.floor((score[known] - start) / width + 1e-9).astype(int), 0, len(middles) - 1)
    n = np.bincount(place, minlength=len(middles))
    w = n if weight is None else np.bincount(place, weight[known], minlength=len(middles))
    share = w / w.sum() if w.sum() > 0 else np.full(len(middles), np.nan)
    return pd.DataFrame(
        {"battery": str(battery), "dimension": level.dimension, "item": level.item, "answer": middles, "n": n, "share": share}
    )
