"""Likeness within units: against R, and worked values."""

import math

import numpy as np
import pytest

from gaps.stats.intraclass import OneWay, one_way

# R datasets::warpbreaks without rows 1, 2, 3, 10, 30, 31; unit = interaction(wool, tension)
BREAKS = (
    *(25, 70, 52, 51, 26, 67, 21, 29, 17, 12, 18, 35, 30, 36, 36, 21, 24, 18, 10, 43, 28, 15, 26, 27, 14),
    *(29, 31, 41, 20, 44, 42, 26, 19, 16, 39, 28, 21, 39, 29, 20, 21, 24, 17, 13, 15, 15, 16, 28),
)
CODES = [0] * 6 + [2] * 8 + [4] * 9 + [1] * 7 + [3] * 9 + [5] * 9


def test_icc_as_aov():
    """R 4.2.2: anova(aov(breaks ~ u)): 699.59048 on 5, 115.95351 on 42; n0 7.9666667, ICC(1) .3871812234."""
    found = one_way(np.array(BREAKS, float), np.array(CODES), 6)
    assert (found.between, found.within) == pytest.approx((699.59048, 115.95351), abs=1e-5)
    assert found.size == pytest.approx(7.966666667, abs=1e-8)
    assert found.icc == pytest.approx(0.3871812234, abs=1e-9)
    assert one_way(np.array([*BREAKS, np.nan, 99.0]), np.array([*CODES, 0, -1]), 7).icc == pytest.approx(found.icc)


@pytest.mark.parametrize("codes", [[0, 1], [0, 0], [], [-1, -1]])
def test_no_icc_without_two_units_and_two_answers_in_one(codes):
    assert math.isnan(one_way(np.arange(len(codes), dtype=float), np.array(codes, int), 2).icc)


def test_the_worked_values():
    """ICC(1) .05 and 30 in each unit: ICC(2) .612, design effect 2.45 (methods 2.4)."""
    found = OneWay(np.full(20, 30.0), 1 + 30 * 0.05 / 0.95, 1.0, 30)  # mean squares of ICC(1) = .05
    assert found.icc == pytest.approx(0.05)
    assert found.icc2 == pytest.approx(0.612, abs=5e-4)
    assert found.design_effect == pytest.approx(2.45)
