"""What each column of a file is taken to be: guessed, shown, corrected, written down, and used again for the next wave.

A `ColumnMap` is all that stands between a file of any shape and a study. It holds no answers: the examples shown beside each column are
left out when it is written.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gaps.importer.child import fold
from gaps.model import DIRECT_BATTERY, OUTCOMES, Battery, Dimension, Item, Role, Scale
from gaps.problems import CODES, Problem

FORMAT = "gaps-mapping/1"
ALL_ITEMS = "all_items"  # the dimension of every item that nobody has grouped yet
MISSING_KINDS = ("not_applicable", "dont_know", "refused", "skipped", "blank", "platform_code")


class Meaning(StrEnum):
    """What a column holds."""

    ANSWER = "answer"
    RATING = "rating"  # of standards, delivery or promises as a whole: one per dimension (the direct design)
    IMPORTANCE = "importance"
    OUTCOME = "outcome"
    UNIT = "unit"
    WAVE = "wave"
    SEGMENT = "segment"
    WEIGHT = "weight"
    RESPONDENT = "respondent"
    STARTED = "started"
    FINISHED = "finished"
    DURATION = "duration"
    STATUS = "status"
    PERSONAL = "personal"
    COMMENT = "comment"
    IGNORED = "ignored"


class Grouping(StrEnum):
    """Where the dimensions of the items come from."""

    GIVEN = "given"  # by a person, or by the file itself
    INSTRUMENT = "instrument"
    LABEL = "label"
    NONE = "none"  # one dimension holds every item until somebody groups them


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column and what it is taken for.

    `reason` is a code worded as `mapping.reason.<code>`; `pairing` says how an answer column found its partner, worded as
    `mapping.pairing.<code>` (empty: it needs none); `labels` is a key into `ColumnMap.labels`; `dimension` is that of an importance
    column (that of an answer column is its item's). `examples` are never filled for personal data and comments.
    """

    sheet: str
    position: int  # 0-based in the sheet
    header: str
    meaning: Meaning = Meaning.IGNORED
    battery: Battery | None = None
    item: int | None = None
    dimension: str | None = None
    outcome: str | None = None
    role: Role = Role.CUSTOMERS
    labels: str | None = None
    confidence: float = 1.0
    reason: str = "given"
    pairing: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelSet:
    """Answer texts and the numbers they stand for; texts are folded as `labels.fold` does (a sign is kept: −3 is not 3).

    `missing` says which texts are no answer, and of which of `MISSING_KINDS`; `unknown` are the texts that are neither, most frequent
    first. `confident` is False where a person should put them in order.
    """

    values: Mapping[str, float]
    missing: Mapping[str, str]
    scale: Scale
    name: str = ""
    confident: bool = True
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnMap:
    """What a whole file is taken to be. `first_row` and `header_rows` are by sheet name; rows count from 1 as in Excel."""

    tool: str | None
    columns: tuple[ColumnGuess, ...]
    items: tuple[Item, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    scale: Scale | None = None
    labels: Mapping[str, LabelSet] = field(default_factory=dict)
    header_rows: Mapping[str, int] = field(default_factory=dict)
    first_row: Mapping[str, int] = field(default_factory=dict)
    grouping: Grouping = Grouping.GIVEN
    instrument: str = ""
    title: str = ""
    shape: str = ""
    outcome_scales: Mapping[str, Scale] = field(default_factory=dict)  # of outcomes answered in numbers, where a person gave them

    def of(self, meaning: Meaning) -> tuple[ColumnGuess, ...]:
        """The columns of one meaning, in the file's order."""
        return tuple(c for c in self.columns if c.meaning is meaning)

    def answers(self, battery: Battery) -> dict[int, ColumnGuess]:
        """The columns of one battery by item number."""
        return {c.item: c for c in self.columns if c.meaning is Meaning.ANSWER and c.battery is battery and c.item is not None}

    def dimension_of(self, column: ColumnGuess) -> str | None:
        """The id of the dimension that a column belongs to."""
        if column.meaning is not Meaning.ANSWER:
            return column.dimension
        return next((i.dimension for i in self.items if i.number == column.item), None)

    def with_column(self, place: int, **changes) -> ColumnMap:
        """The map with one column (by its place in `columns`) taken for something else, on purpose."""
        changed = replace(self.columns[place], **{"confidence": 1.0, "reason": "given", "pairing": "", **changes})
        return replace(self, columns=(*self.columns[:place], changed, *self.columns[place + 1 :])).with_items()

    def with_items(self) -> ColumnMap:
        """The map with an item for each answer column that has none, in the last dimension, and without items that nobody was asked."""
        from gaps.instruments import dimension_names

        asked = {c.item: c for c in reversed(self.columns) if c.meaning is Meaning.ANSWER and c.item is not None}
        known = {i.number: i for i in self.items}
        home = self.dimensions[-1].id if self.dimensions else ALL_ITEMS
        items = tuple(known.get(n) or Item(n, home, {"en": asked[n].header}) for n in sorted(asked))
        used = {i.dimension for i in items}
        dimensions = self.dimensions if self.dimensions or not items else (Dimension(ALL_ITEMS, dimension_names(ALL_ITEMS)),)
        return replace(self, items=items, dimensions=tuple(d for d in dimensions if d.id in used))

    def grouped(self, dimensions: Sequence[Dimension], of_item: Mapping[int, str]) -> ColumnMap:
        """The map with its items put into dimensions by a person: item number -> dimension id."""
        known = {d.id for d in dimensions}
        if strays := sorted({of_item.get(i.number, "") for i in self.items} - known):
            raise ValueError(f"every item needs one of the dimensions; unknown: {strays}")
        items = tuple(replace(i, dimension=of_item[i.number]) for i in self.items)
        used = tuple(d for d in dimensions if d.id in set(of_item.values()))
        return replace(self, items=items, dimensions=used, grouping=Grouping.GIVEN)


def shape_of(headers: Sequence[tuple[str, str]]) -> str:
    """A hash of (role, header) pairs: two exports of one questionnaire have the same, whatever was answered and the sheets are called."""
    return hashlib.sha256(json.dumps([[s, fold(h)] for s, h in headers], ensure_ascii=False).encode()).hexdigest()[:16]


def dumps(mapping: ColumnMap) -> str:
    """Write a map as TOML."""
    lines = [f"format = {_toml(FORMAT)}"]
    lines += [f"{k} = {_toml(v)}" for k in ("tool", "title", "instrument", "shape") if (v := getattr(mapping, k))]
    lines += [f"grouping = {_toml(mapping.grouping)}"]
    if mapping.scale:
        lines.append(f"scale = {_toml([mapping.scale.min, mapping.scale.max])}")
    if mapping.outcome_scales:
        lines.append(f"outcome_scales = {_toml({name: [s.min, s.max] for name, s in mapping.outcome_scales.items()})}")
    lines += [f"header_rows = {_toml(mapping.header_rows)}", f"first_row = {_toml(mapping.first_row)}"]
    for dimension in mapping.dimensions:
        lines += ["", "[[dimensions]]", f"id = {_toml(dimension.id)}", f"names = {_toml(dimension.names)}"]
    for item in mapping.items:
        lines += ["", "[[items]]", f"number = {item.number}", f"dimension = {_toml(item.dimension)}", f"labels = {_toml(item.labels)}"]
        lines += ["reversed = true"] if item.reversed else []
    for column in mapping.columns:
        lines += ["", "[[columns]]"]
        for name in _COLUMN_FIELDS:
            value = getattr(column, name)
            if value is not None and not (name == "role" and value is Role.CUSTOMERS) and not (name == "pairing" and not value):
                lines.append(f"{name} = {_toml(value)}")
    for key, labels in mapping.labels.items():
        lines += ["", f"[labels.{_toml(key)}]", f"name = {_toml(labels.name)}", f"confident = {_toml(labels.confident)}"]
        lines += [f"scale = {_toml([labels.scale.min, labels.scale.max])}", f"values = {_toml(labels.values)}"]
        lines += [f"missing = {_toml(labels.missing)}", f"unknown = {_toml(list(labels.unknown))}"]
    return "\n".join(lines) + "\n"


_COLUMN_FIELDS = (
    "sheet", "position", "header", "meaning", "battery", "item", "dimension", "outcome", "role", "labels", "confidence", "reason",
    "pairing",
)  # fmt: skip


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case Mapping():
            return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }" if value else "{}"
        case _:
            return "[" + ", ".join(map(_toml, value)) + "]"


