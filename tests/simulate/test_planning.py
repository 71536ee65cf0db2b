"""Does a plan keep its promise? Surveys of the advised size, rounded and clipped answers: what docs/simulations-planning.md reports."""

import math

import numpy as np
import pandas as pd
import pytest

from gaps.model import Withheld
from gaps.stats import sizes
from gaps.stats.drivers import GAPS, dimension_drivers, gap_drivers
from gaps.stats.intraclass import one_way
from gaps.stats.naming import equal_effects, naming_from_correlation, naming_from_respondents
from gaps.stats.sizes import Frame
from tests.simulate.designs import standardised
from tests.simulate.test_recovery import report

pytestmark = pytest.mark.simulate

NAMES = ("a", "b", "c", "d", "e")


def rated(x: np.ndarray) -> np.ndarray:
    """An answer on a scale of 1 to 7."""
    return np.clip(np.round(x), 1, 7)


def gap_scores(rng, shape: tuple[int, ...], *, mean_p=5.0, items=4) -> np.ndarray:
    """Gaps of a dimension of four items, rounded answers, most expectations near the top."""
    person = rng.standard_normal((*shape, 2, 1))
    noise = rng.standard_normal((*shape, 2, items))
    e = rated(6.0 + 0.7 * person[..., 0, :] + 0.8 * noise[..., 0, :])
    p = rated(mean_p + 0.3 * person[..., 0, :] + 1.0 * person[..., 1, :] + 0.9 * noise[..., 1, :])
    return (p - e).mean(axis=-1)


