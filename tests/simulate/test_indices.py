"""Do the limits of paths, weights and indices keep their promises, and what is found where nothing is: docs/simulations-indices.md."""

import pytest

from gaps.indices import pls
from tests.simulate.index_designs import KINDS, MODE_B, coverage, found_where_nothing_is

pytestmark = pytest.mark.simulate
TIMES, RESAMPLES = 200, 300


def report(record_property, found):
    for name, value in found.items():
        record_property(name, value)


@pytest.mark.parametrize("n", [30, 50, 100, 250, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_limits_of_a_reflective_model(kind, n, record_property):
    found = coverage(kind, n, times=TIMES, resamples=RESAMPLES, seed=n)
    report(record_property, found)
    assert min(found[name] for name in ("paths", "weights", "totals", "index")) > 0.90
    assert found["withheld"] == 0
    assert kind != "continuous" or found["false"] < 0.10  # rounding and cutting off make the zero a little more than zero
    assert found["bias of the index"] < 1


@pytest.mark.parametrize("n", [100, 250])
def test_limits_of_a_formative_model(n, record_property):
    found = coverage("satisfied", n, times=TIMES, resamples=RESAMPLES, seed=n, made=MODE_B)
    report(record_property, found)
    assert found["paths"] > 0.90


@pytest.mark.parametrize("scheme", [pls.CENTROID, pls.FACTORIAL])
def test_limits_under_the_other_schemes(scheme, record_property):
    found = coverage("satisfied", 100, times=TIMES, resamples=RESAMPLES, seed=100, scheme=scheme)
    report(record_property, found)
    assert found["paths"] > 0.90


@pytest.mark.parametrize("n", [50, 250, 1000])
def test_paths_found_where_nothing_is(n, record_property):
    found = found_where_nothing_is(n, times=TIMES, resamples=RESAMPLES, seed=n)
    report(record_property, found)
    assert found["paths"] < 0.09
