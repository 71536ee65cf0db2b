"""Resampled cross-products against resampling the rows themselves."""

import numpy as np
import pytest

from gaps.stats.bootstrap import (
    BLOCKS,
    correlations,
    counts,
    cross_products,
    expansion,
    moments_table,
    percentile_interval,
    resampled_cross_products,
    resampled_unit_products,
    widened,
)


def table(n, m, seed=0):
    return np.random.default_rng(seed).normal(size=(n, m)) @ np.triu(np.ones((m, m)))


def test_each_resample_draws_as_many_rows_as_there_are():
    drawn = counts(300, 50, 1)
    assert drawn.shape == (50, 300)
    assert (drawn.sum(axis=1, dtype=int) == 300).all()
    assert drawn.mean() == 1
    # multinomial: variance of a count is 1 - 1/n; 15,000 counts give its mean to about 0.02
    assert drawn.var() == pytest.approx(1 - 1 / 300, abs=0.1)


def test_the_seed_decides():
    assert (counts(40, 10, 1) == counts(40, 10, 1)).all()
    assert (counts(40, 10, 1) != counts(40, 10, 2)).any()


def test_counts_cannot_be_changed_by_their_users():
    with pytest.raises(ValueError, match="read-only"):
        counts(40, 10, 1)[0, 0] = 3


def test_up_to_8192_rows_it_is_exactly_the_pairs_bootstrap():
    rows, weight = table(60, 4), np.random.default_rng(1).uniform(0.5, 2, 60)
    resampled = resampled_cross_products(rows, weight, resamples=20, seed=5)
    for drawn, products in zip(counts(60, 20, 5), resampled, strict=True):
        again, w = np.repeat(rows, drawn, axis=0), np.repeat(weight, drawn)
        assert products == pytest.approx((again * w[:, None]).T @ again)


def test_blocks_lose_no_row():
    rows, weight = table(1001, 3), np.random.default_rng(1).uniform(0.5, 2, 1001)
    from gaps.stats.bootstrap import _block_products

    blocks = _block_products(rows, weight, 100, 1)
    assert blocks.sum(axis=0) == pytest.approx(cross_products(rows, weight))
    sizes = _block_products(np.ones((1001, 1)), None, 100, 1)[:, 0, 0]
    assert set(sizes) == {10.0, 11.0}


def test_blocks_are_dealt_at_random_so_that_sorted_rows_do_no_harm():
    rows = np.column_stack([np.ones(20_000), np.sort(np.random.default_rng(2).normal(size=20_000))])
    resampled = resampled_cross_products(rows, resamples=1000, seed=1)
    means = resampled[:, 0, 1] / resampled[:, 0, 0]
    # se of the mean 1 / sqrt(n); Monte Carlo error of the sd from 1,000 resamples 2.2 %, of 4,096 blocks 1.1 %: four times both together
    assert means.std() == pytest.approx(rows[:, 1].std() / np.sqrt(20_000), rel=0.10)


def test_block_bootstrap_has_the_spread_of_the_exact_one():
    rows = np.column_stack([np.ones(20_000), table(20_000, 3, seed=3)])
    upper = np.triu_indices(3, 1)
    by_block = correlations(resampled_cross_products(rows, resamples=1000, seed=1, blocks=BLOCKS))[:, *upper]
    exact = correlations(resampled_cross_products(rows, resamples=1000, seed=2, exact=20_000))[:, *upper]
    # two Monte Carlo errors of 2.2 % and 1.1 % from the blocks: 3.3 %; three of these
    assert by_block.std(axis=0) == pytest.approx(exact.std(axis=0), rel=0.10)
    assert by_block.mean(axis=0) == pytest.approx(exact.mean(axis=0), abs=4 * exact.std(axis=0).max() / np.sqrt(500))


def test_correlations_are_those_of_numpy_and_zero_without_variation():
    x = table(50, 3)
    rows = np.column_stack([np.ones(50), x, np.full(50, 5.0)])
    found = correlations(cross_products(rows))
    assert found[:3, :3] == pytest.approx(np.corrcoef(x.T))
    assert (found[3] == 0).all() and (found[:, 3] == 0).all()


