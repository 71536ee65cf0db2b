"""Cross-products of the respondents of each group: what covariances and regressions of any groups together are computed from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def grouped(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order rows by unit: the order, and where each unit begins in it. Rows without unit (negative code) stand alone, first."""
    small = len(unit) > 0 and int(unit.max()) < np.iinfo(np.int16).max  # numpy sorts such numbers by their digits: several times faster
    order = np.argsort(unit.astype(np.int16 if small else np.int32, copy=False), kind="stable")
    ordered = unit[order]
    starts = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]) | (ordered[1:] < 0)]) if len(unit) else np.empty(0, int)
    return order, starts


def unit_products(rows: np.ndarray, unit: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Cross-products sum w z z' of each unit's rows: units x m x m, in the order of `grouped`."""
    order, starts = grouped(unit)
    ordered = rows[order] if weight is None else rows[order] * np.sqrt(weight[order])[:, None]
    if len(starts) * 8 > len(ordered):  # many small units
        m = ordered.shape[1]
        upper = np.triu_indices(m)
        place = np.empty((m, m), int)
        place[upper] = place[upper[::-1]] = np.arange(len(upper[0]))
        return np.add.reduceat(ordered[:, upper[0]] * ordered[:, upper[1]], starts, axis=0)[:, place]
    found = np.empty((len(starts), ordered.shape[1], ordered.shape[1]))
    for k, (a, b) in enumerate(pairwise([*starts.tolist(), len(ordered)])):
        found[k] = ordered[a:b].T @ ordered[a:b]
    return found
