"""Everything a session remembers, by name. No other module writes a session key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from gaps.importer.mapping import ColumnMap
    from gaps.importer.report import Imported
    from gaps.model import Selection
    from gaps.problems import Problem

LANGUAGE = "language"
OUTCOME = "outcome"
IMPORTANCE = "importance"
LINES = "lines"
GAP = "gap"
DIMENSION = "dimension"
ITEMS = "items of"
ORDER = "order"
VIEW = "drawn as"
BATTERY = "battery shown"
WISH = "plan"  # with the name of a wish
UNIT_SHOWN = "unit shown"
GROUPING = "compared by"
MEASURE = "what is compared"
GROUP_SHOWN = "group shown"
WAVE_BEFORE = "earlier wave"
WAVE_AFTER = "later wave"
MARGINS = "weighted by"
GAP_SHOWN = "gap shown"  # the one whose page is open, measured or not
CELL_GAP = "gap of the items"
CELL_DIMENSION = "dimension of the items"
SIDE_A = "selection A"  # with the name of a filter
SIDE_B = "selection B"
AGAINST = "A against"
INSTRUMENT = "instrument"
SHARE = "share"
MOVE = "move"
TERM = "term of the link"
PAGE = "page"  # the page's script, with what it measured

_DESIRED = "desired"  # whether the study shown asked for a desired level instead of an expectation
_WAY = "way"  # a page to open
_FILE = "study"  # digest of the file shown; what was made of it is in the cache
_REFUSED = "refused"  # the last file, if it could not be used: its problems
_ARRIVED = "arrived"  # a study has just been loaded: said once
_FILES = "files"  # how many files were taken
_HANDED = "handed in"  # digest of the files that the study shown was made of
_MAPPED = "mapped"  # digest of the files whose columns were guessed, not written in our own format
_SHEETS = "sheets"  # their sheets, and who answered each
_WHO = "who"  # what a person said of that
_DRAFTS = "drafts"  # its column map, one correction after the other
_EDITS = "edits"  # how often the tables of corrections were begun anew
_TURNED = "turned"  # the items reversed before some were turned round from the data-quality checks, and of which file
_SHOWN = "shown"  # title of the study shown and what of it is selected, in words, for what is taken along
_MAPS = "maps"  # the maps applied in this session, by the shape of their files
_ADDRESSES = "addresses"  # the queries that the address was given in this session, the present one last
_LINK_FAILED = "link failed"  # why the study of the link last followed is not shown
_LINK_LEFT_OUT = "link left out"  # what that link asked for that its study does not have
_LINK_ENDED = "link ended"  # the last day of that link, where it is over
_SHARED_HERE = "shared here"  # tokens of the studies that this session shared
_SHARING = "sharing"  # what came of the last press in the share box
MOST_ADDRESSES = 200


def file() -> str | None:
    """The file whose study is shown, by its digest."""
    return st.session_state.get(_FILE)


def adopt(digest: str, handed: str | None = None) -> None:
    """Show this study from now on, everywhere; `handed` is the digest of the files themselves."""
    st.session_state[_FILE] = digest
    st.session_state[_HANDED] = handed
    st.session_state[_ARRIVED] = True
    for said in (_REFUSED, _LINK_FAILED, _LINK_LEFT_OUT):
        st.session_state.pop(said, None)


def compare_with(desired: bool) -> None:
    """Note whether perception is compared with a desired level."""
    st.session_state[_DESIRED] = desired


def desired() -> bool:
    """Whether the study shown compares perception with a desired level, not with an expectation."""
    return st.session_state.get(_DESIRED, False)


def show_of(title: str, selected: str) -> None:
    """Note which study a page shows and what of it is selected, in words."""
    st.session_state[_SHOWN] = (title, selected, "", "")


def show_aside(what: str) -> None:
    """Note, in words, what of the study shown is set aside."""
    st.session_state[_SHOWN] = (*shown_of()[:2], what, shown_of()[3])


def show_unit(unit: str) -> None:
    """Note the unit that a page is about."""
    st.session_state[_SHOWN] = (*shown_of()[:3], unit)


def shown_of() -> tuple[str, str, str, str]:
    """Title of the study shown, what of it is selected (empty: everything), what is set aside (empty: nothing), and the unit that the page
    is about (empty: none)."""
    return st.session_state.get(_SHOWN, ("", "", "", ""))


def handed() -> str | None:
    """The files behind the study shown, by their digest."""
    return st.session_state.get(_HANDED)


def refuse(name: str, imported: Imported) -> None:
    """Remember why a file was not taken; the study shown stays."""
    st.session_state[_REFUSED] = (name, imported.problems)


def refused() -> tuple[str, tuple[Problem, ...]] | None:
    """Name and problems of the last file, if it could not be used."""
    return st.session_state.get(_REFUSED)


def arrived() -> bool:
    """Whether the study shown has just been loaded; true once."""
    return st.session_state.pop(_ARRIVED, False)


def uploader() -> str:
    """Key of the drop zone: a new one after each file, so that the bytes of the last are let go."""
    return f"file-{st.session_state.get(_FILES, 0)}"


def taken() -> None:
    """Count a file as taken."""
    st.session_state[_FILES] = st.session_state.get(_FILES, 0) + 1


def put(values: dict[str, float]) -> None:
    """Set controls to values; to be called before they are drawn, in a callback."""
    st.session_state.update(values)


def start(key: str, value: object) -> str:
    """The key of a control, which holds this value until somebody sets another."""
    st.session_state.setdefault(key, value)
    return key


def offer(key: str, options: Sequence[str]) -> str:
    """The key of a control, which no longer holds what is not offered any more: a filter has taken it away."""
    held = st.session_state.get(key)
    if isinstance(held, list) and any(one not in options for one in held):
        st.session_state[key] = [one for one in held if one in options]
    elif isinstance(held, str) and held not in options:
        st.session_state[key] = None
    return key


def start_value(key: str, value):
    """What a control holds that starts at this value, before it is drawn."""
    return st.session_state.get(key, value)


def of_study(key: str) -> str:
    """A key that belongs to the study shown: another study has filters and choices of its own."""
    return key + ending()


def ending() -> str:
    """What the keys end in that belong to the study shown."""
    return f"-{(file() or '')[:16]}"


def of_selection(key: str, selection: Selection) -> str:
    """A key that belongs to a selection of the study shown: what is entered about some people is not taken for what holds of others."""
    return of_study(f"{key} {hashlib.sha256(repr(selection).encode()).hexdigest()[:8]}")


def chosen(key: str) -> list[str]:
    """What a filter of the study shown holds."""
    return list(st.session_state.get(of_study(key)) or ())


def picked(key: str) -> object:
    """What a choice of the study shown holds; None before it was made."""
    return st.session_state.get(of_study(key))


def clicked(chart: str) -> list[dict]:
    """The points of a chart that were clicked last; none where a click took them back."""
    held = st.session_state.get(chart)
    return list(held["selection"]["points"]) if held else []


def measured_narrow() -> bool | None:
    """Whether the page has the width of a phone, as its script measured; None as long as it found what was thought."""
    return (st.session_state.get(PAGE) or {}).get("narrow")


def go_to(page: str) -> None:
    """Open a page once the control that asked for it has been dealt with: a callback may not do so itself."""
    st.session_state[_WAY] = page


def way() -> str | None:
    """The page that is to be opened; given once."""
    return st.session_state.pop(_WAY, None)


def clear(*keys: str) -> None:
    """Empty filters of the study shown; to be called before they are drawn, in a callback."""
    for key in keys:
        st.session_state[of_study(key)] = []


def map_columns(
    digest: str | None,
    mapping: ColumnMap | None = None,
    sheets: tuple[tuple[str, str], ...] = (),
    who: dict[str, str] | None = None,
) -> None:
    """Offer the column map of these files for correction, and who answered which sheet; None: they need none."""
    st.session_state[_MAPPED] = digest
    st.session_state[_SHEETS] = sheets if digest else ()
    st.session_state[_WHO] = tuple((who or {}).items()) if digest else ()
    st.session_state[_DRAFTS] = (mapping,) if mapping is not None else ()
    start_anew()


def mapped() -> str | None:
    """The files whose column map can be corrected."""
    return st.session_state.get(_MAPPED)


def sheets() -> tuple[tuple[str, str], ...]:
    """Their sheets, and who answered each as it was understood."""
    return st.session_state.get(_SHEETS, ())


def who() -> dict[str, str]:
    """Who answered which sheet, as far as a person said so."""
    return dict(st.session_state.get(_WHO, ()))


def drafts() -> tuple[ColumnMap, ...]:
    """The column map as guessed and after each correction."""
    return st.session_state.get(_DRAFTS, ())


def correct(mapping: ColumnMap) -> None:
    """Add a correction."""
    st.session_state[_DRAFTS] = (*drafts(), mapping)


def undo() -> None:
    """Take the last correction back."""
    if len(drafts()) > 1:
        st.session_state[_DRAFTS] = drafts()[:-1]
        start_anew()


def editor(name: str) -> str:
    """Key of a table of corrections; a new one after each step that the table itself did not make."""
    return f"{name}-{st.session_state.get(_EDITS, 0)}"


def touched(key: str) -> dict[int, dict[str, object]]:
    """The cells of a table of corrections that were changed by hand since it began: row -> column -> value."""
    return {int(row): cells for row, cells in st.session_state.get(key, {}).get("edited_rows", {}).items()}


def start_anew() -> None:
    """Forget what the tables of corrections hold themselves."""
    st.session_state[_EDITS] = st.session_state.get(_EDITS, 0) + 1


def turn(before: frozenset[int]) -> None:
    """Remember which items of the file mapped were reversed before the first were turned round."""
    if before_turning() is None:
        st.session_state[_TURNED] = (mapped(), before)


def before_turning() -> frozenset[int] | None:
    """The items of the file mapped that were reversed before any were turned round; None if none were."""
    digest, before = st.session_state.get(_TURNED, (None, None))
    return before if digest is not None and digest == mapped() else None


def remember(mapping: ColumnMap) -> None:
    """Keep an applied map for the next file of its shape."""
    st.session_state[_MAPS] = {**st.session_state.get(_MAPS, {}), mapping.shape: mapping}


def remembered(shape: str) -> ColumnMap | None:
    """The map last applied to a file of this shape."""
    return st.session_state.get(_MAPS, {}).get(shape)


def forget(shape: str) -> None:
    """Forget the map applied to files of this shape."""
    st.session_state[_MAPS] = {s: m for s, m in st.session_state.get(_MAPS, {}).items() if s != shape}


def say_once(what: str) -> None:
    """Have something said that is said once in a session."""
    st.session_state.setdefault(f"say {what}", True)


def to_say(what: str) -> bool:
    """Whether it is to be said now; true once."""
    now = st.session_state.get(f"say {what}", False)
    if now:
        st.session_state[f"say {what}"] = False
    return now


def switch(name: str) -> str:
    """Key of a switch that sets answers of the study shown aside."""
    return of_study(f"set aside {name}")


def keep_switches(before: str | None) -> None:
    """Take over the switches of the study that was shown before: it is the same file, read by another map."""
    if before is None or before == file():
        return
    end = f"-{before[:16]}"
    for key, on in list(st.session_state.items()):
        if str(key).startswith("set aside ") and str(key).endswith(end):
            st.session_state[switch(str(key).removeprefix("set aside ").removesuffix(end))] = on


def preset(name: str, default: bool) -> bool:
    """What such a switch is given at first: nothing where the session knows better."""
    return default and switch(name) not in st.session_state


def switched(name: str, default: bool) -> bool:
    """Whether such a switch is on."""
    return bool(st.session_state.get(switch(name), default))


def view() -> str:
    """Key of what the table of columns shows: that of the file mapped."""
    return f"columns shown-{(mapped() or '')[:16]}"


def held(key: str) -> object:
    """What a control or filter holds; None where it was never drawn or set."""
    return st.session_state.get(key)


def everything_held() -> dict[str, object]:
    """What all controls hold that were drawn or set, by key: one reading for many questions, each of which would cost as much as all."""
    return st.session_state.to_dict()


def note_untouched(key: str, under: str) -> None:
    """Remember what a control shows that nobody has touched, under these filters."""
    st.session_state[f"untouched {key}"] = st.session_state[key]
    st.session_state[f"untouched under {key}"] = under


def is_untouched(key: str, under: str) -> bool:
    """Whether a control shows what it would show anybody who comes with these filters."""
    same = st.session_state.get(f"untouched under {key}") == under
    return same and st.session_state.get(f"untouched {key}") == st.session_state.get(key)


def untouch(key: str, under: str) -> None:
    """Have a control show again what it showed before anybody touched it, now under these filters; to be called before it is drawn."""
    if f"untouched {key}" in st.session_state:
        st.session_state[key] = st.session_state[f"untouched {key}"]
        st.session_state[f"untouched under {key}"] = under
    elif key in st.session_state:
        del st.session_state[key]


def addresses() -> tuple[str, ...]:
    """The queries that the address was given in this session, the present one last."""
    return st.session_state.get(_ADDRESSES, ())


def wrote(query: str) -> None:
    """Remember what stands in the address now."""
    before = tuple(q for q in addresses() if q != query)
    st.session_state[_ADDRESSES] = (*before, query)[-MOST_ADDRESSES:]


def link_said(failed: str = "", left_out: tuple[str, ...] = ()) -> None:
    """Remember what could not be done of what a link asked for."""
    st.session_state[_LINK_FAILED] = failed
    st.session_state[_LINK_LEFT_OUT] = left_out


def link_failed() -> str:
    """Why the study of the link last followed is not shown, as a code; empty if it is."""
    return st.session_state.get(_LINK_FAILED, "")


def link_ended(day: date | None = None) -> date | None:
    """The last day of the link last followed that was over; noted where it is given."""
    if day is not None:
        st.session_state[_LINK_ENDED] = day
    return st.session_state.get(_LINK_ENDED)


def link_left_out() -> tuple[str, ...]:
    """What that link asked for that its study does not have."""
    return st.session_state.get(_LINK_LEFT_OUT, ())


def shared(token: str, digest: str, aside: tuple[str, ...], title: str | None = None, until: date | None = None) -> None:
    """A study is behind this token, with these switches on, until a day; with its title if it was shared here, else it came by a link."""
    st.session_state[f"until {token}"] = until
    st.session_state[f"behind {token}"] = digest
    st.session_state[f"aside {token}"] = aside
    if title is None:
        st.session_state[f"followed {digest}"] = token
    else:
        st.session_state[f"title {token}"] = title
        st.session_state[_SHARED_HERE] = (*shared_here(), token)


def unshare(token: str) -> None:
    """No study is behind this token any more."""
    st.session_state.pop(f"behind {token}", None)
    st.session_state[_SHARED_HERE] = tuple(t for t in shared_here() if t != token)


def tokens() -> tuple[str, ...]:
    """The tokens of the study shown, the latest first: one where it came by a link, else one for each time that it was shared here."""
    came_by = st.session_state.get(f"followed {file()}")
    return (came_by,) if came_by else tuple(t for t in reversed(shared_here()) if behind(t) == file())


def aside(token: str) -> tuple[str, ...]:
    """The switches that were on when the study of a token was shared."""
    return st.session_state.get(f"aside {token}", ())


def until(token: str) -> date | None:
    """The last day on which a token opens its study; None: no end."""
    return st.session_state.get(f"until {token}")


def behind(token: str) -> str | None:
    """The study behind a token, by its digest, as far as this session knows."""
    return st.session_state.get(f"behind {token}")


def shared_here() -> tuple[str, ...]:
    """The tokens of the studies that this session shared."""
    return st.session_state.get(_SHARED_HERE, ())


def shared_title(token: str) -> str:
    """The title of a study that this session shared."""
    return st.session_state.get(f"title {token}", "")


def followed() -> bool:
    """Whether the study shown came by a link of somebody else."""
    return f"followed {file()}" in st.session_state


def sharing_said(code: str) -> None:
    """Have the outcome of a press in the share box said once."""
    st.session_state[_SHARING] = code


def sharing_to_say() -> str:
    """What is to be said of it now, as a code."""
    return st.session_state.pop(_SHARING, "")
