"""What the environment may decide. The only place that reads it."""

from __future__ import annotations

import os

from gaps.i18n import LANGUAGES


def language() -> str:
    """Language of the command line: GAPS_LANGUAGE if set, else Chinese under a Chinese locale, else English."""
    wanted = os.environ.get("GAPS_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return next((code for code in LANGUAGES if wanted.lower().startswith(code)), LANGUAGES[0])
