from dataclasses import replace

import pytest

from gaps.charts import models_side_by_side
from gaps.charts.models import standardised
from gaps.model import Withheld
from tests.charts.results import NAMED, NAMES, TIED, fit, study, term

FITS = [fit(NAMED), fit(NAMED, predictors="P"), fit(TIED, predictors="P,E")]


def test_the_standardised_interval_is_the_slope_s_in_another_unit():
    low, beta, high = standardised(term("x", 0.2, 0.1, beta=0.5))
    assert (low, beta, high) == pytest.approx((0.25, 0.5, 0.75))
    assert standardised(term("x", 0.0, 0.1, beta=0.0)) == (0.0, 0.0, 0.0)


def test_four_series_stand_side_by_side(words):
    chart = models_side_by_side(FITS, study(), words=words)
    assert [t.name for t in chart.figure.data] == [words(f"charts.models.short.{k}") for k in ("pe", "p", "p_given_e", "e_given_p")]
    gap, _, joint, expectation = chart.figure.data
    assert list(gap.customdata) == list(NAMES)
    assert list(gap.x) == pytest.approx([0.75 * s for s in (0.41, 0.25, 0.16, 0.1, 0.08)])
    assert list(joint.x) == pytest.approx([0.3] * 5) and list(expectation.x) == pytest.approx([-0.075] * 5)
    assert set(expectation.marker.symbol) == {"diamond-open"}  # -.05 ± .1 includes zero
    assert len({round(y, 6) for t in chart.figure.data for y in t.y}) == 20  # no two marks on one line


def test_the_title_compares_what_the_models_explain(en):
    assert models_side_by_side(FITS, study(), words=en).title == (
        "Of overall quality, perception alone explains 41 %, the gap 30 %, perception with expectation 44 %"
    )
    assert models_side_by_side(FITS[1:2], study(), words=en).title == "Explained of overall quality: 41 % by perception alone"


def test_withheld_models_are_left_out(en):
    lost = fit(NAMED, withheld=Withheld("collinear"))
    assert len(models_side_by_side([lost, FITS[1]], study(), words=en).figure.data) == 1
    nothing = models_side_by_side([lost], study(), words=en)
    assert len(nothing.figure.data) == 0 and nothing.title == "No model could be fitted"
    assert models_side_by_side([], study(), words=en).title == "No model could be fitted"


def test_two_models_are_told_as_two_and_the_third_says_why_it_is_missing(words):
    few = replace(FITS[2], terms=(), withheld=Withheld("too_few", {"n": 55, "needed": 100}))
    chart = models_side_by_side([*FITS[:2], few], study(), words=words)
    assert all(words.percent(fit.adj_r2) in chart.title for fit in FITS[:2])
    assert words("drivers.withheld.too_few", n=55, needed=100) in chart.caption
    assert words("charts.models.letters.gap") in chart.caption and words("charts.models.letters.both") not in chart.caption


def test_a_single_model_needs_no_legend_and_no_letters(words):
    chart = models_side_by_side(FITS[1:2], study(), words=words)
    assert not chart.figure.layout.showlegend
    assert not any(words(f"charts.models.letters.{key}") in chart.caption for key in ("gap", "both"))


def test_the_line_of_zero_passes_through_no_name(en):
    """It stands beside the marks of a dimension, not through the text above them."""
    layout = models_side_by_side(FITS, study(), words=en).figure.layout
    tops = {a.text: a.y for a in layout.annotations}
    assert len(layout.shapes) == len(tops) == 5
    for line in layout.shapes:
        assert line.x0 == line.x1 == 0 and not any(line.y0 < y + 16 and y < line.y1 for y in tops.values())
