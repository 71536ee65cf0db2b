"""Workbooks are read back as a spreadsheet program would: numbers are numbers, text is text, and the last sheet says what it all is."""

import io
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest

from gaps.i18n import LANGUAGES, Words
from gaps.reports.separated import csv
from gaps.reports.workbook import About, records, workbook

ABOUT = About(title="Delivery is the widest", study="=Study", day=date(2026, 5, 3), selected="North", subtitle="Means", caption="n = 3")


def book(rows, language="en", about=ABOUT):
    made = workbook({"Data": records(rows)}, about, Words(language))
    return openpyxl.load_workbook(io.BytesIO(made))


def values(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_numbers_are_numbers_and_missing_ones_are_empty():
    frame = pd.DataFrame(
        {"unit": pd.Categorical(["a", None]), "mean": [-0.5, np.nan], "n": np.array([3, 4], dtype="int32"), "p": [1e-7, 1.0]}
    )
    sheet = book(frame)["Data"]
    assert values(sheet) == [["unit", "mean", "n", "p"], ["a", -0.5, 3, 1e-7], [None, None, 4, 1]]
    assert sheet["B2"].number_format == "0.000"
    assert sheet["D2"].number_format == "0.0E+00"  # a tiny p value does not read 0.000


def test_what_numpy_and_python_call_true_is_true():
    rows = [{"doubtful": True, "paired": np.bool_(False), "note": None, "low": float("-inf")}]
    assert values(book(rows)["Data"])[1] == [True, False, None, None]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1"])
def test_no_text_becomes_a_formula(text):
    made = book([{text: text, "mean": -1.5}], about=About(title=text, study=text, day=date(2026, 1, 1), caption=text))
    for sheet in made:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value).startswith(("=", "+", "@"))
    assert made["Data"]["B2"].value == -1.5


def test_letters_that_no_workbook_may_hold_are_dropped():
    assert values(book([{"unit": "a\x00b\u202ec"}])["Data"])[1] == ["abc"]


def test_the_head_is_bold_and_stays_in_sight_and_columns_have_room():
    sheet = book([{"unit": "Brightwater Quay", "n": 1}])["Data"]
    assert sheet["A1"].font.bold and not sheet["A2"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width >= len("Brightwater Quay")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_sheet_says_what_it_is_in_the_readers_language(language):
    words = Words(language)
    made = book([{"unit": "a", "mean": -1.0, "perception reliability": 1.0, "unheard of": 2}], language)
    assert made.sheetnames == ["Data", words("reports.sheet.about")]
    said = {row[0]: row[1] for row in values(made[words("reports.sheet.about")]) if row[0]}
    assert said[words("reports.about.title")] == "Delivery is the widest"
    assert said[words("reports.about.study")] == "'=Study"
    assert said[words("reports.about.selected")] == "North"
    assert said[words("reports.about.day")] == words.date(date(2026, 5, 3))
    assert said["mean"] == words("columns.mean")
    assert said["perception reliability"] == words("columns.perception")
    assert not said["unheard of"]


def test_nothing_selected_means_everybody():
    sheet = book([{"n": 1}], about=About(title="t", study="s", day=date(2026, 1, 1)))["About"]
    assert ["Selected", Words("en")("reports.about.everybody")] in [row[:2] for row in values(sheet)]


def test_without_a_row_there_is_no_workbook():
    with pytest.raises(ValueError, match="no table"):
        workbook({"Data": []}, ABOUT, Words("en"))


def test_rows_may_be_a_tuple_of_them():
    """As a unit's rows beside all others' are, which the app keeps."""
    rows = ({"dimension": "a", "mean": -0.5}, {"dimension": "b", "mean": -1.0})
    assert values(book(rows)["Data"]) == [["dimension", "mean"], ["a", -0.5], ["b", -1.0]]
    assert csv(rows).decode("utf-8-sig").split() == ["dimension,mean", "a,-0.5", "b,-1.0"]
