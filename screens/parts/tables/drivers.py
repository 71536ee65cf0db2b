"""Rows of the Drivers page's tables: numbers rounded and named for reading, or unrounded to be taken away; nothing computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from gaps.charts.drivers import name_of
from gaps.findings.drivers import withheld_said
from gaps.i18n import plain, probability, signed
from gaps.model import Gap, Study, Withheld
from gaps.scoring.tables import GapTable
from gaps.stats.chain_results import AllFive, Chain, FiveGaps
from gaps.stats.driver_checks import DriverChecks
from gaps.stats.priority_results import DERIVED, GAP, ROOM, STATED, Level, Priorities, RankList
from gaps.stats.results import DriverFit, Verdict
from screens.parts import language

Row = dict[str, str]
DATA_ROW = dict[str, object]
NO_BREAK = "\u00a0"
NOTHING = "–"
LISTS = ((STATED, GAP), (DERIVED, GAP), (DERIVED, ROOM))


def _column(name: str) -> str:
    return language.words()(f"app.drivers.column.{name}")


def _dimension(id: str, study: Study) -> str:
    return name_of(id, study, language.words())


def _size(value: float, low: float, high: float) -> str:
    """−0.82 (−0.95 to −0.69); a dash where there is no number, no interval where it is not known."""
    words = language.words()
    if not math.isfinite(value):
        return "–"
    if not (math.isfinite(low) and math.isfinite(high)):
        return signed(value)
    return _kept(words("charts.cell.size", mean=value, interval=words.interval(low, high)))


def _kept(cell: str) -> str:
    """A number with its interval: in a narrow column the line breaks between the two, not within the brackets."""
    number, _, rest = cell.partition(" (")
    return f"{number} ({rest.replace(' ', NO_BREAK)}" if rest else cell


def _share(level: Level | None) -> str:
    words = language.words()
    if level is None:
        return "–"
    return _kept(words("app.drivers.cell.share", value=level.value, low=level.low, high=level.high))


def _level(level: Level) -> str:
    return _kept(language.words()("app.drivers.cell.level", value=level.value, low=level.low, high=level.high))


def places(found: Priorities, gaps: GapTable, study: Study) -> list[Row]:
    """What the map shows, in numbers: performance, gap and importance of each dimension; the gap with the interval of every other page."""
    words = language.words()
    known = {r["dimension"]: r for r in gaps.rows(gap=Gap.CUSTOMER, level="dimension").to_dict("records")}
    stated = any(p.stated for p in found.points)
    return [
        {
            words("app.column.dimension"): _dimension(p.dimension, study),
            _column("perceived"): words(
                "app.drivers.cell.level", value=p.performance.value, low=p.performance.low, high=p.performance.high
            ),
            **({_column("gap"): _size(*(known[p.dimension][part] for part in ("mean", "low", "high")))} if p.dimension in known else {}),
            _column("derived"): _share(p.derived),
            **({_column("stated"): _share(p.stated)} if stated else {}),
            words("app.column.r"): signed(p.r),
        }
        for p in found.points
    ]


def places_as_data(found: Priorities) -> list[DATA_ROW]:
    """The same unrounded, with the field of every map and how often it is kept to."""
    rows = []
    for p in found.points:
        row: DATA_ROW = {"dimension": p.dimension, "r": p.r}
        for name, level in (("performance", p.performance), ("gap", p.gap), ("stated", p.stated), ("derived", p.derived)):
            row |= {f"{name}{end}": getattr(level, part, None) for end, part in (("", "value"), ("_low", "low"), ("_high", "high"))}
        for (importance, centre), where in p.quadrants.items():
            row |= {f"field_{importance}_{centre}": where.name, f"chance_{importance}_{centre}": where.chance}
        rows.append(row)
    return rows


def first(found: Priorities, leading: RankList, study: Study) -> list[Row]:
    """The rank lists side by side: place, value and (with customers enough) probability of being first, in the order of `leading`."""
    words = language.words()
    lists = [ranking for kind in LISTS if (ranking := found.list(*kind)) is not None]
    rows, cell = [], f"app.drivers.cell.{'place_few' if found.few else 'place'}"
    for dimension in leading.dimensions:
        row = {words("app.column.dimension"): _dimension(dimension, study)}
        for ranking in lists:
            k = ranking.dimensions.index(dimension)
            values = {"place": k + 1, "value": ranking.values[k], "p_first": ranking.p_first[k]}
            row[words(f"app.drivers.list.{ranking.importance}_{ranking.shortfall}")] = words(cell, **values)
        rows.append(row)
    return rows


def first_as_data(found: Priorities) -> list[DATA_ROW]:
    """Every rank list, a row for each place."""
    return [
        {"importance": x.importance, "shortfall": x.shortfall, "place": k, "dimension": name, "value": value, "p_first": p_first}
        for x in found.lists
        for k, (name, value, p_first) in enumerate(zip(x.dimensions, x.values, x.p_first, strict=True), start=1)
    ]


def five_gaps(found: FiveGaps, study: Study) -> list[Row]:
    """Gaps 1 to 4 by the size of their effect along the chain, those without a number, then gap 5 as the carrier, not ranked."""
    words = language.words()
    records = found.table.to_dict("records")
    ranked, carrier = [r for r in records if r["role"] == "chain"], [r for r in records if r["role"] == "carrier"]
    joint = any(math.isfinite(r["p_first"]) for r in ranked)
    rows = [_gap_row(r, joint) for r in ranked]
    for gap in Gap:
        if gap is Gap.CUSTOMER or any(int(r["gap"]) == gap for r in ranked):
            continue
        unmeasured = study.design(gap) is None
        text = words("app.withheld_cell.not_measured") if unmeasured else words("chain.picture.not_used")
        rows.append(
            _gap_row({"gap": gap} | dict.fromkeys(("effect", "effect_low", "effect_high", "p_first", "reliability"), math.nan), joint)
        )
        rows[-1][_column("total" if joint else "alone")] = text
    rows += [_gap_row(r, joint) | ({words("app.column.p_first"): words("app.drivers.cell.carrier")} if joint else {}) for r in carrier]
    return rows


def _gap_row(row: Mapping, joint: bool) -> Row:
    words = language.words()
    return {
        words("app.column.gap"): words(f"findings.gap_name.{int(row['gap'])}"),
        _column("total" if joint else "alone"): _size(row["effect"], row["effect_low"], row["effect_high"]),
        **({words("app.column.p_first"): words.chance(row["p_first"])} if joint else {}),
        _column("reliability"): words.percent(row["reliability"]),
    }


def to_ask(study: Study) -> list[Row]:
    """Which of gaps 1 to 4 were not measured, and whom to ask what."""
    words = language.words()
    return [
        {words("app.column.gap"): words(f"findings.gap_name.{int(g)}"), _column("ask"): words(f"charts.diagram.ask.{int(g)}")}
        for g in Gap
        if g is not Gap.CUSTOMER and study.design(g) is None
    ]


def paths_as_data(chain: Chain) -> list[DATA_ROW]:
    """Every path between gaps, unrounded."""
    return [
        {
            "cause": p.cause, "effect": p.effect, "path": p.path.value, "low_99": p.path.low, "high_99": p.path.high,
            "corrected": p.corrected.value, "corrected_low": p.corrected.low, "corrected_high": p.corrected.high,
            "shared": p.shared, "r": p.r, "r_error": p.r_error, "status": p.status,
        }
        for p in chain.paths
    ]  # fmt: skip


def all_five(found: AllFive) -> list[Row]:
    """All five gaps in one regression."""
    words = language.words()
    return [
        {
            words("app.column.gap"): words(f"findings.gap_name.{int(name.removeprefix('gap'))}"),
            words("app.column.beta"): _size(term.value, term.low, term.high),
            words("app.column.vif"): plain(found.vif[name], 1),
        }
        for name, term in found.terms.items()
    ]


def models(fits: Sequence[DriverFit], study: Study) -> list[Row]:
    """What each model explains, and which dimension is first in it, with the probability of that where customers are enough."""
    words = language.words()
    rows, ranked = [], any(fit.verdict.ranked for fit in fits)
    for fit in fits:
        shares = {n: (b["share"], b["p_first"]) for n, b in fit.blocks.items()} or {t.name: (t.share, t.p_first) for t in fit.terms}
        known = {n: v for n, v in shares.items() if math.isfinite(v[0])}
        first = max(known, key=lambda name: known[name][0]) if known else None
        rows.append(
            {
                words("drivers.three.model"): words(f"app.drivers.predictors.{fit.predictors}"),
                words("drivers.three.explained"): words.percent(fit.adj_r2),
                _column("first"): _dimension(first, study) if first else "–",
                **({words("app.column.p_first"): words.chance(known[first][1]) if first and fit.verdict.ranked else "–"} if ranked else {}),
            }
        )
    return rows


def ranks(verdict: Verdict, study: Study) -> list[Row]:
    """How often each dimension takes each place."""
    words = language.words()
    return [
        {words("app.column.dimension"): _dimension(name, study)}
        | {words("app.drivers.cell.nth", place=k): words.chance(p) if p > 0 else "–" for k, p in enumerate(chances, start=1)}
        for name, chances in sorted(verdict.ranks.items(), key=lambda pair: _mean_place(pair[1]))
    ]


def ranks_as_data(verdict: Verdict) -> list[DATA_ROW]:
    """The same unrounded."""
    return [{"dimension": n} | {f"place_{k}": p for k, p in enumerate(chances, start=1)} for n, chances in verdict.ranks.items()]


def _mean_place(chances: Sequence[float]) -> float:
    return sum(k * p for k, p in enumerate(chances))


def shares(checks: DriverChecks, study: Study) -> list[Row]:
    """Each dimension's share by every way of computing that could be used, the largest first."""
    words = language.words()
    ways = _ways(checks)
    first = ways["lmg"]
    return [
        {words("app.column.dimension"): _dimension(name, study)}
        | {words(f"app.drivers.way.{way}"): words.percent(given.get(name, math.nan)) for way, given in ways.items()}
        for name in sorted(first, key=first.get, reverse=True)
    ]


