"""Two editions of a study: what they have in common cancels out, and whoever sees both can compute the rest.

If edition 2 is edition 1 with three more customers, the difference of two totals is the sum of the three. Each edition alone guards its
groups (`cells`); neither knows of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from gaps.disclosure.minimum import Minimum
from gaps.model import DIRECT_ROLE, UNIT, WAVE, Role, Study

MOST_CROSSED = 3  # filters taken together
SAME = 0.5  # share of the smaller edition that must be in the other for both to be of one study


@dataclass(frozen=True, slots=True)
class Exposed:
    """Of one role, the people that came and went between two editions, and where they are fewer than the minimum.

    added, removed: people in the later edition alone, in the earlier alone; whose answers or labels changed counts as both. everybody:
    whether these are too few over all; groups: in how many groups that both editions can show (values of filters, and crossings of up to
    three) too few came and went.
    """

    role: Role
    added: int
    removed: int
    everybody: bool
    groups: int


def between(before: Study, now: Study, minimum: Minimum) -> tuple[Exposed, ...]:
    """Find the roles of which two editions together tell the answers of fewer people than the minimum; empty where of none.

    People are the same if they have the same answers to what both editions asked, and the same labels (respondents' names do not count:
    exports number them anew). In a group, those who came and those who went are each fewer than the minimum, and not both nobody. Groups
    below the minimum in either edition are not shown and do not count. Nothing is found where the editions share fewer than half of the
    smaller one's people: these are two studies. Compares two editions, not three.
    """
    found = (_exposed(role, before, now, minimum[role]) for role in Role if before.n(role) and now.n(role) and minimum[role] > 1)
    return tuple(one for one in found if one is not None)


def _exposed(role: Role, before: Study, now: Study, least: int) -> Exposed | None:
    answers = _common_answers(role, before, now)
    if answers is None:
        return None
    n = before.n(role), now.n(role)
    who = np.unique(np.concatenate(answers), return_inverse=True)[1]
    labels = [_codes(before, now, role, name) for name in _filters(role, before, now)]
    sign = np.repeat([-1, 1], n)
    added, removed = _changes(np.zeros(len(who), np.int64), who, sign, 1)
    if n[1] - int(added[0]) < SAME * min(n):
        return None
    everybody = 0 < max(added[0], removed[0]) < least
    left = np.flatnonzero(_uncancelled(_joined([*labels, who]), sign))  # who has a twin in all labels and answers has one in each group
    groups = 0
    for k in range(1, min(len(labels), MOST_CROSSED) + 1):
        for columns in combinations(labels, k):
            groups += _groups(np.stack(columns), who, sign, left, least)
    return Exposed(role, int(added[0]), int(removed[0]), bool(everybody), groups) if everybody or groups else None


def _groups(codes: np.ndarray, who: np.ndarray, sign: np.ndarray, left: np.ndarray, least: int) -> int:
    """The cells of one crossing, shown in both editions, in which too few people came and went. codes: filters x people, -1: no value."""
    known = (codes >= 0).all(axis=0)
    cell = _joined(codes)
    shown = np.logical_and(*(np.bincount(cell[known & (sign == side)], minlength=cell.max(initial=-1) + 1) >= least for side in (-1, 1)))
    left = left[known[left]]
    left = left[shown[cell[left]]]
    if not len(left):
        return 0
    added, removed = _changes(cell[left], who[left], sign[left], len(shown))
    most = np.maximum(added, removed)
    return int(((most > 0) & (most < least)).sum())


def _changes(cell: np.ndarray, who: np.ndarray, sign: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """How many people of each cell are in the later edition alone, and in the earlier alone."""
    kind, first, of = np.unique(_joined([cell, who]), return_index=True, return_inverse=True)
    net = np.bincount(of, sign, len(kind))
    return tuple(np.bincount(cell[first], np.maximum(side * net, 0), cells).astype(np.int64) for side in (1, -1))


def _uncancelled(kind: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Whose kind is not in both editions equally often."""
    return (np.bincount(kind, sign) != 0)[kind]


def _joined(codes: Sequence[np.ndarray]) -> np.ndarray:
    """One code for each combination of codes."""
    joined = np.zeros(len(codes[0]), np.int64)
    for code in codes:
        joined = np.unique(joined * (int(code.max(initial=0)) + 2) + code + 1, return_inverse=True)[1]
    return joined


def _filters(role: Role, *editions: Study) -> Iterator[str]:
    names = [UNIT, WAVE, *(editions[0].segments if role is Role.CUSTOMERS else ())]
    for name in names:
        if all(name in study.respondents[role] for study in editions):
            yield name


def _codes(before: Study, now: Study, role: Role, name: str) -> np.ndarray:
    """The value of a filter of everybody in both editions, the same code for the same label."""
    columns = [study.respondents[role][name].astype(object) for study in (before, now)]
    return pd.factorize(pd.concat(columns, ignore_index=True))[0].astype(np.int64)


def _common_answers(role: Role, before: Study, now: Study) -> tuple[np.ndarray, np.ndarray] | None:
    """Each person's answers to what both editions asked of a role, as one number; None where nothing was asked in both."""
    pairs = [(before.answers[b], now.answers[b]) for b in before.answers if b.role is role and b in now.answers]
    pairs += [(before.ratings[g], now.ratings[g]) for g in before.ratings if DIRECT_ROLE[g] is role and g in now.ratings]
    if role is Role.CUSTOMERS:
        outcomes = [name for name in before.outcomes if name in now.outcomes]
        pairs += [(before.customers[outcomes], now.customers[outcomes])]
        pairs += [(before.importance, now.importance)] if before.importance is not None and now.importance is not None else []
    columns = [(x[name], y[name]) for x, y in pairs for name in x.columns if name in y]
    if not columns:
        return None
    first, second = (np.zeros(study.n(role), np.uint64) for study in (before, now))
    for x, y in columns:
        first, second = (_mixed(code, column) for code, column in ((first, x), (second, y)))
    return first, second


def _mixed(code: np.ndarray, column: pd.Series) -> np.ndarray:
    answer = pd.util.hash_array(column.to_numpy(np.float64, na_value=np.nan))
    return (code ^ answer) * np.uint64(0x9E3779B97F4A7C15) ^ (code >> np.uint64(29))
