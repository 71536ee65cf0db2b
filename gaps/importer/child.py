"""Read the raw cells of one file; run as a process of its own with limits, so that no file can take the app down.

Started by path (`python -I child.py FILE FOLDER SETTINGS`), hence nothing of ours is imported, and no numpy but for an SPSS file: it
starts in some 40 ms.
It leaves two files in FOLDER: `cells.json` says what stands where, `cells.bin` holds the columns one after another. A column is either
8-byte floats (a blank is the NaN with the bits of `BLANK`, so that a NaN written in a file is not taken for one) or 4-byte codes into a
list of its distinct values. Values in that list are JSON: text, number, true/false, {"date": …}; a date that is a small number with the
wrong format has that number beside it as "serial".
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import importlib.util
import json
import os
import re
import struct
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, repeat

BLANK_BITS = 0x7FF8_0000_00B1_A4C5
BLANK = struct.unpack("<d", struct.pack("<Q", BLANK_BITS))[0]
CHUNK = 8192
TEXT_KEPT = 1000  # characters; names and labels are shorter, and remarks are not used
# What reads which kind of file; a text table needs it only where it is large.
LIBRARIES = {
    "xlsx": ("python_calamine",),
    "xls": ("python_calamine",),
    "ods": ("python_calamine",),
    "sav": ("pyreadstat",),
    "csv": ("numpy", "pyarrow.csv"),
}
TOP = 20  # a header row is looked for in so many rows
SHEETS = ("customers", "managers", "employees", "items", "study")
_ANSWER = re.compile(r"[epadmsvc]0*[1-9]\d{0,3}")
_SPACING = re.compile(r"[\s_\-]+")


def fold(text: object) -> str:
    """Fold case, spaces, `_`, `-` and full-width characters away: `Ｅ 1` and `e_1` are both `e1`."""
    return _SPACING.sub("", unicodedata.normalize("NFKC", str(text)).casefold())


def header_row(top: list[list]) -> int:
    """The index of the row that names the columns: the first with two answer columns, else the first that is not empty."""
    for index, row in enumerate(top):
        if sum(1 for cell in row if isinstance(cell, str) and _ANSWER.fullmatch(fold(cell))) >= 2:
            return index
    return next((index for index, row in enumerate(top) if any(cell != "" for cell in row)), 0)


def header_rows(top: list[list]) -> tuple[int, int]:
    """The indices of the first and the last row that name the columns: survey tools write one, two or three such rows.

    Title rows above (one or two cells over a table that is wider) are passed over. A second row belongs to the header where it fills the
    gaps of the first (SurveyMonkey, merged cells); Qualtrics ends its header with a row of `{"ImportId": …}`, or, in old exports, with the
    texts under V1, V2 …
    """
    for index, row in enumerate(top[:4]):
        if sum(1 for cell in row if isinstance(cell, str) and cell.startswith('{"ImportId"')) * 2 > max(2, _filled(row)):
            return max(0, index - 2), index
    for index in range(min(3, len(top) - 1)):
        if legacy(top[index], top[index + 1]):
            return index, index + 1
    first = header_row(top)
    if sum(1 for cell in (top[first] if top else ()) if isinstance(cell, str) and _ANSWER.fullmatch(fold(cell))) >= 2:
        return first, first
    widest = max(map(_filled, top), default=0)
    named = first
    while named + 1 < len(top) and (_filled(top[named]) == 0 or _filled(top[named]) * 3 <= min(widest, 6)):
        named += 1
    if top and not any(_number(cell) for cell in top[named] if cell != ""):
        first = named
    if first + 1 < len(top) and _continues(top[first], top[first + 1], top[first + 2 :]):
        return first, first + 1
    return first, first


def legacy(names: list, texts: list) -> bool:
    """Whether these are the two header rows of an old Qualtrics export: V1 to V10 and the questions' names, what they mean below."""
    return names[:2] == ["V1", "V2"] and [fold(cell) for cell in texts[:1]] == ["responseid"]


def _number(cell: object) -> bool:
    return not isinstance(cell, str) or _NUMERIC.fullmatch(cell.strip()) is not None


def _filled(row: list) -> int:
    return sum(1 for cell in row if cell != "")


