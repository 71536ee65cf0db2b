"""Answers against the people asked: response rate, correction for small populations, weights that meet known margins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import RESPONDENT, UNIT, WEIGHT, Gap, Role, Study, Withheld
from gaps.scoring.groups import codes_of, weights
from gaps.scoring.sums import collect, whole
from gaps.stats.intervals import ZERO, p_values, t_quantile
from gaps.stats.parts import gap_parts
from gaps.stats.shrinkage import normal_quantile

CHI_SQUARE = 3.841  # as Krejcie and Morgan print it
MOST_ROUNDS = 1000
CLOSE, ACCEPTED = 1e-9, 1e-6  # distance of a share from its target
BEYOND = 1e6  # times the cap: how far a cut weight may want to go
LARGEST = 5.0  # weight over the mean weight (DeBell & Krosnick 2009)
FEWEST_IN_MARGIN = 5  # respondents who stand for a category of the population
IMPOSSIBLE, NOT_CONVERGED, CAP_TOO_LOW = "impossible_margins", "not_converged", "cap_too_low"
COLUMN_MISSING, CATEGORY_MISSING, CATEGORY_UNKNOWN, NOT_A_SHARE, NOTHING_GIVEN, TOO_FEW, NOBODY = (
    "column_missing", "category_without_respondents", "category_without_share", "not_a_share", "no_margins", "too_few", "no_respondents",
)  # fmt: skip
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


def size_for_mean(sd: float, margin: float, population: float | None = None, confidence: float = 0.95) -> float:
    """Respondents for a mean within ± margin: n0 = (z sd / margin)², in a population of N n0 / (1 + (n0 - 1) / N). Not rounded.

    Checked: sd 1.2, margin .2: 138.3, N 300: 94.9, N 1,000: 121.6; sd 1.5, margin .1: 864.4 (methods 7.8, with z 1.96).
    """
    if not (sd > 0 and margin > 0):
        raise ValueError(f"standard deviation and margin must be positive, not {sd} and {margin}")
    n0 = (normal_quantile(confidence) * sd / margin) ** 2
    return float(n0 if population is None else n0 / (1 + (n0 - 1) / population))


def krejcie_morgan(population: int, margin: float = 0.05, share: float = 0.5) -> int:
    """Sample size for a share: chi² N P (1 - P) / (d² (N - 1) + chi² P (1 - P)), rounded to whole people.

    Krejcie & Morgan (1970). Checked: their table, N 100 → 80, 220 → 140, 500 → 217, 1,200 → 291, 1,500 → 306, 2,800 → 338, 9,000 → 368.
    """
    if population < 1 or not 0 < margin < 1 or not 0 < share < 1:
        raise ValueError(f"a population of at least 1, margin and share between 0 and 1; got {population}, {margin}, {share}")
    spread = CHI_SQUARE * share * (1 - share)
    return round(population * spread / (margin**2 * (population - 1) + spread))


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

    Each role's part of the variance is multiplied by correction(n, N)²; where everybody answered it is 0: such managers are no sample. Roles
    without a population are left as they are. df: Satterthwaite over the parts that remain. Withheld: more_than_population.

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
    half = np.where(se > ZERO, t_quantile(df, confidence) * se, np.where(np.isnan(se), np.nan, 0.0))
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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with given margins: column_missing, category_without_respondents, category_without_share, not_a_share, too_few,
    no_respondents or no_margins; column and value it is about."""

    code: str
    column: str | None = None
    value: str | None = None
    count: int = 0


@dataclass(frozen=True, eq=False)
class Raking:
    """A study with post-stratification weights.

    study: with the weights (mean 1) in the respondents' `weight`; margins: columns column, value, n, target, before, after (shares);
    largest, smallest: weights; n_effective = (sum w)² / sum w²; design_effect = n / n_effective; trimmed: respondents at the cap; rounds: of the
    algorithm; cap: as given.
    """

    study: Study
    role: Role
    margins: pd.DataFrame
    n: int
    n_effective: float
    design_effect: float
    smallest: float
    largest: float
    trimmed: int
    rounds: int
    cap: float | None


