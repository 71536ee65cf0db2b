"""The shelf of shared studies: tokens, limits, damage, forgetting."""

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from build import random_study
from kept import imported

from gaps import store
from gaps.store import archive, studies

STUDY = random_study(1)


def keep(study=STUDY) -> str:
    token = store.keep(imported(study))
    assert isinstance(token, str)
    return token


def test_a_study_is_found_by_its_token_alone(own_folder):
    token = keep()
    assert store.load(token).study.fingerprint == STUDY.fingerprint
    (file,) = (own_folder / "studies").iterdir()
    assert token not in str(file)
    assert len(token) == 43
    assert keep() != token


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_the_server_reads_it(own_folder):
    keep()
    (file,) = own_folder.rglob("*.study")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "token", ["", "x", "../../../../etc/passwd", "/etc/passwd", "a" * 42, "a" * 44, "a" * 42 + "/", "a" * 42 + "\n", "％" * 43, None]
)
def test_what_is_no_token_opens_deletes_and_finds_nothing(token, own_folder):
    keep()
    assert store.load(token) == store.Refused("unknown")
    assert store.standing(token) is None
    assert not store.forget(token)
    assert len(list(own_folder.rglob("*.study"))) == 1


def test_an_unknown_token_is_unknown():
    assert store.load("a" * 43) == store.Refused("unknown")
    assert store.standing("a" * 43) is None


def test_forgotten_is_gone(own_folder):
    token, other = keep(), keep()
    assert store.forget(token)
    assert store.load(token) == store.Refused("unknown")
    assert store.load(other).study is not None
    assert store.forget(token)  # twice is no fault
    assert len(list(own_folder.rglob("*.study"))) == 1


def test_damage_and_other_versions_are_told_apart(own_folder):
    token = keep()
    (file,) = own_folder.rglob("*.study")
    good = file.read_bytes()
    file.write_bytes(good[:-5])
    assert store.load(token) == store.Refused("damaged")
    file.write_bytes(good.replace(b"study 1 ", b"study 9 ", 1))
    assert store.load(token) == store.Refused("other_version")
    file.write_bytes(good)
    assert store.load(token).study.fingerprint == STUDY.fingerprint


def test_a_file_larger_than_any_that_was_written_is_not_read(own_folder, monkeypatch):
    token = keep()
    monkeypatch.setattr(studies, "LARGEST", 100)
    monkeypatch.setattr(archive, "loads", None)
    assert store.load(token) == store.Refused("damaged")


def test_limits_refuse_and_delete_nothing(own_folder, monkeypatch):
    token = keep()
    size = next(own_folder.rglob("*.study")).stat().st_size
    for name, limit, code in (("MOST", 1, "full"), ("ALTOGETHER", 2 * size - 1, "full"), ("LARGEST", size - 1, "too_large")):
        with monkeypatch.context() as less:
            less.setattr(studies, name, limit)
            assert store.keep(imported(STUDY)).code == code
    assert [store.load(token).study.fingerprint] == [STUDY.fingerprint]
    assert len(list(own_folder.rglob("*"))) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX")
def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GAPS_FOLDER", str(tmp_path / "file"))
    assert store.keep(imported(STUDY)) == store.Refused("not_written")
    assert store.load("a" * 43) == store.Refused("damaged")
    assert store.kept() == ()


def test_an_interrupted_write_leaves_nothing(own_folder, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    assert store.keep(imported(STUDY)) == store.Refused("not_written")
    assert list((own_folder / "studies").iterdir()) == []


def test_a_study_that_would_not_come_back_identical_is_not_kept(own_folder):
    odd = STUDY.with_(instrument=replace(STUDY.instrument, names=MappingProxyType({"en": "written another way"})))
    assert store.keep(imported(odd)) == store.Refused("not_written")
    assert not list(own_folder.rglob("*.study"))


def test_the_list_names_studies_and_removing_needs_no_token(own_folder):
    first, second = keep(), keep(random_study(2).with_(title="second"))
    for age, token in enumerate((first, second)):
        os.utime(studies._path(token), (1_000_000 + age, 1_000_000 + age))
    (own_folder / "studies" / ("f" * 64 + ".study")).write_bytes(b"?")
    (own_folder / "studies" / "note.study").write_text("not ours")
    found = store.kept()
    assert [k.title for k in found] == ["", "second", "test"]
    assert store.remove("") == 0
    assert store.remove(found[1].id[:6]) == 0
    assert store.id_of(second) == store.id_of(f"https://gaps.example/drivers?unit=a&study={second}&lang=en") == found[1].id
    assert store.remove(found[1].id) == 1
    assert store.load(second) == store.Refused("unknown")
    assert store.load(first).study is not None
