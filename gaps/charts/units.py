"""Units compared: each with its interval, sorted, and none coloured that has too few answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

from gaps.charts.cell import Cell, asked, cells, subtitle, uncertain
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, gap_axis, reach, whiskers
from gaps.charts.palette import Ink, ink
from gaps.charts.text import block, columns, hover, sentences, wrap
from gaps.computed import scores as computed
from gaps.disclosure import Minimum
from gaps.findings.disclosure import not_shown
from gaps.findings.one_gap import ENOUGH
from gaps.i18n import Words, signed
from gaps.model import Gap, Role, Study
from gaps.scoring.tables import GapTable

PRIVATE = 3  # fewer managers than this are not shown at all (methods 2.6)
MOST, END = 40, 15  # above MOST units only the END lowest and END highest are drawn
NAME = 15  # columns of a unit's name on the axis
HEAD, PAUSE = 22, 30  # pixels above the first unit, and where units are left out


@dataclass(frozen=True, slots=True)
class Comparison:
    """The units of one gap, lowest first; `drawn` are all of them or both ends; `without` have no gap, `private` and `hidden` one that is
    not shown: too few managers for a mean of units, and below the minimum by which people could be recognised."""

    gap: Gap
    design: str | None
    shown: tuple[Cell, ...]
    private: int
    without: int
    overall: Cell | None
    hidden: tuple[Cell, ...] = ()
    minimum: Minimum | None = None

    @property
    def between(self) -> int:
        """Units left out of the drawing, between the lowest and the highest."""
        return len(self.shown) - 2 * END if len(self.shown) > MOST else 0

    @property
    def drawn(self) -> tuple[Cell, ...]:
        """Units that are drawn."""
        return (*self.shown[:END], *self.shown[-END:]) if self.between else self.shown

    def enough(self, cell: Cell) -> bool:
        """Whether enough people of every role answered to judge the unit."""
        return cell.bounded and all(n >= ENOUGH[role] for role, n in asked(cell, self.design).items())


def unit_intervals(table: GapTable, study: Study, *, gap: int = 5, words: Words, dark: bool = False) -> Chart:
    """Draw one gap per unit with its 95 % interval, lowest first, over the line of all units together.

    Units below the minimum numbers of methods 2.6 are hollow and grey; with fewer than three managers a unit is left out. More than
    forty units: the fifteen lowest and the fifteen highest, and how many lie between.
    """
    units = _compare(table, Gap(gap))
    if not units.shown:
        title, why = words("charts.units.title.nothing"), words("charts.units.nothing")
        if units.hidden:
            title, why = words("disclosure.not_shown.all"), sentences(words, [*_hidden(units, words), words("disclosure.not_shown.change")])
        return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), title, "", why, title)
    canvas = _canvas(units, study, ink(dark))
    ys = canvas.yaxis["tickvals"]
    _lines(canvas, units, words)
    for y, cell in zip(ys, units.drawn, strict=True):
        canvas.text(signed(cell.mean), 1, y, xref="paper", yanchor="middle", xanchor="left", xshift=6, size=12)
    if units.between:
        place = {"xref": "paper", "yanchor": "middle", "size": 12, "colour": canvas.ink.muted}
        canvas.text(words("charts.units.between", n=units.between), 0, (ys[END - 1] + ys[END]) / 2, **place)
    _intervals(canvas, units, ys, words)
    tall = min((b - a for a, b in pairwise(ys)), default=HEAD)
    canvas.whole_rows(ys, [tall] * len(ys), [c.name for c in units.drawn])
    first, last = (words("charts.pair", name=c.name, value=c.size(words)) for c in (units.shown[0], units.shown[-1]))
    return Chart(
        canvas.figure(),
        _title(units, words),
        subtitle("units", units.drawn, words, gap=words("charts.gap_label", gap=int(gap), name=words(f"charts.gap.{int(gap)}"))),
        _caption(units, words),
        words("charts.units.alt", count=len(units.shown), first=first, last=last),
        computed.five_gaps(table, study, words, shown="units", gap=int(gap), each="unit"),
    )


def _compare(table: GapTable, gap: Gap) -> Comparison:
    design = table.designs.get(int(gap))
    every = cells(table.rows(gap=gap, unit="*", level="total"), "unit", str)
    found = [c for c in every if c.measured]
    shown = [c for c in found if asked(c, design).get(Role.MANAGERS, PRIVATE) >= PRIVATE]
    overall = next((c for c in cells(table.rows(gap=gap, level="total"), "gap", str) if c.measured), None)
    hidden = tuple(c for c in every if c.hidden)
    counts = {"private": len(found) - len(shown), "without": len(every) - len(found) - len(hidden)}
    ordered = tuple(sorted(shown, key=lambda c: (c.mean, c.name)))
    return Comparison(gap, design, ordered, **counts, overall=overall, hidden=hidden, minimum=table.minimum)


def _hidden(units: Comparison, words: Words) -> list[str]:
    roles = asked(units.hidden[0], units.design) if units.hidden else ()
    return not_shown([c.withheld for c in units.hidden], roles, units.minimum, words)


def _canvas(units: Comparison, study: Study, colours: Ink) -> Canvas:
    """Rows of one or two lines of name; the axis holds all intervals, but no more than the gaps that are possible."""
    drawn, span = units.drawn, study.instrument.scale.span
    ends = [v for c in drawn for v in ((c.low, c.high) if c.bounded else (c.mean,))] + ([units.overall.mean] if units.overall else [])
    low, high = reach([min(max(v, -span), span) for v in ends if math.isfinite(v)])
    names = [wrap(c.name, NAME, 2) for c in drawn]
    step = 34 if any(len(n) > 1 for n in names) else 25
    ys = [HEAD + step * (i + 0.5) + (PAUSE if units.between and i >= END else 0) for i in range(len(drawn))]
    widest = max(columns(line) for n in names for line in n)
    canvas = Canvas(colours, ys[-1] + step / 2 + 4, (low, high), left=max(40, min(14 + 7 * widest, 118)), right=52, bottom=30)
    canvas.xaxis = gap_axis(low, high)
    font = {"size": 12, "color": colours.text}
    canvas.yaxis = {"visible": True, "tickmode": "array", "tickvals": ys, "ticktext": [block(n) for n in names], "tickfont": font}
    return canvas


def _lines(canvas: Canvas, units: Comparison, words: Words) -> None:
    """Zero, and all answers together."""
    canvas.line(0, HEAD, 0, canvas.height, canvas.ink.line, width=1.5)
    if units.overall:
        mean = units.overall.mean
        canvas.line(mean, HEAD, mean, canvas.height, canvas.ink.text, dash="dash")
        right = mean > sum(canvas.x) / 2
        place = {"xanchor": "right" if right else "left", "xshift": 10 if right else -10}
        canvas.text(block([words("charts.units.overall", mean=mean)]), mean, 4, size=12, **place)


def _intervals(canvas: Canvas, units: Comparison, ys: list[float], words: Words) -> None:
    """Units with enough answers in the colour of their sign, the others grey and hollow."""
    drawn, enough = units.drawn, [units.enough(c) for c in units.drawn]
    means = [c.mean for c in drawn]
    counts = [words.list(words(f"charts.n.{role}", n=n) for role, n in asked(c, units.design).items()) for c in drawn]
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


def _title(units: Comparison, words: Words) -> str:
    """How many units stand out from all together, after Bonferroni over the units compared (methods 7.9)."""
    compared = [c for c in units.shown if units.enough(c) and c.se > 0]
    if len(compared) < 2 or units.overall is None:
        return words("charts.units.title.few", count=len(units.shown))
    overall, z = units.overall.mean, NormalDist().inv_cdf(1 - 0.025 / len(compared))
    below = [c for c in compared if c.mean + z * c.se < overall]
    above = [c for c in compared if c.mean - z * c.se > overall]
    values = {"count": len(compared), "mean": overall, "below": len(below), "above": len(above)}
    if not below and not above:
        return words("charts.units.title.none", **values)
    end, side = (below[0], "below") if below else (above[-1], "above")
    return words(f"charts.units.title.{side}", **values, name=end.name, size=end.size(words))


def _caption(units: Comparison, words: Words) -> str:
    few = sum(not units.enough(c) for c in units.shown)
    parts = [words("charts.units.caption", count=len(units.shown)), uncertain((c for c in units.drawn if units.enough(c)), "hollow", words)]
    if units.between:
        parts.append(words("charts.units.cut", end=END, n=units.between))
    if few:
        minimum = words.list(words(f"charts.n.{role}", n=ENOUGH[role]) for role in asked(units.shown[0], units.design))
        parts.append(words("charts.units.grey", n=few, minimum=minimum))
    if units.private:
        parts.append(words("charts.units.private", n=units.private, minimum=PRIVATE))
    if units.without:
        parts.append(words("charts.units.without", n=units.without))
    return sentences(words, parts + _hidden(units, words))
