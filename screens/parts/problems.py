"""What is wrong with a file, all at once, where it stands as seen in Excel, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from gaps import escape
from gaps.problems import Problem, Severity
from screens.parts import language, show

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)
MOST = 20  # problems of one kind that stand open on the page
_ICONS = {Severity.ERROR: ":material/block:", Severity.WARNING: ":material/warning:", Severity.INFORMATION: ":material/info:"}


def refusal(name: str, found: tuple[Problem, ...]) -> None:
    """Say that a file was not taken, and everything that is wrong with it."""
    words = language.words()
    errors = sum(p.severity is Severity.ERROR for p in found)
    st.error(words("app.problems.refused", file=escape.markdown(name), errors=errors), icon=":material/block:")
    table(found)


def table(found: Iterable[Problem], *, rows: bool = True) -> None:
    """Problems, the gravest first: what to do, and where; `rows`: down to the rows of the file."""
    words = language.words()
    found = [p if rows else replace(p, rows=()) for p in found]
    for severity in _ORDER:
        some = [p for p in found if p.severity is severity]
        if not some:
            continue
        heading = words(f"app.problems.{severity}", n=len(some))
        if severity is Severity.INFORMATION:
            with st.expander(heading, icon=_ICONS[severity]):
                _table(some, heading)
            continue
        st.markdown(f"{_ICONS[severity]} **{heading}**")
        _table(some[:MOST], heading)
        if len(some) > MOST:
            with st.expander(words("app.problems.more", n=len(some) - MOST)):
                _table(some[MOST:], heading)


def _table(found: list[Problem], heading: str) -> None:
    with st.container(key=f"problems-{found[0].code}-{len(found)}"):
        rows = [_row(p) for p in found]
        used = [name for name in rows[0] if any(row[name] for row in rows)]  # a column that says nothing takes room from the sentence
        show.table([{name: row[name] for name in used} for row in rows], heading)


def _row(problem: Problem) -> dict[str, str]:
    words = language.words()
    return {
        words("app.problems.what"): words(f"problems.{problem.code}", **problem.values),
        words("app.problems.sheet"): problem.sheet or "",
        words("app.problems.column"): problem.column or "",
        words("app.problems.rows"): _rows(problem),
    }


def _rows(problem: Problem) -> str:
    if not problem.rows:
        return ""
    more = problem.count > len(problem.rows)
    return ", ".join(map(str, problem.rows)) + (" …" if more else "")


def set_aside(report) -> None:
    """Answers that were read and not used: how many and why, and one by one on demand."""
    words = language.words()
    show.text(words("app.problems.set_aside", n=report.set_aside_total))
    show.table(
        [
            {words("app.problems.reason"): _reason(code), words("app.problems.answers"): words("app.show.count", n=n)}
            for code, n in report.reasons
        ],
        words("app.problems.set_aside", n=report.set_aside_total),
    )
    if not report.set_aside:
        return  # came by a link: the answers stay with whoever shared it
    with st.expander(words("app.problems.one_by_one"), icon=":material/list:"):
        if report.set_aside_total > len(report.set_aside):
            show.note(words("app.problems.first", n=len(report.set_aside), of=report.set_aside_total))
        rows = [
            {
                words("app.problems.sheet"): a.sheet,
                words("app.problems.row"): a.row,
                words("app.problems.column"): a.column,
                words("app.problems.value"): a.value,
                words("app.problems.reason"): _reason(a.reason),
            }
            for a in report.set_aside
        ]
        show.grid(rows, words("app.problems.one_by_one"))
        show.download(rows, "set-aside", words("app.problems.one_by_one"))


def _reason(code: str) -> str:
    words = language.words()
    key = f"app.reason.{code}"
    return words(key if key in words else "app.reason.other")
