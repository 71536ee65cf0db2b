"""Whole analyses against R 4.2.2 with sandwich 3.0.2: `lm`, `vcovHC(type = "HC3")`, `t.test`; every value below was printed by R.

R was given the respondents' dimension scores (mean of the items answered in both batteries, at least half of them) as columns P_<dimension>
and E_<dimension>, G = P - E, and totals p and e (mean of the dimensions); y is overall quality. The scores came from a program that shares
nothing with `gaps`, so reading, scoring and inference are all held to it. Both files are fixed; R is not needed to run this.
"""

from types import SimpleNamespace

import pytest

from gaps.analysis import Analysis, analyse
from gaps.importer import read_study
from gaps.model import UNIT, Role
from tests.conftest import ROOT

RESAMPLES = 25  # R says nothing about the bootstrap, and nothing here looks at it


@pytest.fixture(scope="module")
def real(kiosk) -> Analysis:
    return analyse(read_study(kiosk).study, resamples=RESAMPLES)


@pytest.fixture(scope="module")
def sample() -> Analysis:
    return analyse(read_study(ROOT / "data" / "sample.xlsx").study, resamples=RESAMPLES)


@pytest.fixture(scope="module")
def without_units() -> Analysis:
    """The sample's customers as if nobody knew their branch: then respondents are the cases, as R was told."""
    study = read_study(ROOT / "data" / "sample.xlsx").study
    customers = study.customers.drop(columns=UNIT)
    return analyse(study.with_(respondents={**study.respondents, Role.CUSTOMERS: customers}), resamples=RESAMPLES)


def close(values):
    return pytest.approx(values, rel=1e-9, abs=1e-12)


def fit(analysis: Analysis, predictors: str):
    return next(f for f in analysis.drivers if (f.outcome, f.predictors) == ("overall_quality", predictors))


def gap(analysis: Analysis, number: int, dimension: str | None = None) -> SimpleNamespace:
    rows = analysis.gaps.rows(gap=number, level="dimension" if dimension else "total", dimension=dimension)
    return SimpleNamespace(**rows.iloc[0].to_dict())


def terms(analysis: Analysis, predictors: str) -> dict[str, tuple[float, float, float]]:
    return {t.name: (t.b, t.se, t.p) for t in fit(analysis, predictors).terms}


# t.test(p, e, paired = TRUE); t.test(P_security, E_security, paired = TRUE); the same for playfulness: estimate, interval, p
KIOSK_GAPS = {
    None: (-1.10205314010, -1.21665814148, -0.987448138718, 4.73286772980e-47),
    "security": (-1.71014492754, -1.90208569525, -1.51820415983, 8.02035874645e-43),
    "playfulness": (0.0531400966184, -0.1035386041281, 0.2098187973648, 0.5044471580696),
}


@pytest.mark.parametrize("dimension", KIOSK_GAPS)
def test_kiosk_gap_five(real, dimension):
    row = gap(real, 5, dimension)
    assert (row.mean, row.low, row.high, row.p) == close(KIOSK_GAPS[dimension])
    assert row.df == 206


def test_kiosk_regression_on_the_gaps(real):
    # m <- lm(y ~ G_reliability + ... + G_tangibles); sqrt(diag(vcovHC(m, type = "HC3"))); 2 * pt(-abs(coef(m) / se), m$df.residual)
    assert terms(real, "P-E") == {
        "reliability": close((0.0532019177818, 0.0749787845973, 4.78812007254e-01)),
        "playfulness": close((0.0773306079627, 0.0550079987850, 1.61348832083e-01)),
        "control": close((-0.0543501294732, 0.0686997572483, 4.29817396985e-01)),
        "economy": close((0.0382130746761, 0.0624017109818, 5.40994136339e-01)),
        "personalisation": close((-0.0833596891093, 0.0773882360435, 2.82718404196e-01)),
        "convenience": close((0.2362537316894, 0.0679147901064, 6.19536448453e-04)),
        "security": close((0.0543761014194, 0.0549781332576, 3.23845972327e-01)),
        "tangibles": close((0.1680343713949, 0.0713353001945, 1.94727341277e-02)),
    }
    # summary(m)$r.squared; summary(m)$adj.r.squared
    assert (fit(real, "P-E").r2, fit(real, "P-E").adj_r2) == close((0.264328845839, 0.234604758802))


def test_kiosk_constraint(real):
    # m <- lm(y ~ p + e); V <- vcovHC(m, type = "HC3"); s <- sum(coef(m)[2:3]); se <- sqrt(V[2,2] + V[3,3] + 2 * V[2,3])
    # With vcov(m) in its place t is 2.998: the 3.00 of methods 4.6 is the classical one.
    assert dict(fit(real, "P,E").constraint) == {
        "b_p": close(0.56693990021838), "b_e": close(-0.26786141594060), "sum": close(0.29907848427779),
        "se": close(0.11129595272749), "t": close(2.68723594118534), "p": close(0.00779905840484),
    }  # fmt: skip


