"""Simulated customers of a service with five dimensions, answers rounded, cut off and partly ticked straight down; their truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gaps.model import Battery, Dimension, Instrument, Item, Role, Scale, Study
from gaps.stats import asymmetry, penalty_reward, single_moves, what_if
from gaps.stats.multiplicity import holm

ITEMS = 4
NAMES = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


@dataclass(frozen=True)
class Company:
    """A truth: per dimension, quality rises by slope/5 per point of perception above expectation and ratio times that below.

    ratio: one for all dimensions, or one each; level: height of the outcome (4 = at its top); straight: share of customers who
    tick one answer for all expectations and one for all perceptions; units: branches that differ in perception and in outcome.
    """

    mean_e: float = 5.8
    mean_p: float = 5.6
    slope: float = 0.7
    ratio: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)
    level: float = 1.0
    noise: float = 0.8
    halo: float = 0.5
    straight: float = 0.0
    units: int = 0
    unit_perception: float = 0.3
    unit_outcome: float = 0.3
    low: int = 1
    high: int = 7
    kink: str = "dimension"  # or "total": the kink is in the mean gap, ratio[0] its size
    weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)  # of the dimensions, with a kink in the total

    def quality(self, e: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The expected outcome, neither rounded nor cut off, from opinions (customers x dimensions)."""
        g = p - e
        if self.kink == "total":
            return self.level + self.slope * ((p * self.weights).mean(axis=1) + (self.ratio[0] - 1) * np.minimum(g.mean(axis=1), 0))
        return self.level + self.slope * (e + np.maximum(g, 0) + np.array(self.ratio) * np.minimum(g, 0)).mean(axis=1)

    def effects(self, rng) -> np.ndarray:
        """What each unit adds to perception and to the outcome: 2 x units."""
        return np.array([[self.unit_perception], [self.unit_outcome]]) * rng.standard_normal((2, self.units))

    def opinions(self, rng, n: int, effects: np.ndarray | None = None):
        """Expectations and perceptions as points of the scale, units' codes, and what the units add to the outcome."""
        person, seen = rng.standard_normal((2, n, 1))
        e = self.mean_e + 0.8 * person + 0.4 * rng.standard_normal((n, 5))
        p = self.mean_p + 0.8 * (self.halo * person + np.sqrt(1 - self.halo**2) * seen) + 0.5 * rng.standard_normal((n, 5))
        unit, extra = None, np.zeros(n)
        if self.units:
            unit = np.arange(n) % self.units
            on_p, on_y = self.effects(rng) if effects is None else effects
            p += on_p[unit, None]
            extra = on_y[unit]
        return e, p, unit, extra

    def scores(self, rng, opinion: np.ndarray, straight: np.ndarray) -> np.ndarray:
        """Dimension scores: the means of four rounded and cut-off answers each."""
        answers = np.clip(np.round(opinion[..., None] + 0.5 * rng.standard_normal((*opinion.shape, ITEMS))), 1, 7)
        found = answers.mean(axis=2)
        found[straight] = np.clip(np.round(opinion[straight].mean(axis=1)), 1, 7)[:, None]
        return found

    def known(self, rng, n: int, effects: np.ndarray | None = None):
        """Customers whose outcome depends on the very scores that are seen: outcome (not cut off), expectation, perception, units."""
        e, p, unit, extra = self.opinions(rng, n, effects)
        straight = rng.random(n) < self.straight
        e, p = self.scores(rng, e, straight), self.scores(rng, p, straight)
        y = self.quality(e, p) + extra + self.noise * rng.standard_normal(n)
        return np.round(y), e, p, unit

    def outcome(self, rng, quality: np.ndarray) -> np.ndarray:
        """The answered outcome."""
        return np.clip(np.round(quality + self.noise * rng.standard_normal(len(quality))), self.low, self.high)

    def customers(self, rng, n: int, effects: np.ndarray | None = None):
        """Outcome, dimension scores of expectation and perception, units."""
        e, p, unit, extra = self.opinions(rng, n, effects)
        y = self.outcome(rng, self.quality(e, p) + extra)
        straight = rng.random(n) < self.straight
        return y, self.scores(rng, e, straight), self.scores(rng, p, straight), unit


