"""Simulated unit means of all batteries, with the measurement error of few respondents, whose recursive system is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.scoring.panel import Panel

GAPS = ("gap1", "gap2", "gap3", "gap4")
VARIABLES = (*GAPS, "M", "S", "V", "overall_quality")
# E, M, S, V, C, outcome -> gap1 … gap4, M, S, V, outcome
BATTERIES = np.array([
    [-1, 1, 0, 0, 0, 0], [0, -1, 1, 0, 0, 0], [0, 0, -1, 1, 0, 0], [0, 0, 0, 1, -1, 0],
    [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1],
], float)  # fmt: skip
# covariance of one person's answers within a unit: managers M, S and employees V, C lean alike; customers E and the outcome
STAFF = 0.37**2 * np.array([[1, 0.9], [0.9, 1.45]])
CUSTOMERS = np.array([[0.8**2, -0.25], [-0.25, 1.6**2]])
ROLES = (((1, 2), STAFF), ((3, 4), STAFF), ((0, 5), CUSTOMERS))


@dataclass(frozen=True)
class Truth:
    """paths: gap j on gap i (strictly lower triangular, 4 x 4); spread: standard deviation of each gap that the earlier ones do not
    explain; effects: direct effect of each gap on the outcome; people: managers, employees, customers per unit (ranges); coupled:
    whether batteries follow each other (gaps are what is drawn) or are drawn each for itself."""

    effects: tuple[float, ...] = (0.0,) * 4
    spread: tuple[float, ...] = (0.3,) * 4
    paths: tuple[tuple[int, int, float], ...] = ()
    noise: float = 0.25
    people: tuple[tuple[int, int], ...] = ((3, 6), (8, 16), (20, 80))
    coupled: bool = True

    def levels(self, z: np.ndarray) -> np.ndarray:
        """True batteries and outcome from 6 independent standard normals: E, the four gaps (or M, S, V, C), the outcome's noise."""
        e, drawn = 6 + 0.08 * z[:, 0], z[:, 1:5] * self.spread
        if self.coupled:
            gaps = np.linalg.solve(np.eye(4) - self._b(), drawn.T).T
            m = e + gaps[:, 0]
            s = m + gaps[:, 1]
            v = s + gaps[:, 2]
            c = v - gaps[:, 3]
        else:
            m, s, v, c = 6 + drawn.T
            gaps = np.column_stack([m - e, s - m, v - s, v - c])
        return np.column_stack([e, m, s, v, c, gaps @ self.effects + self.noise * z[:, 5]])

    def _b(self) -> np.ndarray:
        b = np.zeros((4, 4))
        for i, j, size in self.paths:
            b[j, i] = size
        return b

    def covariances(self) -> tuple[np.ndarray, np.ndarray]:
        """Covariance of VARIABLES in the population: of the true unit levels, and of what unit means of so few people add."""
        load = BATTERIES @ (self.levels(np.eye(6)) - self.levels(np.zeros((6, 6)))).T
        error = np.zeros((6, 6))
        for ((a, b), cov), (low, high) in zip(ROLES, self.people, strict=True):
            error[np.ix_((a, b), (a, b))] = cov * np.mean(1 / np.arange(low, high + 1))
        return load @ load.T, BATTERIES @ error @ BATTERIES.T


def cells(rng: np.random.Generator, units: int, truth: Truth) -> Panel:
    """One simulated study as a panel without dimensions: unit means, and the sampling covariance estimated in each unit."""
    means = truth.levels(rng.standard_normal((units, 6)))
    error = np.zeros((units, 6, 6))
    counts = np.zeros((units, 3))
    for k, ((places, cov), (low, high)) in enumerate(zip(ROLES, truth.people, strict=True)):
        n = rng.integers(low, high + 1, units)
        answers = rng.standard_normal((units, high, 2)) @ np.linalg.cholesky(cov).T
        there = (np.arange(high) < n[:, None])[:, :, None]
        mean = (answers * there).sum(axis=1) / n[:, None]
        rest = (answers - mean[:, None]) * there
        means[:, places] += mean
        estimated = rest.transpose(0, 2, 1) @ rest / np.maximum(n * (n - 1), 1)[:, None, None]
        error[:, np.array(places)[:, None], places] = np.where((n > 1)[:, None, None], estimated, np.nan)
        counts[:, (1, 2, 0)[k]] = n
    values = means @ BATTERIES.T
    designs = dict.fromkeys(range(1, 5), "items") | {5: None}
    shaped = BATTERIES @ np.nan_to_num(error) @ BATTERIES.T
    unknown = ((BATTERIES != 0) @ np.isnan(error).any(axis=0).astype(float) @ (BATTERIES != 0).T) > 0
    shaped[:, unknown] = np.nan
    names = tuple(f"unit {k + 1}" for k in range(units))
    return Panel(names, (), VARIABLES, values[:, None], shaped[:, None], counts, designs)
