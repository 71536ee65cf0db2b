"""Below each chart a menu: the picture in the browser, the numbers from the server when they are asked for."""

import csv
import io
import json

import openpyxl
import pytest

from gaps.columns import GLOSSARY
from gaps.i18n import Words, signed
from screens.parts import links, takeaway

from .conftest import PAGES, customers, go, hand_in, open_sample, spoken

EN = Words("en")


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


def test_every_table_has_its_numbers_as_csv_and_as_a_workbook(app, offered):
    """Below each table that has files: both hold the same rows under the same heads, and the workbook says what they are."""
    menus, files = offered
    opened = {f"deeper-{name}": True for name in links.FOLDED}
    numbers = {"people.customers": "4000", "people.by_unit": "1", "people.customers.unit": "Thornhaven:90", "weigh": "customer_type"}
    shares = {"weigh.customer_type": ["business:60", "private:40"], "battery": "P"}
    at = app(query={"study": "sample", "lang": "en"} | numbers | shares)
    for key, held in opened.items():
        at.session_state[key] = held
    for page in PAGES:
        go(at, page)
    kinds = {key.partition("-")[2] for key in files if key.startswith("csv-")} - set(menus)
    for_some = "finite response weights-per-customer without-and-with-weights unit-means effects agreement plan-company plan-unit"
    assert kinds >= {
        *for_some.split(),
        "plan-change",
        "priorities",
        "five-gaps",
        "reliability",
        "item-analysis",
        "factor-model-cr",
        "items",
        "scores",
    }
    for kind in sorted(kinds):
        name, make = files[f"xlsx-{kind}"]
        assert name.endswith(f"{kind.replace('_', '-')}.xlsx") and files[f"csv-{kind}"][0] == name.removesuffix("xlsx") + "csv"
        lines = list(csv.reader(io.StringIO(files[f"csv-{kind}"][1]().decode("utf-8-sig"))))
        book = openpyxl.load_workbook(io.BytesIO(make()), read_only=True)
        rows = list(book["Data"].iter_rows(values_only=True))
        assert [str(cell) for cell in rows[0]] == lines[0], kind
        assert len(rows) == len(lines) > 1, kind
        about = dict(row[:2] for row in book["About"].iter_rows(values_only=True) if row and row[0])
        assert about[EN("reports.about.title")], kind
        assert about[EN("reports.about.study")] == "Simulated company with 36 branches"


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


def test_a_workbook_says_what_was_set_aside(app, offered):
    _, files = offered
    at = open_sample(app())
    about = openpyxl.load_workbook(io.BytesIO(files["xlsx-whole"][1]()))["About"]
    assert {row[0]: row[1] for row in about.iter_rows(values_only=True) if row[0]}["Set aside"] == "rows without an answer: 4"
    go(at, "upload")
    at.toggle(key=next(k for k in at.session_state.to_dict() if "straight_through.customers" in str(k))).set_value(True).run()
    go(at, "overview")
    about = openpyxl.load_workbook(io.BytesIO(files["xlsx-whole"][1]()))["About"]
    told = {row[0]: row[1] for row in about.iter_rows(values_only=True) if row[0]}["Set aside"]
    assert told == "rows without an answer: 4 and one answer to all blocks: 38"


def test_the_whole_result_is_what_the_command_line_writes(app, offered):
    _, files = offered
    open_sample(app())
    document = json.loads(files["json-whole"][1]())
    assert document["schema"] == "gaps-result/1"
    assert document["deeper"] and document["gaps"]
    assert files["xlsx-whole"][1]()[:2] == b"PK"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_unit_is_named_on_paper_and_in_what_is_taken_from_its_page(app, offered, language):
    _, files = offered
    words, at = Words(language), app(query={"study": "sample", "lang": language, "shown": "Thornhaven"})
    go(at, "unit")
    opened(at, ["unit-gaps", "unit-dimensions", "unit-items", "unit-waves"])
    assert f"**{words('reports.paper.unit', unit='Thornhaven')}**" in [spoken(m.value) for m in at.markdown]
    kinds = {"unit-gaps": "group", "unit-dimensions": "group", "unit-items": "group", "unit-waves": "unit"}
    for kind, column in kinds.items():
        name, make = files[f"xlsx-{kind}"]
        assert name.endswith(f"{kind}-thornhaven.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(make()))[words("reports.sheet.about")]
        assert {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}[words("reports.about.unit")] == "Thornhaven"
        assert {row[column] for row in csv.DictReader(io.StringIO(files[f"csv-{kind}"][1]().decode("utf-8-sig")))} == {"Thornhaven"}
    files.clear()
    go(at, "dimensions")  # about all units again
    opened(at, ["dimensions"])
    name, make = files["xlsx-dimensions"]
    assert "thornhaven" not in name and not [m.value for m in at.markdown if words("reports.paper.unit", unit="") in m.value]
    assert words("reports.about.unit") not in {row[0] for row in openpyxl.load_workbook(io.BytesIO(make())).worksheets[-1].values}


def test_items_and_total_scores_have_files_of_their_own(app, offered):
    _, files = offered
    at = go(open_sample(app()), "dimensions")
    rows = list(csv.DictReader(io.StringIO(files["csv-items"][1]().decode("utf-8-sig"))))
    grid = at.dataframe[0].value
    assert [int(row["item"]) for row in rows] == [int(label.split()[0]) for label in grid[EN("dimensions.column.item")]]
    assert [float(row["gap"]) for row in rows] == pytest.approx(grid[EN("dimensions.column.gap")].tolist(), abs=1e-12)  # else rounded twice
    for row, bars in zip(rows, grid[EN("dimensions.column.answers", battery="Perception", min=1, max=7)], strict=True):
        assert [float(row[f"share P {answer}"]) for answer in range(1, 8)] == pytest.approx(list(bars), abs=1e-4)
        assert float(row["perceived"]) - float(row["expected"]) == pytest.approx(float(row["gap"]), abs=0.05)
        assert float(row["gap_low"]) < float(row["gap"]) < float(row["gap_high"]) and row["n"]
    scores = {row["measure"]: row for row in csv.DictReader(io.StringIO(files["csv-scores"][1]().decode("utf-8-sig")))}
    assert list(scores) == ["unweighted", "weighted", "servperf", "servperf_weighted"]
    for name, row in scores.items():
        assert float(row["low"]) < float(row["mean"]) < float(row["high"]), name
    shown = next(t.value for t in at.table if EN("app.dimensions.score.unweighted") in t.value.to_csv().replace("\\", ""))
    assert signed(float(scores["unweighted"]["mean"])) in shown.to_csv().replace("\\", "")
