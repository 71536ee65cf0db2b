"""LMG against published splits, brute force, and what must hold for every data set."""

import tomllib
from itertools import combinations, permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.stats import importance
from gaps.stats.importance import first_probability, johnson, lmg, shares, verdict
from tests.simulate.designs import first_rate

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())


def rows_of(name):
    return np.array([line.split() for line in ORACLES[name]["rows"].splitlines() if line], float)


def r2(correlation, subset):
    take = [k + 1 for k in subset]
    return float(correlation[0, take] @ np.linalg.solve(correlation[np.ix_(take, take)], correlation[take, 0])) if take else 0.0


def random_correlation(p, seed, n=60):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) + rng.uniform(0, 2) * rng.normal(size=(n, 1))
    y = x @ rng.normal(size=p) + 3 * rng.normal(size=n)
    return np.corrcoef(np.column_stack([y, x]).T)


def by_orders(correlation, width=1):
    """The definition: average increment over all orders in which the blocks, and the predictors within each, can enter."""
    blocks = [tuple(range(b, b + width)) for b in range(0, len(correlation) - 1, width)]
    total, orders = np.zeros(len(correlation) - 1), 0
    for order in permutations(blocks):
        for inner in product(*(permutations(b) for b in order)):
            entering = [k for block in inner for k in block]
            for place, k in enumerate(entering):
                total[k] += r2(correlation, entering[: place + 1]) - r2(correlation, entering[:place])
            orders += 1
    return total / orders


def test_azen_budescu():
    oracle = ORACLES["azen_budescu"]
    found = lmg(np.array(oracle["correlation"]))
    assert found == pytest.approx(oracle["lmg"], abs=5e-8)
    assert found == pytest.approx(np.mean(oracle["conditional"], axis=0), abs=5e-4)
    assert found.sum() == pytest.approx(oracle["r2"], abs=1e-12)


def test_gpa_subsets_and_their_average():
    oracle = ORACLES["gpa"]
    published = {tuple(map(int, key)): value for key, value in oracle["r2"].items()} | {(): 0.0}
    correlation = np.array(oracle["correlation"])[[3, 0, 1, 2]][:, [3, 0, 1, 2]]
    for size in (1, 2, 3):
        for subset in combinations(range(3), size):
            take = [0, *(k + 1 for k in subset)]
            assert lmg(correlation[np.ix_(take, take)]).sum() == pytest.approx(published[subset], abs=1e-6)
    for k in range(3):
        others = [j for j in range(3) if j != k]
        by_hand = (
            (published[(k,)]) / 3
            + sum(published[tuple(sorted((k, j)))] - published[(j,)] for j in others) / 6
            + (published[(0, 1, 2)] - published[tuple(others)]) / 3
        )
        assert lmg(correlation)[k] == pytest.approx(by_hand, abs=1e-6)


def test_attitude():
    assert lmg(np.corrcoef(rows_of("attitude").T)) == pytest.approx(ORACLES["attitude"]["lmg"], abs=5e-4)


def test_swiss():
    found = lmg(np.corrcoef(rows_of("swiss").T))
    assert found == pytest.approx(ORACLES["swiss"]["lmg"], abs=1e-8)
    assert found.sum() == pytest.approx(ORACLES["swiss"]["r2"], abs=1e-12)


@pytest.mark.parametrize("p", [1, 2, 5])
def test_single_predictors_by_the_definition(p):
    correlation = random_correlation(p, seed=p)
    assert lmg(correlation) == pytest.approx(by_orders(correlation), abs=1e-12)


@pytest.mark.parametrize("p", [2, 4, 6])
def test_pairs_by_the_definition(p):
    correlation = random_correlation(p, seed=10 + p)
    assert lmg(correlation, pairs=True) == pytest.approx(by_orders(correlation, width=2), abs=1e-12)


