"""Files of every kind: an odd but legitimate one gives exactly the study of its clean twin, any other is refused with its code."""

import datetime

import numpy as np
import pytest
from cases import csv_bytes
from files import book, ods, ole, record, sav, xls
from workbooks import Raw, changed, customers, package, parts, sheet_xml, workbook

from gaps.importer import read_study
from gaps.model import Battery, Role

ROWS = customers(12)
TWIN = read_study(workbook({"customers": ROWS}), "survey")


def codes(imported) -> list[str]:
    """What is said of a file and not of its twin."""
    usual = {p.code for p in TWIN.problems}
    return [p.code for p in imported.problems if p.code not in usual]


def answered(cell: Raw | str, kind: str = "xlsx") -> tuple[bytes, int]:
    """A workbook in which the first customer's E4 is written in another way."""
    rows = changed(ROWS, 2, "E4", cell)
    return (workbook({"customers": rows}) if kind == "xlsx" else ods({"customers": rows})), ROWS[1][ROWS[0].index("E4")]


E4 = ROWS[1][ROWS[0].index("E4")]
ON_1900 = (datetime.date(1899, 12, 30) + datetime.timedelta(days=E4)).isoformat()
CELL = '<table:table-cell office:value-type="{}" {}><text:p>shown</text:p></table:table-cell>'

LEGITIMATE = {
    "old_workbook_in_unicode.xls": lambda: (xls(ROWS), []),
    "old_workbook_in_code_page_936.xls": lambda: (xls(ROWS, 936), []),
    "old_workbook_with_1904_dates.xls": lambda: (xls(ROWS, epoch_1904=True), []),
    "open_document.ods": lambda: (ods({"customers": ROWS}), []),
    "open_document_filtered.ods": lambda: (ods({"customers": ROWS}, hidden_rows=[3, 4]), ["rows_hidden"]),
    "open_document_blank_to_the_last_row.ods": lambda: (
        ods({"customers": ROWS}, extra='<table:table-row table:number-rows-repeated="1048500"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'), []),
    "open_document_hidden_columns.ods": lambda: (
        ods({"customers": ROWS}, columns='<table:table-column/><table:table-column table:visibility="collapse"/>'), ["columns_hidden"]),
    "spss.sav": lambda: (sav(ROWS), []),
    "spss_packed.zsav": lambda: (sav(ROWS, packed=True), []),
    "answer_shown_as_date.xlsx": lambda: (answered(Raw(' s="1"', f"<v>{E4}</v>"))[0], ["number_shown_as_date"]),
    "answer_shown_as_date.ods": lambda: (
        answered(CELL.format("date", f'office:date-value="{ON_1900}"'), "ods")[0], ["number_shown_as_date"]),
    "answer_shown_as_percent.ods": lambda: (answered(CELL.format("percentage", f'office:value="{E4}"'), "ods")[0], []),
    "full_width_digit.xlsx": lambda: (answered("１２３４５６７"[E4 - 1])[0], ["numeric_text"]),
    "number_as_text.xlsx": lambda: (answered(f" {E4}.0 ")[0], ["numeric_text"]),
    "tab_separated.tsv": lambda: (csv_bytes(ROWS, "utf-8", "\t"), []),
    "utf_16_with_tabs.txt": lambda: (csv_bytes(ROWS, "utf-16", "\t"), []),
    "utf_16_without_mark.txt": lambda: (csv_bytes(ROWS, "utf-16-le", "\t"), ["encoding_guessed"]),
    "csv_named_xls.xls": lambda: (csv_bytes(ROWS), []),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGITIMATE)
def test_the_same_as_its_twin(name):
    data, said = LEGITIMATE[name]()
    imported = read_study(data, name)
    assert codes(imported) == said
    assert imported.study.with_(title="survey").fingerprint == TWIN.study.fingerprint


def workbook_1904(rows: list[list]) -> bytes:
    content = parts({"customers": sheet_xml(rows)})
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    return package(content)


def test_a_1904_workbook_with_an_answer_shown_as_date():
    imported = read_study(workbook_1904(changed(ROWS, 2, "E4", Raw(' s="1"', f"<v>{E4}</v>"))), "survey")
    assert imported.study.fingerprint == TWIN.study.fingerprint


