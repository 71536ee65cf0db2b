"""English after the number one: "1 customer is", where the catalogue says "{n:count} customers are". Chinese needs none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

ONE = "1"
_COUNTED = (
    "answers", "cases", "cells", "clusters", "columns", "comparisons", "customers", "days", "dimensions", "distributions", "duplicates",
    "employees", "files", "gaps", "groups", "imputations", "intervals", "items", "kinds", "lines", "managers", "months", "moves", "names",
    "orders", "others", "pages", "pairs", "pieces", "places", "points", "questions", "resamples", "respondents", "rows", "samples",
    "seconds", "segments", "sheets", "steps", "surveys", "units", "values", "waves", "weights", "years",
)  # fmt: skip
_NOUNS = {noun: noun.removesuffix("s") for noun in _COUNTED}
_NOUNS |= {"people": "person", "staff": "member of staff", "categories": "category", "studies": "study"}
# Verbs that sentences of the catalogue have right after what is counted. All others: word the sentence so that it holds for one.
_VERBS = {
    "are": "is", "were": "was", "have": "has", "lie": "lies", "stand": "stands", "count": "counts", "give": "gives",
    "reach": "reaches", "remain": "remains", "fall": "falls", "suggest": "suggests", "say": "says", "take": "takes",
    "repeat": "repeats", "rate": "rates", "desire": "desires", "expect": "expects", "need": "needs", "follow": "follows", "hold": "holds",
    "go": "goes",
}  # fmt: skip
_BETWEEN = "(?:(?:more|other|usable|different|simulated|further|valid|whole|single|complete|selected) )*"
_NAMED = rf"(?P<noun> {_BETWEEN}(?:{'|'.join(_NOUNS)})\b)?"
_AFTER = re.compile(rf"^{_NAMED}(?:(?P<gap> (?:who |that |more |still |now |also )?)(?P<verb>{'|'.join(_VERBS)})\b)?")
_ROLES = ("role", "who", "first", "second", "kept")  # placeholders for what is counted: "{n:count} {role}"


def agreeing(pieces: Iterable[tuple[str, str | None, str, str]]) -> str:
    """Put a sentence together from its pieces (text, then a placeholder's name, format and value), in the singular where one is counted.

    "1 customers are" becomes "1 customer is", and "1 of 5 customers are" becomes "1 of 5 customers is".
    """
    parts, one, of_several = [], False, False
    for literal, name, spec, value in pieces:
        parts.append(_after(literal, noun=one) if one or of_several else literal)
        if spec == "count":
            of_several = one and literal in (" of ", " of the ") and value != ONE
            one = value == ONE
        else:
            value = _NOUNS.get(value, value) if one and literal == " " and name in _ROLES else value
            one = of_several = False
        parts.append(value)
    return "".join(parts)


def _after(text: str, *, noun: bool) -> str:
    """What follows a count of one, its noun (where it is not one of several) and its verb in the singular."""
    found = _AFTER.match(text)
    named, gap, verb = found["noun"] or "", found["gap"] or "", found["verb"]
    if noun and named:
        between, last = named.rsplit(" ", 1)
        named = f"{between} {_NOUNS[last]}"
    return named + gap + (_VERBS[verb] if verb else "") + text[found.end() :]
