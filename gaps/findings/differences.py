"""Results about differences turned into coded conclusions, and these into sentences of the `differences` catalogue.

A difference is said only where its adjusted p allows; otherwise the finding says that nothing can be shown, and of how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from gaps.disclosure.minimum import HIDDEN, SMALL
from gaps.findings import ATTENTION, CERTAINTY, GOOD, INFORMATION, Finding
from gaps.findings.movement import CHANGED, ROSE, moved, movement, told
from gaps.model import UNIT, WAVE, WEIGHT, Battery, Study, Withheld
from gaps.stats.agreement import AGGREGATE, Agreement
from gaps.stats.change import Changes
from gaps.stats.contrasts import ABOVE, BELOW, GAP, PERCEPTION, Contrasts
from gaps.stats.differences import Differences
from gaps.stats.effects import Effects
from gaps.stats.parts import OUTCOME, SHARE
from gaps.stats.population import FiniteGaps, Response
from gaps.stats.published import Inconsistency
from gaps.stats.weighting import Raking

NAMED = 3  # units named in one sentence
SURE = 0.05
WEIGHTS = {"shrunken": "used", "clustered": "unused"}  # what becomes of case weights where two of our numbers are about the same thing


def find(result: Differences, study: Study) -> tuple[Finding, ...]:
    """All conclusions about differences, in reading order: sizes, units, segments, waves, changes, agreement."""
    found = [*of_effects(result.effects)]
    found += _contrasts(result.contrasts, study)
    found += _changes(result.changes)
    found += of_agreement(result.agreement)
    return tuple(found)


def of_effects(effects: Effects | Withheld) -> Iterator[Finding]:
    """How large the customers' gaps are against the spread, and whether ranks say the same."""
    if isinstance(effects, Withheld):
        yield Finding("withheld_effects", INFORMATION, {"reason": effects.reason})
        return
    dimensions = effects.rows(level="dimension").dropna(subset=["d_z", "d_z_low"])
    if len(dimensions):
        row = dimensions.loc[dimensions["d_z"].abs().idxmax()]
        values = {name: float(row[name]) for name in ("mean", "d_z", "d_z_low", "d_z_high")}
        yield Finding("effect_largest", INFORMATION, values | {"dimension": row["dimension"], "n": int(row["n_achieved"])})
    items = effects.rows(level="item").dropna(subset=["p_holm"])
    if len(items):
        apart = items["p_holm"].lt(SURE)
        counts = {
            "tested": len(items),
            "below": int((apart & items["mean"].lt(0)).sum()),
            "above": int((apart & items["mean"].gt(0)).sum()),
        }
        yield Finding("effect_items", INFORMATION, counts | {"open": len(items) - int(apart.sum()), "n": int(items["n_achieved"].max())})
    if effects.ranks is not None:
        yield Finding("ranks_withheld", INFORMATION, {"reason": effects.ranks.reason})
    elif len(ranked := dimensions.dropna(subset=["p_rank_holm", "p_holm"])):
        disagree = ranked.loc[ranked["p_holm"].lt(SURE) != ranked["p_rank_holm"].lt(SURE), "dimension"]
        code = "ranks_differ" if len(disagree) else "ranks_agree"
        yield Finding(code, ATTENTION if len(disagree) else INFORMATION, {"dimensions": tuple(disagree), "tested": len(ranked)})


def _contrasts(contrasts: Contrasts | Withheld, study: Study) -> Iterator[Finding]:
    if isinstance(contrasts, Withheld):
        yield Finding("withheld_contrasts", INFORMATION, {"reason": contrasts.reason} | dict(contrasts.values))
        return
    measure = GAP if contrasts.frame["measure"].eq(GAP).any() else PERCEPTION
    for by in contrasts.frame["by"].unique():
        yield from of_groups(contrasts, by, measure)
    yield from of_shrinkage(contrasts, measure)


def of_groups(contrasts: Contrasts, by: str, measure: str = GAP, dimension: str | None = None) -> tuple[Finding, ...]:
    """Units, waves or the values of a segment against the rest, in one measure: how many stand apart, then which; none for one group."""
    rows = contrasts.of(by, measure, dimension)
    rows = rows[rows["n"].gt(0)]
    return tuple(_apart(by, rows, contrasts, "one" if dimension is None else "dimensions")) if len(rows) > 1 else ()


