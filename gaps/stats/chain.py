"""Which of the five gaps goes most with overall quality, when one gap affects the next: total effects along the chain, unit by unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtrit

from gaps.model import OUTCOMES, Study, Withheld
from gaps.scoring.panel import Panel, panel
from gaps.stats import recursive
from gaps.stats.bootstrap import percentile_interval
from gaps.stats.chain_results import (
    CLEAR,
    JOINT,
    ONE_AT_A_TIME,
    OPEN,
    SHARED_ERROR,
    SHARED_RATING,
    AllFive,
    Carrier,
    Chain,
    Effect,
    FiveGaps,
    Interval,
    Path,
)
from gaps.stats.drivers import GAPS, IDENTITY, UNITS_JOINT, UNITS_NEEDED
from gaps.stats.enough import units_to_be_sure
from gaps.stats.importance import SURE, first_probability, verdict
from gaps.stats.recursive import Moments
from gaps.stats.regression import CONFIDENCE, DEPENDENT
from gaps.stats.results import Verdict

CARRIER = "gap5"
PERCEPTION = "P"
HELD = {"gap2": ("M", -1), "gap3": ("S", -1), "gap4": ("V", 1)}  # battery in common with the gap before, sign it gives a path

PATH_CONFIDENCE = 0.99  # up to six paths are looked at: together at most 6 % false alarms
PATH_RELIABILITY = 0.30  # below this a gap's unit means are so much chance that no path from or to it is believed
PANEL_RELIABILITY = 0.40  # a gap of the panel below this may be anything: with less, gaps of equal effect were named in 15 %

_NAN = math.nan


def five_gaps(study: Study, outcome: str | None = None, *, resamples: int = 2000, seed: int = 1) -> FiveGaps:
    """Fit the chain of gaps towards an outcome of the study, and towards P by unit and dimension.

    outcome: by default the first asked of overall_quality, satisfaction, recommend. The outcome asked for itself leads: it is what
    "overall quality" means, and no gap is made of it; the panel's many rows rest on the same units, and look surer than they are
    (docs/simulations-chain.md). ValueError for an outcome that was not asked, and for fewer than one resample. See `chain` for the method.
    """
    if outcome is not None and outcome not in study.outcomes:
        raise ValueError(f"the study has no outcome {outcome!r}; it has {sorted(study.outcomes)}")
    asked = outcome or next((name for name in OUTCOMES if name in study.outcomes), PERCEPTION)
    cells = panel(study)
    return with_panel(cells, chain(cells, asked, resamples=resamples, seed=seed), resamples=resamples, seed=seed)


def with_panel(cells: Panel, headline: Chain, *, resamples: int = 2000, seed: int = 1) -> FiveGaps:
    """Give the headline's chain with the units it would take, and beside it the chain towards P by unit and dimension."""
    first = planned(headline)
    return FiveGaps(first, first if first.outcome == PERCEPTION else chain(cells, PERCEPTION, resamples=resamples, seed=seed))


