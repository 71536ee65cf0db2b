from dataclasses import replace

from gaps.charts import htmt as drawing
from gaps.charts import htmt_matrix
from gaps.stats import htmt as statistics
from tests.charts.results import htmt, study


def edges(chart):
    return [(s.fillcolor != "rgba(0,0,0,0)", s.line.dash or "solid") for s in chart.figure.layout.shapes]


def test_what_is_not_told_apart_is_filled_and_what_is_close_dashed(words):
    chart = htmt_matrix(htmt(), study(), battery="P", words=words)
    assert edges(chart) == [(True, "solid"), (False, "dash"), (False, "solid")]
    told = [a.text for a in chart.figure.layout.annotations]
    assert "<b>0.97</b>" in told and "0.82" in told and "0.50" in told  # bold too: colour alone tells nothing
    assert list(chart.figure.data[0].customdata) == ["alike", "close", "apart"]
    assert words("validity.state.alike") in chart.alt and "0.97" in chart.alt


def test_a_pair_without_limits_says_why(words):
    chart = htmt_matrix(htmt(("unstable", "close", "apart")), study(), battery="P", words=words)
    assert words("validity.cell.unstable") in chart.alt
    assert "nan" not in chart.alt


def test_the_caption_says_where_limits_come_from(words):
    linearised = htmt_matrix(replace(htmt(), resamples=0), study(), battery="P", words=words).caption
    assert words("charts.htmt.linearised", n=htmt().n) in linearised
    assert f"{htmt().resamples:,}" in htmt_matrix(htmt(), study(), battery="P", words=words).caption


def test_the_states_are_those_of_the_statistic():
    assert (drawing.ALIKE, drawing.CLOSE) == (statistics.ALIKE, statistics.CLOSE)
