"""The five gaps of every unit, wave and segment: point estimates and standard errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import DIRECT_ROLE, UNIT, WAVE, Battery, Gap, Study
from gaps.scoring.groups import Groups, View, group, texts
from gaps.scoring.level_sums import Key, battery_sums, none_sums, paired_sums, rating_sums
from gaps.scoring.sums import Sums
from gaps.scoring.tables import GAP_COLUMNS, GapTable

NOT_MEASURED, NO_ANSWERS, SINGLE_ANSWER = "not_measured", "no_answers", "single_answer"
REASONS = ("", NOT_MEASURED, NO_ANSWERS, SINGLE_ANSWER)
COUNTS = ("n_expected", "n_achieved", "n_none")
NUMBERS = (*COUNTS, "expected", "achieved", "sd", "se", "df")
CUSTOMER_GAPS = (Gap.KNOWLEDGE, Gap.CUSTOMER)

Columns = dict[str, np.ndarray]  # each levels x rows of a view


def gap_table(
    study: Study,
    *,
    by: Sequence[tuple[str, ...]] = ((), (UNIT,), (WAVE,), (UNIT, WAVE)),
    segments: bool = True,
    items: bool = True,
    items_of_groups: bool = True,
) -> GapTable:
    """Estimate the five gaps per item, dimension and in total, for each grouping in `by` and each value of each segment column.

    gap = achieved - expected, negative = shortfall (methods 2.3, 2.7). Where the same people answered both batteries (gap 5, gaps 2 and
    4) the differences of their respondent-level scores are averaged: se = sd/sqrt(n), df = n - 1. Between different people (gaps 1 and 3)
    each side is averaged on its own scores: se and df by Welch (1947). Direct design: rating - scale maximum, one sample. Case weights
    give weighted means and linearised standard errors. `low`, `high` and `p` are left missing; `gaps.stats.intervals` fills them.

    Scores come from `gaps.scoring.scores.levels`. `segments` gives rows for each segment value (gaps 1 and 5, over all units and
    waves), `items` the rows of single items, `items_of_groups` those of each unit, wave and segment value too. Raises ValueError for a
    grouping by anything but unit and wave.

    Checked: managers n 6, mean 6.10, sd .55 against customers n 120, 6.45, .72 gives -0.350, se .23396, df 5.89 (methods 2.4).
    """
    groups = group(study, by, segments)
    blocks = [block for gap in Gap for block in _blocks(study, gap, groups, items, items_of_groups)]
    return GapTable(_frame(study, groups, blocks), {int(gap): study.design(gap) for gap in Gap})


@dataclass(frozen=True, eq=False)
class _Block:
    """One gap in one view: the levels its rows are about, and its numbers."""

    gap: Gap
    view: View
    levels: Sequence[Key]
    columns: Columns


def _blocks(study: Study, gap: Gap, groups: Groups, items: bool, items_of_groups: bool) -> Iterator[_Block]:
    views = [view for view in groups.views if view.segment is None or gap in CUSTOMER_GAPS]
    match study.design(gap):
        case "items":
            names, columns_of = (_paired if gap.paired else _independent)(study, gap, groups, items)
        case "direct":
            names, columns_of = _direct(study, gap, groups)
        case _:
            yield from (_unmeasured(gap, view) for view in views if view.segment is None)
            return
    order = sorted(range(len(names)), key=lambda k: (names[k][0] is not None, names[k][1] is not None))
    coarse = [k for k in order if names[k][1] is None]
    for view in views:
        given = order if items_of_groups or view.everybody else coarse
        columns = {name: np.broadcast_to(values, (len(names), len(view)))[given] for name, values in columns_of(view).items()}
        yield _Block(gap, view, [names[k] for k in given], columns)


def batteries_of(study: Study, gap: Gap) -> tuple[Battery, Battery]:
    """The batteries a gap of the same-item design compares: what was required and what was achieved."""
    return study.expectation if gap.expected is Battery.EXPECTATION else gap.expected, gap.achieved


def _paired(study: Study, gap: Gap, groups: Groups, items: bool) -> tuple[Sequence[Key], Callable[[View], Columns]]:
    found = paired_sums(study, *batteries_of(study, gap), items=items)
    return found.names, lambda view: _one_sample(groups.sums(gap.achieved.role, found, view))


def _direct(study: Study, gap: Gap, groups: Groups) -> tuple[Sequence[Key], Callable[[View], Columns]]:
    role, found, none = DIRECT_ROLE[gap], rating_sums(study, gap), none_sums(study, gap)

    def columns(view: View) -> Columns:
        return _one_sample(groups.sums(role, found, view)) | {"n_none": groups.sums(role, none, view).n}

    return found.names, columns


def _one_sample(sums: Sums) -> Columns:
    return {
        "n_expected": sums.n,
        "n_achieved": sums.n,
        "expected": sums.base_mean,
        "achieved": sums.mean,
        "sd": sums.sd,
        "se": sums.se,
        "df": np.where(sums.n > 1, sums.n - 1, np.nan),
    }


def _independent(study: Study, gap: Gap, groups: Groups, items: bool) -> tuple[Sequence[Key], Callable[[View], Columns]]:
    sides = [(battery.role, battery_sums(study, battery, items=items)) for battery in batteries_of(study, gap)]

    def columns(view: View) -> Columns:
        expected, achieved = (groups.sums(role, found, view) for role, found in sides)
        se, df = welch(expected.se, expected.n, achieved.se, achieved.n)
        return {
            "n_expected": expected.n,
            "n_achieved": achieved.n,
            "expected": expected.mean,
            "achieved": achieved.mean,
            "sd": np.full(se.shape, np.nan),
            "se": se,
            "df": df,
        }

    return sides[-1][1].names, columns


def welch(se1: np.ndarray, n1: np.ndarray, se2: np.ndarray, n2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standard error and degrees of freedom of a difference between independent means (Welch 1947; methods 2.4).

    se = sqrt(se1² + se2²); df = (se1² + se2²)² / (se1⁴/(n1-1) + se2⁴/(n2-1)). NaN where a side has fewer than two respondents; where
    neither side varies df is n1 + n2 - 2.
    """
    v1, v2 = np.square(se1), np.square(se2)
    enough = (n1 > 1) & (n2 > 1)
    below = np.divide(v1 * v1, n1 - 1, out=np.full(np.shape(v1), np.nan), where=enough)
    below += np.divide(v2 * v2, n2 - 1, out=np.full(np.shape(v2), np.nan), where=enough)
    df = np.divide((v1 + v2) ** 2, below, out=np.where(enough, n1 + n2 - 2.0, np.nan), where=enough & (below > 0))
    return np.sqrt(v1 + v2), df


