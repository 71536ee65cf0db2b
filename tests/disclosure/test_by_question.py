"""Questions that were put to some only: what rests on them is guarded by those who were asked, in every table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.analysis import analyse
from gaps.disclosure import GUARDED, SMALL, Minimum, protect
from gaps.model import UNIT, WAVE, Battery, Fewer, Gap, Role, Scale, Selection, Study, Withheld
from tests.disclosure.test_pieces import assert_guarded, changed, contrasted, tables, with_managers
from tests.disclosure.test_protection import boxes, shown, small_studies, study, units

MINIMUM = Minimum(5, 3, 3)
ITEM, QUALITY = (Battery.PERCEPTION, 2), ("outcome", "overall_quality")


def put_to(made: Study, asked: np.ndarray) -> Study:
    """Only these customers were asked how they perceive the second item, and the outcome."""
    perceived = made.answers[Battery.PERCEPTION].copy()
    perceived.loc[~asked, 2] = np.nan
    outcome = np.where(asked, np.arange(len(asked)) % 7 + 1.0, np.nan)
    return made.with_(
        answers={**made.answers, Battery.PERCEPTION: perceived},
        respondents={**made.respondents, Role.CUSTOMERS: made.customers.assign(overall_quality=outcome)},
        outcomes={"overall_quality": Scale(1, 7)},
    )


def second_wave_of(*, small: int = 3) -> Study:
    """Units of 40, 40, 20 and 12; the second wave has half of the first three, and few of the last."""
    wave = [*["1", "2"] * 50, *["1"] * (12 - small), *["2"] * small]
    made = study(2, unit=units(40, 40, 20, 12), wave=wave)
    return put_to(made, np.array(wave) == "2")


def test_where_everybody_was_asked_everything_nothing_changes():
    made = study(unit=units(20, 3, 40), wave=["1", "2"] * 31 + ["1"])
    protection = protect(made, MINIMUM)
    assert not protection.asked
    protected = protection.select(Selection(units=("A", "C")))
    assert protected.about(Gap.CUSTOMER, Battery.BELIEF, "overall_quality") is protected
    assert len(protection.tables[Role.CUSTOMERS].atoms) == 2


def test_a_group_is_hidden_for_what_few_of_it_were_asked_and_so_is_another():
    protected = protect(second_wave_of(), MINIMUM).select(Selection())
    assert protected.hidden(Role.CUSTOMERS, (UNIT,)) == {}
    hidden = {("C",): GUARDED, ("D",): SMALL}
    for what in (ITEM, QUALITY, Gap.CUSTOMER, (Gap.CUSTOMER, "a", 2), (Gap.CUSTOMER, "a", None), "overall_quality"):
        assert protected.about(what).hidden(Role.CUSTOMERS, (UNIT,)) == hidden
    for what in (Battery.EXPECTATION, (Gap.CUSTOMER, "a", 1), Gap.KNOWLEDGE, None):
        assert protected.about(what) is protected


def test_with_enough_asked_in_each_group_every_group_is_shown():
    protected = protect(second_wave_of(small=6), MINIMUM).select(Selection())
    assert protected.about(Gap.CUSTOMER).hidden(Role.CUSTOMERS, (UNIT,)) == {}


def test_a_group_is_hidden_in_a_dimension_for_the_few_who_were_not_asked_all_of_it():
    """Unit D: 9 of 12 were asked the second item; the mean of the dimension less those of the items would tell of the other three."""
    protected = protect(second_wave_of(small=9), MINIMUM).select(Selection())
    assert protected.about((Gap.CUSTOMER, "a", 1)).hidden(Role.CUSTOMERS, (UNIT,)) == {}
    assert protected.about(ITEM).hidden(Role.CUSTOMERS, (UNIT,)) == {("C",): GUARDED, ("D",): GUARDED}  # as the unit's second wave is
    assert protected.about((Gap.CUSTOMER, "a", None)).hidden(Role.CUSTOMERS, (UNIT,)) == {("C",): GUARDED, ("D",): SMALL}


def test_a_selection_leaves_out_of_a_question_whom_it_may_not_show():
    protection = protect(second_wave_of(), MINIMUM)
    both = protection.select(Selection(units=("A", "D")))
    assert both.study.units == ("A", "D")
    assert both.about(ITEM).study.units == ("A",)
    assert protection.select(Selection(units=("D",))).about(ITEM).emptied(Role.CUSTOMERS)
    assert both.about(ITEM).about(Battery.EXPECTATION).study.units == ("A", "D")


def test_the_gap_table_hides_rows_of_these_questions_only():
    made = second_wave_of()
    found = analyse(made, protection=protect(made, MINIMUM), resamples=1)
    assert list(found.gaps_in_files.frame.columns) == list(found.gaps.frame.columns)
    rows = found.gaps_in_files.frame.query("gap == 5 and unit.notna()").set_index([UNIT, "item"])["withheld"]
    assert rows.xs(1.0, level="item").eq("").all()
    for some in (rows.xs(2.0, level="item"), rows[rows.index.get_level_values("item").isna()]):
        assert set(some[some.ne("")].index.get_level_values(0) if some.index.nlevels > 1 else some[some.ne("")].index) == {"C", "D"}
    whole = found.gaps.rows(gap=5, level="total").iloc[0]
    assert whole["n_achieved"] == 112
    outcome = found.deeper().differences.contrasts.of(UNIT, "overall_quality").set_index("group")
    assert outcome["withheld"].to_dict() | {"A": "", "B": ""} == {"A": "", "B": "", "C": GUARDED, "D": SMALL}
    assert outcome["n_rest"].dropna().to_dict() == {"A": 20, "B": 20}


def test_under_a_filter_each_result_is_of_whom_may_be_shown():
    made = second_wave_of()
    protection = protect(made, MINIMUM)
    found = analyse(made, Selection(units=("A", "D")), protection=protection, resamples=1)
    assert found.gaps.rows(gap=5, level="total")["n_achieved"].tolist() == [40]
    assert found.gaps.frame.query("gap == 5 and item == 1 and unit.isna() and wave.isna()")["n_achieved"].tolist() == [52]
    assert found.servqual.unweighted.n == found.figures.share.n == 40
    assert found.figures.quality.n == 20
    alone = analyse(made, Selection(units=("D",)), protection=protection, resamples=1)
    assert alone.study.n(Role.CUSTOMERS) == 12
    reasons = [alone.servqual.unweighted, *(figure for _, figure in alone.figures.each())]
    assert [reason.reason for reason in reasons] == [SMALL] * len(reasons)
    assert isinstance(alone.asymmetry[0].n, Fewer)
    assert alone.deeper().profile.frame["withheld"].eq(SMALL).all()
    assert alone.reliability.frame.query("battery == 'P'")["withheld"].eq(SMALL).all()
    assert alone.gaps.rows(gap=5, level="total")["withheld"].tolist() == [SMALL]
    assert alone.deeper().distributions.reason == SMALL
    assert alone.deeper().plan is not None  # computed from nobody, it ends
    state = next(finding for finding in alone.described if finding.code == "state_withheld")
    assert state.values == {"reason": "few_asked", "least": 5}


def test_comparisons_and_a_units_page_hide_them_too():
    made = second_wave_of()
    deeper = analyse(made, protection=protect(made, MINIMUM), resamples=1).deeper()
    rows = deeper.compared(Selection(units=("D",)), Selection(units=("A",))).frame
    shown_rows = rows[rows["mean"].notna()]
    assert shown_rows[["measure", "item"]].values.tolist() == [["gap", 1.0]]
    assert rows.loc[rows["mean"].isna() & rows["n"].isna(), "withheld"].eq("confidential").all()
    page = deeper.unit("D")
    assert page.table.rows(gap=5)["mean"].isna().all()
    assert page.n[Role.CUSTOMERS] == (12, 112)
    assert isinstance(page.latest_change, Withheld)
    assert deeper.unit("A").table.rows(gap=5, level="total")["mean"].notna().all()


@st.composite
def asked_of_some(draw) -> tuple[Study, np.ndarray]:
    """A small study in which a wave, or a unit and a wave of another, were not asked the second item and the outcome."""
    made = draw(small_studies())
    values = [f"{name} {k}" for name in (UNIT, WAVE) for k in range(2)]
    left_out = draw(st.sampled_from([[values[2]], [values[0]], [values[0], values[3]]]))
    frame = made.customers
    asked = np.ones(len(frame), bool)
    for value in left_out:
        asked &= ~frame[value.split()[0]].eq(value).to_numpy()
    return put_to(made, asked), asked


@settings(max_examples=12, deadline=None)
@given(asked_of_some())
def test_no_two_sets_of_those_asked_differ_by_fewer_than_the_minimum(both):
    made, _ = both
    protection = protect(made, MINIMUM)
    if not protection.asked:
        return
    kinds = protection.asked.kinds[Role.CUSTOMERS][made.cells[Role.CUSTOMERS].of]
    for what, some in ((ITEM, protection.asked.some[Role.CUSTOMERS][ITEM]), (Gap.CUSTOMER, range(kinds.max() + 1))):
        sets = shown(made, MINIMUM, what).astype(bool)
        for kind in some:
            if (people := kinds == kind).sum() >= MINIMUM.customers:
                assert_guarded(list(sets[:, people]), MINIMUM.customers)


@settings(max_examples=4, deadline=None)
@given(asked_of_some(), st.integers(0, 2**32 - 1))
def test_numbers_of_these_questions_rest_on_these_people(both, seed):
    """The people behind the numbers of tables, contrasts and changes are those told beside these, and guarded kind by kind."""
    made, _ = both
    rng = np.random.default_rng(seed)
    made = with_managers(made, rng)
    protection, everything = protect(made, MINIMUM), boxes(made)
    if not protection.asked:
        return
    sets = list(shown(made, MINIMUM, Gap.CUSTOMER).astype(bool))
    for selection in [Selection(), *(everything[k] for k in rng.integers(len(everything), size=2))]:
        found = analyse(made, selection, protection=protection, resamples=1, crossed=True)
        there = protection.select(selection).about(Gap.CUSTOMER).kept[Role.CUSTOMERS]
        if there.any():
            changes = changed(made, found.deeper().differences.changes, there, Role.CUSTOMERS)
            for people, n in [*tables(made, found.gaps.frame, there, Role.CUSTOMERS), *contrasted(made, found, there), *changes]:
                assert people.sum() == n
                sets.append(people)
    kinds = protection.asked.kinds[Role.CUSTOMERS][made.cells[Role.CUSTOMERS].of]
    for kind in range(kinds.max() + 1):
        if (people := kinds == kind).sum() >= MINIMUM.customers:
            assert_guarded([one[people] for one in sets], MINIMUM.customers)


@pytest.mark.parametrize("sizes", [(3, 57), (3, 9, 20)])
def test_the_answers_of_the_three_asked_in_a_unit_do_not_follow_from_the_tables(sizes):
    """Units of which the second wave has these; sums of answers to the second item, from the result tables of all selections."""
    n = sum(sizes)
    made = study(1, unit=[*units(*sizes), *units(*[20] * len(sizes))], wave=["2"] * n + ["1"] * 20 * len(sizes))
    asked = np.arange(len(made.customers)) < n
    made = put_to(made, asked)
    protection = protect(made, Minimum())
    names, sums = [], []
    for selection in boxes(made):
        found = analyse(made, selection, protection=protection).gaps_in_files.frame
        there = protection.select(selection).about(ITEM).kept[Role.CUSTOMERS]
        for record in found[found["item"].eq(2) & found["gap"].eq(5) & found["n_achieved"].ge(1)].to_dict("records"):
            people = there & asked
            for column in (UNIT, WAVE):
                people = people & (made.customers[column].eq(record[column]).to_numpy() if isinstance(record[column], str) else True)
            assert people.sum() == record["n_achieved"] >= 5
            names.append(people)
            sums.append(record["achieved"] * record["n_achieved"])
    system, answers = np.array(names, float), made.answers[Battery.PERCEPTION][2].fillna(0).to_numpy(float)
    assert np.allclose(system @ answers, sums, atol=1e-4)  # the system is what a viewer knows
    three = asked & made.customers[UNIT].eq("A").to_numpy()
    solution = np.linalg.lstsq(system.T, three.astype(float), rcond=None)[0]
    assert np.linalg.norm(system.T @ solution - three) > 0.1


def test_managers_who_were_not_all_asked_are_guarded_likewise():
    made = study(unit=units(20, 20, 20), managers=units(9, 9, 9))
    waves = pd.Categorical((["1"] * 7 + ["2"] * 2) + ["1", "2", "2"] * 6, ordered=True)
    managers = made.respondents[Role.MANAGERS].assign(wave=waves)
    beliefs = made.answers[Battery.BELIEF].copy()
    beliefs.loc[np.array(waves) == "1"] = np.nan
    made = made.with_(respondents={**made.respondents, Role.MANAGERS: managers}, answers={**made.answers, Battery.BELIEF: beliefs})
    protected = protect(made, MINIMUM).select(Selection())
    hidden = protected.about(Battery.BELIEF).hidden(Role.MANAGERS, (UNIT,))
    assert hidden[("A",)] == SMALL
    assert len(hidden) == 2
    assert protected.about(Battery.STANDARD).hidden(Role.MANAGERS, (UNIT,)) == {}
    assert protected.about(Battery.BELIEF).hidden(Role.CUSTOMERS, (UNIT,)) == {}
