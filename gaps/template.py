"""A workbook to fill in: the sheets of a study with notes on each column, cells that check themselves, and an example of each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import zip_longest

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gaps import instruments
from gaps.i18n import Words
from gaps.model import DIRECT_PREFIX, DIRECT_ROLE, OUTCOMES, RESPONDENT, UNIT, WAVE, Gap, Instrument, Role, Scale

READ_ME = "read me"
LAST_ROW = 100_001  # cells check themselves down to here: 100,000 respondents
OUTCOME_SCALES = {"overall_quality": Scale(1, 10), "satisfaction": Scale(1, 7), "recommend": Scale(0, 10)}
_SHADES = {
    "": "E7E6E6", "E": "DCE6F1", "P": "FCE4D6", "A": "EDEDED", "D": "DCE6F1", "M": "E4DFEC", "S": "DDEBF7", "V": "FFF2CC", "C": "F2DCDB",
    "points": "E2EFDA", "outcome": "D9D9D9",
}  # fmt: skip
_BELOW_TOP = {"E": 0, "D": 0, "M": 0, "S": 1, "C": 1, "P": 1, "V": 2, "A": 2}  # how far example answers stay below the scale's top


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer sheet: its name, what it asks, what may be entered (`check`), the shade of its heading, an example."""

    name: str
    note: str
    check: str
    shade: str
    example: object


def template(instrument_id: str = "servqual-1991-five-gaps", language: str = "en") -> bytes:
    """Make a workbook (.xlsx) to fill in for an instrument, with notes in a language.

    Sheets: `read me` (explanations and example rows; not read), `customers`, then `managers` and `employees` where the instrument asks
    them, `items`, `study`. Answers are checked against the scales on the sheet `study`, so that changing a scale changes the check.
    Raises ValueError for an unknown instrument or language.
    """
    instrument, words = instruments.load(instrument_id), Words(language)
    book = Workbook()
    book.properties.title = words("template.read_me.title")
    book.properties.created = book.properties.modified = datetime(2026, 11, 23)
    asked = {role: columns for role in Role if len(columns := tuple(_columns(role, instrument, words))) > 3}
    settings = _settings(instrument, words)
    places = {name: f"study!$B${row}" for row, (name, _, _) in enumerate(settings, 2)}
    book.active.title = READ_ME
    _read_me(book.active, instrument, asked, words)
    for role, columns in asked.items():
        _answer_sheet(book.create_sheet(role.value), columns, places, words)
    _items(book.create_sheet("items"), instrument, words)
    _study(book.create_sheet("study"), settings, words)
    book.active = 1
    book[READ_ME].sheet_view.tabSelected = False
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(role: Role, instrument: Instrument, words: Words) -> Iterator[Column]:
    low, high = instrument.scale.min, instrument.scale.max
    ends = {"min": f"{low:g}", "max": f"{high:g}"}
    for name, example in ((RESPONDENT, f"{role[0].upper()}001"), (UNIT, "Northmere"), (WAVE, "2026-H2")):
        yield Column(name, words(f"template.note.{name}"), "text", "", example)
    for battery in instrument.batteries:
        if battery.role is not role:
            continue
        for item in instrument.items:
            note = words("template.note.answer", label=item.label(words.language), question=words(f"template.question.{battery}"), **ends)
            if item.reversed:
                note = f"{note}\n{words('template.note.reversed')}"
            example = high - _BELOW_TOP[battery] - (item.number % 3 == 0)
            example = int(instrument.scale.reverse(example) if item.reversed else example)
            yield Column(f"{battery}{item.number}", note, "scale", battery, example)
    for gap in instrument.direct:
        if DIRECT_ROLE[gap] is role:
            yield from _ratings(gap, instrument, words, ends)
    if role is Role.CUSTOMERS:
        shares = _shares(len(instrument.dimensions))
        for dimension, share in zip(instrument.dimensions, shares, strict=True):
            note = words("template.note.points", dimension=dimension.name(words.language))
            yield Column(f"W_{dimension.id}", note, "points", "points", share)
        for outcome in OUTCOMES:
            scale = OUTCOME_SCALES[outcome]
            note = words(f"template.note.{outcome}", min=f"{scale.min:g}", max=f"{scale.max:g}")
            yield Column(outcome, note, outcome, "outcome", int(scale.max) - 2)


