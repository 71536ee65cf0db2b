import math

import pytest

from gaps.charts import naming_curve
from gaps.model import Withheld
from gaps.stats.naming import Point
from tests.charts.results import naming, study

INSTRUMENT = study().instrument


def trace(chart, words, key):
    return next((t for t in chart.figure.data if t.name == words(f"charts.naming.{key}")), None)


def test_the_curve_the_present_and_the_needed_size(words):
    chart = naming_curve(naming(), INSTRUMENT, words=words)
    assert list(trace(chart, words, "right").customdata) == [100, 207, 400, 800, 1600, 3200]
    assert [10 ** trace(chart, words, key).x[0] for key in ("now", "needed")] == pytest.approx([207, 800])
    assert (trace(chart, words, "now").y[0], trace(chart, words, "needed").y[0]) == (0.2, 0.8)
    assert "800" in chart.title and chart.title in chart.alt
    bar = next(s for s in chart.figure.layout.shapes if s.line.width == 7)
    assert (10**bar.x0, 10**bar.x1) == pytest.approx((400, 3000))
    assert not [a for a in chart.figure.layout.annotations if a.text == "▶"]
    assert words("charts.naming.bar", low=400, high=3000) in chart.caption and words("charts.naming.beyond") not in chart.caption


def test_no_end_is_an_arrow_and_no_size_enough_no_ring(words):
    chart = naming_curve(naming(needed=Withheld("more_than", {"most": 20_000}), high=math.inf), INSTRUMENT, words=words)
    assert [a.text for a in chart.figure.layout.annotations].count("▶") == 1
    assert trace(chart, words, "needed") is None
    assert "20,000" in chart.title
    assert words("charts.naming.bar_open", low=400) in chart.caption and words("charts.naming.beyond") in chart.caption


def test_an_end_beyond_the_drawing_is_an_arrow_and_still_a_number(words):
    chart = naming_curve(naming(high=7400.0), INSTRUMENT, words=words)
    assert [a.text for a in chart.figure.layout.annotations].count("▶") == 1
    assert words("charts.naming.bar", low=400, high=7400) in chart.caption and words("charts.naming.beyond") in chart.caption


def test_before_any_study_there_is_no_present_and_no_bar(words):
    chart = naming_curve(naming(n=0, now=math.nan, low=math.nan, high=math.nan, outcome=""), words=words)
    assert trace(chart, words, "now") is None
    assert not [s for s in chart.figure.layout.shapes if s.line.width == 7]
    assert "95" not in chart.caption and "nan" not in chart.alt


def test_a_study_smaller_than_any_size_drawn_is_in_view(words):
    chart = naming_curve(naming(n=40, now=0.0, low=100.0), INSTRUMENT, words=words)
    low, high = chart.figure.layout.xaxis.range
    assert low < math.log10(40) < high


@pytest.mark.parametrize(
    ("rights", "n", "low", "high"),
    [
        ((0.1, 0.3, 0.6, 0.9, 1.0), 0, math.nan, math.nan),
        ((0.7, 0.8, 0.9, 1.0, 1.0), 130, 100.0, 300.0),
        ((0.85, 0.95, 1.0, 1.0, 1.0), 120, 90.0, 160.0),
        ((0.1, 0.2, 0.4, 0.6, 0.78), 1500, 900.0, math.inf),
        ((0.0, 0.01, 0.1, 0.3, 0.82), 110, 130.0, math.inf),
    ],
)
def test_the_wanted_chance_is_named_where_nothing_else_is_drawn(en, rights, n, low, high):
    """Neither the curve nor the present size runs through the label: at an end of the line, above or below it."""
    points = tuple(Point(size, right, 0.0) for size, right in zip((100, 200, 400, 800, 1600), rights, strict=True))
    needed = next((p.n for p in points if p.right >= 0.8), None) or Withheld("more_than", {"most": 1600})
    made = naming(curve=points, n=n, now=0.5 if n else math.nan, low=low, high=high, needed=needed)
    chart = naming_curve(made, INSTRUMENT, words=en)
    label = next(a for a in chart.figure.layout.annotations if a.text == en("charts.naming.wanted", power=0.8))
    start, end = chart.figure.layout.xaxis.range
    part = (start + label.x * (end - start), start + (label.x + 0.32) * (end - start))
    above = label.yanchor == "bottom"
    line = trace(chart, en, "right")
    inside = [y for x, y in zip(line.x, line.y, strict=True) if part[0] <= x <= part[1]]
    assert not any(0.8 <= y <= 0.91 if above else 0.69 <= y <= 0.8 for y in inside)
    assert not any(part[0] <= math.log10(mark) <= part[1] for mark in (n, needed) if isinstance(mark, int) and mark)
