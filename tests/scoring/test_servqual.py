"""SERVQUAL and SERVPERF totals: published example, weights and their exceptions."""

import numpy as np
import pandas as pd
import pytest

from gaps import scoring
from gaps.model import Role, Scale, Withheld
from tests.oracles.scoring import AVERAGE_POINTS, FORUM_GAPS, FORUM_UNWEIGHTED, FORUM_WEIGHTED
from tests.scoring.build import people, study

FIVE = dict.fromkeys(("tangibles", "reliability", "responsiveness", "assurance", "empathy"), 1)


def points(made, *rows):
    ids = [d.id for d in made.instrument.dimensions]
    return made.with_(importance=pd.DataFrame(np.array(rows, float), columns=ids))


def forum():
    """One respondent whose five dimension gaps are the published ones."""
    made = study(FIVE, E=[[5] * 5], P=[[5 + gap for gap in FORUM_GAPS]])
    return made.with_(answers={battery: frame.astype(float).round(2) for battery, frame in made.answers.items()})


def test_published_gaps_give_the_published_score():
    total = scoring.servqual(forum())
    assert total.unweighted.mean == pytest.approx(FORUM_UNWEIGHTED, abs=1e-12)
    assert total.weighted.mean == pytest.approx(FORUM_UNWEIGHTED, abs=1e-12)
    assert (total.weights_source, total.n_weights) == ("equal", 0)
    assert list(total.weights.values()) == [0.2] * 5


def test_average_points_give_the_weighted_score():
    total = scoring.servqual(points(forum(), AVERAGE_POINTS))
    assert total.weighted.mean == pytest.approx(FORUM_WEIGHTED, abs=1e-12)
    assert (total.weights_source, total.n_weights, total.n_weights_rescaled) == ("respondents", 1, 0)
    assert total.weights["reliability"] == pytest.approx(0.32)


def two(*rows):
    made = study({"a": 1, "b": 1}, E=[[7, 7]] * len(rows), P=[[6, 4], [5, 7], [3, 3], [7, 6]][: len(rows)])
    return points(made, *rows)


def test_each_by_their_own_points():
    total = scoring.servqual(two([80, 20], [40, 60]))
    # gaps (-1, -3) and (-2, 0): -.8 - .6 and -.8
    assert total.weighted.mean == pytest.approx((-1.4 - 0.8) / 2)
    assert total.weighted.n == 2 and total.weighted.sd == pytest.approx(0.6 / 2**0.5)
    assert total.weights == {"a": pytest.approx(0.6), "b": pytest.approx(0.4)}


def test_sums_near_100_are_rescaled_others_take_the_mean_share():
    nan = np.nan
    total = scoring.servqual(two([90, 20], [50, 50], [70, 10], [nan, nan]))
    assert (total.n_weights, total.n_weights_rescaled, total.n_weights_excluded) == (2, 1, 1)
    a = (90 / 110 + 0.5) / 2
    assert total.weights["a"] == pytest.approx(a)
    each = [-90 / 110 - 3 * 20 / 110, -1.0, -4.0, -(1 - a)]  # gaps (-1, -3), (-2, 0), (-4, -4), (0, -1)
    assert total.weighted.mean == pytest.approx(sum(each) / 4)
    assert total.weighted.n == 4 and total.n_weights_filled == 2


@pytest.mark.parametrize(("row", "used"), [([90, 0], 1), ([89, 0.9], 0), ([110, 0], 1), ([110, 0.5], 0), ([120, -20], 0)])
def test_the_limits_of_rescaling(row, used):
    total = scoring.servqual(two(row, [50, 50]))
    assert total.n_weights == 1 + used and total.n_weights_excluded == 1 - used


def test_a_blank_within_a_full_sum_is_no_points():
    total = scoring.servqual(two([100, np.nan]))
    assert total.weights == {"a": 1.0, "b": 0.0} and total.weighted.mean == -1


def test_points_nobody_allotted_to_100_are_used_as_their_mean():
    total = scoring.servqual(two([3, 1], [1, 1]))
    assert (total.weights_source, total.n_weights, total.n_weights_excluded) == ("mean", 0, 2)
    assert total.n_weights_filled == 0  # the mean is everybody's
    assert total.weights["a"] == pytest.approx((0.75 + 0.5) / 2)
    assert total.weighted.mean == pytest.approx((-1 * 0.625 - 3 * 0.375 - 2 * 0.625) / 2)


def test_importance_asked_but_never_answered_is_equal():
    total = scoring.servqual(two([np.nan, np.nan]))
    assert total.weights_source == "equal" and total.weighted.mean == total.unweighted.mean == -2


def test_missing_dimensions_share_their_weight_out():
    made = points(study({"a": 1, "b": 1, "c": 1}, E=[[7, 7, 7]], P=[[6, 4, None]]), [20, 20, 60])
    total = scoring.servqual(made)
    assert total.weighted.mean == pytest.approx(-2)  # -1 and -3, equally weighted among those there are
    assert total.unweighted.mean == -2


def test_servperf_stands_on_perceptions_alone():
    made = points(study({"a": 1, "b": 1}, P=[[6, 4], [5, 7]]), [80, 20], [50, 50])
    total = scoring.servqual(made)
    assert total.unweighted == Withheld("not_measured") and total.weighted == Withheld("not_measured")
    assert total.servperf.mean == 5.5
    assert total.servperf_weighted.mean == pytest.approx((5.6 + 6) / 2)
    both = scoring.servqual(study({"a": 1}, E=[[7], [None]], P=[[6], [2]]))
    assert (both.unweighted.n, both.servperf.n, both.servperf.mean) == (1, 2, 4)


def test_nobody_with_half_of_the_dimensions():
    total = scoring.servqual(study({"a": 1, "b": 1, "c": 1}, E=[[7, None, 7]], P=[[6, 4, None]]))
    assert total.unweighted == Withheld("no_answers")
    assert total.servperf.n == 1


def test_one_respondent_has_no_spread():
    total = scoring.servqual(forum())
    assert np.isnan([total.unweighted.sd, total.unweighted.se, total.unweighted.low]).all()


def test_case_weights_weight_scores_and_shares():
    made = points(
        study({"a": 1, "b": 1}, {Role.CUSTOMERS: people(2, weight=[1, 3])}, E=[[7, 7]] * 2, P=[[6, 4], [5, 7]]), [80, 20], [40, 60]
    )
    total = scoring.servqual(made)
    assert total.unweighted.mean == pytest.approx((-2 + 3 * -1) / 4)
    assert total.weighted.mean == pytest.approx((-1.4 + 3 * -0.8) / 4)
    assert total.weights["a"] == pytest.approx((0.8 + 3 * 0.4) / 4)


def test_rescaling_the_scale_rescales_the_score():
    """Scores are linear: on 1-100 instead of 1-7 every score moves along."""
    small = study({"a": 1, "b": 1}, E=[[7, 6], [5, 5]], P=[[6, 4], [5, 7]])
    large = study({"a": 1, "b": 1}, scale=Scale(10, 70), E=[[70, 60], [50, 50]], P=[[60, 40], [50, 70]])
    assert scoring.servqual(large).unweighted.mean == pytest.approx(10 * scoring.servqual(small).unweighted.mean)
