"""The five gaps: hand-worked studies of every design, what is withheld, and what must not change the numbers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps import scoring
from gaps.columns import GLOSSARY
from gaps.model import Battery, Gap, Role, Scale
from gaps.scoring.gap_table import welch
from gaps.scoring.tables import GAP_COLUMNS
from tests.oracles.scoring import WELCH
from tests.scoring.build import NONE, people, random_study, study

NAN = np.nan
NUMBERS = ["expected", "achieved", "mean", "sd", "se", "df"]


def only(table, **where):
    rows = table.rows(**where)
    assert len(rows) == 1
    return rows.iloc[0]


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True), rtol=1e-9, atol=1e-9)


@pytest.fixture
def same_items():
    return study(
        {"a": 2, "b": 1},
        E=[[7, 7, 6], [6, 5, 7], [7, 6, None], [5, None, 5]],
        P=[[5, 6, 6], [6, 3, 4], [4, 5, 3], [None, 4, 6]],
        M=[[7, 6, 7], [5, 5, 6]],
        S=[[6, 6, 5], [5, 4, None]],
        V=[[5, 5, 5], [4, 3, 6], [6, 4, 4]],
        C=[[6, 6, 7], [5, 5, 5], [7, 7, 6]],
    )


def test_gap_5_is_the_mean_of_paired_differences(same_items):
    table = scoring.gap_table(same_items)
    item = table.rows(gap=5, level="item").set_index("item")
    # item 1: respondents 1-3 have both answers, 5-7, 6-6, 4-7
    assert item.loc[1, ["n_expected", "n_achieved"]].tolist() == [3, 3]
    assert item.loc[1, "expected"] == pytest.approx(20 / 3)
    assert item.loc[1, "achieved"] == 5
    assert item.loc[1, "mean"] == pytest.approx(-5 / 3)
    assert item.loc[1, "sd"] == pytest.approx(math.sqrt(7 / 3))  # deviations -1/3, 5/3, -4/3: 42/9 over 2
    assert item.loc[1, "se"] == pytest.approx(math.sqrt(7) / 3)
    assert item.loc[1, "df"] == 2
    # dimension a: -1.5, -1, -2; the fourth has no pair at all
    a = only(table, gap=5, level="dimension", dimension="a")
    assert (a["n_achieved"], a["mean"], a["sd"]) == (3, -1.5, pytest.approx(0.5))
    # total: means of dimensions (-1.5, 0) = -.75, (-1, -3) = -2, (-2) = -2, (1) = 1
    total = only(table, gap=5, level="total")
    assert total["n_achieved"] == 4
    assert total["mean"] == pytest.approx((-0.75 - 2 - 2 + 1) / 4)
    assert total["mean"] == total["achieved"] - total["expected"]


def test_gap_1_compares_different_people(same_items):
    b = only(scoring.gap_table(same_items), gap=1, level="dimension", dimension="b")
    # customers 6, 7, 5 (one missing); managers 7, 6
    assert b[["n_expected", "n_achieved"]].tolist() == [3, 2]
    assert (b["expected"], b["achieved"], b["mean"]) == (6, 6.5, 0.5)
    v_customers, v_managers = 1 / 3, 0.5 / 2
    assert b["se"] == pytest.approx(math.sqrt(v_customers + v_managers))
    assert b["df"] == pytest.approx((v_customers + v_managers) ** 2 / (v_customers**2 / 2 + v_managers**2 / 1))
    assert np.isnan(b["sd"])


def test_gap_2_and_gap_4_are_paired_gap_3_is_not(same_items):
    table = scoring.gap_table(same_items)
    two = only(table, gap=2, level="dimension", dimension="a")
    assert (two["n_expected"], two["mean"], two["sd"]) == (2, -0.5, 0)  # (6+6)/2 - (7+6)/2 and (5+4)/2 - 5
    assert only(table, gap=2, level="dimension", dimension="b")["withheld"] == "single_answer"
    four = only(table, gap=4, level="dimension", dimension="b")
    assert four["mean"] == pytest.approx((-2 + 1 - 2) / 3)  # V - C: promised above delivered is negative
    assert four["sd"] == pytest.approx(math.sqrt(3))
    three = only(table, gap=3, level="dimension", dimension="a")
    assert three["mean"] == pytest.approx((5 + 3.5 + 5) / 3 - (6 + 4.5) / 2)
    assert three[["n_expected", "n_achieved"]].tolist() == [2, 3]
    assert np.isnan(three["sd"]) and three["se"] > 0


def test_direct_design_stands_below_the_scale_maximum():
    made = study(
        {"a": 1, "b": 1, "c": 1},
        E=[[7, 7, 7]],
        P=[[6, 6, 6]],
        ratings={Gap.STANDARDS: {"a": [7, 5, 6], "b": [4, NONE, 6], "c": [NONE, NONE, None]}},
    )
    table = scoring.gap_table(made)
    assert table.designs == {1: None, 2: "direct", 3: None, 4: None, 5: "items"}
    a = only(table, gap=2, level="dimension", dimension="a")
    assert (a["expected"], a["achieved"], a["mean"], a["sd"], a["n_none"]) == (7, 6, -1, 1, 0)
    assert a["se"] == pytest.approx(1 / math.sqrt(3))
    b = only(table, gap=2, level="dimension", dimension="b")
    assert (b["n_expected"], b["n_achieved"], b["mean"], b["n_none"]) == (2, 2, -2, 1)
    c = only(table, gap=2, level="dimension", dimension="c")
    assert (c["n_achieved"], c["n_none"], c["withheld"]) == (0, 2, "no_answers")
    assert np.isnan(c["mean"]) and np.isnan(c["expected"])
    total = only(table, gap=2, level="total")  # 5.5; the second has one of three dimensions, too few; 6
    assert (total["n_achieved"], total["achieved"], total["n_none"]) == (2, 5.75, 2)
    assert not len(table.rows(gap=2, level="item"))


def test_three_column_study_uses_the_desired_level():
    table = scoring.gap_table(study({"a": 1}, A=[[5], [6]], D=[[8], [9]], P=[[7], [7]], M=[[7], [9]], scale=Scale(1, 9)))
    five, one = only(table, gap=5, level="total"), only(table, gap=1, level="total")
    assert (five["expected"], five["achieved"], five["mean"]) == (8.5, 7, -1.5)
    assert (one["expected"], one["achieved"], one["mean"]) == (8.5, 8, -0.5)


def test_what_was_not_asked_is_said_once_per_unit_and_wave():
    roles = {Role.CUSTOMERS: people(4, unit=["A", "B", "A", "B"], wave=["1", "1", "2", "2"])}
    table = scoring.gap_table(study({"a": 2}, roles, E=[[7, 7]] * 4, P=[[6, 6]] * 4))
    rows = table.rows(gap=3)
    assert rows["withheld"].tolist() == ["not_measured"] and rows["n_achieved"].tolist() == [0]
    assert len(table.frame[table.frame["gap"].eq(3)]) == 1 + 2 + 2 + 4
    assert table.frame.loc[table.frame["gap"].eq(3), NUMBERS].isna().all().all()


def test_single_answers_have_a_mean_but_no_spread():
    table = scoring.gap_table(study({"a": 1}, E=[[7]], P=[[5]], M=[[6], [7]]))
    for gap, mean in ((1, -0.5), (5, -2)):
        row = only(table, gap=gap, level="total")
        assert (row["mean"], row["withheld"]) == (mean, "single_answer")
        assert row[["sd", "se", "df"]].isna().all()


def test_a_side_without_answers_withholds_the_gap_but_not_the_other_side():
    row = only(scoring.gap_table(study({"a": 1}, E=[[7], [6]], M=[[None], [None]])), gap=1, level="total")
    assert (row["expected"], row["n_expected"], row["n_achieved"], row["withheld"]) == (6.5, 2, 0, "no_answers")
    assert np.isnan(row["mean"])


def test_people_without_unit_or_wave_count_in_totals_only():
    roles = {Role.CUSTOMERS: people(3, unit=["A", "A", None], wave=["1", None, "1"])}
    table = scoring.gap_table(study({"a": 1}, roles, E=[[7], [7], [7]], P=[[6], [5], [1]]))
    assert only(table, gap=5, level="total")["n_achieved"] == 3
    assert only(table, gap=5, level="total", unit="A")["mean"] == -1.5
    assert only(table, gap=5, level="total", wave="1")["mean"] == -3.5
    assert only(table, gap=5, level="total", unit="A", wave="1")["mean"] == -1
    assert not len(table.rows(unit="*").query("unit == ''"))


def test_rows_keep_the_natural_order_of_units():
    roles = {Role.CUSTOMERS: people(3, unit=["Branch 10", "Branch 9", "Branch 1"])}
    table = scoring.gap_table(study({"a": 1}, roles, E=[[7]] * 3, P=[[6]] * 3))
    assert table.rows(gap=5, unit="*", level="total")["unit"].tolist() == ["Branch 1", "Branch 9", "Branch 10"]


def test_a_unit_only_managers_belong_to_has_its_rows():
    roles = {Role.CUSTOMERS: people(2, unit=["A", "A"]), Role.MANAGERS: people(2, unit=["A", "B"])}
    table = scoring.gap_table(study({"a": 1}, roles, E=[[7], [6]], P=[[6], [6]], M=[[6], [6]], S=[[5], [6]]))
    assert only(table, gap=5, unit="B", level="total")["withheld"] == "no_answers"
    assert only(table, gap=2, unit="B", level="total")["mean"] == 0


def test_segments_only_for_the_customers_gaps_with_all_managers_beside():
    table = scoring.gap_table(random_study(seed=2, n=200))
    segments = table.frame[table.frame["segment"].notna()]
    assert set(segments["gap"]) == {1, 5}
    assert segments["unit"].isna().all() and segments["wave"].isna().all()
    total = only(table, gap=1, level="total")
    rows = table.rows(gap=1, segment="sex", level="total")
    assert rows["segment_value"].tolist() == ["sex 1", "sex 2"]
    assert rows["n_achieved"].eq(total["n_achieved"]).all() and rows["achieved"].sub(total["achieved"]).abs().max() < 1e-12
    assert rows["n_expected"].sum() < total["n_expected"]  # some customers say nothing of themselves


def test_groupings_levels_and_columns():
    made = random_study()
    table = scoring.gap_table(made, by=(("unit",),), segments=False, items=False)
    assert table.frame["unit"].notna().all() and table.frame["item"].isna().all() and table.frame["segment"].isna().all()
    full = scoring.gap_table(made).frame
    assert tuple(full.columns) == GAP_COLUMNS and set(GAP_COLUMNS) <= set(GLOSSARY)
    keys = ["gap", "unit", "wave", "segment", "segment_value", "dimension", "item"]
    assert not full.duplicated(keys).any()
    one = full[full["gap"].eq(5) & full[["unit", "wave", "segment"]].isna().all(axis=1)]
    assert one["dimension"].isna().tolist() == [True] + [False] * 12
    assert one["item"].tolist()[4:] == list(range(1, 10))
    for wrong in (("segment",), ("unit", "unit")):
        with pytest.raises(ValueError, match="grouped by"):
            scoring.gap_table(made, by=(wrong,))


def test_welch_reproduces_the_worked_example():
    se, df = welch(np.array([0.55 / 6**0.5]), np.array([6.0]), np.array([0.72 / 120**0.5]), np.array([120.0]))
    assert se[0] == pytest.approx(WELCH["se"], abs=5e-6)
    assert df[0] == pytest.approx(WELCH["df"], abs=5e-3)
    assert -0.35 / se[0] == pytest.approx(WELCH["t"], abs=5e-4)


def test_welch_without_any_variation():
    se, df = welch(np.zeros(1), np.array([4.0]), np.zeros(1), np.array([6.0]))
    assert (se[0], df[0]) == (0, 8)


def test_everybody_alike_has_no_spread_at_all():
    # thirds are not exact in binary: without care their spread comes out as 1e-8, and a p value with it
    made = study({"a": 3}, E=[[7, 7, 7]] * 1000, P=[[7, 7, 6]] * 1000, M=[[7, 7, 6]] * 4)
    table = scoring.gap_table(made)
    assert only(table, gap=5, level="total")["mean"] == pytest.approx(-1 / 3, abs=1e-12)
    for gap in (1, 5):
        assert only(table, gap=gap, level="total")["se"] == 0


def test_case_weights_by_hand():
    roles = {Role.CUSTOMERS: people(3, weight=[1, 2, 3])}
    table = scoring.gap_table(study({"a": 1}, roles, E=[[7], [6], [5]], P=[[6], [6], [6]], M=[[7], [6]]))
    five = only(table, gap=5, level="total")  # differences -1, 0, 1; mean (-1 + 3)/6
    m = 1 / 3
    assert five["mean"] == pytest.approx(m)
    squares = [(-1 - m) ** 2, m**2, (1 - m) ** 2]
    assert five["sd"] == pytest.approx(math.sqrt(1.5 * (squares[0] + 2 * squares[1] + 3 * squares[2]) / 6))
    assert five["se"] == pytest.approx(math.sqrt(1.5 * (squares[0] + 4 * squares[1] + 9 * squares[2])) / 6)
    assert (five["n_achieved"], five["df"]) == (3, 2)
    assert only(table, gap=1, level="total")["expected"] == pytest.approx((7 + 12 + 15) / 6)


def test_equal_weights_change_nothing():
    plain, weighted = random_study(seed=7), random_study(seed=7, weight=np.full(60, 2.5))
    same(scoring.gap_table(plain).frame, scoring.gap_table(weighted).frame)


def test_weights_like_copies_give_the_mean_of_the_copies():
    made = random_study(seed=8, n=30, units=0, waves=0, weight=np.tile([1.0, 2.0, 3.0], 10), batteries="EP")
    copies = np.repeat(np.arange(30), np.tile([1, 2, 3], 10))

    def part(frame):
        return frame.take(copies).reset_index(drop=True)

    expanded = made.with_(
        respondents={Role.CUSTOMERS: part(made.customers.drop(columns="weight"))},
        answers={battery: part(frame) for battery, frame in made.answers.items()},
    )
    left, right = (scoring.gap_table(s, by=((),)).frame for s in (made, expanded))
    for name in ("expected", "achieved", "mean"):
        np.testing.assert_allclose(left[name], right[name], atol=1e-12)


def _shifted(made, by: float):
    return made.with_(answers={battery: frame + by for battery, frame in made.answers.items()})


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([-3.0, 1.0, 2.5, 40.0]))
def test_shifting_all_answers_shifts_no_gap(seed, by):
    made = random_study(seed, n=25)
    left, right = (scoring.gap_table(s).frame for s in (made, _shifted(made, by)))
    same(left.drop(columns=["expected", "achieved"]), right.drop(columns=["expected", "achieved"]))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_columns_is_nothing(seed):
    made = random_study(seed, n=25)
    rng = np.random.default_rng(seed)
    order = {role: rng.permutation(made.n(role)) for role in made.respondents}
    mixed = made.with_(
        respondents={role: frame.take(order[role]).reset_index(drop=True) for role, frame in made.respondents.items()},
        answers={
            battery: frame.take(order[battery.role]).reset_index(drop=True)[rng.permutation(frame.columns)]
            for battery, frame in made.answers.items()
        },
    )
    same(scoring.gap_table(made).frame, scoring.gap_table(mixed).frame)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_reversed_answers_turn_every_gap_round_and_twice_is_the_identity(seed):
    made = random_study(seed, n=25)

    def reverse(s):
        return s.with_(answers={battery: s.instrument.scale.reverse(frame) for battery, frame in s.answers.items()})

    table, turned, back = (scoring.gap_table(s).frame for s in (made, reverse(made), reverse(reverse(made))))
    np.testing.assert_allclose(table["mean"], -turned["mean"], atol=1e-9)
    np.testing.assert_allclose(table["se"], turned["se"], atol=1e-9)
    pd.testing.assert_frame_equal(table, back)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_estimates_agree_with_numpy_in_every_cell(seed):
    made = random_study(seed, n=40, missing=0.2)
    table = scoring.gap_table(made)
    scores = scoring.customer_scores(made)
    for (unit, wave), rows in made.customers.groupby(["unit", "wave"], observed=True):
        d = scores.gap_total[rows.index].dropna().to_numpy()
        row = only(table, gap=5, unit=unit, wave=wave, level="total")
        assert row["n_achieved"] == len(d)
        if len(d) > 1:
            assert row["mean"] == pytest.approx(d.mean(), abs=1e-12)
            assert row["sd"] == pytest.approx(d.std(ddof=1), abs=1e-9)
            assert row["se"] == pytest.approx(d.std(ddof=1) / math.sqrt(len(d)), abs=1e-9)


def test_unweighted_means_of_units_add_up_to_the_total():
    made = random_study(seed=11, n=200)
    made = made.with_(respondents={**made.respondents, Role.CUSTOMERS: made.customers.assign(unit=made.customers["unit"].fillna("unit 1"))})
    table = scoring.gap_table(made)
    units, total = table.rows(gap=5, unit="*", level="total"), only(table, gap=5, level="total")
    assert units["n_achieved"].sum() == total["n_achieved"]
    assert np.average(units["mean"], weights=units["n_achieved"]) == pytest.approx(total["mean"], abs=1e-12)


def test_large_answers_keep_their_digits():
    """A scale far from zero: the spread must not drown in the squares."""
    near = random_study(seed=12, missing=0)
    far = near.with_(
        instrument=study({"a": 3, "b": 2, "c": 4}, E=[], scale=Scale(1e7 + 1, 1e7 + 7)).instrument,
        answers={battery: frame.astype(np.float64) + 1e7 for battery, frame in near.answers.items()},
    )
    left, right = (scoring.gap_table(s).frame for s in (near, far))
    np.testing.assert_allclose(left["se"], right["se"], rtol=1e-6)


def test_answers_of_missing_items_count_as_missing():
    made = study({"a": 2}, E=[[7, 7], [6, 6]], P=[[6, 5], [6, 6]])
    made = made.with_(answers={**made.answers, Battery.PERCEPTION: made.answers[Battery.PERCEPTION][[1]]})
    table = scoring.gap_table(made)
    assert table.rows(gap=5, level="item")["n_achieved"].tolist() == [2, 0]
    assert only(table, gap=5, level="total")["mean"] == -0.5
