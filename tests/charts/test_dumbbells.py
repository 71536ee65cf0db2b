from dataclasses import replace

import pytest

from gaps.charts import dumbbells
from gaps.charts.palette import LIGHT
from gaps.i18n import signed
from gaps.scoring.gap_table import gap_table
from gaps.stats.humps import item_distributions
from gaps.stats.intervals import with_intervals
from tests.charts.results import GAP5, full_rows, row, study, table
from tests.scoring.build import random_study


def by_name(chart) -> dict:
    return {t.name: t for t in chart.figure.data if t.name}


def test_marks_stand_at_the_table_s_means_in_the_instrument_s_order(words):
    chart = dumbbells(table(full_rows()), study(), words=words)
    expectation, perception = by_name(chart)[words("charts.battery.E")], by_name(chart)[words("charts.battery.P")]
    assert list(perception.customdata) == list(GAP5)
    assert list(expectation.x) == pytest.approx([6.0, 6.1, 6.2, 6.3, 6.4])
    assert list(perception.x) == pytest.approx([6.0 - 0.31, 6.1 - 1.24, 6.2 - 0.92, 6.3 - 0.05, 6.4 + 0.22])


def bars(chart):
    return [t for t in chart.figure.data if t.mode == "lines" and t.line.dash]


def below(chart):
    """The gaps' intervals."""
    return [t for t in chart.figure.data if t.mode == "lines" and not t.line.dash]


def test_the_line_below_is_the_gap_s_interval_laid_from_expectation(en):
    chart = dumbbells(table(full_rows()), study(), words=en)
    (bracket,) = below(chart)
    means = by_name(chart)["Perception"]
    assert all(y - mean > means.marker.size / 2 + 1 for y, mean in zip(bracket.y[::3], means.y, strict=True))  # no mark hides it
    assert list(bracket.x)[:2] == pytest.approx([6.0 - 0.31 - 0.10, 6.0 - 0.31 + 0.10]) and bracket.x[2] is None
    assert list(bracket.x)[3:5] == pytest.approx([6.1 - 1.24 - 0.12, 6.1 - 1.24 + 0.12])


def test_each_side_has_its_own_interval(en):
    made = random_study(2, n=80)
    gaps, sides = with_intervals(gap_table(made)), item_distributions(made).found
    by = by_name(dumbbells(gaps, made, sides=sides, words=en))
    row = sides.mean_of("E", dimension="a")
    assert by["Expectation"].error_x.array[0] == pytest.approx(row["high"] - row["mean"])
    assert set(by_name(dumbbells(gaps, made, words=en))["Expectation"].error_x.array) == {0}
    items = by_name(dumbbells(gaps, made, dimension="a", sides=sides, words=en))
    assert items["Perception"].error_x.array[1] == pytest.approx(sides.mean_of("P", item=2)["high"] - sides.mean_of("P", item=2)["mean"])


@pytest.mark.parametrize("n", [9, 10])
def test_a_side_has_no_interval_where_its_gap_has_none(words, n):
    """Whiskers beside a caption that says why there is no interval would contradict it."""
    made = random_study(2, n=n, missing=0)
    gaps, sides = with_intervals(gap_table(made)), item_distributions(made).found
    chart = dumbbells(gaps, made, sides=sides, words=words)
    ends = by_name(chart)[words("charts.battery.E")].error_x.array
    assert (set(ends) == {0}) is (n == 9)
    said = [words(key) in chart.caption for key in ("dimensions.whiskers", "charts.dumbbells.caption")]
    assert said == [n == 10] * 2


def test_sorted_by_gap_on_demand(en):
    perception = by_name(dumbbells(table(full_rows()), study(), order="gap", words=en))["Perception"]
    assert list(perception.customdata) == ["reliability", "responsiveness", "tangibles", "assurance", "empathy"]
    with pytest.raises(ValueError, match="size"):
        dumbbells(table(full_rows()), study(), order="size", words=en)


def test_some_items_of_a_dimension(en):
    perception = by_name(dumbbells(table(full_rows()), study(), dimension="reliability", items=[4], words=en))["Perception"]
    assert list(perception.customdata) == [4]


def test_a_bar_is_solid_only_where_zero_is_left_out(en):
    drawn = bars(dumbbells(table(full_rows()), study(), words=en))
    assert [b.line.dash for b in drawn] == ["solid", "solid", "solid", "dot", "solid"]
    assert [b.line.color for b in drawn] == [LIGHT.shortfall] * 4 + [LIGHT.surplus]