def chain(cells: Panel, outcome: str, *, resamples: int = 2000, seed: int = 1) -> Chain:
    """Fit gap2 ~ gap1; gap3 ~ gap1 + gap2; gap4 ~ gap1 + gap2 + gap3; outcome ~ gap1 + … + gap4 by least squares.

    outcome: one that was asked for itself (rows are units) or "P" (rows are units x dimensions, dimension fixed effects). A total effect is
    the coefficient in the regression on the gap and those before it (`recursive.totals`); effects are standardised with the standard
    deviations between units (in the panel: within dimensions), intervals are percentiles of a bootstrap of whole units. Never is gap 5 the
    outcome: it contains -E, as gap 1 does (methods 2.8).

    Units weigh by how reliable their mean outcome is, t² / (t² + e²), t² the variance between units and e² the sampling variance of that
    unit's mean: nearly alike where each has many customers, nearly by n where few. A gap known for fewer than 10 units is left out; of the
    others a unit needs all. Fewer than 10 units: nothing is fitted (too_few_units). 10 to 29: each gap alone, each pair of neighbours
    alone, no ranking. 30 or more: the system (methods 2.6). Further reasons to withhold: no_outcome,
    outcome_of_no_unit, not_measured, no_variation, collinear, same_as_score.

    Measurement error. Unit means of few managers err; that shrinks what gaps 1 to 3 seem to do and, because neighbouring gaps share a
    battery, correlates them. The sampling covariance of the means is known from the answers within units; `corrected` numbers are
    computed after subtracting it (Fuller 1987). They are a check, not the estimate: wide with few units. The first gap is named only
    if it holds in them too, and in the panel, whose many rows make chance look certain, only if every gap's reliability is .40 or
    more. What simulations say of all this: docs/simulations-chain.md.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    level = "panel" if outcome == PERCEPTION else "unit"
    blank = Chain(outcome, level, "", 0, 0, 0, (), (), Verdict(None, (), ""), Withheld(""), Withheld(""), Withheld("not_asked"), _NAN)
    if not cells.units:
        return _nothing(blank, Withheld("too_few_units", {"units": 0, "needed": UNITS_NEEDED}))
    rows = _rows(cells, outcome)
    if isinstance(rows, Withheld):
        return _nothing(blank, rows)
    known = replace(blank, units=rows.units, rows=rows.cells, n_left_out=len(cells.units) - rows.units, ranks=rows.ranks, staff=rows.staff)
    if rows.units < UNITS_NEEDED:
        return _nothing(known, Withheld("too_few_units", {"units": rows.units, "needed": UNITS_NEEDED}))
    moments = recursive.unit_moments(rows.values, rows.error, rows.weight, resamples=resamples, seed=seed)
    if unfit := _unfit(rows, moments):
        return _nothing(known, unfit)
    fitted = replace(known, resamples=resamples, seed=seed)
    return _joint(fitted, rows, moments) if rows.units >= UNITS_JOINT else _one_at_a_time(fitted, rows, moments)


def planned(found: Chain) -> Chain:
    """The same chain with how many units it would take to name the gap, from the totals and their resamples (one at a time: of each gap
    alone)."""
    if not found.draws:
        return found
    observed, corrected = found.draws
    size = np.abs(observed[0])
    return replace(found, enough=units_to_be_sure(size, observed, corrected, found.units, at_least=UNITS_JOINT, seed=found.seed))


def _nothing(blank: Chain, reason: Withheld) -> Chain:
    return replace(blank, verdict=Verdict(None, (), reason.reason), carrier=reason, all_five=reason, enough=reason, withheld=reason)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The usable units: values and error (units x dimensions x variables), variables in causal order, the outcome last among `causal`."""

    gaps: tuple[str, ...]
    outcome: str
    variables: tuple[str, ...]
    values: np.ndarray
    error: np.ndarray
    weight: np.ndarray
    designs: Mapping[int, str | None]
    ranks: Mapping[str, float]
    staff: Mapping[str, float]

    @property
    def units(self) -> int:
        return len(self.values)

    @property
    def cells(self) -> int:
        return int(np.isfinite(self.values).all(axis=2).sum())

    def place(self, *names: str) -> tuple[int, ...]:
        return tuple(self.variables.index(name) for name in names)

    def shared(self, cause: str, effect: str) -> tuple[str, int]:
        """The battery that couples two gaps, and the sign it gives the path between them; "" and 0 where none does.

        Neighbours have it in common. With the gaps between them held, gaps further apart are coupled as well: V - S on M - E at a given
        S - M. So it takes all gaps from one to the other, measured on the same items.
        """
        between = [f"gap{k}" for k in range(int(cause[3:]), int(effect[3:]) + 1)]
        coupled = all(name in self.gaps and self.designs[int(name[3:])] == "items" for name in between)
        return HELD[effect] if coupled else ("", 0)


