import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.charts.layout import BESIDE, LINE, Canvas, Rows, digits, gap_axis, reach, scale_axis, steps, whiskers
from gaps.charts.palette import LIGHT
from gaps.charts.text import columns


def test_rows_follow_one_another_without_overlap():
    stack = Rows.of(["short", "a name that is far too long for one line of a narrow phone screen"], ["−1.00", "+1.00"], body=20, gap=12)
    first, second = stack.rows
    assert first.middle + 10 + 12 == second.top
    assert second.middle > second.top + LINE * len(second.lines)
    assert stack.height == second.middle + 10 + 12


def test_a_number_that_does_not_fit_beside_gets_a_line_of_its_own():
    beside, alone = Rows.of(["Assurance", "A name of thirty columns in all"], ["−0.82 (−0.95 to −0.69)"] * 2).rows
    assert beside.lines == ("Assurance",) and beside.value_top == beside.top
    assert alone.lines[-1] == "" and alone.value_top == alone.top + LINE


def test_on_a_wide_page_the_same_number_stands_beside_its_label():
    name, value = "A name of thirty columns in all", "−0.82 (−0.95 to −0.69)"
    assert columns(name) + columns(value) > BESIDE
    assert Rows.of([name], [value], narrow=False).rows[0].lines == (name,)
    assert Rows.of([f"{name} {name}"], [value], narrow=False).rows[0].lines[-1] == ""


@given(st.lists(st.tuples(st.text("abc 差距", max_size=80), st.sampled_from(["", "−0.82（−0.95 至 −0.69）"])), min_size=1, max_size=6))
def test_label_and_number_never_meet(given_rows):
    for row in Rows.of([n for n, _ in given_rows], [v for _, v in given_rows]).rows:
        assert not row.value or columns(row.lines[-1]) + columns(row.value) <= BESIDE


def test_a_scale_shows_its_ends():
    assert scale_axis(1, 7)["tickvals"] == [1, 2, 3, 4, 5, 6, 7]
    assert scale_axis(0, 100)["tickvals"][0] == 0 and scale_axis(0, 100)["tickvals"][-1] == 100
    assert scale_axis(1, 7)["ticktext"][0] == "1"
    assert scale_axis(-3, 3)["ticktext"][0] == "−3"


def test_gaps_are_written_with_sign_and_a_true_minus():
    ticks = dict(zip(gap_axis(-2.2, 1.1)["tickvals"], gap_axis(-2.2, 1.1)["ticktext"], strict=True))
    assert ticks[-1] == "−1" and ticks[0] == "0" and ticks[1] == "+1"


@given(st.floats(-50, 50), st.floats(0.01, 100))
def test_ticks_lie_inside_and_are_few(low, span):
    ticks = steps(low, low + span)
    assert 1 <= len(ticks) <= 6
    assert all(low - 1e-6 <= t <= low + span + 1e-6 for t in ticks)


def test_an_axis_holds_what_it_is_asked_and_zero():
    low, high = reach([-1.0, -2.0, math.nan])
    assert low < -2 and high > 0
    low, high = reach([])
    assert low < 0 < high
    low, high = reach([0.001])
    assert high - low >= 0.5


def test_whiskers_are_lengths_and_unknown_ends_are_not_drawn():
    bars = whiskers([1.0, 2.0], [0.5, math.nan], [1.25, math.nan], "#000000")
    assert bars["arrayminus"] == [0.5, 0.0] and bars["array"] == [0.25, 0.0]


def test_a_figure_scrolls_past_and_shows_the_theme_through():
    figure = Canvas(LIGHT, 100, (0, 1), top=5, bottom=7).figure()
    assert figure.layout.height == 112
    assert figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange
    assert figure.layout.dragmode is False
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.title.text is None
    assert tuple(figure.layout.yaxis.range) == (100, 0)


@pytest.mark.parametrize("bounds", [(1, 5), (0, 10), (0, 100), (1, 9)])
def test_a_scale_s_ticks_are_never_more_than_eleven(bounds):
    assert len(scale_axis(*bounds)["tickvals"]) <= 11


def test_even_rows_stand_at_equal_distances():
    """One label of two lines gives all rows two, numbers on the last of them."""
    names, values = ["short", "a label that is so long that it takes two lines of a phone", "short too"], ["−1.00"] * 3
    uneven, even = Rows.of(names, values), Rows.of(names, values, even=True)
    assert {len(row.lines) for row in even.rows} == {max(len(row.lines) for row in uneven.rows)}
    steps = [two.middle - one.middle for one, two in pairwise(even.rows)]
    assert steps[0] == steps[1] == max(two.middle - one.middle for one, two in pairwise(uneven.rows))
    assert len({row.value_top - row.top for row in even.rows}) == 1
    assert even.height > uneven.height and Rows.of([], even=True).rows == ()


def test_an_axis_has_one_number_of_decimals():
    assert [digits(v) for v in ([1, 2.0], [5, 5.2, 5.4], [0, 0.25, 0.5], [0.125])] == [0, 1, 2, 2]


def test_a_whole_row_answers_to_a_click():
    canvas = Canvas(LIGHT, 100, (-2, 1))
    canvas.whole_rows([10, 40], [20, 30], ["North", "South"])
    (bars,) = canvas.figure().data
    assert list(bars.base) == [-2, -2] and list(bars.x) == [3, 3] and bars.orientation == "h"  # from edge to edge
    assert list(bars.customdata) == ["North", "South"] and bars.hoverinfo == "none"
    assert bars.marker.opacity == bars.selected.marker.opacity == bars.unselected.marker.opacity == 0
