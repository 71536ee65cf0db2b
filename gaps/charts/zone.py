"""The zone of tolerance: the band from adequate to desired service, and where perceived service lies (methods 1.3)."""

from __future__ import annotations

import math

from gaps.charts.brackets import MARK, hides
from gaps.charts.cell import dimension_name
from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, Rows, scale_axis, whiskers
from gaps.charts.palette import MARKS, ink, tint
from gaps.charts.text import customers, hover, pairs, sentences
from gaps.computed import scores as computed
from gaps.disclosure.minimum import SMALL
from gaps.i18n import Words, plain
from gaps.model import Battery, Study
from gaps.scoring.tables import ZoneTable

TOLERANCE = 1e-9


def zone_bands(zone: ZoneTable, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw each dimension's zone of tolerance as a band with the perceived mean on it, and the interval of its distance to the band."""
    frame = zone.frame[zone.frame["item"].isna() & zone.frame["dimension"].notna()]
    order = {d.id: i for i, d in enumerate(study.instrument.dimensions)}
    records = sorted(frame.to_dict("records"), key=lambda r: order.get(r["dimension"], len(order)))
    shown = [r for r in records if all(math.isfinite(float(r[c])) for c in ("adequate", "desired", "perceived"))]
    names = [dimension_name(study, r["dimension"], words.language) for r in shown]
    scale, colours = study.instrument.scale, ink(dark)
    states = [words(f"charts.zone.state.{_state(r)}") for r in shown]
    stack = Rows.of(names, states, body=24)
    air = scale.span * 0.03
    canvas = Canvas(colours, max(stack.height, 40), (scale.min - air, scale.max + air), top=30, bottom=30, legend=bool(shown))
    canvas.xaxis = scale_axis(scale.min, scale.max)
    texts = []
    for row, record, name in zip(stack.rows, shown, names, strict=True):
        below = _state(record) == "below"
        canvas.label(row, colour=colours.shortfall if below else None, strong=below)
        canvas.line(scale.min, row.middle, scale.max, row.middle, colours.track, width=2)
        band = colours.of(Battery.DESIRED)
        canvas.rect(record["adequate"], row.middle - 9, record["desired"], row.middle + 9, tint(band, 0.22), outline=tint(band, 0.6))
        texts.append(
            hover(
                name,
                words("charts.zone.hover", **{k: record[k] for k in ("adequate", "desired", "perceived", "adequacy", "superiority", "n")}),
            )
        )
    for battery, column in ((Battery.ADEQUATE, "adequate"), (Battery.DESIRED, "desired"), (Battery.PERCEPTION, "perceived")):
        canvas.marks(
            [float(r[column]) for r in shown],
            [r.middle for r in stack.rows],
            texts,
            [r["dimension"] for r in shown],
            colour=colours.of(battery),
            symbol=MARKS[battery],
            size=MARK if battery is Battery.PERCEPTION else 13,  # its whisker is seen beyond it
            name=words(f"charts.battery.{battery}"),
            **({"error_x": _whiskers(shown, colours.text)} if battery is Battery.PERCEPTION else {}),
        )
    return Chart(
        canvas.figure(),
        _title(shown, names, any(r.get("withheld") == SMALL for r in records), words),
        words("charts.zone.subtitle", min=plain(scale.min, 0), max=plain(scale.max, 0)),
        sentences(words, [_caption(shown, words), words("charts.marks.hidden") if hides(_ends(shown), canvas.x, narrow=True) else ""]),
        words(
            "charts.zone.alt", rows=pairs(words, ((n, words(f"charts.zone.state.{_state(r)}")) for r, n in zip(shown, names, strict=True)))
        ),
        computed.zone(zone, study, words),
    )


def _state(record: dict) -> str:
    """Where perceived service stands: "below", "inside" or "above" where the intervals of P - A and P - D leave no doubt, else
    "about_adequate" or "about_desired". Without intervals by the means."""
    ends = [float(record.get(f"{name}_{end}", math.nan)) for name in ("adequacy", "superiority") for end in ("low", "high")]
    if not all(map(math.isfinite, ends)):
        ends = [record["perceived"] - record[level] for level in ("adequate", "adequate", "desired", "desired")]
    low_a, high_a, low_d, high_d = ends
    if high_a < -TOLERANCE:
        return "below"
    if low_d > TOLERANCE:
        return "above"
    if low_a < -TOLERANCE:
        return "about_adequate"
    return "about_desired" if high_d > TOLERANCE else "inside"


def _ends(shown: list[dict]) -> list[tuple[float, float]]:
    """The interval of perceived minus adequate, laid from the adequate level to the perceived mark."""
    return [tuple(r["adequate"] + float(r.get(f"adequacy_{end}", math.nan)) for end in ("low", "high")) for r in shown]


def _whiskers(shown: list[dict], colour: str) -> dict:
    lows, highs = ([ends[k] for ends in _ends(shown)] for k in range(2))
    return whiskers([float(r["perceived"]) for r in shown], lows, highs, colour, cap=5)


def _title(shown: list[dict], names: list[str], hidden: bool, words: Words) -> str:
    if not shown:
        return words("disclosure.zone" if hidden else "charts.zone.title.not_measured")
    states = [_state(r) for r in shown]
    below = [n for n, s in zip(names, states, strict=True) if s == "below"]
    values = {"inside": states.count("inside"), "above": states.count("above"), "count": len(shown)}
    if below:
        return words("charts.zone.title.below", **values, names=words.list(below))
    return words("charts.zone.title.above" if values["above"] else "charts.zone.title.inside", **values)


def _caption(shown: list[dict], words: Words) -> str:
    counts = [int(r["n"]) for r in shown]
    out = max((int(r["inconsistent"]) for r in shown), default=0)
    parts = [words("charts.n_list", counts=customers(words, counts))] if counts else []
    parts.append(words("charts.zone.caption"))
    if out:
        parts.append(words("charts.zone.inconsistent", n=out))
    return sentences(words, parts)
