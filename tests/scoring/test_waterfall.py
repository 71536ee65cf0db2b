"""The waterfall: each step by hand, and the identity in every row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps import scoring
from gaps.columns import GLOSSARY
from gaps.model import Role, Withheld
from tests.scoring.build import people, random_study, study

STEPS = ["gap1", "gap2", "gap3", "perception_step"]


def test_steps_by_hand():
    made = study({"a": 1, "b": 1}, E=[[7, 6], [6, 6]], P=[[4, 6], [5, 6]], M=[[6, 7]], S=[[5, 6]], V=[[5, 5], [4, 6]], C=[[7, 7], [6, 7]])
    frame = scoring.waterfall(made).frame
    assert set(frame.columns) <= set(GLOSSARY)
    total, a, b = (frame.iloc[k] for k in range(3))
    assert a[["expected", *STEPS, "perceived", "promised"]].tolist() == [6.5, -0.5, -1, -0.5, 0, 4.5, 6.5]
    assert b[["expected", *STEPS, "perceived", "promised"]].tolist() == [6, 1, -1, -0.5, 0.5, 6, 7]
    assert total[["expected", "perceived", "promised"]].tolist() == [6.25, 5.25, 6.75]
    assert frame["unit"].isna().all() and frame["dimension"].isna().tolist() == [True, False, False]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2]))
def test_the_steps_lead_from_expected_to_perceived(seed, missing):
    frame = scoring.waterfall(random_study(seed, missing=missing)).frame
    np.testing.assert_allclose(frame["expected"] + frame[STEPS].sum(axis=1), frame["perceived"], atol=1e-12)


def test_without_missing_answers_the_steps_are_the_gaps():
    made = random_study(seed=3, missing=0)
    frame = scoring.waterfall(made).frame
    table = scoring.gap_table(made, by=((), ("unit",)), segments=False, items=False).frame
    for gap in (1, 2, 3):
        rows = table[table["gap"].eq(gap)]
        joined = frame.merge(rows, on=["unit", "dimension"])
        assert len(joined) == len(frame)
        np.testing.assert_allclose(joined[f"gap{gap}"], joined["mean"], atol=1e-12)
    rows = frame.merge(table[table["gap"].eq(5)], on=["unit", "dimension"])
    np.testing.assert_allclose(rows["perceived"] - rows["expected_x"], rows["mean"], atol=1e-12)


def test_units_without_the_whole_chain_have_no_rows():
    roles = {Role.CUSTOMERS: people(2, unit=["A", "B"]), Role.MANAGERS: people(1, unit=["A"]), Role.EMPLOYEES: people(1, unit=["A"])}
    made = study({"a": 1}, roles, E=[[7], [6]], P=[[4], [5]], M=[[6]], S=[[5]], V=[[5]])
    frame = scoring.waterfall(made).frame
    assert frame["unit"].fillna("all").tolist() == ["all", "all", "A", "A"]
    assert frame["promised"].isna().all()  # promises were not asked


def test_what_is_missing_is_said():
    assert scoring.waterfall(study({"a": 1}, E=[[7]], P=[[6]])) == Withheld("not_measured", {"batteries": ["M", "S", "V"]})
    empty = study({"a": 1}, E=[[7]], P=[[6]], M=[[None]], S=[[5]], V=[[5]])
    assert scoring.waterfall(empty) == Withheld("no_answers")
    with pytest.raises(AttributeError):
        _ = scoring.waterfall(empty).frame
