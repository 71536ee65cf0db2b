"""What every column of a foreign file was taken for: one table to read and correct, label sets, dimensions; applied when asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import streamlit as st

from gaps import escape, instruments
from gaps.importer import correction, shelf
from gaps.importer.mapping import ALL_ITEMS, MISSING_KINDS, ColumnMap, Meaning, dumps, loads
from gaps.importer.translation import TRANSLATED
from gaps.model import OUTCOMES, Battery, Item, Role, Scale
from screens.parts import cache, intake, language, problems, show, state

LABEL = 48  # letters of an item's label in a menu
ROW = 35  # pixels of a row
HEIGHT = 640  # pixels of the table: its head row and the buttons above stay in sight
MOST_POINTS = 11
MANY = 60  # columns; of more than these only the used ones are shown at first
EDITED = ("choice", "item", "dimension", "reversed")


def section() -> None:
    """The column map of the file handed in last, where it needs one."""
    digest, drafts = state.mapped(), state.drafts()
    if digest is None:
        return
    words = language.words()
    try:
        files = cache.files(digest)
    except cache.Forgotten:
        st.warning(words("correction.forgotten"))
        return
    show.section(words("correction.title", file=" + ".join(name for name, _ in files)))
    _who(files)
    if not drafts:
        return
    mapping = drafts[-1]
    if state.to_say("shelf"):
        st.warning(words("correction.not_kept"), icon=":material/save:")
    _summary(mapping)
    _offer_remembered(mapping)
    _saved(mapping)
    _labels(mapping)
    _scales(mapping)
    _dimensions(mapping)
    with st.container(key="mapping-edit"):
        _bar(mapping, files)
        _table(mapping, drafts)


def _who(files: cache.Files) -> None:
    """Who answered each sheet, where there are several or a single one not by customers; another answer reads the files anew."""
    words = language.words()
    sheets = state.sheets()
    if len(sheets) < 2 and all(role == Role.CUSTOMERS for _, role in sheets):
        return
    people = [*(role.value for role in Role), ""]
    listed = [(name, role) for name, role in sheets if role in people]  # `items` and `study` are nobody's
    refused = state.refused()
    rivals = refused is not None and any(p.code == "duplicate_role" for p in refused[1])  # what is shown may be just what is meant
    open_question = rivals or not any(role == Role.CUSTOMERS for _, role in listed)
    with st.expander(words("correction.who.title"), expanded=open_question, icon=":material/groups:"):
        show.text(words("correction.who.how"))
        said = {
            name: st.selectbox(
                escape.markdown(name),
                people,
                index=people.index(role),
                format_func=lambda role: words(f"app.upload.who.{role}") if role else words("correction.who.nobody"),
                key=state.editor(f"who-{place}"),
                width=360,
            )
            for place, (name, role) in enumerate(listed)
        }
        if st.button(words("correction.who.take"), key="who-take", disabled=said == dict(listed) and not rivals):
            intake.offer_correction(files, intake.read(files, who=said), said)
            st.rerun()


def _summary(mapping: ColumnMap) -> None:
    """In a sentence or two: the tool, how many items in which batteries, how sure, what is missing."""
    words = language.words()
    tool = _tool(mapping)
    batteries = [b for b in Battery if mapping.answers(b)]
    counted = [words("correction.battery", battery=_choice(b.value), n=len(mapping.answers(b))) for b in batteries]
    said = [words("correction.recognised", tool=tool, columns=len(mapping.columns))]
    said += [words("correction.batteries", what=words.list(counted))] if counted else []
    header = max(mapping.header_rows.values(), default=1)
    said += [words("correction.header_rows", n=header)] if header > 1 and mapping.tool != "spss" else []
    if mapping.scale is not None and counted:
        said.append(words("correction.scale", min=mapping.scale.min, max=mapping.scale.max))
    show.text((" " if words.language == "en" else "").join(said))
    for code in correction.lacks(mapping):
        grave = code in ("answers", "perception", "expectation")
        (st.warning if grave else st.info)(escape.markdown(words(f"correction.lacks.{code}")), icon=":material/help:", width=show.TEXT)
    if mapping.items and "dimensions" not in correction.lacks(mapping):
        show.note(words(f"mapping.grouping.{mapping.grouping}"))


def _tool(mapping: ColumnMap) -> str:
    words = language.words()
    if mapping.tool is None:
        return words("mapping.unknown_tool")
    key = f"correction.tool.{mapping.tool}"
    return words(key) if key in words else mapping.tool


def _offer_remembered(mapping: ColumnMap) -> None:
    """A file of this shape was mapped before, in this session or an earlier one: use that, or forget it."""
    words = language.words()
    disk = shelf.kept(mapping.shape)
    before = state.remembered(mapping.shape) or (disk and disk.mapping)
    if before is None:
        return
    carried = correction.carry_over(before, mapping)
    same = _same(shelf.without_answers(carried), shelf.without_answers(mapping))
    offer = len(state.drafts()) == 1 and not same
    if not offer and disk is None:
        return
    when = {"date": words.date(disk.when)} if disk else {}
    with st.container(horizontal=True, vertical_alignment="center", key="mapping-remembered"):
        if offer:
            st.markdown(escape.markdown(words("correction.kept" if disk else "correction.remembered", **when)), width="content")
            st.button(words("correction.use_remembered"), key="use-remembered", on_click=_begin, args=(carried,))
        else:
            show.note(words("correction.kept_as_shown" if same else "correction.kept", **when))
        st.button(words("correction.forget"), key="forget-mapping", type="tertiary", on_click=_forget, args=(mapping.shape,))


def _forget(shape: str) -> None:
    state.forget(shape)
    shelf.forget(shape)


def _same(one: ColumnMap, other: ColumnMap) -> bool:
    return dumps(one) == dumps(other)


def _begin(mapping: ColumnMap) -> None:
    state.correct(mapping)
    state.start_anew()


def _bar(mapping: ColumnMap, files: cache.Files) -> None:
    """Apply, undo, download: always in sight."""
    words = language.words()
    corrections = len(state.drafts()) - 1
    with st.container(horizontal=True, key="mapping-bar", vertical_alignment="center"):
        if st.button(words("correction.apply"), key="mapping-apply", type="primary", icon=":material/check:", disabled=not mapping.items):
            _apply(mapping, files)
        st.button(words("correction.undo"), key="mapping-undo", on_click=state.undo, icon=":material/undo:", disabled=not corrections)
        st.download_button(
            words("correction.download"),
            lambda: dumps(mapping).encode(),
            file_name="mapping.toml",
            mime="application/toml",
            key="mapping-download",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
        faults = correction.faults(mapping)
        st.caption(words("correction.state", n=corrections, faults=len(faults)), width="content")


def _apply(mapping: ColumnMap, files: cache.Files) -> None:
    """Read the files by the map; what was set aside from their study before stays set aside."""
    before = state.file() if _shown() else None
    if intake.read(files, mapping, state.who()).study is not None:  # a map that makes no study is no help to the next file
        state.remember(mapping)
        if not shelf.keep(mapping):
            state.say_once("shelf")
    state.keep_switches(before)
    st.rerun()


def _shown() -> bool:
    """Whether the study shown was read from the files mapped, by whatever map."""
    return state.mapped() is not None and state.handed() == state.mapped()


def turn_round(kept, check) -> None:
    """Offer to score the items of a doubt in reverse, or no longer so; where no map decides, say where that is written."""
    words = language.words()
    turned = frozenset(i.number for i in kept.study.instrument.items if i.reversed)
    plain, already = sorted(set(check.items) - turned), sorted(set(check.items) & turned)
    if not _decides(kept):
        said = [words(f"quality.turn.{kind}", items=words.list(some)) for kind, some in (("write", plain), ("remove", already)) if some]
        show.note((" " if words.language == "en" else "").join(said))
        return
    source = _source()
    if source is None:
        show.note(words("correction.forgotten"))
        return
    wanted = turned ^ set(check.items)
    key = "-".join(["turn", check.switch.replace(".", "-"), *map(str, sorted(wanted))])  # a second press of the same button is none
    if st.button(words(f"quality.turn.{'do' if plain else 'back'}"), key=key, icon=":material/swap_vert:"):
        state.turn(turned)
        _set_reversed(kept, wanted, source)


def turned_round(kept) -> None:
    """Which items of the study shown were turned round from here, and the way back."""
    words = language.words()
    before = state.before_turning()
    if before is None or not _decides(kept):
        return
    changed = sorted(correction.reversed_items(kept.mapping) ^ before)
    if not changed or (source := _source()) is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="turned-round"):
        st.markdown(escape.markdown(words("quality.turn.done", items=words.list(changed))), width="content")
        if st.button(words("quality.turn.undo"), key="turn-undo", icon=":material/undo:"):
            _set_reversed(kept, before, source)


def _decides(kept) -> bool:
    """Whether the study's column map says which items are reversed, not a sheet of its own."""
    return correction.decides(kept.mapping, kept.study.instrument) and all(p.code != "already_reversed" for p in kept.problems)


