"""Small choices on a page, each with a control that a keyboard reaches. They stay while the reader walks through the pages."""

from __future__ import annotations

import streamlit as st

from gaps import analysis, escape
from gaps.model import Gap, Study
from screens.parts import language, state

__all__ = ["dimension", "dimension_of_items", "gap", "outcome", "outcomes", "unit"]


def outcomes(study: Study) -> tuple[str, ...]:
    """The outcomes that somebody answered, the headline's first; where nobody did, the one that was asked first."""
    asked = analysis.outcomes(study)
    return tuple(name for name in asked if study.customers[name].notna().any()) or asked[:1]


def outcome(study: Study) -> str | None:
    """Which outcome: overall quality, satisfaction or recommendation; asked only where there is a choice."""
    words, names = language.words(), outcomes(study)
    if len(names) < 2:
        return names[0] if names else None
    return st.segmented_control(
        words("app.choice.outcome"),
        names,
        default=names[0],
        required=True,
        format_func=lambda name: words(f"findings.outcome_name.{name}"),
        key=state.of_study(state.OUTCOME),
        persist_state="session",
    )


def gap(study: Study) -> Gap:
    """Which of the gaps that were measured."""
    words = language.words()
    measured = [g for g in Gap if study.design(g) is not None] or [Gap.CUSTOMER]
    number = st.pills(
        words("app.choice.gap"),
        [int(g) for g in measured],
        default=int(measured[-1]),
        required=True,
        format_func=lambda number: words(f"findings.gap_name.{number}"),
        key=state.of_study(state.GAP),
        persist_state="session",
    )
    return Gap(number)


def dimension_of_items(study: Study) -> str | None:
    """The dimension whose items are wanted, or None."""
    words = language.words()
    return st.pills(
        words("app.choice.dimension"),
        [d.id for d in study.instrument.dimensions],
        format_func=lambda id: escape.markdown(study.instrument.dimension(id).name(words.language)),
        key=state.of_study(state.ITEMS),
        persist_state="session",
    )


def dimension(study: Study) -> str | None:
    """One dimension, or None for all together."""
    words = language.words()
    return st.selectbox(
        words("app.choice.dimension"),
        [None, *(d.id for d in study.instrument.dimensions)],
        format_func=lambda id: words("app.choice.all_dimensions") if id is None else study.instrument.dimension(id).name(words.language),
        key=state.of_study(state.DIMENSION),
        persist_state="session",
        width=280,
    )


def unit(study: Study) -> str | None:
    """One unit, or None for all together; not asked where there is but one."""
    words = language.words()
    if len(study.units) < 2:
        return None
    return st.selectbox(
        words("app.choice.unit"),
        [None, *study.units],
        format_func=lambda name: words("app.choice.all_units") if name is None else name,
        key=state.of_study(state.UNIT_SHOWN),
        persist_state="session",
        width=280,
    )
