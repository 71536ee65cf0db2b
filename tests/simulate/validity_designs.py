"""Answers from a true factor model, continuous or as people give them: rounded to 1-7 and cut off at the ends."""

import numpy as np

SIZES = (4, 5, 4, 4, 5)
FACTOR = np.repeat(np.arange(5), SIZES)
DIMENSION = [f"d{f}" for f in FACTOR]
LOADINGS = np.array([0.6, 0.7, 0.75, 0.8] * 6)[:22]
# mean and standard deviation of the opinions on a scale of 1 to 7: none, a perception (13 % at the top), an expectation (43 %)
KINDS = {"continuous": None, "perception": (4.9, 1.4), "expectation": (6.3, 1.1)}


def draw(rng: np.random.Generator, n: int, kind: str, psi: float = 0.6, loadings=LOADINGS, factor=FACTOR) -> np.ndarray:
    """n respondents: x = l f + e, factors correlated psi."""
    m = factor.max() + 1
    correlations = np.full((m, m), psi) + np.eye(m) * (1 - psi)
    common = rng.normal(size=(n, m)) @ np.linalg.cholesky(correlations).T
    x = loadings * common[:, factor] + np.sqrt(1 - loadings**2) * rng.normal(size=(n, len(factor)))
    if KINDS[kind] is None:
        return x
    mean, sd = KINDS[kind]
    return np.clip(np.rint(mean + sd * x), 1, 7)
