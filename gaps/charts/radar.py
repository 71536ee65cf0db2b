"""Expectation and perception of all dimensions as a radar: an option beside the dumbbells, for who is used to it."""

from __future__ import annotations

from collections.abc import Mapping

from gaps.charts.cell import Cell, cells, dimension_name, in_instrument_order, spoken_name
from gaps.charts.chart import Chart
from gaps.charts.dumbbells import BY_GAP, INSTRUMENT, finding
from gaps.charts.layout import Canvas, scale_axis, trace
from gaps.charts.palette import MARKS, ink, tint
from gaps.charts.text import block, columns, customers, hover, pairs, sentences, wrap
from gaps.computed import scores as computed
from gaps.i18n import Words, plain
from gaps.model import Battery, Gap, Study
from gaps.scoring.tables import GapTable

FEWEST = 3  # axes that make a shape
HEIGHT, TALL = 260, 400  # pixels of the circle and what stands around it, on a phone and on a wide page
LETTER, SMALL = 7.3, 6.2  # pixels of a column of a name, on a wide page and on a phone
NAME = 14  # columns of a dimension's name beside the circle


def possible(table: GapTable) -> bool:
    """Whether there are dimensions enough for a radar."""
    return len(_shown(table)) >= FEWEST


def _shown(table: GapTable) -> list[Cell]:
    rows = table.rows(gap=Gap.CUSTOMER, level="dimension")
    return [c for c in cells(rows, "dimension", str) if c.measured]


def radar(
    table: GapTable,
    study: Study,
    *,
    order: str = INSTRUMENT,
    chances: Mapping[str, float] | None = None,
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw the mean expectation and perception of every dimension on spokes from the scale's lowest to its highest point.

    No intervals: they stand in the dumbbells, whose `order` (clockwise from the top) and `chances` these are. `narrow`: for a phone.
    ValueError for fewer than three dimensions.
    """
    rows = table.rows(gap=Gap.CUSTOMER, level="dimension")
    found = in_instrument_order(cells(rows, "dimension", lambda id: dimension_name(study, id, words.language)), study)
    shown = [c for c in found if c.measured]
    if len(shown) < FEWEST:
        raise ValueError(f"a radar needs at least {FEWEST} dimensions, not {len(shown)}")
    if order == BY_GAP:
        shown = sorted(shown, key=lambda c: c.mean)
    colours, scale = ink(dark), study.instrument.scale
    names = [wrap(c.name, NAME, 3) for c in shown]
    side = 10 + round((SMALL if narrow else LETTER) * max(columns(line) for lines in names for line in lines))
    canvas = Canvas(colours, HEIGHT if narrow else TALL, (0, 1), left=side, right=side, top=58, bottom=26, legend=True)
    for battery, side, strength in (
        (study.expectation or Battery.EXPECTATION, "expected", 0.0),
        (Battery.PERCEPTION, "achieved", 0.14),
    ):
        canvas.add(_outline(shown, battery, side, strength, colours, words))
    axis = scale_axis(scale.min, scale.max)
    small = {"size": 11 if narrow else 12, "color": colours.text}
    between = 90 - 180 / len(shown)  # the numbers stand between two spokes, upright
    figure = canvas.figure(
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                "range": [scale.min, scale.max], "angle": between, "tickangle": between, "tickmode": "array",
                "tickvals": axis["tickvals"],
                "ticktext": axis["ticktext"], "tickfont": small, "gridcolor": colours.track, "linecolor": colours.line,
            },
            "angularaxis": {
                "direction": "clockwise", "rotation": 90, "tickmode": "array", "tickvals": list(range(len(shown))),
                "ticktext": [block(lines) for lines in names], "type": "category", "gridcolor": colours.track,
                "linecolor": colours.line, "tickfont": {"size": 11 if narrow else 13, "color": colours.text},
            },
        },
        xaxis={"visible": False},
        legend={"y": 1.1, "orientation": "h", "x": 0.5, "xanchor": "center"},
    )  # fmt: skip
    return Chart(
        figure,
        finding(shown, found, chances, spoken_name(study, False, words), words),
        words("dimensions.radar.subtitle", min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(words, [_n(shown, words), words("dimensions.radar.caption")]),
        words("dimensions.radar.alt", rows=pairs(words, ((c.name, _told(c, words).rstrip("。.")) for c in shown))),
        computed.five_gaps(table, study, words, shown="radar", gap=5, level="dimension"),
    )


def _outline(shown: list[Cell], battery: Battery, side: str, strength: float, colours, words: Words) -> dict:
    """One battery's closed line, perception filled faintly."""
    closed = [*shown, shown[0]]
    colour = colours.of(battery)
    return trace(
        "scatterpolar",
        r=[getattr(c, side) for c in closed],
        theta=[*range(len(shown)), 0],
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": "solid" if strength else "dash"},
        marker={"symbol": MARKS[battery], "size": 9, "color": colour},
        fill="toself" if strength else "none",
        fillcolor=tint(colour, strength),
        hoverinfo="text",
        hovertext=[hover(c.name, _told(c, words)) for c in closed],
        customdata=[c.key for c in closed],
        name=words(f"charts.battery.{battery}"),
    )


def _told(cell: Cell, words: Words) -> str:
    values = {"expected": cell.expected, "achieved": cell.achieved, "mean": cell.mean, "size": cell.size(words), "n": cell.n}
    return words("charts.dumbbells.hover", **values)


def _n(shown: list[Cell], words: Words) -> str:
    return words("charts.n_list", counts=customers(words, (c.n for c in shown)))
