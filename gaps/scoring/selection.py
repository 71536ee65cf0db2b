"""Part of a study: the respondents a selection names."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from gaps.model import UNIT, WAVE, Cells, Role, Selection, Study


def select(study: Study, selection: Selection) -> Study:
    """Keep the respondents that a selection names.

    Units and waves restrict every role: a role whose respondents carry no unit keeps nobody once units are selected. Segments restrict
    customers only. A selection that leaves nobody gives a study without respondents. Raises ValueError for a unit, wave, segment
    column or value that the study does not have.
    """
    return study if selection.everything else study.only_cells(wanted(study, selection))


def wanted(study: Study, selection: Selection) -> dict[Role, np.ndarray]:
    """Per role a truth value for each of the study's cells: whether a selection names them. Errors as for `select`."""
    _require("unit", selection.units, study.units)
    _require("wave", selection.waves, study.waves)
    _require("segment", [name for name, _ in selection.segments], study.segments)
    for name, values in selection.segments:
        _require(f"value of segment {name}", values, study.cells[Role.CUSTOMERS].present(name))
    return {role: _wanted(cells, selection, role) for role, cells in study.cells.items()}


def _require(what: str, wanted: Collection[str], known: Collection[str]) -> None:
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"no such {what}: {', '.join(map(repr, unknown))}; the study has {', '.join(map(repr, known)) or 'none'}")


def _wanted(cells: Cells, selection: Selection, role: Role) -> np.ndarray:
    conditions = [(UNIT, selection.units), (WAVE, selection.waves)]
    if role is Role.CUSTOMERS:
        conditions += selection.segments
    keep = np.ones(len(cells), bool)
    for column, names in conditions:
        if names:
            keep &= cells.places(column, names) < len(names)
    return keep
