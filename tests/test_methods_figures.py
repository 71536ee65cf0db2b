"""Every figure that the methods reference keeps in machine-readable form, read from there and computed; and that no number is left out.

Entries of path models and fuzzy evaluation stand in tests/indices and tests/scoring/test_fuzzy.py. Elsewhere the same figures are typed in
beside the tests of their piece; here they are held to the reference itself.
"""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gaps import scoring
from gaps.model import Battery, Scale
from gaps.scoring.cross_products import unit_products
from gaps.stats import sizes
from gaps.stats.adequacy import adequacy
from gaps.stats.asymmetry import asymmetry, value_function
from gaps.stats.dominance import dominance, subset_r2
from gaps.stats.effects import effects
from gaps.stats.factor_model import fit_model
from gaps.stats.importance import lmg
from gaps.stats.multiplicity import benjamini_hochberg, holm
from gaps.stats.ordinal import ordinal_logit
from gaps.stats.published import PrintedGap, check_printed, implied_correlation
from gaps.stats.random_slope import random_slope
from gaps.stats.reliability import alpha, feldt_interval
from gaps.stats.within_between import random_intercept
from tests.oracles.methods import figures, noting
from tests.oracles.methods import reference as reference_of
from tests.oracles.validity import HOLZINGER, exact, full
from tests.scoring.build import study

TESTS = Path(__file__).parent
OWN = tomllib.loads((TESTS / "oracles" / "methods.toml").read_text(encoding="utf-8"))
DRIVERS = tomllib.loads((TESTS / "oracles" / "drivers.toml").read_text(encoding="utf-8"))
FIVE = dict.fromkeys(("tangibles", "reliability", "responsiveness", "assurance", "empathy"), 1)


@pytest.fixture(scope="module")
def reference(shared) -> dict[str, dict]:
    return figures(shared)


def rows_of(name: str) -> np.ndarray:
    return np.array([line.split() for line in DRIVERS[name]["rows"].splitlines() if line], float)


EXCEPTIONS: dict[tuple[str, ...], str] = {}  # start of a number's place -> why no test reads it


def unread(places: set, read: set, exceptions=EXCEPTIONS) -> list[tuple]:
    """Numbers that no test looked at, less those that need not be."""
    return sorted((place for place in places - read if not any(place[: len(start)] == start for start in exceptions)), key=str)


def readers() -> set[Path]:
    """The test files that ask for the reference."""
    return {path for path in TESTS.rglob("test_*.py") if re.search(r"figures\(shared\)|\bpublished\[.T", path.read_text(encoding="utf-8"))}


@pytest.mark.last
def test_no_figure_is_left_out(shared, request):
    """Run after all others (tests/conftest.py); a run of some tests alone cannot tell."""
    if not readers() <= {Path(item.path) for item in request.session.items}:
        pytest.skip("needs all tests that read the reference")
    _, places, read = reference_of(shared)
    assert len(places) > 300
    assert unread(places, read) == []


def test_a_figure_that_nobody_reads_is_noticed():
    value = {"T": {"a": 1, "rows": [[1, 2], [3, 4]], "list": [5, 6, 7], "origin": "seen"}, "U": {"x": 1.5, "y": 2}}
    table, places, read = noting(value)
    assert len(places) == 10
    assert table["T"]["rows"][0][1] == 2 and [k for k in table["T"]["list"]] == [5, 6, 7] and table["U"] == {"x": 1.5, "y": 2}
    assert unread(places, read, {}) == [("T", "a"), ("T", "rows", 0, 0), ("T", "rows", 1, 0), ("T", "rows", 1, 1)]
    assert np.array(table["T"]["rows"]).sum() == 10 and unread(places, read, {}) == [("T", "a")]
    assert unread(places, read, {("T",): "for a reason"}) == []


def test_servqual(reference):
    o = reference["T2_servqual"]
    made = study(FIVE, E=[[5] * 5], P=[[5 + gap for gap in o["gaps_T_R_Rs_A_E"]]])
    made = made.with_(answers={b: f.astype(float).round(2) for b, f in made.answers.items()})
    weighted = made.with_(importance=pd.DataFrame([o["weights_T_R_Rs_A_E"]], columns=list(FIVE), dtype=float))
    assert scoring.servqual(made).unweighted.mean == pytest.approx(o["unweighted"], abs=1e-12)
    assert scoring.servqual(weighted).weighted.mean == pytest.approx(o["weighted_computed"], abs=1e-12)


