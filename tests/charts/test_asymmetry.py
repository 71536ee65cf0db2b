import math
import re
from dataclasses import replace

import pytest

from gaps.charts import asymmetry_curve
from gaps.charts.asymmetry import value
from gaps.charts.palette import LIGHT
from gaps.charts.text import columns
from gaps.model import Withheld
from tests.charts.results import NAN, curve, study

STUDY = study()


@pytest.mark.parametrize(
    ("gap", "worth"),
    [(-3, -5.916287), (-2, -4.140844), (-1, -2.25), (-0.5, -1.222577), (0.5, 0.543367), (1, 1), (2, 1.840375), (3, 2.629461), (0, 0)],
)
def test_the_textbook_curve_is_tversky_and_kahneman_s(gap, worth):
    """methods.md 4.1: medians of Tversky & Kahneman 1992, lambda 2.25, alpha .88."""
    assert value(gap) == pytest.approx(worth, abs=1e-6)


def lines(chart) -> dict:
    return {t.line.color: t for t in chart.figure.data if t.mode == "lines" and t.line.color}


def test_both_slopes_are_drawn_as_fitted(words):
    drawn = lines(asymmetry_curve(curve(slopes=(0.75, 0.39)), STUDY, words=words))
    below, above = drawn[LIGHT.shortfall], drawn[LIGHT.surplus]
    assert (below.y[-1] - below.y[0]) / (below.x[-1] - below.x[0]) == pytest.approx(0.75)
    assert (above.y[-1] - above.y[0]) / (above.x[-1] - above.x[0]) == pytest.approx(0.39)
    assert below.x[-1] == above.x[0] == 0


def test_the_reference_is_dashed_grey_labelled_and_scaled_to_the_loss_side(en):
    chart = asymmetry_curve(curve(slopes=(0.75, 0.39)), STUDY, words=en)
    reference = lines(chart)[LIGHT.neutral]
    assert reference.line.dash == "dash"
    assert any("textbook reference" in a.text.replace("<br>", " ") for a in chart.figure.layout.annotations)
    for x, y in zip(reference.x, reference.y, strict=True):
        assert y == pytest.approx(5.2 + 0.75 / 2.25 * value(x))  # 5.2: the fitted outcome at a gap of zero


def corner(chart) -> tuple:
    note = next(a for a in chart.figure.layout.annotations if "dashed" in a.text)
    return note.xanchor, note.yanchor


def test_the_note_stands_where_there_is_room(en):
    """Beside zero on its wider side, and there above a steep curve, below a flat and high one."""
    steep = curve(slopes=(1.2, 0.39))
    assert corner(asymmetry_curve(steep, STUDY, words=en)) == ("left", "top")
    flat = replace(steep, band=tuple((x, 6.5, 6.3, 6.7) for x, *_ in steep.band), points=(), slope_below=0.01)
    flat = replace(flat, intercept=6.5, expectation_slope=0.0)
    assert corner(asymmetry_curve(flat, STUDY, words=en)) == ("left", "bottom")
    mirrored = replace(steep, band=tuple((-x, y, a, b) for x, y, a, b in steep.band), points=())
    assert corner(asymmetry_curve(mirrored, STUDY, words=en))[0] == "right"


def test_nothing_is_drawn_beyond_the_outcome_s_scale(en):
    """Slopes of 3 from 5.2 at a gap of zero reach 7 at a gap of +0.6, where line, band and textbook curve end; no interval goes further."""
    made = curve(slopes=(3.0, 3.0))
    steep = replace(
        made,
        band=tuple((x / 10, 5.2 + 3 * x / 10, 4.9 + 3 * x / 10, 5.5 + 3 * x / 10) for x in range(-20, 21)),
        points=tuple(replace(p, outcome=6.0, low=5.0, high=9.0) for p in made.points),
    )
    chart = asymmetry_curve(steep, STUDY, words=en)
    above = lines(chart)[LIGHT.surplus]
    assert (above.x[-1], above.y[-1]) == pytest.approx((0.6, 7.0))
    below = lines(chart)[LIGHT.shortfall]
    assert (below.x[0], below.y[0]) == pytest.approx((-1.4, 1.0))
    assert all(1 - 1e-9 <= y <= 7 + 1e-9 for t in chart.figure.data if t.mode == "lines" for y in t.y)
    points = next(t for t in chart.figure.data if t.mode == "markers")
    assert set(points.error_y.array) == {1.0} == set(points.error_y.arrayminus)


def test_slopes_that_are_not_drawn_are_not_promised(words):
    made = curve("too_few", "few_both", below=12, at=4, above=13)
    bare = replace(made, points=tuple(replace(p, low=NAN, high=NAN) for p in made.points))
    fitted, intervals = words("charts.asymmetry.fitted"), words("charts.asymmetry.intervals")
    for one, promised in ((curve(), True), (bare, False)):
        chart = asymmetry_curve(one, STUDY, words=words)
        assert (fitted in chart.subtitle, intervals in chart.caption) == (promised, promised)


def test_counts_take_one_line_on_a_wide_page(en):
    made = replace(curve(), n_below=1384)
    for narrow, whole in ((True, "1,384 received<br>less"), (False, "1,384 received less")):
        texts = [a.text for a in asymmetry_curve(made, STUDY, narrow=narrow, words=en).figure.layout.annotations]
        assert any(whole in text for text in texts)


