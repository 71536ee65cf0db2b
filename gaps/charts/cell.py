"""One row of a gap table as a value, and the questions that every chart asks of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from gaps.disclosure import HIDDEN
from gaps.i18n import Words, signed
from gaps.model import DIRECT_ROLE, Gap, Role, Study

TOLERANCE = 1e-9
SURE = 0.95
SPOKEN = 48  # characters of an item's label that a title holds: some files have the whole question as label
FEW = 10  # below, nothing is claimed: the findings' own minimum
# With fewer a number describes those who answered and has no interval, as among the key figures. Managers and staff are few anywhere.
FEW_FOR_INTERVAL = {Role.CUSTOMERS: FEW, Role.MANAGERS: 5, Role.EMPLOYEES: 5}


@dataclass(frozen=True, slots=True)
class Cell:
    """One gap somewhere: its size with interval, both sides and their n. `name` is how it is shown, `key` how the data call it."""

    gap: int
    key: object
    name: str
    mean: float
    low: float
    high: float
    se: float
    expected: float
    achieved: float
    n_expected: int
    n_achieved: int
    n_none: int
    withheld: str

    @property
    def measured(self) -> bool:
        """Whether there is a number at all."""
        return not self.withheld and math.isfinite(self.mean)

    @property
    def hidden(self) -> bool:
        """Whether the number is there but not shown: people could be recognised."""
        return self.withheld in HIDDEN

    @property
    def bounded(self) -> bool:
        """Whether the number has an interval: enough people answered to speak of others (`FEW_FOR_INTERVAL`)."""
        return self.measured and not self.alike and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def alike(self) -> bool:
        """Whether everybody behind the number has the same gap, which says nothing about how much others differ."""
        return self.measured and self.se <= TOLERANCE

    @property
    def side(self) -> str:
        """Where the interval stands: "shortfall", "surplus", "level" (zero inside) or "unknown" (none)."""
        if not self.bounded:
            return "unknown"
        if self.high < -TOLERANCE:
            return "shortfall"
        return "surplus" if self.low > TOLERANCE else "level"

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.side in ("shortfall", "surplus")

    @property
    def n(self) -> int:
        """The smaller of both sides' n."""
        return min(self.n_expected, self.n_achieved)

    @property
    def enough(self) -> bool:
        """Whether a title may claim something: ten answers on either side, as for the findings."""
        return self.n >= FEW

    def size(self, words: Words) -> str:
        """−0.82 (−0.95 to −0.69), or what is known of it."""
        if not self.measured:
            return words(f"charts.cell.{self.withheld or 'no_answers'}")
        if self.alike:
            return words("charts.cell.alike", mean=self.mean)
        if not self.bounded:
            return signed(self.mean)
        return words("charts.cell.size", mean=self.mean, interval=words.interval(self.low, self.high))


def cells(frame: pd.DataFrame, key: str, name) -> list[Cell]:
    """A table's rows as cells, in its order; `name` turns the key column's value into the name shown."""
    found = []
    for row in frame.to_dict("records"):
        value = row[key]
        numbers = {c: _number(row[c]) for c in ("mean", "low", "high", "se", "expected", "achieved")}
        counts = {c: int(row[c]) if pd.notna(row[c]) else 0 for c in ("n_expected", "n_achieved", "n_none")}
        withheld = row["withheld"] if isinstance(row["withheld"], str) else ""
        if few_for_interval(int(row["gap"]), counts["n_expected"], counts["n_achieved"]):
            numbers |= {"low": math.nan, "high": math.nan}
        found.append(Cell(int(row["gap"]), value, str(name(value)), **numbers, **counts, withheld=withheld))
    return found


def few_for_interval(gap: int, n_expected: float, n_achieved: float) -> bool:
    """Whether too few answered on a side for an interval; a direct gap has raters on one side alone."""
    sides = ((Gap(gap).expected, n_expected), (Gap(gap).achieved, n_achieved))
    return any(0 < n < FEW_FOR_INTERVAL[battery.role] for battery, n in sides)


def spoken_name(study: Study, items: bool, words: Words) -> Callable[[Cell], str]:
    """How a title speaks of a row: an item by its label, whose number would read as a figure; a whole question is cut short."""
    labels = {i.number: i.label(words.language) for i in study.instrument.items} if items else {}
    return lambda cell: words("charts.quoted", name=_short(label)) if (label := labels.get(cell.key)) else cell.name


def without_interval(found: Iterable[Cell], words: Words) -> str:
    """Why some of the gaps stand without an interval, if some do."""
    found = [c for c in found if c.measured and not c.bounded]
    told = [words("charts.cell.all_alike")] if any(c.alike for c in found) else []
    if not all(c.alike for c in found):
        told.append(words("charts.cell.unbounded", **{str(role): n for role, n in FEW_FOR_INTERVAL.items()}))
    return ("" if words.language == "zh" else " ").join(told)


