"""Fuzzy comprehensive evaluation: published examples, the four operators, two levels, and the identity with weighted means."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.columns import GLOSSARY
from gaps.model import Battery, Role, Scale, Withheld
from gaps.scoring.fuzzy import OPERATORS, compose, fuzzy_evaluation, membership, verdict
from tests.oracles.methods import figures
from tests.scoring.build import people, random_study, study

# restaurant example published at dtcms.com: three operators agree on nothing but the third grade
RESTAURANT = ([0.4, 0.3, 0.2, 0.1], [[0.5, 0.3, 0.2, 0], [0.2, 0.4, 0.3, 0.1], [0.1, 0.3, 0.5, 0.1], [0, 0.2, 0.4, 0.4]])
POINTS = (100, 75, 50, 25)


@pytest.fixture(scope="module")
def clothing(shared):
    return figures(shared)["T24_fuzzy"]


@pytest.mark.parametrize(
    ("operator", "entry"),
    [
        ("weighted_average", "B_M_dot_plus"),  # published by SPSSAU; the others computed for the reference
        ("min_max", "B_min_max_computed"),
        ("product_max", "B_dot_max_computed"),
        ("min_sum", "B_min_plus_computed"),
    ],
)
def test_clothing_under_the_four_operators(clothing, operator, entry):
    assert compose(clothing["A"], clothing["R"], operator) == pytest.approx(clothing[entry], abs=1e-12)


@pytest.mark.parametrize(
    ("operator", "grade", "score"),
    [("weighted_average", 3, 66.125), ("min_max", 1, 69.3182), ("product_max", 1, 71.6837), ("min_sum", 2, 65.5660)],
)
def test_operators_disagree_about_the_verdict(clothing, operator, grade, score):
    found = verdict(compose(clothing["A"], clothing["R"], operator), POINTS)
    assert (found.place + 1, found.tied) == (grade, False)
    assert found.score == pytest.approx(score, abs=5e-5)


def test_min_max_normalised(clothing):
    shares = verdict(compose(clothing["A"], clothing["R"], "min_max"), POINTS).shares
    assert shares == pytest.approx((0.31818, 0.27273, 0.27273, 0.13636), abs=5e-6)


def test_restaurant():
    assert compose(*RESTAURANT) == pytest.approx([0.28, 0.32, 0.31, 0.09])
    assert compose(*RESTAURANT, "min_max") == pytest.approx([0.4, 0.3, 0.3, 0.1])


def test_membership_is_the_share_of_respondents():
    assert membership(np.array([1, 2, 2, 4]), [1, 2, 3, 4]).tolist() == [0.25, 0.5, 0, 0.25]
    assert membership(np.array([1, 2]), [1, 2], np.array([3.0, 1.0])).tolist() == [0.75, 0.25]


def test_a_tie_goes_to_the_first_grade_and_says_so():
    found = verdict([0.2, 0.4, 0.4], [1, 2, 3])
    assert (found.place, found.tied, found.score) == (1, True, pytest.approx(2.2))


def test_two_levels_by_hand():
    """Item 1: 1, 3; item 2: 3, 3; item 3 (the other dimension): 2, and one missing."""
    made = study({"a": 2, "b": 1}, scale=Scale(1, 3), P=[[1, 3, 2], [3, 3, None]])
    found = fuzzy_evaluation(made, importance={"a": 3, "b": 1})
    names = [
        f"{d if d == d else 'total'}{'' if pd.isna(k) else k}" for d, k in found.verdicts[["dimension", "item"]].itertuples(index=False)
    ]
    rows = found.verdicts.set_index(pd.Index(names))
    assert rows["n"].to_dict() == {"a1": 2, "a2": 2, "b3": 1, "a": 2, "b": 1, "total": 1}
    assert rows["weight"].tolist() == [0.5, 0.5, 1, 0.75, 0.25, 1]
    assert rows["score"].tolist() == pytest.approx([2, 3, 2, 2.5, 2, 2.375])
    assert rows["grade"].to_dict() == {"a1": 1, "a2": 3, "b3": 2, "a": 3, "b": 2, "total": 3}
    assert rows["tied"].to_dict() == {"a1": True, "a2": False, "b3": False, "a": False, "b": False, "total": False}
    total = found.memberships[found.memberships["dimension"].isna()]
    assert total["membership"].tolist() == pytest.approx([0.75 * 0.25, 0.25, 0.75 * 0.75])
    assert (found.grades, found.weights_source, found.operator, found.score) == ((1, 2, 3), "given", "weighted_average", 2.375)
    assert set(found.verdicts.columns) | set(found.memberships.columns) <= set(GLOSSARY)


@settings(max_examples=40)
@given(seed=st.integers(0, 5000), missing=st.sampled_from([0.0, 0.3]), weighted=st.booleans())
def test_the_score_is_the_weighted_mean_of_the_items_means(seed, missing, weighted):
    """The identity: with shares as memberships and the scale's points as values, M(·,+) gives no new number."""
    rng = np.random.default_rng(seed)
    n, sizes = 12, {"a": 2, "b": 3}
    answers = rng.integers(1, 8, (n, 5)).astype(float)
    answers[1:][rng.random((n - 1, 5)) < missing] = np.nan
    weight = rng.uniform(0.5, 3, n)
    made = study(sizes, {Role.CUSTOMERS: people(n, weight=weight)} if weighted else None, P=answers)
    importance = {"a": rng.uniform(0.1, 1), "b": rng.uniform(0.1, 1)}
    means = [np.average(x[~np.isnan(x)], weights=weight[~np.isnan(x)] if weighted else None) for x in answers.T]
    expected = np.average([np.mean(means[:2]), np.mean(means[2:])], weights=[importance["a"], importance["b"]])
    assert fuzzy_evaluation(made, importance=importance).score == pytest.approx(expected)