def _rows(cells: Panel, outcome: str) -> _Rows | Withheld:
    measured = [name for name in GAPS if name in cells.variables]
    if outcome not in cells.variables:
        return Withheld("no_outcome", {"outcome": outcome})
    if not measured:
        return Withheld("not_measured")
    by_dimension = outcome == PERCEPTION
    values, error = (cells.values[:, 1:], cells.error[:, 1:]) if by_dimension else (cells.values[:, :1], cells.error[:, :1])
    y = np.isfinite(values[:, :, cells.variables.index(outcome)])
    if not y.any():
        return Withheld("outcome_of_no_unit", {"outcome": outcome})
    counted = {name: int((y & np.isfinite(values[:, :, cells.variables.index(name)])).any(axis=1).sum()) for name in (*measured, CARRIER)
               if name in cells.variables}  # fmt: skip
    gaps = tuple(name for name in measured if counted[name] >= UNITS_NEEDED) or tuple(measured)
    beside = (CARRIER,) if not by_dimension and counted.get(CARRIER, 0) >= UNITS_NEEDED else ()
    shared = tuple(battery for battery, _ in HELD.values() if battery in cells.variables)
    variables = (*gaps, outcome, *beside, *shared)
    places = [cells.variables.index(name) for name in variables]
    values, error = values[:, :, places], error[:, :, places][:, :, :, places]
    complete = np.isfinite(values).all(axis=2)
    values = np.where(complete[:, :, None], values, np.nan)
    kept = complete.any(axis=1)
    values, error = values[kept], error[kept]
    y_place = len(gaps)
    staff = {name: float(np.median(n)) for name, n in zip(("customers", "managers", "employees"), cells.counts[kept].T, strict=True)
             if kept.any()}  # fmt: skip
    weight = _weights(values[:, :, y_place], error[:, :, y_place, y_place])
    return _Rows(gaps, outcome, variables, values, error, weight, cells.designs, _ranks(values, gaps, y_place), staff)


def _weights(y: np.ndarray, error: np.ndarray) -> np.ndarray:
    """How reliable each unit's outcome is: t² / (t² + e²), e² its mean sampling variance over dimensions; equal where unknown."""
    there = np.isfinite(y)
    if len(y) < 3 or not np.isfinite(error[there]).all():
        return np.ones(len(y))
    cells = np.maximum(there.sum(axis=1), 1)
    noise = np.where(there, error, 0.0).sum(axis=1) / cells
    columns = [(y[there[:, d], d], error[there[:, d], d]) for d in range(y.shape[1])]
    between = float(np.mean([np.var(mean, ddof=1) - chance.mean() for mean, chance in columns if len(mean) > 1]))
    floor = 1e-3 * float(noise.mean())
    total = max(between, floor) + np.maximum(noise, floor)
    return np.ones(len(y)) if floor <= 0 else float(total.min()) / total


def _ranks(values: np.ndarray, gaps: tuple[str, ...], y: int) -> Mapping[str, float]:
    """Spearman's rank correlation of each gap's unit means with the outcome's."""
    if len(values) < 3:
        return {}
    mean = pd.DataFrame(np.nanmean(values[:, :, : y + 1], axis=1)).rank()
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: float(np.corrcoef(mean[k], mean[y])[0, 1]) for k, name in enumerate(gaps)}


def _unfit(rows: _Rows, moments: Moments) -> Withheld | None:
    names = (*rows.gaps, rows.outcome)
    cov = moments.observed[0][: len(names), : len(names)]
    size = np.square(np.nanmax(np.abs(rows.values), axis=(0, 1)))[: len(names)]
    still = np.diag(cov) <= 1e-12 * np.maximum(size, 1e-300)
    if still.any():
        return Withheld("no_variation", {"variables": tuple(name for name, s in zip(names, still, strict=True) if s)})
    sd = np.sqrt(np.diag(cov))
    if np.linalg.eigvalsh((cov / np.outer(sd, sd))[:-1, :-1])[0] < DEPENDENT:
        return Withheld("collinear")
    return Withheld("same_as_score") if 1 - recursive.explained(cov) < IDENTITY else None


