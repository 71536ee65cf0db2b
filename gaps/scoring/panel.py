"""Units x dimensions as cases: gaps 1 to 5 and outcomes of each cell, with the sampling error of every cell's means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import DIRECT_ROLE, OUTCOMES, UNIT, Battery, Gap, Role, Study
from gaps.scoring import moments
from gaps.scoring.by_cell import cells_of
from gaps.scoring.scores import battery_scores, paired_scores, ratings

TOTAL = None  # in place of a dimension: over all of them
SHARED = {Battery.BELIEF: "M", Battery.STANDARD: "S", Battery.DELIVERY: "V"}  # batteries that two neighbouring gaps have in common

Scores = Mapping[str | None, np.ndarray]  # dimension id, or TOTAL, -> one value per respondent


@dataclass(frozen=True, slots=True)
class _Scored:
    """One kind of scores of a role's respondents: how they are computed, of what."""

    score: Callable[..., Scores]
    about: tuple

    def of(self, study: Study) -> Scores:
        """Those of a study."""
        return self.score(*self.about, study)


@dataclass(frozen=True, slots=True)
class _Side:
    """What a role adds to a variable: in which levels, with which sign, and how its respondents are scored."""

    variable: str
    sign: float
    levels: tuple[str | None, ...]
    scores: _Scored


@dataclass(frozen=True, eq=False)
class Panel:
    """Means of each unit, in total and per dimension, and what chance there is in them.

    units, dimensions: the names along the first two axes; variables: gap1 … gap5 where measured, E, P, M, S, V (means of those
    batteries, same-item design) and the outcomes. values: units x (total, then dimensions) x variables, scale points; NaN where a unit
    has no such number; outcomes have no dimensions and stand in the total alone. error: units x levels x variables x variables, the
    sampling covariance of those means (respondents within the unit); NaN where it cannot be known because nowhere two people answered.
    counts: units x roles (customers, managers, employees). designs: gap number -> "items", "direct" or None.
    """

    units: tuple[str, ...]
    dimensions: tuple[str, ...]
    variables: tuple[str, ...]
    values: np.ndarray
    error: np.ndarray
    counts: np.ndarray
    designs: Mapping[int, str | None]

    @property
    def frame(self) -> pd.DataFrame:
        """The panel as a table: index unit x dimension, one column per variable; outcomes are repeated in each dimension of a unit."""
        cells = self.values[:, 1:].copy()
        outcomes = [k for k, name in enumerate(self.variables) if name in OUTCOMES]
        cells[:, :, outcomes] = self.values[:, :1, outcomes]
        index = pd.MultiIndex.from_product([self.units, self.dimensions], names=["unit", "dimension"])
        return pd.DataFrame(cells.reshape(len(index), len(self.variables)), index=index, columns=list(self.variables))

    @property
    def totals(self) -> pd.DataFrame:
        """Units x variables, over all dimensions, with the number of respondents of each role."""
        index = pd.Index(self.units, name=UNIT, dtype="str")
        frame = pd.DataFrame(self.values[:, 0], index=index, columns=list(self.variables))
        return frame.assign(**{f"n_{role.value}": self.counts[:, k].astype(int) for k, role in enumerate(Role)})


def panel(study: Study) -> Panel:
    """Average each unit's gaps and outcomes, in total and per dimension, with the sampling covariance of these means.

    The gaps are those of `gap_table`, to the last digit: paired scores where the same people answered both batteries, otherwise each
    side's own scores; rating - scale maximum in the direct design. A gap is a sum of what each role adds to it, so the sampling
    covariance of a unit's means is the sum over the roles of sum_i u_i u_i', u_i = sqrt(n/(n-1)) w_i (x_i - mean) / sum w, 0 where
    respondent i has no score (linearised; without missing answers and weights the within-unit covariance over n). It contains what
    neighbouring gaps have in common: managers' answers M stand in gap 1 with + and in gap 2 with -. A unit in which one person alone
    answered takes the variance of one person from the other units. Respondents without a unit do not count. Missing data as in `levels`.
    """
    units, dimensions = study.units, tuple(d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id))
    sides = {role: tuple(_sides(study, role, dimensions)) for role in Role if study.n(role)}
    variables = _variables(study, sides)
    levels = (TOTAL, *dimensions)
    values = np.full((len(units), len(levels), len(variables)), 0.0)
    error = np.zeros((len(units), len(levels), len(variables), len(variables)))
    touched = np.zeros((len(levels), len(variables)), bool)
    counts = np.zeros((len(units), len(Role)))
    for k, role in enumerate(Role):
        if role not in sides:
            continue
        if not units:
            break
        cells = cells_of(study, role)
        unit = cells.places(UNIT, units)
        counts[:, k] = np.bincount(unit, cells.n, len(units) + 1)[:-1]
        for place, level in enumerate(levels):
            present = [side for side in sides[role] if level in side.levels]
            if not present:
                continue
            columns = [variables.index(side.variable) for side in present]

            own = list(dict.fromkeys(side.scores for side in present))  # what customers expect is E and, turned round, part of gap 1

            def scores(study: Study, own=own, level=level) -> np.ndarray:
                return np.stack([scored.of(study)[level] for scored in own], axis=1)

            mean, cov, n = moments.of_groups(study, role, ("panel", level), scores, unit, len(units))
            which, sign = [own.index(side.scores) for side in present], np.array([side.sign for side in present])
            values[:, place, columns] += sign * mean[:, which]
            cov = _completed(cov[:, np.array(which)[:, None], which], n[:, which].T)
            error[:, place, np.array(columns)[:, None], columns] += np.outer(sign, sign) * cov
            touched[place, columns] = True
    values[:, ~touched] = np.nan
    error[:, ~touched] = np.nan
    return Panel(tuple(units), dimensions, variables, values, error, counts, {int(gap): study.design(gap) for gap in Gap})


