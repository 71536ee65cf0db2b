"""Units, segments and waves against the rest: who stands apart, and who cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from gaps.charts.cell import turned
from gaps.charts.chart import Chart
from gaps.charts.forest import ABOVE, BELOW, END, MOST, OPEN, SYMBOLS, UNJUDGED, Line, colour, ends, forest
from gaps.charts.layout import Canvas, gap_axis, reach, trace, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import block, columns, hover, pairs, sentences, wrap
from gaps.computed import Computed
from gaps.computed import comparisons as computed
from gaps.findings import CERTAINTY
from gaps.findings.disclosure import not_shown
from gaps.i18n import Words, plain, signed
from gaps.model import UNIT, WAVE, Role, Study, natural_order

GAP = "gap"
NAME, WIDE = (15, 118), (28, 210)  # columns and pixels of a unit's name on the axis: of a phone, of a wide page
LEGEND = 42  # pixels for two lines above the drawing: on a phone both kinds of marks are named below each other
PHONE, LETTER, AIR = 288, 6.4, 10  # pixels: of a drawing on a 320 pixel phone, a column of small text, of a text beyond its line
HEAD, PAUSE, STEP, TALL = 22, 30, 21, 32  # pixels above the first unit, where units are left out, of a row of one and of two lines


@dataclass(frozen=True, slots=True)
class Place:
    """One group: its difference from the rest, where it stands after correction, its mean, and for units the mean drawn towards all."""

    name: str
    n: int
    mean: float
    difference: float
    low: float
    high: float
    standing: str
    shrunk: float = math.nan
    shrunk_low: float = math.nan
    shrunk_high: float = math.nan
    funnel: tuple[float, float] = (math.nan, math.nan)


def standings(
    contrasts,
    study: Study,
    *,
    by: str,
    measure: str = GAP,
    dimension: str | None = None,
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw each group against the rest.

    Units of which there are enough: filled the mean as measured, which is the one printed and spoken of; hollow the mean drawn towards
    that of all (by as much as chance may have moved it) with its interval, by which they are ordered; below them the band in which a unit
    of that size lies by chance alone. Lowest first, above forty units the fifteen lowest and highest. Other groups: differences from the
    rest with intervals, waves and segment values in their own order. `narrow`: for a phone.
    """
    found = _places(contrasts, by, measure, dimension)
    hidden = not_shown(contrasts.of(by, measure, dimension)["withheld"], [Role.CUSTOMERS], contrasts.minimum, words)
    what = name_of(measure, dimension, study, words)
    if not found:
        nothing = words("disclosure.not_shown.all" if hidden else "compare.chart.nothing")
        return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), nothing, "", sentences(words, hidden), nothing)
    title, few = _title(by, found, contrasts.judged, words), sum(p.standing == UNJUDGED for p in found)
    if by == UNIT and sum(math.isfinite(p.shrunk) for p in found) == len(found):
        overall = contrasts.spread
        overall = overall[overall["measure"].eq(measure) & overall["item"].isna() & _of(overall, dimension)].iloc[0]["overall"]
        how = computed.groups(contrasts, contrasts.of(by, measure, dimension), study, words, drawn="shrunken")
        return _caterpillar(found, float(overall), title, what, measure, contrasts.judged, few, hidden, how, narrow, words, dark)
    ordered = sorted(found, key=lambda p: (p.difference, p.name)) if by == UNIT or len(found) > MOST else found
    drawn, between = ends(ordered)
    lines = [_line(p, words) for p in drawn]
    caption = _meaning(lines, words)
    if between:
        caption.append(_left_out(between, words))
    if few:
        caption.append(words("compare.chart.unjudged", n=few, judged=contrasts.judged))
    return Chart(
        forest(lines, words, dark=dark, narrow=narrow, whole=by == UNIT).figure(),
        title,
        _differences(lines, what, words),
        sentences(words, caption + hidden),
        words("compare.chart.alt", rows=pairs(words, ((line.name, line.size(words)) for line in lines))),
        computed.groups(contrasts, contrasts.of(by, measure, dimension), study, words, drawn="differences"),
    )


