"""What the environment may decide. The only place that reads it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gaps.i18n import LANGUAGES


def language() -> str:
    """Language of the command line: GAPS_LANGUAGE if set, else Chinese under a Chinese locale, else English."""
    wanted = os.environ.get("GAPS_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return next((code for code in LANGUAGES if wanted.lower().startswith(code)), LANGUAGES[0])


def folder() -> Path:
    """Where the app keeps what outlives a session: GAPS_FOLDER if set, else a folder of the user's by the platform's convention.

    Nothing is created here.
    """
    if given := os.environ.get("GAPS_FOLDER"):
        return Path(given).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser() / "gaps"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/gaps").expanduser()
    given = os.environ.get("XDG_DATA_HOME", "")
    return (Path(given) if Path(given).is_absolute() else Path("~/.local/share").expanduser()) / "gaps"
