"""The chain of gaps as it was estimated: which gap goes with a later one, and which with quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaps.charts.chart import Chart
from gaps.charts.layout import Canvas, trace
from gaps.charts.palette import ink
from gaps.charts.text import block, columns, hover, pairs, sentences, wrap
from gaps.computed import models as computed
from gaps.i18n import Words, signed
from gaps.model import Gap, Study
from gaps.stats.chain_results import CLEAR, JOINT, OPEN, Chain, Effect, Path

INSIDE = tuple(f"gap{int(g)}" for g in Gap if g is not Gap.CUSTOMER)
TALL, BETWEEN = 50, 46  # pixels: a box, the room to the next
X0, X1 = 32.0, 68.0  # the boxes, in per cent of the width
BAR = (88.0, 99.0)  # the outcome
RAILS = ((1, 3, 22), (2, 4, 48), (1, 4, 74))  # gap, a later gap, and how far left of the boxes their path runs, in pixels
DRAWN, DASHED, DOTTED = "drawn", "dashed", "dotted"


@dataclass(frozen=True, slots=True)
class Link:
    """A path as it is drawn: between which, how (drawn, dashed: may be none, dotted: withheld), the number written, and the whole story."""

    cause: str
    effect: str
    look: str
    value: str
    told: str


def gap_paths(chain: Chain, study: Study, *, words: Words, dark: bool = False) -> Chart:
    """Draw gaps 1 to 4 from the top down, their paths to later gaps at the left and between them, and to the outcome at the right.

    A path is drawn through where it can be shown (99 % interval, measurement error taken out), dashed where none can be shown, dotted
    with a question mark where it is withheld; towards the outcome the direct effects (95 %; with too few units for the system: each gap
    alone). A gap that was not measured, or in too few units, is an empty dotted box. The chain must not be withheld.
    """
    from gaps.findings.chain import paths, sentence  # the statistics behind it are not on the way to the first page

    if chain.withheld is not None:
        raise ValueError(f"a chain withheld ({chain.withheld.reason}) has no paths to draw")
    colours = ink(dark)
    bottom = 8 + 4 * TALL + 3 * BETWEEN
    canvas = Canvas(colours, bottom + 4, (0, 100), left=4, right=4, top=4, bottom=4)
    canvas.xaxis = {"visible": False}
    outcome = words("findings.outcome_name.P") if chain.outcome == "P" else words(f"charts.outcome.{chain.outcome}")
    links = [_path(p, sentence(f, words)) for p, f in zip(chain.paths, paths(chain), strict=True)]
    ends = [_effect(e, chain, outcome, words) for e in chain.effects]
    for link in links:
        _between(canvas, link, words)
    for link in ends:
        _to_outcome(canvas, link, words)
    known = {e.name for e in chain.effects}
    for number, name in enumerate(INSIDE, start=1):
        _box(canvas, number, name in known, study, words)
    _outcome(canvas, outcome, bottom, words)
    return Chart(
        canvas.figure(),
        _title(chain, words),
        words(f"chain.picture.subtitle.{chain.stage}", outcome=outcome),
        sentences(words, [words("chain.picture.caption", n=chain.units), *_dotted([*links, *ends], words)]),
        words("chain.picture.alt", rows=pairs(words, ((_pair(link, words, outcome), _state(link, words)) for link in [*links, *ends]))),
        computed.chain(chain, words),
    )


def _top(number: int) -> float:
    return 4 + (number - 1) * (TALL + BETWEEN)


def _number(name: str) -> int:
    return int(name.removeprefix("gap"))


def _path(path: Path, told: str) -> Link:
    look = {CLEAR: DRAWN, OPEN: DASHED}.get(path.status, DOTTED)
    return Link(path.cause, path.effect, look, "?" if look == DOTTED else signed(path.path.value), told)


def _effect(effect: Effect, chain: Chain, outcome: str, words: Words) -> Link:
    values = {"gap": words(f"findings.gap_name.{_number(effect.name)}"), "outcome": outcome}
    if effect.split_withheld is not None:
        return Link(effect.name, "", DOTTED, "?", words("chain.picture.not_split", **values))
    shown, key = (effect.direct, "direct") if chain.stage == JOINT else (effect.total, "alone")
    told = words(f"chain.picture.{key}", value=shown.value, low=shown.low, high=shown.high, **values)
    return Link(effect.name, "", DRAWN if shown.sign else DASHED, signed(shown.value), told)


def _style(canvas: Canvas, link: Link) -> dict:
    colours = canvas.ink
    return {
        DRAWN: {"colour": colours.text, "width": 2.6, "dash": "solid"},
        DASHED: {"colour": colours.line, "width": 1.3, "dash": "dash"},
        DOTTED: {"colour": colours.line, "width": 1.8, "dash": "dot"},
    }[link.look]


def _between(canvas: Canvas, link: Link, words: Words) -> None:
    """A path from gap to gap: straight down to the neighbour, else along a rail at the left."""
    cause, effect = _number(link.cause), _number(link.effect)
    style = _style(canvas, link)
    if effect == cause + 1:
        x, y0, y1 = (X0 + X1) / 2, _top(cause) + TALL, _top(effect)
        canvas.line(x, y0, x, y1 - 2, style["colour"], style["width"], style["dash"])
        _head(canvas, x, y1, 0, -10, style)
        _value(canvas, link, x, (y0 + y1) / 2 - 2, 8, "left", words)
        return
    out = next(far for a, b, far in RAILS if (a, b) == (cause, effect))
    start, end = _top(cause) + TALL * 0.68, _top(effect) + TALL * (0.26 if effect - cause == 2 else 0.5)
    canvas.shapes.append(
        {
            "type": "path", "path": f"M 0,{start} L {-out},{start} L {-out},{end} L -3,{end}", "xsizemode": "pixel", "xanchor": X0,
            "layer": "below", "fillcolor": "rgba(0,0,0,0)",
            "line": {"color": style["colour"], "width": style["width"], "dash": style["dash"]},
        }
    )  # fmt: skip
    _head(canvas, X0, end, -10, 0, style)
    _value(canvas, link, X0, (start + end) / 2, -out, "center", words)


def _to_outcome(canvas: Canvas, link: Link, words: Words) -> None:
    y, style = _top(_number(link.cause)) + TALL / 2, _style(canvas, link)
    canvas.line(X1, y, BAR[0], y, style["colour"], style["width"], style["dash"])
    _head(canvas, BAR[0], y, -10, 0, style)
    _value(canvas, link, (X1 + BAR[0]) / 2, y - 13, -3, "center", words)


def _head(canvas: Canvas, x: float, y: float, ax: float, ay: float, style: dict) -> None:
    """The arrow's head: its shaft lies on the line, which may be dashed."""
    canvas.annotations.append(
        {
            "x": x, "y": y, "ax": ax, "ay": ay, "xref": "x", "yref": "y", "text": "", "showarrow": True, "arrowhead": 2,
            "arrowsize": 1.1, "arrowwidth": max(style["width"] * 0.7, 1.1), "arrowcolor": style["colour"],
        }
    )  # fmt: skip


