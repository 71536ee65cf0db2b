"""Result values of the chain of gaps: effects, paths, the carrier, and the one table; frozen, one field per number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gaps.model import Withheld
from gaps.stats.results import Verdict

if TYPE_CHECKING:
    from gaps.stats.enough import Enough

_NAN = math.nan
ONE_AT_A_TIME, JOINT = "one_at_a_time", "joint"
CLEAR, OPEN, SHARED_ERROR, SHARED_RATING = "clear", "open", "shared_error", "shared_rating"
TABLE = (
    "gap", "role", "effect", "effect_low", "effect_high", "direct", "indirect", "slope", "p_first",
    "corrected", "corrected_low", "corrected_high", "reliability",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its percentile interval from the bootstrap by units (95 %; paths 99 %); NaN where not given."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN

    @property
    def sign(self) -> int:
        """1 or -1 where the interval excludes 0, else 0."""
        return int(self.low > 0) - int(self.high < 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one standard deviation of a gap (between units) goes with in the outcome, in the outcome's standard deviations.

    total: along the chain, whatever the route: the coefficient in the regression of the outcome on this gap and those before it. direct:
    holding the later gaps as well; indirect: total - direct, the sum of the products of paths through later gaps. `slope`: the total in
    points of the outcome per scale point of the gap. corrected: the total without the measurement error of unit means (`reliability`: the
    share of the gap's differences between units that is no chance of who answered). p_first, corrected_p_first: share of resamples in
    which this gap's total is the largest in size. r: plain correlation with the outcome. One at a time (10 to 29 units), total is the
    regression on this gap alone, and there is no p_first, direct or indirect. split_withheld: why direct and indirect are not told apart.
    """

    name: str
    total: Interval
    slope: Interval
    direct: Interval
    indirect: Interval
    corrected: Interval
    reliability: float
    r: float
    p_first: float = _NAN
    corrected_p_first: float = _NAN
    split_withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """The direct path from a gap to a later one, standardised, and whether it is more than what the two gaps have in common.

    path: as estimated, holding the gaps between and before, with a 99 % interval since up to six paths are looked at; corrected: without
    the measurement error (95 %); shared: the battery that couples the two gaps (M, S, V; empty where none); held: the path at a given
    level of that battery (corrected), looked at only where the path has the sign that such a battery gives it. r: correlation of the two
    gaps; r_error: what the error variance of shared answers puts into it; share: r_error / r where the signs agree, else 0.
    status: clear (path and corrected path differ from 0 with the same sign, and the shared battery does not account for it); open (cannot
    be told from no path); shared_error (measurement error alone may explain it); shared_rating (seen only because the battery stands in
    both gaps, as where standards are the same whatever managers believe). `withheld` is set for the last two: the path is not to be drawn.
    """

    cause: str
    effect: str
    path: Interval
    corrected: Interval
    held: Interval
    shared: str
    r: float
    r_error: float
    share: float
    status: str
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """Gap 5 beside the others: it lies between them and overall quality, so it is not ranked with them.

    direct: one standard deviation of gap 5, holding gaps 1 to 4, in standard deviations of the outcome (alone with 10 to 29 units);
    slope: the same in points. r: plain correlation. carried: the part of what gaps 1 to 4 explain of the outcome that gap 5 explains
    too, (R²(1..4) + R²(5) - R²(1..5)) / R²(1..4). Gap 5 and the outcome were answered by the same customers: that alone makes them agree.
    """

    direct: Interval
    slope: Interval
    r: float
    carried: Interval


@dataclass(frozen=True, slots=True)
class AllFive:
    """All measured gaps in one regression: for experts. Gap 5 carries the others, so their coefficients are what does not pass through it.

    terms: name -> standardised coefficient; vif: name -> variance inflation; r2.
    """

    terms: Mapping[str, Interval]
    vif: Mapping[str, float]
    r2: float


@dataclass(frozen=True, eq=False)
class Chain:
    """The chain of gaps towards one outcome.

    level: "unit" (rows are units, the outcome was asked for itself) or "panel" (rows are units x dimensions with dimension fixed effects;
    the outcome is P). stage: "joint" (30 units or more), "one_at_a_time" (10 to 29: each gap, each neighbouring pair alone, no ranking) or
    "" where withheld. units: those that could be used; n_left_out: the others; rows: units x dimensions used. effects: gaps 1 to 4 as
    measured, in causal order; carrier: gap 5. verdict: the rule of `importance.verdict` on the size of the total effects, and on top of it
    the first must also come first in 80 % of the resamples without measurement error; reasons beside those: not_beyond_error,
    error_unknown, one_at_a_time. enough: units it would take (not_asked until `chain.planned`). ranks: Spearman correlations with the
    outcome, the description that is left below 10 units. draws: the totals and their resamples (1 + resamples x gaps), as observed and
    without measurement error.
    """

    outcome: str
    level: str
    stage: str
    units: int
    rows: int
    n_left_out: int
    effects: tuple[Effect, ...]
    paths: tuple[Path, ...]
    verdict: Verdict
    carrier: Carrier | Withheld
    all_five: AllFive | Withheld
    enough: Enough | Withheld
    r2: float
    ranks: Mapping[str, float] = field(default_factory=dict)
    staff: Mapping[str, float] = field(default_factory=dict)  # role -> median respondents per unit
    withheld: Withheld | None = None
    resamples: int = 0
    seed: int = 1
    draws: tuple[np.ndarray, ...] = ()

    def effect(self, name: str) -> Effect:
        """One gap's effect by its name."""
        return next(e for e in self.effects if e.name == name)


@dataclass(frozen=True, eq=False)
class FiveGaps:
    """Which of the five gaps goes most with overall quality.

    headline: the chain towards the outcome that was asked for itself, unit by unit; towards P in the panel only where none was asked.
    panel: the chain towards P by unit and dimension: more rows, the same units.
    """

    headline: Chain
    panel: Chain

    @property
    def table(self) -> pd.DataFrame:
        """One row per measured gap: gaps 1 to 4 by the size of their total effect, then gap 5 as their carrier, not ranked."""
        chain = self.headline
        ranked = sorted(chain.effects, key=lambda e: -abs(e.total.value))
        rows = [
            {
                "gap": int(e.name[3:]), "role": "chain", "effect": e.total.value, "effect_low": e.total.low, "effect_high": e.total.high,
                "direct": e.direct.value, "indirect": e.indirect.value, "slope": e.slope.value, "p_first": e.p_first,
                "corrected": e.corrected.value, "corrected_low": e.corrected.low, "corrected_high": e.corrected.high,
                "reliability": e.reliability,
            }
            for e in ranked
        ]  # fmt: skip
        if isinstance(chain.carrier, Carrier):
            c = chain.carrier
            effect = {"effect": c.direct.value, "effect_low": c.direct.low, "effect_high": c.direct.high}
            rows.append({"gap": 5, "role": "carrier", **effect, "direct": c.direct.value, "slope": c.slope.value})
        return pd.DataFrame(rows, columns=list(TABLE))
