"""The part of the Compare page that compares any two selections: whom to choose for A and B, and how they differ."""

from __future__ import annotations

import streamlit as st

from gaps import escape
from gaps.deeper import Deeper
from gaps.findings import selections as said_of
from gaps.model import Role, Selection, Study, Withheld
from screens.parts import browser, guards, language, selection, show, state
from screens.parts.cache import charts
from screens.parts.tables import compare as tables

REST, CHOSEN = "rest", "chosen"


def possible(study: Study) -> bool:
    """Whether there is anything to choose by."""
    return bool(selection.offered(study))


def part(found: Deeper) -> None:
    """Draw the choice and what was found."""
    words, study = language.words(), found.study
    show.text(words("selections.text"))
    with st.container(key="choose-two"):
        left, right = st.columns(2, gap="large")
        with left:
            show.strong(words("selections.a"))
            a = _side(study, state.SIDE_A)
        with right:
            show.strong(words("selections.b"))
            b = _other(study)
    if a.everything:
        show.not_given(words("selections.nothing_chosen"))
        return
    if b is not None and b.everything:
        show.not_given(words("selections.nothing_chosen_b"))
        return
    with guards.waiting():
        result = found.compared(a, b)
    if isinstance(result, Withheld):
        show.not_given(words(f"selections.withheld.{result.reason}", **result.values))
        return
    _result(result, found, a, b)


def _side(study: Study, side: str) -> Selection:
    return selection.pick(study, lambda key: state.of_study(f"{side} {key}"))


def _other(study: Study) -> Selection | None:
    """B: everybody else, or a selection of its own."""
    words = language.words()
    kind = st.segmented_control(
        words("selections.who"),
        (REST, CHOSEN),
        default=REST,
        required=True,
        format_func=lambda kind: words(f"selections.{kind}"),
        key=state.of_study(state.AGAINST),
        persist_state="session",
        label_visibility="collapsed",
    )
    return None if kind == REST else _side(study, state.SIDE_B)


def _result(result, found: Deeper, a: Selection, b: Selection | None) -> None:
    words, dark, study = language.words(), show.dark(), found.study
    called = said_of.sides(a, b, words)
    for k, one in enumerate(said_of.find(result)):
        spoken = said_of.statement_and_certainty(one, study, words, called)
        if k == 0 and one.code.startswith("lead_"):
            show.led(*spoken)
            if among := said_of.among(result, found.contrasts, a, b):
                show.note(said_of.among_said(among, words, called))
        else:
            show.said(*spoken, one.severity)
    rest = words("selections.everybody_else" if called.named else "selections.rest")
    counted = {"a": _counted(words.selection(a), result, 0), "b": _counted(words.selection(b) if b else rest, result, 1)}
    show.note(words("selections.counts_named" if called.named else "selections.counts", **counted))
    gaps = bool(result.beside) and result.beside[0]["measure"] == "gap"
    heading = words("compare.changes.dimensions", gap=words("findings.gap_name.5" if gaps else "compare.measure.perception"))
    chart = charts.side_by_side(
        result.beside,
        study,
        found=result,
        first=called.first,
        second=called.second,
        heading=heading,
        narrow=browser.narrow(),
        words=words,
        dark=dark,
    )
    show.chart(chart, "two-selections", lambda: said_of.as_data(result, a, b, words))
    if box := show.on_demand(words("selections.table"), "selections-table", ":material/table:"):
        with box:
            show.grid(tables.two_selections(result, study, called), words("selections.table"))


def _counted(name: str, result, side: int) -> str:
    words = language.words()
    counts = words.list(words(f"charts.n.{role}", n=n[side]) for role, n in result.n.items() if n[side] and role in set(Role))
    return escape.visible(name) + words("charts.bracketed_text", text=counts)