def _interval(values: np.ndarray, units: int, confidence: float = CONFIDENCE) -> Interval:
    """The study's own value is the first, the resamples' follow. Percentiles, widened for few units: Phi(-t sqrt(n / (n - 1))) of t with
    n - 1 degrees of freedom in place of the nominal tail (Hesterberg 2015, The American Statistician 69(4), 4.2.2)."""
    resampled = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or len(resampled) < 0.95 * (len(values) - 1):
        return Interval()
    t = stdtrit(units - 1, 0.5 + confidence / 2)
    low, high = percentile_interval(resampled, 1 - 2 * float(ndtr(-t * math.sqrt(units / (units - 1)))))
    return Interval(float(values[0]), float(low), float(high))


def _reliability(moments: Moments, k: int) -> float:
    """1 - sampling variance / variance between units: ICC(2) of the unit means where groups are of equal size (methods 2.4)."""
    return float(np.clip(1 - moments.error[0, k, k] / moments.observed[0, k, k], 0, 1)) if moments.error_known else _NAN


@dataclass(frozen=True, eq=False)
class _System:
    """Effects of one covariance matrix and of its resamples, standardised."""

    totals: np.ndarray
    directs: np.ndarray

    @classmethod
    def of(cls, cov: np.ndarray) -> _System:
        effects = recursive.totals(cov)
        return cls(recursive.standardised(effects, cov), recursive.standardised(recursive.directs(effects), cov))


def _joint(blank: Chain, rows: _Rows, moments: Moments) -> Chain:
    last = len(rows.gaps)
    system = moments.of(*range(last + 1))
    naive, corrected = _System.of(system.observed), _System.of(system.corrected)
    paths = tuple(
        _path(rows, moments, i, j, naive.directs[:, j, i], corrected.directs[:, j, i], tuple(range(j)))
        for j in range(1, last)
        for i in range(j)
    )
    slopes = recursive.totals(system.observed)[:, last, :last]
    totals, without_error = naive.totals[:, last, :last], corrected.totals[:, last, :last]
    first, corrected_first = _chances(totals), _chances(without_error)
    effects = []
    for k, name in enumerate(rows.gaps):
        held_back = tuple(p.effect for p in paths if p.cause == name and p.withheld)
        split = Withheld("path_withheld", {"cause": name, "effects": held_back}) if held_back else None
        direct = naive.directs[:, last, k]
        effect = Effect(
            name=name,
            total=_interval(totals[:, k], rows.units),
            slope=_interval(slopes[:, k], rows.units),
            direct=Interval() if split else _interval(direct, rows.units),
            indirect=Interval() if split else _interval(totals[:, k] - direct if k < last - 1 else np.zeros(len(direct)), rows.units),
            corrected=_interval(without_error[:, k], rows.units),
            reliability=_reliability(moments, k),
            r=_correlation(moments, k, last),
            p_first=first[k],
            corrected_p_first=corrected_first[k],
            split_withheld=split,
        )
        effects.append(effect)
    decision = _verdict(rows.gaps, totals, without_error)
    if decision.driver is not None and blank.level == "panel" and min(e.reliability for e in effects) < PANEL_RELIABILITY:
        weak = tuple(e.name for e in effects if e.reliability < PANEL_RELIABILITY and e.name != decision.driver)
        leading = (decision.driver, *(weak or (decision.second,)))
        decision = replace(decision, driver=None, leading=leading, reason="not_beyond_error")
    carrier, all_five = _carrier(rows, moments)
    return replace(
        blank, stage=JOINT, effects=tuple(effects), paths=paths, verdict=decision, carrier=carrier, all_five=all_five,
        r2=float(recursive.explained(system.observed[0])), draws=(totals, without_error),
    )  # fmt: skip


