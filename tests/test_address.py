"""Chosen names in an address and back."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gaps import address

UNITS = tuple(f"Branch {k}" for k in range(1000))
NAMES = some.lists(some.text(max_size=12), unique=True, max_size=60)


def test_a_few_names_are_read_as_they_are():
    assert address.shortened(["Zell", "Thornhaven"], ("Thornhaven", "Upford", "Zell")) == ("Thornhaven", "Zell")
    assert address.written({"wave": ("2026-H2",), "unit": ("Zell", "a&b=c")}) == "unit=Zell&unit=a%26b%3Dc&wave=2026-H2"


@pytest.mark.parametrize("chosen", [UNITS, UNITS[:21], UNITS[::2], UNITS[::7], UNITS[500:]])
def test_many_names_stay_short(chosen):
    (value,) = address.shortened(chosen, UNITS)
    assert len(value) <= 183
    assert address.lengthened([value], UNITS) == (chosen, ())


def test_the_longest_address_of_the_most_units_is_taken_by_every_server():
    units = tuple(f"unit {k}" for k in range(20_000))
    draw = random.Random(1)
    odd = [u for u in units if draw.random() < 0.5]
    (value,) = address.shortened(odd, units)
    assert len(value) < 4000  # servers take 8,000 and more
    assert address.lengthened([value], units)[0] == tuple(odd)


def test_a_list_made_for_other_names_is_not_read_as_theirs():
    (value,) = address.shortened(UNITS[:30], UNITS)
    assert address.is_list(value)
    assert address.lengthened([value], (*UNITS[1:], "another")) == ((), (value,))


@pytest.mark.parametrize("value", ["~", "~x", "~00000000.AAAA", "~12345678.!!", "~" * 9])
def test_a_damaged_list_is_unknown(value):
    assert address.lengthened([value], UNITS)[0] == ()


def test_bits_cannot_swell():
    import base64
    import zlib

    (value,) = address.shortened(UNITS[:30], UNITS)
    for bits in (b"z" + zlib.compress(b"\0" * 10_000_000), b"b" + b"\xff" * 125, b"z", b"b", b"z\0\0"):
        swollen = value[:10] + base64.urlsafe_b64encode(bits).decode().rstrip("=")
        assert address.lengthened([swollen], UNITS[:999] if bits[1:2] == b"\xff" else UNITS)[0] == ()


@given(NAMES, some.data())
def test_what_is_chosen_comes_back(offered, data):
    chosen = data.draw(some.lists(some.sampled_from(offered), unique=True)) if offered else []
    values = address.shortened(chosen, offered)
    assert address.lengthened(values, offered) == (tuple(n for n in offered if n in chosen), ())


def test_a_segment_is_called_by_its_name_unless_that_is_taken_or_long():
    question = "How often did you visit one of our branches in the last year?"
    called = address.segment_names(("gap", "Study", "age", "segment.1", question, ""), {"gap", "study"})
    assert list(called.values()) == ["segment.gap", "segment.Study", "age", "segment.segment.1", "segment.5", "segment.6"]
    assert len(set(called.values())) == len(called)


@pytest.mark.parametrize(
    ("text", "least", "most", "read"),
    [
        ("120", 1, 1000, 120),
        ("0.25", 0.01, 6.0, 0.25),
        ("5", 0.5, 6.0, 5.0),
        ("1001", 1, 1000, None),
        ("0", 1, 1000, None),
        ("2.5", 1, 1000, None),  # people are whole
        ("007", 1, 1000, 7),
        *(
            (text, 0.0, 1e9, None)
            for text in ("", "-1", "+1", "1e3", "nan", "inf", "0x1", "１２", " 1", "1,5", "1.", "9" * 13, "1\n", "None")
        ),
    ],
)
def test_a_number_in_an_address(text, least, most, read):
    found = address.number(text, least, most)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("number", "text"), [(120, "120"), (0.25, "0.25"), (5.0, "5"), (1e-6, "0.000001"), (1e9, "1000000000"), (0.1 + 0.2, "0.3")]
)
def test_a_number_is_written_as_it_is_read(number, text):
    assert address.plain(number) == text
    assert address.number(text, 0.0, 1e9) == pytest.approx(number, abs=5e-7)


def test_a_few_numbers_stand_beside_their_names():
    offered = ("Zell", "a:b", "~x", "c")
    values = address.numbered({"~x": 3, "Zell": 12, "a:b": 4}, offered)
    assert values == ("Zell:12", "a:b:4", "~~x:3")
    assert address.numbers(values, offered, 1, 99) == ({"Zell": 12, "a:b": 4, "~x": 3}, ())


def test_numbers_out_of_bounds_and_of_other_names_are_left_out_and_told():
    given = ("Zell:12", "Zell:0", "c:x", "other:5", "Zell", ":5", "~", "~12345678.AAAA")
    assert address.numbers(given, ("Zell", "c"), 1, 99) == ({"Zell": 12}, given[1:])


def test_many_numbers_stay_short_and_too_many_are_in_no_address():
    each = {unit: 20 + k % 7 for k, unit in enumerate(UNITS)}
    (value,) = address.numbered({unit: each[unit] for unit in UNITS[:300:2]}, UNITS)
    assert len(value) <= address.LONGEST_LIST
    assert address.numbers([value], UNITS, 1, 99) == ({unit: each[unit] for unit in UNITS[:300:2]}, ())
    assert address.numbers([value], UNITS, 1, 22)[1] == (value,)  # some are above: said, the others are taken
    draw = random.Random(2)
    assert address.numbered({unit: draw.randrange(10**6) for unit in UNITS}, UNITS) is None
    assert address.numbers([value], UNITS[1:], 1, 99) == ({}, (value,))


def test_a_list_of_numbers_cannot_swell():
    import base64
    import zlib

    (value,) = address.numbered(dict.fromkeys(UNITS, 5), UNITS)
    for data in (zlib.compress(b"5" * 10_000_000), zlib.compress(b"," * 10_000_000), b"", b"\0", zlib.compress(b"\xff,5")):
        swollen = value[:10] + base64.urlsafe_b64encode(data).decode().rstrip("=")
        assert address.numbers([swollen], UNITS, 1, 99) == ({}, (swollen,))


@given(some.dictionaries(some.text(max_size=8), some.integers(1, 10**9), max_size=60))
def test_numbers_come_back(given):
    offered = tuple(given)
    values = address.numbered(given, offered)
    if values is not None:
        assert address.numbers(values, offered, 1, 10**9) == (given, ())
