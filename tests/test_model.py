"""The nouns: fingerprints, orders, scales, instruments, selections."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.model import (
    DIRECT_PREFIX,
    DIRECT_ROLE,
    Battery,
    Cells,
    Dimension,
    Gap,
    Instrument,
    Item,
    Role,
    Scale,
    Selection,
    Study,
    natural_order,
)
from tests.scoring.build import people


def instrument(**changes) -> Instrument:
    fields = {
        "id": "small",
        "names": {"en": "Small"},
        "items": (Item(1, "care", {"en": "greeting", "zh": "问候"}), Item(2, "care"), Item(3, "speed", reversed=True)),
        "dimensions": (Dimension("care", {"en": "Care", "zh": "关怀"}), Dimension("fast_help")),
        "scale": Scale(1, 7),
    }
    fields["dimensions"] = (*fields["dimensions"], Dimension("speed"))
    return Instrument(**(fields | changes))


def study(**changes) -> Study:
    units = pd.Categorical(["North", "North", "South"], categories=["North", "South"], ordered=True)
    fields = {
        "title": "Three customers",
        "instrument": instrument(),
        "respondents": {
            Role.CUSTOMERS: pd.DataFrame({"respondent": ["a", "b", "c"], "unit": units, "overall_quality": [5.0, 6.0, np.nan]})
        },
        "answers": {
            Battery.EXPECTATION: pd.DataFrame({1: [7, 6, 7], 2: [6, 6, np.nan], 3: [5, 6, 7]}, dtype="float32"),
            Battery.PERCEPTION: pd.DataFrame({1: [5, 6, 4], 2: [6, 5, np.nan], 3: [5, 6, 7]}, dtype="float32"),
        },
        "importance": pd.DataFrame({"care": [50.0, 60, 20], "fast_help": [20.0, 20, 40], "speed": [30.0, 20, 40]}),
        "outcomes": {"overall_quality": Scale(1, 7)},
    }
    return Study(**(fields | changes))


def edited(frame: pd.DataFrame, row: int, column, value) -> pd.DataFrame:
    copy = frame.copy()
    copy.loc[row, column] = value
    return copy


def renamed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(unit=frame["unit"].cat.rename_categories({"South": "Sud"}))


class TestFingerprint:
    def test_is_equal_for_equal_content(self):
        assert study().fingerprint == study().fingerprint

    def test_does_not_depend_on_the_order_in_which_sheets_were_read(self):
        one = study()
        other = study(answers=dict(reversed(one.answers.items())), respondents=dict(reversed(one.respondents.items())))
        assert other.fingerprint == one.fingerprint

    @pytest.mark.parametrize(
        "change",
        [
            lambda s: {"title": "Three guests"},
            lambda s: {"simulated": True},
            lambda s: {"segments": ("age",)},
            lambda s: {"outcomes": {"overall_quality": Scale(1, 5)}},
            lambda s: {"importance": None},
            lambda s: {"importance": edited(s.importance, 0, "care", 51.0)},
            lambda s: {"instrument": instrument(scale=Scale(1, 5))},
            lambda s: {"instrument": instrument(items=(*s.instrument.items[:2], Item(3, "speed", reversed=False)))},
            lambda s: {"answers": dict(s.answers) | {Battery.PERCEPTION: edited(s.answers[Battery.PERCEPTION], 2, 3, 6)}},
            lambda s: {"answers": dict(s.answers) | {Battery.PERCEPTION: edited(s.answers[Battery.PERCEPTION], 0, 1, np.nan)}},
            lambda s: {"answers": {Battery.EXPECTATION: s.answers[Battery.PERCEPTION], Battery.PERCEPTION: s.answers[Battery.EXPECTATION]}},
            lambda s: {"respondents": {Role.CUSTOMERS: renamed(s.customers)}},
            lambda s: {"respondents": {Role.CUSTOMERS: edited(s.customers, 1, "unit", "South")}},
            lambda s: {"respondents": {Role.CUSTOMERS: edited(s.customers, 1, "respondent", "d")}},
            lambda s: {"respondents": {Role.CUSTOMERS: edited(s.customers, 1, "overall_quality", 7.0)}},
            lambda s: {"respondents": dict(s.respondents) | {Role.MANAGERS: pd.DataFrame({"respondent": ["m"]})}},
            lambda s: {"ratings": {Gap.STANDARDS: pd.DataFrame({"care": [4.0]})}},
            lambda s: {"no_ratings": {Gap.STANDARDS: pd.DataFrame({"care": [True]})}},
        ],
    )
    def test_changes_with_each_part_of_the_content(self, change):
        one = study()
        assert one.with_(**change(one)).fingerprint != one.fingerprint

    def test_is_not_carried_over_to_a_changed_copy(self):
        one = study()
        before = one.fingerprint
        assert one.with_(title="Another").fingerprint != before
        assert one.fingerprint == before

    @given(st.integers(0, 49_999), st.sampled_from([1, 2, 3]), st.integers(1, 7))
    def test_sees_one_answer_among_50_000(self, row, item, answer):
        """Streamlit's own hash of a frame that long is of a sample of its rows."""
        many = pd.DataFrame(4.0, index=range(50_000), columns=[1, 2, 3], dtype="float32")
        base = study(answers={Battery.PERCEPTION: many})
        changed = base.with_(answers={Battery.PERCEPTION: edited(many, row, item, answer)})
        assert (changed.fingerprint == base.fingerprint) == (answer == 4)


