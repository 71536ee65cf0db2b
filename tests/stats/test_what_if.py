"""What-if predictions: by hand, against R, and where the model cannot carry them."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gaps.model import Battery, Role, Scale, Withheld
from gaps.stats.what_if import Move, Prediction, predict, what_if
from tests.scoring.build import people, study
from tests.simulate.asymmetry_designs import NAMES, Company, prediction_coverage, study_of

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "sandwich.toml").read_text())
KINKED = Company(kink="total", ratio=(2.0,) * 5, weights=(0.4, 2.0, 1.2, 0.8, 0.6))


def fitted(n=800, seed=0, company=KINKED, **changes):
    company = replace(company, **changes)
    y, e, p, unit = company.known(np.random.default_rng(seed), n)
    return what_if(study_of(y, e, p, unit), "overall_quality")


def one_dimension(y, e, p, scale=Scale(1, 10), **columns):
    made = study({"quality": 1}, {Role.CUSTOMERS: people(len(y), overall_quality=y, **columns)}, scale, E=e, P=p)
    return made.with_(outcomes={"overall_quality": Scale(1, 10)})


def codes(prediction):
    return {c.code for c in prediction.cautions}


@pytest.fixture(scope="module")
def mobi(shared):
    frame = pd.read_csv(shared / "data" / "mobi" / "mobi.csv").astype(float)
    return what_if(one_dimension(frame["CUSA1"], frame["CUEX1"], frame["PERQ1"]), "overall_quality")


def test_mobi_raised_perception(mobi):
    o, found = ORACLES["mobi_what_if"], predict(mobi, [Move("quality", 1.0)])
    assert (mobi.kind, mobi.kink, mobi.n_below, mobi.n_above) == ("total", True, 60, 108)
    assert (mobi.slope_below, mobi.slope_above) == pytest.approx((0.491515, 0.479486), abs=1e-6)  # the hinge of 4.3
    assert mobi.slope_above + mobi.expectation_slope == pytest.approx(0.579458, abs=1e-6)  # its d
    assert found.change == pytest.approx(o["up"][0])
    assert found.high - found.change == pytest.approx(o["t"] * o["up"][1])
    assert (found.n_capped, found.capped) == (o["capped"], {"quality": o["capped"]})
    assert found.after == pytest.approx(found.before + o["up"][0])
    assert found.df == 246 and "equal_weights" not in codes(found)


def test_mobi_lowered_expectation_is_no_remedy(mobi):
    o, found = ORACLES["mobi_what_if"], predict(mobi, [Move("quality", expectation=-1.0)])
    assert found.change == pytest.approx(o["down"][0])
    assert found.change - found.low == pytest.approx(o["t"] * o["down"][1])
    caution = next(c for c in found.cautions if c.code == "expectation_loss")
    # -s times the change of E plus d times it: the gap alone would promise a gain
    assert caution.values["given"] == pytest.approx(o["down"][0])
    assert caution.values["gap_only"] > 0.4


@pytest.mark.parametrize("kind", ["dimensions", "total"])
def test_by_hand(kind):
    """Nearly exact answers, so that the prediction is nearly the truth; with 100 customers the total's model."""
    company = replace(KINKED, weights=KINKED.weights if kind == "dimensions" else (1.0,) * 5)
    n = 400 if kind == "dimensions" else 100
    rng = np.random.default_rng(1)
    e, p, _, _ = company.opinions(rng, n)
    e, p = company.scores(rng, e, np.zeros(n, bool)), company.scores(rng, p, np.zeros(n, bool))
    y = company.quality(e, p) + 0.1 * rng.standard_normal(n)
    model = what_if(study_of(y, e, p), "overall_quality")
    assert model.kind == kind
    found = predict(model, [Move("reliability", 0.7), Move("empathy", 0.0, -0.4)])
    assert isinstance(found, Prediction)
    p2, e2 = p.copy(), e.copy()
    p2[:, 1], e2[:, 4] = np.minimum(p[:, 1] + 0.7, 7), np.maximum(e[:, 4] - 0.4, 1)
    truth = (company.quality(e2, p2) - company.quality(e, p)).mean()
    assert found.change == pytest.approx(truth, abs=0.03)
    assert found.low < truth < found.high
    assert found.n_capped == (p[:, 1] > 6.3 + 1e-9).sum()
    assert found.moved["reliability"][0] == pytest.approx((p2 - p)[:, 1].mean())
    assert found.moved["empathy"] == pytest.approx((0.0, -0.4))
    assert found.below_after == pytest.approx(((p2 - e2).mean(axis=1) < -1e-9).mean())
    assert ("equal_weights" in codes(found)) == (kind == "total")


