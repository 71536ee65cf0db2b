"""Drivers: an outcome regressed on the dimensions, or on gaps 1 to 4 across units; which of them comes first, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gaps.model import UNIT, WEIGHT, Battery, Role, Study, Withheld
from gaps.scoring.by_cell import added, cells_of, products
from gaps.scoring.cross_products import unit_products
from gaps.scoring.sums import united
from gaps.stats import bootstrap, importance, sandwich
from gaps.stats.regression import DEPENDENT, Regression, chosen, complete, regress
from gaps.stats.results import NAMING_NEEDED, DriverFit, Term, Verdict
from gaps.stats.score_model import SCORES, ScoreModel, answered, given

GAPS = ("gap1", "gap2", "gap3", "gap4")
RESPONDENTS_NEEDED = 30
RESPONDENTS_PER_PREDICTOR = 10
UNITS_NEEDED = 10
UNITS_JOINT = 30
IDENTITY = 1e-4  # 1 - R² below this: the outcome was computed from its predictors, perhaps rounded

_NAN = math.nan


@dataclass(frozen=True, eq=False)
class Rows:
    """The usable rows of a regression: complete in outcome, predictors and weight."""

    y: np.ndarray
    x: np.ndarray
    names: tuple[str, ...]
    weight: np.ndarray | None
    kept: np.ndarray
    unit: np.ndarray | None = None  # codes 0, 1, …
    units: int = 0  # of them named; a respondent without a unit is one of their own

    @property
    def left_out(self) -> int:
        """Respondents that lack something."""
        return int(len(self.kept) - self.kept.sum())

    @property
    def n(self) -> int:
        """Number of usable rows."""
        return len(self.y)

    @property
    def clustered(self) -> bool:
        """Whether units are the cases, in standard errors and in resamples."""
        return sandwich.clustered(self.units)


@dataclass(frozen=True, slots=True)
class Counted:
    """The same where cross-products by unit are at hand, and with them all that a fit by unit needs."""

    names: tuple[str, ...]
    n: int
    left_out: int
    units: int
    clustered: bool = True


@dataclass(frozen=True, eq=False)
class Moments:
    """Cross-products of [1, outcome, predictors]: of all rows, of each unit (if they matter), and resampled."""

    observed: np.ndarray
    by_unit: np.ndarray | None
    resampled: np.ndarray

    @classmethod
    def of(cls, rows: Rows, resamples: int, seed: int) -> Moments:
        """Sum and resample a model's rows."""
        table = bootstrap.moments_table(np.column_stack([rows.y, rows.x]))
        if not rows.clustered:
            resampled = bootstrap.resampled_cross_products(table, rows.weight, resamples=resamples, seed=seed)
            return cls(bootstrap.cross_products(table, rows.weight), None, resampled)
        return cls.of_units(unit_products(table, rows.unit, rows.weight), resamples, seed)

    @classmethod
    def of_units(cls, by_unit: np.ndarray, resamples: int, seed: int) -> Moments:
        """Resample whole units."""
        return cls(by_unit.sum(axis=0), by_unit, bootstrap.resampled_unit_products(by_unit, resamples=resamples, seed=seed))

    def mapped(self, wanted: np.ndarray) -> Moments:
        """Those of linear combinations of the columns."""
        by_unit = None if self.by_unit is None else wanted.T @ self.by_unit @ wanted
        return Moments(wanted.T @ self.observed @ wanted, by_unit, wanted.T @ self.resampled @ wanted)


