"""Every single move of one size side by side: which goes with the largest rise of the outcome, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from gaps.model import Scale, Withheld
from gaps.stats.what_if import Move, Prediction, WhatIfModel, carried_out, predict, sampling_variance

AMOUNT = 0.5  # scale points
WIDE = 20  # points from the scale's lowest to its highest answer: on a wider one half a point is next to nothing
PARTS = 12  # of such a scale; half a point is a twelfth of 1 to 7
REACH = 3  # moves to choose from go as far as a third of the scale
CONFIDENCE = 0.95
TOTAL = "total"  # the kind of model in which every dimension counts alike


@dataclass(frozen=True, slots=True)
class SingleMove:
    """One dimension moved alone. `leading`: whether it may be the one with the largest rise (see `SingleMoves`)."""

    move: Move
    prediction: Prediction | Withheld
    leading: bool

    @property
    def of_perception(self) -> bool:
        """Whether perception is moved, or else expectation."""
        return self.move.perception != 0


@dataclass(frozen=True, eq=False)
class SingleMoves:
    """All single moves, the largest predicted rise first, those without a prediction last.

    alike: whether every dimension counts alike in the model, so that the moves cannot be ranked and none is leading. Else
    the moves that are `leading` hold the one with the truly largest rise with at least 95 % confidence, as far as it can be predicted.
    Many of these may be too uncertain to say that they go with any rise: `foremost` are those that can be told from none.
    """

    outcome: str
    amount: float
    n: int
    moves: tuple[SingleMove, ...]
    alike: bool = False

    @property
    def leading(self) -> tuple[SingleMove, ...]:
        """The moves that may be first."""
        return tuple(one for one in self.moves if one.leading)

    @property
    def foremost(self) -> tuple[SingleMove, ...]:
        """The moves that may be first and whose own interval lies above zero; else the largest of those, if there is any."""
        rising = [one for one in self.predicted if one.prediction.low > 0 and not self.alike]
        return tuple(one for one in rising if one.leading) or tuple(rising[:1])

    @property
    def predicted(self) -> tuple[SingleMove, ...]:
        """The moves that have a prediction."""
        return tuple(one for one in self.moves if isinstance(one.prediction, Prediction))


def usual_amount(scale: Scale) -> float:
    """The size of move that is compared: half a point, or about a twelfth of a scale wider than 20 points."""
    return AMOUNT if scale.span <= WIDE else float(round(scale.span / PARTS))


def amounts(scale: Scale) -> tuple[float, ...]:
    """The moves to choose from, in scale points: tenths (or whole points of a wide scale) up to a third of the scale either way."""
    step = 0.1 if scale.span <= WIDE else 1.0
    most = int(scale.span / REACH / step + 1e-9)
    return tuple(round(k * step, 1) for k in range(-most, most + 1))


def single_moves(model: WhatIfModel, amount: float | None = None) -> SingleMoves:
    """Predict each perception `amount` points higher and, where they were asked, each expectation as much lower, one at a time.

    amount: by default that of `usual_amount`. leading: the first, and each other whose predicted change is not smaller than the first's
    at one-sided 5 % / (k - 1), k moves predicted: a set that leaves out the truly largest in at most 5 % of samples (subset selection
    after Gupta 1965, by Bonferroni instead of equal variances). The difference of two changes (m_1 - m_2)'β has the variance
    (m_1 - m_2)' V (m_1 - m_2) + Var(m_1i'β - m_2i'β) / n, as in `predict`. Points of the outcome; missing data as in the model. Moves
    without a prediction (`Withheld`) are not compared. ValueError for an amount that is not positive.

    Simulated (tests/simulate/test_asymmetry.py): the set holds the truly largest in 98 to 100 % of samples, and is large: of ten moves
    nine are left with 300 customers, seven with 1,000 where the two largest differ by a twentieth.
    """
    amount = usual_amount(model.scale) if amount is None else amount
    if not (math.isfinite(amount) and amount > 0):
        raise ValueError(f"the amount must be a positive number of scale points, not {amount}")
    wanted = [Move(d, perception=amount) for d in model.dimensions]
    wanted += [Move(d, expectation=-amount) for d in model.dimensions if model.gap is not None]
    found = [(move, predict(model, (move,))) for move in wanted]
    known = sorted(((m, p) for m, p in found if isinstance(p, Prediction)), key=lambda pair: -pair[1].change)
    alike = model.kind == TOTAL
    leading = [False] * len(known) if alike else _leading(model, [move for move, _ in known])
    moves = [SingleMove(m, p, first) for (m, p), first in zip(known, leading, strict=True)]
    moves += [SingleMove(m, p, False) for m, p in found if isinstance(p, Withheld)]
    return SingleMoves(model.outcome, amount, model.n, tuple(moves), alike)


def _leading(model: WhatIfModel, ranked: Sequence[Move]) -> list[bool]:
    """For each move, the largest first: whether it may be the largest."""
    if len(ranked) < 2:
        return [True] * len(ranked)
    first, *others = (carried_out(model, (move,)) for move in ranked)
    contrasts = np.array([first.contrast - other.contrast for other in others])
    variance = np.einsum("ij,jk,ik->i", contrasts, model.fit.cov, contrasts)
    variance += [sampling_variance(model, first.change - other.change) for other in others]
    border = stdtrit(model.fit.df(contrasts), 1 - (1 - CONFIDENCE) / len(others))
    ahead = contrasts @ model.fit.params > border * np.sqrt(np.maximum(variance, 0.0))
    return [True, *(~ahead).tolist()]
