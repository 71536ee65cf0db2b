"""What a sender should know of a link before sending it, in words. The counts are the sender's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.disclosure.minimum import Minimum
from gaps.i18n import Words
from gaps.model import UNIT, WAVE, Role

if TYPE_CHECKING:
    from gaps.editions import Edition


def said(found: Sequence[Edition], minimum: Minimum, words: Words) -> tuple[str, ...]:
    """One sentence for each role of each earlier edition, each sentence once."""
    sentences = (
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
    return tuple(dict.fromkeys(sentences))


def asked_of_some(filters: Sequence[str], minimum: Minimum, words: Words) -> str:
    """That some questions were put to some groups only, and what follows."""
    named = words.list(words(f"compare.by.{name}") if name in (UNIT, WAVE) else words.segment(name) for name in filters)
    return words("editions.asked", filters=named, n=minimum[Role.CUSTOMERS])
