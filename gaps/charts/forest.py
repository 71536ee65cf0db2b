"""Differences one below the other, each with its interval, over the line of no difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from gaps.charts.layout import BOLD, Canvas, Rows, gap_axis, reach, whiskers
from gaps.charts.palette import Ink, ink
from gaps.charts.text import block, hover
from gaps.i18n import Words, signed

BELOW, ABOVE, OPEN, UNJUDGED = "below", "above", "open", ""
Row = TypeVar("Row")
MOST, END = 40, 15  # above MOST rows only the END lowest and END highest are drawn
SYMBOLS: Mapping[str, str] = MappingProxyType({BELOW: "triangle-down", ABOVE: "triangle-up", OPEN: "circle-open", UNJUDGED: "x-thin-open"})


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: its name, size with interval, where it stands after correction (below, above, open; empty = not judged), and what is
    said of it beside name and size."""

    name: str
    value: float
    low: float
    high: float
    standing: str
    more: str = ""
    key: str = ""

    @property
    def bounded(self) -> bool:
        """Whether the difference has an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def size(self, words: Words) -> str:
        """The difference as it is read, with its interval where there is one."""
        if not self.bounded:
            return signed(self.value)
        return words("charts.cell.size", mean=self.value, interval=words.interval(self.low, self.high))


def colour(ink: Ink, standing: str) -> str:
    """Warm below, cool above, grey where nothing can be told."""
    return {BELOW: ink.shortfall, ABOVE: ink.surplus}.get(standing, ink.neutral)


def ends(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    """What is drawn of rows sorted by size, and what lies between and is not."""
    return (rows, ()) if len(rows) <= MOST else ((*rows[:END], *rows[-END:]), rows[END:-END])


def forest(
    lines: Sequence[Line],
    words: Words,
    *,
    dark: bool,
    headed: Mapping[int, str] = MappingProxyType({}),
    brief: bool = False,
    narrow: bool = True,
    whole: bool = False,
) -> Canvas:
    """Draw the lines from the top down; `headed`: a heading above the line of that place; `brief`: no intervals in figures;
    `narrow`: for a phone; `whole`: rows answer to a click over their whole width.
    """
    colours = ink(dark)
    sizes = [signed(line.value) if brief else line.size(words) for line in lines]
    rows = Rows.of([line.name for line in lines], sizes, body=16, gap=8, even=not brief, narrow=narrow, beside=BOLD)
    shift, tops = 0.0, []
    for k in range(len(lines)):
        shift += 26 if k in headed else 0
        tops.append(shift)
    finite = [v for line in lines for v in (line.value, line.low, line.high) if math.isfinite(v)]
    low, high = reach(finite)
    canvas = Canvas(colours, rows.height + shift, (low, high), left=16, right=16)  # half of a tick's number at either end
    canvas.xaxis = gap_axis(low, high)
    ys = []
    for k, (line, row) in enumerate(zip(lines, rows.rows, strict=True)):
        if k in headed:
            canvas.text(block([headed[k]]), 0, row.top + tops[k] - 20, xref="paper", colour=colours.muted, size=12)
        canvas.text(block(row.lines), 0, row.top + tops[k], xref="paper", bold=line.standing in (BELOW, ABOVE))
        value = {"xanchor": "right", "align": "right", "bold": line.standing in (BELOW, ABOVE)}
        canvas.text(block([row.value]), 1, row.value_top + tops[k], xref="paper", **value)
        ys.append(row.middle + tops[k])
        canvas.line(0, ys[-1], 1, ys[-1], colours.track, xref="paper")
        canvas.line(0, ys[-1] - 9, 0, ys[-1] + 9, colours.line, width=1.5)  # not through the text above
    values, keys = [line.value for line in lines], [line.key or line.name for line in lines]
    canvas.marks(
        values,
        ys,
        [hover(line.name, line.size(words), line.more) for line in lines],
        keys,
        colour=[colour(colours, line.standing) for line in lines],
        symbol=[SYMBOLS[line.standing] for line in lines],
        size=[12 if line.standing in (BELOW, ABOVE) else 10 for line in lines],
        error_x=whiskers(values, [line.low for line in lines], [line.high for line in lines], colours.line),
    )
    if whole:
        edges = [(row.top + top, y + 10) for y, row, top in zip(ys, rows.rows, tops, strict=True)]  # from the name to below the mark
        canvas.whole_rows([(a + b) / 2 for a, b in edges], [b - a for a, b in edges], keys)
    return canvas
