"""Pairwise correlations against pandas, Rubin's rules against mice, imputation against mice and a known truth."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gaps.stats.incomplete import consistent, impute, pairwise_correlations, pairwise_resamples, pairwise_table, rubin

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())


def attitude():
    """rating, complaints, learning, raises, advance with holes: learning where complaints > 74, and a few others."""
    rows = np.array([line.split() for line in ORACLES["attitude"]["rows"].splitlines() if line], float)
    d = rows[:, [0, 1, 3, 4, 6]].copy()
    d[rows[:, 1] > 74, 2] = np.nan
    d[[4, 10, 16, 22, 28], 4] = np.nan
    d[[1, 8, 19], 3] = np.nan
    return d


def regression(columns):
    design = np.column_stack([np.ones(len(columns)), columns[:, 1:]])
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ columns[:, 0]
    residual = columns[:, 0] - design @ b
    return b, np.diag(inverse) * (residual @ residual) / (len(columns) - design.shape[1])


def test_pairwise_correlations_as_in_pandas_and_r():
    found, n = pairwise_correlations((t := pairwise_table(attitude())).T @ t)
    assert found == pytest.approx(pd.DataFrame(attitude()).corr().to_numpy(), abs=1e-12)
    # R: cor(d, use = "pairwise")
    assert found[2, [0, 1, 3, 4]] == pytest.approx([0.3438286466, 0.3460758716, 0.4537494317, 0.6842344658], abs=1e-10)
    assert n[2, 4] == 17 and n[0, 1] == 30


def test_pairwise_with_weights_is_each_respondent_several_times():
    d, w = attitude(), np.tile([1.0, 2.0, 3.0], 10)
    observed, resampled = pairwise_resamples(d, w, None, resamples=5, seed=1)
    assert observed == pytest.approx(pd.DataFrame(np.repeat(d, w.astype(int), axis=0)).corr().to_numpy(), abs=1e-12)
    assert resampled.shape == (5, 5, 5)


def test_pairwise_by_unit_draws_whole_units():
    d = attitude()
    unit = np.repeat(np.arange(6), 5)
    _, resampled = pairwise_resamples(d, None, unit, resamples=40, seed=1)
    from gaps.stats.bootstrap import counts

    drawn = counts(6, 40, 1, 1)[0]
    assert drawn.sum() == 5
    again = pd.DataFrame(np.concatenate([np.tile(d[unit == g], (int(k), 1)) for g, k in enumerate(drawn)])).corr().to_numpy()
    assert resampled[0] == pytest.approx(again, abs=1e-9, nan_ok=True)


def test_correlations_that_no_data_can_have():
    impossible = np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]])
    assert consistent(np.stack([impossible, np.eye(3)])).tolist() == [False, True]


def test_rubin_as_in_mice():
    found = rubin(np.array([1.2, 1.5, 1.1, 1.3, 1.7]), np.array([0.04, 0.05, 0.045, 0.04, 0.06]), 57)
    # mice::pool.scalar(est, v, n = 60, k = 3): qbar 1.36, t .1166, df 7.4570848619
    assert (found.b, found.se**2, found.df) == pytest.approx((1.36, 0.1166, 7.4570848619), rel=1e-9)
    assert found.lost == pytest.approx(1.2 * 0.058 / 0.1166)
    same = rubin(np.ones(4), np.full(4, 0.25))
    assert (same.se, same.lost) == (0.5, 0.0) and same.high == pytest.approx(1 + 0.5 * 1.959963984540054)
    with pytest.raises(ValueError, match="two imputations"):
        rubin(np.ones(1), np.ones(1))


def test_imputation_nearly_as_in_mice():
    fits = [regression(filled) for filled in impute(attitude(), imputations=300, cycles=8, seed=3)]
    b, v = (np.array(part) for part in zip(*fits, strict=True))
    # mice(d, m = 400, method = "norm", maxit = 10, seed = 7); pool(with(imp, lm(rating ~ .))): estimates, total standard errors
    pooled = [rubin(b[:, k], v[:, k], 25) for k in range(5)]
    assert [p.b for p in pooled] == pytest.approx([15.43, 0.6198, 0.2066, 0.1194, -0.2651], abs=0.02, rel=0.02)
    assert [p.se for p in pooled] == pytest.approx([9.768, 0.1696, 0.2136, 0.2142, 0.2541], rel=0.06)


def test_what_is_known_stays_and_the_seed_decides():
    d = attitude()
    first, second = list(impute(d, imputations=2, seed=1))
    known = np.isfinite(d)
    assert np.isfinite(first).all() and (first[known] == d[known]).all()
    assert (first[~known] != second[~known]).all()
    assert (next(iter(impute(d, imputations=1, seed=1)))[~known] == first[~known]).all()


def test_answers_missing_by_what_is_known_bias_listwise_and_not_imputation():
    """y = x + z + noise; x is missing where y is high: complete cases understate, imputation does not."""
    rng = np.random.default_rng(0)
    listwise, pooled, held = [], [], 0
    for sample in range(60):
        x = rng.normal(size=300)
        z = 0.5 * x + rng.normal(size=300)
        y = x + z + rng.normal(size=300)
        d = np.column_stack([y, x, z])
        d[(y > 1) & (rng.random(300) < 0.7), 1] = np.nan
        fits = [regression(filled) for filled in impute(d, imputations=10, seed=sample)]
        b, v = (np.array(part) for part in zip(*fits, strict=True))
        one = rubin(b[:, 1], v[:, 1], 297)
        pooled.append(one.b)
        held += one.low <= 1 <= one.high
        listwise.append(regression(d[np.isfinite(d).all(axis=1)])[0][1])
    assert np.mean(listwise) < 0.93
    assert np.mean(pooled) == pytest.approx(1, abs=0.04)
    assert held >= 51  # of 60, expected 57
