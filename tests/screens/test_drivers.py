"""The Drivers page: the answer, what to fix first, the five gaps, checks on demand; and what it says where there is little."""

import re

import pytest

from gaps.i18n import LANGUAGES, Words

from .conftest import customers, go, hand_in, open_sample, spoken, tables, text, well


def drivers(at):
    return go(at, "drivers")


def key(at, beginning):
    return next(k for k in at.session_state.to_dict() if k.startswith(beginning))


def opened(at, part):
    at.session_state[f"deeper-{part}"] = True
    return well(at.run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_from_the_answer_to_the_five_gaps(app, language):
    at = drivers(open_sample(app(language)))
    at.session_state["how-shares"] = True
    words, said = Words(language), text(at.run())
    name = {"en": "Reliability", "zh": "可靠性"}[language]
    assert name in at.header[0].value
    outcome = words("charts.outcome.overall_quality")
    parts = [words("app.drivers.first"), words("drivers.three.title.both"), words("app.drivers.gaps", outcome=outcome)]
    assert [spoken(h.value) for h in at.header][1:4] == parts
    assert words("app.drivers.predictors.P,E") in tables(at)  # the three models stand side by side
    line = words("drivers.centre.data")
    assert words("drivers.map.title.concentrate", names=name, line=line) in said
    assert {"en": "expectations count, but less than a gap takes for granted", "zh": "期望有作用，但小于差距所假定的程度"}[language] in said
    assert {"en": "gap 3 (delivery) is ahead", "zh": "差距 3（交付）与总体质量的关系领先"}[language] in said
    assert {"en": "it would take about 140 units", "zh": "大约需要 140 个单位"}[language] in said
    assert words("app.drivers.cell.carrier") in tables(at)
    assert {"en": "(CR2, Satterthwaite) over 36 units", "zh": "按 36 个单位作聚类稳健估计"}[language] in said
    assert all(chart.proto.alt for chart in at.get("plotly_chart"))


@pytest.mark.parametrize(("language", "said"), [
    ("en", "gap 3 (delivery) is ahead in going with overall quality, but cannot be named"),
    ("zh", "差距 3（交付）与总体质量的关系领先，但还不能认定"),
])  # fmt: skip
def test_overview_and_drivers_say_the_same_of_a_wave(app, language, said):
    at = open_sample(app(language))
    at.multiselect(key=key(at, "wave-")).select("2026-H1")
    pages = [text(go(well(at.run()), page)) for page in ("overview", "drivers")]
    overview, drivers = (next(line for line in page.splitlines() if said in line) for page in pages)
    assert drivers.endswith(overview)  # an icon stands before it there
    assert {"en": "probability of being first 99", "zh": "排第一的概率为 99"}[language] in drivers


def test_stated_importance_and_the_other_line_are_drawn_when_chosen(app):
    at = drivers(open_sample(app()))
    before = text(at)
    at.get_by_key(key(at, "importance-")).set_value("stated")
    at.get_by_key(key(at, "lines-")).set_value("scale")
    well(at.run())
    assert "Upwards: stated importance" in text(at) and "Upwards: derived importance" in before
    assert "No dimension is important and below the middle of the scale at once" in text(at)
    assert "by stated importance times shortfall" in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_checks_and_second_opinion_are_made_when_opened(app, language):
    at = drivers(open_sample(app(language)))
    words = Words(language)
    parts = ("shares", "ranks", "dominances", "within_between", "unit_slopes", "missing", "pooled")
    assert not any(words(f"app.drivers.{part}") in text(at) for part in parts)
    opened(at, "checks")
    assert all(words(f"app.drivers.{part}") in text(at) for part in parts)
    assert words("app.drivers.way.johnson") in tables(at) and "1,929" in tables(at)  # customers kept when answers are filled in
    number = len(at.get("plotly_chart"))
    opened(at, "second")
    assert words("app.drivers.second_text") in text(at) and len(at.get("plotly_chart")) == number + 1
    number = len(at.table)
    opened(at, "models")
    assert len(at.table) == number + 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_only_learn_whom_to_ask(app, kiosk, language):
    at = drivers(hand_in(app(language), kiosk.name, kiosk.read_bytes()))
    words = Words(language)
    assert words("app.withheld.internal") in [spoken(i.value) for i in at.info]
    assert all(words(f"charts.diagram.ask.{gap}") in tables(at) for gap in (1, 2, 3, 4))
    assert words("app.gaps.to_template") in [link.value for link in at.get("page_link")]
    assert words("drivers.map.field.concentrate") in "".join(c.proto.alt for c in at.get("plotly_chart"))
    assert words("app.drivers.list.stated_gap") not in tables(at)  # importance was not asked


def test_few_customers_are_described_and_nothing_is_claimed(app):
    at = drivers(hand_in(app(), "sixty.csv", customers(60)))
    assert "60 customers are too few to say which dimension belongs where" in text(at)
    assert "60 customers are too few to say what comes first" in text(at)
    opened(at, "checks")
    words, shown = Words("en"), tables(at)
    assert words("app.drivers.shares") in text(at) and words("app.drivers.ranks") not in text(at)  # places are no more than chance
    assert words("app.drivers.column.dominance") in shown and words("app.drivers.column.complete") not in shown
    of_models = next(t.value for t in at.table if words("drivers.three.model") in t.value.columns)
    assert words("app.column.p_first") not in of_models.columns
    assert words("drivers.three.few", needed=100) in text(at)


def test_a_model_that_takes_more_customers_is_not_missed_without_a_word(app):
    """With 60 customers the gap and perception alone are fitted; both together, ten scores, take 100."""
    at = drivers(hand_in(app(), "sixty.csv", customers(60)))
    words, said = Words("en"), text(at)
    assert words("drivers.three.title.gap") in [h.value for h in at.header]
    assert words("drivers.three.way.P,E") not in said
    reason = words("drivers.withheld.too_few", n=60, needed=100)
    assert words("charts.models.not_fitted", model=words("charts.models.both"), reason=reason) in said
    assert "At least 100 with all answers are needed" in said


def test_perceptions_alone_are_one_model_and_no_comparison(app):
    at = drivers(hand_in(app(), "perceptions.csv", customers(120, expectations=False)))
    words, said = Words("en"), text(at)
    assert words("drivers.three.title.one") in [h.value for h in at.header]
    assert words("drivers.three.model") not in tables(at) and words("drivers.three.ways") not in said
    assert "E expectation" not in said and "the gap" not in said.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_customers_learn_how_many_it_takes(app, language):
    at = drivers(hand_in(app(language), "three.csv", customers(3)))
    said, words = text(at), Words(language)
    *_, numbers = words("findings.driver_dimension_withheld.too_few", outcome="…", n=3, needed=50).partition(" | ")
    assert numbers in said
    assert words("drivers.withheld.too_few", n=3, needed=50) not in said  # once is enough
    assert not at.get("plotly_chart")


def test_without_an_outcome_the_gaps_are_still_asked_about_perceived_service(app):
    at = drivers(hand_in(app(), "no-outcome.csv", customers(120, outcome=False)))
    words = Words("en")
    assert words("app.drivers.gaps", outcome=words("findings.outcome_name.P")) in [spoken(h.value) for h in at.header]


@pytest.mark.parametrize(("units", "stage"), [(20, "one_at_a_time"), (5, "withheld")])
def test_few_units_are_looked_at_one_gap_at_a_time_or_not_at_all(app, units, stage):
    at = open_sample(app())
    chosen = at.multiselect(key=key(at, "unit-"))
    for unit in chosen.options[:units]:
        chosen.select(unit)
    well(at.run())
    drivers(at)
    words = Words("en")
    if stage == "withheld":
        assert any("needs at least 10 units" in i.value for i in at.info)
    else:
        assert "Each gap alone: how many standard deviations" in text(at)
        assert "Too few units for the whole chain" in text(at) and words("app.drivers.column.alone") in tables(at)


def test_another_outcome_has_words_of_its_own(app):
    at = drivers(open_sample(app()))
    at.get_by_key(key(at, "outcome-")).set_value("satisfaction")
    well(at.run())
    assert "goes most with satisfaction" in at.header[0].value and "Predicting satisfaction" in text(at)


def test_a_gap_has_one_interval_on_all_pages(app):
    at = open_sample(app())
    interval = re.compile(r"−\d\.\d\d \(−\d\.\d\d to −\d\.\d\d\)")
    elsewhere = next(c.proto.alt for c in go(at, "dimensions").get("plotly_chart") if c.key == "dimensions")
    words = Words("en")
    of_map = next(t.value for t in drivers(at).table if words("app.drivers.column.perceived") in t.value.columns)
    mine = of_map.iloc[:, 2].str.replace("\u00a0", " ").str.replace("\\", "")
    assert set(interval.findall(elsewhere)) == set(mine) and len(mine) == 5
    assert words("drivers.map.intervals_gap") in text(at)
