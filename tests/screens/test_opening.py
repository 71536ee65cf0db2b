"""A gap's page, a unit's page, the items of a cell, any two selections: reached by click and by keyboard."""

import re

import pytest

from gaps.i18n import Words

from .conftest import customers, go, hand_in, open_sample, spoken, tables, text, well

LANGUAGES = ("en", "zh")


def key(at, begins: str) -> str:
    return next(k for k in at.session_state.to_dict() if str(k).startswith(begins))


def widget(at, kind: str, begins: str):
    return next(w for w in getattr(at, kind) if str(w.key).startswith(begins))


def lead(at) -> str:
    return spoken(at.header[0].value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["overview", "five_gaps"])
def test_a_button_beside_the_diagram_opens_the_gap(app, page, language):
    at = open_sample(app(language))
    go(at, page)
    at = well(at.button(key=f"open-{page.replace('_', '-')}-3").click().run())
    words = Words(language)
    assert at.title[0].value == words("app.page.gap")
    assert words("findings.gap_name.3") in lead(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_every_gap_has_remedies_and_evidence(app, number, language):
    at = go(open_sample(app(language)), "gap")
    at.get_by_key(key(at, "gap shown")).set_value(number)
    well(at.run())
    words, said = Words(language), text(at)
    assert words("findings.gap_name." + str(number)) in lead(at).replace("Gap", "gap")
    assert words(f"one_gap.remedy.{number}.1") in said
    assert words(f"one_gap.causes.{number}").partition(" | ")[0] in said
    assert words("one_gap.caution") in said
    assert len(at.get("plotly_chart")) == 3  # dimensions, items, units


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_alone_are_told_what_would_have_to_be_asked(app, kiosk, language):
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "gap")
    at.get_by_key(key(at, "gap shown")).set_value(2)
    well(at.run())
    words = Words(language)
    assert words("charts.diagram.ask.2") in text(at)
    assert words("one_gap.remedy.2.1") in text(at)
    assert not at.get("plotly_chart")
    assert words("app.gaps.to_template") in [link.value for link in at.get("page_link")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_gap_is_a_list_of_dimensions_not_a_heat_map(app, kiosk, language):
    """Four of its five columns would be empty."""
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "five_gaps")
    drawn = {c.proto.id: c.proto.alt for c in at.get("plotly_chart")}
    assert not any("heatmap" in id for id in drawn)
    listed = next(alt for id, alt in drawn.items() if "dimensions-of-gap" in id)
    words = Words(language)
    assert "−1.71" in listed and words("charts.gap_label", gap=5, name=words("charts.gap.5")) in listed
    assert words("app.gaps.dimension_hint") in text(at) and words("app.gaps.cell_hint") not in text(at)


def test_the_cell_s_items_follow_the_two_selects(app):
    at = go(open_sample(app()), "five_gaps")
    first = [s.value for s in at.subheader]
    widget(at, "selectbox", "gap of the items").set_value(3)
    widget(at, "selectbox", "dimension of the items").set_value("empathy")
    well(at.run())
    chart = next(c for c in at.get("plotly_chart") if "cell-items" in c.proto.id)
    assert "Gap 3 · delivery" in chart.proto.alt and "18 " in chart.proto.alt  # the published number of the first item of empathy
    assert [s.value for s in at.subheader] != first


def test_ratings_have_no_items_and_say_so(app):
    at = hand_in(app(), "direct.xlsx", direct())
    go(at, "five_gaps")
    widget(at, "selectbox", "gap of the items").set_value(2)
    well(at.run())
    assert Words("en")("one_gap.no_items") in [spoken(i.value) for i in at.info]
    go(at, "gap")
    at.get_by_key(key(at, "gap shown")).set_value(2)
    well(at.run())
    assert "of 7.00" in lead(at)
    assert Words("en")("one_gap.no_items") in [spoken(i.value) for i in at.info]


