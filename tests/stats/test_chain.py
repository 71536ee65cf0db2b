"""The chain of gaps: thresholds, what is named and what is not, shared answers, gap 5 beside the others, and the sample company."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps.importer import read_study
from gaps.model import UNIT, Battery, Gap, Role, Withheld
from gaps.sample import TRUTH as COMPANY
from gaps.scoring import unit_scores
from gaps.scoring.panel import panel
from gaps.stats.chain import _status as path_status
from gaps.stats.chain import chain, five_gaps, planned
from gaps.stats.chain_results import TABLE, AllFive, Carrier, Interval
from gaps.stats.enough import units_to_be_sure
from tests.conftest import ROOT
from tests.simulate.chains import Truth, cells
from tests.simulate.companies import company
from tests.stats.test_drivers import DIMENSIONS

LINKED = Truth(effects=(0.5, 0.5, 1, 0.5), paths=((0, 1, 0.8), (1, 2, 0.8)), people=((30, 40), (30, 40), (50, 60)))
ONE = Truth(effects=(0, 0, 1.5, 0), spread=(0.3, 0.3, 0.6, 0.3), noise=0.15, people=((20, 30), (30, 40), (100, 120)))


def fit(units, truth=LINKED, seed=1, outcome="overall_quality", resamples=300, **more):
    return chain(cells(np.random.default_rng(seed), units, truth), outcome, resamples=resamples, **more)


@pytest.fixture(scope="module")
def sample():
    return five_gaps(read_study(ROOT / "data" / "sample.xlsx").study)


def path(found, cause, effect):
    return next(p for p in found.paths if (p.cause, p.effect) == (cause, effect))


def test_the_sample_company(sample):
    found = sample.headline
    assert (found.outcome, found.level, found.stage, found.units, found.rows, found.n_left_out) == (
        "overall_quality", "unit", "joint", 36, 36, 0,
    )  # fmt: skip
    # built in: standardised effects .28 .28 .84 .15 without sampling error (data/README.md)
    assert [e.corrected.low <= true <= e.corrected.high for e, true in zip(found.effects, (0.28, 0.28, 0.84, 0.15), strict=True)] == [
        True
    ] * 4
    assert found.verdict.leading[0] == "gap3"
    assert found.effect("gap3").p_first > 0.95
    # 5 to 7 managers a unit: a third of what units differ in gaps 1 and 2 is more than chance, so they cannot be ruled out
    assert found.verdict.driver is None
    assert found.verdict.reason == "not_beyond_error"
    assert found.effect("gap2").reliability < 0.5 < found.effect("gap3").reliability
    assert 36 < found.enough.units <= 300
    assert not found.enough.more_than


def test_the_sample_company_by_dimension(sample):
    found = sample.panel
    assert (found.outcome, found.level, found.units, found.rows) == ("P", "panel", 36, 180)
    assert found.verdict.leading[0] == "gap3"
    assert found.carrier.reason == found.all_five.reason == "contains_outcome"


def test_gap_5_stands_beside_the_others(sample):
    carrier = sample.headline.carrier
    assert isinstance(carrier, Carrier)
    assert carrier.carried.value > 0.9  # perception carries all that the gaps do in this company
    assert [e.name for e in sample.headline.effects] == ["gap1", "gap2", "gap3", "gap4"]
    table = sample.table
    assert list(table.columns) == list(TABLE)
    assert table["gap"].tolist() == [3, 1, 2, 4, 5]
    assert table["role"].tolist() == ["chain"] * 4 + ["carrier"]
    assert table["p_first"][:4].sum() == pytest.approx(1)
    assert np.isnan(table["p_first"][4])


def test_totals_are_regressions_on_the_gap_and_those_before_it():
    study = company(3)
    found = chain(panel(study), "overall_quality", resamples=50)
    scores = unit_scores(study)
    rows = panel(study)
    y = rows.variables.index("overall_quality")
    noise = rows.error[:, 0, y, y]
    between = np.var(rows.values[:, 0, y], ddof=1) - noise.mean()
    w = np.sqrt(1 / (between + noise))
    for k, effect in enumerate(found.effects):
        x = np.column_stack([np.ones(len(scores)), scores[[f"gap{g}" for g in range(1, k + 2)]]])
        b = np.linalg.lstsq(x * w[:, None], scores["overall_quality"] * w, rcond=None)[0]
        assert effect.slope.value == pytest.approx(b[-1])
    x = np.column_stack([np.ones(len(scores)), scores[[f"gap{g}" for g in range(1, 5)]], panel(study).totals["gap5"]])
    b = np.linalg.lstsq(x * w[:, None], scores["overall_quality"] * w, rcond=None)[0]
    assert found.carrier.slope.value == pytest.approx(b[-1])


def test_direct_and_indirect_sum_to_the_total():
    found = fit(60)
    given = [e for e in found.effects if e.split_withheld is None]
    assert given
    for e in given:
        assert e.direct.value + e.indirect.value == pytest.approx(e.total.value)
    last = found.effects[-1]
    assert (last.indirect.value, last.indirect.low, last.indirect.high) == (0, 0, 0)


def test_total_effects_of_a_system_without_noise_are_exact():
    """Everybody alike within units, no error: effects 1 2 3 4 through paths .5 and -.25, slopes known exactly."""
    rng = np.random.default_rng(2)
    b = np.array([[0, 0, 0, 0], [0.5, 0, 0, 0], [0, -0.25, 0, 0], [0, 0, 0, 0]], float)
    gaps = np.linalg.solve(np.eye(4) - b, rng.normal(size=(4, 40))).T
    frame = dict(zip(("gap1", "gap2", "gap3", "gap4"), gaps.T, strict=True))
    y = gaps @ [1, 2, 3, 4]
    # noise of the outcome that is unrelated to the gaps in these very units, so that the slopes are exact and R² is not 1
    noise = rng.normal(size=40)
    design = np.column_stack([np.ones(40), gaps])
    noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    found = chain(made_of(frame | {"overall_quality": y + noise}), "overall_quality", resamples=50)
    assert found.effect("gap4").slope.value == pytest.approx(4)
    direct = np.linalg.lstsq(design, y, rcond=None)[0][1:]
    assert direct == pytest.approx([1, 2, 3, 4])
    for k, e in enumerate(found.effects):
        b_hat = np.linalg.lstsq(design[:, : k + 2], y + noise, rcond=None)[0]
        assert e.slope.value == pytest.approx(b_hat[-1])


def made_of(columns, error=0.0):
    """A panel of units from columns, all variables with the same error variance."""
    made = cells(np.random.default_rng(0), len(next(iter(columns.values()))), Truth())
    names = tuple(columns)
    values = np.column_stack(list(columns.values()))[:, None]
    noise = np.broadcast_to(np.eye(len(names)) * error, (len(values), 1, len(names), len(names))).copy()
    return replace(made, variables=names, values=values, error=noise)


@pytest.mark.parametrize(("units", "stage", "reason"), [(9, "", "too_few_units"), (10, "one_at_a_time", None), (29, "one_at_a_time", None)])
def test_below_30_units_nothing_is_ranked(units, stage, reason):
    found = fit(units)
    assert found.stage == stage
    assert found.verdict.driver is None
    if reason:
        assert found.withheld == Withheld(reason, {"units": 9, "needed": 10})
        assert found.effects == found.paths == ()
        assert set(found.ranks) == {"gap1", "gap2", "gap3", "gap4"}  # the description that is left
    else:
        assert found.verdict.reason == "one_at_a_time"
        assert all(np.isnan(e.p_first) and np.isnan(e.direct.value) for e in found.effects)
        assert [(p.cause, p.effect) for p in found.paths] == [("gap1", "gap2"), ("gap2", "gap3"), ("gap3", "gap4")]
        assert [e.total.value for e in found.effects] == pytest.approx([e.r for e in found.effects])
        assert found.all_five == Withheld("one_at_a_time")
        assert planned(found).enough.units >= 30


def test_30_units_are_fitted_together():
    found = fit(30)
    assert found.stage == "joint"
    assert len(found.paths) == 6
    assert sum(e.p_first for e in found.effects) == pytest.approx(1)


def test_a_gap_that_stands_out_is_named():
    found = fit(60, ONE)
    assert found.verdict.driver == "gap3"
    assert found.verdict.reason == "named"
    assert planned(found).enough.units <= 60


def test_what_few_managers_cannot_carry_is_not_named():
    few = replace(ONE, effects=(1, 1, 1, 1), spread=(0.2,) * 4, people=((2, 3), (12, 20), (50, 60)))
    reasons = [fit(300, few, seed=s).verdict for s in range(6)]
    assert sum(v.driver is not None for v in reasons) <= 1
    # as observed, the gaps of equal effect look unequal, and the rule for them alone would name one
    assert sum(v.reason == "not_beyond_error" for v in reasons) >= 3
    first = next(v for v in reasons if v.reason == "not_beyond_error")
    assert first.p_first >= 0.8
    assert first.lead_low > 0
    assert len(first.leading) > 1


def test_one_manager_a_unit_leaves_the_error_unknown():
    alone = replace(ONE, people=((1, 1), (30, 40), (100, 120)))
    found = fit(60, alone)
    assert np.isnan(found.effect("gap1").reliability)
    assert np.isnan(found.effect("gap1").corrected.value)
    assert (found.verdict.driver, found.verdict.reason) == (None, "error_unknown")
    assert found.verdict.leading[0] == "gap3"
    assert planned(found).enough == Withheld("error_unknown")
    assert all(p.status in ("open", "shared_error") for p in found.paths if p.shared)


def test_true_links_are_drawn():
    found = fit(200)
    for cause, effect in (("gap1", "gap2"), ("gap2", "gap3")):
        drawn = path(found, cause, effect)
        assert (drawn.status, drawn.withheld) == ("clear", None)
        assert drawn.path.low > 0
    assert path(found, "gap1", "gap4").status == "open"


def test_chance_in_shared_answers_draws_no_path():
    """No unit differs in anything: gaps 2 and 3 correlate strongly, by the standard's error alone."""
    for seed in range(5):
        found = fit(60, Truth(spread=(1e-4,) * 4), seed=seed)
        two = path(found, "gap2", "gap3")
        assert two.r < -0.2
        assert two.share > 0.6
        assert all(p.status != "clear" for p in found.paths)
        assert two.withheld is not None
        assert found.effect("gap2").split_withheld is not None
        assert np.isnan(found.effect("gap2").direct.value)


