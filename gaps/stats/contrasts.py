"""Differences between units, segments and waves, each against the rest of the respondents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from gaps.model import UNIT, Battery, Role, Study
from gaps.scoring.by_cell import Rows, layers, summed
from gaps.scoring.gap_table import welch
from gaps.scoring.level_sums import LevelSums, scored_levels
from gaps.scoring.scores import levels, paired_scores
from gaps.scoring.sums import Sums
from gaps.stats.intervals import ZERO, t_quantile
from gaps.stats.multiplicity import benjamini_hochberg, by_family, holm
from gaps.stats.shrinkage import normal_quantile, shrink

if TYPE_CHECKING:
    from gaps.disclosure.minimum import Minimum

GAP, PERCEPTION = "gap", "perception"
JUDGED = 30  # fewer respondents say nothing about one unit (methods 2.6)
SHOWN = 10  # fewer give no interval: answers are few and round, and may all be equal by chance
FALSE = 0.05  # share of false ones among those that are told apart
OUTER = 0.998
NO_ANSWERS, FEW, FEW_REST, NO_SPREAD = "no_answers", "few", "few_rest", "no_spread"
BELOW, ABOVE, OPEN = "below", "above", "open"
KEYS = ("by", "group", "measure", "dimension", "item")


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Each unit, segment value and wave against the rest.

    frame: columns by, group, measure, dimension, item, n, n_rest, mean, rest, difference, se, df, low, high (Welch), p, p_bh, p_holm,
    standing (below, above, open; empty = not judged), withheld (no_answers, few, few_rest, no_spread; empty = judged).
    units: shrunken means; columns unit, measure, dimension, item, n, mean, share, shrunk, low, high, funnel_low, funnel_high,
    funnel_outer_low, funnel_outer_high (95 and 99.8 %). spread: per level units, overall, between, within, icc.
    """

    frame: pd.DataFrame
    units: pd.DataFrame
    spread: pd.DataFrame
    judged: int = JUDGED
    false_share: float = FALSE
    confidence: float = 0.95
    missing: str = "respondents without the score, or without a unit, segment value or wave, are left out of that comparison"
    minimum: Minimum | None = None  # groups below it are hidden

    def rows(self, by: str, *, measure: str = GAP, level: str | None = None, group: str | None = None) -> pd.DataFrame:
        """Rows of one comparison. `level` is "total", "dimension" or "item"."""
        f = self.frame
        keep = f["by"].eq(by) & f["measure"].eq(measure)
        if group is not None:
            keep &= f["group"].eq(group)
        if level is not None:
            keep &= _kind(f).eq(level)
        return f[keep]

    @cached_property
    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many groups each comparison has with any answer, and how many of them can be judged, by the first measure's total."""
        f = self.frame[_kind(self.frame).eq("total")]
        f = f[f["measure"].eq(f["measure"].iloc[0])] if len(f) else f
        return (
            {str(by): int(n) for by, n in f[f["n"].gt(0)].groupby("by").size().items()},
            {str(by): int(n) for by, n in f[f["standing"].ne("")].groupby("by").size().items()},
        )

    def of(self, by: str, measure: str, dimension: str | None = None) -> pd.DataFrame:
        """Rows of one comparison in one measure, in total or in one dimension."""
        rows = self.rows(by, measure=measure, level="total" if dimension is None else "dimension")
        return rows if dimension is None else rows[rows["dimension"].eq(dimension)]

    def items(self, by: str) -> pd.DataFrame:
        """Rows of one comparison, item by item."""
        return self.frame[self.frame["by"].eq(by) & _kind(self.frame).eq("item")]

    def ordered(self, by: str, measure: str, dimension: str | None = None) -> tuple[str, ...]:
        """The groups that have answers, lowest against the rest first."""
        return tuple(map(str, self.of(by, measure, dimension).dropna(subset=["difference"]).sort_values("difference")["group"]))

    def measures(self) -> list[tuple[str, str | None]]:
        """What was compared: each measure with its dimension, None for the total."""
        f = self.frame[_kind(self.frame).ne("item")]
        pairs = f[["measure", "dimension"]].drop_duplicates().itertuples(index=False)
        found = [(str(m), d if isinstance(d, str) else None) for m, d in pairs]
        return sorted(found, key=lambda pair: (pair[0] not in (GAP, PERCEPTION), pair[1] is not None and pair[0] in (GAP, PERCEPTION)))


