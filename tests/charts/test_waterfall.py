import math

import pytest

from gaps.charts import waterfall
from gaps.charts.palette import LIGHT
from tests.charts.results import chain, row, study, table, waterfall_table

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


def test_the_caption_says_who_is_behind_the_bars(words):
    """Of the unit drawn; means of three people look like those of three hundred."""
    made = waterfall_table(chain(n=(664, 30, 40)), chain(None, "North", n=(60, 12, 15)))
    for unit, (customers, managers, staff) in ((None, (664, 30, 40)), ("North", (60, 12, 15))):
        caption = waterfall(made, study(), unit=unit, words=words).caption
        for role, n in (("customers", customers), ("managers", managers), ("employees", staff)):
            assert words(f"charts.n.{role}", n=n) in caption


def test_no_step_is_named_from_few_people(en):
    few = waterfall(waterfall_table(chain(steps=STEPS, n=(200, 9, 40))), study(), words=en).title
    assert few == "From 6.20 expected to 5.74 perceived; too few answers (9 at one of the steps) to say which is the largest"
    assert "largest step down" in waterfall(waterfall_table(chain(steps=STEPS, n=(200, 10, 40))), study(), words=en).title


def test_a_step_that_the_diagram_prints_otherwise_is_explained(en):
    made = waterfall_table(chain(steps=STEPS))
    gaps = table([row(1, -0.22), row(2, -0.36), row(3, -0.821)])
    caption = waterfall(made, study(), gaps=gaps, words=en).caption
    assert "In the gaps diagram gap 2 is −0.36: there only those count who answered both of its sides." in caption
    agreeing = waterfall(made, study(), gaps=table([row(1, -0.22), row(2, -0.35), row(3, -0.82)]), words=en).caption
    assert "In the gaps diagram" not in agreeing


@pytest.mark.parametrize(("steps", "said"), [((-0.124, -0.224, -0.343, 0.114), True), ((-0.12, -0.22, -0.34, 0.11), False)])
def test_steps_that_do_not_add_up_as_printed_are_explained(words, steps, said):
    """Printed −0.12, −0.22, −0.34 and +0.11, which make −0.57; from 6.20 to 5.62 it is −0.58."""
    caption = waterfall(waterfall_table(chain(steps=steps)), study(), words=words).caption
    assert (words("charts.waterfall.rounded") in caption) is said
