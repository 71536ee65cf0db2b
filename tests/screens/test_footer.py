"""Below each chart of every page: how it was computed, in both languages, and nothing of it before it is asked for."""

import pytest

from gaps.i18n import LANGUAGES, Words
from screens.parts import cache, footer, lines

from .conftest import PAGES, customers, go, hand_in, open_sample


@pytest.fixture
def explained(monkeypatch):
    """What the footers of a page could say: key -> titles and how each was computed."""
    noted = {}
    how = footer.how

    def note(key, said):
        noted[key] = list(said())  # within the session, whose language it is in
        how(key, said)

    monkeypatch.setattr(footer, "how", note)
    return noted


def texts(at) -> str:
    return "\n".join(element.value for element in at.markdown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_of_every_page_says_how_it_was_computed(app, explained, language):
    at, words = open_sample(app(language)), Words(language)
    for page in PAGES:
        explained.clear()
        go(at, page)
        assert len(at.get("plotly_chart")) <= len(explained), page
        closed, heading = texts(at), f"**{words('computed.part.formula')}**"
        assert heading not in closed, page
        said = dict(explained)
        for key in said:
            at.session_state[f"how-{key}"] = True
        drawn = set(cache.charts._kept)
        at.run()
        assert set(cache.charts._kept) == drawn, page  # what is opened draws no chart anew
        assert texts(at).count(heading) == sum(map(len, said.values())), page
        for _, computed in (one for some in said.values() for one in some):
            assert lines.kept(computed.n) in texts(at), page
            assert computed.reference, page


def test_a_closed_menu_holds_nothing_and_an_open_one_follows_the_filter(app, explained):
    at = hand_in(app(), "study.csv", customers(60, units=("North", "South")))
    go(at, "five_gaps")
    assert not at.get("download_button")
    at.session_state["how-diagram"] = at.session_state["take-diagram"] = True
    at.run()
    assert len(at.get("download_button")) == 2
    assert "60 of 60 customers" in texts(at)
    at.multiselect(key=next(k for k in at.session_state.to_dict() if k.startswith("unit-"))).select("North").run()
    assert "30 of 30 customers" in texts(at) and "60 of 60" not in texts(at)


def test_the_overview_explains_its_figures_and_what_comes_first(app, explained):
    at = open_sample(app())
    said = {key: dict(some) for key, some in explained.items()}
    assert list(said) == ["figures", "first", "diagram"]
    assert [title.split(" ")[0] for title in said["figures"]] == ["Overall", "SERVQUAL", "At", "Gap"]
    assert not at.exception
