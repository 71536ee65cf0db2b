"""Rows of sums and means are nobody's answers, whatever they are called and wherever they are named; a respondent stays one."""

import pytest
from workbooks import SETTINGS, customers, without, workbook

from gaps.importer import read_study

ROWS = customers(12)
TWIN = read_study(workbook({"customers": ROWS, "study": SETTINGS})).study


def imported(*more, rows=ROWS, settings=SETTINGS):
    sheets = {"customers": [*rows, *more]} | ({"study": settings} if settings else {})
    return read_study(workbook(sheets))


def footer(label, value, unit=None) -> list:
    return [label, unit, *[value] * 45]


def codes(read) -> list[str]:
    return [p.code for p in read.problems if p.code.startswith("summary")]


@pytest.mark.parametrize(
    "label",
    ["Mean", "AVG.", "Mean:", "n = 12", "Std. Dev.", "Grand total", "Mittelwert", "Moyenne", "Promedio", "平均", "合计", "标准差", "평균"],
)
def test_named_in_any_language(label):
    read = imported(footer(label, 4.5))
    assert read.study.fingerprint == TWIN.fingerprint
    assert codes(read) == ["summary_row"]


def test_all_rows_below():
    read = imported(footer("Mean", 4.5), footer("SD", 1.2), [], footer("Min", 1), footer("Max", 7), footer("N", 12))
    assert read.study.fingerprint == TWIN.fingerprint
    (said,) = [p for p in read.problems if p.code == "summary_row"]
    assert (said.count, said.rows) == (5, (14, 15, 17, 18, 19))


def test_named_as_a_unit():
    """An average is no branch, be respondents named or not."""
    for rows in (ROWS, without(ROWS, "respondent")):
        read = imported(footer(None, 4.5, "Average")[len(ROWS[0]) - len(rows[0]) :], rows=rows)
        assert read.study.n("customers") == 12
        assert read.study.units == ("Branch 1", "Branch 2", "Branch 3")


def test_subtotals_between():
    """Excel's own subtotals stand below each unit."""
    by_unit = sorted(ROWS[1:], key=lambda row: row[1])
    rows = [ROWS[0], *by_unit[:4], footer(None, 4.25, "Branch 1 Average"), *by_unit[4:], footer(None, 4.25, "Grand Average")]
    read = imported(rows=rows)
    assert read.study.n("customers") == 12
    assert read.study.units == ("Branch 1", "Branch 2", "Branch 3")


def test_without_a_name():
    assert imported(footer(None, 4.5)).study.fingerprint == TWIN.fingerprint


def test_the_means_of_all_above():
    """Whatever the row is called: nobody answers the mean of every column."""
    means = [round(sum(row[k] for row in ROWS[1:]) / 12, 2) for k in range(2, 47)]
    read = imported(["Ergebnisse 2025", None, *means])
    assert read.study.fingerprint == TWIN.fingerprint


def test_a_sum_does_not_lengthen_the_scale():
    """Sums are set aside before the scale is looked for, and not told a second time as answers outside it."""
    read = imported(footer("Total", 50), settings=None)
    assert read.study.instrument.scale.max == 7
    assert codes(read) == ["summary_row"]
    assert "outside_scale" not in [p.code for p in read.problems]


@pytest.mark.parametrize(
    "row", [footer("Max", 5, "Branch 1"), footer("r13", 5, "Media"), footer(None, 5, "Branch 1"), footer(None, 5)], ids=str
)
def test_a_respondent_stays_one(row):
    read = imported(row)
    assert read.study.n("customers") == 13
    assert not codes(read)


def test_a_unit_called_media_stays_one():
    rows = [ROWS[0], *([None, "Media" if i > 8 else "Radio", *row[2:]] for i, row in enumerate(ROWS[1:]))]
    assert imported(rows=rows).study.n("customers") == 12


def test_half_points_elsewhere_make_no_row_of_means():
    rows = [*ROWS[:5], ["r4", "Branch 2", *[4.5] * 45], *ROWS[6:], ["r12", "Branch 1", *[4.5] * 45]]
    read = imported(rows=rows)
    assert read.study.n("customers") == 13
    assert not codes(read)


def test_without_names_nobody_is_nameless():
    """Where no column names anybody, half points in the last row may be somebody's answers: told, and counted."""
    rows = without(ROWS, "respondent", "unit")
    read = imported([4.5] * 45, rows=rows)
    assert read.study.n("customers") == 13
    assert codes(read) == ["summary_row_doubtful"]


def test_a_single_half_point_is_an_answer():
    read = imported([None, None, 4.5, *[5] * 44])
    assert read.study.n("customers") == 13
    assert not codes(read)
