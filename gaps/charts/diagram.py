"""The gaps model drawn with a study's own numbers (after Parasuraman, Zeithaml & Berry 1985): the map of the product."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gaps.charts.cell import Cell, asked, cells, people, subtitle, uncertain, widest, without_interval
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, trace
from gaps.charts.palette import Ink, ink, tint
from gaps.charts.text import block, even, hover, pairs, sentences, wrap
from gaps.computed import scores as computed
from gaps.i18n import Words, plain, signed
from gaps.model import Battery, Gap, Study
from gaps.scoring.tables import Estimate, GapTable

THIN, THICK = 4, 20  # pixels: the link of no gap, and of the largest one drawn
SPINE = 38  # columns of text beside the middle of a wide diagram, where nothing else stands
LETTERS = 0.86  # columns of bold text in a hundredth of the narrowest wide diagram, some 720 pixels
TOUCH = 40  # pixels: reach of a point that answers to the pointer


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the model: which battery stands in it, and where."""

    battery: Battery
    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything lies: x from 0 to 100, y in pixels from the top."""

    height: float
    divider: float
    boxes: Mapping[Battery, Box]
    rail: float  # pixels from the boxes' left edge to the link of gap 1
    label: float  # pixels from a link to its text
    columns: int  # width of texts beside a link
    narrow: bool


def gaps_diagram(
    table: GapTable,
    study: Study,
    *,
    words: Words,
    dark: bool = False,
    narrow: bool = False,
    chances: Mapping[str, float] | None = None,
    perceived: Estimate | None = None,
) -> Chart:
    """Draw the five gaps as links between the six boxes of the model.

    A link is as wide as its gap is large, hollow where the 95 % interval includes zero, dotted where the gap was not measured (with
    what would have to be asked). `narrow` stacks the boxes for a phone (below about 700 pixels). Unseen points along a link and over its
    words carry the gap's number as customdata, to hover over and to click. `chances`: per gap 1 to 4 the probability of being the
    widest, for a title as sure as the data are. `perceived`: the mean perception, for a study whose gaps do not tell it.
    """
    totals = {c.gap: c for c in cells(table.rows(level="total"), "gap", lambda g: words(f"charts.gap.{int(g)}"))}
    plan = _narrow() if narrow else _wide()
    colours = ink(dark)
    canvas = Canvas(colours, plan.height, (0, 100), left=2, right=2, top=2, bottom=4)
    canvas.xaxis = {"visible": False}
    _halves(canvas, plan, words)
    largest = max((abs(c.mean) for c in totals.values() if c.measured), default=0.0)
    reference = max(largest, study.instrument.scale.span / 6)
    _experience(canvas, plan, words)
    for gap in Gap:
        _link(canvas, plan, gap, totals.get(int(gap)), reference, table, study, words)
    for box in plan.boxes.values():
        level = _level(box.battery, totals, table)
        if level is None and box.battery is Battery.PERCEPTION and perceived is not None:
            level = perceived.mean, perceived.n
        _box(canvas, box, level, study, words, narrow)
    return Chart(
        canvas.figure(),
        _title(totals, table, study, chances, words),
        subtitle("diagram", totals.values(), words),
        _caption(totals, table, words),
        _alt(totals, words),
        computed.five_gaps(table, study, words, shown="diagram", widest=bool(chances)),
    )


def _wide() -> Plan:
    tall, left, right = 62, 24, 52
    tops = {Battery.EXPECTATION: 30, Battery.PERCEPTION: 156, Battery.DELIVERY: 310, Battery.STANDARD: 436, Battery.BELIEF: 562}
    boxes = {b: Box(b, left, right, y, y + tall) for b, y in tops.items()}
    boxes[Battery.PROMISE] = Box(Battery.PROMISE, 79, 99, tops[Battery.DELIVERY], tops[Battery.DELIVERY] + tall)
    return Plan(height=636, divider=232, boxes=boxes, rail=126, label=20, columns=28, narrow=False)


def _narrow() -> Plan:
    tall, left, right = 46, 13, 93
    order = (Battery.EXPECTATION, Battery.PERCEPTION, Battery.PROMISE, Battery.DELIVERY, Battery.STANDARD, Battery.BELIEF)
    tops = dict(zip(order, (28, 142, 312, 426, 540, 654), strict=True))
    boxes = {b: Box(b, left, right, y, y + tall) for b, y in tops.items()}
    return Plan(height=714, divider=272, boxes=boxes, rail=26, label=18, columns=32, narrow=True)


def _halves(canvas: Canvas, plan: Plan, words: Words) -> None:
    """The two halves and the line between them."""
    colours = canvas.ink
    canvas.rect(0, 0, 100, plan.divider - 8, colours.panel)
    canvas.rect(0, plan.divider + 8, 100, plan.height, colours.panel)
    canvas.line(0, plan.divider, 100, plan.divider, colours.line, width=1.5, dash="dash")
    for key, y in (("customer", 8), ("provider", plan.divider + 14)):
        x = plan.boxes[Battery.PERCEPTION].x1 if plan.narrow else 99  # on a phone the thin arrow runs beside the boxes
        canvas.text(words(f"charts.diagram.half.{key}"), x, y, xanchor="right", size=12, colour=colours.muted, bold=True)


def _experience(canvas: Canvas, plan: Plan, words: Words) -> None:
    """The thin arrow from what is delivered to what is perceived: not a gap of the model, but how service reaches the customer."""
    delivered, perceived = plan.boxes[Battery.DELIVERY], plan.boxes[Battery.PERCEPTION]
    if plan.narrow:
        x = delivered.x1 + 4
        for x0, y0, x1, y1 in (
            (delivered.x1, (delivered.y0 + delivered.y1) / 2, x, (delivered.y0 + delivered.y1) / 2),
            (x, (delivered.y0 + delivered.y1) / 2, x, (perceived.y0 + perceived.y1) / 2),
        ):
            canvas.line(x0, y0, x1, y1, canvas.ink.line)
        start, end = (x, (perceived.y0 + perceived.y1) / 2), (perceived.x1, (perceived.y0 + perceived.y1) / 2)
    else:
        middle = (delivered.x0 + delivered.x1) / 2
        start, end = (middle, delivered.y0), (middle, perceived.y1)
    canvas.annotations.append(
        {
            "x": end[0], "y": end[1], "ax": start[0], "ay": start[1], "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
            "text": "", "showarrow": True, "arrowhead": 2, "arrowsize": 1.2, "arrowwidth": 1.2, "arrowcolor": canvas.ink.line,
        }
    )  # fmt: skip


def _level(battery: Battery, totals: Mapping[int, Cell], table: GapTable) -> tuple[float, int] | None:
    """The battery's mean and n as a same-item gap knows it; a direct rating is no level of the service and is not shown as one."""
    return next((found[1:] for found in _levels(battery, totals, table)), None)


