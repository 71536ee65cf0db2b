"""Before a study is shared again: whether its link and an earlier one together would tell what a few people answered."""

from __future__ import annotations

import streamlit as st

from gaps import settings
from gaps.findings import editions
from gaps.model import Study
from screens.parts import cache, language, show

MOST_SAID = 3  # earlier links told one by one


def warned(study: Study) -> bool:
    """Say what the link of a study, as its followers would see it, would tell together with earlier ones; whether there is anything."""
    words = language.words()
    with st.spinner(words("editions.comparing")):
        found, asked = cache.exposing(study)
    if asked:
        show.note(editions.asked_of_some(asked, settings.minimum(), words))
    if not found:
        show.note(words("editions.later"))
        return False
    said = editions.said(found, settings.minimum(), words)
    more = [words("editions.more", n=len(said) - MOST_SAID)] if len(said) > MOST_SAID else []
    with st.container(border=True, key="editions"):
        show.strong(words("editions.title"))
        for sentence in [*said[:MOST_SAID], *more]:
            show.text(sentence)
        show.note(words("editions.advice"))
    return True
