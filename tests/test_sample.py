from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from python_calamine import CalamineWorkbook
from scipy import stats

from gaps import instruments
from gaps.analysis import analyse
from gaps.findings import sentence
from gaps.findings.chain import answer
from gaps.findings.chain import sentence as said_of_chain
from gaps.i18n import Words
from gaps.importer import read_study
from gaps.model import Battery, Role, Selection
from gaps.result import document
from gaps.sample import ESTIMATED_RATIO, INSTRUMENT, PLACES, STRONG, TRUTH, WAVES, WEAK, frames, sample

FILE = Path(__file__).parents[1] / "data" / "sample.xlsx"
DIMENSIONS = tuple(d.id for d in instruments.load(INSTRUMENT).dimensions)
NUMBERS = instruments.load(INSTRUMENT).numbers
SEEDS = range(1, 21)


def block(frame: pd.DataFrame, letter: str, numbers=NUMBERS) -> pd.DataFrame:
    return frame[[f"{letter}{n}" for n in numbers]]


def dimension_means(customers: pd.DataFrame, letter: str) -> np.ndarray:
    """Complete dimensions only: a plain second way, not the scoring of the project."""
    parts = [block(customers, letter, instruments.load(INSTRUMENT).numbers_of(d)) for d in DIMENSIONS]
    return np.column_stack([part.mean(axis=1, skipna=True) for part in parts])


