"""Who stands apart: every group drawn with its interval and its standing, and the many in the middle counted, not drawn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps.charts import items_apart, standings, wave_changes
from gaps.charts.layout import Canvas
from gaps.charts.palette import LIGHT, ink
from gaps.charts.standing import AIR, LETTER, PHONE, over_its_line
from gaps.i18n import signed
from gaps.stats.change import changes
from gaps.stats.contrasts import contrasts
from tests.scoring.build import random_study
from tests.simulate.differing import company, panel


def of_units(units: int, customers: int = 60, **more):
    made = company(np.random.default_rng(1), units=units, customers=customers, **more)
    return made, contrasts(made)


@pytest.fixture(scope="module")
def eight():
    return of_units(8, low=(0,), high=(7,), shift=1.2)


def marks(chart):
    """The marks that a unit's standing forms: the last that are no entry of the legend."""
    return [t for t in chart.figure.data if t.customdata is not None and t.type == "scatter"][-1]


def test_units_show_the_measured_mean_and_are_ordered_by_the_shrunken(eight, words):
    """What is printed is what sentences say, the measured mean at its filled mark; the hollow one ranks. Each is named."""
    made, found = eight
    chart = standings(found, made, by="unit", words=words)
    rows = found.units[found.units["measure"].eq("gap") & found.units["dimension"].isna() & found.units["item"].isna()].set_index("unit")
    hollow = chart.figure.data[0]
    assert list(hollow.x) == pytest.approx([rows.loc[u, "shrunk"] for u in hollow.customdata]) and list(hollow.x) == sorted(hollow.x)
    assert hollow.marker.symbol == "diamond-open"
    assert hollow.error_x.array[0] == pytest.approx(rows.loc["U1", "high"] - rows.loc["U1", "shrunk"])
    assert list(marks(chart).x) == pytest.approx([rows.loc[u, "mean"] for u in marks(chart).customdata])
    assert not any("open" in symbol for symbol in marks(chart).marker.symbol) and marks(chart).error_x.array is None
    printed = {a.y: a.text for a in chart.figure.layout.annotations if a.xref == "paper"}
    for y, mean in zip(marks(chart).y, marks(chart).x, strict=True):
        assert signed(mean) in printed[y]
    assert words("compare.chart.measured_short") in printed[4]
    assert [t.name for t in chart.figure.data if t.showlegend] == [words("compare.chart.measured"), words("compare.chart.drawn_in")]
    assert "U1" in chart.alt and "U8" in chart.alt


def test_standing_is_told_by_form_and_colour(eight, en):
    made, found = eight
    drawn = marks(standings(found, made, by="unit", words=en))
    assert drawn.marker.symbol[0] == "triangle-down"
    assert drawn.marker.symbol[-1] == "triangle-up"
    assert set(drawn.marker.symbol[1:-1]) == {"circle"}
    assert (drawn.marker.color[0], drawn.marker.color[-1]) == (LIGHT.shortfall, LIGHT.surplus)


@pytest.mark.parametrize("share", [0.02, 0.25, 0.45, 0.5, 0.55, 0.8, 0.98])
@pytest.mark.parametrize("left", [48, 70, 118])
def test_the_mean_of_the_units_stays_clear_of_the_heading_beside_it(share, left):
    """On the narrowest phone it begins and ends within the drawing, wherever its line stands: 23 columns of small text."""
    place = over_its_line(Canvas(ink(False), 100, (-1.0, 0.0), left=left, right=58), share - 1, 23)
    room, width = PHONE - left - 58, 23 * LETTER
    begins = share * room + place["xshift"] - (width if place["xanchor"] == "right" else 0)
    assert -left - 1 <= begins and begins + width <= room + AIR


def test_a_unit_s_name_takes_one_line_on_a_wide_page(eight, en):
    made, found = eight
    units = found.units.assign(unit=found.units["unit"].replace({"U1": "Brightwater Quay"}))
    frame = found.frame.assign(group=found.frame["group"].replace({"U1": "Brightwater Quay"}))
    named = replace(found, units=units, frame=frame)
    for narrow, name in ((True, "Brightwater<br>Quay"), (False, "Brightwater Quay")):
        assert name in standings(named, made, by="unit", narrow=narrow, words=en).figure.layout.yaxis.ticktext


def test_the_title_counts_what_the_findings_count(eight, en):
    made, found = eight
    assert standings(found, made, by="unit", words=en).title == "Below the rest: 1 of 8 units; above: 1; not told apart: 6"
    alike, none = of_units(6, 40)
    assert standings(none, alike, by="unit", words=en).title == "No unit can be told apart from the others"


def test_bands_are_the_funnel_limits(eight, en):
    made, found = eight
    shapes = [s for s in standings(found, made, by="unit", words=en).figure.layout.shapes if s.type == "rect"]
    row = found.units[found.units["unit"].eq("U1") & found.units["measure"].eq("gap") & found.units["dimension"].isna()].iloc[0]
    assert (shapes[0].x0, shapes[0].x1) == (pytest.approx(row["funnel_low"]), pytest.approx(row["funnel_high"]))


