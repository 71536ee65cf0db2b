"""The SERVQUAL score, unweighted and weighted by the respondents' importance points, and SERVPERF (methods 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.by_cell import added, singled_out, summed, weights_given
from gaps.scoring.by_cell import weights as case_weights
from gaps.scoring.level_sums import battery_sums, paired_sums
from gaps.scoring.scores import battery_scores, customer_scores
from gaps.scoring.sums import Sums, collect, whole
from gaps.scoring.tables import Estimate, Servqual

POINTS = 100.0
LEAST, MOST = 90.0, 110.0
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class _Importance:
    """The customers' mean shares (sum 1), and how they came about."""

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
    ids = _ids(study)
    importance = _importance(study, ids)
    gap = study.expectation is not None and Battery.PERCEPTION in study.answers
    perception = Battery.PERCEPTION in study.answers
    weighted, filled = _weighted_sums(study, ids, importance, _gap) if gap else (None, 0)
    perceived, filled_perceptions = _weighted_sums(study, ids, importance, _perception) if perception else (None, 0)
    return Servqual(
        unweighted=_estimate(paired_sums(study, study.expectation, Battery.PERCEPTION, items=False).total.all().above if gap else None),
        weighted=_estimate(weighted),
        weights=dict(zip(ids, importance.mean.tolist(), strict=True)),
        weights_source=importance.source,
        n_weights=importance.n,
        n_weights_rescaled=importance.n_rescaled,
        n_weights_excluded=importance.n_excluded,
        n_weights_filled=(filled if gap else filled_perceptions) if importance.source == "respondents" else 0,
        servperf=_estimate(battery_sums(study, Battery.PERCEPTION, items=False).total.all() if perception else None),
        servperf_weighted=_estimate(perceived),
    )


def _ids(study: Study) -> list[str]:
    return [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]


def weighted_gaps(study: Study, gaps: Mapping[str | None, np.ndarray]) -> np.ndarray:
    """Each customer's SERVQUAL score weighted by importance, as `servqual` averages it; NaN without a score. gaps: by dimension id."""
    ids = _ids(study)
    shares, usable = _own_shares(study, ids)
    return _weighted_total(np.column_stack([gaps[id] for id in ids]), np.where(usable[:, None], shares, _importance(study, ids).mean))


def _gap(study: Study, ids: list[str]) -> np.ndarray:
    return customer_scores(study).gap[ids].to_numpy()


def _perception(study: Study, ids: list[str]) -> np.ndarray:
    """Perceptions on their own answers: SERVPERF asks for no expectation beside them."""
    return battery_scores(study, Battery.PERCEPTION)[0][ids].to_numpy()


