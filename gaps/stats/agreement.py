"""Whether people of one unit agree enough, and units differ enough, for a mean per unit to stand for the unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from gaps.model import UNIT, Battery, Role, Scale, Study
from gaps.scoring.groups import codes_of
from gaps.scoring.scores import levels
from gaps.scoring.sums import Partition, Sums, collect
from gaps.stats.intraclass import of_groups

GAP = "gap"
ICC2_GOOD, ICC2_TOLERABLE, RWG_GOOD = 0.70, 0.50, 0.70
FEWEST_UNITS = 2
CONFIDENTIAL = 3  # fewer managers or employees of a unit could be recognised in its number
AGGREGATE, TOLERABLE, DO_NOT, UNKNOWN = "aggregate", "tolerable", "do_not", "unknown"
ONE_UNIT, TOO_FEW, NO_SPREAD, PRIVATE = "one_unit", "too_few", "no_spread", "confidential"
COLUMNS = (
    "battery", "role", "dimension", "units", "n", "unit_size", "ms_between", "ms_within", "icc1", "icc1_low", "icc1_high", "icc2",
    "design_effect", "n_effective", "rwg", "rwg_share", "rwg_units", "advice", "withheld",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Agreement:
    """Agreement per battery and dimension. frame: columns battery, role, dimension, units, n, unit_size, ms_between, ms_within, icc1,
    icc1_low, icc1_high, icc2, design_effect, n_effective, rwg (median over units), rwg_share (of units at .70 or above), rwg_units,
    advice (aggregate, tolerable, do_not, unknown), withheld. units: rwg of each unit; columns battery, dimension, unit, n, rwg, withheld.
    """

    frame: pd.DataFrame
    units: pd.DataFrame
    icc2_good: float = ICC2_GOOD
    icc2_tolerable: float = ICC2_TOLERABLE
    rwg_good: float = RWG_GOOD
    confidence: float = 0.95


def agreement(study: Study, *, confidence: float = 0.95) -> Agreement:
    """Estimate ICC(1), ICC(2), rwg(J), design effect and effective n per battery, and for item-wise gaps (battery "gap"), by unit.

    One-way analysis of variance of the respondents' scores by unit, J units, N respondents, n0 = (N - sum n²/N) / (J - 1): ICC(1) =
    (MSB - MSW) / (MSB + (n0 - 1) MSW), how far two people of one unit resemble each other; interval by F (exact for equal units);
    ICC(2) = (MSB - MSW) / MSB, the reliability of unit means. Design effect = 1 + (sum n²/N - 1) ICC(1), never below 1; effective n = N
    / it: so many unrelated respondents would be worth as much. rwg(J) = J (1 - q) / (J (1 - q) + q), q = mean item variance of the unit
    / ((A² - 1) / 12), A answer categories, q at most 1: agreement against answers spread evenly over the scale; the median over units
    with two raters or more. Not given for gaps, which have no such scale. Advice: aggregate with ICC(2) >= .70 and median rwg >= .70,
    tolerable with ICC(2) >= .50, else do_not (Bliese 2000; James, Demaree & Wolf 1984); conventions, not laws. Respondents without a
    unit are left out, case weights are not used, units of one rater count for ICC only. Single units' rwg of fewer than three managers
    or employees is kept confidential.

    Checked: R multilevel 2.7 (ICC1, ICC2, rwg.j); rwg .9375 for variance 1 on 7 points with 5 items; ICC(1) .05, 30 each: .612 and 2.45.
    """
    rows, by_unit = [], []
    for battery in [*Battery, GAP]:
        if (scored := _scored(study, battery)) is None:
            continue
        role, batteries = scored
        if role not in study.respondents or UNIT not in study.respondents[role]:
            continue
        partition = Partition(codes_of(study.respondents[role], UNIT, study.units), len(study.units))
        for dimension, sums, q, items in _dimensions(study, batteries, partition, battery == GAP):
            rwg = np.where(sums.n[0] > 1, rwg_j(q, items), np.nan) if items else q
            rows.append({"battery": str(battery), "role": str(role), "dimension": dimension} | _row(sums, rwg, confidence))
            if battery != GAP:
                by_unit.append((str(battery), role, dimension, sums.n[0], rwg))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"dimension": "str", "battery": "str", "role": "str"})
    return Agreement(frame, _by_unit(by_unit, study.units), confidence=confidence)


def _scored(study: Study, battery: Battery | str) -> tuple[Role, tuple[Battery, ...]] | None:
    if battery == GAP:
        both = study.expectation is not None and Battery.PERCEPTION in study.answers
        return (Role.CUSTOMERS, (study.expectation, Battery.PERCEPTION)) if both else None
    return (battery.role, (battery,)) if battery in study.answers else None


def _dimensions(
    study: Study, batteries: Sequence[Battery], partition: Partition, gap: bool
) -> Iterator[tuple[str | None, Sums, np.ndarray, int]]:
    """Per dimension, and in total: sums by unit of the scores, mean item variance by unit over the uniform one, number of items."""
    uniform = uniform_variance(study.instrument.scale)
    variances: dict[str | None, list[np.ndarray]] = {None: []}
    for level in levels(study, *batteries):
        if gap and level.item is not None:
            continue
        y = level.scores[1] - level.scores[0] if gap else level.scores[0]
        sums = collect([(0.0, y)], [partition])[0]
        if level.item is not None:
            variances.setdefault(level.dimension, []).append(sums.sd[0] ** 2)
            variances[None].append(sums.sd[0] ** 2)
            continue
        if gap:
            yield level.dimension, sums, np.full(partition.size, np.nan), 0
            continue
        of_items = np.array(variances[level.dimension])
        given = ~np.isnan(of_items)
        mean = np.divide(
            np.where(given, of_items, 0).sum(axis=0), given.sum(axis=0), out=np.full(partition.size, np.nan), where=given.any(axis=0)
        )
        yield level.dimension, sums, mean / uniform, len(of_items)


def uniform_variance(scale: Scale) -> float:
    """Variance of answers spread evenly over the categories of a scale of whole numbers: (A² - 1) / 12; seven points: 4."""
    return ((scale.span + 1) ** 2 - 1) / 12


def rwg_j(ratio: np.ndarray, items: int) -> np.ndarray:
    """Agreement of one unit's raters on so many items: J (1 - q) / (J (1 - q) + q), q = mean item variance over the uniform one.

    q above 1 (more spread than at random) counts as 1, agreement 0. James, Demaree & Wolf (1984). Checked: q .25, five items: .9375.
    """
    q = np.minimum(ratio, 1.0)
    return items * (1 - q) / (items * (1 - q) + q)


def _row(sums: Sums, rwg: np.ndarray, confidence: float) -> dict[str, object]:
    n = sums.n[0]
    units, total = int((n > 0).sum()), float(n.sum())
    row: dict[str, object] = dict.fromkeys(COLUMNS[3:], np.nan)
    row |= {"units": units, "n": int(total), "unit_size": total / units if units else np.nan, "advice": UNKNOWN, "withheld": ""}
    rated = ~np.isnan(rwg)
    if rated.any():
        row |= {"rwg": float(np.median(rwg[rated])), "rwg_share": float((rwg[rated] >= RWG_GOOD).mean())}
    row["rwg_units"] = int(rated.sum())
    if units < FEWEST_UNITS:
        return row | {"withheld": ONE_UNIT}
    if total - units < 1:
        return row | {"withheld": TOO_FEW}
    parts = of_groups(n, sums.mean[0], sums.sd[0])
    if not parts.between + parts.within > 1e-12:
        return row | {"withheld": NO_SPREAD}
    ratio = parts.between / parts.within if parts.within > 1e-12 else np.inf
    tail, df1, df2 = (1 - confidence) / 2, units - 1, total - units
    low, high = (ratio / special.fdtri(df1, df2, 1 - tail), ratio / special.fdtri(df1, df2, tail))
    icc2 = parts.icc2
    row |= {"ms_between": parts.between, "ms_within": parts.within, "icc1": parts.icc, "icc2": icc2 if np.isfinite(icc2) else np.nan}
    row |= {f"icc1_{end}": 1.0 if np.isinf(f) else (f - 1) / (f + parts.size - 1) for end, f in (("low", low), ("high", high))}
    effect = parts.design_effect
    return row | {"design_effect": effect, "n_effective": total / effect, "advice": advice(icc2, float(row["rwg"]))}


def advice(icc2: float, rwg: float) -> str:
    """Whether unit means may be used: by the reliability of the means and, where it is known, the agreement within units."""
    if np.isnan(icc2):
        return UNKNOWN
    if icc2 < ICC2_TOLERABLE or rwg < RWG_GOOD:
        return DO_NOT
    return AGGREGATE if icc2 >= ICC2_GOOD else TOLERABLE


def _by_unit(blocks: Sequence[tuple[str, Role, str | None, np.ndarray, np.ndarray]], units: Sequence[str]) -> pd.DataFrame:
    """One row per battery, dimension and unit. blocks: battery, role, dimension, raters and rwg of each unit."""
    k = len(blocks)
    n, rwg = (np.array([block[place] for block in blocks], float).reshape(k, len(units)) for place in (3, 4))
    private = (n < CONFIDENTIAL) & (n > 0) & np.array([block[1] is not Role.CUSTOMERS for block in blocks], bool).reshape(k, 1)
    places = np.repeat(np.arange(k), len(units))
    return pd.DataFrame({
        "battery": pd.array([block[0] for block in blocks], dtype="str").take(places),
        "dimension": pd.array([block[2] for block in blocks], dtype="str").take(places),
        "unit": pd.array(list(units), dtype="str").take(np.tile(np.arange(len(units)), k)),
        "n": n.astype(np.int64).ravel(),
        "rwg": np.where(private, np.nan, rwg).ravel(),
        "withheld": pd.array(np.select([private, np.isnan(rwg)], [PRIVATE, TOO_FEW], "").ravel(), dtype="str"),
    })  # fmt: skip
