"""Studies kept on this server so that a link opens them: `keep` gives an unguessable token, `load` the study, `forget` ends it."""

from gaps.store.studies import Kept, Refused, forget, id_of, in_time, keep, kept, load, remove, remove_ended, standing
from gaps.store.terms import USUAL, Term, ended, last_day

__all__ = [
    "USUAL",
    "Kept",
    "Refused",
    "Term",
    "ended",
    "forget",
    "id_of",
    "in_time",
    "keep",
    "kept",
    "last_day",
    "load",
    "remove",
    "remove_ended",
    "standing",
]
