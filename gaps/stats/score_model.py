"""A regression of an outcome on the dimensions' scores, as the table whose cross-products it is a function of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import Battery, Study
from gaps.scoring.level_sums import battery_sums, paired_sums
from gaps.stats.regression import chosen, complete

SCORES = {"P-E": ("gap",), "P": ("perception",), "P,E": ("perception", "expectation")}


def given(study: Study) -> dict[str, pd.DataFrame]:
    """The customers' scores that a study has, by what they are: gap, perception, expectation."""
    scores = scoring.customer_scores(study)
    frames = {"gap": scores.gap, "perception": scores.perception, "expectation": scores.expectation}
    return {name: frame for name, frame in frames.items() if frame is not None}


def answered(study: Study) -> tuple[str, ...]:
    """The dimensions that some customer has the scores of; of a study with perceptions."""
    pair = study.expectation, Battery.PERCEPTION
    found = battery_sums(study, Battery.PERCEPTION, items=False) if study.expectation is None else paired_sums(study, *pair, items=False)
    known = found.first.n.sum(axis=1) > 0
    return tuple(str(d) for (d, _), there in zip(found.names, known, strict=True) if there and d is not None)


@dataclass(frozen=True)
class ScoreModel:
    """The outcome on these dimensions. predictors: "P-E", "P" or "P,E"; of the last each dimension has two, perception first."""

    outcome: str
    predictors: str
    dimensions: tuple[str, ...]

    @property
    def width(self) -> int:
        """Predictors of each dimension."""
        return len(SCORES[self.predictors])

    @property
    def names(self) -> tuple[str, ...]:
        """The predictors' names."""
        return tuple(f"{prefix}{d}" for d in self.dimensions for prefix in (("",) if self.width == 1 else ("P:", "E:")))

    def table(self, study: Study) -> np.ndarray:
        """The constant 1, outcome and predictors, less the middles of their scales, of customers who have all of them; else zeros.

        Case weights are not in it. Constant columns are known by their cross-products (`bootstrap.correlations`).
        """
        frames = [given(study)[name] for name in SCORES[self.predictors]]
        columns = [frame[d].to_numpy(float) for d in self.dimensions for frame in frames]
        y = study.customers[self.outcome].to_numpy(float)
        kept, _ = complete(y, columns, None)
        own, scale = study.outcomes[self.outcome], study.instrument.scale
        middle_of_gap = 0.0 if self.predictors == "P-E" else (scale.min + scale.max) / 2
        table = np.zeros((len(y), 2 + len(columns)))
        table[kept, 0] = 1.0
        table[kept, 1:] = chosen([y, *columns], kept) - np.array([(own.min + own.max) / 2, *[middle_of_gap] * len(columns)])
        return table
