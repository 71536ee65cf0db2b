"""Small choices on a page, each with a control that a keyboard reaches. They stay while the reader walks through the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from gaps import escape
from gaps.charts.dumbbells import BY_GAP, INSTRUMENT
from gaps.i18n import signed
from gaps.model import UNIT, WAVE, Gap, Study
from screens.parts import language, state

EVERYTHING = "*"
DUMBBELLS, RADAR = "dumbbells", "radar"
PER_CENT = 20  # of customers count as low, and as high, until something else is chosen


def outcomes(study: Study) -> tuple[str, ...]:
    """The outcomes that somebody answered, the headline's first; where nobody did, the one that was asked first."""
    from gaps.analysis import outcomes as those_asked  # loads the statistics, which the first page does not wait for

    asked = those_asked(study)
    return tuple(name for name in asked if name in study.answered_outcomes) or asked[:1]


def outcome(study: Study) -> str | None:
    """Which outcome: overall quality, satisfaction or recommendation; asked only where there is a choice."""
    words, names = language.words(), outcomes(study)
    if len(names) < 2:
        return names[0] if names else None
    return st.segmented_control(
        words("app.choice.outcome"),
        names,
        default=names[0],
        required=True,
        format_func=lambda name: words(f"findings.outcome_name.{name}"),
        key=state.of_study(state.OUTCOME),
        persist_state="session",
    )


def chosen_outcome(study: Study) -> str | None:
    """The outcome chosen on any page, before its control is drawn."""
    names = outcomes(study)
    picked = state.picked(state.OUTCOME)
    return picked if picked in names else names[0] if names else None


def gap(study: Study) -> Gap:
    """Which of the gaps that were measured; not asked where there is but one."""
    words = language.words()
    measured = [g for g in Gap if study.design(g) is not None] or [Gap.CUSTOMER]
    if len(measured) < 2:
        return measured[0]
    number = st.pills(
        words("app.choice.gap"),
        [int(g) for g in measured],
        default=int(measured[-1]),
        required=True,
        format_func=lambda number: words("charts.gap_label", gap=number, name=words(f"charts.gap.{number}")),
        key=state.of_study(state.GAP),
        persist_state="session",
    )
    return Gap(number)


def battery(study: Study) -> str:
    """Which answers: a battery by its letter, or the gap; perception first. Not asked where there is but one."""
    from gaps.stats.reliability import battery_names

    words, names = language.words(), battery_names(study)
    if len(names) < 2:
        return names[0]
    return st.pills(
        words("app.choice.battery"),
        names,
        default="P" if "P" in names else names[0],
        required=True,
        format_func=lambda name: words(f"validity.battery.{name}"),
        key=state.of_study(state.BATTERY),
        persist_state="session",
    )


def dimension_of_items(study: Study, first: str) -> str | None:
    """The dimension whose items are wanted, `first` until another is chosen; None: all items. Not asked where there is but one."""
    words = language.words()
    if len(study.instrument.dimensions) < 2:
        return first
    chosen = st.pills(
        words("app.choice.dimension"),
        [*(d.id for d in study.instrument.dimensions), EVERYTHING],
        default=first,
        required=True,
        format_func=lambda id: (
            words("dimensions.page.all") if id == EVERYTHING else escape.markdown(study.instrument.dimension(id).name(words.language))
        ),
        key=state.of_study(state.ITEMS),
        persist_state="session",
    )
    return None if chosen == EVERYTHING else chosen


def order() -> str:
    """In which order dimensions and items stand: the lowest gap first, or as they were asked."""
    return _one_of(state.ORDER, "dimensions.choice.order", {BY_GAP: "dimensions.choice.by_gap", INSTRUMENT: "dimensions.choice.instrument"})


def view() -> str:
    """Dumbbells or radar."""
    return _one_of(state.VIEW, "dimensions.choice.view", {DUMBBELLS: "dimensions.choice.dumbbells", RADAR: "dimensions.choice.radar"})


def _one_of(key: str, label: str, options: Mapping[str, str]) -> str:
    words = language.words()
    return st.segmented_control(
        words(label),
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=lambda name: words(options[name]),
        key=state.of_study(key),
        persist_state="session",
    )


def dimension(study: Study) -> str | None:
    """One dimension, or None for all together."""
    words = language.words()
    return st.selectbox(
        words("app.choice.dimension"),
        [None, *(d.id for d in study.instrument.dimensions)],
        format_func=lambda id: words("app.choice.all_dimensions") if id is None else study.instrument.dimension(id).name(words.language),
        key=state.of_study(state.DIMENSION),
        persist_state="session",
        width=280,
    )


