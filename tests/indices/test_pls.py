"""The fixed point of PLS: published figures, models whose answer is known exactly, and what makes no difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.indices import pls
from gaps.indices.models import ECSI
from gaps.indices.path_model import design_of
from tests.simulate.index_designs import COMPOSITES, MODE_B, composite_population, paths_of

DESIGN = design_of(ECSI)


def solved(r, scheme, design=DESIGN):
    return pls.oriented(pls.solve(np.asarray(r)[None], design, scheme), design)


def correlated(mobi, columns=ECSI.columns):
    return np.corrcoef(mobi[list(columns)].to_numpy(), rowvar=False)


@pytest.mark.parametrize("scheme", pls.SCHEMES)
def test_mobi_in_three_schemes_as_smartpls_printed_it(mobi, published, scheme):
    o = published["T17_pls_mobi"]
    assert o["weights_order"] == list(ECSI.columns)
    assert [tuple(p.lower().split(">")) for p in o["paths_order"]] == [
        tuple({"expectations": "expectation", "complaint_handling": "complaints"}.get(end, end) for end in path) for path in ECSI.paths
    ]
    found = solved(correlated(mobi), scheme)
    assert found.weights[0][DESIGN.member] == pytest.approx(o[scheme]["weights"], abs=1e-7)
    assert found.paths[0][DESIGN.leads][_order()] == pytest.approx(o[scheme]["paths"], abs=1e-7)
    assert found.iterations.tolist() == [6]  # the vignette of semPLS says 6 for centroid


def _order() -> list[int]:
    """Where each path of the model stands among those read row by row from the matrix."""
    listed = [(ECSI.ids[s], ECSI.ids[t]) for s, t in np.argwhere(DESIGN.leads)]
    return [listed.index(path) for path in ECSI.paths]


# computed for the reference from the same data by a program of its own: R² of what is led to, centroid and path weighting
R2 = {
    pls.CENTROID: [0.254728, 0.310525, 0.344610, 0.680281, 0.276778, 0.457286],
    pls.PATH: [0.254938, 0.309969, 0.345279, 0.681078, 0.278854, 0.456944],
}


@pytest.mark.parametrize("scheme", R2)
def test_mobi_s_r2(mobi, scheme):
    found = solved(correlated(mobi), scheme)
    assert found.r2[0, 0] == 0
    assert found.r2[0, 1:] == pytest.approx(R2[scheme], abs=1e-6)


def test_mobi_s_loadings(mobi):
    # IMAG1-4 printed in the vignette of semPLS (Monecke & Leisch 2012), the others computed for the reference: 4 digits
    printed = [0.7434, 0.6007, 0.5776, 0.7684, 0.7445, 0.7715, 0.6866, 0.6118, 0.8033, 0.6374, 0.7835, 0.7691, 0.7558, 0.7752, 0.7794]
    printed += [0.9043, 0.9379, 0.7990, 0.8462, 0.8519, 1, 0.8138, 0.2191, 0.9168]
    assert solved(correlated(mobi), pls.CENTROID).loadings[0][DESIGN.member] == pytest.approx(printed, abs=5.1e-5)


def test_mobi_s_total_effects_on_loyalty(mobi, published):
    o = published["T17_total_effects_on_loyalty_centroid"]
    total = pls.total_effects(solved(correlated(mobi), pls.CENTROID).paths)[0][:, -1]
    assert total[:-1] == pytest.approx(list(o.values()), abs=1e-7)
    assert [id.removesuffix("s") for id in ECSI.ids[:2]] == [name.lower() for name in list(o)[:2]]


@pytest.mark.parametrize("scheme", pls.SCHEMES)
@pytest.mark.parametrize("model", [COMPOSITES, MODE_B], ids=["mode A", "mode B"])
def test_composites_are_recovered_exactly_from_their_population(scheme, model):
    """Scores that are weighted sums, no error: mode A finds weights that are an eigenvector of their block, mode B any weights."""
    r, weights, paths = composite_population(model)
    found = solved(r, scheme, design_of(model))
    assert found.weights[0] == pytest.approx(weights, abs=1e-6)
    assert found.paths[0] == pytest.approx(paths_of(model, paths), abs=1e-6)


def test_two_by_hand():
    """Two constructs of one item each: the path is the correlation, whatever the scheme."""
    design = pls.Design(np.eye(2, dtype=bool), np.array([[False, True], [False, False]]), np.zeros(2, bool))
    for scheme in pls.SCHEMES:
        found = solved([[1, -0.4], [-0.4, 1]], scheme, design)
        assert found.paths[0, 0, 1] == pytest.approx(-0.4)
        assert found.r2[0].tolist() == pytest.approx([0, 0.16])


def test_regression_weights_of_two_items_by_hand():
    """Mode B against a single outcome is its regression: standardised coefficients, scaled to a score of unit variance."""
    r = np.array([[1, 0.3, 0.5], [0.3, 1, 0.4], [0.5, 0.4, 1]])
    member = np.array([[True, False], [True, False], [False, True]])
    design = pls.Design(member, np.array([[False, True], [False, False]]), np.array([True, False]))
    b = np.linalg.solve(r[:2, :2], r[:2, 2])
    r2 = b @ r[:2, 2]
    found = solved(r, pls.PATH, design)
    assert found.weights[0, :2, 0] == pytest.approx(b / np.sqrt(r2))
    assert found.paths[0, 0, 1] == pytest.approx(np.sqrt(r2))  # the multiple correlation
    assert found.r2[0, 1] == pytest.approx(r2)


def test_total_effects_by_hand():
    paths = np.zeros((1, 3, 3))
    paths[0, 0, 1], paths[0, 1, 2], paths[0, 0, 2] = 0.5, 0.4, 0.3
    total = pls.total_effects(paths)[0]
    assert (total[0, 1], total[1, 2], total[0, 2]) == pytest.approx((0.5, 0.4, 0.3 + 0.5 * 0.4))


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), scheme=st.sampled_from(pls.SCHEMES))
def test_rescaling_items_and_permuting_rows_change_nothing(seed, scheme):
    rng = np.random.default_rng(seed)
    x = rng.multivariate_normal(np.zeros(len(ECSI.columns)), 0.4 + 0.6 * np.eye(len(ECSI.columns)), size=80)
    other = (x * rng.uniform(0.1, 30, x.shape[1]) + rng.uniform(-50, 50, x.shape[1]))[rng.permutation(len(x))]
    one, two = (solved(np.corrcoef(y, rowvar=False), scheme) for y in (x, other))
    assert two.weights == pytest.approx(one.weights, abs=1e-6)
    assert two.paths == pytest.approx(one.paths, abs=1e-6)


def test_many_matrices_are_solved_as_each_alone(mobi):
    rng = np.random.default_rng(0)
    x = mobi[list(ECSI.columns)].to_numpy()
    stack = np.array([np.corrcoef(x[rng.integers(0, 250, 250)], rowvar=False) for _ in range(6)])
    together = pls.solve(stack, DESIGN)
    assert len(set(together.iterations.tolist())) > 1  # each stops when it is done
    for k, r in enumerate(stack):
        alone = pls.solve(r[None], DESIGN)
        assert (together.paths[k] == pytest.approx(alone.paths[0], abs=1e-12)) and together.iterations[k] == alone.iterations[0]


def test_turning_an_item_round_turns_its_weight(mobi):
    x = mobi[list(ECSI.columns)].copy()
    before = solved(np.corrcoef(x.to_numpy(), rowvar=False), pls.PATH)
    x["IMAG2"] = 11 - x["IMAG2"]
    after = solved(np.corrcoef(x.to_numpy(), rowvar=False), pls.PATH)
    assert after.weights[0, 1, 0] == pytest.approx(-before.weights[0, 1, 0], abs=1e-6)
    assert after.paths == pytest.approx(before.paths, abs=1e-6)


def test_most_loadings_are_positive_and_resamples_follow_the_sample(mobi):
    x = mobi[list(ECSI.columns)].copy()
    x[["PERQ1", "PERQ2"]] *= -1
    found = solved(np.corrcoef(x.to_numpy(), rowvar=False), pls.PATH)
    own = np.where(DESIGN.member, found.loadings[0], 0)
    assert (own[8:10, 2] < 0).all() and (own[10:15, 2] > 0).all()
    flipped = pls._turned(found, np.ones((1, 7), bool))
    assert pls.aligned(flipped, found, DESIGN).weights == pytest.approx(found.weights)


def test_what_has_no_solution():
    r = np.eye(len(ECSI.columns))
    r[0, 0] = 0  # an item without variation
    assert pls.solve(r[None], DESIGN).iterations.tolist() == [pls.NO_FIXED_POINT]
    same = np.array([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]])  # two constructs that repeat each other lead to a third
    design = pls.Design(np.eye(3, dtype=bool), np.array([[0, 0, 1], [0, 0, 1], [0, 0, 0]], bool), np.zeros(3, bool))
    for scheme in pls.SCHEMES:
        found = pls.solve(same[None], design, scheme)
        assert found.iterations.tolist() == [pls.NO_FIXED_POINT] and np.isnan(found.paths).all()
    member = np.array([[True, False], [True, False], [False, True]])
    formative = pls.Design(member, np.array([[0, 1], [0, 0]], bool), np.array([True, False]))
    assert pls.solve(same[None], formative).iterations.tolist() == [pls.NO_FIXED_POINT]


def test_the_cap_ends_what_has_not_come_to_rest(mobi):
    found = pls.solve(correlated(mobi)[None], DESIGN, iterations=2)
    assert found.iterations.tolist() == [0] and np.isnan(found.paths).all() and np.isnan(found.weights).all()


def test_an_unknown_scheme_is_named():
    with pytest.raises(ValueError, match="centroid, factorial, path, not 'factor'"):
        pls.solve(np.eye(24)[None], DESIGN, "factor")
