"""Results turned into coded conclusions with their numbers.

No prose here: a finding is a code and its values; `sentence` looks the words up, so that screen, command line and every report, in every
language, say the same thing. A conclusion is drawn only where its interval allows it; otherwise the finding says what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from gaps.findings.movement import ROSE, moved, told
from gaps.model import OUTCOMES, Battery, Gap, Study, Withheld
from gaps.scoring.tables import ALIKE, Estimate, GapTable, Servqual, ZoneTable
from gaps.stats.results import NAMING_NEEDED, AsymmetryCurve, DriverFit

if TYPE_CHECKING:
    from gaps.stats.chain_results import Chain
    from gaps.stats.change import Changes, WaveChange
    from gaps.stats.contrasts import Contrasts  # scipy: not on the way to the first page
    from gaps.stats.zone_total import ZoneTotal

GOOD, ATTENTION, INFORMATION = "good", "attention", "information"
TOLERANCE = 1e-9
SURE = 0.95
DESCRIPTIVE_BELOW = 10
POSSIBLE = 0.05  # a chance of being first below this is not worth naming


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion: a code from the `findings` catalogue, how it is to be read, and the numbers its sentence needs."""

    code: str
    severity: str
    values: Mapping[str, object] = field(default_factory=dict)


def primary_outcome(study: Study) -> str | None:
    """The outcome that the headline speaks of: overall quality, else satisfaction, else recommendation; an answered one if there is any."""
    asked = [name for name in OUTCOMES if name in study.outcomes]
    answered = (name for name in asked if name in study.answered_outcomes)
    return next(answered, asked[0] if asked else None)


def spoken_of(study: Study, explained: Collection[str]) -> str | None:
    """The primary outcome, or where that is not among the explained ones the first of these."""
    primary = primary_outcome(study)
    known = [name for name in OUTCOMES if name in explained]
    return primary if not known or primary in known else known[0]


def headline_fit(fits: Sequence[DriverFit], question: str, outcome: str | None) -> DriverFit | None:
    """The fit the headline rests on: P with E (it contains the other two), P alone where that cannot be fitted or E was not asked.

    Where none can be fitted it is the one that would need the fewest, so that what is said to be needed would do.
    """
    candidates = [f for f in fits if f.question == question and f.outcome == outcome]
    order = ("P,E", "P", "P-E", "gap1..gap4")

    def place(fit: DriverFit) -> tuple[bool, float, int]:
        needed = 0 if fit.withheld is None else fit.withheld.values.get("needed", 0)
        return fit.withheld is not None, needed, order.index(fit.predictors)

    return min(candidates, key=place, default=None)


LOSSES = ("asymmetry_",)  # what `losses` says
DESCRIBED = ("simulated", "state_", "largest_", "gap1_", "unit_", "wave_")  # what `describe` says; the others rest on a regression


def find(
    study: Study,
    gaps: GapTable,
    servqual: Servqual,
    drivers: Sequence[DriverFit],
    asymmetry: Sequence[AsymmetryCurve | Withheld],
    widest_gap: Mapping[str, float],
    widest_dimension: Mapping[str, float],
    units: Contrasts | Withheld = Withheld("no_units"),
    chain: Chain | Withheld | None = None,
    *,
    change: WaveChange | Withheld = Withheld("no_waves"),
    dimensions: Changes | Withheld = Withheld("no_waves"),
    zone: ZoneTotal | Withheld = Withheld("not_measured"),
    zones: ZoneTable | Withheld = Withheld("not_measured"),
) -> tuple[Finding, ...]:
    """All conclusions of an analysis, in reading order: what `describe` says, then what `explain` says."""
    return (
        *describe(study, gaps, servqual, widest_gap, widest_dimension, units, change=change, dimensions=dimensions, zone=zone, zones=zones),
        *explain(study, gaps, drivers, asymmetry, chain),
    )


