"""Everything about differences of a study: sizes, groups against the rest, changes between waves, agreement within units."""

from __future__ import annotations

from dataclasses import dataclass

from gaps.model import Battery, Gap, Study, Withheld
from gaps.scoring.tables import GapTable
from gaps.stats.agreement import Agreement, agreement
from gaps.stats.change import NO_WAVES, ONE_WAVE, Changes, changes
from gaps.stats.contrasts import Contrasts, contrasts
from gaps.stats.effects import Effects, effects

ONE_GROUP, NO_UNITS, NOT_MEASURED = "one_group", "no_units", "not_measured"


@dataclass(frozen=True, eq=False)
class Differences:
    """Results about differences; Withheld where there is nothing to compare (one_group, no_waves, one_wave, no_units, not_measured)."""

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
    return Differences(
        effects=in_size(study, table, confidence=confidence),
        contrasts=between_groups(study, items=items, confidence=confidence),
        changes=between_waves(study, confidence=confidence),
        agreement=within_units(study if cases is None else cases, confidence=confidence),
        confidence=confidence,
    )


def in_size(study: Study, table: GapTable | None = None, *, confidence: float = 0.95) -> Effects | Withheld:
    """How large the gaps are; not_measured where no gap was asked item by item."""
    measured = any(study.design(gap) == "items" for gap in Gap)
    return effects(study, table, confidence=confidence) if measured else Withheld(NOT_MEASURED)


def between_groups(study: Study, *, items: bool = True, confidence: float = 0.95) -> Contrasts | Withheld:
    """Units, segments and waves against the rest; one_group where there is no rest."""
    asked = Battery.PERCEPTION in study.answers or study.outcomes
    found = contrasts(study, items=items, confidence=confidence) if asked else None
    return found if found is not None and found.frame["n_rest"].gt(0).any() else Withheld(ONE_GROUP)


def between_waves(study: Study, *, confidence: float = 0.95) -> Changes | Withheld:
    """Each wave and the one before; one_wave where there is none before, no_waves where none is named."""
    found = changes(study, confidence=confidence) if len(study.waves) > 1 else None
    return found if found is not None and len(found.frame) else Withheld(ONE_WAVE if study.waves else NO_WAVES)


def within_units(study: Study, *, confidence: float = 0.95) -> Agreement | Withheld:
    """Agreement of the raters of each unit; no_units where there are none."""
    found = agreement(study, confidence=confidence) if study.units else None
    return found if found is not None and len(found.frame) else Withheld(NO_UNITS)
