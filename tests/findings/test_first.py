"""What to fix first: the list, the names and the sentence of the Drivers page."""

import math
from dataclasses import replace

import pytest

from gaps.findings.drivers import lists_read, ranked_said
from gaps.findings.first import fixes, lead, name, ranking, reading, reason
from gaps.i18n import Words
from gaps.model import Withheld
from gaps.stats.priority_results import CONCENTRATE, DATA, DERIVED, GAP, RankList
from tests.charts.results import NAMES, priorities, study

EN, ZH = Words("en"), Words("zh")


def ranked(p_first, values=(0.3, 0.2, 0.1, 0.05, -0.02), **more):
    found = replace(priorities(), **more)
    made = RankList(DERIVED, GAP, tuple(NAMES), values, p_first)
    return replace(found, lists=(made, *(x for x in found.lists if (x.importance, x.shortfall) != (DERIVED, GAP))))


def test_a_sure_first_is_numbered_and_followed_by_the_next_two():
    found = fixes(ranked((0.9, 0.1, 0, 0, 0)))
    assert [(f.dimension, f.place) for f in found] == [("tangibles", 1), ("reliability", 2), ("responsiveness", 3)]
    assert name(found[0], study(), EN) == "1. Tangibles"


def test_what_cannot_be_told_apart_stands_side_by_side():
    found = fixes(ranked((0.45, 0.02, 0.53, 0, 0)))
    assert [(f.dimension, f.place) for f in found] == [("tangibles", None), ("reliability", None), ("responsiveness", None)]
    said = lead(ranked((0.45, 0.02, 0.53, 0, 0)), study(), EN).statement
    assert all(NAMES[f.dimension][0] in said for f in found[:2]) and "cannot tell" in said
    assert name(found[2], study(), ZH) == "响应性"


@pytest.mark.parametrize("p_first", [(0.9, 0.1, 0, 0, 0), (0.45, 0.3, 0.25, 0, 0), (0.79, 0.21, 0, 0, 0)])
def test_no_page_names_another_dimension(p_first):
    """The lead is the Drivers page's own sentence, and whatever it names first is first here."""
    found = ranked(p_first)
    said = lead(found, study(), EN)
    assert said == ranked_said(found, ranking(found), study(), EN)
    assert said.statement.startswith(NAMES[fixes(found)[0].dimension][0])


def test_nothing_is_listed_where_nothing_can_be_said():
    assert fixes(ranked((0.9, 0.1, 0, 0, 0), few=True)) == ()
    assert fixes(ranked((0.9, 0.1, 0, 0, 0), values=(-0.1, -0.2, -0.3, -0.4, -0.5))) == ()
    assert fixes(Withheld("no_outcome")) == ()
    assert [f.dimension for f in fixes(ranked((1, 0, 0, 0, 0), values=(0.3, -0.1, -0.2, -0.3, -0.4)))] == ["tangibles"]


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_every_reason_is_written(words):
    for why in ("no_outcome", "one_dimension", "no_variation", "something_new"):
        assert lead(Withheld(why), study(), words).statement
    assert "53" in lead(replace(ranked((0.9, 0.1, 0, 0, 0), few=True), n=53), study(), words).statement
    assert "%" not in lead(ranked((0.9, 0.1, 0, 0, 0), few=True), study(), words).statement


def test_the_reason_gives_the_gap_with_its_interval():
    first = fixes(ranked((0.9, 0.1, 0, 0, 0)))[0]
    said = reason(first, "overall_quality", EN)
    assert "shortfall 0.30" in said.statement and "0.20 to 0.60" in said.certainty
    assert "wrong way round" in reason(replace(first, r=-0.2), "overall_quality", EN).statement
    assert "wrong way round" not in said.statement
    assert "room" in reason(replace(first, gap=None), "overall_quality", EN).statement
    assert math.isfinite(first.room)


def test_the_reading_says_what_was_wanted():
    found = fixes(ranked((0.9, 0.1, 0, 0, 0)))
    assert "customers expected" in reading("overall_quality", found, study(), EN)
    assert "customers desired" in reading("overall_quality", found, study(batteries="DP"), EN)


def test_the_list_says_why_the_map_puts_an_early_place_elsewhere():
    """Second here and surely not where the map says to concentrate: said with the reason; where the map is unsure, nothing clashes."""
    found = ranked((0.9, 0.1, 0, 0, 0))
    ranking = found.list(DERIVED, GAP)
    fields = {p.dimension: p.quadrants[DERIVED, DATA].name for p in found.points if found.certain(p, DERIVED, DATA)}
    clashing = [d for d in list(NAMES)[:3] if fields.get(d, CONCENTRATE) != CONCENTRATE]
    assert clashing
    line, field = EN("drivers.centre.data"), EN("drivers.map.field.concentrate")
    names = EN.list(next(d.name("en") for d in study().instrument.dimensions if d.id == one) for one in clashing)
    said = lists_read(found, ranking, DERIVED, DATA, study(), EN)
    assert EN("drivers.priority.elsewhere", dimensions=names, field=field, line=line, shortfall=EN("drivers.shortfall_name.gap")) in said
    unsure = replace(found, few=True)
    assert field not in lists_read(unsure, ranking, DERIVED, DATA, study(), EN)
