"""One gap: how large it is, and what this study says for or against looking there. The remedies themselves are texts (`one_gap`).

Nothing here says that a remedy works: a study of gaps did not ask for their causes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from gaps.findings import (
    ATTENTION,
    DESCRIPTIVE_BELOW,
    GOOD,
    INFORMATION,
    SURE,
    Finding,
    correlation,
    headline_fit,
    parted,
    shares_of,
    side,
)
from gaps.model import DIRECT_ROLE, Battery, Gap, Role, Study, Withheld
from gaps.scoring.tables import ALIKE, GapTable
from gaps.stats.results import DriverFit

if TYPE_CHECKING:
    from gaps.scoring.gap_profile import ExpectedTop, GapProfile
    from gaps.stats.technical import TechnicalFunctional

ENOUGH: Mapping[Role, int] = {Role.CUSTOMERS: 30, Role.MANAGERS: 5, Role.EMPLOYEES: 10}  # of a unit to be judged (methods 2.6)


def lead(table: GapTable, study: Study, gap: Gap) -> Finding:
    """How large the gap is, said by who answered what; or that it was not measured, and what would have to be asked."""
    row = _total(table, gap)
    if row is None:
        return Finding(f"lead_{'none' if study.design(gap) is None else 'no_answers'}", INFORMATION, {"gap": int(gap)})
    values = _values(row) | {"gap": int(gap), "reason": f"{study.design(gap)}_{int(gap)}"}
    if _n(row) < DESCRIPTIVE_BELOW:
        return Finding("lead_few", INFORMATION, values | {"reason": None, "needed": DESCRIPTIVE_BELOW, "alike": False})
    return Finding("lead", ATTENTION if side(row) == "shortfall" else INFORMATION, values)


def evidence(
    table: GapTable,
    study: Study,
    gap: Gap,
    *,
    chances: Mapping[str, float],
    among: tuple[int, ...],
    drivers: tuple[DriverFit, ...] = (),
    outcome: str | None = None,
    profile: GapProfile | ExpectedTop | Withheld = Withheld("no_expectation"),
    split: TechnicalFunctional | Withheld = Withheld("no_expectation"),
    dimension_chances: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """What this study says about a gap that remedies are to close: size, where it is largest, rank, what goes with the outcome.

    chances: the probability of each of the gaps `among` to be the widest. drivers: the fits of `outcome`. profile, split: for gap 5,
    who expects the scale's top, and outcome against process quality. dimension_chances: of each dimension to have the widest gap 5; one
    that is as good as sure is named, as everywhere.
    """
    return tuple(_evidence(table, study, gap, chances, among, drivers, outcome, profile, split, dimension_chances or {}))


def _evidence(table, study, gap, chances, among, drivers, outcome, profile, split, dimension_chances) -> Iterator[Finding]:
    row = _total(table, gap)
    if row is None:
        yield Finding("unmeasured", INFORMATION, {"gap": int(gap)})
        yield Finding("causes", INFORMATION, {"reason": str(int(gap))})
        return
    yield _size(row, gap)
    if _n(row) >= DESCRIPTIVE_BELOW:
        yield from _largest(table.rows(gap=gap, level="dimension"), "dimension", dimension_chances if gap is Gap.CUSTOMER else {})
        yield from _largest(table.rows(gap=gap, level="item"), "item", {})
    yield from _units(table, study, gap)
    if gap is not Gap.CUSTOMER:
        if int(gap) in among and len(among) > 1 and math.isfinite(chances.get(str(int(gap)), math.nan)):
            yield Finding("widest", INFORMATION, {"among": among, "p_widest": chances[str(int(gap))]})
        yield from _share(drivers, outcome, gap)
    else:
        yield from _split(split)
        yield from _weights(drivers, outcome)
        yield from _top(profile)
        yield from _promised(table)
    yield Finding("causes", INFORMATION, {"reason": str(int(gap))})


def _total(table: GapTable, gap: Gap) -> pd.Series | None:
    rows = table.rows(gap=gap, level="total")
    return rows.iloc[0] if len(rows) and not rows.iloc[0]["withheld"] else None


def _n(row: Mapping[str, float]) -> int:
    return int(min(row["n_expected"], row["n_achieved"]))


def _values(row: Mapping[str, float]) -> dict[str, object]:
    numbers: dict[str, object] = {name: float(row[name]) for name in ("expected", "achieved", "mean", "low", "high")}
    if row["se"] <= ALIKE:
        numbers["alike"] = True
    return numbers | {name: int(row[name]) for name in ("n_expected", "n_achieved")} | {"n": _n(row)}


def _size(row: pd.Series, gap: Gap) -> Finding:
    values = _values(row) | {"gap": int(gap)}
    if _n(row) < DESCRIPTIVE_BELOW:
        return Finding("size_few", INFORMATION, values | {"needed": DESCRIPTIVE_BELOW, "alike": False})
    where = side(row)
    if gap is Gap.KNOWLEDGE and where == "surplus":
        return Finding("size_over", ATTENTION, values)
    return Finding(f"size_{where}", {"shortfall": ATTENTION, "surplus": GOOD}.get(where, INFORMATION), values)


def _largest(rows: pd.DataFrame, key: str, chances: Mapping[str, float]) -> Iterator[Finding]:
    """The lowest of the dimensions or items: named if it is the widest with 95 % probability, else how many others' intervals overlap."""
    enough = rows[["n_expected", "n_achieved"]].min(axis=1).ge(DESCRIPTIVE_BELOW) & rows["low"].notna()
    rows = rows[enough].sort_values("mean", kind="stable")
    if len(rows) < 2:
        return
    if not rows["high"].lt(0).any():
        yield Finding(f"{key}_none", INFORMATION, {"count": len(rows)})
        return
    first = rows.iloc[0]
    others = int(rows["low"].iloc[1:].le(first["high"]).sum())
    values = _values(first) | {key: first[key] if key == "dimension" else int(first[key]), "others": others, "count": len(rows)}
    if others and (p := chances.get(str(first[key]), 0.0)) >= SURE:
        yield Finding(f"{key}_named", ATTENTION, values | {"p_widest": p})
        return
    yield Finding(f"{key}_{'tied' if others else 'alone'}", ATTENTION, values)


