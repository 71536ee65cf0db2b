"""Which survey tool wrote a file, and which of its columns are the tool's own rather than questions.

Tools are told apart by the columns they add (in the languages they are used in) and by the form of their headers; what is known about
them stands in `tools.toml` beside this file.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from gaps.importer.child import fold
from gaps.importer.mapping import Meaning
from gaps.importer.settings import NO, YES
from gaps.importer.sheets import Column, Sheet, text_of

SAMPLE = 5_000  # answers looked at in a column of numbers
DISTINCT = 200  # different values looked at in any column
CERTAIN = 0.95
LIKELY = 0.6
LONG = 12  # characters: a question rather than a name

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_IP = re.compile(r"(\d{1,3}\.){3}[\dx*]{1,3}(\s*[(（].*[)）])?|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}", re.IGNORECASE)
_COORDINATE = re.compile(r"\s*[-−+]?\d{1,3}([.,]\d+)?\s*°?.*")
_PHONE = re.compile(r"\+?[\d\s\-().]{7,20}")
_MOMENT = re.compile(r"\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*")
_GRID = re.compile(r".+\[[^\]]+\]\s*")


@dataclass(frozen=True, slots=True)
class Tool:
    """A survey tool as its exports show it: which columns it adds, and what each of them holds."""

    id: str
    name: str
    columns: Mapping[str, Meaning]  # folded header -> meaning
    enough: int  # so many of them make the tool certain


@dataclass(frozen=True, slots=True)
class Recognised:
    """The tool that wrote a file (None = a plain table), how surely, and by what: a code worded as `mapping.reason.<code>`."""

    tool: str | None
    confidence: float
    reason: str


@cache
def tools() -> Mapping[str, Tool]:
    """All tools that are known, by id."""
    data = tomllib.loads(Path(__file__).with_name("tools.toml").read_text(encoding="utf-8"))
    found = {}
    for id, entry in data.items():
        columns = {fold(name): Meaning(meaning) for meaning, names in entry["columns"].items() for name in names}
        found[id] = Tool(id, entry["name"], columns, entry["enough"])
    return found


def tool_name(tool: str | None) -> str:
    """How a tool is called; empty for a plain table."""
    return tools()[tool].name if tool in tools() else ""


def names_of(column: Column) -> tuple[str, ...]:
    """The folded names a column goes by: its header, and each of the header's rows."""
    return tuple(dict.fromkeys(fold(t) for t in (column.header, *column.titles) if t))


def recognise(sheet: Sheet) -> Recognised:
    """Say which tool wrote a sheet."""
    if any(t.startswith('{"ImportId"') for c in sheet.columns for t in c.titles[2:]):
        return Recognised("qualtrics", 1.0, "import_ids")
    if sheet.header_row == 0:
        return Recognised("spss", 1.0, "file_kind")
    present = {name for c in sheet.columns for name in names_of(c)}
    found = {id: len(present & set(tool.columns)) / tool.enough for id, tool in tools().items() if tool.columns}
    best = max(found, key=found.__getitem__)
    if found[best] >= 1:
        return Recognised(best, CERTAIN, "tool_columns")
    headers = [c.header for c in sheet.columns if c.header]
    if sheet.header_rows == 2 and "respondentid" in present:
        return Recognised("surveymonkey", CERTAIN, "response_row")
    if headers and sum(1 for h in headers if re.match(r"(第\d+题\(|\d+、)", h)) >= max(2, len(headers) / 2):
        return Recognised("wenjuanxing", 0.8, "numbered_questions")
    if headers and sum(1 for h in headers if re.fullmatch(r"G\d+Q\d+(\[\w+\])?.*", h)) >= max(2, len(headers) / 2):
        return Recognised("limesurvey", 0.8, "question_codes")
    if sheet.header_rows == 1 and _form_like(sheet, headers):
        return Recognised("google_forms", LIKELY, "question_texts")
    return Recognised(None, 0.5, "no_tool")


def holds_responses(sheet: Sheet) -> bool:
    """Whether a sheet among several is the one of the responses: a tool's own columns say so, and it is no repeat group of Kobo's."""
    found = recognise(sheet)
    names = {name for c in sheet.columns for name in names_of(c)}
    return found.tool is not None and found.confidence >= CERTAIN and fold("_parent_index") not in names


def _form_like(sheet: Sheet, headers: list[str]) -> bool:
    """Whether the headers are the questions' full text, and several choices stand in one cell with `, ` between them."""
    if len(headers) < 3 or sum(len(h) >= LONG for h in headers) < 0.6 * len(headers):
        return False
    return sum(bool(_GRID.fullmatch(h)) for h in headers) >= 4 or any(map(several_choices, sheet.columns))