def of_items(contrasts: Contrasts, by: str) -> Finding:
    """How many of all groups' items stand apart from the rest."""
    rows = contrasts.items(by)
    standing = rows["standing"]
    counts = {"compared": int(standing.ne("").sum()), "below": int(standing.eq(BELOW).sum()), "above": int(standing.eq(ABOVE).sum())}
    counts |= {"few": int((standing.eq("") & rows["n"].gt(0)).sum()), "judged": contrasts.judged, "family": "items"}
    if not counts["compared"]:
        return Finding("items_few", INFORMATION, counts)
    return Finding("items_standing" if counts["below"] or counts["above"] else "items_none", INFORMATION, counts)


def _apart(by: str, rows: pd.DataFrame, contrasts: Contrasts, family: str) -> Iterator[Finding]:
    kind = by if by in (UNIT, WAVE) else "segment"
    judged = rows[rows["standing"].ne("")]
    counts = {"by": by, "compared": len(judged), "few": int(len(rows) - len(judged)), "judged": contrasts.judged}
    if len(judged) < 2:
        yield Finding(f"{kind}_few", INFORMATION, counts)
        return
    ordered = judged.sort_values("difference", kind="stable")
    low, high = ordered[ordered["standing"].eq(BELOW)], ordered[ordered["standing"].eq(ABOVE)].iloc[::-1]
    counts |= {"below": len(low), "above": len(high), "open": len(judged) - len(low) - len(high), "family": family}
    if not len(low) and not len(high):
        yield Finding(f"{kind}_none", INFORMATION, counts)
        return
    if len(rows) == 2 and len(low) == len(high) == 1:  # two groups are each the other's rest: one sentence says it
        yield Finding(
            f"{kind}_two", ATTENTION, _first(low) | {"by": by, "other": high["group"].iloc[0], "n_rest": int(low["n_rest"].iloc[0])}
        )
        return
    yield Finding(f"{kind}_standing", INFORMATION, counts)
    for code, some, severity in ((f"{kind}_below", low, ATTENTION), (f"{kind}_above", high, GOOD)):
        if len(some):
            names = tuple(some["group"].iloc[:NAMED])
            yield Finding(code, severity, _first(some) | {"by": by, "groups": names, "more": max(0, len(some) - NAMED)})


def _first(rows: pd.DataFrame) -> dict[str, object]:
    """The group that stands furthest from the rest."""
    row = rows.iloc[0]
    return {name: float(row[name]) for name in ("difference", "low", "high")} | {"group": row["group"], "n": int(row["n"])}


def of_shrinkage(contrasts: Contrasts, measure: str) -> tuple[Finding, ...]:
    """The unit whose measured mean is to be trusted least: the one that shrinks furthest."""
    return tuple(_shrunken(contrasts, measure))


def _shrunken(contrasts: Contrasts, measure: str) -> Iterator[Finding]:
    units, spread = contrasts.units, contrasts.spread
    if not len(units):
        return
    total = units[units["measure"].eq(measure) & units["dimension"].isna()].dropna(subset=["mean"])
    if len(total) < 2:
        return
    total = total.dropna(subset=["shrunk"])
    if not len(total):
        yield Finding("shrunken_withheld", INFORMATION)
        return
    row = total.loc[(total["mean"] - total["shrunk"]).abs().idxmax()]
    icc = float(spread.loc[spread["measure"].eq(measure) & spread["dimension"].isna(), "icc"].iloc[0])
    values = {name: float(row[name]) for name in ("mean", "shrunk", "low", "high", "share")}
    yield Finding("shrunken", INFORMATION, values | {"unit": row["unit"], "n": int(row["n"]), "icc": icc, "units": len(total)})


def _changes(changes: Changes | Withheld) -> Iterator[Finding]:
    if isinstance(changes, Withheld):
        yield Finding("withheld_changes", INFORMATION, {"reason": changes.reason} | dict(changes.values))
        return
    last = changes.frame["wave"].iloc[-1]
    yield from _changes_between(changes.frame[changes.frame["wave"].eq(last)])


