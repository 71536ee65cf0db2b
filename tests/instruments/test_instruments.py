import pickle

import pytest

from gaps import instruments
from gaps.model import Battery, Gap, Scale

FIVE = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def test_the_default_stands_first_and_every_listed_instrument_loads():
    assert instruments.available() == (
        "servqual-1991",
        "servperf",
        "servqual-1988",
        "servqual-1991-direct",
        "servqual-1991-five-gaps",
        "zone-of-tolerance",
    )
    for id in instruments.available():
        assert instruments.load(id).id == id
        assert instruments.load(id) is instruments.load(id)


@pytest.mark.parametrize("id", ["nope", "", "dimensions", "../model", "SERVQUAL-1991"])
def test_an_unknown_id_is_refused_with_what_is_allowed(id):
    with pytest.raises(ValueError, match=r"allowed are servqual-1991, servperf"):
        instruments.load(id)


@pytest.mark.parametrize("id", instruments.available())
def test_items_and_dimensions_as_published(id):
    # Item map of Parasuraman, Berry & Zeithaml 1991 and 1988 (methods 1.1): T 1-4, R 5-9, Rs 10-13, A 14-17, E 18-22.
    instrument = instruments.load(id)
    assert instrument.numbers == tuple(range(1, 23))
    assert tuple(d.id for d in instrument.dimensions) == FIVE
    blocks = [(1, 4), (5, 9), (10, 13), (14, 17), (18, 22)]
    for dimension, (first, last) in zip(FIVE, blocks, strict=True):
        assert instrument.numbers_of(dimension) == tuple(range(first, last + 1))


def test_the_nine_negatively_worded_items_of_1988_and_none_elsewhere():
    reversed_items = {id: tuple(i.number for i in instruments.load(id).items if i.reversed) for id in instruments.available()}
    assert reversed_items.pop("servqual-1988") == (10, 11, 12, 13, 18, 19, 20, 21, 22)
    assert set(reversed_items.values()) == {()}


def test_empathy_stands_in_another_order_in_1988():
    old, new = instruments.load("servqual-1988"), instruments.load("servqual-1991")
    assert old.item(22).label() == new.item(19).label() == "opening hours"
    assert old.item(19).label() == new.item(20).label()


def test_batteries_scales_and_direct_ratings():
    batteries = {id: "".join(instruments.load(id).batteries) for id in instruments.available()}
    assert batteries == {
        "servqual-1991": "EP",
        "servqual-1988": "EP",
        "servperf": "P",
        "zone-of-tolerance": "ADP",
        "servqual-1991-five-gaps": "EPMSVC",
        "servqual-1991-direct": "EPM",
    }
    assert instruments.load("zone-of-tolerance").scale == Scale(1, 9)
    assert all(instruments.load(id).scale == Scale(1, 7) for id in instruments.available() if id != "zone-of-tolerance")
    assert instruments.load("servqual-1991-direct").direct == (Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION)
    assert instruments.load("servqual-1991-five-gaps").direct == ()
    assert instruments.load("servqual-1991").batteries[0] is Battery.EXPECTATION


@pytest.mark.parametrize("id", instruments.available())
def test_every_item_dimension_and_instrument_is_named_in_both_languages(id):
    instrument = instruments.load(id)
    named = [instrument.names, *(i.labels for i in instrument.items), *(d.names for d in instrument.dimensions)]
    for names in named:
        assert set(names) == {"en", "zh"}
        assert all(text == text.strip() and text for text in names.values())
        assert any("\u4e00" <= char <= "\u9fff" for char in names["zh"])
    for language in ("en", "zh"):
        assert len({i.label(language) for i in instrument.items}) == 22
    assert all(len(i.label("en").split()) <= 6 for i in instrument.items)
    assert "Journal" in instrument.source


def test_default_only_for_a_number_of_items_that_fits():
    assert instruments.default_for(22) == "servqual-1991"
    assert instruments.default_for(21) is None
    assert instruments.default_for(24) is None
    assert instruments.default_for(0) is None


def test_dimension_names_known_unknown_and_not_shared():
    assert instruments.dimension_names("reliability") == {"en": "Reliability", "zh": "可靠性"}
    assert instruments.dimension_names("playfulness")["zh"] == "趣味性"
    assert instruments.dimension_names("no_such_thing") == {}
    instruments.dimension_names("reliability")["en"] = "spoilt"
    assert instruments.dimension_names("reliability")["en"] == "Reliability"


def test_known_dimension_ids_are_workbook_column_names_with_both_languages():
    for id, names in instruments._known_dimensions().items():
        assert id == id.lower() and id.replace("_", "").isalpha()
        assert set(names) == {"en", "zh"} and all(names.values())


@pytest.mark.parametrize("id", instruments.available())
def test_an_instrument_survives_the_way_to_another_process(id):
    assert pickle.loads(pickle.dumps(instruments.load(id))) == instruments.load(id)
