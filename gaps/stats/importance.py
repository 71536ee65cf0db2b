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
AT_ONCE = 2500  # matrices: bounds the memory of very many resamples


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
    average = _all_orders if 2**blocks * p**2 <= EXACT_WORK else _some_orders
    values = np.concatenate([average(flat[start : start + AT_ONCE], width) for start in range(0, len(flat), AT_ONCE)])
    return values.reshape(*matrix.shape[:-2], p)


def _scaled(matrices: np.ndarray) -> np.ndarray:
    variance = np.diagonal(matrices, axis1=1, axis2=2)
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
    return matrices * scale[:, :, None] * scale[:, None, :]


def _inverse(variance: np.ndarray) -> np.ndarray:
    """1 / variance; where nothing but rounding remains, its covariances are 0 too, and any finite number will do."""
    return 1 / np.maximum(variance, NOTHING)


def _all_orders(matrices: np.ndarray, width: int) -> np.ndarray:
    """The exact average. Matrices lie along the last axis, so that each step of the walk over the subsets treats all of them at once."""
    rows = np.ascontiguousarray(np.moveaxis(matrices, 0, -1))
    p = len(rows) - 1
    blocks = p // width
    weights = [factorial(s) * factorial(blocks - s - 1) / factorial(blocks) for s in range(blocks)]
    gain = _gain if width == 1 else _pair_gain
    total = np.zeros((p, rows.shape[-1]))

    def visit(rows: np.ndarray, c: np.ndarray, d: np.ndarray, e: np.ndarray, out: np.ndarray) -> None:
        """Add the increments of the predictors still out of the subset; then enter each block that comes later than those in it.

        out: which predictors these are; c, d: their covariance with the outcome and their variance, given the subset; e: covariance
        within each pair; rows: covariances of those yet to enter, the last ones, with all.
        """
        added = gain(c, d, e)
        added *= weights[blocks - len(out) // width]
        total[out] += added
        if len(out) == width:
            return
        skipped = len(out) - len(rows)
        for i in range(0, len(rows), width):
            stay = np.delete(np.arange(len(out)), np.s_[skipped + i : skipped + i + width])
            visit(*_enter(rows[i:], c, d, e, skipped + i, stay, width), out[stay])

    x = rows[1:, 1:]
    every, first = np.arange(p), np.arange(0, p, width)
    visit(x, rows[0, 1:], x[every, every], x[first, first + width - 1], every)
    return total.T


def _enter(rows: np.ndarray, c: np.ndarray, d: np.ndarray, e: np.ndarray, k: int, stay: np.ndarray, width: int) -> tuple[np.ndarray, ...]:
    """Sweep out the block at k, whose rows are the first: what remains of rows, c, d and e for the predictors that stay."""
    for j in range(k, k + width - 1):
        step = rows[0] * _inverse(d[j])
        c, d, e = c - step * c[j], d - step * rows[0], e - step[::width] * rows[0][width - 1 :: width]
        rows = rows[1:] - rows[1:, j][:, None] * step
    last = k + width - 1
    pivot = rows[0][stay]
    step = pivot * _inverse(d[last])
    within = e[stay[::width] // width] - step[::width] * pivot[width - 1 :: width] if width > 1 else e
    return rows[1:][:, stay] - rows[1:, last][:, None] * step, c[stay] - step * c[last], d[stay] - step * pivot, within


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


def rank_probabilities(resampled: np.ndarray) -> np.ndarray:
    """How often each predictor takes each place: predictors x places, the largest share first; rows and columns sum to 1.
    resampled: resamples x predictors.
    """
    n, p = resampled.shape
    place = np.argsort(np.argsort(-resampled, axis=1, kind="stable"), axis=1, kind="stable")
    return np.bincount((place + p * np.arange(p)).ravel(), minlength=p * p).reshape(p, p) / n


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
    ranks = dict(zip(names, map(tuple, rank_probabilities(resampled).tolist()), strict=True))
    place = {"ranks": ranks, "p_first": p_first, "second": names[second], "lead_low": float(low[second]), "lead_high": float(high[second])}
    if unsure is not None:
        return Verdict(None, group, unsure, **place)
    if p_first < SURE:
        return Verdict(None, group, "probability_below_80", **place)
    if low[second] <= 0:
        return Verdict(None, group, "lead_includes_zero", **place)
    return Verdict(names[first], (names[first],), "named", **place)
