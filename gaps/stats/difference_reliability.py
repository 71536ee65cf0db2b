"""How reliable is a difference of two scores: perception - expectation as a measurement (methods 1.4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Battery, Study, Withheld, answered_items
from gaps.stats.omega import error_interval
from gaps.stats.reliability import NO_VARIATION, ONE_ITEM, TOO_FEW, alpha, complete_answers

NOT_MEASURED, ALWAYS_SAME_GAP = "not_measured", "same_gap"
FEWEST = 10
DOUBTFUL_BELOW = 0.60
COLUMNS = [
    "dimension", "items", "n", "r_pe", "alpha_e", "alpha_p", "reliability", "low", "high", "alpha_gap", "doubtful", "withheld",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class DifferenceReliability:
    """One row per dimension; columns dimension, items, n, r_pe, alpha_e, alpha_p, reliability, low, high, alpha_gap, doubtful, withheld.

    `reliability` is that of the dimension's gap by the formula below, with its interval, `alpha_gap` the alpha of the item-wise gaps of
    the same respondents, `doubtful` whether the first is below .60.
    """

    frame: pd.DataFrame
    confidence: float = 0.95


def reliability_of_difference(s_p: float, s_e: float, r_pp: float, r_ee: float, r_pe: float) -> float:
    """Compute r_D = (sP² rPP + sE² rEE - 2 sP sE rPE) / (sP² + sE² - 2 sP sE rPE).

    s: standard deviations of the scores; r_pp, r_ee: their reliabilities; r_pe: their correlation. NaN where the difference does not vary.
    The formula takes the chance errors of the two answers as unrelated. Johns 1981; Peter, Churchill & Brown 1993.

    Checked: equal variances, reliabilities .75, r .50 give .50 (Edwards); .80 with r 0, .3, .5, .7 give .80, .714286, .60, .333333.
    """
    shared = 2 * s_p * s_e * r_pe
    varies = s_p**2 + s_e**2 - shared
    if varies <= 1e-12 * max(s_p**2 + s_e**2, 1e-300):
        return float("nan")
    return (s_p**2 * r_pp + s_e**2 * r_ee - shared) / varies


def difference_reliability(study: Study, confidence: float = 0.95) -> DifferenceReliability | Withheld:
    """Estimate the reliability of each dimension's gap, from the alphas of E and P and their correlation.

    Respondents with every item of the dimension answered in both batteries (listwise within the dimension); scores are means of items; case
    weights are not used. Interval: delta method from the respondents' own moments, on the scale log(1 - r_D), t with n - 1. Withheld as a
    whole: not_measured (E or P not asked); per row: one_item, too_few (fewer than 10), no_variation (E or P does not vary), same_gap (the
    gap does not vary).

    Checked: kiosk study, all 24 items as one scale: .843 by formula, .890 alpha of the gaps (methods 1.4).
    """
    if study.expectation is None or Battery.PERCEPTION not in study.answers:
        return Withheld(NOT_MEASURED)
    expected, perceived = study.answers[study.expectation], study.answers[Battery.PERCEPTION]
    gap = (perceived - expected)[[k for k in perceived if k in expected]]
    rows = []
    for dimension in study.instrument.dimensions:
        numbers = answered_items(gap, study.instrument.numbers_of(dimension.id))
        if numbers:
            both = complete_answers([frame[number] for frame in (expected, perceived) for number in numbers])
            rows.append({"dimension": dimension.id, **difference_row(both[:, : len(numbers)], both[:, len(numbers) :], confidence)})
    return DifferenceReliability(pd.DataFrame(rows, columns=COLUMNS), confidence)


def difference_row(e: np.ndarray, p: np.ndarray, confidence: float = 0.95) -> dict[str, object]:
    """Compute one row of the table from complete answers to the same items, respondents x items each."""
    n, k = p.shape
    row: dict[str, object] = dict.fromkeys(COLUMNS[3:10], np.nan) | {"items": k, "n": n, "doubtful": False, "withheld": ""}
    if k < 2 or n < FEWEST:
        return row | {"withheld": ONE_ITEM if k < 2 else TOO_FEW}
    alpha_e, alpha_p, alpha_gap = alpha(e), alpha(p), alpha(p - e)
    if np.isnan(alpha_e) or np.isnan(alpha_p):
        return row | {"withheld": NO_VARIATION}
    mean_e, mean_p = e.mean(axis=1), p.mean(axis=1)
    r = float(np.corrcoef(mean_e, mean_p)[0, 1])
    value = reliability_of_difference(mean_p.std(ddof=1), mean_e.std(ddof=1), alpha_p, alpha_e, r)
    row |= {"r_pe": r, "alpha_e": alpha_e, "alpha_p": alpha_p}
    if np.isnan(value) or np.isnan(alpha_gap):
        return row | {"withheld": ALWAYS_SAME_GAP}
    low, high = error_interval(value, _standard_error(e, p), n, confidence)
    return row | {"reliability": value, "low": low, "high": high, "alpha_gap": alpha_gap, "doubtful": bool(value < DOUBTFUL_BELOW)}


def _standard_error(e: np.ndarray, p: np.ndarray) -> float:
    """1 - r_D = chance variance / variance of the difference, a ratio of two means over respondents: the delta method for such a ratio."""
    n, k = p.shape
    e, p = e - e.mean(axis=0), p - p.mean(axis=0)
    spread = (p.sum(axis=1) - e.sum(axis=1)) ** 2
    # T (1 - alpha) = (k trace - T) / (k - 1), T the variance of the sum
    chance = sum((k * (x**2).sum(axis=1) - x.sum(axis=1) ** 2) / (k - 1) for x in (e, p))
    ratio = chance.mean() / spread.mean()
    return float(((chance - ratio * spread) / spread.mean()).std(ddof=1) / np.sqrt(n))
