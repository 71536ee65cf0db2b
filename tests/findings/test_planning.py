"""The plan in words: every code has its sentence in both languages, with the plan's own numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gaps.findings import GOOD
from gaps.findings.planning import about, advise, answer, method, sentence
from gaps.i18n import LANGUAGES, Words
from gaps.model import Role, Withheld
from gaps.stats.naming import Point
from gaps.stats.planning import ONE_UNIT, Wanted, first_plan, plan, with_typical
from gaps.stats.whom import LEVELS
from tests.scoring.build import random_study, study
from tests.stats.test_planning import SIZES, with_outcome


@pytest.fixture(scope="module")
def made():
    return with_outcome(random_study(n=400, sizes=SIZES, units=6))


@pytest.fixture(scope="module")
def planned(made):
    return plan(made)


def said(plan, language="en", instrument=None):
    words = Words(language)
    return {f.code: " ".join(sentence(f, words, instrument)) for f in advise(plan)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_can_be_said(made, planned, language):
    """Also with reasons, and no number is left unwritten."""
    wide = Wanted(half_width=0.01, change=0.02, populations=dict.fromkeys(Role, 500), response_rates={Role.CUSTOMERS: 0.9}, units_total=50)
    tiny = plan(study({"a": 1, "b": 1}, E=[[5, 6]], P=[[4, 5]], M=[[1, 2]], S=[[2, 3]]))
    plans = [planned, plan(made, wide), plan(made, Wanted(half_width=0.02, change=0.02)), tiny, first_plan(units=10), first_plan()]
    naming = planned.naming
    variants = {
        "needed": {"needed": 900, "low": 500.0, "high": 2000.0, "now": 0.3},
        "perhaps": {"needed": 900, "low": 500.0, "high": math.inf, "now": 0.3},
        "enough": {"needed": 300, "low": 200.0, "high": 390.0, "now": 0.95},
        "more_than": {"needed": Withheld("more_than", {"most": 20_000}), "now": 0.1, "high": math.inf},
        "too_near": {"needed": Withheld("too_near", {"most": 20_000}), "now": 0.0, "high": math.inf},
    }
    for name, changes in variants.items():
        by_unit = replace(naming, level="unit", first="gap3", second="gap1", shares={"gap1": 0.3, "gap3": 0.5}, **changes)
        one = replace(planned, naming=replace(naming, **changes), naming_gaps=by_unit)
        codes = {f.code for f in advise(one)}
        assert {f"naming_{name}", f"naming_gaps_{name}"} <= codes
        plans.append(one)
    for reason in ("no_outcome", "too_few", "one_predictor", "no_variation", "collinear"):
        plans.append(replace(planned, naming=Withheld(reason, {"n": 4, "needed": 60})))
    for reason in ("no_outcome", "too_few_units", "one_predictor", "no_variation", "collinear"):
        plans.append(replace(planned, naming_gaps=Withheld(reason, {"units": 4, "needed": 30})))
    words = Words(language)
    for one in plans:
        for text in [*said(one, language, made.instrument).values(), *method(one, words)]:
            assert text.strip()
            assert "nan" not in text.split()
            assert "inf" not in text.split()
            assert "{" not in text


def test_numbers_in_words(made):
    planned = plan(made, Wanted(half_width=0.05))
    text = said(planned)
    need = planned.need(5)
    assert f"{need['needed_expected']:,.0f} customers" in text["mean_needed"]
    assert f"±{need['half_width']:.2f}" in text["mean_needed"]
    assert "385 customers" in text["share"]


def test_more_customers_are_not_called_for_where_there_are_enough(made):
    found = {f.code: f for f in advise(plan(made, Wanted(half_width=1.0, unit_half_width=2.0)))}
    assert found["mean_enough"].severity == GOOD
    assert "unit_enough" in found
    assert "pair_enough" in found


def test_few_managers_are_named_as_the_limit(made):
    found = next(f for f in advise(plan(made, Wanted(half_width=0.05))) if f.code == "pair_kept")
    assert found.values["narrowest"] > 0.05
    assert found.values["kept"] == "managers"


def test_a_first_plan_says_what_it_assumes():
    text = said(first_plan())
    assert "assumed" in text
    assert not any(code.endswith(("_enough", "_needed")) for code in text)


@pytest.mark.parametrize(
    ("n", "up", "down"), [(1911, 2000, 1900), (2000, 2000, 2000), (158, 160, 150), (57, 57, 57), (20_345, 21_000, 20_000), (math.inf,) * 3]
)
def test_simulated_sizes_have_two_digits(n, up, down):
    assert about(n) == up
    assert about(n, down=True) == down


def test_the_curve_is_for_a_chart(planned):
    assert all(isinstance(p, Point) and 0 <= p.right + p.wrong <= 1 for p in planned.naming.curve)
    assert [p.n for p in planned.naming.curve] == sorted({p.n for p in planned.naming.curve})


def test_a_small_pilot_gives_a_range(made):
    """Forty customers, one without a score: 38 / chi² at 2.5 and 97.5 %, .668 and 1.661 (R)."""
    few = made.only({role: np.arange(made.n(role)) < 40 for role in Role})
    pilot = next(f for f in advise(plan(few)) if f.code == "pilot")
    assert pilot.values["now"] == 39
    assert (pilot.values["low"] / pilot.values["n"], pilot.values["high"] / pilot.values["n"]) == pytest.approx((0.668, 1.661), abs=0.03)
    assert "pilot" not in {f.code for f in advise(plan(made))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_can_be_said(made, planned, language):
    """One sentence over all, one a role, at every level, with the numbers of `whom`."""
    alone = made.with_(answers={b: f for b, f in made.answers.items() if b.role is Role.CUSTOMERS})
    tight = plan(made, Wanted(half_width=0.02, populations=dict.fromkeys(Role, 500)))
    units = plan(made, Wanted(half_width=0.02, units_total=50))
    tiny = plan(study({"a": 1, "b": 1}, E=[[5, 6]], P=[[4, 5]], M=[[1, 2]], S=[[2, 3]]))
    words, codes = Words(language), set()
    for one in (planned, with_typical(plan(alone)), tight, units, tiny, first_plan(units=10)):
        for level in LEVELS:
            if level == ONE_UNIT and not one.units:
                continue
            for finding in answer(one, level):
                codes.add(finding.code)
                text = " ".join(sentence(finding, words, made.instrument))
                assert text.strip() and "{" not in text and "nan" not in text
    assert codes >= {
        "answer_needed",
        "answer_enough",
        "answer_first",
        "answer_none",
        "ask_needed",
        "ask_enough",
        "ask_first",
        "ask_withheld",
    }
    assert codes >= {"ask_unit_needed", "ask_unit_first"}
