"""The penalty-reward contrast against R, worked examples and simulated truths."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gaps.model import Withheld
from gaps.stats import penalty_reward as pr
from tests.simulate.asymmetry_designs import Company, study_of

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "sandwich.toml").read_text())
SWISS = ORACLES["swiss"]


def swiss(**options):
    scores = pd.DataFrame({"agriculture": SWISS["agriculture"], "education": SWISS["education"]}, dtype=float)
    return pr.penalty_reward(pd.Series(SWISS["fertility"], dtype=float), scores, "satisfaction", **options)


def data(n=600, seed=0, **truth):
    y, _, p, unit = Company(**truth).customers(np.random.default_rng(seed), n)
    return pd.Series(y), pd.DataFrame(p, columns=list("abcde")), unit


@pytest.mark.parametrize(
    ("penalty", "reward", "riocs", "sgp", "dgp", "ia"),
    [
        (-0.42, 0.10, 0.52, 0.1923, 0.8077, -0.6154),
        (-0.33, 0.30, 0.63, 0.4762, 0.5238, -0.0476),
        (-0.12, 0.41, 0.53, 0.7736, 0.2264, 0.5472),
    ],
)
def test_worked_examples(penalty, reward, riocs, sgp, dgp, ia):  # methods 4.4
    assert pr.impact_asymmetry(penalty, reward) == pytest.approx((riocs, sgp, dgp, ia), abs=5e-5)


@pytest.mark.parametrize(("penalty", "reward"), [(0.1, 0.4), (-0.1, -0.4), (0.1, -0.4), (0.0, 0.4), (-0.1, 0.0)])
def test_wrong_signs_are_not_classified(penalty, reward):
    assert pr.impact_asymmetry(penalty, reward) is None


@pytest.mark.parametrize(
    ("ia", "name"),
    [(0.71, "delighter"), (0.7, "satisfier"), (0.2, "hybrid"), (0.0, "hybrid"), (-0.2, "hybrid"), (-0.21, "dissatisfier"),
     (-0.7, "dissatisfier"), (-0.71, "frustrator"), (np.nan, "not_classifiable")],
)  # fmt: skip
def test_categories(ia, name):
    assert pr.category(ia) == name


def test_r():
    found = swiss()
    agriculture, education = found.contrasts
    assert (found.method, found.n) == ("HC3", 47)
    assert [agriculture.n_low, agriculture.n_high, education.n_low, education.n_high] == SWISS["n"]
    assert found.r2 == pytest.approx(SWISS["r2"])
    values = [agriculture.penalty, agriculture.reward, education.penalty, education.reward]
    assert values == pytest.approx(SWISS["params"][1:])
    assert agriculture.penalty - agriculture.penalty_low == pytest.approx(2.018082 * SWISS["hc3"][1], rel=1e-6)  # qt(.975, 42)
    assert (agriculture.category, education.category) == ("too_few", "too_few") and not agriculture.chances
    assert agriculture.named is None and np.isnan(agriculture.ia)


def test_r_clustered():
    found = swiss(unit=pd.Series(pd.Categorical([f"U{k % 8}" for k in range(47)])))
    first = found.contrasts[0]
    assert (found.method, found.units) == ("CR2", 8)
    from scipy.special import stdtrit

    assert first.reward_high - first.reward == pytest.approx(stdtrit(SWISS["df"][2], 0.975) * SWISS["cr2"][2])


def test_the_straight_line_is_the_contrast_of_fitted_values():
    x = np.column_stack([SWISS["agriculture"], SWISS["education"]])
    y = np.array(SWISS["fertility"])
    groups = [pr._groups(x[:, k], None, "x", 0.2, 0.2)[1] for k in range(2)]
    drawn = pr._Drawn.of(y, np.column_stack(groups), x, None, None, "HC3", 2, 1)
    assert drawn.line[0] == pytest.approx(SWISS["line"][1:])
    assert drawn.data[0] == pytest.approx(SWISS["params"][1:])


def test_equal_scores_stay_together():
    x = np.repeat([1.0, 2, 3, 4, 5, 6, 7], [3, 10, 7, 20, 10, 5, 45])
    about, dummies = pr._groups(x, None, "x", 0.2, 0.2)
    assert (about.low_cut, about.high_cut, about.n_low, about.n_middle, about.n_high) == (3, 7, 20, 35, 45)
    assert (about.low_share, about.middle_share, about.high_share) == pytest.approx((0.2, 0.35, 0.45))
    assert dummies.sum(axis=0).tolist() == [20, 45]
    wider, _ = pr._groups(x, None, "x", 0.201, 0.46)
    assert (wider.low_cut, wider.high_cut) == (4, 6)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [([0, 0, 100], "no_spread"), ([15, 0, 85], "no_spread"), ([30, 5, 65], "few_middle"), ([30, 12, 58], "")],
)
def test_groups_that_are_too_small(counts, reason):
    assert pr._groups(np.repeat([1.0, 2, 3], counts), None, "x", 0.2, 0.2)[0].withheld == reason


def test_a_dimension_without_groups_is_left_out():
    y, x, _ = data()
    x["c"] = 5.0
    found = pr.penalty_reward(y, x, "q", resamples=50)
    rest = pr.penalty_reward(y, x.drop(columns="c"), "q", resamples=50)
    assert found.contrasts[2].withheld == "no_spread" and np.isnan(found.contrasts[2].penalty)
    assert found.contrasts[3].penalty == pytest.approx(rest.contrasts[2].penalty)


def test_what_cannot_be_computed():
    y, x, _ = data()
    assert pr.penalty_reward(y * np.nan, x, "q").reason == "no_outcome"
    assert pr.penalty_reward(y[:99], x[:99], "q") == Withheld("too_few", {"outcome": "q", "n": 99, "needed": 100})
    assert pr.penalty_reward(y * 0 + 4, x, "q").reason == "no_variation"
    assert pr.penalty_reward(y, x * 0 + 4, "q").reason == "no_contrast"
    with pytest.raises(ValueError, match="together below 1"):
        pr.penalty_reward(y, x, "q", low=0.5, high=0.5)


@pytest.mark.parametrize(
    ("found", "whatever"),
    [
        (Withheld("no_outcome", {"outcome": "q"}), True),
        (Withheld("too_few", {"outcome": "q", "n": 19, "needed": 100}), True),
        (Withheld("too_few", {"outcome": "q", "n": 20, "needed": 100}), False),  # enough if one dimension alone has three groups
        (Withheld("no_contrast", {"outcome": "q", "n": 500}), False),
        (Withheld("no_variation", {"outcome": "q", "n": 500}), False),
    ],
)
def test_which_reasons_other_shares_would_not_change(found, whatever):
    assert pr.whatever_the_shares(found) is whatever


def test_weights_order_and_seed():
    y, x, _ = data()
    plain = pr.penalty_reward(y, x, "q", resamples=200)
    same = pr.penalty_reward(y, x, "q", weight=pd.Series(2.0, y.index), resamples=200)
    order = np.random.default_rng(1).permutation(len(y))
    other = pr.penalty_reward(y.iloc[order], x.iloc[order], "q", resamples=200)
    for a, b, c in zip(plain.contrasts, same.contrasts, other.contrasts, strict=True):
        assert (a.penalty, a.reward, a.penalty_low, a.ia_line) == pytest.approx((b.penalty, b.reward, b.penalty_low, b.ia_line))
        assert a.chances == b.chances and (a.penalty, a.ia_line) == pytest.approx((c.penalty, c.ia_line))
    assert pr.penalty_reward(y, x, "q", resamples=200).contrasts == plain.contrasts
    assert sum(plain.contrasts[0].chances.values()) == pytest.approx(1)


def test_a_strong_truth_is_named_and_told_from_a_line():
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.normal(size=(2000, 2)), columns=["a", "b"])
    y = pd.Series(-1.5 * (x["a"] < -0.84) + 0.15 * (x["a"] > 0.84) + x["b"] + 0.5 * rng.normal(size=2000))
    a, b = pr.penalty_reward(y, x, "q").contrasts
    assert a.named == "frustrator" and a.beyond_high < 0 and a.beyond_line
    assert b.named == "hybrid" and not b.beyond_line and b.ia_line == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("units", [3, 12])
def test_units_are_drawn_whole(units):
    y, x, unit = data(n=900, units=units, unit_outcome=1.0)
    study = study_of(y.to_numpy(), x.to_numpy(), x.to_numpy(), unit)
    found = pr.study_penalty_reward(study, "overall_quality", resamples=200)
    assert (found.method, found.units) == ("HC3 within units" if units == 3 else "CR2", units)
    assert all(c.ia_low < c.ia_high for c in found.contrasts if c.category != "not_classifiable")
    assert pr.study_penalty_reward(study, "overall_quality", by_unit=False, resamples=200).method == "HC3"


def test_blocks_agree_with_rows():
    y, x, _ = data(n=6000)
    rows = x.to_numpy()
    dummies = np.column_stack([pr._groups(rows[:, k], None, "x", 0.2, 0.2)[1] for k in range(5)])
    blocks = pr._Drawn.of(y.to_numpy(), dummies, rows, None, None, "HC3", 600, 1).data[1:].std(axis=0)
    found = pr.penalty_reward(y, x, "q", resamples=20).contrasts
    classical = [(c.penalty_high - c.penalty_low) / 2 / 1.96 for c in found]
    assert blocks[::2] == pytest.approx(classical, rel=0.15)


@pytest.mark.parametrize(("n", "judged"), [(39, False), (40, True)])
def test_a_category_needs_forty_customers_in_each_group(n, judged):
    """Below, a category named by the resamples is right less often than they say; penalty and reward keep their intervals."""
    rng = np.random.default_rng(3)
    x = pd.DataFrame({"a": np.repeat([1.0, 2.0, 3.0], [n, 200, 60])})
    y = pd.Series(-1.5 * (x["a"] == 1) + 0.03 * (x["a"] == 3) + 0.1 * rng.normal(size=len(x)))
    found = pr.penalty_reward(y, x, "q", low=0.1).contrasts[0]
    assert (found.fewest, found.judged) == (n, judged)
    assert (found.category, found.named) == (("frustrator", "frustrator") if judged else ("too_few", None))
    assert bool(found.chances) is judged and found.penalty_low < -1.5 < found.penalty_high and found.ia_low < found.ia < found.ia_high
