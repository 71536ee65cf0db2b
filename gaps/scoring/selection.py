"""Part of a study: the respondents a selection names."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from gaps.model import UNIT, WAVE, Role, Selection, Study


def select(study: Study, selection: Selection) -> Study:
    """Keep the respondents that a selection names.

    Units and waves restrict every role: a role whose respondents carry no unit keeps nobody once units are selected. Segments restrict
    customers only. A selection that leaves nobody gives a study without respondents. Raises ValueError for a unit, wave, segment
    column or value that the study does not have.
    """
    return study if selection.everything else study.only(wanted(study, selection))


def wanted(study: Study, selection: Selection) -> dict[Role, np.ndarray]:
    """Per role a truth value for each respondent: whether a selection names them. Errors as for `select`."""
    _require("unit", selection.units, study.units)
    _require("wave", selection.waves, study.waves)
    _require("segment", [name for name, _ in selection.segments], study.segments)
    for name, values in selection.segments:
        present = study.customers[name].cat.remove_unused_categories().cat.categories
        _require(f"value of segment {name}", values, tuple(map(str, present)))
    return {role: _wanted(frame, selection, role) for role, frame in study.respondents.items()}


def _require(what: str, wanted: Collection[str], known: Collection[str]) -> None:
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"no such {what}: {', '.join(map(repr, unknown))}; the study has {', '.join(map(repr, known)) or 'none'}")


def _wanted(frame: pd.DataFrame, selection: Selection, role: Role) -> np.ndarray:
    keep = np.ones(len(frame), bool)
    conditions = [(UNIT, selection.units), (WAVE, selection.waves)]
    if role is Role.CUSTOMERS:
        conditions += selection.segments
    for column, names in conditions:
        if names:
            keep &= _among(frame, column, names)
    return keep


def _among(frame: pd.DataFrame, column: str, names: tuple[str, ...]) -> np.ndarray:
    if column not in frame:
        return np.zeros(len(frame), bool)
    categories = frame[column].cat.categories.astype(str)
    return np.isin(frame[column].cat.codes.to_numpy(), np.flatnonzero(categories.isin(names)))