def unit(study: Study) -> str | None:
    """One unit, or None for all together; not asked where there is but one."""
    words = language.words()
    if len(study.units) < 2:
        return None
    return st.selectbox(
        words("app.choice.unit"),
        [None, *study.units],
        format_func=lambda name: words("app.choice.all_units") if name is None else name,
        key=state.offer(state.of_study(state.UNIT_SHOWN), study.units),
        persist_state="session",
        width=280,
    )


def grouping(study: Study, contrasts) -> str | None:
    """What customers are grouped by: units, a segment or waves, of those with two groups or more; the first that can be judged.

    Not asked where the study has but one.
    """
    words = language.words()
    groups, judged = contrasts.counts
    offered = [name for name in (UNIT, *study.segments, WAVE) if groups.get(name, 0) > 1]
    if not offered:
        return None
    if len(offered) == 1 and offered[0] == only_grouping(study):
        return offered[0]
    return st.pills(
        words("compare.choice.by"),
        offered,
        default=next((name for name in offered if judged.get(name, 0) > 1), offered[0]),
        required=True,
        format_func=lambda name: words(f"compare.by.{name}") if name in (UNIT, WAVE) else escape.markdown(words.segment(name)),
        key=state.of_study(state.GROUPING),
        persist_state="session",
    )


def only_grouping(study: Study) -> str | None:
    """What customers can be grouped by, where that is one thing."""
    groups = {UNIT: study.units, WAVE: study.waves} | {name: study.customers[name].cat.categories for name in study.segments}
    several = [name for name, values in groups.items() if len(values) > 1]
    return several[0] if len(several) == 1 else None


def measure(study: Study, contrasts) -> tuple[str, str | None]:
    """What is compared: the gap (or perceptions) in total or in a dimension, or an outcome."""
    from gaps.charts.standing import name_of

    words = language.words()
    offered = {name if of is None else f"{name}.{of}": (name, of) for name, of in contrasts.measures()}
    place = st.selectbox(
        words("compare.choice.measure"),
        list(offered),
        format_func=lambda called: name_of(*offered[called], study, words),
        key=state.of_study(state.MEASURE),
        persist_state="session",
        width=340,
    )
    return offered[place]


def group(names: tuple[str, ...], by: str) -> str:
    """One group of those compared."""
    words = language.words()
    return st.selectbox(
        words("compare.choice.group"), names, key=state.of_study(f"{state.GROUP_SHOWN} {by}"), persist_state="session", width=280
    )


def two_waves(study: Study) -> tuple[str, str]:
    """An earlier and a later wave, the last two at first; not asked where there are but two."""
    words, waves = language.words(), study.waves
    if len(waves) == 2:
        return waves[0], waves[1]
    with st.container(horizontal=True):
        before = st.selectbox(
            words("compare.choice.before"),
            waves[:-1],
            index=len(waves) - 2,
            key=state.of_study(state.WAVE_BEFORE),
            persist_state="session",
            width=220,
        )
        later = waves[waves.index(before) + 1 :]
        after = st.selectbox(
            words("compare.choice.after"),
            later,
            index=len(later) - 1,
            key=state.of_study(f"{state.WAVE_AFTER} {before}"),
            persist_state="session",
            width=220,
        )
    return before, after


def share(side: str) -> None:
    """Which share of customers counts as low, or high; `chosen_share` says which it is."""
    words = language.words()
    unit = "%d%%" if words.language == "zh" else "%d %%"
    key = state.of_study(f"{state.SHARE} {side}")
    st.slider(words(f"asymmetry.page.{side}"), 5, 40, PER_CENT, 5, format=unit, key=key, persist_state="session")


def chosen_share(side: str) -> float:
    """The share of customers that counts as low, or high, whether its control is drawn or not."""
    return (state.picked(f"{state.SHARE} {side}") or PER_CENT) / 100


def move(study: Study, battery: str, dimension: str, amounts: Sequence[float]) -> float:
    """By how many points a dimension's perception or expectation is moved."""
    words = language.words()
    name = escape.markdown(study.instrument.dimension(dimension).name(words.language))
    return st.select_slider(
        words(f"asymmetry.page.{battery}", name=name),
        amounts,
        format_func=lambda value: signed(value, 1) if value else "0",
        key=state.start(_moved(battery, dimension), 0.0),
        persist_state="session",
    )


def set_moves(batteries: Sequence[str], dimensions: Sequence[str], amount: float = 0.0) -> None:
    """Set the sliders of batteries and dimensions to an amount; to be called in a callback."""
    state.put({_moved(battery, dimension): amount for battery in batteries for dimension in dimensions})


def _moved(battery: str, dimension: str) -> str:
    return state.of_study(f"{state.MOVE} {battery} {dimension}")
