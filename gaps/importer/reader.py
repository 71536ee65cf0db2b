"""Run the child process that reads a file, and take its columns over."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

from gaps.importer.child import LIBRARIES
from gaps.importer.preflight import Container, Refused
from gaps.importer.recognise import words_of
from gaps.importer.sheets import Sheet, load
from gaps.model import Role

CHILD = Path(__file__).with_name("child.py")
AT_ONCE = threading.BoundedSemaphore(2)
MEMORY = 1536 << 20  # bytes of address space for a file of usual size
SECONDS = 20  # of CPU
WALL = 30  # seconds on the clock
LARGE_TEXT = 2 << 20  # bytes from which on a text table is worth a library of its own
BYTES_PER_CELL = 40  # what the reader needs beyond, for cells above the first ten million


def limits(cells: int) -> dict[str, int]:
    """The child's limits, scaled to the number of cells that the pre-flight estimates."""
    scale = max(1.0, cells / 10_000_000)
    return {"memory": MEMORY + max(0, cells - 10_000_000) * BYTES_PER_CELL, "seconds": int(SECONDS * scale)}


_STATUS = {
    3: "file_unreadable",
    5: "quote_not_closed",
    6: "file_encrypted",
    7: "file_damaged",
    8: "file_html",
    -24: "file_takes_too_long",
}  # -24: the system's own stop (SIGXCPU)


class Reading:
    """A child process at work on one file. `cells` sets its limits; `booleans` says that the file has TRUE or FALSE in it."""

    def __init__(self, path: Path, folder: Path, container: Container, cells: int, booleans: bool = False) -> None:
        bounds = limits(cells)
        settings = {
            **bounds,
            "kind": container.kind,
            "library": "" if container.kind == "csv" and container.size < LARGE_TEXT else _library(container.kind),
            "booleans": booleans,
            "staff": _staff(),
            **container.text,
        }
        self.folder = folder
        self._wall = time.monotonic() + bounds["seconds"] * WALL / SECONDS
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(CHILD), str(path), str(folder), json.dumps(settings)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(), close_fds=True,
        )  # fmt: skip

    def stop(self) -> None:
        """End the child, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def sheets(self) -> tuple[list[Sheet], dict]:
        """Wait for the columns.

        Raises
        ------
        Refused
            when the child refused the file, crashed or used up its time or memory.
        """
        try:
            # waiting for the end of its (empty) output wakes at once; `wait` would look every 50 ms
            self._process.communicate(timeout=max(0.0, self._wall - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Refused("file_takes_too_long") from None
        finally:
            self.stop()
        status = self._process.returncode
        if status in _STATUS:
            raise Refused(_STATUS[status])
        if status != 0:
            raise Refused("file_needs_too_much_memory")
        described = json.loads((self.folder / "cells.json").read_text(encoding="utf-8", errors="surrogatepass"))
        cells = np.fromfile(self.folder / "cells.bin", np.uint8)
        return [load(s, cells) for s in described["sheets"]], described


def _staff() -> str:
    """A pattern of the names that sheets of managers and employees have."""
    return "|".join(words_of(f"{role.value}_name").pattern for role in (Role.MANAGERS, Role.EMPLOYEES))


@cache
def _library(kind: str) -> str:
    """The folder the reading library was installed in (an isolated Python would not look into the user's own)."""
    if kind not in LIBRARIES:
        return ""
    found = importlib.util.find_spec(LIBRARIES[kind][-1].split(".")[0])
    return str(Path(found.origin).parents[1]) if found and found.origin else ""


def _environment() -> dict[str, str]:
    """Only what a Python needs to start: no secret of the server reaches the process that opens strangers' files."""
    needed = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "LD_LIBRARY_PATH")}
    return needed | {
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OPENBLAS_NUM_THREADS": "1",
    }  # numpy would reserve address space for a thread per core


@contextmanager
def slot():
    """One of the two places at the reader, and a folder that is gone afterwards."""
    with AT_ONCE, tempfile.TemporaryDirectory(prefix="gaps-import-") as folder:
        yield Path(folder)
