"""Lets the tests here share the workbook builder."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "importer"), str(Path(__file__).parent)]
