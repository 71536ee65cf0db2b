"""The raw sheets of a file, as the child process handed them over: columns as floats or as codes into distinct values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gaps.escape import visible
from gaps.importer.child import BLANK_BITS, RESPONSE, fold

SMALL = 1000  # whole numbers up to this are counted without sorting


def letters(index: int) -> str:
    """Name a column as Excel does: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def text_of(value: object) -> str:
    """A cell's value as the user sees it: 1.0 is "1", a date is its ISO date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return f"{value:.15g}"
    if isinstance(value, dict):
        return str(next(iter(value.values()))).removesuffix("T00:00:00")
    return visible(value).strip()


@dataclass(frozen=True, eq=False)
class Column:
    """One column below its header. Either `numbers` holds it (a blank is a NaN), or `codes` point into `values`."""

    letter: str
    header: str
    numbers: np.ndarray | None
    codes: np.ndarray | None
    values: tuple
    titles: tuple[str, ...] = ()  # the cells of a header that has several rows
    dated: tuple[int, ...] = ()  # the codes of numbers that the file shows as dates
    taken_as: object | None = None  # a `headers.Meaning` where a column map says it, else its header does

    def lookup(self, table: list, dtype) -> np.ndarray:
        """Spread one entry per distinct value over the rows (for coded columns)."""
        return np.asarray(table, dtype=dtype)[self.codes] if len(table) else np.empty(0, dtype)

    @cached_property
    def blank(self) -> np.ndarray:
        """Whether each cell is empty, or holds spaces only."""
        if self.numbers is not None:
            missing = np.isnan(self.numbers)
            return missing & (self.numbers.view(np.uint64) == BLANK_BITS) if missing.any() else missing
        # most texts begin with a letter or digit; only the others need a closer look
        return self.lookup([isinstance(v, str) and not v[:1].isalnum() and not text_of(v) for v in self.values], bool)

    @cached_property
    def distinct(self) -> dict[float, int]:
        """The distinct numbers of a column of numbers and how often each occurs; answers are few small whole numbers."""
        present = self.numbers[~np.isnan(self.numbers)]
        if len(present) and present.min() >= -SMALL and present.max() <= SMALL:
            whole = present.astype(np.int64)
            if np.array_equal(whole, present):
                counts = np.bincount(whole + SMALL, minlength=2 * SMALL + 1)
                return {float(place - SMALL): int(counts[place]) for place in np.flatnonzero(counts)}
        return dict(zip(*map(np.ndarray.tolist, np.unique(present, return_counts=True)), strict=True))

    def texts(self) -> tuple[np.ndarray, list[str]]:
        """The column as text: codes (-1 = blank) into distinct texts."""
        if self.numbers is None:
            codes, values = self.codes, self.values
        else:
            values, codes = np.unique(np.where(self.blank, -np.inf, self.numbers), return_inverse=True)
            values = ["" if v == -np.inf else float(v) for v in values]
        names: dict[str, int] = {}
        table = [names.setdefault(t, len(names)) if (t := text_of(v)) else -1 for v in values]
        return (np.asarray(table, np.int64)[codes] if len(table) else np.empty(0, np.int64)), list(names)

    def value_at(self, position: int) -> object:
        """One raw cell."""
        if self.numbers is None:
            return self.values[self.codes[position]]
        return "" if self.blank[position] else float(self.numbers[position])


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet. `first_row` is the Excel row number of the first row below the header."""

    name: str
    hidden: bool
    header_row: int
    rows: int
    columns: tuple[Column, ...]
    left_out: tuple[tuple[int, int], ...] = ()  # after so many rows, so many blank ones were left out
    header_rows: int = 1  # ending with `header_row`
    textual: bool = False  # the file has text only (csv): there "6" is no news
    unnamed: bool = False  # the file is one table without sheets
    file: str = ""  # the name of the file it stands in

    @property
    def first_row(self) -> int:
        """The Excel row number of the first data row."""
        return self.header_row + 1

    @cached_property
    def filled(self) -> np.ndarray:
        """Whether each row has any cell that is not blank."""
        filled = np.zeros(self.rows, bool)
        for column in self.columns:
            filled |= ~column.blank
            if filled.all():
                break
        return filled

    @property
    def empty(self) -> bool:
        """Whether there is neither header nor data."""
        return not any(c.header for c in self.columns) and not self.filled.any()

    def excel_row(self, position: int) -> int:
        """The row number as seen in Excel, of a 0-based data row."""
        return int(self.row_numbers(np.asarray([position]))[0])

    def row_numbers(self, positions: np.ndarray) -> np.ndarray:
        """Row numbers as seen in Excel, of many 0-based data rows."""
        numbers = positions + self.first_row
        for after, count in self.left_out:
            numbers = numbers + np.where(positions >= after, count, 0)
        return numbers

    def excel_rows(self, positions) -> tuple[int, ...]:
        """Row numbers as seen in Excel, of 0-based data rows."""
        return tuple(int(n) for n in self.row_numbers(np.asarray(positions, np.int64)))