def _continues(upper: list, lower: list, below: list[list]) -> bool:
    """Whether the second row is part of the header: it stands where the first has gaps, in words, and is unlike the answers below."""
    gaps = [i for i, cell in enumerate(lower) if cell != "" and (i >= len(upper) or upper[i] == "") and any(upper[:i])]
    if any(_number(cell) for cell in lower if cell != "") or not any(lower):
        return False
    if any(fold(cell) in RESPONSE for cell in lower) and lower[0] == "":
        return True
    seen = {cell for row in below for cell in row if cell != ""}
    return len(gaps) >= 2 and bool(below) and not seen & {lower[i] for i in gaps}


_NUMERIC = re.compile(r"[+-]?\d+([.,]\d+)?%?")
RESPONSE = frozenset(
    ("response", "openendedresponse", "antwort", "réponse", "respuesta", "resposta", "risposta", "antwoord", "回答", "答复", "응답", "回應")
)


class Column:
    """One column as it grows: floats as long as there is nothing else, then codes into its distinct values."""

    __slots__ = ("codes", "numbers", "seen")

    def __init__(self) -> None:
        self.numbers = array("d")
        self.codes: array | None = None
        self.seen: dict = {}

    def add(self, cells: tuple, booleans: bool = True) -> None:
        """Append a run of cells. `booleans` says that TRUE or FALSE may be among them, which would pass for the numbers 1 and 0."""
        if self.codes is None and not (booleans and bool in {cell.__class__ for cell in cells}):
            with contextlib.suppress(TypeError):
                self.numbers.extend(array("d", cells))
                return
            with contextlib.suppress(TypeError):
                # the reader hands every blank over as the one empty string, so `is` decides, at a third of the cost of ==
                self.numbers.extend(array("d", [BLANK if c is _EMPTY else c for c in cells]))
                return
        if bool in {cell.__class__ for cell in cells}:
            cells = tuple([("flag", c) if c is True or c is False else c for c in cells])
        if self.codes is None:
            self._encode()
        seen = self.seen
        for value in dict.fromkeys(cells):
            seen.setdefault(value, len(seen))
        self.codes.extend(map(seen.__getitem__, cells))

    def _encode(self) -> None:
        self.codes = array("i")
        if self.numbers:
            cells = ["" if c != c and struct.pack("<d", c) == _BLANK_BYTES else c for c in self.numbers]
            for value in dict.fromkeys(cells):
                self.seen.setdefault(value, len(self.seen))
            self.codes.extend(map(self.seen.__getitem__, cells))
            self.numbers = array("d")

    def pad(self, length: int) -> None:
        """Append blanks up to a length (rows of a csv file may be short)."""
        have = len(self.numbers) if self.codes is None else len(self.codes)
        if have < length:
            self.add(tuple(repeat(_EMPTY, length - have)))


_EMPTY = ""
_BLANK_BYTES = struct.pack("<d", BLANK)


def _json_value(value: object, lotus: bool = True) -> object:
    if isinstance(value, tuple):
        return value[1]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else {"number": str(value)}
    if isinstance(value, str):
        return value[:TEXT_KEPT]
    if isinstance(value, int):
        return value
    shown = {"date": value.isoformat() if hasattr(value, "isoformat") else str(value)}
    serial = _serial(value, lotus)
    return shown if serial is None else shown | {"serial": serial}


def _serial(value: object, lotus: bool) -> float | None:
    """The number (0 to 100) under a cell that is formatted as a date, a time or a duration; None where it may be meant as such.

    Day 1 is 1 January 1900, in workbooks of old Macintoshes 2 January 1904. Excel knows a 29 February 1900 from Lotus 1-2-3, as others do
    not (`lotus`): the reader shows 59 and 60 alike, so these stay dates.
    """
    if isinstance(value, datetime.timedelta):
        days = value.total_seconds() / 86_400
    elif isinstance(value, datetime.time):
        days = 0.0 if value == datetime.time() else -1.0
    elif isinstance(value, datetime.date):
        at = value if isinstance(value, datetime.datetime) else datetime.datetime(value.year, value.month, value.day)
        start = datetime.datetime(1904, 1, 1) if at.year >= 1904 else datetime.datetime(1899, 12, 31 if lotus else 30)
        days = (at.replace(tzinfo=None) - start).total_seconds() / 86_400
        if lotus and at.year < 1904 and days >= 59:
            days = days + 1 if days >= 60 else -1.0
    else:
        return None
    return days if 0 <= days <= 100 and days == int(days) else None


