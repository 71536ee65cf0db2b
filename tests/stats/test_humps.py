"""The valley rule: exact p by hand, shapes it names and shapes it does not, weights; rates in small (docs/simulations-distributions.md)."""

import numpy as np
import pytest
from scipy.stats import binom

from gaps.columns import GLOSSARY
from gaps.model import Role, Withheld
from gaps.stats.humps import LEAST, item_distributions, valley
from tests.scoring.build import people, study
from tests.simulate.hump_designs import ONE_HUMP, TWO_HUMPS, agreement, rate, two_humped


def test_exact_p():
    """Valley 2 of 22 with either hump: P(X <= 2), X binomial with 22 and (2/3) / (1 + 2/3) = .4."""
    found = valley(np.array([20, 2, 20]))
    assert (found.lower, found.valley, found.upper) == ((0, 0), (1, 1), (2, 2))
    assert found.p == pytest.approx(0.001557523495466827) and found.p == pytest.approx(binom.cdf(2, 22, 0.4))
    assert found.below == found.above == pytest.approx(20 / 42)


def test_both_humps_must_rise_above_the_valley():
    """The weaker of both counts: 12 beside a valley of 8 is not enough, however high the other."""
    found = valley(np.array([12, 8, 200]), camp=0.05)
    assert found.p == pytest.approx(binom.cdf(8, 20, 0.4))


def test_seven_points_go_in_pairs_and_an_end_may_stand_alone():
    found = valley(np.array([40, 0, 1, 1, 0, 1, 40]))
    assert found.p < 1e-7 and found.lower[0] == 0 and found.upper[1] == 6
    assert valley(np.array([10, 30, 12, 14, 11, 13, 10])) is None or valley(np.array([10, 30, 12, 14, 11, 13, 10])).p > 0.05
    assert valley(np.array([0, 0, 40, 20, 40, 0, 0])) is None  # a habit of skipping one answer is no valley


@pytest.mark.parametrize("counts", [[0, 0, 0], [0, 0, 30], [10, 20, 30, 40], [40, 30, 20], [5, 30, 5], [0, 10, 50, 10, 0, 0, 2]])
def test_one_hump_has_no_valley(counts):
    assert valley(np.array(counts)) is None


def test_a_camp_needs_a_share():
    few = [8, 1, 1, 1, 20, 40, 29]
    assert valley(np.array(few)) is None
    assert valley(np.array(few), camp=0.05) is not None


def answers(low: int, high: int, *, columns: int = 1):
    return [[2] * columns] * low + [[6] * columns] * high


def test_items_of_a_study():
    made = study({"a": 1, "b": 1}, P=[[2 if k < 20 else 6, 5 + k % 3] for k in range(50)])
    found = item_distributions(made)
    assert found.humped("P", 1) and not found.humped("P", 2) and found.judged == 2
    row = found.humps.iloc[0]
    assert (row["below_to"], row["above_from"], row["share_below"], row["share_above"]) == (2, 6, pytest.approx(0.4), pytest.approx(0.6))
    mean = found.found.mean_of("P", item=1)
    assert mean["low"] < 4.4 < mean["high"] and mean["mean"] == pytest.approx(4.4)
    assert set(found.humps) <= set(GLOSSARY)


def test_few_answers_are_not_judged():
    found = item_distributions(study({"a": 1}, P=answers(14, LEAST - 15)))
    assert found.judged == 0 and not found.humps["humped"].any() and found.humps["p"].iloc[0] < 0.05
    assert item_distributions(study({"a": 1}, P=[[None]])) == Withheld("no_answers")


def test_weights_take_certainty():
    """Where one customer stands for many, fewer are worth their number: 40 answers of an effective 5 show nothing."""
    rows = [[2] if k % 2 else [6] for k in range(40)]
    plain = item_distributions(study({"a": 1}, P=rows))
    heavy = people(40, weight=[50.0 if k < 4 else 0.1 for k in range(40)])
    weighted = item_distributions(study({"a": 1}, {Role.CUSTOMERS: heavy}, P=rows))
    assert plain.humped("P", 1) and not weighted.humped("P", 1)


@pytest.mark.parametrize(
    "name", ["7 points, mean 6, sd 1.2 (ceiling)", "7 points, mean 5, sd 2.5 (both ends filled)", "7 points, half tick 1, 4 or 7 only"]
)
def test_ceilings_and_round_numbers_are_no_camps(name):
    assert rate(two_humped, ONE_HUMP[name], 300, 200) <= 0.01


def test_two_camps_are_found():
    assert rate(two_humped, TWO_HUMPS["7 points, half at 2, half at 6, sd .8"], 300, 200) >= 0.9


def test_the_rule_compared_with():
    """A of R's agrmt 1.42.12 manual: agreement(c(30, 40, 210, 130, 530, 50, 10)) = 0.6113333; perfect camps -1, an even spread 0."""
    assert agreement(np.array([30, 40, 210, 130, 530, 50, 10])) == pytest.approx(0.6113333, abs=5e-8)
    assert agreement(np.array([5, 0, 0, 0, 5])) == -1 and agreement(np.ones(7)) == 0
