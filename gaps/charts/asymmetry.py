"""Whether falling short goes with more than exceeding does: the hinge of methods 4.3, drawn at the average expectation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, gap_axis, scale_axis, steps, trace, whiskers
from gaps.charts.palette import ink, tint
from gaps.charts.text import block, hover, sentences, wrap
from gaps.computed import models as computed
from gaps.i18n import Words, plain
from gaps.model import Study, Withheld
from gaps.stats.results import AsymmetryCurve, CurvePoint, Slope

ZERO = 1e-9
LOSS, POWER = 2.25, 0.88  # Tversky & Kahneman 1992, medians: a textbook's curve, never a result
HEIGHT, TOP = 340, 46
SIDE, WIDE = 16, 40  # columns of a line of either count: both stand side by side, on a narrow phone and on a wide page
PLOT = 38, 100  # columns of small text over the whole plot, likewise


def asymmetry_curve(curve: AsymmetryCurve | Withheld, study: Study, *, narrow: bool = True, words: Words, dark: bool = False) -> Chart:
    """Draw the outcome against the gap: binned answers with intervals, both fitted slopes with their band, and a textbook's curve.

    The textbook curve is scaled so that a gap of −1 costs what the fitted slope below zero says; it is dashed, grey and labelled.
    `narrow`: for a phone.
    """
    colours = ink(dark)
    if isinstance(curve, Withheld):
        title = words("charts.asymmetry.title.withheld")
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", words("charts.withheld.nothing_drawn"), title)
    low, high = _horizontal(curve)
    bottom, top = _vertical(curve, study)
    canvas = Canvas(colours, HEIGHT, (low, high), left=34, right=12, top=TOP, bottom=50)
    canvas.xaxis = gap_axis(low, high) | {
        "title": {"text": block([words("charts.asymmetry.x")]), "font": {"size": 12, "color": colours.muted}, "standoff": 8}
    }
    canvas.yaxis = _outcome_axis(curve, study, bottom, top) | {
        "visible": True,
        "range": [bottom, top],
        "tickfont": {"size": 12, "color": colours.muted},
        "showgrid": True,
        "gridcolor": colours.track,
        "gridwidth": 0.5,
    }
    canvas.line(0, 0, 0, 1, colours.line, width=1.5, yref="paper")
    _counts(canvas, curve, narrow, words)
    ends = answerable(curve.outcome, study)
    _reference(canvas, curve, ends, narrow, words)
    _fit(canvas, curve, ends, words)
    _points(canvas, curve, ends, words)
    return Chart(
        canvas.figure(),
        _title(curve, words),
        _subtitle(curve, words),
        _caption(curve, words),
        words("charts.asymmetry.alt", title=_title(curve, words), slopes=_slopes(curve, words), **_numbers(curve)),
        computed.curve(curve, study, words),
    )


def _subtitle(curve: AsymmetryCurve, words: Words) -> str:
    """What is drawn: slopes and their band only where there is one."""
    told = words("charts.asymmetry.subtitle", outcome=words(f"charts.outcome.{curve.outcome}"), expectation=curve.mean_expectation)
    return told + words("charts.asymmetry.fitted") if shown_band(curve) else told


def _numbers(curve: AsymmetryCurve) -> dict[str, int]:
    return {"n": curve.n, "below": curve.n_below, "at": curve.n_at, "above": curve.n_above}


def _horizontal(curve: AsymmetryCurve) -> tuple[float, float]:
    xs = [b[0] for b in curve.band] + [p.gap for p in curve.points] + [-1.0, 1.0]
    low, high = min(xs), max(xs)
    air = (high - low) * 0.05
    return low - air, high + air


def _vertical(curve: AsymmetryCurve, study: Study) -> tuple[float, float]:
    """The outcome's own scale with a little air; what a line, a band or an interval reaches beyond it is cut off: nobody can answer it."""
    if scale := study.outcomes.get(curve.outcome):
        return scale.min - 0.04 * scale.span, scale.max + 0.04 * scale.span
    ys = [v for b in curve.band for v in b[2:]] + [v for p in curve.points for v in (p.low, p.high, p.outcome)]
    known = [y for y in ys if math.isfinite(y)] or [0.0, 1.0]
    return min(known) - 0.2, max(known) + 0.2


def _outcome_axis(curve: AsymmetryCurve, study: Study, bottom: float, top: float) -> dict:
    if scale := study.outcomes.get(curve.outcome):
        return scale_axis(scale.min, scale.max)
    ticks = steps(bottom, top)
    return {"tickmode": "array", "tickvals": ticks, "ticktext": [plain(t, 1) for t in ticks]}


def answerable(outcome: str, study: Study) -> tuple[float, float]:
    """The ends of the outcome's scale, beyond which nobody can answer and nothing is drawn; without a scale none."""
    scale = study.outcomes.get(outcome)
    return (scale.min, scale.max) if scale else (-math.inf, math.inf)


