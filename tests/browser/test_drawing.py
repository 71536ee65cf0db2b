"""When charts are drawn: each once, and those in sight first."""

from .conftest import PHONE

# Each drawing gives a chart one new full layout or more, the last one last; how many one drawing takes is asked of the library itself.
COUNT = """
window.drawn = [];
Object.defineProperty(HTMLElement.prototype, '_fullLayout', {
  get() { return this.gapsLayout },
  set(layout) {
    if (layout === this.gapsLayout) return;
    this.gapsLayout = layout;
    if (!this.isConnected) return;
    window.drawn.push(this);
  },
});
"""
ONCE = """() => {
  const made = document.body.appendChild(document.createElement('div'));
  const before = window.drawn.length;
  return Plotly.newPlot(made, [{x: [1], y: [1]}], {width: 300, height: 200}).then(() => {
    const taken = window.drawn.length - before;
    made.remove();
    window.drawn.splice(before);
    return taken;
  });
}"""
TIMES = """once => [...document.querySelectorAll('.js-plotly-plot')].filter(e => e.offsetHeight).map(e => {
  const chart = e.closest('[class*="st-key-chart-"]').className.match(/st-key-chart-(\\S*)/)[1];
  return [chart, window.drawn.filter(d => d === e).length / once];
})"""


def _twice(at, once: int) -> list[str]:
    return [name for name, times in at.page.evaluate(TIMES, once) if times != 1]


def test_each_chart_is_drawn_once(tab):
    for at in (tab().sample(), tab(PHONE).sample()):
        at.page.add_init_script(COUNT)
        at.page.reload()
        at.settle()
        once = at.page.evaluate(ONCE)
        assert once >= 1
        twice = {}
        for href in [*at.pages()[1:], at.pages()[0]]:  # the very first chart may be there before the page's script is
            at.go(href)
            if found := _twice(at, once):
                twice[href] = found
        assert twice == {}


def test_what_is_in_sight_is_drawn_first(tab):
    at = tab().sample()
    at.page.add_init_script(COUNT)
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    at.page.reload()
    at.settle()
    once = at.page.evaluate(ONCE)
    at.page.eval_on_selector(".st-key-chart-units .js-plotly-plot", "e => e.scrollIntoView({block: 'center'})")
    at.page.evaluate("window.drawn = []")
    at.page.locator('[data-testid="stSidebar"] [class*="st-key-wave-"] input').focus()
    for key in ("ArrowDown", "ArrowDown", "Enter", "Escape"):
        at.page.keyboard.press(key)
    at.settle()
    names = at.page.evaluate("window.drawn.map(e => e.closest('[class*=\"st-key-chart-\"]').className.match(/st-key-chart-(\\S*)/)[1])")
    assert _twice(at, once) == []
    assert {"heatmap", "waterfall", "units"} <= set(names)
    assert names.index("units") < names.index("waterfall")
