"""What is said of the scales."""

from dataclasses import replace

from gaps.computed import scales
from tests.charts.results import htmt, study


def test_ratios_say_people_resamples_and_seed(en):
    found = htmt()
    said = scales.distinct(found, "P", study(), en)
    assert f"{found.n}" in said.n and f"{found.resamples:,} resamples of people (seed {found.seed})" in said.interval
    assert "linearised" in scales.distinct(replace(found, resamples=0), "P", study(), en).interval
    assert "Henseler" in said.reference
    assert "managers" in scales.distinct(found, "S", study(), en).n
