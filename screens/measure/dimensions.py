"""The dimensions: what customers expected and what they received, item by item; totals, importance, reliability, validity."""

import streamlit as st

from gaps.charts.radar import possible as radar_possible
from gaps.computed import scores as computed
from gaps.findings import validity
from gaps.model import Gap, Withheld
from screens.parts import browser, choices, footer, guards, items, language, numbers, scales, show
from screens.parts.cache import charts, once

words = language.words()
show.title(words("app.page.dimensions"))
result = guards.analysis("described", "servqual", "zone", "reliability")
study, table, dark = result.study, result.gaps, show.dark()

said = show.about(result, "largest_dimension_")[:1]
for one in said:
    show.lead(one, study)
order = choices.BY_GAP
if study.design(Gap.CUSTOMER) is None:
    show.withheld("no_expectation")
    found = guards.deeper(result, None, "distributions").distributions
    if not isinstance(found, Withheld):
        show.chart(charts.perceived(found, study, words=words, dark=dark), "perceived", found.found.means[found.found.means["item"].isna()])
else:
    rows, view = table.rows(gap=5, level="dimension"), choices.DUMBBELLS
    if len(rows) > 1:
        with st.container(horizontal=True):
            order = choices.order()
            view = choices.view() if radar_possible(table) else view
    if view == choices.RADAR:
        how = {"order": order, "chances": result.widest_dimension, "narrow": browser.narrow()}
        show.chart(charts.radar(table, study, **how, words=words, dark=dark), "radar", rows, led=bool(said))
    else:
        found = guards.deeper(result, None, "distributions").distributions
        sides = None if isinstance(found, Withheld) else found.found
        how = {"order": order, "sides": sides, "chances": result.widest_dimension, "narrow": browser.narrow()}
        drawn = charts.dumbbells(table, study, **how, words=words, dark=dark)
        show.chart(drawn, "dimensions", rows, led=bool(said))

items.part(result, order)

if not isinstance(result.zone, Withheld):
    show.section(words("app.dimensions.zone"))
    show.chart(charts.zone_bands(result.zone, study, words=words, dark=dark), "zone", result.zone.frame)

show.section(words("app.dimensions.scores"))
show.table(numbers.scores(result.servqual), words("app.dimensions.scores"))
show.note(numbers.weights(result.servqual, study))
show.download(lambda: numbers.scores_as_data(result.servqual), "scores", words("app.dimensions.scores"))
footer.how("scores", lambda: ((words("app.dimensions.scores"), computed.servqual(result.servqual, study, words)),))

show.section(words("dimensions.page.weights"))
outcome = next(iter(choices.outcomes(study)), None)
deeper = guards.deeper(result, outcome, "stated")
if isinstance(deeper.stated, Withheld):
    show.not_given(words("dimensions.page.importance_not_asked"))
else:
    derived = guards.deeper(result, outcome, "priorities").priorities
    known = None if isinstance(derived, Withheld) else derived
    show.chart(charts.importance_weights(deeper.stated, known, study, words=words, dark=dark), "weights", deeper.stated.frame)

show.section(words("app.validity.title"))
show.note(words("app.validity.text"))
for one in once(validity.verdicts, result.reliability, guards.deeper(result, None, "distinct").distinct):
    show.said(*validity.statement_and_certainty(one, study, words), one.severity)
scales.parts(result)
