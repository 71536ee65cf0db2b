"""Shrunken unit means against lme4."""

import numpy as np
import pytest

from gaps.stats.shrinkage import shrink

Y = [[5, 6, 4, 7, 5], [3, 4, 4, 2, 5, 3], [6, 6, 7, 5], [4, 5, 4, 6, 5, 4, 5], [2, 4, 3], [5, 5, 6, 7, 6, 4]]
# R 4.2.2, lme4 1.1-31: m <- lmer(y ~ 1 + (1 | u), REML = TRUE); fixef(m), VarCorr(m), coef(m)
OVERALL, BETWEEN2, WITHIN2 = 4.70127848847499, 1.149058938542724, 0.950730184401192
BLUP = [5.30079253830618, 3.64558056302542, 5.77740376346068, 4.71291077922725, 3.36777876636655, 5.40320452046391]


def numbers(groups):
    means, n = np.array([[np.mean(g) for g in groups]]), np.array([[float(len(g)) for g in groups]])
    return means, n, np.array([sum(np.var(g) * len(g) for g in groups)])


def test_as_lme4_estimates():
    made = shrink(*numbers(Y))
    assert made.overall[0] == pytest.approx(OVERALL, abs=1e-5)
    assert made.between[0] ** 2 == pytest.approx(BETWEEN2, rel=1e-5)
    assert made.within[0] ** 2 == pytest.approx(WITHIN2, rel=1e-5)
    assert made.mean[0] == pytest.approx(BLUP, abs=1e-5)
    assert made.icc[0] == pytest.approx(BETWEEN2 / (BETWEEN2 + WITHIN2), rel=1e-5)
    n = np.array([len(g) for g in Y])
    assert made.share[0] == pytest.approx(n * made.icc[0] / (1 + (n - 1) * made.icc[0]))


def test_units_that_do_not_differ_are_all_the_overall_mean_with_room_for_doubt():
    made = shrink(np.array([[5.0, 5.1, 4.9, 5.0, 5.05]]), np.full((1, 5), 20.0), np.array([95.0]))
    assert made.icc[0] == 0 and made.mean[0] == pytest.approx(np.full(5, 5.01))
    assert (made.se[0] > 0.05).all()


def test_more_answers_shrink_less_and_no_mean_leaves_its_interval():
    means, n = np.array([[-2.0, -2.0, 0.0, 0.5, 0.2]]), np.array([[5.0, 100.0, 50.0, 50.0, 50.0]])
    made = shrink(means, n, np.array([(n.sum() - 5) * 1.2]))
    assert made.share[0, 0] < made.share[0, 1] < 1
    assert -2 < made.mean[0, 1] < made.mean[0, 0] < made.overall[0]
    between = np.sort(np.stack([np.broadcast_to(made.overall[:, None], means.shape), means]), axis=0)
    assert ((made.mean >= between[0] - 1e-12) & (made.mean <= between[1] + 1e-12)).all()


def test_levels_are_independent_and_missing_units_left_out():
    first = numbers(Y)
    both = shrink(
        np.vstack([first[0], [[5, 5.1, np.nan, 4.9, 5.2, 5]]]),
        np.vstack([first[1], [[20, 20, 0, 20, 20, 20]]]),
        np.append(first[2], 90.0),
    )
    assert both.mean[0] == pytest.approx(BLUP, abs=1e-5)
    assert np.isnan(both.share[1, 2]) and np.isfinite(both.share[1, [0, 1, 3, 4, 5]]).all()
    without = shrink(np.array([[5, 5.1, 4.9, 5.2, 5]]), np.full((1, 5), 20.0), np.array([90.0]))
    assert both.mean[1, [0, 1, 3, 4, 5]] == pytest.approx(without.mean[0])


def test_three_units_are_too_few():
    made = shrink(np.array([[1.0, 2.0, 3.0]]), np.full((1, 3), 9.0), np.array([20.0]))
    assert np.isnan(made.mean).all() and np.isnan(made.icc[0]) and np.isnan(made.se).all()


def test_shrunken_intervals_cover_the_units_true_means():
    rng = np.random.default_rng(5)
    n = np.resize([12.0, 20, 30, 45, 60, 90], 12)
    truth = rng.normal(0, 0.3, (400, 12))
    means = truth + rng.normal(size=(400, 12)) / np.sqrt(n)
    made = shrink(means, np.tile(n, (400, 1)), rng.chisquare(n.sum() - 12, 400))
    covered = (np.abs(made.mean - truth) <= 1.96 * made.se).mean()
    assert 0.92 < covered < 0.97
    assert np.square(made.mean - truth).mean() < np.square(means - truth).mean()


def test_the_standard_error_has_all_three_parts():
    """Prasad & Rao (1990), by hand for the example's estimates: g1 = share noise, g2 = (1 - share)² var(overall), g3 from var(between²)."""
    made = shrink(*numbers(Y))
    n = np.array([len(g) for g in Y])
    noise = WITHIN2 / n
    total = BETWEEN2 + noise
    g1, g2 = BETWEEN2 * noise / total, (noise / total) ** 2 / (1 / total).sum()
    g3 = noise**2 / total**3 * 2 / (1 / total**2).sum()
    assert made.se[0] ** 2 == pytest.approx(g1 + g2 + 2 * g3, rel=1e-4)
