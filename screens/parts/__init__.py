"""Streamlit pieces that the pages share."""

import os

# Before numpy is loaded: its library would set every core to each small product, and who asks at the same time would wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
