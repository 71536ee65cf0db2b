"""Frozen results and words in, charts out: pure functions, the only home of plotly."""

from gaps.charts.asymmetry import asymmetry_curve
from gaps.charts.asymmetry_panels import dimension_curves
from gaps.charts.beside import side_by_side
from gaps.charts.changes import wave_changes
from gaps.charts.chart import Chart
from gaps.charts.diagram import gaps_diagram
from gaps.charts.distributions import item_distributions
from gaps.charts.drivers import driver_shares
from gaps.charts.dumbbells import dumbbells
from gaps.charts.gap_detail import gap_detail
from gaps.charts.gap_paths import gap_paths
from gaps.charts.heatmap import gap_heatmap
from gaps.charts.htmt import htmt_matrix
from gaps.charts.importance_map import importance_map
from gaps.charts.models import models_side_by_side
from gaps.charts.naming import naming_curve
from gaps.charts.penalty_reward import penalty_reward
from gaps.charts.perceived import perceived
from gaps.charts.radar import radar
from gaps.charts.sides import gap_sides
from gaps.charts.slopes import dimension_slopes
from gaps.charts.standing import items_apart, standings
from gaps.charts.units import unit_intervals
from gaps.charts.waterfall import waterfall
from gaps.charts.wave_panels import wave_panels
from gaps.charts.waves import wave_lines
from gaps.charts.weights import importance_weights
from gaps.charts.what_if import predicted_change, single_moves
from gaps.charts.zone import zone_bands

__all__ = [
    "Chart",
    "asymmetry_curve",
    "dimension_curves",
    "dimension_slopes",
    "driver_shares",
    "dumbbells",
    "gap_detail",
    "gap_heatmap",
    "gap_paths",
    "gap_sides",
    "gaps_diagram",
    "htmt_matrix",
    "importance_map",
    "importance_weights",
    "item_distributions",
    "items_apart",
    "models_side_by_side",
    "naming_curve",
    "penalty_reward",
    "perceived",
    "predicted_change",
    "radar",
    "side_by_side",
    "single_moves",
    "standings",
    "unit_intervals",
    "waterfall",
    "wave_changes",
    "wave_lines",
    "wave_panels",
    "zone_bands",
]
