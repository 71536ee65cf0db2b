"""Recursive systems against R (lm, lavaan, multilevel), by hand, and the bootstrap against resampling the rows themselves."""

import numpy as np
import pandas as pd
import pytest

from gaps.stats import bootstrap, recursive
from tests.stats.test_drivers import ORACLES


@pytest.fixture(scope="module")
def attitude():
    """complaints, learning, raises, advance, rating of R's attitude data."""
    rows = np.array([line.split() for line in ORACLES["attitude"]["rows"].splitlines() if line], float)
    return rows[:, [1, 3, 4, 6, 0]]


def effects(cov):
    totals = recursive.totals(cov)
    return recursive.standardised(totals, cov), recursive.standardised(recursive.directs(totals), cov)


def test_effects_as_in_r(attitude):
    # R 4.2.2, d <- attitude[c("complaints","learning","raises","advance","rating")], z <- scale(d):
    # sapply(1:4, function(k) coef(lm(reformulate(names(d)[1:k], "rating"), z))[k + 1])
    cov = np.cov(attitude.T)
    totals, directs = effects(cov)
    assert totals[-1, :4] == pytest.approx([0.82541757, 0.203635109, -0.024460366, -0.193475618], abs=1e-8)
    # coef(lm(rating ~ ., z)); lm(raises ~ complaints + learning); lm(advance ~ …); lm(learning ~ complaints)
    assert directs[-1, :4] == pytest.approx([0.635599192, 0.289142535, 0.0907465176, -0.193475618], abs=1e-8)
    assert directs[2, :2] == pytest.approx([0.445870669, 0.37424738], abs=1e-8)
    assert directs[3, :3] == pytest.approx([-0.409396164, 0.394639898, 0.595459443], abs=1e-8)
    assert directs[1, 0] == pytest.approx(0.596735806, abs=1e-8)
    assert recursive.totals(cov)[-1, :4] == pytest.approx([0.754609819, 0.211191809, -0.0286369974, -0.228900888], abs=1e-8)
    assert recursive.explained(cov) == pytest.approx(0.728514276, abs=1e-8)


def test_indirect_effects_as_in_lavaan(attitude):
    # lavaan 0.6-14, sem() with every path free and := for the sums of products; standardizedSolution(f)$est.std
    totals, directs = effects(np.cov(attitude.T))
    assert (totals - directs)[-1, :3] == pytest.approx([0.189818377, -0.085507426, -0.115206884], abs=1e-8)


def test_without_error_as_by_matrix_algebra_in_r(attitude):
    # C <- cov(d) - E; b <- solve(C[1:k, 1:k], C[1:k, 5]); b[k] * sqrt(C[k, k] / C[5, 5]), k = 1..4; smallest root 1.77 > 1 + 1/29
    error = np.diag([20.0, 15, 10, 12, 0])
    error[0, 1] = error[1, 0] = -5
    corrected = recursive.without_error(np.cov(attitude.T), error, 30)
    assert effects(corrected)[0][-1, :4] == pytest.approx([0.876327419, 0.082040393, -0.131087186, -0.150322658], abs=1e-8)


def test_no_more_error_is_subtracted_than_leaves_a_covariance_matrix(attitude):
    cov = np.cov(attitude.T)
    corrected = recursive.without_error(cov, 0.9 * np.diag(np.diag(cov)), 30)
    assert (np.linalg.eigvalsh(corrected) > 0).all()
    # with equal shares of error the smallest root is the smallest eigenvalue of the correlations / .9
    sd = np.sqrt(np.diag(cov))
    root = np.linalg.eigvalsh(cov / np.outer(sd, sd))[0] / 0.9
    assert corrected == pytest.approx(cov - (root - 1 / 29) * 0.9 * np.diag(np.diag(cov)), abs=1e-6)


def test_unknown_error_cannot_be_subtracted():
    assert np.isnan(recursive.without_error(np.eye(3), np.full((3, 3), np.nan), 20)).all()


