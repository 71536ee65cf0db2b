"""Simulated surveys in which units, waves or nothing differ, with answers 1 to 7, rounded and clipped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Study

SIZES = {"a": 4, "b": 5, "c": 4, "d": 4, "e": 5}
ITEMS = tuple(Item(n, d) for n, d in enumerate([d for d, size in SIZES.items() for _ in range(size)], start=1))
INSTRUMENT = Instrument("simulated", {}, ITEMS, tuple(Dimension(d) for d in SIZES), Scale(1, 7))


def answers(rng: np.random.Generator, shift: np.ndarray, spread: np.ndarray | float = 1.0, level: float = 5.0):
    """Expectations and perceptions of len(shift) customers on 22 items: a halo, ceiling effects, 3 in 10 perceptions ticked where the
    expectation was. shift moves a customer's perceptions before rounding; spread stretches them."""
    n = len(shift)
    stretch = np.broadcast_to(spread, n)[:, None]
    person = rng.normal(0, 0.7, (n, 1))
    e = np.clip(np.rint(6.2 + person + rng.normal(0, 0.6, (n, len(ITEMS)))), 1, 7)
    opinion = stretch * (rng.normal(0, 0.75, (n, 1)) + rng.normal(0, 0.7, (n, len(ITEMS))))
    p = np.clip(np.rint(level + shift[:, None] + 0.45 * person + opinion), 1, 7)
    equal = rng.random(e.shape) < 0.3
    p[equal] = e[equal]
    return e, p


def survey(e: np.ndarray, p: np.ndarray, respondents: pd.DataFrame) -> Study:
    """A study of customers from their answers."""
    frames = {
        b: pd.DataFrame(x.astype(np.float32), columns=list(INSTRUMENT.numbers))
        for b, x in ((Battery.EXPECTATION, e), (Battery.PERCEPTION, p))
    }
    return Study("simulated", INSTRUMENT, {Role.CUSTOMERS: respondents}, frames)


def company(
    rng: np.random.Generator, *, units: int, customers: int, low: Sequence[int] = (), high: Sequence[int] = (), shift: float = 0.6,
    level: float = 5.0, effects: np.ndarray | None = None, spread: np.ndarray | None = None,
) -> Study:  # fmt: skip
    """So many units of so many customers; `low` and `high` ones are shifted before rounding, or all by `effects`."""
    moved = np.zeros(units) if effects is None else np.array(effects, float)
    moved[list(low)] -= shift
    moved[list(high)] += shift
    unit = np.repeat(np.arange(units), customers)
    stretch = 1.0 if spread is None else spread[unit]
    e, p = answers(rng, moved[unit], stretch, level)
    frame = pd.DataFrame({"respondent": [str(k) for k in range(len(unit))]})
    frame["unit"] = pd.Categorical.from_codes(unit, [f"U{k + 1}" for k in range(units)], ordered=True)
    return survey(e, p, frame)


def panel(rng: np.random.Generator, *, before: int, after: int, both: int, change: float = 0.0, level: float = 5.0) -> Study:
    """Two waves; `both` people answer in each, with the same leaning; perceptions move by `change` before rounding."""
    people = before + after - both
    leaning = rng.normal(0, 0.6, people)
    first, second = np.arange(before), np.arange(before - both, people)
    e1, p1 = answers(rng, leaning[first], level=level)
    e2, p2 = answers(rng, leaning[second] + change, level=level)
    frame = pd.DataFrame({"respondent": [f"c{k}" for k in np.concatenate([first, second])]})
    frame["wave"] = pd.Categorical(["2025"] * before + ["2026"] * after, ordered=True)
    return survey(np.vstack([e1, e2]), np.vstack([p1, p2]), frame)
