"""McDonald's omega: the reliability of a dimension's score when its items do not all measure it equally well."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from gaps.model import Study, Withheld
from gaps.stats.factor_model import composite_reliability, influences, solve, some_rows
from gaps.stats.reliability import NO_VARIATION, ONE_ITEM, TOO_FEW, item_blocks

TWO_ITEMS, NO_VARIATION_ITEM, HEYWOOD = "two_items", "constant_item", "heywood"
FEWEST = 20  # below, one sample in ten has no proper solution and the interval is guesswork (docs/simulations-validity.md)


@dataclass(frozen=True, eq=False)
class Omega:
    """Omega per dimension and battery; columns battery, dimension, items, n, omega, low, high, withheld."""

    frame: pd.DataFrame
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class OmegaEstimate:
    """One omega with its interval, or the reason why there is none (then NaN)."""

    omega: float
    low: float
    high: float
    withheld: str = ""


def omegas(study: Study, confidence: float = 0.95, batteries: Collection[str] | None = None) -> Omega:
    """Estimate omega (total, one congeneric factor) per dimension for each battery or the `batteries` named, item-wise gaps being "gap".

    Respondents with all items of the dimension answered (listwise within the dimension, as for alpha); case weights are not used.
    Withheld: one_item, two_items (two items fit any two loadings), too_few, constant_item, heywood (the best fit has an item without
    chance error, which cannot be), not_converged, not_identified, singular.
    """
    rows = []
    for name, dimension, x in item_blocks(study, batteries):
        estimate = omega(x, confidence)
        rows.append(
            {
                "battery": name, "dimension": dimension, "items": x.shape[1], "n": len(x), "omega": estimate.omega,
                "low": estimate.low, "high": estimate.high, "withheld": estimate.withheld,
            }
        )  # fmt: skip
    return Omega(pd.DataFrame(rows, columns=["battery", "dimension", "items", "n", "omega", "low", "high", "withheld"]), confidence)


def omega(x: np.ndarray, confidence: float = 0.95) -> OmegaEstimate:
    """Compute omega = (sum l)² / ((sum l)² + sum theta) of the unweighted score; x respondents x items, complete.

    l, theta: loadings and uniquenesses of unstandardised items in a one-factor model by maximum likelihood (with three items
    l1 = sqrt(s12 s13 / s23) exactly). Interval: delta method from the respondents' own fourth moments (it does not lean on normal
    answers), on the scale log(1 - omega), t with n - 1 degrees of freedom. McDonald 1999; Kelley & Pornprasertmanit 2016.

    Checked: Holzinger & Swineford 1939 gives .6326, .8859, .6961 (closed form); R's attitude data, lavaan 0.6-14: .8415 (tests).
    """
    if reason := _unfit(x):
        return OmegaEstimate(np.nan, np.nan, np.nan, reason)
    n, k = x.shape
    centred = x - x.mean(axis=0)
    covariance = centred.T @ centred / n
    sd = np.sqrt(np.diag(covariance))
    solution = solve(covariance / np.outer(sd, sd), np.zeros(k, int))
    if isinstance(solution, Withheld):
        return OmegaEstimate(np.nan, np.nan, np.nan, solution.reason)
    if (solution.uniquenesses <= 0).any():
        return OmegaEstimate(np.nan, np.nan, np.nan, HEYWOOD)
    common, unique = float(sd @ solution.loadings), float(sd**2 @ solution.uniquenesses)
    value = composite_reliability(sd * solution.loadings, sd**2 * solution.uniquenesses)
    slope = np.concatenate([2 * common * unique * sd, -(common**2) * sd**2]) / (common**2 + unique) ** 2
    se = (influences(some_rows(centred) / sd, solution) @ slope).std(ddof=1) / np.sqrt(n)
    return OmegaEstimate(value, *error_interval(value, se, n, confidence))


def error_interval(value: float, se: float, n: int, confidence: float) -> tuple[float, float]:
    """Interval of a reliability on the scale log(1 - value), the log of the share of chance error: t with n - 1 degrees of freedom."""
    if value >= 1:
        return value, value
    half = special.stdtrit(n - 1, 0.5 + confidence / 2) * se / (1 - value)
    return float(1 - (1 - value) * np.exp(half)), float(1 - (1 - value) * np.exp(-half))


def _unfit(x: np.ndarray) -> str:
    if x.shape[1] < 3:
        return ONE_ITEM if x.shape[1] < 2 else TWO_ITEMS
    if len(x) < max(FEWEST, x.shape[1] + 1):
        return TOO_FEW
    still = np.ptp(x, axis=0) <= 1e-9
    if still.any():
        return NO_VARIATION if still.all() else NO_VARIATION_ITEM
    return ""
