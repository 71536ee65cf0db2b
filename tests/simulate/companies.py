"""Simulated companies as studies, without the detour over a workbook: rounded and clipped answers of 1 to 7 whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gaps import instruments
from gaps.model import OUTCOMES, UNIT, Battery, Role, Scale, Study
from gaps.sample import INSTRUMENT, TRUTH, Truth, frames


def company(seed: int, truth: Truth = TRUTH) -> Study:
    """The study of one simulated company; waves and segments are left out."""
    return study_of(frames(seed, truth))


def study_of(sheets: Mapping[str, pd.DataFrame]) -> Study:
    """A study from sheets as `gaps.sample.frames` gives them."""
    instrument = instruments.load(INSTRUMENT)
    units = sorted(set(sheets["customers"][UNIT]))
    respondents, answers = {}, {}
    for role in Role:
        sheet = sheets[role.value]
        frame = pd.DataFrame({"respondent": np.arange(len(sheet)).astype(str)})
        frame[UNIT] = pd.Categorical(sheet[UNIT], categories=units, ordered=True)
        if role is Role.CUSTOMERS:
            frame = frame.assign(**{name: sheet[name] for name in OUTCOMES if name in sheet})
        respondents[role] = frame
        for battery in Battery:
            if battery.role is role and f"{battery.value}1" in sheet:
                block = sheet[[f"{battery.value}{n}" for n in instrument.numbers]].astype(np.float32)
                answers[battery] = block.set_axis(list(instrument.numbers), axis=1)
    scales = {"overall_quality": Scale(1, 10), "satisfaction": Scale(1, 7), "recommend": Scale(0, 10)}
    outcomes = {name: scale for name, scale in scales.items() if name in respondents[Role.CUSTOMERS]}
    return Study("simulated", instrument, respondents, answers, outcomes=outcomes, simulated=True)
