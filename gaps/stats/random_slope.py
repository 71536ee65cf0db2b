"""Random slope by unit: whether a predictor goes with the outcome more strongly in some units than in others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import chdtrc, chdtri, ndtri

from gaps.model import Withheld
from gaps.scoring.cross_products import unit_products
from gaps.stats.regression import CONFIDENCE
from gaps.stats.within_between import Effect, effect, random_intercept

UNITS_NEEDED = 10
CUSTOMERS_NEEDED = 5  # a unit with fewer has no slope of its own to speak of
_DEPENDENT = 1e-10
_STARTS = ((0.3, 0.0, 0.2), (1.0, 0.0, 1.0))
_LARGEST = 30.0  # ratio of the units' standard deviations to the residual's that is looked for, predictors in sds


@dataclass(frozen=True, eq=False)
class RandomSlope:
    """A linear model with a random intercept and a random slope by unit, fitted by REML.

    params and cov of the fixed effects in the order given; sd_unit, sd_slope, correlation: of the units' intercepts and slopes (the
    correlation NaN where one of the two does not vary); sd_residual; reml = -2 times the restricted log likelihood; n respondents in
    `units` units.
    """

    params: np.ndarray
    cov: np.ndarray
    sd_unit: float
    sd_slope: float
    correlation: float
    sd_residual: float
    reml: float
    n: int
    units: int


@dataclass(frozen=True, eq=False)
class _Units:
    """What the likelihood needs of the units, the predictors scaled to mean squares of 1: augmented with the outcome as last column."""

    whole: np.ndarray  # (k + 1) x (k + 1): [X y]'[X y]
    outer: np.ndarray  # 3 units x (k + 1)²: products of the rows Z'[X y], for the corners of a symmetric 2 x 2 matrix
    square: np.ndarray  # units x 3: Z'Z, its corners 11, 12, 22
    n: float
    scale: np.ndarray

    @classmethod
    def of(cls, gram: np.ndarray, moment: np.ndarray, square: np.ndarray, at: tuple[int, int]) -> _Units | None:
        units, k = len(gram), gram.shape[1]
        n = float(gram[:, 0, 0].sum())
        scale = np.sqrt(np.diagonal(gram.sum(axis=0)) / n) if n > 0 else np.zeros(k)
        if not (scale > 0).all() or n <= k:
            return None
        both = np.empty((units, k + 1, k + 1))
        both[:, :k, :k] = gram / np.outer(scale, scale)
        both[:, k, :k] = both[:, :k, k] = moment / scale
        both[:, k, k] = square
        whole = both.sum(axis=0)
        if np.linalg.eigvalsh(whole[:k, :k])[0] < _DEPENDENT * n:
            return None
        first, second = both[:, at[0]], both[:, at[1]]
        crossed = first[:, :, None] * second[:, None, :]
        outer = np.concatenate(
            [first[:, :, None] * first[:, None, :], crossed + crossed.transpose(0, 2, 1), second[:, :, None] * second[:, None, :]]
        )
        corners = np.column_stack([first[:, at[0]], first[:, at[1]], second[:, at[1]]])
        return cls(whole, outer.reshape(3 * units, -1), corners, n, scale)

    def solve(self, a: float, b: float, c: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        """-2 restricted log likelihood, coefficients, inverse information and residual variance (scaled) where the units' intercepts
        and slopes have the covariance L L' times the residual variance, L = [[a, 0], [b, c]]."""
        one, mixed, two = self.square.T
        c11 = 1 + a * a * one + 2 * a * b * mixed + b * b * two
        c12 = a * c * mixed + b * c * two
        c22 = 1 + c * c * two
        det = c11 * c22 - c12 * c12
        # L (I + L' Z'Z L)^-1 L', corner by corner
        m11 = a * a * c22 / det
        m12 = (a * b * c22 - a * c * c12) / det
        m22 = (b * b * c22 - 2 * b * c * c12 + c * c * c11) / det
        left = self.whole - np.einsum("u,uk->k", np.concatenate([m11, m12, m22]), self.outer).reshape(self.whole.shape)
        information, r = left[:-1, :-1], left[:-1, -1]
        inverse = np.linalg.inv(information)
        params = inverse @ r
        df = self.n - len(params)
        variance = float(left[-1, -1] - r @ params) / df
        if not variance > 0:
            return math.inf, params, inverse, 0.0
        # the determinant of the predictors as given, not as scaled
        free = float(np.linalg.slogdet(information)[1]) + 2 * float(np.log(self.scale).sum())
        return df * (math.log(2 * math.pi * variance) + 1) + float(np.log(det).sum()) + free, params, inverse, variance

    def fitted(self, correlated: bool = True) -> np.ndarray:
        """The covariance factor (a, b, c) with the largest likelihood; b = 0 unless correlated."""
        bounds = [(0, _LARGEST), (-_LARGEST, _LARGEST) if correlated else (0, 0), (0, _LARGEST)]

        def search(start: np.ndarray, **more):
            return minimize(lambda t: self.solve(*t)[0], start, method="L-BFGS-B", bounds=bounds, **more)

        rough = min((search(start, options={"ftol": 1e-10}) for start in _STARTS), key=lambda one: one.fun)
        fine = search(rough.x, jac="3-point", options={"ftol": 1e-15, "finite_diff_rel_step": 1e-5})
        return min((rough, fine), key=lambda one: one.fun).x

    def at_slope(self, s: float, a: float) -> tuple[float, float]:
        """With the slopes' sd held at s residual sds and no correlation: the least -2 log likelihood, and the residual variance there."""
        found = minimize(lambda t: self.solve(t[0], 0.0, s)[0], [a], method="L-BFGS-B", bounds=[(0, _LARGEST)], options={"ftol": 1e-10})
        return float(found.fun), self.solve(float(found.x[0]), 0.0, s)[3]


