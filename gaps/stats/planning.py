"""How many customers, managers, employees and units the next survey needs: for an interval, for a change, to name the driver."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from gaps import scoring
from gaps.model import DIRECT_ROLE, OUTCOMES, UNIT, WAVE, WEIGHT, Battery, Gap, Role, Study, Withheld
from gaps.scoring.groups import codes_of
from gaps.stats import naming, sizes
from gaps.stats.intraclass import one_way
from gaps.stats.naming import Naming, Progress
from gaps.stats.sizes import Frame, Sides, Size

COMPANY, ONE_UNIT = "company", "unit"
GAPS = ("gap1", "gap2", "gap3", "gap4")
# Fewer say nothing about one unit (methods 2.6): no smaller number is advised.
UNIT_MINIMUM = {Role.CUSTOMERS: 30, Role.MANAGERS: 5, Role.EMPLOYEES: 10}
PILOT = {Role.CUSTOMERS: 30, Role.MANAGERS: 10, Role.EMPLOYEES: 10}  # fewer answers are not planned from
ENOUGH_ON_A_SIDE = 30
TOLERANCE = 1e-9
TYPICAL_SPAN = 6.0  # a scale of 1 to 7
# Standard deviations of a dimension's score on a scale of 1 to 7 for a first survey, on the large side of what was seen: customers' gap
# 1.2 (methods 7.8; kiosk .9 to 1.4), expectations .9 (kiosk .7 to 1.0 in seven of eight dimensions; .72 in methods 2.4), managers .6 (.55
# in methods 2.4). The others are assumptions.
TYPICAL_SD = {Battery.EXPECTATION: 0.9, Battery.BELIEF: 0.6, Battery.STANDARD: 0.6, Battery.DELIVERY: 0.8}
TYPICAL_PAIRED_SD = {Gap.STANDARDS: 0.6, Gap.COMMUNICATION: 0.6, Gap.CUSTOMER: 1.2}
# Effects of five dimensions that are correlated as in practice, and of gaps 1 to 4 (methods 3.4 and 2.6).
TYPICAL_EFFECTS, TYPICAL_CORRELATION = (0.30, 0.20, 0.15, 0.10, 0.05), 0.6
TYPICAL_GAP_EFFECTS = (0.55, 0.25, 0.25, 0.25)
FIRST_DIMENSIONS = ("dimension 1", "dimension 2", "dimension 3", "dimension 4", "dimension 5")
FACTOR_ANALYSIS = 200  # respondents, whatever the number of items ("fair": Comrey & Lee 1992): a rule of thumb, not a computation
REGRESSION_BASE = 104  # Green 1991: 104 + predictors
# Answers per invitation where nothing is known: of employees and managers about half (Baruch & Holtom 2008: 53 % of individuals, 36 % where
# executives were asked), of customers an assumption on the low side. To be replaced by one's own.
TYPICAL_RESPONSE = {Role.CUSTOMERS: 0.2, Role.MANAGERS: 0.5, Role.EMPLOYEES: 0.5}

NEED_COLUMNS = (
    "gap", "dimension", "per", "paired", "n_expected", "n_achieved", "sd_expected", "sd_achieved", "half_width", "needed_expected",
    "needed_achieved", "invited_expected", "invited_achieved", "planned", "shown", "needed_given", "narrowest", "units_enough",
    "units_enough_expected", "units_enough_achieved", "assumed", "withheld",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the next survey is to be able to say, and whom it can ask.

    half_width, unit_half_width: of the 95 % interval of a mean gap for the company and for one unit, in points of a scale of 1 to 7
    (other scales in proportion). change: difference between two waves to be found with probability `power`, likewise. share_half_width: of
    a share. populations: people there are, by role (absent: many). response_rates: answers per invitation, by role (absent: 1).
    units_total: units there are, if those that take part are a sample of them; None: all take part.
    """

    half_width: float = 0.2
    unit_half_width: float = 0.5
    change: float = 0.3
    share_half_width: float = 0.05
    power: float = 0.80
    confidence: float = 0.95
    populations: Mapping[Role, int] = field(default_factory=dict)
    response_rates: Mapping[Role, float] = field(default_factory=dict)
    units_total: int | None = None

    @classmethod
    def on_scale(cls, span: float, *, half_width: float, unit_half_width: float, change: float, **more: object) -> Wanted:
        """The same with widths and change in points of a scale of this span (maximum less minimum)."""
        points = span / TYPICAL_SPAN
        return cls(half_width / points, unit_half_width / points, change / points, **more)


