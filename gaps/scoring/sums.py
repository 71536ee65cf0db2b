"""Sums that add up: what means, standard deviations and standard errors of any group are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace

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


def whole(n: int) -> Partition:
    """All of n respondents in one group."""
    return Partition(np.zeros(n, np.intp), 1)


@dataclass(frozen=True, slots=True)
class Sums:
    """Weighted sums over respondents of a score and of the base it is compared with, levels x groups. United groups add their sums.

    n: respondents; w, ww: the sums of their case weights and of the squares; base: the sum of w times the base; x, xx: the sums of w y
    and w y², y = score - base; wx, wxx: the same with squared weights. Without case weights every weight is 1. The base is what was
    expected of each respondent's score, or a constant near the scores: so |y| is a scale's width at most, and cancellation costs no
    digits that matter.
    """

    n: np.ndarray
    w: np.ndarray
    ww: np.ndarray
    base: np.ndarray
    x: np.ndarray
    xx: np.ndarray
    wx: np.ndarray
    wxx: np.ndarray

    @property
    def base_mean(self) -> np.ndarray:
        """Mean of the base; NaN where nobody has a score."""
        return _divide(self.base, self.w)

    @property
    def mean(self) -> np.ndarray:
        """Mean of the score; NaN where nobody has one."""
        return _divide(self.base + self.x, self.w)

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of y with n - 1: sqrt(n/(n-1) sum w (y-m)² / sum w); NaN below two respondents."""
        return np.sqrt(_divide(self.n * self._spread(self.x, self.xx, self.w), (self.n - 1) * self.w, self.n > 1))

    @property
    def se(self) -> np.ndarray:
        """Standard error of the mean of y, linearised: sqrt(n/(n-1) sum w² (y-m)²) / sum w. Equal weights give sd/sqrt(n)."""
        return _divide(np.sqrt(_divide(self.n * self._spread(self.wx, self.wxx, self.ww), self.n - 1, self.n > 1)), self.w)

    def _spread(self, x: np.ndarray, xx: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Sum of v (y-m)², m the weighted mean of y, from the sums of v y, v y² and v, v being the weights or their squares."""
        m = _divide(self.x, self.w)
        squares = xx - 2 * m * x + m * m * w
        return np.where(squares <= NOISE * xx, 0.0, squares)

    def united(self, group: np.ndarray, size: int) -> Sums:
        """Sums of larger groups: `group` gives each present group's new one, or `size` for those to leave out."""
        place = _places(group, size, len(self.n))
        return self._each(lambda sums: _at(place, sums, size))

    def of_groups(self, kept: np.ndarray) -> Sums:
        """Those of some groups."""
        return self._each(lambda sums: sums[:, kept])

    def of_levels(self, kept: Sequence[int]) -> Sums:
        """Those of some levels."""
        return self._each(lambda sums: sums[kept])

    @property
    def above(self) -> Sums:
        """Those of y alone, over no base."""
        return replace(self, base=np.zeros_like(self.base))

    def __add__(self, other: Sums) -> Sums:
        return Sums(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})

    def all(self) -> Sums:
        """All groups as one."""
        return self._each(lambda sums: sums.sum(axis=1, keepdims=True))

    def repeated(self, times: int) -> Sums:
        """The same groups several times over."""
        return self._each(lambda sums: np.tile(sums, times))

    def _each(self, change: Callable[[np.ndarray], np.ndarray]) -> Sums:
        changed: dict[int, np.ndarray] = {}  # without case weights several fields are one array
        for field in fields(self):
            sums = getattr(self, field.name)
            if id(sums) not in changed:
                changed[id(sums)] = change(sums)
        return Sums(**{field.name: changed[id(getattr(self, field.name))] for field in fields(self)})


def united(sums: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    """Sums (levels x groups) of larger groups, as `Sums.united`."""
    return _at(_places(group, size, len(sums)), sums, size)


def _places(group: np.ndarray, size: int, levels: int) -> np.ndarray:
    return (group + (size + 1) * np.arange(levels)[:, None]).ravel()


def _at(place: np.ndarray, sums: np.ndarray, size: int) -> np.ndarray:
    found = np.bincount(place, sums.ravel(), len(sums) * (size + 1)).astype(np.float64, copy=False)
    return found.reshape(len(sums), size + 1)[:, :size]


def _divide(a: np.ndarray, b: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=b > 0 if where is None else where)


def collect(
    levels: Iterable[tuple[np.ndarray | float, np.ndarray]], partitions: Sequence[Partition], weight: np.ndarray | None = None
) -> list[Sums]:
    """Sum scores within each partition.

    levels: the base and y = score - base of each, one value per respondent (the base may be one number for all); y is NaN where a
    respondent has no score, which leaves the respondent out of that level. weight: one positive case weight per respondent.
    """
    collected: list[list[tuple]] = [[] for _ in partitions]
    for base, y in levels:
        known = ~np.isnan(y)
        present = None  # everybody
        if not known.all():
            y, present = np.where(known, y, 0.0), known.astype(np.float64)
            base = np.where(known, base, 0.0) if np.ndim(base) else base
        if weight is None:
            terms = [present, y, y * y]
        else:
            w = weight * known
            base, wy = w * base if np.ndim(base) else base, w * y
            terms = [present, wy, wy * y, w, w * w, w * wy, wy * wy]
        for rows, partition in zip(collected, partitions, strict=True):
            sums = [partition.add(term) for term in terms]
            persons = sums[0] if weight is None else sums[3]
            rows.append((partition.add(base) if np.ndim(base) else base * persons, *sums))
    return [_stack(rows) for rows in collected]


def _stack(rows: list[tuple]) -> Sums:
    base, n, x, xx, *weighted = (np.array(column) for column in zip(*rows, strict=True))
    w, ww, wx, wxx = weighted or (n, n, x, xx)
    return Sums(n=n, w=w, ww=ww, base=base, x=x, xx=xx, wx=wx, wxx=wxx)
