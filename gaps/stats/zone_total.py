"""Where service as a whole stands in the zone of tolerance, as surely as the answers tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps.model import WEIGHT, Role, Study, Withheld
from gaps.scoring.scores import levels
from gaps.scoring.sums import collect, whole
from gaps.scoring.tables import Estimate
from gaps.scoring.zone import BATTERIES, TOLERANCE
from gaps.stats.intervals import mean_estimate

BELOW, AT_ADEQUATE, INSIDE, AT_DESIRED, ABOVE = "below", "at_adequate", "inside", "at_desired", "above"


@dataclass(frozen=True, slots=True)
class ZoneTotal:
    """Means over all dimensions in scale points; adequacy = P - A, superiority = P - D, each with its paired t interval.

    place: "inside" where both intervals leave 0 out on the zone's side, "below" adequate, "above" desired; "at_adequate" or "at_desired"
    where the interval includes that border.
    """

    adequate: float
    desired: float
    perceived: float
    adequacy: Estimate
    superiority: Estimate
    n: int
    inconsistent: int

    @property
    def place(self) -> str:
        """Where service stands, by the intervals; where all answered alike, by the mean."""
        above_adequate, above_desired = ((e.mean, e.mean) if e.alike else (e.low, e.high) for e in (self.adequacy, self.superiority))
        if above_adequate[1] < -TOLERANCE:
            return BELOW
        if above_desired[0] > TOLERANCE:
            return ABOVE
        if not above_adequate[0] > TOLERANCE:
            return AT_ADEQUATE
        return INSIDE if above_desired[1] < -TOLERANCE else AT_DESIRED


def zone_total(study: Study) -> ZoneTotal | Withheld:
    """Place perception in total between the adequate and the desired level (three-column studies).

    Each customer's total is the mean of the dimensions over the items with all three answers, at least half of each; those who desire less
    than they call adequate are counted and left out, as in `scoring.zone`. Case weights weight the means. Withheld: not_measured,
    no_answers. Zeithaml, Berry & Parasuraman (1993).
    """
    if any(battery not in study.answers for battery in BATTERIES):
        return Withheld("not_measured")
    *_, total = levels(study, *BATTERIES)
    adequate, desired, perceived = total.scores
    inconsistent = desired < adequate - TOLERANCE
    a, d, p = (np.where(inconsistent, np.nan, score) for score in (adequate, desired, perceived))
    weight = study.customers[WEIGHT].to_numpy(float) if WEIGHT in study.customers else None
    sums = collect([(0.0, v) for v in (a, d, p, p - a, p - d)], [whole(study.n(Role.CUSTOMERS))], weight)[0]
    n = int(sums.n[0, 0])
    if not n:
        return Withheld("no_answers")
    means = [float(m) for m in sums.mean[:, 0]]
    estimates = [mean_estimate(means[k], n, float(sums.sd[k, 0]), float(sums.se[k, 0])) for k in (3, 4)]
    return ZoneTotal(*means[:3], *estimates, n, int(inconsistent.sum()))
