"""Small populations: Krejcie & Morgan's table, worked values, censuses."""

import numpy as np
import pytest

from gaps.model import Gap, Role, Withheld
from gaps.stats.population import correction, finite_gaps, response
from gaps.stats.sizes import krejcie_morgan, textbook
from tests.scoring.build import random_study, study


@pytest.mark.parametrize(("n", "s"), [(100, 80), (220, 140), (500, 217), (1200, 291), (1500, 306), (2800, 338), (9000, 368)])
def test_krejcie_and_morgan_s_table(n, s):
    assert krejcie_morgan(n) == s


@pytest.mark.parametrize(
    ("sd", "margin", "population", "n"),
    [(1.2, 0.2, None, 138.3), (1.2, 0.2, 300, 94.9), (1.2, 0.2, 1000, 121.6), (1.5, 0.1, None, 864.4)],
)
def test_size_for_a_mean(sd, margin, population, n):
    assert textbook(sd, margin, population=population) == pytest.approx(n, abs=0.08)  # printed with z 1.96


def test_correction():
    assert correction(50, 100) == pytest.approx(np.sqrt(50 / 99))
    assert correction(6, 6) == 0 and correction(1, 1) == 0
    assert correction(10, 10**9) == pytest.approx(1)
    with pytest.raises(ValueError, match="smaller"):
        correction(7, 6)


def test_response_rates():
    made = random_study(seed=1, n=60)
    frame = response(made, {Role.CUSTOMERS: 240, Role.MANAGERS: {"unit 1": 40, "unit 2": 1}}).frame
    whole = frame[frame["role"].eq("customers")].iloc[0]
    assert (whole["rate"], whole["correction"]) == (0.25, pytest.approx(np.sqrt(180 / 239)))
    units = frame[frame["role"].eq("managers")].set_index("unit")
    assert units.loc["unit 1", "withheld"] == "" and 0 < units.loc["unit 1", "rate"] < 1
    assert units.loc["unit 2", "withheld"] == "more_than_population" and np.isnan(units.loc["unit 2", "rate"])
    with pytest.raises(ValueError, match="nowhere"):
        response(made, {Role.MANAGERS: {"nowhere": 3}})


def exactly(mean, sd, n, seed):
    z = np.random.default_rng(seed).normal(size=n)
    return (mean + sd * (z - z.mean()) / z.std(ddof=1))[:, None]


def test_six_managers_who_are_all_there_are():
    """Methods 2.4: managers n 6, 6.10, .55; customers n 120, 6.45, .72: gap 1 -0.350, SE .23396, df 5.89, p .186, -.925 to .225;
    as a census the managers add no error: SE .72 / sqrt(120)."""
    made = study({"a": 1}, E=exactly(6.45, 0.72, 120, 1), M=exactly(6.10, 0.55, 6, 2))
    sample = finite_gaps(made, {}).frame.query("gap == 1").iloc[0]
    assert (sample["mean"], sample["se"], sample["df"]) == (
        pytest.approx(-0.35),
        pytest.approx(0.23396, abs=1e-5),
        pytest.approx(5.89, abs=5e-3),
    )
    assert (sample["p"], sample["low"], sample["high"]) == pytest.approx((0.186, -0.925, 0.225), abs=6e-4)
    census = finite_gaps(made, {Role.MANAGERS: 6}).frame.query("gap == 1").iloc[0]
    assert census["se"] == pytest.approx(0.72 / np.sqrt(120), rel=1e-5) and census["df"] == pytest.approx(119)
    assert census["se_uncorrected"] == pytest.approx(sample["se"])
    assert census["high"] < 0
    assert finite_gaps(made, {Role.MANAGERS: 5}) == Withheld("more_than_population", {"role": "managers", "n": 6, "population": 5})


def test_everybody_answered():
    made = study({"a": 1}, E=[[6], [7], [5]], P=[[5], [5], [5]])
    row = finite_gaps(made, {Role.CUSTOMERS: 3}).frame.query("gap == 5").iloc[0]
    assert row["se"] == 0 and row["low"] == row["mean"] == row["high"]
    assert set(finite_gaps(made, {}).frame["gap"]) == {Gap.CUSTOMER}
