"""What the name of a wave tells about its place in time: a date, a year with its half, quarter, season or month, a stage, numbers."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product

__all__ = ["YEAR", "Convention", "Told", "UnreadableError", "conventions", "plain", "read"]

_YEAR = r"((?:19|20)\d\d)"
_DATE = re.compile(
    rf"(?<!\d){_YEAR}(?:\s?([-./ ])\s?(\d\d?)\s?\2\s?(\d\d?)(?!\d)|\s?年\s?(\d\d?)\s?月\s?(\d\d?)\s?[日号]?"
    r"|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d))"
)
_DATE_YEAR_LAST = re.compile(rf"(?<!\d)(\d\d?)\s?([-./])\s?(\d\d?)\s?\2\s?({_YEAR}|\d\d)(?!\d)")
_YEAR_MONTH = re.compile(rf"(?<!\d){_YEAR}(?:\s?[-./]\s?(\d\d?|20\d\d)(?!\d)|\s?[年년]\s?(\d\d?)\s?[月월]份?|(0[1-9]|1[0-2])(?!\d))")
_MONTH_YEAR = re.compile(rf"(?<!\d)(\d\d?)\s?[-./]\s?{_YEAR}(?!\d)|^(\d\d?) {_YEAR}$")
_TWO_NUMBERS = re.compile(r"(?<![\d/])(\d\d?)\s?/\s?(\d\d?)(?![\d/])")
_YEAR_ALONE = re.compile(rf"(?<!\d){_YEAR}(?!\d)\s?[年년]?")
_SHORT_YEAR = re.compile(r"(?:'|\bfy\s?)(\d\d)(?!\d)")
_SHORT_YEAR_OF_PART = re.compile(r"(?<!\d)(\d\d)(?!\d)")
_NUMBERED_MONTH = re.compile(r"(?<!\d)(\d\d?)\s?[月월]份?(?:\s?(\d\d?)\s?[日号일])?")
_HALF = re.compile(
    r"(?<![a-z])h\s?([12])(?!\d)|(?<!\d)([12])\s?h(?![a-z])|(?<!\d)([12])(?:st|nd|\.)?\s?(?:half|halbjahr)|(?:half|halbjahr)\s?([12])(?!\d)"
    r"|([上下])半年|(?<!\d)([12])\s?半年"
)
_QUARTER = re.compile(
    r"(?<![a-z])q\s?([1-4])(?!\d)|(?<!\d)([1-4])\s?q(?![a-z])|(?<!\d)([1-4])(?:st|nd|rd|th|\.)?\s?(?:quarter|quartal|trimestre|季度?|분기)"
    r"|(?:quarter|quartal|trimestre|季度?)\s?([1-4])(?!\d)"
)
_CHINESE = re.compile("[〇零一二两兩三四五六七八九十]+")
_DIGITS = {**dict(zip("〇一二三四五六七八九", range(10), strict=True)), "零": 0, "两": 2, "兩": 2}
_TOKENS = re.compile(r"\d+|[a-z]+|[^\W\d_]+")
_ROMAN = {name: place + 1 for place, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"))}
_MONTH = 31  # days, in a calendar whose months are alike: only the order counts
YEAR = 12 * _MONTH


@dataclass(frozen=True, slots=True)
class Convention:
    """How names are read. date: the order of day, month and year in numbers; short_year: "Dec 25" is a month of 2025, not a day of
    December; winter_last: winter ends its year; roman: "V" is a number, not a letter."""

    date: str
    short_year: bool
    winter_last: bool
    roman: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a name tells: from which day up to which (`None`: no time), the stage of the study (-1, 0, 1), numbers, and other words."""

    start: int | None
    end: int | None
    year: int | None
    stage: int
    numbers: tuple[int, ...]
    words: tuple[str, ...]


class UnreadableError(Exception):
    """A name that has no meaning under a convention."""


