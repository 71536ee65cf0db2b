"""Cluster-robust inference against clubSandwich, the wild cluster bootstrap against refitting, and coverage under likeness within units."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from gaps.stats import clusters
from gaps.stats.clusters import CR2, HC3, WILD, fit, unit_products, which
from tests.simulate.driver_designs import coverage

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())
SWISS = np.array([line.split() for line in ORACLES["swiss"]["rows"].splitlines() if line], float)
UNIT = np.repeat(np.arange(9), ORACLES["clusters"]["sizes"])
TABLE = np.column_stack([np.ones(47), SWISS])


def swiss(method=CR2, weight=None):
    return fit(unit_products(TABLE, UNIT, weight), 47, method, seed=3)


def test_cr2_and_satterthwaite_as_in_clubsandwich():
    oracle, found = ORACLES["clusters"], swiss()
    for k in range(6):
        se, df = clusters.cr2(found.gram, found.scores, found.inverse, np.eye(6)[k])
        assert se == pytest.approx(oracle["cr2"][k], rel=1e-9)
        assert df == pytest.approx(oracle["df"][k], rel=1e-8)
        assert found.estimate(k)[3] == pytest.approx(oracle["p"][k], rel=1e-8)
        assert clusters.cr1(found.gram, found.scores, found.inverse, np.eye(6)[k]) == pytest.approx(oracle["cr1"][k], rel=1e-9)


def test_a_combination_of_coefficients_as_in_clubsandwich():
    value, se, df, low, high = ORACLES["clusters"]["contrast"]
    found, contrast = swiss(), np.array([0, 1, 1, 0, 0, 0.0])
    assert found.test(contrast)[:2] == pytest.approx((value, se), rel=1e-8)
    assert clusters.cr2(found.gram, found.scores, found.inverse, contrast)[1] == pytest.approx(df, rel=1e-8)
    assert found._tested(contrast)[2:4] == pytest.approx((low, high), rel=1e-8)


def test_case_weights_as_in_clubsandwich_on_weighted_rows():
    found = swiss(weight=np.resize([1, 2, 0.5], 47))
    for k in range(1, 6):
        se, df = clusters.cr2(found.gram, found.scores, found.inverse, np.eye(6)[k])
        assert se == pytest.approx(ORACLES["clusters"]["weighted_cr2"][k - 1], rel=1e-8)
        assert df == pytest.approx(ORACLES["clusters"]["weighted_df"][k - 1], rel=1e-8)


def test_estimates_are_those_of_least_squares():
    found = swiss()
    design = np.delete(TABLE, 1, axis=1)
    assert found.params == pytest.approx(np.linalg.lstsq(design, SWISS[:, 0], rcond=None)[0])
    assert found.r2 == pytest.approx(ORACLES["swiss"]["r2"])
    assert found.adj_r2 == pytest.approx(0.670970966276, abs=1e-6)  # R: summary(lm(Fertility ~ ., swiss))$adj.r.squared .671


def refitted_p(theta, position, multipliers):
    """The restricted wild cluster bootstrap as it is written down: refit every sample."""
    x, y = np.delete(TABLE, 1, axis=1), SWISS[:, 0]
    inverse, c = np.linalg.inv(x.T @ x), np.eye(6)[position]

    def t(outcome):
        b = inverse @ x.T @ outcome
        residual = outcome - x @ b
        score = np.array([x[inside].T @ residual[inside] for inside in (np.equal(UNIT, g) for g in range(9))])
        return (b[position] - theta) / np.sqrt(9 / 8 * ((score @ inverse @ c) ** 2).sum())

    b = inverse @ x.T @ y
    restricted = x @ (b - inverse @ c * (b[position] - theta) / (c @ inverse @ c))
    drawn = np.array([t(restricted + v[UNIT] * (y - restricted)) for v in multipliers])
    return (1 + (np.abs(drawn) >= abs(t(y)) * (1 - 1e-10)).sum()) / (1 + len(drawn))


def test_the_fast_wild_bootstrap_is_the_slow_one():
    found = swiss(WILD)
    multipliers = clusters._weights(9, clusters.WILD_DRAWS, 3)
    _, low, high, p = found.estimate(2)
    assert p == pytest.approx(refitted_p(0.0, 2, multipliers), abs=1e-12)
    for end, outside in ((low, low - 0.02), (high, high + 0.02)):
        assert refitted_p(end, 2, multipliers) == pytest.approx(0.05, abs=0.002)
        assert refitted_p(outside, 2, multipliers) < 0.05


def test_an_interval_holds_what_is_not_rejected():
    found = swiss(WILD)
    for k in range(1, 6):
        _, low, high, p = found.estimate(k)
        assert (low <= 0 <= high) == (p >= 0.05)


def test_the_rule_and_the_multipliers():
    assert [which(n) for n in (0, 5, 6, 39, 40, 1000)] == [HC3, HC3, WILD, WILD, CR2, CR2]
    assert len(np.unique(clusters._weights(11, 999, 1))) == 6
    assert set(np.unique(clusters._weights(12, 999, 1))) == {-1.0, 1.0}
    with pytest.raises(ValueError, match="method"):
        fit(unit_products(TABLE, UNIT), 47, "cr3")


def test_products_of_units_however_they_are_summed():
    rows, weight = np.random.default_rng(1).normal(size=(60, 3)), np.random.default_rng(2).uniform(0.5, 2, 60)
    for units in (4, 50):  # few large units and many small ones take different ways
        unit = np.concatenate([np.arange(units), np.random.default_rng(3).integers(0, units, 60 - units)])
        found = unit_products(rows, unit, weight)
        for g in range(units):
            inside = unit == g
            assert found[g] == pytest.approx((rows[inside] * weight[inside, None]).T @ rows[inside])


def test_respondents_without_a_unit_stand_alone():
    unit = np.array([7, -1, 2, 7, -1])
    assert clusters.codes(unit, unit >= 0).tolist() == [1, 2, 0, 1, 3]


def test_no_fit_where_there_is_none():
    dependent = np.column_stack([TABLE, TABLE[:, 2] * 2])
    assert fit(unit_products(dependent, UNIT), 47, CR2) is None
    constant = np.column_stack([TABLE, np.zeros(47)])
    assert fit(unit_products(constant, UNIT), 47, CR2) is None
    assert fit(unit_products(TABLE, np.arange(47) % 2), 47, CR2) is None


def test_a_predictor_that_one_unit_alone_determines_gets_no_standard_error():
    only = np.column_stack([TABLE, (UNIT == 3).astype(float)])
    assert fit(unit_products(only, UNIT), 47, CR2) is None


def test_intervals_hold_the_truth_where_those_without_units_do_not():
    # 95.3, 94.6 and 86 % at the full size (docs/simulations-drivers.md); 60 samples x 5 coefficients: standard error about 2 %
    found = coverage(5, 16, 320, 0.3, 60)
    assert found[CR2] > 0.89 and found[WILD] > 0.89
    assert found["hc3"] < 0.88
