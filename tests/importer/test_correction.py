"""Corrections to a column map: each a new map, with what it leaves wrong."""

import pytest

from gaps.importer import correction
from gaps.importer.mapping import ALL_ITEMS, ColumnGuess, ColumnMap, Grouping, LabelSet, Meaning, dumps, loads, shape_of
from gaps.model import Battery, Dimension, Instrument, Item, Scale

E, P = Battery.EXPECTATION, Battery.PERCEPTION


def made(n: int = 4, labels: LabelSet | None = None, names: tuple[str, ...] = ()) -> ColumnMap:
    """E1 P1 E2 P2 … Overall Where, in one dimension."""
    columns = []
    for k in range(1, n + 1):
        for battery in (E, P):
            header = f"{names[k - 1] if names else 'Aspect'} {k} {battery.value}"
            columns.append(
                ColumnGuess("s", len(columns), header, Meaning.ANSWER, battery, k, labels="set1" if labels else None, confidence=0.9)
            )
    columns.append(ColumnGuess("s", len(columns), "Overall", Meaning.OUTCOME, outcome="overall_quality"))
    columns.append(ColumnGuess("s", len(columns), "Where", Meaning.SEGMENT, confidence=0.5))
    items = tuple(Item(k, ALL_ITEMS, {"en": f"{names[k - 1] if names else 'Aspect'} {k}"}) for k in range(1, n + 1))
    shape = shape_of([("s", c.header) for c in columns])
    return ColumnMap("spss", tuple(columns), items, (Dimension(ALL_ITEMS),), Scale(1, 7), {"set1": labels} if labels else {},
                     grouping=Grouping.NONE, shape=shape)  # fmt: skip


def test_what_a_column_is_taken_for_is_one_of_the_choices():
    mapping = made()
    assert [correction.choice_of(c) for c in mapping.columns] == ["E", "P"] * 4 + ["overall_quality", "segment"]
    for choice in correction.CHOICES:
        assert correction.choice_of(correction.take(mapping, 9, choice).columns[9]) == choice
    with pytest.raises(ValueError, match="not 'nonsense'"):
        correction.take(mapping, 0, "nonsense")


def test_an_answer_gets_the_item_its_battery_lacks():
    mapping = correction.take(made(), 3, "comment")
    assert correction.faults(mapping)[2] == ("no_partner",)
    assert correction.take(mapping, 9, "P").columns[9].item == 2
    assert correction.take(made(), 9, "P").columns[9].item == 5
    assert correction.take(made(), 0, "E") == made()


def test_what_is_wrong_stands_at_its_columns():
    assert correction.faults(made()) == {9: ("unsure",)}
    twice = correction.put_item(made(), 2, 1)
    assert correction.faults(twice)[0] == correction.faults(twice)[2] == ("twice",)
    assert "no_partner" in correction.faults(twice)[3]
    two = correction.take(correction.take(made(), 9, "unit"), 8, "unit")
    assert correction.faults(two)[8] == correction.faults(two)[9] == ("only_one",)


def test_what_the_file_lacks():
    assert correction.lacks(made()) == ("dimensions",)
    assert correction.lacks(made(0)) == ("answers",)
    only_p = made()
    for place in (0, 2, 4, 6, 8):
        only_p = correction.take(only_p, place, "ignored")
    assert correction.lacks(only_p) == ("expectation", "outcome", "dimensions")


def test_dimensions_by_hand_in_blocks_and_by_name():
    by_hand = correction.assign(made(), (1, 2), "Tangibles")
    assert [i.dimension for i in by_hand.items] == ["tangibles", "tangibles", ALL_ITEMS, ALL_ITEMS]
    assert by_hand.dimensions[-1].names["zh"] == "有形性"
    assert correction.assign(made(), (1,), "可靠性").items[0].dimension == "reliability"
    assert correction.faults(by_hand)[4] == ("no_dimension",)
    blocks = correction.in_blocks(made(), 3, lambda k: f"Part {k}")
    assert [i.dimension for i in blocks.items] == ["block_1"] * 3 + ["block_2"]
    renamed = correction.rename(blocks, "block_2", "Warm welcome")
    assert [d.id for d in renamed.dimensions] == ["block_1", "warm_welcome"]
    merged = correction.rename(renamed, "warm_welcome", "block 1")
    assert {i.dimension for i in merged.items} == {"block_1"}
    with pytest.raises(ValueError, match="at least one"):
        correction.in_blocks(made(), 0)


def test_dimensions_by_label():
    grouped = correction.by_label(made(4, names=("Reliability:", "Reliability:", "Empathy:", "Empathy:")))
    assert [i.dimension for i in grouped.items] == ["reliability", "reliability", "empathy", "empathy"]
    own = correction.by_label(made(4, names=("Warmth: it", "Warmth: it", "Speed: it", "Speed: it")))
    assert [i.dimension for i in own.items] == ["warmth", "warmth", "speed", "speed"]
    assert correction.by_label(made()) is None