def within(line: Sequence[tuple[float, float]], ends: tuple[float, float]) -> list[tuple[float, float]]:
    """The part of a line of points (x, y) between two heights, ended exactly where it crosses them."""
    kept: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(line):
        for t in sorted({0.0, 1.0, *((end - y0) / (y1 - y0) for end in ends if min(y0, y1) < end < max(y0, y1))}):
            point = (x0 + t * (x1 - x0), y0 + t * (y1 - y0))
            if ends[0] - ZERO <= point[1] <= ends[1] + ZERO and point not in kept[-1:]:
                kept.append(point)
    return kept


def cut(values: Sequence[float], ends: tuple[float, float]) -> list[float]:
    """Ends of bands and intervals, cut off where the scale ends; unknown ones stay so."""
    return [v if math.isnan(v) else min(max(v, ends[0]), ends[1]) for v in values]


def _counts(canvas: Canvas, curve: AsymmetryCurve, narrow: bool, words: Words) -> None:
    """The number of customers on each side, above the plot."""
    place = {"yref": "paper", "yanchor": "bottom", "size": 12}
    numbers = _numbers(curve)
    below, above = (block(wrap(words(f"charts.asymmetry.{side}", **numbers), SIDE if narrow else WIDE, 2)) for side in ("below", "above"))
    canvas.text(below, 0, 1.02, xref="paper", colour=canvas.ink.shortfall, bold=True, **place)
    canvas.text(
        above,
        1,
        1.02,
        xref="paper",
        xanchor="right",
        align="right",
        colour=canvas.ink.surplus,
        bold=True,
        **place,
    )


def value(gap: float) -> float:
    """Tversky & Kahneman's (1992) value of a gap: x^.88 above zero, −2.25 (−x)^.88 below. v(−2) = −4.140844."""
    return gap**POWER if gap >= 0 else -LOSS * (-gap) ** POWER


def _reference(canvas: Canvas, curve: AsymmetryCurve, ends: tuple[float, float], narrow: bool, words: Words) -> None:
    line = within(reference(curve, canvas.x, 60), ends)
    if not line:
        return
    text = words("charts.asymmetry.reference")
    canvas.add(
        trace("scatter",
            x=[x for x, _ in line], y=[y for _, y in line], mode="lines", hoverinfo="text",
            line={"color": canvas.ink.neutral, "width": 1.5, "dash": "dash"},
            hovertext=hover(text), name=text,
        )
    )  # fmt: skip
    _note(canvas, curve, text, line, ends, PLOT[0 if narrow else 1])


def reference(curve: AsymmetryCurve, x: tuple[float, float], steps: int) -> list[tuple[float, float]]:
    """The textbook's curve over the axis, through the fitted outcome at a gap of zero; empty where it cannot be scaled."""
    centre = centre_of(curve)
    if centre is None or not has_reference(curve):
        return []
    xs = [x[0] + (x[1] - x[0]) * i / steps for i in range(steps + 1)]
    return [(v, centre + curve.slope_below / LOSS * value(v)) for v in xs]


def _note(
    canvas: Canvas, curve: AsymmetryCurve, text: str, dashed: Sequence[tuple[float, float]], ends: tuple[float, float], letters: int
) -> None:
    """On the side of zero that has more room, so that it does not cross that line; above or below what is drawn there, and clear of the
    lines at the scale's ends.
    """
    (low, high), (bottom, top) = canvas.x, canvas.yaxis["range"]
    left = -low > high
    drawn = [*dashed, *((b[0], y) for b in shown_band(curve) for y in b[2:])]
    drawn += [(p.gap, y) for p in curve.points for y in (p.low, p.high, p.outcome)]
    there = [y for x, y in drawn if math.isfinite(y) and (x <= 0 if left else x >= 0)]
    above = top - max(there) > min(there) - bottom
    side = "left" if left else "right"
    corner = {
        "xanchor": side,
        "align": side,
        "xshift": 6 if left else 0,
        "yanchor": "top" if above else "bottom",
        "yshift": -5 if above else 5,
    }
    edge = min(top, ends[1]) if above else max(bottom, ends[0])
    lines = block(wrap(text, int(letters * max(-low, high) / (high - low)), 3))
    place = {"xref": "paper"} | corner
    canvas.text(lines, 0 if left else 1, edge, size=12, colour=canvas.ink.muted, bgcolor=canvas.ink.paper, **place)


def has_reference(curve: AsymmetryCurve) -> bool:
    """Whether the textbook's curve can be scaled to the slope below zero."""
    below = curve.side("below")
    return isinstance(below, Slope) and below.value > 0


