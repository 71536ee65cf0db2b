"""Weights of an index from principal components: how much an item shares with the others, which is not how important it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.model import Withheld

MIXED_SIGNS, LOW_SHARE, NEGATIVE_WEIGHT = "mixed_signs", "low_share", "negative_weight"
LEAST_SHARE = 0.5
_ZERO = 1e-9


@dataclass(frozen=True, eq=False)
class ComponentWeights:
    """weights (k, sum 1); eigenvalues (k, largest first); shares (k): eigenvalue / k, the part of the variance; coefficients
    (k x components), each component turned so that its coefficients sum to something positive."""

    weights: np.ndarray
    eigenvalues: np.ndarray
    shares: np.ndarray
    coefficients: np.ndarray

    @property
    def components(self) -> int:
        """How many components were used."""
        return self.coefficients.shape[1]


def component_coefficients(loadings: np.ndarray, eigenvalues: np.ndarray) -> np.ndarray:
    """Divide loadings (items x components) by the root of the component's eigenvalue, which gives the eigenvectors.

    Checked: loading .933 at eigenvalue 4.680 gives .431 (published; tests/scoring/test_component_weights.py).
    """
    return np.asarray(loadings, float) / np.sqrt(np.asarray(eigenvalues, float))


def composite_weights(coefficients: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Average the coefficients of each item over the components, weighted by their shares of the variance (any unit): items.

    Checked: coefficients .431 -.157 -.060 with shares 46.803 19.376 11.628 give .211 (published).
    """
    shares = np.asarray(shares, float)
    return np.asarray(coefficients, float) @ shares / shares.sum()


def normalised(composites: np.ndarray) -> np.ndarray:
    """Divide by the sum. Checked: the first of ten published composites, .211, gives .101."""
    composites = np.asarray(composites, float)
    return composites / composites.sum()


def component_weights(r: np.ndarray, components: int = 1, least_share: float = LEAST_SHARE) -> ComponentWeights | Withheld:
    """Weight items by the first principal component of their correlations r (k x k), or by several, as is usual in Chinese studies.

    One component: eigenvector over its sum. Several: `composite_weights` of their eigenvectors, over the sum. Equal correlations give
    equal weights, and real ones nearly so. Missing data: the caller's, r is taken as it is.

    Withheld: mixed_signs (one component: an item runs against the others: items, their places), negative_weight (the same of several
    components), low_share (the components hold less than `least_share` of the variance: share, needed).

    Checked: mobi data, seven quality items: eigenvalues 4.04028 … .32297, weights .15013 .12248 … .14386 (tests).
    """
    r = np.asarray(r, float)
    k = len(r)
    if r.shape != (k, k) or not np.allclose(r, r.T) or not np.allclose(np.diag(r), 1.0):
        raise ValueError("r must be a correlation matrix")
    if not 1 <= components <= k:
        raise ValueError(f"components must lie between 1 and {k}, not {components}")
    values, vectors = np.linalg.eigh(r)
    values, vectors = values[::-1], vectors[:, ::-1][:, :components]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    shares = values / k
    if shares[:components].sum() < least_share:
        return Withheld(LOW_SHARE, {"share": float(shares[:components].sum()), "needed": least_share})
    composites = composite_weights(vectors, shares[:components])
    if (composites <= _ZERO).any():
        against = tuple(np.flatnonzero(composites <= _ZERO).tolist())
        return Withheld(MIXED_SIGNS if components == 1 else NEGATIVE_WEIGHT, {"items": against})
    return ComponentWeights(normalised(composites), values, shares, vectors)
