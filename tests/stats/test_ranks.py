"""Signed ranks against Hollander & Wolfe, R and scipy."""

import itertools

import numpy as np
import pytest
from scipy import stats

from gaps.stats.ranks import signed_rank

# Hollander & Wolfe (1973), table 3.1: Hamilton depression scale of nine patients; R's ?wilcox.test prints V = 40, p (greater) .01953.
DEPRESSION = (
    np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]),
    np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]),
)


def test_hollander_and_wolfe():
    test = signed_rank(DEPRESSION[0] - DEPRESSION[1])
    assert (test.plus, test.n, test.exact) == (40, 9, True)
    assert test.p / 2 == pytest.approx(0.01953125, abs=1e-12)  # one-sided, as R prints it; two-sided .0390625
    assert test.rank_biserial == pytest.approx((40 - 5) / 45)


def by_all_signs(d: np.ndarray) -> float:
    """Two-sided p by listing every pattern of signs."""
    ranks = stats.rankdata(np.abs(d))[d != 0]
    observed = ranks[d[d != 0] > 0].sum()
    sums = np.array([np.dot(s, ranks) for s in itertools.product((0, 1), repeat=len(ranks))])
    return min(1.0, 2 * min((sums <= observed + 1e-9).mean(), (sums >= observed - 1e-9).mean()))


@pytest.mark.parametrize("d", [[0, 0, -1, -2, -1, 1, -3, 0, -2], [1, 1, 1, -1, 0], [2, -2, 1, -1], [-1, -1, -1, -1, -1, -1]])
def test_exact_p_with_ties_and_zeros_counts_all_signs(d):
    test = signed_rank(np.array(d, float))
    assert test.exact and test.p == pytest.approx(by_all_signs(np.array(d, float)))
    assert test.n_zero == d.count(0)


def test_many_answers_as_scipy_with_pratt_s_zeros():
    d = np.random.default_rng(2).integers(-5, 4, 300).astype(float)
    test = signed_rank(d)
    theirs = stats.wilcoxon(d, zero_method="pratt", method="asymptotic", correction=False)
    assert not test.exact
    assert min(test.plus, test.minus) == theirs.statistic
    assert test.p == pytest.approx(theirs.pvalue, rel=1e-12)


def test_without_zeros_as_r():
    # R 4.2.2: wilcox.test(b, a, paired = TRUE, exact = FALSE, correct = FALSE)$p.value, which drops zeros; here their number is checked
    d = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 2, 0, 2], float)
    assert signed_rank(d).n_zero == 4
    many = np.tile(d[d > 0], 10)
    assert signed_rank(many).p == pytest.approx(stats.wilcoxon(many, method="asymptotic", correction=False).pvalue)


def test_counts_stand_for_respondents():
    d, counts = np.array([-2.0, -1.0, 0.0, 1.0]), np.array([30, 40, 50, 20])
    assert signed_rank(d, counts) == signed_rank(np.repeat(d, counts))


def test_rounding_of_means_makes_neither_ties_nor_differences():
    d = np.array([19 / 3 - 17 / 3, 16 / 3 - 14 / 3, 2 / 3, 0.1 + 0.2 - 0.3, -1.0])
    test = signed_rank(d)
    assert (test.n_zero, test.plus, test.minus) == (1, 9.0, 5.0)


def test_nothing_differs():
    test = signed_rank(np.zeros(5))
    assert np.isnan(test.p) and np.isnan(test.rank_biserial) and test.n_zero == 5


def test_missing_differences_are_left_out():
    assert signed_rank(np.array([1.0, np.nan, -2.0])).n == 2
