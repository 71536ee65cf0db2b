"""Bytes in, a study out, or a refusal that lists every problem at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gaps.escape import visible
from gaps.importer import closing, oldbook, preflight, reader, savfile, worded
from gaps.importer import roles as roles_of
from gaps.importer.assembly import assemble
from gaps.importer.journal import Journal
from gaps.importer.mapping import ColumnMap, Grouping
from gaps.importer.merged import filled_down
from gaps.importer.preflight import Facts, column_number
from gaps.importer.report import ColumnReport, Imported, ImportReport, RoleReport, SetAside
from gaps.importer.sheets import Sheet, blanked, letters
from gaps.importer.translation import own_format, report, translate
from gaps.importer.understand import understand
from gaps.model import Role
from gaps.problems import Problem

__all__ = ["ColumnReport", "ImportReport", "Imported", "RoleReport", "SetAside", "mapping_of", "read_study"]

File = tuple[str, bytes | Path]  # its name and its content, or where that lies
Progress = Callable[[float, str], None]
CHECKED_FIRST = 1 << 20  # bytes: a file up to this size is checked before the child sees it, which takes no noticeable time


def read_study(
    data: bytes | Path | Sequence[File],
    filename: str = "",
    *,
    mapping: ColumnMap | None = None,
    roles: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read a workbook (.xlsx, .xls, .ods), an SPSS file (.sav, .zsav), or a table as text or as a web page into a study; or several
    files of one study.

    A file in our own format is read as it stands; any other, such as a survey tool's export, as its columns are understood. The answers
    of customers, managers and employees may stand on sheets of one workbook or in a file each.

    Never raises for what a file holds: whatever is wrong comes back as problems, all at once, and `study` is None exactly when one of
    them is an error. Files are opened in a child process with limits on memory and time, at most two at once.

    Parameters
    ----------
    data
        the file's content, or a path to it (a missing path is the caller's mistake: OSError), or (name, content or path) of each file.
    filename
        the name to show; may be anything. Of several files each has its own.
    mapping
        what the columns are; without one, the columns of files that are not in our own format are guessed.
    roles
        who answered a sheet, by its name as shown, where a person knows better: customers, managers, employees, or empty for nobody.
    progress
        is told a share between 0 and 1 and a catalogue key: importing.waiting, importing.reading, importing.checking, importing.done.
    """
    tell = progress or (lambda share, stage: None)
    journal = Journal()
    files = named(data, filename)
    listed: tuple[tuple[str, str], ...] = ()
    sheets, facts, ignored = read_files(files, journal, tell)
    chosen = {} if journal.refused else roles_of.choose(sheets, ignored, journal, mapping, roles)
    listed = tuple((s.name, next((n for n, c in chosen.items() if c is s), "")) for s in sheets if not s.empty)
    if journal.refused:
        return Imported(None, journal.found(), None, mapping, listed)
    remark_rows(chosen, facts, journal)
    chosen = {name: filled_down(sheet, facts.get(sheet.name), journal) for name, sheet in chosen.items()}
    asked = {role: chosen[role.value] for role in Role if role.value in chosen}
    if mapping is None:
        mapping = guessed(asked, "items" in chosen, journal)
    if mapping is not None:
        chosen |= {role.value: translate(sheet, mapping, journal, role) for role, sheet in asked.items()}
        if mapping.grouping is Grouping.NONE:
            journal.note("dimensions_missing", count=len(mapping.items))
    study, counts = assemble(chosen, facts, journal, PurePosixPath(files[0][0]).stem, mapping)
    if study is None and mapping is None and any(p.code in ("items_unknown", "text_in_answer") for p in journal.problems):
        mapping = worded.in_words(asked)  # what is missing can be given in a map
    tell(1.0, "importing.done")
    if study is None:
        return Imported(None, journal.found(), None, mapping, listed)
    if mapping is not None and mapping.scale is None:
        mapping = replace(mapping, scale=study.instrument.scale)
    shown = " + ".join(name for name, _ in files)
    total = sum(journal.reasons.values())
    made = ImportReport(shown, counts, tuple(journal.columns), tuple(journal.lines), total, tuple(journal.reasons.most_common()))
    return Imported(study, journal.found(), made, mapping, listed)


