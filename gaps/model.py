"""The nouns of the field: batteries, gaps, scales, instruments, studies and selections.

Everything here is a frozen value. Nothing here computes a statistic, reads a file or draws; nothing of ours is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd

UNIT = "unit"
WAVE = "wave"
WEIGHT = "weight"
RESPONDENT = "respondent"
EXCEL_ROW = "excel_row"
OUTCOMES = ("overall_quality", "satisfaction", "recommend")
FEW_CELLS, FEWEST_IN_A_CELL = 1000, 32  # what is summed within a cell costs about as much as the answers of so many respondents
BLANK = "blank"  # code of the exclusion of rows that hold no answer


class Role(StrEnum):
    """Who answers."""

    CUSTOMERS = "customers"
    MANAGERS = "managers"
    EMPLOYEES = "employees"


class Battery(StrEnum):
    """A block of answers to the same items; the value is its column letter in a workbook."""

    EXPECTATION = "E"
    PERCEPTION = "P"
    ADEQUATE = "A"
    DESIRED = "D"
    BELIEF = "M"
    STANDARD = "S"
    DELIVERY = "V"
    PROMISE = "C"

    @property
    def role(self) -> Role:
        """The people who answer this battery."""
        if self in (Battery.BELIEF, Battery.STANDARD):
            return Role.MANAGERS
        if self in (Battery.DELIVERY, Battery.PROMISE):
            return Role.EMPLOYEES
        return Role.CUSTOMERS


class Gap(IntEnum):
    """The five gaps of the service-quality model (Parasuraman, Zeithaml & Berry 1985)."""

    KNOWLEDGE = 1
    STANDARDS = 2
    DELIVERY = 3
    COMMUNICATION = 4
    CUSTOMER = 5

    @property
    def expected(self) -> Battery:
        """The battery that says what was required (same-item design)."""
        return _GAP_BATTERIES[self][0]

    @property
    def achieved(self) -> Battery:
        """The battery that says what was achieved (same-item design); gap = achieved - expected."""
        return _GAP_BATTERIES[self][1]

    @property
    def paired(self) -> bool:
        """Whether both batteries come from the same people, so that the difference is paired."""
        return self.expected.role == self.achieved.role


_GAP_BATTERIES = {
    Gap.KNOWLEDGE: (Battery.EXPECTATION, Battery.BELIEF),
    Gap.STANDARDS: (Battery.BELIEF, Battery.STANDARD),
    Gap.DELIVERY: (Battery.STANDARD, Battery.DELIVERY),
    Gap.COMMUNICATION: (Battery.PROMISE, Battery.DELIVERY),
    Gap.CUSTOMER: (Battery.EXPECTATION, Battery.PERCEPTION),
}

# The direct design asks one rating per dimension; column prefix in a workbook, and who is asked.
DIRECT_PREFIX = MappingProxyType({Gap.STANDARDS: "standards", Gap.DELIVERY: "delivery", Gap.COMMUNICATION: "promises"})
DIRECT_BATTERY = MappingProxyType({Gap.STANDARDS: Battery.STANDARD, Gap.DELIVERY: Battery.DELIVERY, Gap.COMMUNICATION: Battery.PROMISE})
DIRECT_ROLE = MappingProxyType({Gap.STANDARDS: Role.MANAGERS, Gap.DELIVERY: Role.EMPLOYEES, Gap.COMMUNICATION: Role.EMPLOYEES})


@dataclass(frozen=True, slots=True)
class Scale:
    """A closed answer scale, both ends included."""

    min: float
    max: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.min) and np.isfinite(self.max) and self.min < self.max):
            raise ValueError(f"a scale needs min < max, both finite; got {self.min} and {self.max}")

    @property
    def span(self) -> float:
        """Distance between the ends."""
        return self.max - self.min

    def reverse(self, answers):
        """Mirror answers: (min + max) - x. Twice is the identity."""
        return (self.min + self.max) - answers


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked about. `number` is its published item number, `dimension` the dimension's id."""

    number: int
    dimension: str
    labels: Mapping[str, str] = field(default_factory=dict)
    reversed: bool = False

    def label(self, language: str = "en") -> str:
        """The item's short label, in English or its number where the language is missing."""
        return self.labels.get(language) or self.labels.get("en") or f"item {self.number}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A group of items. `id` is lower case with `_`, as in workbook columns (`W_<id>`, `standards_<id>`)."""

    id: str
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str = "en") -> str:
        """The dimension's name as shown."""
        return self.names.get(language) or self.names.get("en") or self.id.replace("_", " ")


