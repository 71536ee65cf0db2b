"""The parts of the Overview, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from gaps.charts.text import columns
from gaps.computed import scores as computed
from gaps.findings import Finding, statement_and_certainty
from gaps.findings.key_figures import Shown
from gaps.model import Study, Withheld
from gaps.stats.priority_results import Priorities
from screens.parts import footer, language, show

if TYPE_CHECKING:
    from gaps.findings.first import Fix

LINE = 28  # columns of a headline that a phone has room for
# What the strip of figures below the headline says already: the interval of the gap and n.
_IN_THE_STRIP = ("state_shortfall", "state_surplus", "state_level")
_IN_THE_STRIP_TOO = ("wave_better", "wave_worse", "wave_same")
_FOR_EXPERTS = ("driver_models_", "gap_score_")  # the Drivers page has them
_IN_THE_DIAGRAM = ("largest_gap_named", "largest_gap_tied")


def title(study: Study | None) -> None:
    """What is looked at: small over the answer where there is one."""
    if study is None:
        show.title(language.words()("app.name"))
        return
    with st.container(key="study-title"):
        show.title(study.title)


def headline(found: Finding, study: Study) -> None:
    """How service stands, in one sentence: what is seen first."""
    words, key = language.words(), "headline"
    statement, certainty = statement_and_certainty(found, study, words)
    if words.language == "zh" and all(columns(clause) <= LINE for clause in re.split("[，：；。]", statement)):
        statement, key = statement.replace(" ", "\u00a0"), "headline-clauses"  # lines end where clauses do
    if found.code in _IN_THE_STRIP:
        certainty = words("overview.rounded") if words.rounded(found.values) else ""
    show.led(statement, certainty, key=key)


def strip(figures: Sequence[Shown], explained) -> None:
    """The key figures side by side, on a phone two by two; below them how they were computed."""
    show.cards([show.figure(figure.label, figure.value, figure.interval, figure.behind) for figure in figures], "figures")
    if any(not isinstance(figure, Withheld) for _, figure in explained.figures.each()):
        footer.how("figures", lambda: _computed(figures, explained))


def _computed(figures: Sequence[Shown], explained):
    """How each of the key figures was computed, under its label."""
    given = dict(computed.key_figures(explained.figures, explained.study, language.words()))
    return ((figure.label, given[figure.name]) for figure in figures if figure.name in given)


def fix_first(priorities: Priorities | Withheld, explained, outcome: str | None) -> tuple[Fix, ...]:
    """What comes first, by the list of the Drivers page; each dimension with its reason and a way to that page."""
    from gaps.computed import models
    from gaps.findings import first  # loads the statistics, which the first page does not wait for

    words, study, fixes = language.words(), explained.study, first.fixes(priorities)
    lead = first.lead(priorities, study, words)
    show.said(lead.statement, lead.certainty)
    if isinstance(priorities, Withheld):
        show.findings(show.about(explained, "largest_dimension_", "next_outcome"), study)
    if fixes:
        reasons = [first.reason(fix, outcome, words) for fix in fixes]
        names = [first.name(fix, study, words) for fix in fixes]
        show.cards([show.answer(name, why.statement, why.certainty) for name, why in zip(names, reasons, strict=True)], "fixes")
        show.note(first.reading(outcome, fixes, study, words))
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="below-fixes"):
            _to_drivers(study)
            footer.how("first", lambda: ((words("overview.first"), models.first(priorities, words, study)),))
    elif not isinstance(priorities, Withheld):
        _to_drivers(study)
    return fixes


def _to_drivers(study: Study) -> None:
    missing = "room" if study.expectation is None else "shortfall"
    show.way("screens/explain/drivers.py", language.words()(f"overview.to_drivers.{missing}"), "first")


def diagram_speaks(explained) -> bool:
    """Whether the diagram's title tells something that the headline does not."""
    return bool(show.about(explained, *_IN_THE_DIAGRAM))


def not_yet_said(explained, fixes: Sequence[Fix]) -> list[Finding]:
    """The findings whose numbers stand nowhere above."""
    above = [*show.about(explained, "simulated", "state_", *_IN_THE_STRIP_TOO, *_IN_THE_DIAGRAM, *_FOR_EXPERTS)]
    above += [one for one in show.about(explained, "driver_gap_withheld") if one.values["reason"] == "not_measured"]  # said by what to ask
    if fixes:
        named = show.about(explained, "largest_dimension_named", "driver_dimension_named")
        above += [one for one in named if one.values["dimension"] == fixes[0].dimension]
        above += show.about(explained, "driver_dimension_tied")
    else:
        above += show.about(explained, "largest_dimension_", "next_outcome", "driver_dimension_withheld", "driver_dimension_few")
        above += [one for one in show.about(explained, "asymmetry_withheld") if one.values["reason"] == "no_outcome"]
    return [one for one in explained.findings if one not in above]
