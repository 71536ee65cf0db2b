"""Confirmatory factor models by maximum likelihood: do the items measure the dimensions that the questionnaire says they measure?

The model: each item measures one factor (its dimension), factors correlate freely, items share nothing else,
Sigma = L Psi L' + Theta with unit factor variances. It is fitted to the correlation matrix (the model is scale-invariant: chi-square,
standardised loadings and factor correlations are those of the covariance matrix), so its cost does not depend on the number of respondents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import linalg, optimize, special

from gaps.model import Withheld

NOT_CONVERGED, NOT_IDENTIFIED, SINGULAR = "not_converged", "not_identified", "singular"
HEYWOOD, FACTORS_NOT_APART = "heywood", "factors_not_apart"
ITERATIONS = 100
HALVINGS = 20
RUNAWAY = -2.0  # a standardised uniqueness below this does not come back
DECREMENT = 1e-13  # g' H^-1 g at which the minimum is reached: loadings are then right to 1e-6 at least
IDENTIFIED = 1e-8  # smallest eigenvalue of the scaled information
FOURTH_MOMENTS = 16_384
RMSEA_CONFIDENCE = 0.90  # the custom for RMSEA


@dataclass(frozen=True, slots=True)
class Fit:
    """How far a model misses the correlations, by one chi-square: the statistic, its df and p, CFI, TLI, RMSEA with its 90 % interval."""

    chi2: float
    df: int
    p: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float


@dataclass(frozen=True, eq=False)
class FactorModel:
    """One fitted confirmatory factor model.

    factors
        dimension ids, or one made-up id for the one-factor model.
    fit
        the indices to go by: robust ones whose chi-square is also corrected for small samples (Swain 1975, times `small`). In
        simulations only these keep their promise at 100 respondents and with answers at the top of the scale.
    plain, robust
        for comparison with other programs: from the ML chi-square (n F, as lavaan prints first), and allowing for answers that are not
        normal (Satorra & Bentler 1994; CFI, TLI and RMSEA as in Brosseau-Liard & Savalei 2012, 2014; lavaan's "robust"). `scaling` is the
        correction factor: plain chi2 / robust chi2.
    srmr
        root mean square of the residual correlations, the diagonal counted (Bentler 1995).
    loadings
        rows item: dimension, item, loading, low, high (standardised, with robust limits).
    dimensions
        rows factor: dimension, items, cr (composite reliability), ave (average variance extracted).
    correlations
        rows pair of factors: dimension, other, r, low, high.
    """

    factors: tuple[str, ...]
    n: int
    fit: Fit
    plain: Fit
    robust: Fit
    scaling: float
    small: float
    srmr: float
    loadings: pd.DataFrame
    dimensions: pd.DataFrame
    correlations: pd.DataFrame
    iterations: int


@dataclass(frozen=True, eq=False)
class Solution:
    """The minimum on a correlation matrix: loadings (p), factor correlations (m x m), uniquenesses (p); `factor` is each item's factor.

    `half` is Delta' V Delta, half the expected Hessian of F by parameter (loadings, correlations f < g row by row, uniquenesses).
    """

    factor: np.ndarray
    loadings: np.ndarray
    correlations: np.ndarray
    uniquenesses: np.ndarray
    sigma: np.ndarray
    half: np.ndarray
    discrepancy: float
    iterations: int

    @property
    def df(self) -> int:
        """Distinct moments less parameters."""
        p = len(self.factor)
        return p * (p + 1) // 2 - len(self.half)


def fit_model(z: np.ndarray, items: Sequence[int], dimension: Sequence[str], confidence: float = 0.95) -> FactorModel | Withheld:
    """Fit the factor model to complete answers.

    z: respondents x items, complete, any scale; dimension: for each item the id of its factor. Standard errors and the corrected
    chi-square come from the respondents' own fourth moments, so they do not lean on normal answers. Withheld: singular (fewer
    respondents than items or items that repeat each other), not_converged, not_identified, heywood (an item's uniqueness is not
    positive: items), factors_not_apart (the factor correlations are not possible: pair with the largest, r).

    Checked: Holzinger & Swineford 1939 against lavaan 0.6-14 (tests/stats/test_factor_model.py).
    """
    n, _ = z.shape
    centred = z - z.mean(axis=0)
    covariance = centred.T @ centred / n
    sd = np.sqrt(np.diag(covariance))
    if n <= z.shape[1] or not (np.ptp(z, axis=0) > 1e-9).all():
        return Withheld(SINGULAR, {"n": n, "items": z.shape[1]})
    r = covariance / np.outer(sd, sd)
    names = tuple(dict.fromkeys(dimension))
    solution = solve(r, np.array([names.index(d) for d in dimension]))
    if isinstance(solution, Withheld):
        return _named(solution, n, items)
    if improper := _improper(solution, items, names):
        return improper
    return _described(some_rows(centred) / sd, r, n, solution, tuple(items), names, confidence)


def solve(r: np.ndarray, factor: np.ndarray) -> Solution | Withheld:
    """Minimise F = ln|Sigma| + tr(R Sigma^-1) - ln|R| - p by Newton's method, or Fisher scoring where F curves the wrong way.

    r: correlation matrix p x p; factor: p whole numbers from 0. Improper solutions (a uniqueness below 0) are returned as they are, those
    that run away to minus infinity are withheld as heywood (`positions` of the items). Jöreskog 1969. Each derivative of Sigma is symmetric
    of rank two, c (u v' + v u'), which makes gradient and Hessians products of small matrices.
    """
    r_chol = _cholesky(r)
    if r_chol is None or np.diag(r_chol).min() < 1e-6:
        return Withheld(SINGULAR)
    constant = 2 * np.log(np.diag(r_chol)).sum() + len(r)
    parameters = _start(r, factor)
    point = _point(r, factor, parameters)
    if point is None:
        parameters = _start(r, factor, plain=True)
        point = _point(r, factor, parameters)
    if point is None:
        return Withheld(NOT_CONVERGED)
    for iteration in range(1, ITERATIONS + 1):
        value, sigma, weight = point
        gradient, expected, exact = _derivatives(r, factor, parameters, weight)
        step = _step(exact, gradient)
        if step is None:
            step = _step(expected, gradient, ridges=(0.0, 1e-8, 1e-4, 1e-2))
        if step is None:
            return Withheld(NOT_IDENTIFIED)
        decrement = float(gradient @ step)
        if decrement < DECREMENT:
            if not _identified(expected):
                return Withheld(NOT_IDENTIFIED)
            return _solution(parameters, factor, sigma, expected / 2, value - constant, iteration)
        moved = _move(r, factor, parameters, step, value, decrement)
        if moved is None:
            return Withheld(NOT_CONVERGED)
        parameters, point = moved
        away = parameters[-len(r) :] < RUNAWAY
        if away.any():
            return Withheld(HEYWOOD, {"positions": tuple(np.flatnonzero(away).tolist())})
    return Withheld(NOT_CONVERGED)


def _move(r, factor, parameters, step, value, decrement):
    """Go along the step, halving it until F falls; at the limit of precision a standstill counts as fallen."""
    for halvings in range(HALVINGS):
        length = 0.5**halvings
        tried = parameters - length * step
        point = _point(r, factor, tried)
        if point is not None and point[0] <= value - 1e-4 * length * decrement + 1e-13:
            return tried, point
    return None


def _step(hessian: np.ndarray, gradient: np.ndarray, ridges: tuple[float, ...] = (0.0,)) -> np.ndarray | None:
    """H^-1 g, the first of the ridges that makes H safely positive definite; None where none does."""
    scale = 1 / np.sqrt(np.maximum(np.diag(hessian), 1e-12))
    scaled = hessian * scale[:, None] * scale
    for ridge in ridges:
        chol = _cholesky(scaled + ridge * np.eye(len(scaled)))
        if chol is not None and np.diag(chol).min() > 1e-5:
            return scale * linalg.cho_solve((chol, True), scale * gradient, check_finite=False)
    return None


def _identified(hessian: np.ndarray) -> bool:
    scale = 1 / np.sqrt(np.diag(hessian))
    return bool(np.linalg.eigvalsh(hessian * scale[:, None] * scale)[0] > IDENTIFIED)


def _cholesky(a: np.ndarray) -> np.ndarray | None:
    try:
        return np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return None


def _start(r: np.ndarray, factor: np.ndarray, plain: bool = False) -> np.ndarray:
    """Centroid loadings within each factor and disattenuated mean correlations between factors; `plain`: .6 and .5."""
    p, m = len(factor), factor.max() + 1
    member = np.eye(m)[factor]
    if plain:
        return np.concatenate([np.full(p, 0.6), np.full(m * (m - 1) // 2, 0.5), np.full(p, 0.64)])
    off = r - np.diag(np.diag(r))
    sums = off @ member
    own = sums[np.arange(p), factor]
    total = np.maximum(member.T @ own, 1e-3)
    size = member.sum(axis=0)
    # a lone pair would get sqrt(r) for both; with more items the centroid is stretched to make up for the missing diagonal
    loadings = np.clip(own / np.sqrt(total[factor]) * np.sqrt(size / np.maximum(size - 1, 1))[factor], -0.95, 0.95)
    loadings = np.where(np.abs(loadings) < 0.1, 0.1, loadings)
    between = member.T @ off @ member
    weight = member.T @ np.abs(loadings)
    psi = np.clip(between / np.maximum(np.outer(weight, weight), 1e-6), -0.9, 0.9)
    return np.concatenate([loadings, psi[_pairs(m)], 1 - loadings**2])


@lru_cache(maxsize=64)
def _pairs(m: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(m, 1)


def _unpack(parameters: np.ndarray, factor: np.ndarray):
    p, m = len(factor), factor.max() + 1
    pattern = np.zeros((p, m))
    pattern[np.arange(p), factor] = parameters[:p]
    psi = np.eye(m)
    rows, columns = _pairs(m)
    psi[rows, columns] = psi[columns, rows] = parameters[p:-p]
    return pattern, psi, parameters[-p:]


def _directions(pattern: np.ndarray, psi: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """u, v (p x q) and c (q) with dSigma/dparameter = c (u v' + v u')."""
    p, m = pattern.shape
    rows, columns = _pairs(m)
    eye = np.eye(p)
    u = np.hstack([eye, pattern[:, rows], eye])
    v = np.hstack([(pattern @ psi)[:, factor], pattern[:, columns], eye])
    return u, v, np.concatenate([np.ones(p + len(rows)), np.full(p, 0.5)])


def _point(r: np.ndarray, factor: np.ndarray, parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray] | None:
    """F (without its constant), Sigma and its inverse; None where Sigma is not positive definite."""
    pattern, psi, theta = _unpack(parameters, factor)
    sigma = pattern @ psi @ pattern.T + np.diag(theta)
    chol = _cholesky(sigma)
    if chol is None:
        return None
    half = np.linalg.inv(chol)
    weight = half.T @ half
    return 2 * float(np.log(np.diag(chol)).sum()) + float((r * weight).sum()), sigma, weight


def _derivatives(
    r: np.ndarray, factor: np.ndarray, parameters: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradient of F, its expected Hessian tr(W Sigma_a W Sigma_b), and its exact one.

    With W = Sigma^-1, A = W R W, M = W - A: g_a = tr(M Sigma_a), exact_ab = 2 tr(W Sigma_a A Sigma_b) - expected_ab + tr(M Sigma_ab).
    """
    pattern, psi, _ = _unpack(parameters, factor)
    u, v, c = _directions(pattern, psi, factor)
    both = np.hstack([u, v])
    q = len(c)
    middle = weight @ r @ weight
    w, a = both.T @ weight @ both, both.T @ middle @ both
    wuu, wuv, wvv = w[:q, :q], w[:q, q:], w[q:, q:]
    auu, auv, avv = a[:q, :q], a[:q, q:], a[q:, q:]
    scale = np.outer(c, c)
    expected = 2 * scale * (wuu * wvv + wuv * wuv.T)
    twice = 2 * scale * (wuu * avv + wvv * auu + wuv * auv.T + wuv.T * auv)
    excess = weight - middle
    gradient = 2 * c * (u * (excess @ v)).sum(axis=0)
    return gradient, expected, twice - expected + _second(excess, pattern, psi, factor, q)


