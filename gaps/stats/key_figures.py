"""The few figures a reader takes away: overall quality, the SERVQUAL score, the share served at or above expectation, the last change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from gaps import scoring
from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.by_cell import summed
from gaps.scoring.level_sums import outcome_sums
from gaps.scoring.sums import Sums, collect, whole
from gaps.scoring.tables import Estimate, Servqual
from gaps.stats import intervals
from gaps.stats.change import WaveChange
from gaps.stats.parts import AT_OR_ABOVE

FEWEST = 10  # customers: with fewer a figure describes them, and no interval speaks of others (the findings' own minimum)
QUALITY, SERVQUAL, SERVPERF, SHARE, CHANGE = "quality", "servqual", "servperf", "share", "change"


MOMENTS = (("mean", float), ("n", int), ("sd", float), ("se", float))


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure with its 95 % interval (NaN below 10 customers: they are described, not judged) and n customers behind it.

    kind: "quality" (points of the outcome's scale), "servqual" or "servperf" (scale points), "share" (0 to 1) or "change" (scale points).
    values: what else belongs to it: quality {outcome, min, max}; servqual {weighted} where importance was asked, {desired} where it is
    against the desired level; share {wanted, n_reached}, in three-column studies {adequate, n_adequate} (share at or above the adequate
    level, and of how many); change {measure, wave_before, wave, n_before, before, after}; {alike} where everybody has the same score,
    which gives no interval.
    """

    kind: str
    value: float
    low: float
    high: float
    n: int
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def few(self) -> bool:
        """Whether there are too few customers to speak of others."""
        return self.n < FEWEST


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The four of them; what a study cannot give is `Withheld` with the reason. `score` is SERVQUAL, or SERVPERF without expectations."""

    quality: KeyFigure | Withheld
    score: KeyFigure | Withheld
    share: KeyFigure | Withheld
    change: KeyFigure | Withheld

    def each(self) -> tuple[tuple[str, KeyFigure | Withheld], ...]:
        """Name and figure, in reading order."""
        return tuple((name, getattr(self, name)) for name in ("quality", "score", "share", "change"))


def key_figures(study: Study, servqual: Servqual, outcome: str | None, change: WaveChange | Withheld) -> KeyFigures:
    """Put the four figures together; means and shares take case weights.

    quality: mean of the outcome, t interval. score: the unweighted SERVQUAL total (gap 5), with the one weighted by importance where that
    was asked. share: customers whose total gap is not below 0 (to 1e-9), interval by Wilson's score method. change: see `change.latest`.
    All intervals are over customers: the units asked are taken as the ones there are, as for the gaps (what that means where units are a
    sample of many: docs/simulations.md). Missing data: who has no score is not counted. Withheld: no_outcome, no_answers, no_expectation,
    not_measured, and those of the change.
    """
    return KeyFigures(_quality(study, outcome), _score(study, servqual), _share(study), _change(change))


def _of(kind: str, estimate: Estimate, values: Mapping[str, object] | None = None) -> KeyFigure:
    ends = (estimate.low, estimate.high) if estimate.n >= FEWEST else (np.nan, np.nan)
    alike = {"alike": True} if estimate.alike else {}
    return KeyFigure(kind, estimate.mean, *map(float, ends), estimate.n, dict(values or {}) | alike)


def _quality(study: Study, outcome: str | None) -> KeyFigure | Withheld:
    if outcome is None:
        return Withheld("no_outcome")
    sums = outcome_sums(study)[outcome].all()
    if not sums.n[0, 0]:
        return Withheld("no_answers", {"outcome": outcome})
    estimate = intervals.mean_estimate(*(kind(float(getattr(sums, name)[0, 0])) for name, kind in MOMENTS))
    scale = study.outcomes[outcome]
    return _of(QUALITY, estimate, {"outcome": outcome, "min": float(scale.min), "max": float(scale.max)})


def _score(study: Study, servqual: Servqual) -> KeyFigure | Withheld:
    if isinstance(servqual.unweighted, Estimate):
        asked = servqual.weights_source != "equal" and isinstance(servqual.weighted, Estimate)
        values = {"desired": True} if study.expectation is Battery.DESIRED else {}
        return _of(SERVQUAL, servqual.unweighted, {"weighted": servqual.weighted.mean} if asked else values)
    if study.expectation is None and isinstance(servqual.servperf, Estimate):
        return _of(SERVPERF, servqual.servperf)
    return servqual.unweighted


def _share(study: Study) -> KeyFigure | Withheld:
    if study.expectation is None or Battery.PERCEPTION not in study.answers:
        return Withheld("no_expectation" if study.expectation is None else "not_measured")
    sums, n_reached = _reached(study, study.expectation)
    n = int(sums.n[0, 0])
    if not n:
        return Withheld("no_answers")
    share, low, high = _share_of(sums)
    values: dict[str, object] = {"wanted": str(study.expectation), "n_reached": n_reached}
    if {Battery.ADEQUATE, Battery.DESIRED} <= set(study.answers):
        enough, _ = _reached(study, Battery.ADEQUATE)
        if enough.n[0, 0]:
            values |= {"adequate": _share_of(enough)[0], "n_adequate": int(enough.n[0, 0])}
    return KeyFigure(SHARE, share, *((low, high) if n >= FEWEST else (np.nan, np.nan)), n, values)


def _reached(study: Study, wanted: Battery) -> tuple[Sums, int]:
    """Sums of 1 where a customer's total gap is not below 0, and 0 where it is; and how many customers that is."""

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        gap = scoring.paired_scores(study, wanted, Battery.PERCEPTION).gap_total.to_numpy(np.float64)
        yield 0.0, np.where(np.isnan(gap), np.nan, (gap >= AT_OR_ABOVE) + 0.0)
        yield 0.0, np.where(gap >= AT_OR_ABOVE, 1.0, np.nan)

    sums = summed(study, Role.CUSTOMERS, ("reached", wanted), rows).all()
    return sums.of_levels([0]), int(sums.n[1, 0])


def share_interval(reached: np.ndarray, weight: np.ndarray | None = None, confidence: float = 0.95) -> tuple[float, float, float]:
    """Give a share with Wilson's score interval. reached: 1, 0 or NaN (not counted) per customer; weight: one per customer.

    With case weights n is replaced by the number of unweighted answers that would be as exact: share (1 - share) over the variance of the
    weighted share (linearised); at 0 and 100 %, where that variance is nil, Kish's (sum w)² / sum w². Wilson (1927); Kish (1965).

    Checked: 8 of 10 give .490 to .943 (R: prop.test(8, 10, correct = FALSE)); coverage in docs/simulations.md.
    """
    return _share_of(collect([(0.0, np.asarray(reached, float))], [whole(len(reached))], weight)[0], confidence)


def _share_of(sums: Sums, confidence: float = 0.95) -> tuple[float, float, float]:
    n, w, ww, share, se = (float(getattr(sums, name)[0, 0]) for name in ("n", "w", "ww", "mean", "se"))
    spread = share * (1 - share)
    effective = spread / (se * se * (n - 1) / n) if n > 1 and spread > intervals.ZERO else w * w / ww
    return share, *intervals.wilson(share, effective, confidence)


def _change(change: WaveChange | Withheld) -> KeyFigure | Withheld:
    if isinstance(change, Withheld):
        return change
    values = {name: getattr(change, name) for name in ("measure", "wave_before", "wave", "n_before", "before", "after")}
    return KeyFigure(CHANGE, change.change, change.low, change.high, change.n, values)
