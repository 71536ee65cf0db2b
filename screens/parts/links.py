"""The address of a page holds what is shown: study, filters, choices, language. A link opens what its sender saw; going back undoes.

Each run begins with `arrive`: what the address asks for and this session did not write itself is taken over, before anything is drawn; then
the address is written as the session now stands. That happens before the navigation, because the browser then needs one entry of its
history for a change of the page, not two. A choice stands in the address once it shows something else than anybody would find there who
comes with the same filters.

Streamlit sends the address along with every press, and a quick hand is faster than the answer: an address that this session wrote is
therefore no order, unless the reader went back or forth to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gaps import address, escape
from gaps.i18n import LANGUAGES
from gaps.model import UNIT, WAVE, Battery, Gap, Study
from screens.parts import cache, choices, entered, guards, language, quality, selection, shared, show, state

STUDY, LANGUAGE = "study", "lang"
ASIDE, KEEP = "aside", "keep"
OPEN = "open"
MOVED = ("perceived", "expected")
SIDES = {"a": state.SIDE_A, "b": state.SIDE_B}  # the two selections compared
MOST_SAID = 5  # things left out that are named
LETTERS_SAID = 60

# Folded parts of pages; what stands in them is not seen unless they are open. Planning is there before any study.
PLANNING = ("more-wishes", "needs-company", "needs-unit", "change")
FOLDED = (
    "standings-table", "items-apart", "changes-table", "effects", "agreement", "populations", "weighting", "models", "checks", "second",
    *PLANNING, "consistency", "item-analysis", "htmt", "factors", "difference", "selections-table", "unit-drivers", "unit-asked",
    "gaps-table", "map-table", "path-list", "all-five", "slopes-table", "naive", "penalty-table", "moved-table", "singles-table",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in the address: its name there, the key under which the session holds it, and text in the address -> value."""

    name: str
    key: str
    offered: Callable[[], Mapping[str, object]]


def arrive() -> None:
    """Take over what the address asks for, and write it as it then is; before anything is drawn."""
    asked = {name: tuple(st.query_params.get_all(name)) for name in st.query_params}
    query = address.written(asked)
    order = bool(asked) and query != (state.addresses() or ("",))[-1] and (query not in state.addresses() or _went_back())
    with guards.faults():
        shared.let_go()
        if order:
            _take_over(asked)
        follow(taken=order)


def follow_part() -> None:
    """Write the address from within a part of a page that runs by itself, once its own choices are made."""
    if getattr(get_script_run_ctx(), "fragment_ids_this_run", None):
        if shared.let_go():
            st.rerun()
        follow()


def follow(*, taken: bool = False) -> None:
    """Write the address as the session stands."""
    there = address.written({name: st.query_params.get_all(name) for name in st.query_params})
    if state.file() is None and state.link_failed():
        state.wrote(there)  # it stays: loading the page again tries the link again
        return
    now = parameters()
    query = address.written(now)
    moved = not taken and query != (state.addresses() or ("",))[-1]
    if moved:
        state.link_said()  # the reader has moved on
    if query != there or moved:  # what the browser sent along may be older than what it is given last
        st.query_params.from_dict(now)
    state.wrote(query)


def _went_back() -> bool:
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def link() -> str:
    """The whole address of what is shown, to be sent to others; of the Upload page, which is nobody else's, that of the overview."""
    page = (st.context.url or "").removesuffix("/upload")
    root = "" if urlsplit(page).path else "/"
    return f"{page}{root}?{urlencode(parameters(), doseq=True)}"