def _second(excess: np.ndarray, pattern: np.ndarray, psi: np.ndarray, factor: np.ndarray, q: int) -> np.ndarray:
    """tr(M Sigma_ab) of the pairs of parameters that Sigma multiplies: loading by loading, loading by factor correlation."""
    p = len(factor)
    rows, columns = _pairs(len(psi))
    second = np.zeros((q, q))
    second[:p, :p] = 2 * psi[np.ix_(factor, factor)] * excess
    led = 2 * excess @ pattern
    mixed = led[:, columns] * (factor[:, None] == rows) + led[:, rows] * (factor[:, None] == columns)
    second[:p, p : q - p] = mixed
    second[p : q - p, :p] = mixed.T
    return second


def _solution(parameters, factor, sigma, half, discrepancy, iterations) -> Solution:
    """Factors are turned so that each one's loadings are positive on the whole."""
    pattern, psi, theta = _unpack(parameters, factor)
    sign = np.where(pattern.sum(axis=0) < 0, -1.0, 1.0)
    rows, columns = _pairs(len(sign))
    turn = np.concatenate([sign[factor], sign[rows] * sign[columns], np.ones(len(factor))])
    loadings = parameters[: len(factor)] * sign[factor]
    return Solution(
        factor, loadings, psi * np.outer(sign, sign), theta, sigma, half * np.outer(turn, turn), max(discrepancy, 0.0), iterations
    )


