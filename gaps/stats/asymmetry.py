"""Loss aversion: does falling short of expectations weigh more than exceeding them? The hinge with expectation as covariate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from gaps.model import Withheld
from gaps.stats.regression import Regression, regress
from gaps.stats.results import AsymmetryCurve, CurvePoint, NaiveHinge

TOLERANCE = 1e-9  # a mean of means that should be 0 comes out as 1e-17
MIN_SIDE = 30
MIN_RESPONDENTS = 10
MIN_BIN = 5
BINS = 12
GRID = 41

_NAN = math.nan


def value_function(x, alpha: float = 0.88, loss: float = 2.25) -> np.ndarray:
    """Give the textbook curve of prospect theory: x^a for gains, -L (-x)^a for losses. A reference to draw dashed, never a result.
    Tversky & Kahneman 1992 (medians a = .88, L = 2.25; choices about money): v(-1) = -2.25, v(1) = 1, v(3) = 2.629461.
    """
    x = np.asarray(x, float)
    size = np.abs(x) ** alpha
    return np.where(x < 0, -loss * size, size)


def fieller(s_l: float, s_g: float, v_ll: float, v_gg: float, v_lg: float, t: float) -> tuple[float, float] | None:
    """Give the confidence limits of the ratio s_l / s_g of two estimated slopes.

    A = s_g² - t² v_gg, B = s_l s_g - t² v_lg, C = s_l² - t² v_ll; limits (B ± sqrt(B² - A C)) / A. None when A <= 0: the
    denominator cannot be told from 0 and the interval is unbounded. Fieller 1954. Checked on the worked data of methods 4.3: 1.4598
    to 4.5305.
    """
    a, b, c = s_g**2 - t**2 * v_gg, s_l * s_g - t**2 * v_lg, s_l**2 - t**2 * v_ll
    if not a > 0 or not b * b - a * c >= 0:
        return None
    root = math.sqrt(b * b - a * c)
    return (b - root) / a, (b + root) / a


@dataclass(frozen=True, eq=False)
class Hinge:
    """A fitted hinge whose coefficients are known by name; those that the data cannot give are missing."""

    fit: Regression
    place: dict[str, int]

    def at(self, name: str) -> float:
        """A coefficient; an expectation that does not vary has slope 0, a side without customers none."""
        if name in self.place:
            return float(self.fit.params[self.place[name]])
        return 0.0 if name == "expectation" else _NAN

    def interval(self, name: str) -> tuple[float, float]:
        """The 95 % interval of a coefficient."""
        return self.fit.interval(self.place[name]) if name in self.place else (_NAN, _NAN)

    @property
    def both(self) -> bool:
        """Whether there is a slope on either side."""
        return "below" in self.place and "above" in self.place

    def p_equal(self) -> float:
        """p of equal slopes."""
        if not self.both:
            return _NAN
        contrast = np.zeros(len(self.place))
        contrast[self.place["below"]], contrast[self.place["above"]] = 1.0, -1.0
        return self.fit.test(contrast)[3]

    def ratio(self) -> tuple[float, float, float] | None:
        """s_L / s_G with its Fieller limits; None where the ratio means nothing or could be any size."""
        s_l, s_g = self.at("below"), self.at("above")
        if not self.both or s_l <= 0 or s_g <= 0:
            return None
        below, above, cov = self.place["below"], self.place["above"], self.fit.cov
        limits = fieller(s_l, s_g, cov[below, below], cov[above, above], cov[below, above], self.fit.t)
        return None if limits is None else (float(s_l / s_g), float(limits[0]), float(limits[1]))

    def band(self, g: np.ndarray, mean_e: float) -> tuple[tuple[float, float, float, float], ...]:
        """The line at the average expectation over the gaps seen on the sides that were fitted, with its pointwise 95 % band."""
        low, high = (g.min() if "below" in self.place else 0.0), (g.max() if "above" in self.place else 0.0)
        grid = np.unique(np.append(np.linspace(low, high, GRID), [0.0] if low <= 0 <= high else []))
        parts = {"intercept": np.ones_like(grid), "below": np.minimum(grid, 0), "above": np.maximum(grid, 0)}
        parts["expectation"] = np.full_like(grid, mean_e)
        design = np.column_stack([parts[name] for name in self.place])
        fitted = design @ self.fit.params
        half = self.fit.t * np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, self.fit.cov, design), 0.0))
        return tuple(zip(grid.tolist(), fitted.tolist(), (fitted - half).tolist(), (fitted + half).tolist(), strict=True))


def hinge(y: np.ndarray, g: np.ndarray, e: np.ndarray | None, w: np.ndarray | None = None) -> Hinge | None:
    """Fit y on min(g, 0), max(g, 0) and, if given, the covariate e.

    A side with fewer than two customers is left out, and so is an e that does not vary. None where no unique fit exists. w: case
    weights. Checked on the worked data of methods 4.3 (24 rows, no e): slopes .9987952 and .4303426, ratio 2.320930 (1.4598 to
    4.5305), equal slopes t 4.1083.
    """
    sides = {"below": g < 0, "above": g > 0}
    names, keep, columns = ["intercept"], np.ones(len(y), bool), []
    for side, there in sides.items():
        if there.sum() < 2:
            keep &= ~there
        else:
            names.append(side)
            columns.append(np.where(there, g, 0.0))
    if e is not None and keep.any() and np.ptp(e[keep]) > TOLERANCE:
        names.append("expectation")
        columns.append(e)
    if not columns:
        return None
    fit = regress(y[keep], np.column_stack(columns)[keep], None if w is None else w[keep])
    return None if fit is None else Hinge(fit, {name: k for k, name in enumerate(names)})


def asymmetry(
    outcome: pd.Series,
    gap: pd.Series,
    expectation: pd.Series | None,
    outcome_name: str,
    *,
    weight: pd.Series | None = None,
    bins: int = BINS,
) -> AsymmetryCurve | Withheld:
    """Estimate the slopes of an outcome below and above expectation, at given expectation.

    y = c + s_L min(g, 0) + s_G max(g, 0) + d E; lambda = s_L / s_G with the Fieller interval; equal slopes by t with n - 4 degrees
    of freedom; HC3. Without E as covariate a symmetric truth is called asymmetric in 8 to 48 % of samples, with it in 5 to 6 %
    (methods 4.5). outcome, gap, expectation, weight: one row per customer; the gap counts as 0 within 1e-9. Missing data: listwise.

    lambda is given (status estimated) only with at least 30 customers on each side, both slopes positive and a bounded interval. A
    side with fewer than two customers is left out of the fit, its slope is NaN; where expectations do not vary they are no
    covariate, and their slope is 0. Withheld: no_expectation (perceptions alone were asked), no_outcome.

    Tested on mobi (n = 250): slopes .491515 and .479486, d .579458, lambda 1.02509 (.6764 to 1.5900), equal slopes p .906.
    """
    if expectation is None:
        return Withheld("no_expectation", {"outcome": outcome_name})
    if outcome.isna().all() and len(outcome):
        return Withheld("no_outcome", {"outcome": outcome_name})
    columns = [outcome, gap, expectation] + ([] if weight is None else [weight])
    if len({len(column) for column in columns}) > 1:
        raise ValueError("outcome, gap, expectation and weight must have one row per customer each")
    table = np.column_stack([column.to_numpy(float) for column in columns])
    table = table[np.isfinite(table).all(axis=1)]
    w = None
    if weight is not None:
        table = table[table[:, 3] > 0]
        w = table[:, 3]
    y, g, e = table[:, 0], np.where(np.abs(table[:, 1]) <= TOLERANCE, 0.0, table[:, 1]), table[:, 2]
    return _curve(outcome_name, y, g, e, w, bins)


def _curve(name: str, y: np.ndarray, g: np.ndarray, e: np.ndarray, w: np.ndarray | None, bins: int) -> AsymmetryCurve:
    below, above = int((g < 0).sum()), int((g > 0).sum())
    line = hinge(y, g, e, w) if len(y) >= MIN_RESPONDENTS else None
    slopes = (
        {"slope_below": _NAN, "slope_above": _NAN} if line is None else {"slope_below": line.at("below"), "slope_above": line.at("above")}
    )
    for side in ("below", "above"):
        low, high = (_NAN, _NAN) if line is None else line.interval(side)
        slopes |= {f"slope_{side}_low": low, f"slope_{side}_high": high}
    p_equal, ratio = (_NAN, None) if line is None else (line.p_equal(), line.ratio())
    status, reason = _status(len(y), below, above, slopes, ratio, y)
    given = ratio if status == "estimated" else None
    mean_e = float(np.average(e, weights=w)) if len(e) else _NAN
    return AsymmetryCurve(
        outcome=name,
        n=len(y),
        n_below=below,
        n_at=len(y) - below - above,
        n_above=above,
        **slopes,
        p_equal=p_equal,
        ratio=given[0] if given else _NAN,
        ratio_low=given[1] if given else _NAN,
        ratio_high=given[2] if given else _NAN,
        status=status,
        reason=reason,
        intercept=_NAN if line is None else line.at("intercept"),
        expectation_slope=_NAN if line is None else line.at("expectation"),
        mean_expectation=mean_e,
        r2=_NAN if line is None else line.fit.r2,
        naive=_naive(y, g, w) if len(y) >= MIN_RESPONDENTS else None,
        points=() if line is None else _points(y - line.at("expectation") * (e - mean_e), g, w, bins),
        band=() if line is None else line.band(g, mean_e),
        min_side=MIN_SIDE,
    )


def _status(n: int, below: int, above: int, slopes: dict[str, float], ratio: tuple | None, y: np.ndarray) -> tuple[str, str]:
    if n < MIN_RESPONDENTS:
        return "too_few", "few_respondents"
    if min(below, above) < MIN_SIDE:
        return "too_few", "few_both" if max(below, above) < MIN_SIDE else "few_below" if below < MIN_SIDE else "few_above"
    if math.isnan(slopes["slope_below"]) or math.isnan(slopes["slope_above"]) or np.ptp(y) <= TOLERANCE:
        return "not_estimable", "no_variation"
    for side in ("below", "above"):
        if slopes[f"slope_{side}"] <= 0:
            return "not_estimable", f"slope_{side}_not_positive"
    return ("estimated", "") if ratio else ("not_estimable", "interval_unbounded")


def _naive(y: np.ndarray, g: np.ndarray, w: np.ndarray | None) -> NaiveHinge | None:
    """The hinge on the gap alone: for comparison only (methods 4.5)."""
    line = hinge(y, g, None, w)
    if line is None or not line.both:
        return None
    ratio = line.ratio() or (_NAN, _NAN, _NAN)
    return NaiveHinge(line.at("below"), line.at("above"), line.p_equal(), *ratio)


def _points(adjusted: np.ndarray, g: np.ndarray, w: np.ndarray | None, bins: int) -> tuple[CurvePoint, ...]:
    """Bins of about equal n on each side of 0 and one at 0, none of fewer than five customers.
    The interval is that of the bin's mean (t); it takes the adjustment to the mean expectation as known.
    """
    points: list[CurvePoint] = []
    for there in (g < 0, g == 0, g > 0):
        k = max(1, min(round(bins * there.mean()), int(there.sum()) // (2 * MIN_BIN)))
        if there.sum() >= MIN_BIN:
            for chosen in _quantile_bins(g, there, k):
                points.append(_point(adjusted[chosen], g[chosen], None if w is None else w[chosen]))
    return tuple(points)


def _quantile_bins(g: np.ndarray, there: np.ndarray, k: int) -> list[np.ndarray]:
    """Split the respondents of one side at quantiles of g; equal gaps stay together, small bins join their lower neighbour."""
    inner = np.unique(np.quantile(g[there], np.arange(1, k) / k)) if k > 1 else np.empty(0)
    label = np.where(there, np.searchsorted(inner, g, side="left"), -1)
    found: list[np.ndarray] = []
    for b in range(len(inner) + 1):
        chosen = label == b
        if not chosen.any():
            continue
        if found and (chosen.sum() < MIN_BIN or found[-1].sum() < MIN_BIN):
            found[-1] = found[-1] | chosen
        else:
            found.append(chosen)
    return found


def _point(y: np.ndarray, g: np.ndarray, w: np.ndarray | None) -> CurvePoint:
    n = len(y)
    weight = np.ones(n) if w is None else w
    mean = float(np.average(y, weights=weight))
    share = weight / weight.sum()
    se = math.sqrt(float((share**2 * (y - mean) ** 2).sum()) * n / (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * se
    return CurvePoint(float(np.average(g, weights=weight)), mean, mean - half, mean + half, n)
