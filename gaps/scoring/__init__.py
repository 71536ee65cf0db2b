"""Arithmetic of service quality: scores, the five gaps, SERVQUAL, the zone of tolerance, the waterfall. No inference here."""

from gaps.scoring.distributions import distributions
from gaps.scoring.gap_table import gap_table
from gaps.scoring.scores import (
    CustomerScores,
    PairedScores,
    battery_scores,
    battery_totals,
    customer_scores,
    paired_scores,
    rating_totals,
)
from gaps.scoring.selection import select
from gaps.scoring.servqual import servqual, stated_shares, stated_sums
from gaps.scoring.units import unit_scores
from gaps.scoring.waterfall import waterfall
from gaps.scoring.zone import zone

__all__ = [
    "CustomerScores",
    "PairedScores",
    "battery_scores",
    "battery_totals",
    "customer_scores",
    "distributions",
    "gap_table",
    "paired_scores",
    "rating_totals",
    "select",
    "servqual",
    "stated_shares",
    "stated_sums",
    "unit_scores",
    "waterfall",
    "zone",
]
