"""Two selections in words."""

import numpy as np
import pytest

from gaps.findings import selections as said
from gaps.i18n import Words
from gaps.model import Role, Selection
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
