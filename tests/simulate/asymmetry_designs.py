"""Simulated customers of a service with five dimensions, answers rounded, cut off and partly ticked straight down; their truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.stats import asymmetry, sandwich

ITEMS = 4


@dataclass(frozen=True)
class Company:
    """A truth: per dimension, quality rises by slope/5 per point of perception above expectation and ratio times that below.

    ratio: one for all dimensions, or one each; level: height of the outcome (4 = at its top); straight: share of customers who
    tick one answer for all expectations and one for all perceptions; units: branches that differ in perception and in outcome.
    """

    mean_e: float = 5.8
    mean_p: float = 5.6
    slope: float = 0.7
    ratio: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)
    level: float = 1.0
    noise: float = 0.8
    halo: float = 0.5
    straight: float = 0.0
    units: int = 0
    unit_perception: float = 0.3
    unit_outcome: float = 0.3
    low: int = 1
    high: int = 7

    def quality(self, e: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The expected outcome, neither rounded nor cut off, from opinions (customers x dimensions)."""
        g = p - e
        return self.level + self.slope * (e + np.maximum(g, 0) + np.array(self.ratio) * np.minimum(g, 0)).mean(axis=1)

    def opinions(self, rng, n: int):
        """Expectations and perceptions as points of the scale, units' codes, and what the units add to the outcome."""
        person, seen = rng.standard_normal((2, n, 1))
        e = self.mean_e + 0.8 * person + 0.4 * rng.standard_normal((n, 5))
        p = self.mean_p + 0.8 * (self.halo * person + np.sqrt(1 - self.halo**2) * seen) + 0.5 * rng.standard_normal((n, 5))
        unit, extra = None, np.zeros(n)
        if self.units:
            unit = np.arange(n) % self.units
            p += (self.unit_perception * rng.standard_normal(self.units))[unit, None]
            extra = (self.unit_outcome * rng.standard_normal(self.units))[unit]
        return e, p, unit, extra

    def scores(self, rng, opinion: np.ndarray, straight: np.ndarray) -> np.ndarray:
        """Dimension scores: the means of four rounded and cut-off answers each."""
        answers = np.clip(np.round(opinion[..., None] + 0.5 * rng.standard_normal((*opinion.shape, ITEMS))), 1, 7)
        found = answers.mean(axis=2)
        found[straight] = np.clip(np.round(opinion[straight].mean(axis=1)), 1, 7)[:, None]
        return found

    def outcome(self, rng, quality: np.ndarray) -> np.ndarray:
        """The answered outcome."""
        return np.clip(np.round(quality + self.noise * rng.standard_normal(len(quality))), self.low, self.high)

    def customers(self, rng, n: int):
        """Outcome, dimension scores of expectation and perception, units."""
        e, p, unit, extra = self.opinions(rng, n)
        y = self.outcome(rng, self.quality(e, p) + extra)
        straight = rng.random(n) < self.straight
        return y, self.scores(rng, e, straight), self.scores(rng, p, straight), unit


def equal_slopes(rng, company: Company, n: int, samples: int, clustered: bool = True) -> tuple[float, np.ndarray, np.ndarray]:
    """How often equal slopes are rejected at 5 %: over all; per dimension unadjusted; per dimension after Holm (30 on each side)."""
    total, plain, adjusted = np.full(samples, np.nan), np.full((samples, 5), np.nan), np.full((samples, 5), np.nan)
    for s in range(samples):
        y, e, p, unit = company.customers(rng, n)
        unit = unit if clustered else None
        total[s] = _p(y, (p - e).mean(axis=1), e.mean(axis=1), unit)
        plain[s] = [_p(y, p[:, j] - e[:, j], e[:, j], unit) for j in range(5)]
        adjusted[s] = sandwich.holm(plain[s])
    rate = lambda p: np.where(np.isnan(p), np.nan, p < 0.05)  # noqa: E731
    return float(np.nanmean(rate(total))), np.nanmean(rate(plain), axis=0), rate(adjusted)


def _p(y, g, e, unit) -> float:
    g = np.where(np.abs(g) < 1e-9, 0.0, g)
    if min((g < 0).sum(), (g > 0).sum()) < asymmetry.MIN_SIDE:
        return np.nan
    line = asymmetry.hinge(y, g, e, None, unit)
    return np.nan if line is None else line.p_equal()
