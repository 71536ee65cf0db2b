"""Which way a gap moved, in a word: that one "rose" reads as bad news, although a shortfall became smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

ROSE, FELL = CHANGED = ("rose", "fell")  # what a row of changes says where more than chance is behind it
NARROWED, WIDENED = "narrowed", "widened"  # a shortfall, below zero before and after
HIGHER, LOWER = "higher", "lower"  # above zero before and after
TO_ABOVE, TO_BELOW = "to_above", "to_below"  # across zero
NUMBERS = ("before", "after", "change", "low", "high")


def movement(before: float, after: float) -> str:
    """Name the way from one gap to a later one, by both as they are shown (two decimals)."""
    old, new = round(before, 2), round(after, 2)
    up = after > before
    if max(old, new) <= 0:
        return NARROWED if up else WIDENED
    if min(old, new) >= 0:
        return HIGHER if up else LOWER
    return TO_ABOVE if up else TO_BELOW


def moved(rows: Iterable[Mapping[str, object]]) -> Iterator[tuple[str, dict[str, object]]]:
    """Of rows of changes, one for each dimension, those that changed: `standing`, and together the dimensions that moved the same way.

    These as values of a finding: reason (the way), dimensions, and by dimension before, after, change, low, high. What rose comes first.
    """
    ways: dict[tuple[str, str], list[Mapping]] = {}
    for row in rows:
        if row["standing"] in CHANGED:
            ways.setdefault((row["standing"], movement(row["before"], row["after"])), []).append(row)
    for (standing, way), some in sorted(ways.items(), key=lambda item: item[0][0] == FELL):
        numbers = {name: tuple(float(row[name]) for row in some) for name in NUMBERS}
        yield standing, {"reason": way, "dimensions": tuple(row["dimension"] for row in some)} | numbers


def told(values: Mapping[str, object], names: Sequence[str], words: Callable) -> dict[str, str]:
    """These values in words: each dimension by its name with the size of its change, the intervals, and the people where n is given."""
    sizes = zip(names, values["change"], strict=True)
    ends = list(zip(names, values["low"], values["high"], strict=True))
    one = len(names) == 1
    said = {
        "changed": words.list(words("differences.change.one", name=name, size=abs(change)) for name, change in sizes),
        "intervals": words.list(_interval(name, low, high, one, words) for name, low, high in ends),
    }
    if "n" in values:
        fewest = {name: values[name] for name in ("n_before", "n")}
        said["people"] = words(f"differences.open_people.{'all' if one else 'least'}", **fewest)
    return said


def _interval(name: str, low: float, high: float, one: bool, words: Callable) -> str:
    return words.interval(low, high) if one else words("differences.change.interval", name=name, low=low, high=high)
