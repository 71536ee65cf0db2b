"""Penalty to the left, reward to the right, a category only where it is likely enough; from results made by hand."""

from dataclasses import replace

import pytest

from gaps.charts import penalty_reward
from gaps.stats.penalty_reward import Contrast
from tests.charts.asymmetry_results import contrast, contrasts
from tests.charts.results import study

STUDY = study()


def printed(chart) -> set[str]:
    return {a.text.replace("<b>", "").replace("</b>", "") for a in chart.figure.layout.annotations}


def test_bars_are_the_coefficients_with_their_intervals(en):
    penalty, reward = penalty_reward(contrasts(contrast("reliability"), contrast("empathy", -0.12, 0.41)), STUDY, words=en).figure.data
    assert list(penalty.x) == [-0.42, -0.12] and list(reward.x) == [0.1, 0.41]
    assert list(penalty.error_x.arrayminus) == pytest.approx([0.05, 0.05])
    assert not set(penalty.y) & set(reward.y)  # neither bars of a wrong sign nor intervals over zero hide each other


def test_a_category_is_claimed_from_80_per_cent_on(en):
    chart = penalty_reward(contrasts(contrast("reliability", chance=0.8), contrast("empathy", -0.12, 0.41, chance=0.79)), STUDY, words=en)
    assert {"dissatisfier · 80 %", "satisfier? 79 %"} <= printed(chart)
    assert "1 of 2" in chart.title


def test_a_wrong_sign_is_not_classifiable(words):
    chart = penalty_reward(contrasts(contrast("reliability", 0.1, 0.2)), STUDY, words=words)
    assert words("asymmetry.short.not_classifiable") in printed(chart)


def test_an_interval_with_zero_is_hollow(en):
    penalty, reward = penalty_reward(contrasts(contrast("reliability", -0.42, 0.04)), STUDY, words=en).figure.data
    assert not penalty.marker.color[0].endswith("0.00)") and reward.marker.color[0].endswith("0.00)")


@pytest.mark.parametrize(("beyond", "key"), [((-0.3, 0.1), "line"), ((0.1, 0.3), "beyond")])
def test_the_title_says_whether_a_line_would_show_the_same(words, beyond, key):
    made = contrast("reliability", beyond_low=beyond[0], beyond_high=beyond[1])
    title = penalty_reward(contrasts(made), STUDY, words=words).title
    assert title == words(f"asymmetry.penalty.title.{key}", named=1, of=1, beyond=int(key == "beyond"))


def test_dimensions_without_groups_are_named_in_the_caption(en):
    made = contrasts(contrast("reliability"), Contrast("empathy", 6, 7, 3, 0, 197, 0.015, 0, 0.985, withheld="few_low"))
    chart = penalty_reward(made, STUDY, words=en)
    assert "Empathy" in chart.caption
    assert list(chart.figure.data[0].customdata) == ["reliability"]


def test_groups_too_small_for_a_category_say_so(en):
    """A contrast with 39 of 40 customers in its smallest group has bars, and no category."""
    few = replace(contrast("empathy"), n_low=39, category="too_few", chances={}, named=None)
    chart = penalty_reward(contrasts(contrast("reliability"), few), STUDY, words=en)
    assert {"dissatisfier · 90 %", "too few: 39 of 40"} <= printed(chart)
    assert "fewer than 40 customers in the low" in chart.caption and list(chart.figure.data[0].x) == [-0.42, -0.42]
    alone = penalty_reward(contrasts(few), STUDY, words=en)
    assert alone.title.startswith("No category is given: it takes 40 customers") and "39 at most" in alone.title
    assert "without a category" not in penalty_reward(contrasts(contrast("reliability")), STUDY, words=en).caption.lower()