@settings(max_examples=8)
@given(seed=st.integers(0, 5000), operator=st.sampled_from(OPERATORS))
def test_memberships_sum_to_one_and_everybody_alike_is_one_grade(seed, operator):
    found = fuzzy_evaluation(random_study(seed, n=10), operator=operator)
    sums = found.memberships.groupby(["dimension", "item"], dropna=False)["membership"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
    alike = fuzzy_evaluation(study({"a": 2, "b": 3}, P=np.full((4, 5), 6.0)), operator=operator)
    assert set(alike.verdicts["grade"]) == {6} and alike.score == pytest.approx(6)


def test_weights_of_the_dimensions_are_the_stated_points_where_there_are_any():
    made = study({"a": 1, "b": 1}, P=[[2, 6], [2, 6]])
    equal = fuzzy_evaluation(made)
    points = made.answers[Battery.PERCEPTION].set_axis(["a", "b"], axis=1) * 0 + [75, 25]
    stated = fuzzy_evaluation(made.with_(importance=points))
    assert (equal.score, equal.weights_source) == (4, "equal")
    assert (stated.score, stated.weights_source) == (3, "respondents")


def test_a_dimension_nobody_answered_leaves_its_weight_to_the_others():
    made = study({"a": 1, "b": 1, "c": 1}, P=[[2, None, 6], [2, None, 6]])
    found = fuzzy_evaluation(made, importance={"a": 1, "b": 5, "c": 3})
    assert found.score == pytest.approx(5)
    assert "b" not in set(found.verdicts["dimension"])


def test_what_is_withheld():
    assert fuzzy_evaluation(study({"a": 1}, E=[[1]])) == Withheld("not_measured", {"batteries": ["P"]})
    assert fuzzy_evaluation(study({"a": 1}, P=[[None], [None]])) == Withheld("no_answers")
    assert fuzzy_evaluation(study({"a": 1}, P=[[1.5], [2]])) == Withheld("grades_not_whole", {"battery": "P"})
    assert fuzzy_evaluation(study({"a": 1}, scale=Scale(0.5, 5), P=[[1], [2]])).reason == "grades_not_whole"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: compose([0.5, 0.6], np.eye(2)),
        lambda: compose([1.2, -0.2], np.eye(2)),
        lambda: compose([1.0], np.eye(2)),
        lambda: compose([0.5, 0.5], np.eye(2), "average"),
        lambda: compose([0.5, 0.5], 2 * np.eye(2)),
        lambda: verdict([0, 0], [1, 2]),
        lambda: verdict([0.5, 0.5], [1, 2, 3]),
        lambda: membership(np.array([]), [1, 2]),
        lambda: membership(np.array([3]), [1, 2]),
        lambda: fuzzy_evaluation(random_study(), operator="average"),
        lambda: fuzzy_evaluation(random_study(), importance={"a": 1}),
        lambda: fuzzy_evaluation(study({"a": 1}, P=[[1]]), importance={"a": 0}),
    ],
)
def test_a_caller_s_mistake(wrong):
    with pytest.raises(ValueError):
        wrong()
