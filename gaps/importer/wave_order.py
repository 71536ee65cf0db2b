"""The order of the waves in time, as their names tell it: dates, years with their halves, quarters or months, before and after, numbers.

A name alone may be read in several ways (01/03/2026). What counts is the reading that makes sense of all names; where several do and
disagree, or names do not tell, that is a doubt, and it is part of the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gaps.importer.wave_names import YEAR, Convention, Told, UnreadableError, conventions, plain, read

__all__ = ["DAYS", "READING", "UNKNOWN", "WaveOrder", "in_order"]

DAYS = "days"  # which number is the day and which the month cannot be told
READING = "reading"  # the names can be read in another way, or overlap
UNKNOWN = "unknown"  # the names do not tell: the order of first appearance counts

MOST = 2000  # more names than that are no waves, and not looked into
LIKELY_SPAN = 5  # years; a study with more of them between its waves is rarer than a misread date


@dataclass(frozen=True, slots=True)
class WaveOrder:
    """The waves, the earliest first, and what is doubtful about that: `DAYS`, `READING`, `UNKNOWN` or nothing."""

    names: tuple[str, ...]
    doubt: str = ""


def in_order(names: Iterable[str]) -> WaveOrder:
    """Put the names of waves into the order of time.

    Parameters
    ----------
    names
        in the order of their first appearance in the data, which decides where the names do not.
    """
    names = tuple(dict.fromkeys(names))
    if len(names) < 2:
        return WaveOrder(names)
    readings = list(_readings([plain(name) for name in names])) if len(names) <= MOST else []
    if not readings:
        return WaveOrder(names, UNKNOWN)
    found = [(reading, *_sorted(reading.told)) for reading in readings]
    best, order, doubt = min(found, key=lambda one: one[0].rank)
    for other, other_order, _ in found:
        if not doubt and other_order != order:
            doubt = best.doubt_beside(other)
    return WaveOrder(tuple(names[place] for place in order), doubt)


@dataclass(frozen=True, slots=True)
class _Reading:
    """All names under one convention. span: how many years lie between the first and the last; place: how usual the convention is."""

    convention: Convention
    told: tuple[Told, ...]
    span: int
    place: int

    @property
    def rank(self) -> tuple:
        """The least is the likeliest."""
        return (self.span > LIKELY_SPAN, not self.convention.short_year, self.span, self.place)

    def doubt_beside(self, other: _Reading) -> str:
        """The doubt that another reading raises, which gives another order."""
        if replace(other.convention, date=self.convention.date) != self.convention:
            return READING
        return DAYS if other.span <= self.span else ""


def _readings(texts: Sequence[str]) -> Iterator[_Reading]:
    """All readings under which every name makes sense and all can be compared."""
    for place, convention in enumerate(conventions(texts)):
        try:
            told = tuple(read(text, convention) for text in texts)
        except UnreadableError:
            continue
        years = [t.year for t in told if t.start is not None]
        timeless = any(t.start is None and not t.stage for t in told)
        if (timeless and years) or (None in years and set(years) != {None}):
            continue
        yield _Reading(convention, told, max(years) - min(years) if years and None not in years else 0, place)


def _sorted(told: Sequence[Told]) -> tuple[list[int], str]:
    """The places of the names in their order, and the doubt about it."""
    order = sorted(range(len(told)), key=lambda place: (*_placed(told[place]), told[place].numbers))
    doubts = [_apart(told[a], told[b]) for a, b in pairwise(order)]
    if UNKNOWN in doubts:
        return sorted(range(len(told)), key=lambda place: _placed(told[place])), UNKNOWN
    if any(doubts):
        return order, READING
    starts = [told[place].start for place in order]
    if None not in starts and told[0].year is None:
        return _within_a_year(order, starts)
    return order, ""


def _placed(told: Told) -> tuple[float, int]:
    """Where a name stands: a baseline before all dates, a follow-up after them."""
    return (told.stage * math.inf if told.stage else 0) if told.start is None else told.start, told.stage


def _apart(one: Told, after: Told) -> str:
    """Whether a name is certainly earlier than the next in order: no doubt, or which."""
    if (one.start, one.end) != (after.start, after.end):
        return READING if None not in (one.end, after.start) and one.end > after.start else ""
    if one.stage != after.stage:
        return ""
    if one.numbers == after.numbers or (one.words != after.words and not one.stage and not (one.numbers and after.numbers)):
        return UNKNOWN
    return "" if one.words == after.words or one.stage else READING


def _within_a_year(order: list[int], starts: Sequence[int]) -> tuple[list[int], str]:
    """Months without years: where the longest pause is not the turn of the year, a year may begin in it (November, January)."""
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    if max(pauses) <= starts[0] + YEAR - starts[-1]:
        return order, ""
    turn = pauses.index(max(pauses)) + 1
    turned = [*order[turn:], *order[:turn]]
    return (turned if turned == sorted(order) else order), READING
