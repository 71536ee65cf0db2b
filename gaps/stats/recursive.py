"""Recursive systems as functions of a covariance matrix: total and direct effects, and what is left of them without measurement error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.stats import bootstrap

RIDGE = 1e-10  # keeps a resample in which something never varies from stopping the others


@dataclass(frozen=True, eq=False)
class Moments:
    """Covariance matrices of the variables and of the sampling error in them, the study's own first, then one per resample."""

    observed: np.ndarray
    error: np.ndarray
    units: int

    def of(self, *places: int) -> Moments:
        """The moments of some of the variables, in that order."""
        some = np.ix_(range(len(self.observed)), places, places)
        return Moments(self.observed[some], self.error[some], self.units)

    @property
    def error_known(self) -> bool:
        """Whether the sampling error of every variable could be estimated."""
        return bool(np.isfinite(self.error).all())

    @property
    def corrected(self) -> np.ndarray:
        """Covariances without the measurement error."""
        return without_error(self.observed, self.error, self.units)


def unit_moments(values: np.ndarray, error: np.ndarray, weight: np.ndarray, *, resamples: int, seed: int) -> Moments:
    """Pool covariances over units and dimensions, within dimensions, and resample whole units.

    values: units x dimensions x variables, a cell's variables all known or all NaN; error: units x dimensions x variables x variables,
    the sampling covariance of each cell's means; weight: one per unit. Each dimension has its own mean (dimension fixed effects); with one
    dimension these are the ordinary covariances. The divisor makes the estimate unbiased: with equal weights n - 1 for n units, and
    in a resample, whose units repeat, about n - 2, so that the resamples centre on the study. A resample draws units with all their
    dimensions and their error matrices (Davison & Hinkley 1997, 3.8: cluster bootstrap). Weighted sums of products per unit are what is
    resampled; nothing is fitted again.
    """
    units, dimensions, v = values.shape
    known = np.isfinite(values).all(axis=2)
    x = np.where(known[:, :, None], values, 0.0)
    x -= known[:, :, None] * (x.sum(axis=0) / np.maximum(known.sum(axis=0), 1)[:, None])
    upper = np.triu_indices(v)
    products = np.einsum("udi,udj->uij", x, x)[:, *upper]
    errors = np.where(known[:, :, None, None], error, 0.0).sum(axis=1)[:, *upper]
    packed = np.column_stack([products, errors, x.reshape(units, -1), known])
    drawn = np.vstack([np.ones((1, units)), bootstrap.counts(units, resamples, seed)]) * (weight / weight.mean())
    sums = drawn @ packed
    cells = len(upper[0])
    product, noise = sums[:, :cells], sums[:, cells : 2 * cells]
    first, n = sums[:, 2 * cells : -dimensions].reshape(-1, dimensions, v), sums[:, -dimensions:]
    centred = first / np.sqrt(np.maximum(n, 1e-300))[:, :, None]
    place = np.empty((v, v), int)
    place[upper] = place[upper[::-1]] = np.arange(cells)
    within = product[:, place] - np.einsum("rdi,rdj->rij", centred, centred)
    total = n.sum(axis=1)[:, None, None]
    spread = 1 - (drawn**2).sum(axis=1) / drawn.sum(axis=1) ** 2
    return Moments(within / total / spread[:, None, None], noise[:, place] / total, units)


def without_error(observed: np.ndarray, error: np.ndarray, units: int) -> np.ndarray:
    """Subtract the error covariance from the observed one, no more of it than leaves a covariance matrix.

    observed - a error, where a = 1 if the smallest root l of |observed - l error| = 0 exceeds 1 + 1/(n - 1), else l - 1/(n - 1)
    (Fuller 1987, Measurement Error Models, 2.3 and 3.1.3: the modification with finite moments). Matrices (…, v, v), units n. NaN where the
    error is not known.
    """
    if not np.isfinite(error).all():
        return np.full(observed.shape, np.nan)
    variance = np.diagonal(observed, axis1=-2, axis2=-1)
    most = variance.reshape(-1, variance.shape[-1]).max(axis=0)
    sd = np.sqrt(np.maximum(variance, np.where(most > 0, 1e-9 * most, 1.0)))
    scale = sd[..., :, None] * sd[..., None, :]
    factor = np.linalg.cholesky(observed / scale + RIDGE * np.eye(observed.shape[-1]))
    inverse = np.linalg.inv(factor)
    largest = np.linalg.eigvalsh(inverse @ (error / scale) @ np.swapaxes(inverse, -1, -2))[..., -1]
    root, slack = 1 / np.maximum(largest, 1e-12), 1 / (units - 1)
    part = np.where(root > 1 + slack, 1.0, np.maximum(root - slack, 0.0))
    return observed - part[..., None, None] * error


def sweep(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split covariance = T D T' with T unit lower triangular: total effects T, and what the variables before leave unexplained, D."""
    rest = np.array(covariance, float)
    v = rest.shape[-1]
    effects = np.broadcast_to(np.eye(v), rest.shape).copy()
    unexplained = np.empty(rest.shape[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(v):
            unexplained[..., k] = rest[..., k, k]
            step = rest[..., k + 1 :, k] / rest[..., k, k][..., None]
            effects[..., k + 1 :, k] = step
            rest[..., k + 1 :, k + 1 :] -= step[..., :, None] * rest[..., k, k + 1 :][..., None, :]
    return effects, unexplained


def totals(covariance: np.ndarray) -> np.ndarray:
    """Total effect of each variable on each later one, in the recursive system in which every variable may act on all later ones.

    covariance (…, v, v), variables in causal order. Element [j, k] is the total effect of k on j: the coefficient of k in the regression of
    j on k and all before k, direct and through whatever lies between. With the regressions' direct paths B (strictly lower triangular) it
    is (I - B)^-1. Wright 1934; Bollen 1989, ch. 8.
    """
    return sweep(covariance)[0]


def directs(effects: np.ndarray) -> np.ndarray:
    """Direct effects B = I - T^-1 from total effects T; row j holds the regression of j on all variables before it."""
    v = effects.shape[-1]
    paths = np.zeros(effects.shape)
    for j in range(1, v):
        # T = I + B T, row by row from the nearest cause back
        for k in range(j - 1, -1, -1):
            between = (paths[..., j, k + 1 : j] * effects[..., k + 1 : j, k]).sum(axis=-1)
            paths[..., j, k] = effects[..., j, k] - between
    return paths


def standardised(effects: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Effects in standard deviations of the effect per standard deviation of the cause."""
    sd = np.sqrt(np.maximum(np.diagonal(covariance, axis1=-2, axis2=-1), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return effects * sd[..., None, :] / sd[..., :, None]


def explained(covariance: np.ndarray) -> np.ndarray:
    """R² of the last variable on all before it."""
    return 1 - sweep(covariance)[1][..., -1] / covariance[..., -1, -1]