def dimension_drivers(
    outcome: pd.Series,
    scores: Mapping[str, pd.DataFrame],
    outcome_name: str,
    *,
    predictors: str,
    weight: pd.Series | None = None,
    unit: pd.Series | None = None,
    resamples: int = 2000,
    seed: int = 1,
) -> DriverFit:
    """Regress an outcome that was asked separately on the dimensions' scores, respondent by respondent.

    predictors: "P-E" (gaps), "P" (perceptions) or "P,E" (both, unconstrained); scores: "gap", "perception", "expectation" ->
    respondents x dimensions on the outcome's index; weight: case weights; unit: where each respondent was served, missing where
    unknown. y = b0 + X b; LMG shares of R² with percentile intervals from a pairs bootstrap. Without units, or with fewer than 6, HC3
    with t, and respondents are resampled. With 6 units or more answers within a unit may be alike: units are resampled (J - 1 of J,
    Rao & Wu 1988, the spread widened by t(J - 1) / z), and coefficients are judged by CR2 with Satterthwaite's degrees of freedom
    (`sandwich.clustered`); respondents without a unit count as units of their own then, but not towards this number.

    In P,E a dimension's two scores form one block, about which the verdict speaks;
    `constraint` tests bP + bE = 0 on the means over dimensions, which is what a difference score takes for granted (Edwards 1994;
    methods 1.4).

    Missing data: listwise over outcome, predictors and weight; a dimension nobody answered is no predictor. Withheld: no_outcome;
    too_few (fewer than max(30, 10 per predictor) respondents); no_variation; collinear; same_as_score (R² above .9999: the outcome
    is made of its predictors). With fewer than 100 respondents no driver is named (few_respondents): descriptive only (methods
    3.4).

    Checked against R on 207 kiosk users: R² .2643288, convenience b .2362537, HC3 .0679148, LMG share .29286. ValueError for an
    unknown model, or one whose scores are not given.
    """
    if predictors not in SCORES:
        raise ValueError(f"predictors must be one of {list(SCORES)}, not {predictors!r}")
    if missing := [name for name in SCORES[predictors] if name not in scores]:
        raise ValueError(f"the model {predictors} needs scores of {missing}; given: {sorted(scores)}")
    dimensions, rows = dimension_rows(outcome, scores, predictors, weight, unit)
    return dimension_fit(outcome_name, predictors, dimensions, rows, resamples, seed, None, unanswered=_unanswered(outcome))


def dimension_models(
    outcome: pd.Series,
    scores: Mapping[str, pd.DataFrame],
    outcome_name: str,
    *,
    weight: pd.Series | None = None,
    unit: pd.Series | None = None,
    resamples: int = 2000,
    seed: int = 1,
) -> tuple[DriverFit, ...]:
    """Fit every model of `dimension_drivers` whose scores are given, in the order P-E, P, P,E: the same numbers for less work.

    Where all three rest on the same respondents, which is the rule, the cross-products of P and E are resampled once: those of P
    and of P - E are linear maps of them.
    """
    models = [model for model, needed in SCORES.items() if all(name in scores for name in needed)]
    ready, shared = _alike(outcome, scores, models, weight, unit), None
    if ready:
        shared = Moments.of(ready["P,E"][1], resamples, seed)
    else:
        ready = {model: dimension_rows(outcome, scores, model, weight, unit) for model in models}
    return tuple(
        dimension_fit(
            outcome_name, model, *ready[model], resamples, seed, shared and _of_model(shared, model), unanswered=_unanswered(outcome)
        )
        for model in models
    )


def study_models(study: Study, outcome: str, *, resamples: int = 2000, seed: int = 1) -> tuple[DriverFit, ...]:
    """`dimension_models` of a study, from cross-products by cell where units are the cases and every customer has one."""
    if (ready := _by_cell(study, outcome, resamples, seed)) is not None:
        rows, shared, dimensions = ready
        models = {name: ScoreModel(outcome, name, dimensions).names for name in SCORES}
        return tuple(
            dimension_fit(outcome, name, dimensions, replace(rows, names=names), resamples, seed, _of_model(shared, name))
            for name, names in models.items()
        )
    about = {"weight": study.customers.get(WEIGHT), "unit": study.customers.get(UNIT), "resamples": resamples, "seed": seed}
    return dimension_models(study.customers[outcome], given(study), outcome, **about)


