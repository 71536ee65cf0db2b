"""The answer first: how service stands, four figures, what to fix first; then the map of the five gaps and what else was found."""

import streamlit as st

from gaps.findings import key_figures
from screens.parts import browser, choices, guards, language, opening, overview, quality, show, takeaway
from screens.parts.cache import charts

words = language.words()
kept = guards.imported()
overview.title(kept.study if kept is not None else None)
result = guards.analysis("described", "figures")
study, dark = result.study, show.dark()
outcome = choices.chosen_outcome(study)
explained = guards.explaining(result, outcome)

for one in show.about(explained, "state_"):
    overview.headline(one, study)
overview.strip(key_figures.shown(explained.figures, outcome, words), explained)

show.section(words("overview.first"))
choices.outcome(study)  # above all that it changes but the figures, which are part of the answer
priorities = guards.deeper(result, outcome, "priorities").priorities
fixes = overview.fix_first(priorities, explained, outcome)

show.section(words("overview.five"))
show.chart(
    charts.gaps_diagram(
        result.gaps, study, chances=result.widest_gap, perceived=result.perceived, narrow=browser.narrow(), words=words, dark=dark
    ),
    "diagram",
    result.gaps.rows(level="total"),
    led=not overview.diagram_speaks(explained),
    click=opening.gap,
)
opening.gaps("overview")

guards.computed(explained, "findings")  # the drivers come last: what stands above does not wait for them
rest = overview.not_yet_said(explained, fixes)
if rest:
    show.section(words("app.overview.rest"))
    show.findings(rest, study)
quality.doubts(kept.study)
with st.container(key="take-along"):
    show.section(words("reports.whole.section"))
    show.text(words("reports.whole.text"))
    takeaway.whole(explained, kept.problems)
