"""The probability of being the widest gap, against the normal distribution it approximates."""

from statistics import NormalDist

import numpy as np
import pytest

from gaps.stats.widest import probability_widest


def test_two_means_against_the_closed_form():
    # P(A < B) = Phi(difference / sd of the difference): here (0.3) / sqrt(0.04 + 0.09 - 2 * 0.02) = 1 standard deviation.
    cov = np.array([[0.04, 0.02], [0.02, 0.09]])
    chances = probability_widest(["a", "b"], [-0.3, 0.0], cov)
    assert chances["a"] == pytest.approx(NormalDist().cdf(1.0), abs=0.012)
    assert sum(chances.values()) == pytest.approx(1)


def test_equal_means_without_variation_share_the_probability():
    chances = probability_widest(list("abc"), [-1.0, -1.0 + 1e-16, -0.5], np.zeros((3, 3)))
    assert chances == {"a": 0.5, "b": 0.5, "c": 0.0}


def test_names_without_a_mean_are_left_out_and_one_name_needs_no_probability():
    cov = np.diag([0.01, 0.01, np.nan])
    assert set(probability_widest(["a", "b", "c"], [-1.0, -1.0, np.nan], cov)) == {"a", "b"}
    assert probability_widest(["a"], [-1.0], np.array([[0.01]])) == {}


def test_the_same_seed_gives_the_same_probabilities():
    cov = np.eye(3) * 0.01
    first, again = (probability_widest(list("abc"), [0.0, 0.01, 0.02], cov, seed=5) for _ in range(2))
    assert first == again


def test_calibrated_under_repetition():
    """Of samples in which the method is about 80-90 % sure, it is right in about that many (tolerance three binomial sd)."""
    rng = np.random.default_rng(11)
    truth = np.array([-0.10, 0.0, 0.0])
    promised, right = 0.0, 0
    repetitions = 300
    for _ in range(repetitions):
        sample = truth + rng.normal(size=(200, 3)) * 0.8
        chances = probability_widest(["0", "1", "2"], sample.mean(axis=0), np.cov(sample.T, ddof=1) / len(sample), draws=2000)
        winner = max(chances, key=chances.get)
        promised += chances[winner]
        right += winner == "0"
    # The stated confidence is not a frequentist guarantee; what is asked is that it does not overstate by much.
    assert promised / repetitions - right / repetitions < 0.10
