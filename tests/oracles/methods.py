"""The published and computed figures that the methods reference keeps in machine-readable form, by entry name."""

import json
from pathlib import Path


def figures(shared: Path) -> dict[str, dict]:
    """Every entry: name -> its figures."""
    return json.loads((shared / "methods-tests.json").read_text(encoding="utf-8"))