def describe(
    study: Study,
    gaps: GapTable,
    servqual: Servqual,
    widest_gap: Mapping[str, float],
    widest_dimension: Mapping[str, float],
    units: Contrasts | Withheld = Withheld("no_units"),
    *,
    change: WaveChange | Withheld = Withheld("no_waves"),
    dimensions: Changes | Withheld = Withheld("no_waves"),
    zone: ZoneTotal | Withheld = Withheld("not_measured"),
    zones: ZoneTable | Withheld = Withheld("not_measured"),
) -> tuple[Finding, ...]:
    """What the gaps alone say, in reading order: state, gaps, dimensions, units, waves.

    `change`, `dimensions`: of gap 5 between the last two waves, in total and by dimension. `zone`, `zones`: where service stands in a
    three-column study, in total and by dimension.
    """
    return (
        *([Finding("simulated", INFORMATION)] if study.simulated else []),
        *_state(study, gaps, servqual, zone, zones),
        *_largest_gap(gaps, widest_gap),
        *_overestimate(gaps),
        *_largest_dimension(gaps, widest_dimension),
        *_units(units),
        *_waves(change),
        *_dimensions_changed(dimensions),
    )


def explain(
    study: Study,
    gaps: GapTable,
    drivers: Sequence[DriverFit],
    asymmetry: Sequence[AsymmetryCurve | Withheld],
    chain: Chain | Withheld | None = None,
) -> tuple[Finding, ...]:
    """What goes with the outcome, in reading order: drivers, asymmetry, next steps.

    What to fix first is not among them: it rests on the priorities, which `first` puts into words.
    `chain`: what is said of gaps 1 to 4 (`findings.chain.answer`); None where that was not wanted.
    """
    outcome = spoken_of(study, {fit.outcome for fit in drivers})
    by_dimension = headline_fit(drivers, "dimension", outcome)
    of_gaps = tuple(_gap(chain, outcome))
    return (
        *_driver(by_dimension, outcome, measured=Battery.PERCEPTION in study.answers),
        *_agreement(drivers, outcome),
        *_constraint(by_dimension),
        *of_gaps,
        *losses(asymmetry, outcome),
        *_next(study, next((f for f in of_gaps if f.code == "driver_gap_named"), None)),
    )


def losses(asymmetry: Sequence[AsymmetryCurve | Withheld], outcome: str | None) -> tuple[Finding, ...]:
    """Whether falling short goes with more than exceeding does, of the outcome that is spoken of."""
    return tuple([f for curve in asymmetry if getattr(curve, "outcome", outcome) == outcome for f in _asymmetry(curve)][:1])


def _record(row: pd.Series) -> dict[str, float]:
    values = {name: float(row[name]) for name in ("expected", "achieved", "mean", "low", "high")} | {"n": int(row["n_achieved"])}
    return values | ({"alike": True} if row["se"] <= ALIKE else {})


def _total(gaps: GapTable, gap: int) -> pd.Series | None:
    rows = gaps.rows(gap=gap, level="total")
    return rows.iloc[0] if len(rows) and not rows.iloc[0]["withheld"] else None


def side(row: Mapping[str, float]) -> str:
    """Where an interval stands: "shortfall" (all below zero), "surplus" (all above), "level" (zero inside) or "unknown" (there is none)."""
    if not (math.isfinite(row["low"]) and math.isfinite(row["high"])):
        return "unknown"
    if row["high"] < -TOLERANCE:
        return "shortfall"
    return "surplus" if row["low"] > TOLERANCE else "level"