def shares_as_data(checks: DriverChecks) -> list[DATA_ROW]:
    """The same unrounded."""
    ways = _ways(checks)
    return [{"dimension": name} | {way: given.get(name) for way, given in ways.items()} for name in ways["lmg"]]


def _ways(checks: DriverChecks) -> dict[str, Mapping[str, float]]:
    fit = checks.fit
    ways = {"lmg": {n: b["share"] for n, b in fit.blocks.items()} or {t.name: t.share for t in fit.terms}}
    if not isinstance(checks.weights, Withheld):
        ways["johnson"] = checks.weights.shares
    if not isinstance(checks.ordinal, Withheld):
        ways["ordinal"] = checks.ordinal.shares
    return ways | {choice.method: choice.shares for choice in checks.missing[1:] if choice.withheld is None}


def missing(checks: DriverChecks, study: Study) -> list[Row]:
    """The treatments of missing answers: customers kept, what comes first, whether it is named."""
    words = language.words()
    rows = []
    for choice in checks.missing:
        known = choice.withheld is None
        best = max(choice.shares, key=choice.shares.get) if known and choice.shares else None
        named = choice.verdict.driver
        rows.append(
            {
                _column("treatment"): words(f"drivers.method.{choice.method}"),
                _column("kept"): words("app.show.count", n=choice.n),
                _column("smallest"): words("app.show.count", n=choice.smallest),
                _column("first"): _dimension(best, study) if best else withheld_said(choice.withheld, words) if not known else "–",
                _column("named"): words("app.drivers.cell.yes" if named else "app.drivers.cell.no") if known else "–",
                words("app.column.p_first"): words.chance(choice.verdict.p_first) if known and choice.verdict.ranked else "–",
            }
        )
    return rows


