"""The asymmetry curve of every dimension: small panels with the same axes, so that slopes can be compared by eye."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.charts.asymmetry import ZERO, answerable, bounded_points, cut, has_reference, outline, reference, shown_band, within
from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, gap_axis, scale_axis, steps, trace, whiskers
from gaps.charts.palette import ink, tint
from gaps.charts.slopes import adjusted, title_of, verdict_of
from gaps.charts.text import block, clauses, hover, pairs, sentences, wrap
from gaps.computed import models as computed
from gaps.i18n import Words, plain
from gaps.model import Study
from gaps.stats.results import AsymmetryCurve, Slope

if TYPE_CHECKING:
    from gaps.stats.asymmetry import DimensionAsymmetry, StudyAsymmetry

FIELD, TICKS = 130, 26  # pixels of a panel's plot, and of the numbers below it
HEADING, LINE = 17, 15  # pixels of a line of a name, and of what is told below it
EVERY = 4  # of the band's points one in so many is drawn: a panel is small
LETTERS = {1: 44, 2: 20, 3: 34}  # columns of text above a panel, by the number of panels side by side


@dataclass(frozen=True, slots=True)
class Panel:
    """One dimension: its name, the lines above its plot and the same unbroken, and the curve or why there is none."""

    key: str
    name: str
    heading: tuple[str, ...]
    told: tuple[str, ...]
    spoken: tuple[str, ...]
    curve: AsymmetryCurve | None
    verdict: str


def dimension_curves(found: StudyAsymmetry, study: Study, *, across: int = 3, words: Words, dark: bool = False) -> Chart:
    """Draw for every dimension the binned outcome with intervals, the fitted slopes with their band and the textbook curve, dashed.

    All panels share both axes: the gap, and the outcome on its own scale. `across`: panels side by side (1 to 3; two on a phone). A panel
    without slopes says why. Above each: its verdict after Holm, and how many customers received less and more.
    """
    if across not in LETTERS:
        raise ValueError(f"panels stand 1, 2 or 3 side by side, not {across}")
    colours = ink(dark)
    panels = [_panel(d, study, LETTERS[across], words) for d in found.dimensions]
    outcome = words(f"charts.outcome.{found.outcome}")
    subtitle = words("dimensions.curves.subtitle", outcome=outcome)
    drawn = [p.curve for p in panels if p.curve is not None]
    told = words("dimensions.curves.alt", rows=pairs(words, ((p.name, _spoken(p, words)) for p in panels)))
    if not drawn:
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title_of(found, words), "", "", told)
    ends = answerable(found.outcome, study)
    x, y, yaxis = *_ranges(drawn, found.outcome, study), _ticks(found.outcome, drawn, study)
    head = max(HEADING * len(p.heading) + LINE * len(p.told) for p in panels) + 8
    rows = math.ceil(len(panels) / across)
    height = rows * (head + FIELD + TICKS)
    canvas = Canvas(colours, height, x, left=4, right=10, top=4, bottom=8)
    axes: dict[str, dict] = {}
    for k, panel in enumerate(panels):
        row, column = divmod(k, across)
        _place(canvas, axes, panel, k, (row, column), across, height, head, x, y, yaxis, ends, words)
    figure = canvas.figure(**axes)
    caption = _caption(found, drawn, words)
    return Chart(figure, title_of(found, words), subtitle, caption, told, computed.curves(found, study, words))


def _caption(found: StudyAsymmetry, drawn: Sequence[AsymmetryCurve], words: Words) -> str:
    parts = [words("dimensions.curves.bounded" if any(map(bounded_points, drawn)) else "dimensions.curves.points")]
    if any(shown_band(c) for c in drawn):
        parts.append(words("dimensions.curves.band"))
    if any(map(has_reference, drawn)):
        parts.append(words("dimensions.curves.textbook"))
    return sentences(words, [*parts, *adjusted(found, words)])


def _panel(d: DimensionAsymmetry, study: Study, columns: int, words: Words) -> Panel:
    name = dimension_name(study, d.dimension, words.language)
    curve = d.curve if isinstance(d.curve, AsymmetryCurve) else None
    verdict = verdict_of(d.verdict, d.curve, words)
    counts = words("dimensions.curves.counts", below=curve.n_below, above=curve.n_above) if curve is not None else ""
    told = [*wrap(verdict, columns + 4, 3), *(wrap(counts, columns + 4, 2) if counts else [])]  # in smaller letters than the name
    seen = curve if curve is not None and (curve.points or curve.band) else None
    return Panel(d.dimension, name, tuple(wrap(name, columns, 4)), tuple(told), tuple(filter(None, (verdict, counts))), seen, d.verdict)


def _spoken(panel: Panel, words: Words) -> str:
    parts = [*panel.spoken]
    for side in ("below", "above") if panel.curve is not None else ():
        if isinstance(slope := panel.curve.side(side), Slope):
            parts.append(words(f"dimensions.curves.slope_{side}", slope=slope.value))
    return clauses(words, parts)


def _ranges(drawn: Sequence[AsymmetryCurve], outcome: str, study: Study) -> tuple[tuple[float, float], tuple[float, float]]:
    xs = [b[0] for c in drawn for b in c.band] + [p.gap for c in drawn for p in c.points] + [-1.0, 1.0]
    air = (max(xs) - min(xs)) * 0.05
    if scale := study.outcomes.get(outcome):
        ends = (scale.min - 0.05 * scale.span, scale.max + 0.05 * scale.span)
    else:
        ys = [v for c in drawn for p in c.points for v in (p.low, p.high, p.outcome) if math.isfinite(v)] or [0.0, 1.0]
        ends = (min(ys) - 0.2, max(ys) + 0.2)
    return (min(xs) - air, max(xs) + air), ends


def _ticks(outcome: str, drawn: Sequence[AsymmetryCurve], study: Study) -> dict:
    """Few numbers: the outcome's ends and its middle."""
    if scale := study.outcomes.get(outcome):
        middle = (scale.min + scale.max) / 2
        values = [scale.min, middle, scale.max] if middle.is_integer() else [scale.min, scale.max]
        return scale_axis(scale.min, scale.max) | {"tickvals": values, "ticktext": [plain(v, 0) for v in values]}
    values = steps(*_ranges(drawn, outcome, study)[1], most=4)
    return {"tickmode": "array", "tickvals": values, "ticktext": [plain(v, 1) for v in values]}


