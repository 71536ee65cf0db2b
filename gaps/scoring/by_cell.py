"""What adds up over respondents, added within each cell once for a whole study: a selection is then a sum over cells, not over people.

Every filter names whole cells (`gaps.model.Cells`). Nothing here depends on a selection: what is summed must be a function of the
respondent alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from weakref import WeakKeyDictionary

import numpy as np

from gaps.model import UNIT, WAVE, WEIGHT, Cells, Role, Study
from gaps.scoring.cross_products import unit_products
from gaps.scoring.sums import Partition, Sums, collect

Rows = Iterable[tuple[np.ndarray | float, np.ndarray]]  # base and score above it, as `collect` takes them

_kept: WeakKeyDictionary[Study, dict[tuple, object]] = WeakKeyDictionary()


def layers(study: Study, role: Role) -> tuple[Cells, ...]:
    """The cells to sum within: of unit, wave and all segments crossed where these are few, else of unit and wave, and of each segment."""
    cells = study.cells[role]
    if cells.few:
        return (cells,)
    columns = ((UNIT, WAVE), *((name,) for name in cells.labels if name not in (UNIT, WAVE)))
    return _remembered(study, (role, "layers"), lambda _: tuple(map(cells.by, columns)))


def layer_of(study: Study, role: Role, segment: str | None) -> int:
    """Which of the layers tells a segment's values apart; of unit and wave it is the first."""
    cells = study.cells[role]
    segments = [name for name in cells.labels if name not in (UNIT, WAVE)]
    return 0 if cells.few or segment is None else 1 + segments.index(segment)


def weights(study: Study, role: Role) -> np.ndarray | None:
    """The case weights of a role, or None if it has none."""
    frame = study.respondents[role]
    return frame[WEIGHT].to_numpy(np.float64) if WEIGHT in frame else None


def summed(study: Study, role: Role, name: Hashable, rows: Callable[[Study], Rows]) -> tuple[Sums, ...]:
    """Sums of scores within the cells of each layer. rows: the scores of a study's respondents; name: what they are, for remembering."""

    def collected(study: Study) -> tuple[Sums, ...]:
        partitions = [Partition(cells.of, len(cells)) for cells in layers(study, role)]
        return tuple(collect(rows(study), partitions, weights(study, role)))

    return _by_cell(study, role, ("sums", name), collected, Sums.of_groups)


def added(study: Study, role: Role, name: Hashable, columns: Callable[[Study], Iterable[np.ndarray]]) -> np.ndarray:
    """Plain sums of some columns (one value per respondent, none missing) within the cells of the first layer: cells x columns."""

    def collected(study: Study) -> np.ndarray:
        cells = layers(study, role)[0]
        partition = Partition(cells.of, len(cells))
        return np.stack([partition.add(column) for column in columns(study)], axis=1)

    return _by_cell(study, role, ("added", name), collected, lambda found, kept: found[kept])


def products(study: Study, role: Role, name: Hashable, table: Callable[[Study], np.ndarray], power: int = 1) -> np.ndarray:
    """Cross-products z z' of a table's rows (n x m, no missing values) within the cells of the first layer: cells x m(m+1)/2.

    The upper triangle, row by row. Each respondent counts with the case weight to this power.
    """
    weighted = power > 0 and weights_given(study, role)

    def collected(study: Study) -> np.ndarray:
        rows, cells = table(study), layers(study, role)[0]
        found = unit_products(rows, cells.of, weights(study, role) ** power if weighted else None)
        upper = np.triu_indices(rows.shape[1])
        return found[:, upper[0], upper[1]]

    return _by_cell(study, role, ("products", name, power if weighted else 0), collected, lambda found, kept: found[kept])


def singled_out(study: Study, role: Role, name: Hashable, find: Callable[[Study], tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The few respondents that do not add up: find gives which rows of the role these are, and a row of numbers for each of them."""

    def collected(study: Study) -> tuple[np.ndarray, np.ndarray]:
        rows, numbers = find(study)
        return layers(study, role)[0].of[rows], numbers

    if study.whole is study or not study.cells[role].few:
        return collected(study)[1]
    cell, numbers = _remembered(study.whole, (role, "singled out", name), collected)
    return numbers[study.kept[role][cell]]


def of_whole(study: Study, name: Hashable, find: Callable[[Study], object]):
    """A fact about the whole study that this one is part of, found once."""
    return _remembered(study.whole, name, find)


def weights_given(study: Study, role: Role) -> bool:
    """Whether a role's answers carry case weights."""
    return WEIGHT in study.whole.respondents[role]


def _by_cell(study: Study, role: Role, name: tuple, add: Callable, chosen: Callable):
    """What is added by cell: the whole study's where it has few cells; else of these respondents alone."""
    if study.whole is study or not study.cells[role].few:
        few = all(cells.few for cells in layers(study, role))
        return _remembered(study, (role, name), add) if few else add(study)
    found, kept = _remembered(study.whole, (role, name), add), study.kept[role]
    return tuple(chosen(one, kept) for one in found) if isinstance(found, tuple) else chosen(found, kept)


def _remembered(study: Study, name: Hashable, find: Callable[[Study], object]):
    of_study = _kept.setdefault(study, {})
    if name not in of_study:
        of_study[name] = find(study)
    return of_study[name]
