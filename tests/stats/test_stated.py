"""Stated importance: worked by hand, and who counts."""

import numpy as np
import pandas as pd
import pytest

from gaps.columns import GLOSSARY
from gaps.model import Role, Withheld
from gaps.stats.stated import stated_importance
from tests.scoring.build import people, study


def asked(points, **roles):
    made = study({"a": 1, "b": 1}, roles or None, P=[[5, 5]] * len(points))
    return made.with_(importance=pd.DataFrame(points, columns=["a", "b"], dtype=float))


def test_by_hand():
    """Shares .3 .7 and .5 .5: means .4 .6, se .1, t(1) = 12.7062."""
    found = stated_importance(asked([[30, 70], [50, 50]]))
    frame = found.frame.set_index("dimension")
    assert frame["mean"].tolist() == pytest.approx([0.4, 0.6]) and frame["se"].tolist() == pytest.approx([0.1, 0.1])
    assert frame.loc["a", "high"] == pytest.approx(0.4 + 12.7062 * 0.1, abs=1e-4)
    assert found.n == 2 and set(found.frame) <= set(GLOSSARY)


def test_sums_near_a_hundred_are_rescaled_and_others_left_out():
    found = stated_importance(asked([[40, 60], [27, 63], [500, 500]]))
    assert found.n == 2 and found.frame["mean"].tolist() == pytest.approx([0.35, 0.65])


def test_weights_count():
    found = stated_importance(asked([[20, 80], [60, 40]], **{Role.CUSTOMERS: people(2, weight=[3, 1])}))
    assert found.frame["mean"].tolist() == pytest.approx([0.3, 0.7])


def test_not_asked():
    assert stated_importance(study({"a": 1}, P=[[5]])) == Withheld("not_asked")
    assert stated_importance(asked([[np.nan, np.nan]])) == Withheld("not_asked")