@dataclass(frozen=True, eq=False)
class Compared:
    """What customers are compared in, summed: `names` (measure, dimension, item) of each level, its sums, its skewness within the groups.

    measure: gap 5 (or perception) in total, by dimension and by item; an outcome.
    """

    names: Sequence[tuple[str, str | None, int | None]]
    sums: Sums
    skewness: np.ndarray

    @classmethod
    def of(cls, names: Sequence[tuple[str, str | None, int | None]], both: Sums) -> Compared:
        """Take the sums of scores and of their cubes, in turn, apart."""
        scores, cubes = (both.of_levels(range(first, 2 * len(names), 2)) for first in (0, 1))
        return cls(names, scores, _skewness(scores, cubes))


def contrasts(study: Study, *, by: Sequence[str] | None = None, items: bool = True, confidence: float = 0.95) -> Contrasts:
    """Compare each unit, each value of each segment column and each wave with the rest of the customers.

    difference = mean of the group - mean of all others who have a group, never of a mean that contains the group. Its interval is
    Welch's (1947). `p` is the larger of two: Welch's t after Hall's (1992) correction for skewness, taken from all groups together, and
    the t test with one common variance. Welch's p alone finds differences where there are none: with 40 units of 30 customers, 22
    skewed items and BH at 5 % it did so in three of ten simulated studies (docs/simulations-differences.md). `p_bh` and `p_holm`
    adjust over all groups and levels of one kind (the total, the dimensions, the items, each outcome). Judged are groups of at least 30
    against at least 30.

    Measures: "gap" (gap 5) or, where expectation was not asked, "perception", per total, dimension and item; and each outcome. by: some of
    unit, wave and the segment columns, by default all there are. Case weights enter means, standard errors and, as effective
    numbers, the shrinkage. Units are also shrunken towards their common mean (`gaps.stats.shrinkage.shrink`) with funnel limits:
    overall ± z within / sqrt(n), Spiegelhalter (2005). Raises ValueError for a column that the study does not have.

    Checked: R t.test, lme4.
    """
    wanted, found = _wanted(study, by), measured(study, items=items)
    if found is None:
        return _laid_out({}, confidence)
    return _laid_out({name: _by_group(study, name, found) for name in wanted}, confidence)


def total_by_unit(study: Study, *, confidence: float = 0.95) -> Contrasts:
    """Compare the units in the total of gap 5 alone: the same rows as those of `contrasts`, from sums of this score alone."""
    expected = study.expectation

    def rows(study: Study) -> Rows:
        return _with_cubes(paired_scores(study, expected, Battery.PERCEPTION).gap_total.to_numpy(float))

    found = _summed(study, "gap 5 with cubes", [(GAP, None, None)], rows)
    return _laid_out({UNIT: _by_group(study, UNIT, found)}, confidence)


def measured(study: Study, *, items: bool = True) -> LevelSums | None:
    """Sums of what customers are compared in, each score followed by its cube; None where nothing was asked.

    In order: gap 5, or perception where expectation was not asked; then the outcomes.
    """
    expected = study.expectation
    batteries = (Battery.PERCEPTION,) if expected is None else (expected, Battery.PERCEPTION)
    asked = Battery.PERCEPTION in study.answers
    outcomes = [name for name in study.outcomes if name in study.whole.customers]
    scores = [key for key in scored_levels(study.instrument) if items or key[1] is None] if asked else []
    names = [*((PERCEPTION if expected is None else GAP, *key) for key in scores), *((name, None, None) for name in outcomes)]

    def rows(study: Study) -> Rows:
        for level in levels(study, *batteries) if asked else ():
            if items or level.item is None:
                yield from _with_cubes(level.scores[-1] if expected is None else level.scores[1] - level.scores[0])
        for name in outcomes:
            yield from _with_cubes(study.customers[name].to_numpy(np.float64))

    return _summed(study, ("compared", items), names, rows) if names else None


def _summed(study: Study, name: object, names: list, rows: Callable[[Study], Rows]) -> LevelSums:
    return LevelSums(names, summed(study, Role.CUSTOMERS, name, rows), study, Role.CUSTOMERS, rows)


