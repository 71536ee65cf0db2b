"""Old workbooks (.xls): what the reader does not tell is found, and nothing in a container or its records leads anywhere else."""

import random
import struct
from pathlib import Path

import pytest
from files import ERROR, FORMULA_ERROR, SECTOR, TRUE, book, formula, ole, record, small_ole, xls
from test_preflight import Looks
from workbooks import ERROR as XLSX_ERROR
from workbooks import changed, customers, workbook

from gaps.importer import oldbook, preflight, read_study
from gaps.importer.facts import STEP, Refused

MADE = Path(__file__).parents[1] / "exports" / "made"
ROWS = customers(12)


def facts(tmp_path, data: bytes):
    path = tmp_path / "upload"
    path.write_bytes(data)
    return preflight.scan(path, preflight.identify(path))["customers"]


def said(imported, *codes):
    return [(p.code, p.column, p.rows, p.count) for p in imported.problems if p.code in codes]


@pytest.mark.parametrize("codepage", [1200, 936])
def test_what_is_found(tmp_path, codepage):
    rows = changed(changed(changed(ROWS, 3, "E4", ERROR), 5, "P7", FORMULA_ERROR), 6, "E1", formula(4))
    found = facts(tmp_path, xls(rows, codepage, hidden_rows=[3, 5, 40], hidden_columns=[(1, 2), (4, 4)]))
    assert found.errors == [("I", 3), ("P", 5)]
    assert found.hidden == [3, 5], "rows beyond the last cell hide nothing"
    assert found.hidden_columns == [(1, 2), (4, 4)]
    assert (found.rows, found.columns, found.booleans) == (13, 47, False)
    assert facts(tmp_path, xls(changed(ROWS, 3, "E4", TRUE))).booleans


@pytest.mark.parametrize("cell", [ERROR, FORMULA_ERROR])
def test_an_error_is_told_as_in_a_new_workbook(cell):
    old = read_study(xls(changed(ROWS, 3, "E4", cell)), "survey")
    new = read_study(workbook({"customers": changed(ROWS, 3, "E4", XLSX_ERROR)}), "survey")
    assert old.problems == new.problems
    assert old.report.roles == new.report.roles
    assert old.study.fingerprint == new.study.fingerprint
    assert said(old, "error_in_answer") == [("error_in_answer", "E4", (3,), 1)]


def test_hidden_rows_and_columns_are_told():
    imported = read_study(xls(ROWS, hidden_rows=[2, 4], hidden_columns=[(3, 4), (200, 256)]))
    assert said(imported, "rows_hidden", "columns_hidden") == [("rows_hidden", None, (2, 4), 2), ("columns_hidden", None, (), 2)]
    assert imported.study.with_(title="").fingerprint == read_study(xls(ROWS)).study.with_(title="").fingerprint


@pytest.mark.parametrize("name", ["libreoffice.xls", "libreoffice.ods", "libreoffice.xlsx"])
def test_a_workbook_saved_by_libreoffice(name):
    """Errors, a calculated formula, a hidden sheet with a Chinese name, hidden rows and columns: the same in all three formats."""
    imported = read_study(MADE / name)
    assert said(imported, "rows_hidden", "error_in_answer", "sheet_ignored") == [
        ("sheet_ignored", None, (), 1), ("rows_hidden", None, (4, 5), 2), ("error_in_answer", "E1, P1, E2, E3, P3", (3, 4, 5, 7, 8), 5),
    ]  # fmt: skip
    assert [(p.values["letters"], p.count) for p in imported.problems if p.code == "columns_hidden"] == [("D", 1)]
    assert imported.study.answers["P"].loc[4, 2] == 3, "=SUM(1,2)"
    twin = read_study(MADE / "libreoffice.xlsx").study
    assert imported.study.with_(title="").fingerprint == twin.with_(title="").fingerprint