def _levels(battery: Battery, totals: Mapping[int, Cell], table: GapTable) -> Iterator[tuple[int, float, int]]:
    """Gap, mean and n of a battery in each gap it belongs to; gap 5 first, whose expectation and perception are the headline's."""
    for gap in (Gap.CUSTOMER, *(g for g in Gap if g is not Gap.CUSTOMER)):
        cell = totals.get(int(gap))
        if cell is None or not cell.measured or table.designs.get(int(gap)) != "items":
            continue
        if gap.achieved is battery and math.isfinite(cell.achieved):
            yield int(gap), cell.achieved, cell.n_achieved
        if gap.expected is battery and math.isfinite(cell.expected):
            yield int(gap), cell.expected, cell.n_expected


def _box(canvas: Canvas, box: Box, level: tuple[float, int] | None, study: Study, words: Words, narrow: bool) -> None:
    colours = canvas.ink
    colour = colours.of(box.battery)
    canvas.rect(box.x0, box.y0, box.x1, box.y1, colours.paper, layer="above")
    style = {"outline": colour, "width": 2} if level else {"outline": colours.line, "width": 1}
    canvas.rect(box.x0, box.y0, box.x1, box.y1, tint(colour, 0.08 if level else 0), layer="above", **style)
    if not level:
        canvas.shapes[-1]["line"]["dash"] = "dot"
    middle, height = (box.x0 + box.x1) / 2, box.y1 - box.y0
    asked_for = study.expectation or box.battery if box.battery is Battery.EXPECTATION else box.battery
    lines = wrap(words(f"charts.box.{asked_for}"), 34 if narrow else round((box.x1 - box.x0) * LETTERS), 2)
    who = words(f"charts.who.{box.battery.role}")
    below = f"<b>{plain(level[0])}</b> · {who}" if level else who
    text = f"<b>{block(lines)}</b><br>{below}"
    canvas.text(text, middle, box.y0 + height / 2, xanchor="center", yanchor="middle", align="center", size=13)


