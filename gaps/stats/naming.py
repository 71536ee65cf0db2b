"""How probable it is that a study of n names the driver: the verdict's rule, drawn for many sizes without its nested bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from gaps.model import Withheld
from gaps.stats import bootstrap, importance

DRAWS = 1500
RESAMPLED = 400  # of the draws, those that also stand for the bootstrap's deviations
WORK = 1_600_000  # draws times subsets times squared predictors: some tenths of a second for all sizes
FEWEST_DRAWS = 200
AT_ONCE = 4  # sizes: the walk over the subsets costs the same for few matrices as for many
STEP = 1.4  # ratio of neighbouring sizes
POWER = 0.80
CERTAIN = 0.995
RESPONDENTS, MOST_RESPONDENTS = 100, 20_000
UNITS, MOST_UNITS = 30, 1_000
HOPELESS = 10  # times the largest size
MOMENT_ROWS = 8192
DEPENDENT = 1e-10
TAIL = 0.025  # of the lead's interval

Progress = Callable[[float], None]  # told the share that is done


@dataclass(frozen=True, slots=True)
class Point:
    """One size: the probabilities that the true first driver is named, and that another one is."""

    n: int
    right: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Naming:
    """When a driver can be named, if shares are in truth as `shares` says.

    level: "respondent" or "unit"; first, second: the largest true shares; n: present size (0: no study yet) and `now`, the probability
    at that size (NaN without a study). needed: size at which the right driver is named with probability `power`; Withheld
    `more_than` (not up to `most`) or `too_near` (the first two are so near equal that no survey tells them apart). low, high: sizes
    needed at the ends of the 95 % interval of the first's lead in this study: low may rest on a larger true lead, high is infinite
    where the lead may be 0; NaN without a study. curve: size -> probability, for a chart, ascending. draws and seed of the simulation.
    """

    level: str
    outcome: str
    predictors: str
    first: str
    second: str
    shares: dict[str, float]
    r2: float
    n: int
    now: float
    needed: int | Withheld
    low: float
    high: float
    curve: tuple[Point, ...]
    power: float
    most: int
    draws: int
    seed: int


class Samples(Protocol):
    """Draws the covariance matrices that samples of any size would show: the same random numbers for every size."""

    def draw(self, n: int) -> np.ndarray:
        """Draws x (p + 1) x (p + 1), the outcome first; fewer draws where some are no covariance matrix."""


class NormalSamples:
    """Wishart matrices: samples from a normal population with this correlation matrix (Bartlett 1933).

    efficiency: effective number per row, below 1 where rows have unequal weights.
    """

    def __init__(self, correlation: np.ndarray, draws: int, seed: int, efficiency: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        m = len(correlation)
        self._root = np.linalg.cholesky(correlation)
        self._below = np.zeros((draws, m, m))
        below = np.tril_indices(m, -1)
        self._below[:, *below] = _matched(rng, draws, len(below[0]))
        self._upper_tail = (rng.permuted(np.tile(np.arange(draws)[:, None], m), axis=0) + 0.5) / draws
        self._efficiency = efficiency

    def draw(self, n: int) -> np.ndarray:
        """Bartlett's decomposition with (effective) n - 1 degrees of freedom."""
        m = len(self._root)
        df = max(n * self._efficiency - 1, m) - np.arange(m)
        factor = self._below.copy()
        factor[:, np.arange(m), np.arange(m)] = np.sqrt(special.chdtri(df, self._upper_tail))
        half = self._root @ factor
        return half @ half.transpose(0, 2, 1) / n


