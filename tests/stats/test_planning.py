"""A plan from a study against the formulas by hand, and the no-study plan against the published numbers."""

import math

import numpy as np
import pytest

from gaps import scoring
from gaps.columns import GLOSSARY
from gaps.model import UNIT, WEIGHT, Battery, Gap, Role, Scale, Withheld
from gaps.scoring.gap_table import gap_table
from gaps.stats import intervals, sizes
from gaps.stats.planning import NEED_COLUMNS, ONE_UNIT, UNIT_MINIMUM, Wanted, first_plan, plan
from tests.scoring.build import people, random_study, study

SIZES = {"a": 3, "b": 2, "c": 2}


def with_outcome(made, seed=0):
    """The same study with overall quality asked: the mean perception and noise, rounded."""
    rng = np.random.default_rng(seed)
    quality = made.answers[Battery.PERCEPTION].mean(axis=1).fillna(4) + rng.standard_normal(len(made.customers))
    customers = made.customers.assign(overall_quality=np.clip(np.round(quality), 1, 7))
    return made.with_(respondents={**made.respondents, Role.CUSTOMERS: customers}, outcomes={"overall_quality": Scale(1, 7)})


@pytest.fixture(scope="module")
def five_gaps():
    return with_outcome(random_study(n=400, sizes=SIZES, units=6))


@pytest.fixture(scope="module")
def found(five_gaps):
    return plan(five_gaps)


def test_every_column_is_in_the_glossary(found):
    assert tuple(found.needs.columns) == NEED_COLUMNS
    assert set(NEED_COLUMNS) <= set(GLOSSARY)


def test_present_intervals_are_those_of_the_gap_table(five_gaps, found):
    table = intervals.with_intervals(gap_table(five_gaps, by=((),), segments=False, items=False)).frame
    compared = 0
    for _, row in table.iterrows():
        dimension = row["dimension"] if isinstance(row["dimension"], str) else None
        need = found.need(Gap(row["gap"]), dimension)
        assert need["half_width"] == pytest.approx((row["high"] - row["low"]) / 2, rel=1e-9)
        assert (need["n_expected"], need["n_achieved"]) == (row["n_expected"], row["n_achieved"])
        compared += 1
    assert compared == 5 * 4


def test_a_paired_row_by_hand(five_gaps, found):
    gap = scoring.customer_scores(five_gaps).gap["a"].dropna()
    need = found.need(Gap.CUSTOMER, "a")
    assert need["sd_expected"] == pytest.approx(gap.std(), rel=1e-12)
    assert need["needed_expected"] == need["needed_achieved"] == sizes.for_mean(gap.std(), 0.2).needed
    assert need["paired"]
    assert math.isnan(need["needed_given"])


def test_a_row_of_two_groups_by_hand(five_gaps, found):
    e = scoring.battery_scores(five_gaps, Battery.EXPECTATION)[1].dropna()
    m = scoring.battery_scores(five_gaps, Battery.BELIEF)[1].dropna()
    need = found.need(Gap.KNOWLEDGE)
    by_hand = sizes.for_difference((e.std(), m.std()), 0.2)
    assert (need["needed_expected"], need["needed_achieved"]) == (by_hand.first, by_hand.second)
    given = sizes.for_difference((m.std(), e.std()), 0.2, first=len(m))
    assert math.isnan(need["needed_given"]) if isinstance(given, Withheld) else need["needed_given"] == given.second
    assert need["narrowest"] == pytest.approx(sizes.t_quantile(len(m) - 1, 0.95) * m.std() / math.sqrt(len(m)), rel=1e-3)


def test_one_unit_by_hand(five_gaps, found):
    gap = scoring.customer_scores(five_gaps).gap_total
    unit = five_gaps.customers[UNIT].cat.codes
    known = gap.notna() & (unit >= 0)
    squares = sum(((g - g.mean()) ** 2).sum() for _, g in gap[known].groupby(unit[known]))
    within = math.sqrt(squares / (known.sum() - unit[known].nunique()))
    need = found.need(Gap.CUSTOMER, per=ONE_UNIT)
    assert need["sd_expected"] == pytest.approx(within, rel=1e-9)
    needed = max(sizes.for_mean(within, 0.5).needed, 30)
    assert need["needed_expected"] == needed
    assert need["units_enough"] == (gap[known].groupby(unit[known]).size() >= needed).sum()


def test_no_unit_is_advised_less_than_the_app_compares(five_gaps):
    rough = plan(five_gaps, Wanted(unit_half_width=5.0)).needs
    rows = rough[rough["per"] == ONE_UNIT]
    assert (rows.loc[rows["gap"] == 5, "needed_expected"] == UNIT_MINIMUM[Role.CUSTOMERS]).all()
    assert (rows.loc[rows["gap"] == 4, "needed_expected"] == UNIT_MINIMUM[Role.EMPLOYEES]).all()
    assert (rows.loc[rows["gap"] == 1, "needed_achieved"] == UNIT_MINIMUM[Role.MANAGERS]).all()


