"""Cross-products of the rows of each group."""

import numpy as np
import pytest

from gaps.scoring.cross_products import unit_products


def test_many_small_units_and_few_large_ones_go_different_ways_to_the_same_products():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(200, 3))
    for units in (3, 150):
        unit = rng.integers(0, units, 200)
        for weight in (None, rng.uniform(0.5, 2, 200)):
            w = np.ones(200) if weight is None else weight
            found = unit_products(rows, unit, weight)
            assert found == pytest.approx(np.stack([(rows * w[:, None])[unit == u].T @ rows[unit == u] for u in np.unique(unit)]))


def test_of_nobody_there_are_none():
    assert unit_products(np.zeros((0, 3)), np.zeros(0, int)).shape == (0, 3, 3)
