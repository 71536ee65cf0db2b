"""Corrected item-total correlations and alpha without an item, against psych."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.stats.item_analysis import item_analysis, item_statistics
from gaps.stats.reliability import alpha
from tests.oracles.validity import ATTITUDE, ATTITUDE_ROWS
from tests.scoring.build import random_study, study


def test_attitude_as_psych_computes_it():
    sd, r, whole, without = item_statistics(ATTITUDE_ROWS)
    assert r == pytest.approx(ATTITUDE["item_total"], abs=1e-11)
    assert without == pytest.approx(ATTITUDE["alpha_without"], abs=1e-11)
    assert whole == pytest.approx(ATTITUDE["alpha"], abs=1e-9)
    assert sd[0] == pytest.approx(12.17256194759)


def test_it_is_what_correlating_says():
    x = np.random.default_rng(0).integers(1, 8, (40, 4)).astype(float)
    _, r, _, without = item_statistics(x)
    for k in range(4):
        rest = np.delete(x, k, axis=1)
        assert r[k] == pytest.approx(np.corrcoef(x[:, k], rest.sum(axis=1))[0, 1])
        assert without[k] == pytest.approx(alpha(rest))


def test_an_item_that_was_not_reversed_is_pointed_out():
    rng = np.random.default_rng(1)
    x = np.clip(np.rint(4 + rng.normal(size=(100, 1)) + 0.7 * rng.normal(size=(100, 4))), 1, 7)
    x[:, 2] = 8 - x[:, 2]
    frame = item_analysis(study({"a": 4}, P=x)).frame
    assert frame["note"][2] == "against"
    assert frame["item_total"][2] < 0 < frame["alpha_without"][2] - frame["alpha"][2]
    assert set(frame.columns) <= set(GLOSSARY)


def test_two_items_leave_one_whose_alpha_is_missing():
    frame = item_analysis(study({"a": 2}, P=[[1, 2], [2, 1], [3, 4], [4, 3]])).frame
    assert frame["item_total"].tolist() == pytest.approx([0.6, 0.6])
    assert frame["alpha_without"].isna().all() and (frame["withheld"] == "").all()


@pytest.mark.parametrize(
    ("sizes", "rows", "reasons"),
    [
        ({"a": 1}, [[1], [2], [3]], ["one_item"]),
        ({"a": 2}, [[1, 2], [3, 4], [None, 4]], ["too_few"] * 2),
        ({"a": 3}, [[7, 2, 3], [7, 3, 5], [7, 6, 4]], ["no_variation", "", ""]),
        ({"a": 2}, [[7, 2], [7, 3], [7, 6]], ["no_variation"] * 2),
    ],
)
def test_what_is_withheld(sizes, rows, reasons):
    frame = item_analysis(study(sizes, P=rows)).frame
    assert frame["withheld"].tolist() == reasons
    assert (frame["item_total"].isna() == (frame["withheld"] != "")).all()


def test_every_battery_and_the_gap_have_rows():
    frame = item_analysis(random_study(seed=2)).frame
    assert frame.groupby("battery")["item"].count().tolist() == [9] * 7
