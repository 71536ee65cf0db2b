"""Questions that were put to some groups only: there everybody knows who answered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaps.disclosure.minimum import Minimum
from gaps.model import DIRECT_ROLE, UNIT, WAVE, Role, Study


def asked_of_some(study: Study, minimum: Minimum) -> tuple[str, ...]:
    """Name the filters by which some question was asked of some only: nobody of a value, of the minimum of people or more, answered it.

    Groups are guarded by the people in them. Where who left out a question is chance, those who answered hide among all who might have;
    where a wave was not asked at all, a unit's answers are those of the unit in the other waves, a group that may be below the minimum.
    """
    found = []
    for role, frame in study.respondents.items():
        answered = np.array(list(_answered(study, role)))
        if not len(answered) or minimum[role] < 2:
            continue
        answered = answered[~answered.all(axis=1) & answered.any(axis=1)]
        for name in [UNIT, WAVE, *(study.segments if role is Role.CUSTOMERS else ())]:
            if name in frame and len(answered) and name not in found:
                codes = frame[name].cat.codes.to_numpy() + 1
                people = np.bincount(codes)
                given = np.array([np.bincount(codes, one, len(people)) for one in answered])
                if (given[:, 1:][:, people[1:] >= minimum[role]] == 0).any():
                    found.append(name)
    return tuple(found)


def _answered(study: Study, role: Role) -> Iterator[np.ndarray]:
    """Of each question of a role, who answered it."""
    frames = [frame for battery, frame in study.answers.items() if battery.role is role]
    frames += [frame for gap, frame in study.ratings.items() if DIRECT_ROLE[gap] is role]
    if role is Role.CUSTOMERS:
        frames += [study.customers[list(study.outcomes)], *([] if study.importance is None else [study.importance])]
    for frame in frames:
        known = frame.notna().to_numpy()
        yield from known.T
