"""Odd but ordinary files, on which plain readers are silently wrong: the mean gap is right, and the oddity is said."""

import numpy as np
import pytest
from cases import csv_bytes
from workbooks import SETTINGS, changed, customers, sheet_xml, workbook

from gaps.importer import read_study
from gaps.model import Battery


def mean_gap(imported) -> float:
    answers = imported.study.answers
    return float((answers[Battery.PERCEPTION].astype(float) - answers[Battery.EXPECTATION].astype(float)).to_numpy().mean())


def truth(rows: list[list]) -> float:
    """The mean of P - E worked out from the rows themselves."""
    return float(np.mean([[r[rows[0].index(f"P{i}")] - r[rows[0].index(f"E{i}")] for i in range(1, 23)] for r in rows[1:]]))


def codes(imported) -> set[str]:
    return {p.code for p in imported.problems}


ROWS = customers(24)


def test_a_totals_row():
    total = ["Total", None, *(sum(r[k] for r in ROWS[1:]) for k in range(2, len(ROWS[0])))]
    imported = read_study(workbook({"customers": [*ROWS, total], "study": SETTINGS}))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert "summary_row" in codes(imported)
    assert imported.study.n("customers") == 24


def test_a_row_of_means_under_a_blank_row():
    means = ["平均", None, *(float(np.mean([r[k] for r in ROWS[1:]])) for k in range(2, len(ROWS[0])))]
    imported = read_study(workbook({"customers": [*ROWS, [], means], "study": SETTINGS}))
    assert imported.study.n("customers") == 24
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)


def test_a_unit_called_total_is_a_unit():
    imported = read_study(workbook({"customers": changed(ROWS, 25, "unit", "Total"), "study": SETTINGS}))
    assert imported.study.n("customers") == 24
    assert "Total" in imported.study.units


def test_footnotes_and_blank_rows():
    imported = read_study(workbook({"customers": [*ROWS, [], ["Source: spring survey"], ["n = 24"]], "study": SETTINGS}))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert imported.study.n("customers") == 24
    assert next(p for p in imported.problems if p.code == "blank_respondents").rows == (27, 28)


def test_99_for_no_answer():
    rows = changed(changed(ROWS, 5, "E3", 99), 6, "P3", 99)
    imported = read_study(workbook({"customers": rows, "study": SETTINGS}))
    assert next(p for p in imported.problems if p.code == "outside_scale").values["value"] == "99"
    assert np.isnan(imported.study.answers[Battery.EXPECTATION].loc[3, 3])
    assert imported.report.roles[0].answers_set_aside == 2


def test_last_years_results_on_a_hidden_first_sheet():
    last_year = [ROWS[0], *([*r[:2], *[1, 7] * 22, r[-1]] for r in ROWS[1:])]
    imported = read_study(workbook({"2025": last_year, "2026": ROWS, "study": SETTINGS}, hidden=["2025"]))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert next(p for p in imported.problems if p.code == "sheet_ignored").sheet == "2025"


def test_title_rows_above_the_header():
    imported = read_study(workbook({"customers": [["Spring survey 2026"], ["E: expectation"], [], *ROWS], "study": SETTINGS}))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)


def test_numbers_stored_as_text():
    rows = [ROWS[0], *([*r[:2], *(f" {v} " for v in r[2:])] for r in ROWS[1:])]
    imported = read_study(workbook({"customers": rows, "study": SETTINGS}))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert sum(p.count for p in imported.problems if p.code == "numeric_text") == 24 * 45


def test_a_filtered_sheet():
    imported = read_study(workbook({"customers": sheet_xml(ROWS, hidden_rows=range(3, 20)), "study": SETTINGS}))
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert next(p for p in imported.problems if p.code == "rows_hidden").count == 17


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("Geschäftsstelle Süd", "cp1252", True),
        ("南京东路营业部", "gb18030", True),
        ("서울특별시중앙지점", "cp949", True),
        ("南京东路营业部", "utf-16", False),
        ("Łódź", "utf-8", False),
    ],
)
def test_text_tables_in_the_encodings_of_excel(text, encoding, told):
    rows = [ROWS[0], *([r[0], text, *r[2:]] for r in ROWS[1:])]
    imported = read_study(csv_bytes(rows, encoding, ";"), "export.csv")
    assert imported.study.units == (text,)
    assert mean_gap(imported) == pytest.approx(truth(ROWS), abs=1e-6)
    assert ("encoding_guessed" in codes(imported)) is told


def test_a_csv_named_xlsx_and_a_workbook_named_csv():
    assert read_study(csv_bytes(ROWS), "a.xlsx").study.fingerprint == read_study(csv_bytes(ROWS), "a.csv").study.fingerprint
    assert read_study(workbook({"customers": ROWS}), "a.csv").study.n("customers") == 24
