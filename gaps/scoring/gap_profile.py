"""Where the gaps of single customers lie: who is below, at and above expectation, by item, dimension and in total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.by_cell import added
from gaps.scoring.scores import levels

TOLERANCE = 1e-9  # a gap this small is none
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True, eq=False)
class GapProfile:
    """Customers below, at and above expectation, and the distribution of their gaps; one row per item, dimension and for the total.

    frame columns: dimension, item, n, n_below, n_at, n_above, n_expected_top, mean_gap, q05, q25, q50, q75, q95. `n_expected_top`
    counts customers who expect the scale's top: no service can exceed that, so they can never stand above. Counts and quantiles are
    of customers and take no case weights.
    """

    frame: pd.DataFrame

    def row(self, dimension: str | None = None) -> pd.Series:
        """The row of a dimension, or of the total."""
        frame = self.frame[self.frame["item"].isna()]
        chosen = frame[frame["dimension"].isna()] if dimension is None else frame[frame["dimension"] == dimension]
        if not len(chosen):
            raise ValueError(f"no dimension {dimension!r} in this profile")
        return chosen.iloc[0]


@dataclass(frozen=True, eq=False)
class ExpectedTop:
    """Customers who expect the scale's top, item by item: the columns dimension, item, n and n_expected_top of a `GapProfile`."""

    frame: pd.DataFrame


def gap_profile(study: Study) -> GapProfile | Withheld:
    """Count customers below, at and above expectation, P - E per item, dimension (mean of its items) and total (mean of dimensions).

    A gap within 1e-9 of 0 is "at". In scale points. Missing data: a customer counts where both answers are given; a dimension needs
    half of its items (methods 1.2). Withheld: no_expectation, not_measured (no perceptions).
    """
    if (why := _not_paired(study)) is not None:
        return why
    expected, top = study.expectation, study.instrument.scale.max - TOLERANCE
    rows = []
    for level in levels(study, expected, Battery.PERCEPTION):
        e, p = level.scores
        gap = p - e
        known = np.isfinite(gap)
        rows.append({"dimension": level.dimension, "item": level.item} | _distribution(gap[known], e[known] >= top))
    frame = pd.DataFrame(rows)
    frame["item"] = frame["item"].astype("Int64")
    return GapProfile(frame)


def expected_top(study: Study) -> ExpectedTop | Withheld:
    """Count the customers who expect the scale's top of each item: those rows of `gap_profile`, added up by cell. Withheld as there."""
    if (why := _not_paired(study)) is not None:
        return why
    top = study.instrument.scale.max - TOLERANCE

    def columns(study: Study) -> Iterator[np.ndarray]:
        for level in levels(study, study.expectation, Battery.PERCEPTION):
            if level.item is not None:
                e, p = level.scores
                known = np.isfinite(p - e)
                yield from (known, known & (e >= top))

    items = [(d.id, number) for d in study.instrument.dimensions for number in study.instrument.numbers_of(d.id)]
    frame = pd.DataFrame(items, columns=["dimension", "item"]).astype({"item": "Int64"})
    counts = added(study, Role.CUSTOMERS, "expected top", columns).sum(axis=0).astype(np.int64)
    return ExpectedTop(frame.assign(n=counts[::2], n_expected_top=counts[1::2]))


def _not_paired(study: Study) -> Withheld | None:
    if study.expectation is None:
        return Withheld("no_expectation")
    return None if Battery.PERCEPTION in study.answers else Withheld("not_measured")


def _distribution(gap: np.ndarray, at_top: np.ndarray) -> dict[str, float]:
    below, above = int((gap < -TOLERANCE).sum()), int((gap > TOLERANCE).sum())
    counts = {"n": len(gap), "n_below": below, "n_at": len(gap) - below - above, "n_above": above, "n_expected_top": int(at_top.sum())}
    values = np.quantile(gap, list(QUANTILES.values())) if len(gap) else np.full(len(QUANTILES), np.nan)
    mean = float(gap.mean()) if len(gap) else np.nan
    return counts | {"mean_gap": mean} | dict(zip(QUANTILES, values.tolist(), strict=True))
