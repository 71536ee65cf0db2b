import pytest

from gaps.charts import unit_intervals
from gaps.charts.palette import LIGHT
from tests.charts.results import row, study, table, unit_rows


def marks(chart):
    return chart.figure.data[0]


def test_units_are_sorted_with_their_intervals(words):
    rows = unit_rows(12)
    chart = unit_intervals(table([rows[0], *reversed(rows[1:])]), study(), words=words)
    assert list(marks(chart).x) == pytest.approx([r["mean"] for r in rows[1:]])
    assert list(marks(chart).error_x.array) == pytest.approx([0.25] * 12)
    assert marks(chart).customdata[0] == "Branch 01"
    assert list(marks(chart).y) == sorted(marks(chart).y)


def test_zero_and_the_overall_mean_have_their_lines(en):
    lines = unit_intervals(table(unit_rows(12)), study(), words=en).figure.layout.shapes
    assert {s.x0 for s in lines if s.x0 == s.x1} == {0, -1.0}


@pytest.mark.parametrize(("count", "drawn", "between"), [(5, 5, 0), (40, 40, 0), (41, 30, 11), (1000, 30, 970)])
def test_many_units_are_cut_to_both_ends_and_the_caption_says_so(en, count, drawn, between):
    chart = unit_intervals(table(unit_rows(count)), study(), words=en)
    assert len(marks(chart).x) == drawn
    assert (f"{between:,} units lie between" in chart.caption) is bool(between)
    assert f"{count:,} units." in chart.caption
    means = [r["mean"] for r in unit_rows(count)[1:]]
    assert min(marks(chart).x) == min(means) and max(marks(chart).x) == max(means)
    assert len(chart.figure.to_json()) < 50_000


def test_few_answers_are_grey_and_hollow(en):
    rows = [*unit_rows(6), row(5, -3.0, 0.2, n=29, unit="Small"), row(5, -2.9, 0.2, n=30, unit="Enough")]
    chart = unit_intervals(table(rows), study(), words=en)
    assert marks(chart).marker.color[0] == LIGHT.neutral and marks(chart).marker.symbol[0] == "circle-open"
    assert marks(chart).marker.color[1] == LIGHT.shortfall and marks(chart).marker.symbol[1] == "circle"
    assert "Grey and hollow (1): units below the minimum of 30 customers." in chart.caption
    assert "Enough" in chart.title  # the small one is lower, but too small to be named


def test_zero_inside_is_hollow(en):
    rows = [row(5, -0.5, 0.1), row(5, -0.9, 0.3, n=60, unit="A"), row(5, -0.1, 0.3, n=60, unit="B")]
    assert list(marks(unit_intervals(table(rows), study(), words=en)).marker.symbol) == ["circle", "circle-open"]


@pytest.mark.parametrize(
    ("gap", "n_expected", "n_achieved", "design", "coloured"),
    [
        (1, 30, 5, "items", True),
        (1, 29, 5, "items", False),
        (1, 30, 4, "items", False),
        (2, 5, 5, "items", True),
        (3, 5, 10, "items", True),
        (3, 5, 9, "items", False),
        (4, 9, 9, "items", False),
        (3, 10, 10, "direct", True),
        (2, 4, 4, "direct", False),
    ],
)
def test_each_role_has_its_minimum(en, gap, n_expected, n_achieved, design, coloured):
    rows = [row(gap, -1.0), row(gap, -2.0, n=n_achieved, n_expected=n_expected, unit="A")]
    chart = unit_intervals(table(rows, designs={gap: design}), study(), gap=gap, words=en)
    assert (marks(chart).marker.color[0] == LIGHT.shortfall) is coloured


def test_fewer_than_three_managers_are_not_shown_at_all(en):
    rows = [row(2, -1.0), row(2, -2.0, n=2, unit="Two"), row(2, -1.5, n=3, unit="Three"), row(2, -1.2, n=9, unit="Nine")]
    chart = unit_intervals(table(rows), study(), gap=2, words=en)
    assert list(marks(chart).customdata) == ["Three", "Nine"]
    assert "Two" not in chart.figure.to_json() + chart.title + chart.alt + chart.caption
    assert "Not shown (1): units with fewer than 3 managers." in chart.caption


@pytest.mark.parametrize(
    ("means", "title"),
    [
        ((-2.0, -1.0, -0.9), "Clearly below the overall −1.00: 1 of 3 units; lowest is Unit 0: −2.00 (−2.20 to −1.80)"),
        ((-1.1, -1.0, -0.2), "Clearly above the overall −1.00: 1 of 3 units, none below; highest is Unit 2: −0.20 (−0.40 to 0.00)"),
        ((-1.1, -1.0, -0.9), "None of 3 units can be told apart from the overall −1.00"),
    ],
)
def test_the_title_counts_units_that_stand_out(en, means, title):
    rows = [row(5, -1.0, 0.05), *(row(5, m, 0.2, n=60, unit=f"Unit {i}") for i, m in enumerate(means))]
    assert unit_intervals(table(rows), study(), words=en).title == title


def test_a_border_case_does_not_survive_the_number_of_comparisons(en):
    """A unit 2.2 standard errors below: outside its 95 % interval, inside Bonferroni's over ten units (z = 2.81)."""
    half = 1.97 * 0.1
    rows = [row(5, -1.0, 0.05), row(5, -1.22, half, n=60, unit="low"), *(row(5, -1.0, half, n=60, unit=f"u{i}") for i in range(9))]
    assert unit_intervals(table(rows), study(), words=en).title.startswith("None of 10 units")


def test_no_units_and_too_few_answers_are_said(en):
    assert unit_intervals(table([row(5, -1.0)]), study(), words=en).title == "There are no units to compare"
    few = [row(5, -1.0), *(row(5, -1.0 - i, n=4, unit=f"u{i}") for i in range(3))]
    assert unit_intervals(table(few), study(), words=en).title == "Too few answers per unit to compare the 3 units"


def test_units_without_a_gap_are_counted_not_dropped_in_silence(words):
    rows = [*unit_rows(3), row(5, 0, unit="Typo", n=1, withheld="single_answer")]
    chart = unit_intervals(table(rows), study(), words=words)
    assert words("charts.units.without", n=1) in chart.caption
    assert words("charts.units.without", n=1) not in unit_intervals(table(unit_rows(3)), study(), words=words).caption
