"""Units compared: each with its interval, sorted, and none coloured that has too few answers."""

from __future__ import annotations

import math
from statistics import NormalDist

from gaps.charts.cell import Cell, cells
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, gap_axis, reach, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import block, columns, hover, sentences, wrap
from gaps.i18n import Words, signed
from gaps.model import Gap, Role, Study
from gaps.scoring.tables import GapTable

ENOUGH = {Role.CUSTOMERS: 30, Role.MANAGERS: 5, Role.EMPLOYEES: 10}  # methods 2.6: fewer are not coloured
PRIVATE = 3  # fewer managers than this are not shown at all (methods 2.6)
MOST, END = 40, 15  # above MOST units only the END lowest and END highest are drawn
NAME = 15  # columns of a unit's name on the axis


def unit_intervals(table: GapTable, study: Study, *, gap: int = 5, words: Words, dark: bool = False) -> Chart:
    """Draw one gap per unit with its 95 % interval, lowest first, over the line of all units together.

    Units below the minimum numbers of methods 2.6 are hollow and grey; with fewer than three managers a unit is left out. More than
    forty units: the fifteen lowest and the fifteen highest, and how many lie between.
    """
    kind = Gap(gap)
    found = cells(table.rows(gap=gap, unit="*", level="total"), "unit", str)
    private = [c for c in found if c.measured and _private(c, kind)]
    shown = sorted((c for c in found if c.measured and not _private(c, kind)), key=lambda c: (c.mean, c.name))
    overall = next(iter(cells(table.rows(gap=gap, level="total"), "gap", str)), None)
    if len(shown) < 1:
        return _nothing(kind, study, words, dark)
    left_out = max(len(shown) - 2 * END, 0) if len(shown) > MOST else 0
    drawn = [*shown[:END], *shown[-END:]] if left_out else shown
    return _draw(drawn, shown, left_out, len(private), overall, kind, study, words, dark)


def _draw(drawn, shown, left_out: int, private: int, overall: Cell | None, kind: Gap, study: Study, words: Words, dark: bool) -> Chart:
    colours, span = ink(dark), study.instrument.scale.span
    ends = [v for c in drawn for v in ((c.low, c.high) if c.bounded else (c.mean,))] + (
        [overall.mean] if overall and overall.measured else []
    )
    low, high = reach([min(max(v, -span), span) for v in ends if math.isfinite(v)])
    names = [wrap(c.name, NAME, 2) for c in drawn]
    step = 34 if any(len(n) > 1 for n in names) else 25
    pause = 30 if left_out else 0
    ys = [26 + step * i + (pause if left_out and i >= END else 0) + step / 2 for i in range(len(drawn))]
    height = ys[-1] + step / 2 + 4
    widest_name = max(columns(line) for n in names for line in n)
    canvas = Canvas(colours, height, (low, high), left=max(40, min(14 + 7 * widest_name, 118)), right=52, bottom=30)
    canvas.xaxis = gap_axis(low, high)
    canvas.yaxis = {
        "visible": True,
        "tickmode": "array",
        "tickvals": ys,
        "ticktext": [block(n) for n in names],
        "tickfont": {"size": 12, "color": colours.text},
    }
    canvas.line(0, 22, 0, height, colours.line, width=1.5)
    if overall and overall.measured:
        canvas.line(overall.mean, 22, overall.mean, height, colours.text, dash="dash")
        label = words("charts.units.overall", mean=overall.mean)
        right = overall.mean > (low + high) / 2
        canvas.text(label, overall.mean, 4, xanchor="right" if right else "left", size=12, colour=colours.text, xshift=10 if right else -10)
    for y, cell in zip(ys, drawn, strict=True):
        canvas.text(signed(cell.mean), 1, y, xref="paper", yanchor="middle", xanchor="left", xshift=6, size=12)
    if left_out:
        place = {"xref": "paper", "yanchor": "middle", "size": 12, "colour": colours.muted}
        canvas.text(words("charts.units.between", n=left_out), 0, ys[END - 1] + (step + pause) / 2, **place)
    _intervals(canvas, drawn, ys, kind, words)
    few = sum(not _enough(c, kind) for c in shown)
    return Chart(
        canvas.figure(),
        _title(shown, overall, kind, words),
        words("charts.units.subtitle", gap=words("charts.gap_label", gap=int(kind), name=words(f"charts.gap.{int(kind)}"))),
        _caption(shown, few, private, left_out, kind, words),
        words("charts.units.alt", count=len(shown), first=_said(shown[0], words), last=_said(shown[-1], words)),
    )


