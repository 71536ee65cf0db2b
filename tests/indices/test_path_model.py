"""A whole causal model: seminr's figures, the bootstrap, what is withheld, what makes no difference."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps.columns import GLOSSARY
from gaps.indices import pls
from gaps.indices.models import ACSI, ECSI, SCSB, CausalModel, Construct, Indicator
from gaps.indices.path_model import design_of, path_model
from gaps.model import Scale, Withheld
from tests.simulate.index_designs import COMPOSITES, MODE_B, answers, composite_population, coverage, factor_population

FOUR = CausalModel(
    "four",
    tuple(c for c in ECSI.constructs if c.id in ("image", "expectations", "value", "satisfaction")),
    (("image", "satisfaction"), ("expectations", "satisfaction"), ("value", "satisfaction")),
    "satisfaction",
)
POPULATION = composite_population(COMPOSITES)[0]


def drawn(n=300, kind="satisfied", seed=0, r=POPULATION, made=COMPOSITES):
    return answers(np.random.default_rng(seed), n, kind, r, made)


@pytest.fixture(scope="module")
def seminr(mobi):
    return path_model(mobi, FOUR, resamples=50)


@pytest.fixture(scope="module")
def ecsi(mobi):
    return path_model(mobi, ECSI, resamples=400)


def test_r2_and_f2_as_seminr_computes_them(seminr, published):
    o, row = published["T18_seminr"], seminr.constructs.iloc[3]
    assert (row["r2"], row["r2_adjusted"]) == pytest.approx((o["R2"], o["adjR2"]), abs=1e-6)
    assert seminr.paths["f2"][0] == pytest.approx(o["f2_image_reestimated"], abs=1e-6)


def test_reliabilities_as_seminr_computes_them(seminr, published):
    o = published["T18_seminr"]["reliability_alphaStd_rhoC_AVE_rhoA"]
    found = seminr.constructs[["alpha_standardised", "cr", "ave", "rho_a"]].to_numpy()
    assert found == pytest.approx(np.array(list(o.values())), abs=1e-6)


def test_inflation_and_htmt_as_seminr_computes_them(seminr, published):
    o = published["T18_seminr"]
    assert seminr.paths["vif"].tolist() == pytest.approx(o["VIF"], abs=1e-6)
    assert seminr.indicators["vif"][:5].tolist() == pytest.approx(o["itemVIF_IMAG"], abs=1e-6)
    assert seminr.heterotrait.frame["htmt"].tolist() == pytest.approx(list(o["HTMT"].values()), abs=1e-6)


def test_f2_is_that_of_the_model_estimated_again(mobi, ecsi):
    rows = ecsi.paths.set_index(["antecedent", "consequence"])
    less = path_model(mobi, ECSI.without(("image", "loyalty")), resamples=0).constructs.set_index("construct")["r2"]["loyalty"]
    full = ecsi.constructs.set_index("construct")["r2"]["loyalty"]
    assert rows.loc[("image", "loyalty"), "f2"] == pytest.approx((full - less) / (1 - full))
    complaints = ecsi.constructs.set_index("construct")["r2"]["complaint_handling"]  # nothing else leads there
    assert rows.loc[("satisfaction", "complaint_handling"), "f2"] == pytest.approx(complaints / (1 - complaints))


def test_path_weighting_and_mode_a_are_the_default(ecsi, mobi, published):
    assert ecsi.scheme == "path" and set(ecsi.constructs["mode"]) == {"A"}
    assert ecsi.paths["coefficient"].tolist() == pytest.approx(published["T17_pls_mobi"]["path"]["paths"], abs=1e-7)
    assert ecsi.indicators["weight"].tolist() == pytest.approx(published["T17_pls_mobi"]["path"]["weights"], abs=1e-7)


def test_effects_add_up(ecsi):
    f = ecsi.effects
    assert f["total"].to_numpy() == pytest.approx((f["direct"] + f["indirect"]).to_numpy())
    direct = f[f["direct"] != 0].set_index(["antecedent", "consequence"])["direct"].to_dict()
    paths = ecsi.paths.set_index(["antecedent", "consequence"])["coefficient"].to_dict()
    assert direct == paths
    assert len(f) == 21  # image leads to six others, and so on: nobody is out of reach of who stands before


def test_every_column_is_in_the_glossary(ecsi):
    for frame in (ecsi.indicators, ecsi.paths, ecsi.effects, ecsi.constructs, ecsi.heterotrait.frame):
        assert set(frame.columns) <= set(GLOSSARY)


def test_the_bootstrap_is_a_plain_one(mobi, ecsi):
    """Rows drawn by hand, estimated one by one, each turned towards the sample."""
    design, x = design_of(ECSI), mobi[list(ECSI.columns)].to_numpy()
    whole = pls.oriented(pls.solve(np.corrcoef(x, rowvar=False)[None], design), design)
    rng, found, index = np.random.default_rng(5), [], []
    for _ in range(400):
        y = x[rng.integers(0, 250, 250)]
        one = pls.aligned(pls.solve(np.corrcoef(y, rowvar=False)[None], design), whole, design)
        found.append([one.paths[0, ECSI.ids.index(s), ECSI.ids.index(t)] for s, t in ECSI.paths])
        w = one.weights[0, 17:20, 4] / y[:, 17:20].std(axis=0)
        index.append(100 * ((y[:, 17:20].mean(axis=0) - 1) @ w) / (9 * w.sum()))
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    assert ecsi.paths["low"].to_numpy() == pytest.approx(low, abs=0.05)
    assert ecsi.paths["high"].to_numpy() == pytest.approx(high, abs=0.05)
    row = ecsi.constructs.set_index("construct").loc["satisfaction"]
    assert (row["index_low"], row["index_high"]) == pytest.approx(tuple(np.quantile(index, [0.025, 0.975])), abs=0.5)


def test_the_seed_decides_the_limits_and_is_kept(mobi):
    one, again, other = (path_model(mobi, FOUR, resamples=60, seed=s) for s in (1, 1, 2))
    assert one.paths.equals(again.paths) and not one.paths.equals(other.paths)
    assert (other.seed, other.resamples, other.n_resamples_used, other.unstable) == (2, 60, 60, False)


def test_without_resamples_there_are_estimates_and_no_limits(mobi, ecsi):
    plain = path_model(mobi, ECSI, resamples=0)
    assert plain.paths["coefficient"].equals(ecsi.paths["coefficient"])
    assert plain.paths[["low", "high"]].isna().all(axis=None) and plain.effects[["total_low", "total_high"]].isna().all(axis=None)
    assert plain.constructs[["index_low", "index_high"]].isna().all(axis=None)


def test_permuted_rows_and_columns_change_nothing(mobi, ecsi):
    rng = np.random.default_rng(3)
    other = mobi.iloc[rng.permutation(len(mobi))].reset_index(drop=True)[list(rng.permutation(mobi.columns))]
    other.insert(0, "remark", "something else")
    fit = path_model(other, ECSI, resamples=0)
    for name in ("indicators", "paths", "effects", "constructs"):
        one, two = (getattr(f, name).select_dtypes("number") for f in (fit, ecsi))
        estimates = [c for c in one if not c.endswith(("low", "high"))]
        assert one[estimates].to_numpy() == pytest.approx(two[estimates].to_numpy(), abs=1e-9, nan_ok=True)


def test_the_order_of_constructs_and_paths_changes_no_estimate(mobi, ecsi):
    turned = replace(ECSI, constructs=ECSI.constructs[::-1], paths=ECSI.paths[::-1])
    fit = path_model(mobi, turned, resamples=0)
    one, two = (f.paths.set_index(["antecedent", "consequence"]).sort_index() for f in (fit, ecsi))
    columns = ["coefficient", "f2", "vif"]
    assert one[columns].to_numpy() == pytest.approx(two[columns].to_numpy(), abs=1e-6)
    assert fit.index == pytest.approx(ecsi.index, abs=1e-5)


def test_another_scale_of_one_item_changes_its_index_weight_and_nothing_else(mobi, ecsi):
    other = mobi.copy()
    other["CUSA2"] = (other["CUSA2"] - 1) / 9 * 4 + 1  # asked from 1 to 5
    narrow = [
        replace(c, indicators=tuple(replace(i, scale=Scale(1, 5)) if i.column == "CUSA2" else i for i in c.indicators))
        for c in ECSI.constructs
    ]
    fit = path_model(other, replace(ECSI, constructs=tuple(narrow)), resamples=0)
    assert fit.paths["coefficient"].tolist() == pytest.approx(ecsi.paths["coefficient"].tolist(), abs=1e-9)
    assert fit.index == pytest.approx(ecsi.index)


def test_missing_answers_listwise(mobi):
    holed = mobi.copy()
    holed.loc[[3, 7], "PERV1"] = np.nan
    holed.loc[[7, 9], "CUSCO"] = np.nan
    fit, complete = path_model(holed, ECSI, resamples=0), path_model(mobi.drop([3, 7, 9]), ECSI, resamples=0)
    assert (fit.n, fit.n_left_out, fit.missing) == (247, 3, "listwise")
    assert fit.paths.equals(complete.paths)
    assert path_model(holed, FOUR, resamples=0).n == 248  # a question that the model does not use costs nobody


@pytest.mark.parametrize("model", [SCSB, ACSI], ids=lambda m: m.id)
def test_the_other_models_go_the_same_way(mobi, model):
    """Their answers simulated from mobi's: who is less satisfied complains."""
    frame = mobi.assign(CUSL2=mobi["CUSL3"])
    complained = (mobi["CUSCO"] < 5).astype(float)
    frame = frame.assign(CUSCO=complained, CUSCO1=complained, CUSCO2=(mobi["CUSCO"] < 4).astype(float))
    fit = path_model(frame, model, resamples=100)
    assert len(fit.paths) == len(model.paths) and not fit.unstable
    assert fit.paths.set_index(["antecedent", "consequence"])["coefficient"]["satisfaction", "complaints"] < 0
    assert 0 < fit.constructs.set_index("construct")["index"]["complaints"] < 50


