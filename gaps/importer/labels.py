"""Answer texts to numbers: which label set a column's texts are of, which of them are no answer, and what each stands for.

The sets themselves are data (`labelsets.toml`). Words decide the direction, never their place in the form: "1. very satisfied" is the
highest answer. Ends of a scale that nobody used are kept.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources

import numpy as np

from gaps.escape import visible
from gaps.importer.journal import Journal
from gaps.importer.mapping import LabelSet
from gaps.importer.scales import MISSING_CODES, usual_scale
from gaps.importer.sheets import Column, Sheet, text_of
from gaps.model import Scale

__all__ = ["coded", "fold", "in_order", "missing_kind", "misspelt", "no_answer", "number_in", "numbered", "recognise"]

TEXTS = 25  # a column with more distinct texts has no label set
LENGTH = 80  # characters; longer texts are remarks
COVERED = 0.6  # share of a column's texts and answers that a set must know
_ORDINARY = (5, 7)  # points; a rarer scale raises no doubt about one of these
SURE_FROM = 100  # answers from which on an unused middle means that there is none

CODES = frozenset({*MISSING_CODES, -98.0, -97.0, -7.0, -6.0, -5.0, -3.0, -2.0, 97.0, 997.0, 9999.0, -999.0})
_CODE_KINDS = {-3.0: "skipped", -2.0: "blank"}  # 问卷星; the others are codes of a platform
_SIMPLIFIED = str.maketrans(
    "滿認沒見為無適題質優較點極經從總貫達說確過體驗會願裡裏還對應這讚贊數機嗎壞錯",
    "满认没见为无适题质优较点极经从总贯达说确过体验会愿里里还对应这赞赞数机吗坏错",
)
_DASHES = str.maketrans("‐‑‒–—−﹣－’‘`´", "--------''''")
_CJK = "\u3400-\u9fff\uac00-\ud7a3\u3040-\u30ff"
_NUMBER = r"([+-]?\d{1,4}(?:[.,]\d{1,6})?)"
_PLAIN = re.compile(_NUMBER)
_LEADING = re.compile(rf"[(\[【]?{_NUMBER}(?:[)\]】]\s*[-=:.、]?|\s*[-=:.、)]+)\s*(\(?[^\W\d].*)")
_JOINED = re.compile(rf"{_NUMBER}\s*(\(?[^\W\d].*)")  # a number and a word it may merely count: "30 years", "2部"
_TRAILING = re.compile(rf"(.*[^\W\d])\s*(?:[(\[【]\s*{_NUMBER}\s*(?:分|points?|점)?\s*[)\]】]|[-=:]\s*{_NUMBER})")
_LETTERED = re.compile(r"[a-k]\s*[.、:)]\s*(\w.*)")
_UNIT = re.compile(rf"{_NUMBER}\s*(?:stars?|points?|pts?|分|颗星|顆星|星|点|點|점|bintang)")
_OUT_OF = re.compile(rf"{_NUMBER}\s*(?:/|out of|of)\s*(\d{{1,3}})(?:\s*stars?)?")
_STARS = re.compile(r"([★⭐✭🌟]*)\ufe0f?([☆✩]*)")
_CODE = re.compile(r"a0*([1-9]|1[01])")
_NEGATION = re.compile(r"^(?:dis|un|in|im|ir|not |non |no )")


def fold(text: object) -> str:
    """Fold case, full-width characters, kinds of dash and runs of spaces away; a sign and the words stay."""
    return " ".join(visible(unicodedata.normalize("NFKC", str(text))).translate(_DASHES).casefold().split())


def _words(text: object) -> str:
    """The words of a folded text alone, Chinese in simplified characters and, as Korean, without spaces."""
    folded = fold(text).translate(_SIMPLIFIED).replace("'", "")
    words = " ".join(re.sub(r"[\W_]+", " ", folded).split())
    return words.replace(" ", "") if re.search(f"[{_CJK}]", words) else words


@dataclass(frozen=True)
class _Known:
    """A label set of the catalogue: the point (0, 1, …) of each text."""

    name: str
    points: int
    places: Mapping[str, int]
    index: int


@cache
def _catalogue() -> tuple[tuple[_Known, ...], Mapping[str, str], tuple[tuple[str, str], ...]]:
    """The known sets, the texts that are no answer by kind, and words that mark a longer text as none."""
    data = tomllib.loads(resources.files("gaps.importer").joinpath("labelsets.toml").read_text(encoding="utf-8"))
    sets = []
    for index, entry in enumerate(data["set"]):
        places = {_words(text): place for place, texts in reversed([*enumerate(entry["labels"])]) for text in texts.split("|")}
        sets.append(_Known(entry["name"], len(entry["labels"]), places, index))
    exactly: dict[str, str] = {}
    within: list[tuple[str, str]] = []
    for kind, entry in data["missing"].items():
        for text in entry["exactly"].split("|"):
            exactly.setdefault(fold(text), kind)
            if re.search(r"[^\W\d]", text):
                exactly.setdefault(_words(text), kind)
        within += [(fold(part), kind) for part in entry["within"].split("|") if part]
    return tuple(sets), exactly, tuple(within)


def missing_kind(text: str) -> str | None:
    """Say of which kind of no-answer a text is by its words; None if it is an answer or nobody can tell (99 depends on the scale)."""
    _, exactly, within = _catalogue()
    folded = fold(text)
    if not folded:
        return "blank"
    found = exactly.get(folded) or (exactly.get(_words(folded)) if re.search(r"[^\W\d]", folded) else None)
    return found or next((kind for part, kind in within if part in folded), None)


def number_in(text: str) -> tuple[float | None, str]:
    """Take an answer apart into its number and its words: "7 - Strongly agree", "(4) agree", "非常同意（5分）", "★★★★☆", "4 / 5"."""
    folded = fold(text)
    if found := _PLAIN.fullmatch(folded):
        return _float(found[1]), ""
    if folded and (found := _STARS.fullmatch(folded)):
        return float(len(found[1])), ""
    if found := _UNIT.fullmatch(folded) or _OUT_OF.fullmatch(folded):
        return _float(found[1]), ""
    if found := _LEADING.fullmatch(folded):
        return _float(found[1]), found[2]
    if (found := _JOINED.fullmatch(folded)) and (_leaning(found[2]) is not None or missing_kind(found[2])):
        return _float(found[1]), found[2]
    if found := _TRAILING.fullmatch(folded):
        return _float(found[2] or found[3]), found[1]
    if found := _LETTERED.fullmatch(folded):
        return None, found[1]
    return None, folded


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def recognise(counts: Mapping[str, int]) -> LabelSet | None:
    """Find the numbers that the texts of a column, or of several columns with the same answers, stand for.

    Parameters
    ----------
    counts
        how often each text occurs. Blank texts are passed over.

    Returns
    -------
    LabelSet
        with `confident` False where a person should look: texts in `unknown` (most frequent first), numbers whose words nobody knows, too
        few labels to tell two scales apart. None where there is nothing to translate (plain numbers only) or no label set (free text).
    """
    merged: dict[str, int] = {}
    for text, count in counts.items():
        if key := fold(text):
            merged[key] = merged.get(key, 0) + count
    answers = {t: n for t, n in merged.items() if missing_kind(t) is None or _also_label(t, merged)}
    missing = {t: missing_kind(t) or "" for t in merged if t not in answers}
    parts = {t: number_in(t) for t in answers}
    for text in [
        t for t, (number, words) in parts.items() if number is not None and words and missing_kind(words) and not _also_label(t, merged)
    ]:
        missing[text] = missing_kind(parts.pop(text)[1]) or ""
        del answers[text]
    numbered = {t: number for t, (number, _) in parts.items() if number is not None}
    if not answers:
        return None
    if all(_PLAIN.fullmatch(t) for t in answers):
        return _plain_numbers(numbered, missing)
    if len(answers) > TEXTS or max(map(len, answers)) > 4 * LENGTH or _long(answers):
        return None
    if len(numbered) == len(answers) and (found := _numbers_with_words(parts, answers, missing)):
        return found
    return _of_catalogue(parts, answers, missing) or _codes(answers, missing) or _mixed(parts, answers, missing)


def _long(answers: Mapping[str, int]) -> bool:
    return sum(len(t) * n for t, n in answers.items()) > LENGTH * sum(answers.values())


def _also_label(text: str, merged: Mapping[str, int]) -> bool:
    """Whether a text such as "no opinion" is the middle of a scale here: a set knows it, and no other text stands in that place."""
    words = _words(number_in(text)[1])
    others = {_words(number_in(t)[1]) for t in merged if t != text}
    sets = [s for s in _catalogue()[0] if words in s.places and sum(w in s.places for w in others) >= 2]
    return bool(sets) and not any(s.places.get(w) == s.places[words] for s in sets for w in others)


def _unknown(texts: Iterable[str], answers: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda t: (-answers[t], t)))


def _plain_numbers(numbers: Mapping[str, float], missing: dict[str, str]) -> LabelSet | None:
    """Plain numbers beside texts or codes that are no answers; None where there are none such."""
    bipolar = _bipolar({*numbers.values()})
    scale = bipolar or usual_scale(np.asarray([v for v in numbers.values() if v not in CODES]))
    if scale is None:
        return None
    outside = {t: v for t, v in numbers.items() if v in CODES and not scale.min <= v <= scale.max}
    missing = missing | {t: _CODE_KINDS.get(v, "platform_code") for t, v in outside.items()}
    if not missing or len(numbers) > 120:
        return None
    return LabelSet({t: v for t, v in numbers.items() if t not in outside}, missing, scale, "numbers")


def _bipolar(values: set[float]) -> Scale | None:
    """A scale around zero such as -3 … 3: there -3 is an answer and no code."""
    ends = max((abs(v) for v in values if abs(v) <= 5), default=0.0)
    negative = {v for v in values if -5 <= v < 0}
    whole = {float(-k) for k in range(1, int(ends) + 1)}
    return Scale(-ends, ends) if ends >= 1 and negative == whole and 0.0 in values and max(values) == ends else None


def _numbers_with_words(parts: Mapping[str, tuple], answers: Mapping[str, int], missing: dict[str, str]) -> LabelSet | None:
    """Each text has a number: it is the answer, unless the words say that the numbers run the other way."""
    numbers = {t: v for t, (v, _) in parts.items()}
    codes = {t for t, v in numbers.items() if v in CODES and (v < 0 or v > 11)}
    missing = missing | {t: _CODE_KINDS.get(numbers.pop(t), "platform_code") for t in codes}
    if not numbers:
        return None
    worded = {t: w for t, (_, w) in parts.items() if w and t in numbers}
    low, high = min(numbers.values()), max(numbers.values())
    best = _best(worded.values(), {w: answers[t] for t, w in worded.items()})
    if best and len(worded) == len(numbers) and not best.missed:
        shifts = {v - best.found[worded[t]] for t, v in numbers.items()}
        sums = {v + best.found[worded[t]] for t, v in numbers.items()}
        if len(numbers) == 1:
            shifts = sums = {1.0}
        points = best.known.points
        if len(shifts) == 1 and (first := shifts.pop()) in (0.0, 1.0, -(points - 1) / 2):
            return LabelSet(numbers, missing, Scale(first, first + points - 1), best.known.name, best.sure or len(numbers) > 1)
        if len(sums) == 1:  # option 1 is the best: the words decide
            values = {t: float(best.found[worded[t]] + 1) for t in numbers}
            return LabelSet(values, missing, Scale(1.0, float(points)), best.known.name, len(numbers) > 1)
    leaning = [(numbers[t], s) for t, w in worded.items() if (s := _leaning(w)) is not None]
    fewest = min((v for v, s in leaning if abs(s) == 1), default=low)
    most = max((v for v, s in leaning if abs(s) == 1), default=high)
    scale = _usual(min(low, fewest), max(high, most), {v for v, s in leaning if abs(s) == 1})
    if scale is None:
        return None
    down = sum((v - (scale.min + scale.max) / 2) * s for v, s in leaning) < 0
    values = {t: scale.reverse(v) if down else v for t, v in numbers.items()}
    bare = [t for t in numbers if t not in worded]
    known_units = not worded
    return LabelSet(values, missing, scale, "numbers", bool(known_units or (leaning and bare) or len(leaning) >= 2))


def _usual(low: float, high: float, ends: set[float]) -> Scale | None:
    """The usual scale for these numbers; numbers worded as an end are ends."""
    if high in ends and high > 2:
        return Scale(low if low in ends and low in (0.0, 1.0, -high) else (0.0 if low < 1 else 1.0) if low >= 0 else -high, high)
    return _bipolar({low, 0.0, high, -1.0, -2.0, -3.0} if low == -3 and high == 3 else {low, high}) or usual_scale(np.asarray([low, high]))


def _leaning(words: str) -> float | None:
    """Where a label stands in the first set that knows it, from -1 (lowest) to 1 (highest)."""
    plain = _words(words)
    for known in _catalogue()[0]:
        if plain in known.places:
            return 2 * known.places[plain] / (known.points - 1) - 1
    return None


@dataclass(frozen=True)
class _Match:
    """How a known set fits: the point (0, 1, …) of each text it knows, those it does not, and those it knows by their likeness only."""

    known: _Known
    found: Mapping[str, int]
    missed: tuple[str, ...]
    close: Mapping[str, str]
    sure: bool


def _best(texts: Iterable[str], counts: Mapping[str, int]) -> _Match | None:
    """The set that knows most of the texts, then the one whose points are used most."""
    texts = list(dict.fromkeys(texts))
    total = sum(counts[t] for t in texts)
    plain = {t: _words(t) for t in texts}
    ranked = []
    for known in _catalogue()[0]:
        found = {t: known.places[plain[t]] for t in texts if plain[t] in known.places}
        if not found:
            continue
        close = {t: label for t in texts if t not in found and (label := _closest(plain[t], known.index)) is not None}
        exact = len(found)
        found |= {t: known.places[label] for t, label in close.items()}
        if len(found) < COVERED * len(texts) or sum(counts[t] for t in found) < COVERED * total:
            continue
        points = set(found.values())
        share = len(points) / known.points
        doubles = len({plain[t] for t in found if t not in close}) - len({found[t] for t in found if t not in close})
        usable = share if known.points % 2 or share == 1 else share / 10  # an even scale is believed when all of it is used
        missed = tuple(t for t in texts if t not in found)
        ranked.append(((len(found), exact, -doubles, usable, -known.index), share, doubles, _Match(known, found, missed, close, False)))
    if not ranked:
        return None
    ranked.sort(key=lambda entry: entry[0], reverse=True)
    key, share, doubles, best = ranked[0]
    rivals = [m for k, _, d, m in ranked[1:] if k[:2] == key[:2] and not d and not _same(m, best)]
    if best.known.points in _ORDINARY:
        rivals = [m for m in rivals if m.known.points in _ORDINARY]
    between = any(m.known.points == best.known.points + 1 for m in rivals) and total < SURE_FROM and best.known.points % 2 == 0
    sure = not best.missed and not doubles and len(set(best.found.values())) > 1 and (not rivals or (share >= COVERED and not between))
    return replace(best, sure=sure)


def _same(one: _Match, other: _Match) -> bool:
    return one.known.points == other.known.points and one.found == other.found


@lru_cache(8192)
def _closest(text: str, index: int) -> str | None:
    """The one label of a known set that a misspelt text must mean. Chinese and Korean labels are too short for it: one character more is a
    "not"."""
    places = _catalogue()[0][index].places
    allowed = 0 if re.search(f"[{_CJK}]", text) or len(text) < 4 else 1 if len(text) < 16 else 2
    if not allowed:
        return None
    near = sorted((_edits(text, label), label) for label in places if abs(len(label) - len(text)) <= allowed and label[:1].isascii())
    near = [(d, label) for d, label in near if d <= allowed]
    if not near or (len(near) > 1 and near[1][0] == near[0][0] and places[near[1][1]] != places[near[0][1]]):
        return None
    return None if _opposite(text, near[0][1]) else near[0][1]


def _opposite(one: str, other: str) -> bool:
    """Whether two texts differ by a negation."""
    first, second = one.split(), other.split()
    if len(first) != len(second):
        return bool({*first} ^ {*second} & {"not", "no", "never", "neither"})
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    return any(_NEGATION.sub("", a, count=1) == b or _NEGATION.sub("", b, count=1) == a for a, b in pairs)


def _edits(one: str, other: str) -> int:
    """Letters to insert, drop, replace or swap with a neighbour (Damerau 1964, optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _of_catalogue(parts: Mapping[str, tuple], answers: Mapping[str, int], missing: dict[str, str]) -> LabelSet | None:
    """A known set, from 1 upwards."""
    words = {t: w for t, (_, w) in parts.items() if w}
    counts: dict[str, int] = {}
    for text, word in words.items():
        counts[word] = counts.get(word, 0) + answers[text]
    best = _best(words.values(), counts) if words else None
    if best is None:
        return None
    values = {t: float(best.found[w] + 1) for t, w in words.items() if w in best.found}
    bare = {t: v for t, (v, w) in parts.items() if not w and v is not None and 1 <= v <= best.known.points}
    rest = [t for t in answers if t not in values and t not in bare]
    sure = best.sure and not rest and not bare
    return LabelSet(values | bare, missing, Scale(1.0, float(best.known.points)), best.known.name, sure, _unknown(rest, answers))


def _codes(answers: Mapping[str, int], missing: dict[str, str]) -> LabelSet | None:
    """Option codes A1 … A7: their order is known, their direction is not."""
    found = {t: _CODE.fullmatch(t) for t in answers}
    if not all(found.values()) or len(found) < 2:
        return None
    values = {t: float(m[1]) for t, m in found.items() if m}
    scale = usual_scale(np.asarray([*values.values()]))
    return LabelSet(values, missing, scale, "codes", False) if scale else None


def _mixed(parts: Mapping[str, tuple], answers: Mapping[str, int], missing: dict[str, str]) -> LabelSet:
    """A few numbers worded at their ends only ("1 (not at all)" as "Not at all", 2, 3 …), or a set that nobody knows."""
    values = {t: v for t, (v, w) in parts.items() if v is not None and not w}
    rest = [t for t in answers if t not in values]
    scale = (usual_scale(np.asarray([*values.values()])) if values else None) or Scale(1.0, max(2.0, float(len(rest))))
    if values and (scale.max - scale.min > 10 or not all(scale.min <= v <= scale.max for v in values.values())):
        values, rest = {}, list(answers)
    return LabelSet(values, missing, scale, "", False, _unknown(rest, answers))


def misspelt(labels: LabelSet) -> dict[str, str]:
    """The texts of a set that were taken for a label by their likeness, or in spite of a question mark, with that label."""
    known = next((s for s in _catalogue()[0] if s.name == labels.name), None)
    if known is None:
        return {}
    words = {t: _words(number_in(t)[1]) for t in labels.values}
    doubtful = {t: w if w in known.places else _closest(w, known.index) for t, w in words.items() if w not in known.places or "?" in t}
    return {t: label for t, label in doubtful.items() if label and words[t]}


def in_order(labels: LabelSet, texts: Sequence[str], first: float = 1.0) -> LabelSet:
    """The set with its texts put in order by a person, lowest first; unused points of a longer scale may be given as ""."""
    if len(texts) < 2:
        raise ValueError(f"a scale needs at least two labels; got {len(texts)}")
    values = {fold(t): first + place for place, t in enumerate(texts) if fold(t)}
    missing = {t: k for t, k in labels.missing.items() if t not in values}
    unknown = tuple(t for t in labels.unknown if fold(t) not in values)
    return LabelSet(values, missing, Scale(first, first + len(texts) - 1), labels.name or "own", not unknown, unknown)


def numbered(sheet: Sheet, column: Column, labels: LabelSet, journal: Journal) -> Column:
    """The column with its texts read as the numbers they stand for.

    What is no answer is marked with its kind, so that it is counted when the answers are read; texts taken by their likeness are told;
    a text that the set does not know stays as it is.
    """
    column = coded(column)
    keys = ["" if isinstance(v, bool | dict) else fold(text_of(v)) for v in column.values]
    for key, label in misspelt(labels).items():
        if key in keys:
            at = np.flatnonzero(column.lookup([other == key for other in keys], bool))
            journal.note("label_misspelt", sheet.name, column.header, sheet.excel_rows(at[:20]), len(at), value=key, label=label)

    def read(key: str, value: object) -> object:
        return no_answer(value, labels.missing[key]) if key in labels.missing else labels.values.get(key, value)

    return replace(column, values=tuple(map(read, keys, column.values)))


def no_answer(value: object, kind: str) -> dict:
    """How a cell is written that holds no answer, of one of the kinds of `mapping.MISSING_KINDS`."""
    return {"text": text_of(value), "missing": kind}


def coded(column: Column) -> Column:
    """The column as codes into its distinct values."""
    if column.numbers is None:
        return column
    values, codes = np.unique(np.where(column.blank, -np.inf, column.numbers), return_inverse=True)
    read = tuple("" if v == -np.inf else v for v in values.tolist())
    return replace(column, numbers=None, codes=codes.astype(np.int32), values=read)
