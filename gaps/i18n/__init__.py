"""Sentences in English and Chinese, from catalogues with the same keys and placeholders.

`Words("zh")("findings.gap5.negative", mean=-1.1, n=207)` looks up `gaps/i18n/zh/findings.toml` [gap5] negative = "…" and fills it in.
A placeholder names how its number is written: {mean:gap} −1.10, {share:percent} 29 %, {p:chance} > 99 %,
{n:count} 1,234, {x:score} 5.87, {p:probability} 0.03. What follows a count of one is put into the singular (`singular`).
"""

from __future__ import annotations

import math
import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from numbers import Real

from gaps.columns import GLOSSARY
from gaps.i18n.singular import agreeing
from gaps.model import Battery, Fewer, Selection, Study

LANGUAGES = ("en", "zh")
NAMED = 3  # of many names a sentence gives so many
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign and a true minus: −0.82, +0.05, 0.00 (never −0.00)."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return ("−" if value < 0 else "+") + text


def plain(value: float, digits: int = 2) -> str:
    """A number without plus sign, with a true minus."""
    return signed(value, digits).removeprefix("+")


def probability(value: float) -> str:
    """A p value: two digits that count, never 0.00."""
    if value is None or math.isnan(value):
        return "–"
    if value < 0.001:
        return "< 0.001"
    if 0.995 <= value < 1:
        return "> 0.99"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def percent(value: float, language: str = "en") -> str:
    """A share of 1 as whole per cent; close to the ends it says so instead of rounding to 0 or 100."""
    if value is None or math.isnan(value):
        return "–"
    unit = "%" if language == "zh" else " %"
    if 0 < value <= 0.005:
        return "< 1" + unit
    if 0.995 <= value < 1:
        return "> 99" + unit
    return f"{value * 100:.0f}{unit}"


def chance(value: float, language: str = "en") -> str:
    """An estimated probability as whole per cent. Resamples never prove certainty: the ends are said as > 99 and < 1."""
    return percent(value if value is None or math.isnan(value) else min(max(value, 0.001), 0.999), language)


COUNT = ":count}"
CERTAINTY = " | "  # parts a sentence of the catalogue: what was found, and how sure that is
ROUNDED = "{rounded}"  # where a sentence says that its numbers were rounded last
# Two levels and their difference (the second less the first), as the values of a sentence are called.
PARTS = (
    ("expected", "achieved", "mean"),
    ("before", "after", "change"),
    ("old", "new", "change"),
    ("start", "end", "change"),
    ("rest", "mean", "difference"),
    ("functional", "technical", "difference"),
    ("adequate", "perceived", "adequacy"),
    ("desired", "perceived", "superiority"),
)


def adds_up(first: float, second: float, difference: float) -> bool:
    """Whether two levels, as they are shown with two decimals, give their difference as it is shown.

    A difference is that of the exact levels, rounded last; of 6.246 and 5.734 it is −0.51, and 6.25 and 5.73 give −0.52. Such numbers stand
    as they are, with a word about it (as the rounding guides of statistical offices have it, Eurostat's for one).
    """
    if any(v is None or math.isnan(v) for v in (first, second, difference)):
        return True
    a, b, d = (round(100 * float(f"{v:.2f}")) for v in (first, second, difference))
    return b - a == d