def usual(span: float) -> dict[str, float]:
    """The usual wishes in points of a scale of this span, rounded to hundredths: half_width, unit_half_width, change."""
    wanted, points = Wanted(), span / TYPICAL_SPAN
    return {name: round(getattr(wanted, name) * points, 2) for name in ("half_width", "unit_half_width", "change")}


def believable(study: Study, populations: Mapping[Role, int]) -> dict[Role, int]:
    """Of the populations given those that are no smaller than the answers of one of the study's waves."""
    return {role: people for role, people in populations.items() if people >= _at_once(study, role)}


@dataclass(frozen=True, slots=True)
class Named:
    """When a driver can be named: among dimensions, and among gaps 1 to 4 across units. It depends on no wish but the power."""

    dimensions: Naming | Withheld
    gaps: Naming | Withheld


@dataclass(frozen=True, slots=True)
class Change:
    """Answers for a change of gap 5 between two waves, in total (`dimension` None) or for a dimension.

    each: answers of each of two new waves; following: answers of a new wave to be compared with the latest one, of `before` answers
    (equal to `each` without a study); visible: the change found with this power if the next wave has as many as the latest (NaN
    without a study). size: the wanted change, in scale points.
    """

    dimension: str | None
    size: float
    sd: float
    before: int
    each: Size | Withheld
    following: Size | Withheld
    visible: float


@dataclass(frozen=True, eq=False)
class Plan:
    """How large the next survey should be.

    needs: one row per gap, dimension (missing: the total) and `per` ("company" or "unit": one unit by itself); columns in `gaps.columns`. A
    paired row is about one group of people, whose numbers stand on both sides. needed_given: answers of the customers' (gap 3: the
    employees') side if the other side stays as large as it is; narrowest: half-width that no number of them can go below; assumed: from
    typical spreads, not from this study. changes: gap 5, the total first. naming, naming_gaps: the driver among dimensions, and among gaps
    1 to 4 across units. sides: for the asymmetry. share: any share of customers. icc: ICC(1) of each role's first score (NaN: no units).
    measured: from a study, not from typical values; unmeasured: gaps of it that this study did not ask. wanted: as given; the half-widths
    and the change in `scale points` here. Missing data: each score by its own rule (`gaps.scoring.scores`); complete rows for drivers.
    """

    wanted: Wanted
    needs: pd.DataFrame
    changes: tuple[Change, ...]
    naming: Naming | Withheld
    naming_gaps: Naming | Withheld
    sides: Sides | Withheld
    share: Size | Withheld
    icc: Mapping[Role, float]
    n: Mapping[Role, int]
    units: int
    half_width: float
    unit_half_width: float
    change: float
    regression: int
    factor_analysis: int = FACTOR_ANALYSIS
    measured: bool = True
    seed: int = 1
    unmeasured: frozenset[Gap] = frozenset()

    def need(self, gap: Gap, dimension: str | None = None, per: str = COMPANY) -> pd.Series | None:
        """One row of `needs`; None if it is not there."""
        frame = self.needs
        of_dimension = frame["dimension"].isna() if dimension is None else frame["dimension"] == dimension
        rows = frame[(frame["gap"] == int(gap)) & of_dimension & (frame["per"] == per)]
        return rows.iloc[0] if len(rows) else None


