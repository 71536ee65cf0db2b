"""Loss aversion, penalty and reward, and what if as rows of a table: numbers rounded and named for reading, nothing computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

from gaps.charts.cell import dimension_name
from gaps.charts.penalty_reward import in_short
from gaps.charts.slopes import verdict_of
from gaps.charts.what_if import label, why
from gaps.i18n import Words, plain, probability, signed
from gaps.model import Study, Withheld
from gaps.stats.results import AsymmetryCurve
from screens.parts import language, numbers

Row = dict[str, str]


def _estimate(words: Words, value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "–"
    known = math.isfinite(low) and math.isfinite(high)
    return words("asymmetry.cell.estimate", value=value, low=low, high=high) if known else signed(value)


def _side(words: Words, curve: AsymmetryCurve, side: str) -> str:
    slope = curve.side(side)
    return numbers.no_slope(slope, words) if isinstance(slope, Withheld) else _estimate(words, slope.value, slope.low, slope.high)


def slopes(found, study: Study) -> list[Row]:
    """Every dimension's two slopes, their test and its verdict."""
    words = language.words()
    return [
        {
            words("app.column.dimension"): dimension_name(study, d.dimension, words.language),
            words("asymmetry.column.slope_below"): _side(words, c, "below"),
            words("asymmetry.column.n_below"): words("app.show.count", n=c.n_below),
            words("asymmetry.column.slope_above"): _side(words, c, "above"),
            words("asymmetry.column.n_above"): words("app.show.count", n=c.n_above),
            words("asymmetry.column.p_holm"): probability(d.p_holm),
            words("asymmetry.column.verdict"): verdict_of(d.verdict, c, words),
        }
        for d in found.dimensions
        if isinstance(c := d.curve, AsymmetryCurve)
    ]


def slopes_as_data(found) -> list[dict[str, object]]:
    """The slopes of the total (no dimension) and of every dimension, unrounded; nothing where they may not be shown."""
    counts = ("n", "n_below", "n_at", "n_above")
    names = ("ratio", "ratio_low", "ratio_high", "status", "reason", "method", "units")
    rows = [("", found.total, math.nan, found.verdict)] + [(d.dimension, d.curve, d.p_holm, d.verdict) for d in found.dimensions]
    return [
        {"dimension": id}
        | {name: getattr(curve, name) for name in counts}
        | _side_as_data(curve, "below")
        | _side_as_data(curve, "above")
        | {"p_equal": curve.p_equal if curve.tested else None}
        | {name: getattr(curve, name) for name in names}
        | {"p_holm": p, "verdict": verdict}
        for id, curve, p, verdict in rows
        if isinstance(curve, AsymmetryCurve)
    ]


def _side_as_data(curve: AsymmetryCurve, side: str) -> dict[str, object]:
    slope = curve.side(side)
    ends = (None,) * 3 if isinstance(slope, Withheld) else (slope.value, slope.low, slope.high)
    return dict(zip((f"slope_{side}", f"slope_{side}_low", f"slope_{side}_high"), ends, strict=True))


def curves_as_data(found) -> list[dict[str, object]]:
    """The points of every dimension's curve, unrounded."""
    return [
        {"dimension": d.dimension} | {name: getattr(p, name) for name in ("gap", "outcome", "low", "high", "n")}
        for d in found.dimensions
        if isinstance(d.curve, AsymmetryCurve)
        for p in d.curve.points
    ]


def contrasts(found, study: Study) -> list[Row]:
    """Every dimension's groups, penalty, reward, impact asymmetry and category."""
    words = language.words()
    return [
        {
            words("app.column.dimension"): dimension_name(study, c.dimension, words.language),
            words("asymmetry.column.low_group"): words("asymmetry.cell.up_to", cut=c.low_cut, share=c.low_share),
            words("asymmetry.column.high_group"): words("asymmetry.cell.from", cut=c.high_cut, share=c.high_share),
            words("asymmetry.column.penalty"): _estimate(words, c.penalty, c.penalty_low, c.penalty_high),
            words("asymmetry.column.reward"): _estimate(words, c.reward, c.reward_low, c.reward_high),
            words("asymmetry.column.ia"): _estimate(words, c.ia, c.ia_low, c.ia_high),
            words("asymmetry.column.ia_line"): signed(c.ia_line),
            words("asymmetry.column.beyond"): words(f"asymmetry.cell.{'yes' if c.beyond_line else 'no'}") if math.isfinite(c.ia) else "–",
            words("asymmetry.column.category"): in_short(c, words),
        }
        for c in found.contrasts
    ]


