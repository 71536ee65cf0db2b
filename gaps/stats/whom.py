"""Whom to ask: from a plan's rows the answers that each role has to give, so that all its gaps are known as closely as wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from gaps.model import DIRECT_ROLE, Gap, Role
from gaps.stats.planning import COMPANY, ONE_UNIT, Plan

DIMENSION = "dimension"
LEVELS = (COMPANY, DIMENSION, ONE_UNIT)  # the totals of the company, each dimension, the totals of each unit by itself
OUT_OF_REACH = ("people_too_few", "units_too_few")


@dataclass(frozen=True, slots=True)
class Ask:
    """What one role is asked for.

    n, invited: answers and invitations in all; each: answers in one unit (level "unit", else n). now: answers of this study, in the middle
    unit at level "unit"; units, units_enough: units there are, and those with the answers needed. gap, dimension: what asks for most
    (dimension None: its total). assumed: n rests on typical spreads alone, because this study asked the role nothing that these gaps need.
    withheld: why n cannot be given (then NaN): people_too_few, units_too_few (with `narrowest`, the half-width nothing goes below),
    too_few, no_variation. enough: now reaches it.
    """

    role: Role
    level: str
    n: float
    each: float
    invited: float
    now: int
    gap: Gap
    dimension: str | None
    assumed: bool
    units: int
    units_enough: int
    withheld: str = ""
    narrowest: float = math.nan

    @property
    def enough(self) -> bool:
        """Whether this study has the answers already."""
        if self.withheld or self.assumed:
            return False
        return self.units_enough >= self.units if self.level == ONE_UNIT else self.now >= self.n


def whom(plan: Plan, level: str = DIMENSION) -> tuple[Ask, ...]:
    """Give for each role the largest of the numbers that its gaps need; enough for all of them at once.

    More answers on one side of a gap than it needs never widen its interval, so the largest number serves every gap. level: one of LEVELS;
    where a plan has no dimensions (typical spreads are those of one dimension) its totals stand for them. A role that no gap needs is left
    out. ValueError for another level.
    """
    if level not in LEVELS:
        raise ValueError(f"the level must be one of {LEVELS}, not {level!r}")
    rows = _rows(plan, level)
    return tuple(ask for role in Role if (ask := _ask(role, level, rows, plan)) is not None)


def _rows(plan: Plan, level: str) -> pd.DataFrame:
    needs = plan.needs
    if level != DIMENSION:
        return needs[(needs["per"] == level) & needs["dimension"].isna()]
    company = needs[needs["per"] == COMPANY]
    divided = set(company["gap"][company["dimension"].notna()])
    return company[company["dimension"].notna() | ~company["gap"].isin(divided)]


def sides(gap: Gap, paired: bool) -> tuple[tuple[Role, str], ...]:
    """Who stands on which side of a row: one group on both, or two. A paired row of a gap between two groups is a direct rating."""
    if paired:
        return ((gap.achieved.role if gap.paired else DIRECT_ROLE[gap], "expected"),)
    return ((gap.expected.role, "expected"), (gap.achieved.role, "achieved"))


def _of(role: Role, rows: pd.DataFrame) -> Iterator[tuple[dict, str]]:
    for row in rows.to_dict("records"):
        for asked, side in sides(Gap(row["gap"]), row["paired"]):
            if asked is role:
                yield row, side


def _ask(role: Role, level: str, rows: pd.DataFrame, plan: Plan) -> Ask | None:
    mine = list(_of(role, rows))
    if not mine:
        return None
    barred = [(row, side) for row, side in mine if row["withheld"] in OUT_OF_REACH]
    given = [(row, side) for row, side in mine if not row["withheld"]]
    asked = max(mine, key=lambda pair: pair[0][f"n_{pair[1]}"])
    row, side = max(given, key=lambda pair: (pair[0][f"needed_{pair[1]}"], pair[0]["gap"])) if given else mine[0]
    if barred or not given:
        row, side = max(barred, key=lambda pair: pair[0]["narrowest"]) if barred else mine[0]
    dimension = row["dimension"] if isinstance(row["dimension"], str) else None
    now = int(asked[0][f"n_{asked[1]}"]) if level == ONE_UNIT else plan.n[role]
    assumed, reached = bool(row["assumed"]), row[f"units_enough_{side}"]
    reached = int(reached) if math.isfinite(reached) else 0
    about = {"role": role, "level": level, "now": now, "gap": Gap(row["gap"]), "dimension": dimension, "assumed": assumed}
    about |= {"units": plan.units, "units_enough": reached}
    if row["withheld"]:
        return Ask(n=math.nan, each=math.nan, invited=math.nan, withheld=row["withheld"], narrowest=float(row["narrowest"]), **about)
    each, times = float(row[f"needed_{side}"]), plan.units if level == ONE_UNIT else 1
    return Ask(n=each * times, each=each, invited=float(row[f"invited_{side}"]) * times, **about)
