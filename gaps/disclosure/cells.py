"""Which cells of crossed filters are hidden: those below the minimum, and as many others as keep them from being computed.

Cell suppression in linked tables (Hundepool et al. 2012, Statistical Disclosure Control, chapter 4). Every crossing of some of the
filters is a table whose margins are the crossings with one filter less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import comb
from threading import RLock

import numpy as np

from gaps.model import crossed

MOST_TABLES = 200  # crossings that are settled together; a study with many filters has its crossings of few filters among them
MOST_PLACES = 20_000_000  # such tables times atoms
MOST_EQUATIONS = 500_000  # shown cells times atoms up to which all of them are solved for together
MOST_BOXES = 200  # small cells taken together, of one table
ROUNDING, SOLVED = 1e-9, 1e-4

Filters = frozenset[int]


@dataclass(eq=False)
class Crossing:
    """One table. of_atom: each atom's cell; first: an atom of each cell; n: people in each; blank: whether a filter's value is missing."""

    filters: tuple[int, ...]
    of_atom: np.ndarray
    first: np.ndarray
    n: np.ndarray
    blank: np.ndarray
    hidden: np.ndarray = field(init=False)

    def __len__(self) -> int:
        return len(self.n)


class LinkedTables:
    """The crossings of the filters of one role, and which of their cells are hidden.

    codes: per filter each person's value, the number of values where a person has none; people: how many stand behind each, where codes
    are of several people together. People alike in all filters are an atom.
    A cell is hidden (1) if it has fewer people than the minimum; (2) if it is part of a hidden cell of fewer filters; (3) as
    complement: in every line of a table (all filters but one held) whose sum is shown, the hidden cells are none, or at least two with at
    least the minimum together; people without a value are taken first, then the smallest; (4) if it consists of one cell that is hidden in
    a crossing with one filter more. These hold for all crossings up to `joint` filters together; crossings of more filters obey (1) to (3).

    So of two selections, the one contained in the other, what is shown differs by nobody or by at least the minimum. Everybody together
    is always shown. Where there are not too many cells (MOST_EQUATIONS), further cells are hidden until no cell below the minimum, and no
    few such cells together (`_small`), are a linear combination of shown ones, however many are combined. Deterministic; the order of the
    people does not matter.
    """

    def __init__(self, codes: Sequence[np.ndarray], sizes: Sequence[int], minimum: int, people: np.ndarray | None = None) -> None:
        self.minimum, self.sizes = minimum, tuple(sizes)
        self.atom_of, self.atoms = crossed(codes, sizes, len(codes[0]) if codes else 0)
        self.n = np.bincount(self.atom_of, people, minlength=len(self.atoms[0]) if len(self.atoms) else 1).astype(np.int64)
        self._tables: dict[Filters, Crossing] = {}
        self._closing = RLock()  # sessions share the tables: none may see one that is not closed yet
        self._parents: dict[tuple[Filters, int], np.ndarray] = {}
        self._targets: np.ndarray | None = None
        # a filter with one value only has no cells of its own
        self.varied = frozenset(k for k, values in enumerate(self.atoms) if len(values) and (values != values[0]).any())
        self.joint = _depth(len(self.varied), len(self.n))
        if minimum > 1 and self.varied and len(self.atom_of):
            tables = [self._crossing(f) for k in range(1, self.joint + 1) for f in map(frozenset, combinations(sorted(self.varied), k))]
            self._settle(tables)
            while self._unsolve(tables):
                self._settle(tables)

    def crossing(self, filters: Iterator[int] | Sequence[int]) -> Crossing:
        """The table of some filters, with its hidden cells."""
        wanted = frozenset(filters) & self.varied
        with self._closing:
            if len(wanted) > self.joint and wanted not in self._tables:
                for name in wanted:
                    self.crossing(wanted - {name})
                table = self._crossing(wanted)
                while self._inherit(table) | self._close(table, upward=False):
                    pass
            return self._crossing(wanted)

    def _crossing(self, filters: Filters) -> Crossing:
        if filters not in self._tables:
            names = tuple(sorted(filters))
            of_atom, _ = crossed([self.atoms[k] for k in names], [self.sizes[k] for k in names], len(self.n))
            first = np.full(int(of_atom.max(initial=-1)) + 1, -1)
            first[of_atom[::-1]] = np.arange(len(of_atom))[::-1]
            blank = np.zeros(len(first), bool)
            for k in names:
                blank |= self.atoms[k][first] == self.sizes[k]
            table = Crossing(names, of_atom, first, np.bincount(of_atom, self.n, len(first)).astype(np.int64), blank)
            table.hidden = table.n < self.minimum if names else np.zeros(len(first), bool)
            self._tables[filters] = table
        return self._tables[filters]

    def _margin(self, table: Crossing, name: int) -> tuple[Crossing, np.ndarray]:
        """The crossing without one filter, and the cell of it that each cell of the table belongs to."""
        key = frozenset(table.filters)
        margin = self._crossing(key - {name})
        if (key, name) not in self._parents:
            self._parents[key, name] = margin.of_atom[table.first]
        return margin, self._parents[key, name]

    def _settle(self, tables: list[Crossing]) -> None:
        # The finest first, so that of two crossings with the same cells the one whose lines are shorter chooses the complements.
        tables.sort(key=lambda table: (-len(table), -len(table.filters), table.filters))
        changed = True
        while changed:
            changed = False
            for table in tables:
                changed |= self._inherit(table) | self._close(table)

    def _unsolve(self, tables: list[Crossing]) -> bool:
        """Hide a cell of each linear combination of shown cells that gives some below the minimum; whether there was any."""
        finest = self._tables.get(self.varied)
        unknown = np.arange(len(self.n)) if finest is None else np.flatnonzero(finest.hidden[finest.of_atom])  # the others are shown
        shown = [(table, cell) for table in tables for cell in np.unique(table.of_atom[unknown]) if not table.hidden[cell]]
        if not any((table.n < self.minimum).any() for table in tables) or (len(shown) + 1) * len(unknown) > MOST_EQUATIONS:
            return False
        if self._targets is None:
            self._targets = self._small(tables)
        rows = np.stack([np.ones(len(unknown)), *(table.of_atom[unknown] == cell for table, cell in shown)]).astype(float)
        targets = np.unique(self._targets[:, unknown], axis=0).astype(float)
        sizes, turned = np.linalg.eigh(rows @ rows.T)
        basis = turned[:, sizes > ROUNDING * sizes[-1]].T @ rows
        basis /= np.linalg.norm(basis, axis=1, keepdims=True)
        left = (targets**2).sum(axis=1) - ((targets @ basis.T) ** 2).sum(axis=1)
        if not (left < SOLVED).any():
            return False
        weights = np.abs(np.linalg.lstsq(rows.T, targets[left < SOLVED].T, rcond=None)[0][1:]) > SOLVED  # the first row is everybody
        found = False
        for used in filter(np.any, weights.T):
            places = [(not shown[k][0].blank[shown[k][1]], shown[k][0].n[shown[k][1]], k) for k in np.flatnonzero(used)]
            table, cell = shown[min(places)[2]]
            table.hidden[cell] = found = True
        return found

    def _small(self, tables: list[Crossing]) -> np.ndarray:
        """Cells of fewer people than the minimum, and of several such cells together those that some values of each filter have in common.

        What is in neither of two groups follows from both, from what they share and from everybody. Sets x atoms, true for its atoms; of
        tables with many small cells the cells alone.
        """
        found: dict[bytes, np.ndarray] = {}
        for table in tables:
            values = [self.atoms[k] for k in table.filters]
            small = np.flatnonzero(table.n < self.minimum)
            cells = [(tuple(frozenset({int(v[table.first[cell]])}) for v in values), int(table.n[cell])) for cell in small]
            seen, waiting = {box for box, _ in cells}, [box for box, _ in cells]
            while waiting:
                box = waiting.pop()
                inside = np.logical_and.reduce([_one_of(v, some) for v, some in zip(values, box, strict=True)])
                people = int(self.n[inside].sum())
                if people >= self.minimum:
                    continue
                found.setdefault(inside.tobytes(), inside)
                if len(seen) < MOST_BOXES:
                    near = [other for other, n in cells if people + n < self.minimum]
                    joined = {tuple(x | y for x, y in zip(box, other, strict=True)) for other in near} - seen
                    seen |= joined
                    waiting += joined
        return np.array(list(found.values())).reshape(len(found), len(self.n))

    def _inherit(self, table: Crossing) -> bool:
        """Hide what is part of a hidden cell."""
        before = table.hidden.sum()
        for name in table.filters:
            margin, of = self._margin(table, name)
            table.hidden |= margin.hidden[of]
        return bool(table.hidden.sum() > before)

    def _close(self, table: Crossing, *, upward: bool = True) -> bool:
        """Hide complements until no line gives a hidden cell away; where a line has no other cell, its sum is hidden (upward)."""
        changed, open_lines = False, True
        while open_lines:
            open_lines = False
            for name in table.filters:
                margin, of = self._margin(table, name)
                hidden = np.bincount(of[table.hidden], minlength=len(margin))
                people = np.bincount(of[table.hidden], table.n[table.hidden], len(margin))
                bare = ~margin.hidden & (hidden > 0) & ((hidden == 1) | (people < self.minimum))
                if not bare.any():
                    continue
                others = np.flatnonzero(~table.hidden & bare[of])
                order = others[np.lexsort((others, table.n[others], ~table.blank[others], of[others]))]
                lines, first = np.unique(of[order], return_index=True)
                table.hidden[order[first]] = True
                alone = bare & (hidden == 1) & (upward and bool(margin.filters))
                alone[lines] = False
                margin.hidden |= alone
                if len(lines) or alone.any():
                    changed = open_lines = True
        return changed


def _depth(filters: int, atoms: int) -> int:
    """Up to how many filters all crossings are settled together: all where there are few filters, at least two."""
    tables, depth = 0, 0
    for k in range(1, filters + 1):
        tables += comb(filters, k)
        if k > 2 and (tables > MOST_TABLES or tables * atoms > MOST_PLACES):
            break
        depth = k
    return depth


def _one_of(values: np.ndarray, some: frozenset[int]) -> np.ndarray:
    return np.logical_or.reduce([values == one for one in some])
