"""Loss aversion, penalty and reward, and what if, turned into coded conclusions with their numbers, and these into sentences.

Codes and words stand in the `asymmetry` catalogue. What is said about all dimensions together stands in `gaps.findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

from gaps.disclosure.minimum import SMALL
from gaps.findings import ATTENTION, CERTAINTY, INFORMATION, Finding
from gaps.model import Study, Withheld
from gaps.scoring.gap_profile import GapProfile
from gaps.stats.asymmetry import DimensionAsymmetry, StudyAsymmetry
from gaps.stats.penalty_reward import NOT_CLASSIFIABLE, Contrast, PenaltyReward
from gaps.stats.results import AsymmetryCurve, Caution
from gaps.stats.single_moves import SingleMoves
from gaps.stats.what_if import Move, Prediction

KANO_BORDER = 0.2
MOST_MOVES = 3  # kinds of moves that a sentence lists
MOST_LEADING = 4  # moves that a sentence names as possibly the first


def profile(found: GapProfile | Withheld, dimension: str | None = None) -> Finding:
    """Where the gaps of a dimension, or of the total, lie."""
    if isinstance(found, Withheld):
        return withheld(found)
    values = {k: v for k, v in found.row(dimension).items() if k not in ("item", "dimension", "withheld")}
    if values["n"] != values["n"]:
        return withheld(Withheld(SMALL))
    if dimension is None:
        return Finding("profile_total", INFORMATION, values)
    return Finding("profile_dimension", INFORMATION, values | {"dimension": dimension})


def dimensions(found: StudyAsymmetry) -> tuple[Finding, ...]:
    """One conclusion per dimension, then what to know about them."""
    return tuple(_dimension(d, found) for d in found.dimensions) + tuple(map(caution, found.cautions))


def _dimension(d: DimensionAsymmetry, found: StudyAsymmetry) -> Finding:
    values: dict[str, object] = {"dimension": d.dimension, "outcome": found.outcome, "p_holm": d.p_holm, "tested": found.tested}
    if isinstance(d.curve, AsymmetryCurve):
        names = ("n", "n_below", "n_at", "n_above")
        values |= {name: getattr(d.curve, name) for name in names} | d.curve.slopes()
        values |= {"needed": d.curve.min_side, "reason": d.curve.reason}
    return Finding(f"dimension_{d.verdict}", ATTENTION if d.verdict == "loss" else INFORMATION, values)


def contrasts(found: PenaltyReward | Withheld) -> tuple[Finding, ...]:
    """Per dimension: its category and how sure that is, whether a straight line would show the same, and how the groups were cut."""
    if isinstance(found, Withheld):
        return (withheld(found),)
    return tuple(finding for c in found.contrasts for finding in _contrast(c, found))


def groups(found: PenaltyReward) -> Finding:
    """Between which shares the low and the high groups lie, equal scores kept together."""
    used = [c for c in found.contrasts if not c.withheld] or list(found.contrasts)
    values: dict[str, object] = {"wanted_low": found.wanted_low, "wanted_high": found.wanted_high}
    for side in ("low", "high"):
        shares = [getattr(c, f"{side}_share") for c in used]
        values |= {f"{side}_least": min(shares), f"{side}_most": max(shares)}
    return Finding("contrast_shares", INFORMATION, values)


def _contrast(c: Contrast, found: PenaltyReward) -> Iterable[Finding]:
    values = {name: value for name, value in asdict(c).items() if name not in ("chances", "withheld", "named")}
    values |= {"outcome": found.outcome, "wanted_low": found.wanted_low, "wanted_high": found.wanted_high}
    if c.withheld:
        yield Finding("contrast_withheld", INFORMATION, values | {"reason": c.withheld})
        return
    if not c.judged:
        yield Finding("contrast_too_few", INFORMATION, values | {"fewest": c.fewest, "needed": c.needed})
    elif c.category == NOT_CLASSIFIABLE:
        yield Finding("contrast_wrong_sign", INFORMATION, values)
    else:
        values |= {"chance": c.chances[c.category]}
        yield Finding(f"contrast_{'named' if c.named else 'unsure' if c.likely else 'open'}", INFORMATION, values)
        yield Finding("contrast_beyond" if c.beyond_line else "contrast_line", INFORMATION, values)
    yield Finding("contrast_groups", INFORMATION, values)


def prediction(found: Prediction | Withheld) -> tuple[Finding, ...]:
    """What is predicted, or why nothing is; then what to know."""
    if isinstance(found, Withheld):
        return (withheld(found),)
    names = ("outcome", "n", "change", "low", "high", "next_low", "next_high", "before", "after", "moves")
    values = {name: getattr(found, name) for name in names}
    code = "what_if_unmoved" if not found.moves else "what_if_change" if found.told_from_zero else "what_if_unclear"
    said = [c for c in found.cautions if c.code != "not_told_from_zero"]  # the sentence says it
    return Finding(code, INFORMATION, values), *map(caution, said)


def single_moves(found: SingleMoves | Withheld) -> Finding:
    """Which single move goes with the largest rise that can be told from none, and how many others may go with more."""
    if isinstance(found, Withheld):
        return withheld(found)
    values: dict[str, object] = {"outcome": found.outcome, "amount": found.amount, "n": found.n, "count": len(found.predicted)}
    if len({one.move.dimension for one in found.moves}) == 1:
        return Finding("single_dimension", INFORMATION, values)
    if found.alike:
        return Finding("single_alike", INFORMATION, values)
    foremost = found.foremost
    if not foremost:
        return Finding("single_none", INFORMATION, values)
    values |= {name: getattr(foremost[0].prediction, name) for name in ("change", "low", "high")}
    others = sum(one not in foremost for one in found.leading)  # not told from none
    if len(foremost) + others > MOST_LEADING:
        values |= {"either": (foremost[0].move,), "others": len(foremost) + others - 1}
        return Finding("single_many", INFORMATION, values)
    values |= {"either": tuple(one.move for one in foremost), "others": others}
    return Finding(f"single_{'first' if len(foremost) == 1 else 'tied'}{'_open' if others else ''}", INFORMATION, values)


def caution(found: Caution) -> Finding:
    """Something to know."""
    return Finding("caution", INFORMATION, dict(found.values) | {"reason": found.code})


def withheld(found: Withheld) -> Finding:
    """Why a number is not given."""
    return Finding("withheld", INFORMATION, dict(found.values) | {"reason": found.reason})


def kano(ia: float) -> str:
    """Kano's word for an impact asymmetry: basic below -.2, excitement above .2, else performance."""
    return "basic" if ia < -KANO_BORDER else "excitement" if ia > KANO_BORDER else "performance"


