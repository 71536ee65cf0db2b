"""A file of any shape: what was understood is shown, corrected with menus, applied, undone, kept; data quality is said before results."""

from __future__ import annotations

import random
from datetime import date

import pytest

from gaps import quality
from gaps.i18n import Words
from gaps.importer.mapping import ColumnMap, Grouping, Meaning, dumps, loads
from gaps.model import Battery
from tests.importer import exports
from tests.importer.workbooks import workbook

from .conftest import PAGES, customers, go, hand_in, open_sample, spoken, tables, text, well

LANGUAGES = ("en", "zh")
ASPECTS = ["lighting", "seats", "signs", "queue", "forms", "hours", "helpdesk", "website", "parking", "lockers", "printers", "quiet"]


def form(n: int = 60, seed: int = 2, items: int = 12, straight: int = 0) -> bytes:
    """A Google Forms export: expectation and perception side by side, a branch, overall quality, an e-mail address."""
    draw = random.Random(seed)
    header = ["Timestamp", "Email Address", "Branch"]
    for aspect in ASPECTS[:items]:
        header += [f"The {aspect} of a library [EXPECTATION]", f"The {aspect} of a library [ACTUAL]"]
    lines = [[*header, "Overall quality of the service"]]
    for i in range(n):
        mood = draw.choice((-1, 0, 1))
        pairs = [(e, max(1, e + draw.choice((-2, -1, 0)) + min(mood, 0))) for e in (draw.choice((4, 5, 6, 7)) for _ in range(items))]
        answers = [5] * 2 * items if i < straight else [a for pair in pairs for a in pair]
        time = f"2026/03/{i % 28 + 1:02d} 10:{i % 60:02d}:00 AM GMT+1"
        lines.append([time, f"p{i}@example.org", ("North", "South")[i % 2], *answers, max(1, round(sum(answers[1::2]) / items))])
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


def editor(at, name: str) -> str:
    """The key of a table of corrections that is on the page."""
    keys = [e.proto.id.split("-", 2)[2] for e in at.data_editor]
    return next(k for k in keys if k.startswith(name))


def change(at, name: str, row: int, **cells):
    """Choose from the menus of a row."""
    at.session_state[editor(at, name)] = {"edited_rows": {row: cells}, "added_rows": [], "deleted_rows": []}
    return well(at.run())


def press(at, key: str):
    return well(at.button(key=key).click().run())


