"""Two sets of people on one axis."""

import pytest

from gaps.charts import side_by_side
from gaps.charts.palette import LIGHT
from tests.charts.results import study
from tests.charts.test_charts import compared, two_rows


def test_means_lie_where_they_are_and_the_interval_is_laid_from_the_other(en):
    chart = side_by_side(two_rows(), study(), found=compared(), first="North", second="all others", words=en)
    other, own = (t for t in chart.figure.data if t.name)
    assert (other.name, own.name) == ("all others", "North")
    assert list(other.x) == [-0.6, -0.5] and list(own.x) == [-0.5, -1.5]
    ends = [(x - down, x + up) for x, up, down in zip(own.x, own.error_x.array, own.error_x.arrayminus, strict=True)]
    assert [v for pair in ends for v in pair] == pytest.approx([-0.7, -0.3, -1.7, -1.3])
    assert list(own.marker.symbol) == ["circle-open", "triangle-down"]
    assert chart.title == "North against all others: below in 1, above in 0 of 2 rows"


def test_rows_without_a_number_are_counted_not_drawn(en):
    nan = float("nan")
    rows = [*two_rows(), two_rows()[0] | dict.fromkeys(("mean", "rest", "difference", "low", "high"), nan) | {"standing": ""}]
    chart = side_by_side(rows, study(), found=compared(), first="A", second="B", words=en)
    assert len(chart.figure.data[-1].x) == 2
    assert "1 not drawn" in chart.caption


def test_nothing_to_compare_draws_nothing(en):
    assert side_by_side([], study(), found=compared(), first="A", second="B", words=en).title == en("compare.chart.nothing")


@pytest.mark.parametrize(
    ("first", "second", "legend"),
    [
        ("North", "South", ["North", "South"]),
        ("A name that is longer than a legend", "South", ["A name that is lo…", "South"]),
        ("Harbour Hospital · 2026-H1", "Harbour Hospital · 2026-H2", ["…2026-H1", "…2026-H2"]),
    ],
)
def test_the_legend_tells_long_names_apart(first, second, legend, en):
    chart = side_by_side(two_rows(), study(), found=compared(), first=first, second=second, words=en)
    assert [t.name for t in chart.figure.data if t.name][::-1] == legend
    assert chart.title.startswith(f"{first} against {second}") and chart.alt.startswith(f"{first} against {second}.")


def test_on_a_wide_page_a_number_stands_beside_its_name(en):
    """On a phone a long name and the number with its interval do not fit on one line."""
    rows = [two_rows()[0] | {"gap": 4.0, "low": -0.21, "high": 0.41}]
    tops = {}
    for narrow in (True, False):
        drawn = side_by_side(rows, study(), found=compared(), first="A", second="B", narrow=narrow, words=en).figure.layout.annotations
        name, value = (next(a.y for a in drawn if a.text.startswith(start)) for start in ("Gap 4 (communication)", "+0.10"))
        tops[narrow] = value - name
    assert tops[True] > 0 and tops[False] == 0


def test_whiskers_are_seen_on_the_bar_as_well(en):
    """In the colour of text, with caps, not in the grey that a strong bar covers."""
    own = side_by_side(two_rows(), study(), found=compared(), first="A", second="B", words=en).figure.data[-1]
    assert own.error_x.color == LIGHT.text and own.error_x.width > 2


def test_an_interval_is_promised_where_there_is_one(words):
    nan = float("nan")
    rows = [row | {"low": nan, "high": nan, "standing": ""} for row in two_rows()]
    chart = side_by_side(rows, study(), found=compared(), first="A", second="B", words=words)
    assert "95" not in chart.subtitle and "95" not in chart.caption
