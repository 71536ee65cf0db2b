import pytest

from gaps.charts import gaps_diagram
from gaps.charts.palette import LIGHT
from gaps.i18n import signed
from gaps.scoring.tables import Estimate
from tests.charts.results import full_rows, row, study, table

WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def texts(chart) -> str:
    return "\n".join(a.text for a in chart.figure.layout.annotations)


def links(chart) -> dict[str, object]:
    """Shapes that are links: filled or outlined in a sign's colour, or dotted."""
    signs = (LIGHT.shortfall, LIGHT.surplus)
    return [s for s in chart.figure.layout.shapes if s.line.color in signs or s.fillcolor in signs]


@WIDTHS
def test_every_gap_is_told_with_size_and_interval(words, narrow):
    chart = gaps_diagram(table(full_rows()), study(), words=words, narrow=narrow)
    for mean, low, high in (
        (-0.22, -0.47, 0.03),
        (-0.35, -0.51, -0.19),
        (-0.82, -0.95, -0.69),
        (-0.61, -0.81, -0.41),
        (-0.46, -0.54, -0.38),
    ):
        assert signed(mean) in texts(chart)
        assert words.interval(low, high) in texts(chart)
        assert signed(mean) in chart.alt


@WIDTHS
def test_boxes_carry_the_means_of_their_batteries(en, narrow):
    rows = [
        row(1, -0.3, expected=6.4),
        row(2, -0.1, expected=6.1),
        row(3, -0.5, expected=6.0),
        row(4, -0.7, expected=6.2),
        row(5, -1.0, expected=6.4),
    ]
    shown = texts(gaps_diagram(table(rows), study(), words=en, narrow=narrow))
    for battery, mean in (
        ("Expected", 6.40),
        ("Perceived", 5.40),
        ("Management", 6.10),
        ("standards", 6.00),
        ("delivery", 5.50),
        ("External", 6.20),
    ):
        assert battery in shown
        assert f"<b>{mean:.2f}</b>" in shown


@WIDTHS
def test_width_grows_with_size_and_doubt_is_hollow(en, narrow):
    drawn = links(gaps_diagram(table([row(2, -0.4), row(3, -0.8), row(4, -0.05), row(5, 0.1, 0.05)]), study(), words=en, narrow=narrow))
    vertical = {s.line.color: s for s in drawn if s.xsizemode == "pixel" and s.type == "rect"}
    assert vertical  # links are there
    widths = sorted(s.x1 - s.x0 for s in drawn if s.xsizemode == "pixel" and s.type == "rect" and s.fillcolor == LIGHT.shortfall)
    assert widths[-1] > widths[0] > 0
    hollow = [s for s in drawn if s.fillcolor != s.line.color and s.line.width > 0]
    assert len(hollow) == 1  # gap 4 alone includes zero


@WIDTHS
def test_what_was_not_measured_is_dotted_and_says_whom_to_ask(en, narrow):
    rows = [row(5, -1.1)] + [row(g, 0, withheld="not_measured") for g in (1, 2, 3, 4)]
    chart = gaps_diagram(table(rows), study(batteries="EP"), words=en, narrow=narrow)
    dotted = [s for s in chart.figure.layout.shapes if s.line.dash == "dot" and s.type in ("line", "path")]
    assert len(dotted) == 4
    shown = texts(chart).replace("<br>", " ")
    assert "ask managers what customers expect" in shown and "ask managers what the standards require" in shown
    assert "received 1.10 points less" in chart.title


@WIDTHS
def test_points_carry_the_gap_s_number_for_clicks(en, narrow):
    figure = gaps_diagram(table(full_rows()), study(), words=en, narrow=narrow).figure
    assert [set(t.customdata) for t in figure.data] == [{1}, {2}, {3}, {4}, {5}]
    assert all(len(t.customdata) == len(t.x) and t.hoverinfo == "text" and t.hovertext for t in figure.data)
    assert all(t.marker.opacity == t.selected.marker.opacity == t.unselected.marker.opacity == 0 for t in figure.data)


@pytest.mark.parametrize(("narrow", "width"), [(False, 720), (False, 1040), (True, 300), (True, 719)])
def test_a_link_answers_along_its_body_and_over_its_words_in_every_width(en, narrow, width):
    """No point of a link's middle line, nor of the first words beside it, is further than a point's reach from one of its own."""
    figure = gaps_diagram(table(full_rows()), study(), words=en, narrow=narrow).figure
    points = {t.customdata[0]: [(x * width / 100, y) for x, y in zip(t.x, t.y, strict=True)] for t in figure.data}
    reach = figure.data[0].marker.size / 2

    def near(gap, x, y):
        return min(((x - px) ** 2 + (y - py) ** 2) ** 0.5 for px, py in points[gap]) <= reach

    upright = [(round(s.xanchor * width / 100), s) for s in figure.layout.shapes if s.type == "rect" and s.xsizemode == "pixel"]
    assert len(upright) >= 3
    for x, s in upright:
        gap = next(g for g, ps in points.items() if g != 1 and any(abs(px - x) < 2 and s.y0 <= py <= s.y1 for px, py in ps))
        middle = (s.y0 + s.y1) / 2
        assert all(near(gap, x, y) for y in (s.y0 + 12, middle, s.y1 - 12)), gap
        assert all(near(gap, x + 20 + step, middle) for step in range(0, 60, 10)), gap
    left = (13 if narrow else 24) * width / 100 - (26 if narrow else 126)
    ys = [y for _, y in points[1]]
    assert all(near(1, left, y) for y in range(int(min(ys)), int(max(ys)), 15))


