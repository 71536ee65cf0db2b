"""The index 0 to 100: published figures and its ends."""

import numpy as np
import pytest

from gaps.indices.models import ECSI
from gaps.indices.path_model import path_model
from gaps.indices.satisfaction_index import index_weights, satisfaction_index
from gaps.model import Scale, Withheld

TEN = [Scale(1, 10)] * 3
OHIO = [0.3885, 0.3190, 0.2925]  # American Customer Satisfaction Index, State of Ohio, as published
MEANS = [8.2, 7.6, 7.4]


def test_published_weights():
    # T33: computed for the reference from these weights and means
    assert satisfaction_index(MEANS, OHIO, TEN) == pytest.approx(75.273333, abs=1e-4)
    assert satisfaction_index(MEANS, [1, 1, 1], TEN) == pytest.approx(74.814815, abs=1e-4)
    assert satisfaction_index(MEANS, [1, 1, 1], TEN) == pytest.approx((sum(MEANS) - 3) / 27 * 100)  # the unweighted approximation


def test_mobi_s_index(mobi):
    # T33, computed for the reference: weights .394838 .279144 .326018 (the first is printed as .394818 there, with which they would not
    # sum to 1), mean 72.5428, sd 14.3489, mean of the plain item means 71.9704
    fit = path_model(mobi, ECSI, scheme="centroid", resamples=0)
    row = fit.constructs.set_index("construct").loc["satisfaction"]
    weights = fit.indicators.loc[fit.indicators["construct"] == "satisfaction", "index_weight"]
    assert weights.to_numpy() == pytest.approx([0.394838, 0.279144, 0.326018], abs=1e-6)
    assert (fit.index, row["index_sd"]) == pytest.approx((72.5428, 14.3489), abs=1e-4)
    satisfied = mobi[["CUSA1", "CUSA2", "CUSA3"]]
    assert satisfaction_index(satisfied.mean(), weights, TEN) == pytest.approx(fit.index)
    assert satisfaction_index(satisfied.mean(), [1, 1, 1], TEN) == pytest.approx(71.9704, abs=1e-4)


def test_the_ends_are_0_and_100_whatever_the_weights():
    scales = [Scale(1, 10), Scale(0, 1), Scale(1, 5)]
    for weights in ([1, 1, 1], [0.2, 3, 0], [5, 0.1, 7]):
        assert satisfaction_index([1, 0, 1], weights, scales) == pytest.approx(0)
        assert satisfaction_index([10, 1, 5], weights, scales) == pytest.approx(100)
        assert satisfaction_index([5.5, 0.5, 3], weights, scales) == pytest.approx(50)


def test_weights_of_the_answers():
    assert index_weights(np.array([0.4, 0.6]), np.array([2.0, 1.0])) == pytest.approx([0.25, 0.75])


def test_what_is_withheld():
    assert satisfaction_index(MEANS, [0.5, -0.1, 0.6], TEN) == Withheld("negative_weight", {"items": (1,)})
    assert satisfaction_index([8, 11, 7], OHIO, TEN) == Withheld("outside_scale", {"items": (1,)})


@pytest.mark.parametrize(
    ("means", "weights", "scales"),
    [([], [], []), (MEANS, OHIO, TEN[:2]), ([8, np.nan, 7], OHIO, TEN), (MEANS, [0, 0, 0], TEN)],
)
def test_a_caller_s_mistake(means, weights, scales):
    with pytest.raises(ValueError):
        satisfaction_index(means, weights, scales)
