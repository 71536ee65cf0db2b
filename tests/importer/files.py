"""Builds small files of other kinds than .xlsx: old .xls in its container, .ods, SPSS."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

SECTOR = 512
END, FREE, FAT, DIFAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC


def record(kind: int, content: bytes) -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


class Cell(bytes):
    """The record of one cell without its place: its kind, and what follows row, column and format."""

    kind: int

    def __new__(cls, kind: int, content: bytes) -> Cell:
        made = super().__new__(cls, content)
        made.kind = kind
        return made


NOT_AVAILABLE = 0x2A
ERROR = Cell(0x0205, bytes([NOT_AVAILABLE, 1]))
TRUE = Cell(0x0205, bytes([1, 0]))
FORMULA_ERROR = Cell(0x0006, bytes([2, 0, NOT_AVAILABLE, 0, 0, 0, 0xFF, 0xFF]) + bytes(6) + bytes([2, 0, 0x1C, NOT_AVAILABLE]))


def formula(value: float) -> Cell:
    """A formula with a number as its result."""
    return Cell(0x0006, struct.pack("<d", value) + bytes(6) + struct.pack("<HBH", 3, 0x1E, 1))


def book(
    rows: Iterable[Iterable],
    *,
    name: str = "customers",
    codepage: int = 1200,
    epoch_1904: bool = False,
    more: bytes = b"",
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[tuple[int, int]] = (),
    extra: bytes = b"",
) -> bytes:
    """A BIFF stream with one sheet: version 8 (UTF-16), or version 5 in a code page. Cells may be given as `Cell` or as whole records
    (bytes); hidden columns as (first, last) from 1. `more` is put before the list of sheets, `extra` behind the last cell."""
    old = codepage != 1200
    version = 0x0500 if old else 0x0600

    def text(value: str, length: str) -> bytes:
        if old:
            raw = value.encode(f"cp{codepage}")
            return struct.pack(length, len(raw)) + raw
        return struct.pack(length, len(value)) + b"\1" + value.encode("utf-16-le")

    cells = bytearray()
    for first, last in hidden_columns:
        cells += record(0x007D, struct.pack("<HHHHHH", first - 1, last - 1, 0, 15, 1, 0))
    for number in hidden_rows:
        cells += record(0x0208, struct.pack("<HHHHHHI", number - 1, 0, 0, 0, 0, 0, 0x0100 | 0x20))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            at = struct.pack("<HHH", r, c, 0)
            if isinstance(value, Cell):
                cells += record(value.kind, at + value)
            elif isinstance(value, bytes):
                cells += value
            elif isinstance(value, int | float):
                cells += record(0x0203, at + struct.pack("<d", value))
            elif value:
                cells += record(0x0204, at + text(value, "<H"))
    start = record(0x0809, struct.pack("<HHHH", version, 5, 0, 1996) + (b"" if old else bytes(8)))
    start += more + record(0x0042, struct.pack("<H", codepage)) + record(0x0022, struct.pack("<H", epoch_1904))
    sheet_name = text(name, "<B")
    place = len(start) + 4 + 6 + len(sheet_name) + 4
    listed = record(0x0085, struct.pack("<IH", place, 0) + sheet_name) + record(0x000A, b"")
    sheet = (
        record(0x0809, struct.pack("<HHHH", version, 16, 0, 1996) + (b"" if old else bytes(8))) + bytes(cells) + extra + record(0x000A, b"")
    )
    return start + listed + sheet


def entry(title: str, kind: int, child: int, first: int, size: int, right: int = FREE) -> bytes:
    """An entry of a container's directory."""
    raw = title.encode("utf-16-le") + b"\0\0"
    named = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    return named + struct.pack("<III", FREE, right, child) + bytes(36) + struct.pack("<IQ", first, size)


