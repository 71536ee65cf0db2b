"""Two-humped answers: where customers fall into two camps, their mean describes neither."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from scipy.special import betainc

from gaps import scoring
from gaps.model import Study, Withheld
from gaps.scoring.distributions import Distributions
from gaps.stats.intervals import margin

DEPTH = 2 / 3  # a valley holds at most so much of either hump
CAMP = 0.15  # each camp holds at least this share of the answers
LEVEL = 0.05
LEAST = 30  # answers: fewer are not judged
SINGLE = 5  # up to so many categories stand one by one, more of them in neighbouring pairs
COLUMNS = ("battery", "dimension", "item", "n", "n_effective", "below_to", "above_from", "share_below", "share_above", "p", "humped")


@dataclass(frozen=True, slots=True)
class Humps:
    """The deepest valley of one distribution: the answers (categories counted from 0, first and last) of the hump below it, of the
    valley, of the hump above it; the shares of all answers that lie below and above the valley; p of the valley rule."""

    lower: tuple[int, int]
    valley: tuple[int, int]
    upper: tuple[int, int]
    below: float
    above: float
    p: float


@dataclass(frozen=True, eq=False)
class ItemDistributions:
    """Answers by item with intervals, and which are two-humped.

    humps: one row per battery and item with answers; columns battery, dimension, item, n, n_effective, below_to, above_from
    (where the lower camp ends and the upper one begins, in scale points; missing where there is no valley), share_below, share_above, p,
    humped. judged: distributions with at least
    `least` answers; level, depth, camp: the rule's settings.
    """

    found: Distributions
    humps: pd.DataFrame
    judged: int
    level: float = LEVEL
    depth: float = DEPTH
    camp: float = CAMP
    least: int = LEAST
    confidence: float = 0.95

    @cached_property
    def two_humped(self) -> Mapping[int, tuple[Mapping[str, object], ...]]:
        """Per item the rows of its two-humped answers, for those that have them."""
        rows = self.humps[self.humps["humped"]].to_dict("records")
        return {int(item): tuple(r for r in rows if r["item"] == item) for item in {r["item"] for r in rows}}

    def humped(self, battery: str, item: int) -> bool:
        """Whether the answers to an item are two-humped."""
        return any(row["battery"] == str(battery) for row in self.two_humped.get(item, ()))


def item_distributions(study: Study, *, confidence: float = 0.95) -> ItemDistributions | Withheld:
    """Count the answers to every item (`gaps.scoring.distributions`), give the means their t intervals, and apply `valley` to each item.

    Two-humped where p < .05, with at least 30 answers. Each item is judged by itself: the rule asks for far more than any valley, so that
    of one-humped populations next to none is called two-humped (docs/simulations-distributions.md). With case weights the counts are shares
    of n_effective. Withheld: no_answers.
    """
    found = scoring.distributions(study)
    if isinstance(found, Withheld):
        return found
    means = found.means
    half = margin(means["se"].to_numpy(float), means["df"].to_numpy(float), confidence)
    middle = means["mean"].to_numpy(float)
    found = replace(found, means=means.assign(low=middle - half, high=middle + half))
    rows = [_row(found, key) for key in means[means["item"].notna() & means["n"].gt(0)].to_dict("records")]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"battery": "str", "dimension": "str", "humped": bool})
    return ItemDistributions(found, frame, int(frame["n"].ge(LEAST).sum()), confidence=confidence)


def _row(found: Distributions, record: dict) -> tuple:
    middles, shares = found.middles, found.shares(record["battery"], int(record["item"]))
    deepest = valley(shares * record["n_effective"])
    key = tuple(record[name] for name in ("battery", "dimension", "item", "n", "n_effective"))
    if deepest is None:
        return *key, np.nan, np.nan, np.nan, np.nan, np.nan, False
    edge = 0.0 if found.width == 1 else found.width / 2
    given = np.flatnonzero(shares)
    last, first = given[given < deepest.valley[0]][-1], given[given > deepest.valley[1]][0]
    places = float(middles[last]) + edge, float(middles[first]) - edge
    return *key, *places, deepest.below, deepest.above, deepest.p, bool(deepest.p < LEVEL and record["n"] >= LEAST)


def valley(counts: np.ndarray, *, depth: float = DEPTH, camp: float = CAMP) -> Humps | None:
    """Find the clearest valley of a distribution over ordered categories, or None where the shape has none.

    Windows of one category (scales of at most five) or of two neighbours: pairs level out the habit of ticking every second point. A
    valley window lies between two others that do not overlap with it; a hump may be the scale's end alone. At least `camp` of all answers
    lie below the valley, and above it. p: of the hypothesis that the valley holds more than `depth` of one of the humps; for each hump
    exactly binomial (of the answers in valley and hump, those in the valley, success probability depth / (1 + depth)), the larger p of
    both counting (intersection-union test, Berger 1982), the smallest over all valleys. counts: answers per category, fractions allowed
    (weighted shares of the effective number).

    Why not a coefficient: Sarle's bimodality coefficient calls one-humped answers at the end of a scale bimodal (Pfister et al. 2013),
    van der Eijk's (2001) agreement A asks whether answers are nearer to two camps than to an even spread, and misses unequal camps.

    Checked: 20, 2, 20 on three points gives p = (22 choose 0, 1, 2 at .4) = .00157.
    """
    counts = np.asarray(counts, float)
    total = counts.sum()
    if total <= 0:
        return None
    windows = _windows(len(counts))
    low, least, high = (counts[first] + np.where(last > first, counts[last], 0.0) for first, last in windows)
    until = np.concatenate([[0.0], np.cumsum(counts)])
    below, above = until[windows[1][0]] / total, (until[-1] - until[windows[1][1] + 1]) / total
    deep = np.flatnonzero((np.minimum(below, above) >= camp) & (least < np.minimum(low, high)))
    if not len(deep):
        return None
    chance = depth / (1 + depth)
    p = np.maximum(*(_at_most(least[deep], least[deep] + hump[deep], chance) for hump in (low, high)))
    best = deep[np.argmin(p)]
    lower, middle, upper = ((int(first[best]), int(last[best])) for first, last in windows)
    return Humps(lower, middle, upper, float(below[best]), float(above[best]), float(p.min()))


@lru_cache
def _windows(k: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """All triples of windows one after the other: for the lower, the middle and the upper one the first and last category of each."""
    width = 1 if k <= SINGLE else 2
    inside = [(first, first + width - 1) for first in range(k - width + 1)]
    ends = [] if width == 1 else [(0, 0), (k - 1, k - 1)]
    triples = [t for t in itertools.product([*inside, *ends], inside, [*inside, *ends]) if t[0][1] < t[1][0] and t[1][1] < t[2][0]]
    return tuple((places[:, 0], places[:, 1]) for places in np.array(triples, int).reshape(-1, 3, 2).swapaxes(0, 1))


def _at_most(x: np.ndarray, n: np.ndarray, chance: float) -> np.ndarray:
    """P(X <= x) of binomials, x < n, by the incomplete beta function, so that x and n may be fractions."""
    return betainc(n - x, x + 1, 1 - chance)
