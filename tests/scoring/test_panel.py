"""The panel of units and dimensions against the gap table, whose means and standard errors it must repeat, and by hand."""

import numpy as np
import pytest

from gaps.model import UNIT, Gap, Role
from gaps.scoring import gap_table, unit_scores
from gaps.scoring.panel import panel
from tests.scoring.build import people, random_study, study


def table(made, level):
    rows = gap_table(made, by=((UNIT,),), segments=False, items=False).rows(unit="*", level=level)
    index = ["unit"] if level == "total" else ["unit", "dimension"]
    return rows.pivot(index=index, columns="gap", values=["mean", "se"])


@pytest.mark.parametrize("weighted", [False, True])
def test_means_and_standard_errors_are_those_of_the_gap_table(weighted):
    n = 160
    weight = np.random.default_rng(3).uniform(0.5, 2, n) if weighted else None
    made = random_study(5, n=n, units=4, missing=0.15, weight=weight)
    cells = panel(made)
    for level, places in (("total", slice(0, 1)), ("dimension", slice(1, None))):
        values, error, wanted = cells.values[:, places], cells.error[:, places], table(made, level)
        for gap in Gap:
            k = cells.variables.index(f"gap{int(gap)}")
            assert values[:, :, k].ravel() == pytest.approx(wanted["mean"][int(gap)].to_numpy(), abs=1e-12)
            assert np.sqrt(error[:, :, k, k]).ravel() == pytest.approx(wanted["se"][int(gap)].to_numpy(), rel=1e-9)


def test_totals_repeat_the_unit_scores():
    made = random_study(2, n=90)
    scores, totals = unit_scores(made), panel(made).totals
    assert list(totals.index) == list(scores.index)
    for column in scores:
        assert totals[column].to_numpy() == pytest.approx(scores[column].to_numpy(), abs=1e-12)


def small():
    """One unit: two managers, three customers, two employees; one item."""
    roles = {role: people(n, unit=["a"] * n) for role, n in ((Role.CUSTOMERS, 3), (Role.MANAGERS, 2), (Role.EMPLOYEES, 2))}
    answers = {"E": [[5], [6], [7]], "P": [[4], [6], [5]], "M": [[4], [6]], "S": [[3], [6]], "V": [[2], [4]], "C": [[5], [5]]}
    return study({"a": 1}, roles, **answers)


def test_shared_answers_by_hand():
    cells = panel(small())
    place = {name: k for k, name in enumerate(cells.variables)}
    mean, error = cells.values[0, 0], cells.error[0, 0]
    # M 5, S 4.5, V 3, C 5, E 6, P 5
    assert [mean[place[f"gap{k}"]] for k in range(1, 6)] == pytest.approx([-1, -0.5, -1.5, -2, -1])
    # managers' variances over 2: M 2/2, S 4.5/2, covariance 3/2; customers' E 1/3; employees' V 2/2, C 0
    assert error[place["gap1"], place["gap1"]] == pytest.approx(1 + 1 / 3)
    assert error[place["gap1"], place["gap2"]] == pytest.approx(1.5 - 1)  # cov(M, S - M)
    assert error[place["gap1"], place["gap3"]] == pytest.approx(-1.5)  # cov(M, -S)
    assert error[place["gap2"], place["gap3"]] == pytest.approx(1.5 - 2.25)  # cov(S - M, -S)
    assert error[place["gap3"], place["gap4"]] == pytest.approx(1)  # cov(V, V - C)
    assert error[place["gap2"], place["gap4"]] == 0  # managers and employees err independently
    assert error[place["gap1"], place["gap5"]] == pytest.approx(1 / 3 - 0.5 / 3)  # cov(-E, P - E): var E 1, cov(E, P) .5, over 3
    assert error[place["gap1"], place["M"]] == pytest.approx(1)


def test_a_single_manager_takes_the_variance_of_one_person_from_the_other_units():
    n = {Role.CUSTOMERS: ["a", "a", "b", "b"], Role.MANAGERS: ["a", "a", "b"]}
    roles = {role: people(len(units), unit=units) for role, units in n.items()}
    cells = panel(study({"a": 1}, roles, E=[[5], [5], [5], [5]], M=[[4], [6], [3]]))
    m = cells.variables.index("M")
    assert cells.error[0, 0, m, m] == pytest.approx(1)  # variance 2 of two managers
    assert cells.error[1, 0, m, m] == pytest.approx(2)  # of one


def test_with_one_manager_everywhere_the_error_is_unknown():
    roles = {Role.CUSTOMERS: people(4, unit=list("aabb")), Role.MANAGERS: people(2, unit=list("ab"))}
    cells = panel(study({"a": 1}, roles, E=[[5], [6], [5], [4]], M=[[4], [6]]))
    m = cells.variables.index("M")
    assert np.isfinite(cells.values[:, 0, m]).all()
    assert np.isnan(cells.error[:, 0, m, m]).all()


def test_the_direct_design_is_a_rating_below_the_maximum():
    roles = {Role.CUSTOMERS: people(2, unit=["a", "a"]), Role.MANAGERS: people(2, unit=["a", "a"])}
    ratings = {Gap.STANDARDS: {"x": [5, 7], "y": [3, "none"]}}
    cells = panel(study({"x": 1, "y": 1}, roles, E=[[5, 5]] * 2, ratings=ratings))
    frame = cells.frame["gap2"]
    assert frame.tolist() == [-1, -4]
    assert cells.designs[2] == "direct"
    assert "S" not in cells.variables


def test_outcomes_are_repeated_in_each_dimension_and_a_study_without_units_has_no_rows():
    frame = panel(random_study(1)).frame
    assert (frame["overall_quality"].groupby("unit").nunique() == 1).all()
    empty = panel(random_study(1, units=0))
    assert empty.units == ()
    assert empty.frame.empty
    assert empty.totals.empty
