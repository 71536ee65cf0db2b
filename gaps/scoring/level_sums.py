"""Sums of the scores of batteries: every item, every dimension and the total, by cell; what all five gaps are computed from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gaps.model import DIRECT_ROLE, Battery, Gap, Instrument, Role, Study
from gaps.scoring.by_cell import Rows, at_hand, collected, layers, summed
from gaps.scoring.scores import Level, levels, ratings
from gaps.scoring.sums import Sums

Key = tuple[str | None, int | None]  # dimension and item a level is about; None = over all of them


@dataclass(frozen=True, eq=False)
class LevelSums:
    """names: what the levels of the sums are about; first: their sums within the cells of the first layer (`by_cell.Layers`).

    rows: the scores of a study's respondents that were summed, as `collect` takes them.
    """

    names: Sequence[Hashable]
    first: Sums
    study: Study
    role: Role
    rows: Callable[[Study], Rows]

    @property
    def total(self) -> Sums:
        """Sums of the total score within the cells of the first layer: one level."""
        return self.first.of_levels([self.names.index((None, None))])

    def by(self, segment: str | None) -> Sums:
        """The sums within those cells that tell a segment's values apart."""
        return self._others[segment] if segment in layers(self.study, self.role).others else self.first

    def of_groups(self, group: np.ndarray, size: int) -> Sums:
        """The sums within groups of any cells of the study: `group` gives each cell's, or `size` for those in none."""
        laid = layers(self.study, self.role)
        of_first = np.full(len(laid.first), size)
        of_first[laid.coarse] = group
        if (of_first[laid.coarse] == group).all():
            return self.first.united(of_first, size)
        return collected(self.study, self.role, self.rows, [laid.finest])[0].united(group, size)

    @cached_property
    def _others(self) -> dict[str, Sums]:
        others = layers(self.study, self.role).others
        return dict(zip(others, collected(self.study, self.role, self.rows, others.values()), strict=True))


def _level_sums(study: Study, role: Role, name: Hashable, names: Sequence[Key], rows: Callable[[Study], Rows]) -> LevelSums:
    return LevelSums(names, summed(study, role, name, rows), study, role, rows)


def paired_sums(study: Study, expected: Battery, achieved: Battery, *, items: bool = True) -> LevelSums:
    """Sums of differences achieved - expected of the same people, over what each of them expected."""

    def rows(scored: Iterable[Level]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return ((below, score - below) for below, score in (level.scores for level in scored))

    return _of_levels(study, (expected, achieved), rows, items)


def battery_sums(study: Study, battery: Battery, *, items: bool = True) -> LevelSums:
    """Sums of scores on one battery's own answers, over the middle of the scale."""
    middle = (study.instrument.scale.min + study.instrument.scale.max) / 2

    def rows(scored: Iterable[Level]) -> Iterator[tuple[float, np.ndarray]]:
        return ((middle, level.scores[0] - middle) for level in scored)

    return _of_levels(study, (battery,), rows, items)


def side_sums(study: Study, batteries: tuple[Battery, ...], battery: Battery) -> LevelSums:
    """Sums of scores on one of some batteries, over the middle of the scale: of the same people, as far as they answered all of them."""
    if len(batteries) == 1:
        return battery_sums(study, battery)
    middle, place = (study.instrument.scale.min + study.instrument.scale.max) / 2, batteries.index(battery)

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        return ((middle, level.scores[place] - middle) for level in levels(study, *batteries))

    return _level_sums(study, battery.role, ("side", batteries, battery), list(scored_levels(study.instrument)), rows)


def rating_sums(study: Study, gap: Gap) -> LevelSums:
    """Direct design: sums of ratings over the scale's maximum, by dimension and in total."""
    top = study.instrument.scale.max

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        return ((top, level.scores[0] - top) for level in ratings(study, gap))

    return _level_sums(study, DIRECT_ROLE[gap], ("ratings", gap), _rated(study, gap), rows)


def none_sums(study: Study, gap: Gap) -> LevelSums:
    """Direct design: how many respondents wrote `none`, for the dimension, or in total for any of them; their case weights do not count."""
    names = _rated(study, gap)

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        frame, n = study.no_ratings.get(gap), study.n(DIRECT_ROLE[gap])
        for dimension, _ in names:
            if frame is None:
                wrote = np.zeros(n, bool)
            elif dimension is None:
                wrote = frame.to_numpy(bool).any(axis=1)
            else:
                wrote = frame[dimension].to_numpy(bool) if dimension in frame else np.zeros(n, bool)
            yield 0.0, np.where(wrote, 1.0, np.nan)

    return _level_sums(study, DIRECT_ROLE[gap], ("none", gap), names, rows)


def outcome_sums(study: Study) -> dict[str, Sums]:
    """Sums of the answers to each outcome within the cells of the first layer."""
    names = [name for name in study.outcomes if name in study.whole.customers]

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        return ((0.0, study.customers[name].to_numpy(np.float64)) for name in names)

    found = summed(study, Role.CUSTOMERS, "outcomes", rows) if names else None
    return {name: found.of_levels([place]) for place, name in enumerate(names)}


def _of_levels(study: Study, batteries: tuple[Battery, ...], rows: Callable[[Iterable[Level]], Iterator], items: bool) -> LevelSums:
    """All levels; without items, if they are not wanted, those that are at hand without them."""
    role = batteries[-1].role

    def of(with_items: bool) -> LevelSums:
        def scored(study: Study) -> Iterator[tuple[np.ndarray | float, np.ndarray]]:
            return rows(level for level in levels(study, *batteries) if with_items or level.item is None)

        names = [key for key in scored_levels(study.instrument) if with_items or key[1] is None]
        return _level_sums(study, role, (batteries, with_items), names, scored)

    if items or not at_hand(study, role, (batteries, True)):
        return of(items)
    found = of(True)
    coarse = [place for place, (_, item) in enumerate(found.names) if item is None]
    return replace(found, names=[found.names[place] for place in coarse], first=found.first.of_levels(coarse))


def scored_levels(instrument: Instrument) -> Iterator[Key]:
    """What `scores.levels` yields, in its order."""
    for dimension in instrument.dimensions:
        numbers = instrument.numbers_of(dimension.id)
        yield from ((dimension.id, number) for number in numbers)
        if numbers:
            yield dimension.id, None
    yield None, None


def _rated(study: Study, gap: Gap) -> list[Key]:
    """What `scores.ratings` yields, in its order."""
    return [*((d.id, None) for d in study.instrument.dimensions if d.id in study.ratings[gap]), (None, None)]
