"""Dominance against Azen & Budescu, the subsets against dominanceAnalysis, and against plain comparison of all subsets."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from gaps.model import Withheld
from gaps.stats.dominance import dominance, subset_r2
from gaps.stats.importance import lmg

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())
AZEN = np.array(ORACLES["azen_budescu"]["correlation"])


def random_correlation(p, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(80, p + 1)) + rng.normal(size=(80, 1))
    return np.corrcoef(x.T)


def r2(correlation, subset):
    take = [k + 1 for k in subset]
    return float(correlation[0, take] @ np.linalg.solve(correlation[np.ix_(take, take)], correlation[take, 0])) if take else 0.0


def test_conditional_values_of_azen_and_budescu():
    found = dominance(["x1", "x2", "x3", "x4"], AZEN)
    assert found.levels.to_numpy() == pytest.approx(np.array(ORACLES["azen_budescu"]["conditional"]), abs=5e-4)
    assert found.levels.mean().to_numpy() == pytest.approx(lmg(AZEN))
    assert [(p.first, p.second, p.kind) for p in found.pairs[:3]] == [
        ("x1", "x4", "complete"), ("x1", "x3", "complete"), ("x1", "x2", "complete"),
    ]  # fmt: skip
    assert found.of("x2", "x3").kind == "general" and found.of("x3", "x2").first == "x3"


def test_conditional_but_not_complete():
    found = [dominance(list("abcd"), random_correlation(4, seed)) for seed in range(40)]
    kinds = {p.kind for d in found for p in d.pairs}
    assert kinds == {"complete", "conditional", "general"}


def test_subsets_of_the_gpa_data():
    oracle = ORACLES["gpa"]
    correlation = np.array(oracle["correlation"])[[3, 0, 1, 2]][:, [3, 0, 1, 2]]
    found = subset_r2(correlation[None])[:, 0]
    for key, value in oracle["r2"].items():
        assert found[sum(1 << int(k) for k in key)] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("p", "width"), [(5, 1), (6, 2)])
def test_every_subset_by_solving(p, width):
    correlation, blocks = random_correlation(p, 3), p // width
    found = subset_r2(np.stack([correlation, AZEN[:1, :1].repeat(p + 1, 0).repeat(p + 1, 1) * np.eye(p + 1)]), width)
    for size in range(blocks + 1):
        for subset in combinations(range(blocks), size):
            inside = [b * width + k for b in subset for k in range(width)]
            assert found[sum(1 << b for b in subset), 0] == pytest.approx(r2(correlation, inside), abs=1e-12)
    assert found[:, 1] == pytest.approx(0)


@pytest.mark.parametrize("seed", range(5))
def test_kinds_by_plain_comparison(seed):
    correlation = random_correlation(4, seed)
    for pair in dominance(list("abcd"), correlation).pairs:
        k, other = "abcd".index(pair.first), "abcd".index(pair.second)
        rest = [j for j in range(4) if j not in (k, other)]
        subsets = [s for size in range(3) for s in combinations(rest, size)]
        gain = {j: [r2(correlation, (*s, j)) - r2(correlation, s) for s in subsets] for j in (k, other)}
        complete = all(a > b for a, b in zip(gain[k], gain[other], strict=True))
        assert (pair.kind == "complete") == complete


def test_chances_come_from_resamples():
    resampled = np.stack([AZEN, AZEN, AZEN, AZEN[[0, 2, 1, 3, 4]][:, [0, 2, 1, 3, 4]]])
    pair = dominance(["x1", "x2", "x3", "x4"], AZEN, resampled).of("x1", "x2")
    assert (pair.chance_complete, pair.chance_conditional, pair.chance_general) == (0.75, 0.75, 0.75)


def test_equal_predictors_and_too_many():
    assert dominance(["a", "b"], np.array([[1, 0.5, 0.5], [0.5, 1, 0.2], [0.5, 0.2, 1]])).pairs[0].kind == "none"
    assert dominance([str(k) for k in range(11)], np.eye(12)) == Withheld("too_many", {"names": 11, "most": 10})
    with pytest.raises(ValueError, match="do not fit"):
        dominance(["a"], AZEN)
