"""Peak memory of a process together with its children, watched from outside."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """A process and all that descend from it, where /proc says so (Linux)."""
    found = [pid]
    for parent in found:
        try:
            for task in (PROC / str(parent) / "task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
    return found


def resident(pid: int) -> int:
    """Bytes a process holds in memory; 0 once it has ended."""
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


class Watch:
    """Looks at a process family fifty times a second; `peak`: the most bytes it held together, None where the system does not say."""

    def __init__(self, pid: int) -> None:
        self.peak: int | None = 0 if PROC.is_dir() else None
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        if self.peak is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self.peak is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._ended.is_set():
            self.peak = max(self.peak, sum(map(resident, family(self._pid))))
            time.sleep(0.02)