def _changes_between(rows: pd.DataFrame) -> Iterator[Finding]:
    totals = rows[rows["dimension"].isna() & rows["measure"].isin([GAP, SHARE, OUTCOME])]
    of_customers = totals["gap"].isna() | totals["gap"].eq(5)
    reasons = set(totals.loc[of_customers, "withheld"])
    if of_customers.sum() > 1 and len(reasons) == 1 and reasons < set(HIDDEN):  # one reason for all: said once
        first = totals[of_customers].iloc[0]
        waves = {name: first[name] for name in ("wave_before", "wave")}
        yield Finding("customers_change_withheld", INFORMATION, waves | {"reason": reasons.pop()})
        totals = totals[~of_customers]
    for _, row in totals.iterrows():
        yield _change(row)
    for gap in rows["gap"].dropna().unique():
        yield from _dimension_changes(rows[rows["gap"].eq(gap) & rows["dimension"].notna()], int(gap))


def of_changes(changes: Changes, before: str, after: str, *, gap: int | None = None) -> tuple[Finding, ...]:
    """What changed from one wave to another: gaps (or one of them), share at or above expectation, outcomes, dimensions."""
    rows = changes.between(before, after)
    return tuple(_changes_between(rows if gap is None else rows[rows["gap"].isna() | rows["gap"].eq(int(gap))]))


