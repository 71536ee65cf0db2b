"""From raw sheets to a study: what each column means, which answers count, who answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from gaps.importer import answers, items, responses, settings, translation
from gaps.importer.child import fold
from gaps.importer.headers import Meaning, meaning
from gaps.importer.journal import COLUMNS_LISTED, Journal, listed
from gaps.importer.mapping import ColumnMap
from gaps.importer.preflight import Facts
from gaps.importer.recognise import metadata, personal
from gaps.importer.report import ColumnReport, RoleReport, SetAside
from gaps.importer.scales import answer_scale, outcome_scale
from gaps.importer.sheets import Column, Sheet
from gaps.importer.summaries import summaries
from gaps.importer.wave_order import DAYS, READING, UNKNOWN, in_order
from gaps.model import (
    BLANK,
    EXCEL_ROW,
    RESPONDENT,
    UNIT,
    WAVE,
    WEIGHT,
    Battery,
    Dimension,
    Exclusion,
    Gap,
    Instrument,
    Role,
    Scale,
    Study,
    natural_order,
)

ANSWER_KINDS = ("answer", "importance", "rating", "outcome")
WAVES_LISTED = 12  # waves named in full where their order is said
WAVE_DOUBTS = {"": "wave_order", DAYS: "wave_order_days", READING: "wave_order_doubtful", UNKNOWN: "wave_order_unknown"}
_EDGES = " .,;:·。，；：、'\"“”‘’"
_LEADING_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
SEGMENT_VALUES = 50  # a column with more distinct values is no segment


@dataclass(eq=False)
class RoleSheet:
    """The columns of one role by what they mean, and its numbers once read (full length, NaN = no answer)."""

    role: Role
    sheet: Sheet
    columns: dict[Meaning, Column]
    others: list[Column]
    numbers: dict[Meaning, np.ndarray] = field(default_factory=dict)
    none: dict[Meaning, np.ndarray] = field(default_factory=dict)
    kept: np.ndarray | None = None
    summary: np.ndarray | None = None  # rows that are sums or means
    unanswered: np.ndarray | None = None  # rows that hold something, but no answer that could count
    errors: int = 0  # cells with an error value in answer columns; the reader hands them over as blank

    def of(self, kind: str) -> dict[Meaning, Column]:
        """The columns of one kind."""
        return {m: c for m, c in self.columns.items() if m.kind == kind}

    def fixed(self, kind: str) -> Column | None:
        """The one column of a kind that a sheet has at most once (respondent, unit, wave, weight)."""
        return self.columns.get(Meaning(kind, role=Role.CUSTOMERS) if kind == WEIGHT else Meaning(kind))

    def item_numbers(self, battery: Battery) -> set[int]:
        """The items of a battery that have a column."""
        return {m.number for m in self.columns if m.battery is battery}


def assemble(
    sheets: Mapping[str, Sheet],
    facts: Mapping[str, Facts],
    journal: Journal,
    title: str,
    mapping: ColumnMap | None = None,
) -> tuple[Study | None, tuple[RoleReport, ...]]:
    """Make the study from the sheets by their folded names (`customers` is there). Without one, the journal says why.

    `facts` are what the pre-flight saw, by sheet name.
    `mapping` stands in for the sheets `items` and `study` where the file has none.
    """
    chosen = settings.read(sheets.get("study"), journal)
    if mapping is not None:
        scales = translation.outcome_scales(mapping) | chosen.outcome_scales
        chosen = replace(chosen, title=chosen.title or mapping.title, scale=chosen.scale or mapping.scale, outcome_scales=scales)
    roles = {role: understand(role, sheets[role.value], journal) for role in Role if role.value in sheets}
    customers = roles[Role.CUSTOMERS]
    asked = {b for r in roles.values() for b in Battery if r.item_numbers(b)}
    if not any(b.role is Role.CUSTOMERS for b in asked):
        journal.note("no_answer_columns", customers.sheet.name)
    numbers = {m.number for m in customers.of("answer")}
    by_map = mapping is not None and "items" not in sheets and not chosen.instrument
    instrument = translation.instrument_of(mapping) if by_map else None
    if instrument is None and numbers:
        instrument = items.choose(sheets.get("items"), chosen, numbers, journal)
    if instrument is None:
        return None, ()
    instrument = fit(instrument, roles, "items" in sheets, journal)
    for role in roles.values():
        read_numbers(role, instrument, journal)
        note_errors(role, facts.get(role.sheet.name), journal)
        leave_out_summaries(role, journal)
    scale = chosen.scale or answer_scale(instrument, chosen, customers.numbers, journal)
    if journal.refused or scale is None:
        return None, ()
    instrument = replace(instrument, scale=scale, batteries=tuple(b for b in Battery if b in asked))
    reverse = {i.number for i in instrument.items if i.reversed}
    if reverse:
        code = "already_reversed" if chosen.already_reversed else "items_reversed"
        journal.note(code, count=len(reverse), items=", ".join(map(str, sorted(reverse))), min=scale.min, max=scale.max)
    for role in roles.values():
        check_scale(role, scale, journal)
    outcomes = check_outcomes(customers, chosen, scale, journal)
    check_importance(customers, instrument, journal)
    for role in roles.values():
        choose_respondents(role, journal)
    if not customers.kept.any():
        journal.note("no_respondents", customers.sheet.name)
    if journal.refused:
        return None, ()
    blank = blank_rows(roles)
    roles = {role: sheet for role, sheet in roles.items() if sheet.kept.any()}
    waves = waves_in_order(roles, journal)
    respondents = {role: respondents_of(sheet, outcomes, waves, journal, mapping) for role, sheet in roles.items()}
    note_names_alike(roles, respondents, journal)
    private(customers, journal)
    segments = add_segments(customers, respondents[Role.CUSTOMERS], journal)
    ratings, no_ratings = ratings_of(roles, instrument, journal)
    study = Study(
        title=chosen.title or title,
        instrument=replace(instrument, direct=tuple(ratings)),
        respondents=respondents,
        answers={
            battery: battery_frame(sheet, battery, instrument, set() if chosen.already_reversed else reverse)
            for sheet in roles.values()
            for battery in Battery
            if sheet.item_numbers(battery) & set(instrument.numbers)
        },
        ratings=ratings,
        no_ratings=no_ratings,
        importance=importance_frame(customers, instrument),
        outcomes=outcomes,
        segments=segments,
        simulated=chosen.simulated,
        exclusions=blank,
    )
    remark(study, customers, journal)
    return study, tuple(count(sheet, instrument) for sheet in roles.values())


def understand(role: Role, sheet: Sheet, journal: Journal) -> RoleSheet:
    """Find out what each column of a role's sheet is."""
    found = RoleSheet(role, sheet, {}, [])
    nameless: list[str] = []
    for column in sheet.columns:
        if not column.header:
            if not column.blank.all():
                nameless.append(column.letter)
                journal.columns.append(ColumnReport(sheet.name, column.letter, "ignored"))
            continue
        what = column.taken_as or meaning(column.header)
        if what.kind == "ignored":
            journal.columns.append(ColumnReport(sheet.name, column.header, "ignored"))
        elif what.kind == "other":
            found.others.append(column)
        elif what.role not in (None, role):
            journal.note("column_of_other_sheet", sheet.name, column.header, belongs=what.role.value)
            journal.columns.append(ColumnReport(sheet.name, column.header, "ignored"))
        elif what in found.columns:
            journal.note(
                "duplicate_header",
                sheet.name,
                column.header,
                [sheet.header_row],
                meaning=what.name,
                letters=f"{found.columns[what].letter}, {column.letter}",
            )
        else:
            found.columns[what] = column
            journal.columns.append(ColumnReport(sheet.name, column.header, what.name))
    take_by_usual_names(found, journal)
    if nameless:
        journal.note("header_missing", sheet.name, ", ".join(nameless[:COLUMNS_LISTED]), [sheet.header_row], len(nameless))
    if role is not Role.CUSTOMERS:
        ignore(sheet, found.others, journal)
    return found