def test_dimensions_by_instrument():
    mapping = made(22)
    assert "servqual-1991" in correction.instruments_fitting(mapping)
    grouped = correction.by_instrument(mapping, "servqual-1991")
    assert [d.id for d in grouped.dimensions] == ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]
    assert grouped.grouping is Grouping.INSTRUMENT
    assert grouped.items[0].labels == {"en": "Aspect 1"}
    assert correction.instruments_fitting(made()) == ()


def test_answers_put_in_order_hold_for_all_columns_that_share_them():
    unknown = LabelSet({}, {}, Scale(1, 5), "", False, ("meh", "wow", "na"))
    mapping = correction.answers_stand_for(made(labels=unknown), "set1", {"meh": 1, "wow": 3}, {"na": "not_applicable"})
    labels = mapping.labels["set1"]
    assert (labels.values, labels.missing, labels.unknown, labels.confident) == ({"meh": 1, "wow": 3}, {"na": "not_applicable"}, (), True)
    assert mapping.scale == labels.scale == Scale(1, 3)
    assert len(correction.sharing(mapping, "set1")) == 8
    assert correction.faults(mapping) == {9: ("unsure",)}
    half = correction.answers_stand_for(made(labels=unknown), "set1", {"meh": 1, "wow": 3}, {})
    assert half.labels["set1"].unknown == ("na",)
    assert correction.faults(half)[0] == ("labels_unknown",)
    with pytest.raises(ValueError, match="kinds"):
        correction.answers_stand_for(made(labels=unknown), "set1", {"meh": 1}, {"na": "whatever"})


def test_unused_ends_of_a_known_scale_stay():
    known = LabelSet({"ok": 3, "good": 4}, {}, Scale(1, 5), "own", True, ())
    mapping = correction.answers_stand_for(made(labels=known), "set1", {"ok": 4, "good": 3}, {})
    assert mapping.labels["set1"].scale == Scale(1, 5)


def test_a_saved_map_is_carried_over_by_header():
    saved = loads(dumps(correction.take(correction.assign(made(), (1, 2, 3, 4), "Empathy"), 9, "unit")))
    again = correction.carry_over(saved, made())
    assert again.columns[9].meaning is Meaning.UNIT
    assert {i.dimension for i in again.items} == {"empathy"}
    fewer = made(3)
    assert [correction.choice_of(c) for c in correction.carry_over(saved, fewer).columns] == ["E", "P"] * 3 + ["overall_quality", "unit"]


def test_several_edits_at_once_come_in_a_sensible_order():
    mapping = correction.edit(correction.in_blocks(made(), 2), [(9, "dimension", "block_1"), (9, "item", 4), (9, "choice", "A")])
    assert (mapping.columns[9].battery, mapping.columns[9].item) == (Battery.ADEQUATE, 4)
    assert mapping.dimension_of(mapping.columns[9]) == "block_1"


def test_an_item_is_reversed_in_all_its_batteries_and_back():
    mapping = correction.edit(made(), [(2, "reversed", True)])
    assert correction.reversed_items(mapping) == {2}
    assert correction.edit(mapping, [(3, "reversed", True)]) == mapping  # its partner says the same: not twice
    assert correction.reversed_items(correction.edit(mapping, [(3, "reversed", False), (0, "reversed", True)])) == {1}
    assert correction.edit(made(), [(9, "reversed", True)]) == made()  # a segment is no item
    assert correction.reversed_items(loads(dumps(mapping))) == {2}
    assert correction.reversed_items(correction.carry_over(mapping, made())) == {2}
    assert correction.reversed_items(correction.rename(correction.in_blocks(mapping, 2), "block_1", "Warmth")) == {2}


def test_a_map_decides_where_the_items_are_its_own():
    instrument = Instrument("custom", {}, made().items, (Dimension(ALL_ITEMS),), Scale(1, 7))
    assert correction.decides(made(), instrument)
    assert not correction.decides(None, instrument)
    assert not correction.decides(correction.reverse(made(), {1}), instrument)  # a sheet says otherwise
    assert not correction.decides(correction.assign(made(), (1,), "Empathy"), instrument)


def test_scales_of_numbers_are_given_and_kept():
    mapping = correction.put_scales(made(), Scale(1, 9), {"overall_quality": Scale(0, 10)})
    again = loads(dumps(mapping))
    assert again.scale == Scale(1, 9)
    assert again.outcome_scales == {"overall_quality": Scale(0, 10)}
    assert correction.carry_over(again, made()).outcome_scales == {"overall_quality": Scale(0, 10)}
    assert correction.put_scales(again, None, {}) == again
    assert len(correction.in_numbers(made(), Meaning.ANSWER)) == 8
    worded = made(labels=LabelSet({"a": 1.0, "b": 2.0}, {}, Scale(1, 2)))
    assert correction.in_numbers(worded, Meaning.ANSWER) == ()
    with pytest.raises(ValueError, match="joy"):
        correction.put_scales(made(), None, {"joy": Scale(1, 5)})
    assert loads(dumps(mapping).replace('overall_quality" =', 'joy" ='))[0].code == "mapping_unreadable"
