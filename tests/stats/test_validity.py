"""The whole piece on studies: which respondents, what is withheld, what it costs, what is said of it."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.findings import validity as said
from gaps.i18n import LANGUAGES, Words, catalogue
from gaps.importer import read_study
from gaps.model import Withheld
from gaps.stats.factor_model import FactorModel
from gaps.stats.reliability import reliability
from gaps.stats.validity import distinctness, validity
from tests.conftest import ROOT
from tests.scoring.build import random_study, study
from tests.simulate.validity_designs import SIZES, draw

FIVE = {f"d{k}": size for k, size in enumerate(SIZES)}


def answers(seed, n, kind="perception", psi=0.6):
    return draw(np.random.default_rng(seed), n, kind, psi)


def surveyed(n=300, seed=1, **changes):
    parts = {"E": answers(seed, n, "expectation"), "P": answers(seed + 1, n)} | changes
    return study(FIVE, **parts)


@pytest.fixture(scope="module")
def result():
    return validity(surveyed(), resamples=100)


def test_all_of_it(result):
    assert list(result.structures) == ["E", "P", "gap"]
    for structure in result.structures.values():
        assert isinstance(structure.dimensions, FactorModel) and isinstance(structure.one_factor, FactorModel)
        assert structure.dimensions.fit.rmsea < 0.05 < structure.one_factor.fit.rmsea
        assert structure.adequacy.kmo > 0.8
        assert len(structure.htmt.frame) == 10
        assert (structure.n, structure.n_left_out, structure.left_out) == (300, 0, ())
        for frame in (structure.dimensions.loadings, structure.dimensions.dimensions, structure.dimensions.correlations):
            assert set(frame.columns) <= set(GLOSSARY)


def test_batteries_can_be_chosen():
    assert list(validity(surveyed(), batteries=["P"], resamples=20).structures) == ["P"]
    with pytest.raises(ValueError, match="no battery"):
        validity(surveyed(), batteries=["X"])


def test_incomplete_respondents_are_left_out_and_counted():
    p = answers(2, 300)
    p[:20, 3] = np.nan
    p[20:25] = np.nan
    made = validity(surveyed(P=p), batteries=["P"], resamples=20).structures["P"]
    assert (made.n, made.n_left_out) == (275, 20)
    same = validity(surveyed(P=np.r_[p[25:], np.full((25, 22), np.nan)]), batteries=["P"], resamples=20).structures["P"]
    assert same.dimensions.fit.chi2 == pytest.approx(made.dimensions.fit.chi2)


def test_an_item_that_nobody_answered_is_left_out():
    p = answers(2, 200)
    p[:, 0] = np.nan
    made = validity(surveyed(200, P=p), batteries=["P"], resamples=20).structures["P"]
    assert made.left_out == ((1, "unanswered"),)
    assert made.n == 200 and 1 not in set(made.dimensions.loadings["item"])


def test_a_single_item_cannot_be_a_factor_but_counts_for_kmo():
    x = answers(3, 200)[:, :8]
    made = validity(study({"a": 4, "b": 3, "c": 1}, P=x), resamples=20).structures["P"]
    assert made.left_out == (("c", "one_item"),)
    assert made.dimensions.factors == ("a", "b") and len(made.htmt.frame) == 1
    assert set(made.adequacy.items) == set(range(1, 9))


@pytest.mark.parametrize(
    ("x", "sizes", "reasons"),
    [
        (answers(1, 22), FIVE, ("too_few",) * 4),
        (answers(1, 49), FIVE, (None, "too_few", "too_few", "too_few")),
        (answers(1, 99), FIVE, (None, None, "too_few", "too_few")),
        (np.c_[answers(1, 150)[:, :21], np.full(150, 7.0)], FIVE, ("constant_item",) * 4),
        (np.repeat(answers(1, 150)[:, :11], 2, axis=1), FIVE, ("singular", None, "singular", "singular")),
        (answers(1, 150)[:, :4], {"a": 4}, (None, "one_dimension", "one_dimension", None)),
        (answers(1, 150)[:, :3], {"a": 1, "b": 1, "c": 1}, (None, "one_dimension", "one_dimension", "few_items")),
        (answers(1, 150)[:, :1], {"a": 1}, ("few_items",) * 4),
        (np.full((0, 22), 1.0), FIVE, ("few_items",) * 4),
        (np.full((150, 22), 7.0), FIVE, ("constant_item",) * 4),
    ],
)
def test_what_is_withheld(x, sizes, reasons):
    made = validity(study(sizes, P=x), resamples=50)
    structure = made.structures["P"]
    parts = (structure.adequacy, structure.htmt, structure.dimensions, structure.one_factor)
    assert tuple(p.reason if isinstance(p, Withheld) else None for p in parts) == reasons
    for language in LANGUAGES:
        for finding in said.find(made):
            assert "{" not in said.sentence(finding, study(sizes, P=x), Words(language))


def test_random_answers_are_survived():
    for seed in range(4):
        validity(random_study(seed=seed, n=200, missing=0.02), resamples=20)


def test_shifting_all_answers_changes_nothing(result):
    made = surveyed()
    shifted = validity(made.with_(answers={b: frame + 2 for b, frame in made.answers.items()}), resamples=100)
    for b, structure in shifted.structures.items():
        assert structure.dimensions.fit.chi2 == pytest.approx(result.structures[b].dimensions.fit.chi2)
        assert structure.htmt.frame["high"].tolist() == pytest.approx(result.structures[b].htmt.frame["high"].tolist())


def test_the_sample_is_what_it_was_built_to_be():
    made = read_study(ROOT / "data" / "sample.xlsx").study
    structure = validity(made, batteries=["P"], resamples=200).structures["P"]
    assert structure.dimensions.fit.rmsea < 0.03 and structure.dimensions.fit.cfi > 0.98
    assert (structure.htmt.frame["state"] != "alike").all()


def test_sentences_name_what_they_speak_of(result):
    made, en, zh = surveyed(), Words("en"), Words("zh")
    found = said.find(result)
    codes = [f.code for f in found]
    assert codes.count("consistency") == 3 and codes.count("model") == 3 and "one_factor" in codes
    for finding in found:
        for words in (en, zh):
            text = said.sentence(finding, made, words)
            assert "{" not in text and "nan" not in text and "cause" not in text
        statement, sure = said.statement_and_certainty(finding, made, en)
        assert statement and sure
    assert said.sentence(found[0], made, zh).startswith("期望：")


def test_an_item_against_the_rest_is_said():
    p = answers(2, 300)
    p[:, 4] = 8 - p[:, 4]
    made = surveyed(P=p)
    found = next(f for f in said.find(validity(made, batteries=["P"], resamples=20)) if f.code == "item_against")
    assert found.values["item"] == 5 and found.severity == "attention"
    assert "item 5" in said.sentence(found, made, Words("en"))
    three = validity(surveyed(P=p[:3], E=answers(1, 3)), batteries=["P"], resamples=20)
    assert (three.items.frame["note"] == "against").any()
    assert not [f for f in said.find(three) if f.code == "item_against"]  # by chance


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_state_and_method_has_its_words(language):
    words = Words(language)
    assert said.reason("heywood", words) != said.reason("nonsense", words)
    assert all(said.method(name, words) for name in said.METHODS)
    keys = catalogue(language)
    for battery in ("E", "P", "A", "D", "M", "S", "V", "C", "gap"):
        assert f"validity.battery.{battery}" in keys
    for state in ("apart", "close", "alike"):
        assert f"validity.state.{state}" in keys


def test_one_battery_alone_gives_the_numbers_it_has_among_all(result):
    """And costs no other's: reliability too is computed for it alone."""
    alone = validity(surveyed(), batteries=["P"], resamples=100)
    assert set(alone.alpha.frame["battery"]) == set(alone.omega.frame["battery"]) == set(alone.items.frame["battery"]) == {"P"}
    assert alone.difference == Withheld("not_wanted")
    together = result.omega.frame[result.omega.frame["battery"] == "P"]["omega"]
    assert alone.omega.frame["omega"].tolist() == together.tolist()
    assert alone.structures["P"].htmt.frame.equals(result.structures["P"].htmt.frame)
    assert not isinstance(validity(surveyed(), batteries=["gap"], resamples=20).difference, Withheld)
    assert not [f for f in said.find(alone) if f.code.startswith("difference")]


