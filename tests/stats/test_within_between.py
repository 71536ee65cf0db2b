"""Random intercepts against lme4, within and between effects against their definitions and a known truth."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from gaps.scoring.cross_products import unit_products
from gaps.stats.within_between import random_intercept, within_between

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())


def rows_of(name):
    rows = np.array([line.split() for line in ORACLES[name]["rows"].splitlines() if line], float)
    unit = rows[:, 2].astype(int) - 1
    return np.column_stack([np.ones(len(rows)), rows[:, :2]]), unit


def test_sleepstudy_as_in_lme4():
    oracle = ORACLES["sleepstudy"]
    table, unit = rows_of("sleepstudy")
    z = unit_products(table, unit)
    take = [0, 2]
    found = random_intercept(z[:, take][:, :, take], z[:, take, 1], z[:, 1, 1])
    assert found.params == pytest.approx(oracle["fixed"], rel=1e-9)
    assert np.sqrt(np.diag(found.cov)) == pytest.approx(oracle["se"], rel=1e-6)
    assert (found.sd_unit, found.sd_residual) == pytest.approx(oracle["sd"], rel=1e-6)
    assert found.reml == pytest.approx(oracle["reml"], abs=1e-7)
    assert (found.n, found.units) == (180, 18)
    # methods T16: 251.405 10.467, sd 37.12 and 30.99, REML 1786.465
    assert found.icc == pytest.approx(37.12**2 / (37.12**2 + 30.99**2), abs=1e-3)


def test_orthodont_within_and_between_as_in_lme4():
    oracle = ORACLES["orthodont"]
    table, unit = rows_of("orthodont")
    found = within_between(unit_products(table, unit), ["age"])
    effect = found.effects[0]
    assert (effect.within.b, effect.within.se) == pytest.approx(oracle["within"], rel=1e-6)
    assert (effect.between.b, effect.between.se) == pytest.approx(oracle["between"], rel=1e-6)
    unit_variance, residual = oracle["variances"]
    assert found.icc_left == pytest.approx(unit_variance / (unit_variance + residual), rel=1e-6)
    unit_variance, residual = oracle["empty"]
    assert found.icc_outcome == pytest.approx(unit_variance / (unit_variance + residual), rel=1e-6)
    assert effect.difference.b == pytest.approx(oracle["between"][0] - oracle["within"][0], rel=1e-6)
    assert effect.difference.se == pytest.approx(np.hypot(oracle["between"][1], oracle["within"][1]), rel=1e-6)


def simulated(seed, units=40, each=25, within=0.5, between=0.5, sd=0.4):
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), rng.integers(each // 2, 2 * each, units))
    level = rng.normal(0, 1, units)
    x = level[unit] + rng.normal(size=len(unit))
    mean = (np.bincount(unit, x) / np.bincount(unit))[unit]
    y = within * (x - mean) + between * mean + sd * rng.normal(size=units)[unit] + rng.normal(size=len(unit))
    return unit_products(np.column_stack([np.ones(len(y)), y, x]), unit)


def test_truth_is_covered_and_equal_effects_are_seldom_told_apart():
    fits = [within_between(simulated(seed), ["x"]).effects[0] for seed in range(120)]
    within = np.mean([f.within.low <= 0.5 <= f.within.high for f in fits])
    between = np.mean([f.between.low <= 0.5 <= f.between.high for f in fits])
    rejected = np.mean([f.difference.p < 0.05 for f in fits])
    # standard error of a rate of 5 % over 120 samples: 2 %
    assert within > 0.88 and between > 0.88 and rejected < 0.12


def test_a_difference_is_found():
    found = within_between(simulated(1, within=0.2, between=1.2), ["x"]).effects[0]
    assert found.difference.p < 0.001 and found.difference.low > 0
    assert 0.3 < found.icc < 0.7


def test_without_likeness_the_unit_variance_is_zero():
    zero = [within_between(simulated(seed, sd=0.0), ["x"]).icc_left for seed in range(10)]
    assert min(zero) == pytest.approx(0, abs=1e-9) and max(zero) < 0.02


@pytest.mark.parametrize(("units", "names", "needed"), [(9, 1, 10), (10, 5, 11)])
def test_too_few_units(units, names, needed):
    found = within_between(np.tile(np.eye(2 + names), (units, 1, 1)), [f"x{k}" for k in range(names)])
    assert (found.reason, dict(found.values)) == ("too_few_units", {"units": units, "needed": needed})


def test_a_predictor_that_never_varies_within_a_unit():
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(12), 5)
    x = rng.normal(size=12)[unit]
    assert within_between(unit_products(np.column_stack([np.ones(60), rng.normal(size=60), x]), unit), ["x"]).reason == "no_variation"