def dominance(checks: DriverChecks, study: Study) -> list[Row]:
    """How the stronger of every two dimensions dominates the other; with customers enough, how often in the resamples."""
    words, ranked = language.words(), checks.fit.verdict.ranked
    return [
        {
            _column("stronger"): f"{_dimension(pair.first, study)} > {_dimension(pair.second, study)}",
            _column("dominance"): words(f"app.drivers.dominance.{pair.kind}"),
        }
        | (
            {_column(kind): words.chance(getattr(pair, f"chance_{kind}")) for kind in ("complete", "conditional", "general")}
            if ranked
            else {}
        )
        for pair in checks.dominance.pairs
    ]


def dominance_as_data(checks: DriverChecks) -> list[DATA_ROW]:
    """The same unrounded."""
    return [asdict(pair) for pair in checks.dominance.pairs]


def within_between_as_data(checks: DriverChecks) -> list[DATA_ROW]:
    """Coefficients within and between units, unrounded."""
    return [
        {"name": e.name, "icc": e.icc}
        | {f"{part}_{field}": value for part in ("within", "between", "difference") for field, value in asdict(getattr(e, part)).items()}
        for e in checks.within_between.effects
    ]


def missing_as_data(checks: DriverChecks) -> list[DATA_ROW]:
    """Each treatment of missing answers, unrounded."""
    return [
        {"method": c.method, "n": c.n, "smallest": c.smallest, "imputations": c.imputations, "withheld": c.withheld and c.withheld.reason}
        | {"driver": c.verdict.driver, "p_first": c.verdict.p_first}
        | {f"share_{name}": c.shares.get(name) for name in checks.missing[0].shares}
        for c in checks.missing
    ]


