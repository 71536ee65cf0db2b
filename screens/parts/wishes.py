"""What the next survey is to be able to say, and whom it can ask: the inputs of the plan, each with a sensible default."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gaps.model import Role, Study
from gaps.stats.planning import COMPANY, ONE_UNIT, TYPICAL_RESPONSE, TYPICAL_SPAN, Wanted, believable, usual
from gaps.stats.whom import DIMENSION, LEVELS
from screens.parts import choices, language, show, state

UNITS = 10  # that take part, before there is a study


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes as the core takes them, how fine the answers are to be, the units that take part, and whose driver is to be named."""

    wanted: Wanted
    level: str
    units: int
    outcome: str | None


def ask(study: Study | None) -> Wishes:
    """Draw the inputs: first those that everybody has a view of, the rest folded."""
    words = language.words()
    span = study.instrument.scale.span if study is not None else TYPICAL_SPAN
    start = usual(span)
    with st.container(horizontal=True, vertical_alignment="bottom", key="wishes"):
        level = _level(study)
        name = "unit_half_width" if level == ONE_UNIT else "half_width"
        widths = {n: start[n] for n in ("half_width", "unit_half_width")} | {name: _points(name, start[name], span, 240)}
    with st.expander(words("app.planning.more"), icon=":material/tune:", key=state.of_study("more-wishes")):
        st.markdown(words("app.planning.people"), width=show.TEXT)
        with st.grid(3, min_column_width=240):
            populations = {role: _whole(f"population.{role}", None, 2) for role in Role}
            rates = {role: _percent(f"response.{role}", TYPICAL_RESPONSE[role]) for role in Role}
        with st.grid(3, min_column_width=240):
            units = len(study.units) if study is not None else _whole("units", UNITS, 0) or 0
            total = _whole("units_total", None, 1) if units else None
        st.markdown(words("app.planning.say"), width=show.TEXT)
        with st.grid(3, min_column_width=240):
            change = _points("change", start["change"], span)
            power = _percent("power", Wanted().power, most=99)
            share = _percent("share", Wanted().share_half_width, most=49)
        outcome = choices.outcome(study) if study is not None else None
    given = {role: people for role, people in populations.items() if people}
    known = believable(study, given) if study is not None else given
    if refused := [role for role in given if role not in known]:
        st.warning(words("app.planning.too_small", who=words.list(words(f"planning.role.{role}") for role in refused)))
    more = {"populations": known, "response_rates": rates, "power": power, "share_half_width": share}
    more |= {"units_total": total if total and total >= units else None}
    return Wishes(Wanted.on_scale(span, **widths, change=change, **more), level, units, outcome)


def _level(study: Study | None) -> str:
    """How fine: company, dimensions, units. Typical spreads are those of one dimension, so before a study the first two are the same."""
    words = language.words()
    offered = [level for level in LEVELS if level != (COMPANY if study is None else None)]
    if study is not None and len(study.units) < 2:
        offered.remove(ONE_UNIT)
    return st.segmented_control(
        words("app.planning.level"),
        offered,
        default=DIMENSION,
        required=True,
        format_func=lambda level: words(f"app.planning.of.{level}"),
        wrap=True,
        key=state.of_study(f"{state.WISH} level"),
        persist_state="session",
    )


def _points(name: str, start: float, span: float, width: int | str = "stretch") -> float:
    words = language.words()
    return st.number_input(
        words(f"app.planning.ask.{name}"),
        min_value=0.01,
        max_value=float(span),
        value=start,
        step=0.05,
        format="%.2f",
        width=width,
        key=state.of_study(f"{state.WISH} {name}"),
        persist_state="session",
    )


def _whole(name: str, start: int | None, least: int) -> int | None:
    words = language.words()
    return st.number_input(
        words(f"app.planning.ask.{name}"),
        min_value=least,
        max_value=1_000_000_000,
        value=start,
        step=1,
        placeholder=words("app.planning.open") if start is None else None,
        key=state.of_study(f"{state.WISH} {name}"),
        persist_state="session",
    )


def _percent(name: str, start: float, most: int = 100) -> float:
    words = language.words()
    whole = st.number_input(
        words(f"app.planning.ask.{name}"),
        min_value=1,
        max_value=most,
        value=round(start * 100),
        step=5,
        key=state.of_study(f"{state.WISH} {name}"),
        persist_state="session",
    )
    return whole / 100
