"""Factor models against lavaan, by hand, and what is withheld."""

import time

import numpy as np
import pytest

from gaps.model import Withheld
from gaps.stats import factor_model
from gaps.stats.factor_model import composite_reliability, fit_model, indices, noncentrality_limits, solve, swain
from tests.oracles.validity import ATTITUDE, ATTITUDE_ROWS, HOLZINGER, exact, full
from tests.simulate.validity_designs import DIMENSION, draw

PUPILS = exact(full(HOLZINGER["covariance"]), HOLZINGER["n"])
THREE = ["v"] * 3 + ["t"] * 3 + ["s"] * 3


@pytest.fixture(scope="module")
def three():
    return fit_model(PUPILS, range(1, 10), THREE)


def test_holzinger_as_lavaan_prints_it(three):
    for name, value in HOLZINGER["fit"].items():
        found = three.srmr if name == "srmr" else getattr(three.plain, name)
        assert found == pytest.approx(value, abs=2e-7, rel=1e-6), name
    assert three.loadings["loading"].tolist() == pytest.approx(HOLZINGER["loadings"], abs=2e-6)
    assert three.correlations["r"].tolist() == pytest.approx(HOLZINGER["correlations"], abs=2e-6)
    assert three.correlations[["dimension", "other"]].to_numpy().tolist() == [["v", "t"], ["v", "s"], ["t", "s"]]


def test_holzinger_as_one_factor():
    one = fit_model(PUPILS, range(1, 10), ["g"] * 9)
    for name, value in HOLZINGER["one"].items():
        assert (one.srmr if name == "srmr" else getattr(one.plain, name)) == pytest.approx(value, abs=6e-4), name


def test_the_omegas_that_semtools_prints_come_from_unstandardised_items(three):
    sd = np.sqrt(np.diag(full(HOLZINGER["covariance"])))
    loading = three.loadings["loading"].to_numpy()
    found = [composite_reliability((sd * loading)[k : k + 3], (sd**2 * (1 - loading**2))[k : k + 3]) for k in (0, 3, 6)]
    assert found == pytest.approx(HOLZINGER["omega_three_factors"], abs=5e-5)


def test_composite_reliability_and_ave_by_hand(three):
    loading = np.array(HOLZINGER["loadings"][:3])
    row = three.dimensions.iloc[0]
    assert row["cr"] == pytest.approx(loading.sum() ** 2 / (loading.sum() ** 2 + 3 - (loading**2).sum()), abs=1e-5)
    assert row["ave"] == pytest.approx((loading**2).mean(), abs=1e-5)


def test_allowing_for_answers_that_are_not_normal_as_lavaan_does():
    model = fit_model(ATTITUDE_ROWS, range(1, 8), ["g"] * 7)
    for which in ("plain", "robust"):
        for name, value in ATTITUDE[which].items():
            assert getattr(getattr(model, which), name) == pytest.approx(value, abs=1e-6, rel=1e-6), (which, name)
    assert (model.scaling, model.srmr) == pytest.approx((ATTITUDE["scaling"], ATTITUDE["srmr"]), rel=1e-6)
    assert model.loadings[["loading", "low", "high"]].to_numpy() == pytest.approx(np.array(ATTITUDE["loadings"]), abs=6e-4)


def test_the_small_sample_correction_by_hand():
    # p 9, df 24: q = (sqrt(1 + 360 - 192) - 1) / 2 = 6; 1 - (9 * 188 - 6 * 89) / (12 * 24 * 301)
    assert swain(9, 24, 301) == pytest.approx(1 - (9 * 188 - 6 * 89) / (12 * 24 * 301))


def test_the_fit_to_go_by_is_robust_and_corrected(three):
    assert three.fit.chi2 == pytest.approx(three.plain.chi2 * swain(9, 24, 301) / three.scaling)
    assert three.fit.rmsea < three.robust.rmsea


def test_an_impossible_uniqueness_is_withheld():
    # lavaan warns: "some estimated ov variances are negative"; raises (item 5) has -.299
    found = fit_model(ATTITUDE_ROWS, range(1, 8), ["a"] * 4 + ["b"] * 3)
    assert found == Withheld("heywood", {"items": (5,)})


def test_factors_that_are_one_are_withheld():
    rng = np.random.default_rng(5)
    found = [
        fit_model(0.7 * rng.normal(size=(400, 1)) + 0.7 * rng.normal(size=(400, 8)), range(8), ["a"] * 4 + ["b"] * 4) for _ in range(12)
    ]
    apart = [f for f in found if isinstance(f, Withheld)]
    assert apart and {f.reason for f in apart} == {"factors_not_apart"}
    assert all(f.values["dimensions"] == ("a", "b") and f.values["r"] >= 1 for f in apart)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.random.default_rng(0).normal(size=(6, 6)), "singular"),
        (np.repeat(np.random.default_rng(0).normal(size=(50, 3)), 2, axis=1), "singular"),
        (np.c_[np.random.default_rng(0).normal(size=(50, 5)), np.ones(50)], "singular"),
    ],
)
def test_matrices_that_carry_nothing_are_withheld(x, reason):
    assert fit_model(x, range(6), ["a"] * 3 + ["b"] * 3).reason == reason


def test_two_lone_pairs_of_unrelated_items_are_not_identified():
    r = np.eye(4)
    r[0, 1] = r[1, 0] = r[2, 3] = r[3, 2] = 0.5
    assert solve(r, np.array([0, 0, 1, 1])).reason in ("not_identified", "not_converged", "heywood")


