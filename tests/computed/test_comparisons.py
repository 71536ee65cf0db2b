"""What is said of groups, two sides and waves."""

from dataclasses import replace

import numpy as np
import pytest

from gaps.computed import comparisons
from gaps.model import Role
from gaps.stats.change import changes
from gaps.stats.contrasts import contrasts
from tests.charts.test_charts import compared, two_rows
from tests.simulate.differing import company, panel


def test_groups_say_from_how_many_on_they_are_judged(en):
    made = company(np.random.default_rng(1), units=12, customers=30, low=(0,), high=(2,))
    found = contrasts(made)
    rows = found.of("unit", "gap")
    shrunken = comparisons.groups(found, rows, made, en, drawn="shrunken")
    assert shrunken.n == "12 groups with 30 to 30 of 360 customers each."
    assert "12 units" in shrunken.formula and "Prasad & Rao (1990)" in shrunken.reference
    assert f"Judged from {found.judged} customers on" in shrunken.rule and "5 % may be so by chance" in shrunken.rule
    plain = comparisons.groups(found, rows, made, en, drawn="differences")
    assert "Shrunken" not in plain.formula and "Prasad" not in plain.reference and plain.interval == "95 %, Welch."


SIDES = {"first": "North", "second": "all others"}


@pytest.mark.parametrize(("corrected", "source"), [("holm", "Holm (1979)"), ("mixed", "Benjamini"), ("bh", "Benjamini")])
def test_two_sides_say_how_they_were_corrected(corrected, source, en):
    said = comparisons.two_sides(compared(), two_rows(), en, corrected, **SIDES)
    assert said.n.startswith("North: up to 40 people; all others: up to 300.")
    assert said.formula.startswith("Difference = mean of North − mean of all others,")
    assert ("In both, and counted in neither: 2 managers." in said.n) == (corrected != "bh")
    assert source in said.reference and "Judged from 30 customers" in said.rule
    assert "Satterthwaite" not in said.interval
    inside = [two_rows()[0] | {"gap": 1.0}]
    assert "Satterthwaite" in comparisons.two_sides(compared(), inside, en, corrected, **SIDES).interval


def test_where_something_is_private_nobody_learns_how_many_colleagues_are_in_both(en):
    found = replace(compared(), both={Role.CUSTOMERS: 8, Role.MANAGERS: 2}, private=frozenset({Role.EMPLOYEES}))
    assert "counted in neither: 8 customers." in comparisons.two_sides(found, two_rows(), en, "holm", **SIDES).n


@pytest.mark.parametrize(("both", "told"), [(0, "nobody by name in both"), (40, "40 by name in both")])
def test_waves_say_who_answered_in_both(both, told, en):
    made = panel(np.random.default_rng(2), before=60, after=60, both=both, change=1.0)
    before, after = made.waves
    said = comparisons.waves(changes(made), before, after, en, shown="changes")
    assert said.n.startswith(f"{before}: up to 60 people; {after}: up to 60;") and told in said.n
    assert made.n(Role.CUSTOMERS) == 120 and "Holm" in said.rule
