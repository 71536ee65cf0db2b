"""The table that regressions on dimensions are computed from."""

import numpy as np
import pandas as pd
import pytest

from gaps.stats import bootstrap, drivers
from gaps.stats.score_model import ScoreModel, answered, given
from tests.scoring.build import random_study


def alike(frame: pd.DataFrame, value: float) -> pd.DataFrame:
    """Everybody gives the items of dimension a the same answer."""
    changed = frame.copy()
    changed[[1, 2, 3]] = value
    return changed


def test_its_columns_are_those_of_the_regression_less_the_middles_of_the_scales():
    made = random_study(1, 80, missing=0.3)
    model = ScoreModel("overall_quality", "P,E", ("a", "b"))
    table, scores = model.table(made), given(made)
    assert model.names == ("P:a", "E:a", "P:b", "E:b")
    columns = [made.customers["overall_quality"], *(scores[kind][d] for d in ("a", "b") for kind in ("perception", "expectation"))]
    plain = np.column_stack(columns)
    complete = np.isfinite(plain).all(axis=1)
    assert 0 < complete.sum() < 80
    assert (table[:, 0] == complete).all()
    assert table[complete, 1:] == pytest.approx(plain[complete] - 4)
    assert not table[~complete].any()


def test_gaps_are_measured_from_zero():
    made = random_study(2, 40)
    table = ScoreModel("overall_quality", "P-E", ("c",)).table(made)
    there = table[:, 0] == 1
    assert table[there, 2] == pytest.approx(given(made)["gap"]["c"].to_numpy()[there])


@pytest.mark.parametrize("batteries", ["EP", "P"])
def test_a_dimension_that_nobody_answered_is_not_among_them(batteries):
    made = random_study(3, 40, batteries=batteries)
    assert answered(made) == ("a", "b", "c")
    blank = {battery: alike(frame, np.nan) for battery, frame in made.answers.items()}
    assert answered(made.with_(answers=blank)) == ("b", "c")


def test_fits_by_cell_are_those_of_the_customers_one_by_one():
    made = random_study(4, 500, units=9, missing=0.1)
    units = made.customers["unit"].fillna("unit 1")
    made = made.with_(respondents={**made.respondents, next(iter(made.respondents)): made.customers.assign(unit=units)})
    by_cell = drivers.study_models(made, "overall_quality", resamples=50)
    rows = drivers.dimension_models(made.customers["overall_quality"], given(made), "overall_quality", unit=units, resamples=50)
    for found, expected in zip(by_cell, rows, strict=True):
        for name in ("inference", "units", "n", "n_left_out", "resampled_by"):
            assert getattr(found, name) == getattr(expected, name)
        assert found.inference == "cr2"
        for one, other in zip(found.terms, expected.terms, strict=True):
            numbers = ("b", "se", "low", "high", "beta", "p", "vif", "r", "share", "share_low", "share_high", "p_first")
            assert [getattr(one, k) for k in numbers] == pytest.approx([getattr(other, k) for k in numbers], rel=1e-9, abs=1e-11)


def test_a_column_that_does_not_vary_is_known_by_its_products():
    made = random_study(5, 60, missing=0.0)
    answers = {battery: alike(frame, 6.1) for battery, frame in made.answers.items()}
    table = ScoreModel("overall_quality", "P", ("a", "b")).table(made.with_(answers=answers))
    assert np.diag(bootstrap.correlations(table.T @ table)).tolist() == pytest.approx([1, 0, 1])
