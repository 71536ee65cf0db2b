"""Unit, wave and segment: filters that all pages share."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gaps.model import UNIT, WAVE, Selection, Study
from screens.parts import language, state

MOST_VALUES = 60  # a column with more values than this is no segment to choose from
MOST_UNITS = 20_000


def _segment_key(name: str) -> str:
    return f"segment {name}"


def offered(study: Study) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The filters that have something to choose from: key -> the column's name in the data, and its values."""
    filters = {UNIT: (UNIT, study.units), WAVE: (WAVE, study.waves)}
    filters |= {_segment_key(name): (name, values) for name, values in study.segment_values.items()}
    return {key: (name, values) for key, (name, values) in filters.items() if 2 <= len(values) <= _most(key)}


def _most(key: str) -> int:
    return MOST_UNITS if key in (UNIT, WAVE) else MOST_VALUES


def current(study: Study) -> Selection:
    """The selection as chosen, in the data's order; names that the study does not have are not passed on."""
    chosen = {key: (values, state.chosen(key)) for key, (_, values) in offered(study).items()}
    picked = {key: tuple(v for v in values if v in names) for key, (values, names) in chosen.items() if names}
    segments = tuple((name, picked[_segment_key(name)]) for name in study.segments if picked.get(_segment_key(name)))
    return Selection(picked.get(UNIT, ()), picked.get(WAVE, ()), segments)


def pick(study: Study, key_of: Callable[[str], str]) -> Selection:
    """Draw filters of another selection than the one that all pages share; `key_of` gives the session key of each."""
    words = language.words()
    picked: dict[str, tuple[str, ...]] = {}
    for key, (name, values) in offered(study).items():
        known = key in (UNIT, WAVE)
        chosen = st.multiselect(
            words(f"app.filter.{key}") if known else words("app.filter.segment", name=_label(words.segment(name))),
            values,
            key=state.offer(key_of(key), values),
            persist_state="session",
            placeholder=words(f"app.filter.all.{key}") if known else words("app.filter.all.segment"),
        )
        picked[key] = tuple(v for v in values if v in chosen)
    segments = tuple((name, picked[_segment_key(name)]) for name in study.segments if picked.get(_segment_key(name)))
    return Selection(picked.get(UNIT, ()), picked.get(WAVE, ()), segments)


def choose(study: Study) -> None:
    """Draw the filters and the button that empties them."""
    words = language.words()
    filters = offered(study)
    if not filters:
        return
    st.subheader(words("app.filter.title"), anchor=False)
    for key, (name, values) in filters.items():
        known = key in (UNIT, WAVE)
        st.multiselect(
            words(f"app.filter.{key}") if known else words("app.filter.segment", name=_label(words.segment(name))),
            values,
            key=state.of_study(key),
            persist_state="session",
            placeholder=words(f"app.filter.all.{key}") if known else words("app.filter.all.segment"),
        )
    if not current(study).everything:
        reset(study, "sidebar")


def reset(study: Study, where: str) -> None:
    """Offer to show everybody again."""
    words = language.words()
    keys = tuple(offered(study))
    st.button(
        words("app.filter.reset"), key=f"reset-{where}", on_click=state.clear, args=keys, icon=":material/filter_alt_off:", type="tertiary"
    )


def named(selection: Selection) -> str:
    """What is selected, as plain text."""
    return language.words().selection(selection)


def _label(name: str) -> str:
    from gaps.escape import markdown

    return markdown(name)
