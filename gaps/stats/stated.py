"""Importance as customers state it: the mean points that they give each dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import Study, Withheld
from gaps.stats.intervals import margin


@dataclass(frozen=True, eq=False)
class StatedImportance:
    """Mean share of the importance points; columns dimension, n, mean, se, low, high (shares: 0.25 = 25 of 100 points)."""

    frame: pd.DataFrame
    n: int
    confidence: float = 0.95


def stated_importance(study: Study, *, confidence: float = 0.95) -> StatedImportance | Withheld:
    """Average the customers' importance points, each customer's rescaled to a sum of 100.

    Whose points count is the rule of `gaps.scoring.servqual`: sums of 90 to 110, or without any such customer whatever was given. Weighted
    means where there are case weights; t interval with n - 1. Withheld: not_asked (importance was not asked, or nobody's points count).

    Checked: points 30 70 and 50 50 give .4 and .6, se .1, interval with df 1.
    """
    sums = scoring.stated_sums(study)
    if sums is None:
        return Withheld("not_asked")
    n, mean, se = sums.n[:, 0], sums.mean[:, 0], sums.se[:, 0]
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    half = margin(se, np.where(n > 1, n - 1, np.nan), confidence)
    frame = pd.DataFrame({"dimension": ids, "n": n.astype(int), "mean": mean, "se": se, "low": mean - half, "high": mean + half})
    return StatedImportance(frame.astype({"dimension": "str"}), int(n[0]), confidence)