def t_intervals(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and half-width of each row."""
    n = x.shape[1]
    return x.mean(axis=1), sizes.t_quantile(n - 1, 0.95) * x.std(axis=1, ddof=1) / math.sqrt(n)


@pytest.mark.parametrize("wanted", [0.2, 0.1, 0.4])
def test_a_mean_is_as_precise_as_promised(wanted, record_property):
    """A pilot of 200 gives the standard deviation; 2,000 surveys of the advised size follow."""
    rng = np.random.default_rng(1)
    pilot = gap_scores(rng, (200,))
    n = sizes.for_mean(float(pilot.std(ddof=1)), wanted).needed
    truth = gap_scores(rng, (400_000,)).mean()
    mean, half = t_intervals(gap_scores(rng, (2000, n)))
    covered, ratio = np.mean(np.abs(mean - truth) <= half), half.mean() / wanted
    within = np.mean(np.abs(mean - truth) <= wanted)
    report(record_property, n=n, covered=covered, ratio=ratio, within=within, wider=np.mean(half > wanted))
    assert 0.935 < covered < 0.965
    assert 0.85 < ratio < 1.15  # the pilot's own standard deviation is uncertain by 5 %


@pytest.mark.parametrize(("first", "second"), [("best", None), ("given", 12)])
def test_a_difference_between_two_groups_is_as_precise_as_promised(first, second, record_property):
    rng = np.random.default_rng(2)

    def managers(*shape):
        return rated(6.2 + 0.4 * rng.standard_normal((*shape, 1)) + 0.6 * rng.standard_normal((*shape, 4))).mean(axis=-1)

    def customers(*shape):
        return rated(6.3 + 0.6 * rng.standard_normal((*shape, 1)) + 0.9 * rng.standard_normal((*shape, 4))).mean(axis=-1)

    big = managers(300_000), customers(300_000)
    sd, truth = (big[0].std(), big[1].std()), big[0].mean() - big[1].mean()
    plan = sizes.for_difference(sd, 0.3 if second else 0.2, first=second)
    m, c = managers(2000, plan.first), customers(2000, plan.second)
    mean = m.mean(axis=1) - c.mean(axis=1)
    half = np.array(
        [
            sizes.half_width_of_difference((a, b), (plan.first, plan.second))
            for a, b in zip(m.std(axis=1, ddof=1), c.std(axis=1, ddof=1), strict=True)
        ]
    )
    covered, ratio = np.mean(np.abs(mean - truth) <= half), half.mean() / plan.half_width
    report(record_property, first=plan.first, second=plan.second, covered=covered, ratio=ratio)
    assert 0.93 < covered < 0.97
    assert 0.93 < ratio < 1.03


def test_a_finite_population(record_property):
    rng = np.random.default_rng(3)
    people = gap_scores(rng, (400,))
    plan = sizes.for_mean(float(people.std(ddof=0)), 0.15, Frame(population=400))
    drawn = np.array([people[rng.choice(400, plan.needed, replace=False)].mean() for _ in range(4000)])
    within = np.mean(np.abs(drawn - people.mean()) <= 0.15)
    report(record_property, n=plan.needed, within=within)
    assert 0.94 < within < 0.96


@pytest.mark.parametrize(("units", "total"), [(30, 300), (30, 60)])
def test_people_in_sampled_units(units, total, record_property):
    """Thirty units of many: the planned half-width holds the truth in 95 %, that of a simple random sample does not."""
    rng = np.random.default_rng(4)
    within = naive = 0
    for _ in range(1500):
        shift = 0.35 * rng.standard_normal(total)
        everybody = shift[:, None] + gap_scores(rng, (total, 30))
        icc = max(one_way(everybody.ravel(), np.repeat(np.arange(total), 30), total).icc, 0.0)
        plan = sizes.for_mean(float(everybody.std()), 0.25, Frame(icc=icc, units=units, units_total=total))
        each = max(round(plan.needed / units), 2)
        chosen = rng.choice(total, units, replace=False)
        mean = shift[chosen].mean() + gap_scores(rng, (units, each)).mean() - gap_mean()
        truth = shift.mean()
        within += abs(mean - truth) <= sizes.half_width(
            float(everybody.std()), units * each, Frame(icc=icc, units=units, units_total=total)
        )
        naive += abs(mean - truth) <= sizes.half_width(float(everybody.std()), units * each)
    report(record_property, within=within / 1500, naive=naive / 1500)
    assert 0.93 < within / 1500 < 0.975
    assert naive < within


_MEAN: list[float] = []


def gap_mean() -> float:
    """The mean of `gap_scores` in the population."""
    if not _MEAN:
        _MEAN.append(float(gap_scores(np.random.default_rng(99), (1_000_000,)).mean()))
    return _MEAN[0]


@pytest.mark.parametrize("before", [None, 400])
def test_a_change_is_found_as_often_as_promised(before, record_property):
    rng = np.random.default_rng(5)
    sd = float(gap_scores(rng, (300_000,)).std())
    shifted = {mean_p: gap_scores(rng, (300_000,), mean_p=mean_p).mean() for mean_p in (5.0, 5.3)}
    change = shifted[5.3] - shifted[5.0]
    n = sizes.for_change(change, (sd, sd), before=before).needed
    then, now = gap_scores(rng, (3000, before or n)), gap_scores(rng, (3000, n), mean_p=5.3)
    same = gap_scores(rng, (3000, n))
    found = []
    for later in (now, same):
        v = then.var(axis=1, ddof=1) / then.shape[1], later.var(axis=1, ddof=1) / n
        t = np.abs(later.mean(axis=1) - then.mean(axis=1)) / np.sqrt(v[0] + v[1])
        df = (v[0] + v[1]) ** 2 / (v[0] ** 2 / (then.shape[1] - 1) + v[1] ** 2 / (n - 1))
        found.append(np.mean(t > np.array([sizes.t_quantile(d, 0.95) for d in df])))
    report(record_property, n=n, power=found[0], false=found[1])
    assert 0.77 < found[0] < 0.83
    assert 0.04 < found[1] < 0.06


def test_both_sides_are_there(record_property):
    rng = np.random.default_rng(6)
    gaps = gap_scores(rng, (300_000,))
    share = np.mean(gaps > 0)
    plan = sizes.for_sides(300_000, int((gaps < 0).sum()), int((gaps > 0).sum()))
    there = np.mean((gap_scores(rng, (4000, int(plan.probable))) > 0).sum(axis=1) >= 30)
    report(record_property, share=share, n=plan.probable, there=there)
    assert 0.77 < there < 0.85


def respondents(rng, n, betas, r, mean_p=5.2, mean_e=6.2):
    """Outcome, perceptions and expectations of dimensions of four items, all rounded 1 to 7."""
    y, x = standardised(rng, (n,), betas, r)
    e = 0.3 * x + math.sqrt(0.91) * rng.standard_normal(x.shape)
    p4 = np.mean([rated(mean_p + 1.2 * x + 0.7 * rng.standard_normal(x.shape)) for _ in range(4)], axis=0)
    e4 = np.mean([rated(mean_e + e + 0.7 * rng.standard_normal(x.shape)) for _ in range(4)], axis=0)
    return rated(5.3 + 1.2 * y), p4, e4


NAMING = [
    ("P,E", (0.5, 0.2, 0.1, 0.1, 0.1), 0.5, 5.2, 0.8),
    ("P", (0.5, 0.2, 0.1, 0.1, 0.1), 0.5, 5.2, 0.8),
    ("P", (0.5, 0.2, 0.1, 0.1, 0.1), 0.5, 5.2, 0.5),
    ("P,E", (0.4, 0.2, 0.1, 0.1, 0.1), 0.5, 6.2, 0.8),
    ("P,E", (0.6, 0.1, 0.1), 0.3, 5.2, 0.8),
    ("P", (0.3, 0.2, 0.15, 0.1, 0.05), 0.6, 5.2, 0.3),
    ("P", (0.3, 0.2, 0.15, 0.1, 0.05), 0.6, 5.2, 0.8),
]


@pytest.mark.parametrize(("model", "betas", "r", "mean_p", "power"), NAMING)
def test_the_driver_is_named_as_often_as_promised(model, betas, r, mean_p, power, record_property):
    """The plan of a population of 200,000; then 300 surveys of the size it needs, judged by the real nested bootstrap."""
    rng = np.random.default_rng(7)
    names, mean_e = list(NAMES[: len(betas)]), 6.7 if mean_p > 6 else 6.2
    y, p, e = respondents(rng, 200_000, betas, r, mean_p, mean_e)
    x = p if model == "P" else np.stack([p, e], axis=2).reshape(len(p), -1)
    plan = naming_from_respondents(names, y, x, pairs=model == "P,E", power=power)
    right = wrong = 0
    for seed in range(300):
        y, p, e = respondents(rng, plan.needed, betas, r, mean_p, mean_e)
        scores = {"perception": pd.DataFrame(p, columns=names), "expectation": pd.DataFrame(e, columns=names)}
        driver = dimension_drivers(pd.Series(y), scores, "o", predictors=model, resamples=400, seed=seed).verdict.driver
        right += driver == plan.first
        wrong += driver not in (None, plan.first)
    report(record_property, needed=plan.needed, right=right / 300, wrong=wrong / 300)
    assert -0.08 < right / 300 - power < 0.14  # rather too many customers than too few
    assert wrong / 300 < 0.02


@pytest.mark.parametrize("betas", [(0.55, 0.25, 0.25, 0.25), (0.6, 0.1, 0.1, 0.1), (0.6, 0.4, 0.1, 0.1)])
def test_the_gap_is_named_as_often_as_promised(betas, record_property):
    rng = np.random.default_rng(8)
    plan = naming_from_correlation(GAPS, equal_effects(betas, 0.0), level="unit")
    right = 0
    for seed in range(400):
        y, x = standardised(rng, (plan.needed,), betas, 0.0)
        frame = pd.DataFrame(x, columns=list(GAPS)).assign(o=y, n_customers=40)
        right += gap_drivers(frame, "o", resamples=400, seed=seed).verdict.driver == "gap1"
    report(record_property, needed=plan.needed, right=right / 400)
    assert 0.72 < right / 400 < 0.9


@pytest.mark.parametrize(
    ("betas", "r", "n"),
    [((0.5, 0.2, 0.1, 0.1, 0.1), 0.5, 150), ((0.3, 0.2, 0.15, 0.1, 0.05), 0.6, 300), ((0.3, 0.2, 0.15, 0.1, 0.05), 0.6, 2000)],
)
def test_the_range_of_sizes_contains_the_one_needed(betas, r, n, record_property):
    rng = np.random.default_rng(9)
    y, p, _ = respondents(rng, 100_000, betas, r)
    true = naming_from_respondents(NAMES, y, p).needed
    plans = [naming_from_respondents(NAMES, *respondents(rng, n, betas, r)[:2], seed=s) for s in range(100)]
    inside = np.mean([q.low <= true <= q.high for q in plans])
    sizes_found = [math.inf if isinstance(q.needed, Withheld) else q.needed for q in plans]
    report(record_property, true=true, inside=inside, unlimited=np.mean([math.isinf(q.high) for q in plans]), median=np.median(sizes_found))
    assert inside > 0.92


def test_equal_drivers_are_said_to_be_so(record_property):
    """Five equal effects: a range without upper end, whatever the shares of the study happen to be."""
    rng = np.random.default_rng(10)
    plans = [naming_from_respondents(NAMES, *respondents(rng, 400, (0.15,) * 5, 0.5)[:2], seed=s) for s in range(100)]
    unlimited = np.mean([math.isinf(q.high) for q in plans])
    report(record_property, unlimited=unlimited)
    assert unlimited > 0.95
