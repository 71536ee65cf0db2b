"""What stands in a file is what the study holds: exact answers, names, designs, and an account that adds up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import workbooks as w
from cases import CASES, csv_bytes, items_sheet, small, study
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import SETTINGS, changed, customers, without, workbook

from gaps.importer import read_study
from gaps.model import Battery, Gap, Role, Scale

KIOSK = Path(__file__).parents[2] / ".." / "shared" / "data" / "kiosk" / "kiosk-study.xlsx"


def codes(imported) -> list[str]:
    return [p.code for p in imported.problems]


def test_a_clean_workbook_has_no_problem_and_every_answer():
    rows = customers()
    imported = read_study(workbook({"customers": rows, "study": SETTINGS}), "a.xlsx")
    assert imported.problems == ()
    read = imported.study
    assert (read.title, read.instrument.id, read.instrument.scale) == ("A study", "servqual-1991", Scale(1, 7))
    for battery in (Battery.EXPECTATION, Battery.PERCEPTION):
        frame = read.answers[battery]
        assert list(frame.columns) == list(w.ITEMS)
        assert (frame.dtypes == np.float32).all()
        for number in w.ITEMS:
            assert frame[number].tolist() == [r[rows[0].index(f"{battery.value}{number}")] for r in rows[1:]]
    assert read.customers["respondent"].tolist() == [r[0] for r in rows[1:]]
    assert read.customers["overall_quality"].tolist() == [r[-1] for r in rows[1:]]
    assert read.units == ("Branch 1", "Branch 2", "Branch 3")
    role = imported.report.roles[0]
    assert (role.rows_read, role.respondents_used, role.answers_read, role.answers_used) == (12, 12, 12 * 45, 12 * 45)


@pytest.mark.skipif(not KIOSK.parents[2].exists(), reason="the folder of other people's data is not here")
def test_the_kiosk_study():
    """211 real respondents; the mean gap of the 207 with answers is -1.1020531 in R (methods.md)."""
    imported = read_study(KIOSK)
    read, role = imported.study, imported.report.roles[0]
    assert not any(p.severity == "error" for p in imported.problems)
    assert (role.rows_read, role.respondents_used, role.respondents_set_aside) == (211, 207, 4)
    assert next(p for p in imported.problems if p.code == "blank_respondents").rows == (25, 81, 158, 205)
    assert (len(read.instrument.items), len(read.instrument.dimensions)) == (24, 8)
    assert read.instrument.names["en"] == "K-SERVQUAL"
    assert read.outcomes["overall_quality"] == Scale(1, 5)
    gaps = read.answers[Battery.PERCEPTION].astype(float) - read.answers[Battery.EXPECTATION].astype(float)
    assert gaps.notna().all(axis=1).sum() == 207
    by_dimension = [gaps[list(read.instrument.numbers_of(d.id))].mean(axis=1) for d in read.instrument.dimensions]
    assert np.mean([d.mean() for d in by_dimension]) == pytest.approx(-1.1020531, abs=1e-7)
    assert read.segments == ("gender", "age", "frequency", "reuse")


@pytest.mark.parametrize("code", CASES)
def test_the_account_adds_up(code):
    """Read = used + set aside, and each answer that is set aside has a reason."""
    report = read_study(CASES[code]()[0]).report
    if report is None:
        return
    for role in report.roles:
        assert role.answers_read == role.answers_used + role.answers_set_aside
        assert role.rows_read == role.respondents_used + role.respondents_set_aside
    assert sum(r.answers_set_aside for r in report.roles) == report.set_aside_total == sum(n for _, n in report.reasons)
    assert len(report.set_aside) == min(report.set_aside_total, 1000)


def test_headers_are_folded():
    rows = customers()
    rows[0] = [
        {"E1": "Ｅ 1", "P1": " p_01 ", "E2": "e-2", "unit": " UNIT", "overall_quality": "Overall Quality"}.get(h, h) for h in rows[0]
    ]
    plain, folded = (read_study(workbook({"customers": r, "study": SETTINGS})) for r in (customers(), rows))
    assert folded.problems == ()
    assert folded.study.fingerprint == plain.study.fingerprint


def test_sheets_in_any_order_and_case_and_columns_in_any_order():
    rows = customers()
    order = np.random.default_rng(3).permutation(len(rows[0]))
    shuffled = [[row[i] for i in order] for row in rows]
    plain = read_study(workbook({"customers": rows, "study": SETTINGS}))
    other = read_study(workbook({"STUDY": SETTINGS, "Ｃustomers": shuffled}))
    assert other.problems == ()
    for battery, frame in plain.study.answers.items():
        pd.testing.assert_frame_equal(frame, other.study.answers[battery])


def test_a_single_sheet_of_any_name_is_the_customers():
    imported = read_study(workbook({"Sheet1": customers(), "Sheet2": [], "Sheet3": [[]]}))
    assert imported.study.n(Role.CUSTOMERS) == 12
    assert "sheet_ignored" not in codes(imported)


def test_a_line_break_within_a_cell_parts_words():
    rows = changed(changed(customers(), 1, "overall_quality", "overall\nquality"), 2, "unit", "North\nStreet")
    rows[0].append("Age\ngroup")
    rows = [rows[0], *([*r, "old" if i % 2 else "young"] for i, r in enumerate(rows[1:]))]
    read = read_study(workbook({"customers": rows, "study": SETTINGS})).study
    assert read.customers["unit"][0] == "North Street"
    assert read.segments == ("Age group",)
    assert read.outcomes


def test_names_that_look_like_nothing_stay_names():
    units = ["NA", "None", "NULL", "1", "nan", "n/a", "TRUE", "0", "-", "inf", "NaN", "None"]
    rows = customers()
    rows = [rows[0], *([r[0], u, *r[2:]] for r, u in zip(rows[1:], units, strict=True))]
    read = read_study(workbook({"customers": rows, "study": SETTINGS})).study
    assert read.customers["unit"].tolist() == units


def test_names_of_many_kinds_become_text():
    rows = changed(changed(changed(customers(), 2, "unit", 1), 3, "unit", 2.5), 4, "unit", w.DATE)
    read = read_study(workbook({"customers": rows, "study": SETTINGS})).study
    assert read.customers["unit"].tolist()[:3] == ["1", "2.5", "2024-05-01"]


def test_units_stand_in_natural_order():
    rows = customers()
    rows = [rows[0], *([r[0], f"Branch {12 - i}", *r[2:]] for i, r in enumerate(rows[1:]))]
    read = read_study(workbook({"customers": rows, "study": SETTINGS})).study
    assert list(read.customers["unit"].cat.categories) == [f"Branch {i}" for i in range(1, 13)]
    assert read.customers["unit"].cat.ordered


def test_waves_of_all_roles_stand_in_the_order_of_time():
    """A wave that customers missed stands between theirs; what changed is the later less the earlier."""
    rows = small(wave=["01.03.2026", "31.12.2025"] * 6, P1=[5, 3] * 6)
    place = rows[0].index("P1")
    rows = [[*row[:place], row[-1], *row[place + 1 : -1]] for row in rows]
    managers = [["wave", "M1"], ["15.02.2026", 5], ["01.03.2026", 5], ["31.12.2025", 5]]
    imported = read_study(workbook({"customers": rows, "managers": managers, "items": items_sheet(), "study": SETTINGS}))
    read = imported.study
    assert read.waves == ("31.12.2025", "15.02.2026", "01.03.2026")
    assert [list(frame["wave"].cat.categories) for frame in read.respondents.values()] == [list(read.waves)] * 2
    assert "wave_order" in codes(imported)
    by_wave = read.answers[Battery.PERCEPTION][1].groupby(read.customers["wave"], observed=True).mean()
    assert by_wave.to_dict() == {"31.12.2025": 3, "01.03.2026": 5}


def test_fractions_keep_all_their_digits():
    read = read_study(workbook({"customers": changed(customers(), 2, "E1", 4.123456789), "study": SETTINGS})).study
    assert read.answers[Battery.EXPECTATION].loc[0, 1] == 4.123456789


def test_negatively_worded_items_are_reversed_exactly_once():
    rows = small()
    raw = [r[rows[0].index("E4")] for r in rows[1:]]
    once = read_study(study(customers=rows, items=items_sheet())).study
    never = read_study(study(["already_reversed", "yes"], customers=rows, items=items_sheet())).study
    assert once.answers[Battery.EXPECTATION][4].tolist() == [8 - v for v in raw]
    assert never.answers[Battery.EXPECTATION][4].tolist() == raw
    for battery in once.answers:
        assert once.answers[battery][[1, 2, 3]].equals(never.answers[battery][[1, 2, 3]])
    assert once.instrument.item(4).reversed


def test_the_1988_instrument_reverses_its_nine_items():
    """Items 10-13 and 18-22 are negatively worded (Parasuraman, Zeithaml & Berry 1988)."""
    plain = read_study(study()).study.answers[Battery.PERCEPTION]
    turned = read_study(study(["instrument", "servqual-1988"])).study.answers[Battery.PERCEPTION]
    negative = [10, 11, 12, 13, 18, 19, 20, 21, 22]
    assert turned[negative].equals(8 - plain[negative])
    assert turned.drop(columns=negative).equals(plain.drop(columns=negative))


def test_items_sheet_takes_the_names_of_known_dimensions():
    items = items_sheet([1, "Reliability"], [2, "reliability"], [3, "保证性"], [4, "Waiting Time"])
    read = read_study(
        study(customers=small(**{"W_waiting_time": [30] * 12, "w_Reliability": [40] * 12, "W2": [30] * 12}), items=items)
    ).study
    assert [(d.id, d.name("zh")) for d in read.instrument.dimensions] == [
        ("reliability", "可靠性"), ("assurance", "保证性"), ("waiting_time", "Waiting Time"),
    ]  # fmt: skip
    assert read.importance.iloc[0].to_dict() == {"reliability": 40, "assurance": 30, "waiting_time": 30}


def test_direct_design_counts_none_apart_from_blank():
    managers = [
        ["respondent", "unit", "M1", "standards_Reliability", "standards_empathy"],
        ["m1", "Branch 1", 6, 5, "None"],
        ["m2", "Branch 2", 5, None, 3],
    ]
    employees = [["unit", "delivery_empathy", "promises_empathy"], ["Branch 1", 4, "none"], ["Branch 2", 5, 6], ["Branch 9", "none", None]]
    imported = read_study(study(managers=managers, employees=employees))
    read = imported.study
    assert read.ratings[Gap.STANDARDS]["reliability"].tolist()[0] == 5
    assert read.no_ratings[Gap.STANDARDS]["empathy"].tolist() == [True, False]
    assert read.no_ratings[Gap.STANDARDS]["reliability"].tolist() == [False, False]
    assert np.isnan(read.ratings[Gap.STANDARDS]["empathy"][0]) and read.ratings[Gap.STANDARDS]["empathy"][1] == 3
    assert read.no_ratings[Gap.COMMUNICATION]["empathy"].tolist() == [True, False, False]
    assert read.n(Role.EMPLOYEES) == 3, "a respondent who says that no standard exists has answered"
    assert read.instrument.direct == (Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION)
    assert read.units == ("Branch 1", "Branch 2", "Branch 3", "Branch 9")
    assert [read.design(g) for g in Gap] == ["items", "direct", "direct", "direct", "items"]


def test_same_item_design():
    managers = [["unit", *(f"{b}{i}" for b in "MS" for i in w.ITEMS)], *([f"Branch {i}", *w.answers(i)] for i in (1, 2, 3))]
    employees = [["unit", *(f"{b}{i}" for b in "VC" for i in w.ITEMS)], *([f"Branch {i}", *w.answers(i)] for i in (1, 2))]
    read = read_study(study(managers=managers, employees=employees)).study
    assert {b: len(f) for b, f in read.answers.items()} == {
        Battery.EXPECTATION: 12, Battery.PERCEPTION: 12, Battery.BELIEF: 3, Battery.STANDARD: 3, Battery.DELIVERY: 2, Battery.PROMISE: 2,
    }  # fmt: skip
    assert all(read.design(g) == "items" for g in Gap)


def test_three_columns():
    head = ["respondent", *(f"{b}{i}" for i in w.ITEMS for b in "ADP")]
    rows = [head, *([f"r{i}", *w.answers(i, 66)] for i in range(6))]
    imported = read_study(workbook({"customers": rows, "study": SETTINGS}))
    assert set(imported.study.answers) == {Battery.ADEQUATE, Battery.DESIRED, Battery.PERCEPTION}
    assert imported.study.expectation is Battery.DESIRED
    assert imported.problems == ()


def test_item_without_partner_is_missing_throughout():
    read = read_study(study(customers=without(customers(), "P5"))).study
    assert read.answers[Battery.PERCEPTION][5].isna().all()
    assert read.answers[Battery.EXPECTATION][5].notna().all()


def test_importance_stays_as_answered():
    points = {
        "W_tangibles": [11] * 12,
        "W_reliability": [35] * 12,
        "W_responsiveness": [22] * 12,
        "W_assurance": [19] * 12,
        "W_empathy": [16] * 12,
    }
    imported = read_study(study(customers=customers(**points)))
    assert imported.study.importance.iloc[0].tolist() == [11, 35, 22, 19, 16]
    assert "importance_sum" not in codes(imported), "103 is within 90 to 110"


def test_respondents_without_weight_are_set_aside():
    imported = read_study(study(customers=customers(weight=[1, 0, 2.5, *[1] * 9])))
    assert imported.study.customers["weight"].tolist() == [1, 2.5, *[1] * 9]
    assert imported.study.customers["respondent"].tolist() == ["r0", *(f"r{i}" for i in range(2, 12))]


def test_the_same_respondent_in_two_waves_is_no_duplicate():
    rows = customers(wave=["2025"] * 6 + ["2026"] * 6)
    rows = [rows[0], *([f"r{i % 6}", *r[1:]] for i, r in enumerate(rows[1:]))]
    assert "duplicate_respondent" not in codes(read_study(study(customers=rows)))
    assert "duplicate_respondent" in codes(read_study(study(customers=without(rows, "wave"))))


def test_a_template_that_was_not_filled_in():
    imported = read_study(workbook({"customers": customers()[:1], "managers": [["unit", "M1"]], "study": SETTINGS}))
    assert [(p.code, p.sheet) for p in imported.problems] == [("no_respondents", "customers"), ("empty_sheet", "managers")]


def test_the_same_fault_in_many_columns_is_said_once():
    rows = customers()
    for column in ("E1", "E2", "E3", "P1", "P2"):
        rows = changed(changed(rows, 3, column, 99), 5, column, "no idea")
    found = [p for p in read_study(study(customers=rows)).problems if p.code == "outside_scale"]
    assert [(p.column, p.rows, p.count, p.values["n"]) for p in found] == [("E1, P1, E2, P2, E3", (3,), 5, 5)]
    few = [p for p in read_study(study(customers=changed(rows, 3, "E1", 4))).problems if p.code == "outside_scale"]
    assert [p.column for p in few] == ["P1", "E2", "P2", "E3"]


def test_blank_rows_are_no_respondents():
    rows = customers()
    rows[3:3] = [[None] * len(rows[0])] * 3
    imported = read_study(workbook({"customers": changed(rows, 8, "E1", 99), "study": SETTINGS}))
    assert imported.report.roles[0].rows_read == 12
    assert [(p.code, p.rows) for p in imported.problems] == [("outside_scale", (8,))]


def test_a_blank_typed_in_the_last_row():
    extra = '<row r="1048576"><c r="B1048576" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
    imported = read_study(study(customers=w.sheet_xml(small(), extra=extra), items=items_sheet()))
    assert imported.study.n(Role.CUSTOMERS) == imported.report.roles[0].rows_read == 12


def test_an_answer_in_the_last_row_is_named_by_its_row():
    extra = '<row r="1048576"><c r="C1048576"><v>99</v></c><c r="D1048576"><v>5</v></c></row>'
    imported = read_study(study(customers=w.sheet_xml(small(), extra=extra), items=items_sheet()))
    assert next(p for p in imported.problems if p.code == "outside_scale").rows == (1048576,)
    assert imported.study.n(Role.CUSTOMERS) == 13


def test_the_declared_dimension_is_not_believed():
    imported = read_study(workbook({"customers": w.sheet_xml(customers(), dimension="A1:A1"), "study": SETTINGS}))
    assert imported.study.n(Role.CUSTOMERS) == 12


def test_a_table_that_starts_further_down_and_right():
    rows = [[None, None, *row] for row in customers()]
    rows = changed(rows, 3, "E1", "what")
    imported = read_study(workbook({"customers": w.sheet_xml(rows, first_row=4), "study": SETTINGS}))
    problem = next(p for p in imported.problems if p.code == "text_in_answer")
    assert (problem.rows, problem.column) == ((6,), "E1")
    assert imported.study.n(Role.CUSTOMERS) == 12


def test_error_values_are_counted_although_the_reader_hides_them():
    imported = read_study(CASES["error_in_answer"]()[0])
    assert imported.report.roles[0].answers_read == 12 * 45
    assert imported.report.set_aside_total == 1


@pytest.mark.parametrize(
    ("encoding", "unit"),
    [
        ("utf-8", "北京"),
        ("utf-8-sig", "北京"),
        ("utf-16", "北京"),
        ("utf-16-le", "Nord"),
        ("gb18030", "北京分行"),
        ("cp1252", "Zürich – Fluntern"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(encoding, unit, separator):
    rows = [[*r[:1], unit if i else "unit", *r[2:]] for i, r in enumerate(customers())]
    imported = read_study(csv_bytes(rows, encoding, separator), "x.csv")
    assert imported.study.units == (unit,)
    assert imported.study.answers[Battery.EXPECTATION][1].tolist() == [r[2] for r in rows[1:]]
    assert "numeric_text" not in codes(imported)


def test_csv_with_decimal_comma_and_named_separator():
    data = b"sep=;\r\n" + csv_bytes(changed(customers(), 2, "E1", "4,5"), separator=";")
    assert read_study(data).study.answers[Battery.EXPECTATION].loc[0, 1] == 4.5


def test_csv_with_short_rows():
    data = csv_bytes(customers()).replace(b"r11,Branch 3", b"r11")
    assert read_study(data).study.n(Role.CUSTOMERS) == 12


def test_the_name_of_the_file_is_only_shown():
    imported = read_study(study(), "..\\..\\tmp/=1+1\u202egnp.xlsx")
    assert imported.report.filename == "=1+1gnp.xlsx"


def test_progress_ends_at_one():
    told = []
    read_study(study(), progress=lambda share, stage: told.append((share, stage)))
    assert [s for s, _ in told] == sorted(s for s, _ in told)
    assert told[-1] == (1.0, "importing.done")


def test_the_same_content_has_the_same_fingerprint():
    assert read_study(study()).study.fingerprint == read_study(study()).study.fingerprint
    assert read_study(study(customers=changed(customers(), 2, "E1", 2))).study.fingerprint != read_study(study()).study.fingerprint


CELLS = st.one_of(
    st.none(),
    st.integers(-3, 10),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8),
    st.sampled_from([w.ERROR, w.DATE, w.FORMULA_WITHOUT_VALUE, " 6 ", "６", "n/a", "none"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=12))
def test_any_cells_are_read_or_accounted_for(cells):
    """Whatever stands in four columns: used answers are the numbers on the scale, all others are set aside, none is lost."""
    base = customers(len(cells))
    at = [base[0].index(h) for h in ("E1", "P1", "E2", "P2")]
    rows = [base[0]]
    for row, new in zip(base[1:], cells, strict=True):
        row = list(row)
        for column, value in zip(at, new, strict=True):
            row[column] = value
        rows.append(row)
    imported = read_study(workbook({"customers": rows, "study": SETTINGS}))
    good = sum(isinstance(v, int | float) and not isinstance(v, bool) and 1 <= v <= 7 for row in cells for v in row)
    typed = sum(isinstance(v, str) and v.strip() in ("6", "６", *"1234567１２３４５７") for row in cells for v in row)
    report = imported.report.roles[0]
    expected = len(cells) * 41 + good
    assert expected <= report.answers_used <= expected + typed + sum(isinstance(v, str) for row in cells for v in row)
    assert report.answers_read == report.answers_used + report.answers_set_aside
    assert report.answers_set_aside == imported.report.set_aside_total
