"""What is kept comes back as the identical study; what was not written so is not read."""

import hashlib
import io
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from build import random_study
from cases import CASES
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as some
from kept import imported

from gaps import quality
from gaps.importer import read_study
from gaps.model import Battery, Exclusion, Role, Study
from gaps.store import archive


def assert_same(one: Study, other: Study) -> None:
    """Equal beyond the fingerprint: types, missing values, the rows in the file, the order of everything."""
    assert one.fingerprint == other.fingerprint
    assert one.exclusions == other.exclusions
    assert (one.units, one.waves, one.segments, dict(one.outcomes)) == (other.units, other.waves, other.segments, dict(other.outcomes))
    for part in ("respondents", "answers", "ratings", "no_ratings"):
        before, after = getattr(one, part), getattr(other, part)
        assert list(before) == list(after)
        for key in before:
            pd.testing.assert_frame_equal(before[key], after[key], check_names=False, check_column_type=False)
    assert (one.importance is None) == (other.importance is None)
    if one.importance is not None:
        pd.testing.assert_frame_equal(one.importance, other.importance)


@given(
    seed=some.integers(0, 2**32 - 1),
    n=some.integers(1, 40),
    missing=some.sampled_from([0.0, 0.3, 1.0]),
    units=some.integers(0, 300),
    waves=some.integers(0, 3),
    batteries=some.sampled_from(["EP", "P", "ADP", "EPMSVC", "PV"]),
    weighted=some.booleans(),
)
@hypothesis(max_examples=25)
def test_any_study_comes_back(seed, n, missing, units, waves, batteries, weighted):
    rng = np.random.default_rng(seed)
    weight = rng.random(n) + 0.1 if weighted else None
    study = random_study(seed, n, missing=missing, units=units, waves=waves, weight=weight, batteries=batteries)
    study = study.with_(
        title="调查 \u202e \0 \U0001f600", exclusions=(Exclusion("blank", Role.CUSTOMERS, 2, Battery.PERCEPTION, (1,), (3, 4)),)
    )
    assert_same(study, archive.loads(archive.dumps(imported(study))).study)
    some_people = study.only({role: rng.random(study.n(role)) < 0.5 for role in study.respondents})
    assert_same(some_people, archive.loads(archive.dumps(imported(some_people))).study)


@pytest.mark.parametrize("code", CASES)
def test_what_was_read_of_a_file_comes_back_as_the_pages_show_it(code):
    """Every file that the importer's tests know: exports, direct ratings, importance, three columns, staff in files of their own."""
    before = read_study(CASES[code]()[0], "study.xlsx")
    if before.study is None:
        with pytest.raises(ValueError, match="only a study"):
            archive.dumps(before)
        return
    after = archive.loads(archive.dumps(before))
    assert_same(before.study, after.study)
    assert after.report == replace(before.report, set_aside=())
    assert after.sheets == before.sheets
    assert after.mapping is None
    for one, other in zip(before.problems, after.problems, strict=True):
        assert replace(one, values={}) == replace(other, values={})
        for name, value in one.values.items():
            assert other.values[name] == ("…" if isinstance(value, str) and name == archive.CELL else value)


def test_answers_set_aside_before_keeping_come_back(kiosk):
    study = read_study(kiosk.read_bytes(), kiosk.name).study
    reduced = quality.set_aside(study, [c.switch for c in quality.checks(study)])
    assert reduced.exclusions != study.exclusions
    assert_same(reduced, archive.loads(archive.dumps(imported(reduced))).study)


def test_no_cell_that_was_set_aside_is_in_the_file():
    rows = ["respondent," + ",".join(f"{b}{k}" for b in "EP" for k in range(1, 23))]
    rows += [f"r{i}," + ",".join(str(1 + (i + k) % 7) for k in range(44)) for i in range(20)]
    rows[3] = rows[3][:-1] + "confided"
    before = read_study("\n".join(rows).encode(), "x.csv")
    assert any("confided" in str(p.values) for p in before.problems)
    with zipfile.ZipFile(io.BytesIO(archive.dumps(before).split(b"\n", 1)[1])) as kept:
        assert all(b"confided" not in kept.read(name) for name in kept.namelist())


@pytest.fixture(scope="module")
def data() -> bytes:
    return archive.dumps(imported(random_study(1)))


def test_every_changed_byte_is_noticed(data):
    for place in [*range(90), *range(90, len(data), len(data) // 40)]:
        with pytest.raises((archive.Damaged, archive.OtherVersion)):
            archive.loads(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"gaps study", b"\x80\x04\x95pickle."])
def test_what_is_no_study_is_damaged(broken):
    with pytest.raises(archive.Damaged):
        archive.loads(broken)


def test_a_file_cut_short_or_made_longer_is_damaged(data):
    for other in (data[:-1], data + b"\0", data[: len(data) // 2]):
        with pytest.raises(archive.Damaged):
            archive.loads(other)


def test_another_version_is_said_to_be_one(data):
    with pytest.raises(archive.OtherVersion):
        archive.loads(data.replace(b"gaps study 1 ", b"gaps study 2 ", 1))


def resealed(data: bytes, change) -> bytes:
    """The file with `study.json` changed and its checksum made good: as somebody would who can write to the folder."""
    with zipfile.ZipFile(io.BytesIO(data.split(b"\n", 1)[1])) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    parts = change(parts)
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as after:
        for name, content in parts.items():
            after.writestr(name, content)
    content = box.getvalue()
    return b"gaps study 1 %s\n" % hashlib.sha256(content).hexdigest().encode() + content


def edit(old: bytes, new: bytes):
    return lambda parts: parts | {"study.json": parts["study.json"].replace(old, new)}


@pytest.mark.parametrize(
    "change",
    [
        edit(b'"title": "test"', b'"title": "other"'),
        edit(b'"place": "answers"', b'"place": "elsewhere"'),
        edit(b'"rows": 60', b'"rows": 6000000'),
        edit(b"{", b"["),
        edit(b'"tables"', b'"tabled"'),
        lambda parts: {name: content for name, content in parts.items() if name != "1.arrow"},
        lambda parts: parts | {"1.arrow": b"ARROW1" + b"\0" * 100},
        lambda parts: parts | {"1.arrow": parts["0.arrow"]},
    ],
)
def test_content_that_does_not_fit_is_damaged(data, change):
    with pytest.raises(archive.Damaged):
        archive.loads(resealed(data, change))
    archive.loads(resealed(data, dict))  # the helper alone does not break it