def _link(canvas, plan: Plan, gap: Gap, cell: Cell | None, reference: float, table: GapTable, study: Study, words: Words) -> None:
    """One gap: the link itself, its words, and a point to hover over and to click."""
    colours = canvas.ink
    measured = cell is not None and cell.measured
    width = THIN + (THICK - THIN) * min(abs(cell.mean) / reference, 1.0) if measured else 2.0
    colour = colours.sign(cell.mean) if measured else colours.line
    _strip(canvas, plan, gap, width, colour, "dotted" if not measured else "solid" if cell.sure else "hollow")
    x, y, shift, anchor, align = _where(plan, gap, width)
    lines = [f"<b>{block([words('charts.gap_label', gap=int(gap), name=words(f'charts.gap.{int(gap)}'))])}</b>"]
    if measured:
        size = f'<span style="font-size:16px;color:{colour}"><b>{signed(cell.mean)}</b></span>'
        lines.append(
            f"{size}  {block([words('charts.bracketed', interval=words.interval(cell.low, cell.high))])}" if cell.bounded else size
        )
    else:
        asked = words("charts.diagram.not_measured", ask=words(f"charts.diagram.ask.{int(gap)}"))
        columns = plan.columns if plan.narrow or gap in (Gap.KNOWLEDGE, Gap.COMMUNICATION) else SPINE
        lines.append(block(even(cell.size(words) if cell is not None and cell.hidden else asked, columns, 3)))
    place = {"xanchor": anchor, "yanchor": "middle", "align": align, "xshift": shift}
    if anchor == "center":
        place["yanchor"] = "bottom"
    canvas.text("<br>".join(lines), x, y, size=12.5, colour=colours.text if measured else colours.muted, **place)
    xs, ys = zip(*_touch(plan, gap, x, y), strict=True)
    unseen = {"marker": {"opacity": 0}}
    canvas.add(
        trace("scatter",
            x=xs, y=ys, mode="markers", marker={"size": TOUCH, "opacity": 0, "color": colour}, customdata=[int(gap)] * len(xs),
            hovertext=hover(_hover(gap, cell, table, words)), hoverinfo="text", name=f"gap {int(gap)}",
            selected=unseen, unselected=unseen,
        )
    )  # fmt: skip


def _touch(plan: Plan, gap: Gap, x: float, y: float) -> list[tuple[float, float]]:
    """Where a link answers to the pointer: along its body, and over its words, whose width in the axis depends on the window."""
    a, b = _between(plan, gap)
    upper, lower = sorted((a, b), key=lambda box: box.y0)
    if gap is Gap.COMMUNICATION and not plan.narrow:
        y = (a.y0 + a.y1) / 2
        return [(b.x1 + (a.x0 - b.x1) * k / 6, y - dy) for k in range(1, 6) for dy in (0, 24)]
    if gap is Gap.KNOWLEDGE:
        rail = (5.0, 8.5) if plan.narrow else (8.0, 11.0)
        top, bottom = (a.y0 + a.y1) / 2, (b.y0 + b.y1) / 2
        count = int((bottom - top) / (TOUCH * 0.7))
        body = [(rx, top + (bottom - top) * k / count) for rx in rail for k in range(count + 1)]
        return body + [(rail[1] + step, y) for step in (range(5, 45, 5) if plan.narrow else (3.5, 7, 10.5))]
    middle, spread = (upper.y1 + lower.y0) / 2, (lower.y0 - upper.y1) / 4
    words = range(5, 50, 5) if plan.narrow else (3.5, 7, 10.5, 14)
    return [(x, middle - spread), (x, middle + spread), *((x + step, middle) for step in (0, *words))]


