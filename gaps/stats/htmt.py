"""Are two dimensions two things: the heterotrait-monotrait ratio of correlations with its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from gaps.model import Withheld
from gaps.stats.bootstrap import correlations, moments_table, percentile_interval, resampled_cross_products

APART, CLOSE, ALIKE = "apart", "close", "alike"
STRICT = 0.85
TOO_FEW, NO_COMMON_CORE, ONE_DIMENSION, UNSTABLE = "too_few", "no_common_core", "one_dimension", "unstable"
FEWEST = 50  # below, the limits hold the true ratio less than nine times in ten (docs/simulations-validity.md)
USABLE = 0.95  # share of resamples that must give a ratio before their percentiles are limits
RESAMPLED = 2048  # respondents: of more, linearised limits hold as often and cost a fraction (docs/simulations-validity.md)
AT_ONCE, MATRICES = 4096, 64  # respondents, and resamples' matrices: what fits the processor's cache


@dataclass(frozen=True, eq=False)
class Heterotrait:
    """HTMT of each pair of dimensions; columns dimension, other, htmt, low, high, state, withheld.

    state: "apart" (the whole interval below .85), "alike" (it reaches 1), "close" (in between), empty where withheld. Limits are 95 %
    percentile bootstrap limits from `resamples` resamples of `seed`, or linearised: `resamples` is then 0.
    """

    n: int
    frame: pd.DataFrame
    resamples: int
    seed: int
    confidence: float = 0.95


def heterotrait(
    x: np.ndarray, dimension: Sequence[str], *, resamples: int = 1000, seed: int = 1, confidence: float = 0.95
) -> Heterotrait | Withheld:
    """Compute HTMT_ij = mean r between items of i and j / sqrt(mean r within i * mean r within j), with its limits.

    x: respondents x items, complete; dimension: the id of each item's dimension, each at least twice. Correlations enter with their sign
    (Henseler, Ringle & Sarstedt 2015; seminr and semTools take |r|, the same where all are positive). Pairs bootstrap over respondents;
    of more than 2,048 `linearised` limits. Withheld as a whole: too_few (fewer than 50), one_dimension; per row: no_common_core (a
    dimension's items do not correlate positively on average: dimensions), unstable (fewer than 95 % of the resamples give a ratio, or
    would).

    Checked: mobi data, seminr's fixtures to 1e-6 (tests/stats/test_htmt.py).
    """
    names = list(dict.fromkeys(dimension))
    if len(names) < 2:
        return Withheld(ONE_DIMENSION, {"dimensions": len(names)})
    if len(x) < FEWEST:
        return Withheld(TOO_FEW, {"n": len(x), "needed": FEWEST})
    member = np.eye(len(names))[[names.index(d) for d in dimension]]
    few = len(x) <= RESAMPLED
    found = _resampled(x, member, resamples, seed, confidence) if few else linearised(x, member, confidence)
    rows = [(names[i], names[j], *_row(*found[:, i, j].tolist())) for i, j in zip(*np.triu_indices(len(names), 1), strict=True)]
    columns = ["dimension", "other", "htmt", "low", "high", "state", "withheld"]
    return Heterotrait(len(x), pd.DataFrame(rows, columns=columns), resamples if few else 0, seed, confidence)


def _row(value: float, low: float, high: float) -> tuple[float, float, float, str, str]:
    if np.isnan(value):
        return value, np.nan, np.nan, "", NO_COMMON_CORE
    if np.isnan(high):
        return value, np.nan, np.nan, "", UNSTABLE
    return value, low, high, APART if high < STRICT else ALIKE if high >= 1 else CLOSE, ""


def _resampled(x: np.ndarray, member: np.ndarray, resamples: int, seed: int, confidence: float) -> np.ndarray:
    """HTMT and the percentiles of those resamples that give one: 3 x m x m; limits NaN where too few do, and below the diagonal."""
    table = moments_table(x)
    found = np.full((3, member.shape[1], member.shape[1]), np.nan)
    found[0] = ratios(correlations(table.T @ table), member)
    products = resampled_cross_products(table, resamples=resamples, seed=seed, exact=RESAMPLED)
    drawn = np.concatenate([ratios(correlations(some), member) for some in np.array_split(products, -(-resamples // MATRICES))])
    for i, j in zip(*np.triu_indices(member.shape[1], 1), strict=True):
        usable = drawn[~np.isnan(drawn[:, i, j]), i, j]
        if len(usable) >= USABLE * len(drawn):
            found[1:, i, j] = percentile_interval(usable, confidence)
    return found


def linearised(x: np.ndarray, member: np.ndarray, confidence: float = 0.95) -> np.ndarray:
    """HTMT, HTMT - z se and HTMT + z se: 3 x m x m; limits NaN where a dimension's mean correlation is not above 0 with 95 %, and below
    the diagonal.

    x: n x p, complete; member: as in `ratios`. se² = sum of squared influences / n², which the variance of resamples tends to; the
    influence of a respondent on r_ab is z_a z_b - r_ab (z_a² + z_b²) / 2, z an answer standardised (Devlin, Gnanadesikan & Kettenring
    1975), and HTMT is a function of sums of correlations, between two dimensions and within each.
    """
    z, size = _standardised(x), member.sum(axis=0)
    r = z @ z.T / len(x)
    i, j = np.triu_indices(len(size))
    cov = _covariance_of_sums(z, r, member, i, j)
    alone, pairs = np.flatnonzero(i == j), np.flatnonzero(i != j)
    within = np.diagonal(member.T @ r @ member) - np.diagonal(r) @ member
    sure = within > ndtri(USABLE) * np.sqrt(np.diagonal(cov)[alone])
    found = np.full((3, len(size), len(size)), np.nan)
    found[0] = ratios(r, member)
    for place in pairs[sure[i[pairs]] & sure[j[pairs]]]:
        a, b = i[place], j[place]
        gradient = np.zeros(len(i))
        gradient[place] = np.sqrt((size[a] - 1) / size[a] / within[a] * (size[b] - 1) / size[b] / within[b])
        gradient[alone[[a, b]]] = -found[0, a, b] / 2 / within[[a, b]]
        half = ndtri(0.5 + confidence / 2) * np.sqrt(gradient @ cov @ gradient)
        found[1:, a, b] = found[0, a, b] - half, found[0, a, b] + half
    return found


def _standardised(x: np.ndarray) -> np.ndarray:
    """Items x respondents, each item with mean 0 and variance 1; 0 where it never varies but for rounding."""
    mean = x.mean(axis=0)
    z = x.T - mean[:, None]
    sd = np.sqrt(np.einsum("ij,ij->i", z, z) / len(x))
    z *= np.divide(1.0, sd, out=np.zeros_like(sd), where=sd > 1e-9 * np.abs(mean))[:, None]
    return z


def _covariance_of_sums(z: np.ndarray, r: np.ndarray, member: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Sampling covariance of the sums of correlations of the items of dimensions i with those of j: one row and column for each pair."""
    shared = r @ member
    squares = (member[:, i] * shared[:, j] + member[:, j] * shared[:, i]).T / 2
    products = np.zeros((len(i), len(i)))
    for start in range(0, z.shape[1], AT_ONCE):
        some = z[:, start : start + AT_ONCE]
        score = member.T @ some
        influence = score[i] * score[j] - squares @ (some * some)
        products += influence @ influence.T
    return products / z.shape[1] ** 2


def ratios(r: np.ndarray, member: np.ndarray) -> np.ndarray:
    """HTMT (…, m, m) from correlations (…, p, p); member: p x m, 1 where the item belongs. NaN on the diagonal and where undefined."""
    size = member.sum(axis=0)
    sums = member.T @ r @ member
    own = np.diagonal(sums, axis1=-2, axis2=-1)
    trace = np.diagonal(r, axis1=-2, axis2=-1) @ member
    within = (own - trace) / (size * (size - 1))
    positive = np.where(within > 0, within, np.nan)
    found = sums / np.outer(size, size) / np.sqrt(positive[..., :, None] * positive[..., None, :])
    return np.where(np.eye(len(size), dtype=bool), np.nan, found)
