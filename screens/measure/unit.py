"""One unit: where it stands against all the others, in the five gaps, the dimensions, the items, over the waves."""

import streamlit as st

from gaps.findings import differences, unit_profile
from gaps.model import UNIT, Gap, Withheld
from screens.parts import browser, guards, language, opening, representing, show, takeaway
from screens.parts.cache import charts

MOST_ITEMS = 8

words = language.words()
show.title(words("app.page.unit"))
result = guards.analysis("gaps")
study, dark = result.study, show.dark()

if not study.units:
    hidden = result.deeper().protected.study.units
    show.not_given(words("unit_page.hidden" if hidden else "unit_page.none"))
    if hidden:
        st.page_link("screens/measure/five_gaps.py", label=words("unit_page.to_gaps"), icon=":material/arrow_forward:")
    else:
        st.page_link("screens/collect/upload.py", label=words("unit_page.to_upload"), icon=":material/arrow_forward:")
    st.stop()
alone = len(study.units) == 1
unit = study.units[0] if alone else opening.unit_of(study)
found = guards.deeper(result, None, "contrasts")
contrasts = found.contrasts
if unit is None:
    if isinstance(contrasts, Withheld):
        show.not_given(words("unit_page.no_two"))
        st.stop()
    show.note(words("unit_page.pick"))
    measure = contrasts.measures()[0][0]
    drawn = charts.standings(contrasts, study, by=UNIT, measure=measure, narrow=browser.narrow(), words=words, dark=dark)
    show.chart(drawn, "units-to-open", contrasts.of(UNIT, measure), click=opening.unit(study))
    st.stop()

takeaway.of_unit(unit)
with guards.waiting():
    profile = found.unit(unit)
show.led(*unit_profile.statement_and_certainty(unit_profile.lead(profile), study, words), key="lead")
if alone and result.selection.units:
    opening.beside_all(unit)
for one in unit_profile.outcomes(profile):
    show.said(*unit_profile.statement_and_certainty(one, study, words), one.severity)

sides = {"first": unit, "second": words("unit_page.others"), "narrow": browser.narrow(), "words": words, "dark": dark}
if rows := profile.five_gaps:
    show.section(words("unit_page.five_gaps"))
    corrected = "mixed" if len(rows) > 1 else "bh"
    show.chart(charts.side_by_side(rows, study, found=profile.others, corrected=corrected, **sides), "unit-gaps", profile.gaps_as_data)
    if profile.some_on_neither_side:
        show.note(words("unit_page.whom"))
if rows := profile.dimensions:
    show.section(words("unit_page.dimensions"))
    show.chart(charts.side_by_side(rows, study, found=contrasts, corrected="bh", **sides), "unit-dimensions", rows)
    show.section(words("unit_page.items"))
    how = {"by": UNIT, "group": unit, "most": MOST_ITEMS, "narrow": browser.narrow()}
    drawn = charts.items_apart(contrasts, study, **how, words=words, dark=dark)
    show.chart(drawn, "unit-items", profile.items())

if len(study.waves) > 1 and not profile.hidden:
    show.section(words("unit_page.waves"))
    if isinstance(profile.changes, Withheld) and "fewest" in profile.changes.values:  # the unit's own customers are hidden in a wave
        show.not_given(words("unit_page.small_waves", **profile.changes.values))
    elif isinstance(profile.changes, Withheld):
        show.said(words(f"differences.withheld_changes.{profile.changes.reason}", **profile.changes.values))
    else:
        before, after = profile.study.waves[-2:]
        spoken = differences.of_changes(profile.changes, before, after, gap=Gap.CUSTOMER)
        said = [one for one in spoken if one.code.startswith(("gap_", "dimensions_", "customers_"))]
        for one in differences.together(said):
            show.said(*differences.statement_and_certainty(one, study, words), one.severity)
        if study.design(Gap.CUSTOMER) is not None:
            change = profile.latest_change
            drawn = charts.wave_lines(profile.table, profile.study, gap=int(Gap.CUSTOMER), change=change, words=words, dark=dark)
            same = isinstance(change, Withheld) or (change.wave_before, change.wave) == (before, after)
            show.chart(drawn, "unit-waves", profile.waves_as_data, led=bool(said) and same)
        show.note(words("unit_page.wave_note"))

show.section(words("unit_page.who"))
representing.of_unit(found, profile, result.selection)
if box := show.on_demand(words("unit_page.drivers"), "unit-drivers"):
    with box:
        for one in unit_profile.drivers(profile, found.outcome):
            if one.code.startswith("drivers_"):
                show.said(*unit_profile.statement_and_certainty(one, study, words))
            else:
                show.finding(one, study)
