"""How surely one of several gaps is the widest: the probability that its mean is the most negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

DRAWS = 20_000
EQUAL = 1e-9  # means of means closer than this are equal but for rounding


def probability_widest(
    names: Sequence[str], means: Sequence[float], cov: np.ndarray, *, seed: int = 1, draws: int = DRAWS
) -> Mapping[str, float]:
    """Give each mean's probability to be the most negative, under the normal approximation of their joint sampling distribution.

    Columns without a mean or variance are left out; with fewer than two left there is nothing to compare: empty. Means that are equal
    share a draw, so that no order of the columns wins. Drawn, not integrated: the Monte Carlo error is below 0.004 with the default
    number of draws. Checked: for two means it is Phi(difference / its standard error).
    """
    m = np.asarray(means, float)
    usable = np.flatnonzero(np.isfinite(m) & np.isfinite(np.diag(cov)))
    if len(usable) < 2:
        return {}
    sub = np.asarray(cov, float)[np.ix_(usable, usable)]
    values, vectors = np.linalg.eigh((sub + sub.T) / 2)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    sample = m[usable][:, None] + root @ _normals(len(usable), draws, seed)
    lowest = sample <= sample.min(axis=0) + EQUAL
    first = (lowest / lowest.sum(axis=0)).mean(axis=1)
    return {str(names[i]): float(p) for i, p in zip(usable, first, strict=True)}


@lru_cache(maxsize=8)
def _normals(size: int, draws: int, seed: int) -> np.ndarray:
    """Standard normal draws, size x draws; kept for the next selection. Read only."""
    drawn = np.ascontiguousarray(np.random.default_rng(seed).standard_normal((draws, size)).T)
    drawn.setflags(write=False)
    return drawn