def take_by_usual_names(role: RoleSheet, journal: Journal) -> None:
    """Where no column is named unit (or wave), the one that is called as units mostly are ("Branch name") is it, and that is said.

    Not where several are, or where a customer in two has a unit of their own.
    """
    respondents = int(role.sheet.filled.sum())
    for kind in (UNIT, WAVE):
        if role.fixed(kind) is not None:
            continue
        named = [c for c in role.others if c.taken_as is None and usually_called(c) == kind]
        if len(named) != 1 or (role.role is Role.CUSTOMERS and 2 * len(set(named[0].texts()[1])) > respondents):
            continue
        role.columns[Meaning(kind)] = named[0]
        role.others.remove(named[0])
        journal.columns.append(ColumnReport(role.sheet.name, named[0].header, kind))
        journal.note(f"{kind}_by_name", role.sheet.name, named[0].header)


def usually_called(column: Column) -> str:
    """What a column holds by a name that means the same whoever wrote the file; empty if its name says nothing."""
    found = metadata(column, None)
    return found[0].value if found and found[2] == "usual_name" else ""


def ignore(sheet: Sheet, columns: list[Column], journal: Journal) -> None:
    """Report columns that are not used."""
    if columns:
        names = ", ".join(c.header for c in columns[:COLUMNS_LISTED])
        journal.note("column_ignored", sheet.name, names, count=len(columns))
    journal.columns += [ColumnReport(sheet.name, c.header, "ignored") for c in columns]


