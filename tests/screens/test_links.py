"""The address holds what is shown; a link opens it again in another session, and can break nothing."""

import re
from datetime import date

import pytest

from gaps import store
from gaps.i18n import Words
from gaps.store import terms
from screens.parts import cache, entered, links

from .conftest import PAGES, ROOT, customers, go, hand_in, open_sample, spoken, tables, text, well

SAMPLE = {"study": "sample"}
EN = Words("en")


def key(at, beginning: str) -> str:
    return next(k for k in at.session_state.to_dict() if k.startswith(beginning))


def follow(at, **query):
    """Change the address in this tab."""
    at.query_params = query
    return well(at.run())


def warnings(at) -> list[str]:
    return [spoken(w.value) for w in at.warning]


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


@pytest.mark.parametrize("value", ["", "~00000000.AAAA", "nan", "-1", "x" * 5000, "\x00", "None", "1e999", "Thornhaven:0"])
def test_no_value_can_break_the_app(app, value):
    inputs = entered.NAMES | {"weigh.unit", "weigh.customer_type", "weigh."}
    opened = {"open": ["populations", "weighting", "unit-asked", "more-wishes"], "weigh": [value, "unit"], "people.by_unit": [value, "1"]}
    query = dict.fromkeys(links.RESERVED | inputs | {"move.perceived.reliability"}, value) | opened
    at = app(query=query | SAMPLE)
    assert not at.error
    for page in ("five_gaps", "compare", "what_if", "unit", "planning"):
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


def test_a_link_works_for_the_term_chosen(app, monkeypatch):
    today = date(2026, 11, 26)
    monkeypatch.setattr(terms, "today", lambda: today)
    at = hand_in(app(), "mine.csv", customers(60))
    well(at.button(key="share-sidebar").click().run())
    assert EN("links.term.until", day="26 December 2026") in text(at)  # thirty days, where nobody chooses
    at.get_by_key("term of the link").set_value(store.Term.WEEK)
    well(at.button(key="share-sidebar").click().run())  # in the browser the box stays open
    assert EN("links.term.until", day="3 December 2026") in text(at)
    well(at.button(key="keep-study").click().run())
    token = at.session_state["shared here"][-1]
    well(at.button(key="share-sidebar").click().run())
    assert EN("links.is.shared_until", day="3 December 2026") in text(at)
    assert EN("links.kept_until", study="mine", day="3 December 2026") in text(go(at, "upload"))
    today = date(2026, 12, 3)
    other = app(query={"study": token})
    assert not other.warning
    today = date(2026, 12, 4)
    assert warnings(app(query={"study": token})) == [EN("links.failed.ended", day="3 December 2026")]
    assert warnings(app("zh", query={"study": token})) == [Words("zh")("links.failed.ended", day="2026 年 12 月 3 日")]
    well(at.run())
    assert EN("links.kept_ended", study="mine", day="3 December 2026") in text(at)
    assert at.query_params["study"] == "unshared"  # to be shared anew
    again = share(at)
    assert store.load(again).until == date(2027, 1, 3)
    assert store.standing(token) is None  # sharing cleared what was over
    assert warnings(app(query={"study": token})) == [EN("links.failed.ended", day="3 December 2026")]


def test_the_server_removes_what_is_over_when_it_starts(app, own_folder, monkeypatch):
    at = hand_in(app(), "mine.csv", customers(60))
    share(at)
    assert len(list(own_folder.rglob("*.study"))) == 1
    monkeypatch.setattr(terms, "today", lambda: date(2999, 1, 1))
    well(at.run())
    assert len(list(own_folder.rglob("*.study"))) == 1
    cache._remove_ended.clear()  # as a new process begins
    well(at.run())
    assert list(own_folder.rglob("*.study")) == []


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
    assert EN("links.kept_until", study="mine", day=EN.date(store.last_day(store.USUAL))) in text(at)
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
    weights = {"weigh": "loyal", "weigh.loyal": ["no:50", "yes:50"], "open": "weighting"}
    token = share(at)
    for query, names in (({"study": token} | weights, False), (weights, True)):
        one = go(app(query=query) if not names else follow(at, **query), "compare")
        assert EN("compare.represent.changed") in text(one)
        assert any("weights-per-customer" in button.proto.id for button in one.get("download_button")) is names
    go(at, "upload")
    assert rows in text(at)
    assert ",E1,13\n" in tables(at)
    other = go(app(query={"study": token}), "upload")
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


