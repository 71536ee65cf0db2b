"""How fast the app answers: the first page, a click on a filter, reruns, thirty people at once, and how much its charts weigh.

In a real browser where what is seen counts, over the app's own protocol where many visitors do. Seconds are those of this machine and
this run; each line says its goal and whether it was met.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import visitors
from bench.progress import show_progress

if TYPE_CHECKING:
    from gaps.importer.report import Imported

ROOT = Path(__file__).parents[1]
WAVES = ("2025-H2", "2026-H1", "2026-H2")
FIRST, FROM_START, RERUNS, WEIGHT, CROWDED = 2.5, 4.0, 60.0, 200_000, 2.0
CLICK = {100_000: 0.25, 1_000_000: 0.3}
PEOPLE, CLICKS, THINK = 30, 6, 5.0
SECONDS = 5.0
QUIET_APP = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# From the click to the last change in sight, a chart's or another part's, and to the last one on the page, once the script has ended:
# by the page's own clock, no polling from outside. A chart is drawn in sight (screens/parts/scripts/drawing.js): that Streamlit says later
# that it may be seen changes nothing.
WATCH = """() => new Promise(done => {
  let began = 0, last = 0, seen = 0, ran = false;
  document.addEventListener('click', () => { began = last = seen = performance.now() }, {capture: true, once: true});
  const inSight = part => { const box = part.getBoundingClientRect(); return box.width && box.bottom > 0 && box.top < innerHeight };
  const unhidden = c => c.attributeName === 'style' && c.target.matches('.js-plotly-plot');
  const changed = c => c.type === 'childList' ? [...c.addedNodes].filter(node => node.closest) : [c.target];
  const watcher = new MutationObserver(all => {
    const changes = all.filter(c => !unhidden(c));
    if (!changes.length) return;
    last = performance.now();
    const parts = new Set(changes.flatMap(changed).map(node => node.closest('.js-plotly-plot') ?? node));
    if ([...parts].some(inSight)) seen = last;
  });
  watcher.observe(document.querySelector('[data-testid="stMain"]'), {subtree: true, childList: true, attributes: true});
  const look = () => {
    const state = document.querySelector('[data-testid="stApp"]').dataset.testScriptState, now = performance.now();
    ran = ran || (began && state === 'running');
    if (state === 'notRunning' && (ran || (began && now - began > 1500)) && now - last > 400) {
      watcher.disconnect();
      done([seen - began, last - began]);
    }
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def run(coroutine):
    """What a coroutine gives: in a thread of its own, because the browser's library keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def say(what: str, value: float, goal: float, unit: str, *, least: bool = False) -> None:
    """A line of the report."""
    met = value >= goal if least else value <= goal
    shown = f"{value:,.0f}" if unit == "bytes" else f"{value:.2f}"
    print(f"  {what:<66}{shown:>9} {unit:<11} goal {'≥' if least else '≤'} {goal:g}: {'met' if met else 'MISSED'}", flush=True)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, float]]:
    """A server of its own, its port and the moment of its start."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "GAPS_FOLDER": str(folder)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port, start
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the app did not start within 30 s")


def company(customers: int, units: int) -> Imported:
    """A simulated company with managers and employees in each unit, read from files as a user's would be."""
    from gaps import sample
    from gaps.importer import read_study

    sheets = sample.frames(1, replace(sample.TRUTH, customers=customers, units=units))
    files = [(f"{role}.csv", sheets[role].to_csv(index=False).encode()) for role in ("customers", "managers", "employees")]
    return read_study(files)


def shared(folder: Path, customers: int, units: int = 36) -> str:
    """Keep such a company where the server finds it, and say under which token."""
    from gaps import store

    os.environ["GAPS_FOLDER"] = str(folder)
    show_progress(f"simulating {customers:,} customers of {units:,} units")
    token = store.keep(company(customers, units))
    show_progress("")
    if not isinstance(token, str):
        raise SystemExit(f"the study was not kept: {token}")
    return token


def drawn(tab, *, empty: bool = False) -> None:
    """Wait until the first chart can be seen; on a page without a study the button that opens the sample, its last part."""
    tab.wait_for_selector(".st-key-sample button" if empty else ".js-plotly-plot .main-svg", state="visible", timeout=60_000)


def first_page(browser, port: int, **query: str) -> float:
    """Seconds from opening a link as a new visitor to the first chart that can be seen, without a study to the drop zone."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    tab = context.new_page()
    start = time.perf_counter()
    tab.goto(f"http://localhost:{port}/?{urlencode(query)}")
    drawn(tab, empty=not query)
    seconds = time.perf_counter() - start
    context.close()
    return seconds


def clicks(browser, port: int, page: str, **query: str) -> tuple[list[list[float]], list[list[float]]]:
    """Seconds from choosing a wave to the last change in sight, and on the page: the first time each is chosen, and again."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    tab = context.new_page()
    tab.goto(f"http://localhost:{port}/{page}?{urlencode(query)}")
    drawn(tab)
    tab.wait_for_selector(QUIET_APP)
    tab.wait_for_timeout(1500)
    found: dict[str, list[list[float]]] = {}
    box = tab.locator('[class*="st-key-wave-"] input')
    for name in (*WAVES, *WAVES):
        box.click()
        option = tab.get_by_role("option", name=name)
        option.wait_for()
        tab.evaluate(f"() => {{ window.settled = ({WATCH})() }}")
        option.click()
        found.setdefault(name, []).append([ms / 1000 for ms in tab.evaluate("() => window.settled")])
        tab.keyboard.press("Escape")
        tab.locator('[class*="st-key-wave-"]').get_by_role("button", name=re.compile("clear", re.I)).click()
        tab.wait_for_timeout(1200)
        tab.wait_for_selector(QUIET_APP)
    context.close()
    return [times[0] for times in found.values()], [t for times in found.values() for t in times[1:]]


def weights(port: int, **query: str) -> dict[str, int]:
    """Bytes of chart data of each page."""

    async def walk() -> dict[str, int]:
        async with visitors.visitor(port, **query) as one:
            await one.run()
            found = {}
            for path in list(one.pages):
                one.go(path)
                page = await one.run()
                if page.failed:
                    raise SystemExit(f"the page {path or 'overview'} failed")
                found[path or "overview"] = sum(page.charts.values())
            return found

    return run(walk())


def _click(one: visitors.Visitor, turn: int) -> None:
    """Every other click opens another page, the others choose a unit."""
    if turn % 2:
        paths = list(one.pages)
        one.go(paths[turn % len(paths)])
    elif options := one.options("unit"):
        one.choose("unit", [options[turn % len(options)]])


def main(full: bool = False) -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    print("\nPages, in a real browser and over the app's own protocol")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"])
        folder = Path(folder)
        for what, query in (("first page, nothing loaded", {}), ("first charts, sample", {"study": "sample"})):
            started = []
            for _ in range(3):
                with served(folder) as (port, start):
                    first_page(browser, port, **query)
                    started.append(time.perf_counter() - start)
            say(f"from the start of the process to the {what}", median(started), FROM_START, "s")
        with served(folder) as (port, _):
            first_page(browser, port, study="sample")
            say("first page, nothing loaded, running server", median(first_page(browser, port) for _ in range(5)), FIRST, "s")
            say(
                "first charts of the sample, new visitor to a running server",
                median(first_page(browser, port, study="sample") for _ in range(5)),
                FIRST,
                "s",
            )
            served_again = run(visitors.reruns(port, 10, SECONDS, study="sample"))
            say("reruns with ten sessions", served_again, RERUNS, "a second", least=True)
            got = run(visitors.crowd(port, PEOPLE, CLICKS, THINK, _click, study="sample"))
            failed = sum(page.failed for page in got)
            say(f"{PEOPLE} people, {len(got)} clicks, {failed} failed: 95 %", quantiles([p.seconds for p in got], n=20)[-1], CROWDED, "s")
        for n in (100_000, *((1_000_000,) if full else ())):
            with served(folder) as (port, _):
                token = shared(folder, n)
                for page in ("five-gaps", ""):
                    cold, warm = clicks(browser, port, page, study=token)
                    for k, what in enumerate(("all in sight redrawn", "last change on the page")):
                        name = f"{n:,}, {page or 'overview'}: filter click to {what}"
                        say(f"{name}, seen before", median(times[k] for times in warm), CLICK[n], "s")
                        say(f"{name}, first time", median(times[k] for times in cold), CLICK[n], "s")
        with served(folder) as (port, _):
            heavy = weights(port, study=shared(folder, 100_000, units=1000))
            page, most = max(heavy.items(), key=lambda pair: pair[1])
            say(f"chart data at 1,000 units, heaviest page ({page})", most, WEIGHT, "bytes")
        browser.close()
