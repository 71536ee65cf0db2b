"""One unit on a page of its own: where it stands against all the others, in everything that was asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from gaps import scoring
from gaps.disclosure import HIDDEN, SMALL, answers, rows
from gaps.disclosure.asked import EVERYTHING
from gaps.disclosure.by_question import by_question
from gaps.model import UNIT, WAVE, WEIGHT, Gap, Role, Selection, Study, Withheld
from gaps.scoring.tables import GapTable

if TYPE_CHECKING:
    from gaps.deeper import Deeper
    from gaps.disclosure import Protected
    from gaps.stats.change import Changes, WaveChange
    from gaps.stats.contrasts import Contrasts
    from gaps.stats.results import DriverFit
    from gaps.stats.selections import TwoSelections

GAP, PERCEPTION = "gap", "perception"
ONE_GROUP = "one_group"
FEWEST_DRIVERS = 100  # customers of one unit, below which no model of its own is fitted: as for a study (methods 3.4)


@dataclass(frozen=True, eq=False)
class UnitProfile:
    """Results about one unit. `Withheld` pieces say why: one_group (the only unit there is), one_wave, nobody_a, nobody_b, small_group.

    protected: the unit's own respondents, and what of them may be shown. n: per role the unit's respondents (Withheld where they may not
    be shown) and all there are. contrasts: every unit against the rest, the same object that compares all units. others: all its gaps
    against those of the same rest, the other units that are shown. table: its gaps, in total and by wave. changes: wave by wave.
    """

    unit: str
    protected: Protected
    n: Mapping[Role, tuple[int | Withheld, int]]
    contrasts: Contrasts | Withheld
    others: TwoSelections | Withheld
    table: GapTable
    changes: Changes | Withheld
    seed: int
    resamples: int

    @property
    def study(self) -> Study:
        """The unit's own respondents: a manager's wave that would give another manager away is not in it."""
        return self.protected.shown

    @property
    def measure(self) -> str:
        """What units are compared in: gap 5, or perception where expectation was not asked."""
        rows = None if isinstance(self.contrasts, Withheld) else self.contrasts.frame["measure"]
        return GAP if rows is None or rows.eq(GAP).any() else PERCEPTION

    @property
    def hidden(self) -> str:
        """Why its customers are not compared so that nobody can be recognised (small_group, guards_others); empty where they are."""
        own, _ = self.n.get(Role.CUSTOMERS, (0, 0))
        if isinstance(own, Withheld):
            return own.reason
        row = self.standing()
        return row["withheld"] if row and row["withheld"] in HIDDEN else ""

    @property
    def alone(self) -> bool:
        """Whether there is no other unit, shown or not."""
        return isinstance(self.others, Withheld) and self.others.reason == ONE_GROUP

    @property
    def some_on_neither_side(self) -> bool:
        """Whether there are customers who are neither of this unit nor of the others: without a unit, or of one that is not shown."""
        if isinstance(self.others, Withheld):
            return False
        return sum(self.others.n[Role.CUSTOMERS]) < self.n[Role.CUSTOMERS][1]

    def standing(self) -> Mapping[str, object] | None:
        """The unit's total against the rest, corrected over all units; None where it cannot be compared."""
        rows = self._rows("total")
        return rows[0] if rows else None

    @cached_property
    def dimensions(self) -> tuple[Mapping[str, object], ...]:
        """Each dimension against the rest, corrected over all units and dimensions; with the gap's number as in `TwoSelections`.

        None where nothing of it can be compared.
        """
        rows = tuple(self._rows("dimension"))
        return rows if any(math.isfinite(row["difference"]) for row in rows) else ()

    @cached_property
    def five_gaps(self) -> tuple[Mapping[str, object], ...]:
        """Its five gaps beside all others': gap 5 (or perception) judged among all units, gaps 1 to 4 for this unit alone."""
        if isinstance(self.others, Withheld):
            return ()
        own = self.standing()
        rows = self.others.totals().to_dict("records")
        return tuple(
            row | {"standing": own["standing"]} if own and row["measure"] == own["measure"] and not row["gap"] < 5 else row for row in rows
        )

    def gaps_as_data(self) -> pd.DataFrame:
        """Its five gaps beside all others' for a file, in which nothing else names the unit."""
        totals = self.others.totals()
        return totals.assign(group=self.unit)[["group", *totals.columns]]

    def waves_as_data(self) -> pd.DataFrame:
        """Its customers' gap by wave for a file, with its name where the table of one unit has none."""
        return self.table.rows(gap=Gap.CUSTOMER, wave="*", level="total").assign(unit=self.unit)

    def items(self) -> pd.DataFrame:
        """Its items against the rest, corrected over all items of all units, lowest first."""
        rows = self.contrasts.rows(UNIT, measure=self.measure, level="item", group=self.unit)
        return rows.dropna(subset=["difference"]).sort_values("difference")

    def _rows(self, level: str) -> list[Mapping[str, object]]:
        if isinstance(self.contrasts, Withheld):
            return []
        rows = self.contrasts.rows(UNIT, measure=self.measure, level=level, group=self.unit)
        return rows.assign(gap=5.0 if self.measure == GAP else float("nan")).to_dict("records")

    def drivers(self, outcome: str | None) -> tuple[DriverFit, ...] | Withheld:
        """Dimension models of this unit's customers; Withheld no_outcome, too_few below a hundred who answered the outcome, or why they
        may not be shown.
        """
        if outcome is None or outcome not in self.study.customers:
            return Withheld("no_outcome")
        about = self.protected.about(*EVERYTHING, outcome)
        if about.emptied(Role.CUSTOMERS):
            return Withheld(self.hidden or SMALL, {"fewest": about.minimum.customers})
        answered = int(about.shown.customers[outcome].notna().sum())
        if answered < FEWEST_DRIVERS:
            return answers.without_few(Withheld("too_few", {"n": answered, "needed": FEWEST_DRIVERS}), about)
        if outcome not in self._fits:
            self._fits[outcome] = self._fitted(outcome)
        return self._fits[outcome]

    @cached_property
    def latest_change(self) -> WaveChange | Withheld:
        """What changed here of gap 5 between the last two waves with people enough, as the chart of its waves says it."""
        from gaps.stats.change import latest

        if isinstance(self.changes, Withheld):
            return self.changes
        about = self.protected.about(Gap.CUSTOMER)
        if about.hidden(Role.CUSTOMERS, (WAVE,)):
            return Withheld(SMALL, {"fewest": about.minimum.customers})
        return latest(about.shown, Gap.CUSTOMER)

    def _fitted(self, outcome: str) -> tuple[DriverFit, ...]:
        from gaps.stats import drivers

        study = self.protected.about(*EVERYTHING, outcome).shown
        scores = scoring.customer_scores(study)
        named = {"gap": scores.gap, "perception": scores.perception, "expectation": scores.expectation}
        given = {name: frame for name, frame in named.items() if frame is not None}
        weight = study.customers.get(WEIGHT)
        answers = study.customers[outcome]
        return drivers.dimension_models(answers, given, outcome, weight=weight, resamples=self.resamples, seed=self.seed)

    @cached_property
    def _fits(self) -> dict[str, tuple[DriverFit, ...]]:
        return {}


