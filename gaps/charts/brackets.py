"""A gap's interval as a line below its marks, which would hide it, and whether marks hide the whiskers that they carry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from gaps.charts.cell import Cell
from gaps.charts.layout import Canvas, Rows, trace

BODY, BELOW, THICK = 30, 11, 4  # pixels of a row's marks; from their middle down to the line; of the line
MARK = 9  # pixels of a mark that carries whiskers
NARROW, WIDE = 270, 620  # pixels that an axis has at least: on a 320 pixel phone, and on a wide page


def brackets(canvas: Canvas, shown: Sequence[Cell], rows: Rows) -> None:
    """Draw the gaps' intervals, laid from where the required side stands: below the marks, so that they are seen however short."""
    there = [(row.middle + BELOW, c) for row, c in zip(rows.rows, shown, strict=True) if c.bounded]
    xs = [x for _, c in there for x in (round(c.expected + c.low, 4), round(c.expected + c.high, 4), None)]
    ys = [y for middle, _ in there for y in (middle, middle, None)]
    if there:
        line = {"color": canvas.ink.text, "width": THICK}
        canvas.add(trace("scatter", x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False))


def hides(ends: Iterable[tuple[float, float]], axis: tuple[float, float], *, narrow: bool, size: float = MARK) -> bool:
    """Whether a mark of `size` pixels may hide one of these whiskers: low and high in the axis, which is laid over the drawing's width."""
    scale = (NARROW if narrow else WIDE) / (axis[1] - axis[0])
    return any((high - low) * scale <= size for low, high in ends if math.isfinite(low) and math.isfinite(high))