@dataclass(frozen=True)
class Instrument:
    """What was asked: items in dimensions, on one scale, in batteries."""

    id: str
    names: Mapping[str, str]
    items: tuple[Item, ...]
    dimensions: tuple[Dimension, ...]
    scale: Scale
    batteries: tuple[Battery, ...] = (Battery.EXPECTATION, Battery.PERCEPTION)
    direct: tuple[Gap, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        known = {d.id for d in self.dimensions}
        if len({i.number for i in self.items}) != len(self.items):
            raise ValueError("an instrument's item numbers must differ")
        if strays := sorted({i.dimension for i in self.items} - known):
            raise ValueError(f"items name dimensions that the instrument does not list: {strays}")

    @property
    def numbers(self) -> tuple[int, ...]:
        """All item numbers, in the instrument's order."""
        return tuple(i.number for i in self.items)

    def numbers_of(self, dimension: str) -> tuple[int, ...]:
        """The item numbers of one dimension."""
        return tuple(i.number for i in self.items if i.dimension == dimension)

    def item(self, number: int) -> Item:
        """One item by its number."""
        return next(i for i in self.items if i.number == number)

    def dimension(self, id: str) -> Dimension:
        """One dimension by its id."""
        return next(d for d in self.dimensions if d.id == id)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which respondents to look at. Empty means all. Units and waves restrict every role, segments only customers."""

    units: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    segments: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.units or self.waves or self.segments)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What was set aside from a study for a doubt about its answers: so many respondents of a role, or items, or a battery.

    `rows` are those of the respondents as seen in Excel where the study knows them, else counted from 1.
    """

    code: str
    role: Role
    count: int
    battery: Battery | None = None
    items: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Cells:
    """The respondents of a role by what filters can tell apart: those alike in unit, wave and every segment are one cell.

    labels: column -> its categories; codes: column -> each cell's place among them, their number where it has none; n: respondents in
    each cell. Cells have somebody in them and stand in the order of their codes. few: whether they are so few that what is summed within
    each costs less than the answers. people: each respondent's cell in the whole study; kept: which of its cells these are, None = all.
    """

    labels: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, np.ndarray]
    n: np.ndarray
    people: np.ndarray
    few: bool
    kept: np.ndarray | None = None

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, columns: Sequence[str]) -> Cells:
        """Put respondents into cells by those of the columns (categories) that the frame has."""
        labels = {name: tuple(map(str, frame[name].cat.categories)) for name in columns if name in frame}
        codes = [frame[name].cat.codes.to_numpy().astype(np.int64) for name in labels]
        codes = [np.where(code < 0, len(known), code) for code, known in zip(codes, labels.values(), strict=True)]
        return cls._crossed(labels, *crossed(codes, [len(known) for known in labels.values()], len(frame)))

    @classmethod
    def _crossed(cls, labels: Mapping[str, tuple[str, ...]], people: np.ndarray, values: Sequence[np.ndarray]) -> Cells:
        n = np.bincount(people)
        few = len(n) <= max(FEW_CELLS, len(people) // FEWEST_IN_A_CELL)
        return cls(labels, dict(zip(labels, values, strict=True)), n, people, few)

    def __len__(self) -> int:
        return len(self.n)

    @cached_property
    def of(self) -> np.ndarray:
        """Each respondent's cell."""
        if self.kept is None:
            return self.people
        return (np.cumsum(self.kept) - 1)[self.people[self.kept[self.people]]]

    def places(self, column: str, labels: Sequence[str]) -> np.ndarray:
        """Each cell's position in `labels`; the number of labels where it has none of them."""
        if column not in self.codes:
            return np.full(len(self), len(labels))
        position = {label: place for place, label in enumerate(labels)}
        return np.array([*(position.get(own, len(labels)) for own in self.labels[column]), len(labels)])[self.codes[column]]

    def present(self, column: str) -> tuple[str, ...]:
        """The values of a column that somebody has, in the data's order."""
        known = self.labels.get(column, ())
        return tuple(known[code] for code in np.unique(self.codes[column]) if code < len(known)) if known else ()

    def by(self, columns: Sequence[str]) -> Cells:
        """Coarser cells, by some of the columns."""
        labels = {name: self.labels[name] for name in columns if name in self.labels}
        place, values = crossed([self.codes[name] for name in labels], [len(known) for known in labels.values()], len(self))
        return self._crossed(labels, place[self.of], values)

    def within(self, coarser: Cells) -> np.ndarray:
        """The place of each of these cells among coarser ones of theirs (`by`)."""
        return crossed([self.codes[name] for name in coarser.labels], [len(known) for known in coarser.labels.values()], len(self))[0]

    def only(self, kept: np.ndarray, blank: Mapping[str, np.ndarray]) -> Cells:
        """Some of these cells, of a whole study; blank: column -> of which cells its values are not known."""
        codes = {
            name: np.where(blank[name], len(self.labels[name]), code)[kept] if name in blank else code[kept]
            for name, code in self.codes.items()
        }
        return replace(self, codes=codes, n=self.n[kept], kept=kept)


def answered_items(answers: pd.DataFrame, numbers: Iterable[int]) -> list[int]:
    """Those of some items that somebody answered, of the columns that a table of answers has; all of these where nobody answered any.

    An item that one battery left out has a column there without an answer: whoever answered all the others answered all that was asked.
    """
    asked = [number for number in numbers if number in answers]
    return [number for number in asked if answers[number].notna().any()] or asked


def crossed(codes: Sequence[np.ndarray], sizes: Sequence[int], n: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cross some columns of n rows: each row's cell among those that occur, and per column the code of each cell, in order.

    codes: per column each row's, up to and including its size.
    """
    cell, values = np.zeros(n, np.int64), []
    for code, size in zip(codes, sizes, strict=True):
        found, cell = distinct(cell * (size + 1) + code, (int(cell.max(initial=0)) + 1) * (size + 1))
        before, own = np.divmod(found, size + 1)
        values = [value[before] for value in values] + [own]
    return cell, values


def distinct(code: np.ndarray, bound: int) -> tuple[np.ndarray, np.ndarray]:
    """The codes (below `bound`) that occur, in order, and each one's place; counted where codes are dense, sorted where they are not."""
    if bound > 8 * len(code) + 1024:
        return np.unique(code, return_inverse=True)
    there = np.zeros(bound, bool)
    there[code] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[code]


class _Cut(Mapping):
    """Frames of some respondents, each cut out of the whole study's when it is first looked at."""

    def __init__(self, whole: Mapping, cut: Callable[[object, pd.DataFrame], pd.DataFrame]) -> None:
        self._whole, self._cut, self._found = whole, cut, {}

    def __getitem__(self, key) -> pd.DataFrame:
        if key not in self._found:
            self._found[key] = self._cut(key, self._whole[key])
        return self._found[key]

    def __contains__(self, key: object) -> bool:
        return key in self._whole

    def __iter__(self) -> Iterator:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)


@dataclass(frozen=True, eq=False)
class Study:
    """All answers of one survey, checked, reversed where negatively worded, aligned.

    respondents
        per role a frame with one row per respondent on a RangeIndex: `respondent` (text), `unit` and `wave` (ordered
        categories, only present if the data have them, categories in natural order), `weight` (float, positive, only if given),
        `excel_row` (where read from a file), and for exports `duration`, `status`, `finished` (text, as the tool wrote them); for
        customers also one categorical column per segment and one float column per outcome.
    answers
        per battery a wide frame: the same index as its role's frame x item numbers (int columns in the instrument's order),
        float32 (float64 where float32 would not be exact), missing as NaN; negatively worded items already reversed.
    ratings, no_ratings
        direct design: per gap (2, 3, 4) respondents x dimension ids: the rating, and whether `none` was written
        ("no standard exists", "no promise is made"; the rating is then missing).
    importance
        customers x dimension ids: points as answered (not rescaled), NaN where not answered; None if never asked.
    outcomes
        outcome name -> its own scale; values are columns of respondents[CUSTOMERS]. Outcomes are never parts of a score.
    segments
        names of the segment columns in respondents[CUSTOMERS].
    exclusions
        what was set aside, so that every result can say so: on purpose (`gaps.quality`), and in reading a file the rows without
        any answer that could count (code `blank`), which are in none of the frames.
    """

    title: str
    instrument: Instrument
    respondents: Mapping[Role, pd.DataFrame]
    answers: Mapping[Battery, pd.DataFrame]
    ratings: Mapping[Gap, pd.DataFrame] = field(default_factory=dict)
    no_ratings: Mapping[Gap, pd.DataFrame] = field(default_factory=dict)
    importance: pd.DataFrame | None = None
    outcomes: Mapping[str, Scale] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    simulated: bool = False
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def customers(self) -> pd.DataFrame:
        """The customers' frame (possibly without rows)."""
        return self.respondents[Role.CUSTOMERS]

    def outcome(self, name: str) -> pd.Series:
        """The customers' answers to an outcome. ValueError for one that was not asked."""
        if name not in self.outcomes:
            raise ValueError(f"the study has no outcome {name!r}; it has {sorted(self.outcomes)}")
        return self.customers[name]

    def n(self, role: Role) -> int:
        """Number of respondents of a role."""
        return len(self.respondents[role]) if role in self.respondents else 0

    @property
    def whole(self) -> Study:
        """The study that this one is part of, where it is."""
        return self

    @cached_property
    def cells(self) -> Mapping[Role, Cells]:
        """Each role's respondents by unit, wave and, of customers, segments."""
        columns = {role: (UNIT, WAVE, *(self.segments if role is Role.CUSTOMERS else ())) for role in self.respondents}
        return {role: Cells.of_frame(frame, columns[role]) for role, frame in self.respondents.items()}

    @property
    def expectation(self) -> Battery | None:
        """What perception is compared with: E, or in the three-column form the desired level D; None if neither was asked."""
        for battery in (Battery.EXPECTATION, Battery.DESIRED):
            if battery in self.answers:
                return battery
        return None

    def design(self, gap: Gap) -> str | None:
        """How a gap was measured: "items", "direct" or None (not measured)."""
        expected = self.expectation if gap.expected is Battery.EXPECTATION else gap.expected
        if expected in self.answers and gap.achieved in self.answers:
            return "items"
        return "direct" if gap in self.ratings else None

    def _present(self, column: str) -> set[str]:
        return {name for cells in self.cells.values() for name in cells.present(column)}

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Unit names found with any role, in natural order."""
        return tuple(sorted(self._present(UNIT), key=natural_order))

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """Wave names found with any role, in the order of time: that of their categories, which are the same for all roles."""
        there = self._present(WAVE)
        return tuple(
            name for name in dict.fromkeys(w for cells in self.cells.values() for w in cells.labels.get(WAVE, ())) if name in there
        )

    @cached_property
    def answered_outcomes(self) -> frozenset[str]:
        """The outcomes that at least one customer answered."""
        return frozenset(name for name, cells in self._answering.items() if cells.any())

    @cached_property
    def _answering(self) -> Mapping[str, np.ndarray]:
        """By outcome, in which of the customers' cells somebody answered it."""
        cells, asked = self.cells[Role.CUSTOMERS], [name for name in self.outcomes if name in self.customers]
        return {name: np.bincount(cells.of, self.customers[name].notna(), len(cells)) > 0 for name in asked}

    @cached_property
    def segment_values(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each segment that customers have, in the data's order."""
        return {name: self.cells[Role.CUSTOMERS].present(name) for name in self.segments}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the whole content; equal exactly when every answer and setting is."""
        digest = hashlib.sha256()
        digest.update(repr((self.title, self.instrument, sorted(self.outcomes.items()), self.segments, self.simulated)).encode())
        digest.update(repr([replace(e, rows=()) for e in self.exclusions]).encode() if self.exclusions else b"")  # rows change no result
        frames: list[tuple[str, pd.DataFrame]] = [(str(k), v) for k, v in self.respondents.items()]
        frames += [(str(k), v) for k, v in self.answers.items()]
        frames += [(f"rating {int(k)}", v) for k, v in self.ratings.items()]
        frames += [(f"none {int(k)}", v) for k, v in self.no_ratings.items()]
        if self.importance is not None:
            frames.append(("importance", self.importance))
        for name, frame in sorted(frames, key=lambda pair: pair[0]):
            digest.update(f"\0{name}\0{len(frame)}\0".encode())
            for column in frame.columns:
                if column == EXCEL_ROW:
                    continue  # where a respondent stood in a file changes no result
                digest.update(f"\0{column}\0".encode())
                _hash_column(digest, frame[column])
        return digest.hexdigest()

    def only(self, kept: Mapping[Role, np.ndarray]) -> Study:
        """The study of some respondents: per role a truth value for each row, in the order of its frame."""

        def part(frame: pd.DataFrame, role: Role) -> pd.DataFrame:
            return frame if kept[role].all() else frame.loc[kept[role]].reset_index(drop=True)

        return self.with_(
            respondents={role: part(frame, role) for role, frame in self.respondents.items()},
            answers={battery: part(frame, battery.role) for battery, frame in self.answers.items()},
            ratings={gap: part(frame, DIRECT_ROLE[gap]) for gap, frame in self.ratings.items()},
            no_ratings={gap: part(frame, DIRECT_ROLE[gap]) for gap, frame in self.no_ratings.items()},
            importance=None if self.importance is None else part(self.importance, Role.CUSTOMERS),
        )

    def only_cells(self, kept: Mapping[Role, np.ndarray], blank: Mapping[Role, Mapping[str, np.ndarray]] | None = None) -> Study:
        """The study of some cells: per role a truth value for each of `cells`; blank: as in `Part`."""
        blank = {role: columns for role, columns in (blank or {}).items() if any(cells.any() for cells in columns.values())}
        return self if all(mask.all() for mask in kept.values()) and not blank else Part(self, kept, blank)

    def with_(self, **changes) -> Study:
        """A new study with some fields replaced: one of its own, whatever this one is part of."""
        return Study(**{name: getattr(self, name) for name in Study.__dataclass_fields__} | changes)


class Part(Study):
    """The respondents in some cells of a whole study. Each frame is cut out when it is first looked at: what adds up needs none of them.

    kept: role -> whether each of the whole study's cells is meant; blank: role -> column -> of which of its cells the column's values are
    missing here.
    """

    def __init__(self, whole: Study, kept: Mapping[Role, np.ndarray], blank: Mapping[Role, Mapping[str, np.ndarray]]) -> None:
        shared = ("title", "instrument", "outcomes", "segments", "simulated", "exclusions")
        self.__dict__.update({name: getattr(whole, name) for name in shared}, _whole=whole, kept=kept, blank=blank, _rows={})

    @property
    def whole(self) -> Study:
        """The study that this one is part of."""
        return self._whole

    def n(self, role: Role) -> int:
        """Number of respondents of a role."""
        return int(self.cells[role].n.sum()) if role in self.cells else 0

    def _categories(self, column: str) -> tuple[str, ...]:
        there = {name for cells in self.cells.values() for name in cells.present(column)}
        return tuple(name for name in (self.whole.units if column == UNIT else self.whole.waves) if name in there)

    @cached_property
    def cells(self) -> Mapping[Role, Cells]:
        """Those of the whole study that are meant."""
        return {role: cells.only(self.kept[role], self.blank.get(role, {})) for role, cells in self.whole.cells.items()}

    @cached_property
    def _answering(self) -> Mapping[str, np.ndarray]:
        return {name: cells[self.kept[Role.CUSTOMERS]] for name, cells in self.whole._answering.items()}

    def only_cells(self, kept: Mapping[Role, np.ndarray], blank: Mapping[Role, Mapping[str, np.ndarray]] | None = None) -> Study:
        """The study of some of these cells: a part of the same whole."""
        hidden = {role: dict(columns) for role, columns in self.blank.items()}
        for role, columns in (blank or {}).items():
            for name, cells in columns.items():
                hidden.setdefault(role, {})[name] = hidden.get(role, {}).get(name, False) | self._of_whole(role, cells)
        return self.whole.only_cells({role: self._of_whole(role, cells) for role, cells in kept.items()}, hidden)

    def _of_whole(self, role: Role, cells: np.ndarray) -> np.ndarray:
        found = np.zeros(len(self.kept[role]), bool)
        found[self.kept[role]] = cells
        return found

    @cached_property
    def respondents(self) -> Mapping[Role, pd.DataFrame]:
        """As in `Study`."""
        return _Cut(self.whole.respondents, lambda role, frame: self._labelled(self._cut(frame, role), role))

    @cached_property
    def answers(self) -> Mapping[Battery, pd.DataFrame]:
        """As in `Study`."""
        return _Cut(self.whole.answers, lambda battery, frame: self._cut(frame, battery.role))

    @cached_property
    def ratings(self) -> Mapping[Gap, pd.DataFrame]:
        """As in `Study`."""
        return _Cut(self.whole.ratings, lambda gap, frame: self._cut(frame, DIRECT_ROLE[gap]))

    @cached_property
    def no_ratings(self) -> Mapping[Gap, pd.DataFrame]:
        """As in `Study`."""
        return _Cut(self.whole.no_ratings, lambda gap, frame: self._cut(frame, DIRECT_ROLE[gap]))

    @cached_property
    def importance(self) -> pd.DataFrame | None:
        """As in `Study`."""
        return None if self.whole.importance is None else self._cut(self.whole.importance, Role.CUSTOMERS)

    def rows(self, role: Role) -> np.ndarray:
        """Which of the whole study's respondents of a role they are."""
        if role not in self._rows:
            self._rows[role] = np.flatnonzero(self.kept[role][self.whole.cells[role].of])
        return self._rows[role]

    def _cut(self, frame: pd.DataFrame, role: Role) -> pd.DataFrame:
        return frame if self.kept[role].all() else frame.take(self.rows(role)).reset_index(drop=True)

    def _labelled(self, frame: pd.DataFrame, role: Role) -> pd.DataFrame:
        hidden = {name: cells[self.kept[role]][self.cells[role].of] for name, cells in self.blank.get(role, {}).items()}
        return frame.assign(**{name: frame[name].mask(rows) for name, rows in hidden.items()}) if hidden else frame


def _hash_column(digest, column: pd.Series) -> None:
    if isinstance(column.dtype, pd.CategoricalDtype):
        digest.update("\0".join(map(str, column.cat.categories)).encode())
        digest.update(np.ascontiguousarray(column.cat.codes.to_numpy()).tobytes())
    elif column.dtype.kind in "fiub":
        digest.update(f"{column.dtype}".encode())
        digest.update(np.ascontiguousarray(column.to_numpy()).tobytes())
    else:
        digest.update("\0".join(map(str, column.tolist())).encode())


def natural_order(text: str) -> tuple:
    """Sort key under which `Branch 9` comes before `Branch 10`."""
    parts: list[tuple[int, object]] = []
    digits = ""
    for char in str(text):
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((0, int(digits)))
            digits = ""
        parts.append((1, char.casefold()))
    if digits:
        parts.append((0, int(digits)))
    return (tuple(parts), str(text))


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that is not given, with the coded reason and the values its sentence needs (never None, 0 or a silent NaN)."""

    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


class Fewer(int):
    """A number of people that is not told because it is below the minimum of a group that may be shown.

    Said as "fewer than 5", null in result files; computed with as 4, the largest that it can be, which everybody knows.
    """

    def __new__(cls, than: int) -> Fewer:
        """Fewer than this."""
        return super().__new__(cls, than - 1)

    def __getnewargs__(self) -> tuple[int]:
        return (self.than,)  # copied and pickled as it was made

    @property
    def than(self) -> int:
        """The minimum."""
        return int(self) + 1