def _weighted_sums(
    study: Study, ids: list[str], importance: _Importance, scored: Callable[[Study, list[str]], np.ndarray]
) -> tuple[Sums, int]:
    """Sums of the weighted scores: of those whose own points count by cell, and of the others, who take the mean shares, one by one; and
    how many of these others there are."""
    role = Role.CUSTOMERS

    def own(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        shares, usable = _own_shares(study, ids)
        yield 0.0, np.where(usable, _weighted_total(scored(study, ids), shares), np.nan)

    def others(study: Study) -> tuple[np.ndarray, np.ndarray]:
        rows = np.flatnonzero(~_own_shares(study, ids)[1])
        weight = case_weights(study, role)
        return rows, np.column_stack([scored(study, ids)[rows], np.ones(len(rows)) if weight is None else weight[rows]])

    numbers = singled_out(study, role, ("no points", scored.__name__), others)
    scores, weight = numbers[:, :-1], numbers[:, -1] if weights_given(study, role) else None
    rest = collect([(0.0, _weighted_total(scores, importance.mean))], [whole(len(scores))], weight)[0]
    return summed(study, role, ("points", scored.__name__), own).all() + rest, int(rest.n[0, 0])


def _estimate(sums: Sums | None) -> Estimate | Withheld:
    if sums is None:
        return Withheld("not_measured")
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
    ids = _ids(study)
    found = _importance(study, ids)
    return dict(zip(ids, found.mean.tolist(), strict=True)), found.source


def stated_shares(study: Study, *, any_sum: bool | None = None) -> pd.DataFrame | None:
    """Each customer's own importance shares (rows sum to 1): customers x dimension ids, NaN for those whose points do not count.

    The rule is that of `servqual`: points that sum to 90-110 are rescaled; without any such customer whatever points were given (any_sum:
    either way, whoever else there is). None if importance was never asked, or nobody's points count.
    """
    if study.importance is None:
        return None
    ids = _ids(study)
    points, _, positive, usable = _points(study, ids)
    counted = positive if any_sum or (any_sum is None and not usable.any()) else usable
    if not counted.any():
        return None
    shares = np.full(points.shape, np.nan)
    shares[counted] = points[counted] / points[counted].sum(axis=1, keepdims=True)
    return pd.DataFrame(shares, columns=ids, index=study.importance.index)


def stated_sums(study: Study) -> Sums | None:
    """Sums over all customers of their own importance shares, a level for each dimension; whose count: as `stated_shares`."""
    if study.importance is None:
        return None
    ids = _ids(study)

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        nobody = pd.DataFrame(np.nan, columns=ids, index=study.importance.index)
        for any_sum in (False, True):
            shares = stated_shares(study, any_sum=any_sum)
            yield from ((0.0, (nobody if shares is None else shares)[id].to_numpy()) for id in ids)

    sums = summed(study, Role.CUSTOMERS, "stated shares", rows).all()
    usable, positive = sums.of_levels(range(len(ids))), sums.of_levels(range(len(ids), 2 * len(ids)))
    found = usable if usable.n.any() else positive
    return found if found.n.any() else None


def _points(study: Study, ids: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The points (0 where left blank); who gave any, who gave possible ones, whose sum to 90-110."""
    points = study.importance.reindex(columns=ids).to_numpy(np.float64)
    answered = ~np.isnan(points).all(axis=1)
    points = np.nan_to_num(points)
    total = points.sum(axis=1)
    positive = answered & (points >= 0).all(axis=1) & (total > 0)
    return points, answered, positive, positive & (total >= LEAST - TOLERANCE) & (total <= MOST + TOLERANCE)


def _own_shares(study: Study, ids: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Each customer's own points as shares (0 where they do not count), and whether they count."""
    if study.importance is None:
        return np.zeros((study.n(Role.CUSTOMERS), len(ids))), np.zeros(study.n(Role.CUSTOMERS), bool)
    points, _, _, usable = _points(study, ids)
    total = points.sum(axis=1, keepdims=True)
    return np.divide(points, total, where=usable[:, None], out=np.zeros_like(points)), usable


def _importance(study: Study, ids: list[str]) -> _Importance:
    equal = np.full(len(ids), 1 / len(ids))
    if study.importance is None:
        return _Importance(equal, "equal")

    def columns(study: Study) -> Iterator[np.ndarray]:
        points, answered, positive, usable = _points(study, ids)
        total, weight = points.sum(axis=1), case_weights(study, Role.CUSTOMERS)
        for counted in (usable, positive):
            w = counted * (1.0 if weight is None else weight)
            yield w
            yield from (np.divide(w * point, total, where=counted, out=np.zeros_like(total)) for point in points.T)
        yield from (usable, positive, usable & (np.abs(total - POINTS) > TOLERANCE), answered & ~usable)

    sums = added(study, Role.CUSTOMERS, "importance", columns).sum(axis=0)
    usable, positive, rescaled, excluded = map(int, sums[-4:])
    of_usable, of_positive = sums[:-4].reshape(2, -1)
    counted = of_usable if usable else of_positive
    return _Importance(
        mean=counted[1:] / counted[0] if usable or positive else equal,
        source="respondents" if usable else "mean" if positive else "equal",
        n=usable,
        n_rescaled=rescaled,
        n_excluded=excluded,
    )
