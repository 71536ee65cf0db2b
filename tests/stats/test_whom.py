"""One number a role: the largest of what its gaps need."""

import math

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.model import Gap, Role
from gaps.stats.planning import ONE_UNIT, Wanted, believable, first_named, first_plan, named, plan, usual, with_typical
from gaps.stats.whom import DIMENSION, LEVELS, whom
from tests.scoring.build import random_study, study
from tests.stats.test_planning import SIZES, with_outcome


@pytest.fixture(scope="module")
def made():
    return with_outcome(random_study(n=400, sizes=SIZES, units=6))


@pytest.fixture(scope="module")
def names(made):
    return named(made)


@pytest.mark.parametrize("level", LEVELS)
def test_the_number_serves_every_gap_of_the_role(made, names, level):
    found = plan(made, Wanted(response_rates={Role.CUSTOMERS: 0.5}), names=names)
    customers, managers, employees = whom(found, level)
    rows = found.needs[found.needs["per"] == (ONE_UNIT if level == ONE_UNIT else "company")]
    rows = rows[rows["dimension"].notna()] if level == DIMENSION else rows[rows["dimension"].isna()]
    of = {gap: rows[rows["gap"] == gap] for gap in range(1, 6)}
    times = 6 if level == ONE_UNIT else 1
    assert customers.n == times * max(of[5]["needed_expected"].max(), of[1]["needed_expected"].max())
    assert managers.n == times * max(of[1]["needed_achieved"].max(), of[2]["needed_expected"].max(), of[3]["needed_expected"].max())
    assert employees.n == times * max(of[3]["needed_achieved"].max(), of[4]["needed_expected"].max())
    assert customers.invited == pytest.approx(2 * customers.n)
    assert customers.enough == ((level != ONE_UNIT and customers.n <= 400) or (level == ONE_UNIT and customers.units_enough == 6))


def test_customers_alone_get_typical_numbers_for_the_others(made, names):
    alone = made.with_(answers={b: f for b, f in made.answers.items() if b.role is Role.CUSTOMERS})
    found = with_typical(plan(alone, names=names))
    assert set(found.needs.columns) <= set(GLOSSARY)
    assert found.needs["assumed"].tolist() == [g != 5 for g in found.needs["gap"]]
    customers, managers, employees = whom(found)
    assert (customers.assumed, managers.assumed, employees.assumed) == (False, True, True)
    assert customers.gap is Gap.CUSTOMER  # gap 1 by typical spreads does not overrule what was measured
    first = {a.role: a for a in whom(first_plan(units=6))}
    assert (managers.n, employees.n) == (first[Role.MANAGERS].n, first[Role.EMPLOYEES].n)
    assert not managers.enough


def test_three_people_are_not_planned_from(made):
    """Their standard deviation may be wrong by a factor of six: typical spreads instead, with the answers there are."""
    few = made.only({role: np.arange(made.n(role)) < 3 for role in Role})
    found, first = with_typical(plan(few)), first_plan(units=len(few.units))
    assert found.needs["assumed"].all()
    assert [a.n for a in whom(found)] == [a.n for a in whom(first)]
    assert found.changes == first.changes or found.changes[0].each == first.changes[0].each
    assert found.need(Gap.CUSTOMER)["n_expected"] == 3
    assert with_typical(plan(made)).needs["assumed"].sum() == 0


def test_what_is_out_of_reach_is_not_given_a_number(made, names):
    tight = Wanted(half_width=0.02, populations={Role.CUSTOMERS: 500}, response_rates={Role.CUSTOMERS: 0.9})
    customers = whom(plan(made, tight, names=names))[0]
    assert customers.withheld == "people_too_few" and math.isnan(customers.n) and customers.narrowest > 0.02
    tiny = plan(study({"a": 1, "b": 1}, E=[[5, 6]], P=[[4, 5]]))
    assert [a.withheld for a in whom(tiny)] == ["too_few"]


def test_a_level_that_does_not_exist(made, names):
    with pytest.raises(ValueError, match="level"):
        whom(plan(made, names=names), "wave")


def test_the_simulation_is_the_plans_whether_at_hand_or_not(made, names):
    assert plan(made).naming == plan(made, names=names).naming
    assert first_plan(names=first_named()).naming == first_plan().naming
    told = []
    named(made, progress=told.append)
    assert told == sorted(told) and told[0] == 0 and told[-1] < 1 and len(told) > 2


def test_wishes_in_points_of_the_scale():
    assert usual(6) == {"half_width": 0.2, "unit_half_width": 0.5, "change": 0.3}
    wanted = Wanted.on_scale(4, **usual(4), power=0.9)
    assert (wanted.half_width, wanted.change, wanted.power) == pytest.approx((0.195, 0.3, 0.9))  # .13 of 4 points


def test_a_population_smaller_than_its_answers_is_not_believed(made):
    assert believable(made, {Role.CUSTOMERS: 150, Role.MANAGERS: 10_000}) == {Role.MANAGERS: 10_000}
