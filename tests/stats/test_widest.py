"""The probability of being the widest gap, against the normal distribution it approximates."""

from statistics import NormalDist

import numpy as np
import pytest

from gaps.stats.widest import covariance_of_means, joined, probability_widest


def covariance(values, weight=None):
    table = joined(values)
    weight = np.ones(len(values)) if weight is None else weight
    return covariance_of_means(*(table.T @ (table * (weight**power)[:, None]) for power in (0, 1, 2)))


def influence(values, weight):
    """What each respondent adds to the error of each mean, one by one."""
    known = np.isfinite(values)
    w = known * weight[:, None]
    mean = np.nansum(w * values, axis=0) / w.sum(axis=0)
    n = known.sum(axis=0)
    return np.where(known, w * (values - mean) / w.sum(axis=0) * np.sqrt(n / (n - 1)), 0.0)


def test_complete_columns_give_the_covariance_of_their_means():
    values = np.random.default_rng(3).normal(size=(40, 3))
    assert covariance(values) == pytest.approx(np.cov(values.T, ddof=1) / 40)


def test_missing_answers_are_left_out_of_each_mean():
    values = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 8.0], [np.nan, 5.0]])
    assert np.diag(covariance(values)) == pytest.approx([np.var([1, 3, 5], ddof=1) / 3, np.var([2, 8, 5], ddof=1) / 3])


def test_with_weights_and_missing_answers_it_is_the_sum_of_what_each_respondent_adds():
    rng = np.random.default_rng(5)
    values, weight = rng.normal(size=(60, 4)) + 6, rng.uniform(0.2, 3, 60)
    values[rng.random(values.shape) < 0.3] = np.nan
    u = influence(values, weight)
    assert covariance(values, weight) == pytest.approx(u.T @ u, rel=1e-9)


def test_equal_weights_change_nothing_and_doubling_them_neither():
    values = np.random.default_rng(4).normal(size=(30, 2))
    assert covariance(values, np.full(30, 2.0)) == pytest.approx(covariance(values))


def test_a_single_answer_has_no_sampling_error_to_speak_of():
    assert np.isnan(covariance(np.array([[1.0], [np.nan]]))).all()


def test_a_score_that_does_not_vary_has_no_error_at_all():
    values = np.column_stack([np.full(30, 0.1 + 0.2), np.random.default_rng(6).normal(size=30)])
    assert (covariance(values)[0] == 0).all()


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
        chances = probability_widest(["0", "1", "2"], sample.mean(axis=0), covariance(sample), draws=2000)
        winner = max(chances, key=chances.get)
        promised += chances[winner]
        right += winner == "0"
    # The stated confidence is not a frequentist guarantee; what is asked is that it does not overstate by much.
    assert promised / repetitions - right / repetitions < 0.10
