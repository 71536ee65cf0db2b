"""A simulated company whose truth is known: what the app offers at first start, and what tests recover.

`TRUTH` is what is built in; `frames(seed, truth)` draws the answers, `sample(seed)` writes them as a study workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import numpy as np
import pandas as pd
from openpyxl import Workbook

from gaps import instruments
from gaps.model import RESPONDENT, UNIT, WAVE, Battery, Role

INSTRUMENT = "servqual-1991-five-gaps"
WAVES = ("2025-H2", "2026-H1", "2026-H2")
PLACES = (
    "Alderbrook", "Ashmere", "Birchwick", "Bramblegate", "Brightwater Quay", "Carrowdale", "Castlebeck", "Coldharrow", "Copperhill",
    "Dunmarsh", "Eastmere", "Elmstead Cross", "Fallowfield End", "Fernleigh", "Foxholt", "Glenharbour", "Greywater", "Harrowmead",
    "Hazelford", "Ivybridge Park", "Juniper Heath", "Kestrel Bay", "Larkmoor", "Lindenbury", "Marlowe Green", "Millhaven", "Northmere",
    "Oakhollow", "Pinefield", "Quarryside", "Ravenscar Mill", "Saltmarket", "Silverlea", "Thornhaven", "Westerby", "Yewdale",
)  # fmt: skip
WEAK, STRONG = "Thornhaven", "Larkmoor"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulated company is made of. Dimension tuples stand in the order of SERVQUAL: T, R, Rs, A, E; gap tuples: 1 to 4.

    A customer's opinion of a dimension is a point of the scale, not yet rounded; with g their mean gap over the five dimensions and E their
    mean expectation, overall quality (1-10, before rounding) is

        8.2 + slope_below min(g, 0) + slope_above max(g, 0) + slope_expectation (E - 6) + sum_j pull_j (G_j - g) + unit + noise.

    Units differ in gap k by `gap_spread[k]` (standard deviation, all dimensions alike). Perception follows delivery one to one, so gaps 1
    to 3 carry over wholly and gap 4 by `promise_effect`; what a unit's gap does to its overall quality is its spread times that.
    """

    customers: int = 2000
    units: int = 36
    managers: tuple[int, int] = (5, 7)  # per unit, both ends included
    employees: tuple[int, int] = (10, 14)
    expectation: tuple[float, ...] = (6.00, 6.65, 6.50, 6.50, 6.20)  # before the scale's top cuts it off
    gap1: tuple[float, ...] = (0.00, -0.15, -0.20, -0.15, -0.35)
    gap2: tuple[float, ...] = (-0.10, -0.20, -0.20, -0.15, -0.25)
    gap3: tuple[float, ...] = (-0.10, -0.85, -0.70, -0.25, -0.20)
    gap4: tuple[float, ...] = (-0.10, -0.45, -0.35, -0.20, -0.15)
    perception_step: tuple[float, ...] = (0.10, 0.05, 0.10, 0.05, 0.15)
    gap_spread: tuple[float, ...] = (0.14, 0.14, 0.44, 0.20)
    promise_effect: float = 0.4
    weak_shift: float = -1.5  # of gap 3 in the weak branch; its other gaps are average
    strong_shift: float = 1.3
    improving: int = 2  # place of the dimension whose gap 3 closes over the waves: responsiveness
    improvement: float = 0.30  # per wave
    slope_below: float = 1.8
    slope_above: float = 0.9
    slope_expectation: float = 0.6
    pull: tuple[float, ...] = (0.0, 0.70, 0.10, 0.05, 0.05)
    quality_noise: float = 0.8
    unit_noise: float = 0.10  # of perception and of overall quality, unit by unit, unrelated to any gap
    business_expectation: float = 0.20  # business customers expect more
    points: tuple[float, ...] = (11, 32, 22, 19, 16)  # stated importance
    same_answer: float = 0.05  # share of customers who give one answer to every E and one to every P
    equal_answer: float = 0.10  # chance that a perception is ticked where the expectation was
    missing: float = 0.02  # share of cells without answer
    abandoned: float = 0.015  # share of customers who stop on the way
    blank: int = 4  # customers who answered nothing

    @property
    def ratio(self) -> float:
        """The structural loss-aversion ratio: slope below over slope above."""
        return self.slope_below / self.slope_above