def _source() -> cache.Files | None:
    """The files mapped, if the study shown was read from them; None where they have made room for others."""
    try:
        return cache.files(state.mapped() or "") if _shown() else None
    except cache.Forgotten:
        return None


def _set_reversed(kept, wanted: Collection[int], source: cache.Files) -> None:
    """Apply the map of the study shown with just these items reversed; corrections not yet applied stay so."""
    changed = set(wanted) ^ correction.reversed_items(kept.mapping)
    draft = state.drafts()[-1]
    state.correct(correction.reverse(draft, (correction.reversed_items(draft) - changed) | (set(wanted) & changed)))
    state.start_anew()
    _apply(correction.reverse(kept.mapping, wanted), source)


def _table(mapping: ColumnMap, drafts: tuple[ColumnMap, ...]) -> None:
    """A row for each column of the file; a cell is changed with a menu, and its row says at once what that leaves wrong."""
    words = language.words()
    shown = _places(mapping, {place for draft in drafts for place in correction.faults(draft)})
    rows = _rows(mapping, shown)
    numbers = [i.number for i in mapping.items]
    labels = {i.number: _label(i) for i in mapping.items}
    names = {d.id: _dimension_name(mapping, d.id) for d in mapping.dimensions}
    several = len({c.role for c in mapping.columns}) > 1
    who = {"who": st.column_config.TextColumn(words("correction.who.column"), width=90, disabled=True)} if several else {}
    menus = {
        "column": st.column_config.TextColumn(words("correction.column"), width=205, disabled=True, pinned=True),
        **who,
        "choice": st.column_config.SelectboxColumn(
            words("correction.what"), options=list(correction.CHOICES), format_func=_choice, required=True, width=115
        ),
        "item": st.column_config.SelectboxColumn(
            words("correction.item"),
            options=[*numbers, max(numbers, default=0) + 1],
            format_func=lambda n: labels.get(n, words("correction.new_item", n=n)),
            width=115,
        ),
        "dimension": st.column_config.SelectboxColumn(
            words("correction.dimension"), options=list(names), format_func=lambda id: names.get(id, id), width=120
        ),
        "reversed": st.column_config.CheckboxColumn(words("correction.reversed"), help=words("correction.reversed_help"), width=105),
        "problem": st.column_config.TextColumn(words("correction.problem"), width=125, disabled=True),
        "examples": st.column_config.TextColumn(words("correction.examples"), width=100, disabled=True),
        "sure": st.column_config.ProgressColumn(words("correction.sure"), format="percent", min_value=0, max_value=1, width=90),
        "reason": st.column_config.TextColumn(words("correction.reason"), width=240, disabled=True),
    }
    if not rows:
        show.text(words("correction.nothing_to_check"))
        return
    key = state.editor(f"mapping-{len(shown)}")
    edited = st.data_editor(
        rows,
        column_config=menus,
        column_order=list(menus),
        hide_index=True,
        height=min(ROW * (len(rows) + 1) + 3, HEIGHT),
        key=key,
        placeholder="",
        alt=words("correction.alt"),
    )
    edits = [
        (place, what, after[what])
        for place, before, after in zip(shown, rows, edited, strict=True)
        for what in EDITED
        if after[what] != before[what] and after[what] is not None
    ]
    if edits:
        _take(mapping, edits, shown, state.touched(key))


