"""Where a line of markup may end: nowhere that parts a number from what belongs to it, nor a Chinese word of the field."""

from __future__ import annotations

import re

from gaps import escape
from gaps.charts.text import columns

NO_BREAK, JOINED, MAY_END = "\u00a0", "\u2060", "\u200b"
CLAUSE = 30  # columns of a clause of a Chinese heading that a phone has room for
LEAST = 3  # characters of the last line of a Chinese paragraph

_UNIT = re.compile(r"(?<=\d) (?=%)|(?<=%) (?=置信区间)|(?<=&[lg]t;) (?=\d)")  # 95 %, < 1
_GAP = re.compile(r"(?<![A-Za-z])([Gg]aps?|差距) (?=\d)")  # gap 5
_GAPS = re.compile(r"((?:[Gg]aps|差距)\u00a0[\d,、 ]+(?:and|or|和|或)) (?=\d)")  # gaps 1, 2 and 3
_INTERVAL = re.compile(r"(?<=[\d%]) (to|至) (?=\\?[+−]\d|\d+(?:\\\.|\u00a0?%))")  # in markup, where + and . are escaped
_MEASURED = re.compile(r"(?<![A-Za-z-])\b(\d[\d,.\\]*) (?=[\u4e00-\u9fff])")  # 14 位
_WORD = re.compile("置信区间")
_LAST = re.compile(rf"[\u4e00-\u9fff]{{{LEAST}}}[。！？）]*$")
_CLAUSES = re.compile(r"(?<=[，：；。])")


def kept(plain: str) -> str:
    """Plain text as markup, no markup of its own, whose lines end where a reader expects it."""
    text = _UNIT.sub(NO_BREAK, escape.markdown(plain))
    text = _GAPS.sub(f"\\1{NO_BREAK}", _GAP.sub(f"\\1{NO_BREAK}", text))
    text = _INTERVAL.sub(f"{NO_BREAK}\\1{NO_BREAK}", text)
    text = _WORD.sub(lambda found: JOINED.join(found[0]), text)
    return _LAST.sub(lambda found: JOINED.join(found[0]), text) if columns(text) > CLAUSE else text


def heading(plain: str) -> str:
    """The same for a heading. A Chinese one is broken between its clauses (style.py), and within those that are longer than a line into
    parts of about one length; a number is not parted from its measure word."""
    text = _MEASURED.sub(f"\\1{NO_BREAK}", kept(plain))
    return "".join(map(_halved, _CLAUSES.split(text)))


def _halved(clause: str) -> str:
    """A long Chinese clause with a place near its middle where a line may end: after 的, else between two characters."""
    if columns(clause) <= CLAUSE:
        return clause
    middle = len(clause) / 2
    near = [m.end() for m in re.finditer("的(?=[\u4e00-\u9fff])", clause)] or [
        m.end() for m in re.finditer("[\u4e00-\u9fff](?=[\u4e00-\u9fff])", clause)
    ]
    near = [at for at in near if LEAST < at < len(clause) - LEAST]
    if not near:
        return clause
    at = min(near, key=lambda place: abs(place - middle))
    return _halved(clause[:at]) + MAY_END + _halved(clause[at:])