def equal_slopes(rng, company: Company, n: int, samples: int, clustered: bool = True) -> tuple[float, np.ndarray, np.ndarray]:
    """How often equal slopes are rejected at 5 %: over all; per dimension unadjusted; per dimension after Holm (30 on each side)."""
    total, plain, adjusted = np.full(samples, np.nan), np.full((samples, 5), np.nan), np.full((samples, 5), np.nan)
    for s in range(samples):
        y, e, p, unit = company.customers(rng, n)
        unit = unit if clustered else None
        total[s] = _p(y, (p - e).mean(axis=1), e.mean(axis=1), unit)
        plain[s] = [_p(y, p[:, j] - e[:, j], e[:, j], unit) for j in range(5)]
        adjusted[s] = holm(plain[s])
    rate = lambda p: np.where(np.isnan(p), np.nan, p < 0.05)  # noqa: E731
    return float(np.nanmean(rate(total))), np.nanmean(rate(plain), axis=0), rate(adjusted)


def _p(y, g, e, unit) -> float:
    g = np.where(np.abs(g) < 1e-9, 0.0, g)
    if min((g < 0).sum(), (g > 0).sum()) < asymmetry.MIN_SIDE:
        return np.nan
    line = asymmetry.hinge(y, g, e, None, unit)
    return np.nan if line is None else line.p_equal()


def study_of(y, e, p, unit=None):
    """A study whose items are the dimensions' scores."""
    dimensions = tuple(Dimension(name) for name in NAMES)
    instrument = Instrument("x", {}, tuple(Item(k + 1, name) for k, name in enumerate(NAMES)), dimensions, Scale(1, 7))
    frame = pd.DataFrame({"respondent": np.arange(len(y)).astype(str), "overall_quality": y})
    if unit is not None:
        names = [f"U{k:03d}" for k in range(int(unit.max()) + 1)]
        frame["unit"] = pd.Categorical.from_codes(unit, names, ordered=True)
    numbers = list(range(1, 6))
    answers = {Battery.EXPECTATION: pd.DataFrame(e, columns=numbers), Battery.PERCEPTION: pd.DataFrame(p, columns=numbers)}
    return Study("x", instrument, {Role.CUSTOMERS: frame}, answers, outcomes={"overall_quality": Scale(-20, 30)})


def slope_coverage(rng, company: Company, n: int, samples: int) -> dict[str, float]:
    """How often the 95 % intervals hold the true slopes and their ratio; truth: the kink in the total, of the scores that are seen."""
    s_g, s_l = company.slope, company.slope * company.ratio[0]
    inside = {"below": [], "above": [], "ratio": [], "bounded": []}
    for _ in range(samples):
        y, e, p, unit = company.known(rng, n)
        g = (p - e).mean(axis=1)
        line = asymmetry.hinge(y, np.where(np.abs(g) < 1e-9, 0.0, g), e.mean(axis=1), None, unit)
        for side, true in (("below", s_l), ("above", s_g)):
            low, high = line.interval(side)
            inside[side].append(low <= true <= high)
        ratio = line.ratio()
        inside["bounded"].append(ratio is not None)
        if ratio is not None:
            inside["ratio"].append(ratio[1] <= s_l / s_g <= ratio[2])
    return {name: float(np.mean(values)) for name, values in inside.items()}


def prediction_coverage(rng, company: Company, n: int, samples: int, moves, *, seen: bool) -> dict[str, float]:
    """How often what-if intervals hold the true mean change, and the next survey's difference; mean prediction and truth.

    seen: the outcome depends on the scores that are seen (the model is true, or only its kink misplaced); otherwise on opinions, of
    which rounded, cut-off and noisy answers are seen: the moves then move opinions, and the outcome is cut off at its scale's top.
    """
    delta_p, delta_e = np.zeros(5), np.zeros(5)
    for move in moves:
        delta_p[NAMES.index(move.dimension)], delta_e[NAMES.index(move.dimension)] = move.perception, move.expectation
    clip = lambda x: np.clip(x, 1, 7)  # noqa: E731

    def difference(size: int, units: int) -> float:
        crowd = replace(company, units=units)
        e, p, _, extra = crowd.opinions(rng, size)
        if seen:
            e, p = (crowd.scores(rng, x, rng.random(size) < crowd.straight) for x in (e, p))
            return float((crowd.quality(clip(e + delta_e), clip(p + delta_p)) - crowd.quality(e, p)).mean())
        noise = crowd.noise * rng.standard_normal(size) + extra
        before, after = (crowd.quality(a, b) + noise for a, b in ((e, p), (e + delta_e, p + delta_p)))
        return float((np.clip(np.round(after), crowd.low, crowd.high) - np.clip(np.round(before), crowd.low, crowd.high)).mean())

    truth = difference(400_000, 2000 if company.units else 0)
    found = []
    withheld = 0
    for _ in range(samples):
        survey = company.known if seen else company.customers
        effects = company.effects(rng)
        y, e, p, unit = survey(rng, n, effects)
        model = what_if.what_if(study_of(y, e, p, unit), "overall_quality")
        predicted = what_if.predict(model, moves)
        if not isinstance(predicted, what_if.Prediction):
            withheld += 1
            continue
        later = survey(rng, n, effects)[0].mean() + truth - y.mean()  # the same units again
        later = predicted.next_low <= later <= predicted.next_high
        found.append((predicted.low <= truth <= predicted.high, later, predicted.change, predicted.high - predicted.low))
    mean = np.mean(found, axis=0)
    return {"inside": mean[0], "next": mean[1], "predicted": mean[2], "width": mean[3], "truth": truth, "withheld": withheld / samples}


