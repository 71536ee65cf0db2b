"""The chain of gaps as coded conclusions, and their sentences: which of the five gaps goes most with quality, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from gaps.findings import ATTENTION, INFORMATION, POSSIBLE, Finding
from gaps.i18n import signed
from gaps.model import Withheld
from gaps.stats.chain_results import JOINT, SHARED_RATING, AllFive, Carrier, Chain, Effect, FiveGaps, Path
from gaps.stats.drivers import UNITS_JOINT
from gaps.stats.enough import Enough
from gaps.stats.importance import SURE


def beside(chain: Chain) -> tuple[Finding, ...]:
    """What is said with the answer: gap 5 as the carrier, how many units it would take."""
    return (*_carrier(chain), *_enough(chain))


def naming(result: FiveGaps | Withheld) -> Finding | None:
    """Whether the gap is named, else how many units that would take; None where no chain could be fitted."""
    if isinstance(result, Withheld) or result.headline.withheld is not None:
        return None
    return next(_enough(result.headline), answer(result.headline))


def paths(chain: Chain) -> tuple[Finding, ...]:
    """One finding per path between gaps: drawn, not shown, or not drawn and why."""
    return tuple(_path(path) for path in chain.paths)


def cautions(chain: Chain) -> tuple[Finding, ...]:
    """For whoever looks closer: reliability of each gap's unit means, splits not made, the regression on all five."""
    return (*_attenuation(chain), *_splits(chain), *_all_five(chain))


def answer(chain: Chain) -> Finding:
    """The one verdict about gaps 1 to 4, wherever it is said: driver_gap_named, _inverse, _tied, _ahead or _withheld."""
    values: dict[str, object] = {"outcome": chain.outcome, "n": chain.units, "among": tuple(_number(e.name) for e in chain.effects)}
    if chain.withheld is not None:
        about = {"reason": chain.withheld.reason, "outcome": chain.outcome}
        return Finding("driver_gap_withheld", INFORMATION, about | dict(chain.withheld.values))
    if chain.stage != JOINT:
        each = tuple((_number(e.name), e.total.value) for e in chain.effects)
        values |= {"reason": "one_at_a_time", "units": chain.units, "needed": UNITS_JOINT, "each": each}
        return Finding("driver_gap_withheld", INFORMATION, values)
    if not chain.verdict.leading:
        return Finding("driver_gap_withheld", INFORMATION, values | {"reason": chain.verdict.reason})
    first = chain.effect(chain.verdict.leading[0])
    values |= {"gap": _number(first.name), **_interval(first), "p_first": first.p_first, "p_corrected": first.corrected_p_first}
    if chain.verdict.driver is not None:
        return Finding("driver_gap_named" if first.total.value > 0 else "driver_gap_inverse", ATTENTION, values)
    values["reason"] = chain.verdict.reason
    others = tuple(_number(name) for name in chain.verdict.leading[1:])
    if chain.verdict.reason == "not_beyond_error":
        staff = {role: chain.staff.get(role, math.nan) for role in ("managers", "employees")}
        return Finding("driver_gap_ahead", INFORMATION, values | staff | {"rivals": others})
    if chain.verdict.reason == "error_unknown":
        return Finding("driver_gap_ahead", INFORMATION, values)
    likely = tuple(n for k, n in enumerate(others) if k == 0 or chain.effect(f"gap{n}").p_first >= POSSIBLE)
    return Finding("driver_gap_tied", INFORMATION, values | {"gaps": (values["gap"], *likely)})


def _carrier(chain: Chain) -> Iterator[Finding]:
    if not isinstance(chain.carrier, Carrier):
        return
    c = chain.carrier
    values = {"outcome": chain.outcome, "effect": c.direct.value, "low": c.direct.low, "high": c.direct.high}
    values["among"] = tuple(_number(e.name) for e in chain.effects)
    if math.isfinite(c.carried.value):
        part = {"carried": c.carried.value, "carried_low": c.carried.low, "carried_high": c.carried.high}
        yield Finding("carrier", INFORMATION, values | {name: max(x, 0.0) for name, x in part.items()})
    else:
        yield Finding("carrier_alone", INFORMATION, values)


