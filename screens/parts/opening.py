"""What a click on a chart opens, and the control beside it that a keyboard reaches: a gap's page, a unit's page, the items of a cell."""

from __future__ import annotations

import streamlit as st

from gaps.charts.heatmap import lowest_cell
from gaps.i18n import Words
from gaps.model import UNIT, Gap, Study
from screens.parts import language, show, state
from screens.parts.cache import once

GAP_PAGE = "screens/measure/gap.py"
UNIT_PAGE = "screens/measure/unit.py"


def name(number: int, words: Words) -> str:
    """A gap by its number and name, as on its link of the diagram."""
    return words("charts.gap_label", gap=number, name=words(f"charts.gap.{number}"))


def gap(number: object) -> None:
    """Open the page of a gap; what came from the browser is looked at first. To be called in a callback."""
    if number in set(Gap):
        state.put({state.of_study(state.GAP_SHOWN): int(number)})
        state.go_to(GAP_PAGE)


def gap_of(study: Study) -> Gap:
    """Choose the gap whose page is shown: any of the five, measured or not; customers' gap, where it was measured, at first."""
    words = language.words()
    first = next((g for g in (Gap.CUSTOMER, *Gap) if study.design(g) is not None), Gap.CUSTOMER)
    number = st.pills(
        words("one_gap.choose"),
        [int(g) for g in Gap],
        default=int(first),
        required=True,
        format_func=lambda number: name(number, words),
        key=state.of_study(state.GAP_SHOWN),
        persist_state="session",
        label_visibility="collapsed",
    )
    return Gap(number)


def gaps(key: str) -> None:
    """Beside the diagram: one button for each gap, and in words that a click on a link does the same."""
    words = language.words()
    with st.container(key=f"open-{key}", gap="xsmall"):
        show.note(words("one_gap.hint"))
        with st.container(horizontal=True, gap="small"):
            for g in Gap:
                st.button(name(int(g), words), key=f"open-{key}-{int(g)}", on_click=gap, args=(int(g),), type="tertiary")


def unit(study: Study):
    """What a click on a unit's mark does: opens the page of that unit, if the study has it."""

    def opened(name: object) -> None:
        if name in study.units:
            state.put({state.of_study(state.UNIT_SHOWN): name})
            state.go_to(UNIT_PAGE)

    return opened


def unit_of(study: Study) -> str | None:
    """Choose the unit whose page is shown; None until one is chosen. The waterfall's choice of a unit is the same."""
    words = language.words()
    return st.selectbox(
        words("unit_page.choose"),
        study.units,
        index=None,
        placeholder=words("unit_page.placeholder"),
        key=state.offer(state.of_study(state.UNIT_SHOWN), study.units),
        persist_state="session",
        width=340,
    )


def beside_all(unit: str) -> None:
    """Where the filter leaves one unit: a button that takes the filter of units away and keeps this unit open."""

    def opened() -> None:
        state.clear(UNIT)
        state.put({state.of_study(state.UNIT_SHOWN): unit})

    label = language.words()("unit_page.beside_all", unit=unit)
    st.button(show.plain(label), key="beside-all", on_click=opened, icon=":material/compare_arrows:")


def to_unit() -> None:
    """The way to a unit's page by keyboard, and in words that a click on a unit leads there too."""
    words = language.words()
    with st.container(key="way-to-unit", gap="xxsmall"):
        st.page_link(UNIT_PAGE, label=words("unit_page.to"), icon=":material/arrow_forward:")
        show.note(words("unit_page.hint"))


def cell(study: Study, table) -> tuple[Gap, str]:
    """Whose items are shown below the heat map: the gap and the dimension of a cell, the lowest at first."""
    words, first = language.words(), once(lowest_cell, table)
    measured = [int(g) for g in Gap if study.design(g) is not None]
    dimensions = [d.id for d in study.instrument.dimensions]
    with st.container(horizontal=True):
        number = measured[0] if len(measured) == 1 else _gap_of_cell(measured, first[0] if first else measured[-1])
        dimension = st.selectbox(
            words("app.choice.dimension"),
            dimensions,
            format_func=lambda id: study.instrument.dimension(id).name(words.language),
            key=state.start(state.of_study(state.CELL_DIMENSION), first[1] if first else dimensions[0]),
            persist_state="session",
            width=280,
        )
    return Gap(number), dimension


def _gap_of_cell(measured: list[int], first: int) -> int:
    words = language.words()
    return st.selectbox(
        words("app.choice.gap"),
        measured,
        format_func=lambda number: name(number, words),
        key=state.start(state.of_study(state.CELL_GAP), first),
        persist_state="session",
        width=280,
    )


def chosen_cell(table) -> tuple[int, str] | None:
    """The cell that is framed: the one whose items are shown."""
    first = once(lowest_cell, table)
    if first is None:
        return None
    return state.start_value(state.of_study(state.CELL_GAP), first[0]), state.start_value(state.of_study(state.CELL_DIMENSION), first[1])


def cell_of(study: Study):
    """What a click on a cell does: shows its items; a second click on the same one leaves them."""

    def opened(given: object) -> None:
        if not isinstance(given, list | tuple) or len(given) != 2:
            return
        number, dimension = given
        if number in set(Gap) and study.design(Gap(number)) is not None and dimension in {d.id for d in study.instrument.dimensions}:
            state.put({state.of_study(state.CELL_GAP): int(number), state.of_study(state.CELL_DIMENSION): dimension})

    return opened


def dimension_of(study: Study, gap: Gap):
    """What a click on a dimension of the only gap does: shows its items, as the click on a cell does where there are several gaps."""
    cell = cell_of(study)
    return lambda dimension: cell([int(gap), dimension])
