"""Numbers of a grid: written with a true minus, kept as numbers."""

import pytest

from gaps.reports.grid import written

ROWS = [{"item": "1 North", "gap": -1.2345, "n": 3}, {"item": "2 South", "gap": 0.5, "n": 40}, {"item": "3 West", "gap": None, "n": 0}]


def shown(styled) -> list[list[str]]:
    return [[cell["display_value"] for cell in row if cell["type"] == "td"] for row in styled._translate(False, False)["body"]]


def test_numbers_have_sign_and_true_minus_and_stay_numbers():
    styled = written(ROWS, ["gap"])
    assert [row[1] for row in shown(styled)] == ["−1.23", "+0.50", "–"]
    assert styled.data["gap"].tolist()[:2] == [-1.2345, 0.5] and styled.data["gap"].dtype.kind == "f"


def test_counts_have_their_thousands_and_stay_numbers():
    styled = written([{"gap": -0.005, "n": 1890}, {"gap": 1.0, "n": None}], ["gap"], ["n"])
    assert [row[1] for row in shown(styled)] == ["1,890", "–"]
    assert styled.data["n"].tolist()[0] == 1890


def test_other_columns_are_left_alone():
    assert [[row[0], row[2]] for row in shown(written(ROWS, ["gap"]))] == [["1 North", "3"], ["2 South", "40"], ["3 West", "0"]]


def test_a_column_that_is_not_there_is_a_fault():
    with pytest.raises(KeyError):
        written(ROWS, ["mean"])
