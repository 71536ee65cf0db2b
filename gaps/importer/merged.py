"""Cells merged over several rows: a spreadsheet keeps their value in the first row alone, and shows it for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaps.importer import answers, headers
from gaps.importer.facts import Facts
from gaps.importer.journal import Journal
from gaps.importer.labels import coded
from gaps.importer.sheets import Column, Sheet
from gaps.model import UNIT, WAVE


def filled_down(sheet: Sheet, facts: Facts | None, journal: Journal) -> Sheet:
    """The sheet with units, waves and other names in every row that their merged cell covers; says in which rows.

    Answers are not filled down: a number that covers several respondents is nobody's answer but the first one's.
    """
    if facts is None or not facts.merged:
        return sheet
    spans: dict[str, list[tuple[int, int]]] = {}
    for letters, first, last in facts.merged:
        spans.setdefault(letters, []).append((first, last))
    numbers = sheet.row_numbers(np.arange(sheet.rows))
    columns = tuple(_filled(sheet, c, spans[c.letter], numbers, journal) if c.letter in spans else c for c in sheet.columns)
    return replace(sheet, columns=columns)


def _filled(sheet: Sheet, column: Column, spans: Sequence[tuple[int, int]], numbers: np.ndarray, journal: Journal) -> Column:
    named = headers.meaning(column.header).kind
    if named not in (UNIT, WAVE, headers.OTHER.kind) or not column.header:
        return column
    whole = coded(column)
    codes = whole.codes.copy()
    for first, last in spans:
        at, end = np.searchsorted(numbers, [first, last + 1])
        if at >= end or numbers[at] != first:
            continue
        value = whole.values[codes[at]]
        if named in (UNIT, WAVE) or answers.classify(value)[0] == answers.TEXT:
            below = np.arange(at + 1, end)
            codes[below[column.blank[below]]] = codes[at]
    changed = np.flatnonzero(codes != whole.codes)
    if not len(changed):
        return column
    journal.note("merged_cells", sheet.name, column.header, sheet.excel_rows(changed[:20]), len(changed))
    return replace(whole, codes=codes)
