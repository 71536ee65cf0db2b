"""What a study's choices look like in the address of a page: names that can be read, and short however many were chosen.

Names stand in the address as they are in the data (`unit=Thornhaven&unit=Zell`) up to `READABLE` of them and `LETTERS` letters. Beyond
that the address holds which of the offered names were chosen, a bit each (`unit=~<names' check>.<bits>`): of 1,000 units at most 183
letters. The check is a hash of the offered names, so that a list made for other data is recognised and not read as other names.

Numbers typed in stand as they are read (`cap=2.5`), numbers of names likewise (`people.customers.unit=Thornhaven:120`), many of them in
the order of the offer under the same check.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import quote_plus, urlencode

READABLE = 20
LETTERS = 400
LONGEST_NAME = 40  # letters of a segment's own name in an address; a longer one, a whole question say, is called by its place
LONGEST_LIST = 1500  # letters of many numbers; more of them than fit in are in no address
_MARK = "~"
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_LETTERS_OF_NUMBER = 20
_BITS = re.compile(r"~([0-9a-f]{8})\.([A-Za-z0-9_-]+)")
_SEGMENT = "segment."


def written(parameters: Mapping[str, Sequence[str]]) -> str:
    """Parameters as the query of an address, repeated where several values were chosen; in a fixed order, so that equal means equal."""
    return urlencode([(name, value) for name in sorted(parameters) for value in parameters[name]])


def shortened(chosen: Collection[str], offered: Sequence[str]) -> tuple[str, ...]:
    """The values of a parameter for the names chosen of those offered, in the order of the offer; names not offered are left out."""
    picked = set(chosen)
    names = [name for name in offered if name in picked]
    if len(names) <= READABLE and sum(len(quote_plus(name)) for name in names) <= LETTERS:
        return tuple(_MARK + name if name.startswith(_MARK) else name for name in names)
    bits = bytearray((len(offered) + 7) // 8)
    for place, name in enumerate(offered):
        if name in picked:
            bits[place >> 3] |= 1 << (place & 7)
    plain = bytes(bits)
    packed = zlib.compress(plain, 9)
    told = b"z" + packed if len(packed) < len(plain) else b"b" + plain
    return (f"{_MARK}{_check(offered)}.{_letters(told)}",)


def lengthened(given: Iterable[str], offered: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that the values of a parameter stand for, in the order of the offer, and the values that stand for nothing offered."""
    places = {name: place for place, name in enumerate(offered)}
    found: set[str] = set()
    unknown: list[str] = []
    for value in given:
        name = value[1:] if value.startswith(_MARK * 2) else value
        if value.startswith(_MARK) and name is value:
            many = _of_bits(value, offered)
            found.update(many or ())
            if many is None:
                unknown.append(value)
        elif name in places:
            found.add(name)
        else:
            unknown.append(name)
    return tuple(sorted(found, key=places.__getitem__)), tuple(dict.fromkeys(unknown))


def number(text: str, least: float, most: float) -> float | None:
    """The number that a text in an address stands for, within bounds; whole where the lower bound is; None for anything else."""
    if not _NUMBER.fullmatch(text) or (isinstance(least, int) and "." in text):
        return None
    given = int(text) if isinstance(least, int) else float(text)
    return given if least <= given <= most else None


def plain(number: float) -> str:
    """A number as it stands in an address: at most six decimals, none that are zero."""
    return str(number) if isinstance(number, int) else f"{number:.6f}".rstrip("0").rstrip(".")


def numbered(numbers: Mapping[str, float], offered: Sequence[str]) -> tuple[str, ...] | None:
    """The values of a parameter for numbers of names, in the order of the offer; None where they are too many for an address."""
    given = {name: plain(numbers[name]) for name in offered if name in numbers}
    readable = tuple(f"{_MARK if name.startswith(_MARK) else ''}{name}:{told}" for name, told in given.items())
    if len(readable) <= READABLE and sum(len(quote_plus(value)) for value in readable) <= LETTERS:
        return readable
    told = ",".join(given.get(name, "") for name in offered)
    packed = f"{_MARK}{_check(offered)}.{_letters(zlib.compress(told.encode(), 9))}"
    return (packed,) if len(packed) <= LONGEST_LIST else None


def numbers(given: Iterable[str], offered: Sequence[str], least: float, most: float) -> tuple[dict[str, float], tuple[str, ...]]:
    """The numbers by name that the values of a parameter stand for, and the values that stand for none that is offered and in bounds."""
    found: dict[str, float] = {}
    unknown: list[str] = []
    known = set(offered)
    for value in given:
        if value.startswith(_MARK) and not value.startswith(_MARK * 2):
            told = _of_list(value, offered)
            read = {name: number(text, least, most) for name, text in zip(offered, told or (), strict=False) if text}
            if told is None or None in read.values():
                unknown.append(value)
            found |= {name: one for name, one in read.items() if one is not None}
            continue
        name, _, text = value.removeprefix(_MARK).rpartition(":")
        one = number(text, least, most)
        if name in known and one is not None:
            found[name] = one
        else:
            unknown.append(value)
    return found, tuple(dict.fromkeys(unknown))


def is_list(value: str) -> bool:
    """Whether a value stands for many names by their places."""
    return _BITS.fullmatch(value) is not None


def segment_names(segments: Sequence[str], reserved: Collection[str]) -> dict[str, str]:
    """What each segment is called in an address: its own name, unless that is long, taken, or could be mistaken."""
    taken = {name.casefold() for name in reserved}
    called = {}
    for place, segment in enumerate(segments, start=1):
        if not segment or len(segment) > LONGEST_NAME:
            called[segment] = f"{_SEGMENT}{place}"
        elif segment.casefold() in taken or segment.casefold().startswith(_SEGMENT):
            called[segment] = _SEGMENT + segment
        else:
            called[segment] = segment
    return called


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(letters: str) -> bytes:
    return base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))


def _of_list(value: str, offered: Sequence[str]) -> list[str] | None:
    """A text per name offered; None where the list was made for others, or is damaged."""
    parts = _BITS.fullmatch(value)
    if parts is None or parts[1] != _check(offered):
        return None
    try:
        told = zlib.decompressobj().decompress(_bytes(parts[2]), len(offered) * _LETTERS_OF_NUMBER).decode("ascii").split(",")
    except (ValueError, zlib.error):
        return None
    return told if len(told) == len(offered) else None


def _check(offered: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(offered).encode("utf-8", "replace")).hexdigest()[:8]


def _of_bits(value: str, offered: Sequence[str]) -> list[str] | None:
    """The names of a list by places; None where it was made for others, or is damaged."""
    parts = _BITS.fullmatch(value)
    if parts is None or parts[1] != _check(offered):
        return None
    size = (len(offered) + 7) // 8
    try:
        bits = _bytes(parts[2])
        plain = zlib.decompressobj().decompress(bits[1:], size + 1) if bits[:1] == b"z" else bits[1:]
    except (ValueError, zlib.error):
        return None
    spare = 8 * size - len(offered)  # bits of the last byte that no name has
    if len(plain) != size or (spare and plain[-1] >> (8 - spare)):
        return None
    return [name for place, name in enumerate(offered) if plain[place >> 3] >> (place & 7) & 1]
