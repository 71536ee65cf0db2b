"""What is measured, each in a process of its own: `python -m bench.tasks TASK WORKBOOK` prints the seconds of each step as JSON.

Imports come first and are not counted: a server has them behind it. Waking the reader's own child process is counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

SEED, RESAMPLES = 1, 2000


def raw(path: Path) -> dict[str, float]:
    """The yardstick: python-calamine hands over the raw cells, and nothing is done with them."""
    from python_calamine import load_workbook

    start = time.perf_counter()
    with load_workbook(path) as book:
        cells = book.get_sheet_by_index(0).to_python()
    seconds = time.perf_counter() - start
    return {"raw": seconds, "rows": len(cells) - 1}


def read(path: Path) -> dict[str, float]:
    """A file becomes a checked Study."""
    from gaps.importer import read_study

    start = time.perf_counter()
    imported = read_study(path, path.name)
    seconds = time.perf_counter() - start
    if imported.study is None:
        raise ValueError(f"{path} was refused: {[p.code for p in imported.problems]}")
    return {"read": seconds, "rows": len(imported.study.customers)}


def analyse(path: Path) -> dict[str, float]:
    """The same, then the whole analysis with its 2,000 resamples."""
    from gaps import analysis
    from gaps.importer import read_study
    from gaps.stats import asymmetry, drivers  # noqa: F401 - statsmodels, loaded before the clock starts

    start = time.perf_counter()
    study = read_study(path, path.name).study
    middle = time.perf_counter()
    analysis.analyse(study, seed=SEED, resamples=RESAMPLES)
    end = time.perf_counter()
    return {"whole": end - start, "analyse": end - middle, "rows": len(study.customers)}


TASKS: dict[str, Callable[[Path], dict[str, float]]] = {task.__name__: task for task in (raw, read, analyse)}

if __name__ == "__main__":
    json.dump(TASKS[sys.argv[1]](Path(sys.argv[2])), sys.stdout)
