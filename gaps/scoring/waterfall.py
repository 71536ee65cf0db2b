"""From expected to perceived service, step by step: where along the chain quality leaks away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.model import UNIT, Battery, Role, Study, Withheld
from gaps.scoring.groups import Groups, View, group, texts
from gaps.scoring.level_sums import LevelSums, battery_sums, paired_sums
from gaps.scoring.sums import Sums
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
    paired = paired_sums(study, chain[0], chain[4], items=False)
    own = {b: battery_sums(study, b, items=False) for b in (*chain[1:4], Battery.PROMISE) if b in study.answers}
    dimensions = [d for d, _ in own[chain[1]].names[:-1]]
    frames = []
    for view in groups.views:
        both = _sums(groups, Role.CUSTOMERS, paired, view)
        single = {battery: _sums(groups, battery.role, found, view) for battery, found in own.items()}
        means = {chain[0]: both.base_mean, chain[4]: both.mean} | {battery: sums.mean for battery, sums in single.items()}
        counts = {chain[0]: both.n, chain[4]: both.n} | {battery: sums.n for battery, sums in single.items()}
        heights = [means[battery].T.ravel() for battery in chain]
        frame = {
            "dimension": texts(dimensions, np.tile(np.arange(-1, len(dimensions)), len(view))),
            "unit": texts(groups.units, view.unit.repeat(1 + len(dimensions))),
            "expected": heights[0],
        }
        frame |= {step: after - before for step, before, after in zip(STEPS, heights, heights[1:], strict=False)}
        frame |= {"perceived": heights[-1]}
        promised = Battery.PROMISE in means
        frame |= {"promised": means[Battery.PROMISE].T.ravel() if promised else np.full(len(heights[0]), np.nan)}
        for role in Role:
            frame[f"n_{role}"] = np.min([counts[b].T.ravel() for b in chain if b.role is role], axis=0).astype(int)
        frame["n_promised"] = counts[Battery.PROMISE].T.ravel().astype(int) if promised else 0
        frames.append(pd.DataFrame(frame))
    frame = pd.concat(frames).dropna(subset=["expected", *STEPS]).reset_index(drop=True)
    return WaterfallTable(frame) if len(frame) else Withheld("no_answers")


def _sums(groups: Groups, role: Role, found: LevelSums, view: View) -> Sums:
    """The total's sums, then each dimension's, for the rows of a view."""
    sums = groups.sums(role, found, view)
    return sums.of_levels([len(found.names) - 1, *range(len(found.names) - 1)])
