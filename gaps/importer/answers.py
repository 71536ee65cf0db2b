"""Turn one column of raw cells into numbers, setting aside cell by cell what is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from gaps.escape import visible
from gaps.importer.journal import Journal
from gaps.importer.mapping import MISSING_KINDS
from gaps.importer.sheets import Column, Sheet
from gaps.model import Scale

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,15})?")
_MISSING = frozenset(
    {"n/a", "na", "n.a.", "#n/a", "nan", "null", "none", "nil", "-", "--", "---", ".", "..", "?", "/", "无", "缺失", "不适用"}
)
_NONE = frozenset({"none", "无", "没有"})

NUMBER, BLANK, TYPED, MISSING, NONE, TEXT, BOOLEAN, DATE, NOT_FINITE = range(9)
_KINDS = {kind: number for number, kind in enumerate(MISSING_KINDS, NOT_FINITE + 1)}  # what a label set says is no answer
_REASONS = {MISSING: "missing_code", TEXT: "text_in_answer", BOOLEAN: "boolean_in_answer", DATE: "date_in_answer", NOT_FINITE: "not_finite"}
_REASONS |= {number: f"missing_{kind}" for kind, number in _KINDS.items()}


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a column, NaN where there is none; `none` marks the cells in which the word `none` was an answer."""

    values: np.ndarray
    none: np.ndarray | None = None


def classify(value: object, none_counts: bool = False) -> tuple[int, float]:
    """Say what one distinct cell value is, and its number."""
    if isinstance(value, bool):
        return BOOLEAN, np.nan
    if isinstance(value, float | int):
        return (NUMBER, float(value)) if np.isfinite(value) else (NOT_FINITE, np.nan)
    if isinstance(value, dict):
        return _KINDS.get(value.get("missing"), DATE), np.nan
    text = visible(unicodedata.normalize("NFKC", value)).strip().replace("\u2212", "-").casefold()
    if not text:
        return BLANK, np.nan
    if _NUMBER.fullmatch(text):
        return TYPED, float(text.replace(",", "."))
    if none_counts and text in _NONE:
        return NONE, np.nan
    return (MISSING if text in _MISSING else TEXT), np.nan


def read(sheet: Sheet, column: Column, journal: Journal, *, none_counts: bool = False, typed_is_news: bool = True) -> Numbers:
    """Read a column's numbers. Text that is a number (" 6 ", "６") counts as that number."""
    if column.numbers is not None:
        finite = np.isfinite(column.numbers)
        odd = ~finite & ~column.blank if not finite.all() else ~finite
        if not odd.any():
            return Numbers(column.numbers)
        journal.set_aside("not_finite", sheet, column, odd)
        return Numbers(np.where(odd, np.nan, column.numbers))
    found = [classify(v, none_counts) for v in column.values]
    present = {kind for kind, _ in found}
    kinds = column.lookup([kind for kind, _ in found], np.int8)
    values = column.lookup([number for _, number in found], np.float64)
    for kind, reason in _REASONS.items():
        if kind in present:
            journal.set_aside(reason, sheet, column, kinds == kind)
    if typed_is_news and TYPED in present:
        positions = np.flatnonzero(kinds == TYPED)
        journal.note("numeric_text", sheet.name, column.header, sheet.excel_rows(positions[:20]), len(positions))
    return Numbers(values, kinds == NONE if none_counts else None)


def within(sheet: Sheet, column: Column, values: np.ndarray, scale: Scale, journal: Journal) -> np.ndarray:
    """Set aside the answers outside the scale."""
    outside = (values < scale.min) | (values > scale.max)
    if not outside.any():
        return values
    journal.set_aside("outside_scale", sheet, column, outside, min=scale.min, max=scale.max)
    return np.where(outside, np.nan, values)