def test_ratings_that_do_not_follow_each_other_draw_no_path():
    """Standards unrelated to beliefs, delivery to standards, promises to delivery: each gap is tied to the next by what they share."""
    truth = Truth(coupled=False, people=((30, 40), (30, 40), (50, 60)))
    found = fit(150, truth)
    for cause, effect, sign in (("gap1", "gap2", -1), ("gap2", "gap3", -1), ("gap3", "gap4", 1)):
        tied = path(found, cause, effect)
        assert tied.path.sign == sign
        assert tied.corrected.sign == sign  # it is not measurement error
        assert tied.status == "shared_rating"
        assert tied.withheld.values["battery"] == tied.shared
    assert all(p.status != "clear" for p in found.paths)


def test_standardised_effects_do_not_depend_on_the_scale():
    made = cells(np.random.default_rng(5), 40, LINKED)
    y = made.variables.index("overall_quality")
    scale = np.ones(len(made.variables))
    scale[y] = 10
    other = replace(made, values=made.values * scale + 3, error=made.error * np.outer(scale, scale))
    a, b = (chain(c, "overall_quality", resamples=100) for c in (made, other))
    for one, two in zip(a.effects, b.effects, strict=True):
        assert two.total.value == pytest.approx(one.total.value)
        assert two.corrected.value == pytest.approx(one.corrected.value)
        assert two.slope.value == pytest.approx(10 * one.slope.value)
        assert two.p_first == one.p_first


