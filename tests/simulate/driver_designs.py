"""Simulated customers in units whose drivers are known, answering as people do: rounded, cut off, with holes and straight lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.scoring.cross_products import unit_products
from gaps.stats import bootstrap, importance, sandwich
from gaps.stats.drivers import Moments, dimension_rows
from tests.simulate.designs import equal_correlations

BETAS = (0.30, 0.20, 0.15, 0.10, 0.05)
EQUAL = (0.15,) * 5
NAMES = tuple(f"d{k}" for k in range(5))
ITEMS = 4


def unit_of(rng, n: int, units: int) -> np.ndarray:
    """Units of unequal size: lognormal with sd .7, the largest some five times the median; two customers each at least."""
    size = rng.lognormal(0, 0.7, units)
    return np.concatenate([np.repeat(np.arange(units), 2), rng.choice(units, n - 2 * units, p=size / size.sum())])


def latent(rng, unit: np.ndarray, icc: float, betas=BETAS, r: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and five dimensions of variance 1; the part `icc` of the dimensions' and of the error's variance lies between units."""
    n, units = len(unit), int(unit.max()) + 1
    b, correlation = np.asarray(betas, float), equal_correlations(5, r)
    root = np.linalg.cholesky(correlation).T

    def noise(columns: int) -> np.ndarray:
        inside, between = rng.standard_normal((n, columns)), rng.standard_normal((units, columns))
        return np.sqrt(1 - icc) * inside + np.sqrt(icc) * between[unit]

    x = noise(5) @ root
    return x @ b + np.sqrt(1 - b @ correlation @ b) * noise(1)[:, 0], x


def answered(rng, y: np.ndarray, x: np.ndarray, *, level: float = 5.0, missing: float = 0.0, straight: float = 0.0):
    """Answers to four items 1 to 7 per dimension and to an outcome 1 to 10: outcome, and dimension means of at least two items.

    level: mean answer before clipping (6.3: half of the answers at the top); missing: part of cells without answer; straight: part of
    customers who tick one answer throughout, the outcome's included.
    """
    n = len(y)
    items = level + 1.1 * (np.sqrt(0.7) * x[:, :, None] + np.sqrt(0.3) * rng.standard_normal((n, 5, ITEMS)))
    items = np.clip(np.round(items), 1, 7)
    outcome = np.clip(np.round(level + 1.5 + 1.8 * y), 1, 10)
    line = rng.random(n) < straight
    items[line] = items[line, 0, 0][:, None, None]
    outcome[line] = np.round(1 + (items[line, 0, 0] - 1) * 1.5)
    items[rng.random(items.shape) < missing] = np.nan
    known = np.isfinite(items).sum(axis=2)
    means = np.where(known >= ITEMS / 2, np.nansum(items, axis=2) / np.maximum(known, 1), np.nan)
    return pd.Series(outcome), pd.DataFrame(means, columns=list(NAMES))


def verdicts(y: pd.Series, perception: pd.DataFrame, unit: np.ndarray | None, resamples: int, seed: int):
    """The verdict with this way of resampling, and the intervals of the shares."""
    column = None if unit is None else pd.Series(unit)
    rows = dimension_rows(y, {"perception": perception}, "P", None, column)[1]
    moments = Moments.of(rows, resamples, seed)
    both = np.concatenate([bootstrap.correlations(moments.observed)[None], bootstrap.correlations(moments.resampled)])
    share = importance.shares(importance.lmg(both))
    if moments.by_unit is not None:
        share = bootstrap.widened(share, rows.units)
    return importance.verdict(NAMES, share[0], share[1:]), share[0], bootstrap.percentile_interval(share[1:])


def population(betas, icc: float, **answers) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and LMG shares of 400,000 customers in 8,000 units who answer this way: what a sample estimates."""
    rng = np.random.default_rng(99)
    unit = unit_of(rng, 400_000, 8_000)
    y, p = answered(rng, *latent(rng, unit, icc, betas), **answers)
    kept = p.notna().all(axis=1).to_numpy()
    table = bootstrap.moments_table(np.column_stack([y[kept], p[kept]]))
    products = bootstrap.cross_products(table)
    b = np.linalg.solve(products[2:, 2:], products[2:, 1])
    return b, importance.shares(importance.lmg(bootstrap.correlations(products)))


def coverage(seed: int, units: int, n: int, icc: float, samples: int) -> dict[str, float]:
    """Share of 95 % intervals of the five coefficients that hold the truth: of CR2, and of HC3, which knows no units."""
    from gaps.stats.regression import regress

    truth, _ = population(BETAS, icc)
    rng = np.random.default_rng([seed, units, int(100 * icc)])
    held = {"cr2": 0, "hc3": 0}
    for _ in range(samples):
        unit = unit_of(rng, n, units)
        y, p = answered(rng, *latent(rng, unit, icc))
        table = bootstrap.moments_table(np.column_stack([y, p]))
        fits = {"cr2": sandwich.from_units(unit_products(table, unit), n), "hc3": regress(y.to_numpy(), p.to_numpy())}
        for method, fit in fits.items():
            held[method] += sum(low <= truth[k] <= high for k in range(5) for low, high in [fit.interval(k + 1)])
    return {name: count / (5 * samples) for name, count in held.items()}


def naming(seed: int, units: int, n: int, icc: float, samples: int, betas=EQUAL, resamples: int = 400, **answers) -> dict[str, float]:
    """How often a driver is named, and named wrongly, resampling units or respondents; coverage of the shares' intervals."""
    truth = population(betas, icc, **answers)[1] if betas != EQUAL else np.full(5, 0.2)
    rng = np.random.default_rng([seed, units, n, int(100 * icc)])
    found = {f"{what} {by}": 0.0 for by in ("unit", "respondent") for what in ("named", "wrong", "held")} | {"first": 0.0}
    for sample in range(samples):
        unit = unit_of(rng, n, units)
        y, p = answered(rng, *latent(rng, unit, icc, betas), **answers)
        for by, given in (("unit", unit), ("respondent", None)):
            verdict, share, (low, high) = verdicts(y, p, given, resamples, sample)
            found[f"named {by}"] += verdict.driver is not None
            found[f"wrong {by}"] += verdict.driver is not None and (betas == EQUAL or verdict.driver != NAMES[0])
            found[f"held {by}"] += ((low <= truth) & (truth <= high)).mean()
        found["first"] += int(share.argmax() == 0)
    return {name: count / samples for name, count in found.items()}
