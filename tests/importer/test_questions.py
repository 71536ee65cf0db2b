"""Columns by name for a satisfaction index model: what is read, set aside, and refused."""

import numpy as np
import pytest

from gaps.i18n import LANGUAGES, Words
from gaps.importer.questions import read_questions
from gaps.model import Scale

SCALES = {"IMAG1": Scale(1, 10), "IMAG2": Scale(1, 10), "CUSCO": Scale(0, 1)}


def read(text, name="answers.csv"):
    found = read_questions(text.encode(), name, SCALES)
    for problem in found.problems:
        for language in LANGUAGES:
            assert "{" not in Words(language)(f"problems.{problem.code}", **problem.values)
    return found


def codes(found):
    return [p.code for p in found.problems]


def test_columns_are_found_by_name_whatever_stands_beside_them():
    found = read("name,imag_2,CUSCO,IMAG 1\nAnn,10,1,7\nBob,8,0,9\n")
    assert found.frame.columns.tolist() == list(SCALES)
    assert found.frame.to_numpy().tolist() == [[7, 10, 1], [9, 8, 0]]
    assert codes(found) == []


def test_what_is_no_answer_is_missing_and_said():
    found = read("IMAG1,IMAG2,CUSCO\n7,11,1\nseven,10,0\n,,\n5,6,n/a\n")
    assert np.isnan(found.frame.to_numpy()).sum() == 3
    assert len(found.frame) == 3  # nobody without any answer
    assert set(codes(found)) == {"outside_scale", "text_in_answer", "missing_code"}


def test_missing_columns_are_named_all_at_once():
    found = read("IMAG1,age\n7,30\n")
    assert found.frame is None
    problem = next(p for p in found.problems if p.code == "questions_missing")
    assert (problem.values["columns"], problem.count) == ("IMAG2, CUSCO", 2)


def test_a_column_twice_is_refused():
    found = read("IMAG1,IMAG2,CUSCO,imag1\n7,10,1,7\n")
    assert found.frame is None and codes(found) == ["duplicate_header"]
    assert found.problems[0].values["letters"] == "A, D"


def test_a_scale_whose_end_nobody_reaches_is_said():
    found = read("IMAG1,IMAG2,CUSCO\n7,5,0\n6,4,0\n")  # nobody complained: a single question says nothing about its scale
    assert [(p.code, p.values["max"], p.values["high"]) for p in found.problems] == [("scale_beyond_answers", 10, 7)]
    assert found.frame is not None


@pytest.mark.parametrize(("data", "code"), [(b"", "file_empty"), (b"IMAG1,IMAG2,CUSCO\n", "no_respondents")])
def test_files_with_nothing_in_them(data, code):
    found = read_questions(data, "answers.csv", SCALES)
    assert found.frame is None and code in codes(found)


def test_the_sheet_with_most_of_the_columns_is_read(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["IMAG1", "remark"])
    sheet = book.create_sheet("answers")
    for row in (list(SCALES), [10, 9, 1], [3, 2, 0]):
        sheet.append(row)
    path = tmp_path / "answers.xlsx"
    book.save(path)
    found = read_questions(path, path.name, SCALES)
    assert found.frame.to_numpy().tolist() == [[10, 9, 1], [3, 2, 0]]
