"""A column map is written down and read back unchanged, holds no answers, and is refused with a reason where it is none."""

from dataclasses import replace

import exports
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.i18n import LANGUAGES, Words
from gaps.importer import read_study
from gaps.importer.mapping import (
    ALL_ITEMS,
    FORMAT,
    ColumnGuess,
    ColumnMap,
    Grouping,
    LabelSet,
    Meaning,
    dumps,
    loads,
    shape_of,
)
from gaps.model import Battery, Dimension, Item, Scale

AGREEMENT = LabelSet({"agree": 2.0, "disagree": 1.0}, {"n/a": "not_applicable"}, Scale(1, 2), "agreement", False, ("perhaps",))
E1 = ColumnGuess("s", 0, "E one", Meaning.ANSWER, Battery.EXPECTATION, 1, labels="set1", confidence=0.5, reason="coded", pairing="number")
P1 = replace(E1, position=1, header="P one", battery=Battery.PERCEPTION)
WHOLE = ColumnMap(
    tool="kobo",
    columns=(
        E1,
        P1,
        ColumnGuess("s", 2, "how good", Meaning.OUTCOME, outcome="overall_quality"),
        ColumnGuess("s", 3, "sex", Meaning.SEGMENT),
    ),
    items=(Item(1, "speed", {"en": "fast", "zh": "快"}, True),),
    dimensions=(Dimension("speed", {"en": "Speed"}),),
    scale=Scale(1, 2),
    labels={"set1": AGREEMENT},
    header_rows={"s": 2},
    first_row={"s": 3},
    grouping=Grouping.LABEL,
    instrument="mine",
    title="A study",
    shape="abc",
)


def test_written_and_read_back():
    assert loads(dumps(WHOLE)) == WHOLE


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_any_text_survives(header, key):
    """Quotation marks, backslashes, line ends and control characters of a header come back as they were."""
    labels = {key: replace(AGREEMENT, values={header: 1.0, key + header: 2.0})}
    mapping = replace(
        WHOLE, columns=tuple(replace(c, header=header, labels=key if c.labels else None) for c in WHOLE.columns), labels=labels
    )
    assert loads(dumps(mapping)) == mapping


def test_no_answers_are_written_down():
    mapping = replace(WHOLE, columns=tuple(replace(c, examples=("secret answer",)) for c in WHOLE.columns))
    assert "secret" not in dumps(mapping)


HEAD = f'format = "{FORMAT}"\n'
ANSWER = '[[columns]]\nsheet = "s"\nposition = 0\nheader = "h"\nmeaning = "answer"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no toml",
        'format = "other/1"\ncolumns = []',
        HEAD,
        HEAD + "columns = 7",
        HEAD + "columns = [1]",
        HEAD + ANSWER,
        HEAD + ANSWER + 'battery = "E"\nitem = 0',
        HEAD + ANSWER + 'battery = "Z"\nitem = 1',
        HEAD + ANSWER + 'battery = "E"\nitem = 1\nlabels = "gone"',
        HEAD + ANSWER.replace("answer", "outcome") + 'outcome = "joy"',
        HEAD + "columns = []\nscale = [7, 1]",
        HEAD + "columns = []\nscale = [1, nan]",
        HEAD + 'columns = []\n[[items]]\nnumber = 1\ndimension = "d"',
        HEAD + 'columns = []\n[labels.a]\nscale = [1, 2]\nvalues = {}\nmissing = { x = "whatever" }',
        HEAD + "columns = " + "[" * 5000,
    ],
)
def test_what_is_no_map_is_refused_in_words(text):
    problems = loads(text)
    assert [p.code for p in problems] == ["mapping_unreadable"]
    for language in LANGUAGES:
        assert "{" not in Words(language)("problems.mapping_unreadable", **{**problems[0].values, "why": "x"})


