"""Two sets of people side by side: their gaps row by row, with the interval of the difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gaps import escape
from gaps.charts.chart import Chart
from gaps.charts.forest import ABOVE, BELOW, SYMBOLS, colour
from gaps.charts.layout import BOLD, Canvas, Rows, gap_axis, reach, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import block, cut_apart, hover, pairs, sentences
from gaps.computed import comparisons as computed
from gaps.disclosure.minimum import HIDDEN
from gaps.i18n import Words, plain, signed
from gaps.model import Study

if TYPE_CHECKING:  # scipy: not on the way to the first page
    from gaps.stats.contrasts import Contrasts
    from gaps.stats.selections import TwoSelections

GAP, LEGEND = "gap", 18
PROTECTED = (*HIDDEN, "confidential")  # rows without numbers so that nobody can be recognised


def side_by_side(
    rows: Sequence[Mapping[str, object]],
    study: Study,
    *,
    found: TwoSelections | Contrasts,
    first: str,
    second: str,
    heading: str = "",
    corrected: str = "holm",
    narrow: bool = True,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw the means of `first` and `second` on one axis, row by row.

    found: what the rows are of. rows: records with measure, gap, dimension, n, n_rest, mean, rest, difference, low, high, standing, as
    `TwoSelections` and `Contrasts` have them; rows without a difference are left out and counted. The whisker is the 95 % interval of the
    difference, laid from the second's mean. heading: what stands above the first of the dimensions. corrected: how standing was judged
    ("holm", "mixed" or "bh"). narrow: for a phone.
    """
    drawn = [r for r in rows if math.isfinite(r["difference"])]
    if not drawn:
        nothing = words("compare.chart.nothing")
        return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), nothing, "", "", nothing)
    gaps = drawn[0]["measure"] == GAP
    names, write, colours = [_name(r, study, words) for r in drawn], signed if gaps else plain, ink(dark)
    stack = Rows.of(names, [_size(r, words) for r in drawn], body=18, gap=8, even=True, narrow=narrow, beside=BOLD)
    shift, tops = 0.0, []
    headed = next((k for k, r in enumerate(drawn) if isinstance(r["dimension"], str)), None) if heading else None
    for k in range(len(drawn)):
        shift += 26 if k == headed else 0
        tops.append(shift)
    ends = [v for r in drawn for v in (r["mean"], r["rest"], r["rest"] + r["low"], r["rest"] + r["high"])]
    low, high = reach(ends, around_zero=gaps)
    canvas = Canvas(colours, stack.height + shift, (low, high), left=16, right=16, top=30, legend=True)
    axis = gap_axis(low, high)
    canvas.xaxis = axis if gaps else axis | {"ticktext": [t.removeprefix("+") for t in axis["ticktext"]]}
    ys = []
    for k, (r, row) in enumerate(zip(drawn, stack.rows, strict=True)):
        if k == headed:
            canvas.text(block([heading]), 0, row.top + tops[k] - 20, xref="paper", colour=colours.muted, size=12)
        apart = r["standing"] in (BELOW, ABOVE)
        canvas.text(block(row.lines), 0, row.top + tops[k], xref="paper", bold=apart)
        canvas.text(block([row.value]), 1, row.value_top + tops[k], xref="paper", xanchor="right", align="right", bold=apart)
        ys.append(row.middle + tops[k])
        canvas.line(0, ys[-1], 1, ys[-1], colours.track, xref="paper")
        if gaps:
            canvas.line(0, ys[-1] - 9, 0, ys[-1] + 9, colours.line, width=1.5)
        canvas.line(r["rest"], ys[-1], r["mean"], ys[-1], colour(colours, r["standing"]), width=4 if apart else 2)
    hovers = [hover(n, _hover(r, first, second, write, words)) for n, r in zip(names, drawn, strict=True)]
    keys = [str(r["dimension"] or r["gap"]) for r in drawn]
    bounds = [(r["rest"] + r["low"], r["rest"] + r["high"]) for r in drawn]
    legend = cut_apart(first, second, LEGEND)
    other = {"colour": colours.muted, "symbol": "diamond-open", "size": 11}
    canvas.marks([r["rest"] for r in drawn], ys, hovers, keys, name=escape.html(legend[1]), **other)
    canvas.traces[-1]["legendrank"] = 1001  # drawn first, named second
    canvas.marks(
        [r["mean"] for r in drawn],
        ys,
        hovers,
        keys,
        colour=[colour(colours, r["standing"]) for r in drawn],
        symbol=[SYMBOLS[r["standing"]] for r in drawn],
        size=[12 if r["standing"] in (BELOW, ABOVE) else 10 for r in drawn],
        name=escape.html(legend[0]),
        error_x=whiskers([r["mean"] for r in drawn], *zip(*bounds, strict=True), colours.text, cap=5),  # seen on the bar as well
    )  # fmt: skip
    bounded, judged = any(math.isfinite(low) for low, _ in bounds), any(r["standing"] for r in drawn)
    return Chart(
        canvas.figure(),
        _title(drawn, first, second, words),
        words("selections.chart.subtitle" if bounded else "selections.chart.subtitle_few", first=first, second=second),
        sentences(
            words,
            [
                words("selections.chart.marks"),
                *([words("selections.chart.whisker")] if bounded else []),
                *([words(f"selections.chart.{corrected}")] if judged else []),
                *([words("compare.chart.interval")] if judged and bounded else []),
                *_unseen(rows, drawn, words),
            ],
        ),
        words(
            "selections.chart.alt",
            first=first,
            second=second,
            rows=pairs(words, ((n, _size(r, words)) for n, r in zip(names, drawn, strict=True))),
        ),
        computed.two_sides(found, rows, words, corrected, first=first, second=second),
    )