def fit(instrument: Instrument, roles: Mapping[Role, RoleSheet], from_sheet: bool, journal: Journal) -> Instrument:
    """Make instrument and columns agree: items that nobody was asked go, columns of unknown items are set aside."""
    customers = roles[Role.CUSTOMERS]
    known = set(instrument.numbers)
    asked = {m.number for m in customers.of("answer")}
    for sheet in roles.values():
        for what, column in sheet.of("answer").items():
            if what.number not in known:
                journal.note("column_without_item", sheet.sheet.name, column.header, item=what.number)
                journal.set_aside("column_without_item", sheet.sheet, column, ~column.blank, note=False)
    if absent := sorted(known - asked):
        journal.note("item_without_column", customers.sheet.name, count=len(absent), items=", ".join(map(str, absent)))
    partners(customers, known & asked, journal)
    kept = tuple(i for i in instrument.items if i.number in asked)
    dimensions = tuple(d for d in instrument.dimensions if any(i.dimension == d.id for i in kept))
    return replace(instrument, items=kept, dimensions=dimensions)


def partners(customers: RoleSheet, numbers: set[int], journal: Journal) -> None:
    """Say which items were asked in one battery of the customers but not in the other."""
    asked = {b: customers.item_numbers(b) & numbers for b in Battery if b.role is Role.CUSTOMERS}
    asked = {b: n for b, n in asked.items() if n}
    if Battery.PERCEPTION not in asked:
        journal.note("no_perceptions", customers.sheet.name)
    elif len(asked) == 1:
        journal.note("no_expectations", customers.sheet.name)
    everything = set().union(*asked.values())
    for battery, have in asked.items():
        for number in sorted(everything - have):
            present = next(b for b, n in asked.items() if number in n)
            journal.note(
                "missing_partner", customers.sheet.name, f"{present.value}{number}", column_missing=f"{battery.value}{number}", item=number
            )


def read_numbers(role: RoleSheet, instrument: Instrument, journal: Journal) -> None:
    """Read the numbers of every answer column."""
    for what, column in list(role.columns.items()):
        if what.kind == "answer" and what.number not in instrument.numbers:
            continue
        if what.kind in ("importance", "rating"):
            dimension = find_dimension(instrument, what)
            if dimension is None:
                journal.note("dimension_unknown", role.sheet.name, column.header, dimensions=", ".join(d.id for d in instrument.dimensions))
                journal.set_aside("dimension_unknown", role.sheet, column, ~column.blank, note=False)
                continue
        if what.kind in ANSWER_KINDS or what.kind == WEIGHT:
            # a weight is no answer: what is wrong with it is said once, when its respondent is set aside
            told = Journal() if what.kind == WEIGHT else journal
            read = answers.read(role.sheet, column, told, none_counts=what.kind == "rating", typed_is_news=not role.sheet.textual)
            role.numbers[what] = read.values
            if read.none is not None:
                role.none[what] = read.none


def note_errors(role: RoleSheet, facts: Facts | None, journal: Journal) -> None:
    """Set aside the error values (#N/A and the like) in answer columns: a reader takes them for blanks, only the scan sees them."""
    if facts is None or not facts.errors:
        return
    by_letter: dict[str, list[int]] = {}
    for letters, row in facts.errors:
        by_letter.setdefault(letters, []).append(row)
    for what, column in role.columns.items():
        if what.kind in ANSWER_KINDS and (rows := [r for r in by_letter.get(column.letter, ()) if r >= role.sheet.first_row]):
            journal.note("error_in_answer", role.sheet.name, column.header, rows)
            journal.account("error_in_answer", [SetAside(role.sheet.name, row, column.header, "#", "error_in_answer") for row in rows])
            role.errors += len(rows)


