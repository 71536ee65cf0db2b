"""One gap: what is said for and against looking there, and that no remedy is ever promised to work."""

import math

import pytest

from gaps.analysis import analyse
from gaps.findings import comparable_gaps, one_gap
from gaps.i18n import Words, catalogue
from gaps.importer import read_study
from gaps.model import Gap, Withheld
from gaps.scoring.gap_profile import gap_profile
from gaps.stats.technical import technical_functional
from tests.charts.results import full_rows, row, study, table, unit_rows
from tests.conftest import ROOT

WORDS = [Words("en"), Words("zh")]


def codes(rows, gap, made=None, **more):
    given = {"chances": {}, "among": ()} | more
    return {f.code: f.values for f in one_gap.evidence(table(rows), made or study(), gap, **given)}


@pytest.mark.parametrize(
    ("gap", "mean", "code"),
    [
        (Gap.DELIVERY, -0.8, "size_shortfall"),
        (Gap.DELIVERY, -0.1, "size_level"),
        (Gap.DELIVERY, 0.4, "size_surplus"),
        (Gap.KNOWLEDGE, 0.4, "size_over"),  # believing too much is no success
    ],
)
def test_size_speaks_for_or_against(gap, mean, code):
    found = codes([row(int(gap), mean, n=36)], gap)
    assert found[code]["mean"] == pytest.approx(mean)


def test_few_answers_make_no_claim():
    found = codes([row(3, -0.8, n=9), row(3, -0.9, n=9, dimension="tangibles"), row(3, -0.1, n=9, dimension="empathy")], Gap.DELIVERY)
    assert set(found) == {"size_few", "share_unknown", "causes"}


def test_where_it_is_largest_says_whether_alone():
    alone = [row(2, -0.5), row(2, -1.0, dimension="tangibles"), row(2, -0.2, dimension="empathy")]
    tied = [row(2, -0.5), row(2, -1.0, dimension="tangibles"), row(2, -0.9, dimension="empathy"), row(2, -0.1, dimension="assurance")]
    none = [row(2, 0.0), row(2, 0.1, dimension="tangibles"), row(2, 0.0, dimension="empathy")]
    assert codes(alone, Gap.STANDARDS)["dimension_alone"]["dimension"] == "tangibles"
    assert (codes(tied, Gap.STANDARDS)["dimension_tied"]["others"], codes(tied, Gap.STANDARDS)["dimension_tied"]["count"]) == (1, 3)
    assert codes(none, Gap.STANDARDS)["dimension_none"]["count"] == 2


def test_a_dimension_is_named_where_other_pages_name_it():
    rows = [row(5, -0.5), row(5, -1.0, dimension="tangibles"), row(5, -0.9, dimension="empathy"), row(5, -0.1, dimension="assurance")]
    assert codes(rows, Gap.CUSTOMER, dimension_chances={"tangibles": 0.96})["dimension_named"]["p_widest"] == 0.96
    assert "dimension_tied" in codes(rows, Gap.CUSTOMER, dimension_chances={"tangibles": 0.94})


def test_items_are_named_by_their_label():
    found = one_gap.evidence(table(full_rows()), study(), Gap.CUSTOMER, chances={}, among=())
    item = next(f for f in found if f.code.startswith("item_"))
    assert item.values["item"] == 3
    assert "“Reliability item 1”" in one_gap.statement_and_certainty(item, study(), WORDS[0])[0]


def test_units_below_are_counted_among_those_with_enough_answers():
    rows = unit_rows(4, gap=3, n=12, spread=2.0, half=0.3)  # −2, −1.33, −0.67, 0: three lie below zero
    rows.append(row(3, -5.0, n=4, unit="Branch 9"))  # four managers and staff are too few
    made = study(batteries="EPMSV").with_(respondents=_with_units(5))
    found = codes(rows, Gap.DELIVERY, made)["units"]
    assert (found["judged"], found["below"], found["few"], found["unit"]) == (4, 3, 1, "Branch 1")


