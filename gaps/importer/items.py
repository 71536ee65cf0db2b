"""The `items` sheet, or the instrument that takes its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache

from gaps.importer.answers import NUMBER, TYPED, classify
from gaps.importer.child import fold
from gaps.importer.journal import Journal
from gaps.importer.settings import Settings, switch
from gaps.importer.sheets import Sheet, text_of
from gaps.model import Dimension, Instrument, Item, Scale

CUSTOM = "custom"
_COLUMNS = {fold(n): n for n in ("item", "dimension", "label", "reversed", "label_zh", "dimension_zh")}
_ANY_SCALE = Scale(1, 7)


def dimension_id(name: str) -> str:
    """The id of a dimension as written in a workbook: lower case, spaces as `_`."""
    return re.sub(r"[\s\-_]+", "_", unicodedata.normalize("NFKC", name).casefold()).strip("_")


@cache
def known_dimensions() -> dict[str, Dimension]:
    """Dimensions whose names are known in both languages, by id and by each of their names."""
    from gaps import instruments

    known: dict[str, Dimension] = {}
    for dimension in instruments.known_dimensions():
        for name in (dimension.id, *dimension.names.values()):
            known.setdefault(dimension_id(name), dimension)
    return known


def choose(sheet: Sheet | None, settings: Settings, numbers: set[int], journal: Journal) -> Instrument | None:
    """The instrument of a study: the items sheet, else the one named in the settings, else the default for so many items.

    Its scale is only a proposal; the settings' own comes first.
    """
    from gaps import instruments

    named = _named(settings.instrument)
    if sheet is not None:
        return _from_sheet(sheet, settings, named, journal)
    if named is not None:
        return named
    if settings.instrument:
        journal.note("instrument_unknown", "study", instrument=settings.instrument, known=", ".join(instruments.available()))
        return None
    default = instruments.default_for(len(numbers))
    if default is None or numbers != set(instruments.load(default).numbers):
        journal.note("items_unknown", count=len(numbers))
        return None
    return instruments.load(default)


def _named(name: str) -> Instrument | None:
    from gaps import instruments

    if not name:
        return None
    if fold(name) == "servqual":
        return instruments.load(instruments.DEFAULT)
    for id in instruments.available():
        instrument = instruments.load(id)
        if fold(name) in {fold(n) for n in (id, *instrument.names.values())}:
            return instrument
    return None


def _from_sheet(sheet: Sheet, settings: Settings, named: Instrument | None, journal: Journal) -> Instrument | None:
    columns = {_COLUMNS[f]: c for c in sheet.columns if (f := fold(c.header)) in _COLUMNS}
    if missing := [n for n in ("item", "dimension") if n not in columns]:
        for name in missing:
            journal.note("items_column_missing", sheet.name, name)
        return None
    items: dict[int, Item] = {}
    dimensions: dict[str, Dimension] = {}
    for position in range(sheet.rows):
        if not sheet.filled[position]:
            continue
        cell = {name: text_of(c.value_at(position)) for name, c in columns.items()}
        row = sheet.excel_row(position)
        kind, number = classify(re.sub(r"^[A-Za-z]\s*", "", cell["item"]))
        if kind not in (NUMBER, TYPED) or number < 1 or number != int(number):
            journal.note("item_number_bad", sheet.name, columns["item"].header, [row], value=cell["item"])
            continue
        if number in items:
            journal.note("item_duplicate", sheet.name, columns["item"].header, [row], item=int(number))
            continue
        if not cell["dimension"]:
            journal.note("item_dimension_missing", sheet.name, columns["dimension"].header, [row], item=int(number))
            continue
        negative = switch(cell.get("reversed", ""))
        if negative is None:
            journal.note("item_reversed_unclear", sheet.name, columns["reversed"].header, [row], value=cell["reversed"], item=int(number))
        dimension = _dimension(cell["dimension"], cell.get("dimension_zh", ""))
        dimensions.setdefault(dimension.id, dimension)
        labels = {"en": cell.get("label", ""), "zh": cell.get("label_zh", "")}
        items[int(number)] = Item(int(number), dimension.id, {k: v for k, v in labels.items() if v}, bool(negative))
    if not items:
        return None  # every row was at fault, and has been reported
    name = settings.instrument
    return Instrument(
        named.id if named else CUSTOM,
        named.names if named else {"en": name} if name else {},
        tuple(items.values()),
        tuple(dimensions.values()),
        named.scale if named else _ANY_SCALE,
    )


def _dimension(name: str, name_zh: str) -> Dimension:
    id = dimension_id(name)
    if known := known_dimensions().get(id):
        return known if not name_zh else replace(known, names={**known.names, "zh": name_zh})
    shown = name.replace("_", " ")
    return Dimension(id, {"en": shown[:1].upper() + shown[1:]} | ({"zh": name_zh} if name_zh else {}))