def test_dates_beside_small_ones_stay_dates():
    column = [Raw(' s="1"', f"<v>{v}</v>") for v in (5, 45413, *[45500] * 10)]
    imported = read_study(workbook({"customers": customers(12, visited=column)}), "survey")
    assert "number_shown_as_date" not in codes(imported)
    assert "2024-05-01" in list(imported.study.customers["visited"].astype(str))


@pytest.mark.parametrize("name", ["NA", "None", "null", "nan", "=cmd|' /C calc'!A0", "<img src=x onerror=alert(1)>", "![](http://a.b)"])
@pytest.mark.parametrize("make", [lambda rows: workbook({"customers": rows}), csv_bytes, xls, lambda rows: ods({"customers": rows}), sav])
def test_units_of_any_name(name, make):
    rows = [ROWS[0], *([r[0], name if i % 2 else "Other", *r[2:]] for i, r in enumerate(ROWS[1:]))]
    assert set(read_study(make(rows), "survey").study.units) == {name, "Other"}


REFUSED = {
    "file_encrypted.xls": lambda: xls(ROWS, more=record(0x2F, bytes(6))),
    "file_encrypted.ods": lambda: ods({"customers": ROWS}, manifest="<manifest:encryption-data/>"),
    "file_damaged.xls": lambda: xls(ROWS)[:-3000],
    "file_damaged.ods": lambda: ods({"customers": ROWS})[:-100],
    "file_damaged.sav": lambda: sav(ROWS)[:2500],
    "file_damaged.zsav": lambda: sav(ROWS, packed=True)[:-300],
    "file_other_format.xls": lambda: ole(bytes(5000), "WordDocument"),
    "file_xls.xls": lambda: book(ROWS, codepage=936),
    "file_html.xls": lambda: b"<html><body><table><tr><td>E1</td></tr></table></body></html>",
    "file_html.mht.xls": lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
    "no_customers_sheet.xml_2003.xls": lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    "file_unsafe.ods": lambda: ods({"customers": ROWS}, manifest='<!DOCTYPE x [<!ENTITY a "b">]>'),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    imported = read_study(REFUSED[name](), name)
    assert [p.code for p in imported.problems] == [name.split(".")[0]]
    assert imported.study is None


def test_a_repeated_cell_over_a_whole_open_document():
    """17 thousand million cells in 2 KB are refused, and the server lives."""
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    data = ods({"customers": ROWS}, extra=f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')
    assert read_study(data, "bomb.ods").study is None


def test_labels_of_an_spss_file():
    names = {1.0: "Very satisfied", 2.0: "Satisfied", 3.0: "Neutral", 4.0: "Dissatisfied", 5.0: "Very dissatisfied", 9.0: "Refused"}
    rows = customers(12, satisfaction=[1, 2, 3, 4, 5, 9, 1, 2, 3, 4, 5, 1], gender=[1, 2] * 6)
    study = sav(rows, variable_value_labels={"satisfaction": names, "gender": {1.0: "female", 2.0: "male"}})
    imported = read_study(study, "survey.sav")
    assert imported.study.customers["satisfaction"].tolist()[:5] == [5, 4, 3, 2, 1]
    assert np.isnan(imported.study.customers["satisfaction"][5])
    assert {"labels_run_down", "missing_refused"} <= set(codes(imported))
    assert imported.study.customers["gender"].astype(str).tolist()[:2] == ["female", "male"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("とても満足", "cp932"), ("매우 그렇다", "cp949"), ("非常满意", "gb18030"), ("满意,一般", "gb18030"), ("부산", "cp949"),
        ("Não é possível", "latin-1"), ("Geschäft “Süd” – 1", "cp1252"), ("カード", "cp932"), ("上海", "gb18030"),
        ("非常滿意", "cp950"), ("台北分行", "cp950"), ("高雄", "cp950"), ("服務，很好", "cp950"), ("嘉義", "cp950"),
        ("Élégance Åre", "latin-1"), ("année", "latin-1"), ("20 °C", "latin-1"), ("Äpfel", "latin-1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", [1, 12])
def test_encodings(text, encoding, rows):
    table = [ROWS[0], *([r[0], text, *r[2:]] for r in ROWS[1 : rows + 1])]
    imported = read_study(csv_bytes(table, encoding, ";"), "survey.csv")
    assert imported.study.units == (text,)
    assert imported.study.n(Role.CUSTOMERS) == rows
    assert Battery.EXPECTATION in imported.study.answers
