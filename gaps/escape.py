"""Text from data, made harmless for the place where it is shown. The only such place in the project."""

from __future__ import annotations

import html as _html
import re
import unicodedata
from functools import lru_cache

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")
_ADDRESS = re.compile(r"(?i)https?:(?=//)|www(?=\.)|(?<=[-.\w+])@")
_ICON = re.compile(r"(?a):(?=(?:material/)?[\w+-]+:)")
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def visible(text: object) -> str:
    """Drop control and direction-changing characters (U+202E and its like); keep everything that a reader sees, a break as a space."""
    text = str(text)
    if text.isprintable():  # the usual case, without looking at each character
        return text
    text = " ".join(filter(None, map(str.strip, _BREAK.split(text)))) if _BREAK.search(text) else text
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") or c in " \u200d")


@lru_cache(4096)
def markdown(text: object) -> str:
    """Text that Streamlit's Markdown shows letter by letter: no image, link, colour, formula or HTML comes of it.

    Bare addresses (http://…, www.…, a@b.c) are made links, and names between colons icons and emoji, after all escapes are resolved; an
    unseen word joiner within keeps them text.
    """
    text = _ICON.sub(":\u2060", _ADDRESS.sub(lambda found: found[0] + "\u2060", visible(text)))
    return _MARKDOWN.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\>", "&gt;")


def html(text: object) -> str:
    """Text for Plotly labels and hover, which interpret a little HTML."""
    return _html.escape(visible(text), quote=False)


def cell(text: object) -> str:
    """Text for a spreadsheet cell or csv field that must not become a live formula. For text only: numbers go unescaped."""
    text = str(text)
    return "'" + text if text.startswith(_FORMULA) else text
