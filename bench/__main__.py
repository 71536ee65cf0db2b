"""Speed and memory, as ratios measured in one run, so that they mean the same on every machine.

python -m bench [--rows 100000] [--repetitions 5] [--full] [--pages]
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench import export, pages, tasks, workbook
from bench.memory import Watch
from bench.progress import show_progress

BUILD = Path(__file__).parents[1] / "build"
WARM_UP = 300  # respondents
GOALS_FOR = 100_000  # respondents
GOALS = {"read": 1.3, "whole": 1.5}
EXPORT_GOAL = 1.5
Runs = dict[str, list[float]]


def run(task: str, path: Path) -> dict[str, float]:
    """Seconds of a task's steps, and its peak memory in MB, in a process of its own."""
    small = workbook.cached(BUILD, WARM_UP)
    command = [sys.executable, "-m", "bench.tasks", task, str(small), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=BUILD.parent)
    with Watch(process.pid) as watch:
        output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{task} failed on {path}")
    return json.loads(output) | {f"{task} MB": (watch.peak or float("nan")) / 2**20}


def measure(n: int, repetitions: int) -> Runs:
    """All tasks in turn, again and again: what slows the machine for a while slows all of them."""
    path = workbook.cached(BUILD, n)
    runs: Runs = {}
    for repetition in range(repetitions):
        for task in tasks.TASKS:
            show_progress(f"{n:,} respondents, {repetition + 1} of {repetitions}: {task}")
            for step, value in run(task, path).items():
                runs.setdefault(step, []).append(value)
    show_progress("")
    return runs


def exports(n: int, repetitions: int) -> None:
    """Exports of survey tools, recognised and turned into a study, against their raw read."""
    print(f"\nExports of {n:,} respondents × 48 columns, median of {repetitions}; goal ≤ {EXPORT_GOAL} × their raw read")
    for kind, name in ((".csv", "a form's table, answers in words"), (".sav", "SPSS with value labels")):
        path = export.cached(BUILD, n, kind)
        found = []
        for repetition in range(repetitions):
            show_progress(f"{kind}, {repetition + 1} of {repetitions}")
            raw, read = run("raw", path), run("read", path)
            found.append((read["read"] / raw["raw"], raw["raw"], read["read"], read["read MB"]))
        show_progress("")
        ratios_found = sorted(f[0] for f in found)
        raw, read, megabytes = (median(f[i] for f in found) for i in (1, 2, 3))
        met = "met" if median(ratios_found) <= EXPORT_GOAL else "MISSED"
        said = f"{median(ratios_found):5.2f} ×  ({ratios_found[0]:.2f} to {ratios_found[-1]:.2f}; goal {met})"
        print(f"  {name:<33}{raw:7.2f} s raw{read:7.2f} s{megabytes:7,.0f} MB  {said}")


def ratios(runs: Runs, step: str) -> list[float]:
    """A step against the yardstick of its own repetition, in order of size."""
    return sorted(value / yardstick for value, yardstick in zip(runs[step], runs["raw"], strict=True))


def verdict(n: int, runs: Runs, step: str) -> str:
    """The ratio in words: median, range, and at the goals' size whether it is met."""
    found = ratios(runs, step)
    goal = GOALS[step]
    judged = f"; goal ≤ {goal} ×: {'met' if median(found) <= goal else 'MISSED'}" if n == GOALS_FOR else ""
    return f"{median(found):5.2f} ×  ({found[0]:.2f} to {found[-1]:.2f}{judged})"


def report(n: int, runs: Runs) -> None:
    """The ratios of one size."""
    print(f"\n{n:,} respondents × {len(workbook.HEADER)} columns, median of {len(runs['raw'])} (all {int(runs['rows'][0]):,} read)")
    for label, step, said in (
        ("raw cells by python-calamine", "raw", " 1.00 ×"),
        ("file to Study", "read", verdict(n, runs, "read")),
        ("file to results, 2,000 resamples", "whole", verdict(n, runs, "whole")),
    ):
        print(
            f"  {label:<33}{median(runs[step]):7.2f} s{median(runs[f'{step} CPU']):7.2f} s CPU{median(runs[f'{step} MB']):7,.0f} MB  {said}"
        )
    analysed = f"{median(runs['analyse']):7.2f} s{median(runs['analyse CPU']):7.2f} s CPU"
    print(f"  {'  of which the analysis':<33}{analysed}{'':12}{median(ratios(runs, 'analyse')):5.2f} ×")


def growth(sizes: dict[int, Runs]) -> None:
    """Processor time and memory from one size to the next: at most 1 is linear or better."""
    print("\nGrowth per respondent, of processor time and of memory (1 = linear, less = better)")
    for (small, before), (large, after) in pairwise(sizes.items()):
        steps = ("raw CPU", "read CPU", "whole CPU", "analyse CPU", "whole MB")
        grown = (f"{step} {median(after[step]) / median(before[step]) / (large / small):.2f}" for step in steps)
        print(f"  {small:>9,} → {large:>9,}: {', '.join(grown)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory, as ratios measured in one run.")
    parser.add_argument("--rows", type=int, default=GOALS_FOR, help=f"respondents of the main measurement (default {GOALS_FOR:,})")
    parser.add_argument("--repetitions", type=int, default=5, help="of the main measurement (default 5)")
    parser.add_argument("--full", action="store_true", help="also 1,000,000 respondents (several minutes, 220 MB of disk)")
    parser.add_argument("--pages", action="store_true", help="only the pages, in a browser")
    options = parser.parse_args()
    if options.pages:
        return pages.main(options.full)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("python-calamine", "pandas", "numpy", "statsmodels"))
    print(f"Python {platform.python_version()}, {libraries}; {platform.machine()}, {platform.system()}")
    plan = {options.rows // 10: 3, options.rows: options.repetitions} | ({options.rows * 10: 1} if options.full else {})
    sizes = {}
    for n, repetitions in plan.items():
        sizes[n] = measure(n, repetitions)
        report(n, sizes[n])
    growth(sizes)
    exports(options.rows, 3)
    pages.main(options.full)


if __name__ == "__main__":
    main()
