"""What holds for every chart: size, safety, scrolling, both languages, both themes."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from gaps import charts
from gaps.charts.palette import DARK, LIGHT
from gaps.i18n import Words
from gaps.model import Role
from gaps.scoring.gap_table import gap_table
from gaps.stats.change import changes
from gaps.stats.contrasts import contrasts
from gaps.stats.humps import item_distributions
from gaps.stats.intervals import with_intervals
from gaps.stats.selections import TwoSelections
from gaps.stats.stated import StatedImportance
from tests.charts.asymmetry_results import asymmetry, contrast, model, prediction, profile, ranked
from tests.charts.asymmetry_results import contrasts as contrasted
from tests.charts.results import (
    NAMED,
    NAMES,
    chain,
    curve,
    fit,
    full_rows,
    gap_chain,
    htmt,
    naming,
    priorities,
    row,
    study,
    table,
    unit_rows,
    waterfall_table,
    wave_rows,
    zone,
)
from tests.scoring.build import study as answered
from tests.simulate.differing import company, panel

EVIL = {
    "tangibles": ("<b>bold</b> & <a href='x'>link</a>", "<b>粗</b>"),
    "reliability": ("=cmd|'/c calc'!A0", "=cmd"),
    **dict(list(NAMES.items())[2:]),
}


def draw(words: Words, dark: bool = False, dimensions=NAMES):
    """Every chart once, by name."""
    one = study(dimensions=dimensions, waves=("w1", "<i>w2</i>"))
    gaps, k = table(full_rows()), {"words": words, "dark": dark}
    units = unit_rows(1000, spread=3)
    units[1] |= {"unit": "<b>evil</b> unit"}
    units[2] |= {"unit": "=HYPERLINK(1)"}
    yield "gaps_diagram", charts.gaps_diagram(gaps, one, **k)
    yield "gaps_diagram narrow", charts.gaps_diagram(gaps, one, narrow=True, **k)
    yield "waterfall", charts.waterfall(waterfall_table(chain()), one, **k)
    yield "gap_heatmap", charts.gap_heatmap(gaps, one, **k)
    yield "unit_intervals", charts.unit_intervals(table(units), one, **k)
    yield "dumbbells", charts.dumbbells(gaps, one, **k)
    yield "dumbbells items", charts.dumbbells(gaps, one, dimension="tangibles", **k)
    answered, spread = _answered(one.instrument)
    yield "item_distributions", charts.item_distributions(spread, gaps, answered, items=range(1, 11), **k)
    yield "perceived", charts.perceived(spread, answered, **k)
    yield "radar", charts.radar(gaps, one, **k)
    yield "importance_weights", charts.importance_weights(_stated(), priorities(), one, **k)
    yield "dimension_curves", charts.dimension_curves(asymmetry(tangibles="too_few", reliability="loss"), one, **k)
    yield "dimension_curves narrow", charts.dimension_curves(asymmetry(), one, across=2, **k)
    yield "zone_bands", charts.zone_bands(zone(dict.fromkeys(NAMES, (4.5, 6.0, 5.0))), one, **k)
    yield "driver_shares", charts.driver_shares(fit(NAMED), one, **k)
    yield "htmt_matrix", charts.htmt_matrix(htmt(), one, battery="P", **k)
    yield "naming_curve", charts.naming_curve(naming(), one.instrument, **k)
    yield "importance_map", charts.importance_map(priorities(), one, **k)
    yield "gap_paths", charts.gap_paths(gap_chain(), one, **k)
    yield "models_side_by_side", charts.models_side_by_side([fit(NAMED), fit(NAMED, predictors="P,E")], one, **k)
    yield "asymmetry_curve", charts.asymmetry_curve(curve(), one, **k)
    groups, apart = _units()
    yield "standings", charts.standings(apart, groups, by="unit", **k)
    yield "standings segment", charts.standings(apart, groups, by="<b>evil</b>", **k)
    yield "items_apart", charts.items_apart(apart, groups, by="unit", group="<b>evil</b> unit", **k)
    panelled, changed = _waves()
    yield "wave_changes", charts.wave_changes(changed, panelled, before="w1", after="<i>w2</i>", **k)
    yield "gap_sides", charts.gap_sides(profile(), one, **k)
    yield "dimension_slopes", charts.dimension_slopes(asymmetry(tangibles="too_few"), one, **k)
    yield "penalty_reward", charts.penalty_reward(contrasted(contrast("tangibles"), contrast("reliability", 0.1, -0.2)), one, **k)
    yield "predicted_change", charts.predicted_change(prediction(), model(), **k)
    yield "single_moves", charts.single_moves(ranked(), one, title=words("asymmetry.page.compare", amount=0.5), **k)
    yield "gap_detail", charts.gap_detail(gaps, one, gap=5, **k)
    yield "gap_detail items", charts.gap_detail(gaps, one, gap=5, level="item", most=3, **k)
    beside = {"found": compared(), "first": "<b>evil</b> unit", "second": words("unit_page.others")}
    yield "side_by_side", charts.side_by_side(two_rows(), one, heading="<b>evil", **beside, **k)
    yield "wave_panels", charts.wave_panels(waved(), changed, panelled, before="w1", after="<i>w2</i>", **k)
    yield "wave_lines", charts.wave_lines(table(wave_rows({"w1": -1, "<i>w2</i>": -0.5})), one, **k)


def _answered(instrument):
    """Fifty customers' answers to ten items, the first in two camps."""
    made = answered({name: 2 for name in NAMES}, P=[[2 if k < 20 else 6, *[5 + k % 3] * 9] for k in range(50)]).with_(instrument=instrument)
    return made, item_distributions(made)