def test_same_seed_same_result():
    assert fit(40, seed=2).effects == fit(40, seed=2).effects
    assert chain(cells(np.random.default_rng(2), 40, LINKED), "overall_quality", resamples=300, seed=2).effects != fit(40, seed=2).effects


def test_reasons_to_withhold():
    made = cells(np.random.default_rng(1), 40, LINKED)
    k = {name: i for i, name in enumerate(made.variables)}

    def changed(**columns):
        values = made.values.copy()
        for name, column in columns.items():
            values[:, 0, k[name]] = column
        return chain(replace(made, values=values), "overall_quality", resamples=50)

    gap2, quality = made.values[:, 0, k["gap2"]], made.values[:, 0, k["overall_quality"]]
    assert changed(gap1=3.0).withheld == Withheld("no_variation", {"variables": ("gap1",)})
    assert changed(gap1=gap2).withheld.reason == "collinear"
    assert changed(overall_quality=gap2).withheld.reason == "same_as_score"
    assert changed(overall_quality=np.nan).withheld.reason == "outcome_of_no_unit"
    assert changed(overall_quality=np.where(np.arange(40) < 9, quality, np.nan)).withheld.values == {"units": 9, "needed": 10}
    assert chain(made, "satisfaction", resamples=50).withheld.reason == "no_outcome"
    fewer = changed(gap2=np.where(np.arange(40) < 9, gap2, np.nan))
    assert [e.name for e in fewer.effects] == ["gap1", "gap3", "gap4"]  # known in too few units, left out
    assert path(fewer, "gap1", "gap3").shared == ""  # with gap 2 unknown nothing couples them
    assert changed(gap4=np.where(np.arange(40) < 35, 1.0, np.nan) * quality).n_left_out == 5


