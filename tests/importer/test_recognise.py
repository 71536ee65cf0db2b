"""Each tool is recognised by the shape of its export, its own columns are known, and personal data is told by name and by content."""

import exports
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.importer import read_study
from gaps.importer.child import header_rows
from gaps.importer.mapping import Meaning
from gaps.importer.recognise import metadata, recognise, several_choices, tools
from gaps.importer.sheets import Column, Sheet, header_of, spread


def column(header: str, *values: object, titles: tuple[str, ...] = ()) -> Column:
    """A column of these cells, each distinct."""
    import numpy as np

    return Column("A", header, None, np.arange(len(values), dtype=np.int32), values, titles)


def sheet(*headers: str) -> Sheet:
    """A sheet with these headers over one row."""
    return Sheet("customers", False, 1, 1, tuple(column(h, "x") for h in headers))


@pytest.mark.parametrize("ragged", [False, True])
def test_old_qualtrics_exports(ragged):
    """V1 to V10 with their meaning below: two header rows, metadata by the second, answers by the question's name and text; the empty
    column at the end is nothing, and rows that end early (or have no such column) are as good as any."""
    rows = exports.qualtrics_legacy()
    if ragged:
        rows = [row[:-1] if i % 2 else row for i, row in enumerate(rows)]
        rows[5] = rows[5][:24]  # its reader stopped after the overall question and one more
    imported = read_study(exports.as_csv(rows), "old.csv")
    mapping, cells = imported.mapping, exports.answers(9, 1, 7)
    assert (mapping.tool, mapping.header_rows, mapping.first_row) == ("qualtrics", {"old.csv": 2}, {"old.csv": 3})
    assert imported.study.n("customers") == exports.N
    assert imported.study.answers["E"].to_numpy().tolist() == [row[:6] for row in cells]
    assert imported.study.answers["P"].to_numpy().tolist() == [row[6:] for row in cells]
    kinds = [mapping.columns[i].meaning for i in (0, 5, 6, 7, 9, 27)]
    assert [k.value for k in kinds] == ["respondent", "personal", "status", "started", "status", "ignored"]
    assert mapping.columns[10].header == "Q2_1: What do you expect? Expectation-The counter is easy to find"
    assert imported.study.customers["finished"].tolist()[:3] == ["1", "0", "1"]
    assert not {"header_missing", "header_not_first"} & {p.code for p in imported.problems}


@pytest.mark.parametrize("tool", exports.TOOLS)
def test_the_tool_of_each_shape(tool):
    imported = read_study(exports.as_csv(exports.TOOLS[tool]()), "export.csv")
    assert imported.mapping.tool == tool
    said = next(p for p in imported.problems if p.code == "export_recognised")
    assert said.values["tool"] == tools()[tool].name


HEADER_ROWS = {"qualtrics": 3, "surveymonkey": 2}


@pytest.mark.parametrize("tool", exports.TOOLS)
def test_the_header_rows_of_each_shape(tool):
    mapping = read_study(exports.as_csv(exports.TOOLS[tool]()), "export.csv").mapping
    rows = HEADER_ROWS.get(tool, 1)
    assert (dict(mapping.header_rows), dict(mapping.first_row)) == ({"export.csv": rows}, {"export.csv": rows + 1})


def test_a_plain_table_is_no_tool():
    assert recognise(sheet("a", "b", "c")).tool is None


def test_google_forms_without_its_timestamp_is_told_by_its_questions():
    asked = [column(f"How well do you know office number {i}?", "a", "b") for i in range(4)]
    choices = column("Which of our offices have you been to?", "North, South", "South, West", "North, South, West", "West, North")
    found = recognise(Sheet("customers", False, 1, 4, (*asked, choices)))
    assert (found.tool, found.reason) == ("google_forms", "question_texts")
    assert found.confidence < 0.8


# -- header rows

E = ""


