"""A plan as tables: what each gap needs, and what a change needs."""

from __future__ import annotations

import math

from gaps.model import Study, Withheld
from gaps.stats.naming import Naming
from gaps.stats.planning import ONE_UNIT, Plan
from screens.parts import language
from screens.parts.tables import NOTHING, Row, dimension, number


def needs(plan: Plan, study: Study | None, per: str) -> list[Row]:
    """Answers needed by each gap in total and by dimension, with the half-width now, as planned, and as the gap tables will show it."""
    words = language.words()
    return [
        {
            words("app.column.gap"): _gap(row, study),
            words("app.column.answers_now"): _sides(row, "n"),
            words("app.column.half_width_now"): _wide(row["half_width"]),
            words("app.column.sd"): _spread(row),
            words("app.column.needed"): _withheld(row["withheld"]) if row["withheld"] else _sides(row, "needed"),
            words("app.column.invited"): _sides(row, "invited"),
            words("app.column.planned"): _wide(row["planned"]),
            words("app.column.shown"): _wide(row["shown"]),
            words("app.column.narrowest"): _wide(row["narrowest"]),
        }
        | ({words("app.column.units_enough"): _count(row["units_enough"])} if per == ONE_UNIT else {})
        | {words("app.column.note"): words("app.planning.assumed") if row["assumed"] else ""}
        for row in plan.needs[plan.needs["per"] == per].to_dict("records")
    ]


def changes(plan: Plan, study: Study | None) -> list[Row]:
    """Answers for a change of the customer gap between two waves."""
    words = language.words()
    return [
        {
            words("app.column.dimension"): _dimension(one.dimension, study),
            words("app.column.sd"): number(one.sd),
            words("app.column.answers_now"): _count(one.before),
            words("app.column.following"): NOTHING if isinstance(one.following, Withheld) else _count(one.following.needed),
            words("app.column.each"): NOTHING if isinstance(one.each, Withheld) else _count(one.each.needed),
            words("app.column.visible"): number(one.visible),
        }
        for one in plan.changes
    ]


def changes_as_data(plan: Plan) -> list[dict[str, object]]:
    """The same unrounded."""
    return [
        {
            "dimension": one.dimension or "",
            "change": one.size,
            "sd": one.sd,
            "before": one.before,
            "following": None if isinstance(one.following, Withheld) else one.following.needed,
            "each": None if isinstance(one.each, Withheld) else one.each.needed,
            "visible": one.visible,
        }
        for one in plan.changes
    ]


def curve(naming: Naming) -> list[dict[str, object]]:
    """The chances of naming by size, to be taken away."""
    return [{"n": point.n, "right": point.right, "wrong": point.wrong} for point in naming.curve]


def _gap(row: dict, study: Study | None) -> str:
    """What a row is about in one cell, which stays in sight beside all the others."""
    words = language.words()
    name = words(f"findings.gap_name.{row['gap']}")
    return words("charts.in_dimension", gap=name, name=_dimension(row["dimension"], study)) if isinstance(row["dimension"], str) else name


def _dimension(id: object, study: Study | None) -> str:
    words = language.words()
    if not isinstance(id, str):
        return words("app.choice.all_dimensions" if study is not None else "app.planning.one_dimension")
    return dimension(study, id, words) if study is not None else id


def _sides(row: dict, name: str) -> str:
    """One group's number, or both: those who say what was required + those who say what was achieved."""
    ends = ("expected",) if row["paired"] else ("expected", "achieved")
    values = [row[f"{name}_{end}"] for end in ends]
    return " + ".join(map(_count, values)) if all(map(math.isfinite, values)) else NOTHING


def _spread(row: dict) -> str:
    ends = ("expected",) if row["paired"] else ("expected", "achieved")
    return "; ".join(number(row[f"sd_{end}"]) for end in ends)


def _count(value: float) -> str:
    return language.words()("app.show.count", n=value) if math.isfinite(value) else NOTHING


def _wide(value: float) -> str:
    return f"±{number(value)}" if math.isfinite(value) else NOTHING


def _withheld(reason: str) -> str:
    return language.words()(f"app.planning.cell.{reason}")
