"""What of a study may be shown, selection by selection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gaps.disclosure.asked import Asked, What, asked
from gaps.disclosure.cells import LinkedTables
from gaps.disclosure.minimum import GUARDED, SMALL, Minimum
from gaps.model import UNIT, WAVE, Role, Selection, Study
from gaps.scoring.selection import wanted

Group = tuple[str, ...]  # a value of each column that people are grouped by


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many groups of a role a selection leaves out: below the minimum, and so that none of these can be computed."""

    role: Role
    small: int
    guarded: int


Kinds = Mapping[Role, frozenset[int]]  # of people, by what they were asked (`Asked`)


@dataclass(frozen=True, eq=False)
class Protection:
    """Which groups of a study are hidden, whatever is selected. A value to be kept: `select` is quick.

    asked: who was asked what, where some questions were put to some only. What people were asked is then one filter more of the linked
    tables, the last.
    """

    study: Study
    minimum: Minimum
    columns: Mapping[Role, tuple[str, ...]]
    labels: Mapping[Role, tuple[tuple[str, ...], ...]]
    tables: Mapping[Role, LinkedTables]
    asked: Asked

    def select(self, selection: Selection, kinds: Kinds | None = None) -> Protected:
        """The people whom a selection names, without those of hidden groups. Raises ValueError as `scoring.select` does.

        kinds: as in `hidden`.
        """
        kinds = kinds or {}
        places, left_out, named, visible = {}, [], {}, {}
        for role, mask in wanted(self.study, selection).items():
            places[role] = tuple(k for k, name in enumerate(self.columns[role]) if name in _used(selection, role))
            tables = self.tables[role]
            crossing = tables.crossing(places[role])
            hidden, few = self.hidden(role, places[role], kinds)
            named[role] = np.zeros(len(tables.n), bool)
            named[role][tables.atom_of[mask]] = True
            cells = np.unique(crossing.of_atom[named[role]])
            cells = cells[hidden[cells]]
            if len(cells):
                small = int(few[cells].sum())
                left_out.append(LeftOut(role, small, len(cells) - small))
            visible[role] = named[role] & ~hidden[crossing.of_atom]
        return Protected(self, selection, places, named, visible, tuple(left_out), kinds)

    def hidden(self, role: Role, filters: Iterable[int], kinds: Kinds) -> tuple[np.ndarray, np.ndarray]:
        """Of each cell of a crossing whether it is hidden, and whether it is for being below the minimum.

        kinds: also for the sake of those in it who were asked the same, of these kinds.
        """
        tables, names = self.tables[role], tuple(filters)
        crossing = tables.crossing(names)
        hidden, few = crossing.hidden, crossing.n < tables.minimum
        if role in kinds and names:
            last = len(tables.atoms) - 1
            fine, concerned = tables.crossing((*names, last)), np.isin(tables.atoms[last], list(kinds[role]))
            unseen = concerned & fine.hidden[fine.of_atom]
            hidden, few = hidden.copy(), few.copy()
            hidden[crossing.of_atom[unseen]] = True
            few[crossing.of_atom[unseen & (fine.n < tables.minimum)[fine.of_atom]]] = True
        return hidden, few

    def kinds(self, *what: What) -> Kinds:
        """By role, the kinds of people who were asked some of these; nothing of a role of which everybody was asked each."""
        questions = self.asked.questions(*what)
        found = {role: self.asked.of(role, questions) for role in self.asked.some}
        return {role: kinds for role, kinds in found.items() if kinds}


def _used(selection: Selection, role: Role) -> set[str]:
    """The columns by which a selection restricts a role."""
    used = {name for name, values in ((UNIT, selection.units), (WAVE, selection.waves)) if values}
    return used | ({name for name, values in selection.segments if values} if role is Role.CUSTOMERS else set())


