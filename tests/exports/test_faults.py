"""Each file raises what its name says, or gives exactly the study of its clean twin; never a traceback."""

import functools

import faults
import pytest
from workbooks import workbook

from gaps.importer import read_study
from gaps.problems import CODES, Severity


@functools.cache
def twin(blank: bool):
    return read_study(workbook({"customers": faults.BLANKED if blank else faults.ROWS}), "survey")


@pytest.mark.parametrize("name", faults.FILES)
def test_what_its_name_says(name):
    code = name.split(".")[0]
    imported = read_study(faults.FILES[name](), "survey")
    codes = [p.code for p in imported.problems]
    if code == "same":
        assert codes == [p.code for p in twin(False).problems]
    elif CODES[code] is Severity.ERROR:
        assert codes == [code]
        assert imported.study is None
        return
    else:
        assert code in codes
    if code == "export_recognised":
        assert imported.study.n("customers") == 24
        assert len(imported.study.instrument.items) == 6
    elif code == "column_ignored":
        assert all(frame.equals(twin(False).study.answers[b]) for b, frame in imported.study.answers.items())
    else:
        assert imported.study.with_(title="survey", exclusions=()).fingerprint == twin(name in faults.BLANK_TWIN).study.fingerprint


def test_every_fault_is_there():
    """The kinds of file that may not be forgotten."""
    names = "\n".join(faults.FILES)
    for kind in (
        "truncated", "file_encrypted", "web_page", "xml_2003", "csv.xls", "no_zip", "file_strict",
        "bomb", "gigabyte", "entities", "last_corner",
        "blank_in_the_last_row", "dimension", "16384", "one_text_in_many_cells", "external_link", "not_finite.nan", "not_finite.inf",
        "error_in_answer", "boolean_in_answer", "shown_as_date", "percent", "1904", "full_width", "numeric_text", "formulas_without_values",
        *(f"export_recognised.{tool}" for tool in ("qualtrics.", "qualtrics_legacy", "surveymonkey", "google_forms", "microsoft_forms",
                                                   "wenjuanxing", "limesurvey", "kobo")),
    ):  # fmt: skip
        assert kind in names, kind
