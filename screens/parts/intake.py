"""Taking in a study: the drop zone, the sample, the template; the same wherever they are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gaps import escape, instruments
from screens.parts import cache, language, show, state

if TYPE_CHECKING:
    from gaps.importer.mapping import ColumnMap

KINDS = ["xlsx", "xls", "ods", "csv", "tsv", "txt", "sav", "zsav"]


def drop_zone() -> None:
    """Take a file; on success its study replaces the one shown, a refused file changes nothing but the report."""
    words = language.words()
    with st.container(key="drop"):
        file = st.file_uploader(words("app.intake.drop"), type=KINDS, key=state.uploader())
        show.note(words("app.intake.kinds"))
    if file is None:
        return
    imported = read(file.getvalue(), file.name)
    foreign = imported.mapping is not None
    state.map_columns(cache.keep_file(file.name, file.getvalue()) if foreign else None, imported.mapping)
    state.taken()
    if foreign:
        st.switch_page("screens/collect/upload.py")
    st.rerun()


def read(data: bytes, name: str, mapping: ColumnMap | None = None):
    """Read a file, by a column map or as it is; on success its study is shown from now on, else the problems are."""
    from gaps.importer import read_study

    words = language.words()
    with st.status(words("app.intake.reading", file=escape.markdown(name)), expanded=True):
        bar = st.progress(0.0)
        imported = read_study(data, name, mapping=mapping, progress=lambda share, stage: bar.progress(share, words(stage)))
    if imported.study is None:
        state.refuse(name, imported)
    else:
        state.adopt(cache.keep(key(name, data, mapping), imported))
    return imported


def key(name: str, data: bytes, mapping: ColumnMap | None = None) -> str:
    """What the study of a file, read by a map or as it is, is kept under."""
    from gaps.importer.mapping import dumps

    return cache.digest(name, data + (dumps(mapping).encode() if mapping else b""))


def _open_sample() -> None:
    state.map_columns(None)
    state.adopt(cache.keep_sample())


def sample_button() -> None:
    """Offer the simulated company."""
    words = language.words()
    if not cache.SAMPLE.exists():
        return
    st.button(words("app.intake.sample"), key="sample", on_click=_open_sample, icon=":material/science:")


def template_download() -> None:
    """Offer the workbook to fill in, for any of the questionnaires."""
    words = language.words()
    ids = instruments.available()
    chosen = st.selectbox(
        words("app.intake.questionnaire"),
        ids,
        index=ids.index(DEFAULT_TEMPLATE) if DEFAULT_TEMPLATE in ids else 0,
        format_func=lambda id: instruments.load(id).names.get(words.language) or id,
        key=state.INSTRUMENT,
        persist_state="session",
    )
    st.download_button(
        words("app.intake.template"),
        lambda: cache.template(chosen, words.language),
        file_name=f"{chosen}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="template",
        on_click="ignore",
        icon=":material/download:",
    )


DEFAULT_TEMPLATE = "servqual-1991-five-gaps"
