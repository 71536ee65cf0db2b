"""How numbers, names and intervals are written, and how sentences are found and filled in."""

import math
import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps import i18n
from gaps.i18n import LANGUAGES, PARTS, Words, adds_up, catalogue

EN, ZH = Words("en"), Words("zh")
NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.823, "−0.82"),
        (0.0531401, "+0.05"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (-0.004, "0.00"),
        (0.004, "0.00"),
        (1e-17, "0.00"),
        (-1e-17, "0.00"),
        (-0.006, "−0.01"),
        (-12.345678, "−12.35"),
        (NAN, "–"),
        (None, "–"),
    ],
)
def test_a_gap_has_its_sign_and_a_true_minus(value, text):
    assert i18n.signed(value) == text


@given(st.floats(-1000, 1000))
def test_a_gap_reads_back_within_half_a_hundredth(value):
    text = i18n.signed(value)
    assert "-" not in text
    assert text not in ("−0.00", "+0.00")
    assert math.isclose(float(text.replace("−", "-")), value, abs_tol=0.005 + 1e-9)


def test_digits_can_be_chosen():
    assert i18n.signed(-1.25, 1) in ("−1.2", "−1.3")
    assert i18n.signed(-0.04, 1) == "0.0"


@pytest.mark.parametrize(("value", "text"), [(5.8749, "5.87"), (-0.5, "−0.50"), (-0.001, "0.00"), (NAN, "–")])
def test_a_score_has_no_plus(value, text):
    assert i18n.plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "< 0.001"),
        (0.00099, "< 0.001"),
        (0.001, "0.001"),
        (0.0314, "0.031"),
        (0.05, "0.050"),
        (0.1, "0.10"),
        (0.524, "0.52"),
        (1.0, "1.00"),
        (NAN, "–"),
        (None, "–"),
    ],
)
def test_a_p_value_is_never_zero(value, text):
    assert i18n.probability(value) == text


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0.0, "0 %", "0%"),
        (1.0, "100 %", "100%"),
        (0.29286, "29 %", "29%"),
        (0.004, "< 1 %", "< 1%"),
        (1e-9, "< 1 %", "< 1%"),
        (0.006, "1 %", "1%"),
        (0.994, "99 %", "99%"),
        (0.995, "> 99 %", "> 99%"),
        (0.9999, "> 99 %", "> 99%"),
        (NAN, "–", "–"),
    ],
)
def test_a_share_says_so_close_to_the_ends(value, english, chinese):
    assert i18n.percent(value) == EN.percent(value) == english
    assert ZH.percent(value) == chinese


def test_names_are_joined_as_each_language_does():
    names = ["reliability", "empathy", "assurance"]
    assert [EN.list(names[:n]) for n in range(4)] == ["", "reliability", "reliability and empathy", "reliability, empathy and assurance"]
    assert EN.list(names, last="or") == "reliability, empathy or assurance"
    assert ZH.list(["可靠性", "移情性", "保证性"]) == "可靠性、移情性和保证性"
    assert ZH.list(["可靠性", "移情性"], last="or") == "可靠性或移情性"
    assert EN.list(n for n in (1, 2)) == "1 and 2"


def test_an_interval_is_written_with_words_between():
    """With true minus signs, a dash between the ends would be read as one."""
    assert EN.interval(-0.95, -0.69) == "−0.95 to −0.69"
    assert ZH.interval(-0.95, 0.0) == "−0.95 至 0.00"


def test_chinese_stands_apart_from_numbers_and_latin_words():
    assert ZH.list(["2 位管理者", "437 位员工"]) == "2 位管理者和 437 位员工"
    assert ZH.list(["28%", "3%"]) == "28% 和 3%"


@pytest.fixture
def sentence(monkeypatch):
    """Fill a sentence that stands in no catalogue."""

    def fill(text: str, language: str = "en", **values) -> str:
        monkeypatch.setattr(i18n, "catalogue", lambda _: {"test.it": text})
        return Words(language)("test.it", **values)

    return fill


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("{x:gap}", -1.1020531, "−1.10"),
        ("{x:gap}", -0.0001, "0.00"),
        ("{x:gap1}", 0.25, "+0.2"),
        ("{x:score}", 5.8749, "5.87"),
        ("{x:percent}", 0.9999, "> 99 %"),
        ("{x:count}", 1234, "1,234"),
        ("{x:count}", 1234.0, "1,234"),
        ("{x:probability}", 1e-9, "< 0.001"),
        ("{x}", "North {y} & <b>", "North {y} & <b>"),
    ],
)
def test_a_placeholder_names_how_its_number_is_written(sentence, text, value, filled):
    assert sentence(f"[{text}]", x=value) == f"[{filled}]"


def test_chinese_per_cent_in_a_sentence(sentence):
    assert sentence("占{x:percent}", "zh", x=0.29286) == "占 29%"


def test_a_name_from_the_data_is_set_apart_and_left_alone(sentence):
    assert sentence("{x}明显低于{y}。", "zh", x="A店B", y="North") == "A店B 明显低于 North。"
    assert sentence("差距{{{x:gap}}}", "zh", x=-1) == "差距{−1.00}"


