"""The line below a chart: how it was computed, and what can be taken along. Each is filled once it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import streamlit as st

from screens.parts import browser, language, lines, takeaway

if TYPE_CHECKING:
    from gaps.charts import Chart
    from gaps.computed import Computed

TEXT = 640  # pixels: what is explained is read, and a menu as wide as the page is hard to


def line(drawn: Chart, key: str, data) -> None:
    """Both controls of a chart, side by side."""
    with st.container(horizontal=True, gap="small", key=f"below-{key}"):
        how(key, lambda: ((drawn.title, drawn.computed),))
        takeaway.menu(drawn, key, data)


def how(key: str, said: Callable[[], Iterable[tuple[str, Computed]]]) -> None:
    """How figures were computed, each under its title; said when it is asked for."""
    words = language.words()
    box = st.popover(words("computed.open"), icon=":material/calculate:", type="tertiary", key=f"how-{key}", on_change="rerun")
    if box.open:
        with box:
            st.markdown("\n\n".join(_said(title, computed, words) for title, computed in said()), width=TEXT)
            browser.explained(key)


def _said(title: str, computed: Computed, words) -> str:
    """One text: an element less to send for each part."""
    parts = [f"**{lines.kept(title)}**", f":small[{lines.kept(computed.simply)}]"]
    colon = "：" if words.language == "zh" else ". "
    parts += [f":small[**{words(f'computed.part.{name}')}**{colon}{lines.kept(text)}]" for name, text in computed.parts()]
    return "\n\n".join(parts)
