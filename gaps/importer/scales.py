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
FEW_ANSWERS = 30  # to an outcome: fewer say little about the scale they stand on …
FEWEST_DIFFERENT = 3  # … and so do fewer different ones
YES_OR_NO = (0.0, 1.0)
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


def outcome_scale(name: str, values: np.ndarray, items: Scale, sheet: Sheet, column: Column, journal: Journal) -> Scale | None:
    """The scale of an outcome when the settings name none: the smallest usual one that holds its answers; that of the items where few
    answers, or few different ones, say little about it; 0 to 1 for a yes or no. Where little is known, that is a warning."""
    told = values[~np.isnan(values) & ~np.isin(values, MISSING_CODES)]
    different = np.unique(told)
    little = len(told) < FEW_ANSWERS or len(different) < FEWEST_DIFFERENT
    if np.array_equal(different, YES_OR_NO):
        scale = Scale(*YES_OR_NO)
    elif little and len(different) and items.min <= different[0] and different[-1] <= items.max:
        scale = Scale(float(items.min), float(items.max))
    else:
        scale = usual_scale(values, USUAL_RECOMMEND if name == "recommend" else USUAL_OUTCOME)
    if scale is None:
        journal.note("outcome_scale_unknown", sheet.name, column.header, outcome=name)
        return None
    said = {"outcome": name, "min": scale.min, "max": scale.max}
    if little:
        journal.note("outcome_scale_doubtful", sheet.name, column.header, count=len(told), different=len(different), **said)
    else:
        journal.note("outcome_scale_inferred", sheet.name, column.header, **said)
    return scale
