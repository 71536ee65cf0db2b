"""Doubts about the answers: said before any result, each with its switch."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gaps import quality
from gaps.model import EXCEL_ROW, Role, Study
from screens.parts import cache, language, mapping, show, state

ROWS = 20  # row numbers told beside a check


def switches(study: Study) -> tuple[str, ...]:
    """The switches that are on for a study as it was read; of one that came by a link those that were on when it was shared.

    With a switch that others could turn, a flagged person's answers would come and go. What a browser sends is not asked there.
    """
    on = _on()
    return tuple(c.switch for c in cache.checks(study) if c.always or on(c))


def _on() -> Callable:
    """Whether the switch of a check is on."""
    if state.followed():
        aside = state.aside(state.tokens()[0])
        return lambda check: check.switch in aside
    return lambda check: state.switched(check.switch, check.by_default)


def restore(study: Study, aside: tuple[str, ...]) -> None:
    """Turn the switches as they were when this session shared its study; to be called before they are drawn."""
    known, on = [c for c in cache.checks(study) if not c.always], _on()
    state.put({state.switch(c.switch): c.switch in aside for c in known if on(c) != (c.switch in aside)})


def study(read: Study) -> Study:
    """The study without what is set aside; as it was read where that would leave nothing to ask about."""
    try:
        return cache.less(read, switches(read))
    except ValueError:
        return read


def notice(read: Study) -> None:
    """What was set aside of the whole study, whoever is shown, and the way to what is left to doubt, in one line."""
    found = cache.checks(read)
    if not found:
        return
    words = language.words()
    turned = switches(read)
    on = [c for c in found if c.switch in turned]
    off = [c for c in found if c not in on]
    aside = words.list(_counts(on)) if on else ""
    state.show_aside(aside)  # files taken along say it too
    with st.container(key="quality-notice", horizontal=True, vertical_alignment="center", gap="small"):
        if on:
            st.markdown(show.small(words("quality.notice", what=aside)), width="content")
        if off or not all(c.always for c in on):
            show.way("screens/collect/upload.py", words("quality.to_switches", n=len(off)), "quality", ":material/rule:")


def doubts(read: Study) -> None:
    """What was not set aside but is to be looked at, with counts over the whole study."""
    words = language.words()
    turned = switches(read)
    if off := [c for c in cache.checks(read) if c.switch not in turned]:
        show.note(words("quality.worth_a_look"))
        show.notes(_said(check, read) for check in off)


def _counts(found) -> list[str]:
    words = language.words()
    return [words("quality.counted", name=words(f"quality.name.{code}"), n=n) for code, n in quality.totals(found).items()]


def _said(check, read: Study) -> str:
    """A doubt as a sentence, items with their labels."""
    words = language.words()
    battery = words(f"charts.battery.{check.battery}") if check.battery else ""
    labels = [words("app.validity.item", number=n, label=read.instrument.item(n).label(words.language)) for n in check.items]
    values = dict(check.values) | {"items": words.list(labels)}
    return words(f"quality.check.{check.code}", who=words(f"app.upload.who.{check.role}"), battery=battery, **values)


def section(kept) -> None:
    """Every doubt with its count, rows and switch, and the list of those set aside."""
    words = language.words()
    read = kept.study
    found = cache.checks(read)
    show.section(words("quality.title"), "quality")
    if not found:
        show.text(words("quality.nothing"))
        mapping.turned_round(kept)
        return
    show.note(words("quality.shared" if state.followed() else "quality.explain"))
    for check in found:
        _check(check, kept)
    mapping.turned_round(kept)
    on = switches(read)
    if not on:
        return
    try:
        less = cache.less(read, on)
    except ValueError:
        st.warning(words("quality.impossible"))
        return
    n, left = (sum(s.n(role) for role in Role) for s in (read, less))
    n += sum(c.count for c in found if c.always)
    show.text(words("quality.left", n=n - left, of=n, left=left))
    if not left:
        st.warning(words("quality.none_left"))
    if not state.followed():  # people one by one stay with whoever shared the study
        _one_by_one(read, on, found)


def _check(check, kept) -> None:
    words = language.words()
    said = _said(check, kept.study)
    with st.container(horizontal=True, key=f"quality-{check.switch.replace('.', '-')}", vertical_alignment="top"):
        if state.followed():
            st.toggle(words("quality.switch"), value=check.always or _on()(check), key=f"shared {check.switch}", width=130, disabled=True)
        else:
            _toggle(check)
        with st.container(gap="xxsmall"):
            show.text(said)
            if check.rows and not state.followed():  # whom it is about stays with whoever shared the study
                rows = ", ".join(map(str, check.rows[:ROWS])) + (" …" if len(check.rows) > ROWS else "")
                known = check.always or EXCEL_ROW in kept.study.respondents[check.role]
                show.note(words("quality.rows" if known else "quality.places", rows=rows))
            if check.always:
                show.note(words("quality.always"))
            if check.code == quality.REVERSED and not state.followed():
                mapping.turn_round(kept, check)


def _toggle(check) -> None:
    st.toggle(
        language.words()("quality.switch"),
        value=state.preset(check.switch, check.by_default),
        key=state.switch(check.switch),
        persist_state="session",
        width=130,
        disabled=check.always or not (check.count or check.items),
    )


def _one_by_one(read: Study, on: tuple[str, ...], found) -> None:
    words = language.words()
    lines = quality.excluded(read, on, found).to_dict("records")
    if not lines:
        return
    rows = [
        {
            words("quality.role"): words(f"app.upload.who.{line['role']}"),
            words("quality.row"): line["row"],
            words("quality.respondent"): line["respondent"],
            words("quality.unit"): line["unit"],
            words("quality.wave"): line["wave"],
            words("quality.reason"): words.list(words(f"quality.name.{code}") for code in line["reasons"].split()),
        }
        for line in lines
    ]
    with st.expander(words("quality.one_by_one"), icon=":material/list:"):
        show.grid(rows, words("quality.one_by_one"))
        show.download(rows, "set-aside-respondents", words("quality.one_by_one"))