def small_ole(stream: bytes, name: str = "Workbook") -> bytes:
    """A container with one stream of less than 4096 bytes, in pieces of 64 bytes that stand in reverse order."""
    count = -(-len(stream) // 64)
    held = b"".join(stream[i * 64 : i * 64 + 64].ljust(64, b"\0") for i in reversed(range(count)))
    sectors = -(-len(held) // SECTOR)
    chain = [FAT, END, END, *(i + 4 for i in range(sectors - 1)), END]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    directory = entry("Root Entry", 5, 1, 3, len(held)) + entry(name, 2, FREE, count - 1, len(stream))
    mini = struct.pack("<128I", END, *range(count - 1), *[FREE] * (128 - count))
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return head + table + directory.ljust(SECTOR, b"\0") + mini + held.ljust(sectors * SECTOR, b"\0")


def ole(stream: bytes, name: str = "Workbook", *, others: Iterable[str] = ()) -> bytes:
    """A container with one stream: a header, the table of sectors, a directory, the stream; `others` are more, empty streams."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    tables = more = 0
    while tables * 128 < tables + more + 1 + count:
        tables += 1
        more = -(-max(tables - 109, 0) // 127)  # sectors that say where the table lies, beyond what the header has room for
    first = tables + more
    chain = [FAT] * tables + [DIFAT] * more + [END] + [first + 2 + i for i in range(count - 1)] + [END]
    chain += [FREE] * (tables * 128 - len(chain))

    rest = list(others)
    entries = [entry("Root Entry", 5, 1, END, 0), entry(name, 2, FREE, first + 1, len(stream), 2 if rest else FREE)]
    entries += [entry(other, 2, FREE, END, 0, i + 3 if i + 1 < len(rest) else FREE) for i, other in enumerate(rest)]
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first, 0, 4096, END, 0, tables if more else END, more)
    places = list(range(tables)) + [FREE] * (109 + 127 * more - tables)
    head += struct.pack("<109I", *places[:109])
    further = b"".join(
        struct.pack("<128I", *places[109 + 127 * i : 236 + 127 * i], tables + i + 1 if i + 1 < more else END) for i in range(more)
    )
    return head + struct.pack(f"<{len(chain)}I", *chain) + further + directory + stream


def xls(rows: Iterable[Iterable], codepage: int = 1200, **more) -> bytes:
    """An .xls workbook with one sheet."""
    return ole(book(rows, codepage=codepage, **more), "Workbook" if codepage == 1200 else "Book")


ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "style", "manifest"))


def ods_cell(value) -> str:
    """One cell; a string that begins with `<` is taken as it is."""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if value.startswith("<table"):
        return value
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods(
    sheets: Mapping[str, Iterable[Iterable]], *, columns: str = "", hidden_rows: Iterable[int] = (), extra: str = "", manifest: str = ""
) -> bytes:
    """An OpenDocument workbook. `columns` is put before the first row of each sheet, `extra` behind the last."""
    hidden = set(hidden_rows)
    tables = ""
    for name, rows in sheets.items():
        lines = ""
        for number, row in enumerate(rows, 1):
            mark = ' table:visibility="filter"' if number in hidden else ""
            lines += f"<table:table-row{mark}>{''.join(map(ods_cell, row))}</table:table-row>"
        tables += f'<table:table table:name="{escape(name)}">{columns}{lines}{extra}</table:table>'
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), ODS)
        entries = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>{manifest}'
        entries += '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        archive.writestr("META-INF/manifest.xml", f"{declaration}<manifest:manifest{_NAMES}>{entries}</manifest:manifest>")
        archive.writestr("content.xml", f"{declaration}<office:document-content{_NAMES}>{body}</office:document-content>")
    return buffer.getvalue()


def page(rows: Iterable[Iterable], encoding: str = "utf-8", *, before: str = "", after: str = "") -> bytes:
    """A table of a web page, as programs write it under a name that ends with .xls."""
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in rows)
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head><body>'
    return f"{head}{before}<table border=1>{lines}</table>{after}</body></html>".encode(encoding)


HIDDEN = ' ss:Hidden="1"'


def xml_2003_cell(value) -> str:
    """One cell; a string that begins with `<` is taken as it is."""
    if isinstance(value, str) and value.startswith("<Cell"):
        return value
    kind = "Number" if isinstance(value, int | float) else "String"
    return f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>' if value not in (None, "") else "<Cell/>"


def xml_2003(
    rows: Iterable[Iterable], *, name: str = "customers", columns: str = "", hidden_rows: Iterable[int] = (), extra: str = ""
) -> bytes:
    """An XML Spreadsheet 2003 with one sheet. `columns` is put before the first row, `extra` behind the last."""
    hidden = set(hidden_rows)
    lines = "".join(
        f"<Row{HIDDEN if number in hidden else ''}>{''.join(map(xml_2003_cell, row))}</Row>\n" for number, row in enumerate(rows, 1)
    )
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="{escape(name)}"><Table>{columns}{lines}{extra}</Table></Worksheet></Workbook>'
    ).encode()


def sav(rows: list[list], *, packed: bool = False, **more) -> bytes:
    """An SPSS file (.zsav if packed); `more` are pyreadstat's own options, such as variable_value_labels."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(rows[1:], columns=rows[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        pyreadstat.write_sav(frame, path, compress=packed, **more)
        return path.read_bytes()
