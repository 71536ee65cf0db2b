"""Column maps that were applied, kept on this machine for the next file of the same shape: one TOML file each, no answers in them.

A map is found by the shape of its file (`mapping.shape_of`: a hash of the headers). It holds headers and the texts of answer scales; the
examples shown beside columns are never written, nor are texts that nobody has explained. What cannot be read is as if it were not there;
what cannot be written is said by the value returned, never raised.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from gaps import settings
from gaps.importer.mapping import ColumnMap, Meaning, dumps, loads

MOST = 300  # maps kept; the oldest go
LARGEST = 4 << 20  # bytes: a map of a thousand columns has half of that
_WORDED = (Meaning.ANSWER, Meaning.OUTCOME, Meaning.IMPORTANCE)


@dataclass(frozen=True)
class Kept:
    """A map that was kept: when it was applied, and the file it stands in."""

    mapping: ColumnMap
    when: datetime
    path: Path


def keep(mapping: ColumnMap) -> bool:
    """Keep a map in place of the one kept for its shape; False where the folder cannot be written."""
    path = _path(mapping.shape)
    if path is None:
        return False
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, dumps(without_answers(mapping)).encode("utf-8"))
    except OSError:
        return False
    _make_room(path.parent)
    return True


def kept(shape: str) -> Kept | None:
    """The map kept for files of a shape; None where there is none, or it is damaged."""
    path = _path(shape)
    if path is None:
        return None
    try:
        told = path.stat()
        mapping = _read(path, told.st_mtime_ns, told.st_size)
    except OSError:
        return None
    return Kept(mapping, datetime.fromtimestamp(told.st_mtime), path) if mapping is not None and mapping.shape == shape else None


def forget(shape: str) -> bool:
    """Remove the map kept for files of a shape; whether none is there any more."""
    path = _path(shape)
    try:
        if path is not None:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def without_answers(mapping: ColumnMap) -> ColumnMap:
    """The map without examples, without answer texts that nobody has explained, and without label sets that no rating uses."""
    used = {c.labels for c in mapping.columns if c.meaning in _WORDED}
    return replace(
        mapping,
        columns=tuple(replace(c, examples=(), labels=c.labels if c.labels in used else None) for c in mapping.columns),
        labels={key: replace(labels, unknown=()) for key, labels in mapping.labels.items() if key in used},
    )


def _path(shape: str) -> Path | None:
    """Where the map of a shape stands; a shape from a file someone wrote may be anything."""
    return settings.folder() / "maps" / f"{shape}.toml" if re.fullmatch(r"[0-9a-f]{16}", shape) else None


def _write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _make_room(folder: Path) -> None:
    """Remove the oldest maps beyond the most that are kept. Another process may be doing the same."""
    with suppress(OSError):
        files = sorted(folder.glob("*.toml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in files[MOST:]:
            file.unlink(missing_ok=True)


@lru_cache(maxsize=32)
def _read(path: Path, changed: int, size: int) -> ColumnMap | None:
    if size > LARGEST:
        return None
    found = loads(path.read_bytes().decode("utf-8", "replace"))
    return found if isinstance(found, ColumnMap) else None
