"""Run the child process that reads a file, and take its columns over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gaps.importer.preflight import Container
from gaps.importer.sheets import Sheet, load

CHILD = Path(__file__).with_name("child.py")
AT_ONCE = threading.BoundedSemaphore(2)
MEMORY = 1536 << 20  # bytes of address space for a file of usual size
SECONDS = 20  # of CPU
WALL = 30  # seconds on the clock
BYTES_PER_CELL = 40  # what the reader needs beyond, for cells above the first ten million


class Unreadable(Exception):
    """The file could not be read; `code` is the problem's code."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def limits(cells: int) -> dict[str, int]:
    """The child's limits, scaled to the number of cells that the pre-flight estimates."""
    scale = max(1.0, cells / 10_000_000)
    return {"memory": MEMORY + max(0, cells - 10_000_000) * BYTES_PER_CELL, "seconds": int(SECONDS * scale)}


class Reading:
    """A child process at work on one file."""

    def __init__(self, path: Path, folder: Path, container: Container) -> None:
        bounds = limits(container.cells)
        settings = {**bounds, "kind": container.kind, **container.text}
        self.folder = folder
        self._wall = time.monotonic() + bounds["seconds"] * WALL / SECONDS
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(CHILD), str(path), str(folder), json.dumps(settings)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(), close_fds=True,
        )  # fmt: skip

    def stop(self) -> None:
        """End the child, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def sheets(self) -> tuple[list[Sheet], dict]:
        """Wait for the columns.

        Raises
        ------
        Unreadable
            when the child refused the file, crashed or used up its time or memory.
        """
        try:
            status = self._process.wait(timeout=max(0.1, self._wall - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Unreadable("file_takes_too_long") from None
        finally:
            self.stop()
        if status == 3:
            raise Unreadable("file_unreadable")
        if status == -24:  # SIGXCPU
            raise Unreadable("file_takes_too_long")
        if status != 0:
            raise Unreadable("file_needs_too_much_memory")
        described = json.loads((self.folder / "cells.json").read_text(encoding="utf-8", errors="surrogatepass"))
        cells = np.fromfile(self.folder / "cells.bin", np.uint8)
        return [load(s, cells) for s in described["sheets"]], described


def _environment() -> dict[str, str]:
    """Only what a Python needs to start: no secret of the server reaches the process that opens strangers' files."""
    return {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "LD_LIBRARY_PATH")}


@contextmanager
def slot():
    """One of the two places at the reader, and a folder that is gone afterwards."""
    with AT_ONCE, tempfile.TemporaryDirectory(prefix="gaps-import-") as folder:
        yield Path(folder)
