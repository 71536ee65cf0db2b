"""Look into an old workbook (.xls) before it is opened: its container, and the records that the reader does not tell.

An .xls file is an OLE container (compound file, [MS-CFB]): sectors chained by a table (FAT), with a directory of streams. The stream
`Workbook` (Excel 97 and later, BIFF8) or `Book` (Excel 5 and 95, BIFF5) is a run of records ([MS-XLS]). Each is looked at once, in the
order of the file; sheets may not overlap, and chains may not be longer than the file, so that no file takes longer than its size warrants.
"""

from __future__ import annotations

import codecs
import shutil
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gaps.importer.facts import SHEETS, STEP, TABLE, Clock, Deadline, Facts, Refused
from gaps.importer.sheets import letters

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
SPARSE = 8_000_000  # cells that a sheet of fewer bytes may span (a blank in the last row, 65,536, of a survey; no stray one far right)
ENTRIES = 1 << 15  # of a directory that are looked at
_LAST_SECTOR = 0xFFFFFFF9
_STREAM, _ROOT = 2, 5
_OTHERS = {"WordDocument": "Word (.doc)", "PowerPoint Document": "PowerPoint (.ppt)", "__properties_version1.0": "Outlook (.msg)"}
_PACKAGES = ("EncryptedPackage", "EncryptionInfo")  # of an .xlsx under a password

_BOF, _EOF, _FILEPASS, _CODEPAGE, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0042, 0x0085
_ROW, _COLINFO, _FORMULA, _BOOLERR, _MULRK = 0x0208, 0x007D, 0x0006, 0x0205, 0x00BD
_CELLS = {0x0203: 14, 0x027E: 10, 0x0204: 8, 0x00FD: 10, 0x00D6: 8, _FORMULA: 20, _BOOLERR: 8, _MULRK: 12}  # least length
_TOLD = {**_CELLS, _ROW: 16, _COLINFO: 10, _BOF: 4, _EOF: 0, _FILEPASS: 0, _CODEPAGE: 2, _BOUNDSHEET: 8}  # records that are looked into
_TWO_BYTES = frozenset(codecs.lookup(f"cp{page}").name for page in (932, 936, 949, 950)) | {"johab"}
_HEAD = struct.Struct("<HH")
_WORKSHEET = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's place in the file: runs of (offset, length)."""

    file: BinaryIO
    runs: list[tuple[int, int]]

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """The stream from a position on, in small pieces."""
        for offset, length in self.runs:
            if start >= length:
                start -= length
                continue
            self.file.seek(offset + start)
            left, start = length - start, 0
            while left > 0 and (piece := self.file.read(min(left, STEP))):
                left -= len(piece)
                yield piece

    def place(self, position: int) -> int:
        """Where in the file a position of the stream lies."""
        for offset, length in self.runs:
            if position < length:
                return offset + position
            position -= length
        raise ValueError(position)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    first: int
    size: int


