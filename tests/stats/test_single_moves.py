"""Single moves: those of `predict`, ranked, with the set that may be the largest."""

from dataclasses import replace

import numpy as np
import pytest

from gaps.findings import asymmetry as conclusions
from gaps.model import Scale, Withheld
from gaps.stats.single_moves import SingleMove, SingleMoves, amounts, single_moves, usual_amount
from gaps.stats.what_if import Move, predict, what_if
from tests.simulate.asymmetry_designs import Company, study_of


@pytest.fixture(scope="module")
def model():
    company = Company(kink="total", weights=(5, 1, 0.8, 0.6, 0.1))
    return what_if(study_of(*company.customers(np.random.default_rng(3), 1200)), "overall_quality")


def test_each_is_the_prediction_of_its_move_and_the_largest_comes_first(model):
    found = single_moves(model)
    assert len(found.moves) == 10 and found.amount == 0.5
    changes = [one.prediction.change for one in found.predicted]
    assert changes == sorted(changes, reverse=True)
    for one in found.predicted:
        assert one.prediction.change == predict(model, [one.move]).change
    assert found.moves[0].move == Move("tangibles", perception=0.5)  # five times the weight
    assert {one.move.expectation for one in found.moves} == {0.0, -0.5}


def test_leading_is_the_first_and_what_is_not_told_apart_from_it(model):
    found = single_moves(model)
    assert found.moves[0].leading
    assert [one.move.dimension for one in found.leading] == ["tangibles"]
    few = what_if(study_of(*Company(kink="total").customers(np.random.default_rng(3), 200)), "overall_quality")
    assert len(single_moves(few).leading) > 3


def test_the_border_is_the_one_sided_test_of_the_difference(model):
    """Without units: contrast of two coefficients and the kink, HC3 and the sampling part, t at .05 / 9."""
    from scipy.special import stdtrit

    from gaps.stats.what_if import carried_out, sampling_variance

    found = single_moves(model)
    first = carried_out(model, (found.moves[0].move,))
    for one in found.predicted[1:]:
        other = carried_out(model, (one.move,))
        c = first.contrast - other.contrast
        se = np.sqrt(c @ model.fit.cov @ c + sampling_variance(model, first.change - other.change))
        assert one.leading == bool(c @ model.fit.params <= stdtrit(model.fit.residual_df, 1 - 0.05 / 9) * se)


def test_a_move_without_prediction_comes_last_with_its_reason():
    company = Company(kink="total", weights=(5, 1, 0.8, 0.6, -3.0))
    found = single_moves(what_if(study_of(*company.customers(np.random.default_rng(3), 1200)), "overall_quality"))
    last = found.moves[-1]
    assert isinstance(last.prediction, Withheld) and last.prediction.reason == "slope_not_positive"
    assert last.move == Move("empathy", perception=0.5) and not last.leading
    assert len(found.predicted) == 9


def test_foremost_are_those_that_may_be_first_and_can_be_told_from_none(model):
    """Nothing whose interval includes zero; where no leading move can be told from none, the largest of those that can."""
    found = single_moves(model)
    assert found.foremost == found.leading[:1]
    flat = [replace(one, prediction=replace(one.prediction, low=-0.1), leading=k < 2) for k, one in enumerate(found.predicted)]
    assert not replace(found, moves=tuple(flat)).foremost
    second = (flat[0], replace(found.predicted[1], leading=True), *flat[2:])
    assert replace(found, moves=second).foremost == (second[1],)
    third = (*flat[:2], found.predicted[2], *flat[3:])
    assert replace(found, moves=third).foremost == (third[2],)
    assert not replace(found, alike=True).foremost


@pytest.mark.parametrize("amount", [0, -1, float("nan")])
def test_an_amount_that_is_none_is_refused(model, amount):
    with pytest.raises(ValueError, match="positive"):
        single_moves(model, amount)


@pytest.mark.parametrize(("scale", "usual", "most", "count"), [((1, 7), 0.5, 2.0, 41), ((1, 5), 0.5, 1.3, 27), ((0, 100), 8.0, 33.0, 67)])
def test_moves_to_choose_from_hold_none_and_the_usual_one(scale, usual, most, count):
    steps = amounts(Scale(*scale))
    assert usual_amount(Scale(*scale)) == usual and {0.0, usual, -usual} <= set(steps)
    assert (max(steps), min(steps), len(steps)) == (most, -most, count)


def test_where_every_dimension_counts_alike_none_is_ranked():
    few = what_if(study_of(*Company(kink="total").customers(np.random.default_rng(3), 40)), "overall_quality")
    assert few.kind == "total"
    found = single_moves(few)
    assert found.alike and not found.leading
    said = conclusions.single_moves(found)
    assert said.code == "single_alike"


def test_a_single_dimension_is_not_compared_with_itself():
    moves = tuple(SingleMove(m, Withheld("other"), False) for m in (Move("a", perception=0.5), Move("a", expectation=-0.5)))
    assert conclusions.single_moves(SingleMoves("overall_quality", 0.5, 90, moves, alike=True)).code == "single_dimension"