def contrasts_as_data(found) -> list[dict[str, object]]:
    """The contrasts unrounded, with the probability of each category."""
    rows = []
    for c in found.contrasts:
        row = {f.name: getattr(c, f.name) for f in fields(c) if f.name not in ("chances", "named")}
        rows.append(row | {"named": c.named or "", "beyond_line": c.beyond_line} | {f"p_{k}": v for k, v in c.chances.items()})
    every = dict.fromkeys(key for row in rows for key in row)
    return [{key: row.get(key) for key in every} for row in rows]


def moved(found, study: Study) -> list[Row]:
    """What was asked of each dimension, what was left of it at the ends of the scale, and for how many."""
    words = language.words()
    rows = []
    for move in found.moves:
        perception, expectation = found.moved[move.dimension]
        rows.append(
            {
                words("app.column.dimension"): dimension_name(study, move.dimension, words.language),
                words("asymmetry.column.asked_perception"): signed(move.perception),
                words("asymmetry.column.moved_perception"): signed(perception),
                words("asymmetry.column.asked_expectation"): signed(move.expectation),
                words("asymmetry.column.moved_expectation"): signed(expectation),
                words("asymmetry.column.capped"): words("app.show.count", n=found.capped[move.dimension]),
            }
        )
    return rows


def prediction_as_data(found) -> list[dict[str, object]]:
    """A prediction unrounded, with the moves it is of."""
    names = ("outcome", "n", "before", "after", "change", "low", "high", "df", "next_low", "next_high", "n_capped", "below_before",
             "below_after", "kind", "kink", "method")  # fmt: skip
    row: dict[str, object] = {name: getattr(found, name) for name in names}
    for move in found.moves:
        row |= {f"perception {move.dimension}": move.perception, f"expectation {move.dimension}": move.expectation}
    return [row]


def single_moves(found, study: Study) -> list[Row]:
    """Every single move with its predicted change, or the reason why there is none."""
    words = language.words()
    rows = []
    for one in found.moves:
        p, given = one.prediction, not isinstance(one.prediction, Withheld)
        change = _estimate(words, p.change, p.low, p.high) if given else words("asymmetry.cell.withheld", why=why(p, found.outcome, words))
        rows.append(
            {
                words("asymmetry.column.move"): label(one, study, words),
                words("asymmetry.column.change"): change,
                words("asymmetry.column.next"): words.interval(p.next_low, p.next_high) if given else "–",
                words("asymmetry.column.capped"): words("app.show.count", n=p.n_capped) if given else "–",
            }
        )
    return rows


def single_moves_as_data(found, study: Study) -> list[dict[str, object]]:
    """Every single move unrounded; those without a prediction with the reason."""
    words = language.words()
    names = ("change", "low", "high", "next_low", "next_high", "n_capped")
    rows = []
    for one in found.moves:
        given: Mapping[str, object] = {}
        if not isinstance(one.prediction, Withheld):
            given = {name: getattr(one.prediction, name) for name in names}
        about = {"dimension": one.move.dimension, "name": label(one, study, words), "perception": one.move.perception}
        about |= {"expectation": one.move.expectation, "may_be_largest": one.leading}
        reason = one.prediction.reason if isinstance(one.prediction, Withheld) else ""
        rows.append(about | {name: given.get(name) for name in names} | {"withheld": reason})
    return rows


def scale_ends(study: Study) -> dict[str, str]:
    """The answer scale's lowest and highest answer, as written in a sentence."""
    scale = study.instrument.scale
    return {"min": plain(scale.min, 0), "max": plain(scale.max, 0)}