class _Fill(string.Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value, spec: str) -> str:
        """Write a number in the way its placeholder names."""
        if isinstance(value, Fewer):
            return catalogue(self.language)["disclosure.fewer.than"].format(n=value.than)
        match spec:
            case "gap":
                return signed(value)
            case "gap1":
                return signed(value, 1)
            case "score":
                return plain(value)
            case "percent":
                return percent(value, self.language)
            case "chance":
                return chance(value, self.language)
            case "count":
                return "–" if value != value else f"{value:,.0f}"
            case "probability":
                return probability(value)
            case _:
                return super().format_field(value, spec)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language under dotted keys; the file's name is the first part."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    flat: dict[str, str] = {}

    def walk(prefix: str, node) -> None:
        for key, value in node.items():
            if isinstance(value, Mapping):
                walk(f"{prefix}.{key}", value)
            else:
                flat[f"{prefix}.{key}"] = value

    if language == LANGUAGES[0]:  # the glossary is written in English, in one place
        walk("columns", GLOSSARY)
    for file in sorted(resources.files(__name__).joinpath(language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            walk(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
    return flat


def _spaced(pieces: Iterable[str]) -> str:
    """Join pieces of Chinese: a space where a number or a Latin word meets a Chinese character; inside a piece nothing is changed."""
    text = ""
    for piece in pieces:
        text += (" " if text and piece and _meet(text[-1], piece[0]) else "") + piece
    return text


def _meet(before: str, after: str) -> bool:
    han = ["\u4e00" <= c <= "\u9fff" for c in (before, after)]
    latin = [c in "−%" or (c.isascii() and c.isalnum()) for c in (before, after)]
    return (han[0] and latin[1]) or (latin[0] and han[1])


class Words:
    """The catalogue of one language, callable. Values are filled in as given: escape text from data where it is shown.

    `desired`: perception is compared with a desired level, not with an expectation, and the sentences of desired.toml take the place
    of those with the same key.
    """

    def __init__(self, language: str = "en", *, desired: bool = False) -> None:
        self.language, self.desired = language, desired
        self._catalogue = catalogue(language)
        self._fill = _Fill(language)

    def __call__(self, key: str, /, **values) -> str:
        """The sentence of a key, filled in. KeyError for a key that no catalogue file holds."""
        return self._filled(self._sentence(key), values)

    def parted(self, key: str, /, **values) -> tuple[str, str]:
        """A sentence in two, both filled in: what was found, and how sure that is (empty where the catalogue parts nothing).

        The catalogue's sentence is parted, not the filled one: names from the data may hold the same sign.
        """
        said, _, sure = self._sentence(key).partition(CERTAINTY)
        return self._filled(said, values), self._filled(sure, values)

    def _sentence(self, key: str) -> str:
        own = self._catalogue.get(f"desired.{key}") if self.desired else None
        if own or key in self._catalogue:
            return own or self._catalogue[key]
        raise KeyError(f"no sentence {key!r} in the {self.language} catalogue")

    def _filled(self, sentence: str, values: dict[str, object]) -> str:
        if ROUNDED in sentence:
            values.setdefault("rounded", self.rounded(values))
        if self.language != "zh":
            counts_one = COUNT in sentence and any(isinstance(value, Real) and 0.5 <= value < 1.5 for value in values.values())
            return agreeing(self._pieces(sentence, values)) if counts_one else self._fill.vformat(sentence, (), values)
        pieces = []
        for literal, name, _, value in self._pieces(sentence, values):
            if isinstance(values.get(name), Fewer):
                literal = literal.rstrip(" ")  # what stands for the number begins with a Chinese word
            pieces += [literal, value]
        return _spaced(pieces)

    def _pieces(self, sentence: str, values: Mapping[str, object]) -> Iterator[tuple[str, str | None, str, str]]:
        """Text, and the placeholder after it: name, format, filled in."""
        for literal, name, spec, conversion in self._fill.parse(sentence):
            field = "" if name is None else "{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
            yield literal, name, spec or "", self._fill.vformat(field, (), values)

    def rounded(self, values: Mapping[str, object]) -> str:
        """What is said after a difference that does not follow from its two levels as they are shown; else nothing."""
        there = [[values[name] for name in names] for names in PARTS if all(isinstance(values.get(name), float) for name in names)]
        return "" if all(adds_up(*numbers) for numbers in there) else self("charts.rounded")

    def of(self, study: Study) -> Words:
        """The same language for what a study compares perception with: an expectation, or a desired level."""
        desired = study.expectation == Battery.DESIRED
        return self if desired == self.desired else Words(self.language, desired=desired)

    def __contains__(self, key: str) -> bool:
        return key in self._catalogue

    def list(self, parts, last: str = "and") -> str:
        """Join names: "a, b and c" / "a、b和c"; `last` is "and" or "or"."""
        parts = [str(p) for p in parts]
        if len(parts) < 2:
            return "".join(parts)
        chinese = self.language == "zh"
        if chinese:
            return _spaced(["、".join(parts[:-1]), {"and": "和", "or": "或"}[last], parts[-1]])
        return f"{', '.join(parts[:-1])} {last} {parts[-1]}"

    def several(self, parts, last: str = "and") -> str:
        """Join names as `list` does, but of more than four name three and count the rest: "a, b, c or 5 others"."""
        parts = [str(p) for p in parts]
        if len(parts) <= NAMED + 1:
            return self.list(parts, last)
        return self.list([*parts[:NAMED], self("findings.others", n=len(parts) - NAMED)], last)

    def chances(self, probabilities) -> str:
        """The probabilities of what `several` names, in the same order, and the largest of the rest."""
        values = list(probabilities)
        if len(values) <= NAMED + 1:
            return self.list(map(self.chance, values))
        return self("findings.at_most", chances=self.list(map(self.chance, values[:NAMED])), most=max(values[NAMED:]))

    def segment(self, column: str) -> str:
        """A segment column under its usual name in this language, where it has one; else as the file calls it."""
        key = f"segments.{re.sub(r'[^0-9a-z]+', '_', column.casefold()).strip('_')}"
        return self._catalogue.get(key, column)

    def selection(self, chosen: Selection) -> str:
        """Who is selected, by the names of the units, waves and segment values: "North or South · 2026-H1 · Sex: female"."""
        parts = [self.list(names, last="or") for names in (chosen.units, chosen.waves) if names]
        parts += [self("app.filter.is", name=self.segment(name), values=self.list(values, last="or")) for name, values in chosen.segments]
        return " · ".join(parts)

    def percent(self, share: float) -> str:
        """A share of 1 as whole per cent in this language."""
        return percent(share, self.language)

    def chance(self, probability: float) -> str:
        """An estimated probability as whole per cent, never 0 or 100."""
        return chance(probability, self.language)

    def date(self, day: date) -> str:
        """A day as it is read: 3 May 2026, 2026 年 5 月 3 日."""
        if self.language == "zh":
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def interval(self, low: float, high: float) -> str:
        """A 95 % interval of gaps: −0.95 to −0.69."""
        between = " 至 " if self.language == "zh" else " to "
        return f"{signed(low)}{between}{signed(high)}"
