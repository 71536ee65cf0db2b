"""Where the gaps of single customers lie: who is below, at and above expectation, by item, dimension and in total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Battery, Study, Withheld
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


def gap_profile(study: Study) -> GapProfile | Withheld:
    """Count customers below, at and above expectation, P - E per item, dimension (mean of its items) and total (mean of dimensions).

    A gap within 1e-9 of 0 is "at". In scale points. Missing data: a customer counts where both answers are given; a dimension needs
    half of its items (methods 1.2). Withheld: no_expectation, not_measured (no perceptions).
    """
    expected = study.expectation
    if expected is None:
        return Withheld("no_expectation")
    if Battery.PERCEPTION not in study.answers:
        return Withheld("not_measured")
    top = study.instrument.scale.max - TOLERANCE
    rows = []
    for level in levels(study, expected, Battery.PERCEPTION):
        e, p = level.scores
        gap = p - e
        known = np.isfinite(gap)
        rows.append({"dimension": level.dimension, "item": level.item} | _distribution(gap[known], e[known] >= top))
    frame = pd.DataFrame(rows)
    frame["item"] = frame["item"].astype("Int64")
    return GapProfile(frame)


def _distribution(gap: np.ndarray, at_top: np.ndarray) -> dict[str, float]:
    below, above = int((gap < -TOLERANCE).sum()), int((gap > TOLERANCE).sum())
    counts = {"n": len(gap), "n_below": below, "n_at": len(gap) - below - above, "n_above": above, "n_expected_top": int(at_top.sum())}
    values = np.quantile(gap, list(QUANTILES.values())) if len(gap) else np.full(len(QUANTILES), np.nan)
    mean = float(gap.mean()) if len(gap) else np.nan
    return counts | {"mean_gap": mean} | dict(zip(QUANTILES, values.tolist(), strict=True))
