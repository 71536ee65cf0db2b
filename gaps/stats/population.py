"""Answers against the people asked: response rate, correction for small populations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import RESPONDENT, UNIT, Gap, Role, Study, Withheld
from gaps.scoring.groups import codes_of, weights
from gaps.scoring.sums import collect, whole
from gaps.stats.intervals import ZERO, margin, p_values
from gaps.stats.parts import gap_parts

ABOVE_POPULATION = "more_than_population"


def correction(n: float | np.ndarray, population: float | np.ndarray) -> float | np.ndarray:
    """Factor of the standard error when n of a population of N answered: sqrt((N - n) / (N - 1)); 0 when all of them did.

    The textbook form for the variance with N; with s² of n - 1, R survey's sqrt(1 - n/N) is smaller by sqrt((N - 1) / N): this one is
    the more careful. It does not cure non-response: those who answered must be like those who did not. Cochran (1977). Raises
    ValueError where n exceeds N.
    """
    n, population = np.asarray(n, float), np.asarray(population, float)
    if np.any(n > population) or np.any(population < 1):
        raise ValueError(f"a population cannot be smaller than those who answered: {population.tolist()} and {n.tolist()}")
    return np.sqrt((population - n) / np.maximum(population - 1, 1))[()]


@dataclass(frozen=True, eq=False)
class Response:
    """Who answered of those asked. frame: columns role, unit (missing = over all), population, n, rate, correction (of the standard
    error), withheld (more_than_population; empty = given)."""

    frame: pd.DataFrame


def response(study: Study, populations: Mapping[Role, int | Mapping[str, int]]) -> Response:
    """Give response rates, and how far the smallness of the population narrows an interval.

    populations: per role the number of people, or one per unit (units not named have no row). n counts the respondents of the study; those
    without a unit count only over all. More answers than people: withheld. Raises ValueError for a unit the study does not have.
    """
    rows = []
    for role, sizes in populations.items():
        frame = study.respondents.get(role, pd.DataFrame({RESPONDENT: []}))
        if isinstance(sizes, Mapping):
            if unknown := sorted(set(sizes) - set(study.units)):
                raise ValueError(f"no such unit: {unknown}; the study has {list(study.units)}")
            codes = codes_of(frame, UNIT, study.units)
            counts = np.bincount(codes, minlength=len(study.units) + 1)
            n = {unit: int(counts[study.units.index(unit)]) for unit in sizes}
            rows.append(_answered(role, None, sum(sizes.values()), sum(n.values())))
            rows += [_answered(role, unit, size, n[unit]) for unit, size in sizes.items()]
        else:
            rows.append(_answered(role, None, sizes, len(frame)))
    columns = ["role", "unit", "population", "n", "rate", "correction", "withheld"]
    return Response(pd.DataFrame(rows, columns=columns).astype({"role": "str", "unit": "str", "withheld": "str"}))


def _answered(role: Role, unit: str | None, population: int, n: int) -> tuple:
    possible = 0 < population >= n
    given = (n / population, float(correction(n, population)), "") if possible else (np.nan, np.nan, ABOVE_POPULATION)
    return str(role), unit, population, n, *given


@dataclass(frozen=True, eq=False)
class FiniteGaps:
    """Gaps with the correction for small populations. frame: columns gap, dimension, n (fewest of its sides), mean, se, df, low, high, p,
    se_uncorrected. populations: those used."""

    frame: pd.DataFrame
    populations: Mapping[Role, int]
    confidence: float = 0.95


def finite_gaps(study: Study, populations: Mapping[Role, int], *, confidence: float = 0.95) -> FiniteGaps | Withheld:
    """Estimate the gaps, over all units and waves, of populations that were asked in good part or whole.

    Each role's part of the variance is multiplied by correction(n, N)²; where everybody answered it is 0: such managers are no sample.
    Roles without a population are left as they are. df: Satterthwaite over the parts that remain. Withheld: more_than_population.

    Checked: managers a census of six (methods 2.4): -0.350, se .72 / sqrt(120) with df 119.
    """
    rows = []
    for gap in Gap:
        for part_rows in _finite_rows(study, gap, populations):
            if isinstance(part_rows, Withheld):
                return part_rows
            rows.append(part_rows)
    frame = pd.DataFrame(rows, columns=["gap", "dimension", "n", "mean", "se", "df", "se_uncorrected"]).astype({"dimension": "str"})
    mean, se, df = (frame[name].to_numpy(float) for name in ("mean", "se", "df"))
    complete = (se <= ZERO) & (frame["se_uncorrected"].to_numpy(float) > ZERO)  # all were asked: the mean is known, not estimated
    half = np.where(complete, 0.0, margin(se, df, confidence))
    p = np.where(se > ZERO, p_values(mean, se, df), np.nan)
    frame = frame.assign(low=mean - half, high=mean + half, p=p)
    return FiniteGaps(frame, dict(populations), confidence)


def _finite_rows(study: Study, gap: Gap, populations: Mapping[Role, int]) -> Iterator[tuple | Withheld]:
    parts = gap_parts(study, gap)
    if not parts:
        return
    dimensions = sorted(parts[0].scores, key=lambda d: d is not None)
    sums = []
    for part in parts:
        rows = [(0.0, part.scores[d]) for d in dimensions]
        sums.append(collect(rows, [whole(study.n(part.role))], weights(study, part.role))[0])
        n = study.n(part.role)
        if n > populations.get(part.role, n):
            yield Withheld(ABOVE_POPULATION, {"role": str(part.role), "n": n, "population": populations[part.role]})
            return
    for k, dimension in enumerate(dimensions):
        n = np.array([s.n[k, 0] for s in sums])
        plain = np.array([s.se[k, 0] for s in sums]) ** 2
        factor = np.array([correction(m, populations[p.role]) if p.role in populations else 1.0 for m, p in zip(n, parts, strict=True)])
        variance = plain * factor**2
        mean = float(sum(p.sign * s.mean[k, 0] for p, s in zip(parts, sums, strict=True)))
        below = float((variance**2 / np.maximum(n - 1, 1)).sum())
        df = variance.sum() ** 2 / below if below > 0 else np.nan
        yield int(gap), dimension, int(n.min()), mean, float(np.sqrt(variance.sum())), df, float(np.sqrt(plain.sum()))
