"""What an SPSS file says beside its numbers: what the values are called, and which of them count as missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaps.importer import labels
from gaps.importer.child import BLANK_BITS
from gaps.importer.journal import Journal
from gaps.importer.mapping import LabelSet
from gaps.importer.sheets import Column, Sheet

BLANK = np.asarray([BLANK_BITS], np.uint64).view(np.float64)[0]


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
    declared = np.zeros(sheet.rows, bool)
    for low, high in variable["missing"]:
        declared |= (column.numbers >= low) & (column.numbers <= high)
    present = dict(zip(*map(np.ndarray.tolist, np.unique(column.numbers[~column.blank & ~declared], return_counts=True)), strict=True))
    texts = {_text(v, names): int(n) for v, n in ({v: 0 for v in names if not _within(v, variable)} | present).items()}
    scale = labels.recognise(texts) if names else None
    kinds = {v: _kind(v, names, scale) for v in {*names, *np.unique(column.numbers[declared]).tolist()}}
    kinds |= {v: kind or "platform_code" for v, kind in kinds.items() if _within(v, variable)}
    numbers = column.numbers.copy()
    for kind in dict.fromkeys(k for k in kinds.values() if k):
        cells = np.isin(column.numbers, [v for v, k in kinds.items() if k == kind])
        journal.set_aside(f"missing_{kind}", sheet, column, cells)
        numbers[cells] = BLANK
    left = replace(column, numbers=numbers)
    if scale is None or not scale.values or not scale.confident:
        return _named(left, names) if all(v in names for v in present if not kinds.get(v)) else left
    return _upward(sheet, left, names, scale, journal)


def _within(value: float, variable: dict) -> bool:
    return any(low <= value <= high for low, high in variable["missing"])


def _text(value: float, names: dict[float, str]) -> str:
    return f"{value:g} = {names[value]}" if value in names else f"{value:g}"


def _kind(value: float, names: dict[float, str], scale: LabelSet | None) -> str | None:
    if scale is not None:
        return scale.missing.get(labels.fold(_text(value, names)))
    return labels.missing_kind(names[value]) if value in names else None


def _named(column: Column, names: dict[float, str]) -> Column:
    """The column with its labels in the place of its numbers."""
    if not names:
        return column
    values, codes = np.unique(np.where(column.blank, -np.inf, column.numbers), return_inverse=True)
    texts = tuple("" if v == -np.inf else names.get(v, float(v)) for v in values.tolist())
    return replace(column, numbers=None, codes=codes.astype(np.int32), values=texts)


def _upward(sheet: Sheet, column: Column, names: dict[float, str], scale: LabelSet, journal: Journal) -> Column:
    """The column, mirrored where its labels run from the highest to the lowest."""
    meant = {v: scale.values.get(labels.fold(_text(v, names))) for v in {*names, *column.numbers[~column.blank].tolist()}}
    if all(to is None or to == v for v, to in meant.items()):
        return column
    numbers = column.numbers.copy()
    for value, to in meant.items():
        if to is not None:
            numbers[column.numbers == value] = to
    low = min(v for v in names if meant.get(v) is not None)
    journal.note("labels_run_down", sheet.name, column.header, count=int((~column.blank).sum()), low=low, label=names[low])
    return replace(column, numbers=numbers)
