"""What two links to editions of one study tell together, in words. The counts are the sender's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.disclosure.minimum import Minimum
from gaps.i18n import Words

if TYPE_CHECKING:
    from gaps.editions import Edition


def said(found: Sequence[Edition], minimum: Minimum, words: Words) -> tuple[str, ...]:
    """One sentence for each role of each earlier edition."""
    return tuple(
        words(
            f"editions.{'everybody' if one.everybody else 'groups'}",
            day=words.date(edition.when.date()),
            who=words(f"disclosure.who.{one.role}"),
            n=minimum[one.role],
            added=one.added,
            removed=one.removed,
            groups=one.groups,
        )
        for edition in found
        for one in edition.exposed
    )
