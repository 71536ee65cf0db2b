"""Relative importance of correlated predictors: shares of R² (LMG, the Shapley value) and the verdict on which comes first."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np

from gaps.stats.bootstrap import percentile_interval
from gaps.stats.results import Verdict

SURE = 0.80
NOTHING = 1e-10  # a remaining variance below this part of the whole is rounding
EXACT_WORK = 600_000  # subsets times squared predictors: 12 predictors or 10 pairs, a second for 2,000 resamples
ORDERS = 128


def lmg(correlation: np.ndarray, *, pairs: bool = False) -> np.ndarray:
    """Split R² among the predictors by averaging each one's increment over all orders of entry.

    LMG_k = (1/p) sum_s mean over subsets S of size s without k of ( R²(S + k) - R²(S) ), in units of R²: the values sum to R².
    correlation: (…, p + 1, p + 1), the outcome first (or covariances of comparable size); any number of matrices at once. With
    `pairs`, predictors 0 and 1, 2 and 3, … enter together as one block (the Owen value: Shapley among the blocks, then within
    each); a block's value is the sum of its two. Increments come from one sweep (Schur complement) per subset, 2^p in all; where
    that is too much work (more than 12 predictors or 10 pairs) the average runs over 128 orders instead of all, the same for every
    matrix. Perfectly dependent predictors add nothing.

    Lindeman, Merenda & Gold 1980; Budescu 1993; Owen 1977. Checked: Azen & Budescu 2003 (.2922, .0759, .0949, .1214), the swiss and
    attitude data of R against relaimpo and dominanceanalysis.
    """
    matrix = np.asarray(correlation, float)
    p = matrix.shape[-1] - 1
    if matrix.ndim < 2 or matrix.shape[-2] != p + 1 or p < 1 or (pairs and p % 2):
        raise ValueError(f"a square matrix with the outcome first is needed{', then pairs' if pairs else ''}; got shape {matrix.shape}")
    width = 2 if pairs else 1
    flat = _scaled(matrix.reshape(-1, p + 1, p + 1))
    blocks = p // width
    work = 2**blocks * p**2
    values = _all_orders(flat, width) if work <= EXACT_WORK else _some_orders(flat, width)
    return values.reshape(*matrix.shape[:-2], p)


def _scaled(matrices: np.ndarray) -> np.ndarray:
    variance = np.diagonal(matrices, axis1=1, axis2=2)
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
    return matrices * scale[:, :, None] * scale[:, None, :]


def _inverse(variance: np.ndarray) -> np.ndarray:
    known = variance > NOTHING
    return known / np.where(known, variance, 1.0)


def _all_orders(matrices: np.ndarray, width: int) -> np.ndarray:
    """The exact average. Matrices lie along the last axis, so that each step of the walk over the subsets treats all of them at once."""
    rows = np.ascontiguousarray(np.moveaxis(matrices, 0, -1))
    blocks = (len(rows) - 1) // width
    weights = [factorial(s) * factorial(blocks - s - 1) / factorial(blocks) for s in range(blocks)] + [0.0]
    total = np.zeros((blocks * width, rows.shape[-1]))
    gain = _gain if width == 1 else _pair_gain
    x = rows[1:, 1:]
    partner = x[np.arange(0, len(x), width), np.arange(width - 1, len(x), width)]
    diagonal = x[np.arange(len(x)), np.arange(len(x))]

    def visit(rows: np.ndarray, c: np.ndarray, d: np.ndarray, e: np.ndarray, first: int, size: int) -> None:
        """Add the increments over the subset swept so far; then sweep each later block in turn.

        c, d: covariance with the outcome and variance of every predictor, given the subset; e: covariance within each pair; rows:
        covariances of predictors `first` and later with all. What is in the subset has no variance left, hence no increment.
        """
        total[:] += weights[size] * gain(c, d, e)
        for i in range(0, len(rows), width):
            left, c_, d_, e_ = rows[i:], c, d, e
            for _ in range(width):
                k = first + len(rows) - len(left)
                pivot = left[0]
                step = pivot * _inverse(d_[k])
                c_ = c_ - step * c_[k]
                d_ = d_ - step * pivot
                e_ = e_ - step[::width] * pivot[width - 1 :: width] if width > 1 else e_
                left = left[1:] - left[1:, k][:, None] * step
            visit(left, c_, d_, e_, first + i + width, size + 1)

    visit(x, rows[0, 1:], diagonal, partner, 0, 0)
    return total.T


def _gain(c: np.ndarray, d: np.ndarray, _: np.ndarray) -> np.ndarray:
    return c * c * _inverse(d)


def _pair_gain(c: np.ndarray, d: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Each half's average increment, entering first or second within its pair."""
    a, b = c[::2], c[1::2]
    first, second = _gain(a, d[::2], e), _gain(b, d[1::2], e)
    step = e * _inverse(d[::2])
    both = first + _gain(b - step * a, d[1::2] - step * e, e)
    gain = np.empty_like(c)
    gain[::2] = (first + both - second) / 2
    gain[1::2] = (second + both - first) / 2
    return gain


