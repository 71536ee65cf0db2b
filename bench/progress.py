"""One line that replaces itself while something is measured."""

import sys


def show_progress(text: str) -> None:
    """Show it on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{text:<70}", end="\r" if not text else "", file=sys.stderr, flush=True)
