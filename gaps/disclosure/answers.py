"""Results that rest on the answers of fewer people than the minimum although the selection holds more: not shown, whatever they are.

One rule for all that carries an n of its own: in a filtered selection, what 1 to minimum - 1 people answered has no numbers, and their
number is not told either (`Fewer`). Everybody together is always shown. Nothing else is changed, so that what is shown stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from gaps.disclosure.minimum import HIDDEN, SMALL
from gaps.disclosure.protection import Protected
from gaps.model import DIRECT_ROLE, Battery, Fewer, Gap, Instrument, Role, Study, Withheld
from gaps.scoring.scores import battery_scores, paired_scores
from gaps.scoring.tables import Estimate, Servqual
from gaps.stats.results import CurvePoint

if TYPE_CHECKING:
    from gaps.stats.humps import ItemDistributions
    from gaps.stats.key_figures import KeyFigures

T = TypeVar("T")
FEW_POINTS = "few"  # whose importance points the weights are: fewer than may be shown
UNTOUCHED = (Study, Instrument, Protected)
SETTINGS = ("confidence",)
BY_UNIT = "unit"  # the level of results whose n counts units
KEYS = frozenset(
    ("gap", "item", "items", "dimension", "battery", "role", "unit", "wave", "wave_before", "segment", "segment_value", "by", "group",
     "measure", "outcome", "design", "units", "withheld")
)  # fmt: skip
SAID = {"advice": "unknown"}  # columns of verdicts that have a word for none


def without_few(found: T, protected: Protected) -> T | Withheld:
    """A result without what too few people of a filtered selection answered: every table, estimate and reason in it.

    Tables: rows with such an n have no numbers, no n, no verdict; `withheld` says small_group. Estimates: Withheld (small_group). Reasons
    and other results: their n is `Fewer`. Employees' and managers' rows by their own minimum. Unchanged without a filter.
    """
    return _Rule(protected).applied(found)


def figure(found: T | Withheld, protected: Protected) -> T | Withheld:
    """One figure of customers with an n of its own (`found.n`), Withheld (small_group) where too few answered in a filtered selection."""
    rule = _Rule(protected)
    few = rule.unasked if isinstance(found, Withheld) else rule.few(found.n, Role.CUSTOMERS)
    return too_small(protected) if few else found


def figures(found: KeyFigures, protected: Protected) -> KeyFigures:
    """The key figures without those that too few customers of a filtered selection answered."""
    given = {name: figure(one, protected) for name, one in found.each()}
    share = given["share"]
    if not isinstance(share, Withheld) and _Rule(protected).few(share.values.get("n_adequate"), Role.CUSTOMERS):
        given["share"] = replace(share, values={k: v for k, v in share.values.items() if k not in ("adequate", "n_adequate")})
    return replace(found, **given)


def servqual(found: Servqual, protected: Protected) -> Servqual:
    """The scores without those that too few customers of a filtered selection answered; weighted ones also where too few gave points.

    weights is empty then and weights_source says "few".
    """
    found = without_few(found, protected)
    gave = found.n_weights if found.weights_source == "respondents" else found.n_weights_excluded
    if found.weights_source == "equal" or not _Rule(protected).few(gave, Role.CUSTOMERS):
        return found
    weighted = {name: too_small(protected) for name in ("weighted", "servperf_weighted") if isinstance(getattr(found, name), Estimate)}
    counts = {"n_weights": Fewer(protected.minimum.customers), "n_weights_rescaled": 0, "n_weights_excluded": 0, "n_weights_filled": 0}
    return replace(found, **weighted, **counts, weights={}, weights_source=FEW_POINTS)


def distributions(found: ItemDistributions | Withheld, protected: Protected) -> ItemDistributions | Withheld:
    """The spread of answers in a filtered selection, as if nobody had answered what fewer customers than the minimum did."""
    if isinstance(found, Withheld):
        return too_small(protected) if _Rule(protected).unasked else found
    if not protected.places.get(Role.CUSTOMERS):
        return found
    means, answers, least = found.found.means, found.found.answers, protected.minimum.customers
    few = means["n"].between(1, least - 1)
    if not few.any():
        return found
    items = set(zip(means.loc[few, "battery"], means.loc[few, "item"], strict=True))
    hidden = np.array([pair in items for pair in zip(answers["battery"], answers["item"], strict=True)])
    numbers = {name: means[name].astype(float).mask(few) for name in ("mean", "se", "df", "low", "high")}
    counts = {name: means[name].mask(few, 0) for name in ("n", "missing", "n_effective")}
    spread = replace(
        found.found,
        means=means.assign(**numbers, **counts),
        answers=answers.assign(n=answers["n"].mask(hidden, 0), share=answers["share"].mask(hidden)),
    )
    return replace(found, found=spread, humps=found.humps[~found.humps["n"].between(1, least - 1)].reset_index(drop=True))


def hidden_rows(frame: pd.DataFrame, why: str = SMALL) -> pd.DataFrame:
    """A table's rows without any number."""
    every = np.ones(len(frame), bool)
    columns = {name: _masked(frame[name], every) for name in frame if name not in KEYS}
    return frame.assign(**columns, **({"withheld": pd.array([why] * len(frame), dtype="str")} if "withheld" in frame else {}))


