"""How a figure was computed, said by what was computed: formula, how many it rests on, missing answers, interval, source.

One function per kind of result: it takes the result that is shown and gives the sentences, so that every number in them (people, units,
resamples, seed, level) is the result's own. No page types any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gaps.i18n import Words
from gaps.model import WEIGHT, Role, Study

PARTS = ("formula", "n", "missing", "interval", "rule", "reference")


@dataclass(frozen=True, slots=True)
class Computed:
    """Plain sentences in the reader's language; an empty one does not apply.

    simply: what the figure is, for everybody. formula; n: how many people or units, of how many; missing: what is done about missing
    answers; interval: how intervals were made; rule: when something is claimed, and what limits it; reference: authors and years.
    """

    simply: str
    formula: str
    n: str
    missing: str
    reference: str
    interval: str = ""
    rule: str = ""

    def parts(self) -> Iterator[tuple[str, str]]:
        """What is said below the first sentence, in reading order: name of the part and its text."""
        return ((name, getattr(self, name)) for name in PARTS if getattr(self, name))


def joined(words: Words, sentences) -> str:
    """Sentences one after another, without those that are empty."""
    return ("" if words.language == "zh" else " ").join(filter(None, sentences))


def customers(study: Study, n: int, words: Words) -> str:
    """So many of the customers selected."""
    return people(study, {Role.CUSTOMERS: (n, n)}, words)


def people(study: Study, counts: Mapping[Role, tuple[int, int]], words: Words, rest: str = "part") -> str:
    """How many of each role answered, of all who are selected; fewest and most where a figure has several numbers. rest: as in `behind`."""
    return joined(words, [behind({role: (*ends, study.n(role)) for role, ends in counts.items()}, words, rest), _weighted(study, words)])


def behind(counts: Mapping[str, tuple[int, int, int]], words: Words, rest: str = "part") -> str:
    """So many (fewest, most) of so many there are, by role or of units, and why the others are left out.

    rest: "part" (an answer is missing), "group" (or the group is not known, or not shown) or "units" (a mean is missing).
    """
    told = [
        words(f"computed.of.{who}", n=many, all=every) if few == many else words(f"computed.span.{who}", few=few, many=many, all=every)
        for who, (few, many, every) in counts.items()
    ]
    whole = all(few == every for few, _, every in counts.values())
    return words("computed.n.whole" if whole else f"computed.n.{rest}", counts=words.list(told))


def _weighted(study: Study, words: Words) -> str:
    return words("computed.n.weighted") if WEIGHT in study.customers else ""


def expected(words: Words) -> str:
    """What perception is compared with: expectation, or a desired level."""
    return words("computed.word.expected")
