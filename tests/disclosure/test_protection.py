"""Selections and rows by group: what a viewer can make of them must not single out anybody."""

from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.analysis import analyse
from gaps.disclosure import GUARDED, SMALL, Minimum, protect
from gaps.disclosure.asked import Question
from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Selection, Study

ITEMS = 2


def study(seed: int = 0, managers: list[str] | None = None, **customers: list) -> Study:
    """Customers with these labels (None: without) and random answers to two items; managers by unit, likewise."""
    instrument = Instrument("test", {}, tuple(Item(k + 1, "a") for k in range(ITEMS)), (Dimension("a"),), Scale(1, 7))
    rng = np.random.default_rng(seed)
    respondents, answers = {}, {}
    for role, labels, batteries in (
        (Role.CUSTOMERS, customers, (Battery.EXPECTATION, Battery.PERCEPTION)),
        (Role.MANAGERS, {} if managers is None else {"unit": managers}, (Battery.BELIEF, Battery.STANDARD)),
    ):
        if not labels:
            continue
        n = len(next(iter(labels.values())))
        columns = {name: pd.Categorical(v, categories=sorted({x for x in v if x is not None}), ordered=True) for name, v in labels.items()}
        respondents[role] = pd.DataFrame({"respondent": [f"{role[0]}{k}" for k in range(n)], **columns})
        for battery in batteries:
            answers[battery] = pd.DataFrame(rng.integers(1, 8, (n, ITEMS)).astype(np.float32), columns=[1, 2])
    segments = tuple(name for name in customers if name not in ("unit", "wave"))
    return Study("test", instrument, respondents, answers, segments=segments)


def units(*sizes: int) -> list[str]:
    """So many people in unit A, B, …"""
    return [chr(65 + k) for k, n in enumerate(sizes) for _ in range(n)]


def boxes(made: Study) -> list[Selection]:
    """Every selection that the filters of a study allow."""
    choices = {}
    for name in ("unit", "wave", *made.segments):
        if name in made.customers:
            values = list(made.customers[name].cat.remove_unused_categories().cat.categories)
            choices[name] = list(chain.from_iterable(combinations(values, k) for k in range(len(values) + 1)))
    found = []
    for picked in product(*choices.values()):
        chosen = dict(zip(choices, picked, strict=True))
        segments = tuple((name, chosen[name]) for name in made.segments if chosen[name])
        found.append(Selection(chosen.get("unit", ()), chosen.get("wave", ()), segments))
    return found


def shown(made: Study, minimum: Minimum, *questions: Question) -> np.ndarray:
    """Everything that is shown of customers, of these questions, as the people in it: each selection, and each row by group in it."""
    protection = protect(made, minimum)
    found = []
    values = {name: made.customers[name].astype(object) for name in protection.columns[Role.CUSTOMERS]}
    groups = {name: [(v, column.eq(v).to_numpy()) for v in column.dropna().unique()] for name, column in values.items()}
    for selection in boxes(made):
        protected = protection.select(selection).about(*questions)
        there = protected.kept[Role.CUSTOMERS]
        found.append(there)
        for name, some in groups.items():
            hidden = protected.hidden(Role.CUSTOMERS, (name,))
            found += [there & members for value, members in some if (value,) not in hidden]
    rows = np.unique(np.array(found), axis=0)
    return rows[rows.any(axis=1)].astype(float)