def _named(withheld: Withheld, n: int, items: Sequence[int]) -> Withheld:
    if withheld.reason == HEYWOOD:
        return Withheld(HEYWOOD, {"items": tuple(items[k] for k in withheld.values["positions"])})
    return Withheld(withheld.reason, {"n": n, "items": len(items)})


def _improper(solution: Solution, items: Sequence[int], names: tuple[str, ...]) -> Withheld | None:
    """A solution that cannot be true: negative uniqueness (Heywood case), or factor correlations that cannot occur together."""
    wrong = tuple(item for item, theta in zip(items, solution.uniquenesses, strict=True) if theta <= 0)
    if wrong:
        return Withheld(HEYWOOD, {"items": wrong})
    if np.linalg.eigvalsh(solution.correlations)[0] <= 1e-8:
        off = np.abs(solution.correlations - np.eye(len(names)))
        f, g = np.unravel_index(off.argmax(), off.shape)
        return Withheld(FACTORS_NOT_APART, {"dimensions": (names[f], names[g]), "r": float(solution.correlations[f, g])})
    return None


def influences(z: np.ndarray, solution: Solution) -> np.ndarray:
    """Each respondent's pull on the parameters (n x q): their mean is 0, their covariance / n is the robust (sandwich) covariance.

    (Delta'V Delta)^-1 Delta'V vech(z z' - R), V the normal-theory weight at the estimate (Browne 1984; lavaan se = "robust.sem").
    """
    return linalg.solve(solution.half, _scores(z, solution).T, assume_a="pos").T


