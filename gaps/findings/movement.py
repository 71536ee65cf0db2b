"""Which way a gap moved, in a word: that one "rose" reads as bad news, although a shortfall became smaller."""

from __future__ import annotations

NARROWED, WIDENED = "narrowed", "widened"  # a shortfall, below zero before and after
HIGHER, LOWER = "higher", "lower"  # above zero before and after
TO_ABOVE, TO_BELOW = "to_above", "to_below"  # across zero


def movement(before: float, after: float) -> str:
    """Name the way from one gap to a later one, by both as they are shown (two decimals)."""
    old, new = round(before, 2), round(after, 2)
    up = after > before
    if max(old, new) <= 0:
        return NARROWED if up else WIDENED
    if min(old, new) >= 0:
        return HIGHER if up else LOWER
    return TO_ABOVE if up else TO_BELOW
