"""Result tables by group, without the numbers of groups that may not be shown: their rows stay, and say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gaps.disclosure.minimum import SMALL
from gaps.disclosure.protection import Group, Protected
from gaps.model import DIRECT_ROLE, UNIT, WAVE, Battery, Gap, Role, Withheld
from gaps.scoring.gap_table import COUNTS, NO_ANSWERS
from gaps.scoring.tables import GapTable, WaterfallTable

if TYPE_CHECKING:
    from gaps.stats.change import Changes
    from gaps.stats.contrasts import Contrasts

NUMBERS = ("expected", "achieved", "mean", "sd", "se", "df", "low", "high", "p")
CHAIN = (Role.CUSTOMERS, Role.MANAGERS, Role.EMPLOYEES)


def gap_table(table: GapTable, protected: Protected) -> GapTable:
    """The table without the numbers of groups of customers, managers or employees that may not be shown; n too is missing there.

    A gap between two roles needs both of them. Rows of a filtered selection or of a group in which fewer than the minimum answered an item
    are hidden as well.
    """
    frame = table.frame
    codes = np.full(len(frame), "", object)
    for gap, rows in frame.groupby("gap").indices.items():
        part = frame.iloc[rows]
        for role in _roles(table, Gap(gap)):
            _mark(codes, rows, _hidden_rows(part, role, protected))
        _mark(codes, rows, _few_answers(part, table, Gap(gap), protected))
    hidden = codes != ""
    if not hidden.any():
        return replace(table, minimum=protected.minimum)
    frame = frame.assign(withheld=pd.array(np.where(hidden, codes, frame["withheld"].to_numpy(object)), dtype="str"))
    for name in COUNTS + NUMBERS:
        frame[name] = frame[name].astype(float).mask(hidden)
    return replace(table, frame=frame, minimum=protected.minimum)


def _roles(table: GapTable, gap: Gap) -> tuple[Role, ...]:
    match table.designs.get(int(gap)):
        case "items":
            return tuple(dict.fromkeys((gap.expected.role, gap.achieved.role)))
        case "direct":
            return (DIRECT_ROLE[gap],)
    return ()


def _mark(codes: np.ndarray, rows: np.ndarray, found: np.ndarray) -> None:
    """Write reasons into some rows; fewer than the minimum is the stronger one."""
    codes[rows] = np.where((found == SMALL) | (codes[rows] == ""), found, codes[rows])


def _hidden_rows(part: pd.DataFrame, role: Role, protected: Protected) -> np.ndarray:
    """Why each row is hidden for the sake of a role, empty where it is not."""
    codes = np.full(len(part), SMALL if protected.emptied(role) else "", object)
    keys = {name: part[name].notna().to_numpy() for name in (UNIT, WAVE, "segment")}
    for by in ((UNIT,), (WAVE,), (UNIT, WAVE)):
        at = np.flatnonzero(~keys["segment"] & (keys[UNIT] == (UNIT in by)) & (keys[WAVE] == (WAVE in by)))
        if len(at):
            codes[at] = _reasons(part.iloc[at][list(by)], protected.hidden(role, by), codes[at])
    if role is Role.CUSTOMERS:
        for segment, places in part.groupby("segment").indices.items():
            codes[places] = _reasons(part.iloc[places][["segment_value"]], protected.hidden(role, (segment,)), codes[places])
    return codes


def _reasons(keys: pd.DataFrame, groups: Mapping[Group, str], before: np.ndarray) -> np.ndarray:
    if not groups:
        return before
    names = keys.iloc[:, 0].map({key: why for (key,), why in groups.items()}) if keys.shape[1] == 1 else None
    if names is None:
        names = pd.Series([groups.get(key) for key in zip(*(keys[c].astype(object) for c in keys), strict=True)], dtype=object)
    return np.where(names.isna().to_numpy(), before, names.to_numpy(object))


def _few_answers(part: pd.DataFrame, table: GapTable, gap: Gap, protected: Protected) -> np.ndarray:
    """Rows of some people in which fewer than the minimum gave this answer; everybody's total is shown whatever its size."""
    sides = [("n_expected", gap.expected.role), ("n_achieved", gap.achieved.role)]
    if table.designs.get(int(gap)) == "direct":
        sides = [("n_achieved", DIRECT_ROLE[gap])]
    few = np.zeros(len(part), bool)
    for column, role in sides:
        by = [UNIT, WAVE, "segment"] if role is Role.CUSTOMERS else [UNIT, WAVE]
        some = bool(protected.places.get(role)) | part[by].notna().any(axis=1)
        few |= (part[column].between(1, protected.minimum[role] - 1) & some).to_numpy()
    return np.where(few, SMALL, "").astype(object)


