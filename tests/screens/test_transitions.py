"""What must change everywhere at once, and what must stay."""

import pytest

from gaps.i18n import Words

from .conftest import PAGES, customers, faults, go, hand_in, open_sample, spoken, tables, text, well

REFUSED = b"respondent,E1,E1,P1\n1,5,6,4\n2,5,6,4\n"  # a column twice


def key(at, beginning: str) -> str:
    return next(k for k in at.session_state.to_dict() if k.startswith(beginning))


def test_a_new_upload_replaces_the_old_study_everywhere(app):
    at = open_sample(app())
    old = {page: text(go(at, page)) for page in PAGES}
    go(at, "upload")
    hand_in(at, "second.csv", customers(60))
    for page in PAGES:
        new = text(go(at, page))
        assert new != old[page]
        assert Words("en")("app.notice.simulated") not in new
        assert "36 branches" not in new
    assert set(at.sidebar.multiselect[0].options) == {"North", "South"}


def test_a_taken_file_is_said_once_on_the_upload_page(app):
    words = Words("en")
    at = hand_in(app("en", "upload"), "first.csv", customers(60))
    assert [s.value for s in at.success] == [words("app.upload.arrived")]
    assert not go(go(at, "overview"), "upload").success


def test_an_upload_on_an_empty_page_opens_it_there(app):
    at = app("en", "dimensions")
    hand_in(at, "first.csv", customers(60))
    assert not at.file_uploader
    assert at.get("plotly_chart")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refused_file_keeps_the_old_study_and_says_so(app, language):
    words = Words(language)
    at = hand_in(app(language), "good.csv", customers(60))
    before = at.header[0].value
    go(at, "upload")
    hand_in(at, "twice.csv", REFUSED)
    assert any("twice" in e.value for e in at.error)
    assert "E1" in tables(at)
    go(at, "overview")
    assert at.header[0].value == before
    assert spoken(at.error[0].value) == words("app.notice.refused", file="twice.csv", study="good")
    go(at, "upload")
    hand_in(at, "better.csv", customers(40))
    assert not go(at, "overview").error


def test_a_refused_first_file_lists_everything_and_loads_nothing(app):
    at = hand_in(app(), "twice.csv", REFUSED)
    assert at.error
    assert at.table
    assert at.file_uploader
    assert at.session_state.get("study") is None


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04 not a workbook", b"<html><table></table></html>"])
def test_no_file_can_break_the_app(app, data):
    at = hand_in(app(), "../../odd.xlsx", data)
    assert at.error
    assert at.file_uploader


def test_filters_survive_navigation_and_change_the_numbers(app):
    at = open_sample(app())
    everybody = at.header[0].value
    unit = at.multiselect(key=key(at, "unit-")).options[0]
    at.multiselect(key=key(at, "unit-")).select(unit)
    well(at.run())
    one = at.header[0].value
    assert one != everybody
    for page in PAGES:
        go(at, page)
        assert at.multiselect(key=key(at, "unit-")).value == [unit]
        if page != "upload":
            assert unit in text(at)
    go(at, "overview")
    assert at.header[0].value == one
    at.button(key="reset-page").click()
    well(at.run())
    assert at.header[0].value == everybody
    assert at.multiselect(key=key(at, "unit-")).value == []


def test_a_segment_filters_customers(app):
    at = hand_in(app(), "loyal.csv", customers(60))
    at.multiselect(key=key(at, "segment loyal")).select("no")
    well(at.run())
    assert "20 of 60 customers" in text(at)


def test_a_selection_that_nobody_fits_says_so(app):
    """Every loyal customer is in the north: south and loyal is empty."""
    rows = customers(60).decode().replace('"South","yes"', '"South","no"').encode()
    at = hand_in(app(), "empty.csv", rows)
    at.multiselect(key=key(at, "unit-")).select("South")
    at.multiselect(key=key(at, "segment loyal")).select("yes")
    well(at.run())
    assert any(spoken(i.value) == Words("en")("app.withheld.nobody") for i in at.info)
    for page in PAGES:
        go(at, page)


