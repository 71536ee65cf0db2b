"""What weights change: R's survey package, and nothing where nothing was weighted."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.model import Role, Scale
from gaps.scoring.gap_table import gap_table
from gaps.stats.intervals import with_intervals
from gaps.stats.reweighted import reweighted
from gaps.stats.weighting import rake
from tests.scoring.build import people, random_study, study

# R 4.2.2, survey 4.1-1: d <- svydesign(ids = ~1, weights = ~w, data = data.frame(x)); svymean(~x, d); confint(svymean(~x, d), df = 9)
ANSWERS = [2, 5, 3, 7, 4, 6, 1, 5, 6, 2]
WEIGHTS = [1, 2, 0.5, 1.5, 1, 1, 0.8, 0.7, 2, 1]
MEAN, LOW, HIGH = 52.3 / 11.5, 3.127376935, 5.968275239


def test_a_weighted_mean_as_r_s_survey():
    before = study({"a": 1}, {Role.CUSTOMERS: people(10, satisfaction=ANSWERS)}, P=[[5]] * 10, outcomes={"satisfaction": Scale(1, 7)})
    after = before.with_(respondents={Role.CUSTOMERS: before.customers.assign(weight=np.array(WEIGHTS))})
    row = reweighted(before, after).frame.set_index("measure").loc["outcome"]
    assert (row["weighted"], row["low"], row["high"]) == pytest.approx((MEAN, LOW, HIGH), abs=1e-8)
    assert (row["plain"], row["n"]) == (pytest.approx(4.1), 10)
    assert row["difference"] == pytest.approx(MEAN - 4.1)


def test_without_weights_it_is_the_gap_table():
    made = random_study(seed=3, n=80)
    frame = reweighted(made, made).frame
    table = with_intervals(gap_table(made, by=((),), segments=False))
    for gap in range(1, 6):
        row = frame[frame["measure"].eq("gap") & frame["gap"].eq(gap) & frame["dimension"].isna()].iloc[0]
        given = table.rows(gap=gap, level="total").iloc[0]
        assert tuple(row[["plain", "plain_low", "plain_high"]]) == pytest.approx(tuple(given[["mean", "low", "high"]]))
    assert frame["difference"].abs().max() == 0
    assert set(frame.columns) <= set(GLOSSARY)


def test_what_is_raked_moves_towards_those_who_count_more():
    """Women answer 6, men 4; a sample of one in five women is weighted to half: the mean goes from 4.4 to 5."""
    frame = people(50, sex=["f"] * 10 + ["m"] * 40)
    made = study({"a": 1}, {Role.CUSTOMERS: frame}, P=[[6]] * 10 + [[4]] * 40, segments=("sex",))
    raking = rake(made, {"sex": {"f": 1, "m": 1}})
    row = reweighted(made, raking.study).frame.set_index("measure").loc["perception"].iloc[0]
    assert (row["plain"], row["weighted"]) == (pytest.approx(4.4), pytest.approx(5.0))
