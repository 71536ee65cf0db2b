"""Columns named as in our own workbooks (E1 … P22) that are answered in words: what each text stands for, and a map to correct it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gaps import instruments
from gaps.importer import answers, headers, labels
from gaps.importer.journal import Journal, listed
from gaps.importer.mapping import ColumnGuess, ColumnMap, Grouping, LabelSet, Meaning
from gaps.importer.scales import TOLERATED
from gaps.importer.sheets import Sheet, text_of
from gaps.importer.understand import understand
from gaps.model import DIRECT_BATTERY, Role, Scale

TEXTS_TOLD = 14
_ONCE = {m.value: m for m in (Meaning.RESPONDENT, Meaning.UNIT, Meaning.WAVE, Meaning.WEIGHT)}


def has_words(sheet: Sheet, role: Role) -> bool:
    """Whether an answer column of a role holds texts that are no numbers."""
    asked = (c for c in sheet.columns if c.numbers is None and _is_answer(headers.meaning(c.header), role))
    return any(answers.classify(value)[0] == answers.TEXT for column in asked for value in column.values)


def _is_answer(what: headers.Meaning, role: Role) -> bool:
    return what.kind in ("answer", "rating", "outcome") and what.role is role


def in_words(sheets: Mapping[Role, Sheet]) -> ColumnMap:
    """The map of files in our own format: each column is what its name says, texts stand for the numbers of a known label set.

    Items are those of the usual instrument where their numbers fit. A set in another scale than that of the answers in numbers explains
    nothing: its texts are left for a person to explain.
    """
    found = understand(sheets)
    found = replace(found, columns=tuple(_sharing(_named(c), sheets[c.role], found.labels) for c in found.columns))
    numbers = {c.item for c in found.of(Meaning.ANSWER) if c.battery.role is Role.CUSTOMERS}
    default = instruments.default_for(len(numbers))
    if default is not None and set(instruments.load(default).numbers) == numbers:
        known = instruments.load(default)
        found = replace(found, items=known.items, dimensions=known.dimensions, grouping=Grouping.GIVEN, instrument=default)
    asked = {c.labels for c in found.of(Meaning.ANSWER)}
    plain = _numbers(sheets)
    sets = {key: _unexplained(s) if key in asked and _contradicted(s.scale, plain) else s for key, s in found.labels.items()}
    worded = sum(c.labels in found.labels for c in found.of(Meaning.ANSWER))
    decided = 2 * worded > len(found.of(Meaning.ANSWER))  # else the numbers decide, as where there are no words
    return replace(found, labels=sets, scale=found.scale if decided else None)


def _sharing(guess: ColumnGuess, sheet: Sheet, sets: Mapping[str, LabelSet]) -> ColumnGuess:
    """An answer column with too few different texts to make a set of its own has that of the others, if it knows them all."""
    if guess.meaning not in (Meaning.ANSWER, Meaning.RATING) or guess.labels in sets:
        return guess
    values = [v for v in sheet.columns[guess.position].values if answers.classify(v)[0] == answers.TEXT]
    known = [key for key, s in sets.items() if values and all(labels.fold(text_of(v)) in s.values for v in values)]
    return replace(guess, labels=known[0]) if known else guess


def _contradicted(scale: Scale, numbers: np.ndarray) -> bool:
    """Whether too many answers in numbers stand outside the scale that words seem to be on."""
    return len(numbers) > 0 and ((numbers < scale.min) | (numbers > scale.max)).mean() > TOLERATED


def _numbers(sheets: Mapping[Role, Sheet]) -> np.ndarray:
    """All answers that are given in numbers."""
    asked = [(s, c) for role, s in sheets.items() for c in s.columns if _asks(headers.meaning(c.header), role)]
    found = [answers.read(sheet, column, Journal()).values for sheet, column in asked]
    return np.concatenate([v[~np.isnan(v)] for v in found]) if found else np.empty(0)


def _asks(what: headers.Meaning, role: Role) -> bool:
    return what.kind == "answer" and what.role is role


def _named(guess: ColumnGuess) -> ColumnGuess:
    """What a column's own name says it is, where it says anything."""
    what = headers.meaning(guess.header)
    sure = {"confidence": 1.0, "reason": "own_name", "pairing": "", "battery": None, "item": None, "dimension": None, "outcome": None}
    if what.role not in (None, guess.role):
        return guess
    match what.kind:
        case "answer":
            return replace(guess, **{**sure, "meaning": Meaning.ANSWER, "battery": what.battery, "item": what.number})
        case "rating":
            named = {**sure, "meaning": Meaning.RATING, "battery": DIRECT_BATTERY[what.gap], "dimension": guess.dimension or what.dimension}
            return replace(guess, **named)
        case "importance":
            named = {**sure, "meaning": Meaning.IMPORTANCE, "item": what.number, "dimension": what.dimension}
            return replace(guess, **named)
        case "outcome":
            return replace(guess, **{**sure, "meaning": Meaning.OUTCOME, "outcome": what.outcome})
        case kind if kind in _ONCE:
            return replace(guess, **{**sure, "meaning": _ONCE[kind]})
    return guess


def _unexplained(words: LabelSet) -> LabelSet:
    return replace(words, values={}, confident=False, unknown=(*words.unknown, *words.values))


def explains(mapping: ColumnMap) -> bool:
    """Whether a map knows the number of any text."""
    asked = {c.labels for c in (*mapping.of(Meaning.ANSWER), *mapping.of(Meaning.RATING), *mapping.of(Meaning.OUTCOME))}
    return any(answers.classify(text)[0] == answers.TEXT for key in asked & set(mapping.labels) for text in mapping.labels[key].values)


def report(mapping: ColumnMap, sheets: Mapping[Role, Sheet], journal: Journal) -> None:
    """Say what number each text was read as, once for each label set, and which columns are not kept."""
    for key, words in mapping.labels.items():
        texts = sorted((t for t in words.values if answers.classify(t)[0] == answers.TEXT), key=words.values.__getitem__)
        columns = [c for c in mapping.columns if c.labels == key]
        if texts and columns:
            told = ", ".join(f"“{t[:60]}” = {words.values[t]:g}" for t in texts[:TEXTS_TOLD]) + (" …" if len(texts) > TEXTS_TOLD else "")
            journal.note("answers_in_words", sheets[columns[0].role].name, count=len(columns), texts=told)
    for role, sheet in sheets.items():
        private = [c.header for c in mapping.columns if c.role is role and c.meaning in (Meaning.PERSONAL, Meaning.COMMENT)]
        if private:
            journal.note("personal_not_kept", sheet.name, count=len(private), columns=listed(private))
