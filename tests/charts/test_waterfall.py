import math
from dataclasses import replace

import pandas as pd
import pytest

from gaps.charts import waterfall
from gaps.charts.palette import LIGHT
from gaps.model import UNIT, Role
from tests.charts.results import chain, study, waterfall_table

STEPS = (-0.22, -0.35, -0.82, 0.93)


def bars(chart) -> list:
    return [t for t in chart.figure.data if t.type == "bar"]


def test_the_steps_lead_from_expected_to_perceived_without_a_break(words):
    chart = waterfall(waterfall_table(chain(steps=STEPS)), study(), words=words)
    level = 6.2
    for bar, step in zip(bars(chart), STEPS, strict=True):
        assert bar.base[0] == pytest.approx(level)
        assert bar.x[0] == pytest.approx(step)
        level += step
    marks = {t.customdata[0]: t.x[0] for t in chart.figure.data if t.type == "scatter"}
    assert marks["E"] == pytest.approx(6.2) and marks["P"] == pytest.approx(level) and marks["C"] == pytest.approx(6.1)


def test_a_fall_is_warm_and_a_rise_is_cool(en):
    chart = waterfall(waterfall_table(chain(steps=STEPS)), study(), words=en)
    assert [b.marker.color for b in bars(chart)] == [LIGHT.shortfall] * 3 + [LIGHT.surplus]


def test_the_promise_stands_beside_with_gap_four(en):
    printed = " ".join(a.text for a in waterfall(waterfall_table(chain(steps=STEPS)), study(), words=en).figure.layout.annotations)
    assert "6.10 · gap 4: −1.29" in printed  # delivery 6.2 - .22 - .35 - .82 = 4.81, promise 6.10
    without = waterfall(waterfall_table(chain(promised=math.nan)), study(), words=en)
    assert "C" not in {t.customdata[0] for t in without.figure.data}


def test_dimension_and_unit_are_picked(en):
    table = waterfall_table(
        chain(), chain("reliability", expected=6.5), chain("reliability", "North", expected=6.8), chain(None, "North", expected=6.3)
    )
    for dimension, unit, expected in ((None, None, 6.2), ("reliability", None, 6.5), ("reliability", "North", 6.8), (None, "North", 6.3)):
        chart = waterfall(table, study(), dimension=dimension, unit=unit, words=en)
        assert chart.figure.data[0].x[0] == pytest.approx(expected)
    assert chart.subtitle.startswith("All dimensions together, North")


@pytest.mark.parametrize(
    ("steps", "title"),
    [
        (STEPS, "From 6.20 expected to 5.74 perceived: the largest step down is delivery (gap 3), −0.82"),
        ((-0.5, 0.0, 0.0, 0.1), "From 6.20 expected to 5.80 perceived: the largest step down is knowledge (gap 1), −0.50"),
        ((0.1, 0.0, 1e-17, 0.1), "From 6.20 expected to 6.40 perceived, no step leads down"),
    ],
)
def test_the_title_is_the_arithmetic(en, steps, title):
    assert waterfall(waterfall_table(chain(steps=steps)), study(), words=en).title == title


def test_a_chain_with_a_missing_link_is_not_drawn(words):
    chart = waterfall(waterfall_table(chain(steps=(-0.2, math.nan, -0.3, 0.1))), study(), words=words)
    assert len(chart.figure.data) == 0
    assert chart.title == words("charts.waterfall.title.not_measured")
    assert len(waterfall(waterfall_table(chain()), study(), unit="nowhere", words=words).figure.data) == 0


def test_the_caption_says_how_many_were_asked(words):
    """Of the unit drawn; means of three people look like those of three hundred."""
    one = study()
    customers = pd.DataFrame({UNIT: pd.Categorical(["North", "North", "South"])})
    one = replace(one, respondents={Role.CUSTOMERS: customers, Role.MANAGERS: customers[:1]})
    table = waterfall_table(chain(), chain(None, "North"))
    everybody = waterfall(table, one, words=words).caption
    north = waterfall(table, one, unit="North", words=words).caption
    for caption, n in ((everybody, 3), (north, 2)):
        assert words("charts.n.customers", n=n) in caption and words("charts.n.managers", n=1) in caption
