"""What every chart function returns: the figure and the words around it."""

from __future__ import annotations

from dataclasses import dataclass

from gaps.charts.layout import Figure
from gaps.computed import Computed


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure without title, and its words: the pages set them as text, so that they wrap on a phone.

    title: the finding, computed. subtitle: what is plotted, in which unit. caption: n, interval, what was left out. alt: the same for who
    cannot see it.
    All four are plain text (not Markdown, not HTML); text inside the figure is already escaped. computed: how the figure was computed, from
    what was drawn; an empty figure alone has none.
    """

    figure: Figure
    title: str
    subtitle: str
    caption: str
    alt: str
    computed: Computed | None = None

    def __post_init__(self) -> None:
        if self.computed is None and not self.figure.empty:
            raise ValueError(f"nothing says how {self.title!r} was computed")
