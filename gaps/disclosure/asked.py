"""Questions that were put to some groups only: there everybody knows who could have answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from gaps.disclosure.minimum import Minimum
from gaps.model import DIRECT_ROLE, UNIT, WAVE, Battery, Cells, Gap, Role, Study

CHANCE = 0.001  # that not one of a group would have answered, had it been asked: above, it may be chance; over all groups of a column

Question = tuple[Battery | Gap | str, int | str]  # (battery, item), (gap, dimension) in the direct design, (IMPORTANCE or OUTCOME, name)
# A battery, a gap (both of its sides), IMPORTANCE, an outcome by its name; one question; a dimension or an item of a battery or a gap
What = Battery | Gap | str | Question | tuple[Battery | Gap, str | None, int | None] | None
IMPORTANCE, OUTCOME = "importance", "outcome"
EVERYTHING: tuple[What, ...] = (*Battery, *Gap)  # but outcomes and importance points


@dataclass(frozen=True, eq=False)
class Asked:
    """Who was asked what, where not everybody was asked everything.

    kinds: by role the kind of each of the study's cells (`Study.cells`): of one kind are those who were asked the same questions.
    some: by role and question that was not put to everybody, the kinds that were asked. Both are empty in most studies.
    """

    study: Study
    kinds: Mapping[Role, np.ndarray] = field(default_factory=dict)
    some: Mapping[Role, Mapping[Question, frozenset[int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.some)

    def of(self, role: Role, questions: Iterable[Question]) -> frozenset[int]:
        """The kinds of a role that were asked some of these questions; none where each of them was put to everybody.

        What rests on several questions can be told apart by these kinds: where a dimension has an item more in one wave, its mean less
        that of the other items tells of that wave alone, and of the others too.
        """
        known = self.some.get(role, {})
        wanted = [known.get(question) for question in questions if _role_of(question) is role] if known else []
        if all(kinds is None for kinds in wanted):
            return frozenset()
        everybody = frozenset(range(int(self.kinds[role].max()) + 1))
        return frozenset().union(*(everybody if kinds is None else kinds for kinds in wanted))

    def questions(self, *what: What) -> tuple[Question, ...]:
        """The single questions of all these."""
        return tuple(question for one in what if one is not None for question in self._questions(one))

    def _questions(self, one: What) -> Iterator[Question]:
        if isinstance(one, tuple):
            yield from self._inside(*one) if len(one) == 3 else (one,)
        elif isinstance(one, Battery | Gap):
            yield from self._inside(one, None, None)
        elif one == IMPORTANCE:
            yield from ((IMPORTANCE, name) for name in (() if self.study.importance is None else self.study.importance))
        else:
            yield (OUTCOME, one)

    def _inside(self, one: Battery | Gap, dimension: str | None, item: int | None) -> Iterator[Question]:
        if isinstance(one, Gap):
            if self.study.design(one) == "direct":
                yield from ((one, name) for name in self.study.ratings[one] if dimension in (None, name))
            for battery in (self.study.expectation if one.expected is Battery.EXPECTATION else one.expected, one.achieved):
                if battery is not None:
                    yield from self._inside(battery, dimension, item)
        elif one in self.study.answers:
            inside = None if dimension is None else set(self.study.instrument.numbers_of(dimension))
            yield from ((one, n) for n in self.study.answers[one] if item in (None, n) and (inside is None or n in inside))


def asked(study: Study, minimum: Minimum) -> Asked:
    """Find the questions that were put to some only: not one of a unit, a wave, a unit's wave or a segment value answered them.

    Groups count in which that would hardly be chance: (1 - share who answered elsewhere) to the power of the people, times the number of
    groups, is below CHANCE; together they have the minimum of people or more. Everybody else could have answered.
    """
    kinds, some = {}, {}
    for role, cells in study.cells.items():
        if minimum[role] < 2:
            continue
        groups = [group for columns in _columns(role, cells) if (group := _grouped(cells, columns)) is not None]
        found = {}
        for question, missing in _unanswered(study, role):
            if len(who := np.flatnonzero(missing)) < minimum[role]:
                continue
            given = cells.n - np.bincount(cells.of[who], minlength=len(cells))
            if given.any() and cells.n[~(could := _could(given, cells.n, groups))].sum() >= minimum[role]:
                found[question] = could
        if found:
            asked_in, of = np.unique(np.stack(list(found.values())), axis=1, return_inverse=True)
            kinds[role] = np.ravel(of)
            some[role] = {question: frozenset(np.flatnonzero(row).tolist()) for question, row in zip(found, asked_in, strict=True)}
    return Asked(study, kinds, some)


def _could(given: np.ndarray, people: np.ndarray, groups: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """The cells in which somebody could have answered a question, by how many did in each."""
    could = np.ones(len(people), bool)
    for of, size in groups:
        answered = np.bincount(of, given, size + 1)[:size]
        if (answered > 0).all():
            continue
        inside = np.bincount(of, people * could, size + 1)[:size]
        silent = (answered == 0) & (inside > 0)
        left_out = 1 - answered.sum() / (inside[answered > 0].sum() + 1)
        never = silent & (left_out**inside * size < CHANCE)
        could &= ~np.append(never, False)[of]
    return could


def _columns(role: Role, cells: Cells) -> Iterator[tuple[str, ...]]:
    """Each filter of a role, and unit by wave."""
    yield from ((name,) for name in cells.labels)
    if UNIT in cells.labels and WAVE in cells.labels:
        yield (UNIT, WAVE)


def _grouped(cells: Cells, columns: tuple[str, ...]) -> tuple[np.ndarray, int] | None:
    """Each cell's group by these columns, and how many there are (that number: in none); None where there is one group only."""
    of, size = np.zeros(len(cells), np.int64), 1
    blank = np.zeros(len(cells), bool)
    for name in columns:
        n = len(cells.labels[name])
        blank |= cells.codes[name] == n
        of, size = of * n + np.minimum(cells.codes[name], n - 1), size * n
    return (np.where(blank, size, of), size) if size > 1 else None


