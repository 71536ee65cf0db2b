"""A name in cells merged over several rows holds for each of them; an answer does not."""

from workbooks import SETTINGS, customers, merged, workbook

from gaps.importer import read_study
from gaps.model import Role

ROWS = [customers()[0], *sorted(customers()[1:], key=lambda row: row[1])]  # four of each branch behind one another


def read(customers):
    return read_study(workbook({"customers": customers, "study": SETTINGS}))


def blanked(column: str, first: int, last: int, rows=ROWS) -> list[list]:
    """The rows with a column blank from one row of Excel's to another, as a merged cell has it."""
    at = rows[0].index(column)
    return [[None if k == at and first <= i <= last else v for k, v in enumerate(row)] for i, row in enumerate(rows, 1)]


def test_each_row_has_its_unit():
    rows = blanked("unit", 3, 5, blanked("unit", 7, 9, blanked("unit", 11, 13)))
    assert read(merged(rows, "B2:B5", "B6:B9", "B10:B13")).study.fingerprint == read(ROWS).study.fingerprint


def test_in_a_table_below_a_title():
    """Rows are those of the file, wherever the table begins."""
    rows = [["Survey 2025"], [], *blanked("unit", 3, 5)]
    again = read(merged(rows, "A1:D1", "B4:B7"))
    assert list(again.study.respondents[Role.CUSTOMERS]["unit"]) == [row[1] for row in ROWS[1:]]


def test_blank_cells_that_are_not_merged_stay_blank():
    study = read(merged(blanked("unit", 3, 13), "B2:B5")).study
    assert study.respondents[Role.CUSTOMERS]["unit"].notna().sum() == 4


def test_an_answer_is_the_first_ones_alone():
    imported = read(merged(blanked("E1", 3, 5), "C2:C5"))
    assert imported.study.fingerprint == read(blanked("E1", 3, 5)).study.fingerprint
    assert "merged_cells" not in [p.code for p in imported.problems]


def test_a_heading_merged_over_two_rows_is_no_name():
    head, *rows = ROWS
    sheet = merged([head, [None] * len(head), *rows], "A1:A2", "B1:B2")
    assert read(sheet).study.units == read(ROWS).study.units