def leave_out_summaries(role: RoleSheet, journal: Journal) -> None:
    """Set rows of sums and means aside before their numbers can pass for answers, or for a longer scale."""
    asked = [values for what, values in role.numbers.items() if what.kind in ("answer", "rating")]
    respondent, unit = role.fixed(RESPONDENT), role.fixed(UNIT)
    first = [c for c in role.sheet.columns[:1] if respondent is None and not any(c is role.columns[m] for m in role.numbers)]
    found = summaries(role.sheet, respondent, list({id(c): c for c in (unit, *first) if c is not None}.values()), asked)
    if found.doubtful:
        journal.note("summary_row_doubtful", role.sheet.name, None, role.sheet.excel_rows(found.doubtful))
    if found.rows:
        role.summary = np.isin(np.arange(role.sheet.rows), found.rows)
        note_rows("summary_row", role, role.summary, journal)
        role.numbers = {what: np.where(role.summary, np.nan, values) for what, values in role.numbers.items()}
        role.none = {what: marks & ~role.summary for what, marks in role.none.items()}


def find_dimension(instrument: Instrument, what: Meaning) -> Dimension | None:
    """The dimension that an importance or rating column is about."""
    if what.dimension is None:
        return instrument.dimensions[what.number - 1] if what.number <= len(instrument.dimensions) else None
    for dimension in instrument.dimensions:
        if what.dimension in {fold(n) for n in (dimension.id, *dimension.names.values())}:
            return dimension
    return None


def check_scale(role: RoleSheet, scale: Scale, journal: Journal) -> None:
    """Set aside answers and ratings outside the scale."""
    for what in role.numbers:
        if what.kind in ("answer", "rating"):
            role.numbers[what] = answers.within(role.sheet, role.columns[what], role.numbers[what], scale, journal)


def check_outcomes(customers: RoleSheet, chosen: settings.Settings, items: Scale, journal: Journal) -> dict[str, Scale]:
    """Find each outcome's scale (`items`: that of the items) and set aside what lies outside."""
    outcomes: dict[str, Scale] = {}
    for what, column in customers.of("outcome").items():
        values = customers.numbers[what]
        known = chosen.outcome_scales.get(what.outcome)
        scale = known or outcome_scale(what.outcome, values, items, customers.sheet, column, journal)
        if scale is None:
            journal.set_aside("outcome_scale_unknown", customers.sheet, column, ~np.isnan(values), note=False)
            del customers.numbers[what]
            continue
        outcomes[what.outcome] = scale
        customers.numbers[what] = answers.within(customers.sheet, column, values, scale, journal)
    return outcomes


def check_importance(customers: RoleSheet, instrument: Instrument, journal: Journal) -> None:
    """Check importance points: none negative, each respondent's sum within 90 to 110 (else the scoring leaves them out)."""
    asked = [m for m in customers.of("importance") if m in customers.numbers]
    if not asked:
        return
    for what in asked:
        negative = customers.numbers[what] < 0
        journal.set_aside("importance_negative", customers.sheet, customers.columns[what], negative)
        customers.numbers[what] = np.where(negative, np.nan, customers.numbers[what])
    missing = [d.id for d in instrument.dimensions if d not in [find_dimension(instrument, m) for m in asked]]
    if missing:
        journal.note("importance_incomplete", customers.sheet.name, dimensions=", ".join(missing))
    points = np.vstack([customers.numbers[m] for m in asked])
    answered = ~np.isnan(points)
    sums = np.where(answered, points, 0).sum(axis=0)
    wrong = np.flatnonzero(answered.any(axis=0) & ((sums < 90 - 1e-9) | (sums > 110 + 1e-9)))
    if len(wrong):
        rows = customers.sheet.excel_rows(wrong[:20])
        journal.note("importance_sum", customers.sheet.name, None, rows, len(wrong), sum=float(sums[wrong[0]]))


