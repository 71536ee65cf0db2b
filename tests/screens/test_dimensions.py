"""The Dimensions page: order and radar as choices, the spread of answers by item or for all, importance where it was asked."""

import random

import pytest

from gaps.i18n import Words

from .conftest import customers, go, hand_in, open_sample, text, well

EN = Words("en")


def alts(at) -> dict[str, str]:
    """Each chart's alternative text by its key."""
    return {chart.proto.id.rsplit("-", 1)[-1]: chart.proto.alt for chart in at.get("plotly_chart")}


def choose(at, key: str, value: str):
    full = next(k for k in at.session_state.to_dict() if k.startswith(f"{key}-"))
    at.get_by_key(full).set_value(value)
    return well(at.run())


def divided(n: int = 120, *, per: int = 22) -> bytes:
    """Perceptions of so many items; the first divides the customers."""
    draw = random.Random(3)
    lines = [["respondent", *(f"P{k}" for k in range(1, per + 1))]]
    for i in range(n):
        lines.append([f"c{i}", draw.choice((1, 2, 2, 6, 6, 7)), *(draw.choice((4, 5, 5, 6)) for _ in range(per - 1))])
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lowest_gap_first_until_another_order_is_chosen(app, language):
    at = go(open_sample(app(language)), "dimensions")
    names = {"en": ("Reliability", "Tangibles"), "zh": ("可靠性", "有形性")}[language]
    by_gap = next(c.proto.alt for c in at.get("plotly_chart") if names[0] in c.proto.alt and names[1] in c.proto.alt)
    assert by_gap.index(names[0]) < by_gap.index(names[1])
    choose(at, "order", "instrument")
    asked = next(c.proto.alt for c in at.get("plotly_chart") if names[0] in c.proto.alt and names[1] in c.proto.alt)
    assert asked.index(names[1]) < asked.index(names[0])


def test_radar_is_off_until_it_is_asked_for(app):
    at = go(open_sample(app()), "dimensions")
    assert "Lengths compare better than areas" not in text(at)
    choose(at, "drawn as", "radar")
    assert "Lengths compare better than areas" in text(at)


def test_customers_in_two_camps_are_said_and_drawn(app):
    at = go(hand_in(app(), "divided.csv", divided()), "dimensions")
    assert "In 1 of 22 items customers are divided" in text(at)
    assert any("two camps" in c.proto.alt for c in at.get("plotly_chart"))
    grid = at.dataframe[0].value
    assert "two" not in grid.columns and grid[EN("dimensions.column.humps")].iloc[0].startswith("Perception:")
    bars = EN("dimensions.column.answers", battery="Perception", min=1, max=7)
    assert len(grid[bars].iloc[0]) == 7 and sum(grid[bars].iloc[0]) == pytest.approx(1, abs=0.001)


def test_all_items_are_a_table_and_folds_that_are_drawn_when_opened(app):
    at = go(hand_in(app(), "e.csv", customers(60)), "dimensions")
    before = len(at.get("plotly_chart"))
    choose(at, "items of", "*")
    assert [len(table.value) for table in at.dataframe] == [22]
    assert len(at.get("plotly_chart")) == before - 2
    labels = [e.label.replace("\\", "") for e in at.expander]
    assert "Reliability: 5 items" in labels and "Tangibles: 4 items" in labels


def test_importance_where_it_was_asked(app):
    at = go(open_sample(app()), "dimensions")
    assert any("Stated: points given" in c.proto.alt and "Derived" in c.proto.alt for c in at.get("plotly_chart"))
    at = go(hand_in(app(), "e.csv", customers(40)), "dimensions")
    assert any("Importance was not asked" in i.value for i in at.info)


def test_three_respondents_get_pictures_and_no_claims(app):
    at = go(hand_in(app(), "three.csv", customers(3)), "dimensions")
    assert "fewer than 30 answered" in text(at) and len(at.get("plotly_chart")) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_expectations_perceptions_are_drawn_by_dimension(app, language):
    words = Words(language)
    at = go(hand_in(app(language), "perceived.csv", divided()), "dimensions")
    assert words("charts.perceived.caption") in text(at)
    assert {"en": "Tangibles: 4.", "zh": "有形性"}[language] in alts(at)["perceived"]
