"""Who differs from whom, what changed from wave to wave, how large it is, and whom the answers stand for."""

import streamlit as st

from gaps.disclosure import SMALL
from gaps.findings import differences, disclosure
from gaps.model import UNIT, Gap, Withheld
from screens.parts import browser, choices, guards, language, opening, representing, show, two_selections
from screens.parts.cache import charts, once
from screens.parts.tables import compare as tables

words = language.words()
show.title(words("app.page.compare"))
result = guards.analysis("gaps")
study, dark = result.study, show.dark()
found = guards.deeper(result, None, "contrasts", "changes")
contrasts = found.contrasts


def say(findings) -> None:
    for one in findings:
        show.said(*differences.statement_and_certainty(one, study, words), one.severity)


def withheld(piece: str, why: Withheld) -> None:
    show.said(words(f"differences.withheld_{piece}.{why.reason}", **why.values))


by = None if isinstance(contrasts, Withheld) else choices.grouping(study, contrasts)
if isinstance(contrasts, Withheld) and contrasts.reason == SMALL:
    show.withheld(SMALL, **contrasts.values)
elif by is None:
    show.led(words("differences.withheld_contrasts.one_group"))
    if result.selection.everything:
        show.note(words("compare.one_group"))
        st.page_link("screens/collect/upload.py", label=words("unit_page.to_upload"), icon=":material/arrow_forward:")
    else:
        show.note(words("compare.one_group_selected"))
else:
    if said := disclosure.not_compared(contrasts, words):
        show.note(said)
    measure, dimension = choices.measure(study, contrasts)
    spoken = once(differences.of_groups, contrasts, by, measure, dimension)
    for one in spoken[:1]:
        show.led(*differences.statement_and_certainty(one, study, words))
    say(spoken[1:])
    how = {"by": by, "measure": measure, "dimension": dimension, "narrow": browser.narrow()}
    drawn = charts.standings(contrasts, study, **how, words=words, dark=dark)
    rows = contrasts.of(by, measure, dimension)
    show.chart(drawn, "standings", rows, led=bool(spoken), click=opening.unit(study) if by == UNIT else None)
    if by == UNIT:
        opening.to_unit()
    if by == UNIT and measure == "gap" and dimension is None:
        say(once(differences.of_shrinkage, contrasts, measure))
    if box := show.on_demand(words("compare.table"), "standings-table", ":material/table:"):
        with box:
            show.grid(tables.standings(rows, measure, contrasts.minimum), words("compare.table"))
            if len(contrasts.units) and by == UNIT:
                show.download(contrasts.units, "unit-means", words("compare.unit_means"), named=True)
    if box := show.on_demand(words("compare.items"), "items-apart", ":material/list:"):
        with box:
            say([differences.of_items(contrasts, by)])
            group = choices.group(contrasts.ordered(by, measure, dimension), by)
            drawn = charts.items_apart(contrasts, study, by=by, group=group, narrow=browser.narrow(), words=words, dark=dark)
            show.chart(drawn, "items-apart", contrasts.items(by))

if two_selections.possible(study):
    show.section(words("selections.section"))
    two_selections.part(found)
elif not result.selection.everything:
    show.section(words("selections.section"))
    show.not_given(words("selections.impossible"))

show.section(words("compare.changes.section"))
if isinstance(found.changes, Withheld):
    withheld("changes", found.changes)
else:
    before, after = choices.two_waves(study)
    changed = found.changed(before, after)
    spoken = once(differences.of_changes, changed, before, after, gap=Gap.CUSTOMER)
    say(differences.together(spoken))
    drawn = charts.wave_changes(changed, study, before=before, after=after, narrow=browser.narrow(), words=words, dark=dark)
    show.chart(drawn, "changes", changed.between(before, after), led=bool(spoken))
    codes = {one.code for one in spoken}
    if study.design(Gap.CUSTOMER) is not None and "customers_change_withheld" not in codes:
        drawn = charts.wave_panels(result.gaps, changed, study, before=before, after=after, words=words, dark=dark)
        rows = result.gaps.rows(gap=Gap.CUSTOMER, wave="*", level="dimension")
        show.chart(drawn, "wave-panels", rows, led="dimensions_open" in codes)
    if box := show.on_demand(words("compare.changes.table"), "changes-table", ":material/table:"):
        with box:
            show.grid(tables.changes(changed, study, before, after), words("compare.changes.table"))

show.section(words("compare.experts"))
if box := show.on_demand(words("compare.effects.title"), "effects"):
    with box:
        guards.computed(found, "effects", what="deeper")
        sizes = found.effects
        if isinstance(sizes, Withheld):
            withheld("effects", sizes)
        else:
            say(differences.of_effects(sizes))
            gap = choices.gap(study)
            show.grid(tables.effects(sizes, study, int(gap)), words("compare.effects.title"))
            show.download(sizes.frame, "effects", words("compare.effects.title"))
            show.note(words("compare.effects.reading"))
            show.note(differences.how("effects", words))
if box := show.on_demand(words("compare.agreement.title"), "agreement"):
    with box:
        guards.computed(found, "agreement", what="deeper")
        agreed = found.agreement
        if isinstance(agreed, Withheld):
            withheld("agreement", agreed)
        else:
            show.text(words("compare.agreement.reading"))
            say(differences.of_agreement(agreed))
            show.grid(tables.agreement(agreed, study), words("compare.agreement.title"))
            show.download(agreed.frame, "agreement", words("compare.agreement.title"))
            show.note(differences.how("agreement", words))
if box := show.on_demand(words("compare.represent.people"), "populations", ":material/groups:"):
    with box:
        representing.populations(found, result.selection)
if box := show.on_demand(words("compare.represent.title"), "weighting", ":material/balance:"):
    with box:
        representing.weighting(found, result.selection)
