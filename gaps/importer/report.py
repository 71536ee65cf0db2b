"""What an import read, used and set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gaps.importer.mapping import ColumnMap
from gaps.model import Study
from gaps.problems import Problem


@dataclass(frozen=True, slots=True)
class RoleReport:
    """Counts of one role. Answers are the non-blank cells of its answer columns; read = used + set aside, for both pairs."""

    role: str
    sheet: str
    rows_read: int
    respondents_used: int
    respondents_set_aside: int
    answers_read: int
    answers_used: int
    answers_set_aside: int


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What a column was taken as: a battery's letter, unit, wave, …, segment, or ignored."""

    sheet: str
    header: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """One answer that is not used, where it stands in the file, and the problem code that says why."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was read from a file. `set_aside` lists the first thousand; `set_aside_total` counts all, `reasons` by code."""

    filename: str
    roles: tuple[RoleReport, ...]
    columns: tuple[ColumnReport, ...]
    set_aside: tuple[SetAside, ...]
    set_aside_total: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """A study with its report, or a refusal. `study` is None exactly when a problem is an error; every problem is listed at once.

    `mapping` is what the columns were taken for, where the file is not in our own format or a map was given. `sheets` are the names of
    the sheets with data and who answered each: a role, items, study, or empty where a sheet is not used. `aside` are the switches
    (`gaps.quality`) under which the study was shared, and which nobody who follows its link can change; None for a study that was read.
    `until` is the last day on which a shared study is shown; None: no end.
    """

    study: Study | None
    problems: tuple[Problem, ...]
    report: ImportReport | None
    mapping: ColumnMap | None = None
    sheets: tuple[tuple[str, str], ...] = ()
    aside: tuple[str, ...] | None = None
    until: date | None = None
