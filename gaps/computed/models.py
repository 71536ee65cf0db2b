"""Of what is explained: drivers, importance and performance, the chain of gaps, loss aversion, penalty and reward, what if, naming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaps.computed import Computed, behind, customers, expected, joined
from gaps.computed.scores import resampled, sources
from gaps.i18n import Words, plain
from gaps.model import Role, Study, Withheld
from gaps.stats.chain_results import JOINT, Chain
from gaps.stats.priority_results import GAP, ROOM, STATED, Priorities
from gaps.stats.results import AsymmetryCurve, DriverFit

if TYPE_CHECKING:  # scipy: not on the way to the first page
    from gaps.stats.asymmetry import StudyAsymmetry
    from gaps.stats.naming import Naming
    from gaps.stats.penalty_reward import PenaltyReward
    from gaps.stats.single_moves import SingleMoves
    from gaps.stats.what_if import Prediction

UNITS = "units"
ESTIMATED = "estimated"


def shares(fit: DriverFit, words: Words) -> Computed:
    """Of the shares of one regression; of simple slopes where units are too few for it."""
    said = {"outcome": _outcome(fit.outcome, words)}
    if fit.question == "dimension":
        said["predictors"] = words(f"findings.model_name.{fit.predictors}")
    kind = "alone" if fit.one_at_a_time else fit.question
    return Computed(
        simply=words(f"computed.shares.simply.{kind}", **said),
        formula=joined(words, [words(f"computed.shares.formula.{kind}", **said), *_divided(fit, words)]),
        n=_fitted(fit, words),
        missing=joined(words, [words("computed.missing.scores"), words("computed.missing.complete")]),
        interval=_inference(fit, words),
        rule="" if fit.one_at_a_time else words("computed.shares.rule"),
        reference=sources(words, [*([] if fit.one_at_a_time else ["lmg"]), fit.inference]),
    )


def _divided(fit: DriverFit, words: Words) -> list[str]:
    """How R² is divided; not at all where each gap was looked at alone."""
    if fit.one_at_a_time:
        return []
    together = words("computed.shares.together", expected=expected(words)) if fit.blocks else ""
    return [words("computed.shares.lmg"), together]


def _outcome(name: str, words: Words) -> str:
    return words(f"findings.outcome_name.{name}")


def _fitted(fit: DriverFit, words: Words) -> str:
    who = UNITS if fit.level == "unit" else Role.CUSTOMERS
    return behind({who: (fit.n, fit.n, fit.n + fit.n_left_out)}, words, "units" if who == UNITS else "part")


def _inference(fit: DriverFit, words: Words) -> str:
    if fit.level == "unit":
        return words("computed.shares.units", resamples=fit.resamples, seed=fit.seed)
    said = words(f"drivers.inference.{fit.inference}", units=fit.units, resamples=fit.resamples, n=fit.n)
    return joined(words, [said, words("computed.seed", seed=fit.seed)])


def models(fits: Sequence[DriverFit], words: Words) -> Computed:
    """Of the models side by side, those that could be fitted."""
    largest = max(fits, key=lambda fit: fit.n)
    used = [fit.predictors for fit in fits]
    said = {"models": words.list(words(f"findings.model_name.{name}") for name in used), "outcome": _outcome(largest.outcome, words)}
    special = {"P-E", "P,E"} <= set(used)
    return Computed(
        simply=words(f"computed.models.simply.{'several' if len(used) > 1 else 'one'}", **said),
        formula=joined(
            words, [words("computed.models.formula"), words("computed.models.special", expected=expected(words)) if special else ""]
        ),
        n=_fitted(largest, words),
        missing=joined(words, [words("computed.missing.scores"), words("computed.missing.complete")]),
        interval=_inference(largest, words),
        rule=words("computed.models.rule") if special else "",
        reference=sources(words, ["models", largest.inference]),
    )


def importance(found: Priorities, words: Words, *, importance: str, study: Study) -> Computed:
    """Of the map of importance and performance, and of the lists that follow from it."""
    given = found.n_stated if importance == STATED else found.n
    return Computed(
        simply=words("computed.map.simply", outcome=_outcome(found.outcome, words)),
        formula=joined(
            words,
            [
                words(
                    f"computed.map.formula.{importance}",
                    outcome=_outcome(found.outcome, words),
                    model=words(f"app.drivers.predictors.{found.predictors}"),
                ),
                words("drivers.computed.map", resamples=found.resamples),
                words("drivers.computed.pgcv"),
            ],
        ),
        n=words("computed.map.n", n=given, performance=found.n_performance, all=study.n(Role.CUSTOMERS)),
        missing=joined(words, [words("computed.missing.scores"), words("computed.missing.complete")]),
        interval=words(f"computed.map.interval.{importance}", by=resampled(found, words)),
        rule=words("computed.map.rule"),
        reference=sources(words, ["map", "lmg"]),
    )


def first(found: Priorities, words: Words, study: Study) -> Computed:
    """Of what to fix first."""
    against_expected = any(point.gap for point in found.points)
    missing = words(f"drivers.shortfall_name.{GAP if against_expected else ROOM}")
    return Computed(
        simply=words("computed.first.simply", missing=missing),
        formula=words("computed.first.formula", outcome=_outcome(found.outcome, words), missing=missing),
        n=customers(study, found.n, words),
        missing=joined(words, [words("computed.missing.scores"), words("computed.missing.complete")]),
        interval=joined(
            words,
            [
                words("computed.first.share", by=resampled(found, words)),
                words("computed.first.gap") if against_expected else "",
            ],
        ),
        rule=words("computed.first.rule"),
        reference=sources(words, ["map", "lmg"]),
    )


def chain(found: Chain, words: Words) -> Computed:
    """Of the paths along gaps 1 to 4."""
    values = {"n": found.units, "left_out": found.n_left_out, "rows": found.rows, "resamples": found.resamples, "seed": found.seed}
    values["outcome"] = _outcome(found.outcome, words)
    rule = [words("chain.method.rule")] if found.stage == JOINT else []
    return Computed(
        simply=words("computed.chain.simply", outcome=values["outcome"]),
        formula=joined(
            words,
            [
                words("chain.method.system", **values),
                words("chain.method.panel", **values) if found.level == "panel" else "",
                words("chain.method.error"),
            ],
        ),
        n=behind({UNITS: (found.units, found.units, found.units + found.n_left_out)}, words, "units"),
        missing=words("chain.method.missing", **values),
        interval=words("chain.method.bootstrap", **values),
        rule=joined(words, [*rule, words("chain.method.never_gap5")]),
        reference=words("chain.method.reference"),
    )


def curve(found: AsymmetryCurve, study: Study, words: Words) -> Computed:
    """Of the two slopes over all dimensions."""
    counted = {"below": found.n_below, "at": found.n_at, "above": found.n_above}
    said = {"expected": expected(words), "outcome": _outcome(found.outcome, words)}
    return Computed(
        simply=words("computed.curve.simply", **said),
        formula=words("computed.curve.formula", **said),
        n=joined(words, [customers(study, found.n, words), words("computed.curve.sides", **counted)]),
        missing=joined(words, [words("computed.curve.missing", **said), words("computed.missing.scores")]),
        interval=joined(
            words,
            [
                words("computed.interval.percent"),
                _errors(found.method, found.units, words),
                words("computed.curve.fieller") if found.status == ESTIMATED else "",
            ],
        ),
        rule=joined(
            words,
            [
                words("computed.curve.held", **said),
                words("computed.curves.sides", needed=found.min_side),
                words("computed.curve.rule", needed=found.min_side),
            ],
        ),
        reference=sources(words, ["hinge", _error_source(found.method), "fieller", "prospect"]),
    )


def _errors(method: str, units: int, words: Words) -> str:
    said = words(f"asymmetry.method.{method}", units=units)
    return said[:1].upper() + said[1:] + ("。" if words.language == "zh" else ".")


def _error_source(method: str) -> str:
    return "cr2" if method == "CR2" else "hc3"


def curves(found: StudyAsymmetry, study: Study, words: Words) -> Computed:
    """Of the two slopes dimension by dimension."""
    fitted = [d.curve for d in found.dimensions if not isinstance(d.curve, Withheld)]
    n = sorted(one.n for one in fitted) or [0]
    said = {"expected": expected(words), "outcome": _outcome(found.outcome, words)}
    errors = _errors(fitted[0].method, fitted[0].units, words) if fitted else ""
    sides = [words("computed.curves.sides", needed=fitted[0].min_side)] if fitted else []
    return Computed(
        simply=words("computed.curves.simply", **said),
        formula=words("computed.curves.formula", **said),
        n=behind({Role.CUSTOMERS: (n[0], n[-1], study.n(Role.CUSTOMERS))}, words),
        missing=joined(words, [words("computed.curve.missing", **said), words("computed.missing.scores")]),
        interval=joined(words, [words("computed.interval.percent"), errors]),
        rule=joined(words, [_tested(found, words), *sides, words("computed.curve.held", **said)]),
        reference=sources(words, ["hinge", "holm", *([_error_source(fitted[0].method)] if fitted else []), "prospect"]),
    )


def _tested(found: StudyAsymmetry, words: Words) -> str:
    """How verdicts were reached; of an adjustment only where several were tested."""
    key = "rule_none" if not found.tested else "rule_one" if found.tested == 1 else "rule"
    return words(f"computed.curves.{key}", tested=found.tested)


def penalty_reward(found: PenaltyReward, words: Words) -> Computed:
    """Of penalty and reward."""
    shares = {"low": found.wanted_low, "high": found.wanted_high}
    return Computed(
        simply=words("computed.penalty.simply", outcome=_outcome(found.outcome, words), **shares),
        formula=words("computed.penalty.formula"),
        n=behind({Role.CUSTOMERS: (found.n, found.n, found.n + found.n_left_out)}, words),
        missing=joined(words, [words("computed.missing.scores"), words("computed.missing.complete")]),
        interval=joined(
            words,
            [
                words("computed.interval.percent"),
                _errors(found.method, found.units, words),
                words("computed.penalty.resampled", resamples=found.resamples, seed=found.seed),
            ],
        ),
        rule=words("computed.penalty.rule", needed=found.contrasts[0].needed),
        reference=sources(words, ["penalty", _error_source(found.method)]),
    )


def prediction(found: Prediction | Withheld, outcome: str, words: Words) -> Computed:
    """Of what is predicted if moves are made; of today's mean alone where it is withheld."""
    if isinstance(found, Withheld):
        said = {"outcome": _outcome(outcome, words)}
        return Computed(
            simply=words("computed.figure.simply.quality", **said),
            formula=words("computed.what_if.today"),
            n="",
            missing=words("computed.missing.complete"),
            reference=sources(words, ["remedies"]),
        )
    return _predicted(found, words, "prediction")


