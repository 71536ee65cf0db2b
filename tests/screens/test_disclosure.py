"""Groups below the minimum: what the pages leave out, and what they say of it."""

import pytest

from gaps.i18n import LANGUAGES, Words

from .conftest import PAGES, customers, go, hand_in, tables, text, well

UNITS = ("A",) * 3 + ("B",) * 3 + ("C",) * 14 + ("D",) * 60  # 3 and 3 are hidden: together they are enough


@pytest.fixture
def file() -> bytes:
    return customers(len(UNITS), units=UNITS)


def choose(at, *units: str):
    return well(at.sidebar.multiselect[0].set_value(list(units)).run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_with_small_units(app, language, file):
    at = hand_in(app(language), "small.csv", file)
    for page in PAGES:
        go(at, page)
        assert "nan" not in tables(at) + text(at)
    go(at, "five_gaps")
    who = Words(language)("disclosure.fewer.customers", n=5)
    assert Words(language)("disclosure.not_shown.small_group", who=who, count=2) in text(at)
    go(at, "compare")
    at.session_state["deeper-standings-table"] = True
    well(at.run())
    assert tables(at).count(who) == 2
    assert not [alt for chart in at.get("plotly_chart") for alt in [chart.proto.alt] if "A:" in alt or "B:" in alt]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_selection_of_hidden_units_shows_nothing_and_says_why(app, language, file):
    at = choose(hand_in(app(language), "small.csv", file), "A", "B")
    words = Words(language)
    said = words("disclosure.nobody.text", who=words("disclosure.fewer.customers", n=5))
    for page in ("overview", "five_gaps", "compare", "drivers"):
        go(at, page)
        assert said in text(at)
        assert not at.get("plotly_chart")
        assert at.button(key="reset-page").label == words("app.filter.reset")
    well(at.button(key="reset-page").click().run())
    assert said not in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_selection_leaves_hidden_units_out(app, language, file):
    at = choose(hand_in(app(language), "small.csv", file), "A", "C", "D")
    words = Words(language)
    what = words("disclosure.left_out.small_of", who=words("disclosure.who.customers"), n=5, count=1)
    assert words("disclosure.left_out.small", what=what) in text(at)
    assert words("app.filter.selected", what=words.list("ACD", last="or"), n=74, of=80) in text(at)


def test_whoever_runs_the_server_can_show_every_group(app, file, monkeypatch):
    monkeypatch.setenv("GAPS_MINIMUM", "1")
    at = choose(hand_in(app(), "small.csv", file), "A")
    assert Words("en")("app.filter.selected", what="A", n=3, of=80) in text(at)
    monkeypatch.delenv("GAPS_MINIMUM")
    well(at.run())
    assert Words("en")("app.filter.selected", what="A", n=0, of=80) in text(at)