def _state(study: Study, gaps: GapTable, servqual: Servqual, zone: ZoneTotal | Withheld, zones: ZoneTable | Withheld) -> Iterator[Finding]:
    """How the service stands against expectation; the desired level of the three-column form is no promise to fall short of.

    Where the adequate level was asked too, what is said is where service stands between the two, and what that hides: dimensions below
    the adequate level.
    """
    if not isinstance(zone, Withheld) and zone.n >= DESCRIPTIVE_BELOW:
        lacking = () if zone.place == "below" else _lacking(zones)
        severity = ATTENTION if zone.place == "below" or lacking else GOOD if zone.place == "above" else INFORMATION
        values = {name: getattr(zone, name) for name in ("adequate", "desired", "perceived", "n", "inconsistent")}
        values |= {"adequacy": zone.adequacy.mean, "low": zone.adequacy.low, "high": zone.adequacy.high}
        values |= {"superiority": zone.superiority.mean, "reason": zone.place, "lacking": lacking} | (
            {"alike": True} if zone.adequacy.alike else {}
        )
        values |= _otherwise(zone, _total(gaps, int(Gap.CUSTOMER)))
        yield Finding("state_zone", severity, values)
        return
    rows = gaps.rows(gap=Gap.CUSTOMER, level="total")
    if gaps.designs.get(int(Gap.CUSTOMER)) is not None and len(rows) and rows.iloc[0]["n_achieved"] > 0:
        row = rows.iloc[0]
        if int(row["n_achieved"]) < DESCRIPTIVE_BELOW:
            yield Finding("state_few", INFORMATION, _record(row) | {"needed": DESCRIPTIVE_BELOW})
            return
        where = side(row)
        if where == "unknown":
            yield Finding("state_alike", INFORMATION, _record(row))
            return
        shortfall = INFORMATION if study.expectation is Battery.DESIRED else ATTENTION
        severity = {"shortfall": shortfall, "surplus": GOOD, "level": INFORMATION}[where]
        yield Finding(f"state_{where}", severity, _record(row) | {"size": abs(float(row["mean"]))})
    elif study.expectation is None and isinstance(servqual.servperf, Estimate):
        e = servqual.servperf
        code = "state_perception" if e.n >= DESCRIPTIVE_BELOW else "state_perception_few"
        values = {"mean": e.mean, "low": e.low, "high": e.high, "n": e.n, "needed": DESCRIPTIVE_BELOW}
        yield Finding(code, INFORMATION, values | ({"alike": True} if e.alike and e.n >= DESCRIPTIVE_BELOW else {}))
    else:
        yield Finding("state_withheld", INFORMATION)


def _lacking(zones: ZoneTable | Withheld) -> tuple[str, ...]:
    """The dimensions whose perceived service is below the adequate level, each by its own interval."""
    if isinstance(zones, Withheld) or "adequacy_high" not in zones.frame:
        return ()
    rows = zones.frame[zones.frame["item"].isna() & zones.frame["dimension"].notna()]
    return tuple(rows.loc[rows["adequacy_high"] < -TOLERANCE, "dimension"].astype(str))


def _otherwise(zone: ZoneTotal, row: pd.Series | None) -> dict[str, float]:
    """The means of the customers' gap, which takes items with two answers too, where they read otherwise than the zone's."""
    if row is None:
        return {}
    means = {"pairs_desired": float(row["expected"]), "pairs_perceived": float(row["achieved"])}
    same = all(f"{x:.2f}" == f"{y:.2f}" for x, y in zip(means.values(), (zone.desired, zone.perceived), strict=True))
    return {} if same else means


def _widest(rows: pd.DataFrame, key: str, chances: Mapping[str, float], code: str) -> Iterator[Finding]:
    """The most negative of several gaps, said only as surely as the data carry it."""
    rows = rows.sort_values("mean", kind="stable")
    names = [_plain(name) for name in rows[key]]
    among = {"among": tuple(sorted(names, key=str)), "measured": len(names)}
    if not any(side(row) == "shortfall" for _, row in rows.iterrows()):
        yield Finding(f"{code}_none", INFORMATION, among | ({"alike": True} if rows["se"].le(ALIKE).all() else {}))
        return
    first = rows.iloc[0]
    chance = float(chances.get(str(names[0]), math.nan))
    values = _record(first) | among | {key: names[0], "p_widest": chance}
    if chance >= SURE and side(first) == "shortfall":
        yield Finding(f"{code}_named", ATTENTION, values)
        return
    close = [name for name in names if chances.get(str(name), 0) >= POSSIBLE]
    yield Finding(f"{code}_tied", ATTENTION, values | {f"{key}s": tuple(close if len(close) > 1 else names[:2])})


