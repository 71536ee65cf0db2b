"""The chain of gaps on simulated units whose truth is known: what docs/simulations-chain.md reports. Slow; run by `make simulate`."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from gaps.sample import TRUTH as COMPANY
from gaps.scoring.panel import panel
from gaps.stats import recursive
from gaps.stats.chain import chain
from gaps.stats.enough import units_to_be_sure
from tests.simulate.chains import Truth, cells
from tests.simulate.companies import company

pytestmark = pytest.mark.simulate

SAMPLES = 200
LINKED = Truth(effects=(0.5, 0.5, 1, 0.5), paths=((0, 1, 0.5), (1, 2, 0.5), (2, 3, 0.3)))
NOISE = Truth(spread=(1e-4,) * 4)
UNRELATED = Truth(coupled=False)
INDEPENDENT = Truth()
# methods 2.6: uncorrelated gaps measured without error
PLAIN = Truth(effects=(0.55, 0.25, 0.25, 0.25), spread=(1,) * 4, noise=0.51**0.5, people=((999, 999),) * 3)
FIVE = [0, 1, 2, 3, 7]  # gaps and outcome among the simulated variables


def fits(units, truth, samples=SAMPLES, resamples=400):
    """Chains of simulated studies."""
    return [chain(cells(np.random.default_rng([units, s]), units, truth), "overall_quality", resamples=resamples) for s in range(samples)]


def in_the_population(truth, alone):
    """Standardised total and direct effects of what is observed with few people, and of the truth."""
    true, error = (m[np.ix_(FIVE, FIVE)] for m in truth.covariances())
    for cov in (true + error, true):
        if alone:
            sd = np.sqrt(np.diag(cov))
            yield (cov / np.outer(sd, sd))[4, :4], None
        else:
            totals = recursive.totals(cov)
            yield tuple(recursive.standardised(effects, cov)[4, :4] for effects in (totals, recursive.directs(totals)))


def covered(intervals, truth):
    inside = [[i.low <= t <= i.high for i, t in zip(row, truth, strict=True) if np.isfinite(i.low)] for row in intervals]
    flat = [x for row in inside for x in row]
    return float(np.mean(flat)) if flat else float("nan")


def report(record_property, **numbers):
    for name, value in numbers.items():
        record_property(name, value)


@pytest.mark.parametrize("truth", [LINKED, INDEPENDENT], ids=["linked", "independent"])
@pytest.mark.parametrize("units", [12, 20, 36, 100])
def test_intervals_hold_what_they_promise(units, truth, record_property):
    found = fits(units, truth)
    (observed, direct), (true, _) = in_the_population(truth, found[0].stage == "one_at_a_time")
    total = covered([[e.total for e in f.effects] for f in found], observed)
    corrected = covered([[e.corrected for e in f.effects] for f in found], true)
    attenuated = covered([[e.total for e in f.effects] for f in found], true)
    report(record_property, total=total, corrected=corrected, observed_for_the_truth=attenuated)
    assert 0.91 <= total <= 0.99
    assert 0.91 <= corrected <= 0.99
    if direct is not None:
        directly = covered([[e.direct for e in f.effects] for f in found], direct)
        indirectly = covered([[e.indirect for e in f.effects[:3]] for f in found], (observed - direct)[:3])
        report(record_property, direct=directly, indirect=indirectly)
        assert 0.89 <= directly <= 0.99
        assert indirectly >= 0.89


@pytest.mark.parametrize("truth", [NOISE, UNRELATED, INDEPENDENT], ids=["noise", "unrelated", "independent"])
@pytest.mark.parametrize("units", [12, 20, 36, 100])
def test_shared_terms_alone_draw_no_path_and_name_no_gap(units, truth, record_property):
    found = fits(units, truth)
    drawn = float(np.mean([any(p.status == "clear" for p in f.paths) for f in found]))
    naive = float(np.mean([any(p.path.sign for p in f.paths) for f in found]))
    named = float(np.mean([f.verdict.driver is not None for f in found]))
    report(record_property, drawn=drawn, naive=naive, named=named)
    assert drawn <= 0.10
    assert named <= 0.03


@pytest.mark.parametrize("units", [36, 100, 200])
def test_true_links_are_drawn(units, record_property):
    found = fits(units, LINKED, samples=100)
    drawn = {f"{a}{b}": np.mean([p.status == "clear" for f in found for p in f.paths if (p.cause, p.effect) == (f"gap{a}", f"gap{b}")])
             for a, b in ((1, 2), (2, 3), (3, 4))}  # fmt: skip
    report(record_property, **drawn)
    assert drawn["12"] > 0.15


@pytest.mark.parametrize(("units", "expected"), [(30, 0.81), (50, 0.93), (100, 0.99)])
def test_the_true_gap_comes_first(units, expected, record_property):
    found = fits(units, PLAIN, samples=400, resamples=100)
    first = float(np.mean([max(f.effects, key=lambda e: abs(e.total.value)).name == "gap1" for f in found]))
    named = Counter(f.verdict.driver for f in found)
    report(record_property, first=first, right=named["gap1"] / 400, wrong=sum(named[f"gap{k}"] for k in (2, 3, 4)) / 400)
    # the totals of uncorrelated gaps rank a little less surely than joint regression, whose residual is smaller
    assert first == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(("units", "expected"), [(8, 0.48), (12, 0.60), (20, 0.73)])
def test_below_30_units_the_first_is_often_wrong(units, expected, record_property):
    rng = np.random.default_rng(units)
    first = []
    for _ in range(1000):
        made = cells(rng, units, PLAIN)
        cov = np.cov(made.values[:, 0][:, FIVE].T)
        first.append(int(np.abs(recursive.standardised(recursive.totals(cov), cov)[4, :4]).argmax() == 0))
    report(record_property, first=float(np.mean(first)))
    assert np.mean(first) == pytest.approx(expected, abs=0.06)


def observed_alone(found):
    """Whether the rule would name a gap if it looked at the observed effects alone."""
    return found.verdict.driver is not None or found.verdict.reason == "not_beyond_error"


@pytest.mark.parametrize(
    ("units", "spread", "managers"), [(36, 0.2, (5, 7)), (80, 0.2, (5, 7)), (80, 0.15, (5, 7)), (160, 0.2, (5, 7)), (300, 0.2, (3, 4))]
)
def test_equal_effects_are_rarely_told_apart(units, spread, managers, record_property):
    """Companies of rounded and clipped answers in which every gap carries over to quality alike; managers few, employees many."""
    truth = replace(
        COMPANY, units=units, customers=50 * units if units < 300 else 9000, managers=managers,
        gap_spread=(spread,) * 4, promise_effect=1.0, weak_shift=0, strong_shift=0,
    )  # fmt: skip
    samples = 100
    by_level = {"overall_quality": Counter(), "P": Counter()}
    for seed in range(samples):
        rows = panel(company(4000 + seed, truth))
        for outcome, counts in by_level.items():
            found = chain(rows, outcome, resamples=300)
            counts["named"] += found.verdict.driver is not None
            counts["observed"] += observed_alone(found)
    report(record_property, **{f"{outcome}_{what}": n / samples for outcome, c in by_level.items() for what, n in c.items()})
    assert by_level["overall_quality"]["named"] / samples <= 0.12
    assert by_level["P"]["named"] / samples <= 0.12


@pytest.mark.parametrize(
    ("driver", "spread"), [("gap3", None), ("gap1", (0.44, 0.14, 0.14, 0.14)), ("gap2", (0.14, 0.44, 0.14, 0.14))], ids=["3", "1", "2"]
)
def test_the_driver_of_a_company_is_named(driver, spread, record_property):
    truth = COMPANY if spread is None else replace(COMPANY, gap_spread=spread, promise_effect=1.0, weak_shift=0, strong_shift=0)
    samples = 100
    found = [chain(panel(company(1000 + s, truth)), "overall_quality", resamples=300) for s in range(samples)]
    first = float(np.mean([max(f.effects, key=lambda e: abs(e.total.value)).name == driver for f in found]))
    right = float(np.mean([f.verdict.driver == driver for f in found]))
    wrong = float(np.mean([f.verdict.driver not in (None, driver) for f in found]))
    report(record_property, first=first, right=right, wrong=wrong)
    assert first > 0.85
    assert right > 0.25
    assert wrong <= 0.02


def test_planned_units_name_the_gap_as_often_as_planned(record_property):
    """The number of units that the population's own effects ask for, then studies of that size: about 80 % name the gap."""
    truth = Truth(effects=(0.8, 0.8, 1.6, 0.8), noise=0.3, people=((8, 10), (12, 16), (40, 60)))
    large = chain(cells(np.random.default_rng(1), 3000, truth), "overall_quality", resamples=1000)
    made = cells(np.random.default_rng(1), 3000, truth)
    moments = recursive.unit_moments(made.values[:, :, FIVE], made.error[:, :, FIVE][:, :, :, FIVE], np.ones(3000), resamples=1000, seed=1)
    clouds = [recursive.standardised(recursive.totals(c), c)[:, 4, :4] for c in (moments.observed, moments.corrected)]
    plan = units_to_be_sure(np.abs(clouds[0][0]), *clouds, 3000, at_least=30, seed=1)
    assert large.effect("gap3").total.value == max(e.total.value for e in large.effects)
    named = float(np.mean([f.verdict.driver == "gap3" for f in fits(plan.units, truth, samples=150)]))
    report(record_property, units=plan.units, named=named)
    assert 0.65 <= named <= 0.95
