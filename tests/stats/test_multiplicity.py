"""Adjusted p values against R's p.adjust and the example of Benjamini & Hochberg."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.stats.multiplicity import benjamini_hochberg, by_family, holm

# The 15 p values of Benjamini & Hochberg (1995), section 3.2.
P = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0])
# R 4.2.2: p.adjust(p, "BH"), p.adjust(p, "holm")
BH = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429, 0.0638571428571429, 0.0645, 0.0765, 0.486, 0.5811818181818181,
      0.714875, 0.7532307692307693, 0.8132142857142857, 1.0]  # fmt: skip
HOLM = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]


def test_as_r_adjusts():
    assert benjamini_hochberg(P) == pytest.approx(BH, abs=1e-14)
    assert holm(P) == pytest.approx(HOLM, abs=1e-14)


def test_the_published_example_rejects_four_three_and_three():
    assert ((benjamini_hochberg(P) <= 0.05).sum(), (holm(P) <= 0.05).sum(), (P * len(P) <= 0.05).sum()) == (4, 3, 3)


def test_what_is_missing_is_no_member_of_the_family():
    p = np.array([0.01, np.nan, 0.02])
    assert holm(p)[[0, 2]] == pytest.approx([0.02, 0.02]) and np.isnan(holm(p)[1])
    assert benjamini_hochberg(p)[[0, 2]] == pytest.approx([0.02, 0.02]) and np.isnan(benjamini_hochberg(p)[1])
    assert len(holm(np.zeros(0))) == 0


def test_families_are_adjusted_apart():
    p = np.array([0.01, 0.04, 0.03, 0.2])
    assert by_family(holm, p, ["a", "b", "a", "b"]) == pytest.approx([0.02, 0.08, 0.03, 0.2])


def test_no_probability():
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm(np.array([0.5, 1.5]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.randoms())
def test_order_does_not_matter_and_holm_is_never_below_bh(p, random):
    p = np.array(p)
    order = np.array(random.sample(range(len(p)), len(p)))
    for adjust in (holm, benjamini_hochberg):
        assert adjust(p[order]) == pytest.approx(adjust(p)[order])
    assert (holm(p) >= benjamini_hochberg(p) - 1e-12).all() and (benjamini_hochberg(p) >= p - 1e-12).all()
