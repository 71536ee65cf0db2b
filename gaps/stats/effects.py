"""How large the gaps are against the spread of the answers, and which of many gaps stand up to being many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Gap, Role, Study, Withheld
from gaps.scoring.gap_table import batteries_of, gap_table
from gaps.scoring.groups import weights
from gaps.scoring.scores import levels
from gaps.scoring.tables import GapTable
from gaps.stats.intervals import ZERO, t_quantile, with_intervals
from gaps.stats.multiplicity import benjamini_hochberg, by_family, holm
from gaps.stats.ranks import signed_rank

FEWEST = 10  # respondents on each side, below which an effect size has no interval
WEIGHTED = "weighted"
GRID = 64  # distinct answers up to which a pair of batteries is counted instead of summed
KEYS = ["gap", "dimension", "item"]
SIZES = ("sd_expected", "sd_achieved", "d_z", "d_z_low", "d_z_high", "d_av", "d_av_low", "d_av_high", "n_zero", "rank_biserial", "p_rank")
TAKEN = ("n_expected", "n_achieved", "expected", "achieved", "mean", "sd", "se", "df", "low", "high", "p", "withheld")


@dataclass(frozen=True, eq=False)
class Effects:
    """Effect sizes and adjusted p values of the gaps that were measured on items, over all respondents.

    frame: columns gap, dimension, item, those of the gap table, sd_expected, sd_achieved, d_z, d_z_low, d_z_high, d_av, d_av_low,
    d_av_high, n_zero, rank_biserial, p_rank, p_holm, p_bh, p_rank_holm. NaN where not given: d_z and ranks of independent samples,
    intervals below ten respondents. ranks: why there are no rank tests ("weighted": they know no case weights), or None.
    """

    frame: pd.DataFrame
    ranks: Withheld | None = None
    confidence: float = 0.95

    def rows(self, *, gap: int = 5, level: str | None = None) -> pd.DataFrame:
        """Rows of one gap. `level` is "total", "dimension" or "item"."""
        f = self.frame
        keep = f["gap"].eq(int(gap))
        if level is not None:
            keep &= _level(f).eq(level)
        return f[keep]


def effects(study: Study, table: GapTable | None = None, *, confidence: float = 0.95) -> Effects:
    """Size up every gap of the same-item design, per total, dimension and item.

    Paired (gap 5, 2, 4): d_z = mean / sd of the differences; d_av = mean / ((sd_expected + sd_achieved) / 2) (Cumming 2012; Lakens
    2013); Wilcoxon's signed ranks with Pratt's zeros and the rank-biserial correlation as a check on the t test. Independent (gaps 1,
    3): d_av = mean / sqrt((sd_expected² + sd_achieved²) / 2), which does not assume equal variances (Bonett 2008). Intervals by the
    delta method from the answers' own skewness and kurtosis, t with the row's df: on rounded and clipped answers the noncentral t
    covers 97 to 98 %, this 94 to 96 %. `p_holm` (claims) and `p_bh` (exploration) adjust within one gap over its items, and over its
    dimensions. Case weights enter all but the ranks, which are then withheld. Respondents and missing answers as in the gap table.
    table: an analysis's gap table with intervals, to save its computation.

    Checked: Student's sleep data t -4.0621, p .002833, d_z -1.28456 (R t.test); the restaurant table of methods 8.2; p.adjust.
    """
    given = with_intervals(gap_table(study, by=((),), segments=False), confidence) if table is None else table
    f = given.frame
    whole = f["unit"].isna() & f["wave"].isna() & f["segment"].isna()
    measured = [gap for gap in Gap if study.design(gap) == "items"]
    base = f.loc[whole & f["gap"].isin([int(g) for g in measured]), [*KEYS, *TAKEN]]
    rows = [row for gap in measured for row in (_paired if gap.paired else _independent)(study, gap, given.confidence)]
    sizes = pd.DataFrame(rows, columns=[*KEYS, *SIZES]).astype({"gap": base["gap"].dtype, "dimension": "str", "item": float})
    frame = base.merge(sizes, on=KEYS, how="left", validate="one_to_one")
    family = frame["gap"].astype(str) + " " + _level(frame)
    frame["p_holm"] = by_family(holm, frame["p"].to_numpy(), family)
    frame["p_bh"] = by_family(benjamini_hochberg, frame["p"].to_numpy(), family)
    frame["p_rank_holm"] = by_family(holm, frame["p_rank"].to_numpy(float), family)
    weighted = any(weights(study, role) is not None for role in study.respondents)
    return Effects(frame, Withheld(WEIGHTED) if weighted else None, given.confidence)


def _level(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.select([frame["dimension"].isna(), frame["item"].isna()], ["total", "dimension"], "item"), index=frame.index)


def _paired(study: Study, gap: Gap, confidence: float) -> Iterator[tuple]:
    weight = weights(study, gap.achieved.role)
    for level in levels(study, *batteries_of(study, gap)):
        e, p, counts, w = _counted(*level.scores, weight)
        yield (int(gap), level.dimension, level.item, *_paired_sizes(e, p, counts, w, confidence), *_ranks(e, p, counts, weight))


def _counted(e: np.ndarray, p: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Respondents with both scores; without case weights, pairs of whole answers are counted: a hundred thousand become a few dozen."""
    known = ~np.isnan(e)
    e, p, w = e[known], p[known], None if weight is None else weight[known]
    if w is not None or not len(e) or (e != np.trunc(e)).any() or (p != np.trunc(p)).any():
        return e, p, np.ones(len(e)), np.ones(len(e)) if w is None else w
    low, high = int(min(e.min(), p.min())), int(max(e.max(), p.max()))
    span = high - low + 1
    if span > GRID:
        return e, p, np.ones(len(e)), np.ones(len(e))
    counts = np.bincount((e.astype(np.intp) - low) * span + p.astype(np.intp) - low, minlength=span * span)
    at = np.flatnonzero(counts)
    return at // span + low + 0.0, at % span + low + 0.0, counts[at], np.ones(len(at))