def parameters() -> dict[str, tuple[str, ...]]:
    """What the address holds now."""
    kept = guards.imported()
    if kept is None:
        held = state.everything_held()
        found = _entered(None, held) | _opened(PLANNING, held)
        return found if not found and language.current() == language.of_browser() else found | {LANGUAGE: (language.current(),)}
    study = kept.study
    held, called, switched = state.everything_held(), shared.name(), _switched(study)
    found = {STUDY: (called,), **_filters(study), **(switched if _switches_in_address(called) else {})}
    under = address.written(_filters(study, sides=False) | switched)
    for choice in _choices(study):
        value = held.get(choice.key)
        if value is None or state.is_untouched(choice.key, under):
            continue
        text = next((text for text, offered in choice.offered().items() if offered == value), None)
        if text is not None:
            found[choice.name] = (text,)
    found |= _entered(study, held)
    if any(name.startswith("unit.people.") for name in found) and "shown" not in found:
        found["shown"] = (str(held[state.of_study(state.UNIT_SHOWN)]),)
    for choice, of in (("group", "by"), ("to", "from")):  # these mean something together with the other alone
        if choice in found and of not in found:
            value = next(held[c.key] for c in _choices(study) if c.name == of)
            found[of] = (str(value),)
    return found | _opened(_foldable(study), held) | {LANGUAGE: (language.current(),)}