def _by_cell(study: Study, outcome: str, resamples: int, seed: int) -> tuple[Counted, Moments, tuple[str, ...]] | None:
    """The widest model's respondents counted and its moments, which those of the others follow from: paired scores are known together."""
    if study.expectation is None or Battery.PERCEPTION not in study.answers:
        return None
    cells, model = cells_of(study, Role.CUSTOMERS), ScoreModel(outcome, "P,E", answered(study))
    units = cells.labels.get(UNIT, ())
    code = cells.places(UNIT, units)
    if not model.dimensions or not sandwich.clustered(sandwich.named(code)) or (code == len(units)).any():
        return None
    counted = added(study, Role.CUSTOMERS, ("complete", model), lambda study: [model.table(study)[:, 0]])[:, 0]
    code, products_ = code[counted > 0], products(study, Role.CUSTOMERS, model, model.table)[counted > 0]
    n, named = int(counted.sum()), sandwich.named(code)
    if n < needed_for(len(model.names)) or not sandwich.clustered(named):
        return None
    by_unit = bootstrap.unpacked(united(products_.T, sandwich.codes(code), named).T, 2 + len(model.names))
    rows = Counted(model.names, n, study.n(Role.CUSTOMERS) - n, named)
    return rows, Moments.of_units(by_unit, resamples, seed), model.dimensions


def model_columns(scores: Mapping[str, pd.DataFrame], predictors: str) -> tuple[tuple[str, ...], tuple[str, ...], list[np.ndarray]]:
    """The dimensions somebody answered, the predictors' names and their columns (one value per respondent, NaN where missing)."""
    frames = [scores[name] for name in SCORES[predictors]]
    dimensions = _answered(frames)
    return dimensions, *_interleaved(frames, dimensions)


def dimension_rows(
    outcome: pd.Series, scores: Mapping[str, pd.DataFrame], predictors: str, weight: pd.Series | None, unit: pd.Series | None = None
) -> tuple[tuple[str, ...], Rows]:
    """The dimensions of a model and its usable rows."""
    dimensions, names, columns = model_columns(scores, predictors)
    return dimensions, _complete(outcome, columns, names, weight, unit)


def dimension_fit(
    outcome_name: str,
    predictors: str,
    dimensions: tuple[str, ...],
    rows: Rows | Counted,
    resamples: int,
    seed: int,
    moments: Moments | None,
    *,
    unanswered: bool = False,
) -> DriverFit:
    """Fit one model to its usable rows; `moments`: their cross-products, if known; unanswered: whether nobody gave the outcome."""
    blank = _blank("dimension", outcome_name, predictors, "respondent", rows, resamples, seed)
    if unanswered:
        return _withheld(blank, Withheld("no_outcome"))
    needed = _needed(rows)
    if rows.n < needed or not rows.names:
        return _withheld(blank, Withheld("too_few", {"n": rows.n, "needed": needed}))
    blocks = dimensions if len(SCORES[predictors]) > 1 else ()
    unsure = "few_respondents" if rows.n < NAMING_NEEDED else None
    return _joint(rows, blank, blocks=blocks, unsure=unsure, moments=moments)


def _unanswered(outcome: pd.Series) -> bool:
    return bool(len(outcome) and outcome.isna().all())


def _needed(rows: Rows | Counted) -> int:
    return needed_for(len(rows.names))


def needed_for(predictors: int) -> int:
    """Respondents that a regression on so many predictors needs (methods 3.4)."""
    return max(RESPONDENTS_NEEDED, RESPONDENTS_PER_PREDICTOR * predictors)


def _alike(
    outcome: pd.Series, scores: Mapping[str, pd.DataFrame], models: Sequence[str], weight: pd.Series | None, unit: pd.Series | None
) -> dict[str, tuple[tuple[str, ...], Rows]] | None:
    """The rows of all three models where they rest on the same respondents and dimensions, enough of them for the widest; else None."""
    if len(models) < len(SCORES):
        return None
    dimensions, names, columns = model_columns(scores, "P,E")
    rows = _complete(outcome, columns, names, weight, unit)
    if not dimensions or rows.n < _needed(rows):
        return None
    ready = {"P,E": (dimensions, rows)}
    for model in ("P-E", "P"):
        inside, own, columns = model_columns(scores, model)
        if inside != dimensions or not np.array_equal(complete(outcome.to_numpy(float), columns, weight)[0], rows.kept):
            return None
        x = rows.x[:, ::2] if model == "P" else rows.x[:, ::2] - rows.x[:, 1::2]
        ready[model] = (dimensions, replace(rows, x=x, names=own))
    return ready


