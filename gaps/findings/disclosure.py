"""What is not shown so that nobody can be recognised, in words. Never the number of people in a group below the minimum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gaps.disclosure.minimum import HIDDEN, SMALL, Minimum
from gaps.disclosure.protection import Protected
from gaps.i18n import Words
from gaps.model import UNIT, WAVE, Role

if TYPE_CHECKING:
    from gaps.stats.contrasts import Contrasts


def fewer(roles: Iterable[Role], minimum: Minimum, words: Words) -> str:
    """Name the groups that are too small: fewer than 5 customers or fewer than 3 managers."""
    return words.list((words(f"disclosure.fewer.{role}", n=minimum[role]) for role in roles), last="or")


def left_out(protected: Protected, words: Words) -> str:
    """Which groups a selection leaves out; empty where it leaves out none."""
    said = []
    for kind in ("small", "guarded"):
        some = [(one.role, getattr(one, kind)) for one in protected.left_out if getattr(one, kind)]
        what = words.list(
            words(f"disclosure.left_out.{kind}_of", who=words(f"disclosure.who.{role}"), n=protected.minimum[role], count=count)
            for role, count in some
        )
        if some:
            said.append(words(f"disclosure.left_out.{kind}", what=what))
    return ("" if words.language == "zh" else " ").join(said)


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


def not_compared(contrasts: Contrasts, words: Words) -> str:
    """By which columns groups are not compared because at most one of them may be shown; empty where there is no such column."""
    f = contrasts.frame
    hidden = f["withheld"].isin(HIDDEN)
    shown = f[~hidden & f["n"].gt(0)].groupby("by")["group"].nunique()
    columns = [by for by in f.loc[hidden, "by"].unique() if shown.get(by, 0) < 2]
    named = words.list(words(f"compare.by.{by}") if by in (UNIT, WAVE) else words.segment(by) for by in columns)
    return words("disclosure.not_shown.columns", columns=named) if columns else ""


def people(n: float, withheld: str, role: Role, minimum: Minimum | None, words: Words) -> str:
    """A number of people as it may be shown."""
    if withheld == SMALL and minimum is not None:
        return fewer((role,), minimum, words)
    return words("disclosure.cell") if withheld in HIDDEN else words("app.show.count", n=n)
