"""One unit against all the others: the same numbers as where all units are compared."""

import pytest

from gaps.analysis import analyse
from gaps.charts import side_by_side
from gaps.disclosure import Minimum, protect
from gaps.findings import unit_profile as said
from gaps.i18n import Words
from gaps.importer import read_study
from gaps.model import UNIT, Gap, Role, Selection, Withheld
from gaps.scoring import select
from tests.conftest import ROOT
from tests.disclosure import test_protection as small
from tests.scoring.build import random_study

WORDS = [Words("en"), Words("zh")]


@pytest.fixture(scope="module")
def found():
    return analyse(read_study(ROOT / "data" / "sample.xlsx").study, resamples=50).deeper()


def test_the_lead_is_what_the_compare_page_says(found):
    profile = found.unit("Thornhaven")
    row = found.differences.contrasts.of("unit", "gap").set_index("group").loc["Thornhaven"]
    lead = said.lead(profile)
    assert lead.code == f"lead_{row['standing']}" == "lead_below"
    assert (lead.values["difference"], lead.values["n"], lead.values["compared"]) == (row["difference"], row["n"], 35)


def test_gaps_beside_all_others_are_those_of_the_others_alone(found):
    profile = found.unit("Thornhaven")
    others = [u for u in found.study.units if u != "Thornhaven"]
    rest = analyse(select(found.study, Selection(units=tuple(others))), resamples=1).gaps
    for row in profile.five_gaps:
        assert row["rest"] == pytest.approx(rest.rows(gap=int(row["gap"]), level="total").iloc[0]["mean"])
        own = found.table.rows(gap=int(row["gap"]), unit="Thornhaven", level="total").iloc[0]
        assert row["mean"] == pytest.approx(own["mean"])
    assert profile.five_gaps[-1]["standing"] == profile.standing()["standing"]


def test_waves_and_people_are_the_unit_s_own(found):
    profile = found.unit("Thornhaven")
    waves = profile.table.rows(gap=5, wave="*", level="total")
    assert int(waves["n_achieved"].sum()) == int(found.table.rows(gap=5, unit="Thornhaven", level="total").iloc[0]["n_achieved"])
    assert {str(r): n for r, n in profile.n.items()}["managers"][0] == profile.study.n("managers")
    assert not isinstance(profile.changes, Withheld)


def test_fifty_customers_get_no_model_of_their_own(found):
    (one,) = said.drivers(found.unit("Thornhaven"), "overall_quality")
    assert (one.code, one.values["needed"]) == ("drivers_too_few", 100) and one.values["n"] < 100
    (none,) = said.drivers(found.unit("Thornhaven"), None)
    assert none.code == "drivers_no_outcome"


def test_a_unit_of_a_hundred_gets_one():
    profile = analyse(random_study(n=600, units=2, missing=0.0), resamples=50).deeper().unit("unit 1")
    (one,) = said.drivers(profile, "overall_quality")
    assert one.code.startswith("driver_dimension_")


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_every_unit_of_the_sample_is_spoken_of(found, words):
    for unit in found.study.units[:8]:
        profile = found.unit(unit)
        for one in (said.lead(profile), *said.outcomes(profile)):
            claim, sure = said.statement_and_certainty(one, found.study, words)
            assert claim and "{" not in claim + sure and "nan" not in claim + sure


def test_the_only_unit_has_nothing_to_compare_with():
    made = random_study(n=80, units=1)
    profile = analyse(made, resamples=1).deeper().unit("unit 1")
    assert said.lead(profile).code == "alone" and profile.five_gaps == () and profile.dimensions == ()


def hiding(*sizes: int):
    """Units A, B, … of so many customers, and some whose unit is not known."""
    labels = [*small.units(*sizes[:-1]), *[None] * sizes[-1]]
    made = small.study(seed=3, managers=small.units(*[6] * (len(sizes) - 1)), unit=labels)
    return analyse(made, protection=protect(made, Minimum(5, 3, 3)), resamples=1).deeper()


def test_all_others_are_the_same_people_in_every_number_of_the_page():
    """Twenty customers without a unit, and those of two hidden units, are on neither side: neither in the lead nor in a chart."""
    profile = hiding(40, 50, 60, 3, 3, 20).unit("A")
    own, (total,) = profile.standing(), [row for row in profile.five_gaps if row["gap"] == 5]
    names = ("n", "n_rest", "mean", "rest", "difference", "low", "high")
    assert [total[name] for name in names] == pytest.approx([own[name] for name in names], rel=1e-12)
    assert (own["n"], own["n_rest"]) == (40, 110) == profile.others.n[Role.CUSTOMERS]
    by_dimension = profile.others.dimensions().set_index("dimension")
    for row in profile.dimensions:
        apart = by_dimension.loc[row["dimension"]]
        assert [row[name] for name in names] == pytest.approx([apart[name] for name in names], rel=1e-12)
    assert profile.some_on_neither_side
    lead = said.lead(profile)
    assert (lead.values["rest"], lead.values["n_rest"]) == pytest.approx((total["rest"], 110))


