"""Results turned into coded conclusions with their numbers.

No prose here: a finding is a code and its values; `sentence` looks the words up, so that screen, command line and every report, in every
language, say the same thing. A conclusion is drawn only where its interval allows it; otherwise the finding says what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import pandas as pd

from gaps.model import OUTCOMES, Gap, Study, Withheld
from gaps.scoring.tables import Estimate, GapTable, Servqual
from gaps.stats.results import AsymmetryCurve, DriverFit

GOOD, ATTENTION, INFORMATION = "good", "attention", "information"
TOLERANCE = 1e-9
SURE = 0.95
DESCRIPTIVE_BELOW = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion: a code from the `findings` catalogue, how it is to be read, and the numbers its sentence needs."""

    code: str
    severity: str
    values: Mapping[str, object] = field(default_factory=dict)


def primary_outcome(study: Study) -> str | None:
    """The outcome that the headline speaks of: overall quality if it was asked, else satisfaction, else recommendation."""
    return next((name for name in OUTCOMES if name in study.outcomes), None)


def headline_fit(fits: Sequence[DriverFit], question: str, outcome: str | None) -> DriverFit | None:
    """The fit the headline rests on: P with E where expectations were asked (it contains the other two), else P alone."""
    candidates = [f for f in fits if f.question == question and f.outcome == outcome]
    for predictors in ("P,E", "P", "gap1..gap4"):
        for fit in candidates:
            if fit.predictors == predictors:
                return fit
    return candidates[0] if candidates else None


def find(
    study: Study,
    gaps: GapTable,
    servqual: Servqual,
    drivers: Sequence[DriverFit],
    asymmetry: Sequence[AsymmetryCurve | Withheld],
    widest_gap: Mapping[str, float],
    widest_dimension: Mapping[str, float],
) -> tuple[Finding, ...]:
    """All conclusions of an analysis, in reading order: state, gaps, dimensions, units, waves, drivers, asymmetry, next steps."""
    outcome = primary_outcome(study)
    by_dimension = headline_fit(drivers, "dimension", outcome)
    by_gap = headline_fit(drivers, "gap", outcome)
    found: list[Finding] = []
    if study.simulated:
        found.append(Finding("simulated", INFORMATION))
    found += _state(gaps, servqual)
    found += _largest_gap(gaps, widest_gap)
    found += _largest_dimension(gaps, widest_dimension)
    found += _units(gaps)
    found += _waves(gaps, study)
    found += _driver("driver_dimension", by_dimension, "no_outcome")
    found += _agreement(drivers, outcome)
    found += _constraint(by_dimension)
    found += _driver("driver_gap", by_gap, "not_measured" if outcome else "no_outcome")
    found += [f for curve in asymmetry if getattr(curve, "outcome", outcome) == outcome for f in _asymmetry(curve)][:1]
    found += _next(study, gaps, by_dimension, by_gap)
    return tuple(found)


def _record(row: pd.Series) -> dict[str, float]:
    return {name: float(row[name]) for name in ("expected", "achieved", "mean", "low", "high")} | {"n": int(row["n_achieved"])}


def _total(gaps: GapTable, gap: int) -> pd.Series | None:
    rows = gaps.rows(gap=gap, level="total")
    return rows.iloc[0] if len(rows) and not rows.iloc[0]["withheld"] else None


def side(row: Mapping[str, float]) -> str:
    """Where an interval stands: "shortfall" (all below zero), "surplus" (all above) or "level" (zero inside)."""
    if row["high"] < -TOLERANCE:
        return "shortfall"
    return "surplus" if row["low"] > TOLERANCE else "level"


