"""Weights from principal components: the published chain, mobi, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from gaps.model import Withheld
from gaps.scoring.component_weights import component_coefficients, component_weights, composite_weights, normalised


def test_the_published_chain():
    # T25, a worked example as published (CSDN 112020058): .431, .211, .101; recomputed for the reference .43128 .21119 .10076
    coefficient = component_coefficients(np.array([[0.933]]), np.array([4.680]))
    assert coefficient[0, 0] == pytest.approx(0.43128, abs=5e-6)
    composite = composite_weights(np.array([[0.431, -0.157, -0.060]]), np.array([46.803, 19.376, 11.628]))
    assert composite[0] == pytest.approx(0.21119, abs=5e-6)
    weights = normalised(np.array([0.211, 0.218, 0.192, 0.198, 0.197, 0.231, 0.178, 0.173, 0.271, 0.225]))
    assert weights[0] == pytest.approx(0.10076, abs=5e-6)
    assert [round(float(v), 3) for v in (coefficient[0, 0], composite[0], weights[0])] == [0.431, 0.211, 0.101]


def test_mobi_s_seven_quality_items(shared):
    # computed for the reference (methods 6.2)
    answers = pd.read_csv(shared / "data" / "mobi" / "mobi.csv")[[f"PERQ{k}" for k in range(1, 8)]]
    found = component_weights(answers.corr().to_numpy())
    assert found.eigenvalues == pytest.approx([4.04028, 0.77124, 0.57892, 0.49325, 0.42728, 0.36607, 0.32297], abs=5.1e-6)
    assert found.weights == pytest.approx([0.15013, 0.12248, 0.14609, 0.14698, 0.14285, 0.14761, 0.14386], abs=5.1e-6)
    assert (found.components, found.weights.sum(), found.shares.sum()) == (1, pytest.approx(1), pytest.approx(1))


def test_equal_correlations_give_equal_weights():
    assert component_weights(0.5 + 0.5 * np.eye(4)).weights == pytest.approx([0.25] * 4)


def test_several_components_are_the_chain_step_by_step():
    r = np.array([[1, 0.7, 0.3, 0.3], [0.7, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]])
    values, vectors = np.linalg.eigh(r)
    loadings = vectors[:, ::-1][:, :2] * np.sqrt(values[::-1][:2])
    loadings *= np.where(loadings.sum(axis=0) < 0, -1, 1)
    found = component_weights(r, 2)
    assert component_coefficients(loadings, values[::-1][:2]) == pytest.approx(found.coefficients)
    assert normalised(composite_weights(found.coefficients, found.shares[:2])) == pytest.approx(found.weights)


def test_the_order_of_items_decides_nothing():
    r = np.array([[1, 0.7, 0.4], [0.7, 1, 0.5], [0.4, 0.5, 1]])
    turned = [2, 0, 1]
    assert component_weights(r[np.ix_(turned, turned)]).weights == pytest.approx(component_weights(r).weights[turned])


def test_what_is_refused():
    against = np.array([[1, 0.8, -0.6], [0.8, 1, -0.6], [-0.6, -0.6, 1]])
    assert component_weights(against) == Withheld("mixed_signs", {"items": (2,)})
    low = component_weights(0.2 + 0.8 * np.eye(5))
    assert (low.reason, low.values) == ("low_share", {"share": pytest.approx(0.36), "needed": 0.5})
    assert isinstance(component_weights(0.2 + 0.8 * np.eye(5), least_share=0.3).weights, np.ndarray)
    assert component_weights(against, 2).reason == "negative_weight"


@pytest.mark.parametrize("wrong", [lambda: component_weights(np.ones((2, 3))), lambda: component_weights(2 * np.eye(3)),
                                   lambda: component_weights(np.eye(3), 0), lambda: component_weights(np.eye(3), 4)])  # fmt: skip
def test_a_caller_s_mistake(wrong):
    with pytest.raises(ValueError):
        wrong()
