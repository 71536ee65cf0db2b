"""The spread of answers by its meaning: heights are shares, means stand where they are, camps are said in words."""

from dataclasses import replace

import pytest

from gaps import scoring
from gaps.charts import dumbbells, gap_detail, item_distributions
from gaps.charts.distributions import BAR, MOST, parts
from gaps.scoring.gap_table import gap_table
from gaps.stats.humps import item_distributions as spread
from gaps.stats.intervals import with_intervals
from tests.scoring.build import random_study, study

ROWS = [[2 if k < 20 else 6, 5 + k % 3] for k in range(50)]


def made(**parts):
    one = study({"a": 2}, **(parts or {"E": [[6, 6]] * 50, "P": ROWS}))
    return one, spread(one), with_intervals(gap_table(one))


def drawn(words, items=(1, 2), **parts):
    one, found, table = made(**parts)
    return item_distributions(found, table, one, items=items, words=words)


def test_bars_are_shares_on_the_question_s_scale(words):
    chart = drawn(words)
    bars = [t for t in chart.figure.data if t.type == "bar"]
    by_height = {(x, t.marker.color): h for t in bars for x, h in zip(t.x, t.y, strict=True)}
    heights = sorted(-h for h in by_height.values())
    assert heights[-1] == BAR  # everybody expects 6
    assert heights[:2] == [pytest.approx(0.32 * BAR, abs=0.1)] * 1 + [pytest.approx(0.34 * BAR, abs=0.1)]
    axis = chart.figure.layout.xaxis
    assert axis.tickvals[0] == 1 and axis.tickvals[-1] == 7


def test_an_item_whose_label_says_the_opposite_of_its_numbers_is_named(words):
    one, found, table = made()
    items = (replace(one.instrument.items[0], labels={"en": "slow", "zh": "慢"}, reversed=True), one.instrument.items[1])
    one = one.with_(instrument=replace(one.instrument, items=items))
    named = f"1 {items[0].label(words.language)}"
    charts = [
        item_distributions(found, table, one, items=(1, 2), words=words),
        dumbbells(table, one, dimension="a", words=words),
        gap_detail(table, one, gap=5, level="item", words=words),
    ]
    assert all(chart.caption.endswith(words("charts.turned", items=named)) for chart in charts)
    others = [item_distributions(found, table, one, items=(2,), words=words), dumbbells(table, one, words=words)]
    assert not any(named in chart.caption for chart in others)


def test_where_no_gap_was_measured_none_is_announced(en):
    assert drawn(en).subtitle.endswith("; at the right the gap")
    assert drawn(en, P=ROWS).subtitle.endswith("with the 95 % interval")


def test_bars_stand_over_their_answer(words):
    """Bars of several batteries would be drawn side by side, off their answers and out of the picture at the scale's top."""
    bars = [t for t in drawn(words).figure.data if t.type == "bar"]
    assert len(bars) > 1 and all(t.offset == pytest.approx(-t.width / 2) for t in bars)


def test_means_stand_with_their_intervals(en):
    chart = drawn(en)
    perception = next(t for t in chart.figure.data if t.name == "Perception, mean")
    assert list(perception.x) == pytest.approx([4.4, 5.98]) and list(perception.customdata) == [1, 2]
    row = made()[1].found.mean_of("P", item=1)
    assert perception.error_x.array[0] == pytest.approx(row["high"] - row["mean"])


def test_camps_are_said_beside_strong_bars(en):
    chart = drawn(en)
    texts = " ".join(a.text.replace("<br>", " ") for a in chart.figure.layout.annotations)
    assert "Perception: two camps, 40 % answered 2 or less, 60 % 6 or more." in texts
    assert chart.title == "In 1 of 2 items the answers form two camps; their mean describes neither"
    assert "two camps" in chart.alt and "n = 50 who answered both, 0 did not" in texts
    alone = drawn(en, items=(2,))
    assert alone.title == "In none of 1 item do the answers clearly form two camps" and "Strong bars" not in alone.caption


def test_perceptions_alone(en):
    chart = drawn(en, P=ROWS)
    assert {t.name for t in chart.figure.data if t.name} == {"Perception, mean"}
    assert "n = 50, 0 missing" in " ".join(a.text for a in chart.figure.layout.annotations)


def test_three_columns(en):
    chart = drawn(en, A=[[4, 4]] * 50, D=[[7, 7]] * 50, P=ROWS)
    assert [t.name for t in chart.figure.data if t.name] == ["Desired, mean", "Perception, mean", "Adequate, mean"]


def test_few_and_none(en):
    few = drawn(en, E=[[6, 6]] * 3, P=[[2, 5], [6, 6], [6, 7]])
    assert few.title == "Too few answers to say how they are spread: 30 are needed" and few.figure.data
    assert set(next(t for t in few.figure.data if t.name == "Perception, mean").error_x.array) == {0}  # fewer than ten
    one = study({"a": 1, "b": 1}, P=[[5, None]] * 3)
    nothing = item_distributions(spread(one), gap_table(one), one, items=(2,), words=en)
    assert not nothing.figure.data


def test_a_full_figure_stays_below_fifty_kilobytes(words):
    one = random_study(1, n=300, sizes={"a": 60})
    found, table = spread(one), with_intervals(scoring.gap_table(one))
    split = parts(list(range(1, 61)))
    assert [len(part) for part in split] == [20, 20, 20] and parts([]) == [] and len(parts(list(range(MOST)))) == 1
    chart = item_distributions(found, table, one, items=split[0], words=words)
    assert len(chart.figure.to_json()) < 50_000
