"""Look at a file before any library opens it: what kind it is, and whether it is safe and whole.

Two steps. `identify` reads the beginning and the directory of the file and takes no time. `scan` unpacks every part of a workbook once,
in small pieces: it checks sizes, checksums and cell references, and notes what the reader would not tell (error values, formulas that
were never calculated, hidden rows). Neither needs more than a few megabytes.
"""

from __future__ import annotations

import re
import struct
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from gaps.importer import csvtext, oldbook
from gaps.importer.facts import (
    ERRORS_KEPT,
    GAP,
    MERGED_KEPT,
    REFERENCES_KEPT,
    SHEETS,
    STEP,
    TABLE,
    Clock,
    Container,
    Deadline,
    Facts,
    Refused,
)
from gaps.importer.sheets import letters

PARTS = 2_000
SMALL_PART = 64 << 20  # bytes that any part may unpack to
RATIO = 60  # larger parts: how often their packed size (real surveys stay below 30, bombs start at 300)
ALL_PARTS = 8 << 30
DIRECTORY_PART = 4 << 20  # the workbook part and its relations
BYTES_A_CELL = 16  # the least that a cell takes in a sheet's XML
TEXT_BLOCK = 98_304  # bytes: 32,767 characters of three bytes each
SPARSE = 2_000_000  # cells of a sheet's rectangle that are never too many …
EMPTY = 20  # … and how many there may be to one that the sheet's XML has room for
UNBROKEN = 4 * STEP  # bytes of a row that are waited for before it is cut behind a cell

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OTHER_ZIPS = {
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "xl/workbook.bin": ".xlsb",
    "index/document.iwa": "Numbers",
}
_OTHER_MAGIC = ((b"%PDF", "PDF"), (b"{\\rtf", "RTF"), (b"<?xml", "XML"))
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div", b"<script", b"<style", b"<!--")
_SPSS = (b"$FL2", b"$FL3")
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_OLDEST = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")  # Excel 2 to 5 without a container
_OPEN_DOCUMENTS = {"text": "OpenDocument (.odt)", "presentation": "OpenDocument (.odp)", "graphics": "OpenDocument (.odg)"}
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF")

# each stays within one tag and a few spaces, so that no text makes it try again and again
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,9})["']""")
VALUED = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})(\d{1,9})["'](?:[^<>]*[^/<>])?>(?!</|<(?:\w+:)?v\s{0,8}/>|<(?:\w+:)?v></)"""
)
_ERROR = re.compile(rb"""<(?:\w+:)?c\s(?=[^<>]*\bt=["']e["'])[^<>]*?\br=["']([A-Z]{1,3})(\d{1,9})["']""")
_BOOLEAN = re.compile(rb"""\st\s{0,8}=\s{0,8}["']b["']""")
_UNCALCULATED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)\s{0,8}(?:<(?:\w+:)?v\s{0,8}/>|<(?:\w+:)?v>\s{0,8}</(?:\w+:)?v>)?\s{0,8}</(?:\w+:)?c>"
)
_HIDDEN_COLUMNS = re.compile(rb"""<(?:\w+:)?col\s(?=[^<>]*\bhidden=["'](?:1|true)["'])([^<>]*)>""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref=["']([A-Z]{1,3})(\d{1,9}):([A-Z]{1,3})(\d{1,9})["']""")
_SPAN = re.compile(rb"""\b(min|max)=["'](\d{1,5})["']""")
ODS_TABLE = re.compile(rb"""<table:table\s[^<>]*?\btable:name=["']([^"'<>]*)["']|<table:table-(row|column)\b([^<>]*)>""")
_ODS_CELLS = re.compile(
    ODS_TABLE.pattern + rb"""|<table:(?:covered-)?table-(cell)\b([^<>]*)>"""
    rb"""(?:\s{0,8}<text:p>(#[A-Z]{1,5}(?:/[0A]!?|[!?])|Err:\d{3})</text:p>)?"""
)  # fmt: skip
_ODS_MANY_ROWS = re.compile(rb"""<table:table-row\b[^<>]*\btable:number-rows-repeated=["'](\d{4,7})["'][^</>]*>""")
_ODS_CELL = re.compile(rb"""<table:(?:covered-)?table-cell\b([^<>]*)>""")
_ODS_ERROR = re.compile(rb"""\b\w+:value-type=["']error["']""")
_ODS_HIDDEN = re.compile(rb"""\btable:visibility=["'](?:collapse|filter)["']""")
REPEATED = re.compile(rb"""\btable:number-(?:rows|columns)-repeated=["'](\d{1,7})["']""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\s(?=[^<>]*\bhidden=["'](?:1|true)["'])[^<>]*?\br=["'](\d{1,9})["']""")


