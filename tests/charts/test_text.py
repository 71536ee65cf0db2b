import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.charts.text import block, columns, cut, even, hover, pairs, sentences, wrap
from gaps.i18n import Words


def test_a_chinese_character_is_two_columns_wide():
    assert columns("gap 差距") == 8


def test_words_are_kept_whole_and_the_last_line_is_cut():
    assert wrap("convenience of the opening hours at night", 16, 2) == ["convenience of", "the opening hou…"]
    assert wrap("one line", 16) == ["one line"]


def test_chinese_breaks_between_characters_but_not_before_a_full_stop():
    assert wrap("服务终端及其屏幕", 8, 2) == ["服务终端", "及其屏幕"]
    assert wrap("服务终，端及其", 6, 3) == ["服务", "终，端", "及其"]


def test_no_chinese_character_is_left_over_and_a_long_text_breaks_after_a_clause():
    assert wrap("177 位低于理想水平", 17, 2) == ["177 位低于", "理想水平"]
    assert wrap("虚线：教科书参考曲线，不是您的数据", 24, 2) == ["虚线：教科书参考曲线，", "不是您的数据"]
    assert wrap("高于理想水平者太少：8 位，需 30 位", 24, 3) == ["高于理想水平者太少：", "8 位，需 30 位"]
    assert wrap("未测量：需询问员工：承诺了什么，交付了什么", 28, 3) == ["未测量：需询问员工：", "承诺了什么，交付了什么"]


def test_a_word_longer_than_the_line_is_broken_all_the_same():
    assert wrap("Donaudampfschifffahrt", 8, 3) == ["Donaudam", "pfschiff", "fahrt"]


@given(st.text(max_size=60), st.integers(4, 30), st.integers(1, 4))
def test_no_line_is_wider_than_allowed(text, width, lines):
    broken = wrap(text, width, lines)
    assert 1 <= len(broken) <= lines
    assert all(columns(line) <= width for line in broken)


@given(st.text("ab 差距", max_size=40), st.integers(4, 12))
def test_nothing_is_lost_where_there_are_lines_enough(text, width):
    assert "".join("".join(wrap(text, width, 40)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="http://evil">y</a>', "a & b"])
def test_markup_from_data_is_shown_not_obeyed(text):
    for made in (block([text]), hover(text)):
        assert "<b>" not in made and "<a" not in made
        assert made.count("&") >= 1


def test_direction_marks_and_control_characters_are_dropped():
    assert wrap("ab\u202ecd\x00", 20) == ["abcd"]


def test_a_cut_text_says_so():
    assert cut("Branch of the station", 10) == "Branch of…"
    assert cut("short", 10) == "short"


def test_sentences_join_as_the_language_does():
    en, zh = Words("en"), Words("zh")
    assert sentences(en, ["One.", "", "Two."]) == "One. Two."
    assert sentences(zh, ["一。", "二。"]) == "一。二。"
    assert pairs(en, [("a", "1"), ("b", "2")]) == "a: 1; b: 2"
    assert pairs(zh, [("甲", "1"), ("乙", "2")]) == "甲：1；乙：2"


def test_lines_of_about_the_same_length_leave_no_word_over():
    text = "not measured: ask staff what is promised and what is delivered"
    assert wrap(text, 28, 3)[-1] == "delivered"
    assert even(text, 28, 3) == ["not measured: ask", "staff what is promised", "and what is delivered"]
    assert even("short", 28, 3) == ["short"]


@given(st.text("ab cd期望，", max_size=80), st.integers(4, 40), st.integers(1, 4))
def test_evened_lines_are_as_many_and_as_narrow_as_plain_ones(text, width, lines):
    plain, evened = wrap(text, width, lines), even(text, width, lines)
    assert len(evened) <= len(plain) and max(map(columns, evened)) <= max(map(columns, plain))
    assert "".join("".join(evened).split()) == "".join("".join(plain).split())