def _state(gaps: GapTable, servqual: Servqual) -> Iterator[Finding]:
    row = _total(gaps, Gap.CUSTOMER)
    if row is not None and int(row["n_achieved"]) >= DESCRIPTIVE_BELOW:
        where = side(row)
        severity = {"shortfall": ATTENTION, "surplus": GOOD, "level": INFORMATION}[where]
        yield Finding(f"state_{where}", severity, _record(row) | {"size": abs(float(row["mean"]))})
    elif row is not None:
        yield Finding("state_few", INFORMATION, _record(row) | {"needed": DESCRIPTIVE_BELOW})
    elif isinstance(servqual.servperf, Estimate):
        e = servqual.servperf
        yield Finding("state_perception", INFORMATION, {"mean": e.mean, "low": e.low, "high": e.high, "n": e.n})
    else:
        yield Finding("state_withheld", INFORMATION)


def _widest(rows: pd.DataFrame, key: str, chances: Mapping[str, float], code: str) -> Iterator[Finding]:
    """The most negative of several gaps, said only as surely as the data carry it."""
    rows = rows[rows["withheld"].eq("") & rows["low"].notna()].sort_values("mean", kind="stable")
    if len(rows) < 2 or min(rows["n_achieved"].min(), rows["n_expected"].min()) < 2:
        return
    first = rows.iloc[0]
    if side(first) != "shortfall":
        yield Finding(f"{code}_none", INFORMATION, {"measured": len(rows)})
        return
    name = _plain(first[key])
    chance = float(chances.get(str(name), math.nan))
    values = _record(first) | {key: name, "p_widest": chance}
    if chance >= SURE:
        yield Finding(f"{code}_named", ATTENTION, values)
        return
    close = [_plain(n) for n in rows[key] if chances.get(str(_plain(n)), 0) >= 0.05]
    yield Finding(f"{code}_tied", ATTENTION, values | {f"{key}s": tuple(close) if len(close) > 1 else tuple(map(_plain, rows[key].iloc[:2]))})


def _plain(value):
    return value if isinstance(value, str) else int(value)


def _largest_gap(gaps: GapTable, chances: Mapping[str, float]) -> Iterator[Finding]:
    """The widest of the gaps inside the company. Gap 5 is not among them: the state tells it."""
    rows = gaps.rows(level="total")
    yield from _widest(rows[rows["gap"].isin(comparable_gaps(gaps))], "gap", chances, "largest_gap")


def comparable_gaps(gaps: GapTable) -> list[int]:
    """Those of gaps 1 to 4 that were asked for in one and the same way, the more usual of the two if both were used.

    A direct rating's distance from the end of its scale is no difference of two answers: such gaps are not ranked against each other.
    """
    inside = {int(g): gaps.designs.get(int(g)) for g in Gap if g is not Gap.CUSTOMER and gaps.designs.get(int(g))}
    designs = list(inside.values())
    return [gap for gap, design in inside.items() if design == max(designs, key=designs.count)]


def _largest_dimension(gaps: GapTable, chances: Mapping[str, float]) -> Iterator[Finding]:
    rows = gaps.rows(gap=Gap.CUSTOMER, level="dimension")
    if len(rows) and rows["n_achieved"].max() >= DESCRIPTIVE_BELOW:
        yield from _widest(rows, "dimension", chances, "largest_dimension")


def _units(gaps: GapTable) -> Iterator[Finding]:
    """The weakest unit, if it stands out from all customers after Bonferroni over the units compared (methods 7.9)."""
    overall = _total(gaps, Gap.CUSTOMER)
    rows = gaps.rows(gap=Gap.CUSTOMER, unit="*", level="total")
    rows = rows[rows["withheld"].eq("") & rows["n_achieved"].ge(30)]
    if overall is None or len(rows) < 2:
        return
    z = NormalDist().inv_cdf(1 - 0.025 / len(rows))
    below = rows[rows["mean"] + z * rows["se"] < float(overall["mean"])]
    worst = rows.sort_values("mean", kind="stable").iloc[0]
    values = _record(worst) | {"unit": str(worst["unit"]), "overall": float(overall["mean"]), "compared": len(rows), "below": len(below)}
    yield Finding("unit_weakest" if len(below) else "unit_none", ATTENTION if len(below) else INFORMATION, values)


