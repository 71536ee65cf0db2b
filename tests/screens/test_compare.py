"""The Compare page: who differs from whom, in both languages, down to the studies that have nothing to compare."""

import pytest

from gaps.i18n import Words

from .conftest import customers, go, hand_in, open_sample, spoken, tables, text, well

LANGUAGES = ("en", "zh")


def key(at, begins: str) -> str:
    return next(k for k in at.session_state.to_dict() if str(k).startswith(begins))


def widget(at, kind: str, begins: str):
    return next(w for w in getattr(at, kind) if str(w.key).startswith(begins))


def opened(at, part: str):
    """Unfold a part that is computed on demand."""
    at.session_state[f"deeper-{part}"] = True
    return well(at.run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_against_the_rest_come_first(app, language):
    at = go(open_sample(app(language)), "compare")
    words = Words(language)
    counts = {"compared": 35, "below": 10, "above": 10, "open": 15, "chance": "", "unjudged": ""}
    assert spoken(at.header[0].value) == words("differences.unit_standing", **counts).partition(" | ")[0]
    assert "Thornhaven" in text(at) and "Westerby" in text(at)
    assert len(at.get("plotly_chart")) == 3  # units, changes, dimensions over the waves
    assert not at.table and not at.dataframe  # tables come on demand


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_folded_opens(app, language):
    at = go(open_sample(app(language)), "compare")
    words = Words(language)
    for part in ("standings-table", "items-apart", "changes-table", "effects", "agreement", "populations", "weighting"):
        opened(at, part)
    said = text(at)
    for number in ("0.96", "20.89"):  # ICC(2) and design effect of perceptions
        assert number in said
    shown = tables(at)
    for word in (words("compare.standing.below"), words("compare.change.open"), words("compare.advice.aggregate"), "−0.83"):
        assert word in shown
    assert len(at.get("plotly_chart")) == 4
    assert any("csv-" in b.proto.id for b in at.get("download_button"))


def test_another_grouping_and_another_measure(app):
    at = go(open_sample(app()), "compare")
    at.get_by_key(key(at, "compared by")).set_value("customer_type")
    well(at.run())
    assert "business stands below private" in spoken(at.header[0].value)
    at.get_by_key(key(at, "compared by")).set_value("unit")
    before = at.header[0].value
    widget(at, "selectbox", "what is compared").set_value("gap.reliability")
    well(at.run())
    assert "any dimension" in text(at)
    assert at.header[0].value != before


def test_any_two_waves(app):
    at = go(open_sample(app()), "compare")
    assert "From 2026-H1 to 2026-H2" in text(at)
    widget(at, "selectbox", "earlier wave").set_value("2025-H2")
    well(at.run())
    assert "From 2025-H2 to 2026-H2" in text(at)
    assert "different people" in text(at)


def test_populations_give_response_rates_and_narrower_intervals(app):
    at = opened(go(open_sample(app()), "compare"), "populations")
    assert "3 waves" in text(at)
    widget(at, "number_input", "population customers").set_value(4000)
    well(at.run())
    assert "1,996 of 4,000 customers answered: 50 %" in text(at)
    assert "as wide as for a population without limit" in text(at)
    widget(at, "number_input", "population customers").set_value(1000)
    well(at.run())
    assert "more answers of customers" in text(at)


def test_a_population_belongs_to_those_selected(app):
    at = opened(go(open_sample(app()), "compare"), "populations")
    widget(at, "number_input", "population customers").set_value(4000)
    well(at.run())
    widget(at, "multiselect", "wave-").set_value(["2026-H2"])
    well(at.run())
    assert widget(at, "number_input", "population customers").value is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_known_shares_give_weights_that_are_shown_and_offered(app, language):
    at, words = opened(go(open_sample(app(language)), "compare"), "weighting"), Words(language)
    column = words.segment("customer_type")

    def run_again():
        """With the column chosen anew: the test client sends back the value, where the browser sends the name that it shows."""
        widget(at, "multiselect", "weighted by").set_value([column])
        well(at.run())

    run_again()
    shares = [w for w in at.number_input if "customer_type" in str(w.key)]
    shares[0].set_value(60.0)
    run_again()
    assert words("differences.fault_category_without_share", column=column, value="private", count=1512) in text(at)
    next(w for w in at.number_input if "customer_type private" in str(w.key)).set_value(40.0)
    run_again()
    assert "1,177" in text(at)  # (sum w)² / sum w² by hand: 1996 / (.6²/.2425 + .4²/.7575) = 1,176.9
    assert words("compare.represent.apply") in text(at)
    assert any("csv-weights" in b.proto.id for b in at.get("download_button"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_without_units_or_waves(app, kiosk, language):
    at = go(hand_in(app(language), kiosk.name, kiosk.read_bytes()), "compare")
    assert Words(language).segment("gender") in at.header[0].value
    assert Words(language)("differences.withheld_changes.no_waves") in text(at)
    for part in ("items-apart", "effects", "agreement", "populations", "weighting"):
        opened(at, part)
    assert Words(language)("differences.withheld_agreement.no_units") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_respondents_are_not_judged(app, language):
    at = go(hand_in(app(language), "three.csv", customers(3)), "compare")
    assert Words(language)("app.withheld.small_group", customers=5, managers=3, employees=3) in text(at)
    for part in ("standings-table", "items-apart", "effects", "agreement", "populations", "weighting"):
        opened(at, part)
    assert "nan" not in tables(at) + text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_compare(app, language):
    header, *rows = [line.split(",") for line in customers(40, units=("A",)).decode().splitlines()]
    keep = [i for i, name in enumerate(header) if name.strip('"') not in ("unit", "loyal")]
    data = "\n".join(",".join(r[i] for i in keep) for r in (header, *rows)).encode()
    at = go(hand_in(app(language), "alone.csv", data), "compare")
    assert spoken(at.header[0].value) == Words(language)("differences.withheld_contrasts.one_group")
    opened(at, "weighting")
    assert Words(language)("compare.represent.no_columns") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_perceptions_alone_in_two_waves(app, language):
    header, *rows = [line.split(",") for line in customers(80, outcome=False).decode().splitlines()]
    keep = [i for i, name in enumerate(header) if not name.strip('"').startswith("E")]
    lines = [[*(r[i] for i in keep), "wave" if r is header else str(2025 + (k > 40))] for k, r in enumerate((header, *rows))]
    at = go(hand_in(app(language), "perceptions.csv", "\n".join(",".join(r) for r in lines).encode()), "compare")
    assert len(at.get("plotly_chart")) == 2
    for part in ("standings-table", "items-apart", "changes-table", "effects"):
        opened(at, part)
    assert Words(language)("differences.withheld_effects.not_measured") in text(at)


def test_names_from_the_data_are_plain_text(app):
    at = go(hand_in(app(), "names.csv", customers(120, units=("*A* <b>", "$x$ [l](u)"))), "compare")
    opened(at, "standings-table")
    drawn = at.get("plotly_chart")[0].proto.spec
    assert "*A* &lt;b" in drawn and "*A* <b" not in drawn


def test_the_columns_of_the_sample_are_called_the_same_everywhere(app):
    at = go(open_sample(app("zh")), "compare")
    labels = [m.label for m in at.multiselect]
    assert labels.count("顾客：顾客类型") == 2 and not any("_" in label for label in labels)  # the filter and the choice of A
