"""How many units it would take to say which gap comes first, if the effects are what this study estimates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.model import Withheld
from gaps.stats.importance import SURE

WANTED = 0.80  # chance of naming the first gap
SIZES = (30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000)
STUDIES = 200
RESAMPLES = 200


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
    drawn, again = rng.integers(0, usable.sum() - 1, STUDIES), rng.integers(0, usable.sum() - 1, RESAMPLES)
    best = int(first.argmax())
    errors = [cloud[1:] - cloud[1:].mean(axis=0) for cloud in clouds]
    slack = _slack(errors[0], best)

    def chance(n: int) -> float:
        """How often a study of n units names the gap."""
        scale = np.sqrt(units / n)
        named = _leads(clouds[0][0] + scale * errors[0][drawn], scale * slack, best)
        for cloud, error in zip(clouds, errors, strict=True):
            estimates = cloud[0] + scale * error[drawn]
            size = np.abs(estimates[:, :, None] + scale * error[again].T)
            named &= (size.argmax(axis=1) == best).mean(axis=1) >= SURE
        return float(named.mean())

    sizes = [n for n in SIZES if n >= at_least]
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(sizes[middle]) >= WANTED else (middle + 1, high)
    more = low == len(sizes)
    now = chance(units) if units >= at_least else 0.0
    return Enough(sizes[-1] if more else sizes[low], more, now, seed=seed)


def _slack(error: np.ndarray, best: int) -> np.ndarray:
    """How far below its estimate the 95 % interval of the gap's lead over each gap begins, for either sign of the two: 2 x 2 x gaps."""
    signs = (-1, 1)
    leads = np.array([[a * error[:, [best]] - b * error for b in signs] for a in signs])
    return -np.quantile(leads, 0.025, axis=2)


def _leads(estimates: np.ndarray, slack: np.ndarray, best: int) -> np.ndarray:
    """Whether the gap is first in a study (estimates: studies x gaps) and the interval of its lead over the second excludes 0."""
    size = np.abs(estimates)
    rivals = size.copy()
    rivals[:, best] = -1
    second = rivals.argmax(axis=1)
    study = np.arange(len(size))
    positive = (estimates > 0).astype(int)
    return size[:, best] - size[study, second] > slack[positive[:, best], positive[study, second], second]
