from itertools import combinations

import pytest

from gaps.charts.palette import DARK, LIGHT, MARKS, ink, tint
from gaps.model import Battery

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_contrast_formula_on_its_ends():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # the grey that WCAG teaching material uses as just failing


@THEMES
def test_everything_written_can_be_read(theme):
    for name in ("text", "muted", "shortfall", "surplus", "neutral"):
        assert contrast(getattr(theme, name), theme.paper) >= 4.5, name


@THEMES
def test_every_mark_stands_out(theme):
    for battery in Battery:
        assert contrast(theme.of(battery), theme.paper) >= 3, battery
    assert contrast(theme.line, theme.paper) >= 3


# Machado, Oliveira & Fernandes 2009, severity 1: what the red-blind and the green-blind see (linear RGB).
BLIND = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def seen(colour: str, kind: str) -> tuple[float, float, float]:
    """CIE Lab of a colour as a colour-blind eye sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    r, g, b = (min(max(sum(m * v for m, v in zip(row, linear, strict=True)), 0), 1) for row in BLIND[kind])
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@THEMES
@pytest.mark.parametrize("kind", BLIND)
def test_shortfall_and_surplus_stay_apart_for_colour_blind_eyes(theme, kind):
    one, other = seen(theme.shortfall, kind), seen(theme.surplus, kind)
    assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 40


@THEMES
def test_no_battery_looks_like_a_sign_or_like_another(theme):
    signs = {theme.shortfall, theme.surplus, theme.neutral}
    assert not signs & set(theme.batteries.values())
    assert all(a != b for a, b in combinations(theme.batteries.values(), 2))


def test_each_battery_has_a_mark_of_its_own():
    assert len(set(MARKS.values())) == len(Battery)


@THEMES
def test_the_sign_decides_the_colour_with_a_tolerance(theme):
    assert theme.sign(-0.2) == theme.shortfall
    assert theme.sign(0.2) == theme.surplus
    assert theme.sign(1e-17) == theme.sign(-1e-17) == theme.neutral


def test_the_theme_is_chosen_and_tints_are_clamped():
    assert ink(True) is DARK and ink(False) is LIGHT
    assert tint("#B35806", 0.5) == "rgba(179, 88, 6, 0.50)"
    assert tint("#B35806", 7).endswith("1.00)")