def _take(mapping: ColumnMap, edits: list, shown: list[int], touched: dict) -> None:
    """Make the corrections of the table; where a cell touched no longer holds what was put there, the table begins anew."""
    corrected = correction.edit(mapping, edits)
    now = _rows(corrected, shown)
    kept = all(now[row][what] == value for row, cells in touched.items() for what, value in cells.items())
    if _same(corrected, mapping):
        state.start_anew()
        st.rerun()
    state.correct(corrected)
    if not kept or len(corrected.items) != len(mapping.items):
        state.start_anew()
    st.rerun()


def _places(mapping: ColumnMap, doubts: Collection[int]) -> list[int]:
    """All columns, or those to check: these stay while they are corrected, and a correction may add to them."""
    words = language.words()
    everything = list(range(len(mapping.columns)))
    views = {
        "check": [p for p in everything if p in doubts],
        "used": [p for p in everything if mapping.columns[p].meaning is not Meaning.IGNORED],
        "all": everything,
    }
    chosen = st.segmented_control(
        words("correction.view"),
        list(views),
        default="used" if len(everything) > MANY else "all",
        required=True,
        format_func=lambda view: words(f"correction.views.{view}", n=len(views[view])),
        key=state.view(),
        label_visibility="collapsed",
    )
    return views[chosen or "all"]


