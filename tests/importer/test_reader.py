"""The child process: limited, alone with its file, at most two at once, and never left running."""

import csv
import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from cases import study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import TRUE, changed, customers

from gaps.importer import child, preflight, read_study, reader
from gaps.importer.sheets import load


def test_at_most_two_files_are_read_at_once(monkeypatch):
    inside, most, lock = 0, 0, threading.Lock()

    class Counted(reader.Reading):
        def sheets(self):
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            try:
                time.sleep(0.05)
                return super().sheets()
            finally:
                with lock:
                    inside -= 1

    monkeypatch.setattr(reader, "Reading", Counted)
    data = study()
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(read_study, [data] * 6))
    assert most == 2
    assert len({r.study.fingerprint for r in results}) == 1


def test_limits_grow_with_the_file_only():
    """About 1.5 GB and 20 s of CPU for what surveys usually are; 1,000,000 x 53 needs more."""
    assert reader.limits(1_000) == reader.limits(10_000_000) == {"memory": 1536 << 20, "seconds": 20}
    assert reader.limits(53_000_000)["seconds"] == 106
    assert reader.limits(53_000_000)["memory"] == (1536 << 20) + 43_000_000 * reader.BYTES_PER_CELL


def test_the_child_sees_no_secret_of_the_server(monkeypatch):
    monkeypatch.setenv("GAPS_DATABASE_URL", "postgresql://user:secret@host/db")
    assert not any("secret" in value for value in reader._environment().values())


def test_no_child_is_left_when_the_scan_refuses(monkeypatch, tmp_path):
    """A large file is read while it is checked; once the check refuses it, the child ends too."""
    started = []

    class Kept(reader.Reading):
        def __init__(self, *args):
            super().__init__(*args)
            started.append(self._process)

    def refuse(path, container):
        raise preflight.Refused("file_damaged")

    monkeypatch.setattr(reader, "Reading", Kept)
    monkeypatch.setattr(preflight, "scan", refuse)
    monkeypatch.setattr("gaps.importer.CHECKED_FIRST", 0)
    assert [p.code for p in read_study(study()).problems] == ["file_damaged"]
    assert [p.poll() is not None for p in started] == [True]


@pytest.mark.parametrize("first", [0, 1 << 30])
@pytest.mark.parametrize("value", [5, TRUE])
def test_read_while_checked_or_after_is_the_same(monkeypatch, first, value):
    """Also with a TRUE in it, of which a reading that has begun does not know yet."""
    data = study(customers=changed(customers(), 3, "E4", value))
    plain = read_study(data)
    monkeypatch.setattr("gaps.importer.CHECKED_FIRST", first)
    other = read_study(data)
    assert other.study.fingerprint == plain.study.fingerprint
    assert [p.code for p in other.problems] == [p.code for p in plain.problems] == (["boolean_in_answer"] if value is TRUE else [])


# -- large text tables are read by another library where that makes no difference


def both_ways(folder: Path, data: bytes, **settings) -> tuple[list, list | None]:
    """A text table as rows of texts, read cell by cell and, unless it declines, at once."""
    path = folder / "table.csv"
    path.write_bytes(data)
    found = []
    for library in ("", "there"):
        output = child.Output(str(folder))
        how = {"encoding": "utf-8", "separator": ",", "unreadable": 0, "name": "customers", **settings}
        read = child.read_regular_text(str(path), output, how) if library else child.read_text(str(path), output, how) or True
        output.close()
        if not read:
            return found[0], None
        cells = np.fromfile(folder / "cells.bin", np.uint8)
        sheet = load(json.loads((folder / "cells.json").read_text(encoding="utf-8"))["sheets"][0], cells)
        columns = [[c.value_at(i) for i in range(sheet.rows)] for c in sheet.columns]
        found.append((sheet.header_row, [c.titles for c in sheet.columns], [list(row) for row in zip(*columns, strict=True)]))
    return found[0], found[1]


FIELDS = st.text(alphabet='a1é", \n\r\t', max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=4),
    quote=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_two_ways_to_read_a_text_table_agree(tmp_path, rows, quote, end):
    """Whatever stands in the fields, written properly or not at all: the fast way sees the same or declines."""
    rows = [["x", "y", "z"], *[["1", "2", "3"]] * 20, *rows]
    if quote:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=end).writerows(rows)
        data = text.getvalue().encode()
    else:
        data = end.join(",".join(row) for row in rows).encode()
    try:
        slow, fast = both_ways(tmp_path, data)
    except csv.Error:
        return  # an open quotation mark: refused by the way that is tried when the other declines
    assert fast is None or fast == slow


def test_the_fast_way_is_taken_for_what_survey_tools_write(tmp_path):
    rows = [["Timestamp", 'Is it "good"?', "Öffnungszeiten"], *[["2026", 'said "yes", twice', "Größe\nA"], ["", "", "ä"]] * 12]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        slow, fast = both_ways(tmp_path, text.getvalue().encode(encoding), encoding=encoding, separator=";")
        assert fast == slow
        assert fast[2][0] == rows[1]


@pytest.mark.parametrize("line", ["1,2", "1,2,3,4", '1,a"b"c,3', "1,2\r3,4", '""a,2,3'])
def test_the_fast_way_declines_what_readers_see_differently(tmp_path, line):
    lines = ["x,y,z", *["1,2,3"] * 25]
    data = "\n".join([*lines[:22], line, *lines[22:]]).encode()
    try:
        assert both_ways(tmp_path, data)[1] is None
    except csv.Error:
        assert '"' in line
