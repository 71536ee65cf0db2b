"""Do reliabilities, HTMT and the factor model keep their promises: what docs/simulations-validity.md reports."""

import numpy as np
import pytest

from gaps.model import Withheld
from gaps.stats.difference_reliability import difference_row
from gaps.stats.factor_model import fit_model
from gaps.stats.htmt import heterotrait, ratios
from gaps.stats.omega import omega
from gaps.stats.reliability import alpha, feldt_interval
from tests.simulate.validity_designs import DIMENSION, FACTOR, KINDS, draw

pytestmark = pytest.mark.simulate
ONE = np.zeros(5, int)
FIVE_ITEMS = np.array([0.8, 0.7, 0.6, 0.75, 0.65])


def one_dimension(rng, n, kind):
    return draw(rng, n, kind, loadings=FIVE_ITEMS, factor=ONE)


def report(record_property, **numbers):
    for name, value in numbers.items():
        record_property(name, float(value))


@pytest.mark.parametrize("n", [30, 50, 100, 200, 400])
@pytest.mark.parametrize("kind", KINDS)
def test_intervals_of_alpha_and_omega(kind, n, record_property):
    big = one_dimension(np.random.default_rng(0), 500_000, kind)
    true_alpha, true_omega = alpha(big), omega(big).omega
    rng, times = np.random.default_rng(n), 1000
    in_alpha, in_omega, none = 0, 0, 0
    for _ in range(times):
        x = one_dimension(rng, n, kind)
        low, high = feldt_interval(alpha(x), n, 5)
        in_alpha += low <= true_alpha <= high
        found = omega(x)
        none += bool(found.withheld)
        in_omega += not found.withheld and found.low <= true_omega <= found.high
    report(record_property, alpha=in_alpha / times, omega=in_omega / (times - none), withheld=none / times)
    assert in_alpha / times > 0.90
    assert in_omega / (times - none) > 0.90


@pytest.mark.parametrize("n", [30, 100, 300])
@pytest.mark.parametrize("kind", ["continuous", "perception", "expectation"])
def test_interval_of_the_difference_s_reliability(kind, n, record_property):
    def pair(rng, size):
        both = draw(rng, size, kind, 0.4, np.tile(FIVE_ITEMS, 2), np.repeat([0, 1], 5))
        return both[:, :5], both[:, 5:]

    truth = difference_row(*pair(np.random.default_rng(0), 500_000))["reliability"]
    rng, times, inside = np.random.default_rng(n), 800, 0
    for _ in range(times):
        row = difference_row(*pair(rng, n))
        inside += row["low"] <= truth <= row["high"]
    report(record_property, truth=truth, covered=inside / times)
    assert inside / times > 0.90


@pytest.mark.parametrize("n", [50, 100, 200, 400])
@pytest.mark.parametrize("psi", [0.6, 0.85])
@pytest.mark.parametrize("kind", KINDS)
def test_limits_of_htmt(kind, psi, n, record_property):
    member = np.eye(5)[FACTOR]
    truth = ratios(np.corrcoef(draw(np.random.default_rng(0), 300_000, kind, psi).T), member)[np.triu_indices(5, 1)]
    rng, times = np.random.default_rng(n), 150
    inside, alike, used = 0, 0, 0
    for k in range(times):
        frame = heterotrait(draw(rng, n, kind, psi), DIMENSION, resamples=400, seed=k).frame
        given = (frame["withheld"] == "").to_numpy()
        used += given.sum()
        inside += ((frame["low"].to_numpy() <= truth) & (truth <= frame["high"].to_numpy()))[given].sum()
        alike += (frame["state"] == "alike").sum()
    report(record_property, covered=inside / used, alike=alike / used, withheld=1 - used / (10 * times), truth=truth.mean())
    assert inside / used > 0.88


@pytest.mark.parametrize("n", [2049, 8192])
@pytest.mark.parametrize("psi", [0.6, 0.85])
@pytest.mark.parametrize("kind", KINDS)
def test_linearised_limits_of_htmt(kind, psi, n, record_property):
    member = np.eye(5)[FACTOR]
    pair = np.triu_indices(5, 1)
    rng = np.random.default_rng(0)
    truth = np.mean([ratios(np.corrcoef(draw(rng, 300_000, kind, psi).T), member)[pair] for _ in range(10)], axis=0)
    rng, times, inside, below = np.random.default_rng(n), 400, 0, 0
    for _ in range(times):
        frame = heterotrait(draw(rng, n, kind, psi), DIMENSION).frame
        inside += ((frame["low"].to_numpy() <= truth) & (truth <= frame["high"].to_numpy())).sum()
        below += (frame["high"].to_numpy() < truth).sum()
    report(record_property, covered=inside / (10 * times), below=below / (10 * times), truth=truth.mean())
    assert 0.93 < inside / (10 * times) < 0.97


@pytest.mark.parametrize("n", [100, 200, 400, 1000])
@pytest.mark.parametrize("psi", [0.6, 0.85])
@pytest.mark.parametrize("kind", KINDS)
def test_false_alarms_of_a_true_model(kind, psi, n, record_property):
    rng, times = np.random.default_rng(n), 200
    fits = [fit_model(draw(rng, n, kind, psi), range(1, 23), DIMENSION) for _ in range(times)]
    given = [f for f in fits if not isinstance(f, Withheld)]
    rates = {
        f"{name}_{what}": np.mean([test(getattr(f, name)) for f in given])
        for name in ("plain", "robust", "fit")
        for what, test in (("rmsea", lambda i: i.rmsea > 0.06), ("low", lambda i: i.rmsea_low > 0.05), ("p", lambda i: i.p < 0.05))
    }
    inside = np.mean([(f.correlations["low"] <= psi) & (psi <= f.correlations["high"]) for f in given])
    report(record_property, **rates, withheld=1 - len(given) / times, correlation_covered=inside)
    assert rates["fit_rmsea"] < 0.03
    assert rates["fit_p"] < 0.16