def _rows(mapping: ColumnMap, places: list[int]) -> list[dict[str, object]]:
    faults = correction.faults(mapping)
    return [_row(mapping, place, faults.get(place, ())) for place in places]


def _row(mapping: ColumnMap, place: int, faults: tuple[str, ...]) -> dict[str, object]:
    words = language.words()
    column = mapping.columns[place]
    reason = words(f"mapping.reason.{column.reason}") if f"mapping.reason.{column.reason}" in words else column.reason
    if column.pairing and f"mapping.pairing.{column.pairing}" in words:
        reason = words("correction.because", reason=reason, pairing=words(f"mapping.pairing.{column.pairing}"))
    return {
        "column": escape.visible(column.header),
        "who": words(f"app.upload.who.{column.role}"),
        "choice": correction.choice_of(column),
        "item": column.item if column.meaning is Meaning.ANSWER else None,
        "dimension": mapping.dimension_of(column),
        "reversed": column.item in correction.reversed_items(mapping) if column.meaning is Meaning.ANSWER else None,
        "problem": " · ".join(words(f"correction.fault.{code}") for code in faults),
        "examples": " · ".join(escape.visible(e) for e in column.examples[:3]),
        "sure": column.confidence,
        "reason": reason,
    }


def _choice(choice: str) -> str:
    words = language.words()
    if choice in set(Battery):
        return words(f"charts.battery.{choice}")
    if choice in correction.RATINGS:
        return words("correction.rating", of=words(f"charts.battery.{correction.RATINGS[choice]}"))
    return words(f"findings.outcome_name.{choice}") if choice in OUTCOMES else words(f"mapping.meaning.{choice}")


def _label(item: Item) -> str:
    label = escape.visible(item.label(language.words().language))
    return f"{item.number} · {label[:LABEL]}" + ("…" if len(label) > LABEL else "")


def _dimension_name(mapping: ColumnMap, id: str) -> str:
    words = language.words()
    name = next((d.name(words.language) for d in mapping.dimensions if d.id == id), id)
    return words("correction.all_items") if id == ALL_ITEMS else escape.visible(name)


def _labels(mapping: ColumnMap) -> None:
    """Sets of answer texts: those not understood stand open, most frequent text first; each is put in order once for all its columns."""
    words = language.words()
    used = {c.labels for c in mapping.columns if c.labels and c.meaning in TRANSLATED}
    for key in (k for k in mapping.labels if k in used):
        labels = mapping.labels[key]
        doubtful = bool(labels.unknown) or not labels.confident
        columns = correction.sharing(mapping, key)
        kind = "unknown" if doubtful else "known"
        heading = words(f"correction.labels.{kind}", n=len(columns), example=", ".join(correction.texts_of(labels)[:3]))
        with st.expander(escape.markdown(heading), expanded=doubtful, icon=":material/sort:" if doubtful else ":material/check:"):
            show.note(words("correction.labels.columns", columns=", ".join(c.header[:40] for c in columns[:5])))
            _order(mapping, key)


def _order(mapping: ColumnMap, key: str) -> None:
    words = language.words()
    labels = mapping.labels[key]
    show.text(words("correction.labels.how"))
    points = {str(n): float(n) for n in range(MOST_POINTS + 1)} | {f"{v:g}": v for v in labels.values.values()}
    meant = {t: f"{v:g}" for t, v in labels.values.items()} | dict(labels.missing)
    rows = [{"text": t, "counts": meant.get(t)} for t in correction.texts_of(labels)]
    edited = st.data_editor(
        rows,
        column_config={
            "text": st.column_config.TextColumn(words("correction.labels.text"), width=320, disabled=True),
            "counts": st.column_config.SelectboxColumn(
                words("correction.labels.counts"),
                options=[*sorted(points, key=points.__getitem__), *MISSING_KINDS],
                format_func=lambda code: words(f"correction.missing.{code}") if code in MISSING_KINDS else code,
                width=180,
            ),
        },
        hide_index=True,
        key=state.editor(f"labels-{key}"),
        alt=words("correction.labels.text"),
        width=560,
    )
    now = {row["text"]: row["counts"] for row in edited if row["counts"]}
    numbers = {t: points[c] for t, c in now.items() if c in points}
    missing = {t: c for t, c in now.items() if c in MISSING_KINDS}
    left = len(rows) - len(now)
    if left:
        show.note(words("correction.labels.left", n=left))
    if st.button(words("correction.labels.take"), key=f"take-{key}", disabled=now == meant or len(set(numbers.values())) < 2):
        _begin(correction.answers_stand_for(mapping, key, numbers, missing))
        st.rerun()