def test_population_response_and_units(five_gaps):
    wanted = Wanted(
        populations={Role.CUSTOMERS: 2000}, response_rates={Role.CUSTOMERS: 0.25}, half_width=0.15, units_total=10**6
    )  # fmt: skip
    one_stage = plan(five_gaps, Wanted(populations={Role.CUSTOMERS: 2000}, response_rates={Role.CUSTOMERS: 0.25}, half_width=0.15))
    need = one_stage.need(Gap.CUSTOMER)
    sd = need["sd_expected"]
    assert need["needed_expected"] == sizes.for_mean(sd, 0.15, sizes.Frame(population=2000, response_rate=0.25)).needed
    assert need["invited_expected"] == math.ceil(need["needed_expected"] / 0.25)
    assert need["planned"] < need["shown"]
    two_stage = plan(five_gaps, wanted)
    icc = max(two_stage.icc[Role.CUSTOMERS], 0)
    by_hand = sizes.Frame(population=2000, response_rate=0.25, icc=icc, units=6, units_total=10**6)
    expected = sizes.for_mean(sd, 0.15, by_hand)
    row = two_stage.need(Gap.CUSTOMER)
    assert row["withheld"] == expected.reason if isinstance(expected, Withheld) else row["needed_expected"] == expected.needed


def test_equal_weights_change_nothing_and_unequal_ones_cost():
    made = with_outcome(random_study(n=300, sizes=SIZES, units=4))
    n = len(made.customers)

    def weighted(w):
        customers = made.customers.assign(**{WEIGHT: w})
        return plan(made.with_(respondents={**made.respondents, Role.CUSTOMERS: customers})).need(Gap.CUSTOMER)

    plain, equal = plan(made).need(Gap.CUSTOMER), weighted(np.full(n, 3.0))
    assert equal["needed_expected"] == plain["needed_expected"]
    assert equal["sd_expected"] == pytest.approx(plain["sd_expected"])
    w = np.where(np.arange(n) % 2, 5.0, 1.0)
    cost = n * (w**2).sum() / w.sum() ** 2
    assert weighted(w)["needed_expected"] == pytest.approx(cost * plain["needed_expected"], rel=0.15)


def test_the_change_rests_on_the_latest_wave(five_gaps, found):
    gap = scoring.customer_scores(five_gaps).gap_total
    last = gap[five_gaps.customers["wave"].astype(str) == five_gaps.waves[-1]].dropna()
    change = found.changes[0]
    assert (change.dimension, change.before) == (None, len(last))
    assert change.sd == pytest.approx(last.std(), rel=1e-12)
    assert change.each.needed == sizes.for_change(0.3, (last.std(), last.std())).needed
    assert [c.dimension for c in found.changes] == [None, "a", "b", "c"]


def test_other_scales_in_proportion():
    narrow = study({"a": 1}, E=[[4], [5], [4], [5], [3]], P=[[3], [5], [2], [4], [3]], scale=Scale(1, 5))
    wide = study({"a": 1}, E=[[7], [9], [7], [9], [5]], P=[[5], [9], [3], [7], [5]], scale=Scale(1, 9))
    a, b = plan(narrow).need(Gap.CUSTOMER), plan(wide).need(Gap.CUSTOMER)
    assert a["needed_expected"] == b["needed_expected"]
    assert plan(narrow).half_width == pytest.approx(0.2 * 4 / 6)


def test_what_a_small_study_cannot_say():
    few = plan(study({"a": 1, "b": 1}, E=[[5, 6]], P=[[4, 5]]))
    assert few.need(Gap.CUSTOMER)["withheld"] == "too_few"
    assert few.naming == Withheld("no_outcome")
    assert few.naming_gaps == Withheld("not_measured")
    assert few.sides == Withheld("no_outcome")
    assert few.changes == ()
    same = plan(study({"a": 1}, E=[[5], [5]], P=[[4], [4]]))
    assert same.need(Gap.CUSTOMER)["withheld"] == "no_variation"
    nobody = plan(study({"a": 1}, E=np.empty((0, 1)), P=np.empty((0, 1))))
    assert nobody.need(Gap.CUSTOMER)["withheld"] == "too_few"
    perceived = plan(study({"a": 1}, P=[[4], [5]]))
    assert perceived.sides == Withheld("no_expectation")
    assert len(perceived.needs) == 0


def test_a_dimension_of_which_nothing_varies_on_one_side():
    made = study({"a": 1}, E=[[5], [6], [7], [4]], M=[[5], [5], [5]])
    need = plan(made).need(Gap.KNOWLEDGE)
    assert need["withheld"] == ""
    assert need["needed_expected"] >= 2
    assert need["needed_achieved"] == 2


