"""SERVQUAL gap analysis: score the five service-quality gaps and say what drives perceived quality, and how surely."""

import os

# Before numpy is loaded: its library would set every core to each small product. That takes longer, and who asks at the same time waits.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