def enter(at, **numbers):
    """Type numbers into controls, by the beginnings of their keys."""
    for beginning, number in numbers.items():
        at.get_by_key(key(at, beginning.replace("__", " "))).set_value(number)
    return well(at.run())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_is_in_the_link_before_and_with_a_study(app, language):
    wishes = {"plan.power": "90", "plan.half_width": "0.3", "plan.population.customers": "4000", "plan.level": "unit", "plan.units": "25"}
    for query in ({}, SAMPLE):
        at = go(app(language, query=query), "planning")
        before = text(at)
        assert not [name for name in at.query_params if name.startswith("plan.")]  # nothing that is as it starts
        at.session_state["deeper-more-wishes"] = True
        enter(at, plan__power=90, plan__half_width=0.3, **{"plan__population.customers": 4000})
        enter(at, plan__level="unit")
        if not query:
            enter(at, **{"plan__units-": 25})
        sent, of_a_study = dict(at.query_params), ("plan.units",) if query else ()
        typed = {name: value for name, value in wishes.items() if name not in of_a_study}
        assert sent == query | typed | {"open": "more-wishes", "lang": language}
        other = go(app(language, query=sent), "planning")
        assert not other.warning
        assert text(other) == text(at) != before
        assert other.query_params == sent
        follow(other, **query, lang=language)  # a whole address: what it leaves out is as at first
        assert text(other) == before
        assert other.query_params.items() <= (query | {"lang": language}).items()


def test_a_plan_out_of_bounds_is_left_out_and_said(app):
    odd = {"plan.power": "100", "plan.half_width": "7", "plan.response.customers": "0", "plan.units_total": "2.5", "plan.level": "planet"}
    for query in (SAMPLE, {}):  # a half-width of 7 points on a scale of 6
        at = go(app(query=query | {"lang": "en"}), "planning")
        before = text(at)
        at = app("en", "planning", query=query | odd | {"plan.change": "0.5"})
        assert not [name for name in at.query_params if name in odd]
        assert at.query_params["plan.change"] == "0.5"
        said = warnings(app(query=query | odd))[0]
        assert all(name in said for name in ("plan.power = 100", "plan.half_width = 7", "plan.units_total = 2.5"))
        assert text(at) != before


def test_a_plan_needs_no_study_but_other_choices_do(app):
    at = app(query={"plan.power": "90", "unit": "a", "lang": "en"})
    assert warnings(at) == [EN("links.failed.no_study")]


def test_numbers_of_people_are_in_the_link_with_the_people_they_are_about(app):
    at = go(app(query=SAMPLE | {"open": "populations", "lang": "en"}), "compare")
    enter(at, population__customers=4000, population__managers=300)
    sent = dict(at.query_params)
    assert sent.items() >= {"people.customers": "4000", "people.managers": "300"}.items()
    other = go(app(query=sent), "compare")
    assert not other.warning
    assert text(other) == text(at)
    other.multiselect(key=key(other, "wave-")).select("2026-H2")
    assert "people.customers" not in well(other.run()).query_params  # nobody said how many these are
    other.multiselect(key=key(other, "wave-")).set_value([])
    assert well(other.run()).query_params == sent


def test_people_per_unit_are_in_the_link(app):
    numbers = {"people.by_unit": "1", "people.customers.unit": ["Hazelford:200", "Thornhaven:90"], "people.managers.unit": "Zurich:3"}
    at = go(app(query=SAMPLE | {"open": "populations", "lang": "en"} | numbers), "compare")
    assert "people.managers.unit = Zurich:3" in " ".join(warnings(app(query=SAMPLE | numbers)))
    assert at.query_params["people.customers.unit"] == numbers["people.customers.unit"]
    assert "people.managers.unit" not in at.query_params
    shown = tables(at)
    assert "200" in shown and "90" in shown
    go(at, "overview")
    go(at, "compare")
    assert tables(at) == shown  # what was typed in stays while the reader walks through the pages
    follow(at, **SAMPLE, lang="en")
    assert at.query_params == SAMPLE | {"lang": "en"}
    follow(at, **{"people.by_unit": "1", "open": "populations"})
    assert "people.customers.unit" not in at.query_params


