"""Differences as findings and sentences, in both languages; the composition over whole studies."""

import string

import numpy as np
import pandas as pd
import pytest

from gaps import importer
from gaps.columns import GLOSSARY
from gaps.findings import Finding
from gaps.findings import differences as said
from gaps.i18n import Words, catalogue
from gaps.model import Role, Withheld
from gaps.stats.agreement import Agreement
from gaps.stats.change import Changes
from gaps.stats.differences import differences
from gaps.stats.population import finite_gaps, response
from gaps.stats.published import PrintedGap, check_printed
from gaps.stats.weighting import rake
from tests.conftest import ROOT
from tests.oracles.scoring import HOSPITAL, HOSPITAL_N
from tests.scoring.build import people, random_study, study
from tests.simulate.differing import company, panel
from tests.stats.test_published import printed

WORDS = [Words("en"), Words("zh")]


@pytest.fixture(scope="module")
def sample():
    made = importer.read_study(ROOT / "data" / "sample.xlsx").study
    return made, differences(made)


def findings(made, **more):
    return {f.code: f for f in said.find(differences(made, **more), made)}


def test_two_numbers_about_how_much_units_differ_say_where_each_comes_from():
    """The one under case weights, by a model of the units' means; the other without, by an analysis of variance."""
    made = company(np.random.default_rng(5), units=8, customers=60, low=(0, 1), shift=1.5)
    n = made.n(Role.CUSTOMERS)
    weighted = made.with_(respondents={Role.CUSTOMERS: made.customers.assign(weight=np.linspace(0.5, 2.0, n))})
    for of, used, unused in (
        (made, "8 units.", "analysis of variance;"),
        (weighted, "8 units, with case weights.", "variance, without case"),
    ):
        found = {f.code: f for f in said.find(differences(of), of)}
        assert used in said.sentence(found["shrunken"], of, WORDS[0]) and "random-intercept" in said.sentence(
            found["shrunken"], of, WORDS[0]
        )
        assert unused in said.sentence(found["clustered"], of, WORDS[0])


def test_the_sample_company(sample):
    made, result = sample
    found = {f.code: f for f in said.find(result, made)}
    assert found["unit_below"].values["group"] == "Thornhaven"
    assert found["unit_below"].values["difference"] < -1
    assert "Larkmoor" in found["unit_above"].values["groups"]
    rose = found["dimensions_rose"].values
    assert (rose["gap"], rose["tested"], rose["dimensions"], rose["reason"]) == (5, 5, ("responsiveness",), "narrowed")
    assert said.sentence(found["dimensions_rose"], made, WORDS[0]) == (
        "From 2026-H1 to 2026-H2, the shortfall in gap 5 (customer) narrowed in Responsiveness by 0.23. 95 % interval of the change: "
        "+0.13 to +0.34; allowing for the comparison of 5 dimensions (Holm)."
    )
    assert found["effect_largest"].values["dimension"] == "reliability"
    assert (found["segment_two"].values["group"], "segment_below" in found) == ("business", False)


def test_every_table_speaks_the_glossary(sample):
    _, result = sample
    tables = (result.effects.frame, result.contrasts.frame, result.contrasts.units, result.contrasts.spread, result.changes.frame,
              result.agreement.frame, result.agreement.units)  # fmt: skip
    assert set().union(*(t.columns for t in tables)) - set(GLOSSARY) == set()


def test_gap_five_agrees_with_itself_everywhere(sample):
    _, result = sample
    total = result.effects.rows(level="total").iloc[0]
    changes = result.changes.rows("gap", gap=5, level="total")
    assert changes["n_before"].iloc[0] + changes["n"].sum() == total["n_achieved"]
    units = result.contrasts.rows("unit", level="total")
    assert (units["n"] * units["mean"]).sum() / units["n"].sum() == pytest.approx(total["mean"], abs=0.01)


def test_no_selection_no_error():
    nothing = study({"a": 1}, P=np.zeros((0, 1)))
    result = differences(nothing)
    assert [getattr(result, name).reason for name in ("effects", "contrasts", "changes", "agreement")] == [
        "not_measured", "one_group", "no_waves", "no_units",
    ]  # fmt: skip
    assert [f.code for f in said.find(result, nothing)] == [
        "withheld_effects",
        "withheld_contrasts",
        "withheld_changes",
        "withheld_agreement",
    ]
    assert isinstance(differences(random_study(waves=0, units=0)).changes, Withheld)


def test_units_that_differ_and_units_that_do_not():
    rng = np.random.default_rng(1)
    found = findings(company(rng, units=8, customers=60, low=(0,), shift=1.2))
    assert found["unit_below"].values["groups"] == ("U1",) and "unit_none" not in found
    assert {"unit_none", "shrunken"} <= set(findings(company(rng, units=6, customers=40)))
    assert {"unit_few", "shrunken_withheld"} <= set(findings(company(rng, units=3, customers=20)))


