"""The reliability of P - E: published figures, kiosk, interval, what is withheld."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.importer import read_study
from gaps.model import Battery, Withheld
from gaps.stats.difference_reliability import difference_reliability, difference_row, reliability_of_difference
from tests.scoring.build import random_study, study
from tests.simulate.validity_designs import draw


@pytest.mark.parametrize(
    ("reliability", "r", "expected"), [(0.75, 0.5, 0.5), (0.8, 0.0, 0.8), (0.8, 0.3, 0.714286), (0.8, 0.5, 0.6), (0.8, 0.7, 0.333333)]
)
def test_equal_variances_as_published(reliability, r, expected):
    """Edwards: .50 (methods T6)."""
    assert reliability_of_difference(1, 1, reliability, reliability, r) == pytest.approx(expected, abs=1e-6)


def test_unequal_variances_by_hand():
    # (4 * .8 + 1 * .6 - 2 * 2 * .5) / (4 + 1 - 2)
    assert reliability_of_difference(2, 1, 0.8, 0.6, 0.5) == pytest.approx(1.8 / 3)


def test_a_difference_that_never_varies_has_none():
    assert np.isnan(reliability_of_difference(1, 1, 0.8, 0.8, 1.0))


def test_the_kiosk_study_as_one_scale(kiosk):
    answers = read_study(kiosk).study.answers
    e, p = (answers[b].to_numpy(float) for b in (Battery.EXPECTATION, Battery.PERCEPTION))
    known = ~np.isnan(e + p).any(axis=1)
    row = difference_row(e[known], p[known])
    assert (row["r_pe"], row["reliability"], row["alpha_gap"]) == pytest.approx((0.364, 0.843, 0.890), abs=5e-4)


def test_the_interval_s_standard_error_agrees_with_the_jackknife():
    rng = np.random.default_rng(1)
    both = draw(rng, 400, "perception", 0.5, np.full(8, 0.7), np.repeat([0, 1], 4))
    e, p = both[:, :4], both[:, 4:]
    row = difference_row(e, p)
    left = np.array([difference_row(np.delete(e, k, 0), np.delete(p, k, 0))["reliability"] for k in range(400)])
    se = np.sqrt(399 / 400 * ((left - left.mean()) ** 2).sum())
    half = np.log((1 - row["low"]) / (1 - row["high"])) / 2
    assert half == pytest.approx(1.9659 * se / (1 - row["reliability"]), rel=0.02)


def test_a_table_with_a_warning_below_60():
    shared = np.random.default_rng(2).normal(size=(200, 1))
    noise = np.random.default_rng(3).normal(size=(200, 8))
    x = np.clip(np.rint(4 + shared + 0.8 * noise), 1, 7)
    frame = difference_reliability(study({"a": 4}, E=x[:, :4], P=x[:, 4:])).frame
    assert frame["r_pe"][0] > 0.7
    assert bool(frame["doubtful"][0]) and frame["low"][0] < frame["reliability"][0] < frame["high"][0] < 0.6
    assert set(frame.columns) <= set(GLOSSARY)
    independent = np.clip(np.rint(4 + np.random.default_rng(4).normal(size=(200, 1)) + 0.8 * noise[:, :4]), 1, 7)
    assert not difference_reliability(study({"a": 4}, E=x[:, :4], P=independent)).frame["doubtful"][0]


def test_without_expectation_it_is_withheld():
    assert difference_reliability(random_study(batteries="P")) == Withheld("not_measured")


def numbers(seed, n, k):
    return np.random.default_rng(seed).integers(1, 8, (n, k)).astype(float)


@pytest.mark.parametrize(
    ("e", "p", "reason"),
    [
        (numbers(0, 30, 1), numbers(1, 30, 1), "one_item"),
        (numbers(0, 9, 3), numbers(1, 9, 3), "too_few"),
        (np.full((30, 3), 7.0), numbers(1, 30, 3), "no_variation"),
        (numbers(0, 30, 3), numbers(0, 30, 3), "same_gap"),
    ],
)
def test_what_is_withheld(e, p, reason):
    row = difference_row(e, p)
    assert row["withheld"] == reason
    assert np.isnan(row["reliability"]) and not row["doubtful"]