def draft(at) -> ColumnMap:
    return at.session_state["drafts"][-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forms_export_is_understood_and_shown(app, language):
    at = hand_in(app(language), "library.csv", form())
    words = Words(language)
    assert spoken(at.title[0].value) == words("app.page.upload")  # what was understood comes before any result
    said = text(at)
    assert words("correction.title", file="library.csv") in said
    assert words("correction.recognised", tool=words("correction.tool.google_forms"), columns=28) in said
    assert words("correction.lacks.dimensions") in said
    table = at.data_editor[0].value
    assert len(table) == 28
    assert list(table["choice"][3:7]) == ["E", "P", "E", "P"]
    assert list(table["item"][3:7]) == [1, 1, 2, 2]
    assert table["choice"][1] == "personal"
    assert table["choice"][27] == "overall_quality"
    assert table["examples"][1] == ""  # an address is not shown
    assert "example.org" not in said + tables(at)
    go(at, "overview")
    assert "60" in text(at)


def test_our_own_format_never_sees_the_screen(app):
    at = hand_in(app("en", "upload"), "own.csv", customers(60))
    assert not at.data_editor
    open_sample(at)
    assert not at.data_editor


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_is_corrected_by_menu_its_row_says_what_is_wrong_and_undo_takes_it_back(app, language):
    at = hand_in(app(language), "library.csv", form())
    words = Words(language)
    change(at, "mapping", 4, choice="comment")
    assert draft(at).columns[4].meaning is Meaning.COMMENT
    table = at.data_editor[0].value
    assert words("correction.fault.no_partner") in table["problem"][3]
    assert words("correction.views.check", n=1) in next(b for b in at.get("button_group") if b.label == words("correction.view")).options
    press(at, "mapping-undo")
    assert draft(at).columns[4].battery is Battery.PERCEPTION
    assert not at.data_editor[0].value["problem"][3]
    assert at.button(key="mapping-undo").disabled


def test_a_correction_counts_when_it_is_applied(app):
    at = hand_in(app("en"), "library.csv", form())
    change(at, "mapping", 2, choice="segment")
    assert at.sidebar.multiselect[0].label == Words("en")("app.filter.unit")
    press(at, "mapping-apply")
    assert at.sidebar.multiselect[0].label != Words("en")("app.filter.unit")
    assert Words("en")("app.upload.arrived") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_dimensions_in_blocks_and_by_hand(app, language):
    at = hand_in(app(language), "library.csv", form())
    words = Words(language)
    control = next(b for b in at.get("button_group") if b.label == words("correction.dims.way"))
    control.set_value("blocks")
    well(at.run())
    press(at, "in-blocks")
    assert [len([i for i in draft(at).items if i.dimension == d.id]) for d in draft(at).dimensions] == [3, 3, 3, 3]
    assert draft(at).grouping is Grouping.GIVEN
    assert words("correction.lacks.dimensions") not in text(at)
    press(at, "mapping-apply")
    go(at, "dimensions")
    assert words("correction.dims.block", n=4) in tables(at) + text(at) + "".join(
        c.proto.alt + c.proto.spec for c in at.get("plotly_chart")
    )
    go(at, "upload")
    at.multiselect(key=next(k for k in at.session_state.to_dict() if str(k).startswith("dimension-items"))).set_value([1, 2])
    name = {"en": "Reliability", "zh": "可靠性"}[language]
    at.selectbox(key=next(k for k in at.session_state.to_dict() if str(k).startswith("dimension-name"))).set_value(name)
    well(at.run())
    press(at, "by-hand")
    assert [i.dimension for i in draft(at).items[:3]] == ["reliability", "reliability", "block_1"]
    assert draft(at).dimensions[-1].names["zh"] == "可靠性"


def test_a_dimension_changed_in_one_row_changes_in_its_partner_row(app):
    at = hand_in(app("en"), "library.csv", form())
    control = next(b for b in at.get("button_group") if b.label == Words("en")("correction.dims.way"))
    control.set_value("blocks")
    well(at.run())
    press(at, "in-blocks")
    change(at, "mapping", 3, dimension="block_2")
    table = at.data_editor[0].value
    assert list(table["dimension"][3:5]) == ["block_2", "block_2"]
    change(at, "mapping", 4, dimension="block_3")
    assert list(at.data_editor[0].value["dimension"][3:5]) == ["block_3", "block_3"]


def odd_labels() -> bytes:
    """Answers in words nobody knows: a made-up five-point scale."""
    header, *lines = form(80).decode().splitlines()
    words = {"1": "blorp", "2": "blorp", "3": "murr", "4": "tik", "5": "zam", "6": "zam", "7": "yoo"}
    lines = [line.split(",") for line in lines]
    return "\n".join([header, *(",".join([*x[:3], *(words[v] for v in x[3:-1]), x[-1]]) for x in lines)]).encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_answers_are_put_in_order_once_for_all_columns(app, language):
    at = hand_in(app(language), "odd.csv", odd_labels())
    key = next(k for k, v in draft(at).labels.items() if "murr" in {*v.unknown, *v.values})
    if not draft(at).items:  # the batteries are in the names: the answers alone are not understood
        pytest.fail("the batteries were not found")
    frame = next(e.value for e in at.data_editor if "counts" in e.value)
    rows = list(frame["text"])
    numbers = {"blorp": "1", "murr": "2", "tik": "3", "zam": "4", "yoo": "5"}
    at.session_state[editor(at, f"labels-{key}")] = {
        "edited_rows": {i: {"counts": numbers[t]} for i, t in enumerate(rows)}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    well(at.run())
    press(at, f"take-{key}")
    labels = draft(at).labels[key]
    assert labels.values == {"blorp": 1, "murr": 2, "tik": 3, "zam": 4, "yoo": 5}
    assert (labels.scale.min, labels.scale.max) == (1, 5)
    press(at, "mapping-apply")
    go(at, "overview")
    assert "80" in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_corrections_are_offered_again_for_the_next_wave(app, language):
    at = hand_in(app(language), "first.csv", form())
    change(at, "mapping", 2, choice="segment")
    press(at, "mapping-apply")
    hand_in(at, "second.csv", form(seed=9))
    assert draft(at).columns[2].meaning is not Meaning.SEGMENT
    press(at, "use-remembered")
    assert draft(at).columns[2].meaning is Meaning.SEGMENT
    assert Words(language)("correction.use_remembered") not in [b.label for b in at.button]


@pytest.mark.parametrize("language", LANGUAGES)
def test_corrections_are_offered_in_a_later_session_and_can_be_forgotten(app, language):
    words = Words(language)
    at = hand_in(app(language), "first.csv", form())
    change(at, "mapping", 2, choice="segment")
    press(at, "mapping-apply")
    today = words.date(date.today())
    assert words("correction.kept_as_shown", date=today) in text(at)
    later = hand_in(app(language), "second.csv", form(seed=9))
    assert draft(later).columns[2].meaning is not Meaning.SEGMENT  # nothing is used unasked
    assert words("correction.kept", date=today) in text(later)
    press(later, "use-remembered")
    assert draft(later).columns[2].meaning is Meaning.SEGMENT
    press(later, "forget-mapping")
    assert words("correction.forget") not in [b.label for b in later.button]
    assert draft(later).columns[2].meaning is Meaning.SEGMENT  # what is on the screen stays
    assert words("correction.use_remembered") not in [b.label for b in hand_in(app(language), "third.csv", form(seed=3)).button]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_that_cannot_be_written_is_said_once_and_harms_nothing(app, language, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GAPS_FOLDER", str(tmp_path / "file"))
    words = Words(language)
    at = hand_in(app(language), "first.csv", form())
    change(at, "mapping", 2, choice="segment")
    press(at, "mapping-apply")
    assert words("correction.not_kept") in text(at)
    assert words("app.upload.arrived") in text(at)
    press(at, "mapping-apply")
    assert words("correction.not_kept") not in text(at)
    hand_in(at, "second.csv", form(seed=9))
    assert words("correction.remembered") in text(at)  # the session still knows


def test_a_downloaded_mapping_drives_another_file(app):
    at = hand_in(app("en"), "first.csv", form())
    change(at, "mapping", 2, choice="segment")
    saved = dumps(draft(at))
    assert loads(saved).columns[2].meaning is Meaning.SEGMENT
    other = app("en")
    hand_in(other, "second.csv", form(seed=9))
    next(f for f in other.file_uploader if "TOML" in f.label).upload("mapping.toml", saved.encode())
    well(other.run())
    press(other, "use-saved")
    assert draft(other).columns[2].meaning is Meaning.SEGMENT
    next(f for f in other.file_uploader if "TOML" in f.label).upload("mapping.toml", b"nonsense")
    well(other.run())
    assert "cannot be read" in tables(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_without_such_questions_says_what_is_missing(app, language):
    rows = "\n".join(f"2026/01/{i % 28 + 1:02d} 9:00:00,{('red', 'green', 'blue')[i % 3]},{20 + i}" for i in range(40))
    at = hand_in(app(language), "colours.csv", f"Timestamp,Favourite colour,Age\n{rows}".encode())
    words = Words(language)
    assert words("correction.lacks.answers") in text(at)
    assert at.button(key="mapping-apply").disabled


@pytest.mark.parametrize("language", LANGUAGES)
def test_doubts_come_with_rows_and_a_switch_and_every_page_says_what_was_set_aside(app, language):
    at = hand_in(app(language), "library.csv", form(straight=4))
    words = Words(language)
    who = words("app.upload.who.customers")
    assert words("quality.check.straight_through", who=who, n=4, of=60) in text(at)
    go(at, "overview")
    name = words("quality.counted", name=words("quality.name.straight_through"), n=4)
    assert words("quality.check.straight_through", who=who, n=4, of=60) in text(at)
    before = text(at)
    go(at, "upload")
    toggle = next(t for t in at.toggle if "straight_through" in t.key)
    assert toggle.value is False
    toggle.set_value(True)
    well(at.run())
    assert words("quality.left", n=4, of=60, left=56) in text(at)
    go(at, "overview")
    assert words("quality.notice", what=name) in text(at)
    assert text(at) != before
    assert "56" in text(at)
    for page in PAGES:
        go(at, page)
    assert at.title


def negative(n: int = 120, items: int = 6, turned: tuple[int, ...] = (2,), own: bool = False) -> bytes:
    """People with an opinion of their own; some items are worded negatively and were not turned round."""
    draw = random.Random(4)
    head = [f"{b}{k}" for b in "EP" for k in range(1, items + 1)] if own else [
        f"The {a} of a library [{tag}]" for tag in ("EXPECTATION", "ACTUAL") for a in ASPECTS[:items]
    ]  # fmt: skip
    lines = [["unit" if own else "Timestamp", *head]]
    for i in range(n):
        mood = draw.choice((-2, -1, 0, 1, 2))
        row = [max(1, min(7, level + mood + draw.choice((-1, 0, 0, 1)))) for level in (5, 4) for _ in range(items)]
        row = [8 - a if k % items + 1 in turned else a for k, a in enumerate(row)]
        lines.append([("North", "South")[i % 2] if own else f"2026/03/{i % 28 + 1:02d} 10:{i % 60:02d}:00", *row])
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


def total(at) -> str:
    """The lead of the overview: the size of the customers' gap."""
    return at.header[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_tick_reverses_an_item_in_both_batteries_and_undo_takes_it_back(app, language):
    at = hand_in(app(language), "library.csv", form())
    change(at, "mapping", 4, reversed=True)
    assert [i.number for i in draft(at).items if i.reversed] == [1 + (4 - 3) // 2]
    table = at.data_editor[0].value
    assert list(table["reversed"][3:5]) == [True, True]
    press(at, "mapping-apply")
    assert Words(language)("problems.items_reversed", items="1", min=1.0, max=7.0) in tables(at)
    press(at, "mapping-undo")
    assert not any(i.reversed for i in draft(at).items)


@pytest.mark.parametrize("language", LANGUAGES)
def test_items_against_the_rest_are_turned_round_once_and_back(app, language):
    at = hand_in(app(language), "library.csv", negative())
    words = Words(language)
    change(at, "mapping", 0, choice="comment")  # a correction not yet applied stays so
    toggle = next(t for t in at.toggle if "straight" in t.key) if any("straight" in t.key for t in at.toggle) else None
    assert toggle is None
    button = next(b for b in at.button if (b.key or "").startswith("turn-"))
    assert button.label == words("quality.turn.do")
    assert len([b for b in at.button if b.label == words("quality.turn.do")]) == 2  # expectation and perception
    press(at, button.key)
    assert not any("reversed" in t.key for t in at.toggle)
    assert words("quality.turn.done", items="2") in text(at)
    assert [i.number for i in draft(at).items if i.reversed] == [2]
    assert draft(at).columns[0].meaning is Meaning.COMMENT
    once = kept(at).study
    assert not quality.checks(once)
    assert float(once.answers[Battery.PERCEPTION][2].mean()) > 3  # about 4, as the other items
    press(at, "mapping-apply")  # applying the same again reverses nothing a second time
    assert kept(at).study.answers[Battery.PERCEPTION][2].equals(once.answers[Battery.PERCEPTION][2])
    press(at, "turn-undo")
    assert len([b for b in at.button if b.label == words("quality.turn.do")]) == 2
    assert words("quality.turn.undo") not in [b.label for b in at.button]


def kept(at):
    """What the app shows."""
    from screens.parts import cache

    return cache.imported(at.session_state["study"])


def test_a_file_no_longer_in_memory_is_asked_for_again(app):
    at = hand_in(app(), "library.csv", negative())
    at.session_state["mapped"] = "0" * 64
    well(at.run())
    assert Words("en")("correction.forgotten") in text(at)
    assert not any((b.key or "").startswith("turn-") for b in at.button)


def test_switches_outlive_a_new_map_of_the_same_file(app):
    data = negative().decode().splitlines()
    data[3:5] = [",".join([data[k].split(",")[0], *["4"] * 12]) for k in (3, 4)]
    at = hand_in(app(), "library.csv", "\n".join(data).encode())
    next(t for t in at.toggle if "straight_through" in t.key).set_value(True)
    well(at.run())
    press(at, next(b.key for b in at.button if (b.key or "").startswith("turn-")))
    assert next(t for t in at.toggle if "straight_through" in t.key).value is True
    assert not at.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_in_our_own_format_says_what_to_write_down(app, language):
    rows = [line.split(",") for line in negative(own=True).decode().splitlines()]
    rows = [rows[0], *([r[0], *map(int, r[1:])] for r in rows[1:])]
    items = [["item", "dimension", "label"], *([k, "warmth", "x"] for k in range(1, 7))]
    at = hand_in(app(language, "upload"), "own.xlsx", workbook({"customers": rows, "items": items}))
    words = Words(language)
    assert words("quality.turn.write", items="2") in text(at)
    assert words("quality.turn.do") not in [b.label for b in at.button]
    items = [[*items[0], "reversed"], *([*r, "yes" if r[0] == 3 else "no"] for r in items[1:])]
    hand_in(at, "twice.xlsx", workbook({"customers": rows, "items": items}))
    assert words("quality.turn.remove", items="3") in text(at)
    assert words("quality.turn.write", items="2") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_without_an_answer_have_a_switch_that_stays_on(app, language):
    lines = form().decode().splitlines()
    for k in (3, 7):
        lines[k] = ",".join([*lines[k].split(",")[:3], *[""] * 25])
    at = hand_in(app(language), "library.csv", "\n".join(lines).encode())
    words = Words(language)
    assert words("quality.check.blank", who=words("app.upload.who.customers"), n=2, of=60) in text(at)
    assert words("quality.rows", rows="4, 8") in text(at)
    assert words("quality.always") in text(at)
    toggle = next(t for t in at.toggle if "blank" in t.key)
    assert toggle.value is True and toggle.disabled
    assert words("quality.left", n=2, of=60, left=58) in text(at)
    listed = next(d.value for d in at.table if words("quality.reason") in d.value)
    assert list(listed[words("quality.row")]) == ["4", "8"]
    assert {spoken(why) for why in listed[words("quality.reason")]} == {words("quality.name.blank")}
    go(at, "overview")
    assert words("quality.notice", what=words("quality.counted", name=words("quality.name.blank"), n=2)) in text(at)


def number(at, name: str):
    return next(n for n in at.number_input if (n.key or "").startswith(name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scales_of_numbers_are_corrected_here(app, language):
    at = hand_in(app(language), "library.csv", form())
    words = Words(language)
    assert words("problems.scale_assumed", min=1.0, max=7.0) in tables(at)
    assert words("problems.outcome_scale_inferred", outcome="overall_quality", min=1.0, max=5.0) in tables(at)
    assert (number(at, "scale--lowest").value, number(at, "scale--highest").value) == (1, 7)
    assert number(at, "scale-overall_quality-highest").value == 5
    assert at.button(key="take-scales").disabled
    number(at, "scale--highest").set_value(1)
    well(at.run())
    assert at.button(key="take-scales").disabled
    assert words("correction.scales.order") in text(at)
    number(at, "scale--highest").set_value(9)
    number(at, "scale-overall_quality-highest").set_value(10)
    well(at.run())
    press(at, "take-scales")
    assert (draft(at).scale.max, draft(at).outcome_scales["overall_quality"].max) == (9, 10)
    press(at, "mapping-apply")
    study = kept(at).study
    assert (study.instrument.scale.max, study.outcomes["overall_quality"].min, study.outcomes["overall_quality"].max) == (9, 1, 10)
    assert not {"scale_assumed", "outcome_scale_inferred"} & {p.code for p in kept(at).problems}
    press(at, "mapping-undo")
    assert draft(at).scale.max == 7


def test_a_scale_that_nobody_can_guess_is_given_by_hand(app):
    header, *lines = form().decode().splitlines()
    odd = [line.split(",") for line in lines]
    odd = [[*x[:3], *(str(int(a) - 3) for a in x[3:-1]), x[-1]] for x in odd]  # -2 to 4
    at = hand_in(app(), "odd.csv", "\n".join([header, *map(",".join, odd)]).encode())
    assert next(p for p in kept(at).problems if p.code == "outside_scale").values["value"] == "-2"
    number(at, "scale--lowest").set_value(-3)
    number(at, "scale--highest").set_value(4)
    well(at.run())
    press(at, "take-scales")
    press(at, "mapping-apply")
    assert (kept(at).study.instrument.scale.min, kept(at).study.instrument.scale.max) == (-3, 4)
    assert "outside_scale" not in {p.code for p in kept(at).problems}


def test_answers_in_words_have_the_scale_of_their_texts(app):
    at = hand_in(app(), "survey.csv", exports.as_csv(exports.qualtrics()))
    assert not any((n.key or "").startswith("scale--") for n in at.number_input)
    assert "scale_assumed" not in {p.code for p in kept(at).problems}


def test_nothing_odd_is_said_too(app):
    at = hand_in(app("en", "upload"), "own.csv", customers(60))
    assert Words("en")("quality.title") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_columns_in_words_have_a_mapping(app, language):
    """One item in words beside others in numbers: read, said, and open to correction."""
    said = ["strongly disagree", "disagree", "somewhat disagree", "neutral", "somewhat agree", "agree", "strongly agree"]
    head = ["unit", *(f"{b}{i}" for i in range(1, 23) for b in "EP"), "overall_quality"]
    rows = [[f"Branch {i % 2}", said[i % 7], *((i + k) % 7 + 1 for k in range(43)), 4] for i in range(21)]
    at = hand_in(app(language), "words.csv", "\n".join(",".join(map(str, row)) for row in [head, *rows]).encode())
    assert draft(at).answers(Battery.EXPECTATION)[1].labels in draft(at).labels
    assert (number(at, "scale--lowest").value, number(at, "scale--highest").value) == (1, 7)
    assert number(at, "scale-overall_quality-highest").value == 7  # all gave a 4: the items' scale, in doubt
    assert kept(at).study.answers[Battery.EXPECTATION][1].tolist() == [i % 7 + 1 for i in range(21)]
    press(at, "mapping-apply")
    assert kept(at).study.answers[Battery.EXPECTATION][1].tolist() == [i % 7 + 1 for i in range(21)]
