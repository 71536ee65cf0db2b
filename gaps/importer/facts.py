"""What the looks at a file before it is opened have in common: a refusal, what was found, and how long a look may take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SHEETS = 50
TABLE = 90_000_000  # cells in the rectangle that a sheet spans: 1,048,576 rows x 85 columns
SECONDS = 2.0  # of processor time that a scan may take …
BYTES_A_SECOND = 8 << 20  # … and how much of a file's packed size may be scanned in each further second (surveys: 30 MB)
STEP = 64 << 10  # bytes looked at between two looks at the clock
REFERENCES_KEPT = 1_000
MERGED_KEPT = 100_000
GAP = 1_000  # rows without anything in them, from which on they may be left out
ERRORS_KEPT = 100_000  # in an .ods file: there the reader may hand an error over as a number, which is taken out again

Clock = Callable[[], float]


class Refused(Exception):
    """The file is not read; `code` is the problem's code."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Container:
    """What kind of file it is and how large.

    `cells` is an estimate from above; `sheets` maps each worksheet part to its sheet's name; `text` says how a text is to be read.
    """

    kind: str
    size: int
    cells: int
    sheets: dict[str, str] = field(default_factory=dict)
    text: dict = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """What the scan found in one sheet: references as (column letters, row)."""

    rows: int = 0
    columns: int = 0
    errors: list[tuple[str, int]] = field(default_factory=list)
    uncalculated: list[tuple[str, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last, from 1
    merged: list[tuple[str, int, int]] = field(default_factory=list)  # over several rows: column letters, first and last row
    booleans: bool = False
    gaps: bool = False  # so large that the sheet is to be read without them
    kept_rows: int = 0  # that are left then
    counts: Counter[str] = field(default_factory=Counter)

    def keep(self, name: str, found: Iterable, most: int = REFERENCES_KEPT) -> None:
        """Count what was found, and keep the first of it."""
        kept = getattr(self, name)
        for entry in found:
            self.counts[name] += 1
            if len(kept) < most:
                kept.append(entry)

    def keep_rows(self, first: int, last: int) -> None:
        """Count a run of hidden rows, and keep the first of them."""
        self.counts["hidden"] += last - first + 1
        self.hidden += range(first, min(last + 1, first + REFERENCES_KEPT - len(self.hidden)))


@dataclass(frozen=True, slots=True)
class Deadline:
    """When, on this thread's processor clock, a scan must be done."""

    until: float
    clock: Clock

    @classmethod
    def of(cls, size: int, clock: Clock = time.thread_time) -> Deadline:
        """The deadline of a file of so many bytes, from now on."""
        return cls(clock() + SECONDS + size / BYTES_A_SECOND, clock)

    def look(self) -> None:
        """Give up once it has passed."""
        if self.clock() > self.until:
            raise Refused("file_takes_too_long")
