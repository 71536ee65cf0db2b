"""One gap, row by row: what was required against what was achieved, with the interval of their difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gaps.charts.brackets import BODY, MARK, brackets
from gaps.charts.cell import (
    Cell,
    asked,
    cells,
    dimension_name,
    in_instrument_order,
    people,
    silent,
    spoken_name,
    subtitle,
    turned,
    uncertain,
    widest,
    without_interval,
)
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, scale_axis
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.i18n import Words, plain
from gaps.model import DIRECT_BATTERY, Battery, Gap, Study
from gaps.scoring.tables import GapTable

DIMENSIONS, ITEMS = "dimension", "item"


def gap_detail(
    table: GapTable,
    study: Study,
    *,
    gap: int,
    level: str = DIMENSIONS,
    dimension: str | None = None,
    most: int | None = None,
    chances: Mapping[str, float] | None = None,
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw both sides of one gap per dimension, or per item (of one `dimension`); `most`: only so many, the lowest first.
    `chances`: per dimension the probability of being the widest, for a title as sure as the data are (and as other pages are). `narrow`:
    for a phone.

    The bar between the two marks is the gap; the line below it is the gap's 95 % interval, laid from what was required. In
    the direct design the requirement is the top of the scale.
    """
    every = [c for c in _cells(table, study, gap, level, dimension, words) if c.measured]
    shown = sorted(every, key=lambda c: c.mean)[:most] if most else every
    scale, colours, design = study.instrument.scale, ink(dark), table.designs.get(int(gap))
    rows = Rows.of([c.name for c in shown], [c.size(words) for c in shown], body=BODY, even=True, narrow=narrow)
    air = scale.span * 0.03
    canvas = Canvas(colours, max(rows.height, 40), (scale.min - air, scale.max + air), top=30, bottom=30, legend=bool(shown))
    canvas.xaxis = scale_axis(scale.min, scale.max)
    for row, cell in zip(rows.rows, shown, strict=True):
        canvas.label(row, bold=level == DIMENSIONS)
        canvas.line(scale.min, row.middle, scale.max, row.middle, colours.track, width=2)
        style = {"width": 6 if cell.sure else 3, "dash": "solid" if cell.sure else "dot"}
        canvas.line(cell.expected, row.middle, cell.achieved, row.middle, colours.sign(cell.mean), **style)
    brackets(canvas, shown, rows)
    hovers = [hover(c.name, words("charts.gap_detail.hover", **_told(c, words))) for c in shown]
    for side, battery, name in _sides(study, Gap(gap), design, words):
        xs, ys = [getattr(c, side) for c in shown], [r.middle for r in rows.rows]
        canvas.marks(xs, ys, hovers, [c.key for c in shown], colour=colours.of(battery), symbol=MARKS[battery], size=MARK, name=name)
    if level == DIMENSIONS:
        edges = [(row.top, row.middle + BODY / 2) for row in rows.rows]
        canvas.whole_rows([(a + b) / 2 for a, b in edges], [b - a for a, b in edges], [c.key for c in shown])
    label = words("charts.gap_label", gap=int(gap), name=words(f"charts.gap.{int(gap)}"))
    return Chart(
        canvas.figure(),
        _title(shown, every, spoken_name(study, level == ITEMS, words), chances, words),
        subtitle("gap_detail", shown, words, gap=label, min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(
            words, [people(words, (asked(c, design) for c in shown)), *_caption(shown, every, words), _turned(shown, study, level, words)]
        ),
        words("charts.gap_detail.alt", gap=label, rows=pairs(words, ((c.name, c.size(words)) for c in shown))),
        computed.five_gaps(table, study, words, shown="detail", gap=gap, level=level, dimension=dimension, widest=bool(chances)),
    )


def _turned(shown: list[Cell], study: Study, level: str, words: Words) -> str:
    return turned(study, (int(c.key) for c in shown), words) if level == ITEMS else ""


def _cells(table: GapTable, study: Study, gap: int, level: str, dimension: str | None, words: Words) -> list[Cell]:
    rows = table.rows(gap=gap, level=level, dimension=dimension)
    if level == DIMENSIONS:
        return in_instrument_order(cells(rows, "dimension", lambda id: dimension_name(study, id, words.language)), study)
    labels = {i.number: i.label(words.language) for i in study.instrument.items}
    return cells(rows.sort_values("item"), "item", lambda n: f"{int(n)} {labels.get(int(n), '')}".strip())


def _told(cell: Cell, words: Words) -> dict[str, object]:
    return {"expected": cell.expected, "achieved": cell.achieved, "mean": cell.mean, "size": cell.size(words), "n": cell.n}


def _sides(study: Study, gap: Gap, design: str | None, words: Words) -> list[tuple[str, Battery, str]]:
    """Both sides with the battery whose mark they carry, and its name."""
    if design == "direct":
        battery = DIRECT_BATTERY[gap]
        return [
            ("expected", Battery.EXPECTATION, words("charts.gap_detail.top")),
            ("achieved", battery, words("charts.gap_detail.rating")),
        ]
    expected = (study.expectation or Battery.EXPECTATION) if gap.expected is Battery.EXPECTATION else gap.expected
    return [(side, b, words(f"charts.battery.{b}")) for side, b in (("expected", expected), ("achieved", gap.achieved))]


def _title(shown: list[Cell], every: list[Cell], spoken: Callable[[Cell], str], chances: Mapping[str, float] | None, words: Words) -> str:
    if not any(c.bounded and c.enough for c in shown):
        return silent(shown, words)
    leading, above = widest(every, chances), [c for c in every if c.side == "surplus" and c.enough]
    if len(leading) == 1:
        key = "only" if len(every) == 1 else "widest"
        return words(f"charts.dumbbells.title.{key}", name=spoken(leading[0]), size=leading[0].size(words))
    if leading and len(leading) <= 3:
        named = words.list(words("charts.named_mean", name=spoken(c), mean=c.mean) for c in leading)
        return words(f"charts.dumbbells.title.{'close' if chances else 'tied'}", names=named)
    if leading:
        short = sum(c.side == "shortfall" for c in every)
        return words("charts.dumbbells.title.many", name=spoken(leading[0]), mean=leading[0].mean, short=short, count=len(every))
    if above:
        return words("charts.dumbbells.title.surplus", above=len(above), count=len(every))
    return words("charts.dumbbells.title.level", count=len(every))


def _caption(shown: list[Cell], every: list[Cell], words: Words) -> list[str]:
    parts = [words("charts.gap_detail.caption")] if any(c.bounded for c in shown) else []
    parts += [uncertain(shown, "dotted_bar", words), without_interval(shown, words)]
    if len(shown) < len(every):
        parts.append(words("charts.gap_detail.most", shown=len(shown), count=len(every)))
    return parts
