"""Taking in a study: the drop zone, the sample, the template; the same wherever they are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gaps import escape, instruments
from screens.parts import cache, language, show, state, walk

if TYPE_CHECKING:
    from gaps.importer.mapping import ColumnMap

WHO_PROBLEMS = ("only_staff", "duplicate_role", "no_customers_sheet")
KINDS = ["xlsx", "xls", "ods", "csv", "tsv", "txt", "sav", "zsav"]


def drop_zone() -> None:
    """Take one file or several of one study; on success it replaces the study shown, a refusal changes nothing but the report."""
    words = language.words()
    with st.container(key="drop"):
        dropped = st.file_uploader(words("app.intake.drop"), type=KINDS, key=state.uploader(), accept_multiple_files=True)
        show.note(words("app.intake.kinds"))
    if not dropped:
        return
    files = tuple((file.name, file.getvalue()) for file in dropped)
    imported = read(files)
    if any(p.code == "only_staff" for p in imported.problems) and (before := _files_before(imported)):
        files = (*before, *files)
        imported = read(files)
    state.taken()
    if offer_correction(files, imported):
        walk.to("screens/collect/upload.py")
    st.rerun()


def _files_before(imported) -> cache.Files:
    """The files of the study shown that hold the customers' answers, and those of people who are not among the new ones."""
    try:
        files, known = cache.files(state.handed() or ""), cache.imported(state.file() or "")
    except cache.Forgotten:
        return ()
    new = {role for _, role in imported.sheets if role}

    def roles(name: str) -> set[str]:
        mine = [role for sheet, role in known.sheets if len(files) == 1 or sheet.split(" › ")[0] == name]
        return {role for role in mine if role}

    kept = tuple(file for file in files if not roles(file[0]) & new)
    return kept if any("customers" in roles(name) for name, _ in kept) else ()


def offer_correction(files: cache.Files, imported, who: dict[str, str] | None = None) -> bool:
    """Put the columns, and who answered which sheet, up for correction where they were guessed or cannot be told."""
    guessed = imported.mapping is not None or any(p.code in WHO_PROBLEMS for p in imported.problems)
    state.map_columns(cache.keep_files(files) if guessed else None, imported.mapping, imported.sheets, who)
    return guessed


def read(files: cache.Files, mapping: ColumnMap | None = None, who: dict[str, str] | None = None):
    """Read files, by a column map or as they are; on success their study is shown from now on, else the problems are."""
    from gaps.importer import read_study

    words = language.words()
    name = " + ".join(name for name, _ in files)
    with st.status(words("app.intake.reading", file=escape.markdown(name)), expanded=True):
        bar = st.progress(0.0)
        imported = read_study(files, mapping=mapping, roles=who, progress=lambda share, stage: bar.progress(share, words(stage)))
    if imported.study is None:
        state.refuse(name, imported)
    else:
        state.adopt(cache.keep(key(files, mapping, who), imported), cache.keep_files(files))
    return imported


def key(files: cache.Files, mapping: ColumnMap | None = None, who: dict[str, str] | None = None) -> str:
    """What the study of files, read by a map or as they are, is kept under."""
    from gaps.importer.mapping import dumps

    how = (dumps(mapping) if mapping else "") + (repr(sorted(who.items())) if who else "")
    return cache.digest(*zip(*files, strict=True), how)


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
