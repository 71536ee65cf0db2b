"""Partial least squares path modelling on correlation matrices: arrays in, arrays out; many matrices (resamples) at once.

Weights come from no likelihood but from a fixed point: a construct's score is a weighted sum of its indicators, and the weights are how
those go with what the construct's neighbours say (Wold 1982; Lohmöller 1989). Everything is a function of the indicators' correlations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CENTROID, FACTORIAL, PATH = "centroid", "factorial", "path"
SCHEMES = (CENTROID, FACTORIAL, PATH)
TOLERANCE = 1e-7  # largest relative change of a weight at which it stops (semPLS)
ITERATIONS = 300
NO_FIXED_POINT = -1
_SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class Design:
    """Which indicator belongs to which construct (p x m), which construct leads to which (m x m, from row to column), and which
    constructs are made up by their indicators (m; mode B)."""

    member: np.ndarray
    leads: np.ndarray
    mode_b: np.ndarray


@dataclass(frozen=True, eq=False)
class Solution:
    """The fixed point for each of B correlation matrices; NaN where there is none.

    weights (B, p, m): outer weights, 0 outside the own construct, scores of unit variance; loadings (B, p, m): correlations of all
    indicators with all scores; scores (B, m, m): correlations of the scores; paths (B, m, m): standardised regression coefficients, from
    row to column; r2 (B, m), 0 where nothing leads to the construct; iterations (B): 0 where it did not converge, -1 where indicators or
    constructs that repeat each other (or do not vary) leave nothing to converge to.
    """

    weights: np.ndarray
    loadings: np.ndarray
    scores: np.ndarray
    paths: np.ndarray
    r2: np.ndarray
    iterations: np.ndarray


def solve(r: np.ndarray, design: Design, scheme: str = PATH, iterations: int = ITERATIONS, tolerance: float = TOLERANCE) -> Solution:
    """Find the weights and what follows from them.

    r: (B, p, p) correlations; a matrix with an indicator that does not vary (a zero on the diagonal) gets no solution. Inner weights:
    centroid = sign of the scores' correlation, factorial = the correlation, path = regression coefficients for what leads to a construct
    and correlations for what it leads to. Outer weights: mode A = correlations with the inner proxy, mode B = regression on the own
    indicators. Start: equal weights. Stop: no weight changes by more than `tolerance` of itself, within `iterations`. Signs are those the
    iteration ends with: see `oriented` and `aligned`.

    Checked: mobi data, all three schemes, to 1e-8 (SmartPLS 2.0.M3 as printed in the tests of semPLS; tests/indices/test_pls.py).
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}, not {scheme!r}")
    r = np.asarray(r, float)
    batch, (p, m) = len(r), design.member.shape
    regular = _regular(r, design)
    weights, taken = np.full((batch, p, m), np.nan), np.where(regular, 0, NO_FIXED_POINT)
    active = np.flatnonzero(regular)
    some = r[active]
    w = _unit_variance(np.broadcast_to(design.member.astype(float), (*some.shape[:1], p, m)), some)
    for step in range(1, iterations + 1):
        if not active.size:
            break
        new = _unit_variance(_outer(some, w, design, scheme), some)
        change = _largest_change(w, new, design.member)
        done = change < tolerance
        weights[active[done]], taken[active[done]] = new[done], step
        lost = np.isnan(change)
        taken[active[lost]] = NO_FIXED_POINT
        going = ~(done | lost)
        active, some, w = active[going], some[going], new[going]
    return _of_weights(r, weights, design, taken)


def _of_weights(r: np.ndarray, weights: np.ndarray, design: Design, taken: np.ndarray) -> Solution:
    loadings = r @ weights
    scores = np.swapaxes(weights, -1, -2) @ loadings
    paths, r2 = np.zeros_like(scores), np.zeros(scores.shape[:2])
    for j, before in _predecessors(design.leads):
        coefficients = _regression(scores, before, j)
        paths[:, before, j] = coefficients
        r2[:, j] = (coefficients * scores[:, before, j]).sum(axis=1)
    broken = np.isnan(paths).any(axis=(1, 2))
    none = broken | (taken < 1)
    paths[none], r2[none] = np.nan, np.nan
    return Solution(weights, loadings, scores, paths, r2, np.where(broken & (taken > 0), NO_FIXED_POINT, taken))


def _predecessors(leads: np.ndarray):
    """Each construct to which others lead, with the places of those."""
    for j in range(len(leads)):
        before = np.flatnonzero(leads[:, j])
        if before.size:
            yield j, before


