"""Our own columns answered in words give the study of their twin in numbers, and a map to correct it by."""

import pytest
from workbooks import SETTINGS, answers, changed, customers, workbook

from gaps.importer import read_study
from gaps.importer.mapping import Meaning
from gaps.model import Battery

WORDS = ["strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "agree", "strongly agree"]
CHINESE = ["非常不同意", "不同意", "有点不同意", "一般", "有点同意", "同意", "非常同意"]
ROWS = customers(12, region=["a", "b"] * 6)
TWIN = read_study(workbook({"customers": ROWS, "study": SETTINGS})).study
ANSWERS = range(2, 46)


def said(say, columns=ANSWERS, every=1) -> list[list]:
    """The same customers, every so many of them with their answers in some columns said in words."""
    rows = [[say(v) if k in columns and r % every == 0 else v for k, v in enumerate(row)] for r, row in enumerate(ROWS[1:])]
    return [ROWS[0], *rows]


def read(rows, **sheets):
    return read_study(workbook({"customers": rows, "study": SETTINGS} | sheets))


def codes(imported) -> list[str]:
    return [p.code for p in imported.problems]


@pytest.mark.parametrize(
    "rows",
    [
        said(lambda v: WORDS[v - 1].capitalize()),
        said(lambda v: CHINESE[v - 1]),
        said(lambda v: f"{v} - {WORDS[v - 1]}"),
        said(lambda v: WORDS[v - 1], every=3),
        said(lambda v: f"{v} - {WORDS[v - 1]}", every=3),
        said(lambda v: WORDS[v - 1], columns=(2,)),
    ],
    ids=["english", "chinese", "numbered", "some_customers", "some_customers_numbered", "one_item"],
)
def test_words_are_the_numbers_they_stand_for(rows):
    imported = read(rows)
    assert imported.study.fingerprint == TWIN.fingerprint
    assert "answers_in_words" in codes(imported)
    assert "text_in_answer" not in codes(imported)


def test_columns_stay_what_their_names_say():
    """The map that is offered for correction has each column as our own format has it, and the instrument's own item labels."""
    mapping = read(said(lambda v: WORDS[v - 1])).mapping
    assert {n: c.header for n, c in mapping.answers(Battery.PERCEPTION).items()} == {n: f"P{n}" for n in range(1, 23)}
    assert [c.header for c in mapping.of(Meaning.OUTCOME)] == ["overall_quality"]
    assert mapping.items == TWIN.instrument.items


def test_read_again_by_its_map():
    rows = said(lambda v: WORDS[v - 1])
    again = read_study(workbook({"customers": rows, "study": SETTINGS}), mapping=read(rows).mapping)
    assert again.study.fingerprint == TWIN.fingerprint


def test_the_map_has_the_scale_that_was_assumed():
    rows = said(lambda v: WORDS[v - 1], columns=(2,))
    assert read_study(workbook({"customers": rows})).mapping.scale == TWIN.instrument.scale


def test_numbers_alone_need_no_map():
    assert read(ROWS).mapping is None


def test_a_remark_is_no_answer():
    imported = read(changed(ROWS, 3, "E4", "see the letter"))
    assert imported.mapping is None
    assert "text_in_answer" in codes(imported)


def test_words_of_a_shorter_scale_are_not_guessed():
    """Five words in one column beside numbers from 1 to 7: nobody knows what they mean there."""
    five = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    imported = read(said(lambda v: five[min(v, 5) - 1], columns=(2,)))
    assert imported.study.answers[Battery.EXPECTATION][1].isna().all()
    assert "text_in_answer" in codes(imported)


def test_unknown_words_can_be_explained():
    """A refusal that speaks of the mapping offers one."""
    imported = read(said(lambda v: f"w{'abcdefg'[v - 1]}rd"))
    assert imported.study is None
    assert imported.mapping.answers(Battery.EXPECTATION)[1].labels in imported.mapping.labels


def test_staff_in_words():
    managers = [["respondent", *(f"{b}{i}" for i in range(1, 23) for b in "MS")], *([f"m{i}", *answers(i)] for i in range(6))]
    worded = [managers[0], *([row[0], *(WORDS[v - 1] for v in row[1:])] for row in managers[1:])]
    numbers = read(ROWS, managers=managers).study
    assert read(ROWS, managers=worded).study.fingerprint == numbers.fingerprint
