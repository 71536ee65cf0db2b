"""The probability of naming a driver against the verdict's own nested procedure, and what must hold for every curve."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from gaps.model import Withheld
from gaps.stats.drivers import dimension_drivers
from gaps.stats.naming import (
    MomentSamples,
    NormalSamples,
    equal_effects,
    naming_from_correlation,
    naming_from_respondents,
    naming_from_units,
)
from tests.simulate.designs import standardised, true_shares

NAMES = ("a", "b", "c", "d", "e")
GAPS = ("gap1", "gap2", "gap3", "gap4")
EFFECTS = (0.30, 0.20, 0.15, 0.10, 0.05)


def at(naming, n: float) -> float:
    """The curve between its points."""
    return float(np.interp(math.log(n), [math.log(p.n) for p in naming.curve], [p.right for p in naming.curve]))


@pytest.fixture(scope="module")
def typical():
    return naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6))


@pytest.mark.parametrize(("n", "named"), [(200, 0.058), (400, 0.155), (800, 0.353), (1600, 0.698), (3200, 0.925)])
def test_the_rates_of_the_real_rule(n, named):
    """docs/simulations.md, "May a driver be named?": r = .6, 400 samples each (standard error up to .024); here the mean of four seeds."""
    found = np.mean([at(naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6), seed=seed), n) for seed in range(1, 5)])
    assert found == pytest.approx(named, abs=0.055)


def test_the_rate_at_less_correlation():
    found = naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.3))
    assert at(found, 200) == pytest.approx(0.095, abs=0.04)
    assert 1400 < found.needed < 1900


@pytest.mark.parametrize(("units", "named"), [(30, 0.118), (50, 0.268), (100, 0.588)])
def test_the_rates_across_units(units, named):
    """docs/simulations.md: gaps .55 .25 .25 .25; a little too careful at few units."""
    found = naming_from_correlation(GAPS, equal_effects((0.55, 0.25, 0.25, 0.25), 0.0), level="unit")
    assert at(found, units) == pytest.approx(named, abs=0.07)
    assert found.curve[0].n == 30


def test_wrong_names_are_rare(typical):
    assert max(p.wrong for p in typical.curve) <= 0.01
    equal = naming_from_correlation(NAMES, equal_effects([0.15] * 5, 0.5))
    assert max(p.right + p.wrong for p in equal.curve) <= 0.03
    assert equal.needed == Withheld("too_near", {"most": 20_000})


def test_needed_is_where_the_curve_reaches_the_power(typical):
    assert at(typical, typical.needed) == pytest.approx(0.8, abs=1e-2)
    assert 1900 < typical.needed < 2600
    rights = [p.right for p in typical.curve]
    assert rights[0] < 0.1
    assert rights[-1] > 0.99
    assert all(b >= a - 0.01 for a, b in itertools.pairwise(rights))
    assert naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6), power=0.5).needed < typical.needed


def test_not_within_the_limit():
    found = naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6), most=900)
    assert found.needed == Withheld("more_than", {"most": 900})
    assert found.curve[-1].n == 900


def test_shares_are_the_populations(typical):
    assert list(typical.shares.values()) == pytest.approx(true_shares(EFFECTS, 0.6), abs=1e-12)
    assert (typical.first, typical.second) == ("a", "b")
    assert math.isnan(typical.now)
    assert typical.n == 0


def test_same_seed_same_curve(typical):
    assert naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6)).curve == typical.curve
    assert naming_from_correlation(NAMES, equal_effects(EFFECTS, 0.6), seed=2).curve != typical.curve


def respondents(n, seed=0, betas=(0.5, 0.2, 0.1, 0.1, 0.1), r=0.5):
    """Rounded 1 to 7: outcome, perceptions and expectations of five dimensions of four items."""
    rng = np.random.default_rng(seed)
    y, x = standardised(rng, (n,), betas, r)
    e = 0.3 * x + math.sqrt(1 - 0.09) * rng.standard_normal(x.shape)

    def rated(mean, spread, score):
        return np.mean([np.clip(np.round(mean + spread * score + 0.7 * rng.standard_normal(x.shape)), 1, 7) for _ in range(4)], axis=0)

    return np.clip(np.round(5.3 + 1.2 * y), 1, 7), rated(5.2, 1.2, x), rated(6.2, 1.0, e)


def side_by_side(p, e):
    return np.stack([p, e], axis=2).reshape(len(p), -1)


def test_against_the_real_rule_with_rounded_answers():
    """At the size needed, the drivers' own bootstrap names the driver in about four of five surveys (60 surveys: SE .05)."""
    y, p, e = respondents(30_000)
    found = naming_from_respondents(NAMES, y, side_by_side(p, e), pairs=True)
    named = 0
    for seed in range(60):
        y, p, e = respondents(found.needed, seed + 1)
        scores = {"perception": pd.DataFrame(p, columns=list(NAMES)), "expectation": pd.DataFrame(e, columns=list(NAMES))}
        named += dimension_drivers(pd.Series(y), scores, "o", predictors="P,E", resamples=200, seed=seed).verdict.driver == "a"
    assert 0.62 <= named / 60 <= 0.95


