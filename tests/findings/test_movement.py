"""Which way a gap moved: a shortfall narrows or widens, what lies above zero goes up or down, and some cross it."""

import pytest

from gaps.findings.movement import movement


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (-0.78, -0.55, "narrowed"),
        (-0.55, -0.78, "widened"),
        (-0.30, -0.001, "narrowed"),  # shown as 0.00
        (-0.30, 0.004, "narrowed"),  # likewise
        (0.10, 0.40, "higher"),
        (0.40, 0.0, "lower"),
        (-0.20, 0.10, "to_above"),
        (0.10, -0.20, "to_below"),
    ],
)
def test_the_word_follows_the_numbers_as_they_are_shown(before, after, word):
    assert movement(before, after) == word
