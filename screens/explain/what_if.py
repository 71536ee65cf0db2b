"""What if customers perceived more, or expected less: the change in the outcome that goes with it today, and how sure that is."""

import streamlit as st

from gaps.charts import predicted_change  # another prediction with each move: not worth keeping
from gaps.findings import asymmetry as conclusions
from gaps.i18n import signed
from gaps.model import Withheld
from gaps.stats.single_moves import amounts
from screens.parts import choices, guards, language, links, show
from screens.parts.cache import charts
from screens.parts.tables import asymmetry as tables

words = language.words()
show.title(words("app.page.what_if"))
result = guards.analysis("gaps")
study, dark = result.study, show.dark()


def spoken(finding) -> tuple[str, str]:
    return conclusions.statement_and_certainty(finding, study, words)


outcome = choices.outcome(study)
if outcome is None:
    show.not_given(words("asymmetry.page.no_outcome"))
    st.stop()
deeper = guards.deeper(result, outcome, "what_if", "single_moves")
model, singles = deeper.what_if, deeper.single_moves
if isinstance(model, Withheld):
    show.not_given(spoken(conclusions.withheld(model))[0])
    st.stop()
expected = model.gap is not None
batteries = ("perceived", "expected") if expected else ("perceived",)
first = spoken(conclusions.single_moves(singles))
steps = amounts(model.scale)


def sliders() -> list[dict[str, float]]:
    """A slider for each dimension, of perception and of expectation; the moves chosen."""
    moves = []
    for battery, remedy in (("perceived", singles.amount), ("expected", -singles.amount)):
        if battery not in batteries:
            continue
        with st.container(gap="small", key=f"moves-{battery}"):
            with st.container(horizontal=True, vertical_alignment="center", key=f"of-{battery}"):
                show.strong(words(f"asymmetry.page.move_{battery}"))
                preset = words(f"asymmetry.page.all_{battery}", amount=signed(remedy, 1))
                st.button(preset, key=f"all-{battery}", on_click=choices.set_moves, args=((battery,), model.dimensions, remedy))
            moves.append({d: choices.move(study, battery, d, steps) for d in model.dimensions})
    return moves


@st.fragment
def simulator() -> None:
    with guards.faults():
        answer = st.container(key="predicted")
        show.note(words("asymmetry.page.sliders", **tables.scale_ends(study)))
        with st.container(horizontal=True, key="moves"):
            perception, expectation = (*sliders(), {})[:2]
        st.button(
            words("asymmetry.page.reset"),
            key="reset-moves",
            on_click=choices.set_moves,
            args=(batteries, model.dimensions),
            icon=":material/restart_alt:",
        )
        found = deeper.predicted(perception, expectation)
        given = not isinstance(found, Withheld)
        moved = not given or bool(found.moves)
        said = conclusions.prediction(found)
        with answer:
            with st.container(key="predicted-now"):
                show.led(*(spoken(said[0]) if moved else first))
            with st.container(key="predicted-room"):  # unseen: keeps the room, so that nothing below moves with the sliders
                show.led(*first)
        drawn = predicted_change(found, model, words=words, dark=dark)
        show.chart(drawn, "prediction", tables.prediction_as_data(found) if given else None, led=True)
        show.note(words("asymmetry.page.association"))
        if not expected:
            show.note(words("asymmetry.page.no_expectation"))
        for caution in said[1:]:
            show.said(*spoken(caution), severity="information")
        if given and found.moves:
            with st.expander(words("asymmetry.page.did"), icon=":material/table:"):
                show.table(tables.moved(found, study), words("asymmetry.page.did"))
        links.follow_part()


simulator()
show.section(words("asymmetry.page.compare", amount=singles.amount))
drawn = charts.single_moves(singles, study, words=words, title=first[0], dark=dark)
show.chart(drawn, "single-moves", tables.single_moves_as_data(singles, study), led=True)  # the page began with its title
with st.expander(words("asymmetry.page.singles_table"), icon=":material/table:"):
    show.table(tables.single_moves(singles, study), words("asymmetry.page.singles_table"))