@pytest.mark.parametrize(
    ("top", "rows"),
    [
        ([["a", "b"], [1, 2]], (0, 0)),
        ([["Survey 2026", E, E, E], [E, E, E, E], ["a", "b", "c", "d"], [1, 2, 3, 4]], (2, 2)),
        ([["id", "Q", E, "Age"], [E, "one", "two", "Response"], ["7", "4", "5", "30"]], (0, 1)),
        ([["Expectation", E, "Perception", E], ["quick", "kind", "quick", "kind"], [5, 4, 3, 2]], (0, 1)),
        ([["a", "b", "c"], ["x", E, "y"], ["x", "z", "y"]], (0, 0)),
        ([["a", E, E], ["1", "2", "3"], ["4", "5", "6"]], (0, 0)),  # columns without a name, not a second header row
        ([["E1", "P1", E], ["five", "four", "none"], ["x", "y", "z"]], (0, 0)),  # our own format is left as it was
        ([["a", "b"], ["A", "B"], ['{"ImportId":"x"}', '{"ImportId":"y"}'], ["1", "2"]], (0, 2)),
        ([], (0, 0)),
        ([["only"]], (0, 0)),
    ],
)
def test_header_rows(top, rows):
    assert header_rows(top) == rows


@given(st.lists(st.lists(st.one_of(st.text(max_size=3), st.floats(), st.booleans()), max_size=4), max_size=6))
def test_header_rows_are_rows(top):
    first, last = header_rows(top)
    assert 0 <= first <= last <= max(0, len(top) - 1)
    assert last - first <= 2


def test_names_of_several_rows():
    assert header_of(("Q1_2", "How kind?", '{"ImportId":"QID1"}')) == "Q1_2: How kind?"
    assert header_of(("Progress", "Progress", "{}")) == "Progress"
    assert header_of(("How is it?", "kind")) == "How is it? [kind]"
    assert header_of(("Age", "Response")) == "Age"
    assert spread(["id", "Q", "", "Age", ""], ["", "a", "b", "Response", ""]) == ["id", "Q", "Q", "Age", ""]


# -- personal data


@pytest.mark.parametrize(
    ("header", "values", "meaning"),
    [
        ("Where can we write to you?", ("a@example.org", "b@example.org", "none"), Meaning.PERSONAL),
        ("from", ("10.0.0.1", "192.168.1.77"), Meaning.PERSONAL),
        ("来自", ("10.0.0.1(北京)", "10.0.0.2(上海-上海)"), Meaning.PERSONAL),
        ("v6", ("2001:db8::1", "fe80::1:2"), Meaning.PERSONAL),
        ("Your mobile, please", ("+49 170 1234567", "0170-7654321"), Meaning.PERSONAL),
        ("怎样联系您", ("13800000001", "13900000002"), Meaning.PERSONAL),
        ("姓名", ("王", "李"), Meaning.PERSONAL),
        ("Name", ("A", "B"), Meaning.PERSONAL),
        ("gps position", ("48.1 11.5", "52.5 13.4"), Meaning.PERSONAL),
        (
            "What would you like to tell us?",
            ("The queue was long and nobody came", "All was well, and quickly done too"),
            Meaning.COMMENT,
        ),
        ("意见", ("太慢", "很好", "无话可说"), Meaning.COMMENT),
    ],
)
def test_personal_data(header, values, meaning):
    assert metadata(column(header, *values), None)[0] is meaning


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("1、手机部数", ("1部", "2部")),
        ("How many phones do you own?", ("1", "2", "3")),
        ("Product name", ("a", "b")),
        ("Staff give me comments that help", ("1", "2", "3")),
        ("age", ("18-29", "30-44")),
        ("version", ("5", "6")),
    ],
)
def test_what_is_not_personal(header, values):
    many = column(header, *values)
    many = Column("A", header, None, many.codes.repeat(20), many.values)
    assert metadata(many, None) is None


