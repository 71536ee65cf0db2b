"""Answers counted by hand: pairs, missing ones, case weights, fine scales."""

import numpy as np
import pytest

from gaps import scoring
from gaps.columns import GLOSSARY
from gaps.model import Battery, Role, Scale, Withheld
from gaps.scoring.distributions import categories
from tests.scoring.build import people, random_study, study


def test_shares_and_means_of_those_who_answered_both():
    made = study({"a": 2}, E=[[7, 6], [6, 6], [5, None]], P=[[1, 6], [7, 5], [None, 4]])
    found = scoring.distributions(made)
    assert found.paired and found.width == 1 and found.batteries == (Battery.EXPECTATION, Battery.PERCEPTION)
    assert found.shares(Battery.EXPECTATION, 1).tolist() == [0, 0, 0, 0, 0, 0.5, 0.5]  # the 5 has no perception beside it
    assert found.shares(Battery.PERCEPTION, 1).tolist() == [0.5, 0, 0, 0, 0, 0, 0.5]
    row = found.mean_of(Battery.PERCEPTION, item=1)
    assert (row["n"], row["missing"], row["mean"], row["se"], row["df"]) == (2, 1, 4, pytest.approx(3), 1)
    assert found.mean_of(Battery.PERCEPTION, item=9) is None
    assert set(found.answers) | set(found.means) <= set(GLOSSARY)


def test_means_differ_by_the_gap():
    made = random_study(3, n=80)
    found, table = scoring.distributions(made), scoring.gap_table(made)
    for level in ("item", "dimension"):
        for row in table.rows(gap=5, level=level).to_dict("records"):
            key = {"item": int(row["item"])} if level == "item" else {"dimension": row["dimension"]}
            e, p = (found.mean_of(b, **key) for b in (Battery.EXPECTATION, Battery.PERCEPTION))
            assert p["mean"] - e["mean"] == pytest.approx(row["mean"]) and p["n"] == row["n_achieved"]


def test_weights_count():
    roles = {Role.CUSTOMERS: people(3, weight=[3, 1, 1])}
    found = scoring.distributions(study({"a": 1}, roles, P=[[1], [7], [7]]))
    assert not found.paired
    assert found.shares(Battery.PERCEPTION, 1)[[0, 6]].tolist() == pytest.approx([0.6, 0.4])
    row = found.mean_of(Battery.PERCEPTION, item=1)
    assert row["mean"] == pytest.approx(3.4) and row["n_effective"] == pytest.approx(25 / 11)


def test_the_adequate_level_counts_its_own_answers():
    made = study({"a": 1}, A=[[4], [5], [5]], D=[[7], [7], [None]], P=[[6], [6], [6]])
    found = scoring.distributions(made)
    assert found.batteries == (Battery.DESIRED, Battery.PERCEPTION, Battery.ADEQUATE)
    assert [found.mean_of(b, item=1)["n"] for b in found.batteries] == [2, 2, 3]


@pytest.mark.parametrize(
    ("scale", "count", "width"), [(Scale(1, 5), 5, 1), (Scale(0, 10), 11, 1), (Scale(0, 100), 10, 10), (Scale(0.5, 4.5), 10, 0.4)]
)
def test_a_fine_scale_is_cut_into_ten_parts(scale, count, width):
    middles, found = categories(scale)
    assert len(middles) == count and found == pytest.approx(width)
    assert middles[0] - found / 2 == pytest.approx(scale.min if width != 1 else scale.min - 0.5)


def test_both_ends_of_a_fine_scale_are_in_it():
    found = scoring.distributions(study({"a": 1}, scale=Scale(0, 100), P=[[0], [10], [99], [100]]))
    assert (found.shares(Battery.PERCEPTION, 1) * 4).tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_shares_sum_to_one():
    found = scoring.distributions(random_study(4, n=50, batteries="ADP"))
    sums = found.answers.groupby(["battery", "item"])["share"].sum()
    assert np.allclose(sums, 1)


def test_no_answers():
    assert scoring.distributions(study({"a": 1}, P=[[None], [None]])) == Withheld("no_answers")
    assert scoring.distributions(study({"a": 1}, M=[[4]])) == Withheld("no_answers")