def test_every_number_is_printed_with_its_sign(words):
    printed = " ".join(a.text for a in dumbbells(table(full_rows()), study(), words=words).figure.layout.annotations)
    assert all(signed(mean) in printed for mean in GAP5.values())


def test_the_axis_is_the_question_s_scale(en):
    axis = dumbbells(table(full_rows()), study(), words=en).figure.layout.xaxis
    assert axis.tickvals[0] == 1 and axis.tickvals[-1] == 7
    assert axis.range[0] < 1 and axis.range[1] > 7


def test_items_of_one_dimension(en, words):
    chart = dumbbells(table(full_rows()), study(), dimension="reliability", words=words)
    perception = by_name(chart)[words("charts.battery.P")]
    assert list(perception.customdata) == [3, 4]
    assert list(perception.x) == pytest.approx([6.2 - 1.24, 6.2 - 1.14])
    english = dumbbells(table(full_rows()), study(), dimension="reliability", words=en)
    assert "3 Reliability item 1" in english.alt
    assert "“Reliability item 1” −1.24" in english.title and "3 Reliability" not in english.title  # as on the other pages


def test_a_whole_question_as_label_is_cut_short_in_the_title(en):
    made = study()
    items = tuple(replace(i, labels={"en": f"{i.label('en')} " + "of a question that goes on " * 5}) for i in made.instrument.items)
    made = made.with_(instrument=replace(made.instrument, items=items))
    title = dumbbells(table(full_rows()), made, dimension="reliability", words=en).title
    assert "“Reliability item 1 of a question that goes on o…” −1.24" in title


@pytest.mark.parametrize(
    ("means", "title"),
    [
        ((-0.3, -1.2, -0.5), "Reliability is the widest shortfall: −1.20 (−1.35 to −1.05)"),
        ((-0.3, -1.2, -1.1), "The widest shortfalls are Reliability −1.20 and Responsiveness −1.10; their intervals overlap"),
        ((0.0, 0.1, -0.1), "None of 3 gaps can be told apart from zero"),
        ((0.1,), "Tangibles: no gap can be told apart from zero, +0.10 (−0.05 to +0.25)"),
        ((0.5,), "Tangibles stands above what was expected: +0.50 (+0.35 to +0.65)"),
        ((0.5, 0.1, -0.1), "None of 3 is clearly below zero; 1 clearly above"),
        ((-0.5,), "Tangibles falls short: −0.50 (−0.65 to −0.35)"),
        ((), "The gap between expectation and perception was not measured"),
    ],
)
def test_the_title_switches_with_the_data(en, means, title):
    rows = [row(5, m, dimension=d) for d, m in zip(GAP5, means, strict=False)] or [row(5, 0, withheld="not_measured")]
    assert dumbbells(table(rows), study(), words=en).title == title


def test_the_title_follows_the_probability_of_being_widest(en):
    rows = table([row(5, -1.2, dimension="reliability"), row(5, -1.1, dimension="empathy"), row(5, -0.2, dimension="assurance")])
    sure = dumbbells(rows, study(), chances={"reliability": 0.97, "empathy": 0.03}, words=en).title
    open_ = dumbbells(rows, study(), chances={"reliability": 0.7, "empathy": 0.3}, words=en).title
    assert sure == "Reliability is the widest shortfall: −1.20 (−1.35 to −1.05)"
    assert open_ == "The widest shortfalls are Reliability −1.20 and Empathy −1.10; the data cannot tell which is wider"


def test_what_has_no_number_is_named_and_n_is_given(en):
    rows = [
        row(5, -1.0, dimension="reliability", n=1200),
        row(5, -0.5, dimension="tangibles", n=900),
        row(5, 0, dimension="empathy", withheld="no_answers"),
    ]
    chart = dumbbells(table(rows), study(), words=en)
    assert chart.caption.startswith("n = 900 to 1,200 customers.")
    assert "Without a number: Empathy." in chart.caption
    assert "Empathy" not in " ".join(a.text for a in chart.figure.layout.annotations)


def test_the_desired_level_stands_in_where_no_expectation_was_asked(en):
    chart = dumbbells(table(full_rows()), study(batteries="ADP"), words=en)
    assert "Desired" in by_name(chart) and "Expectation" not in by_name(chart)


@pytest.mark.parametrize(
    ("n", "title"), [(9, "Too few answers to say anything about the gaps"), (10, "Empathy falls short: −1.00 (−1.15 to −0.85)")]
)
def test_few_answers_make_no_claim(en, n, title):
    assert dumbbells(table([row(5, -1.0, n=n, dimension="empathy")]), study(), words=en).title == title
