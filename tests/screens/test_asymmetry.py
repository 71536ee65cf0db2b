"""Loss aversion and what if: the answer first, its numbers from the core, and a designed state for each study that cannot carry them."""

import random
import re

import pytest

from gaps.i18n import Words

from .conftest import customers, go, hand_in, open_sample, spoken, tables, text, well

LANGUAGES = ("en", "zh")


def key(at, beginning: str) -> str:
    return next(k for k in at.session_state.to_dict() if k.startswith(beginning))


def charts(at) -> dict[str, str]:
    """The charts by their keys, and what they say to who cannot see them."""
    return {chart.proto.id.rsplit("-", 1)[-1]: chart.proto.alt for chart in at.get("plotly_chart")}


def said(at) -> list[str]:
    return [spoken(i.value) for i in at.info]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kiosk_explains_itself(app, kiosk, language):
    """13 of 207 received more than they expected: no ratio; one dimension of eight can be tested."""
    words = Words(language)
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "loss_aversion")
    headings = [spoken(h.value) for h in at.header]
    assert [words(f"asymmetry.page.{part}") for part in ("gains", "dimensions", "penalty")] == headings[1:]
    assert words("asymmetry.sides.title", n=207, below=190, at=4, above=13) in text(at)
    assert words("asymmetry.slopes.title.none", tested=1, of=8) in text(at)
    assert words("asymmetry.slopes.verdict.few_above", n=21, needed=30) in tables(at)
    held = words("asymmetry.slopes.verdict.few_above", n=13, needed=30)
    assert tables(at).count(held) == 4  # everything together, the gap alone, and one dimension's slope and verdict
    slopes = at.table[1].value
    few = slopes[words("asymmetry.column.n_above")].astype(int) < 30
    shown = slopes[words("asymmetry.column.slope_above")].str.contains(r"[−+]\d")
    assert list(shown) == list(~few) and few.sum() == 7
    drawn = {chart.key: chart.proto.alt for chart in at.get("plotly_chart")}
    assert list(drawn) == ["asymmetry", "sides", "curves", "slopes", "penalty-reward"]
    assert words("asymmetry.slopes.verdict.few_above", n=21, needed=30) in drawn["curves"]
    assert words("dimensions.curves.to_what_if") in [link.value for link in at.get("page_link")]


def test_cut_points_change_the_groups_and_nothing_else(app):
    at = go(open_sample(app()), "loss_aversion")
    before, lead = text(at), at.header[0].value
    assert "Asked for: 20 % and 20 %" in before
    at.slider(key=key(at, "share low")).set_value(40)
    well(at.run())
    after = text(at)
    assert "Asked for: 40 % and 20 %" in after
    assert at.header[0].value == lead
    at.slider(key=key(at, "share high")).set_value(5)
    well(at.run())
    assert "Asked for: 40 % and 5 %" in text(at)


def test_another_outcome_has_slopes_of_its_own(app):
    at = go(open_sample(app()), "loss_aversion")
    before = tables(at)
    at.get_by_key(key(at, "outcome")).set_value("satisfaction")
    well(at.run())
    assert tables(at) != before
    assert "satisfaction" in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_moving_sliders_predicts_and_the_button_takes_it_back(app, language):
    words = Words(language)
    at = go(open_sample(app(language)), "what_if")
    first = at.header[0].value
    assert "+0.33" in text(at)  # the model's own prediction of half a point of reliability, in the ranking
    at.select_slider(key=key(at, "move perceived reliability")).set_value(0.5)
    well(at.run())
    assert at.header[0].value != first and "+0.33" in spoken(at.header[0].value)
    at.button(key="all-perceived").click()
    well(at.run())
    everything = spoken(at.header[0].value)
    assert words("asymmetry.move.all") in everything and "6.83" in everything and "7.53" in everything
    assert "803" in text(at)  # customers at the end of the scale
    at.button(key="reset-moves").click()
    well(at.run())
    assert at.header[0].value == first


