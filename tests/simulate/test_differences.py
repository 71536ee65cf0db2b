"""Differences at full size: what docs/simulations-differences.md reports. Slow; run by `make simulate`."""

import numpy as np
import pytest
from scipy import special

from gaps.stats.change import changes
from gaps.stats.contrasts import ABOVE, BELOW, contrasts
from gaps.stats.effects import effects
from gaps.stats.multiplicity import benjamini_hochberg
from tests.simulate.differing import answers, company, panel

pytestmark = pytest.mark.simulate

UNITS = 40
UNEQUAL = np.where(np.arange(UNITS) % 4 == 0, 1.5, 0.9)  # spread of opinions


def report(record_property, **numbers):
    for name, value in numbers.items():
        record_property(name, value)


def level_of_equal_means(level: float) -> np.ndarray:
    """Shifts that make units of unequal spread equal in the mean of their rounded, clipped gaps."""

    def mean(spread: float, shift: float) -> float:
        e, p = answers(np.random.default_rng(9), np.full(60_000, shift), spread, level)
        return float((p - e).mean())

    target, low, high = mean(0.9, 0.0), -1.0, 2.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(1.5, middle) < target else (low, middle)
    return np.where(np.arange(UNITS) % 4 == 0, middle, 0.0)


def found(made, level):
    rows = made.rows("unit", level=level)
    return rows["standing"].isin([BELOW, ABOVE]).to_numpy(), rows


@pytest.mark.parametrize("spread", ["equal", "unequal"])
@pytest.mark.parametrize(("customers", "level"), [(30, 5.0), (50, 5.0), (50, 5.8), (100, 5.0)])
def test_nothing_differs(customers, level, spread, record_property):
    rng, samples = np.random.default_rng(customers), 200
    shifts = level_of_equal_means(level) if spread == "unequal" else None
    ours, welch, totals = np.zeros(samples), np.zeros(samples), np.zeros(samples)
    for k in range(samples):
        made = contrasts(
            company(rng, units=UNITS, customers=customers, level=level, effects=shifts, spread=UNEQUAL if spread == "unequal" else None)
        )
        any_found, rows = found(made, "item")
        ours[k] = any_found.any()
        plain = 2 * special.stdtr(rows["df"], -np.abs(rows["difference"] / rows["se"]))
        welch[k] = (benjamini_hochberg(plain.to_numpy()) < 0.05).any()
        totals[k] = found(made, "total")[0].any()
    report(record_property, ours=ours.mean(), welch=welch.mean(), totals=totals.mean())
    assert ours.mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / samples)
    assert totals.mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / samples)


@pytest.mark.parametrize("customers", [30, 50, 100])
def test_a_few_differ(customers, record_property):
    rng, samples = np.random.default_rng(customers + 1), 100
    low, high = (1, 2, 3, 5), (6, 7)
    false, power, false_totals, power_totals = (np.zeros(samples) for _ in range(4))
    for k in range(samples):
        made = contrasts(company(rng, units=UNITS, customers=customers, low=low, high=high))
        for level, f, p in (("item", false, power), ("total", false_totals, power_totals)):
            hit, rows = found(made, level)
            true = rows["group"].isin([f"U{u + 1}" for u in (*low, *high)]).to_numpy()
            f[k], p[k] = (hit & ~true).sum() / max(1, hit.sum()), hit[true].mean()
    report(record_property, false=false.mean(), power=power.mean(), false_totals=false_totals.mean(), power_totals=power_totals.mean())
    assert false.mean() <= 0.06 and false_totals.mean() <= 0.07
    assert power_totals.mean() > 0.5


@pytest.mark.parametrize("tau", [0.0, 0.1, 0.25, 0.5])
def test_shrunken_intervals_cover_the_units_means(tau, record_property):
    rng, samples, customers = np.random.default_rng(int(tau * 100)), 60, 40
    inside, closer = [], []
    for _ in range(samples):
        effect = rng.normal(0, tau, 20)
        big_e, big_p = answers(rng, np.repeat(effect, 1500))
        truth = (big_p - big_e).reshape(20, 1500, -1)
        truth = np.stack(
            [truth[:, :, s].mean(axis=(1, 2)) for s in (slice(0, 4), slice(4, 9), slice(9, 13), slice(13, 17), slice(17, 22))]
        ).mean(0)
        units = contrasts(company(rng, units=20, customers=customers, effects=effect), items=False).units
        total = units[units["dimension"].isna()]
        inside.append(((total["low"] <= truth) & (truth <= total["high"])).mean())
        closer.append([np.square(total[name] - truth).mean() for name in ("mean", "shrunk")])
    errors = np.sqrt(np.mean(closer, axis=0))
    report(record_property, coverage=np.mean(inside), rmse_mean=errors[0], rmse_shrunk=errors[1])
    assert 0.90 <= np.mean(inside) <= 1
    assert errors[1] <= errors[0] * 1.01


@pytest.mark.parametrize(("before", "after", "both"), [(40, 40, 0), (40, 40, 40), (60, 50, 25), (200, 200, 100), (12, 12, 6)])
@pytest.mark.parametrize("level", [5.0, 5.8])
def test_intervals_of_change_cover_it(before, after, both, level, record_property):
    rng, samples, change = np.random.default_rng(before + both), 500, 0.3
    big = panel(rng, before=60_000, after=60_000, both=0, change=change, level=level)
    truth = changes(big).frame.set_index(["measure", "dimension"])["change"]
    inside = {"gap": [], "share": [], "dimension": []}
    for _ in range(samples):
        frame = changes(panel(rng, before=before, after=after, both=both, change=change, level=level)).frame.set_index(
            ["measure", "dimension"]
        )
        covered = frame["low"].le(truth.reindex(frame.index)) & truth.reindex(frame.index).le(frame["high"])
        totals = frame.index.get_level_values("dimension").isna()
        measure = frame.index.get_level_values("measure")
        inside["gap"].append(covered[(measure == "gap") & totals].mean())
        inside["share"].append(covered[measure == "share"].mean())
        inside["dimension"].append(covered[(measure == "gap") & ~totals].mean())
    rates = {name: float(np.mean(values)) for name, values in inside.items()}
    report(record_property, **rates)
    assert rates["gap"] == pytest.approx(0.95, abs=0.03) and rates["dimension"] == pytest.approx(0.95, abs=0.025)
    assert 0.93 <= rates["share"] <= 0.99


@pytest.mark.parametrize("n", [20, 50, 200])
@pytest.mark.parametrize("level", [5.0, 5.9])
def test_intervals_of_the_effect_sizes(n, level, record_property):
    rng, samples = np.random.default_rng(n), 400
    truth = effects(company(rng, units=1, customers=80_000, level=level)).frame
    inside = {"d_z": [], "d_av": []}
    for _ in range(samples):
        frame = effects(company(rng, units=1, customers=n, level=level)).frame
        for name in inside:
            inside[name].append((frame[f"{name}_low"].le(truth[name]) & truth[name].le(frame[f"{name}_high"])).mean())
    rates = {name: float(np.mean(values)) for name, values in inside.items()}
    report(record_property, **rates)
    assert min(rates.values()) >= 0.92 and max(rates.values()) <= 0.98
