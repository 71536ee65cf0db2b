"""Of what is counted and averaged: the five gaps, the waterfall, the zone of tolerance, answers, importance points, the key figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from gaps.computed import Computed, behind, customers, expected, joined, people
from gaps.i18n import Words, plain
from gaps.model import DIRECT_ROLE, Gap, Role, Study, Withheld
from gaps.scoring.gap_profile import GapProfile
from gaps.scoring.tables import Estimate, GapTable, Servqual, WaterfallTable, ZoneTable

if TYPE_CHECKING:  # scipy: not on the way to the first page
    from gaps.stats.change import WaveChange
    from gaps.stats.humps import ItemDistributions
    from gaps.stats.key_figures import KeyFigure, KeyFigures
    from gaps.stats.priority_results import Priorities
    from gaps.stats.stated import StatedImportance


def five_gaps(
    table: GapTable,
    study: Study,
    words: Words,
    *,
    shown: str,
    gap: int | None = None,
    level: str = "total",
    each: str = "",
    dimension: str | None = None,
    items: Sequence[int] = (),
    widest: bool = False,
    change: WaveChange | Withheld | None = None,
) -> Computed:
    """Of a chart of gaps. shown: which chart; gap: the only one in it; level, dimension, items: its rows; each: "unit" or "wave" where
    it has one row for each of them; widest: whether its title may name the widest; change: what its title says of the last two waves."""
    rows = table.rows(gap=gap, level=level, dimension=dimension, **({each: "*"} if each else {}))
    rows = rows[rows["mean"].notna() & (rows["item"].isin(items) if len(items) else True)]
    gaps, items_only = sorted({Gap(int(g)) for g in rows["gap"]}), level == "item"
    return Computed(
        simply=words(f"computed.gaps.simply.{shown}"),
        formula=joined(words, [*(_formula(g, table, study, words) for g in gaps), "" if items_only else words("computed.gaps.scores")]),
        n=people(study, _counts(rows, table, grouped=bool(each)), words, rest="group" if each else "part"),
        missing=words("computed.missing.item" if items_only else "computed.missing.scores"),
        interval=joined(words, [_interval(gaps, table, words), *_change(change, words)]),
        rule=joined(words, [words("computed.gaps.widest") if widest else "", *_unequal(gaps, table, words)]),
        reference=_source(gaps, table, change, words),
    )


def _formula(gap: Gap, table: GapTable, study: Study, words: Words) -> str:
    if table.designs.get(int(gap)) == "direct":
        return words("computed.gaps.formula.direct", gap=int(gap), max=plain(study.instrument.scale.max, 0))
    return words(f"computed.gaps.formula.{int(gap)}", expected=expected(words))


def _counts(rows: pd.DataFrame, table: GapTable, *, grouped: bool) -> dict[Role, tuple[int, int]]:
    """Fewest and most of each role behind the rows. Rows by group: all of a gap's groups together are a row's people."""
    found: dict[Role, list[int]] = {}
    for gap, some in rows.groupby("gap"):
        gap = Gap(int(gap))
        direct = table.designs.get(int(gap)) == "direct"
        sides = [(DIRECT_ROLE[gap], "n_achieved")] if direct else [(gap.expected.role, "n_expected"), (gap.achieved.role, "n_achieved")]
        for role, column in sides:
            n = some[column].astype(int)
            found.setdefault(role, []).extend([int(n.sum())] if grouped else [int(n.min()), int(n.max())])
    return {role: (min(found[role]), max(found[role])) for role in Role if role in found}


def _interval(gaps: Iterable[Gap], table: GapTable, words: Words) -> str:
    items = [g for g in gaps if table.designs.get(int(g)) == "items"]
    kinds = {
        "paired": [g for g in items if g.paired],
        "welch": [g for g in items if not g.paired],
        "direct": [g for g in gaps if table.designs.get(int(g)) == "direct"],
    }
    said = [
        words(f"computed.gaps.interval.{kind}", gaps=words.list(words("computed.gaps.one", gap=int(g)) for g in some))
        for kind, some in kinds.items()
        if some
    ]
    return joined(words, [words("computed.interval.level", confidence=table.confidence), *said])


def _unequal(gaps: Iterable[Gap], table: GapTable, words: Words) -> list[str]:
    gaps = list(gaps)
    return [words("computed.gaps.direct")] if len(gaps) > 1 and any(table.designs.get(int(g)) == "direct" for g in gaps) else []


def _change(change: WaveChange | Withheld | None, words: Words) -> list[str]:
    if change is None or isinstance(change, Withheld):
        return []
    counted = {"n_before": change.n_before, "n": change.n, "pairs": change.n_pairs}
    return [words(f"computed.change.{change.design}", before=change.wave_before, after=change.wave, **counted)]


def _source(gaps: Iterable[Gap], table: GapTable, change, words: Words) -> str:
    gaps = list(gaps)
    inside = any(g is not Gap.CUSTOMER for g in gaps)
    welch = any(not g.paired and table.designs.get(int(g)) == "items" for g in gaps) or _change(change, words)
    names = ["gaps" if inside else "servqual", *(["welch"] if welch else []), *(["waves"] if _change(change, words) else [])]
    return sources(words, names)


def sources(words: Words, names: Iterable[str]) -> str:
    """Authors and years."""
    return ("；" if words.language == "zh" else "; ").join(words(f"computed.source.{name}") for name in names) + (
        "。" if words.language == "zh" else "."
    )


def waterfall(table: WaterfallTable, row: pd.Series, study: Study, words: Words) -> Computed:
    """Of one row of the waterfall: a dimension or all, in a unit or over all."""
    counts = {role: (int(row[f"n_{role}"]),) * 2 for role in Role}
    unit = pd.notna(row["unit"])
    return Computed(
        simply=words("computed.waterfall.simply", expected=expected(words)),
        formula=words("computed.waterfall.formula", expected=expected(words)),
        n=words("computed.waterfall.unit", counts=words.list(words(f"charts.n.{r}", n=n) for r, (n, _) in counts.items()))
        if unit
        else people(study, counts, words),
        missing=joined(words, [words("computed.missing.scores"), words("computed.waterfall.missing")]),
        interval=words("computed.waterfall.interval"),
        reference=sources(words, ["gaps"]),
    )


def zone(table: ZoneTable, study: Study, words: Words) -> Computed:
    """Of the zone of tolerance by dimension."""
    rows = table.frame[table.frame["item"].isna() & table.frame["n"].gt(0)]
    out = int(rows["inconsistent"].max()) if len(rows) else 0
    return Computed(
        simply=words("computed.zone.simply"),
        formula=words("computed.zone.formula"),
        n=_span(rows["n"], study, words),
        missing=joined(words, [words("computed.missing.half"), words("computed.zone.inconsistent", n=out)]),
        interval=words("computed.zone.interval"),
        rule=words("computed.zone.rule"),
        reference=sources(words, ["zone"]),
    )


def _span(n: pd.Series, study: Study, words: Words) -> str:
    ends = (int(n.min()), int(n.max())) if len(n) else (0, 0)
    return people(study, {Role.CUSTOMERS: ends}, words)


def answers(found: ItemDistributions, items: Iterable[int], study: Study, words: Words) -> Computed:
    """Of the answers to items, and of two camps among them."""
    rows = found.found.means
    rows = rows[rows["item"].isin(list(items)) & rows["n"].gt(0)]
    rule = {"depth": found.depth, "level": found.level, "camp": found.camp, "least": found.least}
    return Computed(
        simply=words("computed.answers.simply"),
        formula=words(f"computed.answers.{'paired' if found.found.paired else 'single'}", expected=expected(words)),
        n=_span(rows["n"], study, words),
        missing=words("computed.missing.none"),
        interval=words("computed.interval.t", confidence=found.confidence),
        rule=words("computed.answers.camps", **rule),
        reference=sources(words, ["camps"]),
    )


def perceived(rows: Sequence[Mapping[str, object]], confidence: float, study: Study, words: Words) -> Computed:
    """Of the mean perceptions of dimensions, where expectations were not asked."""
    counts = [int(row["n"]) for row in rows] or [0]
    return Computed(
        simply=words("computed.perceived.simply"),
        formula=words("computed.perceived.formula"),
        n=people(study, {Role.CUSTOMERS: (min(counts), max(counts))}, words),
        missing=words("computed.missing.scores"),
        interval=words("computed.interval.t", confidence=confidence),
        rule=words("computed.perceived.rule"),
        reference=sources(words, ["servperf"]),
    )


def stated(found: StatedImportance, derived: Priorities | None, study: Study, words: Words) -> Computed:
    """Of importance points, and of derived importance beside them."""
    formula, interval = [words("computed.stated.formula")], [words("computed.interval.t", confidence=found.confidence)]
    if derived is not None:
        formula.append(
            words(
                "computed.stated.derived",
                n=derived.n,
                outcome=words(f"findings.outcome_name.{derived.outcome}"),
                model=words(f"app.drivers.predictors.{derived.predictors}"),
            )
        )
        interval.append(words("computed.stated.resampled", by=resampled(derived, words)))
    return Computed(
        simply=words("computed.stated.simply"),
        formula=joined(words, formula),
        n=customers(study, found.n, words),
        missing=words("computed.stated.missing"),
        interval=joined(words, interval),
        reference=sources(words, ["servqual", *(["lmg"] if derived is not None else [])]),
    )


def resampled(found, words: Words) -> str:
    """2,000 resamples of the customers, or of whole units, with their seed."""
    return words(f"drivers.resampled.{found.resampled_by}", resamples=found.resamples, seed=found.seed)


def sides(profile: GapProfile, study: Study, words: Words) -> Computed:
    """Of the customers below, at and above expectation."""
    rows = profile.frame[profile.frame["item"].isna() & profile.frame["n"].gt(0)]
    return Computed(
        simply=words("computed.sides.simply", expected=expected(words)),
        formula=words("computed.sides.formula", expected=expected(words)),
        n=behind({Role.CUSTOMERS: (int(rows["n"].min()), int(rows["n"].max()), study.n(Role.CUSTOMERS))}, words),
        missing=words("computed.missing.scores"),
        interval=words("computed.sides.interval"),
        reference=sources(words, ["servqual"]),
    )


def servqual(found: Servqual, study: Study, words: Words) -> Computed:
    """Of the totals: SERVQUAL without and with weights, SERVPERF."""
    given = [one.n for one in (found.unweighted, found.servperf) if isinstance(one, Estimate)]
    return Computed(
        simply=words("computed.servqual.simply", expected=expected(words)),
        formula=joined(words, [words("computed.servqual.formula", expected=expected(words)), words("computed.servqual.servperf")]),
        n=people(study, {Role.CUSTOMERS: (min(given), max(given))}, words) if given else "",
        missing=joined(words, [words("computed.missing.scores"), *_points(found, words)]),
        interval=words("computed.servqual.interval"),
        reference=sources(words, ["servqual", "servperf"]),
    )


def _points(found: Servqual, words: Words) -> Iterator[str]:
    """Whose importance points were used, and who was weighted by the average."""
    if found.weights_source == "equal":
        return
    counted = {"n": found.n_weights, "rescaled": found.n_weights_rescaled, "excluded": found.n_weights_excluded}
    yield words("computed.servqual.points", **counted)
    if found.n_weights_filled:
        yield words("computed.servqual.filled", n=found.n_weights_filled)


def key_figures(figures: KeyFigures, study: Study, words: Words) -> tuple[tuple[str, Computed], ...]:
    """Of each of the four figures that could be computed, by its name; what limits all of them is said with the last."""
    said = [(name, key_figure(one, study, words)) for name, one in figures.each() if not isinstance(one, Withheld)]
    return (*((name, replace(one, rule="")) for name, one in said[:-1]), *said[-1:])


def key_figure(figure: KeyFigure, study: Study, words: Words) -> Computed:
    """Of one of the four figures that a reader takes away."""
    values = figure.values
    names = {"quality": [], "servqual": ["servqual"], "servperf": ["servperf"], "share": ["wilson", "kish"], "change": ["welch", "waves"]}
    outcome = words(f"findings.outcome_name.{values['outcome']}") if "outcome" in values else ""
    said = {"expected": expected(words), "outcome": outcome, "before": values.get("wave_before", ""), "after": values.get("wave", "")}
    counted = customers(study, figure.n, words)
    if figure.kind == "change":
        counted = words("computed.figure.waves", n=figure.n, n_before=values["n_before"])
    choice = figure.kind == "quality" and len(study.answered_outcomes) > 1
    chosen = words("computed.figure.chosen", heading=words("overview.first")) if choice else ""
    return Computed(
        simply=words(f"computed.figure.simply.{figure.kind}", **said),
        formula=joined(words, [words(f"computed.figure.formula.{figure.kind}", **said), chosen]),
        n=counted,
        missing=words("computed.missing.none" if figure.kind == "quality" else "computed.missing.scores"),
        interval=words("computed.figure.few") if figure.few else words(f"computed.figure.interval.{figure.kind}"),
        rule=words("computed.figure.units") if study.units else "",
        reference=sources(words, names[figure.kind]) if names[figure.kind] else words("computed.source.student"),
    )
