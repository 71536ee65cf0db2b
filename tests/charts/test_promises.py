"""Subtitles and captions speak of intervals, hollow marks and dotted edges where there are such, and of no others."""

import pytest

from gaps.charts import dumbbells, gap_detail, gap_heatmap, gaps_diagram, unit_intervals, wave_lines
from tests.charts.results import GAP5, row, study, table

FEW, LEVEL, SURE = {"n": 3}, {"half": 2.0}, {"half": 0.1}
WAVES = ("2025", "2026")


def dimensions(*kinds) -> list[dict]:
    return [row(5, -1.0 + 0.1 * k, dimension=name, **kinds[k % len(kinds)]) for k, name in enumerate(GAP5)]


def by(column: str, names, *kinds) -> list[dict]:
    return [row(5, -1.0), *(row(5, -1.0 + 0.1 * k, **kinds[k % len(kinds)], **{column: name}) for k, name in enumerate(names))]


# chart: what it draws of gaps of these kinds, the marks it speaks of, and the sentence that a gap without interval has there
DRAWN = {
    "diagram": (lambda *kinds, words: gaps_diagram(table([row(5, -1.0, **k) for k in kinds[:1]]), study(), words=words), "hollow"),
    "heatmap": (lambda *kinds, words: gap_heatmap(table(dimensions(*kinds)), study(), words=words), "dotted_edge"),
    "dumbbells": (lambda *kinds, words: dumbbells(table(dimensions(*kinds)), study(), words=words), "dotted_bar"),
    "gap_detail": (lambda *kinds, words: gap_detail(table(dimensions(*kinds)), study(), gap=5, words=words), "dotted_bar"),
    "waves": (lambda *kinds, words: wave_lines(table(by("wave", WAVES, *kinds)), study(waves=WAVES), words=words), "hollow"),
}
SINGLE = {"diagram"}  # draws one gap here


@pytest.mark.parametrize("chart", DRAWN)
def test_no_interval_is_promised_where_none_is_drawn(chart, words):
    drawn = DRAWN[chart][0](FEW, words=words)
    marks = {kind: words(f"charts.marks.{DRAWN[chart][1]}.{kind}") for kind in ("level", "bare", "both")}
    assert "95" not in drawn.subtitle and marks["bare"] in drawn.caption
    assert marks["level"] not in drawn.caption and marks["both"] not in drawn.caption
    assert words("charts.heatmap.caption") not in drawn.caption and words("charts.dumbbells.caption") not in drawn.caption
    assert words("charts.cell.unbounded", customers=10, managers=5, employees=5) in drawn.caption


@pytest.mark.parametrize("chart", DRAWN)
@pytest.mark.parametrize(("kinds", "said"), [((SURE,), None), ((LEVEL,), "level"), ((LEVEL, FEW), "both"), ((SURE, FEW), "bare")])
def test_marks_are_explained_where_they_are_drawn(chart, kinds, said, en):
    if chart in SINGLE and len(kinds) > 1:
        kinds, said = kinds[:1], "level" if kinds[0] is LEVEL else None
    drawn = DRAWN[chart][0](*kinds, words=en)
    assert "95 % interval" in drawn.subtitle or chart == "heatmap"
    spoken = [kind for kind in ("level", "bare", "both") if en(f"charts.marks.{DRAWN[chart][1]}.{kind}") in drawn.caption]
    assert spoken == ([said] if said else [])


def test_units_too_few_to_judge_are_grey_and_only_the_others_hollow_by_their_interval(en):
    few = unit_intervals(table(by("unit", "ABC", FEW)), study(), words=en)
    assert "Hollow: " not in few.caption and "Grey and hollow (3)" in few.caption and "95" not in few.subtitle
    level = unit_intervals(table(by("unit", "ABC", LEVEL, SURE)), study(), words=en)
    assert "Hollow: the 95 % interval includes zero." in level.caption and "Grey" not in level.caption


def test_nothing_measured_means_no_links_to_explain(en):
    drawn = gaps_diagram(table([]), study(), words=en)
    assert drawn.caption == en("charts.diagram.dotted") and "interval" not in drawn.subtitle
