"""A study that is shared again: what its link and those sent before it tell together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gaps import quality, store
from gaps.disclosure import Minimum
from gaps.disclosure.editions import Exposed, between
from gaps.importer.report import Imported
from gaps.model import Study


@dataclass(frozen=True, slots=True)
class Edition:
    """A study shared earlier from this server, and of whom it tells too much together with the one to be shared now."""

    when: datetime
    exposed: tuple[Exposed, ...]


def exposing(study: Study, minimum: Minimum) -> tuple[Edition, ...]:
    """Compare a study, as followers of its link would see it, with those on the shelf; the latest first, empty where none tells too much.

    Compared are the studies themselves, of which nothing is kept beyond their term: an edition whose link has ended is not recognised. Two
    editions at a time, of the latest `store.MOST_ALIKE` that asked the same items.
    """
    if minimum.off:
        return ()
    found = ((when, between(_as_followed(earlier), study, minimum)) for when, earlier in store.alike(study))
    return tuple(Edition(when, exposed) for when, exposed in found if exposed)


def _as_followed(earlier: Imported) -> Study:
    aside = earlier.aside if earlier.aside is not None else quality.default_switches(quality.checks(earlier.study))
    try:
        return quality.set_aside(earlier.study, aside)
    except ValueError:  # nothing would be left to ask about: shown as it was read
        return earlier.study
