import pytest

from gaps.charts import driver_shares
from gaps.model import Withheld
from gaps.stats.results import Verdict
from tests.charts.results import NAMED, TIED, fit, study, term

STUDY = study()


def test_shares_are_sorted_with_their_intervals(words):
    shares = (0.1, 0.41, 0.16, 0.25, 0.08)
    bars = driver_shares(fit(NAMED, shares=shares), STUDY, words=words).figure.data[0]
    assert list(bars.x) == sorted(shares, reverse=True)
    assert list(bars.customdata) == ["reliability", "assurance", "responsiveness", "tangibles", "empathy"]
    assert list(bars.error_x.array) == pytest.approx([0.08] * 5)
    assert list(bars.error_x.arrayminus) == pytest.approx([0.08] * 5)


def test_the_probability_of_being_first_is_printed(en):
    printed = [a.text for a in driver_shares(fit(NAMED), STUDY, words=en).figure.layout.annotations]
    assert "41 % · first: 96 %" in printed and "25 % · first: 3 %" in printed


def test_only_the_verdict_names_a_driver(en):
    named = driver_shares(fit(NAMED), STUDY, words=en)
    assert named.title == "Tangibles goes most with overall quality: 41 % of what is explained (33 % to 49 %), first with probability 96 %"
    tied = driver_shares(fit(TIED, firsts=(0.55, 0.4, 0.04, 0.01, 0)), STUDY, words=en)
    assert tied.title.startswith("Tangibles or Reliability: the data cannot tell which goes most with overall quality")
    assert tied.title.endswith("(probabilities of being first 55 % and 40 %)")


def test_the_leading_ones_are_darker_and_bold(en):
    bars = driver_shares(fit(TIED), STUDY, words=en)
    colours = bars.figure.data[0].marker.color
    assert colours[0] == colours[1] != colours[2] == colours[4]
    printed = [a.text for a in bars.figure.layout.annotations]
    assert "<b>Tangibles</b>" in printed and "Empathy" in printed


def test_few_respondents_lead_to_no_claim(en):
    verdict = Verdict(None, ("tangibles", "reliability"), "few_respondents")
    assert driver_shares(fit(verdict, n=24, firsts=(0.5, 0.3, 0.1, 0.1, 0)), STUDY, words=en).title.startswith(
        "24 answers are too few to say"
    )


def test_perception_with_expectation_speaks_of_dimensions(en):
    chart = driver_shares(fit(NAMED, predictors="P,E"), STUDY, words=en)
    assert list(chart.figure.data[0].x) == [0.41, 0.25, 0.16, 0.1, 0.08]
    assert "perception and expectation" in chart.subtitle


@pytest.mark.parametrize("reason", ["no_variation", "collinear", "too_few", "something_new"])
def test_a_withheld_fit_draws_nothing_and_says_why(words, reason):
    chart = driver_shares(fit(Verdict(None, (), reason), withheld=Withheld(reason, {"n": 3})), STUDY, words=words)
    assert len(chart.figure.data) == 0
    known = f"charts.withheld.{reason}"
    assert words(known if known in words else "charts.withheld.other") in chart.title


def test_few_units_show_each_gap_on_its_own_without_ranking(en):
    terms = (term("gap1", 0.4, 0.3), term("gap3", 0.1, 0.3))
    alone = fit(
        Verdict(None, (), "one_at_a_time"), question="gap", predictors="gap1..gap4", level="unit", n=12, terms=terms, one_at_a_time=True
    )
    chart = driver_shares(alone, STUDY, words=en)
    marks = chart.figure.data[0]
    assert list(marks.x) == [0.4, 0.1]
    assert list(marks.marker.symbol) == ["circle", "circle-open"]
    assert chart.title == "12 units are too few to rank the gaps; each is shown on its own"


def test_the_caption_carries_what_is_behind(en):
    caption = driver_shares(fit(NAMED, n_left_out=110), STUDY, words=en).caption
    for part in ("n = 1,890 customers", "R² 0.31", "2,000 resamples of the customers, seed 1", "110 left out", "not what causes it"):
        assert part in caption
    units = driver_shares(fit(NAMED, level="unit", n=36), STUDY, words=en).caption
    assert "36 units" in units and "Exploratory" in units


def test_a_negative_slope_is_named(en):
    terms = (term("tangibles", 0.3, share=0.6), term("empathy", -0.2, share=0.4))
    assert "Negative slope: Empathy." in driver_shares(fit(NAMED, terms=terms), STUDY, words=en).caption


def test_resamples_never_prove_certainty(en):
    chart = driver_shares(fit(NAMED, firsts=(1.0, 0.0, 0.0, 0.0, 0.0)), STUDY, words=en)
    assert chart.title.endswith("first with probability > 99 %")
    assert "25 % · first: &lt; 1 %" in [a.text for a in chart.figure.layout.annotations]


def test_too_few_respondents_have_no_chances(en):
    """Shares with their wide intervals describe these people; a probability of being first would speak of others."""
    verdict = Verdict(None, ("tangibles", "reliability"), "few_respondents")
    chart = driver_shares(fit(verdict, n=53), STUDY, words=en)
    printed = " ".join([chart.title, chart.caption, chart.alt, *(a.text for a in chart.figure.layout.annotations)])
    assert "53 answers are too few" in chart.title
    assert "first:" not in printed and "first in" not in printed and "“First”" not in printed and "robabilit" not in printed
    assert "first:" in " ".join(a.text for a in driver_shares(fit(NAMED), STUDY, words=en).figure.layout.annotations)


def test_a_dimension_s_name_may_look_like_anything(words):
    """ "Staff: manners" is no battery of a dimension called manners, "gap5" no gap."""
    from dataclasses import replace

    from gaps.charts.drivers import name_of
    from gaps.model import Dimension

    names = ("Staff: manners", "gap5", "P: price")
    odd = replace(STUDY, instrument=replace(STUDY.instrument, dimensions=tuple(Dimension(n) for n in names), items=()))
    assert [name_of(n, odd, words) for n in names] == list(names)
    assert "Staff: manners" in name_of("P:Staff: manners", odd, words)
