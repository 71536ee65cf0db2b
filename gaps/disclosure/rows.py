"""Result tables by group, without the numbers of groups that may not be shown: their rows stay, and say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gaps.disclosure.answers import figure, too_small
from gaps.disclosure.minimum import GUARDED, SMALL
from gaps.disclosure.protection import Group, Protected
from gaps.model import DIRECT_ROLE, UNIT, WAVE, Battery, Gap, Role, Withheld
from gaps.scoring.gap_table import COUNTS, NO_ANSWERS
from gaps.scoring.tables import GapTable, WaterfallTable

if TYPE_CHECKING:
    from gaps.stats.agreement import Agreement
    from gaps.stats.change import Changes, WaveChange
    from gaps.stats.contrasts import Contrasts

NUMBERS = ("expected", "achieved", "mean", "sd", "se", "df", "low", "high", "p")
CODES = ("", GUARDED, SMALL)  # in the order of their strength
WAVES_MISSING = ("few", "one_wave", "no_waves")  # reasons of `stats.change` that hidden waves may be behind
CHAIN = (Role.CUSTOMERS, Role.MANAGERS, Role.EMPLOYEES)


def gap_table(table: GapTable, protected: Protected) -> GapTable:
    """The table without the numbers of groups of customers, managers or employees that may not be shown; n too is missing there.

    A gap between two roles needs both of them. Rows of a filtered selection or of a group in which fewer than the minimum answered an item
    are hidden as well; everybody's total is shown whatever its size.
    """
    frame = table.frame
    keys = _Keys.of(frame)
    number = frame["gap"].to_numpy()
    by_role = {role: _reasons(keys, role, protected) for role in protected.protection.columns}
    why = np.zeros(len(frame), np.int8)
    for gap in Gap:
        there = number == int(gap)
        for role, column in _sides(table, gap):
            some = there & (bool(protected.places.get(role)) | (keys.grouped if role is Role.CUSTOMERS else keys.divided))
            n = frame[column].to_numpy()
            few = some & (n >= 1) & (n < protected.minimum[role])
            if role in by_role:
                why[there] = np.maximum(why[there], by_role[role][there])
            why[few] = CODES.index(SMALL)
    hidden = why > 0
    if not hidden.any():
        return replace(table, minimum=protected.minimum)
    withheld = np.where(hidden, np.array(CODES, object)[why], frame["withheld"].to_numpy(object))
    numbers = {name: np.where(hidden, np.nan, frame[name].to_numpy(float)) for name in COUNTS + NUMBERS}
    return replace(table, frame=frame.assign(withheld=pd.array(withheld, dtype="str"), **numbers), minimum=protected.minimum)


def _sides(table: GapTable, gap: Gap) -> tuple[tuple[Role, str], ...]:
    """The roles behind a gap, and the column of their numbers."""
    match table.designs.get(int(gap)):
        case "items":
            return ((gap.expected.role, "n_expected"), (gap.achieved.role, "n_achieved"))
        case "direct":
            return ((DIRECT_ROLE[gap], "n_achieved"),)
    return ()


@dataclass(frozen=True, eq=False)
class _Keys:
    """Which group each row of a gap table is about: places among the units, waves and segment values that occur, -1 = over all."""

    unit: np.ndarray
    units: tuple[str, ...]
    wave: np.ndarray
    waves: tuple[str, ...]
    segment: np.ndarray
    segments: tuple[tuple[str, str], ...]  # column and value

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Keys:
        unit, units = pd.factorize(frame[UNIT])
        wave, waves = pd.factorize(frame[WAVE])
        segment, columns = pd.factorize(frame["segment"])
        value, values = pd.factorize(frame["segment_value"])
        both, pairs = pd.factorize(np.where(segment < 0, -1, segment * (len(values) + 1) + value))
        named = [None if pair < 0 else (str(columns[pair // (len(values) + 1)]), str(values[pair % (len(values) + 1)])) for pair in pairs]
        position = np.array([-1 if pair is None else k for k, pair in enumerate(named)], int)
        return cls(unit, tuple(map(str, units)), wave, tuple(map(str, waves)), position[both], tuple(pair or ("", "") for pair in named))

    @property
    def divided(self) -> np.ndarray:
        """Rows of a unit or a wave."""
        return (self.unit >= 0) | (self.wave >= 0)

    @property
    def grouped(self) -> np.ndarray:
        """Rows of some of the respondents."""
        return self.divided | (self.segment >= 0)


def _reasons(keys: _Keys, role: Role, protected: Protected) -> np.ndarray:
    """For each row the place in CODES of the reason why it is hidden for the sake of a role."""
    why = np.full(len(keys.unit), CODES.index(SMALL) if protected.emptied(role) else 0, np.int8)

    def mark(rows: np.ndarray, places: np.ndarray, groups: Sequence[Group], hidden: Mapping[Group, str]) -> None:
        if hidden:
            codes = np.array([CODES.index(hidden.get(group, "")) for group in groups], np.int8)
            why[rows] = np.maximum(why[rows], codes[places[rows]])

    by_unit, by_wave, by_segment = keys.unit >= 0, keys.wave >= 0, keys.segment >= 0
    mark(by_unit & ~by_wave, keys.unit, [(u,) for u in keys.units], protected.hidden(role, (UNIT,)))
    mark(by_wave & ~by_unit, keys.wave, [(w,) for w in keys.waves], protected.hidden(role, (WAVE,)))
    if (crossed := by_unit & by_wave).any():
        cells = [(u, w) for u in keys.units for w in keys.waves]
        mark(crossed, keys.unit * len(keys.waves) + keys.wave, cells, protected.hidden(role, (UNIT, WAVE)))
    if role is Role.CUSTOMERS and by_segment.any():
        hidden = {(s, value): c for s in {s for s, _ in keys.segments if s} for (value,), c in protected.hidden(role, (s,)).items()}
        mark(by_segment, keys.segment, keys.segments, hidden)
    return why


def waterfall(table: WaterfallTable | Withheld, protected: Protected) -> WaterfallTable | Withheld:
    """The waterfall without the numbers of units of which customers, managers or employees may not be shown.

    Rows of a filtered selection or of a unit in which fewer than the minimum answered have none either, whether they are behind the chain
    or behind what is promised.
    """
    if any(protected.emptied(role) for role in CHAIN):
        return too_small(protected)
    if isinstance(table, Withheld):
        return table
    groups = {unit for role in CHAIN for (unit,) in protected.hidden(role, (UNIT,))}
    frame = table.frame

    def few(role: Role, counted: str) -> pd.Series:
        some = frame[UNIT].notna() | bool(protected.places.get(role))
        return some & frame[counted].between(1, protected.minimum[role] - 1)

    hidden = frame[UNIT].isin(groups)
    for role in CHAIN:
        hidden |= few(role, f"n_{role}")
    unpromised = hidden | few(Role.EMPLOYEES, "n_promised")
    numbers = {name: unpromised if "promised" in name else hidden for name in frame if name not in ("dimension", UNIT)}
    return WaterfallTable(frame.assign(**{name: frame[name].mask(rows) for name, rows in numbers.items()}), protected.minimum)


def contrasts(found: Contrasts | Withheld, protected: Protected, by: Sequence[str]) -> Contrasts | Withheld:
    """Comparisons computed from the groups that are shown, with a row without numbers for each of those that are not.

    Rows in which fewer than the minimum of a group, or of the rest, gave the answer are without numbers too. Withheld (small_group) where
    every group is hidden.
    """
    hidden = {name: protected.hidden(Role.CUSTOMERS, (name,)) for name in by}
    if isinstance(found, Withheld):
        return too_small(protected) if any(hidden.values()) else found
    if not len(found.frame):
        return too_small(protected) if any(hidden.values()) else replace(found, minimum=protected.minimum)
    found = _without_few(replace(found, minimum=protected.minimum), protected.minimum.customers)
    rows = list(_rows_of_hidden(found, hidden))
    if not rows:
        return found
    frame = found.frame.astype({"n": float, "n_rest": float})
    added = pd.DataFrame(rows).reindex(columns=list(frame.columns)).astype(frame.dtypes.to_dict())
    return replace(found, frame=pd.concat([frame, added], ignore_index=True))


def _without_few(found: Contrasts, least: int) -> Contrasts:
    """Without the numbers of rows that rest on fewer answers than the minimum."""
    frame, units = found.frame, found.units
    few = (frame[["n", "n_rest"]].gt(0) & frame[["n", "n_rest"]].lt(least)).any(axis=1).to_numpy()
    if few.any():
        names = [name for name in frame if name not in ("by", "group", "measure", "dimension", "item", "standing", "withheld")]
        frame = frame.assign(
            **{name: frame[name].astype(float).mask(few) for name in names},
            **{name: frame[name].mask(few, text) for name, text in (("standing", ""), ("withheld", SMALL))},
        )
    little = units["n"].between(1, least - 1) if len(units) else units.get("n", pd.Series(dtype=float)).gt(0)
    if little.any():
        names = [name for name in units if name not in (UNIT, "measure", "dimension", "item")]
        units = units.assign(**{name: units[name].astype(float).mask(little) for name in names})
    return replace(found, frame=frame, units=units)


def _rows_of_hidden(found: Contrasts, hidden: Mapping[str, Mapping[Group, str]]) -> Iterator[dict[str, object]]:
    levels = found.frame[["measure", "dimension", "item"]].drop_duplicates().to_dict("records")
    for by, groups in hidden.items():
        for (group,), why in groups.items():
            yield from ({"by": by, "group": group, "standing": "", "withheld": why} | level for level in levels)


def changes(found: Changes | Withheld, protected: Protected) -> Changes | Withheld:
    """Changes computed from the waves that are shown; where a role of a wave is hidden, the row says so instead of giving its number."""
    if isinstance(found, Withheld):
        return _for_hidden_waves(found, protected, tuple(protected.study.respondents))
    frame = found.frame
    codes = np.full(len(frame), "", object)
    for role in protected.study.respondents:
        groups = {wave: why for (wave,), why in protected.hidden(role, (WAVE,)).items()}
        groups |= dict.fromkeys(protected.study.waves, SMALL) if protected.emptied(role) else {}
        concerned = frame["gap"].map(lambda gap, role=role: role in _roles_of_change(gap)).to_numpy(bool)
        for column in ("wave_before", "wave"):
            why = frame[column].map(groups)
            reasons = np.where(concerned & why.notna(), why, "").astype(object)
            codes = np.where((reasons == SMALL) | (codes == ""), reasons, codes)
    few = _few_answers(frame, protected)
    hidden = ((codes != "") & frame["withheld"].isin([NO_ANSWERS, "confidential"]).to_numpy()) | few
    if not hidden.any():
        return found
    codes = np.where(few & (codes == ""), SMALL, codes)
    numbers = [name for name in frame if frame[name].dtype.kind in "fi" and name != "gap"]
    return replace(
        found,
        frame=frame.assign(
            withheld=pd.array(np.where(hidden, codes, frame["withheld"].to_numpy(object)), dtype="str"),
            standing=frame["standing"].mask(hidden, ""),
            **{name: frame[name].astype(float).mask(hidden) for name in numbers},
        ),
    )


def latest_change(found: WaveChange | Withheld, protected: Protected, gap: Gap) -> WaveChange | Withheld:
    """The change of a gap between the last two waves that have people enough and are shown, as `answers.figure` has it.

    Where there are not two because waves are hidden, that is the reason: guards_others or small_group.
    """
    told = figure(found, protected)
    return _for_hidden_waves(told, protected, _roles_of_change(gap)) if isinstance(told, Withheld) else told


def _for_hidden_waves(why: Withheld, protected: Protected, roles: Sequence[Role]) -> Withheld:
    """Why there is no change: what is given, or that waves of these roles are hidden, if there were two otherwise.

    guards_others where two are left without those of fewer people than the minimum, else small_group.
    """
    if why.reason not in WAVES_MISSING:
        return why
    hidden = {role: protected.hidden(role, (WAVE,)) for role in roles}
    unseen = {wave for groups in hidden.values() for (wave,) in groups}
    small = {wave for groups in hidden.values() for (wave,), code in groups.items() if code == SMALL}
    seen = why.values.get("usable", len(set(protected.shown.waves) - unseen))
    if not unseen or seen + len(unseen) < 2:
        return Withheld("one_wave") if why.reason == "no_waves" and unseen else why
    return replace(too_small(protected), reason=GUARDED if seen + len(unseen - small) > 1 else SMALL)


def _few_answers(frame: pd.DataFrame, protected: Protected) -> np.ndarray:
    """The rows in which fewer than the minimum answered in one of the waves; of a gap between two roles the stricter minimum counts."""
    least = {gap: max(protected.minimum[role] for role in _roles_of_change(gap)) for gap in frame["gap"].unique()}
    few = frame[["n_before", "n"]].lt(frame["gap"].map(lambda gap: least.get(gap, protected.minimum.customers)), axis=0)
    return (few & frame[["n_before", "n"]].gt(0)).any(axis=1).to_numpy()


def agreement(found: Agreement | Withheld, protected: Protected) -> Agreement | Withheld:
    """Agreement over all units, without the number and the agreement of each unit that may not be shown."""
    if isinstance(found, Withheld) or not len(found.units):
        return found
    units = found.units
    hidden = {role: protected.hidden(role, (UNIT,)) for role in protected.protection.columns}
    why = [hidden[Battery(b).role].get((unit,), "") for b, unit in zip(units["battery"], units[UNIT], strict=True)]
    there = np.array(why, object) != ""
    if not there.any():
        return found
    numbers = {name: units[name].astype(float).mask(there) for name in units if units[name].dtype.kind in "fi"}
    withheld = pd.array(np.where(there, why, units["withheld"].to_numpy(object)), dtype="str")
    return replace(found, units=units.assign(**numbers, withheld=withheld))


def _roles_of_change(gap: float) -> tuple[Role, ...]:
    """The roles that a change is about; outcomes and scores are the customers'."""
    if pd.isna(gap):
        return (Battery.PERCEPTION.role,)
    return (Gap(int(gap)).expected.role, Gap(int(gap)).achieved.role)
