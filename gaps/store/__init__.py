"""Studies kept on this server so that a link opens them: `keep` gives an unguessable token, `load` the study, `forget` ends it."""

from gaps.store.studies import MOST_ALIKE, Kept, Refused, alike, forget, id_of, keep, kept, listing, load, remove, standing

__all__ = ["MOST_ALIKE", "Kept", "Refused", "alike", "forget", "id_of", "keep", "kept", "listing", "load", "remove", "standing"]