def test_wrong_calls():
    made = cells(np.random.default_rng(1), 12, LINKED)
    with pytest.raises(ValueError, match="resamples"):
        chain(made, "overall_quality", resamples=0)
    with pytest.raises(ValueError, match="no outcome 'price'"):
        five_gaps(company(1, replace(COMPANY, units=5, customers=50)), "price")


def test_a_study_without_units_and_one_without_outcome():
    study = company(1, replace(COMPANY, units=12, customers=400))
    bare = {role: frame.drop(columns=UNIT) for role, frame in study.respondents.items()}
    assert five_gaps(study.with_(respondents=bare)).headline.withheld == Withheld("too_few_units", {"units": 0, "needed": 10})
    unasked = five_gaps(study.with_(outcomes={}), resamples=50)
    assert unasked.headline is unasked.panel
    assert (unasked.headline.outcome, unasked.headline.stage) == ("P", "one_at_a_time")
    asked = five_gaps(study, resamples=50)
    assert (asked.headline.outcome, asked.panel.outcome) == ("overall_quality", "P")
    assert asked.panel.enough == Withheld("not_asked")


def test_servperf_has_no_gaps():
    study = company(1, replace(COMPANY, units=12, customers=400))
    answers = {Battery.PERCEPTION: study.answers[Battery.PERCEPTION]}
    found = five_gaps(study.with_(answers=answers, respondents={Role.CUSTOMERS: study.customers}), resamples=50)
    assert found.headline.withheld.reason == "not_measured"


def test_direct_ratings_share_no_battery():
    """Gaps 2 to 4 as one rating per dimension: the chain is fitted, and no coupling is suspected."""
    study = company(1)
    rng = np.random.default_rng(0)
    ratings = {}
    for gap, role in ((Gap.STANDARDS, Role.MANAGERS), (Gap.DELIVERY, Role.EMPLOYEES), (Gap.COMMUNICATION, Role.EMPLOYEES)):
        level = study.respondents[role][UNIT].cat.codes.map(dict(enumerate(rng.normal(size=40))))
        given = np.clip(np.rint(5 + level.to_numpy()[:, None] + 0.5 * rng.normal(size=(len(level), 5))), 1, 7)
        ratings[gap] = pd.DataFrame(given, columns=DIMENSIONS)
    answers = {b: study.answers[b] for b in (Battery.EXPECTATION, Battery.PERCEPTION, Battery.BELIEF)}
    found = five_gaps(study.with_(answers=answers, ratings=ratings), resamples=100)
    for one in (found.headline, found.panel):
        assert [e.name for e in one.effects] == ["gap1", "gap2", "gap3", "gap4"]
        assert {p.shared for p in one.paths} == {""}
        assert path(one, "gap2", "gap3").r_error == 0  # managers' and employees' ratings err independently


def test_all_five_in_one_regression(sample):
    found = sample.headline.all_five
    assert isinstance(found, AllFive)
    assert list(found.terms) == ["gap1", "gap2", "gap3", "gap4", "gap5"]
    assert found.vif["gap3"] > 5  # it hangs together with gap 5, which it makes
    assert abs(found.terms["gap3"].value) < sample.headline.effect("gap3").total.value / 2
    assert found.r2 > sample.headline.r2


def cloud(lead, spread, resamples=400, seed=0):
    """Totals of two gaps, the first ahead by `lead`, with errors of `spread`."""
    rng = np.random.default_rng(seed)
    return np.vstack([[0.4 + lead, 0.4], np.array([0.4 + lead, 0.4]) + spread * rng.standard_normal((resamples, 2))])