def _with_cubes(values: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """A score and its third power, as `collect` takes them."""
    return [(0.0, values), (0.0, values * values * values)]


def _by_group(study: Study, by: str, found: LevelSums) -> tuple[tuple[str, ...], Compared]:
    """The labels of a column that customers have, and the sums of each one's customers."""
    laid = layers(study, Role.CUSTOMERS)
    cells = laid.others.get(by, laid.first)
    labels = cells.present(by)
    return labels, Compared.of(found.names, found.by(by).united(cells.places(by, labels), len(labels)))


def _laid_out(groupings: Mapping[str, tuple[tuple[str, ...], Compared]], confidence: float) -> Contrasts:
    blocks = [_compared(by, labels, found, confidence) for by, (labels, found) in groupings.items() if labels]
    columns = {name: np.concatenate([block[name] for block in blocks]) if blocks else [] for name in (*KEYS, *COMPARED)}
    frame = pd.DataFrame({name: pd.array(values, dtype="str") if name in TEXTS and blocks else values for name, values in columns.items()})
    return Contrasts(frame, *_shrunken(*groupings.get(UNIT, ((), None)), confidence), confidence=confidence)


def _wanted(study: Study, by: Sequence[str] | None) -> list[str]:
    present = list(study.cells[Role.CUSTOMERS].labels)
    if by is None:
        return present
    if unknown := [name for name in by if name not in present]:
        raise ValueError(f"customers have no column {unknown}; they have {present}")
    return list(by)


def _skewness(scores: Sums, cubes: Sums) -> np.ndarray:
    """Skewness of the deviations from the group means, all groups together, by level; 0 where nothing varies.

    sum w (y - m)³ = sum w y³ - 3 m sum w y² + 2 m³ sum w.
    """
    w, x, xx, xxx = scores.w, scores.x, scores.xx, cubes.x
    mean = np.divide(x, w, out=np.zeros_like(x), where=w > 0)
    total = np.maximum(w.sum(axis=1), np.finfo(float).tiny)
    second = np.maximum(xx - mean * x, 0.0).sum(axis=1) / total
    third = (xxx - 3 * mean * xx + 2 * mean**2 * x).sum(axis=1) / total
    return np.divide(third, second**1.5, out=np.zeros_like(third), where=second > ZERO)


def _without(sums: Sums) -> Sums:
    """For each group the sums over all the others."""
    return Sums(**{f: getattr(sums, f).sum(axis=1, keepdims=True) - getattr(sums, f) for f in Sums.__dataclass_fields__})


def against_the_rest(found: Compared, confidence: float = 0.95) -> dict[str, np.ndarray]:
    """Each group against all the others together, levels x groups: n, n_rest, mean, rest, difference, se, df, low, high, p, withheld."""
    sums, rest = found.sums, _without(found.sums)
    mean, other = sums.mean, rest.mean
    difference = mean - other
    se, df = welch(sums.se, sums.n, rest.se, rest.n)
    varied = (sums.se > ZERO) & (rest.se > ZERO)
    shown = (sums.n >= SHOWN) & (rest.n >= SHOWN) & varied
    se, df = np.where(shown, se, np.nan), np.where(shown, df, np.nan)
    half = t_quantile(df.ravel(), confidence).reshape(df.shape) * se
    withheld = np.select([sums.n == 0, sums.n < JUDGED, rest.n < JUDGED, ~varied], [NO_ANSWERS, FEW, FEW_REST, NO_SPREAD], "")
    p = np.maximum(_hall(difference, se, df, sums, rest, found.skewness), _pooled(difference, sums, rest))
    return {
        "n": sums.n, "n_rest": rest.n, "mean": mean, "rest": other, "difference": difference, "se": se, "df": df,
        "low": difference - half, "high": difference + half, "p": np.where(withheld == "", p, np.nan), "withheld": withheld,
    }  # fmt: skip


def _compared(by: str, labels: Sequence[str], found: Compared, confidence: float) -> dict[str, np.ndarray]:
    """The columns of one comparison, level after level."""
    columns = {name: values.ravel() for name, values in against_the_rest(found, confidence).items()}
    names, g = found.names, len(labels)
    family = np.repeat(np.array([f"{m} {_kind_of(d, i)}" for m, d, i in names], object), g)
    p_bh, p_holm = (by_family(adjust, columns["p"], family) for adjust in (benjamini_hochberg, holm))
    apart = np.where(columns["difference"] < 0, BELOW, ABOVE)
    measure, dimension, item = (np.repeat(np.array(column, kind), g) for column, kind in zip(zip(*names, strict=True), "OOd", strict=True))
    return columns | {
        "by": np.full(len(family), by, object), "group": np.tile(np.array(labels, object), len(names)),
        "measure": measure, "dimension": dimension, "item": item, **{name: columns[name].astype(np.int64) for name in ("n", "n_rest")},
        "p_bh": p_bh, "p_holm": p_holm, "standing": np.where(p_bh < FALSE, apart, np.where(np.isnan(p_bh), "", OPEN)),
    }  # fmt: skip


TEXTS = ("by", "group", "measure", "dimension", "standing", "withheld")
COMPARED = ("n", "n_rest", "mean", "rest", "difference", "se", "df", "low", "high", "p", "p_bh", "p_holm", "standing", "withheld")


def _keys(names: Sequence[tuple], repeats: int) -> dict[str, object]:
    places = np.repeat(np.arange(len(names)), repeats)
    return {
        "measure": pd.array([m for m, _, _ in names], dtype="str").take(places),
        "dimension": pd.array([d for _, d, _ in names], dtype="str").take(places),
        "item": np.array([np.nan if i is None else i for _, _, i in names], float)[places],
    }


def _kind_of(dimension: str | None, item: int | None) -> str:
    return "total" if dimension is None else "dimension" if item is None else "item"


def _kind(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.select([frame["dimension"].isna(), frame["item"].isna()], ["total", "dimension"], "item"), index=frame.index)


def _effective(sums: Sums) -> np.ndarray:
    """Effective number (sum w)² / sum w² of each group; without case weights the number of answers."""
    return np.divide(sums.w**2, sums.ww, out=np.zeros_like(sums.w), where=sums.ww > 0)


def _hall(difference: np.ndarray, se: np.ndarray, df: np.ndarray, sums: Sums, rest: Sums, skewness: np.ndarray) -> np.ndarray:
    """p of Welch's t after Hall's monotone transformation: t + a t²/3 + a² t³/27 + a/6, a the skewness of the difference of means.

    Hall (1992), for two samples Zhou & Dinh (2005). The skewness of single answers is that of all groups together.
    """
    n1, n2 = np.maximum(_effective(sums), 1), np.maximum(_effective(rest), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = skewness[:, None] * (sums.sd**3 / n1**2 - rest.sd**3 / n2**2) / se**3
        t = difference / se
        corrected = t + a * t * t / 3 + a * a * t**3 / 27 + a / 6
        return 2 * special.stdtr(df, -np.abs(corrected))


def _pooled(difference: np.ndarray, sums: Sums, rest: Sums) -> np.ndarray:
    """p of Student's t with one variance for both sides; under case weights with effective numbers."""
    n1, n2 = _effective(sums), _effective(rest)
    df = sums.n + rest.n - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = ((sums.n - 1) * sums.sd**2 + (rest.n - 1) * rest.sd**2) / df
        t = difference / np.sqrt(variance * (1 / n1 + 1 / n2))
        return 2 * special.stdtr(df, -np.abs(t))


UNITS = ("unit", "measure", "dimension", "item", "n", "mean", "share", "shrunk", "low", "high",
         "funnel_low", "funnel_high", "funnel_outer_low", "funnel_outer_high")  # fmt: skip
SPREAD = ("measure", "dimension", "item", "units", "overall", "between", "within", "icc")


def _shrunken(labels: Sequence[str], found: Compared | None, confidence: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    if found is None:
        return pd.DataFrame(columns=list(UNITS)), pd.DataFrame(columns=list(SPREAD))
    names, sums = found.names, found.sums
    n = _effective(sums)
    squares = np.nansum(np.where(sums.n > 1, n * (sums.n - 1) / np.maximum(sums.n, 1) * sums.sd**2, 0.0), axis=1)  # of as many as n says
    fit = shrink(sums.mean, n, squares)
    z, outer = normal_quantile(confidence), normal_quantile(OUTER)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = fit.within[:, None] / np.sqrt(np.where(n > 0, n, np.nan))
    overall = fit.overall[:, None]
    columns = {
        "n": sums.n, "mean": sums.mean, "share": fit.share, "shrunk": fit.mean, "low": fit.mean - z * fit.se, "high": fit.mean + z * fit.se,
        "funnel_low": overall - z * error, "funnel_high": overall + z * error,
        "funnel_outer_low": overall - outer * error, "funnel_outer_high": overall + outer * error,
    }  # fmt: skip
    frame = pd.DataFrame({
        "unit": pd.array(list(labels), dtype="str").take(np.tile(np.arange(len(labels)), len(names))),
        **_keys(names, len(labels)),
        **{name: np.where(sums.n > 0, values, np.nan).ravel() if name != "n" else values.ravel() for name, values in columns.items()},
    }).astype({"n": np.int64})  # fmt: skip
    spread = pd.DataFrame({
        **_keys(names, 1), "units": (sums.n > 0).sum(axis=1),
        "overall": fit.overall, "between": fit.between, "within": fit.within, "icc": fit.icc,
    })  # fmt: skip
    return frame, spread