def _units(table: GapTable, study: Study, gap: Gap) -> Iterator[Finding]:
    """In how many units with enough answers the gap falls short."""
    if len(study.units) < 2:
        return
    rows = table.rows(gap=gap, unit="*", level="total")
    enough = pd.Series(True, index=rows.index)
    for column, role in _counted(study, gap):
        enough &= rows[column].ge(ENOUGH[role])
    judged = rows[enough & rows["low"].notna()].sort_values("mean", kind="stable")
    values = {"judged": len(judged), "few": int((~enough).sum())}
    if len(judged) < 2:
        yield Finding("units_few", INFORMATION, values)
        return
    lowest = judged.iloc[0]
    values |= {"unit": str(lowest["unit"]), "below": int(judged["high"].lt(0).sum())} | {
        n: float(lowest[n]) for n in ("mean", "low", "high")
    }
    yield Finding("units" if values["few"] else "units_all", INFORMATION, values)


def _counted(study: Study, gap: Gap) -> tuple[tuple[str, Role], ...]:
    if study.design(gap) == "direct":
        return (("n_achieved", DIRECT_ROLE[gap]),)
    return (("n_expected", gap.expected.role), ("n_achieved", gap.achieved.role))


def _sides(study: Study, gap: Gap) -> tuple[tuple[str, Role], ...]:
    """Whose answers are counted where: once where the same people answered both sides."""
    sides = _counted(study, gap)
    return sides[-1:] if gap.paired else sides


def _share(drivers: tuple[DriverFit, ...], outcome: str | None, gap: Gap) -> Iterator[Finding]:
    """What share of the outcome's differences between units goes with this gap."""
    fit = headline_fit(drivers, "gap", outcome)
    if fit is None or fit.withheld is not None or fit.one_at_a_time:
        yield Finding("share_unknown", INFORMATION)
        return
    shares, name = shares_of(fit), f"gap{int(gap)}"
    if name not in shares:
        return
    values = {k: float(shares[name][k]) for k in ("share", "share_low", "share_high", "p_first")}
    values |= {"outcome": fit.outcome, "n": fit.n, "among": tuple(int(k.removeprefix("gap")) for k in shares), "r": correlation(fit, name)}
    yield Finding("share" if values["r"] > 0 else "share_inverse", INFORMATION, values)