def _ratings(gap: Gap, instrument: Instrument, words: Words, ends: dict[str, str]) -> Iterator[Column]:
    prefix = DIRECT_PREFIX[gap]
    for place, dimension in enumerate(instrument.dimensions):
        note = words(f"template.note.{prefix}", dimension=dimension.name(words.language), **ends)
        last = place == len(instrument.dimensions) - 1
        yield Column(
            f"{prefix}_{dimension.id}", note, "rating", gap.achieved, "none" if last else int(instrument.scale.max) - 1 - place % 2
        )


def _width(column: Column) -> int:
    return max(len(column.name) + 2, 14 if column.check == "text" else 6)


def _shares(k: int) -> list[int]:
    """100 points as evenly as whole numbers allow."""
    return [100 // k + (place < 100 % k) for place in range(k)]


def _settings(instrument: Instrument, words: Words) -> list[tuple[str, object, str]]:
    """Name, value and note of each setting."""
    rows: list[tuple[str, object, str]] = [
        ("title", None, words("template.note.title")),
        ("instrument", instrument.id, words("template.note.instrument")),
        *_ends("scale", instrument.scale, words("template.note.scale_end")),
    ]
    for outcome in OUTCOMES:
        rows += _ends(outcome, OUTCOME_SCALES[outcome], words("template.note.outcome_end", outcome=outcome))
    if any(item.reversed for item in instrument.items):
        rows.append(("already_reversed", "no", words("template.note.already_reversed")))
    return rows


def _ends(name: str, scale: Scale, note: str) -> list[tuple[str, object, str]]:
    return [(f"{name}_min", int(scale.min), note), (f"{name}_max", int(scale.max), note)]


def _answer_sheet(sheet: Worksheet, columns: tuple[Column, ...], places: dict[str, str], words: Words) -> None:
    _heading(sheet, 1, [(c.name, c.note, c.shade) for c in columns])
    sheet.freeze_panes = "D2"
    for number, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = _width(column)
        if column.check == "text":
            dimension.number_format = "@"  # Excel would turn a period such as 2026-10 into a date
    for check in dict.fromkeys(c.check for c in columns if c.check != "text"):
        numbers = [n for n, c in enumerate(columns, 1) if c.check == check]
        cells = f"{get_column_letter(numbers[0])}2:{get_column_letter(numbers[-1])}{LAST_ROW}"
        rule = _rule(check, get_column_letter(numbers[0]), places, words)
        rule.add(cells)
        sheet.add_data_validation(rule)
        if check == "points":
            first, last = (get_column_letter(n) for n in (numbers[0], numbers[-1]))
            wrong = f"AND(COUNT(${first}2:${last}2)>0,SUM(${first}2:${last}2)<>100)"
            sheet.conditional_formatting.add(cells, FormulaRule([wrong], fill=PatternFill(bgColor="F8CBAD")))


def _rule(check: str, letter: str, places: dict[str, str], words: Words) -> DataValidation:
    """What a cell accepts; scales are looked up on the sheet `study`."""
    text = {"errorTitle": words("template.error.title"), "showErrorMessage": True, "allow_blank": True}
    if check == "points":
        return DataValidation("decimal", operator="between", formula1="0", formula2="100", error=words("template.error.points"), **text)
    if check == "rating":
        low, high = places["scale_min"], places["scale_max"]
        number = f"AND(ISNUMBER({letter}2),{letter}2>={low},{letter}2<={high})"
        return DataValidation("custom", formula1=f'OR({number},LOWER({letter}2)="none")', error=words("template.error.rating"), **text)
    low, high = places[f"{check}_min"], places[f"{check}_max"]
    return DataValidation("whole", operator="between", formula1=low, formula2=high, error=words("template.error.scale"), **text)


def _switch(words: Words) -> DataValidation:
    return DataValidation(
        "list", formula1='"yes,no"', error=words("template.error.switch"), errorTitle="yes / no", showErrorMessage=True, allow_blank=True
    )


def _items(sheet: Worksheet, instrument: Instrument, words: Words) -> None:
    names = ("item", "dimension", "label", "label_zh", "reversed")
    notes = [words(f"template.note.{name if name != 'reversed' else 'reversed_column'}") for name in names]
    _heading(sheet, 1, list(zip(names, notes, [""] * len(names), strict=True)))
    for i in instrument.items:
        sheet.append([i.number, i.dimension, i.label("en"), i.label("zh"), "yes" if i.reversed else "no"])
    rule = _switch(words)
    rule.add("E2:E101")
    sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (8, 18, 38, 24, 12), strict=True):
        sheet.column_dimensions[letter].width = width