@st.composite
def small_studies(draw) -> Study:
    """Two or three columns of up to three values, some people without one; sometimes the second follows from the first."""
    n, seed = draw(st.integers(5, 60)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    columns = {}
    nested = draw(st.booleans())
    for name in ("unit", "wave", "age")[: 2 if nested else draw(st.integers(2, 3))]:
        kinds = draw(st.integers(2, 3))
        codes = rng.choice(kinds + 1, n, p=rng.dirichlet(np.full(kinds + 1, 0.8)))
        columns[name] = [None if c == kinds else f"{name} {c}" for c in codes]
    if nested:
        columns["region"] = [None if u is None else f"region {int(u[-1]) // 2}" for u in columns["unit"]]
    return study(seed, **columns)


@settings(max_examples=15, deadline=None)
@given(small_studies(), st.integers(2, 6))
def test_no_two_selections_or_rows_differ_by_fewer_than_the_minimum(made, minimum):
    rows = shown(made, Minimum(minimum, 1, 1))
    sizes, common = rows.sum(axis=1), rows @ rows.T
    everybody = sizes == len(made.customers)
    assert (sizes[~everybody] >= minimum).all()
    inner, outer = np.nonzero(common == sizes[:, None])
    left = sizes[outer] - sizes[inner]
    assert ((left == 0) | (left >= min(minimum, len(made.customers)))).all()


@settings(max_examples=10, deadline=None)
@given(small_studies())
def test_nobody_can_be_solved_for_from_all_selections_and_rows_together(made):
    rows = shown(made, Minimum())
    _, size, basis = np.linalg.svd(rows, full_matrices=False)
    share = (basis[size > 1e-9] ** 2).sum(axis=0)  # 1: this person's answers follow from what is shown
    assert (share < 1 - 1e-6).all() or len(made.customers) == 1


def test_the_answers_of_a_unit_of_three_do_not_follow_from_the_tables():
    """Units of 3 and 57 with the total shown, and units of 3, 9, 20: sums of answers taken from the result tables themselves."""
    for sizes in ((3, 57), (3, 9, 20)):  # the first is the smallest study in which a remainder gives a unit away
        made = study(1, unit=units(*sizes), age=["old" if k % 3 else "young" for k in range(sum(sizes))])
        protection = protect(made, Minimum())
        names, sums = [], []
        for selection in (box for box in boxes(made) if not (box.units and box.segments)):
            found = analyse(made, selection, protection=protection).gaps.frame
            row = found[found["item"].eq(1) & found["gap"].eq(5) & found["n_achieved"].ge(1)]
            for record in row.to_dict("records"):
                part = protection.select(selection).study.customers
                for column in ("unit", "segment_value"):
                    if isinstance(record[column], str):
                        part = part[part["unit" if column == "unit" else "age"].eq(record[column])]
                assert len(part) == record["n_achieved"] >= 5
                names.append(part["respondent"])
                sums.append(record["achieved"] * record["n_achieved"])
        system = np.array([made.customers["respondent"].isin(some) for some in names], float)
        answers = made.answers[Battery.PERCEPTION][1].to_numpy(float)
        assert np.allclose(system @ answers, sums, atol=1e-4)  # the system is what a viewer knows
        unit_of_three = np.repeat([1.0, 0.0], [3, sum(sizes) - 3])
        solution = np.linalg.lstsq(system.T, unit_of_three, rcond=None)[0]
        assert np.linalg.norm(system.T @ solution - unit_of_three) > 0.1


def test_everybody_is_shown_however_few():
    made = study(unit=units(1, 1, 1))
    protected = protect(made, Minimum()).select(Selection())
    assert protected.study is made
    assert protected.left_out == ()
    assert protected.hidden(Role.CUSTOMERS, ("unit",)) == {("A",): SMALL, ("B",): SMALL, ("C",): SMALL}


def test_a_selection_leaves_hidden_groups_out_and_says_how_many():
    made = study(unit=units(2, 3, 6, 57))
    protected = protect(made, Minimum()).select(Selection(units=("A", "B", "C")))
    assert list(protected.study.customers["unit"].unique()) == ["C"]
    assert [(one.role, one.small, one.guarded) for one in protected.left_out] == [(Role.CUSTOMERS, 2, 0)]
    assert protected.hidden(Role.CUSTOMERS, ("unit",)) == {("A",): SMALL, ("B",): SMALL}


def test_a_selection_of_nothing_else_is_empty():
    protected = protect(study(unit=units(3, 57)), Minimum()).select(Selection(units=("B",)))
    assert protected.study.n(Role.CUSTOMERS) == 0
    assert protected.emptied(Role.CUSTOMERS)
    assert [(one.small, one.guarded) for one in protected.left_out] == [(0, 1)]


def test_managers_have_a_minimum_of_their_own():
    made = study(unit=units(20, 20, 20), managers=units(1, 2, 6))
    protected = protect(made, Minimum()).select(Selection())
    assert protected.hidden(Role.CUSTOMERS, ("unit",)) == {}
    assert protected.hidden(Role.MANAGERS, ("unit",)) == {("A",): SMALL, ("B",): SMALL}


def test_labels_of_hidden_groups_are_blank_in_what_is_shown_and_kept_for_models():
    made = study(unit=units(3, 9, 57), age=["old"] * 69)
    protected = protect(made, Minimum()).select(Selection())
    assert protected.hidden(Role.CUSTOMERS, ("unit",)) == {("A",): SMALL, ("B",): GUARDED}
    assert protected.shown.units == ("C",)
    assert protected.shown.n(Role.CUSTOMERS) == 69
    assert protected.study.units == ("A", "B", "C")
    assert made.customers["unit"].notna().all()


def test_columns_crossed_are_blank_where_their_crossing_is_hidden():
    made = study(unit=units(30, 30), age=["old"] * 3 + ["young"] * 27 + ["old"] * 15 + ["young"] * 15)
    protected = protect(made, Minimum()).select(Selection())
    assert protected.hidden(Role.CUSTOMERS, ("unit", "age")) == {
        ("A", "old"): SMALL, ("A", "young"): GUARDED, ("B", "old"): GUARDED, ("B", "young"): GUARDED,
    }  # fmt: skip
    assert protected.shown.customers["unit"].notna().all()
    assert protected.blanked(["unit", "age"]).customers["unit"].isna().all()
    assert protected.blanked(["unit"]).customers["unit"].notna().all()


def test_a_minimum_of_one_changes_nothing():
    made = study(unit=units(1, 2, 57))
    protected = protect(made, Minimum.of("1")).select(Selection(units=("A", "B")))
    assert protected.study.n(Role.CUSTOMERS) == 3
    assert protected.left_out == ()
    assert protected.shown is protected.study


def test_unknown_names_are_refused_as_without_protection():
    with pytest.raises(ValueError, match="no such unit"):
        protect(study(unit=units(9, 9)), Minimum()).select(Selection(units=("Z",)))