def _scales(mapping: ColumnMap) -> None:
    """The ends of the scales on which numbers were answered: those of the items, and of each outcome."""
    words = language.words()
    known: dict[str, Scale | None] = {"": mapping.scale} if correction.in_numbers(mapping, Meaning.ANSWER) else {}
    read = _outcomes_read(mapping)
    known |= {
        c.outcome: mapping.outcome_scales.get(c.outcome) or read.get(c.outcome) for c in correction.in_numbers(mapping, Meaning.OUTCOME)
    }
    if not known:
        return
    names = {key: _choice(key).capitalize() if key else words("correction.scales.of_answers") for key in known}
    said = [_scale_said(key, scale) for key, scale in known.items() if scale]
    heading = words("correction.scales.title", what=words.list(said) or words("correction.scales.unknown"))
    with st.expander(heading, expanded=known.get("", mapping.scale) is None, icon=":material/straighten:"):
        show.note(words("correction.scales.how"))
        given: dict[str, tuple[float | None, float | None]] = {}
        for key, scale in known.items():
            with st.container(horizontal=True):
                ends = [
                    st.number_input(
                        words(f"correction.scales.{end}", what=names[key]),
                        value=float(getattr(scale, part)) if scale else None,
                        step=1.0,
                        format="%g",
                        key=state.editor(f"scale-{key}-{end}"),
                        width=220,
                    )
                    for end, part in (("lowest", "min"), ("highest", "max"))
                ]
            given[key] = (ends[0], ends[1])
        new = {key: Scale(low, high) for key, (low, high) in given.items() if None not in (low, high) and low < high}
        wrong = any(None not in ends and ends[0] >= ends[1] for ends in given.values())
        if wrong:
            show.note(words("correction.scales.order"))
        changed = {key: scale for key, scale in new.items() if scale != known[key]}
        _do(
            words("correction.scales.take"),
            "take-scales",
            lambda: correction.put_scales(mapping, new.get(""), {key: scale for key, scale in changed.items() if key}),
            wrong or not changed,
        )


def _scale_said(key: str, scale: Scale) -> str:
    words = language.words()
    if not key:
        return words("correction.scales.answers", min=scale.min, max=scale.max)
    return words("correction.scales.outcome", outcome=_choice(key), min=scale.min, max=scale.max)


def _outcomes_read(mapping: ColumnMap) -> Mapping[str, Scale]:
    """The scales that the outcomes of a file of this shape were read on."""
    try:
        kept = cache.imported(state.file() or "")
    except cache.Forgotten:
        return {}
    return kept.study.outcomes if kept.mapping is not None and kept.mapping.shape == mapping.shape else {}


def _dimensions(mapping: ColumnMap) -> None:
    """Put many items into dimensions at once: by an instrument, by what the labels say, in blocks, or by hand."""
    words = language.words()
    if not mapping.items:
        return
    missing = "dimensions" in correction.lacks(mapping)
    with st.expander(words("correction.dims.title", n=len(mapping.dimensions)), expanded=missing, icon=":material/category:"):
        ways = ["instrument", "label", "blocks", "hand", "names"]
        way = st.segmented_control(
            words("correction.dims.way"),
            ways,
            default="hand" if not correction.instruments_fitting(mapping) else "instrument",
            required=True,
            format_func=lambda w: words(f"correction.dims.by.{w}"),
            key=state.editor("dimension-way"),
        )
        {"instrument": _by_instrument, "label": _by_label, "blocks": _in_blocks, "hand": _by_hand, "names": _rename}[way or "hand"](mapping)


