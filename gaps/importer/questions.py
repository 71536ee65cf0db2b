"""Columns of answers by their names, for a model that knows its own questions; nothing else of the file is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gaps.importer import named, read_files, remark_rows
from gaps.importer.answers import read, within
from gaps.importer.child import fold
from gaps.importer.journal import Journal
from gaps.importer.sheets import Column, Sheet
from gaps.model import Scale
from gaps.problems import Problem


@dataclass(frozen=True, eq=False)
class Answers:
    """frame: respondents x the columns asked for, in that order, missing as NaN, people without any answer left out; None if an error
    is among the problems."""

    frame: pd.DataFrame | None
    problems: tuple[Problem, ...]


def read_questions(data: bytes | Path, filename: str, scales: Mapping[str, Scale]) -> Answers:
    """Read the columns of these names (case, spaces and `_` do not count) from the sheet that has most of them.

    scales: column -> its scale; answers outside it are set aside and said. Never raises for what a file holds: every fault comes back as
    a problem, all at once. As with studies the file is opened in a child process with limits on memory and time.
    """
    journal = Journal()
    sheets, facts, _ = read_files(named(data, filename), journal, lambda share, stage: None)
    if journal.refused:
        return Answers(None, journal.found())
    wanted = {fold(name): name for name in scales}
    sheet = max(sheets, key=lambda s: len({fold(c.header) for c in s.columns} & set(wanted)))
    columns = _columns(sheet, wanted, journal)
    if missing := [name for name in scales if name not in columns]:
        journal.note("questions_missing", None if sheet.unnamed else sheet.name, count=len(missing), columns=", ".join(missing))
    remark_rows({"questions": sheet}, facts, journal)
    values = {name: _answers(sheet, columns[name], scale, journal) for name, scale in scales.items() if name in columns}
    frame = pd.DataFrame(values, columns=[name for name in scales if name in columns]).dropna(how="all").reset_index(drop=True)
    if not missing and not len(frame):
        journal.note("no_respondents", None if sheet.unnamed else sheet.name)
    _look_at_the_ends(frame, scales, journal)
    return Answers(None if journal.refused else frame, journal.found())


def _columns(sheet: Sheet, wanted: Mapping[str, str], journal: Journal) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in sheet.columns:
        name = wanted.get(fold(column.header))
        if name is None:
            continue
        if name in found:
            both = f"{found[name].letter}, {column.letter}"
            journal.note("duplicate_header", sheet.name, column.header, [sheet.header_row], meaning=name, letters=both)
            continue
        found[name] = column
    return found


def _answers(sheet: Sheet, column: Column, scale: Scale, journal: Journal) -> np.ndarray:
    values = read(sheet, column, journal, typed_is_news=not sheet.textual).values
    return within(sheet, column, values, scale, journal)


def _look_at_the_ends(frame: pd.DataFrame, scales: Mapping[str, Scale], journal: Journal) -> None:
    """An index counts from the ends of the scale: say where several questions of one scale never reach its upper end."""
    for scale in dict.fromkeys(scales.values()):
        asked = [name for name in frame if scales[name] == scale]
        high = frame[asked].max().max() if len(asked) > 1 else np.nan
        if high < scale.max:
            journal.note("scale_beyond_answers", max=scale.max, high=float(high))
