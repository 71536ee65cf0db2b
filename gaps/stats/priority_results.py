"""Result values of importance against performance: levels, quadrants, rank lists; frozen, one field per number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gaps.model import Scale

STATED, DERIVED = "stated", "derived"
DATA, SCALE = "data", "scale"
CONCENTRATE, KEEP_UP, LOW_PRIORITY, OVERKILL = "concentrate", "keep_up", "low_priority", "overkill"
GAP, ROOM = "gap", "room"
QUADRANTS = (CONCENTRATE, KEEP_UP, LOW_PRIORITY, OVERKILL)
CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Level:
    """A number with its 95 % interval: percentiles of the resamples, for a gap that of the gap table."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quadrant:
    """Where a point lies: "concentrate" (important, performing below the cross-hair), "keep_up", "low_priority" or "overkill".

    `chance`: the share of resamples in which it lies there; certain from 95 % on.
    """

    name: str
    chance: float

    @property
    def certain(self) -> bool:
        """Whether the point keeps to its quadrant in at least 95 % of the resamples."""
        return self.chance >= CERTAIN


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A dimension on the importance-performance map.

    performance: mean perception in scale points; gap: mean P - E with its t interval over customers, the gap table's (None if E was not
    asked); stated: mean share of the importance points
    (None if not asked); derived: LMG share of R²; r: correlation of its perception with the outcome, since a share has no sign.
    quadrants: (importance, centre) -> quadrant, importance "stated" or "derived", centre "data" or "scale".
    """

    dimension: str
    performance: Level
    gap: Level | None
    stated: Level | None
    derived: Level
    r: float
    quadrants: Mapping[tuple[str, str], Quadrant]


@dataclass(frozen=True, slots=True)
class RankList:
    """Dimensions in order of importance x what is missing, the most urgent first.

    importance: "stated" or "derived"; shortfall: "gap" (E - P, the SERVQUAL priority; negative where service exceeds expectation) or
    "room" (scale maximum - P: Hom's potential gain in customer value, PGCV). values in scale points; p_first: the share of resamples
    in which it is first.
    """

    importance: str
    shortfall: str
    dimensions: tuple[str, ...]
    values: tuple[float, ...]
    p_first: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Priorities:
    """Importance-performance map and rank lists of one outcome.

    crosshairs: centre -> (performance, importance): "data" the means over the dimensions, "scale" the middle of the scale and an equal
    share. Shares sum to 1, so that their mean is the equal share: the two centres differ in performance only. n customers behind
    the derived importance, n_performance, n_stated behind the others; few: whether n is so small that derived importance describes these
    customers only, as for the drivers; resampled_by "respondent" or "unit".
    """

    outcome: str
    predictors: str
    n: int
    n_performance: int
    n_stated: int
    points: tuple[MapPoint, ...]
    crosshairs: Mapping[str, tuple[float, float]]
    lists: tuple[RankList, ...]
    resampled_by: str
    resamples: int
    seed: int
    scale: Scale
    agreement: Mapping[str, float] = field(default_factory=dict)
    few: bool = False

    def certain(self, point: MapPoint, importance: str, centre: str) -> bool:
        """Whether the point's quadrant may be claimed: it keeps to it, and there are customers enough to speak of it."""
        return point.quadrants[importance, centre].certain and not (self.few and importance == DERIVED)

    def list(self, importance: str, shortfall: str) -> RankList | None:
        """One of the rank lists; None where its ingredients were not asked."""
        return next((x for x in self.lists if (x.importance, x.shortfall) == (importance, shortfall)), None)
