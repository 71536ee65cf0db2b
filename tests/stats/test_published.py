"""Printed tables that contradict themselves."""

import pytest

from gaps.stats.published import PrintedGap, check_printed, implied_correlation
from tests.oracles.scoring import HOSPITAL, HOSPITAL_N, RESTAURANT, RESTAURANT_N

# PMC6131925, table 2: expectation and perception beside the gaps
LEVELS = {
    "tangibles": (4.44, 4.19),
    "reliability": (4.49, 4.36),
    "responsiveness": (4.48, 4.35),
    "assurance": (4.50, 4.32),
    "empathy": (4.56, 4.40),
}


def printed(name, gap, low, high, t):
    return PrintedGap(name, gap, *LEVELS[name], low=low, high=high, t=t)


def test_only_assurance_is_misprinted():
    found = check_printed([printed(name, *row) for name, row in HOSPITAL.items()], HOSPITAL_N)
    assert [(f.name, f.code) for f in found] == [("assurance", "t_and_interval")]
    assert (found[0].printed, found[0].implied) == (-4.87, pytest.approx(-7.08, abs=0.01))


def test_the_restaurant_table_is_consistent():
    rows = [PrintedGap(str(k), gap, e, p, sd=sd, t=t) for k, (p, e, gap, sd, t, _) in enumerate(RESTAURANT)]
    assert check_printed(rows, RESTAURANT_N, digits=3) == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (PrintedGap("x", -0.25, expected=4.44, perceived=4.29), "gap_is_not_the_difference"),
        (PrintedGap("x", 0.25, expected=4.44, perceived=4.19), "gap_is_not_the_difference"),
        (PrintedGap("x", -0.25, low=-0.20, high=-0.10), "gap_outside"),
        (PrintedGap("x", -0.50, sd=0.65, t=-9.50), "t_and_sd"),
        (PrintedGap("x", -0.50, sd=0.20, sd_expected=0.40, sd_perceived=0.70), "correlation_impossible"),
        (PrintedGap("x", -0.50, sd=1.20, sd_expected=0.40, sd_perceived=0.70), "correlation_impossible"),
        (PrintedGap("x", -0.50, low=-0.90, high=-0.10, sd_expected=0.40, sd_perceived=0.70), "correlation_impossible"),  # sd 1.42
        (PrintedGap("x", -0.10, t=-0.50, sd_expected=0.40, sd_perceived=0.70), "correlation_impossible"),  # sd 1.43
    ],
)
def test_each_contradiction(row, code):
    assert [f.code for f in check_printed([row], 51)] == [code]


def test_rounding_is_no_contradiction():
    assert (
        check_printed([PrintedGap("x", -0.88, expected=4.93, perceived=4.05), PrintedGap("y", -0.97, expected=4.87, perceived=3.89)], 30)
        == ()
    )
    assert check_printed([PrintedGap("x", 0.00, sd=0.60, t=0.00)], 30) == ()


def test_one_respondent_has_no_t():
    with pytest.raises(ValueError, match="two"):
        check_printed([], 1)


def test_the_correlation_that_a_printed_row_implies():
    """By hand: .4² + .6² - .5² = .27, over 2 x .4 x .6 = .48, is .5625."""
    row = PrintedGap("x", -0.50, sd=0.50, sd_expected=0.40, sd_perceived=0.60)
    low, high = implied_correlation(row, 51, digits=6)
    assert (low, high) == (pytest.approx(0.5625, abs=1e-4), pytest.approx(0.5625, abs=1e-4)) and low < high
    wide = implied_correlation(row, 51, digits=1)
    assert wide[0] < low < high < wide[1]
    # 2 x .5 / sqrt(51) x t(50) = 2.0086: the same from an interval, and from t = gap / (.5 / sqrt(51))
    half = 2.008559 * 0.5 / 51**0.5
    by_interval = PrintedGap("x", -0.5, low=-0.5 - half, high=-0.5 + half, sd_expected=0.40, sd_perceived=0.60)
    by_t = PrintedGap("x", -0.5, t=-(51**0.5), sd_expected=0.40, sd_perceived=0.60)
    for other in (by_interval, by_t):
        assert implied_correlation(other, 51, digits=6) == pytest.approx((0.5625, 0.5625), abs=1e-3)
    assert implied_correlation(PrintedGap("x", -0.5, sd=0.5, sd_expected=0.4), 51) is None
    assert implied_correlation(PrintedGap("x", -0.5, sd_expected=0.4, sd_perceived=0.6), 51) is None
    assert implied_correlation(PrintedGap("x", -0.5, sd=0.5, sd_expected=0.0, sd_perceived=0.6), 51) is None
