"""Studies kept on this server so that a link opens them: `keep` gives an unguessable token, `load` the study, `forget` ends it."""

from gaps.store.studies import Kept, Refused, forget, id_of, keep, kept, load, remove, standing

__all__ = ["Kept", "Refused", "forget", "id_of", "keep", "kept", "load", "remove", "standing"]