def columns_of(
    rows: Iterator[list], booleans: bool = True, several: bool = False
) -> tuple[list[list], list[Column], int, list[tuple[int, int]], int]:
    """Take a sheet apart: the rows of the header, the columns below, the number of data rows, after how many of them how many blank rows
    were left out (a blank typed in the last row of a sheet would cost half a gigabyte), and the index of the header's last row.

    `several` says that the header may have more than one row."""
    top = list(islice(rows, TOP))
    first, header = header_rows(top) if several else (header_row(top),) * 2
    columns = [Column() for _ in range(max((len(r) for r in top), default=0))]
    length = 0
    left_out: list[tuple[int, int]] = []
    pending = top[header + 1 :]
    while True:
        chunk = pending + list(islice(rows, CHUNK - len(pending)))
        pending = []
        if not chunk:
            break
        if not any(map(any, chunk)) and all(row.count(_EMPTY) == len(row) for row in chunk):  # a row of zeros is not blank
            left_out.append((length, len(chunk)))
            continue
        width = max(map(len, chunk))
        while len(columns) < width:
            columns.append(Column())
            columns[-1].pad(length)
        if len({*map(len, chunk)}) > 1 or len(chunk[0]) < len(columns):
            chunk = [[*row, *repeat(_EMPTY, len(columns) - len(row))] for row in chunk]
        for column, cells in zip(columns, zip(*chunk, strict=True), strict=True):
            column.add(cells, booleans)
        length += len(chunk)
    return top[first : header + 1], columns, length, left_out, header


class Output:
    """Writes the columns behind one another and keeps the list of what stands where."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.cells = open(f"{folder}/cells.bin", "wb")  # noqa: SIM115 - closed by `close`
        self.sheets: list[dict] = []
        self.notes: dict = {}
        self.lotus = True

    def sheet(self, name: str, hidden: bool, first_column: int, rows: Iterable[list], booleans: bool = False) -> None:
        """Write one sheet."""
        top, columns, length, left_out, header = columns_of(iter(rows), booleans, several=fold(name) not in SHEETS[3:])
        titles = [[_json_value(c) for c in row] + [""] * (len(columns) - len(row)) for row in top] or [[""] * len(columns)]
        header_rows = len(titles)
        if header_rows == 2 and legacy(*titles):
            titles.append([""] * len(columns))  # name and text, as in later exports, and not question and row
        place = {"hidden": hidden, "first_column": first_column, "header_row": header + 1, "header_rows": header_rows, "left_out": left_out}
        self.table(name, titles, columns, length, **place)

    def table(self, name: str, titles: list[list], columns: list[Column], length: int, **more: object) -> None:
        """Write columns that are complete, each as long as the others; `titles` are the rows of the header."""
        described = []
        for column in columns:
            data = column.numbers if column.codes is None else column.codes
            entry: dict = {"offset": self.cells.tell()}
            if column.codes is not None:
                entry["values"] = [_json_value(v, self.lotus) for v in column.seen]
            data.tofile(self.cells)
            if column.codes is not None and len(data) % 2:
                self.cells.write(b"\0\0\0\0")  # floats stay aligned
            described.append(entry)
        self.sheets.append({"name": name, "titles": titles, "rows": length, "columns": described, **more})

    def close(self, **more: object) -> None:
        """Finish both files."""
        self.cells.close()
        with open(f"{self.folder}/cells.json", "w", encoding="utf-8", errors="surrogatepass") as file:
            json.dump({"sheets": self.sheets, **self.notes, **more}, file)


def recoded(encoding: str) -> Callable[[str], str]:
    """What puts texts right that were read byte by byte, as Western letters, though two bytes make a letter."""
    western = {ord(bytes([b]).decode("cp1252")): b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}

    def put_right(text: str) -> str:
        return text if text.isascii() else text.translate(western).encode("latin-1", "replace").decode(encoding, "replace")

    return put_right


def read_workbook(path: str, output: Output, booleans: bool, staff: str, encoding: str | None = None) -> None:
    """Read the sheets of a workbook that matter: the known ones, those whose name speaks of `staff` (a pattern), and for want of
    `customers` the others as well (at most five)."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    put_right = recoded(encoding) if encoding else str
    with load_workbook(path) as book:
        tables = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
        known = [s for s in tables if fold(s.name) in SHEETS]
        others = [s for s in tables if fold(s.name) not in SHEETS]
        if not any(fold(s.name) == "customers" for s in known):
            more = others[:5]
        else:
            more = [s for s in others if re.search(staff, fold(s.name))][:5]
        known, others = known + more, [s for s in others if s not in more]
        for meta in known:
            sheet = book.get_sheet_by_name(meta.name)
            first_column = sheet.start[1] if sheet.start else 0
            rows = sheet.iter_rows() if sheet.start else []
            if encoding:
                rows = ([put_right(c) if c.__class__ is str else c for c in row] for row in rows)
            output.sheet(put_right(meta.name), meta.visible != SheetVisibleEnum.Visible, first_column, rows, booleans)
        output.notes["ignored"] = [put_right(s.name) for s in others]