def items_apart(
    contrasts, study: Study, *, by: str, group: str, most: int | None = None, narrow: bool = True, words: Words, dark: bool = False
) -> Chart:
    """Draw one group's items against the rest, lowest first; `most`: only so many, those furthest from the rest; `narrow`: for a phone."""
    measure = GAP if contrasts.frame["measure"].eq(GAP).any() else "perception"
    rows = contrasts.rows(by, measure=measure, level="item", group=group).dropna(subset=["difference"]).sort_values("difference")
    lines = [
        Line(
            study.instrument.item(int(row["item"])).label(words.language), row["difference"], row["low"], row["high"], row["standing"],
            words("compare.chart.hover", n=int(row["n"]), standing=words(f"compare.standing.{row['standing'] or 'unjudged'}")),
            str(int(row["item"])),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    title, marks = _of_items(group, lines, contrasts.judged, words)
    cut = [words("compare.chart.items_most", most=most, items=len(lines))] if most and len(lines) > most else []
    if cut:
        furthest = sorted(lines, key=lambda line: -abs(line.value))[:most]
        lines = [line for line in lines if line in furthest]
    what = name_of(measure, None, study, words, total=False)
    return Chart(
        forest(lines, words, dark=dark, brief=True, narrow=narrow).figure(),
        title,
        _differences(lines, what, words),
        sentences(
            words,
            [
                *marks,
                *cut,
                turned(study, map(int, rows["item"]), words),
            ],
        ),
        words("compare.chart.alt", rows=pairs(words, ((line.name, line.size(words)) for line in lines))),
        computed.groups(contrasts, rows, study, words, drawn="differences"),
    )


def _of_items(group: str, lines: Sequence[Line], judged: int, words: Words) -> tuple[str, list[str]]:
    """How many of the items that can be judged stand apart, and what the marks mean; where none can be judged, that."""
    counts = {standing: sum(line.standing == standing for line in lines) for standing in (BELOW, ABOVE, UNJUDGED)}
    few = counts.pop(UNJUDGED)
    unjudged = [words("compare.chart.items_unjudged", n=few, judged=judged)] if few else []
    if lines and few == len(lines):
        return words("compare.chart.items_few", group=group, items=few, judged=judged), unjudged
    title = words("compare.chart.items_title", group=group, items=len(lines) - few, **counts)
    return title, [*_meaning(lines, words), words("compare.chart.items"), *unjudged]


def _differences(lines: Sequence[Line], what: str, words: Words) -> str:
    return _headed(
        words("compare.chart.differences" if any(line.bounded for line in lines) else "compare.chart.differences_few", what=what)
    )


def _meaning(lines: Sequence[Line], words: Words) -> list[str]:
    """What marks and intervals mean, where there are such."""
    parts = [words("compare.chart.marks")] if any(line.standing != UNJUDGED for line in lines) else []
    return [*parts, words("compare.chart.interval")] if parts and any(line.bounded for line in lines) else parts


def name_of(measure: str, dimension: str | None, study: Study, words: Words, *, total: bool = True) -> str:
    """What is compared, by its name: gap 5 in a dimension, an outcome."""
    if measure in study.outcomes:
        return words(f"findings.outcome_name.{measure}")
    name = words("findings.gap_name.5") if measure == GAP else words("compare.measure.perception")
    if dimension is None:
        return words("charts.in_dimension", gap=name, name=words("compare.measure.total")) if total else name
    return words("charts.in_dimension", gap=name, name=study.instrument.dimension(dimension).name(words.language))


def _headed(text: str) -> str:
    return text[:1].upper() + text[1:]


def _of(frame: pd.DataFrame, dimension: str | None) -> pd.Series:
    return frame["dimension"].isna() if dimension is None else frame["dimension"].eq(dimension)


def _places(contrasts, by: str, measure: str, dimension: str | None) -> list[Place]:
    rows = contrasts.of(by, measure, dimension).dropna(subset=["mean"])
    units: Mapping[str, dict] = {}
    if by == UNIT and len(contrasts.units):
        u = contrasts.units
        u = u[u["measure"].eq(measure) & u["item"].isna() & _of(u, dimension)]
        units = {row["unit"]: row for row in u.to_dict("records")}
    return [
        Place(
            row["group"], int(row["n"]), row["mean"], row["difference"], row["low"], row["high"], row["standing"],
            *(units.get(row["group"], {}).get(name, math.nan) for name in ("shrunk", "low", "high")),
            tuple(units.get(row["group"], {}).get(name, math.nan) for name in ("funnel_low", "funnel_high")),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip


def _title(by: str, found: Sequence[Place], judged: int, words: Words) -> str:
    """What the findings say of these groups, in one line."""
    kind = by if by in (UNIT, WAVE) else "segment"
    compared = [p for p in found if p.standing != UNJUDGED]
    counts = {s: sum(p.standing == s for p in compared) for s in (BELOW, ABOVE, OPEN)}
    values = {
        "by": words.segment(by),
        "compared": len(compared),
        "few": len(found) - len(compared),
        "judged": judged,
        "chance": "",
        "unjudged": "",
    } | counts
    if len(compared) < 2:
        key = f"differences.{kind}_few"
    else:
        key = f"differences.{kind}_standing" if counts[BELOW] or counts[ABOVE] else f"differences.{kind}_none"
    return words(key, **values).partition(CERTAINTY)[0].rstrip(".。")


def _line(place: Place, words: Words) -> Line:
    more = words("compare.chart.hover", n=place.n, standing=words(f"compare.standing.{place.standing or 'unjudged'}"))
    return Line(place.name, place.difference, place.low, place.high, place.standing, more)


def _left_out(between: Sequence[Place], words: Words) -> str:
    return words("compare.chart.cut", end=END, n=len(between), open=sum(p.standing == OPEN for p in between))


def _caterpillar(
    found: list[Place],
    overall: float,
    title: str,
    what: str,
    measure: str,
    judged: int,
    few: int,
    hidden: list[str],
    how: Computed,
    narrow: bool,
    words: Words,
    dark: bool,
) -> Chart:
    write = signed if measure == GAP else plain
    drawn, between = ends(sorted(found, key=lambda p: (p.shrunk, natural_order(p.name))))
    letters, room = NAME if narrow else WIDE
    names = [wrap(p.name, letters, 2) for p in drawn]
    steps = [TALL if len(n) > 1 else STEP for n in names]
    tops = [HEAD + sum(steps[:i]) + (PAUSE if between and i >= END else 0) for i in range(len(drawn))]
    ys = [top + step / 2 for top, step in zip(tops, steps, strict=True)]
    finite = [v for p in drawn for v in (p.shrunk_low, p.shrunk_high, p.mean)] + [overall]
    low, high = reach(finite, around_zero=measure == GAP)
    widest = max(columns(line) for n in names for line in n)
    colours = ink(dark)
    left = max(40, min(14 + 7 * widest, room))
    canvas = Canvas(colours, tops[-1] + steps[-1] + 4, (low, high), left=left, right=58, top=LEGEND, bottom=30, legend=True)
    axis = gap_axis(low, high)
    canvas.xaxis = axis if measure == GAP else axis | {"ticktext": [text.removeprefix("+") for text in axis["ticktext"]]}
    font = {"size": 12, "color": colours.text}
    canvas.yaxis = {"visible": True, "tickmode": "array", "tickvals": ys, "ticktext": [block(n) for n in names], "tickfont": font}
    for y, step, p in zip(ys, steps, drawn, strict=True):
        canvas.rect(max(p.funnel[0], low), y - step / 2 + 1, min(p.funnel[1], high), y + step / 2 - 1, colours.track)
        canvas.text(write(p.mean), 1, y, xref="paper", yanchor="middle", xshift=6, size=12, bold=p.standing in (BELOW, ABOVE))
    canvas.text(
        block([words("compare.chart.measured_short")]), 1, 4, xref="paper", xanchor="right", xshift=56, size=12, colour=colours.muted
    )
    if measure == GAP:
        canvas.line(0, HEAD, 0, canvas.height, colours.line, width=1.5)
    canvas.line(overall, HEAD, overall, canvas.height, colours.text, dash="dash")
    said = words("compare.chart.overall", mean=write(overall))
    canvas.text(block([said]), overall, 4, size=12, **over_its_line(canvas, overall, columns(said)))
    if between:
        said = words("compare.chart.between", n=len(between), open=sum(p.standing == OPEN for p in between))
        canvas.text(block([said]), 0, (ys[END - 1] + ys[END]) / 2, xref="paper", yanchor="middle", size=12, colour=colours.muted)
    _marks(canvas, drawn, ys, write, words)
    canvas.whole_rows(ys, steps, [p.name for p in drawn])
    parts = [words("compare.chart.marks_filled"), words("compare.chart.caterpillar")]
    if between:
        parts.append(_left_out(between, words))
    if few:
        parts.append(words("compare.chart.unjudged", n=few, judged=judged))
    first, last = (words("charts.pair", name=p.name, value=_told(p, write, words)) for p in (drawn[0], drawn[-1]))
    figure = canvas.figure(legend={"xref": "container", "yref": "container", "y": 1, "yanchor": "top"})
    return Chart(
        figure,
        title,
        _headed(words("compare.chart.shrunken", what=what)),
        sentences(words, parts + hidden),
        words("compare.chart.units_alt", count=len(found), first=first, last=last),
        how,
    )


def over_its_line(canvas: Canvas, x: float, letters: int) -> dict:
    """To which side of its line a text goes, that it does not reach the heading at the right, nor on a narrow phone the left edge."""
    share = (x - canvas.x[0]) / (canvas.x[1] - canvas.x[0])
    room, width = PHONE - canvas.left - canvas.right, letters * LETTER
    at = share * room
    if share <= 0.5 and at - AIR + width <= room:
        return {"xanchor": "left", "xshift": -AIR}
    return {"xanchor": "right", "xshift": max(AIR, round(width - canvas.left - at))}


def _told(place: Place, write, words: Words) -> str:
    ends = {"low": write(place.shrunk_low), "high": write(place.shrunk_high)}
    size = words("compare.chart.size", mean=write(place.shrunk), **ends) if math.isfinite(place.shrunk_low) else write(place.shrunk)
    return words("compare.chart.unit", mean=write(place.mean), size=size)


def _marks(canvas: Canvas, drawn: Sequence[Place], ys: Sequence[float], write, words: Words) -> None:
    """Behind the mean drawn towards all, hollow, with its interval; before it the measured one."""
    colours, keys = canvas.ink, [p.name for p in drawn]
    hovers = [
        hover(
            p.name,
            _told(p, write, words),
            words("compare.chart.rest_hover", difference=p.difference),
            words("compare.chart.hover", n=p.n, standing=words(f"compare.standing.{p.standing or 'unjudged'}")),
        )
        for p in drawn
    ]
    drawn_in = [p.shrunk for p in drawn]
    canvas.marks(
        drawn_in,
        ys,
        hovers,
        keys,
        colour=colours.muted,
        symbol="diamond-open",
        size=8,
        error_x=whiskers(drawn_in, [p.shrunk_low for p in drawn], [p.shrunk_high for p in drawn], colours.line),
    )
    canvas.marks(
        [p.mean for p in drawn],
        ys,
        hovers,
        keys,
        colour=[colour(colours, p.standing) for p in drawn],
        symbol=["circle" if p.standing == OPEN else SYMBOLS[p.standing] for p in drawn],
        size=[12 if p.standing in (BELOW, ABOVE) else 9 for p in drawn],
    )
    for name, symbol in (("measured", "circle"), ("drawn_in", "diamond-open")):  # named once
        canvas.add(
            trace("scatter",
                x=[None], y=[None], mode="markers", name=words(f"compare.chart.{name}"), showlegend=True, hoverinfo="skip",
                marker={"symbol": symbol, "size": 9, "color": colours.neutral if symbol == "circle" else colours.muted},
            )
        )  # fmt: skip
