"""Bytes in, a study out, or a refusal that lists every problem at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gaps.escape import visible
from gaps.importer import closing, oldbook, preflight, reader, savfile
from gaps.importer.assembly import assemble
from gaps.importer.child import SHEETS, fold
from gaps.importer.journal import Journal
from gaps.importer.mapping import ColumnMap, Grouping
from gaps.importer.preflight import Facts, column_number
from gaps.importer.recognise import holds_responses
from gaps.importer.report import ColumnReport, Imported, ImportReport, RoleReport, SetAside
from gaps.importer.sheets import Sheet, blanked, letters
from gaps.importer.translation import own_format, translate
from gaps.importer.understand import understand
from gaps.problems import Problem

__all__ = ["ColumnReport", "ImportReport", "Imported", "RoleReport", "SetAside", "mapping_of", "read_study"]

Progress = Callable[[float, str], None]
CHECKED_FIRST = 1 << 20  # bytes: a file up to this size is checked before the child sees it, which takes no noticeable time


def read_study(data: bytes | Path, filename: str = "", *, mapping: ColumnMap | None = None, progress: Progress | None = None) -> Imported:
    """Read a workbook (.xlsx, .xls, .ods), an SPSS file (.sav, .zsav), or the customers' table as text or as a
    web page into a study.

    A file in our own format is read as it stands; any other, such as a survey tool's export, as its columns are understood.

    Never raises for what a file holds: whatever is wrong comes back as problems, all at once, and `study` is None exactly when one of
    them is an error. The file is opened in a child process with limits on memory and time, at most two at once.

    Parameters
    ----------
    data
        the file's content, or a path to it (a missing path is the caller's mistake: OSError).
    filename
        the name to show; may be anything.
    mapping
        what the customers' columns are; without one, the columns of a file that is not in our own format are guessed.
    progress
        is told a share between 0 and 1 and a catalogue key: importing.waiting, importing.reading, importing.checking, importing.done.
    """
    tell = progress or (lambda share, stage: None)
    journal = Journal()
    shown = clean_name(filename or (data.name if isinstance(data, Path) else ""))
    tell(0.0, "importing.waiting")
    try:
        with reader.slot() as folder:
            tell(0.05, "importing.reading")
            sheets, facts, described = read_sheets(data, folder, journal)
            tell(0.7, "importing.checking")
            chosen = choose_sheets(sheets, described.get("ignored", []), journal)
            if chosen is None:
                return Imported(None, journal.found(), None)
            remark_rows(chosen, facts, journal)
            guessed = mapping is None and not own_format(chosen["customers"])
            if guessed:
                mapping = understand(chosen["customers"])
                mapping = replace(mapping, grouping=Grouping.GIVEN) if "items" in chosen else mapping
            if mapping is not None:
                chosen["customers"] = translate(chosen["customers"], mapping, journal, guessed)
            study, roles = assemble(chosen, facts, journal, PurePosixPath(shown).stem, described["textual"], mapping)
            if study is None and mapping is None and any(p.code == "items_unknown" for p in journal.problems):
                mapping = understand(chosen["customers"])  # what is missing can be given in a map
    except preflight.Refused as fault:
        journal.note(fault.code, **fault.values)
        return Imported(None, journal.found(), None, mapping)
    tell(1.0, "importing.done")
    if study is None:
        return Imported(None, journal.found(), None, mapping)
    report = ImportReport(
        shown, roles, tuple(journal.columns), tuple(journal.lines), sum(journal.reasons.values()), tuple(journal.reasons.most_common())
    )
    return Imported(study, journal.found(), report, mapping)


def mapping_of(data: bytes | Path, filename: str = "") -> tuple[ColumnMap | None, tuple[Problem, ...]]:
    """Say what each column of a file is, without reading its answers into a study; also for a file in our own format.

    None where the file itself is refused; the problems say why.
    """
    journal = Journal()
    try:
        with reader.slot() as folder:
            sheets, _, described = read_sheets(data, folder, journal)
            chosen = choose_sheets(sheets, described.get("ignored", []), journal)
            found = None if chosen is None else understand(chosen["customers"])
    except preflight.Refused as fault:
        journal.note(fault.code, **fault.values)
        found = None
    return found, journal.found()


def clean_name(filename: str) -> str:
    """A file name fit to be shown: no path, no control or direction-changing characters, at most 120 characters."""
    return visible(filename.replace("\\", "/").rsplit("/", 1)[-1]).strip()[:120]


def read_sheets(data: bytes | Path, folder: Path, journal: Journal) -> tuple[list[Sheet], dict[str, Facts], dict]:
    """Check the file and read its sheets. A large file is read in the child while it is checked here; a small one is checked first."""
    if isinstance(data, Path):
        path = data.resolve(strict=True)
    else:
        path = folder / "upload"
        path.write_bytes(data)
    container = preflight.identify(path)
    if container.kind in ("csv", "html"):
        sheets, described = finish(reader.Reading(path, folder, container, container.cells))
        if container.text["guessed"]:
            journal.note("encoding_guessed", encoding=container.text["encoding"])
        if container.text["unreadable"]:
            journal.note("letters_unreadable", count=container.text["unreadable"], encoding=container.text["encoding"])
        return sheets, {}, described | {"textual": True}
    if container.kind == "sav":
        sheets, described = finish(reader.Reading(path, folder, container, container.cells, True))
        sheets = [savfile.labelled(sheets[0], described["variables"], journal)]
        return sheets, {}, described | {"textual": False}
    if container.kind == "xml":
        sheets, described = finish(reader.Reading(path, folder, container, container.cells))
        facts = {visible(name).strip(): found_in(seen) for name, seen in described["facts"].items()}
        return sheets, facts, described | {"textual": False}
    early = container.size > CHECKED_FIRST
    readable = path
    if "recode" in container.text:
        readable = oldbook.single_bytes(path, container.text["code_page_at"], folder / "single")
    reading = reader.Reading(readable, folder, container, container.cells) if early else None
    try:
        facts = preflight.scan(path, container)
        cells = max([container.cells, *(f.kept_rows * f.columns for f in facts.values())])
        booleans = any(f.booleans for f in facts.values())
        far = {name for name, f in facts.items() if f.gaps}
        gaps = closing.closed(path, container, far, folder / "closed") if far else {}
        readable = folder / "closed" if far else readable
        if reading is not None and (booleans or far or cells > container.cells):  # begun on assumptions that do not hold: once more
            reading.stop()
            reading = None
        reading = reading or reader.Reading(readable, folder, container, cells, booleans)
        sheets, described = reading.sheets()
        gaps = {visible(name).strip(): of for name, of in gaps.items()}
        sheets = [closing.reopened(s, gaps[s.name]) if s.name in gaps else s for s in sheets]
    finally:
        if reading is not None:
            reading.stop()
    facts = {visible(name).strip(): f for name, f in facts.items()}
    if container.kind == "ods":
        sheets = [blanked(s, facts[s.name].errors) if s.name in facts and facts[s.name].errors else s for s in sheets]
    return sheets, facts, described | {"textual": False}


def found_in(seen: Mapping[str, list]) -> Facts:
    """What the child process found where it takes a file apart itself."""
    errors = [(letters(column), row) for column, row in seen["errors"]]
    hidden_columns = [(first, last) for first, last in seen["hidden_columns"]]
    return Facts(errors=errors, hidden=seen["hidden"], hidden_columns=hidden_columns, counts=Counter(hidden=len(seen["hidden"])))


def finish(reading: reader.Reading) -> tuple[list[Sheet], dict]:
    """Wait for the child, and end it whatever happens."""
    try:
        return reading.sheets()
    finally:
        reading.stop()


def remark_rows(chosen: Mapping[str, Sheet], facts: Mapping[str, Facts], journal: Journal) -> None:
    """Say what stands in the sheets that are read, and is not seen: hidden rows and columns (read all the same), formulas that were never
    calculated, numbers that are shown as dates."""
    for sheet in chosen.values():
        for column in (c for c in sheet.columns if c.dated):
            cells = column.lookup([code in column.dated for code in range(len(column.values))], bool).nonzero()[0]
            value = column.value_at(cells[0])
            journal.note("number_shown_as_date", sheet.name, column.header, sheet.excel_rows(cells[:20]), len(cells), value=value)
        seen = facts.get(sheet.name)
        if seen is None:
            continue
        if seen.hidden:
            journal.note("rows_hidden", sheet.name, None, seen.hidden, seen.counts["hidden"])
        hidden = [c.letter for c in sheet.columns if any(low <= column_number(c.letter) <= high for low, high in seen.hidden_columns)]
        if hidden:
            journal.note("columns_hidden", sheet.name, count=len(hidden), letters=", ".join(hidden[:20]))
        if seen.uncalculated:
            rows = sorted({row for _, row in seen.uncalculated})
            journal.note("formulas_without_values", sheet.name, None, rows, seen.counts["uncalculated"])


def choose_sheets(sheets: Sequence[Sheet], ignored: Sequence[str], journal: Journal) -> dict[str, Sheet] | None:
    """The sheets that matter, by their folded names; a single data sheet of another name, or the only one that a survey tool's responses
    stand on, is the customers'."""
    chosen: dict[str, Sheet] = {}
    others: list[Sheet] = []
    for sheet in sheets:
        name = fold(sheet.name)
        if name not in SHEETS:
            others.append(sheet)
        elif name in chosen:
            journal.note("duplicate_sheet", sheet.name)
        elif not sheet.filled.any():
            journal.note("no_respondents" if name == "customers" else "empty_sheet", sheet.name)
        else:
            chosen[name] = sheet
    if journal.refused:
        return None
    if "customers" not in chosen:
        candidates = [s for s in others if s.filled.any()]
        candidates = [s for s in candidates if not s.hidden] or candidates
        candidates = candidates if len(candidates) == 1 else [s for s in candidates if holds_responses(s)]
        if len(candidates) != 1:
            journal.note("no_customers_sheet", sheets=", ".join(s.name for s in others if not s.empty) or "–")
            return None
        chosen["customers"] = candidates[0]
    taken = [s.name for s in chosen.values()]
    for name in [*(s.name for s in others if not s.empty), *ignored]:
        if name not in taken:
            journal.note("sheet_ignored", name)
    for sheet in chosen.values():
        if sheet.hidden:
            journal.note("sheet_hidden", sheet.name)
        if sheet.header_row > sheet.header_rows:
            journal.note("header_not_first", sheet.name, rows=[sheet.header_row - sheet.header_rows + 1])
    return chosen
