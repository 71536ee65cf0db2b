"""How the answers to each item are spread over the scale, and what either side of a gap is on average."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Scale, Study, Withheld
from gaps.scoring.by_cell import counted
from gaps.scoring.level_sums import side_sums
from gaps.scoring.scores import levels

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

    def counts(self, battery: Battery, item: int) -> np.ndarray:
        """How many respondents gave each of one item's answers."""
        return self._counts.get((str(battery), int(item)), np.empty(0, int))

    @cached_property
    def middles(self) -> np.ndarray:
        """The middle of each category, in scale points."""
        return self.answers["answer"].unique()

    def mean_of(self, battery: Battery, dimension: str | None = None, item: int | None = None) -> Mapping[str, object] | None:
        """The row of one item, or of a dimension; None where there is none."""
        return self._means.get((str(battery), dimension, None) if item is None else (str(battery), None, int(item)))

    @cached_property
    def _shares(self) -> Mapping[tuple[str, int], np.ndarray]:
        return self._by_item("share")

    @cached_property
    def _counts(self) -> Mapping[tuple[str, int], np.ndarray]:
        return self._by_item("n")

    def _by_item(self, column: str) -> Mapping[tuple[str, int], np.ndarray]:
        """Looked up for every item that is shown, at each run of a page. The rows of an item are all its categories."""
        size = len(self.middles)
        items = zip(self.answers["battery"].tolist()[::size], self.answers["item"].tolist()[::size], strict=True)
        return dict(zip(items, self.answers[column].to_numpy().reshape(-1, size), strict=True))

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
    asked = [batteries for batteries in sets if batteries]
    means = [_means(study, batteries) for batteries in asked]
    if not any(frame["n"].any() for frame in means):
        return Withheld("no_answers")
    answers = [_answers(study, batteries) for batteries in asked]
    return Distributions(
        pd.concat(answers, ignore_index=True),
        pd.concat(means, ignore_index=True),
        len(sets[0]) > 1,
        categories(study.instrument.scale)[1],
    )


def categories(scale: Scale) -> tuple[np.ndarray, float]:
    """The middles of the categories that answers are counted in, and their width."""
    whole_points = float(scale.min).is_integer() and float(scale.max).is_integer()
    if whole_points and scale.span < MOST_ANSWERS:
        return np.arange(scale.min, scale.max + 1), 1.0
    width = scale.span / TENTHS
    return scale.min + width * (np.arange(TENTHS) + 0.5), width


def _means(study: Study, batteries: tuple[Battery, ...]) -> pd.DataFrame:
    """The rows of `Distributions.means`, level by level."""
    sides = [side_sums(study, batteries, battery) for battery in batteries]
    levels = [(dimension, item) for dimension, item in sides[0].names if dimension is not None]
    sums = [side.first.of_levels(range(len(levels))).all() for side in sides]  # the total stands last

    def of(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name) for one in sums], axis=1).ravel()

    n, w = of("n").astype(int), of("w")
    each = len(batteries)
    frame = {
        **_named(batteries, [dimension for dimension, _ in levels]),
        "item": np.repeat([np.nan if item is None else item for _, item in levels], each),
        "n": n,
        "missing": study.n(Role.CUSTOMERS) - n,
        "n_effective": np.divide(w * w, of("ww"), out=np.zeros_like(w), where=n > 0),
        "mean": of("mean"),
        "se": of("se"),
        "df": [k - 1 if k > 1 else np.nan for k in n.tolist()],
        "low": np.nan,
        "high": np.nan,
    }
    return pd.DataFrame(frame)


def _answers(study: Study, batteries: tuple[Battery, ...]) -> pd.DataFrame:
    """The rows of `Distributions.answers`, item by item."""
    middles, width = categories(study.instrument.scale)
    size, start = len(middles), middles[0] - width / 2

    def codes(study: Study) -> Iterator[np.ndarray]:
        for level in levels(study, *batteries):
            for score in level.scores if level.item is not None else ():
                known = np.isfinite(score)
                place = np.floor((np.where(known, score, start) - start) / width + 1e-9).astype(int)
                yield np.where(known, np.clip(place, 0, size - 1), size)

    n, w = (sums.sum(axis=0, dtype=np.float64) for sums in counted(study, Role.CUSTOMERS, ("answers", batteries), codes, size))
    given = w.sum(axis=1, keepdims=True)
    items = [item for dimension in study.instrument.dimensions for item in study.instrument.numbers_of(dimension.id)]
    each = len(batteries) * size
    frame = {
        **_named(batteries, [study.instrument.item(item).dimension for item in items], size),
        "item": np.repeat(items, each),
        "answer": np.tile(middles, len(n)),
        "n": n.ravel().astype(int),
        "share": np.divide(w, given, out=np.full_like(w, np.nan), where=given > 0).ravel(),
    }
    return pd.DataFrame(frame)


def _named(batteries: tuple[Battery, ...], dimensions: Sequence[str], times: int = 1) -> dict[str, pd.Series]:
    """What rows are about: for each of these dimensions each battery, so many times."""
    names = [(str(battery), dimension) for dimension in dimensions for battery in batteries for _ in range(times)]
    return {name: pd.Series(column, dtype="str") for name, column in zip(("battery", "dimension"), zip(*names, strict=True), strict=True)}
