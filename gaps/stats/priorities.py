"""What to work on first: importance stated and derived against performance, and rank lists that multiply the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import UNIT, WEIGHT, Study, Withheld
from gaps.stats import bootstrap, importance, sandwich
from gaps.stats.drivers import DESCRIPTIVE_BELOW, model_columns, needed_for
from gaps.stats.priority_results import DATA, DERIVED, GAP, QUADRANTS, ROOM, SCALE, STATED, Level, MapPoint, Priorities, Quadrant, RankList
from gaps.stats.regression import DEPENDENT, chosen, complete


def pgcv(weight: np.ndarray, performance: np.ndarray, maximum: float) -> np.ndarray:
    """Potential gain in customer value: importance x (maximum - performance), delivered importance x performance (Hom 1997).

    Checked: importance .2700 and mean 74.2774 of 100 give 6.944 (methods 3.8).
    """
    return np.asarray(weight, float) * (maximum - np.asarray(performance, float))


def quadrant(performance: np.ndarray, weight: np.ndarray, centre: np.ndarray, middle: float) -> np.ndarray:
    """Number of the quadrant: 0 concentrate, 1 keep up, 2 low priority, 3 overkill; a point on a line counts as above it."""
    above, important = performance >= centre, weight >= middle
    return np.where(important, np.where(above, 1, 0), np.where(above, 3, 2))


def priorities(study: Study, outcome: str, *, predictors: str | None = None, resamples: int = 2000, seed: int = 1) -> Priorities | Withheld:
    """Set stated and derived importance of the dimensions against performance (Martilla & James 1977), and rank them by what is missing.

    Derived importance is the LMG share in the model `predictors`, by default the one that the headline rests on: "P,E" where E was asked
    and that model can be fitted, else "P"; stated importance the mean share of the 100 points. All customers are resampled together (whole
    units where there are 6 or more, J - 1 of J), and in each resample all means, shares and cross-hairs are computed anew: a point is
    certain of its quadrant if it lies there in 95 % of them.

    Missing data: performance and gap over the customers who have that dimension's scores (the same as the gap table's), stated importance
    over those whose points count, derived importance listwise. Withheld: no_outcome, not_measured, too_few, one_dimension, no_variation,
    collinear, nothing_explained.
    """
    if outcome not in study.customers:
        return Withheld("no_outcome")
    scores = scoring.customer_scores(study)
    if scores.perception is None:
        return Withheld("not_measured")
    if predictors is None and scores.expectation is not None:
        both = _of_model(study, outcome, scores, "P,E", resamples, seed)
        if not isinstance(both, Withheld):
            return both
    return _of_model(study, outcome, scores, predictors or "P", resamples, seed)


def _of_model(study: Study, outcome: str, scores: scoring.CustomerScores, model: str, resamples: int, seed: int) -> Priorities | Withheld:
    frames = {"gap": scores.gap, "perception": scores.perception, "expectation": scores.expectation}
    dimensions, names, columns = model_columns({k: v for k, v in frames.items() if v is not None}, model)
    y = study.customers[outcome].to_numpy(float)
    weight = study.customers[WEIGHT].to_numpy(float) if WEIGHT in study.customers else np.ones(len(y))
    kept, _ = complete(y, columns, None)
    n, least = int(kept.sum()), needed_for(len(names))
    if n < least or not dimensions:
        return Withheld("too_few", {"n": n, "needed": least})
    if len(dimensions) < 2:
        return Withheld("one_dimension")
    width = len(names) // len(dimensions)
    table = np.zeros((len(y), 2 + len(names)))
    table[kept] = bootstrap.moments_table(chosen([y, *columns], kept))
    stated = scoring.stated_shares(study)
    sums = _Sums.of(scores, stated, list(dimensions))
    products, moments, units = _resampled(table, sums.columns, weight, study.customers.get(UNIT), resamples, seed)
    correlation = bootstrap.correlations(products)
    still = np.diag(correlation[0])[1:] == 0
    if still.any() or correlation[0, 0, 0] == 0:
        return Withheld("no_variation", {"predictors": tuple(name for name, s in zip(names, still, strict=True) if s)})
    if np.linalg.eigvalsh(correlation[0, 1:, 1:])[0] < DEPENDENT:
        return Withheld("collinear")
    values = importance.lmg(correlation, pairs=width == 2)
    derived = importance.shares(values.reshape(len(values), -1, width).sum(axis=2))
    if np.isnan(derived[0]).any():
        return Withheld("nothing_explained")
    performance, gap, said = sums.means(moments)
    if units:
        derived, performance = bootstrap.widened(derived, units), bootstrap.widened(performance, units)
        gap, said = (None if part is None else bootstrap.widened(part, units) for part in (gap, said))
    by = "unit" if units else "respondent"
    signs = correlation[0, 0, 1::width]
    return _composed(
        study, outcome, model, n, sums, dimensions, performance, gap, said, derived, signs, by, resamples, seed,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Sums:
    """Columns whose weighted sums give the means: known and value of perception and gap per dimension, and of the stated shares."""

    columns: np.ndarray
    dimensions: int
    has_gap: bool
    has_stated: bool
    n_performance: int
    n_stated: int

    @classmethod
    def of(cls, scores: scoring.CustomerScores, stated: pd.DataFrame | None, dimensions: Sequence[str]) -> _Sums:
        """Lay the columns out; unknown values are 0 and do not count."""
        perception = scores.perception[dimensions].to_numpy(float)
        parts = [np.isfinite(perception).astype(float), np.nan_to_num(perception)]
        if scores.gap is not None:
            gap = scores.gap[dimensions].to_numpy(float)
            parts += [np.isfinite(gap).astype(float), np.nan_to_num(gap)]
        said = 0
        if stated is not None:
            shares = stated.reindex(columns=dimensions).to_numpy(float)
            parts += [np.isfinite(shares).astype(float), np.nan_to_num(shares)]
            said = int(np.isfinite(shares).any(axis=1).sum())
        known = int(np.isfinite(perception).any(axis=1).sum())
        return cls(np.concatenate(parts, axis=1), len(dimensions), scores.gap is not None, stated is not None, known, said)

    def means(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Means of perception, gap and stated share: resamples x dimensions each, None where not asked."""
        p = self.dimensions
        with np.errstate(invalid="ignore", divide="ignore"):
            found = [sums[:, i + p : i + 2 * p] / sums[:, i : i + p] for i in range(0, sums.shape[1], 2 * p)]
        gap = found[1] if self.has_gap else None
        return found[0], gap, found[-1] if self.has_stated else None


