"""The app as its users meet it: always through app.py, with files handed to its own drop zone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gaps.i18n import LANGUAGES, Words

ROOT = Path(__file__).parents[2]
PAGES = {
    "overview": "screens/tell/overview.py",
    "upload": "screens/collect/upload.py",
    "planning": "screens/collect/planning.py",
    "five_gaps": "screens/measure/five_gaps.py",
    "gap": "screens/measure/gap.py",
    "dimensions": "screens/measure/dimensions.py",
    "compare": "screens/measure/compare.py",
    "unit": "screens/measure/unit.py",
    "drivers": "screens/explain/drivers.py",
    "loss_aversion": "screens/explain/loss_aversion.py",
    "what_if": "screens/explain/what_if.py",
}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def customers(
    n: int, *, units: tuple[str, ...] = ("North", "South"), outcome: bool = True, expectations: bool = True, seed: int = 1
) -> bytes:
    """A csv of n customers on the 22 default items: perception about a point below expectation."""
    draw = random.Random(seed)
    asked = [f"{battery}{i}" for battery in ("EP" if expectations else "P") for i in range(1, 23)]
    header = ["respondent", "unit", "loyal", *asked]
    lines = [header + (["overall_quality"] if outcome else [])]
    for i in range(n):
        expected = [draw.choice((5, 6, 7)) for _ in range(22)]
        perceived = [max(1, e - draw.choice((0, 1, 1, 2))) for e in expected]
        row = [f"c{i}", units[i % len(units)], "yes" if i % 3 else "no", *(expected if expectations else ()), *perceived]
        lines.append(row + ([round(sum(perceived) / 22)] if outcome else []))
    return "\n".join(",".join('"' + str(v).replace('"', '""') + '"' for v in line) for line in lines).encode()


@pytest.fixture
def app() -> Callable[..., AppTest]:
    """A browser tab: `app("zh")` opens the app in Chinese, `app(query={"study": "sample"})` by a link."""

    def opened(language: str = "en", page: str = "overview", query: dict | None = None) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        at.context = {"locale": LOCALES[language], "theme": "dark" if language == "zh" else "light"}
        at.query_params = dict(query or {})
        at.run()
        return go(at, page) if page != "overview" else well(at)

    return opened


def well(at: AppTest) -> AppTest:
    """The run ended without an exception."""
    if at.exception:
        pytest.fail(f"{at.exception[0].message}\n{''.join(at.exception[0].stack_trace)}", pytrace=False)
    if faults(at):
        pytest.fail("a page failed; its traceback is in the captured log", pytrace=False)
    return at


def faults(at: AppTest) -> list[str]:
    """The sentences by which the app admits a fault of its own."""
    said = {Words(language)("app.fault") for language in LANGUAGES}
    return [error.value for error in at.error if error.value in said]


def go(at: AppTest, page: str) -> AppTest:
    """Walk to a page."""
    return well(at.switch_page(PAGES[page]).run())


def hand_in(at: AppTest, name: str, data: bytes) -> AppTest:
    """Drop a file."""
    return hand_in_together(at, (name, data))


def hand_in_together(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop several files at once."""
    at.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    return well(at.run())


def open_sample(at: AppTest) -> AppTest:
    """Press the button that opens the sample company."""
    return well(at.button(key="sample").click().run())


def spoken(markup: str) -> str:
    """Markup as the catalogues have it: no escapes, nor what keeps a line together or lets it end."""
    return re.sub("[\\\\\u2060\u200b]", "", str(markup)).replace("\u00a0", " ")


def text(at: AppTest) -> str:
    """All that the page says."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return spoken("\n".join(str(element.value) for kind in kinds for element in getattr(at, kind)))


def tables(at: AppTest) -> str:
    """All that stands in the page's tables."""
    return spoken("\n".join(element.value.to_csv() for kind in ("table", "dataframe") for element in getattr(at, kind)))
