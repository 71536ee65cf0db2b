"""Below each chart a menu: the picture in the browser, the numbers from the server when they are asked for."""

import io
import json

import openpyxl
import pytest

from gaps.columns import GLOSSARY
from gaps.i18n import Words
from screens.parts import takeaway

from .conftest import PAGES, customers, go, hand_in, open_sample


@pytest.fixture
def offered(monkeypatch):
    """What the menus were given: key -> chart and table; and what each download makes when it is asked for: key -> bytes."""
    menus, files = {}, {}
    menu = takeaway.menu

    def noted(drawn, key, data):
        menus[key] = (drawn, data)
        menu(drawn, key, data)

    def button(label, data, name, mime, key, icon):
        assert callable(data), "made for every visitor, wanted or not"
        files[key] = (name, data)

    monkeypatch.setattr(takeaway, "menu", noted)
    monkeypatch.setattr(takeaway, "_button", button)
    return menus, files


def opened(at, charts) -> None:
    """The page with these menus open: a closed one is empty."""
    for key in charts:
        at.session_state[f"take-{key}"] = True
    at.run()


def test_every_chart_has_its_menu_and_every_column_its_meaning(app, offered):
    menus, files = offered
    at = open_sample(app())
    unknown = {}
    for page in PAGES:
        go(at, page)
        opened(at, menus)
        assert len(at.get("plotly_chart")) <= len(menus), page
        for key, (_, data) in menus.items():
            if data is not None:
                assert {f"csv-{key}", f"xlsx-{key}"} <= set(files)
                data = data() if callable(data) else data
                names = data[0] if isinstance(data, list | tuple) else data.columns
                unknown[key] = [name for name in names if str(name).split(" ")[0] not in GLOSSARY]
        menus.clear()
    assert {key: names for key, names in unknown.items() if names} == {}


def test_a_workbook_says_of_whom_it_is(app, offered):
    _, files = offered
    at = hand_in(app("zh"), "顾客.csv", customers(60, units=("北", "南")))
    at.multiselect(key=next(k for k in at.session_state.to_dict() if k.startswith("unit-"))).select("北").run()
    go(at, "dimensions")
    opened(at, ["dimensions"])
    name, make = files["xlsx-dimensions"]
    assert name.isascii()
    words = Words("zh")
    book = openpyxl.load_workbook(io.BytesIO(make()))
    about = {row[0]: row[1] for row in book[words("reports.sheet.about")].iter_rows(values_only=True) if row[0]}
    assert about[words("reports.about.selected")] == "北"
    assert about["mean"] == words("columns.mean")
    assert book[words("reports.sheet.data")].max_row == 6  # five dimensions below their head


def test_the_whole_result_is_what_the_command_line_writes(app, offered):
    _, files = offered
    open_sample(app())
    document = json.loads(files["json-whole"][1]())
    assert document["schema"] == "gaps-result/1"
    assert document["deeper"] and document["gaps"]
    assert files["xlsx-whole"][1]()[:2] == b"PK"
