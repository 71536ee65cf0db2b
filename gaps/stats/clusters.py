"""Regression where respondents come in units: standard errors that allow for likeness within a unit, computed from cross-products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from scipy.special import stdtr, stdtrit

from gaps.stats.regression import ALONE, CONFIDENCE

UNITS_CLUSTER = 6  # named units below which they are taken as they are, not as a sample: no clustering
UNITS_ROBUST = 40  # units from which on the sandwich with Satterthwaite's degrees of freedom is used (Cameron & Miller 2015)
UNITS_WEBB = 12  # below: Webb's six-point weights, since 2^J signs are too few
WILD_DRAWS = 1999
HC3, CR2, WILD = "hc3", "cr2", "wild"

_NOTHING = 1e-10
_FAR = 1e6  # standard errors: an interval that reaches this far is unbounded


def codes(unit: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Units 0, 1, … as they occur; a respondent without a unit (`named` False) is one of their own, after the others."""
    inside, first = np.unique(unit[named], return_inverse=True)
    found = np.empty(len(unit), np.intp)
    found[named] = first
    found[~named] = len(inside) + np.arange(int((~named).sum()))
    return found


def unit_products(rows: np.ndarray, unit: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Cross-products sum_i w_i z_i z_i' of a table within each unit: units x m x m, unit codes 0, 1, … without a hole."""
    order = np.argsort(unit, kind="stable")
    table = rows[order] if weight is None else rows[order] * np.sqrt(weight[order])[:, None]
    ends = np.searchsorted(unit[order], np.arange(int(unit.max()) + 2))
    if len(ends) - 1 > len(rows) // 4:  # small units: all their products at once
        return np.add.reduceat(table[:, :, None] * table[:, None, :], ends[:-1], axis=0)
    return np.stack([table[a:b].T @ table[a:b] for a, b in pairwise(ends)])


@dataclass(frozen=True, eq=False)
class ClusterFit:
    """Least squares on respondents in units, seen through the cross-products of each unit: [1, outcome, predictors], columns centred.

    `params`, intercept first (of the centred columns), and the tests of any linear combination by `method`:
    "cr2" — CR2 variance with t and Satterthwaite's degrees of freedom; "wild" — wild cluster bootstrap-t with the null imposed.
    n respondents (positions in `params` as in `Regression`).
    """

    params: np.ndarray
    scores: np.ndarray
    gram: np.ndarray
    inverse: np.ndarray
    r2: float
    adj_r2: float
    n: int
    method: str
    seed: int
    draws: int = WILD_DRAWS

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.scores)

    @cached_property
    def _adjusted(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _adjustments(self.gram, self.inverse)

    def test(self, contrast: Sequence[float]) -> tuple[float, float, float, float]:
        """Test a linear combination of the coefficients against 0: its value, standard error, t and two-sided p."""
        value, se, _, _, p = self._tested(np.asarray(contrast, float))
        with np.errstate(divide="ignore", invalid="ignore"):
            return value, se, float(np.float64(value) / np.float64(se)), p

    def estimate(self, position: int) -> tuple[float, float, float, float]:
        """Standard error, lower and upper end of the 95 % interval, and p of one coefficient."""
        contrast = np.zeros(len(self.params))
        contrast[position] = 1.0
        return self._tested(contrast)[1:]

    def _tested(self, c: np.ndarray) -> tuple[float, float, float, float, float]:
        value = float(c @ self.params)
        if self.method == WILD:
            return value, *wild(self.gram, self.scores, self.inverse, c, value, _weights(self.units, self.draws, self.seed))
        se, df = cr2(self.gram, self.scores, self.inverse, c, self._adjusted)
        half = float(stdtrit(df, 0.5 + CONFIDENCE / 2)) * se if df > 0 else math.nan
        p = float(2 * stdtr(df, -abs(value / se))) if se > 0 else float(value == 0)
        return value, se, value - half, value + half, p


def fit(products: np.ndarray, n: int, method: str, *, seed: int = 1) -> ClusterFit | None:
    """Fit y = b0 + X b from the units' cross-products of [1, y, X] (units x m x m, columns centred, weights multiplied in).

    None where there is no unique fit, with no more units than two, or where one unit alone determines a coefficient, whose error would then
    seem to be nil. The estimates are those of (weighted) least squares. `method`
    "cr2" or "wild" (`which`); `cr1` gives the plain sandwich.
    """
    if method not in (CR2, WILD):
        raise ValueError(f"method must be {CR2!r} or {WILD!r}, not {method!r}")
    total = products.sum(axis=0)
    take = [0, *range(2, total.shape[0])]
    k = len(take)
    gram = products[:, take][:, :, take]
    scale = np.sqrt(np.diag(total))[take]
    if len(products) < 3 or n <= k or not (scale > 0).all():
        return None
    whole = total[np.ix_(take, take)]
    if np.linalg.eigvalsh(whole / np.outer(scale, scale))[0] < _NOTHING:
        return None
    inverse = np.linalg.inv(whole)
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    if np.linalg.eigvalsh(root.T @ gram @ root)[:, -1].max() > 1 - ALONE:
        return None
    params = inverse @ total[take, 1]
    scores = products[:, take, 1] - gram @ params
    residual = float(total[1, 1] - params @ total[take, 1])
    spread = float(total[1, 1] - total[0, 1] ** 2 / total[0, 0])
    r2 = 1 - residual / spread if spread > 0 else math.nan
    return ClusterFit(params, scores, gram, inverse, r2, 1 - (1 - r2) * (n - 1) / (n - k), n, method, seed)


def which(units: int) -> str:
    """The inference for this number of named units: "hc3" below 6, "wild" below 40, "cr2" from there on.

    With fewer than 6 units there is no sample of units to speak of: the result is about these units, and respondents are the cases.
    Cluster-robust errors need some 40 units, the wild cluster bootstrap holds its level with fewer (Cameron & Miller 2015).
    """
    if units < UNITS_CLUSTER:
        return HC3
    return WILD if units < UNITS_ROBUST else CR2


def cr1(gram: np.ndarray, scores: np.ndarray, inverse: np.ndarray, contrast: np.ndarray) -> float:
    """The CR1 standard error of a linear combination: sqrt( J/(J-1) sum_g (c' M s_g)² ), M = (X'X)^-1, s_g = X_g'e_g.

    Liang & Zeger 1986. Checked: sandwich::vcovCL(type = "HC0") and clubSandwich CR1 on sleepstudy.
    """
    units = len(scores)
    return float(np.sqrt(units / (units - 1) * ((scores @ (inverse @ contrast)) ** 2).sum()))


def cr2(
    gram: np.ndarray,
    scores: np.ndarray,
    inverse: np.ndarray,
    contrast: np.ndarray,
    adjusted: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> tuple[float, float]:
    """The CR2 standard error of a linear combination, and Satterthwaite's degrees of freedom for its t.

    CR2 multiplies a unit's residuals by A_g = (I - H_gg)^(-1/2), which makes the variance unbiased if the errors are independent and
    of one variance. X_g'A_g e_g = S^(1/2) (I - S^(1/2) M S^(1/2))^(-1/2) S^(-1/2) X_g'e_g with S = X_g'X_g: cross-products are
    enough. Degrees of freedom (sum P_gg)² / sum P_gh², where P_gh = p_g'p_h with p_g = (I - H)_g' A_g X_g M c.

    gram: units x k x k; scores: units x k; inverse M: k x k. Bell & McCaffrey 2002; Pustejovsky & Tipton 2018. Checked:
    clubSandwich on the swiss data in nine unequal units, with and without weights (inverse_var = TRUE).
    """
    adjusted, squared, moved = adjusted or _adjustments(gram, inverse)  # the same for every combination
    direction = inverse @ contrast
    contribution = np.einsum("k,gkl,gl->g", direction, moved, scores)
    se = float(np.sqrt((contribution**2).sum()))
    u = adjusted @ direction
    a = np.einsum("k,gkl,l->g", direction, squared, direction)
    own = np.einsum("gk,kl,gl->g", u, inverse, u)
    t = u.T @ u
    crossed = inverse @ t
    whole = float(np.einsum("kl,lk->", crossed, crossed) - 2 * (a * own).sum() + (a * a).sum())
    diagonal = float((a - own).sum())
    return se, (diagonal**2 / whole if whole > 0 else 0.0)


def _adjustments(gram: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per unit X'A X, X'A²X and the matrix that turns X'e into X'A e."""
    values, vectors = np.linalg.eigh(gram)
    positive = values > _NOTHING * np.maximum(values[:, -1:], _NOTHING)
    root = np.where(positive, np.sqrt(np.where(positive, values, 0.0)), 0.0)
    back = np.where(positive, 1 / np.where(positive, root, 1.0), 0.0)
    half = (vectors * root[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    undo = (vectors * back[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    inside, turned = np.linalg.eigh(np.eye(gram.shape[1]) - half @ inverse @ half)
    left = inside > _NOTHING  # a direction that one unit alone determines has no residual to adjust
    scaled = np.where(left, 1 / np.sqrt(np.where(left, inside, 1.0)), 0.0)
    adjust = (turned * scaled[:, None, :]) @ np.swapaxes(turned, 1, 2)
    return half @ adjust @ half, half @ adjust @ adjust @ half, half @ adjust @ undo


@lru_cache(maxsize=4)
def _weights(units: int, draws: int, seed: int) -> np.ndarray:
    """Random multipliers, draws x units: signs, or Webb's ±sqrt(1/2), ±1, ±sqrt(3/2) where there are few units."""
    rng = np.random.default_rng([seed, units])
    values = np.sqrt([0.5, 1.0, 1.5]) if units < UNITS_WEBB else np.ones(1)
    drawn = rng.choice(np.concatenate([-values, values]), size=(draws, units))
    drawn.setflags(write=False)
    return drawn


def wild(
    gram: np.ndarray, scores: np.ndarray, inverse: np.ndarray, contrast: np.ndarray, value: float, multipliers: np.ndarray
) -> tuple[float, float, float, float]:
    """Wild cluster bootstrap-t of a linear combination: CR1 standard error, 95 % interval and p against 0.

    The residuals of the fit under c'b = theta are multiplied by one random number per unit; p is the share of |t*| at least as large
    as |t|, the observed one counted among them. The interval holds the thetas with p of .05 or more. All of it from cross-products: a
    unit's contribution to the numerator is linear in (c'b - theta), so that theta costs no new draws. Cameron, Gelbach & Miller 2008;
    Webb 2023 (six-point weights); Roodman, MacKinnon, Nielsen & Webb 2019 (the fast form). Checked against the same bootstrap done by
    refitting.
    """
    se = cr1(gram, scores, inverse, contrast)
    if not se > 0:
        return se, value, value, float(value == 0)
    units = len(scores)
    direction = inverse @ contrast
    w = gram @ direction
    kappa = float(contrast @ direction)
    # multiplied scores under theta = value - delta: s_g + delta w_g / kappa
    passed = (multipliers @ scores, multipliers @ (w / kappa))
    own = (scores @ direction, w @ direction / kappa)
    top = [multipliers @ part for part in own]
    deviation = [multipliers * part - through @ inverse @ w.T for part, through in zip(own, passed, strict=True)]
    correction = units / (units - 1)
    squares = [correction * np.einsum("bg,bg->b", deviation[i], deviation[j]) for i, j in ((0, 0), (0, 1), (1, 1))]

    def p(delta: float) -> float:
        numerator = np.abs(top[0] + delta * top[1])
        spread = np.sqrt(np.maximum(squares[0] + 2 * delta * squares[1] + delta**2 * squares[2], 0.0))
        as_large = int((numerator * se >= (1 - 1e-10) * abs(delta) * spread).sum())
        return (1 + as_large) / (1 + len(multipliers))

    high, low = (_crossing(p, sign * se) for sign in (1, -1))
    return se, value - high, value - low, p(value)


def _crossing(p, step: float) -> float:
    """The distance, in the direction of `step`, at which p falls below .05; infinite where it never does."""
    alpha = 1 - CONFIDENCE
    near, far = 0.0, 2 * step
    while p(far) >= alpha:
        near, far = far, 2 * far
        if abs(far) > _FAR * abs(step):
            return math.copysign(math.inf, step)
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (middle, far) if p(middle) >= alpha else (near, middle)
    return far
