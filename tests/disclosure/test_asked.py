"""Questions that were put to some groups only."""

import numpy as np
import pandas as pd
import pytest

from gaps.disclosure import Minimum
from gaps.disclosure.asked import asked, asked_of_some
from gaps.model import Battery, Gap, Role, Scale
from tests.disclosure.test_protection import study, units

MADE = study(unit=units(20, 20), wave=["1", "2"] * 20, age=["young"] * 5 + ["old"] * 35, managers=units(6, 6))


def unanswered(rows, item: int = 2, battery: Battery = Battery.PERCEPTION):
    frame = MADE.answers[battery].copy()
    frame.loc[rows, item] = np.nan
    return MADE.with_(answers={**MADE.answers, battery: frame})


@pytest.mark.parametrize(
    ("rows", "filters"),
    [([], ()), ([0, 2, 4, 6, 21], ()), (range(0, 40, 2), ("wave",)), (range(5), ("age",)), (range(20), ("unit", "age")), (range(40), ())],
)
def test_values_of_which_nobody_answered(rows, filters):
    assert asked_of_some(unanswered(list(rows)), Minimum()) == filters


def test_a_value_below_the_minimum_may_have_left_it_out_by_chance():
    assert asked_of_some(unanswered(list(range(5))), Minimum(6, 3, 3)) == ()


def test_outcomes_and_managers_are_looked_at_too():
    outcome = np.where(np.arange(40) % 2 == 0, 5.0, np.nan)
    customers = MADE.customers.assign(overall_quality=outcome)
    made = MADE.with_(respondents={**MADE.respondents, Role.CUSTOMERS: customers}, outcomes={"overall_quality": Scale(1, 7)})
    assert asked_of_some(made, Minimum()) == ("wave",)
    assert asked_of_some(unanswered(list(range(6)), battery=Battery.BELIEF), Minimum()) == ("unit",)
    points = pd.DataFrame({"a": np.where(np.arange(40) < 20, 100.0, np.nan)})
    assert asked_of_some(MADE.with_(importance=points), Minimum()) == ("unit",)


def test_who_was_asked_a_question_of_one_wave_or_of_a_units_wave():
    second = (Battery.PERCEPTION, 2)
    kinds = {}
    for name, rows in (("wave", range(0, 40, 2)), ("unit's wave", range(0, 20, 2))):
        made = unanswered(list(rows))
        who = asked(made, Minimum())
        assert list(who.some) == [Role.CUSTOMERS]
        assert list(who.some[Role.CUSTOMERS]) == [second]
        could = np.isin(who.kinds[Role.CUSTOMERS], list(who.some[Role.CUSTOMERS][second]))[made.cells[Role.CUSTOMERS].of]
        assert np.flatnonzero(~could).tolist() == list(rows)
        kinds[name] = who
    assert asked_of_some(unanswered(list(range(0, 20, 2))), Minimum()) == ("unit", "wave")
    who = kinds["wave"]
    assert who.of(Role.CUSTOMERS, [second]) < who.of(Role.CUSTOMERS, [second, (Battery.PERCEPTION, 1)])
    assert who.of(Role.CUSTOMERS, [(Battery.PERCEPTION, 1)]) == who.of(Role.MANAGERS, [second]) == frozenset()
    assert who.questions((Gap.CUSTOMER, "a", 2)) == ((Battery.EXPECTATION, 2), second)


def test_a_group_of_which_nobody_answered_by_chance_was_asked():
    """Half of all left it out: that none of five answered happens in one of sixteen studies with two such groups."""
    made = unanswered([0, 1, 2, 3, 4, *(k for k in range(5, 40) if k % 4 < 2)])
    assert not asked(made, Minimum())
    assert asked(unanswered([0, 1, 2, 3, 4]), Minimum())
