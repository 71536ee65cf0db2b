"""Before a study is shared again: whether its link and an earlier one together would tell what a few people answered."""

from __future__ import annotations

import streamlit as st

from gaps import settings
from gaps.findings import editions
from gaps.model import Study
from screens.parts import cache, language, show, state

MOST_SAID = 3  # earlier links told one by one


def agreed(study: Study) -> bool:
    """Whether the study, as its followers would see it, may be shared: nothing speaks against it, or the sender wants to all the same."""
    words = language.words()
    with st.spinner(words("editions.comparing")):
        found = cache.exposing(study)
    if not found:
        show.note(words("editions.later"))
        return True
    said = editions.said(found, settings.minimum(), words)
    with st.container(border=True, key="editions"):
        show.strong(words("editions.title"))
        for sentence in said[:MOST_SAID]:
            show.text(sentence)
        if len(said) > MOST_SAID:
            show.note(words("editions.more", n=len(said) - MOST_SAID))
        show.note(words("editions.advice"))
        return st.checkbox(words("editions.agree"), key=state.agreed_to_share(study.fingerprint))