def single_moves(found: SingleMoves, words: Words) -> Computed:
    """Of all single moves side by side, of which at least one could be predicted."""
    return _predicted(found.predicted[0].prediction, words, "singles")


def _predicted(found: Prediction, words: Words, kind: str) -> Computed:
    said = {"outcome": _outcome(found.outcome, words), "expected": expected(words)}
    kink = words("computed.what_if.kink") if found.kink else ""
    model = found.kind if found.below_before == found.below_before else "perception"  # not known where expectations were not asked
    singles = kind == "singles"
    return Computed(
        simply=words(f"computed.what_if.simply.{kind}", **said),
        formula=joined(words, [words(f"computed.what_if.formula.{model}", **said), kink, words("computed.what_if.ends")]),
        n=behind({Role.CUSTOMERS: (found.n, found.n, found.n + found.n_left_out)}, words),
        missing=joined(words, [words("computed.what_if.missing"), words("computed.missing.scores")]),
        interval=joined(
            words, [words("computed.interval.percent"), _errors(found.method, found.units, words), words("computed.what_if.interval")]
        ),
        rule=joined(
            words,
            [words("computed.what_if.rule"), words("computed.what_if.without"), words("computed.what_if.singles") if singles else ""],
        ),
        reference=sources(words, ["remedies", _error_source(found.method), *(["gupta"] if singles else [])]),
    )


def naming(found: Naming, words: Words) -> Computed:
    """Of the chance that the right driver is named, by size of the survey."""
    level = words(f"planning.level.{found.level}")
    who = UNITS if found.level == "unit" else Role.CUSTOMERS
    return Computed(
        simply=words("computed.naming.simply"),
        formula=words("planning.how_naming", draws=found.draws, seed=found.seed, level=level),
        n=words("computed.naming.n", counts=words(f"charts.n.{who}", n=found.n)) if found.n else words("computed.naming.none"),
        missing=words("computed.missing.complete"),
        interval=words("computed.naming.interval") if found.low == found.low else "",
        rule=words("computed.naming.rule", power=found.power, r2=plain(found.r2)),
        reference=sources(words, ["lmg"]),
    )