def rake(
    study: Study,
    margins: Mapping[str, Mapping[str, float]],
    *,
    role: Role = Role.CUSTOMERS,
    cap: float | None = LARGEST,
    keep_weights: bool = True,
) -> Raking | Withheld:
    """Weight respondents so that units, waves or segments have the shares that they have in the population (raking).

    margins: per column the share, percentage or count of each value; each column is rescaled to 1. Weights are multiplied column by column
    by target / present share until all shares fit to 1e-9 (Deming & Stephan 1940). Respondents without a value of a column
    keep that column's present share of the missing. cap: no weight exceeds so many times the mean; the others make up for it, so that the
    shares still fit (truncated raking, Deville & Saerndal 1992). keep_weights: start from given case weights.

    Withheld: impossible_margins, with every fault at once (values: faults); not_converged (missed), where columns contradict each other
    or a combination has nobody; cap_too_low (cap, needed, missed), where no weights under the cap have these shares. Raking makes respondents
    stand for others like them in these columns; whether they are like them otherwise no weight can tell.

    Checked: R survey 4.1-1: rake, and calibrate(calfun = "raking", bounds) for the cap.
    """
    frame = study.respondents.get(role, pd.DataFrame())
    if faults := tuple(_faults(study, frame, margins, role)):
        return Withheld(IMPOSSIBLE, {"faults": faults})
    if cap is not None and cap <= 1:
        raise ValueError(f"the cap must be above 1, not {cap}")
    columns = [(codes, target) for codes, _, target in (_margin(frame, name, shares) for name, shares in margins.items())]
    given = weights(study, role)
    start = given.copy() if keep_weights and given is not None else np.ones(len(frame))
    start = start / start.mean()
    columns = [(codes, _with_missing(target, codes, start)) for codes, target in columns]
    w, rounds = _fit(start, columns, None)
    if _missed(w, columns) > ACCEPTED:
        return Withheld(NOT_CONVERGED, {"missed": _missed(w, columns)})
    if cap is not None and w.max() > cap:
        needed = float(w.max())
        w, rounds = _fit(start, columns, cap)
        if _missed(w, columns) > ACCEPTED:
            return Withheld(CAP_TOO_LOW, {"cap": cap, "needed": needed, "missed": _missed(w, columns)})
    raked = study.with_(respondents={**study.respondents, role: frame.assign(**{WEIGHT: w})})
    effective = float(w.sum() ** 2 / (w @ w))
    return Raking(
        study=raked, role=role, margins=_margin_table(frame, margins, start, w), n=len(w), n_effective=effective,
        design_effect=len(w) / effective, smallest=float(w.min()), largest=float(w.max()),
        trimmed=0 if cap is None else int((w > cap * (1 - 1e-6)).sum()), rounds=rounds, cap=cap,
    )  # fmt: skip


def _faults(study: Study, frame: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], role: Role) -> Iterator[Fault]:
    if not margins:
        yield Fault(NOTHING_GIVEN)
    if not len(frame):
        yield Fault(NOBODY)
        return
    for column, shares in margins.items():
        if column not in frame or not isinstance(frame[column].dtype, pd.CategoricalDtype):
            yield Fault(COLUMN_MISSING, column)
            continue
        values = np.array(list(shares.values()), float)
        bad = [str(v) for v, s in shares.items() if not (np.isfinite(s) and s >= 0)]
        yield from (Fault(NOT_A_SHARE, column, v) for v in bad)
        if bad or not values.sum() > 0:
            if not bad:
                yield Fault(NOT_A_SHARE, column)
            continue
        present = frame[column].value_counts()
        counts = {str(v): int(c) for v, c in present.items() if c > 0}
        for value, share in shares.items():
            n = counts.get(str(value), 0)
            if share > 0 and n == 0:
                yield Fault(CATEGORY_MISSING, column, str(value))
            elif share > 0 and n < FEWEST_IN_MARGIN:
                yield Fault(TOO_FEW, column, str(value), n)
        stated = {str(v) for v, s in shares.items() if s > 0}
        yield from (Fault(CATEGORY_UNKNOWN, column, v, counts[v]) for v in counts if v not in stated)


def _margin(frame: pd.DataFrame, column: str, shares: Mapping[str, float]) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Each respondent's place among the named values (the number of them where missing), the values, and their shares of 1."""
    named = {str(v): float(s) for v, s in shares.items() if s > 0}
    target = np.array(list(named.values()))
    return codes_of(frame, column, tuple(named)), tuple(named), target / target.sum()


def _with_missing(target: np.ndarray, codes: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Targets with those whose value is missing as a last category that keeps the share it has."""
    missing = start[codes == len(target)].sum() / start.sum()
    return np.append(target * (1 - missing), missing)


def _fit(w: np.ndarray, columns: list[tuple[np.ndarray, np.ndarray]], cap: float | None) -> tuple[np.ndarray, int]:
    """Weights of mean 1 whose shares fit, none above the cap: the truncated raking of Deville & Saerndal (1992).

    What a weight would be without the cap is kept and multiplied on; the shares are those of the cut weights. With room under the cap the
    shares fit exactly; without, they do not, which the caller finds.
    """
    free, top = w.copy(), np.inf if cap is None else cap
    w = np.minimum(free, top)
    for rounds in range(1, MOST_ROUNDS + 1):
        for codes, target in columns:
            present = np.bincount(codes, w, len(target)) / len(w)
            free = np.minimum(free * np.divide(target, present, out=np.zeros(len(target)), where=present > 0)[codes], BEYOND * top)
            w = np.minimum(free, top)
        if _missed(w, columns) < CLOSE:
            break
    return w, rounds


def _missed(w: np.ndarray, columns: list[tuple[np.ndarray, np.ndarray]]) -> float:
    return float(max((np.abs(np.bincount(c, w, len(t)) / len(w) - t).max() for c, t in columns), default=0.0))


def _margin_table(frame: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], start: np.ndarray, w: np.ndarray) -> pd.DataFrame:
    rows = []
    for column, shares in margins.items():
        codes, values, target = _margin(frame, column, shares)
        known = codes < len(values)
        counts, before, after = (np.bincount(codes[known], x, len(values)) for x in (None, start[known], w[known]))
        rows += list(zip([column] * len(values), values, counts, target, before / before.sum(), after / after.sum(), strict=True))
    return pd.DataFrame(rows, columns=["column", "value", "n", "target", "before", "after"])