def _fewest(rows: pd.DataFrame) -> pd.Series:
    return rows[["n_expected", "n_achieved"]].min(axis=1)


def _plain(value):
    return value if isinstance(value, str) else int(value)


def _largest_gap(gaps: GapTable, chances: Mapping[str, float]) -> Iterator[Finding]:
    """The widest of the gaps inside the company. Gap 5 is not among them: the state tells it."""
    rows = gaps.rows(level="total")
    rows = rows[rows["gap"].isin(comparable_gaps(gaps)) & _fewest(rows).gt(0)]
    if len(rows) and _fewest(rows).min() < DESCRIPTIVE_BELOW:
        thin = rows.loc[_fewest(rows).idxmin()]
        yield Finding("largest_gap_few", INFORMATION, {"gap": int(thin["gap"]), "n": int(_fewest(rows).min()), "needed": DESCRIPTIVE_BELOW})
    elif len(rows) == 1:
        row = rows.iloc[0]
        severity = ATTENTION if side(row) == "shortfall" else INFORMATION
        yield Finding("largest_gap_only", severity, _record(row) | {"gap": int(row["gap"])})
    elif len(rows):
        yield from _widest(rows, "gap", chances, "largest_gap")


def _overestimate(gaps: GapTable) -> Iterator[Finding]:
    """A positive gap 1 is no success: managers believe that customers expect more than they do (methods 2.3)."""
    row = _total(gaps, Gap.KNOWLEDGE)
    if row is not None and min(row["n_expected"], row["n_achieved"]) >= DESCRIPTIVE_BELOW and side(row) == "surplus":
        yield Finding("gap1_overestimated", ATTENTION, _record(row) | {"n_customers": int(row["n_expected"])})


def comparable_gaps(gaps: GapTable) -> list[int]:
    """Those of gaps 1 to 4 that were asked for in one and the same way, the more usual of the two if both were used.

    A direct rating's distance from the end of its scale is no difference of two answers: such gaps are not ranked against each other.
    """
    inside = {int(g): gaps.designs.get(int(g)) for g in Gap if g is not Gap.CUSTOMER and gaps.designs.get(int(g))}
    designs = list(inside.values())
    return [gap for gap, design in inside.items() if design == max(designs, key=designs.count)]


def _largest_dimension(gaps: GapTable, chances: Mapping[str, float]) -> Iterator[Finding]:
    rows = gaps.rows(gap=Gap.CUSTOMER, level="dimension")
    rows = rows[_fewest(rows).ge(DESCRIPTIVE_BELOW)]
    if len(rows) > 1:
        yield from _widest(rows, "dimension", chances, "largest_dimension")


def _units(units: Contrasts | Withheld) -> Iterator[Finding]:
    """The lowest of the units that stand below all the other units, after correction for their number."""
    if isinstance(units, Withheld):
        return
    judged = units.frame[units.frame["standing"].ne("")].sort_values("difference", kind="stable")
    if len(judged) < 2:
        return
    below = judged[judged["standing"].eq("below")]
    counts = {"compared": len(judged), "below": len(below), "customers": units.judged}
    if len(below):
        lowest = below.iloc[0]
        values = {name: float(lowest[name]) for name in ("mean", "rest", "difference", "low", "high")}
        yield Finding("unit_weakest", ATTENTION, values | {"unit": str(lowest["group"]), "n": int(lowest["n"])} | counts)
    else:
        yield Finding("unit_none", INFORMATION, counts)


