"""The key figures in words: a label, the number, its interval, and who stands behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.model import Withheld

if TYPE_CHECKING:
    from gaps.stats.key_figures import KeyFigure, KeyFigures  # scipy: not on the way to the first page

NOTHING = "–"
QUALITY, SHARE, CHANGE = "quality", "share", "change"


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as it is read; plain text (wave names come from the data: escape it where it is shown)."""

    name: str
    label: str
    value: str
    interval: str
    behind: str


def shown(figures: KeyFigures, outcome: str | None, words: Callable) -> tuple[Shown, ...]:
    """All four, in reading order; a withheld one says why in few words."""
    return tuple(_one(name, figure, outcome, words) for name, figure in figures.each())


def _one(name: str, figure: KeyFigure | Withheld, outcome: str | None, words: Callable) -> Shown:
    if isinstance(figure, Withheld):
        key = f"overview.withheld.{figure.reason}"
        why = words(key if key in words else "overview.withheld.other", **figure.values)
        label = f"overview.label.{outcome}" if name == QUALITY and outcome else f"overview.label.{name}"
        return Shown(name, words(label), NOTHING, why, "")
    values = dict(figure.values) | {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}
    number = words(f"overview.value.{figure.kind}", **values)
    return Shown(name, _label(figure, words), number, _interval(figure, values, words), _behind(figure, values, words))


def _label(figure: KeyFigure, words: Callable) -> str:
    if figure.kind == QUALITY:
        return words(f"overview.label.{figure.values['outcome']}")
    if figure.kind == SHARE:
        return words(f"overview.label.share_{figure.values['wanted']}")
    if figure.kind == CHANGE:
        return words(f"overview.label.change_{figure.values['measure']}", wave=figure.values["wave_before"])
    return words(f"overview.label.{figure.kind}")


def _interval(figure: KeyFigure, values: dict, words: Callable) -> str:
    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        why = "few" if figure.few else "alike" if figure.values.get("alike") else "no_interval"
        return words(f"overview.{why}")
    open_ = figure.kind == CHANGE and figure.low <= 0 <= figure.high
    return words(f"overview.interval.{figure.kind}{'_open' if open_ else ''}", **values)


def _behind(figure: KeyFigure, values: dict, words: Callable) -> str:
    more = next((f"_{extra}" for extra in ("weighted", "desired", "adequate") if extra in values), "")
    return words(f"overview.behind.{figure.kind}{more}", **values)
