"""What adds up over respondents, added within each cell once for a whole study: a selection is then a sum over cells, not over people.

Every filter names whole cells (`gaps.model.Cells`). Nothing here depends on a selection: what is summed must be a function of the
respondent alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from gaps.model import UNIT, WAVE, WEIGHT, Cells, Role, Study
from gaps.scoring.cross_products import unit_products
from gaps.scoring.sums import Partition, Sums, collect

Rows = Iterable[tuple[np.ndarray | float, np.ndarray]]  # base and score above it, as `collect` takes them

_kept: WeakKeyDictionary[Study, dict[tuple, object]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Layers:
    """The cells of a role to sum within.

    first: of unit, wave and as many segments crossed as leave them few; finest: of all of them. kept: which cells of the whole study's
    first layer these are, so that its sums are added up; None where sums are taken of these respondents alone.
    """

    first: Cells
    finest: Cells
    kept: np.ndarray | None = None

    def home(self, study: Study) -> Study:
        """The study within whose first layer the sums of this one are taken. Not held here: what is remembered must let go of its study."""
        return study if self.kept is None else study.whole

    @cached_property
    def coarse(self) -> np.ndarray:
        """The place of each of the finest cells among those of the first layer."""
        if self.first.people is self.finest.people:
            return np.arange(len(self.finest))
        found = np.empty(len(self.finest), np.int64)
        found[self.finest.of] = self.first.of
        return found

    @cached_property
    def others(self) -> dict[str, Cells]:
        """The cells of each segment that is not among those of the first layer."""
        return {name: self.finest.by((name,)) for name in self.finest.labels if name not in self.first.labels}


def layers(study: Study, role: Role) -> Layers:
    """The cells of a role to sum within."""
    return _remembered(study, (role, "layers"), lambda study: _part_of_whole(study, role) or _own(study, role))


def cells_of(study: Study, role: Role) -> Cells:
    """The first layer."""
    return layers(study, role).first


def _own(study: Study, role: Role) -> Layers:
    finest = study.cells[role]
    first, names = finest, list(finest.labels)
    while not first.few and names[-1:] not in ([UNIT], [WAVE], []):
        names = names[:-1]
        first = finest.by(names)
    return Layers(first, finest)


def _part_of_whole(study: Study, role: Role) -> Layers | None:
    """The whole study's first layer without the others' cells; None where it has too many, or cells of which only some people are meant."""
    if study.whole is study:
        return None
    first, finest = cells_of(study.whole, role), study.whole.cells[role]
    if not first.few:
        return None
    place, size = finest.within(first), len(first)

    def united(meant: np.ndarray, among: np.ndarray) -> np.ndarray | None:
        """Which cells of the first layer are meant, None where of some only a part is."""
        n, of = np.bincount(place[among & meant], minlength=size), np.bincount(place[among], minlength=size)
        return n > 0 if ((n == 0) | (n == of)).all() else None

    kept = united(study.kept[role], np.ones(len(finest), bool))
    hidden = {name: united(of, study.kept[role]) for name, of in study.blank.get(role, {}).items() if name in first.labels}
    if kept is None or any(of is None for of in hidden.values()):
        return None
    return Layers(first.only(kept, hidden), study.cells[role], kept)


def weights(study: Study, role: Role) -> np.ndarray | None:
    """The case weights of a role, or None if it has none."""
    frame = study.respondents[role]
    return frame[WEIGHT].to_numpy(np.float64) if WEIGHT in frame else None


def weights_given(study: Study, role: Role) -> bool:
    """Whether a role's answers carry case weights."""
    return WEIGHT in study.whole.respondents[role]


def summed(study: Study, role: Role, name: Hashable, rows: Callable[[Study], Rows]) -> Sums:
    """Sums of scores within the cells of the first layer. rows: the scores of a study's respondents; name: what they are, for memory."""
    return _by_cell(study, role, ("sums", name), lambda home: collected(home, role, rows, [cells_of(home, role)])[0], Sums.of_groups)


