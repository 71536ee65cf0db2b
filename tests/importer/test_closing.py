"""Rows far below the others: read without the empty ones between, under their own numbers."""

import pytest
from workbooks import ERROR, SETTINGS, Raw, changed, customers, sheet_xml, workbook

from gaps.importer import preflight, read_study, reader

ROWS = customers(12)
SPACE = Raw(' t="inlineStr"', '<is><t xml:space="preserve"> </t></is>')


@pytest.fixture
def reading(monkeypatch):
    """The files that were given to the reader."""
    given = []
    start = reader.Reading.__init__

    def kept(self, path, *args):
        given.append(path.name)
        start(self, path, *args)

    monkeypatch.setattr(reader.Reading, "__init__", kept)
    return given


def below(rows: list[list], number: int) -> str:
    """Rows from a number on, without the tags around them."""
    return sheet_xml(rows, first_row=number).split("<sheetData>")[1].split("</sheetData>")[0]


def test_a_blank_far_below(reading):
    imported = read_study(workbook({"customers": sheet_xml(ROWS, extra=below([[None, SPACE]], 1_048_576)), "study": SETTINGS}))
    assert imported.study.fingerprint == read_study(workbook({"customers": ROWS, "study": SETTINGS})).study.fingerprint
    assert reading == ["closed", "upload"]


def test_rows_keep_their_numbers(reading):
    """Twelve at the top, twelve from row 500,000 on, and one in the last row."""
    more = [[f"s{i}", *row[1:]] for i, row in enumerate(ROWS[1:])]
    more = [more[0], [*more[1][:3], 99, *more[1][4:]], [*more[2][:3], ERROR, *more[2][4:]], *more[3:]]
    extra = below(more, 500_000) + below([["t", *ROWS[1][1:3], "what", *ROWS[1][4:]]], 1_048_576)
    imported = read_study(workbook({"customers": sheet_xml(ROWS, extra=extra), "study": SETTINGS}))
    assert reading == ["closed"]
    assert imported.study.n("customers") == 25
    rows = imported.study.customers["excel_row"].tolist()
    assert rows == [*range(2, 14), *range(500_000, 500_012), 1_048_576]
    found = {p.code: p.rows for p in imported.problems}
    assert found["outside_scale"] == (500_001,)
    assert found["error_in_answer"] == (500_002,)
    assert found["text_in_answer"] == (1_048_576,)


def test_a_table_far_below_its_title(reading):
    extra = below(changed(ROWS, 3, "E4", 99), 900_000)
    imported = read_study(workbook({"customers": sheet_xml([["Survey 2026"]], extra=extra), "study": SETTINGS}))
    assert reading == ["closed"]
    found = {p.code: p.rows for p in imported.problems}
    assert found["header_not_first"] == (900_000,)
    assert found["outside_scale"] == (900_002,)
    assert imported.study.n("customers") == 12


def test_rows_out_of_order_are_not_moved(reading):
    """Moving them up could put one over another."""
    extra = below([["far", *ROWS[1][1:]]], 1_048_576) + below([["near", *ROWS[2][1:]]], 500)
    imported = read_study(workbook({"customers": sheet_xml(ROWS, extra=extra)}))
    assert [p.code for p in imported.problems] == ["sheet_too_large"]
    assert reading == []


def test_a_survey_with_many_blanks_is_not_too_large():
    """2,000 columns that one in twenty has an answer in (an export with every branch of the questionnaire) may be as long as it likes."""
    assert preflight.roomy(1_000) == preflight.SPARSE
    answered = 10_000 * 2_000 // 20
    assert preflight.roomy(answered * 28) > 10_000 * 2_000
    assert preflight.roomy(10**12) == preflight.TABLE
