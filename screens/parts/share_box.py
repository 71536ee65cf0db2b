"""Sharing what is shown: one sentence on what it does, the link, and the way to end it."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from gaps import store
from screens.parts import editions, guards, language, links, quality, shared, show, state

STOPPED = "stopped"


def button(where: str) -> None:
    """The button that opens the box."""
    words = language.words()
    if st.button(words("links.share"), key=f"share-{where}", icon=":material/share:"):
        st.dialog(words("links.title"), width="medium", icon=":material/share:")(_box)()


def section() -> None:
    """On the Upload page: the same button, and the studies of this session that are kept."""
    words = language.words()
    show.section(words("links.title"))
    show.text(words("links.own" if shared.name() == shared.UNSHARED else "links.standing"))
    button("page")
    _say_what_came_of_it()
    for token in state.shared_here():
        with st.container(horizontal=True, vertical_alignment="center", key=f"kept-{token[:8]}"):
            show.text(_kept(token))
            _stop(token, "list")


def _kept(token: str) -> str:
    """What is kept, and until when."""
    words, until = language.words(), state.until(token)
    if until is None:
        return words("links.kept", study=state.shared_title(token))
    said = "links.kept_ended" if store.ended(until) else "links.kept_until"
    return words(said, study=state.shared_title(token), day=words.date(until))


def _box() -> None:
    with guards.faults():
        _contents()
        links.follow_part()  # this box runs by itself: the address has to learn of a study now shared


def _contents() -> None:
    words = language.words()
    kept = guards.imported()
    if kept is None:
        show.text(words("app.empty.forgotten"))
        return
    name = shared.name()
    _say_what_came_of_it()
    if name == shared.UNSHARED:
        show.text(words("links.explain", study=kept.study.title))
        if state.tokens():
            show.note(words("links.changed"))
        term = _term()
        warned = editions.warned(quality.study(kept.study))
        keep, kind = ("editions.all_the_same", "secondary") if warned else ("links.keep", "primary")
        st.button(words(keep), key="keep-study", on_click=_keep, args=(kept, term), type=kind, icon=":material/add_link:")
        return
    kind = "sample" if name == shared.SAMPLE else "followed" if state.followed() else "shared"
    until = None if name == shared.SAMPLE else state.until(name)
    show.text(words(f"links.is.{kind}") if until is None else words(f"links.is.{kind}_until", day=words.date(until)))
    st.code(links.link(), language=None, wrap_lines=True)
    if (urlsplit(links.link()).hostname or "") in ("localhost", "127.0.0.1", "::1"):
        show.note(words("links.this_machine"))
    if kind == "shared":
        _stop(name, "box")


def _term() -> store.Term:
    """How long the link is to work."""
    words = language.words()
    term = st.segmented_control(
        words("links.term.ask"),
        list(store.Term),
        default=store.USUAL,
        required=True,
        format_func=lambda term: words(f"links.term.{term}"),
        wrap=True,
        key=state.TERM,
    )
    until = store.last_day(term)
    show.note(words("links.term.no_end") if until is None else words("links.term.until", day=words.date(until)))
    return term


def _say_what_came_of_it() -> None:
    words = language.words()
    said = state.sharing_to_say()
    if said == STOPPED:
        st.success(words("links.stopped"), icon=":material/check_circle:")
    elif said:
        st.error(words(f"links.refused.{said}"), icon=":material/block:")


def _keep(kept, term: store.Term) -> None:
    state.sharing_said(shared.keep(kept, term))


def _stop(token: str, where: str) -> None:
    words = language.words()
    st.button(words("links.stop"), key=f"stop-{where}-{token[:8]}", on_click=_forget, args=(token,), icon=":material/link_off:")


def _forget(token: str) -> None:
    state.sharing_said(STOPPED if shared.forget(token) else "not_stopped")