def _waves(gaps: GapTable, study: Study) -> Iterator[Finding]:
    """The change between the last two waves: independent samples, large-sample interval."""
    rows = gaps.rows(gap=Gap.CUSTOMER, wave="*", level="total").set_index("wave")
    rows = rows[rows["se"].notna() & rows["n_achieved"].ge(DESCRIPTIVE_BELOW)]
    waves = [w for w in study.waves if w in rows.index]
    if len(waves) < 2:
        return
    before, after = rows.loc[waves[-2]], rows.loc[waves[-1]]
    change = float(after["mean"] - before["mean"])
    half = NormalDist().inv_cdf(0.975) * math.hypot(float(before["se"]), float(after["se"]))
    values = {"wave_before": waves[-2], "wave": waves[-1], "change": change, "low": change - half, "high": change + half}
    values |= {"n_before": int(before["n_achieved"]), "n": int(after["n_achieved"])}
    where = {"shortfall": "worse", "surplus": "better", "level": "same"}[side(values)]
    yield Finding(f"wave_{where}", {"worse": ATTENTION, "better": GOOD, "same": INFORMATION}[where], values)


def _driver(code: str, fit: DriverFit | None, absent: str) -> Iterator[Finding]:
    """The verdict of a fit, in the codes <code>_named, _tied, _few and _withheld; `absent` is the reason where there is no fit."""
    if fit is None:
        yield Finding(f"{code}_withheld", INFORMATION, {"reason": absent})
        return
    if fit.withheld is not None:
        yield Finding(f"{code}_withheld", INFORMATION, dict(fit.withheld.values) | {"reason": fit.withheld.reason, "outcome": fit.outcome})
        return
    if fit.one_at_a_time:
        yield Finding(f"{code}_withheld", INFORMATION, {"reason": "one_at_a_time", "units": fit.n, "needed": 30, "outcome": fit.outcome})
        return
    shares = shares_of(fit)
    key = "dimension" if fit.question == "dimension" else "gap"
    values = {"outcome": fit.outcome, "n": fit.n, "r2": fit.r2}
    if fit.verdict.driver is not None:
        first = fit.verdict.driver
        best = shares[first]
        values |= {key: _driver_id(first), "share": best["share"], "low": best["share_low"], "high": best["share_high"], "p_first": best["p_first"]}
        yield Finding(f"{code}_named", ATTENTION, values)
    elif fit.verdict.leading:
        ranked = sorted(fit.verdict.leading, key=lambda name: -shares[name]["p_first"])[:3]
        values |= {f"{key}s": tuple(map(_driver_id, ranked)), "chances": tuple(shares[n]["p_first"] for n in ranked), "reason": fit.verdict.reason}
        few = fit.verdict.reason == "few_respondents"
        yield Finding(f"{code}_few" if few else f"{code}_tied", INFORMATION, values)
    else:
        yield Finding(f"{code}_withheld", INFORMATION, {"reason": fit.verdict.reason, "outcome": fit.outcome})


def _driver_id(name: str) -> object:
    return int(name.removeprefix("gap")) if name.startswith("gap") and name[3:].isdigit() else name


def shares_of(fit: DriverFit) -> Mapping[str, Mapping[str, float]]:
    """Share, interval and probability of being first, per thing the verdict speaks of (a dimension's block in P,E)."""
    if fit.blocks:
        return fit.blocks
    return {t.name: {"share": t.share, "share_low": t.share_low, "share_high": t.share_high, "p_first": t.p_first} for t in fit.terms}


def _agreement(drivers: Sequence[DriverFit], outcome: str | None) -> Iterator[Finding]:
    """Whether the P - E, P and P,E models put the same dimension first."""
    fits = [f for f in drivers if f.question == "dimension" and f.outcome == outcome and f.withheld is None]
    if len(fits) < 2:
        return
    firsts = {f.predictors: max(shares_of(f).items(), key=lambda pair: pair[1]["share"])[0] for f in fits}
    if len(set(firsts.values())) == 1:
        yield Finding("driver_models_agree", INFORMATION, {"dimension": next(iter(firsts.values())), "models": len(fits)})
    else:
        values = {"dimensions": tuple(dict.fromkeys(firsts.values())), "models": len(fits)}
        yield Finding("driver_models_disagree", INFORMATION, values)


