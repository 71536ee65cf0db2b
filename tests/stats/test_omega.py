"""Omega: closed form, lavaan, what is withheld, coverage."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.stats.omega import error_interval, omega, omegas
from tests.oracles.validity import ATTITUDE, ATTITUDE_ROWS, HOLZINGER, exact, full
from tests.scoring.build import random_study, study
from tests.simulate.validity_designs import draw


@pytest.mark.parametrize("first", [0, 3, 6])
def test_three_items_give_the_closed_form(first):
    s = full(HOLZINGER["covariance"])[first : first + 3, first : first + 3]
    loading = np.sqrt([s[0, 1] * s[0, 2] / s[1, 2], s[0, 1] * s[1, 2] / s[0, 2], s[0, 2] * s[1, 2] / s[0, 1]])
    closed = loading.sum() ** 2 / (loading.sum() ** 2 + (np.diag(s) - loading**2).sum())
    found = omega(exact(s, HOLZINGER["n"])).omega
    assert found == pytest.approx(closed, abs=1e-7)
    assert found == pytest.approx(HOLZINGER["omega"][first // 3], abs=5e-5)


def test_attitude_as_lavaan_computes_it():
    found = omega(ATTITUDE_ROWS)
    assert found.omega == pytest.approx(ATTITUDE["omega"], abs=1e-6)
    # the interval rests on the same standard error (to its three digits; n - 1 under the root)
    low, high = error_interval(ATTITUDE["omega"], ATTITUDE["omega_se"], 30, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.004)


def test_equal_loadings_make_omega_alpha():
    s = np.full((4, 4), 0.5) + np.eye(4) * 0.5
    assert omega(exact(s, 60)).omega == pytest.approx(4 * 0.5 / (1 + 3 * 0.5), abs=1e-7)


def test_units_count_as_they_do_in_the_score():
    s = np.diag([1.0, 2, 3]) @ (np.full((3, 3), 0.5) + np.eye(3) * 0.5) @ np.diag([1.0, 2, 3])
    common, unique = (np.sqrt(0.5) * 6) ** 2, 0.5 * 14
    assert omega(exact(s, 60)).omega == pytest.approx(common / (common + unique), abs=1e-7)


def numbers(seed, n, k):
    return np.random.default_rng(seed).integers(1, 8, (n, k)).astype(float)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (numbers(0, 50, 1), "one_item"),
        (numbers(0, 50, 2), "two_items"),
        (numbers(0, 19, 4), "too_few"),
        (np.c_[numbers(0, 50, 3), np.full(50, 7.0)], "constant_item"),
        (np.full((50, 4), 7.0), "no_variation"),
        (exact(np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]]), 50), "heywood"),
        (np.repeat(numbers(0, 50, 1), 3, axis=1), "singular"),
    ],
)
def test_what_is_withheld(x, reason):
    found = omega(x)
    assert found.withheld == reason
    assert np.isnan([found.omega, found.low, found.high]).all()


def test_rows_per_battery_and_dimension():
    frame = omegas(random_study(seed=1, n=300)).frame
    assert set(frame["battery"]) == {"E", "P", "M", "S", "V", "C", "gap"}
    assert set(frame.columns) <= set(GLOSSARY)
    assert (frame.loc[frame["dimension"] == "b", "withheld"] == "two_items").all()
    assert (frame["omega"].isna() == (frame["withheld"] != "")).all()


def test_people_are_left_out_of_the_dimension_they_did_not_complete():
    x = draw(np.random.default_rng(3), 80, "perception", loadings=np.full(6, 0.7), factor=np.repeat([0, 1], 3))
    x[:10, 0] = np.nan
    frame = omegas(study({"a": 3, "b": 3}, P=x)).frame
    assert frame["n"].tolist() == [70, 80]
    assert frame["omega"][0] == pytest.approx(omega(x[10:, :3]).omega)


def test_the_interval_covers_omega_with_answers_from_one_to_seven():
    loadings, one = np.array([0.8, 0.7, 0.6, 0.75, 0.65]), np.zeros(5, int)
    truth = omega(draw(np.random.default_rng(0), 200_000, "expectation", loadings=loadings, factor=one)).omega
    rng, times, inside = np.random.default_rng(4), 300, 0
    for _ in range(times):
        found = omega(draw(rng, 100, "expectation", loadings=loadings, factor=one))
        inside += found.low <= truth <= found.high
    assert inside / times == pytest.approx(0.95, abs=0.05)