def uncertain(found: Iterable[Cell], kind: str, words: Words) -> str:
    """What the marks of this kind (hollow, dotted_bar, dotted_edge) mean: an interval that includes zero, none at all, or either of these;
    nothing where all intervals leave zero out."""
    found = [c for c in found if c.measured and not c.sure]
    level, bare = any(c.bounded for c in found), any(not c.bounded for c in found)
    return words(f"charts.marks.{kind}.{'both' if level and bare else 'level' if level else 'bare'}") if found else ""


def subtitle(chart: str, found: Iterable[Cell], words: Words, **values) -> str:
    """What a chart of these gaps shows; intervals are promised where there are any."""
    return words(f"charts.{chart}.subtitle" if any(c.bounded for c in found) else f"charts.{chart}.subtitle_few", **values)


def silent(found: Iterable[Cell], words: Words) -> str:
    """The title of a chart about whose gaps nothing can be claimed."""
    alike = [c.alike and c.enough for c in found if c.measured]
    return words("charts.cell.titled_alike" if alike and all(alike) else "charts.dumbbells.title.unknown")


def asked(cell: Cell, design: str | None) -> dict[Role, int]:
    """Who stands behind a gap, and how many: both sides of a same-item gap, the raters alone of a direct one."""
    gap = Gap(cell.gap)
    if design == "direct":
        return {DIRECT_ROLE[gap]: cell.n_achieved}
    counts = {gap.expected.role: cell.n_expected}
    counts[gap.achieved.role] = min(cell.n_achieved, counts.get(gap.achieved.role, cell.n_achieved))
    return counts


def people(words: Words, groups: Iterable[Mapping[Role, int]], combine: Callable = max) -> str:
    """How many of each role stand behind a chart. `combine`: max where the same people return, sum where others are asked.

    Where the same people return but not all of them everywhere, both ends are said: 664 to 671 customers.
    """
    groups = list(groups)
    counts = {role: [g[role] for g in groups if role in g] for role in Role if any(role in g for g in groups)}
    told = [
        words(f"charts.n_span.{role}", few=min(n), many=max(n))
        if combine is max and min(n) < max(n)
        else words(f"charts.n.{role}", n=combine(n))
        for role, n in counts.items()
    ]
    return words("charts.n_list", counts=words.list(told)) if told else ""


def _number(value: object) -> float:
    return float(value) if pd.notna(value) else math.nan


def dimension_name(study: Study, id: str, language: str) -> str:
    """The dimension's name, or its id where the instrument does not know it."""
    return next((d.name(language) for d in study.instrument.dimensions if d.id == id), str(id).replace("_", " "))


def turned(study: Study, items: Iterable[int], words: Words) -> str:
    """Which of these items are negatively worded: their label says the opposite of what a high number means."""
    drawn = set(items)
    named = [f"{i.number} {_short(i.label(words.language))}" for i in study.instrument.items if i.reversed and i.number in drawn]
    return words("charts.turned", items=words.list(named)) if named else ""


def _short(label: str) -> str:
    return label if len(label) <= SPOKEN else f"{label[: SPOKEN - 1].rstrip()}…"


def in_instrument_order(found: Sequence[Cell], study: Study) -> list[Cell]:
    """Dimension cells in the instrument's order."""
    order = {d.id: i for i, d in enumerate(study.instrument.dimensions)}
    return sorted(found, key=lambda c: order.get(str(c.key), len(order)))


def widest(found: Sequence[Cell], chances: Mapping[str, float] | None = None) -> list[Cell]:
    """The widest shortfall first, with those that may be wider instead; empty if no interval of enough answers lies below zero.

    Given the probability of each to be the widest: alone from 95 % on, else with all that reach 5 %, whether or not their own interval
    includes zero, so that a title names the same as the finding beside it. Without them: with those whose interval overlaps with the
    first's, which holds however the gaps are correlated.
    """
    ranked = sorted((c for c in found if c.bounded and c.enough), key=lambda c: c.mean)
    short = [c for c in ranked if c.side == "shortfall"]
    if not short:
        return []
    if not chances:
        return [c for c in short if c.low <= short[0].high]
    if ranked[0] is short[0] and chances.get(str(short[0].key), 0.0) >= SURE:
        return short[:1]
    close = [c for c in ranked[1:] if chances.get(str(c.key), 0.0) >= 1 - SURE - TOLERANCE]
    return [ranked[0], *(close or ranked[1:2])]
