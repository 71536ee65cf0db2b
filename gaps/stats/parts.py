"""What a measure is made of: the scores of each role that enter it, with their sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gaps.model import DIRECT_ROLE, Battery, Gap, Role, Study
from gaps.scoring.gap_table import batteries_of
from gaps.scoring.scores import Level, levels, ratings
from gaps.scoring.servqual import weighted_gaps

AT_OR_ABOVE = -1e-9  # a mean of means that is 0 may come out a little below

GAP, SERVQUAL_WEIGHTED, SHARE, PERCEPTION, EXPECTATION, OUTCOME = (
    "gap",
    "servqual_weighted",
    "share",
    "perception",
    "expectation",
    "outcome",
)


@dataclass(frozen=True, eq=False)
class Part:
    """One role's contribution: sign times the mean of its scores, one array per dimension (None = total)."""

    role: Role
    sign: int
    scores: dict[str | None, np.ndarray]


@dataclass(frozen=True, eq=False)
class Measure:
    """What is compared: kind (gap, servqual_weighted, share, perception, expectation, outcome), its gap number or outcome, its parts."""

    kind: str
    parts: tuple[Part, ...]
    gap: int | None = None
    outcome: str | None = None

    @property
    def dimensions(self) -> tuple[str | None, ...]:
        """The dimensions it has, None for the total, which comes first."""
        return tuple(sorted(self.parts[0].scores, key=lambda d: d is not None))


def measures(study: Study, role: Role | None = None) -> Iterator[Measure]:
    """Every measure a study has: gaps 1 to 5, the importance-weighted SERVQUAL, the share at or above expectation, levels, outcomes.

    The unweighted SERVQUAL score is the total of gap 5. The share counts the customers whose gap is not below 0. Where both were asked,
    perception and expectation rest on the items with both answers, so that their changes differ by that of the gap exactly.
    role: only the parts of this role.
    """
    for gap in Gap:
        if gap is not Gap.CUSTOMER and (parts := gap_parts(study, gap, role)):
            yield Measure(GAP, parts, gap=int(gap))
    if role is None or role is Role.CUSTOMERS:
        yield from _of_customers(study)


def _of_customers(study: Study) -> Iterator[Measure]:
    expected = study.expectation
    if expected is not None and Battery.PERCEPTION in study.answers:
        scored = {level.dimension: level.scores for level in levels(study, expected, Battery.PERCEPTION) if level.item is None}
        gaps = {dimension: p - e for dimension, (e, p) in scored.items()}
        yield Measure(GAP, (Part(Role.CUSTOMERS, 1, gaps),), gap=int(Gap.CUSTOMER))
        if study.importance is not None:
            yield Measure(SERVQUAL_WEIGHTED, (Part(Role.CUSTOMERS, 1, {None: weighted_gaps(study, gaps)}),))
        share = {d: np.where(np.isnan(g), np.nan, (g >= AT_OR_ABOVE) + 0.0) for d, g in gaps.items()}
        yield Measure(SHARE, (Part(Role.CUSTOMERS, 1, share),))
        for kind, place in ((PERCEPTION, 1), (EXPECTATION, 0)):
            yield Measure(kind, (Part(Role.CUSTOMERS, 1, {d: scores[place] for d, scores in scored.items()}),))
    else:
        for kind, battery in ((PERCEPTION, Battery.PERCEPTION), (EXPECTATION, expected)):
            if battery in study.answers:
                yield Measure(kind, (Part(Role.CUSTOMERS, 1, _scores(levels(study, battery))),))
    for name in study.outcomes:
        if name in study.customers:
            yield Measure(OUTCOME, (Part(Role.CUSTOMERS, 1, {None: study.customers[name].to_numpy(np.float64)}),), outcome=name)


def gap_parts(study: Study, gap: Gap, role: Role | None = None) -> tuple[Part, ...]:
    """The parts of one gap: one where the same people answered both sides or a rating, two where they did not; none if not measured.

    role: only the part of this role.
    """

    def wanted(other: Role) -> bool:
        return role is None or role is other

    match study.design(gap):
        case "items" if gap.paired and wanted(gap.achieved.role):
            return (Part(gap.achieved.role, 1, _scores(levels(study, *batteries_of(study, gap)))),)
        case "items" if not gap.paired:
            expected, achieved = batteries_of(study, gap)
            sides = [(battery, sign) for battery, sign in ((achieved, 1), (expected, -1)) if wanted(battery.role)]
            return tuple(Part(battery.role, sign, _scores(levels(study, battery))) for battery, sign in sides)
        case "direct" if wanted(DIRECT_ROLE[gap]):
            top = study.instrument.scale.max
            return (Part(DIRECT_ROLE[gap], 1, {d: x - top for d, x in _scores(ratings(study, gap)).items()}),)
    return ()


def _scores(scored: Iterator[Level]) -> dict[str | None, np.ndarray]:
    return {lev.dimension: lev.scores[-1] - lev.scores[0] if len(lev.scores) > 1 else lev.scores[0] for lev in scored if lev.item is None}
