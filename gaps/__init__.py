"""SERVQUAL gap analysis: score the five service-quality gaps and say what drives perceived quality, and how surely."""

__version__ = "0.1.0"
