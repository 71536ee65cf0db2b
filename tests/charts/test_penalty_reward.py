"""Penalty to the left, reward to the right, a category only where it is likely enough; from results made by hand."""

from dataclasses import replace

import pytest

from gaps.charts import penalty_reward
from gaps.charts.penalty_reward import LIKELY, NAMED
from gaps.stats import penalty_reward as statistics
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


def test_a_category_that_is_less_likely_than_the_others_together_is_not_spoken_of(words):
    """Of 200 resamples 98 say dissatisfier: 49 %."""
    chart = penalty_reward(contrasts(contrast("reliability", chance=0.49), contrast("empathy", chance=0.5)), STUDY, words=words)
    short = words("asymmetry.short.dissatisfier")
    assert words("asymmetry.penalty.open") in printed(chart)
    assert [text for text in printed(chart) if short in text] == [words("asymmetry.penalty.unsure", category=short, chance=0.5)]
    assert (NAMED, LIKELY) == (statistics.NAMED, statistics.LIKELY)


@pytest.mark.parametrize(
    ("n", "share", "said"),
    [(200, 0.2, ""), (166, 0.2, "With 25 % of customers low and 25 % high"), (166, 0.25, ""), (119, 0.2, "no choice of the shares")],
)
def test_what_would_make_the_groups_large_enough_is_said(en, n, share, said):
    """40 of 166 are 24.1 %, so 25 % would do; of 119 customers nobody can make three groups of 40."""
    few = replace(contrast("empathy"), n_low=39, category="too_few", chances={}, named=None)
    chart = penalty_reward(replace(contrasts(few), n=n, wanted_low=share, wanted_high=share), STUDY, words=en)
    assert said in chart.caption
    assert ("would be large enough" in chart.caption) is (said.startswith("With"))


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
    assert alone.title.startswith("No category is given: in no dimension") and "have 40 customers each" in alone.title
    assert "the category and its probability" not in alone.subtitle and "question mark" not in alone.caption
    assert "No category: the smallest group has 39 of the 40 customers that it takes" in alone.alt and ".;" not in chart.alt
    assert "Too few" not in penalty_reward(contrasts(contrast("reliability")), STUDY, words=en).caption
