"""What only a browser sees: drawing, downloads, width, keyboard, foreign requests."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from .conftest import DESKTOP, PHONE, Tab, serving

HOSTILE = '"![x](http://evil.example/x.png) <img src=http://evil.example/y.png>"'


# How many columns of each table that is wider than the phone are seen in part, at its right or beside its first column, which stays.
PARTED = """() => [...document.querySelectorAll('.gaps-pushed')].filter(frame => frame.offsetParent).map(frame => {
  const covered = side => parseFloat(getComputedStyle(frame).getPropertyValue(`--gaps-${side}`));
  const [first, ...others] = [...frame.querySelector('tr').cells].map(cell => cell.getBoundingClientRect());
  const edges = [frame.getBoundingClientRect().right - covered('after'), first.right + covered('before')];
  return others.filter(one => edges.some(edge => one.left < edge - 2 && one.right > edge + 2)).length;
})"""


def customers(n: int, *units: str) -> bytes:
    """A csv of customers on the 22 default items; units are written as given."""
    header = ",".join(["unit", *(f"E{i}" for i in range(1, 23)), *(f"P{i}" for i in range(1, 23)), "overall_quality"])
    rows = [f"{units[i % len(units)]}," + ",".join(str(5 + (i + k) % 3 - (k > 21)) for k in range(44)) + f",{4 + i % 3}" for i in range(n)]
    return "\n".join([header, *rows]).encode()


def taken(tab, selector: str) -> bytes:
    """What a press on a download button brings."""
    with tab.page.expect_download() as coming:
        tab.page.click(selector)
    return Path(coming.value.path()).read_bytes()


def walk(at, width: int) -> None:
    """Every page fits the window, its charts are drawn inside it, and axe finds nothing serious."""
    assert len(at.pages()) == 11
    for href in at.pages():
        at.go(href)
        assert at.overflow() <= 0, href
        assert at.faults() == [], href
        charts = at.page.locator(".js-plotly-plot:visible")
        for i in range(charts.count()):
            box = charts.nth(i).bounding_box()
            assert box["x"] >= 0, href
            assert box["x"] + box["width"] <= width, href


def test_the_sample_on_every_page(tab):
    at = tab().sample()
    assert at.page.locator(".js-plotly-plot:visible").count() == 1
    walk(at, DESKTOP[0])


def test_a_real_workbook_from_drop_to_download(tab, kiosk):
    at = tab(PHONE, "zh-CN", dark=True).upload(kiosk.name, kiosk.read_bytes())
    assert "1.10" in at.lead()  # R: −1.1020531
    rows = list(csv.DictReader(io.StringIO(at.taken("diagram", ".st-key-csv-diagram button").read_text(encoding="utf-8-sig"))))
    assert float(next(r for r in rows if r["gap"] == "5")["mean"]) == pytest.approx(-1.1020531, abs=1e-6)
    walk(at, PHONE[0])
    at.go(next(h for h in at.pages() if h.endswith("/")))
    at.page.click(".st-key-way-to-first a")
    at.settle()
    heading = at.page.evaluate("() => [document.activeElement.tagName, document.activeElement.getBoundingClientRect().top]")
    assert heading[0] == "H2" and 0 < heading[1] < PHONE[1] / 4  # where the link leads to, for eye and keyboard
    at.page.locator(".st-key-deeper-models summary").click()
    at.settle()
    for pushed in (0, 90):
        at.page.evaluate("by => document.querySelectorAll('.gaps-pushed').forEach(frame => frame.scrollBy(by, 0))", pushed)
        at.page.wait_for_timeout(300)
        parted = at.page.evaluate(PARTED)
        assert parted and set(parted) == {0}, pushed
    rows = list(csv.DictReader(io.StringIO(at.taken("shares", ".st-key-csv-shares button").read_text(encoding="utf-8-sig"))))
    assert sum(float(r["share"]) for r in rows if not r["b"]) == pytest.approx(1)


def test_the_template_comes_as_a_workbook(tab):
    at = tab()
    at.go(next(h for h in at.pages() if h.endswith("upload")))
    assert zipfile.ZipFile(io.BytesIO(taken(at, ".st-key-template button"))).testzip() is None


def test_a_filter_changes_the_numbers_and_stays_while_walking(tab):
    at = tab().sample()
    everybody = at.lead()
    at.page.click('[data-testid="stSidebar"] [data-testid="stMultiSelect"] >> nth=0')
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    at.page.keyboard.press("Escape")
    at.settle()
    one = at.lead()
    assert one != everybody
    for href in at.pages()[1:3]:
        at.go(href)
        assert at.page.locator('[data-testid="stSidebar"] [data-tag]').count() == 1, href
    at.go(at.pages()[0])
    assert at.lead() == one
    at.page.click(".st-key-reset-page button")
    at.settle()
    assert at.lead() == everybody


def test_ten_seconds_on_a_phone(tab):
    """The menu is folded; the headline and all four figures stand on the first screen, two by two; the diagram is the narrow one."""
    at = tab(PHONE).sample()
    assert at.page.locator('[data-testid="stSidebar"]').get_attribute("data-collapsed") == "true"
    boxes = [at.page.locator(".st-key-cards-figures li").nth(k).bounding_box() for k in range(4)]
    assert all(box["y"] + box["height"] <= PHONE[1] for box in boxes), boxes
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"] == boxes[3]["y"] and boxes[0]["x"] < boxes[1]["x"]
    assert at.narrow_diagram()


def test_the_prediction_stays_in_sight_above_the_sliders_of_a_phone(tab):
    """The sliders come right below the answer, which moves with the page and changes while the last slider is moved by keyboard."""
    at = tab(PHONE).sample()
    at.go(next(h for h in at.pages() if h.endswith("what-if")))
    before = at.lead()
    at_rest, room, shown = _placed(at)
    assert room <= shown + 16  # the answer takes no room that it does not need
    at.page.locator(".st-key-moves-expected input[type=range]").last.focus()
    at.page.keyboard.press("ArrowLeft")
    at.settle()
    assert at.lead() != before
    answer, sliders, chart = (at.page.locator(s).bounding_box() for s in (".st-key-predicted", ".st-key-moves", ".st-key-chart-prediction"))
    assert 0 <= answer["y"] < PHONE[1] / 3
    assert sliders["y"] < chart["y"]
    assert _placed(at)[0] == pytest.approx(at_rest, abs=1)  # nothing below has moved, however long the answer has become


def _placed(at) -> list[float]:
    """Where the sliders stand on the page, the room that the answer keeps, and the height of what it says."""
    return at.page.evaluate(
        """() => {
          const box = s => document.querySelector(s).getBoundingClientRect();
          const main = document.querySelector('[data-testid="stMain"]');
          return [box('.st-key-moves').top + main.scrollTop, box('.st-key-predicted').height, box('.st-key-predicted-now').height];
        }"""
    )


def test_half_a_window_gets_the_drawing_that_fits(tab):
    """Beside the menu less than the wide diagram's words need is left, as also on a page enlarged to 200 %."""
    at = tab((1000, 800)).sample()
    assert at.narrow_diagram()
    at.page.set_viewport_size({"width": 1440, "height": 900})
    at.settle()
    assert not at.narrow_diagram()
    box, chart = (
        at.page.locator(f".st-key-chart-diagram {part}".strip()).first.bounding_box() for part in ("", ".js-plotly-plot .main-svg")
    )
    assert chart["width"] >= 0.95 * box["width"]