def _correlation(moments: Moments, i: int, j: int) -> float:
    cov = moments.observed[0]
    return float(cov[i, j] / math.sqrt(cov[i, i] * cov[j, j]))


def _chances(totals: np.ndarray) -> np.ndarray:
    """Per gap the share of resamples in which its total effect is the largest in size."""
    resampled = np.abs(totals[1:][np.isfinite(totals[1:]).all(axis=1)])
    return first_probability(resampled) if len(resampled) else np.full(totals.shape[1], _NAN)


def _verdict(names: tuple[str, ...], totals: np.ndarray, without_error: np.ndarray) -> Verdict:
    """The rule of `importance.verdict` on the size of the total effects; what it names must stand without measurement error too."""
    size = np.abs(totals)
    found = verdict(names, size[0], size[1:][np.isfinite(size[1:]).all(axis=1)])
    if found.driver is None:
        return found
    if not np.isfinite(without_error[0]).all():
        return replace(found, driver=None, leading=names_by_size(names, size[0]), reason="error_unknown")
    chances = _chances(without_error)
    if chances[names.index(found.driver)] >= SURE:
        return found
    rivals = tuple(n for n in names_by_size(names, size[0]) if n == found.driver or chances[names.index(n)] >= 0.05)
    return replace(found, driver=None, leading=rivals if len(rivals) > 1 else (found.driver, found.second), reason="not_beyond_error")


def names_by_size(names: tuple[str, ...], size: np.ndarray) -> tuple[str, ...]:
    """The names, largest first."""
    return tuple(names[k] for k in np.argsort(-size, kind="stable"))


def _path(rows: _Rows, moments: Moments, i: int, j: int, naive: np.ndarray, corrected: np.ndarray, before: tuple[int, ...]) -> Path:
    """One path and what shared answers may have to do with it; `before`: the gaps that are held, the cause among them."""
    cause, effect = rows.gaps[i], rows.gaps[j]
    battery, induced = rows.shared(cause, effect)
    path, without_error, held = _interval(naive, rows.units, PATH_CONFIDENCE), _interval(corrected, rows.units), Interval()
    if battery and moments.error_known and path.sign == without_error.sign == induced:
        others = tuple(k for k in before if k != i)
        given = moments.of(*others, *rows.place(battery), i, j)
        held = _interval(_System.of(given.corrected).directs[:, -1, -2], rows.units)
    r = _correlation(moments, i, j)
    cov, noise = moments.observed[0], moments.error[0]
    r_error = float(noise[i, j] / math.sqrt(cov[i, i] * cov[j, j]))
    share = r_error / r if r_error * r > 0 else 0.0
    reliable = not moments.error_known or min(_reliability(moments, i), _reliability(moments, j)) >= PATH_RELIABILITY
    status = _status(path, without_error, held, battery, induced, share, moments.error_known, reliable)
    values = {"cause": cause, "effect": effect, "battery": battery, "share": share}
    reason = Withheld(status, values) if status in (SHARED_ERROR, SHARED_RATING) else None
    return Path(cause, effect, path, without_error, held, battery, r, r_error, share if math.isfinite(r_error) else _NAN, status, reason)


def _status(
    path: Interval, corrected: Interval, held: Interval, battery: str, induced: int, share: float, known: bool, reliable: bool
) -> str:
    if share >= 1:
        return SHARED_ERROR
    if not path.sign:
        return OPEN
    if (battery and not known) or not reliable or (known and corrected.sign != path.sign):
        return SHARED_ERROR
    if battery and path.sign == induced and held.sign != path.sign:
        return SHARED_RATING
    return CLEAR


