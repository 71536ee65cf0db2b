"""Effect sizes against R, published tables and each other."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gaps import importer
from gaps.model import Role, Withheld
from gaps.scoring import gap_table
from gaps.stats import intervals
from gaps.stats.effects import effects
from tests.oracles.scoring import RESTAURANT, RESTAURANT_N
from tests.scoring.build import random_study, study

# Student (1908), R data(sleep): extra hours of sleep under two drugs.
SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def total(made, gap=5):
    return effects(made).rows(gap=gap, level="total").iloc[0]


def test_student_s_sleep():
    # R 4.2.2: t.test(a, b, paired = TRUE): t -4.0621, p .002833; mean(a - b) / sd(a - b) = -1.28456
    row = total(study({"sleep": 1}, E=[[x] for x in SLEEP[1]], P=[[x] for x in SLEEP[0]]))
    assert row["mean"] / row["se"] == pytest.approx(-4.062127683382, abs=1e-6)  # answers are kept in single precision
    assert row["p"] == pytest.approx(0.00283289019738, abs=1e-8)
    assert row["d_z"] == pytest.approx(-1.28455756259105, abs=1e-6)
    assert row["d_av"] == pytest.approx(-1.58 / ((np.std(SLEEP[0], ddof=1) + np.std(SLEEP[1], ddof=1)) / 2), abs=1e-6)
    assert row["d_z_low"] < row["d_z"] < row["d_z_high"] < 0


@pytest.mark.parametrize(("p", "e", "gap", "sd", "t", "d_z"), RESTAURANT)
def test_the_restaurant_table(p, e, gap, sd, t, d_z):
    """51 guests drawn to have exactly the printed mean and standard deviation of the gap."""
    z = np.random.default_rng(1).normal(size=RESTAURANT_N)
    z = (z - z.mean()) / z.std(ddof=1)
    made = study({"a": 1}, E=np.full((RESTAURANT_N, 1), e), P=(p + sd * z)[:, None])
    row = total(made)
    assert row["mean"] == pytest.approx(gap, abs=2e-4)
    assert row["mean"] / row["se"] == pytest.approx(t, abs=1e-3)
    assert row["d_z"] == pytest.approx(d_z, abs=1e-3)


def test_counting_whole_answers_changes_nothing():
    made = random_study(seed=3, n=80, missing=0.05)
    weighted = made.with_(respondents={**made.respondents, Role.CUSTOMERS: made.customers.assign(weight=1.0)})
    plain, other = effects(made).rows(level="item"), effects(weighted).rows(level="item")
    names = ["d_z", "d_z_low", "d_z_high", "d_av", "d_av_low", "d_av_high", "sd_expected", "sd_achieved"]
    assert plain[names].to_numpy() == pytest.approx(other[names].to_numpy())
    assert plain["p_rank"].notna().all() and other["p_rank"].isna().all()
    assert effects(weighted).ranks == Withheld("weighted") and effects(made).ranks is None


def test_independent_gaps_have_the_effect_size_of_two_samples():
    made = random_study(seed=5, n=90)
    row = total(made, gap=1)
    assert np.isnan(row["d_z"]) and np.isnan(row["p_rank"])
    assert row["d_av"] == pytest.approx(row["mean"] / np.sqrt((row["sd_expected"] ** 2 + row["sd_achieved"] ** 2) / 2))
    assert row["d_av_low"] < row["d_av"] < row["d_av_high"]


def test_the_delta_method_is_bonett_s_for_normal_answers():
    """Bonett (2008): var d = d² (s1⁴/df1 + s2⁴/df2) / (8 s⁴) + (s1²/df1 + s2²/df2) / s², for normal scores."""
    rng = np.random.default_rng(4)
    n1, n2 = 4000, 3000
    e, m = rng.normal(5, 0.4, (n1, 1)), rng.normal(4.7, 0.8, (n2, 1))
    row = total(study({"a": 1}, E=e, P=e, M=m), gap=1)
    s1, s2, d = row["sd_expected"], row["sd_achieved"], row["d_av"]
    s = np.sqrt((s1**2 + s2**2) / 2)
    var = d * d * (s1**4 / (n1 - 1) + s2**4 / (n2 - 1)) / (8 * s**4) + (s1**2 / (n1 - 1) + s2**2 / (n2 - 1)) / s**2
    assert (row["d_av_high"] - row["d_av_low"]) / 2 == pytest.approx(1.96 * np.sqrt(var), rel=0.02)


def test_the_intervals_are_the_textbook_s_for_normal_answers():
    """Large normal samples: var d_z = 1/n + d²/(2n); var d_av = ((1 - r) 2 s²)/(n s²) + d² (1 + r²)/(4n) for equal variances s²."""
    rng = np.random.default_rng(5)
    n, r = 20_000, 0.5
    z = rng.normal(size=(n, 2))
    e, p = 5 + 0.5 * z[:, 0], 4 + 0.5 * (r * z[:, 0] + np.sqrt(1 - r * r) * z[:, 1])
    row = total(study({"a": 1}, E=e[:, None], P=p[:, None]))
    assert (row["d_z"], row["d_av"]) == (pytest.approx(-2, abs=0.05), pytest.approx(-2, abs=0.05))
    for name, variance in (("d_z", (1 + 2**2 / 2) / n), ("d_av", (2 * (1 - r) + 2**2 * (1 + r * r) / 4) / n)):
        assert (row[f"{name}_high"] - row[f"{name}_low"]) / 2 == pytest.approx(1.96 * np.sqrt(variance), rel=0.02)


def test_families_are_the_items_and_the_dimensions_of_one_gap():
    frame = effects(random_study(seed=6, n=70)).frame
    for gap in (1, 5):
        items = frame[frame["gap"].eq(gap) & frame["item"].notna()]
        assert items["p_bh"].to_numpy() == pytest.approx(stats.false_discovery_control(items["p"]))
        dimensions = frame[frame["gap"].eq(gap) & frame["item"].isna() & frame["dimension"].notna()]
        smallest = dimensions["p"].idxmin()
        assert dimensions.loc[smallest, "p_holm"] == pytest.approx(min(1.0, 3 * dimensions.loc[smallest, "p"]))
    totals = frame[frame["dimension"].isna()]
    assert totals["p_holm"].to_numpy() == pytest.approx(totals["p"].to_numpy())


def test_a_given_table_saves_the_work_and_changes_nothing():
    made = random_study(seed=7)
    table = intervals.with_intervals(gap_table(made))
    pd.testing.assert_frame_equal(effects(made, table).frame, effects(made).frame)  # within rounding


def test_an_interval_needs_ten_and_a_size_needs_spread():
    few = total(study({"a": 1}, E=[[5], [6], [7]], P=[[4], [6], [5]]))
    assert np.isfinite(few["d_z"]) and np.isnan(few["d_z_low"])
    same = total(study({"a": 1}, E=[[6]] * 12, P=[[5]] * 12))
    assert np.isnan(same["d_z"]) and np.isnan(same["d_av"]) and same["mean"] == -1


def test_shifting_all_answers_shifts_no_effect():
    e, p = np.random.default_rng(8).integers(1, 6, (2, 40, 2)).astype(float)
    first, second = (total(study({"a": 2}, E=e + k, P=p + k)) for k in (0, 2))
    assert first[["d_z", "d_av", "rank_biserial"]].tolist() == pytest.approx(second[["d_z", "d_av", "rank_biserial"]].tolist())


def test_equal_case_weights_change_nothing_at_all_and_others_do():
    made = random_study(seed=9)
    n = made.n(Role.CUSTOMERS)
    same = made.with_(respondents={**made.respondents, Role.CUSTOMERS: made.customers.assign(weight=np.full(n, 3.0))})
    other = made.with_(respondents={**made.respondents, Role.CUSTOMERS: made.customers.assign(weight=np.linspace(1, 4, n))})
    assert total(same)["d_z_low"] == pytest.approx(total(made)["d_z_low"])
    assert total(other)["d_z"] != pytest.approx(total(made)["d_z"])


def test_without_a_pair_there_is_nothing_to_size():
    assert len(effects(study({"a": 1}, P=[[5], [6]])).frame) == 0


def test_kiosk_twenty_one_of_twenty_four_items(kiosk):
    """The real kiosk study: with n in the hundreds nearly every item differs, even after Holm; so effect sizes lead (methods 7.7)."""
    items = effects(importer.read_study(kiosk).study).rows(level="item")
    assert (items["p_holm"].lt(0.05).sum(), len(items)) == (21, 24)
