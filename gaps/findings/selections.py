"""What is said of two selections compared, in the words of the `selections` catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from gaps import escape
from gaps.findings import ATTENTION, CERTAINTY, GOOD, INFORMATION, Finding
from gaps.i18n import Words
from gaps.model import UNIT, WAVE, Role, Selection, Study, Withheld
from gaps.stats.contrasts import Contrasts
from gaps.stats.selections import PRIVATE, TwoSelections

SEVERITY = {"below": ATTENTION, "above": GOOD}
NUMBERS = ("mean", "rest", "difference", "low", "high")
FEWEST_COMPARED = 3  # of two, each is the other's rest: there is one comparison
LONGEST = 48  # letters of a name that a sentence can carry twice


@dataclass(frozen=True, slots=True)
class Sides:
    """What both selections are called: by their names, or A and B. named: which of the two it is."""

    first: str
    second: str
    named: bool


def sides(a: Selection, b: Selection | None, words: Words) -> Sides:
    """Both by name where each is one unit, wave or segment value, or one of several of these; `b` None is everybody else.

    A and B where one of them is several of a kind, where a name is too long for a sentence, or where both are called the same.
    """
    first, second = _called(a, words), words("selections.everybody_else") if b is None else _called(b, words)
    usable = all(0 < len(name) <= LONGEST for name in (first, second)) and first.casefold() != second.casefold()
    return Sides(first, second, True) if usable else Sides(words("selections.a"), words("selections.b"), False)


def _called(chosen: Selection, words: Words) -> str:
    """The name of a selection that has one; else nothing. With a segment's colon in it, it stands in quotation marks."""
    filters = [names for names in (chosen.units, chosen.waves, *(values for _, values in chosen.segments)) if names]
    if not filters or any(len(names) > 1 for names in filters):
        return ""
    name = escape.visible(words.selection(chosen)).strip().replace(" · ", "\u00a0· ")  # no line begins with the dot
    return words("selections.quoted", name=name) if chosen.segments else name


def as_data(result: TwoSelections, a: Selection, b: Selection | None, words: Words) -> pd.DataFrame:
    """All rows for a file, with who stands on either side, in full."""
    second = words("selections.everybody_else") if b is None else words.selection(b)
    return result.frame.assign(group=words.selection(a), against=second)[["group", "against", *result.frame.columns]]


def find(result: TwoSelections) -> tuple[Finding, ...]:
    """How A stands against B in total, in the outcomes; who is in both; what is not compared, and why."""
    return tuple([*_lead(result), *_outcomes(result), *_both(result), *_reasons(result)])


def _lead(result: TwoSelections) -> Iterator[Finding]:
    """Customers' total; gaps 1 to 4 stand in the chart."""
    rows = [r for r in result.totals().to_dict("records") if r["gap"] == 5 or r["measure"] != "gap"]
    for row in rows[:1]:
        if row["withheld"] == PRIVATE:
            continue  # said among the reasons
        values = {k: float(row[k]) for k in NUMBERS} | {"d": float(row["d_av"]), "n": int(row["n"]), "n_rest": int(row["n_rest"])}
        values |= {"measure": row["measure"], "judged": result.judged}
        if not row["standing"]:
            yield Finding("lead_few", INFORMATION, values)
        else:
            yield Finding(f"lead_{row['standing']}", SEVERITY.get(row["standing"], INFORMATION), values)


