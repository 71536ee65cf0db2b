"""What goes with overall quality: the dimensions, and across units gaps 1 to 4; how sure that is."""

import streamlit as st

from gaps import charts
from gaps.findings import headline_fit
from screens.parts import choices, guards, language, numbers, show

words = language.words()
show.title(words("app.page.drivers"))
result = guards.analysis()
study, dark = result.study, show.dark()

outcome = choices.outcome(study)
if outcome is None:
    show.findings(show.about(result, "driver_"), study)
    show.withheld("no_outcome")
    show.method("drivers", resamples=result.resamples, seed=result.seed)
    st.stop()

fits = [fit for fit in guards.explaining(result, outcome).drivers if fit.outcome == outcome]
by_dimension, by_gap = headline_fit(fits, "dimension", outcome), headline_fit(fits, "gap", outcome)
spoken = show.about(result, "driver_dimension_", "driver_models_", "gap_score_") if outcome == choices.outcomes(study)[0] else []
for one in spoken[:1]:
    show.lead(one, study)

if by_dimension is not None:
    show.chart(
        charts.driver_shares(by_dimension, study, words=words, dark=dark), "shares", numbers.terms_as_data(by_dimension), led=bool(spoken)
    )
    fitted = [fit for fit in fits if fit.question == "dimension" and fit.terms]
    if fitted:
        show.section(words("app.drivers.models"))
        show.findings(spoken[1:], study)
        show.chart(charts.models_side_by_side(fitted, study, words=words, dark=dark), "models", numbers.models_as_data(fitted))
        with st.expander(words("app.drivers.table"), icon=":material/table:"):
            for fit in fitted:
                show.strong(
                    words(
                        "app.drivers.model", model=words(f"app.drivers.predictors.{fit.predictors}"), r2=fit.r2, adj_r2=fit.adj_r2, n=fit.n
                    )
                )
                show.table(numbers.terms(fit, study), words(f"app.drivers.predictors.{fit.predictors}"))

elif not spoken:
    show.withheld("other")

show.section(words("app.drivers.gaps"))
if by_gap is None:
    show.withheld("internal")
else:
    of_gaps = show.about(result, "driver_gap_") if outcome == choices.outcomes(study)[0] else []
    show.findings(of_gaps, study)
    drawn = charts.driver_shares(by_gap, study, words=words, dark=dark)
    show.chart(drawn, "gap-shares", numbers.terms_as_data(by_gap), led=bool(of_gaps))
    if by_gap.terms:
        with st.expander(words("app.drivers.gap_table"), icon=":material/table:"):
            show.table(numbers.terms(by_gap, study), words("app.drivers.gap_table"))
show.method("drivers", resamples=result.resamples, seed=result.seed)