def test_units_to_be_sure():
    totals = cloud(0.3, 0.1)
    found = units_to_be_sure(totals[0], totals, totals, 40, at_least=30, seed=1)
    # the lead's standard error is .1 sqrt(2) with 40 units; 1.96 + .84 of them are needed: 40 (2.8 * .141 / .3)² = 70
    assert found.units in (60, 70, 80)
    assert not found.more_than
    assert found.chance_now < 0.8


def test_gaps_too_close_take_more_units_than_the_limit():
    totals = cloud(0.01, 0.1)
    found = units_to_be_sure(totals[0], totals, totals, 40, at_least=30, seed=1)
    assert (found.units, found.more_than) == (1000, True)
    assert units_to_be_sure(totals[0], totals, totals, 40, at_least=30, seed=1) == found


def test_a_clear_lead_takes_no_more_than_the_least():
    totals = cloud(0.5, 0.05)
    found = units_to_be_sure(totals[0], totals, totals, 40, at_least=30, seed=1)
    assert (found.units, found.more_than) == (30, False)
    assert found.chance_now > 0.95
    assert units_to_be_sure(totals[0][:1], totals[:, :1], totals[:, :1], 40, at_least=30, seed=1) == Withheld("one_predictor")
    unknown = np.full_like(totals, np.nan)
    assert units_to_be_sure(totals[0], totals, unknown, 40, at_least=30, seed=1) == Withheld("error_unknown")


def test_true_gap_ranked_first_as_often_as_expected():
    """Methods 2.6: uncorrelated gaps, effects .55 .25 .25 .25; 30 units .81, 50 units .93, here by total effects (fast version)."""
    truth = Truth(effects=(0.55, 0.25, 0.25, 0.25), spread=(1,) * 4, noise=np.sqrt(0.51), people=((99, 99),) * 3)
    for units, expected in ((30, 0.81), (50, 0.93)):
        first = [abs_first(fit(units, truth, seed=s, resamples=5)) == "gap1" for s in range(60)]
        assert np.mean(first) == pytest.approx(expected, abs=0.15)


def abs_first(found):
    return max(found.effects, key=lambda e: abs(e.total.value)).name


def test_a_gap_that_works_the_wrong_way_round_is_ranked_by_its_size():
    found = fit(60, replace(ONE, effects=(0.3, 0, -1.5, 0)))
    assert found.effect("gap3").total.high < 0
    assert found.verdict.driver == "gap3"
    assert found.effect("gap3").p_first > 0.8


UP, DOWN, ZERO, NOTHING = Interval(0.4, 0.2, 0.6), Interval(-0.4, -0.6, -0.2), Interval(0.1, -0.2, 0.4), Interval()


@pytest.mark.parametrize(
    ("path", "corrected", "held", "coupled", "share", "known", "reliable", "status"),
    [
        (UP, UP, NOTHING, ("M", -1), 0.0, True, True, "clear"),
        (DOWN, DOWN, DOWN, ("M", -1), 0.4, True, True, "clear"),
        (DOWN, DOWN, NOTHING, ("", 0), 0.0, True, True, "clear"),
        (UP, NOTHING, NOTHING, ("", 0), 0.0, False, True, "clear"),  # direct ratings of different people
        (ZERO, UP, NOTHING, ("M", -1), 0.0, True, True, "open"),
        (ZERO, ZERO, NOTHING, ("M", -1), 1.0, True, True, "shared_error"),  # the error explains all of the correlation
        (DOWN, ZERO, NOTHING, ("M", -1), 0.6, True, True, "shared_error"),
        (DOWN, UP, NOTHING, ("M", -1), 0.6, True, True, "shared_error"),
        (UP, ZERO, NOTHING, ("", 0), 0.0, True, True, "shared_error"),
        (UP, NOTHING, NOTHING, ("M", -1), 0.0, False, True, "shared_error"),
        (UP, UP, NOTHING, ("M", -1), 0.0, True, False, "shared_error"),
        (DOWN, DOWN, ZERO, ("M", -1), 0.4, True, True, "shared_rating"),
        (UP, UP, DOWN, ("V", 1), 0.4, True, True, "shared_rating"),
    ],
)
def test_when_a_path_is_believed(path, corrected, held, coupled, share, known, reliable, status):
    assert path_status(path, corrected, held, *coupled, share, known, reliable) == status
