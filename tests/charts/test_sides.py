"""Who stands below and above expectation, and the slopes of both sides, from results made by hand."""

from dataclasses import replace

import pytest

from gaps.charts import dimension_slopes, gap_sides
from gaps.charts.palette import LIGHT
from gaps.model import Withheld
from gaps.stats.asymmetry import DimensionAsymmetry
from tests.charts.asymmetry_results import asymmetry, profile
from tests.charts.results import NAMES, NAN, curve, study

STUDY = study()


def bars(chart):
    return [trace for trace in chart.figure.data if trace.type == "bar"]


def test_shares_go_left_and_right_the_total_first_items_left_out(en):
    below, above = bars(gap_sides(profile(), STUDY, words=en))
    assert list(below.customdata) == ["total", "responsiveness", "reliability"]
    assert list(below.x) == pytest.approx([-0.75, -0.8, -0.6])
    assert list(above.x) == pytest.approx([0.225, 0.06, 0.25])


def test_a_side_of_fewer_than_thirty_is_hollow(en):
    _, above = bars(gap_sides(profile(), STUDY, words=en))
    assert [colour.endswith("0.00)") for colour in above.marker.color] == [False, True, False]


def test_counts_stand_in_the_chart_and_the_limit_is_where_nobody_expects_the_top(words):
    chart = gap_sides(profile(), STUDY, words=words)
    printed = {a.text for a in chart.figure.layout.annotations}
    assert {"160", "12", "45"} <= printed
    ends = [shape.x1 for shape in chart.figure.layout.shapes if shape.x0 == 0 and shape.y0 == shape.y1]
    assert ends == pytest.approx([0.9, 0.25, 0.7])
    assert "200" in chart.title and "150" in chart.title and "45" in chart.title
    assert "160" in chart.alt


def test_without_expectations_there_are_no_sides(words):
    chart = gap_sides(Withheld("no_expectation"), STUDY, words=words)
    assert not chart.figure.data
    assert chart.title == words("asymmetry.withheld.no_expectation")


def test_both_slopes_of_every_row_with_their_intervals(en):
    below, above = dimension_slopes(asymmetry(), STUDY, words=en).figure.data
    assert list(below.customdata) == ["total", *NAMES]
    assert set(below.x) == {0.75} and set(above.x) == {0.39}
    assert list(below.error_x.array) == pytest.approx([0.1] * 6)
    assert (below.marker.color, above.marker.color) == (LIGHT.shortfall, LIGHT.surplus)


def test_a_side_of_too_few_has_no_mark_and_says_how_many_there_are(words):
    chart = dimension_slopes(asymmetry(empathy="too_few"), STUDY, words=words)
    below, above = chart.figure.data
    assert "empathy" in below.customdata and "empathy" not in above.customdata
    assert words("asymmetry.slopes.short.few_above", n=12, needed=30) in {a.text for a in chart.figure.layout.annotations}


@pytest.mark.parametrize(
    ("verdicts", "key"),
    [
        ({}, "none"),
        ({"empathy": "loss"}, "loss"),
        ({"empathy": "gain"}, "gain"),
        ({"empathy": "gain", "assurance": "loss"}, "both"),
        (dict.fromkeys(NAMES, "too_few"), "few"),
    ],
)
def test_the_title_is_the_verdict(words, verdicts, key):
    made = asymmetry(**verdicts)
    counts = {v: sum(d.verdict == v for d in made.dimensions) for v in ("loss", "gain")}
    expected = words(f"asymmetry.slopes.title.{key}", tested=made.tested, of=5, needed=30, **counts)
    assert dimension_slopes(made, STUDY, words=words).title == expected


def test_an_interval_that_includes_zero_is_hollow(en):
    made = asymmetry()
    flat = replace(made.dimensions[0], curve=curve(slopes=(0.05, 0.39)))
    below, above = dimension_slopes(replace(made, dimensions=(flat, *made.dimensions[1:])), STUDY, words=en).figure.data
    assert below.marker.symbol[1] == "triangle-down-open" and below.marker.symbol[2] == "triangle-down"
    assert above.marker.symbol == "triangle-up"


def test_nothing_is_drawn_where_no_side_can_be_shown(words):
    few = curve("too_few", "few_respondents", below=2, at=0, above=1, slopes=(NAN, NAN))
    made = replace(asymmetry(), total=few, dimensions=(DimensionAsymmetry("empathy", few, NAN, "too_few"),), tested=0)
    assert not dimension_slopes(made, STUDY, words=words).figure.data
