"""Random slopes against lme4 and statsmodels, and whether units are told apart only where they differ."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from gaps.scoring.cross_products import unit_products
from gaps.stats.random_slope import random_slope, slopes_by_unit
from tests.simulate.slope_designs import SLOPE, answers, numbers, tried

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())


def sleepstudy():
    rows = np.array([line.split() for line in ORACLES["sleepstudy"]["rows"].splitlines() if line], float)
    return rows[:, 0], rows[:, 1], rows[:, 2].astype(int) - 1  # reaction, days, subject


def fitted(y, x, unit):
    z = unit_products(np.column_stack([np.ones(len(y)), x, y]), unit)
    return random_slope(z[:, :2, :2], z[:, :2, 2], z[:, 2, 2])


def test_sleepstudy_as_in_lme4():
    found = fitted(*sleepstudy())
    assert found.params == pytest.approx([251.405, 10.467], abs=1e-3)
    # lme4 1.1: sd 24.7407 and 5.9221, correlation .066, residual 25.5918, REML 1743.6283
    assert [found.sd_unit, found.sd_slope, found.sd_residual] == pytest.approx([24.7407, 5.9221, 25.5918], abs=5e-4)
    assert (found.correlation, found.reml) == (pytest.approx(0.066, abs=1e-3), pytest.approx(1743.6283, abs=1e-4))
    assert (found.n, found.units) == (180, 18)


def test_as_in_statsmodels():
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(25), rng.integers(4, 30, 25))
    y, x = numbers(rng, unit, 0.3)
    found, z = fitted(y, 3 + 2 * x, unit), np.column_stack([np.ones(len(y)), 3 + 2 * x])
    other = MixedLM(y, z, unit, z).fit(reml=True)
    assert found.params == pytest.approx(other.fe_params, rel=1e-3)
    assert [found.sd_unit**2, found.sd_slope**2] == pytest.approx(np.diag(other.cov_re), rel=5e-3)
    assert found.reml == pytest.approx(-2 * other.llf, abs=1e-3)
    assert np.sqrt(np.diag(found.cov)) == pytest.approx(other.bse_fe, rel=1e-2)


@pytest.fixture(scope="module")
def differing():
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(40), 30)
    return (*numbers(rng, unit, 0.3), unit)


def test_differing_slopes_are_found_with_an_interval(differing):
    found = slopes_by_unit(*differing)
    assert found.p < 0.001 and 0.0 < found.sd_low < found.sd < found.sd_high < 0.6
    assert found.mean.low < SLOPE < found.mean.high
    assert (found.mean.b - found.low, found.high - found.mean.b) == pytest.approx((1.959964 * found.sd, 1.959964 * found.sd))
    assert (found.n, found.units) == (1200, 40)


def test_units_of_measurement_and_names_of_units_do_not_matter(differing):
    y, x, unit = differing
    one, two = slopes_by_unit(y, x, unit), slopes_by_unit(10 * y - 3, 5 * x + 40, 2 * (unit.max() - unit))
    assert [two.sd, two.sd_low, two.sd_high, two.mean.b] == pytest.approx(
        [2 * v for v in (one.sd, one.sd_low, one.sd_high, one.mean.b)], rel=5e-3
    )
    assert two.p == pytest.approx(one.p, rel=1e-2)


def test_p_is_the_even_mixture():
    """Plain: half of chi² with 1 and half with 2 degrees of freedom; the likelihoods are those of statsmodels."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(8)
    unit = np.repeat(np.arange(20), 20)
    y, x = numbers(rng, unit, 0.2)
    mean = np.bincount(unit, x)[unit] / 20
    z, one = x - mean, np.ones(len(y))
    fixed = np.column_stack([one, z, mean])
    llf = [MixedLM(y, fixed, unit, random).fit(reml=True).llf for random in (one[:, None], np.column_stack([one, z]))]
    gain, found = 2 * (llf[1] - llf[0]), slopes_by_unit(y, x, unit)
    assert gain > 1
    assert found.p_plain == pytest.approx(stats.chi2.sf(gain, 1) / 2 + stats.chi2.sf(gain, 2) / 2, rel=1e-2)


def test_equal_slopes_are_seldom_told_apart_and_no_ends_of_a_scale_are():
    equal, ceiling = tried(1, 20, 400, 20, 0.0), tried(1, 60, 1500, 8, 0.0, answers, level=6.3)
    # wanted .05; standard errors 5 and 8 % (`make simulate` draws more); without the bends of the model the second is above .3
    assert equal["differs"] <= 0.15 and ceiling["differs"] <= 0.2 and equal["sd held"] >= 0.85


def test_too_few_units_and_nothing_that_varies():
    rng = np.random.default_rng(5)
    unit = np.r_[np.repeat(np.arange(9), 20), np.repeat(np.arange(9, 30), 4)]
    y, x = numbers(rng, unit, 0.0)
    found = slopes_by_unit(y, x, unit)
    assert (found.reason, dict(found.values)) == ("too_few_large_units", {"units": 9, "needed": 10, "customers": 5})
    unit = np.repeat(np.arange(12), 6)
    y, x = numbers(rng, unit, 0.0)
    assert slopes_by_unit(y, unit.astype(float), unit).reason == "no_variation"
    assert slopes_by_unit(np.ones(72), x, unit).reason == "no_variation"
    assert slopes_by_unit(2 * x, x, unit).reason == "collinear"
