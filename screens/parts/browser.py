"""What only the browser can do: a script for the page, and the two entries of a menu that make a file of a chart as it is drawn."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from gaps.charts import palette
from gaps.i18n import Words
from screens.parts import state

SCRIPTS = Path(__file__).parent / "scripts"
LANGUAGES = {"en": "en", "zh": "zh-CN"}  # as the page says which it is in

_ENTRY = (
    '<button type="button" data-format="{format}"><span class="icon" aria-hidden="true">{icon}</span><span class="label"></span></button>'
)
_PICTURE = st.components.v2.component(
    "gaps_picture",
    html="\n".join(_ENTRY.format(format=f, icon=i) for f, i in (("png", "image"), ("svg", "shapes"))),
    css=(SCRIPTS / "picture.css").read_text(encoding="utf-8"),
    js=(SCRIPTS / "picture.js").read_text(encoding="utf-8"),
)
_EXPLAINED = st.components.v2.component("gaps_explained", js=(SCRIPTS / "explained.js").read_text(encoding="utf-8"))
# One module of two files: what is told before printing (page.js) draws what is waiting (drawing.js).
_PAGE = st.components.v2.component(
    "gaps_page", js="\n".join((SCRIPTS / name).read_text(encoding="utf-8") for name in ("drawing.js", "page.js"))
)


def script(words: Words, *, dark: bool) -> None:
    """The page's own script; it draws nothing. Where the page turns out wider or narrower than thought, it has the page drawn anew."""
    light = palette.LIGHT
    look = {
        "font": palette.FONT,
        "text": light.text,
        "muted": light.muted,
        "paper": light.paper,
        "light": dict(palette.on_paper()) if dark else {},
        "rest": words("reports.paper.rest", n="%n"),
    }
    with st.container(key="page-script"):
        _PAGE(key=state.PAGE, data={"language": LANGUAGES[words.language], "narrow": narrow(), **look}, on_narrow_change=lambda: None)


def narrow() -> bool:
    """Whether charts get the layout of a phone: as the browser measured, before that by what it calls itself."""
    measured = state.measured_narrow()
    return "Mobi" in (st.context.headers.get("User-Agent") or "") if measured is None else measured


def explained(key: str) -> None:
    """What is explained in an open menu is reached by the keyboard; draws nothing."""
    _EXPLAINED(key=f"explained-{key}")


def picture(drawn, key: str, file: str, source: str, words: Words) -> None:
    """Two entries that save a chart, with its words around it, as a picture and as a drawing."""
    around = {"title": drawn.title, "subtitle": drawn.subtitle, "caption": drawn.caption, "source": source}
    named = {name: words(f"reports.menu.{name}") for name in ("png", "svg")}
    _PICTURE(key=f"picture-{key}", data={"key": key, "file": file, **around, **named})
