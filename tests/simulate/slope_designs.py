"""Simulated customers in units in which perceived quality goes with the outcome equally strongly, or in some units more than in others."""

from __future__ import annotations

import numpy as np

from gaps.model import Withheld
from gaps.stats.random_slope import slopes_by_unit
from tests.simulate.driver_designs import answered, latent, unit_of

SLOPE = 0.6


def numbers(rng, unit: np.ndarray, spread: float, noise: float = 0.0, icc: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and a predictor of sd 1: slope .6, its sd over units `spread`; errors of sd .8 times exp(noise z), z by unit."""
    units = int(unit.max()) + 1
    x = np.sqrt(1 - icc) * rng.standard_normal(len(unit)) + np.sqrt(icc) * rng.standard_normal(units)[unit]
    slope = SLOPE + spread * rng.standard_normal(units)
    error = np.sqrt(1 - icc) * rng.standard_normal(len(unit)) * np.exp(noise * rng.standard_normal(units))[unit]
    return slope[unit] * x + 0.8 * (error + np.sqrt(icc) * rng.standard_normal(units)[unit]), x


def answers(rng, unit: np.ndarray, spread: float, **kind) -> tuple[np.ndarray, np.ndarray]:
    """Rounded and clipped answers: the outcome 1 to 10, and the mean of 20 items 1 to 7; slopes differ before the answers are given."""
    y, x = latent(rng, unit, 0.1, (0.15,) * 5)
    mean = x.mean(axis=1)
    y = y + spread * rng.standard_normal(int(unit.max()) + 1)[unit] * mean / mean.std()
    outcome, perceived = answered(rng, y, x, **kind)
    kept = perceived.notna().all(axis=1)
    return outcome.where(kept).to_numpy(), perceived.mean(axis=1).where(kept).to_numpy()


def tried(seed: int, units: int, n: int, samples: int, spread: float, make=numbers, **kind) -> dict[str, float]:
    """How often slopes are said to differ; how often the intervals of their sd and of their mean hold the truth (of `numbers`)."""
    rng = np.random.default_rng([seed, units, n, int(1000 * spread)])
    found = dict.fromkeys(("differs", "differs plain", "sd held", "mean held", "withheld"), 0)
    for _ in range(samples):
        unit = unit_of(rng, n, units)
        y, x = make(rng, unit, spread, **kind)
        kept = np.isfinite(y) & np.isfinite(x)
        one = slopes_by_unit(y[kept], x[kept], unit[kept])
        if isinstance(one, Withheld):
            found["withheld"] += 1
            continue
        found["differs"] += one.p < 0.05
        found["differs plain"] += one.p_plain < 0.05
        found["sd held"] += one.sd_low <= spread <= one.sd_high
        found["mean held"] += one.mean.low <= SLOPE <= one.mean.high
    given = max(samples - found["withheld"], 1)
    return {name: float(count) / (samples if name == "withheld" else given) for name, count in found.items()}
