import pytest

from gaps.charts import gap_heatmap
from gaps.charts.heatmap import lowest_cell
from gaps.charts.palette import LIGHT, tint
from gaps.i18n import signed
from tests.charts.results import GAP5, full_rows, row, study, table


def printed(chart) -> list[str]:
    return [a.text.removeprefix("<b>").removesuffix("</b>") for a in chart.figure.layout.annotations]


def test_each_cell_prints_its_signed_gap(words):
    chart = gap_heatmap(table(full_rows()), study(), words=words)
    assert all(signed(m) in printed(chart) for m in GAP5.values())
    points = chart.figure.data[0]
    assert len(points.x) == 25
    assert {(gap, dimension) for gap, dimension in points.customdata} == {(g, d) for g in range(1, 6) for d in GAP5}


def test_the_cell_whose_items_are_shown_is_framed(en):
    plain, framed = (gap_heatmap(table(full_rows()), study(), chosen=c, words=en).figure for c in (None, (3, "empathy")))
    frame = next(s for s in framed.layout.shapes if s.line.width == 2.5)
    at = next(
        (x, y) for x, y, (g, d) in zip(*(framed.data[0][k] for k in ("x", "y", "customdata")), strict=True) if (g, d) == (3, "empathy")
    )
    assert frame.x0 < at[0] < frame.x1 and frame.y0 < at[1] < frame.y1
    assert len(framed.layout.shapes) == len(plain.layout.shapes) + 1


def test_the_lowest_cell_is_one_that_has_items():
    rows = [row(1, -0.5, dimension="tangibles"), row(2, -2.0, dimension="empathy"), row(5, -0.9, dimension="reliability")]
    assert lowest_cell(table(rows, designs={1: "items", 2: "direct", 5: "items"})) == (5, "reliability")
    assert lowest_cell(table(rows[1:2], designs={2: "direct"})) == (2, "empathy")
    assert lowest_cell(table([row(5, 0, withheld="not_measured")], designs={})) is None


def test_the_deeper_the_larger_and_doubt_is_unfilled(en):
    rows = [
        row(5, -1.0, dimension="tangibles"),
        row(5, -0.5, dimension="reliability"),
        row(5, -0.1, dimension="empathy"),
        row(5, 0.4, dimension="assurance"),
    ]
    shapes = gap_heatmap(table(rows), study(), words=en).figure.layout.shapes
    fills = [s.fillcolor for s in shapes]
    assert tint(LIGHT.shortfall, 0.44) in fills and tint(LIGHT.shortfall, 0.27) in fills
    assert any(f.startswith("rgba(94, 60, 153") for f in fills)
    assert sum(s.line.dash == "dot" for s in shapes) == 1


def test_what_was_not_asked_says_so(en):
    """Once for each gap that nobody was asked about, once for a dimension missing from the others, and in a cell that is missing alone."""
    chart = gap_heatmap(table([row(5, -1.0, dimension=d) for d in GAP5]), study(), words=en)
    assert printed(chart).count("not asked") == 4
    chart = gap_heatmap(table([row(5, -1.0, dimension=d) for d in GAP5 if d != "empathy"]), study(), words=en)
    assert printed(chart).count("not asked") == 5
    alone = [r for r in full_rows() if not (r["gap"] == 3 and r["dimension"] == "empathy")]
    assert printed(gap_heatmap(table(alone), study(), words=en)).count("not asked") == 1


def test_headings_are_whole_on_a_wide_page(en):
    named = [[p for p in printed(gap_heatmap(table(full_rows()), study(), narrow=n, words=en)) if "communi" in p] for n in (True, False)]
    assert "communication" not in named[0][0] and "communication" in named[1][0]


WIDEST = "The lowest of these gaps is gap 5 (customer) in Empathy: −1.20 (−1.35 to −1.05)"
AMONG = f"{WIDEST}; its interval overlaps with those of 1 more"


@pytest.mark.parametrize(
    ("gaps", "title"),
    [
        ({5: -1.2, 3: -0.4}, WIDEST),
        ({5: -1.2, 3: -1.0}, AMONG),
        ({5: -0.1}, "No gap in any dimension is clearly below zero"),
        ({}, "No gap was measured in any dimension"),
    ],
)
def test_the_title_switches_with_the_data(en, gaps, title):
    rows = [row(gap, mean, dimension="empathy") for gap, mean in gaps.items()] or [row(5, 0, withheld="not_measured")]
    assert gap_heatmap(table(rows), study(), words=en).title == title


def test_few_answers_make_no_claim(en):
    rows = [row(5, -1.0, n=9, dimension="empathy"), row(3, -1.2, n=4, dimension="empathy")]
    assert gap_heatmap(table(rows), study(), words=en).title == "Too few answers to say anything about the gaps"


def test_direct_ratings_are_not_ranked_against_differences(en):
    rows = [row(5, -1.0, dimension="empathy"), row(2, -2.2, dimension="empathy")]
    chart = gap_heatmap(table(rows, designs={5: "items", 2: "direct"}), study(), words=en)
    assert chart.title == "The lowest of the gaps asked item by item is gap 5 (customer) in Empathy: −1.00 (−1.15 to −0.85)"
    assert en("charts.diagram.direct") in chart.caption


def test_a_single_interval_is_not_one_among_many(en):
    one, two = [row(5, -1.0, dimension="tangibles")], [row(5, -1.0, dimension="tangibles"), row(5, -0.5, dimension="empathy")]
    assert "among many" not in gap_heatmap(table(one), study(), words=en).caption
    assert "Each of the 2 intervals" in gap_heatmap(table(two), study(), words=en).caption
