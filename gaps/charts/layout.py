"""The grammar that all charts share: rows whose label stands above the mark, on a vertical axis in pixels from the top.

A label above its row holds at 320 pixels and at 1,440, in English and in Chinese; a label beside it does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import plotly.graph_objects as go

from gaps.charts.palette import FONT, Ink
from gaps.charts.text import block, columns, wrap
from gaps.i18n import plain, signed

LINE = 17  # pixels of a line of label text
SIZE = 13  # font size of labels
COLUMNS, BESIDE = 38, 38  # of text on one line of a 320 pixel phone: a label alone; a label and its number
WIDE = 84  # the same where the page is wide
BOLD = 31  # a label and its number in bold, where half a tick's number stands free at either end of the drawing


class Figure(go.Figure):
    """A finished figure, sent to the browser as it was put together. Plotly's own objects are made of it where they are asked for.

    Making them checks each value, which is a third of what a page costs; the tests do it for every chart.
    """

    def __init__(self, data: list[dict], layout: dict) -> None:
        self.__dict__["_sent"] = {"data": data, "layout": layout}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self._sent["data"]

    def to_dict(self) -> dict:
        """Give the figure as plain values; not to be changed."""
        return self._sent

    def clickable(self) -> Figure:
        """Give the figure as the page shows it where its marks are clicked: told so from the start, it is drawn once."""
        return Figure(self._sent["data"], self._sent["layout"] | {"clickmode": "event+select", "dragmode": "pan"})

    def __getattr__(self, name: str):
        if "_made" in self.__dict__:
            raise AttributeError(name)
        self.__dict__["_made"] = True
        super().__init__(**deepcopy(self._sent))
        return getattr(self, name)


def trace(kind: str, **values) -> dict:
    """Put a trace of Plotly's `kind` together; what is None is left out."""
    return {"type": kind} | {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its label's lines, the number beside the last of them, and where it lies, in pixels from the top."""

    lines: tuple[str, ...]
    value: str
    top: float
    middle: float

    @property
    def value_top(self) -> float:
        """Where the line begins that carries the number."""
        return self.top + LINE * (len(self.lines) - 1)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows from the top down, and their height in all."""

    rows: tuple[Row, ...]
    height: float

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        values: Sequence[str] = (),
        *,
        body: float = 20,
        gap: float = 12,
        start: float = 4,
        even: bool = False,
        narrow: bool = True,
        beside: int = BESIDE,
    ) -> Rows:
        """Stack rows: label lines, then `body` pixels for the mark, then `gap` pixels of air.

        A number stands right of its label's last line, or on a line of its own where both would not fit on a narrow phone. even: all rows
        have the lines of the longest, so that the marks stand at equal distances and all numbers on the same line. narrow: False where the
        drawing has some 700 pixels at least. beside: columns of a label and its number on a phone.
        """
        top, rows, labels = start, [], []
        alone, beside = (COLUMNS, beside) if narrow else (WIDE, WIDE)
        for name, value in zip(names, values or [""] * len(names), strict=True):
            lines = wrap(name, alone, 4)
            if value and columns(lines[-1]) + columns(value) > beside:
                lines.append("")
            labels.append((tuple(lines), value))
        most = max((len(lines) for lines, _ in labels), default=0)
        for lines, value in labels:
            told = lines + ("",) * (most - len(lines)) if even else lines
            middle = top + LINE * len(told) + body / 2 + 1
            rows.append(Row(told, value, top, middle))
            top = middle + body / 2 + gap
        return cls(tuple(rows), top)


@dataclass
class Canvas:
    """Collects traces, shapes and texts, then draws one figure of a height in pixels, with nothing that zooms or catches a scroll."""

    ink: Ink
    height: float
    x: tuple[float, float]
    left: int = 6
    right: int = 6
    top: int = 6
    bottom: int = 28
    traces: list = field(default_factory=list)
    shapes: list = field(default_factory=list)
    annotations: list = field(default_factory=list)
    xaxis: dict = field(default_factory=dict)
    yaxis: dict = field(default_factory=dict)
    legend: bool = False

    def text(self, text: str, x: float, y: float, *, colour: str | None = None, size: float = SIZE, bold: bool = False, **place) -> None:
        """Write an already escaped text at a place: x in the axis unless `xref` says paper, y in pixels from the top."""
        place = {"xref": "x", "yref": "y", "xanchor": "left", "yanchor": "top", "align": "left"} | place
        font = {"size": size, "color": colour or self.ink.text}
        self.annotations.append(
            {"text": f"<b>{text}</b>" if bold else text, "x": x, "y": y, "showarrow": False, "font": font, "borderpad": 0} | place
        )

    def label(self, row: Row, *, bold: bool = True, colour: str | None = None, strong: bool = False) -> None:
        """Write a row's label at the left and its number at the right."""
        self.text(block(row.lines), 0, row.top, xref="paper", bold=bold)
        if row.value:
            self.text(block([row.value]), 1, row.value_top, xref="paper", xanchor="right", align="right", colour=colour, bold=strong)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str, width: float = 1, dash: str = "solid", **more) -> None:
        """Draw a straight line under the marks."""
        style = {"color": colour, "width": width, "dash": dash}
        self.shapes.append({"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": style, "layer": "below"} | more)

    def zero(self, row: Row, half: float) -> None:
        """Draw the line of zero beside a row's marks, `half` pixels either way of their middle: not through what is written above them."""
        self.line(0, row.middle - half, 0, row.middle + half, self.ink.line, width=1.5)

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: str, outline: str | None = None, width: float = 1, **more) -> None:
        """Draw a rectangle under the marks."""
        style = {"color": outline or fill, "width": width if outline else 0}
        self.shapes.append(
            {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "fillcolor": fill, "line": style, "layer": "below"} | more
        )

    def add(self, made: dict) -> None:
        """Add a trace."""
        self.traces.append(made)

    def marks(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        hovers: Sequence[str],
        keys: Sequence[object],
        *,
        colour: str | Sequence[str],
        symbol: str | Sequence[str] = "circle",
        size: float | Sequence[float] = 11,
        hollow: Sequence[bool] = (),
        name: str | None = None,
        mode: str = "markers",
        **bars: dict,
    ) -> None:
        """Add marks, each with its hover text (escaped already) and its key as customdata; `bars`: error_x or error_y from `whiskers`."""
        symbols = [f"{symbol}-open" if h else symbol for h in hollow] if any(hollow) else symbol
        edge = {"width": 2, "color": colour} if hollow else {"width": 1.5, "color": self.ink.paper}
        marker = {"symbol": symbols, "size": size, "color": colour, "opacity": 1, "line": edge}
        line = {"color": self.ink.line, "width": 2}
        texts = {"hovertext": list(hovers), "hoverinfo": "text", "customdata": list(keys), "name": name, "showlegend": name is not None}
        kept = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}  # a click greys nothing out
        self.add(trace("scatter", x=list(xs), y=list(ys), mode=mode, marker=marker, line=line, cliponaxis=False, **texts, **kept, **bars))

    def whole_rows(self, ys: Sequence[float], heights: Sequence[float], keys: Sequence[object]) -> None:
        """Have each row answer to a click over its whole width, as its mark does: unseen bars, which carry the keys and say nothing."""
        low, high = self.x
        unseen = {"marker": {"opacity": 0}}
        bars = {"base": [low] * len(ys), "x": [high - low] * len(ys), "y": list(ys), "width": list(heights), "orientation": "h"}
        self.add(
            trace("bar", **bars, **unseen, hoverinfo="none", customdata=list(keys), showlegend=False, selected=unseen, unselected=unseen)
        )

    def figure(self, **more) -> Figure:
        """Draw. `more` is said of the layout besides, into what is said of the same part."""
        axis = {"type": "linear", "fixedrange": True, "showgrid": False, "zeroline": False, "automargin": False}
        axis |= {"ticks": "", "ticklabeloverflow": "allow"}
        ticks = {"tickfont": {"size": 12, "color": self.ink.muted}}
        layout = {
            "template": {},
            "height": round(self.height + self.top + self.bottom),
            "autosize": False,  # the page says the width
            "margin": {"l": self.left, "r": self.right, "t": self.top, "b": self.bottom, "pad": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": SIZE, "color": self.ink.text},
            "showlegend": self.legend,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "align": "left",
                "bgcolor": self.ink.paper,
                "bordercolor": self.ink.line,
                "font": {"family": FONT, "size": SIZE, "color": self.ink.text},
            },
            "xaxis": axis | ticks | {"range": list(self.x), "showline": False} | self.xaxis,
            "yaxis": axis | {"range": [self.height, 0], "visible": False} | self.yaxis,
            "shapes": self.shapes,
            "annotations": self.annotations,
        }
        if self.legend:
            layout["legend"] = {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "font": {"size": 12, "color": self.ink.text},
                "bgcolor": "rgba(0,0,0,0)",
                "itemclick": False,
                "itemdoubleclick": False,
            }
        for part, said in more.items():
            layout[part] = layout.get(part, {}) | said if isinstance(said, dict) else said
        return Figure(self.traces, layout)


