"""One unit against all the others: the same numbers as where all units are compared."""

import pytest

from gaps.analysis import analyse
from gaps.findings import unit_profile as said
from gaps.i18n import Words
from gaps.importer import read_study
from gaps.model import Gap, Selection, Withheld
from gaps.scoring import select
from tests.conftest import ROOT
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
