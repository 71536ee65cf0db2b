"""The one composition: a study and a selection go in, every result comes out. Pages, command line and reports all call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from gaps import findings as conclusions
from gaps import scoring
from gaps.deeper import Deeper
from gaps.disclosure import EVERY_GROUP, SMALL, Protected, Protection, answers, protect, rows
from gaps.disclosure.asked import EVERYTHING, IMPORTANCE, What
from gaps.disclosure.by_question import by_question
from gaps.findings import Finding
from gaps.model import DIRECT_ROLE, OUTCOMES, UNIT, WAVE, WEIGHT, Battery, Gap, Role, Selection, Study, Withheld
from gaps.scoring import moments
from gaps.scoring.scores import CustomerScores
from gaps.scoring.tables import Estimate, GapTable, Servqual, WaterfallTable, ZoneTable
from gaps.stats import change as waves
from gaps.stats import intervals, key_figures, reliability, widest
from gaps.stats.change import Changes, WaveChange
from gaps.stats.contrasts import Contrasts, total_by_unit
from gaps.stats.key_figures import KeyFigures
from gaps.stats.results import AsymmetryCurve, DriverFit, Reliability
from gaps.stats.zone_total import zone_total

SEED = 1
RESAMPLES = 2000
HEADLINE = "headline"
ZONE = (Gap.CUSTOMER, Battery.ADEQUATE, Battery.DESIRED)
MARGINS = ((), (UNIT,), (WAVE,))
CROSSED = (*MARGINS, (UNIT, WAVE))


@dataclass(frozen=True, eq=False)
class Analysis:
    """Every result of one selection of a study, each computed when it is first looked at: a page waits only for what it shows.

    protected: the selected respondents, and which groups among them are too small to be shown. explained: the outcomes whose drivers and
    asymmetry are given. seed and resamples are those of every bootstrap. Pieces that the study cannot carry are `Withheld` with the reason.
    """

    protected: Protected
    explained: tuple[str, ...]
    seed: int = SEED
    resamples: int = RESAMPLES
    crossed: bool = False

    @property
    def study(self) -> Study:
        """The selected respondents only, without the labels of groups that are too small to be shown."""
        return self.protected.shown

    @property
    def selection(self) -> Selection:
        """What was selected."""
        return self.protected.selection

    @cached_property
    def gaps(self) -> GapTable:
        """The five gaps in total and by dimension, over all and for each unit and wave, and over all by item too: what screens show."""
        return self._guarded(every=self.crossed)

    @cached_property
    def gaps_in_files(self) -> GapTable:
        """The same with the items of each unit and wave, and with the rows of each segment's values."""
        return self.gaps if self.crossed else self._guarded(every=True)

    def _guarded(self, *, every: bool) -> GapTable:
        def guarded(protected: Protected) -> GapTable:
            return rows.gap_table(self._table(protected.study, every), protected)

        return by_question(guarded, self.protected)

    def _table(self, study: Study, every: bool) -> GapTable:
        if (study, every) not in self._tables:
            by = CROSSED if self.crossed else MARGINS
            table = scoring.gap_table(study, by=by, segments=every, items_of_groups=every)
            self._tables[study, every] = intervals.with_intervals(table)
        return self._tables[study, every]

    @cached_property
    def _tables(self) -> dict[tuple[Study, bool], GapTable]:
        return {}

    @cached_property
    def scores(self) -> CustomerScores:
        """Each customer's scores by dimension."""
        return scoring.customer_scores(self.study)

    @cached_property
    def servqual(self) -> Servqual:
        """SERVQUAL and SERVPERF, unweighted and weighted."""
        found, weighted = (self._servqual(*what) for what in ((Gap.CUSTOMER,), (Gap.CUSTOMER, IMPORTANCE)))
        return found if weighted is found else replace(weighted, unweighted=found.unweighted, servperf=found.servperf)

    def _servqual(self, *what: What) -> Servqual:
        about = self.protected.about(*what)
        if about not in self._servquals:
            self._servquals[about] = answers.servqual(intervals.servqual(about.shown), about)
        return self._servquals[about]

    @cached_property
    def _servquals(self) -> dict[Protected, Servqual]:
        return {}

    @property
    def perceived(self) -> Estimate | None:
        """The mean perception of a study that did not ask what customers expect: no gap tells it."""
        found = self.servqual.servperf if self.study.expectation is None else None
        return found if isinstance(found, Estimate) else None

    @cached_property
    def zone(self) -> ZoneTable | Withheld:
        """The zone of tolerance, of three-column studies."""
        about = self.protected.about(*ZONE)
        found = scoring.zone(about.shown)
        found = found if isinstance(found, Withheld) else intervals.zone_intervals(found)
        return answers.without_few(found, about)

    @cached_property
    def waterfall(self) -> WaterfallTable | Withheld:
        """From expected to perceived service, of same-item studies."""
        about = self.protected.about(*EVERYTHING)
        return rows.waterfall(scoring.waterfall(about.study), about)

    @cached_property
    def reliability(self) -> Reliability:
        """Alpha of each dimension and battery."""
        about = self.protected.about(*EVERYTHING)
        return answers.without_few(reliability.reliability(about.shown), about)

    @cached_property
    def drivers(self) -> tuple[DriverFit, ...]:
        """Per explained outcome: the dimension models that the batteries allow, and gaps 1 to 4 at unit level."""
        about = self.protected.about(*EVERYTHING, *self.explained)
        found = _drivers(about.study, self._table(about.study, self.crossed), self.explained, self.seed, self.resamples)
        return answers.without_few(found, about)

    @cached_property
    def asymmetry(self) -> tuple[AsymmetryCurve | Withheld, ...]:
        """Per explained outcome: whether falling short goes with more than exceeding does."""
        about = self.protected.about(Gap.CUSTOMER, *self.explained)
        scores = self.scores if about is self.protected else scoring.customer_scores(about.shown)
        return answers.without_few(_asymmetry(about.study, scores, self.explained), about)

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
        return _widest(self.protected.about(*EVERYTHING).shown, self.gaps, self.seed)

    @cached_property
    def units(self) -> Contrasts | Withheld:
        """Gap 5 of each unit against all the others."""
        about = self.protected.about(Gap.CUSTOMER)
        return rows.contrasts(_units(about.shown), about, (UNIT,))

    @property
    def _customers_hidden(self) -> bool:
        return self.protected.emptied(Role.CUSTOMERS)

    @property
    def _no_state(self) -> Mapping[str, object] | None:
        """Why nothing is said of how the service stands: nobody of the selection may be shown, or too few answered."""
        if self._customers_hidden:
            return {"reason": SMALL}
        if self.protected.about(Gap.CUSTOMER).emptied(Role.CUSTOMERS):
            return {"reason": "few_asked", "least": self.protected.minimum.customers}
        total = self.gaps.rows(gap=Gap.CUSTOMER, level="total")
        few = total["withheld"].eq(SMALL).any()
        return {"reason": "few_answers", "least": self.protected.minimum.customers} if few else None

    @cached_property
    def change(self) -> WaveChange | Withheld:
        """Gap 5 (or perceptions, without expectations) between the last two waves with customers enough."""
        about = self.protected.about(Gap.CUSTOMER)
        return rows.latest_change(waves.latest(about.shown), about, Gap.CUSTOMER)

    @cached_property
    def change_of_dimensions(self) -> Changes | Withheld:
        """The same change dimension by dimension, of gap 5 alone."""

        def guarded(by: Protected) -> Changes | Withheld:
            return answers.without_few(rows.changes(waves.latest_of_dimensions(by.shown), by), by)

        return by_question(guarded, self.protected)

    @cached_property
    def figures(self) -> KeyFigures:
        """The four that a reader takes away; quality by the first outcome explained."""
        outcome = next(iter(self.explained), None)
        found, quality = self._figures(outcome, *ZONE), self.protected.about(outcome)
        return found if quality is self.protected.about(*ZONE) else replace(found, quality=self._figures(outcome, outcome).quality)

    def _figures(self, outcome: str | None, *what: What) -> KeyFigures:
        about = self.protected.about(*what)
        return answers.figures(key_figures.key_figures(about.shown, self.servqual, outcome, self.change), about)

    @cached_property
    def described(self) -> tuple[Finding, ...]:
        """What is concluded from the gaps alone, in reading order."""
        about = self.protected.about(*ZONE)
        told = {
            "change": self.change,
            "dimensions": self.change_of_dimensions,
            "zone": answers.figure(zone_total(about.shown), about),
            "zones": self.zone,
        }
        found = conclusions.describe(self.study, self.gaps, self.servqual, self.widest_gap, self.widest_dimension, self.units, **told)
        if (why := self._no_state) is None:
            return found
        return tuple(replace(f, values=why) if f.code == "state_withheld" else f for f in found)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All conclusions, in reading order. Where no customers may be shown, nothing is said of what goes with their answers."""
        if self._customers_hidden:
            return self.described
        asked = self.explained or not self.study.outcomes
        outcome = conclusions.spoken_of(self.study, {fit.outcome for fit in self.drivers})
        chain = self.deeper(outcome).chain if asked else None  # the one that an expert sees
        return (*self.described, *conclusions.explain(self.study, self.gaps, self.drivers, self.asymmetry, chain))

    @cached_property
    def losses(self) -> tuple[Finding, ...]:
        """What is concluded about falling short and exceeding, which needs no drivers."""
        if self._customers_hidden:
            return ()
        return conclusions.losses(self.asymmetry, conclusions.spoken_of(self.study, self.explained))

    def about(self, *codes: str) -> tuple[Finding, ...]:
        """The findings whose codes begin so, in reading order; drivers are computed only where they are asked about."""
        if all(code.startswith(conclusions.LOSSES) for code in codes):
            among = self.losses
        else:
            among = self.described if all(code.startswith(conclusions.DESCRIBED) for code in codes) else self.findings
        return tuple(f for f in among if f.code.startswith(codes))

    def deeper(self, outcome: str | None = None) -> Deeper:
        """What an expert asks for about one outcome, by default the headline's; the same value each time."""
        name = outcome or next(iter(outcomes(self.study)), None)
        return self._deeper.setdefault(name, Deeper(self.protected, self.gaps, name, self.seed, self.resamples))

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
    protection: Protection | None = None,
) -> Analysis:
    """Analyse the selected respondents of a study.

    explain: the outcomes whose drivers and asymmetry are wanted, by default all that were asked; HEADLINE: the one that the findings
    speak of, which is enough for a screen. `crossed` also gives each unit in each wave, each
    segment value, and the items of all of them (many rows: wanted in files, not on screens). protection: which groups are too small to
    be shown (`disclosure.protect` of this study); by default all are shown. Raises ValueError for a selection or an outcome that the
    study does not have, and for fewer than one resample.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    protected = (protection or protect(study, EVERY_GROUP)).select(selection)
    return Analysis(protected, _explained(study, explain), seed, resamples, crossed)


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


def _drivers(study: Study, table: GapTable, wanted: Sequence[str], seed: int, resamples: int) -> tuple[DriverFit, ...]:
    """Per outcome: the dimension models that the batteries allow, and gaps 1 to 4 at unit level."""
    from gaps.stats import drivers  # statsmodels takes a second to load: not on the way to the first page

    units = scoring.unit_scores(study, table)
    fits: list[DriverFit] = []
    for name in wanted:
        fits += drivers.study_models(study, name, resamples=resamples, seed=seed)
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


def _widest(study: Study, table: GapTable, seed: int) -> tuple[Mapping[str, float], Mapping[str, float]]:
    inside = conclusions.comparable_gaps(table)
    totals = table.rows(level="total").set_index("gap")["mean"].reindex(inside).to_numpy(float)
    places = [gap - 1 for gap in inside]
    gaps = widest.probability_widest(list(map(str, inside)), totals, _gap_covariance(study)[np.ix_(places, places)], seed=seed)
    if not _has_gap_5(study):
        return gaps, {}
    dimensions = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]

    def scores(study: Study) -> np.ndarray:
        return scoring.customer_scores(study).gap[dimensions].to_numpy(float)

    means = table.rows(gap=Gap.CUSTOMER, level="dimension").set_index("dimension")["mean"].reindex(dimensions)
    cov = moments.of_everybody(study, Role.CUSTOMERS, "dimensions", scores)
    return gaps, widest.probability_widest(dimensions, means.to_numpy(float), cov, seed=seed)


def _has_gap_5(study: Study) -> bool:
    return study.expectation is not None and Battery.PERCEPTION in study.answers


def _units(study: Study) -> Contrasts | Withheld:
    """Gap 5 of each unit against all the others."""
    if not _has_gap_5(study):
        return Withheld("no_expectation")
    return total_by_unit(study) if UNIT in study.cells[Role.CUSTOMERS].labels else Withheld("no_units")


def _gap_covariance(study: Study) -> np.ndarray:
    """Covariance of the five total gaps: customers, managers and employees err independently, and neighbouring gaps share a battery."""
    cov = np.zeros((len(Gap), len(Gap)))
    for role in Role:
        sides = [(gap - 1, sign, totals) for gap in Gap for sign, totals in _gap_sides(study, gap, role)] if study.n(role) else []
        if not sides:
            continue
        places, signs, _ = (list(part) for part in zip(*sides, strict=True))

        def scores(study: Study, sides=sides) -> np.ndarray:
            return np.stack([totals(study).to_numpy(float) for _, _, totals in sides], axis=1)

        own = moments.of_everybody(study, role, "gaps", scores)
        cov[np.ix_(places, places)] += own * np.outer(signs, signs)
    unmeasured = [i for i, gap in enumerate(Gap) if study.design(gap) is None]
    cov[unmeasured, :] = cov[:, unmeasured] = np.nan
    return cov


def _gap_sides(study: Study, gap: Gap, role: Role) -> Iterator[tuple[int, Callable[[Study], pd.Series]]]:
    """The respondent-level totals of this role that enter a gap's mean, with their sign."""
    expected = study.expectation if gap.expected is Battery.EXPECTATION else gap.expected
    match study.design(gap):
        case "items" if gap.paired:
            if gap.achieved.role is role:
                yield 1, lambda study: scoring.paired_scores(study, expected, gap.achieved).gap_total
        case "items":
            if gap.achieved.role is role:
                yield 1, lambda study: scoring.battery_totals(study, gap.achieved)
            if expected.role is role:
                yield -1, lambda study: scoring.battery_totals(study, expected)
        case "direct":
            if DIRECT_ROLE[gap] is role:
                yield 1, lambda study: scoring.rating_totals(study, gap)