def _of_model(widest: Moments, predictors: str) -> Moments:
    """One model's moments from those of [1, outcome, P and E of each dimension in turn]: the same resamples."""
    if predictors == "P,E":
        return widest
    size = len(widest.observed)
    p, e = np.arange(2, size, 2), np.arange(3, size, 2)
    wanted = np.zeros((size, 2 + len(p)))
    wanted[[0, 1], [0, 1]] = 1.0
    wanted[p, np.arange(len(p)) + 2] = 1.0
    if predictors == "P-E":
        wanted[e, np.arange(len(p)) + 2] = -1.0
    return widest.mapped(wanted)


def gap_drivers(units: pd.DataFrame, outcome: str, *, resamples: int = 2000, seed: int = 1) -> DriverFit:
    """Regress the units' mean outcome on their gaps 1 to 4: exploratory, since the information comes from the units, not the customers.

    units: one row per unit with gap1 … gap4 (missing where not measured), the outcome's mean and n_customers, which weights the
    unit. A gap known for fewer than 10 units is no predictor; of the others a unit needs all. Fewer than 10 units: withheld,
    too_few_units. 10 to 29: each gap in a regression of its own (`one_at_a_time`: no shares, no verdict). 30 or more: joint, with
    shares and a bootstrap by unit. With 20 units the true first driver (beta .55 against .25) is ranked first in 73 % of samples,
    with 50 in 93 % (methods 2.6).
    """
    y = units[outcome] if outcome in units else pd.Series(np.nan, units.index)
    known = y.notna() & (units["n_customers"] > 0)
    measured = [name for name in GAPS if name in units]
    names = tuple(name for name in measured if int((known & units[name].notna()).sum()) >= UNITS_NEEDED)
    rows = _complete(y, [units[name].to_numpy(float) for name in names], names, units["n_customers"])
    blank = _blank("gap", outcome, "gap1..gap4", "unit", rows, resamples, seed)
    if y.isna().all() and len(y):
        return _withheld(blank, Withheld("no_outcome"))
    if not names or rows.n < UNITS_NEEDED:
        counts = [int((known & units[name].notna()).sum()) for name in measured]
        usable = rows.n if names else max(counts, default=0)
        return _withheld(blank, Withheld("too_few_units", {"units": usable, "needed": UNITS_NEEDED}))
    return _joint(rows, blank) if rows.n >= UNITS_JOINT else _one_at_a_time(rows, blank)


def _answered(frames: Sequence[pd.DataFrame]) -> tuple[str, ...]:
    """The dimensions that somebody answered in every battery of the model."""
    return tuple(d for d in frames[0].columns if all(d in frame and not np.isnan(frame[d].to_numpy(float)).all() for frame in frames))


def _interleaved(frames: Sequence[pd.DataFrame], dimensions: Sequence[str]) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Predictors by dimension, perception before expectation: each dimension's scores are neighbours."""
    prefixes = ("",) if len(frames) == 1 else ("P:", "E:")
    names = tuple(f"{prefix}{d}" for d in dimensions for prefix in prefixes)
    return names, [frame[d].to_numpy(float) for d in dimensions for frame in frames]


def _complete(
    outcome: pd.Series, columns: Sequence[np.ndarray], names: tuple[str, ...], weight: pd.Series | None, unit: pd.Series | None = None
) -> Rows:
    if {len(part) for part in (*columns, weight, unit) if part is not None} - {len(outcome)}:
        raise ValueError("outcome, scores, weight and unit must have one row per respondent each")
    y = outcome.to_numpy(float)
    keep, w = complete(y, columns, weight)
    code, units = _unit_codes(unit, keep)
    return Rows(y[keep], chosen(columns, keep), names, w, keep, code, units)


def _unit_codes(unit: pd.Series | None, keep: np.ndarray) -> tuple[np.ndarray | None, int]:
    """Codes of the kept rows' units, and how many are named."""
    if unit is None:
        return None, 0
    found = pd.factorize(unit[keep], sort=True)[0] if not isinstance(unit.dtype, pd.CategoricalDtype) else unit.cat.codes.to_numpy()[keep]
    return sandwich.codes(found), sandwich.named(found)


