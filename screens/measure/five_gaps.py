"""The five gaps: the map, where quality leaks away, dimension by dimension, unit by unit, wave by wave."""

import streamlit as st

from gaps import charts
from gaps.model import UNIT, Gap, Withheld
from screens.parts import choices, guards, language, numbers, show

words = language.words()
show.title(words("app.page.five_gaps"))
result = guards.analysis("described", "waterfall")
study, table, dark = result.study, result.gaps, show.dark()

diagram = {"chances": result.widest_gap, "words": words, "dark": dark}
show.chart_in_two_widths(
    charts.gaps_diagram(table, study, **diagram),
    charts.gaps_diagram(table, study, **diagram, narrow=True),
    "diagram",
    table.rows(level="total"),
)
show.findings(show.about(result, "largest_gap_"), study)
with st.expander(words("app.gaps.table"), icon=":material/table:"):
    show.table(numbers.gap_totals(table, study), words("app.gaps.table"))
unmeasured = [gap for gap in Gap if study.design(gap) is None]
if Gap.CUSTOMER in unmeasured:
    show.withheld("no_expectation")
if inside := [gap for gap in unmeasured if gap is not Gap.CUSTOMER]:
    show.withheld("gaps", gaps=words.list(words(f"findings.gap_name.{int(g)}") for g in inside))
    st.page_link("screens/collect/upload.py", label=words("app.gaps.to_template"), icon=":material/arrow_forward:")

if len(unmeasured) < len(Gap):
    show.section(words("app.gaps.by_dimension"))
    show.chart(charts.gap_heatmap(table, study, words=words, dark=dark), "heatmap", table.rows(level="dimension"))

if not isinstance(result.waterfall, Withheld):
    show.section(words("app.gaps.leak"))
    with st.container(horizontal=True):
        dimension, unit = choices.dimension(study), choices.unit(study)
    drawn = charts.waterfall(result.waterfall, study, dimension=dimension, unit=unit, words=words, dark=dark)
    show.chart(drawn, "waterfall", result.waterfall.frame)

if len(unmeasured) < len(Gap) and (len(study.units) > 1 or len(study.waves) > 1):
    show.section(words("app.gaps.compare"))
    gap = choices.gap(study)
    show.findings(show.about(result, "unit_", "wave_") if gap is Gap.CUSTOMER else [], study)
    if len(study.units) > 1 and gap is Gap.CUSTOMER and not isinstance(result.units, Withheld):
        show.chart(charts.standings(result.units, study, by=UNIT, words=words, dark=dark), "units", result.units.frame)
    elif len(study.units) > 1:
        drawn = charts.unit_intervals(table, study, gap=int(gap), words=words, dark=dark)
        show.chart(drawn, "units", table.rows(gap=gap, unit="*", level="total"))
    if len(study.waves) > 1:
        show.chart(
            charts.wave_lines(table, study, gap=int(gap), words=words, dark=dark), "waves", table.rows(gap=gap, wave="*", level="total")
        )

    st.page_link("screens/measure/compare.py", label=words("app.gaps.to_compare"), icon=":material/arrow_forward:")

show.method("gaps", missing=words("app.method.missing"))
