"""What the next survey is to be able to say, and whom it can ask: the inputs of the plan, each with a sensible default."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gaps.model import Role, Study
from gaps.stats.planning import ONE_UNIT, TYPICAL_SPAN, Wanted, believable
from screens.parts import choices, entered, language, show


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes as the core takes them, how fine the answers are to be, the units that take part, and whose driver is to be named."""

    wanted: Wanted
    level: str
    units: int
    outcome: str | None


def ask(study: Study | None) -> Wishes:
    """Draw the inputs: first those that everybody has a view of, the rest folded."""
    words, numbers = language.words(), entered.wishes(study)
    span = study.instrument.scale.span if study is not None else TYPICAL_SPAN

    def number(name: str, width: int | str = "stretch") -> float | None:
        one = numbers[name]
        open_end = words("app.planning.open") if one.start is None else None
        return one.ask(words(f"app.planning.ask.{name}"), placeholder=open_end, width=width)

    with st.container(horizontal=True, vertical_alignment="top", key="wishes"):
        level = _level(study)
        name = "unit_half_width" if level == ONE_UNIT else "half_width"
        widths = {n: numbers[n].start for n in ("half_width", "unit_half_width")} | {name: number(name, 240)}
    with st.expander(words("app.planning.more"), icon=":material/tune:", key=show.folded("more-wishes"), on_change="rerun"):
        st.markdown(words("app.planning.people"), width=show.TEXT)
        with st.grid(3, min_column_width=240):
            populations = {role: number(f"population.{role}") for role in Role}
            rates = {role: number(f"response.{role}") / 100 for role in Role}
        with st.grid(3, min_column_width=240):
            units = len(study.units) if study is not None else number("units") or 0
            total = number("units_total") if units else None
        st.markdown(words("app.planning.say"), width=show.TEXT)
        with st.grid(3, min_column_width=240):
            change = number("change")
            power = number("power") / 100
            share = number("share") / 100
        outcome = choices.outcome(study) if study is not None else None
    given = {role: people for role, people in populations.items() if people}
    known = believable(study, given) if study is not None else given
    if refused := [role for role in given if role not in known]:
        st.warning(words("app.planning.too_small", who=words.list(words(f"planning.role.{role}") for role in refused)))
    more = {"populations": known, "response_rates": rates, "power": power, "share_half_width": share}
    more |= {"units_total": total if total and total >= units else None}
    return Wishes(Wanted.on_scale(span, **widths, change=change, **more), level, units, outcome)


def _level(study: Study | None) -> str:
    """How fine: company, dimensions, units."""
    words, level = language.words(), entered.level(study)
    return st.segmented_control(
        words("app.planning.level"),
        list(level.offered),
        default=level.start,
        required=True,
        format_func=lambda level: words(f"app.planning.of.{level}"),
        wrap=True,
        key=level.key,
        persist_state="session",
    )