def named(
    study: Study,
    *,
    outcome: str | None = None,
    units: pd.DataFrame | None = None,
    power: float = 0.80,
    seed: int = 1,
    progress: Progress | None = None,
) -> Named:
    """Simulate how many customers and units name a driver: the part of a plan that takes a second.

    progress: told the share that is done. Otherwise as for `plan`.
    """
    outcome = _outcome(study, outcome)
    half = None if progress is None else (lambda done: progress(done / 2))
    rest = None if progress is None else (lambda done: progress(0.5 + done / 2))
    return Named(_dimension_naming(study, outcome, power, seed, half), _gap_naming(study, outcome, units, power, seed, rest))


def plan(
    study: Study,
    wanted: Wanted = Wanted(),
    *,
    outcome: str | None = None,
    units: pd.DataFrame | None = None,
    names: Named | None = None,
    seed: int = 1,
) -> Plan:
    """Plan the next survey from this study's own spreads, unit differences and correlations.

    outcome: whose driver is to be named (default: the first that was asked and answered); units: `gaps.scoring.unit_scores(study)`, if at
    hand; names: `named` of the same study, outcome and power, if at hand. Formulas: `gaps.stats.sizes`; the driver: `gaps.stats.naming`.
    ValueError for an outcome the study does not have, and for a population smaller than the answers of one of its waves.
    """
    outcome = _outcome(study, outcome)
    if small := [role.value for role, people in wanted.populations.items() if people < _at_once(study, role)]:
        raise ValueError(f"more {', '.join(small)} answered than there are said to be")
    points = study.instrument.scale.span / TYPICAL_SPAN
    wide, unit_wide, change = wanted.half_width * points, wanted.unit_half_width * points, wanted.change * points
    sources = {gap: _sides(study, gap) for gap in Gap if study.design(gap)}
    spreads = {gap: tuple(_Spread.of(study, *side) for side in sides) for gap, sides in sources.items()}
    rows = [row for gap, pair in spreads.items() for row in _rows(study, gap, pair, wanted, wide, unit_wide)]
    names = named(study, outcome=outcome, units=units, power=wanted.power, seed=seed) if names is None else names
    return Plan(
        wanted=wanted,
        needs=_table(rows),
        changes=tuple(_changes(study, sources.get(Gap.CUSTOMER), wanted, change)),
        naming=names.dimensions,
        naming_gaps=names.gaps,
        sides=_asymmetry_sides(study, outcome, wanted.power),
        share=sizes.for_proportion(wanted.share_half_width, 0.5, _frame(wanted, Role.CUSTOMERS), confidence=wanted.confidence),
        icc=_icc(spreads),
        n={role: study.n(role) for role in Role},
        units=len(study.units),
        half_width=wide,
        unit_half_width=unit_wide,
        change=change,
        regression=REGRESSION_BASE + len(study.instrument.dimensions),
        seed=seed,
    )


def first_named(*, power: float = 0.80, seed: int = 1) -> Named:
    """The same before there is any study, from typical effects."""
    dimensions = naming.equal_effects(TYPICAL_EFFECTS, TYPICAL_CORRELATION)
    gaps = naming.equal_effects(TYPICAL_GAP_EFFECTS, 0.0)
    return Named(
        naming.naming_from_correlation(FIRST_DIMENSIONS, dimensions, power=power, seed=seed),
        naming.naming_from_correlation(GAPS, gaps, level="unit", predictors="gap1..gap4", power=power, seed=seed),
    )