def collected(study: Study, role: Role, rows: Callable[[Study], Rows], within: Iterable[Cells]) -> list[Sums]:
    """Sums of scores within cells of this study, in one pass over its respondents; nothing is remembered."""
    return collect(rows(study), [Partition(layer.of, len(layer)) for layer in within], weights(study, role))


def added(study: Study, role: Role, name: Hashable, columns: Callable[[Study], Iterable[np.ndarray]]) -> np.ndarray:
    """Plain sums of some columns (one value per respondent, none missing) within the cells of the first layer: cells x columns."""

    def add(home: Study) -> np.ndarray:
        first = cells_of(home, role)
        partition = Partition(first.of, len(first))
        return np.stack([partition.add(column) for column in columns(home)], axis=1)

    return _by_cell(study, role, ("added", name), add, _some)


def products(study: Study, role: Role, name: Hashable, table: Callable[[Study], np.ndarray], power: int = 1) -> np.ndarray:
    """Cross-products z z' of a table's rows (n x m, no missing values) within the cells of the first layer: cells x m(m+1)/2.

    The upper triangle, row by row. Each respondent counts with the case weight to this power.
    """
    weighted = power > 0 and weights_given(study, role)

    def add(home: Study) -> np.ndarray:
        rows = table(home)
        found = unit_products(rows, cells_of(home, role).of, weights(home, role) ** power if weighted else None)
        upper = np.triu_indices(rows.shape[1])
        return found[:, upper[0], upper[1]]

    return _by_cell(study, role, ("products", name, power if weighted else 0), add, _some)


def counted(
    study: Study, role: Role, name: Hashable, codes: Callable[[Study], Iterable[np.ndarray]], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give how many respondents have each code (0 to size - 1; `size`: none), and their case weights, within the cells of the first layer.

    codes: columns of them, one per respondent. Both cells x columns x size; without case weights they are the same.
    """

    def add(home: Study) -> tuple[np.ndarray, np.ndarray]:
        first, weight = cells_of(home, role), weights(home, role)
        parts = [Partition(first.of * (size + 1) + column, len(first) * (size + 1)) for column in codes(home)]

        def within(weight: np.ndarray | None) -> np.ndarray:
            return np.stack([part.add(weight).reshape(len(first), size + 1)[:, :size] for part in parts], axis=1)

        n = within(None).astype(np.uint32)
        return n, n if weight is None else within(weight)

    return _by_cell(study, role, ("counted", name), add, lambda found, kept: tuple(sums[kept] for sums in found))


def singled_out(study: Study, role: Role, name: Hashable, find: Callable[[Study], tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The few respondents that do not add up: find gives which rows of the role these are, and a row of numbers for each of them."""

    def add(home: Study) -> tuple[np.ndarray, np.ndarray]:
        rows, numbers = find(home)
        return cells_of(home, role).of[rows], numbers

    return _by_cell(study, role, ("singled out", name), add, lambda found, kept: (None, found[1][kept[found[0]]]))[1]


def of_whole(study: Study, name: Hashable, find: Callable[[Study], object]):
    """A fact about the whole study that this one is part of, found once."""
    return _remembered(study.whole, name, find)


def at_hand(study: Study, role: Role, name: Hashable) -> bool:
    """Whether sums of this name are remembered."""
    return (role, "sums", name) in _kept.get(layers(study, role).home(study), {})


def _some(found: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return found[kept]


def _by_cell(study: Study, role: Role, name: tuple, add: Callable[[Study], object], some: Callable):
    """What is added by cell at home, remembered there where cells are few; of these respondents alone."""
    found = layers(study, role)
    home = found.home(study)
    sums = _remembered(home, (role, *name), add) if cells_of(home, role).few else add(home)
    return sums if found.kept is None else some(sums, found.kept)


def _remembered(study: Study, name: Hashable, find: Callable[[Study], object]):
    of_study = _kept.setdefault(study, {})
    if name not in of_study:
        of_study[name] = find(study)
    return of_study[name]