def read_sav(path: str, output: Output, settings: dict) -> None:
    """Read an SPSS file: numbers as they are, what their values are called, and which of them count as missing."""
    import pyreadstat

    options = {"user_missing": True, "output_format": "dict"}
    try:
        data, meta = pyreadstat.read_sav(path, **options)
    except OverflowError:  # dates beyond the year 9999
        data, meta = pyreadstat.read_sav(path, disable_datetime_conversion=True, **options)
    except pyreadstat.ReadstatError:  # the file names an encoding that is not its own
        data, meta = pyreadstat.read_sav(path, encoding=settings["encoding"], **options)
    names = list(meta.column_names)
    texts = {name for name, kind in meta.readstat_variable_types.items() if kind == "string"}
    columns = [_sav_column(data[name], name in texts) for name in names]
    labels = [meta.column_names_to_labels.get(name) or "" for name in names]
    own = sum(1 for name in names if _ANSWER.fullmatch(fold(name)) and name[0] in "EePp") >= 2  # V1, V2 … is how SPSS counts
    titles = [names] if own or not any(labels) else [names, labels, [""] * len(names)]
    output.notes["variables"] = [
        {
            "labels": [[k, str(v)] for k, v in meta.variable_value_labels.get(name, {}).items() if isinstance(k, int | float)],
            "missing": [[r["lo"], r["hi"]] for r in meta.missing_ranges.get(name, []) if isinstance(r["lo"], int | float)],
        }
        for name in names
    ]
    length = len(data[names[0]]) if names else 0
    output.table(settings["name"], titles, columns, length, hidden=False, first_column=0, header_row=0, left_out=[])


def _sav_column(cells: list, text: bool) -> Column:
    """One variable: system-missing numbers are blanks, texts lose the spaces that fill them up."""
    import numpy as np

    column = Column()
    if not text:
        with contextlib.suppress(TypeError):  # moments are no numbers
            values = np.array(cells, dtype=np.float64)  # None, a number that is missing, becomes NaN
            values[np.isnan(values)] = BLANK
            column.numbers = array("d", values.tobytes())
            return column
    column.add(tuple([_EMPTY if c is None or c != c else (c.rstrip() or _EMPTY) if isinstance(c, str) else c for c in cells]))
    return column


def read_text(path: str, output: Output, settings: dict) -> None:
    """Read a csv file in the encoding and with the separator that `settings` name."""
    import csv

    csv.field_size_limit(1 << 20)
    if settings.get("library") and read_regular_text(path, output, settings):
        return
    with open(path, encoding=settings["encoding"], errors="replace" if settings["unreadable"] else "strict", newline="") as file:
        for _ in range(settings.get("skip", 0)):
            file.readline()
        rows = csv.reader(file, delimiter=settings["separator"], strict=True)
        blank: list[str] = []
        output.sheet(settings["name"], False, 0, (row or blank for row in rows))


def read_regular_text(path: str, output: Output, settings: dict) -> bool:
    """Read a large text table at once, in a third of the time, if it is regular: as many fields in each row, nothing that two readers
    would understand differently. Says whether it was."""
    import csv
    import io

    import pyarrow as pa
    from pyarrow import csv as arrow

    separator = settings["separator"]
    with open(path, "rb") as file:
        for _ in range(settings.get("skip", 0)):
            file.readline()
        data = file.read()
    if settings["unreadable"] or settings["encoding"].startswith("utf-16"):
        return False
    if not settings["encoding"].startswith("utf-8"):
        data = data.decode(settings["encoding"]).encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if _irregular(data, separator):
        return False
    head = io.TextIOWrapper(io.BytesIO(data[: 1 << 20]), encoding="utf-8", errors="replace", newline="")
    top = list(islice(csv.reader(head, delimiter=separator, strict=True), TOP))
    widths = {*map(len, top)}
    if len(widths) != 1 or len(top) < TOP:
        return False
    names = [f"f{i}" for i in range(widths.pop())]
    kept_as_text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(column_names=names, use_threads=False, block_size=max(1 << 20, len(data) + 1)),
            parse_options=arrow.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data, ignore_empty_lines=False),
            convert_options=arrow.ConvertOptions(column_types=dict.fromkeys(names, kept_as_text), strings_can_be_null=False),
        )
    except pa.ArrowException:
        return False
    first, last = header_rows(top)
    titles = [[_json_value(cell) for cell in row] for row in top[first : last + 1]]
    columns = [_arrow_column(table.column(i), last + 1) for i in range(len(names))]
    length = table.num_rows - last - 1
    output.table(settings["name"], titles, columns, length, hidden=False, first_column=0, header_row=last + 1, left_out=[])
    return True