def _do(text: str, key: str, change: Callable[[], ColumnMap], disabled: bool = False) -> None:
    if st.button(text, key=key, disabled=disabled):
        _begin(change())
        st.rerun()


def _by_instrument(mapping: ColumnMap) -> None:
    words = language.words()
    fitting = correction.instruments_fitting(mapping)
    if not fitting:
        show.text(words("correction.dims.no_instrument", n=len(mapping.items)))
        return
    chosen = st.selectbox(
        words("app.intake.questionnaire"),
        fitting,
        format_func=lambda id: instruments.load(id).names.get(words.language) or id,
        key=state.editor("dimension-instrument"),
    )
    _do(words("correction.dims.do"), "by-instrument", lambda: correction.by_instrument(mapping, chosen))


def _by_label(mapping: ColumnMap) -> None:
    words = language.words()
    grouped = correction.by_label(mapping)
    if grouped is None:
        show.text(words("correction.dims.no_label"))
        return
    show.text(words("correction.dims.found", names=words.list(_dimension_name(grouped, d.id) for d in grouped.dimensions)))
    _do(words("correction.dims.do"), "by-label", lambda: grouped)


def _in_blocks(mapping: ColumnMap) -> None:
    words = language.words()
    n = len(mapping.items)
    size = st.number_input(words("correction.dims.size"), 1, n, min(3, n), key=state.editor("dimension-size"), width=240)
    show.note(words("correction.dims.blocks", n=-(-n // size), size=size))
    _do(
        words("correction.dims.do"), "in-blocks", lambda: correction.in_blocks(mapping, size, lambda k: words("correction.dims.block", n=k))
    )


def _by_hand(mapping: ColumnMap) -> None:
    words = language.words()
    labels = {i.number: _label(i) for i in mapping.items}
    first = [i.number for i in mapping.items if i.dimension == ALL_ITEMS] or list(labels)
    chosen = st.multiselect(
        words("correction.dims.items"),
        [*first, *(n for n in labels if n not in first)],
        format_func=labels.__getitem__,
        key=state.editor("dimension-items"),
        placeholder=words("correction.dims.pick"),
    )
    names = {_dimension_name(mapping, d.id): d.id for d in mapping.dimensions if d.id != ALL_ITEMS}
    name = st.selectbox(
        words("correction.dims.into"),
        list(dict.fromkeys([*names, *(d.name(words.language) for d in instruments.load(instruments.DEFAULT).dimensions)])),
        index=None,
        accept_new_options=True,
        key=state.editor("dimension-name"),
        placeholder=words("correction.dims.name"),
    )
    ready = bool(chosen) and bool(name and name.strip(" _-"))
    _do(words("correction.dims.do"), "by-hand", lambda: correction.assign(mapping, chosen, names.get(name, name)), not ready)


def _rename(mapping: ColumnMap) -> None:
    words = language.words()
    names = {d.id: _dimension_name(mapping, d.id) for d in mapping.dimensions}
    edited = st.data_editor(
        [{"id": id, "name": name, "items": sum(i.dimension == id for i in mapping.items)} for id, name in names.items()],
        column_config={
            "name": st.column_config.TextColumn(words("correction.dimension"), width=260, required=True, max_chars=60),
            "items": st.column_config.NumberColumn(words("correction.dims.count"), disabled=True, width=90),
        },
        column_order=["name", "items"],
        hide_index=True,
        key=state.editor("dimension-names"),
        alt=words("correction.dims.by.names"),
        width=400,
    )
    changed = [(r["id"], r["name"]) for r in edited if r["name"] and r["name"] != names[r["id"]]]

    def renamed() -> ColumnMap:
        result = mapping
        for id, name in changed:
            result = correction.rename(result, id, name)
        return result

    _do(words("correction.dims.rename"), "rename", renamed, not changed)


def _saved(mapping: ColumnMap) -> None:
    """A mapping that was downloaded before drives this file too."""
    words = language.words()
    with st.expander(words("correction.saved"), icon=":material/upload_file:"):
        with st.container(key="drop-mapping"):
            file = st.file_uploader(words("correction.saved_file"), type=["toml"], key=state.editor("mapping-file"))
        if file is None:
            return
        read = loads(file.getvalue().decode("utf-8", "replace"))
        if not isinstance(read, ColumnMap):
            problems.table(read)
            return
        if read.shape != mapping.shape:
            show.text(words("correction.other_shape"))
        _do(words("correction.use_saved"), "use-saved", lambda: correction.carry_over(read, mapping))
