"""What a reader types in and a link carries: the wishes of a plan, how many people there are, which shares are known.

Each with its bounds, which its control has and an address must keep to, its place in the session, and its name in the address. What is as
it starts stands in no address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from gaps import address
from gaps.model import UNIT, WAVE, Role, Selection, Study
from screens.parts import selection, state

MOST_PEOPLE = 1_000_000_000
MOST_COLUMNS = 2  # whose shares are known
UNITS = 10  # that take part, before there is a study
WEIGH, CAP = "weigh", "cap"
BY_UNIT = "people.by_unit"
KEYS = (f"{state.WISH} ", "population ", "known share ", state.MARGINS, "largest weight", "people by unit")  # how their keys begin
WISHES = (
    "level", "half_width", "unit_half_width", *(f"{of}.{role}" for of in ("population", "response") for role in Role), "units",
    "units_total", "change", "power", "share",
)  # fmt: skip
NAMES = frozenset(
    {f"plan.{wish}" for wish in WISHES}
    | {f"people.{role}" for role in Role}
    | {f"people.{role}.unit" for role in Role}
    | {f"unit.people.{role}" for role in Role}
    | {WEIGH, CAP, BY_UNIT}
)


@dataclass(frozen=True, slots=True)
class _Control:
    """One control: its name in an address, its key in the session, and what it starts with."""

    name: str
    key: str
    start: object

    def reset(self) -> None:
        if state.held(self.key) is not None:
            state.put({self.key: self.start})


@dataclass(frozen=True, slots=True)
class Number(_Control):
    """A number: whole where its lower bound is; without a start it is open until somebody types one in."""

    least: float
    most: float
    step: float = 1
    format: str | None = None

    def ask(self, label: str, *, placeholder: str | None = None, width: int | str = "stretch") -> float | None:
        """Draw the control."""
        bounds = {"min_value": self.least, "max_value": self.most, "value": self.start, "step": self.step, "format": self.format}
        return st.number_input(label, **bounds, key=self.key, persist_state="session", placeholder=placeholder, width=width)

    def values(self, held: Mapping[str, object]) -> tuple[str, ...]:
        now = held.get(self.key)
        return () if now is None or now == self.start else (address.plain(now),)

    def take(self, given: Sequence[str]) -> tuple[str, ...]:
        one = address.number(given[-1], self.least, self.most)
        if one is None:
            return tuple(given)
        state.put({self.key: one})
        return ()


@dataclass(frozen=True, slots=True)
class Choice(_Control):
    """One of a few, or several of them up to `most`."""

    offered: Mapping[str, object]
    most: int = 1

    def values(self, held: Mapping[str, object]) -> tuple[str, ...]:
        now = held.get(self.key)
        if now is None or now == self.start:
            return ()
        chosen = now if self.most > 1 else (now,)
        return tuple(text for one in chosen for text, value in self.offered.items() if value == one)

    def take(self, given: Sequence[str]) -> tuple[str, ...]:
        known = [text for text in dict.fromkeys(given) if text in self.offered][: self.most]
        chosen = [self.offered[text] for text in known]
        if chosen:
            state.put({self.key: chosen if self.most > 1 else chosen[0]})
        return tuple(text for text in given if text not in known)


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of a column's values, each typed in by itself where the column is among those chosen."""

    name: str
    column: str
    chosen: str
    each: Mapping[str, Number]

    def values(self, held: Mapping[str, object]) -> tuple[str, ...]:
        if self.column not in (held.get(self.chosen) or ()):
            return ()
        typed = {value: one for value, number in self.each.items() if (one := held.get(number.key)) is not None}
        return address.numbered(typed, tuple(self.each)) or ()

    def take(self, given: Sequence[str]) -> tuple[str, ...]:
        if self.column not in (state.held(self.chosen) or ()):
            return tuple(given)
        self.reset()
        one = next(iter(self.each.values()))
        found, unknown = address.numbers(given, tuple(self.each), one.least, one.most)
        state.put({self.each[value].key: share for value, share in found.items()})
        return unknown

    def reset(self) -> None:
        held = state.everything_held()
        state.put({number.key: None for number in self.each.values() if held.get(number.key) is not None})


