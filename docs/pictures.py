"""Picture the app in each of its states for the documentation: `make pictures`. Needs Chromium, as the browser tests do."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.pages import served

DOCS = Path(__file__).parent
ROOT = DOCS.parent
SAMPLE = (ROOT / "data" / "sample.xlsx").read_bytes()
DESKTOP, PHONE = (1280, 860), (390, 844)
REST = 1200  # milliseconds without a change: the page is drawn


def customers(n: int) -> bytes:
    """Customers alone, on the 22 default items."""
    header = ",".join(["unit", *(f"E{i}" for i in range(1, 23)), *(f"P{i}" for i in range(1, 23)), "overall_quality"])
    rows = (
        f"Branch {i % 4 + 1}," + ",".join(str(min(7, 5 + (i * 7 + k * 3) % 3 - (k > 21) * (k % 2))) for k in range(44)) + f",{4 + i % 3}"
        for i in range(n)
    )
    return "\n".join([header, *rows]).encode()


REFUSED = b"unit,E1,E2,P1,P2\nA,9,x,1,2\nB,1,2,3,44\n"
STATES = {  # picture -> file handed in (None: none), page, size, language, dark
    "overview": (SAMPLE, "", DESKTOP, "en-GB", False),
    "overview-phone": (SAMPLE, "", PHONE, "en-GB", False),
    "overview-dark-zh": (SAMPLE, "", DESKTOP, "zh-CN", True),
    "five-gaps": (SAMPLE, "five-gaps", DESKTOP, "en-GB", False),
    "drivers": (SAMPLE, "drivers", DESKTOP, "en-GB", False),
    "loss-aversion": (SAMPLE, "loss-aversion", DESKTOP, "en-GB", False),
    "state-empty": (None, "", DESKTOP, "en-GB", False),
    "state-customers-only": (customers(120), "five-gaps", DESKTOP, "en-GB", False),
    "state-three-respondents": (customers(3), "", DESKTOP, "en-GB", False),
    "state-refused": (REFUSED, "", DESKTOP, "en-GB", False),
    "state-withheld": (customers(120), "loss-aversion", DESKTOP, "en-GB", False),
}


def rest(page: Page) -> None:
    """Wait until the page is drawn."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(REST)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(REST)


def picture(browser: Browser, address: str, name: str) -> None:
    """One state as a person first sees it, without scrolling."""
    data, path, size, locale, dark = STATES[name]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=locale, color_scheme="dark" if dark else "light", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector('input[type="file"]', state="attached", timeout=60_000)
    rest(page)
    if data is not None:
        file = "sample.xlsx" if data is SAMPLE else "customers.csv"
        page.set_input_files('input[type="file"]', {"name": file, "mimeType": "application/octet-stream", "buffer": data})
        rest(page)
    if path:
        page.eval_on_selector(f'[data-testid="stSidebarNavLink"][href$="/{path}"]', "link => link.click()")
        rest(page)
    page.screenshot(path=DOCS / f"{name}.png")
    context.close()


def main() -> None:
    """Make all pictures, or those named."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox", "--disable-gpu"])
        for name in sys.argv[1:] or STATES:
            picture(browser, f"http://localhost:{port}", name)
            print(f"docs/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
