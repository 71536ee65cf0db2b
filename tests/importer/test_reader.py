"""The child process: limited, alone with its file, at most two at once, and never left running."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cases import study
from workbooks import TRUE, changed, customers

from gaps.importer import preflight, read_study, reader


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