class MomentSamples:
    """Covariance matrices of samples from a population distributed like these rows, by the central limit theorem for second moments.

    The packed products of standardised, centred columns have the rows' own covariance (fourth moments), so that skewed, bounded and
    rounded answers err as they do. weight: case weights. With more than 8,192 rows that covariance is taken from as many of them.
    """

    def __init__(self, rows: np.ndarray, weight: np.ndarray | None, draws: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        table = bootstrap.moments_table(rows)
        products = bootstrap.cross_products(table, weight)
        self.correlation = bootstrap.correlations(products)
        mean = products[0, 1:] / products[0, 0]
        spread = np.sqrt(np.diag(products)[1:] / products[0, 0] - mean**2)
        m = len(self.correlation)
        upper = np.triu_indices(m)
        some = slice(None) if len(rows) <= MOMENT_ROWS else rng.choice(len(rows), MOMENT_ROWS, replace=False)
        z = (table[some, 1:] - mean) / spread
        influence = z[:, upper[0]] * z[:, upper[1]] - self.correlation[upper]
        if weight is not None:
            influence *= (weight[some] / weight.mean())[:, None]
        values, vectors = np.linalg.eigh(influence.T @ influence / len(z))
        root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T  # the symmetric one: no eigenvector's sign shows
        packed = _matched(rng, draws, len(values)) @ root.T
        self._noise = np.empty((draws, m, m))
        self._noise[:, upper[0], upper[1]] = packed
        self._noise[:, upper[1], upper[0]] = packed
        whiten = np.linalg.inv(np.linalg.cholesky(self.correlation))
        self._lowest = np.linalg.eigvalsh(whiten @ self._noise @ whiten.T)[:, 0]

    def draw(self, n: int) -> np.ndarray:
        """The correlations plus noise / sqrt(n), without the draws that are no covariance matrix (rare, and only at small n)."""
        proper = 1 + self._lowest / math.sqrt(n) > 0.02
        return self.correlation + self._noise[proper] / math.sqrt(n)


def _matched(rng: np.random.Generator, draws: int, columns: int) -> np.ndarray:
    """Standard normal draws whose means are 0, and whose covariances are those of the distribution where there are draws enough."""
    z = rng.standard_normal((draws, columns))
    z -= z.mean(axis=0)
    if draws < 2 * columns:
        return z / z.std(axis=0)
    return np.linalg.solve(np.linalg.cholesky(z.T @ z / draws), z.T).T


def equal_effects(betas: Sequence[float], r: float) -> np.ndarray:
    """Correlation matrix, the outcome first, of predictors that all correlate by r and have these standardised effects."""
    b = np.asarray(betas, float)
    x = np.full((len(b), len(b)), float(r))
    np.fill_diagonal(x, 1.0)
    explained = float(b @ x @ b)
    if not 0 <= explained < 1 or np.linalg.eigvalsh(x)[0] <= DEPENDENT:
        raise ValueError(f"effects {list(b)} with predictors correlated by {r} are no population: they would explain {explained:.2f}")
    return np.block([[np.ones((1, 1)), (x @ b)[None]], [(x @ b)[:, None], x]])


def naming_from_correlation(
    names: Sequence[str],
    correlation: np.ndarray,
    *,
    level: str = "respondent",
    outcome: str = "",
    predictors: str = "P",
    power: float = POWER,
    most: int | None = None,
    seed: int = 1,
) -> Naming:
    """Plan naming a driver without a study: a correlation matrix (outcome first) is assumed, answers are normal.

    Checked: the rates of docs/simulations.md, "May a driver be named?".
    """
    matrix = np.asarray(correlation, float)
    if matrix.shape != (len(names) + 1,) * 2 or len(names) < 2:
        raise ValueError(f"two or more names and a matrix with the outcome first are needed; got {len(names)} and {matrix.shape}")
    draws = _draws(len(names), 1)
    about = {"level": level, "outcome": outcome, "predictors": predictors, "power": power, "seed": seed}
    fewest = _fewest(level, len(names))
    return _plan(tuple(names), matrix, NormalSamples(matrix, draws, seed), about, n=0, fewest=fewest, most=most)


def naming_from_respondents(
    names: Sequence[str],
    outcome: np.ndarray,
    scores: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    pairs: bool = False,
    outcome_name: str = "",
    predictors: str = "P",
    power: float = POWER,
    most: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Naming | Withheld:
    """Plan naming a driver from this study's respondents, as if the truth were as they show it.

    outcome: n; scores: n x predictors, with `pairs` perception and expectation of each name side by side; complete rows only. The
    verdict's bootstrap is by respondent, so is this. progress: told the share of sizes drawn. Withheld: no_variation, collinear.
    """
    rows = np.column_stack([outcome, scores])
    if unfit := _unfit(rows, weight):
        return unfit
    width = 2 if pairs else 1
    samples = MomentSamples(rows, weight, _draws(len(names), width), seed)
    about = {"level": "respondent", "outcome": outcome_name, "predictors": predictors, "power": power, "seed": seed}
    fewest = _fewest("respondent", width * len(names))
    return _plan(tuple(names), samples.correlation, samples, about, n=len(rows), fewest=fewest, most=most, pairs=pairs, progress=progress)


def naming_from_units(
    names: Sequence[str],
    outcome: np.ndarray,
    gaps: np.ndarray,
    weight: np.ndarray,
    *,
    outcome_name: str = "",
    power: float = POWER,
    most: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Naming | Withheld:
    """Plan naming a gap from this study's units (complete rows, weighted by their customers), with as many people per unit as now.

    Units' values are means, hence normal samples; unequal weights cost (sum w)² / (J sum w²). Withheld: no_variation, collinear.
    """
    rows = np.column_stack([outcome, gaps])
    if unfit := _unfit(rows, weight):
        return unfit
    z = rows - np.average(rows, axis=0, weights=weight)
    cov = (z * weight[:, None]).T @ z
    spread = np.sqrt(np.diag(cov))
    correlation = cov / spread[:, None] / spread
    efficiency = float(weight.sum() ** 2 / (len(weight) * (weight**2).sum()))
    samples = NormalSamples(correlation, _draws(len(names), 1), seed, efficiency)
    about = {"level": "unit", "outcome": outcome_name, "predictors": "gap1..gap4", "power": power, "seed": seed}
    fewest = _fewest("unit", len(names))
    return _plan(tuple(names), correlation, samples, about, n=len(rows), fewest=fewest, most=most, progress=progress)


def _unfit(rows: np.ndarray, weight: np.ndarray | None) -> Withheld | None:
    table = bootstrap.moments_table(rows)
    correlation = bootstrap.correlations(bootstrap.cross_products(table, weight))
    if (np.diag(correlation) == 0).any():
        return Withheld("no_variation")
    return Withheld("collinear") if np.linalg.eigvalsh(correlation)[0] < DEPENDENT else None


def _draws(names: int, width: int) -> int:
    return max(FEWEST_DRAWS, min(DRAWS, WORK // (2**names * (names * width) ** 2)))


def _fewest(level: str, predictors: int) -> int:
    """The smallest size at which the verdict may name anything."""
    return UNITS if level == "unit" else max(RESPONDENTS, 10 * predictors)


def _plan(
    names: tuple[str, ...],
    correlation: np.ndarray,
    samples: Samples,
    about: dict,
    *,
    n: int,
    fewest: int,
    most: int | None,
    pairs: bool = False,
    progress: Progress | None = None,
) -> Naming:
    if not 0 < about["power"] < 1:
        raise ValueError(f"a probability lies between 0 and 1, not {about['power']}")
    most = most if most is not None else (MOST_UNITS if about["level"] == "unit" else MOST_RESPONDENTS)
    if most < fewest:
        raise ValueError(f"the largest size must be at least {fewest}, not {most}")
    values = importance.lmg(correlation[None], pairs=pairs)
    shares = _blocks(values, pairs)[0] / max(float(values.sum()), importance.NOTHING)
    truth = _comparable(values, pairs)[0]
    ranked = np.argsort(-truth, kind="stable")
    curve, drawn = _curve(samples, truth, _sizes(fewest, most, n), n, pairs, progress)
    lead, spread = _lead(truth, ranked, drawn, curve[-1].n)
    rough = _rough(lead, spread, about["power"])
    needed = _needed(curve, about["power"])
    low, high = _interval(needed if needed is not None else rough, lead, spread, n, fewest)
    if needed is None:
        needed = Withheld("too_near" if rough > HOPELESS * most else "more_than", {"most": most})
    now = next((p.right for p in curve if p.n == n), 0.0) if n else math.nan
    return Naming(
        **about,
        first=names[ranked[0]],
        second=names[ranked[1]],
        shares={name: float(s) for name, s in zip(names, shares, strict=True)},
        r2=float(values.sum()),
        n=n,
        now=now,
        needed=needed,
        low=low,
        high=high,
        curve=tuple(curve),
        most=most,
        draws=_draws(len(names), 2 if pairs else 1),
    )


def _curve(
    samples: Samples, truth: np.ndarray, sizes: list[int], n: int, pairs: bool, progress: Progress | None
) -> tuple[list[Point], np.ndarray]:
    """The points up to certainty, and that of the present size n; with the comparable values drawn for the last point."""
    curve: list[Point] = []
    drawn = np.empty((0, len(truth)))
    every = len(sizes)
    while sizes:
        if progress is not None:
            progress(1 - len(sizes) / every)
        some, sizes = sizes[:AT_ONCE], sizes[AT_ONCE:]
        matrices = [samples.draw(size) for size in some]
        values = _comparable(importance.lmg(np.concatenate(matrices), pairs=pairs), pairs)
        for size, drawn in zip(some, np.split(values, np.cumsum([len(m) for m in matrices])[:-1]), strict=True):
            curve.append(_point(size, truth, drawn))
        if curve[-1].right >= CERTAIN:
            sizes = [size for size in sizes if size == n]
    return curve, drawn


def _sizes(fewest: int, most: int, n: int) -> list[int]:
    steps = math.ceil(math.log(most / fewest) / math.log(STEP)) if most > fewest else 0
    sizes = {round(fewest * (most / fewest) ** (k / steps)) for k in range(steps + 1)} if steps else {fewest}
    return sorted(sizes | ({n} if n >= fewest else set()))


def _blocks(values: np.ndarray, pairs: bool) -> np.ndarray:
    return values.reshape(len(values), -1, 2).sum(axis=2) if pairs else values


def _comparable(values: np.ndarray, pairs: bool) -> np.ndarray:
    """Fisher's z of the root of each LMG value: for uncorrelated predictors the plain correlation's, whose error hardly depends on its
    size. The verdict only compares values within a resample, which no increasing function changes.
    """
    return np.arctanh(np.sqrt(np.clip(_blocks(values, pairs), 0.0, 0.999)))


def _point(n: int, truth: np.ndarray, drawn: np.ndarray) -> Point:
    """Apply the verdict's rule to each drawn sample.

    A sample's bootstrap values are its own plus the deviations of the drawn samples from the truth: their spread, their bias and
    their skewness are what the bootstrap repeats. The lead's percentile interval excludes 0 exactly if the first is ahead of the
    second in 97.5 % of resamples.
    """
    deviation = drawn - truth
    low = _low(deviation[:, :, None] - deviation[:, None, :])
    deviation = deviation[:RESAMPLED]
    first, second = np.argsort(-drawn, axis=1)[:, :2].T
    rows = np.arange(len(drawn))
    ahead = drawn[rows, first][:, None] - drawn + low[first]  # the lower end of its lead over each
    ahead[rows, first] = np.inf
    led = ahead[rows, second] > 0
    named = led & ((ahead > 0).all(axis=1) & (TAIL * (drawn.shape[1] - 1) <= 1 - importance.SURE))
    for i in np.flatnonzero(led & ~named):
        named[i] = ((drawn[i] + deviation).argmax(axis=1) == first[i]).mean() >= importance.SURE
    right = first == truth.argmax()
    return Point(n, float((named & right).mean()), float((named & ~right).mean()))


def _low(differences: np.ndarray) -> np.ndarray:
    """The lower end of the 95 % percentile interval over the first axis, by mean, variance and skewness: steadier than a sample quantile.

    mean + sd (z + (z² - 1) skewness / 6), z = -1.96 (Cornish & Fisher 1938).
    """
    z = float(special.ndtri(TAIL))
    mean = differences.mean(axis=0)
    centred = differences - mean
    squares = centred * centred
    spread = np.sqrt(squares.mean(axis=0))
    skewness = (squares * centred).mean(axis=0) / np.where(spread > 0, spread, 1.0) ** 3
    return mean + spread * (z + (z * z - 1) * skewness / 6)


def _lead(truth: np.ndarray, ranked: np.ndarray, drawn: np.ndarray, n: int) -> tuple[float, float]:
    """The first's lead over its hardest rival, the one whose lead is smallest in standard errors, and its error at size 1 (by sqrt(n))."""
    deviation = drawn[:, [ranked[0]]] - drawn[:, ranked[1:]]
    spread = deviation.std(axis=0) * math.sqrt(n)
    lead = truth[ranked[0]] - truth[ranked[1:]]
    hardest = int(np.argmin(lead / np.maximum(spread, 1e-12)))
    return float(lead[hardest]), float(spread[hardest])


def _rough(lead: float, spread: float, power: float) -> float:
    """Size by the normal approximation for two drivers: ((1.96 + z_power) spread / lead)²."""
    z = float(special.ndtri(1 - TAIL) + special.ndtri(power))
    return (z * spread / lead) ** 2 if lead > 1e-12 else math.inf


def _needed(curve: Sequence[Point], power: float) -> int | None:
    """Where the curve, held from falling, reaches the power: straight in log n between neighbours."""
    reached = np.maximum.accumulate([p.right for p in curve])
    after = int(np.searchsorted(reached, power))
    if after == len(curve):
        return None
    if after == 0:
        return curve[0].n
    a, b = curve[after - 1].n, curve[after].n
    part = (power - reached[after - 1]) / (reached[after] - reached[after - 1])
    return math.ceil(math.exp(math.log(a) + part * (math.log(b) - math.log(a))) - 1e-9)


def _interval(needed: float, lead: float, spread: float, n: int, fewest: int) -> tuple[float, float]:
    """Sizes needed if the true lead were at an end of its 95 % interval: the size goes with 1 / lead²."""
    if not n:
        return math.nan, math.nan
    half = float(special.ndtri(1 - TAIL)) * spread / math.sqrt(n)
    at_most = needed * (lead / (lead + half)) ** 2 if math.isfinite(needed) else (2.8 * spread / half) ** 2
    at_least = needed * (lead / (lead - half)) ** 2 if lead > half else math.inf
    return float(max(fewest, math.floor(at_most))), at_least if math.isinf(at_least) else float(math.ceil(at_least))
