"""Who answered what: customers, managers and employees on sheets of one workbook or in files of their own, in anybody's words."""

import exports
import numpy as np
import pytest
import workbooks
from cases import study as own_study

from gaps.importer import mapping_of, read_study
from gaps.importer.mapping import Meaning, dumps, loads
from gaps.importer.roles import role_in
from gaps.model import Battery, Gap, Role

FORMS = {"customers": exports.google_forms, "managers": exports.managers, "employees": exports.employees}


def in_files(**names) -> list[tuple[str, bytes]]:
    names = {"customers": "responses.csv", "managers": "Managers 2026.csv", "employees": "员工问卷.csv", **names}
    return [(names[role], exports.as_csv(FORMS[role]())) for role in FORMS]


def in_one_workbook(names=("Form responses 1", "Branch managers", "Staff")) -> bytes:
    return workbooks.workbook(dict(zip(names, (form() for form in FORMS.values()), strict=True)))


def expected_answers(role: str) -> np.ndarray:
    seed, n = (11, 9) if role == "managers" else (12, 15)
    return np.array(exports.answers(seed, 1, 7, n, 12))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
@pytest.mark.parametrize("how", ["files", "workbook"])
def test_three_forms_make_one_study(how, order):
    files = in_files()
    imported = read_study([files[i] for i in order]) if how == "files" else read_study(in_one_workbook(), "all.xlsx")
    study = imported.study
    assert study is not None, [p.code for p in imported.problems]
    assert {str(r): study.n(r) for r in Role} == {"customers": 24, "managers": 9, "employees": 15}
    managers, employees = expected_answers("managers"), expected_answers("employees")
    assert study.answers[Battery.BELIEF].to_numpy().tolist() == managers[:, :6][:, ::-1].tolist()  # asked in the other order
    assert study.answers[Battery.STANDARD].to_numpy().tolist() == managers[:, 6:][:, ::-1].tolist()
    assert study.answers[Battery.DELIVERY].to_numpy().tolist() == employees[:, ::2].tolist()
    assert study.answers[Battery.PROMISE].to_numpy().tolist() == employees[:, 1::2].tolist()
    assert all(study.design(gap) == "items" for gap in Gap)
    assert study.units == ("North", "South")
    matched = {p.sheet: p.values["n"] for p in imported.problems if p.code == "staff_items_matched"}
    assert list(matched.values()) == [6, 6]
    assert [role for _, role in imported.sheets if role] == [*FORMS] if order == (0, 1, 2) else True


def test_the_same_numbers_in_files_and_sheets():
    one, other = read_study(in_files()).study, read_study(in_one_workbook(), "responses.xlsx").study
    assert one.fingerprint == other.fingerprint


def test_a_map_of_three_forms_drives_next_waves_files():
    mapping = read_study(in_files()).mapping
    again = loads(dumps(mapping))
    assert {c.role for c in again.columns} == {*Role}
    renamed = in_files(customers="Q3 a.csv", managers="Q3 b.csv", employees="Q3 c.csv")
    assert read_study(renamed, mapping=again).study.fingerprint == read_study(in_files(customers="Q3 a.csv")).study.fingerprint
    assert mapping_of(renamed[:1])[0].shape != mapping.shape
    assert read_study(in_one_workbook(), "x.xlsx").mapping.shape == mapping.shape


def test_own_format_beside_a_form():
    """The customers' sheet in our own format, the managers' as a form writes it, matched by number."""
    head = ["Branch", *(f"M-{i}: customers expect" for i in range(1, 23))]
    rows = [["North", *row] for row in exports.answers(4, 1, 7, 8, 22)]
    files = [("customers.xlsx", own_study()), ("managers.csv", exports.as_csv([head, *rows]))]
    study = read_study(files).study
    assert study.answers[Battery.BELIEF].to_numpy().tolist() == exports.answers(4, 1, 7, 8, 22)
    assert study.answers[Battery.EXPECTATION].equals(read_study(own_study()).study.answers[Battery.EXPECTATION])
    assert [d.id for d in study.instrument.dimensions] == ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]


