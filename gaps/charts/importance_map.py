"""Importance against performance: which dimensions matter and are served below the others (Martilla & James 1977)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, digits, steps
from gaps.charts.palette import ink
from gaps.charts.text import block, clauses, columns, hover, pairs, sentences, wrap
from gaps.computed import models as computed
from gaps.i18n import Words, plain, signed
from gaps.model import Study
from gaps.stats.priority_results import CONCENTRATE, DATA, DERIVED, QUADRANTS, Level, MapPoint, Priorities

HEIGHT = 380  # pixels of the field
EDGE = 30  # of them free of points above and below: the fields' names stand there
CORNER = 22  # pixels at the upper and lower edge that belong to the fields' names
LEFT, RIGHT = 42, 8
WIDTHS = (236, 310, 460, 660, 980)  # of the field in pixels, from a 320 pixel phone to a wide screen: labels are free of each other in all
LETTER, LINE = 6.7, 15  # pixels of a column and of a line of a label
NEAR, MARK = 10, 8  # pixels from a point to its label; half of a point
NAME = 18  # columns of a label's line


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands: its anchors, the distance in pixels from its point, and whether a line leads there."""

    xanchor: str
    yanchor: str
    dx: float
    dy: float
    led: bool = False

    def box(self, x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in pixels of a label of this size whose point lies at x, y."""
        left = x + self.dx - width * {"left": 0.0, "center": 0.5, "right": 1.0}[self.xanchor]
        top = y + self.dy - height * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[self.yanchor]
        return left, top, left + width, top + height

    def boxes(self, x: float, y: float, width: float, height: float) -> list[tuple[float, float, float, float]]:
        """All that it takes: the label, and points along the line that leads to it."""
        on_line = [(x + self.dx * k / 8, y + self.dy * k / 8) for k in range(2, 8)] if self.led else []
        return [self.box(x, y, width, height), *((a - 2, b - 2, a + 2, b + 2) for a, b in on_line)]


@dataclass(frozen=True, slots=True)
class Spot:
    """A dimension as it is drawn: its name's lines, its performance, and its importance in pixels from the top."""

    point: MapPoint
    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    certain: bool
    quadrant: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of its label in pixels."""
        return LETTER * max(map(columns, self.lines)), LINE * len(self.lines)


def importance_map(
    found: Priorities, study: Study, *, importance: str = DERIVED, centre: str = DATA, words: Words, dark: bool = False
) -> Chart:
    """Draw each dimension's importance ("derived" or "stated") over its performance, in the four fields that the cross-hairs cut.

    centre: "data" (the mean of the dimensions) or "scale" (its middle); importance is always cut at an equal share. A point is filled where
    its field is certain (95 % of the resamples, customers enough), else hollow; what is important and below the line has the colour
    of a shortfall. Labels stand free of each other at every width; one for which there is no room
    gives way to a number that the caption explains. ValueError for
    an importance that was not asked.
    """
    if any((importance, centre) not in p.quadrants for p in found.points):
        raise ValueError(f"there is no importance {importance!r} with centre {centre!r}; there is {sorted(found.points[0].quadrants)}")
    colours = ink(dark)
    levels = [_importance(p, importance) for p in found.points]
    middle, equal = found.crosshairs[centre]
    low, high = _range([p.performance.value for p in found.points] + [middle])
    top = max([level.value for level in levels] + [equal * 1.25])
    canvas = Canvas(colours, HEIGHT, (low, high), left=LEFT, right=RIGHT, top=24, bottom=46)

    def height(share: float) -> float:
        return HEIGHT - EDGE - share / top * (HEIGHT - 2 * EDGE)

    _axes(canvas, found, low, high, top, height, words)
    _fields(canvas, middle, height(equal), words)
    spots = [
        Spot(p, name, tuple(wrap(name, NAME, 2)), p.performance.value, height(level.value), found.certain(p, importance, centre),
             p.quadrants[importance, centre].name)
        for p, level in zip(found.points, levels, strict=True)
        for name in [dimension_name(study, p.dimension, words.language)]
    ]  # fmt: skip
    named = not (found.few and importance == DERIVED)
    canvas.marks(
        [s.x for s in spots],
        [s.y for s in spots],
        [hover(s.name, *_told(s, importance, centre, named, words)) for s in spots],
        [s.point.dimension for s in spots],
        colour=[colours.shortfall if s.quadrant == CONCENTRATE else colours.text for s in spots],
        hollow=[not s.certain for s in spots],
        size=13,
    )
    numbered, unnamed = _labels(canvas, spots, middle, height(equal))
    return Chart(
        canvas.figure(),
        _title(found, spots, importance, centre, words),
        _subtitle(found, importance, low, high, words),
        _caption(found, spots, numbered, unnamed, importance, centre, words),
        words("drivers.map.alt", rows=pairs(words, ((s.name, clauses(words, _told(s, importance, centre, named, words))) for s in spots))),
        computed.importance(found, words, importance=importance, study=study),
    )


def _importance(point: MapPoint, importance: str) -> Level:
    return point.derived if importance == DERIVED else point.stated


def _range(values: Sequence[float]) -> tuple[float, float]:
    """The part of the scale that holds all points and the line, with room for half a label."""
    low, high = min(values), max(values)
    span = max(high - low, 0.4)
    middle = (low + high) / 2
    return middle - 0.62 * span, middle + 0.62 * span


def _axes(canvas: Canvas, found: Priorities, low: float, high: float, top: float, height, words: Words) -> None:
    ticks = [t for t in steps(low, high, most=6) if found.scale.min <= t <= found.scale.max]
    canvas.xaxis = {"tickmode": "array", "tickvals": ticks, "ticktext": [plain(t, digits(ticks)) for t in ticks]}
    shares = steps(0, top, most=6)
    font = {"size": 12, "color": canvas.ink.muted}
    canvas.yaxis = {"visible": True, "tickmode": "array", "tickvals": [height(t) for t in shares], "tickfont": font}
    canvas.yaxis["ticktext"] = [words.percent(t) for t in shares]
    place = {"size": 12, "colour": canvas.ink.muted}
    canvas.text(block([words("drivers.map.up")]), 0, 0, xref="paper", yanchor="bottom", xshift=-LEFT, yshift=6, **place)
    canvas.text(block([words("drivers.map.across")]), 1, HEIGHT, xref="paper", xanchor="right", align="right", yshift=-24, **place)


def _fields(canvas: Canvas, middle: float, equal: float, words: Words) -> None:
    """The cross-hairs, and each field's name in its corner."""
    low, high = canvas.x
    canvas.rect(low, 0, middle, equal, canvas.ink.panel)
    for x0, y0, x1, y1 in ((middle, CORNER, middle, HEIGHT - CORNER), (low, equal, high, equal)):
        canvas.line(x0, y0, x1, y1, canvas.ink.line, width=1.2, dash="dash")
    for name, (x, y, right) in zip(QUADRANTS, ((0, 0, False), (1, 0, True), (0, HEIGHT, False), (1, HEIGHT, True)), strict=True):
        place = {"xanchor": "right" if right else "left", "yanchor": "bottom" if y else "top", "xshift": -4 if right else 4}
        shift = {"yshift": 5 if y else -5, "xref": "paper"}
        canvas.text(block([words(f"drivers.map.field.{name}")]), x, y, size=12, colour=canvas.ink.muted, bold=True, **place, **shift)


def _places() -> Iterator[Place]:
    """Beside the point, above and below it; then further away at the end of a thin line."""
    yield from (Place("left", "middle", NEAR, 0), Place("right", "middle", -NEAR, 0))
    yield from (Place("center", "bottom", 0, -NEAR + 1), Place("center", "top", 0, NEAR - 1))
    for side, dx in (("left", -24), ("right", 24)):  # near the edge of the field, or beside another point
        yield from (Place(side, "bottom", dx, -NEAR + 1), Place(side, "top", dx, NEAR - 1))
    for dy in (-12, 12):
        yield from (Place("left", "middle", NEAR - 2, dy), Place("right", "middle", -NEAR + 2, dy))
    for far in (26, 42, 60):
        for side, dx in (("center", 0), ("left", 14), ("right", -14)):
            yield from (Place(side, "bottom", dx, -far, True), Place(side, "top", dx, far, True))


def _labels(canvas: Canvas, spots: Sequence[Spot], middle: float, equal: float) -> tuple[list[str], list[str]]:
    """Write each name where it touches nothing at any width, if it can be not even a line; a name without such a place gives way to a
    number, which needs less room. Gives the names that the numbers 1, 2, … stand for, and those for which there was no room at all."""
    low, high = canvas.x
    corners = [(0.0, 0.0, math.inf, CORNER), (0.0, HEIGHT - CORNER, math.inf, HEIGHT)]
    across = [[(x - low) / (high - low) * w for x in [*(s.x for s in spots), middle]] for w in WIDTHS]
    taken = [[*corners, *((x - MARK, s.y - MARK, x + MARK, s.y + MARK) for x, s in zip(xs, spots, strict=False))] for xs in across]
    lines = [[(0.0, equal - 2, w, equal + 2), (xs[-1] - 2, 0.0, xs[-1] + 2, HEIGHT)] for w, xs in zip(WIDTHS, across, strict=True)]
    clear = [[*boxes, *more] for boxes, more in zip(taken, lines, strict=True)]

    def write(k: int, spot: Spot) -> bool:
        xs = [at[k] for at in across]
        choices = [(p, boxes) for led in (False, True) for boxes in (clear, taken) for p in _places() if p.led == led]
        place = next((p for p, boxes in choices if _free(p, spot, xs, boxes)), None)
        if place is None:
            return False
        for x, *both in zip(xs, taken, clear, strict=True):
            for boxes in both:
                boxes.extend(place.boxes(x, spot.y, *spot.size))
        _write(canvas, spot, place)
        return True

    longest_first = sorted(range(len(spots)), key=lambda k: (-len(spots[k].name), k))
    numbered, unnamed = [], []
    for k in sorted(k for k in longest_first if not write(k, spots[k])):
        fits = write(k, replace(spots[k], lines=(str(len(numbered) + 1),)))
        (numbered if fits else unnamed).append(spots[k].name)
    return numbered, unnamed


def _free(place: Place, spot: Spot, xs: Sequence[float], taken: Sequence[Sequence[tuple]]) -> bool:
    """Whether the label and its line lie within the field and touch nothing else at any width."""
    for x, boxes, width in zip(xs, taken, WIDTHS, strict=True):
        own = (x - MARK, spot.y - MARK, x + MARK, spot.y + MARK)
        others = [b for b in boxes if b != own]
        for left, top, right, bottom in place.boxes(x, spot.y, *spot.size):
            if left < 0 or right > width or top < 0 or bottom > HEIGHT:
                return False
            if any(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in others):
                return False
    return True


def _write(canvas: Canvas, spot: Spot, place: Place) -> None:
    look = {"xanchor": place.xanchor, "yanchor": place.yanchor, "align": place.xanchor, "size": 12.5}
    if not place.led:
        canvas.text(block(spot.lines), spot.x, spot.y, xshift=place.dx, yshift=-place.dy, **look)
        return
    arrow = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": canvas.ink.line, "standoff": 8}
    canvas.text(block(spot.lines), spot.x, spot.y, ax=place.dx, ay=place.dy, **look, **arrow)


def _told(spot: Spot, importance: str, centre: str, named: bool, words: Words) -> list[str]:
    """The field and how sure it is (where customers are enough to name one), performance and importance with their intervals."""
    p, level = spot.point, _importance(spot.point, importance)
    field = words("drivers.map.in", field=words(f"drivers.map.field.{spot.quadrant}"), chance=p.quadrants[importance, centre].chance)
    performance = {"value": p.performance.value, "low": p.performance.low, "high": p.performance.high}
    kind = words(f"drivers.importance_name.{importance}")
    return [
        *([field] if named else []),
        words("drivers.map.performance", **performance),
        words("drivers.map.importance", kind=kind, value=level.value, low=level.low, high=level.high),
    ]


def _title(found: Priorities, spots: Sequence[Spot], importance: str, centre: str, words: Words) -> str:
    line = words(f"drivers.centre.{centre}")
    here = [s for s in spots if s.quadrant == CONCENTRATE]
    if found.few and importance == DERIVED:
        return words("drivers.map.title.few", n=found.n)
    if certain := [s.name for s in here if s.certain]:
        return words("drivers.map.title.concentrate", names=words.several(certain), line=line)
    if here:
        return words("drivers.map.title.perhaps", names=words.several(s.name for s in here), line=line)
    return words("drivers.map.title.none", line=line)


def _subtitle(found: Priorities, importance: str, low: float, high: float, words: Words) -> str:
    scale = found.scale
    shown = {"low": max(low, scale.min), "high": min(high, scale.max), "min": plain(scale.min, 0), "max": plain(scale.max, 0)}
    outcome = words(f"charts.outcome.{found.outcome}")
    return sentences(words, [words(f"drivers.map.subtitle.{importance}", outcome=outcome), words("drivers.map.subtitle.across", **shown)])


def _caption(
    found: Priorities, spots: Sequence[Spot], numbered: Sequence[str], unnamed: Sequence[str], importance: str, centre: str, words: Words
) -> str:
    n = {"n": found.n if importance == DERIVED else found.n_stated, "n_performance": found.n_performance}
    line = words(f"drivers.centre.{centre}")
    by = words(f"drivers.resampled.{found.resampled_by}", resamples=found.resamples, seed=found.seed)
    parts = [words("drivers.map.n", **n), words("drivers.map.lines", line=line), words("drivers.map.filled", by=by)]
    wrong = [s for s in spots if math.isfinite(s.point.r) and s.point.r < 0]
    if wrong and importance == DERIVED:
        rs = words.list(f"{s.name} {signed(s.point.r)}" for s in wrong)
        parts.append(words("drivers.map.negative", names=rs, outcome=words(f"charts.outcome.{found.outcome}")))
    if numbered:
        parts.append(words("drivers.map.numbered", names=words.list(f"{k} {name}" for k, name in enumerate(numbered, start=1))))
    if unnamed:
        parts.append(words("drivers.map.unnamed", names=words.list(unnamed)))
    return sentences(words, parts)
