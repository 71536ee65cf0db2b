"""Both sides of one gap, row by row."""

import pytest

from gaps.charts import gap_detail
from gaps.model import Gap
from tests.charts.results import full_rows, row, study, table


def marks(chart):
    return [t for t in chart.figure.data if t.type == "scatter" and t.mode == "markers"]


def test_both_sides_lie_where_the_table_has_them(words):
    rows = [row(2, -0.4, expected=6.1, dimension="tangibles", n=36), row(2, 0.3, expected=5.0, dimension="empathy", n=36)]
    chart = gap_detail(table(rows), study(), gap=2, words=words)
    required, achieved = marks(chart)
    assert list(required.x) == [6.1, 5.0] and list(achieved.x) == pytest.approx([5.7, 5.3])
    (below,) = [
        t for t in chart.figure.data if t.type == "scatter" and t.mode == "lines"
    ]  # the gap's interval, laid from what was required
    assert [x for x in below.x if x is not None] == pytest.approx([5.55, 5.85, 5.15, 5.45])
    assert all(y - mean > achieved.marker.size / 2 + 1 for y, mean in zip(below.y[::3], achieved.y, strict=True))  # no mark hides it
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
    assert chart.title.startswith(
        "The widest shortfalls are “Reliability item 1” −1.24, “Reliability item 2” −1.14 and "
    )  # no item's number


def test_who_was_asked_is_counted_on_both_sides(en):
    rows = [row(1, -0.2, n=36, n_expected=200, dimension="tangibles")]
    assert gap_detail(table(rows), study(), gap=int(Gap.KNOWLEDGE), words=en).caption.startswith("n = 200 customers and 36 managers.")


def test_the_title_names_a_dimension_where_other_pages_do(en):
    rows = [row(5, mean, 0.2, dimension=name) for name, mean in (("tangibles", -1.1), ("reliability", -0.9), ("empathy", -0.2))]
    assert "their intervals overlap" in gap_detail(table(rows), study(), gap=5, words=en).title
    sure = gap_detail(table(rows), study(), gap=5, chances={"tangibles": 0.97, "reliability": 0.03}, words=en)
    assert sure.title == "Tangibles is the widest shortfall: −1.10 (−1.30 to −0.90)"
    close = gap_detail(table(rows), study(), gap=5, chances={"tangibles": 0.8, "reliability": 0.2}, words=en)
    assert close.title == "The widest shortfalls are Tangibles −1.10 and Reliability −0.90; the data cannot tell which is wider"


@pytest.mark.parametrize(("n", "said"), [(9, "−1.00"), (10, "−1.00 (−1.20 to −0.80)")])
def test_fewer_than_ten_customers_have_no_interval(words, n, said):
    drawn = gap_detail(table([row(5, -1.0, 0.2, n=n, dimension="tangibles")]), study(), gap=5, words=words)
    assert [a.text for a in drawn.figure.layout.annotations if "−1.00" in a.text] == [
        said if words.language == "en" or n == 9 else "−1.00（−1.20 至 −0.80）"
    ]
    without = words("charts.cell.unbounded", customers=10, managers=5, employees=5)
    assert (without in drawn.caption) is (n == 9)
    assert (words("charts.gap_detail.caption") in drawn.caption) is (n == 10)  # speaks of a whisker
    bar = [s for s in drawn.figure.layout.shapes if s.line.dash == ("dot" if n == 9 else "solid") and s.line.width == (3 if n == 9 else 6)]
    assert len(bar) == 1


@pytest.mark.parametrize("n", [3, 300])
def test_who_answered_alike_gives_no_interval(words, n):
    """People who all miss one point are no certainty, however many."""
    rows = [row(5, -1.0, 0.0, n=n, dimension="tangibles"), row(5, -0.5, 0.2, n=300, dimension="empathy")]
    drawn = gap_detail(table(rows), study(), gap=5, words=words)
    assert [a.text for a in drawn.figure.layout.annotations if "−1.00" in a.text] == [words("charts.cell.alike", mean=-1.0)]
    assert words("charts.cell.all_alike") in drawn.caption
    assert words("charts.cell.unbounded", customers=10, managers=5, employees=5) not in drawn.caption


def test_managers_and_staff_are_few_anywhere(en):
    drawn = gap_detail(table([row(2, -1.0, n=5, dimension="tangibles")]), study(), gap=2, words=en)
    assert any("to −0.85" in a.text for a in drawn.figure.layout.annotations)
