"""The address holds what is shown; a link opens it again in another session, and can break nothing."""

import re

import pytest

from gaps import store
from gaps.i18n import Words
from screens.parts import cache, links

from .conftest import PAGES, ROOT, customers, go, hand_in, open_sample, tables, text, well

SAMPLE = {"study": "sample"}
EN = Words("en")


def key(at, beginning: str) -> str:
    return next(k for k in at.session_state.to_dict() if k.startswith(beginning))


def follow(at, **query):
    """Change the address in this tab."""
    at.query_params = query
    return well(at.run())


def warnings(at) -> list[str]:
    return [w.value.replace("\\", "") for w in at.warning]


def share(at) -> str:
    """Press Share and the button of the box; the token."""
    well(at.button(key="share-sidebar").click().run())
    well(at.button(key="keep-study").click().run())
    return at.session_state["shared here"][-1]


def test_an_empty_app_has_an_empty_address(app):
    assert app().query_params == {}


def test_a_filter_and_a_choice_stand_in_the_address_and_open_the_same_elsewhere(app):
    at = open_sample(app())
    assert at.query_params == SAMPLE | {"lang": "en"}
    at.multiselect(key=key(at, "unit-")).select("Thornhaven").select("Hazelford")
    well(at.run())
    at.multiselect(key=key(at, "wave-")).select("2026-H2")
    at.multiselect(key=key(at, "segment customer_type")).select("business")
    well(at.run())
    go(at, "five_gaps")
    at.get_by_key(key(at, "gap-")).set_value(2)
    well(at.run())
    assert at.query_params["gap"] == "2"
    assert at.query_params["customer_type"] == "business"
    assert sorted(at.query_params["unit"]) == ["Hazelford", "Thornhaven"]
    other = app("zh", query=dict(at.query_params))
    assert other.query_params == at.query_params
    go(at, "overview")
    assert text(other) == text(at)
    assert go(other, "five_gaps").session_state[key(other, "gap-")] == 2


def test_a_choice_that_nobody_touched_is_not_in_the_address(app):
    at = open_sample(app())
    for page in PAGES:
        assert go(at, page).query_params == SAMPLE | {"lang": "en"}
    assert follow(at, **at.query_params).query_params == SAMPLE | {"lang": "en"}


def test_untouched_choices_are_written_out_once_other_people_are_selected(app):
    """What comes first without being touched depends on the filters: the sender keeps what he sees, so must the reader of the link."""
    at = go(open_sample(app()), "five_gaps")
    at.multiselect(key=key(at, "wave-")).select("2026-H2")
    assert well(at.run()).query_params["gap"] == "5"


def test_a_page_change_drops_no_parameter(app):
    at = app(query=SAMPLE | {"unit": "Thornhaven", "lang": "en"})
    at.query_params = {}  # as the menu leaves it
    go(at, "drivers")
    assert at.query_params == SAMPLE | {"unit": "Thornhaven", "lang": "en"}


def test_state_set_by_another_page_is_followed(app):
    at = open_sample(app())
    name = "gap-" + key(at, "unit-").removeprefix("unit-")
    at.session_state[name] = 3
    assert go(at, "five_gaps").query_params["gap"] == "3"
    assert at.session_state[name] == 3


def test_a_partial_address_changes_what_it_names_alone(app):
    at = app(query=SAMPLE | {"unit": "Thornhaven", "lang": "en"})
    follow(at, wave="2026-H2")
    assert at.query_params.items() >= (SAMPLE | {"unit": "Thornhaven", "wave": "2026-H2", "lang": "en"}).items()


def test_a_whole_address_typed_by_hand_wins(app):
    at = go(app(query=SAMPLE | {"unit": "Thornhaven", "gap": "2", "lang": "en"}), "five_gaps")
    follow(at, **SAMPLE, wave="2026-H2", lang="zh")
    assert at.title[0].value == "五个差距"
    assert at.query_params == SAMPLE | {"wave": "2026-H2", "lang": "zh"}


def test_an_address_overtaken_by_a_quick_hand_undoes_nothing(app):
    """The browser sends the address it has: that of before the last press, where the answer is still on its way."""
    at = open_sample(app())
    before = dict(at.query_params)
    at.multiselect(key=key(at, "unit-")).select("Thornhaven")
    well(at.run())
    at.query_params = before
    at.multiselect(key=key(at, "wave-")).select("2026-H2")
    well(at.run())
    assert at.query_params["unit"] == "Thornhaven"
    assert at.query_params["wave"] == "2026-H2"