def _opened(foldable: tuple[str, ...], held: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The folded parts that are open."""
    opened = tuple(name for name in foldable if held.get(show.folded(name)))
    return {OPEN: opened} if opened else {}


@contextmanager
def watching() -> Iterator[None]:
    """Around the drawing of a page: what a control shows that is drawn for the first time is what anybody would find there."""
    kept = guards.imported()
    before = state.everything_held().keys() if kept is not None else set()
    try:
        yield
    finally:
        now = guards.imported()
        if kept is not None and now is kept:
            new = state.everything_held().keys() - before
            under = _under(kept.study) if new else ""
            for choice in _choices(kept.study) if new else ():
                if choice.key in new:
                    state.note_untouched(choice.key, under)


def notices() -> None:
    """What a link asked for that could not be done."""
    words = language.words()
    if failed := state.link_failed():
        with st.container(key="link-failed"):
            day = {"day": words.date(state.link_ended())} if failed == "ended" else {}
            st.warning(words(f"links.failed.{failed}", **day), icon=":material/link_off:")
    if left_out := state.link_left_out():
        some, more = left_out[:MOST_SAID], len(left_out) - MOST_SAID
        what = words.list((*some, words("links.more", n=more)) if more > 0 else some)
        with st.container(key="link-left-out"):
            st.warning(escape.markdown(words("links.left_out", what=what)), icon=":material/link_off:")


def _take_over(asked: dict[str, tuple[str, ...]]) -> None:
    """Set the session to what an address asks for. One that names the language names everything: what it leaves out is as at first."""
    asked, whole, left_out = dict(asked), LANGUAGE in asked, []
    for value in asked.pop(LANGUAGE, ())[-1:]:
        if value in LANGUAGES:
            state.put({state.LANGUAGE: value})
        else:
            left_out.append((LANGUAGE, value))
    called = asked.pop(STUDY, ())[-1:]
    failed = shared.follow(called[0]) if called else ""
    kept = guards.imported()
    if kept is None or failed:
        if not failed:  # a plan needs no study
            left_out += _take_entered(None, asked, whole) + _take_opened(PLANNING, asked, whole)
        state.link_said(failed or ("no_study" if asked else ""), tuple(_said(name, value) for name, value in left_out))
        return
    study = kept.study
    left_out += _take_filters(study, asked, whole) + _take_switches(study, asked, whole)
    under = _under(study)
    for choice in _choices(study):  # one by one: which group is shown depends on what is compared
        if choice.name not in asked:
            if whole:
                state.untouch(choice.key, under)
            continue
        *_, value = asked.pop(choice.name)
        if value in (offered := choice.offered()):
            state.put({choice.key: offered[value]})
        else:
            left_out.append((choice.name, value))
    left_out += _take_entered(study, asked, whole)
    left_out += _take_opened(_foldable(study), asked, whole)
    left_out += [(name, value) for name, values in asked.items() for value in values]
    state.link_said(left_out=tuple(_said(name, value) for name, value in left_out))


def _entered(study: Study | None, held: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What was typed in, other than as it starts."""
    if not entered.are_used(held):
        return {}
    return {entry.name: values for entry in entered.entries(study) if (values := entry.values(held))}


def _take_entered(study: Study | None, asked: dict[str, tuple[str, ...]], whole: bool) -> list[tuple[str, str]]:
    left_out = []
    for entry in entered.entries(study) if entered.are_used(state.everything_held(), asked) else ():
        if entry.name in asked:
            left_out += [(entry.name, value) for value in entry.take(asked.pop(entry.name))]
        elif whole:
            entry.reset()
    return left_out


def _take_opened(foldable: tuple[str, ...], asked: dict[str, tuple[str, ...]], whole: bool) -> list[tuple[str, str]]:
    opened = asked.pop(OPEN, ())
    for name in foldable:
        if name in opened or (whole and state.held(show.folded(name))):
            state.put({show.folded(name): name in opened})
    return [(OPEN, name) for name in opened if name not in foldable]


def _said(name: str, value: str) -> str:
    """Something that was left out, as plain text."""
    words = language.words()
    if address.is_list(value):
        return words("links.list", name=_cut(name))
    return words("links.value", name=_cut(name), value=_cut(value)) if value else _cut(name)


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS_SAID else text[: LETTERS_SAID - 1] + "…"


def _under(study: Study) -> str:
    """All that decides which answers are counted, as text."""
    return address.written(_filters(study, sides=False) | _switched(study))


def _called(study: Study, sides: bool = True) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The filters by their names in an address: session key without the study, and the values to choose from.

    With `sides` also those of the two selections that are compared, as `a.unit` and `b.unit`.
    """
    names = (UNIT, WAVE, *study.segments)
    moves = (f"move.{battery}.{d.id}" for battery in MOVED for d in study.instrument.dimensions)
    typed = entered.reserved(study.segments)
    segments = address.segment_names(study.segments, RESERVED.union(typed, moves, (f"{side}.{name}" for side in SIDES for name in names)))
    offered = selection.offered(study)
    called = {name if key in (UNIT, WAVE) else segments[name]: (key, values) for key, (name, values) in offered.items()}
    compared = {f"{side}.{name}": (f"{of} {key}", values) for side, of in SIDES.items() for name, (key, values) in called.items()}
    return called | (compared if sides else {})


def _filters(study: Study, sides: bool = True) -> dict[str, tuple[str, ...]]:
    found = {name: address.shortened(state.chosen(key), values) for name, (key, values) in _called(study, sides).items()}
    return {name: values for name, values in found.items() if values}


def _take_filters(study: Study, asked: dict[str, tuple[str, ...]], whole: bool) -> list[tuple[str, str]]:
    left_out = []
    for name, (key, values) in _called(study).items():
        if name not in asked and not (whole and state.chosen(key)):
            continue
        chosen, unknown = address.lengthened(asked.pop(name, ()), values)
        state.put({state.of_study(key): list(chosen)})
        left_out += [(name, value) for value in unknown]
    return left_out


def _switches_in_address(called: str) -> bool:
    """A study that is kept holds its own switches."""
    return called in (shared.SAMPLE, shared.UNSHARED)


def _switched(study: Study) -> dict[str, tuple[str, ...]]:
    """Answers set aside, or kept, other than by default."""
    on = quality.switches(study)
    found = [c for c in cache.checks(study) if not c.always]
    more = tuple(c.switch for c in found if not c.by_default and c.switch in on)
    less = tuple(c.switch for c in found if c.by_default and c.switch not in on)
    return {name: values for name, values in ((ASIDE, more), (KEEP, less)) if values}


def _take_switches(study: Study, asked: dict[str, tuple[str, ...]], whole: bool) -> list[tuple[str, str]]:
    if state.followed():  # nobody but its sender decides what is set aside
        return [(of, name) for of in (ASIDE, KEEP) for name in asked.pop(of, ())]
    if not {ASIDE, KEEP} & set(asked) and not (whole and _switches_in_address(shared.name())):
        return []
    aside, keep = asked.pop(ASIDE, ()), asked.pop(KEEP, ())
    known = {c.switch: c for c in cache.checks(study) if not c.always}
    for name, check in known.items():
        on = name in aside or (check.by_default and name not in keep)
        if on != state.switched(name, check.by_default):
            state.put({state.switch(name): on})
    return [(of, name) for of, names in ((ASIDE, aside), (KEEP, keep)) for name in names if name not in known]


def _foldable(study: Study) -> tuple[str, ...]:
    """The folded parts that there may be: also the items of each dimension, in pieces where they are many."""
    pieces = (f"spread-{d.id}-{k}" for d in study.instrument.dimensions for k in range(len(study.instrument.numbers_of(d.id))))
    return (*FOLDED, *pieces)


def _choices(study: Study) -> Iterator[Choice]:
    """Every choice on a page that belongs into the address; those that another one decides about come after it."""
    ids = [d.id for d in study.instrument.dimensions]

    ending = state.ending()

    def of(name: str, key: str, offered) -> Choice:
        return Choice(name, key + ending, lambda: {str(value): value for value in offered})

    yield of("outcome", state.OUTCOME, study.outcomes)
    yield of("gap", state.GAP, [int(g) for g in Gap if study.design(g) is not None])
    yield of("detail", state.GAP_SHOWN, [int(g) for g in Gap])
    yield of("cell.gap", state.CELL_GAP, [int(g) for g in Gap if study.design(g) is not None])
    yield of("cell.dimension", state.CELL_DIMENSION, ids)
    yield of("against", state.AGAINST, ("rest", "chosen"))
    yield of("dimension", state.DIMENSION, ids)
    yield of("items", state.ITEMS, [*ids, "*"])
    yield of("order", state.ORDER, ("gap", "instrument"))
    yield of("view", state.VIEW, ("dumbbells", "radar"))
    yield of("shown", state.UNIT_SHOWN, study.units)
    yield of("battery", state.BATTERY, [*(b.value for b in Battery if b in study.answers), "gap"])
    yield of("importance", state.IMPORTANCE, ("stated", "derived"))
    yield of("lines", state.LINES, ("data", "scale"))
    yield of("measure", state.MEASURE, ["gap", "perception", *(f"{m}.{d}" for m in ("gap", "perception") for d in ids), *study.outcomes])
    yield of("by", state.GROUPING, (UNIT, *study.segments, WAVE))
    by = state.held(state.of_study(state.GROUPING)) or choices.only_grouping(study)
    if by is not None:
        yield of("group", f"{state.GROUP_SHOWN} {by}", _groups(study, str(by)))
    yield of("from", state.WAVE_BEFORE, study.waves[:-1])
    before = state.held(state.of_study(state.WAVE_BEFORE))
    if before in study.waves:
        yield of("to", f"{state.WAVE_AFTER} {before}", study.waves[study.waves.index(before) + 1 :])
    for side in ("low", "high"):
        yield of(f"share.{side}", f"{state.SHARE} {side}", range(5, 45, 5))
    for battery in MOVED:
        for id in ids:
            yield Choice(f"move.{battery}.{id}", f"{state.MOVE} {battery} {id}{ending}", lambda: _moves(study))


def _groups(study: Study, by: str) -> tuple[str, ...]:
    if by in (UNIT, WAVE):
        return study.units if by == UNIT else study.waves
    return tuple(map(str, study.customers[by].cat.categories)) if by in study.segments else ()


def _moves(study: Study) -> dict[str, float]:
    from gaps.stats.single_moves import amounts  # loads the statistics, which the first page does not wait for

    return {f"{amount:g}": amount for amount in amounts(study.instrument.scale)}


# What no segment may be called in an address. Streamlit keeps two more for itself.
RESERVED = frozenset(
    {
        "detail",
        "cell.gap",
        "cell.dimension",
        "against",
        STUDY,
        LANGUAGE,
        ASIDE,
        KEEP,
        UNIT,
        WAVE,
        "outcome",
        "gap",
        "dimension",
        "items",
        "order",
        "view",
        "shown",
        "battery",
        "importance",
        "lines",
        "measure",
    }
    | {"by", "group", "from", "to", OPEN, "share.low", "share.high", "embed", "embed_options"}
)
