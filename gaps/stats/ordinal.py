"""Ordinal logit: the outcome's answers as ordered categories, not as numbers; does the order of the predictors depend on that?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from gaps.model import Withheld
from gaps.stats import bootstrap, importance

FEW_CATEGORIES = 7  # with more, an outcome is treated as a number without much loss
LATENT_VARIANCE = math.pi**2 / 3
STEPS, CLOSE = 60, 1e-6
FIRST_ROWS = 10_000


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """A fitted proportional-odds model. params: log odds of a higher answer per point of each predictor; cut: thresholds between the
    categories; cov: inverse information of both; deviance = -2 log likelihood; n respondents (rows with weight)."""

    params: np.ndarray
    cut: np.ndarray
    cov: np.ndarray
    deviance: float
    n: int

    @property
    def se(self) -> np.ndarray:
        """Standard errors of `params`."""
        return np.sqrt(np.diag(self.cov))[: len(self.params)]


def ordinal_logit(y: np.ndarray, x: np.ndarray, weight: np.ndarray | None = None) -> OrdinalFit | Withheld:
    """Fit P(y <= c) = 1 / (1 + exp(-(cut_c - x'b))) by maximum likelihood (Newton's method with halved steps).

    y: n answers whose distinct values are the ordered categories; x: n x p; weight: case weights, which multiply the log likelihood
    (standard errors then take them for counts). No missing values. Withheld: no_variation (one category), not_converged (the
    categories can be told apart perfectly). McCullagh 1980. Checked: MASS::polr and statsmodels OrderedModel on the Copenhagen housing
    data: .5663937 1.2888191 -.5723501 -.3661866 -1.0910149 .3602841, cuts -.4961353 .6907083, deviance 3479.149.
    """
    values, category = np.unique(y, return_inverse=True)
    k, p = len(values), x.shape[1]
    if k < 2:
        return Withheld("no_variation", {"predictors": ()})
    order = np.argsort(category, kind="stable")  # each category's rows are neighbours
    category = category[order]
    w = np.ones(len(y)) if weight is None else weight[order]
    centre, scale = x.mean(axis=0), x.std(axis=0)
    if not (scale > 0).all():
        return Withheld("no_variation", {"predictors": ()})
    design = (x[order] - centre) / scale
    starts = np.searchsorted(category, np.arange(k))
    share = np.add.reduceat(w, starts).cumsum()[:-1] / w.sum()
    theta = np.concatenate([np.zeros(p), logit(share)])
    some = slice(None, None, len(y) // FIRST_ROWS)  # of very many rows some give the place to start from
    if len(y) >= 2 * FIRST_ROWS and len(np.unique(category[some])) == k:
        near = _climbed(theta, design[some], category[some], w[some], p)
        theta = theta if near is None else near[0]
    found = _climbed(theta, design, category, w, p)
    if found is None or np.abs(found[0][:p]).max() > 50:
        return Withheld("not_converged")
    theta, value, information = found
    back = np.zeros((p + k - 1, p + k - 1))  # to the predictors as given: b = beta / scale, cut = threshold + centre'b
    back[range(p), range(p)] = 1 / scale
    back[p:, :p], back[range(p, p + k - 1), range(p, p + k - 1)] = centre / scale, 1.0
    original = back @ theta
    cov = back @ np.linalg.inv(information) @ back.T
    return OrdinalFit(original[:p], original[p:], cov, -2 * value, len(y))


def _climbed(theta: np.ndarray, x: np.ndarray, category: np.ndarray, w: np.ndarray, p: int) -> tuple[np.ndarray, float, np.ndarray] | None:
    """Newton's method with halved steps: where it ends, the log likelihood and the information there; None where it does not."""
    starts = np.searchsorted(category, np.arange(len(theta) - p + 1))
    value, gradient, information = _likelihood(theta, x, category, w, starts, p)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return None
        if float(gradient @ step) < CLOSE**2:  # there is nothing left to gain
            return theta, value, information
        size = 1.0
        while (found := _likelihood(theta + size * step, x, category, w, starts, p))[0] < value - 1e-12 * abs(value):
            size /= 2
            if size < 1e-6:
                return None
        theta, (value, gradient, information) = theta + size * step, found
    return None


def _likelihood(theta: np.ndarray, x: np.ndarray, category: np.ndarray, w: np.ndarray, starts: np.ndarray, p: int):
    """Log likelihood, its gradient and the observed information; -inf where the thresholds are not in order."""
    cut = theta[p:]
    if (np.diff(cut) <= 0).any():
        return -math.inf, None, None
    k = len(cut) + 1
    edge = np.concatenate([[-np.inf], cut, [np.inf]])
    eta = x @ theta[:p]
    upper, lower = expit(edge[category + 1] - eta), expit(edge[category] - eta)
    # the difference of two probabilities close to 1 is that of their complements
    other = expit(eta - edge[category]) - expit(eta - edge[category + 1])
    chance = np.maximum(np.where(lower > 0.5, other, upper - lower), 1e-300)
    f_up, f_low = upper * (1 - upper), lower * (1 - lower)
    g_up, g_low = f_up / chance, -f_low / chance
    h_up = f_up * (1 - 2 * upper) / chance - g_up**2
    h_low = -f_low * (1 - 2 * lower) / chance - g_low**2
    h_both = -g_up * g_low

    def by_category(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, starts, axis=0)

    gradient = np.empty(p + k - 1)
    gradient[:p] = -((w * (g_up + g_low)) @ x)
    up, low = by_category(w * g_up), by_category(w * g_low)
    gradient[p:] = up[:-1] + low[1:]
    information = np.empty((p + k - 1, p + k - 1))
    information[:p, :p] = -(x.T * (w * (h_up + 2 * h_both + h_low))) @ x
    up = by_category((w * (h_up + h_both))[:, None] * x)
    low = by_category((w * (h_low + h_both))[:, None] * x)
    information[p:, :p] = up[:-1] + low[1:]
    information[:p, p:] = information[p:, :p].T
    up, low, both = by_category(w * h_up), by_category(w * h_low), by_category(w * h_both)
    information[p:, p:] = -np.diag(up[:-1] + low[1:])
    if k > 2:
        inner = np.arange(p, p + k - 2)
        information[inner, inner + 1] = information[inner + 1, inner] = -both[1:-1]
    return float(w @ np.log(chance)), gradient, information


def latent_shares(fit: OrdinalFit, x: np.ndarray, weight: np.ndarray | None = None, *, width: int = 1) -> tuple[np.ndarray, float]:
    """LMG shares of the explained variance of the answer behind the categories, and that variance's part R² (McKelvey & Zavoina 1975).

    The fitted model implies cov(x, y*) = S b and var(y*) = b'S b + pi²/3 (S: covariances of x), hence a correlation matrix with the
    latent answer y*, which LMG splits as any other. One fit instead of one for each of 2^p subsets; checked against those (McFadden's
    R² of every subset, Azen & Traxel 2009): docs/simulations-drivers.md. `width`: predictors per block.
    """
    products = bootstrap.cross_products(bootstrap.moments_table(x), weight)
    s = products[1:, 1:] / products[0, 0] - np.outer(products[0, 1:], products[0, 1:]) / products[0, 0] ** 2
    c = s @ fit.params
    explained = float(fit.params @ c)
    whole = explained + LATENT_VARIANCE
    matrix = np.block([[np.array([[whole]]), c[None]], [c[:, None], s]])
    values = importance.lmg(matrix, pairs=width == 2)
    if width == 2:
        values = values.reshape(-1, 2).sum(axis=1)
    return importance.shares(values), explained / whole


@dataclass(frozen=True, slots=True)
class OrdinalCheck:
    """Whether the order of the predictors is the same when the outcome's answers are taken as ordered categories.

    order, order_linear: names by LMG share, the largest first; shares, shares_linear likewise by name; r2: latent R²; `swapped`: pairs
    in another order; `swapped_surely`: those of them whose order in the linear model is certain (at least 95 % of its resamples).
    effects: standardised effects (log odds per standard deviation) by predictor.
    """

    n: int
    categories: int
    order: tuple[str, ...]
    order_linear: tuple[str, ...]
    shares: dict[str, float]
    shares_linear: dict[str, float]
    r2: float
    effects: dict[str, float]
    swapped: tuple[tuple[str, str], ...]
    swapped_surely: tuple[tuple[str, str], ...]

    @property
    def first_changes(self) -> bool:
        """Whether another name comes first."""
        return self.order[0] != self.order_linear[0]


def ordinal_check(
    y: np.ndarray,
    x: np.ndarray,
    names: Sequence[str],
    predictors: Sequence[str],
    linear: np.ndarray,
    resampled: np.ndarray,
    weight: np.ndarray | None = None,
) -> OrdinalCheck | Withheld:
    """Compare the linear model's LMG shares with those of the ordinal logit.

    names: what is ranked (predictors, or blocks of two); linear: their shares; resampled: resamples x names. Withheld:
    many_categories (more than 7 different answers), no_variation, not_converged.
    """
    categories = len(np.unique(y))
    if categories > FEW_CATEGORIES:
        return Withheld("many_categories", {"categories": categories, "most": FEW_CATEGORIES})
    fit = ordinal_logit(y, x, weight)
    if isinstance(fit, Withheld):
        return fit
    share, r2 = latent_shares(fit, x, weight, width=len(predictors) // len(names))
    if np.isnan(share).any() or np.isnan(linear).any():
        return Withheld("nothing_explained")
    order, order_linear = (tuple(names[k] for k in np.argsort(-s, kind="stable")) for s in (share, linear))
    swapped, surely = [], []
    for i in range(len(names)):
        for j in range(len(names)):
            if linear[i] > linear[j] and share[i] < share[j]:
                swapped.append((names[i], names[j]))
                if len(resampled) and (resampled[:, i] > resampled[:, j]).mean() >= 0.95:
                    surely.append((names[i], names[j]))
    effects = dict(zip(predictors, (fit.params * x.std(axis=0)).tolist(), strict=True))
    by_name = (dict(zip(names, map(float, s), strict=True)) for s in (share, linear))
    return OrdinalCheck(len(y), categories, order, order_linear, *by_name, r2, effects, tuple(swapped), tuple(surely))
