"""Sums that add up: what means, standard deviations and standard errors of any group are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# A sum of squares this much smaller than the squares it was subtracted from is rounding noise.
NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Partition:
    """Each respondent's group: a code from 0 to size - 1, or `size` for those in no group."""

    codes: np.ndarray
    size: int

    def add(self, values: np.ndarray | None = None) -> np.ndarray:
        """Sum of the values in each group; without values, the number of respondents."""
        return np.bincount(self.codes, values, self.size + 1)[: self.size].astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True)
class Sums:
    """Weighted sums of scores, each levels x groups. Groups that are united add their sums.

    n: respondents; w, ww: the sums of their case weights and of the squares; scores: for each of several scores the sum of w times it;
    x, xx: the sums of w y and w y², y being the score whose spread is wanted; wx, wxx: the same with squared weights. Without case
    weights every weight is 1.

    y stands a scale's width from zero at most, so that x and xx lose no digits that matter to cancellation.
    """

    n: np.ndarray
    w: np.ndarray
    ww: np.ndarray
    scores: tuple[np.ndarray, ...]
    x: np.ndarray
    xx: np.ndarray
    wx: np.ndarray
    wxx: np.ndarray

    def mean(self, score: int) -> np.ndarray:
        """Mean of one of the scores; NaN where nobody answered."""
        return _divide(self.scores[score], self.w)

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of y with n - 1: sqrt(n/(n-1) sum w (y-m)² / sum w); NaN below two respondents."""
        return np.sqrt(_divide(self.n * _spread(self.x, self.xx, self.w, self.x, self.w), (self.n - 1) * self.w, self.n > 1))

    @property
    def se(self) -> np.ndarray:
        """Standard error of the mean of y, linearised: sqrt(n/(n-1) sum w² (y-m)²) / sum w. Equal weights give sd/sqrt(n)."""
        squares = _spread(self.wx, self.wxx, self.ww, self.x, self.w)
        return _divide(np.sqrt(_divide(self.n * squares, self.n - 1, self.n > 1)), self.w)

    def united(self, group: np.ndarray, size: int) -> Sums:
        """Sums of larger groups: `group` gives each present group's new one, or `size` for those to leave out."""
        partition = Partition(group, size)
        return self._each(lambda sums: np.array([partition.add(level) for level in sums]).reshape(len(sums), size))

    def repeated(self, times: int) -> Sums:
        """The same groups several times over."""
        return self._each(lambda sums: np.tile(sums, times))

    def _each(self, change: Callable[[np.ndarray], np.ndarray]) -> Sums:
        changed: dict[int, np.ndarray] = {}  # without case weights several names stand for one array

        def once(sums: np.ndarray) -> np.ndarray:
            if id(sums) not in changed:
                changed[id(sums)] = change(sums)
            return changed[id(sums)]

        single = {name: once(getattr(self, name)) for name in ("n", "w", "ww", "x", "xx", "wx", "wxx")}
        return Sums(scores=tuple(map(once, self.scores)), **single)


def _divide(a: np.ndarray, b: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=b > 0 if where is None else where)


def _spread(x: np.ndarray, xx: np.ndarray, w: np.ndarray, sum_x: np.ndarray, sum_w: np.ndarray) -> np.ndarray:
    """Sum of w (y - m)², m being the weighted mean, from sum w y, sum w y² and sum w."""
    m = _divide(sum_x, sum_w)
    squares = xx - 2 * m * x + m * m * w
    return np.where(squares <= NOISE * xx, 0.0, squares)


def collect(
    rows: Iterable[tuple[Sequence[np.ndarray], np.ndarray]], partitions: Sequence[Partition], weight: np.ndarray | None = None
) -> list[Sums]:
    """Sum scores within each partition.

    rows: per level the scores to average, and y, the score whose spread is wanted; one value per respondent, NaN in all of them where
    the respondent has none (which leaves the respondent out of that level). weight: one positive case weight per respondent.
    """
    collected: list[list[tuple]] = [[] for _ in partitions]
    for scores, y in rows:
        known = ~np.isnan(y)
        if known.all():
            known = None
        else:
            scores, y = [np.where(known, s, 0.0) for s in scores], np.where(known, y, 0.0)
        if weight is None:
            terms = [known, *scores, y, y * y]
        else:
            w = weight if known is None else weight * known
            terms = [known, w, w * w, *(w * s for s in scores), w * y, w * y * y, w * w * y, w * w * y * y]
        for sums, partition in zip(collected, partitions, strict=True):
            sums.append(tuple(map(partition.add, terms)))
    return [_sums(sums, weighted=weight is not None) for sums in collected]


def _sums(collected: list[tuple], weighted: bool) -> Sums:
    columns = [np.array(column) for column in zip(*collected, strict=True)]
    if weighted:
        n, w, ww, *scores, x, xx, wx, wxx = columns
        return Sums(n, w, ww, tuple(scores), x, xx, wx, wxx)
    n, *scores, x, xx = columns
    return Sums(n, n, n, tuple(scores), x, xx, x, xx)
