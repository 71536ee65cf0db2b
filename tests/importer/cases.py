"""One file for each problem code, built here, with what the problem must say.

A case is (file, where): the file must raise its code once with these fields; whether it still gives a study follows from the severity.
"""

from __future__ import annotations

from collections.abc import Callable

import exports
import files as f
import workbooks as w
from workbooks import (
    DATE,
    ERROR,
    FORMULA_WITHOUT_VALUE,
    SETTINGS,
    TRUE,
    Raw,
    changed,
    customers,
    package,
    parts,
    sheet_xml,
    without,
    workbook,
)

CASES: dict[str, Callable[[], tuple[bytes, dict]]] = {}


def case(make: Callable[[], tuple[bytes, dict]]) -> Callable[[], tuple[bytes, dict]]:
    """Register a case under its function's name, which is the code."""
    CASES[make.__name__] = make
    return make


def study(*rows: list, **sheets) -> bytes:
    """A clean study, some of its sheets replaced or added; `rows` are more settings."""
    return workbook({"customers": customers(), "study": [*SETTINGS, *rows]} | sheets)


def items_sheet(*rows: list) -> list[list]:
    """An items sheet for items 1 to 4 in two dimensions, or with the rows given."""
    usual = [[1, "speed", "fast", "no"], [2, "speed", "prompt", "no"], [3, "warmth", "kind", "no"], [4, "warmth", "rude", "yes"]]
    return [["item", "dimension", "label", "reversed"], *(rows or usual)]


def small(**more) -> list[list]:
    """Customers with four item pairs."""
    head = ["respondent", *(f"{b}{i}" for i in range(1, 5) for b in "EP"), *more]
    return [head, *([f"r{i}", *w.answers(i, 8), *(c[i] for c in more.values())] for i in range(12))]


# -- the file as such


@case
def file_empty():
    return b"", {}


@case
def file_not_a_table():
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, {}


@case
def file_html():
    return b"\xef\xbb\xbf\n<!DOCTYPE html><html><body><table><tr><td>E1</td></tr></table></body></html>", {}


@case
def file_xls():
    return bytes.fromhex("0904060000001000") + bytes(200), {}  # Excel 4: no container


@case
def file_encrypted():
    return f.ole(bytes(5000), "EncryptedPackage", others=["EncryptionInfo"]), {}


@case
def file_other_format():
    return package({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}), {"values": {"format": "Word"}}


@case
def file_damaged():
    return study()[:-200], {}


@case
def file_unsafe():
    content = parts({"customers": sheet_xml(customers())})
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
    return package(content), {"values": {"reason": "doctype"}}


@case
def file_too_large():
    content = parts({"customers": sheet_xml(customers())})
    sheet = content["xl/worksheets/sheet1.xml"].encode()
    return package(content | {"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", b" " * (80 << 20) + b"</sheetData>")}), {}


