"""How things appear: charts with their words, findings, tables, methods. All text from data passes the escaping here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from types import MappingProxyType

import streamlit as st

from gaps import escape
from gaps.charts.text import columns
from gaps.findings import Finding, statement_and_certainty
from gaps.i18n import signed as with_sign
from gaps.model import Study
from gaps.reports.grid import written
from screens.parts import browser, footer, language, lines, state, takeaway
from screens.parts.tables import NOTHING

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
BARS, LETTER = 128, 7.2  # pixels of a column of small bars, and of a letter of its heading, which is not cut
ROWS = 80  # of a table that is all text: more than that is scrolled and sorted
WORDS = 16  # columns of letters: so much stays together in a cell
TEXT = 820  # pixels: a line of text longer than this is hard to read
ICONS = {"good": ":material/check_circle:", "attention": ":material/flag:", "information": ":material/info:"}


def title(text: str) -> None:
    """The page's heading."""
    st.title(_safe(text), anchor=False)


def of_study(study: Study) -> None:
    """Which study a page is about, small over its heading: who follows a link to a page sees no other."""
    with st.container(key="of-study"):
        st.markdown(small(study.title))


def section(text: str, place: str = "") -> None:
    """The heading of a part of a page; `place`: what links to it call it."""
    with st.container(key=f"place-{place}") if place else nullcontext():
        st.header(_heading(text), anchor=False)


def way(page: str, label: str, place: str = "", icon: str = ":material/arrow_forward:") -> None:
    """A link to a page, or to a place on it: the page's script brings that into sight once it is drawn."""
    with st.container(key=f"way-to-{place}") if place else nullcontext():
        st.page_link(page, label=label, icon=icon)


def text(plain: str) -> None:
    """A paragraph of plain text."""
    st.markdown(_safe(plain), width=TEXT)


def promise(plain: str) -> None:
    """What the app is for, where there is nothing else to say yet."""
    st.header(_safe(plain), anchor=False, width=TEXT)


def note(plain: str) -> None:
    """A paragraph in small grey."""
    st.markdown(small(plain), width=TEXT)


def notes(plain: Iterable[str]) -> None:
    """Short paragraphs in small grey, one below the other."""
    st.markdown("\n".join(f"- {small(one)}" for one in plain), width=TEXT)


def small(plain: str) -> str:
    """Plain text as markup in small grey."""
    return f":small[:gray[{_safe(plain)}]]"


def cards(texts: Sequence[str], key: str) -> None:
    """Cards side by side, each a few lines of markup: one list, one message."""
    with st.container(key=f"cards-{key}"):
        st.markdown("\n".join("- " + text.replace("\n", "\n  ") for text in texts))


def figure(label: str, value: str, *below: str) -> str:
    """One number under its label, with what belongs to it in small lines, as markup."""
    name = re.sub(r"(?<=\d)\\-(?=\w)", "\\-\u2060", small(label))  # that of a wave, 2026-H1, stays on one line
    return "  \n".join((name, f"**{_safe(value)}**", *(small(line) for line in below if line)))


def answer(name: str, statement: str, certainty: str) -> str:
    """A name with what is said of it and how sure that is, as markup."""
    return f"**{_safe(name)}**  \n{_safe(statement)} {small(certainty) if certainty else ''}".rstrip()


def plain(text: str) -> str:
    """Plain text as it may stand in a label."""
    return _safe(text)


def strong(plain: str) -> None:
    """A label in bold."""
    st.markdown(f"**{_safe(plain)}**")


def dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def about(result, *codes: str) -> list[Finding]:
    """The findings whose codes begin so, in reading order."""
    return list(result.about(*codes))


_safe, _heading = lines.kept, lines.heading  # text as it is read, no markup of its own


def lead(found: Finding, study: Study) -> None:
    """The finding that a page is about."""
    led(*statement_and_certainty(found, study, language.words()), key="lead")


def led(statement: str, certainty: str = "", key: str | None = None) -> None:
    """What a page is about, in words of any catalogue, with how sure that is."""
    with st.container(gap="xsmall", key=key):
        st.header(_heading(statement), anchor=False, width=TEXT)
        if certainty:
            st.markdown(f":gray[{_safe(certainty)}]", width=TEXT)


def finding(found: Finding, study: Study, icon: str = "") -> None:
    """A finding as a paragraph, its support in grey."""
    said(*statement_and_certainty(found, study, language.words()), icon=icon)


def said(statement: str, certainty: str = "", severity: str = "", *, icon: str = "") -> None:
    """A statement of any catalogue as a paragraph, with how sure it is in grey; marked by how it is to be read, if that is given."""
    st.markdown(_said(statement, certainty, ICONS[severity] if severity else icon), width=TEXT)


def _said(statement: str, certainty: str, icon: str) -> str:
    claim, support = _safe(statement), _safe(certainty)
    between = "" if claim.endswith("。") else " "
    return f"{icon} {claim}{between}" + (f":small[:gray[{support}]]" if support else "")


def findings(found: Iterable[Finding], study: Study) -> None:
    """Findings one below the other, each marked by how it is to be read: one message."""
    words = language.words()
    said = [_said(*statement_and_certainty(one, study, words), ICONS[one.severity]) for one in found]
    if said:
        st.markdown("\n\n".join(said), width=TEXT)


def bullets(plain: Iterable[str]) -> None:
    """Short paragraphs of plain text, one below the other."""
    st.markdown("\n".join(f"- {_safe(one)}" for one in plain), width=TEXT)


def not_given(statement: str) -> None:
    """Why something is not shown, plain text from any catalogue."""
    st.info(_safe(statement), icon=":material/visibility_off:", width=TEXT)