def _irregular(data: bytes, separator: str) -> bool:
    """Whether there is what readers understand differently: a quotation mark within a field, or a carriage return alone."""
    if data.count(b"\r") != data.count(b"\r\n"):
        return True
    if b'"' not in data:
        return False
    edge = re.escape(separator.encode())  # each pattern begins with a plain letter, which is found at memory speed
    within = rb"""\"(?<=[^"%s\n]")(?=[^"%s\r\n])""" % (edge, edge)
    behind = rb"""\"\"(?<=[%s\n]"")(?=[^"%s\r\n])""" % (edge, edge)
    return data.startswith(b'""') or any(re.search(pattern, data) for pattern in (within, behind))


def _arrow_column(found, header: int) -> Column:
    """The codes and texts of a column below its header; texts that stand in the header only are forgotten."""
    import numpy as np

    whole = found.unify_dictionaries().combine_chunks()
    indices, texts = whole.indices, whole.dictionary.to_pylist()
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset : indices.offset + len(indices)][header:]  # to_numpy loads pandas
    used = np.bincount(codes, minlength=len(texts)) > 0
    place = np.cumsum(used) - 1
    column = Column()
    column.codes = array("i", place[codes].astype(np.int32).tobytes())
    column.seen = {text: number for number, text in enumerate(t for t, u in zip(texts, used, strict=True) if u)}
    return column


def read_markup(path: str, output: Output, settings: dict) -> bool:
    """Read the tables of a web page or an XML Spreadsheet 2003; False where a page has none that could hold answers."""
    markup = beside("markup")
    page = settings["kind"] == "html"
    if not page:
        with open(path, "rb") as file:
            tables = markup.tables_of_workbook(file.read)
    else:
        with open(path, encoding=settings["encoding"], errors="replace") as file:
            tables = markup.tables_of_page(file.read())
        output.notes["ignored"] = [f"{markup.NAME} {number}" for number in range(2, len(tables) + 1)]
        tables = tables[:1]
    for table in tables:
        output.sheet(table.name, table.hidden, 0, table.rows, booleans=True)
    output.notes["facts"] = {
        t.name: {"errors": t.errors, "hidden": t.hidden_rows, "hidden_columns": t.hidden_columns} for t in tables if t.rows
    }
    return bool(tables) or not page


def beside(name: str):
    """A module that stands beside this one (an isolated Python does not look there)."""
    spec = importlib.util.spec_from_file_location(name, f"{os.path.dirname(os.path.abspath(__file__))}/{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def limit(settings: dict) -> None:
    """Limit this process where the system can (not on Windows: there only the parent's clock does)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (settings["memory"], settings["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (settings["seconds"], settings["seconds"] + 1))


def main(path: str, folder: str, settings_text: str) -> int:
    """Read one file; 0 = done, 3 = the reader refused it, 4 = no memory, 5 = an open quotation mark in a text table, 6 = a password,
    7 = damaged, 8 = a web page without answers."""
    settings = json.loads(settings_text)
    kind = settings["kind"]
    if kind in ("html", "xml"):
        beside("markup")
    if settings["library"]:
        sys.path.append(settings["library"])
        for name in LIBRARIES[kind]:  # before the limits: a library's own size is not the file's
            __import__(name)
    gc.disable()  # nothing here is cyclic, and collecting among millions of cells takes a third of the time
    limit(settings)
    output = Output(folder)
    output.lotus = kind != "ods"
    try:
        if kind == "csv":
            read_text(path, output, settings)
        elif kind in ("html", "xml"):
            if not read_markup(path, output, settings):
                return 8
        elif kind == "sav":
            read_sav(path, output, settings)
        else:
            read_workbook(path, output, settings["booleans"], settings["staff"], settings.get("recode"))
        output.close()
    except MemoryError:
        return 4
    except Exception as fault:
        if type(fault).__name__ == "PasswordError":
            return 6
        return 5 if kind == "csv" and type(fault).__name__ == "Error" else 3 if kind in ("csv", "xlsx") else 7
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