def identify(path: Path) -> Container:
    """Say what a file is, by its content and never by its name.

    Raises
    ------
    Refused
        when it is neither a workbook (.xlsx, .xls, .ods) nor an SPSS file nor a text table, or when its directory shows that it is
        damaged or unsafe.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Refused("file_empty" if size <= 4096 else "file_not_a_table")
    if head.startswith(b"PK"):
        return _workbook(path, size)
    if head.startswith(oldbook.MAGIC):
        return Container("xls", size, size // 6, text=oldbook.identify(path, size))
    if head.startswith(_SPSS):
        return _spss(head, size)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PAGES) or (start.startswith(b"<?xml") and b"<html" in start):
        return Container("html", size, size // 8, text=csvtext.of_page(path, start))
    if head.startswith(_OLDEST):
        raise Refused("file_xls")
    if start.startswith(b"mime-version:"):
        raise Refused("file_html")
    if start.startswith(b"<?xml") and _XML_2003 in head:
        _check_xml(head)
        return Container("xml", size, size // 16)
    for magic, name in _OTHER_MAGIC:
        if head.startswith(magic):
            raise Refused("file_other_format", format=name)
    if head.startswith(_IMAGES):
        raise Refused("file_not_a_table")
    text = csvtext.recognise(path)
    if text is None:
        raise Refused("file_not_a_table")
    return Container("csv", size, size // 4, text=text)


def _spss(head: bytes, size: int) -> Container:
    """An SPSS file says how many values a case has and, mostly, how many cases there are."""
    if len(head) < 176:
        raise Refused("file_damaged")
    order = "<" if head[64:68] in (b"\2\0\0\0", b"\3\0\0\0") else ">"
    width, packed, _, cases = struct.unpack(f"{order}4i", head[68:84])
    cells = max(cases, 0) * max(width, 0)
    if cells > TABLE or (packed == 0 and cells * 8 > size):
        raise Refused("file_too_large" if cells > TABLE else "file_damaged", parts=1)
    return Container("sav", size, max(cells, size), text={"name": "customers", "encoding": "CP1252"})


def _workbook(path: Path, size: int) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            kind = _check_directory(path, archive, parts)
            sheets = _worksheets(archive) if kind == "xlsx" else {}
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error, KeyError):
        raise Refused("file_damaged") from None
    unpacked = {p.filename: p.file_size for p in parts}
    if kind == "ods":
        return Container("ods", size, unpacked["content.xml"] // (2 * BYTES_A_CELL))
    return Container("xlsx", size, sum(unpacked.get(part, 0) for part in sheets) // BYTES_A_CELL, sheets)


def _check_directory(path: Path, archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str:
    """Whether the archive is whole and safe, and which kind of workbook it is: xlsx or ods."""
    if len(parts) > PARTS:
        raise Refused("file_too_large", parts=len(parts))
    if any(p.flag_bits & 1 for p in parts):
        raise Refused("file_encrypted")
    names = [p.filename.casefold() for p in parts]
    if len(set(names)) < len(names):
        raise Refused("file_unsafe", reason="duplicate")
    for part in parts:
        pure = PurePosixPath(part.filename)
        if pure.is_absolute() or ".." in pure.parts or "\\" in part.filename or part.orig_filename != part.filename:
            raise Refused("file_unsafe", reason="path")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("file_unsafe", reason="compression")
        if part.file_size > max(SMALL_PART, RATIO * part.compress_size):
            raise Refused("file_too_large", parts=len(parts))
    if sum(p.file_size for p in parts) > max(ALL_PARTS // 32, min(ALL_PARTS, RATIO * path.stat().st_size)):
        raise Refused("file_too_large", parts=len(parts))
    _check_places(path, parts, archive.start_dir)
    if "xl/workbook.xml" not in names:
        for name, format in _OTHER_ZIPS.items():
            if name in names:
                raise Refused("file_other_format", format=format)
        if "mimetype" in names and "content.xml" in names:
            return _open_document(archive)
        raise Refused("file_not_a_table")
    return "xlsx"


def _open_document(archive: zipfile.ZipFile) -> str:
    mime = archive.read("mimetype")[:200].decode("ascii", "replace") if archive.getinfo("mimetype").file_size < 1000 else ""
    if "opendocument.spreadsheet" not in mime:
        raise Refused("file_other_format", format=next((f for k, f in _OPEN_DOCUMENTS.items() if k in mime), "OpenDocument"))
    manifest = next((p for p in archive.infolist() if p.filename == "META-INF/manifest.xml"), None)
    if manifest is not None and manifest.file_size <= DIRECTORY_PART and b"encryption-data" in archive.read(manifest):
        raise Refused("file_encrypted")
    return "ods"


def _check_places(path: Path, parts: list[zipfile.ZipInfo], end: int) -> None:
    """Each part has its own place in the file, and its local header has the name that the directory gives it."""
    with path.open("rb") as file:
        previous = 0
        for part in sorted(parts, key=lambda p: p.header_offset):
            file.seek(part.header_offset)
            header = file.read(30)
            if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
                raise Refused("file_damaged")
            name_length, extra_length = struct.unpack("<HH", header[26:30])
            name = file.read(name_length)
            if name.decode("utf-8" if part.flag_bits & 0x800 else "cp437", "replace") != part.orig_filename:
                raise Refused("file_damaged")
            if part.header_offset < previous:
                raise Refused("file_unsafe", reason="overlap")
            previous = part.header_offset + 30 + name_length + extra_length + part.compress_size
            if previous > end:
                raise Refused("file_damaged")


def _worksheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Map each sheet's part to its name, from the workbook part and its relations."""
    book = _tree(archive, _actual(archive, "xl/workbook.xml"))
    if book.tag.startswith(f"{{{STRICT}}}"):
        raise Refused("file_strict")
    listed = [(s.get("name", ""), s.get(_RELATION, "")) for s in book.iter() if s.tag.endswith("}sheet")]
    if len(listed) > SHEETS:
        raise Refused("too_many_sheets", sheets=len(listed), most=SHEETS)
    relations = _tree(archive, _actual(archive, "xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id", ""): r.get("Target", "") for r in relations}
    sheets: dict[str, str] = {}
    for name, relation in listed:
        target = targets.get(relation, "")
        part = _actual(archive, target.lstrip("/") if target.startswith("/") else f"xl/{target}", missing=None)
        if part is None:
            raise Refused("file_damaged")
        sheets[part] = name
    return sheets


