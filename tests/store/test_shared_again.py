"""A study shared again: what is compared, as followers see it, and how it is said."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from build import random_study
from kept import imported

from gaps import quality, store
from gaps.disclosure import Minimum
from gaps.editions import exposing
from gaps.findings import editions
from gaps.i18n import Words
from gaps.model import Role

MINIMUM = Minimum()


def without(study, n: int):
    masks = {role: np.ones(study.n(role), bool) for role in study.respondents}
    masks[Role.CUSTOMERS][:n] = False
    return study.only(masks)


def test_an_earlier_edition_on_the_shelf_is_found_and_one_that_was_taken_back_is_not():
    study = random_study(1)
    assert exposing(study, MINIMUM) == ()
    token = store.keep(imported(without(study, 2)))
    (edition,) = exposing(study, MINIMUM)
    assert edition.when.date() == date.today()
    assert (edition.exposed[0].added, edition.exposed[0].removed) == (2, 0)
    assert exposing(study, Minimum(1, 1, 1)) == ()
    before = store.listing()
    assert store.forget(token)
    assert store.listing() != before
    assert exposing(study, MINIMUM) == ()


def test_earlier_editions_are_compared_as_their_followers_see_them(monkeypatch):
    study = random_study(1)
    store.keep(replace(imported(study), aside=("somebody",)))
    monkeypatch.setattr(quality, "set_aside", lambda made, aside: without(made, 1) if aside == ("somebody",) else made)
    assert exposing(without(study, 1), MINIMUM) == ()
    assert exposing(study, MINIMUM)[0].exposed[0].added == 1


def test_a_damaged_file_and_a_study_of_other_items_are_passed_over(own_folder):
    study = random_study(1)
    store.keep(imported(without(study, 2)))
    (file,) = own_folder.rglob("*.study")
    file.write_bytes(file.read_bytes()[:-60])
    assert exposing(study, MINIMUM) == ()
    store.keep(imported(without(study, 2)))
    numbers = {n: n + 100 for n in study.instrument.numbers}
    items = tuple(replace(item, number=numbers[item.number]) for item in study.instrument.items)
    others = study.with_(
        instrument=replace(study.instrument, items=items), answers={b: f.rename(columns=numbers) for b, f in study.answers.items()}
    )
    assert list(store.alike(others)) == []
    assert len(list(store.alike(study))) == 1


def test_only_the_latest_are_compared(monkeypatch):
    study = random_study(1)
    monkeypatch.setattr(store.studies, "MOST_ALIKE", 2)
    for n in (3, 2, 1):
        store.keep(imported(without(study, n)))
    assert [e.exposed[0].added for e in exposing(study, MINIMUM)] == [1, 2]


@pytest.mark.parametrize(("language", "said"), [("en", "customers added 2, removed 0"), ("zh", "顾客：新增 2 位，减少 0 位")])
def test_the_sentence_names_the_day_and_the_counts(language, said):
    study, words = random_study(1), Words(language)
    store.keep(imported(without(study, 2)))
    (sentence,) = editions.said(exposing(study, MINIMUM), MINIMUM, words)
    assert said in sentence
    assert words.date(date.today()) in sentence


@pytest.mark.parametrize("language", ["en", "zh"])
def test_questions_asked_of_some_are_named_by_their_filters(language):
    words = Words(language)
    said = editions.asked_of_some(("wave", "age"), MINIMUM, words)
    assert words.list([words("compare.by.wave"), words.segment("age")]) in said