def _ranks(e: np.ndarray, p: np.ndarray, counts: np.ndarray, weight: np.ndarray | None) -> tuple[float, float, float]:
    if weight is not None:
        return np.nan, np.nan, np.nan
    test = signed_rank(p - e, counts)
    return float(test.n_zero), test.rank_biserial, test.p


def _paired_sizes(e: np.ndarray, p: np.ndarray, counts: np.ndarray, w: np.ndarray, confidence: float) -> tuple[float, ...]:
    n = float(counts.sum())
    if n < 2:
        return (np.nan,) * 8
    total = counts @ w
    (ce, se), (cp, sp), (cd, sd) = (_moments(x, counts, w, n, total) for x in (e, p, p - e))
    mean = float(counts @ (w * (p - e)) / total)
    average = (se + sp) / 2
    half = float(t_quantile(np.array([n - 1]), confidence)[0]) if n >= FEWEST else np.nan

    def interval(size: float, influence: np.ndarray) -> tuple[float, float, float]:
        error = np.sqrt(n / (n - 1) * (counts @ (w * influence) ** 2)) / total
        return size, size - half * error, size + half * error

    d_z = d_av = (np.nan,) * 3
    if sd > ZERO:
        z = cd / sd
        d_z = interval(mean / sd, z - mean / sd * (z * z - 1) / 2)
    if average > ZERO:
        of_average = sum((x * x / s - s) / 4 for x, s in ((ce, se), (cp, sp)) if s > ZERO)
        d_av = interval(mean / average, cd / average - mean / average**2 * of_average)
    return se, sp, *d_z, *d_av


def _moments(x: np.ndarray, counts: np.ndarray, w: np.ndarray, n: float, total: float) -> tuple[np.ndarray, float]:
    """The centred values and their standard deviation (n - 1), as in `gaps.scoring.sums`."""
    centred = x - counts @ (w * x) / total
    sd = float(np.sqrt(n / (n - 1) * (counts @ (w * centred * centred)) / total))
    return centred, sd if sd > ZERO else 0.0


def _independent(study: Study, gap: Gap, confidence: float) -> Iterator[tuple]:
    sides = [_side(study, battery.role, levels(study, battery)) for battery in batteries_of(study, gap)]
    for (key, *expected), (_, *achieved) in zip(*sides, strict=True):
        yield (int(gap), *key, *_independent_sizes(expected, achieved, confidence), np.nan, np.nan, np.nan)


def _side(study: Study, role: Role, scored) -> Iterator[tuple]:
    """Per level: its key, n, mean, sd, the sum of squared weights over the squared sum, and the variances of mean, of sd² and both."""
    weight = weights(study, role)
    for level in scored:
        (x,) = level.scores
        known = ~np.isnan(x)
        w = np.ones(known.sum()) if weight is None else weight[known]
        x, n = x[known], float(known.sum())
        key = (level.dimension, level.item)
        if n < 2:
            yield key, n, np.nan, np.nan, np.full((2, 2), np.nan)
            continue
        centred, sd = _moments(x, np.ones(len(x)), w, n, w.sum())
        influence = np.stack([centred, centred**2 - sd**2]) * w * np.sqrt(n / (n - 1)) / w.sum()
        yield key, n, float(w @ x / w.sum()), sd, influence @ influence.T


def _independent_sizes(expected: Sequence, achieved: Sequence, confidence: float) -> tuple[float, ...]:
    (n1, m1, s1, v1), (n2, m2, s2, v2) = expected, achieved
    nothing = (np.nan,) * 3
    average = np.sqrt((s1 * s1 + s2 * s2) / 2)
    if not average > ZERO:
        return s1, s2, *nothing, *nothing
    d = (m2 - m1) / average
    parts = [
        g @ v @ g for g, v in ((np.array([-1.0, -d / (4 * average)]) / average, v1), (np.array([1.0, -d / (4 * average)]) / average, v2))
    ]
    df = (parts[0] + parts[1]) ** 2 / (parts[0] ** 2 / (n1 - 1) + parts[1] ** 2 / (n2 - 1))
    enough = min(n1, n2) >= FEWEST
    half = float(t_quantile(np.array([df]), confidence)[0]) * np.sqrt(sum(parts)) if enough else np.nan
    return s1, s2, *nothing, d, d - half, d + half