def loads(text: str) -> ColumnMap | tuple[Problem, ...]:
    """Read a map; what is no map comes back as the problem that says why. Never raises for what the text holds."""
    try:
        data = tomllib.loads(text)
        if data.get("format") != FORMAT:
            raise ValueError(f'format = "{FORMAT}"')
        return _read(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        why = " ".join(str(fault).split())[:200]
        return (Problem("mapping_unreadable", CODES["mapping_unreadable"], values={"n": 1, "why": why}),)


def _read(data: dict) -> ColumnMap:
    columns = tuple(_read_column(c) for c in data["columns"])
    items = tuple(
        Item(int(i["number"]), str(i["dimension"]), _texts(i.get("labels", {})), bool(i.get("reversed", False)))
        for i in data.get("items", ())
    )
    dimensions = tuple(Dimension(str(d["id"]), _texts(d.get("names", {}))) for d in data.get("dimensions", ()))
    if len({i.number for i in items}) != len(items):
        raise ValueError("items: number")
    if strays := sorted({i.dimension for i in items} - {d.id for d in dimensions}):
        raise ValueError(f"items: dimension {', '.join(strays)}")
    if strays := sorted(set(data.get("outcome_scales", {})) - set(OUTCOMES)):
        raise ValueError(f"outcome_scales: {', '.join(strays)}")
    if strays := sorted({c.labels for c in columns if c.labels} - set(data.get("labels", {}))):
        raise ValueError(f"columns: labels {', '.join(strays)}")
    return ColumnMap(
        tool=str(data["tool"]) if "tool" in data else None,
        columns=columns,
        items=items,
        dimensions=dimensions,
        scale=_scale(data["scale"]) if "scale" in data else None,
        labels={str(k): _read_labels(v) for k, v in data.get("labels", {}).items()},
        header_rows={str(k): int(v) for k, v in data.get("header_rows", {}).items()},
        first_row={str(k): int(v) for k, v in data.get("first_row", {}).items()},
        grouping=Grouping(data.get("grouping", Grouping.GIVEN)),
        outcome_scales={str(k): _scale(v) for k, v in data.get("outcome_scales", {}).items()},
        **{k: str(data.get(k, "")) for k in ("instrument", "title", "shape")},
    ).with_items()


def _read_column(entry: dict) -> ColumnGuess:
    column = ColumnGuess(
        sheet=str(entry["sheet"]),
        position=int(entry["position"]),
        header=str(entry["header"]),
        meaning=Meaning(entry.get("meaning", Meaning.IGNORED)),
        battery=Battery(entry["battery"]) if "battery" in entry else None,
        item=int(entry["item"]) if "item" in entry else None,
        dimension=str(entry["dimension"]) if "dimension" in entry else None,
        outcome=str(entry["outcome"]) if "outcome" in entry else None,
        role=Role(entry.get("role", Role.CUSTOMERS)),
        labels=str(entry["labels"]) if "labels" in entry else None,
        confidence=float(entry.get("confidence", 1.0)),
        reason=str(entry.get("reason", "given")),
        pairing=str(entry.get("pairing", "")),
    )
    if column.meaning is Meaning.RATING and column.battery not in DIRECT_BATTERY.values():
        raise ValueError(f"columns: battery = {' | '.join(DIRECT_BATTERY.values())} ({column.header[:60]})")
    if column.meaning is Meaning.ANSWER and (column.battery is None or column.item is None or column.item < 1):
        raise ValueError(f"columns: battery, item ({column.header[:60]})")
    if column.meaning is Meaning.OUTCOME and column.outcome not in OUTCOMES:
        raise ValueError(f"columns: outcome = {' | '.join(OUTCOMES)} ({column.header[:60]})")
    return column


def _read_labels(entry: dict) -> LabelSet:
    missing = _texts(entry.get("missing", {}))
    if strays := sorted(set(missing.values()) - set(MISSING_KINDS)):
        raise ValueError(f"labels: missing {', '.join(strays)}")
    values = {str(k): float(v) for k, v in entry["values"].items()}
    if not all(map(math.isfinite, values.values())):
        raise ValueError("labels: values")
    return LabelSet(
        values=values,
        missing=missing,
        scale=_scale(entry["scale"]),
        name=str(entry.get("name", "")),
        confident=bool(entry.get("confident", True)),
        unknown=tuple(map(str, entry.get("unknown", ()))),
    )


def _texts(table: Mapping) -> dict[str, str]:
    return {str(k): str(v) for k, v in table.items()}


def _scale(ends: Sequence) -> Scale:
    low, high = ends
    return Scale(float(low), float(high))
