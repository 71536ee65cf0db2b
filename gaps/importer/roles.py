"""Who answered which sheet: customers, managers or contact employees; found by names, by headings, and by what a column map says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from gaps.importer import headers
from gaps.importer.child import SHEETS, fold
from gaps.importer.journal import Journal
from gaps.importer.mapping import ColumnMap, Meaning
from gaps.importer.recognise import holds_responses, words_of
from gaps.importer.sheets import Sheet
from gaps.importer.translation import own_format
from gaps.importer.understand import asks, asks_customers, role_marked
from gaps.model import Role

NOT_USED = ""  # what a person says of a sheet that is to be left out
_SETTINGS = SHEETS[3:]  # items, study
FEWEST_QUESTIONS = 2  # a sheet with fewer holds nobody's answers


def named_sheets(sheets: Sequence[Sheet], file: str, several: bool) -> list[Sheet]:
    """The sheets of a file, each knowing that file; one without sheets is called by its own name, as are all sheets of several files."""
    stem = PurePosixPath(file).name
    return [replace(s, file=file, name=stem or s.name if s.unnamed else f"{stem} › {s.name}" if several else s.name) for s in sheets]


def own_name(sheet: Sheet) -> str:
    """The folded name that the sheet has in its file; empty where the file is one table without a name."""
    return "" if sheet.unnamed else fold(sheet.name.rsplit(" › ", 1)[-1])


def choose(
    sheets: Sequence[Sheet],
    ignored: Sequence[str],
    journal: Journal,
    mapping: ColumnMap | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, Sheet]:
    """The sheets that matter, by customers, managers, employees, items and study.

    A sheet is known by what a person said of it (`given`: name -> role, or NOT_USED), by its exact name, by the columns a map has, by its
    own columns, or by a word in its name or its file's. A single data sheet of any name is the customers', and so is the only one of
    several that a survey tool's responses stand on. Whether that is enough, the journal says.
    """
    chosen: dict[str, Sheet] = {}
    others: list[Sheet] = []
    for sheet in sheets:
        name = (given or {}).get(sheet.name, own_name(sheet))
        if name not in SHEETS:
            others.append(sheet)
        elif name in chosen:
            journal.note("duplicate_sheet", sheet.name)
        elif not sheet.filled.any():
            journal.note("no_respondents" if name == "customers" else "empty_sheet", sheet.name)
        else:
            chosen[name] = sheet
    if journal.refused:
        return chosen
    left_out = [s for s in others if (given or {}).get(s.name) == NOT_USED]
    candidates = [s for s in others if s not in left_out and s.filled.any()]
    candidates = [s for s in candidates if not s.hidden] or candidates
    _by_what_they_hold(candidates, chosen, mapping, journal)
    if journal.refused:
        return chosen
    if "customers" not in chosen:
        if any(name not in _SETTINGS for name in chosen):
            staff = [s for name, s in chosen.items() if name not in _SETTINGS]
            journal.note("only_staff", staff[0].name, sheets=", ".join(s.name for s in staff))
        elif others and not candidates and not left_out:
            journal.note("no_rows", sheets=", ".join(s.name for s in others))
        else:
            journal.note("no_customers_sheet", sheets=", ".join(s.name for s in others if not s.empty) or "–")
        return chosen
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


def _by_what_they_hold(candidates: list[Sheet], chosen: dict[str, Sheet], mapping: ColumnMap | None, journal: Journal) -> None:
    """Give sheets of other names the roles that are still open; two sheets may not claim the same."""
    claims: dict[str, list[Sheet]] = {}
    nameless: list[Sheet] = []
    for sheet in candidates:
        role = _role(sheet, mapping)
        claims.setdefault(role.value, []).append(sheet) if role is not None else nameless.append(sheet)
    for name, claimed in claims.items():
        if name in chosen:
            rivals = [s for s in claimed if s.file != chosen[name].file and asks(s) >= FEWEST_QUESTIONS]
            if rivals:  # a file handed in is meant to be used; a further sheet of a workbook may be an older copy
                journal.note("duplicate_role", rivals[0].name, role=name, sheets=", ".join(s.name for s in (chosen[name], *rivals)))
            continue
        if len(claimed) > 1:
            claimed = [s for s in claimed if holds_responses(s)] or claimed
        if len(claimed) > 1:
            journal.note("duplicate_role", claimed[0].name, role=name, sheets=", ".join(s.name for s in claimed))
            continue
        chosen[name] = claimed[0]
    if "customers" not in chosen:
        nameless = nameless if len(nameless) == 1 else [s for s in nameless if holds_responses(s)]
        if len(nameless) == 1:
            chosen["customers"] = nameless[0]


def _role(sheet: Sheet, mapping: ColumnMap | None) -> Role | None:
    if mapping is not None and (role := _by_map(sheet, mapping)):
        return role
    said = role_in(own_name(sheet)) or role_in(PurePosixPath(sheet.file).stem)
    for role in Role:
        if own_format(sheet, role) and (role in (Role.CUSTOMERS, said) or _unmistakable(sheet, role)):
            return role
    if marked := role_marked(sheet):
        return marked
    if said in (Role.MANAGERS, Role.EMPLOYEES):
        if asks_customers(sheet):
            return Role.CUSTOMERS  # "staff survey" may well be what customers say of the staff
        if asks(sheet) < FEWEST_QUESTIONS:
            return None  # a list of their names, say
    return said


def _unmistakable(sheet: Sheet, role: Role) -> bool:
    """Whether both batteries are there, or ratings: V1, V2 … alone may be how a statistics program counts its columns."""
    found = [headers.meaning(c.header) for c in sheet.columns if c.header]
    return len({m.battery for m in found if m.role is role and m.battery}) == 2 or any(m.kind == "rating" and m.role is role for m in found)


def role_in(name: str) -> Role | None:
    """The role that a name speaks of, if it speaks of exactly one."""
    found = [role for role in Role if words_of(f"{role.value}_name").search(name)]
    return found[0] if len(found) == 1 else None


def _by_map(sheet: Sheet, mapping: ColumnMap) -> Role | None:
    """The role most of whose answer columns the sheet has, if it has more than half of them."""
    headers = {fold(c.header) for c in sheet.columns}
    shares = {}
    for role in Role:
        asked = [c for c in mapping.columns if c.role is role and c.meaning in (Meaning.ANSWER, Meaning.RATING)]
        if asked:
            shares[role] = sum(fold(c.header) in headers for c in asked) / len(asked)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] > 0.5 else None
