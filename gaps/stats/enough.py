"""How many units it would take to say which gap comes first, if the effects are what this study estimates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.model import Withheld
from gaps.stats.importance import SURE

WANTED = 0.80  # chance of naming the first gap
SIZES = (30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000)
STUDIES = 300
RESAMPLES = 300


@dataclass(frozen=True, slots=True)
class Enough:
    """units: the fewest with which a study like this one names its first gap with a chance of 80 %; NaN-free: `units` is the upper limit
    of the search where `more_than` is set. chance_now: that chance with as many units as there are. studies: simulated ones per size.
    """

    units: int
    more_than: bool
    chance_now: float
    wanted: float = WANTED
    limit: int = SIZES[-1]
    studies: int = STUDIES
    seed: int = 1


def units_to_be_sure(
    first: np.ndarray, totals: np.ndarray, corrected: np.ndarray, units: int, *, at_least: int, seed: int
) -> Enough | Withheld:
    """Simulate studies of other sizes from this one's effects and see how often the rule would name the gap that is first here.

    first: size of the estimated effects; totals, corrected: 1 + resamples x gaps, the study's own estimates first, as observed and without
    measurement error. A study with n units estimates these effects with errors as the resamples show them, times sqrt(units / n); its own
    bootstrap looks the same around its estimates. Named is what `importance.verdict` names and what is first in 80 % of the resamples
    without measurement error. Takes the estimated effects for true and the number of managers and employees per unit as it is.
    Withheld: one_predictor, error_unknown.
    """
    k = totals.shape[1]
    if k < 2:
        return Withheld("one_predictor")
    usable = np.isfinite(totals).all(axis=1) & np.isfinite(corrected).all(axis=1)
    if not usable[0] or usable.sum() < 3:
        return Withheld("error_unknown")
    clouds = (totals[usable], corrected[usable])
    rng = np.random.default_rng([seed, units])
    picks = rng.integers(1, len(clouds[0]), (2, max(STUDIES, RESAMPLES)))
    best = int(first.argmax())

    def chance(n: int) -> float:
        scale = np.sqrt(units / n)
        named = np.ones(STUDIES, bool)
        for which, cloud in enumerate(clouds):
            error = (cloud[1:] - cloud[1:].mean(axis=0)) * scale
            estimates = cloud[0] + error[picks[0, :STUDIES] - 1]
            size = np.abs(estimates[:, None] + error[picks[1, :RESAMPLES] - 1])
            others = np.delete(size, best, axis=2)
            ahead = size[:, :, best][..., None] - others
            named &= (ahead > 0).all(axis=2).mean(axis=1) >= SURE
            if which == 0:
                named &= np.abs(estimates).argmax(axis=1) == best
                second = np.delete(np.abs(estimates), best, axis=1).argmax(axis=1)
                lead = np.take_along_axis(ahead, second[:, None, None], axis=2)[..., 0]
                named &= (lead <= 0).mean(axis=1) < 0.025
        return float(named.mean())

    sizes = [n for n in SIZES if n >= at_least]
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(sizes[middle]) >= WANTED else (middle + 1, high)
    more = low == len(sizes)
    now = chance(units) if units >= at_least else 0.0
    return Enough(sizes[-1] if more else sizes[low], more, now, seed=seed)
