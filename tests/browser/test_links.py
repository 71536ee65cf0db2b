"""Links in a real browser: the address follows, going back undoes, a cold server opens what the sender saw."""

from urllib.parse import parse_qs, urlsplit

from .conftest import DESKTOP, PHONE, Tab, serving
from .test_walk import customers


def asked(tab: Tab) -> dict[str, list[str]]:
    """What stands in the address, but for the outcome: which is first depends on the filters, so with a filter it is written out."""
    return {name: values for name, values in parse_qs(urlsplit(tab.page.url).query).items() if name != "outcome"}


def choose(tab: Tab, name: str, filter: int = 0) -> None:
    """Choose a name in a filter of the sidebar."""
    tab.page.click(f'[data-testid="stSidebar"] [data-testid="stMultiSelect"] >> nth={filter}')
    tab.page.keyboard.type(name)
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Escape")
    tab.settle()


def back(tab: Tab) -> None:
    tab.page.go_back()
    tab.settle()


def entries(tab: Tab) -> int:
    return tab.page.evaluate("history.length")


def test_the_address_follows_and_going_back_undoes(tab):
    at = tab().sample()
    everybody = at.lead()
    choose(at, "Thornhaven")
    one, before = at.lead(), entries(at)
    assert one != everybody
    assert asked(at) == {"study": ["sample"], "unit": ["Thornhaven"], "lang": ["en"]}
    at.go(next(h for h in at.pages() if h.endswith("five-gaps")))
    assert asked(at) == {"study": ["sample"], "unit": ["Thornhaven"], "lang": ["en"]}
    assert entries(at) == before + 1
    at.page.locator('[data-testid="stButtonGroup"] button:has-text("3")').last.click()
    at.settle()
    assert asked(at)["gap"] == ["3"]
    at.page.reload()
    at.settle()
    chosen = '[data-testid="stButtonGroup"] :is([aria-checked="true"], [kind*="Active"]):has-text("3")'
    assert at.page.locator(chosen).count()
    assert asked(at) == {"study": ["sample"], "unit": ["Thornhaven"], "gap": ["3"], "lang": ["en"]}
    back(at)
    assert "gap" not in asked(at)
    back(at)
    assert urlsplit(at.page.url).path == "/"
    assert at.lead() == one
    back(at)
    assert asked(at) == {"study": ["sample"], "lang": ["en"]}
    assert at.lead() == everybody


def test_a_quick_hand_goes_back_and_forth(tab):
    """Three times back before the first answer is there, and once forward: what lay ahead is still there."""
    at = tab().open("/?study=sample&lang=en")
    for page in ("five-gaps", "dimensions", "upload"):
        at.go(next(h for h in at.pages() if h.endswith(page)))
    before = entries(at)
    for _ in range(3):
        at.page.evaluate("history.back()")
        at.page.wait_for_timeout(40)
    at.settle()
    assert urlsplit(at.page.url).path == "/"
    at.page.evaluate("history.forward()")
    at.page.wait_for_function("location.pathname === '/five-gaps'")
    at.settle()
    assert at.page.inner_text('[data-testid="stMain"] h1') == "Five gaps"
    assert entries(at) == before
    at.go(next(h for h in at.pages() if h.endswith("dimensions")))  # a press leads on from there
    assert urlsplit(at.page.url).path == "/dimensions"
    assert asked(at) == {"study": ["sample"], "lang": ["en"]}


def test_a_link_in_the_page_changes_what_it_names(tab):
    at = tab().open("/drivers?study=sample&wave=2026-H2&lang=zh&gap=77")
    assert at.page.locator(".st-key-link-left-out").is_visible()
    assert at.page.inner_text('[data-testid="stMain"] h1') == "驱动因素"
    assert asked(at) == {"study": ["sample"], "wave": ["2026-H2"], "lang": ["zh"]}
    at.page.locator('[data-testid="stPageLink-NavLink"]').first.click()
    at.settle()
    assert urlsplit(at.page.url).path == "/upload"
    assert asked(at) == {"study": ["sample"], "wave": ["2026-H2"], "lang": ["zh"]}


def test_a_link_to_a_gap_a_unit_and_a_comparison_opens_the_same(tab):
    """What was chosen on the page itself, in a session that never saw another page."""
    sender, reader = tab(), tab()
    chosen = {
        "gap": "detail=2&wave=2026-H2",
        "unit-profile": "shown=Thornhaven",
        "compare": "a.unit=Thornhaven&b.unit=Hazelford&b.wave=2026-H2&against=chosen",
    }
    for page, query in chosen.items():
        sender.open(f"/{page}?study=sample&{query}&lang=en")
        told = sender.page.locator('[data-testid="stMain"] h2').all_inner_texts()
        for name, value in parse_qs(query).items():
            assert asked(sender)[name] == value
        reader.open(sender.page.url.removeprefix(sender.address))
        assert reader.page.locator('[data-testid="stMain"] h2').all_inner_texts() == told
        assert reader.lead() == sender.lead()
        assert asked(reader) == asked(sender)
    assert "Thornhaven" in reader.page.inner_text(".st-key-choose-two")


def test_a_cold_server_opens_what_the_sender_saw(chromium, tmp_path):
    def opened(address: str, path: str = "/", size=DESKTOP) -> Tab:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
        return Tab(context.new_page(), address).open(path)

    with serving(tmp_path) as address:
        sender = opened(address).upload("mine.csv", customers(60, "north", "south"))
        choose(sender, "south")
        assert asked(sender) == {"study": ["unshared"], "unit": ["south"], "lang": ["en"]}
        assert list(tmp_path.iterdir()) == []
        lead = sender.lead()
        sender.page.click(".st-key-share-sidebar button")
        sender.page.click(".st-key-keep-study button")
        link = sender.page.inner_text('[role="dialog"] code').strip()
        assert sender.page.locator('[role="dialog"] [data-testid="stCode"] button').is_visible()  # copies it, with no mouse over it either
        sender.page.wait_for_function("link => location.href === link", arg=link)
        sender.page.context.close()
    assert len(list(tmp_path.rglob("*.study"))) == 1
    with serving(tmp_path) as address:
        reader = opened(address, "/?" + urlsplit(link).query, PHONE)
        assert reader.lead() == lead
        assert parse_qs(urlsplit(reader.page.url).query) == parse_qs(urlsplit(link).query)
        assert reader.page.locator('input[type="file"]').count() == 0
        assert reader.overflow() <= 0
        reader.open("/?study=sample&unit=Thornhaven&lang=zh")
        assert "Thornhaven" in reader.page.inner_text(".st-key-selected")
        assert reader.page.title().endswith("服务质量差距")
        assert not reader.errors
        reader.page.context.close()