def first_plan(wanted: Wanted = Wanted(), *, span: float = TYPICAL_SPAN, units: int = 0, names: Named | None = None, seed: int = 1) -> Plan:
    """Plan a first survey, before there is any study: typical spreads of one dimension, typical effects, five dimensions.

    span: maximum less minimum of the answer scale, in proportion to which the typical spreads and the wanted widths are taken; units: how
    many take part (0: no units); names: `first_named` of the same power, if at hand. What is assumed stands at the head of this module; a
    pilot study of some thirty customers tells more.
    """
    if not span > 0:
        raise ValueError(f"a scale's span is above 0, not {span}")
    points = span / TYPICAL_SPAN
    wide, unit_wide, change = wanted.half_width * points, wanted.unit_half_width * points, wanted.change * points
    rows = [row for gap in Gap for row in _first_rows(gap, wanted, points, units)]
    names = first_named(power=wanted.power, seed=seed) if names is None else names
    return Plan(
        wanted=wanted,
        needs=_table(rows),
        changes=(_first_change(wanted, points),),
        naming=names.dimensions,
        naming_gaps=names.gaps,
        sides=Withheld("no_answers"),
        share=sizes.for_proportion(wanted.share_half_width, 0.5, _frame(wanted, Role.CUSTOMERS), confidence=wanted.confidence),
        icc={},
        n=dict.fromkeys(Role, 0),
        units=units,
        half_width=wide,
        unit_half_width=unit_wide,
        change=change,
        regression=REGRESSION_BASE + len(TYPICAL_EFFECTS),
        measured=False,
        seed=seed,
    )


def _first_rows(gap: Gap, wanted: Wanted, points: float, units: int) -> Iterator[dict]:
    """What a gap would need by typical spreads: for the company, and for one unit where there are units."""
    batteries = (gap.achieved,) if gap.paired else (gap.expected, gap.achieved)
    sds = (TYPICAL_PAIRED_SD[gap],) if gap.paired else tuple(TYPICAL_SD[b] for b in batteries)
    roles, now = tuple(b.role for b in batteries), (0,) * len(batteries)
    widths = ((COMPANY, wanted.half_width * points), (ONE_UNIT, wanted.unit_half_width * points))
    for per, width in widths if units else widths[:1]:
        frames = tuple(_frame(wanted, role, units=units if per == COMPANY else 0, one_of=units if per == ONE_UNIT else 0) for role in roles)
        row = _need(per, roles, tuple(s * points for s in sds), now, frames, width, wanted)
        yield {"gap": gap, "dimension": None} | row | {"assumed": True}


def with_typical(plan: Plan, *, span: float = TYPICAL_SPAN) -> Plan:
    """Put typical spreads (`assumed`) where a study's plan has none of its own worth planning from; span as in `first_plan`.

    That is for gaps it did not measure, and for those where one side has fewer answers than PILOT: of three customers the standard
    deviation may be wrong by a factor of six. The change of gap 5 goes with its row.
    """
    needs, points = plan.needs, span / TYPICAL_SPAN
    unmeasured = frozenset(gap for gap in Gap if plan.need(gap) is None)
    own = {int(gap) for gap in Gap if (row := plan.need(gap)) is not None and not _few(gap, row)}
    if len(own) == len(Gap):
        return plan
    rows = [row for gap in Gap if int(gap) not in own for row in _first_rows(gap, plan.wanted, points, plan.units)]
    for row in rows:  # the few answers there are stay said
        if (present := plan.need(row["gap"], per=row["per"])) is not None and present["paired"] == row["paired"]:
            row |= {"n_expected": int(present["n_expected"]), "n_achieved": int(present["n_achieved"])}
    needs = pd.concat([needs[needs["gap"].isin(own)], _table(rows)], ignore_index=True)
    changes = plan.changes if int(Gap.CUSTOMER) in own else (_first_change(plan.wanted, points),)
    return replace(plan, needs=needs, changes=changes, unmeasured=unmeasured)


def _few(gap: Gap, row: pd.Series) -> bool:
    roles = (gap.expected.role, gap.achieved.role) if not row["paired"] else (gap.achieved.role if gap.paired else DIRECT_ROLE[gap],) * 2
    return any(row[f"n_{side}"] < PILOT[role] for role, side in zip(roles, ("expected", "achieved"), strict=True))


