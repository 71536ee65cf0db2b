"""What follows a count of one, and that no sentence of the English catalogue has a plural there."""

import re
from string import Formatter

import pytest

from gaps.i18n import Words, catalogue
from gaps.i18n.singular import agreeing

EN, ZH = Words("en"), Words("zh")
# Plural nouns and verbs that would be wrong after a 1, found without the tables of the program: letters and what they end in.
PLURAL = re.compile(
    r"(?<![\d.,%−+] )(?<![\d.,−+])\b1 (?:(?!item|person|with)[a-z]+ )??([a-z]+s|people|staff|are|have|were|stand|give|lie|reach)\b"
)
NO_PLURAL = {  # verbs of one, and words that end in s
    "is", "was", "has", "does", "stands", "expects", "desires", "takes", "lies", "falls", "reaches", "remains", "suggests", "repeats",
    "overlaps", "gives", "misses", "goes", "counts", "equals", "across", "less", "as", "this", "its",
}  # fmt: skip


def one_of_each(sentence: str) -> str:
    """The sentence with 1 for every count and, for the rest, its placeholder's name."""
    pieces = []
    for literal, name, spec, _ in Formatter().parse(sentence):
        pieces.append((literal, name, spec or "", "" if name is None else "1" if spec == "count" else f"<{name}>"))
    return agreeing(pieces)


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("charts.n.customers", {"n": 1}, "1 customer"),
        ("charts.n.customers", {"n": 2}, "2 customers"),
        ("charts.n.customers", {"n": 0}, "0 customers"),
        ("charts.n.customers", {"n": 1001}, "1,001 customers"),
        ("charts.n.customers", {"n": 0.9}, "1 customer"),
        ("charts.n.employees", {"n": 1}, "1 member of staff"),
        ("charts.n.units", {"n": 1}, "1 unit"),
        ("app.problems.set_aside", {"n": 1}, "1 answer was read and not used."),
        ("findings.others", {"n": 1}, "1 other"),
        ("charts.zone.inconsistent", {"n": 1}, "Left out: up to 1 customer with a desired level below the adequate one."),
        ("unit_page.count", {"n": 1, "of": 12, "role": "managers"}, "1 of 12 managers"),
        ("unit_page.count", {"n": 1, "of": 1, "role": "managers"}, "1 of 1 manager"),
        ("app.validity.item", {"number": 1, "label": "people"}, "1 people"),  # a label from the data is left alone
    ],
)
def test_a_count_of_one_is_followed_by_the_singular(key, values, said):
    assert EN(key, **values) == said


def test_one_of_several_keeps_its_noun_and_changes_its_verb():
    pieces = [("", "n", "count", "1"), (" of ", "of", "count", "60"), (" customers expect the top.", None, "", "")]
    assert agreeing(pieces) == "1 of 60 customers expects the top."
    assert agreeing([("", "n", "count", "2"), (" of ", "of", "count", "60"), (" customers expect it", None, "", "")]).endswith("expect it")
    assert agreeing([("", "n", "count", "60"), (" and ", "m", "count", "1"), (" managers are", None, "", "")]) == "60 and 1 manager is"


def plural_after_one(sentence: str) -> list[str]:
    said = one_of_each(sentence)
    return [found[0] for found in PLURAL.finditer(said) if found[1] not in NO_PLURAL]


def test_no_sentence_counts_one_of_many():
    faulty = {key: wrong for key, sentence in catalogue("en").items() if ":count}" in sentence and (wrong := plural_after_one(sentence))}
    assert faulty == {}


def test_a_planted_plural_is_found():
    assert plural_after_one("{n:count} houses") and plural_after_one("{n:count} old houses") and plural_after_one("{n:count} houses are")
    assert not plural_after_one("{n:count} customers")


def test_chinese_counts_one_as_any_number():
    assert ZH("charts.n.customers", n=1) == ZH("charts.n.customers", n=2).replace("2", "1")