def statement_and_certainty(finding: Finding, study: Study, words: Callable) -> tuple[str, str]:
    """What was found, and apart from it how sure that is; the second may be empty. Plain text: escape it where it is shown."""
    words = words.of(study)
    specific = f"asymmetry.{finding.code}.{finding.values.get('reason')}"
    general = f"asymmetry.{finding.code}"
    key = specific if specific in words else general if general in words else f"{general}.other"
    said, _, sure = words(key, **_named(finding.values, study, words)).partition(CERTAINTY)
    return said, sure


def _named(values: Mapping[str, object], study: Study, words: Callable) -> dict[str, object]:
    named = dict(values)

    def dimension(id: object) -> str:
        return next((d.name(words.language) for d in study.instrument.dimensions if d.id == id), str(id))

    if "dimension" in named:
        named["dimension"] = dimension(named["dimension"])
    if "dimensions" in named and not isinstance(named["dimensions"], int):
        named["dimensions"] = words.list(map(dimension, named["dimensions"]))
    if "outcome" in named:
        named["outcome"] = words(f"findings.outcome_name.{named['outcome']}")
    if "category" in named:
        named["category"] = words(f"asymmetry.category.{named['category']}")
    if "what" in named:
        named["where"] = words(f"asymmetry.where.{named['what']}", dimension=named.get("dimension", ""))
    if "moves" in named:
        moves = list(_moves(named["moves"], study, dimension, words))
        if len(moves) > MOST_MOVES:
            moves = [words("asymmetry.move.many", count=len(moves))]
        named["moves"] = "，".join(moves) if words.language == "zh" else words.list(moves)
    if "either" in named:
        either = ((move.perception != 0, dimension(move.dimension)) for move in named["either"])
        named["either"] = words.list(_either(either, words), last="or")
    return named


def _either(moves: Iterable[tuple[bool, str]], words: Callable) -> Iterable[str]:
    """Single moves that may be first, perceptions and expectations each together."""
    found = list(moves)
    for of_perception, key in ((True, "perceived"), (False, "expected")):
        if names := [name for which, name in found if which == of_perception]:
            yield words(f"asymmetry.either.{key}", dimensions=words.list(names, last="or"))


def _moves(moves: Iterable[Move], study: Study, dimension: Callable, words: Callable) -> Iterable[str]:
    """The moves in words, dimensions that move alike together."""
    alike: dict[tuple[str, float], list[str]] = {}
    for move in moves:
        for what, amount in (("perception", move.perception), ("expectation", move.expectation)):
            if amount:
                alike.setdefault((what, amount), []).append(dimension(move.dimension))
    for (what, amount), names in sorted(alike.items(), reverse=True):
        key = f"asymmetry.move.{what}_{'up' if amount > 0 else 'down'}"
        everything = 1 < len(names) == len(study.instrument.dimensions)
        yield words(key, dimensions=words("asymmetry.move.all") if everything else words.list(names), amount=abs(amount))
