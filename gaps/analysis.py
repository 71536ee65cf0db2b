"""The one composition: a study and a selection go in, every result comes out. Pages, command line and reports all call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gaps import findings as conclusions
from gaps import scoring
from gaps.deeper import Deeper
from gaps.findings import Finding
from gaps.model import OUTCOMES, UNIT, WAVE, WEIGHT, Battery, Gap, Role, Selection, Study, Withheld
from gaps.scoring.scores import CustomerScores
from gaps.scoring.tables import GapTable, Servqual, WaterfallTable, ZoneTable
from gaps.stats import intervals, reliability, widest
from gaps.stats.contrasts import Contrasts, contrasts
from gaps.stats.results import AsymmetryCurve, DriverFit, Reliability

SEED = 1
RESAMPLES = 2000
HEADLINE = "headline"
MARGINS = ((), (UNIT,), (WAVE,))
CROSSED = (*MARGINS, (UNIT, WAVE))


@dataclass(frozen=True, eq=False)
class Analysis:
    """Every result of one selection of a study, each computed when it is first looked at: a page waits only for what it shows.

    study: the selected respondents only. explained: the outcomes whose drivers and asymmetry are given. seed and resamples are those of
    every bootstrap. Pieces that the study cannot carry are `Withheld` with the reason.
    """

    study: Study
    selection: Selection
    explained: tuple[str, ...]
    seed: int = SEED
    resamples: int = RESAMPLES
    crossed: bool = False

    @cached_property
    def gaps(self) -> GapTable:
        """The five gaps in total, by dimension and by item, over all and for each unit and wave."""
        return intervals.with_intervals(scoring.gap_table(self.study, by=CROSSED if self.crossed else MARGINS))

    @cached_property
    def scores(self) -> CustomerScores:
        """Each customer's scores by dimension."""
        return scoring.customer_scores(self.study)

    @cached_property
    def servqual(self) -> Servqual:
        """SERVQUAL and SERVPERF, unweighted and weighted."""
        return intervals.servqual(self.study)

    @cached_property
    def zone(self) -> ZoneTable | Withheld:
        """The zone of tolerance, of three-column studies."""
        return scoring.zone(self.study)

    @cached_property
    def waterfall(self) -> WaterfallTable | Withheld:
        """From expected to perceived service, of same-item studies."""
        return scoring.waterfall(self.study)

    @cached_property
    def reliability(self) -> Reliability:
        """Alpha of each dimension and battery."""
        return reliability.reliability(self.study)

    @cached_property
    def drivers(self) -> tuple[DriverFit, ...]:
        """Per explained outcome: the dimension models that the batteries allow, and gaps 1 to 4 at unit level."""
        return _drivers(self.study, self.scores, self.gaps, self.explained, self.seed, self.resamples)

    @cached_property
    def asymmetry(self) -> tuple[AsymmetryCurve | Withheld, ...]:
        """Per explained outcome: whether falling short goes with more than exceeding does."""
        return _asymmetry(self.study, self.scores, self.explained)

    @property
    def widest_gap(self) -> Mapping[str, float]:
        """The probability of each of gaps 1 to 4 to be the most negative."""
        return self._widest[0]

    @property
    def widest_dimension(self) -> Mapping[str, float]:
        """The probability of each dimension of gap 5 to be the most negative."""
        return self._widest[1]

    @cached_property
    def _widest(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        return _widest(self.study, self.scores, self.gaps, self.seed)

    @cached_property
    def units(self) -> Contrasts | Withheld:
        """Gap 5 of each unit against all the others."""
        return _units(self.study, self.scores)

    @cached_property
    def described(self) -> tuple[Finding, ...]:
        """What is concluded from the gaps alone, in reading order."""
        return conclusions.describe(self.study, self.gaps, self.servqual, self.widest_gap, self.widest_dimension, self.units)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All conclusions, in reading order."""
        asked = self.explained or not self.study.outcomes
        chain = self.deeper(conclusions.spoken_of(self.study, self.drivers)).chain if asked else None  # the one that an expert sees
        return (*self.described, *conclusions.explain(self.study, self.gaps, self.drivers, self.asymmetry, chain))

    def about(self, *codes: str) -> tuple[Finding, ...]:
        """The findings whose codes begin so, in reading order; drivers are computed only where they are asked about."""
        among = self.described if all(code.startswith(conclusions.DESCRIBED) for code in codes) else self.findings
        return tuple(f for f in among if f.code.startswith(codes))

    def deeper(self, outcome: str | None = None) -> Deeper:
        """What an expert asks for about one outcome, by default the headline's; the same value each time."""
        name = outcome or next(iter(outcomes(self.study)), None)
        return self._deeper.setdefault(name, Deeper(self.study, self.gaps, name, self.seed, self.resamples))

    @cached_property
    def _deeper(self) -> dict[str | None, Deeper]:
        return {}


def analyse(
    study: Study,
    selection: Selection = Selection(),
    *,
    explain: Sequence[str] | str | None = None,
    seed: int = SEED,
    resamples: int = RESAMPLES,
    crossed: bool = False,
) -> Analysis:
    """Analyse the selected respondents of a study.

    explain: the outcomes whose drivers and asymmetry are wanted, by default all that were asked; HEADLINE: the one that the findings
    speak of, which is enough for a screen. `crossed` also gives each unit in each wave (many rows: wanted in files, not on
    screens). Raises ValueError for a selection or an outcome that the study does not
    have, and for fewer than one resample.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    selected = scoring.select(study, selection)
    return Analysis(selected, selection, _explained(selected, explain), seed, resamples, crossed)


def outcomes(study: Study) -> tuple[str, ...]:
    """The outcomes that were asked, the headline's first."""
    first = conclusions.primary_outcome(study)
    return tuple(sorted((name for name in OUTCOMES if name in study.outcomes), key=lambda name: name != first))


def _explained(study: Study, explain: Sequence[str] | str | None) -> tuple[str, ...]:
    asked = outcomes(study)
    if explain is None:
        return asked
    if explain == HEADLINE:
        return asked[:1]
    if unknown := [name for name in explain if name not in asked]:
        raise ValueError(f"the study has no outcome {unknown}; it has {list(asked)}")
    return tuple(explain)


def _weight(study: Study) -> pd.Series | None:
    return study.customers.get(WEIGHT)


def _drivers(
    study: Study, scores: CustomerScores, table: GapTable, wanted: Sequence[str], seed: int, resamples: int
) -> tuple[DriverFit, ...]:
    """Per outcome: the dimension models that the batteries allow, and gaps 1 to 4 at unit level."""
    from gaps.stats import drivers  # statsmodels takes a second to load: not on the way to the first page

    frames = {"gap": scores.gap, "perception": scores.perception, "expectation": scores.expectation}
    given = {name: frame for name, frame in frames.items() if frame is not None}
    units = scoring.unit_scores(study, table)
    fits: list[DriverFit] = []
    for name in wanted:
        answers = study.customers[name]
        fits += drivers.dimension_models(
            answers, given, name, weight=_weight(study), unit=study.customers.get(UNIT), resamples=resamples, seed=seed
        )
        if any(study.design(gap) for gap in Gap if gap is not Gap.CUSTOMER):
            fits.append(drivers.gap_drivers(units, name, resamples=resamples, seed=seed))
    return tuple(fits)


def _asymmetry(study: Study, scores: CustomerScores, wanted: Sequence[str]) -> tuple[AsymmetryCurve | Withheld, ...]:
    from gaps.stats import asymmetry, sandwich

    if scores.gap_total is None:
        return (Withheld("no_expectation"),)
    if not wanted:
        return (Withheld("no_outcome"),)
    unit = study.customers.get(UNIT) if sandwich.clustered(len(study.units)) else None
    return tuple(
        asymmetry.asymmetry(study.customers[name], scores.gap_total, scores.expectation_total, name, weight=_weight(study), unit=unit)
        for name in wanted
    )


def _widest(study: Study, scores: CustomerScores, table: GapTable, seed: int) -> tuple[Mapping[str, float], Mapping[str, float]]:
    inside = conclusions.comparable_gaps(table)
    totals = table.rows(level="total").set_index("gap")["mean"].reindex(inside).to_numpy(float)
    places = [gap - 1 for gap in inside]
    gaps = widest.probability_widest(list(map(str, inside)), totals, _gap_covariance(study)[np.ix_(places, places)], seed=seed)
    if scores.gap is None:
        return gaps, {}
    dimensions = list(scores.gap.columns)
    means = table.rows(gap=Gap.CUSTOMER, level="dimension").set_index("dimension")["mean"].reindex(dimensions)
    weight = _weight(study)
    contributions = widest.influence(scores.gap[dimensions].to_numpy(float), None if weight is None else weight.to_numpy(float))
    return gaps, widest.probability_widest(dimensions, means.to_numpy(float), widest.covariance([contributions]), seed=seed)


def _units(study: Study, scores: CustomerScores) -> Contrasts | Withheld:
    """Gap 5 of each unit against all the others."""
    if scores.gap_total is None:
        return Withheld("no_expectation")
    if UNIT not in study.customers:
        return Withheld("no_units")
    return contrasts(study, by=(UNIT,), total=scores.gap_total.to_numpy(float))


def _gap_covariance(study: Study) -> np.ndarray:
    """Covariance of the five total gaps: customers, managers and employees err independently, and neighbouring gaps share a battery."""
    parts = []
    for role in Role:
        if not study.n(role):
            continue
        frame = study.respondents[role]
        weight = frame[WEIGHT].to_numpy(float) if WEIGHT in frame else None
        u = np.zeros((len(frame), len(Gap)))
        for column, gap in enumerate(Gap):
            for sign, values in _gap_sides(study, gap, role):
                u[:, column] += sign * widest.influence(values.to_numpy(float)[:, None], weight)[:, 0]
        parts.append(u)
    cov = widest.covariance(parts) if parts else np.full((len(Gap), len(Gap)), np.nan)
    unmeasured = [i for i, gap in enumerate(Gap) if study.design(gap) is None]
    cov[unmeasured, :] = cov[:, unmeasured] = np.nan
    return cov


def _gap_sides(study: Study, gap: Gap, role: Role):
    """The respondent-level totals of this role that enter a gap's mean, with their sign."""
    expected = study.expectation if gap.expected is Battery.EXPECTATION else gap.expected
    match study.design(gap):
        case "items" if gap.paired:
            if gap.achieved.role is role:
                yield 1, scoring.paired_scores(study, expected, gap.achieved).gap_total
        case "items":
            if gap.achieved.role is role:
                yield 1, scoring.battery_totals(study, gap.achieved)
            if expected.role is role:
                yield -1, scoring.battery_totals(study, expected)
        case "direct":
            from gaps.model import DIRECT_ROLE

            if DIRECT_ROLE[gap] is role:
                yield 1, scoring.rating_totals(study, gap)