@dataclass(frozen=True, slots=True)
class PerUnit:
    """How many people of a role there are in each unit, typed into one table for all roles that a switch brings."""

    name: str
    role: Role
    switch: str
    table: Table

    def values(self, held: Mapping[str, object]) -> tuple[str, ...]:
        if not held.get(self.switch):
            return ()
        return address.numbered(self.table.given().get(self.role, {}), self.table.units) or ()

    def take(self, given: Sequence[str]) -> tuple[str, ...]:
        found, unknown = address.numbers(given, self.table.units, 1, MOST_PEOPLE)
        self.table.set_to(self.table.given() | {self.role: found})
        state.put({self.switch: True})
        return unknown

    def reset(self) -> None:
        if self.table.given().get(self.role):
            self.table.set_to(self.table.given() | {self.role: {}})


@dataclass(frozen=True, slots=True)
class Table:
    """A table of whole numbers, roles by units, that is typed into: where it began, and what was changed in it since."""

    key: str
    units: tuple[str, ...]

    @property
    def editor(self) -> str:
        """The key of its control; another one once it begins anew, because a control keeps what was typed into it."""
        return f"{self.key} {state.held(f'{self.key} edition') or 0}"

    def begin(self) -> dict[str, dict[str, int]]:
        """Role -> unit -> people that the control starts with."""
        if state.held(self.editor) is None:
            self.set_to(self.given())
        return state.held(f"{self.key} start")

    def set_to(self, given: Mapping[str, Mapping[str, int]]) -> None:
        """Have it begin anew with these numbers."""
        edition = (state.held(f"{self.key} edition") or 0) + 1
        state.put({self.key: given, f"{self.key} start": given, f"{self.key} edition": edition})

    def given(self, shown: Sequence[str] | None = None) -> dict[str, dict[str, int]]:
        """What it holds now. `shown`: the units of its rows, where they are known; what was changed is noted then."""
        known = dict(state.held(self.key) or {})
        if state.held(self.editor) is None:
            return known
        rows = tuple(shown if shown is not None else state.held(f"{self.key} rows") or ())
        found = {role: dict(of) for role, of in (state.held(f"{self.key} start") or {}).items()}
        for row, cells in state.touched(self.editor).items():
            for role, people in cells.items():
                if row < len(rows) and role in tuple(Role):
                    found.setdefault(role, {}).pop(rows[row], None)
                    if people:
                        found[role][rows[row]] = int(people)
        if shown is not None:
            state.put({self.key: found, f"{self.key} rows": rows})
        return found


def entries(study: Study | None) -> Iterator[Number | Choice | Shares | PerUnit]:
    """All of them, for the people selected; those that another one decides about come after it."""
    yield level(study)
    yield from wishes(study).values()
    if study is None:
        return
    chosen = selection.current(study)
    yield from people(study, chosen).values()
    switch, table = by_unit_key(chosen), people_by_unit(study, chosen)
    yield Choice(BY_UNIT, switch, False, {"1": True})
    yield from (PerUnit(f"people.{role}.unit", role, switch, table) for role in Role if study.n(role))
    shown = state.picked(state.UNIT_SHOWN)
    if shown in study.units:
        yield from people(study, chosen, str(shown)).values()
    columns, margins = called(study), state.of_selection(state.MARGINS, chosen)
    yield Choice(WEIGH, margins, [], {name: column for column, name in columns.items()}, MOST_COLUMNS)
    for column, name in columns.items():
        yield Shares(f"{WEIGH}.{name}", column, margins, {value: share(column, value, chosen) for value in _values(study, column)})
    yield cap(chosen)


def are_used(held: Mapping[str, object], asked: Iterable[str] = ()) -> bool:
    """Whether the session or an address may hold any: what they are made of loads the statistics, which no first page waits for."""
    return any(str(key).startswith(KEYS) for key in held) or any(name in NAMES or name.startswith(f"{WEIGH}.") for name in asked)


