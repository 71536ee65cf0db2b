"""The two slopes of every dimension: what one point goes with below expectation, and what above."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words, signed
from gaps.model import Study, Withheld
from gaps.stats.results import AsymmetryCurve, Slope

if TYPE_CHECKING:
    from gaps.stats.asymmetry import StudyAsymmetry

LANE = 15
SIDES = (("below", "triangle-down", "shortfall"), ("above", "triangle-up", "surplus"))
TESTED = ("loss", "gain", "none")


@dataclass(frozen=True, slots=True)
class Slopes:
    """A dimension's slopes, or the total's, with what they are called."""

    key: str
    name: str
    curve: AsymmetryCurve
    verdict: str
    p: float

    def given(self, name: str) -> bool:
        """Whether the slope of a side may be shown."""
        return isinstance(self.curve.side(name), Slope)

    def side(self, name: str) -> tuple[float, float, float, int]:
        """Slope, interval and n of a side that may be shown."""
        return astuple(self.curve.side(name))


def dimension_slopes(found: StudyAsymmetry, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw slope below (triangle down) and above (triangle up) with 95 % intervals, the total first, then each dimension.

    A side with fewer than 30 customers has no mark: its row says how many there are. Verdicts of the dimensions rest on p after Holm.
    """
    colours = ink(dark)
    rows = _rows(found, study, words)
    title = title_of(found, words)
    if not any(row.given(side) for row in rows for side, *_ in SIDES):
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", "", title)
    stack = Rows.of([r.name for r in rows], [verdict_of(r.verdict, r.curve, words, short=True) for r in rows], body=LANE * 2, gap=10)
    ends = [v for r in rows for side, *_ in SIDES if r.given(side) for v in r.side(side)[:3]]
    low, high = reach(ends)
    canvas = Canvas(colours, stack.height, (low, high), top=34, bottom=30, legend=True)
    canvas.xaxis = gap_axis(low, high)
    for row, one in zip(stack.rows, rows, strict=True):
        canvas.zero(row, LANE)
        canvas.label(row, strong=one.verdict in ("loss", "gain"), colour=None if one.verdict in ("loss", "gain") else colours.muted)
    for lane, (side, symbol, colour) in enumerate(SIDES):
        shown = [(r, one) for r, one in zip(stack.rows, rows, strict=True) if one.given(side)]
        values = [one.side(side) for _, one in shown]
        slopes = [v[0] for v in values]
        canvas.marks(
            slopes,
            [r.middle + (lane - 0.5) * LANE for r, _ in shown],
            [hover(one.name, _told(side, one, words)) for _, one in shown],
            [one.key for _, one in shown],
            colour=getattr(colours, colour),
            symbol=symbol,
            hollow=[v[1] <= 0 <= v[2] for v in values],
            name=words(f"asymmetry.slopes.{side}"),
            error_x=whiskers(slopes, [v[1] for v in values], [v[2] for v in values], colours.line),
        )
    spoken = pairs(
        words,
        (
            (r.name, _join(words, [_told(s, r, words) for s, *_ in SIDES if r.given(s)] + [verdict_of(r.verdict, r.curve, words)]))
            for r in rows
        ),
    )
    return Chart(
        canvas.figure(),
        title,
        words("asymmetry.slopes.subtitle", outcome=words(f"charts.outcome.{found.outcome}")),
        sentences(words, [words("asymmetry.slopes.caption", needed=rows[0].curve.min_side), *adjusted(found, words)]),
        words("asymmetry.slopes.alt", rows=spoken),
        computed.curves(found, study, words),
    )


def _join(words: Words, parts: list[str]) -> str:
    return ("，" if words.language == "zh" else ", ").join(part.rstrip("。.") for part in parts)


def _rows(found: StudyAsymmetry, study: Study, words: Words) -> list[Slopes]:
    rows = []
    if isinstance(found.total, AsymmetryCurve):
        rows.append(Slopes("total", words("charts.all_dimensions"), found.total, found.verdict, found.total.p_equal))
    for d in found.dimensions:
        if isinstance(d.curve, AsymmetryCurve):
            rows.append(Slopes(d.dimension, dimension_name(study, d.dimension, words.language), d.curve, d.verdict, d.p_holm))
    return rows


def verdict_of(verdict: str, curve: AsymmetryCurve | Withheld, words: Words, *, short: bool = False) -> str:
    """What is said of a dimension in a few words; short: beside its name on a phone."""
    kind = "short" if short else "verdict"
    if verdict == "too_few" and isinstance(curve, AsymmetryCurve):
        side = "below" if curve.n_below < curve.n_above else "above"
        return words(f"asymmetry.slopes.{kind}.few_{side}", n=getattr(curve, f"n_{side}"), needed=curve.min_side)
    return words(f"asymmetry.slopes.{kind}.{verdict}")


def adjusted(found: StudyAsymmetry, words: Words) -> list[str]:
    """For how many tests the verdicts of the dimensions were adjusted; nothing where there were not several."""
    return [words("asymmetry.slopes.adjusted", tested=found.tested)] if found.tested > 1 else []


def _told(side: str, one: Slopes, words: Words) -> str:
    slope, low, high, n = one.side(side)
    return words(f"asymmetry.slopes.hover.{side}", slope=signed(slope), interval=words.interval(low, high), n=n)


def title_of(found: StudyAsymmetry, words: Words) -> str:
    """In how many dimensions which side goes with more."""
    counts = {v: sum(d.verdict == v for d in found.dimensions) for v in TESTED}
    values = {"tested": found.tested, "of": len(found.dimensions), "loss": counts["loss"], "gain": counts["gain"]}
    if not found.tested:
        return words("asymmetry.slopes.title.few", needed=30, **values)
    key = "both" if counts["loss"] and counts["gain"] else "loss" if counts["loss"] else "gain" if counts["gain"] else "none"
    return words(f"asymmetry.slopes.title.{key}", **values)