def test_a_small_system_by_hand():
    # g2 = .5 g1 + e2, y = 2 g1 + 4 g2 + e; variances 4, 1, 9: total of g1 2 + .5 * 4 = 4, of g2 4
    b = np.array([[0, 0, 0], [0.5, 0, 0], [2, 4, 0]])
    t = np.linalg.inv(np.eye(3) - b)
    cov = t @ np.diag([4.0, 1, 9]) @ t.T
    totals, unexplained = recursive.sweep(cov)
    assert totals == pytest.approx(np.array([[1, 0, 0], [0.5, 1, 0], [4, 4, 1]]))
    assert unexplained == pytest.approx([4, 1, 9])
    assert recursive.directs(totals) == pytest.approx(b)
    # var y = 16 * 4 + 16 * 1 + 9 = 89
    assert recursive.standardised(totals, cov)[2, :2] == pytest.approx([4 * 2 / np.sqrt(89), 4 * np.sqrt(2) / np.sqrt(89)])
    assert recursive.explained(cov) == pytest.approx(1 - 9 / 89)


def test_indirect_effects_are_the_sum_of_path_products():
    rng = np.random.default_rng(4)
    b = np.tril(rng.normal(size=(5, 5)), -1)
    t = np.linalg.inv(np.eye(5) - b)
    totals = recursive.totals(t @ np.diag(rng.uniform(1, 2, 5)) @ t.T)
    products = b + b @ b + b @ b @ b + b @ b @ b @ b  # routes over 0, 1, 2 and 3 stations
    assert totals - np.eye(5) == pytest.approx(products)


def moments(values, error=None, weight=None, resamples=20, seed=3):
    error = np.zeros((*values.shape, values.shape[2])) if error is None else error
    weight = np.ones(len(values)) if weight is None else weight
    return recursive.unit_moments(values, error, weight, resamples=resamples, seed=seed)


def test_one_dimension_gives_ordinary_covariances():
    x = np.random.default_rng(1).normal(size=(25, 1, 3)) + 5
    assert moments(x).observed[0] == pytest.approx(np.cov(x[:, 0].T))
    w = np.random.default_rng(2).uniform(1, 3, 25)
    assert moments(x, weight=w).observed[0] == pytest.approx(np.cov(x[:, 0].T, aweights=w))


def test_the_panel_has_a_level_for_each_dimension_and_resamples_whole_units():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(15, 4, 3)) + rng.normal(size=(1, 4, 3)) * 5
    x[3, 2] = np.nan
    found = moments(x)
    drawn = bootstrap.counts(15, 20, 3)
    for r, counts in enumerate([np.ones(15, int), *drawn.astype(int)]):
        units = np.repeat(np.arange(15), counts)
        rows = pd.DataFrame(x[units].reshape(-1, 3), columns=list("abc")).assign(dimension=np.tile(np.arange(4), 15)).dropna()
        within = rows[list("abc")] - rows.groupby("dimension")[list("abc")].transform("mean")
        # regression with a dummy per dimension = regression within dimensions
        dummies = pd.get_dummies(rows["dimension"]).to_numpy(float)
        design = np.column_stack([rows[["a", "b"]], dummies])
        b = np.linalg.lstsq(design, rows["c"], rcond=None)[0][:2]
        effects = recursive.totals(found.observed[r])
        assert recursive.directs(effects)[2, :2] == pytest.approx(b)
        share = 1 - (counts**2).sum() / 15**2
        assert found.observed[r] == pytest.approx((within.T @ within).to_numpy() / len(rows) / share)


def test_resamples_centre_on_the_study():
    x = np.random.default_rng(5).normal(size=(12, 1, 2))
    found = moments(x, resamples=20_000).observed
    assert np.diagonal(found[1:].mean(axis=0)) == pytest.approx(np.diagonal(found[0]), rel=0.02)


def test_reliability_is_icc2_where_groups_are_of_equal_size():
    # R: multilevel::ICC2(aov(count ~ spray, InsectSprays)), multilevel 2.7: 0.971183451
    sprays = np.array([
        [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13], [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
        [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4], [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
        [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4], [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
    ])  # fmt: skip
    values = sprays.mean(axis=1)[:, None, None]
    error = (sprays.var(axis=1, ddof=1) / 12)[:, None, None, None]
    found = moments(values, error)
    assert 1 - found.error[0, 0, 0] / found.observed[0, 0, 0] == pytest.approx(0.971183451, abs=1e-9)