def test_moves_stay_while_walking_and_belong_to_their_study(app, kiosk):
    at = go(open_sample(app()), "what_if")
    at.select_slider(key=key(at, "move expected empathy")).set_value(-1.0)
    well(at.run())
    moved = at.header[0].value
    go(go(at, "overview"), "what_if")
    assert at.header[0].value == moved
    go(at, "upload")
    hand_in(at, kiosk.name, kiosk.read_bytes())
    go(at, "what_if")
    assert all(slider.value == 0 for slider in at.select_slider)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prediction_that_cannot_be_given_says_why(app, kiosk, language):
    """Once the others are the same, a higher rating of control goes with no more quality."""
    words = Words(language)
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "what_if")
    at.select_slider(key=key(at, "move perceived control")).set_value(0.5)
    well(at.run())
    why = words("asymmetry.withheld.slope_not_positive", dimensions="§", outcome="§", change=0, low=0, high=0).split("§")[0]
    assert spoken(at.header[0].value).startswith(why)
    reason = words("asymmetry.singles.why.slope_not_positive", outcome=words("charts.outcome.overall_quality"))
    assert words("asymmetry.cell.withheld", why=reason) in tables(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_outcome(app, language):
    """Who stands where is shown; slopes, penalties and predictions need a question of their own."""
    words = Words(language)
    at = hand_in(app(language), "no-outcome.csv", customers(60, outcome=False))
    go(at, "loss_aversion")
    assert [h.value for h in at.header][1:] == [words("asymmetry.page.gains")]
    go(at, "what_if")
    assert said(at)[-1] == words("asymmetry.page.no_outcome")
    assert not at.select_slider


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_expectations(app, language):
    """Perceptions alone can be moved and contrasted; loss aversion cannot be asked."""
    header, *rows = [line.split(",") for line in customers(120).decode().splitlines()]
    keep = [i for i, name in enumerate(header) if not name.strip('"').startswith("E")]
    at = hand_in(app(language), "perceptions.csv", "\n".join(",".join(r[i] for i in keep) for r in (header, *rows)).encode())
    words = Words(language)
    go(at, "loss_aversion")
    assert [h.value for h in at.header][1:] == [words("asymmetry.page.penalty")]
    assert [link.value for link in at.get("page_link")][-1] == words("dimensions.curves.to_what_if_perceived")
    go(at, "what_if")
    assert len(at.select_slider) == 5
    assert words("asymmetry.page.no_expectation") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_respondents(app, language):
    """Counts, no claim: too few for slopes, groups or a prediction, and said so."""
    words = Words(language)
    at = hand_in(app(language), "three.csv", customers(3))
    go(at, "loss_aversion")
    assert len(at.get("plotly_chart")) == 1  # who stands where
    assert any("20" in s for s in said(at))  # ten customers for each of two groups
    assert not at.slider  # nothing that they would change
    go(at, "what_if")
    assert said(at)[-1] == words("asymmetry.withheld.too_few", n=3, needed=30)
    assert not at.get("plotly_chart")


def test_nobody_in_the_selection(app):
    """Every loyal customer is in the north: south and loyal is empty."""
    rows = customers(60).decode().replace('"South","yes"', '"South","no"').encode()
    at = hand_in(app(), "empty.csv", rows)
    at.multiselect(key=key(at, "unit-")).select("South")
    at.multiselect(key=key(at, "segment loyal")).select("yes")
    well(at.run())
    for page in ("loss_aversion", "what_if"):
        go(at, page)
        assert not at.get("plotly_chart")


def three_columns(n: int = 120) -> bytes:
    """A csv of customers who were asked an adequate and a desired level beside their perception."""
    draw = random.Random(2)
    lines = [[*(f"{b}{i}" for b in "ADP" for i in range(1, 23)), "overall_quality"]]
    for _ in range(n):
        adequate = [draw.choice((4, 5, 6)) for _ in range(22)]
        desired = [a + draw.choice((1, 2, 3)) for a in adequate]
        perceived = [a + draw.choice((0, 1, 2)) for a in adequate]
        lines.append([*adequate, *desired, *perceived, round(sum(perceived) / 22)])
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_desired_level_is_called_so(app, language):
    at, words = hand_in(app(language), "zone.csv", three_columns()), Words(language)
    for page in ("dimensions", "loss_aversion", "what_if", "drivers"):
        shown = text(go(at, page)) + tables(at) + "".join(slider.label for slider in [*at.slider, *at.select_slider])
        shown = shown.replace(words("charts.diagram.ask.1"), "")  # gap 1 is about what managers believe that customers expect
        assert not re.search("期望" if language == "zh" else r"(?i)expect|P − E", shown), page
    at = go(hand_in(go(at, "upload"), "plain.csv", customers(120)), "loss_aversion")
    assert words("app.loss.below") in tables(at)  # the next study's words are its own
