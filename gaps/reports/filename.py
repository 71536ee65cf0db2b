"""Names of files that every system and every mail program takes: ASCII letters, digits and hyphens."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60  # characters of each part


def filename(*parts: str) -> str:
    """The parts joined by hyphens, lower case, accents dropped, at most `LONGEST` characters of each.

    What has no ASCII letter or digit is left out; where nothing remains of the first part it is called "study".
    """
    first, *others = (_plain(part) for part in parts)
    return "-".join(part for part in (first or "study", *others) if part)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:LONGEST].rstrip("-")
