"""How consistently the items of a dimension are answered: Cronbach's alpha."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import special

from gaps.model import Battery, Role, Study, answered_items
from gaps.scoring.by_cell import added
from gaps.scoring.sums import NOISE
from gaps.stats.results import Reliability

GAP = "gap"
FEWEST = 3
ONE_ITEM, TOO_FEW, NO_VARIATION = "one_item", "too_few", "no_variation"


def reliability(study: Study, confidence: float = 0.95, batteries: Collection[str] | None = None) -> Reliability:
    """Estimate alpha per dimension for each battery, and for the item-wise gaps (battery "gap"); of the `batteries` named alone, if given.

    From sums by cell. Respondents with all items of the dimension answered (listwise within it), but those that nobody answered (an item
    that one battery left out); case weights not used. Withheld: one_item, too_few (fewer than three respondents), no_variation (the sum
    score does not vary). Low alphas are shown, not judged.
    """
    wanted = [name for name in battery_names(study) if batteries is None or name in batteries]
    rows = [_row(*sums, confidence) for name in wanted for sums in _sums(study, name)]
    return Reliability(pd.DataFrame(rows, columns=["dimension", "battery", "items", "n", "alpha", "low", "high", "withheld"]))


def battery_names(study: Study) -> tuple[str, ...]:
    """The batteries a study has, by letter, and "gap" where expectation and perception were asked."""
    asked = tuple(battery.value for battery in Battery if battery in study.answers)
    return asked + ((GAP,) if study.expectation is not None and Battery.PERCEPTION in study.answers else ())


def battery_answers(study: Study, batteries: Collection[str] | None = None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give each battery's answers under its letter, and the item-wise gaps (perception - expectation) as "gap": respondents x items.

    batteries: those wanted alone, in the same order; None: all.
    """
    for name in battery_names(study):
        if batteries is None or name in batteries:
            gap = name == GAP
            yield name, study.answers[Battery.PERCEPTION] - study.answers[study.expectation] if gap else study.answers[Battery(name)]


def item_blocks(study: Study, batteries: Collection[str] | None = None) -> Iterator[tuple[str, str, np.ndarray]]:
    """Give battery, dimension and the complete answers to the dimension's items (listwise within it): respondents x items."""
    for name, answers in battery_answers(study, batteries):
        for dimension in study.instrument.dimensions:
            numbers = answered_items(answers, study.instrument.numbers_of(dimension.id))
            if numbers:
                yield name, dimension.id, complete_answers([answers[number] for number in numbers])


def complete_answers(columns: Sequence[pd.Series]) -> np.ndarray:
    """The answers of those who answered all of these items: respondents x items, each item's answers lying together in memory."""
    columns = [column.to_numpy() for column in columns]
    known = ~np.logical_or.reduce([np.isnan(column) for column in columns])
    return np.array([column[known] for column in columns], np.float64).T


def _sums(study: Study, battery: str) -> Iterator[tuple[str, str, int, int, float, float]]:
    """Give battery, dimension, its items, the people who answered all of them, and two sums of squared deviations from the mean over these
    people: over its items together, and of the sum of its items; from sums by cell."""
    role = Role.CUSTOMERS if battery == GAP else Battery(battery).role
    asked = _asked(study, battery, role)
    middle = 0.0 if battery == GAP else (study.instrument.scale.min + study.instrument.scale.max) / 2

    def columns(study: Study) -> Iterator[np.ndarray]:
        answers = next(battery_answers(study, (battery,)))[1]
        for _, numbers in asked:
            items = [answers[number].to_numpy(np.float64) - middle for number in numbers]
            known = ~np.isnan(sum(items))
            items = [np.where(known, y, 0.0) for y in items]
            yield from (known.astype(np.float64), *items, sum(y * y for y in items), sum(items) ** 2)

    sums = iter(added(study, role, ("consistency", battery, str(asked)), columns).sum(axis=0).tolist()) if asked else iter(())
    for dimension, numbers in asked:
        n, *of_items, squares, squared_sums = (next(sums) for _ in range(len(numbers) + 3))
        apart = squares - sum(y * y for y in of_items) / max(n, 1)
        together = squared_sums - sum(of_items) ** 2 / max(n, 1)
        yield battery, dimension, len(numbers), int(n), apart, together if together > NOISE * squared_sums else 0.0


def _asked(study: Study, battery: str, role: Role) -> list[tuple[str, list[int]]]:
    """Give each dimension with its items, as `answered_items` chooses them, from counts by cell."""
    frames = [study.whole.answers[b] for b in ((Battery.PERCEPTION, study.expectation) if battery == GAP else (Battery(battery),))]
    asked = [(d.id, [k for k in study.instrument.numbers_of(d.id) if any(k in f for f in frames)]) for d in study.instrument.dimensions]
    numbers = [number for _, of_dimension in asked for number in of_dimension]

    def given(study: Study) -> Iterator[np.ndarray]:
        answers = next(battery_answers(study, (battery,)))[1]
        yield from (answers[number].notna().to_numpy(np.float64) for number in numbers)

    counts = added(study, role, ("answered", battery), given).sum(axis=0) if numbers else ()
    known = {number for number, count in zip(numbers, counts, strict=True) if count}
    return [(dimension, [k for k in of_it if k in known] or of_it) for dimension, of_it in asked if of_it]


def _row(battery: str, dimension: str, k: int, n: int, apart: float, together: float, confidence: float) -> dict[str, object]:
    value, withheld = _alpha_or_reason(k, n, apart, together)
    low, high = feldt_interval(value, n, k, confidence) if not withheld else (np.nan, np.nan)
    return {
        "dimension": dimension, "battery": battery, "items": k, "n": n, "alpha": value, "low": low, "high": high, "withheld": withheld,
    }  # fmt: skip


def _alpha_or_reason(k: int, n: int, apart: float, together: float) -> tuple[float, str]:
    if k < 2:
        return np.nan, ONE_ITEM
    if n < FEWEST:
        return np.nan, TOO_FEW
    return (k / (k - 1) * (1 - apart / together), "") if together else (np.nan, NO_VARIATION)


def alpha(x: np.ndarray) -> float:
    """Compute raw alpha = k/(k-1) (1 - sum of item variances / variance of the sum); x respondents x items, complete.

    NaN where the sum does not vary. Cronbach (1951). Checked: pingouin's example, 15 people on 10 items, gives .5917188.
    """
    k = x.shape[1]
    total = x.sum(axis=1)
    if np.ptp(total) <= 1e-9 * max(1.0, float(np.abs(total).max())):
        return np.nan
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / total.var(ddof=1)))


def feldt_interval(alpha: float, n: int, k: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give alpha's interval: 1 - (1-alpha) F(1-a/2) to 1 - (1-alpha) F(a/2), F with n-1 and (n-1)(k-1) degrees of freedom.

    Feldt, Woodruff & Salih (1987). Checked: alpha .5917188, n 15, k 10 gives .195 to .840 (pingouin).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    if n < 2 or k < 2:
        raise ValueError(f"alpha's interval needs at least two respondents and two items, not {n} and {k}")
    tail = (1 - confidence) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    upper, lower = (special.fdtri(df1, df2, q) for q in (1 - tail, tail))
    return float(1 - (1 - alpha) * upper), float(1 - (1 - alpha) * lower)