def _place(
    canvas: Canvas,
    axes: dict,
    panel: Panel,
    k: int,
    place: tuple[int, int],
    across: int,
    height: float,
    head: float,
    x,
    y,
    yaxis,
    ends: tuple[float, float],
    words: Words,
) -> None:
    """Write a panel's heading and draw its curve on axes of its own, which are like all the others."""
    row, column = place
    top = row * (head + FIELD + TICKS)
    air = {1: 0.0, 2: 0.03, 3: 0.025}[across]
    left = column / across + (air if column else 0) + 0.001
    right = (column + 1) / across - (air if column < across - 1 else 0)
    sure = panel.verdict in ("loss", "gain")
    text = {"xref": "paper", "yref": "paper", "yanchor": "top"}
    canvas.text(block(panel.heading), left, 1 - top / height, bold=True, **text)
    colour = None if sure else canvas.ink.muted
    canvas.text(block(panel.told), left, 1 - (top + HEADING * len(panel.heading)) / height, size=12, colour=colour, **text)
    inside = left + (26 / 140 if across == 2 else 0.09 if across == 1 else 0.03)
    names = ("xaxis", "yaxis") if not k else (f"xaxis{k + 1}", f"yaxis{k + 1}")
    refs = {"xaxis": "x", "yaxis": "y"} if not k else {"xaxis": f"x{k + 1}", "yaxis": f"y{k + 1}"}
    font = {"size": 11, "color": canvas.ink.muted}
    common = {
        "type": "linear",
        "fixedrange": True,
        "zeroline": False,
        "ticks": "",
        "tickfont": font,
        "automargin": False,
        "showline": False,
    }
    floor = 1 - (top + head + FIELD) / height
    axes[names[0]] = common | gap_axis(*x) | {"range": list(x), "domain": [inside, right], "anchor": refs["yaxis"], "showgrid": False}
    axes[names[1]] = common | yaxis | {
        "range": list(y), "domain": [floor, floor + FIELD / height], "anchor": refs["xaxis"], "visible": True, "showgrid": True,
        "gridcolor": canvas.ink.track, "gridwidth": 0.5,
    }  # fmt: skip
    canvas.line(0, y[0], 0, y[1], canvas.ink.line, width=1, xref=refs["xaxis"], yref=refs["yaxis"])
    if panel.curve is None:
        canvas.add(trace("scatter", x=[], y=[], showlegend=False, **refs))
        return
    _draw(canvas, panel, panel.curve, x, ends, refs, words)


def _draw(
    canvas: Canvas,
    panel: Panel,
    curve: AsymmetryCurve,
    x: tuple[float, float],
    ends: tuple[float, float],
    refs: dict,
    words: Words,
) -> None:
    colours = canvas.ink
    quiet = {"hoverinfo": "skip", "showlegend": False, "mode": "lines"}
    if line := within(reference(curve, x, 24), ends):
        dashed = {"color": colours.neutral, "width": 1.2, "dash": "dash"}
        canvas.add(trace("scatter", **_rounded(line), line=dashed, name="reference", **quiet, **refs))
    if band := _thinned(shown_band(curve)):
        canvas.add(
            trace(
                "scatter", **outline(band, ends), fill="toself", fillcolor=tint(colours.neutral, 0.18), line={"width": 0}, **quiet, **refs
            )
        )
        for colour, part in ((colours.shortfall, [b for b in band if b[0] <= ZERO]), (colours.surplus, [b for b in band if b[0] >= -ZERO])):
            if len(part) > 1 and (line := within([part[0][:2], part[-1][:2]], ends)):
                canvas.add(trace("scatter", **_rounded(line), line={"color": colour, "width": 2.5}, **quiet, **refs))
    points = curve.points
    ys = [round(p.outcome, 3) for p in points]
    lows, highs = (cut([getattr(p, end) for p in points], ends) for end in ("low", "high"))
    canvas.add(
        trace("scatter",
            x=[round(p.gap, 3) for p in points], y=ys, mode="markers", showlegend=False, hoverinfo="text", cliponaxis=True,
            hovertext=[hover(panel.name, words("dimensions.curves.point", gap=p.gap, outcome=p.outcome, n=p.n)) for p in points],
            marker={"size": 6, "color": [colours.sign(p.gap) for p in points]},
            error_y=whiskers(ys, lows, highs, colours.line) | {"thickness": 1}, **refs,
        )
    )  # fmt: skip


def _rounded(line: Sequence[tuple[float, float]]) -> dict[str, list[float]]:
    return {"x": [round(x, 3) for x, _ in line], "y": [round(y, 3) for _, y in line]}


def _thinned(band: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, ...]]:
    """Some of the band's points: its ends, its kink at zero, and one in four between."""
    last = len(band) - 1
    return [tuple(round(v, 3) for v in b) for i, b in enumerate(band) if i % EVERY == 0 or i == last or abs(b[0]) < 1e-9]