def _constraint(fit: DriverFit | None) -> Iterator[Finding]:
    """Whether expectation enters with the weight that a difference score gives it (Edwards; methods 1.4)."""
    if fit is None or not fit.constraint:
        return
    c = fit.constraint
    code = "gap_score_rejected" if c["p"] < 0.05 else "gap_score_kept"
    yield Finding(code, INFORMATION, {"b_p": c["b_p"], "b_e": c["b_e"], "p": c["p"], "n": fit.n})


def _asymmetry(curve: AsymmetryCurve | Withheld) -> Iterator[Finding]:
    if isinstance(curve, Withheld):
        yield Finding("asymmetry_withheld", INFORMATION, dict(curve.values) | {"reason": curve.reason})
        return
    values = {"outcome": curve.outcome, "n": curve.n, "n_below": curve.n_below, "n_at": curve.n_at, "n_above": curve.n_above}
    values |= {"needed": curve.min_side, "p": curve.p_equal, "slope_below": curve.slope_below, "slope_above": curve.slope_above}
    if curve.status == "too_few":
        yield Finding("asymmetry_too_few", INFORMATION, values | {"reason": curve.reason, "fewer": min(curve.n_below, curve.n_above)})
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


def _next(study: Study, gaps: GapTable, by_dimension: DriverFit | None, by_gap: DriverFit | None) -> Iterator[Finding]:
    """What to look at next, from what was and was not found; at most three, most useful first."""
    steps: list[Finding] = []
    if by_dimension is not None and by_dimension.withheld is None and by_dimension.verdict.leading:
        steps += _weak_driver(gaps, by_dimension)
    if by_gap is not None and by_gap.verdict.driver is not None:
        steps.append(Finding("next_gap", ATTENTION, {"gap": _driver_id(by_gap.verdict.driver)}))
    missing = tuple(int(g) for g in Gap if study.design(g) is None and g is not Gap.CUSTOMER)
    if missing:
        steps.append(Finding("next_measure_gaps", INFORMATION, {"gaps": missing}))
    if primary_outcome(study) is None:
        steps.append(Finding("next_outcome", INFORMATION))
    yield from steps[:3]


def _weak_driver(gaps: GapTable, fit: DriverFit) -> Iterator[Finding]:
    """Among the leading dimensions, the one with the widest shortfall: it matters and it falls short."""
    rows = gaps.rows(gap=Gap.CUSTOMER, level="dimension").set_index("dimension")
    rows = rows[rows.index.isin(fit.verdict.leading) & rows["high"].lt(-TOLERANCE)].sort_values("mean", kind="stable")
    if len(rows):
        values = _record(rows.iloc[0]) | {"dimension": str(rows.index[0]), "leading": len(fit.verdict.leading)}
        yield Finding("next_dimension", ATTENTION, values)


CERTAINTY = " | "  # parts a sentence of the catalogue: what was found, and how sure that is


def sentence(finding: Finding, study: Study, words: Callable) -> str:
    """The finding in words, with how sure it is. Text from the data (unit and wave names) is plain: escape it where it is shown."""
    return ("" if words.language == "zh" else " ").join(part for part in statement_and_certainty(finding, study, words) if part)


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is (interval, probability, n); the second may be empty."""
    said, _, sure = words(_key(finding, words), **_named(finding, study, words)).partition(CERTAINTY)
    return said, sure


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

    translators = {"dimension": dimension, "gap": gap, "outcome": lambda name: words(f"findings.outcome_name.{name}")}
    for key, translate in translators.items():
        if key in values:
            values[key] = translate(values[key])
        if f"{key}s" in values:
            values[f"{key}s"] = words.list(map(translate, values[f"{key}s"]), last="or" if finding.code.endswith(("_tied", "_few")) else "and")
    if "chances" in values:
        values["chances"] = words.list(words.chance(c) for c in values["chances"])
    return values
