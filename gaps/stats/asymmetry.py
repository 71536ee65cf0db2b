"""Loss aversion: does falling short of expectations weigh more than exceeding them? The hinge with expectation as covariate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from gaps.model import UNIT, WEIGHT, Study, Withheld
from gaps.scoring.gap_profile import GapProfile, gap_profile
from gaps.scoring.scores import CustomerScores, customer_scores
from gaps.stats import sandwich
from gaps.stats.multiplicity import holm
from gaps.stats.results import AsymmetryCurve, Caution, CurvePoint, NaiveHinge

TOLERANCE = 1e-9  # a mean of means that should be 0 comes out as 1e-17
MIN_SIDE = 30
MIN_RESPONDENTS = 10
MIN_BIN = 5
BINS = 12
GRID = 41
ALPHA = 0.05
MANY_AT_TOP = 0.40  # share of highest outcomes from which a symmetric truth begins to look asymmetric

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

    fit: sandwich.Fit
    place: dict[str, int]

    def contrast(self, **weights: float) -> np.ndarray:
        """Weights of named coefficients, 0 for all others (the units' own levels too)."""
        c = np.zeros(len(self.fit.params))
        for name, weight in weights.items():
            c[self.place[name]] = weight
        return c

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
        return self.fit.test(self.contrast(below=1.0, above=-1.0))[3]

    def ratio(self) -> tuple[float, float, float] | None:
        """s_L / s_G with its Fieller limits; None where the ratio means nothing or could be any size.

        Clustered, each contrast has degrees of freedom of its own: t is the larger of those for s_L - ratio s_G and for s_G.
        """
        s_l, s_g = self.at("below"), self.at("above")
        if not self.both or s_l <= 0 or s_g <= 0:
            return None
        below, above, cov = self.place["below"], self.place["above"], self.fit.cov
        t = max(self.fit.quantile(self.contrast(below=1.0, above=-s_l / s_g)), self.fit.quantile(self.contrast(above=1.0)))
        limits = fieller(s_l, s_g, cov[below, below], cov[above, above], cov[below, above], float(t))
        return None if limits is None else (float(s_l / s_g), float(limits[0]), float(limits[1]))

    def band(self, g: np.ndarray, mean_e: float) -> tuple[tuple[float, float, float, float], ...]:
        """The line at the average expectation over the gaps seen on the sides that were fitted, with its pointwise 95 % band."""
        low, high = (g.min() if "below" in self.place else 0.0), (g.max() if "above" in self.place else 0.0)
        grid = np.unique(np.append(np.linspace(low, high, GRID), [0.0] if low <= 0 <= high else []))
        parts = {"intercept": np.ones_like(grid), "below": np.minimum(grid, 0), "above": np.maximum(grid, 0)}
        parts["expectation"] = np.full_like(grid, mean_e)
        design = np.zeros((len(grid), len(self.fit.params)))  # units' levels are centred: 0 is the mix of units that answered
        design[:, list(self.place.values())] = np.column_stack([parts[name] for name in self.place])
        fitted = design @ self.fit.params
        half = self.fit.quantile(design) * np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, self.fit.cov, design), 0.0))
        return tuple(zip(grid.tolist(), fitted.tolist(), (fitted - half).tolist(), (fitted + half).tolist(), strict=True))


