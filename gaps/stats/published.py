"""Whether the figures of a printed table of paired gaps can belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gaps.stats.intervals import t_quantile

DIFFERENCE, OUTSIDE, STATISTIC, SPREAD = "gap_is_not_the_difference", "gap_outside", "t_and_interval", "t_and_sd"
IMPOSSIBLE = "correlation_impossible"


@dataclass(frozen=True, slots=True)
class PrintedGap:
    """A row as printed; None = not printed. gap = perceived - expected; sd of the gap, and of what it is the difference of; t of the
    paired test; low, high its interval."""

    name: str
    gap: float
    expected: float | None = None
    perceived: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    t: float | None = None
    sd_expected: float | None = None
    sd_perceived: float | None = None


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """What cannot be: gap_is_not_the_difference, gap_outside (of its interval), t_and_interval, t_and_sd, correlation_impossible; the two
    figures that differ: as printed, and as the others imply (a difference, or a t; for the last the gap's sd, as printed or as interval or
    t give it, and the nearest that sd_expected and sd_perceived allow)."""

    name: str
    code: str
    printed: float
    implied: float


def check_printed(rows: Sequence[PrintedGap], n: int, *, digits: int = 2, confidence: float = 0.95) -> tuple[Inconsistency, ...]:
    """Find figures of a table of paired gaps that contradict each other by more than their printing to so many digits allows.

    Every figure may be off by half a unit of its last digit, a gap printed beside two means by three halves. t_and_interval: the standard
    error that gap / t allows and that of the interval's half width / t quantile (n - 1) do not overlap; t_and_sd: likewise with
    sd / sqrt(n). correlation_impossible: the gap's sd, as printed or from interval or t, is less than the difference of the two sds or more
    than their sum, so that no correlation of expectation and perception would do. Silence proves nothing.

    Checked: PMC6131925, table 2, n = 386: of five t values only that of Assurance (printed -4.87, its interval implies about -7.1) is
    flagged.
    """
    if n < 2:
        raise ValueError(f"a paired t needs at least two respondents, not {n}")
    half = 0.5 * 10.0**-digits
    quantile = float(t_quantile(np.array([n - 1.0]), confidence)[0])
    return tuple(found for row in rows for found in _check(row, n, half, quantile))


def implied_correlation(row: PrintedGap, n: int, *, digits: int = 2, confidence: float = 0.95) -> tuple[float, float] | None:
    """Between which limits expectation and perception correlate, if a printed row is right: (sE² + sP² - s²) / (2 sE sP), s of the gap.

    s as printed, else from the interval, else from t; every figure as inexact as its printing, the limits not cut off at -1 and 1. None
    where something needed was not printed, or an sd is 0.
    """
    half = 0.5 * 10.0**-digits
    spreads = _spreads(row, n, half, float(t_quantile(np.array([n - 1.0]), confidence)[0]))
    if not spreads or row.sd_expected is None or row.sd_perceived is None or min(row.sd_expected, row.sd_perceived) <= half:
        return None
    ends = [
        (e * e + p * p - s * s) / (2 * e * p)
        for e in (row.sd_expected - half, row.sd_expected + half)
        for p in (row.sd_perceived - half, row.sd_perceived + half)
        for s in spreads[0]
    ]
    return min(ends), max(ends)


def _spreads(row: PrintedGap, n: int, half: float, quantile: float) -> list[tuple[float, float]]:
    """What the gap's sd may be: as printed, by the interval, by t."""
    found, root = [], float(np.sqrt(n))
    if row.sd is not None:
        found.append((max(row.sd - half, 0.0), row.sd + half))
    if row.low is not None and row.high is not None:
        width = (row.high - row.low) / 2
        found.append((max(width - half, 0.0) / quantile * root, (width + half) / quantile * root))
    if row.t is not None and abs(row.t) > half:
        size, t = abs(row.gap), abs(row.t)
        found.append((max(size - half, 0.0) / (t + half) * root, (size + half) / (t - half) * root))
    return found


def _check(row: PrintedGap, n: int, half: float, quantile: float) -> Iterator[Inconsistency]:
    slack = 1e-9
    if row.expected is not None and row.perceived is not None:
        implied = row.perceived - row.expected
        if abs(implied - row.gap) > 3 * half + slack:
            yield Inconsistency(row.name, DIFFERENCE, row.gap, implied)
    by_t = None
    if row.t is not None:
        size, t = abs(row.gap), abs(row.t)
        by_t = (max(size - half, 0.0) / (t + half), (size + half) / (t - half) if t > half else np.inf)
    if row.low is not None and row.high is not None:
        if not row.low - 2 * half - slack <= row.gap <= row.high + 2 * half + slack:
            yield Inconsistency(row.name, OUTSIDE, row.gap, (row.low + row.high) / 2)
        width = (row.high - row.low) / 2
        if by_t is not None and _apart(by_t, ((width - half) / quantile, (width + half) / quantile)):
            yield Inconsistency(row.name, STATISTIC, row.t, row.gap * quantile / width)
    if row.sd is not None and by_t is not None and _apart(by_t, ((row.sd - half) / np.sqrt(n), (row.sd + half) / np.sqrt(n))):
        yield Inconsistency(row.name, SPREAD, row.t, row.gap * np.sqrt(n) / row.sd)
    if row.sd_expected is not None and row.sd_perceived is not None:
        least, most = abs(row.sd_expected - row.sd_perceived), row.sd_expected + row.sd_perceived
        for low, high in _spreads(row, n, half, quantile):
            if _apart((low, high), (least - 2 * half, most + 2 * half)):
                yield Inconsistency(row.name, IMPOSSIBLE, (low + high) / 2, least if high < least else most)
                break


def _apart(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] > second[1] + 1e-12 or second[0] > first[1] + 1e-12
