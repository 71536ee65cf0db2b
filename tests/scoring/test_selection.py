"""Selecting respondents: who stays, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from gaps import scoring
from gaps.model import Battery, Gap, Role, Selection
from tests.scoring.build import people, random_study, study


@pytest.fixture
def made():
    roles = {
        Role.CUSTOMERS: people(4, unit=["A", "A", "B", None], wave=["1", "2", "1", "2"], sex=["f", "m", "m", None]),
        Role.MANAGERS: people(2, unit=["A", "B"]),
    }
    return study({"a": 1}, roles, E=[[7], [6], [5], [4]], P=[[1], [2], [3], [4]], M=[[6], [7]], segments=("sex",))


def test_everything_is_the_study_itself(made):
    assert scoring.select(made, Selection()) is made


def test_units_restrict_every_role(made):
    part = scoring.select(made, Selection(units=("A",)))
    assert part.answers[Battery.PERCEPTION][1].tolist() == [1, 2]
    assert part.answers[Battery.BELIEF][1].tolist() == [6]
    assert part.units == ("A",)
    assert part.customers.index.equals(pd.RangeIndex(2))
    assert part.answers[Battery.PERCEPTION].index.equals(part.customers.index)


def test_a_role_without_waves_has_nobody_in_a_wave(made):
    part = scoring.select(made, Selection(waves=("1",)))
    assert part.answers[Battery.PERCEPTION][1].tolist() == [1, 3]
    assert part.n(Role.MANAGERS) == 0


def test_segments_restrict_customers_only(made):
    part = scoring.select(made, Selection(segments=(("sex", ("m",)),)))
    assert part.answers[Battery.PERCEPTION][1].tolist() == [2, 3]
    assert part.n(Role.MANAGERS) == 2


def test_nobody_left_is_a_study_without_respondents(made):
    part = scoring.select(made, Selection(units=("B",), waves=("2",)))
    assert part.n(Role.CUSTOMERS) == 0
    table = scoring.gap_table(part)
    assert set(table.rows(gap=Gap.CUSTOMER, level="total")["withheld"]) == {"no_answers"}
    assert table.rows(gap=Gap.STANDARDS)["withheld"].tolist() == ["not_measured"]
    assert scoring.servqual(part).unweighted.reason == "no_answers"
    assert len(scoring.unit_scores(part)) == len(part.units)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(units=("C",)),
        Selection(waves=("3",)),
        Selection(segments=(("age", ("20",)),)),
        Selection(segments=(("sex", ("x",)),)),
    ],
)
def test_unknown_names_are_refused_with_what_there_is(made, selection):
    with pytest.raises(ValueError, match=r"no such .*the study has"):
        scoring.select(made, selection)


def test_importance_and_ratings_follow():
    made = study({"a": 1}, {Role.MANAGERS: people(3, unit=["A", "B", "A"])}, ratings={Gap.STANDARDS: {"a": [7, 5, "none"]}})
    part = scoring.select(made, Selection(units=("A",)))
    np.testing.assert_array_equal(part.ratings[Gap.STANDARDS]["a"], [7, np.nan])
    assert part.no_ratings[Gap.STANDARDS]["a"].tolist() == [False, True]


@pytest.mark.parametrize("column", ["unit", "wave"])
def test_a_selection_gives_the_rows_of_the_full_table(column):
    made = random_study(seed=3, n=80)
    table = scoring.gap_table(made, by=((column,),), segments=False).frame
    for name in getattr(made, f"{column}s"):
        part = scoring.select(made, Selection(**{f"{column}s": (name,)}))
        rows = scoring.gap_table(part, by=((),), segments=False).frame
        wanted = table[table[column].eq(name)].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows.drop(columns=column), wanted.drop(columns=column), rtol=1e-12, atol=1e-12)


def test_a_segment_selection_gives_the_segment_rows():
    made = random_study(seed=5, n=80)
    table = scoring.gap_table(made, by=()).frame
    for value in ("sex 1", "sex 2"):
        part = scoring.select(made, Selection(segments=(("sex", (value,)),)))
        rows = scoring.gap_table(part, by=((),), segments=False).frame
        rows = rows[rows["gap"].isin([1, 5])].reset_index(drop=True)
        wanted = table[table["segment_value"].eq(value)].reset_index(drop=True)
        keys = ["segment", "segment_value"]
        pd.testing.assert_frame_equal(rows.drop(columns=keys), wanted.drop(columns=keys), rtol=1e-12, atol=1e-12)
