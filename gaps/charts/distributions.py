"""The answers behind a mean: for each item how they are spread over the scale, battery by battery, under each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gaps.charts.brackets import hides
from gaps.charts.cell import FEW_FOR_INTERVAL, Cell, cells, turned
from gaps.charts.chart import Chart
from gaps.charts.layout import LINE, Canvas, Row, Rows, scale_axis, trace, whiskers
from gaps.charts.palette import MARKS, ink, tint
from gaps.charts.text import block, clauses, hover, pairs, sentences, wrap
from gaps.computed import scores as computed
from gaps.i18n import Words, plain
from gaps.model import Battery, Gap, Role, Study
from gaps.scoring.tables import GapTable

if TYPE_CHECKING:
    from gaps.stats.humps import ItemDistributions

BAR, MEAN = 30, 15  # pixels of the highest bar, and of the lane below it where the mean stands
SUB = 15  # pixels of a line of small text
AIR = 16
MARK = 7
SMALL, BOLD = 46, 40  # columns of small text on a 320 pixel phone
MOST = 24  # items in one figure: more of them are given in parts


@dataclass(frozen=True, slots=True)
class Block:
    """One item as it is drawn: its label, what is said below it, and where its lanes begin."""

    item: int
    name: str
    cell: Cell | None
    row: Row
    notes: tuple[str, ...]
    humps: tuple[str, ...]
    lanes: float


def parts(items: Sequence[int], most: int = MOST) -> list[list[int]]:
    """Items in parts of about equal length, each of at most `most`, in their order."""
    count = math.ceil(len(items) / most)
    return [list(part) for part in np.array_split(np.array(items, int), count)] if items else []


def item_distributions(
    found: ItemDistributions,
    table: GapTable,
    study: Study,
    *,
    items: Sequence[int],
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw for each item of `items` the shares of its answers as bars, expectation above perception, on the question's own scale.

    Below each row of bars its mean with the 95 % interval; beside the item's name the gap. Strong bars and a sentence: two-humped answers
    (`gaps.stats.humps`). All bars of a figure have one height per share. `narrow`: for a phone.
    """
    colours, scale = ink(dark), study.instrument.scale
    batteries = found.found.batteries
    shown = [item for item in items if any(_answered(found, battery, item) for battery in batteries)]
    blocks = _blocks(found, table, study, shown, batteries, narrow, words)
    highest = max((float(np.nanmax(found.found.shares(b, i))) for i in shown for b in batteries if _answered(found, b, i)), default=1.0)
    edge = found.found.width / 2
    air = scale.span * 0.02
    finish = blocks[-1].lanes + (BAR + MEAN) * len(batteries) if blocks else 40
    key = "gap" if any(b.cell is not None and b.cell.measured for b in blocks) else "alone"
    span = (scale.min - max(edge, air), scale.max + max(edge, air)) if found.found.width == 1 else (scale.min - air, scale.max + air)
    canvas = Canvas(colours, finish, span, top=30, bottom=30, legend=bool(blocks))
    canvas.xaxis = scale_axis(scale.min, scale.max)
    for one in blocks:
        _labels(canvas, one)
        for k in range(len(batteries)):
            y = one.lanes + (BAR + MEAN) * k + BAR
            canvas.line(span[0], y, span[1], y, colours.track)
    for k, battery in enumerate(batteries):
        _bars(canvas, found, blocks, battery, k, highest, words)
        _means(canvas, found, blocks, battery, k, words)
    means = (found.found.mean_of(b, item=one.item) for one in blocks for b in batteries)
    whisker_ends = [_ends(row) for row in means if row is not None]
    bounded = any(math.isfinite(end) for ends in whisker_ends for end in ends)
    hidden = words("charts.marks.hidden") if hides(whisker_ends, span, narrow=narrow, size=MARK) else ""
    return Chart(
        canvas.figure() if blocks else Canvas(colours, 40, (-1, 1)).figure(),
        _title(found, shown, words),
        words(f"dimensions.spread.subtitle.{key}{'' if bounded else '_few'}", min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(words, [_caption(found, shown, highest, words), hidden, turned(study, shown, words)]),
        words("dimensions.spread.alt", rows=pairs(words, ((b.name, _told(found, b, batteries, words)) for b in blocks))),
        computed.answers(found, items, study, words),
    )


def _answered(found: ItemDistributions, battery: Battery, item: int) -> bool:
    row = found.found.mean_of(battery, item=item)
    return row is not None and row["n"] > 0


def _blocks(
    found: ItemDistributions, table: GapTable, study: Study, items: Sequence[int], batteries, narrow: bool, words: Words
) -> list[Block]:
    """Stack the items: label, n and missing, what is said of humps, then a lane for each battery."""
    labels = {i.number: i.label(words.language) for i in study.instrument.items}
    gaps = {int(c.key): c for c in cells(table.rows(gap=Gap.CUSTOMER, level="item"), "item", str)}
    names = [f"{item} {labels.get(item, '')}".strip() for item in items]
    sizes = [gaps[item].size(words) if item in gaps and gaps[item].measured else "" for item in items]
    stacked, top = [], 4.0
    for item, name, size in zip(items, names, sizes, strict=True):
        row = Rows.of([name], [size], body=0, gap=0, start=top, narrow=narrow).rows[0]
        notes = wrap(_counts(found, batteries, item, words), SMALL, 2)
        humps = [line for text in two_humped(found, item, words) for line in wrap(text, BOLD, 3)]
        lanes = top + LINE * len(row.lines) + SUB * (len(notes) + len(humps)) + 4
        stacked.append(Block(item, name, gaps.get(item), row, tuple(notes), tuple(humps), lanes))
        top = lanes + (BAR + MEAN) * len(batteries) + AIR
    return stacked


def _counts(found: ItemDistributions, batteries: Sequence[Battery], item: int, words: Words) -> str:
    rows = {b: r for b in batteries if (r := found.found.mean_of(b, item=item)) is not None}
    first = next(iter(rows.values()))
    key = "both" if found.found.paired else "one"
    said = words(f"dimensions.spread.n.{key}", n=int(first["n"]), missing=int(first["missing"]))
    if Battery.ADEQUATE in rows and len(rows) > 1:
        own = rows[Battery.ADEQUATE]
        return clauses(words, [said, words("dimensions.spread.n.adequate", n=int(own["n"]))])
    return said


def two_humped(found: ItemDistributions, item: int, words: Words, key: str = "dimensions.spread.humped") -> list[str]:
    """What is said of an item's two-humped answers, a sentence of this key for each battery that has them."""
    return [
        words(
            key,
            battery=words(f"charts.battery.{r['battery']}"),
            below=r["share_below"],
            above=r["share_above"],
            low=point(r["below_to"]),
            high=point(r["above_from"]),
        )
        for r in found.two_humped.get(item, ())
    ]


def point(value: float) -> str:
    """A place on the scale: whole where it is, else with one digit."""
    return plain(value, 0 if float(value).is_integer() else 1)


def _labels(canvas: Canvas, one: Block) -> None:
    canvas.label(one.row, bold=False)
    y = one.row.top + LINE * len(one.row.lines)
    canvas.text(block(one.notes), 0, y, xref="paper", size=12, colour=canvas.ink.muted)
    if one.humps:
        canvas.text(block(one.humps), 0, y + SUB * len(one.notes), xref="paper", size=12, bold=True)


def _bars(
    canvas: Canvas, found: ItemDistributions, blocks: Sequence[Block], battery: Battery, k: int, highest: float, words: Words
) -> None:
    """The shares as bars upwards, the two-humped ones strong, the others faint."""
    name = words(f"charts.battery.{battery}")
    middles = found.found.middles.tolist()
    answers = [(float(middle), point(float(middle))) for middle in middles]
    for strong in (False, True):
        xs, heights, bases, told = [], [], [], []
        for one in blocks:
            counts, shares = (of(battery, one.item).tolist() for of in (found.found.counts, found.found.shares))
            if found.humped(battery, one.item) is not strong or not counts:
                continue
            base = one.lanes + (BAR + MEAN) * k + BAR
            for (answer, said), n, share in zip(answers, counts, shares, strict=True):
                if n:
                    xs.append(answer)
                    heights.append(-round(BAR * share / highest, 1))
                    bases.append(base)
                    told.append(hover(words("dimensions.spread.bar", battery=name, answer=said, share=share, n=n)))
        if xs:
            colour = canvas.ink.of(battery)
            canvas.add(
                trace("bar",
                    x=xs, y=heights, base=bases, width=0.8 * found.found.width, offset=-0.4 * found.found.width,
                    hoverinfo="text", hovertext=told,
                    marker={"color": colour if strong else tint(colour, 0.45), "line": {"width": 1, "color": colour}},
                    showlegend=False,
                )
            )  # fmt: skip


def _means(canvas: Canvas, found: ItemDistributions, blocks: Sequence[Block], battery: Battery, k: int, words: Words) -> None:
    rows = [(one, found.found.mean_of(battery, item=one.item)) for one in blocks]
    rows = [(one, row) for one, row in rows if row is not None and row["n"] > 0]
    means, ends = [float(row["mean"]) for _, row in rows], [_ends(row) for _, row in rows]
    canvas.marks(
        means,
        [one.lanes + (BAR + MEAN) * k + BAR + MEAN / 2 for one, _ in rows],
        [hover(one.name, _mean(row, battery, words)) for one, row in rows],
        [one.item for one, _ in rows],
        colour=canvas.ink.of(battery),
        symbol=MARKS[battery],
        size=MARK,
        name=words("dimensions.spread.mean", battery=words(f"charts.battery.{battery}")),
        error_x=whiskers(means, [low for low, _ in ends], [high for _, high in ends], canvas.ink.of(battery), cap=3),
    )


def _ends(row: Mapping[str, float]) -> tuple[float, float]:
    """A mean's interval; none where so few answered that their gap has none either."""
    return (math.nan, math.nan) if row["n"] < FEW_FOR_INTERVAL[Role.CUSTOMERS] else (float(row["low"]), float(row["high"]))


def _mean(row: Mapping[str, float], battery: Battery, words: Words) -> str:
    name = words(f"charts.battery.{battery}")
    if not all(math.isfinite(end) for end in _ends(row)):
        return words("dimensions.side_alone", battery=name, mean=row["mean"])
    return words("dimensions.side", battery=name, mean=row["mean"], low=row["low"], high=row["high"])


def _told(found: ItemDistributions, one: Block, batteries: Sequence[Battery], words: Words) -> str:
    rows = [(b, found.found.mean_of(b, item=one.item)) for b in batteries]
    said = [_mean(row, b, words).rstrip("。.") for b, row in rows if row is not None and row["n"] > 0]
    return clauses(words, [*said, *(text.rstrip("。.") for text in one.humps)])


def _title(found: ItemDistributions, items: Sequence[int], words: Words) -> str:
    frame = found.humps[found.humps["item"].isin(list(items))]
    judged = int(frame["n"].ge(found.least).sum())
    if not judged:
        return words("dimensions.spread.title.few", least=found.least)
    humped = frame[frame["humped"]]["item"].nunique()
    key = "some" if humped else "none"
    return words(f"dimensions.spread.title.{key}", humped=humped, items=len(items))


def _caption(found: ItemDistributions, items: Sequence[int], highest: float, words: Words) -> str:
    parts = [words("dimensions.spread.caption", highest=highest)]
    if found.humps[found.humps["item"].isin(list(items))]["humped"].any():
        parts.append(words("dimensions.spread.strong"))
    if found.found.width != 1:
        parts.append(words("dimensions.spread.binned", width=plain(found.found.width, 1)))
    return sentences(words, parts)
