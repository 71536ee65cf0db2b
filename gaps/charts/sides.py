"""Where customers stand: below, at and above what they expected, per dimension; why a slope above may not be estimable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, steps, trace
from gaps.charts.palette import ink, tint
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.disclosure.minimum import SMALL
from gaps.i18n import Words
from gaps.model import Study, Withheld

if TYPE_CHECKING:
    from gaps.scoring.gap_profile import GapProfile

NEEDED = 30  # customers on one side for a slope of their own (methods 4.3)
LABEL = 0.16  # of the axis' length: room for a count beyond the longest bar


@dataclass(frozen=True, slots=True)
class Side:
    """Customers of one dimension, or of the total."""

    key: str
    name: str
    n: int
    below: int
    at: int
    above: int
    top: int

    def counts(self) -> dict[str, int]:
        """The placeholders of the sentences."""
        return {"n": self.n, "below": self.below, "at": self.at, "above": self.above, "top": self.top, "free": self.n - self.top}


def gap_sides(profile: GapProfile | Withheld, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw the share of customers below (left) and above (right) expectation, the total first; counts stand at the bars' ends.

    The thin line at the right reaches as far as customers could stand above at all: the others expect the scale's top already. A bar of
    fewer than 30 customers is hollow: too few for a slope of their own (methods 4.3).
    """
    colours = ink(dark)
    if isinstance(profile, Withheld):
        key = f"asymmetry.withheld.{profile.reason}"
        title = words(key if key in words else "asymmetry.withheld.other")
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", "", title)
    sides = [side for side in _sides(profile, study, words) if side.n]
    if not sides:
        hidden = "withheld" in profile.frame and profile.frame["withheld"].eq(SMALL).any()
        title = words(f"asymmetry.withheld.{SMALL if hidden else 'other'}")
        return Chart(Canvas(colours, 40, (-1, 1)).figure(), title, "", "", title)
    stack = Rows.of([s.name for s in sides], [words("asymmetry.sides.at", n=s.at) for s in sides], body=16, gap=10)
    left, right = max(s.below / s.n for s in sides), max(max(s.above, s.n - s.top) / s.n for s in sides)
    air = (left + right) * LABEL
    canvas = Canvas(colours, stack.height, (-left - air, right + air), bottom=30)
    ticks = steps(-left, right)
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [words.percent(abs(t)) for t in ticks]}
    for row, side in zip(stack.rows, sides, strict=True):
        canvas.zero(row, 10)
        canvas.label(row, colour=colours.muted)
        most = (side.n - side.top) / side.n
        canvas.line(0, row.middle, most, row.middle, colours.line)
        canvas.line(most, row.middle - 5, most, row.middle + 5, colours.line, width=1.5)
        canvas.text(f"{side.below:,}", -side.below / side.n, row.middle, xanchor="right", yanchor="middle", xshift=-4)
        canvas.text(f"{side.above:,}", side.above / side.n, row.middle, yanchor="middle", xshift=3, bgcolor=colours.paper, borderpad=1)
    for sign, colour, name in ((-1, colours.shortfall, "below"), (1, colours.surplus, "above")):
        counted = [getattr(s, name) for s in sides]
        few = [c < NEEDED for c in counted]
        canvas.add(
            trace(
                "bar",
                x=[sign * c / s.n for c, s in zip(counted, sides, strict=True)],
                y=[r.middle for r in stack.rows],
                width=[14] * len(sides),
                orientation="h",
                marker={"color": [tint(colour, 0.0 if f else 1.0) for f in few], "line": {"width": 1.5, "color": colour}},
                hovertext=[hover(s.name, words("asymmetry.sides.hover", **s.counts())) for s in sides],
                hoverinfo="text",
                customdata=[s.key for s in sides],
                showlegend=False,
            )
        )
    total = sides[0]
    title = words("asymmetry.sides.title", **total.counts())
    spoken = pairs(words, ((s.name, words("asymmetry.sides.spoken", **s.counts())) for s in sides))
    return Chart(
        canvas.figure(barmode="overlay"),
        title,
        words("asymmetry.sides.subtitle"),
        sentences(words, [words("asymmetry.sides.caption", needed=NEEDED), words("asymmetry.sides.top", **total.counts())]),
        words("asymmetry.sides.alt", rows=spoken),
        computed.sides(profile, study, words),
    )


def _sides(profile: GapProfile, study: Study, words: Words) -> list[Side]:
    frame = profile.frame[profile.frame["item"].isna() & profile.frame["n"].notna()]
    records = sorted(frame.to_dict("records"), key=lambda r: isinstance(r["dimension"], str))  # the total first
    found = []
    for r in records:
        whole = not isinstance(r["dimension"], str)
        name = words("charts.all_dimensions") if whole else dimension_name(study, r["dimension"], words.language)
        counts = (int(r[c]) for c in ("n", "n_below", "n_at", "n_above", "n_expected_top"))
        found.append(Side("total" if whole else r["dimension"], name, *counts))
    return found
