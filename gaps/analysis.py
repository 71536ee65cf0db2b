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
from gaps.disclosure import SMALL, Protected, Protection, answers, rows
from gaps.disclosure.asked import EVERYTHING, IMPORTANCE, What
from gaps.disclosure.by_question import by_question, study_of
from gaps.findings import Finding
from gaps.model import DIRECT_ROLE, OUTCOMES, UNIT, WAVE, WEIGHT, Battery, Gap, Role, Selection, Study, Withheld
from gaps.scoring import moments
from gaps.scoring.scores import CustomerScores
from gaps.scoring.tables import Estimate, GapTable, Servqual, WaterfallTable, ZoneTable
from gaps.stats import change as waves
from gaps.stats import intervals, key_figures, reliability, widest
from gaps.stats.change import WaveChange
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

    study: the selected respondents only. explained: the outcomes whose drivers and asymmetry are given. seed and resamples are those of
    every bootstrap. Pieces that the study cannot carry are `Withheld` with the reason. protected: which groups are too small to be shown,
    None if all are; the people of such groups are then without that label in `study`, and their rows in the tables without numbers.
    """

    study: Study
    selection: Selection
    explained: tuple[str, ...]
    seed: int = SEED
    resamples: int = RESAMPLES
    crossed: bool = False
    protected: Protected | None = None

    @property
    def cases(self) -> Study:
        """The same respondents, the labels of small groups known: for models in which units are cases, not for results by group."""
        return self.study if self.protected is None else self.protected.study

    def _about(self, *what: What) -> Protected | None:
        """What of the selection may be shown of these questions; None if all may be."""
        return None if self.protected is None else self.protected.about(*what)

    def _shown(self, *what: What) -> Study:
        """`study`, of these questions."""
        return self.study if self.protected is None else self.protected.about(*what).shown

    def _cases(self, *what: What) -> Study:
        """`cases`, of these questions."""
        return self.cases if self.protected is None else study_of(self.protected.about(*what), self.protected)

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
            return rows.gap_table(self._table(study_of(protected, self.protected), every), protected)

        return self._table(self.cases, every) if self.protected is None else by_question(guarded, self.protected)

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
        about = self._about(*what)
        if about not in self._servquals:
            self._servquals[about] = answers.servqual(intervals.servqual(self._shown(*what)), about)
        return self._servquals[about]

    @cached_property
    def _servquals(self) -> dict[Protected | None, Servqual]:
        return {}

    @property
    def perceived(self) -> Estimate | None:
        """The mean perception of a study that did not ask what customers expect: no gap tells it."""
        found = self.servqual.servperf if self.study.expectation is None else None
        return found if isinstance(found, Estimate) else None

    @cached_property
    def zone(self) -> ZoneTable | Withheld:
        """The zone of tolerance, of three-column studies."""
        found = scoring.zone(self._shown(*ZONE))
        found = found if isinstance(found, Withheld) else intervals.zone_intervals(found)
        return answers.without_few(found, self._about(*ZONE))

    @cached_property
    def waterfall(self) -> WaterfallTable | Withheld:
        """From expected to perceived service, of same-item studies."""
        found = scoring.waterfall(self._cases(*EVERYTHING))
        return found if self.protected is None else rows.waterfall(found, self._about(*EVERYTHING))

    @cached_property
    def reliability(self) -> Reliability:
        """Alpha of each dimension and battery."""
        return answers.without_few(reliability.reliability(self._shown(*EVERYTHING)), self._about(*EVERYTHING))

    @cached_property
    def drivers(self) -> tuple[DriverFit, ...]:
        """Per explained outcome: the dimension models that the batteries allow, and gaps 1 to 4 at unit level."""
        asked = (*EVERYTHING, *self.explained)
        cases = self._cases(*asked)
        found = _drivers(cases, self._table(cases, self.crossed), self.explained, self.seed, self.resamples)
        return answers.without_few(found, self._about(*asked))

    @cached_property
    def asymmetry(self) -> tuple[AsymmetryCurve | Withheld, ...]:
        """Per explained outcome: whether falling short goes with more than exceeding does."""
        asked = (Gap.CUSTOMER, *self.explained)
        study = self._shown(*asked)
        scores = self.scores if study is self.study else scoring.customer_scores(study)
        return answers.without_few(_asymmetry(self._cases(*asked), scores, self.explained), self._about(*asked))

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
        return _widest(self._shown(*EVERYTHING), self.gaps, self.seed)

    @cached_property
    def units(self) -> Contrasts | Withheld:
        """Gap 5 of each unit against all the others."""
        found = _units(self._shown(Gap.CUSTOMER))
        return found if self.protected is None else rows.contrasts(found, self._about(Gap.CUSTOMER), (UNIT,))

    @property
    def _customers_hidden(self) -> bool:
        return self.protected is not None and self.protected.emptied(Role.CUSTOMERS)

    @property
    def _no_state(self) -> Mapping[str, object] | None:
        """Why nothing is said of how the service stands: nobody of the selection may be shown, or too few answered."""
        if self._customers_hidden:
            return {"reason": SMALL}
        if self.protected is not None and self.protected.about(Gap.CUSTOMER).emptied(Role.CUSTOMERS):
            return {"reason": "few_asked", "least": self.protected.minimum.customers}
        total = self.gaps.rows(gap=Gap.CUSTOMER, level="total")
        few = self.protected is not None and total["withheld"].eq(SMALL).any()
        return {"reason": "few_answers", "least": self.protected.minimum.customers} if few else None

    @cached_property
    def change(self) -> WaveChange | Withheld:
        """Gap 5 (or perceptions, without expectations) between the last two waves with customers enough."""
        return answers.figure(waves.latest(self._shown(Gap.CUSTOMER)), self._about(Gap.CUSTOMER))

    @cached_property
    def figures(self) -> KeyFigures:
        """The four that a reader takes away; quality by the first outcome explained."""
        outcome = next(iter(self.explained), None)
        found, quality = self._figures(outcome, *ZONE), self._about(outcome)
        return found if quality is self._about(*ZONE) else replace(found, quality=self._figures(outcome, outcome).quality)

    def _figures(self, outcome: str | None, *what: What) -> KeyFigures:
        found = key_figures.key_figures(self._shown(*what), self.servqual, outcome, self.change)
        return found if self.protected is None else answers.figures(found, self._about(*what))

    @cached_property
    def described(self) -> tuple[Finding, ...]:
        """What is concluded from the gaps alone, in reading order."""
        told = {"change": self.change, "zone": answers.figure(zone_total(self._shown(*ZONE)), self._about(*ZONE))}
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
        return self._deeper.setdefault(name, Deeper(self.study, self.gaps, name, self.seed, self.resamples, self.protected))

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
    if protection is None:
        selected, protected = scoring.select(study, selection), None
    else:
        protected = protection.select(selection)
        selected = protected.shown
    return Analysis(selected, selection, _explained(selected, explain), seed, resamples, crossed, protected)


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
