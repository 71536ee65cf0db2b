"""Items as rows of a table, their answers as small bars; or every answer counted, to be taken away. Nothing computed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gaps.charts.cell import few_for_interval
from gaps.charts.distributions import two_humped
from gaps.charts.dumbbells import BY_GAP
from gaps.i18n import plain
from gaps.model import Battery, Gap, Study
from gaps.scoring.tables import GapTable
from gaps.stats.humps import ItemDistributions
from screens.parts import language
from screens.parts.tables import dimension as dimension_name

Row = dict[str, object]
LEVELS = {"E": "expected", "P": "perceived", "A": "adequate", "D": "desired"}  # what the mean of a battery is called in files


def items(
    found: ItemDistributions, table: GapTable, study: Study, wanted: Sequence[int], order: str
) -> tuple[list[Row], dict[str, Battery]]:
    """One row per item, in the order wanted, and which of its columns are bars, of whose answers.

    Numbers stand before the bars and what is told in words: a grid's edge that lies in these makes no number another one.
    """
    words, scale = language.words(), study.instrument.scale
    gaps = {int(r["item"]): r for r in table.rows(gap=Gap.CUSTOMER, level="item").to_dict("records") if not r["withheld"]}
    batteries = found.found.batteries
    ends = {"min": plain(scale.min, 0), "max": plain(scale.max, 0)}
    bars = {words("dimensions.column.answers", battery=_name(b), **ends): b for b in batteries}
    rows = []
    for item in sorted(wanted, key=lambda n: gaps[n]["mean"] if order == BY_GAP and n in gaps else 0):
        row: Row = {words("dimensions.column.item"): f"{item} {study.instrument.item(item).label(words.language)}"}
        if gaps:
            gap = gaps.get(item, {"mean": math.nan, "low": math.nan, "high": math.nan})
            known = (
                math.isfinite(gap["low"]) and math.isfinite(gap["high"]) and not few_for_interval(5, gap["n_expected"], gap["n_achieved"])
            )
            row[words("dimensions.column.gap")] = float(gap["mean"]) if math.isfinite(gap["mean"]) else None
            row[words("dimensions.column.interval")] = words("dimensions.cell.interval", low=gap["low"], high=gap["high"]) if known else "–"
        means = [(b, found.found.mean_of(b, item=item)) for b in batteries]
        first = means[0][1]
        if first is not None:
            row[words("dimensions.column.n")] = int(first["n"])
        row |= {words("dimensions.column.mean", battery=_name(b)): "–" if m is None else plain(float(m["mean"])) for b, m in means}
        row |= {bar: [round(float(v), 4) for v in found.found.shares(b, item)] for bar, b in bars.items()}
        row[words("dimensions.column.humps")] = _camps(found, item)
        if first is not None:
            row[words("dimensions.column.missing")] = int(first["missing"])
        row[words("dimensions.column.dimension")] = dimension_name(study, study.instrument.item(item).dimension, words)
        rows.append(row)
    return rows, bars


def items_as_data(found: ItemDistributions, table: GapTable, wanted: Sequence[int]) -> list[Row]:
    """The same unrounded: gap with interval, and for each battery the mean, the shares of the answers and whether they are two-humped."""
    gaps = {int(r["item"]): r for r in table.rows(gap=Gap.CUSTOMER, level="item").to_dict("records") if not r["withheld"]}
    answers = found.found.answers.set_index(["battery", "item", "answer"])["share"].to_dict()
    kinds = found.found.answers[["battery", "answer"]].drop_duplicates().sort_values("answer").to_dict("records")
    humped = found.humps.set_index(["battery", "item"])["humped"].to_dict()
    rows = []
    for item in wanted:
        means = {b: found.found.mean_of(b, item=item) for b in found.found.batteries}
        first = next((m for m in means.values() if m is not None), {})
        row: Row = {"dimension": first.get("dimension"), "item": item}
        if gaps:
            gap = gaps.get(item, {})
            row |= {"gap": gap.get("mean"), "gap_low": gap.get("low"), "gap_high": gap.get("high")}
        row |= {"n": first.get("n"), "missing": first.get("missing")}
        for battery, mean in means.items():
            row |= {LEVELS[battery]: None if mean is None else mean["mean"], f"humped {battery}": humped.get((str(battery), item))}
            own = [kind["answer"] for kind in kinds if kind["battery"] == battery]
            row |= {f"share {battery} {answer:g}": answers.get((str(battery), item, answer)) for answer in own}
        rows.append(row)
    return rows


def _name(battery: Battery) -> str:
    return language.words()(f"charts.battery.{battery}")


def _camps(found: ItemDistributions, item: int) -> str:
    words = language.words()
    said = two_humped(found, item, words, "dimensions.cell.camps")
    return ("；" if words.language == "zh" else "; ").join(said)


def answers_as_data(found: ItemDistributions, wanted: Sequence[int]) -> list[Row]:
    """Every answer of these items, counted, with mean, interval and verdict of its item."""
    frame, means, humps = found.found.answers, found.found.means, found.humps
    keys = ["battery", "dimension", "item"]
    chosen = frame[frame["item"].isin(list(wanted))]
    of_item = means[means["item"].notna()][[*keys, "missing", "mean", "low", "high"]]
    judged = humps[[*keys, "below_to", "above_from", "share_below", "share_above", "p", "humped"]]
    return chosen.merge(of_item, on=keys, how="left").merge(judged, on=keys, how="left").to_dict("records")
