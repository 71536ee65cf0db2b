"""Reliabilities, variance inflation and effect sizes, against seminr and by hand."""

import numpy as np
import pytest

from gaps.indices import measurement


def test_by_hand():
    r = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    assert measurement.alpha_standardised(r) == pytest.approx(3 * 0.4 / (1 + 2 * 0.4))
    loadings = np.array([0.8, 0.6])
    assert measurement.ave(loadings) == pytest.approx(0.5)
    assert measurement.rho_c(loadings) == pytest.approx(1.4**2 / (1.4**2 + 0.36 + 0.64))
    assert measurement.effect_size(0.5, 0.4) == pytest.approx(0.2)
    assert measurement.adjusted_r2(0.5, 11, 2) == pytest.approx(1 - 0.5 * 10 / 8)


def test_rho_a_is_the_reliability_of_a_factor_s_score():
    """With correlations of one factor and weights in proportion to its loadings, rho_A is the squared correlation of score and factor."""
    loading = np.array([0.9, 0.7, 0.5])
    r = np.outer(loading, loading) + np.diag(1 - loading**2)
    w = loading / np.sqrt(loading @ r @ loading)
    assert measurement.rho_a(w, r) == pytest.approx((w @ loading) ** 2)


def test_variance_inflation():
    assert measurement.variance_inflation(np.eye(1)).tolist() == [1]
    assert measurement.variance_inflation(np.array([[1, 0.6], [0.6, 1]])) == pytest.approx([1 / (1 - 0.36)] * 2)
    assert measurement.variance_inflation(np.ones((2, 2))).tolist() == [np.inf, np.inf]


def test_where_nothing_can_be_said():
    assert np.isnan(measurement.rho_a(np.array([1.0, 0.0]), np.eye(2)))
    assert np.isnan(measurement.adjusted_r2(0.5, 4, 3))
    assert np.isnan(measurement.effect_size(1.0, 0.5))
