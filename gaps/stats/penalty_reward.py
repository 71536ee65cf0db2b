"""Penalty-reward contrast: what the worst and the best rated fifth of each dimension go with, against those between (methods 4.4)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gaps.model import UNIT, WEIGHT, Study, Withheld
from gaps.scoring.cross_products import unit_products
from gaps.scoring.scores import CustomerScores, customer_scores
from gaps.stats import bootstrap, sandwich
from gaps.stats.regression import ALONE, chosen, complete

LOW_SHARE = HIGH_SHARE = 0.20
PER_PREDICTOR = 10  # customers for each dummy
MIN_GROUP = 10  # customers in the low, the middle and the high group of a dimension
# Customers in each of the three groups from which on a category is given: with fewer, categories called 80 % likely were right in 29 to 74
# of 100 cases with five dimensions, from here on in 81 to 88 (docs/simulations-asymmetry.md).
MIN_CATEGORY = 40
NAMED, LIKELY = 0.80, 0.50  # chance of a category from which on it is named, and from which on it is spoken of at all
STEP = 0.05  # shares are chosen in such steps
RESAMPLES = 1000
EXACT_ROWS, BLOCKS = 2048, 2048
CATEGORIES = ("delighter", "satisfier", "hybrid", "dissatisfier", "frustrator")
NOT_CLASSIFIABLE, TOO_FEW = "not_classifiable", "too_few"
BORDERS = (0.7, 0.2, -0.2, -0.7)

_NAN = math.nan


@dataclass(frozen=True, slots=True)
class Contrast:
    """One dimension. Groups: scores up to `low_cut` (share `low_share`), from `high_cut` on (`high_share`), and those between.

    penalty, reward: difference of the outcome in the low and the high group from the middle one, in points, the other dimensions'
    groups alike; with 95 % t intervals. riocs = reward - penalty; sgp = reward / riocs; dgp = |penalty| / riocs; ia = sgp - dgp; NaN
    where a sign is wrong. `ia_low`, `ia_high`: percentile bootstrap over the resamples that can be classified. `ia_line`: what a
    straight line would give with these groups; `beyond_low`, `beyond_high`: interval of ia - ia_line.

    category: by ia, or too_few where a group has fewer than 40 customers; `chances`: share of the resamples in each category
    (not_classifiable included), none where too few; `named`: the category if its chance is at least 80 %, else None. withheld: why
    there is no contrast (no_spread, few_low, few_middle, few_high), else "".
    """

    dimension: str
    low_cut: float
    high_cut: float
    n_low: int
    n_middle: int
    n_high: int
    low_share: float
    middle_share: float
    high_share: float
    withheld: str = ""
    penalty: float = _NAN
    penalty_low: float = _NAN
    penalty_high: float = _NAN
    reward: float = _NAN
    reward_low: float = _NAN
    reward_high: float = _NAN
    riocs: float = _NAN
    sgp: float = _NAN
    dgp: float = _NAN
    ia: float = _NAN
    ia_low: float = _NAN
    ia_high: float = _NAN
    ia_line: float = _NAN
    beyond_low: float = _NAN
    beyond_high: float = _NAN
    category: str = NOT_CLASSIFIABLE
    chances: Mapping[str, float] = field(default_factory=dict)
    named: str | None = None

    @property
    def fewest(self) -> int:
        """Customers in the smallest of the three groups."""
        return min(self.n_low, self.n_middle, self.n_high)

    @property
    def needed(self) -> int:
        """Customers that each group needs for a category."""
        return MIN_CATEGORY

    @property
    def judged(self) -> bool:
        """Whether the groups are large enough for a category."""
        return self.fewest >= self.needed

    @property
    def likely(self) -> bool:
        """Whether its category is at least as likely as all the others together."""
        return self.chances.get(self.category, 0.0) >= LIKELY

    @property
    def beyond_line(self) -> bool:
        """Whether the contrast shows more than a straight line would (95 %)."""
        return self.beyond_low > 0 or self.beyond_high < 0


@dataclass(frozen=True, eq=False)
class PenaltyReward:
    """The contrast of all dimensions in one regression. wanted_low, wanted_high: the shares asked for; ties make them larger.

    needed: customers without whom no choice of shares gives three groups large enough for a category. share_needed: the share, in steps
    of 5 %, at which the low and the high group would have the 40 customers that a category takes, ties aside; NaN where the middle group
    would not have them, or where as much was asked for already.
    """

    outcome: str
    n: int
    n_left_out: int
    r2: float
    method: str
    units: int
    wanted_low: float
    wanted_high: float
    contrasts: tuple[Contrast, ...]
    resamples: int
    seed: int

    @property
    def needed(self) -> int:
        """Three groups of 40."""
        return 3 * MIN_CATEGORY

    @property
    def share_needed(self) -> float:
        """See above: 166 customers, 40 / 166 = .241, that is .25."""
        share = math.ceil(MIN_CATEGORY / self.n / STEP - ALONE) * STEP if self.n else _NAN
        helps = share > min(self.wanted_low, self.wanted_high) + ALONE and (1 - 2 * share) * self.n >= MIN_CATEGORY
        return share if helps else _NAN


def impact_asymmetry(penalty: float, reward: float) -> tuple[float, float, float, float] | None:
    """Give RIOCS, SGP, DGP and IA = (r + p) / (r - p) of a penalty and a reward; None unless p < 0 < r (not classifiable).

    Mikulić & Prebežac 2008; Brandt 1987. Checked: (-.42, .10) gives .52, .1923, .8077, -.6154; (-.33, .30) -.0476; (-.12, .41) .5472.
    """
    if not penalty < 0 < reward:
        return None
    riocs = reward - penalty
    return riocs, reward / riocs, -penalty / riocs, (reward + penalty) / riocs


def category(ia: float) -> str:
    """Name an IA: above .7 delighter, .2 to .7 satisfier, -.2 to .2 hybrid, -.7 to -.2 dissatisfier, below -.7 frustrator.
    The borders are a convention, not a finding; one on a border belongs to the milder name.
    """
    return NOT_CLASSIFIABLE if math.isnan(ia) else CATEGORIES[int(_categories(np.array([ia]))[0])]


def _categories(ia: np.ndarray) -> np.ndarray:
    """Place of each category; those that are no number get 5."""
    far_up, up, down, far_down = BORDERS
    place = (ia <= far_up).astype(int) + (ia <= up) + (ia < down) + (ia < far_down)
    return np.where(np.isnan(ia), len(CATEGORIES), place)


def study_penalty_reward(
    study: Study,
    outcome: str,
    *,
    scores: CustomerScores | None = None,
    low: float = LOW_SHARE,
    high: float = HIGH_SHARE,
    by_unit: bool = True,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> PenaltyReward | Withheld:
    """The contrast on the perceptions of a study's dimensions; see `penalty_reward`. ValueError for an outcome that was not asked."""
    y, frame = study.outcome(outcome), study.customers
    scores = scores or customer_scores(study)
    if scores.perception is None:
        return Withheld("not_measured", {"outcome": outcome})
    unit = frame.get(UNIT) if by_unit else None
    options = {"low": low, "high": high, "weight": frame.get(WEIGHT), "unit": unit, "resamples": resamples, "seed": seed}
    return penalty_reward(y, scores.perception, outcome, **options)


