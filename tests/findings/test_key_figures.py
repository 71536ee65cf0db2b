"""Key figures in words: number, interval, n, or why not."""

import pytest

from gaps.findings.key_figures import shown
from gaps.i18n import Words
from gaps.model import Withheld
from gaps.stats.key_figures import KeyFigure, KeyFigures

NAN = float("nan")
QUALITY = KeyFigure("quality", 6.83, 6.75, 6.91, 1929, {"outcome": "overall_quality", "min": 1.0, "max": 10.0})
SERVQUAL = KeyFigure("servqual", -0.563, -0.601, -0.524, 1976, {"weighted": -0.655})
SHARE = KeyFigure("share", 0.282, 0.262, 0.302, 1976, {"wanted": "E", "n_reached": 557})
CHANGE = KeyFigure("change", 0.059, -0.033, 0.151, 696, {"measure": "gap", "wave_before": "<b>1</b>", "wave": "2", "n_before": 664})


def told(*figures, language="en", outcome="overall_quality"):
    return [(s.label, s.value, s.interval, s.behind) for s in shown(KeyFigures(*figures), outcome, Words(language))]


def test_four_figures_as_they_are_read():
    assert told(QUALITY, SERVQUAL, SHARE, CHANGE) == [
        ("Overall quality", "6.83", "6.75 to 6.91", "n = 1,929, scale 1 to 10"),
        ("SERVQUAL score", "−0.56", "−0.60 to −0.52", "n = 1,976; weighted −0.66"),
        ("At or above expectation", "28 %", "26 % to 30 %", "of 1,976 customers"),
        ("Gap change since <b>1</b>", "+0.06", "−0.03 to +0.15, unclear", "n = 664, then 696"),
    ]


def test_a_change_that_can_be_told_is_not_called_unclear():
    clear = KeyFigure("change", 0.2, 0.1, 0.3, 696, CHANGE.values)
    assert told(QUALITY, SERVQUAL, SHARE, clear)[3][2] == "+0.10 to +0.30"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_few_have_no_interval(language):
    few = KeyFigure("servqual", -1.0, NAN, NAN, 3)
    _, value, interval, behind = told(QUALITY, few, SHARE, CHANGE, language=language)[1]
    assert (value, interval, behind) == ("−1.00", Words(language)("overview.few"), "n = 3")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "why",
    [Withheld("no_outcome"), Withheld("no_expectation"), Withheld("no_waves"), Withheld("one_wave"), Withheld("few", {"needed": 10}),
     Withheld("no_spread"), Withheld("confidential")],
)  # fmt: skip
def test_what_is_withheld_says_why(why, language):
    for label, value, reason, behind in told(why, why, why, why, language=language, outcome="satisfaction"):
        assert label and value == "–" and reason and behind == ""
    assert told(why, why, why, why, language="en", outcome="satisfaction")[0][0] == "Satisfaction"
