"""Frozen results and words in, charts out: pure functions, the only home of plotly."""

from gaps.charts.asymmetry import asymmetry_curve
from gaps.charts.chart import Chart
from gaps.charts.diagram import gaps_diagram
from gaps.charts.drivers import driver_shares
from gaps.charts.dumbbells import dumbbells
from gaps.charts.gap_paths import gap_paths
from gaps.charts.heatmap import gap_heatmap
from gaps.charts.importance_map import importance_map
from gaps.charts.models import models_side_by_side
from gaps.charts.units import unit_intervals
from gaps.charts.waterfall import waterfall
from gaps.charts.waves import wave_lines
from gaps.charts.zone import zone_bands

__all__ = [
    "Chart",
    "asymmetry_curve",
    "driver_shares",
    "dumbbells",
    "gap_heatmap",
    "gap_paths",
    "gaps_diagram",
    "importance_map",
    "models_side_by_side",
    "unit_intervals",
    "waterfall",
    "wave_lines",
    "zone_bands",
]
