"""One file per shared study in the folder of the settings, found by an unguessable token and by nothing else.

The file is named by the token's SHA-256: whoever may list the folder learns no link from it, and no token can point elsewhere. It is
written as a whole or not at all, readable by the server's user alone. A study is shown until the last day of its term and then removed;
of a removed one that day is left for a year, so that its links say that they ended. When the shelf is full, no more is kept, because a link
that was sent must not die of another's.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gaps import settings
from gaps.importer.report import Imported
from gaps.model import Study
from gaps.store import archive, terms

BYTES = 32  # of chance in a token: 43 letters
MOST = 200  # studies kept
LARGEST = 64 << 20  # bytes of one file; 100,000 respondents with 44 answers have about three million
LETTERS = 12  # of a file's name in its `id`
MOST_ALIKE = 20  # earlier studies that one is compared with: a third of a second each for 100,000 respondents
ALTOGETHER = 4 << 30  # bytes of all files
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".study"
_OVER = ".ended"  # beside it once it is removed: its last day, and nothing else
REMEMBERED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a study was not kept or is not opened: the code of a sentence `links.refused.<code>` or `links.failed.<code>`, and its values."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """One study on the shelf. `id` is the beginning of its file's name, not its token, which nobody can tell from the file.

    until: the last day on which it is shown; None: until it is taken back.
    """

    id: str
    title: str
    when: datetime
    size: int
    until: date | None = None


def keep(imported: Imported) -> str | Refused:
    """Keep a study with its report until its last day (`until`); the token under which it is found, or why not."""
    try:
        data = archive.dumps(imported)
    except ValueError:
        return Refused("not_written")
    if len(data) > LARGEST:
        return Refused("too_large", {"megabytes": len(data) / (1 << 20), "most": LARGEST >> 20})
    remove_ended()
    there = [size for _, size, _ in _files()]
    if len(there) >= MOST or sum(there) + len(data) > ALTOGETHER:
        return Refused("full", {"n": len(there)})
    token = secrets.token_urlsafe(BYTES)
    path = _path(token)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, data)
    except OSError:
        return Refused("not_written")
    return token


def load(token: str) -> Imported | Refused:
    """The study behind a token, or why there is none: `ended` (on `day`), `unknown` (never kept, or taken back),
    `damaged`, `other_version`."""
    path = _path(token)
    if path is None:
        return Refused("unknown")
    try:
        if path.stat().st_size > LARGEST:
            return Refused("damaged")
        return in_time(archive.loads(path.read_bytes()))
    except FileNotFoundError:
        over = _over(path)
        return Refused("unknown") if over is None else Refused("ended", {"day": over})
    except (OSError, archive.Damaged):
        return Refused("damaged")
    except archive.OtherVersion:
        return Refused("other_version")


def in_time(imported: Imported) -> Imported | Refused:
    """What was kept, as long as its last day is not over."""
    return Refused("ended", {"day": imported.until}) if terms.ended(imported.until) else imported


def standing(token: str) -> tuple[int, int] | None:
    """When the file of a token was written (ns) and its bytes, as a key for caches; None where nothing is kept under it."""
    path = _path(token)
    try:
        told = path.stat() if path is not None else None
    except OSError:
        return None
    return (told.st_mtime_ns, told.st_size) if told is not None else None


def forget(token: str) -> bool:
    """Keep the study no longer; whether nothing is left of it."""
    path = _path(token)
    return path is not None and _unlink(path) and _unlink(path.with_suffix(_OVER))


def remove_ended() -> int:
    """Remove the studies whose last day is over, and what was remembered of others for a year; how many studies went."""
    n = 0
    for path, _, _ in list(_files()):
        with suppress(OSError, archive.Damaged):
            last = archive.until(path)
            if terms.ended(last):
                _write(path.with_suffix(_OVER), last.isoformat().encode())
                n += _unlink(path)
    with suppress(OSError):
        for path in list(_folder().glob(f"*{_OVER}")):
            last = _over(path)
            if last is None or terms.today() > last + REMEMBERED:
                _unlink(path)
    return n


def kept() -> tuple[Kept, ...]:
    """What is on the shelf, the latest first. Files that cannot be read are listed without a title."""
    found = []
    for path, size, changed in sorted(_files(), key=lambda file: file[2], reverse=True):
        imported = None
        with suppress(OSError, archive.Damaged, archive.OtherVersion):
            imported = archive.loads(path.read_bytes())
        title, until = (imported.study.title, imported.until) if imported else ("", None)
        found.append(Kept(path.stem[:LETTERS], title, datetime.fromtimestamp(changed / 1e9), size, until))
    return tuple(found)


def alike(study: Study) -> Iterator[tuple[datetime, Imported]]:
    """The studies on the shelf that asked some of the same items of the same people, the latest MOST_ALIKE; and when they were shared."""
    numbers, batteries, left = set(study.instrument.numbers), set(study.answers), MOST_ALIKE
    for path, _, changed in sorted(_files(), key=lambda file: file[2], reverse=True):
        with suppress(OSError, archive.Damaged, archive.OtherVersion):
            items, asked = archive.asked(path)
            if not (numbers & items and batteries & asked):
                continue
            yield datetime.fromtimestamp(changed / 1e9), archive.loads(path.read_bytes())
            left -= 1
        if not left:
            return


def listing() -> str:
    """What the shelf holds, as a key for caches: another one once a study is kept or removed."""
    return hashlib.sha256(repr(sorted((path.name, changed) for path, _, changed in _files())).encode()).hexdigest()


def id_of(which: str) -> str:
    """The `id` of the study that a link, a token or an `id` means; whether there is one is not looked at."""
    token = (parse_qs(urlsplit(which).query).get("study") or [which])[-1]
    path = _path(token)
    return path.stem[:LETTERS] if path is not None else which


def remove(id: str) -> int:
    """Keep the study of this `id` no longer; how many files went (0 where there is none)."""
    return sum(_unlink(path) for path, _, _ in _files() if path.stem[:LETTERS] == id)


def _folder() -> Path:
    return settings.folder() / "studies"


def _path(token: str) -> Path | None:
    """Where the study of a token stands; None for what is no token."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    return _folder() / (hashlib.sha256(token.encode()).hexdigest() + _SUFFIX)


def _over(path: Path) -> date | None:
    """The last day of a study that was removed when it was over."""
    try:
        return date.fromisoformat(path.with_suffix(_OVER).read_bytes()[:10].decode("ascii"))
    except (OSError, ValueError):
        return None


def _files() -> Iterator[tuple[Path, int, int]]:
    """Each file kept: path, bytes, when it was written (ns). What cannot be looked at is not there."""
    with suppress(OSError):
        for path in _folder().glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                told = path.stat()
                if _NAME.fullmatch(path.stem):
                    yield path, told.st_size, told.st_mtime_ns


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; `mkstemp` makes it readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
