"""The SERVQUAL score, unweighted and weighted by the respondents' importance points, and SERVPERF (methods 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.groups import weights as case_weights
from gaps.scoring.scores import battery_scores, customer_scores
from gaps.scoring.sums import collect, whole
from gaps.scoring.tables import Estimate, Servqual

POINTS = 100.0
LEAST, MOST = 90.0, 110.0
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class _Importance:
    """Each customer's shares (rows sum to 1), their mean, and how they came about."""

    shares: np.ndarray
    mean: np.ndarray
    source: str
    n: int = 0
    n_rescaled: int = 0
    n_excluded: int = 0


def servqual(study: Study) -> Servqual:
    """Average the customers' SERVQUAL and SERVPERF scores; intervals are left open (`gaps.stats.intervals` fills them).

    Per respondent: unweighted = mean of the dimension gaps (not of the items); weighted = sum of share x dimension gap, the shares summing
    to 1 over the dimensions the respondent has; both need at least half of the dimensions (Parasuraman, Zeithaml & Berry 1988, 1991).
    SERVPERF is the same with perceptions alone (Cronin & Taylor 1992). Shares are a respondent's own points where they sum to 90-110
    (rescaled; a dimension left blank has none), otherwise the mean share of the others; without any such respondent the mean of
    whatever points were given, and equal where none were. Case weights weight the means.

    Checked: gaps -.65 -1.10 -.83 -.70 -1.01 give -.858; with points 11 32 22 19 16 -.9007 (methods 1.2).
    """
    scores = customer_scores(study)
    weight = case_weights(study, Role.CUSTOMERS)
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    importance = _importance(study, ids, weight)
    gap = None if scores.gap is None else scores.gap[ids].to_numpy()
    perception = _perception(study, ids)
    equal = np.full((study.n(Role.CUSTOMERS), len(ids)), 1 / len(ids))
    return Servqual(
        unweighted=_estimate(gap, equal, weight),
        weighted=_estimate(gap, importance.shares, weight),
        weights=dict(zip(ids, importance.mean.tolist(), strict=True)),
        weights_source=importance.source,
        n_weights=importance.n,
        n_weights_rescaled=importance.n_rescaled,
        n_weights_excluded=importance.n_excluded,
        servperf=_estimate(perception, equal, weight),
        servperf_weighted=_estimate(perception, importance.shares, weight),
    )


def weighted_gaps(study: Study, gaps: Mapping[str | None, np.ndarray]) -> np.ndarray:
    """Each customer's SERVQUAL score weighted by importance, as `servqual` averages it; NaN without a score. gaps: by dimension id."""
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    shares = _importance(study, ids, case_weights(study, Role.CUSTOMERS)).shares
    return _weighted_total(np.column_stack([gaps[id] for id in ids]), shares)


def _perception(study: Study, ids: list[str]) -> np.ndarray | None:
    """Perceptions on their own answers: SERVPERF asks for no expectation beside them."""
    if Battery.PERCEPTION not in study.answers:
        return None
    return battery_scores(study, Battery.PERCEPTION)[0][ids].to_numpy()


def _estimate(scores: np.ndarray | None, shares: np.ndarray, weight: np.ndarray | None) -> Estimate | Withheld:
    if scores is None:
        return Withheld("not_measured")
    sums = collect([(0.0, _weighted_total(scores, shares))], [whole(len(scores))], weight)[0]
    n = int(sums.n[0, 0])
    if n == 0:
        return Withheld("no_answers")
    return Estimate(float(sums.mean[0, 0]), n, float(sums.sd[0, 0]), float(sums.se[0, 0]), np.nan, np.nan)


def _weighted_total(scores: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Per respondent the mean over the dimensions they have, weighted by their shares of those; NaN below half of the dimensions."""
    known = ~np.isnan(scores)
    present = (shares * known).sum(axis=1)
    enough = (2 * known.sum(axis=1) >= scores.shape[1]) & (present > 0)
    return np.divide((shares * np.where(known, scores, 0.0)).sum(axis=1), present, out=np.full(len(scores), np.nan), where=enough)


def dimension_weights(study: Study) -> tuple[dict[str, float], str]:
    """Give the weights of the dimensions (sum 1) that `servqual` uses on average, and where they come from: respondents, mean, equal."""
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    found = _importance(study, ids, case_weights(study, Role.CUSTOMERS))
    return dict(zip(ids, found.mean.tolist(), strict=True)), found.source


def stated_shares(study: Study) -> pd.DataFrame | None:
    """Each customer's own importance shares (rows sum to 1): customers x dimension ids, NaN for those whose points do not count.

    The rule is that of `servqual`: points that sum to 90-110 are rescaled; without any such customer whatever points were given. None
    if importance was never asked, or nobody's points count.
    """
    if study.importance is None:
        return None
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    points, _, positive, usable = _points(study, ids)
    counted = usable if usable.any() else positive
    if not counted.any():
        return None
    shares = np.full(points.shape, np.nan)
    shares[counted] = points[counted] / points[counted].sum(axis=1, keepdims=True)
    return pd.DataFrame(shares, columns=ids, index=study.importance.index)


def _points(study: Study, ids: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The points (0 where left blank); who gave any, who gave possible ones, whose sum to 90-110."""
    points = study.importance.reindex(columns=ids).to_numpy(np.float64)
    answered = ~np.isnan(points).all(axis=1)
    points = np.nan_to_num(points)
    total = points.sum(axis=1)
    positive = answered & (points >= 0).all(axis=1) & (total > 0)
    return points, answered, positive, positive & (total >= LEAST - TOLERANCE) & (total <= MOST + TOLERANCE)


def _importance(study: Study, ids: list[str], weight: np.ndarray | None) -> _Importance:
    n = study.n(Role.CUSTOMERS)
    equal = np.full(len(ids), 1 / len(ids))
    if study.importance is None:
        return _Importance(np.tile(equal, (n, 1)), equal, "equal")
    points, answered, positive, usable = _points(study, ids)
    total = points.sum(axis=1)
    counted = usable if usable.any() else positive
    w = np.ones(n) if weight is None else weight
    mean = equal
    if counted.any():
        mean = (w[counted] @ (points[counted] / total[counted, None])) / w[counted].sum()
    shares = np.where(usable[:, None], np.divide(points, total[:, None], where=usable[:, None], out=np.zeros_like(points)), mean)
    return _Importance(
        shares=shares,
        mean=mean,
        source="respondents" if usable.any() else "mean" if positive.any() else "equal",
        n=int(usable.sum()),
        n_rescaled=int((usable & (np.abs(total - POINTS) > TOLERANCE)).sum()),
        n_excluded=int((answered & ~usable).sum()),
    )