def _waves(change: WaveChange | Withheld) -> Iterator[Finding]:
    """The change of gap 5 between the last two waves."""
    if isinstance(change, Withheld) or change.measure != "gap":
        return
    names = ("wave_before", "wave", "change", "low", "high", "before", "after", "n_before", "n")
    values = {name: getattr(change, name) for name in names}
    where = {"shortfall": "worse", "surplus": "better", "level": "same"}[side(values)]
    yield Finding(f"wave_{where}", {"worse": ATTENTION, "better": GOOD, "same": INFORMATION}[where], values)


def _dimensions_changed(changes: Changes | Withheld) -> Iterator[Finding]:
    """The dimensions of gap 5 that changed between the last two waves, after correction for their number; nothing where none did."""
    if isinstance(changes, Withheld):
        return
    judged = [row for row in changes.frame.to_dict("records") if row["standing"]]
    for standing, values in moved(judged):
        some = [row for row in judged if row["dimension"] in values["dimensions"]]
        values |= {name: some[0][name] for name in ("wave_before", "wave")} | {"tested": len(judged)}
        values |= {name: min(int(row[name]) for row in some) for name in ("n_before", "n")}
        yield Finding("wave_dimensions", GOOD if standing == ROSE else ATTENTION, values)


def _driver(fit: DriverFit | None, outcome: str | None, *, measured: bool) -> Iterator[Finding]:
    """The verdict on the dimensions, in the codes driver_dimension_named, _inverse, _tied, _few and _withheld.

    `measured`: whether the study has what the fit would rest on; if so, a missing fit was not wanted, and nothing is said.
    """
    code = "driver_dimension"
    if outcome is None:
        yield Finding(f"{code}_withheld", INFORMATION, {"reason": "no_outcome"})
        return
    if fit is None:
        if not measured:
            yield Finding(f"{code}_withheld", INFORMATION, {"reason": "not_measured", "outcome": outcome})
        return
    if fit.withheld is not None:
        values = dict(fit.withheld.values) | {"reason": _asked(fit.withheld.reason), "outcome": fit.outcome}
        yield Finding(f"{code}_withheld", INFORMATION, values)
        return
    shares = shares_of(fit)
    values = {"outcome": fit.outcome, "n": fit.n, "r2": fit.r2, "adj_r2": fit.adj_r2, "among": tuple(shares)}
    if fit.verdict.driver is not None:
        first = fit.verdict.driver
        best = shares[first]
        values |= {"dimension": first, "share": best["share"], "low": best["share_low"], "high": best["share_high"]}
        values |= {"p_first": best["p_first"], "r": correlation(fit, first)}
        yield Finding(f"{code}_named" if values["r"] > 0 else f"{code}_inverse", ATTENTION, values)
    elif fit.verdict.leading:
        ranked = sorted(fit.verdict.leading, key=lambda name: -shares[name]["p_first"])
        ranked = [name for k, name in enumerate(ranked) if k < 2 or shares[name]["p_first"] >= POSSIBLE]
        values |= {"dimensions": tuple(ranked), "chances": tuple(shares[n]["p_first"] for n in ranked), "reason": fit.verdict.reason}
        values["needed"] = NAMING_NEEDED
        few = fit.verdict.reason == "few_respondents"
        yield Finding(f"{code}_few" if few else f"{code}_tied", INFORMATION, values)
    else:
        yield Finding(f"{code}_withheld", INFORMATION, {"reason": fit.verdict.reason, "outcome": fit.outcome})


def _gap(chain: Chain | Withheld | None, outcome: str | None) -> Iterator[Finding]:
    """The verdict on gaps 1 to 4, in the codes driver_gap_named, _inverse, _tied, _ahead and _withheld: the chain's and no other."""
    if isinstance(chain, Withheld):
        yield Finding("driver_gap_withheld", INFORMATION, {"reason": "not_measured", "outcome": outcome or "P"})
    elif chain is not None:
        from gaps.findings.chain import answer  # loads scipy, which a chain needed anyway

        yield answer(chain)


