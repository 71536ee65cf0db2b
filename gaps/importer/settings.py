"""The `study` sheet: settings and their values."""

from __future__ import annotations

from dataclasses import dataclass, field

from gaps.importer.answers import NUMBER, TYPED, classify
from gaps.importer.child import fold
from gaps.importer.journal import Journal
from gaps.importer.sheets import Sheet, text_of
from gaps.model import OUTCOMES, Scale

_TEXTS = ("title", "instrument")
_SWITCHES = ("already_reversed", "simulated")
_SCALES = ("scale", *OUTCOMES)
_NAMES = {fold(n): n for n in (*_TEXTS, *_SWITCHES, *(f"{s}_{end}" for s in _SCALES for end in ("min", "max")))}
YES = frozenset({"yes", "y", "true", "1", "x", "是", "✓"})
NO = frozenset({"no", "n", "false", "0", "", "否"})


@dataclass(frozen=True)
class Settings:
    """What the study sheet says."""

    title: str = ""
    instrument: str = ""
    scale: Scale | None = None
    outcome_scales: dict[str, Scale] = field(default_factory=dict)
    already_reversed: bool = False
    simulated: bool = False


def switch(value: object) -> bool | None:
    """Read yes or no; None when it is neither."""
    text = text_of(value).casefold()
    return True if text in YES else False if text in NO else None


def read(sheet: Sheet | None, journal: Journal) -> Settings:
    """Read the settings; unknown names and unreadable values become problems."""
    if sheet is None:
        return Settings()
    found: dict[str, tuple[object, int]] = {}
    for row, name, value in _pairs(sheet):
        key = _NAMES.get(fold(name))
        if key is None:
            journal.note("setting_unknown", sheet.name, rows=[row], setting=name)
        elif key in found:
            journal.note("setting_duplicate", sheet.name, rows=[row], setting=key)
        else:
            found[key] = (value, row)
    texts = {k: text_of(found[k][0]) for k in _TEXTS if k in found}
    switches = {k: _switch(sheet, k, *found[k], journal) for k in _SWITCHES if k in found}
    scales = {k: s for k in _SCALES if (s := _scale(sheet, k, found, journal))}
    return Settings(**texts, **switches, scale=scales.pop("scale", None), outcome_scales=scales)


def _pairs(sheet: Sheet):
    """Rows of name and value; the header line counts too where it is a setting itself."""
    if len(sheet.columns) < 2:
        return
    names, values = sheet.columns[:2]
    if fold(names.header) in _NAMES:
        yield sheet.header_row, names.header, values.header
    for position in range(sheet.rows):
        if name := text_of(names.value_at(position)):
            yield sheet.excel_row(position), name, values.value_at(position)


def _switch(sheet: Sheet, name: str, value: object, row: int, journal: Journal) -> bool:
    answer = switch(value)
    if answer is None:
        journal.note("setting_unreadable", sheet.name, rows=[row], setting=name, value=text_of(value))
    return bool(answer)


def _scale(sheet: Sheet, name: str, found: dict, journal: Journal) -> Scale | None:
    ends = [found.get(f"{name}_{end}") for end in ("min", "max")]
    if not any(ends) or all(e is None or text_of(e[0]) == "" for e in ends):
        return None
    rows = [e[1] for e in ends if e]
    numbers = [classify(e[0]) if e else (None, None) for e in ends]
    shown = [text_of(e[0]) if e else "" for e in ends]
    if not all(kind in (NUMBER, TYPED) for kind, _ in numbers) or not numbers[0][1] < numbers[1][1]:
        journal.note("bad_scale", sheet.name, rows=rows, setting=name, min=shown[0], max=shown[1])
        return None
    return Scale(numbers[0][1], numbers[1][1])
