"""The zone of tolerance in total: by hand, and where service stands by the intervals."""

import numpy as np
import pytest

from gaps.model import Withheld
from gaps.stats.zone_total import zone_total
from tests.scoring.build import study

N = 12


def made(adequate, desired, perceived):
    return study({"a": 1, "b": 1}, A=adequate, D=desired, P=perceived)


def test_totals_by_hand():
    perceived = [[5, 4]] * 6 + [[4, 6]] * 6
    found = zone_total(made([[3, 4]] * N, [[6, 7]] * N, perceived))
    assert (found.adequate, found.desired, found.perceived, found.n) == (3.5, 6.5, 4.75, N)
    assert (found.adequacy.mean, found.superiority.mean) == (1.25, -1.75)
    half = 2.200985 * 0.25 / 11**0.5  # t of 11 degrees of freedom; six times 1.0 and six times 1.5: sd .25 sqrt(12/11)
    assert (found.adequacy.low, found.adequacy.high) == pytest.approx((1.25 - half, 1.25 + half), abs=1e-6)
    assert found.place == "inside"


@pytest.mark.parametrize(
    ("perceived", "place"),
    [([2, 2], "below"), ([3, 5], "at_adequate"), ([5, 5], "inside"), ([5, 7], "at_desired"), ([7, 7], "above")],
)
def test_where_it_stands_follows_the_intervals(perceived, place):
    spread = np.array([[0, 0], [0, 0]] * (N // 2)) + np.array([perceived[:1] * 2, perceived[1:] * 2] * (N // 2))
    assert zone_total(made([[4, 4]] * N, [[6, 6]] * N, spread)).place == place


def test_the_inconsistent_are_left_out():
    found = zone_total(made([[4, 4]] * 11 + [[6, 6]], [[6, 6]] * 11 + [[4, 4]], [[5, 5]] * N))
    assert (found.n, found.inconsistent) == (11, 1)


def test_two_columns_have_no_zone():
    assert zone_total(study({"a": 1}, D=[[6]] * 3, P=[[5]] * 3)) == Withheld("not_measured")
    assert zone_total(study({"a": 1}, A=[[None]], D=[[6]], P=[[5]])) == Withheld("no_answers")