def _name(row: Mapping[str, object], study: Study, words: Words) -> str:
    if isinstance(row["dimension"], str):
        return study.instrument.dimension(row["dimension"]).name(words.language)
    if row["measure"] != GAP:
        return words("compare.measure.perception")
    name = words(f"findings.gap_name.{int(row['gap'])}")
    return name[:1].upper() + name[1:]


def _size(row: Mapping[str, object], words: Words) -> str:
    if not math.isfinite(row["low"]):
        return signed(row["difference"])
    return words("charts.cell.size", mean=row["difference"], interval=words.interval(row["low"], row["high"]))


def _hover(row: Mapping[str, object], first: str, second: str, write, words: Words) -> str:
    values = {"mean": write(row["mean"]), "rest": write(row["rest"]), "n": row["n"], "n_rest": row["n_rest"]}
    values["rounded"] = words.rounded(row)
    standing = words(f"selections.standing.{row['standing'] or 'unjudged'}")
    return words("selections.chart.hover", first=first, second=second, size=_size(row, words), standing=standing, **values)


def _title(drawn: Sequence[Mapping[str, object]], first: str, second: str, words: Words) -> str:
    judged = [r for r in drawn if r["standing"]]
    counts = {"below": sum(r["standing"] == BELOW for r in judged), "above": sum(r["standing"] == ABOVE for r in judged)}
    values = {"first": first, "second": second, "count": len(judged)} | counts
    key = "few" if not judged else "some" if counts["below"] or counts["above"] else "none"
    return words(f"selections.chart.title.{key}", **values)


def _unseen(rows: Sequence[Mapping[str, object]], drawn: Sequence[Mapping[str, object]], words: Words) -> list[str]:
    kept = [r["withheld"] in PROTECTED for r in rows if not math.isfinite(r["difference"])]
    counts = {"unjudged": sum(not r["standing"] for r in drawn), "hidden": sum(kept), "without": len(kept) - sum(kept)}
    return [words(f"selections.chart.{key}", n=n) for key, n in counts.items() if n]
