"""Keeps account of an import: every problem, and every answer that is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gaps.importer.report import ColumnReport, SetAside
from gaps.importer.sheets import Column, Sheet, text_of
from gaps.problems import CODES, Problem, Severity

ROWS_LISTED = 20
COLUMNS_LISTED = 10
COLUMNS_APART = 4
IN_ANSWERS = frozenset(
    (
        "text_in_answer",
        "boolean_in_answer",
        "date_in_answer",
        "error_in_answer",
        "not_finite",
        "outside_scale",
        "numeric_text",
        "missing_code",
        "missing_not_applicable",
        "missing_dont_know",
        "missing_refused",
        "missing_skipped",
        "missing_blank",
        "missing_platform_code",
        "label_misspelt",
    )
)
LINES_KEPT = 1000


def listed(names: Iterable[str]) -> str:
    """The first names of columns as one text, long ones cut short."""
    names = [n if len(n) <= 60 else n[:59] + "…" for n in names]
    return ", ".join(names[:COLUMNS_LISTED]) + (" …" if len(names) > COLUMNS_LISTED else "")


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

    def found(self) -> tuple[Problem, ...]:
        """All problems; where more than a few columns of a sheet have the same fault in their answers, it is said once for them all."""
        groups: dict[tuple, list[Problem]] = {}
        for problem in self.problems:
            groups.setdefault(_alike(problem), []).append(problem)
        problems: list[Problem] = []
        for problem in self.problems:
            group = groups.pop(_alike(problem), [])
            problems += [_merged(group)] if len(group) > COLUMNS_APART else group
        return tuple(problems)

    @property
    def refused(self) -> bool:
        """Whether any problem is an error."""
        return any(p.severity is Severity.ERROR for p in self.problems)


def _alike(problem: Problem) -> tuple:
    """What problems have in common that may be told together; any other problem is like itself only."""
    if problem.code not in IN_ANSWERS:
        return (id(problem),)
    return problem.code, problem.sheet, problem.values.get("min"), problem.values.get("max")


def _merged(group: list[Problem]) -> Problem:
    count = sum(p.count for p in group)
    names = ", ".join(p.column for p in group[:COLUMNS_LISTED]) + (" …" if len(group) > COLUMNS_LISTED else "")
    rows = sorted({row for p in group for row in p.rows})[:ROWS_LISTED]
    return replace(group[0], column=names, rows=tuple(rows), count=count, values={**group[0].values, "n": count})