def test_nothing_moved_is_no_change():
    found = predict(fitted(), [Move("reliability")])
    assert (found.change, found.low, found.high, found.moves, codes(found)) == (0, 0, 0, (), set())
    assert found.next_low < 0 < found.next_high


def test_a_move_of_all_is_the_slope():
    model = fitted(mean_p=3.0)  # all but nobody above: the whole move stays below, and nobody reaches the top
    found = predict(fitted(n=2000, mean_e=4.0, mean_p=4.0, slope=0.5), [Move(d, 0.1) for d in NAMES])
    assert not model.kink and "few_above" in {c.code for c in model.cautions}
    assert 0.1 * 0.5 < found.change < 0.1 * 1.0  # between the two slopes


def test_down_is_up_backwards_without_caps():
    model = fitted(mean_p=4.2, mean_e=4.2)
    up, down = predict(model, [Move("reliability", 1e-3)]), predict(model, [Move("reliability", -1e-3)])
    assert up.change == pytest.approx(-down.change, rel=1e-2)


def test_weights_of_one_and_order_change_nothing():
    y, e, p, _ = KINKED.known(np.random.default_rng(2), 500)
    order = np.random.default_rng(3).permutation(500)
    plain = study_of(y, e, p)
    weighted = plain.with_(respondents={Role.CUSTOMERS: plain.customers.assign(weight=3.0)})
    results = [
        predict(what_if(s, "overall_quality"), [Move("empathy", 0.5)]) for s in (plain, weighted, study_of(y[order], e[order], p[order]))
    ]
    assert all(
        (r.change, r.low, r.high, r.n_capped) == pytest.approx((results[0].change, results[0].low, results[0].high, results[0].n_capped))
        for r in results
    )


def test_a_weight_of_two_is_two_customers():
    y, e, p, _ = KINKED.known(np.random.default_rng(4), 300)
    times = np.random.default_rng(5).integers(1, 4, 300)
    single = study_of(y, e, p)
    weighted = what_if(single.with_(respondents={Role.CUSTOMERS: single.customers.assign(weight=times.astype(float))}), "overall_quality")
    several = what_if(study_of(*(np.repeat(v, times, axis=0) for v in (y, e, p))), "overall_quality")
    a, b = (predict(m, [Move("reliability", 0.5), Move("assurance", 0, -1)]) for m in (weighted, several))
    assert (a.change, a.before, a.below_after) == pytest.approx((b.change, b.before, b.below_after))
    assert a.n_capped < b.n_capped


@pytest.mark.parametrize(("units", "method"), [(0, "HC3"), (4, "HC3 within units"), (10, "CR2")])
def test_units(units, method):
    model = fitted(units=units, unit_outcome=1.0)
    found = predict(model, [Move("reliability", 0.5)])
    assert (model.method, found.method) == (method, method)
    assert ("few_units" in codes(found)) == (units == 4)
    assert (found.df < 20) == (units == 10)


def test_far_beyond_the_data_nothing_is_predicted():
    model = fitted(mean_p=3.2, mean_e=6.0)  # nearly everybody far below
    near, far = predict(model, [Move(d, 0.3) for d in NAMES]), predict(model, [Move(d, 3.5) for d in NAMES])
    assert isinstance(near, Prediction) and "few_above" in codes(near)
    assert far.reason == "beyond_data" and far.values["share"] > 0.5


def test_some_beyond_the_data_is_said():
    model = fitted(mean_p=5.0)
    found = predict(model, [Move("reliability", 1.4)])
    assert isinstance(found, Prediction)
    caution = next(c for c in found.cautions if c.code == "beyond_data")
    assert 0.1 < caution.values["share"] <= 0.5 and caution.values["what"] == "G" and caution.values["dimension"] == "reliability"


def test_a_slope_that_is_not_positive_predicts_nothing():
    model = fitted(weights=(0.4, -2.0, 1.2, 0.8, 0.6), ratio=(1.0,) * 5)
    found = predict(model, [Move("reliability", 0.5)])
    assert found.reason == "slope_not_positive" and found.values["change"] < 0 and found.values["dimensions"] == ("reliability",)
    both = predict(model, [Move("reliability", 0.5), Move("responsiveness", 1.5)])
    assert isinstance(both, Prediction) and "negative_slope" in codes(both)
    lower = predict(model, [Move("reliability", -0.5)])
    assert lower.reason == "slope_not_positive"