def test_narrow_text_is_never_below_twelve_pixels(words):
    figure = gaps_diagram(table(full_rows()), study(), words=words, narrow=True).figure
    assert min(a.font.size for a in figure.layout.annotations if a.text) >= 12
    assert figure.layout.height > gaps_diagram(table(full_rows()), study(), words=words).figure.layout.height


@pytest.mark.parametrize(
    ("means", "title"),
    [
        ({2: -0.2, 3: -0.82, 4: -0.3, 5: -0.5}, "Among gaps 2, 3 and 4, delivery is the widest: −0.82 (−0.97 to −0.67)"),
        (
            {2: -0.2, 3: -0.82, 4: -0.7, 5: -0.5},
            "The provider’s widest gaps are delivery −0.82 and communication −0.70; their intervals overlap",
        ),
        (
            {1: 0.1, 2: -0.1, 3: 0.0, 4: 0.3, 5: -0.5},
            "No gap on the provider’s side is clearly below zero; customers’ gap: −0.50 (−0.65 to −0.35)",
        ),
        ({5: -0.5}, "Customers received 0.50 points less than they expected: −0.50 (−0.65 to −0.35)"),
        ({5: 0.5}, "Customers received 0.50 points more than they expected: +0.50 (+0.35 to +0.65)"),
        ({5: 0.1}, "Expected and perceived service cannot be told apart: +0.10 (−0.05 to +0.25)"),
        ({}, "The customers’ gap was not measured"),
    ],
)
def test_the_title_switches_with_the_data(en, means, title):
    rows = [row(g, means.get(g, 0), withheld="" if g in means else "not_measured") for g in range(1, 6)]
    assert gaps_diagram(table(rows), study(), words=en).title == title


def test_direct_ratings_are_not_ranked_against_differences_nor_shown_as_levels(en):
    rows = [row(1, -1.9), row(2, -0.9, expected=7.0), row(3, -0.4, expected=7.0, n=50), row(4, -0.3, expected=7.0, n=50), row(5, -1.0)]
    rows[2]["n_none"] = 7
    designs = {1: "items", 2: "direct", 3: "direct", 4: "direct", 5: "items"}
    chart = gaps_diagram(table(rows, designs=designs), study(), words=en)
    assert chart.title == "Among gaps 2, 3 and 4, standards is the widest: −0.90 (−1.05 to −0.75)"
    assert "not ranked" in chart.caption
    assert "<b>7.00</b>" not in texts(chart) and "<b>6.60</b>" not in texts(chart)
    delivery = next(t for t in chart.figure.data if t.customdata[0] == 3)
    assert "6.60 of 7.00" in delivery.hovertext.replace("<br>", " ")
    assert "7 more wrote" in delivery.hovertext.replace("<br>", " ")


def test_one_answer_has_no_interval_and_makes_no_claim(en):
    nan = float("nan")
    single = row(5, -1.0, n=1) | {"low": nan, "high": nan, "se": nan}
    chart = gaps_diagram(table([single]), study(batteries="EP"), words=en)
    assert chart.title == "Too few customers to speak for others (1); their gap: −1.00"
    assert chart.alt.endswith("customer: −1.00.")


@pytest.mark.parametrize(
    ("customers", "managers", "start"), [(9, 9, "Too few customers"), (10, 9, "Customers received"), (10, 10, "Among gaps")]
)
def test_few_answers_make_no_claim(en, customers, managers, start):
    rows = [row(2, -0.2, n=managers), row(3, -0.9, n=managers), row(5, -1.0, n=customers)]
    assert gaps_diagram(table(rows), study(), words=en).title.startswith(start)


def test_the_title_follows_the_probability_of_being_widest(en):
    """Intervals that overlap can still leave little doubt, since the gaps are estimated together."""
    rows = table([row(2, -0.6), row(3, -0.82), row(4, -0.7), row(5, -0.5)])
    sure = gaps_diagram(rows, study(), words=en, chances={"1": 0.0, "2": 0.01, "3": 0.97, "4": 0.02}).title
    unsure = gaps_diagram(rows, study(), words=en, chances={"1": 0.0, "2": 0.04, "3": 0.7, "4": 0.26}).title
    assert sure == "Among gaps 2, 3 and 4, delivery is the widest: −0.82 (−0.97 to −0.67)"
    assert unsure == "The provider’s widest gaps are delivery −0.82 and communication −0.70; the data cannot tell which is wider"


