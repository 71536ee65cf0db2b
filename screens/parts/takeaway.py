"""What can be taken along: the menu below a chart, the whole result, and the head of a printed page."""

from __future__ import annotations

from datetime import date

import streamlit as st

from gaps import escape
from gaps.model import Study
from gaps.reports.filename import filename
from gaps.reports.separated import csv
from screens.parts import browser, language, selection, state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def head(study: Study | None) -> None:
    """Note which study and selection the page shows, for what is taken along; a printed page begins with them."""
    named = selection.named(selection.current(study)) if study is not None else ""
    state.show_of(study.title if study is not None else "", named)
    if study is None:
        return
    words = language.words()
    with st.container(key="paper-head"):
        st.markdown(f"{escape.markdown(_source(words))}  \n:small[:gray[{words('reports.paper.method')}]]")


def of_unit(unit: str) -> None:
    """Note which unit the page is about, for what is taken along; its control is not on paper, so a line there says it."""
    state.show_unit(unit)
    with st.container(key="paper-unit"):
        st.markdown(f"**{escape.markdown(language.words()('reports.paper.unit', unit=unit))}**")


def _source(words) -> str:
    """Which study it is, who is shown, and of when: what stands on paper and on every picture."""
    study, selected, _, unit = state.shown_of()
    who = [selected or words("reports.about.everybody"), *([words("reports.paper.unit", unit=unit)] if unit else [])]
    return words("reports.paper.head", study=study, selected=" · ".join(who), day=words.date(date.today()))


def _file(name: str) -> str:
    """What a file is called: the study, what is in it, the unit that the page is about, and who is selected."""
    study, selected, _, unit = state.shown_of()
    return filename(study, name, unit, selected)


def menu(drawn, key: str, data) -> None:
    """The menu below a chart: the chart as it is drawn, and the numbers behind it. Filled once it is opened; a file is made when it is
    asked for. `data` is a table, or a function that gives one.
    """
    words = language.words()
    box = st.popover(words("reports.menu.open"), icon=":material/download:", type="tertiary", key=f"take-{key}", on_change="rerun")
    if not box.open:
        return
    file, about = _file(key), _about(drawn.title, drawn.subtitle, drawn.caption)
    with box:
        browser.picture(drawn, key, file, _source(words), words)
        if data is not None and (callable(data) or len(data)):
            made = data if callable(data) else lambda: data
            _button(words("reports.menu.csv"), lambda: csv(made()), f"{file}.csv", "text/csv", f"csv-{key}", ":material/csv:")
            _button(
                words("reports.menu.xlsx"), lambda: _sheet(made(), about, words), f"{file}.xlsx", XLSX, f"xlsx-{key}", ":material/table:"
            )


def table(frame, name: str, title: str, *, named: bool = False) -> None:
    """The numbers behind a table, as two small buttons in a line; the workbook also says what and whom it is about. `frame` is a table, or
    a function that makes it when it is asked for."""
    words = language.words()
    file, about, wrap = _file(name), _about(title), "named" if named else "menu"
    made = frame if callable(frame) else lambda: frame
    with st.container(horizontal=True, gap="small", key=f"table-{name}"):
        _button(words(f"reports.{wrap}.csv", what=title), lambda: csv(made()), f"{file}.csv", "text/csv", f"csv-{name}", ":material/csv:")
        xlsx = words(f"reports.{wrap}.xlsx", what=title)
        _button(xlsx, lambda: _sheet(made(), about, words), f"{file}.xlsx", XLSX, f"xlsx-{name}", ":material/table:")


def whole(result, problems) -> None:
    """The whole result as a workbook and as the JSON that the command line writes."""
    words = language.words()
    file, about = _file("results"), _about(words("reports.whole.title"))
    rows = not state.followed()
    with st.container(horizontal=True, key="whole-result"):
        _button(
            words("reports.whole.xlsx"), lambda: _workbook(result, about, words), f"{file}.xlsx", XLSX, "xlsx-whole", ":material/table:"
        )
        _button(
            words("reports.whole.json"),
            lambda: _json(result, problems, words, rows),
            f"{file}.json",
            "application/json",
            "json-whole",
            ":material/data_object:",
        )


def _button(label: str, data, name: str, mime: str, key: str, icon: str) -> None:
    st.download_button(label, data, file_name=name, mime=mime, key=key, on_click="ignore", type="tertiary", icon=icon)


def _about(title: str, subtitle: str = "", caption: str = ""):
    """The words around a table, as plain values: the files are made outside of a session, which cannot be asked then."""
    return (title, subtitle, caption, *state.shown_of())


def _said(about):
    from gaps.reports.workbook import About  # loads openpyxl, which no page waits for

    title, subtitle, caption, study, selected, aside, unit = about
    words_around = {"title": title, "subtitle": subtitle, "caption": caption}
    return About(study=study, day=date.today(), selected=selected, aside=aside, unit=unit, **words_around)


def _sheet(data, about, words) -> bytes:
    from gaps.reports.workbook import records, workbook

    return workbook({words("reports.sheet.data"): records(data)}, _said(about), words)


def _workbook(result, about, words) -> bytes:
    from gaps.reports.whole import whole

    return whole(result, _said(about), words)


def _json(result, problems, words, rows: bool) -> bytes:
    from gaps import result as document

    messages = [words(f"problems.{p.code}", **p.values) for p in problems]
    return document.dumps(document.document(result, problems, messages, words.language, rows=rows)).encode()