def test_a_sentence_is_parted_where_the_catalogue_says_whatever_a_name_holds(monkeypatch):
    """A unit may be called “East | West”; what is found does not end there."""
    text = {"x.y": "{unit}: {mean:gap}. | {n:count} of {unit} answered.", "x.whole": "{unit} only."}
    monkeypatch.setattr(i18n, "catalogue", lambda language: text)
    words = Words("en")
    assert words.parted("x.y", unit="East | West", mean=-1.0, n=5) == ("East | West: −1.00.", "5 of East | West answered.")
    assert words.parted("x.whole", unit="East | West") == ("East | West only.", "")


def test_a_sentence_without_its_value_is_a_fault(sentence):
    with pytest.raises(KeyError, match="gap"):
        sentence("{gap:gap}")


def test_a_format_nobody_knows_is_a_fault(sentence):
    with pytest.raises(ValueError, match=r"[Ff]ormat"):
        sentence("{x:gapp}", x=1.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_sentence_names_its_key_and_language(language):
    words = Words(language)
    assert "no.such.key" not in words
    with pytest.raises(KeyError, match=rf"no\.such\.key.*{language}"):
        words("no.such.key")


def test_a_language_nobody_speaks_is_refused():
    with pytest.raises(ValueError, match=re.escape("'fr'")):
        Words("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_begin_with_the_name_of_their_file(language):
    assert {key.split(".")[0] for key in catalogue(language)} >= {"findings"}
    assert all(key in Words(language) for key in catalogue(language))


def test_usual_segments_are_named_and_others_shown_as_given():
    assert Words("zh").segment("customer_type") == Words("zh").segment("Customer Type") == "顾客类型"
    assert Words("en").segment("age_group") == "age group"
    assert Words("zh").segment("Filiale <b>") == "Filiale <b>"


class TestManyNames:
    def test_up_to_four_are_named(self):
        assert EN.several("abcd", last="or") == "a, b, c or d"
        assert EN.chances([0.4, 0.3, 0.2, 0.1]) == "40 %, 30 %, 20 % and 10 %"

    def test_of_more_three_are_named_and_the_rest_counted(self):
        assert EN.several("abcde", last="or") == "a, b, c or 2 others"
        assert ZH.several("甲乙丙丁戊", last="or") == "甲、乙、丙或另外 2 个"
        assert EN.chances([0.4, 0.3, 0.2, 0.06, 0.05]) == "40 %, 30 % and 20 %, of each other at most 6 %"
        assert ZH.chances([0.4, 0.3, 0.2, 0.06, 0.05]) == "40%、30% 和 20%，其余各不超过 6%"


class TestDesired:
    """Studies that ask for a desired level instead of an expectation say so."""

    def test_each_sentence_takes_the_place_of_another_with_its_placeholders(self):
        for language in LANGUAGES:
            said = catalogue(language)
            own = {key.removeprefix("desired."): text for key, text in said.items() if key.startswith("desired.")}
            assert own and set(own) <= set(said)
            fields = re.compile(r"{[^{}]*}")
            assert {k for k, text in own.items() if sorted(fields.findall(text)) != sorted(fields.findall(said[k]))} == set()

    def test_it_is_said_where_a_desired_level_was_asked(self):
        assert EN("app.loss.below") == "Received less than expected"
        assert Words("en", desired=True)("app.loss.below") == "Received less than desired"
        assert Words("zh", desired=True)("app.loss.below") == "实际低于理想水平"
        assert Words("en", desired=True)("app.page.drivers") == EN("app.page.drivers")


@pytest.mark.parametrize(
    ("first", "second", "difference", "adds"),
    [
        (6.246, 5.734, -0.512, False),
        (6.25, 5.73, -0.52, True),
        (6.244, 5.734, -0.51, True),
        (0.0, 0.004, 0.004, True),
        (1.0, NAN, NAN, True),
    ],
)
def test_parts_that_do_not_give_their_difference_as_shown(first, second, difference, adds):
    """6.25 and 5.73 as shown give 0.52; the difference of the exact numbers is 0.51 as shown. It stands, and the sentence says why."""
    assert adds_up(first, second, difference) is adds
    for language in LANGUAGES:
        words = Words(language)
        values = {"wanted": "expected", "n": 900, "low": -0.6, "high": -0.4}
        said = words("findings.state_shortfall", expected=first, achieved=second, mean=difference, size=abs(difference), **values)
        assert (words("charts.rounded") in said) is not adds


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_two_levels_and_their_difference_can_say_so(language):
    shown = {key: {name for _, name, *_ in Formatter().parse(text) if name} for key, text in catalogue(language).items()}
    triples = (*PARTS, ("expected", "achieved", "size"))
    beside = {key for key, names in shown.items() if any(names >= set(triple) for triple in triples)}
    assert len(beside) > 50 and not {key for key in beside if "rounded" not in shown[key]}
    for own in (key for key, names in shown.items() if "rounded" in names and key.startswith("desired.")):
        assert "rounded" in shown[own.removeprefix("desired.")]