def of_driver(fits: Sequence[DriverFit], outcome: str | None) -> tuple[Finding, ...]:
    """What goes with an outcome among some respondents, by the fit that a headline rests on."""
    return tuple(_driver(headline_fit(fits, "dimension", outcome), outcome, measured=True))


def _asked(reason: str) -> str:
    """A fit that has no outcome was asked for one: the question stands in the survey, nobody here answered it."""
    return "outcome_unanswered" if reason == "no_outcome" else reason


def correlation(fit: DriverFit, name: str) -> float:
    """The plain correlation of a predictor with the outcome; of a block, that of its perception. Shares have no sign, this has."""
    return next(t.r for t in fit.terms if t.name in (name, f"P:{name}"))


def shares_of(fit: DriverFit) -> Mapping[str, Mapping[str, float]]:
    """Share, interval and probability of being first, per thing the verdict speaks of (a dimension's block in P,E)."""
    if fit.blocks:
        return fit.blocks
    return {t.name: {"share": t.share, "share_low": t.share_low, "share_high": t.share_high, "p_first": t.p_first} for t in fit.terms}


def _agreement(drivers: Sequence[DriverFit], outcome: str | None) -> Iterator[Finding]:
    """Whether the P - E, P and P,E models put the same dimension first."""
    fits = [f for f in drivers if f.question == "dimension" and f.outcome == outcome and f.withheld is None]
    fits = [f for f in fits if f.verdict.leading and f.verdict.reason != "few_respondents"]
    if len(fits) < 2:
        return
    firsts = {f.predictors: max(shares_of(f).items(), key=lambda pair: pair[1]["share"])[0] for f in fits}
    values = {"models": tuple(firsts)}
    if len(set(firsts.values())) == 1:
        yield Finding("driver_models_agree", INFORMATION, values | {"dimension": next(iter(firsts.values()))})
    else:
        yield Finding("driver_models_disagree", INFORMATION, values | {"dimensions": tuple(dict.fromkeys(firsts.values()))})


def _constraint(fit: DriverFit | None) -> Iterator[Finding]:
    """Whether expectation enters with the weight that a difference score gives it (Edwards; methods 1.4)."""
    if fit is None or not math.isfinite(fit.constraint.get("p", math.nan)):
        return
    c = fit.constraint
    code = "gap_score_rejected" if c["p"] < 0.05 else "gap_score_kept"
    yield Finding(code, INFORMATION, {"outcome": fit.outcome, "b_p": c["b_p"], "b_e": c["b_e"], "p": c["p"], "n": fit.n})


def _asymmetry(curve: AsymmetryCurve | Withheld) -> Iterator[Finding]:
    if isinstance(curve, Withheld):
        yield Finding(
            "asymmetry_withheld", INFORMATION, dict(curve.values) | {"reason": _asked(curve.reason) if curve.values else curve.reason}
        )
        return
    values = {"outcome": curve.outcome, "n": curve.n, "n_below": curve.n_below, "n_at": curve.n_at, "n_above": curve.n_above}
    values |= {"needed": curve.min_side, "p": curve.p_equal} | curve.slopes()
    if curve.status == "too_few":
        values |= {"p": None, "reason": curve.reason, "fewer": min(curve.n_below, curve.n_above)}
        yield Finding("asymmetry_too_few", INFORMATION, values)
        return
    if curve.status == "not_estimable":
        yield Finding("asymmetry_not_estimable", INFORMATION, values | {"reason": curve.reason})
        return
    values |= {"ratio": curve.ratio, "low": curve.ratio_low, "high": curve.ratio_high}
    if curve.p_equal >= 0.05:
        yield Finding("asymmetry_none", INFORMATION, values)
    elif curve.slope_below > curve.slope_above:
        yield Finding("asymmetry_loss", ATTENTION, values)
    else:
        yield Finding("asymmetry_gain", INFORMATION, values)


