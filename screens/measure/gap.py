"""One gap: how large, who was asked, where, the items; what texts recommend for it, and what this study says about that."""

import streamlit as st

from gaps.findings import comparable_gaps, one_gap
from gaps.model import UNIT, Gap, Withheld
from screens.parts import browser, guards, language, opening, show
from screens.parts.cache import charts

MOST_ITEMS = 8

words = language.words()
show.title(words("app.page.gap"))
result = guards.analysis("gaps", "units", "drivers")
study, table, dark = result.study, result.gaps, show.dark()

gap = opening.gap_of(study)
number, design = int(gap), study.design(gap)
show.led(*one_gap.statement_and_certainty(one_gap.lead(table, study, gap), study, words), key="lead")
measured = len(table.rows(gap=gap, level="dimension").dropna(subset=["mean"])) > 0
if design is None:
    st.page_link(
        "screens/collect/upload.py",
        label=words("app.empty.to_upload" if gap is Gap.CUSTOMER else "app.gaps.to_template"),
        icon=":material/arrow_forward:",
    )

widest = result.widest_dimension if gap is Gap.CUSTOMER else None
if measured:
    show.section(words("one_gap.by_dimension"))
    drawn = charts.gap_detail(table, study, gap=number, chances=widest, narrow=browser.narrow(), words=words, dark=dark)
    show.chart(drawn, "gap-dimensions", table.rows(gap=gap, level="dimension"))

show.section(words("one_gap.remedies"))
found = result.deeper()
outcome = found.outcome
said = one_gap.evidence(
    table,
    study,
    gap,
    chances=result.widest_gap,
    among=tuple(comparable_gaps(table)),
    drivers=result.drivers,
    outcome=outcome,
    profile=found.expected_top,
    split=found.technical,
    dimension_chances=widest,
)
with st.container(key="remedies"):
    recommended, here = st.columns([2, 3], gap="large")  # evidence is the longer text
    with recommended:
        show.strong(words("one_gap.recommended"))
        show.bullets(one_gap.remedies(gap, words))
        show.note(words("one_gap.source_customer" if gap is Gap.CUSTOMER else "one_gap.source"))
    with here:
        show.strong(words("one_gap.evidence"))
        for one in said:
            show.said(*one_gap.statement_and_certainty(one, study, words), one.severity)
        show.note(words("one_gap.caution"))

if measured:
    show.section(words("one_gap.items"))
    if design == "direct":
        show.not_given(words("one_gap.no_items"))
    else:
        rows = table.rows(gap=gap, level="item")
        how = {"gap": number, "level": "item", "most": MOST_ITEMS, "narrow": browser.narrow()}
        drawn = charts.gap_detail(table, study, **how, words=words, dark=dark)
        show.chart(drawn, "gap-items", rows)
    if len(study.units) > 1:
        show.section(words("one_gap.by_unit"))
        if gap is Gap.CUSTOMER and not isinstance(result.units, Withheld):
            drawn = charts.standings(result.units, study, by=UNIT, narrow=browser.narrow(), words=words, dark=dark)
            rows = result.units.frame
        else:
            rows = table.rows(gap=gap, unit="*", level="total")
            drawn = charts.unit_intervals(table, study, gap=number, words=words, dark=dark)
        show.chart(drawn, "gap-units", rows, click=opening.unit(study))
        opening.to_unit()

show.how(one_gap.how_asked(study, gap, words), title=words("one_gap.asked"))