def test_formative_constructs_have_no_reliability(mobi):
    fit = path_model(mobi, ECSI.of_modes({"quality": "B"}), resamples=0)
    rows = fit.constructs.set_index("construct")
    assert rows["withheld"].to_dict() == dict.fromkeys(ECSI.ids, "") | {"quality": "formative", "complaint_handling": "one_item"}
    assert rows.loc[["quality", "complaint_handling"], ["alpha_standardised", "rho_a", "cr", "ave"]].isna().all(axis=None)


def test_a_negative_weight_withholds_the_index_of_its_construct_alone(mobi):
    other = mobi.assign(CUSA2=11 - mobi["CUSA2"])
    fit = path_model(other, ECSI, resamples=100)
    rows = fit.constructs.set_index("construct")
    assert fit.index == Withheld("negative_weight", {"construct": "satisfaction"})
    assert rows.loc["satisfaction", ["index", "index_sd", "index_low", "index_high"]].isna().all()
    assert (rows["index_withheld"].drop("satisfaction") == "").all()
    assert fit.indicators.loc[fit.indicators["construct"] == "satisfaction", "index_weight"].isna().all()


def test_answers_beyond_the_scale_withhold_the_index(mobi):
    fit = path_model(mobi.assign(CUSA1=mobi["CUSA1"] * 10), ECSI, resamples=0)
    assert fit.index.reason == "outside_scale"


