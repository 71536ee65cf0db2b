"""What low and what high performance go with, against the middle: penalty to the left, reward to the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, gap_axis, reach, trace, whiskers
from gaps.charts.palette import ink, tint
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import models as computed
from gaps.i18n import Words
from gaps.model import Study

if TYPE_CHECKING:
    from gaps.stats.penalty_reward import Contrast, PenaltyReward

LANE = 5.5  # pixels of a row's bars from its middle
NAMED, LIKELY = 0.80, 0.50  # as in the statistics, which the first page does not wait for
SIDES = (("penalty", "shortfall"), ("reward", "surplus"))


def penalty_reward(found: PenaltyReward, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw penalty and reward per dimension with 95 % intervals; right of the name its category and the category's probability.

    A bar whose interval includes zero is hollow. Only a category with a probability of 80 % or more is named, and the title counts them;
    from 50 % on it carries a question mark, below there is none.
    """
    colours = ink(dark)
    given = [c for c in found.contrasts if not c.withheld]
    names = [dimension_name(study, c.dimension, words.language) for c in given]
    title = _title(found, words)
    if not given:
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", "", title)
    stack = Rows.of(names, [in_short(c, words) for c in given], body=4 * LANE, gap=10)
    low, high = reach([v for c in given for v in (c.penalty, c.penalty_low, c.penalty_high, c.reward, c.reward_low, c.reward_high)])
    canvas = Canvas(colours, stack.height, (low, high), left=14, right=10, bottom=30)
    canvas.xaxis = gap_axis(low, high)
    for row, c in zip(stack.rows, given, strict=True):
        canvas.zero(row, 2 * LANE)
        canvas.label(row, strong=c.named is not None, colour=None if c.named else colours.muted)
    for (side, colour), lane in zip(SIDES, (-LANE, LANE), strict=True):  # intervals of both reach over zero: a line for each
        _bars(canvas, given, names, [r.middle + lane for r in stack.rows], side, getattr(colours, colour), words)
    left_out = [dimension_name(study, c.dimension, words.language) for c in found.contrasts if c.withheld]
    judged = any(c.judged for c in given)
    caption = [words("asymmetry.penalty.caption", n=found.n)]
    if judged:
        caption.append(words("asymmetry.penalty.claimed", named=NAMED, likely=LIKELY))
    if left_out:
        caption.append(words("asymmetry.penalty.left_out", names=words.list(left_out)))
    if few := [c for c in given if not c.judged]:
        caption += [words("asymmetry.penalty.without", needed=few[0].needed), _larger(found, words)]
    spoken = pairs(words, ((name, _told(c, words)) for name, c in zip(names, given, strict=True)))
    return Chart(
        canvas.figure(barmode="overlay"),
        title,
        words(f"asymmetry.penalty.subtitle.{'judged' if judged else 'few'}", outcome=words(f"charts.outcome.{found.outcome}")),
        sentences(words, caption),
        words("asymmetry.penalty.alt", rows=spoken),
        computed.penalty_reward(found, words),
    )


def _bars(
    canvas: Canvas,
    given: Sequence[Contrast],
    names: Sequence[str],
    ys: Sequence[float],
    side: str,
    colour: str,
    words: Words,
) -> None:
    values = [getattr(c, side) for c in given]
    lows, highs = ([getattr(c, f"{side}_{end}") for c in given] for end in ("low", "high"))
    unsure = [low <= 0 <= high for low, high in zip(lows, highs, strict=True)]
    canvas.add(
        trace(
            "bar",
            x=values,
            y=list(ys),
            width=[2 * LANE - 2] * len(values),
            orientation="h",
            marker={"color": [tint(colour, 0.0 if u else 0.75) for u in unsure], "line": {"width": 1.5, "color": colour}},
            error_x=whiskers(values, lows, highs, canvas.ink.text, cap=3),
            hovertext=[hover(name, _told(c, words)) for name, c in zip(names, given, strict=True)],
            hoverinfo="text",
            customdata=[c.dimension for c in given],
            name=words(f"asymmetry.penalty.{side}"),
            showlegend=False,
        )
    )


def in_short(c: Contrast, words: Words) -> str:
    """A dimension's category with its probability, as far as it can be named."""
    if c.withheld:
        return words("asymmetry.penalty.withheld")
    if not c.judged:
        return words("asymmetry.penalty.few", n=c.fewest, needed=c.needed)
    if math.isnan(c.ia):
        return words("asymmetry.short.not_classifiable")
    if not c.likely:
        return words("asymmetry.penalty.open")
    values = {"category": words(f"asymmetry.short.{c.category}"), "chance": c.chances[c.category]}
    return words("asymmetry.penalty.named" if c.named else "asymmetry.penalty.unsure", **values)


def _told(c: Contrast, words: Words) -> str:
    parts = [
        words(
            "asymmetry.penalty.hover",
            penalty=c.penalty,
            penalty_interval=words.interval(c.penalty_low, c.penalty_high),
            reward=c.reward,
            reward_interval=words.interval(c.reward_low, c.reward_high),
            n_low=c.n_low,
            n_middle=c.n_middle,
            n_high=c.n_high,
        )
    ]
    if math.isfinite(c.ia):
        parts.append(words("asymmetry.penalty.hover_ia", ia=c.ia, ia_line=c.ia_line))
    if c.judged:
        parts.append(words("asymmetry.penalty.hover_category", category=in_short(c, words)))
    else:
        parts.append(words("asymmetry.penalty.hover_few", n=c.fewest, needed=c.needed))
    return sentences(words, parts)


def _larger(found: PenaltyReward, words: Words) -> str:
    """Whether other shares of customers would make the groups large enough for a category."""
    if found.n < found.needed:
        return words("asymmetry.penalty.never", n=found.n, needed=found.needed)
    return words("asymmetry.penalty.shares", share=share) if math.isfinite(share := found.share_needed) else ""


def _title(found: PenaltyReward, words: Words) -> str:
    given = [c for c in found.contrasts if not c.withheld]
    if given and not any(c.judged for c in given):
        return words("asymmetry.penalty.title.few", needed=given[0].needed)
    named = sum(c.named is not None for c in found.contrasts)
    beyond = sum(c.named is not None and c.beyond_line for c in found.contrasts)
    values = {"named": named, "of": len(found.contrasts), "beyond": beyond}
    return words(f"asymmetry.penalty.title.{'none' if not named else 'beyond' if beyond else 'line'}", **values)