def _blank(question: str, outcome: str, predictors: str, level: str, rows: Rows | Counted, resamples: int, seed: int) -> dict:
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    about = {"question": question, "outcome": outcome, "predictors": predictors, "level": level}
    method = sandwich.CR2 if rows.clustered else sandwich.HC3
    by = "respondent" if level == "respondent" and not rows.clustered else "unit"
    about |= {"inference": method.lower(), "units": rows.units or (rows.n if level == "unit" else 0), "resampled_by": by}
    return about | {"n": rows.n, "n_left_out": rows.left_out, "resamples": resamples, "seed": seed}


def _withheld(blank: Mapping, withheld: Withheld) -> DriverFit:
    verdict = Verdict(None, (), withheld.reason)
    return DriverFit(**blank | {"resamples": 0}, r2=_NAN, adj_r2=_NAN, terms=(), verdict=verdict, withheld=withheld)


def _moments(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """The table [1, outcome, predictors] that is resampled, and its cross-products."""
    table = bootstrap.moments_table(np.column_stack([rows.y, rows.x]))
    return table, bootstrap.cross_products(table, rows.weight)


def _unfit(names: Sequence[str], correlation: np.ndarray) -> Withheld | None:
    """Why no regression with these correlations exists."""
    still = np.diag(correlation) == 0
    if still.any():
        return Withheld("no_variation", {"predictors": tuple(name for name, s in zip(names, still[1:], strict=True) if s)})
    return Withheld("collinear") if np.linalg.eigvalsh(correlation[1:, 1:])[0] < DEPENDENT else None


def _joint(
    rows: Rows | Counted, blank: Mapping, *, blocks: Sequence[str] = (), unsure: str | None = None, moments: Moments | None = None
) -> DriverFit:
    """One regression on all predictors, with shares and verdict; `moments`: its cross-products, if known."""
    observed = moments.observed if moments else _moments(rows)[1]
    correlation = bootstrap.correlations(observed)
    if unfit := _unfit(rows.names, correlation):
        return _withheld(blank, unfit)
    moments = moments or Moments.of(rows, blank["resamples"], blank["seed"])
    fit = _fitted(rows, moments.by_unit)
    if fit is None:  # a predictor that varies in one row alone
        return _withheld(blank, Withheld("no_variation", {"predictors": ()}))
    if 1 - fit.r2 < IDENTITY:
        return _withheld(blank, Withheld("same_as_score"))
    values = importance.lmg(np.concatenate([correlation[None], bootstrap.correlations(moments.resampled)]), pairs=bool(blocks))
    share = importance.shares(values)
    units = 0 if moments.by_unit is None else rows.units
    of_blocks = _Shares.of(blocks, importance.shares(values.reshape(len(values), -1, 2).sum(axis=2)), units) if blocks else None
    of_terms = _Shares.of(rows.names, share, units)
    ranked = of_blocks or of_terms
    test, added = _constraint(rows, moments.by_unit) if blocks else ({}, {})
    return DriverFit(
        **blank,
        r2=fit.r2,
        adj_r2=fit.adj_r2,
        terms=_terms(rows.names, fit, observed, of_terms),
        verdict=importance.verdict(ranked.names, ranked.share, ranked.resampled, unsure=unsure),
        blocks=of_blocks.by_name() if of_blocks else {},
        constraint=test,
        expectation=added,
    )


def _fitted(rows: Rows | Counted, by_unit: np.ndarray | None) -> Regression | sandwich.Fit | None:
    return regress(rows.y, rows.x, rows.weight) if by_unit is None else sandwich.from_units(by_unit, rows.n)


@dataclass(frozen=True, eq=False)
class _Shares:
    """Shares of R² with their bootstrap: the observed ones, and one row per resample in which anything is explained."""

    names: tuple[str, ...]
    share: np.ndarray
    resampled: np.ndarray
    interval: np.ndarray
    p_first: np.ndarray

    @classmethod
    def of(cls, names: Sequence[str], shares: np.ndarray, units: int = 0) -> _Shares:
        """Split rows of shares into the observed one (the first) and the resamples' (the others), `units`: those of so many units."""
        shares = bootstrap.widened(shares, units) if units else shares
        resampled = shares[1:][np.isfinite(shares[1:]).all(axis=1)]
        if not len(resampled):  # nothing is ever explained
            empty = np.full(len(names), _NAN)
            return cls(tuple(names), shares[0], resampled, np.stack([empty, empty]), empty)
        interval = np.clip(bootstrap.percentile_interval(resampled), 0.0, 1.0)
        return cls(tuple(names), shares[0], resampled, interval, importance.first_probability(resampled))

    def of_one(self, k: int) -> dict[str, float]:
        """One predictor's share, interval and probability of being first."""
        low, high = (float(end[k]) for end in self.interval)
        return {"share": float(self.share[k]), "share_low": low, "share_high": high, "p_first": float(self.p_first[k])}

    def by_name(self) -> dict[str, dict[str, float]]:
        """The same for all, by name."""
        return {name: self.of_one(k) for k, name in enumerate(self.names)}


def _terms(names: Sequence[str], fit: Regression | sandwich.Fit, observed: np.ndarray, shares: _Shares | None) -> tuple[Term, ...]:
    correlation = bootstrap.correlations(observed)
    vif = np.diag(np.linalg.inv(correlation[1:, 1:]))
    spread = np.sqrt(np.diag(observed)[1:] - observed[0, 1:] ** 2 / observed[0, 0])
    none = {"share": _NAN, "share_low": _NAN, "share_high": _NAN, "p_first": _NAN}
    terms = []
    for k, name in enumerate(names):
        se, low, high, p = fit.estimate(k + 1)
        b = float(fit.params[k + 1])
        beta = float(b * spread[k + 1] / spread[0])
        given = {"b": b, "se": se, "low": low, "high": high, "beta": beta, "p": p}
        plain = {"vif": float(vif[k]), "r": float(correlation[0, k + 1])}
        terms.append(Term(name, **given, **plain, **(shares.of_one(k) if shares else none)))
    return tuple(terms)


def _constraint(rows: Rows | Counted, by_unit: np.ndarray | None) -> tuple[dict[str, float], dict[str, float]]:
    """Test bP + bE = 0 in y = b0 + bP P + bE E on the means over dimensions, by the fit's inference; and what E adds. Else empty."""
    if by_unit is None:
        totals = np.column_stack([rows.x[:, ::2].mean(axis=1), rows.x[:, 1::2].mean(axis=1)])
        rows = Rows(rows.y, totals, ("P", "E"), rows.weight, rows.kept)
        observed = _moments(rows)[1]
    else:
        mean = np.zeros((by_unit.shape[1], 4))
        mean[[0, 1], [0, 1]] = 1.0
        mean[2::2, 2] = mean[3::2, 3] = 2 / (by_unit.shape[1] - 2)
        by_unit = mean.T @ by_unit @ mean
        observed = by_unit.sum(axis=0)
    fit = _fitted(rows, by_unit)
    if fit is None:
        return {}, {}
    value, se, t, p = fit.test([0.0, 1.0, 1.0])
    _, low, high, e_p = fit.estimate(2)
    alone = bootstrap.correlations(observed)[0, 1]
    b_p, b_e = float(fit.params[1]), float(fit.params[2])
    test = {"b_p": b_p, "b_e": b_e, "sum": value, "se": se, "t": t, "p": p}
    return test, {"b": b_e, "low": low, "high": high, "p": e_p, "r2_without": float(alone**2), "r2": fit.r2}


def _one_at_a_time(rows: Rows, blank: Mapping) -> DriverFit:
    """A simple regression per gap; those without variation are left out."""
    terms: list[Term] = []
    for k, name in enumerate(rows.names):
        one = Rows(rows.y, rows.x[:, [k]], (name,), rows.weight, rows.kept)
        _, observed = _moments(one)
        fit = None if _unfit(one.names, bootstrap.correlations(observed)) else regress(one.y, one.x, one.weight)
        if fit is not None:
            terms += _terms(one.names, fit, observed, None)
    if not terms:
        return _withheld(blank, Withheld("no_variation", {"predictors": rows.names}))
    verdict = Verdict(None, (), "one_at_a_time")
    return DriverFit(**blank | {"resamples": 0}, r2=_NAN, adj_r2=_NAN, terms=tuple(terms), verdict=verdict, one_at_a_time=True)
