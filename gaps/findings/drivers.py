"""What the drivers, their checks and the priorities say: codes and numbers turned into sentences of the `drivers` catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gaps.findings import CERTAINTY, TOLERANCE
from gaps.model import Study, Withheld
from gaps.stats.driver_checks import DriverChecks, MissingChoice
from gaps.stats.priority_results import CONCENTRATE, DATA, DERIVED, GAP, QUADRANTS, ROOM, STATED, Priorities, RankList
from gaps.stats.results import NAMING_NEEDED, DriverFit

ALPHA = 0.05
SURE = 0.80
POSSIBLE = 0.05
EARLY = 3  # places of a rank list that are spoken of


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: what it is about, what was found, and how sure that is (may be empty). Names from the data are plain text."""

    about: str
    statement: str
    certainty: str = ""


def expectation_code(fit: DriverFit) -> str | None:
    """What expectations add to perceptions: nothing, gap, less, more, reversed or unclear; None where the model has no such test.

    With the weight of expectation not shown to differ from 0 it adds "nothing" if equal and opposite weights are rejected, else it is
    "unclear" which of the two holds. With a negative weight the "gap" is right unless equal and opposite weights are rejected: then
    expectation weighs "less" or "more". A positive weight is "reversed".
    """
    added, test = fit.expectation, fit.constraint
    if not added or not (math.isfinite(added["p"]) and math.isfinite(test["p"])):
        return None
    rejected = test["p"] < ALPHA
    if added["p"] >= ALPHA:
        return "nothing" if rejected and test["b_p"] > 0 else "unclear"
    if added["b"] > 0:
        return "reversed"
    if not rejected:
        return "gap"
    return "less" if test["sum"] > 0 else "more"


def expectation_said(fit: DriverFit, words: Callable) -> Said | None:
    """The sentence on what expectations add."""
    code = expectation_code(fit)
    if code is None:
        return None
    values = dict(fit.expectation) | {"b_p": fit.constraint["b_p"], "n": fit.n, "outcome": _outcome(fit.outcome, words)}
    return _said("expectation", f"drivers.expectation.{code}", words, **values | {"p": fit.constraint["p"]})


def models_titled(fits: Sequence[DriverFit], words: Callable) -> tuple[str, str]:
    """Heading of the models that could be fitted, and how to read several of them side by side."""
    used = [fit.predictors for fit in fits]
    key = "both" if "P,E" in used else "gap" if "P-E" in used else "one"
    parts = [words("drivers.three.ways"), *(words(f"drivers.three.way.{one}") for one in used), words("drivers.three.read")]
    if not any(fit.verdict.ranked for fit in fits):
        parts.append(words("drivers.three.few", needed=NAMING_NEEDED))
    return words(f"drivers.three.title.{key}"), ("" if words.language == "zh" else " ").join(parts)


def inference_said(fit: DriverFit, words: Callable) -> Said:
    """How intervals were found and why so."""
    return _said("inference", f"drivers.inference.{fit.inference}", words, units=fit.units, resamples=fit.resamples, n=fit.n)


def computed(checks: DriverChecks, words: Callable) -> tuple[Said, ...]:
    """How everything was computed: formula, number of customers, missing answers, reference."""
    fit = checks.fit
    imputations = max((choice.imputations for choice in checks.missing), default=0)
    values = {"n": fit.n, "resamples": fit.resamples, "seed": fit.seed, "imputations": imputations}
    topics = ["lmg", "places", "johnson", "ordinal", "within_between", "unit_slopes", *(["missing"] if imputations else [])]
    return tuple(_said(topic, f"drivers.computed.{topic}", words, **values) for topic in topics)


def checks_said(checks: DriverChecks, study: Study, words: Callable) -> tuple[Said, ...]:
    """A sentence per check: expectations, inference, units, weighing, dominance, categories, means and slopes by unit, missing."""
    fit = checks.fit
    if fit.withheld is not None:
        return (_withheld("fit", fit.withheld, words), _missing(checks.missing, fit, study, words))
    found = [expectation_said(fit, words), inference_said(fit, words)]
    for told in (_resampling, _weights, _dominance, _ordinal, _within_between, _unit_slopes):
        found.append(told(checks, study, words))
    return tuple(said for said in [*found, _missing(checks.missing, fit, study, words)] if said is not None)


def priorities_said(priorities: Priorities, study: Study, words: Callable) -> tuple[Said, ...]:
    """What comes first by each list, whether stated and derived importance agree, and where the points lie (centre: the data)."""
    found = [ranked_said(priorities, ranking, study, words) for ranking in priorities.lists]
    first = {
        ranking.importance: ranking.dimensions[0] for ranking in priorities.lists if ranking.shortfall == priorities.lists[0].shortfall
    }
    if len(first) == 2:
        if first[STATED] == first[DERIVED]:
            found.append(_said("agreement", "drivers.priority.agree", words))
        else:
            names = {kind: _dimension(first[kind], study, words) for kind in (STATED, DERIVED)}
            found.append(_said("agreement", "drivers.priority.disagree", words, outcome=_outcome(priorities.outcome, words), **names))
    return (*found, *quadrants_said(priorities, study, words, DERIVED, DATA))