def _first_change(wanted: Wanted, points: float) -> Change:
    """The change of the customer gap by its typical spread."""
    sd, size = TYPICAL_PAIRED_SD[Gap.CUSTOMER] * points, wanted.change * points
    frame = _frame(wanted, Role.CUSTOMERS)
    each = sizes.for_change(size, (sd, sd), power=wanted.power, frame=frame, confidence=wanted.confidence)
    return Change(None, size, sd, 0, each, each, math.nan)


def _outcome(study: Study, outcome: str | None) -> str | None:
    asked = [name for name in OUTCOMES if name in study.outcomes]
    if outcome is None:
        answered = (name for name in asked if name in study.answered_outcomes)
        return next(answered, asked[0] if asked else None)
    if outcome not in asked:
        raise ValueError(f"the study has no outcome {outcome!r}; it has {asked}")
    return outcome


def _at_once(study: Study, role: Role) -> int:
    """Answers of a role's largest wave: nobody is asked twice in one."""
    people = study.respondents.get(role)
    if people is None or WAVE not in people:
        return study.n(role)
    return int(people[WAVE].value_counts().max()) if len(people) else 0


def _sides(study: Study, gap: Gap) -> tuple[tuple[Role, pd.DataFrame], ...]:
    """The respondent-level scores that a gap's mean rests on, dimensions and the total last: one group if paired or rated, else two."""
    expected = study.expectation if gap.expected is Battery.EXPECTATION else gap.expected
    if study.design(gap) == "direct":
        return ((DIRECT_ROLE[gap], _with_total(study.ratings[gap].astype(float), scoring.rating_totals(study, gap))),)
    if gap.paired:
        scores = scoring.paired_scores(study, expected, gap.achieved)
        return ((gap.achieved.role, _with_total(scores.gap, scores.gap_total)),)
    return tuple((battery.role, _with_total(*scoring.battery_scores(study, battery))) for battery in (expected, gap.achieved))