def _outer(r: np.ndarray, w: np.ndarray, design: Design, scheme: str) -> np.ndarray:
    """New weights, up to their scale (which is set afterwards, so the inner proxies need none)."""
    loadings = r @ w
    proxies = loadings @ _inner(np.swapaxes(w, -1, -2) @ loadings, design.leads, scheme)
    new = np.where(design.member, proxies, 0.0)
    for g in np.flatnonzero(design.mode_b):
        own = np.flatnonzero(design.member[:, g])
        new[:, own, g] = np.linalg.solve(r[:, own[:, None], own], new[:, own, g, None])[..., 0]
    return new


def _inner(scores: np.ndarray, leads: np.ndarray, scheme: str) -> np.ndarray:
    """Inner weights (B, m, m): column j says how construct j's neighbours enter its proxy."""
    neighbours = leads | leads.T
    if scheme == CENTROID:
        return np.where(neighbours, np.sign(scores), 0.0)
    inner = np.where(neighbours, scores, 0.0)
    if scheme == PATH:
        for j, before in _predecessors(leads):
            inner[:, before, j] = _regression(scores, before, j)
    return inner


def _regression(scores: np.ndarray, before: np.ndarray, j: int) -> np.ndarray:
    """Standardised coefficients of construct j on those before it: (B, k); NaN where those repeat each other."""
    y = scores[:, before, j]
    if len(before) == 1:
        return y
    x = scores[:, before[:, None], before]
    x = np.where(np.isnan(x).any(axis=(1, 2), keepdims=True), 1.0, x)
    bad = np.linalg.det(x) <= _SINGULAR
    if bad.any():
        x = np.where(bad[:, None, None], np.eye(len(before)), x)
        y = np.where(bad[:, None], np.nan, y)
    return np.linalg.solve(x, y[..., None])[..., 0]


def _regular(r: np.ndarray, design: Design) -> np.ndarray:
    """Whether every indicator varies, and none of a mode B construct is a sum of its others."""
    fine = (np.diagonal(r, axis1=-2, axis2=-1) > 0.5).all(axis=1) & np.isfinite(r).all(axis=(1, 2))
    for g in np.flatnonzero(design.mode_b):
        own = np.flatnonzero(design.member[:, g])
        fine[fine] = np.linalg.eigvalsh(r[fine][:, own[:, None], own])[:, 0] > _SINGULAR
    return fine


def _unit_variance(w: np.ndarray, r: np.ndarray) -> np.ndarray:
    variance = np.einsum("bpm,bpm->bm", w, r @ w)[:, None, :]
    return np.divide(w, np.sqrt(np.where(variance > _SINGULAR**2, variance, np.nan)))


def _largest_change(old: np.ndarray, new: np.ndarray, member: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs((old - new) / new)[:, member]
    unchanged = (old == new)[:, member]  # a weight of exactly 0 that stays
    return np.where(unchanged, 0.0, change).max(axis=1, initial=0.0)


def oriented(found: Solution, design: Design) -> Solution:
    """The same solution with each score turned so that most of its loadings are positive (their sum, where as many are negative)."""
    own = np.where(design.member, found.loadings, 0.0)
    most = np.sign(own).sum(axis=1)
    return _turned(found, np.where(most == 0, own.sum(axis=1), most) < 0)


def aligned(found: Solution, to: Solution, design: Design) -> Solution:
    """The same solution with each score turned towards the loadings of one reference solution (`to`, of a single matrix)."""
    together = (np.where(design.member, found.loadings, 0.0) * to.loadings[:1]).sum(axis=1)
    return _turned(found, together < 0)


def _turned(found: Solution, against: np.ndarray) -> Solution:
    sign = np.where(against, -1.0, 1.0)
    both = sign[:, :, None] * sign[:, None, :]
    return Solution(
        found.weights * sign[:, None],
        found.loadings * sign[:, None],
        found.scores * both,
        found.paths * both,
        found.r2,
        found.iterations,
    )


def total_effects(paths: np.ndarray) -> np.ndarray:
    """All effects of a construct on another, straight and through others: the sum of the powers of the paths. (B, m, m)."""
    one = np.eye(paths.shape[-1])
    missing = np.isnan(paths).any(axis=(-2, -1), keepdims=True)
    return np.where(missing, np.nan, np.linalg.inv(one - np.where(missing, 0.0, paths)) - one)