def _actual(archive: zipfile.ZipFile, name: str, **fallback) -> str | None:
    for known in archive.namelist():
        if known.casefold() == name.casefold():
            return known
    if "missing" in fallback:
        return fallback["missing"]
    raise Refused("file_damaged")


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    if archive.getinfo(part).file_size > DIRECTORY_PART:
        raise Refused("file_too_large", parts=1)
    content = archive.read(part)
    _check_xml(content)
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise Refused("file_damaged") from None


def _check_xml(content: bytes) -> None:
    """No document type, no entity, and no encoding in which they could hide."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("file_unsafe", reason="doctype")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:2].count(0):
        raise Refused("file_unsafe", reason="encoding")


def scan(path: Path, container: Container, clock: Clock = time.thread_time) -> dict[str, Facts]:
    """Unpack every part of a workbook once and say, per sheet name, what the scan found.

    `clock` tells the processor time that this thread has used; it is looked at after every `STEP` bytes.

    Raises
    ------
    Refused
        when a checksum or size is wrong, when a sheet spans more cells than any survey needs, or when the scan takes too long.
    """
    if container.kind == "xls":
        return oldbook.scan(path, container.size, clock)
    facts: dict[str, Facts] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            unpacking = Unpacking.of(archive, container.size, clock)
            for part in archive.infolist():
                if part.filename in container.sheets:
                    facts[container.sheets[part.filename]] = _scan_sheet(unpacking, part, container.sheets[part.filename])
                elif container.kind == "ods" and part.filename == "content.xml":
                    facts |= _scan_content(unpacking, part)
                elif not part.is_dir():
                    _scan_part(unpacking, part)
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
        raise Refused("file_damaged") from None
    return facts


@dataclass(frozen=True, slots=True)
class Unpacking:
    """An archive, and when it must be unpacked."""

    archive: zipfile.ZipFile
    deadline: Deadline

    @classmethod
    def of(cls, archive: zipfile.ZipFile, size: int, clock: Clock) -> Unpacking:
        """An archive of so many bytes, to be unpacked from now on."""
        return cls(archive, Deadline.of(size, clock))

    def rows(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack a sheet in pieces that end with a row where possible, so that no cell is cut in two."""
        return _whole_rows(self, part)

    def pieces(self, part: zipfile.ZipInfo, xml: bool = True) -> Iterator[bytes]:
        """Unpack a part piece by piece; at its end the archive compares size and checksum."""
        with self.archive.open(part) as file:
            first = file.read(STEP)
            if xml:
                _check_xml(first)
            yield first
            while piece := file.read(STEP):
                self.deadline.look()
                yield piece


