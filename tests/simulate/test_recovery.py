"""Parameter recovery at full size: what docs/simulations.md reports. Slow; run by `make simulate`."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gaps.stats.bootstrap import correlations, resampled_cross_products
from gaps.stats.drivers import GAPS, dimension_drivers, gap_drivers
from tests.simulate.designs import first_rate, mean_ratio, rejections, standardised, true_shares

pytestmark = pytest.mark.simulate

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())
BETAS = ORACLES["recovery_dimensions"]["betas"]


def fits(rng, n, betas, r, samples, resamples=500):
    """Driver fits of simulated respondents, perceptions as predictors."""
    for _ in range(samples):
        y, x = standardised(rng, (n,), betas, r)
        scores = {"perception": pd.DataFrame(x, columns=[f"d{k}" for k in range(len(betas))])}
        yield dimension_drivers(pd.Series(y), scores, "overall_quality", predictors="P", resamples=resamples)


def report(record_property, **numbers):
    for name, value in numbers.items():
        record_property(name, value)


@pytest.mark.parametrize("r", ["0.3", "0.6", "0.8"])
@pytest.mark.parametrize("n", ORACLES["recovery_dimensions"]["n"])
def test_first_dimension(r, n, record_property):
    oracle = ORACLES["recovery_dimensions"]
    found = first_rate(np.random.default_rng(n), n, BETAS, float(r), 4000)
    report(record_property, found=found)
    # the reference rates are given to two digits and are themselves simulated
    assert found == pytest.approx(oracle["first"][r][oracle["n"].index(n)], abs=0.04)


@pytest.mark.parametrize("units", ORACLES["recovery_gaps"]["n"])
def test_first_gap(units, record_property):
    oracle = ORACLES["recovery_gaps"]
    found = first_rate(np.random.default_rng(units), units, oracle["betas"], 0.0, 4000)
    report(record_property, found=found)
    assert found == pytest.approx(oracle["first"][oracle["n"].index(units)], abs=0.04)


@pytest.mark.parametrize("n", [100, 200, 1000])
def test_without_any_effect_a_driver_is_named_in_at_most_two_percent(n, record_property):
    named = np.mean([f.verdict.driver is not None for f in fits(np.random.default_rng(n), n, [0.0] * 5, 0.5, 500)])
    report(record_property, named=named)
    assert named <= 0.02


@pytest.mark.parametrize("n", [200, 1000])
def test_equal_effects_are_told_apart_in_at_most_five_percent(n, record_property):
    named = np.mean([f.verdict.driver is not None for f in fits(np.random.default_rng(n), n, [0.15] * 5, 0.5, 500)])
    report(record_property, named=named)
    assert named <= 0.05


@pytest.mark.parametrize(("n", "r"), [(200, 0.3), (200, 0.6), (400, 0.6), (800, 0.6), (1600, 0.6), (3200, 0.6)])
def test_what_is_named_is_true(n, r, record_property):
    drivers = [f.verdict.driver for f in fits(np.random.default_rng(n), n, BETAS, r, 400)]
    wrong = np.mean([d not in (None, "d0") for d in drivers])
    report(record_property, right=np.mean([d == "d0" for d in drivers]), wrong=wrong)
    assert wrong <= 0.02


@pytest.mark.parametrize("units", [30, 50, 100])
def test_gaps_named_across_units(units, record_property):
    def named(betas, seed):
        rng = np.random.default_rng(seed)
        for _ in range(400):
            y, x = standardised(rng, (units,), betas, 0.0)
            frame = pd.DataFrame(x, columns=list(GAPS)).assign(overall_quality=y, n_customers=40)
            yield gap_drivers(frame, "overall_quality", resamples=500).verdict.driver

    nothing = np.mean([d is not None for d in named([0.0] * 4, 1)])
    true = [d for d in named(ORACLES["recovery_gaps"]["betas"], 2) if d is not None]
    report(record_property, nothing=nothing, named=len(true) / 400, right=np.mean([d == "gap1" for d in true]) if true else None)
    assert nothing <= 0.03
    assert np.mean([d == "gap1" for d in true]) > 0.95


@pytest.mark.parametrize(("n", "r"), [(200, 0.3), (200, 0.6), (1000, 0.6)])
def test_share_intervals_cover_the_true_share(n, r, record_property):
    true = true_shares(BETAS, r)
    inside = np.array(
        [
            [t.share_low <= s <= t.share_high for t, s in zip(f.terms, true, strict=True)]
            for f in fits(np.random.default_rng(n), n, BETAS, r, 400)
        ]
    )
    report(record_property, **{f"beta_{b}": c for b, c in zip(BETAS, inside.mean(axis=0), strict=True)}, mean=inside.mean())
    assert inside.mean() > 0.88  # percentile intervals of shares are somewhat liberal in small samples (Groemping 2006)


@pytest.mark.parametrize("blocks", [1024, 4096])
def test_block_bootstrap_spread(blocks, record_property):
    n, rng = 20_000, np.random.default_rng(1)
    ratios = []
    for seed in range(10):
        y, x = standardised(rng, (n,), BETAS, 0.5)
        rows, upper = np.column_stack([np.ones(n), y, x]), np.triu_indices(6, 1)
        by_block = correlations(resampled_cross_products(rows, resamples=2000, seed=seed, blocks=blocks))[:, *upper]
        exact = correlations(resampled_cross_products(rows, resamples=2000, seed=seed + 100, exact=n))[:, *upper]
        ratios.append(by_block.std(axis=0) / exact.std(axis=0))
    error = np.sqrt(np.mean((np.array(ratios) - 1) ** 2))
    report(record_property, bias=np.mean(ratios) - 1, error=error)
    # two Monte Carlo errors of 1.6 % and the blocks' own
    assert error == pytest.approx(np.sqrt(2 / 4000 + 1 / (2 * blocks)), rel=0.25)


SYMMETRIC = [(5.0, 0.0), (5.0, 0.5), (5.0, 0.8), (5.8, 0.0), (5.8, 0.5), (5.8, 0.8)]


@pytest.mark.parametrize(("mean_p", "r"), SYMMETRIC)
def test_a_symmetric_truth_is_called_asymmetric_in_five_percent(mean_p, r, record_property):
    naive, controlled = rejections(np.random.default_rng(3), 300, 2000, mean_p=mean_p, r=r)
    report(record_property, naive=naive, controlled=controlled)
    assert 0.03 < controlled < 0.07
    assert naive > controlled


@pytest.mark.parametrize(("mean_p", "r"), SYMMETRIC)
def test_an_outcome_at_the_top_of_its_scale_looks_asymmetric(mean_p, r, record_property):
    # a mean outcome near 6.5 of 7: a third of the answers at the top. Not the expectation's doing, so the covariate cannot mend all of it
    naive, controlled = rejections(np.random.default_rng(4), 300, 1000, mean_p=mean_p, r=r, level=3.5)
    report(record_property, naive=naive, controlled=controlled)
    assert controlled < naive


@pytest.mark.parametrize(
    ("mean_p", "r", "ratio", "low", "high"),
    [(5.8, 0.5, 1.0, 0.9, 1.15), (6.3, 0.8, 1.0, 0.8, 1.3), (5.8, 0.5, 2.0, 1.3, 2.0), (5.8, 0.5, 3.0, 1.8, 3.0)],
)
def test_ratio(mean_p, r, ratio, low, high, record_property):
    naive, controlled = mean_ratio(np.random.default_rng(5), 1000, 300, mean_p=mean_p, r=r, ratio=ratio)
    report(record_property, naive=naive, controlled=controlled)
    assert low < controlled < high
    assert abs(naive - ratio) > abs(controlled - ratio)
