"""Small multiples over the waves: one line chart per dimension on one scale, each with the verdict on its change."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gaps.charts.cell import Cell, cells, dimension_name, subtitle, uncertain, without_interval
from gaps.charts.chart import Chart
from gaps.charts.layout import LINE, Canvas, reach, steps
from gaps.charts.palette import ink
from gaps.charts.text import block, hover, pairs, sentences, wrap
from gaps.computed import comparisons as computed
from gaps.disclosure.minimum import HIDDEN
from gaps.findings.movement import CHANGED, movement
from gaps.i18n import Words, signed
from gaps.model import Study
from gaps.scoring.tables import GapTable

BODY, AIR = 76, 14  # pixels of a panel's lines, and between panels
MOST_LABELS = 5
MARK = 6  # pixels: of a larger one no whisker would be seen


def wave_panels(
    table: GapTable, changes, study: Study, *, before: str, after: str, gap: int = 5, words: Words, dark: bool = False
) -> Chart:
    """Draw a gap over the waves, one panel per dimension, all on one scale with zero in view and 95 % intervals.

    changes: result for the pair `before`, `after`, whose verdict (corrected over the dimensions) stands in each panel's title.
    """
    order = {wave: k for k, wave in enumerate(study.waves)}
    found: dict[str, list[Cell]] = {}
    for d in study.instrument.dimensions:
        rows = table.rows(gap=gap, wave="*", level="dimension", dimension=d.id)
        shown = [c for c in cells(rows, "wave", str) if c.measured]
        if len(shown) > 1:
            found[d.id] = sorted(shown, key=lambda c: order.get(c.name, len(order)))
    label = words("charts.gap_label", gap=gap, name=words(f"charts.gap.{gap}"))
    verdicts = _verdicts(changes, before, after, gap)
    told = [(dimension_name(study, id, words.language), _verdict(verdicts.get(id), words)) for id in found]
    if not found:
        hidden = table.rows(gap=gap, wave="*", level="dimension")["withheld"].isin(HIDDEN).any()
        nothing = words(f"charts.panels.{'hidden' if hidden else 'nothing'}")
        return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), nothing, "", "", nothing)
    drawn = [c for some in found.values() for c in some]
    judged = any(row["standing"] for row in verdicts.values())
    return Chart(
        _draw(found, told, {id for id, row in verdicts.items() if row["standing"] in CHANGED}, order, words, dark),
        _title(verdicts, dict(zip(found, (name for name, _ in told), strict=True)), before, after, words),
        subtitle("panels", drawn, words, gap=label),
        sentences(
            words,
            [
                words("charts.panels.caption", before=before, after=after),
                words("compare.chart.interval") if judged else "",
                uncertain(drawn, "hollow", words),
                _hidden(drawn, words),
                without_interval(drawn, words),
            ],
        ),
        words("charts.panels.alt", gap=label, rows=pairs(words, told)),
        computed.waves(changes, before, after, words, shown="panels"),
    )


def _draw(found: Mapping[str, list[Cell]], told: list[tuple[str, str]], changed: set, order: Mapping[str, int], words: Words, dark: bool):
    colours = ink(dark)
    low, high = _range([c for some in found.values() for c in some])
    heights = [LINE * 2 + 6 + BODY + AIR] * len(found)
    last = len(order) - 1
    canvas = Canvas(colours, sum(heights), (-0.35, last + 0.35), left=44, right=14, top=4, bottom=40)
    every = max(1, math.ceil(len(order) / MOST_LABELS))
    names = list(order)
    ticks = [k for k in range(len(names)) if (last - k) % every == 0]
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [block(wrap(names[k], 10, 2)) for k in ticks]}
    values, labels = [], []
    for k, ((id, some), (name, said)) in enumerate(zip(found.items(), told, strict=True)):
        top = sum(heights[:k])
        start = top + LINE * 2 + 6

        def y(value: float, start: float = start) -> float:
            return start + (high - value) / (high - low) * BODY

        canvas.text(block([name]), 0, top, xref="paper", xshift=-40, bold=True)
        canvas.text(block([said]), 0, top + LINE, xref="paper", xshift=-40, colour=None if id in changed else colours.muted)
        canvas.rect(-0.35, start, last + 0.35, start + BODY, colours.panel)
        canvas.line(0, y(0), 1, y(0), colours.line, width=1.5, xref="paper")
        for tick in steps(low, high, 3):
            values.append(y(tick))
            labels.append(signed(tick, 1))
        for c in some:
            if c.bounded:
                canvas.line(order[c.name], y(c.low), order[c.name], y(c.high), colours.text, width=2)
        canvas.marks(
            [order[c.name] for c in some],
            [y(c.mean) for c in some],
            [hover(name, c.name, c.size(words), words("charts.n_equals", n=c.n)) for c in some],
            [id] * len(some),
            colour=[colours.sign(c.mean) for c in some],
            hollow=[not c.sure for c in some],
            size=MARK,
            mode="lines+markers",
        )
    font = {"size": 11, "color": colours.muted}
    canvas.yaxis = {"visible": True, "tickmode": "array", "tickvals": values, "ticktext": labels, "tickfont": font}
    return canvas.figure()


def _range(drawn: list[Cell]) -> tuple[float, float]:
    return reach([v for c in drawn for v in (c.low, c.high, c.mean)], air=0.04)


def _hidden(drawn: list[Cell], words: Words) -> str:
    """That marks hide whiskers, where they do."""
    low, high = _range(drawn)
    short = any((c.high - c.low) / (high - low) * BODY <= MARK for c in drawn if c.bounded)
    return words("charts.marks.hidden") if short else ""


def _verdicts(changes, before: str, after: str, gap: int) -> Mapping[str, dict]:
    rows = changes.between(before, after)
    rows = rows[rows["gap"].eq(gap) & rows["measure"].eq("gap") & rows["dimension"].notna()]
    return {row["dimension"]: row for row in rows.to_dict("records")}


def _verdict(row: dict | None, words: Words) -> str:
    if row is None or not row["standing"]:
        return words("charts.panels.verdict.unjudged")
    interval = words.interval(row["low"], row["high"])
    if row["standing"] not in CHANGED:
        return words("charts.panels.verdict.open", change=row["change"], interval=interval)
    return words(f"charts.panels.verdict.{movement(row['before'], row['after'])}", size=abs(row["change"]), interval=interval)


def _title(verdicts: Mapping[str, dict], names: Mapping[str, str], before: str, after: str, words: Words) -> str:
    """Which dimensions changed, and by how much; or that none can be shown to."""
    rows = {id: verdicts[id] for id in names if id in verdicts}
    ways: dict[str, list[str]] = {}
    for id, row in rows.items():
        if row["standing"] in CHANGED:
            one = {"size": abs(row["change"]), "interval": words.interval(row["low"], row["high"])}
            ways.setdefault(movement(row["before"], row["after"]), []).append(words("charts.panels.changed.one", name=names[id], **one))
    changed = ("；" if words.language == "zh" else "; ").join(
        words(f"charts.panels.changed.{way}", names=words.list(some)) for way, some in ways.items()
    )
    key = "unjudged" if not any(row["standing"] for row in rows.values()) else "some" if ways else "none"
    return words(f"charts.panels.title.{key}", before=before, after=after, changed=changed, count=len(names))
