"""What is said of one unit on its own page, in the words of the `unit_page` catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gaps.findings import ATTENTION, GOOD, INFORMATION, Finding, of_driver
from gaps.model import Study, Withheld

if TYPE_CHECKING:
    from gaps.unit_profile import UnitProfile

SEVERITY = {"below": ATTENTION, "above": GOOD}


def lead(profile: UnitProfile) -> Finding:
    """Where the unit stands against all the others, after correction for the number of units."""
    row = profile.standing()
    if row is None or not row["n"] > 0:  # missing where the unit's customers may not be shown
        return Finding("alone" if isinstance(profile.contrasts, Withheld) else "lead_nobody", INFORMATION, {"unit": profile.unit})
    compared = int(profile.contrasts.of("unit", profile.measure)["standing"].ne("").sum())
    values = {name: float(row[name]) for name in ("mean", "rest", "difference", "low", "high")}
    values |= {"unit": profile.unit, "n": int(row["n"]), "n_rest": int(row["n_rest"]), "compared": compared}
    values |= {"judged": profile.contrasts.judged, "measure": profile.measure}
    if not row["standing"]:
        return Finding("lead_few", INFORMATION, values)
    return Finding(f"lead_{row['standing']}", SEVERITY.get(row["standing"], INFORMATION), values)


def outcomes(profile: UnitProfile) -> Iterator[Finding]:
    """The separate questions on quality, each against the rest, corrected over all units."""
    if isinstance(profile.contrasts, Withheld):
        return
    for name in profile.study.outcomes:
        rows = profile.contrasts.of("unit", name)
        row = next((r for r in rows.to_dict("records") if r["group"] == profile.unit), None)
        if row is None or not row["standing"] or not math.isfinite(row["low"]):
            continue
        values = {k: float(row[k]) for k in ("mean", "rest", "difference", "low", "high")} | {"n": int(row["n"]), "outcome": name}
        yield Finding(f"outcome_{row['standing']}", SEVERITY.get(row["standing"], INFORMATION), values)


def drivers(profile: UnitProfile, outcome: str | None) -> tuple[Finding, ...]:
    """What goes with quality among this unit's own customers, as for a study; or why not. Codes of `findings`, or drivers_*."""
    fits = profile.drivers(outcome)
    if isinstance(fits, Withheld):
        return (Finding(f"drivers_{fits.reason}", INFORMATION, dict(fits.values) | {"unit": profile.unit}),)
    return of_driver(fits, outcome)


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """The finding in words, and apart from it how sure that is; names from the data are plain: escape them where they are shown."""
    values = dict(finding.values)
    if "outcome" in values:
        values["outcome"] = words(f"findings.outcome_name.{values['outcome']}")
    if "measure" in values:
        perceived = values["measure"] != "gap"
        values["measure"] = words("compare.measure.perception") if perceived else words("findings.gap_name.5")
    return words.parted(f"unit_page.{finding.code}", **values)
