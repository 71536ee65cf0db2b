"""What if: the outcome today and as predicted, and every single move side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, steps, whiskers
from gaps.charts.palette import MARKS, ink, tint
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words, plain, signed
from gaps.model import Battery, Scale, Study, Withheld

if TYPE_CHECKING:
    from gaps.stats.single_moves import SingleMove, SingleMoves
    from gaps.stats.what_if import Prediction, WhatIfModel

WHY = (
    "slope_not_positive",
    "beyond_data",
    "beyond_scale",
    "nothing_left",
)  # reasons of a move without a prediction that have words of their own


def predicted_change(found: Prediction | Withheld, model: WhatIfModel, *, words: Words, dark: bool = False) -> Chart:
    """Draw the outcome's mean today and, below it, as predicted, on the part of the scale around today.

    The thick bar is the 95 % interval of the predicted mean change, the light one that of a next survey. Without a prediction only
    today's mean is drawn, on the same axis and height, so that nothing jumps while a slider is moved. Both means are of the customers with
    all answers, which the caption says: pages that need the outcome alone have more of them, and another mean.
    """
    colours, today, scale = ink(dark), model.mean, model.outcome_scale
    name = words(f"charts.outcome.{model.outcome}")
    given = not isinstance(found, Withheld)
    value = words("asymmetry.then.none")
    if given:
        value = words("asymmetry.then.value", after=found.after, change=found.change) if found.moves else plain(today)
    stack = Rows.of([words("asymmetry.then.today"), words("asymmetry.then.then")], [plain(today), value], body=20, gap=10)
    low, high = _window(today, [found.next_low, found.next_high] if given else [], scale)
    air = (high - low) * 0.03
    canvas = Canvas(colours, stack.height, (low - air, high + air), left=10, right=10, bottom=30)
    ticks = steps(low, high, most=7)
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [plain(t, _digits(ticks)) for t in ticks]}
    now, then = stack.rows
    for row in stack.rows:
        canvas.label(row, strong=True)
        canvas.line(low, row.middle, high, row.middle, colours.track, width=2)
    canvas.line(today, now.middle, today, then.middle + 10, colours.line, dash="dot")
    said = words("asymmetry.then.alt_none", outcome=name, before=today)
    if given:
        said = words(
            "asymmetry.then.alt" if found.moves else "asymmetry.then.alt_same",
            outcome=name,
            before=found.before,
            after=found.after,
            change=found.change,
            interval=words.interval(found.low, found.high),
            next=words.interval(found.next_low, found.next_high),
        )
        ends = [min(max(found.before + v, scale.min), scale.max) for v in (found.next_low, found.next_high)]
        canvas.rect(ends[0], then.middle - 8, ends[1], then.middle + 8, tint(colours.neutral, 0.28))
        _arrow(canvas, found.before, found.after, then.middle)
        error = whiskers([found.after], [found.before + found.low], [found.before + found.high], colours.text, cap=6)
        mark = {"colour": colours.text, "size": 11, "hollow": [not found.told_from_zero], "error_x": error | {"thickness": 3}}
        canvas.marks([found.after], [then.middle], [hover(said)], ["then"], **mark)
    canvas.marks(
        [today], [now.middle], [hover(words("asymmetry.then.hover", outcome=name, before=today))], ["today"], colour=colours.muted, size=11
    )
    scaled = {"min": plain(scale.min, 0), "max": plain(scale.max, 0)}
    return Chart(
        canvas.figure(),
        said,
        words("asymmetry.then.subtitle", outcome=name, **scaled),
        sentences(words, [*_people(model, words), words("asymmetry.then.caption", low=low, high=high, **scaled)]),
        said,
        computed.prediction(found, model.outcome, words),
    )


def _people(model: WhatIfModel, words: Words) -> list[str]:
    """Of how many customers today's mean is, and why other pages may have another."""
    told = [words("asymmetry.then.people", n=model.n)]
    if model.n_left_out:
        told.append(words("asymmetry.then.left_out", n=model.n_left_out, outcome=words(f"charts.outcome.{model.outcome}")))
    return told


