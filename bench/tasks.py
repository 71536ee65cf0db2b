"""What is measured, each in a process of its own: `python -m bench.tasks TASK WARM_UP WORKBOOK` prints the seconds of each step as JSON.

Each task first runs on a small workbook, unmeasured: a server has its imports behind it. Starting the reader's child process is counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

SEED, RESAMPLES = 1, 2000
Measured = dict[str, float]


def cpu() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    return sum(os.times()[:4])


def raw(path: Path) -> Measured:
    """The yardstick: the library that reads such a file hands over the raw cells, and nothing is done with them."""
    import csv

    import pyreadstat
    from python_calamine import load_workbook

    start, busy = time.perf_counter(), cpu()
    if path.suffix == ".sav":
        cells, _ = pyreadstat.read_sav(path, output_format="dict")
        rows = len(next(iter(cells.values())))
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = len(list(csv.reader(file))) - 1
    else:
        with load_workbook(path) as book:
            rows = len(book.get_sheet_by_index(0).to_python()) - 1
    return {"raw": time.perf_counter() - start, "raw CPU": cpu() - busy, "rows": rows}


def read(path: Path) -> Measured:
    """A file becomes a checked Study."""
    from gaps.importer import read_study

    start, busy = time.perf_counter(), cpu()
    imported = read_study(path, path.name)
    seconds, busy = time.perf_counter() - start, cpu() - busy
    if imported.study is None:
        raise ValueError(f"{path} was refused: {[p.code for p in imported.problems]}")
    return {"read": seconds, "read CPU": busy, "rows": len(imported.study.customers)}


def whole(path: Path) -> Measured:
    """The same, then the whole analysis with its 2,000 resamples."""
    from gaps import analysis
    from gaps.importer import read_study

    start, busy = time.perf_counter(), cpu()
    study = read_study(path, path.name).study
    middle, half = time.perf_counter(), cpu()
    analysed = analysis.analyse(study, seed=SEED, resamples=RESAMPLES)
    for piece in ("findings", "zone", "waterfall", "reliability"):  # each is computed when it is looked at
        getattr(analysed, piece)
    end, done = time.perf_counter(), cpu()
    return {
        "whole": end - start,
        "whole CPU": done - busy,
        "analyse": end - middle,
        "analyse CPU": done - half,
        "rows": len(study.customers),
    }


TASKS: dict[str, Callable[[Path], Measured]] = {task.__name__: task for task in (raw, read, whole)}

if __name__ == "__main__":
    name, warm_up, path = sys.argv[1:]
    TASKS[name](Path(warm_up))
    json.dump(TASKS[name](Path(path)), sys.stdout)
