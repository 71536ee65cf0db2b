"""Files that are damaged, dangerous or merely odd: refused with a code and at once, or read right; never a traceback."""

import contextlib
import io
import random
import re
import struct
import tempfile
import time
import tracemalloc
import zipfile
import zlib

import openpyxl
import pytest
from cases import study
from files import ole
from workbooks import SETTINGS, customers, package, parts, sheet_xml, workbook

from gaps.importer import preflight, read_study
from gaps.importer.facts import STEP, Refused


class Looks:
    """A clock that counts how often it is looked at, and stands still until it has been looked at so often."""

    def __init__(self, late: float = float("inf")) -> None:
        self.looks = 0
        self.late = late

    def __call__(self) -> float:
        self.looks += 1
        return 1e9 if self.looks > self.late else 0.0


def refusal(tmp_path, data: bytes, most: int = 96 << 20) -> str:
    """The code with which the pre-flight alone refuses a file, before it has unpacked more than `most` bytes, and within 50 MB.

    Work is counted in looks at the clock, of which there is one for every piece of fixed size, and not in seconds, which are the machine's.
    """
    path = tmp_path / "upload"
    path.write_bytes(data)
    clock = Looks()
    tracemalloc.start()
    code = "passed"
    try:
        preflight.scan(path, preflight.identify(path), clock)
    except Refused as refused:
        code = refused.code
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert clock.looks <= most // STEP
    assert memory < 50 << 20
    return code


def book() -> dict[str, str | bytes]:
    return dict(parts({"customers": sheet_xml(customers()), "study": sheet_xml(SETTINGS)}))