def _between(plan: Plan, gap: Gap) -> tuple[Box, Box]:
    return plan.boxes[gap.expected], plan.boxes[gap.achieved]


def _strip(canvas: Canvas, plan: Plan, gap: Gap, width: float, colour: str, style: str) -> None:
    """The link's body: a strip that is filled, outlined, or a dotted line."""
    a, b = _between(plan, gap)
    if gap is Gap.KNOWLEDGE:
        _rail(canvas, plan, a, b, width, colour, style)
        return
    if gap is Gap.COMMUNICATION and not plan.narrow:
        y = (a.y0 + a.y1) / 2
        if style == "dotted":
            canvas.line(b.x1, y, a.x0, y, colour, width=width, dash="dot")
        else:
            canvas.rect(b.x1, y - width / 2, a.x0, y + width / 2, **_fill(canvas.ink, colour, style))
        return
    upper, lower = sorted((a, b), key=lambda box: box.y0)
    x = _spine(plan, upper)
    if style == "dotted":
        canvas.line(x, upper.y1, x, lower.y0, colour, width=width, dash="dot")
    else:
        pixels = {"xsizemode": "pixel", "xanchor": x}
        canvas.rect(-width / 2, upper.y1, width / 2, lower.y0, **_fill(canvas.ink, colour, style), **pixels)


def _spine(plan: Plan, box: Box) -> float:
    return box.x0 + (box.x1 - box.x0) * (0.14 if plan.narrow else 0.5)


def _fill(colours: Ink, colour: str, style: str) -> dict:
    return {"fill": colour} if style == "solid" else {"fill": tint(colour, 0.0), "outline": colour, "width": 1.8}


def _rail(canvas: Canvas, plan: Plan, expected: Box, belief: Box, width: float, colour: str, style: str) -> None:
    """Gap 1 crosses the dividing line on the left, from what customers expect to what management believes."""
    top, bottom, out, half = (expected.y0 + expected.y1) / 2, (belief.y0 + belief.y1) / 2, -plan.rail, width / 2
    if style == "dotted":
        path = f"M 0,{top} L {out},{top} L {out},{bottom} L 0,{bottom}"
        look = {"fillcolor": "rgba(0,0,0,0)", "line": {"color": colour, "width": width, "dash": "dot"}}
    else:
        outer, inner = out - half, out + half
        path = (
            f"M 0,{top - half} L {outer},{top - half} L {outer},{bottom + half} L 0,{bottom + half} "
            f"L 0,{bottom - half} L {inner},{bottom - half} L {inner},{top + half} L 0,{top + half} Z"
        )
        fill = _fill(canvas.ink, colour, style)
        look = {"fillcolor": fill["fill"], "line": {"color": colour, "width": fill.get("width", 0)}}
    canvas.shapes.append({"type": "path", "path": path, "xsizemode": "pixel", "xanchor": expected.x0, "layer": "below"} | look)


def _where(plan: Plan, gap: Gap, width: float) -> tuple[float, float, float, str, str]:
    """Place of a link's text: x, y, shift in pixels, anchor, alignment."""
    a, b = _between(plan, gap)
    upper, lower = sorted((a, b), key=lambda box: box.y0)
    if gap is Gap.KNOWLEDGE:
        perceived, delivered = plan.boxes[Battery.PERCEPTION], plan.boxes[Battery.DELIVERY]
        y = (perceived.y1 + plan.divider - 8) / 2 if plan.narrow else (plan.divider + 8 + delivered.y0) / 2
        return a.x0, y, width / 2 + 12 - plan.rail, "left", "left"
    if gap is Gap.COMMUNICATION and not plan.narrow:
        return (b.x1 + a.x0) / 2, (a.y0 + a.y1) / 2 - width / 2 - 6, 0, "center", "center"
    return _spine(plan, upper), (upper.y1 + lower.y0) / 2, plan.label, "left", "left"


