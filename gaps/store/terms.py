"""How long a shared study is kept: a choice of terms, each with the last day on which its links open something."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Term(StrEnum):
    """For how long a link works."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    OPEN = "open"  # until it is taken back


USUAL = Term.MONTH
DAYS = {Term.WEEK: 7, Term.MONTH: 30, Term.YEAR: 365}


def today() -> date:
    """The day by the server's clock."""
    return date.today()


def last_day(term: Term) -> date | None:
    """The last day of a term that begins today, that day included; None where it has no end."""
    return today() + timedelta(days=DAYS[term]) if term in DAYS else None


def ended(until: date | None) -> bool:
    """Whether the last day is over."""
    return until is not None and today() > until