def test_a_change_that_may_be_none_is_said():
    found = predict(fitted(n=150, noise=2.0), [Move("tangibles", 0.5)])
    assert isinstance(found, Withheld) or ("not_told_from_zero" in codes(found) and not found.told_from_zero)


def test_everybody_at_the_top_leaves_nothing_to_move():
    y, e, p, _ = KINKED.known(np.random.default_rng(6), 500)
    p[:, 2] = 7
    model = what_if(study_of(y, e, p), "overall_quality")
    assert model.kind == "total"  # a perception that never varies has no weight of its own
    assert predict(model, [Move("responsiveness", 1)]).reason == "nothing_left"


def test_a_mean_beyond_the_scale_is_not_predicted():
    y, e, p, _ = KINKED.known(np.random.default_rng(7), 500)
    made = study_of(y, e, p).with_(outcomes={"overall_quality": Scale(-5, float(np.ceil(y.mean() * 10) / 10))})
    found = predict(what_if(made, "overall_quality"), [Move(d, 1.0) for d in NAMES])
    assert found.reason == "beyond_scale"


def test_dimensions_that_move_together_are_said_or_count_alike():
    y, e, p, _ = KINKED.known(np.random.default_rng(8), 600)
    twin = p.copy()
    twin[:, 3] = p[:, 1]
    same = what_if(study_of(y, e, twin), "overall_quality")
    assert same.kind == "total" and "equal_weights" in {c.code for c in same.cautions}
    twin[:, 3] = np.clip(p[:, 1] + 0.1 * np.random.default_rng(9).standard_normal(600), 1, 7)
    close = predict(what_if(study_of(y, e, twin), "overall_quality"), [Move("reliability", 0.5), Move("assurance", 0.5)])
    assert "collinear" in codes(close)


def test_perceptions_alone():
    y, e, p, _ = KINKED.known(np.random.default_rng(10), 400)
    made = study_of(y, e, p)
    alone = what_if(made.with_(answers={Battery.PERCEPTION: made.answers[Battery.PERCEPTION]}), "overall_quality")
    found = predict(alone, [Move("reliability", 0.5)])
    assert found.change > 0 and not found.kink and np.isnan(found.below_before)
    assert predict(alone, [Move("reliability", 0, -0.5)]).reason == "no_expectation"


def test_what_cannot_be_fitted():
    y, e, p, _ = KINKED.known(np.random.default_rng(11), 400)
    assert what_if(study_of(y[:29], e[:29], p[:29]), "overall_quality").reason == "too_few"
    for given in (study_of(y, e, p * np.nan), study_of(y, e * np.nan, p)):  # all said how good it is, nobody why
        assert what_if(given, "overall_quality") == Withheld("too_few", {"outcome": "overall_quality", "n": 0, "needed": 30})
    assert what_if(study_of(y * np.nan, e, p), "overall_quality").reason == "no_outcome"
    assert what_if(study_of(y * 0 + 3, e, p), "overall_quality").reason == "no_variation"
    assert what_if(study_of(p.mean(axis=1), e, p), "overall_quality").reason == "same_as_score"
    with pytest.raises(ValueError, match="no outcome"):
        what_if(study_of(y, e, p), "satisfaction")


@pytest.mark.parametrize(
    ("moves", "said"),
    [([Move("speed", 1)], "no such dimension"), ([Move("empathy", 1), Move("empathy", 2)], "once"), ([Move("empathy", np.nan)], "finite")],
)
def test_mistakes(moves, said):
    with pytest.raises(ValueError, match=said):
        predict(fitted(n=200), moves)


def test_missing_answers_leave_a_customer_out():
    y, e, p, _ = KINKED.known(np.random.default_rng(12), 400)
    y[0], e[1, 2], p[2, 3] = np.nan, np.nan, np.nan
    model = what_if(study_of(y, e, p), "overall_quality")
    assert (model.n, model.n_left_out) == (397, 3)


def test_intervals_hold_the_true_change_where_the_model_is_true():
    found = prediction_coverage(np.random.default_rng(13), KINKED, 300, 150, [Move("reliability", 0.5)], seen=True)
    assert found["inside"] == pytest.approx(0.95, abs=0.06) and found["next"] == pytest.approx(0.95, abs=0.06)
    assert found["predicted"] == pytest.approx(found["truth"], abs=0.015)
