"""Every problem code has a file that raises it, in the right place, and a sentence in both languages."""

import pytest
from cases import CASES

from gaps.i18n import LANGUAGES, Words
from gaps.importer import read_study, reader
from gaps.problems import CODES, Severity

# raised by the child's limits: a file that reaches them would make the tests slow, so the limits are lowered instead
BY_LIMITS = {"file_takes_too_long", "file_needs_too_much_memory"}

# raised by a map that does not go with the file, or is none: test_mapping.py
BY_MAPPING = {"mapping_unreadable", "mapping_does_not_fit", "mapping_columns_missing"}

# raised where the questions of a satisfaction index are read: test_questions.py
BY_QUESTIONS = {"questions_missing", "scale_beyond_answers"}


def test_each_code_has_a_case():
    assert set(CASES) | BY_LIMITS | BY_MAPPING | BY_QUESTIONS == set(CODES)


@pytest.mark.parametrize("code", CASES)
def test_case(code):
    data, expected = CASES[code]()
    imported = read_study(data, "study.xlsx")
    found = [p for p in imported.problems if p.code == code]
    assert len(found) == 1, [p.code for p in imported.problems]
    problem = found[0]
    assert problem.severity is CODES[code]
    for name in ("sheet", "column", "rows", "count"):
        if name in expected:
            assert getattr(problem, name) == expected[name], name
    for name, value in expected.get("values", {}).items():
        assert problem.values[name] == value, name
    refused = any(p.severity is Severity.ERROR for p in imported.problems)
    assert (imported.study is None) == refused == (imported.report is None)
    if CODES[code] is not Severity.ERROR:
        assert not refused, [p.code for p in imported.problems if p.severity is Severity.ERROR]


@pytest.mark.parametrize("code", CASES)
def test_sentence(code):
    """Each sentence can be filled in from the problem's values, and nothing is left open."""
    for problem in read_study(CASES[code]()[0], "study.xlsx").problems:
        for language in LANGUAGES:
            assert "{" not in Words(language)(f"problems.{problem.code}", **problem.values)


def test_no_sentence_without_code():
    from gaps.i18n import catalogue

    said = {key.removeprefix("problems.") for key in catalogue("en") if key.startswith("problems.")}
    assert said == set(CODES)


def test_file_takes_too_long(monkeypatch):
    monkeypatch.setattr(reader, "WALL", 0)
    assert [p.code for p in read_study(CASES["segment_found"]()[0]).problems] == ["file_takes_too_long"]


def test_file_needs_too_much_memory(monkeypatch):
    monkeypatch.setattr(reader, "MEMORY", 1 << 20)
    assert [p.code for p in read_study(CASES["segment_found"]()[0]).problems] == ["file_needs_too_much_memory"]
