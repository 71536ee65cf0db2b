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
