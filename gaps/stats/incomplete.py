"""Missing answers in a driver regression: respondents left out, pairs of answers used as they come, or answers imputed several times."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from gaps.scoring.cross_products import unit_products
from gaps.stats import bootstrap
from gaps.stats.regression import CONFIDENCE, DEPENDENT

LISTWISE, PAIRWISE, MULTIPLE = "listwise", "pairwise", "multiple"
IMPUTATIONS = 20
CYCLES = 6
_RIDGE = 1e-9


def pairwise_table(columns: np.ndarray) -> np.ndarray:
    """Columns from whose cross-products every pair of variables gets the sums over the rows that know both (`pairwise_correlations`).

    columns: n x m with NaN. Gives n x 3 m: known or not, the centred value (0 where unknown), its square.
    """
    known = np.isfinite(columns)
    centred = np.where(known, columns - np.nanmean(columns, axis=0), 0.0)
    return np.concatenate([known.astype(float), centred, centred**2], axis=1)


def pairwise_correlations(products: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of every two variables over the rows that know both, and how much weight those rows have: (…, m, m) each.

    products: (…, 3 m, 3 m) cross-products of `pairwise_table`. Correlations that cannot be computed are 0. Taken together they need not
    be those of any real data: see `consistent`. Checked: pandas' DataFrame.corr and R's cor(use = "pairwise").
    """
    m = products.shape[-1] // 3
    n = products[..., :m, :m]
    safe = np.maximum(n, 1e-300)
    mean = products[..., m : 2 * m, :m] / safe  # of the row's variable over the pair's rows
    square = products[..., 2 * m :, :m] / safe
    variance = square - mean**2
    cov = products[..., m : 2 * m, m : 2 * m] / safe - mean * np.swapaxes(mean, -1, -2)
    spread = variance * np.swapaxes(variance, -1, -2)
    varies = (variance > 1e-12 * square) & np.swapaxes(variance > 1e-12 * square, -1, -2)
    correlation = np.where(varies, cov / np.sqrt(np.where(varies, spread, 1.0)), 0.0)
    return correlation, n


def consistent(correlation: np.ndarray) -> np.ndarray:
    """Whether each matrix could be that of complete data: no negative eigenvalue, independent predictors. (…, m, m) to (…)."""
    whole = np.linalg.eigvalsh(correlation)[..., 0] > -1e-12
    return whole & (np.linalg.eigvalsh(correlation[..., 1:, 1:])[..., 0] > DEPENDENT)


def impute(columns: np.ndarray, *, imputations: int = IMPUTATIONS, cycles: int = CYCLES, seed: int = 1):
    """Fill the missing values several times by chained normal regressions: yields `imputations` completed copies.

    columns: n x m with NaN; every row should know something, and a complete column (the outcome) should be among them, because what
    it goes with must not be lost. Each incomplete column in turn is regressed on all others over the rows that know it; coefficients and
    residual variance are drawn from their posterior (flat prior), then the values. Imputed values are neither rounded nor cut off at the
    ends of the scale, which would bias what is estimated from them (Horton, Lipsitz & Parzen 2003). Only the cross-products of the
    incomplete rows change from step to step: complete rows cost nothing. Assumes that whether an answer is missing depends on
    the answers given only. van Buuren 2018, ch. 4 ("norm"). Checked: mice(method = "norm") pooled over many imputations.
    """
    known = np.isfinite(columns)
    mean = np.nanmean(columns, axis=0)
    scale = np.nanstd(columns, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    table = np.column_stack([np.ones(len(columns)), np.where(known, (columns - mean) / scale, 0.0)])
    part = ~known.all(axis=1)
    fixed = table[~part].T @ table[~part]
    holes = ~known[part]
    incomplete = [j for j in np.argsort(holes.sum(axis=0), kind="stable") if holes[:, j].any()]
    for stream in np.random.default_rng(seed).spawn(imputations):
        rows = table[part].copy()
        for j in incomplete:  # to begin with, any observed value
            seen = table[known[:, j], j + 1]
            rows[holes[:, j], j + 1] = stream.choice(seen, int(holes[:, j].sum()))
        for _ in range(cycles):
            for j in incomplete:
                _redraw(rows, fixed, holes[:, j], j + 1, int(known[:, j].sum()), stream)
        filled = columns.copy()
        values = rows[:, 1:] * scale + mean
        filled[part] = np.where(holes, values, columns[part])
        yield filled


def _redraw(rows: np.ndarray, fixed: np.ndarray, hole: np.ndarray, at: int, known: int, rng: np.random.Generator) -> None:
    """Draw one column's missing values given all the others."""
    others = np.delete(np.arange(rows.shape[1]), at)
    seen = rows[~hole]
    products = fixed + seen.T @ seen
    gram = products[np.ix_(others, others)]
    gram[np.diag_indices(len(others))] += _RIDGE * known
    inverse = np.linalg.inv(gram)
    b = inverse @ products[others, at]
    left = max(float(products[at, at] - b @ products[others, at]), 0.0)
    df = max(known - len(others), 1)
    sigma = math.sqrt(left / rng.chisquare(df))
    b = b + sigma * np.linalg.cholesky((inverse + inverse.T) / 2) @ rng.standard_normal(len(others))
    rows[hole, at] = rows[hole][:, others] @ b + sigma * rng.standard_normal(int(hole.sum()))


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate over imputations: value, standard error, degrees of freedom, 95 % interval, p, and the part of the variance that is due
    to what is missing (`lost`, lambda of van Buuren)."""

    b: float
    se: float
    df: float
    low: float
    high: float
    p: float
    lost: float


def rubin(estimates: np.ndarray, variances: np.ndarray, df_complete: float = math.inf) -> Pooled:
    """Pool one coefficient over m >= 2 imputations by Rubin's rules.

    Mean of the estimates; T = W + (1 + 1/m) B with W the mean variance and B the variance between; degrees of freedom of Barnard &
    Rubin 1999, from `df_complete` without missing answers. Rubin 1987. Checked: mice::pool.
    """
    m = len(estimates)
    if m < 2:
        raise ValueError(f"at least two imputations are needed, not {m}")
    b, within, between = float(np.mean(estimates)), float(np.mean(variances)), float(np.var(estimates, ddof=1))
    total = within + (1 + 1 / m) * between
    lost = (1 + 1 / m) * between / total if total > 0 else 0.0
    old = (m - 1) / lost**2 if lost > 1e-12 else math.inf
    if math.isinf(df_complete):
        df = old
    else:
        observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - lost)
        df = observed if math.isinf(old) else old * observed / (old + observed)
    se = math.sqrt(total)
    quantile = float(stdtrit(df, 0.5 + CONFIDENCE / 2)) if math.isfinite(df) else 1.959963984540054
    p = float(2 * stdtr(min(df, 1e12), -abs(b) / se)) if se > 0 else float(b == 0)
    return Pooled(b, se, df, b - quantile * se, b + quantile * se, p, lost)


def pairwise_resamples(
    columns: np.ndarray, weight: np.ndarray | None, unit: np.ndarray | None, *, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairwise correlations, observed and resampled (by unit where `unit` gives codes)."""
    table = pairwise_table(columns)
    if unit is None:
        observed = bootstrap.cross_products(table, weight)
        resampled = bootstrap.resampled_cross_products(table, weight, resamples=resamples, seed=seed)
    else:
        by_unit = unit_products(table, unit, weight)
        observed = by_unit.sum(axis=0)
        resampled = bootstrap.resampled_unit_products(by_unit, resamples=resamples, seed=seed)
    return pairwise_correlations(observed)[0], pairwise_correlations(resampled)[0]
