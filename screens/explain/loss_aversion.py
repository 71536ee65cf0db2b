"""Whether falling short goes with more than exceeding does: in all, dimension by dimension, and as penalty and reward."""

import streamlit as st

from gaps.findings import asymmetry as conclusions
from gaps.model import Withheld
from gaps.stats.penalty_reward import whatever_the_shares
from screens.parts import browser, choices, footer, guards, language, links, numbers, show
from screens.parts.cache import charts
from screens.parts.tables import asymmetry as tables

words = language.words()
show.title(words("app.page.loss_aversion"))
result = guards.analysis("losses")
study, dark = result.study, show.dark()


def speak(finding, **how) -> None:
    show.said(*conclusions.statement_and_certainty(finding, study, words), **how)


outcome = choices.outcome(study)
curves = [c for c in guards.explaining(result, outcome, "asymmetry").asymmetry if isinstance(c, Withheld) or c.outcome == outcome]
said = show.about(result, "asymmetry_") if outcome is None or outcome == choices.outcomes(study)[0] else []
for one in said:
    show.lead(one, study)
if not (curves or said):
    show.withheld("other")
curve = next(iter(curves), None)
if isinstance(curve, Withheld):
    if not said:
        show.withheld(curve.reason)
elif curve is not None:
    drawn = charts.asymmetry_curve(curve, study, narrow=browser.narrow(), words=words, dark=dark)
    if curve.points or not said:
        show.chart(drawn, "asymmetry", numbers.points_as_data(curve), led=bool(said))
    show.table(numbers.slopes(curve), words("app.loss.slopes"))
    show.note(words("app.loss.reading"))
    if not curve.points and said:  # no chart, whose footer would say it
        footer.how("slopes-of-all", lambda: ((words("app.loss.slopes"), drawn.computed),))

if outcome is None:
    show.not_given(words("asymmetry.page.no_outcome"))

deeper = guards.deeper(result, outcome, "profile", "asymmetry")
profile, asymmetry = deeper.profile, deeper.asymmetry
if not isinstance(profile, Withheld):
    show.section(words("asymmetry.page.gains"))
    show.chart(charts.gap_sides(profile, study, words=words, dark=dark), "sides", profile.frame)

if not isinstance(asymmetry, Withheld) and len(asymmetry.dimensions) > 1:  # of a single one all is said above
    show.section(words("asymmetry.page.dimensions"))
    drawn = charts.dimension_curves(asymmetry, study, across=2 if browser.narrow() else 3, words=words, dark=dark)
    show.chart(drawn, "curves", tables.curves_as_data(asymmetry))
    drawn = charts.dimension_slopes(asymmetry, study, words=words, dark=dark)
    show.chart(drawn, "slopes", tables.slopes_as_data(asymmetry), led=True)
    for caution in asymmetry.cautions:
        speak(conclusions.caution(caution), severity="information")
    with st.expander(words("asymmetry.page.dimensions_table"), icon=":material/table:"):
        show.table(tables.slopes(asymmetry, study), words("asymmetry.page.dimensions_table"))


if outcome is not None:
    moved = "to_what_if" if study.expectation else "to_what_if_perceived"
    st.page_link("screens/explain/what_if.py", label=words(f"dimensions.curves.{moved}"), icon=":material/arrow_forward:")

given = None if isinstance(curve, Withheld) else curve
if given is not None and given.naive is not None:
    with st.expander(words("app.loss.naive"), icon=":material/warning:"):
        show.text(words("app.loss.naive_text"))
        show.table(numbers.naive_slopes(given), words("app.loss.naive"))


@st.fragment
def penalty_and_reward() -> None:
    with guards.faults():
        sliders = st.container(horizontal=True)
        with st.spinner(words("app.working.deeper")):
            found = deeper.contrast(choices.chosen_share("low"), choices.chosen_share("high"))
        if not (isinstance(found, Withheld) and whatever_the_shares(found)):  # else there is nothing that they would change
            with sliders:
                for side in ("low", "high"):
                    choices.share(side)
        links.follow_part()
        if isinstance(found, Withheld):
            show.not_given(conclusions.statement_and_certainty(conclusions.withheld(found), study, words)[0])
            return
        speak(conclusions.groups(found))
        drawn = charts.penalty_reward(found, study, words=words, dark=dark)
        show.chart(drawn, "penalty-reward", tables.contrasts_as_data(found))
        show.note(words("asymmetry.page.caveats"))
        with st.expander(words("asymmetry.page.penalty_table"), icon=":material/table:"):
            show.table(tables.contrasts(found, study), words("asymmetry.page.penalty_table"))


if outcome is not None:
    show.section(words("asymmetry.page.penalty"))
    show.text(words("asymmetry.page.penalty_text"))
    penalty_and_reward()