def together(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same conclusions for a page, those that no change can be shown joined into one at the end: each alone says little."""
    nothing = [one for one in found if one.code.endswith("_open")]
    if len(nothing) < 2:
        return tuple(found)
    waves = {name: nothing[0].values[name] for name in ("wave_before", "wave")}
    return (*(one for one in found if one not in nothing), Finding("open_together", INFORMATION, waves | {"parts": tuple(nothing)}))


def _change(row: pd.Series) -> Finding:
    """One change in its code and numbers."""
    kind = row["measure"]
    values: dict[str, object] = {name: row[name] for name in ("wave_before", "wave", "design")}
    if row["withheld"] in HIDDEN:
        about = {"gap": int(row["gap"])} if kind == GAP else {"outcome": row["outcome"]} if kind == OUTCOME else {}
        waves = {name: row[name] for name in ("wave_before", "wave")}
        return Finding(f"{kind}_change_withheld", INFORMATION, waves | about | {"reason": row["withheld"]})
    values |= {name: int(row[name]) for name in ("n_before", "n", "n_pairs")}
    values |= {name: float(row[name]) for name in ("before", "after", "change", "low", "high")}
    if kind == GAP:
        values["gap"] = int(row["gap"])
    if kind == SHARE:
        values |= {f"{name}_points": 100 * values[name] for name in ("change", "low", "high")}
    if kind == OUTCOME:
        values["outcome"] = row["outcome"]
    if row["withheld"]:
        return Finding(f"{kind}_change_withheld", INFORMATION, values | {"reason": row["withheld"]})
    if kind == GAP and row["standing"] in CHANGED:
        values["reason"] = movement(values["before"], values["after"])
    overestimate = kind == GAP and int(row["gap"]) == 1  # nearer to zero is better, not higher
    severity = {"rose": GOOD, "fell": ATTENTION}.get(row["standing"], INFORMATION) if not overestimate else INFORMATION
    return Finding(f"{kind}_{row['standing']}", severity, values)


def _dimension_changes(rows: pd.DataFrame, gap: int) -> Iterator[Finding]:
    """Which dimensions of a gap changed, those that moved the same way together."""
    judged = rows[rows["standing"].ne("")]
    if not len(judged):
        return
    first = judged.iloc[0]
    values = {"gap": gap, "tested": len(judged), "wave_before": first["wave_before"], "wave": first["wave"]}
    changed = list(moved(judged.to_dict("records")))
    for standing, numbers in changed:
        severity = INFORMATION if gap == 1 else GOOD if standing == ROSE else ATTENTION
        yield Finding(f"dimensions_{standing}", severity, values | numbers)
    if not changed:
        yield Finding("dimensions_open", INFORMATION, values)


def of_agreement(agreement: Agreement | Withheld) -> Iterator[Finding]:
    """Whether unit means may stand for their units, battery by battery."""
    if isinstance(agreement, Withheld):
        yield Finding("withheld_agreement", INFORMATION, {"reason": agreement.reason})
        return
    for _, row in agreement.frame[agreement.frame["dimension"].isna()].iterrows():
        if row["withheld"] == SMALL:
            yield Finding("agreement_unknown", INFORMATION, {"reason": SMALL, "battery": row["battery"], "role": row["role"]})
            continue
        values: dict[str, object] = {name: float(row[name]) for name in ("icc1", "icc2", "rwg", "design_effect", "n_effective")}
        values |= {name: int(row[name]) for name in ("units", "n")} | {"battery": row["battery"], "role": row["role"]}
        values |= {"icc2_good": agreement.icc2_good, "icc2_tolerable": agreement.icc2_tolerable, "rwg_good": agreement.rwg_good}
        if row["withheld"]:
            yield Finding("agreement_unknown", INFORMATION, values | {"reason": row["withheld"]})
            continue
        code = f"agreement_{row['advice']}" + ("_gap" if row["battery"] == GAP else "")
        if code == "agreement_do_not":
            apart, disagree = row["icc2"] >= agreement.icc2_tolerable, row["rwg"] < agreement.rwg_good
            values["reason"] = "people" if apart else "both" if disagree else "units"
        yield Finding(code, INFORMATION if row["advice"] == AGGREGATE else ATTENTION, values)
        if row["battery"] in (GAP, str(Battery.PERCEPTION)) and row["design_effect"] > 1:
            yield Finding("clustered", INFORMATION, values)


def of_response(result: Response) -> tuple[Finding, ...]:
    """One finding per role, or unit of a role, whose population was given."""
    return tuple(
        Finding(
            ("response_impossible" if row["withheld"] else "response") + ("_unit" if isinstance(row["unit"], str) else ""),
            ATTENTION if row["withheld"] else INFORMATION,
            {name: row[name] for name in ("role", "unit", "population", "n", "rate", "correction")},
        )
        for _, row in result.frame.iterrows()
    )


def of_finite(result: FiniteGaps | Withheld) -> tuple[Finding, ...]:
    """The total gaps with the correction for small populations."""
    if isinstance(result, Withheld):
        return (Finding("response_impossible", ATTENTION, dict(result.values)),)
    total = result.frame[result.frame["dimension"].isna()]
    return tuple(
        Finding(
            "finite", INFORMATION, {"gap": int(row["gap"])} | {n: float(row[n]) for n in ("mean", "low", "high")} | {"width": _width(row)}
        )
        for _, row in total.dropna(subset=["se"]).iterrows()
    )


def _width(row: pd.Series) -> float:
    return float(row["se"] / row["se_uncorrected"]) if row["se_uncorrected"] > 0 else 1.0


def of_raking(result: Raking | Withheld) -> tuple[Finding, ...]:
    """What weighting did, or everything that speaks against the margins."""
    if isinstance(result, Raking):
        values = {name: getattr(result, name) for name in ("n", "n_effective", "smallest", "largest", "trimmed", "design_effect")}
        columns = tuple(result.margins["column"].unique())
        return (
            Finding("raked_trimmed" if result.trimmed else "raked", INFORMATION, values | {"columns": columns, "cap": result.cap or 0.0}),
        )
    if "faults" in result.values:
        return tuple(
            Finding(f"fault_{f.code}", ATTENTION, {"column": f.column or "", "value": f.value or "", "count": f.count})
            for f in result.values["faults"]
        )
    return (Finding(f"raking_{result.reason}", ATTENTION, dict(result.values)),)


def of_printed(found: Sequence[Inconsistency], rows: int) -> tuple[Finding, ...]:
    """The contradictions of a printed table of so many rows."""
    if not found:
        return (Finding("printed_consistent", INFORMATION, {"rows": rows}),)
    return tuple(Finding(f"printed_{f.code}", ATTENTION, {"name": f.name, "printed": f.printed, "implied": f.implied}) for f in found)


def sentence(finding: Finding, study: Study, words: Callable) -> str:
    """The finding in words, with how sure it is. Names from the data are plain text: escape them where they are shown."""
    return ("" if words.language == "zh" else " ").join(part for part in statement_and_certainty(finding, study, words) if part)


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is; the second may be empty."""
    reason = finding.values.get("reason")
    key = f"differences.{finding.code}.{reason}" if reason is not None else f"differences.{finding.code}"
    said, _, sure = words(key, **_named(finding, study, words)).partition(CERTAINTY)
    return said, sure


def how(piece: str, words: Callable, **values) -> str:
    """How a piece was computed, in a few sentences: effects, agreement, raking, finite, printed."""
    return words(f"differences.how.{piece}", **values)


def reliability(icc2: float, words: Callable) -> str:
    """The reliability of a unit mean, as it is shown: below 0 it is none, however far."""
    return words(f"differences.reliability.{'none' if round(icc2, 2) <= 0 else 'some'}", icc2=icc2)


def _named(finding: Finding, study: Study, words: Callable) -> Mapping[str, object]:
    language = words.language
    values = dict(finding.values)

    def dimension(id: object) -> str:
        return next((d.name(language) for d in study.instrument.dimensions if d.id == id), str(id))

    if "parts" in values:
        values |= _parts(finding, study, words)
    if "dimension" in values:
        values["dimension"] = dimension(values["dimension"])
    if "dimensions" in values:
        names = list(map(dimension, values["dimensions"]))
        values["dimensions"] = words.list(names)
        if "change" in values:
            values |= told(values, names, words)
    if finding.code in WEIGHTS:
        weighted = WEIGHT in study.customers
        values["weights"] = words(f"differences.weights.{WEIGHTS[finding.code]}") if weighted else ""
    if "by" in values:
        values["by"] = words.segment(values["by"])
    if values.get("column"):
        values["column"] = words.segment(values["column"])
    if "columns" in values:
        values["columns"] = words.list(map(words.segment, values["columns"]))
    if "groups" in values:
        values["groups"] = words.list(values["groups"])
    if values.get("more"):
        joined = ("、" if language == "zh" else ", ").join(finding.values["groups"])
        values["groups"] = words("differences.and_more", groups=joined, more=values["more"])
    if "gap" in values:
        values["gap"] = words(f"findings.gap_name.{int(values['gap'])}")
    if "outcome" in values:
        values["outcome"] = words(f"findings.outcome_name.{values['outcome']}")
    if "battery" in values:
        values["battery"] = words(f"differences.battery.{values['battery']}")
    if "role" in values:
        values["role"] = words(f"differences.role.{values['role']}")
    if "icc2" in values:
        values["reliability"] = reliability(values["icc2"], words)
    if "family" in values:
        values["chance"] = words(f"differences.chance.{values['family']}")
        values["unjudged"] = words("differences.unjudged", few=values["few"], judged=values["judged"]) if values["few"] else ""
    if "design" in values:
        values["people"] = words(f"differences.people.{values['design']}", **{k: values[k] for k in ("n_before", "n", "n_pairs")})
    return values


def _parts(finding: Finding, study: Study, words: Callable) -> dict[str, str]:
    """What does not change, by name, each with its change and how sure that is; and the fewest people behind any of them."""
    between = "；" if words.language == "zh" else "; "
    parts = {one.code: one for one in finding.values["parts"] if one.code != "outcome_open"}
    whole = {"gap_open", "dimensions_open"} <= set(parts)  # a gap and its dimensions: named once
    named, changed = [], []
    for one in finding.values["parts"]:
        values = _named(one, study, words)
        if not (whole and one.code == "dimensions_open"):
            named.append(words(f"differences.open.{'gap_and_dimensions' if whole and one.code == 'gap_open' else one.code}", **values))
        if one.code != "dimensions_open":
            changed.append(words(f"differences.open_change.{one.code}", **values))
    counts = [tuple(one.values[name] for name in ("n_before", "n")) for one in finding.values["parts"] if "n" in one.values]
    fewest = dict(zip(("n_before", "n"), map(min, zip(*counts, strict=True)), strict=True))
    people = words(f"differences.open_people.{'all' if len(set(counts)) == 1 else 'least'}", **fewest)
    return {"parts": words.list(named), "changes": between.join(changed), "people": people}
