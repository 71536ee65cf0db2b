"""What is not shown so that nobody can be recognised, in words. Never the number of people in a group below the minimum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gaps.disclosure.minimum import HIDDEN, SMALL, Minimum
from gaps.disclosure.protection import Protected
from gaps.i18n import Words
from gaps.model import Role


def fewer(roles: Iterable[Role], minimum: Minimum, words: Words) -> str:
    """Name the groups that are too small: fewer than 5 customers or fewer than 3 managers."""
    return words.list((words(f"disclosure.fewer.{role}", n=minimum[role]) for role in roles), last="or")


def left_out(protected: Protected, words: Words) -> Iterator[str]:
    """Which groups a selection leaves out."""
    for one in protected.left_out:
        if one.small:
            yield words("disclosure.left_out.small", who=fewer((one.role,), protected.minimum, words), count=one.small)
        if one.guarded:
            yield words("disclosure.left_out.guards_others", who=words(f"disclosure.who.{one.role}"), count=one.guarded)


def nobody(protected: Protected, words: Words) -> str:
    """Why a selection shows nothing at all."""
    said = [words("disclosure.nobody.text", who=fewer((one.role for one in protected.left_out), protected.minimum, words))]
    return ("" if words.language == "zh" else " ").join([*said, words("disclosure.nobody.why")])


def not_shown(withheld: Iterable[str], roles: Iterable[Role], minimum: Minimum | None, words: Words) -> list[str]:
    """How many rows of a table by group are hidden, and why."""
    if minimum is None:
        return []
    who, codes = fewer(roles, minimum, words), list(withheld)
    counts = {code: codes.count(code) for code in HIDDEN}
    return [words(f"disclosure.not_shown.{code}", who=who, count=n) for code, n in counts.items() if n]


def people(n: float, withheld: str, role: Role, minimum: Minimum | None, words: Words) -> str:
    """A number of people as it may be shown."""
    if withheld == SMALL and minimum is not None:
        return fewer((role,), minimum, words)
    return words("disclosure.cell") if withheld in HIDDEN else words("app.show.count", n=n)