def _said(cell: Cell, words: Words) -> str:
    return words("charts.pair", name=cell.name, value=cell.size(words))


def _nothing(kind: Gap, study: Study, words: Words, dark: bool) -> Chart:
    title = words("charts.units.title.nothing")
    return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), title, "", words("charts.units.nothing"), title)


def _counts(cell: Cell, kind: Gap) -> dict[Role, int]:
    counts = {kind.expected.role: cell.n_expected}
    counts[kind.achieved.role] = min(cell.n_achieved, counts.get(kind.achieved.role, cell.n_achieved))
    return counts


def _enough(cell: Cell, kind: Gap) -> bool:
    return cell.bounded and all(n >= ENOUGH[role] for role, n in _counts(cell, kind).items())


def _private(cell: Cell, kind: Gap) -> bool:
    return _counts(cell, kind).get(Role.MANAGERS, PRIVATE) < PRIVATE


def _intervals(canvas: Canvas, drawn: list[Cell], ys: list[float], kind: Gap, words: Words) -> None:
    """Units with enough answers in the colour of their sign, the others grey and hollow."""
    means, enough = [c.mean for c in drawn], [_enough(c, kind) for c in drawn]
    counts = [
        words("charts.n_equals", n=c.n) if kind.paired else words("charts.units.hover", n_expected=c.n_expected, n_achieved=c.n_achieved)
        for c in drawn
    ]
    few = words("charts.units.few")
    canvas.marks(
        means,
        ys,
        [hover(c.name, c.size(words), n, "" if e else few) for c, n, e in zip(drawn, counts, enough, strict=True)],
        [c.name for c in drawn],
        colour=[canvas.ink.sign(c.mean) if e else canvas.ink.neutral for c, e in zip(drawn, enough, strict=True)],
        hollow=[not (e and c.sure) for c, e in zip(drawn, enough, strict=True)],
        size=10,
        error_x=whiskers(means, [c.low for c in drawn], [c.high for c in drawn], canvas.ink.line),
    )


def _title(shown: list[Cell], overall: Cell | None, kind: Gap, words: Words) -> str:
    """How many units stand out from all together, after Bonferroni over the units compared (methods 7.9)."""
    compared = [c for c in shown if _enough(c, kind) and c.se > 0]
    if len(compared) < 2 or overall is None or not overall.measured:
        return words("charts.units.title.few", count=len(shown))
    z = NormalDist().inv_cdf(1 - 0.025 / len(compared))
    below = [c for c in compared if c.mean + z * c.se < overall.mean]
    above = [c for c in compared if c.mean - z * c.se > overall.mean]
    values = {"count": len(compared), "mean": overall.mean, "below": len(below), "above": len(above)}
    if not below and not above:
        return words("charts.units.title.none", **values)
    if below:
        return words("charts.units.title.below", **values, name=below[0].name, size=below[0].size(words))
    return words("charts.units.title.above", **values, name=above[-1].name, size=above[-1].size(words))


def _caption(shown: list[Cell], few: int, private: int, left_out: int, kind: Gap, words: Words) -> str:
    parts = [words("charts.units.caption", count=len(shown))]
    if left_out:
        parts.append(words("charts.units.cut", end=END, n=left_out))
    if few:
        minimum = words.list(words(f"charts.n.{role}", n=ENOUGH[role]) for role in dict.fromkeys((kind.expected.role, kind.achieved.role)))
        parts.append(words("charts.units.grey", n=few, minimum=minimum))
    if private:
        parts.append(words("charts.units.private", n=private, minimum=PRIVATE))
    return sentences(words, parts)