def asked_of_some(study: Study, minimum: Minimum) -> tuple[str, ...]:
    """Name the filters by which some question was asked of some only: of a value, of the minimum of people or more, nobody was.

    Unit and wave where that is so of no value of a filter alone.
    """
    who, found = asked(study, minimum), dict[str, None]()
    for role, questions in who.some.items():
        cells = study.cells[role]
        for kinds in dict.fromkeys(questions.values()):
            could = np.isin(who.kinds[role], list(kinds))
            silent = [name for name in cells.labels if _silent(cells, name, could, minimum[role])]
            found |= dict.fromkeys(silent or [name for name in (UNIT, WAVE) if name in cells.labels])
    return tuple(found)


def _silent(cells: Cells, name: str, could: np.ndarray, least: int) -> bool:
    """Whether there is a value of a column, of so many people, of which nobody could have answered."""
    codes, size = cells.codes[name], len(cells.labels[name])
    people, asked_of = (np.bincount(codes, n, size + 1)[:size] for n in (cells.n, cells.n * could))
    return bool(((people >= least) & (asked_of == 0)).any())


def _unanswered(study: Study, role: Role) -> Iterator[tuple[Question, np.ndarray]]:
    """Each question of a role, and who did not answer it."""
    frames = [(battery, frame) for battery, frame in study.answers.items() if battery.role is role]
    frames += [(gap, frame) for gap, frame in study.ratings.items() if DIRECT_ROLE[gap] is role]
    if role is Role.CUSTOMERS:
        frames += [(OUTCOME, study.customers[list(study.outcomes)])]
        frames += [] if study.importance is None else [(IMPORTANCE, study.importance)]
    for asked_in, frame in frames:
        yield from (((asked_in, name), one) for name, one in zip(frame.columns, frame.isna().to_numpy().T, strict=True))


def _role_of(question: Question) -> Role:
    asked_in = question[0]
    if isinstance(asked_in, Battery):
        return asked_in.role
    return DIRECT_ROLE[asked_in] if isinstance(asked_in, Gap) else Role.CUSTOMERS
