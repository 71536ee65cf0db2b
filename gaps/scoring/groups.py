"""Which respondents stand behind which rows of a table: all, each unit, each wave, each unit in each wave, each value of a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import UNIT, WAVE, Role, Study
from gaps.scoring.by_cell import cells_of, layers, weights
from gaps.scoring.level_sums import LevelSums
from gaps.scoring.sums import Sums

__all__ = ["Groups", "View", "codes_of", "group", "texts", "weights"]

MARGINS = (UNIT, WAVE)


@dataclass(frozen=True, eq=False)
class View:
    """A block of rows. unit, wave, value: each row's place among the labels of the groups and the values of its segment; -1 = over all.

    of_cell: per role each cell's row, or the number of rows where it belongs to none. Cells are those of the first layer; of a segment that
    is not among them, the customers' are its own (`by_cell.Layers`).
    """

    unit: np.ndarray
    wave: np.ndarray
    value: np.ndarray
    of_cell: Mapping[Role, np.ndarray]
    segment: str | None = None
    values: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def everybody(self) -> bool:
        """Whether it is the row over all of them."""
        return self.segment is None and bool((self.unit < 0).all() and (self.wave < 0).all())


@dataclass(frozen=True, eq=False)
class Groups:
    """All blocks of a table, and the labels of units and waves that they name."""

    views: tuple[View, ...]
    units: tuple[str, ...]
    waves: tuple[str, ...]

    def sums(self, role: Role, found: LevelSums, view: View) -> Sums:
        """One role's sums for the rows of a view; roles without segments stand as a whole beside each value of one."""
        if view.segment is None or role is Role.CUSTOMERS:
            return found.by(view.segment).united(view.of_cell[role], len(view))
        return found.first.all().repeated(len(view))


def group(study: Study, by: Sequence[tuple[str, ...]], segments: bool) -> Groups:
    """Lay out the rows of a table: one view per grouping in `by`, then one per segment column.

    Respondents without a unit or wave count only where the table runs over all units or waves. Units x waves are those that occur.
    Raises ValueError for a grouping by anything but unit and wave.
    """
    for grouping in by:
        if not set(grouping) <= set(MARGINS) or len(set(grouping)) != len(grouping):
            raise ValueError(f"a table can be grouped by () or by some of {MARGINS}, not by {grouping}")
    used = {column for grouping in by for column in grouping}
    labels = {UNIT: study.units if UNIT in used else (), WAVE: study.waves if WAVE in used else ()}
    cells = {role: cells_of(study, role) for role in Role if role in study.respondents}
    places = {role: {name: of.places(name, known) for name, known in labels.items()} for role, of in cells.items()}
    views = [_view(grouping, places, labels) for grouping in by]
    views += [_segment_view(study, name) for name in study.segments] if segments else []
    return Groups(tuple(views), labels[UNIT], labels[WAVE])


def texts(labels: Sequence[str], places: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """A column of labels by their places, -1 = missing."""
    return pd.array(list(labels), dtype="str").take(places, allow_fill=True)


def codes_of(frame: pd.DataFrame, column: str, labels: Sequence[str]) -> np.ndarray:
    """Each respondent's position in `labels`; the number of labels where the respondent has none of them."""
    if column not in frame:
        return np.full(len(frame), len(labels))
    position = pd.Index(labels, dtype=object).get_indexer(frame[column].cat.categories.astype(str).astype(object))
    position = np.append(np.where(position < 0, len(labels), position), len(labels))  # the last is for code -1, missing
    return position[frame[column].cat.codes.to_numpy()]


def _view(grouping: tuple[str, ...], places: Mapping[Role, Mapping[str, np.ndarray]], labels: Mapping[str, Sequence[str]]) -> View:
    """Rows for the labels that occur with any role, in their order; a cell without a wanted label belongs to no row."""
    width = len(labels[WAVE]) + 1
    keys, known = {}, {}
    for role, place in places.items():
        known[role] = np.logical_and.reduce([np.ones(len(place[UNIT]), bool), *(place[name] < len(labels[name]) for name in grouping)])
        keys[role] = (place[UNIT] * width if UNIT in grouping else 0) + (place[WAVE] if WAVE in grouping else 0) + 0 * place[UNIT]
    occurring = [key[known[role]] for role, key in keys.items()]
    rows = np.unique(np.concatenate(occurring)) if grouping and occurring else np.zeros(1, int)  # nobody has a total too
    unit, wave = np.divmod(rows, width)
    nowhere = np.full(len(rows), -1)
    return View(
        unit=unit if UNIT in grouping else nowhere,
        wave=wave if WAVE in grouping else nowhere,
        value=nowhere,
        of_cell={role: np.where(known[role], np.searchsorted(rows, key), len(rows)) for role, key in keys.items()},
    )


def _segment_view(study: Study, name: str) -> View:
    found = layers(study, Role.CUSTOMERS)
    customers = found.others.get(name, found.first)
    values = customers.present(name)
    nowhere = np.full(len(values), -1)
    return View(nowhere, nowhere, np.arange(len(values)), {Role.CUSTOMERS: customers.places(name, values)}, name, values)
