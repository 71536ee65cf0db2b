"""What a column means, read from its folded header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gaps.importer.child import fold
from gaps.model import DIRECT_PREFIX, DIRECT_ROLE, OUTCOMES, RESPONDENT, UNIT, WAVE, WEIGHT, Battery, Gap, Role

_ANSWER = re.compile(r"([epadmsvc])0*([1-9]\d{0,3})")
_POINTS = re.compile(r"w0*([1-9]\d{0,3})")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column holds: `kind` is answer, importance, rating, outcome, respondent, unit, wave, weight or other."""

    kind: str
    battery: Battery | None = None
    number: int | None = None  # of an item, or the place of a dimension (W1 … Wk)
    gap: Gap | None = None
    dimension: str | None = None  # folded
    outcome: str | None = None
    role: Role | None = None  # whose sheet it belongs on; None = any

    @property
    def name(self) -> str:
        """How the import report names it."""
        match self.kind:
            case "answer":
                return f"{self.battery.value}{self.number}"
            case "importance":
                return f"W_{self.dimension}" if self.dimension else f"W{self.number}"
            case "rating":
                return f"{DIRECT_PREFIX[self.gap]}_{self.dimension}"
            case "outcome":
                return self.outcome
        return self.kind


_FIXED = {
    "respondent": Meaning(RESPONDENT),
    "respondentid": Meaning(RESPONDENT),
    "unit": Meaning(UNIT),
    "wave": Meaning(WAVE),
    "weight": Meaning(WEIGHT, role=Role.CUSTOMERS),
} | {fold(name): Meaning("outcome", outcome=name, role=Role.CUSTOMERS) for name in OUTCOMES}

OTHER = Meaning("other")


def meaning(header: str) -> Meaning:
    """What a header says, whatever sheet it stands on.

    `W_<dimension>` and `standards_<dimension>` are recognised by their beginning; whether the dimension exists is checked later.
    """
    folded = fold(header)
    if folded in _FIXED:
        return _FIXED[folded]
    if match := _ANSWER.fullmatch(folded):
        battery = Battery(match[1].upper())
        return Meaning("answer", battery=battery, number=int(match[2]), role=battery.role)
    if match := _POINTS.fullmatch(folded):
        return Meaning("importance", number=int(match[1]), role=Role.CUSTOMERS)
    if re.match(r"[wｗ][_\s-]", header.casefold()) and len(folded) > 1:
        return Meaning("importance", dimension=folded[1:], role=Role.CUSTOMERS)
    for gap, prefix in DIRECT_PREFIX.items():
        if folded.startswith(prefix) and len(folded) > len(prefix):
            return Meaning("rating", gap=gap, dimension=folded[len(prefix) :], role=DIRECT_ROLE[gap])
    return OTHER
