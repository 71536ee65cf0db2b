"""The answer first: the state, the widest gap, what drives quality, what to look at next; then the map of the five gaps."""

import streamlit as st

from gaps import charts
from screens.parts import guards, language, show

words = language.words()
kept = guards.imported()
show.title(kept.study.title if kept is not None else words("app.name"))
result = guards.analysis("findings")
study, dark = result.study, show.dark()

state = show.about(result, "state_")
widest = show.about(result, "largest_gap_") + show.about(result, "largest_dimension_")
driver = show.about(result, "driver_dimension_") + [f for f in show.about(result, "driver_gap_") if f.code != "driver_gap_withheld"]
then = show.about(result, "next_")[:2]

for one in state:
    show.lead(one, study)
with st.grid(3):
    for heading, said in (("widest", widest), ("driver", driver), ("next", then)):
        if said:
            with st.container(border=True, height="stretch", key=f"answer-{heading}"):
                show.strong(words(f"app.overview.{heading}"))
                for one in said:
                    show.finding(one, study)

diagram = {"chances": result.widest_gap, "words": words, "dark": dark}
show.chart_in_two_widths(
    charts.gaps_diagram(result.gaps, study, **diagram),
    charts.gaps_diagram(result.gaps, study, **diagram, narrow=True),
    "diagram",
    result.gaps.rows(level="total"),
)

said = {*map(id, (*state, *widest, *driver, *then))}
rest = [f for f in result.findings if id(f) not in said and f.code != "simulated"]
if rest:
    show.section(words("app.overview.rest"))
    show.findings(rest, study)
with st.container(horizontal=True):
    st.page_link("screens/measure/five_gaps.py", label=words("app.overview.to_gaps"), icon=":material/arrow_forward:")
    st.page_link("screens/explain/drivers.py", label=words("app.overview.to_drivers"), icon=":material/arrow_forward:")
