"""What the environment may decide. The only place that reads it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gaps.i18n import LANGUAGES

if TYPE_CHECKING:
    from gaps.disclosure import Minimum


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


def minimum() -> Minimum:
    """The fewest people of a group that the app shows: GAPS_MINIMUM if set ("5,3,3": customers, managers, employees), else the default.

    What cannot be read is said in the log, and the default holds: a slip of the pen uncovers nobody.
    """
    from gaps.disclosure import Minimum  # pandas: not where only the language is asked for

    try:
        return Minimum.of(given) if (given := os.environ.get("GAPS_MINIMUM")) else Minimum()
    except ValueError as error:
        logging.getLogger(__name__).error("GAPS_MINIMUM: %s; %s holds", error, Minimum())
        return Minimum()
