"""What to work on first: importance stated and derived against performance, and rank lists that multiply the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import UNIT, Battery, Gap, Role, Study, Withheld
from gaps.scoring.by_cell import added, cells_of, products, weights
from gaps.scoring.cross_products import unit_products
from gaps.scoring.gap_table import gap_table
from gaps.scoring.sums import united
from gaps.stats import bootstrap, importance, sandwich
from gaps.stats.drivers import needed_for
from gaps.stats.intervals import with_intervals
from gaps.stats.priority_results import DATA, DERIVED, GAP, QUADRANTS, ROOM, SCALE, STATED, Level, MapPoint, Priorities, Quadrant, RankList
from gaps.stats.regression import DEPENDENT
from gaps.stats.results import NAMING_NEEDED
from gaps.stats.score_model import ScoreModel, answered
from gaps.stats.stated import stated_importance

DECIMALS = 12  # of an importance: what differs beyond is rounding noise


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
    certain of its quadrant if it lies there in 95 % of them. The gap's own interval is the gap table's, that of stated importance
    `stated_importance`'s (both t over customers): one number has one interval, wherever it is told.

    Missing data: performance and gap over the customers who have that dimension's scores (the same as the gap table's), stated importance
    over those whose points count, derived importance listwise. Withheld: no_outcome, not_measured, too_few, one_dimension, no_variation,
    collinear, nothing_explained.
    """
    if outcome not in study.outcomes:
        return Withheld("no_outcome")
    if Battery.PERCEPTION not in study.answers:
        return Withheld("not_measured")
    if predictors is None and study.expectation is not None:
        both = _of_model(study, outcome, "P,E", resamples, seed)
        if not isinstance(both, Withheld):
            return both
    return _of_model(study, outcome, predictors or "P", resamples, seed)


def _of_model(study: Study, outcome: str, predictors: str, resamples: int, seed: int) -> Priorities | Withheld:
    model = ScoreModel(outcome, predictors, answered(study))
    names, width, dimensions = model.names, model.width, model.dimensions
    if not study.n(Role.CUSTOMERS):
        return Withheld("too_few", {"n": 0, "needed": needed_for(len(names))})
    packed, units = _by_group(study, model, seed)
    observed = packed.sum(axis=0)
    n, n_performance, n_usable, n_positive = map(int, observed[-4:])
    least = needed_for(len(names))
    if n < least or not dimensions:
        return Withheld("too_few", {"n": n, "needed": least})
    if len(dimensions) < 2:
        return Withheld("one_dimension")
    drawn = bootstrap.resampled_sums(packed, resamples=resamples, seed=seed, fewer=1 if units else 0)
    sums = np.concatenate([observed[None], drawn])
    size = len(names) + 2
    triangle = size * (size + 1) // 2
    correlation = bootstrap.correlations(bootstrap.unpacked(sums[:, :triangle], size))
    still = np.diag(correlation[0])[1:] == 0
    if still.any() or correlation[0, 0, 0] == 0:
        return Withheld("no_variation", {"predictors": tuple(name for name, s in zip(names, still, strict=True) if s)})
    if np.linalg.eigvalsh(correlation[0, 1:, 1:])[0] < DEPENDENT:
        return Withheld("collinear")
    values = importance.lmg(correlation, pairs=width == 2)
    derived = importance.shares(values.reshape(len(values), -1, width).sum(axis=2))
    if np.isnan(derived[0]).any():
        return Withheld("nothing_explained")
    performance, gap, usable, positive = _means(sums[:, triangle:-4], len(dimensions))
    gap = gap if study.expectation is not None else None
    said = usable if n_usable else positive if n_positive else None
    if units:
        derived, performance = bootstrap.widened(derived, units), bootstrap.widened(performance, units)
        gap, said = (None if part is None else bootstrap.widened(part, units) for part in (gap, said))
    by = "unit" if units else "respondent"
    signs = correlation[0, 0, 1::width]
    behind = (n, n_performance, n_usable or n_positive)
    return _composed(
        study, outcome, predictors, behind, dimensions, performance, gap, said, derived, signs, by, resamples, seed,
    )  # fmt: skip


def _columns(model: ScoreModel, study: Study) -> Iterator[np.ndarray]:
    """Known and value, weighted, of perception and gap per dimension, of the shares of points that sum to about 100, and of all shares;
    then the numbers behind regression, performance and these shares. Unknown values are 0 and do not count.
    """
    n, dimensions = study.n(Role.CUSTOMERS), list(model.dimensions)
    weight, scores = weights(study, Role.CUSTOMERS), scoring.customer_scores(study)
    nothing = np.full((n, len(dimensions)), np.nan)
    blocks = [scores.perception[dimensions].to_numpy(float), nothing if scores.gap is None else scores.gap[dimensions].to_numpy(float)]
    for any_sum in (False, True):
        shares = scoring.stated_shares(study, any_sum=any_sum)
        blocks.append(nothing if shares is None else shares.reindex(columns=dimensions).to_numpy(float))
    for block in blocks:
        known = np.isfinite(block)
        for part in (known.T.astype(float), np.where(known, block, 0.0).T):
            yield from part if weight is None else part * weight
    yield model.table(study)[:, 0]
    yield from (np.isfinite(block).any(axis=1).astype(float) for block in (blocks[0], *blocks[2:]))


