"""Whom the answers stand for: how many people there are, which shares they have, and what that changes."""

from __future__ import annotations

import streamlit as st

from gaps import address, escape
from gaps.deeper import Deeper
from gaps.findings import differences, unit_profile
from gaps.model import UNIT, WAVE, Role, Study, Withheld
from gaps.stats.weighting import Raking, present
from screens.parts import entered, language, show, state
from screens.parts.tables import compare as tables

MOST_VALUES = 30  # of a column whose shares are typed in one by one


def _say(found, study: Study) -> None:
    for one in found:
        show.said(*differences.statement_and_certainty(one, study, language.words()), one.severity)


def populations(found: Deeper, selection) -> None:
    """Ask how many people there are of each role, and say who answered and how sure the gaps of such a population are."""
    words, study = language.words(), found.study
    show.text(words("compare.represent.population"))
    if len(study.waves) > 1:
        show.note(words("compare.represent.waves", n=len(study.waves)))
    sizes: dict[Role, int] = {}
    with st.container(horizontal=True):
        for role, people in entered.people(study, selection).items():
            answered = words("compare.represent.answered", n=study.n(role))
            if given := people.ask(words(f"compare.represent.how_many.{role}"), placeholder=answered, width=220):
                sizes[role] = int(given)
    if sizes:
        _say(differences.of_response(found.answered(sizes)), study)
        corrected = found.finite(sizes)
        if not isinstance(corrected, Withheld):
            total = differences.of_finite(corrected)
            _say(total[-1:], study)
            show.grid(tables.finite(corrected, found.table, study), words("compare.represent.population"))
            show.download(corrected.frame, "finite", words("compare.represent.finite"))
            show.note(differences.how("finite", words))
    if len(study.units) > 1:
        _by_unit(found, selection)


def of_unit(found: Deeper, profile, selection) -> None:
    """How many people of a unit answered; with the number asked, which share of them."""
    words, study = language.words(), found.study
    told, hidden = unit_profile.people(profile, words)
    if told:
        show.text(words("unit_page.answered", counts=told))
    if hidden:
        show.not_given(words("unit_page.answered_hidden", roles=hidden))
    asked_of = [role for role, (n, _) in profile.n.items() if not isinstance(n, Withheld) and n]
    if not asked_of:
        return
    box = show.on_demand(words("unit_page.asked"), "unit-asked", ":material/groups:")
    if not box:
        return
    with box:
        show.text(words("unit_page.asked_text"))
        given, people = {}, entered.people(study, selection, profile.unit)
        with st.container(horizontal=True):
            for role in asked_of:
                label = words("unit_page.how_many", role=words(f"differences.role.{role}"))
                answered = words("compare.represent.answered", n=profile.n[role][0])
                if asked := people[role].ask(label, placeholder=answered, width=220):
                    given[role] = {profile.unit: int(asked)}
        if given:
            _say([one for one in differences.of_response(found.answered(given)) if one.code.endswith("_unit")], study)


def _by_unit(found: Deeper, selection) -> None:
    words, study = language.words(), found.study
    if not st.toggle(words("compare.represent.by_unit"), key=entered.by_unit_key(selection), persist_state="session"):
        return
    roles = [role for role in Role if study.n(role)]
    table = entered.people_by_unit(study, selection)
    start = table.begin()
    st.data_editor(
        [{"unit": unit} | {str(role): start.get(role, {}).get(unit) for role in roles} for unit in study.units],
        column_config={"unit": st.column_config.TextColumn(words("app.choice.unit"), disabled=True, width=180)}
        | {
            str(role): st.column_config.NumberColumn(
                words(f"compare.represent.how_many.{role}"), min_value=1, max_value=entered.MOST_PEOPLE, step=1, width=150
            )
            for role in roles
        },
        hide_index=True,
        key=table.editor,
        alt=words("compare.represent.by_unit"),
        height=min(36 * (len(study.units) + 1) + 3, 380),
    )
    known = table.given(study.units)
    given = {role: {unit: people for unit, people in known.get(role, {}).items() if unit in study.units} for role in roles}
    if not any(given.values()):
        return
    if any(address.numbered(sizes, study.units) is None for sizes in given.values()):
        show.note(words("links.too_many"))
    result = found.answered({role: sizes for role, sizes in given.items() if sizes})
    show.grid(tables.answered(result), words("compare.represent.by_unit"))
    show.download(result.frame, "response", words("compare.represent.response"))


def weighting(found: Deeper, selection) -> None:
    """Ask for known shares; show the weights that give the answers these shares, and what they change."""
    words, study = language.words(), found.study
    columns = {name: counts for name in (UNIT, WAVE, *study.segments) if 2 <= len(counts := _present(study, name)) <= MOST_VALUES}
    if not columns:
        show.text(words("compare.represent.no_columns"))
        return
    show.text(words("compare.represent.shares"))
    chosen = st.multiselect(
        words("compare.represent.columns"),
        list(columns),
        format_func=_called,
        max_selections=entered.MOST_COLUMNS,
        key=state.offer(state.of_selection(state.MARGINS, selection), list(columns)),
        persist_state="session",
        placeholder=words("compare.represent.choose"),
    )
    margins = {name: _shares(name, columns[name], study.n(Role.CUSTOMERS), selection) for name in chosen}
    if not chosen or not all(margins.values()):
        return
    cap = entered.cap(selection).ask(words("compare.represent.cap"), width=320)
    raking = found.raked(margins, cap)
    _say(differences.of_raking(raking), study)
    if isinstance(raking, Raking):
        _weighted(found, raking, selection)


def _called(name: str) -> str:
    words = language.words()
    return words("app.choice.unit") if name == UNIT else words("compare.by.wave") if name == WAVE else words.segment(name)


def _present(study: Study, name: str) -> dict[str, int]:
    return present(study, name) if name in study.customers else {}


def _shares(name: str, counts: dict[str, int], n: int, selection) -> dict[str, float]:
    """The shares typed in for the values of a column; values left empty have none."""
    words = language.words()
    given = {}
    with st.container(horizontal=True, key=f"shares-{name}"):
        for value, count in counts.items():
            label, now = (
                words("compare.represent.share", value=escape.markdown(value)),
                words("compare.represent.share_now", share=100 * count / n),
            )
            share = entered.share(name, value, selection).ask(label, placeholder=now, width=180)
            if share is not None:
                given[value] = float(share)
    return given


def _weighted(found: Deeper, raking: Raking, selection) -> None:
    words, study = language.words(), found.study
    show.table(tables.margins(raking), words("compare.represent.shares"))
    changed = found.reweighted(raking)
    show.strong(words("compare.represent.changed"))
    show.grid(tables.reweighted(changed, study), words("compare.represent.changed"))
    show.download(changed.frame, "without-and-with-weights", words("compare.represent.changed"))
    if not state.followed():  # customers one by one stay with whoever shared the study
        show.download(raking.table(), "weights-per-customer", words("compare.represent.weights"), named=True)
        show.note(words("compare.represent.apply"))
        if not selection.everything:
            show.note(words("compare.represent.filtered"))
    show.note(differences.how("raking", words))