def whatever_the_shares(found: Withheld) -> bool:
    """Whether a contrast is withheld however many customers count as low and high: a single dimension would have too few already."""
    if found.reason == "too_few":
        return found.values["n"] < PER_PREDICTOR * 2
    return found.reason not in ("no_contrast", "no_variation")


def penalty_reward(
    outcome: pd.Series,
    scores: pd.DataFrame,
    outcome_name: str,
    *,
    low: float = LOW_SHARE,
    high: float = HIGH_SHARE,
    weight: pd.Series | None = None,
    unit: pd.Series | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> PenaltyReward | Withheld:
    """Regress an outcome on two dummies per dimension: low and high performance, the middle being the reference.

    y = c + sum_k (p_k low_k + r_k high_k), raw coefficients. low: the lowest scores that make up at least that share of customers, high
    likewise from above; equal scores stay together, so the shares can be larger than asked for and are part of the result. Intervals
    by t with the errors of `sandwich.method_for`; categories with their chance by a pairs bootstrap (by unit where errors are
    clustered), the cut points kept. With weights, shares and regression are weighted, counts are of customers.

    Worse tails lie further from the middle than better ones wherever answers crowd at the top: a straight line then looks like a
    dissatisfier. `ia_line` is what it would give: the dummies' coefficients on the fit of y = b0 + sum b_k x_k.

    Missing data: listwise over outcome, all dimensions and weight. A dimension whose groups are too small is left out of the
    regression and says why. Withheld: no_outcome, too_few (fewer than 10 customers per dummy), no_contrast (no dimension has
    three groups), no_variation (no unique fit). ValueError for shares not above 0 or together not below 1.

    Checked against the SQ data of R package cSEM (n 411): p/r of five dimensions -5.586/5.505, -7.069/4.555, -5.194/2.334,
    -6.842/4.607, -5.765/1.731, R² .67717 (methods 4.4).
    """
    if not (low > 0 and high > 0 and low + high < 1):
        raise ValueError(f"the shares must be above 0 and together below 1, not {low} and {high}")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    if outcome.isna().all() and len(outcome):
        return Withheld("no_outcome", {"outcome": outcome_name})
    scores = scores.loc[:, scores.notna().any()]
    y, x, w, codes, left_out = _complete(outcome, scores, weight, unit)
    groups = [_groups(x[:, k], w, name, low, high) for k, name in enumerate(scores.columns)]
    used = [k for k, (about, _) in enumerate(groups) if not about.withheld]
    needed = PER_PREDICTOR * 2 * max(len(used), 1)
    if len(y) < needed:
        return Withheld("too_few", {"outcome": outcome_name, "n": len(y), "needed": needed})
    if not used:
        return Withheld("no_contrast", {"outcome": outcome_name, "n": len(y)})
    dummies = np.column_stack([groups[k][1] for k in used])
    fit = sandwich.least_squares(y, dummies, w, codes)
    if fit is None or np.ptp(y) <= ALONE:
        return Withheld("no_variation", {"outcome": outcome_name, "n": len(y)})
    drawn = _Drawn.of(y, dummies, x[:, used], w, codes, fit.method, resamples, seed)
    found = {k: _contrast(groups[k][0], place, fit, drawn) for place, k in enumerate(used)}
    about = {"outcome": outcome_name, "n": len(y), "n_left_out": left_out, "r2": fit.r2, "method": fit.method, "units": fit.units}
    contrasts = tuple(found.get(k, of) for k, (of, _) in enumerate(groups))
    return PenaltyReward(**about, wanted_low=low, wanted_high=high, contrasts=contrasts, resamples=resamples, seed=seed)


def _complete(outcome: pd.Series, scores: pd.DataFrame, weight: pd.Series | None, unit: pd.Series | None):
    parts = [outcome, scores] + [part for part in (weight, unit) if part is not None]
    if len({len(part) for part in parts}) > 1:
        raise ValueError("outcome, scores, weight and unit must have one row per customer each")
    y, columns = outcome.to_numpy(float), [scores[name].to_numpy(float) for name in scores]
    keep, w = complete(y, columns, weight)
    codes = None if unit is None else unit.cat.codes.to_numpy()[keep].astype(int)
    return y[keep], chosen(columns, keep), w, codes, int(len(keep) - keep.sum())


def _groups(x: np.ndarray, w: np.ndarray | None, name: str, low: float, high: float) -> tuple[Contrast, np.ndarray]:
    """The low and the high group of a dimension: its description, and the two dummies."""
    if not len(x):
        return Contrast(name, _NAN, _NAN, 0, 0, 0, _NAN, _NAN, _NAN, "no_spread"), np.empty((0, 2))
    values, place = np.unique(np.round(x, 9), return_inverse=True)
    share = np.bincount(place, w, len(values))
    share = share / share.sum()
    up_to, from_on = np.cumsum(share), np.cumsum(share[::-1])[::-1]
    lowest = int(np.searchsorted(up_to, low - ALONE))
    highest = int(len(values) - 1 - np.searchsorted(from_on[::-1], high - ALONE))
    is_low, is_high = place <= lowest, place >= highest
    n_low, n_high = int(is_low.sum()), int(is_high.sum())
    n_middle = len(x) - int((is_low | is_high).sum())
    reason = "no_spread" if lowest >= highest else next((f"few_{g}" for g, n in _sizes(n_low, n_middle, n_high) if n < MIN_GROUP), "")
    shares = {"low_share": float(up_to[lowest]), "high_share": float(from_on[highest])}
    about = {"low_cut": float(values[lowest]), "high_cut": float(values[highest]), "n_low": n_low, "n_middle": n_middle, "n_high": n_high}
    middle = max(1 - shares["low_share"] - shares["high_share"], 0.0)
    return Contrast(name, **about, **shares, middle_share=middle, withheld=reason), np.column_stack([is_low, is_high]).astype(float)


def _sizes(low: int, middle: int, high: int) -> tuple[tuple[str, int], ...]:
    return ("low", low), ("middle", middle), ("high", high)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Penalties and rewards, observed (first row) and resampled: by the data, and by a straight line through them."""

    data: np.ndarray  # 1 + resamples x dummies
    line: np.ndarray

    @classmethod
    def of(cls, y, dummies, x, w, codes, method: str, resamples: int, seed: int) -> _Drawn:
        """Solve the normal equations of all resamples at once, from their cross-products."""
        levels = sandwich.levels(codes, w) if method == sandwich.WITHIN else np.empty((len(y), 0))
        table = bootstrap.moments_table(np.column_stack([y, dummies, levels, x]))
        observed = bootstrap.cross_products(table, w)
        if method == sandwich.CR2:
            drawn = _by_unit(unit_products(table, codes, w), resamples, seed)
        else:
            drawn = bootstrap.resampled_cross_products(table, w, resamples=resamples, seed=seed, exact=EXACT_ROWS, blocks=BLOCKS)
        products = np.concatenate([observed[None], drawn])
        d, k = dummies.shape[1], levels.shape[1]
        in_dummies = [0, *range(2, 2 + d + k)]
        in_line = [0, *range(2 + d, 2 + d + k), *range(2 + d + k, table.shape[1])]
        slopes = _solve(products, in_line, products[:, in_line, 1])
        fitted = np.einsum("rij,rj->ri", products[:, in_dummies][:, :, in_line], slopes)
        data = _solve(products, in_dummies, products[:, in_dummies, 1])[:, 1 : 1 + d]
        return cls(data, _solve(products, in_dummies, fitted)[:, 1 : 1 + d])


def _by_unit(products: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Draw whole units with replacement."""
    units, m = products.shape[:2]
    drawn = bootstrap.counts(units, resamples, seed).astype(float)
    return (drawn @ products.reshape(units, m * m)).reshape(resamples, m, m)


def _solve(products: np.ndarray, columns: Sequence[int], right: np.ndarray) -> np.ndarray:
    """Least-squares coefficients per resample; NaN where a resample has no unique fit (a group that nobody was drawn of)."""
    left = products[:, columns][:, :, columns]
    scale = np.sqrt(np.einsum("rii->ri", left))
    fit = (scale > 0).all(axis=1)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = left / scale[:, :, None] / scale[:, None, :]
    sound = fit & (np.linalg.eigvalsh(scaled)[:, 0] > 1e-10)
    scaled[~sound] = np.eye(len(columns))
    found = np.linalg.solve(scaled, (right / scale)[..., None])[..., 0] / scale
    found[~sound] = _NAN
    return found


def _contrast(about: Contrast, place: int, fit: sandwich.Fit, drawn: _Drawn) -> Contrast:
    lo, hi = 2 * place, 2 * place + 1
    ia, straight = _ia(drawn.data[:, lo], drawn.data[:, hi]), _ia(drawn.line[:, lo], drawn.line[:, hi])
    counted = np.bincount(_categories(ia[1:]), minlength=len(CATEGORIES) + 1) / len(ia[1:])
    chances = {name: float(share) for name, share in zip((*CATEGORIES, NOT_CLASSIFIABLE), counted, strict=True)}
    penalty, reward = float(fit.params[lo + 1]), float(fit.params[hi + 1])
    sizes = impact_asymmetry(penalty, reward) or (_NAN,) * 4
    own = category(sizes[3]) if about.judged else TOO_FEW
    intervals = {"penalty": fit.interval(lo + 1), "reward": fit.interval(hi + 1), "ia": _percentile(ia[1:])}
    intervals["beyond"] = _percentile((ia - straight)[1:])
    ends = {f"{name}_{end}": float(value) for name, pair in intervals.items() for end, value in zip(("low", "high"), pair, strict=True)}
    return Contrast(
        **{name: getattr(about, name) for name in _GROUP_FIELDS},
        penalty=penalty,
        reward=reward,
        **dict(zip(("riocs", "sgp", "dgp", "ia"), sizes, strict=True)),
        ia_line=float(straight[0]),
        category=own,
        chances=chances if about.judged else {},
        named=own if own in CATEGORIES and chances[own] >= NAMED else None,
        **ends,
    )


_GROUP_FIELDS = ("dimension", "low_cut", "high_cut", "n_low", "n_middle", "n_high", "low_share", "middle_share", "high_share")


def _ia(penalty: np.ndarray, reward: np.ndarray) -> np.ndarray:
    """IA of many; NaN where a sign is wrong."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((penalty < 0) & (reward > 0), (reward + penalty) / (reward - penalty), _NAN)


def _percentile(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return tuple(bootstrap.percentile_interval(known)) if len(known) > 1 else (_NAN, _NAN)
