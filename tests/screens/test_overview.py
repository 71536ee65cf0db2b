"""The Overview: one headline, four figures, what to fix first as the Drivers page has it, and nothing said of what was not measured."""

import io
import json
import random
import re

import openpyxl
import pytest

from gaps import result
from gaps.analysis import analyse
from gaps.findings import CERTAINTY
from gaps.i18n import Words
from gaps.importer import read_study
from tests.reports.test_whole import SAMPLE

from .conftest import customers, go, hand_in, open_sample, spoken, text, well

LANGUAGES = ("en", "zh")


def widget(at, kind: str, start: str):
    return next(w for w in getattr(at, kind) if str(w.key).startswith(start))


def choose(at, start: str, value):
    at.get_by_key(next(str(w.key) for w in at.segmented_control if str(w.key).startswith(start))).set_value(value)
    return well(at.run())


def one_dimension(n: int = 120) -> bytes:
    """A workbook of customers alone, on four items of one dimension."""
    draw, book = random.Random(3), openpyxl.Workbook()
    sheet = book.active
    sheet.title = "customers"
    sheet.append(["respondent", *(f"E{i}" for i in range(1, 5)), *(f"P{i}" for i in range(1, 5)), "overall_quality"])
    for k in range(n):
        liking = draw.gauss(0, 1)
        perceived = [min(7, max(1, round(5 + liking + draw.gauss(0, 1)))) for _ in range(4)]
        sheet.append([f"c{k}", *(draw.choice((5, 6, 7)) for _ in range(4)), *perceived, min(7, max(1, round(5 + liking)))])
    items = book.create_sheet("items")
    for row in (["item", "dimension"], *([i, "reliability"] for i in range(1, 5))):
        items.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lead(at, words) -> str:
    """The sentence on what comes first."""
    named = words("drivers.importance_name.derived")
    found = [m.value for m in at.markdown if named in m.value and words("drivers.shortfall_name.gap") in m.value and "207" in m.value]
    assert len(found) == 1
    return found[0].removeprefix(":material/flag: ").strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_four_figures_with_interval_and_n(app, kiosk, language):
    at = hand_in(app(language), kiosk.name, kiosk.read_bytes())
    words, said = Words(language), text(at)
    for figure in ("**3.79**", "**−1.10**", f"**{words.percent(0.08)}**", "**–**"):
        assert said.count(figure) == 1, figure
    for support in (words("overview.interval.quality", low=3.667, high=3.9175), words("overview.interval.share", low=0.052, high=0.1276)):
        assert support in said
    assert words("overview.withheld.no_waves") in said
    assert said.count("−1.22") == 1  # the interval of the gap stands in the strip alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_overview_and_drivers_name_the_same_first(app, kiosk, language):
    at = hand_in(app(language), kiosk.name, kiosk.read_bytes())
    words, said = Words(language), set()
    for outcome in ("overall_quality", "satisfaction"):
        choose(go(at, "drivers"), "outcome-", outcome)
        there = lead(at, words)
        assert lead(go(at, "overview"), words) == there
        said.add(there)
    assert len(said) == 2  # the other outcome has other chances


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_fix_first_is_the_same_on_the_page_in_the_file_and_in_the_gap_table(app, language):
    """In the sample units are resampled for the importance; the shortfall keeps the interval over customers that all pages give it."""
    at, words = go(open_sample(app(language)), "overview"), Words(language)
    said = text(at)
    written = json.loads(result.dumps(result.document(analyse(read_study(((SAMPLE.name, SAMPLE.read_bytes()),)).study), (), deeper=False)))
    assert written["first"]
    for fix in written["first"]:
        share, gap = fix["share"], fix["gap"]
        numbers = {"share": share["value"], "share_low": share["low"], "share_high": share["high"]}
        numbers |= {"size": -gap["value"], "low": -gap["high"], "high": -gap["low"]}
        for part in words("overview.reason.gap", **numbers).split(CERTAINTY):
            assert part in said, part
        same = {"gap": 5, "dimension": fix["dimension"]} | dict.fromkeys(("unit", "wave", "segment", "item"))
        row = next(row for row in written["gaps"] if all(row[name] == value for name, value in same.items()))
        assert (gap["value"], gap["low"], gap["high"]) == (row["mean"], row["low"], row["high"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_chosen_elsewhere_is_followed_and_named(app, language):
    at = open_sample(app(language))
    words = Words(language)
    assert words("overview.label.overall_quality") in text(at)
    choose(go(at, "drivers"), "outcome-", "satisfaction")
    said = text(go(at, "overview"))
    assert words("overview.label.satisfaction") in said and words("findings.outcome_name.satisfaction") in said
    assert f":gray[{words('overview.label.overall_quality')}]" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_wave_has_no_change_and_counts_of_doubt_are_of_the_whole(app, language):
    at = open_sample(app(language))
    words = Words(language)
    aside = words("quality.notice", what=words("quality.counted", name=words("quality.name.blank"), n=4))
    assert aside in text(at)
    widget(at, "multiselect", "wave-").set_value(["2026-H2"])
    said = text(well(at.run()))
    assert words("overview.withheld.one_wave") in said and aside in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_change_is_the_same_on_every_page(app, language):
    """Filtered to one unit the three headings once differed in the second decimal."""
    at = open_sample(app(language))
    widget(at, "multiselect", "unit-").set_value(["Foxholt"])
    well(at.run())
    label = Words(language)("overview.label.change_gap", wave="2026-H1")
    strip = next(said for m in at.markdown if label in (said := spoken(m.value)))
    figure = next(card for card in strip.split("\n- ") if label in card)
    change, low, high = re.findall(r"[+−]\d\.\d\d", figure)
    for page in ("five_gaps", "compare"):
        told = [re.findall(r"[+−]\d\.\d\d", line) for line in text(go(at, page)).splitlines()]
        assert any({change, low, high} <= set(numbers) for numbers in told), page


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_respondents_have_numbers_without_intervals(app, language):
    at = hand_in(app(language), "three.csv", customers(3))
    words, said = Words(language), text(at)
    assert said.count(words("overview.few")) == 3
    without = words("charts.cell.unbounded", customers=10, managers=5, employees=5)
    assert without in said and without in text(go(at, "gap"))
    assert words("overview.to_drivers.shortfall") not in said and "nan" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_dimension_gets_nothing_that_needs_several(app, language):
    at = hand_in(app(language), "one.xlsx", one_dimension())
    words = Words(language)
    assert words("overview.unknown.one_dimension") in text(at)
    drivers = text(go(at, "drivers"))
    assert words("drivers.withheld.one_dimension") in drivers
    assert not any("importance" in str(chart.key) or "shares" in str(chart.key) for chart in at.get("plotly_chart"))
    assert words("app.gaps.by_dimension") not in text(go(at, "five_gaps"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_outcome_the_widest_shortfall_is_said_for_what_it_is(app, language):
    at = hand_in(app(language), "none.csv", customers(60, outcome=False))
    words, said = Words(language), text(at)
    assert words("overview.unknown.no_outcome") in said and words("overview.withheld.no_outcome") in said
    assert said.count(words("findings.next_outcome.other")) == 1  # what to do about it, and the reason once
    assert words("findings.driver_dimension_withheld.no_outcome") not in said
    assert words("findings.asymmetry_withheld.no_outcome") not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_to_say_what_comes_first_is_said_once_and_with_how_many_would_do(app, language):
    at = hand_in(app(language), "sixty.csv", customers(60))
    words, said = Words(language), text(at)
    assert words("drivers.priority.few", n=60, needed=100, importance="", shortfall="", dimensions="").partition(" | ")[2] in said
    other = words("findings.driver_dimension_few", outcome=words("findings.outcome_name.overall_quality"), dimensions="", n=60, needed=100)
    assert other.partition(" | ")[2] not in said


def test_where_expectations_were_not_asked_the_way_to_the_drivers_speaks_of_room(app):
    at = hand_in(app(), "perceptions.csv", customers(120, expectations=False))
    ways = [link.value for link in at.get("page_link")]
    assert Words("en")("overview.to_drivers.room") in ways and Words("en")("overview.to_drivers.shortfall") not in ways