@pytest.mark.parametrize("bytes_more", [0, 9 << 20])
def test_containers_of_any_size(tmp_path, bytes_more):
    """From 7 MB on the table of sectors needs tables of its own."""
    extra = record(0x00E5, bytes(8000)) * (bytes_more // 8000)
    assert facts(tmp_path, xls(changed(ROWS, 3, "E4", ERROR), extra=extra)).errors == [("I", 3)]


def test_a_small_stream():
    rows = [["E1", "P1", "E2", "P2"], [1, 2, ERROR, 3], [2, 3, 4, 5]]
    assert read_study(small_ole(book(rows)), "x").problems == read_study(xls(rows), "x").problems


def test_a_chart_within_a_sheet(tmp_path):
    """Its records have the numbers of cells, and stand for none."""
    inside = record(0x0809, bytes(16)) + record(0x0205, struct.pack("<HHHBB", 60000, 99, 0, 42, 1)) + record(0x000A, b"")
    found = facts(tmp_path, xls([*ROWS, [inside]]))
    assert (found.rows, found.errors) == (13, [])


def refused(tmp_path, data: bytes) -> str:
    path = tmp_path / "upload"
    path.write_bytes(data)
    clock = Looks()
    try:
        preflight.scan(path, preflight.identify(path), clock)
    except Refused as fault:
        return fault.code
    finally:
        assert clock.looks <= 60 + 2 * len(data) // STEP
    return "passed"


def sheets_at(*places: int) -> bytes:
    """The records of a list of sheets that begin at these places."""
    return b"".join(
        record(0x0085, struct.pack("<IHBB", place, 0, 2, 0) + bytes([65 + i % 26, 65 + i // 26])) for i, place in enumerate(places)
    )


def test_what_is_refused(tmp_path):
    good = book(ROWS)
    start = struct.unpack_from("<I", good, good.index(struct.pack("<H", 0x85)) + 4)[0]
    again = len(sheets_at(0, 0)) + start
    cases = {
        "file_damaged": [
            ole(good[:-4]), ole(good[:3000]), ole(good[4:]), xls(ROWS)[:-600], xls(ROWS)[:700],
            ole(book(ROWS, more=sheets_at(1 << 20))), ole(book(ROWS, more=record(0x0042, b""))),
        ],
        "file_unsafe": [ole(book(ROWS, more=sheets_at(again, again)))],
        "file_encrypted": [
            xls(ROWS, more=record(0x2F, bytes(6))), xls(ROWS, 936, more=record(0x2F, bytes(4))), ole(bytes(5000), "EncryptedPackage"),
        ],
        "too_many_sheets": [ole(book(ROWS, more=sheets_at(*range(60))))],
        "sheet_too_large": [xls([*ROWS, [record(0x0203, struct.pack("<HHHd", 65535, 65535, 0, 1))]])],
    }  # fmt: skip
    for code, files in cases.items():
        for number, data in enumerate(files):
            assert refused(tmp_path, data) == code, number


def test_an_embedded_workbook_is_not_taken_for_the_whole(tmp_path):
    """The reader takes the first stream of that name in the directory: if that one lies in a folder, the file is refused."""
    data = bytearray(ole(book(ROWS), others=["Workbook"]))
    directory = data.index("Root Entry".encode("utf-16-le"))
    struct.pack_into("<I", data, directory + 76, 2)  # the root's own stream is the second, the first belongs to no one
    assert refused(tmp_path, bytes(data)) == "file_unreadable"


@pytest.mark.parametrize("place", ["table", "directory", "more"])
def test_chains_in_circles(tmp_path, place):
    data = bytearray(xls(ROWS))
    if place == "table":
        for at in range(SECTOR, 2 * SECTOR, 4):  # every sector is followed by the sixth
            struct.pack_into("<I", data, at, 6)
    elif place == "directory":
        struct.pack_into("<I", data, SECTOR + 4, 1)
    else:
        struct.pack_into("<II", data, 68, 1, 100_000)
    assert refused(tmp_path, bytes(data)) in ("file_damaged", "passed")


def test_random_damage_never_raises_anything_else(tmp_path):
    """Truncations, flipped bits, overwritten numbers: a refusal with a code, or facts, in time that goes with the size."""
    chance = random.Random(20261126)
    seeds = [xls(changed(ROWS, 3, "E4", ERROR), hidden_rows=[3]), xls(ROWS, 936), small_ole(book([["E1", "P1"], [1, 2]]))]
    found = {}
    for number in range(600):
        data = bytearray(chance.choice(seeds))
        match number % 4:
            case 0:
                del data[chance.randrange(len(data)) :]
            case 1:
                for _ in range(chance.choice([1, 4, 64])):
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 2:  # the header, the table and the directory
                for _ in range(chance.choice([1, 3])):
                    struct.pack_into(
                        "<I",
                        data,
                        chance.randrange(4, 2 * SECTOR + 300) & ~3,
                        chance.choice([0, 1, 7, 2**31, 2**32 - 1, chance.randrange(40)]),
                    )
            case 3:  # lengths and places within the stream
                for _ in range(chance.choice([1, 3])):
                    struct.pack_into("<H", data, chance.randrange(3 * SECTOR, len(data) - 2), chance.choice([0, 4, 0x0809, 0x0A, 0xFFFF]))
        code = refused(tmp_path, bytes(data))
        found[code] = found.get(code, 0) + 1
    assert found["passed"] > 40 and found["file_damaged"] > 160, found


def test_damage_never_loses_respondents_in_silence():
    """What the scan lets pass is read whole, or something is said."""
    chance = random.Random(7)
    good = xls(ROWS)
    for _ in range(15):
        data = bytearray(good)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        imported = read_study(bytes(data), "x.xls")
        assert (imported.study is None) == any(p.severity == "error" for p in imported.problems)
        assert imported.study is None or imported.study.n("customers") == 12 or len(imported.problems) > 1


@pytest.mark.parametrize(
    ("page", "units"),
    [
        (936, ["北京分行", "上海分行"]), (950, ["台北", "高雄"]), (932, ["東京", "大阪"]), (949, ["부산", "대구"]),
        (1251, ["Москва", "Казань"]), (1252, ["Süd – 1", "Nord"]),
    ],
)  # fmt: skip
def test_texts_of_workbooks_before_unicode(page, units):
    """The reader takes letters of two bytes apart and loses most: two branches would have become one."""
    rows = [ROWS[0], *([row[0], units[i % 2], *row[2:]] for i, row in enumerate(ROWS[1:]))]
    imported = read_study(xls(rows, page, name=units[0]), "x.xls")
    assert set(imported.study.units) == set(units)
    assert {p.sheet for p in imported.problems if p.sheet} <= {units[0]}


def test_code_pages():
    assert [oldbook._encoding(page) for page in (936, 1252, 1200, 32769, 4711)] == ["gbk", "cp1252", "utf-16-le", "cp1252", "cp1252"]