def choose_respondents(role: RoleSheet, journal: Journal) -> None:
    """Decide which rows are respondents: those with an answer in a battery or rating, and with a usable weight."""
    sheet = role.sheet
    kept = sheet.filled.copy()
    if role.summary is not None:
        kept &= ~role.summary
    answered = np.zeros(sheet.rows, bool)
    for what, values in role.numbers.items():
        if what.kind in ("answer", "rating"):
            answered |= ~np.isnan(values)
            if what in role.none:
                answered |= role.none[what]
            if answered.all():
                break
    role.unanswered = kept & ~answered
    note_rows("blank_respondents", role, role.unanswered, journal)
    kept &= answered
    weight = next((m for m in role.numbers if m.kind == WEIGHT), None)
    if weight is not None and not role.columns[weight].blank.all():
        unusable = kept & ~(role.numbers[weight] > 0)
        note_rows("weight_unusable", role, unusable, journal, role.columns[weight].header)
        kept &= ~unusable
    role.kept = kept


def blank_rows(roles: Mapping[Role, RoleSheet]) -> tuple[Exclusion, ...]:
    """The rows of each role that hold no answer that could count."""
    found = {role: sheet.sheet.excel_rows(np.flatnonzero(sheet.unanswered)) for role, sheet in roles.items()}
    return tuple(Exclusion(BLANK, role, len(rows), rows=rows) for role, rows in found.items() if rows)


def note_rows(code: str, role: RoleSheet, rows: np.ndarray, journal: Journal, column: str | None = None) -> None:
    """Set whole respondents aside and say so."""
    if rows.any():
        positions = np.flatnonzero(rows)
        journal.note(code, role.sheet.name, column, role.sheet.excel_rows(positions[:20]), len(positions))
        drop(role, rows, code, journal)


def drop(role: RoleSheet, rows: np.ndarray, code: str, journal: Journal) -> None:
    """Account for the answers that go with set-aside respondents."""
    for what, values in role.numbers.items():
        if what.kind != WEIGHT:
            cells = rows & ~np.isnan(values)
            if what in role.none:
                cells |= rows & role.none[what]
            journal.set_aside(code, role.sheet, role.columns[what], cells, note=False)