def blanked(sheet: Sheet, cells: Iterable[tuple[str, int]]) -> Sheet:
    """The sheet with these cells (column letters, row) as blanks: error values that the reader took for numbers or texts."""
    rows: dict[str, list[int]] = {}
    for column, row in cells:
        rows.setdefault(column, []).append(row)
    numbers = sheet.row_numbers(np.arange(sheet.rows))
    columns = []
    for column in sheet.columns:
        here = np.isin(numbers, rows.get(column.letter, [])) & ~column.blank
        if here.any() and column.numbers is not None:
            values = column.numbers.copy()
            values.view(np.uint64)[here] = BLANK_BITS
            column = replace(column, numbers=values)
        elif here.any():
            column = replace(column, codes=np.where(here, len(column.values), column.codes), values=(*column.values, ""))
        columns.append(column)
    return replace(sheet, columns=tuple(columns))


def load(described: dict, cells: np.ndarray) -> Sheet:
    """Make a sheet from its description and the file of columns (as bytes)."""
    rows = described["rows"]

    def column(index: int, titles: tuple[str, ...], entry: dict) -> Column:
        start, values = entry["offset"], entry.get("values")
        width, kind = (8, np.float64) if values is None else (4, np.int32)
        data = cells[start : start + width * rows].view(kind)
        letter = letters(described["first_column"] + index)
        if values is None:
            return Column(letter, header_of(titles), data, None, (), titles)
        return Column(letter, header_of(titles), None, data, *_meant(values, titles))

    rows_of_header = [[text_of(cell) for cell in row] for row in described["titles"]]
    if len(rows_of_header) == 2:  # the question stands over the first of its columns only
        rows_of_header[0] = spread(*rows_of_header)
    named = zip(zip(*rows_of_header, strict=True), described["columns"], strict=True)
    columns = tuple(column(i, titles, entry) for i, (titles, entry) in enumerate(named))
    left_out = tuple((after, count) for after, count in described["left_out"])
    name, hidden, last = text_of(described["name"]), described["hidden"], described["header_row"]
    return Sheet(name, hidden, last, rows, columns, left_out, described.get("header_rows", len(rows_of_header)))


def header_of(titles: tuple[str, ...]) -> str:
    """The name of a column from the rows of its header: of two rows `question [row]`, of three the question's text after its name."""
    match titles:
        case (name, text, _):
            return name if not text or text == name else text if text.startswith(name) else f"{name}: {text}"
        case (question, row):
            return f"{question} [{row}]" if question and row and fold(row) not in RESPONSE else question or row
    return titles[0] if titles else ""


def spread(upper: list[str], lower: list[str]) -> list[str]:
    """Repeat each cell of the upper header row over the gaps to its right that the lower row fills."""
    last, filled = "", []
    for above, below in zip(upper, lower, strict=True):
        last = above or (last if below else "")
        filled.append(last)
    return filled


def _meant(values: list, titles: tuple[str, ...]) -> tuple[tuple, tuple[str, ...], tuple[int, ...]]:
    """The values of a column, and which of them are numbers under a date's format: small whole ones, and no other dates beside them."""
    dates = [code for code, v in enumerate(values) if isinstance(v, dict) and "date" in v]
    dated = tuple(dates) if all("serial" in values[code] for code in dates) else ()
    return tuple(v["serial"] if code in dated else _number(v) for code, v in enumerate(values)), titles, dated


def _number(value: object) -> object:
    return float(value["number"]) if isinstance(value, dict) and "number" in value else value
