"""From expected to perceived service, step by step: where along the chain quality leaks away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from gaps.model import UNIT, Battery, Role, Study, Withheld
from gaps.scoring.groups import Groups, group, weights
from gaps.scoring.scores import Level, levels
from gaps.scoring.sums import collect
from gaps.scoring.tables import WaterfallTable

STEPS = ("gap1", "gap2", "gap3", "perception_step")


def waterfall(study: Study) -> WaterfallTable | Withheld:
    """Lay out expected + gap 1 + gap 2 + gap 3 + perception step = perceived, per dimension and in total, over all units and for each.

    gap 1 = M - E, gap 2 = S - M, gap 3 = V - S, perception step = P - V (methods 2.7). Expected and perceived are those of gap 5 (items
    with both answers), every other battery enters with the mean of its own answers: the steps add up to gap 5 exactly. Where answers
    are missing, single steps may therefore differ a little from gaps 1 to 3 of the gap table. `promised` is the mean of what is
    promised, missing where that was not asked; n_customers, n_managers, n_employees: the fewest of them behind a level of the chain,
    n_promised: the employees behind what is promised. Rows are given only where every battery of the chain has answers; withheld:
    not_measured, no_answers.
    """
    chain = (study.expectation or Battery.EXPECTATION, Battery.BELIEF, Battery.STANDARD, Battery.DELIVERY, Battery.PERCEPTION)
    if missing := [battery.value for battery in chain if battery not in study.answers]:
        return Withheld("not_measured", {"batteries": missing})
    groups = group(study, ((), (UNIT,)), segments=False)
    scored = {b: _scored(levels(study, b)) for b in (*chain[1:4], Battery.PROMISE) if b in study.answers}
    customers = [level for level in levels(study, chain[0], chain[4]) if level.item is None]
    scored |= {chain[0]: _scored(customers, 0), chain[4]: _scored(customers, 1)}
    means = {battery: _means(study, battery, scores, groups) for battery, scores in scored.items()}
    dimensions = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    frames = []
    for k, view in enumerate(groups.views):
        heights = [means[battery][k][0].ravel() for battery in chain]
        frame = {
            "dimension": np.tile(np.array([None, *dimensions], dtype=object), len(view)),
            "unit": view.unit.repeat(1 + len(dimensions)),
            "expected": heights[0],
        }
        frame |= {step: after - before for step, before, after in zip(STEPS, heights, heights[1:], strict=False)}
        frame |= {"perceived": heights[-1]}
        promised = means[Battery.PROMISE][k] if Battery.PROMISE in means else (np.full_like(heights[0], np.nan), np.zeros_like(heights[0]))
        frame |= {"promised": promised[0].ravel()}
        for role in Role:
            frame[f"n_{role}"] = np.min([means[b][k][1].ravel() for b in chain if b.role is role], axis=0).astype(int)
        frame["n_promised"] = promised[1].ravel().astype(int)
        frames.append(pd.DataFrame(frame))
    frame = pd.concat(frames).astype({"dimension": "str", "unit": "str"}).dropna(subset=["expected", *STEPS]).reset_index(drop=True)
    return WaterfallTable(frame) if len(frame) else Withheld("no_answers")


def _scored(scores: Iterable[Level], side: int = 0) -> list[np.ndarray]:
    """The total's scores, then each dimension's."""
    *dimensions, total = (level.scores[side] for level in scores if level.item is None)
    return [total, *dimensions]


def _means(study: Study, battery: Battery, scores: Sequence[np.ndarray], groups: Groups) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per view the mean score and the number of people: rows of the view x the total and each dimension."""
    collected = collect([(0.0, score) for score in scores], groups.partitions[battery.role], weights(study, battery.role))
    sums = [groups.sums(battery.role, collected, view) for view in groups.views]
    return [(one.mean.T, one.n.T) for one in sums]
