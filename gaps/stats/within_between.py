"""Random intercept by unit: what goes with the outcome among the customers of one unit, and what from unit to unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import stdtr, stdtrit

from gaps.model import Withheld
from gaps.stats.regression import CONFIDENCE

UNITS_NEEDED = 10
UNITS_SPARE = 5  # units left beyond the coefficients that are estimated from units
_DEPENDENT = 1e-10
_LARGEST = 30.0  # ratio of the standard deviations between and within units that is looked for


@dataclass(frozen=True, eq=False)
class RandomIntercept:
    """A linear model with a random intercept by unit, fitted by REML.

    params and cov of the fixed effects in the order given; sd_unit, sd_residual: standard deviations; reml = -2 times the restricted log
    likelihood; n respondents in `units` units.
    """

    params: np.ndarray
    cov: np.ndarray
    sd_unit: float
    sd_residual: float
    reml: float
    n: int
    units: int

    @property
    def icc(self) -> float:
        """Part of the unexplained variance that lies between units."""
        whole = self.sd_unit**2 + self.sd_residual**2
        return self.sd_unit**2 / whole if whole > 0 else math.nan


def random_intercept(gram: np.ndarray, moment: np.ndarray, square: np.ndarray) -> RandomIntercept | None:
    """Fit y = X b + u_unit + e by REML from each unit's X'X (units x k x k, intercept first), X'y (units x k) and y'y (units).

    With var(u) = lambda var(e) the inverse covariance of a unit is I - lambda / (1 + n lambda) 11', so that everything but lambda has
    a closed form; lambda is found on a line (Lindstrom & Bates 1988 profile the same way). Not weighted. None where the fixed effects
    are dependent. Checked: lme4 on sleepstudy, 251.405 10.467, sd 37.124 and 30.991, REML 1786.465.
    """
    size = gram[:, 0, 0]
    n, k = float(size.sum()), gram.shape[1]
    ones, total = gram[:, 0], moment[:, 0]
    scale = np.sqrt(np.diagonal(gram.sum(axis=0)))
    if not (scale > 0).all() or n <= k:
        return None

    def solve(root: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        ratio = root * root
        phi = ratio / (1 + size * ratio)
        a = gram.sum(axis=0) - (ones * phi[:, None]).T @ ones
        r = moment.sum(axis=0) - ones.T @ (phi * total)
        inverse = np.linalg.inv(a)
        b = inverse @ r
        variance = float(square.sum() - phi @ total**2 - r @ b) / (n - k)
        if not variance > 0:
            return math.inf, b, inverse, 0.0
        reml = (n - k) * (math.log(2 * math.pi * variance) + 1) + float(np.log1p(size * ratio).sum()) + float(np.linalg.slogdet(a)[1])
        return reml, b, inverse, variance

    whole = gram.sum(axis=0) / np.outer(scale, scale)
    if np.linalg.eigvalsh(whole)[0] < _DEPENDENT:
        return None
    found = minimize_scalar(lambda root: solve(root)[0], bounds=(0.0, _LARGEST), method="bounded", options={"xatol": 1e-9})
    root = float(found.x) if found.fun < solve(0.0)[0] else 0.0
    # a second, closer look: the bounded search starts far from the small ratios that surveys have
    near = minimize_scalar(lambda r: solve(r)[0], bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-9})
    if near.fun < solve(root)[0]:
        root = float(near.x)
    reml, b, inverse, variance = solve(root)
    return RandomIntercept(b, variance * inverse, root * math.sqrt(variance), math.sqrt(variance), reml, round(n), len(size))


@dataclass(frozen=True, slots=True)
class Effect:
    """One coefficient with its 95 % t interval and p, in points of the outcome per point of the predictor."""

    b: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class WithinBetween:
    """One predictor's effect among the customers of the same unit, between units' means, and the difference of the two.

    A difference says that units with a higher mean do better (or worse) than their customers' answers alone would lead one to expect
    (Mundlak's contextual effect). `icc`: the part of the predictor's own variance that lies between units.
    """

    name: str
    within: Effect
    between: Effect
    difference: Effect
    icc: float


@dataclass(frozen=True, slots=True)
class WithinBetweenFit:
    """The model of all predictors with their unit means. icc_outcome: the outcome's variance between units as a part of all; icc_left:
    the same for what the model leaves unexplained. units, n: what it rests on."""

    effects: tuple[WithinBetween, ...]
    icc_outcome: float
    icc_left: float
    n: int
    units: int


def within_between(products: np.ndarray, names: Sequence[str]) -> WithinBetweenFit | Withheld:
    """Fit y = c + sum_k (within_k (x_k - unit mean of x_k) + between_k unit mean of x_k) + u_unit + e.

    products: units x m x m unweighted cross-products of [1, y, x]. t with n - units - p degrees of freedom within and units - p - 1
    between; the two are estimated independently, so that their difference has the sum of the variances, and the fewer degrees of
    freedom. Mundlak 1978; Raudenbush & Bryk 2002 ch. 5. Means of few customers are unreliable and pull `between` towards `within`.
    Withheld: too_few_units (fewer than 10, or than p + 6), no_variation. Checked: lme4 on 99 rows of Orthodont.
    """
    units, p = len(products), len(names)
    needed = max(UNITS_NEEDED, p + 1 + UNITS_SPARE)
    if units < needed:
        return Withheld("too_few_units", {"units": units, "needed": needed})
    size = products[:, 0, 0]
    n = float(size.sum())
    mean = products[:, 0, 1:] / size[:, None]
    inside = products[:, 1:, 1:] - size[:, None, None] * mean[:, :, None] * mean[:, None, :]
    varies = np.diagonal(inside.sum(axis=0)) > _DEPENDENT * np.diagonal(products.sum(axis=0))[1:]
    if not varies.all():
        return Withheld("no_variation", {"predictors": tuple(n for n, v in zip(names, varies[1:], strict=True) if not v)})
    gram = np.zeros((units, 1 + 2 * p, 1 + 2 * p))
    design = np.concatenate([np.ones((units, 1)), mean[:, 1:]], axis=1)
    at = np.r_[0, p + 1 : 2 * p + 1]
    gram[:, at[:, None], at] = size[:, None, None] * design[:, :, None] * design[:, None, :]
    gram[:, 1 : p + 1, 1 : p + 1] = inside[:, 1:, 1:]
    moment = np.zeros((units, 1 + 2 * p))
    moment[:, at] = (size * mean[:, 0])[:, None] * design
    moment[:, 1 : p + 1] = inside[:, 0, 1:]
    df_within, df_between = n - units - p, units - p - 1.0
    fit = random_intercept(gram, moment, products[:, 1, 1]) if df_within > 0 else None
    empty = random_intercept(products[:, :1, :1], products[:, :1, 1], products[:, 1, 1])
    if fit is None or empty is None:
        return Withheld("no_variation", {"predictors": ()})
    effects = []
    for k, name in enumerate(names):
        i, j = 1 + k, 1 + p + k
        within = effect(fit.params[i], fit.cov[i, i], df_within)
        between = effect(fit.params[j], fit.cov[j, j], df_between)
        difference = effect(fit.params[j] - fit.params[i], fit.cov[i, i] + fit.cov[j, j] - 2 * fit.cov[i, j], min(df_within, df_between))
        column = 2 + k
        own = random_intercept(products[:, :1, :1], products[:, :1, column], products[:, column, column])
        effects.append(WithinBetween(name, within, between, difference, own.icc if own else math.nan))
    return WithinBetweenFit(tuple(effects), empty.icc, fit.icc, round(n), units)


def effect(b: float, variance: float, df: float) -> Effect:
    """A coefficient with its t interval and p, from its variance and degrees of freedom."""
    se = math.sqrt(max(variance, 0.0))
    half = float(stdtrit(df, 0.5 + CONFIDENCE / 2)) * se
    p = float(2 * stdtr(df, -abs(b) / se)) if se > 0 else float(b == 0)
    return Effect(float(b), se, float(b) - half, float(b) + half, p)
