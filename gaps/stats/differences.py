"""Everything about differences of a study: sizes, groups against the rest, changes between waves, agreement within units."""

from __future__ import annotations

from dataclasses import dataclass

from gaps.model import Battery, Gap, Study, Withheld
from gaps.scoring.tables import GapTable
from gaps.stats.agreement import Agreement, agreement
from gaps.stats.change import Changes, changes
from gaps.stats.contrasts import Contrasts, contrasts
from gaps.stats.effects import Effects, effects

ONE_GROUP, ONE_WAVE, NO_UNITS, NOT_MEASURED = "one_group", "one_wave", "no_units", "not_measured"


@dataclass(frozen=True, eq=False)
class Differences:
    """Results about differences; Withheld where the study has nothing to compare (one_group, one_wave, no_units, not_measured)."""

    effects: Effects | Withheld
    contrasts: Contrasts | Withheld
    changes: Changes | Withheld
    agreement: Agreement | Withheld
    confidence: float = 0.95


def differences(
    study: Study, table: GapTable | None = None, *, items: bool = True, confidence: float = 0.95, cases: Study | None = None
) -> Differences:
    """Compute all differences of the study's respondents (restrict it with `gaps.scoring.select` first).

    table: the gap table with intervals of the same respondents, if it is there already. items: also compare groups item by item. cases: the
    same respondents, with units that may not be shown one by one; the agreement within units uses them.
    """
    asked = Battery.PERCEPTION in study.answers or study.outcomes
    measured = any(study.design(gap) == "items" for gap in Gap)
    compared = contrasts(study, items=items, confidence=confidence) if asked else None
    changed = changes(study, confidence=confidence) if len(study.waves) > 1 else None
    units = study if cases is None else cases
    agreed = agreement(units, confidence=confidence) if units.units else None
    return Differences(
        effects=effects(study, table, confidence=confidence) if measured else Withheld(NOT_MEASURED),
        contrasts=compared if compared is not None and _several(compared) else Withheld(ONE_GROUP),
        changes=changed if changed is not None and len(changed.frame) else Withheld(ONE_WAVE, {"waves": len(study.waves)}),
        agreement=agreed if agreed is not None and len(agreed.frame) else Withheld(NO_UNITS),
        confidence=confidence,
    )


def _several(compared: Contrasts) -> bool:
    return len(compared.frame) > 0 and bool(compared.frame["n_rest"].gt(0).any())
