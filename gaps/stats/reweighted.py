"""What weights change: every result without and with them, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Role, Study
from gaps.scoring.groups import weights
from gaps.scoring.sums import Sums, collect, whole
from gaps.stats.intervals import ZERO, t_quantile
from gaps.stats.parts import SHARE, Measure, measures

COLUMNS = ("measure", "gap", "outcome", "dimension", "n", "plain", "plain_low", "plain_high", "weighted", "low", "high", "difference")


@dataclass(frozen=True, eq=False)
class Reweighted:
    """Means before and after weighting. frame: columns measure, gap, outcome, dimension, n (fewest of its sides), plain, plain_low,
    plain_high (as the study was), weighted, low, high (with the new weights), difference (weighted - plain)."""

    frame: pd.DataFrame
    confidence: float = 0.95
    missing: str = "respondents without the score are left out; nothing is imputed"


def reweighted(before: Study, after: Study, *, confidence: float = 0.95) -> Reweighted:
    """Estimate every measure in total and per dimension with the weights of two studies that have the same respondents.

    Interval: mean ± t se, linearised standard error with the weights taken as given (that of R survey's svymean of a design with those
    weights); df n - 1, between different roles Satterthwaite. Raking itself is an estimate from the same sample: the interval leaves that
    out and is as a rule a little too wide. Shares are cut at 0 and 1, and have no interval where everybody is alike. Missing without
    two respondents on each side.

    Checked: R survey 4.1-1 svydesign(weights), svymean.
    """
    rows = []
    for old, new in zip(measures(before), measures(after), strict=True):
        plain, weighted = (list(_estimates(m, s, confidence)) for m, s in ((old, before), (new, after)))
        for dimension, (n, *was), (_, *now) in zip(old.dimensions, plain, weighted, strict=True):
            rows.append((old.kind, old.gap, old.outcome, dimension, n, *was, *now, now[0] - was[0]))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"measure": "str", "outcome": "str", "dimension": "str", "gap": float})
    return Reweighted(frame, confidence)


def _estimates(measure: Measure, study: Study, confidence: float) -> Iterator[tuple[int, float, float, float]]:
    """Per dimension: n, mean and the ends of its interval."""
    sums: Mapping[Role, Sums] = {}
    for part in measure.parts:
        given = [(0.0, part.scores[d]) for d in measure.dimensions]
        sums = {**sums, part.role: collect(given, [whole(study.n(part.role))], weights(study, part.role))[0]}
    for k in range(len(measure.dimensions)):
        parts = [(part.sign, sums[part.role]) for part in measure.parts]
        n = np.array([s.n[k, 0] for _, s in parts])
        mean = float(sum(sign * s.mean[k, 0] for sign, s in parts))
        variance = np.array([s.se[k, 0] for _, s in parts]) ** 2
        below = float((variance**2 / np.maximum(n - 1, 1)).sum())
        df = variance.sum() ** 2 / below if below > 0 else np.nan
        se = float(np.sqrt(variance.sum()))
        half = float(t_quantile(np.array([df]), confidence)[0]) * se if se > ZERO else np.nan
        low, high = mean - half, mean + half
        yield int(n.min()), mean, *((max(low, 0.0), min(high, 1.0)) if measure.kind == SHARE and half == half else (low, high))
