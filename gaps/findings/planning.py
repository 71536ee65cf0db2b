"""A plan for the next survey as coded conclusions with their numbers, and those in words. No prose here: the catalogue is `planning`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pandas as pd

from gaps.findings import ATTENTION, CERTAINTY, GOOD, INFORMATION, Finding
from gaps.model import DIRECT_ROLE, Gap, Instrument, Role, Withheld
from gaps.stats.naming import Naming
from gaps.stats.planning import COMPANY, ONE_UNIT, REGRESSION_BASE, Plan
from gaps.stats.sizes import Sides, spread_range
from gaps.stats.whom import Ask, whom


def advise(plan: Plan) -> tuple[Finding, ...]:
    """What the plan says, in reading order: customers, dimensions, units, gaps 1 to 4, a change, the driver, both sides, a share."""
    found: list[Finding] = []
    if not plan.measured:
        found.append(Finding("assumed", INFORMATION))
    elif (total := plan.need(Gap.CUSTOMER)) is not None and total["assumed"]:
        code = "assumed_unasked" if Gap.CUSTOMER in plan.unmeasured else "assumed_few"
        found.append(Finding(code, ATTENTION, {"n": plan.n[Role.CUSTOMERS]}))
    found += _mean(plan)
    found += _inside(plan)
    found += _change(plan)
    found += _naming(plan.naming, "naming")
    found += _naming(plan.naming_gaps, "naming_gaps")
    found += _sides(plan.sides)
    if not isinstance(plan.share, Withheld):
        found.append(Finding("share", INFORMATION, {"n": plan.share.needed, "invited": plan.share.invited, "wide": plan.share.half_width}))
    thumbs = {"regression": plan.regression, "factor_analysis": plan.factor_analysis, "predictors": plan.regression - REGRESSION_BASE}
    found.append(Finding("rules_of_thumb", INFORMATION, thumbs))
    return tuple(found)


PILOT = 100  # fewer customers know their own spread so little that the number needed has to be given as a range


def answer(plan: Plan, level: str) -> tuple[Finding, ...]:
    """The plan in one sentence, then what each role is asked for: the first is about all of them."""
    asked = whom(plan, level)
    wide = plan.unit_half_width if level == ONE_UNIT else plan.half_width
    given = [ask for ask in asked if not ask.withheld]
    measured = [ask for ask in given if not ask.assumed]
    customers_only = {ask.gap for ask in measured} == {Gap.CUSTOMER}
    told = measured if customers_only else given  # a sentence about every gap is about everybody who is to be asked
    enough = bool(told) and all(ask.enough for ask in told)
    values = {"wide": wide, "level": level, "units": plan.units, "asked": tuple((ask.role.value, ask.n) for ask in told)}
    values |= {"scope": "customer" if customers_only else "every"}
    values |= {"have": tuple((role.value, n) for role, n in plan.n.items() if n)}
    code = "answer_none" if not given else "answer_first" if not measured else "answer_enough" if enough else "answer_needed"
    severity = GOOD if enough else INFORMATION
    return (Finding(code, severity, values), *(_asked(ask, wide, plan) for ask in asked))


def _asked(ask: Ask, wide: float, plan: Plan) -> Finding:
    values = {"role": ask.role.value, "wide": wide, "n": ask.n, "each": ask.each, "invited": ask.invited, "now": ask.now}
    values |= {"gap": int(ask.gap), "units": ask.units, "enough": ask.units_enough, "narrowest": ask.narrowest}
    values["rate"] = plan.wanted.response_rates.get(ask.role, 1.0)
    values |= {} if ask.dimension is None else {"dimension": ask.dimension}
    if ask.withheld:
        return Finding("ask_withheld", ATTENTION, values | {"reason": ask.withheld})
    state = "first" if ask.assumed else "enough" if ask.enough else "needed"
    code = f"ask_unit_{state}" if ask.level == ONE_UNIT else f"ask_{state}"
    return Finding(code, GOOD if state == "enough" else INFORMATION if state == "first" else ATTENTION, values)


def naming(plan: Plan) -> tuple[tuple[Naming | Withheld, Finding], ...]:
    """The driver among dimensions, and among the gaps inside the company, with what is said of each; not what was not measured."""
    pairs = ((plan.naming, "naming"), (plan.naming_gaps, "naming_gaps"))
    return tuple((one, finding) for one, code in pairs for finding in _naming(one, code))


def levels(plan: Plan) -> tuple[str, ...]:
    """What the plan's rows are about: the company, and single units where there are any."""
    return tuple(per for per in (COMPANY, ONE_UNIT) if (plan.needs["per"] == per).any())