def test_own_format_in_three_files():
    sheets = {"customers": workbooks.customers(12), "managers": [["respondent", "M1", "M2"], ["m1", 4, 5], ["m2", 6, 7]]}
    files = [(f"{name}.xlsx", workbooks.workbook({"Sheet1": rows})) for name, rows in sheets.items()]
    imported = read_study(files)
    assert imported.mapping is None
    assert imported.study.answers[Battery.BELIEF][1].tolist() == [4, 6]
    assert {p.sheet for p in imported.problems if p.sheet} <= {"customers.xlsx › Sheet1", "managers.xlsx › Sheet1"}


def test_one_rating_per_dimension():
    """The direct design: each question names a dimension."""
    codes = [f"{d}: {i} [{b}]" for d in ("Reliability", "Empathy") for i in (1, 2, 3) for b in ("expected", "perceived")]
    customers = [["Timestamp", *codes], *(["x", *row] for row in exports.answers(3, 1, 7))]
    managers = [
        ["Timestamp", *(f"How well is {d} covered by written standards?" for d in ("reliability", "empathy"))],
        ["x", 3, 5],
        ["y", 6, 2],
    ]
    imported = read_study([("a.csv", exports.as_csv(customers)), ("managers.csv", exports.as_csv(managers))])
    assert imported.study.ratings[Gap.STANDARDS].to_dict("list") == {"reliability": [3, 6], "empathy": [5, 2]}
    assert [c.meaning for c in loads(dumps(imported.mapping)).columns if c.role is Role.MANAGERS][1:] == [Meaning.RATING] * 2
    assert [p.values["n"] for p in imported.problems if p.code == "staff_ratings_matched"] == [2]


@pytest.mark.parametrize("blocks", [1, 2])
def test_staff_asked_without_a_mark(blocks):
    """A single block is what managers believe customers expect; asked twice, the standards follow: a guess that is said."""
    items = [f"{i + 1}. {t}" for i, t in enumerate(exports.ITEMS)]
    head = ["Timestamp", *items, *(items if blocks == 2 else [])]
    managers = [head, *(["x", *row] for row in exports.answers(6, 1, 7, 8, 6 * blocks))]
    imported = read_study([("responses.csv", exports.as_csv(exports.google_forms())), ("manager.csv", exports.as_csv(managers))])
    cells = np.array(exports.answers(6, 1, 7, 8, 6 * blocks))
    assert imported.study.answers[Battery.BELIEF].to_numpy().tolist() == cells[:, :6].tolist()
    assert (Battery.STANDARD in imported.study.answers) == (blocks == 2)
    if blocks == 2:
        assert "columns_doubtful" in {p.code for p in imported.problems}


def test_what_nobody_can_match_is_said():
    other = [["Timestamp", "Do you like your job?", "Is the canteen good?"], ["x", 3, 4], ["y", 5, 2]]
    imported = read_study([("responses.csv", exports.as_csv(exports.google_forms())), ("employees.csv", exports.as_csv(other))])
    assert "staff_not_understood" in {p.code for p in imported.problems}
    assert imported.study.n(Role.CUSTOMERS) == 24
    assert Role.EMPLOYEES not in imported.study.respondents


def test_a_person_says_who_answered():
    files = in_files(managers="b.csv", employees="c.csv")
    assert [p.code for p in read_study(files).problems if p.severity == "error"] == []
    said = read_study(files, roles={"b.csv": "managers", "c.csv": ""})
    assert said.study.n(Role.MANAGERS) == 9
    assert Role.EMPLOYEES not in said.study.respondents
    assert dict(said.sheets) == {"responses.csv": "customers", "b.csv": "managers", "c.csv": ""}


def test_every_file_at_fault_is_named():
    imported = read_study([("a.xlsx", b"%PDF-1.7"), ("b.csv", b""), ("c.csv", exports.as_csv(exports.google_forms()))])
    assert [(p.sheet, p.code) for p in imported.problems] == [("a.xlsx", "file_other_format"), ("b.csv", "file_empty")]
    assert imported.study is None


def test_two_files_of_one_name_are_told_apart():
    files = [("export.csv", exports.as_csv(exports.google_forms())), ("export.csv", exports.as_csv(exports.managers()))]
    imported = read_study(files, roles={"export.csv (2)": "managers"})
    assert imported.study.n(Role.MANAGERS) == 9


