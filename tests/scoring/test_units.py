"""Units as cases: the numbers a regression over units starts from."""

import numpy as np
import pytest

from gaps import scoring
from gaps.model import Gap, Role, Scale
from tests.scoring.build import people, random_study, study


def test_one_row_per_unit_by_hand():
    roles = {
        Role.CUSTOMERS: people(4, unit=["A", "A", "B", None], overall_quality=[7, np.nan, 4, 1], weight=[1, 1, 2, 1]),
        Role.MANAGERS: people(2, unit=["A", "A"]),
        Role.EMPLOYEES: people(1, unit=["C"]),
    }
    made = study(
        {"a": 1}, roles, E=[[7], [5], [6], [1]], P=[[6]] * 4, M=[[6], [7]], S=[[4], [6]], V=[[5]], outcomes={"overall_quality": Scale(1, 7)}
    )
    units = scoring.unit_scores(made)
    assert units.index.tolist() == ["A", "B", "C"]
    assert list(units.columns) == ["gap1", "gap2", "gap3", "gap4", "overall_quality", "n_customers", "n_managers", "n_employees"]
    np.testing.assert_allclose(units.loc["A"], [0.5, -1.5, np.nan, np.nan, 7, 2, 2, 0])
    np.testing.assert_allclose(units.loc["B"], [np.nan, np.nan, np.nan, np.nan, 4, 1, 0, 0])
    assert units.loc["C", "n_employees"] == 1


def test_direct_ratings_too():
    roles = {Role.CUSTOMERS: people(1, unit=["A"]), Role.MANAGERS: people(2, unit=["A", "A"])}
    made = study({"a": 1, "b": 1}, roles, P=[[6, 6]], ratings={Gap.STANDARDS: {"a": [7, 5], "b": [5, 5]}})
    assert scoring.unit_scores(made).loc["A", "gap2"] == -1.5


def test_gaps_are_those_of_the_table():
    made = random_study(seed=6)
    units, table = scoring.unit_scores(made), scoring.gap_table(made)
    for gap in (1, 2, 3, 4):
        rows = table.rows(gap=gap, unit="*", level="total").set_index("unit")
        np.testing.assert_allclose(units[f"gap{gap}"], rows["mean"].reindex(units.index), atol=1e-12)


def test_outcome_means_are_weighted():
    weight = np.linspace(0.5, 2, 60)
    made = random_study(seed=6, weight=weight)
    rows = made.customers[made.customers["unit"].eq("unit 2")]
    expected = np.average(rows["overall_quality"], weights=rows["weight"])
    assert scoring.unit_scores(made).loc["unit 2", "overall_quality"] == pytest.approx(expected)


def test_a_study_without_units_has_no_rows():
    assert not len(scoring.unit_scores(study({"a": 1}, E=[[7]], P=[[6]])))
