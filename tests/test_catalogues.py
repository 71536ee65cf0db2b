"""English and Chinese say the same things with the same numbers, each in its own signs."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from gaps.i18n import LANGUAGES, catalogue

FOLDER = Path(__file__).parents[1] / "gaps" / "i18n"
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
# Latin words that stay Latin in Chinese: names of methods, programs and file parts.
NAMES = re.compile(
    r"\b(?:GAPS|SERVQUAL|SERVPERF|LMG|HC3|VIF|Excel|LibreOffice|CSV|XLSX|xlsx|csv|JSON|SHA-256|English|Shapley|Fieller|Welch|Holm"
    r"|Cronbach|Feldt|Parasuraman|Zeithaml|Berry|Kahneman|Tversky|[A-Z]|[a-zA-Z]\d)\b"
)
CODE = re.compile(r"`[^`]*`|\*\*|\{[^{}]*\}|https?://\S+")


def placeholders(sentence: str) -> set[tuple[str, str]]:
    """Each placeholder with its format."""
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(sentence) if name is not None}


def prose(sentence: str) -> str:
    """What is left to read without placeholders, code and links."""
    return CODE.sub(" ", sentence)


def pairs() -> list[tuple[str, str, str]]:
    english, chinese = catalogue("en"), catalogue("zh")
    return [(key, english[key], chinese[key]) for key in english if key in chinese]


def test_both_languages_have_the_same_files_and_keys():
    files = {language: {f.name for f in (FOLDER / language).glob("*.toml")} for language in LANGUAGES}
    assert files["en"] | {"columns.toml"} == files["zh"]  # the glossary's English stands in gaps/columns.py
    keys = {language: set(catalogue(language)) for language in LANGUAGES}
    assert keys["en"] - keys["zh"] == set(), "no Chinese sentence"
    assert keys["zh"] - keys["en"] == set(), "no English sentence"


def test_every_sentence_is_text():
    assert [
        key for language in LANGUAGES for key, text in catalogue(language).items() if not isinstance(text, str) or not text.strip()
    ] == []


def test_the_same_placeholders_in_the_same_format():
    differing = {key: (placeholders(en), placeholders(zh)) for key, en, zh in pairs() if placeholders(en) != placeholders(zh)}
    assert differing == {}


def test_placeholders_are_names():
    """A sentence is filled in by name; `{}`, `{0}` and `{a.b}` would fail, or reach into objects."""
    faulty = [(key, name) for key, *both in pairs() for text in both for name, _ in placeholders(text) if not name.isidentifier()]
    assert faulty == []


FAULTS_IN_CHINESE = {
    "no Chinese in it": lambda text: bool(re.search(r"[A-Za-z]{2}", NAMES.sub("", prose(text)))) and not re.search(HAN, text),
    "half-width comma, semicolon, colon, question or exclamation mark": lambda text: bool(
        re.search(rf"{HAN}\s*[,;:?!]|[,;:?!]\s*{HAN}|\s[,;] ", prose(text))
    ),
    "half-width full stop": lambda text: bool(re.search(rf"{HAN}\.|[^.]\.$", prose(text).strip())),
    "half-width brackets": lambda text: bool(re.search(rf"{HAN}\(|\({HAN}|{HAN}\)", re.sub(r"\]\([^)]*\)", "]", prose(text)))),
    "exclamation": lambda text: "！" in text,
}
FAULTS_IN_ENGLISH = {
    "Chinese in it": lambda text: bool(re.search(rf"{HAN}|[，。；：？！、（）]", text)) and text != "中文",
    "exclamation": lambda text: bool(re.search(r"!(?!\[)", prose(text))),
    "a doubled or trailing space": lambda text: bool(re.search(r"\S  \S| $", text)),
}


@pytest.mark.parametrize("fault", FAULTS_IN_CHINESE)
def test_chinese_is_written_as_chinese(fault):
    assert {key: zh for key, zh in catalogue("zh").items() if FAULTS_IN_CHINESE[fault](zh)} == {}


@pytest.mark.parametrize("fault", FAULTS_IN_ENGLISH)
def test_english_is_written_as_english(fault):
    assert {key: en for key, en in catalogue("en").items() if FAULTS_IN_ENGLISH[fault](en)} == {}


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("no Chinese in it", "Upload a workbook"),
        ("half-width comma, semicolon, colon, question or exclamation mark", "差距, 期望"),
        ("half-width comma, semicolon, colon, question or exclamation mark", "差距:期望"),
        ("half-width comma, semicolon, colon, question or exclamation mark", "{low:gap}, {high:gap}"),
        ("half-width full stop", "差距很大."),
        ("half-width full stop", "差距为 {mean:gap}."),
        ("half-width brackets", "差距(期望)"),
    ],
)
def test_a_planted_fault_is_found(fault, text):
    assert FAULTS_IN_CHINESE[fault](text)


@pytest.mark.parametrize(
    "text",
    [
        "差距 {mean:gap}（95% 置信区间 {low:gap} 至 {high:gap}）。",
        "{a}：{b}",
        "SERVQUAL",
        "`items` 工作表，列 E1、P1。",
        "HC3",
        "…",
        "[帮助](https://x.y)",
    ],
)
def test_good_chinese_is_not_reported(text):
    assert [fault for fault, found in FAULTS_IN_CHINESE.items() if found(text)] == []


def keys_in(tree: ast.AST, files: set[str]) -> Iterator[tuple[int, str]]:
    """Line and pattern of every text in the code that looks like a key; what is filled in at run time matches anything."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, ast.JoinedStr | ast.Constant):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        pattern = "".join(re.escape(p.value) if isinstance(p, ast.Constant) and isinstance(p.value, str) else ".+" for p in parts)
        first = re.match(r"(\w+)\\\.[^\s/]+$", pattern)
        if first and first[1] in files and not pattern.endswith((r"\.py", r"\.toml")):
            yield node.lineno, pattern


def test_every_key_in_the_code_has_its_sentence():
    root = FOLDER.parents[1]
    keys = set(catalogue("en"))
    files = {key.split(".")[0] for key in keys}
    found = [
        (f"{path.relative_to(root)}:{line}", pattern)
        for path in [*root.glob("app.py"), *root.glob("screens/**/*.py"), *root.glob("gaps/**/*.py")]
        for line, pattern in keys_in(ast.parse(path.read_text(encoding="utf-8")), files)
    ]
    assert len(found) > 20
    matches = {pattern: set(filter(re.compile(pattern).fullmatch, keys)) for _, pattern in found}
    assert [place for place, pattern in found if not matches[pattern]] == [], "no such sentence"
    assert sorted(keys.difference(*matches.values())) == [], "a sentence nobody says"