def test_items_follow_the_columns():
    """An answer column of a new item brings the item; an item that nobody is asked goes."""
    more = WHOLE.with_column(3, meaning=Meaning.ANSWER, battery=Battery.PERCEPTION, item=2)
    assert [(i.number, i.dimension) for i in more.items] == [(1, "speed"), (2, "speed")]
    assert (more.columns[3].confidence, more.columns[3].reason) == (1.0, "given")
    fewer = more.with_column(0, meaning=Meaning.IGNORED).with_column(1, meaning=Meaning.IGNORED)
    assert [i.number for i in fewer.items] == [2]


def test_grouping_by_a_person():
    first, second = Dimension("a"), Dimension("b")
    grouped = WHOLE.with_column(3, meaning=Meaning.ANSWER, battery=Battery.PERCEPTION, item=2).grouped((first, second), {1: "b", 2: "a"})
    assert [(i.number, i.dimension) for i in grouped.items] == [(1, "b"), (2, "a")]
    assert grouped.grouping is Grouping.GIVEN
    with pytest.raises(ValueError, match="dimension"):
        grouped.grouped((first,), {1: "a", 2: "z"})


def test_shape_is_of_the_headers_alone():
    assert shape_of([("s", "A b"), ("s", "c")]) == shape_of([("s", "a  B"), ("s", "c")])
    assert shape_of([("s", "a"), ("s", "c")]) != shape_of([("s", "c"), ("s", "a")])


@pytest.fixture(scope="module")
def guessed() -> ColumnMap:
    return read_study(exports.as_csv(exports.google_forms()), "form.csv").mapping


def test_the_next_wave_takes_the_map_of_the_last(guessed):
    """Other answers, other order of the columns: the same map fits, and gives what the guess gives."""
    rows = exports.google_forms()
    turned = [row[::-1] for row in rows]
    by_guess, by_map = read_study(exports.as_csv(rows), "w2.csv"), read_study(exports.as_csv(turned), "w2.csv", mapping=guessed)
    assert by_map.mapping is guessed
    for battery, frame in by_guess.study.answers.items():
        assert frame.equals(by_map.study.answers[battery])
    assert by_guess.mapping.shape == guessed.shape


def test_a_given_map_is_not_reported_as_a_guess(guessed):
    given = guessed.grouped((Dimension("speed"),), {i.number: "speed" for i in guessed.items})
    imported = read_study(exports.as_csv(exports.google_forms()), "w.csv", mapping=loads(dumps(given)))
    codes = {p.code for p in imported.problems}
    assert not codes & {"export_recognised", "dimensions_missing", "dimensions_guessed", "columns_doubtful"}
    assert imported.study.instrument.dimensions == (Dimension("speed"),)


def test_columns_that_are_not_there_are_said(guessed):
    rows = [row[:8] + row[9:] for row in exports.google_forms()]
    imported = read_study(exports.as_csv(rows), "w.csv", mapping=guessed)
    found = [p for p in imported.problems if p.code == "mapping_columns_missing"]
    assert [(p.count, p.values["columns"]) for p in found] == [(1, "3-1. Staff explain the next step [EXPECTATION]")]
    assert imported.study is not None


def test_a_map_of_another_questionnaire_is_refused(guessed):
    imported = read_study(exports.as_csv(exports.limesurvey()), "w.csv", mapping=guessed)
    assert imported.study is None
    assert "mapping_does_not_fit" in {p.code for p in imported.problems}
    for problem in imported.problems:
        for language in LANGUAGES:
            assert "{" not in Words(language)(f"problems.{problem.code}", **problem.values)


def test_a_column_taken_for_something_else(guessed):
    """What is left out by the map is not in the study; a comment kept on purpose as a segment is."""
    place = next(i for i, c in enumerate(guessed.columns) if c.header == "Gender")
    imported = read_study(exports.as_csv(exports.google_forms()), "w.csv", mapping=guessed.with_column(place, meaning=Meaning.UNIT))
    assert imported.study.units == ("f", "m")
    assert imported.study.segments == ()


def test_without_dimensions_all_items_are_one(guessed):
    assert [d.id for d in guessed.dimensions] == [ALL_ITEMS]
    assert {i.dimension for i in guessed.items} == {ALL_ITEMS}
    assert [Words(language)(f"mapping.grouping.{guessed.grouping}") != "" for language in LANGUAGES] == [True, True]
