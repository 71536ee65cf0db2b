"""Both sides of one gap, row by row."""

import pytest

from gaps.charts import gap_detail
from gaps.model import Gap
from tests.charts.results import full_rows, row, study, table


def marks(chart):
    return [t for t in chart.figure.data if t.mode == "markers"]


def test_both_sides_lie_where_the_table_has_them(words):
    rows = [row(2, -0.4, expected=6.1, dimension="tangibles", n=36), row(2, 0.3, expected=5.0, dimension="empathy", n=36)]
    required, achieved = marks(gap_detail(table(rows), study(), gap=2, words=words))
    assert list(required.x) == [6.1, 5.0] and list(achieved.x) == pytest.approx([5.7, 5.3])
    assert list(achieved.error_x.array) == pytest.approx([0.15, 0.15])  # the gap's interval, laid from what was required
    assert (required.name, achieved.name) == (words("charts.battery.M"), words("charts.battery.S"))


def test_a_direct_rating_is_measured_from_the_top_of_the_scale(en):
    rows = [row(3, -1.5, expected=7.0, dimension="tangibles"), row(3, -0.5, expected=7.0, dimension="empathy")]
    required, achieved = marks(gap_detail(table(rows, designs={3: "direct"}), study(), gap=3, words=en))
    assert (required.name, achieved.name) == ("Top of the scale", "Rating")
    assert set(required.x) == {7.0}


def test_only_the_lowest_items_are_drawn_and_the_title_is_about_all(en):
    chart = gap_detail(table(full_rows()), study(), gap=5, level="item", most=3, words=en)
    assert list(marks(chart)[0].customdata) == [3, 4, 5]  # reliability −1.24 and −1.14, responsiveness −0.92
    assert "The 3 lowest of 10." in chart.caption
    assert chart.title.startswith("The widest shortfalls are “Reliability item 1” −1.24, “Reliability item 2” −1.14 and ")  # no item's number


def test_who_was_asked_is_counted_on_both_sides(en):
    rows = [row(1, -0.2, n=36, n_expected=200, dimension="tangibles")]
    assert gap_detail(table(rows), study(), gap=int(Gap.KNOWLEDGE), words=en).caption.startswith("n = 200 customers and 36 managers.")
