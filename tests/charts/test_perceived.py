import pytest

from gaps.charts import perceived
from gaps.stats.humps import item_distributions
from tests.scoring.build import study


def asked(answers):
    made = study({"a": 1, "b": 1, "c": 1}, P=answers)
    return item_distributions(made), made


def test_the_lowest_first_with_its_interval(words):
    """b: 3, 4 and 5 in turn, mean 4, sd .8305 (n - 1), se .1516, t(29) 2.0452: 3.69 to 4.31."""
    found, made = asked([[6, 3 + k % 3, 5 + k % 2] for k in range(30)])
    chart = perceived(found, made, words=words)
    (marks,) = chart.figure.data
    assert list(marks.customdata) == ["b", "c", "a"] and list(marks.x) == pytest.approx([4, 5.5, 6])
    assert marks.error_x.array[0] == pytest.approx(2.0452 * 0.8305 / 30**0.5, abs=2e-4)
    assert marks.error_x.array[2] == 0  # all alike: no interval


def test_what_the_title_claims(en):
    apart = perceived(*asked([[6, 3 + k % 3, 5 + k % 2] for k in range(30)]), words=en)
    assert apart.title.endswith("is rated lowest: 4.00")
    close = perceived(*asked([[4 + k % 3, 4 + (k + 1) % 3, 3 + k % 5] for k in range(30)]), words=en)
    assert "overlaps" in close.title
    few = perceived(*asked([[6, 3 + k % 3, 5] for k in range(9)]), words=en)
    assert few.title == "How customers rate the dimensions"
    assert not any(few.figure.data[0].error_x.array) and "Whiskers" not in few.caption