def test_kiosk_hinge(real):
    # g <- p - e; m <- lm(y ~ pmin(g, 0) + pmax(g, 0) + e); V <- vcovHC(m, type = "HC3"); coef(m) -+ qt(.975, m$df.residual) * sqrt(diag(V))
    # tt <- (coef(m)[2] - coef(m)[3]) / sqrt(V[2,2] + V[3,3] - 2 * V[2,3]); 2 * pt(-abs(tt), m$df.residual)
    curve = next(c for c in real.asymmetry if c.outcome == "overall_quality")
    assert (curve.slope_below, curve.slope_below_low, curve.slope_below_high) == close((0.559528272013, 0.403510552191, 0.715545991834))
    assert (curve.slope_above, curve.slope_above_low, curve.slope_above_high) == close((0.982448965689, -0.721930543525, 2.686828474903))
    assert (curve.intercept, curve.expectation_slope, curve.p_equal) == close((2.550428601003, 0.310247077224, 0.628426785480))


def test_sample_gaps(sample):
    # gaps 5, 2, 4: t.test(achieved, expected, paired = TRUE) on the totals; 1 and 3: t.test(M, E) and t.test(V, S), Welch
    expected = {
        1: (-1.20475549507e-01, -1.77854028193e-01, -6.30970708213e-02, 4.58029283936e-05, 3.35782567862e02),
        2: (-2.17686453577e-01, -2.62014595959e-01, -1.73358311194e-01, 1.16581504038e-18, 2.18e02),
        3: (-3.35458484408e-01, -4.25813052162e-01, -2.45103916654e-01, 1.10005573473e-12, 5.33441676158e02),
        4: (-2.29130434783e-01, -2.64540022769e-01, -1.93720846796e-01, 9.78406439070e-32, 4.36e02),
        5: (-5.62916104363e-01, -6.01452991612e-01, -5.24379217115e-01, 3.08392184006e-151, 1.975e03),
    }
    for number, values in expected.items():
        row = gap(sample, number)
        assert (row.mean, row.low, row.high, row.df) == close((*values[:3], values[4]))
        assert row.p == pytest.approx(values[3], rel=1e-8, abs=0)


def test_sample_regression_on_perception_and_expectation(without_units):
    # m <- lm(y ~ P_tangibles + E_tangibles + ... + P_empathy + E_empathy); HC3 as above
    expected = {
        "P:tangibles": (0.1745643519618, 0.0399062748859), "E:tangibles": (-0.0656833303361, 0.0500503076000),
        "P:reliability": (0.7604598333921, 0.0405437695751), "E:reliability": (-0.5561336896654, 0.0611556781110),
        "P:responsiveness": (0.2769710891382, 0.0374271494662), "E:responsiveness": (-0.1258371202721, 0.0563765475689),
        "P:assurance": (0.2457562728966, 0.0415929945417), "E:assurance": (-0.0414203727677, 0.0562446820848),
        "P:empathy": (0.2802307091212, 0.0409837113316), "E:empathy": (-0.2407938770456, 0.0578617257388),
    }  # fmt: skip
    assert {name: (b, se) for name, (b, se, _) in terms(without_units, "P,E").items()} == {k: close(v) for k, v in expected.items()}
    assert terms(without_units, "P,E")["E:assurance"][2] == close(4.61558249977e-01)
    model = fit(without_units, "P,E")
    assert (model.n, model.r2, model.adj_r2) == close((1924, 0.692333862869, 0.690725571509))  # nobs(m), summary(m)
    # m <- lm(y ~ rowMeans(P_...) + rowMeans(E_...)) on the same 1,924; sum of the two coefficients as for the kiosk
    assert [model.constraint[k] for k in ("b_p", "b_e", "sum", "se", "t")] == close(
        [1.74440102640, -0.993462446532, 0.750938579864, 0.0433392334408, 17.3269926634]
    )


def test_sample_hinge(without_units):
    # As for the kiosk; Fieller: Re(polyroot(c(C, -2 * B, A))), A = b3^2 - q^2 V33, B = b2 b3 - q^2 V23, C = b2^2 - q^2 V22
    curve = next(c for c in without_units.asymmetry if c.outcome == "overall_quality")
    assert (curve.slope_below, curve.slope_below_low, curve.slope_below_high) == close((1.908970262489, 1.84167053471, 1.97626999027))
    assert (curve.slope_above, curve.slope_above_low, curve.slope_above_high) == close((1.021454386724, 0.842911308602, 1.199997464846))
    assert (curve.n, curve.intercept, curve.expectation_slope) == close((1929, 3.988276717552, 0.645579201736))
    assert curve.p_equal == pytest.approx(4.05383034898e-16, rel=1e-8, abs=0)
    assert (curve.ratio, curve.ratio_low, curve.ratio_high) == close((1.86887470190, 1.56546829628, 2.29853822214))


def test_sample_regression_of_units_on_gaps(sample):
    # m <- lm(y ~ gap1 + gap2 + gap3 + gap4, weights = n): 36 units, their mean totals, n customers; vcovHC(m, type = "HC3")
    assert terms(sample, "gap1..gap4") == {
        "gap1": close((1.23378025944, 0.331041940336, 7.75353279245e-04)),
        "gap2": close((1.05235436497, 0.446440686075, 2.49069347875e-02)),
        "gap3": close((1.47626652337, 0.256199767265, 2.41782651255e-06)),
        "gap4": close((0.29417927728, 0.272730531888, 2.89067972486e-01)),
    }
    model = fit(sample, "gap1..gap4")
    assert (model.n, model.r2, model.adj_r2) == close((36, 0.844616868982, 0.824567432722))