def test_chances_across_two_designs_are_not_used(en):
    rows = [row(1, -0.9), row(2, -0.6, expected=7.0), row(3, -0.7, expected=7.0), row(5, -0.5)]
    designs = {1: "items", 2: "direct", 3: "direct", 4: None, 5: "items"}
    chart = gaps_diagram(table(rows, designs=designs), study(), words=en, chances={"1": 0.99, "2": 0.0, "3": 0.01})
    assert chart.title == "The provider’s widest gaps are delivery −0.70 and standards −0.60; their intervals overlap"


def test_the_caption_counts_everyone_asked(en):
    assert gaps_diagram(table(full_rows()), study(), words=en).caption.startswith("n = 200 customers, 36 managers and 36 staff.")


def test_one_thin_gap_leaves_all_unranked(en):
    """As the finding beside it: what was asked of too few might be the widest."""
    rows = table([row(2, -0.6), row(3, -0.82), row(4, -0.7, n=9), row(5, -0.5)])
    assert gaps_diagram(rows, study(), words=en).title.startswith("Customers received 0.50 points less")


def test_a_rival_may_have_an_interval_that_includes_zero(en):
    rows = table([row(2, -0.31), row(3, -0.35, half=0.39), row(4, -0.49), row(5, -0.5)])
    title = gaps_diagram(rows, study(), words=en, chances={"2": 0.02, "3": 0.2, "4": 0.78}).title
    assert "communication −0.49 and delivery −0.35; the data cannot tell" in title


def test_what_was_desired_is_not_called_expected(words):
    """The three-column form asks for the adequate and the desired level."""
    chart = gaps_diagram(table([row(5, -1.0)]), study(batteries="ADP"), words=words)
    boxes = " ".join(a.text for a in chart.figure.layout.annotations if a.text).replace("<br>", " ")
    assert words("charts.box.D") in boxes and words("charts.box.E") not in boxes
    assert chart.title.startswith(words("charts.diagram.title.shortfall_desired", amount=1.0, size="")[:12])


def test_on_a_phone_no_label_stands_in_the_way_of_the_thin_arrow(words):
    figure = gaps_diagram(table([row(5, -1.0)]), study(), words=words, narrow=True).figure
    arrow = next(s.x0 for s in figure.layout.shapes if s.type == "line" and s.x0 == s.x1 and s.line.width == 1 and s.x0 > 90)
    halves = [a.x for a in figure.layout.annotations if a.xanchor == "right"]
    assert len(halves) == 2 and all(x < arrow for x in halves)


def test_counts_that_differ_between_gaps_are_said_as_a_range(en):
    rows = table([row(1, -0.2, n=36, n_expected=671), row(5, -1.0, n=664)])
    assert gaps_diagram(rows, study(), words=en).caption.startswith("n = 664 to 671 customers and 36 managers.")


def test_the_boxes_show_the_headline_and_say_where_a_mean_differs(en):
    rows = [row(1, -0.1, expected=6.24), row(2, -0.21, expected=6.14), row(3, -0.33, expected=5.89), row(5, -0.56, expected=6.23)]
    chart = gaps_diagram(table(rows), study(), words=en)
    assert "<b>6.23</b>" in texts(chart) and "<b>6.24</b>" not in texts(chart)
    assert "Expected service: 6.23 in gap 5 and 6.24 in gap 1" in chart.caption
    assert "Service standards: 5.93 in gap 2 and 5.89 in gap 3" in chart.caption
    agreeing = [row(1, -0.1), row(5, -0.56)]
    assert "depends on who" not in gaps_diagram(table(agreeing), study(), words=en).caption


@WIDTHS
def test_without_expectations_the_box_still_has_what_is_perceived(en, narrow):
    rows = [row(g, 0, withheld="not_measured") for g in range(1, 6)]
    mean = Estimate(2.81, 41, 0.9, 0.14, 2.53, 3.09)
    shown = [texts(gaps_diagram(table(rows), study(batteries="P"), perceived=p, words=en, narrow=narrow)) for p in (None, mean)]
    assert ["2.81" in one for one in shown] == [False, True]


def test_the_text_of_a_box_has_air_and_breaks_only_where_it_must(en):
    """At 720 pixels, the narrowest wide drawing; some 8 pixels a letter of bold text, 17 a line."""
    layout = gaps_diagram(table(full_rows()), study(), words=en).figure.layout
    boxes = [s for s in layout.shapes if s.type == "rect" and s.layer == "above" and s.line.width]
    for name, lines in (("Management’s perception", 2), ("External<br>communication", 3)):
        text = next(a for a in layout.annotations if a.text.startswith(f"<b>{name}</b>"))
        box = next(b for b in boxes if b.x0 < text.x < b.x1 and b.y0 < text.y < b.y1)
        assert box.y1 - box.y0 >= 17 * lines + 10
        assert (box.x1 - box.x0) * 7.16 >= 8.06 * max(map(len, name.split("<br>")))