def _scan_part(unpacking: Unpacking, part: zipfile.ZipInfo) -> None:
    xml = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    tail = b""
    for piece in unpacking.pieces(part, xml):
        if xml:
            text = tail + piece
            _check_piece(text)
            tail = text[-TEXT_BLOCK:] if b"<" not in text[-TEXT_BLOCK:] else text[-16:]


def _scan_content(unpacking: Unpacking, part: zipfile.ZipInfo) -> dict[str, Facts]:
    """What an .ods file says of its sheets: which rows and columns are hidden, and which cells are errors."""
    facts: dict[str, Facts] = {}
    current, places, broken, open_gap = Facts(), Counter(), False, False
    for text in _whole_rows(unpacking, part):
        _check_repeated(text, next(reversed(facts), ""))
        # single cells are counted only where an error may be among them, or where the text begins or ends within a row
        begun, broken = broken, bool(text) and not text.endswith(b"row>")
        cells = begun or broken or b'"error"' in text or b">#" in text or b">Err:" in text
        for found in (_ODS_CELLS if cells else ODS_TABLE).finditer(text):
            if found[1] is not None:
                current = facts.setdefault(unescape(found[1].decode("utf-8", "replace")), Facts())
                places.clear()
                continue
            what, attributes = (found[2], found[3]) if found[2] else (found[4], found[5])
            repeated = REPEATED.search(attributes)
            first = places[what] + 1
            last = places[what] = first - 1 + (int(repeated[1]) if repeated else 1)
            if what == b"cell":
                if _ODS_ERROR.search(attributes) or (found[6] and b":formula=" in attributes):
                    rows = range(places[b"row before"] + 1, places[b"row"] + 1)
                    spread = ((letters(c - 1), row) for row in rows for c in range(first, last + 1))
                    current.keep("errors", islice(spread, ERRORS_KEPT - len(current.errors)), ERRORS_KEPT)
                continue
            if what == b"row":
                places[b"row before"], places[b"cell"] = first - 1, 0
            if _ODS_HIDDEN.search(attributes):
                if what == b"row":
                    current.keep_rows(first, min(last, first + REFERENCES_KEPT - 1))
                else:
                    current.keep("hidden_columns", [(first, last)])
        current.booleans = current.booleans or b'value-type="boolean"' in text
        open_gap = _note_gaps(text, current, open_gap)
    for each in facts.values():
        each.booleans = any(f.booleans for f in facts.values())
    return facts


def _note_gaps(text: bytes, current: Facts, open_gap: bool) -> bool:
    """Say where a sheet goes on behind many blank rows; returns whether such rows stand last so far."""
    starts = [0] if open_gap else []
    starts += [row.end() for row in _ODS_MANY_ROWS.finditer(text) if blank_repeats(text, row)]
    for start in starts:
        ends = text.find(b"</table:table>", start)
        rest = text[start : ends if ends >= 0 else len(text)]
        current.gaps = current.gaps or b"value-type=" in rest
        open_gap = ends < 0
    return open_gap


def blank_repeats(text: bytes, row: re.Match[bytes]) -> int:
    """How often a row of an .ods file is repeated, if that is often and it is blank; else 0."""
    repeated = REPEATED.search(row[0])
    times = int(repeated[1]) if repeated else 1
    ends = text.find(b"table:table-row", row.end())
    return times if times > GAP and b"value-type=" not in text[row.end() : ends if ends >= 0 else len(text)] else 0


def _check_repeated(text: bytes, name: str) -> None:
    """Refuse a row of cells with values that is repeated until it fills more than any survey needs."""
    for row in _ODS_MANY_ROWS.finditer(text):
        end = text.find(b"table:table-row", row.end())
        cells = text[row.end() : end if end >= 0 else len(text)]
        valued = cells.rfind(b"value-type=")
        if valued >= 0:
            valued = cells.find(b">", valued)
            found = list(_ODS_CELL.finditer(cells, 0, valued + 1))
            columns = sum(int(r[1]) if (r := REPEATED.search(cell[1])) else 1 for cell in found)
            if columns * int(row[1]) > TABLE:
                raise Refused("sheet_too_large", sheet=name, cell=f"{letters(columns - 1)}{int(row[1])}")


