"""Drivers where customers come in units and answer as people do: what docs/simulations-drivers.md reports. Slow; run by `make simulate`."""

import numpy as np
import pytest

from tests.simulate.driver_designs import BETAS, EQUAL, coverage, naming
from tests.simulate.slope_designs import answers as as_answers
from tests.simulate.slope_designs import tried

pytestmark = pytest.mark.simulate


def report(record_property, numbers):
    for name, value in numbers.items():
        record_property(name, float(value))


@pytest.mark.parametrize("icc", [0.05, 0.1, 0.2])
@pytest.mark.parametrize(("units", "n"), [(6, 180), (8, 240), (12, 300), (20, 500), (40, 1000), (100, 2500)])
def test_intervals_of_coefficients_hold_the_truth(units, n, icc, record_property):
    found = coverage(1, units, n, icc, 300)
    report(record_property, found)
    # 300 samples x 5 coefficients that are not independent: standard error about .8 %
    assert found["cr2"] == pytest.approx(0.95, abs=0.025)
    if icc == 0.2:
        assert found["hc3"] < 0.91


@pytest.mark.parametrize("icc", [0.0, 0.1, 0.2])
@pytest.mark.parametrize(("units", "n"), [(6, 180), (12, 360), (20, 600), (40, 1200)])
def test_equal_effects_in_units_are_told_apart_in_at_most_three_percent(units, n, icc, record_property):
    found = naming(1, units, n, icc, 300)
    report(record_property, found)
    assert found["named unit"] <= 0.03
    assert found["held unit"] > 0.92


@pytest.mark.parametrize("icc", [0.0, 0.2])
@pytest.mark.parametrize(("units", "n"), [(20, 600), (40, 1200), (100, 3000)])
def test_what_is_named_by_unit_is_true(units, n, icc, record_property):
    found = naming(2, units, n, icc, 200, BETAS)
    report(record_property, found)
    assert found["wrong unit"] <= 0.02


@pytest.mark.parametrize(
    "answers",
    [{}, {"level": 6.3}, {"missing": 0.2}, {"straight": 0.15}, {"level": 6.3, "missing": 0.1, "straight": 0.15}],
    ids=["plain", "ceiling", "missing", "straight", "all"],
)
@pytest.mark.parametrize("n", [200, 400, 1000])
def test_answers_as_people_give_them(n, answers, record_property):
    found = naming(3, 40, n, 0.0, 300, BETAS, **answers)
    equal = naming(4, 40, n, 0.0, 300, EQUAL, **answers)
    report(record_property, found | {f"equal {k}": v for k, v in equal.items()})
    assert found["wrong unit"] <= 0.02 and equal["named unit"] <= 0.03
    assert np.isfinite(found["first"])


SIZES = [(15, 200), (40, 1200), (100, 3000)]


@pytest.mark.parametrize(
    ("made", "kind"),
    [("numbers", {}), ("numbers", {"noise": 0.3}), ("answers", {}), ("answers", {"level": 6.3}), ("answers", {"straight": 0.15})],
    ids=["equal", "unequal errors", "answers", "ceiling", "straight"],
)
@pytest.mark.parametrize(("units", "n"), SIZES)
def test_equal_slopes_are_told_apart_in_five_percent(units, n, made, kind, record_property):
    found = tried(1, units, n, 150, 0.0, **({"make": as_answers} if made == "answers" else {}), **kind)
    report(record_property, found)
    # 150 samples: standard error about 1.8 %; errors that differ between units look a little like slopes that do
    assert found["differs"] <= (0.12 if "noise" in kind else 0.09) and found["withheld"] < 0.1


@pytest.mark.parametrize("spread", [0.1, 0.2, 0.3])
@pytest.mark.parametrize(("units", "n"), SIZES)
def test_slopes_that_differ_lie_within_their_interval(units, n, spread, record_property):
    found = tried(2, units, n, 150, spread)
    report(record_property, found | {"ceiling": tried(3, units, n, 50, spread, as_answers, level=6.3)["differs"]})
    assert found["sd held"] >= 0.89 and found["mean held"] >= 0.88
    assert spread < 0.2 or units < 40 or found["differs"] > 0.8
