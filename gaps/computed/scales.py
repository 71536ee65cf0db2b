"""Of the scales themselves: whether two dimensions are two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaps.computed import Computed, behind
from gaps.computed.scores import sources
from gaps.i18n import Words
from gaps.model import Battery, Role, Study

if TYPE_CHECKING:  # scipy: not on the way to the first page
    from gaps.stats.htmt import Heterotrait


def distinct(found: Heterotrait, battery: str, study: Study, words: Words) -> Computed:
    """Of the ratios of correlations between and within dimensions. battery: its letter, or "gap"."""
    role = Battery(battery).role if battery in set(Battery) else Role.CUSTOMERS
    limits = "interval" if found.resamples else "linearised"
    return Computed(
        simply=words("computed.htmt.simply"),
        formula=words("computed.htmt.formula"),
        n=behind({role: (found.n, found.n, study.n(role))}, words),
        missing=words("computed.htmt.missing"),
        interval=words(f"computed.htmt.{limits}", confidence=found.confidence, resamples=found.resamples, seed=found.seed),
        rule=words("computed.htmt.rule"),
        reference=sources(words, ["htmt"]),
    )