def _value(canvas: Canvas, link: Link, x: float, y: float, shift: float, anchor: str, words: Words) -> None:
    """The number, legible over lines that pass, and a point to hover over."""
    strong = link.look == DRAWN
    look = {"xanchor": anchor, "yanchor": "middle", "align": "center", "xshift": shift, "size": 12.5}
    colour = canvas.ink.text if strong else canvas.ink.muted
    canvas.text(block([link.value]), x, y, colour=colour, bold=strong, bgcolor=canvas.ink.paper, **look)
    canvas.add(
        trace("scatter",
            x=[x], y=[y], mode="markers", marker={"size": 34, "opacity": 0, "color": canvas.ink.text}, hovertext=[hover(link.told)],
            hoverinfo="text", customdata=[f"{link.cause}>{link.effect}"], name=f"{link.cause} {link.effect}".strip(), showlegend=False,
        )
    )  # fmt: skip


def _box(canvas: Canvas, number: int, known: bool, study: Study, words: Words) -> None:
    colours, top = canvas.ink, _top(number)
    canvas.rect(X0, top, X1, top + TALL, colours.panel, outline=colours.text if known else colours.line, width=1.6 if known else 1)
    lines = [f"<b>{block([words('chain.picture.gap', gap=number)])}</b>", block([words(f"charts.gap.{number}")])]
    if not known:
        canvas.shapes[-1]["line"]["dash"] = "dot"
        lines[1] = block([words("charts.cell.not_measured" if study.design(Gap(number)) is None else "chain.picture.not_used")])
    place = {"xanchor": "center", "yanchor": "middle", "align": "center", "size": 12.5}
    canvas.text("<br>".join(lines), (X0 + X1) / 2, top + TALL / 2, colour=colours.text if known else colours.muted, **place)


def _outcome(canvas: Canvas, outcome: str, bottom: float, words: Words) -> None:
    """The outcome as a tall box at the right edge, which all gaps reach."""
    colours = canvas.ink
    canvas.rect(BAR[0], 4, BAR[1], bottom - 4, colours.panel, outline=colours.text, width=1.6)
    upright = words.language == "zh"  # Chinese stands upright, one character below the other
    text = "<br>".join(block([char]) for char in outcome) if upright else block(wrap(outcome, 40, 1))
    place = {"xanchor": "center", "yanchor": "middle", "align": "center", "textangle": 0 if upright or columns(outcome) < 5 else -90}
    canvas.text(text, sum(BAR) / 2, bottom / 2, bold=True, **place)


def _pair(link: Link, words: Words, outcome: str) -> str:
    effect = words("chain.picture.gap", gap=_number(link.effect)) if link.effect else outcome
    return words("chain.picture.link", cause=words("chain.picture.gap", gap=_number(link.cause)), effect=effect)


def _state(link: Link, words: Words) -> str:
    return words(f"chain.picture.state.{link.look}", value=link.value)


def _dotted(links: Sequence[Link], words: Words) -> list[str]:
    return [words("chain.picture.dotted")] if any(link.look == DOTTED for link in links) else []


def _title(chain: Chain, words: Words) -> str:
    """Which paths between gaps can be shown."""
    clear = [p for p in chain.paths if p.status == CLEAR]
    if not chain.paths:
        return words("chain.picture.title.one")
    if not clear:
        return words("chain.picture.title.none")
    gap = {p: words("chain.picture.gap", gap=_number(p)) for path in clear for p in (path.cause, path.effect)}
    shown = [words("chain.picture.link", cause=gap[p.cause], effect=gap[p.effect]) for p in clear]
    return words("chain.picture.title.some", links=words.list(shown))