def waterfall(table: WaterfallTable | Withheld, protected: Protected) -> WaterfallTable | Withheld:
    """The waterfall without the numbers of units of which customers, managers or employees may not be shown."""
    if any(protected.emptied(role) for role in CHAIN):
        return _too_small(protected)
    if isinstance(table, Withheld):
        return table
    groups = {unit for role in CHAIN for (unit,) in protected.hidden(role, (UNIT,))}
    hidden = table.frame[UNIT].isin(groups)
    numbers = [name for name in table.frame if name not in ("dimension", UNIT)]
    return WaterfallTable(table.frame.assign(**{name: table.frame[name].mask(hidden) for name in numbers}), protected.minimum)


def contrasts(found: Contrasts | Withheld, protected: Protected, by: Sequence[str]) -> Contrasts | Withheld:
    """Comparisons computed from the groups that are shown, with a row without numbers for each of those that are not.

    Withheld (small_group) where every group is hidden.
    """
    hidden = {name: protected.hidden(Role.CUSTOMERS, (name,)) for name in by}
    if isinstance(found, Withheld):
        return _too_small(protected) if any(hidden.values()) else found
    if not len(found.frame):
        return _too_small(protected) if any(hidden.values()) else replace(found, minimum=protected.minimum)
    rows = list(_rows_of_hidden(found, hidden))
    if not rows:
        return replace(found, minimum=protected.minimum)
    frame = found.frame.astype({"n": float, "n_rest": float})
    added = pd.DataFrame(rows).reindex(columns=list(frame.columns)).astype(frame.dtypes.to_dict())
    return replace(found, frame=pd.concat([frame, added], ignore_index=True), minimum=protected.minimum)


def _rows_of_hidden(found: Contrasts, hidden: Mapping[str, Mapping[Group, str]]) -> Iterator[dict[str, object]]:
    levels = found.frame[["measure", "dimension", "item"]].drop_duplicates().to_dict("records")
    for by, groups in hidden.items():
        for (group,), why in groups.items():
            yield from ({"by": by, "group": group, "standing": "", "withheld": why} | level for level in levels)


def changes(found: Changes | Withheld, protected: Protected) -> Changes | Withheld:
    """Changes computed from the waves that are shown; where a role of a wave is hidden, the row says so instead of giving its number."""
    if isinstance(found, Withheld):
        hidden = any(protected.hidden(role, (WAVE,)) for role in protected.study.respondents)
        return _too_small(protected) if hidden else found
    frame = found.frame
    codes = np.full(len(frame), "", object)
    for role in protected.study.respondents:
        groups = {wave: why for (wave,), why in protected.hidden(role, (WAVE,)).items()}
        groups |= dict.fromkeys(protected.study.waves, SMALL) if protected.emptied(role) else {}
        concerned = frame["gap"].map(lambda gap, role=role: role in _sides(gap)).to_numpy(bool)
        for column in ("wave_before", "wave"):
            why = frame[column].map(groups)
            _mark(codes, np.arange(len(frame)), np.where(concerned & why.notna(), why, "").astype(object))
    hidden = (codes != "") & frame["withheld"].isin([NO_ANSWERS, "confidential"]).to_numpy()
    if not hidden.any():
        return found
    frame = frame.assign(withheld=pd.array(np.where(hidden, codes, frame["withheld"].to_numpy(object)), dtype="str"))
    for name in ("n_before", "n", "n_pairs", "before", "after", "change"):
        frame[name] = frame[name].astype(float).mask(hidden)
    return replace(found, frame=frame)


def _sides(gap: float) -> tuple[Role, ...]:
    """The roles that a change is about; outcomes and scores are the customers'."""
    if pd.isna(gap):
        return (Battery.PERCEPTION.role,)
    return (Gap(int(gap)).expected.role, Gap(int(gap)).achieved.role)


def _too_small(protected: Protected) -> Withheld:
    m = protected.minimum
    return Withheld(SMALL, {"customers": m.customers, "managers": m.managers, "employees": m.employees})
