"""What can be wrong with a user's data: a closed list of codes, and one value per finding in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the analysis; a warning sets answers aside or doubts them; information changes nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    `rows` are row numbers as seen in Excel (the header is counted), at most the first 20; `count` is how many there are in
    all. `values` fill the placeholders of the sentence `problems.<code>` in the language catalogues.
    """

    code: str
    severity: Severity
    sheet: str | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 1
    values: Mapping[str, object] = field(default_factory=dict)


# code -> severity: the closed list. `importer` makes no other; tests hold that each is raised and worded in both languages.
CODES: dict[str, Severity] = {}