def of_naming(naming: Naming) -> Finding:
    """What is said of one driver's naming."""
    return next(_naming(naming, "naming" if naming.level == "respondent" else "naming_gaps"))


def _numbers(row: pd.Series, side: str = "expected") -> dict[str, object]:
    """The numbers of one group's side of a row."""
    named = {"n": f"needed_{side}", "invited": f"invited_{side}", "now": f"n_{side}", "sd": f"sd_{side}"}
    numbers = {name: float(row[column]) for name, column in named.items()}
    return numbers | {"half_width": float(row["half_width"]), "narrowest": float(row["narrowest"]), "naive": float(row["shown"])}


def _measured(row: pd.Series, plan: Plan) -> bool:
    """Whether a row rests on the study's own spreads."""
    return plan.measured and not row["assumed"]


def _mean(plan: Plan) -> Iterator[Finding]:
    """Gap 5: in total, for the dimension that needs most, for one unit."""
    total = plan.need(Gap.CUSTOMER)
    if total is None:
        return
    yield _one("mean", total, plan.half_width, plan)
    if _measured(total, plan) and not total["withheld"] and total["n_expected"] < PILOT:
        low, high = (total["needed_expected"] * part for part in spread_range(int(total["n_expected"]), plan.wanted.confidence))
        values = {"now": int(total["n_expected"]), "n": float(total["needed_expected"]), "low": math.floor(low), "high": math.ceil(high)}
        yield Finding("pilot", ATTENTION, values)
    if not total["withheld"] and abs(total["shown"] - total["planned"]) > 0.005 * total["planned"]:
        yield Finding("mean_shown", INFORMATION, {"naive": float(total["shown"]), "wide": float(total["planned"])})
    rows = plan.needs[(plan.needs["gap"] == int(Gap.CUSTOMER)) & plan.needs["dimension"].notna() & (plan.needs["withheld"] == "")]
    company = rows[rows["per"] == COMPANY]
    if len(company):
        most = company.loc[company["needed_expected"].idxmax()]
        yield _one("dimension", most, plan.half_width, plan, dimension=str(most["dimension"]))
    unit = plan.need(Gap.CUSTOMER, per=ONE_UNIT)
    if unit is not None and not unit["withheld"]:
        reached = unit["units_enough"]
        enough = _measured(unit, plan) and int(reached) >= plan.units
        code = "unit_first" if not _measured(unit, plan) else "unit_enough" if enough else "unit_needed"
        values = _numbers(unit) | {"wide": plan.unit_half_width, "units": plan.units}
        values |= {"enough": int(reached) if math.isfinite(reached) else 0}
        yield Finding(code, GOOD if enough else INFORMATION, values)


def _one(code: str, row: pd.Series, wide: float, plan: Plan, **more: object) -> Finding:
    values = _numbers(row) | {"wide": wide} | more
    if row["withheld"]:
        return Finding(f"{code}_withheld", ATTENTION, values | {"reason": row["withheld"]})
    if not _measured(row, plan):
        return Finding(f"{code}_first", INFORMATION, values)
    enough = values["now"] >= values["n"]
    return Finding(f"{code}_enough" if enough else f"{code}_needed", GOOD if enough else ATTENTION, values)