def _split(split: TechnicalFunctional | Withheld) -> Iterator[Finding]:
    if isinstance(split, Withheld):
        if split.reason == "other_dimensions":
            yield Finding("split_withheld", INFORMATION)
        return
    difference = split.difference
    if difference.alike:
        return
    values = {"technical": split.technical.mean, "functional": split.functional.mean, "difference": difference.mean}
    values |= {"low": difference.low, "high": difference.high, "n": difference.n}
    where = {"shortfall": "technical", "surplus": "functional", "level": "level"}[side({"low": difference.low, "high": difference.high})]
    yield Finding(f"split_{where}", INFORMATION, values)


def _weights(drivers: tuple[DriverFit, ...], outcome: str | None) -> Iterator[Finding]:
    """Whether expectation goes with the outcome where perception is held: what lowering expectations could rest on."""
    fit = headline_fit(drivers, "dimension", outcome)
    if fit is None or not math.isfinite(fit.expectation.get("b", math.nan)):
        return
    e = fit.expectation
    values = {"b": e["b"], "low": e["low"], "high": e["high"], "outcome": fit.outcome, "n": fit.n}
    yield Finding(f"weight_{side(values)}", INFORMATION, values)


def _top(profile: GapProfile | ExpectedTop | Withheld) -> Iterator[Finding]:
    if isinstance(profile, Withheld):
        return
    items = profile.frame[profile.frame["item"].notna()]
    n = int(items["n"].sum())
    if n:
        yield Finding("top", INFORMATION, {"share": float(items["n_expected_top"].sum() / n), "n": n})


def _promised(table: GapTable) -> Iterator[Finding]:
    row = _total(table, Gap.COMMUNICATION)
    if row is not None and _n(row) >= DESCRIPTIVE_BELOW and math.isfinite(float(row["low"])):
        yield Finding(f"promised_{side(row)}", INFORMATION, _values(row) | {"gap": int(Gap.COMMUNICATION)})


def remedies(gap: Gap, words: Callable) -> tuple[str, ...]:
    """What texts on service quality recommend for a gap, in our own words."""
    keys = [f"one_gap.remedy.{int(gap)}.{k}" for k in range(1, 7)]
    return tuple(words(key) for key in keys if key in words)


def how_asked(study: Study, gap: Gap, words: Callable) -> str:
    """How a gap was measured, or what would have to be asked."""
    design = study.design(gap)
    if design is None:
        return words("one_gap.how.none", ask=words(f"charts.diagram.ask.{int(gap)}"))
    return words(f"one_gap.how.{design}.{int(gap)}")


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is; names from the data are plain: escape them where they are shown."""
    reason = finding.values.get("reason")
    key = f"one_gap.{finding.code}" if reason is None else f"one_gap.{finding.code}.{reason}"
    said, sure = parted(key, _named(finding, study, words), finding, words)
    return said[:1].upper() + said[1:], sure


def _named(finding: Finding, study: Study, words: Callable) -> dict[str, object]:
    values = dict(finding.values)
    if "n_achieved" in values and "gap" in values:
        values["people"] = words.list(words(f"charts.n.{role}", n=values[side]) for side, role in _sides(study, Gap(values["gap"])))
    if "gap" in values:
        values["ask"] = words(f"charts.diagram.ask.{values['gap']}")
        values["gap"] = words(f"findings.gap_name.{values['gap']}")
    if "dimension" in values:
        values["dimension"] = study.instrument.dimension(str(values["dimension"])).name(words.language)
    if "item" in values:
        values["item"] = study.instrument.item(int(values["item"])).label(words.language)
    if "outcome" in values:
        values["outcome"] = words(f"findings.outcome_name.{values['outcome']}")
    if "among" in values:
        values["among"] = words.list(map(str, values["among"]))
    return values | {"wanted": words(f"findings.wanted.{study.expectation or Battery.EXPECTATION}")}