def _stated():
    shares = [0.1, 0.3, 0.25, 0.2, 0.15]
    rows = [{"dimension": d, "n": 90, "mean": m, "se": 0.01, "low": m - 0.02, "high": m + 0.02} for d, m in zip(NAMES, shares, strict=True)]
    return StatedImportance(pd.DataFrame(rows), 90)


@cache
def _units():
    """Sixty units and a segment, with names that would be markup."""
    made = company(np.random.default_rng(1), units=60, customers=30, low=(0, 1), high=(2,))
    names = {"U1": "<b>evil</b> unit", "U2": "=HYPERLINK(1)"}
    frame = made.customers.assign(unit=made.customers["unit"].cat.rename_categories(names))
    frame["<b>evil</b>"] = pd.Categorical(np.where(np.arange(len(frame)) % 3, "<b>evil</b> group", "other"))
    made = made.with_(respondents={Role.CUSTOMERS: frame}, segments=("<b>evil</b>",))
    return made, contrasts(made)


def two_rows() -> list[dict]:
    """Gap 5 and one dimension of two selections; the second is told apart."""
    known = {"measure": "gap", "gap": 5.0, "n": 40, "n_rest": 300, "withheld": ""}
    return [
        known | {"dimension": None, "mean": -0.5, "rest": -0.6, "difference": 0.1, "low": -0.1, "high": 0.3, "standing": "open"},
        known | {"dimension": "tangibles", "mean": -1.5, "rest": -0.5, "difference": -1.0, "low": -1.2, "high": -0.8, "standing": "below"},
    ]


def compared() -> TwoSelections:
    """What two rows are of: 40 customers against 300, two managers in both."""
    counts = {Role.CUSTOMERS: (40, 300), Role.MANAGERS: (3, 9)}
    return TwoSelections(pd.DataFrame(two_rows()), counts, {Role.MANAGERS: 2}, 0)


def waved():
    """Gap 5 of the panel's dimensions by wave."""
    return with_intervals(gap_table(_waves()[0], by=((), ("wave",)), segments=False, items=False))


@cache
def _waves():
    made = panel(np.random.default_rng(2), before=60, after=60, both=0, change=1.0)
    waves = dict(zip(made.waves, ("w1", "<i>w2</i>"), strict=True))
    frame = made.customers.assign(wave=made.customers["wave"].cat.rename_categories(waves))
    made = made.with_(respondents={Role.CUSTOMERS: frame})
    return made, changes(made, pairs=[("w1", "<i>w2</i>")])


@cache
def drawn(language: str, dark: bool = False, evil: bool = False) -> dict[str, charts.Chart]:
    return dict(draw(Words(language), dark, EVIL if evil else NAMES))


def written(chart: charts.Chart) -> str:
    """Everything that the figure shows as text; customdata is what a click hands back and is shown nowhere."""
    figure = json.loads(chart.figure.to_json())
    for trace in figure["data"]:
        trace.pop("customdata", None)
    return json.dumps(figure, ensure_ascii=False)


EVERY = pytest.mark.parametrize("name", list(drawn("en")))
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def test_every_public_chart_is_tested_here():
    assert {n.split()[0] for n in drawn("en")} == set(charts.__all__) - {"Chart"}


@EVERY
@LANGUAGES
def test_every_chart_says_how_it_was_computed(name, language):
    said = drawn(language)[name].computed
    texts = {"simply": said.simply} | dict(said.parts())
    assert {"formula", "n", "missing", "reference"} <= set(texts)
    for text in texts.values():
        assert text.endswith(("。", ".")) or text == texts["reference"], text
        assert not re.search(r"[{}]|\bnan\b", text), text
        assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh"), text


def test_a_chart_that_does_not_say_it_is_refused():
    one = drawn("en")["gap_sides"]
    with pytest.raises(ValueError, match="nothing says how"):
        replace(one, computed=None)


