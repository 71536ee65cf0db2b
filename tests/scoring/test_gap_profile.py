"""Who is below, at and above expectation, counted by hand."""

import numpy as np
import pytest

from gaps.model import Role
from gaps.scoring.gap_profile import expected_top, gap_profile
from tests.scoring.build import people, random_study, study


def test_by_hand():
    made = study(
        {"a": 2, "b": 1},
        {Role.CUSTOMERS: people(4)},
        E=[[7, 5, 7], [4, 4, 6], [7, 7, None], [3, None, 2]],
        P=[[6, 6, 7], [5, 5, 4], [6, 6, 3], [3, 4, 5]],
    )
    found = gap_profile(made)
    items = found.frame.dropna(subset="item").set_index("item")
    assert items.loc[1, ["n", "n_below", "n_at", "n_above", "n_expected_top"]].tolist() == [4, 2, 1, 1, 2]
    assert items.loc[3, ["n", "n_below", "n_at", "n_above", "n_expected_top"]].tolist() == [3, 1, 1, 1, 1]
    a = found.row("a")  # gaps 0, 1, -1, 0
    assert a[["n", "n_below", "n_at", "n_above", "n_expected_top"]].tolist() == [4, 1, 2, 1, 1]
    assert (a["mean_gap"], a["q25"], a["q50"], a["q75"]) == (0, -0.25, 0, 0.25)
    total = found.row()  # 0, -.5, -1 (half of the dimensions is enough), 1.5
    assert total[["n", "n_below", "n_at", "n_above"]].tolist() == [4, 2, 1, 1]
    with pytest.raises(ValueError, match="no dimension"):
        found.row("c")


def test_rounding_is_no_gap():
    made = study({"a": 3}, {Role.CUSTOMERS: people(1)}, E=[[1.1, 2.2, 3.3]], P=[[2.2, 3.3, 1.1]])
    assert gap_profile(made).row("a")["n_at"] == 1


def test_who_expects_the_top_is_what_the_profile_counts():
    made = random_study(n=90, missing=0.2)
    items = gap_profile(made).frame.dropna(subset="item")
    found = expected_top(made).frame
    assert found["n_expected_top"].sum() > 0
    for name in ("dimension", "item", "n", "n_expected_top"):
        assert found[name].tolist() == items[name].tolist()


def test_nobody():
    made = study({"a": 1}, {Role.CUSTOMERS: people(2)}, E=[[1], [None]], P=[[None], [2]])
    row = gap_profile(made).row("a")
    assert row["n"] == 0 and np.isnan(row["q50"]) and np.isnan(row["mean_gap"])


def test_what_was_not_asked():
    for found in (gap_profile, expected_top):
        assert found(study({"a": 1}, {Role.CUSTOMERS: people(1)}, P=[[2]])).reason == "no_expectation"
        assert found(study({"a": 1}, {Role.CUSTOMERS: people(1)}, E=[[2]])).reason == "not_measured"
