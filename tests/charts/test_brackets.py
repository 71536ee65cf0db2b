"""Whether a mark hides the whiskers it carries."""

import math

import pytest

from gaps.charts.brackets import hides


@pytest.mark.parametrize(
    ("width", "narrow", "hidden"),
    [(0.19, True, True), (0.21, True, False), (0.08, False, True), (0.09, False, False)],  # of 6 points, 9 pixels are 0.2 and 0.087
)
def test_a_whisker_is_hidden_where_it_is_shorter_than_its_mark(width, narrow, hidden):
    ends = [(2.0, 4.0), (5.0, 5.0 + width)]
    assert hides(ends, (1.0, 7.0), narrow=narrow) is hidden


def test_where_there_is_no_interval_nothing_is_hidden():
    assert not hides([(math.nan, math.nan)], (1.0, 7.0), narrow=True)
