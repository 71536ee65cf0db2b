"""A gap over the waves of a survey."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gaps.charts.cell import asked, cells, people, subtitle, uncertain, without_interval
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, gap_axis, reach, whiskers
from gaps.charts.palette import ink
from gaps.charts.text import block, hover, pairs, sentences, wrap
from gaps.computed import scores as computed
from gaps.disclosure.minimum import HIDDEN
from gaps.findings.disclosure import not_shown
from gaps.findings.movement import movement
from gaps.i18n import Words, signed
from gaps.model import Study, Withheld
from gaps.scoring.tables import GapTable

if TYPE_CHECKING:
    from gaps.stats.change import WaveChange  # scipy: not on the way to the first page

HEIGHT, MOST_LABELS = 260, 6


def wave_lines(
    table: GapTable, study: Study, *, gap: int = 5, change: WaveChange | Withheld = Withheld("no_waves"), words: Words, dark: bool = False
) -> Chart:
    """Draw one gap per wave with 95 % intervals; zero is always in view. `change`: between the last two waves, for the title."""
    order = {w: i for i, w in enumerate(study.waves)}
    found = cells(table.rows(gap=gap, wave="*", level="total"), "wave", str)
    hidden = [c for c in found if c.hidden]
    roles = asked(hidden[0], table.designs.get(gap)) if hidden else ()
    withheld = not_shown([c.withheld for c in hidden], roles, table.minimum, words)
    if hidden and not any(c.measured for c in found):
        title, why = words("disclosure.not_shown.all"), sentences(words, [*withheld, words("disclosure.not_shown.change")])
        return Chart(Canvas(ink(dark), 40, (-1, 1)).figure(), title, "", why, title)
    shown = sorted((c for c in found if c.measured), key=lambda c: order.get(c.name, len(order)))
    colours = ink(dark)
    low, high = reach([v for c in shown for v in (c.low, c.high, c.mean)], air=0.12)
    canvas = Canvas(colours, HEIGHT, (-0.5, max(len(shown), 1) - 0.5), left=46, right=16, top=8, bottom=44)
    canvas.yaxis = gap_axis(low, high) | {"visible": True, "range": [low, high], "tickfont": {"size": 12, "color": colours.muted}}
    every = math.ceil(len(shown) / MOST_LABELS) if shown else 1
    ticks = [i for i in range(len(shown)) if (len(shown) - 1 - i) % every == 0]
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [block(wrap(shown[i].name, 10, 2)) for i in ticks]}
    canvas.line(0, 0, 1, 0, colours.line, width=1.5, xref="paper")
    texts = [hover(c.name, c.size(words), words("charts.n_equals", n=c.n)) for c in shown]
    means = [c.mean for c in shown]
    canvas.marks(
        list(range(len(shown))),
        means,
        texts,
        [c.name for c in shown],
        colour=[colours.sign(m) for m in means],
        hollow=[not c.sure for c in shown],
        mode="lines+markers",
        error_y=whiskers(means, [c.low for c in shown], [c.high for c in shown], colours.line, cap=5),
    )
    for i in ticks:
        top = shown[i].high if shown[i].bounded else shown[i].mean
        place = {
            "xanchor": "center",
            "yanchor": "bottom",
            "yshift": 4,
            "bgcolor": colours.paper,
        }  # on paper of its own: the line of 0 may cross
        canvas.text(signed(shown[i].mean), i, top, size=12, bold=True, **place)
    label = words("charts.gap_label", gap=gap, name=words(f"charts.gap.{gap}"))
    return Chart(
        canvas.figure(),
        _title(change, words),
        subtitle("waves", shown, words, gap=label),
        sentences(
            words,
            [
                people(words, (asked(c, table.designs.get(gap)) for c in shown), sum),
                "" if isinstance(change, Withheld) else words(f"charts.waves.people.{change.design}", n=change.n_pairs),
                uncertain(shown, "hollow", words),
                without_interval(shown, words),
                *withheld,
            ],
        ),
        words("charts.waves.alt", rows=pairs(words, ((c.name, c.size(words)) for c in shown))),
        computed.five_gaps(table, study, words, shown="waves", gap=gap, each="wave", change=change),
    )


def _title(change: WaveChange | Withheld, words: Words) -> str:
    """The change between the last two waves, as it is told everywhere."""
    if isinstance(change, Withheld):
        return words(f"charts.waves.title.{change.reason if change.reason in ('no_spread', *HIDDEN) else 'few'}")
    seen = change.low > 1e-9 or change.high < -1e-9
    return words(
        f"charts.waves.title.{movement(change.before, change.after) if seen else 'same'}",
        before=change.wave_before,
        after=change.wave,
        old=change.before,
        new=change.after,
        change=change.change,
        interval=words.interval(change.low, change.high),
    )