def test_direct_ratings():
    rated = {Gap.DELIVERY: {"a": [3, 4, 5, 6], "b": [2, 4, 4, 5]}}
    made = study({"a": 1, "b": 1}, P=[[4, 5], [5, 5]], E=[[6, 6], [7, 6]], ratings=rated)
    need = plan(made).need(Gap.DELIVERY, "a")
    assert need["paired"]
    assert need["sd_achieved"] == pytest.approx(np.std([3, 4, 5, 6], ddof=1))


def test_naming_follows_the_study(five_gaps, found):
    assert found.naming.outcome == "overall_quality"
    assert found.naming.predictors == "P,E"
    assert set(found.naming.shares) == {"a", "b", "c"}
    assert found.naming_gaps == Withheld("too_few_units", {"units": 6, "needed": 30})
    alone = five_gaps.with_(answers={b: f for b, f in five_gaps.answers.items() if b is not Battery.EXPECTATION})
    assert plan(alone).naming.predictors == "P"
    assert plan(five_gaps, seed=2).naming.curve != found.naming.curve
    assert plan(five_gaps).naming.curve == found.naming.curve


def test_too_few_customers_to_plan_the_driver():
    made = with_outcome(random_study(n=40, sizes=SIZES, units=2))
    few = plan(made).naming
    assert few.reason == "too_few"
    assert few.values["needed"] == 60


def test_units_are_named_where_there_are_enough():
    made = with_outcome(random_study(n=1500, sizes=SIZES, units=40))
    found = plan(made, units=scoring.unit_scores(made)).naming_gaps
    assert found.level == "unit"
    assert set(found.shares) == {"gap1", "gap2", "gap3", "gap4"}
    assert found.n == 40


def test_sides_are_the_asymmetrys(five_gaps, found):
    gap = scoring.customer_scores(five_gaps).gap_total.dropna()
    counts = {"below": (gap < -1e-9).sum(), "above": (gap > 1e-9).sum()}
    assert found.sides.now == min(counts.values())
    assert found.sides.n == len(gap)


def test_a_first_survey():
    """Methods 7.8 (s 1.2, e .2: 138.3 by z), power.t.test (.3, 1.2: 252.1), 3.4 and 2.6 for the driver."""
    first = first_plan(units=20)
    assert first.need(Gap.CUSTOMER)["needed_expected"] == 141
    assert first.need(Gap.CUSTOMER, per=ONE_UNIT)["needed_expected"] == 30
    assert first.changes[0].each.needed == 253
    assert 1900 < first.naming.needed < 2600
    assert 130 < first.naming_gaps.needed < 190
    assert not first.measured
    assert first_plan(span=4).need(Gap.CUSTOMER)["needed_expected"] == 141
    assert len(first_plan().needs) == 5
    small = first_plan(Wanted(populations={Role.CUSTOMERS: 300}, response_rates={Role.CUSTOMERS: 0.5}))
    assert small.need(Gap.CUSTOMER)["needed_expected"] == 97  # 94.9 by z
    assert small.need(Gap.CUSTOMER)["invited_expected"] == 194


@pytest.mark.parametrize(
    "call",
    [
        lambda s: plan(s, outcome="recommend"),
        lambda s: plan(s, Wanted(populations={Role.CUSTOMERS: 10})),
        lambda s: plan(s, Wanted(half_width=0)),
        lambda s: first_plan(span=0),
    ],
)
def test_a_callers_mistake(call, five_gaps):
    with pytest.raises(ValueError, match=r"recommend|customers|half_width|span"):
        call(five_gaps)


def test_waves_together_may_exceed_the_population(five_gaps):
    people_at_once = int(five_gaps.customers["wave"].value_counts().max())
    need = plan(five_gaps, Wanted(populations={Role.CUSTOMERS: people_at_once})).need(Gap.CUSTOMER)
    assert need["n_expected"] > people_at_once
    assert need["half_width"] == pytest.approx(plan(five_gaps).need(Gap.CUSTOMER)["half_width"])
    with pytest.raises(ValueError, match="customers"):
        plan(five_gaps, Wanted(populations={Role.CUSTOMERS: people_at_once - 1}))


def test_people_without_unit_do_not_count_in_units():
    customers = people(6, unit=["x", "x", None, None, "y", "y"])
    made = study({"a": 1}, {Role.CUSTOMERS: customers}, E=[[5], [6], [7], [1], [6], [7]], P=[[4], [6], [1], [7], [5], [5]])
    need = plan(made).need(Gap.CUSTOMER, per=ONE_UNIT)
    assert need["n_expected"] == 2
    assert need["sd_expected"] == pytest.approx(math.sqrt((0.5 + 0.5) / 2))  # gaps -1, 0 and -1, -2