def test_a_list_of_managers_is_not_their_answers():
    """A sheet that merely lists people changes nothing."""
    people = [["name", "phone"], ["Ann", "5551234567"], ["Bob", "5557654321"]]
    imported = read_study(workbooks.workbook({"customers": workbooks.customers(12), "Managers list": people}))
    assert imported.mapping is None
    assert imported.study.fingerprint == read_study(workbooks.workbook({"customers": workbooks.customers(12)})).study.fingerprint
    assert ("sheet_ignored", "Managers list") in {(p.code, p.sheet) for p in imported.problems}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Branch managers", Role.MANAGERS),
        ("员工问卷", Role.EMPLOYEES),
        ("顾客", Role.CUSTOMERS),
        ("Sheet1", None),
        ("staff on customers", None),
    ],
)
def test_names_of_roles(name, role):
    assert role_in(name) is role


# -- the three-column form


def test_three_columns_in_an_export():
    imported = read_study(exports.as_csv(exports.three_columns()), "library.csv")
    cells = np.array(exports.answers(13, 1, 9, 27, 18))
    for place, battery in enumerate((Battery.ADEQUATE, Battery.DESIRED, Battery.PERCEPTION)):
        assert imported.study.answers[battery].to_numpy().tolist() == cells[:, place::3].tolist()
    assert [i.label() for i in imported.mapping.items] == list(exports.ITEMS)
    assert imported.study.instrument.scale.max == 9
    assert "overall_quality" in imported.study.outcomes


def test_codes_of_three_columns():
    head = [f"Q{i}_{b}" for b in ("min", "des", "per") for i in range(1, 9)]
    rows = [["Start time", "Completion time", *head], *(["x", "y", *row] for row in exports.answers(3, 1, 9, 20, 24))]
    mapping = read_study(exports.as_csv(rows), "a.csv").mapping
    assert sorted(mapping.answers(Battery.ADEQUATE)) == sorted(mapping.answers(Battery.DESIRED)) == [*range(1, 9)]


def test_a_single_table_is_called_by_its_file():
    """Managers' answers in a .csv of their own: “customers” would be the opposite of what is meant."""
    data = b"respondent,M1,M2,S1,S2\nm1,4,5,4,5\nm2,6,6,5,5\n"
    imported = read_study(data, "managers.csv")
    (problem,) = [p for p in imported.problems if p.code == "only_staff"]
    assert (problem.sheet, problem.values["sheets"]) == ("managers.csv", "managers.csv")
    assert imported.sheets == (("managers.csv", "managers"),)


def test_a_second_file_of_managers_is_asked_about():
    """Whoever hands a file in means it to be used: two of the same people are refused for every role, unless one is said to be left out."""
    head, *rows = [["respondent", *(f"{b}{i}" for i in range(1, 23) for b in "MS")], *([f"m{i}", *workbooks.answers(i)] for i in range(6))]
    files = [
        ("study.xlsx", own_study()),
        ("spring.xlsx", workbooks.workbook({"managers": [head, *rows]})),
        ("managers.csv", exports.as_csv([head, *rows[:3]])),
    ]
    imported = read_study(files)
    (problem,) = [p for p in imported.problems if p.code == "duplicate_role"]
    assert imported.study is None
    assert problem.values["sheets"] == "spring.xlsx › managers, managers.csv"
    assert read_study(files, roles={"managers.csv": ""}).study.n(Role.MANAGERS) == 6
    assert read_study(files, roles={"spring.xlsx › managers": ""}).study.n(Role.MANAGERS) == 3


def test_an_older_copy_in_the_same_workbook_is_left_out():
    imported = read_study(own_study(**{"customers 2024": workbooks.customers(12)}), "study.xlsx")
    assert imported.study.n(Role.CUSTOMERS) == 12
    assert "sheet_ignored" in [p.code for p in imported.problems]


def test_a_table_without_sheets_is_called_as_its_file():
    head = ["respondent", *(f"{b}{i}" for i in range(1, 23) for b in "MS")]
    imported = read_study(exports.as_csv([head, *([f"m{i}", *workbooks.answers(i)] for i in range(6))]), "spring.csv", roles={})
    (problem,) = [p for p in imported.problems if p.code == "only_staff"]
    assert (problem.sheet, problem.values["sheets"]) == ("spring.csv", "spring.csv")
    assert imported.sheets == (("spring.csv", "managers"),)