def _some_orders(matrices: np.ndarray, width: int) -> np.ndarray:
    """The average over random orders and their reverses: successive increments are the squared last row of a Cholesky factor."""
    p = matrices.shape[1] - 1
    rng = np.random.default_rng(p)
    ridge = NOTHING * np.eye(p + 1) + np.diag([1e-6] + [0.0] * p)
    total = np.zeros((len(matrices), p))
    for _ in range(ORDERS // 2):
        order = rng.permutation(p // width)[:, None] * width + rng.permuted(np.tile(np.arange(width), (p // width, 1)), axis=1)
        for entering in (order.ravel(), order.ravel()[::-1]):
            take = np.append(entering + 1, 0)
            factor = np.linalg.cholesky((matrices + ridge)[:, take[:, None], take])
            total[:, entering] += factor[:, -1, :-1] ** 2
    return total / ORDERS


def johnson(correlation: np.ndarray) -> np.ndarray:
    """Split R² by Johnson's relative weights: a cheap check of LMG, with which they nearly agree.

    With R_xx = V diag(l) V' and Lambda = V diag(sqrt l) V': (Lambda * Lambda) (beta * beta), beta = Lambda^-1 r_xy; sums to R².
    correlation: (p + 1) x (p + 1), the outcome first. Johnson 2000, Multivariate Behavioral Research 35(1).
    """
    values, vectors = np.linalg.eigh(np.asarray(correlation, float)[1:, 1:])
    if values[0] <= NOTHING:
        raise ValueError("relative weights need predictors that are not perfectly dependent")
    root = (vectors * np.sqrt(values)) @ vectors.T
    beta = np.linalg.solve(root, np.asarray(correlation, float)[0, 1:])
    return (root * root) @ (beta * beta)


def shares(values: np.ndarray) -> np.ndarray:
    """Values as fractions of their sum over the last axis; NaN where nothing is explained."""
    total = values.sum(axis=-1, keepdims=True)
    some = total > NOTHING
    return np.where(some, values / np.where(some, total, 1.0), np.nan)


def first_probability(resampled: np.ndarray) -> np.ndarray:
    """The share of resamples in which each predictor has the largest share; resampled: resamples x predictors."""
    return np.bincount(resampled.argmax(axis=1), minlength=resampled.shape[1]) / len(resampled)


def verdict(names: Sequence[str], share: np.ndarray, resampled: np.ndarray, *, unsure: str | None = None) -> Verdict:
    """Say which predictor comes first, or which cannot be told apart.

    Named only if the first is largest in at least 80 % of the resamples and the 95 % percentile interval of its lead over the
    second excludes 0 (methods 3.4). Otherwise `leading` is the first with all whose distance to it may be 0. `unsure` is the reason
    not to name any driver whatever the resamples say. A single predictor is no
    ranking (one_predictor), nor is an R² of 0 (nothing_explained).
    """
    if len(names) < 2:
        return Verdict(None, (), "one_predictor")
    if not len(resampled) or np.isnan(share).any():
        return Verdict(None, (), "nothing_explained")
    ranked = np.argsort(-share, kind="stable")
    first, second = int(ranked[0]), int(ranked[1])
    p_first = float(first_probability(resampled)[first])
    low, high = percentile_interval(resampled[:, [first]] - resampled)
    tied = [int(k) for k in ranked[1:] if low[k] <= 0] or [second]
    group = tuple(names[k] for k in (first, *tied))
    place = {"p_first": p_first, "second": names[second], "lead_low": float(low[second]), "lead_high": float(high[second])}
    if unsure is not None:
        return Verdict(None, group, unsure, **place)
    if p_first < SURE:
        return Verdict(None, group, "probability_below_80", **place)
    if low[second] <= 0:
        return Verdict(None, group, "lead_includes_zero", **place)
    return Verdict(names[first], (names[first],), "named", **place)
