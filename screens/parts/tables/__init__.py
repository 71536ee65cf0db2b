"""Results of the expert pieces as the rows of tables: numbers rounded and named for reading, nothing computed."""

from __future__ import annotations

import math

from gaps.i18n import Words, plain, signed
from gaps.model import Study

Row = dict[str, str]
NOTHING = "–"


def number(value: float, digits: int = 2, sign: bool = False) -> str:
    """A number, or – where there is none."""
    return (signed if sign else plain)(value, digits) if math.isfinite(value) else NOTHING


def between(words: Words, low: float, high: float) -> str:
    """An interval of numbers without sign, or – where an end is not known."""
    return words("app.show.interval", low=low, high=high) if math.isfinite(low) and math.isfinite(high) else NOTHING


def dimension(study: Study, id: object, words: Words) -> str:
    """A dimension's name as shown."""
    return next((d.name(words.language) for d in study.instrument.dimensions if d.id == id), str(id))
