"""Whether falling short goes with more than exceeding does."""

import streamlit as st

from gaps import charts
from gaps.model import Withheld
from screens.parts import choices, guards, language, numbers, show

words = language.words()
show.title(words("app.page.loss_aversion"))
result = guards.analysis()
study = result.study

outcome = choices.outcome(study)
curves = [c for c in guards.explaining(result, outcome).asymmetry if isinstance(c, Withheld) or c.outcome == outcome]
said = show.about(result, "asymmetry_") if outcome is None or outcome == choices.outcomes(study)[0] else []
for one in said:
    show.lead(one, study)
if not (curves or said):
    show.withheld("other")
for curve in curves[:1]:
    if isinstance(curve, Withheld):
        if not said:
            show.withheld(curve.reason)
        continue
    drawn = charts.asymmetry_curve(curve, study, words=words, dark=show.dark())
    show.chart(drawn, "asymmetry", numbers.points_as_data(curve), led=bool(said))
    show.table(numbers.slopes(curve), words("app.loss.slopes"))
    show.note(words("app.loss.reading"))
    if curve.naive is not None:
        with st.expander(words("app.loss.naive"), icon=":material/warning:"):
            show.text(words("app.loss.naive_text"))
            show.table(numbers.naive_slopes(curve.naive), words("app.loss.naive"))
show.method("loss")
