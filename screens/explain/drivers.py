"""What goes with quality: the dimensions, what to fix first, the five gaps along their chain; how sure that is, and what it depends on."""

from gaps.findings import headline_fit
from screens.parts import choices, drivers, guards, language, show

words = language.words()
show.title(words("app.page.drivers"))
result = guards.analysis("findings")
study = result.study

outcome = choices.outcome(study)
explained = guards.explaining(result, outcome, "findings")
fits = [fit for fit in explained.drivers if fit.outcome == outcome]
by_dimension, by_gap = headline_fit(fits, "dimension", outcome), headline_fit(fits, "gap", outcome)

drivers.verdict(explained, by_dimension)
deeper = guards.deeper(result, outcome, "priorities", "five_gaps")
if by_dimension is not None and by_dimension.withheld is None:
    drivers.first(deeper.priorities, result.gaps, study)
    drivers.models(explained, fits)
drivers.five_gaps(deeper.five_gaps, explained, by_gap, outcome)
if by_dimension is not None and by_dimension.withheld is None:
    show.section(words("app.drivers.expert"))
    drivers.coefficients(explained, fits)
    drivers.checks(result, outcome)