def test_no_personal_answer_gets_into_the_study_or_the_map():
    """Whatever stands in the columns of persons is nowhere in the mapping, the report or the study."""
    from gaps.importer.mapping import dumps

    imported = read_study(exports.as_csv(exports.qualtrics()), "export.csv")
    everything = dumps(imported.mapping) + repr(imported.mapping) + repr(imported.report) + repr(imported.problems)
    everything += imported.study.customers.to_csv()
    for secret in ("a7@example.org", "Name7", "10.0.0.7", "48.1"):
        assert secret not in everything
    assert next(p for p in imported.problems if p.code == "personal_not_kept").count == 4


PRIVATE = {
    "Name": ("Ada Secret", "Bo Secret"),
    "e-mail": ("ada@secret.example", "bo@secret.example"),
    "Phone": ("+49 170 1234567", "0170-7654321"),
    "where from": ("10.11.12.13", "10.11.12.14"),
    "Comments": ("Secret praise", "no"),
    "姓名": ("秘密甲", "秘密乙"),
    "What else would you like to say": ("The secret queue was long and nobody came", "All was secretly well, and quickly done"),
}
SEGMENTS = {
    "Age": ("18-29", "30-44"),
    "Region": ("North", "South"),
    "Location": ("Hall", "Yard"),
    "Product name": ("tea", "rice"),
    "Uses GPS": ("yes", "no"),
    "Mobile": ("yes", "no"),
    "Feedback channel": ("desk", "post"),
    "Reason for the visit": ("to hand in a form at the counter downstairs", "to ask about a letter that has come by post"),
    "Address": ("是", "否"),
}


def own_format(n: int, few: bool, **more) -> bytes:
    """Our own workbook as a text table, with further columns: two values throughout, or in the first rows alone."""
    head = ["unit", *(f"E{k}" for k in range(1, 23)), *(f"P{k}" for k in range(1, 23)), *more]
    rows = []
    for i in range(n):
        extra = [values[i % 2] if not few or i < 2 else "" for values in more.values()]
        rows.append(["12 Hill Street, Leeds" if i % 2 else "Main Street 3", *((i + k) % 5 + 1 for k in range(44)), *extra])
    return exports.as_csv([head, *rows])


@pytest.mark.parametrize("few", [False, True])
def test_personal_columns_of_our_own_format_are_not_kept_and_said(few):
    told = {h: v for h, v in PRIVATE.items() if few or not h.startswith("What else")}  # said by half of all: no words of one's own
    imported = read_study(own_format(40, few, **told), "own.csv")
    problem = next(p for p in imported.problems if p.code == "personal_not_kept")
    assert (problem.count, problem.sheet) == (len(told), "own.csv")
    assert problem.values["columns"] == ", ".join(told)
    assert not imported.study.segments
    everything = imported.study.customers.to_csv() + repr(imported.report) + repr(imported.problems)
    assert "secret" not in everything.casefold() and "秘密" not in everything and "10.11.12" not in everything
    assert {c.header: c.meaning for c in imported.report.columns}["Name"] == "personal"


def test_segments_and_units_of_our_own_format_stay():
    imported = read_study(own_format(40, False, **SEGMENTS), "own.csv")
    assert imported.study.segments == tuple(SEGMENTS)
    assert imported.study.units == ("12 Hill Street, Leeds", "Main Street 3")
    assert "personal_not_kept" not in {p.code for p in imported.problems}


def test_a_personal_column_is_kept_where_a_map_takes_it_for_a_segment():
    from gaps.importer import correction, mapping_of

    data = own_format(40, False, Name=PRIVATE["Name"])
    mapping, _ = mapping_of(data, "own.csv")
    place = next(i for i, c in enumerate(mapping.columns) if c.header == "Name")
    assert read_study(data, "own.csv", mapping=correction.take(mapping, place, "segment")).study.segments == ("Name",)
    assert read_study(data, "own.csv", mapping=mapping).study.segments == ()


def test_several_choices_in_a_cell():
    assert several_choices(column("which", "a, b", "b, c", "a, b, c", "c"))
    assert several_choices(column("which", "a;b;", "b;"), ";")
    assert not several_choices(column("income", "$0 - $24,999", "$25,000 - $49,999"))
    assert not several_choices(column("reason", "slow, dull", "kind, warm"))
