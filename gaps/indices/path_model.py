"""A causal model of satisfaction estimated by partial least squares: paths, weights, effects, quality of measurement, the index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.indices import measurement, pls
from gaps.indices.models import MODE_A, MODE_B, CausalModel
from gaps.indices.pls import Design, Solution
from gaps.indices.satisfaction_index import NEGATIVE_WEIGHT, OUTSIDE_SCALE, SLACK, index_weights, weighted_position
from gaps.model import Withheld
from gaps.stats.bootstrap import correlations, cross_products, expansion, moments_table, percentile_interval, resampled_cross_products
from gaps.stats.htmt import Heterotrait, heterotrait
from gaps.stats.incomplete import LISTWISE

RESAMPLES, SEED = 2000, 1
FEWEST = 30  # the fewest that were tried: limits then hold the truth about 93 times in 100 (docs/simulations-indices.md)
USABLE = 0.95  # share of resamples that must have a solution before their percentiles are limits
TOO_FEW, CONSTANT_ITEM, SINGULAR, NOT_CONVERGED = "too_few", "constant_item", "singular", "not_converged"
ONE_ITEM, FORMATIVE = "one_item", "formative"


@dataclass(frozen=True, eq=False)
class PathModelFit:
    """An estimated causal model. All limits are 95 % bootstrap limits (NaN without resamples, or where `unstable`).

    n: respondents used, all of the model's answers present; n_left_out: the others. iterations: until the weights stood still.
    n_resamples_used: of `resamples`, those with a solution; below 95 % of them `unstable` is True and no limits are given.

    indicators
        construct, indicator, weight (outer, standardised) with weight_low and weight_high, loading, index_weight (of the raw answer, sums
        to 1 within the construct; missing where the index is withheld), vif (among the construct's indicators).
    paths
        antecedent, consequence, coefficient (standardised) with low and high, f2 (from the model estimated again without the path), vif
        (among what leads there; 1 where nothing else does).
    effects
        antecedent, consequence, direct, indirect, total, total_low, total_high: for every pair that paths connect.
    constructs
        construct, mode, items, r2, r2_adjusted (missing where nothing leads to it), alpha_standardised, rho_a, cr, ave (missing with the
        reason in `withheld`: one_item, formative), index, index_sd (over respondents), index_low, index_high, index_withheld
        (negative_weight, outside_scale, empty).
    heterotrait
        HTMT of the constructs with two items or more.
    """

    model: CausalModel
    scheme: str
    missing: str
    n: int
    n_left_out: int
    iterations: int
    indicators: pd.DataFrame
    paths: pd.DataFrame
    effects: pd.DataFrame
    constructs: pd.DataFrame
    heterotrait: Heterotrait | Withheld
    resamples: int
    n_resamples_used: int
    unstable: bool
    seed: int
    confidence: float

    @property
    def index(self) -> float | Withheld:
        """The satisfaction index, 0 to 100: that of the model's focus."""
        row = self.constructs.set_index("construct").loc[self.model.focus]
        return Withheld(row["index_withheld"], {"construct": self.model.focus}) if row["index_withheld"] else float(row["index"])


def path_model(
    answers: pd.DataFrame,
    model: CausalModel,
    *,
    scheme: str = pls.PATH,
    missing: str = LISTWISE,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    confidence: float = 0.95,
) -> PathModelFit | Withheld:
    """Estimate a causal model by partial least squares from answers and bootstrap it.

    answers: respondents x columns, numeric, among them all of the model's (raw answers: the index needs their scales; the rest does not).
    scheme: path, centroid or factorial (inner weights, `gaps.indices.pls`); modes are the model's. missing: "listwise" is the only policy:
    respondents with any of the model's answers missing are left out and counted, nothing is imputed. Paths are ordinary regressions of
    the scores; effects are sums over all ways. Signs: each score is turned so that most of its loadings are positive; in resamples
    towards the loadings of the sample. Bootstrap: respondents drawn with replacement (above 8,192 in 4,096 random blocks,
    `gaps.stats.bootstrap`), everything estimated again; limits are percentiles, spread about the estimate as t widens an interval
    (`gaps.stats.bootstrap.expansion`); resamples=0 gives none. The index of a resample uses that
    resample's weights, negative or not.

    PLS scores are weighted sums of answers: where constructs are thought of as common factors behind error-prone items, paths between
    scores are too small and loadings too large (docs/simulations-indices.md says by how much). The limits are for what PLS estimates.
    They hold 92 to 97 times in 100; the same page says where single paths fare worse (87 at 30 people).

    Withheld: too_few (fewer than 30 complete respondents, or no more than indicators in one construct), constant_item (columns), singular
    (indicators or constructs repeat each other), not_converged (within 300 iterations). ValueError: a column is missing or not numeric.

    Checked: mobi data, 12 paths, 24 weights and total effects in three schemes to 1e-8 (SmartPLS 2.0.M3), reliabilities, R², HTMT, VIF and
    f² of a second model to 1e-9 (seminr 2.3.1), index 72.5428 (tests/indices/test_path_model.py).
    """
    if missing != LISTWISE:
        raise ValueError(f"missing must be {LISTWISE!r}, not {missing!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    if resamples < 0:
        raise ValueError(f"resamples must be 0 or more, not {resamples}")
    x, left_out = _complete(answers, model)
    if reason := _unfit(x, model):
        return reason
    design, table = design_of(model), moments_table(x)
    products = cross_products(table)[None]
    found = pls.oriented(pls.solve(correlations(products), design, scheme), design)
    if found.iterations[0] < 1:
        return Withheld(SINGULAR) if found.iterations[0] < 0 else Withheld(NOT_CONVERGED, {"iterations": pls.ITERATIONS})
    limits = _Limits(model, design, scheme, x, table, found, resamples, seed, confidence)
    r, sd = correlations(products)[0], x.std(axis=0, ddof=1)
    return PathModelFit(
        model=model,
        scheme=scheme,
        missing=missing,
        n=len(x),
        n_left_out=left_out,
        iterations=int(found.iterations[0]),
        indicators=_indicators(model, design, found, r, sd, x, limits),
        paths=_paths(model, design, found, r, scheme, limits),
        effects=_effects(model, found, limits),
        constructs=_constructs(model, design, found, r, sd, x, limits),
        heterotrait=_heterotrait(x, model, resamples, seed, confidence),
        resamples=resamples,
        n_resamples_used=limits.used,
        unstable=limits.unstable,
        seed=seed,
        confidence=confidence,
    )


def design_of(model: CausalModel) -> Design:
    """The model's shape as arrays, in its own order of indicators and constructs."""
    member = np.array([[column in c.columns for c in model.constructs] for column in model.columns])
    leads = np.array([[(source, target) in model.paths for target in model.ids] for source in model.ids])
    return Design(member, leads, np.array([c.mode == MODE_B for c in model.constructs]))


def _complete(answers: pd.DataFrame, model: CausalModel) -> tuple[np.ndarray, int]:
    """Complete answers in the model's order, and how many respondents lack one."""
    if absent := [c for c in model.columns if c not in answers]:
        raise ValueError(f"the answers lack the columns {', '.join(absent)}")
    if texts := [c for c in model.columns if not pd.api.types.is_numeric_dtype(answers[c])]:
        raise ValueError(f"the columns {', '.join(texts)} are not numbers")
    x = answers[list(model.columns)].to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(x).all(axis=1)
    return x[known], int((~known).sum())


def _unfit(x: np.ndarray, model: CausalModel) -> Withheld | None:
    needed = max(FEWEST, 1 + max(len(c.indicators) for c in model.constructs))
    if len(x) < needed:
        return Withheld(TOO_FEW, {"n": len(x), "needed": needed})
    still = np.ptp(x, axis=0) <= 1e-12 * np.maximum(1.0, np.abs(x).max(axis=0))
    if still.any():
        return Withheld(CONSTANT_ITEM, {"columns": tuple(np.array(model.columns)[still].tolist())})
    return None


class _Limits:
    """The estimates of all resamples, aligned with those of the sample, and their percentiles."""

    def __init__(self, model, design, scheme, x, table, found: Solution, resamples: int, seed: int, confidence: float) -> None:
        self.confidence, self.unstable, self.used = confidence, False, 0
        self.widening = expansion(len(x), confidence)
        self.weights = self.paths = self.totals = self.indices = None
        if not resamples:
            return
        products = resampled_cross_products(table, resamples=resamples, seed=seed)
        drawn = pls.aligned(pls.solve(correlations(products), design, scheme), found, design)
        usable = ~np.isnan(drawn.paths).any(axis=(1, 2))
        self.used = int(usable.sum())
        self.unstable = self.used < USABLE * resamples
        if self.unstable:
            return
        self.weights, self.paths = drawn.weights[usable], drawn.paths[usable]
        self.totals = pls.total_effects(self.paths)
        self.indices = _drawn_indices(model, design, products[usable], self.weights, x.mean(axis=0))

    def of(self, values: np.ndarray | None, estimate: float, *places: int) -> tuple[float, float]:
        """The limits of one estimate; NaN without resamples."""
        if values is None:
            return np.nan, np.nan
        low, high = estimate + self.widening * (percentile_interval(values[(slice(None), *places)], self.confidence) - estimate)
        return float(low), float(high)


def _drawn_indices(model: CausalModel, design: Design, products: np.ndarray, weights: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """The index of every construct in every resample: B x m. `products` are those of the constant and the centred answers."""
    total = products[:, 0, 0, None]
    shift = products[:, 0, 1:] / total
    sd = np.sqrt(np.diagonal(products, axis1=1, axis2=2)[:, 1:] / total - shift**2)
    low, high = _ends(model)
    found = np.empty((len(products), len(model.ids)))
    for g in range(len(model.ids)):
        own = np.flatnonzero(design.member[:, g])
        w = index_weights(weights[:, own, g], sd[:, own])
        found[:, g] = weighted_position(centre[own] + shift[:, own], w, low[own], high[own])
    return found


def _ends(model: CausalModel) -> tuple[np.ndarray, np.ndarray]:
    return np.array([i.scale.min for i in model.indicators], float), np.array([i.scale.max for i in model.indicators], float)


def _index_of(model: CausalModel, x: np.ndarray, own: np.ndarray, outer: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
    """Each respondent's index of one construct, the weights of the answers, and why both are withheld (then NaN)."""
    low, high = (end[own] for end in _ends(model))
    weights = index_weights(outer, sd[own])
    beyond = (x[:, own] < low - SLACK) | (x[:, own] > high + SLACK)
    reason = NEGATIVE_WEIGHT if (weights < 0).any() else OUTSIDE_SCALE if beyond.any() else ""
    if reason:
        return np.full(len(x), np.nan), np.full(len(own), np.nan), reason
    return weighted_position(x[:, own], weights, low, high), weights, ""


def _indicators(model, design, found: Solution, r, sd, x, limits: _Limits) -> pd.DataFrame:
    rows = []
    for g, construct in enumerate(model.constructs):
        own = np.flatnonzero(design.member[:, g])
        outer = found.weights[0, own, g]
        index_weight = _index_of(model, x, own, outer, sd)[1]
        inflation = measurement.variance_inflation(r[np.ix_(own, own)])
        for k, place in enumerate(own):
            low, high = limits.of(limits.weights, outer[k], place, g)
            loading = found.loadings[0, place, g]
            rows.append((construct.id, model.columns[place], outer[k], low, high, loading, index_weight[k], inflation[k]))
    columns = ["construct", "indicator", "weight", "weight_low", "weight_high", "loading", "index_weight", "vif"]
    return pd.DataFrame(rows, columns=columns)


def _paths(model: CausalModel, design: Design, found: Solution, r: np.ndarray, scheme: str, limits: _Limits) -> pd.DataFrame:
    place, rows = {id: k for k, id in enumerate(model.ids)}, []
    for antecedent, consequence in model.paths:
        before = [place[id] for id in model.antecedents(consequence)]
        inflation = measurement.variance_inflation(found.scores[0][np.ix_(before, before)])
        s, t = place[antecedent], place[consequence]
        without = _r2_without(model, (antecedent, consequence), r, scheme)
        f2 = measurement.effect_size(float(found.r2[0, t]), without)
        coefficient = found.paths[0, s, t]
        limit = limits.of(limits.paths, coefficient, s, t)
        rows.append((antecedent, consequence, coefficient, *limit, f2, inflation[before.index(s)]))
    return pd.DataFrame(rows, columns=["antecedent", "consequence", "coefficient", "low", "high", "f2", "vif"])


def _r2_without(model: CausalModel, path: tuple[str, str], r: np.ndarray, scheme: str) -> float:
    """R² of a path's consequence in the model estimated again without that path; NaN where that finds no solution."""
    reduced = model.without(path)
    if reduced is None or path[1] not in reduced.ids or not reduced.antecedents(path[1]):
        return 0.0
    kept = [model.columns.index(column) for column in reduced.columns]
    return float(pls.solve(r[None, :, :][:, kept][:, :, kept], design_of(reduced), scheme).r2[0, reduced.ids.index(path[1])])


def _effects(model: CausalModel, found: Solution, limits: _Limits) -> pd.DataFrame:
    totals, rows = pls.total_effects(found.paths)[0], []
    reached = pls.total_effects(design_of(model).leads[None].astype(float))[0] > 0.5
    for s, antecedent in enumerate(model.ids):
        for t, consequence in enumerate(model.ids):
            if reached[s, t]:
                direct, total = found.paths[0, s, t], totals[s, t]
                rows.append((antecedent, consequence, direct, total - direct, total, *limits.of(limits.totals, total, s, t)))
    return pd.DataFrame(rows, columns=["antecedent", "consequence", "direct", "indirect", "total", "total_low", "total_high"])


def _constructs(model, design, found: Solution, r, sd, x, limits: _Limits) -> pd.DataFrame:
    rows = []
    for g, construct in enumerate(model.constructs):
        own, sources = np.flatnonzero(design.member[:, g]), len(model.antecedents(construct.id))
        outer, within = found.weights[0, own, g], r[np.ix_(own, own)]
        withheld = ONE_ITEM if len(own) < 2 else "" if construct.mode == MODE_A else FORMATIVE
        quality = [np.nan] * 4 if withheld else _quality(within, outer, found.loadings[0, own, g])
        r2 = float(found.r2[0, g]) if sources else np.nan
        index, _, reason = _index_of(model, x, own, outer, sd)
        low, high = (np.nan, np.nan) if reason else limits.of(limits.indices, index.mean(), g)
        rows.append(
            {
                "construct": construct.id, "mode": construct.mode, "items": len(own), "r2": r2,
                "r2_adjusted": measurement.adjusted_r2(r2, len(x), sources),
                **dict(zip(("alpha_standardised", "rho_a", "cr", "ave"), quality, strict=True)), "withheld": withheld,
                "index": index.mean(), "index_sd": index.std(ddof=1), "index_low": low, "index_high": high, "index_withheld": reason,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _quality(r: np.ndarray, weights: np.ndarray, loadings: np.ndarray) -> list[float]:
    return [
        measurement.alpha_standardised(r),
        measurement.rho_a(weights, r),
        measurement.rho_c(loadings),
        measurement.ave(loadings),
    ]


def _heterotrait(x: np.ndarray, model: CausalModel, resamples: int, seed: int, confidence: float) -> Heterotrait | Withheld:
    kept = [k for c in model.constructs if len(c.indicators) > 1 for k in map(model.columns.index, c.columns)]
    ids = [c.id for c in model.constructs if len(c.indicators) > 1 for _ in c.indicators]
    return heterotrait(x[:, kept], ids, resamples=max(resamples, 1), seed=seed, confidence=confidence)
