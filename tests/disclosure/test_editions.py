"""Two editions of a study: of whom the difference tells, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from gaps.disclosure import Minimum
from gaps.disclosure.editions import Exposed, between
from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Study

MINIMUM = Minimum(5, 3, 3)
ITEMS = 4


def study(*units: str, seed: int = 0, managers: int = 0, segment: bool = False) -> Study:
    """Customers with different answers: 7 to the power of 4 patterns, numbered by who they are."""
    instrument = Instrument("test", {}, tuple(Item(k + 1, "a") for k in range(ITEMS)), (Dimension("a"),), Scale(1, 7))
    rng = np.random.default_rng(seed)
    n = len(units)
    customers = pd.DataFrame({"respondent": [f"c{k}" for k in range(n)], "unit": pd.Categorical(units, ordered=True)})
    if segment:
        customers["age"] = pd.Categorical(["young", "old"] * (n // 2), ordered=True)
    code = rng.choice(7**ITEMS, n, replace=False)
    answers = {Battery.PERCEPTION: pd.DataFrame((code[:, None] // 7 ** np.arange(ITEMS) % 7 + 1).astype(np.float32), columns=[1, 2, 3, 4])}
    respondents = {Role.CUSTOMERS: customers}
    if managers:
        respondents[Role.MANAGERS] = pd.DataFrame({"respondent": [f"m{k}" for k in range(managers)]})
        given = np.stack([np.arange(managers) % 7 + 1] * ITEMS, axis=1).astype(np.float32)
        answers[Battery.BELIEF] = pd.DataFrame(given, columns=[1, 2, 3, 4])
    return Study("test", instrument, respondents, answers, segments=("age",) if segment else ())


def without(made: Study, *gone: int, role: Role = Role.CUSTOMERS) -> Study:
    masks = {r: np.ones(made.n(r), bool) for r in made.respondents}
    masks[role][list(gone)] = False
    return made.only(masks)


ALL = study(*"A" * 20, *"B" * 20, *"C" * 20)


def test_three_more_customers_are_told_by_two_totals_and_by_two_means_of_their_unit():
    assert between(without(ALL, 0, 1, 2), ALL, MINIMUM) == (Exposed(Role.CUSTOMERS, 3, 0, True, 1),)
    assert between(ALL, without(ALL, 0, 1, 2), MINIMUM) == (Exposed(Role.CUSTOMERS, 0, 3, True, 1),)


def test_six_more_are_enough_over_all_but_not_two_in_each_unit():
    assert between(without(ALL, 0, 1, 2, 3, 4, 5), ALL, MINIMUM) == ()
    assert between(without(ALL, 0, 1, 20, 21, 40, 41), ALL, MINIMUM) == (Exposed(Role.CUSTOMERS, 6, 0, False, 3),)


def test_a_unit_that_only_one_edition_shows_tells_nothing():
    made = study(*"A" * 30, *"B" * 6)
    assert between(without(made, *range(30, 33), *range(6)), made, MINIMUM) == ()  # of B there were three before: hidden
    assert between(without(made, *range(30, 36)), made, MINIMUM) == ()  # B is new


def test_a_changed_answer_and_a_changed_unit_count_as_gone_and_come():
    changed = ALL.answers[Battery.PERCEPTION].copy()
    changed.loc[5, 2] = changed.loc[5, 2] % 7 + 1
    assert between(ALL, ALL.with_(answers={Battery.PERCEPTION: changed}), MINIMUM) == (Exposed(Role.CUSTOMERS, 1, 1, True, 1),)
    moved = ALL.customers.assign(unit=pd.Categorical([*"A" * 19, *"B" * 21, *"C" * 20], ordered=True))
    assert between(ALL, ALL.with_(respondents={Role.CUSTOMERS: moved}), MINIMUM) == (Exposed(Role.CUSTOMERS, 0, 0, False, 2),)


def test_an_answer_taken_away_is_a_changed_one():
    gone = ALL.answers[Battery.PERCEPTION].copy()
    gone.loc[5, 2] = np.nan
    (found,) = between(ALL, ALL.with_(answers={Battery.PERCEPTION: gone}), MINIMUM)
    assert (found.added, found.removed) == (1, 1)


def test_other_names_another_order_a_new_column_and_a_new_question_make_no_difference():
    order = np.random.default_rng(1).permutation(60)
    frame = ALL.customers.iloc[order].reset_index(drop=True)
    frame = frame.assign(respondent=[f"x{k}" for k in range(60)], age=pd.Categorical(["young", "old"] * 30, ordered=True))
    answers = {Battery.PERCEPTION: ALL.answers[Battery.PERCEPTION].iloc[order].reset_index(drop=True)}
    answers[Battery.EXPECTATION] = answers[Battery.PERCEPTION]
    again = ALL.with_(respondents={Role.CUSTOMERS: frame}, answers=answers, segments=("age",))
    assert between(ALL, again, MINIMUM) == ()
    assert between(without(ALL, 7), again, MINIMUM) == (Exposed(Role.CUSTOMERS, 1, 0, True, 1),)


def test_crossings_of_filters_are_groups_too():
    """Six more of unit A, three of them young: enough in the unit, not among its young and its old, nor among all young and all old."""
    made = study(*"A" * 20, *"B" * 20, segment=True)
    assert between(without(made, *range(6)), made, MINIMUM) == (Exposed(Role.CUSTOMERS, 6, 0, False, 4),)


def test_each_role_by_its_own_minimum():
    made = study(*"A" * 20, managers=12)
    assert between(without(made, 0, 1, role=Role.MANAGERS), made, MINIMUM) == (Exposed(Role.MANAGERS, 2, 0, True, 0),)
    assert between(without(made, 0, 1, 2, role=Role.MANAGERS), made, MINIMUM) == ()
    assert between(without(made, 0, 1, role=Role.MANAGERS), made, Minimum(5, 1, 3)) == ()


def test_twins_are_counted_not_matched_by_name():
    """Everybody answered the same: one more is one more."""
    same = {Battery.PERCEPTION: ALL.answers[Battery.PERCEPTION] * 0 + 4}
    alike = ALL.with_(answers=same)
    assert between(without(alike, 59), alike, MINIMUM) == (Exposed(Role.CUSTOMERS, 1, 0, True, 1),)


@pytest.mark.parametrize("seed", [1, 2])
def test_another_study_with_the_same_items_is_not_an_edition(seed):
    assert between(ALL, study(*"A" * 20, *"B" * 20, *"C" * 20, seed=seed), MINIMUM) == ()


def test_nothing_is_compared_without_a_minimum():
    assert between(without(ALL, 0), ALL, Minimum(1, 1, 1)) == ()
