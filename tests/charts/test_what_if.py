"""Today and as predicted, and single moves side by side; from results made by hand."""

from dataclasses import replace

import pytest

from gaps.charts import predicted_change, single_moves
from gaps.charts.palette import LIGHT
from gaps.model import Battery, Scale, Withheld
from tests.charts.asymmetry_results import prediction, ranked
from tests.charts.results import study

STUDY = study()
SCALE = Scale(1, 7)


def draw(found, words, today=5.0):
    return predicted_change(found, today, "overall_quality", SCALE, words=words)


def test_today_then_and_both_intervals(en):
    chart = draw(prediction(), en)
    then, today = chart.figure.data
    assert (today.x[0], then.x[0]) == (5.0, pytest.approx(5.4))
    assert (then.error_x.array[0], then.error_x.arrayminus[0]) == (pytest.approx(0.1), pytest.approx(0.1))
    box = next(s for s in chart.figure.layout.shapes if s.type == "rect")
    assert (box.x0, box.x1) == (pytest.approx(5.2), pytest.approx(5.6))
    assert "5.00 today, 5.40" in chart.alt and "+0.40 (+0.30 to +0.50)" in chart.alt


def test_a_change_that_cannot_be_told_from_none_is_hollow(en):
    assert draw(prediction(0.05), en).figure.data[0].marker.symbol == ("circle-open",)
    assert draw(prediction(), en).figure.data[0].marker.symbol == "circle"


@pytest.mark.parametrize(
    ("change", "today", "window"), [(0.2, 4.0, (3.5, 4.5)), (0.5, 4.0, (3.0, 5.0)), (-1.5, 4.0, (2.0, 6.0)), (0.2, 6.8, (6.3, 7.0))]
)
def test_the_part_of_the_scale_grows_by_doubling_ends_with_it_and_is_said(en, change, today, window):
    chart = draw(prediction(change, before=today), en, today)
    low, high = chart.figure.layout.xaxis.range
    assert low < window[0] and high > window[1] and high - low == pytest.approx((window[1] - window[0]) * 1.06)
    assert f"Shown: {window[0]:.2f} to {window[1]:.2f} of the scale of 1 to 7" in chart.caption


def test_without_a_prediction_today_alone_stands_on_a_chart_of_the_same_height(words):
    chart, full = draw(Withheld("beyond_data", {}), words), draw(prediction(), words)
    assert len(chart.figure.data) == 1
    assert chart.figure.layout.height == full.figure.layout.height
    assert words("asymmetry.then.none") in {a.text.replace("<b>", "").replace("</b>", "") for a in chart.figure.layout.annotations}


def test_single_moves_carry_the_marks_of_what_is_moved(en):
    chart = single_moves(ranked(), STUDY, words=en, title="said elsewhere")
    perceived, expected = chart.figure.data
    assert (perceived.x, expected.x) == ((0.4,), (0.05,))
    assert (perceived.marker.color, expected.marker.color) == (LIGHT.of(Battery.PERCEPTION), LIGHT.of(Battery.EXPECTATION))
    assert expected.marker.symbol == ("diamond-open",)
    assert chart.title == "said elsewhere"


def test_what_may_be_largest_is_bold_and_what_has_no_prediction_is_named(words):
    chart = single_moves(ranked(), STUDY, words=words, title="")
    bold = [a.text for a in chart.figure.layout.annotations if "<b>" in a.text]
    name = {"en": "Reliability", "zh": "可靠性"}[words.language]
    assert any(name in text for text in bold) and "<b>+0.40</b>" in bold and len(bold) == 2
    assert {"en": "Empathy, perceived higher", "zh": "移情性：感知提高"}[words.language] in chart.caption
    assert "+0.40" in chart.alt


def test_nothing_predicted_draws_nothing(words):
    none = replace(ranked(), moves=ranked().moves[2:])
    chart = single_moves(none, STUDY, words=words, title="x")
    assert not chart.figure.data
    names = {"en": "Empathy, perceived higher", "zh": "移情性：感知提高"}[words.language]
    assert chart.caption == words("asymmetry.singles.withheld", names=names)
