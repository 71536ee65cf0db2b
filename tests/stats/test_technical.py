"""Outcome against process quality, by hand."""

import numpy as np
import pytest

from gaps.model import Role, Withheld
from gaps.stats.technical import technical_functional
from tests.scoring.build import people, study

SIZES = {"tangibles": 1, "reliability": 1, "responsiveness": 1, "assurance": 1, "empathy": 1}


def rated(p, weight=None):
    p = np.array(p, float)
    roles = {} if weight is None else {Role.CUSTOMERS: people(len(p), weight=weight)}
    return study(SIZES, roles, E=np.full(p.shape, 6.0), P=p)


def test_both_kinds_and_their_paired_difference():
    """Twelve customers: reliability gaps alternate −2 and −1, the three others −1, 0, −2 each; tangibles do not matter."""
    rows = [[7, 4 if k % 2 else 5, 5, 6, 4] for k in range(12)]
    found = technical_functional(rated(rows))
    assert (found.technical.mean, found.functional.mean, found.difference.mean) == pytest.approx((-1.5, -1.0, -0.5))
    sd = np.std([-1.0, 0.0] * 6, ddof=1)
    assert found.difference.se == pytest.approx(sd / np.sqrt(12))
    assert found.difference.high == pytest.approx(-0.5 + 2.200985 * sd / np.sqrt(12))  # t(11), 97.5 %


def test_a_customer_needs_reliability_and_two_of_the_others():
    rows = [[7, 4, 5, 6, 4]] * 12 + [[7, np.nan, 5, 6, 4], [7, 4, np.nan, np.nan, 4], [7, 4, np.nan, 6, 4]]
    found = technical_functional(rated(rows))
    assert found.difference.n == 13
    assert found.functional.mean == pytest.approx((12 * -1.0 + -1.0) / 13)


def test_case_weights_enter():
    rows = [[7, 4, 6, 6, 6]] * 6 + [[7, 6, 6, 6, 6]] * 6
    assert technical_functional(rated(rows, [3.0] * 6 + [1.0] * 6)).technical.mean == pytest.approx(-1.5)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (study({"a": 2}, E=[[6, 6]] * 12, P=[[5, 5]] * 12), "other_dimensions"),
        (study({"a": 2}, P=[[5, 5]] * 12), "no_expectation"),
        (rated([[7, 4, 5, 6, 4]] * 9), "few"),
    ],
)
def test_what_cannot_be_split(made, reason):
    found = technical_functional(made)
    assert isinstance(found, Withheld) and found.reason == reason
