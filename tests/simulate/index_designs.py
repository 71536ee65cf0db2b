"""Causal models whose truth is known: weighted sums of items (what PLS estimates), and common factors (what it does not)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gaps.indices import pls
from gaps.indices.models import CausalModel, Construct, Indicator
from gaps.indices.path_model import design_of, path_model
from gaps.model import Scale, Withheld

SIZES = {"image": 4, "quality": 5, "value": 3, "satisfaction": 3, "loyalty": 3}
# value -> loyalty is nothing, so that false findings can be counted
PATHS = {
    ("image", "quality"): 0.5,
    ("image", "satisfaction"): 0.2,
    ("quality", "value"): 0.4,
    ("quality", "satisfaction"): 0.5,
    ("value", "satisfaction"): 0.15,
    ("satisfaction", "loyalty"): 0.6,
    ("value", "loyalty"): 0.0,
}
LOADINGS = np.array([0.8, 0.7, 0.75, 0.65, 0.85])
# mean and standard deviation of the opinions on a scale of 1 to 10: none, satisfied customers, very satisfied ones (a third at the top)
KINDS = {"continuous": None, "satisfied": (7.3, 1.8), "delighted": (8.8, 1.7)}


def model(mode: str = "A", sizes: Mapping[str, int] = SIZES) -> CausalModel:
    constructs = tuple(Construct(id, tuple(Indicator(f"{id}{k}", "", Scale(1, 10)) for k in range(n)), mode) for id, n in sizes.items())
    return CausalModel("simulated", constructs, tuple(PATHS), "satisfaction")


COMPOSITES, MODE_B = model("A"), model("B")


def paths_of(made: CausalModel, paths: Mapping[tuple[str, str], float]) -> np.ndarray:
    """The true paths as a matrix, from row to column."""
    return np.array([[paths.get((s, t), 0.0) for t in made.ids] for s in made.ids])


def score_correlations(paths: np.ndarray) -> np.ndarray:
    """Correlations of scores of unit variance; constructs stand in the order in which they lead to each other."""
    r = np.eye(len(paths))
    for j in range(1, len(paths)):
        r[:j, j] = r[j, :j] = r[:j, :j] @ paths[:j, j]
    return r


def composite_population(made: CausalModel) -> tuple[np.ndarray, np.ndarray, dict]:
    """Item correlations under which each score is exactly the weighted sum of its items: they, the weights (p x m), the paths.

    Items of different blocks go together only as their scores do. Blocks are those of a factor with `LOADINGS`; in mode A the weights are
    its first eigenvector, which is what mode A can find.
    """
    design, columns = design_of(made), made.columns
    between = score_correlations(paths_of(made, PATHS))
    r, weights, with_score = np.eye(len(columns)), np.zeros(design.member.shape), np.zeros(design.member.shape)
    for g, construct in enumerate(made.constructs):
        own = np.flatnonzero(design.member[:, g])
        loading = LOADINGS[: len(own)]
        block = np.outer(loading, loading) + np.diag(1 - loading**2)
        w = np.abs(np.linalg.eigh(block)[1][:, -1]) if construct.mode == "A" else np.arange(1.0, len(own) + 1)
        w = w / np.sqrt(w @ block @ w)
        r[np.ix_(own, own)], weights[own, g], with_score[own, g] = block, w, block @ w
    across = with_score @ between @ with_score.T
    r = np.where((design.member @ design.member.T) > 0, r, across)
    return r, weights, PATHS


def factor_population(made: CausalModel) -> np.ndarray:
    """Item correlations under common factors with the same paths and loadings: each item is its factor and an error of its own."""
    design = design_of(made)
    loading = np.concatenate([LOADINGS[: len(c.indicators)] for c in made.constructs])
    by_factor = design.member * loading[:, None]
    r = by_factor @ score_correlations(paths_of(made, PATHS)) @ by_factor.T
    np.fill_diagonal(r, 1.0)
    return r


def answers(rng: np.random.Generator, n: int, kind: str, r: np.ndarray, made: CausalModel = COMPOSITES) -> pd.DataFrame:
    """n respondents with these correlations, as opinions or as people give them: rounded to 1 to 10 and cut off at the ends."""
    x = rng.standard_normal((n, len(r))) @ np.linalg.cholesky(r).T
    if KINDS[kind] is None:
        return pd.DataFrame(5.5 + 0.8 * x, columns=made.columns)
    mean, sd = KINDS[kind]
    return pd.DataFrame(np.clip(np.rint(mean + sd * x), 1, 10), columns=made.columns)


def coverage(
    kind: str,
    n: int,
    *,
    times: int,
    resamples: int,
    seed: int,
    r: np.ndarray | None = None,
    made: CausalModel = COMPOSITES,
    scheme: str = pls.PATH,
    size: int = 300_000,
) -> dict[str, float]:
    """How often 95 % limits contain what PLS finds in `size` answers of the same kind, over so many studies of n respondents.

    paths, weights, totals, index: share of limits; lowest: that of the path that fares worst; bias: largest mean error of a path, and of
    the index in points; false: how often the path that is zero (value to loyalty) is taken for one; withheld: share of studies.
    """
    r = composite_population(made)[0] if r is None else r
    truth = path_model(answers(np.random.default_rng(0), size, kind, r, made), made, scheme=scheme, resamples=0)
    tables = {
        "paths": ("paths", "coefficient", "low", "high"),
        "weights": ("indicators", "weight", "weight_low", "weight_high"),
        "totals": ("effects", "total", "total_low", "total_high"),
        "index": ("constructs", "index", "index_low", "index_high"),
    }
    inside, errors, false, none = {name: [] for name in tables}, {"paths": [], "index": []}, [], 0
    rng = np.random.default_rng(seed)
    for k in range(times):
        fit = path_model(answers(rng, n, kind, r, made), made, scheme=scheme, resamples=resamples, seed=k)
        if isinstance(fit, Withheld) or fit.unstable:
            none += 1
            continue
        for name, (table, value, low, high) in tables.items():
            true, found = getattr(truth, table)[value], getattr(fit, table)
            inside[name].append(((found[low] <= true) & (true <= found[high])).where(found[low].notna()).to_numpy(float))
            if name in errors:
                errors[name].append((found[value] - true).to_numpy())
        false.append(fit.paths["low"].iloc[-1] > 0 or fit.paths["high"].iloc[-1] < 0)
    return {
        **{name: float(np.nanmean(rows)) for name, rows in inside.items()},
        "lowest": float(np.nanmean(inside["paths"], axis=0).min()),
        "bias": float(np.abs(np.mean(errors["paths"], axis=0)).max()),
        "bias of the index": float(np.abs(np.nanmean(errors["index"], axis=0)).max()),
        "false": float(np.mean(false)),
        "withheld": none / times,
    }


def unrelated_population(made: CausalModel = COMPOSITES) -> np.ndarray:
    """Item correlations of constructs that have nothing to do with each other."""
    r, _, _ = composite_population(made)
    member = design_of(made).member
    return np.where((member @ member.T) > 0, r, 0.0)


def found_where_nothing_is(n: int, *, times: int, resamples: int, seed: int, scheme: str = pls.PATH) -> dict[str, float]:
    """Constructs that have nothing to do with each other: share of the paths whose limits exclude 0, of models with any such path, and of
    studies for which there are no limits (the weights come to no rest, in the sample or in too many resamples)."""
    rng, found, none = np.random.default_rng(seed), [], 0
    r = unrelated_population()
    for k in range(times):
        fit = path_model(answers(rng, n, "continuous", r), COMPOSITES, scheme=scheme, resamples=resamples, seed=k)
        if isinstance(fit, Withheld) or fit.unstable:
            none += 1
        else:
            found.append(((fit.paths["low"] > 0) | (fit.paths["high"] < 0)).to_numpy())
    return {"paths": float(np.mean(found)), "models": float(np.any(found, axis=1).mean()), "withheld": none / times}
