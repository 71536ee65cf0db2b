"""Sampling covariance of means from sums, against what each respondent adds to it."""

import numpy as np
import pytest

from gaps.scoring.moments import joined, means_and_covariance


def covariance(values, weight=None):
    table = joined(values)
    weight = np.ones(len(values)) if weight is None else weight
    return means_and_covariance(*(table.T @ (table * (weight**power)[:, None]) for power in (0, 1, 2)))[1]


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


def test_several_groups_at_once_are_each_of_them():
    rng = np.random.default_rng(7)
    groups = [joined(np.where(rng.random((20, 3)) < 0.2, np.nan, rng.normal(size=(20, 3)))) for _ in range(4)]
    products = np.stack([table.T @ table for table in groups])
    mean, cov, n = means_and_covariance(products, products, products)
    for k, table in enumerate(groups):
        one = means_and_covariance(*[table.T @ table] * 3)
        assert [mean[k], cov[k], n[k]] == [pytest.approx(part) for part in one]
