"""The signed-rank test of paired differences: a second opinion that rests on order alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

EXACT_BELOW = 51  # differences other than zero; R takes the same number
EQUAL = 9  # decimals within which two differences of means are the same


@dataclass(frozen=True, slots=True)
class SignedRank:
    """n: pairs; n_zero: those without difference; plus, minus: rank sums of positive and negative differences; p two-sided;
    rank_biserial = (plus - minus) / (plus + minus), -1 to 1; exact: whether p is. NaN where every difference is zero."""

    n: int
    n_zero: int
    plus: float
    minus: float
    rank_biserial: float
    p: float
    exact: bool


def signed_rank(differences: np.ndarray, counts: np.ndarray | None = None) -> SignedRank:
    """Test paired differences by Wilcoxon's signed ranks with Pratt's treatment of zeros: they are ranked, and their ranks then dropped.

    Ties get their mean rank; differences equal to nine decimals are ties (means of answers miss equality by rounding). Up to 50 differences
    other than zero p is exact, given ties and zeros: 2 min(P(W <= plus), P(W >= plus)) over all signs. Above that it is
    normal, without continuity correction: mean (n(n+1) - z(z+1))/4, variance (n(n+1)(2n+1) - z(z+1)(2z+1))/24 - sum(t³ - t)/48. counts: how
    often each difference occurs, by default once; NaN differences are left out. rank_biserial: Kerby (2014).

    Pratt (1959); Cureton (1967). Checked: Hollander & Wolfe (1973) V = 40, one-sided p .01953 (R wilcox.test; two-sided .0390625); scipy's
    wilcoxon(zero_method="pratt") for the normal form.
    """
    counts = np.ones(len(differences), np.int64) if counts is None else np.asarray(counts)
    keep = ~np.isnan(differences) & (counts > 0)
    d, counts = np.round(differences[keep], EQUAL), counts[keep]
    sizes, where = np.unique(np.abs(d), return_inverse=True)
    positive, negative = (np.bincount(where[s], counts[s], len(sizes)) for s in (d > 0, d < 0))
    tied = np.bincount(where, counts, len(sizes))
    n = int(tied.sum())
    rank = np.cumsum(tied) - (tied - 1) / 2  # mean rank of each size
    zero = int(tied[0]) if len(sizes) and sizes[0] == 0 else 0
    plus, minus = float(positive @ rank), float(negative @ rank)
    if zero == n:
        return SignedRank(n, zero, 0.0, 0.0, np.nan, np.nan, True)
    nonzero = sizes > 0
    rank, tied = rank[nonzero], tied[nonzero]
    exact = n - zero < EXACT_BELOW
    p = _exact(plus, rank, tied.astype(int)) if exact else _normal(plus, n, zero, tied)
    return SignedRank(n, zero, plus, minus, (plus - minus) / (plus + minus), p, exact)


def _exact(plus: float, rank: np.ndarray, tied: np.ndarray) -> float:
    """Two-sided p over all signs, each as likely; ranks are doubled so that mean ranks are whole."""
    doubled = np.repeat(np.rint(2 * rank).astype(int), tied)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for r in doubled:
        ways[r:] = (ways[r:] + ways[:-r]) / 2
        ways[:r] /= 2
    at = int(np.rint(2 * plus))
    return float(min(1.0, 2 * min(ways[: at + 1].sum(), ways[at:].sum())))


def _normal(plus: float, n: int, zero: int, tied: np.ndarray) -> float:
    mean = (n * (n + 1.0) - zero * (zero + 1.0)) / 4
    variance = (n * (n + 1.0) * (2 * n + 1) - zero * (zero + 1.0) * (2 * zero + 1)) / 24 - float((tied**3 - tied).sum()) / 48
    return float(2 * special.ndtr(-abs(plus - mean) / np.sqrt(variance)))
