"""What of a study may be shown, selection by selection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

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


@dataclass(frozen=True, eq=False)
class Protection:
    """Which groups of a study are hidden, whatever is selected. A value to be kept: `select` is quick."""

    study: Study
    minimum: Minimum
    columns: Mapping[Role, tuple[str, ...]]
    labels: Mapping[Role, tuple[tuple[str, ...], ...]]
    tables: Mapping[Role, LinkedTables]

    def select(self, selection: Selection) -> Protected:
        """The people whom a selection names, without those of hidden groups. Raises ValueError as `scoring.select` does."""
        kept = wanted(self.study, selection)
        places, left_out, named, visible = {}, [], {}, {}
        for role, mask in kept.items():
            places[role] = tuple(k for k, name in enumerate(self.columns[role]) if name in _used(selection, role))
            tables = self.tables[role]
            crossing = tables.crossing(places[role])
            named[role] = np.zeros(len(tables.n), bool)
            named[role][tables.atom_of[mask]] = True
            cells = np.unique(crossing.of_atom[named[role]])
            cells = cells[crossing.hidden[cells]]
            if len(cells):
                small = int((crossing.n[cells] < tables.minimum).sum())
                left_out.append(LeftOut(role, small, len(cells) - small))
            visible[role] = named[role] & ~crossing.hidden[crossing.of_atom]
            kept[role] = mask & visible[role][tables.atom_of]
        return Protected(self, selection, kept, places, named, visible, tuple(left_out))


def _used(selection: Selection, role: Role) -> set[str]:
    """The columns by which a selection restricts a role."""
    used = {name for name, values in ((UNIT, selection.units), (WAVE, selection.waves)) if values}
    return used | ({name for name, values in selection.segments if values} if role is Role.CUSTOMERS else set())


@dataclass(frozen=True, eq=False)
class Protected:
    """The people of one selection who may be shown together, and which groups among them may not.

    By role, kept: whether each person is among them; places: the filters in use; named, visible: the atoms that the selection names, and
    those of them that are shown.
    """

    protection: Protection
    selection: Selection
    kept: Mapping[Role, np.ndarray]
    places: Mapping[Role, tuple[int, ...]]
    named: Mapping[Role, np.ndarray]
    visible: Mapping[Role, np.ndarray]
    left_out: tuple[LeftOut, ...]

    @cached_property
    def study(self) -> Study:
        """These people, all their labels known: for models in which units are cases, never for results by group."""
        whole = self.protection.study
        return whole if all(mask.all() for mask in self.kept.values()) else whole.only(self.kept)

    @property
    def minimum(self) -> Minimum:
        """The fewest people that a group may have."""
        return self.protection.minimum

    def of_unit(self, unit: str) -> Protected:
        """What the same selection shows of one of its units."""
        return self.protection.select(replace(self.selection, units=(unit,)))

    def emptied(self, role: Role) -> bool:
        """Whether nobody of a role is shown because all were in hidden groups."""
        return any(one.role is role for one in self.left_out) and not self.kept[role].any()

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
        crossing = tables.crossing({*self.places[role], *by})
        atoms = np.flatnonzero(self.named[role] & np.logical_and.reduce([tables.atoms[k] < len(labels[k]) for k in by]))
        groups, of = np.unique(np.stack([tables.atoms[k][atoms] for k in by]), axis=1, return_inverse=True)
        of, there = np.ravel(of), visible[atoms]

        def count(weights: np.ndarray) -> np.ndarray:
            return np.bincount(of, weights, groups.shape[1])

        hidden = (count(crossing.hidden[crossing.of_atom[atoms]] & there) > 0) | (count(there) == 0)
        people = np.where(count(there) == 0, count(tables.n[atoms]), count(tables.n[atoms] * there))
        return {
            tuple(labels[k][code] for k, code in zip(by, groups[:, g], strict=True)): SMALL if people[g] < tables.minimum else GUARDED
            for g in np.flatnonzero(hidden)
        }

    @cached_property
    def shown(self) -> Study:
        """The same people, without the unit, wave or segment value by which they would be in a hidden group (local suppression)."""
        respondents = {}
        for role, frame in self.study.respondents.items():
            for name in self.protection.columns[role]:
                frame = self._blanked(frame, role, (name,))
            respondents[role] = frame
        return self._with(respondents)

    def blanked(self, columns: Iterable[str]) -> Study:
        """`shown`, customers also without these columns' values where they would be in a hidden group of all of them crossed."""
        names = tuple(name for name in columns if name in self.protection.columns.get(Role.CUSTOMERS, ()))
        customers = self._blanked(self.shown.customers, Role.CUSTOMERS, names) if len(names) > 1 else self.shown.customers
        return self.shown if customers is self.shown.customers else self._with({**self.shown.respondents, Role.CUSTOMERS: customers})

    def _with(self, respondents: Mapping[Role, pd.DataFrame]) -> Study:
        unchanged = all(frame is self.study.respondents[role] for role, frame in respondents.items())
        return self.study if unchanged else self.study.with_(respondents=respondents)

    def _blanked(self, frame: pd.DataFrame, role: Role, names: tuple[str, ...]) -> pd.DataFrame:
        groups = self.hidden(role, names)
        if not groups:
            return frame
        tables, columns = self.protection.tables[role], self.protection.columns[role]
        places = [columns.index(name) for name in names]
        wanted = {tuple(self.protection.labels[role][k].index(label) for k, label in zip(places, group, strict=True)) for group in groups}
        codes = np.stack([tables.atoms[k] for k in places], axis=1)
        kinds, of = np.unique(codes, axis=0, return_inverse=True)
        bad = np.array([tuple(map(int, kind)) in wanted for kind in kinds])[np.ravel(of)]
        rows = bad[tables.atom_of[self.kept[role]]]
        return frame.assign(**{name: frame[name].mask(rows) for name in names})


def protect(study: Study, minimum: Minimum) -> Protection:
    """Find the groups of a study that are too small to be shown, for every selection that units, waves and segments allow.

    Counts people, not their answers. Per role the crossings of its columns (managers and employees: unit and wave) are linked tables in
    the sense of `gaps.disclosure.cells`, where the rules stand.
    """
    columns, labels, tables = {}, {}, {}
    for role, frame in study.respondents.items():
        names = [name for name in (UNIT, WAVE) if name in frame]
        names += [name for name in study.segments if name in frame] if role is Role.CUSTOMERS else []
        codes, known = zip(*(_codes(frame[name]) for name in names), strict=True) if names else ((), ())
        columns[role], labels[role] = tuple(names), tuple(known)
        if not names:
            codes = (np.zeros(len(frame), np.int64),)
        tables[role] = LinkedTables(codes, [len(k) for k in known] or [1], minimum[role])
    return Protection(study, minimum, columns, labels, tables)


def _codes(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Each person's place among a column's values, the number of values where there is none."""
    labels = tuple(map(str, column.cat.categories))
    codes = column.cat.codes.to_numpy().astype(np.int64)
    return np.where(codes < 0, len(labels), codes), labels