def _hover(gap: Gap, cell: Cell | None, table: GapTable, words: Words) -> str:
    if cell is None or not cell.measured:
        return cell.size(words) if cell is not None and cell.hidden else words(f"charts.diagram.ask.{int(gap)}")
    counts = {"n_expected": cell.n_expected, "n_achieved": cell.n_achieved}
    values = {"expected": cell.expected, "achieved": cell.achieved, "mean": cell.mean, "size": cell.size(words)} | counts
    if table.designs.get(int(gap)) == "direct":
        told = [words(f"charts.diagram.hover_direct.{int(gap)}", **values)]
        return sentences(words, told + ([words("charts.diagram.none_written", n=cell.n_none)] if cell.n_none else []))
    return words(f"charts.diagram.hover.{int(gap)}", **values)


def _comparable(totals: Mapping[int, Cell], table: GapTable) -> list[Cell]:
    """The provider's gaps of one design, the commoner: a difference of two answers and a distance to the scale's top are not ranked.

    Empty if one of them has too few answers: it might be the widest.
    """
    provider = [totals[g] for g in (1, 2, 3, 4) if g in totals and totals[g].measured]
    by_design = [[c for c in provider if table.designs.get(c.gap) == design] for design in ("items", "direct")]
    most = max(by_design, key=len)
    return most if all(c.bounded and c.enough for c in most) else []


def _title(totals: Mapping[int, Cell], table: GapTable, study: Study, chances: Mapping[str, float] | None, words: Words) -> str:
    provider = _comparable(totals, table)
    mixed = len({table.designs.get(c.gap) for c in totals.values() if c.measured and c.gap != Gap.CUSTOMER}) > 1
    leading = widest(provider, None if mixed else chances) if len(provider) >= 2 else []
    if len(leading) == 1:
        gaps = words.list(str(c.gap) for c in provider)
        return words("charts.diagram.title.widest", name=leading[0].name, size=leading[0].size(words), gaps=gaps)
    if leading:
        names = words.list(words("charts.named_mean", name=c.name, mean=c.mean) for c in leading)
        return words(f"charts.diagram.title.{'close' if chances and not mixed else 'tied'}", names=names)
    customer = totals.get(5)
    if customer is not None and customer.hidden:
        return words("disclosure.customers")
    if customer is None or not customer.measured:
        return words("charts.diagram.title.not_measured")
    if customer.enough and customer.alike:
        return words("charts.diagram.title.alike", n=customer.n, mean=customer.mean)
    if not (customer.enough and customer.bounded):
        return words("charts.diagram.title.few", n=customer.n, mean=customer.mean)
    if len(provider) == 4:
        return words("charts.diagram.title.none", size=customer.size(words))
    desired = "_desired" if study.expectation is Battery.DESIRED else ""
    return words(f"charts.diagram.title.{customer.side}{desired}", size=customer.size(words), amount=abs(customer.mean))


def _caption(totals: Mapping[int, Cell], table: GapTable, words: Words) -> str:
    behind = (asked(c, table.designs.get(c.gap)) for c in totals.values() if c.measured)
    direct = words("charts.diagram.direct") if "direct" in table.designs.values() else ""
    measured = [c for c in totals.values() if c.measured]
    told = [
        words("charts.diagram.caption") if measured else "",
        uncertain(measured, "hollow", words),
        words("charts.diagram.dotted") if len(measured) < len(Gap) else "",
        without_interval(measured, words) if measured else "",
        _differing(totals, table, words),
        direct,
    ]
    return sentences(words, [people(words, behind), *told])


def _differing(totals: Mapping[int, Cell], table: GapTable, words: Words) -> str:
    """Boxes whose mean is another number in another gap: each gap counts those who answered both of its sides."""
    said = []
    for battery in (gap.expected for gap in Gap):
        found = list(_levels(battery, totals, table))
        if len({plain(mean) for _, mean, _ in found}) > 1:
            told = words.list(words("charts.diagram.level", gap=gap, mean=mean) for gap, mean, _ in found)
            said.append(words("charts.pair", name=words(f"charts.box.{battery}"), value=told))
    return words("charts.diagram.differs", boxes=words.list(dict.fromkeys(said))) if said else ""


def _alt(totals: Mapping[int, Cell], words: Words) -> str:
    named = ((words("charts.gap_label", gap=g, name=totals[g].name), totals[g].size(words)) for g in range(1, 6) if g in totals)
    return words("charts.diagram.alt", gaps=pairs(words, named))
