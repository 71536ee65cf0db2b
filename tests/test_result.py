"""The result file keeps its contract: every field, plain JSON, the numbers known from R for the kiosk study."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from gaps import analysis, result
from gaps.i18n import LANGUAGES, Words
from gaps.importer import read_study
from gaps.model import Selection, Withheld

from .conftest import ROOT
from .scoring.build import random_study

# formats.md, "The result"
FIELDS = {
    "study": {"title", "instrument", "scale", "dimensions", "items", "respondents", "units", "waves", "segments"},
    "gaps": {"gap", "unit", "wave", "dimension", "item", "n_expected", "n_achieved", "expected", "achieved", "mean", "sd", "se"}
    | {"low", "high", "p", "withheld"},
    "servqual": {"unweighted", "weighted", "weights", "weights_source", "servperf"},
    "reliability": {"dimension", "battery", "items", "n", "alpha", "low", "high"},
    "drivers": {"question", "outcome", "predictors", "level", "n", "r2", "adj_r2", "terms", "verdict", "withheld", "resamples", "seed"},
    "asymmetry": {"outcome", "control", "n_below", "n_at", "n_above", "slope_below", "slope_below_low", "slope_below_high"}
    | {"slope_above", "slope_above_low", "slope_above_high", "p_equal", "lambda", "lambda_low", "lambda_high", "status", "reason", "naive"},
    "findings": {"code", "severity", "values"},
    "problems": {"code", "severity", "sheet", "column", "rows", "count", "message"},
}
TERM = {"name", "b", "se", "low", "high", "beta", "p", "vif", "r", "share", "share_low", "share_high", "p_first"}


@pytest.fixture(scope="module")
def kiosk_result(kiosk) -> dict:
    imported = read_study(kiosk, kiosk.name)
    analysed = analysis.analyse(imported.study, resamples=400, crossed=True)
    return json.loads(result.dumps(result.document(analysed, imported.problems, ["…"] * len(imported.problems), deeper=False)))


def test_every_field_of_the_contract(kiosk_result):
    assert kiosk_result["schema"] == "gaps-result/1"
    for part, fields in FIELDS.items():
        rows = kiosk_result[part] if isinstance(kiosk_result[part], list) else [kiosk_result[part]]
        assert rows, part
        for row in rows:
            assert fields <= set(row), (part, fields - set(row))
    for fit in kiosk_result["drivers"]:
        assert {"driver", "leading", "reason"} <= set(fit["verdict"])
        assert all(set(term) >= TERM for term in fit["terms"])


def rows(document, **keys):
    wanted = {"unit": None, "wave": None, "segment": None} | keys
    return [r for r in document["gaps"] if all(r[k] == v for k, v in wanted.items())]


@pytest.mark.parametrize(
    ("dimension", "mean", "low", "high"),
    # R 4.x, mean and t.test over the 207 usable respondents (issue text)
    [(None, -1.1020531, None, None), ("security", -1.7101449, -1.9020857, -1.5182042), ("playfulness", 0.0531401, None, None)],
)
def test_kiosk_gaps_as_in_r(kiosk_result, dimension, mean, low, high):
    (row,) = rows(kiosk_result, gap=5, dimension=dimension, item=None)
    assert row["mean"] == pytest.approx(mean, abs=5e-8)
    assert row["n_achieved"] == 207
    assert row["achieved"] - row["expected"] == pytest.approx(row["mean"], abs=1e-12)
    if low is not None:
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=5e-8)
    if dimension == "playfulness":
        assert row["low"] < 0 < row["high"]


def test_kiosk_drivers_as_in_r(kiosk_result):
    """R 4.x: lm, sandwich::vcovHC(type = "HC3"), relaimpo::calc.relimp(type = "lmg"), as given in the issue."""
    fit = next(f for f in kiosk_result["drivers"] if f["outcome"] == "overall_quality" and f["predictors"] == "P-E")
    terms = {t["name"]: t for t in fit["terms"]}
    assert fit["n"] == 207
    assert fit["r2"] == pytest.approx(0.2643288, abs=5e-8)
    assert (terms["convenience"]["b"], terms["convenience"]["se"]) == pytest.approx((0.2362537, 0.0679148), abs=5e-8)
    assert (terms["convenience"]["share"], terms["tangibles"]["share"]) == pytest.approx((0.29286, 0.25008), abs=5e-6)
    assert sum(t["share"] for t in fit["terms"]) == pytest.approx(1)


def test_kiosk_asymmetry_as_in_r(kiosk_result):
    curve = next(c for c in kiosk_result["asymmetry"] if c["outcome"] == "overall_quality")
    assert (curve["slope_below"], curve["slope_above"]) == pytest.approx((0.5595283, 0.9824490), abs=5e-8)
    assert curve["n_above"] <= 14 and curve["n_below"] + curve["n_at"] + curve["n_above"] == 207
    assert (curve["status"], curve["lambda"]) == ("too_few", None)


def test_unmeasured_gaps_have_rows_that_say_so(kiosk_result):
    for gap in (1, 2, 3, 4):
        (row,) = rows(kiosk_result, gap=gap, dimension=None, item=None)
        assert (row["withheld"], row["mean"], row["low"]) == ("not_measured", None, None)


def test_plain_values():
    assert result.plain(math.nan) is None and result.plain(math.inf) is None and result.plain(Withheld("x")) is None
    assert result.plain(np.float64(0.1)) == 0.1 and result.plain(np.int8(3)) == 3 and result.plain(np.bool_(True)) is True
    assert result.plain({"a": (1, math.nan)}) == {"a": [1, None]}


def test_records_write_missing_as_null_and_counts_as_whole_numbers():
    frame = pd.DataFrame(
        {"item": [1.0, np.nan], "n": [3.0, 4.0], "mean": [0.5, np.nan], "unit": ["a", None], "withheld": ["", "no_answers"]}
    )
    assert result.records(frame) == [
        {"item": 1, "n": 3, "mean": 0.5, "unit": "a", "withheld": None},
        {"item": None, "n": 4, "mean": None, "unit": None, "withheld": "no_answers"},
    ]


def test_only_the_outcomes_asked_for_are_explained(kiosk):
    study = read_study(kiosk, kiosk.name).study
    analysed = analysis.analyse(study, explain=("satisfaction",), resamples=20)
    assert {f.outcome for f in analysed.drivers} == {c.outcome for c in analysed.asymmetry} == {"satisfaction"}
    headline = analysis.analyse(study, explain=analysis.HEADLINE, resamples=20)
    assert {f.outcome for f in headline.drivers} == {"overall_quality"}
    assert headline.findings == analysis.analyse(study, resamples=20).findings
    with pytest.raises(ValueError, match="no outcome"):
        analysis.analyse(study, explain=("joy",), resamples=20)


@pytest.mark.parametrize("units", [12, 2, 1])
def test_the_expert_pieces_are_in_the_file_and_can_be_said(units):
    """Every piece by name, with reasons where something is withheld; each says its sentences in both languages."""
    from gaps.deeper import PIECES
    from gaps.findings.expert import sections

    study = read_study(ROOT / "data" / "sample.xlsx").study
    analysed = analysis.analyse(study, Selection(units=study.units[:units]), resamples=100)
    told = json.loads(result.dumps(result.document(analysed, ())))["deeper"]
    assert [*told] == ["outcome", *PIECES]
    assert told["differences"]["effects"]["frame"]
    assert told["five_gaps"] == {"withheld": "internal"} or told["five_gaps"]["headline"]
    for language in LANGUAGES:
        for heading, sentences in sections(analysed.deeper(), Words(language)):
            assert heading
            assert all(sentences)
            assert not any("{" in s or "nan" in s.lower().split() for s in sentences)


def test_a_study_without_outcome_says_so_in_each_piece():
    study = random_study(n=40, seed=4).with_(outcomes={})
    analysed = analysis.analyse(study, resamples=50)
    told = result.expert(analysed.deeper())
    assert told["outcome"] is None
    assert told["driver_checks"] == told["priorities"] == told["asymmetry"] == {"withheld": "no_outcome"}
    assert "deeper" not in result.document(analysed, (), deeper=False)
