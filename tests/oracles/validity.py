"""The reference values of validity.toml, with answers that have exactly their covariances."""

import tomllib
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
VALUES = tomllib.loads((HERE / "validity.toml").read_text(encoding="utf-8"))
HOLZINGER, ATTITUDE, MOBI = VALUES["holzinger"], VALUES["attitude"], VALUES["mobi"]
_ROWS = tomllib.loads((HERE / "drivers.toml").read_text(encoding="utf-8"))["attitude"]["rows"]
ATTITUDE_ROWS = np.array([line.split() for line in _ROWS.strip().splitlines()], float)


def full(triangle: list[list[float]]) -> np.ndarray:
    """A symmetric matrix from its lower triangle."""
    lower = np.zeros((len(triangle), len(triangle)))
    for k, row in enumerate(triangle):
        lower[k, : k + 1] = row
    return lower + np.tril(lower, -1).T


def exact(covariance: np.ndarray, n: int, seed: int = 0) -> np.ndarray:
    """n answers whose covariance (n - 1) is exactly this."""
    x = np.random.default_rng(seed).normal(size=(n, len(covariance)))
    x -= x.mean(axis=0)
    white = np.linalg.solve(np.linalg.cholesky(np.cov(x, rowvar=False)), x.T)
    return (np.linalg.cholesky(covariance) @ white).T
