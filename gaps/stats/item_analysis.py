"""How each item goes with the rest of its dimension: corrected item-total correlation, and alpha without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Study, answered_items
from gaps.stats.reliability import FEWEST, NO_VARIATION, ONE_ITEM, TOO_FEW, battery_answers, complete_answers

AGAINST, WEAK = "against", "weak"
WEAK_BELOW = 0.30  # custom (Nunnally & Bernstein 1994), to look at, not a gate
COLUMNS = ["battery", "dimension", "item", "n", "sd", "item_total", "alpha", "alpha_without", "note", "withheld"]


@dataclass(frozen=True, eq=False)
class ItemAnalysis:
    """One row per battery and item; columns battery, dimension, item, n, sd, item_total, alpha, alpha_without, note, withheld.

    note: "against" (the item runs against the rest: item_total below 0, often a negatively worded item that was not reversed), "weak"
    (below .30) or empty.
    """

    frame: pd.DataFrame


def item_analysis(study: Study, batteries: Collection[str] | None = None) -> ItemAnalysis:
    """Compute for each item the correlation with the sum of the dimension's other items, and the alpha of those others.

    Of all batteries, or of the `batteries` named. Respondents with all items of the dimension answered (listwise within it); case weights
    are not used. `alpha_without` is missing in dimensions of two items (one item is left). Withheld: one_item, too_few (fewer than three
    respondents), no_variation (the item, or the sum of the others, does not vary).

    Checked: R's attitude data, psych 2.2.9 `alpha`: r.drop and alpha.drop (tests/stats/test_item_analysis.py).
    """
    rows = [row for name, answers in battery_answers(study, batteries) for row in _rows(study, name, answers)]
    return ItemAnalysis(pd.DataFrame(rows, columns=COLUMNS))


def _rows(study: Study, battery: str, answers: pd.DataFrame) -> Iterator[tuple]:
    for dimension in study.instrument.dimensions:
        numbers = answered_items(answers, study.instrument.numbers_of(dimension.id))
        if not numbers:
            continue
        x = complete_answers([answers[number] for number in numbers])
        reason = ONE_ITEM if len(numbers) < 2 else TOO_FEW if len(x) < FEWEST else ""
        if reason:
            nothing = (np.nan,) * 4
            yield from ((battery, dimension.id, number, len(x), *nothing, "", reason) for number in numbers)
            continue
        sd, r, whole, without = item_statistics(x)
        for k, number in enumerate(numbers):
            note = "" if np.isnan(r[k]) else AGAINST if r[k] < 0 else WEAK if r[k] < WEAK_BELOW else ""
            withheld = NO_VARIATION if np.isnan(r[k]) else ""
            yield battery, dimension.id, number, len(x), sd[k], r[k], whole, without[k], note, withheld


def item_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Give standard deviations (n-1), corrected item-total correlations, alpha, and alpha without each item; x complete, n x k.

    From the covariance matrix C with row sums c and total T: r_k = (c_k - C_kk) / sqrt(C_kk (T - 2 c_k + C_kk)). NaN where an item or the
    sum of the others does not vary.
    """
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    variance, row, total = np.diag(covariance), covariance.sum(axis=0), covariance.sum()
    k = len(variance)
    rest = total - 2 * row + variance
    left = k - 1
    tiny = 1e-12 * max(float(np.square(x).max()), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where((variance > tiny) & (rest > tiny), (row - variance) / np.sqrt(variance * np.maximum(rest, 0)), np.nan)
        whole = k / left * (1 - variance.sum() / total) if total > tiny else np.nan
        without = np.where(rest > tiny, left / (left - 1) * (1 - (variance.sum() - variance) / rest), np.nan) if left > 1 else r * np.nan
    return np.sqrt(variance), r, float(whole), without
