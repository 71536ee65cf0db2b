"""Two selections in words."""

import numpy as np
import pytest

from gaps.findings import selections as said
from gaps.i18n import Words
from gaps.model import Role, Selection, Withheld
from gaps.stats.contrasts import contrasts
from gaps.stats.selections import two_selections
from tests.scoring.build import people, random_study, study
from tests.simulate.differing import company

WORDS = [Words("en"), Words("zh")]


def test_below_is_said_with_difference_and_effect():
    made = company(np.random.default_rng(1), units=6, customers=60, low=(0,), shift=0.8)
    result = two_selections(made, Selection(units=("U1",)))
    lead = said.find(result)[0]
    row = result.totals().iloc[0]
    assert lead.code == "lead_below" and lead.values["difference"] == row["difference"] and lead.values["d"] == row["d_av"]
    claim, sure = said.statement_and_certainty(lead, made, WORDS[0])
    assert claim.startswith("A stands below B: gap 5 (customer)") and "60 and 300 customers" in sure


def test_few_customers_make_no_claim():
    made = study({"a": 1}, {Role.CUSTOMERS: people(40, unit=["x"] * 29 + ["y"] * 11)}, P=[[k % 5 + 1] for k in range(40)])
    lead = said.find(two_selections(made, Selection(units=("x",))))[0]
    assert (lead.code, lead.values["n"], lead.values["n_rest"]) == ("lead_few", 29, 11)


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_overlap_and_what_is_not_compared_are_said(words):
    made = random_study(n=400, units=3)
    result = two_selections(made, Selection(segments=(("sex", ("sex 1",)),)), Selection(units=("unit 1",)))
    found = {f.code: f for f in said.find(result)}
    assert found["overlap"].values["n"] == result.both[Role.CUSTOMERS] > 0
    assert found["reason"].values == {"reason": "same_people", "gaps": (1, 2, 3, 4)}
    for one in found.values():
        claim, sure = said.statement_and_certainty(one, made, words)
        assert claim and "{" not in claim + sure and "nan" not in claim + sure


A_AND_B = {"en": ("A", "B"), "zh": ("A 组", "B 组")}


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_single_values_are_called_by_their_names(words):
    harbour, station = Selection(units=("Harbour",)), Selection(units=("Station",))
    both = said.sides(harbour, station, words)
    assert (both.first, both.second, both.named) == ("Harbour", "Station", True)
    rest = said.sides(Selection(waves=("2026-H1",)), None, words)
    assert (rest.first, rest.second) == ("2026-H1", {"en": "everybody else", "zh": "其余所有人"}[words.language])
    several = said.sides(Selection(units=("Harbour",), waves=("2026-H1",)), Selection(segments=(("loyal", ("yes",)),)), words)
    assert (several.first, several.second) == ("Harbour\u00a0· 2026-H1", {"en": "“loyal: yes”", "zh": "“loyal：yes”"}[words.language])


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Selection(units=("Harbour", "Station")), None),  # two of a kind
        (Selection(units=("2026",)), Selection(waves=("2026",))),  # the same name
        (Selection(units=("Harbour",)), Selection(units=("harbour\u200b",))),  # the same name to a reader
        (Selection(units=("x" * 49,)), Selection(units=("Station",))),  # too long for a sentence
        (Selection(units=("\u200b",)), Selection(units=("Station",))),  # a name that nobody sees
    ],
)
def test_who_cannot_be_named_stays_a_and_b(a, b, words):
    both = said.sides(a, b, words)
    assert (both.first, both.second) == A_AND_B[words.language] and not both.named


@pytest.mark.parametrize("words", WORDS, ids=["en", "zh"])
def test_every_sentence_of_two_names_has_them_and_no_letter(words):
    made = company(np.random.default_rng(1), units=6, customers=60, low=(0,), shift=0.8)
    a, b = Selection(units=("U1",)), Selection(units=("U2",))
    result, both = two_selections(made, a, b), said.sides(a, b, words)
    found = said.find(result)
    assert {"lead_below", "outcome_below"} & {f.code for f in found}
    for one in found:
        claim, sure = said.statement_and_certainty(one, made, words, both)
        assert not {"A ", " A", " B"} & {part for part in ("A ", " A", " B") if part in claim + sure}
        if one.code.startswith("lead_"):
            assert "U1" in claim and "U2" in claim
    data = said.as_data(result, a, b, words)
    assert set(data["group"]) == {"U1"} and set(data["against"]) == {"U2"} and len(data) == len(result.frame)


def in_company():
    made = company(np.random.default_rng(1), units=6, customers=60, low=(0,), shift=0.8)
    return made, contrasts(made)


def test_one_of_several_units_is_said_to_be_one_and_where_it_stands_after_correction():
    made, every = in_company()
    a = Selection(units=("U1",))
    one = said.among(two_selections(made, a), every, a, None)
    assert dict(one.values) == {"by": "unit", "compared": 6, "standing": "below", "n_rest": 300}
    text = said.among_said(one, WORDS[0], said.sides(a, None, WORDS[0]))
    assert text.startswith("U1 is one of 6 units that could have been chosen")
    assert text.endswith("U1 stands below the rest, the 300 customers of the other units shown.")


def test_two_of_several_units_are_one_of_their_pairs():
    made, every = in_company()
    a, b = Selection(units=("U1",)), Selection(units=("U2",))
    one = said.among(two_selections(made, a, b), every, a, b)
    assert dict(one.values) == {"by": "unit", "compared": 6, "pairs": 15}
    assert "15 pairs of 6 units" in said.among_said(one, WORDS[0]) and "15 对" in said.among_said(one, WORDS[1])


def test_nothing_is_said_of_others_where_none_could_have_been_chosen():
    made, every = in_company()
    a = Selection(units=("U1", "U2"))
    assert said.among(two_selections(made, a), every, a, None) is None
    half = random_study(n=400, units=2, waves=0)
    a = Selection(units=("unit 1",))
    assert said.among(two_selections(half, a), contrasts(half), a, None) is None
    assert said.among(two_selections(half, a), Withheld("one_group"), a, None) is None
