"""Cronbach's alpha with Feldt's interval: worked numbers, published interval, withheld reasons."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.stats.reliability import alpha, feldt_interval, reliability
from tests.oracles.scoring import ALPHA
from tests.scoring.build import random_study, study

NAN = np.nan


@pytest.mark.parametrize(("value", "n", "k", "low", "high"), ALPHA)
def test_feldt_s_interval_as_published(value, n, k, low, high):
    assert feldt_interval(value, n, k) == pytest.approx((low, high), abs=5e-4)


def test_alpha_by_hand():
    # variances 5/3 and 5/3, of the sums (3, 3, 7, 7) 16/3: 2 (1 - 10/16)
    assert alpha(np.array([[1, 2], [2, 1], [3, 4], [4, 3]])) == pytest.approx(0.75)


def test_parallel_items_are_perfectly_reliable():
    x = np.array([[1.0], [3.0], [4.0]])
    assert alpha(np.hstack([x, x + 1, x - 1])) == pytest.approx(1)


def test_alpha_of_two_items_is_spearman_brown_of_their_correlation_when_variances_agree():
    x = np.random.default_rng(0).normal(size=(200, 2))
    x = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    r = np.corrcoef(x.T)[0, 1]
    assert alpha(x) == pytest.approx(2 * r / (1 + r))


def test_a_negative_alpha_is_shown():
    assert alpha(np.array([[1, 4], [2, 3], [3, 2], [4, 2]])) < 0


def test_rows_per_dimension_and_battery():
    frame = reliability(study({"a": 2}, E=[[1, 2], [2, 1], [3, 4], [4, 3]], P=[[2, 4], [4, 2], [6, 8], [8, 6]])).frame
    assert frame["battery"].tolist() == ["E", "P", "gap"]
    assert frame["alpha"].tolist() == pytest.approx([0.75, 0.75, 0.75])
    assert frame["n"].tolist() == [4, 4, 4] and frame["items"].tolist() == [2, 2, 2]
    assert (frame["low"] < frame["alpha"]).all() and (frame["alpha"] < frame["high"]).all()
    assert set(frame.columns) <= set(GLOSSARY)


def test_gap_rows_use_pairs_and_desired_levels():
    frame = reliability(study({"a": 2}, A=[[1, 1]] * 4, D=[[5, 5]] * 4, P=[[1, 2], [2, 1], [3, 4], [4, NAN]])).frame.set_index("battery")
    assert frame.loc["gap", "n"] == 3
    assert frame.loc["D", "withheld"] == "no_variation"


@pytest.mark.parametrize(
    ("sizes", "rows", "reason"),
    [
        ({"a": 1}, [[1], [2], [3]], "one_item"),
        ({"a": 2}, [[1, 2], [3, 4], [None, 4]], "too_few"),
        ({"a": 2}, [[1, 2], [2, 1], [1, 2]], "no_variation"),
        ({"a": 2}, [[6, 6], [6, 6], [6, 6]], "no_variation"),
    ],
)
def test_what_is_withheld(sizes, rows, reason):
    row = reliability(study(sizes, P=rows)).frame.iloc[0]
    assert row["withheld"] == reason
    assert row[["alpha", "low", "high"]].isna().all()


def test_incomplete_respondents_are_left_out_of_their_dimension_only():
    made = study({"a": 2, "b": 2}, P=[[1, 2, 3, 4], [2, 3, 1, 1], [5, 6, 2, 2], [1, None, 7, 6]])
    assert reliability(made).frame["n"].tolist() == [3, 4]


def test_shifting_and_reversing_all_answers_changes_nothing():
    made = random_study(seed=3, missing=0.05)
    turned = made.with_(answers={battery: 8 - frame for battery, frame in made.answers.items()})
    for left, right in zip(reliability(made).frame["alpha"], reliability(turned).frame["alpha"], strict=True):
        assert left == pytest.approx(right)


def test_feldt_refuses_what_has_no_interval():
    for arguments in ((0.8, 1, 3), (0.8, 10, 1), (0.8, 10, 3, 1.0)):
        with pytest.raises(ValueError, match=r"alpha|confidence"):
            feldt_interval(*arguments)


def test_the_interval_covers_alpha_as_often_as_it_says():
    """Parallel items of correlation .5: alpha is k r / (1 + (k-1) r)."""
    rng = np.random.default_rng(2)
    n, k, r, times = 30, 4, 0.5, 1500
    truth = k * r / (1 + (k - 1) * r)
    covered = 0
    for _ in range(times):
        x = np.sqrt(r) * rng.normal(size=(n, 1)) + np.sqrt(1 - r) * rng.normal(size=(n, k))
        low, high = feldt_interval(alpha(x), n, k)
        covered += low <= truth <= high
    assert covered / times == pytest.approx(0.95, abs=3.5 * np.sqrt(0.95 * 0.05 / times))