def direct(n: int = 40, units: tuple[str, ...] = ("North", "South")) -> bytes:
    """Customers, in these units in turn, and managers of each who rated the standards once for each dimension."""
    import io

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "customers"
    for line in customers(n, outcome=False, units=units).decode().splitlines():
        sheet.append([int(v) if v.isdigit() else v for v in (c.strip('"') for c in line.split(","))])
    managers = book.create_sheet("managers")
    names = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
    managers.append(["respondent", "unit", *(f"standards_{n}" for n in names)])
    for k in range(12):
        managers.append([f"m{k}", sorted(set(units))[k % len(set(units))], *(4 + (k + i) % 3 for i in range(5))])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_gap_and_the_unit_opened_stand_in_the_address(app):
    at = go(open_sample(app()), "gap")
    at.get_by_key(key(at, "gap shown")).set_value(2)
    assert well(at.run()).query_params["detail"] == "2"
    go(at, "unit")
    widget(at, "selectbox", "unit shown").set_value("Westerby")
    assert well(at.run()).query_params["shown"] == "Westerby"
    other = go(app(query=dict(at.query_params)), "unit")
    assert "Westerby" in lead(other)
    assert "gap 2 (standards)" in lead(go(other, "gap"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_has_a_page_of_its_own(app, language):
    at = go(open_sample(app(language)), "unit")
    words = Words(language)
    assert words("unit_page.pick") in text(at) and len(at.get("plotly_chart")) == 1
    widget(at, "selectbox", "unit shown").set_value("Thornhaven")
    well(at.run())
    assert "Thornhaven" in lead(at) and "−1.97" in lead(at)
    assert len(at.get("plotly_chart")) == 4  # five gaps, dimensions, items, waves
    at.session_state["deeper-unit-drivers"] = True
    well(at.run())
    assert words("unit_page.drivers_too_few", unit="Thornhaven", n=57, needed=100).partition(" | ")[0][:12] in text(at)


def test_the_waterfall_and_the_unit_s_page_share_the_unit(app):
    at = go(open_sample(app()), "unit")
    widget(at, "selectbox", "unit shown").set_value("Westerby")
    well(at.run())
    go(at, "five_gaps")
    assert widget(at, "selectbox", "unit shown").value == "Westerby"
    widget(at, "selectbox", "unit shown").set_value(None)
    well(at.run())
    go(at, "unit")
    assert widget(at, "selectbox", "unit shown").value is None


def test_a_filter_that_takes_the_unit_away_lets_the_choice_go(app):
    at = go(open_sample(app()), "unit")
    widget(at, "selectbox", "unit shown").set_value("Westerby")
    well(at.run())
    widget(at, "multiselect", "unit-").set_value(["Thornhaven", "Larkmoor"])
    well(at.run())
    assert widget(at, "selectbox", "unit shown").value is None


def test_one_unit_filtered_is_set_beside_the_others_by_one_button(app):
    at = go(app(query={"study": "sample", "unit": "Thornhaven"}), "unit")
    assert not [s for s in at.selectbox if "unit shown" in str(s.key)]  # there is nothing to choose
    assert lead(at) == Words("en")("unit_page.alone", unit="Thornhaven")
    well(at.button(key="beside-all").click().run())
    assert "stands below the other units" in lead(at) and "unit" not in at.query_params
    assert not [b for b in at.button if b.key == "beside-all"]


def test_people_asked_in_a_unit_give_its_response_rate(app):
    at = go(open_sample(app()), "unit")
    widget(at, "selectbox", "unit shown").set_value("Thornhaven")
    well(at.run())
    at.session_state["deeper-unit-asked"] = True
    well(at.run())
    widget(at, "number_input", "population customers of Thornhaven").set_value(118)
    well(at.run())
    assert "Thornhaven: 59 of 118 customers answered, 50" in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_units_the_page_says_what_makes_them(app, kiosk, language):
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "unit")
    assert Words(language)("unit_page.none") in [spoken(i.value) for i in at.info]


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_customers_in_two_units_are_not_shown(app, language):
    at = go(hand_in(app(language), "three.csv", customers(3)), "unit")
    assert Words(language)("unit_page.hidden") in [spoken(i.value) for i in at.info]


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_customers_of_a_unit_are_not_judged(app, language):
    at = go(hand_in(app(language), "few.csv", customers(40)), "unit")
    widget(at, "selectbox", "unit shown").set_value("North")
    well(at.run())
    assert "30" in text(at) and "nan" not in text(at) + tables(at)
    assert not re.search(r"▼ |▲ ", lead(at))


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_two_selections(app, language):
    at = go(open_sample(app(language)), "compare")
    words = Words(language)
    assert words("selections.nothing_chosen") in [spoken(i.value) for i in at.info]
    widget(at, "multiselect", "selection A unit").set_value(["Thornhaven"])
    well(at.run())
    led = next(spoken(h.value) for h in at.header if "−1.97" in spoken(h.value))
    assert led.startswith("Thornhaven") and words("selections.everybody_else") in led
    at.session_state["deeper-selections-table"] = True
    well(at.run())
    assert words("selections.standing.below") in tables(at)
    assert words("selections.column.mean", side="Thornhaven") in tables(at)
    at.get_by_key(key(at, "A against")).set_value("chosen")
    well(at.run())
    assert words("selections.nothing_chosen_b") in [spoken(i.value) for i in at.info]
    widget(at, "multiselect", "selection B wave").set_value(["2026-H2"])
    well(at.run())
    assert words("selections.overlap", n=20) in text(at)


def test_the_same_people_twice_are_not_compared(app):
    at = go(open_sample(app()), "compare")
    at.get_by_key(key(at, "A against")).set_value("chosen")
    well(at.run())
    for side in ("A", "B"):
        widget(at, "multiselect", f"selection {side} unit").set_value(["Thornhaven"])
    well(at.run())
    assert Words("en")("selections.withheld.same") in [spoken(i.value) for i in at.info]


def test_a_filter_takes_from_a_selection_what_is_no_longer_there(app):
    at = go(open_sample(app()), "compare")
    widget(at, "multiselect", "selection A unit").set_value(["Thornhaven", "Westerby"])
    well(at.run())
    widget(at, "multiselect", "unit-").set_value(["Thornhaven", "Larkmoor"])
    well(at.run())
    assert widget(at, "multiselect", "selection A unit").value == ["Thornhaven"]


def test_small_groups_are_not_shown_by_way_of_two_selections(app):
    """North's two loyal customers would be a side of their own; so would be a unit's wave on its page."""
    header, *rows = [line.split(",") for line in customers(80).decode().splitlines()]
    few = 0
    for row in rows:
        if row[1] == '"North"':
            few += 1
            row[2] = '"yes"' if few <= 2 else '"no"'
    at = go(hand_in(app(), "small.csv", "\n".join(",".join(r) for r in (header, *rows)).encode()), "compare")
    widget(at, "multiselect", "selection A unit").set_value(["North"])
    widget(at, "multiselect", "selection A segment loyal").set_value(["yes"])
    well(at.run())
    assert Words("en")("selections.withheld.small_group", fewest=5) in [spoken(i.value) for i in at.info]


def test_nothing_is_asked_where_there_is_nothing_to_choose(app):
    """One gap measured, one battery answered, units alone to compare."""

    def kept(at) -> set[str]:
        return {str(k).partition("-")[0] for k in at.session_state.to_dict()}

    at = go(hand_in(app(), "few.csv", customers(60)), "five_gaps")
    assert at.get("plotly_chart") and not {"gap", "gap of the items"} & kept(at)
    header, *rows = [line.split(",") for line in customers(60).decode().splitlines()]
    keep = [i for i, name in enumerate(header) if name.strip('"').startswith(("P", "unit", "overall"))]
    at = hand_in(app(), "perceptions.csv", "\n".join(",".join(r[i] for i in keep) for r in (header, *rows)).encode())
    at = go(go(at, "dimensions"), "compare")
    assert at.get("plotly_chart") and not {"battery shown", "compared by"} & kept(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hidden_unit_is_not_said_to_have_no_answers(app, language):
    """Nine customers of B, hidden for the three of A: its page says so, and neither 0 nor an empty chart."""
    sizes = {"A": 3, "B": 9, "C": 30, "D": 40}
    file = direct(82, tuple(unit for unit, n in sizes.items() for _ in range(n)))
    at, words = go(hand_in(app(language), "hidden.xlsx", file), "unit"), Words(language)
    widget(at, "selectbox", "unit shown").set_value("B")
    at.session_state["deeper-unit-drivers"] = True
    well(at.run())
    assert lead(at) == words("unit_page.lead_guards_others", unit="B")
    assert not at.get("plotly_chart") and words("unit_page.dimensions") not in [s.value for s in at.subheader]
    told = words.list([words("unit_page.count", n=3, of=12, role=words("differences.role.managers"))])
    assert words("unit_page.answered", counts=told) in text(at)