def unit_profile(found: Deeper, unit: str) -> UnitProfile:
    """Compare one unit with all the others. Raises ValueError for a unit that the study does not have."""
    from gaps.stats import change, intervals

    study, alone = found.study, len(found.protected.study.units) < 2
    named = scoring.select(study, Selection(units=(unit,)))
    protected = found.protected.of_unit(unit)

    def people(role: Role) -> int | Withheld:
        why = found.protected.hidden(role, (UNIT,)).get((unit,))
        return Withheld(why, {"fewest": protected.minimum[role]}) if why else named.n(role)

    def changes(own: Protected) -> Changes | Withheld:
        if own.hidden(Role.CUSTOMERS, (WAVE,)):
            return Withheld(SMALL, {"fewest": own.minimum.customers})
        several = len(own.shown.waves) > 1
        return rows.changes(change.changes(own.shown) if several else Withheld("one_wave" if own.shown.waves else "no_waves"), own)

    def table(own: Protected) -> GapTable:
        found = scoring.gap_table(own.study, by=((), (WAVE,)), segments=False, items=False)
        return rows.gap_table(intervals.with_intervals(found), own)

    return UnitProfile(
        unit=unit,
        protected=protected,
        n={role: (people(role), study.n(role)) for role in Role if study.n(role)},
        contrasts=Withheld(ONE_GROUP) if alone else found.contrasts,
        others=Withheld(ONE_GROUP) if alone else found.against_the_others(unit),
        table=by_question(table, protected),
        changes=by_question(changes, protected),
        seed=found.seed,
        resamples=found.resamples,
    )
