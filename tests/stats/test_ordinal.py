"""Ordinal logit against MASS::polr and statsmodels; the latent shares against fitting every subset."""

import tomllib
from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pytest

from gaps.model import Withheld
from gaps.stats.importance import lmg, shares
from gaps.stats.ordinal import latent_shares, ordinal_check, ordinal_logit
from tests.simulate.designs import standardised

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "drivers.toml").read_text())


def housing():
    """72 cells of satisfaction x influence x type x contact, with their counts as weights."""
    cells = [(s, i, t, c) for c in range(2) for t in range(4) for i in range(3) for s in range(3)]
    sat, infl, kind, cont = np.array(cells).T
    x = np.column_stack([infl == 1, infl == 2, kind == 1, kind == 2, kind == 3, cont == 1]).astype(float)
    return sat.astype(float), x, np.array(ORACLES["housing"]["freq"], float)


def likert(n=600, seed=0, betas=(0.4, 0.2, 0.1), r=0.4, categories=5):
    y, x = standardised(np.random.default_rng(seed), (n,), betas, r)
    return np.clip(np.round(3 + 1.2 * y), 1, categories), x


def test_housing_as_in_polr():
    oracle, found = ORACLES["housing"], ordinal_logit(*housing())
    assert found.params == pytest.approx(oracle["b"], abs=1e-5)
    assert found.cut == pytest.approx(oracle["cut"], abs=1e-5)
    assert found.se == pytest.approx(oracle["se"], abs=1e-5)
    assert found.deviance == pytest.approx(oracle["deviance"], abs=1e-5)


def test_swiss_in_five_classes_as_in_polr():
    rows = np.array([line.split() for line in ORACLES["swiss"]["rows"].splitlines() if line], float)
    y = np.searchsorted([60, 68, 75, 80], rows[:, 0])  # cut(Fertility, c(0, 60, 68, 75, 80, 100))
    found = ordinal_logit(y.astype(float), rows[:, 3:])
    # MASS::polr(q ~ Education + Catholic + Infant.Mortality, control = list(reltol = 1e-14))
    assert found.params == pytest.approx([-0.1571097682, 0.0278828422, 0.3985464459], rel=1e-5)
    assert found.se == pytest.approx([0.04546254076, 0.00817719727, 0.12384607928], rel=5e-4)  # polr's Hessian is numerical
    assert found.cut == pytest.approx([4.622442137, 7.016360016, 8.604812904, 9.881753942], rel=1e-5)
    assert found.deviance == pytest.approx(106.046338328, abs=1e-6)


def test_as_in_statsmodels():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, x = likert(400)
    theirs = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    found = ordinal_logit(y, x)
    assert found.params == pytest.approx(theirs.params[:3], abs=1e-4)
    assert found.deviance == pytest.approx(-2 * theirs.llf, abs=1e-6)


def test_many_rows_start_from_some_of_them_and_end_the_same():
    y, x = likert(24_000)
    found, plain = ordinal_logit(y, x), ordinal_logit(y[:19_000], x[:19_000])
    assert found.params == pytest.approx(plain.params, abs=0.1)
    doubled = ordinal_logit(np.tile(y[:15_000], 2), np.tile(x[:15_000], (2, 1)))
    once = ordinal_logit(y[:15_000], x[:15_000], np.full(15_000, 2.0))
    assert doubled.params == pytest.approx(once.params, abs=1e-8)
    assert doubled.se == pytest.approx(once.se, abs=1e-8)


def test_scale_and_shift_of_a_predictor_do_what_they_must():
    y, x = likert()
    a, b = ordinal_logit(y, x), ordinal_logit(y, x * [10, 1, 1] + [100, 0, 0])
    assert b.params == pytest.approx(a.params / [10, 1, 1], rel=1e-7)
    assert b.cut == pytest.approx(a.cut + 10 * a.params[0], rel=1e-7)
    assert latent_shares(b, x * [10, 1, 1])[0] == pytest.approx(latent_shares(a, x)[0])


def test_withheld():
    x = np.random.default_rng(0).normal(size=(100, 2))
    assert ordinal_logit((x[:, 0] > 0).astype(float), x).reason == "not_converged"
    assert ordinal_logit(np.ones(100), x).reason == "no_variation"
    assert ordinal_logit(np.arange(100) % 3.0, x * [1, 0]).reason == "no_variation"
    y, x = likert(categories=11)
    eight = np.arange(len(y)) % 8.0
    found = ordinal_check(eight, x, list("abc"), list("abc"), np.ones(3) / 3, np.ones((5, 3)))
    assert found == Withheld("many_categories", {"categories": 8, "most": 7})


def mcfadden_shares(y, x):
    """General dominance over all subsets, each fitted, by McFadden's R² (Azen & Traxel 2009)."""
    p = x.shape[1]
    empty = -2 * sum((y == v).sum() * np.log((y == v).mean()) for v in np.unique(y))
    fits = {(): empty}
    for size in range(1, p + 1):
        for subset in combinations(range(p), size):
            fits[subset] = ordinal_logit(y, x[:, subset]).deviance
    values = np.zeros(p)
    for k in range(p):
        for subset in fits:
            if k not in subset:
                weight = factorial(len(subset)) * factorial(p - len(subset) - 1) / factorial(p)
                values[k] += weight * (fits[subset] - fits[tuple(sorted((*subset, k)))]) / empty
    return values / values.sum()


@pytest.mark.parametrize(("seed", "r"), [(0, 0.2), (1, 0.6), (2, 0.8)])
def test_latent_shares_nearly_agree_with_all_subsets(seed, r):
    y, x = likert(800, seed, (0.35, 0.2, 0.1, 0.05), r)
    found, whole = latent_shares(ordinal_logit(y, x), x)
    assert found.sum() == pytest.approx(1) and 0 < whole < 1
    assert found == pytest.approx(mcfadden_shares(y, x), abs=0.03)
    assert np.argsort(found).tolist() == np.argsort(mcfadden_shares(y, x)).tolist()


def test_the_order_of_a_linear_world_is_kept():
    y, x = likert(2000)
    linear = shares(lmg(np.corrcoef(np.column_stack([y, x]).T)))
    found = ordinal_check(y, x, list("abc"), list("abc"), linear, np.tile(linear, (10, 1)))
    assert found.order == found.order_linear == ("a", "b", "c") and not found.first_changes and found.swapped == ()
    assert found.categories == 5 and found.n == 2000


def test_swaps_are_told_and_those_against_certain_places_apart():
    y, x = likert(2000)
    wrong = np.array([0.2, 0.5, 0.3])
    found = ordinal_check(y, x, list("abc"), list("abc"), wrong, np.array([[0.2, 0.5, 0.3], [0.4, 0.5, 0.1]]))
    assert found.first_changes
    assert set(found.swapped) == {("b", "a"), ("c", "a")}
    assert found.swapped_surely == (("b", "a"),)
