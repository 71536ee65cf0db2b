"""What a page needs before it can speak: a study, and its analysis. Where there is none, the page says so and stops."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gaps import escape
from gaps.findings import disclosure
from gaps.model import Role
from screens.parts import cache, intake, language, problems, quality, selection, shared, show, state


@contextmanager
def faults() -> Iterator[None]:
    """A fault of ours is said in plain words, its details go to the server's log; study and filters stay as they are."""
    try:
        yield
    except Exception:  # Streamlit's own signals (rerun, stop) are no Exceptions and pass
        logging.getLogger(__name__).exception("a page failed")
        with st.container(key="fault"):
            st.error(language.words()("app.fault"), icon=":material/error:")


def imported():
    """What was read last, or None where nothing was or it has made room for others."""
    digest = state.file()
    if digest is None:
        return None
    try:
        return cache.imported(digest)
    except cache.Forgotten:
        return shared.again(digest)


def analysis(*pieces: str):
    """The analysis of what is selected, with these pieces computed; without a study, the way to one is shown and the page ends."""
    kept = imported()
    if kept is None:
        empty()
        st.stop()
    state.arrived()  # only the Upload page says so
    study, chosen = quality.study(kept.study), selection.current(kept.study)
    notices(kept)
    result = cache.analysis(study, chosen)
    computed(result, *pieces)
    _say_what_is_selected(study, result.study, chosen)
    if not chosen.everything:
        _say_what_is_left_out(result)
    if not any(result.study.n(role) for role in Role):
        st.stop()
    return result


def explaining(result, outcome: str | None, *pieces: str):
    """The analysis of the same selection for another outcome than the headline's, where that is chosen, with these pieces computed."""
    from gaps.analysis import outcomes  # loads the statistics, which the first page does not wait for

    kept = imported()
    if kept is None or outcome is None or outcome == outcomes(result.study)[0]:
        return result
    other = cache.analysis(quality.study(kept.study), result.selection, outcome)
    computed(other, *pieces)
    return other


def computed(found, *pieces: str, what: str = "analysis") -> None:
    """Have pieces computed that are not yet; the wait is shown where there is one."""
    if missing := [piece for piece in pieces if piece not in vars(found)]:
        with st.spinner(language.words()(f"app.working.{what}")):
            for piece in missing:
                getattr(found, piece)


def deeper(result, outcome: str | None, *pieces: str):
    """What an expert asks for about an outcome, with these pieces computed: the wait is shown where there is one."""
    found = result.deeper(outcome)
    computed(found, *pieces, what="deeper")
    return found


def planned(result, outcome: str | None, wanted):
    """The plan of a study; while its surveys are simulated, how far that is."""
    found = result.deeper(outcome)
    if (key := wanted.power) not in found.simulated:
        words = language.words()
        place = st.empty()
        found.named(key, lambda done: place.progress(done, words("app.working.planning")))
        place.empty()
    return cache.plan(found, wanted)


@contextmanager
def waiting() -> Iterator[None]:
    """Show that something is being computed, where it takes longer than a moment."""
    with st.spinner(language.words()("app.working.deeper")):
        yield


def notices(kept) -> None:
    """What must be known before any number is read: simulated data, a file that was refused, answers set aside."""
    words = language.words()
    if kept.study.simulated:
        simulated()
    if (refused := state.refused()) is not None:
        name, _ = refused
        st.error(words("app.notice.refused", file=escape.markdown(name), study=escape.markdown(kept.study.title)), icon=":material/block:")
    quality.notice(kept.study)


def simulated() -> None:
    """The banner over made-up numbers."""
    words = language.words()
    st.markdown(f":orange-badge[:material/science: {words('app.notice.simulated')}] {words('app.notice.made_up')}")


def _say_what_is_selected(study, selected, chosen) -> None:
    """One line, also where everybody is shown: what stands below keeps its place when a filter is set."""
    words = language.words()
    n, of = selected.n(Role.CUSTOMERS), study.n(Role.CUSTOMERS)
    with st.container(horizontal=True, vertical_alignment="center", key="everyone" if chosen.everything else "selected"):
        if chosen.everything:
            st.markdown(f":material/groups: {words('app.filter.everyone', n=of)}", width="content")
        else:
            said = words("app.filter.selected", what=selection.named(chosen), n=n, of=of)
            st.markdown(f":material/filter_alt: {escape.markdown(said)}", width="content")
            selection.reset(study, "page")


def _say_what_is_left_out(result) -> None:
    words, selected = language.words(), result.study
    if not any(selected.n(role) for role in Role) and result.protected.left_out:
        show.not_given(disclosure.nobody(result.protected, words))
        return
    if said := disclosure.left_out(result.protected, words):
        show.note(said)
    if not selected.n(Role.CUSTOMERS) and not result.protected.emptied(Role.CUSTOMERS):
        show.withheld("nobody")


def empty() -> None:
    """No study yet: say what the app answers, and offer both ways in."""
    words = language.words()
    if not why_empty():
        show.promise(words("app.empty.promise"))
    ways_in()


def why_empty() -> bool:
    """Say why there is no study where one was handed in; whether a file was refused."""
    if state.file() is not None:
        st.warning(language.words()("app.empty.forgotten"))
    if (refused := state.refused()) is not None:
        problems.refusal(*refused)
    return refused is not None


def ways_in() -> None:
    """Offer the drop zone and the sample."""
    words = language.words()
    intake.drop_zone()
    intake.sample_button()
    label = "app.empty.to_upload" if state.refused() is None else "app.empty.to_columns"
    st.page_link("screens/collect/upload.py", label=words(label), icon=":material/arrow_forward:")
