"""The five gaps: the map, where quality leaks away, dimension by dimension, unit by unit, wave by wave."""

import streamlit as st

from gaps.disclosure import SMALL
from gaps.model import UNIT, Gap, Withheld
from screens.parts import browser, choices, guards, language, numbers, opening, show
from screens.parts.cache import charts

words = language.words()
show.title(words("app.page.five_gaps"))
result = guards.analysis("described", "waterfall")
study, table, dark = result.study, result.gaps, show.dark()

widest = show.about(result, "largest_gap_")
told = bool(widest) and not widest[0].code.endswith("_few")  # else the diagram's own title is the answer
if told:
    show.lead(widest[0], study)
show.chart(
    charts.gaps_diagram(
        table, study, chances=result.widest_gap, perceived=result.perceived, narrow=browser.narrow(), words=words, dark=dark
    ),
    "diagram",
    table.rows(level="total"),
    led=told,
    click=opening.gap,
)
opening.gaps("five-gaps")
show.findings(widest[told:], study)
with st.expander(words("app.gaps.table"), icon=":material/table:"):
    show.table(numbers.gap_totals(table, study), words("app.gaps.table"))
    if rounding := numbers.rounded_last(table):
        show.note(rounding)
unmeasured = [gap for gap in Gap if study.design(gap) is None]
if Gap.CUSTOMER in unmeasured:
    show.withheld("no_expectation")
if inside := [gap for gap in unmeasured if gap is not Gap.CUSTOMER]:
    show.withheld("gaps", gaps=words.list(words(f"findings.gap_name.{int(g)}") for g in inside))
    show.way("screens/collect/upload.py", words("app.gaps.to_template"), "template")

if len(unmeasured) < len(Gap) and len(study.instrument.dimensions) > 1:
    show.section(words("app.gaps.by_dimension"))
    measured = [gap for gap in Gap if gap not in unmeasured]
    if len(measured) > 1:
        drawn = charts.gap_heatmap(table, study, chosen=opening.chosen_cell(table), narrow=browser.narrow(), words=words, dark=dark)
        show.chart(drawn, "heatmap", table.rows(level="dimension"), click=opening.cell_of(study))
    else:
        how = {"gap": int(measured[0]), "narrow": browser.narrow()}
        how["chances"] = result.widest_dimension if measured[0] is Gap.CUSTOMER else None
        drawn = charts.gap_detail(table, study, **how, words=words, dark=dark)
        show.chart(drawn, "dimensions-of-gap", table.rows(level="dimension"), click=opening.dimension_of(study, measured[0]))
    with st.container(key="open-cells"):
        show.note(words("app.gaps.cell_hint" if len(measured) > 1 else "app.gaps.dimension_hint"))
    with st.container(key="cell"):
        gap, dimension = opening.cell(study, table)
        rows = table.rows(gap=gap, level="item", dimension=dimension)
        if study.design(gap) == "direct":
            show.not_given(words("one_gap.no_items"))
        elif not len(rows):
            show.not_given(words("charts.cell.no_answers"))
        else:
            how = {"gap": int(gap), "level": "item", "dimension": dimension, "narrow": browser.narrow()}
            drawn = charts.gap_detail(table, study, **how, words=words, dark=dark)
            show.chart(drawn, "cell-items", rows)

if not isinstance(result.waterfall, Withheld):
    show.section(words("app.gaps.leak"))
    with st.container(horizontal=True):
        dimension, unit = choices.dimension(study), choices.unit(study)
    drawn = charts.waterfall(result.waterfall, study, gaps=table, dimension=dimension, unit=unit, words=words, dark=dark)
    show.chart(drawn, "waterfall", result.waterfall.frame)
elif result.waterfall.reason == SMALL:
    show.section(words("app.gaps.leak"))
    show.withheld(SMALL, **result.waterfall.values)

several_waves = len(result.protected.study.waves) > 1  # also those that are not shown: their part says so
if len(unmeasured) < len(Gap) and (len(study.units) > 1 or several_waves):
    show.section(words("app.gaps.compare"))
    gap = choices.gap(study)
    show.findings(show.about(result, "unit_") if gap is Gap.CUSTOMER else [], study)
    if len(study.units) > 1 and gap is Gap.CUSTOMER and not isinstance(result.units, Withheld):
        drawn = charts.standings(result.units, study, by=UNIT, narrow=browser.narrow(), words=words, dark=dark)
        show.chart(drawn, "units", result.units.frame, click=opening.unit(study))
    elif len(study.units) > 1:
        drawn = charts.unit_intervals(table, study, gap=int(gap), words=words, dark=dark)
        show.chart(drawn, "units", table.rows(gap=gap, unit="*", level="total"), click=opening.unit(study))
    if len(study.units) > 1:
        opening.to_unit()
    if several_waves:
        change = result.deeper().latest_change(gap)
        said = show.about(result, "wave_") if gap is Gap.CUSTOMER else []
        show.findings(said, study)
        drawn = charts.wave_lines(table, study, gap=int(gap), change=change, words=words, dark=dark)
        show.chart(drawn, "waves", table.rows(gap=gap, wave="*", level="total"), led=bool(said))

    st.page_link("screens/measure/compare.py", label=words("app.gaps.to_compare"), icon=":material/arrow_forward:")