@pytest.mark.parametrize(("count", "drawn", "between"), [(40, 40, 0), (41, 30, 11), (1000, 30, 970)])
def test_many_units_are_cut_and_those_not_told_apart_are_counted(en, count, drawn, between):
    made, found = of_units(count, 30)
    chart = standings(found, made, by="unit", words=en)
    assert len(marks(chart).x) == drawn
    if between:
        assert f"{between:,} lie between, {between:,} of them not told apart" in chart.caption
        assert any(f"{between:,} units between" in a.text for a in chart.figure.layout.annotations)
    assert len(chart.figure.to_json()) < 60_000


def test_few_units_and_segments_show_differences(en):
    made, found = of_units(3, 60, low=(0,), shift=1.2)
    chart = standings(found, made, by="unit", words=en)
    rows = found.rows("unit", level="total").sort_values("difference")
    assert list(marks(chart).x) == pytest.approx(list(rows["difference"]))
    assert "difference from the rest" in chart.subtitle


def test_too_few_customers_are_marked_and_said(en):
    made, found = of_units(6, 20)
    chart = standings(found, made, by="unit", words=en)
    assert set(marks(chart).marker.symbol) == {"x-thin-open"}
    assert "(fewer than 30): 6" in chart.caption


def test_nothing_to_compare(en):
    made = random_study(units=0)
    assert standings(contrasts(made, by=["sex"]), made, by="unit", words=en).title == en("compare.chart.nothing")


def test_items_of_one_unit(eight, words):
    made, found = eight
    chart = items_apart(found, made, by="unit", group="U1", words=words)
    rows = found.rows("unit", level="item", group="U1")
    assert sorted(marks(chart).x) == pytest.approx(sorted(rows["difference"]))
    assert "U1" in chart.title and str(int(rows["standing"].eq("below").sum())) in chart.title
    assert chart.computed.n == words(
        "computed.groups.one", many=int(rows["n"].max()), all=len(made.customers), rest=int(rows["n_rest"].max())
    )
    assert words("computed.missing.scores") not in chart.computed.missing  # an item has no score of half its items


def test_changes_between_waves(words):
    made = panel(np.random.default_rng(3), before=60, after=60, both=0, change=1.0)
    found = changes(made)
    before, after = made.waves
    chart = wave_changes(found, made, before=before, after=after, words=words)
    rows = found.between(before, after)
    rows = rows[rows["measure"].eq("gap")]
    assert list(marks(chart).x) == pytest.approx(
        list(pd.concat([rows[rows["dimension"].isna()], rows[rows["dimension"].notna()]])["change"])
    )
    assert set(marks(chart).marker.symbol) == {"triangle-up"}
    assert before in chart.title and chart.alt


def test_items_of_a_unit_too_small_to_judge_are_not_said_to_be_no_lower(words):
    made, found = of_units(6, 20)
    chart = items_apart(found, made, by="unit", group="U1", words=words)
    assert set(marks(chart).marker.symbol) == {"x-thin-open"}
    items = len(marks(chart).x)
    assert chart.title == words("compare.chart.items_few", group="U1", items=items, judged=30)
    assert words("compare.chart.items_unjudged", n=items, judged=30) in chart.caption
    assert words("compare.chart.marks") not in chart.caption and words("compare.chart.interval") not in chart.caption


def test_a_unit_s_row_answers_from_its_name_to_its_number(eight, en):
    """The bars lie over the whole width, one a unit, none over another's mark; differences as well as shrunken means."""
    few, of_few = of_units(3, 60, low=(0,), shift=1.2)
    for made, found in (eight, (few, of_few)):
        chart = standings(found, made, by="unit", words=en)
        (bars,) = [t for t in chart.figure.data if t.type == "bar"]
        assert (bars.base[0], bars.base[0] + bars.x[0]) == pytest.approx(tuple(chart.figure.layout.xaxis.range))
        edges = {unit: (y - tall / 2, y + tall / 2) for unit, y, tall in zip(bars.customdata, bars.y, bars.width, strict=True)}
        drawn = dict(zip(marks(chart).customdata, marks(chart).y, strict=True))
        for unit, (top, bottom) in edges.items():
            assert [name for name, y in drawn.items() if top <= y <= bottom] == [unit]
    segments = standings(found, made, by="sex", words=en) if "sex" in set(found.frame["by"]) else None
    assert segments is None or not [t for t in segments.figure.data if t.type == "bar"]


@pytest.mark.parametrize("narrow", [True, False])
def test_changes_on_a_phone_all_have_their_number_on_a_line_of_its_own(en, narrow):
    """In bold, name and number of a dimension do not fit on one line of a 320 pixel phone; a shorter one is set as the others."""
    made = panel(np.random.default_rng(3), before=60, after=60, both=0, change=1.0)
    before, after = made.waves
    chart = wave_changes(changes(made), made, before=before, after=after, narrow=narrow, words=en)
    places = [(a.y, a.xanchor) for a in chart.figure.layout.annotations if a.font.size == 13]
    names, values = ([y for y, anchor in places if anchor == side] for side in ("left", "right"))
    assert len(names) == len(values) > 2 and {round(v - n) for n, v in zip(names, values, strict=True)} == {17 if narrow else 0}
