"""Dominance among predictors: which adds more whatever else is in the model, which only on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Withheld
from gaps.stats.importance import NOTHING

COMPLETE, CONDITIONAL, GENERAL, NONE = "complete", "conditional", "general", "none"
MOST = 10  # predictors or blocks: 1,024 subsets
RESAMPLES = 500  # used for the chances: more would not be seen in a percentage
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class PairDominance:
    """How the stronger of two predictors dominates the other.

    kind: "complete" (adds more to every subset without the two), "conditional" (on average for every number of predictors already in),
    "general" (on average over these numbers, which is the larger LMG share) or "none" (equal). `chance_*`: the share of resamples in
    which `first` dominates `second` at least in that sense; NaN without resamples.
    """

    first: str
    second: str
    kind: str
    chance_complete: float
    chance_conditional: float
    chance_general: float


@dataclass(frozen=True, eq=False)
class Dominance:
    """Dominance of all pairs, and behind it `levels`: average increment of R² by name (columns) and by how many others are in (rows)."""

    pairs: tuple[PairDominance, ...]
    levels: pd.DataFrame

    def of(self, one: str, other: str) -> PairDominance:
        """The pair of two names, whichever is the stronger."""
        return next(p for p in self.pairs if {p.first, p.second} == {one, other})


def dominance(
    names: Sequence[str], correlation: np.ndarray, resampled: np.ndarray | None = None, *, width: int = 1
) -> Dominance | Withheld:
    """Compare every two predictors in every subset of the others.

    names: p predictors, or blocks of `width` neighbouring ones; correlation: the outcome first; resampled: resamples of it, of which the
    first 500 are used. Withheld: too_many (more than 10 names: their subsets are too many). Azen & Budescu 2003, whose four predictors
    give the conditional values .36 .09 .16 .25 / .300 .074 .095 .152 / .263 .069 .063 .073 / .246 .071 .061 .010.
    """
    if len(names) * width != correlation.shape[-1] - 1:
        raise ValueError(f"{len(names)} names of width {width} do not fit a matrix of shape {correlation.shape}")
    if len(names) > MOST:
        return Withheld("too_many", {"names": len(names), "most": MOST})
    all_of_them = correlation[None] if resampled is None else np.concatenate([correlation[None], resampled[:RESAMPLES]])
    r2 = subset_r2(all_of_them, width)
    gains, sizes = _increments(r2, len(names))
    levels = np.stack([[g[s == size].mean(axis=0) for g, s in zip(gains, sizes, strict=True)] for size in range(len(names))])
    general = levels.mean(axis=0)
    order = np.argsort(-general[:, 0], kind="stable")
    pairs = []
    for place, k in enumerate(order):
        for other in order[place + 1 :]:
            pairs.append(_pair(names, int(k), int(other), r2, levels, general))
    return Dominance(tuple(pairs), pd.DataFrame(levels[:, :, 0], columns=list(names)).rename_axis("others"))


def subset_r2(matrices: np.ndarray, width: int = 1) -> np.ndarray:
    """R² of every subset of blocks: 2^blocks x matrices; bit b of the row number says that block b is in.

    matrices: n x (p + 1) x (p + 1) correlations, the outcome first. One sweep per subset. Checked: SES, IQ, nAch predicting GPA
    (dominanceAnalysis): .1089 .3249 .25 .3526813 .2687823 .496408 .4964735.
    """
    blocks = (matrices.shape[1] - 1) // width
    found = np.zeros((2**blocks, len(matrices)))

    def visit(rows: np.ndarray, mask: int, start: int) -> None:
        """`rows`: covariances of the outcome and of the blocks from `start` on, given the subset."""
        found[mask] = 1 - rows[0, 0]
        for block in range(start, blocks):
            swept = rows
            for _ in range(width):  # once swept and dropped, the block's next predictor stands where it stood
                at = 1 + (block - start) * width
                keep = np.delete(np.arange(len(swept)), at)
                pivot = swept[at]
                swept = swept[keep][:, keep] - pivot[keep][:, None] * (pivot[keep] / np.maximum(pivot[at], NOTHING))
            later = [0, *range(1 + (block - start) * width, len(swept))]
            visit(swept[later][:, later], mask | 1 << block, block + 1)

    visit(np.ascontiguousarray(np.moveaxis(matrices, 0, -1)), 0, 0)
    return found


def _increments(r2: np.ndarray, blocks: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Per block what it adds to each subset without it (subsets x matrices), and how many blocks that subset has."""
    masks = np.arange(2**blocks)
    gains, sizes = [], []
    for k in range(blocks):
        without = masks[(masks >> k & 1) == 0]
        gains.append(r2[without | 1 << k] - r2[without])
        sizes.append(np.array([int(m).bit_count() for m in without]))
    return gains, sizes


def _pair(names: Sequence[str], k: int, other: int, r2: np.ndarray, levels: np.ndarray, general: np.ndarray) -> PairDominance:
    masks = np.arange(len(r2))
    neither = masks[((masks >> k | masks >> other) & 1) == 0]
    complete = _never_less(r2[neither | 1 << k] - r2[neither | 1 << other])
    conditional = complete | _never_less(levels[:, k] - levels[:, other])
    over = conditional | (general[k] - general[other] > EQUAL)
    kind = COMPLETE if complete[0] else CONDITIONAL if conditional[0] else GENERAL if over[0] else NONE
    chances = [float(c[1:].mean()) if c.size > 1 else float("nan") for c in (complete, conditional, over)]
    return PairDominance(names[k], names[other], kind, *chances)


def _never_less(difference: np.ndarray) -> np.ndarray:
    return (difference >= -EQUAL).all(axis=0) & (difference > EQUAL).any(axis=0)
