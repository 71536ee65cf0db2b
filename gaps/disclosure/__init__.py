"""Statistical disclosure control: groups so small that somebody could be recognised are not shown, nor can they be computed from what is.

Which cells are hidden: `cells` (cell suppression). For whom, in which selection: `protection`. In which rows of the result tables: `rows`.
"""

from gaps.disclosure.minimum import EVERY_GROUP, GUARDED, HIDDEN, SMALL, Minimum
from gaps.disclosure.protection import LeftOut, Protected, Protection, protect

__all__ = ["EVERY_GROUP", "GUARDED", "HIDDEN", "SMALL", "LeftOut", "Minimum", "Protected", "Protection", "protect"]
