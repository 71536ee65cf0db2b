"""Which scale answers stand on when the workbook does not say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gaps.importer.headers import Meaning
from gaps.importer.items import CUSTOM
from gaps.importer.journal import Journal
from gaps.importer.settings import Settings
from gaps.importer.sheets import Column, Sheet
from gaps.model import Instrument, Scale

USUAL = (Scale(1.0, 5.0), Scale(1.0, 7.0), Scale(1.0, 9.0), Scale(1.0, 10.0), Scale(0.0, 10.0), Scale(0.0, 100.0))
USUAL_OUTCOME = tuple(s for s in USUAL if s.max != 9)
USUAL_RECOMMEND = tuple(s for s in USUAL_OUTCOME if s != Scale(1.0, 10.0))  # "would you recommend us" is asked on 0 to 10
MISSING_CODES = (-99.0, -9.0, -8.0, -1.0, 88.0, 98.0, 99.0, 888.0, 998.0, 999.0)
SURE_FROM = 1_000  # answers from which on it is odd that nobody used the upper end of the scale
TOLERATED = 0.05  # share of answers outside the instrument's scale above which the scale itself is in doubt


def usual_scale(values: np.ndarray, usual: tuple[Scale, ...] = USUAL) -> Scale | None:
    """The smallest usual scale that holds all values but codes for "missing" such as 99; None if no usual scale does."""
    values = values[~np.isnan(values)]
    values = values[~np.isin(values, MISSING_CODES)] if len(values) else values
    if not len(values):
        return None
    low, high = values.min(), values.max()
    return next((s for s in usual if s.min <= low and high <= s.max), None)


def answer_scale(instrument: Instrument, chosen: Settings, numbers: Mapping[Meaning, np.ndarray], journal: Journal) -> Scale | None:
    """The scale of the answers when the settings name none: the instrument's if the answers fit, a usual one if the items are the
    workbook's own; otherwise nobody knows, and the user is asked."""
    columns = [v for m, v in numbers.items() if m.kind == "answer"]
    if instrument.id == CUSTOM:
        scales = [s for s in (usual_scale(v) for v in columns) if s]
        scale = max(scales, key=lambda s: (s.max, -s.min), default=None)
    else:
        answered = sum(int((~np.isnan(v)).sum()) for v in columns)
        outside = sum(int(((v < instrument.scale.min) | (v > instrument.scale.max)).sum()) for v in columns)
        scale = instrument.scale if outside <= TOLERATED * answered else None
    if scale is None:
        low = min((float(np.nanmin(v)) for v in columns if not np.isnan(v).all()), default=np.nan)
        high = max((float(np.nanmax(v)) for v in columns if not np.isnan(v).all()), default=np.nan)
        journal.note("scale_unknown", low=low, high=high)
        return None
    journal.note("scale_assumed", min=scale.min, max=scale.max)
    if instrument.id != CUSTOM and answered >= SURE_FROM and (shorter := _shorter(columns, scale)):
        journal.note("scale_doubtful", min=scale.min, max=scale.max, high=shorter.max)
    return scale


def _shorter(columns: list[np.ndarray], scale: Scale) -> Scale | None:
    """A usual scale, shorter than the assumed one, that holds every answer."""
    held = [s for s in USUAL if s.min == scale.min and s.max < scale.max]
    return next((s for s in held if all(np.fmax.reduce(v, initial=s.min) <= s.max for v in columns)), None)


def outcome_scale(name: str, values: np.ndarray, sheet: Sheet, column: Column, journal: Journal) -> Scale | None:
    """The scale of an outcome when the settings name none."""
    scale = usual_scale(values, USUAL_RECOMMEND if name == "recommend" else USUAL_OUTCOME)
    if scale is None:
        journal.note("outcome_scale_unknown", sheet.name, column.header, outcome=name)
    else:
        journal.note("outcome_scale_inferred", sheet.name, column.header, outcome=name, min=scale.min, max=scale.max)
    return scale
