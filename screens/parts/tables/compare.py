"""Differences as the rows of a table: numbers rounded and named for reading, nothing computed."""

from __future__ import annotations

import math

from gaps.disclosure import HIDDEN
from gaps.findings.differences import reliability
from gaps.findings.disclosure import people
from gaps.i18n import plain, probability, signed
from gaps.model import Role, Study
from gaps.stats.agreement import Agreement
from gaps.stats.change import Changes
from gaps.stats.effects import Effects
from gaps.stats.population import FiniteGaps, Response
from gaps.stats.reweighted import Reweighted
from gaps.stats.weighting import Raking
from screens.parts import language

Row = dict[str, str]
NONE = "–"


def _between(low: float, high: float, *, sign: bool = True) -> str:
    words = language.words()
    if not (math.isfinite(low) and math.isfinite(high)):
        return NONE
    return words.interval(low, high) if sign else words("app.show.interval", low=low, high=high)


def _sized(value: float, low: float, high: float) -> str:
    """A size with its interval behind it, as one cell."""
    words = language.words()
    if not math.isfinite(value):
        return NONE
    return words("charts.cell.size", mean=value, interval=words.interval(low, high)) if math.isfinite(low) else signed(value)


def _count(n: float) -> str:
    return language.words()("app.show.count", n=n)


def standings(rows, measure: str, minimum=None) -> list[Row]:
    """Each group against the rest, lowest first."""
    words, write = language.words(), signed if measure == "gap" else plain
    return [
        {
            words("compare.column.group"): row["group"],
            words("compare.column.standing"): words(f"compare.standing.{row['standing'] or _why(row)}"),
            words("app.column.n"): people(row["n"], row["withheld"], Role.CUSTOMERS, minimum, words),
            words("compare.column.mean"): write(row["mean"]),
            words("compare.column.rest"): write(row["rest"]),
            words("compare.column.difference"): signed(row["difference"]),
            words("app.column.interval"): _between(row["low"], row["high"]),
            words("compare.column.p_bh"): probability(row["p_bh"]),
        }
        for row in rows.sort_values("difference").to_dict("records")
    ]


def two_selections(result, study: Study, called) -> list[Row]:
    """Everything that was compared between two selections; `called`: what both are called."""
    words, rows, both = language.words(), [], {"first": called.first, "second": called.second}
    for row in result.frame.to_dict("records"):
        if row["item"] == row["item"]:
            item = study.instrument.item(int(row["item"]))
            name = words("compare.item", number=item.number, label=item.label(words.language))
        elif row["measure"] in study.outcomes:
            name = words(f"findings.outcome_name.{row['measure']}")
        else:
            name = measure_name(row, study)
        write = signed if row["measure"] == "gap" else plain
        rows.append(
            {
                words("selections.column.what"): name,
                words("selections.column.mean", side=called.first): write(row["mean"]),
                words("selections.column.mean", side=called.second): write(row["rest"]),
                words("selections.column.difference", **both): signed(row["difference"]),
                words("app.column.interval"): _between(row["low"], row["high"]),
                words("selections.column.effect"): _sized(row["d_av"], row["d_av_low"], row["d_av_high"]),
                words("compare.column.p_holm"): probability(row["p_holm"]),
                words("selections.column.result", **both): words(f"selections.standing.{row['standing'] or 'unjudged'}"),
                words("selections.column.n", **both): NONE
                if row["n"] != row["n"]
                else words("compare.two_counts", before=row["n"], after=row["n_rest"]),
            }
        )
    return rows


def _why(row: dict) -> str:
    return row["withheld"] if row["withheld"] in HIDDEN else "unjudged"


def changes(result: Changes, study: Study, before: str, after: str) -> list[Row]:
    """Every measure in both waves, and its change."""
    words, rows = language.words(), []
    for row in result.between(before, after).to_dict("records"):
        share = row["measure"] == "share"
        write = words.percent if share else signed if row["measure"] in ("gap", "servqual_weighted") else plain
        change = (lambda x: words("compare.points", points=100 * x)) if share else signed
        interval = words("compare.to", low=change(row["low"]), high=change(row["high"])) if math.isfinite(row["low"]) else NONE
        rows.append(
            {
                words("compare.column.measure"): measure_name(row, study),
                before: write(row["before"]),
                after: write(row["after"]),
                words("compare.column.change"): change(row["change"]) if math.isfinite(row["change"]) else NONE,
                words("app.column.interval"): interval,
                words("compare.column.p_holm"): probability(row["p_holm"]),
                words("compare.column.standing"): words(f"compare.change.{row['standing'] or row['withheld'] or 'unjudged'}"),
                words("app.column.n"): NONE
                if row["withheld"] in HIDDEN
                else words("compare.two_counts", before=row["n_before"], after=row["n"]),
            }
        )
    return rows


def measure_name(row: dict, study: Study) -> str:
    """What a row is about: gap 5, its dimension, an outcome."""
    words = language.words()
    match row["measure"]:
        case "gap":
            name = words(f"findings.gap_name.{int(row['gap'])}")
        case "outcome":
            name = words(f"findings.outcome_name.{row['outcome']}")
        case other:
            name = words(f"compare.measure.{other}")
    if isinstance(row["dimension"], str):
        name = words("charts.in_dimension", gap=name, name=study.instrument.dimension(row["dimension"]).name(words.language))
    return name


