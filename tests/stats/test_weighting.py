"""Known margins: R's survey package, faults all at once, what weights mend."""

import numpy as np
import pytest

from gaps.model import Role, Withheld
from gaps.stats.weighting import Raking, rake
from tests.scoring.build import people, study

CELLS = (("f", "young", 12), ("m", "young", 6), ("f", "middle", 9), ("m", "middle", 15), ("f", "old", 7), ("m", "old", 11))
# R 4.2.2, survey 4.1-1: rake(design, list(~sex, ~age), …): weights per cell; sum(w)^2 / sum(w^2)
RAKED = (0.76069586630081, 0.47860826739838, 0.97626723463441, 0.61423965921935, 2.15503492752560, 1.35588686430189)
RAKED_EFFECTIVE = 47.816716417185
# calibrate(design, ~sex + age, pop, calfun = "raking", bounds = c(1e-6, 2.4))
CAPPED = (0.42197607759617, 0.15604784480837, 1.23736522987177, 0.45758086207694, 2.40000000000000, 1.74545454545455)


def sixty():
    sex, age = ([cell[k] for cell in CELLS for _ in range(cell[2])] for k in (0, 1))
    return study({"a": 1}, {Role.CUSTOMERS: people(60, sex=sex, age=age)}, P=[[5]] * 60, segments=("sex", "age"))


def cells(raking):
    assert isinstance(raking, Raking)
    frame = raking.study.customers
    return [frame.loc[frame["sex"].eq(s) & frame["age"].eq(a), "weight"].iloc[0] for s, a, _ in CELLS]


def test_raking_as_r_s_survey():
    made = rake(sixty(), {"sex": {"f": 55, "m": 45}, "age": {"young": 0.2, "middle": 0.3, "old": 0.5}})
    assert cells(made) == pytest.approx(RAKED, rel=1e-7)
    assert made.n_effective == pytest.approx(RAKED_EFFECTIVE, rel=1e-7)
    assert made.design_effect == pytest.approx(60 / RAKED_EFFECTIVE, rel=1e-7)
    assert (made.n, made.trimmed, made.largest) == (60, 0, pytest.approx(max(RAKED)))
    assert made.margins["after"].to_numpy() == pytest.approx(made.margins["target"].to_numpy())
    assert made.margins.loc[0, ["n", "before"]].tolist() == [28, pytest.approx(28 / 60)]


def test_a_cap_as_r_s_bounded_calibration():
    margins = {"sex": {"f": 55, "m": 45}, "age": {"young": 10, "middle": 30, "old": 60}}
    made = rake(sixty(), margins, cap=2.4)
    assert cells(made) == pytest.approx(CAPPED, rel=1e-6)
    assert (made.trimmed, made.largest) == (7, 2.4)
    assert made.margins["after"].to_numpy() == pytest.approx(made.margins["target"].to_numpy())
    refused = rake(sixty(), margins, cap=1.9)
    assert isinstance(refused, Withheld) and refused.reason == "cap_too_low"
    assert refused.values["needed"] == pytest.approx(2.72258711919183)
    assert rake(sixty(), margins, cap=None).largest == pytest.approx(2.72258711919183)


def test_all_faults_at_once():
    refused = rake(
        sixty(), {"sex": {"f": 50, "m": 40, "x": 10}, "age": {"young": 30, "old": 70}, "shoe": {"big": 1}, "respondent": {"1": 1}}
    )
    assert refused.reason == "impossible_margins"
    assert {(f.code, f.column, f.value) for f in refused.values["faults"]} == {
        ("category_without_respondents", "sex", "x"), ("category_without_share", "age", "middle"), ("column_missing", "shoe", None),
        ("column_missing", "respondent", None),
    }  # fmt: skip
    assert {f.code for f in rake(sixty(), {"sex": {"f": -1, "m": 2}}).values["faults"]} == {"not_a_share"}
    assert {f.code for f in rake(sixty(), {"sex": {"f": 0, "m": 0}}).values["faults"]} == {"not_a_share"}
    assert {f.code for f in rake(sixty(), {}).values["faults"]} == {"no_margins"}
    assert {f.code for f in rake(study({"a": 1}, M=[[5]]), {"sex": {"f": 1}}).values["faults"]} == {"no_respondents"}
    assert {
        f.code
        for f in rake(
            study({"a": 1}, {Role.CUSTOMERS: people(9, sex=["f"] * 7 + ["m"] * 2)}, P=[[5]] * 9), {"sex": {"f": 1, "m": 1}}
        ).values["faults"]
    } == {"too_few"}
    with pytest.raises(ValueError, match="cap"):
        rake(sixty(), {"sex": {"f": 1, "m": 1}}, cap=1)


def test_margins_that_contradict_each_other():
    """All women are young and all men old, but women shall be 60 % and the young 40 %."""
    made = study({"a": 1}, {Role.CUSTOMERS: people(20, sex=["f"] * 10 + ["m"] * 10, age=["young"] * 10 + ["old"] * 10)}, P=[[5]] * 20)
    refused = rake(made, {"sex": {"f": 60, "m": 40}, "age": {"young": 40, "old": 60}})
    assert isinstance(refused, Withheld) and refused.reason == "not_converged" and refused.values["missed"] > 0.01


def test_the_missing_keep_their_share():
    sex = ["f"] * 10 + ["m"] * 20 + [None] * 10
    made = rake(study({"a": 1}, {Role.CUSTOMERS: people(40, sex=sex)}, P=[[5]] * 40), {"sex": {"f": 50, "m": 50}})
    w = made.study.customers["weight"].to_numpy()
    assert w[30:] == pytest.approx(np.ones(10)) and w[:10] == pytest.approx(np.full(10, 1.5)) and w.mean() == pytest.approx(1)
    assert made.margins["after"].tolist() == pytest.approx([0.5, 0.5])


def test_given_weights_are_the_start_or_forgotten():
    made = sixty()
    weighted = made.with_(respondents={Role.CUSTOMERS: made.customers.assign(weight=np.linspace(1, 3, 60))})
    margins = {"sex": {"f": 1, "m": 1}}
    kept = rake(weighted, margins).study.customers["weight"]
    first = made.customers["sex"].eq("f").to_numpy()
    assert kept[first].max() / kept[first].min() > 1.5
    assert rake(weighted, margins, keep_weights=False).study.customers["weight"].equals(rake(made, margins).study.customers["weight"])
    assert "weight" not in made.customers and weighted.customers["weight"].iloc[0] == 1


def test_the_shares_there_are_weigh_everybody_alike():
    made = rake(sixty(), {"sex": {"f": 28, "m": 32}})
    assert made.study.customers["weight"].to_numpy() == pytest.approx(np.ones(60))
    assert made.n_effective == pytest.approx(60)
    assert made.study.fingerprint != sixty().fingerprint


def test_raking_mends_a_mean_that_depends_on_the_margin():
    """Old people are happier and answered twice as often; weighted to half and half the mean is that of the population."""
    rng = np.random.default_rng(3)
    age = np.array(["young"] * 200 + ["old"] * 400)
    y = np.where(age == "old", 6.0, 4.0) + rng.normal(0, 0.5, 600)
    made = study({"a": 1}, {Role.CUSTOMERS: people(600, age=list(age))}, P=y[:, None])
    w = rake(made, {"age": {"young": 0.5, "old": 0.5}}).study.customers["weight"].to_numpy()
    assert np.average(y, weights=w) == pytest.approx(5, abs=0.06) and y.mean() > 5.2