def among(result: TwoSelections, contrasts: Contrasts | Withheld, a: Selection, b: Selection | None) -> Finding | None:
    """That `a` is one of several units, waves or segment values that could have been chosen, and where it stands after correction for that.

    None where it is no single one, where `b` is neither everybody else nor another one of them, or where fewer than three are compared.
    """
    chosen, other = _single(a), _single(b) if b is not None else None
    lead = next(_lead(result), None)
    if isinstance(contrasts, Withheld) or chosen is None or lead is None or lead.code == "lead_few":
        return None
    (by, group), rows = chosen, contrasts.of(chosen[0], str(lead.values["measure"]))
    compared = int(rows["standing"].ne("").sum())
    if compared < FEWEST_COMPARED or (b is not None and (other is None or other[0] != by)):
        return None
    values = {"by": by, "compared": compared} | ({} if b is None else {"pairs": compared * (compared - 1) // 2})
    own = next((r for r in rows.to_dict("records") if r["group"] == group and r["standing"]), None) if b is None else None
    return Finding("among", INFORMATION, values | ({"standing": own["standing"], "n_rest": int(own["n_rest"])} if own else {}))


def _single(chosen: Selection) -> tuple[str, str] | None:
    """The column and the value of a selection by one value alone."""
    filters = [(UNIT, chosen.units), (WAVE, chosen.waves), *chosen.segments]
    used = [(by, names) for by, names in filters if names]
    return (used[0][0], used[0][1][0]) if len(used) == 1 and len(used[0][1]) == 1 else None


def among_said(finding: Finding, words: Callable, called: Sides | None = None) -> str:
    """That finding in words."""
    by, pairs = finding.values["by"], "pairs" in finding.values
    kind = words(f"selections.among.kind.{by if by in (UNIT, WAVE) else 'segment'}")
    values = dict(finding.values) | {"kind": kind, "a": called.first if called else words("selections.a")}
    parts = [words(f"selections.among.{'pairs' if pairs else 'others'}", **values)]
    if "standing" in values:
        parts.append(words(f"selections.among.{values['standing']}", **values))
    return ("" if words.language == "zh" else " ").join(parts)


def _outcomes(result: TwoSelections) -> Iterator[Finding]:
    for row in result.outcomes().to_dict("records"):
        if row["standing"]:
            values = {k: float(row[k]) for k in NUMBERS} | {"d": float(row["d_av"]), "n": int(row["n"]), "n_rest": int(row["n_rest"])}
            yield Finding(f"outcome_{row['standing']}", SEVERITY.get(row["standing"], INFORMATION), values | {"outcome": row["measure"]})


def _both(result: TwoSelections) -> Iterator[Finding]:
    if result.both.get(Role.CUSTOMERS):
        yield Finding("overlap", INFORMATION, {"n": result.both[Role.CUSTOMERS]})
    others = {str(role): result.both.get(role, 0) for role in (Role.MANAGERS, Role.EMPLOYEES)}
    if result.both.get(Role.CUSTOMERS) and any(others.values()) and not result.private:
        yield Finding("overlap_roles", INFORMATION, others)
    if result.repeated:
        yield Finding("repeated", INFORMATION, {"n": result.repeated})


def _reasons(result: TwoSelections) -> Iterator[Finding]:
    """Gaps 1 to 4 that are not judged, by reason; gap 5 where it is not shown."""
    totals = result.totals()
    inside = totals[(totals["gap"].lt(5) & totals["withheld"].ne("")) | (totals["gap"].eq(5) & totals["withheld"].eq(PRIVATE))]
    for reason in inside["withheld"].unique():
        gaps = tuple(int(g) for g in inside.loc[inside["withheld"].eq(reason), "gap"])
        yield Finding("reason", INFORMATION, {"reason": str(reason), "gaps": gaps})


def statement_and_certainty(finding: Finding, study: Study, words: Callable, called: Sides | None = None) -> tuple[str, str]:
    """The finding in words, and apart from it how sure that is. called: what both are called, A and B unless given."""
    both = (called.first, called.second) if called else (words("selections.a"), words("selections.b"))
    values = dict(finding.values) | dict(zip(("a", "b"), both, strict=True))
    if "measure" in values:
        perceived = values["measure"] != "gap"
        values["measure"] = words("compare.measure.perception") if perceived else words("findings.gap_name.5")
    if "outcome" in values:
        values["outcome"] = words(f"findings.outcome_name.{values['outcome']}")
    if "gaps" in values:
        listed = words.list(words(f"findings.gap_name.{gap}") for gap in values["gaps"])
        values["gaps"] = listed[:1].upper() + listed[1:]
    reason = values.get("reason")
    said, _, sure = words(f"selections.{finding.code}" + (f".{reason}" if reason else ""), **values).partition(CERTAINTY)
    return said, sure