TRUTH = Truth()
# Opinions reach the hinge rounded, cut off at the scale's ends and mixed with the pull of reliability: 200,000 customers in
# 2,000 units of this truth give 1.73 (95 % 1.70-1.76), not the structural 2. An interval is right if it covers this.
ESTIMATED_RATIO = 1.73


def sample(seed: int = 1) -> bytes:
    """Simulate the sample company and write it as a study workbook (.xlsx); the same content for the same seed."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime(2026, 11, 23)
    for name, frame in frames(seed).items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.append(list(frame.columns))
        cells = frame.astype(object).where(frame.notna(), None)
        for row in cells.itertuples(index=False, name=None):
            sheet.append([int(v) if isinstance(v, float) and v.is_integer() else v for v in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def frames(seed: int = 1, truth: Truth = TRUTH) -> Mapping[str, pd.DataFrame]:
    """Simulate a company: sheet name -> frame as in a study workbook, missing answers as NaN. Same seed and truth, same frames.

    Other truths: `frames(7, dataclasses.replace(TRUTH, slope_above=1.2))`. Raises ValueError for a number of units or customers below 2.
    """
    if truth.units < 2 or truth.customers < 2:
        raise ValueError(f"a company needs at least 2 units and 2 customers, not {truth.units} and {truth.customers}")
    # a stream for each, so that more customers do not change the company or its staff
    company, customers, managers, employees = np.random.default_rng(seed).spawn(4)
    names = _unit_names(truth.units)
    levels = _unit_levels(company, truth, names)
    return {
        "customers": _customers(customers, truth, names, levels),
        "managers": _staff(managers, truth, names, levels, Role.MANAGERS),
        "employees": _staff(employees, truth, names, levels, Role.EMPLOYEES),
        "items": _items(),
        "study": _study(truth),
    }


def _unit_names(units: int) -> tuple[str, ...]:
    return tuple(PLACES[u] if u < len(PLACES) else f"Branch {u + 1}" for u in range(units))


def _unit_levels(rng: np.random.Generator, truth: Truth, names: tuple[str, ...]) -> Mapping[Battery, np.ndarray]:
    """True level of each battery: waves x units x dimensions, down the chain E -> M -> S -> V -> P, with C above V."""
    shape = (truth.units, len(truth.expectation))
    means = np.array([truth.gap1, truth.gap2, truth.gap3, truth.gap4])
    common = rng.normal(size=(4, truth.units)) * np.array(truth.gap_spread)[:, None]
    for name, shift in ((WEAK, truth.weak_shift), (STRONG, truth.strong_shift)):
        if name in names:
            common[:, names.index(name)] = (0, 0, shift, 0)
    gaps = means[:, None, :] + common[:, :, None] + rng.normal(scale=0.12, size=(4, *shape))
    expectation = np.array(truth.expectation) + rng.normal(scale=0.08, size=(truth.units, 1))
    belief = expectation + gaps[0]
    standard = belief + gaps[1]
    change = np.zeros((len(WAVES), 1, shape[1]))
    change[:, 0, truth.improving] = truth.improvement * (np.arange(len(WAVES)) - (len(WAVES) - 1) / 2)
    delivery = standard + gaps[2] + change
    disappointment = truth.promise_effect * common[3][:, None] + rng.normal(scale=truth.unit_noise, size=(truth.units, 1))
    levels = {
        Battery.EXPECTATION: expectation,
        Battery.BELIEF: belief,
        Battery.STANDARD: standard,
        Battery.DELIVERY: delivery,
        Battery.PROMISE: delivery - gaps[3],
        Battery.PERCEPTION: delivery + np.array(truth.perception_step) + disappointment,
    }
    return {battery: np.broadcast_to(level, (len(WAVES), *shape)) for battery, level in levels.items()}


def _customers(rng: np.random.Generator, truth: Truth, names: tuple[str, ...], levels: Mapping[Battery, np.ndarray]) -> pd.DataFrame:
    n = truth.customers
    size = rng.uniform(0.5, 1.5, truth.units)
    for name in (WEAK, STRONG):
        if name in names:
            size[names.index(name)] = 1
    unit = rng.choice(truth.units, n, p=size / size.sum())
    wave = np.sort(rng.integers(len(WAVES), size=n))
    business = rng.random(n) < 0.25
    age = rng.choice(["18-29", "30-44", "45-59", "60+"], n, p=[0.2, 0.3, 0.3, 0.2]).astype(object)
    age[rng.random(n) < 0.03] = None

    person = rng.normal(scale=0.70, size=n)
    expected = levels[Battery.EXPECTATION][wave, unit] + (person + truth.business_expectation * (business - 0.25))[:, None]
    expected += rng.normal(scale=0.35, size=expected.shape)
    # a halo over all dimensions, and some of one's expectation, colour what one sees
    perceived = levels[Battery.PERCEPTION][wave, unit] + (0.45 * person + rng.normal(scale=0.75, size=n))[:, None]
    perceived += rng.normal(scale=0.45, size=perceived.shape)

    quality = _quality(rng, truth, np.clip(expected, 1, 7), np.clip(perceived, 1, 7), unit)
    e, p = _answers(rng, expected), _answers(rng, perceived)
    equal = rng.random(p.shape) < truth.equal_answer
    p[equal] = e[equal]
    same = rng.random(n) < truth.same_answer
    e[same], p[same] = _rounded(expected.mean(axis=1))[same, None], _rounded(perceived.mean(axis=1))[same, None]

    points = _points(rng, truth)
    outcomes = np.column_stack([
        _rounded(quality, 1, 10),
        _rounded(1 + (quality - 1) * 6 / 9 + rng.normal(scale=0.5, size=n), 1, 7),
        _rounded((quality - 1) * 10 / 9 + rng.normal(scale=1.2, size=n), 0, 10),
    ])  # fmt: skip
    answers = np.column_stack([e, p, points, outcomes])
    _leave_out(rng, truth, answers, items=e.shape[1] * 2)

    dimensions = [d.id for d in instruments.load(INSTRUMENT).dimensions]
    columns = [*_columns(Battery.EXPECTATION), *_columns(Battery.PERCEPTION), *(f"W_{d}" for d in dimensions)]
    frame = pd.DataFrame(answers, columns=[*columns, "overall_quality", "satisfaction", "recommend"])
    labels = {
        RESPONDENT: [f"C{i + 1:04d}" for i in range(n)],
        UNIT: np.array(names)[unit],
        WAVE: np.array(WAVES)[wave],
        "customer_type": np.where(business, "business", "private"),
        "age_group": age,
    }
    return pd.concat([pd.DataFrame(labels), frame], axis=1)


def _quality(rng: np.random.Generator, truth: Truth, expected: np.ndarray, perceived: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Overall quality before rounding, from opinions as points of the scale (customers x dimensions)."""
    gap = perceived - expected
    g = gap.mean(axis=1)
    quality = 8.2 + truth.slope_below * np.minimum(g, 0) + truth.slope_above * np.maximum(g, 0)
    quality += truth.slope_expectation * (expected.mean(axis=1) - 6) + (gap - g[:, None]) @ np.array(truth.pull)
    return quality + rng.normal(scale=truth.unit_noise, size=truth.units)[unit] + rng.normal(scale=truth.quality_noise, size=len(g))


