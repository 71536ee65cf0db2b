"""Maps kept on disk: found again by shape, no answers in them, nothing that is damaged or out of reach does harm."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import exports
import pytest

from gaps import settings
from gaps.importer import correction, mapping_of, read_study, shelf
from gaps.importer.mapping import ColumnMap, LabelSet, dumps
from gaps.model import Scale


def understood(rows=None) -> ColumnMap:
    return mapping_of(exports.as_csv(rows or exports.qualtrics()), "export.csv")[0]


def test_nothing_is_there_before_something_is_kept(own_folder):
    assert shelf.kept(understood().shape) is None
    assert not own_folder.exists()


def test_a_map_is_found_again_by_the_shape_of_its_file(own_folder):
    mapping = correction.reverse(understood(), {2})
    assert shelf.keep(mapping)
    found = shelf.kept(mapping.shape)
    assert dumps(found.mapping) == dumps(shelf.without_answers(mapping))
    assert found.path.parent == own_folder / "maps"
    assert shelf.kept("0" * 16) is None
    assert shelf.keep(correction.reverse(mapping, {3}))  # the newest counts
    assert correction.reversed_items(shelf.kept(mapping.shape).mapping) == {3}
    assert [p.name for p in found.path.parent.iterdir()] == [f"{mapping.shape}.toml"]
    assert shelf.forget(mapping.shape) and shelf.forget(mapping.shape)
    assert shelf.kept(mapping.shape) is None


def test_no_answer_is_written_down():
    mapping = understood()
    labels = {k: replace(v, unknown=("my own secret",)) for k, v in mapping.labels.items()}
    labels["stray"] = LabelSet({"private": 1.0, "words": 2.0}, {}, Scale(1, 2))
    place = next(i for i, c in enumerate(mapping.columns) if c.meaning == "unit")
    columns = tuple(replace(c, labels="stray") if i == place else c for i, c in enumerate(mapping.columns))
    assert shelf.keep(replace(mapping, labels=labels, columns=columns))
    text = shelf.kept(mapping.shape).path.read_text(encoding="utf-8")
    assert "Strongly disagree".casefold().replace(" ", "") in text.casefold().replace(" ", "")
    for secret in ("my own secret", "private", "North", "example.org", "R_0001", "2026-05"):
        assert secret not in text


def test_a_kept_map_reads_the_next_file_and_asks_for_texts_it_does_not_know():
    shelf.keep(understood())
    rows = exports.qualtrics()
    place = rows[1].index(next(t for t in rows[1] if "Expectation" in t))
    for row in rows[3:6]:
        row[place] = "quite so"
    now = understood(rows)
    carried = correction.carry_over(shelf.kept(now.shape).mapping, now)
    assert carried.labels[carried.columns[place].labels].unknown == ("quite so",)
    assert dumps(correction.carry_over(shelf.kept(now.shape).mapping, understood())) == dumps(shelf.without_answers(understood()))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe\x00", b'format = "gaps-mapping/1"', b"a = " + b"[" * 100_000])
def test_a_damaged_file_is_as_if_it_were_not_there(content):
    mapping = understood()
    shelf.keep(mapping)
    shelf.kept(mapping.shape).path.write_bytes(content)
    assert shelf.kept(mapping.shape) is None
    assert shelf.keep(mapping)
    assert shelf.kept(mapping.shape) is not None


def test_a_map_under_a_strange_name_is_no_map(own_folder):
    mapping = understood()
    shelf.keep(mapping)
    path = shelf.kept(mapping.shape).path
    path.rename(path.with_name("f" * 16 + ".toml"))
    assert shelf.kept("f" * 16) is None
    for shape in ("", "../../../../tmp/x", mapping.shape + "/../x", mapping.shape.upper() + "X"):
        assert not shelf.keep(replace(mapping, shape=shape))
        assert shelf.kept(shape) is None
    assert [p.name for p in own_folder.rglob("*.toml")] == ["f" * 16 + ".toml"]


def test_the_oldest_go(monkeypatch):
    monkeypatch.setattr(shelf, "MOST", 3)
    shapes = [f"{k:016x}" for k in range(5)]
    for age, shape in enumerate(shapes):
        shelf.keep(replace(understood(), shape=shape))
        os.utime(shelf.kept(shape).path, (1_000_000 + age, 1_000_000 + age))
    assert [s for s in shapes if shelf.kept(s)] == shapes[2:]


@pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX")
def test_a_folder_that_cannot_be_written_harms_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GAPS_FOLDER", str(tmp_path / "file"))
    assert not shelf.keep(understood())
    assert shelf.kept(understood().shape) is None
    assert not (tmp_path / "file").is_dir()


def test_an_interrupted_write_leaves_the_old_map_whole(monkeypatch, own_folder):
    mapping = understood()
    shelf.keep(mapping)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    assert not shelf.keep(correction.reverse(mapping, {2}))
    assert correction.reversed_items(shelf.kept(mapping.shape).mapping) == set()
    assert [p.suffix for p in (own_folder / "maps").iterdir()] == [".toml"]


def test_no_kept_map_is_used_unasked():
    data = exports.as_csv(exports.qualtrics())
    plain = read_study(data, "export.csv").study.fingerprint
    shelf.keep(correction.reverse(understood(), {1, 2, 3}))
    assert read_study(data, "export.csv").study.fingerprint == plain


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, ".local/share/gaps"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/gaps"),
        ("linux", {"XDG_DATA_HOME": "relative"}, ".local/share/gaps"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, "Library/Application Support/gaps"),
        ("win32", {"LOCALAPPDATA": "/Local"}, "/Local/gaps"),
        ("linux", {"GAPS_FOLDER": "/elsewhere", "XDG_DATA_HOME": "/data"}, "/elsewhere"),
    ],
)
def test_the_folder_follows_the_platform(platform, variables, expected, monkeypatch):
    for name in ("GAPS_FOLDER", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert settings.folder() == (Path(expected) if expected.startswith("/") else Path.home() / expected)
