"""Every page in both languages, for the studies people really have: rich, customers only, tiny, perceptions only."""

import io
import json
import re

import openpyxl
import pytest

from gaps.i18n import Words

from .conftest import PAGES, customers, go, hand_in, open_sample, spoken, tables, text, well

LANGUAGES = ("en", "zh")
LATIN = re.compile(r"[A-Za-z]{4,}")
# Names of people, methods, files and columns stay as they are; so does text from the data.
NAMES = re.compile(
    r"Green|Comrey|Lee|Grönroos|Hall|Bonett|PGCV|Martilla|James|Cameron|Gelbach|Miller|Johnson|Azen|Budescu|SERVQUAL|HTMT|SERVPERF|SPSS|Shapley|Welch|Cronbach|Feldt|Fieller|Excel|English|material/\w+|gray|small|xlsx|overall_quality|customers|managers|employees"
    r"|items 工作表|study 工作表|item、dimension、label、reversed|reversed 一列|reversed 改为|already_reversed"
    r"|Cochran|Neyman|Wilson|Hall|Benjamini|Hochberg|Prasad|Spiegelhalter|Derrick|Toher|Agresti|Caffo|Holm|Parasuraman|Zeithaml|Berry|Cronin|Taylor|Lindeman|Merenda|Gold|Grömping|MacKinnon|White|Edwards|Anderson|Sullivan|Tversky|Kahneman"
    r"|docs/simulations-distributions\.md|Berger|van der Eijk|Pfister|Schwarz|Janczyk|Dale|Freeman|Kish"
    r"|Holm|Satterthwaite|Brandt|Mikulić|Prebežac|Albayrak|Caber|Gupta|Pustejovsky|Tipton"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_without_a_study_every_page_offers_both_ways_in(app, page, language):
    at = app(language, page)
    words = Words(language)
    assert spoken(at.title[0].value) == words("app.name" if page == "overview" else f"app.page.{page}")
    assert at.file_uploader[0].label == words("app.intake.drop")
    assert at.button(key="sample").label == words("app.intake.sample")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_says_on_every_page_that_it_is_simulated(app, language):
    at = open_sample(app(language))
    for page in PAGES:
        go(at, page)
        assert Words(language)("app.notice.simulated") in text(at)
        assert "Simulated company with 36 branches" in text(at)  # which study it is, on every page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_about_a_real_study(app, kiosk, language):
    at = hand_in(app(language), kiosk.name, kiosk.read_bytes())
    said = spoken(at.header[0].value)
    assert "1.10" in said  # R: mean gap of the 207 usable respondents −1.1020531
    assert "207" in text(at)
    for page in PAGES:
        go(at, page)
        assert at.title[0].value
        assert all(chart.proto.alt for chart in at.get("plotly_chart"))
    go(at, "drivers")
    assert re.search("0\\.24|0\\.25", tables(at))  # R: convenience b .2362537, tangibles .25008 in the model on the gaps
    go(at, "loss_aversion")
    assert "+0.56" in tables(at)  # R: slope below .5595283
    assert "+0.98" not in tables(at)  # R: slope above .9824490, of 13 customers: 30 are needed
    assert Words(language)("app.loss.no_ratio") in tables(at)  # 14 or fewer stand above


def test_chinese_pages_are_chinese(app):
    """What is not Chinese is a name, a method or text from the file."""
    at = hand_in(app("zh"), "顾客.csv", customers(60, units=("北", "南")))
    for page in PAGES:
        go(at, page)
        said = NAMES.sub("", text(at))
        assert LATIN.findall(said) == [], page


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_respondents_give_numbers_and_no_claims(app, language):
    at = hand_in(app(language), "three.csv", customers(3))
    assert "3" in at.header[0].value
    for page in PAGES:
        go(at, page)
        assert not re.search(r"(probabilit\w+ of being \w+|概率) [<>\d]", text(at))


def test_customers_only_shows_gaps_1_to_4_as_not_measured_and_how_to_measure_them(app, kiosk):
    at = hand_in(app(), kiosk.name, kiosk.read_bytes())
    words = Words("en")
    go(at, "five_gaps")
    assert any(words.list(words(f"findings.gap_name.{g}") for g in range(1, 5)) in spoken(i.value) for i in at.info)
    assert tables(at).count(words("app.withheld_cell.not_measured")) == 4
    assert words("app.gaps.to_template") in [link.value for link in at.get("page_link")]
    go(at, "upload")
    assert any("managers and employees" in i.value for i in at.info)


def test_without_an_outcome_the_drivers_are_withheld_with_what_to_do(app):
    at = hand_in(app(), "no-outcome.csv", customers(40, outcome=False))
    go(at, "drivers")
    assert any("overall_quality" in spoken(i.value) for i in at.info)
    go(at, "loss_aversion")
    assert at.header[0].value


def test_items_of_another_dimension(app):
    at = open_sample(app())
    go(at, "dimensions")
    before = [chart.proto.alt for chart in at.get("plotly_chart")]
    key = next(k for k in at.session_state.to_dict() if k.startswith("items of"))
    at.get_by_key(key).set_value("tangibles")
    well(at.run())
    after = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert len(after) == len(before) and after != before and after[0] == before[0]


def test_the_other_outcome_is_computed_not_relabelled(app):
    at = open_sample(app())
    go(at, "drivers")
    first = tables(at)
    key = next(k for k in at.session_state.to_dict() if k.startswith("outcome"))
    at.get_by_key(key).set_value("satisfaction")
    well(at.run())
    assert tables(at) != first


def test_an_outcome_that_nobody_answered_is_not_offered(app):
    """A template has a column for each outcome; those left empty would lead to an empty page."""
    header, *rows = customers(40).decode().splitlines()
    data = "\n".join([f'{header},"satisfaction"', *(f'{row},""' for row in rows)]).encode()
    at = hand_in(app(), "one-outcome.csv", data)
    for page in ("drivers", "loss_aversion"):
        go(at, page)
        assert not any(k.startswith("outcome") for k in at.session_state.to_dict())
        assert at.header[0].value


def test_without_expectations_gap_5_is_withheld_for_its_own_reason(app):
    """Managers and employees cannot supply what customers were not asked."""
    header, *rows = [line.split(",") for line in customers(40).decode().splitlines()]
    keep = [i for i, name in enumerate(header) if not name.strip('"').startswith("E")]
    at = hand_in(app(), "perceptions.csv", "\n".join(",".join(r[i] for i in keep) for r in (header, *rows)).encode())
    go(at, "five_gaps")
    words = Words("en")
    said = [spoken(i.value) for i in at.info]
    assert words("app.withheld.no_expectation") in said
    inside = words("app.withheld.gaps", gaps=words.list(words(f"findings.gap_name.{g}") for g in (1, 2, 3, 4)))
    assert inside in said


def test_another_gap_redraws_units_and_waves(app):
    at = open_sample(app())
    go(at, "five_gaps")
    before = [c.proto.spec for c in at.get("plotly_chart")]
    key = next(k for k in at.session_state.to_dict() if k.startswith("gap-"))
    at.get_by_key(key).set_value(3)
    well(at.run())
    after = [c.proto.spec for c in at.get("plotly_chart")]
    assert len(after) == len(before)
    assert after[:-2] == before[:-2]
    assert after[-1] != before[-1]
    assert after[-2] != before[-2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_three_column_study_shows_its_zone_of_tolerance(app, language):
    """Adequate 4, desired 6, perceived 5 on every item: adequacy +1, superiority −1, inside the zone."""
    header = ",".join(f"{letter}{i}" for letter in "ADP" for i in range(1, 23))
    row = ",".join([*["4"] * 22, *["6"] * 22, *["5"] * 22])
    at = hand_in(app(language), "zone.csv", "\n".join([header, *[row] * 20, row.replace("5", "6")]).encode())
    for page in PAGES:
        go(at, page)
    go(at, "dimensions")
    assert Words(language)("app.dimensions.zone") in [h.value for h in at.header]
    at.session_state["take-zone"] = True
    at.run()
    assert any(button.proto.id and "csv-zone" in button.proto.id for button in at.get("download_button"))


def test_a_study_in_the_direct_design(app):
    """Managers rate their standards 5 of 7 in each dimension: gap 2 is −2."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "customers"
    for line in customers(40).decode().replace('"', "").splitlines():
        sheet.append([float(v) if v.replace(".", "").isdigit() else v for v in line.split(",")])
    dimensions = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
    for title, prefixes, rating in (("managers", ("standards",), 5), ("employees", ("delivery", "promises"), 6)):
        more = book.create_sheet(title)
        more.append(["unit", *(f"{p}_{d}" for p in prefixes for d in dimensions)])
        for i in range(12):
            more.append(["North" if i % 2 else "South", *[rating] * (5 * len(prefixes))])
    out = io.BytesIO()
    book.save(out)
    at = hand_in(app(), "direct.xlsx", out.getvalue())
    for page in PAGES:
        go(at, page)
    go(at, "five_gaps")
    assert tables(at).count("7.00,5.00,−2.00,") == 1
    assert tables(at).count("7.00,6.00,−1.00,") == 2


PARTS = ("consistency", "item-analysis", "htmt", "factors", "difference")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("data", [None, customers(120), customers(3)])
def test_reliability_and_validity_on_demand(app, language, data):
    """A verdict of each battery without asking; the rest when it is opened, for the battery chosen; three people too."""
    at = open_sample(app(language)) if data is None else hand_in(app(language), "some.csv", data)
    go(at, "dimensions")
    words = Words(language)
    for name in (*("EPMSVC" if data is None else "EP"), "gap"):
        assert words(f"validity.battery.{name}") in text(at)
    before = len(tables(at))
    for part in PARTS:
        at.session_state[f"deeper-{part}"] = True
    well(at.run())
    assert len(tables(at)) > before
    assert words("app.column.omega") in tables(at)
    at.get_by_key(next(k for k in at.session_state.to_dict() if k.startswith("battery shown"))).set_value("gap")
    well(at.run())
    assert "nan" not in text(at) + tables(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_s_waves_are_not_said_to_be_too_few_and_compared(app, language):
    at = app(language, "unit", {"study": "sample", "shown": "Thornhaven"})
    words, said = Words(language), text(at)
    assert words("charts.waves.title.few") not in said
    told = [line for line in said.splitlines() if "+0.30" in line]
    assert len(told) == 1 and words("differences.open_people.all", n_before=19, n=20) in told[0]  # and no title says it again


SAME_ENDS = re.compile(r"([−+]?\d+\.\d\d)(?: to | 至 )\1(?!\d)")


@pytest.mark.parametrize("page", ["overview", "five_gaps", "gap", "dimensions", "unit"])
def test_customers_who_all_answer_alike_get_no_interval(app, page):
    """Forty times the same answers: no interval of zero width anywhere, in texts, tables or charts, and the reason beside the number."""
    header = ["unit", *(f"E{i}" for i in range(1, 23)), *(f"P{i}" for i in range(1, 23)), "overall_quality"]
    rows = [header, *([("North", "South")[i % 2], *[6] * 22, *[5] * 22, 5] for i in range(40))]
    at = go(hand_in(app(), "alike.csv", "\n".join(",".join(map(str, row)) for row in rows).encode()), page)
    drawn = [chart.proto for chart in at.get("plotly_chart")]
    everything = "\n".join([text(at), tables(at), *(c.alt + json.dumps(json.loads(c.spec), ensure_ascii=False) for c in drawn)])
    assert not SAME_ENDS.findall(everything)
    assert "nan" not in text(at).split()
    if page != "unit":
        assert re.search("all alike|answered alike", everything)
