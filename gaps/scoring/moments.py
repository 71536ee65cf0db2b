"""Means of several scores of the same respondents, and how far chance moves them together."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from gaps.model import Role, Study
from gaps.scoring.by_cell import cells_of, products, weights_given
from gaps.scoring.sums import NOISE, united


def joined(values: np.ndarray) -> np.ndarray:
    """Whether each value is known beside the values, 0 where they are not: respondents x 2m, no missing values."""
    known = np.isfinite(values)
    return np.concatenate([known, np.where(known, values, 0.0)], axis=1)


def means_and_covariance(counts: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the means of m scores in each group, each over those who have it, their sampling covariance, and how many that is.

    counts, sums, squares: cross-products (… x 2m x 2m) of the respondents' `joined` scores with the case weights to the power 0, 1 and 2,
    all the same without weights. With u_ia = w_i (x_ia - m_a) / W_a sqrt(n_a / (n_a - 1)), 0 where i has no score, the covariance is
    sum_i u_i u_i'; for one complete unweighted score var(ddof=1) / n. Rows and columns of scores with fewer than two answers: NaN; of
    scores that do not vary: 0. Gives … x m, … x m x m and … x m.
    """
    m = counts.shape[-1] // 2
    of_known = np.diagonal(counts, axis1=-2, axis2=-1)[..., :m]
    weight = np.diagonal(sums, axis1=-2, axis2=-1)[..., :m]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.diagonal(sums[..., :m, m:], axis1=-2, axis2=-1) / weight
        cross = squares[..., m:, :m] * mean[..., None, :]  # of x_a with what b has of its mean, where both are known
        both = mean[..., :, None] * mean[..., None, :] * squares[..., :m, :m]
        central = squares[..., m:, m:] - cross - np.swapaxes(cross, -1, -2) + both
        factor = np.sqrt(of_known / (of_known - 1.0)) / weight
        found = central * factor[..., :, None] * factor[..., None, :]
    still = np.diagonal(central, axis1=-2, axis2=-1) <= NOISE * np.diagonal(squares, axis1=-2, axis2=-1)[..., m:]
    found[still[..., :, None] | still[..., None, :]] = 0.0
    found[(of_known < 2)[..., :, None] | (of_known < 2)[..., None, :]] = np.nan
    return mean, found, of_known


def of_groups(
    study: Study, role: Role, name: Hashable, scores: Callable[[Study], np.ndarray], group: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`means_and_covariance` of a role's scores (respondents x m, NaN = missing), from cross-products by cell.

    group: the group of each cell of the first layer, `size` for those in none.
    """
    powers = (0, 1, 2) if weights_given(study, role) else (0,)
    found = [united(products(study, role, name, lambda study: joined(scores(study)), power).T, group, size).T for power in powers]
    m = round((np.sqrt(8 * found[0].shape[1] + 1) - 1) / 2)
    upper, full = np.triu_indices(m), np.empty((len(powers), size, m, m))
    for matrices, packed in zip(full, found, strict=True):
        matrices[:, upper[0], upper[1]] = matrices[:, upper[1], upper[0]] = packed
    return means_and_covariance(*(full if len(full) > 1 else [full[0]] * 3))


def of_everybody(study: Study, role: Role, name: Hashable, scores: Callable[[Study], np.ndarray]) -> np.ndarray:
    """The sampling covariance of the means over all respondents of a role: m x m."""
    return of_groups(study, role, name, scores, np.zeros(len(cells_of(study, role)), np.intp), 1)[1][0]