def random_slope(gram: np.ndarray, moment: np.ndarray, square: np.ndarray, at: tuple[int, int] = (0, 1)) -> RandomSlope | None:
    """Fit y = X b + u_unit + v_unit x + e by REML from each unit's X'X (units x k x k, intercept first), X'y (units x k) and y'y (units).

    at: the columns of X that vary by unit, the intercept and the predictor; u and v are normal and may be correlated. Everything but
    their covariance, relative to that of e, has a closed form (Lindstrom & Bates 1988; Bates et al. 2015). Not weighted. None where
    the fixed effects are dependent. Checked: lme4 on sleepstudy, variances 612.09 35.07 654.94, se 6.825 1.546, REML 1743.628.
    """
    units = _Units.of(gram, moment, square, at)
    return None if units is None else _result(units, units.fitted(), at, len(gram))


def _result(units: _Units, factor: np.ndarray, at: tuple[int, int], count: int) -> RandomSlope:
    a, b, c = (float(part) for part in factor)
    reml, params, inverse, variance = units.solve(a, b, c)
    sd, scale, slope = math.sqrt(variance), units.scale, math.hypot(b, c)
    correlation = b / slope if a > 0 and slope > 0 else math.nan
    cov = variance * inverse / np.outer(scale, scale)
    sds = float(a * sd / scale[at[0]]), float(slope * sd / scale[at[1]])
    return RandomSlope(params / scale, cov, *sds, correlation, sd, reml, round(units.n), count)


@dataclass(frozen=True, slots=True)
class SlopesByUnit:
    """How much the effect of one predictor among the customers of one unit differs from unit to unit.

    mean: the effect on average over units; sd: its standard deviation over units beyond what the level of answers explains, sd_low to
    sd_high its 95 % profile interval; low, high: where 95 % of the units are expected, by mean and sd; p: of no difference. sd_plain,
    p_plain: the same without regard to the level. All but p in points of the outcome per point of the predictor. n customers in
    `units` units.
    """

    mean: Effect
    sd: float
    sd_low: float
    sd_high: float
    low: float
    high: float
    p: float
    sd_plain: float
    p_plain: float
    n: int
    units: int


