"""Sums of the scores of batteries: every item, every dimension and the total, by cell; what all five gaps are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gaps.model import DIRECT_ROLE, Battery, Gap, Instrument, Role, Study
from gaps.scoring.by_cell import summed
from gaps.scoring.scores import Level, levels, ratings
from gaps.scoring.sums import Sums

Key = tuple[str | None, int | None]  # dimension and item a level is about; None = over all of them


@dataclass(frozen=True, eq=False)
class LevelSums:
    """names: what the levels of the sums are about; layers: their sums within the cells of each layer (`by_cell.layers`)."""

    names: Sequence[Key]
    layers: tuple[Sums, ...]

    @property
    def total(self) -> Sums:
        """Sums of the total score within the cells of the first layer: one level."""
        return self.layers[0].of_levels([self.names.index((None, None))])


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


def rating_sums(study: Study, gap: Gap) -> LevelSums:
    """Direct design: sums of ratings over the scale's maximum, by dimension and in total."""
    top = study.instrument.scale.max

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        return ((top, level.scores[0] - top) for level in ratings(study, gap))

    return LevelSums(_rated(study, gap), summed(study, DIRECT_ROLE[gap], ("ratings", gap), rows))


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

    return LevelSums(names, summed(study, DIRECT_ROLE[gap], ("none", gap), rows))


def outcome_sums(study: Study) -> dict[str, Sums]:
    """Sums of the answers to each outcome within the cells of the first layer."""
    names = [name for name in study.outcomes if name in study.whole.customers]

    def rows(study: Study) -> Iterator[tuple[float, np.ndarray]]:
        return ((0.0, study.customers[name].to_numpy(np.float64)) for name in names)

    found = summed(study, Role.CUSTOMERS, "outcomes", rows)[0] if names else None
    return {name: found.of_levels([place]) for place, name in enumerate(names)}


def _of_levels(study: Study, batteries: tuple[Battery, ...], rows: Callable[[Iterable[Level]], Iterator], items: bool) -> LevelSums:
    """All levels where they are remembered by cell; where nothing is, single items only if they are wanted."""
    role: Role = batteries[-1].role
    names = [key for key in _scored(study.instrument) if items or study.cells[role].few or key[1] is None]
    with_items = any(item is not None for _, item in names)

    def scored(study: Study) -> Iterator[tuple[np.ndarray | float, np.ndarray]]:
        return rows(level for level in levels(study, *batteries) if with_items or level.item is None)

    found = summed(study, role, (*batteries, with_items), scored)
    if items or not with_items:
        return LevelSums(names, found)
    coarse = [place for place, (_, item) in enumerate(names) if item is None]
    return LevelSums([names[place] for place in coarse], tuple(sums.of_levels(coarse) for sums in found))


def _scored(instrument: Instrument) -> Iterator[Key]:
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