def test_what_is_typed_into_the_table_of_units_is_read_with_what_it_began_with(app, monkeypatch):
    held = {}
    monkeypatch.setattr("screens.parts.state.held", held.get)
    monkeypatch.setattr("screens.parts.state.put", held.update)
    monkeypatch.setattr("screens.parts.state.touched", lambda k: held[k])
    table = entered.Table("table", ("a", "b", "c"))
    table.set_to({"customers": {"a": 1, "b": 2}})
    assert table.begin() == {"customers": {"a": 1, "b": 2}}
    first = table.editor
    held[first] = {0: {"customers": None}, 1: {"customers": 7, "managers": 4}, 9: {"customers": 1}, 2: {"unit": "x"}}
    assert table.given(("b", "c")) == {"customers": {"a": 1, "c": 7}, "managers": {"c": 4}}
    assert table.given() == {"customers": {"a": 1, "c": 7}, "managers": {"c": 4}}  # and so after the page was left
    del held[first]
    assert table.begin() == {"customers": {"a": 1, "c": 7}, "managers": {"c": 4}}
    assert table.editor != first


def test_people_of_one_unit_are_in_the_link_with_the_unit(app):
    at = go(app(query=SAMPLE | {"shown": "Thornhaven", "open": "unit-asked", "lang": "en"}), "unit")
    enter(at, population__customers__of__Thornhaven=150)
    assert at.query_params.items() >= {"unit.people.customers": "150", "shown": "Thornhaven"}.items()
    other = go(app(query=dict(at.query_params)), "unit")
    assert text(other) == text(at)
    assert other.query_params == at.query_params


def test_known_shares_are_in_the_link(app):
    shares = {"weigh": "customer_type", "weigh.customer_type": ["business:60", "private:40"], "cap": "3"}
    at = go(app(query=SAMPLE | {"open": "weighting", "lang": "en"} | shares), "compare")
    assert not at.warning
    assert "1,177" in text(at)  # as where they are typed in (test_compare)
    assert at.query_params == SAMPLE | {"open": "weighting", "lang": "en"} | shares
    follow(at, **SAMPLE, lang="en")
    assert at.query_params == SAMPLE | {"lang": "en"}
    odd = {
        "weigh": ["customer_type", "colour"],
        "weigh.customer_type": ["business:60", "nobody:40", "private:-1"],
        "weigh.unit": "a:1",
        "cap": "1",
    }
    at = go(app(query=SAMPLE | odd), "compare")
    assert at.query_params["weigh.customer_type"] == "business:60"
    said = warnings(app(query=SAMPLE | odd))[0]
    for part in ("weigh = colour", "nobody:40", "private:-1", "weigh.unit", "cap = 1"):
        assert part in said


def test_two_selections_compared_are_in_the_link(app):
    compared = {"a.unit": "Thornhaven", "a.customer_type": "business", "b.wave": "2026-H1", "against": "chosen"}
    at = go(app(query=SAMPLE | {"lang": "en"} | compared), "compare")
    assert not at.warning
    assert at.query_params.items() >= (SAMPLE | compared).items()
    assert at.session_state[key(at, "A against")] == "chosen"


def test_every_folded_part_has_its_name_in_the_address():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "screens").rglob("*.py"))
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
    no_address = {"INSTRUMENT", "LANGUAGE", "TERM", "PAGE"}  # the template; `language` itself; a link's term; what the script measured
    used = set(re.findall(r"\bstate\.([A-Z][A-Z_]+)", "\n".join(page for page in pages if "class Choice:" not in page))) - no_address
    takers = "\n".join((ROOT / f"screens/parts/{name}.py").read_text(encoding="utf-8") for name in ("links", "entered"))
    written = set(re.findall(r"state\.([A-Z_]+)", takers))
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