def hinge(y: np.ndarray, g: np.ndarray, e: np.ndarray | None, w: np.ndarray | None = None, unit: np.ndarray | None = None) -> Hinge | None:
    """Fit y on min(g, 0), max(g, 0) and, if given, the covariate e.

    A side with fewer than two customers is left out, and so is an e that does not vary. None where no unique fit exists. w: case
    weights; unit: codes of units, negative without one (`sandwich.method_for` says what they change). Checked on the worked data of
    methods 4.3 (24 rows, no e): slopes .9987952 and .4303426, ratio 2.320930 (1.4598 to 4.5305), equal slopes t 4.1083; with six units
    against R's clubSandwich (tests/oracles/sandwich.toml).
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
    w, unit = (None if given is None else given[keep] for given in (w, unit))
    fit = sandwich.least_squares(y[keep], np.column_stack(columns)[keep], w, unit)
    return None if fit is None else Hinge(fit, {name: k for k, name in enumerate(names)})


def asymmetry(
    outcome: pd.Series,
    gap: pd.Series,
    expectation: pd.Series | None,
    outcome_name: str,
    *,
    weight: pd.Series | None = None,
    unit: pd.Series | None = None,
    bins: int = BINS,
    naive: bool = True,
) -> AsymmetryCurve | Withheld:
    """Estimate the slopes of an outcome below and above expectation, at given expectation.

    y = c + s_L min(g, 0) + s_G max(g, 0) + d E; lambda = s_L / s_G with the Fieller interval; equal slopes by t. Standard errors:
    HC3 with n - 4 degrees of freedom; with `unit` (a categorical column) by the rule of `sandwich.method_for`, named in the result.
    Without E as covariate a symmetric truth is called asymmetric in 8 to 48 % of samples, with it in 5 to 6 % (methods 4.5); naive:
    whether to fit that too, for comparison. outcome, gap, expectation, weight: one row per customer; the gap counts as 0 within 1e-9.
    Missing data: listwise.

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
    if unit is not None and len(unit) != len(outcome):
        raise ValueError("outcome and unit must have one row per customer each")
    if len({len(column) for column in columns}) > 1:
        raise ValueError("outcome, gap, expectation and weight must have one row per customer each")
    table = np.column_stack([column.to_numpy(float) for column in columns])
    known = np.isfinite(table).all(axis=1)
    if weight is not None:
        known &= table[:, -1] > 0
    table = table[known]
    w = None if weight is None else table[:, -1]
    codes = None if unit is None else unit.cat.codes.to_numpy()[known].astype(int)
    y, g, e = table[:, 0], np.where(np.abs(table[:, 1]) <= TOLERANCE, 0.0, table[:, 1]), table[:, 2]
    return _curve(outcome_name, y, g, e, w, codes, bins, naive)


def _curve(
    name: str,
    y: np.ndarray,
    g: np.ndarray,
    e: np.ndarray,
    w: np.ndarray | None,
    unit: np.ndarray | None,
    bins: int,
    naive: bool,
) -> AsymmetryCurve:
    below, above = int((g < 0).sum()), int((g > 0).sum())
    line = hinge(y, g, e, w, unit) if len(y) >= MIN_RESPONDENTS else None
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
        naive=_naive(y, g, w, unit) if naive and len(y) >= MIN_RESPONDENTS else None,
        points=() if line is None else _points(y - line.at("expectation") * (e - mean_e), g, w, bins),
        band=() if line is None else line.band(g, mean_e),
        min_side=MIN_SIDE,
        method=sandwich.method_for(unit) if line is None else line.fit.method,
        units=0 if line is None else line.fit.units,
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


def _naive(y: np.ndarray, g: np.ndarray, w: np.ndarray | None, unit: np.ndarray | None) -> NaiveHinge | None:
    """The hinge on the gap alone: for comparison only (methods 4.5)."""
    line = hinge(y, g, None, w, unit)
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
            side = np.flatnonzero(there)
            for chosen in (side[inside] for inside in _quantile_bins(g[side], k)):
                points.append(_point(adjusted[chosen], g[chosen], None if w is None else w[chosen]))
    return tuple(points)


def _quantile_bins(g: np.ndarray, k: int) -> list[np.ndarray]:
    """Places of the respondents of one side, split at quantiles of g; equal gaps stay together, small bins join their lower neighbour."""
    inner = np.unique(np.quantile(g, np.arange(1, k) / k)) if k > 1 else np.empty(0)
    label = np.searchsorted(inner, g, side="left").astype(np.int16)
    found: list[np.ndarray] = []
    for chosen in np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1]):
        if found and len(chosen) and min(len(chosen), len(found[-1])) < MIN_BIN:
            found[-1] = np.concatenate([found[-1], chosen])
        elif len(chosen):
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


@dataclass(frozen=True, eq=False)
class DimensionAsymmetry:
    """The hinge of one dimension, taken alone: its own gap and expectation.

    p_holm: p of equal slopes after Holm over the dimensions that could be tested (30 customers on each side). verdict: "loss" (falling
    short weighs more, p_holm < .05), "gain" (exceeding weighs more), "none" (no evidence of a difference), else why there is none:
    "too_few", "not_estimable" or "withheld". The verdict rests on the test alone; the ratio has further needs (`curve.status`).
    """

    dimension: str
    curve: AsymmetryCurve | Withheld
    p_holm: float
    verdict: str