def too_small(protected: Protected) -> Withheld:
    """The reason, with the numbers that its sentence needs."""
    m = protected.minimum
    return Withheld(SMALL, {"customers": m.customers, "managers": m.managers, "employees": m.employees})


class _Rule:
    """The rule for one selection: the minimum of each role that is filtered."""

    def __init__(self, protected: Protected, *, unasked: bool = True) -> None:
        self.protected = protected
        self.least = {role: protected.minimum[role] if protected.places.get(role) else 1 for role in Role}
        # customers are selected, but none of them may be shown of these questions: what cannot be computed is not shown
        self.unasked = unasked and Role.CUSTOMERS in protected.kinds and protected.emptied(Role.CUSTOMERS)

    def few(self, n: object, role: Role) -> bool:
        first = 0 if self.unasked and role is Role.CUSTOMERS else 1  # nobody shown does not mean that nobody answered
        return isinstance(n, int | np.integer) and not isinstance(n, Fewer) and first <= n < self.least[role]

    def applied(self, found):
        if isinstance(found, UNTOUCHED) or found is None or isinstance(found, str | int | float):
            return found
        if isinstance(found, Withheld):
            if self.unasked:
                return too_small(self.protected)
            return replace(found, values=self._counts(found.values)) if self._counted(found.values) else found
        if isinstance(found, pd.DataFrame):
            return self._table(found)
        if isinstance(found, Estimate):
            return figure(found, self.protected)
        if isinstance(found, tuple):
            kept = tuple(part for part in found if not (isinstance(part, CurvePoint) and self.few(part.n, Role.CUSTOMERS)))
            found = kept if len(kept) < len(found) else found
            return self._of_all(found, dict(enumerate(found)), lambda new: tuple(new.values()))
        if isinstance(found, Mapping):
            return self._of_all(found, found, dict)
        if is_dataclass(found):
            return self._fields(found)
        return found

    def _of_all(self, found, parts: Mapping, made):
        new = {key: self.applied(part) for key, part in parts.items()}
        return found if all(new[key] is part for key, part in parts.items()) else made(new)

    def _fields(self, found):
        parts = {f.name: getattr(found, f.name) for f in fields(found) if f.init}
        changed = {name: new for name, part in parts.items() if (new := self.applied(part)) is not part}
        if parts.get("level") != BY_UNIT and self._counted(parts):
            changed |= {name: n for name, n in self._counts(parts).items() if n is not parts[name]}
            changed |= {name: np.nan for name, part in parts.items() if isinstance(part, float) and name not in SETTINGS}
        return replace(found, **changed) if changed else found

    def _counted(self, values: Mapping) -> bool:
        return self.few(values.get("n"), Role.CUSTOMERS)

    def _counts(self, values: Mapping) -> dict:
        """The values with no count of people told: n, what it is made of (n_below, n_at, …: that one is nil tells of all), what is left."""
        least = self.least[Role.CUSTOMERS]
        counted = {k for k in values if k in ("n", "smallest") or str(k).startswith("n_")}
        made_of = {k for k in counted if type(values[k]) is int and values[k] < least}
        return {k: Fewer(least) if k in made_of else np.nan if k == "n_left_out" else v for k, v in values.items()}

    def _table(self, frame: pd.DataFrame) -> pd.DataFrame:
        few = self._few_rows(frame)
        hidden = (
            few | frame["withheld"].isin(HIDDEN).to_numpy(bool) if "withheld" in frame else few
        )  # what was computed beside a hidden row
        if not hidden.any():
            return frame
        columns = {name: _masked(frame[name], hidden) for name in frame if name not in KEYS}
        withheld = frame["withheld"].to_numpy(object) if "withheld" in frame else np.full(len(frame), "", object)
        return frame.assign(**columns, withheld=pd.array(np.where(few, SMALL, withheld), dtype="str"))

    def _few_rows(self, frame: pd.DataFrame) -> np.ndarray:
        counts = [name for name in ("n", "n_before", "n_rest") if name in frame]
        if not counts or not len(frame):
            return np.zeros(len(frame), bool)
        n, least = frame[counts].to_numpy(float), self._least_of(frame)
        few = ((n > 0) & (n < least[:, None])).any(axis=1)
        return few | (self._of_customers(frame) & (n == 0).any(axis=1)) if self.unasked else few

    def _of_customers(self, frame: pd.DataFrame) -> np.ndarray:
        """Which rows count customers' answers."""
        if "role" in frame:
            return frame["role"].eq(Role.CUSTOMERS).to_numpy(bool)
        others = [str(b) for b in Battery if b.role is not Role.CUSTOMERS]
        return ~frame["battery"].isin(others).to_numpy(bool) if "battery" in frame else np.ones(len(frame), bool)

    def _least_of(self, frame: pd.DataFrame) -> np.ndarray:
        """Each row's minimum: of the role whose answers it counts; of a gap between two roles the larger."""
        if "role" in frame:
            return frame["role"].map(lambda role: self.least[Role(role)]).to_numpy(float)
        if "battery" in frame:
            known = {str(b): self.least[b.role] for b in Battery}
            return frame["battery"].map(lambda battery: known.get(battery, self.least[Role.CUSTOMERS])).to_numpy(float)
        if "gap" in frame:
            return frame["gap"].map(self._least_of_gap).to_numpy(float)
        return np.full(len(frame), float(self.least[Role.CUSTOMERS]))

    def _least_of_gap(self, gap: float) -> int:
        if pd.isna(gap):
            return self.least[Role.CUSTOMERS]
        return max(self.least[Gap(int(gap)).expected.role], self.least[Gap(int(gap)).achieved.role])