def test_the_shares_are_those_of_the_drivers_page():
    y, p, e = respondents(400)
    scores = {"perception": pd.DataFrame(p, columns=list(NAMES)), "expectation": pd.DataFrame(e, columns=list(NAMES))}
    fit = dimension_drivers(pd.Series(y), scores, "o", predictors="P,E", resamples=10)
    found = naming_from_respondents(NAMES, y, side_by_side(p, e), pairs=True)
    assert found.shares == pytest.approx({d: fit.blocks[d]["share"] for d in NAMES}, abs=1e-9)
    assert found.r2 == pytest.approx(fit.r2, abs=1e-9)
    weight = np.random.default_rng(1).uniform(0.5, 2, 400)
    fit = dimension_drivers(pd.Series(y), scores, "o", predictors="P", weight=pd.Series(weight), resamples=10)
    found = naming_from_respondents(NAMES, y, p, weight=weight)
    assert found.shares == pytest.approx({t.name: t.share for t in fit.terms}, abs=1e-9)


def test_present_size_and_interval():
    y, p, _ = respondents(300)
    found = naming_from_respondents(NAMES, y, p)
    assert found.n == 300
    assert found.now == next(point.right for point in found.curve if point.n == 300)
    assert found.low <= found.needed <= found.high
    y, p, _ = respondents(3000)
    sharper = naming_from_respondents(NAMES, y, p)
    assert sharper.high / sharper.low < found.high / found.low
    few = naming_from_respondents(NAMES, y[:90], p[:90])
    assert few.now == 0  # nothing is named below 100


def test_drawn_moments_err_as_resampled_ones():
    """Standard errors of the correlations of skewed, rounded answers: drawn moments against the plain bootstrap."""
    y, p, _ = respondents(800)
    rows = np.column_stack([y, p])
    drawn = MomentSamples(rows, None, 2000, 1).draw(800)
    scale = np.sqrt(np.diagonal(drawn, axis1=1, axis2=2))
    drawn = drawn / scale[:, :, None] / scale[:, None, :]
    rng = np.random.default_rng(2)
    resampled = np.array([np.corrcoef(rows[rng.integers(0, 800, 800)].T) for _ in range(2000)])
    upper = np.triu_indices(6, 1)
    assert drawn.std(axis=0)[upper] == pytest.approx(resampled.std(axis=0)[upper], rel=0.1)
    assert drawn.mean(axis=0)[upper] == pytest.approx(np.corrcoef(rows.T)[upper], abs=0.01)


def test_wishart_moments():
    """E = S; variance of an entry (s_ii s_jj + s_ij²) / (n - 1), that of a sample covariance (Anderson 2003)."""
    s = equal_effects((0.4, 0.2), 0.3)
    drawn = NormalSamples(s, 20_000, 1).draw(50) * 50 / 49
    assert drawn.mean(axis=0) == pytest.approx(s, abs=0.01)
    assert drawn.var(axis=0) == pytest.approx((np.outer(np.diag(s), np.diag(s)) + s * s) / 49, rel=0.05)


def test_unequal_units_count_less():
    rng = np.random.default_rng(3)
    y, x = standardised(rng, (200,), (0.55, 0.25, 0.25, 0.25), 0.0)
    y, x = np.repeat(y, 2), np.repeat(x, 2, axis=0)  # twins: weights within a pair change no correlation
    even = naming_from_units(GAPS, y, x, np.full(400, 30.0))
    uneven = naming_from_units(GAPS, y, x, np.where(np.arange(400) % 2, 55.0, 5.0))
    assert even.level == "unit"
    assert uneven.shares == pytest.approx(even.shares)
    # (sum w)² / (J sum w²) = 900 / 1525
    assert uneven.needed == pytest.approx(even.needed * 1525 / 900, rel=0.1)


def test_unequal_case_weights_cost():
    y, p, _ = respondents(1500)
    y, p = np.repeat(y, 2), np.repeat(p, 2, axis=0)  # twins, as above
    even = naming_from_respondents(NAMES, y, p, weight=np.full(3000, 2.0))
    uneven = naming_from_respondents(NAMES, y, p, weight=np.where(np.arange(3000) % 2, 3.0, 1.0))
    assert uneven.shares == pytest.approx(even.shares)
    assert uneven.needed == pytest.approx(even.needed * 20 / 16, rel=0.1)  # n sum w² / (sum w)²
    assert naming_from_respondents(NAMES, y, p).needed == pytest.approx(even.needed, abs=1)


def test_what_cannot_be_ranked():
    y, p, _ = respondents(200)
    assert naming_from_respondents(NAMES, np.full(200, 3.0), p) == Withheld("no_variation")
    p[:, 1] = p[:, 0]
    assert naming_from_respondents(NAMES, y, p) == Withheld("collinear")


@pytest.mark.parametrize(
    "call",
    [
        lambda: equal_effects((0.9, 0.9), 0.5),
        lambda: equal_effects((0.1, 0.1), 1.0),
        lambda: naming_from_correlation(("a",), np.eye(2)),
        lambda: naming_from_correlation(("a", "b"), np.eye(4)),
        lambda: naming_from_correlation(("a", "b"), equal_effects((0.4, 0.2), 0.1), power=1.0),
        lambda: naming_from_correlation(("a", "b"), equal_effects((0.4, 0.2), 0.1), most=50),
    ],
)
def test_a_callers_mistake(call):
    with pytest.raises(ValueError, match=r"\d"):
        call()