@case
def file_strict():
    return package(
        {
            n: x.replace(w.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
            for n, x in parts({"customers": sheet_xml(customers())}).items()
        }
    ), {}


@case
def file_unreadable():
    return workbook({"customers": changed(customers(), 2, "E1", Raw(' t="n"', "<v>0x10</v>"))}), {}


@case
def sheet_too_large():
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook({"customers": sheet_xml(customers(300), extra=stray)}), {"sheet": "customers", "values": {"cell": "XFD1048576"}}


@case
def too_many_sheets():
    return workbook({"customers": customers(), **{f"s{i}": [["a"]] for i in range(50)}}), {"values": {"sheets": 51, "most": 50}}


@case
def text_too_long():
    return workbook({"customers": changed(customers(), 2, "respondent", "x" * 200_000)}), {}


@case
def quote_not_closed():
    return csv_bytes(customers()).replace(b"r3,", b'"r3,'), {}


@case
def encoding_guessed():
    return csv_bytes(changed(customers(), 3, "unit", "北京分行"), "gb18030"), {"values": {"encoding": "gb18030"}}


def csv_bytes(rows: list[list], encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Rows as a text table."""
    return "".join(separator.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


# -- sheets


@case
def no_customers_sheet():
    table = [["branch", "opened", "rent"], *([f"b{i}", 1990 + i, 1000.5 * i] for i in range(1, 9))]
    return workbook({"North": table, "South": table}), {"values": {"sheets": "North, South"}}


@case
def no_rows():
    """A heading and nothing below it."""
    return workbook({"Export": [["E1", "E2", "P1", "P2"]]}), {"values": {"sheets": "Export"}}


@case
def duplicate_role():
    """Nobody can tell which of two sheets with customers' answers is meant."""
    return workbook({"North": customers(), "South": customers()}), {
        "sheet": "North",
        "values": {"role": "customers", "sheets": "North, South"},
    }


@case
def only_staff():
    return workbook({"managers": [["respondent", "M1", "M2"], ["m1", 4, 5], ["m2", 6, 6]]}), {"sheet": "managers"}


@case
def staff_items_matched():
    head = ["Branch", *(f"M-{i}: customers expect" for i in range(1, 23))]
    rows = [["North", *row] for row in exports.answers(4, 1, 7, 8, 22)]
    return study(managers=[head, *rows]), {"sheet": "managers", "count": 22, "values": {"of": 22, "role": "managers"}}


@case
def staff_ratings_matched():
    names = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
    head = [f"Is {name} covered by written standards?" for name in names]
    return study(managers=[head, *exports.answers(4, 1, 7, 8, 5)]), {"sheet": "managers", "count": 5, "values": {"of": 5}}


@case
def staff_not_understood():
    rows = [["Do you like your job?", "Is the canteen good?"], [3, 4], [5, 2], [4, 4]]
    return study(employees=rows), {"sheet": "employees"}


@case
def duplicate_sheet():
    return workbook({"customers": customers(), "Customers ": customers()}), {"sheet": "Customers"}


@case
def empty_sheet():
    return study(managers=[["respondent", "M1"]]), {"sheet": "managers"}


@case
def sheet_ignored():
    return study(notes=[["hello"], [1]]), {"sheet": "notes"}


@case
def sheet_hidden():
    return workbook({"customers": customers(), "study": SETTINGS}, hidden=["study"]), {"sheet": "study"}


@case
def rows_hidden():
    return study(customers=sheet_xml(customers(), hidden_rows=[3, 5])), {"sheet": "customers", "rows": (3, 5), "count": 2}


@case
def header_not_first():
    return study(customers=[["Survey 2026"], [], *customers()]), {"sheet": "customers", "rows": (3,)}


@case
def formulas_without_values():
    return study(customers=changed(customers(), 4, "E2", FORMULA_WITHOUT_VALUE)), {"sheet": "customers", "rows": (4,), "count": 1}


# -- columns


@case
def no_answer_columns():
    return workbook({"customers": [["respondent", "overall_quality"], ["a", 3]]}), {"sheet": "customers"}


@case
def duplicate_header():
    rows = [[*row, row[2]] for row in customers()]
    rows[0][-1] = "e 01"
    return study(customers=rows), {"sheet": "customers", "column": "e 01", "rows": (1,), "values": {"meaning": "E1", "letters": "C, AV"}}


@case
def duplicate_segment():
    rows = customers(gender=["f", "m"] * 6)
    rows = [[*row, row[-1]] for row in rows]
    rows[0][-1] = "Gender"
    return study(customers=rows), {"sheet": "customers", "column": "Gender", "rows": (1,)}


@case
def header_missing():
    rows = [[*row, "x"] for row in customers()]
    rows[0][-1] = None
    return study(customers=rows), {"sheet": "customers", "column": "AV", "rows": (1,), "count": 1}


@case
def column_of_other_sheet():
    return study(customers=customers(M1=[4] * 12)), {"sheet": "customers", "column": "M1", "values": {"belongs": "managers"}}


@case
def column_without_item():
    rows = small(E9=[3] * 12)
    return study(customers=rows, items=items_sheet()), {"sheet": "customers", "column": "E9", "values": {"item": 9}}


@case
def item_without_column():
    items = items_sheet(*items_sheet()[1:], [7, "warmth", "never asked", "no"])
    return study(customers=small(), items=items), {"sheet": "customers", "values": {"items": "7"}}


@case
def missing_partner():
    return study(customers=without(customers(), "P5")), {
        "sheet": "customers", "column": "E5", "values": {"item": 5, "column_missing": "P5"},
    }  # fmt: skip


@case
def no_perceptions():
    return study(customers=without(customers(), *(f"P{i}" for i in w.ITEMS))), {"sheet": "customers"}


@case
def no_expectations():
    return study(customers=without(customers(), *(f"E{i}" for i in w.ITEMS))), {"sheet": "customers"}


@case
def dimension_unknown():
    return study(customers=customers(W_comfort=[100] * 12)), {"sheet": "customers", "column": "W_comfort"}


@case
def importance_incomplete():
    return study(customers=customers(W_reliability=[60] * 12, W_empathy=[40] * 12)), {
        "sheet": "customers", "values": {"dimensions": "tangibles, responsiveness, assurance"},
    }  # fmt: skip


@case
def rating_incomplete():
    return study(managers=[["respondent", "standards_reliability"], ["m1", 4], ["m2", 5]]), {
        "sheet": "managers", "values": {"gap": 2, "dimensions": "tangibles, responsiveness, assurance, empathy"},
    }  # fmt: skip


@case
def segment_found():
    return study(customers=customers(gender=["f", "m"] * 6)), {"sheet": "customers", "column": "gender", "values": {"values": 2}}


@case
def column_ignored():
    return study(customers=customers(ticket=[f"ticket {i}" for i in range(12)])), {"sheet": "customers", "column": "ticket"}


# -- the items and study sheets


@case
def items_unknown():
    return study(customers=small()), {"values": {"n": 4}}


@case
def items_column_missing():
    return study(customers=small(), items=[["item", "label"], [1, "fast"]]), {"sheet": "items", "column": "dimension"}


@case
def item_number_bad():
    return study(customers=small(), items=items_sheet([1, "speed"], ["first", "speed"])), {
        "sheet": "items", "column": "item", "rows": (3,), "values": {"value": "first"},
    }  # fmt: skip


@case
def item_duplicate():
    return study(customers=small(), items=items_sheet([1, "speed"], [2, "speed"], [2, "warmth"])), {
        "sheet": "items", "column": "item", "rows": (4,), "values": {"item": 2},
    }  # fmt: skip


@case
def item_dimension_missing():
    return study(customers=small(), items=items_sheet([1, "speed"], [2, None, "kind"])), {
        "sheet": "items", "column": "dimension", "rows": (3,), "values": {"item": 2},
    }  # fmt: skip


@case
def item_reversed_unclear():
    return study(customers=small(), items=items_sheet([1, "speed", "fast", "perhaps"])), {
        "sheet": "items", "column": "reversed", "rows": (2,), "values": {"item": 1, "value": "perhaps"},
    }  # fmt: skip


@case
def instrument_unknown():
    return study(["instrument", "HOTELQUAL"]), {"values": {"instrument": "HOTELQUAL"}}


@case
def setting_unknown():
    return study(["colour", "blue"]), {"sheet": "study", "rows": (7,), "values": {"setting": "colour"}}


@case
def setting_duplicate():
    return study(["Scale Min", 0]), {"sheet": "study", "rows": (7,), "values": {"setting": "scale_min"}}


@case
def setting_unreadable():
    return study(["already_reversed", "perhaps"]), {
        "sheet": "study",
        "rows": (7,),
        "values": {"setting": "already_reversed", "value": "perhaps"},
    }


@case
def bad_scale():
    settings = [["setting", "value"], ["scale_min", 7], ["scale_max", 1]]
    return study(study=settings), {"sheet": "study", "rows": (2, 3), "values": {"setting": "scale", "min": "7", "max": "1"}}


@case
def scale_unknown():
    rows = [[v + 3 if isinstance(v, int) else v for v in row] for row in customers()]
    return workbook({"customers": rows}), {"values": {"low": 4, "high": 10}}


@case
def scale_assumed():
    return workbook({"customers": customers()}), {"values": {"min": 1, "max": 7}}


@case
def scale_doubtful():
    rows = [[min(v, 5) if isinstance(v, int) else v for v in row] for row in customers(30)]
    return workbook({"customers": rows}), {"values": {"min": 1, "max": 7, "high": 5}}


@case
def outcome_scale_inferred():
    rows = customers(36, recommend=[0, 99, *range(10)] * 3)
    return study(customers=rows), {"sheet": "customers", "column": "recommend", "values": {"outcome": "recommend", "min": 0, "max": 10}}


@case
def outcome_scale_doubtful():
    rows = customers(36, satisfaction=[0, 1] * 18)
    return study(customers=rows), {
        "sheet": "customers", "column": "satisfaction", "count": 36,
        "values": {"outcome": "satisfaction", "min": 0, "max": 1, "different": 2},
    }  # fmt: skip


@case
def outcome_scale_unknown():
    return study(customers=customers(satisfaction=[-3] * 12)), {"sheet": "customers", "column": "satisfaction"}


@case
def items_reversed():
    return study(customers=small(), items=items_sheet()), {"count": 1, "values": {"items": "4"}}


@case
def already_reversed():
    return study(["already_reversed", "yes"], customers=small(), items=items_sheet()), {"count": 1, "values": {"items": "4"}}


# -- other kinds of file


def spss(column: str, labels: dict[float, str], **more) -> bytes:
    """Twelve customers in an SPSS file; the values of one column have labels."""
    return f.sav(changed(customers(), 3, column, 9), variable_value_labels={column: labels} if labels else {}, **more)


@case
def letters_unreadable():
    text = "\n".join(",".join(map(str, row)) for row in customers()).replace("Branch", "Bücherei").encode()
    return text.replace("Bücherei 1".encode(), b"B\xfccherei 1", 1), {"count": 1, "values": {"encoding": "utf-8"}}


@case
def columns_hidden():
    sheet = sheet_xml(customers()).replace(
        "<sheetData>", '<cols><col min="3" max="4" hidden="1"/><col min="60" max="16384" hidden="1"/></cols><sheetData>'
    )
    return study(customers=sheet), {"sheet": "customers", "count": 2, "values": {"letters": "C, D"}}


@case
def number_shown_as_date():
    return study(customers=changed(customers(), 3, "E4", Raw(' s="1"', "<v>5</v>"))), {
        "sheet": "customers", "column": "E4", "rows": (3,), "count": 1, "values": {"value": 5.0},
    }  # fmt: skip


@case
def answers_in_words():
    words = ["strongly disagree", "disagree", "somewhat disagree", "neutral", "somewhat agree", "agree", "strongly agree"]
    head, *rows = customers()
    read = ", ".join(f"“{word}” = {number}" for number, word in enumerate(words, 1))
    return study(customers=[head, *([*row[:2], *(words[v - 1] for v in row[2:46]), row[46]] for row in rows)]), {
        "sheet": "customers", "count": 44, "values": {"texts": read},
    }  # fmt: skip


@case
def labels_run_down():
    labels = {1.0: "Very satisfied", 2.0: "Satisfied", 3.0: "Neutral", 4.0: "Dissatisfied", 5.0: "Very dissatisfied"}
    rows = customers(satisfaction=[1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2])
    return f.sav(rows, variable_value_labels={"satisfaction": labels}), {"column": "satisfaction", "count": 12}


@case
def label_misspelt():
    rows = exports.qualtrics()
    place = next((r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if r > 5 and cell == "Strongly disagree")
    rows[place[0]][place[1]] = "Strongly aisagree"
    return exports.as_csv(rows), {"rows": (place[0] + 1,), "count": 1, "values": {"label": "strongly disagree"}}


@case
def missing_not_applicable():
    return spss("E4", {9.0: "Not applicable"}), {"column": "E4", "rows": (2,), "count": 1}


@case
def missing_dont_know():
    return spss("E4", {9.0: "Don't know"}), {"column": "E4", "rows": (2,), "count": 1}


@case
def missing_refused():
    return spss("E4", {9.0: "拒答"}), {"column": "E4", "rows": (2,), "count": 1}


@case
def missing_skipped():
    return spss("E4", {9.0: "(跳过)"}), {"column": "E4", "rows": (2,), "count": 1}


@case
def missing_blank():
    return spss("E4", {9.0: "(空)"}), {"column": "E4", "rows": (2,), "count": 1}


@case
def missing_platform_code():
    return spss("E4", {}, missing_ranges={"E4": [9]}), {"column": "E4", "rows": (2,), "count": 1, "values": {"value": "9"}}


# -- answers


@case
def text_in_answer():
    return study(customers=changed(customers(), 3, "E4", "agree")), {
        "sheet": "customers", "column": "E4", "rows": (3,), "count": 1, "values": {"value": "agree"},
    }  # fmt: skip


@case
def boolean_in_answer():
    return study(customers=changed(customers(), 3, "E4", TRUE)), {
        "sheet": "customers",
        "column": "E4",
        "rows": (3,),
        "values": {"value": "TRUE"},
    }


@case
def date_in_answer():
    return study(customers=changed(customers(), 3, "E4", DATE)), {
        "sheet": "customers", "column": "E4", "rows": (3,), "values": {"value": "2024-05-01"},
    }  # fmt: skip


@case
def error_in_answer():
    return study(customers=changed(customers(), 3, "E4", ERROR)), {"sheet": "customers", "column": "E4", "rows": (3,), "count": 1}


@case
def not_finite():
    return study(customers=changed(customers(), 3, "E4", Raw("", "<v>NaN</v>"))), {"sheet": "customers", "column": "E4", "rows": (3,)}


@case
def outside_scale():
    return study(customers=changed(changed(customers(), 3, "E4", 99), 9, "E4", 0)), {
        "sheet": "customers", "column": "E4", "rows": (3, 9), "count": 2, "values": {"value": "99", "min": 1, "max": 7},
    }  # fmt: skip


@case
def numeric_text():
    return study(customers=changed(changed(customers(), 3, "E4", " 6 "), 5, "E4", "６")), {
        "sheet": "customers", "column": "E4", "rows": (3, 5), "count": 2,
    }  # fmt: skip


@case
def missing_code():
    return study(customers=changed(customers(), 3, "E4", "n/a")), {
        "sheet": "customers", "column": "E4", "rows": (3,), "values": {"value": "n/a"},
    }  # fmt: skip


FULL_POINTS = {"W_tangibles": [20] * 12, "W_reliability": [20] * 12, "W_responsiveness": [20] * 12, "W_assurance": [20] * 12}


@case
def importance_negative():
    return study(customers=customers(**FULL_POINTS, W_empathy=[-20] + [20] * 11)), {
        "sheet": "customers",
        "column": "W_empathy",
        "rows": (2,),
    }


@case
def importance_sum():
    return study(customers=customers(**FULL_POINTS, W_empathy=[31, 30, 10, 9] + [20] * 8)), {
        "sheet": "customers", "rows": (2, 5), "count": 2, "values": {"sum": 111},
    }  # fmt: skip


# -- respondents


@case
def no_respondents():
    rows = customers()
    return study(customers=[rows[0], *([r[0], r[1], *[None] * 44, 4] for r in rows[1:])]), {"sheet": "customers"}


@case
def blank_respondents():
    rows = customers()
    rows[4][2:46] = [None] * 44
    return study(customers=rows), {"sheet": "customers", "rows": (5,), "count": 1}


@case
def summary_row():
    rows = customers()
    return study(customers=[*rows, ["Average", None, *[4.5] * 45]]), {"sheet": "customers", "rows": (14,)}


@case
def summary_row_doubtful():
    rows = customers()
    return study(customers=[*rows, ["r12", "Branch 1", *[4.5] * 45]]), {"sheet": "customers", "rows": (14,), "count": 1}


@case
def duplicate_respondent():
    return study(customers=changed(customers(), 4, "respondent", "r0")), {
        "sheet": "customers", "column": "respondent", "rows": (2, 4), "count": 2, "values": {"value": "r0"},
    }  # fmt: skip


@case
def weight_unusable():
    return study(customers=customers(weight=[1, 0, -1, "heavy", None, *[1] * 7])), {
        "sheet": "customers", "column": "weight", "rows": (3, 4, 5, 6), "count": 4,
    }  # fmt: skip


@case
def unit_missing():
    return study(customers=changed(customers(), 3, "unit", None)), {"sheet": "customers", "column": "unit", "rows": (3,), "count": 1}


@case
def unit_by_name():
    head, *rows = customers()
    return study(customers=[[{"unit": "Branch name"}.get(h, h) for h in head], *rows]), {"sheet": "customers", "column": "Branch name"}


@case
def wave_by_name():
    return study(customers=customers(Quarter=["2025", "2026"] * 6)), {"sheet": "customers", "column": "Quarter"}


@case
def unit_names_alike():
    rows = changed(changed(customers(), 2, "unit", "branch 1"), 3, "unit", "Branch 02.")
    return study(customers=rows), {
        "sheet": "customers", "count": 2, "values": {"names": "“Branch 1”, “branch 1”; “Branch 2”, “Branch 02.”"},
    }  # fmt: skip


@case
def wave_names_alike():
    return study(customers=customers(wave=["2025 Q1", "2025Q1"] * 6)), {"count": 1, "values": {"names": "“2025 Q1”, “2025Q1”"}}


@case
def unit_mostly_missing():
    rows = [row if i in (0, 1, 5, 9) else [row[0], None, *row[2:]] for i, row in enumerate(customers())]
    return study(customers=rows), {"column": "unit", "rows": (3, 4, 5, 7, 8, 9, 11, 12, 13), "count": 9, "values": {"of": 12}}


@case
def wave_mostly_missing():
    return study(customers=customers(wave=["2025", *[None] * 11])), {"column": "wave", "count": 11, "values": {"of": 12}}


@case
def merged_cells():
    rows = [row if i in (0, 1, 5, 9) else [row[0], None, *row[2:]] for i, row in enumerate(customers())]
    merged = w.merged(rows, "B2:B5", "B6:B9", "B10:B13")
    return study(customers=merged), {"column": "unit", "rows": (3, 4, 5, 7, 8, 9, 11, 12, 13), "count": 9}


@case
def wave_missing():
    return study(customers=customers(wave=[None, *["2026"] * 11])), {"sheet": "customers", "column": "wave", "rows": (2,), "count": 1}


def waves(*names: str) -> bytes:
    """A clean study whose customers belong to these waves in turn."""
    return study(customers=customers(wave=[names[i % len(names)] for i in range(12)]))


@case
def wave_order():
    return waves("01.03.2026", "31.12.2025"), {"sheet": "customers", "column": "wave", "values": {"waves": "31.12.2025 → 01.03.2026"}}


@case
def wave_order_days():
    return waves("02/03/2026", "05/01/2026"), {"sheet": "customers", "values": {"waves": "05/01/2026 → 02/03/2026"}}


@case
def wave_order_doubtful():
    return waves("Nov", "Jan"), {"sheet": "customers", "values": {"waves": "Nov → Jan"}}


@case
def wave_order_unknown():
    return waves("North tour", "Alpine tour"), {"sheet": "customers", "values": {"waves": "North tour → Alpine tour"}}


@case
def one_respondent():
    return study(customers=customers(1)), {"sheet": "customers"}


@case
def one_unit():
    rows = customers()
    return study(customers=[rows[0], *([r[0], "Main", *r[2:]] for r in rows[1:])]), {"sheet": "customers", "values": {"unit": "Main"}}


# -- exports of survey tools


@case
def export_recognised():
    return exports.as_csv(exports.google_forms()), {"sheet": "study.xlsx", "values": {"tool": "Google Forms", "columns": 28, "items": 6}}


@case
def columns_doubtful():
    return exports.as_csv(exports.wenjuanxing()), {"sheet": "study.xlsx", "count": 12}


@case
def dimensions_missing():
    return exports.as_csv(exports.limesurvey()), {"count": 6}


@case
def dimensions_guessed():
    return exports.as_csv(exports.plain()), {"count": 6, "values": {"dimensions": "TAN, REL, EMP"}}


@case
def personal_not_kept():
    return exports.as_csv(exports.surveymonkey()), {"sheet": "study.xlsx", "count": 2, "values": {"columns": "IP Address, Email Address"}}
