"""Many comparisons at once: p values adjusted so that chance finds are kept rare (Holm) or a small part of what is found (BH)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import pandas as pd


def holm(p: np.ndarray) -> np.ndarray:
    """Adjust a family of p values for claims: below 0.05, any false claim at all has a probability of at most 5 %.

    p_(i) becomes the running maximum of min(1, (m - i + 1) p_(i)), in ascending order; m counts the family. NaN is no member of the family
    and stays NaN. Holm (1979). Checked: R p.adjust(method = "holm").
    """

    def adjust(ascending: np.ndarray, m: int) -> np.ndarray:
        return np.maximum.accumulate((m - np.arange(m)) * ascending)

    return _adjusted(p, adjust)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Adjust a family of p values for exploration: of what is found below 0.05, at most 5 % are chance finds on average.

    p_(i) becomes the running minimum from above of min(1, m / i p_(i)). Holds for independent and positively dependent tests. NaN is no
    member of the family and stays NaN. Benjamini & Hochberg (1995). Checked: their 15 p values (4 below 0.05), R p.adjust(method = "BH").
    """

    def adjust(ascending: np.ndarray, m: int) -> np.ndarray:
        return np.minimum.accumulate((m / np.arange(1, m + 1) * ascending)[::-1])[::-1]

    return _adjusted(p, adjust)


def by_family(adjust: Callable[[np.ndarray], np.ndarray], p: np.ndarray, family: Sequence[Hashable] | np.ndarray) -> np.ndarray:
    """Adjust the p values of each family by itself. family: one name per p value."""
    p = np.asarray(p, float)
    adjusted = np.full(len(p), np.nan)
    codes, names = pd.factorize(np.asarray(family, dtype=object))
    for code in range(len(names)):
        places = np.flatnonzero(codes == code)
        adjusted[places] = adjust(p[places])
    return adjusted


def _adjusted(p: np.ndarray, adjust: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    p = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(p))
    if np.any((p[known] < 0) | (p[known] > 1)):
        raise ValueError("p values lie between 0 and 1")
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(adjust(p[order], len(order)), 1.0)
    return adjusted
