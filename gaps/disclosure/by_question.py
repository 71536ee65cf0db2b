"""Tables of which some rows rest on questions that were put to some only: these rows are made of whom may be shown of those questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from gaps.disclosure.answers import KEYS, hidden_rows
from gaps.disclosure.asked import IMPORTANCE, OUTCOME, What
from gaps.disclosure.minimum import SMALL
from gaps.disclosure.protection import Protected
from gaps.model import OUTCOMES, Battery, Gap, Withheld

T = TypeVar("T")
ASKED = ("gap", "measure", "outcome", "battery", "dimension", "item")  # the columns that tell which questions a row is about
IDENTITY = tuple(sorted(KEYS - {"items", "role", "units", "design", "withheld"}))  # those that tell rows apart
WEIGHTED = "servqual_weighted"  # the measure that rests on importance points too


def by_question(made: Callable[[Protected], T | Withheld], protected: Protected, why: str = SMALL) -> T | Withheld:
    """A result whose tables have their rows from what is shown of the questions that each rests on (`Protected.about`).

    made: the result of somebody protected so. Where every question was put to everybody this is made(protected). Rows that only the
    others have are kept without numbers, `withheld` is `why`.
    """
    found = made(protected)
    if not protected.protection.asked or isinstance(found, Withheld):
        return found
    tables = [field.name for field in fields(found) if isinstance(getattr(found, field.name), pd.DataFrame)]
    others = {protected: found}
    for name in tables:
        for one in _about(getattr(found, name), protected):
            if one not in others:
                others[one] = made(one)
    frames = {name: {one: getattr(other, name, None) for one, other in others.items()} for name in tables}
    return replace(found, **{name: _joined(of, protected, why) for name, of in frames.items()})


def _about(frame: pd.DataFrame, protected: Protected) -> list[Protected]:
    """For each row, what is shown of its questions."""
    columns = [name for name in ASKED if name in frame]
    if not columns or not len(frame):
        return [protected] * len(frame)
    kinds = frame.groupby(columns, dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(kinds, return_index=True)
    about = [protected.about(*asked_by(row)) for row in frame.iloc[first][columns].to_dict("records")]
    return [about[kind] for kind in kinds]


def asked_by(row: dict[str, object]) -> Iterator[What]:
    """The questions that a row rests on, by its gap, measure, outcome, battery, dimension and item."""
    dimension = row.get("dimension") if isinstance(row.get("dimension"), str) else None
    item = None if pd.isna(row.get("item")) else int(row["item"])
    measure, battery = row.get("measure"), row.get("battery")
    if not pd.isna(row.get("gap")):
        yield (Gap(int(row["gap"])), dimension, item)
    elif isinstance(row.get("outcome"), str) or measure in OUTCOMES:
        yield (OUTCOME, row["outcome"] if isinstance(row.get("outcome"), str) else measure)
    elif isinstance(battery, str) and battery in set(Battery):
        yield (Battery(battery), dimension, item)
    else:
        yield (Gap.CUSTOMER, dimension, item)
        if measure == WEIGHTED:
            yield IMPORTANCE


def _joined(frames: dict[Protected, pd.DataFrame | None], protected: Protected, why: str) -> pd.DataFrame:
    """The rows of each table that are its own, in the order of the first; those of it that no other has are without numbers."""
    base = frames[protected]
    keys = [name for name in IDENTITY if name in base]
    own = _about(base, protected)
    parts = []
    for one, frame in frames.items():
        mine = base[[about is one for about in own]]
        if frame is None or not len(frame) or one is protected:
            parts.append(mine if one is protected else hidden_rows(mine, why))
            continue
        theirs = frame[[about is one for about in _about(frame, protected)]]
        lost = ~_index(mine, keys).isin(_index(theirs, keys))
        parts += [theirs, hidden_rows(mine[lost], why)]
    together = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else base
    known = _index(base, keys)
    place = known.drop_duplicates().get_indexer(_index(together, keys))
    order = np.argsort(np.where(place < 0, len(base), place), kind="stable")
    return together.iloc[order].reset_index(drop=True)


def _index(frame: pd.DataFrame, keys: list[str]) -> pd.Index:
    """What tells the rows apart; nothing is equal to nothing."""
    columns = [frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in keys]
    return pd.Index(columns[0].str.cat(columns[1:], sep="\0") if len(columns) > 1 else columns[0])
