"""How alike the people of one unit answer: one-way analysis of variance by unit, ICC(1) of one answer and ICC(2) of unit means."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class OneWay:
    """One-way analysis of variance by unit: answers per unit, mean squares between and within (NaN where there are none), mean size."""

    n: np.ndarray
    between: float
    within: float
    size: float

    @property
    def icc(self) -> float:
        """ICC(1) = (MSB - MSW) / (MSB + (size - 1) MSW): negative where units differ less than chance makes them."""
        below = self.between + (self.size - 1) * self.within
        return (self.between - self.within) / below if below > 0 else math.nan

    @property
    def icc2(self) -> float:
        """ICC(2) = (MSB - MSW) / MSB, the reliability of unit means; -inf where they do not differ at all."""
        return (self.between - self.within) / self.between if self.between > 1e-12 else -math.inf

    @property
    def design_effect(self) -> float:
        """1 + (sum n² / N - 1) ICC(1), not below 1: by how much likeness within units multiplies the variance of a mean over all."""
        return 1 + (float((self.n * self.n).sum()) / float(self.n.sum()) - 1) * max(self.icc, 0.0)


def of_groups(n: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> OneWay:
    """The analysis from each unit's number of answers (some may be 0), mean and standard deviation (n - 1; NaN below two answers).

    size: n0 = (N - sum n² / N) / (J - 1) (methods 2.4; Bliese 2000). With fewer than two units or no unit of two answers the mean squares
    are NaN.
    """
    known = n > 0
    j, total = int(known.sum()), float(n.sum())
    if j < 2 or total <= j:
        return OneWay(n, math.nan, math.nan, math.nan)
    several = n > 1
    overall = float((n[known] * mean[known]).sum()) / total
    within = float(((n[several] - 1) * sd[several] ** 2).sum()) / (total - j)
    between = float((n[known] * (mean[known] - overall) ** 2).sum()) / (j - 1)
    return OneWay(n, between, within, (total - float((n * n).sum()) / total) / (j - 1))


def one_way(values: np.ndarray, unit: np.ndarray, units: int) -> OneWay:
    """Analyse one answer per respondent by unit; NaN and those without a unit (negative code) are left out.

    units: how many codes there are, of which some may be empty. Checked against R `aov` on `warpbreaks` (in the tests).
    """
    known = np.isfinite(values) & (unit >= 0)
    x, code = values[known], unit[known]
    n = np.bincount(code, minlength=units).astype(float)
    means = np.bincount(code, x, units) / np.maximum(n, 1)
    squares = np.bincount(code, (x - means[code]) ** 2, units)
    return of_groups(n, means, np.sqrt(squares / np.maximum(n - 1, 1)))