@pytest.mark.parametrize("pairs", [False, True])
def test_many_matrices_at_once_are_each_treated_alone(pairs):
    several = np.stack([random_correlation(4, seed) for seed in range(6)]).reshape(2, 3, 5, 5)
    found = lmg(several, pairs=pairs)
    assert found.shape == (2, 3, 4)
    assert found[1, 2] == pytest.approx(lmg(several[1, 2], pairs=pairs), abs=1e-14)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_never_negative_and_sums_to_r2_whatever_the_scale_and_order(seed, p):
    correlation = random_correlation(p, seed)
    rng = np.random.default_rng(seed)
    found = lmg(correlation)
    assert (found >= -1e-12).all()
    assert found.sum() == pytest.approx(r2(correlation, range(p)), abs=1e-10)
    assert shares(found).sum() == pytest.approx(1)
    spread = rng.uniform(0.1, 10, p + 1)
    assert lmg(correlation * np.outer(spread, spread)) == pytest.approx(found, abs=1e-10)
    order = rng.permutation(p)
    take = np.append(0, order + 1)
    assert lmg(correlation[np.ix_(take, take)]) == pytest.approx(found[order], abs=1e-10)


def test_uncorrelated_predictors_get_their_squared_correlation_by_either_method():
    r = np.array([0.5, -0.3, 0.2, 0.0])
    correlation = np.block([[np.ones((1, 1)), r[None]], [r[:, None], np.eye(4)]])
    assert lmg(correlation) == pytest.approx(r**2)
    assert lmg(correlation, pairs=True) == pytest.approx(r**2)
    assert johnson(correlation) == pytest.approx(r**2)


def test_relative_weights_sum_to_r2_and_nearly_agree():
    correlation = np.corrcoef(rows_of("swiss").T)
    assert johnson(correlation).sum() == pytest.approx(ORACLES["swiss"]["r2"])
    assert johnson(correlation) == pytest.approx(lmg(correlation), abs=0.02)


def test_a_copy_shares_with_its_original_and_a_constant_gets_nothing():
    base = random_correlation(2, 3)
    take = [0, 1, 2, 2]
    copied = lmg(base[np.ix_(take, take)])
    assert copied.sum() == pytest.approx(r2(base, (0, 1)), abs=1e-9)
    assert copied[1] == pytest.approx(copied[2])
    constant = np.zeros((4, 4))
    constant[:3, :3] = base
    assert lmg(constant) == pytest.approx([*lmg(base), 0.0])


@pytest.mark.parametrize(("p", "pairs"), [(5, False), (6, True)])
def test_sampled_orders_approach_all_orders(p, pairs):
    correlation = random_correlation(p, seed=1)
    sampled = importance._some_orders(correlation[None], 2 if pairs else 1)[0]
    assert sampled.sum() == pytest.approx(r2(correlation, range(p)), abs=1e-4)
    assert sampled == pytest.approx(lmg(correlation, pairs=pairs), abs=0.02 * sampled.sum())


def test_more_than_twelve_predictors_fall_back_to_sampled_orders():
    correlation = random_correlation(20, seed=2, n=400)
    found = lmg(correlation)
    assert found.sum() == pytest.approx(r2(correlation, range(20)), abs=1e-4)
    assert (found >= 0).all()


@pytest.mark.parametrize("bad", [np.ones((2, 3)), np.ones((1, 1)), np.ones(4)])
def test_not_a_matrix_with_an_outcome(bad):
    with pytest.raises(ValueError, match="square matrix"):
        lmg(bad)


def test_pairs_need_an_even_number():
    with pytest.raises(ValueError, match="pairs"):
        lmg(np.eye(4), pairs=True)


def test_nothing_explained_has_no_shares():
    assert np.isnan(shares(np.zeros(3))).all()


RESAMPLED = np.array([[0.7, 0.2, 0.1]] * 100)


def test_verdict_names_a_driver_that_always_leads():
    v = verdict(["a", "b", "c"], np.array([0.7, 0.2, 0.1]), RESAMPLED)
    assert (v.driver, v.leading, v.reason, v.second) == ("a", ("a",), "named", "b")
    assert (v.p_first, v.lead_low, v.lead_high) == (1.0, pytest.approx(0.5), pytest.approx(0.5))