def test_no_reference_where_the_loss_side_has_no_slope(en):
    assert LIGHT.neutral not in lines(
        asymmetry_curve(curve("not_estimable", "slope_below_not_positive", slopes=(-0.1, 0.3)), STUDY, words=en)
    )


def test_points_carry_their_n_and_interval(en):
    made = curve()
    points = next(t for t in asymmetry_curve(made, STUDY, words=en).figure.data if t.mode == "markers")
    assert list(points.y) == [p.outcome for p in made.points]
    assert list(points.customdata) == [p.n for p in made.points]
    assert list(points.error_y.array) == pytest.approx([p.high - p.outcome for p in made.points])


def test_counts_on_each_side_are_printed(en):
    printed = " ".join(a.text for a in asymmetry_curve(curve(below=190, at=4, above=13), STUDY, words=en).figure.layout.annotations)
    printed = printed.replace("<br>", " ")
    assert "190 received less" in printed and "13 received more" in printed


def test_both_counts_stand_side_by_side_on_a_narrow_phone(words):
    """Two halves of 232 pixels at 320; a column of bold 12 pixel text takes 7."""
    counts = [
        a for a in asymmetry_curve(curve(below=12_384, at=4, above=11_503), STUDY, words=words).figure.layout.annotations if a.y == 1.02
    ]
    assert len(counts) == 2
    assert all(columns(re.sub("<[^>]+>", "", line)) * 7 <= 116 for a in counts for line in a.text.split("<br>"))


@pytest.mark.parametrize(
    ("made", "title"),
    [
        (curve(ratio=(1.9, 1.2, 3.1)), "Falling short weighs 1.90 times as much as exceeding (1.20 to 3.10)"),
        (curve(ratio=(1.03, 0.68, 1.59)), "No evidence that falling short weighs more than exceeding: ratio 1.03 (0.68 to 1.59)"),
        (curve(ratio=(0.5, 0.3, 0.8)), "Exceeding weighs more than falling short: ratio 0.50 (0.30 to 0.80)"),
        (
            curve("too_few", "few_above", below=190, at=4, above=13),
            "Whether falling short weighs more cannot be estimated: only 13 of 207 customers received more than they expected",
        ),
        (
            curve("too_few", "few_below", below=5, at=0, above=40),
            "Whether falling short weighs more cannot be estimated: only 5 of 45 customers received less than they expected",
        ),
        (
            curve("not_estimable", "interval_unbounded"),
            "Whether falling short weighs more cannot be estimated: the slope above expectation cannot be told apart from zero",
        ),
        (curve("not_estimable", "a_new_reason"), "Whether falling short weighs more cannot be estimated from these answers"),
    ],
)
def test_the_title_is_the_status(en, made, title):
    assert asymmetry_curve(made, STUDY, words=en).title == title


@pytest.mark.parametrize("reason", ["few_both", "few_respondents", "slope_below_not_positive", "slope_above_not_positive", "no_variation"])
def test_every_reason_has_its_sentence(words, reason):
    title = asymmetry_curve(curve("not_estimable", reason, slopes=(NAN, NAN)), STUDY, words=words).title
    assert title != words("charts.asymmetry.title.other")


def test_the_outcome_s_own_scale_is_the_axis(en):
    axis = asymmetry_curve(curve(), STUDY, words=en).figure.layout.yaxis
    assert axis.tickvals[0] == 1 and axis.tickvals[-1] == 7
    assert min(axis.range) < 1 and max(axis.range) > 7


def test_slopes_and_their_intervals_stand_in_the_caption(en):
    caption = asymmetry_curve(curve(slopes=(0.75, 0.39)), STUDY, words=en).caption
    assert "one point goes with +0.75 (+0.65 to +0.85)" in caption and "+0.39 (+0.29 to +0.49)" in caption
    assert "cause" not in caption


def test_without_expectation_or_outcome_nothing_is_drawn(words):
    chart = asymmetry_curve(Withheld("no_expectation"), STUDY, words=words)
    assert len(chart.figure.data) == 0 and chart.title == words("charts.asymmetry.title.withheld")


def test_a_fit_that_failed_altogether_still_draws_its_counts(words):
    made = curve("not_estimable", "no_variation", slopes=(NAN, NAN))
    empty = type(made)(**{**{f: getattr(made, f) for f in made.__slots__}, "points": (), "band": (), "intercept": NAN})
    chart = asymmetry_curve(empty, STUDY, words=words)
    assert len(chart.figure.data) == 0
    assert len(chart.figure.layout.annotations) == 2
    assert all(math.isfinite(v) for v in chart.figure.layout.xaxis.range)


def test_a_side_with_too_few_customers_has_no_line_and_no_slope(en):
    """30 customers are needed on a side (methods 4.3): one rule for the line, its band, the caption and the alternative text."""
    chart = asymmetry_curve(curve("too_few", "few_above", below=190, at=4, above=13), STUDY, words=en)
    assert LIGHT.shortfall in lines(chart) and LIGHT.surplus not in lines(chart)
    assert all(max(t.x) <= 0 for t in chart.figure.data if t.fill == "toself")
    for text in (chart.caption, chart.alt):
        assert "Above expectation no slope is given: 13 customers stand there, 30 are needed." in text
        assert "Above expectation one point" not in text and "Below expectation one point goes with" in text


def test_without_a_slope_below_no_textbook_curve_is_drawn_or_spoken_of(en):
    chart = asymmetry_curve(curve("too_few", "few_both", below=12, at=4, above=13), STUDY, words=en)
    assert not lines(chart) and "textbook" not in chart.caption