def _resampled(
    table: np.ndarray, columns: np.ndarray, weight: np.ndarray, unit: pd.Series | None, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Cross-products of `table` and sums of `columns`: of all customers first, then of each resample; and the number of units, 0 where
    customers were resampled."""
    code = unit.cat.codes.to_numpy() if unit is not None else np.full(len(table), -1)
    named = sandwich.named(code)
    units = named if sandwich.clustered(named) else 0
    groups = sandwich.codes(code) if units else np.arange(len(table))
    count = int(groups.max()) + 1
    if count > bootstrap.EXACT_ROWS:
        order = np.random.default_rng([seed, count]).permutation(count)
        groups = (order % bootstrap.BLOCKS)[groups]
    by_group = sandwich.unit_products(table, groups, weight)
    added = np.stack([np.bincount(groups, weight * column, len(by_group)) for column in columns.T], axis=1)
    upper = np.triu_indices(table.shape[1])
    packed = np.concatenate([by_group[:, upper[0], upper[1]], added], axis=1)
    drawn = bootstrap.resampled_sums(packed, resamples=resamples, seed=seed, fewer=1 if units else 0)
    sums = np.concatenate([packed.sum(axis=0)[None], drawn])
    size = len(upper[0])
    return bootstrap.unpacked(sums[:, :size], table.shape[1]), sums[:, size:], units


def _composed(study, outcome, predictors, n, sums, dimensions, performance, gap, stated, derived, signs, by, resamples, seed) -> Priorities:
    scale = study.instrument.scale
    middle = (scale.min + scale.max) / 2
    equal = 1 / len(dimensions)
    centres = {DATA: performance.mean(axis=1, keepdims=True), SCALE: np.full((len(performance), 1), middle)}
    weights = {DERIVED: derived} | ({STATED: stated} if stated is not None else {})
    placed = {
        (kind, centre): quadrant(performance, weight, line, equal) for kind, weight in weights.items() for centre, line in centres.items()
    }
    points = tuple(
        MapPoint(
            dimension,
            _level(performance[:, k]),
            None if gap is None else _level(gap[:, k]),
            None if stated is None else _level(stated[:, k]),
            _level(np.clip(derived[:, k], 0.0, 1.0)),
            float(signs[k]),
            {key: Quadrant(QUADRANTS[int(where[0, k])], float((where[1:, k] == where[0, k]).mean())) for key, where in placed.items()},
        )
        for k, dimension in enumerate(dimensions)
    )
    lists = []
    for kind, weight in weights.items():
        if gap is not None:
            lists.append(_ranked(kind, GAP, dimensions, weight * -gap))
        lists.append(_ranked(kind, ROOM, dimensions, pgcv(weight, performance, scale.max)))
    return Priorities(
        outcome, predictors, n, sums.n_performance, sums.n_stated, points,
        {DATA: (float(centres[DATA][0, 0]), equal), SCALE: (middle, equal)},
        tuple(lists), by, resamples, seed, scale,
        _agreement(stated, derived), n < DESCRIPTIVE_BELOW,
    )  # fmt: skip


def _level(values: np.ndarray) -> Level:
    known = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or not len(known):
        return Level(float(values[0]), float("nan"), float("nan"))
    low, high = bootstrap.percentile_interval(known)
    return Level(float(values[0]), float(low), float(high))


def _ranked(kind: str, shortfall: str, dimensions: Sequence[str], values: np.ndarray) -> RankList:
    order = np.argsort(-values[0], kind="stable")
    drawn = values[1:][np.isfinite(values[1:]).all(axis=1)]
    first = importance.first_probability(drawn) if len(drawn) else np.full(len(order), np.nan)
    return RankList(kind, shortfall, tuple(dimensions[k] for k in order), tuple(values[0][order].tolist()), tuple(first[order].tolist()))


def _agreement(stated: np.ndarray | None, derived: np.ndarray) -> dict[str, float]:
    """Spearman's correlation of stated and derived importance over the dimensions, with its percentile interval."""
    if stated is None or derived.shape[1] < 3:
        return {}
    ranks = [np.argsort(np.argsort(v, axis=1), axis=1).astype(float) for v in (stated, derived)]
    centred = [r - r.mean(axis=1, keepdims=True) for r in ranks]
    rho = (centred[0] * centred[1]).sum(axis=1) / np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    low, high = bootstrap.percentile_interval(rho[1:])
    return {"rho": float(rho[0]), "low": float(low), "high": float(high)}
