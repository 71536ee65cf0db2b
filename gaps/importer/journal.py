"""Keeps account of an import: every problem, and every answer that is set aside."""

from __future__ import annotations

from collections import Counter

import numpy as np

from gaps.importer.report import ColumnReport, SetAside
from gaps.importer.sheets import Column, Sheet, text_of
from gaps.problems import CODES, Problem, Severity

ROWS_LISTED = 20
LINES_KEPT = 1000


class Journal:
    """Collects what is found; nothing here decides."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.columns: list[ColumnReport] = []
        self.lines: list[SetAside] = []
        self.reasons: Counter[str] = Counter()

    def note(self, code: str, sheet: str | None = None, column: str | None = None, rows=(), count: int | None = None, **values) -> None:
        """Add a problem. `count` is how many there are (the number of rows unless given); the sentence knows it as `n`."""
        rows = tuple(int(r) for r in rows)
        count = count if count is not None else max(1, len(rows))
        self.problems.append(Problem(code, CODES[code], sheet, column, rows[:ROWS_LISTED], count, {"n": count, **values}))

    def set_aside(self, code: str, sheet: Sheet, column: Column, cells: np.ndarray, *, note: bool = True, **values) -> None:
        """Account for the cells of a column (a mask over its rows) that are not used, and say so unless `note` is off."""
        positions = np.flatnonzero(cells)
        if not len(positions):
            return
        self.reasons[code] += len(positions)
        for position in positions[: max(0, LINES_KEPT - len(self.lines))]:
            value = text_of(column.value_at(position))[:80]
            self.lines.append(SetAside(sheet.name, sheet.excel_row(position), column.header, value, code))
        if note:
            rows = sheet.excel_rows(positions[:ROWS_LISTED])
            example = text_of(column.value_at(positions[0]))[:80]
            self.note(code, sheet.name, column.header, rows, len(positions), **{"value": example, **values})

    def account(self, code: str, lines: list[SetAside]) -> None:
        """Count answers as set aside that no column holds any more."""
        self.reasons[code] += len(lines)
        self.lines += lines[: max(0, LINES_KEPT - len(self.lines))]

    @property
    def refused(self) -> bool:
        """Whether any problem is an error."""
        return any(p.severity is Severity.ERROR for p in self.problems)
