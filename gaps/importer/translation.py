"""Read a sheet of any shape in the terms of a study, as its column map says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gaps.importer import headers, labels
from gaps.importer.child import fold
from gaps.importer.items import CUSTOM
from gaps.importer.journal import Journal, listed
from gaps.importer.mapping import ColumnGuess, ColumnMap, Grouping, LabelSet, Meaning
from gaps.importer.recognise import tool_name
from gaps.importer.sheets import Column, Sheet
from gaps.model import DIRECT_BATTERY, Instrument, Role, Scale

DOUBTFUL = 0.6  # a battery or outcome guessed less surely than this is said
_FIXED = {Meaning.RESPONDENT: "respondent", Meaning.UNIT: "unit", Meaning.WAVE: "wave", Meaning.WEIGHT: "weight"}
_IGNORED = headers.Meaning("ignored")
TRANSLATED = (Meaning.ANSWER, Meaning.RATING, Meaning.OUTCOME, Meaning.IMPORTANCE)  # in these, texts stand for numbers


def own_format(sheet: Sheet, role: Role = Role.CUSTOMERS) -> bool:
    """Whether a role's sheet names its columns as our own workbooks do (E1, P1 …; M1; standards_reliability), under one header row."""
    found = [headers.meaning(c.header) for c in sheet.columns if c.header]
    return sheet.header_rows <= 1 and sum(m.kind in ("answer", "rating") and m.role is role for m in found) >= 2


def translate(sheet: Sheet, mapping: ColumnMap, journal: Journal, role: Role = Role.CUSTOMERS) -> Sheet:
    """The sheet with every column taken as the map says, and answer texts as the numbers they stand for.

    Columns are found by their headers, so that a file of the next wave may have them in another order; a column that the map does not
    know is not used.
    """
    guesses = _by_name((c.header, c) for c in mapping.columns if c.role is role)
    present = _by_name((c.header, c) for c in sheet.columns)
    lost = [g for name, g in guesses.items() if name not in present and g.meaning in (Meaning.ANSWER, Meaning.OUTCOME)]
    if lost:
        wanted = sum(g.meaning in (Meaning.ANSWER, Meaning.OUTCOME) for g in guesses.values())
        code = "mapping_does_not_fit" if 2 * len(lost) > wanted else "mapping_columns_missing"
        journal.note(code, sheet.name, count=len(lost), columns=listed(g.header for g in lost))
    columns = tuple(_taken(sheet, c, guesses.get(name), mapping.labels, journal) for name, c in present.items())
    return replace(sheet, columns=columns)


def _by_name(named: Iterable[tuple[str, object]]) -> dict:
    """Things by their folded header and how often it has come before."""
    seen: Counter[str] = Counter()
    found = {}
    for header, thing in named:
        key = fold(header)
        found[key, seen[key]] = thing
        seen[key] += 1
    return found


def _taken(sheet: Sheet, column: Column, guess: ColumnGuess | None, sets: Mapping[str, LabelSet], journal: Journal) -> Column:
    column = replace(column, taken_as=_meaning(guess))
    if guess is None or guess.labels not in sets or guess.meaning not in TRANSLATED:
        return column
    return labels.numbered(sheet, column, sets[guess.labels], journal)


def _meaning(guess: ColumnGuess | None) -> headers.Meaning:
    """What the study calls it."""
    match guess.meaning if guess else Meaning.IGNORED:
        case Meaning.ANSWER:
            return headers.Meaning("answer", battery=guess.battery, number=guess.item, role=guess.battery.role)
        case Meaning.RATING:
            gap = next(g for g, b in DIRECT_BATTERY.items() if b is guess.battery)
            return headers.Meaning("rating", gap=gap, dimension=fold(guess.dimension or ""), role=guess.battery.role)
        case Meaning.IMPORTANCE:
            dimension = fold(guess.dimension) if guess.dimension else None
            return headers.Meaning("importance", number=None if dimension else guess.item or 1, dimension=dimension, role=Role.CUSTOMERS)
        case Meaning.OUTCOME:
            return headers.Meaning("outcome", outcome=guess.outcome, role=Role.CUSTOMERS)
        case Meaning.SEGMENT:
            return headers.OTHER
        case meaning if meaning in _FIXED:
            return headers.meaning(_FIXED[meaning])
    return _IGNORED


def instrument_of(mapping: ColumnMap) -> Instrument | None:
    """The instrument that a map describes; None if it has no items."""
    from gaps import instruments

    if not mapping.items:
        return None
    known = instruments.load(mapping.instrument) if mapping.instrument in instruments.available() else None
    if known and (mapping.items, mapping.dimensions) == (known.items, known.dimensions):
        return replace(known, scale=mapping.scale or known.scale)
    return Instrument(
        known.id if known else CUSTOM,
        known.names if known else {},
        mapping.items,
        mapping.dimensions,
        mapping.scale or (known.scale if known else Scale(1, 7)),
    )


def outcome_scales(mapping: ColumnMap) -> dict[str, Scale]:
    """The scales of outcomes that are answered in words, and of those in numbers where a person gave them."""
    return dict(mapping.outcome_scales) | {
        c.outcome: mapping.labels[c.labels].scale for c in mapping.of(Meaning.OUTCOME) if c.labels in mapping.labels
    }


def report(sheets: Mapping[Role, Sheet], mapping: ColumnMap, journal: Journal) -> None:
    """Say what a guessed map takes the file to be, what is doubtful, and what is not kept."""
    sheet = sheets[Role.CUSTOMERS]
    counts = Counter(c.meaning for c in mapping.columns if c.role is Role.CUSTOMERS)
    tool = tool_name(mapping.tool) or "–"
    pairs = len({i.number for i in mapping.items})
    kinds = {m.value: counts[m] for m in (Meaning.OUTCOME, Meaning.SEGMENT)}
    journal.note("export_recognised", sheet.name, tool=tool, columns=len(sheet.columns), items=pairs, **kinds)
    for role, sheet in sheets.items():
        _report_sheet(role, sheet, [c for c in mapping.columns if c.role is role], mapping, journal)
    if mapping.scale and any(c.labels not in mapping.labels for c in mapping.of(Meaning.ANSWER)):
        journal.note("scale_assumed", min=mapping.scale.min, max=mapping.scale.max)
    if mapping.grouping in (Grouping.LABEL, Grouping.INSTRUMENT):
        journal.note("dimensions_guessed", count=pairs, dimensions=listed(d.name() for d in mapping.dimensions))


def _report_sheet(role: Role, sheet: Sheet, columns: Sequence[ColumnGuess], mapping: ColumnMap, journal: Journal) -> None:
    if role is not Role.CUSTOMERS:
        matched = len({c.item for c in columns if c.meaning is Meaning.ANSWER})
        rated = len({c.dimension for c in columns if c.meaning is Meaning.RATING})
        what = "staff_not_understood" if not (matched or rated) else "staff_items_matched" if matched else "staff_ratings_matched"
        journal.note(what, sheet.name, count=matched or rated, of=len(mapping.items if matched else mapping.dimensions), role=role.value)
    doubtful = [c for c in columns if c.meaning in (Meaning.ANSWER, Meaning.RATING, Meaning.OUTCOME) and c.confidence < DOUBTFUL]
    if doubtful:
        journal.note("columns_doubtful", sheet.name, count=len(doubtful), columns=listed(c.header for c in doubtful))
    private = [c for c in columns if c.meaning in (Meaning.PERSONAL, Meaning.COMMENT)]
    if private:
        journal.note("personal_not_kept", sheet.name, count=len(private), columns=listed(c.header for c in private))
