"""The nouns of the field: batteries, gaps, scales, instruments, studies and selections.

Everything here is a frozen value. Nothing here computes a statistic, reads a file or draws; nothing of ours is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

    def _categories(self, column: str) -> tuple[str, ...]:
        seen: dict[str, None] = {}
        for frame in self.respondents.values():
            if column in frame:
                present = frame[column].cat.remove_unused_categories()
                seen.update(dict.fromkeys(present.cat.categories.astype(str)))
        return tuple(sorted(seen, key=natural_order))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Unit names found with any role, in natural order."""
        return self._categories(UNIT)

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """Wave names found with any role, in natural order."""
        return self._categories(WAVE)

    @cached_property
    def answered_outcomes(self) -> frozenset[str]:
        """The outcomes that at least one customer answered."""
        return frozenset(name for name in self.outcomes if name in self.customers and self.customers[name].notna().any())

    @cached_property
    def segment_values(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each segment that customers have, in the data's order."""
        used = {name: self.customers[name].cat.remove_unused_categories().cat.categories for name in self.segments}
        return {name: tuple(map(str, values)) for name, values in used.items()}

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

    def with_(self, **changes) -> Study:
        """A new study with some fields replaced."""
        return replace(self, **changes)


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