def test_verdict_below_eighty_percent():
    resampled = RESAMPLED.copy()
    resampled[:25] = [0.2, 0.7, 0.1]
    v = verdict(["a", "b", "c"], np.array([0.6, 0.3, 0.1]), resampled)
    assert (v.driver, v.leading, v.reason, v.p_first) == (None, ("a", "b"), "probability_below_80", 0.75)


def test_verdict_with_a_lead_that_may_be_zero():
    resampled = RESAMPLED.copy()
    resampled[:10] = [0.2, 0.7, 0.1]
    v = verdict(["a", "b", "c"], np.array([0.6, 0.3, 0.1]), resampled)
    assert (v.driver, v.leading, v.reason, v.p_first) == (None, ("a", "b"), "lead_includes_zero", 0.9)
    assert v.lead_low < 0 < v.lead_high


def test_verdict_is_not_named_when_the_sample_is_too_small_to_say():
    v = verdict(["a", "b", "c"], np.array([0.7, 0.2, 0.1]), RESAMPLED, unsure="few_respondents")
    assert (v.driver, v.leading, v.reason) == (None, ("a", "b"), "few_respondents")


def test_verdict_ranks_the_group_by_share():
    resampled = np.random.default_rng(1).dirichlet([5, 5, 5], 500)
    v = verdict(["a", "b", "c"], np.array([0.2, 0.45, 0.35]), resampled)
    assert v.driver is None and v.leading == ("b", "c", "a")


def test_one_predictor_is_no_ranking():
    assert verdict(["a"], np.array([1.0]), np.ones((10, 1))).reason == "one_predictor"


def test_nothing_explained_is_no_ranking():
    assert verdict(["a", "b"], np.array([np.nan, np.nan]), np.empty((0, 2))).reason == "nothing_explained"


def test_first_probability_counts():
    assert first_probability(np.array([[0.6, 0.4], [0.3, 0.7], [0.8, 0.2], [0.9, 0.1]])) == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(("r", "n"), [("0.3", 100), ("0.6", 200), ("0.8", 100)])
def test_the_true_driver_is_ranked_first_at_the_known_rate(r, n):
    oracle = ORACLES["recovery_dimensions"]
    expected = oracle["first"][r][oracle["n"].index(n)]
    # two binomial errors of 1,000 samples each: 0.022; three of these
    assert first_rate(np.random.default_rng(11), n, oracle["betas"], float(r), 1000) == pytest.approx(expected, abs=0.066)


@pytest.mark.parametrize("units", [12, 20, 50])
def test_the_true_gap_is_ranked_first_at_the_known_rate(units):
    oracle = ORACLES["recovery_gaps"]
    expected = oracle["first"][oracle["n"].index(units)]
    assert first_rate(np.random.default_rng(12), units, oracle["betas"], 0.0, 1000) == pytest.approx(expected, abs=0.066)


def test_more_matrices_than_are_treated_at_once():
    several = np.stack([random_correlation(2, seed) for seed in range(3)])
    many = several[np.arange(importance.AT_ONCE + 2) % 3]
    assert lmg(many)[-1] == pytest.approx(lmg(many[-1]))


def test_places_by_hand():
    drawn = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.5, 0.1, 0.4]])
    found = importance.rank_probabilities(drawn)
    assert found.tolist() == [[0.75, 0.0, 0.25], [0.25, 0.5, 0.25], [0.0, 0.5, 0.5]]
    assert found[:, 0] == pytest.approx(first_probability(drawn))
    named = verdict(["a", "b", "c"], np.array([0.5, 0.3, 0.2]), drawn)
    assert named.ranks == {"a": (0.75, 0.0, 0.25), "b": (0.25, 0.5, 0.25), "c": (0.0, 0.5, 0.5)}