def test_weighted_correlations_count_a_row_as_often_as_its_weight_says():
    x, times = table(30, 3), np.random.default_rng(4).integers(1, 4, 30)
    rows = np.column_stack([np.ones(30), x])
    assert correlations(cross_products(rows, times.astype(float))) == pytest.approx(np.corrcoef(np.repeat(x, times, axis=0).T))


def test_percentiles():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx([25, 975])


def test_no_resamples_is_a_mistake():
    with pytest.raises(ValueError, match="at least 1"):
        resampled_cross_products(table(20, 2), resamples=0, seed=1)


def test_a_column_that_varies_by_rounding_alone_does_not_vary():
    dust = 4.1 + 1e-15 * np.random.default_rng(1).normal(size=30)
    found = moments_table(np.column_stack([dust, np.arange(30.0), np.zeros(30)]))
    assert (found[:, 0] == 1).all() and (found[:, [1, 3]] == 0).all()
    assert found[:, 2] == pytest.approx(np.arange(30) - 14.5)


def test_whole_units_are_drawn_one_fewer_than_there_are():
    rows = table(60, 4)
    products = np.stack([rows[k : k + 5].T @ rows[k : k + 5] for k in range(0, 60, 5)])
    resampled = resampled_unit_products(products, resamples=20, seed=5)
    drawn = counts(12, 20, 5, 1)
    assert (drawn.sum(axis=1) == 11).all()
    for times, found in zip(drawn, resampled, strict=True):
        assert found == pytest.approx((products * times[:, None, None]).sum(axis=0))


def test_the_spread_of_a_mean_over_units_is_unbiased():
    # J - 1 draws: variance of the mean of unit means = s² / J, which J draws would miss by (J - 1) / J
    values = np.random.default_rng(3).normal(size=8)
    products = np.zeros((8, 2, 2))
    products[:, 0, 0], products[:, 0, 1] = 1.0, values
    drawn = resampled_unit_products(products, resamples=20_000, seed=1)
    means = drawn[:, 0, 1] / drawn[:, 0, 0]
    assert means.var() == pytest.approx(values.var(ddof=1) / 8, rel=0.04)


def test_very_many_units_are_dealt_into_groups():
    values = np.random.default_rng(1).normal(3, 1, 9000)
    products = np.stack([np.stack([np.ones(9000), values]), np.stack([values, values**2])]).transpose(2, 0, 1)
    found = resampled_unit_products(products, resamples=2000, seed=1, exact=100, blocks=50)
    assert found[:, 0, 0] == pytest.approx(9000 * 49 / 50)
    assert (found[:, 0, 1] / found[:, 0, 0]).std() == pytest.approx(values.std() / np.sqrt(9000), rel=0.25)  # 50 blocks: 10 %


def test_expansion_gives_a_mean_the_width_of_its_t_interval():
    """The normal width of n draws, sqrt((n - 1) / n) s / sqrt(n) z, becomes s / sqrt(n) t."""
    for n, t in ((10, 2.262157), (30, 2.045230)):
        assert np.sqrt((n - 1) / n) * 1.959964 * expansion(n) == pytest.approx(t, rel=1e-6)
    assert expansion(100_000) == pytest.approx(1, abs=1e-4)
    assert expansion(30, 0.90) == pytest.approx(1.699127 / 1.644854 * np.sqrt(30 / 29), rel=1e-6)


def test_widening_is_that_of_t_and_keeps_the_observed():
    values = np.array([[0.5], [0.4], [0.7]])
    found = widened(values, 6)
    assert found[0] == 0.5
    assert (found[1:] - 0.5) == pytest.approx((values[1:] - 0.5) * 2.570582 / 1.959964, rel=1e-6)
    assert widened(values, 100_000) == pytest.approx(values, abs=1e-5)
