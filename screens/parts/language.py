"""The language of a session: the browser's until the reader chooses."""

from __future__ import annotations

import streamlit as st

from gaps.i18n import LANGUAGES, Words
from gaps.model import Battery, Study
from screens.parts import state

NAMES = {"en": "English", "zh": "中文"}


def current() -> str:
    """The language chosen, else the browser's, else English."""
    chosen = state.start_value(state.LANGUAGE, None)
    return chosen if chosen in LANGUAGES else of_browser()


def of_browser() -> str:
    """The first of our languages that the browser's locale begins with."""
    locale = (st.context.locale or "").lower()
    return next((code for code in LANGUAGES if locale.startswith(code)), LANGUAGES[0])


def words() -> Words:
    """The sentences of the current language, for what the study shown compares perception with."""
    return Words(current(), desired=state.desired())


def compare(study: Study) -> None:
    """From now on the sentences name what this study compares perception with."""
    state.compare_with(study.expectation is Battery.DESIRED)


def switch() -> None:
    """Offer the languages, each by its own name."""
    st.segmented_control(
        "Language · 语言",
        LANGUAGES,
        required=True,
        format_func=NAMES.__getitem__,
        key=state.start(state.LANGUAGE, of_browser()),
        persist_state="session",
        label_visibility="collapsed",
    )