def _unmeasured(gap: Gap, view: View) -> _Block:
    nothing, nobody = np.full((1, len(view)), np.nan), np.zeros((1, len(view)))
    columns = dict.fromkeys(("expected", "achieved", "sd", "se", "df"), nothing) | dict.fromkeys(("n_expected", "n_achieved"), nobody)
    return _Block(gap, view, [(None, None)], columns)


def _frame(study: Study, groups: Groups, blocks: Sequence[_Block]) -> pd.DataFrame:
    """All blocks under each other: per row of a view its levels, the total first, then the dimensions, then the items."""
    dimensions = [dimension.id for dimension in study.instrument.dimensions]
    segments = list(dict.fromkeys(view.segment for view in groups.views if view.segment is not None))
    values = list(dict.fromkeys(value for view in groups.views for value in view.values))
    codes: dict[str, list] = {name: [] for name in ("unit", "wave", "segment", "segment_value", "dimension")}
    numbers: dict[str, list] = {name: [] for name in ("gap", "item", *NUMBERS)}
    for block in blocks:
        view, k = block.view, len(block.levels)
        value = np.array([*(values.index(own) for own in view.values), -1])[view.value]
        of_level = [-1 if dimension is None else dimensions.index(dimension) for dimension, _ in block.levels]
        codes["unit"].append(np.repeat(view.unit, k))
        codes["wave"].append(np.repeat(view.wave, k))
        codes["segment"].append(np.full(k * len(view), -1 if view.segment is None else segments.index(view.segment)))
        codes["segment_value"].append(np.repeat(value, k))
        codes["dimension"].append(np.tile(of_level, len(view)))
        numbers["gap"].append(np.full(k * len(view), int(block.gap)))
        numbers["item"].append(np.tile(np.array([item for _, item in block.levels], dtype=float), len(view)))
        for name in NUMBERS:
            found = block.columns.get(name)
            numbers[name].append(np.zeros(k * len(view)) if found is None else found.T.ravel())
    labels = {"unit": groups.units, "wave": groups.waves, "segment": segments, "segment_value": values, "dimension": dimensions}
    frame = {name: texts(labels[name], np.concatenate(parts)) for name, parts in codes.items()}
    frame |= {name: np.concatenate(parts) for name, parts in numbers.items()}
    for name in COUNTS:
        frame[name] = frame[name].astype(np.int64)
    frame["mean"] = frame["achieved"] - frame["expected"]
    frame |= dict.fromkeys(("low", "high", "p"), np.full(len(frame["mean"]), np.nan))
    frame["withheld"] = texts(REASONS, _withheld(study, frame))
    return pd.DataFrame({name: frame[name] for name in GAP_COLUMNS})


def _withheld(study: Study, frame: dict[str, np.ndarray]) -> np.ndarray:
    """Each row's place among REASONS."""
    fewest = np.minimum(frame["n_expected"], frame["n_achieved"])
    unmeasured = np.isin(frame["gap"], [int(gap) for gap in Gap if study.design(gap) is None])
    return np.select([unmeasured, fewest == 0, fewest == 1], [1, 2, 3], 0)
