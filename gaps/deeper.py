"""What an expert asks for beyond the headline results: each piece computed when it is first looked at, from the same selected study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from gaps import scoring
from gaps.disclosure import SMALL, answers, rows
from gaps.disclosure.asked import EVERYTHING, IMPORTANCE
from gaps.disclosure.by_question import by_question
from gaps.model import UNIT, WAVE, Battery, Gap, Role, Selection, Study, Withheld
from gaps.scoring.panel import Panel, panel
from gaps.scoring.tables import GapTable

if TYPE_CHECKING:
    from gaps.disclosure import Protected
    from gaps.scoring.gap_profile import ExpectedTop, GapProfile
    from gaps.stats.agreement import Agreement
    from gaps.stats.asymmetry import StudyAsymmetry
    from gaps.stats.chain_results import Chain, FiveGaps
    from gaps.stats.change import Changes, WaveChange
    from gaps.stats.contrasts import Contrasts
    from gaps.stats.differences import Differences
    from gaps.stats.driver_checks import DriverChecks
    from gaps.stats.effects import Effects
    from gaps.stats.htmt import Heterotrait
    from gaps.stats.humps import ItemDistributions
    from gaps.stats.naming import Progress
    from gaps.stats.penalty_reward import PenaltyReward
    from gaps.stats.planning import Named, Plan, Wanted
    from gaps.stats.population import FiniteGaps, Response
    from gaps.stats.priorities import Priorities
    from gaps.stats.reweighted import Reweighted
    from gaps.stats.selections import TwoSelections
    from gaps.stats.single_moves import SingleMoves
    from gaps.stats.stated import StatedImportance
    from gaps.stats.technical import TechnicalFunctional
    from gaps.stats.validity import Validity
    from gaps.stats.weighting import Raking
    from gaps.stats.what_if import Prediction, WhatIfModel
    from gaps.unit_profile import UnitProfile

PIECES = ("validity", "differences", "driver_checks", "priorities", "five_gaps", "asymmetry", "penalty_reward", "plan")

T = TypeVar("T")
GAP, PRIVATE = "gap", "confidential"
MOST_KEPT = 24  # comparisons of selections, and units, remembered at once: there may be any number


@dataclass(frozen=True, eq=False)
class Deeper:
    """The pieces of one selection and one outcome (None: none was asked). `table` is the gap table of the same study.

    protected, study: as in `Analysis`. A frozen value whose pieces are remembered once computed; statsmodels and scipy load with the first.
    """

    protected: Protected
    table: GapTable
    outcome: str | None
    seed: int
    resamples: int

    @property
    def study(self) -> Study:
        """The selected respondents only, without the labels of groups that are too small to be shown."""
        return self.protected.shown

    @property
    def _explained(self) -> Protected:
        """What is shown where the outcome is explained."""
        return self.protected.about(*EVERYTHING, self.outcome)

    @property
    def _all(self) -> Protected:
        """What is shown of all that was asked."""
        return self.protected.about(*EVERYTHING, IMPORTANCE, *self.study.outcomes)

    @property
    def _everything(self) -> Protected:
        """What is shown of all batteries and gaps."""
        return self.protected.about(*EVERYTHING)

    @property
    def _customer_gap(self) -> Protected:
        """What is shown of gap 5."""
        return self.protected.about(Gap.CUSTOMER)

    @cached_property
    def scores(self) -> scoring.CustomerScores:
        """The scores by dimension of each customer whose outcome is explained."""
        return scoring.customer_scores(self._explained.shown)

    @cached_property
    def validity(self) -> Validity:
        """Reliability and validity per dimension and battery."""
        from gaps.stats.validity import validity

        return answers.without_few(validity(self._everything.shown, seed=self.seed), self._everything)

    @cached_property
    def distinct(self) -> Mapping[str, Heterotrait | Withheld]:
        """Whether the dimensions of each battery are distinct: what a short verdict needs of `validity`."""
        from gaps.stats.validity import distinctness

        return answers.without_few(distinctness(self._everything.shown, seed=self.seed), self._everything)

    def validity_of(self, battery: str) -> Validity:
        """Reliability and validity of one battery: its letter, or "gap"."""
        from gaps.stats.validity import validity

        if battery not in self._batteries:
            about = self.protected.about(Gap.CUSTOMER if battery == GAP else Battery(battery))
            self._batteries[battery] = answers.without_few(validity(about.shown, batteries=(battery,), seed=self.seed), about)
        return self._batteries[battery]

    @cached_property
    def _batteries(self) -> dict[str, Validity]:
        return {}

    @cached_property
    def differences(self) -> Differences:
        """Effect sizes, contrasts of units, segments and waves, changes, agreement of raters: the next four together."""
        from gaps.stats.differences import Differences

        return Differences(self.effects, self.contrasts, self.changes, self.agreement)

    @cached_property
    def effects(self) -> Effects | Withheld:
        """How large the gaps are against the spread of the answers."""
        from gaps.stats.differences import in_size

        return self._by_question(lambda by: in_size(by.shown, self.table if by is self.protected else None))

    @cached_property
    def contrasts(self) -> Contrasts | Withheld:
        """Units, segments and waves, each against the rest."""
        from gaps.stats.differences import between_groups

        columns = list(self.study.cells[Role.CUSTOMERS].labels)
        return self._by_question(lambda by: rows.contrasts(between_groups(by.shown), by, columns))

    @cached_property
    def changes(self) -> Changes | Withheld:
        """What changed from each wave to the next."""
        from gaps.stats.differences import between_waves

        return self._by_question(lambda by: rows.changes(between_waves(by.shown), by))

    @cached_property
    def agreement(self) -> Agreement | Withheld:
        """Whether people of one unit agree enough for a mean to stand for them."""
        from gaps.stats.differences import within_units

        return self._by_question(lambda by: rows.agreement(within_units(by.study), by))

    def _by_question(self, made: Callable[[Protected], T | Withheld]) -> T | Withheld:
        """A part of the differences, each row made of whom is shown of its questions, without what too few answered."""
        return by_question(lambda by: answers.without_few(made(by), by), self.protected)

    @cached_property
    def technical(self) -> TechnicalFunctional | Withheld:
        """What customers get against how they get it: outcome and process quality."""
        from gaps.stats.technical import technical_functional

        return answers.without_few(technical_functional(self._all.shown), self._all)

    def compared(self, a: Selection, b: Selection | None = None) -> TwoSelections | Withheld:
        """One selection of these respondents against another, or against everybody else."""
        return by_question(lambda protected: self._two(a, b, protected), self.protected, why=PRIVATE)

    def _two(self, a: Selection, b: Selection | None, protected: Protected) -> TwoSelections | Withheld:
        """The comparison, from what may be shown of some questions."""
        from gaps.stats.selections import two_selections

        sides = [{UNIT: s.units, WAVE: s.waves} | dict(s.segments) for s in (a, b) if s is not None]
        if _crosses_hidden(protected, sides):
            return Withheld(SMALL, {"fewest": self.fewest[Role.CUSTOMERS]})
        if (a, b, protected) not in self._compared:
            if len(self._compared) >= MOST_KEPT:
                self._compared.clear()
            private = [role for role in Role if _crosses_hidden(protected, sides, role)]
            self._compared[a, b, protected] = two_selections(protected.shown, a, b, fewest=self.fewest, private=private)
        return self._compared[a, b, protected]

    def against_the_others(self, unit: str) -> TwoSelections | Withheld:
        """One unit against the people of the other units that are shown, as `contrasts` has it: who has no unit, or one that is hidden, is
        on neither side.
        """
        return by_question(lambda protected: self._apart(unit, protected), self.protected, why=PRIVATE)

    def _apart(self, unit: str, protected: Protected) -> TwoSelections | Withheld:
        """The comparison, from what may be shown of some questions; labels of hidden units are blank there, so that the rest has none."""
        from gaps.stats.selections import NOBODY_B, two_selections

        others = tuple(name for name in protected.shown.units if name != unit)
        if _crosses_hidden(protected, [{UNIT: (unit,)}]):
            return Withheld(SMALL, {"fewest": self.fewest[Role.CUSTOMERS]})
        if not others:
            return Withheld(NOBODY_B, {"both": 0})
        private = [role for role in Role if _crosses_hidden(protected, [{UNIT: (unit,)}], role)]
        return two_selections(protected.shown, Selection(units=(unit,)), Selection(units=others), fewest=self.fewest, private=private)

    @property
    def fewest(self) -> Mapping[Role, int]:
        """The fewest people of each role that may be shown together."""
        return {role: self.protected.minimum[role] for role in Role}

    @cached_property
    def _compared(self) -> dict[tuple[Selection, Selection | None, Protected], TwoSelections | Withheld]:
        return {}

    def unit(self, name: str) -> UnitProfile:
        """One unit against all the others; remembered like the pieces."""
        from gaps.unit_profile import unit_profile

        if name not in self._profiles:
            if len(self._profiles) >= MOST_KEPT:
                self._profiles.clear()
            self._profiles[name] = unit_profile(self, name)
        return self._profiles[name]

    @cached_property
    def _profiles(self) -> dict[str, UnitProfile]:
        return {}

    def changed(self, before: str, after: str) -> Changes | Withheld:
        """What changed between any two waves; remembered like the pieces."""
        from gaps.stats.change import changes

        if isinstance(self.changes, Withheld):
            return self.changes
        f = self.changes.frame
        there = (f["wave_before"].eq(before) & f["wave"].eq(after)).any()
        if there:
            return self.changes
        if (before, after) not in self._changed:

            def of(protected: Protected) -> Changes | Withheld:
                if not {before, after} <= set(protected.shown.waves):
                    return Withheld(SMALL)
                return rows.changes(changes(protected.shown, pairs=[(before, after)]), protected)

            self._changed[before, after] = by_question(of, self.protected)
        return self._changed[before, after]

    @cached_property
    def _changed(self) -> dict[tuple[str, str], Changes | Withheld]:
        return {}

    def latest_change(self, gap: Gap) -> WaveChange | Withheld:
        """What changed of one gap between the last two waves with people enough; remembered like the pieces."""
        from gaps.stats.change import latest

        if gap not in self._latest:
            about = self.protected.about(gap)
            self._latest[gap] = rows.latest_change(latest(about.shown, gap), about, gap)
        return self._latest[gap]

    @cached_property
    def _latest(self) -> dict[Gap, WaveChange | Withheld]:
        return {}

    def answered(self, populations: Mapping[Role, int | Mapping[str, int]]) -> Response:
        """Who answered of these many people."""
        from gaps.stats.population import response

        return response(self.study, populations)

    def finite(self, populations: Mapping[Role, int]) -> FiniteGaps | Withheld:
        """The gaps of populations of these sizes."""
        from gaps.stats.population import finite_gaps

        return answers.without_few(finite_gaps(self._everything.shown, populations), self._everything)

    def raked(self, margins: Mapping[str, Mapping[str, float]], cap: float | None = None) -> Raking | Withheld:
        """Weights under which the customers have these shares; no weight exceeds `cap` times the mean."""
        from gaps.stats.weighting import LARGEST, rake

        return rake(self._all.blanked(margins), margins, cap=cap or LARGEST)

    def reweighted(self, raking: Raking) -> Reweighted:
        """Every result without and with weights."""
        from gaps.stats.reweighted import reweighted

        return answers.without_few(reweighted(self._all.shown, raking.study), self._all)

    @cached_property
    def driver_checks(self) -> DriverChecks | Withheld:
        """Whether the drivers depend on how they were computed."""
        from gaps.stats.driver_checks import driver_checks

        found = self._of_outcome() or driver_checks(self._explained.study, self.outcome, seed=self.seed, resamples=self.resamples)
        return answers.without_few(found, self._explained)

    @cached_property
    def priorities(self) -> Priorities | Withheld:
        """Importance and performance, and what to improve first."""
        from gaps.stats.priorities import priorities

        found = self._of_outcome() or priorities(self._explained.study, self.outcome, seed=self.seed, resamples=self.resamples)
        return answers.without_few(found, self._explained)

    @cached_property
    def chain(self) -> Chain | Withheld:
        """The way from gap 1 to the outcome, or where none was asked to perceived service: the one verdict about gaps 1 to 4."""
        from gaps.stats.chain import PERCEPTION, chain

        if not any(self.study.design(gap) for gap in Gap if gap is not Gap.CUSTOMER):
            return Withheld("internal")
        return chain(self._cells, self.outcome or PERCEPTION, seed=self.seed, resamples=self.resamples)

    @cached_property
    def five_gaps(self) -> FiveGaps | Withheld:
        """Which of the five gaps goes most with quality: the chain, how many units it would take, and the same by unit and dimension."""
        from gaps.stats.chain import with_panel

        if isinstance(self.chain, Withheld):
            return self.chain
        return with_panel(self._cells, self.chain, seed=self.seed, resamples=self.resamples)

    @cached_property
    def _cells(self) -> Panel:
        return panel(self._explained.study)

    @cached_property
    def distributions(self) -> ItemDistributions | Withheld:
        """How the answers to each item are spread, and which are two-humped; needs no outcome."""
        from gaps.stats.humps import item_distributions

        return answers.distributions(item_distributions(self._everything.shown), self._everything)

    @cached_property
    def stated(self) -> StatedImportance | Withheld:
        """The importance points that customers gave; needs no outcome."""
        from gaps.stats.stated import stated_importance

        about = self.protected.about(IMPORTANCE)
        return answers.without_few(stated_importance(about.shown), about)

    @cached_property
    def profile(self) -> GapProfile | Withheld:
        """Customers below, at and above expectation; needs no outcome."""
        return answers.without_few(self._profile, self._customer_gap)

    @cached_property
    def _profile(self) -> GapProfile | Withheld:
        from gaps.scoring.gap_profile import gap_profile

        return gap_profile(self._customer_gap.shown)

    @cached_property
    def expected_top(self) -> ExpectedTop | Withheld:
        """Who expects the scale's top: what the evidence about gap 5 needs of `profile`."""
        from gaps.scoring.gap_profile import expected_top

        return answers.without_few(expected_top(self._customer_gap.shown), self._customer_gap)

    @cached_property
    def asymmetry(self) -> StudyAsymmetry | Withheld:
        """Falling short against exceeding, dimension by dimension."""
        from gaps.stats.asymmetry import study_asymmetry
        from gaps.stats.sandwich import clustered

        cases, profile = self._explained.study, self._profile if self._explained is self._customer_gap else None
        by_unit = clustered(len(cases.units))  # of fewer the headline's curve does not take out levels either
        found = self._of_outcome() or study_asymmetry(cases, self.outcome, scores=self.scores, profile=profile, by_unit=by_unit)
        return answers.without_few(found, self._explained)

    @cached_property
    def penalty_reward(self) -> PenaltyReward | Withheld:
        """What poor and what excellent performance go with, by dimension."""
        return self.contrast()

    def contrast(self, low: float = 0.2, high: float = 0.2) -> PenaltyReward | Withheld:
        """The penalty–reward contrast with other shares of customers called low and high; remembered like the pieces."""
        if (low, high) not in self._contrasts:
            self._contrasts[low, high] = self._of_outcome() or self._contrast(low, high)
        return self._contrasts[low, high]

    @cached_property
    def _contrasts(self) -> dict[tuple[float, float], PenaltyReward | Withheld]:
        return {}

    def _contrast(self, low: float, high: float) -> PenaltyReward | Withheld:
        from gaps.stats.penalty_reward import study_penalty_reward

        cases, resamples = self._explained.study, min(self.resamples, 1000)
        found = study_penalty_reward(cases, self.outcome, scores=self.scores, low=low, high=high, seed=self.seed, resamples=resamples)
        return answers.without_few(found, self._explained)

    @cached_property
    def what_if(self) -> WhatIfModel | Withheld:
        """The model by which a change of perceptions or expectations is predicted."""
        from gaps.stats.what_if import what_if

        found = self._of_outcome() or what_if(self._explained.study, self.outcome, scores=self.scores)
        return answers.without_few(found, self._explained)

    def predicted(self, perception: Mapping[str, float], expectation: Mapping[str, float]) -> Prediction | Withheld:
        """The change predicted if perceptions and expectations of dimensions moved by so many scale points."""
        from gaps.stats.what_if import Move, predict

        if isinstance(self.what_if, Withheld):
            return self.what_if
        wanted = dict.fromkeys((*perception, *expectation))
        return predict(self.what_if, [Move(d, perception.get(d, 0.0), expectation.get(d, 0.0)) for d in wanted])

    @cached_property
    def single_moves(self) -> SingleMoves | Withheld:
        """Each dimension moved alone by half a point, ranked."""
        from gaps.stats.single_moves import single_moves

        return self.what_if if isinstance(self.what_if, Withheld) else single_moves(self.what_if)

    @cached_property
    def plan(self) -> Plan:
        """How large the next survey should be, by the usual wishes."""
        return self.planned()

    def planned(self, wanted: Wanted | None = None) -> Plan:
        """How large the next survey should be for what is wanted; the driver's simulation is done once for each power."""
        from gaps.stats.planning import Wanted, plan

        wanted = wanted or Wanted()
        names = self.named(wanted.power)
        return plan(self._basis, wanted, outcome=self.outcome, units=self.unit_scores, names=names, seed=self.seed)

    def named(self, power: float, progress: Progress | None = None) -> Named:
        """How many customers and units name a driver with this probability; progress is told the share that is done."""
        from gaps.stats.planning import named

        if power not in self._named:
            units = self.unit_scores
            self._named[power] = named(self._basis, outcome=self.outcome, units=units, power=power, seed=self.seed, progress=progress)
        return self._named[power]

    @cached_property
    def _basis(self) -> Study:
        """What a plan is computed from."""
        return answers.to_plan_from(self._all.study, self._all)

    @property
    def simulated(self) -> frozenset[float]:
        """The powers for which `named` is at hand."""
        return frozenset(self._named)

    @cached_property
    def _named(self) -> dict[float, Named]:
        return {}

    @cached_property
    def unit_scores(self):
        """Means per unit, units x gaps and outcomes."""
        return scoring.unit_scores(self._all.study)

    def _of_outcome(self) -> Withheld | None:
        return None if self.outcome in self.study.outcomes else Withheld("no_outcome")

    def pieces(self) -> Iterator[tuple[str, object]]:
        """Every piece by its name, computed where it is not yet."""
        for name in PIECES:
            yield name, getattr(self, name)


def _crosses_hidden(protected: Protected, sides: Sequence[Mapping[str, tuple[str, ...]]], role: Role = Role.CUSTOMERS) -> bool:
    """Whether a group that may not be shown lies in one of these sides (column -> values; none: all), or in what two of them share.

    Columns that the role does not have restrict nobody of it.
    """
    there = protected.protection.columns.get(role, ())
    used = [{name: values for name, values in side.items() if values and name in there} for side in sides]
    return any(_hides(protected, role, side) for side in used) or (len(used) > 1 and _hides(protected, role, *used))


def _hides(protected: Protected, role: Role, *sides: Mapping[str, tuple[str, ...]]) -> bool:
    columns = list(dict.fromkeys(name for side in sides for name in side))
    return any(
        all(value in side.get(name, (value,)) for side in sides for name, value in zip(columns, group, strict=True))
        for group in protected.hidden(role, columns)
    )