def guessed(asked: Mapping[Role, Sheet], grouped: bool, journal: Journal) -> ColumnMap | None:
    """What the columns are taken for where nobody has said so; None for files in our own format whose answers are numbers."""
    if not all(own_format(sheet, role) for role, sheet in asked.items()):
        found = understand(asked)
        found = replace(found, grouping=Grouping.GIVEN) if grouped else found
        report(asked, found, journal)
        return found
    if not any(worded.has_words(sheet, role) for role, sheet in asked.items()):
        return None
    found = worded.in_words(asked)
    if not worded.explains(found):
        return None
    worded.report(found, asked, journal)
    return replace(found, grouping=Grouping.GIVEN) if grouped else found


def mapping_of(
    data: bytes | Path | Sequence[File], filename: str = "", *, roles: Mapping[str, str] | None = None
) -> tuple[ColumnMap | None, tuple[Problem, ...]]:
    """Say what each column of a file (or of several) is, without reading its answers into a study; also for a file in our own format.

    None where a file itself is refused; the problems say why.
    """
    journal = Journal()
    sheets, _, ignored = read_files(named(data, filename), journal, lambda share, stage: None)
    chosen = {} if journal.refused else roles_of.choose(sheets, ignored, journal, given=roles)
    found = None if journal.refused else understand({role: chosen[role.value] for role in Role if role.value in chosen})
    return found, journal.found()


def named(data: bytes | Path | Sequence[File], filename: str = "") -> list[File]:
    """One or several files, each with a name fit to be shown; of two that have the same, the second is numbered."""
    files = [(filename or (data.name if isinstance(data, Path) else ""), data)] if isinstance(data, bytes | Path) else list(data)
    if not files:
        raise ValueError("no file given")
    names = [clean_name(name) for name, _ in files]
    numbered = [f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name for at, name in enumerate(names)]
    return [(name, content) for name, (_, content) in zip(numbered, files, strict=True)]


def read_files(files: Sequence[File], journal: Journal, tell: Progress) -> tuple[list[Sheet], dict[str, Facts], list[str]]:
    """The sheets of all files, what the pre-flight saw of them by their names, and the names of sheets that were not read."""
    sheets: list[Sheet] = []
    facts: dict[str, Facts] = {}
    ignored: list[str] = []
    tell(0.0, "importing.waiting")
    for at, (name, data) in enumerate(files):
        with reader.slot() as folder:
            tell(0.05 + 0.65 * at / len(files), "importing.reading")
            try:
                found, seen, described = read_sheets(data, folder, journal)
            except preflight.Refused as fault:
                place = {"sheet": name} if len(files) > 1 else {}
                journal.note(fault.code, **{**fault.values, **place})
                continue
        found = roles_of.named_sheets(found, name, len(files) > 1)
        facts |= {s.name: seen[old] for s in found for old in (s.name.rsplit(" › ", 1)[-1],) if old in seen}
        sheets += found
        ignored += described.get("ignored", [])
    tell(0.7, "importing.checking")
    return sheets, facts, ignored


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
        return [replace(s, textual=True, unnamed=True) for s in sheets], {}, described
    if container.kind == "sav":
        sheets, described = finish(reader.Reading(path, folder, container, container.cells, True))
        return [replace(savfile.labelled(sheets[0], described["variables"], journal), unnamed=True)], {}, described
    if container.kind == "xml":
        sheets, described = finish(reader.Reading(path, folder, container, container.cells))
        return sheets, {visible(name).strip(): found_in(seen) for name, seen in described["facts"].items()}, described
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
    return sheets, facts, described


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
