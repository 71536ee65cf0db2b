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


def unanswered(file: bytes, unit: str, answered: int) -> bytes:
    """The file, in which all customers of a unit but some left out what they expect and the outcome."""
    lines = [line.split(",") for line in file.decode().splitlines()]
    header = [name.strip('"') for name in lines[0]]
    gone = [k for k, name in enumerate(header) if name.startswith("E") or name == "overall_quality"]
    left = answered
    for line in lines[1:]:
        if line[1].strip('"') == unit:
            left -= 1
            if left < 0:
                for k in gone:
                    line[k] = ""
    return "\n".join(map(",".join, lines)).encode()


def no_page_shows_nan(at) -> None:
    """Walk all pages with everything unfolded."""
    for part in ("agreement", "effects", "consistency", "item-analysis", "difference", "htmt", "factors", "checks"):
        at.session_state[f"deeper-{part}"] = True
    for page in PAGES:
        go(at, page)
        assert "nan" not in tables(at) + text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_too_few_of_a_selection_answered_is_nowhere(app, language):
    """Twelve customers of C, of whom three said what they expect: pages show what all twelve answered, and say that the rest is hidden."""
    file = unanswered(customers(60, units=("C", "D", "D", "D", "D")), "C", 3)
    at = choose(hand_in(app(language), "left-out.csv", file), "C")
    words = Words(language)
    no_page_shows_nan(at)
    go(at, "dimensions")
    assert words("app.withheld_cell.small_group") in tables(at)
    go(at, "overview")
    assert words("overview.withheld.small_group") in text(at)


def put_to_some(file: bytes) -> bytes:
    """The file, in which nobody who is loyal was asked what he expects."""
    lines = [line.split(",") for line in file.decode().splitlines()]
    gone = [k for k, name in enumerate(lines[0]) if name.strip('"').startswith("E")]
    for line in lines[1:]:
        if line[2].strip('"') == "yes":
            for k in gone:
                line[k] = ""
    return "\n".join(map(",".join, lines)).encode()


def test_what_too_few_of_a_selection_were_asked_is_nowhere(app):
    """Twelve customers of A, of whom four were asked what they expect: what rests on it is not shown of A, and pages say so."""
    sizes = {"A": 12, "B": 30, "C": 45}
    file = put_to_some(customers(87, units=tuple(unit for unit, n in sizes.items() for _ in range(n))))
    at = hand_in(app("en"), "asked.csv", file)
    words = Words("en")
    go(at, "five_gaps")
    hidden = [alt for chart in at.get("plotly_chart") for alt in [chart.proto.alt] if "C:" in alt and ("A:" in alt or "B:" in alt)]
    assert not hidden
    choose(at, "A")
    no_page_shows_nan(at)
    go(at, "overview")
    assert words("findings.state_withheld.few_asked", least=5) in text(at)
    assert words("app.filter.selected", what="A", n=12, of=87) in text(at)


def test_waves_hidden_for_the_sake_of_others_are_not_said_to_have_few(app):
    """The waves of business customers of 60 and more have 24 to 37 people; with two of them smaller groups could be computed."""
    at, words = app(query={"study": "sample", "customer_type": "business", "age_group": "60+"}), Words("en")
    assert words("overview.withheld.guards_others") in text(at)
    assert text(at).count("ahead so far") == 1  # that 92 are too few to say what comes first is not said again in other words
    waves = {"wave_before": "2026-H1", "wave": "2026-H2"}
    assert words("differences.customers_change_withheld.guards_others", **waves) in text(go(at, "compare"))
    assert words("charts.waves.title.guards_others") in text(go(at, "five_gaps"))
