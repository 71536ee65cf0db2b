"""The dimensions: what customers expected and what they received, item by item on demand; totals, weights, reliability, validity."""

from gaps import charts
from gaps.findings import validity
from gaps.model import Gap, Withheld
from screens.parts import choices, guards, language, numbers, scales, show

words = language.words()
show.title(words("app.page.dimensions"))
result = guards.analysis("described", "servqual", "zone", "reliability")
study, table, dark = result.study, result.gaps, show.dark()

said = show.about(result, "largest_dimension_")[:1]
for one in said:
    show.lead(one, study)
if study.design(Gap.CUSTOMER) is None:
    show.withheld("no_expectation")
else:
    show.chart(
        charts.dumbbells(table, study, chances=result.widest_dimension, words=words, dark=dark),
        "dimensions",
        table.rows(gap=5, level="dimension"),
        led=bool(said),
    )
    show.section(words("app.dimensions.items"))
    if (dimension := choices.dimension_of_items(study)) is not None:
        drawn = charts.dumbbells(table, study, dimension=dimension, words=words, dark=dark)
        show.chart(drawn, "items", table.rows(gap=5, level="item", dimension=dimension))
    else:
        show.text(words("app.dimensions.pick"))

if not isinstance(result.zone, Withheld):
    show.section(words("app.dimensions.zone"))
    show.chart(charts.zone_bands(result.zone, study, words=words, dark=dark), "zone", result.zone.frame)
    show.method("zone")

show.section(words("app.dimensions.scores"))
show.table(numbers.scores(result.servqual), words("app.dimensions.scores"))
show.note(numbers.weights(result.servqual, study))

show.section(words("app.validity.title"))
show.note(words("app.validity.text"))
for one in validity.verdicts(result.reliability, guards.deeper(result, None, "distinct").distinct):
    show.said(*validity.statement_and_certainty(one, study, words), one.severity)
scales.parts(result)
show.method("dimensions", missing=words("app.method.missing"))
