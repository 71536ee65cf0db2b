"""What if perceptions were higher, or expectations lower? The change in an outcome that the asymmetric model predicts, with its interval.

Which model, and why. One hinge per dimension would count the same halo several times over: customers who rate one dimension higher rate
the others higher too, so a dimension's own slope is not what goes with moving that dimension alone. The total's hinge avoids that, but
counts every dimension alike. So all perceptions and expectations enter together, and the kink sits on the mean gap, where both sides
have customers enough to place it:

    y = c + sum_j b_j P_j + sum_j f_j E_j + h min(g, 0) + e,      g = mean over dimensions of P_j - E_j

(with equal b_j and f_j this is the hinge of methods 4.3: s_G = sum b, s_L = s_G + h, d = sum (b + f)). With too few customers for that
many coefficients, or dimensions that move together exactly, the total's hinge is used and every dimension counts alike. With fewer than
30 customers on one side of expectation there is no kink to estimate: a straight line, and no statement about many moving to that side.

Lowering expectations changes gap and expectation at once. At given perception the model says, per point, s - d (= -f in sum): the
difference between customers who perceive the same and expect less. It does not say s, which would credit the whole rise of the gap and
forget that E stands in the model too. And d is partly a habit: people who tick high answers tick them everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from gaps.model import UNIT, WEIGHT, Scale, Study, Withheld
from gaps.scoring.cross_products import grouped
from gaps.scoring.scores import CustomerScores, customer_scores
from gaps.stats import bootstrap, sandwich
from gaps.stats.asymmetry import MIN_SIDE
from gaps.stats.drivers import IDENTITY, RESPONDENTS_NEEDED, RESPONDENTS_PER_PREDICTOR
from gaps.stats.results import Caution

ZERO = 1e-9
REACH, REACH_SHARE = 30, 0.05  # the data reach as far as the 30th outermost customer, or the outermost 5 % where that is fewer
SLACK = 0.05  # of the scale's span: so far beyond the reach is still at it
SOME, MOST = 0.10, 0.50  # share of moved customers beyond the data: a caution, withheld
COLLINEAR = 10.0  # variance inflation of a moved dimension

DIMENSIONS, TOTAL = "dimensions", "total"


@dataclass(frozen=True, slots=True)
class Move:
    """What is changed for every customer of one dimension, in scale points: perception by so much, expectation by so much."""

    dimension: str
    perception: float = 0.0
    expectation: float = 0.0


@dataclass(frozen=True, eq=False)
class Cells:
    """The distinct pairs of perception and expectation of one dimension: a move is the same for all customers of a pair.

    code: each customer's pair; count: customers per pair; mass: their share of the weight.
    """

    perception: np.ndarray
    expectation: np.ndarray | None
    code: np.ndarray
    count: np.ndarray
    mass: np.ndarray

    @classmethod
    def of(cls, p: np.ndarray, e: np.ndarray | None, w: np.ndarray | None) -> Cells:
        """Find the pairs; answers on a scale make few of them."""
        found, code = np.unique(np.round(p, 9), return_inverse=True)
        expectation = None
        if e is not None:
            expected, other = np.unique(np.round(e, 9), return_inverse=True)
            pairs, code = np.unique(code.astype(np.int64) * len(expected) + other, return_inverse=True)
            found, expectation = found[pairs // len(expected)], expected[pairs % len(expected)]
        count = np.bincount(code, minlength=len(found))
        mass = count / len(p) if w is None else np.bincount(code, w, len(found)) / w.sum()
        return cls(found, expectation, code.astype(np.int32), count, mass)


@dataclass(frozen=True, eq=False)
class WhatIfModel:
    """A fitted model with the customers it rests on: what `predict` needs, nothing to be changed.

    kind: "dimensions" (all P_j and E_j, kink on the mean gap) or "total" (every dimension counts alike); kink: whether the two sides
    have slopes of their own; cells: per dimension; slope_below, slope_above: of one point of every perception at once;
    expectation_slope: of one point of every expectation at given perception (s and d of 4.3: f = d - s). reach: per measured thing the
    lowest and highest value up to which there are customers enough.
    """

    outcome: str
    outcome_scale: Scale
    scale: Scale
    dimensions: tuple[str, ...]
    kind: str
    kink: bool
    n: int
    n_left_out: int
    n_below: int
    n_at: int
    n_above: int
    mean: float
    sd: float
    fit: sandwich.Fit
    b: np.ndarray  # positions of the coefficients that dimensions' perceptions multiply
    f: np.ndarray  # the same of expectations; empty without
    vif: Mapping[str, float]
    cells: tuple[Cells, ...]
    gap: np.ndarray | None
    fitted: np.ndarray
    weight: np.ndarray | None
    unit: np.ndarray | None
    reach: Mapping[str, tuple[float, float]]
    cautions: tuple[Caution, ...] = ()

    @property
    def method(self) -> str:
        """How standard errors were computed."""
        return self.fit.method

    @property
    def share(self) -> float:
        """What of a dimension's own coefficient one dimension carries: 1, or an equal part of the total's."""
        return 1.0 if self.kind == DIMENSIONS else 1.0 / len(self.dimensions)

    @property
    def slope_above(self) -> float:
        """Change of the outcome per point of all perceptions, above expectation (everywhere without kink)."""
        return float(self.fit.params[self.b].sum() * self.share)

    @property
    def slope_below(self) -> float:
        """The same below expectation."""
        return self.slope_above + (float(self.fit.params[self.kink_at]) if self.kink else 0.0)

    @property
    def expectation_slope(self) -> float:
        """Change of the outcome per point of all expectations at given perception, above expectation; NaN without expectations."""
        return float(self.fit.params[self.f].sum() * self.share) if len(self.f) else math.nan

    @property
    def kink_at(self) -> int:
        """Position of the kink's coefficient."""
        return 1 + len(set(self.b.tolist())) + len(set(self.f.tolist()))

    def average(self, values: np.ndarray) -> float:
        """Mean over customers, weighted where weights are given."""
        return float(values.mean() if self.weight is None else self.weight @ values / self.weight.sum())


