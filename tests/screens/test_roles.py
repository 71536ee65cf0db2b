"""Customers, managers and employees in files of their own: together, one after the other, and told apart by a person."""

from __future__ import annotations

import pytest

from gaps.i18n import Words
from tests.importer.workbooks import workbook

from .conftest import customers, go, hand_in, hand_in_together, tables, text, well
from .test_mapping import ASPECTS, draft, form

LANGUAGES = ("en", "zh")


def staff(marks: tuple[str, str], n: int = 12, items: int = 12) -> bytes:
    """A form for staff on the same aspects of a library."""
    head = ["Timestamp", "Branch", *(f"The {aspect} of a library [{mark}]" for mark in marks for aspect in ASPECTS[:items])]
    lines = [["2026/03/01", ("North", "South")[i % 2], *((i + k) % 7 + 1 for k in range(2 * items))] for i in range(n)]
    return "\n".join(",".join(map(str, line)) for line in [head, *lines]).encode()


MANAGERS = staff(("customers expect", "our standards"))
EMPLOYEES = staff(("delivered", "promised"))


def who(at, place: int):
    return next(s for s in at.selectbox if s.key and s.key.startswith(f"who-{place}-"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_files_at_once(app, language):
    at = hand_in_together(app(language), ("m.csv", MANAGERS), ("form.csv", form()), ("e.csv", EMPLOYEES))
    words = Words(language)
    assert [who(at, k).value for k in range(3)] == ["managers", "customers", "employees"]
    table = at.data_editor[0].value
    assert len(table) == 28 + 2 * 26
    assert set(table["who"]) == {words(f"app.upload.who.{r}") for r in ("customers", "managers", "employees")}
    said = text(at)
    assert words("app.upload.count.managers", n=12) in said
    assert words("app.upload.count.employees", n=12) in said
    go(at, "five_gaps")


def test_managers_file_may_come_later(app):
    """It joins the customers that are there; without them it is refused and says what is missing."""
    at = hand_in(app("en"), "managers.csv", MANAGERS)
    assert "customers’ file" in tables(at)
    assert (who(at, 0).label, who(at, 0).value) == ("managers\\.csv", "managers")  # the refusal says where to say that they are customers
    at = hand_in(app("en"), "form.csv", form())
    hand_in(at, "managers.csv", MANAGERS)
    assert Words("en")("app.upload.count.managers", n=12) in text(at)
    hand_in(at, "employees.csv", EMPLOYEES)
    said = text(at)
    assert Words("en")("app.upload.count.employees", n=12) in said
    assert Words("en")("app.upload.count.managers", n=12) in said
    hand_in(at, "managers again.csv", staff(("customers expect", "our standards"), n=7))
    said = text(at)
    assert Words("en")("app.upload.count.managers", n=7) in said  # the newer file takes the place of the older
    assert Words("en")("app.upload.count.employees", n=12) in said


def test_a_person_says_who_answered(app):
    at = hand_in_together(app("en"), ("form.csv", form()), ("m.csv", MANAGERS))
    who(at, 1).set_value("")
    well(at.run())
    well(at.button(key="who-take").click().run())
    assert Words("en")("app.upload.count.managers", n=12) not in text(at)
    assert len(draft(at).columns) == 28
    assert who(at, 1).value == ""
    well(at.button(key="mapping-apply").click().run())  # the corrections keep to what was said
    assert Words("en")("app.upload.count.managers", n=12) not in text(at)


def test_two_files_of_customers_are_a_question_and_no_end(app):
    at = hand_in_together(app("en"), ("one.csv", form()), ("two.csv", form(seed=3)))
    assert "one.csv, two.csv" in tables(at)
    who(at, 0).set_value("customers")
    who(at, 1).set_value("")
    well(at.run())
    well(at.button(key="who-take").click().run())
    assert Words("en")("app.upload.count.customers", n=60) in text(at)


def test_two_files_of_managers_are_a_question_and_no_end(app):
    """The one that is proposed can be taken as it is."""
    named = workbook({"managers": [["unit", "M1", "M2", "M3"], *([f"Branch {i % 3 + 1}", 4, 5, 6] for i in range(6))]})
    files = (("study.csv", customers(30)), ("a.xlsx", named), ("managers.csv", b"M1,M2,M3\n1,2,3\n2,3,4\n3,4,5\n"))
    at = hand_in_together(app("en"), *files)
    assert "managers.csv" in tables(at)
    assert [who(at, k).value for k in range(3)] == ["customers", "managers", ""]
    at.button(key="who-take").click()
    well(at.run())
    assert Words("en")("app.upload.count.managers", n=6) in text(at)
