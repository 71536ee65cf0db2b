"""What customers get against how they get it: outcome (technical) and process (functional) quality, after Grönroos (1984)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaps import scoring
from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.by_cell import Rows, summed
from gaps.scoring.tables import Estimate
from gaps.stats.intervals import mean_estimate

TECHNICAL = ("reliability",)
FUNCTIONAL = ("responsiveness", "assurance", "empathy")  # tangibles are partly both and stand in neither
FEWEST = 10  # customers


@dataclass(frozen=True, slots=True)
class TechnicalFunctional:
    """Gap 5 of both kinds of quality and technical less functional, all over the same customers, in scale points."""

    technical: Estimate
    functional: Estimate
    difference: Estimate


def technical_functional(study: Study) -> TechnicalFunctional | Withheld:
    """Split gap 5 into outcome quality (reliability) and process quality (mean of responsiveness, assurance and empathy).

    A grouping of the dimensions after Grönroos (1984), not a validated scale. Paired: customers with a gap in reliability and in at
    least two of the other three; nothing is imputed. Case weights enter. t intervals. Withheld: no_expectation, other_dimensions (the
    questionnaire does not have these dimensions), few (fewer than ten such customers).
    """
    if study.expectation is None or Battery.PERCEPTION not in study.answers:
        return Withheld("no_expectation")
    if not {*TECHNICAL, *FUNCTIONAL} <= {item.dimension for item in study.instrument.items}:
        return Withheld("other_dimensions")
    sums = summed(study, Role.CUSTOMERS, "technical and functional", _scores).all()
    if (n := int(sums.n[0, 0])) < FEWEST:
        return Withheld("few", {"n": n})
    made = [mean_estimate(float(sums.mean[k, 0]), int(sums.n[k, 0]), float(sums.sd[k, 0]), float(sums.se[k, 0])) for k in range(3)]
    return TechnicalFunctional(*made)


def _scores(study: Study) -> Rows:
    """Technical quality, functional quality and their difference, of customers who have both."""
    scores = scoring.customer_scores(study).gap
    technical = scores[list(TECHNICAL)].mean(axis=1).to_numpy(float)
    functional = scores[list(FUNCTIONAL)]
    process = functional.mean(axis=1).where(functional.notna().sum(axis=1).ge(2)).to_numpy(float)
    known = np.isfinite(technical + process)
    return ((0.0, np.where(known, x, np.nan)) for x in (technical, process, technical - process))