class Compound:
    """An OLE container: its table of sectors and its directory.

    Raises
    ------
    Refused
        file_damaged: the header, the table or the directory leads out of the file or in circles.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size = file, size
        head = file.read(512)
        if len(head) < 512 or not head.startswith(MAGIC):
            raise Refused("file_damaged")
        shift, mini_shift = struct.unpack_from("<HH", head, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refused("file_damaged")
        self.sector = 1 << shift
        self.sectors = -(-size // self.sector) - 1
        directory, _, self.cutoff, mini, _, more = struct.unpack_from("<IIIIII", head, 48)
        self.table = self._table(list(struct.unpack_from("<109I", head, 76)), more)
        self.entries = self._entries(directory)
        self._mini = mini

    def _table(self, listed: list[int], more: int) -> array:
        """The FAT: for each sector the one that follows. No more of it is read than the file has sectors."""
        needed = -(-self.sectors * 4 // self.sector)
        seen = 0
        while more < _LAST_SECTOR and len(listed) < needed and seen <= needed:
            *further, more = struct.unpack(f"<{self.sector // 4}I", self._read(more))
            listed += further
            seen += 1
        table = array("I")
        for number in listed[:needed]:
            if number < _LAST_SECTOR:
                table.frombytes(self._read(number))
        return table

    def _read(self, number: int) -> bytes:
        if number >= self.sectors:
            raise Refused("file_damaged")
        self.file.seek((number + 1) * self.sector)
        return self.file.read(self.sector).ljust(self.sector, b"\0")

    def chain(self, number: int, most: int) -> list[int]:
        """The sectors of a chain, up to `most`."""
        return _follow(self.table, number, min(most, self.sectors), self.sectors)

    def _entries(self, first: int) -> list[Entry]:
        entries = []
        for number in self.chain(first, ENTRIES * 128 // self.sector):
            data = self._read(number)
            for at in range(0, self.sector, 128):
                length, kind, _, left, right, child = struct.unpack_from("<HBBIII", data, at + 64)
                place, size = struct.unpack_from("<IQ", data, at + 116)
                name = data[at : at + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
                entries.append(Entry(name, kind, left, right, child, place, size if self.sector > 512 else size & 0xFFFFFFFF))
        if not entries or entries[0].kind != _ROOT:
            raise Refused("file_damaged")
        return entries

    def top(self) -> dict[str, Entry]:
        """The streams that lie in no folder, by name: embedded objects have folders of their own."""
        found, waiting, seen = {}, [self.entries[0].child], set()
        while waiting:
            number = waiting.pop()
            if number < len(self.entries) and number not in seen:
                seen.add(number)
                entry = self.entries[number]
                waiting += [entry.left, entry.right]
                if entry.kind == _STREAM:
                    found[entry.name] = entry
        return found

    def stream(self, entry: Entry) -> Stream:
        """Where a stream lies; it ends where its chain does, or with its size."""
        if entry.size > self.size:
            raise Refused("file_damaged")
        if entry.size < self.cutoff:
            return self._mini_stream(entry)
        numbers = self.chain(entry.first, -(-entry.size // self.sector))
        return Stream(self.file, _joined([(number + 1) * self.sector for number in numbers], self.sector, entry.size))

    def _mini_stream(self, entry: Entry) -> Stream:
        """A small stream lies in pieces of 64 bytes within the root's stream, chained by a table of its own."""
        root = self.entries[0]
        held = self.chain(root.first, self.sectors)
        table = array("I")
        for number in self.chain(self._mini, self.sectors):
            table.frombytes(self._read(number))
        numbers = _follow(table, entry.first, -(-entry.size // 64), len(held) * self.sector // 64)
        per = self.sector // 64
        return Stream(self.file, _joined([(held[n // per] + 1) * self.sector + n % per * 64 for n in numbers], 64, entry.size))


def _follow(table: array, number: int, most: int, end: int) -> list[int]:
    numbers = []
    while number < _LAST_SECTOR and len(numbers) < most:
        if number >= end or number >= len(table):
            raise Refused("file_damaged")
        numbers.append(number)
        number = table[number]
    return numbers


def _joined(offsets: list[int], width: int, size: int) -> list[tuple[int, int]]:
    """Runs of neighbouring sectors, `size` bytes in all."""
    runs: list[tuple[int, int]] = []
    for offset in offsets:
        length = min(width, size)
        size -= length
        if runs and runs[-1][0] + runs[-1][1] == offset:
            runs[-1] = (runs[-1][0], runs[-1][1] + length)
        else:
            runs.append((offset, length))
    return runs


def identify(path: Path, size: int) -> dict:
    """Make sure that a container holds an old workbook, and say how its texts are to be read.

    The reader takes texts in a code page of two bytes (Chinese, Japanese, Korean; Excel 5 and 95) apart byte by byte, and loses most of
    them. So it is given a copy that names a code page of one byte, and the texts are put together again: `recode` is the true encoding,
    `code_page_at` where in the file its two bytes stand.

    Raises
    ------
    Refused
        file_encrypted, file_other_format, file_damaged; file_unreadable where the reader would take an embedded workbook for it.
    """
    with path.open("rb") as file:
        try:
            compound = Compound(file, size)
            return _text(compound.stream(_book(compound)))
        except (struct.error, ValueError, IndexError, OverflowError, OSError):
            raise Refused("file_damaged") from None


def _book(compound: Compound) -> Entry:
    """The stream of the workbook."""
    streams = compound.top()
    if any(name in streams for name in _PACKAGES):
        raise Refused("file_encrypted")
    for name, format in _OTHERS.items():
        if name in streams:
            raise Refused("file_other_format", format=format)
    found = streams.get("Workbook") or streams.get("Book")
    if found is None:
        raise Refused("file_other_format", format="OLE")
    if next(e for e in compound.entries if e.name == found.name) is not found:  # the reader takes the first of that name
        raise Refused("file_unreadable")
    return found


def _text(stream: Stream) -> dict:
    version = 0
    for text, position, place, kind in _records(stream, 0, Deadline(float("inf"), lambda: 0.0)):
        if kind == _BOF:
            (version,) = struct.unpack_from("<H", text, place + 4)
        if version >= 0x0600 or kind == _FILEPASS:
            break
        if kind == _CODEPAGE:
            encoding = _encoding(struct.unpack_from("<H", text, place + 4)[0])
            if encoding in _TWO_BYTES:
                return {"recode": encoding, "code_page_at": [stream.place(position + place + 4 + i) for i in (0, 1)]}
            break
    return {}


def single_bytes(path: Path, places: list[int], copy: Path) -> Path:
    """Copy a workbook, with the code page of Western letters."""
    shutil.copyfile(path, copy)
    with copy.open("r+b") as file:
        for place, byte in zip(places, struct.pack("<H", 1252), strict=True):
            file.seek(place)
            file.write(bytes([byte]))
    return copy


def scan(path: Path, size: int, clock: Clock) -> dict[str, Facts]:
    """Say, per sheet name, how far the sheet reaches, which cells are errors, and which rows and columns are hidden.

    Raises
    ------
    Refused
        file_encrypted, file_damaged (a record or a sheet that does not end, a sheet that does not begin), file_unsafe (sheets that
        overlap), too_many_sheets, sheet_too_large, file_takes_too_long.
    """
    deadline = Deadline.of(size, clock)
    with path.open("rb") as file:
        try:
            compound = Compound(file, size)
            stream = compound.stream(_book(compound))
            facts: dict[str, Facts] = {}
            end = 0
            for start, name in sorted(_listed(stream, deadline)):
                if start < end:
                    raise Refused("file_unsafe", reason="overlap")
                facts[name], end = _scan_sheet(stream, start, name, deadline)
        except (struct.error, ValueError, IndexError, OverflowError, OSError):
            raise Refused("file_damaged") from None
    return facts


def _records(stream: Stream, start: int, deadline: Deadline) -> Iterator[tuple[bytes, int, int, int]]:
    """The records of a substream that are looked into, up to its end, without those of embedded charts: a buffer, its position in the
    stream, and within it the place of each record and its kind."""
    text, position, depth = b"", start, 0
    for piece in stream.pieces(start):
        deadline.look()
        text += piece
        place, end = 0, len(text) - 4
        while place <= end:
            kind, length = _HEAD.unpack_from(text, place)
            following = place + 4 + length
            if following > end + 4:
                break
            if kind in _TOLD:
                if length < _TOLD[kind] or (depth == 0 and kind != _BOF):
                    raise Refused("file_damaged")
                depth += (kind == _BOF) - (kind == _EOF)
                if depth < 2:
                    yield text, position, place, kind
                if depth == 0:
                    return
            elif depth == 0:
                raise Refused("file_damaged")
            place = following
        position += place
        text = text[place:]
    raise Refused("file_damaged")


def _listed(stream: Stream, deadline: Deadline) -> list[tuple[int, str]]:
    """Where each worksheet begins, and its name."""
    found: list[tuple[int, str]] = []
    version, encoding = 0, "cp1252"
    for text, _, place, kind in _records(stream, 0, deadline):
        if kind == _BOF:
            (version,) = struct.unpack_from("<H", text, place + 4)
        elif kind == _FILEPASS:
            raise Refused("file_encrypted")
        elif kind == _CODEPAGE:
            encoding = _encoding(struct.unpack_from("<H", text, place + 4)[0])
        elif kind == _BOUNDSHEET:
            start, _, sort, length = struct.unpack_from("<IBBB", text, place + 4)
            if sort == _WORKSHEET:
                found.append((start, _name(text[place + 11 :], length, encoding if version < 0x0600 else None)))
            if len(found) > SHEETS:
                raise Refused("too_many_sheets", sheets=len(found), most=SHEETS)
    return found


def _name(text: bytes, length: int, encoding: str | None) -> str:
    if encoding is not None:
        return text[:length].decode(encoding, "replace")
    wide = text[0] & 1
    return text[1 : 1 + length * 2].decode("utf-16-le", "replace") if wide else text[1 : 1 + length].decode("latin-1")


def _encoding(page: int) -> str:
    """What Python calls a code page."""
    try:
        return codecs.lookup(
            {10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 1200: "utf-16-le", 1361: "johab"}.get(page, f"cp{page}")
        ).name
    except LookupError:
        return "cp1252"


def _scan_sheet(stream: Stream, start: int, name: str, deadline: Deadline) -> tuple[Facts, int]:
    """What stands in one sheet, and where in the stream it ends."""
    facts = Facts()
    last_row = last_column = -1
    hidden: set[int] = set()
    end = start
    for text, position, place, kind in _records(stream, start, deadline):
        if kind in _CELLS:
            row, column = _HEAD.unpack_from(text, place + 4)
            if kind == _MULRK:
                (column,) = struct.unpack_from("<H", text, place + 2 + _HEAD.unpack_from(text, place)[1])
            elif kind == _BOOLERR:
                if text[place + 11]:
                    facts.keep("errors", [(letters(column), row + 1)])
                else:
                    facts.booleans = True
            elif kind == _FORMULA and text[place + 16] == text[place + 17] == 0xFF:
                if text[place + 10] == 2:
                    facts.keep("errors", [(letters(column), row + 1)])
                elif text[place + 10] == 1:
                    facts.booleans = True
            if row > last_row:
                last_row = row
            if column > last_column:
                last_column = column
        elif kind == _ROW:
            if text[place + 16] & 0x20:
                hidden.add(_HEAD.unpack_from(text, place + 4)[0])
        elif kind == _COLINFO:
            if text[place + 12] & 1:
                first, last = _HEAD.unpack_from(text, place + 4)
                facts.keep("hidden_columns", [(first + 1, last + 1)])
        elif kind == _EOF:
            end = position + place + 4
    facts.rows, facts.columns = last_row + 1, last_column + 1
    facts.keep("hidden", (row + 1 for row in sorted(hidden) if row <= last_row))
    facts.kept_rows = facts.rows
    if facts.rows * facts.columns > (TABLE if end - start > SPARSE else SPARSE):
        raise Refused("sheet_too_large", sheet=name, cell=f"{letters(last_column)}{last_row + 1}")
    return facts, end