def chart(drawn, key: str, data=None, *, led: bool = False, click: Callable | None = None) -> None:
    """A chart with its words around it as text that wraps, and the numbers behind it as a file.

    `data` is the table that it was drawn from, or a function that makes it when it is asked for. `led`: the finding above it says what its
    title would. `click` is called, before the page runs anew, with what the mark carries that was clicked, or with None where a click took
    the last one back.
    """
    with st.container(key=f"chart-{key}", gap="xsmall"):
        _words_above(drawn, led)
        _figure(drawn, key, click)
        _words_below(drawn, key, data)


def _words_above(drawn, led: bool) -> None:
    if not led:
        st.subheader(_heading(drawn.title), anchor=False, width=TEXT)
    if drawn.subtitle:
        st.markdown(f":gray[{_safe(drawn.subtitle)}]")


def _figure(drawn, key: str, click: Callable | None = None) -> None:
    if drawn.figure.empty:
        return  # nothing to see: the words say why
    more = {} if click is None else {"on_select": partial(_clicked, key, click), "selection_mode": "points"}
    with st.container(key=f"click-{key}") if click is not None else nullcontext():
        figure = drawn.figure if click is None else drawn.figure.clickable()
        st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=drawn.alt or drawn.title, **more)


def _clicked(key: str, click: Callable) -> None:
    points = state.clicked(key)
    click(points[0].get("customdata") if points else None)


def _words_below(drawn, key: str, data) -> None:
    if drawn.caption:
        note(drawn.caption)
    if not drawn.figure.empty:
        footer.line(drawn, key, data)


def download(frame, name: str, title: str, *, named: bool = False) -> None:
    """Offer the numbers behind a table as files. `title`: what it holds, as the workbook says it; `named`: the buttons say so too."""
    takeaway.table(frame, name, title, named=named)


def table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """A short table that is all text: column heading -> what stands in it, plain, as it shall be read."""
    safe = [{_safe(k): _few_words(_safe(v)) if at else _safe(v) for at, (k, v) in enumerate(row.items())} for row in rows]
    st.table(safe, border="horizontal", hide_index=True, alt=alt)


def _few_words(cell: str) -> str:
    """A cell of few words stays on one line, however many columns there are."""
    return cell.replace(" ", "\u00a0") if columns(cell) <= WORDS and re.search(r"[^\W\d]", cell) else cell


def grid(
    rows: Sequence[Mapping[str, object]],
    alt: str,
    *,
    bars: Mapping[str, str] = MappingProxyType({}),
    signed: Sequence[str] = (),
    counts: Sequence[str] = (),
) -> None:
    """A longer table: as a table that is all text, whose cells wrap; too long for that, or with bars, as a grid to scroll and sort.

    A grid's cells are drawn letter by letter, no markup; its edge may cut a number, so that a phone gets a table without the bars, which
    the figures above it show. Its own download is off for the whole app. `bars`: columns whose cells are shares, drawn as small bars from
    0, and their colours. `signed`: columns of numbers, shown with their sign and two decimals, `counts`: of whole ones; both sorted as
    numbers.
    """
    if len(rows) <= ROWS and (not bars or browser.narrow()):
        table([{k: _cell(v, k in signed, k in counts) for k, v in row.items() if k not in bars} for row in rows], alt)
        return
    headings = {k: st.column_config.Column(k) for k in (rows[0] if rows else ())}
    for k, colour in bars.items():
        width = max(BARS, round(LETTER * columns(k)) + 18)
        headings[k] = st.column_config.BarChartColumn(k, y_min=0, width=width, color=colour)
    headings |= {k: st.column_config.NumberColumn(k) for k in (*signed, *counts)}
    shown = [{k: escape.visible(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    known = [[k for k in kind if shown and k in shown[0]] for kind in (signed, counts)]
    st.dataframe(written(shown, *known) if any(known) else shown, hide_index=True, column_config=headings, alt=alt)


def _cell(value: object, sign: bool, count: bool) -> str:
    """A cell of a grid as text."""
    if value is None:
        return NOTHING
    return with_sign(value) if sign else f"{value:,}" if count else str(value)


def how(*paragraphs: str, title: str = "") -> None:
    """How a page's numbers were computed, from sentences that the computation itself chose; folded."""
    with st.expander(_safe(title or language.words()("app.method.title")), icon=":material/calculate:"):
        for paragraph in paragraphs:
            text(paragraph)


def withheld(reason: str, **values) -> None:
    """A result that is not given: what, why, and what would change it."""
    words = language.words()
    key = f"app.withheld.{reason}"
    not_given(words(key if key in words else "app.withheld.other", **values))


def on_demand(label: str, key: str, icon: str = ":material/science:"):
    """A folded part whose content is computed only once it is opened: `with` the box where it is open, None while it is folded."""
    box = st.expander(_safe(label), key=folded(key), icon=icon, on_change="rerun")
    return box if box.open else None


def folded(key: str) -> str:
    """The session key of a folded part."""
    return f"deeper-{key}"


def meaning(code: str, study: Study) -> str:
    """What a column of the file was taken as, by the importer's name for it."""
    words = language.words()
    if match := re.fullmatch(r"([EPADMSVC])(\d+)", code):
        number = int(match[2])
        label = study.instrument.item(number).label(words.language) if number in study.instrument.numbers else ""
        return words("app.meaning.answer", battery=words(f"charts.battery.{match[1]}"), number=number, label=label)
    kind, _, dimension = code.partition("_")
    if dimension and f"app.meaning.{kind}_" in words:
        return words(f"app.meaning.{kind}_", dimension=dimension)
    for key in (f"app.meaning.{code}", f"findings.outcome_name.{code}"):
        if key in words:
            return words(key)
    return code