def reserved(segments: Sequence[str]) -> frozenset[str]:
    """What no segment may be called in an address."""
    called = (*segments, *(f"segment.{k}" for k in range(1, len(segments) + 1)), *(f"segment.{name}" for name in segments), UNIT, WAVE)
    return NAMES | {f"{WEIGH}.{name}" for name in called}


def level(study: Study | None) -> Choice:
    """How fine a plan's answers are to be. Typical spreads are those of one dimension: before a study, company and dimension are one."""
    from gaps.stats.planning import COMPANY, ONE_UNIT
    from gaps.stats.whom import DIMENSION, LEVELS

    none = {COMPANY} if study is None else {ONE_UNIT} if len(study.units) < 2 else set()
    return Choice("plan.level", _wish("level"), DIMENSION, {one: one for one in LEVELS if one not in none})


def wishes(study: Study | None) -> dict[str, Number]:
    """The numbers of a plan by their names."""
    from gaps.stats.planning import TYPICAL_RESPONSE, TYPICAL_SPAN, Wanted, usual

    span = study.instrument.scale.span if study is not None else TYPICAL_SPAN
    start, usually = usual(span), Wanted()

    def number(name: str, start: float | None, least: float, most: float = MOST_PEOPLE, **more) -> Number:
        return Number(f"plan.{name}", _wish(name), start, least, most, **more)

    def points(name: str) -> Number:
        return number(name, start[name], 0.01, float(span), step=0.05, format="%.2f")

    def percent(name: str, start: float, most: int = 100) -> Number:
        return number(name, round(start * 100), 1, most, step=5)

    found = {
        **{name: points(name) for name in ("half_width", "unit_half_width", "change")},
        **{f"population.{role}": number(f"population.{role}", None, 2) for role in Role},
        **{f"response.{role}": percent(f"response.{role}", TYPICAL_RESPONSE[role]) for role in Role},
        "units_total": number("units_total", None, 1),
        "power": percent("power", usually.power, 99),
        "share": percent("share", usually.share_half_width, 49),
    }
    return found if study is not None else found | {"units": number("units", UNITS, 0)}


def _wish(name: str) -> str:
    return state.of_study(f"{state.WISH} {name}")


def people(study: Study, chosen: Selection, unit: str | None = None) -> dict[Role, Number]:
    """How many people of each role there are, of all selected or of one unit."""
    first, of = ("people", "") if unit is None else ("unit.people", f" of {unit}")
    return {
        role: Number(f"{first}.{role}", state.of_selection(f"population {role}{of}", chosen), None, 1, MOST_PEOPLE)
        for role in Role
        if study.n(role)
    }


def by_unit_key(chosen: Selection) -> str:
    """The key of the switch that asks for people per unit."""
    return state.of_selection("population by unit", chosen)


def people_by_unit(study: Study, chosen: Selection) -> Table:
    """The table of people per unit."""
    return Table(state.of_selection("people by unit", chosen), study.units)


def share(column: str, value: str, chosen: Selection) -> Number:
    """The known share of a column's value: per cent, fraction or count."""
    key = state.of_selection(f"known share {column} {value}", chosen)
    return Number(f"{WEIGH}.{column}", key, None, 0.0, float(MOST_PEOPLE), 1.0, "%.1f")


def cap(chosen: Selection) -> Number:
    """How many times the mean weight no weight is above."""
    from gaps.stats.weighting import LARGEST

    return Number(CAP, state.of_selection("largest weight", chosen), LARGEST, 1.1, 100.0, 0.5)


def called(study: Study) -> dict[str, str]:
    """The columns that answers can be weighted by, and what each is called in an address."""
    segments = address.segment_names(study.segments, {UNIT, WAVE})
    offered = (UNIT, WAVE, *study.segments)
    return {name: segments.get(name, name) for name in offered if 2 <= len(_values(study, name)) <= selection.MOST_VALUES}


def _values(study: Study, column: str) -> tuple[str, ...]:
    return study.units if column == UNIT else study.waves if column == WAVE else study.segment_values.get(column, ())
