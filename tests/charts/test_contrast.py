"""Contrast of everything drawn, computed from the figures (WCAG 2.2: text 4.5, marks 3), and a second cue beside every colour."""

import re
from collections.abc import Iterator

import pytest

from gaps.charts.palette import DARK, LIGHT, on_paper
from gaps.i18n import Words
from tests.charts.test_charts import draw
from tests.charts.test_palette import contrast

THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
TEXT, MARK = 4.5, 3.0


def over(colour: str, ground: str) -> str:
    """A colour as it is seen on a ground, its transparency mixed in."""
    if colour.startswith("#"):
        return colour
    *parts, alpha = (float(v) for v in re.findall(r"[\d.]+", colour))
    below = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(alpha * p + (1 - alpha) * b):02X}" for p, b in zip(parts, below, strict=True))


def each(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def texts(figure, paper: str) -> Iterator[tuple[str, str, str]]:
    """Every text with its colour and what it is written on where it brings a ground of its own."""
    layout = figure.layout
    for note in layout.annotations:
        yield note.text, note.font.color, over(note.bgcolor, paper) if note.bgcolor else paper
        for colour in re.findall(r"color:\s*(#\w{6})", note.text or ""):
            yield note.text, colour, paper
    for name in ("xaxis", "yaxis"):
        axis = layout[name]
        if axis.visible is not False and axis.showticklabels is not False:
            yield name, axis.tickfont.color or layout.font.color, paper
    if layout.showlegend:
        yield "legend", layout.legend.font.color, paper
    for trace in figure.data:
        if getattr(trace, "text", None) is not None and "text" in (getattr(trace, "mode", None) or ""):
            for colour in each(trace.textfont.color or layout.font.color):
                yield str(trace.text), colour, paper


def marks(figure, paper: str) -> Iterator[tuple[str, float]]:
    """Every mark that is seen, and how far its fill or its outline stands out."""
    for trace in figure.data:
        marker = getattr(trace, "marker", None)
        drawn = trace.type == "bar" or "markers" in (getattr(trace, "mode", None) or "")
        if marker is None or not drawn or marker.opacity == 0:
            continue
        colours, symbols = each(marker.color), each(marker.symbol if trace.type != "bar" else "")
        lines = each(marker.line.color) if marker.line.width else []
        for k, colour in enumerate(colours):
            outline = lines[k] if k < len(lines) else lines[0] if lines else paper
            yield (
                f"{trace.type} {symbols[k % len(symbols)] if symbols else ''}",
                max(contrast(over(colour, paper), paper), contrast(over(outline, paper), paper)),
            )


@THEMES
def test_every_text_in_every_chart_can_be_read(dark):
    paper = (DARK if dark else LIGHT).paper
    dim = {
        (name, text[:40], colour)
        for name, chart in draw(Words("en"), dark)
        for text, colour, ground in texts(chart.figure, paper)
        if text and contrast(over(colour, ground), ground) < TEXT
    }
    assert dim == set()


@THEMES
def test_every_mark_in_every_chart_stands_out(dark):
    paper = (DARK if dark else LIGHT).paper
    dim = {(name, mark) for name, chart in draw(Words("en"), dark) for mark, ratio in marks(chart.figure, paper) if ratio < MARK}
    assert dim == set()


@THEMES
def test_numbers_in_the_deepest_cell_of_the_heat_map_can_be_read(dark):
    ink = DARK if dark else LIGHT
    _, chart = next(pair for pair in draw(Words("en"), dark) if pair[0] == "gap_heatmap")
    grounds = [over(shape.fillcolor, ink.paper) for shape in chart.figure.layout.shapes if shape.fillcolor]
    assert min(contrast(ink.text, ground) for ground in grounds) >= TEXT


# Charts in which one symbol comes in several colours, and what says the same without the colour.
SECOND_CUE = {
    "unit_intervals": "the side of the zero line, and the sign printed beside it",
    "importance_map": "the field it lies in, which is shaded and named",
    "asymmetry_curve": "the side of expectation on the horizontal axis, named at its ends",
    "dimension_curves": "the side of expectation on the horizontal axis",
    "dimension_curves narrow": "the side of expectation on the horizontal axis",
    "predicted_change": "its row, which is named",
}


def test_no_colour_says_anything_alone():
    """One symbol, one colour; where a symbol comes in several, what else tells them apart is written down above."""
    found = {}
    for name, chart in draw(Words("en")):
        seen: dict[str, set[str]] = {}
        for trace in chart.figure.data:
            marker = getattr(trace, "marker", None)
            if marker is None or marker.opacity == 0 or trace.type == "bar" or "markers" not in (trace.mode or ""):
                continue
            colours, symbols = each(marker.color), each(marker.symbol or "circle")
            for k in range(max(len(colours), len(symbols))):
                seen.setdefault(symbols[k % len(symbols)], set()).add(colours[k % len(colours)])
        several = {symbol for symbol, colours in seen.items() if len(colours) > 1}
        if several:
            found[name] = several
    assert set(found) == set(SECOND_CUE), found


def test_every_colour_of_the_dark_theme_has_one_of_its_own_on_paper():
    """Two dark colours never become one: what differs on the screen differs in files and on paper."""
    pairs = on_paper()
    assert pairs[DARK.shortfall] == LIGHT.shortfall
    assert pairs["rgb(14, 17, 23)"] == "rgb(255, 255, 255)"
    written = {dark: light for dark, light in pairs.items() if dark.startswith("rgb")}
    assert len(set(written.values())) == len(written)
    used = {c.upper() for n, chart in draw(Words("en"), dark=True) for c in re.findall(r"#[0-9A-Fa-f]{6}\b", chart.figure.to_json())}
    assert used <= {dark.upper() for dark in pairs}
