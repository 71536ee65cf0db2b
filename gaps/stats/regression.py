"""Least squares with heteroscedasticity-robust (HC3) covariance: the one place that calls statsmodels' regression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from gaps.stats.bootstrap import correlations, cross_products, moments_table

CONFIDENCE = 0.95
DEPENDENT = 1e-10  # smallest eigenvalue of the predictors' correlations that allows a unique fit

ALONE = 1e-9  # leverage this close to 1: the row alone decides a coefficient, and HC3 is 0 / 0


@dataclass(frozen=True, eq=False)
class Regression:
    """A fitted linear model: intercept first, then the predictors in the order given.

    params: points of the outcome per point of the predictor; cov: their HC3 covariance; df: residual degrees of freedom, used for t.
    """

    params: np.ndarray
    cov: np.ndarray
    df: float
    r2: float
    adj_r2: float
    n: int

    @property
    def t(self) -> float:
        """The two-sided 95 % quantile of t with this fit's degrees of freedom."""
        return float(stdtrit(self.df, 0.5 + CONFIDENCE / 2))

    @property
    def se(self) -> np.ndarray:
        """Standard errors of all coefficients, the intercept's first."""
        return np.sqrt(np.diag(self.cov))

    def interval(self, position: int) -> tuple[float, float]:
        """The 95 % t interval of one coefficient."""
        half = self.t * float(self.se[position])
        return float(self.params[position]) - half, float(self.params[position]) + half

    def p(self, position: int) -> float:
        """The two-sided p of one coefficient against 0."""
        contrast = np.zeros(len(self.params))
        contrast[position] = 1.0
        return self.test(contrast)[3]

    def estimate(self, position: int) -> tuple[float, float, float, float]:
        """Standard error, lower and upper end of the 95 % interval, and p of one coefficient."""
        return float(self.se[position]), *self.interval(position), self.p(position)

    def test(self, contrast) -> tuple[float, float, float, float]:
        """Test a linear combination of the coefficients against 0: its value, standard error, t and two-sided p."""
        c = np.asarray(contrast, float)
        value, se = float(c @ self.params), float(np.sqrt(max(c @ self.cov @ c, 0.0)))
        with np.errstate(divide="ignore", invalid="ignore"):
            t = float(np.float64(value) / np.float64(se))
        return value, se, t, float(2 * stdtr(self.df, -abs(t)))


def regress(y: np.ndarray, x: np.ndarray, weight: np.ndarray | None = None) -> Regression | None:
    """Fit y = b0 + X b by (weighted) least squares with HC3 covariance.

    V = (X'X)^-1 [ sum e_i^2 / (1 - h_i)^2 x_i x_i' ] (X'X)^-1 after multiplying each row by the square root of its weight. y: n;
    x: n x p without the intercept, no missing values; weight: n, positive. None where no unique fit with finite standard errors
    exists: no degrees of freedom, a constant or perfectly dependent predictor, or one that a single row alone determines. MacKinnon
    & White 1985; Long & Ervin 2000. Checked against the attitude data of R (30 rows, six predictors): HC3 standard errors 17.1975,
    .153613, .151552, .190280, .218824, .214643, .195901.
    """
    n, p = x.shape
    if n <= p + 1 or dependent(x, weight):
        return None
    from statsmodels.regression.linear_model import OLS, WLS  # a second to load: not on the way to the first page

    design = np.column_stack([np.ones(n), x])
    model = OLS(y, design) if weight is None else WLS(y, design, weights=weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = model.fit(cov_type="HC3", use_t=True)
    leverage = np.einsum("ij,ji->i", model.wexog, model.pinv_wexog)
    if leverage.max() > 1 - ALONE:
        return None
    r2, adj_r2 = (float(fit.rsquared), float(fit.rsquared_adj)) if np.ptp(y) > 0 else (math.nan, math.nan)
    return Regression(np.asarray(fit.params, float), np.asarray(fit.cov_params(), float), float(fit.df_resid), r2, adj_r2, n)


def complete(y: np.ndarray, columns: Sequence[np.ndarray], weight: pd.Series | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Which rows are complete in outcome, predictors (one array each) and (positive) weight, and the weights of these."""
    keep = np.isfinite(y)
    for column in columns:
        keep &= np.isfinite(column)
    if weight is None:
        return keep, None
    w = weight.to_numpy(float)
    keep &= np.isfinite(w) & (w > 0)
    return keep, w[keep]


def chosen(columns: Sequence[np.ndarray], keep: np.ndarray) -> np.ndarray:
    """The kept rows of some columns as one table: rows x columns."""
    x = np.empty((int(keep.sum()), len(columns)))
    for k, column in enumerate(columns):
        x[:, k] = column[keep]
    return x


def dependent(x: np.ndarray, weight: np.ndarray | None = None) -> bool:
    """Whether a column is constant or a linear function of the others."""
    return bool(np.linalg.eigvalsh(correlations(cross_products(moments_table(x), weight)))[0] < DEPENDENT)