def waves_in_order(roles: Mapping[Role, RoleSheet], journal: Journal) -> tuple[str, ...]:
    """The waves of all roles in the order of time, and say which that is: what changed depends on it."""
    columns = [(role, column) for role in roles.values() if (column := role.fixed(WAVE))]
    order = in_order(name for role, column in columns for name in first_seen(column, role.kept))
    if len(order.names) > 1:
        role, column = columns[0]
        shown = order.names if len(order.names) <= WAVES_LISTED else (*order.names[: WAVES_LISTED // 2], "…", *order.names[-2:])
        journal.note(WAVE_DOUBTS[order.doubt], role.sheet.name, column.header, waves=" → ".join(shown))
    return order.names


def first_seen(column: Column, kept: np.ndarray) -> list[str]:
    """The texts of a column in the order of their first appearance."""
    codes, texts = column.texts()
    present, first = np.unique(codes[kept], return_index=True)
    return [texts[code] for code in present[np.argsort(first)] if code >= 0]


def respondents_of(
    role: RoleSheet, outcomes: Mapping[str, Scale], waves: tuple[str, ...], journal: Journal, mapping: ColumnMap | None
) -> pd.DataFrame:
    """The frame of a role's respondents: who, where, when, weight and outcomes, and how the response came about."""
    frame: dict[str, object] = {RESPONDENT: names(role, journal)}
    for kind in (UNIT, WAVE):
        if column := role.fixed(kind):
            frame[kind] = categories(column, role.kept, ordered=True, known=waves if kind == WAVE else ())
            missing = role.kept & column.blank
            if missing.any():
                positions = np.flatnonzero(missing)
                of = int(role.kept.sum())
                code = f"{kind}_mostly_missing" if 2 * len(positions) > of and not column.blank.all() else f"{kind}_missing"
                journal.note(code, role.sheet.name, column.header, role.sheet.excel_rows(positions[:20]), len(positions), of=of)
    for what, values in role.numbers.items():
        if what.kind == WEIGHT and not role.columns[what].blank.all():
            frame[WEIGHT] = values[role.kept]
        if what.kind == "outcome" and what.outcome in outcomes:
            frame[what.outcome] = values[role.kept]
    frame[EXCEL_ROW] = role.sheet.row_numbers(np.flatnonzero(role.kept))
    if role.role is Role.CUSTOMERS:
        frame |= responses.columns(role.sheet, mapping, role.kept)
    return pd.DataFrame(frame, index=pd.RangeIndex(int(role.kept.sum())))


def note_names_alike(roles: Mapping[Role, RoleSheet], respondents: Mapping[Role, pd.DataFrame], journal: Journal) -> None:
    """Say which units (or waves) may be one and the same, written in two ways: "North", "north."; "1", "01". Each counts by itself."""
    for kind in (UNIT, WAVE):
        alike: dict[str, dict[str, None]] = {}
        for frame in (f for f in respondents.values() if kind in f):
            for name in frame[kind].cat.categories:
                alike.setdefault(_LEADING_ZEROS.sub("", fold(name).strip(_EDGES)), {}).setdefault(name)
        several = [tuple(group) for key, group in alike.items() if key and len(group) > 1]
        if several:
            told = "; ".join(", ".join(f"“{name}”" for name in group) for group in several[:COLUMNS_LISTED])
            journal.note(f"{kind}_names_alike", roles[Role.CUSTOMERS].sheet.name, count=len(several), names=told)


def names(role: RoleSheet, journal: Journal) -> pd.Series:
    """Respondents' names as text: their own, else the row number. The same name twice in one wave is reported."""
    column = role.fixed(RESPONDENT)
    rows = np.flatnonzero(role.kept)
    if column is None:
        return pd.Series(role.sheet.row_numbers(rows)).astype("str")
    whole = column.numbers is not None and np.array_equal(column.numbers, np.trunc(column.numbers))
    if whole and np.abs(column.numbers).max() < 2**53:
        key = column.numbers[rows].astype(np.int64)  # a million numbers become text in one go
        given = pd.Series(key).astype("str")
    else:
        codes, texts = column.texts()
        key = codes[rows]
        given = pd.Series(np.asarray([*texts, ""], dtype=object)[key], dtype="str")
    wave = role.fixed(WAVE)
    both = pd.DataFrame({"name": key, "wave": wave.texts()[0][rows] if wave else 0})
    repeated = both.duplicated(keep=False).to_numpy() & ~column.blank[rows]
    if repeated.any():
        positions = rows[repeated]
        listed = role.sheet.excel_rows(positions[:20])
        journal.note("duplicate_respondent", role.sheet.name, column.header, listed, len(positions), value=given[repeated].iloc[0])
    return given


def categories(column: Column, kept: np.ndarray, ordered: bool = False, known: tuple[str, ...] = ()) -> pd.Categorical:
    """A column as categories, in natural order or those known; blanks are missing, and a text such as NA or None is just a name."""
    codes, texts = column.texts()
    codes = codes[kept]
    present = sorted(np.unique(codes[codes >= 0]).tolist(), key=lambda code: natural_order(texts[code]))
    names = known or tuple(texts[code] for code in present)
    position = {name: place for place, name in enumerate(names)}
    place = np.full(len(texts) + 1, -1)
    place[present] = [position[texts[code]] for code in present]
    return pd.Categorical.from_codes(place[codes], categories=pd.Index(names, dtype="str"), ordered=ordered)


def private(customers: RoleSheet, journal: Journal) -> None:
    """Drop personal data and free texts from the remaining columns, unless a map takes them for something on purpose."""
    found = [c for c in customers.others if c.taken_as is None and personal(c)]
    if found:
        journal.note("personal_not_kept", customers.sheet.name, count=len(found), columns=listed(c.header for c in found))
        journal.columns += [ColumnReport(customers.sheet.name, c.header, "personal") for c in found]
        customers.others = [c for c in customers.others if c not in found]


def add_segments(customers: RoleSheet, frame: pd.DataFrame, journal: Journal) -> tuple[str, ...]:
    """Take the remaining columns as segments where they have few distinct values; report each either way."""
    segments: list[str] = []
    ignored: list[Column] = []
    taken = {fold(name) for name in frame.columns}
    for column in customers.others:
        codes = column.texts()[0][customers.kept]
        distinct = len(np.unique(codes[codes >= 0]))
        if fold(column.header) in taken:
            journal.note("duplicate_segment", customers.sheet.name, column.header, [customers.sheet.header_row])
            journal.columns.append(ColumnReport(customers.sheet.name, column.header, "ignored"))
        elif 0 < distinct <= SEGMENT_VALUES and distinct < len(frame) / 2:
            frame[column.header] = categories(column, customers.kept)
            segments.append(column.header)
            taken.add(fold(column.header))
            journal.note("segment_found", customers.sheet.name, column.header, values=distinct)
            journal.columns.append(ColumnReport(customers.sheet.name, column.header, "segment"))
        else:
            ignored.append(column)
    ignore(customers.sheet, ignored, journal)
    return tuple(segments)


def battery_frame(role: RoleSheet, battery: Battery, instrument: Instrument, reverse: set[int]) -> pd.DataFrame:
    """One battery, respondents x the instrument's items; an item without a column is missing throughout."""
    numbers = instrument.numbers
    everybody = role.kept.all()
    wide = np.full((len(numbers), int(role.kept.sum())), np.nan, np.float32)
    for place, number in enumerate(numbers):
        values = role.numbers.get(Meaning("answer", battery=battery, number=number, role=battery.role))
        if values is None:
            continue
        values = values if everybody else values[role.kept]
        if number in reverse:
            values = instrument.scale.reverse(values)
        wide[place] = values
        if wide.dtype == np.float32 and not np.array_equal(wide[place], values, equal_nan=True):
            wide = wide.astype(np.float64)
            wide[place] = values
    return pd.DataFrame(wide.T, columns=pd.Index(numbers), copy=False)


def ratings_of(roles: Mapping[Role, RoleSheet], instrument: Instrument, journal: Journal) -> tuple[dict, dict]:
    """The direct design's ratings and `none` marks per gap, respondents x dimensions."""
    ratings: dict[Gap, pd.DataFrame] = {}
    marks: dict[Gap, pd.DataFrame] = {}
    ids = [d.id for d in instrument.dimensions]
    for gap in (Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION):
        for role in roles.values():
            found = {find_dimension(instrument, m).id: m for m in role.numbers if m.kind == "rating" and m.gap is gap}
            if not found:
                continue
            index = pd.RangeIndex(int(role.kept.sum()))
            ratings[gap] = pd.DataFrame(
                {d: role.numbers[found[d]][role.kept] if d in found else np.nan for d in ids}, index=index, dtype=float
            )
            none = {d: role.none[found[d]][role.kept] if d in found and found[d] in role.none else False for d in ids}
            marks[gap] = pd.DataFrame(none, index=index, dtype=bool)
            if missing := [d for d in ids if d not in found]:
                journal.note("rating_incomplete", role.sheet.name, dimensions=", ".join(missing), gap=int(gap))
    return ratings, marks


def importance_frame(customers: RoleSheet, instrument: Instrument) -> pd.DataFrame | None:
    """Importance points as answered, customers x dimensions; None if never asked."""
    found = {find_dimension(instrument, m).id: m for m in customers.numbers if m.kind == "importance"}
    if not found:
        return None
    index = pd.RangeIndex(int(customers.kept.sum()))
    columns = {d.id: customers.numbers[found[d.id]][customers.kept] if d.id in found else np.nan for d in instrument.dimensions}
    return pd.DataFrame(columns, index=index, dtype=float)


def remark(study: Study, customers: RoleSheet, journal: Journal) -> None:
    """Say what limits the study as a whole: a single respondent, a single unit."""
    if study.n(Role.CUSTOMERS) == 1:
        journal.note("one_respondent", customers.sheet.name)
    if len(study.units) == 1:
        journal.note("one_unit", customers.sheet.name, unit=study.units[0])


def count(role: RoleSheet, instrument: Instrument) -> RoleReport:
    """Count what was read, used and set aside."""
    read = used = 0
    for what, column in role.columns.items():
        if what.kind not in ANSWER_KINDS:
            continue
        read += int((~column.blank).sum())
        if what in role.numbers:
            used += int((~np.isnan(role.numbers[what][role.kept])).sum())
            used += int(role.none[what][role.kept].sum()) if what in role.none else 0
    read += role.errors
    rows, kept = int(role.sheet.filled.sum()), int(role.kept.sum())
    return RoleReport(role.role.value, role.sheet.name, rows, kept, rows - kept, read, used, read - used)
