"""A page that is run again draws no chart anew: what it hands to the charts are the same objects as before."""

import pytest

from screens.parts import cache

from .conftest import PAGES, go, open_sample, well


def anew(at) -> list[str]:
    """The charts that a second identical run draws anew."""
    well(at.run())
    before = set(cache.charts._kept)
    well(at.run())
    return sorted(key[0] for key in set(cache.charts._kept) - before)


def widget(widgets, beginning: str):
    return next(w for w in widgets if str(w.key).startswith(beginning))


@pytest.mark.parametrize("page", [page for page in PAGES if page != "upload"])
def test_nothing_is_drawn_twice(app, page):
    at = go(open_sample(app()), page)
    assert at.get("plotly_chart") and anew(at) == []


def test_nor_for_a_chosen_unit(app):
    at = go(open_sample(app()), "unit")
    well(widget(at.selectbox, "unit shown").select_index(1).run())
    assert len(at.get("plotly_chart")) > 2 and anew(at) == []


def test_nor_for_two_chosen_selections(app):
    at = go(open_sample(app()), "compare")
    chosen = widget(at.multiselect, "selection A unit")
    well(chosen.set_value(chosen.options[:2]).run())
    assert any(chart.key == "two-selections" for chart in at.get("plotly_chart")) and anew(at) == []


def test_nor_between_waves_that_are_not_neighbours(app):
    at = go(open_sample(app()), "compare")
    earlier = widget(at.selectbox, "earlier wave")
    well(earlier.select_index(0).run())
    later = widget(at.selectbox, "later wave")
    well(later.select_index(len(later.options) - 1).run())
    assert anew(at) == []


def test_what_is_made_of_frozen_results_is_made_once():
    made, results = [], (object(), object())

    def make(*given, **options):
        made.append(given)
        return tuple(given), options

    make_once = cache._Once(2)
    assert make_once(make, *results, by="unit") is make_once(make, *results, by="unit")
    assert len(made) == 1
    make_once(make, *results, by="wave")
    make_once(make, results[1], by="unit")
    assert len(made) == 3
    make_once(make, *results, by="unit")  # two others have taken its place
    assert len(made) == 4
