"""What is said of one unit on its own page, in the words of the `unit_page` catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gaps.findings import ATTENTION, CERTAINTY, GOOD, INFORMATION, Finding, of_driver
from gaps.i18n import Words
from gaps.model import Study, Withheld

if TYPE_CHECKING:
    from gaps.unit_profile import UnitProfile

SEVERITY = {"below": ATTENTION, "above": GOOD}


def lead(profile: UnitProfile) -> Finding:
    """Where the unit stands against all the others, after correction for the number of units."""
    row, unit = profile.standing(), {"unit": profile.unit}
    if profile.hidden:
        return Finding(f"lead_{profile.hidden}", INFORMATION, unit | {"fewest": profile.protected.minimum.customers})
    if row is not None and not row["n"] > 0:
        return Finding("lead_nobody", INFORMATION, unit)
    if row is None or not row["n_rest"] > 0:
        return Finding("alone" if profile.alone else "lead_no_others", INFORMATION, unit)
    compared = int(profile.contrasts.of("unit", profile.measure)["standing"].ne("").sum())
    values = {name: float(row[name]) for name in ("mean", "rest", "difference", "low", "high")}
    values |= unit | {"n": int(row["n"]), "n_rest": int(row["n_rest"]), "compared": compared}
    values |= {"judged": profile.contrasts.judged, "measure": profile.measure}
    if not row["standing"]:
        return Finding(f"lead_{row['withheld']}", INFORMATION, values)
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


def people(profile: UnitProfile, words: Words) -> tuple[str, str]:
    """How many people of the unit answered, by role, in words; and the roles of which that is not told."""
    names = {role: words(f"differences.role.{role}") for role in profile.n}
    hidden = [role for role, (n, _) in profile.n.items() if isinstance(n, Withheld)]
    told = (words("unit_page.count", n=n, of=of, role=names[role]) for role, (n, of) in profile.n.items() if role not in hidden)
    return words.list(told), words.list(names[role] for role in hidden)


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
    said, _, sure = words(f"unit_page.{finding.code}", **values).partition(CERTAINTY)
    return said, sure
