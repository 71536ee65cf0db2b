"""Studies kept on this server so that a link opens them: `keep` gives an unguessable token, `load` the study, `forget` ends it."""

from gaps.store.studies import (
    MOST_ALIKE,
    Kept,
    Refused,
    alike,
    forget,
    id_of,
    in_time,
    keep,
    kept,
    listing,
    load,
    remove,
    remove_ended,
    standing,
)
from gaps.store.terms import USUAL, Term, ended, last_day

__all__ = [
    "MOST_ALIKE",
    "USUAL",
    "Kept",
    "Refused",
    "Term",
    "alike",
    "ended",
    "forget",
    "id_of",
    "in_time",
    "keep",
    "kept",
    "last_day",
    "listing",
    "load",
    "remove",
    "remove_ended",
    "standing",
]
