"""Text inside figures: measured in columns (a Chinese character counts two), wrapped, cut, escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from gaps import escape
from gaps.i18n import Words

ALONE = 4  # columns of a last line that looks left over
CLOSING = "，；：。、！？）】》”"
CLAUSES = 20  # columns of a Chinese text long enough to be broken by its clauses


def columns(text: str) -> int:
    """Width of a text in columns: wide characters count two, marks that combine none."""
    return sum(map(_column, text))


@lru_cache(maxsize=4096)
def _column(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text, ended with … where it is wider than `width` columns."""
    if columns(text) <= width:
        return text
    return _fitting(text, width - 1).rstrip() + "…"


def cut_apart(first: str, second: str, width: int) -> tuple[str, str]:
    """Two texts cut to `width` columns; where they would then look the same, the words that both begin with give way."""
    both = cut(first, width), cut(second, width)
    if both[0] != both[1] or first == second:
        return both
    alike = next((k for k, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), min(len(first), len(second)))
    start = first.rfind(" ", 0, alike) + 1 or alike
    return cut("…" + first[start:], width), cut("…" + second[start:], width)


def _fitting(text: str, width: int) -> str:
    for end, used in enumerate(accumulate(map(_column, text))):
        if used > width:
            return text[:end]
    return text


def wrap(text: object, width: int, lines: int = 2) -> list[str]:
    """Break a plain text into at most `lines` lines of at most `width` columns; the last one is cut with …."""
    rest = " ".join(escape.visible(text).split())
    broken: list[str] = []
    while columns(rest) > width and len(broken) < lines - 1:
        head = _evened(rest, _head(rest, width), width)
        broken.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*broken, cut(rest, width)]


def even(text: object, width: int, lines: int = 2) -> list[str]:
    """Break a text as `wrap` does, into as many lines of about the same length: no word is left over for the last one."""
    broken = wrap(text, width, lines)
    for less in range(max(map(columns, broken)) - 1, 0, -1):
        tried = wrap(text, less, lines)
        if len(tried) > len(broken) or tried[-1].endswith("…"):
            break
        broken = tried
    return broken


def _head(text: str, width: int) -> str:
    """As much of the text as fits, ending at a space or between wide characters where there is one."""
    fits = _fitting(text, width)
    for end in range(len(fits), 0, -1):
        following = text[end : end + 1]
        if following == " " or fits[end - 1] == " " or _breaks(fits[end - 1], following):
            return fits[:end]
    return fits


def _evened(text: str, head: str, width: int) -> str:
    """The last line but one; in Chinese shorter where it then ends with a clause, or where a character or two would follow alone."""
    last = text[len(head) :].strip()
    if not last or columns(last) > width or unicodedata.east_asian_width(last[-1]) not in "WF":
        return head
    for end in range(len(head), 0, -1):
        if columns(head[:end]) * 2 <= columns(text) - ALONE or columns(text[end:]) > width:
            break
        if columns(text) > CLAUSES and head[end - 1] in CLOSING[:4] and text[end] not in CLOSING:
            return head[:end]
    half = _head(text, min(width, columns(text) // 2 + 1))
    return half if columns(last) <= ALONE and columns(text[len(half) :].strip()) <= width else head


def _breaks(before: str, after: str) -> bool:
    wide = unicodedata.east_asian_width(before) in "WF" and unicodedata.east_asian_width(after or "x") in "WF"
    return wide and after not in CLOSING and before not in "（【《“"


def block(lines: Iterable[str]) -> str:
    """Lines as one escaped Plotly text."""
    return "<br>".join(escape.html(line) for line in lines)


def hover(*sentences: str, width: int = 46) -> str:
    """Sentences as one escaped hover text, wrapped so that it fits a phone."""
    return "<br>".join(block(wrap(s, width, lines=6)) for s in sentences if s)


def sentences(words: Words, parts: Iterable[str]) -> str:
    """Sentences one after another: with a space in English, without in Chinese."""
    return ("" if words.language == "zh" else " ").join(p for p in parts if p)


def clauses(words: Words, parts: Iterable[str]) -> str:
    """Parts of one sentence, between commas."""
    return ("，" if words.language == "zh" else ", ").join(parts)


def pairs(words: Words, named: Iterable[tuple[str, str]]) -> str:
    """Names with their values, between semicolons: what a chart says to who cannot see it. A sentence loses its full stop there."""
    return ("；" if words.language == "zh" else "; ").join(
        words("charts.pair", name=name, value=value.rstrip(".。")) for name, value in named
    )


def customers(words: Words, counts: Iterable[int]) -> str:
    """How many customers stand behind several numbers: as many, or so many to so many."""
    counts = list(counts)
    few, many = min(counts), max(counts)
    return words("charts.n.customers", n=many) if few == many else words("charts.n_range", few=few, many=many)