def test_going_back_undoes(app, monkeypatch):
    at = go(open_sample(app()), "five_gaps")
    before = dict(at.query_params)
    at.multiselect(key=key(at, "unit-")).select("Thornhaven")
    well(at.run())
    at.get_by_key(key(at, "gap-")).set_value(2)
    well(at.run())
    monkeypatch.setattr(links, "_went_back", lambda: True)
    follow(at, **before)
    assert at.query_params == before
    assert at.multiselect(key=key(at, "unit-")).value == []
    assert at.session_state[key(at, "gap-")] == 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_study_does_not_have_is_said_and_left_out(app, language):
    odd = {"unit": ["Thornhaven", "![x](http://evil)"], "gap": "9", "colour": "blue", "measure": "x", "aside": "never", "open": "../x"}
    at = app(language, query=SAMPLE | odd)
    assert len(at.warning) == 1
    said = warnings(at)[0]
    for part in ("unit", "evil", "gap", "9"):
        assert part in said
    assert "![x](" not in at.warning[0].value
    assert at.multiselect(key=key(at, "unit-")).value == ["Thornhaven"]
    assert set(at.query_params) == {"study", "unit", "lang"}
    at.multiselect(key=key(at, "wave-")).select("2026-H2")
    assert not well(at.run()).warning  # the reader has moved on


@pytest.mark.parametrize("value", ["", "~00000000.AAAA", "nan", "-1", "x" * 5000, "\x00", "None"])
def test_no_value_can_break_the_app(app, value):
    at = app(query=dict.fromkeys(links.RESERVED | {"move.perceived.reliability"}, value) | SAMPLE)
    assert not at.error
    for page in ("five_gaps", "compare", "what_if"):
        go(at, page)


def test_a_link_without_a_study_says_so(app):
    for query, said in (({"unit": "a"}, "no_study"), ({"study": "unshared", "lang": "en"}, "unshared"), ({"study": "x" * 43}, "unknown")):
        at = app(query=query)
        assert warnings(at) == [EN(f"links.failed.{said}")]
        assert at.file_uploader
        assert at.query_params == query  # loading the page again tries again
        hand_in(at, "mine.csv", customers(60))
        assert not at.warning


def test_a_bad_link_in_a_running_session_keeps_its_study(app):
    at = hand_in(app(), "mine.csv", customers(60))
    follow(at, study="../../etc/passwd", lang="zh")
    assert at.title[0].value == "mine"
    assert warnings(at) == [Words("zh")("links.failed.unknown")]


def test_the_address_of_an_upload_names_no_study_and_nothing_is_written(app, own_folder):
    at = hand_in(app(), "mine.csv", customers(60))
    at.multiselect(key=key(at, "unit-")).select("North")
    assert well(at.run()).query_params == {"study": "unshared", "unit": "North", "lang": "en"}
    well(at.button(key="share-sidebar").click().run())
    assert not own_folder.exists()


def test_a_shared_study_opens_for_others_until_it_is_no_longer_shared(app):
    at = hand_in(app(), "mine.csv", customers(60))
    at.multiselect(key=key(at, "unit-")).select("North")
    well(at.run())
    token = share(at)
    assert at.query_params == {"study": token, "unit": "North", "lang": "en"}
    other = app("zh", query=dict(at.query_params))
    assert text(other) == text(at)
    assert not other.file_uploader
    go(at, "upload")
    assert EN("links.kept", study="mine") in text(at)
    well(at.button(key=f"stop-list-{token[:8]}").click().run())
    assert EN("links.stopped") in text(at)
    assert at.query_params["study"] == "unshared"
    assert warnings(app(query={"study": token})) == [EN("links.failed.unknown")]
    well(other.run())
    assert text(other) == text(go(at, "overview"))  # whoever has it open keeps it


