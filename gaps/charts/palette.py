"""Colours and marks: one fixed pair per battery, one diverging pair for the sign of a gap, light and dark.

Orange to purple stays apart for every common kind of colour blindness (hardening.md: PuOr 31, red-green 1); sign and certainty are
never told by colour alone: signs are printed, an interval that includes zero is drawn hollow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from gaps.model import Battery

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, '
    '"Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
)

MARKS: Mapping[Battery, str] = MappingProxyType(
    {
        Battery.EXPECTATION: "diamond",
        Battery.PERCEPTION: "circle",
        Battery.ADEQUATE: "triangle-right",
        Battery.DESIRED: "triangle-left",
        Battery.BELIEF: "square",
        Battery.STANDARD: "pentagon",
        Battery.DELIVERY: "hexagon",
        Battery.PROMISE: "star",
    }
)

_LIGHT = ("#00695C", "#1557B0", "#5B6470", "#2E6B32", "#9C2A6B", "#6D4C41", "#3F5A69", "#7A5900")
_DARK = ("#4DB6AC", "#7AB3FF", "#AAB2BD", "#8BC78F", "#E79AC4", "#C9A79C", "#9DB8C6", "#E0B84C")


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one theme; `paper` is only what marks are cleared with where they must not show through."""

    text: str
    muted: str
    track: str
    line: str
    shortfall: str
    surplus: str
    neutral: str
    paper: str
    panel: str
    batteries: Mapping[Battery, str]

    def of(self, battery: Battery) -> str:
        """The battery's colour."""
        return self.batteries[battery]

    def sign(self, mean: float) -> str:
        """The colour of a gap's sign: shortfall warm, surplus cool, exactly none grey."""
        if mean < -1e-9:
            return self.shortfall
        return self.surplus if mean > 1e-9 else self.neutral


LIGHT = Ink(
    text="#1F2933",
    muted="#59636E",
    track="#D9DEE4",
    line="#7B8794",
    shortfall="#B35806",
    surplus="#5E3C99",
    neutral="#6B7280",
    paper="#FFFFFF",
    panel="rgba(31, 41, 51, 0.045)",
    batteries=MappingProxyType(dict(zip(Battery, _LIGHT, strict=True))),
)
DARK = Ink(
    text="#F1F4F8",
    muted="#A9B4C0",
    track="#3A424D",
    line="#8793A0",
    shortfall="#F5A34D",
    surplus="#BDA6F0",
    neutral="#A3ACB8",
    paper="#0E1117",
    panel="rgba(241, 244, 248, 0.06)",
    batteries=MappingProxyType(dict(zip(Battery, _DARK, strict=True))),
)


def ink(dark: bool) -> Ink:
    """The theme's colours."""
    return DARK if dark else LIGHT


def tint(colour: str, strength: float) -> str:
    """A `#RRGGBB` colour at a strength of 0 (clear) to 1 (full)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {min(max(strength, 0.0), 1.0):.2f})"


def on_paper() -> Mapping[str, str]:
    """Each colour of the dark theme, as a browser writes it in a drawing, with the one that takes its place on paper."""
    pairs = [(getattr(DARK, f.name), getattr(LIGHT, f.name)) for f in fields(Ink) if f.name != "batteries"]
    pairs += [(DARK.of(battery), LIGHT.of(battery)) for battery in Battery]
    written = {_written(dark): _written(light) for dark, light in pairs}
    return MappingProxyType(written | {dark: light for dark, light in pairs if dark.startswith("#")})


def _written(colour: str) -> str:
    """`rgb(31, 41, 51)`: marks are drawn so; text with a colour of its own within a line keeps `#1F2933`."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)] if colour.startswith("#") else colour[5:].split(",")[:3]
    return f"rgb({', '.join(str(part).strip() for part in parts)})"
