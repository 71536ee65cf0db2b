"""What goes with the outcome: shares of the explained variance, and the three models side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, steps
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import block, clauses, hover, pairs, sentences
from gaps.i18n import Words, plain, signed
from gaps.model import Battery, Study
from gaps.stats.results import DriverFit, Term


@dataclass(frozen=True, slots=True)
class Share:
    """One driver's share of R² with its bootstrap interval and its probability of being first."""

    key: str
    name: str
    share: float
    low: float
    high: float
    p_first: float
    b: float


def driver_shares(fit: DriverFit, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw LMG shares of R² with bootstrap intervals, largest first; the title is the verdict.

    With too few units for a joint model (`one_at_a_time`) the simple slopes are drawn instead. A withheld fit gives an empty figure that
    says why.
    """
    if fit.withheld is not None:
        return _withheld(fit.withheld.reason, fit.withheld.values, fit, words, dark)
    if fit.one_at_a_time:
        return _slopes(fit, study, words, dark)
    shares = sorted((s for s in _shares(fit, study, words) if math.isfinite(s.share)), key=lambda s: -s.share)
    if not shares:
        return _withheld(fit.verdict.reason, {}, fit, words, dark)
    colours = ink(dark)
    leading = {fit.verdict.driver} if fit.verdict.driver else set(fit.verdict.leading)
    stack = Rows.of([s.name for s in shares], body=20, width=24, start=2)
    top = max(max((s.high for s in shares if math.isfinite(s.high)), default=0), max(s.share for s in shares))
    canvas = Canvas(colours, stack.height, (0, top * 1.04), bottom=30)
    ticks = steps(0, top * 1.04, most=5)
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [words.percent(t) for t in ticks]}
    for row, share in zip(stack.rows, shares, strict=True):
        first = words("charts.drivers.first", p_first=share.p_first) if math.isfinite(share.p_first) else ""
        canvas.label(row, f"<b>{words.percent(share.share)}</b>" + (f" · {first}" if first else ""))
        canvas.line(0, row.middle, top * 1.04, row.middle, colours.track, width=2)
    accent, rest = colours.of(Battery.PERCEPTION), colours.neutral
    canvas.add(
        go.Bar(
            x=[s.share for s in shares], y=[r.middle for r in stack.rows], width=[14] * len(shares), orientation="h", hoverinfo="text",
            marker={"color": [accent if s.key in leading else rest for s in shares], "line": {"width": 0}}, customdata=[s.key for s in shares],
            hovertext=[hover(s.name, _spoken(s, words)) for s in shares],
            error_x={
                "type": "data", "symmetric": False, "color": colours.text, "thickness": 1.5, "width": 5,
                "array": [_length(s.share, s.high) for s in shares], "arrayminus": [_length(s.low, s.share) for s in shares],
            },
        )
    )  # fmt: skip
    return Chart(
        canvas.figure(),
        _title(fit, shares, words),
        words("charts.drivers.subtitle", outcome=words(f"charts.outcome.{fit.outcome}"), predictors=_predictors(fit, words)),
        _caption(fit, shares, words),
        words("charts.drivers.alt", rows=pairs(words, ((s.name, _spoken(s, words)) for s in shares))),
    )


def _length(low: float, high: float) -> float:
    return max(high - low, 0.0) if math.isfinite(high - low) else 0.0


def _shares(fit: DriverFit, study: Study, words: Words) -> list[Share]:
    if fit.blocks:
        return [
            Share(k, name_of(k, study, words), b["share"], b["share_low"], b["share_high"], b["p_first"], math.nan)
            for k, b in fit.blocks.items()
        ]
    return [Share(t.name, name_of(t.name, study, words), t.share, t.share_low, t.share_high, t.p_first, t.b) for t in fit.terms]


def name_of(term: str, study: Study, words: Words) -> str:
    """A predictor's name as shown: a dimension, a gap, or a battery of a dimension."""
    if term.startswith("gap") and term[3:].isdigit():
        return words("charts.gap_label", gap=int(term[3:]), name=words(f"charts.gap.{term[3:]}"))
    battery, _, dimension = term.partition(":")
    if dimension:
        name = dimension_name(study, dimension, words.language)
        return words("charts.battery_of", battery=words(f"charts.battery.{battery}"), name=name)
    return dimension_name(study, term, words.language)


def _predictors(fit: DriverFit, words: Words) -> str:
    return words({"P-E": "charts.models.pe", "P": "charts.models.p", "P,E": "charts.models.both"}.get(fit.predictors, "charts.models.gaps"))


def _spoken(share: Share, words: Words) -> str:
    parts = [words("charts.drivers.share", share=share.share)]
    if math.isfinite(share.low) and math.isfinite(share.high):
        parts = [words("charts.drivers.share_interval", share=share.share, low=share.low, high=share.high)]
    if math.isfinite(share.p_first):
        parts.append(words("charts.drivers.first_long", p_first=share.p_first))
    if math.isfinite(share.b):
        parts.append(words("charts.drivers.slope", b=share.b))
    return clauses(words, parts)


def _title(fit: DriverFit, shares: list[Share], words: Words) -> str:
    verdict, by_key = fit.verdict, {s.key: s for s in shares}
    outcome = words(f"charts.outcome.{fit.outcome}")
    if verdict.driver and verdict.driver in by_key:
        best = by_key[verdict.driver]
        return words(
            "charts.drivers.title.named",
            name=best.name,
            outcome=outcome,
            share=best.share,
            low=best.low,
            high=best.high,
            p_first=best.p_first,
        )
    if len(verdict.leading) > 1:
        tied = [by_key[k] for k in verdict.leading if k in by_key][:3]
        chances = words.list(words.percent(s.p_first) for s in tied)
        return words("charts.drivers.title.tied", names=words.list((s.name for s in tied), last="or"), chances=chances, outcome=outcome)
    key = f"charts.withheld.{verdict.reason}"
    return words("charts.drivers.title.open", reason=words(key) if key in words else words("charts.withheld.other"))


def _caption(fit: DriverFit, shares: list[Share], words: Words) -> str:
    who = words("charts.n.customers" if fit.level == "respondent" else "charts.n.units", n=fit.n)
    parts = [words("charts.drivers.caption", who=who, r2=fit.r2)]
    if fit.resamples:
        parts.append(words("charts.drivers.bootstrap", resamples=fit.resamples, seed=fit.seed))
    if fit.n_left_out:
        parts.append(words("charts.drivers.left_out", n=fit.n_left_out))
    if negative := [s.name for s in shares if math.isfinite(s.b) and s.b < 0]:
        parts.append(words("charts.drivers.negative", names=words.list(negative)))
    return sentences(words, parts)


def _withheld(reason: str, values, fit: DriverFit, words: Words, dark: bool) -> Chart:
    key = f"charts.withheld.{reason}"
    told = _fill(words, key, values) if key in words else words("charts.withheld.other")
    title = words("charts.drivers.title.withheld", outcome=words(f"charts.outcome.{fit.outcome}"), reason=told)
    return Chart(Canvas(ink(dark), 40, (0, 1)).figure(), title, "", words("charts.withheld.nothing_drawn"), title)


def _fill(words: Words, key: str, values) -> str:
    try:
        return words(key, **values)
    except (KeyError, ValueError):
        return words("charts.withheld.other")


def _slopes(fit: DriverFit, study: Study, words: Words, dark: bool) -> Chart:
    """Each predictor alone: the simple slopes with their intervals."""
    colours = ink(dark)
    terms = [t for t in fit.terms if math.isfinite(t.b)]
    stack = Rows.of([name_of(t.name, study, words) for t in terms], body=18, width=26, start=2)
    low, high = reach([v for t in terms for v in (t.low, t.high, t.b)])
    canvas = Canvas(colours, max(stack.height, 40), (low, high), bottom=30)
    canvas.xaxis = gap_axis(low, high)
    canvas.line(0, 0, 0, stack.height, colours.line, width=1.5)
    for row, term in zip(stack.rows, terms, strict=True):
        canvas.label(row, block([words("charts.cell.size", mean=term.b, interval=words.interval(term.low, term.high))]))
    sure = [t.low > 0 or t.high < 0 for t in terms]
    canvas.add(_points([t.b for t in terms], [t.low for t in terms], [t.high for t in terms], [r.middle for r in stack.rows], sure, "circle",
                       colours.of(Battery.PERCEPTION), colours, [hover(name_of(t.name, study, words), words("charts.drivers.slope", b=t.b)) for t in terms]))  # fmt: skip
    outcome = words(f"charts.outcome.{fit.outcome}")
    return Chart(
        canvas.figure(),
        words("charts.drivers.title.one_at_a_time", n=fit.n),
        words("charts.drivers.subtitle_slopes", outcome=outcome),
        words("charts.drivers.caption_slopes", who=words("charts.n.units", n=fit.n)),
        words("charts.drivers.alt_slopes", rows=pairs(words, ((name_of(t.name, study, words), signed(t.b)) for t in terms))),
    )


def _points(xs, lows, highs, ys, sure, symbol: str, colour: str, colours, hovers, **more) -> go.Scatter:
    return go.Scatter(
        x=xs, y=ys, mode="markers", hovertext=hovers, hoverinfo="text", cliponaxis=False,
        marker={"symbol": [symbol if s else f"{symbol}-open" for s in sure], "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
        error_x={
            "type": "data", "symmetric": False, "color": colours.line, "thickness": 1.5, "width": 0,
            "array": [_length(x, h) for x, h in zip(xs, highs, strict=True)], "arrayminus": [_length(low, x) for x, low in zip(xs, lows, strict=True)],
        }, **more,
    )  # fmt: skip


SERIES = (
    ("P-E", "", "charts.models.pe"),
    ("P", "", "charts.models.p"),
    ("P,E", "P:", "charts.models.p_given_e"),
    ("P,E", "E:", "charts.models.e_given_p"),
)


def models_side_by_side(fits: Sequence[DriverFit], study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw every dimension's standardised slope in the three models: the gap, perception alone, perception with expectation.

    The interval is the slope's HC3 interval on the standardised scale (the standard deviations taken as known).
    """
    usable = {f.predictors: f for f in fits if f.withheld is None and f.terms}
    outcome = next((f.outcome for f in fits), "overall_quality")
    series = [(usable[m], prefix, key) for m, prefix, key in SERIES if m in usable]
    colours = ink(dark)
    if not series:
        title = words("charts.models.title.nothing")
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", words("charts.withheld.nothing_drawn"), title)
    found = {d.id for fit, prefix, _ in series for d in study.instrument.dimensions if _term(fit, prefix + d.id)}
    dimensions = [d for d in study.instrument.dimensions if d.id in found]
    lane = 15
    stack = Rows.of([d.name(words.language) for d in dimensions], body=lane * len(series), width=44, lines=2, start=2)
    ends = [v for fit, _, _ in series for t in fit.terms for v in standardised(t)]
    low, high = reach(ends)
    canvas = Canvas(colours, stack.height, (low, high), top=20 + 20 * len(series), bottom=30, legend=True)
    canvas.xaxis = gap_axis(low, high)
    canvas.line(0, 0, 0, stack.height, colours.line, width=1.5)
    for row in stack.rows:
        canvas.label(row)
    looks = {
        "charts.models.pe": ("square", colours.text),
        "charts.models.p": ("triangle-up", colours.muted),
        "charts.models.p_given_e": (MARKS[Battery.PERCEPTION], colours.of(Battery.PERCEPTION)),
        "charts.models.e_given_p": (MARKS[Battery.EXPECTATION], colours.of(Battery.EXPECTATION)),
    }
    for i, (fit, prefix, key) in enumerate(series):
        lanes = [(row, dim, term) for row, dim in zip(stack.rows, dimensions, strict=True) if (term := _term(fit, prefix + dim.id))]
        values = [standardised(term) for _, _, term in lanes]
        offset = (i - (len(series) - 1) / 2) * lane
        symbol, colour = looks[key]
        hovers = [
            hover(d.name(words.language), words(key), words("charts.models.hover", beta=v[1], interval=words.interval(v[0], v[2]), n=fit.n))
            for (_, d, _), v in zip(lanes, values, strict=True)
        ]
        sure = [v[0] > 0 or v[2] < 0 for v in values]
        canvas.add(_points([v[1] for v in values], [v[0] for v in values], [v[2] for v in values], [r.middle + offset for r, _, _ in lanes], sure,
                           symbol, colour, colours, hovers, name=words(key), customdata=[d.id for _, d, _ in lanes]))  # fmt: skip
    return Chart(
        canvas.figure(),
        _models_title(usable, outcome, words),
        words("charts.models.subtitle", outcome=words(f"charts.outcome.{outcome}")),
        words("charts.models.caption", who=words("charts.n.customers", n=max(f.n for f in usable.values()))),
        words(
            "charts.models.alt",
            rows=pairs(words, ((_predictors(f, words), words("charts.models.r2", r2=f.adj_r2)) for f in usable.values())),
        ),
    )


def _term(fit: DriverFit, name: str) -> Term | None:
    return next((t for t in fit.terms if t.name == name and math.isfinite(t.beta)), None)


def standardised(term: Term) -> tuple[float, float, float]:
    """Low, value and high of the standardised slope: the interval of b in the unit of beta."""
    if not term.b or not math.isfinite(term.b):
        return (term.beta, term.beta, term.beta)
    unit = term.beta / term.b
    return (term.low * unit, term.beta, term.high * unit)


def _models_title(usable, outcome: str, words: Words) -> str:
    name = words(f"charts.outcome.{outcome}")
    if {"P-E", "P", "P,E"} <= usable.keys():
        return words("charts.models.title.three", outcome=name, gap=usable["P-E"].adj_r2, p=usable["P"].adj_r2, both=usable["P,E"].adj_r2)
    first = next(iter(usable.values()))
    return words("charts.models.title.one", outcome=name, model=_predictors(first, words), r2=plain(first.adj_r2 * 100, 0))