def _inside(plan: Plan) -> Iterator[Finding]:
    """Gaps 1 to 4 in total: one group of people, or two."""
    for gap in (Gap.KNOWLEDGE, Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION):
        row = plan.need(gap)
        if row is None:
            continue
        if row["paired"]:
            role = gap.achieved.role if gap.paired else DIRECT_ROLE[gap]
            yield _one("inside", row, plan.half_width, plan, gap=int(gap), role=role.value)
            continue
        sides = {"first": gap.expected.role.value, "second": gap.achieved.role.value}
        first, second = _numbers(row), _numbers(row, "achieved")
        values = {"gap": int(gap), "wide": plan.half_width, "half_width": first["half_width"], "narrowest": first["narrowest"]} | sides
        for name in ("n", "now", "invited"):
            values |= {f"{name}_first": first[name], f"{name}_second": second[name]}
        if row["withheld"]:
            yield Finding("pair_withheld", ATTENTION, values | {"reason": row["withheld"]})
        elif not _measured(row, plan):
            yield Finding("pair_first", INFORMATION, values)
        elif values["half_width"] <= plan.half_width:
            yield Finding("pair_enough", GOOD, values)
        else:
            few = math.isnan(row["needed_given"]) and math.isfinite(values["narrowest"])
            kept = Role.MANAGERS.value
            values |= {"kept": kept, "now_kept": values["now_first"] if sides["first"] == kept else values["now_second"]}
            yield Finding("pair_kept" if few else "pair_needed", ATTENTION, values)


def _change(plan: Plan) -> Iterator[Finding]:
    change = next((c for c in plan.changes if c.dimension is None), None)
    if change is None:
        return
    values = {"change": change.size, "before": change.before, "visible": change.visible, "power": plan.wanted.power}
    if isinstance(change.each, Withheld):
        yield Finding("change_withheld", ATTENTION, values | {"people": change.each.values.get("people", 0)})
        return
    values |= {"n": change.each.needed, "invited": change.each.invited}
    if math.isnan(change.visible):
        yield Finding("change_first", INFORMATION, values)
    elif isinstance(change.following, Withheld):
        yield Finding("change_each", ATTENTION, values)
    else:
        values |= {"n": change.following.needed, "invited": change.following.invited}
        yield Finding("change_following", INFORMATION, values)


def _naming(naming: Naming | Withheld, code: str) -> Iterator[Finding]:
    if isinstance(naming, Withheld):
        if naming.reason != "not_measured":
            yield Finding(f"{code}_withheld", INFORMATION, dict(naming.values) | {"reason": naming.reason})
        return
    values = {"first": naming.first, "second": naming.second, "now": naming.n, "now_chance": naming.now, "power": naming.power}
    values |= {"outcome": naming.outcome, "most": naming.most, "low": about(naming.low, down=True), "high": about(naming.high)}
    values |= {"first_share": naming.shares[naming.first], "second_share": naming.shares[naming.second]}
    if isinstance(naming.needed, Withheld):
        yield Finding(f"{code}_{naming.needed.reason}", ATTENTION, values)
        return
    values |= {"n": about(naming.needed)}
    if not naming.n:
        yield Finding(f"{code}_first", INFORMATION, values)
    elif naming.now >= naming.power:
        yield Finding(f"{code}_enough", GOOD, values)
    else:
        yield Finding(f"{code}_needed" if math.isfinite(naming.high) else f"{code}_perhaps", ATTENTION, values)


def about(n: float, *, down: bool = False) -> float:
    """A simulated size to two digits that count, rounded up (or down): 1,911 is about 2,000; no more digits are known."""
    if not math.isfinite(n) or n < 100:
        return n
    step = 10.0 ** (math.floor(math.log10(n)) - 1)
    return (math.floor if down else math.ceil)(n / step) * step