def test_managers_of_units_whose_customers_are_hidden_are_still_among_all_others():
    profile = hiding(40, 50, 60, 3, 3, 20).unit("A")
    (second,) = [row for row in profile.five_gaps if row["gap"] == 2]
    assert (second["n"], second["n_rest"]) == (6, 24)


def test_where_everybody_has_a_unit_nobody_is_on_neither_side():
    assert not hiding(40, 50, 60, 0).unit("A").some_on_neither_side


def test_a_page_without_expectations_judges_perception_among_all_units():
    """The chart's mark of the total says what the sentence above it says."""
    made = random_study(n=400, units=4, batteries="P")
    for unit in made.units:
        profile = analyse(made, resamples=1).deeper().unit(unit)
        (total,) = profile.five_gaps
        assert total["standing"] == profile.standing()["standing"] != ""
        assert total["difference"] == pytest.approx(profile.standing()["difference"])


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_a_hidden_unit_is_said_to_be_hidden_and_not_to_be_empty(words):
    """Three customers: too few. Nine: with them the three would follow. Neither of them is "no answers" or 0."""
    found = hiding(3, 9, 60, 70, 0)
    for unit, why in (("A", "small_group"), ("B", "guards_others")):
        profile = found.unit(unit)
        assert said.lead(profile).code == f"lead_{why}"
        claim, sure = said.statement_and_certainty(said.lead(profile), found.study, words)
        assert unit in claim and not sure
        assert profile.n[Role.CUSTOMERS] == (Withheld(why, {"fewest": 5}), 142)
        told, hidden = said.people(profile, words)
        assert words("differences.role.managers") in told and words("differences.role.customers") not in told
        assert hidden == words("differences.role.customers")
        assert profile.five_gaps == () and profile.dimensions == () and profile.items().empty


def test_a_unit_without_customers_in_a_selection_is_said_to_have_none():
    made = small.study(seed=3, managers=small.units(6, 6, 6), unit=small.units(0, 40, 50))
    profile = analyse(made, protection=protect(made, Minimum(5, 3, 3)), resamples=1).deeper().unit("A")
    assert said.lead(profile).code != "alone" and not profile.hidden
    assert profile.n[Role.CUSTOMERS] == (0, 90)


def test_a_unit_of_which_all_others_are_hidden_is_not_called_the_only_one():
    profile = hiding(60, 3, 3, 0).unit("A")
    assert said.lead(profile).code == "lead_no_others"
    assert not profile.alone


def test_a_large_unit_beside_few_others_is_not_said_to_be_too_small():
    lead = said.lead(hiding(60, 20, 0).unit("A"))
    assert (lead.code, lead.values["n"], lead.values["n_rest"]) == ("lead_few_rest", 60, 20)
    assert said.lead(hiding(60, 20, 0).unit("B")).code == "lead_few"


def test_how_few_of_a_unit_answered_the_outcome_is_not_told():
    made = random_study(n=200, units=2)
    customers = made.customers.copy()
    few = customers.index[customers[UNIT].eq("unit 1")]
    customers.loc[few[3:], "overall_quality"] = float("nan")
    made = made.with_(respondents={**made.respondents, Role.CUSTOMERS: customers})
    profile = analyse(made, protection=protect(made, Minimum(5, 3, 3)), resamples=1).deeper().unit("unit 1")
    (one,) = said.drivers(profile, "overall_quality")
    claim, _ = said.statement_and_certainty(one, made, WORDS[0])
    assert "fewer than 5" in claim and "3" not in claim


def test_rows_that_protect_somebody_are_not_said_to_have_no_answers():
    profile = hiding(40, 50, 60, 0).unit("A")
    rows = [row | {"difference": float("nan"), "withheld": "confidential"} if row["gap"] == 2 else row for row in profile.five_gaps]
    drawn = side_by_side(rows, profile.study, found=profile.others, first="A", second="others", words=WORDS[0])
    assert WORDS[0]("selections.chart.hidden", n=1) in drawn.caption and WORDS[0]("selections.chart.without", n=1) not in drawn.caption


def test_no_more_units_are_remembered_than_a_session_looks_at():
    deeper = analyse(random_study(n=600, units=30), resamples=1).deeper()
    for unit in deeper.study.units:
        deeper.unit(unit)
    assert len(deeper._profiles) <= 24


def test_the_chart_of_a_unit_s_waves_says_what_the_sentence_says(found):
    profile = found.unit("Thornhaven")
    change = profile.latest_change
    row = profile.changes.rows("gap", gap=5, level="total", wave=change.wave).iloc[0]
    assert change.wave_before == row["wave_before"]
    assert (change.change, change.low) == pytest.approx((row["change"], row["low"]), rel=1e-12)


def test_changes_and_rows_are_remembered(found):
    """The app keeps charts by the objects that they are drawn from."""
    waves = found.study.waves
    assert found.latest_change(Gap.CUSTOMER) is found.latest_change(Gap.CUSTOMER) is not found.latest_change(Gap.DELIVERY)
    assert found.changed(waves[-1], waves[0]) is found.changed(waves[-1], waves[0])  # no neighbours in time: computed when asked for
    profile = found.unit("Thornhaven")
    assert profile.five_gaps is profile.five_gaps and profile.dimensions is profile.dimensions