@dataclass(frozen=True, eq=False)
class Prediction:
    """The predicted change of an outcome's mean, in its points, if the moves went with what differences between customers go with today.

    change, low, high: the mean change and its 95 % interval (coefficients and who was asked are uncertain); next_low, next_high: 95 %
    interval of the difference that a next survey of as many customers would show. before, after: the outcome's mean. Moves are cut off
    at the scale's ends: `capped` counts customers per dimension for whom that happened, `n_capped` those with any; `moved` gives the
    mean move that was left, per dimension (perception, expectation). below_before, below_after: share below expectation (NaN without).
    cautions: what to know, each with its numbers (closed list in the `asymmetry` catalogue).
    """

    outcome: str
    moves: tuple[Move, ...]
    n: int
    change: float
    low: float
    high: float
    df: float
    next_low: float
    next_high: float
    before: float
    after: float
    capped: Mapping[str, int]
    n_capped: int
    moved: Mapping[str, tuple[float, float]]
    below_before: float
    below_after: float
    kind: str
    kink: bool
    method: str
    cautions: tuple[Caution, ...]
    n_left_out: int = 0  # of the model, as n
    units: int = 0

    @property
    def told_from_zero(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def what_if(study: Study, outcome: str, *, scores: CustomerScores | None = None, by_unit: bool = True) -> WhatIfModel | Withheld:
    """Fit the model that predictions rest on (see the module's head), once per study and outcome.

    Missing data: listwise over the outcome, all dimensions' scores and the weight; a dimension nobody answered is left out. Standard
    errors by `sandwich.method_for`. Without expectations (SERVPERF): perceptions alone, a straight line. Withheld: not_measured (no
    perceptions), no_outcome, too_few (fewer than 30 customers, or than 10 per coefficient of the total's model), no_variation,
    same_as_score (R² above .9999). ValueError for an outcome that was not asked.
    """
    y = study.outcome(outcome).to_numpy(float)
    scores = scores or customer_scores(study)
    if scores.perception is None:
        return Withheld("not_measured", {"outcome": outcome})
    frame = study.customers
    if len(y) and np.isnan(y).all():
        return Withheld("no_outcome", {"outcome": outcome})
    p, e = scores.perception, scores.expectation if scores.gap is not None else None
    dimensions = tuple(d for d in p.columns if p[d].notna().any())
    if not dimensions:  # nobody answered any
        return Withheld("too_few", {"outcome": outcome, "n": 0, "needed": RESPONDENTS_NEEDED})
    p_rows = p[list(dimensions)].to_numpy(float).T
    e_rows = None if e is None else e[list(dimensions)].to_numpy(float).T
    keep = np.isfinite(y) & np.isfinite(p_rows).all(axis=0) & (True if e_rows is None else np.isfinite(e_rows).all(axis=0))
    if WEIGHT in frame:
        keep &= frame[WEIGHT].to_numpy(float) > 0
    codes = frame[UNIT].cat.codes.to_numpy()[keep].astype(int) if by_unit and UNIT in frame else None
    customers = _Customers(
        y[keep],
        np.ascontiguousarray(p_rows[:, keep]),
        None if e_rows is None else np.ascontiguousarray(e_rows[:, keep]),
        frame[WEIGHT].to_numpy(float)[keep] if WEIGHT in frame else None,
        codes,
    )
    return _fitted(study, outcome, dimensions, customers, int((~keep).sum()))


@dataclass(frozen=True, eq=False)
class _Customers:
    """Complete customers: outcome, perceptions and expectations (dimensions x customers), weights, units."""

    y: np.ndarray
    p: np.ndarray
    e: np.ndarray | None
    w: np.ndarray | None
    unit: np.ndarray | None

    def design(self, kind: str, gap: np.ndarray | None, kink: bool) -> np.ndarray:
        """Predictors: perceptions, expectations, kink; customers x predictors."""
        batteries = [self.p] + ([] if self.e is None else [self.e])
        rows = [b if kind == DIMENSIONS else b.mean(axis=0, keepdims=True) for b in batteries]
        return np.vstack([*rows, *([np.minimum(gap, 0)[None]] if kink else [])]).T


def _fitted(study: Study, outcome: str, dimensions: tuple[str, ...], c: _Customers, left_out: int) -> WhatIfModel | Withheld:
    n, about = len(c.y), {"outcome": outcome, "n": len(c.y)}
    gap = None if c.e is None else _settled((c.p - c.e).mean(axis=0))
    below, above = (0, 0) if gap is None else (int((gap < 0).sum()), int((gap > 0).sum()))
    kink = min(below, above) >= MIN_SIDE
    cautions = [] if gap is None or kink else [_straight(below, above)]
    batteries = 1 if c.e is None else 2
    if n < max(RESPONDENTS_NEEDED, RESPONDENTS_PER_PREDICTOR * (batteries + kink)):
        return Withheld("too_few", about | {"needed": max(RESPONDENTS_NEEDED, RESPONDENTS_PER_PREDICTOR * (batteries + kink))})
    if np.ptp(c.y) <= ZERO:
        return Withheld("no_variation", about)
    kind, fit = DIMENSIONS, None
    if len(dimensions) > 1 and n >= RESPONDENTS_PER_PREDICTOR * (batteries * len(dimensions) + kink):
        fit = sandwich.least_squares(c.y, c.design(kind, gap, kink), c.w, c.unit)
    if fit is None:
        kind = TOTAL
        fit = sandwich.least_squares(c.y, c.design(kind, gap, kink), c.w, c.unit)
        if len(dimensions) > 1:
            cautions.append(Caution("equal_weights", {"n": n, "dimensions": len(dimensions)}))
    if fit is None:
        return Withheld("no_variation", about)
    if 1 - fit.r2 < IDENTITY:
        return Withheld("same_as_score", about)
    k = len(dimensions) if kind == DIMENSIONS else 1
    b = np.arange(1, 1 + k) if kind == DIMENSIONS else np.ones(len(dimensions), int)
    f = (b + k) if c.e is not None else np.empty(0, int)
    design = c.design(kind, gap, kink)
    mean, sd = _mean_sd(c.y, c.w)
    return WhatIfModel(
        outcome=outcome,
        outcome_scale=study.outcomes[outcome],
        scale=study.instrument.scale,
        dimensions=dimensions,
        kind=kind,
        kink=kink,
        n=n,
        n_left_out=left_out,
        n_below=below,
        n_at=0 if gap is None else n - below - above,
        n_above=above,
        mean=mean,
        sd=sd,
        fit=fit,
        b=b,
        f=f,
        vif=_vif(dimensions, design, c.w) if kind == DIMENSIONS else {},
        cells=tuple(Cells.of(c.p[j], None if c.e is None else c.e[j], c.w) for j in range(len(dimensions))),
        gap=gap,
        fitted=fit.params[0] + design @ fit.params[1 : 1 + design.shape[1]],
        weight=c.w,
        unit=c.unit if fit.method == sandwich.CR2 else None,
        reach=_reach(dimensions, c, gap),
        cautions=tuple(cautions),
    )


def _settled(gap: np.ndarray) -> np.ndarray:
    return np.where(np.abs(gap) <= ZERO, 0.0, gap)


def _straight(below: int, above: int) -> Caution:
    side = "both" if max(below, above) < MIN_SIDE else "below" if below < MIN_SIDE else "above"
    return Caution(f"few_{side}", {"n_below": below, "n_above": above, "needed": MIN_SIDE})


def _mean_sd(y: np.ndarray, w: np.ndarray | None) -> tuple[float, float]:
    """Mean, and the deviation whose division by sqrt(n) is the mean's standard error (weights make it larger)."""
    mean = float(np.average(y, weights=w))
    share = np.full(len(y), 1 / len(y)) if w is None else w / w.sum()
    return mean, math.sqrt(len(y) * float((share**2 * (y - mean) ** 2).sum()) * len(y) / (len(y) - 1))


def _vif(dimensions: tuple[str, ...], design: np.ndarray, w: np.ndarray | None) -> dict[str, float]:
    """Variance inflation of each perception among the perceptions and expectations of all dimensions (the kink apart)."""
    k = len(dimensions)
    without_kink = design[:, : k * (design.shape[1] // k)]
    correlation = bootstrap.correlations(bootstrap.cross_products(bootstrap.moments_table(without_kink), w))
    return dict(zip(dimensions, np.diag(np.linalg.inv(correlation))[:k].tolist(), strict=True))


def _reach(dimensions: tuple[str, ...], c: _Customers, gap: np.ndarray | None) -> dict[str, tuple[float, float]]:
    """How far the data reach on either side, for each perception, expectation and gap and for the mean gap."""
    n = len(c.y)
    r = min(REACH, max(1, math.ceil(REACH_SHARE * n)))

    def ends(values: np.ndarray) -> tuple[float, float]:
        ordered = np.partition(values, (r - 1, n - r))
        return float(ordered[r - 1]), float(ordered[n - r])

    found = {}
    for j, d in enumerate(dimensions):
        found[f"P:{d}"] = ends(c.p[j])
        if c.e is not None:
            found[f"E:{d}"] = ends(c.e[j])
            found[f"G:{d}"] = ends(c.p[j] - c.e[j])
    if gap is not None:
        low, high = ends(gap)  # a side with too few customers for a slope is beyond the data from expectation on
        few_below, few_above = ((gap < 0).sum() < MIN_SIDE, (gap > 0).sum() < MIN_SIDE)
        found["gap"] = (max(low, 0.0) if few_below else low, min(high, 0.0) if few_above else high)
    return found


@dataclass(frozen=True, eq=False)
class _Moved:
    """Moves carried out on every customer, cut off at the scale's ends."""

    contrast: np.ndarray  # mean change of each predictor
    change: np.ndarray  # predicted change of each customer
    gap: np.ndarray | None
    capped: Mapping[str, int]
    n_capped: int
    means: Mapping[str, tuple[float, float]]
    beyond: Mapping[str, float]


def predict(model: WhatIfModel, moves: Iterable[Move]) -> Prediction | Withheld:
    """Predict the change of the outcome's mean if every customer's scores moved so, cut off at the scale's ends.

    change = m'β, m the mean over customers of what the moves do to each predictor; its variance m' V m + Var(m_i'β) / n, the second part
    because other customers would move otherwise (by unit where errors are clustered); t with the contrast's own degrees of
    freedom. For the next survey twice the variance of the outcome's mean is added: both surveys draw customers, of the same units.

    Withheld: no_expectation (an expectation is to move and none was asked); slope_not_positive (raising perceptions alone goes with
    no rise, or lowering them with no fall); beyond_data (more than half of the moved customers would land where hardly any
    customer stands today); nothing_left (all are at the scale's end already); beyond_scale (the mean would leave the outcome's
    scale). ValueError for an unknown dimension, two moves of one dimension, or an amount that is no number.

    Association, not effect: the same people were not observed before and after anything. Coverage of the intervals where the model is
    true, and what noisy, rounded answers do to it: docs/simulations-asymmetry.md.
    """
    wanted = _checked(model, moves)
    if model.gap is None and any(move.expectation for move in wanted):
        return Withheld("no_expectation", {"outcome": model.outcome})
    done = carried_out(model, wanted)
    if wanted and not any(abs(a) > ZERO or abs(b) > ZERO for a, b in done.means.values()):
        return Withheld("nothing_left", {"n": model.n})
    withheld = _wrong_sign(model, wanted, done) or _far(done)
    if withheld:
        return withheld
    value = float(done.contrast @ model.fit.params)
    se = math.sqrt(max(float(done.contrast @ model.fit.cov @ done.contrast), 0.0) + sampling_variance(model, done.change))
    df = float(model.fit.df(done.contrast)) if done.contrast.any() else float(model.fit.residual_df)
    half = float(stdtrit(df, 0.975)) * se
    next_half = float(stdtrit(df, 0.975)) * math.sqrt(se * se + 2 * model.sd**2 / model.n)
    after = model.mean + value
    if not model.outcome_scale.min - ZERO <= after <= model.outcome_scale.max + ZERO:
        return Withheld("beyond_scale", {"outcome": model.outcome, "after": after, "max": model.outcome_scale.max, "change": value})
    below = [math.nan, math.nan] if model.gap is None else [model.average(g < 0) for g in (model.gap, done.gap)]
    prediction = Prediction(
        outcome=model.outcome,
        moves=wanted,
        n=model.n,
        change=value,
        low=value - half,
        high=value + half,
        df=df,
        next_low=value - next_half,
        next_high=value + next_half,
        before=model.mean,
        after=after,
        capped=done.capped,
        n_capped=done.n_capped,
        moved=done.means,
        below_before=below[0],
        below_after=below[1],
        kind=model.kind,
        kink=model.kink,
        method=model.method,
        cautions=(),
        n_left_out=model.n_left_out,
        units=model.fit.units,
    )
    return replace(prediction, cautions=tuple(_cautions(model, prediction, done)))


def _checked(model: WhatIfModel, moves: Iterable[Move]) -> tuple[Move, ...]:
    wanted = tuple(moves)
    if unknown := [m.dimension for m in wanted if m.dimension not in model.dimensions]:
        raise ValueError(f"no such dimension: {unknown}; the model has {list(model.dimensions)}")
    if len({m.dimension for m in wanted}) < len(wanted):
        raise ValueError("each dimension can be moved once")
    if any(not math.isfinite(v) for m in wanted for v in (m.perception, m.expectation)):
        raise ValueError("a move must be a finite number of scale points")
    return tuple(m for m in wanted if m.perception or m.expectation)


def carried_out(model: WhatIfModel, moves: tuple[Move, ...]) -> _Moved:
    """Move every customer, cut off at the scale's ends: what that does to the predictors and to each customer's prediction."""
    contrast, rise, change = np.zeros(len(model.fit.params)), np.zeros(model.n), np.zeros(model.n)
    any_capped = np.zeros(model.n, bool)
    capped: dict[str, int] = {}
    means: dict[str, tuple[float, float]] = {}
    beyond: dict[str, float] = {}
    slack = SLACK * model.scale.span
    for move in moves:
        j = model.dimensions.index(move.dimension)
        cells = model.cells[j]
        cut, own, worth, steps = np.zeros(len(cells.count), bool), np.zeros(len(cells.count)), np.zeros(len(cells.count)), []
        for letter, sign, before, places, amount in (
            ("P", 1.0, cells.perception, model.b, move.perception),
            ("E", -1.0, cells.expectation, model.f, move.expectation),
        ):
            steps.append(0.0)
            if not amount:
                continue
            after = np.clip(before + amount, model.scale.min, model.scale.max)
            step = after - before
            steps[-1] = float(cells.mass @ step)
            cut |= np.abs(step - amount) > ZERO
            contrast[places[j]] += steps[-1] * model.share
            worth += step * (model.fit.params[places[j]] * model.share)
            own += sign * step
            name = f"{letter}:{move.dimension}"
            beyond[name] = _beyond(after, step, amount, model.reach[name], slack, cells.count)
        if model.gap is not None:
            name = f"G:{move.dimension}"
            gap = cells.perception - cells.expectation + own
            beyond[name] = _beyond(gap, own, move.perception - move.expectation, model.reach[name], slack, cells.count)
            rise += own[cells.code]
        change += worth[cells.code]
        capped[move.dimension], means[move.dimension] = int(cells.count[cut].sum()), (steps[0], steps[1])
        if cut.any():
            any_capped |= cut[cells.code]
    gap = model.gap
    if gap is not None and moves:
        gap = _settled(gap + rise / len(model.dimensions))
        beyond["gap"] = _beyond(gap, rise, float(rise.mean()), model.reach["gap"], slack)
    if model.kink and moves:
        shift = np.minimum(gap, 0) - np.minimum(model.gap, 0)
        contrast[model.kink_at] = model.average(shift)
        change += shift * model.fit.params[model.kink_at]
    return _Moved(contrast, change, gap, capped, int(np.count_nonzero(any_capped)), means, beyond)


def _beyond(
    after: np.ndarray, step: np.ndarray, amount: float, reach: tuple[float, float], slack: float, count: np.ndarray | None = None
) -> float:
    """Share of the moved customers who land beyond the reach of the data, in the direction of the move."""
    outside = after > reach[1] + slack if amount > 0 else after < reach[0] - slack
    moved = np.abs(step) > ZERO
    outside &= moved
    some, all_ = (np.count_nonzero(outside), np.count_nonzero(moved)) if count is None else (count[outside].sum(), count[moved].sum())
    return float(some / all_) if all_ else 0.0


def _far(done: _Moved) -> Withheld | None:
    where, share = max(done.beyond.items(), key=lambda pair: pair[1], default=("", 0.0))
    if share <= MOST:
        return None
    return Withheld("beyond_data", {"share": share} | _place(where))


def _place(where: str) -> dict[str, str]:
    """The dimension, or the mean gap (no dimension), and what of it."""
    what, _, dimension = where.partition(":")
    return {"what": what if dimension else "gap"} | ({"dimension": dimension} if dimension else {})


def _wrong_sign(model: WhatIfModel, moves: tuple[Move, ...], done: _Moved) -> Withheld | None:
    """Perceptions moved one way only must predict a move of the outcome the same way."""
    amounts = [m.perception for m in moves if m.perception]
    if not amounts or (min(amounts) < 0 < max(amounts)):
        return None
    alone = done
    if any(m.expectation for m in moves):
        alone = carried_out(model, tuple(replace(m, expectation=0.0) for m in moves if m.perception))
    value, se, _, _ = model.fit.test(alone.contrast)
    direction = 1.0 if amounts[0] > 0 else -1.0
    if value * direction > 0 or not alone.contrast.any():
        return None
    half = float(model.fit.quantile(alone.contrast)) * se
    names = tuple(m.dimension for m in moves if m.perception)
    return Withheld(
        "slope_not_positive", {"outcome": model.outcome, "dimensions": names, "change": value, "low": value - half, "high": value + half}
    )


def sampling_variance(model: WhatIfModel, change: np.ndarray) -> float:
    """Variance of the mean predicted change that comes from who was asked."""
    w = np.full(model.n, 1 / model.n) if model.weight is None else model.weight / model.weight.sum()
    off = w * (change - model.average(change))
    if model.unit is not None:
        order, starts = grouped(model.unit)
        off = np.add.reduceat(off[order], starts)
    parts = len(off)
    return float(off @ off) * parts / (parts - 1)


def _cautions(model: WhatIfModel, prediction: Prediction, done: _Moved) -> Iterable[Caution]:
    yield from model.cautions
    if model.method == sandwich.WITHIN:
        yield Caution("few_units", {"units": model.fit.units, "needed": sandwich.UNITS_CLUSTERED})
    if prediction.moves and not prediction.told_from_zero:
        yield Caution("not_told_from_zero")
    where, share = max(done.beyond.items(), key=lambda pair: pair[1], default=("", 0.0))
    if share > SOME:
        yield Caution("beyond_data", {"share": share} | _place(where))
    if prediction.n_capped:
        yield Caution("capped", {"n_capped": prediction.n_capped, "n": model.n, "share": prediction.n_capped / model.n})
    negative = tuple(m.dimension for m in prediction.moves if m.perception and _own_slope(model, m.dimension) <= 0)
    if negative:
        yield Caution("negative_slope", {"dimensions": negative, "outcome": model.outcome})
    entangled = {m.dimension: model.vif[m.dimension] for m in prediction.moves if model.vif.get(m.dimension, 0.0) > COLLINEAR}
    if entangled:
        yield Caution("collinear", {"dimensions": tuple(entangled), "vif": max(entangled.values())})
    beyond = model.average(model.fitted + done.change > model.outcome_scale.max)
    if beyond > SOME:
        yield Caution("outcome_ceiling", {"share": beyond, "outcome": model.outcome})
    if any(m.expectation for m in prediction.moves):
        yield _expectation(model, prediction)


def _own_slope(model: WhatIfModel, dimension: str) -> float:
    """The slope of one dimension's perception on the side where more customers stand."""
    own = float(model.fit.params[model.b[model.dimensions.index(dimension)]]) * model.share
    mostly_below = model.kink and model.n_below >= model.n_above
    return own + (float(model.fit.params[model.kink_at]) / len(model.dimensions) if mostly_below else 0.0)


def _expectation(model: WhatIfModel, prediction: Prediction) -> Caution:
    """What the expectation moves contribute at given perception, and what they would if the whole rise of the gap counted."""
    given = carried_out(model, tuple(replace(m, perception=0.0) for m in prediction.moves if m.expectation))
    value, se, _, _ = model.fit.test(given.contrast)
    half = float(model.fit.quantile(given.contrast)) * se if given.contrast.any() else 0.0
    # the same rise of the gap, credited as if perceptions had risen
    gap_only = sum(
        -given.means[m.dimension][1] * float(model.fit.params[model.b[model.dimensions.index(m.dimension)]]) * model.share
        for m in prediction.moves
        if m.expectation
    )
    if model.kink:
        gap_only += float(given.contrast[model.kink_at] * model.fit.params[model.kink_at])
    said = "gain" if value - half > 0 else "loss" if value + half < 0 else "nothing"
    code = "expectation_raised" if any(m.expectation > 0 for m in prediction.moves) else f"expectation_{said}"
    values = {"given": value, "low": value - half, "high": value + half, "gap_only": gap_only, "outcome": model.outcome}
    return Caution(code, values)