def test_no_item_apart_claims_no_share_of_chance_finds():
    made = company(np.random.default_rng(1), units=6, customers=40)
    found = said.of_items(differences(made, items=True).contrasts, "unit")
    assert (found.code, found.values["below"], found.values["above"]) == ("items_none", 0, 0)
    assert "chance" not in said.sentence(found, made, WORDS[0])


def test_many_units_are_counted_not_listed():
    found = findings(company(np.random.default_rng(2), units=12, customers=60, low=range(5), high=(6, 7), shift=1.2))
    text = said.sentence(found["unit_below"], company(np.random.default_rng(2), units=2, customers=2), WORDS[0])
    assert found["unit_below"].values["more"] == 2 and "and 2 more" in text


def test_who_answered_in_both_waves_is_said():
    made = panel(np.random.default_rng(3), before=60, after=50, both=20, change=0.8)
    found = findings(made)
    assert "20 of them the same people" in said.sentence(found["gap_rose"], made, WORDS[0])
    assert "其中 20 人两期都作了答" in said.sentence(found["gap_rose"], made, WORDS[1])
    both = panel(np.random.default_rng(3), before=60, after=60, both=60)
    assert "the same 60 people both times" in said.sentence(findings(both)["gap_open"], both, WORDS[0])


def test_a_rising_gap_one_is_no_success():
    rng = np.random.default_rng(4)
    frame = people(60, wave=["2025"] * 30 + ["2026"] * 30)
    belief = np.concatenate([rng.normal(4, 0.5, 30), rng.normal(6, 0.5, 30)])
    made = study({"a": 1}, {Role.CUSTOMERS: frame, Role.MANAGERS: frame}, E=rng.normal(5, 0.5, (60, 1)), M=belief[:, None])
    rose = next(f for f in said.find(differences(made), made) if f.code == "gap_rose")
    assert (rose.values["gap"], rose.severity) == (1, "information")


def test_what_does_not_change_is_said_once(sample):
    """Joined, with the change of each and the fewest people behind any; one alone, and what changed, stay as they are."""
    made, result = sample
    found = said.of_changes(result.changes, "2026-H1", "2026-H2", gap=5)
    rose, joined = said.together(found)
    assert rose.code == "dimensions_rose" and said.together(found[:1]) == found[:1]
    assert said.sentence(joined, made, WORDS[0]) == (
        "From 2026-H1 to 2026-H2, no change can be shown of gap 5 (customer), the share of customers who get at least what they expect, "
        "overall quality, satisfaction and recommendation. Changes with 95 % intervals: gap 5 (customer) +0.06 (−0.03 to +0.15); share "
        "+2.6 percentage points (−2.2 to +7.4); overall quality +0.05 (−0.13 to +0.24); satisfaction −0.03 (−0.16 to +0.11); "
        "recommendation +0.07 (−0.17 to +0.32); at least 648 customers then and 679 now."
    )
    still = panel(np.random.default_rng(3), before=60, after=60, both=0)
    joined = said.together(said.of_changes(differences(still).changes, *still.waves, gap=5))[-1]
    assert "of gap 5 (customer) as a whole or in any dimension" in said.sentence(joined, still, WORDS[0])
    assert "差距 5（顾客）总体及各维度" in said.sentence(joined, still, WORDS[1])


def test_customers_hidden_in_a_wave_are_told_once():
    made = study({"a": 1}, P=[[5]])
    codes = {"wave_before": "1", "wave": "2", "design": "independent", "withheld": "guards_others", "standing": "", "dimension": None}
    nan = float("nan")
    rows = [
        codes | {"measure": m, "gap": g, "outcome": o}
        for m, g, o in (("gap", 5, None), ("share", nan, None), ("outcome", nan, "satisfaction"))
    ]
    (one,) = said.of_changes(Changes(pd.DataFrame(rows)), "1", "2")
    assert (one.code, one.values["reason"]) == ("customers_change_withheld", "guards_others")
    assert "smaller group" in said.sentence(one, made, WORDS[0])


@pytest.mark.parametrize(
    ("icc2", "rwg", "reason", "told"),
    [(-2.0, 0.95, "units", "unit mean 0 or less"), (0.8, 0.5, "people", "unit mean 0.80"), (0.2, 0.5, "both", "unit mean 0.20")],
)
def test_why_unit_means_should_not_be_used(icc2, rwg, reason, told):
    row = {"battery": "P", "role": "customers", "dimension": None, "withheld": "", "advice": "do_not", "units": 3, "n": 60}
    row |= {"icc1": 0.0, "icc2": icc2, "rwg": rwg, "design_effect": 1.0, "n_effective": 60.0}
    (one,) = said.of_agreement(Agreement(pd.DataFrame([row]), pd.DataFrame()))
    assert (one.code, one.values["reason"]) == ("agreement_do_not", reason)
    assert told in said.sentence(one, study({"a": 1}, P=[[5]]), WORDS[0])


