"""Respondent-level scores: which answers count, and what they add up to."""

import numpy as np
import pandas as pd
import pytest

from gaps import instruments, scoring
from gaps.model import Battery, Gap
from tests.scoring.build import random_study, study

NAN = np.nan
SIZES = {"a": 2, "b": 3}


def test_total_is_the_mean_of_dimensions_not_of_items():
    scores = scoring.customer_scores(study(SIZES, E=[[7, 7, 6, 6, 6]], P=[[5, 6, 6, 5, 4]]))
    assert scores.gap.loc[0].tolist() == [-1.5, -1.0]
    assert scores.gap_total[0] == -1.25  # over the items it would be -6/5
    assert scores.expectation_total[0] == 6.5
    assert scores.perception_total[0] == 5.25


@pytest.mark.parametrize(
    ("p", "a", "b", "total"),
    [
        ([5, None, 5, 5, 5], -2.0, -1.0, -1.5),  # one of two items: half is enough
        ([None, None, 5, 5, 5], NAN, -1.0, -1.0),  # one of two dimensions: half is enough
        ([5, 5, 5, None, None], -2.0, NAN, -2.0),  # one of three items is not
        ([None, None, None, None, 5], NAN, NAN, NAN),
    ],
)
def test_half_of_the_parts_is_needed(p, a, b, total):
    scores = scoring.customer_scores(study(SIZES, E=[[7, 7, 6, 6, 6]], P=[p]))
    np.testing.assert_array_equal(scores.gap.loc[0], [a, b])
    np.testing.assert_array_equal(scores.gap_total[0], total)


def test_only_pairs_count_and_nothing_is_imputed():
    # item 1 lacks E, item 2 lacks P: no pair in a; b pairs on items 3 and 5
    scores = scoring.customer_scores(study(SIZES, E=[[None, 7, 6, 4, 7]], P=[[5, None, 5, None, 4]]))
    np.testing.assert_array_equal(scores.gap.loc[0], [NAN, -2.0])
    np.testing.assert_array_equal(scores.expectation.loc[0], [NAN, 6.5])
    np.testing.assert_array_equal(scores.perception.loc[0], [NAN, 4.5])


def test_perception_alone_stands_on_its_own_answers():
    scores = scoring.customer_scores(study(SIZES, P=[[5, 6, 6, 5, 4], [None] * 5]))
    assert scores.gap is None and scores.expectation is None and scores.gap_total is None
    assert scores.perception.loc[0].tolist() == [5.5, 5.0]
    assert scores.perception_total[0] == 5.25
    assert scores.perception.loc[1].isna().all()


def test_three_columns_compare_with_the_desired_level():
    scores = scoring.customer_scores(study({"a": 1}, A=[[5]], D=[[8]], P=[[7]]))
    assert scores.expectation_total[0] == 8
    assert scores.gap_total[0] == -1


def test_nothing_asked_gives_nothing():
    scores = scoring.customer_scores(study({"a": 1}, M=[[5]]))
    assert scores.perception is None and scores.gap is None and scores.expectation is None


def test_paired_scores_of_managers_and_refusal_of_strangers():
    made = study({"a": 1, "b": 1}, E=[[7, 7]], P=[[6, 6]], M=[[6, 5], [7, None]], S=[[4, 5], [4, 3]])
    pair = scoring.paired_scores(made, Battery.BELIEF, Battery.STANDARD)
    assert pair.gap_total.tolist() == [-1.0, -3.0]
    with pytest.raises(ValueError, match="different people"):
        scoring.paired_scores(made, Battery.EXPECTATION, Battery.BELIEF)


def test_rating_totals_stand_below_the_scale_maximum():
    made = study({"a": 1, "b": 1, "c": 1}, ratings={Gap.STANDARDS: {"a": [7, 5, None], "b": [5, "none", "none"], "c": [6, 4, 2]}})
    np.testing.assert_array_equal(scoring.rating_totals(made, Gap.STANDARDS), [-1.0, -2.5, NAN])
    with pytest.raises(ValueError, match="gap 4"):
        scoring.rating_totals(made, Gap.COMMUNICATION)


def test_scores_agree_with_a_plain_loop():
    made = random_study(seed=4, n=40, missing=0.35)
    scores = scoring.customer_scores(made)
    e, p = made.answers[Battery.EXPECTATION], made.answers[Battery.PERCEPTION]
    for i in range(made.n(Battery.PERCEPTION.role)):
        gaps = []
        for dimension in made.instrument.dimensions:
            numbers = made.instrument.numbers_of(dimension.id)
            pairs = [float(p.loc[i, k]) - float(e.loc[i, k]) for k in numbers if not np.isnan(p.loc[i, k] + e.loc[i, k])]
            mean = sum(pairs) / len(pairs) if pairs and 2 * len(pairs) >= len(numbers) else NAN
            np.testing.assert_allclose(scores.gap.loc[i, dimension.id], mean, atol=1e-12)
            gaps.append(mean)
        known = [g for g in gaps if not np.isnan(g)]
        total = sum(known) / len(known) if known and 2 * len(known) >= len(gaps) else NAN
        np.testing.assert_allclose(scores.gap_total[i], total, atol=1e-12)


def test_answers_stay_as_they_were():
    made = random_study(seed=1)
    before = {battery: frame.copy() for battery, frame in made.answers.items()}
    scoring.customer_scores(made)
    scoring.gap_table(made)
    for battery, frame in made.answers.items():
        pd.testing.assert_frame_equal(frame, before[battery])


def test_the_1988_wording_turns_round_items_10_to_13_and_18_to_22():
    made = instruments.load("servqual-1988")
    assert {item.number for item in made.items if item.reversed} == {*range(10, 14), *range(18, 23)}
    answers = np.arange(1, 8)
    assert made.scale.reverse(answers).tolist() == [7, 6, 5, 4, 3, 2, 1]
    assert made.scale.reverse(made.scale.reverse(answers)).tolist() == answers.tolist()
