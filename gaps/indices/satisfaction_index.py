"""The customer satisfaction index: a weighted mean of answers, on a scale from 0 (all at the lowest answer) to 100 (all at the highest)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaps.model import Scale, Withheld

NEGATIVE_WEIGHT, OUTSIDE_SCALE = "negative_weight", "outside_scale"
SLACK = 1e-9


def index_weights(outer: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Turn outer weights of standardised items into weights of the answers that sum to 1: w / sd, over their sum. (…, k) each."""
    raw = outer / sd
    return raw / raw.sum(axis=-1, keepdims=True)


def satisfaction_index(means: Sequence[float], weights: Sequence[float], scales: Sequence[Scale]) -> float | Withheld:
    """Compute 100 (sum w m - sum w min) / (sum w max - sum w min) from the items' mean answers (or one respondent's answers).

    weights: of the answers, not of standardised items; they need not sum to 1. Missing data: the caller's, no mean may be missing.
    Withheld: negative_weight (more of an answer would lower the index: items, their places), outside_scale (a mean beyond its scale).

    Fornell, Johnson, Anderson, Cha & Bryant 1996. Checked: weights .3885 .3190 .2925, means 8.2 7.6 7.4 of 1 to 10 give 75.273333, equal
    weights 74.814815 (tests/indices/test_satisfaction_index.py).
    """
    m, w = np.asarray(means, float), np.asarray(weights, float)
    low, high = np.array([s.min for s in scales], float), np.array([s.max for s in scales], float)
    if not (m.shape == w.shape == low.shape and m.size):
        raise ValueError(f"as many means, weights and scales are needed, at least one; got {m.size}, {w.size} and {low.size}")
    if not (np.isfinite(m).all() and np.isfinite(w).all() and w.any()):
        raise ValueError("means and weights must be finite, and not all weights 0")
    if (w < 0).any():
        return Withheld(NEGATIVE_WEIGHT, {"items": tuple(np.flatnonzero(w < 0).tolist())})
    if (m < low - SLACK).any() or (m > high + SLACK).any():
        return Withheld(OUTSIDE_SCALE, {"items": tuple(np.flatnonzero((m < low - SLACK) | (m > high + SLACK)).tolist())})
    return float(weighted_position(m, w, low, high))


def weighted_position(answers: np.ndarray, weights: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The index formula by itself: answers and weights (…, k), ends of the scales (k). For respondents, resamples and means alike."""
    return 100 * (weights * (answers - low)).sum(axis=-1) / (weights * (high - low)).sum(axis=-1)
