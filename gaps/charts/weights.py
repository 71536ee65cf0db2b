"""Stated beside derived importance: what customers say matters, and what goes with their judgement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gaps.charts.cell import FEW, dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, reach, steps, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import clauses, hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.i18n import Words
from gaps.model import Study
from gaps.stats.priority_results import Level, Priorities

if TYPE_CHECKING:
    from gaps.stats.stated import StatedImportance

LANE = 15
MARKS = {"stated": "square", "derived": "triangle-up"}


def importance_weights(stated: StatedImportance, derived: Priorities | None, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw each dimension's mean share of the importance points (square), and below it its derived importance (triangle) where known.

    Both are shares of a whole with 95 % intervals; the line is an equal share. Dimensions by stated importance, the largest first.
    """
    colours = ink(dark)
    said = {r["dimension"]: _level(r, stated.n) for r in stated.frame.to_dict("records")}
    found = {p.dimension: p.derived for p in derived.points} if derived is not None else {}
    order = sorted((d for d in said if math.isfinite(said[d].value)), key=lambda d: -said[d].value)
    kinds = [("stated", said), *([("derived", found)] if found else [])]
    names = [dimension_name(study, d, words.language) for d in order]
    rows = Rows.of(names, [_share(said[d], words) for d in order], body=LANE * len(kinds))
    values = [v for _, levels in kinds for d in order if d in levels for v in (levels[d].value, levels[d].low, levels[d].high)]
    low, high = reach(values, least=0.1)
    canvas = Canvas(colours, rows.height, (max(low, -0.01), high), top=30, bottom=30, legend=True)
    ticks = [t for t in steps(0, high) if t >= 0]
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [words.percent(t) for t in ticks]}
    equal = 1 / len(order) if order else 0.0
    for row in rows.rows:
        canvas.label(row)
        canvas.line(equal, row.middle - LANE, equal, row.middle + LANE, colours.line, dash="dash")
    for lane, (kind, levels) in enumerate(kinds):
        there = [(row, d, levels[d]) for row, d in zip(rows.rows, order, strict=True) if d in levels]
        means = [level.value for *_, level in there]
        offset = (lane - (len(kinds) - 1) / 2) * LANE
        canvas.marks(
            means,
            [row.middle + offset for row, *_ in there],
            [hover(dimension_name(study, d, words.language), _told(kind, level, words)) for _, d, level in there],
            [d for _, d, _ in there],
            colour=colours.text if kind == "stated" else colours.muted,
            symbol=MARKS[kind],
            size=10,
            name=words(f"dimensions.weights.{kind}"),
            error_x=whiskers(means, [level.low for *_, level in there], [level.high for *_, level in there], colours.line, cap=4),
        )
    told = [
        (name, clauses(words, [_told(kind, levels[d], words) for kind, levels in kinds if d in levels]))
        for name, d in zip(names, order, strict=True)
    ]
    return Chart(
        canvas.figure(),
        _title(order, names, said, found, words) if stated.n >= FEW else words("dimensions.weights.title.few", n=stated.n),
        words("dimensions.weights.subtitle" if stated.n >= FEW else "dimensions.weights.subtitle_few"),
        _caption(stated, derived, words),
        words("dimensions.weights.alt", rows=pairs(words, told)),
        computed.stated(stated, derived, study, words),
    )


def _level(row: Mapping[str, float], n: int) -> Level:
    """A share of the points; without an interval where so few answered that no mean has one."""
    low, high = (row["low"], row["high"]) if n >= FEW else (math.nan, math.nan)
    return Level(row["mean"], low, high)


def _share(level: Level, words: Words) -> str:
    if not (math.isfinite(level.low) and math.isfinite(level.high)):
        return words.percent(level.value)
    return words("dimensions.weights.share", value=level.value, low=level.low, high=level.high)


def _told(kind: str, level: Level, words: Words) -> str:
    return words("dimensions.weights.told", kind=words(f"dimensions.weights.{kind}"), share=_share(level, words))


def _title(order: list[str], names: list[str], said: dict[str, Level], found: dict[str, Level], words: Words) -> str:
    if not order:
        return words("dimensions.weights.title.none")
    first = said[order[0]]
    apart = len(order) > 1 and math.isfinite(first.low) and first.low > max(said[d].high for d in order[1:])
    values = {"name": names[0], "share": first.value}
    if not apart:
        return words("dimensions.weights.title.open", **values)
    if found:
        best = max(found, key=lambda d: found[d].value)
        if best != order[0]:
            return words("dimensions.weights.title.differ", other=names[order.index(best)] if best in order else best, **values)
    return words("dimensions.weights.title.first", **values)


def _caption(stated: StatedImportance, derived: Priorities | None, words: Words) -> str:
    parts = [words("dimensions.weights.n", n=stated.n), words("dimensions.weights.caption")]
    if derived is not None:
        outcome = words(f"charts.outcome.{derived.outcome}")
        parts.append(words("dimensions.weights.derived_n", n=derived.n, outcome=outcome))
    return sentences(words, parts)
