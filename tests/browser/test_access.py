"""For everybody: every control by keyboard, nothing that jumps when a filter is set. (What axe says of every page: test_walk.)"""

from .conftest import DESKTOP

SHIFT = 0.1  # "good" by Core Web Vitals

NOTE_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver(list => list.getEntries().forEach(e => window.shifts.push(e.value))).observe({type: 'layout-shift'});
  window.blanks = [];
  const charts = [...document.querySelectorAll('[class*="st-key-chart-"]')];
  const keys = charts.map(e => [...e.classList].find(c => c.startsWith('st-key-chart-')));
  const look = () => {
    for (const key of keys) {
      const chart = document.querySelector('.' + key);
      if (!chart) continue;
      const {top, bottom} = chart.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) continue;
      const shown = e => e.offsetHeight && getComputedStyle(e).visibility === 'visible';
      const drawn = [...chart.querySelectorAll('.js-plotly-plot')].find(shown);
      if (!drawn?.querySelector('svg.main-svg .plot path, svg.main-svg .infolayer text')) window.blanks.push(key);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
FOCUS = """() => {
  let e = document.activeElement;
  while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const look = getComputedStyle(e);
  const keyed = e.closest('[class*="st-key-"]');
  return {tag: e.tagName, test: e.dataset.testid ?? '', key: keyed ? [...keyed.classList].find(c => c.startsWith('st-key-')).slice(7) : '',
          text: e.innerText?.trim() ?? '',
          ring: look.outlineStyle !== 'none' && look.outlineWidth !== '0px' || look.boxShadow !== 'none'};
}"""


def test_every_control_by_keyboard_in_reading_order(tab):
    at = tab(DESKTOP, dark=True).sample()
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    met = []
    for _ in range(50):
        at.page.keyboard.press("Tab")
        now = at.page.evaluate(FOCUS)
        if met and (now["tag"], now["key"], now["text"]) == (met[0]["tag"], met[0]["key"], met[0]["text"]):
            break
        met.append(now)
    names = [m["key"] for m in met if m["tag"] != "BODY"]
    charts = [name for name in names if name.startswith(("how-", "take-"))]
    assert charts == [
        f"{control}-{chart}" for chart in ("diagram", "heatmap", "cell-items", "waterfall", "units", "waves") for control in ("how", "take")
    ]
    for control in ("dimension-", "unit-shown-", "gap-", "language"):
        assert any(name.startswith(control) for name in names), control
    assert next(m for m in met if m["test"] == "stSidebarNavLink")["text"] == "Overview"
    unseen = [m for m in met if m["tag"] in ("BUTTON", "A", "SUMMARY") and not m["ring"]]
    assert unseen == []

    at.page.locator(".st-key-take-diagram button").focus()
    at.page.keyboard.press("Enter")
    at.page.locator('[data-testid="stPopoverBody"] [data-format="svg"]').wait_for()
    at.page.wait_for_timeout(300)
    assert at.faults() == []
    entries = []
    for _ in range(4):
        entries.append(at.page.evaluate(FOCUS)["text"].split("\n")[-1])
        at.page.keyboard.press("Tab")
    assert entries == ["Picture (PNG)", "Drawing (SVG)", "Data (CSV)", "Data (Excel)"]
    at.page.keyboard.press("Escape")
    at.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
    at.page.wait_for_timeout(100)
    assert at.page.evaluate(FOCUS)["key"] == "take-diagram"

    at.page.locator(".st-key-how-diagram button").focus()  # what is explained is longer than its box: the keyboard scrolls it
    at.page.keyboard.press("Enter")
    at.page.locator('[data-testid="stPopoverBody"]', has_text="Welch (1947)").wait_for()
    at.page.wait_for_timeout(300)
    assert at.faults() == []
    assert at.page.evaluate(FOCUS)["test"] == "stPopoverBody"
    at.page.keyboard.press("End")
    at.page.wait_for_function("document.querySelector('[data-testid=\"stPopoverBody\"]').scrollTop > 0")
    at.page.keyboard.press("Escape")
    at.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
    at.page.wait_for_timeout(100)
    assert at.page.evaluate(FOCUS)["key"] == "how-diagram"


def test_nothing_jumps_and_no_chart_flickers_when_a_filter_is_set(tab):
    """On every page with charts: the sum of all layout shifts, those within half a second of a key press included."""
    at = tab().sample()
    at.page.evaluate(NOTE_SHIFTS)
    for page in ("/", "five-gaps", "gap", "dimensions", "drivers", "loss-aversion"):
        at.go(next(h for h in at.pages() if h.endswith(page)))
        heights = "() => [...document.querySelectorAll('.js-plotly-plot')].filter(e => e.offsetParent)"
        assert all(given == drawn for given, drawn in at.page.evaluate(f"{heights}.map(e => [e.layout.height, e.offsetHeight])")), (
            page
        )  # the height is known before anything is drawn
        at.page.evaluate("() => { window.shifts.length = window.blanks.length = 0; }")
        at.page.locator('[data-testid="stSidebar"] .st-key-language').scroll_into_view_if_needed()
        at.page.locator('[data-testid="stSidebar"] [data-testid="stMultiSelect"] input').nth(2).focus()
        at.page.keyboard.press("ArrowDown")
        at.page.keyboard.press("ArrowDown")
        at.page.keyboard.press("Enter")
        at.page.keyboard.press("Escape")
        at.settle()
        assert at.page.locator('[data-testid="stSidebar"] [data-tag]').count() == 1
        at.page.click(".st-key-reset-page button")  # and back
        at.settle()
        assert at.page.evaluate("window.shifts.reduce((a, b) => a + b, 0)") < SHIFT, page
        assert at.page.evaluate("[...new Set(window.blanks)]") == [], page