def _variables(study: Study, sides: Mapping[Role, Sequence[_Side]]) -> tuple[str, ...]:
    """Names in a fixed order; a gap only if everything it is made of was asked."""
    found = {side.variable for parts in sides.values() for side in parts}
    order = [*(f"gap{int(gap)}" for gap in Gap), "E", "P", *SHARED.values(), *OUTCOMES]
    return tuple(name for name in order if name in found)


def _sides(study: Study, role: Role, dimensions: tuple[str, ...]) -> Iterator[_Side]:
    """What one role's answers add to each variable."""
    every = (TOTAL, *dimensions)
    batteries = (study.expectation, Battery.PERCEPTION, *SHARED)
    own = [b for b in batteries if b in study.answers and b.role is role]
    for gap in Gap:
        yield from _gap_sides(study, gap, role, every)
    for battery in own:
        yield _Side("E" if battery is study.expectation else battery.value, 1.0, every, _Scored(_own, (battery,)))
    if role is Role.CUSTOMERS:
        for name in OUTCOMES:
            if name in study.outcomes:
                yield _Side(name, 1.0, (TOTAL,), _Scored(_outcome, (name,)))


def _gap_sides(study: Study, gap: Gap, role: Role, every: tuple[str | None, ...]) -> Iterator[_Side]:
    name, design = f"gap{int(gap)}", study.design(gap)
    expected = study.expectation if gap.expected is Battery.EXPECTATION else gap.expected
    if design == "items" and gap.paired:
        if gap.achieved.role is role:
            yield _Side(
                name,
                1.0,
                every,
                _Scored(
                    _pair,
                    (
                        expected,
                        gap.achieved,
                    ),
                ),
            )
    elif design == "items":
        for sign, battery in ((1.0, gap.achieved), (-1.0, expected)):
            if battery.role is role:
                yield _Side(name, sign, every, _Scored(_own, (battery,)))
    elif design == "direct" and DIRECT_ROLE[gap] is role:
        rated = (TOTAL, *(d.id for d in study.instrument.dimensions if d.id in study.ratings[gap]))
        yield _Side(name, 1.0, rated, _Scored(_rated, (gap,)))


def _own(battery: Battery, study: Study) -> Scores:
    return _by_level(*battery_scores(study, battery))


def _pair(expected: Battery, achieved: Battery, study: Study) -> Scores:
    pair = paired_scores(study, expected, achieved)
    return _by_level(pair.gap, pair.gap_total)


def _rated(gap: Gap, study: Study) -> Scores:
    return {level.dimension: level.scores[0] - study.instrument.scale.max for level in ratings(study, gap)}


def _outcome(name: str, study: Study) -> Scores:
    return {TOTAL: study.customers[name].to_numpy(np.float64)}


def _by_level(frame: pd.DataFrame, total: pd.Series) -> Scores:
    return {TOTAL: total.to_numpy(float)} | {str(d): frame[d].to_numpy(float) for d in frame}


def _completed(cov: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Give groups in which a single person answered the variance of one person, as the other groups show it."""
    alone = (n < 2).any(axis=0) & (n > 0).all(axis=0)
    several = (n >= 2).all(axis=0)
    if not alone.any() or not several.any():
        return cov
    degrees = n[:, several].min(axis=0) - 1.0
    root = np.sqrt(n)
    one_person = np.einsum("gab,ag,bg,g->ab", cov[several], root[:, several], root[:, several], degrees) / degrees.sum()
    cov[alone] = one_person / (root[:, None, alone] * root[None, :, alone]).transpose(2, 0, 1)
    return cov