def _next(study: Study, named: Finding | None) -> Iterator[Finding]:
    """What to look at or to ask next, from what was and was not found, most useful first."""
    if named is not None:
        yield Finding("next_gap", ATTENTION, {name: named.values[name] for name in ("gap", "outcome")})
    missing = tuple(int(g) for g in Gap if study.design(g) is None and g is not Gap.CUSTOMER)
    if missing:
        yield Finding("next_measure_gaps", INFORMATION, {"gaps": missing})
    if primary_outcome(study) is None:
        yield Finding("next_outcome", INFORMATION)


CERTAINTY = " | "  # parts a sentence of the catalogue: what was found, and how sure that is


def sentence(finding: Finding, study: Study, words: Callable) -> str:
    """The finding in words, with how sure it is. Text from the data (unit and wave names) is plain: escape it where it is shown."""
    return ("" if words.language == "zh" else " ").join(part for part in statement_and_certainty(finding, study, words) if part)


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is (interval, probability, n); the second may be empty."""
    words = words.of(study)
    if finding.code.startswith("driver_gap_"):
        from gaps.findings import chain

        return chain.statement_and_certainty(finding, words)
    said, sure = parted(words(_key(finding, words), **_named(finding, study, words)), finding, words)
    if "pairs_desired" in finding.values:
        why = "without" if finding.values["inconsistent"] else "complete"
        sure += ("" if words.language == "zh" else " ") + words(f"findings.zone_pairs.{why}", **finding.values)
    return said, sure


def parted(text: str, finding: Finding, words: Callable) -> tuple[str, str]:
    """A sentence and its certainty; where everybody behind it answered alike there is no interval, and that is said in its place."""
    said, _, sure = text.partition(CERTAINTY)
    return said, words("findings.alike") if finding.values.get("alike") else sure


def _key(finding: Finding, words) -> str:
    """Some sentences differ by reason: findings.<code>.<reason> where the catalogue has it, else findings.<code>."""
    reason = finding.values.get("reason")
    specific = f"findings.{finding.code}.{reason}"
    if reason is not None and specific in words:
        return specific
    general = f"findings.{finding.code}"
    return general if general in words else f"{general}.other"


def _named(finding: Finding, study: Study, words) -> dict[str, object]:
    """The values with ids turned into names of the language."""
    language = words.language
    values = dict(finding.values)

    def dimension(id: object) -> str:
        return next((d.name(language) for d in study.instrument.dimensions if d.id == id), str(id))

    def gap(number: object) -> str:
        return words(f"findings.gap_name.{int(number)}")

    def outcome(name: object) -> str:
        return words(f"findings.outcome_name.{name}")

    def model(name: object) -> str:
        return words(f"findings.model_name.{name}")

    if "dimensions" in values and "change" in values:
        values |= told(values, list(map(dimension, values["dimensions"])), words)
    for key, translate in {"dimension": dimension, "gap": gap, "outcome": outcome, "model": model}.items():
        if key in values:
            values[key] = translate(values[key])
        if f"{key}s" in values:
            values[f"{key}s"] = words.several(
                map(translate, values[f"{key}s"]), last="or" if finding.code.endswith(("_tied", "_few")) else "and"
            )
    if "lacking" in values:
        names = words.several(map(dimension, values["lacking"]))
        said = ("" if language == "zh" else " ") + words("findings.lacking", dimensions=names)
        values["lacking"] = said if finding.values["lacking"] else ""
    if "among" in values:
        values["among"] = words.list(values["among"])
    if "chances" in values:
        values["chances"] = words.chances(values["chances"])
    return values | {"wanted": words(f"findings.wanted.{study.expectation or Battery.EXPECTATION}")}