def quadrants_said(priorities: Priorities, study: Study, words: Callable, importance: str, centre: str) -> tuple[Said, ...]:
    """Which dimensions lie in which quadrant for certain, and which are too close to a line or known from too few customers."""
    line = words(f"drivers.centre.{centre}")
    placed = [(p.dimension, p.quadrants[importance, centre].name, priorities.certain(p, importance, centre)) for p in priorities.points]
    found = []
    for name in QUADRANTS:
        inside = [dimension for dimension, quadrant, certain in placed if quadrant == name and certain]
        if inside:
            found.append(_said(name, f"drivers.quadrant.{name}", words, dimensions=_listed(inside, study, words), line=line))
    unsure = [dimension for dimension, _, certain in placed if not certain]
    if unsure:
        few = priorities.few and importance == DERIVED
        key = "drivers.quadrant.few" if few else "drivers.quadrant.unsure"
        found.append(_said("unsure", key, words, dimensions=_listed(unsure, study, words), n=priorities.n))
    return tuple(found)


def lists_read(found: Priorities, ranking: RankList, importance: str, centre: str, study: Study, words: Callable) -> str:
    """How to read the rank lists; and where the map puts one of the first places elsewhere than a reader of the list expects, why."""
    kinds = {one.shortfall for one in found.lists}
    parts = [words(f"app.drivers.lists_read{'_few' if found.few else ''}")]
    parts += [words(f"app.drivers.lists_{'shortfall' if kind == GAP else 'room'}") for kind in (GAP, ROOM) if kind in kinds]
    early = [d for d, value in zip(ranking.dimensions[:EARLY], ranking.values, strict=False) if value > TOLERANCE]
    fields = {p.dimension: p.quadrants[importance, centre].name for p in found.points if found.certain(p, importance, centre)}
    if elsewhere := [d for d in early if fields.get(d, CONCENTRATE) != CONCENTRATE]:
        names = {"dimensions": _listed(elsewhere, study, words), "shortfall": words(f"drivers.shortfall_name.{ranking.shortfall}")}
        line = words(f"drivers.centre.{centre}")
        parts.append(words("drivers.priority.elsewhere", field=words("drivers.map.field.concentrate"), line=line, **names))
    return ("" if words.language == "zh" else " ").join(parts)


def withheld_said(withheld: Withheld, words: Callable) -> str:
    """Why something is not given."""
    key = f"drivers.withheld.{withheld.reason}"
    return words(key if key in words else "drivers.withheld.other", **withheld.values)


def _said(about: str, key: str, words: Callable, **values) -> Said:
    statement, _, certainty = words(key, **values).partition(CERTAINTY)
    return Said(about, statement, certainty)


def _withheld(about: str, withheld: Withheld, words: Callable) -> Said:
    return Said(about, withheld_said(withheld, words))


def _not_checked(about: str, withheld: Withheld, words: Callable) -> Said:
    """Which check was not made, and why."""
    return Said(about, words("drivers.not_checked", check=words(f"drivers.check_name.{about}"), reason=withheld_said(withheld, words)))


def _outcome(name: str, words: Callable) -> str:
    return words(f"findings.outcome_name.{name}")


def _dimension(id: str, study: Study, words: Callable) -> str:
    return next((d.name(words.language) for d in study.instrument.dimensions if d.id == id), id)


def _listed(ids: Iterable[str], study: Study, words: Callable, last: str = "and") -> str:
    return words.list((_dimension(id, study, words) for id in ids), last=last)


def _resampling(checks: DriverChecks, study: Study, words: Callable) -> Said | None:
    check = checks.resampling
    if isinstance(check, Withheld):
        return _not_checked("resampling", check, words) if check.values.get("units") else None
    ours, other = checks.fit.verdict.driver, check.verdict.driver
    code = "same" if ours == other else "fewer" if other is None else "changes"
    name = "" if other is None else _dimension(other, study, words)
    return _said("resampling", f"drivers.resampling.{code}", words, widening=check.widening, dimension=name)


def _weights(checks: DriverChecks, study: Study, words: Callable) -> Said:
    check = checks.weights
    if isinstance(check, Withheld):
        return _not_checked("weights", check, words)
    code = "same" if check.order == check.order_lmg else "first_changes" if check.first_changes else "first_same"
    names = {"dimension": _dimension(check.order[0], study, words), "other": _dimension(check.order_lmg[0], study, words)}
    return _said("weights", f"drivers.weights.{code}", words, difference=check.difference, **names)


def _dominance(checks: DriverChecks, study: Study, words: Callable) -> Said | None:
    """The first against the second."""
    check = checks.dominance
    if isinstance(check, Withheld):
        return _not_checked("dominance", check, words)
    if not check.pairs:
        return None
    pair = check.pairs[0]
    chance = getattr(pair, f"chance_{pair.kind}", math.nan)
    names = {"dimension": _dimension(pair.first, study, words), "other": _dimension(pair.second, study, words)}
    said = _said("dominance", f"drivers.dominance.{pair.kind}", words, chance=chance, **names)
    return said if checks.fit.verdict.ranked else Said(said.about, said.statement)


