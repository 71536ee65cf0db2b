"""Rows that sum others up: totals, means, deviations and counts below the answers, which are nobody's answers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from gaps.importer.child import fold
from gaps.importer.sheets import Column, Sheet, text_of

MOST = 12  # rows that a table of totals below the answers may have
GIVEN_NAMES = frozenset(("max", "min", "sum"))  # people are called so too
MOSTLY = 0.1  # share of blanks up to which a column names nearly everybody
FEWEST = 3  # answers that tell a row of means from somebody's answers
_REST = re.compile(r"[(（\[].*|[=:：].*|[.。．'’%]")


@cache
def summary_words() -> frozenset[str]:
    """What rows of sums and means are called, folded (names.toml, [rows])."""
    data = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    return frozenset(map(_plain, data["rows"]["summary"]))


def _plain(text: object) -> str:
    """A label without what may follow it: "Mean:", "n = 60", "St. Dev." """
    return _REST.sub("", fold(text))


@dataclass(frozen=True)
class Summaries:
    """Positions of rows that are nobody's answers, and of those that look so but may be somebody's (they count)."""

    rows: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()


def summaries(sheet: Sheet, respondent: Column | None, others: Sequence[Column], answers: Sequence[np.ndarray]) -> Summaries:
    """Find the rows that sum others up.

    Below the answers: rows named so, in the column of respondents or in one of the `others` (the unit; what stands first); and rows that
    alone have answers that are no whole numbers, and mostly such, where nobody is named as all others are, or where they are the means of
    all above. Anywhere: a unit's subtotal ("North Average" beside North).
    """
    filled = np.flatnonzero(_answered(sheet, answers))
    subtotals = {row for column in others for row in _subtotals(column, respondent)}
    found = subtotals & {*filled.tolist()} if subtotals else set()
    end = len(filled)
    named: dict[int, str] = {}
    while end > 1 and len(filled) - end < MOST:
        row = int(filled[end - 1])
        if row not in found and not (word := _word(row, respondent, others)):
            break
        if row not in found:
            named[row] = word
        end -= 1
    if named and {*named.values()} <= GIVEN_NAMES and not any(_broken(v[row]) for v in answers for row in named):
        named, end = {}, len(filled)
    sure, doubtful = _unnamed(answers, filled[:end], [c for c in (respondent, *others) if c is not None])
    return Summaries(tuple(sorted({*found, *named, *sure})), tuple(sorted({*doubtful} - found)))


def _unnamed(answers: Sequence[np.ndarray], rows: np.ndarray, names: Sequence[Column]) -> tuple[list[int], list[int]]:
    """The last rows that look like means: those that are, and those that may be somebody's answers all the same."""
    odd = _odd(answers, rows)
    above = rows[: len(rows) - len(odd)]
    odd = [row for row in odd if _mostly_broken(answers, row)]
    if not odd:
        return [], []
    if any(_are_means(answers, row, above) for row in odd):
        return odd, []
    named = [c for c in names if c.blank[above].mean() < MOSTLY]  # where nearly everybody has a name
    sure = [row for row in odd if named and all(c.blank[row] for c in named)]
    return sure, [row for row in odd if row not in sure]


def _answered(sheet: Sheet, answers: Sequence[np.ndarray]) -> np.ndarray:
    """Which rows hold a number at all: a footnote sums nothing up."""
    found = np.zeros(sheet.rows, bool)
    for values in answers:
        found |= ~np.isnan(values)
        if found.all():
            break
    return found


def _text(column: Column, row: int) -> str:
    return "" if column.blank[row] else text_of(column.value_at(row))


def _word(row: int, respondent: Column | None, others: Sequence[Column]) -> str:
    """The word by which a row is called a sum or mean, folded. A unit may be called Media, and a first column hold Y and N: there the word
    may come once only, and nobody may be named beside it."""
    if respondent is not None and (text := _text(respondent, row)):
        return _plain(text) if _plain(text) in summary_words() else ""
    for column in (c for c in others if c.numbers is None):
        if _plain(_text(column, row)) in summary_words() and _comes_once(column, row):
            return _plain(_text(column, row))
    return ""


def _comes_once(column: Column, row: int) -> bool:
    return int((column.codes == column.codes[row]).sum()) == 1


def _subtotals(column: Column, respondent: Column | None) -> set[int]:
    """The rows of a unit's name with a word for a sum or mean behind it, where the unit itself is there and nobody is named."""
    if column.numbers is not None:
        return set()
    folded = [fold(v) if isinstance(v, str) else "" for v in column.values]
    known = {f for f in folded if f}
    words = [w for w in summary_words() if len(w) > 1]
    codes = [code for code, text in enumerate(folded) if any(text.endswith(w) and text[: -len(w)] in known for w in words)]
    rows = np.flatnonzero(np.isin(column.codes, codes)).tolist() if codes else []
    return {row for row in rows if _comes_once(column, row) and (respondent is None or respondent.blank[row])}


def _broken(values):
    """Which numbers are no whole ones."""
    return ~np.isnan(values) & (values != np.trunc(values))


def _odd(answers: Sequence[np.ndarray], rows: np.ndarray) -> list[int]:
    """The last rows, if they alone have answers that are no whole numbers."""
    if not len(rows) or not any(_broken(values[rows[-1]]) for values in answers):
        return []
    broken = np.zeros(len(rows), bool)
    for values in answers:
        broken |= _broken(values[rows])
        if broken[: -MOST or None].any():
            return []
    run = int(np.argmin(broken[::-1])) if not broken.all() else 0
    return rows[len(rows) - run :].tolist() if 0 < run == broken.sum() else []


def _mostly_broken(answers: Sequence[np.ndarray], row: int) -> bool:
    given = [float(values[row]) for values in answers if not np.isnan(values[row])]
    return 2 * sum(value != np.trunc(value) for value in given) > len(given)


def _are_means(answers: Sequence[np.ndarray], row: int, above: np.ndarray) -> bool:
    """Whether a row's numbers are the means of those above, as far as they were rounded."""
    pairs = [(v[row], np.nanmean(v[above])) for v in answers if not np.isnan(v[row]) and not np.isnan(v[above]).all()]
    return len(pairs) >= FEWEST and all(abs(value - mean) <= _rounding(value) for value, mean in pairs)


def _rounding(value: float) -> float:
    """Half a unit of the last decimal in which a number is written, at least a millionth."""
    decimals = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return max(0.5 * 10.0**-decimals, 1e-6) * 1.001 if decimals else 0.05
