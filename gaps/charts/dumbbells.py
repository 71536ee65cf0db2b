"""Expectation against perception, row by row, with the interval of their difference."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gaps.charts.brackets import BODY, MARK, brackets, hides
from gaps.charts.cell import (
    Cell,
    cells,
    dimension_name,
    in_instrument_order,
    silent,
    spoken_name,
    subtitle,
    turned,
    uncertain,
    widest,
    without_interval,
)
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, scale_axis, trace, whiskers
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import customers, hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.i18n import Words, plain
from gaps.model import Battery, Gap, Study
from gaps.scoring.tables import GapTable

if TYPE_CHECKING:
    from gaps.scoring.distributions import Distributions

INSTRUMENT, BY_GAP = "instrument", "gap"
ORDERS = (INSTRUMENT, BY_GAP)


def dumbbells(
    table: GapTable,
    study: Study,
    *,
    dimension: str | None = None,
    items: Sequence[int] = (),
    order: str = INSTRUMENT,
    sides: Distributions | None = None,
    chances: Mapping[str, float] | None = None,
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw expected and perceived means per dimension, or per item of one `dimension` (of those `items`, where they are named).

    The bar between the two marks is the gap; the line below it is the gap's 95 % interval, moved to where perception would lie at its
    ends. `order`: the instrument's, or by gap, the lowest first. `sides`: each side's own mean and interval, drawn as whiskers on its
    mark. `chances`: per dimension the probability of being the widest, for a title as sure as the data are. `narrow`: for a phone.
    ValueError for an order that there is not.
    """
    if order not in ORDERS:
        raise ValueError(f"rows are ordered by one of {ORDERS}, not by {order!r}")
    found = _dimensions(table, study, words) if dimension is None else _items(table, study, dimension, words)
    if items:
        found = [c for c in found if int(c.key) in items]
    shown = [c for c in found if c.measured]
    if order == BY_GAP:
        shown = sorted(shown, key=lambda c: c.mean)
    scale, colours = study.instrument.scale, ink(dark)
    rows = Rows.of([c.name for c in shown], [c.size(words) for c in shown], body=BODY, even=True, narrow=narrow)
    air = scale.span * 0.03
    canvas = Canvas(colours, max(rows.height, 40), (scale.min - air, scale.max + air), top=30, bottom=30, legend=bool(shown))
    canvas.xaxis = scale_axis(scale.min, scale.max)
    for row, cell in zip(rows.rows, shown, strict=True):
        canvas.label(row, bold=dimension is None)
        canvas.line(scale.min, row.middle, scale.max, row.middle, colours.track, width=2)
        canvas.add(_bar(cell, row.middle, colours))
    brackets(canvas, shown, rows)
    own = []
    for battery, side in ((study.expectation or Battery.EXPECTATION, "expected"), (Battery.PERCEPTION, "achieved")):
        ends = [_ends(sides, battery, c, dimension is not None) for c in shown]
        own += ends
        _marks(canvas, shown, rows, battery, side, ends, words)
    hidden = hides(own, canvas.x, narrow=narrow)
    return Chart(
        canvas.figure(),
        finding(shown, found, chances if dimension is None else None, spoken_name(study, dimension is not None, words), words),
        subtitle("dumbbells", shown, words, min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(
            words,
            [
                _caption(found, sides is not None, hidden, words),
                turned(study, (int(c.key) for c in found) if dimension is not None else (), words),
            ],
        ),
        words("charts.dumbbells.alt", rows=pairs(words, ((c.name, c.size(words)) for c in shown))),
        computed.five_gaps(table, study, words, shown="dumbbells", gap=5, **_shown(dimension, items), widest=bool(chances)),
    )


def _shown(dimension: str | None, items: Sequence[int]) -> dict:
    """Which rows of the table are drawn."""
    return {"level": "dimension"} if dimension is None else {"level": "item", "dimension": dimension, "items": items}


def _dimensions(table: GapTable, study: Study, words: Words) -> list[Cell]:
    rows = table.rows(gap=Gap.CUSTOMER, level="dimension")
    return in_instrument_order(cells(rows, "dimension", lambda id: dimension_name(study, id, words.language)), study)


def _items(table: GapTable, study: Study, dimension: str, words: Words) -> list[Cell]:
    rows = table.rows(gap=Gap.CUSTOMER, level="item", dimension=dimension).sort_values("item")
    labels = {i.number: i.label(words.language) for i in study.instrument.items}
    return cells(rows, "item", lambda n: f"{int(n)} {labels.get(int(n), '')}".strip())


def _bar(cell: Cell, y: float, colours) -> dict:
    """The gap itself: solid where the interval leaves zero out, dotted where it does not."""
    style = {"color": colours.sign(cell.mean), "width": 6 if cell.sure else 3, "dash": "solid" if cell.sure else "dot"}
    return trace("scatter", x=[cell.expected, cell.achieved], y=[y, y], mode="lines", line=style, hoverinfo="skip", showlegend=False)


def _ends(sides: Distributions | None, battery: Battery, cell: Cell, item: bool) -> tuple[float, float]:
    """The interval of one side's own mean, where it is known and enough people answered for the gap to have one."""
    key = {"item": int(cell.key)} if item else {"dimension": str(cell.key)}
    row = None if sides is None or not cell.bounded else sides.mean_of(battery, **key)
    return (math.nan, math.nan) if row is None else (float(row["low"]), float(row["high"]))


def _marks(
    canvas: Canvas, shown: list[Cell], rows: Rows, battery: Battery, side: str, ends: list[tuple[float, float]], words: Words
) -> None:
    """One battery's means with their intervals."""
    means = [getattr(c, side) for c in shown]
    told = []
    for c, (low, high) in zip(shown, ends, strict=True):
        own = ""
        if math.isfinite(low) and math.isfinite(high):
            own = words("dimensions.side", battery=words(f"charts.battery.{battery}"), mean=getattr(c, side), low=low, high=high)
        values = {"expected": c.expected, "achieved": c.achieved, "mean": c.mean, "size": c.size(words), "n": c.n}
        told.append(hover(c.name, words("charts.dumbbells.hover", **values), own))
    canvas.marks(
        means,
        [r.middle for r in rows.rows],
        told,
        [c.key for c in shown],
        colour=canvas.ink.of(battery),
        symbol=MARKS[battery],
        size=MARK,
        name=words(f"charts.battery.{battery}"),
        error_x=whiskers(means, [low for low, _ in ends], [high for _, high in ends], canvas.ink.of(battery), cap=4),
    )


def finding(shown: list[Cell], found: list[Cell], chances: Mapping[str, float] | None, spoken: Callable[[Cell], str], words: Words) -> str:
    """The title: which rows fall short most, as surely as the data can tell; `shown` of all `found` are drawn."""
    if not shown:
        return words("disclosure.customers" if any(c.hidden for c in found) else "charts.dumbbells.title.not_measured")
    if not any(c.bounded and c.enough for c in shown):
        return silent(shown, words)
    leading, above = widest(shown, chances), [c for c in shown if c.side == "surplus" and c.enough]
    if leading and len(shown) == 1:
        return words("charts.dumbbells.title.only", name=spoken(leading[0]), size=leading[0].size(words))
    if len(leading) == 1:
        return words("charts.dumbbells.title.widest", name=spoken(leading[0]), size=leading[0].size(words))
    if leading and len(leading) <= 3:
        names = words.list(words("charts.named_mean", name=spoken(c), mean=c.mean) for c in leading)
        return words(f"charts.dumbbells.title.{'close' if chances else 'tied'}", names=names)
    if leading:
        short = sum(c.side == "shortfall" for c in shown)
        return words("charts.dumbbells.title.many", name=spoken(leading[0]), mean=leading[0].mean, short=short, count=len(shown))
    if len(shown) == 1:
        side = "surplus" if above else "level"
        return words(f"charts.dumbbells.title.{side}_one", name=spoken(shown[0]), size=shown[0].size(words))
    if above:
        return words("charts.dumbbells.title.surplus", above=len(above), count=len(shown))
    return words("charts.dumbbells.title.level", count=len(shown))


def _caption(found: list[Cell], sides: bool, hidden: bool, words: Words) -> str:
    counts = [c.n for c in found if c.measured]
    parts = []
    if counts:
        parts.append(words("charts.n_list", counts=customers(words, counts)))
    if any(c.bounded for c in found):
        parts += [words("dimensions.whiskers")] if sides else []
        parts += [words("charts.marks.hidden")] if hidden else []
        parts.append(words("charts.dumbbells.caption"))
    parts += [uncertain(found, "dotted_bar", words), without_interval(found, words)]
    if out := [c.name for c in found if not c.measured]:
        parts.append(words("charts.left_out", names=words.list(out)))
    return sentences(words, parts)