def test_units_with_too_few_answers_are_spoken_of_only_where_there_are_some():
    made = study(batteries="EPMSV").with_(respondents=_with_units(4))
    assert "units_all" in codes(unit_rows(4, gap=3, n=12, spread=2.0, half=0.3), Gap.DELIVERY, made)


def _with_units(n):
    import pandas as pd

    from gaps.model import Role

    names = pd.Categorical([f"Branch {k + 1}" for k in range(n)])
    return {Role.CUSTOMERS: pd.DataFrame({"respondent": [str(k) for k in range(n)], "unit": names})}


def test_the_probability_of_being_widest_is_given_among_those_compared():
    found = codes([row(2, -0.5)], Gap.STANDARDS, chances={"2": 0.3, "3": 0.7}, among=(2, 3))
    assert found["widest"] == {"among": (2, 3), "p_widest": 0.3}
    assert "widest" not in codes([row(2, -0.5)], Gap.STANDARDS, chances={"2": math.nan}, among=(2, 3))


def test_what_was_not_measured_is_not_spoken_for():
    found = codes([row(2, 0, withheld="not_measured")], Gap.STANDARDS, study(batteries="EP"))
    assert set(found) == {"unmeasured", "causes"}
    lead = one_gap.lead(table([row(2, 0, withheld="not_measured")]), study(batteries="EP"), Gap.STANDARDS)
    assert lead.code == "lead_none"


def test_promises_are_weighed_with_expectations():
    assert "promised_shortfall" in codes([row(5, -1.0), row(4, -0.5)], Gap.CUSTOMER)
    assert "promised_level" in codes([row(5, -1.0), row(4, -0.1)], Gap.CUSTOMER)
    assert not any(code.startswith("promised") for code in codes([row(5, -1.0)], Gap.CUSTOMER))


@pytest.fixture(scope="module")
def sample():
    return analyse(read_study(ROOT / "data" / "sample.xlsx").study, resamples=50)


@pytest.mark.parametrize("gap", Gap)
@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_every_gap_of_the_sample_is_spoken_of(sample, gap, words):
    made = sample.study
    found = one_gap.evidence(
        sample.gaps, made, gap, chances=sample.widest_gap, among=tuple(comparable_gaps(sample.gaps)), drivers=sample.drivers,
        outcome="overall_quality", profile=gap_profile(made), split=technical_functional(made),
    )  # fmt: skip
    for one in (one_gap.lead(sample.gaps, made, gap), *found):
        said, sure = one_gap.statement_and_certainty(one, made, words)
        assert said and "{" not in said + sure and "nan" not in said + sure and " | " not in said + sure
    assert found[-1].code == "causes"  # what was not asked is said last, always
    assert 3 <= len(one_gap.remedies(gap, words)) <= 4
    assert one_gap.how_asked(made, gap, words) == words(f"one_gap.how.items.{int(gap)}")


def test_the_sample_s_gap_5_by_its_own_numbers(sample):
    made = sample.study
    found = {
        f.code: f.values
        for f in one_gap.evidence(
            sample.gaps, made, Gap.CUSTOMER, chances={}, among=(), drivers=sample.drivers, outcome="overall_quality",
            profile=gap_profile(made), split=technical_functional(made),
        )
    }  # fmt: skip
    split = technical_functional(made)
    assert (
        found["split_technical"]["difference"]
        == split.difference.mean
        == pytest.approx(split.technical.mean - split.functional.mean, abs=1e-9)
    )
    items = gap_profile(made).frame.dropna(subset=["item"])
    assert found["top"]["share"] == pytest.approx(items["n_expected_top"].sum() / items["n"].sum())


def test_other_questionnaires_are_not_split():
    assert "split_withheld" in codes([row(5, -1.0)], Gap.CUSTOMER, split=Withheld("other_dimensions"))


def test_no_remedy_is_promised_to_work():
    """Neither the remedies nor the evidence beside them claim an effect."""
    for language, claims in (("en", ("will ", "improves", "leads to", "causes ", "ensures")), ("zh", ("将会", "必然", "导致", "确保"))):
        texts = {k: v for k, v in catalogue(language).items() if k.startswith("one_gap.")}
        assert {k: v for k, v in texts.items() if any(claim in v for claim in claims)} == {}
