"""What docs/simulations-distributions.md reports: how often one-humped answers are called two-humped, and two-humped ones found. Slow."""

import pytest

from tests.simulate.hump_designs import ONE_HUMP, TWO_HUMPS, agreement, bimodality, rate, some_item, two_humped

pytestmark = pytest.mark.simulate
SIZES = (50, 100, 200, 500, 1000)


def rates(record_property, shares):
    found = {n: rate(two_humped, shares, n, 2000) for n in SIZES}
    others = {"sarle": rate(bimodality, shares, 200, 500), "eijk": rate(lambda x: agreement(x) < 0, shares, 200, 200)}
    for name, value in (found | others).items():
        record_property(str(name), round(value, 4))
    return found


@pytest.mark.parametrize("name", ONE_HUMP)
def test_one_hump_is_not_called_two(name, record_property):
    found = rates(record_property, ONE_HUMP[name])
    assert max(found.values()) <= 0.06


@pytest.mark.parametrize("name", TWO_HUMPS)
def test_two_humps_are_found_where_the_valley_is_deep(name, record_property):
    found = rates(record_property, TWO_HUMPS[name])
    if name.startswith(("7 points, half at 2,", "5 points, half at 1.5")):
        assert found[200] >= 0.75 and found[500] >= 0.99


@pytest.mark.parametrize("n", [50, 200, 1000])
def test_a_whole_questionnaire_of_one_humped_items(n, record_property):
    """22 items, expected and perceived: a ceiling and a wide spread."""
    shares = [ONE_HUMP["7 points, mean 6, sd 1.2 (ceiling)"]] * 22 + [ONE_HUMP["7 points, mean 5, sd 2.5 (both ends filled)"]] * 22
    found = some_item(shares, n, 400)
    record_property("some", found)
    assert found <= 0.02