def shown_band(curve: AsymmetryCurve) -> list[tuple[float, float, float, float]]:
    """The band over the sides whose slope may be shown."""
    below, above = (isinstance(curve.side(side), Slope) for side in ("below", "above"))
    return [b for b in curve.band if (below and b[0] <= ZERO) or (above and b[0] >= -ZERO)]


def bounded_points(curve: AsymmetryCurve) -> bool:
    """Whether a point that is drawn has an interval."""
    return any(math.isfinite(p.low) and math.isfinite(p.high) for p in curve.points)


def centre_of(curve: AsymmetryCurve) -> float | None:
    """The fitted outcome at a gap of zero and the average expectation."""
    centre = curve.intercept + (curve.expectation_slope * curve.mean_expectation if math.isfinite(curve.expectation_slope) else 0.0)
    return centre if math.isfinite(centre) else None


def _fit(canvas: Canvas, curve: AsymmetryCurve, ends: tuple[float, float], words: Words) -> None:
    band = shown_band(curve)
    if not band:
        return
    colours = canvas.ink
    canvas.add(
        trace(
            "scatter",
            **outline(band, ends),
            mode="lines",
            fill="toself",
            fillcolor=tint(colours.neutral, 0.18),
            line={"width": 0},
            hoverinfo="skip",
        )
    )
    sides = (
        (colours.shortfall, [b for b in band if b[0] <= ZERO], "below"),
        (colours.surplus, [b for b in band if b[0] >= -ZERO], "above"),
    )
    for colour, part, side in sides:
        slope = curve.side(side)
        if isinstance(slope, Slope) and (line := within([b[:2] for b in part], ends)):
            canvas.add(
                trace("scatter",
                    x=[x for x, _ in line], y=[y for _, y in line], mode="lines", line={"color": colour, "width": 3}, hoverinfo="text",
                    hovertext=hover(words(f"charts.asymmetry.slope_{side}", slope=slope.value)),
                )
            )  # fmt: skip


def outline(band: Sequence[tuple[float, ...]], ends: tuple[float, float]) -> dict[str, list[float]]:
    """A band's upper and lower edge as one closed line."""
    xs = [b[0] for b in band]
    return {"x": xs + xs[::-1], "y": cut([b[3] for b in band], ends) + cut([b[2] for b in band][::-1], ends)}


def _points(canvas: Canvas, curve: AsymmetryCurve, ends: tuple[float, float], words: Words) -> None:
    points = curve.points
    if not points:
        return
    ys = [p.outcome for p in points]
    canvas.marks(
        [p.gap for p in points],
        ys,
        [hover(words("charts.asymmetry.point", gap=p.gap, outcome=p.outcome, n=p.n)) for p in points],
        [p.n for p in points],
        colour=[canvas.ink.sign(p.gap) for p in points],
        size=[_diameter(p.n, points) for p in points],
        error_y=whiskers(ys, cut([p.low for p in points], ends), cut([p.high for p in points], ends), canvas.ink.line),
    )


def _diameter(n: int, points: Sequence[CurvePoint]) -> float:
    """Pixels across: a mark's area grows with the respondents behind it."""
    return 6 + 8 * math.sqrt(n / max(p.n for p in points))


def _title(curve: AsymmetryCurve, words: Words) -> str:
    numbers = _numbers(curve)
    if curve.status == "estimated":
        side = "loss" if curve.ratio_low > 1 else "gain" if curve.ratio_high < 1 else "none"
        return words(f"charts.asymmetry.title.{side}", ratio=curve.ratio, low=curve.ratio_low, high=curve.ratio_high)
    key = f"charts.asymmetry.title.{curve.reason}"
    return words(key if key in words else "charts.asymmetry.title.other", **numbers, needed=curve.min_side)


def _slopes(curve: AsymmetryCurve, words: Words) -> str:
    parts = []
    for side in ("below", "above"):
        slope = curve.side(side)
        if isinstance(slope, Slope):
            known = math.isfinite(slope.low) and math.isfinite(slope.high)
            key = f"charts.asymmetry.slope_{side}" + ("_interval" if known else "")
            parts.append(words(key, slope=slope.value, interval=words.interval(slope.low, slope.high) if known else ""))
        elif slope.reason != "no_slope":
            parts.append(words(f"asymmetry.side.{slope.reason}", **slope.values))
    return sentences(words, parts)


def _caption(curve: AsymmetryCurve, words: Words) -> str:
    parts = [
        words("charts.n_list", counts=words("charts.n.customers", n=curve.n)),
        words("charts.asymmetry.at", **_numbers(curve)) if curve.n_at else "",
    ]
    parts += [
        _slopes(curve, words),
        words("charts.asymmetry.intervals") if bounded_points(curve) or shown_band(curve) else "",
        words("charts.asymmetry.caption"),
    ]
    if has_reference(curve):
        parts.append(words("charts.asymmetry.textbook"))
    return sentences(words, parts)