def test_who_follows_a_link_sees_results_and_no_answers(app):
    data = customers(80, seed=3).replace(b'"c7","South","yes","7"', b'"c7","South","yes","secret"')
    data = data.replace(b'"c7","South","yes","6"', b'"c7","South","yes","secret"').replace(
        b'"c7","South","yes","5"', b'"c7","South","yes","secret"'
    )
    at = hand_in(app("en", "upload"), "mine.csv", data)
    assert "secret" in tables(at)
    other = go(app(query={"study": share(at)}), "upload")
    assert EN("links.followed") in text(other)
    assert "secret" not in tables(other)
    assert "secret" not in text(other)
    assert not [b for b in other.button if "stop" in (b.key or "")]
    assert str(EN("app.problems.set_aside", n=1)) in text(other)


def test_a_followed_study_that_made_room_for_others_is_read_again(app):
    at = hand_in(app(), "mine.csv", customers(50, seed=11))
    other = app(query={"study": share(at)})
    shown = text(other)
    cache._kept.clear()
    assert text(well(other.run())) == shown


def test_a_damaged_study_is_said(app, own_folder):
    at = hand_in(app(), "mine.csv", customers(60, seed=12))
    token = share(at)
    (file,) = own_folder.rglob("*.study")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert warnings(app(query={"study": token})) == [EN("links.failed.damaged")]


def test_a_full_shelf_is_said_and_nothing_is_kept(app, monkeypatch):
    monkeypatch.setattr(store.studies, "MOST", 0)
    at = hand_in(app(), "mine.csv", customers(60))
    well(at.button(key="share-sidebar").click().run())
    well(at.button(key="keep-study").click().run())
    well(at.button(key="share-sidebar").click().run())  # in the browser the box stays open
    assert [e.value for e in at.error] == [EN("links.refused.full")]
    assert at.query_params["study"] == "unshared"


def test_answers_set_aside_are_part_of_the_link(app):
    at = go(open_sample(app()), "upload")
    switch = next(t for t in at.toggle if t.key.startswith("set aside straight") and not t.disabled)
    switch.set_value(True)
    well(at.run())
    name = switch.key.removeprefix("set aside ").split("-")[0]
    assert at.query_params["aside"] == name
    assert text(app(query=dict(at.query_params))) == text(go(at, "overview"))


def straight(n: int = 60) -> bytes:
    """Customers of whom one gave a single answer to everything."""
    lines = customers(n, seed=7).decode().split("\n")
    lines[8] = ",".join(['"c7"', '"South"', '"yes"', *(['"1"'] * 45)])
    return "\n".join(lines).encode()


THROUGH = "straight_through.customers"


def turn(at, on: bool, switch: str = THROUGH):
    return well(go(at, "upload").get_by_key(key(at, f"set aside {switch}-")).set_value(on).run())


def figures(at) -> str:
    return text(go(at, "overview"))


def test_who_follows_a_link_cannot_change_what_is_set_aside(app):
    at = hand_in(app("en", "upload"), "mine.csv", straight())
    all_there = figures(at)
    turn(at, True)
    one_less = figures(at)
    assert one_less != all_there
    token = share(at)
    assert at.query_params == {"study": token, "lang": "en"}  # the switches are with the study, not in the address
    for tried in ({}, {"keep": THROUGH}, {"aside": "duplicate.customers"}, {"lang": "en"}, {"aside": THROUGH, "lang": "en"}):
        other = app(query={"study": token} | tried)
        assert text(other).startswith(one_less)
        assert {"aside", "keep"} & set(other.query_params) == set()
        assert len(other.warning) == bool({"aside", "keep"} & set(tried))
    other = go(app(query={"study": token}), "upload")
    (shown,) = [t for t in other.toggle if THROUGH in t.key]
    assert shown.disabled
    assert shown.value
    assert EN("quality.shared") in text(other)
    own = "set aside " + THROUGH + "-" + key(other, "unit-").removeprefix("unit-")
    for forged in (own, shown.key):  # as a browser might send it
        other.session_state[forged] = False
        assert figures(other) == one_less
    assert figures(at) == one_less


def test_who_follows_a_link_is_told_no_rows(app):
    data = re.sub(rb'("c11","South","yes",)"[0-9]"', rb'\1"x"', straight())
    at = hand_in(app("en", "upload"), "mine.csv", data)
    rows = EN("quality.rows", rows="9")
    assert rows in text(at)
    assert ",E1,13\n" in tables(at)
    other = go(app(query={"study": share(at)}), "upload")
    assert EN("quality.check.straight_through", who=EN("app.upload.who.customers"), battery="", n=1, of=60) in text(other)
    assert rows not in text(other)
    assert ",E1,13\n" not in tables(other)
    assert re.search(r",E1$", tables(other), flags=re.M)  # what was wrong with the column is said