def _study(sheet: Worksheet, settings: list[tuple[str, object, str]], words: Words) -> None:
    _heading(sheet, 1, [("setting", "", ""), ("value", "", "")])
    for row, (name, value, note) in enumerate(settings, 2):
        sheet.cell(row, 1, name).comment = _comment(note)
        sheet.cell(row, 2, value).alignment = Alignment(horizontal="left")
        if name == "already_reversed":
            rule = _switch(words)
            rule.add(f"B{row}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 44


def _read_me(sheet: Worksheet, instrument: Instrument, asked: dict[Role, tuple[Column, ...]], words: Words) -> None:
    """Sentences downwards, then the example rows; sentences run over the empty cells on their right."""
    sheet.append([words("template.read_me.title")])
    sheet["A1"].font = Font(bold=True, size=14)
    for sentence in _sentences(instrument, asked, words):
        sheet.append([sentence])
    for role, columns in asked.items():
        row = sheet.max_row + 2
        sheet.cell(row, 1, words("template.read_me.example", sheet=role.value)).font = Font(bold=True)
        _heading(sheet, row + 1, [(c.name, "", c.shade) for c in columns])
        for number, column in enumerate(columns, 1):
            sheet.cell(row + 2, number, column.example).font = Font(italic=True, color="7F7F7F")
    for number, together in enumerate(zip_longest(*asked.values()), 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(_width(column) for column in together if column)


def _sentences(instrument: Instrument, asked: dict[Role, tuple[Column, ...]], words: Words) -> Iterator[str]:
    def say(key: str, **values) -> str:
        return words(f"template.read_me.{key}", **values)

    scale = {"min": f"{instrument.scale.min:g}", "max": f"{instrument.scale.max:g}"}
    yield say("ignored")
    yield say("instrument", name=instrument.names[words.language], items=len(instrument.items), **scale)
    yield from (say(role.value) for role in asked)
    yield say("unused")
    yield say("blank")
    if instrument.direct:
        yield say("none")
    yield from (say(key) for key in ("headers", "segments", "units", "scale", "items"))
    if negative := [str(item.number) for item in instrument.items if item.reversed]:
        yield say("reversed", items=words.list(negative))
    yield say("wording")
    yield say("source", source=instrument.source)


def _heading(sheet: Worksheet, row: int, columns: list[tuple[str, str, str]]) -> None:
    """Write column names in bold on their shade, each with its note."""
    for number, (name, note, shade) in enumerate(columns, 1):
        cell: Cell = sheet.cell(row, number, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_SHADES[shade])
        if note:
            cell.comment = _comment(note)


def _comment(note: str) -> Comment:
    return Comment(note, "", width=280, height=110)
