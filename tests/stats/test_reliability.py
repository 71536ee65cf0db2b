"""Cronbach's alpha with Feldt's interval: worked numbers, published interval, withheld reasons."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.model import Role, Selection
from gaps.scoring import select
from gaps.stats.difference_reliability import difference_reliability
from gaps.stats.item_analysis import item_analysis
from gaps.stats.reliability import alpha, feldt_interval, reliability
from tests.oracles.scoring import ALPHA
from tests.scoring.build import people, random_study, study

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


def test_an_item_that_one_battery_left_out_does_not_take_its_dimension_with_it():
    """Whoever answered the other items answered all that was asked; asked of one wave only, it counts where it was asked."""
    nan, rng = NAN, np.random.default_rng(4)
    p = rng.integers(1, 8, (60, 3)).astype(float)
    p[:, 2] = nan
    e = rng.integers(1, 8, (60, 3)).astype(float)
    left = study({"a": 3}, E=e, P=p)
    whole = study({"a": 2}, E=e[:, :2], P=p[:, :2])
    found, of_two = (reliability(s).frame.set_index("battery") for s in (left, whole))
    for battery, items in (("E", 3), ("P", 2), ("gap", 2)):
        assert (found.loc[battery, "n"], found.loc[battery, "items"]) == (60, items)
    assert found.loc[["P", "gap"], "alpha"].tolist() == pytest.approx(of_two.loc[["P", "gap"], "alpha"].tolist())
    assert item_analysis(left, ("P",)).frame["item_total"].notna().sum() == item_analysis(whole, ("P",)).frame["item_total"].notna().sum()
    assert difference_reliability(left).frame["n"].tolist() == [60]
    waves = np.repeat(["1", "2"], 30)
    p[30:, 2] = rng.integers(1, 8, 30)
    asked_later = study({"a": 3}, {Role.CUSTOMERS: people(60, wave=waves)}, E=e, P=p)
    for wave, items in (("1", 2), ("2", 3)):
        row = reliability(select(asked_later, Selection(waves=(wave,)))).frame.set_index("battery").loc["P"]
        assert (row["items"], row["n"]) == (items, 30)