def test_weights_leave_the_ranks_out():
    plain, weighted = findings(random_study(seed=5, n=80)), findings(random_study(seed=5, n=80, weight=np.linspace(1, 2, 80)))
    assert "ranks_withheld" in weighted and "ranks_withheld" not in plain
    assert ("ranks_agree" in plain) != ("ranks_differ" in plain)


def scenarios():
    rng = np.random.default_rng(6)
    yield random_study(seed=1, n=90)
    yield random_study(seed=2, n=40, weight=np.linspace(1, 2, 40), missing=0.3)
    yield random_study(seed=3, n=12)
    yield company(rng, units=8, customers=40, low=(0, 1), high=(2,), shift=1)
    yield panel(rng, before=30, after=30, both=30, change=1)
    yield study({"a": 1}, {Role.MANAGERS: people(7, unit=["a"] * 3 + ["b"] * 4, wave=["1"] * 2 + ["2"] * 5)}, M=[[5]] * 7, S=[[4]] * 7)


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
@pytest.mark.parametrize("number", range(6))
def test_every_finding_has_a_sentence(number, words):
    made = list(scenarios())[number]
    found = said.find(differences(made), made)
    assert found
    for finding in found:
        text = said.sentence(finding, made, words)
        assert text and "{" not in text and "nan" not in text


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_populations_margins_and_printed_tables_are_said(words):
    made = random_study(seed=7, n=80)
    found = [*said.of_response(response(made, {Role.CUSTOMERS: 100, Role.MANAGERS: {"unit 1": 90, "unit 2": 1}, Role.EMPLOYEES: 1}))]
    found += said.of_finite(finite_gaps(made, {Role.CUSTOMERS: 100})) + said.of_finite(finite_gaps(made, {Role.CUSTOMERS: 10}))
    found += said.of_raking(rake(made, {"sex": {"sex 1": 1, "sex 2": 1}})) + said.of_raking(
        rake(made, {"sex": {"sex 1": 1, "sex 2": 9}}, cap=1.5)
    )
    found += said.of_raking(rake(made, {"sex": {"sex 1": 1, "x": 1}, "shoe": {"y": 1}})) + said.of_raking(rake(made, {}))
    found += said.of_printed(check_printed([printed(n, *row) for n, row in HOSPITAL.items()], HOSPITAL_N), 5)
    impossible = PrintedGap("x", -0.50, sd=0.20, sd_expected=0.40, sd_perceived=0.70)
    found += said.of_printed(check_printed([impossible], 51), 1) + said.of_printed((), 5)
    codes = {f.code for f in found}
    assert {"response", "response_unit", "response_impossible", "response_impossible_unit", "finite", "raked", "raking_cap_too_low",
            "fault_column_missing", "fault_category_without_respondents", "fault_category_without_share", "fault_no_margins",
            "printed_t_and_interval", "printed_correlation_impossible", "printed_consistent"} <= codes  # fmt: skip
    for finding in found:
        text = said.sentence(finding, made, words)
        assert text and "{" not in text and "nan" not in text


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_how_it_was_computed(words):
    for piece in ("effects", "agreement", "raking", "finite", "printed"):
        assert len(said.how(piece, words)) > 40


def test_numbers_in_sentences_have_their_format():
    """Only names stand without one."""
    known = {"groups", "group", "people", "by", "gap", "outcome", "dimension", "dimensions", "battery", "role", "unit"}
    known |= {
        "columns",
        "column",
        "value",
        "name",
        "wave",
        "wave_before",
        "chance",
        "unjudged",
        "other",
        "rounded",
        "weights",
        "changed",
        "intervals",
    }
    known |= {"changes", "parts", "reliability"}
    texts = [text for key, text in catalogue("en").items() if key.startswith("differences.")]
    assert {name for text in texts for _, name, spec, _ in string.Formatter().parse(text) if name and not spec} <= known


def test_a_reason_chooses_its_own_sentence():
    made = study({"a": 1}, P=[[5]])
    withheld = Finding("gap_change_withheld", "information", {"reason": "confidential", "gap": 2, "wave_before": "1", "wave": "2"})
    assert "recognised" in said.sentence(withheld, made, WORDS[0])
    with pytest.raises(KeyError):
        said.sentence(Finding("no_such_code", "information"), made, WORDS[0])


def test_confidence_is_handed_on():
    made = random_study(seed=8, n=60)
    wide, usual = differences(made, confidence=0.99), differences(made)
    for name in ("effects", "contrasts", "changes"):
        a, b = getattr(wide, name).frame, getattr(usual, name).frame
        known = b["low"].notna() & pd.Series(b["se"]).gt(0)
        assert (a["low"][known] < b["low"][known]).all()
