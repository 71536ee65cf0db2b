"""A satisfaction index model in sentences: the numbers are those of the estimate, nothing is said that was not found."""

import re

import numpy as np
import pytest

from gaps.findings.satisfaction import questions, sentences
from gaps.i18n import LANGUAGES, Words, catalogue
from gaps.indices.models import ACSI, ECSI, MODELS
from gaps.indices.path_model import path_model
from gaps.model import Withheld
from tests.simulate.index_designs import answers


@pytest.fixture(scope="module")
def people():
    """300 people on the questions of ECSI, which all go together; the mobi data are not needed for sentences."""
    size = len(ECSI.columns)
    return answers(np.random.default_rng(0), 300, "satisfied", 0.4 + 0.6 * np.eye(size), ECSI)


@pytest.fixture(scope="module")
def fit(people):
    return path_model(people, ECSI, resamples=200)


def said(found, language="en"):
    return list(sentences(found, Words(language)))


def test_the_index_and_its_interval(fit):
    row = fit.constructs.set_index("construct").loc["satisfaction"]
    line = said(fit)[1]
    assert line.startswith(
        f"Satisfaction index {row['index']:.1f} of 100 (95 % interval {row['index_low']:.1f} to {row['index_high']:.1f};"
    )
    shares = [float(x) for x in re.findall(r"CUSA\d (0\.\d\d)", line)]
    assert sum(shares) == pytest.approx(1, abs=0.015)


def test_the_strongest_comes_first(fit):
    lines = [line for line in said(fit) if line.startswith("  ")]
    totals = [float(re.search(r"([+−]\d\.\d\d)", line)[1].replace("−", "-")) for line in lines]
    before, after = totals[:4], totals[4:]
    assert (before, after) == (sorted(before, reverse=True), sorted(after, reverse=True))
    assert len(after) == 2


def test_both_languages_say_the_same_numbers(fit):
    one, two = ([sorted(re.findall(r"\d+(?:\.\d+)?", line)) for line in said(fit, language)] for language in LANGUAGES)
    assert one == two


def test_only_paths_whose_interval_includes_zero_are_called_open(fit):
    between = fit.paths[(fit.paths["low"] <= 0) & (fit.paths["high"] >= 0)]
    line = [x for x in said(fit) if x.startswith("Paths whose interval")]
    assert len(between) == (len(re.split(r", | and ", line[0])) if line else 0)


def test_no_reliability_is_doubted_that_is_high(people):
    fit = path_model(people, ECSI, resamples=0)
    assert (fit.constructs["cr"].dropna() >= 0.70).sum() == 6
    assert not any("Composite reliability" in line for line in said(fit))
    assert any("Less than half" in line for line in said(fit)) == bool((fit.constructs["ave"] < 0.5).any())


def test_without_resamples_no_interval_is_named(people):
    text = "\n".join(said(path_model(people, ECSI, resamples=0)))
    assert "95 %" not in text and "includes zero" not in text and "no interval" in text


def test_few_people_are_told_that_intervals_are_rough(people):
    text = "\n".join(said(path_model(people[:60], ECSI, resamples=100)))
    assert "With 60 people intervals" in text


def test_a_reversed_question_is_named(people):
    text = "\n".join(said(path_model(people.assign(CUSA2=11 - people["CUSA2"]), ECSI, resamples=0)))
    assert "No satisfaction index: CUSA2 runs against the other questions" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(people, language):
    found = [
        path_model(people[:9], ECSI),
        path_model(people.assign(IMAG1=5.0), ECSI),
        path_model(people.assign(IMAG2=people["IMAG1"]), ECSI.of_modes({"image": "B"})),
        Withheld("not_converged", {"iterations": 300}),
    ]
    reasons = {key.removeprefix("indices.withheld.") for key in catalogue(language) if key.startswith("indices.withheld.")}
    assert {f.reason for f in found} == reasons
    assert all("{" not in line for f in found for line in said(f, language))
    beyond = path_model(people.assign(CUSA1=people["CUSA1"] * 10), ECSI, resamples=0)
    assert any("lie outside" in line or "超出量表" in line for line in said(beyond, language))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_question_and_construct_has_its_words(model):
    for language in LANGUAGES:
        assert len(list(questions(model, Words(language)))) == len(model.columns)
    assert {f"indices.construct.{id}" for id in model.ids} <= set(catalogue("en"))


def test_unstable_resamples_are_said():
    made = ACSI
    r = 0.4 + 0.6 * np.eye(len(made.columns))
    frame = answers(np.random.default_rng(1), 60, "satisfied", r, made).assign(CUSCO=[1.0] + [0.0] * 59)
    fit = path_model(frame, made, resamples=200)
    text = "\n".join(said(fit))
    assert fit.unstable and f"only {fit.n_resamples_used} of 200 resamples" in text and "95 %" not in text
