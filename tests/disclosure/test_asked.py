"""Questions that were put to some groups only."""

import numpy as np
import pandas as pd
import pytest

from gaps.disclosure import Minimum
from gaps.disclosure.asked import asked_of_some
from gaps.model import Battery, Role, Scale
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
