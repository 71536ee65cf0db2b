"""Files made in the browser, and what a printed page holds."""

import struct
from xml.etree import ElementTree

from gaps.charts.palette import DARK, LIGHT

from .conftest import DESKTOP, PHONE
from .test_walk import customers

SVG = "{http://www.w3.org/2000/svg}"


def test_a_drawing_and_a_picture_stand_on_their_own(tab):
    """From a phone in the dark, in Chinese: on light ground, with title and caption, in light colours, nothing fetched."""
    at = tab(PHONE, "zh-CN", dark=True).open("/?study=sample&wave=2026-H2")
    title = at.read(".st-key-chart-diagram h3")
    path = at.taken("diagram", '[data-format="svg"]')
    assert path.name == "simulated-company-with-36-branches-diagram-2026-h2.svg"
    source = path.read_text(encoding="utf-8")
    drawing = ElementTree.fromstring(source)
    assert "".join(drawing.findtext(f"{SVG}title").split()) == "".join(title.split())
    texts = "".join("".join(text.itertext()) for text in drawing.iter(f"{SVG}text"))
    for said in ("Simulated company with 36 branches · 2026-H2 · ", "位顾客", "".join(title.split())):
        assert said.replace(" ", "") in texts.replace(" ", ""), said
    assert drawing.find(f"{SVG}rect").get("fill") == LIGHT.paper
    for colour in (DARK.shortfall, DARK.text, DARK.paper):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert colour.lower() not in source.lower() and f"rgb({red}, {green}, {blue})" not in source, colour
    assert LIGHT.shortfall in source
    assert not [e for e in drawing.iter() for name, value in e.items() if name.endswith(("href", "src")) or "http" in value]

    picture = at.taken("diagram", '[data-format="png"]').read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == round(float(drawing.get("width")) * 2)
    assert height == round(float(drawing.get("height")) * 2)


def test_what_is_printed(tab):
    """On paper: study and selection on top, no menus, charts whole and in light colours, the drawing that was on the screen."""
    at = tab(DESKTOP, dark=True).sample()
    at.page.emulate_media(media="print")
    for name in ("1. Reliability", "2. Responsiveness", "3. Empathy"):  # a card without its name says nothing
        assert at.page.locator(".st-key-cards-fixes li", has_text=name).is_visible()
    assert not at.page.locator(".st-key-take-along").is_visible()
    at.page.emulate_media(media="screen")
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    assert not at.page.locator(".st-key-paper-head").is_visible()
    assert at.page.pdf(format="A4").count(b"/Type /Page\n") <= 5  # no half-empty pages behind it
    at.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    at.page.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins
    at.page.emulate_media(media="print")
    assert "everybody who answered" in at.page.inner_text(".st-key-paper-head")
    for gone in ("stSidebar", "stPopover", "stSelectbox", "stButtonGroup", "stPageLink"):
        assert not at.page.locator(f'[data-testid="{gone}"]').filter(visible=True).count(), gone
    assert at.page.locator(".st-key-chart-diagram .js-plotly-plot").is_visible()
    assert not at.narrow_diagram()
    inside = """() => [...document.querySelectorAll('.js-plotly-plot')].filter(e => e.offsetParent).flatMap(graph => {
      const frame = graph.getBoundingClientRect();
      return [...graph.querySelectorAll('svg.main-svg text')].map(t => t.getBoundingClientRect()).filter(r => r.width).map(
        r => r.left >= frame.left - 2 && r.right <= frame.right + 2 && r.bottom <= frame.bottom + 2 && r.right <= 705);
    })"""
    drawn = at.page.evaluate(inside)
    assert len(drawn) > 50 and all(drawn)
    colours = at.page.evaluate("""() => [...document.querySelectorAll('.js-plotly-plot svg.main-svg text')]
      .filter(t => t.getClientRects().length).map(t => getComputedStyle(t).fill)""")
    assert {"rgb(31, 41, 51)"} <= set(colours) and "rgb(241, 244, 248)" not in colours
    assert at.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stMain] h1')).color") == "rgb(31, 41, 51)"
    assert at.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor") == "rgb(255, 255, 255)"


def test_tables_and_methods_are_printed_whole(tab):
    """A grid shows some rows and is a picture; on paper stand all of them up to 200, as it is sorted, and how they were computed."""
    at = tab().open("/five-gaps?study=sample&lang=en")
    table = at.page.locator(".gaps-paper-table")
    folded = at.page.locator("details", has_text="The five gaps as a table")
    folded.wait_for()
    at.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    at.page.emulate_media(media="print")
    assert folded.get_attribute("open") is None and folded.locator("td").first.bounding_box()["height"] > 10
    at.page.emulate_media(media="screen")

    at.go(next(h for h in at.pages() if h.endswith("dimensions")))
    at.page.locator('[data-testid="stDataFrame"] canvas').first.wait_for()
    assert table.count() == 0  # nothing of it is there before
    at.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not table.is_visible()
    at.page.emulate_media(media="print")
    assert not at.page.locator('[data-testid="stDataFrame"]').is_visible()
    assert table.locator("thead th").all_inner_texts()[:2] == ["Item", "Gap"]
    gaps = [
        line.split("\t")[1]
        for line in table.locator("tbody tr").evaluate_all("r => r.map(x => [...x.cells].map(c => c.textContent).join('\\t'))")
    ]
    assert gaps[0] == "−0.89" and all(gap[0] in "−+0" for gap in gaps)  # as sentences have it, not as the browser would
    at.page.emulate_media(media="screen")
    at.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert table.count() == 0
    assert at.page.locator('[data-testid="stDataFrame"]').is_visible()

    at.go(next(h for h in at.pages() if h.endswith("planning")))
    method = at.page.locator("details", has_text="How was this computed").last
    at.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    at.page.emulate_media(media="print")
    assert method.get_attribute("open") is None
    assert method.locator('[data-testid="stExpanderDetails"] p').first.bounding_box()["height"] > 10  # can be read although it is folded
    at.page.emulate_media(media="screen")

    rows = customers(230, "north", "south").decode().split("\n")
    some = "\n".join([rows[0], *(row.rsplit(",", 2)[0] + ",99,4" for row in rows[1:])])
    at.go(next(h for h in at.pages() if h.endswith("upload"))).upload("mine.csv", some.encode())
    at.go(next(h for h in at.pages() if h.endswith("upload")))
    at.page.locator("summary", has_text="one by one").first.click()
    at.page.locator('[data-testid="stDataFrame"] canvas').first.wait_for()
    at.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    at.page.emulate_media(media="print")
    assert table.first.locator("tbody tr").count() == 200
    assert table.first.locator("caption").inner_text().startswith("30 more rows are not printed.")