def _means(sums: np.ndarray, p: int) -> list[np.ndarray]:
    """Means of perception, gap and both stated shares: resamples x dimensions each, NaN where not asked."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return [sums[:, i + p : i + 2 * p] / sums[:, i : i + p] for i in range(0, sums.shape[1], 2 * p)]


def _by_group(study: Study, model: ScoreModel, seed: int) -> tuple[np.ndarray, int]:
    """Cross-products of the model's table and sums of its columns by what is resampled, and the number of units, 0 where that is customers.

    Units are sums over cells; customers, and those without a unit, are taken one by one.
    """
    cells = cells_of(study, Role.CUSTOMERS)
    code = cells.places(UNIT, cells.labels.get(UNIT, ()))
    code = np.where(code < len(cells.labels.get(UNIT, ())), code, -1)
    named = sandwich.named(code)
    units = named if sandwich.clustered(named) else 0
    if units and (code >= 0).all():
        groups = _dealt(sandwich.codes(code), seed)
        parts = (
            products(study, Role.CUSTOMERS, model, model.table),
            added(study, Role.CUSTOMERS, ("columns", model), partial(_columns, model)),
        )
        return united(np.concatenate(parts, axis=1).T, groups, int(groups.max()) + 1).T, units
    groups = _dealt(sandwich.codes(code[cells.of]) if units else np.arange(study.n(Role.CUSTOMERS)), seed)
    table = model.table(study)
    by_group = unit_products(table, groups, weights(study, Role.CUSTOMERS))
    sums = np.stack([np.bincount(groups, column, len(by_group)) for column in _columns(model, study)], axis=1)
    upper = np.triu_indices(table.shape[1])
    return np.concatenate([by_group[:, upper[0], upper[1]], sums], axis=1), units


def _dealt(groups: np.ndarray, seed: int) -> np.ndarray:
    """Very many groups dealt at random into blocks, which are resampled in their place."""
    count = int(groups.max(initial=-1)) + 1
    if count <= bootstrap.EXACT_ROWS:
        return groups
    order = np.random.default_rng([seed, count]).permutation(count)
    return (order % bootstrap.BLOCKS)[groups]


def _composed(study, outcome, predictors, behind, dimensions, performance, gap, stated, derived, signs, by, resamples, seed) -> Priorities:
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
            None,
            None if stated is None else _level(stated[:, k]),
            _level(np.clip(derived[:, k], 0.0, 1.0)),
            float(signs[k]),
            {key: Quadrant(QUADRANTS[int(where[0, k])], float((where[1:, k] == where[0, k]).mean())) for key, where in placed.items()},
        )
        for k, dimension in enumerate(dimensions)
    )
    if gap is not None:
        own = _gaps(study)
        points = tuple(replace(point, gap=own[point.dimension]) for point in points)
    if stated is not None:
        asked = _stated(study)
        points = tuple(replace(point, stated=asked.get(point.dimension, point.stated)) for point in points)
    lists = []
    for kind, weight in weights.items():
        if gap is not None:
            lists.append(_ranked(kind, GAP, dimensions, weight * -gap))
        lists.append(_ranked(kind, ROOM, dimensions, pgcv(weight, performance, scale.max)))
    return Priorities(
        outcome, predictors, *behind, points,
        {DATA: (float(centres[DATA][0, 0]), equal), SCALE: (middle, equal)},
        tuple(lists), by, resamples, seed, scale,
        _agreement(stated, derived), behind[0] < NAMING_NEEDED,
    )  # fmt: skip


def _gaps(study: Study) -> dict[str, Level]:
    """The customers' gap of each dimension with the interval that the gap table gives it."""
    table = with_intervals(gap_table(study, by=((),), segments=False, items=False))
    rows = table.records(gap=Gap.CUSTOMER, level="dimension")
    return {row["dimension"]: Level(*(float(row[part]) for part in ("mean", "low", "high"))) for row in rows}


def _stated(study: Study) -> dict[str, Level]:
    """Stated importance of each dimension with the interval that it has where it stands alone; none where there it has no interval."""
    found = stated_importance(study)
    rows = [] if isinstance(found, Withheld) else found.frame.dropna(subset=["low", "high"]).to_dict("records")
    return {row["dimension"]: Level(*(float(row[part]) for part in ("mean", "low", "high"))) for row in rows}


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
    """Spearman's correlation of stated and derived importance over the dimensions, with its percentile interval; none where either is the
    same for all of them. Equal ones share their rank."""
    if stated is None or derived.shape[1] < 3 or any(np.ptp(np.round(v[0], DECIMALS)) == 0 for v in (stated, derived)):
        return {}
    ranks = [pd.DataFrame(np.round(v, DECIMALS)).rank(axis=1).to_numpy() for v in (stated, derived)]
    centred = [r - r.mean(axis=1, keepdims=True) for r in ranks]
    spread = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    rho = np.divide((centred[0] * centred[1]).sum(axis=1), spread, out=np.full(len(spread), np.nan), where=spread > 0)
    low, high = bootstrap.percentile_interval(rho[1:][np.isfinite(rho[1:])])
    return {"rho": float(rho[0]), "low": float(low), "high": float(high)}