def _with_total(dimensions: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    return dimensions.assign(**{"": total})


@dataclass(frozen=True, eq=False)
class _Spread:
    """How one group's scores vary. Per column (dimensions, then the total): answers, sd, sd within units, ICC(1), answers per unit."""

    role: Role
    dimensions: tuple[str | None, ...]
    n: np.ndarray
    sd: np.ndarray
    within: np.ndarray
    icc: np.ndarray
    per_unit: tuple[np.ndarray, ...]
    weighting: float  # design effect of the case weights, n sum w² / (sum w)²

    @classmethod
    def of(cls, study: Study, role: Role, scores: pd.DataFrame) -> _Spread:
        """Describe the columns one by one; a unit counts where it has an answer."""
        people = study.respondents[role]
        w = people[WEIGHT].to_numpy(float) if WEIGHT in people else None
        code = codes_of(people, UNIT, study.units)
        unit = np.where(code == len(study.units), -1, code)
        found = [_column(scores[name].to_numpy(float), w, unit, len(study.units)) for name in scores]
        n, sd, within, icc, per_unit = zip(*found, strict=True)
        names = tuple(str(name) or None for name in scores)
        return cls(role, names, np.array(n), np.array(sd), np.array(within), np.array(icc), per_unit, _weighting(w))


def _weighting(w: np.ndarray | None) -> float:
    """Design effect of case weights: n sum w² / (sum w)² (Kish 1965)."""
    return 1.0 if w is None or not len(w) else len(w) * float((w * w).sum()) / float(w.sum()) ** 2


def _column(x: np.ndarray, w: np.ndarray | None, unit: np.ndarray, units: int) -> tuple[int, float, float, float, np.ndarray]:
    known = np.isfinite(x)
    x, unit = x[known], unit[known]
    n = len(x)
    if n < 2:
        return n, math.nan, math.nan, math.nan, np.zeros(units)
    weight = np.ones(n) if w is None else w[known]
    mean = np.average(x, weights=weight)
    sd = math.sqrt(float(np.average((x - mean) ** 2, weights=weight)) * n / (n - 1))
    if not units:
        return n, sd, math.nan, math.nan, np.zeros(0)
    parts = one_way(x, unit, units)
    return n, sd, math.sqrt(parts.within) if parts.within >= 0 else math.nan, parts.icc, parts.n


def _icc(spreads: Mapping[Gap, tuple[_Spread, ...]]) -> dict[Role, float]:
    """Of the customers' gap 5, the managers' beliefs or standards, the employees' delivery; of the next best score without them."""
    found: dict[Role, float] = {}
    for gap in (Gap.CUSTOMER, Gap.KNOWLEDGE, Gap.DELIVERY, Gap.STANDARDS, Gap.COMMUNICATION):
        for spread in spreads.get(gap, ()):
            found.setdefault(spread.role, float(spread.icc[-1]))
    return found


def _frame(wanted: Wanted, role: Role, *, design_effect: float = 1.0, icc: float = 0.0, units: int = 0, one_of: int = 0) -> Frame:
    """Whom a role's part of the survey can ask: in the company, or in one of `one_of` units."""
    population = wanted.populations.get(role)
    if population is not None and one_of:
        population = max(round(population / one_of), 2)
    rate = wanted.response_rates.get(role, 1.0)
    sampled = wanted.units_total is not None and units > 0
    return Frame(
        population=population,
        response_rate=rate,
        design_effect=design_effect,
        icc=min(max(icc, 0.0), 0.999) if sampled and math.isfinite(icc) else 0.0,
        units=units if sampled else None,
        units_total=max(wanted.units_total, units) if sampled else None,
    )


def _rows(study: Study, gap: Gap, pair: tuple[_Spread, ...], wanted: Wanted, wide: float, unit_wide: float) -> Iterator[dict]:
    """The total and the dimensions, for the company and for one unit."""
    roles, units = tuple(s.role for s in pair), len(study.units)
    order = [len(pair[0].dimensions) - 1, *range(len(pair[0].dimensions) - 1)]
    for k in order:
        name = pair[0].dimensions[k]
        frames = tuple(_frame(wanted, s.role, design_effect=s.weighting, icc=s.icc[k], units=int((s.per_unit[k] > 0).sum())) for s in pair)
        now = tuple(int(s.n[k]) for s in pair)
        yield {"gap": gap, "dimension": name} | _need(COMPANY, roles, tuple(s.sd[k] for s in pair), now, frames, wide, wanted)
    for k in order if units else ():
        frames = tuple(_frame(wanted, s.role, design_effect=s.weighting, one_of=units) for s in pair)
        counts = [s.per_unit[k] for s in pair]
        now = tuple(int(np.median(c[c > 0])) if (c > 0).any() else 0 for c in counts)
        row = _need(ONE_UNIT, roles, tuple(s.within[k] for s in pair), now, frames, unit_wide, wanted)
        enough = [c >= needed for c, needed in zip(counts, (row["needed_expected"], row["needed_achieved"]), strict=False)]  # NaN: none
        reached = {"units_enough": int(np.all(enough, axis=0).sum())}
        reached |= {"units_enough_expected": int(enough[0].sum()), "units_enough_achieved": int(enough[-1].sum())}
        yield {"gap": gap, "dimension": pair[0].dimensions[k]} | row | reached


def _need(
    per: str, roles: tuple[Role, ...], sd: tuple[float, ...], now: tuple[int, ...], frames: tuple[Frame, ...], wide: float, wanted: Wanted
) -> dict:
    """One row: what one group (paired or rated) or two need."""
    nan = math.nan
    row = {"per": per, "paired": len(roles) == 1, "n_expected": now[0], "n_achieved": now[-1], "sd_expected": sd[0], "sd_achieved": sd[-1]}
    row |= dict.fromkeys(("half_width", "needed_expected", "needed_achieved", "invited_expected", "invited_achieved"), nan)
    row |= {"planned": nan, "shown": nan, "needed_given": nan, "narrowest": nan, "assumed": False, "withheld": ""}
    row |= dict.fromkeys(("units_enough", "units_enough_expected", "units_enough_achieved"), nan)
    if not all(math.isfinite(s) for s in sd):
        return row | {"withheld": "too_few"}
    if all(s <= TOLERANCE for s in sd):
        return row | {"withheld": "no_variation"}
    sd = tuple(max(s, TOLERANCE) for s in sd)
    # several waves together may have asked more people than there are at once: then they are no sample of a finite population
    present = tuple(
        replace(f, population=None) if f.population is not None and n > f.population else f for n, f in zip(now, frames, strict=True)
    )
    fewest = tuple(UNIT_MINIMUM[role] if per == ONE_UNIT else 2 for role in roles)
    if len(roles) == 1:
        if now[0] > 1:
            row["half_width"] = sizes.half_width(sd[0], now[0], present[0], confidence=wanted.confidence)
        size = sizes.for_mean(sd[0], wide, frames[0], confidence=wanted.confidence)
        if isinstance(size, Withheld):
            return row | {"withheld": size.reason, "narrowest": size.values["half_width"]}
        return row | _filled(sd, (max(size.needed, fewest[0]),), frames, wanted)
    if min(now) > 1:
        row["half_width"] = sizes.half_width_of_difference(sd, now, present, confidence=wanted.confidence)
    size = sizes.for_difference(sd, wide, frames, confidence=wanted.confidence)
    if isinstance(size, Withheld):
        return row | {"withheld": size.reason, "narrowest": size.values["half_width"]}
    row |= _filled(sd, (max(size.first, fewest[0]), max(size.second, fewest[1])), frames, wanted)
    if min(now) > 1:  # gap 1: managers as now, more customers; gap 3: managers as now, more employees
        kept = roles.index(Role.MANAGERS)
        turned = (sd, frames) if kept == 0 else (sd[::-1], frames[::-1])
        row["narrowest"] = sizes.half_width_of_difference(
            turned[0], (now[kept], turned[1][1].most), turned[1], confidence=wanted.confidence
        )
        given = sizes.for_difference(turned[0], wide, turned[1], first=now[kept], confidence=wanted.confidence)
        row["needed_given"] = math.nan if isinstance(given, Withheld) else max(given.second, fewest[1 - kept])
    return row


def _filled(sd: tuple[float, ...], n: tuple[int, ...], frames: tuple[Frame, ...], wanted: Wanted) -> dict:
    n = tuple(min(k, f.most) for k, f in zip(n, frames, strict=True))
    invited = [f.invited(k) for k, f in zip(n, frames, strict=True)]
    if len(n) == 1:
        planned = sizes.half_width(sd[0], n[0], frames[0], confidence=wanted.confidence)
        shown = sizes.half_width(sd[0], n[0], confidence=wanted.confidence)
    else:
        planned = sizes.half_width_of_difference(sd, n, frames, confidence=wanted.confidence)
        shown = sizes.half_width_of_difference(sd, n, confidence=wanted.confidence)
    sides = {"needed_expected": n[0], "needed_achieved": n[-1], "invited_expected": invited[0], "invited_achieved": invited[-1]}
    return sides | {"planned": planned, "shown": shown}


def _table(rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(NEED_COLUMNS))
    frame["assumed"] = frame["assumed"].astype(bool)
    frame["gap"] = frame["gap"].map(int).astype(np.int64) if len(frame) else frame["gap"]
    for name in ("dimension", "per", "withheld"):
        frame[name] = frame[name].astype("str")
    return frame


def _changes(study: Study, sides: tuple[tuple[Role, pd.DataFrame], ...] | None, wanted: Wanted, change: float) -> Iterator[Change]:
    """Gap 5 in total and by dimension; the spread is that within the latest wave."""
    if sides is None:
        return
    ((role, scores),) = sides
    here = np.ones(len(scores), bool)
    if len(study.waves) > 1:
        code = codes_of(study.respondents[role], WAVE, study.waves)
        present = code[code < len(study.waves)]
        here = code == present.max(initial=-1) if len(present) else here
    w = study.respondents[role][WEIGHT].to_numpy(float)[here] if WEIGHT in study.respondents[role] else None
    effect = _weighting(w)
    for name in ["", *[c for c in scores if c != ""]]:
        n, sd, *_ = _column(scores[name].to_numpy(float)[here], w, np.zeros(int(here.sum()), int), 0)
        if not sd > TOLERANCE:
            continue
        asked, known = _frame(wanted, role, design_effect=effect), {"power": wanted.power, "confidence": wanted.confidence}
        yield Change(
            dimension=str(name) or None,
            size=change,
            sd=sd,
            before=n,
            each=sizes.for_change(change, (sd, sd), frame=asked, **known),
            following=sizes.for_change(change, (sd, sd), before=n, frame=asked, **known),
            visible=sizes.detectable_change((sd, sd), (n / effect, n / effect), **known),
        )


def _dimension_naming(study: Study, outcome: str | None, power: float, seed: int, progress: Progress | None) -> Naming | Withheld:
    """The model of the headline: perception and expectation where both were asked, else the perception alone."""
    scores = scoring.customer_scores(study)
    if outcome is None or study.customers[outcome].isna().all():
        return Withheld("no_outcome")
    if scores.perception is None:
        return Withheld("not_measured")
    frames = [scores.perception] + ([] if scores.expectation is None else [scores.expectation])
    dimensions = [d for d in scores.perception if all(frame[d].notna().any() for frame in frames)]
    if len(dimensions) < 2:
        return Withheld("one_predictor")
    x = np.column_stack([frame[d].to_numpy(float) for d in dimensions for frame in frames])
    y = study.customers[outcome].to_numpy(float)
    w = study.customers[WEIGHT].to_numpy(float) if WEIGHT in study.customers else None
    keep = np.isfinite(y) & np.isfinite(x).all(axis=1)
    n, needed = int(keep.sum()), max(30, 10 * x.shape[1])
    if n < needed:
        return Withheld("too_few", {"n": n, "needed": needed})
    return naming.naming_from_respondents(
        dimensions,
        y[keep],
        x[keep],
        weight=None if w is None else w[keep],
        pairs=len(frames) > 1,
        outcome_name=outcome,
        predictors="P,E" if len(frames) > 1 else "P",
        power=power,
        seed=seed,
        progress=progress,
    )


def _gap_naming(
    study: Study, outcome: str | None, units: pd.DataFrame | None, power: float, seed: int, progress: Progress | None
) -> Naming | Withheld:
    if not any(study.design(gap) for gap in Gap if gap is not Gap.CUSTOMER):
        return Withheld("not_measured")
    if outcome is None or study.customers[outcome].isna().all():
        return Withheld("no_outcome")
    units = scoring.unit_scores(study) if units is None else units
    known = units[outcome].notna() & (units["n_customers"] > 0)
    names = [name for name in GAPS if int((known & units[name].notna()).sum()) >= 10]
    rows = units[known & units[names].notna().all(axis=1)]
    if len(rows) < naming.UNITS or not names:
        return Withheld("too_few_units", {"units": len(rows), "needed": naming.UNITS})
    if len(names) < 2:
        return Withheld("one_predictor")
    y, x, w = (rows[c].to_numpy(float) for c in (outcome, names, "n_customers"))
    return naming.naming_from_units(names, y, x, w, outcome_name=outcome, power=power, seed=seed, progress=progress)


def _asymmetry_sides(study: Study, outcome: str | None, power: float) -> Sides | Withheld:
    """The asymmetry's own respondents: outcome, gap and expectation known."""
    scores = scoring.customer_scores(study)
    if scores.gap_total is None:
        return Withheld("no_expectation")
    if outcome is None:
        return Withheld("no_outcome")
    g = scores.gap_total[study.customers[outcome].notna()].dropna().to_numpy()
    return sizes.for_sides(len(g), int((g < -TOLERANCE).sum()), int((g > TOLERANCE).sum()), enough=ENOUGH_ON_A_SIDE, power=power)
