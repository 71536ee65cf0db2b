"""A real server and a real browser. Without a browser these tests fail and say what to install: they are never skipped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE = (1440, 900), (390, 844)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The app, started as a user starts it."""
    with serving() as address:
        yield address


@contextmanager
def serving(folder: Path | None = None) -> Iterator[str]:
    """A server of its own on a free port; it keeps what it keeps in this folder, else in one that goes with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {"GAPS_FOLDER": str(folder or own)}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(f"http://localhost:{port}/_stcore/health", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the app did not start at {url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser named by CHROMIUM, else the system's, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or ("/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Exception as error:
            pytest.fail(
                "The browser tests need Chromium. Install it: `sudo apt install chromium` (Debian), Google Chrome (other systems), or "
                "`.venv/bin/python -m playwright install --with-deps chromium`; or name one: CHROMIUM=/path/to/chromium make test. "
                f"What was tried: {path or 'the one of Playwright'}: {error}",
                pytrace=False,
            )
        yield browser
        browser.close()


class Tab:
    """A browser tab on the app, that notes what must not happen: errors on the console, requests to other hosts."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on(
            "console", lambda m: self.errors.append(m.text) if m.type == "error" and not self._probe(m.location.get("url", "")) else None
        )
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("request", lambda r: self.foreign.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)

    def _probe(self, url: str) -> bool:
        """Under a deep link Streamlit's own page first looks for its server below the page's address, and is told no."""
        return url.removeprefix(self.address).strip("/").endswith(("/_stcore/health", "/_stcore/host-config"))

    def open(self, path: str = "/") -> Tab:
        """Go to an address of the app."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Tab:
        """Wait until the script has run, nothing is being drawn and nothing failed."""
        self.page.wait_for_selector('[data-testid="stApp"]', timeout=60_000)
        quiet = 0
        for _ in range(400):
            self.page.wait_for_timeout(100)
            idle = self.page.query_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
            busy = self.page.query_selector('[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-testid="stSpinner"]')
            quiet = quiet + 1 if idle and not busy else 0
            if quiet == 4:
                break
        else:
            pytest.fail("the page did not come to rest in 40 s")
        assert self.page.query_selector('[data-testid="stException"], .st-key-fault') is None
        return self

    def upload(self, name: str, data: bytes) -> Tab:
        """Drop a file."""
        self.page.set_input_files('input[type="file"]', {"name": name, "mimeType": "application/octet-stream", "buffer": data})
        return self.settle()

    def sample(self) -> Tab:
        """Open the sample company."""
        self.page.click(".st-key-sample button")
        return self.settle()

    def taken(self, chart: str, entry: str) -> Path:
        """What an entry of the menu below a chart brings, under the name it comes with."""
        self.page.click(f".st-key-take-{chart} button")
        with self.page.expect_download() as coming:
            self.page.locator(entry).click()
        self.page.keyboard.press("Escape")
        self.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
        return Path(shutil.copy(coming.value.path(), Path(coming.value.path()).with_name(coming.value.suggested_filename)))

    def faults(self) -> list[str]:
        """What axe calls serious or critical; what is drawn inside charts apart, whose contrast is computed from the palette."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "axe.run({exclude: [['.svg-container']]}, {resultTypes: ['violations']})",
        )
        return [
            f"{v['id']} ({v['impact']}): {node['html'][:200]}"
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    def pages(self) -> list[str]:
        """The addresses in the menu, in its order."""
        return [a.get_attribute("href") for a in self.page.query_selector_all('[data-testid="stSidebarNavLink"]')]

    def go(self, href: str) -> Tab:
        """Walk to a page by its link in the menu (which a phone keeps folded)."""
        self.page.eval_on_selector_all(
            '[data-testid="stSidebarNavLink"]', "(links, href) => links.find(a => a.getAttribute('href') === href).click()", href
        )
        return self.settle()

    def lead(self) -> str:
        """The one sentence that the page is about."""
        return self.read('[data-testid="stMain"] h2 >> nth=0')

    def read(self, selector: str) -> str:
        """What stands there as the catalogues have it: hard spaces as plain ones, without what keeps a line together or lets it end."""
        return self.page.inner_text(selector).replace("\u00a0", " ").replace("\u2060", "").replace("\u200b", "")

    def narrow_diagram(self) -> bool:
        """Whether the diagram is drawn as for a phone, its boxes one below the other."""
        height = self.page.locator(".st-key-chart-diagram .js-plotly-plot").bounding_box()["height"]
        return height > 680  # pixels: 636 and 714 as drawn by the core, each with its air

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return self.page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }"
        )


@pytest.fixture
def tab(chromium: Browser, address: str) -> Iterator[Callable[..., Tab]]:
    """Open a tab: `tab(PHONE, "zh-CN", dark=True)`. Whatever was walked, it must end without an error and without a foreign request."""
    tabs: list[Tab] = []

    def opened(size: tuple[int, int] = DESKTOP, locale: str = "en-GB", *, dark: bool = False) -> Tab:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=locale, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        tabs.append(Tab(context.new_page(), address))
        return tabs[-1].open()

    yield opened
    for each in tabs:
        each.page.context.close()
        assert each.errors == []
        assert each.foreign == []
