"""Take apart the tables of a web page and of an “XML Spreadsheet 2003”: what many programs save under a name that ends with .xls.

Runs in the child process (which finds it by path, so nothing of ours is imported), within its limits.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

CELLS = 20_000_000  # of a file, merged and skipped ones included
COLUMNS = 16_384
ROWS = 1_048_576
NAME = "customers"
_SHEET = "urn:schemas-microsoft-com:office:spreadsheet "
_EXCEL = "urn:schemas-microsoft-com:office:excel "
# each stays between one `<` and the next, so that no text makes it try again and again
_TAG = re.compile(
    r"""<(?:(/?)(table|tr|td|th|br|p|div|li|script|style)(?![\w:-])((?:[^<>"']|"[^<"]*+"|'[^<']*+')*+|[^<>]*)>|(!--)|[/!?a-z][^<>]*>)""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])(colspan|rowspan|x:num|sdval)\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SCRIPT = re.compile(r"</(?:script|style)", re.IGNORECASE)
_SHOWN_NUMBER = re.compile(r"[-+\d.,\s%]+")


@dataclass
class Table:
    """A sheet as it grows: rows from the first, cells from the first column."""

    name: str = NAME
    hidden: bool = False
    rows: list[list] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)  # column from 0, row from 1
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last, from 1

    @property
    def cells(self) -> int:
        """How many cells were read."""
        return sum(map(len, self.rows))


def tables_of_page(text: str) -> list[Table]:
    """The tables of a web page that may hold answers, the largest first: at least two rows of at least four cells. All cells are text.

    A merged cell's text stands in its first cell, as in a workbook. Where the page gives the exact value beside the number that is shown
    (x:num of Excel, sdval of LibreOffice), that is taken.
    """
    found: list[Table] = []
    nested: list[_Page] = []
    place, room = 0, CELLS
    while match := _TAG.search(text, place):
        tag, closing = (match[2] or "").lower(), bool(match[1])
        if nested:
            nested[-1].text.append(text[place : match.start()])
        place = match.end()
        if match[4]:
            end = text.find("-->", place)
            place = end + 3 if end >= 0 else len(text)  # one that does not end takes all the rest
        elif tag in ("script", "style"):
            if not closing:
                end = _SCRIPT.search(text, place)
                place = end.start() if end else len(text)
        elif tag == "table" and closing and nested:
            found.append(nested.pop().finished())
        elif tag == "table" and not closing:
            nested.append(_Page())
        elif tag and nested:
            room -= nested[-1].take(tag, closing, match[3])
            if room < 0:
                raise MemoryError
    found += [page.finished() for page in nested]
    fit = [t for t in found if sum(len(row) >= 4 for row in t.rows) >= 2]
    return sorted(fit, key=lambda table: -table.cells)


class _Page:
    """A table of a page while it is read."""

    def __init__(self) -> None:
        self.table = Table()
        self.text: list[str] = []
        self.cell: dict[str, str] | None = None
        self.spans: dict[int, int] = {}  # columns into which a cell above reaches down, and for how many rows more

    def take(self, tag: str, closing: bool, attributes: str) -> int:
        """Take a tag; returns how many cells it added."""
        if tag not in ("tr", "td", "th"):
            self.text.append("\n")
            return 0
        added = self.end_cell()
        if tag == "tr" and not closing:
            self.table.rows.append([])
            self.spans = {column: left - 1 for column, left in self.spans.items() if left > 1}
        elif tag != "tr" and not closing:
            self.cell = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(attributes)}
            self.text.clear()
        return added

    def end_cell(self) -> int:
        """Put the open cell into its row."""
        cell, self.cell = self.cell, None
        if cell is None:
            return 0
        self.table.rows = self.table.rows or [[]]
        row = self.table.rows[-1]
        before = len(row)
        while len(row) in self.spans:
            row.append("")
        text = " ".join(html.unescape("".join(self.text)).split())
        exact = cell.get("x:num") or cell.get("sdval")
        across, down = _count(cell.get("colspan")), _count(cell.get("rowspan"))
        if down > 1:
            self.spans |= dict.fromkeys(range(len(row), len(row) + across), down)
        row += [exact if exact and _SHOWN_NUMBER.fullmatch(text) else text, *[""] * (across - 1)]
        if len(row) > COLUMNS:
            raise MemoryError
        return len(row) - before

    def finished(self) -> Table:
        """The table, at its end."""
        self.end_cell()
        return self.table


def _count(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.isdecimal() and len(text) < 9 else 1


def tables_of_workbook(read: Callable[[int], bytes]) -> list[Table]:
    """The sheets of an XML Spreadsheet 2003, cells with their types. A document type or an entity of the file's own is refused.

    Raises
    ------
    ValueError, expat.ExpatError
        for what is no well-formed workbook.
    MemoryError
        where cells are far beyond what a survey needs.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    book = _Workbook()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = book.start, book.end, book.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    while piece := read(1 << 16):
        parser.Parse(piece)
    parser.Parse(b"", True)
    return book.tables


def _refuse(*_: object) -> None:
    raise ValueError("document type")


class _Workbook:
    """A workbook while it is read."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.text: list[str] = []
        self.kind: str | None = None  # of the cell's data, while they are read
        self.remark = False  # within a comment, which holds data too
        self.column = self.cells = 0
        self.merged = 0  # columns that the cell before reaches over

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        of = {key.removeprefix(_SHEET): value for key, value in attributes.items()}
        what = name.removeprefix(_SHEET)
        if what == "Worksheet":
            self.tables.append(Table(of.get("Name", NAME)))
            self.column = 0
        elif not self.tables:
            return
        table = self.tables[-1]
        if what == "Column":
            first = int(of.get("Index", self.column + 1))
            self.column = first + int(of.get("Span", 0))
            if of.get("Hidden") == "1" and len(table.hidden_columns) < 1000:
                table.hidden_columns.append((first, self.column))
        elif what == "Row":
            number = int(of.get("Index", len(table.rows) + 1))
            if not len(table.rows) < number <= ROWS:
                raise ValueError("row")
            table.rows += [[] for _ in range(number - len(table.rows))]
            if of.get("Hidden") == "1" and len(table.hidden_rows) < 1000:
                table.hidden_rows += range(number, min(number + int(of.get("Span", 0)), number + 1000) + 1)
            self.merged = 0
        elif what == "Cell" and table.rows:
            row = table.rows[-1]
            place = int(of.get("Index", len(row) + self.merged + 1)) - 1
            self.cells += place - len(row) + 1
            if self.cells > CELLS or place >= COLUMNS:
                raise MemoryError
            if place < len(row):
                raise ValueError("cell")
            row += [""] * (place - len(row) + 1)
            self.merged = int(of.get("MergeAcross", 0))
        elif what == "Comment":
            self.remark = True
        elif what == "Data" and not self.remark and table.rows and table.rows[-1]:
            self.kind = of.get("Type", "String")
            self.text.clear()
        elif name == f"{_EXCEL}Visible":
            self.text.clear()

    def end(self, name: str) -> None:
        """End an element."""
        what = name.removeprefix(_SHEET)
        if what == "Comment":
            self.remark = False
        elif name == f"{_EXCEL}Visible" and self.tables:
            self.tables[-1].hidden = True  # written for hidden sheets only
        elif what == "Data" and self.kind is not None:
            table, text, kind, self.kind = self.tables[-1], "".join(self.text), self.kind, None
            if kind == "Error" and len(table.errors) < 1000:
                table.errors.append((len(table.rows[-1]) - 1, len(table.rows)))
            table.rows[-1][-1] = _TYPES[kind](text) if kind in _TYPES else text

    def data(self, text: str) -> None:
        """Collect the text of a cell."""
        if self.kind is not None:
            self.text.append(text)


_TYPES = {"Number": float, "Boolean": lambda text: text.strip() == "1", "DateTime": datetime.fromisoformat, "Error": lambda text: ""}
