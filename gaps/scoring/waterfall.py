"""From expected to perceived service, step by step: where along the chain quality leaks away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.model import UNIT, Battery, Study, Withheld
from gaps.scoring.groups import Groups, group, weights
from gaps.scoring.scores import levels
from gaps.scoring.sums import collect
from gaps.scoring.tables import WaterfallTable

STEPS = ("gap1", "gap2", "gap3", "perception_step")


def waterfall(study: Study) -> WaterfallTable | Withheld:
    """Lay out expected + gap 1 + gap 2 + gap 3 + perception step = perceived, per dimension and in total, over all units and for each.

    gap 1 = M - E, gap 2 = S - M, gap 3 = V - S, perception step = P - V (methods 2.7); every battery enters with the mean of its own
    answers, so that the steps add up exactly. Where answers are missing they may therefore differ a little from the gap table, whose
    gaps 2 and 5 use only items with both answers. `promised` is the mean of what is promised, missing where that was not asked. Rows are
    given only where every battery of the chain has answers; withheld: not_measured, no_answers.
    """
    chain = (study.expectation or Battery.EXPECTATION, Battery.BELIEF, Battery.STANDARD, Battery.DELIVERY, Battery.PERCEPTION)
    if missing := [battery.value for battery in chain if battery not in study.answers]:
        return Withheld("not_measured", {"batteries": missing})
    groups = group(study, ((), (UNIT,)), segments=False)
    means = {battery: _means(study, battery, groups) for battery in (*chain, Battery.PROMISE) if battery in study.answers}
    dimensions = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    frames = []
    for k, view in enumerate(groups.views):
        heights = [means[battery][k].ravel() for battery in chain]
        frame = {
            "dimension": np.tile(np.array([None, *dimensions], dtype=object), len(view)),
            "unit": view.unit.repeat(1 + len(dimensions)),
            "expected": heights[0],
        }
        frame |= {step: after - before for step, before, after in zip(STEPS, heights, heights[1:], strict=False)}
        frame |= {"perceived": heights[-1]}
        frame |= {"promised": means[Battery.PROMISE][k].ravel() if Battery.PROMISE in means else np.full(len(heights[0]), np.nan)}
        frames.append(pd.DataFrame(frame))
    frame = pd.concat(frames).astype({"dimension": "str", "unit": "str"}).dropna(subset=["expected", *STEPS]).reset_index(drop=True)
    return WaterfallTable(frame) if len(frame) else Withheld("no_answers")


def _means(study: Study, battery: Battery, groups: Groups) -> list[np.ndarray]:
    """Per view the mean score: rows of the view x the total and each dimension."""
    scored = [level for level in levels(study, battery) if level.item is None]
    rows = [(0.0, level.scores[0]) for level in [scored[-1], *scored[:-1]]]
    collected = collect(rows, groups.partitions[battery.role], weights(study, battery.role))
    return [groups.sums(battery.role, collected, view).mean.T for view in groups.views]
