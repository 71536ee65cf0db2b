import pytest

from gaps.charts import dumbbells, radar
from gaps.charts.radar import possible
from tests.charts.results import GAP5, full_rows, row, study, table


def test_lengths_are_means_on_the_whole_scale(words):
    chart = radar(table(full_rows()), study(), words=words)
    expectation, perception = chart.figure.data
    assert list(perception.r)[:5] == pytest.approx([6.0 + 0.1 * k + m for k, m in enumerate(GAP5.values())])
    assert perception.r[0] == perception.r[-1] and list(expectation.customdata)[:5] == list(GAP5)
    assert tuple(chart.figure.layout.polar.radialaxis.range) == (1, 7)


def test_its_caption_says_what_it_does_badly(en):
    chart = radar(table(full_rows()), study(), words=en)
    assert "Lengths compare better than areas" in chart.caption and chart.caption.startswith("n = 200 customers.")
    assert "Reliability: Expected 6.10, received 4.86. Gap −1.24" in chart.alt


def test_two_dimensions_make_no_shape(en):
    two = table([row(5, -1, dimension=d) for d in list(GAP5)[:2]])
    assert not possible(two) and possible(table(full_rows()))
    with pytest.raises(ValueError, match="at least 3"):
        radar(two, study(), words=en)


def test_its_title_and_order_are_those_of_the_dumbbells(words):
    gaps = table(full_rows())
    for order in ("instrument", "gap"):
        drawn, beside = (made(gaps, study(), order=order, words=words) for made in (radar, dumbbells))
        assert drawn.title == beside.title
        expectation = next(t for t in beside.figure.data if t.name == words("charts.battery.E"))
        assert list(drawn.figure.data[0].customdata)[:5] == list(expectation.customdata)


def test_on_a_wide_page_it_is_larger(en):
    small, large = (radar(table(full_rows()), study(), narrow=narrow, words=en).figure.layout for narrow in (True, False))
    assert large.height > small.height + 100
