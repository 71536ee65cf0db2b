"""Which column is the unit where none is named so, and names that may mean the same unit."""

from workbooks import SETTINGS, customers, workbook

from gaps.importer import read_study
from gaps.model import Role

ROWS = customers(12)


def renamed(name: str, rows=ROWS) -> list[list]:
    return [[name if h == "unit" else h for h in rows[0]], *rows[1:]]


def read(rows, **sheets):
    return read_study(workbook({"customers": rows, "study": SETTINGS} | sheets))


def codes(imported) -> list[str]:
    return [p.code for p in imported.problems]


def test_a_branch_is_the_unit():
    for name in ("Branch name", "Store", "门店"):
        assert read(renamed(name)).study.fingerprint == read(ROWS).study.fingerprint


def test_a_column_named_unit_comes_first():
    study = read(customers(12, branch=["a", "b"] * 6)).study
    assert study.units == ("Branch 1", "Branch 2", "Branch 3")
    assert study.segments == ("branch",)


def test_of_two_neither_is_taken():
    study = read([[*row, "Department" if i == 0 else "ab"[i % 2]] for i, row in enumerate(renamed("Branch"))]).study
    assert study.units == ()
    assert study.segments == ("Branch", "Department")


def test_names_of_which_nearly_everybody_has_another_are_no_units():
    rows = [[row[0], f"Room {i}", *row[2:]] for i, row in enumerate(ROWS)]
    assert read(renamed("Location", rows)).study.units == ()


def test_managers_by_the_same_name():
    managers = [["Branch", "M1", "M2", "M3"], *([f"Branch {i}", 4, 5, 6] for i in (1, 2, 3))]
    study = read(ROWS, managers=managers).study
    assert list(study.respondents[Role.MANAGERS]["unit"]) == ["Branch 1", "Branch 2", "Branch 3"]


def test_names_that_differ_in_letters_or_numbers_are_not_alike():
    rows = [
        [row[0], name, *row[2:]]
        for row, name in zip(ROWS[1:], ["1", "10", "1.05", "1.5", "A", "A+", "B1", "B2", "C", "D", "E", "F"], strict=True)
    ]
    assert "unit_names_alike" not in codes(read([ROWS[0], *rows]))


def test_across_roles():
    """A manager's "branch 1" meets no customers of "Branch 1" unless somebody is told."""
    managers = [["unit", "M1", "M2", "M3"], *([f"branch {i}", 4, 5, 6] for i in (1, 2, 3))]
    (problem,) = [p for p in read(ROWS, managers=managers).problems if p.code == "unit_names_alike"]
    assert problem.count == 3
    assert problem.values["names"].startswith("“Branch 1”, “branch 1”; ")