def test_what_is_withheld_as_a_whole(mobi):
    assert path_model(mobi[:29], ECSI) == Withheld("too_few", {"n": 29, "needed": 30})
    assert path_model(mobi.assign(IMAG3=5.0), ECSI) == Withheld("constant_item", {"columns": ("IMAG3",)})
    assert path_model(mobi.assign(PERQ2=mobi["PERQ1"]), ECSI.of_modes({"quality": "B"})).reason == "singular"
    assert not isinstance(path_model(mobi.assign(PERQ2=mobi["PERQ1"]), ECSI, resamples=0), Withheld)  # mode A bears that


def test_not_converged(mobi, monkeypatch):
    monkeypatch.setattr(pls, "ITERATIONS", 3)
    monkeypatch.setattr(pls.solve, "__defaults__", (pls.PATH, 3, pls.TOLERANCE))
    assert path_model(mobi, ECSI, resamples=0) == Withheld("not_converged", {"iterations": 3})


def test_where_too_many_resamples_have_no_solution_there_are_no_limits():
    """One person in forty complained: a third of the resamples has nobody who did."""
    rng = np.random.default_rng(0)
    frame = drawn(40, seed=2).assign(complained=[1.0] + [0.0] * 39)
    made = CausalModel(
        "rare",
        (*COMPOSITES.constructs, Construct("complaints", (Indicator("complained", "", Scale(0, 1)),))),
        (*COMPOSITES.paths, ("satisfaction", "complaints")),
        "satisfaction",
    )
    fit = path_model(frame.iloc[rng.permutation(40)], made, resamples=200)
    assert fit.unstable and 0 < fit.n_resamples_used < 190
    assert fit.paths[["low", "high"]].isna().all(axis=None) and fit.paths["coefficient"].notna().all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: (d.drop(columns=["IMAG1", "CUSCO"]), {}), "lack the columns IMAG1, CUSCO"),
        (lambda d: (d.assign(IMAG1="seven"), {}), "IMAG1 are not numbers"),
        (lambda d: (d, {"missing": "pairwise"}), "missing"),
        (lambda d: (d, {"scheme": "best"}), "scheme"),
        (lambda d: (d, {"confidence": 95}), "confidence"),
        (lambda d: (d, {"resamples": -1}), "resamples"),
    ],
)
def test_a_caller_s_mistake_is_named(mobi, change, said):
    frame, options = change(mobi)
    with pytest.raises(ValueError, match=said):
        path_model(frame, ECSI, **options)


