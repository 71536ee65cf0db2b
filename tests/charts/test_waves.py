import pytest

from gaps.charts import wave_lines
from gaps.model import Withheld
from gaps.stats.change import WaveChange
from tests.charts.results import study, table, wave_rows

MEANS = {"2025-1": -1.2, "2025-2": -1.1, "2026-1": -0.6}


def test_waves_stand_in_order_with_their_intervals(words):
    rows = wave_rows(MEANS)
    line = wave_lines(table(rows[::-1]), study(waves=tuple(MEANS)), words=words).figure.data[0]
    assert list(line.customdata) == list(MEANS)
    assert list(line.y) == list(MEANS.values())
    assert list(line.error_y.array) == pytest.approx([0.1] * 3)


def test_zero_is_in_view(en):
    low, high = wave_lines(table(wave_rows(MEANS)), study(waves=tuple(MEANS)), words=en).figure.layout.yaxis.range
    assert low < -1.3 and high > 0


def changed(before: float, after: float, half=0.14, design="independent", n_pairs=0) -> WaveChange:
    change = after - before
    return WaveChange("gap", 5, "a", "b", before, after, change, change - half, change + half, 0.01, 200, 200, n_pairs, design)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (changed(-1.1, -0.6), "From a to b the shortfall narrowed from −1.10 to −0.60 (change +0.50, +0.36 to +0.64)"),
        (changed(-0.5, -1.0), "From a to b the shortfall widened from −0.50 to −1.00 (change −0.50, −0.64 to −0.36)"),
        (changed(-1.0, -0.9), "From a to b no clear change: −1.00, then −0.90 (change +0.10, −0.04 to +0.24)"),
        (changed(-0.2, 0.3), "From a to b the gap rose from below zero to above it: −0.20, then +0.30 (change +0.50, +0.36 to +0.64)"),
        (changed(0.9, 0.4), "From a to b the gap came down towards zero, from +0.90 to +0.40 (change −0.50, −0.64 to −0.36)"),
        (Withheld("guards_others"), "No change between waves is shown: a smaller group could be computed from it"),
        (Withheld("few"), "Fewer than two waves have answers enough to be compared"),
    ],
)
def test_the_title_claims_a_change_only_where_its_interval_does(en, change, title):
    assert wave_lines(table(wave_rows(MEANS)), study(waves=tuple(MEANS)), change=change, words=en).title == title


def test_the_caption_says_who_was_compared(en):
    caption = wave_lines(table(wave_rows(MEANS)), study(), change=changed(-1, -0.5, design="partly_paired", n_pairs=40), words=en).caption
    assert "the 40 people who answered in both waves" in caption


def test_a_wave_without_interval_is_drawn_hollow(en):
    rows = wave_rows({"a": -1.0, "b": -0.5, "c": -2.0})
    rows[2] |= {"low": float("nan"), "high": float("nan"), "se": float("nan"), "n_achieved": 1}
    chart = wave_lines(table(rows), study(waves=("a", "b", "c")), words=en)
    assert list(chart.figure.data[0].marker.symbol) == ["circle", "circle", "circle-open"]


def test_many_waves_keep_a_readable_axis(en):
    means = {f"wave {i:02d}": -1.0 for i in range(24)}
    axis = wave_lines(table(wave_rows(means)), study(waves=tuple(means)), words=en).figure.layout.xaxis
    assert len(axis.tickvals) <= 6 and axis.tickvals[-1] == 23


def test_the_caption_sums_the_waves_since_each_asks_other_people(en):
    assert wave_lines(table(wave_rows(MEANS)), study(waves=tuple(MEANS)), words=en).caption.startswith("n = 600 customers.")
