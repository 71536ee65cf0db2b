"""Close up the gaps between the rows of a sheet before it is read.

A blank typed by accident in the last row makes a reader hold a million empty rows, a gigabyte of them. The sheet is copied without the
gap, and its row numbers are put right after it was read. An .ods file holds such rows as one that is repeated.
"""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import unescape

import numpy as np

from gaps.importer.facts import GAP, Clock, Container
from gaps.importer.preflight import ODS_TABLE, REPEATED, VALUED, Unpacking, blank_repeats
from gaps.importer.sheets import Sheet

Gaps = list[tuple[int, int]]  # behind which row of the copy, and how many rows are left out there

_ROW_NUMBER = re.compile(rb"""(<(?:\w+:)?(?:row|c)\s[^<>]*?\br=["'][A-Z]{0,3})(\d{1,9})(?=["'])""")


class Steps:
    """Rows in their order, and how far each moves up."""

    def __init__(self) -> None:
        self.last = self.shift = 0
        self.gaps: Gaps = []

    def take(self, row: int) -> None:
        """The next row that has something in it."""
        if self.last and row > self.last + GAP:
            self.gaps.append((self.last - self.shift, row - self.last - 1))
            self.shift += row - self.last - 1
        self.last = max(self.last, row)


def closed(path: Path, container: Container, names: Collection[str], copy: Path, clock: Clock = time.thread_time) -> dict[str, Gaps]:
    """Write a copy of a workbook in which the sheets of these names have no gaps; returns where they had them."""
    gaps: dict[str, Gaps] = {}
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as out:
        unpacking = Unpacking.of(archive, container.size, clock)
        for part in archive.infolist():
            name = container.sheets.get(part.filename)
            with out.open(part.filename, "w") as file:
                if container.kind == "ods" and part.filename == "content.xml":
                    rows = OpenRows(gaps)
                    file.writelines(rows.moved(text) for text in unpacking.rows(part))
                elif name in names:
                    steps = Steps()
                    for text in unpacking.rows(part):
                        file.writelines(_moved(text, steps))
                    gaps[name] = steps.gaps
                else:
                    file.writelines(unpacking.pieces(part, xml=False))
    return gaps


class OpenRows:
    """The rows of an .ods file, of which a blank one may be repeated a million times: in the copy it stands once."""

    def __init__(self, gaps: dict[str, Gaps]) -> None:
        self.gaps, self.of, self.place = gaps, [], 0

    def moved(self, text: bytes) -> bytes:
        """The text without the repetitions; notes where they were."""
        kept, done = [], 0
        for found in ODS_TABLE.finditer(text):
            if found[1] is not None:
                self.of = self.gaps.setdefault(unescape(found[1].decode("utf-8", "replace")), [])
                self.place = 0
            elif found[2] == b"row":
                times = blank_repeats(text, found)
                repeated = REPEATED.search(found[3])
                self.place += 1 if times or not repeated else int(repeated[1])
                if times:
                    self.of.append((self.place, times - 1))
                    kept += [text[done : found.start()], REPEATED.sub(b"", found[0])]
                    done = found.end()
        return b"".join([*kept, text[done:]])


def _moved(text: bytes, steps: Steps) -> Iterator[bytes]:
    for row in re.split(rb"(?<=row>)", text):
        if found := VALUED.search(row):
            steps.take(int(found[2]))
        shift = steps.shift
        yield _ROW_NUMBER.sub(lambda m: b"%b%d" % (m[1], max(1, int(m[2]) - shift)), row) if shift else row  # noqa: B023


def reopened(sheet: Sheet, gaps: Gaps) -> Sheet:
    """The sheet with the row numbers that it has in the file itself."""
    header_row = sheet.header_row + sum(count for after, count in gaps if after < sheet.header_row)
    numbers = sheet.row_numbers(np.arange(sheet.rows))
    left_out = [(int(np.searchsorted(numbers, after, side="right")), count) for after, count in gaps if after >= sheet.header_row]
    return replace(sheet, header_row=header_row, left_out=(*sheet.left_out, *left_out))
