"""Where quality leaks away between what is expected and what is perceived: E, M, S, V, P (methods 2.7)."""

from __future__ import annotations

import math

import pandas as pd

from gaps.charts.cell import FEW, dimension_name, people
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Row, Rows, scale_axis, trace
from gaps.charts.palette import MARKS, ink
from gaps.charts.text import hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.findings.disclosure import fewer
from gaps.i18n import Words, plain, signed
from gaps.model import Battery, Role, Study
from gaps.scoring.tables import GapTable, WaterfallTable

STEPS = ("gap1", "gap2", "gap3", "perception_step")
LEVELS = (Battery.EXPECTATION, Battery.BELIEF, Battery.STANDARD, Battery.DELIVERY, Battery.PERCEPTION)


def waterfall(
    table: WaterfallTable,
    study: Study,
    *,
    gaps: GapTable | None = None,
    dimension: str | None = None,
    unit: str | None = None,
    words: Words,
    dark: bool = False,
) -> Chart:
    """Draw the four steps from expected to perceived service, one row each, on the question's scale.

    The steps add up to perceived - expected exactly. A level that lies between two steps is where the next one starts.
    `gaps`: the gap table, to say so where a step and the gap of the same number differ as they are printed.
    """
    row = _pick(table.frame, dimension, unit)
    where = _where(study, dimension, unit, words)
    scale, colours = study.instrument.scale, ink(dark)
    values = [float(row[c]) for c in ("expected", *STEPS, "perceived")] if row is not None else []
    if not values or not all(math.isfinite(v) for v in values):
        empty = Canvas(colours, 40, (scale.min, scale.max)).figure()
        if row is not None and table.minimum is not None:  # it has a row without numbers: people could be recognised
            part = "chain" if unit is None else "unit"
            title = words(f"disclosure.{part}.title", unit=unit)
            return Chart(empty, title, where, words(f"disclosure.{part}.text", who=fewer(Role, table.minimum, words)), title)
        title = words("charts.waterfall.title.not_measured")
        return Chart(empty, title, where, words("charts.waterfall.not_measured"), title)
    expected, *changes, perceived = values
    counted = {role: int(row[f"n_{role}"]) for role in Role}
    levels = [expected]
    for change in changes:
        levels.append(levels[-1] + change)
    promised = float(row["promised"]) if pd.notna(row["promised"]) else math.nan
    names = [words("charts.box.E"), *(words(f"charts.waterfall.step.{s}") for s in STEPS), words("charts.box.P")]
    if math.isfinite(promised):
        names.append(words("charts.waterfall.promised"))
    numbers = [plain(expected), *map(signed, changes), plain(perceived)]
    if math.isfinite(promised):
        numbers.append(f"{plain(promised)} · {words('charts.waterfall.gap4', gap4=levels[3] - promised)}")
    stack = Rows.of(names, numbers, gap=10)
    air = scale.span * 0.03
    canvas = Canvas(colours, stack.height, (scale.min - air, scale.max + air), bottom=30)
    canvas.xaxis = scale_axis(scale.min, scale.max)
    for r in stack.rows:
        canvas.line(scale.min, r.middle, scale.max, r.middle, colours.track, width=2)
    _level(canvas, stack.rows[0], Battery.EXPECTATION, expected, words)
    for i, change in enumerate(changes):
        _step(canvas, stack.rows[i + 1], levels[i], levels[i + 1], change, LEVELS[i + 1], words)
        canvas.line(levels[i], stack.rows[i].middle, levels[i], stack.rows[i + 1].middle, colours.line, dash="dot")
    canvas.line(perceived, stack.rows[4].middle, perceived, stack.rows[5].middle, colours.line, dash="dot")
    _level(canvas, stack.rows[5], Battery.PERCEPTION, perceived, words)
    if math.isfinite(promised):
        _level(canvas, stack.rows[6], Battery.PROMISE, promised, words)
    said = pairs(words, ((words(f"charts.waterfall.step.{s}"), signed(c)) for s, c in zip(STEPS, changes, strict=True)))
    return Chart(
        canvas.figure(),
        _title(expected, perceived, changes, min(counted.values()), words),
        words("charts.waterfall.subtitle", where=where, min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(
            words,
            [people(words, [counted]), words("charts.waterfall.caption"), _rounded(values, words), _differing(gaps, row, changes, words)],
        ),
        words("charts.waterfall.alt", expected=expected, perceived=perceived, steps=said),
        computed.waterfall(table, row, study, words),
    )


def _pick(frame: pd.DataFrame, dimension: str | None, unit: str | None) -> pd.Series | None:
    keep = frame["dimension"].isna() if dimension is None else frame["dimension"].eq(dimension)
    keep &= frame["unit"].isna() if unit is None else frame["unit"].eq(unit)
    rows = frame[keep]
    return rows.iloc[0] if len(rows) else None


def _where(study: Study, dimension: str | None, unit: str | None, words: Words) -> str:
    what = words("charts.all_dimensions") if dimension is None else dimension_name(study, dimension, words.language)
    return what if unit is None else words("charts.in_unit", what=what, unit=unit)


def _level(canvas: Canvas, row: Row, battery: Battery, value: float, words: Words) -> None:
    canvas.label(row, strong=True)
    text = hover(words("charts.pair", name=words(f"charts.box.{battery}"), value=row.value))
    canvas.marks([value], [row.middle], [text], [str(battery)], colour=canvas.ink.of(battery), symbol=MARKS[battery], size=15)


def _step(canvas: Canvas, row: Row, start: float, end: float, change: float, reached: Battery, words: Words) -> None:
    """A floating bar from one level to the next; the level reached is marked at its end."""
    colours = canvas.ink
    colour = colours.sign(change)
    canvas.label(row, colour=colour, bold=False, strong=True)
    text = hover(
        " ".join(row.lines),
        words("charts.waterfall.hover", start=start, end=end, change=change, level=words(f"charts.box.{reached}")),
    )
    canvas.add(
        trace("bar",
            x=[end - start], base=[start], y=[row.middle], width=[16], orientation="h", hovertext=[text], hoverinfo="text",
            marker={"color": colour, "line": {"width": 0}}, customdata=[change],
        )
    )  # fmt: skip


def _rounded(values: list[float], words: Words) -> str:
    """Why the steps as they are printed do not lead from the first to the last level as printed, where they do not."""
    expected, *changes, perceived = (round(100 * float(plain(v).replace("−", "-"))) for v in values)
    return words("charts.waterfall.rounded") if expected + sum(changes) != perceived else ""


def _differing(gaps: GapTable | None, row: pd.Series, changes: list[float], words: Words) -> str:
    """Where the gaps diagram prints another number: it counts those who answered both sides of a gap."""
    if gaps is None:
        return ""
    where = {name: str(row[name]) if pd.notna(row[name]) else None for name in ("dimension", "unit")}
    there = []
    for gap, change in zip((1, 2, 3), changes, strict=False):
        level = "total" if where["dimension"] is None else "dimension"
        rows = gaps.rows(gap=gap, level=level, dimension=where["dimension"], unit=where["unit"])
        if len(rows) and signed(float(rows.iloc[0]["mean"])) != signed(change):
            there.append(words("charts.waterfall.there", gap=gap, mean=float(rows.iloc[0]["mean"])))
    return words("charts.waterfall.differs", gaps=words.list(there)) if there else ""


def _title(expected: float, perceived: float, changes: list[float], n: int, words: Words) -> str:
    """The arithmetic of the chain; no claim beyond it, since these means carry no interval, and none about a step from few people."""
    worst = min(range(len(STEPS)), key=lambda i: changes[i])
    values = {"expected": expected, "perceived": perceived}
    if n < FEW:
        return words("charts.waterfall.title.few", **values, n=n)
    if changes[worst] >= -1e-9:
        return words("charts.waterfall.title.none", **values)
    return words("charts.waterfall.title.step", **values, step=words(f"charts.waterfall.name.{STEPS[worst]}"), change=changes[worst])