def bomb(size: int) -> bytes:
    """A deflated run of empty elements, made without holding it."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"<a/>" * (1 << 18)
    return b"".join(pack.compress(block) for _ in range(size >> 20)) + pack.flush()


def rewritten(data: bytes, name: str, **fields) -> bytes:
    """A zip whose directory says something else about one part: crc, compressed or unpacked size."""
    out = bytearray(data)
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    for field, value in fields.items():
        struct.pack_into("<I", out, place + {"crc": 16, "packed": 20, "unpacked": 24, "offset": 42}[field], value)
    return bytes(out)


def test_a_clean_workbook_passes(tmp_path):
    assert refusal(tmp_path, package(book())) == "passed"


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path):
    content = book()
    content["xl/worksheets/sheet1.xml"] = content["xl/worksheets/sheet1.xml"].replace("</sheetData>", " " * (70 << 20) + "</sheetData>")
    assert refusal(tmp_path, package(content)) == "file_too_large"


def test_a_bomb_that_says_it_is_small(tmp_path):
    """The part unpacks to 256 MB, its directory entry says 1 MB: unpacking stops there and the checksum is wrong."""
    packed = bomb(256 << 20)
    data = package(book() | {"xl/worksheets/sheet2.xml": "x" * 10})
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo("xl/bomb.xml"), packed)  # stored, then declared to be deflated
    out = bytearray(buffer.getvalue())
    local = out.index(b"xl/bomb.xml") - 30
    place = out.rindex(b"PK\x01\x02", 0, out.rindex(b"xl/bomb.xml"))
    struct.pack_into("<H", out, local + 8, 8)
    struct.pack_into("<H", out, place + 10, 8)
    struct.pack_into("<I", out, local + 22, 1 << 20)
    struct.pack_into("<I", out, place + 24, 1 << 20)
    assert refusal(tmp_path, bytes(out)) == "file_damaged"


def test_many_parts(tmp_path):
    assert refusal(tmp_path, package(book() | {f"x/{i}": "" for i in range(2001)})) == "file_too_large"


def test_a_part_twice(tmp_path):
    buffer = io.BytesIO(package(book()))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(tmp_path, buffer.getvalue()) == "file_unsafe"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl/../../x", "a\\b.xml"])
def test_paths_that_lead_away(tmp_path, name):
    assert refusal(tmp_path, package(book() | {name: "x"})) == "file_unsafe"


def test_parts_that_overlap(tmp_path):
    data = package(book())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/styles.xml").compress_size
    assert refusal(tmp_path, rewritten(data, "xl/styles.xml", packed=size + 40)) in ("file_unsafe", "file_damaged")


def test_two_entries_for_one_place(tmp_path):
    data = package(book())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        other = archive.getinfo("xl/workbook.xml").header_offset
    assert refusal(tmp_path, rewritten(data, "xl/styles.xml", offset=other)) == "file_damaged"


@pytest.mark.parametrize("field", ["crc", "packed", "unpacked"])
def test_wrong_checksum_or_size(tmp_path, field):
    assert refusal(tmp_path, rewritten(package(book()), "xl/worksheets/sheet1.xml", **{field: 77})) == "file_damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_document_type_in_any_part(tmp_path, part):
    content = book()
    content[part] = content[part].replace("?>\n", '?>\n<!DOCTYPE a [<!ENTITY b "c">]>', 1)
    assert refusal(tmp_path, package(content)) == "file_unsafe"


def test_document_type_hidden_in_another_encoding(tmp_path):
    content = book()
    content["xl/styles.xml"] = content["xl/styles.xml"].replace("UTF-8", "UTF-16").encode("utf-16")
    assert refusal(tmp_path, package(content)) == "file_unsafe"


def test_a_part_under_a_password(tmp_path):
    data = bytearray(package(book()))
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    assert refusal(tmp_path, bytes(data)) == "file_encrypted"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"   \n", "file_empty"),
        (b"PK\x05\x06" + bytes(18), "file_not_a_table"),
        (b"PK", "file_damaged"),
        (b"PK\x03\x04 no zip", "file_damaged"),
        (b"%PDF-1.7\n", "file_other_format"),
        (b"$FL2@(#) SPSS DATA FILE", "file_damaged"),
        (b"<?xml version='1.0'?><Workbook/>", "file_other_format"),
        (b"<?xml version='1.0'?><!DOCTYPE a><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "file_unsafe"),
        (b"\x00\x01\x02\x03" * 900, "file_not_a_table"),
        (b"MZ\x90\x00", "file_not_a_table"),
        (b"MIME-Version: 1.0\n<html><table>", "file_html"),
        (bytes.fromhex("0908100000060500"), "file_xls"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "file_damaged"),
        (ole(bytes(5000), "WordDocument"), "file_other_format"),
        (ole(bytes(5000), "Contents"), "file_other_format"),
        (ole(bytes(5000), "Workbook", others=["PowerPoint Document"]), "file_other_format"),
        (ole(bytes(5000), "Workbook"), "file_damaged"),
    ],
)
def test_what_is_no_workbook(tmp_path, data, code):
    assert refusal(tmp_path, data) == code


def test_other_zips(tmp_path):
    odt = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}
    for content in (odt, {"xl/workbook.bin": "x"}, {"ppt/presentation.xml": "<a/>"}, {"Index/Document.iwa": "x"}):
        assert refusal(tmp_path, package(content)) == "file_other_format"


def test_formatting_far_away_costs_nothing():
    """A styled but empty cell in the last row and column holds nothing: the survey is read."""
    extra = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert read_study(workbook({"customers": sheet_xml(customers(), extra=extra), "study": SETTINGS})).study.n("customers") == 12


def test_a_stray_cell_in_the_middle_of_a_row_cannot_take_the_app_down():
    """Cells out of order: the scan does not see it, the child's memory limit does."""
    extra = '<row r="14"><c r="XFD1048576"><v>1</v></c><c r="A14"><v>1</v></c></row>'
    imported = read_study(workbook({"customers": sheet_xml(customers(), extra=extra)}))
    assert [p.code for p in imported.problems] == ["file_needs_too_much_memory"]


BUSY = {
    "rows": "<row>", "cells": "<c ", "errors": '<c t="e" ', "formulas": "</f> ", "blanks": " " * 64, "references": '<c r="A1" ',
    "hidden": "hidden=1 <row ", "letters": "b e f! ", "ends": "</c>", "values": '<c r="A1"><v>', "entities": "&amp;<",
}  # fmt: skip