def test_restaurant(reference):
    """51 answers with exactly the printed means and standard deviations; their correlation is what the spread of the gap implies."""
    o = reference["T3_restaurant_N51"]
    columns = []
    for e, p, se, sp, sg in zip(*(o[k] for k in ("E", "P", "sdE", "sdP", "sdG")), strict=True):
        shared = (se**2 + sp**2 - sg**2) / 2
        columns.append(np.array([e, p]) + exact(np.array([[se**2, shared], [shared, sp**2]]), 51, len(columns)))
    answers = {b: np.column_stack([c[:, k] for c in columns]) for k, b in enumerate("EP")}
    made = study(FIVE, scale=Scale(-9, 19), **answers)
    made = made.with_(answers={Battery(b): pd.DataFrame(x, columns=range(1, 6)) for b, x in answers.items()})
    rows = effects(made).rows(gap=5, level="dimension")
    assert rows["mean"].to_numpy() == pytest.approx(o["gap"], abs=2e-4)
    for column, entry in (("sd", "sdG"), ("sd_expected", "sdE"), ("sd_achieved", "sdP"), ("expected", "E"), ("achieved", "P")):
        assert rows[column].to_numpy() == pytest.approx(o[entry], abs=1e-6)
    # methods 8.2: t and d_z, computed from the table
    assert (rows["mean"] / rows["se"]).to_numpy() == pytest.approx([-5.698, -5.903, -4.996, -5.431, 3.760], abs=2e-3)
    assert rows["d_z"].to_numpy() == pytest.approx([-0.798, -0.827, -0.700, -0.761, 0.527], abs=1e-3)


def test_pmc6131925(reference):
    o = reference["T5_pmc6131925_N386"]
    fields = {
        "gap": "gap",
        "E": "expected",
        "P": "perceived",
        "lo": "low",
        "hi": "high",
        "t": "t",
        "sdE": "sd_expected",
        "sdP": "sd_perceived",
    }
    rows = [
        PrintedGap(name, **dict(zip(fields.values(), row, strict=True))) for name, *row in zip(FIVE, *(o[k] for k in fields), strict=True)
    ]
    assert [(f.name, f.code) for f in check_printed(rows, 386)] == [("assurance", "t_and_interval")]
    for row in rows:
        low, high = implied_correlation(row, 386)
        middle = (row.sd_expected**2 + row.sd_perceived**2 - 386 * ((row.high - row.low) / 2 / 1.96614) ** 2) / (
            2 * row.sd_expected * row.sd_perceived
        )
        assert -1 < low < middle < high < 1
        # half, or three times, a standard deviation as printed can no longer belong to the interval
        for wrong in (
            replace(row, sd_expected=row.sd_expected / 10, sd_perceived=3 * row.sd_perceived),
            replace(row, sd_expected=5 * row.sd_expected),
        ):
            assert "correlation_impossible" in [f.code for f in check_printed([wrong], 386)]


def test_azen_budescu(reference):
    o = reference["T8_azen_budescu"]
    r = np.array(o["R_y_x1_x2_x3_x4"], float)
    assert dominance(["x1", "x2", "x3", "x4"], r).levels.to_numpy() == pytest.approx(np.array(o["conditional"]), abs=o["tol"])
    assert lmg(r) == pytest.approx(o["lmg_computed"], abs=5e-8)
    assert lmg(r).sum() == pytest.approx(o["R2_computed"], abs=1e-12)


def test_attitude(reference):
    o = reference["T9_attitude_lmg"]
    assert o["order"] == DRIVERS["attitude"]["names"][1:]
    assert lmg(np.corrcoef(rows_of("attitude").T)) == pytest.approx(o["lmg"], abs=o["tol"])


def test_gpa(reference):
    o = reference["T10_gpa"]
    names, r = ["SES", "IQ", "nAch"], np.array(o["R_SES_IQ_nAch_GPA"], float)[[3, 0, 1, 2]][:, [3, 0, 1, 2]]
    found = subset_r2(r[None])[:, 0]
    for key, value in o["R2"].items():
        subset = names if key == "all" else key.split("+")
        assert found[sum(1 << names.index(name) for name in subset)] == pytest.approx(value, abs=1e-6)


def test_swiss(reference):
    o = reference["T12_swiss_lmg"]
    found = lmg(np.corrcoef(rows_of("swiss").T))
    assert found == pytest.approx(o["lmg"], abs=1e-8)
    assert found.sum() == pytest.approx(o["R2"], abs=1e-8)


def test_housing(reference):
    o = reference["T15_housing_ologit"]
    sat, infl, kind, cont = np.array([(s, i, t, c) for c in range(2) for t in range(4) for i in range(3) for s in range(3)]).T
    x = np.column_stack([infl == 1, infl == 2, kind == 1, kind == 2, kind == 3, cont == 1]).astype(float)
    found = ordinal_logit(sat.astype(float), x, np.array(DRIVERS["housing"]["freq"], float))
    assert found.params == pytest.approx(o["beta"], abs=1e-5)
    assert found.cut == pytest.approx(o["zeta"], abs=1e-5)
    assert found.deviance == pytest.approx(o["deviance"], abs=1e-3)