def _scores(z: np.ndarray, solution: Solution) -> np.ndarray:
    """Delta' V vech(z z' - R) per respondent: n x q."""
    factor = solution.factor
    pattern = np.zeros((len(factor), len(solution.correlations)))
    pattern[np.arange(len(factor)), factor] = solution.loadings
    rows, columns = _pairs(len(solution.correlations))
    wz = np.linalg.solve(solution.sigma, z.T).T
    common = wz @ pattern
    led = common @ solution.correlations
    scores = np.hstack([wz * led[:, factor], common[:, rows] * common[:, columns], 0.5 * wz**2])
    return scores - scores.mean(axis=0)


def swain(p: int, df: int, n: int) -> float:
    """Swain's (1975) factor for the chi-square of small samples, p items: 1 - (p(2p²+3p-1) - q(2q²+3q-1)) / (12 df n).

    q = (sqrt(1 + 4p(p+1) - 8df) - 1) / 2. Herzog, Boomsma & Reinecke 2007. Never below 0.
    """
    if df == 0:
        return 1.0
    q = (np.sqrt(1 + 4 * p * (p + 1) - 8 * df) - 1) / 2
    return max(float(1 - (p * (2 * p**2 + 3 * p - 1) - q * (2 * q**2 + 3 * q - 1)) / (12 * df * n)), 0.0)