def effects(result: Effects, study: Study, gap: int) -> list[Row]:
    """Each gap row's size against the spread of the answers, and what stands after correction."""
    words = language.words()
    rows = []
    for row in result.rows(gap=gap).to_dict("records"):
        name = words("compare.measure.total")
        if isinstance(row["dimension"], str):
            name = study.instrument.dimension(row["dimension"]).name(words.language)
        if math.isfinite(row["item"]):
            item = study.instrument.item(int(row["item"]))
            name = words("compare.item", number=item.number, label=item.label(words.language))
        rows.append(
            {
                words("compare.column.of"): name,
                words("app.column.n"): _count(min(row["n_expected"], row["n_achieved"])),
                words("app.column.mean"): signed(row["mean"]),
                words("compare.column.d_z"): _sized(row["d_z"], row["d_z_low"], row["d_z_high"]),
                words("compare.column.d_av"): _sized(row["d_av"], row["d_av_low"], row["d_av_high"]),
                words("compare.column.p_holm"): probability(row["p_holm"]),
                words("compare.column.p_bh"): probability(row["p_bh"]),
                words("compare.column.p_rank"): probability(row["p_rank_holm"]),
            }
        )
    return rows


def agreement(result: Agreement, study: Study) -> list[Row]:
    """Whether people of one unit agree, battery by battery."""
    words = language.words()
    rows = []
    for row in result.frame.to_dict("records"):
        whole = not isinstance(row["dimension"], str)
        name = words("compare.measure.total") if whole else study.instrument.dimension(row["dimension"]).name(words.language)
        rows.append(
            {
                words("app.column.battery"): words("charts.in_dimension", gap=words(f"differences.battery.{row['battery']}"), name=name),
                words("compare.column.advice"): words(f"compare.advice.{row['advice']}"),
                words("compare.column.icc1"): plain(row["icc1"]),
                words("app.column.interval"): _between(row["icc1_low"], row["icc1_high"], sign=False),
                words("compare.column.icc2"): reliability(row["icc2"], words) if math.isfinite(row["icc2"]) else NONE,
                words("compare.column.rwg"): plain(row["rwg"]),
                words("compare.column.design_effect"): plain(row["design_effect"], 1),
                words("compare.column.n_effective"): _count(row["n_effective"]) if math.isfinite(row["n_effective"]) else NONE,
                words("app.column.n"): _count(row["n"]),
                words("compare.column.units"): _count(row["units"]),
            }
        )
    return rows


def finite(result: FiniteGaps, plain_table, study: Study) -> list[Row]:
    """Each gap's interval as the other pages give it, and with the size of the population taken into account."""
    words = language.words()
    rows = []
    for row in result.frame.to_dict("records"):
        dimension = row["dimension"] if isinstance(row["dimension"], str) else None
        usual = plain_table.rows(gap=row["gap"], level="total" if dimension is None else "dimension", dimension=dimension)
        usual = usual.to_dict("records")[0] if len(usual) else {"low": math.nan, "high": math.nan}
        rows.append(
            {
                words("compare.column.measure"): measure_name(row | {"measure": "gap"}, study),
                words("app.column.mean"): signed(row["mean"]),
                words("compare.column.interval_usual"): _between(usual["low"], usual["high"]),
                words("compare.column.interval_finite"): _between(row["low"], row["high"]),
                words("app.column.n"): _count(row["n"]),
            }
        )
    return rows


def answered(result: Response) -> list[Row]:
    """Who answered, unit by unit."""
    words = language.words()
    return [
        {
            words("app.choice.unit"): row["unit"],
            words("compare.column.role"): words(f"differences.role.{row['role']}"),
            words("compare.column.population"): _count(row["population"]),
            words("app.column.n"): _count(row["n"]),
            words("compare.column.rate"): words("compare.more_than_people") if row["withheld"] else words.percent(row["rate"]),
            words("compare.column.correction"): NONE if row["withheld"] else plain(row["correction"]),
        }
        for row in result.frame.to_dict("records")
        if isinstance(row["unit"], str)
    ]


def margins(result: Raking) -> list[Row]:
    """The shares before and after, and those wanted."""
    words = language.words()
    return [
        {
            words("compare.column.group"): words("charts.pair", name=row["column"], value=row["value"]),
            words("app.column.n"): _count(row["n"]),
            words("compare.column.share_before"): words("compare.per_cent", share=100 * row["before"]),
            words("compare.column.share_target"): words("compare.per_cent", share=100 * row["target"]),
            words("compare.column.share_after"): words("compare.per_cent", share=100 * row["after"]),
        }
        for row in result.margins.to_dict("records")
    ]


def reweighted(result: Reweighted, study: Study) -> list[Row]:
    """Total results without and with the weights."""
    words, f = language.words(), result.frame
    rows = []
    for row in f[f["dimension"].isna()].to_dict("records"):
        share = row["measure"] == "share"
        sign = row["measure"] in ("gap", "servqual_weighted")
        write = words.percent if share else signed if sign else plain

        def interval(low: float, high: float, share: bool = share, sign: bool = sign) -> str:
            if share and math.isfinite(low):
                return words("compare.to", low=words.percent(low), high=words.percent(high))
            return _between(low, high, sign=sign)

        rows.append(
            {
                words("compare.column.measure"): measure_name(row, study),
                words("compare.column.plain"): write(row["plain"]),
                words("compare.column.interval_plain"): interval(row["plain_low"], row["plain_high"]),
                words("compare.column.weighted"): write(row["weighted"]),
                words("compare.column.interval_weighted"): interval(row["low"], row["high"]),
                words("compare.column.shift"): words("compare.points", points=100 * row["difference"])
                if share
                else signed(row["difference"]),
                words("app.column.n"): _count(row["n"]),
            }
        )
    return rows