def several_choices(column: Column, joint: str = ", ") -> bool:
    """Whether cells hold several choices joined by `joint`: the same few pieces in ever new combinations."""
    if column.numbers is not None:
        return False
    texts = [text_of(v) for v in column.values[:DISTINCT] if isinstance(v, str)]
    joined = [t for t in texts if joint in t]
    if len(joined) < len(texts) / 3 or len(joined) < (1 if joint == ";" else 3):
        return False
    if all(t.endswith(joint) for t in joined):  # Microsoft Forms ends every choice with `;`
        return True
    pieces = Counter(p for t in texts for p in t.split(joint))
    return len(pieces) < len(texts)


def metadata(column: Column, tool: str | None) -> tuple[Meaning, float, str] | None:
    """What a column holds that the tool added, or that is about the person; None for anything else."""
    names = names_of(column)
    if tool is not None:
        known = tools()[tool].columns
        for name in names:
            if name in known:
                return known[name], CERTAIN, "tool_column"
    for meaning, words in _usual().items():
        if words & set(names):
            return meaning, 0.8, "usual_name"
    return _by_content(column)


def personal(column: Column) -> bool:
    """Whether a column that nobody has explained holds personal data or free texts, by its name or by what stands in its cells.

    A yes or no is neither, whatever the column is called ("Phone": has one); nor are long texts that come again and again.
    """
    found = metadata(column, None)
    if found is None or found[0] not in (Meaning.PERSONAL, Meaning.COMMENT):
        return False
    if found[2] == "looks_like_text":
        return column.numbers is None and 2 * len(column.values) >= int((~column.blank).sum())
    return found[2] != "usual_name" or not all(text_of(v).casefold() in YES | NO for v in sample(column))


@cache
def _usual() -> Mapping[Meaning, frozenset[str]]:
    """Names that mean the same whoever wrote the file: those of persons, and of what every tool has."""
    data = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    return {Meaning(meaning): frozenset(map(fold, names)) for meaning, names in data["exact"].items()}


@cache
def words_of(kind: str) -> re.Pattern[str]:
    """The words by which a header is told to be of a kind (names.toml, [words])."""
    data = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{p})" for p in data["words"][kind]), re.IGNORECASE)


def _by_content(column: Column) -> tuple[Meaning, float, str] | None:
    """Personal data, moments and free texts, by what stands in the cells."""
    values = sample(column)
    if not values:
        return None
    texts = [text_of(v) for v in values]
    if _share(_EMAIL, texts) > 0.3:
        return Meaning.PERSONAL, CERTAIN, "looks_like_email"
    if _share(_IP, texts) > 0.5:
        return Meaning.PERSONAL, CERTAIN, "looks_like_ip"
    if words_of("phone").search(column.header) and _share(_PHONE, texts) > 0.5:
        return Meaning.PERSONAL, CERTAIN, "looks_like_phone"
    if all(isinstance(v, str) for v in values) and _mobile(texts):
        return Meaning.PERSONAL, 0.9, "looks_like_phone"
    if words_of("coordinates").search(column.header) and column.header[:60].count(" ") < 4 and _share(_COORDINATE, texts) > 0.5:
        return Meaning.PERSONAL, 0.9, "looks_like_coordinates"
    if all(isinstance(v, dict) for v in values) or _share(_MOMENT, texts) > 0.8:
        finished = words_of("finished").search(column.header) is not None
        return (Meaning.FINISHED if finished else Meaning.STARTED), 0.7, "looks_like_date"
    if words_of("comment").search(column.header) and not _few(column):
        return Meaning.COMMENT, 0.8, "looks_like_text"
    if all(isinstance(v, str) for v in values) and not several_choices(column):
        lengths = sorted(map(len, texts))
        if not _few(column) and lengths[len(lengths) // 2] > 30:
            return Meaning.COMMENT, 0.7, "looks_like_text"
    return None


def _share(pattern: re.Pattern[str], texts: list[str]) -> float:
    return sum(pattern.fullmatch(t) is not None for t in texts) / len(texts)


def _mobile(texts: list[str]) -> bool:
    return sum(re.fullmatch(r"(\+?86[ -]?)?1[3-9]\d{9}|0\d{1,2}-\d{3,4}-\d{4}|\+\d{10,14}", t) is not None for t in texts) > 0.5 * len(
        texts
    )


def _few(column: Column) -> bool:
    """Whether the distinct values are few beside the answers: then they are choices."""
    return column.numbers is None and len(column.values) * 3 < int((~column.blank).sum())


def sample(column: Column) -> list[object]:
    """The first distinct values of a column that are not blank."""
    if column.numbers is not None:
        some = column.numbers[~column.blank][:SAMPLE]
        return [float(v) for v in np.unique(some)[:DISTINCT]]
    filled = (v for v in column.values if not (isinstance(v, str) and not v[:1].isalnum() and not text_of(v)))
    return list(islice(filled, DISTINCT))


def examples(column: Column, most: int = 3) -> tuple[str, ...]:
    """The first distinct answers of a column."""
    return tuple(text_of(v)[:60] for v in sample(column)[:most])