def all_five_as_data(found: AllFive) -> list[DATA_ROW]:
    """All five gaps in one regression, unrounded."""
    return [{"gap": name, "beta": t.value, "low": t.low, "high": t.high, "vif": found.vif[name]} for name, t in found.terms.items()]


def within_between(checks: DriverChecks, study: Study) -> list[Row]:
    """What goes with the outcome among the customers of one unit, and from unit to unit."""
    words = language.words()
    return [
        {
            words("app.column.predictor"): name_of(e.name, study, words),
            _column("within"): _size(e.within.b, e.within.low, e.within.high),
            _column("between"): _size(e.between.b, e.between.low, e.between.high),
            _column("difference"): _size(e.difference.b, e.difference.low, e.difference.high),
            words("app.column.p"): probability(e.difference.p),
        }
        for e in checks.within_between.effects
    ]


def unit_slopes(checks: DriverChecks) -> list[Row]:
    """By how much units differ in what goes with a point of perceived quality among their customers."""
    words, found = language.words(), checks.unit_slopes
    return [
        {
            _column("slope"): _size(found.mean.b, found.mean.low, found.mean.high),
            _column("slope_sd"): _kept(words("app.drivers.cell.level", value=found.sd, low=found.sd_low, high=found.sd_high)),
            _column("slope_range"): words.interval(found.low, found.high) if found.sd > 0 else NOTHING,
            words("app.column.p"): probability(found.p),
        }
    ]


def unit_slopes_as_data(checks: DriverChecks) -> list[DATA_ROW]:
    """The same unrounded."""
    found = asdict(checks.unit_slopes)
    return [{f"mean_{name}": value for name, value in found.pop("mean").items()} | found]


def pooled(checks: DriverChecks, study: Study) -> list[Row]:
    """Coefficients after filling in missing answers several times; empty where that was not done."""
    words = language.words()
    found: Iterable = next((c.pooled for c in checks.missing if c.pooled), {})
    return [
        {
            words("app.column.predictor"): name_of(name, study, words),
            words("app.column.b"): _size(one.b, one.low, one.high),
            words("app.column.p"): probability(one.p),
            _column("lost"): words.percent(one.lost),
        }
        for name, one in dict(found).items()
    ]
