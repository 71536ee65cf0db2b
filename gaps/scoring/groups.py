"""Which respondents stand behind which rows of a table: all, each unit, each wave, each unit in each wave, each value of a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import UNIT, WAVE, WEIGHT, Role, Study
from gaps.scoring.sums import Partition, Sums

MARGINS = (UNIT, WAVE)


@dataclass(frozen=True, eq=False)
class View:
    """A block of rows. Per row the unit, wave and segment value it is about, missing = over all of them.

    of_cell: for each cell of unit x wave its row, or the number of rows where it belongs to none.
    """

    unit: pd.api.extensions.ExtensionArray
    wave: pd.api.extensions.ExtensionArray
    value: pd.api.extensions.ExtensionArray
    of_cell: np.ndarray
    segment: str | None = None

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, eq=False)
class Groups:
    """All blocks of a table, and per role the partitions of respondents to sum within.

    The first partition is into the cells of unit x wave that occur; for customers one per segment column follows, into its values.
    """

    views: tuple[View, ...]
    partitions: Mapping[Role, tuple[Partition, ...]]
    segments: tuple[str, ...]

    def sums(self, role: Role, collected: Sequence[Sums], view: View) -> Sums:
        """One role's sums for the rows of a view; the roles that have no segments stand as a whole beside each value of one."""
        if view.segment is None:
            return collected[0].united(view.of_cell, len(view))
        if role is Role.CUSTOMERS:
            return collected[1 + self.segments.index(view.segment)]
        return collected[0].united(view.of_cell, 1).repeated(len(view))


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
    roles = [role for role in Role if role in study.respondents]
    raw = [_cell(study.respondents[role], labels) for role in roles]
    codes, cells = pd.factorize(np.concatenate(raw), sort=True)
    parts = np.split(codes, np.cumsum([len(r) for r in raw])[:-1])
    partitions = {role: (Partition(part, len(cells)),) for role, part in zip(roles, parts, strict=True)}
    unit, wave = np.divmod(cells, len(labels[WAVE]) + 1)
    views = [_view(grouping, unit, wave, labels) for grouping in by]
    if segments:
        for name in study.segments:
            partition, values = _values(study.customers[name])
            partitions[Role.CUSTOMERS] += (partition,)
            views.append(_segment_view(name, values, len(cells)))
    return Groups(tuple(views), partitions, study.segments if segments else ())


def codes_of(frame: pd.DataFrame, column: str, labels: Sequence[str]) -> np.ndarray:
    """Each respondent's position in `labels`; the number of labels where the respondent has none of them."""
    if column not in frame:
        return np.full(len(frame), len(labels))
    position = pd.Index(labels, dtype=object).get_indexer(frame[column].cat.categories.astype(str).astype(object))
    position = np.append(np.where(position < 0, len(labels), position), len(labels))  # the last is for code -1, missing
    return position[frame[column].cat.codes.to_numpy()]


def weights(study: Study, role: Role) -> np.ndarray | None:
    """The case weights of a role, or None if it has none."""
    frame = study.respondents[role]
    return frame[WEIGHT].to_numpy(np.float64) if WEIGHT in frame else None


def _cell(frame: pd.DataFrame, labels: Mapping[str, Sequence[str]]) -> np.ndarray:
    return codes_of(frame, UNIT, labels[UNIT]) * (len(labels[WAVE]) + 1) + codes_of(frame, WAVE, labels[WAVE])


def _view(grouping: tuple[str, ...], unit: np.ndarray, wave: np.ndarray, labels: Mapping[str, Sequence[str]]) -> View:
    """Rows for the labels that occur, in their order; a cell without a wanted label belongs to no row."""
    by_unit, by_wave = UNIT in grouping, WAVE in grouping
    known = np.ones(len(unit), bool)
    key = np.zeros(len(unit), int)
    if by_unit:
        known &= unit < len(labels[UNIT])
        key += unit * (len(labels[WAVE]) + 1)
    if by_wave:
        known &= wave < len(labels[WAVE])
        key += wave
    rows, inverse = np.unique(key[known], return_inverse=True)
    if not grouping:
        rows = np.zeros(1, int)  # also a study without respondents has its total
    of_cell = np.full(len(unit), len(rows))
    of_cell[known] = inverse
    row_unit, row_wave = np.divmod(rows, len(labels[WAVE]) + 1)
    return View(
        unit=_texts(labels[UNIT], row_unit) if by_unit else _everywhere(rows),
        wave=_texts(labels[WAVE], row_wave) if by_wave else _everywhere(rows),
        value=_everywhere(rows),
        of_cell=of_cell,
    )


def _texts(labels: Sequence[str], positions: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(labels), dtype="str").take(positions)


def _everywhere(rows: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array([None], dtype="str").repeat(len(rows))


def _values(column: pd.Series) -> tuple[Partition, np.ndarray]:
    present = column.cat.remove_unused_categories()
    codes = present.cat.codes.to_numpy().astype(np.intp)
    values = present.cat.categories.astype(str).to_numpy(dtype=object)
    return Partition(np.where(codes < 0, len(values), codes), len(values)), values


def _segment_view(name: str, values: np.ndarray, cells: int) -> View:
    everywhere = _everywhere(values)
    return View(unit=everywhere, wave=everywhere, value=pd.array(values, dtype="str"), of_cell=np.zeros(cells, int), segment=name)