def test_the_verdict_rests_on_the_numbers_of_the_whole_piece(result):
    made = surveyed()
    distinct = distinctness(made, resamples=100)
    for battery, htmt in distinct.items():
        assert htmt.frame.equals(result.structures[battery].htmt.frame)
    found = said.verdicts(result.alpha, distinct)
    assert [f.values["battery"] for f in found] == ["E", "P", "gap"]
    assert "all 5 dimensions" in said.sentence(found[1], made, Words("en")) and found[1].severity == "good"


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_of_studies_that_carry_little(language):
    """A dimension that falls apart, two that are one, one alone, three people."""
    p = answers(3, 300)
    noise = np.random.default_rng(1).integers(1, 8, size=(300, 4)).astype(float)
    twins = np.c_[p[:, :4], p[:, :4] + np.random.default_rng(2).normal(0, 0.1, (300, 4)).round()]
    cases = [
        (np.c_[noise, p[:, 4:8]], {"a": 4, "b": 4}, "attention", {"together": "below"}),
        (twins, {"a": 4, "b": 4}, "attention", {"apart": "alike"}),
        (p[:, :4], {"a": 4}, "good", {"together": "one", "apart": "single"}),
        (noise, {"a": 2, "b": 2}, "attention", {"together": "below_all", "apart": "no_core", "n": 300, "most": 300}),
        (p[:3], FIVE, "information", {"together": "few", "apart": "too_few", "complete": 3, "needed": 23}),
        (np.full((50, 8), 7.0), {"a": 4, "b": 4}, "information", {"together": "none", "apart": "constant"}),
        (np.full((0, 8), 7.0), {"a": 4, "b": 4}, "information", {"together": "nobody"}),
    ]
    for x, sizes, severity, expected in cases:
        made = study(sizes, P=x)
        (found,) = said.verdicts(reliability(made), distinctness(made, resamples=100))
        assert expected.items() <= found.values.items()
        assert severity in (None, found.severity)
        text = said.sentence(found, made, Words(language))
        assert "{" not in text and "nan" not in text
