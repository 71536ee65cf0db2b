"""HTMT against seminr's fixtures; bootstrap limits; what is withheld."""

import numpy as np
import pytest

from gaps.columns import GLOSSARY
from gaps.stats.htmt import RESAMPLED, heterotrait, linearised, ratios
from gaps.stats.reliability import alpha
from tests.oracles.validity import MOBI, exact, full
from tests.simulate.validity_designs import DIMENSION, draw

OWN = np.repeat(np.arange(4), MOBI["sizes"])
CORRELATION = full(MOBI["correlation"])


def test_mobi_as_seminr_computes_it():
    found = ratios(CORRELATION, np.eye(4)[OWN])[np.triu_indices(4, 1)]
    assert found == pytest.approx(MOBI["htmt"], abs=1e-6)
    table = heterotrait(exact(CORRELATION, MOBI["n"]), [f"d{k}" for k in OWN], resamples=50)
    assert table.frame["htmt"].tolist() == pytest.approx(MOBI["htmt"], abs=1e-6)


def test_mobi_s_standardised_alphas():
    x = exact(CORRELATION, MOBI["n"])  # items of unit variance: raw alpha is the standardised one
    assert [alpha(x[:, k == OWN]) for k in range(4)] == pytest.approx(MOBI["alpha_standardised"], abs=1e-9)


def test_by_hand():
    r = np.array([[1, 0.5, 0.3, 0.3], [0.5, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.72], [0.3, 0.3, 0.72, 1]])
    assert ratios(r, np.eye(2)[[0, 0, 1, 1]])[0, 1] == pytest.approx(0.3 / np.sqrt(0.5 * 0.72))


def test_the_limits_are_those_of_a_plain_bootstrap():
    x = draw(np.random.default_rng(1), 150, "perception")
    found = heterotrait(x, DIMENSION, resamples=1500, seed=3).frame
    member = np.eye(5)[[int(d[1]) for d in DIMENSION]]
    rng = np.random.default_rng(9)
    drawn = np.array([ratios(np.corrcoef(x[rng.integers(0, 150, 150)].T), member)[np.triu_indices(5, 1)] for _ in range(1500)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert found["low"].to_numpy() == pytest.approx(low, abs=0.03)
    assert found["high"].to_numpy() == pytest.approx(high, abs=0.03)
    assert set(found.columns) <= set(GLOSSARY)


@pytest.mark.parametrize(("psi", "state"), [(0.4, "apart"), (0.93, "close"), (1 - 1e-9, "alike")])
def test_states(psi, state):
    frame = heterotrait(draw(np.random.default_rng(1), 1500, "continuous", psi), DIMENSION, resamples=300).frame
    assert (frame["state"] == state).mean() >= 0.8


def test_the_state_goes_by_the_upper_limit_and_not_by_the_estimate():
    frame = heterotrait(draw(np.random.default_rng(1), 150, "perception", 0.8), DIMENSION, resamples=300).frame
    expected = np.select([frame["high"] < 0.85, frame["high"] >= 1], ["apart", "alike"], "close")
    assert frame["state"].tolist() == expected.tolist()
    assert ((frame["htmt"] < 0.85) & (frame["high"] >= 0.85)).any()


def test_the_seed_decides_the_limits_and_is_kept():
    x = draw(np.random.default_rng(1), 80, "perception")
    first, again, other = (heterotrait(x, DIMENSION, resamples=100, seed=s) for s in (1, 1, 2))
    assert first.frame.equals(again.frame) and not first.frame.equals(other.frame)
    assert (first.seed, first.resamples, first.n) == (1, 100, 80)


def test_what_is_withheld():
    x = draw(np.random.default_rng(1), 100, "perception")
    assert heterotrait(x[:49], DIMENSION).reason == "too_few"
    assert heterotrait(x, ["a"] * 22).reason == "one_dimension"
    turned = x.copy()
    turned[:, :2] = 8 - turned[:, :2]
    frame = heterotrait(turned, DIMENSION, resamples=100).frame
    assert frame.loc[frame["dimension"] == "d0", "withheld"].isin(["no_common_core", "unstable"]).all()
    assert (frame.loc[frame["dimension"] != "d0", "withheld"] == "").all()
    assert frame.loc[frame["withheld"] != "", ["low", "high"]].isna().all(axis=None)


def test_of_many_respondents_limits_are_as_wide_as_those_of_resamples():
    x = draw(np.random.default_rng(1), 5000, "perception")
    found = heterotrait(x, DIMENSION)
    assert found.resamples == 0
    width = (found.frame["high"] - found.frame["low"]).to_numpy()
    rng, member = np.random.default_rng(2), np.eye(5)[[int(d[1]) for d in DIMENSION]]
    drawn = np.array([ratios(np.corrcoef(x[rng.integers(0, 5000, 5000)].T), member)[np.triu_indices(5, 1)] for _ in range(300)])
    assert width.mean() == pytest.approx(np.subtract(*np.quantile(drawn, [0.975, 0.025], axis=0)).mean(), rel=0.08)


@pytest.mark.parametrize("kind", ["perception", "expectation"])
def test_linearised_limits_are_the_derivative_by_each_respondent_s_weight(kind):
    x, step = draw(np.random.default_rng(4), 300, kind), 1e-5
    member = np.eye(5)[[int(d[1]) for d in DIMENSION]]

    def weighted(weight):
        covariance = np.cov(x.T, aweights=weight)
        sd = np.sqrt(np.diagonal(covariance))
        return ratios(covariance / np.outer(sd, sd), member)[np.triu_indices(5, 1)]

    change = [(weighted(1 + step * one) - weighted(1 - step * one)) / (2 * step) for one in np.eye(300)]
    half = 1.959964 * np.sqrt(np.sum(np.square(change), axis=0))
    centre = weighted(np.ones(300))
    middle, low, high = (end[np.triu_indices(5, 1)] for end in linearised(x, member))
    assert middle == pytest.approx(centre)
    assert low == pytest.approx(centre - half, rel=1e-5)
    assert high == pytest.approx(centre + half, rel=1e-5)


def test_many_respondents_without_a_common_core():
    rng = np.random.default_rng(1)
    x = draw(rng, RESAMPLED + 1, "continuous")
    for noise, reason in ((0.0, ("no_common_core", "unstable")), (1.0, ("",))):
        x[:, :4] = rng.normal(size=(len(x), 4)) + noise * x[:, 4:5]
        frame = heterotrait(x, DIMENSION).frame
        assert frame.loc[frame["dimension"] == "d0", "withheld"].isin(reason).all()
        assert (frame.loc[frame["dimension"] != "d0", "withheld"] == "").all()
    x[:, :4] = [[1, 0, 0, 0]]  # nobody's answers vary
    frame = heterotrait(x, DIMENSION).frame
    assert frame.loc[frame["dimension"] == "d0", "withheld"].eq("no_common_core").all()
