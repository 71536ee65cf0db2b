"""Simulated samples whose truth is known, and how often an estimator finds it."""

from __future__ import annotations

import numpy as np

from gaps.stats import asymmetry, importance


def equal_correlations(p: int, r: float) -> np.ndarray:
    """p variables, each pair correlated by r."""
    return np.full((p, p), r) + np.eye(p) * (1 - r)


def standardised(rng, shape: tuple[int, ...], betas, r: float) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and predictors of variance 1, predictors equally correlated; shape: (…, n)."""
    b = np.asarray(betas, float)
    correlation = equal_correlations(len(b), r)
    x = rng.standard_normal((*shape, len(b))) @ np.linalg.cholesky(correlation).T
    return x @ b + np.sqrt(1 - b @ correlation @ b) * rng.standard_normal(shape), x


def true_shares(betas, r: float) -> np.ndarray:
    """The LMG shares in the population."""
    b = np.asarray(betas, float)
    correlation = equal_correlations(len(b), r)
    with_outcome = np.block([[np.ones((1, 1)), (correlation @ b)[None]], [(correlation @ b)[:, None], correlation]])
    return importance.shares(importance.lmg(with_outcome))


def first_rate(rng, n: int, betas, r: float, samples: int) -> float:
    """Share of samples in which LMG ranks the first predictor, the true one, first."""
    found = 0
    for start in range(0, samples, 200):
        some = min(200, samples - start)
        y, x = standardised(rng, (some, n), betas, r)
        table = np.concatenate([y[..., None], x], axis=2)
        table -= table.mean(axis=1, keepdims=True)
        found += int((importance.lmg(table.transpose(0, 2, 1) @ table).argmax(axis=1) == 0).sum())
    return found / samples


def customers(rng, n: int, *, mean_p: float, r: float, ratio: float = 1.0, slope: float = 0.6, level: float = 2.0, noise: float = 0.8):
    """Ratings 1 to 7, rounded and clipped: outcome, gap, expectation (methods 4.5).

    mean E 5.8, sd 1; outcome = level + slope (E + surplus + ratio shortfall) + noise: with ratio 1 it depends on perception alone,
    so the truth is symmetric. A higher level pushes the outcome against the top of its scale.
    """
    z = rng.standard_normal((n, 2))
    e = 5.8 + z[:, 0]
    p = mean_p + r * z[:, 0] + np.sqrt(1 - r * r) * z[:, 1]
    y = level + slope * (e + np.maximum(p - e, 0) + ratio * np.minimum(p - e, 0)) + noise * rng.standard_normal(n)
    rated_y, rated_p, rated_e = (np.clip(np.round(v), 1, 7) for v in (y, p, e))
    return rated_y, rated_p - rated_e, rated_e


def rejections(rng, n: int, samples: int, **truth) -> tuple[float, float]:
    """Share of samples in which equal slopes are rejected at 5 %: by the gap alone, and with expectation as covariate."""
    found = np.zeros(2)
    for _ in range(samples):
        y, g, e = customers(rng, n, **truth)
        for k, control in enumerate((None, e)):
            fit = asymmetry.hinge(y, g, control)
            found[k] += fit is not None and fit.p_equal() < 0.05
    return tuple(found / samples)


def mean_ratio(rng, n: int, samples: int, **truth) -> tuple[float, float]:
    """The ratio of the average slopes: by the gap alone, and with expectation as covariate."""
    slopes = np.zeros((2, 2))
    for _ in range(samples):
        y, g, e = customers(rng, n, **truth)
        for k, control in enumerate((None, e)):
            fit = asymmetry.hinge(y, g, control)
            slopes[k] += fit.at("below"), fit.at("above")
    return tuple(slopes[:, 0] / slopes[:, 1])
