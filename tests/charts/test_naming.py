import math

import pytest

from gaps.charts import naming_curve
from gaps.model import Withheld
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
    bar = next(s for s in chart.figure.layout.shapes if s.line.width == 9)
    assert (10**bar.x0, 10**bar.x1) == pytest.approx((400, 3000))
    assert not [a for a in chart.figure.layout.annotations if a.text == "▶"]


def test_no_end_is_an_arrow_and_no_size_enough_no_ring(words):
    chart = naming_curve(naming(needed=Withheld("more_than", {"most": 20_000}), high=math.inf), INSTRUMENT, words=words)
    assert [a.text for a in chart.figure.layout.annotations].count("▶") == 1
    assert trace(chart, words, "needed") is None
    assert "20,000" in chart.title


def test_before_any_study_there_is_no_present_and_no_bar(words):
    chart = naming_curve(naming(n=0, now=math.nan, low=math.nan, high=math.nan, outcome=""), words=words)
    assert trace(chart, words, "now") is None
    assert not [s for s in chart.figure.layout.shapes if s.line.width == 9]
    assert words("charts.naming.bar") not in chart.caption and "nan" not in chart.alt


def test_a_study_smaller_than_any_size_drawn_is_in_view(words):
    chart = naming_curve(naming(n=40, now=0.0, low=100.0), INSTRUMENT, words=words)
    low, high = chart.figure.layout.xaxis.range
    assert low < math.log10(40) < high