def busy(filling: str, size: int) -> bytes:
    """A workbook with so many bytes of something that a pattern could try again and again."""
    content = book()
    sheet = content["xl/worksheets/sheet1.xml"].encode()
    text = filling.encode() * (size // len(filling))
    content["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", b'<c t="e" r="A1" b hidden="1"/><f/></f>' + text + b"</sheetData>")
    return package(content)


def seconds(tmp_path, data: bytes) -> float:
    """Processor time of a scan, the least of three."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    found = []
    for _ in range(3):
        start = time.thread_time()
        with contextlib.suppress(Refused):
            preflight.scan(path, preflight.identify(path))
        found.append(time.thread_time() - start)
    return min(found)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What a plain survey of 1 MB takes in the same process: the measure for text that is made to take longer."""
    rows = customers(600)
    content = book() | {"xl/worksheets/sheet1.xml": sheet_xml(rows)}
    size = len(content["xl/worksheets/sheet1.xml"])
    return seconds(tmp_path_factory.mktemp("plain"), package(content)) / size * (1 << 20)


@pytest.mark.parametrize("name", BUSY)
def test_text_made_to_keep_the_scan_busy(tmp_path, plain, name):
    """It costs a bounded multiple of a plain sheet, byte for byte, and twice as much text twice as much: no pattern tries again and again.

    A plain sheet takes some 6 ms a megabyte, and there are 16 looks at the clock to the megabyte, so a step stays in the milliseconds.
    """
    one, two = (seconds(tmp_path, busy(BUSY[name], size << 20)) for size in (1, 2))
    assert one < 80 * plain
    assert two < 4 * max(one, plain)


@pytest.mark.parametrize("name", BUSY)
def test_a_scan_ends_when_its_time_is_up(tmp_path, name):
    """From the moment the clock says so not one more piece is looked at."""
    path = tmp_path / "upload"
    path.write_bytes(busy(BUSY[name], 2 << 20))
    for late in (2, 9):
        clock = Looks(late)
        with pytest.raises(Refused) as refused:
            preflight.scan(path, preflight.identify(path), clock)
        assert (refused.value.code, clock.looks) in (("file_takes_too_long", late + 1), ("text_too_long", clock.looks))
        assert clock.looks <= late + 1


@pytest.mark.parametrize("end", ["", "</c>"])
def test_a_row_that_does_not_end_is_looked_at_in_small_pieces(tmp_path, monkeypatch, end):
    sizes = []
    measure = preflight._measure
    monkeypatch.setattr(preflight, "_measure", lambda text, facts: (sizes.append(len(text)), measure(text, facts)))
    path = tmp_path / "upload"
    path.write_bytes(busy(f'<c r="A1">{end}', 4 << 20))
    preflight.scan(path, preflight.identify(path), Looks())
    assert max(sizes) <= 512 << 10
    assert sum(sizes) > 4 << 20


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_a_missing_or_broken_part(name):
    for content in ({n: c for n, c in book().items() if n != name}, book() | {name: "<a><b></a>"}, book() | {name: ""}):
        imported = read_study(package(content))
        assert imported.study is None or imported.study.n("customers") == 12


def test_namespace_prefixes():
    """Some programs write every element with a prefix."""
    content = {
        n: re.sub(r"<(/?)(?=[a-z])", r"<\1x:", c).replace("xmlns=", "xmlns:x=") if n.startswith("xl/w") and "rels" not in n else c
        for n, c in book().items()
    }
    assert read_study(package(content)).study.n("customers") == 12


def test_flipped_bytes_never_raise_and_never_lose_respondents():
    """Random damage to a good workbook: refused or read in full; fewer respondents only with a problem that says so."""
    good = study()
    chance = random.Random(20261123)
    whole = 0
    for _ in range(60):
        data = bytearray(good)
        if chance.random() < 0.25:
            del data[chance.randrange(len(data)) :]
        else:
            for _ in range(chance.choice([1, 1, 2, 8])):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        imported = read_study(bytes(data), "x.xlsx")
        assert (imported.study is None) == any(p.severity == "error" for p in imported.problems)
        if imported.study is not None:
            assert imported.study.n("customers") == 12 or imported.problems
            whole += imported.study.n("customers") == 12
    assert whole < 60, "some damage was found"


def test_every_truncation_of_the_end_is_refused():
    good = study()
    for cut in range(1, 400, 13):
        imported = read_study(good[:-cut])
        assert imported.study is None or imported.study.n("customers") == 12


def test_a_missing_path_is_the_callers_mistake(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        read_study(tmp_path / "nowhere.xlsx")


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for data in (study(), study()[:-50], b""):
        read_study(data)
    assert list(tmp_path.iterdir()) == []


def test_openpyxl_reads_what_the_builder_writes():
    """The builder's files are real workbooks: another library sees the same cells."""
    sheet = openpyxl.load_workbook(io.BytesIO(study()))["customers"]
    assert [[c.value for c in row] for row in sheet.iter_rows(max_row=3)] == customers()[:3]
