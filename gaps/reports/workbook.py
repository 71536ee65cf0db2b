"""Tables as an Excel workbook: the numbers as numbers, and a sheet that says what they are, of whom, and what each column means."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from numbers import Integral, Real

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gaps import escape
from gaps.i18n import Words

NARROW, WIDE = 8, 48  # characters: the narrowest and the widest column
LOOKED_AT = 200  # rows that a column's width is taken from
SMALL = 0.001  # numbers nearer to zero than this are written in powers of ten: no p value reads 0.000
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True, slots=True)
class About:
    """What a reader must know of a table once it has left the app: plain text in the reader's language.

    title, subtitle, caption: the words around its chart (the caption has n and interval). selected: the filters set; empty = everybody.
    unit: the unit that the page is about; empty = none.
    aside: which answers were set aside, and how many; empty = none.
    """

    title: str
    study: str
    day: date
    selected: str = ""
    subtitle: str = ""
    caption: str = ""
    aside: str = ""
    unit: str = ""


def workbook(tables: Mapping[str, Sequence[Mapping[str, object]]], about: About, words: Words) -> bytes:
    """Tables by the name of their sheet, each a list of rows with the same columns, as an .xlsx; the last sheet is about them.

    Numbers are written unrounded and shown with three digits, missing ones (None, NaN, infinity) as empty cells; no text becomes a
    formula. Headings are bold and stay in sight. Raises ValueError where there is no table with a row.
    """
    filled = {name: rows for name, rows in tables.items() if rows}
    if not filled:
        raise ValueError("no table has a row")
    book = Workbook(write_only=True)  # streams: thousands of rows in a moment
    book.properties.title = escape.visible(about.title)
    book.properties.creator = words("app.name")
    book.properties.created = book.properties.modified = datetime.combine(about.day, time())
    for name, rows in filled.items():
        _table(book.create_sheet(name), rows)
    _about(book.create_sheet(words("reports.sheet.about")), about, filled, words)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def records(table) -> list[dict]:
    """The rows of a table, or of a list of rows."""
    return list(table) if isinstance(table, list | tuple) else table.to_dict("records")


def _table(sheet: Worksheet, rows: Sequence[Mapping[str, object]]) -> None:
    names = list(rows[0])
    for k, name in enumerate(names, start=1):
        lengths = (_columns(_shown(row[name])) for row in rows[:LOOKED_AT])
        wide = max([NARROW, _columns(str(name)) + 3, *lengths])
        sheet.column_dimensions[get_column_letter(k)].width = min(wide + 1, WIDE)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(rows) + 1}"
    sheet.append([_heading(sheet, name) for name in names])
    for row in rows:
        sheet.append([_cell(sheet, row[name]) for name in names])


def _about(sheet: Worksheet, about: About, tables: Mapping[str, Sequence[Mapping[str, object]]], words: Words) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 96
    facts = [
        (words("reports.about.title"), about.title),
        (words("reports.about.subtitle"), about.subtitle),
        (words("reports.about.caption"), about.caption),
        (words("reports.about.study"), about.study),
        (words("reports.about.selected"), about.selected or words("reports.about.everybody")),
        (words("reports.about.unit"), about.unit),
        (words("reports.about.aside"), about.aside),
        (words("reports.about.day"), words.date(about.day)),
        (
            words("reports.about.rows"),
            words.list(words("reports.about.of_sheet", sheet=name, n=len(rows)) for name, rows in tables.items()),
        ),
    ]
    for name, value in facts:
        if value:
            sheet.append([_heading(sheet, name), _prose(sheet, value)])
    sheet.append([])
    sheet.append([_heading(sheet, words("reports.about.column")), _heading(sheet, words("reports.about.meaning"))])
    for name in dict.fromkeys(name for rows in tables.values() for name in rows[0]):
        sheet.append([_cell(sheet, str(name)), _prose(sheet, _meaning(str(name), words))])


def _meaning(column: str, words: Words) -> str:
    """What a column holds; one named "perception reliability" is a perception."""
    key = f"columns.{column.split(' ')[0]}"
    return words(key) if key in words else ""


def _heading(sheet: Worksheet, text: object) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.font, cell.alignment = BOLD, WRAPPED
    return cell


def _prose(sheet: Worksheet, text: str) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.alignment = WRAPPED
    return cell


def _cell(sheet: Worksheet, value: object):
    """A number as a number, text as text, what is missing as nothing."""
    if isinstance(value, bool) or type(value).__name__ == "bool":  # numpy has a boolean of its own
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        if not math.isfinite(number):
            return None
        cell = WriteOnlyCell(sheet, number)
        if not number.is_integer():
            cell.number_format = "0.000" if abs(number) >= SMALL else "0.0E+00"
        return cell
    if value is None or value != value:
        return None
    return _text(sheet, value)


def _text(sheet: Worksheet, text: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, escape.cell(escape.visible(text)))
    cell.data_type = "s"
    return cell


def _columns(text: str) -> int:
    """Width of a text: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
