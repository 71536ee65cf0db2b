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
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, content: bytes) -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


def book(rows: Iterable[Iterable], *, name: str = "customers", codepage: int = 1200, epoch_1904: bool = False, more: bytes = b"") -> bytes:
    """A BIFF stream with one sheet: version 8 (UTF-16), or version 5 in a code page. Cells may be given as whole records (bytes)."""
    old = codepage != 1200
    version = 0x0500 if old else 0x0600

    def text(value: str, length: str) -> bytes:
        if old:
            raw = value.encode(f"cp{codepage}")
            return struct.pack(length, len(raw)) + raw
        return struct.pack(length, len(value)) + b"\1" + value.encode("utf-16-le")

    cells = bytearray()
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            at = struct.pack("<HHH", r, c, 0)
            if isinstance(value, bytes):
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
    sheet = record(0x0809, struct.pack("<HHHH", version, 16, 0, 1996) + (b"" if old else bytes(8))) + bytes(cells) + record(0x000A, b"")
    return start + listed + sheet


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """A container with one stream: a header, the table of sectors, a directory, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    tables = -(-(count + 2) // 127)
    chain = [FAT] * tables + [END] + [tables + 2 + i for i in range(count - 1)] + [END]
    chain += [FREE] * (tables * 128 - len(chain))

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        raw = title.encode("utf-16-le") + b"\0\0"
        named = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        return named + struct.pack("<III", FREE, FREE, child) + bytes(36) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 1, END, 0) + entry(name, 2, FREE, tables + 1, len(stream)) + bytes(256)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    return head + struct.pack(f"<{len(chain)}I", *chain) + directory + stream


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


def sav(rows: list[list], *, packed: bool = False, **more) -> bytes:
    """An SPSS file (.zsav if packed); `more` are pyreadstat's own options, such as variable_value_labels."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(rows[1:], columns=rows[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        pyreadstat.write_sav(frame, path, compress=packed, **more)
        return path.read_bytes()