def test_a_switch_turned_after_sharing_is_not_in_the_link_that_was_sent(app, monkeypatch):
    at = hand_in(app("en", "upload"), "mine.csv", straight())
    token, before = share(at), figures(at)
    turn(at, True)
    assert at.query_params == {"study": "unshared", "aside": THROUGH, "lang": "en"}
    after = figures(at)
    assert text(app(query={"study": token})) == before != after
    well(at.button(key="share-sidebar").click().run())
    assert EN("links.changed") in text(at)
    assert EN("editions.title") in text(at)  # both links together tell what the one set aside answered
    assert at.button(key="keep-study").label == EN("editions.all_the_same")
    again = share(at)
    assert again != token
    assert at.query_params == {"study": again, "lang": "en"}
    assert text(app(query={"study": again})) == after
    monkeypatch.setattr(links, "_went_back", lambda: True)
    follow(at, study=token, lang="en")
    assert figures(at) == before
    assert at.query_params == {"study": token, "lang": "en"}
    follow(at, study="unshared", aside=THROUGH, lang="en")
    assert figures(at) == after
    assert at.query_params["study"] == again
    turn(at, False)
    assert figures(at) == before


def test_two_selections_compared_are_in_the_link(app):
    compared = {"a.unit": "Thornhaven", "a.customer_type": "business", "b.wave": "2026-H1", "against": "chosen"}
    at = go(app(query=SAMPLE | {"lang": "en"} | compared), "compare")
    assert not at.warning
    assert at.query_params.items() >= (SAMPLE | compared).items()
    assert at.session_state[key(at, "A against")] == "chosen"


def test_every_folded_part_has_its_name_in_the_address():
    files = [path for path in (ROOT / "screens").rglob("*.py") if path.name != "planning.py"]  # whose inputs are in no address
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = re.findall(r'on_demand\(words\([^)]*\), "([a-z-]+)"', sources)
    assert len(found) > 5
    assert set(found) <= set(links.FOLDED)


@pytest.mark.parametrize("page", ["compare", "five_gaps", "dimensions", "drivers", "loss_aversion"])
def test_choices_that_the_filters_take_away_fall_back(app, page):
    """Each is in the study, but not among the people selected, or not on that page."""
    taken = {"unit": "Thornhaven", "wave": "2026-H2", "shown": "Hazelford", "by": "wave", "group": "2026-H1", "measure": "perception"}
    at = go(
        app(query=SAMPLE | taken | {"from": "2026-H1", "to": "2026-H2", "battery": "gap", "items": "empathy", "open": list(links.FOLDED)}),
        page,
    )
    assert not at.warning
    assert not at.error
    assert at.query_params["unit"] == "Thornhaven"


def test_every_choice_on_a_page_has_a_place_in_the_address():
    """A new choice needs a line in `links._choices`."""
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "screens").rglob("*.py")]
    no_address = {"WISH", "MARGINS", "INSTRUMENT", "LANGUAGE", "PAGE"}  # tried out: plans, weights; template; `language` itself; width
    used = set(re.findall(r"\bstate\.([A-Z][A-Z_]+)", "\n".join(page for page in pages if "class Choice:" not in page))) - no_address
    written = set(re.findall(r"state\.([A-Z_]+)", (ROOT / "screens/parts/links.py").read_text(encoding="utf-8")))
    assert len(used) > 8
    assert used - written == set()


def test_no_segment_can_take_the_name_of_a_choice(app, monkeypatch):
    open_sample(app())
    study = cache.imported(cache.keep_sample()).study
    monkeypatch.setattr("screens.parts.state.of_study", str)
    monkeypatch.setattr("screens.parts.state.held", lambda key: "2026-H1" if "wave" in key else "unit")
    names = [choice.name for choice in links._choices(study)]
    assert {"group", "to"} <= set(names)
    assert {name for name in names if not name.startswith("move.")} <= links.RESERVED
    assert len(set(names)) == len(names)
