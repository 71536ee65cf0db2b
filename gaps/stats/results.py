"""Result values of the inference: frozen, one field per number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from gaps.model import Withheld

NAMING_NEEDED = 100  # complete customers: with fewer no driver is named, and shares only describe these customers (methods 3.4)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Alpha per dimension and battery; columns dimension, battery, items, n, alpha, low, high (Feldt), withheld."""

    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Term:
    """One predictor of a driver regression.

    `b` in points of the outcome per point of the predictor; `se`, `low`, `high`, `p` by the fit's `inference` (HC3 with t, or one that
    allows for units); `beta` standardised; `r` the plain correlation with the outcome; `share` the LMG (Shapley) share of R² as a
    fraction of R², `share_low`/`share_high` percentile bootstrap; `p_first` the share of resamples in which this predictor has the
    largest share. NaN where not given.
    """

    name: str
    b: float
    se: float
    low: float
    high: float
    beta: float
    p: float
    vif: float
    r: float
    share: float
    share_low: float
    share_high: float
    p_first: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which driver, by the rule of formats.md: named only if p_first >= 0.80 and the 95 % interval of its lead over the second excludes 0.

    `leading` names the group that cannot be told apart (one name when `driver` is set), strongest first. `reason` is one of:
    named, probability_below_80,
    lead_includes_zero, withheld reasons of the fit. `lead_low`, `lead_high`: interval of the first's share minus the second's.
    `ranks`: by name the probabilities of places 1, 2, …; where not `ranked` neither they nor `p_first` are to be shown.
    """

    driver: str | None
    leading: tuple[str, ...]
    reason: str
    p_first: float = float("nan")
    second: str | None = None
    lead_low: float = float("nan")
    lead_high: float = float("nan")
    ranks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def ranked(self) -> bool:
        """Whether customers are enough, and predictors more than one, for probabilities of places to mean anything."""
        return self.reason not in ("few_respondents", "one_predictor")


@dataclass(frozen=True, slots=True)
class DriverFit:
    """One regression of an outcome on dimensions or gaps.

    question: "dimension" or "gap"; predictors: "P-E", "P", "P,E" or "gap1..gap4"; level: "respondent" or "unit".
    Term names are dimension ids for P-E and P; "P:<dimension>" and "E:<dimension>" for P,E; "gap1".."gap4" for gaps.
    In the P,E model the verdict is about dimensions (P and E of a dimension enter as one block); `blocks` then gives each dimension's
    {share, share_low, share_high, p_first}. `one_at_a_time`: too few units for a joint model, each term is its own simple
    regression (no shares, no verdict).
    `constraint`: for P,E the test of bP + bE = 0 on the totals: {b_p, b_e, sum, se, t, p}; `expectation`: what E
    adds to P there, {b, low, high, p} of its coefficient with {r2_without, r2}.
    `inference`: "hc3" (respondents, or units as rows, are the cases) or "cr2" (cluster-robust with Satterthwaite's degrees of freedom,
    from 6 units on); `units`: how many named units the respondents come from;
    `resampled_by`: what the bootstrap of shares, ranks and verdict draws, "respondent" or "unit".
    """

    question: str
    outcome: str
    predictors: str
    level: str
    n: int
    r2: float
    adj_r2: float
    terms: tuple[Term, ...]
    verdict: Verdict
    withheld: Withheld | None = None
    resamples: int = 0
    seed: int = 1
    blocks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    one_at_a_time: bool = False
    constraint: Mapping[str, float] = field(default_factory=dict)
    n_left_out: int = 0  # respondents (or units) selected but not usable: an answer or the outcome is missing
    inference: str = "hc3"
    units: int = 0
    expectation: Mapping[str, float] = field(default_factory=dict)
    resampled_by: str = "respondent"


@dataclass(frozen=True, slots=True)
class NaiveHinge:
    """The gap-alone hinge: mostly an artefact (methods 0 and 4), for experts only, never a result."""

    slope_below: float
    slope_above: float
    p_equal: float
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One bin of the observed curve: mean gap, mean outcome adjusted to the mean expectation, its 95 % interval and n."""

    gap: float
    outcome: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope on one side of expectation: points of the outcome per point of perception, its 95 % interval, and the n customers there."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class AsymmetryCurve:
    """The hinge of methods 4.3: outcome = c + slope_below*min(g,0) + slope_above*max(g,0) + d*E; robust errors by `method`, with t.

    status: "estimated" (ratio given), "not_estimable" (a slope not positive, or Fieller unbounded; `reason` says which:
    slope_below_not_positive,
    slope_above_not_positive, interval_unbounded, no_variation) or "too_few" (fewer than 30 on a side: reason few_above /
    few_below / few_both; or n < 10: few_respondents).
    `ratio` is lambda (JSON name `lambda`). Slopes are NaN only where the fit is impossible.
    intercept, expectation_slope, mean_expectation place the fitted line at the average expectation. `band` is the 95 % band of
    that line: (gap, fitted, low, high).
    """

    outcome: str
    n: int
    n_below: int
    n_at: int
    n_above: int
    slope_below: float
    slope_below_low: float
    slope_below_high: float
    slope_above: float
    slope_above_low: float
    slope_above_high: float
    p_equal: float
    ratio: float
    ratio_low: float
    ratio_high: float
    status: str
    reason: str
    intercept: float
    expectation_slope: float
    mean_expectation: float
    r2: float
    naive: NaiveHinge | None
    points: tuple[CurvePoint, ...] = ()
    band: tuple[tuple[float, float, float, float], ...] = ()
    control: str = "E"
    min_side: int = 30
    method: str = "HC3"  # how standard errors were computed: gaps.stats.sandwich.method_for
    units: int = 0  # units that the method rests on

    def side(self, name: str) -> Slope | Withheld:
        """The slope "below" or "above" expectation as it may be shown.

        Withheld: few_below, few_above (fewer customers there than `min_side`), no_slope (the fit has none). The fields keep what was
        fitted, for the result file and for checking against published values.
        """
        value, low, high = (getattr(self, f"slope_{name}{end}") for end in ("", "_low", "_high"))
        n = getattr(self, f"n_{name}")
        if n < self.min_side:
            return Withheld(f"few_{name}", {"n": n, "needed": self.min_side})
        return Slope(value, low, high, n) if math.isfinite(value) else Withheld("no_slope", {"n": n})

    @property
    def tested(self) -> bool:
        """Whether equal slopes can be tested: customers enough on both sides, and both slopes fitted."""
        return min(self.n_below, self.n_above) >= self.min_side and math.isfinite(self.p_equal)

    def slopes(self) -> dict[str, float | None]:
        """`slope_below` and `slope_above` as they may be shown, None where withheld."""
        return {f"slope_{name}": s.value if isinstance(s := self.side(name), Slope) else None for name in ("below", "above")}


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before relying on a result: a code of the piece's catalogue and the numbers its sentence needs."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
