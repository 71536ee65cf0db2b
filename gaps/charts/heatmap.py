"""Five gaps by dimensions at one glance."""

from __future__ import annotations

from gaps.charts.cell import Cell, asked, cells, dimension_name, people, silent, uncertain, widest, without_interval
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, trace
from gaps.charts.palette import ink, tint
from gaps.charts.text import block, hover, pairs, sentences, wrap
from gaps.computed import scores as computed
from gaps.i18n import Words, signed
from gaps.model import Gap, Study
from gaps.scoring.tables import GapTable

CELL = 32
HEAD, LINE = 54, 13  # pixels of the headings, and of one more line in them


def gap_heatmap(
    table: GapTable, study: Study, *, chosen: tuple[int, str] | None = None, narrow: bool = True, words: Words, dark: bool = False
) -> Chart:
    """Draw each dimension's five gaps as tinted cells with their signed numbers.

    The tint grows with the size; a cell whose 95 % interval includes zero is left unfilled with a dotted edge. What was not measured says
    so: a gap nowhere measured in its heading, a dimension in none of the others beside its name, a single cell inside it. Each cell carries
    (gap, dimension) as customdata; `chosen`: the one that is framed, because its items are shown; `narrow`: for a phone.
    """
    colours, language = ink(dark), words.language
    dimensions = [d for d in study.instrument.dimensions]
    rows = table.rows(level="dimension")
    found = {(c.gap, str(c.key)): c for c in cells(rows, "dimension", lambda id: dimension_name(study, id, language))}
    strongest = max((abs(c.mean) for c in found.values() if c.measured), default=1.0) or 1.0
    asked_for = {key for key, cell in found.items() if cell.measured or cell.hidden}
    gaps = {gap for gap, _ in asked_for}
    bare = {d.id for d in dimensions if gaps and all((int(gap), d.id) not in asked_for for gap in gaps)}
    nothing = words("charts.heatmap.not_measured")
    head = HEAD if len(gaps) == len(Gap) else HEAD + LINE
    names = [d.name(language) for d in dimensions]
    stack = Rows.of(names, [nothing if d.id in bare else "" for d in dimensions], body=CELL, gap=10, start=head, narrow=narrow)
    canvas = Canvas(colours, stack.height, (0.5, 5.5), top=0, bottom=2)
    canvas.xaxis = {"visible": False}
    for gap in Gap:
        lines = wrap(words(f"charts.heading.{int(gap)}"), 10, 2) if narrow else [words(f"charts.gap.{int(gap)}")]
        canvas.text(f"<b>{int(gap)}</b><br>{block(lines)}", int(gap), 4, xanchor="center", align="center", size=10 if narrow else 12)
        if int(gap) not in gaps:
            place = {"xanchor": "center", "align": "center", "yanchor": "bottom"}
            canvas.text(block([nothing]), int(gap), head - 8, size=11, colour=colours.muted, **place)
    hovers: list[tuple[float, float, str, list]] = []
    for row, dimension in zip(stack.rows, dimensions, strict=True):
        canvas.label(row, colour=colours.muted)
        for gap in Gap:
            cell = found.get((int(gap), dimension.id))
            said_already = int(gap) not in gaps or dimension.id in bare
            _cell(canvas, int(gap), row.middle, cell, strongest, "" if said_already else nothing, words)
            if chosen == (int(gap), dimension.id):
                frame = (int(gap) - 0.49, row.middle - CELL / 2 - 2, int(gap) + 0.49, row.middle + CELL / 2 + 2)
                canvas.rect(*frame, "rgba(0,0,0,0)", outline=colours.text, width=2.5)
            hovers.append((int(gap), row.middle, _hover(gap, dimension.name(language), cell, words), [int(gap), dimension.id]))
    canvas.add(
        trace("scatter",
            x=[h[0] for h in hovers], y=[h[1] for h in hovers], hovertext=[h[2] for h in hovers], customdata=[h[3] for h in hovers],
            mode="markers", marker={"size": CELL + 8, "symbol": "square", "opacity": 0}, hoverinfo="text",
            selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
        )
    )  # fmt: skip
    measured = [c for c in found.values() if c.measured]
    return Chart(
        canvas.figure(),
        _title(measured, table, words),
        words("charts.heatmap.subtitle"),
        sentences(
            words,
            [
                people(words, (asked(c, table.designs.get(c.gap)) for c in measured)),
                words("charts.heatmap.caption") if any(c.sure for c in measured) else "",
                uncertain(measured, "dotted_edge", words),
                words("charts.heatmap.each", count=bounded) if (bounded := len([c for c in measured if c.bounded])) > 1 else "",
                without_interval(measured, words),
                words("charts.diagram.direct") if "direct" in table.designs.values() else "",
            ],
        ),
        words("charts.heatmap.alt", cells=pairs(words, (_spoken(c, words) for c in measured))),
        computed.five_gaps(table, study, words, shown="heatmap", level="dimension"),
    )