def test_names_from_a_file_call_no_other_host(tab):
    at = tab().upload("hostile.csv", customers(80, HOSTILE, "plain"))
    at.page.click('[data-testid="stSidebar"] [data-testid="stMultiSelect"] >> nth=0')
    at.settle()
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    at.page.keyboard.press("Escape")
    at.settle()
    for href in at.pages()[:3]:
        at.go(href)
        assert at.page.locator('[data-testid="stMain"] img').count() == 0
    assert at.foreign == []


def test_a_deep_link_opens_the_whole_app(tab):
    at = tab().open("/drivers")
    assert len(at.pages()) == 11
    at.sample()
    assert at.page.locator(".st-key-chart-shares .js-plotly-plot").is_visible()


def test_the_first_visitor_of_a_server_may_come_by_a_deep_link(chromium):
    page = chromium.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    with serving() as address:
        at = Tab(page, address).open("/drivers")
        assert page.locator('[role="dialog"]').count() == 0
        assert page.inner_text('[data-testid="stMain"] h1') == "Drivers"
        at.sample()
        assert page.locator(".st-key-chart-shares .js-plotly-plot").is_visible()
    page.context.close()


def test_chinese_browsers_read_chinese(tab):
    at = tab(DESKTOP, "zh-CN")
    assert at.page.title().endswith("服务质量差距")
    label = at.page.evaluate("() => getComputedStyle(document.querySelector('.st-key-drop section button p'), '::after').content")
    assert label == '"选择文件"'
    at.page.click('[data-testid="stSidebar"] button:has-text("English")')
    at.settle()
    assert at.page.title().endswith("Service quality gaps")


def test_charts_follow_the_dark_theme(tab):
    at = tab(DESKTOP, dark=True).sample()
    colour = at.page.evaluate("() => document.querySelector('.js-plotly-plot').layout.font.color")
    assert colour == "#F1F4F8"


def test_a_gap_is_chosen_by_keyboard(tab):
    at = tab().sample()
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    before = at.page.inner_text(".st-key-chart-units h3")
    at.page.locator('[data-testid="stButtonGroup"] button:has-text("3")').last.focus()
    at.page.keyboard.press("Enter")
    at.settle()
    assert at.page.inner_text(".st-key-chart-units h3") != before


def test_a_file_that_is_no_study_leaves_the_app_alive(tab):
    at = tab().upload("bomb.xlsx", b"PK\x03\x04" + b"\0" * 2000)
    assert at.page.locator('[data-testid="stAlert"]').count() >= 1
    at.upload("good.csv", customers(60, "a", "b"))
    assert at.page.locator(".st-key-chart-diagram .js-plotly-plot:visible").count() == 1