def _digits(ticks: Sequence[float]) -> int:
    return next((d for d in (0, 1) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 2)


def _window(today: float, changes: Sequence[float], scale: Scale) -> tuple[float, float]:
    """The part of the scale that is drawn: around today's mean, as much as the change needs, in steps that double."""
    reach = scale.span / 12
    while any(abs(c) > reach for c in changes):
        reach *= 2
    return max(scale.min, today - reach), min(scale.max, today + reach)


def _arrow(canvas: Canvas, start: float, end: float, y: float) -> None:
    """A line from today's mean to the predicted one."""
    if start != end:
        canvas.line(start, y, end, y, canvas.ink.sign(end - start), width=4)


def single_moves(found: SingleMoves, study: Study, *, words: Words, title: str, dark: bool = False) -> Chart:
    """Draw the predicted change of each single move with its 95 % interval, largest first; `title` is the finding.

    Perceptions and expectations carry their own marks; hollow: the interval includes zero; bold: may be the first and can be told
    from none. Moves without a prediction are told in the caption, with the reason.
    """
    colours = ink(dark)
    moves = found.predicted
    names = [label(one, study, words) for one in moves]
    outcome = words(f"charts.outcome.{found.outcome}")
    caption = sentences(words, [*(_marks(found, words) if moves else ()), *_unpredicted(found, study, words)])
    if not moves:
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", caption, title)
    predictions = [one.prediction for one in moves]
    sizes = [words("charts.cell.size", mean=p.change, interval=words.interval(p.low, p.high)) for p in predictions]
    foremost = found.foremost
    stack = Rows.of(names, [signed(p.change) for p in predictions], body=14, gap=7)
    low, high = reach([v for p in predictions for v in (p.low, p.high)], least=0.1)
    canvas = Canvas(colours, stack.height, (low, high), bottom=30)
    canvas.xaxis = gap_axis(low, high)
    for row, one in zip(stack.rows, moves, strict=True):
        canvas.label(row, bold=one in foremost, strong=one in foremost)
        canvas.zero(row, 8)
    for battery in (Battery.PERCEPTION, Battery.EXPECTATION):
        of = [i for i, one in enumerate(moves) if one.of_perception == (battery is Battery.PERCEPTION)]
        if not of:
            continue
        values = [predictions[i].change for i in of]
        lows, highs = [predictions[i].low for i in of], [predictions[i].high for i in of]
        canvas.marks(
            values,
            [stack.rows[i].middle for i in of],
            [hover(names[i], sizes[i], words("asymmetry.singles.hover", n=found.n, capped=predictions[i].n_capped)) for i in of],
            [moves[i].move.dimension for i in of],
            colour=colours.of(battery),
            symbol=MARKS[battery],
            hollow=[lo <= 0 <= hi for lo, hi in zip(lows, highs, strict=True)],
            error_x=whiskers(values, lows, highs, colours.line),
        )
    return Chart(
        canvas.figure(),
        title,
        words("asymmetry.singles.subtitle", outcome=outcome, amount=found.amount),
        caption,
        words("asymmetry.singles.alt", rows=pairs(words, zip(names, sizes, strict=True))),
        computed.single_moves(found, words),
    )


def _marks(found: SingleMoves, words: Words) -> list[str]:
    """What the marks mean: of those that are not there nothing is said."""
    drawn = {
        "bold": bool(found.foremost),
        "hollow": any(not one.prediction.told_from_zero for one in found.predicted),
        "marks": len({one.of_perception for one in found.predicted}) > 1,
        "ends": True,
    }
    told = [words(f"asymmetry.singles.{name}") for name, there in drawn.items() if there]
    return [words("asymmetry.singles.caption", n=found.n), *told]


def _unpredicted(found: SingleMoves, study: Study, words: Words) -> list[str]:
    """Which moves have no prediction, and why: dimensions of one battery and reason together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in found.moves:
        if isinstance(one.prediction, Withheld):
            key = "perceived" if one.of_perception else "expected", why(one.prediction, found.outcome, words)
            alike.setdefault(key, []).append(dimension_name(study, one.move.dimension, words.language))
    return [
        words("asymmetry.singles.withheld", moves=words(f"asymmetry.either.{battery}", dimensions=words.list(names)), why=reason)
        for (battery, reason), names in alike.items()
    ]


def why(withheld: Withheld, outcome: str, words: Words) -> str:
    """Why a single move has no prediction, as the end of a sentence."""
    reason = withheld.reason if withheld.reason in WHY else "other"
    return words(f"asymmetry.singles.why.{reason}", outcome=words(f"charts.outcome.{outcome}"))


def label(one: SingleMove, study: Study, words: Words) -> str:
    """Reliability perceived higher; reliability expected less."""
    key = "perception" if one.of_perception else "expectation"
    return words(f"asymmetry.singles.{key}", name=dimension_name(study, one.move.dimension, words.language))
