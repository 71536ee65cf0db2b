"""The kiosk study's 211 real respondents, drawn: numbers known from R (issue 2), where the folder with the data is at hand."""

from pathlib import Path

import pytest

from gaps import charts
from gaps.analysis import Analysis, analyse
from gaps.i18n import Words
from gaps.importer import read_study

KIOSK = Path(__file__).parents[2] / ".." / "shared" / "data" / "kiosk" / "kiosk-study.xlsx"
pytestmark = pytest.mark.skipif(not KIOSK.parents[2].is_dir(), reason="the shared data are not on this machine")


@pytest.fixture(scope="module")
def kiosk() -> Analysis:
    return analyse(read_study(KIOSK).study, resamples=50)


def test_the_mean_gap_and_what_is_missing(kiosk):
    chart = charts.gaps_diagram(kiosk.gaps, kiosk.study, words=Words("en"))
    assert chart.title.startswith("Customers received 1.10 points less than they expected: −1.10")
    assert chart.alt.count("not measured") == 4


def test_security_is_widest_and_playfulness_level(kiosk):
    chart = charts.dumbbells(kiosk.gaps, kiosk.study, chances=kiosk.widest_dimension, words=Words("en"))
    assert chart.title == "Security is the widest shortfall: −1.71 (−1.90 to −1.52)"
    bars = [t for t in chart.figure.data if t.mode == "lines"]
    assert [b.line.dash for b in bars].count("dot") == 1
    playful = next(b for b in bars if b.line.dash == "dot")
    assert playful.x[1] - playful.x[0] == pytest.approx(0.0531401, abs=1e-6)


def test_loss_aversion_cannot_be_estimated(kiosk):
    chart = charts.asymmetry_curve(kiosk.asymmetry[0], kiosk.study, words=Words("en"))
    assert chart.title.endswith("only 13 of 207 customers received more than they expected")
    assert "+0.56" in chart.caption and "+0.98" not in chart.caption  # the fit has it (methods 4.6); 13 customers do not carry it
    assert kiosk.asymmetry[0].slope_above == pytest.approx(0.982449, abs=1e-6)
    assert "13 customers stand there, 30 are needed" in chart.caption


def test_no_driver_is_named(kiosk):
    fit = next(f for f in kiosk.drivers if f.outcome == "overall_quality" and f.predictors == "P-E")
    chart = charts.driver_shares(fit, kiosk.study, words=Words("en"))
    assert "the data cannot tell" in chart.title
    assert chart.figure.data[0].x[0] == pytest.approx(0.29286, abs=1e-4)  # convenience, from R
    assert chart.figure.data[0].customdata[0] == "convenience"
    assert "R² 0.26" in chart.caption
