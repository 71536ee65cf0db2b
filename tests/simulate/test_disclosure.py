"""How much of single answers follows from what is shown, for an attacker who knows more than the guard assumes (docs/disclosure.md).

He knows everybody's unit, wave and segment (the guard assumes that), and besides who answered which question.
"""

import numpy as np
import pytest

from gaps.disclosure import Minimum
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


def test_a_question_put_to_one_wave_only_is_an_open_hole():
    """The share of the groups of one to four customers of that wave whose mean follows; where this fails low, the hole was closed."""
    groups = follow = 0
    for seed in range(24):
        one, _ = made(seed, (46, 80, 150)[seed % 3])
        selections = np.unique(shown(one, Minimum()).astype(bool), axis=0)
        frame = one.customers
        answered = frame["wave"].eq("2").to_numpy()
        known = basis(selections, answered)
        for unit in UNITS:
            for age in (None, *AGES):
                some = answered & frame["unit"].eq(unit).to_numpy() & (True if age is None else frame["age"].eq(age).to_numpy())
                if 0 < some.sum() < LEAST:
                    groups += 1
                    follow += int(some.sum() - ((known @ some.astype(float)) ** 2).sum() < 1e-6)
    print(f"\n{follow} of {groups} small groups follow ({follow / groups:.0%})")
    assert 0.1 < follow / groups < 0.5