@dataclass(frozen=True, eq=False)
class StudyAsymmetry:
    """Whether falling short weighs more than exceeding: over all (one test, its own 5 %) and dimension by dimension (Holm).

    tested: dimensions in the Holm family; profile: where gains exist at all; top_share: share of customers who give the outcome its
    highest answer, NaN for fewer than 10; cautions: outcome_at_top, few_units, dimensions_alone. Sides, intervals and methods stand in
    the curves.
    """

    outcome: str
    total: AsymmetryCurve | Withheld
    verdict: str
    dimensions: tuple[DimensionAsymmetry, ...]
    tested: int
    profile: GapProfile | Withheld
    top_share: float
    cautions: tuple[Caution, ...]


def study_asymmetry(
    study: Study,
    outcome: str,
    *,
    scores: CustomerScores | None = None,
    profile: GapProfile | Withheld | None = None,
    by_unit: bool = True,
) -> StudyAsymmetry:
    """Estimate the hinge of 4.3 for the total and for each dimension, with all that explains where it cannot be.

    scores, profile: `customer_scores(study)` and `gap_profile(study)` if already at hand; by_unit: whether customers of one unit are
    taken as alike (`sandwich.method_for`). Weights are used where given. Missing data: each curve on the customers who have its gap,
    its expectation and the outcome. Dimensions correlate, so that one taken alone also shows some of what belongs to the others: with one
    of five truly asymmetric the others are called so in 1 to 4 % of samples of 1,000 after Holm, in up to 13 % before
    (docs/simulations-asymmetry.md). ValueError for an outcome that was not asked.
    """
    y, frame = study.outcome(outcome), study.customers
    scores = scores or customer_scores(study)
    profile = profile or gap_profile(study)
    options = {"weight": frame.get(WEIGHT), "unit": frame.get(UNIT) if by_unit else None}
    if scores.gap is None:
        total = Withheld("no_expectation", {"outcome": outcome})
        return StudyAsymmetry(outcome, total, "withheld", (), 0, profile, _NAN, ())
    total = asymmetry(y, scores.gap_total, scores.expectation_total, outcome, **options)
    curves = {d: asymmetry(y, scores.gap[d], scores.expectation[d], outcome, naive=False, **options) for d in scores.gap.columns}
    adjusted = holm(np.array([curve.p_equal if is_tested(curve) else _NAN for curve in curves.values()]))
    dimensions = tuple(
        DimensionAsymmetry(d, c, float(p), _verdict(c, float(p))) for (d, c), p in zip(curves.items(), adjusted, strict=True)
    )
    answered = y.dropna().to_numpy(float)
    top = float((answered >= study.outcomes[outcome].max - TOLERANCE).mean()) if len(answered) >= MIN_RESPONDENTS else _NAN
    return StudyAsymmetry(
        outcome=outcome,
        total=total,
        verdict=_verdict(total, total.p_equal if is_tested(total) else _NAN),
        dimensions=dimensions,
        tested=int(np.isfinite(adjusted).sum()),
        profile=profile,
        top_share=top,
        cautions=tuple(_cautions(total, dimensions, top)),
    )


def is_tested(curve: AsymmetryCurve | Withheld) -> bool:
    """Whether there is a curve whose equal slopes can be tested."""
    return isinstance(curve, AsymmetryCurve) and curve.tested


def _verdict(curve: AsymmetryCurve | Withheld, p: float) -> str:
    if isinstance(curve, Withheld):
        return "withheld"
    if not math.isfinite(p):
        return curve.status if curve.status != "estimated" else "not_estimable"
    if p >= ALPHA:
        return "none"
    return "loss" if curve.slope_below > curve.slope_above else "gain"


def _cautions(total: AsymmetryCurve | Withheld, dimensions: tuple[DimensionAsymmetry, ...], top: float):
    if top >= MANY_AT_TOP:
        yield Caution("outcome_at_top", {"share": top})
    if isinstance(total, AsymmetryCurve) and total.method == sandwich.WITHIN:
        yield Caution("few_units", {"units": total.units, "needed": sandwich.UNITS_CLUSTERED})
    if any(d.verdict in ("loss", "gain") for d in dimensions):
        yield Caution("dimensions_alone")
