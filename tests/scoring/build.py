"""Small studies written down as rows of answers, and random ones."""

import numpy as np
import pandas as pd

from gaps.model import Battery, Dimension, Gap, Instrument, Item, Role, Scale, Study

NONE = "none"


def instrument(sizes: dict[str, int], scale: Scale = Scale(1, 7), **changes) -> Instrument:
    """Dimensions with so many items each, numbered from 1."""
    names = [dimension for dimension, size in sizes.items() for _ in range(size)]
    items = tuple(Item(number, dimension) for number, dimension in enumerate(names, start=1))
    return Instrument("test", {}, items, tuple(Dimension(d) for d in sizes), scale, **changes)


def people(n: int, **columns) -> pd.DataFrame:
    """Respondents; text columns become ordered categories in order of appearance, None is missing."""
    frame = pd.DataFrame({"respondent": [str(k) for k in range(n)]})
    for name, values in columns.items():
        values = list(values)
        if any(isinstance(v, str) for v in values):
            frame[name] = pd.Categorical(values, categories=list(dict.fromkeys(v for v in values if v is not None)), ordered=True)
        else:
            frame[name] = np.asarray(values, float)
    return frame


def study(sizes: dict[str, int], roles: dict[Role, pd.DataFrame] | None = None, scale: Scale = Scale(1, 7), **parts) -> Study:
    """A study from answers by battery letter (rows of respondents, None = missing) and `ratings={gap: {dimension: [...]}}`."""
    made = instrument(sizes, scale)
    answers, n = {}, {}
    for letter in [letter for letter in parts if letter in set(Battery)]:
        battery = Battery(letter)
        rows = np.array(parts.pop(letter), dtype=float).reshape(-1, len(made.items))
        answers[battery] = pd.DataFrame(rows.astype(np.float32), columns=list(made.numbers))
        n[battery.role] = len(rows)
    ratings, none = {}, {}
    for gap, by_dimension in parts.pop("ratings", {}).items():
        given = pd.DataFrame(by_dimension, dtype=object)
        none[gap] = given.eq(NONE)
        ratings[gap] = given.where(~none[gap]).astype(float)
        n[Role.MANAGERS if gap is Gap.STANDARDS else Role.EMPLOYEES] = len(given)
    respondents = {role: people(count) for role, count in n.items()} | (roles or {})
    respondents.setdefault(Role.CUSTOMERS, people(0))
    return Study("test", made, respondents, answers, ratings, none, **parts)


def random_study(
    seed: int = 0,
    n: int = 60,
    sizes: dict[str, int] | None = None,
    missing: float = 0.1,
    units: int = 3,
    waves: int = 2,
    weight: np.ndarray | None = None,
    batteries: str = "EPMSVC",
) -> Study:
    """Random answers of all roles, with missing answers, units, waves and one segment."""
    rng = np.random.default_rng(seed)
    sizes = sizes or {"a": 3, "b": 2, "c": 4}
    counts = {Role.CUSTOMERS: n, Role.MANAGERS: max(n // 5, 4), Role.EMPLOYEES: max(n // 3, 4)}

    def some(count: int, name: str, kinds: int) -> pd.Categorical:
        codes = rng.integers(0, kinds, count)
        codes[rng.random(count) < 0.05] = -1
        return pd.Categorical.from_codes(codes, [f"{name} {k + 1}" for k in range(kinds)], ordered=True)

    roles = {}
    for role, count in counts.items():
        frame = people(count)
        if units:
            frame["unit"] = some(count, "unit", units)
        if waves:
            frame["wave"] = some(count, "wave", waves)
        roles[role] = frame
    roles[Role.CUSTOMERS]["sex"] = some(n, "sex", 2)
    roles[Role.CUSTOMERS]["overall_quality"] = rng.integers(1, 8, n).astype(float)
    if weight is not None:
        roles[Role.CUSTOMERS]["weight"] = weight

    def answers(count: int) -> np.ndarray:
        x = rng.integers(1, 8, (count, sum(sizes.values()))).astype(float)
        x[rng.random(x.shape) < missing] = np.nan
        return x

    parts = {letter: answers(counts[Battery(letter).role]) for letter in batteries}
    return study(sizes, roles, outcomes={"overall_quality": Scale(1, 7)}, segments=("sex",), **parts)
