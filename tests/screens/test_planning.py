"""The Planning page: before there is any study, and with those people really have."""

import pytest

from gaps.i18n import Words

from .conftest import customers, go, hand_in, open_sample, tables, text, well

LANGUAGES = ("en", "zh")
SMALL = (customers(3), customers(40, outcome=False), customers(40, units=("one",)))


def wish(at, name: str, value):
    """Put a number into an input."""
    key = next(k for k in at.session_state.to_dict() if k.startswith(f"plan {name}"))
    at.get_by_key(key).set_value(value)
    return well(at.run())


def unfold(at, *names: str):
    for name in names:
        at.session_state[f"deeper-{name}"] = True
    return well(at.run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_there_is_a_study_typical_numbers_and_both_ways_in(app, language):
    at = app(language, "planning")
    words = Words(language)
    assert "141" in at.header[0].value  # standard deviation 1.2, half-width .2: t(140) 1.2 / sqrt(141) = .1998
    assert words("planning.assumed").split(" | ")[0] in text(at)
    assert len(at.get("plotly_chart")) == 2
    assert at.get("file_uploader")
    wish(at, "half_width", 0.4)
    assert "141" not in at.header[0].value
    wish(at, "level", "unit")
    assert "300" in at.header[0].value  # 10 units of at least 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_plans_from_its_own_spreads(app, language):
    at = open_sample(app(language))
    go(at, "planning")
    words = Words(language)
    assert words("planning.people.customers", n=1996) in text(at)
    before = at.header[0].value
    unfold(at, "needs-company", "needs-unit", "change")
    assert words("findings.gap_name.3") in tables(at)
    assert words("app.planning.assumed") not in tables(at)
    wish(at, "half_width", 0.05)
    assert at.header[0].value != before and "0.05" in text(at)
    wish(at, "population.customers", 100)
    assert words("app.planning.too_small", who=words("planning.role.customers")) in [w.value for w in at.warning]


def test_customers_alone_get_typical_numbers_for_managers_and_employees(app, kiosk):
    at = hand_in(app(), kiosk.name, kiosk.read_bytes())
    go(at, "planning")
    assert "191 customers" in at.header[0].value and "managers" not in at.header[0].value
    assert "From typical spreads" in text(at)
    unfold(at, "needs-company")
    assert Words("en")("app.planning.assumed") in tables(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_expectations_it_is_not_the_customers_who_are_too_few(app, language):
    at = go(hand_in(app(language), "perceptions.csv", customers(60, expectations=False)), "planning")
    words, said = Words(language), text(at)
    assert words("planning.assumed_unasked").split(" | ")[0] in said
    assert words("planning.assumed_few", n=60).split(" | ")[0] not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_invitations_name_the_response_they_count_on(app, language):
    at = go(open_sample(app(language)), "planning")
    words = Words(language)
    assert {"en": "Invite 560, if 20 % answer", "zh": "邀请 560 人（按 20% 作答）"}[language] in text(at)
    assert words("planning.alone") in text(at) and words("planning.another") in text(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("data", SMALL)
def test_small_studies_say_what_they_cannot_plan(app, language, data):
    at = hand_in(app(language), "small.csv", data)
    go(at, "planning")
    assert ("141" in at.header[0].value) == (data == SMALL[0])  # of three customers nothing is planned, of forty it is
    unfold(at, "needs-company", "change")
    assert "nan" not in text(at) + tables(at)
