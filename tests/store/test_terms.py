"""How long a shared study is kept: terms, what is removed and what is then said, files of before."""

from datetime import date, timedelta

import pytest
from build import random_study
from kept import imported
from test_archive import resealed

from gaps import store
from gaps.store import archive, studies, terms

STUDY = random_study(1)
DAY = date(2026, 11, 26)


@pytest.fixture
def on(monkeypatch):
    """Set the server's clock."""

    def set_to(day: date) -> None:
        monkeypatch.setattr(terms, "today", lambda: day)

    set_to(DAY)
    return set_to


def keep(term: store.Term) -> str:
    return store.keep(imported(STUDY, until=store.last_day(term)))


@pytest.mark.parametrize(
    ("term", "last"),
    [("week", date(2026, 12, 3)), ("month", date(2026, 12, 26)), ("year", date(2027, 11, 26)), ("open", None)],
)
def test_the_last_day_counts(term, last, on):
    assert store.last_day(store.Term(term)) == last
    token = keep(store.Term(term))
    on(last or date(2999, 1, 1))
    assert store.load(token).until == last
    assert store.remove_ended() == 0
    if last:
        on(last + timedelta(days=1))
        assert store.load(token) == store.Refused("ended", {"day": last})


def test_thirty_days_are_usual():
    assert store.USUAL == store.Term.MONTH


def test_what_is_over_is_removed_and_its_day_remembered_for_a_year(on, own_folder):
    week, month, open_end = (keep(store.Term(name)) for name in ("week", "month", "open"))
    on(date(2026, 12, 4))
    assert store.remove_ended() == 1
    assert store.remove_ended() == 0
    assert store.load(week) == store.Refused("ended", {"day": date(2026, 12, 3)})
    assert store.standing(week) is None
    (left,) = own_folder.rglob("*.ended")
    assert left.read_text() == "2026-12-03"  # nothing of the study
    assert {k.until for k in store.kept()} == {None, date(2026, 12, 26)}
    assert store.load(month).study.fingerprint == store.load(open_end).study.fingerprint == STUDY.fingerprint
    on(date(2027, 12, 4))
    assert store.remove_ended() == 1  # the month's
    assert store.load(week) == store.Refused("unknown")
    assert len(list(own_folder.rglob("*.ended"))) == 1


def test_what_is_over_makes_room_for_what_is_shared(on, own_folder, monkeypatch):
    monkeypatch.setattr(studies, "MOST", 1)
    keep(store.Term.WEEK)
    assert keep(store.Term.WEEK) == store.Refused("full", {"n": 1})
    on(date(2026, 12, 4))
    assert isinstance(keep(store.Term.WEEK), str)
    assert len(list(own_folder.rglob("*.study"))) == 1


def test_taken_back_is_gone_whether_over_or_not(on, own_folder):
    token = keep(store.Term.WEEK)
    on(date(2026, 12, 4))
    store.remove_ended()
    assert store.forget(token)
    assert store.load(token) == store.Refused("unknown")
    assert list((own_folder / "studies").iterdir()) == []


def test_files_of_before_have_no_end(on, own_folder):
    token = keep(store.Term.WEEK)
    (file,) = own_folder.rglob("*.study")
    file.write_bytes(resealed(file.read_bytes(), lambda parts: without(parts, "until")))
    on(date(2999, 1, 1))
    assert store.remove_ended() == 0
    assert store.load(token).until is None


def without(parts: dict[str, bytes], name: str) -> dict[str, bytes]:
    import json

    told = json.loads(parts["study.json"])
    del told[name]
    return parts | {"study.json": json.dumps(told).encode()}


@pytest.mark.parametrize("broken", ["0", "x", "2026-13-01", "[]", "1e400"])
def test_a_day_that_is_none_is_damage_and_deletes_nothing(broken, on, own_folder):
    token = keep(store.Term.WEEK)
    (file,) = own_folder.rglob("*.study")
    data = file.read_bytes()
    bad = resealed(data, lambda parts: parts | {"study.json": parts["study.json"].replace(b'"2026-12-03"', broken.encode())})
    assert bad != data
    file.write_bytes(bad)
    assert store.load(token) == store.Refused("damaged")
    on(date(2999, 1, 1))
    assert store.remove_ended() == 0
    assert file.exists()


def test_whatever_lies_on_the_shelf_is_passed_over(on, own_folder):
    keep(store.Term.WEEK)
    shelf = own_folder / "studies"
    for k, data in enumerate((b"", b"?", b"PK\x03\x04" + b"\0" * 80, archive.dumps(imported(STUDY))[:-400])):
        (shelf / (f"{k}" * 64 + ".study")).write_bytes(data)
    (shelf / ("a" * 64 + ".ended")).write_bytes(b"\xff" * 20)
    on(date(2026, 12, 4))
    assert store.remove_ended() == 1
    assert len(list(shelf.glob("*.study"))) == 4
    assert len(list(shelf.glob("*.ended"))) == 1