def respondent_scores(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dimension gaps, mean expectation and overall quality of the customers who have all three."""
    expected, perceived = dimension_means(customers, "E"), dimension_means(customers, "P")
    quality = customers["overall_quality"].to_numpy()
    complete = np.isfinite(np.column_stack([expected, perceived, quality])).all(axis=1)
    return (perceived - expected)[complete], expected[complete].mean(axis=1), quality[complete]


def unit_gaps(company) -> tuple[np.ndarray, np.ndarray]:
    """Gaps 1 to 4 of each unit and its mean overall quality."""

    def level(sheet, letter):
        return block(company[sheet], letter).mean(axis=1).groupby(company[sheet]["unit"]).mean()

    e, m, s = level("customers", "E"), level("managers", "M"), level("managers", "S")
    v, c = level("employees", "V"), level("employees", "C")
    quality = company["customers"].groupby("unit")["overall_quality"].mean()
    return np.column_stack([m - e, s - m, v - s, v - c]), quality.to_numpy()


def shares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """LMG shares of R² by their definition: the mean gain in R² over all subsets, by subset size."""
    r = np.corrcoef(np.column_stack([x, y]), rowvar=False)
    k = x.shape[1]

    def r2(subset):
        s = list(subset)
        return r[s, -1] @ np.linalg.solve(r[np.ix_(s, s)], r[s, -1]) if s else 0.0

    lmg = [
        np.mean([
            np.mean([r2((*sub, j)) - r2(sub) for sub in combinations([i for i in range(k) if i != j], size)]) for size in range(k)
        ])
        for j in range(k)
    ]  # fmt: skip
    return np.array(lmg) / sum(lmg)


def hinge(customers: pd.DataFrame) -> tuple[float, float, float]:
    """Ratio of the slopes with E as covariate, and its Fieller interval by HC3 (methods 4.3)."""
    gaps, expectation, quality = respondent_scores(customers)
    g = gaps.mean(axis=1)
    fit = sm.OLS(quality, sm.add_constant(np.column_stack([np.minimum(g, 0), np.maximum(g, 0), expectation]))).fit(cov_type="HC3")
    below, above = fit.params[1:3]
    v, t2 = fit.cov_params()[1:3, 1:3], stats.t.ppf(0.975, len(g) - 4) ** 2
    a, b, c = above**2 - t2 * v[1, 1], below * above - t2 * v[0, 1], below**2 - t2 * v[0, 0]
    root = np.sqrt(b * b - a * c)
    return below / above, (b - root) / a, (b + root) / a


@pytest.fixture(scope="module")
def companies():
    return {seed: frames(seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def workbook():
    return sample(1)


@pytest.fixture(scope="module")
def first(companies):
    return companies[1]


def test_the_file_in_data_is_what_seed_1_gives(workbook):
    made, kept = CalamineWorkbook.from_filelike(BytesIO(workbook)), CalamineWorkbook.from_path(FILE)
    assert made.sheet_names == kept.sheet_names == ["customers", "managers", "employees", "items", "study"]
    for name in made.sheet_names:
        assert made.get_sheet_by_name(name).to_python() == kept.get_sheet_by_name(name).to_python()
    assert FILE.stat().st_size < 600_000


def test_same_seed_same_answers_other_seed_other_answers(first):
    again, other = frames(1), frames(2)
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, again[name])
    assert not first["customers"]["E1"].equals(other["customers"]["E1"])


def test_more_customers_do_not_change_the_staff(first):
    more = frames(1, replace(TRUTH, customers=2500))
    pd.testing.assert_frame_equal(first["employees"], more["employees"])


def test_the_company_is_as_large_as_announced(first):
    customers, managers, employees = first["customers"], first["managers"], first["employees"]
    assert len(customers) == 2000
    assert set(customers["unit"]) == set(managers["unit"]) == set(employees["unit"]) == set(PLACES)
    assert len(PLACES) == len(set(PLACES)) == 36
    assert managers.groupby("unit").size().between(5, 7).all()
    assert employees.groupby("unit").size().between(10, 14).all()
    for frame in (customers, managers, employees):
        assert set(frame["wave"]) == set(WAVES)
        assert frame["respondent"].is_unique
    assert customers.groupby("unit").size().max() > 1.5 * customers.groupby("unit").size().median()
    assert (managers.groupby("wave").size() > 50).all()


def test_every_answer_is_a_point_of_its_scale(first):
    for sheet, letters in (("customers", "EP"), ("managers", "MS"), ("employees", "VC")):
        for letter in letters:
            values = block(first[sheet], letter).to_numpy()
            assert set(values[np.isfinite(values)]) <= set(range(1, 8))
    for outcome, low, high in (("overall_quality", 1, 10), ("satisfaction", 1, 7), ("recommend", 0, 10)):
        assert set(first["customers"][outcome].dropna()) <= set(range(low, high + 1))


def test_customers_answer_as_real_ones_do(companies):
    # methods 12: expectations at the top 37-59 %, item gaps of zero 38-60 % (library 21 %), both all alike 1-30 %, mean gap > 0 6-26 %
    for company in companies.values():
        customers = company["customers"]
        e, p = block(customers, "E").to_numpy(), block(customers, "P").to_numpy()
        both = np.isfinite(e) & np.isfinite(p)
        assert 0.40 <= np.mean(e[np.isfinite(e)] == 7) <= 0.55
        assert 0.30 <= np.mean((p == e)[both]) <= 0.45
        assert np.mean((p > e)[both]) < 0.22
        whole = both.all(axis=1)
        alike = (np.ptp(e[whole], axis=1) == 0) & (np.ptp(p[whole], axis=1) == 0)
        assert 0.03 <= alike.mean() <= 0.08
        blank = ~(np.isfinite(e) | np.isfinite(p)).any(axis=1)
        assert blank.sum() == TRUTH.blank
        assert customers.loc[blank, ["overall_quality", "satisfaction", "recommend", "W_empathy"]].isna().all(axis=None)
        assert 0.02 < np.mean(~np.isfinite(e[~blank])) < 0.04
        stopped = np.isnan(p[:, -1]) & np.isnan(p[:, -2]) & np.isnan(p[:, -3]) & ~blank
        assert 15 <= stopped.sum() <= 50
        g = respondent_scores(customers)[0].mean(axis=1)
        assert (g > 1e-9).sum() >= 150
        assert 0.15 < (g > 1e-9).mean() < 0.33


def test_importance_points_sum_to_100_but_for_some(first):
    points = first["customers"][[f"W_{d}" for d in DIMENSIONS]]
    sums = points.sum(axis=1, skipna=False).dropna()
    assert set(sums) == {50.0, 100.0, 105.0}
    assert 0.90 < (sums == 100).mean() < 0.97
    assert 0.04 < points.isna().all(axis=1).mean() < 0.12
    assert points.mean().idxmax() == "W_reliability"


def test_the_chain_leaks_where_it_was_built_to(companies):
    def level(company, sheet, letter, dimension):
        return block(company[sheet], letter, instruments.load(INSTRUMENT).numbers_of(dimension)).mean().mean()

    for company in companies.values():
        for dimension in DIMENSIONS:
            e, p = (level(company, "customers", letter, dimension) for letter in "EP")
            m, s = (level(company, "managers", letter, dimension) for letter in "MS")
            v, c = (level(company, "employees", letter, dimension) for letter in "VC")
            assert abs(m - e) < 0.7 and s < m and c > v - 0.05
            if dimension != "tangibles":
                assert p < e - 0.2
            if dimension in ("reliability", "responsiveness"):
                assert v < s - 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_reliability_is_recovered_as_the_dimension_and_delivery_as_the_gap(companies, seed):
    gaps, _, quality = respondent_scores(companies[seed]["customers"])
    dimension = shares(gaps, quality)
    assert DIMENSIONS[dimension.argmax()] == "reliability"
    assert dimension.max() > 0.28
    gap = shares(*unit_gaps(companies[seed]))
    assert gap.argmax() == 2
    assert gap[2] > 0.5


def test_the_ratio_is_recovered_at_the_rate_of_a_95_percent_interval(companies):
    found = np.array([hinge(company["customers"]) for company in companies.values()])
    covered = (found[:, 1] <= ESTIMATED_RATIO) & (found[:, 2] >= ESTIMATED_RATIO)
    assert covered.sum() >= 17  # of 20: fewer than 17 has probability 0.016 at 95 %
    assert abs(np.median(found[:, 0]) - ESTIMATED_RATIO) < 0.1
    assert (found[:, 1] > 1).all()  # the asymmetry is found in each


@pytest.mark.simulate
def test_the_ratio_on_200000_customers():
    ratio, low, high = hinge(frames(1, replace(TRUTH, customers=200_000, units=2000))["customers"])
    assert low <= ESTIMATED_RATIO <= high
    assert abs(ratio - ESTIMATED_RATIO) < 0.01
    assert TRUTH.ratio == 2


def test_another_truth_can_be_simulated():
    symmetric = replace(TRUTH, customers=20_000, slope_below=1.2, slope_above=1.2)
    assert symmetric.ratio == 1
    ratio, low, high = hinge(frames(5, symmetric)["customers"])
    assert 0.9 < ratio < 1.1 and low <= 1.03 and high >= 0.95
    small = frames(1, replace(TRUTH, units=8, customers=120))
    assert small["customers"]["unit"].nunique() == 8 and len(small["customers"]) == 120
    many = frames(1, replace(TRUTH, units=40))
    assert {"Branch 37", "Branch 40"} <= set(many["managers"]["unit"])
    with pytest.raises(ValueError, match="at least 2 units"):
        frames(1, replace(TRUTH, units=1))


def test_the_weak_branch_is_the_weakest_and_the_strong_one_near_the_top(companies):
    weakest, rank = 0, []
    for company in companies.values():
        customers = company["customers"]
        gap = (block(customers, "P").mean(axis=1) - block(customers, "E").mean(axis=1)).groupby(customers["unit"]).mean()
        weakest += gap.idxmin() == WEAK
        rank.append(gap.rank(ascending=False)[STRONG])
    assert weakest >= 18
    assert np.median(rank) == 1 and max(rank) <= 5


def test_responsiveness_improves_over_the_waves_and_tangibles_do_not(companies):
    change = {d: [] for d in DIMENSIONS}
    for company in companies.values():
        customers = company["customers"]
        gap = pd.DataFrame(dimension_means(customers, "P") - dimension_means(customers, "E"), columns=DIMENSIONS)
        by_wave = gap.groupby(customers["wave"]).mean()
        for d in DIMENSIONS:
            change[d].append(by_wave[d].iloc[-1] - by_wave[d].iloc[0])
    assert min(change["responsiveness"]) > 0.25
    assert all(abs(np.mean(change[d])) < 0.08 for d in DIMENSIONS if d != "responsiveness")


def test_the_importer_reads_it_without_an_error_and_knows_that_it_is_simulated(workbook):
    read = read_study(workbook, "sample.xlsx")
    study = read.study
    assert {p.code for p in read.problems} == {"importance_sum", "blank_respondents", "segment_found", "wave_order"}
    assert study.simulated
    assert (study.n(Role.CUSTOMERS), len(study.units), study.waves) == (1996, 36, WAVES)
    assert set(study.answers) == {Battery(letter) for letter in "EPMSVC"}
    assert study.instrument.id == INSTRUMENT
    assert study.segments == ("customer_type", "age_group")
    assert list(study.outcomes) == ["overall_quality", "satisfaction", "recommend"]


@pytest.mark.parametrize("wave", [None, *WAVES])
def test_one_verdict_about_gaps_1_to_4_wherever_it_is_said(wave):
    """Few managers answered in each unit. Of 2026-H1 one regression says a tie, the chain that gap 3 is ahead: the chain is asked."""
    study = read_study(FILE).study
    done = analyse(study, Selection(waves=(wave,)) if wave else Selection(), explain="headline", resamples=500)
    spoken = [f for f in done.findings if f.code.startswith("driver_gap_")]
    chain = done.deeper().five_gaps.headline
    assert spoken == [answer(chain)]
    first = chain.effect("gap3")
    assert (chain.verdict.leading[0], spoken[0].values["gap"]) == ("gap3", 3)
    assert (spoken[0].values["p_first"], spoken[0].values["p_corrected"]) == (first.p_first, first.corrected_p_first)
    assert spoken[0].code == ("driver_gap_ahead" if wave in (None, "2026-H1") else "driver_gap_named")
    named = spoken[0].code == "driver_gap_named"
    assert named == (first.corrected_p_first >= 0.8) == ("next_gap" in {f.code for f in done.findings})
    for language in ("en", "zh"):
        assert sentence(spoken[0], study, Words(language)) == said_of_chain(answer(chain), Words(language))


def test_the_shares_in_one_regression_stay_in_the_result_beside_the_verdict():
    done = analyse(read_study(FILE).study, Selection(waves=("2026-H1",)), explain="headline", resamples=500)
    whole = document(done, ())
    shares = next(fit for fit in whole["drivers"] if fit["question"] == "gap")
    assert (shares["verdict"]["driver"], shares["verdict"]["reason"]) == (None, "lead_includes_zero")
    assert len(shares["verdict"]["leading"]) > 1
    values = next(f for f in whole["findings"] if f["code"] == "driver_gap_ahead")["values"]
    of_chain = next(e for e in whole["deeper"]["five_gaps"]["headline"]["effects"] if e["name"] == "gap3")
    assert (values["p_first"], values["p_corrected"]) == (of_chain["p_first"], of_chain["corrected_p_first"])
