"""What the expert pieces say beyond the findings, section by section, in sentences: for the command line and for reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gaps.deeper import Deeper
from gaps.findings import asymmetry, chain, differences, drivers, planning, validity
from gaps.model import Withheld
from gaps.stats.chain_results import FiveGaps
from gaps.stats.driver_checks import DriverChecks
from gaps.stats.penalty_reward import PenaltyReward
from gaps.stats.priorities import Priorities


def sections(deeper: Deeper, words: Callable) -> Iterator[tuple[str, list[str]]]:
    """(heading, sentences) for each piece that has something to say; computes what is not computed yet."""
    for name, say in _SAYING.items():
        if said := say(deeper, words):
            yield words(f"cli.expert.{name}"), said


def _five_gaps(deeper: Deeper, words: Callable) -> list[str]:
    found = deeper.five_gaps
    if not isinstance(found, FiveGaps):
        return []  # nothing was asked of managers or employees: the gaps say so themselves
    told = [*chain.beside(found.headline), *chain.paths(found.headline), *chain.cautions(found.headline)]  # the answer is a finding
    return [chain.sentence(finding, words) for finding in told]


def _drivers(deeper: Deeper, words: Callable) -> list[str]:
    checks, priorities = deeper.driver_checks, deeper.priorities
    said = [*drivers.checks_said(checks, deeper.study, words)] if isinstance(checks, DriverChecks) else []
    said += drivers.priorities_said(priorities, deeper.study, words) if isinstance(priorities, Priorities) else ()
    return [_joined(s.statement, s.certainty, words) for s in said]


def _asymmetry(deeper: Deeper, words: Callable) -> list[str]:
    found, contrast = deeper.asymmetry, deeper.penalty_reward
    told = [] if isinstance(found, Withheld) else [asymmetry.profile(found.profile), *asymmetry.dimensions(found)]
    told += asymmetry.contrasts(contrast) if isinstance(contrast, PenaltyReward) else ()
    return [_joined(*asymmetry.statement_and_certainty(finding, deeper.study, words), words) for finding in told]


def _differences(deeper: Deeper, words: Callable) -> list[str]:
    return [differences.sentence(f, deeper.study, words) for f in differences.find(deeper.differences, deeper.study)]


def _validity(deeper: Deeper, words: Callable) -> list[str]:
    return [validity.sentence(finding, deeper.study, words) for finding in validity.find(deeper.validity)]


def _plan(deeper: Deeper, words: Callable) -> list[str]:
    along_the_chain = chain.naming(deeper.five_gaps) is not None  # said with it: how many units it takes
    told = [f for f in planning.advise(deeper.plan) if not (along_the_chain and f.code.startswith("naming_gaps"))]
    return [_joined(*planning.sentence(finding, words, deeper.study.instrument), words) for finding in told]


def _joined(said: str, sure: str, words: Callable) -> str:
    return ("" if words.language == "zh" else " ").join(part for part in (said, sure) if part)


_SAYING: dict[str, Callable[[Deeper, Callable], list[str]]] = {
    "five_gaps": _five_gaps,
    "drivers": _drivers,
    "asymmetry": _asymmetry,
    "differences": _differences,
    "validity": _validity,
    "plan": _plan,
}
