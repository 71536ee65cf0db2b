"""Result tables of the scoring: frozen values around a frame whose columns stand in `gaps.columns`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gaps.model import Withheld

if TYPE_CHECKING:
    from gaps.disclosure.minimum import Minimum

NO_SPREAD = "no_spread"
ALIKE = 1e-9  # a standard error up to this is nil: everybody has the same score
GAP_COLUMNS = (
    "gap", "unit", "wave", "segment", "segment_value", "dimension", "item",
    "n_expected", "n_achieved", "n_none", "expected", "achieved", "mean", "sd", "se", "df", "low", "high", "p", "withheld",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class GapTable:
    """The five gaps. One row per gap x unit x wave x dimension x item; missing in a key column means "over all of them".

    Every gap has its rows, measured or not: a gap nobody was asked about has one total row per unit and wave with
    `withheld` = not_measured. A segment's rows exist only for gaps 1 and 5 (the other two roles have no segments). Where groups below
    `minimum` are hidden, their rows have no numbers, not even n.
    """

    frame: pd.DataFrame
    designs: Mapping[int, str | None]  # gap number -> "items", "direct" or None
    confidence: float = 0.95
    missing: str = "a dimension needs at least half of its items; a total at least half of the dimensions; nothing is imputed"
    minimum: Minimum | None = None

    def rows(self, *, gap=None, unit=None, wave=None, level: str | None = None, dimension=None, segment=None) -> pd.DataFrame:
        """Rows of one cell. `unit`, `wave`, `segment`: None = over all, "*" = each of them, else that one.

        `level` is "total", "dimension" or "item"; `dimension` narrows to one dimension. Asked for again and again: looked up once.
        """
        asked = (gap, unit, wave, level, dimension, segment)
        if asked not in self._found:
            self._found[asked] = self._rows(*asked)
        return self._found[asked].copy(deep=False)

    def records(self, **asked) -> tuple[Mapping[str, object], ...]:
        """The rows that `rows` gives, as plain mappings; put together once."""
        key = tuple(sorted(asked.items()))
        if key not in self._as_records:
            self._as_records[key] = tuple(self.rows(**asked).to_dict("records"))
        return self._as_records[key]

    @cached_property
    def _as_records(self) -> dict[tuple, tuple[Mapping[str, object], ...]]:
        return {}

    @cached_property
    def _found(self) -> dict[tuple, pd.DataFrame]:
        return {}

    def _rows(self, gap, unit, wave, level, dimension, segment) -> pd.DataFrame:
        keep = np.ones(len(self.frame), bool)
        if gap is not None:
            keep &= self.frame["gap"].to_numpy() == int(gap)
        for column, wanted in (("unit", unit), ("wave", wave), ("segment", segment)):
            place, labels = self._places(column)
            if wanted is None:
                keep &= place < 0
            elif wanted == "*":
                keep &= place >= 0
            else:
                keep &= place == labels.get(wanted, len(labels))
        of_dimension, labels = self._places("dimension")
        if level is not None:
            of_item = ~np.isnan(self.frame["item"].to_numpy(float))
            keep &= of_item if level == "item" else ~of_item & ((of_dimension < 0) if level == "total" else (of_dimension >= 0))
        if dimension is not None:
            keep &= of_dimension == labels.get(dimension, len(labels))
        return self.frame[keep]

    def _places(self, column: str) -> tuple[np.ndarray, dict[str, int]]:
        """Each row's place among a column's labels, -1 = missing, and the labels' places."""
        if column not in self._found_places:
            place, labels = pd.factorize(self.frame[column])
            self._found_places[column] = place, {str(label): k for k, label in enumerate(labels)}
        return self._found_places[column]

    @cached_property
    def _found_places(self) -> dict[str, tuple[np.ndarray, dict[str, int]]]:
        return {}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its n and 95 % t interval; se, low, high are NaN when n < 2, low and high also where all answered alike."""

    mean: float
    n: int
    sd: float
    se: float
    low: float
    high: float

    @property
    def alike(self) -> bool:
        """Whether everybody has the same score."""
        return self.n > 1 and self.se <= ALIKE


@dataclass(frozen=True, slots=True)
class Servqual:
    """The SERVQUAL total, unweighted and weighted, and SERVPERF (methods 1.2).

    weights: dimension id -> share (sums to 1); weights_source: "respondents" (each by their own points), "mean" (nobody's points
    could be used one by one, the mean was) or "equal" (importance never asked); n_weights: respondents whose points count;
    n_weights_rescaled: sums of 90-110 rescaled; n_weights_excluded: sums outside that; n_weights_filled: respondents with a weighted score
    to whom, beside others with points of their own, the mean weights were given.
    """

    unweighted: Estimate | Withheld
    weighted: Estimate | Withheld
    weights: Mapping[str, float]
    weights_source: str
    n_weights: int
    n_weights_rescaled: int
    n_weights_excluded: int
    n_weights_filled: int
    servperf: Estimate | Withheld
    servperf_weighted: Estimate | Withheld


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Zone of tolerance per dimension and item (three-column studies); columns dimension, item, n, adequate, desired, perceived,
    adequacy, superiority, adequacy_se, superiority_se, position, inconsistent; with intervals also adequacy_low, adequacy_high,
    superiority_low, superiority_high."""

    frame: pd.DataFrame


@dataclass(frozen=True, eq=False)
class WaterfallTable:
    """Steps E -> M -> S -> V -> P per dimension and unit (same-item studies); columns dimension, unit, expected, gap1, gap2, gap3,
    perception_step, perceived, promised, n_customers, n_managers, n_employees, n_promised. expected + gap1 + gap2 + gap3 + perception_step
    = perceived, exactly per row. What fewer than `minimum` answered has no numbers."""

    frame: pd.DataFrame
    minimum: Minimum | None = None
