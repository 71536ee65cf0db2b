"""How much of single answers follows from what is shown, for an attacker who knows more than the guard assumes (docs/disclosure.md).

He knows everybody's unit, wave and segment (the guard assumes that), and besides who answered which question.
"""

from itertools import product

import numpy as np
import pytest

from gaps.disclosure import Minimum
from gaps.model import Battery, Study
from tests.disclosure.test_protection import shown, study

pytestmark = pytest.mark.simulate

UNITS, WAVES, AGES = "ABCD", "12", "xyz"
LEAST = 5


def made(seed: int, n: int):
    rng = np.random.default_rng(seed)
    unit, wave = rng.choice(list(UNITS), n, p=[0.4, 0.3, 0.17, 0.13]), rng.choice(list(WAVES), n)
    return study(seed, unit=list(unit), wave=list(wave), age=list(rng.choice(list(AGES), n, p=[0.6, 0.3, 0.1]))), rng


def basis(selections: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """What is known of a question: the sums over all selections and rows by group of which enough answered, as an orthonormal basis."""
    rows = selections & answered
    rows = np.unique(rows[(rows.sum(axis=1) >= LEAST) | selections.all(axis=1)], axis=0).astype(float)
    _, size, directions = np.linalg.svd(rows, full_matrices=False)
    return directions[size > 1e-9]


@pytest.mark.parametrize(
    ("n", "missing", "most"), [(46, 0.02, 0.005), (46, 0.1, 0.005), (46, 0.3, 0.01), (200, 0.02, 0.005), (200, 0.3, 0.015)]
)
def test_answers_left_out_by_chance(n, missing, most):
    """Of fifteen studies with twelve questions each: the share of the answers that follow."""
    follow = answers = 0
    for seed in range(15):
        one, rng = made(seed, n)
        selections = np.unique(shown(one, Minimum()).astype(bool), axis=0)
        for _ in range(12):
            answered = rng.random(n) >= missing
            share = (basis(selections, answered) ** 2).sum(axis=0)
            follow += int((share[answered] > 1 - 1e-6).sum())
            answers += int(answered.sum())
    print(f"\n{n} customers, {missing:.0%} left out: {follow} of {answers} answers follow ({follow / answers:.2%})")
    assert follow / answers <= most


SECOND = (Battery.PERCEPTION, 2)
FIRST = (Battery.PERCEPTION, 1)


def asked_in(seed: int, some) -> tuple[Study, Study, np.ndarray]:
    """A study, the same with its second item asked of some customers only, and who these are."""
    one, _ = made(seed, (46, 80, 150)[seed % 3])
    asked = some(one.customers).to_numpy()
    answers = {battery: frame.copy() for battery, frame in one.answers.items()}
    answers[Battery.PERCEPTION].loc[~asked, 2] = np.nan
    return one, one.with_(answers=answers), asked


def small_groups(one: Study, among: np.ndarray):
    """The groups of one to four by up to three filters, of these people."""
    frame = one.customers
    columns = [(name, [None, *values]) for name, values in (("unit", UNITS), ("wave", WAVES), ("age", AGES))]
    for chosen in product(*(values for _, values in columns)):
        some = among.copy()
        for (name, _), value in zip(columns, chosen, strict=True):
            some &= True if value is None else frame[name].eq(value).to_numpy()
        if 0 < some.sum() < LEAST:
            yield some


def following(known: np.ndarray, groups: list[np.ndarray], of: int = 1) -> int:
    """Of how many groups something follows: a combination of the sums of their answers to `of` questions."""
    found = [np.kron(np.eye(of), some / np.sqrt(some.sum())) for some in groups]
    return sum(bool(np.linalg.norm(known @ target.T, 2) > 1 - 1e-6) for target in found)


def told(studies: list[tuple[tuple, Study]], asked: np.ndarray) -> np.ndarray:
    """What is known of both items' answers, side by side: from the means of each, and of their dimension."""
    nobody, n = np.zeros(len(asked)), len(asked)
    weights = [(np.ones(n), nobody), (nobody, asked.astype(float)), (np.where(asked, 0.5, 1.0), np.where(asked, 0.5, 0.0))]
    blocks = []
    for (what, one), (x, y) in zip(studies, weights, strict=True):
        sets = shown(one, Minimum(), *what)
        blocks.append(np.hstack([sets * x, sets * y])[((sets * (x + y)) > 0).sum(axis=1) >= LEAST])
    _, size, directions = np.linalg.svd(np.vstack(blocks), full_matrices=False)
    return directions[size > 1e-9]


PATTERNS = {
    "the second wave": lambda frame: frame["wave"].eq("2"),
    "two of four units": lambda frame: frame["unit"].isin(["A", "C"]),
    "a unit's second wave and another unit": lambda frame: (frame["unit"].eq("A") & frame["wave"].eq("2")) | frame["unit"].eq("B"),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_answers_to_a_question_put_to_some_groups_only(pattern):
    """The share of small groups of those asked whose mean follows: guarded by the people in the groups, and by those who were asked."""
    before = after = groups = 0
    for seed in range(24):
        by_people, one, asked = asked_in(seed, PATTERNS[pattern])
        small = list(small_groups(one, asked))
        before += following(basis(shown(by_people, Minimum()).astype(bool), asked), small)
        after += following(basis(shown(one, Minimum(), SECOND).astype(bool), asked), small)
        groups += len(small)
    print(f"\nasked in {pattern}: {before} of {groups} small groups follow if guarded by people, {after} by who was asked")
    assert before / groups > 0.05
    assert after == 0


@pytest.mark.parametrize("pattern", PATTERNS)
def test_answers_behind_a_dimension_of_which_one_item_was_put_to_some_only(pattern):
    """The means of both items and of the dimension, all solved together: of small groups of those asked, and of those not asked."""
    before = after = groups = 0
    for seed in range(24):
        by_people, one, asked = asked_in(seed, PATTERNS[pattern])
        small = [*small_groups(one, asked), *small_groups(one, ~asked)]
        before += following(told([((), by_people)] * 3, asked), small, of=2)
        after += following(told([(what, one) for what in ((FIRST,), (SECOND,), (FIRST, SECOND))], asked), small, of=2)
        groups += len(small)
    print(f"\none of two items asked in {pattern}: {before} of {groups} small groups follow if guarded by people, {after} by who was asked")
    assert before / groups > 0.05
    assert after == 0