def test_the_derivatives_are_those_of_the_discrepancy():
    rng = np.random.default_rng(3)
    factor = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    r = np.corrcoef(rng.normal(size=(60, 8)) + rng.normal(size=(60, 1)), rowvar=False)
    at = np.concatenate([rng.uniform(0.4, 0.8, 8), [0.3, 0.5, 0.2], rng.uniform(0.4, 0.7, 8)])

    def value(parameters):
        return factor_model._point(r, factor, parameters)[0]

    def slope(parameters):
        return factor_model._derivatives(r, factor, parameters, factor_model._point(r, factor, parameters)[2])[0]

    steps = 1e-6 * np.eye(len(at))
    gradient, _, exact = factor_model._derivatives(r, factor, at, factor_model._point(r, factor, at)[2])
    assert gradient == pytest.approx(np.array([(value(at + h) - value(at - h)) / 2e-6 for h in steps]), abs=1e-6)
    assert exact == pytest.approx(np.array([(slope(at + h) - slope(at - h)) / 2e-6 for h in steps]), abs=1e-6)


def timed(x):
    """Processor seconds of a fit, and the fit."""
    start = time.process_time()
    found = fit_model(x, range(1, 23), DIMENSION)
    return time.process_time() - start, found


@pytest.mark.parametrize("seed", range(5))
def test_answers_without_any_structure_end_quickly(seed):
    """In no more time than fifty fits of answers that have one."""
    x = np.random.default_rng(seed).integers(1, 8, (200, 22))
    usual, _ = timed(draw(np.random.default_rng(seed), 200, "perception"))
    long, found = timed(x)
    assert long < 50 * usual
    assert isinstance(found, Withheld) or found.plain.chi2 >= 0


def test_a_perfect_matrix_gives_its_own_parameters_back():
    loading, factor = np.array([0.8, 0.7, 0.6, 0.9, 0.5, 0.7]), np.array([0, 0, 0, 1, 1, 1])
    pattern = np.eye(2)[factor] * loading[:, None]
    r = pattern @ np.array([[1, 0.4], [0.4, 1]]) @ pattern.T
    np.fill_diagonal(r, 1)
    found = solve(r, factor)
    assert found.loadings == pytest.approx(loading, abs=1e-6)
    assert found.correlations[0, 1] == pytest.approx(0.4, abs=1e-6)
    assert found.discrepancy == pytest.approx(0, abs=1e-10)
    assert found.df == 8


def test_units_and_the_order_of_items_and_people_change_nothing(three):
    order = [4, 0, 8, 2, 6, 1, 7, 3, 5]
    turned = fit_model((PUPILS * np.arange(1, 10) + 3)[::-1][:, order], [k + 1 for k in order], [THREE[k] for k in order])
    assert turned.fit.chi2 == pytest.approx(three.fit.chi2)
    assert turned.scaling == pytest.approx(three.scaling)
    back = turned.loadings.set_index("item")["loading"].sort_index()
    assert back.to_numpy() == pytest.approx(three.loadings["loading"].to_numpy(), abs=1e-6)


def test_an_item_turned_round_only_turns_its_loading():
    x = PUPILS.copy()
    x[:, 0] *= -1
    found = fit_model(x, range(1, 10), THREE)
    assert found.loadings["loading"][0] == pytest.approx(-HOLZINGER["loadings"][0], abs=1e-5)


def test_rmsea_limits_far_out_agree_with_those_near():
    # the two formulas for the noncentral chi-square meet at 10,000
    low, high = noncentrality_limits(10_240.0, 199, 0.90)
    assert low < 10_041 < high
    assert (high - low) / 2 == pytest.approx(1.645 * np.sqrt(2 * (199 + 2 * 10_041)), rel=0.01)
    near, far = noncentrality_limits(9_990.0, 199, 0.9)[1], noncentrality_limits(10_010.0, 199, 0.9)[1]
    assert far - near == pytest.approx(20, abs=1)


def test_a_model_without_degrees_of_freedom_has_no_indices():
    assert np.isnan(indices(0.0, 0, 100.0, 3, 50).cfi)


def test_many_respondents_cost_little_more_than_few_and_agree():
    x = draw(np.random.default_rng(1), 60_000, "perception")
    (long, many), (short, few) = timed(x), timed(x[:16_000])
    assert long < 8 * short  # 60 / 16 where all depended on their number
    assert many.scaling == pytest.approx(few.scaling, rel=0.01)
    assert many.loadings["loading"].to_numpy() == pytest.approx(few.loadings["loading"].to_numpy(), abs=0.03)


def test_a_true_model_raises_few_alarms():
    """200 people, answers 1 to 7 with two in five at the top; the full tables are in docs/simulations-validity.md."""
    rng, times = np.random.default_rng(8), 60
    fits = [fit_model(draw(rng, 200, "expectation"), range(1, 23), DIMENSION) for _ in range(times)]
    given = [f for f in fits if not isinstance(f, Withheld)]
    assert len(given) > 50
    assert np.mean([f.fit.rmsea > 0.06 for f in given]) == 0
    assert np.mean([f.fit.p < 0.05 for f in given]) < 0.20
    assert np.mean([f.plain.p < 0.05 for f in given]) > 0.30  # why the plain one is not the one to go by
    assert np.mean([(f.correlations["low"] < 0.6) & (f.correlations["high"] > 0.6) for f in given]) > 0.85
