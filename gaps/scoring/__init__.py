"""Arithmetic of service quality: scores, the five gaps, SERVQUAL, the zone of tolerance, the waterfall. No inference here."""

from gaps.scoring.gap_table import gap_table
from gaps.scoring.scores import CustomerScores, PairedScores, battery_totals, customer_scores, paired_scores, rating_totals
from gaps.scoring.selection import select

__all__ = [
    "CustomerScores", "PairedScores", "battery_totals", "customer_scores", "gap_table", "paired_scores", "rating_totals", "select",
]  # fmt: skip