def test_many_respondents_are_resampled_in_blocks():
    frame = drawn(12_000)
    fit = path_model(frame, COMPOSITES, resamples=200)
    width = (fit.paths["high"] - fit.paths["low"]).to_numpy()
    smaller = path_model(frame[:3000], COMPOSITES, resamples=200).paths
    assert width == pytest.approx(((smaller["high"] - smaller["low"]) / 2).to_numpy(), rel=0.35)


@pytest.mark.parametrize("made", [COMPOSITES, MODE_B], ids=["mode A", "mode B"])
def test_paths_between_weighted_sums_are_recovered(made):
    r, _, truth = composite_population(made)
    fit = path_model(drawn(4000, "continuous", 1, r, made), made, resamples=0)
    assert fit.paths["coefficient"].to_numpy() == pytest.approx(list(truth.values()), abs=0.06)


def test_paths_between_common_factors_are_not():
    """What the docstring warns of: scores carry their items' errors, so paths come out too small."""
    fit = path_model(drawn(20_000, "continuous", 1, factor_population(COMPOSITES)), COMPOSITES, resamples=0)
    found = fit.paths.set_index(["antecedent", "consequence"])["coefficient"]
    assert found["satisfaction", "loyalty"] < 0.53  # true .60
    assert found["value", "loyalty"] > 0.02  # true 0: what the error leaves unexplained leaks


def test_limits_hold_what_they_promise():
    """A small version of the simulation behind docs/simulations-indices.md."""
    found = coverage("satisfied", 150, times=15, resamples=150, seed=4, size=50_000)
    assert found["paths"] > 0.88 and found["index"] > 0.85


def test_a_frame_of_whole_numbers_and_of_missing_ones(mobi):
    whole = mobi.astype("Int64")
    whole.loc[0, "CUSA1"] = pd.NA
    assert path_model(whole, ECSI, resamples=0).n == 249