def whiskers(values: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str, *, cap: int = 0) -> dict:
    """Error bars from interval ends; where an end is unknown none is drawn."""
    known = [math.isfinite(low) and math.isfinite(high) for low, high in zip(lows, highs, strict=True)]
    up = [max(h - v, 0.0) if k else 0.0 for v, h, k in zip(values, highs, known, strict=True)]
    down = [max(v - low, 0.0) if k else 0.0 for v, low, k in zip(values, lows, known, strict=True)]
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": colour, "thickness": 1.5, "width": cap}


def steps(low: float, high: float, most: int = 6) -> list[float]:
    """Round tick values inside [low, high], at most `most` of them."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    size = 10 ** math.floor(math.log10(span / most))
    size *= next(m for m in (1, 2, 5, 10, 20) if span / (size * m) <= most - 1 + 1e-9)
    first = math.ceil(low / size - 1e-9)
    return [round(i * size, 10) for i in range(first, math.floor(high / size + 1e-9) + 1)]


def scale_axis(low: float, high: float) -> dict:
    """Ticks of a question's scale: its ends always stand, whole points between them where there is room."""
    whole = high - low <= 10 and float(low).is_integer() and float(high).is_integer()
    values = [low + i for i in range(int(high - low) + 1)] if whole else [low, *(v for v in steps(low, high) if low < v < high), high]
    return {"tickmode": "array", "tickvals": values, "ticktext": [_tick(v) for v in values]}


def gap_axis(low: float, high: float) -> dict:
    """Ticks of gaps: signed, with a true minus."""
    values = steps(low, high)
    return {"tickmode": "array", "tickvals": values, "ticktext": [signed(v, digits(values)) for v in values]}


def digits(values: Sequence[float]) -> int:
    """Decimals that all ticks of an axis are written with: as many as the one with most needs, at most two."""
    return next((d for d in (0, 1) if all(abs(v * 10**d - round(v * 10**d)) < 1e-9 for v in values)), 2)


def _tick(value: float) -> str:
    return plain(value, 0 if float(value).is_integer() else 1)


def reach(values: Sequence[float], *, around_zero: bool = True, least: float = 0.5, air: float = 0.06) -> tuple[float, float]:
    """An axis range that holds all finite values, zero if asked, and a little air."""
    known = [v for v in values if v is not None and math.isfinite(v)] + ([0.0] if around_zero else [])
    if not known:
        return (-least, least)
    low, high = min(known), max(known)
    if high - low < least:
        middle = (low + high) / 2
        low, high = min(low, middle - least / 2), max(high, middle + least / 2)
    return (low - (high - low) * air, high + (high - low) * air)
