import pandas as pd
import pytest

from gaps.charts import importance_weights
from gaps.stats.stated import StatedImportance
from tests.charts.results import NAMES, NAN, priorities, study


def stated(shares=(0.1, 0.3, 0.25, 0.2, 0.15), half=0.01, n=180) -> StatedImportance:
    rows = [
        {"dimension": d, "n": n, "mean": s, "se": half / 2, "low": s - half, "high": s + half} for d, s in zip(NAMES, shares, strict=True)
    ]
    return StatedImportance(pd.DataFrame(rows), n)


def test_both_side_by_side_the_largest_first(words):
    chart = importance_weights(stated(), priorities(), study(), words=words)
    said, derived = chart.figure.data
    assert list(said.customdata) == ["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
    assert list(said.x) == pytest.approx([0.3, 0.25, 0.2, 0.15, 0.1]) and list(derived.customdata) == list(said.customdata)
    assert derived.x[0] == pytest.approx(0.4) and said.error_x.array[0] == pytest.approx(0.01)


def test_what_the_title_claims(en):
    assert importance_weights(stated(), priorities(), study(), words=en).title == "Reliability is given the most points: 30 %"
    other = importance_weights(stated((0.5, 0.2, 0.1, 0.1, 0.1)), priorities(), study(), words=en)
    assert other.title == "Tangibles is given the most points (50 %); most of what is explained goes with Reliability"
    close = importance_weights(stated(half=0.04), priorities(), study(), words=en)
    assert close.title == "Reliability is given the most points (30 %), but its interval overlaps with others"


def test_without_an_outcome_stated_alone(en):
    chart = importance_weights(stated(), None, study(), words=en)
    assert len(chart.figure.data) == 1 and "LMG" not in chart.caption and chart.caption.startswith("Stated: 180 customers.")


def test_one_customer_has_no_interval(en):
    rows = stated().frame.assign(low=NAN, high=NAN)
    chart = importance_weights(StatedImportance(rows, 1), None, study(), words=en)
    assert "too few" in chart.title and "interval" not in chart.subtitle and "(" not in chart.figure.layout.annotations[1].text


def test_fewer_than_ten_customers_have_none_either(en):
    few, enough = (importance_weights(stated(n=n), None, study(), words=en).figure.data[0].error_x.array[0] for n in (9, 10))
    assert few == 0 and enough == pytest.approx(0.01)
