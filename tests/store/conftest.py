"""The tests here use the importer's cases and the small studies of scoring."""

import sys
from pathlib import Path

for folder in ("importer", "scoring", "store"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