def test_sleepstudy(reference):
    """Reaction on days: a random intercept alone, and a random slope with it."""
    o, rows = reference["T16_sleepstudy"], rows_of("sleepstudy")
    z = unit_products(np.column_stack([np.ones(len(rows)), rows[:, :2]]), rows[:, 2].astype(int) - 1)
    take = [0, 2]
    found = random_intercept(z[:, take][:, :, take], z[:, take, 1], z[:, 1, 1])
    assert found.params == pytest.approx(o["ri_fixed"], abs=1e-2)
    assert [found.sd_unit, found.sd_residual] == pytest.approx(o["ri_sd"], abs=1e-2)
    assert found.reml == pytest.approx(o["m2reml"], abs=1e-2)
    slopes = random_slope(z[:, take][:, :, take], z[:, take, 1], z[:, 1, 1])
    assert [slopes.sd_unit**2, slopes.sd_slope**2, slopes.sd_residual**2] == pytest.approx(o["rs_var"], abs=1e-2)
    assert np.sqrt(np.diag(slopes.cov)) == pytest.approx(o["rs_se"], abs=1e-3)


def test_alpha(reference):
    o, own = reference["T20_alpha"], OWN["cronbach"]
    n, covariance = own["n"], full(own["products"]) / (own["n"] * (own["n"] - 1))
    found = alpha(exact(covariance, n))
    assert found == pytest.approx(o["alpha"], abs=1e-12)
    assert feldt_interval(found, n, len(covariance)) == pytest.approx(o["feldt"], abs=5e-4)


def test_kmo_and_bartlett(reference):
    o = reference["T22_kmo_bartlett"]
    found = adequacy(full(OWN["kmo"]["correlation"]), OWN["kmo"]["n"], range(10))
    assert found.kmo == pytest.approx(o["kmo"], abs=1e-5)
    assert list(found.items.values()) == pytest.approx(o["items"], abs=1e-5)
    values = np.array(OWN["bartlett"]["eigenvalues"])
    some = stats.random_correlation.rvs(values * len(values) / values.sum(), random_state=0)  # any correlations with these eigenvalues do
    many = adequacy(some, OWN["bartlett"]["n"], range(40))
    assert (many.chi2, many.df) == (pytest.approx(o["bartlett_test01"], abs=0.01), 780)


def test_holzinger_swineford(reference):
    o = reference["T23_cfa_hs"]
    found = fit_model(exact(full(HOLZINGER["covariance"]), HOLZINGER["n"]), range(9), ["v"] * 3 + ["t"] * 3 + ["s"] * 3)
    assert (found.plain.chi2, found.plain.df) == (pytest.approx(o["chi2"], abs=1e-3), o["df"])
    fit = [found.plain.cfi, found.plain.tli, found.plain.rmsea, found.srmr]
    assert fit == pytest.approx([o[k] for k in ("cfi", "tli", "rmsea", "srmr")], abs=1e-3)


def test_krejcie_and_morgan(reference):
    o = reference["T26_krejcie_morgan"]
    assert {population: sizes.krejcie_morgan(int(population)) for population in o} == o


def test_benjamini_and_hochberg(reference):
    o = reference["T27_bh1995"]
    p = np.array(o["p"])
    assert [(q <= 0.05).sum() for q in (benjamini_hochberg(p), holm(p), p * len(p))] == [o[k] for k in ("BH", "Holm", "Bonferroni")]


def test_the_value_function(reference):
    o = reference["T29_value_function"]
    assert value_function(o["x"], alpha=o["alpha"], loss=o["lambda"]) == pytest.approx(o["v"], abs=1e-6)


def test_mobi_s_asymmetry(reference, shared):
    o = reference["T31_mobi_asymmetry_computed"]
    mobi = pd.read_csv(shared / "data" / "mobi" / "mobi.csv").astype(float)
    found = asymmetry(mobi["CUSA1"], mobi["PERQ1"] - mobi["CUEX1"], mobi["CUEX1"], "satisfaction")
    held, naive = o["E_controlled"], o["naive"]
    assert [found.slope_below, found.slope_above] == pytest.approx([held["sL"], held["sG"]], abs=1e-4)
    assert found.expectation_slope == pytest.approx(held["d"], abs=1e-4)
    assert [found.ratio, found.ratio_low, found.ratio_high] == pytest.approx([held["lambda"], *held["fieller"]], abs=1e-4)
    assert [found.p_equal, found.naive.p_equal] == pytest.approx([held["p"], naive["p"]], abs=1e-4)
    assert [found.naive.slope_below, found.naive.slope_above] == pytest.approx([naive["sL"], naive["sG"]], abs=1e-4)
    assert naive["fieller"] == "unbounded" and np.isnan([found.naive.ratio, found.naive.ratio_low, found.naive.ratio_high]).all()
