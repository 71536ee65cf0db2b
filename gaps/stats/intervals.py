"""Confidence intervals and p values by Student's t."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from gaps import scoring
from gaps.model import Study, Withheld
from gaps.scoring.tables import Estimate, GapTable, Servqual, ZoneTable

ZERO = 1e-9  # a mean closer to zero than this is zero: means of means miss it by rounding


def with_intervals(table: GapTable, confidence: float = 0.95) -> GapTable:
    """Fill `low`, `high` and the two-sided p against zero from `mean`, `se` and `df` (fractional for Welch rows).

    mean ± t(df) se. Where se is 0 there is neither interval nor p (`margin`). Rows without se stay missing; `withheld` says why. Raises
    ValueError for a confidence outside 0 to 1.

    Checked: gap -0.350, se .23396, df 5.89 gives p .186 and -.925 to .225 (methods 2.4).
    """
    mean, se, df = (table.frame[name].to_numpy() for name in ("mean", "se", "df"))
    half = margin(se, df, confidence)
    frame = table.frame.assign(low=mean - half, high=mean + half, p=p_values(mean, se, df))
    return replace(table, frame=frame, confidence=confidence)


def mean_estimate(mean: float, n: int, sd: float, se: float, confidence: float = 0.95) -> Estimate:
    """Give a mean its t interval with n - 1 degrees of freedom; missing below two respondents, and where all answered alike."""
    half = float(margin(np.array([se]), np.array([n - 1.0 if n > 1 else np.nan]), confidence)[0])
    return Estimate(mean, n, sd, se, mean - half, mean + half)


def servqual(study: Study, confidence: float = 0.95) -> Servqual:
    """Score SERVQUAL and SERVPERF (`gaps.scoring.servqual`) with their intervals."""
    scores = scoring.servqual(study)

    def filled(estimate: Estimate | Withheld) -> Estimate | Withheld:
        if isinstance(estimate, Withheld):
            return estimate
        return mean_estimate(estimate.mean, estimate.n, estimate.sd, estimate.se, confidence)

    names = ("unweighted", "weighted", "servperf", "servperf_weighted")
    return replace(scores, **{name: filled(getattr(scores, name)) for name in names})


def zone_intervals(table: ZoneTable, confidence: float = 0.95) -> ZoneTable:
    """Fill the intervals of adequacy (P - A) and superiority (P - D) of the zone of tolerance, t with n - 1.

    Missing for one respondent, and where all answered alike.
    """
    frame = table.frame
    df = np.where(frame["n"] > 1, frame["n"] - 1.0, np.nan)
    ends = {}
    for name in ("adequacy", "superiority"):
        mean, half = frame[name].to_numpy(float), margin(frame[f"{name}_se"].to_numpy(float), df, confidence)
        ends |= {f"{name}_low": mean - half, f"{name}_high": mean + half}
    return replace(table, frame=frame.assign(**ends))


def margin(se: np.ndarray, df: np.ndarray, confidence: float = 0.95) -> np.ndarray:
    """Half-width t(df) se of an interval; missing where se or df is, and where se is 0.

    A spread of nil is what was seen, not what is known: three customers who answered alike do not make a mean certain. How much others
    differ cannot be learnt from them, so there is no interval.
    """
    return np.where(se > ZERO, t_quantile(df, confidence) * se, np.nan)


def p_values(mean: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Two-sided p of mean/se against zero by t(df); NaN where se or df is missing, or se is 0 (see `margin`)."""
    known = np.where(se > ZERO, se, np.nan)
    t = np.where(np.abs(mean) < ZERO, 0.0, np.abs(mean) / known)
    return np.where(np.isnan(known), np.nan, 2 * special.stdtr(df, -t))


def t_quantile(df: np.ndarray, confidence: float) -> np.ndarray:
    """Give the two-sided t quantile per df, looked up once for each that occurs; missing where df is."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    distinct, where = np.unique(df, return_inverse=True)
    return special.stdtrit(distinct, 0.5 + confidence / 2)[where]


def wilson(share: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share seen in n answers, n not necessarily whole; it holds at 0 and 100 % too.

    Checked: 8 of 10 gives .490 to .943 (R: prop.test(8, 10, correct = FALSE)).
    """
    z = special.ndtri(0.5 + confidence / 2)
    middle = share + z * z / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    return max(float((middle - half) / below), 0.0), min(float((middle + half) / below), 1.0)
