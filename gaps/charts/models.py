"""Up to three models of the outcome side by side: the gap, perception alone, perception with expectation (methods 1.4)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from gaps.charts.chart import Chart
from gaps.charts.drivers import predictors_of
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, whiskers
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import clauses, hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words
from gaps.model import Battery, Dimension, Study
from gaps.stats.results import DriverFit, Term

LANE = 15  # pixels between the series of one dimension
# the fit's predictors, the prefix of its terms, and the words for this series
SERIES = (
    ("P-E", "", "pe"),
    ("P", "", "p"),
    ("P,E", "P:", "p_given_e"),
    ("P,E", "E:", "e_given_p"),
)


def models_side_by_side(fits: Sequence[DriverFit], study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw every dimension's standardised slope in each model that could be fitted: the gap, perception alone, perception with expectation.

    The interval is the slope's (by the fit's inference) on the standardised scale (the standard deviations taken as known). The
    caption says which models could not be fitted, and why.
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
    stack = Rows.of([d.name(words.language) for d in dimensions], body=LANE * len(series))
    ends = [v for fit, _, _ in series for t in fit.terms for v in standardised(t)]
    low, high = reach(ends)
    several = len(series) > 1
    canvas = Canvas(colours, stack.height, (low, high), top=44 if several else 14, bottom=30, legend=several)
    canvas.xaxis = gap_axis(low, high)
    half = LANE * len(series) / 2
    for row in stack.rows:
        canvas.label(row)
        canvas.line(0, row.middle - half, 0, row.middle + half, colours.line, width=1.5)  # not through the text above
    for i, (fit, prefix, key) in enumerate(series):
        terms = [(row, dim, _term(fit, prefix + dim.id)) for row, dim in zip(stack.rows, dimensions, strict=True)]
        offset = (i - (len(series) - 1) / 2) * LANE
        _series(canvas, fit, key, [(row.middle + offset, dim, term) for row, dim, term in terms if term], words)
    return Chart(
        canvas.figure(),
        _title(usable, outcome, words),
        words("charts.models.subtitle", outcome=words(f"charts.outcome.{outcome}")),
        _caption(fits, usable, words),
        words(
            "charts.models.alt",
            rows=pairs(words, ((predictors_of(f, words), words("charts.models.r2", r2=f.adj_r2)) for f in usable.values())),
        ),
        computed.models(tuple(usable.values()), words),
    )


def _series(canvas: Canvas, fit: DriverFit, key: str, terms: Sequence[tuple[float, Dimension, Term]], words: Words) -> None:
    """One model's slopes, each at its height, in the mark of what it stands for."""
    symbol, colour = {
        "pe": ("square", canvas.ink.text),
        "p": ("triangle-up", canvas.ink.muted),
        "p_given_e": (MARKS[Battery.PERCEPTION], canvas.ink.of(Battery.PERCEPTION)),
        "e_given_p": (MARKS[Battery.EXPECTATION], canvas.ink.of(Battery.EXPECTATION)),
    }[key]
    values = [standardised(term) for _, _, term in terms]
    lows, betas, highs = ([v[k] for v in values] for k in range(3))
    told = [words("charts.models.hover", beta=b, interval=words.interval(lo, hi), n=fit.n) for lo, b, hi in values]
    canvas.marks(
        betas,
        [y for y, _, _ in terms],
        [hover(d.name(words.language), words(f"charts.models.{key}"), t) for (_, d, _), t in zip(terms, told, strict=True)],
        [d.id for _, d, _ in terms],
        colour=colour,
        symbol=symbol,
        size=10,
        hollow=[lo <= 0 <= hi for lo, _, hi in values],
        name=words(f"charts.models.short.{key}"),
        error_x=whiskers(betas, lows, highs, canvas.ink.line),
    )


def _term(fit: DriverFit, name: str) -> Term | None:
    return next((t for t in fit.terms if t.name == name and math.isfinite(t.beta)), None)


def standardised(term: Term) -> tuple[float, float, float]:
    """Low, value and high of the standardised slope: the interval of b in the unit of beta."""
    if not term.b or not math.isfinite(term.b):
        return (term.beta, term.beta, term.beta)
    unit = term.beta / term.b
    return (term.low * unit, term.beta, term.high * unit)


def _title(usable: Mapping[str, DriverFit], outcome: str, words: Words) -> str:
    name = words(f"charts.outcome.{outcome}")
    if {"P-E", "P", "P,E"} <= usable.keys():
        return words("charts.models.title.three", outcome=name, gap=usable["P-E"].adj_r2, p=usable["P"].adj_r2, both=usable["P,E"].adj_r2)
    explained = (words("charts.models.title.by", model=predictors_of(f, words), r2=f.adj_r2) for f in usable.values())
    return words("charts.models.title.some", outcome=name, models=clauses(words, explained))


def _caption(fits: Sequence[DriverFit], usable: Mapping[str, DriverFit], words: Words) -> str:
    """The letters that are used, n, how the marks are read, and which models could not be fitted."""
    counts = {fit.n for fit in usable.values()}
    letters = "both" if "P,E" in usable else "gap" if "P-E" in usable else ""
    parts = [
        words(f"charts.models.letters.{letters}") if letters else "",
        words(f"charts.models.{'n' if len(counts) == 1 else 'n_at_most'}", who=words("charts.n.customers", n=max(counts))),
        words("charts.models.caption"),
    ]
    for fit in fits:
        if fit.withheld is not None:
            key = f"drivers.withheld.{fit.withheld.reason}"
            reason = words(key if key in words else "drivers.withheld.other", **fit.withheld.values)
            parts.append(words("charts.models.not_fitted", model=predictors_of(fit, words), reason=reason))
    return sentences(words, parts)
