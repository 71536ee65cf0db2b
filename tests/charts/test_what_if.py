"""Today and as predicted, and single moves side by side; from results made by hand."""

from dataclasses import replace

import pytest

from gaps.charts import predicted_change, single_moves
from gaps.charts.palette import LIGHT
from gaps.model import Battery, Withheld
from gaps.stats.single_moves import SingleMove
from gaps.stats.what_if import Move
from tests.charts.asymmetry_results import model, prediction, ranked
from tests.charts.results import study

STUDY = study()


def draw(found, words, today=5.0):
    return predicted_change(found, model(today), words=words)


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


@pytest.mark.parametrize("found", [prediction(), prediction(moves=()), Withheld("beyond_data", {})])
def test_of_whom_today_s_mean_is_and_why_another_page_has_another(words, found):
    whole, some = (predicted_change(found, model(n_left_out=k), words=words).caption for k in (0, 1))
    people = words("asymmetry.then.people", n=200)
    left_out = words("asymmetry.then.left_out", n=1, outcome=words("charts.outcome.overall_quality"))
    assert people in whole and people in some
    assert left_out in some and left_out not in whole


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
    assert {"en": "Empathy perceived higher: a higher rating there does not", "zh": "移情性的感知提高：其他方面"}[
        words.language
    ] in chart.caption
    assert "+0.40" in chart.alt


def test_what_cannot_be_told_from_none_is_not_bold_however_large_it_may_be(en):
    """The second may be the largest by its interval of −0.08 to +0.48, and may be no rise at all."""
    first, *others = ranked().moves
    wide = SingleMove(Move("empathy", 0, -0.5), prediction(0.2, half=0.28), True)
    chart = single_moves(replace(ranked(), moves=(first, wide, *others)), STUDY, words=en, title="")
    assert [a.text for a in chart.figure.layout.annotations if "<b>" in a.text] == ["<b>Reliability, perceived higher</b>", "<b>+0.40</b>"]


def test_a_caption_explains_the_marks_that_are_there(words):
    parts = ("bold", "hollow", "marks", "ends")
    whole = single_moves(ranked(), STUDY, words=words, title="").caption
    alone = single_moves(replace(ranked(), moves=ranked().moves[:1]), STUDY, words=words, title="").caption
    assert [words(f"asymmetry.singles.{part}") in whole for part in parts] == [True] * 4
    assert [words(f"asymmetry.singles.{part}") in alone for part in parts] == [True, False, False, True]


def test_moves_without_a_prediction_are_told_by_their_reason(words):
    """Two of one reason in one sentence, the third in another."""
    without = [("empathy", "beyond_data"), ("reliability", "slope_not_positive"), ("assurance", "beyond_data")]
    moves = tuple(SingleMove(Move(name, 0.5), Withheld(reason, {}), False) for name, reason in without)
    caption = single_moves(replace(ranked(), moves=moves), STUDY, words=words, title="").caption
    names = words.list({"en": ("Empathy", "Assurance"), "zh": ("移情性", "保证性")}[words.language])
    told = words("asymmetry.either.perceived", dimensions=names)
    assert words("asymmetry.singles.withheld", moves=told, why=words("asymmetry.singles.why.beyond_data")) in caption
    assert words("asymmetry.singles.why.slope_not_positive", outcome=words("charts.outcome.overall_quality")) in caption


def test_nothing_predicted_draws_nothing(words):
    none = replace(ranked(), moves=ranked().moves[2:])
    chart = single_moves(none, STUDY, words=words, title="x")
    assert not chart.figure.data
    assert {"en": "No prediction for Empathy perceived higher: ", "zh": "无法预测移情性的感知提高："}[words.language] in chart.caption
    assert words("asymmetry.singles.caption", n=200) not in chart.caption
