"""Taking in a study: the drop zone, the sample, the template; the same wherever they are offered."""

from __future__ import annotations

import streamlit as st

from gaps import escape, instruments
from screens.parts import cache, language, show, state


def drop_zone() -> None:
    """Take a file; on success its study replaces the one shown, a refused file changes nothing but the report."""
    words = language.words()
    with st.container(key="drop"):
        file = st.file_uploader(words("app.intake.drop"), type=["xlsx", "csv"], key=state.uploader())
        show.note(words("app.intake.kinds"))
    if file is None:
        return
    _read(file.getvalue(), file.name)
    state.taken()
    st.rerun()


def _read(data: bytes, name: str) -> None:
    from gaps.importer import read_study

    words = language.words()
    with st.status(words("app.intake.reading", file=escape.markdown(name)), expanded=True):
        bar = st.progress(0.0)
        imported = read_study(data, name, progress=lambda share, stage: bar.progress(share, words(stage)))
    if imported.study is None:
        state.refuse(name, imported)
    else:
        state.adopt(cache.keep(name, data, imported))


def _open_sample() -> None:
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