def largest_move(rng, company: Company, n: int, samples: int) -> dict[str, float]:
    """Single moves: how often the set that may be the largest holds the truly largest, how many it holds, how often it is alone."""
    large = replace(company, units=2000 if company.units else 0)
    truth = single_moves.single_moves(what_if.what_if(study_of(*large.known(rng, 200_000)), "overall_quality")).moves[0].move
    held, alone, wrong, sizes = 0, 0, 0, 0
    for _ in range(samples):
        leading = single_moves.single_moves(what_if.what_if(study_of(*company.known(rng, n)), "overall_quality")).leading
        is_held = truth in [one.move for one in leading]
        held, sizes, alone = held + is_held, sizes + len(leading), alone + (len(leading) == 1)
        wrong += len(leading) == 1 and not is_held
    return {"held": held / samples, "size": sizes / samples, "alone": alone / samples, "wrong": wrong / samples}


def categories(rng, company: Company, n: int, samples: int, resamples: int = 300) -> dict[str, float]:
    """Penalty-reward contrast: how stable its categories are, and how often one is named, rightly or not, per dimension."""
    frame = lambda p: pd.DataFrame(p, columns=list(NAMES))  # noqa: E731
    y, _, p, _ = company.customers(rng, 300_000)
    true = penalty_reward.penalty_reward(pd.Series(y), frame(p), "q", resamples=2).contrasts
    agree, named, right, beyond, pairs = 0, 0, 0, 0, 0
    before = None
    for _ in range(samples):
        y, _, p, _ = company.customers(rng, n)
        found = penalty_reward.penalty_reward(pd.Series(y), frame(p), "q", resamples=resamples).contrasts
        for place, (c, t) in enumerate(zip(found, true, strict=True)):
            named += c.named is not None
            right += c.named is not None and c.named == t.category
            beyond += c.beyond_line
            agree += before is not None and before[place] == c.category
            pairs += before is not None
        before = [c.category for c in found]
    total = samples * 5
    ia = float(np.mean([t.ia for t in true]))
    line = float(np.mean([t.ia_line for t in true]))
    return {
        "named": named / total,
        "wrong": (named - right) / total,
        "agree": agree / pairs,
        "beyond": beyond / total,
        "ia": ia,
        "line": line,
    }


def named_categories(rng, dimensions: int, n: int, companies: int, resamples: int = 300) -> dict[str, float]:
    """Penalty-reward contrast of companies drawn at random: how often a category called at least 80 % likely is the true one.

    Each dimension has slopes of its own below and above its middle, the outcome and four items a dimension are rounded to 1 to 7; the truth
    is the category of 60,000 customers.
    """
    names = [f"d{k}" for k in range(dimensions)]
    named, right, fewest = 0, 0, []
    for _ in range(companies):
        below, above = rng.gamma(2, 0.6, (2, dimensions)) / dimensions**0.5
        mean, noise, alike = rng.uniform(4.2, 5.8), rng.uniform(0.6, 1.2), rng.uniform(0.5, 0.8)

        def asked(n, below=below, above=above, mean=mean, noise=noise, alike=alike):
            latent = alike * rng.standard_normal((n, 1)) + np.sqrt(1 - alike**2) * rng.standard_normal((n, dimensions))
            items = mean + latent[:, :, None] + 0.6 * rng.standard_normal((n, dimensions, 4))
            y = 4.5 + (below * np.minimum(latent, 0) + above * np.maximum(latent, 0)).sum(axis=1) + noise * rng.standard_normal(n)
            scores = np.clip(np.rint(items), 1, 7).mean(axis=2)
            return pd.Series(np.clip(np.rint(y), 1, 7)), pd.DataFrame(scores, columns=names)

        true = penalty_reward.penalty_reward(*asked(60_000), "q", resamples=2).contrasts
        found = penalty_reward.penalty_reward(*asked(n), "q", resamples=resamples).contrasts
        for c, t in zip(found, true, strict=True):
            fewest.append(c.fewest)
            named += c.named is not None
            right += c.named is not None and c.named == t.category
    return {"named": named / len(fewest), "right": right / max(named, 1), "fewest": float(np.median(fewest))}
