"""Text from data is harmless wherever it appears; files carry no formulas; numbers are not touched."""

import csv
import io
import re
import subprocess
import sys
import tomllib

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gaps.reports import separated
from screens.parts import cache, lines, show

from .conftest import PAGES, ROOT, customers, go, hand_in

HOSTILE = "![x](http://evil.example/x.png) <b>bold</b> :red[x] $a$"


def test_csv_makes_no_formula_and_leaves_numbers_alone():
    frame = pd.DataFrame({"unit": ["=HYPERLINK(1)", "plain", None], "mean": [-0.5, 1 / 3, float("nan")], "n": [1, 2, 3]})
    rows = list(csv.reader(io.StringIO(separated.csv(frame).decode("utf-8-sig"))))
    assert rows == [["unit", "mean", "n"], ["'=HYPERLINK(1)", "-0.5", "1"], ["plain", repr(1 / 3), "2"], ["", "", "3"]]


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_csv_escapes_every_way_to_begin_a_formula(start):
    assert f"'{start}1" in separated.csv([{f"{start}1": f"{start}1", "b": -1.5}]).decode("utf-8-sig")
    assert "-1.5" in separated.csv([{"a": -1.5}]).decode()


def test_csv_of_categories_and_missing_values():
    frame = pd.DataFrame({"unit": pd.Categorical(["@a", None]), "gap": [5, 5]})
    assert separated.csv(frame).decode("utf-8-sig").splitlines() == ["unit,gap", "'@a,5", ",5"]


@pytest.mark.parametrize(
    ("plain", "kept"),
    [
        ("5 个维度中有 3 个", "5_个维度中有 3_个"),
        ("1,419 位低于 2026-H2 没有", "1,419_位低于 2026\\-H2 没有"),
        ("±0.20 分；Gap 5 is", "±0\\.20_分；Gap_5 is"),
    ],
)
def test_a_heading_keeps_a_number_with_its_measure_word(plain, kept):
    assert show._heading(plain).replace("\u00a0", "_") == kept


@pytest.mark.parametrize(
    ("plain", "kept"),
    [
        ("the widest is gap 3, gaps 1, 2 and 4 follow", "the widest is gap_3, gaps_1, 2 and_4 follow"),
        ("差距 1、2 和 4 的 95% 置信区间", "差距_1、2 和_4 的 95%_置|信|区|间"),
        ("from +0.12 to +0.34, below 5 %", "from \\+0\\.12_to_\\+0\\.34, below 5_%"),
        ("这里的区间对组数作了许多不同的比较校正，因此写得更长。", "这里的区间对组数作了许多不同的比较校正，因此写得|更|长|。"),
    ],
)
def test_no_line_ends_within_what_is_one(plain, kept):
    assert lines.kept(plain).replace("\u00a0", "_").replace("\u2060", "|") == kept


def test_a_long_chinese_clause_may_be_broken_near_its_middle():
    long = lines.heading("与总体质量的关系最大的维度是可靠性和响应性")
    assert long.replace("\u2060", "").split("\u200b") == [
        "与总体质量的关系最大的",
        "维度是可靠性和响应性",
    ]
    assert "\u200b" not in lines.heading("与总体质量关系最大的是可靠性")


def test_a_short_table_is_text_and_a_long_one_a_grid():
    few = "from screens.parts import show; show.grid([{'who': 'a b', 'n': 1890}] * %d, 'people', counts=('n',))"
    at = AppTest.from_string(few % 3).run()
    assert not at.dataframe and list(at.table[0].value["n"]) == ["1,890"] * 3
    at = AppTest.from_string(few % (show.ROWS + 1)).run()
    assert not at.table and len(at.dataframe[0].value) == show.ROWS + 1


def test_no_page_passes_markup_from_the_data_on(app):
    at = hand_in(app(), f"{HOSTILE}.csv", customers(80, units=(HOSTILE, "plain")))
    at.multiselect(key=next(k for k in at.session_state.to_dict() if k.startswith("unit-"))).select(HOSTILE)
    for page in PAGES:
        go(at, page)
        for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success"):
            for element in getattr(at, kind):
                for markup in ("![x](", "<b>bold", ":red[", " $a$"):
                    assert markup not in str(element.value), (page, kind)
        for chart in at.get("plotly_chart"):
            assert "<b>bold" not in chart.proto.spec.replace("\\u003c", "<")


def test_the_app_is_configured_for_data_of_others():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True
    assert config["server"]["maxUploadSize"] == 100
    assert config["server"]["address"] == "localhost"


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme):
    colours = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][theme]
    for text in ("textColor", "linkColor", "grayTextColor", "primaryColor"):
        assert contrast(colours[text], colours["backgroundColor"]) >= 4.5, text
        assert contrast(colours[text], colours["sidebar"]["backgroundColor"]) >= 4.5, text


def test_caches_are_bounded_and_never_keyed_by_a_table():
    source = (ROOT / "screens" / "parts" / "cache.py").read_text(encoding="utf-8")
    assert "pandas" not in source.replace("# pandas", "")
    sources = [ROOT / "app.py", *(ROOT / "screens").rglob("*.py")]
    assert [p for p in sources if re.search(r"@st\.cache_|lru_cache|@cache", p.read_text(encoding="utf-8"))] == []
    assert cache.STUDIES <= 16


def test_only_state_writes_session_keys():
    for path in (ROOT / "screens").rglob("*.py"):
        if path.name != "state.py":
            assert "session_state" not in path.read_text(encoding="utf-8"), path


def test_the_first_page_does_not_wait_for_the_statistics():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; at = AppTest.from_file('app.py', default_timeout=60).run(); "
        "sys.exit(', '.join(m for m in ('statsmodels', 'scipy', 'openpyxl') if m in sys.modules) or bool(at.exception))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
