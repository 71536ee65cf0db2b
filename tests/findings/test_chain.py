"""What is said of the chain of gaps: every code in both languages, the numbers of the result, nothing that is not shown."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gaps import columns
from gaps.findings import chain as findings_chain
from gaps.i18n import Words, catalogue
from gaps.model import Withheld
from gaps.stats.chain import chain, five_gaps, planned
from gaps.stats.chain_results import TABLE, Carrier, Chain, Interval
from gaps.stats.enough import Enough
from tests.simulate.chains import Truth, cells
from tests.simulate.companies import company
from tests.stats.test_chain import LINKED, ONE

FEW = replace(ONE, effects=(1, 1, 1, 1), spread=(0.2,) * 4, people=((2, 3), (12, 20), (50, 60)))


def made(units: int, truth: Truth, seed: int = 1) -> Chain:
    return chain(cells(np.random.default_rng(seed), units, truth), "overall_quality", resamples=200)


def said(finding, language="en") -> str:
    return findings_chain.sentence(finding, Words(language))


CARRIER = Carrier(Interval(0.5, 0.3, 0.7), Interval(1.0, 0.6, 1.4), 0.8, Interval(0.9, -0.2, 0.99))
ENOUGH = Enough(140, False, 0.31)


@pytest.fixture(scope="module")
def chains() -> dict[str, Chain]:
    named = made(60, ONE)
    first = named.effect("gap3")
    worse = replace(first, total=Interval(-0.6, -0.8, -0.4))
    wrong = replace(named, effects=(*named.effects[:2], worse, named.effects[3]))
    few = next(c for c in (made(300, FEW, s) for s in range(9)) if c.verdict.reason == "not_beyond_error")
    return {
        "named": named,
        "inverse": wrong,
        "tied": made(40, Truth()),
        "not_beyond_error": few,
        "error_unknown": made(60, replace(ONE, people=((1, 1), (30, 40), (100, 120)))),
        "one_at_a_time": made(20, LINKED),
        "withheld": made(8, LINKED),
    }


@pytest.mark.parametrize("code", ["named", "inverse", "tied", "not_beyond_error", "error_unknown", "one_at_a_time", "withheld"])
def test_every_answer_is_said_in_both_languages(chains, code):
    finding = findings_chain.answer(chains[code])
    kind = {"not_beyond_error": "ahead", "error_unknown": "ahead", "one_at_a_time": "withheld"}.get(code, code)
    assert finding.code == f"driver_gap_{kind}"
    for language in ("en", "zh"):
        text = said(finding, language)
        assert "{" not in text
        assert "nan" not in text
        assert re.search("overall quality|总体质量", text)


def test_the_named_gap_with_its_numbers(chains):
    text, sure = findings_chain.statement_and_certainty(findings_chain.answer(chains["named"]), Words("en"))
    first = chains["named"].effect("gap3")
    assert text == "Among gaps 1, 2, 3 and 4, gap 3 (delivery) goes most with overall quality, its way through the later gaps included."
    assert f"{first.total.low:+.2f} to {first.total.high:+.2f}" in sure
    assert "60 units" in sure
    # nothing is to be planned once the gap is named
    assert findings_chain.beside(planned(chains["named"])) == ()


def test_too_few_units_are_counted(chains):
    assert "at least 10 units" in said(findings_chain.answer(chains["withheld"]))
    assert "has 8" in said(findings_chain.answer(chains["withheld"]))
    assert "gap 1 (knowledge) " in said(findings_chain.answer(chains["one_at_a_time"]))


def test_gap_5_and_the_number_of_units_are_said_beside(chains):
    codes = {f.code: f for f in findings_chain.beside(replace(chains["tied"], carrier=CARRIER, enough=ENOUGH))}
    assert list(codes) == ["carrier", "enough_units"]
    assert "carries 90 %" in said(codes["carrier"])
    assert "interval 0 % to 99 %" in said(codes["carrier"])
    assert "about 140 units" in said(codes["enough_units"])
    alone = replace(
        chains["one_at_a_time"], carrier=replace(CARRIER, carried=Interval()), enough=replace(ENOUGH, more_than=True, units=1000)
    )
    codes = {f.code: f for f in findings_chain.beside(alone)}
    assert "more than 1,000 units" in said(codes["enough_more"])
    assert "+0.50 (correlation)" in said(codes["carrier_alone"])


def test_paths_are_drawn_or_it_is_said_why_not():
    found = [made(200, LINKED), made(150, Truth(coupled=False, people=((30, 40), (30, 40), (50, 60)))), made(60, Truth(spread=(1e-4,) * 4))]
    against = replace(found[0].paths[0], path=Interval(-0.5, -0.7, -0.3))
    findings = [f for c in (*found, replace(found[0], paths=(against,))) for f in findings_chain.paths(c)]
    assert {f.code for f in findings} == {"path_with", "path_against", "path_open", "path_shared_error", "path_shared_rating"}
    for finding in findings:
        for language in ("en", "zh"):
            assert "{" not in said(finding, language)
            assert "nan" not in said(finding, language)
    tied = next(f for f in findings if f.code == "path_shared_rating" and f.values["battery"] == "M")
    assert "what managers believe stands in both gaps" in said(tied)


def test_cautions():
    found = five_gaps(company(1), resamples=200)
    codes = {f.code for f in findings_chain.cautions(found.headline)}
    assert {"attenuation", "all_five_warning"} <= codes
    for language in ("en", "zh"):
        words = Words(language)
        for one in (found.headline, found.panel):
            text = " ".join(findings_chain.sentence(f, words) for f in findings_chain.cautions(one))
            assert "{" not in text
            assert "nan" not in text


def test_every_reason_has_its_sentence():
    for reason in (
        "no_outcome",
        "outcome_of_no_unit",
        "not_measured",
        "too_few_units",
        "no_variation",
        "collinear",
        "same_as_score",
        "one_predictor",
    ):
        assert f"chain.driver_gap_withheld.{reason}" in catalogue("en")


def test_the_columns_of_the_table_are_in_the_glossary():
    assert set(TABLE) <= set(columns.GLOSSARY)


def test_how_many_units_it_takes_is_said_once():
    """Where the chain is drawn, planning leaves that to it; the two would be told apart by nobody."""
    from gaps.analysis import analyse
    from gaps.findings.expert import sections
    from gaps.importer import read_study
    from tests.conftest import ROOT

    done = analyse(read_study(ROOT / "data" / "sample.xlsx").study, explain="headline", resamples=500)
    assert findings_chain.naming(done.deeper().five_gaps).code.startswith("enough")
    said = dict(sections(done.deeper(), Words("en")))
    everything = "\n".join(sentence for sentences in said.values() for sentence in sentences)
    assert everything.count("To name the gap") == 1
    assert "enough units to name" not in everything
    assert findings_chain.naming(Withheld("internal")) is None
