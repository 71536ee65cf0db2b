"""Robust errors against R's sandwich and clubSandwich."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from gaps.stats import regression, sandwich

FOLDER = Path(__file__).parents[1] / "oracles"
ORACLES = tomllib.loads((FOLDER / "sandwich.toml").read_text())
ROWS = np.array(
    [line.split() for line in tomllib.loads((FOLDER / "drivers.toml").read_text())["attitude"]["rows"].splitlines() if line], float
)
Y, X = ROWS[:, 0], ROWS[:, [1, 3, 4]]  # rating; complaints, learning, raises
UNITS = np.repeat(np.arange(8), ORACLES["attitude"]["sizes"])
WEIGHT = np.tile([1, 2, 0.5], 10)


def close(values):
    return pytest.approx(values, rel=1e-7)


def test_hc3():
    fit = sandwich.least_squares(Y, X)
    assert (fit.method, fit.units, fit.residual_df) == ("HC3", 0, 26)
    assert fit.params == close(ORACLES["attitude"]["params"])
    assert fit.se == close(ORACLES["attitude"]["hc3"])
    assert sandwich.least_squares(Y, X, WEIGHT).se == close(ORACLES["weighted"]["hc3"])


@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_the_same_as_statsmodels(weight):
    ours, theirs = sandwich.least_squares(Y, X, weight), regression.regress(Y, X, weight)
    assert ours.params == pytest.approx(theirs.params) and ours.cov == pytest.approx(theirs.cov)
    assert (ours.r2, ours.adj_r2) == pytest.approx((theirs.r2, theirs.adj_r2))
    assert ours.test([0, 1, -1, 0]) == pytest.approx(theirs.test([0, 1, -1, 0]))
    assert ours.interval(2) == pytest.approx(theirs.interval(2))


def test_cr2_with_satterthwaite():
    o, fit = ORACLES["attitude"], sandwich.least_squares(Y, X, unit=UNITS)
    assert (fit.method, fit.units) == ("CR2", 8)
    assert fit.se == close(o["cr2"])
    assert fit.df(np.eye(4)) == close(o["df"])
    assert [fit.test(row)[3] for row in np.eye(4)] == close(o["p"])
    value, se, _, _ = fit.test([0, 1, -1, 0])
    assert [value, se, fit.df(np.array([0, 1, -1, 0.0]))] == close(o["contrast"])


def test_cr2_with_weights():
    o, fit = ORACLES["weighted"], sandwich.least_squares(Y, X, WEIGHT, UNITS)
    assert fit.params == close(o["params"]) and fit.se == close(o["cr2"]) and fit.df(np.eye(4)) == close(o["df"])


def test_without_unit_each_is_a_unit_of_its_own():
    unit = np.concatenate([[-1, -1, -1], np.tile(np.arange(9), 3)])
    o, fit = ORACLES["alone"], sandwich.least_squares(Y, X, unit=unit)
    assert fit.se == close(o["cr2"]) and fit.df(np.eye(4)) == close(o["df"])


def test_few_units_have_levels_of_their_own():
    o, fit = ORACLES["within"], sandwich.least_squares(Y, X, unit=np.tile([0, 1, 2], 10))
    assert (fit.method, fit.units) == ("HC3 within units", 3)
    assert fit.params[1:4] == close(o["params"]) and fit.se[1:4] == close(o["hc3"])
    # the levels are centred: the intercept is that of the mix of units
    assert fit.params[0] + X.mean(axis=0) @ fit.params[1:4] == pytest.approx(Y.mean())


@pytest.mark.parametrize(
    ("units", "method"), [(0, "HC3"), (1, "HC3"), (2, "HC3 within units"), (5, "HC3 within units"), (6, "CR2"), (36, "CR2")]
)
def test_the_rule(units, method):
    assert sandwich.method_for(None if units == 0 else np.arange(360) % units) == method
    assert sandwich.method_for(np.full(10, -1)) == "HC3"


def test_order_and_names_of_units_change_nothing():
    order = np.random.default_rng(1).permutation(30)
    a, b = sandwich.least_squares(Y, X, unit=UNITS), sandwich.least_squares(Y[order], X[order], unit=20 - UNITS[order])
    assert b.cov == pytest.approx(a.cov) and b.df(np.eye(4)) == pytest.approx(a.df(np.eye(4)))


def test_many_small_units_and_few_large_ones_go_different_ways_to_the_same_products():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(200, 3))
    for units in (3, 150):
        unit = rng.integers(0, units, 200)
        found = sandwich.unit_products(rows, unit)
        assert found == pytest.approx(np.stack([rows[unit == u].T @ rows[unit == u] for u in np.unique(unit)]))


def test_no_fit():
    assert sandwich.least_squares(Y, np.column_stack([X, X[:, 0]])) is None
    assert sandwich.least_squares(Y, np.column_stack([X, np.ones(30)])) is None
    assert sandwich.least_squares(Y[:4], X[:4]) is None
    assert sandwich.least_squares(Y, np.column_stack([X, np.arange(30) == 4])) is None  # one row decides a coefficient


def test_holm():
    assert sandwich.holm([0.04, 0.01, np.nan, 0.02]) == pytest.approx([0.04, 0.03, np.nan, 0.04], nan_ok=True)  # R p.adjust
    assert sandwich.holm([0.9, 0.8]) == pytest.approx([1, 1])
    assert sandwich.holm([]).tolist() == []
