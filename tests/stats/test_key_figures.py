"""The key figures: by hand, as R gives the interval of a share, and what is withheld."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.model import Role, Scale, Withheld
from gaps.stats import intervals
from gaps.stats.change import latest
from gaps.stats.key_figures import key_figures, share_interval
from tests.scoring.build import people, study


def figures(made, outcome="overall_quality"):
    return key_figures(made, intervals.servqual(made), outcome, latest(made))


def shop(expected, perceived, outcome=None, **columns):
    """Customers of a shop with one item in each of two dimensions, and their overall quality."""
    frame = people(len(perceived), **columns, **({} if outcome is None else {"overall_quality": outcome}))
    asked = {} if outcome is None else {"outcomes": {"overall_quality": Scale(1, 10)}}
    return study({"a": 1, "b": 1}, {Role.CUSTOMERS: frame}, P=perceived, **({} if expected is None else {"E": expected}), **asked)


def test_each_by_hand():
    expected, perceived = [[5, 5]] * 10, [[5, 5], [6, 4], [7, 7], *[[4, 5]] * 7]  # gaps 0, 0, 2 and seven times -0.5
    found = figures(shop(expected, perceived, outcome=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    # R: t.test(1:10)$conf.int
    assert (found.quality.value, found.quality.low, found.quality.high) == pytest.approx((5.5, 3.334149, 7.665851), abs=1e-6)
    assert (found.quality.n, found.quality.values) == (10, {"outcome": "overall_quality", "min": 1.0, "max": 10.0})
    assert found.score.value == pytest.approx(-0.15) and found.score.kind == "servqual" and found.score.values == {}
    # R: prop.test(3, 10, correct = FALSE)$conf.int
    assert (found.share.value, found.share.low, found.share.high) == pytest.approx((0.3, 0.1077913, 0.6032219), abs=1e-6)
    assert (found.share.n, found.share.values["n_reached"]) == (10, 3)
    assert found.change == Withheld("no_waves")


def test_a_gap_of_zero_but_for_rounding_reaches_the_expectation():
    thirds = study({"a": 3, "b": 3}, E=[[1, 2, 2, 5, 5, 5]] * 12, P=[[2, 2, 1, 5, 5, 5]] * 12)
    assert figures(thirds, None).share.value == 1.0


def test_a_share_as_r():
    for successes, n, low, high in ((8, 10, 0.4901625, 0.9433178), (0, 20, 0.0, 0.1611252), (20, 20, 0.8388748, 1.0)):
        share, *ends = share_interval(np.repeat([1.0, 0.0, np.nan], [successes, n - successes, 3]))
        assert (share, *ends) == pytest.approx((successes / n, low, high), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 10)), min_size=2, max_size=60), st.floats(0.2, 5))
def test_weights_of_any_unit_keep_the_share_inside_its_interval(people_, factor):
    y, w = (np.array([float(v) for v in column]) for column in zip(*people_, strict=True))
    share, low, high = share_interval(y, w)
    assert -1e-9 <= low <= share + 1e-9 and share <= high + 1e-9 and high <= 1 + 1e-9
    assert share_interval(y, w * factor) == pytest.approx((share, low, high), abs=1e-7)


def test_equal_weights_change_nothing_and_unequal_ones_widen():
    y = np.array([1.0] * 30 + [0.0] * 70)
    assert share_interval(y, np.full(100, 2.5)) == pytest.approx(share_interval(y), abs=1e-9)
    _, low, high = share_interval(y, np.where(np.arange(100) % 2, 0.2, 1.8))
    plain = share_interval(y)
    assert high - low > 1.2 * (plain[2] - plain[1])


def test_a_few_are_described_not_judged():
    found = figures(shop([[5, 5]] * 9, [[5, 5]] * 9, outcome=range(9)))
    for name, figure in found.each():
        if name != "change":
            assert figure.few and np.isnan(figure.low) and np.isnan(figure.high) and figure.n == 9


def test_what_was_not_asked_is_withheld_with_its_reason():
    alone = figures(shop(None, [[5, 6]] * 12), None)
    assert alone.quality == Withheld("no_outcome") and alone.share == Withheld("no_expectation")
    assert (alone.score.kind, alone.score.value) == ("servperf", 5.5)
    nobody = figures(shop([[5, 5]] * 12, [[None, None]] * 12, outcome=[None] * 11 + [np.nan]))
    assert nobody.quality.reason == "no_answers" and nobody.share.reason == "no_answers" and nobody.score.reason == "no_answers"


def test_three_columns_count_both_borders():
    made = study({"a": 1, "b": 1}, A=[[4, 4]] * 12, D=[[6, 6]] * 12, P=[[6, 6]] * 3 + [[5, 4]] * 6 + [[3, 4]] * 3)
    share = figures(made, None).share
    assert (share.value, share.values["wanted"], share.values["adequate"]) == (0.25, "D", 0.75)
    assert figures(made, None).score.values == {"desired": True}


def test_the_change_is_that_between_the_last_waves():
    frame_waves = ["1"] * 12 + ["2"] * 12
    made = shop([[6, 6]] * 24, [[5, 5], [4, 6]] * 6 + [[6, 6], [5, 6]] * 6, wave=frame_waves)
    change = figures(made, None).change
    assert change.value == pytest.approx(0.75) and change.low < 0.75 < change.high
    assert (change.values["wave_before"], change.values["wave"], change.values["n_before"], change.n) == ("1", "2", 12, 12)


@pytest.mark.parametrize(("truth", "n"), [(0.05, 40), (0.28, 40), (0.28, 400)])
def test_the_share_is_covered(truth, n):
    """Small version of what docs/simulations-differences.md reports."""
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(1000):
        _, low, high = share_interval((rng.random(n) < truth) + 0.0)
        inside += low <= truth <= high
    assert 0.93 <= inside / 1000 <= 0.985