@dataclass(frozen=True, eq=False)
class Protected:
    """The people of one selection who may be shown together, and which groups among them may not.

    By role, places: the filters in use; named, visible: the atoms that the selection names, and those of them that are shown.
    """

    protection: Protection
    selection: Selection
    places: Mapping[Role, tuple[int, ...]]
    named: Mapping[Role, np.ndarray]
    visible: Mapping[Role, np.ndarray]
    left_out: tuple[LeftOut, ...]
    kinds: Kinds

    def about(self, *what: What) -> Protected:
        """What the same selection shows of these questions: itself, unless one of them was put to some only.

        Groups of which those who were asked the same are too few, or would give such ones away, are hidden as well.
        """
        if not self.protection.asked:
            return self
        kinds = self.protection.kinds(*what)
        key = frozenset(kinds.items())
        if key not in self._about:
            found = self.protection.select(self.selection, kinds)
            if all((found.visible[role] == mask).all() for role, mask in self.visible.items()):
                vars(found)["study"] = self.study  # the same people: what was computed of them is at hand
            self._about[key] = found
        return self._about[key]

    @cached_property
    def _about(self) -> dict[frozenset, Protected]:
        return {frozenset(self.kinds.items()): self}

    @cached_property
    def cells(self) -> Mapping[Role, np.ndarray]:
        """By role, whether each of the whole study's cells is among them."""
        return {role: self.visible[role][tables.atom_of] for role, tables in self.protection.tables.items()}

    @cached_property
    def kept(self) -> Mapping[Role, np.ndarray]:
        """By role, whether each person of the whole study is among them."""
        return {role: mask[self.protection.study.cells[role].of] for role, mask in self.cells.items()}

    @cached_property
    def study(self) -> Study:
        """These people, all their labels known: for models in which units are cases, never for results by group."""
        return self.protection.study.only_cells(self.cells)

    @property
    def minimum(self) -> Minimum:
        """The fewest people that a group may have."""
        return self.protection.minimum

    def of_unit(self, unit: str) -> Protected:
        """What the same selection shows of one of its units."""
        return self.protection.select(replace(self.selection, units=(unit,)), self.kinds)

    def emptied(self, role: Role) -> bool:
        """Whether nobody of a role is shown because all were in hidden groups."""
        return any(one.role is role for one in self.left_out) and not self.visible[role].any()

    def hidden(self, role: Role, by: Sequence[str]) -> Mapping[Group, str]:
        """The groups by these columns that may not be shown, and why: SMALL or GUARDED. None by columns that the role does not have.

        A group is hidden if a part of it, crossed with the filters in use, is, or if the selection leaves all of it out.
        """
        if (role, *by) not in self._hidden:
            columns = self.protection.columns.get(role, ())
            known = by and all(name in columns for name in by)
            self._hidden[role, *by] = self._groups(role, [columns.index(name) for name in by]) if known else {}
        return self._hidden[role, *by]

    @cached_property
    def _hidden(self) -> dict[tuple[str, ...], Mapping[Group, str]]:
        return {}

    def _groups(self, role: Role, by: Sequence[int]) -> Mapping[Group, str]:
        labels, tables, visible = self.protection.labels[role], self.protection.tables[role], self.visible[role]
        filters = {*self.places[role], *by}
        crossing = tables.crossing(filters)
        atoms = np.flatnonzero(self.named[role] & np.logical_and.reduce([tables.atoms[k] < len(labels[k]) for k in by]))
        groups, of = np.unique(np.stack([tables.atoms[k][atoms] for k in by]), axis=1, return_inverse=True)
        of, there = np.ravel(of), visible[atoms]
        unseen, few = (cells[crossing.of_atom[atoms]] for cells in self.protection.hidden(role, filters, self.kinds))

        def count(weights: np.ndarray) -> np.ndarray:
            return np.bincount(of, weights, groups.shape[1])

        hidden = (count(unseen & there) > 0) | (count(there) == 0)
        people = np.where(count(there) == 0, count(tables.n[atoms]), count(tables.n[atoms] * there))
        small = people < tables.minimum
        if role in self.kinds:
            small |= count(unseen & few) > 0
        return {
            tuple(labels[k][code] for k, code in zip(by, groups[:, g], strict=True)): SMALL if small[g] else GUARDED
            for g in np.flatnonzero(hidden)
        }

    @cached_property
    def shown(self) -> Study:
        """The same people, without the unit, wave or segment value by which they would be in a hidden group (local suppression)."""
        blank = {role: {name: self._in_hidden(role, (name,)) for name in columns} for role, columns in self.protection.columns.items()}
        hidden = {role: {name: cells for name, cells in of.items() if cells is not None} for role, of in blank.items()}
        return self.protection.study.only_cells(self.cells, hidden) if any(hidden.values()) else self.study

    def blanked(self, columns: Iterable[str]) -> Study:
        """`shown`, customers also without these columns' values where they would be in a hidden group of all of them crossed."""
        role = Role.CUSTOMERS
        names = tuple(name for name in columns if name in self.protection.columns.get(role, ()))
        cells = self._in_hidden(role, names) if len(names) > 1 else None
        if cells is None:
            return self.shown
        frame, rows = self.shown.customers, cells[self.cells[role]][self.shown.cells[role].of]
        customers = frame.assign(**{name: frame[name].mask(rows) for name in names})
        return self.shown.with_(respondents={**self.shown.respondents, role: customers})

    def _in_hidden(self, role: Role, names: tuple[str, ...]) -> np.ndarray | None:
        """Whether each of the whole study's cells is in a hidden group by these columns; None where no group is hidden."""
        groups = self.hidden(role, names)
        if not groups:
            return None
        tables, columns = self.protection.tables[role], self.protection.columns[role]
        places = [columns.index(name) for name in names]
        wanted = {tuple(self.protection.labels[role][k].index(label) for k, label in zip(places, group, strict=True)) for group in groups}
        codes = np.stack([tables.atoms[k] for k in places], axis=1)
        kinds, of = np.unique(codes, axis=0, return_inverse=True)
        return np.array([tuple(map(int, kind)) in wanted for kind in kinds])[np.ravel(of)][tables.atom_of]


def protect(study: Study, minimum: Minimum) -> Protection:
    """Find the groups of a study that are too small to be shown, for every selection that units, waves and segments allow.

    Counts people, not their answers. Per role the crossings of its columns (managers and employees: unit and wave) are linked tables in
    the sense of `gaps.disclosure.cells`, where the rules stand. Where questions were put to some only (`gaps.disclosure.asked`), what
    people were asked is one filter more.
    """
    who = asked(study, minimum)
    columns, labels, tables = {}, {}, {}
    for role, cells in study.cells.items():
        columns[role], labels[role] = tuple(cells.labels), tuple(cells.labels.values())
        codes, sizes = list(cells.codes.values()), [len(known) for known in labels[role]]
        if role in who.kinds:
            codes, sizes = [*codes, who.kinds[role]], [*sizes, int(who.kinds[role].max()) + 1]
        tables[role] = LinkedTables(codes or [np.zeros(len(cells), np.int64)], sizes or [1], minimum[role], cells.n)
    return Protection(study, minimum, columns, labels, tables, who)