def _carrier(rows: _Rows, moments: Moments) -> tuple[Carrier | Withheld, AllFive | Withheld]:
    """Gap 5 given the others, and all of them in one regression."""
    if rows.outcome == PERCEPTION:
        return (Withheld("contains_outcome"),) * 2
    if CARRIER not in rows.variables:
        return (Withheld("not_measured", {"gap": 5}),) * 2
    last = len(rows.gaps)
    places = (*range(last), *rows.place(CARRIER, rows.outcome))
    cov = moments.of(*places).observed
    if np.linalg.eigvalsh(_as_correlation(cov[0])[:-1, :-1])[0] < DEPENDENT:
        return (Withheld("collinear"),) * 2
    effects = recursive.totals(cov)
    beta = recursive.standardised(recursive.directs(effects), cov)[:, -1, :-1]
    of_gaps, of_all = recursive.explained(moments.of(*range(last + 1)).observed), recursive.explained(cov)
    of_carrier = cov[:, -1, -2] ** 2 / (cov[:, -1, -1] * cov[:, -2, -2])
    carried = _interval((of_gaps + of_carrier - of_all) / np.maximum(of_gaps, 1e-12), rows.units)
    names = (*rows.gaps, CARRIER)
    vif = np.diag(np.linalg.inv(_as_correlation(cov[0])[:-1, :-1]))
    terms = {name: _interval(beta[:, k], rows.units) for k, name in enumerate(names)}
    r = float(_as_correlation(cov[0])[-1, -2])
    found = Carrier(terms[CARRIER], _interval(effects[:, -1, -2], rows.units), r, carried)
    return found, AllFive(terms, dict(zip(names, map(float, vif), strict=True)), float(of_all[0]))


def _as_correlation(cov: np.ndarray) -> np.ndarray:
    sd = np.sqrt(np.diag(cov))
    return cov / np.outer(sd, sd)


def _one_at_a_time(blank: Chain, rows: _Rows, moments: Moments) -> Chain:
    """Each gap alone with the outcome, each gap alone with the next; nothing is ranked."""
    last = len(rows.gaps)
    effects, draws = [], []
    for k, name in enumerate(rows.gaps):
        pair = moments.of(k, last)
        observed, corrected = (_System.of(matrices).totals[:, 1, 0] for matrices in (pair.observed, pair.corrected))
        draws.append((observed, corrected))
        slope = _interval(recursive.totals(pair.observed)[:, 1, 0], rows.units)
        of_one = (_interval(observed, rows.units), slope, Interval(), Interval(), _interval(corrected, rows.units))
        effects.append(Effect(name, *of_one, _reliability(pair, 0), _correlation(moments, k, last)))
    paths = []
    for j in range(1, last):
        pair = moments.of(j - 1, j)
        both = (_System.of(matrices).directs[:, 1, 0] for matrices in (pair.observed, pair.corrected))
        paths.append(_path(rows, moments, j - 1, j, *both, (j - 1,)))
    return replace(
        blank, stage=ONE_AT_A_TIME, effects=tuple(effects), paths=tuple(paths), verdict=Verdict(None, (), ONE_AT_A_TIME),
        carrier=_carrier_alone(rows, moments), all_five=Withheld(ONE_AT_A_TIME),
        draws=tuple(np.column_stack(columns) for columns in zip(*draws, strict=True)),
    )  # fmt: skip


def _carrier_alone(rows: _Rows, moments: Moments) -> Carrier | Withheld:
    if rows.outcome == PERCEPTION:
        return Withheld("contains_outcome")
    if CARRIER not in rows.variables:
        return Withheld("not_measured", {"gap": 5})
    pair = moments.of(*rows.place(CARRIER, rows.outcome)).observed
    effects = recursive.totals(pair)
    beta = recursive.standardised(effects, pair)[:, 1, 0]
    return Carrier(_interval(beta, rows.units), _interval(effects[:, 1, 0], rows.units), float(beta[0]), Interval())