class TestStudy:
    def test_is_frozen(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            study().title = "x"

    def test_units_of_all_roles_in_natural_order_and_only_those_present(self):
        def frame(units):
            return pd.DataFrame({"unit": pd.Categorical(units, categories=[*dict.fromkeys(units), "closed"], ordered=True)})

        roles = {Role.CUSTOMERS: frame(["Branch 10", "Branch 9"]), Role.MANAGERS: frame(["Branch 9", "Branch 1"])}
        assert study(respondents=roles).units == ("Branch 1", "Branch 9", "Branch 10")
        assert study(respondents=roles).waves == ()

    def test_waves_in_the_order_of_their_categories_and_only_those_present(self):
        order = ["Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026"]

        def frame(waves):
            return pd.DataFrame({"wave": pd.Categorical(waves, categories=order, ordered=True)})

        roles = {Role.CUSTOMERS: frame(["Feb 2026", "Dec 2025"]), Role.MANAGERS: frame(["Jan 2026"])}
        assert study(respondents=roles).waves == ("Dec 2025", "Jan 2026", "Feb 2026")

    def test_n_of_a_role_that_was_not_asked_is_zero(self):
        assert study().n(Role.CUSTOMERS) == 3
        assert study().n(Role.EMPLOYEES) == 0

    def test_design(self):
        one = study(ratings={Gap.DELIVERY: pd.DataFrame({"care": [4.0]})})
        assert one.design(Gap.CUSTOMER) == "items"
        assert one.design(Gap.DELIVERY) == "direct"
        assert one.design(Gap.KNOWLEDGE) is None

    def test_three_columns_compare_with_the_desired_level(self):
        answers = study().answers
        one = study(answers={Battery.DESIRED: answers[Battery.EXPECTATION], Battery.PERCEPTION: answers[Battery.PERCEPTION]})
        assert one.expectation is Battery.DESIRED
        assert one.design(Gap.CUSTOMER) == "items"
        assert study(answers={Battery.PERCEPTION: answers[Battery.PERCEPTION]}).expectation is None


class TestGap:
    def test_follows_the_gaps_model(self):
        """Parasuraman, Zeithaml & Berry (1985): what each of the five gaps compares."""
        pairs = {gap.value: gap.expected.value + gap.achieved.value for gap in Gap}
        assert pairs == {1: "EM", 2: "MS", 3: "SV", 4: "CV", 5: "EP"}

    def test_is_paired_where_one_person_answers_both(self):
        assert [gap.value for gap in Gap if gap.paired] == [2, 4, 5]

    def test_the_direct_design_covers_gaps_2_to_4(self):
        assert set(DIRECT_PREFIX) == set(DIRECT_ROLE) == {Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION}


class TestScale:
    @given(st.integers(-10, 10), st.integers(1, 20), st.floats(0, 1))
    def test_reversing_twice_is_the_identity(self, low, span, share):
        scale = Scale(low, low + span)
        answer = low + round(share * span)
        assert scale.min <= scale.reverse(answer) <= scale.max
        assert scale.reverse(scale.reverse(answer)) == answer

    def test_reverses_a_table_and_keeps_the_missing_missing(self):
        turned = Scale(1, 7).reverse(pd.Series([1, 2, np.nan, 7]))
        assert turned.tolist()[:2] == [7, 6]
        assert np.isnan(turned[2])
        assert turned[3] == 1

    def test_span(self):
        assert Scale(0, 10).span == 10

    @pytest.mark.parametrize("ends", [(1, 1), (7, 1), (float("nan"), 7), (1, float("inf"))])
    def test_refuses_impossible_ends(self, ends):
        with pytest.raises(ValueError, match="min < max"):
            Scale(*ends)


class TestInstrument:
    def test_refuses_the_same_number_twice(self):
        with pytest.raises(ValueError, match="must differ"):
            instrument(items=(Item(1, "care"), Item(1, "speed")))

    def test_refuses_items_of_unlisted_dimensions_and_names_them(self):
        with pytest.raises(ValueError, match="luxury"):
            instrument(items=(Item(1, "luxury"),))

    def test_finds_items_and_dimensions(self):
        one = instrument()
        assert one.numbers == (1, 2, 3)
        assert one.numbers_of("care") == (1, 2)
        assert one.numbers_of("fast_help") == ()
        assert one.item(3).reversed
        assert one.dimension("care").name("zh") == "关怀"

    def test_labels_fall_back_to_english_then_to_the_number(self):
        greeting, second, _ = instrument().items
        assert [greeting.label("zh"), greeting.label("fr"), second.label("zh")] == ["问候", "greeting", "item 2"]

    def test_dimension_names_fall_back_to_the_id(self):
        assert instrument().dimension("fast_help").name("zh") == "fast help"


class TestSelection:
    def test_nothing_chosen_is_everything(self):
        assert Selection().everything

    @pytest.mark.parametrize("chosen", [{"units": ("A",)}, {"waves": ("2024",)}, {"segments": (("age", ("<30",)),)}])
    def test_any_choice_is_not(self, chosen):
        assert not Selection(**chosen).everything

    def test_is_a_value(self):
        """Caches are keyed by it."""
        assert {Selection(units=("A",)): 1}[Selection(units=("A",))] == 1


class TestNaturalOrder:
    def test_counts(self):
        names = ["Branch 10", "branch 2", "Branch 1", "Airport", "2024 Q2", "2024 Q1", "分行10", "分行9"]
        expected = ["2024 Q1", "2024 Q2", "Airport", "Branch 1", "branch 2", "Branch 10", "分行9", "分行10"]
        assert sorted(names, key=natural_order) == expected

    @given(st.lists(st.text()))
    def test_orders_any_texts_the_same_way_whatever_their_order(self, texts):
        assert sorted(texts, key=natural_order) == sorted(reversed(texts), key=natural_order)

    @given(st.text(), st.text())
    def test_only_equal_texts_have_equal_keys(self, one, other):
        assert (natural_order(one) == natural_order(other)) == (one == other)


def test_cells_are_those_who_are_alike_in_everything():
    frame = people(6, unit=["B", "A", None, "B", "A", "B"], wave=["1", "1", "2", "1", "1", "2"])
    cells = Cells.of_frame(frame, ("unit", "wave", "never asked"))
    assert [cells.n.tolist(), cells.of.tolist()] == [[2, 1, 2, 1], [0, 2, 3, 0, 2, 1]]
    assert cells.places("unit", ("A", "B")).tolist() == [1, 1, 0, 2]
    assert cells.present("unit") == ("B", "A")
    assert cells.by(("unit",)).n.tolist() == [3, 2, 1]


def test_the_cells_of_a_study_without_anybody_or_without_columns():
    assert len(Cells.of_frame(people(0), ("unit",))) == 0
    alone = Cells.of_frame(people(3), ("unit",))
    assert (alone.n.tolist(), alone.present("unit"), alone.places("unit", ("A",)).tolist()) == ([3], (), [1])
