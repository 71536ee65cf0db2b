"""The published and computed figures that the methods reference keeps in machine-readable form, by entry name; which were read is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

Place = tuple[str | int, ...]


def _numbers(value, at: Place) -> Iterator[Place]:
    """Where the numbers of some piece of the reference stand."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _numbers(part, (*at, key))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _numbers(part, (*at, position))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at


class Table(dict):
    """A part of the reference with names; a number counts as read once it is handed out."""

    def __init__(self, value: dict, read: set[Place], at: Place = ()) -> None:
        super().__init__(value)
        self._read, self._at = read, at

    def __getitem__(self, key):
        return _noted(super().__getitem__(key), self._read, (*self._at, key))

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def __eq__(self, other) -> bool:
        return dict(self.items()) == other

    __hash__ = None


class Row(list):
    """A part of the reference without names."""

    def __init__(self, value: list, read: set[Place], at: Place) -> None:
        super().__init__(value)
        self._read, self._at = read, at

    def __getitem__(self, key):
        if isinstance(key, slice):
            return list(self)[key]
        return _noted(super().__getitem__(key), self._read, (*self._at, range(len(self))[key]))

    def __iter__(self):
        return (self[position] for position in range(len(self)))

    def __eq__(self, other) -> bool:
        return list(self) == other

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        self._read.update(_numbers(list.copy(self), self._at))
        return np.array(list.copy(self), dtype=dtype)

    __hash__ = None


def _noted(value, read: set[Place], at: Place):
    if isinstance(value, dict):
        return Table(value, read, at)
    if isinstance(value, list):
        return Row(value, read, at)
    read.add(at)
    return value


def noting(value: dict) -> tuple[Table, set[Place], set[Place]]:
    """The figures, where there are numbers, and where some have been read so far."""
    read: set[Place] = set()
    return Table(value, read), set(_numbers(value, ())), read


@cache
def reference(shared: Path) -> tuple[Table, set[Place], set[Place]]:
    """One for the whole run, so that what all tests have read comes together."""
    return noting(json.loads((shared / "methods-tests.json").read_text(encoding="utf-8")))


def figures(shared: Path) -> Table:
    """Every entry: name -> its figures."""
    return reference(shared)[0]