def _answers(rng: np.random.Generator, opinion: np.ndarray, noise: float = 0.5) -> np.ndarray:
    """Item answers 1 to 7 around the opinion of each dimension (respondents x dimensions -> respondents x items)."""
    instrument = instruments.load(INSTRUMENT)
    place = {d.id: j for j, d in enumerate(instrument.dimensions)}
    dimension = [place[item.dimension] for item in instrument.items]
    # items of a dimension are not equally easy: steps that cancel out within it, the same for every battery
    step = np.array([0.10, -0.05, 0.05, -0.10, 0.12, 0.08, -0.10, 0.00, -0.10, 0.10, 0.05, -0.05,
                     -0.10, 0.05, 0.10, -0.05, -0.10, 0.05, 0.10, -0.10, -0.10, 0.05])  # fmt: skip
    return _rounded(opinion[:, dimension] + step + rng.normal(scale=noise, size=(len(opinion), len(dimension))))


def _rounded(opinion: np.ndarray, low: int = 1, high: int = 7) -> np.ndarray:
    return np.clip(np.rint(opinion), low, high) + 0.0  # no negative zero


def _points(rng: np.random.Generator, truth: Truth) -> np.ndarray:
    """100 points over the dimensions, in fives; some respondents cannot add up, some leave them out."""
    n = truth.customers
    shares = rng.dirichlet(np.array(truth.points) * 0.15, n)
    points = np.floor(shares * 20) * 5
    points[np.arange(n), shares.argmax(axis=1)] += 100 - points.sum(axis=1)
    slip = rng.random(n)
    points[slip < 0.04, 0] += 5  # 105: close enough to be rescaled
    points[(slip >= 0.04) & (slip < 0.06)] *= 0.5  # 50: not what was asked
    points[slip > 0.94] = np.nan
    return points