def _ordinal(checks: DriverChecks, study: Study, words: Callable) -> Said:
    check = checks.ordinal
    if isinstance(check, Withheld):
        return _not_checked("ordinal", check, words)
    code = "first_changes" if check.first_changes else "swapped_surely" if check.swapped_surely else "swapped" if check.swapped else "same"
    values = {"outcome": _outcome(checks.outcome, words), "categories": check.categories, "n": check.n}
    values |= {"dimension": _dimension(check.order[0], study, words), "other": _dimension(check.order_linear[0], study, words)}
    pairs = [[_dimension(id, study, words) for id in pair] for pair in check.swapped_surely]
    values["pairs"] = words.list(words("drivers.used.pair", one=one, other=other) for one, other in pairs)
    return _said("ordinal", f"drivers.ordinal.{code}", words, **values)


def _within_between(checks: DriverChecks, study: Study, words: Callable) -> Said | None:
    check = checks.within_between
    if isinstance(check, Withheld):
        return None if check.reason == "no_units" else _not_checked("within_between", check, words)
    values = {"outcome": _outcome(checks.outcome, words), "units": check.units, "n": check.n, "icc": check.icc_outcome}
    known = {d.id for d in study.instrument.dimensions}
    differing = [
        e.name if e.name in known else e.name.partition(":")[2] or e.name
        for e in check.effects
        if e.difference.p < ALPHA / len(check.effects)
    ]
    if not differing:
        return _said("within_between", "drivers.within_between.same", words, **values)
    names = _listed(dict.fromkeys(differing), study, words)
    return _said("within_between", "drivers.within_between.differs", words, names=names, compared=len(check.effects), **values)


def _unit_slopes(checks: DriverChecks, study: Study, words: Callable) -> Said | None:
    found = checks.unit_slopes
    if isinstance(found, Withheld):
        return None if found.reason == "no_units" else _not_checked("unit_slopes", found, words)
    values = {"outcome": _outcome(checks.outcome, words), "b": found.mean.b, "b_low": found.mean.low, "b_high": found.mean.high}
    values |= {
        field: getattr(found, field) for field in ("sd", "sd_low", "sd_high", "low", "high", "p", "sd_plain", "p_plain", "n", "units")
    }
    values["what"] = words(f"drivers.slope_of.{'gap' if checks.fit.predictors == 'P-E' else 'perception'}")
    code = "differ" if found.p < ALPHA else "level" if found.p_plain < ALPHA else "same"
    return _said("unit_slopes", f"drivers.unit_slopes.{code}", words, **values)


def _missing(choices: tuple[MissingChoice, ...], fit: DriverFit, study: Study, words: Callable) -> Said:
    outcome = _outcome(fit.outcome, words)
    if len(choices) < 2:
        return _said("missing", "drivers.missing.none", words, outcome=outcome)
    given = [choice for choice in choices if choice.withheld is None]
    if len(given) < 2:
        reason = next(withheld_said(choice.withheld, words) for choice in choices if choice.withheld is not None)
        return _said("missing", "drivers.missing.alone", words, reason=reason)
    changes = any(c.first_changes for c in given)
    code = "first_changes" if changes else "first_same" if any(c.driver_changes for c in given) else "same"
    used = words.list(words("drivers.used.one", method=words(f"drivers.method.{c.method}"), n=c.n) for c in given)
    firsts = words.list(
        words(
            "drivers.used.first",
            method=words(f"drivers.method.{c.method}"),
            dimension=_dimension(_first(c.shares), study, words),
        )
        for c in given
    )
    return _said("missing", f"drivers.missing.{code}", words, used=used, firsts=firsts)


def _first(shares: Mapping[str, float]) -> str:
    return max(shares, key=shares.get)


def ranked_said(priorities: Priorities, ranking: RankList, study: Study, words: Callable) -> Said:
    """What comes first in one list, or between what (in its order) the data cannot tell; nothing is first where nothing is missing."""
    about = f"{ranking.importance}_{ranking.shortfall}"
    derived = ranking.importance == DERIVED
    values = {
        "importance": words(f"drivers.importance_name.{ranking.importance}"),
        "shortfall": words(f"drivers.shortfall_name.{ranking.shortfall}"),
        "n": priorities.n if derived else priorities.n_stated,
        "needed": NAMING_NEEDED,
    }
    if not ranking.values[0] > 0:
        return _said(about, "drivers.priority.none", words, **values)
    few = derived and priorities.few
    if ranking.p_first[0] >= SURE and not few:
        name = _dimension(ranking.dimensions[0], study, words)
        return _said(about, "drivers.priority.first", words, dimension=name, p_first=ranking.p_first[0], **values)
    likely = [(d, p) for k, (d, p) in enumerate(zip(ranking.dimensions, ranking.p_first, strict=True)) if k < 2 or p >= POSSIBLE]
    chances = words.chances(p for _, p in likely)
    names = words.several((_dimension(d, study, words) for d, _ in likely), last="or")
    return _said(about, f"drivers.priority.{'few' if few else 'unsure'}", words, dimensions=names, chances=chances, **values)