def _sides(sides: Sides | Withheld) -> Iterator[Finding]:
    if isinstance(sides, Withheld):
        return
    values = {"side": sides.side, "now": sides.now, "n_now": sides.n, "enough": sides.enough, "share": sides.share, "power": sides.power}
    values |= {"n": sides.expected, "low": sides.expected_low, "high": sides.expected_high, "probable": sides.probable}
    if sides.now >= sides.enough:
        yield Finding("sides_enough", GOOD, values)
    elif sides.now == 0:
        yield Finding("sides_none", ATTENTION, values)
    else:
        yield Finding("sides_needed", ATTENTION, values)


def sentence(finding: Finding, words: Callable, instrument: Instrument | None = None) -> tuple[str, str]:
    """What is needed, and apart from it how sure that is or what it rests on; the second may be empty."""
    key, reason = f"planning.{finding.code}", finding.values.get("reason")
    if reason is not None:
        key = f"planning.{finding.code}.{reason}"
        if key not in words:
            key = f"planning.{finding.code}.other"
    said, _, rests = words(key, **_named(finding, words, instrument)).partition(CERTAINTY)
    return said, rests


def method(plan: Plan, words: Callable) -> tuple[str, ...]:
    """How the plan was computed: formulas, numbers, missing data, references."""
    w = plan.wanted
    said = [words("planning.how_mean", confidence=w.confidence), words("planning.how_pair"), words("planning.how_change", power=w.power)]
    if w.populations:
        said.append(words("planning.how_population"))
    if w.units_total is not None:
        said.append(words("planning.how_units", units=plan.units, total=max(w.units_total, plan.units)))
    if any(rate < 1 for rate in w.response_rates.values()):
        said.append(words("planning.how_response"))
    for naming in (plan.naming, plan.naming_gaps):
        if isinstance(naming, Naming):
            said.append(words("planning.how_naming", draws=naming.draws, seed=naming.seed, level=words(f"planning.level.{naming.level}")))
    if isinstance(plan.sides, Sides):
        said.append(words("planning.how_sides"))
    return tuple(said)


def _named(finding: Finding, words: Callable, instrument: Instrument | None) -> dict[str, object]:
    values = dict(finding.values)
    for key in ("asked", "have"):
        if key in values:
            values[key] = words.list(words(f"planning.people.{role}", n=n) for role, n in values[key])
    if "level" in values:
        gaps = words(f"planning.scope.{values['scope']}")
        values["what"] = words(f"planning.what.{values['level']}", gaps=gaps, units=values["units"])
        values["alone"] = words("planning.alone")
    if finding.code.startswith("ask_"):
        name = words(f"findings.gap_name.{values['gap']}")
        inside = values.get("dimension")
        values["most"] = name if inside is None else words("planning.in_dimension", gap=name, name=_driver(str(inside), words, instrument))
    for key in ("role", "kept"):
        if key in values:
            values[key] = words(f"planning.role.{values[key]}")
    if "gap" in values:
        values["gap"] = words(f"findings.gap_name.{values['gap']}")
    if values.get("outcome"):
        values["outcome"] = words(f"findings.outcome_name.{values['outcome']}")
    elif "outcome" in values:
        values["outcome"] = words("planning.any_outcome")
    if "side" in values:
        values["side"] = words(f"planning.side.{values['side']}")
    if "now_chance" in values and "first_share" in values:
        for key in ("first", "second"):
            values[key] = _driver(str(values[key]), words, instrument)
    elif "first" in values:
        for key in ("first", "second"):
            values[key] = words(f"planning.role.{values[key]}")
    if "dimension" in values:
        values["dimension"] = _driver(str(values["dimension"]), words, instrument)
    return values


def _driver(name: str, words: Callable, instrument: Instrument | None) -> str:
    if name in ("gap1", "gap2", "gap3", "gap4"):
        return words(f"findings.gap_name.{name[-1]}")
    known = instrument.dimensions if instrument is not None else ()
    return next((d.name(words.language) for d in known if d.id == name), name.replace("_", " "))