def test_the_language_switch_keeps_study_filters_and_page(app):
    at = open_sample(app())
    at.multiselect(key=key(at, "wave-")).select("2026-H2")
    well(at.run())
    go(at, "five_gaps")
    at.get_by_key("language").set_value("zh")
    well(at.run())
    assert at.title[0].value == "五个差距"
    assert at.multiselect(key=key(at, "wave-")).value == ["2026-H2"]
    assert "2026-H2" in text(at)
    go(at, "overview")
    assert at.header[0].value.startswith("顾客期望")


def test_the_browser_language_decides_until_the_reader_does(app):
    at = app("zh")
    assert at.title[0].value == "服务质量差距"
    at.get_by_key("language").set_value("en")
    well(at.run())
    assert at.title[0].value == "Service quality gaps"
    go(at, "upload")
    assert at.title[0].value == "Upload"


def test_two_tabs_do_not_see_each_other(app):
    one, other = app(), app()
    hand_in(one, "one.csv", customers(60))
    well(other.run())
    assert other.file_uploader
    hand_in(other, "other.csv", customers(60, seed=2))
    well(one.run())
    assert one.title[0].value == "one"


def test_two_files_of_one_study_keep_their_own_reports(app):
    """A cell that held text and a cell that was blank give the same study; what was wrong with the files differs."""
    blank = (
        customers(50, seed=3)
        .replace(b'"c7","South","yes","7"', b'"c7","South","yes",""')
        .replace(b'"c7","South","yes","5"', b'"c7","South","yes",""')
    )
    blank = blank.replace(b'"c7","South","yes","6"', b'"c7","South","yes",""')
    typed = blank.replace(b'"c7","South","yes",""', b'"c7","South","yes","often"')
    assert typed != blank
    one, other = hand_in(app("en", "upload"), "same.csv", typed), hand_in(app("en", "upload"), "same.csv", blank)
    assert "often" in tables(one)
    assert "often" not in tables(other)


def test_a_study_that_made_room_for_others_is_asked_for_again(app):
    from screens.parts import cache

    at = hand_in(app(), "gone.csv", customers(50, seed=9))
    cache._kept.clear()
    go(at, "drivers")
    assert at.warning[0].value == Words("en")("app.empty.forgotten")
    assert at.file_uploader


def test_a_session_remembers_names_not_data(app, kiosk):
    at = hand_in(app(), kiosk.name, kiosk.read_bytes())
    for page in PAGES:
        go(at, page)
    remembered = at.session_state.to_dict().values()
    remembered = [one for value in remembered for one in (value.values() if isinstance(value, dict) else [value])]  # a menu's own
    values = [one for value in remembered for one in (value if isinstance(value, (tuple, list)) else [value])]
    assert {type(value) for value in values} <= {str, bool, int, float, type(None)}


def test_a_choice_that_a_filter_takes_away_falls_back(app):
    at = open_sample(app())
    go(at, "five_gaps")
    shown = at.selectbox(key=key(at, "unit shown"))
    first, second, third = shown.options[1:4]
    shown.select(first)
    well(at.run())
    at.multiselect(key=key(at, "unit-")).select(second).select(third)
    well(at.run())
    assert first not in at.selectbox(key=key(at, "unit shown")).options
    assert at.selectbox(key=key(at, "unit shown")).value is None
    for page in PAGES:
        go(at, page)


def test_choices_on_a_page_survive_walking(app):
    at = open_sample(app())
    go(at, "five_gaps")
    at.get_by_key(key(at, "gap-")).set_value(2)
    well(at.run())
    go(go(at, "overview"), "five_gaps")
    assert at.session_state[key(at, "gap-")] == 2


def test_a_fault_of_the_program_is_said_in_words_and_the_study_is_kept(app, kiosk, monkeypatch):
    at = hand_in(app(), kiosk.name, kiosk.read_bytes())

    def broken(*_, **__):
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patched:
        patched.setattr("gaps.charts.gaps_diagram", broken)
        at.run()
        assert len(faults(at)) == 1
        assert "secret detail" not in text(at)
        assert not at.exception
    go(at, "drivers")
    assert "207" in text(at)
