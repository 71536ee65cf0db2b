"""What only a browser sees of clicks on charts: a link, a cell and a unit answer to the mouse, and a finger still moves the page."""

from .conftest import PHONE, Tab

# Where the marks of a chart lie on the screen: what each carries, x, y.
MARKS = """(chart) => {
  const plot = [...document.querySelectorAll(`.st-key-chart-${chart} .js-plotly-plot`)].find((e) => e.offsetParent);
  plot.scrollIntoView({ block: 'center' });
  const { xaxis, yaxis } = plot._fullLayout, at = plot.querySelector('.nsewdrag').getBoundingClientRect();
  return plot.data.flatMap((t) => [...t.x].map((x, i) => [(t.customdata || [])[i], at.left + xaxis.l2p(x), at.top + yaxis.l2p(t.y[i])]));
}"""


def place(at: Tab, chart: str, wanted) -> tuple[float, float]:
    """A mark of a chart, scrolled into sight."""
    at.page.evaluate(MARKS, chart)
    at.page.wait_for_timeout(200)
    return next((x, y) for carried, x, y in at.page.evaluate(MARKS, chart) if carried == wanted)


def heading(at: Tab) -> str:
    return at.page.inner_text('[data-testid="stMain"] h1')


def test_the_diagram_opens_a_gap_by_mouse_and_by_keyboard(tab):
    """The filter stays on the way there."""
    at = tab().sample()
    at.page.click('[data-testid="stSidebar"] [data-testid="stMultiSelect"] >> nth=0')
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    at.page.keyboard.press("Escape")
    at.settle()
    x, y = place(at, "diagram", 3)
    at.page.mouse.move(x - 4, y)
    at.page.mouse.move(x, y)
    at.page.wait_for_selector(".hoverlayer .hovertext")
    assert at.page.evaluate("([x, y]) => getComputedStyle(document.elementFromPoint(x, y)).cursor", [x, y]) == "pointer"
    at.page.mouse.click(x, y)
    at.page.wait_for_url("**/gap?*")
    at.settle()
    assert heading(at) == "One gap" and "gap 3 (delivery)" in at.lead()
    assert at.page.locator('[data-testid="stSidebar"] [data-tag]').count() == 1
    at.go(at.pages()[0])
    at.page.locator(".st-key-open-overview-1 button").focus()
    at.page.keyboard.press("Enter")
    at.page.wait_for_url("**/gap?*")
    at.settle()
    assert "gap 1 (knowledge)" in at.lead()


def test_a_cell_shows_its_items_and_a_unit_its_page(tab):
    at = tab().sample()
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    x, y = place(at, "heatmap", [3, "empathy"])
    before = at.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop")
    at.page.mouse.move(x, y)
    at.page.mouse.click(x, y)
    at.settle()
    assert "Gap 3 · delivery" in at.read(".st-key-chart-cell-items")
    assert at.page.input_value(".st-key-cell [data-testid=stSelectbox] input >> nth=1") == "Empathy"
    assert abs(at.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") - before) < 2
    _, y = place(at, "units", "Thornhaven")
    x = at.page.evaluate("() => document.querySelector('.st-key-chart-units .js-plotly-plot').getBoundingClientRect().left")
    at.page.mouse.move(x + 60, y)
    at.page.mouse.click(x + 60, y)  # on its name, beside the field that hears of clicks: a row answers as a whole
    at.page.wait_for_url("**/unit-profile?*")
    at.settle()
    assert at.lead().startswith("Thornhaven stands below")


def test_a_finger_moves_the_page_over_the_diagram_and_a_tap_opens(chromium, address):
    context = chromium.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB", has_touch=True, is_mobile=True)
    at = Tab(context.new_page(), address).open().sample()
    x, y = place(at, "diagram", 5)
    finger = context.new_cdp_session(at.page)
    scrolled = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    before = at.page.evaluate(scrolled)

    def touch(kind: str, *points: float) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": p} for p in points]})

    touch("touchStart", y)
    for step in range(1, 13):
        touch("touchMove", y - 15 * step)
        at.page.wait_for_timeout(16)
    touch("touchEnd")
    at.page.wait_for_timeout(300)
    assert abs(at.page.evaluate(scrolled) - before) > 60
    at.page.touchscreen.tap(*place(at, "diagram", 5))
    at.page.wait_for_url("**/gap?*")
    at.settle()
    assert "gap 5 (customer)" in at.lead()
    context.close()
    assert at.errors == [] and at.foreign == []
