"""What to fix first: the priorities' own order, up to three dimensions of it, each with its reason.

The Drivers page says what comes first by `drivers.ranked_said`; here are the same words about the same list, so that no page can name
another dimension.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gaps.findings import CERTAINTY, TOLERANCE
from gaps.findings.drivers import EARLY, POSSIBLE, SURE, Said, ranked_said, withheld_said
from gaps.model import Battery, Study, Withheld
from gaps.stats.priority_results import DERIVED, GAP, ROOM, Level, Priorities, RankList

MOST = EARLY


@dataclass(frozen=True, slots=True)
class Fix:
    """A dimension to fix: place 1, 2, … or None where the data cannot tell which comes first, and what speaks for it.

    share: its part of what the dimensions explain of the outcome; gap: P - E with the interval that every page gives it (None if E was not
    asked); room: points up to the top of the
    scale; r: correlation of its perception with the outcome, since a share has no sign.
    """

    dimension: str
    place: int | None
    p_first: float
    share: Level
    gap: Level | None
    room: float
    r: float


def ranking(priorities: Priorities) -> RankList | None:
    """The list that is spoken of: derived importance times shortfall, or times room where expectations were not asked."""
    return priorities.list(DERIVED, GAP) or priorities.list(DERIVED, ROOM)


def fixes(priorities: Priorities | Withheld, most: int = MOST) -> tuple[Fix, ...]:
    """Up to `most` dimensions, the most urgent first; none where nothing is missing or too few customers answered.

    With a first place that is sure (80 %, as everywhere) they are numbered; else those that may be first stand side by side, in the order
    of the Drivers page's list.
    """
    ranked = None if isinstance(priorities, Withheld) else ranking(priorities)
    if ranked is None or priorities.few:
        return ()
    listed = [one for one in zip(ranked.dimensions, ranked.values, ranked.p_first, strict=True) if one[1] > TOLERANCE]
    sure = bool(listed) and listed[0][2] >= SURE
    if not sure:
        listed = [one for k, one in enumerate(listed) if k < 2 or one[2] >= POSSIBLE]
    points = {point.dimension: point for point in priorities.points}
    return tuple(
        Fix(
            d, k + 1 if sure else None, p, points[d].derived, points[d].gap, priorities.scale.max - points[d].performance.value, points[d].r
        )
        for k, (d, _, p) in enumerate(listed[:most])
    )


def lead(priorities: Priorities | Withheld, study: Study, words: Callable) -> Said:
    """What comes first, or why that cannot be said: the sentence of the Drivers page."""
    if isinstance(priorities, Withheld):
        key = f"overview.unknown.{priorities.reason}"
        return Said("withheld", words(key) if key in words else withheld_said(priorities, words))
    ranked = ranking(priorities)
    return ranked_said(priorities, ranked, study, words) if ranked else Said("withheld", words("drivers.withheld.other"))


def sentence(priorities: Priorities | Withheld, study: Study, words: Callable) -> str:
    """What comes first under its heading, with how sure that is."""
    said = lead(priorities, study, words)
    parts = [words("overview.headed", heading=words("overview.first"), said=said.statement), said.certainty]
    return ("" if words.language == "zh" else " ").join(part for part in parts if part)


def reason(fix: Fix, outcome: str, words: Callable) -> Said:
    """Why a dimension is among them, in one line, and how sure its numbers are: the gap with the interval that every page gives it."""
    values = {"share": fix.share.value, "share_low": fix.share.low, "share_high": fix.share.high, "room": fix.room}
    values["outcome"] = words(f"findings.outcome_name.{outcome}")
    if fix.gap is not None:
        values |= {"size": -fix.gap.value, "low": -fix.gap.high, "high": -fix.gap.low}
    said, _, sure = words(f"overview.reason.{'gap' if 'size' in values else 'room'}", **values).partition(CERTAINTY)
    if math.isfinite(fix.r) and fix.r <= 0:
        said += ("" if words.language == "zh" else " ") + words("overview.reason.inverse", **values)
    return Said(fix.dimension, said, sure)


def reading(outcome: str, fixes: Sequence[Fix], study: Study, words: Callable) -> str:
    """What importance and shortfall mean there."""
    wanted = words(f"findings.wanted.{study.expectation or Battery.EXPECTATION}")
    key = "importance" if all(fix.gap is not None for fix in fixes) else "importance_room"
    return words(f"overview.{key}", outcome=words(f"findings.outcome_name.{outcome}"), wanted=wanted)


def name(fix: Fix, study: Study, words: Callable) -> str:
    """The dimension's name, numbered where its place is known; text from the data: escape it where it is shown."""
    shown = next((d.name(words.language) for d in study.instrument.dimensions if d.id == fix.dimension), fix.dimension)
    return shown if fix.place is None else words("overview.place", place=fix.place, name=shown)
