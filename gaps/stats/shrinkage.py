"""Means of units drawn towards the mean of all units, by as much as chance alone may have moved them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

FEWEST_UNITS = 4
HIGHEST_RATIO = 100.0  # between over within variance: beyond this nothing is shrunk
GRID = 16
STEPS = 28  # golden sections within a step of the grid: seven digits


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Random-intercept estimates, levels x units where not said otherwise; NaN where a unit has no answers or a level too few units.

    overall, between, within (one per level): mean over units, standard deviations between and within units; icc = between² / (between² +
    within²); share: how much of the shrunken mean is the unit's own (0 to 1); mean, se: shrunken mean and its standard error.
    """

    overall: np.ndarray
    between: np.ndarray
    within: np.ndarray
    icc: np.ndarray
    share: np.ndarray
    mean: np.ndarray
    se: np.ndarray


def shrink(means: np.ndarray, n: np.ndarray, squares_within: np.ndarray) -> Shrunken:
    """Shrink unit means by the intraclass correlation: overall + share (mean - overall), share = n icc / (1 + (n - 1) icc).

    means, n: levels x units, NaN and 0 where a unit has no answers; n may be effective numbers under case weights. squares_within: per
    level the sum of squared deviations from the unit means. The variances are REML estimates of the random-intercept model y = overall
    + u + e, so the means are its best linear unbiased predictors. The standard error contains the noise within the unit, that of
    `overall` and that of the estimated variances (Prasad & Rao 1990: g1 + g2 + 2 g3), so that it does not vanish where units cannot be
    told apart. Needs four units and more respondents than units; Withheld as NaN below.

    Checked: lme4 1.1-31 (`lmer(y ~ 1 + (1 | unit))`: fixef, VarCorr, ranef); coverage in docs/simulations-differences.md.
    """
    known = (n > 0) & np.isfinite(means)
    size = np.where(known, n, 0.0)
    y = np.where(known, means, 0.0)
    usable = (known.sum(axis=1) >= FEWEST_UNITS) & (size.sum(axis=1) > known.sum(axis=1)) & (squares_within > 0)
    total = np.where(usable, size.sum(axis=1), np.nan)
    ratio = _best_ratio(y, size, squares_within, total)
    overall, residual = _profile(y, size, squares_within, ratio)
    within2 = residual / (total - 1)
    between2 = ratio * within2
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = within2[:, None] / np.where(known, size, np.nan)
        share = between2[:, None] / (between2[:, None] + noise)
        precision = 1 / (between2[:, None] + noise)
        sum1, sum2 = np.nansum(precision, axis=1), np.nansum(precision**2, axis=1)
        g1, g2 = share * noise, (1 - share) ** 2 / sum1[:, None]
        g3 = noise**2 * precision**3 * (2 / sum2)[:, None]
        return Shrunken(
            overall=np.where(usable, overall, np.nan),
            between=np.sqrt(between2),
            within=np.sqrt(within2),
            icc=np.where(usable, ratio / (1 + ratio), np.nan),
            share=share,
            mean=overall[:, None] + share * (y - overall[:, None]),
            se=np.sqrt(g1 + g2 + 2 * g3),
        )


def _profile(y: np.ndarray, n: np.ndarray, squares: np.ndarray, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The overall mean and the residual sum of squares, both given the ratio of the variances, per level."""
    a = n / (1 + n * ratio[:, None])
    total = a.sum(axis=1)
    overall = np.divide((a * y).sum(axis=1), total, out=np.zeros(len(y)), where=total > 0)
    return overall, squares + (a * (y - overall[:, None]) ** 2).sum(axis=1)


def _deviance(y: np.ndarray, n: np.ndarray, squares: np.ndarray, total: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Minus twice the restricted log likelihood, profiled over mean and residual variance, up to a constant."""
    a = n / (1 + n * ratio[:, None])
    _, residual = _profile(y, n, squares, ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (total - 1) * np.log(residual) + np.log1p(n * ratio[:, None]).sum(axis=1) + np.log(a.sum(axis=1))


def _best_ratio(y: np.ndarray, n: np.ndarray, squares: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Between over within variance at which the deviance is least: a grid, then golden sections, for all levels at once."""
    points = np.concatenate([[0.0], np.geomspace(1e-4, HIGHEST_RATIO, GRID)])
    values = np.stack([_deviance(y, n, squares, total, np.full(len(y), p)) for p in points])
    best = np.where(np.isnan(values), np.inf, values).argmin(axis=0)
    low, high = points[np.maximum(best - 1, 0)], points[np.minimum(best + 1, len(points) - 1)]
    golden = (np.sqrt(5) - 1) / 2
    a, b = high - golden * (high - low), low + golden * (high - low)
    fa, fb = (_deviance(y, n, squares, total, x) for x in (a, b))
    for _ in range(STEPS):
        left = fa < fb
        low, high = np.where(left, low, a), np.where(left, b, high)
        a, b, kept = np.where(left, high - golden * (high - low), b), np.where(left, a, low + golden * (high - low)), np.where(left, fa, fb)
        new = _deviance(y, n, squares, total, np.where(left, a, b))
        fa, fb = np.where(left, new, kept), np.where(left, kept, new)
    middle = (low + high) / 2
    at_zero = _deviance(y, n, squares, total, np.zeros(len(y)))
    return np.where(_deviance(y, n, squares, total, middle) < at_zero, middle, 0.0)


def normal_quantile(confidence: float) -> float:
    """Two-sided quantile of the normal distribution."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return float(special.ndtri(0.5 + confidence / 2))
