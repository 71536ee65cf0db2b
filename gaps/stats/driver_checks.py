"""What a driver result depends on: the way of weighing, of resampling, of reading the answers' categories, of treating missing answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import UNIT, WEIGHT, Study, Withheld
from gaps.scoring.cross_products import unit_products
from gaps.stats import bootstrap, importance, incomplete, ordinal, sandwich
from gaps.stats.dominance import Dominance, dominance
from gaps.stats.drivers import Moments, Rows, dimension_fit, dimension_rows, model_columns, needed_for
from gaps.stats.incomplete import LISTWISE, MULTIPLE, PAIRWISE, Pooled
from gaps.stats.ordinal import OrdinalCheck
from gaps.stats.random_slope import SlopesByUnit, slopes_by_unit
from gaps.stats.regression import regress
from gaps.stats.results import DriverFit, Verdict
from gaps.stats.within_between import WithinBetweenFit, within_between

MANY = 8192  # respondents from which on fewer imputations and resamples do for a check
CHECK_RESAMPLES = 500
FEW_IMPUTATIONS = 5


@dataclass(frozen=True, slots=True)
class WeightsCheck:
    """Johnson's relative weights beside the LMG shares. order, order_lmg: names, the largest share first; difference: the largest
    difference of two shares, as a part of R²."""

    shares: Mapping[str, float]
    order: tuple[str, ...]
    order_lmg: tuple[str, ...]
    difference: float

    @property
    def first_changes(self) -> bool:
        """Whether another name comes first."""
        return self.order[0] != self.order_lmg[0]


@dataclass(frozen=True, slots=True)
class ResamplingCheck:
    """Respondents resampled instead of units: the verdict, and by how much whole units widen the spread of the shares (ratio of the mean
    standard deviations; 1 = answers within a unit are no more alike than others)."""

    verdict: Verdict
    widening: float


@dataclass(frozen=True, slots=True)
class MissingChoice:
    """The result under one treatment of missing answers.

    n: respondents used; smallest: respondents behind the pair of variables that fewest answered (pairwise); shares by name (LMG, of
    R²); coefficients, standard errors and intervals only for "multiple" (`pooled`, by predictor). first_changes, driver_changes: compared
    with listwise, whether another name comes first, or another (or no) driver is named.
    """

    method: str
    n: int
    smallest: int
    shares: Mapping[str, float]
    verdict: Verdict
    first_changes: bool = False
    driver_changes: bool = False
    imputations: int = 0
    pooled: Mapping[str, Pooled] = field(default_factory=dict)
    withheld: Withheld | None = None


@dataclass(frozen=True, eq=False)
class DriverChecks:
    """A driver fit with everything that could have been done otherwise. A check that cannot be made is `Withheld` with its reason.

    missing: listwise first; alone if no answer is missing.
    """

    outcome: str
    fit: DriverFit
    weights: WeightsCheck | Withheld
    resampling: ResamplingCheck | Withheld
    dominance: Dominance | Withheld
    ordinal: OrdinalCheck | Withheld
    within_between: WithinBetweenFit | Withheld
    unit_slopes: SlopesByUnit | Withheld  # of the mean perception over the dimensions (of the mean gap in "P-E")
    missing: tuple[MissingChoice, ...]


def driver_checks(
    study: Study,
    outcome: str,
    *,
    predictors: str | None = None,
    missing: Sequence[str] = (LISTWISE, PAIRWISE, MULTIPLE),
    resamples: int = 2000,
    seed: int = 1,
) -> DriverChecks:
    """Fit a dimension model of one outcome by unit, and check it against the alternatives.

    predictors: "P,E" where E was asked and that model can be fitted, else "P", unless given. missing: the treatments wanted. Order and
    verdict speak of dimensions; in "P,E" perception and expectation of one are a block. The models with unit means and
    with slopes by unit leave case weights aside.
    """
    scores = scoring.customer_scores(study)
    frames = {"gap": scores.gap, "perception": scores.perception, "expectation": scores.expectation}
    given = {name: frame for name, frame in frames.items() if frame is not None}
    chosen = predictors or ("P,E" if "gap" in given else "P")
    blank = pd.Series(np.nan, study.customers.index)
    y = study.customers.get(outcome, blank)
    if "perception" not in given:
        given = {name: pd.DataFrame(index=study.customers.index) for name in frames}
    weight, unit = study.customers.get(WEIGHT), study.customers.get(UNIT)
    dimensions, rows = dimension_rows(y, given, chosen, weight, unit)
    usable = rows.n >= needed_for(len(rows.names)) and len(rows.names) > 0
    moments = Moments.of(rows, resamples, seed) if usable else None
    unanswered = bool(len(y) and y.isna().all())
    fit = dimension_fit(outcome, chosen, dimensions, rows, resamples, seed, moments, unanswered=unanswered)
    if predictors is None and chosen == "P,E" and fit.withheld is not None:
        return driver_checks(study, outcome, predictors="P", missing=missing, resamples=resamples, seed=seed)
    names = dimensions
    treated = _missing(y, model_columns(given, chosen), names, weight, unit, fit, missing, resamples, seed)
    if fit.withheld is not None or moments is None:
        reason = fit.withheld or Withheld("too_few", {"n": rows.n, "needed": needed_for(len(rows.names))})
        return DriverChecks(outcome, fit, reason, reason, reason, reason, reason, reason, treated)
    width = len(rows.names) // len(names)
    correlation, resampled = bootstrap.correlations(moments.observed), bootstrap.correlations(moments.resampled)
    share = _shares(np.concatenate([correlation[None], resampled]), width)
    share = share if moments.by_unit is None else bootstrap.widened(share, rows.units)
    linear, drawn = share[0], share[1:]
    return DriverChecks(
        outcome,
        fit,
        _weights(correlation, linear, names, width),
        _resampling(rows, moments, drawn, linear, names, width, fit, resamples, seed),
        dominance(names, correlation, resampled, width=width),
        ordinal.ordinal_check(rows.y, rows.x, names, rows.names, linear, drawn[np.isfinite(drawn).all(axis=1)], rows.weight),
        _within_between(rows, moments),
        _unit_slopes(rows),
        treated,
    )


def _shares(correlation: np.ndarray, width: int) -> np.ndarray:
    values = importance.lmg(correlation, pairs=width == 2)
    return importance.shares(values.reshape(len(values), -1, width).sum(axis=2))


def _order(names: Sequence[str], share: np.ndarray) -> tuple[str, ...]:
    return tuple(names[k] for k in np.argsort(-share, kind="stable"))


def _weights(correlation: np.ndarray, linear: np.ndarray, names: Sequence[str], width: int) -> WeightsCheck | Withheld:
    if np.isnan(linear).any():
        return Withheld("nothing_explained")
    share = importance.shares(importance.johnson(correlation).reshape(-1, width).sum(axis=1))
    by_name = dict(zip(names, share.tolist(), strict=True))
    return WeightsCheck(by_name, _order(names, share), _order(names, linear), float(np.abs(share - linear).max()))


def _resampling(
    rows: Rows, moments: Moments, drawn: np.ndarray, linear: np.ndarray, names: Sequence[str], width: int, fit: DriverFit,
    resamples: int, seed: int,
) -> ResamplingCheck | Withheld:  # fmt: skip
    if moments.by_unit is None:
        return Withheld("few_units", {"units": rows.units, "needed": sandwich.UNITS_CLUSTERED})
    table = bootstrap.moments_table(np.column_stack([rows.y, rows.x]))
    count = resamples if rows.n <= MANY else min(resamples, CHECK_RESAMPLES)
    other = _shares(bootstrap.correlations(bootstrap.resampled_cross_products(table, rows.weight, resamples=count, seed=seed)), width)
    other = other[np.isfinite(other).all(axis=1)]
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(other) or not len(drawn):
        return Withheld("nothing_explained")
    unsure = fit.verdict.reason if fit.verdict.reason == "few_respondents" else None
    widening = float(drawn.std(axis=0).mean() / other.std(axis=0).mean())
    return ResamplingCheck(importance.verdict(names, linear, other, unsure=unsure), widening)


def _within_between(rows: Rows, moments: Moments) -> WithinBetweenFit | Withheld:
    if rows.unit is None or not rows.units:
        return Withheld("no_units")
    named = rows.unit < rows.units
    if moments.by_unit is not None and rows.weight is None and named.all():
        return within_between(moments.by_unit, rows.names)
    table = bootstrap.moments_table(np.column_stack([rows.y, rows.x])[named])
    return within_between(unit_products(table, rows.unit[named]), rows.names)


def _unit_slopes(rows: Rows) -> SlopesByUnit | Withheld:
    if rows.unit is None or not rows.units:
        return Withheld("no_units")
    named = rows.unit < rows.units
    whole = rows.x[:, [not name.startswith("E:") for name in rows.names]].mean(axis=1)
    return slopes_by_unit(rows.y[named], whole[named], rows.unit[named])


def _missing(
    outcome: pd.Series,
    model: tuple[tuple[str, ...], tuple[str, ...], list[np.ndarray]],
    names: Sequence[str],
    weight: pd.Series | None,
    unit: pd.Series | None,
    fit: DriverFit,
    wanted: Sequence[str],
    resamples: int,
    seed: int,
) -> tuple[MissingChoice, ...]:
    """The result under each treatment, over the customers who answered the outcome and something else."""
    if unknown := [method for method in wanted if method not in (LISTWISE, PAIRWISE, MULTIPLE)]:
        raise ValueError(f"missing must be some of {[LISTWISE, PAIRWISE, MULTIPLE]}, not {unknown}")
    _, predictors, columns = model
    x = np.column_stack(columns) if columns else np.empty((len(outcome), 0))
    y = outcome.to_numpy(float)
    listwise = MissingChoice(LISTWISE, fit.n, fit.n, _shares_of(fit), fit.verdict, withheld=fit.withheld)
    keep = np.isfinite(y) & np.isfinite(x).any(axis=1) if len(predictors) else np.zeros(len(y), bool)
    if weight is not None:
        w = weight.to_numpy(float)
        keep &= np.isfinite(w) & (w > 0)
    columns = np.column_stack([y[keep], x[keep]])
    if not len(columns) or np.isfinite(columns).all():
        return (listwise,)
    about = pd.Series(y[keep]), None if weight is None else weight[keep], None if unit is None else unit[keep]
    found = []
    for method in wanted:
        if method == LISTWISE:
            found.append(listwise)
            continue
        if len(columns) < needed_for(len(predictors)):
            reason = Withheld("too_few", {"n": len(columns), "needed": needed_for(len(predictors))})
            found.append(_without(method, len(columns), reason))
            continue
        treat = _pairwise if method == PAIRWISE else _multiple
        found.append(_compared(treat(columns, names, predictors, about, fit, resamples, seed), listwise))
    return tuple(found)


def _shares_of(fit: DriverFit) -> dict[str, float]:
    if fit.blocks:
        return {name: block["share"] for name, block in fit.blocks.items()}
    return {term.name: term.share for term in fit.terms}


def _without(method: str, n: int, reason: Withheld) -> MissingChoice:
    return MissingChoice(method, n, n, {}, Verdict(None, (), reason.reason), withheld=reason)


def _compared(choice: MissingChoice, listwise: MissingChoice) -> MissingChoice:
    if choice.withheld is not None or listwise.withheld is not None:
        return choice
    first, first_listwise = (max(c.shares, key=c.shares.get) for c in (choice, listwise))
    return MissingChoice(
        choice.method, choice.n, choice.smallest, choice.shares, choice.verdict,
        first != first_listwise, choice.verdict.driver != listwise.verdict.driver, choice.imputations, choice.pooled,
    )  # fmt: skip


def _rows_of(columns: np.ndarray, predictors: Sequence[str], about) -> Rows:
    """All rows with their weights and units; missing predictors count as 0, to be filled in."""
    columns = np.where(np.isfinite(columns), columns, 0.0)
    frame = {"perception": pd.DataFrame(columns[:, 1:], columns=list(predictors))}
    y, weight, unit = about
    reset = [None if part is None else part.reset_index(drop=True) for part in (y, weight, unit)]
    return dimension_rows(reset[0], frame, "P", reset[1], reset[2])[1]


def _judged(names: Sequence[str], share: np.ndarray, drawn: np.ndarray, fit: DriverFit) -> Verdict:
    unsure = fit.verdict.reason if fit.verdict.reason == "few_respondents" else None
    return importance.verdict(names, share, drawn[np.isfinite(drawn).all(axis=1)], unsure=unsure)


def _spread(share: np.ndarray, drawn: np.ndarray, by_unit: bool, units: int) -> np.ndarray:
    return bootstrap.widened(np.concatenate([share[None], drawn]), units)[1:] if by_unit else drawn


def _pairwise(
    columns: np.ndarray, names: Sequence[str], predictors: Sequence[str], about, fit: DriverFit, resamples: int, seed: int
) -> MissingChoice:
    rows = _rows_of(columns, predictors, about)
    unit = rows.unit if rows.clustered else None
    count = resamples if len(columns) <= MANY else min(resamples, CHECK_RESAMPLES)
    observed, resampled = incomplete.pairwise_resamples(columns, rows.weight, unit, resamples=count, seed=seed)
    known = np.isfinite(columns).astype(float)
    smallest = int((known.T @ known).min())
    if smallest < needed_for(len(predictors)):
        return _without(PAIRWISE, len(columns), Withheld("too_few", {"n": smallest, "needed": needed_for(len(predictors))}))
    if not incomplete.consistent(observed):
        return _without(PAIRWISE, len(columns), Withheld("inconsistent"))
    width = len(predictors) // len(names)
    share = _shares(observed[None], width)[0]
    drawn = _spread(share, _shares(resampled[incomplete.consistent(resampled)], width), unit is not None, rows.units)
    by_name = dict(zip(names, share.tolist(), strict=True))
    return MissingChoice(PAIRWISE, len(columns), smallest, by_name, _judged(names, share, drawn, fit))


def _multiple(
    columns: np.ndarray, names: Sequence[str], predictors: Sequence[str], about, fit: DriverFit, resamples: int, seed: int
) -> MissingChoice:
    many = len(columns) > MANY
    imputations = FEW_IMPUTATIONS if many else incomplete.IMPUTATIONS
    each = max((min(resamples, CHECK_RESAMPLES) if many else resamples) // imputations, 10)
    width = len(predictors) // len(names)
    observed, drawn, estimates, variances = [], [], [], []
    rows = _rows_of(columns, predictors, about)
    for number, filled in enumerate(incomplete.impute(columns, imputations=imputations, seed=seed)):
        rows = replace(rows, x=filled[:, 1:])
        moments = Moments.of(rows, each, seed + number)
        correlation = bootstrap.correlations(moments.observed)
        if (np.diag(correlation) == 0).any() or not incomplete.consistent(correlation):
            return _without(MULTIPLE, len(columns), Withheld("collinear"))
        observed.append(_shares(correlation[None], width)[0])
        drawn.append(_shares(bootstrap.correlations(moments.resampled), width))
        b, variance = _coefficients(rows, moments)
        estimates.append(b)
        variances.append(variance)
    share = np.mean(observed, axis=0)
    df = float(fit.units - 1) if rows.clustered else float(len(columns) - len(predictors) - 1)
    b, variance = np.array(estimates), np.array(variances)
    pooled = {name: incomplete.rubin(b[:, k], variance[:, k], df) for k, name in enumerate(predictors)}
    by_name = dict(zip(names, share.tolist(), strict=True))
    spread = _spread(share, np.concatenate(drawn), rows.clustered, rows.units)
    verdict = _judged(names, share, spread, fit)
    return MissingChoice(MULTIPLE, len(columns), len(columns), by_name, verdict, imputations=imputations, pooled=pooled)


def _coefficients(rows: Rows, moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients without the intercept and their variances: HC3, or CR2 where there are units."""
    fit = regress(rows.y, rows.x, rows.weight) if moments.by_unit is None else sandwich.from_units(moments.by_unit, rows.n)
    return fit.params[1:], np.diag(fit.cov)[1:]