def some_rows(z: np.ndarray) -> np.ndarray:
    """Give the respondents whose fourth moments are taken: all, or 16,384 at random: an error below 1 % in a standard error."""
    if len(z) <= FOURTH_MOMENTS:
        return z
    return z[np.sort(np.random.default_rng(1).choice(len(z), FOURTH_MOMENTS, replace=False))]


def _described(
    z: np.ndarray, r: np.ndarray, n: int, solution: Solution, items: tuple[int, ...], names: tuple[str, ...], confidence: float
) -> FactorModel:
    """All of the result; r: correlations of all n respondents, z: those of them whose fourth moments are taken."""
    p = len(r)
    scores = _scores(z, solution)
    products = scores.T @ scores / len(z)
    inverse = np.linalg.inv(solution.half)
    weight = np.linalg.inv(solution.sigma)
    wrw = weight @ r @ weight
    quadratic = 0.5 * (((z @ weight) * z).sum(axis=1) ** 2).mean() - 0.5 * (wrw * r).sum()
    df, df0 = solution.df, p * (p - 1) // 2
    scaling = (quadratic - (inverse * products).sum()) / df if df else np.nan
    squares = z**2 - 1
    alone = 0.5 * ((z**2).sum(axis=1) ** 2).mean() - 0.5 * (r**2).sum() - 0.5 * (squares**2).mean(axis=0).sum()
    chi2, chi2_alone = n * solution.discrepancy, -n * np.linalg.slogdet(r)[1]
    covariance = inverse @ products @ inverse / n
    small = swain(p, df, n)
    residual = (r - solution.sigma)[np.tril_indices(p)]
    return FactorModel(
        factors=names, n=n,
        fit=indices(chi2 * small, df, chi2_alone, df0, n, scaling, alone / df0),
        plain=indices(chi2, df, chi2_alone, df0, n),
        robust=indices(chi2, df, chi2_alone, df0, n, scaling, alone / df0),
        scaling=float(scaling), small=small, srmr=float(np.sqrt((residual**2).mean())),
        loadings=_loadings(solution, covariance, items, names, confidence),
        dimensions=_dimensions(solution, names),
        correlations=_correlations(solution, covariance, names, confidence),
        iterations=solution.iterations,
    )  # fmt: skip


def _loadings(solution: Solution, covariance: np.ndarray, items, names, confidence: float) -> pd.DataFrame:
    """Standardised loadings l / sqrt(l² + theta); at the minimum the root is 1, but its sampling error counts (delta method)."""
    p = len(items)
    loading, theta = solution.loadings, solution.uniquenesses
    total = loading**2 + theta
    by_loading, by_theta = theta / total**1.5, -loading / (2 * total**1.5)
    k = np.arange(p)
    own, unique, both = covariance[k, k], covariance[k - p, k - p], covariance[k, k - p]
    se = np.sqrt(np.maximum(by_loading**2 * own + by_theta**2 * unique + 2 * by_loading * by_theta * both, 0))
    value = loading / np.sqrt(total)
    half = special.ndtri(0.5 + confidence / 2) * se
    return pd.DataFrame(
        {"dimension": [names[f] for f in solution.factor], "item": items, "loading": value, "low": value - half, "high": value + half}
    )


def _dimensions(solution: Solution, names: tuple[str, ...]) -> pd.DataFrame:
    total = solution.loadings**2 + solution.uniquenesses
    standard = solution.loadings / np.sqrt(total)
    parts = [standard[solution.factor == f] for f in range(len(names))]
    return pd.DataFrame(
        {
            "dimension": names,
            "items": [len(loading) for loading in parts],
            "cr": [composite_reliability(loading, 1 - loading**2) for loading in parts],
            "ave": [float((loading**2).mean()) for loading in parts],
        }
    )


