"""KMO and Bartlett against psych."""

import numpy as np
import pytest

from gaps.stats.adequacy import adequacy
from tests.oracles.validity import ATTITUDE, ATTITUDE_ROWS, HOLZINGER, exact, full


@pytest.mark.parametrize(
    ("x", "oracle"), [(ATTITUDE_ROWS, ATTITUDE), (exact(full(HOLZINGER["covariance"]), HOLZINGER["n"]), HOLZINGER)], ids=["attitude", "hs"]
)
def test_as_psych_computes_them(x, oracle):
    found = adequacy(np.corrcoef(x, rowvar=False), len(x), range(1, x.shape[1] + 1))
    assert found.kmo == pytest.approx(oracle["kmo"], abs=1e-10)
    assert list(found.items.values()) == pytest.approx(oracle["kmo_items"], abs=1e-10)
    assert found.chi2 == pytest.approx(oracle["bartlett"]["chi2"], rel=1e-9)
    assert (found.df, found.p) == (oracle["bartlett"]["df"], pytest.approx(oracle["bartlett"]["p"], rel=1e-6))


def test_two_items_have_a_kmo_of_a_half():
    assert adequacy(np.array([[1, 0.4], [0.4, 1]]), 50, (1, 2)).kmo == pytest.approx(0.5)


@pytest.mark.parametrize(("r", "n"), [(np.ones((3, 3)), 50), (np.eye(3), 3), (np.array([[1, 0.6, 1], [0.6, 1, 0.6], [1, 0.6, 1]]), 50)])
def test_a_singular_matrix_is_withheld(r, n):
    assert adequacy(r, n, (1, 2, 3)).reason == "singular"
