"""Large exports of survey tools for measuring: a form's text table whose answers are words, and an SPSS file with value labels."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.workbook import ITEMS, answers

AGREEMENT = ("Strongly disagree", "Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree", "Strongly agree")
ASPECTS = [f"aspect {chr(97 + i)}{chr(98 + i)} of the service" for i in range(ITEMS)]
MARKED = [f"{aspect} [{mark}]" for mark in ("EXPECTATION", "ACTUAL") for aspect in ASPECTS]


def write_form(path: Path, n: int, seed: int = 1) -> None:
    """Google Forms: a moment, an address, a branch, 44 answers in words, overall quality as a number."""
    table = answers(np.random.default_rng(seed), n)
    words = np.array([*AGREEMENT, ""], dtype=object)[np.where(table > 0, table - 1, 7)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Timestamp", "Email Address", "Branch", *MARKED, "Overall quality of the service"])
        for i in range(n):
            at = f"2026/03/{i % 28 + 1:02d} 10:{i % 60:02d}:00 AM GMT+1"
            out.writerow([at, f"p{i}@example.org", f"Branch {i % 36 + 1}", *words[i, 3:], table[i, 0] if table[i, 0] > 0 else ""])


def write_sav(path: Path, n: int, seed: int = 1) -> None:
    """SPSS: the same answers as numbers with value labels."""
    import pandas as pd
    import pyreadstat

    table = answers(np.random.default_rng(seed), n).astype(float)
    table[table < 0] = np.nan
    names = [f"v{i}" for i in range(1, 2 * ITEMS + 1)]
    frame = pd.DataFrame({"branch": np.arange(n) % 36 + 1.0, **dict(zip(names, table[:, 3:].T, strict=True)), "overall": table[:, 0]})
    labels = {name: dict(enumerate(AGREEMENT, 1)) for name in names}
    columns = ["Which branch did you visit?", *MARKED, "Overall quality of the service"]
    pyreadstat.write_sav(frame, path, column_labels=columns, variable_value_labels=labels)


WRITERS: dict[str, Callable[[Path, int], None]] = {".csv": write_form, ".sav": write_sav}


def cached(folder: Path, n: int, kind: str) -> Path:
    """The export of n respondents, written once."""
    path = folder / f"bench-export-{n}-v1{kind}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        WRITERS[kind](unfinished, n)
        unfinished.replace(path)
    return path