def slopes_by_unit(y: np.ndarray, x: np.ndarray, unit: np.ndarray) -> SlopesByUnit | Withheld:
    """Fit y on x as it lies about its unit's mean, with a slope that may differ from unit to unit, and test whether it does.

    y, x: one value per respondent, none missing; unit: codes from 0. z = x - unit mean; X, Y: the unit's means of x and y less those of
    all units. Plain: y = c + (w + v_unit) z + d X + u_unit + e with v and u correlated. Beyond the level: y = c + (w + v_unit + f X +
    g Y) z + h z² + d X + u_unit + e, where f, g and h let slopes bend as they do where answers crowd at the end of a scale, and v is
    independent of u, whose part in it g has taken over (z sums to 0 in each unit, so that Y tells nothing of v). Tests: the difference of
    -2 restricted log likelihood to the model without v, whose variance lies on the edge of what is possible under the hypothesis: p is
    half that of chi² with 1 degree of freedom, plain half with 1 and half with 2 (Stram & Lee 1994). Interval of the sd: values that the
    profiled likelihood does not reject, relative to the residual sd there. Not weighted. Of few units the sd is poorly known: that no
    difference is shown does not say that there is none.

    Withheld: too_few_large_units (fewer than 10 with at least 5 customers), no_variation, collinear, no_limit (of the sd). Simulated:
    docs/simulations-drivers.md.
    """
    size = np.bincount(unit).astype(float)
    large = int((size >= CUSTOMERS_NEEDED).sum())
    if large < UNITS_NEEDED:
        return Withheld("too_few_large_units", {"units": large, "needed": UNITS_NEEDED, "customers": CUSTOMERS_NEEDED})
    mean_x, mean_y = (np.bincount(unit, column) / np.maximum(size, 1) for column in (x, y))
    z = x - mean_x[unit]
    if not z @ z > _DEPENDENT * (x @ x):
        return Withheld("no_variation")
    deviation = y - mean_y[unit]
    if not deviation @ deviation > _DEPENDENT * (y @ y):
        return Withheld("no_variation")
    if not 1 - (deviation @ z) ** 2 / ((deviation @ deviation) * (z @ z)) > _DEPENDENT:
        return Withheld("collinear")
    own = unit_products(np.column_stack([np.ones(len(y)), z, z * z, y]), unit)
    level_x, level_y = (m[size > 0] - m[size > 0].mean() for m in (mean_x, mean_y))
    design = np.zeros((len(own), 3, 6))  # of [1, z, z²]: intercept, z, unit mean, z², z by the levels
    design[:, 0, 0] = design[:, 1, 1] = design[:, 2, 3] = 1.0
    design[:, 0, 2] = design[:, 1, 4] = level_x
    design[:, 1, 5] = level_y
    across = design.transpose(0, 2, 1)
    gram, moment, square = across @ own[:, :3, :3] @ design, (across @ own[:, :3, 3:])[:, :, 0], own[:, 3, 3]
    plain = _compared(gram[:, :3, :3], moment[:, :3], square, correlated=True)
    bent = _compared(gram, moment, square, correlated=False)
    if plain is None or bent is None:
        return Withheld("collinear")
    fit, gain, units, factor = bent
    low, high = _interval(units, factor, fit.reml, gain)
    if not math.isfinite(high):
        return Withheld("no_limit")
    mean = effect(fit.params[1], fit.cov[1, 1], fit.units - 1.0)
    half = float(ndtri(0.5 + CONFIDENCE / 2)) * fit.sd_slope
    return SlopesByUnit(
        mean, fit.sd_slope, low, high, mean.b - half, mean.b + half, _p(gain, 0), plain[0].sd_slope, _p(plain[1], 1), fit.n, fit.units
    )


def _p(gain: float, correlations: int) -> float:
    """Even mixture of chi² with so many degrees of freedom and one more; with 0 all lies at 0."""
    if not gain > 0:
        return 1.0
    return float(chdtrc(correlations + 1, gain) + (chdtrc(correlations, gain) if correlations else 0.0)) / 2


def _compared(gram: np.ndarray, moment: np.ndarray, square: np.ndarray, correlated: bool) -> tuple | None:
    """The fit with slopes by unit, by how much -2 log likelihood is lower than with equal slopes, and what it was found from."""
    units = _Units.of(gram, moment, square, (0, 1))
    alike = random_intercept(gram, moment, square)
    if units is None or alike is None or not math.isfinite(alike.reml):
        return None
    factor = units.fitted(correlated)
    fit = _result(units, factor, (0, 1), len(gram))
    if alike.reml <= fit.reml:  # no better than equal slopes: those it is, to the last digit
        fit = replace(fit, params=alike.params, cov=alike.cov, sd_slope=0.0, sd_residual=alike.sd_residual, reml=alike.reml)
        factor = np.array([alike.sd_unit / alike.sd_residual, 0.0, 0.0])
    return fit, max(alike.reml - fit.reml, 0.0), units, factor


def _interval(units: _Units, factor: np.ndarray, best: float, gain: float) -> tuple[float, float]:
    """Where -2 log likelihood lies as far above its least value as the interval's probability allows; no correlation."""
    allowed = float(chdtri(1, 1 - CONFIDENCE))
    a, _, top = (float(part) for part in factor)

    def above(s: float) -> float:
        return units.at_slope(s, a)[0] - best - allowed

    def given(s: float) -> float:
        return s * math.sqrt(units.at_slope(s, a)[1]) / float(units.scale[1])

    low = given(brentq(above, 0.0, top, xtol=1e-4)) if gain > allowed else 0.0
    far = max(2 * top, 0.05)
    while above(far) < 0:
        far *= 2
        if far > _LARGEST:
            return low, math.inf
    return low, given(brentq(above, top, far, xtol=1e-4))
