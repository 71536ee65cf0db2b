"""Which dimensions are two things, and which are one: the heterotrait-monotrait ratios of every pair at one glance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import COLUMNS, Canvas, Rows, trace
from gaps.charts.palette import ink, tint
from gaps.charts.text import block, hover, pairs, sentences, wrap
from gaps.computed import scales as computed
from gaps.i18n import Words, plain
from gaps.model import Study

if TYPE_CHECKING:
    from gaps.stats.htmt import Heterotrait

CELL, HEAD = 30, 44
ALIKE, CLOSE = "alike", "close"  # of `gaps.stats.htmt`, which loads scipy: not on the way to the first page


def htmt_matrix(found: Heterotrait, study: Study, *, battery: str, words: Words, dark: bool = False) -> Chart:
    """Draw the ratio of each pair of dimensions; filled: not told apart, dashed edge: close, plain: distinct, empty: none could be given.

    Both halves of the matrix are the same, so only the one below the diagonal is drawn.
    """
    colours, rows = ink(dark), found.frame.to_dict("records")
    names = list(dict.fromkeys([*(r["dimension"] for r in rows), *(r["other"] for r in rows)]))
    order = [d.id for d in study.instrument.dimensions if d.id in names] or names
    shown = {id: dimension_name(study, id, words.language) for id in order}
    by_pair = {frozenset((r["dimension"], r["other"])): r for r in rows}
    labels = [f"{k} {shown[id]}" for k, id in enumerate(order, 1)]
    stack = Rows.of(labels[1:], body=CELL, gap=8, start=HEAD)
    canvas = Canvas(colours, stack.height, (0.5, len(order) - 0.5), top=0, bottom=2)
    canvas.xaxis = {"visible": False}
    canvas.text(block(wrap(labels[0], COLUMNS, 1)), 0, 2, xref="paper", bold=True)
    for k in range(1, len(order)):
        canvas.text(str(k), k, HEAD - 18, xanchor="center", size=12, bold=True)
    points = []
    for i, row in enumerate(stack.rows, 1):
        canvas.label(row)
        for k in range(i):
            record = by_pair.get(frozenset((order[i], order[k])))
            if record is not None:
                _cell(canvas, k + 1, row.middle, record)
                points.append((k + 1, row.middle, hover(_pair(record, shown, words), _told(record, words)), record["state"]))
    canvas.add(
        trace("scatter",
            x=[p[0] for p in points], y=[p[1] for p in points], hovertext=[p[2] for p in points], customdata=[p[3] for p in points],
            mode="markers", marker={"size": CELL, "symbol": "square", "opacity": 0}, hoverinfo="text",
        )
    )  # fmt: skip
    told = pairs(words, ((_pair(r, shown, words), _told(r, words)) for r in rows))
    caption = "caption" if found.resamples else "linearised"
    return Chart(
        canvas.figure(),
        words("charts.htmt.title", battery=words(f"validity.battery.{battery}")),
        words("charts.htmt.subtitle"),
        sentences(
            words,
            (words("charts.htmt.legend"), words(f"charts.htmt.{caption}", n=found.n, resamples=found.resamples, seed=found.seed)),
        ),
        words("charts.htmt.alt", rows=told),
        computed.distinct(found, battery, study, words),
    )


def _cell(canvas: Canvas, x: float, y: float, record: dict) -> None:
    colours, half, side = canvas.ink, CELL / 2, 0.46
    state = record["state"]
    fill = tint(colours.shortfall, 0.28) if state == ALIKE else "rgba(0,0,0,0)"
    edge = colours.shortfall if state == ALIKE else colours.text if state == CLOSE else colours.track
    canvas.rect(x - side, y - half, x + side, y + half, fill, outline=edge, width=1.5 if state in (ALIKE, CLOSE) else 1)
    if state == CLOSE:
        canvas.shapes[-1]["line"]["dash"] = "dash"
    value = plain(record["htmt"]) if math.isfinite(record["htmt"]) else "–"
    canvas.text(value, x, y, xanchor="center", yanchor="middle", size=12, bold=state == ALIKE)


def _pair(record: dict, shown: dict[str, str], words: Words) -> str:
    return words("validity.pair", first=shown.get(record["dimension"], ""), second=shown.get(record["other"], ""))


def _told(record: dict, words: Words) -> str:
    if record["withheld"]:
        return words(f"validity.cell.{record['withheld']}")
    values = {name: record[name] for name in ("htmt", "low", "high")}
    return words("charts.htmt.told", state=words(f"validity.state.{record['state']}"), **values)
