"""What goes with the outcome: each predictor's share of the explained variance, and how sure its rank is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, steps, trace, whiskers
from gaps.charts.palette import ink, tint
from gaps.charts.text import clauses, hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words, signed
from gaps.model import Battery, Study
from gaps.stats.results import DriverFit

FEW = "few_respondents"


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
    if fit.verdict.reason == FEW:
        shares = [replace(s, p_first=math.nan) for s in shares]  # too few to speak of anybody else: no chances either
    leading = {fit.verdict.driver} if fit.verdict.driver else set(fit.verdict.leading)
    stack = Rows.of([s.name for s in shares], [_value(s, words) for s in shares])
    top = max(max((s.high for s in shares if math.isfinite(s.high)), default=0), max(s.share for s in shares))
    canvas = Canvas(colours, stack.height, (0, top * 1.04), left=14, bottom=30)
    ticks = steps(0, top * 1.04, most=6)
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [words.percent(t) for t in ticks]}
    for row, share in zip(stack.rows, shares, strict=True):
        canvas.label(row, bold=share.key in leading)
        canvas.line(0, row.middle, top * 1.04, row.middle, colours.track, width=2)
    values = [s.share for s in shares]
    canvas.add(
        trace(
            "bar",
            x=values,
            y=[r.middle for r in stack.rows],
            width=[14] * len(shares),
            orientation="h",
            marker={
                "color": [tint(colours.text, 0.45 if s.key in leading else 0.18) for s in shares],
                "line": {"width": 1, "color": colours.line},
            },
            error_x=whiskers(values, [s.low for s in shares], [s.high for s in shares], colours.text, cap=5),
            hovertext=[hover(s.name, _spoken(s, words)) for s in shares],
            hoverinfo="text",
            customdata=[s.key for s in shares],
        )
    )
    return Chart(
        canvas.figure(),
        _title(fit, study, shares, words),
        words("charts.drivers.subtitle", outcome=words(f"charts.outcome.{fit.outcome}"), predictors=predictors_of(fit, words)),
        _caption(fit, shares, words),
        words("charts.drivers.alt", rows=pairs(words, ((s.name, _spoken(s, words)) for s in shares))),
        computed.shares(fit, words),
    )


def _value(share: Share, words: Words) -> str:
    """41 % · first: 96 %."""
    first = words("charts.drivers.first", p_first=share.p_first) if math.isfinite(share.p_first) else ""
    return " · ".join(filter(None, (words.percent(share.share), first)))


def _shares(fit: DriverFit, study: Study, words: Words) -> list[Share]:
    if fit.blocks:
        return [
            Share(k, name_of(k, study, words), b["share"], b["share_low"], b["share_high"], b["p_first"], math.nan)
            for k, b in fit.blocks.items()
        ]
    return [Share(t.name, name_of(t.name, study, words), t.share, t.share_low, t.share_high, t.p_first, t.b) for t in fit.terms]


def name_of(term: str, study: Study, words: Words) -> str:
    """A predictor's name as shown: a dimension (whatever its name looks like), a gap, or a battery of a dimension."""
    if any(d.id == term for d in study.instrument.dimensions):
        return dimension_name(study, term, words.language)
    if term.startswith("gap") and term[3:].isdigit():
        return words("charts.gap_label", gap=int(term[3:]), name=words(f"charts.gap.{term[3:]}"))
    battery, _, dimension = term.partition(":")
    if dimension:
        name = dimension_name(study, dimension, words.language)
        shown = study.expectation or battery if battery == Battery.EXPECTATION else battery
        return words("charts.battery_of", battery=words(f"charts.battery.{shown}"), name=name)
    return dimension_name(study, term, words.language)


def predictors_of(fit: DriverFit, words: Words) -> str:
    """The fit's predictors in words."""
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


def _title(fit: DriverFit, study: Study, shares: list[Share], words: Words) -> str:
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
        few, first = verdict.reason == FEW, {s.key: s.p_first for s in _shares(fit, study, words)}
        ranked = sorted((by_key[k] for k in verdict.leading if k in by_key), key=lambda s: -first[s.key])
        tied = [s for i, s in enumerate(ranked[:3]) if i < 2 or first[s.key] >= 0.05]
        chances = words.list(words.chance(first[s.key]) for s in tied)
        key = "few" if few else "tied"
        values = {"names": words.list((s.name for s in tied), last="or"), "chances": chances, "outcome": outcome, "n": fit.n}
        return words(f"charts.drivers.title.{key}", **values)
    key = f"charts.withheld.{verdict.reason}"
    return words("charts.drivers.title.open", reason=words(key) if key in words else words("charts.withheld.other"))


def _caption(fit: DriverFit, shares: list[Share], words: Words) -> str:
    who = words("charts.n.customers" if fit.level == "respondent" else "charts.n.units", n=fit.n)
    parts = [words("charts.drivers.caption", who=who, r2=fit.r2, adj_r2=fit.adj_r2)]
    if any(math.isfinite(s.p_first) for s in shares):
        parts.append(words("charts.drivers.reading"))
    if fit.resamples:
        drawn = "charts.drivers.bootstrap_units" if fit.resampled_by == "unit" else "charts.drivers.bootstrap"
        parts.append(words(drawn, resamples=fit.resamples, seed=fit.seed))
    if fit.level == "unit":
        parts.append(words("charts.drivers.exploratory"))
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
    sizes = [words("charts.cell.size", mean=t.b, interval=words.interval(t.low, t.high)) for t in terms]
    stack = Rows.of([name_of(t.name, study, words) for t in terms], sizes)
    low, high = reach([v for t in terms for v in (t.low, t.high, t.b)])
    canvas = Canvas(colours, max(stack.height, 40), (low, high), bottom=30)
    canvas.xaxis = gap_axis(low, high)
    for row in stack.rows:
        canvas.label(row)
        canvas.line(0, row.middle - 9, 0, row.middle + 9, colours.line, width=1.5)  # not through the text above
    slopes, names = [t.b for t in terms], [name_of(t.name, study, words) for t in terms]
    canvas.marks(
        slopes,
        [r.middle for r in stack.rows],
        [hover(n, words("charts.drivers.slope", b=b)) for n, b in zip(names, slopes, strict=True)],
        [t.name for t in terms],
        colour=colours.text,
        hollow=[t.low <= 0 <= t.high for t in terms],
        error_x=whiskers(slopes, [t.low for t in terms], [t.high for t in terms], colours.line),
    )
    outcome = words(f"charts.outcome.{fit.outcome}")
    return Chart(
        canvas.figure(),
        words("charts.drivers.title.one_at_a_time", n=fit.n),
        words("charts.drivers.subtitle_slopes", outcome=outcome),
        words("charts.drivers.caption_slopes", who=words("charts.n.units", n=fit.n)),
        words("charts.drivers.alt_slopes", rows=pairs(words, zip(names, map(signed, slopes), strict=True))),
        computed.shares(fit, words),
    )
