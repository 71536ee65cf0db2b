"""The zone of tolerance: worked rows, and those who desire less than they accept."""

import numpy as np
import pytest

from gaps import scoring
from gaps.columns import GLOSSARY
from gaps.model import Role, Scale, Withheld
from tests.oracles.scoring import ZONE
from tests.scoring.build import people, study

NINE = Scale(1, 9)


@pytest.mark.parametrize("row", ZONE)
def test_worked_rows(row):
    adequate, desired, perceived, adequacy, superiority, position = row
    made = study({"a": 1}, scale=NINE, A=[[adequate]], D=[[desired]], P=[[perceived]])
    exact = made.with_(answers={battery: frame.astype(float).round(1) for battery, frame in made.answers.items()})
    frame = scoring.zone(exact).frame
    assert frame[["adequacy", "superiority", "position"]].iloc[0].tolist() == pytest.approx([adequacy, superiority, position], abs=1e-12)
    assert set(frame.columns) <= set(GLOSSARY)


def test_the_inconsistent_are_counted_and_left_out():
    made = study({"a": 1}, scale=NINE, A=[[5], [8], [6]], D=[[7], [6], [8]], P=[[6], [1], [9]])
    item = scoring.zone(made).frame.query("item == 1").iloc[0]
    assert (item["n"], item["inconsistent"]) == (2, 1)
    assert item[["adequate", "desired", "perceived"]].tolist() == [5.5, 7.5, 7.5]
    assert item["position"] == 1


def test_dimension_rows_come_first_and_need_half_of_the_items():
    made = study(
        {"a": 2, "b": 3},
        scale=NINE,
        A=[[5, 5, 4, 4, 4], [5, None, 4, None, None]],
        D=[[7, 9, 6, 6, 6], [7, 7, 6, 6, 6]],
        P=[[6, 8, 5, 5, 5], [7, 7, 7, 7, 7]],
    )
    frame = scoring.zone(made).frame
    assert frame["item"].isna().tolist() == [True, True] + [False] * 5
    a, b = frame.iloc[0], frame.iloc[1]
    assert (a["dimension"], a["n"], a["adequacy"], a["superiority"]) == ("a", 2, pytest.approx(2.0), pytest.approx(-0.5))
    assert (b["dimension"], b["n"], b["perceived"]) == ("b", 1, 5)


def test_no_width_no_position():
    row = scoring.zone(study({"a": 1}, scale=NINE, A=[[7]], D=[[7]], P=[[6]])).frame.iloc[0]
    assert np.isnan(row["position"]) and row["superiority"] == -1 and row["inconsistent"] == 0


def test_case_weights():
    made = study({"a": 1}, {Role.CUSTOMERS: people(2, weight=[1, 3])}, scale=NINE, A=[[5], [5]], D=[[8], [8]], P=[[5], [7]])
    assert scoring.zone(made).frame.iloc[0]["adequacy"] == pytest.approx(1.5)


def test_what_is_missing_is_said():
    assert scoring.zone(study({"a": 1}, E=[[7]], P=[[6]])) == Withheld("not_measured", {"batteries": ["A", "D"]})
    assert scoring.zone(study({"a": 1}, A=[[8]], D=[[7]], P=[[6]])) == Withheld("no_answers")