def conventions(texts: Sequence[str]) -> Iterator[Convention]:
    """The conventions that make a difference to some name, the usual ones first."""
    signs = {m[2] for text in texts for m in _DATE_YEAR_LAST.finditer(text)} | {"/" for text in texts if _TWO_NUMBERS.search(text)}
    dates = ("dmy", "mdy", "ymd") if signs - {"."} else ("dmy", "ymd") if signs else ("dmy",)
    short = (True, False) if any(_ends_short(text) for text in texts) else (True,)
    winters = (True, False) if any(_season_of("winter").search(text) for text in texts) else (True,)
    single = {token for text in texts for token in _TOKENS.findall(text) if len(token) == 1 and token.isascii() and token.isalpha()}
    for short_year, winter_last, date in product(short, winters, dates):
        yield Convention(date, short_year, winter_last, single <= _ROMAN.keys())


def _ends_short(text: str) -> bool:
    """Whether a name may end with a year of two digits, or with a day: Dec 25, 12/25."""
    found = _month_words().search(text)
    return bool(_TWO_NUMBERS.search(text) or (found and found["after"] and not re.search(r"[-']", found["sign"])))


class _Name:
    """A name of which what was understood is taken away bit by bit."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern) -> re.Match | None:
        """The first match, which is then gone."""
        found = pattern.search(self.text)
        if found:
            self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}"
        return found


def read(text: str, convention: Convention) -> Told:
    """Read one name (as `plain` gives it). Days count in a calendar whose months all have 31; without a year they begin with January.

    Raises `UnreadableError` for what the convention makes no date of, such as a 13th month.
    """
    name = _Name(text)
    part = _part_of_year(name, convention)
    year, month, day = _numeric(name, convention)
    if month is None:
        year, month, day = _worded(name, year, convention)
    if year is None and (found := name.take(_YEAR_ALONE) or name.take(_SHORT_YEAR) or (part and name.take(_SHORT_YEAR_OF_PART))):
        year = _full(found[1])
    month, months = part or (month, 1)
    start = end = None
    if year is not None or month is not None:
        start = (year or 0) * YEAR + ((month or 1) - 1) * _MONTH + (day or 1) - 1
        end = start + (YEAR if month is None else 1 if day and not part else months * _MONTH)
    stage = next((rank for rank, patterns in _stages() if any(name.take(p) for p in patterns)), 0)
    return Told(start, end, year, stage, *_rest(name.text, convention))


def _part_of_year(name: _Name, convention: Convention) -> tuple[int, int] | None:
    """The first month of a half, quarter or season, and how many months it has."""
    if found := name.take(_HALF):
        return 6 * _number_in(found) - 5, 6
    if found := name.take(_QUARTER):
        return 3 * _number_in(found) - 2, 3
    season = next((place for place, of in enumerate(_seasons()) if name.take(of)), None)
    if season is None:
        return None
    return (0 if season == 3 and not convention.winter_last else 3 * season + 3), 3


def _numeric(name: _Name, convention: Convention) -> tuple[int | None, int | None, int | None]:
    """Year, month and day where they are written as numbers."""
    if found := name.take(_DATE):
        return _checked(*(int(part) for part in found.groups() if part and part.isdigit()))
    if found := name.take(_DATE_YEAR_LAST):
        first, second, last = found[1], found[3], found[4]
        if convention.date == "ymd":
            if len(last) == 4 or len(first) < 2:
                raise UnreadableError(name.text)
            return _checked(_full(first), int(second), int(last))
        day, month = (first, second) if convention.date == "dmy" else (second, first)
        return _checked(_full(last), int(month), int(day))
    if found := name.take(_YEAR_MONTH):
        year, month = int(found[1]), int(found[2] or found[3] or found[4])
        return (year, None, None) if month > 12 and month % 100 == (year + 1) % 100 else _checked(year, month)  # 2025/26
    if found := name.take(_MONTH_YEAR):
        return _checked(int(found[2] or found[4]), int(found[1] or found[3]))
    if found := name.take(_NUMBERED_MONTH):
        return _checked(None, int(found[1]), int(found[2]) if found[2] else None)
    if _YEAR_ALONE.search(name.text):
        return None, None, None
    if found := name.take(_TWO_NUMBERS):
        first, second = found[1], found[2]
        if convention.date == "ymd" or (convention.short_year and (len(second) < 2 or convention.date == "dmy")):
            raise UnreadableError(name.text)
        if convention.short_year:
            return _checked(_full(second), int(first))
        day, month = (first, second) if convention.date == "dmy" else (second, first)
        return _checked(None, int(month), int(day))
    return None, None, None


def _worded(name: _Name, year: int | None, convention: Convention) -> tuple[int | None, int | None, int | None]:
    """Year, month and day where the month is a word."""
    found = name.take(_month_words())
    if not found:
        return year, None, None
    month, day, before, after = _month_of(found["month"]), None, found["before"], found["after"]
    if alone := name.take(_YEAR_ALONE):
        year, day = int(alone[1]), before or after
    elif before or not after:
        day, year = before, _full(after) if after else None
    elif re.search(r"[-']", found["sign"]) or convention.short_year:
        if len(after) < 2:
            raise UnreadableError(name.text)
        year = _full(after)
    else:
        day = after
    return _checked(year, month, int(day) if day else None)


def _checked(year: int | None, month: int, day: int | None = None) -> tuple[int | None, int, int | None]:
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        raise UnreadableError(f"{year}-{month}-{day}")
    return year, month, day


def _full(year: str) -> int:
    """A year of four digits; of two, one of this century."""
    return int(year) if len(year) == 4 else 2000 + int(year)


def _number_in(found: re.Match) -> int:
    """The number of a half or quarter."""
    sign = next(part for part in found.groups() if part)
    return {"上": 1, "下": 2}.get(sign) or int(sign)


def _rest(text: str, convention: Convention) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The numbers in what is left of a name, single letters and Roman numerals among them, and the words."""
    numbers, words = [], []
    for token in _TOKENS.findall(text):
        if token.isdigit():
            numbers.append(int(token))
        elif convention.roman and token in _ROMAN:
            numbers.append(_ROMAN[token])
        elif len(token) == 1 and token.isascii():
            numbers.append(ord(token) - ord("a") + 1)
        else:
            words.append(token)
    return tuple(numbers), tuple(words)