def _check_piece(text: bytes) -> None:
    if b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
        raise Refused("file_unsafe", reason="doctype")
    for start in range(0, len(text) - TEXT_BLOCK, TEXT_BLOCK):
        if text.find(b"<", start, start + TEXT_BLOCK) < 0:
            raise Refused("text_too_long")


def _scan_sheet(unpacking: Unpacking, part: zipfile.ZipInfo, name: str) -> Facts:
    facts = Facts()
    for text in _whole_rows(unpacking, part):
        _measure(text, facts)
        # a single letter is looked for at memory speed, and plain sheets have neither an e nor an f
        if b"e" in text:
            if b'"e"' in text or b"'e'" in text:
                facts.keep("errors", ((m[1].decode(), int(m[2])) for m in _ERROR.finditer(text)))
            if b"hidden=" in text:
                facts.keep("hidden", (int(m[1]) for m in _HIDDEN.finditer(text)))
                for found in _HIDDEN_COLUMNS.finditer(text):
                    span = {m[1]: int(m[2]) for m in _SPAN.finditer(found[1])}
                    facts.keep("hidden_columns", [(span.get(b"min", 1), span.get(b"max", 1))])
            if b"mergeCell" in text:
                spans = ((m[1].decode(), int(m[2]), int(m[4])) for m in _MERGED.finditer(text))
                facts.keep("merged", (span for span in spans if span[1] < span[2]), MERGED_KEPT)
        if not facts.booleans and b"b" in text:
            facts.booleans = _BOOLEAN.search(text) is not None
        if b"f" in text and (b"<f" in text or b":f" in text):
            facts.keep("uncalculated", (_before(text, m.start()) for m in _UNCALCULATED.finditer(text)))
    facts.kept_rows = facts.rows
    if facts.rows * facts.columns > roomy(part.file_size):
        _check_span(unpacking, part, name, facts)
    return facts


def roomy(size: int) -> int:
    """How many cells a sheet of so many bytes may span: a survey fills most of its rectangle, a stray cell makes it empty and huge."""
    return min(TABLE, max(SPARSE, size // BYTES_A_CELL * EMPTY))


def _whole_rows(unpacking: Unpacking, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that end with a row where possible, so that no cell is cut in two."""
    tail = b""
    for piece in unpacking.pieces(part):
        text = tail + piece
        _check_piece(text)
        end = text.rfind(b"row>") + 4
        if end < 4:
            end = 0 if len(text) < UNBROKEN else text.rfind(b"c>") + 2
            if end < 2 and len(text) >= UNBROKEN:
                end = max(text.rfind(b"<"), 0)
        yield text[:end]
        tail = text[end:]
    yield tail


def _measure(text: bytes, facts: Facts) -> None:
    """Widen the sheet's measure by the last reference of each row (cells stand in order; where they do not, the child's limits hold)."""
    ends = set()
    for row in text.split(b"row>"):
        if found := _REFERENCE.match(row, max(0, row.rfind(b" r="))):
            ends.add(found[1])
            number = int(found[2])
            if number > facts.rows:
                facts.rows = number
    for end in ends:
        facts.columns = max(facts.columns, column_number(end))


def column_number(letters: bytes | str) -> int:
    """The number of a column by its letters: A is 1."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number


def _before(text: bytes, position: int) -> tuple[str, int]:
    """The reference of the cell that `position` lies in."""
    found = _REFERENCE.match(text, max(0, text.rfind(b" r=", 0, position)))
    return (found[1].decode(), int(found[2])) if found else ("", 0)


def _check_span(unpacking: Unpacking, part: zipfile.ZipInfo, name: str, facts: Facts) -> None:
    """Measure again by the cells that hold something, as formatting alone costs the reader nothing, and without gaps between rows."""
    rows = columns = gaps = row = 0
    furthest, in_order = "", True
    for text in _whole_rows(unpacking, part):
        for found in VALUED.finditer(text):
            before, row, column = row, int(found[2]), column_number(found[1])
            in_order = in_order and row >= before
            if rows and row > rows + GAP:
                gaps += row - rows - 1
            if row > rows or column > columns:
                furthest = f"{found[1].decode()}{row}"
                rows, columns = max(rows, row), max(columns, column)
    facts.gaps = in_order and gaps > 0
    facts.rows, facts.columns, facts.kept_rows = rows, columns, rows - gaps if facts.gaps else rows
    if facts.kept_rows * columns > roomy(part.file_size):
        raise Refused("sheet_too_large", sheet=name, cell=furthest)
