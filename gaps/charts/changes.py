"""What changed between two waves, with intervals: every gap, and the dimensions of one."""

from __future__ import annotations

from gaps.charts.chart import Chart
from gaps.charts.forest import ABOVE, BELOW, OPEN, UNJUDGED, Line, forest
from gaps.charts.text import pairs, sentences
from gaps.computed import comparisons as computed
from gaps.i18n import Words, signed
from gaps.model import Study

STANDING = {"rose": ABOVE, "fell": BELOW, "open": OPEN, "": UNJUDGED}
IN_POINTS = ("gap", "servqual_weighted")


def wave_changes(
    changes, study: Study, *, before: str, after: str, gap: int = 5, narrow: bool = True, words: Words, dark: bool = False
) -> Chart:
    """Draw the change of each gap and of the importance-weighted score, then of the dimensions of one gap, in scale points.

    narrow: for a phone.
    """
    rows = changes.between(before, after)
    kinds = IN_POINTS if rows["measure"].isin(IN_POINTS).any() else ("perception",)
    rows = rows[rows["measure"].isin(kinds) & rows["change"].notna()]
    totals = rows[rows["dimension"].isna()].to_dict("records")
    dimensions = rows[(rows["gap"].eq(gap) | rows["gap"].isna()) & rows["dimension"].notna()].to_dict("records")
    lines = [_line(row, _name(row, study, words), words) for row in (*totals, *dimensions)]
    values = {"before": before, "after": after, "changed": sum(line.standing in (ABOVE, BELOW) for line in lines), "count": len(lines)}
    title = words(f"compare.changes.title.{'some' if values['changed'] else 'none'}", **values)
    heading = words(
        "compare.changes.dimensions", gap=words(f"findings.gap_name.{gap}" if kinds == IN_POINTS else "compare.measure.perception")
    )
    headed = {len(totals): heading} if dimensions else {}
    caption = [words("compare.changes.marks")]
    if any(row["standing"] for row in dimensions):
        caption += [words("compare.changes.caption"), words("compare.chart.interval")]
    return Chart(
        forest(lines, words, dark=dark, headed=headed, narrow=narrow).figure(),
        title,
        words("compare.changes.subtitle" if any(line.bounded for line in lines) else "compare.changes.subtitle_few", **values),
        sentences(words, caption),
        words("compare.chart.alt", rows=pairs(words, ((line.name, line.size(words)) for line in lines))),
        computed.waves(changes, before, after, words, shown="changes"),
    )


def _name(row: dict, study: Study, words: Words) -> str:
    if isinstance(row["dimension"], str):
        return study.instrument.dimension(row["dimension"]).name(words.language)
    return words(f"findings.gap_name.{int(row['gap'])}") if row["measure"] == "gap" else words(f"compare.measure.{row['measure']}")


def _line(row: dict, name: str, words: Words) -> Line:
    key = row["dimension"] if isinstance(row["dimension"], str) else ""
    more = words("compare.changes.hover", before=signed(row["before"]), after=signed(row["after"]))
    return Line(name[:1].upper() + name[1:], row["change"], row["low"], row["high"], STANDING[row["standing"]], more, key)
