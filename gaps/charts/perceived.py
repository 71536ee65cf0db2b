"""How customers judge each dimension where nobody asked what they expect: means of perception."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gaps.charts.brackets import MARK, hides
from gaps.charts.cell import FEW, dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, scale_axis, whiskers
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import customers, hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.i18n import Words, plain
from gaps.model import Battery, Study

if TYPE_CHECKING:
    from gaps.stats.humps import ItemDistributions

BODY = 22  # pixels of a row's mark


def perceived(found: ItemDistributions, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw each dimension's mean perception with its 95 % interval, the lowest first. Dimensions that nobody answered are left out."""
    rows = sorted(_rows(found.found, study), key=lambda row: row["mean"])
    names = [dimension_name(study, row["dimension"], words.language) for row in rows]
    scale, colours = study.instrument.scale, ink(dark)
    stacked = Rows.of(names, [_level(row, words) for row in rows], body=BODY, even=True)
    air = scale.span * 0.03
    canvas = Canvas(colours, max(stacked.height, 40), (scale.min - air, scale.max + air), top=10, bottom=30)
    canvas.xaxis = scale_axis(scale.min, scale.max)
    for row in stacked.rows:
        canvas.label(row, bold=True)
        canvas.line(scale.min, row.middle, scale.max, row.middle, colours.track, width=2)
    means, ends = [float(row["mean"]) for row in rows], [_ends(row) for row in rows]
    canvas.marks(
        means,
        [row.middle for row in stacked.rows],
        [hover(name, _told(row, words)) for name, row in zip(names, rows, strict=True)],
        [row["dimension"] for row in rows],
        colour=colours.of(Battery.PERCEPTION),
        symbol=MARKS[Battery.PERCEPTION],
        size=MARK,
        error_x=whiskers(means, [low for low, _ in ends], [high for _, high in ends], colours.of(Battery.PERCEPTION), cap=4),
    )
    return Chart(
        canvas.figure(),
        _title(rows, names, words),
        words(f"charts.perceived.subtitle{'' if _bounded(rows) else '_few'}", min=plain(scale.min, 0), max=plain(scale.max, 0)),
        _caption(rows, hides(ends, canvas.x, narrow=True), words),
        words("charts.perceived.alt", rows=pairs(words, ((name, _level(row, words)) for name, row in zip(names, rows, strict=True)))),
        computed.perceived(rows, found.confidence, study, words),
    )


def _rows(found, study: Study) -> list[Mapping[str, object]]:
    rows = (found.mean_of(Battery.PERCEPTION, dimension=d.id) for d in study.instrument.dimensions)
    return [row for row in rows if row is not None and math.isfinite(row["mean"])]


def _ends(row: Mapping[str, object]) -> tuple[float, float]:
    """A mean's interval; none where so few answered that no mean has one."""
    return (float(row["low"]), float(row["high"])) if row["n"] >= FEW else (math.nan, math.nan)


def _bounded(rows: list[Mapping[str, object]]) -> bool:
    return any(math.isfinite(end) for row in rows for end in _ends(row))


def _level(row: Mapping[str, object], words: Words) -> str:
    low, high = _ends(row)
    if not (math.isfinite(low) and math.isfinite(high)):
        return plain(row["mean"])
    return words("charts.perceived.level", mean=row["mean"], low=low, high=high)


def _told(row: Mapping[str, object], words: Words) -> str:
    return words("charts.perceived.hover", level=_level(row, words), n=row["n"])


def _title(rows: list[Mapping[str, object]], names: list[str], words: Words) -> str:
    if not rows:
        return words("charts.withheld.nothing_drawn")
    if min(row["n"] for row in rows) < FEW or len(rows) == 1:
        return words("charts.perceived.title.few")
    lowest, next_low = _ends(rows[0])[1], min(_ends(row)[0] for row in rows[1:])
    kind = "lowest" if lowest < next_low else "overlaps"
    return words(f"charts.perceived.title.{kind}", name=names[0], mean=rows[0]["mean"])


def _caption(rows: list[Mapping[str, object]], hidden: bool, words: Words) -> str:
    if not rows:
        return ""
    who = customers(words, (row["n"] for row in rows))
    parts = [
        words("charts.n_list", counts=who),
        words("dimensions.whiskers") if _bounded(rows) else "",
        words("charts.marks.hidden") if hidden else "",
    ]
    return sentences(words, [*parts, words("charts.perceived.caption")])