@EVERY
@LANGUAGES
def test_a_figure_is_small_and_scrolls_past(name, language):
    figure = drawn(language)[name].figure
    assert len(figure.to_json().encode()) < 50_000
    layout = figure.layout
    assert layout.xaxis.fixedrange and layout.yaxis.fixedrange and layout.dragmode is False
    assert layout.paper_bgcolor == "rgba(0,0,0,0)" and layout.title.text is None
    assert 100 < layout.height < 1300


@EVERY
def test_plotly_finds_nothing_wrong_with_what_is_sent(name):
    """Nobody checks it on its way to the browser: here it is, an unknown property or an impossible value is refused."""
    for figure in (drawn("en")[name].figure, drawn("en")[name].figure.clickable()):
        sent, made = (json.loads(f.to_json()) for f in (figure, go.Figure(deepcopy(figure.to_dict()))))
        bare = {"annotations": [], "shapes": [], "template": None}
        assert bare | sent["layout"] | {"template": None} == bare | made["layout"] | {"template": None}
        assert sent["data"] == made["data"]


def test_where_marks_are_clicked_the_figure_says_so():
    figure = drawn("en")["gaps_diagram"].figure
    assert (figure.layout.clickmode, figure.layout.dragmode) == (None, False)
    assert (figure.clickable().layout.clickmode, figure.clickable().layout.dragmode) == ("event+select", "pan")
    assert figure.clickable().to_dict()["data"] is figure.to_dict()["data"]


@EVERY
@LANGUAGES
def test_the_words_are_complete(name, language):
    chart = drawn(language)[name]
    for text in (chart.title, chart.subtitle, chart.caption, chart.alt):
        assert text.strip() and "{" not in text and "nan" not in text and "None" not in text
        assert not re.search(r"-\d", text.replace("w1", "").replace("w2", "")), "a hyphen is no minus"
    han = re.search(r"[\u4e00-\u9fff]", chart.title + chart.caption)
    assert bool(han) == (language == "zh")


@EVERY
@LANGUAGES
def test_text_from_data_stays_text(name, language):
    """Inside the figure it is escaped, outside it is plain."""
    inside = written(drawn(language, evil=True)[name])
    for markup in ("<b>bold", "<a href", "<b>粗", "<b>evil", "<i>w2"):
        assert markup not in inside


def test_what_looks_like_a_formula_is_shown_as_typed():
    made = drawn("en", evil=True)
    assert "=HYPERLINK(1)" in written(made["unit_intervals"])
    assert "=cmd|'/c calc'!A0" in written(made["dumbbells"])
    assert made["dumbbells"].title.startswith("=cmd|'/c calc'!A0 is the widest")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;a href='x'&gt;" in written(made["dumbbells"])
    assert "<b>bold</b> & <a href='x'>link</a>" in made["dumbbells"].alt


@EVERY
def test_hover_speaks_in_plain_words(name):
    for trace in drawn("en")[name].figure.data:
        assert trace.hoverinfo in ("text", "skip") or (trace.hoverinfo == "none" and trace.marker.opacity == 0)  # a row to click
        assert trace.hovertemplate is None


@EVERY
def test_dark_uses_the_dark_colours_alone(name):
    """A colour of the light theme in the dark one would be hard to see, and the other way round."""
    light, dark = (drawn("en", dark=d)[name].figure.to_json() for d in (False, True))
    own = {LIGHT.text, LIGHT.muted, LIGHT.shortfall, LIGHT.surplus}, {DARK.text, DARK.muted, DARK.shortfall, DARK.surplus}
    assert not any(c in dark for c in own[0]) and not any(c in light for c in own[1])
    assert DARK.text in dark and LIGHT.text in light


def test_drawing_twice_gives_the_same(en):
    for name, again in draw(en):
        assert again.figure.to_json() == drawn("en")[name].figure.to_json(), name


def test_inputs_are_left_as_they_were(en):
    gaps = table(full_rows())
    before = gaps.frame.copy()
    charts.gap_heatmap(gaps, study(), words=en)
    charts.dumbbells(gaps, study(), words=en)
    assert gaps.frame.equals(before)


def test_plotly_express_is_never_imported():
    for file in Path(charts.__file__).parent.glob("*.py"):
        assert "plotly.express" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [1, 2, 60])
def test_any_number_of_dimensions_can_be_drawn(en, count):
    """Real studies have one to many dimensions with long names."""
    names = {
        f"d{i}": (f"A rather long name for dimension number {i} of this questionnaire", f"这是问卷的第{i}个维度的很长的名称")
        for i in range(count)
    }
    gaps = table([row(5, -0.5 - 0.01 * i, dimension=d) for i, d in enumerate(names)])
    for chart in (charts.dumbbells, charts.gap_heatmap):
        assert len(chart(gaps, study(dimensions=names, per_dimension=1), words=en).figure.to_json()) < 200_000