def plain(name: str) -> str:
    """Small letters without accents, one kind of dash and apostrophe, numbers as digits."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    text = unicodedata.normalize("NFC", "".join(c for c in text if unicodedata.category(c) != "Mn"))
    text = re.sub("[\u2010-\u2015\u2212_]", "-", re.sub("[\u2018\u2019`\u00b4]", "'", text))
    text = _CHINESE.sub(lambda found: str(_counted(found[0])), " ".join(text.split()))
    return _number_words().sub(lambda found: str(_number_of(found[0])), text)


def _counted(numeral: str) -> int:
    """A Chinese numeral below a hundred, or digit by digit: 十二, 二〇二五."""
    tens, ten, ones = numeral.partition("十")
    if ten and len(tens) < 2 and len(ones) < 2 and "十" not in ones:
        return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
    return int("".join("10" if sign == "十" else str(_DIGITS[sign]) for sign in numeral))


@cache
def _known() -> dict[str, list]:
    return tomllib.loads(resources.files(__package__).joinpath("wave_words.toml").read_text("utf-8"))


@cache
def _month_words() -> re.Pattern:
    names = "|".join(sorted((name for month in _known()["months"] for name in month), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<!\d)(?P<before>[0-3]?\d)(?:st|nd|rd|th)?\.?[ -]?(?:of )?)?(?<![a-z])(?P<month>{names})(?![a-z])\.?"
        r"(?:(?P<sign>[ \-'/.,]{0,2})(?P<after>\d\d?)(?:st|nd|rd|th)?(?!\d))?"
    )


def _month_of(word: str) -> int:
    return next(place + 1 for place, names in enumerate(_known()["months"]) if word in names)


@cache
def _seasons() -> tuple[re.Pattern, ...]:
    return tuple(
        re.compile("|".join(rf"(?<![a-z]){n}(?![a-z])" if n.isascii() else f"{n}[季天]?" for n in names)) for names in _known()["seasons"]
    )


def _season_of(word: str) -> re.Pattern:
    return next(pattern for pattern in _seasons() if pattern.fullmatch(word))


@cache
def _number_words() -> re.Pattern:
    return re.compile(rf"\b(?:{'|'.join(name for names in _known()['numbers'] for name in names)})\b")


def _number_of(word: str) -> int:
    return next(place + 1 for place, names in enumerate(_known()["numbers"]) if word in names)


@cache
def _stages() -> tuple[tuple[int, tuple[re.Pattern, ...]], ...]:
    return tuple((rank, tuple(map(re.compile, _known()[name]))) for rank, name in ((0, "between"), (-1, "earlier"), (1, "later")))