def _leave_out(rng: np.random.Generator, truth: Truth, answers: np.ndarray, items: int) -> None:
    """Remove answers in place: single cells, the rest of abandoned questionnaires, and all of the blank ones."""
    n, cells = answers.shape
    outcomes = cells - 3
    answers[:, :items][rng.random((n, items)) < truth.missing] = np.nan
    answers[:, outcomes:][rng.random((n, 3)) < truth.missing] = np.nan
    for row in np.flatnonzero(rng.random(n) < truth.abandoned):
        answers[row, rng.integers(5, items) :] = np.nan
    answers[rng.choice(n, min(truth.blank, n), replace=False)] = np.nan


def _staff(
    rng: np.random.Generator, truth: Truth, names: tuple[str, ...], levels: Mapping[Battery, np.ndarray], role: Role
) -> pd.DataFrame:
    """Managers (M, S) or contact employees (V, C): a few per unit, spread over the waves, each with a leaning of their own."""
    first, second = [b for b in levels if b.role is role]
    low, high = truth.managers if role is Role.MANAGERS else truth.employees
    unit = np.repeat(np.arange(truth.units), rng.integers(low, high + 1, truth.units))
    n = len(unit)
    wave = (np.arange(n) + rng.integers(len(WAVES), size=truth.units)[unit]) % len(WAVES)
    leaning = rng.normal(scale=0.35, size=(n, 1))
    answers = np.column_stack([
        _answers(rng, levels[first][wave, unit] + leaning, noise=0.6),
        _answers(rng, levels[second][wave, unit] + leaning + rng.normal(scale=0.25, size=(n, 1)), noise=0.6),
    ])  # fmt: skip
    answers[rng.random(answers.shape) < truth.missing / 2] = np.nan
    letter = role[0].upper()
    labels = {RESPONDENT: [f"{letter}{i + 1:03d}" for i in range(n)], UNIT: np.array(names)[unit], WAVE: np.array(WAVES)[wave]}
    return pd.concat([pd.DataFrame(labels), pd.DataFrame(answers, columns=[*_columns(first), *_columns(second)])], axis=1)


def _columns(battery: Battery) -> list[str]:
    return [f"{battery.value}{number}" for number in instruments.load(INSTRUMENT).numbers]


def _items() -> pd.DataFrame:
    items = instruments.load(INSTRUMENT).items
    return pd.DataFrame({
        "item": [i.number for i in items],
        "dimension": [i.dimension for i in items],
        "label": [i.label("en") for i in items],
        "label_zh": [i.label("zh") for i in items],
        "reversed": ["yes" if i.reversed else "no" for i in items],
    })  # fmt: skip


def _study(truth: Truth) -> pd.DataFrame:
    settings = {
        "title": f"Simulated company with {truth.units} branches",
        "instrument": INSTRUMENT,
        "scale_min": 1, "scale_max": 7,
        "overall_quality_min": 1, "overall_quality_max": 10,
        "satisfaction_min": 1, "satisfaction_max": 7,
        "recommend_min": 0, "recommend_max": 10,
        "simulated": "yes",
    }  # fmt: skip
    return pd.DataFrame({"setting": list(settings), "value": pd.Series(list(settings.values()), dtype=object)})