def _correlations(solution: Solution, covariance: np.ndarray, names: tuple[str, ...], confidence: float) -> pd.DataFrame:
    """Factor correlations with limits by Fisher's z (so that they stay between -1 and 1), robust."""
    rows, columns = _pairs(len(names))
    r = solution.correlations[rows, columns]
    place = len(solution.factor) + np.arange(len(rows))
    half = special.ndtri(0.5 + confidence / 2) * np.sqrt(np.maximum(covariance[place, place], 0)) / (1 - r**2)
    return pd.DataFrame(
        {
            "dimension": [names[f] for f in rows],
            "other": [names[g] for g in columns],
            "r": r,
            "low": np.tanh(np.arctanh(r) - half),
            "high": np.tanh(np.arctanh(r) + half),
        }
    )


def composite_reliability(loadings: np.ndarray, uniquenesses: np.ndarray) -> float:
    """(sum l)² / ((sum l)² + sum theta): rho_c, or omega where the loadings are those of unstandardised items. Jöreskog 1971."""
    common = float(np.sum(loadings)) ** 2
    return common / (common + float(np.sum(uniquenesses)))


def indices(chi2: float, df: int, chi2_alone: float, df_alone: int, n: int, scaling: float = 1.0, scaling_alone: float = 1.0) -> Fit:
    """CFI, TLI and RMSEA from the model's chi-square and that of items without any correlation.

    With d = chi2 - c df: CFI = 1 - max(d, 0) / max(d, d0, 0); TLI = 1 - (d / df) / (d0 / df0); RMSEA = sqrt(max(d, 0) / (n df)), with
    limits sqrt(c lambda / (n df)), lambda the noncentralities at which chi2 / c is the 95th and the 5th percentile. c = 1 gives the
    plain indices (Hu & Bentler 1999; Steiger 1990), the Satorra-Bentler factors the robust ones (Brosseau-Liard & Savalei 2012, 2014).
    A model without degrees of freedom fits by construction: everything but chi2 is NaN. `chi2` of the result is chi2 / c, p its chance.
    """
    if df == 0:
        return Fit(chi2, 0, *[np.nan] * 6)
    corrected = chi2 / scaling
    excess, excess_alone = chi2 - scaling * df, chi2_alone - scaling_alone * df_alone
    worst = max(excess, excess_alone, 0.0)
    cfi = 1 - max(excess, 0.0) / worst if worst > 0 else 1.0
    tli = 1 - (excess / df) / (excess_alone / df_alone) if excess_alone > 0 else np.nan
    low, high = (np.sqrt(scaling * nc / (n * df)) for nc in noncentrality_limits(corrected, df, RMSEA_CONFIDENCE))
    return Fit(
        corrected, df, float(special.chdtrc(df, corrected)), cfi, tli, float(np.sqrt(max(excess, 0) / (n * df))), float(low), float(high)
    )


def noncentrality_limits(chi2: float, df: int, confidence: float) -> tuple[float, float]:
    """The noncentralities between which a chi-square could have come; 0 where even 0 is too much."""
    tail = (1 - confidence) / 2
    return tuple(_noncentrality(chi2, df, q) for q in (1 - tail, tail))


def _noncentrality(chi2: float, df: int, below: float) -> float:
    """The noncentrality for which P(X <= chi2) = below."""
    if special.chdtr(df, chi2) <= below:
        return 0.0
    top = chi2 + 10 * np.sqrt(2 * chi2 + 2 * df) + 50
    return float(optimize.brentq(lambda nc: _noncentral_cdf(chi2, df, nc) - below, 0.0, top, xtol=1e-8))


def _noncentral_cdf(x: float, df: int, nc: float) -> float:
    """Noncentral chi-square; above noncentralities of 10,000 Sankaran's (1963) normal approximation, whose error is then below 1e-4."""
    if nc <= 1e4:
        return float(special.chndtr(x, df, nc))
    h = 1 - 2 * (df + nc) * (df + 3 * nc) / (3 * (df + 2 * nc) ** 2)
    q = (df + 2 * nc) / (df + nc) ** 2
    m = (h - 1) * (1 - 3 * h)
    z = ((x / (df + nc)) ** h - (1 + h * q * (h - 1 - 0.5 * (2 - h) * m * q))) / (h * np.sqrt(2 * q) * (1 + 0.5 * m * q))
    return float(special.ndtr(z))
