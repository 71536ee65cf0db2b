"""How probable it is that a survey names the driver, by its size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, trace
from gaps.charts.palette import ink, tint
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words
from gaps.model import Instrument

if TYPE_CHECKING:
    from gaps.stats.naming import Naming

HEIGHT = 280
WIDE, TALL, AIR = 0.32, 0.13, 0.02  # of the narrowest drawing: what the name of the wanted chance takes, and what stays free around it
STARTS = 12  # places along the line at which it may begin
TOLD = 6  # points of the curve in the alternative text


def naming_curve(naming: Naming, instrument: Instrument | None = None, *, words: Words, dark: bool = False) -> Chart:
    """Draw the chance that the right driver is named against the number of customers or units, on a logarithmic scale.

    A dashed line marks the wanted chance, an upright one the present size, a ring the size needed; the bar beside it are the sizes needed
    at the ends of the lead's 95 % interval (an arrow: it goes on beyond the drawing). A thin dotted line is the chance that another
    driver is named instead.
    """
    from gaps.findings.planning import of_naming, sentence  # scipy comes with the first plan, not with the first page

    colours, who = ink(dark), f"charts.n.{'customers' if naming.level == 'respondent' else 'units'}"
    sizes = [p.n for p in naming.curve]
    ends = [n for n in (*sizes, naming.n, naming.low) if n and math.isfinite(n)]
    low, high = math.log10(min(ends)), math.log10(max(*ends, min(ends) * 2))
    air = (high - low) * 0.04
    canvas = Canvas(colours, HEIGHT, (low - air, high + air), left=44, right=14, top=22, bottom=46)
    ticks = _ticks(low, high)
    title = {"text": words(f"charts.naming.x.{naming.level}"), "font": {"size": 12, "color": colours.muted}, "standoff": 6}
    canvas.xaxis = {
        "tickvals": [math.log10(t) for t in ticks],
        "ticktext": [words("charts.naming.size", n=t) for t in ticks],
        "title": title,
    }
    canvas.yaxis = {
        "visible": True, "range": [-0.03, 1.03], "tickvals": [0, 0.25, 0.5, 0.75, 1], "showgrid": True, "gridcolor": colours.track,
        "ticktext": [words.percent(t) for t in (0, 0.25, 0.5, 0.75, 1)], "tickfont": {"size": 12, "color": colours.muted}, "gridwidth": 0.5,
    }  # fmt: skip
    canvas.line(0, naming.power, 1, naming.power, colours.text, dash="dash", xref="paper")
    wanted = words("charts.naming.wanted", power=naming.power)
    at, place = _free(naming, canvas.x)
    canvas.text(wanted, at, naming.power, size=12, xref="paper", **place)
    _line(canvas, sizes, [p.wrong for p in naming.curve], "wrong", words, width=1.5, dash="dot", colour=colours.muted)
    _line(canvas, sizes, [p.right for p in naming.curve], "right", words, width=3, colour=colours.text)
    _range(canvas, naming, high, words)
    if naming.n:
        _today(canvas, naming, who, (low + high) / 2, words)
    finding = of_naming(naming)
    said = sentence(finding, words, instrument)[0]
    told = naming.curve[:: max(1, len(naming.curve) // TOLD)]
    return Chart(
        canvas.figure(),
        said,
        words(f"charts.naming.subtitle.{naming.level}"),
        sentences(
            words,
            (
                words("charts.naming.legend"),
                *_range_said(naming, high, words),
                words("charts.naming.caption", draws=naming.draws, seed=naming.seed),
            ),
        ),
        words("charts.naming.alt", title=said, rows=pairs(words, ((words(who, n=p.n), words.chance(p.right)) for p in told))),
        computed.naming(naming, words),
    )


def _free(naming: Naming, x: tuple[float, float]) -> tuple[float, dict]:
    """Where on its line the name of the wanted chance begins (share of the width), above or below it: where least is drawn."""
    span = x[1] - x[0]
    _, side, at = min(
        (_crossed(naming, (x[0] + at * span, x[0] + (at + WIDE) * span), above=not side), side, at)
        for at in (k * (1 - WIDE) / STARTS for k in range(STARTS + 1))
        for side in (0, 1)
    )
    return at, {"xshift": 4} | ({"yanchor": "top", "yshift": -6} if side else {"yanchor": "bottom", "yshift": 6})


def _crossed(naming: Naming, part: tuple[float, float], *, above: bool) -> int:
    """How much of a part of the axis has a line or a mark where the name would stand; the bar on the line leaves room for it."""
    low, high = (naming.power - AIR, naming.power + TALL) if above else (naming.power - TALL, naming.power + AIR)
    places = [part[0] + (part[1] - part[0]) * k / 19 for k in range(20)]
    crossed = sum(low <= chance <= high for place in places for chance in _chances(naming, place))
    marks = [n for n in (naming.n, naming.needed) if isinstance(n, int) and n]
    return crossed + sum(20 for n in marks if part[0] - AIR <= math.log10(n) <= part[1] + AIR)


def _chances(naming: Naming, place: float) -> Iterator[float]:
    """The heights of both lines at a place of the axis."""
    points = naming.curve
    for one, two in pairwise(points):
        start, end = math.log10(one.n), math.log10(two.n)
        if start <= place <= end and end > start:
            share = (place - start) / (end - start)
            yield one.right + share * (two.right - one.right)
            yield one.wrong + share * (two.wrong - one.wrong)


def _ticks(low: float, high: float) -> list[int]:
    """Round sizes, at most six."""
    for steps in ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 5), (1, 3), (1,)):
        found = [round(m * 10**k) for k in range(math.floor(low), math.ceil(high) + 1) for m in steps]
        found = [n for n in found if low - 0.02 <= math.log10(n) <= high + 0.02]
        if len(found) <= 6:
            break
    return found


def _line(canvas: Canvas, sizes: Sequence[int], chances: Sequence[float], key: str, words: Words, **line: object) -> None:
    style = {"color": line.pop("colour"), **line}
    texts = [hover(words(f"charts.naming.point.{key}", n=n, chance=c)) for n, c in zip(sizes, chances, strict=True)]
    xs = [math.log10(n) for n in sizes]
    canvas.add(
        trace("scatter",
            x=xs, y=list(chances), mode="lines", line=style, hoverinfo="text", hovertext=texts, customdata=list(sizes),
            name=words(f"charts.naming.{key}"), cliponaxis=False,
        )
    )  # fmt: skip


def _range(canvas: Canvas, naming: Naming, high: float, words: Words) -> None:
    """The size needed, and what it may be as uncertain as the lead is."""
    colours = canvas.ink
    if math.isfinite(naming.low):
        beyond = _beyond(naming, high)
        end = canvas.x[1] if beyond else math.log10(naming.high)
        start = min(math.log10(naming.low), high)
        canvas.line(start, naming.power, end, naming.power, tint(colours.surplus, 0.45), width=7)
        if beyond:
            canvas.text("▶", 1, naming.power, xref="paper", xanchor="right", yanchor="middle", size=18, colour=colours.surplus, xshift=10)
    if isinstance(naming.needed, int):
        canvas.marks(
            [math.log10(naming.needed)],
            [naming.power],
            [hover(words("charts.naming.point.right", n=naming.needed, chance=naming.power))],
            ["needed"],
            colour=colours.text,
            size=13,
            hollow=[True],
            name=words("charts.naming.needed"),
        )


def _range_said(naming: Naming, high: float, words: Words) -> Iterator[str]:
    """What the bar spans, and whether it is drawn to its end."""
    from gaps.findings.planning import about

    if not math.isfinite(naming.low):
        return
    low = about(naming.low, down=True)
    if math.isfinite(naming.high):
        yield words("charts.naming.bar", low=low, high=about(naming.high))
    else:
        yield words("charts.naming.bar_open", low=low)
    if _beyond(naming, high):
        yield words("charts.naming.beyond")


def _beyond(naming: Naming, high: float) -> bool:
    """Whether the sizes that may be needed go on beyond the drawing."""
    return math.isfinite(naming.low) and not (math.isfinite(naming.high) and math.log10(naming.high) <= high)


def _today(canvas: Canvas, naming: Naming, who: str, middle: float, words: Words) -> None:
    x, left = math.log10(naming.n), math.log10(naming.n) > middle
    canvas.line(x, 0, x, 1, canvas.ink.surplus, width=1.5, yref="paper")
    text = words("charts.naming.today", who=words(who, n=naming.n), chance=naming.now)
    canvas.text(
        text, x, 1, yref="paper", yanchor="bottom", xanchor="right" if left else "left", size=12, bold=True, colour=canvas.ink.surplus
    )
    canvas.marks(
        [x], [naming.now], [hover(text)], ["today"], colour=canvas.ink.surplus, symbol="diamond", size=12, name=words("charts.naming.now")
    )
