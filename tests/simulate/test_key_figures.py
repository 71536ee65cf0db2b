"""Coverage of the share at or above expectation: what docs/simulations.md reports. Slow; run by `make simulate`."""

import numpy as np
import pytest

from gaps.stats.key_figures import share_interval

pytestmark = pytest.mark.simulate

STUDIES = 4000


def coverage(draw, truth: float, studies: int = STUDIES) -> float:
    """Share of studies whose interval holds the truth; `draw` gives answers (1, 0) and weights of one study."""
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(studies):
        reached, weight = draw(rng)
        _, low, high = share_interval(reached, weight)
        inside += low <= truth <= high
    return inside / studies


@pytest.mark.parametrize("n", [15, 50, 200, 2000])
@pytest.mark.parametrize("truth", [0.02, 0.1, 0.3, 0.5])
def test_customers_alone(truth, n, record_property):
    found = coverage(lambda rng: ((rng.random(n) < truth) + 0.0, None), truth)
    record_property(f"alone {truth} {n}", found)
    assert found > 0.905  # of few answers the possible shares are few, and coverage jumps about 95 %


@pytest.mark.parametrize(("n", "link"), [(60, 0.0), (200, 0.0), (60, 0.6), (200, 0.6), (2000, 0.6)])
def test_case_weights(n, link, record_property):
    """Groups asked in the wrong proportion and weighted back; `link`: how far the group that counts twice differs."""
    shares = np.array([0.3 - link / 4, 0.3 + link / 4])
    truth = float(0.5 * shares.sum())

    def draw(rng):
        group = (rng.random(n) < 0.25).astype(int)
        return (rng.random(n) < shares[group]) + 0.0, np.array([0.5 / 0.75, 0.5 / 0.25])[group]

    found = coverage(draw, truth)
    record_property(f"weights {link} {n}", found)
    assert found > 0.92


@pytest.mark.parametrize("spread", [0.05, 0.15])
def test_the_units_there_are(spread, record_property):
    """Thirty units of unequal shares, all asked, forty customers of each: the interval is wider than needed."""
    shares = np.clip(np.random.default_rng(3).normal(0.3, spread, 30), 0.01, 0.99)
    found = coverage(lambda rng: ((rng.random((30, 40)) < shares[:, None]).ravel() + 0.0, None), float(shares.mean()))
    record_property(f"units there are {spread}", found)
    assert found >= 0.94


@pytest.mark.parametrize("spread", [0.05, 0.15])
def test_units_drawn_from_many(spread, record_property):
    """The limit: thirty units drawn anew in each study. The interval speaks of the units asked, and is too narrow for units in general."""

    def draw(rng):
        shares = np.clip(rng.normal(0.3, spread, 30), 0.01, 0.99)
        return (rng.random((30, 40)) < shares[:, None]).ravel() + 0.0, None

    truth = float(np.clip(np.random.default_rng(5).normal(0.3, spread, 1_000_000), 0.01, 0.99).mean())
    found = coverage(draw, truth)
    record_property(f"units drawn {spread}", found)
    assert found < 0.93