def lowest_cell(table: GapTable) -> tuple[int, str] | None:
    """Gap and dimension of the lowest cell among those asked item by item, or of all where none was; None where nothing was measured."""
    found = [c for c in cells(table.rows(level="dimension"), "dimension", str) if c.measured]
    of_items = [c for c in found if table.designs.get(c.gap) == "items"]
    lowest = min(of_items or found, key=lambda c: c.mean, default=None)
    return None if lowest is None else (lowest.gap, str(lowest.key))


def _spoken(cell: Cell, words: Words) -> tuple[str, str]:
    gap = words("charts.gap_label", gap=cell.gap, name=words(f"charts.gap.{cell.gap}"))
    return words("charts.in_dimension", gap=gap, name=cell.name), cell.size(words)


def _cell(canvas: Canvas, x: float, y: float, cell: Cell | None, strongest: float, nothing: str, words: Words) -> None:
    colours, half, side = canvas.ink, CELL / 2, 0.47
    box = (x - side, y - half, x + side, y + half)
    if cell is None or not cell.measured:
        canvas.rect(*box, "rgba(0,0,0,0)", outline=colours.track)
        if why := words("disclosure.cell") if cell is not None and cell.hidden else nothing:
            canvas.text(why, x, y, xanchor="center", yanchor="middle", size=11, colour=colours.muted)
        return
    colour = colours.sign(cell.mean)
    if cell.sure:
        canvas.rect(*box, tint(colour, 0.10 + 0.34 * abs(cell.mean) / strongest), outline=tint(colour, 0.75))
    else:
        canvas.rect(*box, "rgba(0,0,0,0)", outline=colours.line)
        canvas.shapes[-1]["line"]["dash"] = "dot"
    canvas.text(signed(cell.mean), x, y, xanchor="center", yanchor="middle", size=13, bold=cell.sure)


def _hover(gap: Gap, name: str, cell: Cell | None, words: Words) -> str:
    label = words("charts.in_dimension", gap=words("charts.gap_label", gap=int(gap), name=words(f"charts.gap.{int(gap)}")), name=name)
    if cell is None or not cell.measured:
        return hover(label, words(f"charts.diagram.ask.{int(gap)}") if cell is None else cell.size(words))
    return hover(label, cell.size(words), words("charts.heatmap.hover", expected=cell.expected, achieved=cell.achieved, n=cell.n))


def _title(measured: list[Cell], table: GapTable, words: Words) -> str:
    """The lowest cell of those asked item by item; what the data can tell about the widest gap is said by the findings."""
    items = [c for c in measured if table.designs.get(c.gap) == "items"]
    leading = widest(items)
    if not measured:
        return words("charts.heatmap.title.not_measured")
    if not any(c.enough for c in measured):
        return words("charts.heatmap.title.few")
    if all(c.alike for c in measured):
        return silent(measured, words)
    if not leading:
        return words("charts.heatmap.title.none")
    first = leading[0]
    scope = words(f"charts.heatmap.scope.{'all' if len(items) == len(measured) else 'items'}")
    gap = words(f"charts.gap.{first.gap}")
    values = {"scope": scope, "name": first.name, "size": first.size(words), "others": len(leading) - 1}
    return words("charts.heatmap.title.widest" if len(leading) == 1 else "charts.heatmap.title.tied", gap=gap, number=first.gap, **values)
