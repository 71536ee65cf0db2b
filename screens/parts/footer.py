"""The line below a chart: how it was computed, and what can be taken along. Each is filled once it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gaps import escape
from screens.parts import language, takeaway

if TYPE_CHECKING:
    from gaps.charts import Chart
    from gaps.computed import Computed

TEXT = 640  # pixels: what is explained is read, and a menu as wide as the page is hard to


def line(drawn: Chart, key: str, data) -> None:
    """Both controls of a chart, side by side."""
    with st.container(horizontal=True, gap="small", key=f"below-{key}"):
        how(drawn.computed, key, drawn.title)
        takeaway.menu(drawn, key, data)


def how(computed: Computed, key: str, title: str = "") -> None:
    """How a figure was computed, under its title."""
    words = language.words()
    box = st.popover(words("computed.open"), icon=":material/calculate:", type="tertiary", key=f"how-{key}", on_change="rerun")
    if box.open:
        with box:
            st.markdown(_said(computed, title, words), width=TEXT)


def _said(computed: Computed, title: str, words) -> str:
    """One text: an element less to send for each part."""
    parts = [f"**{escape.markdown(title)}**"] if title else []
    parts.append(escape.markdown(computed.simply))
    colon = "：" if words.language == "zh" else ". "
    parts += [f"**{words(f'computed.part.{name}')}**{colon}{escape.markdown(text)}" for name, text in computed.parts()]
    return "\n\n".join(parts)
