"""The scale of an outcome that nobody has named: what the answers can tell, and a warning where they tell little."""

import numpy as np
import pytest
from workbooks import SETTINGS, customers, workbook

from gaps.importer import read_study
from gaps.model import Scale

ITEMS = [["setting", "value"], ["scale_min", 1], ["scale_max", 7]]


def read(values, settings=ITEMS):
    rows = customers(len(values), satisfaction=values)
    return read_study(workbook({"customers": rows, "study": settings}))


def said(imported) -> list[str]:
    found = [p for p in imported.problems if p.code.startswith("outcome_scale") and p.column == "satisfaction"]
    return [p.code for p in found]


@pytest.mark.parametrize(
    ("values", "scale", "code"),
    [
        ([0, 1] * 20, Scale(0, 1), "outcome_scale_doubtful"),  # a yes or no is no scale to 10
        ([4] * 40, Scale(1, 7), "outcome_scale_doubtful"),
        ([4, 4, 3], Scale(1, 7), "outcome_scale_doubtful"),
        ([4, 9, 3], Scale(1, 10), "outcome_scale_doubtful"),  # beyond the items' scale
        ([1, 2, 3, 4, 5] * 8, Scale(1, 5), "outcome_scale_inferred"),
        ([0, 3, 10] * 12, Scale(0, 10), "outcome_scale_inferred"),
    ],
)
def test_what_the_answers_tell(values, scale, code):
    imported = read(values)
    assert imported.study.outcomes["satisfaction"] == scale
    assert said(imported) == [code]


def test_a_scale_that_is_named_is_not_doubted():
    imported = read([4] * 40, [*SETTINGS, ["satisfaction_min", 1], ["satisfaction_max", 5]])
    assert imported.study.outcomes["satisfaction"] == Scale(1, 5)
    assert said(imported) == []


def test_codes_of_missing_answers_tell_nothing():
    imported = read([0, 1, 99, 1] * 10)
    assert imported.study.outcomes["satisfaction"] == Scale(0, 1)
    (doubt,) = [p for p in imported.problems if p.code == "outcome_scale_doubtful" and p.column == "satisfaction"]
    assert (doubt.count, doubt.values["different"]) == (30, 2)
    assert np.nanmax(imported.study.respondents["customers"]["satisfaction"]) == 1