def _enough(chain: Chain) -> Iterator[Finding]:
    if isinstance(chain.enough, Enough) and chain.verdict.driver is None:
        e = chain.enough
        values = {"units": e.units, "n": chain.units, "chance": e.chance_now, "wanted": e.wanted}
        yield Finding("enough_more" if e.more_than else "enough_units", INFORMATION, values)


def _path(path: Path) -> Finding:
    values: dict[str, object] = {"cause": _number(path.cause), "effect": _number(path.effect), "r": path.r, "r_error": path.r_error}
    if path.withheld is not None:
        code = "path_shared_rating" if path.status == SHARED_RATING else "path_shared_error"
        return Finding(code, INFORMATION, values | {"battery": path.shared})
    values |= {"path": path.path.value, "low": path.path.low, "high": path.path.high, "corrected": path.corrected.value}
    if path.status == "open":
        return Finding("path_open", INFORMATION, values)
    return Finding("path_with" if path.path.value > 0 else "path_against", INFORMATION, values)


def _attenuation(chain: Chain) -> Iterator[Finding]:
    for e in chain.effects:
        if e.reliability < SURE:
            values = {"gap": _number(e.name), "reliability": e.reliability, "effect": e.total.value, "corrected": e.corrected.value}
            yield Finding("attenuation", INFORMATION, values)


def _splits(chain: Chain) -> Iterator[Finding]:
    for e in chain.effects:
        if e.split_withheld is not None:
            yield Finding("split_withheld", INFORMATION, {"cause": _number(e.name)})


def _all_five(chain: Chain) -> Iterator[Finding]:
    if isinstance(chain.all_five, AllFive):
        worst = max(chain.all_five.vif.values())
        yield Finding("all_five_warning", INFORMATION, {"outcome": chain.outcome, "r2": chain.all_five.r2, "vif": worst})


def _interval(effect: Effect) -> dict[str, float]:
    return {"effect": effect.total.value, "low": effect.total.low, "high": effect.total.high}


def _number(name: str) -> int:
    return int(name.removeprefix("gap"))


def sentence(finding: Finding, words: Callable) -> str:
    """The finding in words, with how sure it is."""
    return ("" if words.language == "zh" else " ").join(part for part in statement_and_certainty(finding, words) if part)


def statement_and_certainty(finding: Finding, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is; the second may be empty."""
    key, reason = f"chain.{finding.code}", finding.values.get("reason")
    if key not in words:
        key = f"{key}.{reason}" if f"{key}.{reason}" in words else f"{key}.other"
    return words.parted(key, **_named(finding, words))


def _outcome(name: object, words: Callable) -> str:
    return words(f"findings.outcome_name.{name}")


def _named(finding: Finding, words: Callable) -> dict[str, object]:
    """The values with ids turned into names of the language."""
    values = dict(finding.values)

    def gap(number: object) -> str:
        return words(f"findings.gap_name.{number}")

    for name in ("gap", "cause", "effect"):
        if isinstance(values.get(name), int):
            values[name] = gap(values[name])
    if "gaps" in values:
        values["gaps"] = words.list(map(gap, values["gaps"]), last="or")
    if "rivals" in values:
        values["rivals"] = words.list(map(gap, values["rivals"]), last="or")
    if "among" in values:
        values["among"] = words.list(values["among"])
    if "outcome" in values:
        values["outcome"] = _outcome(values["outcome"], words)
    if values.get("battery"):
        values["battery"] = words(f"chain.battery_name.{values['battery']}")
    if "each" in values:
        values["each"] = words.list(_each(number, size, words, gap) for number, size in values["each"])
    return values


def _each(number: int, size: float, words: Callable, gap: Callable) -> str:
    return f"{gap(number)} {signed(size)}"
