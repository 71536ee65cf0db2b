"""Of what is compared: groups with all others, two selections, waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from gaps.computed import Computed, joined
from gaps.computed.scores import sources
from gaps.i18n import Words
from gaps.model import Gap, Role, Study

if TYPE_CHECKING:  # scipy: not on the way to the first page
    from gaps.stats.change import Changes
    from gaps.stats.contrasts import Contrasts
    from gaps.stats.selections import TwoSelections

GAP = "gap"


def groups(found: Contrasts, rows: pd.DataFrame, study: Study, words: Words, *, drawn: str) -> Computed:
    """Of groups, or of one group item by item, against all the others. rows: those drawn; drawn: "shrunken" (means of units) or
    "differences"."""
    rows = rows[rows["difference"].notna()]
    shrunken, by_item = drawn == "shrunken", len(rows) > 0 and rows["item"].notna().all()
    counted = {"groups": int(rows["group"].nunique()), "few": int(rows["n"].min()), "many": int(rows["n"].max())} if len(rows) else {}
    if counted:
        counted["rest"] = int(rows["n_rest"].max())
    both = by_item and rows["measure"].eq(GAP).all()
    missing = ["computed.groups.items"] if both else ["computed.missing.scores", "computed.groups.missing"]
    units = found.spread["units"].max() if shrunken and len(found.spread) else 0
    return Computed(
        simply=words(f"computed.groups.simply.{drawn}"),
        formula=joined(words, [words("computed.groups.formula"), words("computed.groups.shrunken", units=int(units)) if shrunken else ""]),
        n=words(f"computed.groups.{'one' if by_item else 'n'}", all=study.n(Role.CUSTOMERS), **counted) if counted else "",
        missing=joined(words, map(words, missing)),
        interval=words(f"computed.groups.interval.{drawn}", confidence=found.confidence),
        rule=words("computed.groups.rule", judged=found.judged, false=found.false_share),
        reference=sources(words, ["welch", "groups", *(["shrunken"] if shrunken else [])]),
    )


def two_sides(
    found: TwoSelections | Contrasts, rows: Sequence[Mapping[str, object]], words: Words, corrected: str, *, first: str, second: str
) -> Computed:
    """Of two sides, `first` and `second`, row by row. corrected: "holm" or "mixed" (over the rows of two selections), "bh" (over all
    groups)."""
    drawn = [r for r in rows if r["difference"] == r["difference"]]
    inside = any(r["measure"] == GAP and r["gap"] == r["gap"] and int(r["gap"]) != Gap.CUSTOMER for r in drawn)
    many = {side: max((int(r[side]) for r in drawn), default=0) for side in ("n", "n_rest")}
    several, named = corrected != "bh", {"first": first, "second": second}
    return Computed(
        simply=words("computed.sides_of_two.simply"),
        formula=joined(
            words, [words("computed.sides_of_two.formula", **named), words("computed.sides_of_two.segments") if several else ""]
        ),
        n=joined(words, [words("computed.sides_of_two.n", **many, **named), _both(found, words) if several else ""]),
        missing=joined(words, [words("computed.missing.scores"), words("computed.sides_of_two.missing")]),
        interval=joined(
            words,
            [words("computed.sides_of_two.interval", confidence=found.confidence), words("computed.sides_of_two.roles") if inside else ""],
        ),
        rule=words(f"computed.sides_of_two.rule.{corrected}", judged=found.judged),
        reference=sources(words, ["welch", "skewness", *(["holm"] if several else []), *(["bh"] if corrected != "holm" else [])]),
    )


def _both(found: TwoSelections, words: Words) -> str:
    told = [Role.CUSTOMERS] if found.private else list(Role)  # as the findings tell it: where something is private, of customers alone
    both = {role: found.both[role] for role in told if found.both.get(role)}
    return words("computed.sides_of_two.both", counts=words.list(words(f"charts.n.{r}", n=n) for r, n in both.items())) if both else ""


def waves(found: Changes, before: str, after: str, words: Words, *, shown: str) -> Computed:
    """Of the change between two waves. shown: "changes" or "panels"."""
    rows = found.between(before, after)
    rows = rows[rows["change"].notna()]
    designs = set(rows["design"])
    counted = {"before": before, "after": after, "n_before": int(rows["n_before"].max()) if len(rows) else 0}
    counted |= {"n": int(rows["n"].max()) if len(rows) else 0, "pairs": int(rows["n_pairs"].max()) if len(rows) else 0}
    same = designs - {"independent"}
    return Computed(
        simply=words(f"computed.waves.simply.{shown}"),
        formula=words("computed.waves.formula"),
        n=words(f"computed.waves.{'same' if same else 'different'}", **counted),
        missing=joined(words, [words("computed.missing.scores"), words("computed.waves.missing")]),
        interval=words("computed.waves.interval", confidence=found.confidence),
        rule=words("computed.waves.rule"),
        reference=sources(words, ["welch", "waves", "shares", "holm"]),
    )