def _masked(column: pd.Series, few: np.ndarray) -> pd.Series:
    if column.dtype.kind == "b":
        return column & ~few
    if column.dtype.kind in "iuf":
        return column.astype(float).mask(few)
    return column.mask(few, SAID.get(column.name, ""))


def to_plan_from(study: Study, protected: Protected) -> Study:
    """A filtered selection as if nobody had answered the dimensions, batteries and outcomes that fewer than the minimum did.

    For a plan, whose numbers are computed from spreads and no longer tell how many these rest on.
    """
    rule = _Rule(protected, unasked=False)
    if max(rule.least.values()) == 1:
        return study
    while (fewer := _without_few_answers(study, rule)) is not study:  # totals may count fewer once a dimension is gone
        study = fewer
    return study


def _without_few_answers(study: Study, rule: _Rule) -> Study:
    changed: dict[str, object] = {}
    answers = {battery: _blanked(frame, _few_dimensions(study, battery, rule)) for battery, frame in study.answers.items()}
    ratings = {gap: _blanked(frame, _few_columns(frame, rule, DIRECT_ROLE[gap])) for gap, frame in study.ratings.items()}
    people = _blanked(study.customers, _few_columns(study.customers[list(study.outcomes)], rule, Role.CUSTOMERS))
    for name, made in (("answers", answers), ("ratings", ratings)):
        if any(frame is not getattr(study, name)[key] for key, frame in made.items()):
            changed[name] = made
    if people is not study.customers:
        changed["respondents"] = {**study.respondents, Role.CUSTOMERS: people}
    return study.with_(**changed) if changed else study


def _few_dimensions(study: Study, battery: Battery, rule: _Rule) -> list[int]:
    """Items of the dimensions that too few have a score of (of expectation and promise: or a gap); all items where too few have a total."""
    scores = [battery_scores(study, battery)]
    other = {study.expectation: Battery.PERCEPTION, Battery.PROMISE: Battery.DELIVERY}.get(battery)  # answered by the same people
    if other in study.answers:
        scored = paired_scores(study, battery, other)
        scores.append((scored.gap, scored.gap_total))
    if any(rule.few(int(total.notna().sum()), battery.role) for _, total in scores):
        return [item.number for item in study.instrument.items]
    few = dict.fromkeys(name for dimensions, _ in scores for name in _few_columns(dimensions, rule, battery.role))
    return [number for name in few for number in study.instrument.numbers_of(name)]


def _few_columns(frame: pd.DataFrame, rule: _Rule, role: Role) -> list:
    return [name for name in frame if rule.few(int(frame[name].notna().sum()), role)]


def _blanked(frame: pd.DataFrame, names: list) -> pd.DataFrame:
    """The table without the answers in these columns."""
    names = [name for name in names if name in frame]
    if not names:
        return frame
    blank = frame.copy()
    blank[names] = np.nan
    return blank
