"""Answer texts as numbers: known sets in several languages, direction, unused ends, misspelt labels, kinds of no answer."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gaps.importer import labels
from gaps.importer.labels import fold, in_order, misspelt, number_in, recognise
from gaps.importer.mapping import MISSING_KINDS
from gaps.model import Scale


def numbers(*texts: str, count: int = 20) -> list[float | None]:
    """The numbers that the texts are read as, in their order."""
    found = recognise(dict.fromkeys(texts, count))
    return [found.values.get(fold(t)) for t in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
        ["Strongly disagree", "Somewhat disagree", "Neither agree nor disagree", "Somewhat agree", "Strongly agree"],
        ["Strongly disagree", "Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree", "Strongly agree"],
        ["Strongly disagree", "Disagree", "Slightly disagree", "Slightly agree", "Agree", "Strongly agree"],
        ["Very strongly disagree", "Strongly disagree", "Disagree", "Slightly disagree", "Neutral", "Slightly agree", "Agree",
         "Strongly agree", "Very strongly agree"],
        ["非常不同意", "不同意", "一般", "同意", "非常同意"],
        ["非常不同意", "不同意", "比较不同意", "一般", "比较同意", "同意", "非常同意"],
        ["非常不滿意", "不滿意", "普通", "滿意", "非常滿意"],
        ["很不满意", "不满意", "一般", "满意", "很满意"],
        ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
        ["Very poor", "Poor", "Fair", "Good", "Very good"],
        ["Poor", "Fair", "Good", "Very good", "Excellent"],
        ["Never", "Rarely", "Sometimes", "Often", "Always"],
        ["从不", "很少", "有时", "经常", "总是"],
        ["Very unlikely", "Unlikely", "Neither likely nor unlikely", "Likely", "Very likely"],
        ["Not at all important", "Slightly important", "Moderately important", "Very important", "Extremely important"],
        ["전혀 그렇지 않다", "그렇지 않다", "보통이다", "그렇다", "매우 그렇다"],
        ["Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju"],
        ["Strongly Disagree", "Disagree", "No Opinion", "Agree", "Strongly Agree"],
        ["1 - Strongly disagree", "2", "3", "4", "5", "6", "7 - Strongly agree"],
        ["1=strongly disagree", "2=disagree", "3=neutral", "4=agree", "5=strongly agree"],
        ["(1) strongly disagree", "(2) disagree", "(3) neutral", "(4) agree", "(5) strongly agree"],
        ["非常不满意（1分）", "不满意（2分）", "一般（3分）", "满意（4分）", "非常满意（5分）"],
        ["１．非常不满意", "２．不满意", "３．一般", "４．满意", "５．非常满意"],
        ["★☆☆☆☆", "★★☆☆☆", "★★★☆☆", "★★★★☆", "★★★★★"],
        ["1星", "2星", "3星", "4星", "5星"],
        ["1/5", "2/5", "3/5", "4/5", "5/5"],
    ],
)  # fmt: skip
def test_from_low_to_high(texts):
    found = recognise(dict.fromkeys(texts, 20))
    assert [found.values[fold(t)] for t in texts] == list(range(1, len(texts) + 1))
    assert found.scale == Scale(1, len(texts))
    assert found.confident
    assert not found.unknown


@pytest.mark.parametrize(("low", "high"), [("0 - Not at all likely", "10 - Extremely likely"), ("0=完全不可能", "10=非常可能")])
def test_eleven_points(low, high):
    found = recognise({low: 1, "5": 9, "9": 3, high: 4})
    assert found.scale == Scale(0, 10)
    assert [found.values[fold(t)] for t in (low, "5", "9", high)] == [0, 5, 9, 10]


@pytest.mark.parametrize(
    "texts",
    [
        ["1.非常满意", "2.满意", "3.一般", "4.不满意", "5.非常不满意"],
        ["A.非常满意", "B.满意", "C.一般", "D.不满意", "E.非常不满意"],
        ["1 Very satisfied", "2", "3", "4", "5 Very dissatisfied"],
    ],
)
def test_words_decide_the_direction(texts):
    """Option 1 of 问卷星 may be "very satisfied"."""
    assert numbers(*texts) == [5, 4, 3, 2, 1]


def test_unused_ends_are_kept():
    found = recognise({"Agree": 50, "Neutral": 10, "Disagree": 4})
    assert (found.scale, found.values) == (Scale(1, 5), {"agree": 4, "neutral": 3, "disagree": 2})
    upper = recognise({"Somewhat agree": 5, "Agree": 50, "Strongly agree": 40})
    assert (upper.scale, upper.confident) == (Scale(1, 7), True)
    assert upper.values["strongly agree"] == 7


def test_two_labels_of_two_scales_are_a_question():
    found = recognise({"Agree": 50, "Strongly agree": 40})
    assert not found.confident


def test_misspelt_labels():
    found = recognise({"Strongly aisagree": 1, "Disagree": 9, "Neutral": 9, "Agree": 9, "Strongly Agree": 4, "strongly agree": 3})
    assert found.values["strongly aisagree"] == 1
    assert misspelt(found) == {"strongly aisagree": "strongly disagree"}


@pytest.mark.parametrize(("text", "not_this"), [("unlikely", "likely"), ("not satisfied", "satisfied"), ("非常不满意", "非常满意")])
def test_a_negation_is_no_misspelling(text, not_this):
    known = [s for s in labels._catalogue()[0] if not_this in s.places]
    assert known
    assert not_this not in {labels._closest(text, s.index) for s in known if text not in s.places}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("N/A", "not_applicable"), ("不适用", "not_applicable"), ("Don’t know", "dont_know"), ("不知道", "dont_know"),
        ("Prefer not to say", "refused"), ("拒答", "refused"), ("(跳过)", "skipped"), ("（空）", "blank"), ("99", "platform_code"),
        ("-3", "skipped"), ("－２", "blank"), ("−9", "platform_code"), ("99 - refused", "refused"), ("Unfamiliar (N/A)", "not_applicable"),
    ],
)  # fmt: skip
def test_no_answer_by_kind(text, kind):
    found = recognise({"1": 3, "5": 20, "7": 9, text: 2})
    assert found.missing == {fold(text): kind}
    assert found.scale == Scale(1, 7)
    assert kind in MISSING_KINDS


def test_no_opinion_beside_a_middle_is_no_answer():
    found = recognise(dict.fromkeys(["Strongly disagree", "Disagree", "Neutral", "No opinion", "Agree", "Strongly agree"], 9))
    assert found.missing == {"no opinion": "dont_know"}


def test_codes_within_the_scale_are_answers():
    assert recognise({"0": 1, "88": 3, "99": 2, "50": 2, "100": 1}) is None  # a scale of 0 to 100
    assert recognise({"-3": 1, "-2": 2, "-1": 2, "0": 2, "1": 2, "2": 4, "3": 4}) is None  # a scale around zero


def test_an_unknown_set_is_given_back_in_order_of_frequency():
    found = recognise({"meh": 3, "blah": 7, "wow": 5, "N/A": 9})
    assert (found.unknown, found.confident, found.values) == (("blah", "wow", "meh"), False, {})
    mine = in_order(found, ["meh", "", "blah", "wow"])
    assert (mine.values, mine.scale, mine.confident) == ({"meh": 1, "blah": 3, "wow": 4}, Scale(1, 4), True)
    assert mine.missing == {"n/a": "not_applicable"}
    with pytest.raises(ValueError, match="two labels"):
        in_order(found, ["meh"])


@pytest.mark.parametrize("counts", [{}, {"5": 3, "6": 2}, {f"remark {i}": 1 for i in range(40)}, {"n/a": 3}])
def test_nothing_to_translate(counts):
    assert recognise(counts) is None


@pytest.mark.parametrize("texts", [["男", "女"], ["1. Male", "2. Female"], ["20대", "30대", "40대"], ["1部", "2部"], ["A1", "A5"]])
def test_what_is_no_scale_is_not_believed(texts):
    assert not recognise(dict.fromkeys(texts, 30)).confident


def test_numbers_and_words_apart():
    assert number_in("7 - Strongly agree") == (7.0, "strongly agree")
    assert number_in("Strongly agree (7)") == (7.0, "strongly agree")
    assert number_in("30~34岁") == (None, "30~34岁")
    assert number_in("3000-3499元") == (None, "3000-3499元")


@given(st.dictionaries(st.text(max_size=20), st.integers(1, 50), max_size=12))
@example({":": 1, "-1": 1})
def test_any_texts(counts):
    """Whatever the texts: each has one place at most, every value is within the scale, and the order of the texts does not matter."""
    found = recognise(counts)
    if found is None:
        return
    assert not {*found.values} & {*found.missing}
    assert not ({*found.values} | {*found.missing}) & {*found.unknown}
    assert {*found.values} | {*found.missing} | {*found.unknown} == {fold(t) for t in counts} - {""}
    assert all(found.scale.min <= v <= found.scale.max for v in found.values.values())
    assert recognise(dict(reversed(counts.items()))) == found


def test_a_label_in_doubt_is_told():
    """Somebody who writes a question mark behind an answer is not sure; it is read, and said."""
    found = recognise({"Strongly disagree": 4, "Disagree": 3, "Neutral": 5, "Agree??": 1, "Agree": 9, "Strongly agree": 2})
    assert misspelt(found) == {"agree??": "agree"}
