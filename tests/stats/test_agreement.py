"""Agreement within units against R's multilevel and psych, and the worked values of the methods."""

import numpy as np
import pytest

from gaps.model import Role, Scale
from gaps.stats.agreement import advice, agreement, rwg_j, uniform_variance
from tests.scoring.build import people, random_study, study

# Five units, three items. R 4.2.2, multilevel 2.7: rwg.j(X, u, ranvar = 4), ICC2(aov(y ~ u)); ICC(1) with n0 = (N - sum n²/N) / (J - 1)
RATINGS = [[6, 3, 3], [3, 4, 5], [5, 6, 2], [5, 4, 4], [4, 7, 6], [5, 4, 6], [6, 6, 4], [4, 3, 3], [7, 5, 6], [4, 6, 3],
           [7, 3, 7], [6, 4, 4], [7, 7, 7], [7, 4, 4], [7, 3, 4], [3, 3, 5], [3, 3, 3], [4, 3, 4],
           [3, 7, 4], [6, 4, 7], [6, 7, 5], [5, 5, 4]]  # fmt: skip
SIZES = [4, 3, 5, 4, 6]
RWG = [0.816455696203, 0.825, 0.658878504673, 0.430693069307, 0.669230769231]
MSB, MSW, ICC1, ICC2 = 0.7383417508, 1.0181917211, -0.0675961584462, -0.379024983989
# Four units of five. multilevel: ICC1, ICC2; psych: ICC(…)$results, ICC1 with its interval
EQUAL = [5, 6, 5, 7, 6, 3, 4, 4, 5, 3, 6, 6, 7, 7, 5, 4, 5, 3, 4, 4]
EQUAL_ICC = (0.678747940692, 0.268636699120, 0.970339568775, 0.913525498891)


def made(answers, sizes, items=3, role=Role.CUSTOMERS, letter="P"):
    units = np.repeat([f"u{k}" for k in range(len(sizes))], sizes)
    return study({"a": items}, {role: people(len(units), unit=units)}, **{letter: np.array(answers, float).reshape(-1, items)})


def test_as_r_s_multilevel():
    result = agreement(made(RATINGS, SIZES))
    row = result.frame[result.frame["dimension"].eq("a")].iloc[0]
    assert (row["ms_between"], row["ms_within"]) == pytest.approx((MSB, MSW), rel=1e-8)
    assert (row["icc1"], row["icc2"]) == pytest.approx((ICC1, ICC2), rel=1e-8)
    assert row["rwg"] == pytest.approx(0.669230769231)
    assert result.units[result.units["dimension"].eq("a")]["rwg"].tolist() == pytest.approx(RWG, rel=1e-10)
    assert (row["rwg_share"], row["rwg_units"], row["advice"]) == (0.4, 5, "do_not")
    assert (row["design_effect"], row["n_effective"]) == (1, 22)  # a negative ICC is no gain


def test_equal_units_as_r_s_psych():
    row = agreement(made(EQUAL, [5] * 4, items=1)).frame.iloc[0]
    assert (row["icc1"], row["icc1_low"], row["icc1_high"], row["icc2"]) == pytest.approx(EQUAL_ICC, rel=1e-8)
    assert row["design_effect"] == pytest.approx(1 + 4 * EQUAL_ICC[0])
    assert row["n_effective"] == pytest.approx(20 / (1 + 4 * EQUAL_ICC[0]))


def test_the_worked_values():
    """Variance 1 on seven points, five items: .9375."""
    assert uniform_variance(Scale(1, 7)) == 4
    assert rwg_j(np.array([0.25]), 5)[0] == pytest.approx(0.9375)


def test_more_spread_than_at_random_is_no_agreement():
    assert rwg_j(np.array([1.0, 1.7]), 4).tolist() == [0, 0]
    row = agreement(made([1, 7] * 10, [10, 10], items=1)).frame.iloc[0]
    assert row["rwg"] == 0


@pytest.mark.parametrize(
    ("icc2", "rwg", "said"),
    [
        (0.7, 0.7, "aggregate"),
        (0.69, 0.9, "tolerable"),
        (0.49, 0.9, "do_not"),
        (0.9, 0.69, "do_not"),
        (0.8, np.nan, "aggregate"),
        (np.nan, 0.9, "unknown"),
    ],
)
def test_advice(icc2, rwg, said):
    assert advice(icc2, rwg) == said


def test_every_battery_and_the_gap_of_its_own_people():
    frame = agreement(random_study(seed=1, n=120)).frame
    assert frame.groupby("battery")["role"].first().to_dict() == {
        "E": "customers", "P": "customers", "gap": "customers", "M": "managers", "S": "managers", "V": "employees", "C": "employees",
    }  # fmt: skip
    assert frame.loc[frame["battery"].eq("gap"), "rwg"].isna().all() and frame.loc[frame["battery"].ne("gap"), "rwg"].notna().all()


def test_two_managers_of_a_unit_are_confidential():
    result = agreement(made([5, 6, 4, 5, 6], [2, 3], items=1, role=Role.MANAGERS, letter="M"))
    unit = result.units[result.units["dimension"].eq("a")].set_index("unit")
    assert unit.loc["u0", "withheld"] == "confidential" and np.isnan(unit.loc["u0", "rwg"])
    assert unit.loc["u1", "withheld"] == "" and np.isfinite(unit.loc["u1", "rwg"])


@pytest.mark.parametrize(
    ("answers", "sizes", "reason"),
    [([5, 6, 7], [3], "one_unit"), ([5, 6, 7], [1, 1, 1], "too_few"), ([5] * 6, [3, 3], "no_spread")],
)
def test_withheld(answers, sizes, reason):
    row = agreement(made(answers, sizes, items=1)).frame.iloc[0]
    assert (row["withheld"], row["advice"]) == (reason, "unknown") and np.isnan(row["icc1"])


def test_no_units_no_rows():
    assert len(agreement(study({"a": 1}, P=[[5], [6]])).frame) == 0


def test_units_that_differ_in_a_known_way():
    """Between variance .25, within 1: ICC(1) .2 in the long run."""
    rng = np.random.default_rng(2)
    y = rng.normal(0, 0.5, 400).repeat(10) + rng.normal(size=4000)
    row = agreement(made(4 + y, [10] * 400, items=1)).frame.iloc[0]
    assert row["icc1"] == pytest.approx(0.2, abs=0.03)
    assert row["icc1_low"] < 0.2 < row["icc1_high"]
