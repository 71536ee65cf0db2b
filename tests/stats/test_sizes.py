"""Sizes against published tables and R, and what must hold for every survey."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.model import Withheld
from gaps.stats import sizes
from gaps.stats.sizes import Frame


@pytest.mark.parametrize(
    ("sd", "e", "population", "expected"),
    [(1.2, 0.2, None, 138.3), (1.2, 0.2, 300, 94.9), (1.2, 0.2, 1000, 121.6), (1.5, 0.1, None, 864.4)],
)
def test_the_textbook_numbers(sd, e, population, expected):
    # methods 7.8; 1.96 instead of 1.959964 gives 864.36
    assert sizes.textbook(sd, e, population=population) == pytest.approx(expected, abs=0.08)


@pytest.mark.parametrize(
    ("population", "size"), [(100, 80), (220, 140), (500, 217), (1200, 291), (1500, 306), (2800, 338), (9000, 368), (1, 1), (10, 10)]
)
def test_krejcie_and_morgan(population, size):
    """The printed table (Krejcie & Morgan 1970, Educ. Psychol. Meas. 30: 607-610); its first row is 10 of 10."""
    assert sizes.krejcie_morgan(population) == size


def test_a_share_is_the_same_formula_rounded_up():
    for population in (100, 220, 500, 1200, 1500, 2800, 9000):
        found = sizes.for_proportion(0.05, 0.5, Frame(population=population))
        assert found.needed == math.ceil(found.textbook)
        assert abs(found.needed - sizes.krejcie_morgan(population)) <= 1
    assert sizes.for_proportion(0.05).needed == 385  # 384.1


def test_a_mean_needs_t():
    # R: qt(.975, n - 1) * s / sqrt(n): s 1.2: n 140 .2005224, 141 .1997976; s 1.5: 866 .1000434, 867 .0999855
    assert sizes.half_width(1.2, 140) == pytest.approx(0.2005224199, abs=1e-9)
    assert sizes.for_mean(1.2, 0.2).needed == 141
    assert sizes.for_mean(1.5, 0.1).needed == 867
    assert sizes.for_mean(1.5, 0.1).half_width == pytest.approx(0.09998554145, abs=1e-10)


@pytest.mark.parametrize(
    ("change", "sd", "power", "confidence", "exact"),
    [
        (0.2, 1.2, 0.8, 0.95, 566.0813066),
        (0.3, 1.2, 0.8, 0.95, 252.1281161),
        (0.5, 1.0, 0.8, 0.95, 63.76576371),
        (0.4, 0.9, 0.8, 0.95, 80.44162848),
        (0.3, 1.2, 0.9, 0.99, 477.802065),
    ],
)
def test_a_change_as_power_t_test(change, sd, power, confidence, exact):
    """R 4.2.2: power.t.test(delta =, sd =, power =, sig.level = 1 - confidence)$n."""
    assert sizes.for_change(change, (sd, sd), power=power, confidence=confidence).needed == math.ceil(exact)
    assert sizes.power_of_change(change, (sd, sd), (exact, exact), confidence=confidence) == pytest.approx(power, abs=1e-8)


def test_power_and_what_can_be_seen_as_power_t_test():
    # R 4.2.2: power.t.test(n = 5, delta = 1, sd = 1)$power; n = 100, delta = .3, sd = 1.2
    assert sizes.power_of_change(1, (1, 1), (5, 5)) == pytest.approx(0.2859275977, abs=1e-8)
    assert sizes.power_of_change(0.3, (1.2, 1.2), (100, 100)) == pytest.approx(0.4204383294, abs=1e-8)
    # power.t.test(n = 250, sd = 1.2, power = .8)$delta; n = 12, sd = .8, power = .9
    assert sizes.detectable_change((1.2, 1.2), (250, 250)) == pytest.approx(0.3012788519, abs=1e-6)
    assert sizes.detectable_change((0.8, 0.8), (12, 12), power=0.9) == pytest.approx(1.108156786, abs=1e-4)  # to the tolerance of uniroot
    assert sizes.detectable_change((1, 1), (1, 50)) == math.inf


def test_six_managers():
    """Methods 2.4: n 6 sd .55 against n 120 sd .72: se .23396, 5.89 df, half-width .575."""
    assert sizes.half_width_of_difference((0.55, 0.72), (6, 120)) == pytest.approx(0.575, abs=5e-4)
    stuck = sizes.for_difference((0.55, 0.72), 0.3, first=6)
    assert isinstance(stuck, Withheld)
    assert stuck.reason == "first_too_few"
    assert stuck.values["half_width"] == pytest.approx(2.5706 * 0.55 / math.sqrt(6), abs=2e-3)  # t with 5 df


def test_two_groups_are_divided_by_their_spreads():
    best = sizes.for_difference((0.6, 1.2), 0.1)
    assert best.second / best.first == pytest.approx(2, abs=0.01)
    equal = sizes.for_difference((0.6, 1.2), 0.1, ratio=1)
    assert equal.first == pytest.approx(equal.second, abs=1)
    assert best.first + best.second < equal.first + equal.second
    dear = sizes.for_difference((0.6, 1.2), 0.1, cost=4)
    assert dear.second / dear.first == pytest.approx(4, abs=0.03)
    n1, n2 = best.first, best.second
    assert 0.6**2 / n1 + 1.2**2 / n2 == pytest.approx((0.1 / 1.963) ** 2, rel=0.01)  # n = s1 (s1 + s2) / V


def test_a_given_first_group():
    given = sizes.for_difference((0.55, 0.72), 0.3, first=20)
    assert given.first == 20
    assert sizes.half_width_of_difference((0.55, 0.72), (20, given.second)) <= 0.3
    assert sizes.half_width_of_difference((0.55, 0.72), (20, given.second - 1)) > 0.3


def test_a_census_has_no_sampling_error():
    whole = Frame(population=40)
    assert sizes.half_width(1.0, 40, whole) == 0
    census = sizes.for_difference((0.5, 1.0), 0.2, (whole, sizes.ANYBODY), first=40)
    alone = sizes.for_mean(1.0, 0.2)
    assert census.second == pytest.approx(alone.needed, abs=1)


def test_the_design_effect_of_people_in_units():
    """Methods 2.4: ICC .05, 30 per unit: 2.45; the two-stage variance with very many units is that, times s²/n."""
    frame = Frame(icc=0.05, units=20, units_total=10**9)
    assert frame.variance(600) * 600 == pytest.approx(2.45, abs=1e-6)
    every = Frame(icc=0.05, units=20, units_total=20)
    assert every.variance(600) * 600 == 1


def test_units_that_cannot_carry_the_precision():
    few = sizes.for_mean(1.2, 0.1, Frame(icc=0.2, units=20, units_total=500))
    assert few.reason == "units_too_few"
    assert few.values["half_width"] == pytest.approx(2.0930 * 1.2 * math.sqrt(0.2 / 20 * (1 - 20 / 500)), abs=1e-3)  # t with 19 df
    assert few.values["half_width"] > 0.1


def test_too_few_people():
    found = sizes.for_mean(1.2, 0.1, Frame(population=200, response_rate=0.4))
    assert found.reason == "people_too_few"
    assert found.values["people"] == 80
    assert found.values["half_width"] == pytest.approx(sizes.half_width(1.2, 80, Frame(population=200)), abs=1e-12)


def test_invitations():
    assert sizes.for_mean(1.2, 0.2, Frame(response_rate=0.3)).invited == math.ceil(141 / 0.3)
    assert Frame(population=300, response_rate=0.5).invited(100) == 200
    assert Frame(population=150, response_rate=0.5).invited(75) == 150


def test_the_past_wave_limits_the_next():
    found = sizes.for_change(0.1, (1.2, 1.2), before=300)
    assert found.reason == "before_too_few"
    assert found.values["power"] < 0.8
    assert sizes.for_change(0.3, (1.2, 1.2), before=252).needed == pytest.approx(252, abs=2)
    more = sizes.for_change(0.3, (1.2, 1.2), before=600).needed
    assert sizes.power_of_change(0.3, (1.2, 1.2), (600, more)) >= 0.8 > sizes.power_of_change(0.3, (1.2, 1.2), (600, more - 1))


def test_a_design_effect_multiplies():
    assert sizes.for_change(0.3, (1.2, 1.2), frame=Frame(design_effect=2)).needed == pytest.approx(2 * 253, abs=2)
    assert sizes.for_mean(1.2, 0.1, Frame(design_effect=1.5)).needed == pytest.approx(1.5 * sizes.for_mean(1.2, 0.1).needed, rel=0.01)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(8, 207, 0.01971105335, 0.07439500592), (0, 40, 0, 0.0876216012), (503, 1929, 0.2416533970, 0.2808113164)],
)
def test_wilson(count, n, low, high):
    """R 4.2.2: prop.test(count, n, correct = FALSE)$conf.int."""
    assert sizes.wilson(count, n) == pytest.approx((low, high), abs=1e-9)


def test_both_sides():
    found = sizes.for_sides(207, 190, 12)
    assert (found.side, found.now) == ("above", 12)
    assert found.expected == math.ceil(30 * 207 / 12)
    assert found.expected_low == math.ceil(30 / found.high)
    assert found.expected_high == math.ceil(30 / found.low)
    # R: qnbinom(.8, 30, 503/1929) + 30
    assert sizes.for_sides(1929, 1400, 503).probable == 130
    assert sizes.for_sides(1000, 800, 58).probable == 592  # R: qnbinom(.8, 30, .058) + 30
    none = sizes.for_sides(100, 90, 0)
    assert none.expected == math.inf
    assert none.expected_low == math.ceil(30 / none.high)
    assert sizes.for_sides(0, 0, 0) == Withheld("no_answers")
    assert sizes.for_sides(100, 4, 90).side == "below"


@settings(max_examples=60, deadline=None)
@given(st.floats(0.2, 3), st.floats(0.02, 1), st.one_of(st.none(), st.integers(30, 5000)), st.floats(0.5, 3))
def test_the_smallest_number_that_keeps_the_promise(sd, e, population, effect):
    frame = Frame(population=population, design_effect=effect)
    found = sizes.for_mean(sd, e, frame)
    if isinstance(found, Withheld):
        assert population is not None
        return
    assert found.half_width <= e * (1 + 1e-9)
    assert found.needed == 2 or sizes.half_width(sd, found.needed - 1, frame) > e
    assert population is None or found.needed <= population
    assert found.needed >= math.floor(min(found.textbook, effect * found.textbook)) - 1


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 2), st.floats(0.2, 2), st.floats(0.05, 0.8), st.one_of(st.none(), st.integers(50, 2000)))
def test_two_groups_keep_the_promise(sd1, sd2, e, population):
    frames = (Frame(population=population), sizes.ANYBODY)
    found = sizes.for_difference((sd1, sd2), e, frames)
    assert found.half_width <= e * (1 + 1e-9)
    assert population is None or found.first <= population
    scaled = sizes.for_difference((10 * sd1, 10 * sd2), 10 * e, frames)
    both = [(one.first, one.second) for one in (scaled, found)]
    assert both[0] == both[1] or (sd1 == pytest.approx(sd2) and both[0] == both[1][::-1])  # whose is larger may hang on a rounding


@pytest.mark.parametrize(
    "call",
    [
        lambda: sizes.for_mean(0, 0.2),
        lambda: sizes.for_mean(1, -0.2),
        lambda: sizes.for_mean(1, 0.2, confidence=1.0),
        lambda: sizes.for_proportion(0.05, 1.0),
        lambda: sizes.for_change(0.3, (1, 1), power=1.0),
        lambda: sizes.for_change(0.0, (1, 1)),
        lambda: sizes.for_difference((1, 1), 0.2, first=5, ratio=2),
        lambda: sizes.for_sides(10, 8, 5),
        lambda: sizes.krejcie_morgan(0),
        lambda: Frame(population=1),
        lambda: Frame(response_rate=0),
        lambda: Frame(icc=1.0),
        lambda: Frame(units=5, units_total=4),
        lambda: Frame(design_effect=0),
        lambda: Frame(units=0),
    ],
)
def test_a_callers_mistake(call):
    with pytest.raises(ValueError, match=r"\d"):
        call()


def test_how_little_a_small_sample_knows_its_spread():
    """R: (n - 1) / qchisq(c(.975, .025), n - 1)."""
    assert sizes.spread_range(30) == pytest.approx((0.634264003, 1.807183301), abs=1e-8)
    assert sizes.spread_range(1) == (0.0, math.inf)
