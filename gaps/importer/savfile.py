"""What an SPSS file says beside its numbers: what the values are called, and which of them count as missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gaps.importer import labels
from gaps.importer.journal import Journal
from gaps.importer.mapping import LabelSet
from gaps.importer.sheets import Column, Sheet


def labelled(sheet: Sheet, variables: Sequence[dict], journal: Journal) -> Sheet:
    """The sheet with its labels put to use.

    Values declared missing, or called "not applicable" and the like, become blanks, counted by kind. Where the labels are a known scale
    the numbers stay (mirrored if 1 is the best); where they are no scale (gender, branch) the labels take the numbers' place.
    """
    columns = (_labelled(sheet, c, v, journal) for c, v in zip(sheet.columns, variables, strict=True))
    return replace(sheet, columns=tuple(columns))


def _labelled(sheet: Sheet, column: Column, variable: dict, journal: Journal) -> Column:
    if column.numbers is None or not (variable["labels"] or variable["missing"]):
        return column
    names = {float(value): text.strip() for value, text in variable["labels"] if text.strip()}
    declared = [v for v in column.distinct if _within(v, variable)]
    present = {v: n for v, n in column.distinct.items() if v not in declared}
    texts = {_text(v, names): int(n) for v, n in ({v: 0 for v in names if not _within(v, variable)} | present).items()}
    scale = labels.recognise(texts) if names else None
    kinds = {v: _kind(v, names, scale) for v in {*names, *declared}}
    kinds |= {v: kind or "platform_code" for v, kind in kinds.items() if _within(v, variable)}
    upward = _upward(sheet, column, names, scale, journal) if scale is not None and scale.values and scale.confident else {}
    named = not upward and names and all(v in names for v in present if not kinds.get(v))
    meant = upward or (names if named else {})
    if not any(kinds.values()) and all(meant.get(v, v) == v for v in present):
        return column
    column = labels.coded(column)
    told = {v: labels.no_answer(names.get(v, v), kind) for v, kind in kinds.items() if kind}
    return replace(column, values=tuple(told.get(v) or meant.get(v, v) for v in column.values))


def _within(value: float, variable: dict) -> bool:
    return any(low <= value <= high for low, high in variable["missing"])


def _text(value: float, names: dict[float, str]) -> str:
    return f"{value:g} = {names[value]}" if value in names else f"{value:g}"


def _kind(value: float, names: dict[float, str], scale: LabelSet | None) -> str | None:
    if scale is not None:
        return scale.missing.get(labels.fold(_text(value, names)))
    return labels.missing_kind(names[value]) if value in names else None


def _upward(sheet: Sheet, column: Column, names: dict[float, str], scale: LabelSet, journal: Journal) -> dict[float, float]:
    """What each number means on a scale that runs upwards; said where the labels run from the highest to the lowest."""
    meant = {v: to for v in {*names, *column.distinct} if (to := scale.values.get(labels.fold(_text(v, names)))) is not None}
    if any(to != v for v, to in meant.items()):
        low = min(v for v in names if v in meant)
        count = sum(n for v, n in column.distinct.items() if v in meant)
        journal.note("labels_run_down", sheet.name, column.header, count=count, low=low, label=names[low])
    return meant
